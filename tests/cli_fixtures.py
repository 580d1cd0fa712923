"""A small workspace and the ledgers that the command imports into it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from layers.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

LEDGER = "停车场名称,泊位总数,WGS84经度,WGS84纬度\n"
LEDGER += "虚构一号停车场,80,113.2713,23.1302\n虚构二号停车场,40,113.2731,23.1311\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a workspace with one layer of two fictional car parks."""
    return Workspace.create(tmp_path / "ws").root


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Return a small ledger."""
    file = tmp_path / "停车场.csv"
    file.write_text(LEDGER, encoding="utf-8")
    return file


@pytest.fixture
def another(ledger: Path) -> Path:
    """Return a second ledger of car parks, of another name."""
    return shutil.copy(ledger, ledger.with_name("路边泊位.csv"))
