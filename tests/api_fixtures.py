"""Fixtures of the tests of the HTTP service, shared by their modules as a plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from api_city import Served, new_workspace, serving

from api.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def served_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a server over the fictional workspace; tests must not change it."""
    folder = new_workspace(tmp_path_factory.mktemp("city") / "workspace")
    with serving(Settings(folder, static=tmp_path_factory.mktemp("static"))) as served:
        yield served


@pytest.fixture
def own_served_city(tmp_path: Path) -> Iterator[Served]:
    """Return a server over a fictional workspace that the test may change."""
    with serving(Settings(new_workspace(tmp_path / "workspace"), static=tmp_path / "static")) as served:
        yield served
