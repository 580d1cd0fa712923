"""Moving the catalog between the folder and a database: all of it, verified, and never over another."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest
from cli_checks import assert_one_line
from sqlalchemy import create_engine, text
from workspace_layers import LEDGER, accept, audits, reports

from layers import catalog_move
from layers.catalog import Base
from layers.catalog_move import move_catalog
from layers.errors import UsageError, WorkspaceError
from layers.workspace import Workspace

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

pytest_plugins = ["postgres_server"]


def filled(root: Path) -> Path:
    """Make a workspace with rows in every table that people's work fills."""
    with closing(Workspace.create(root)) as workspace:
        accept(workspace, "a", "b")
        accept(workspace, "a", "b", "c")
        workspace.accept("report", reports(("1", "张三"), ("2", None)), LEDGER)
        workspace.decide_matches("parking", {("甲", "乙"): True, ("甲", '丙\'s "x"'): False})
        workspace.save_run({}, {"notes": []}, as_of=date(2026, 6, 30), seed=7, inputs={"parking": "x"})
    return root


def held(root: Path) -> dict[str, object]:
    """Return what a workspace answers, whatever its catalog lies in."""
    with closing(Workspace.open(root)) as workspace:
        ids = workspace.read("report")["asset_id"].tolist()
        return {
            "layers": [item.to_dict() for item in workspace.summary()],
            "history": [item.to_dict() for item in workspace.history("parking")],
            "decisions": workspace.match_decisions("parking"),
            "runs": [item.run_id for item in workspace.runs()],
            "people": workspace.personal(ids)["value"].tolist(),
        }


def test_a_catalog_moves_into_a_database_and_back(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PANHUO_CATALOG_URL", raising=False)
    root = filled(tmp_path / "ws")
    before = held(root)
    there = move_catalog(root, postgresql_url)
    assert there.is_in_database
    assert there.counts["snapshot"] == 3
    assert set(there.counts) == set(Base.metadata.tables)
    assert not (root / "catalog.sqlite").exists()
    with pytest.raises(WorkspaceError, match="set PANHUO_CATALOG_URL"):
        Workspace.open(root)
    monkeypatch.setenv("PANHUO_CATALOG_URL", postgresql_url)
    assert held(root) == before
    with closing(Workspace.open(root)) as workspace:  # numbers go on after those that came
        assert accept(workspace, "d").count == 1
    later = held(root)
    back = move_catalog(root, "folder")
    assert not back.is_in_database
    assert back.counts["snapshot"] == 4
    monkeypatch.delenv("PANHUO_CATALOG_URL")
    assert held(root) == later
    with closing(Workspace.open(root)) as workspace:
        assert accept(workspace, "e").count == 1
    assert not list((root / "tmp").iterdir())


def test_what_is_left_of_the_old_catalog_holds_no_names(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PANHUO_CATALOG_URL", raising=False)
    root = filled(tmp_path / "ws")
    there = move_catalog(root, postgresql_url)
    (left,) = root.glob("catalog.sqlite*")
    assert str(left.resolve()) == there.kept
    assert "张三".encode() not in left.read_bytes()
    with closing(sqlite3.connect(left)) as kept:
        assert kept.execute("SELECT count(*) FROM snapshot").fetchone() == (3,)
    monkeypatch.setenv("PANHUO_CATALOG_URL", postgresql_url)
    schema = move_catalog(root, "folder").kept
    engine = create_engine(postgresql_url.replace("postgresql:", "postgresql+pg8000:"))
    with engine.connect() as connection:
        for table, count in (("personal", 0), ("snapshot", 3)):
            assert connection.scalar(text(f'SELECT count(*) FROM "{schema}".{table}')) == count
    engine.dispose()


def test_a_process_that_still_has_the_old_catalog_open_cannot_write_there(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PANHUO_CATALOG_URL", raising=False)
    root = filled(tmp_path / "ws")
    with closing(Workspace.open(root)) as late:
        assert audits(late)
        move_catalog(root, postgresql_url)
        with pytest.raises(WorkspaceError):
            accept(late, "x")
    monkeypatch.setenv("PANHUO_CATALOG_URL", postgresql_url)
    with closing(Workspace.open(root)) as late:
        assert audits(late)
        move_catalog(root, "folder")
        with pytest.raises(WorkspaceError):
            accept(late, "x")


def test_a_target_that_holds_something_is_refused(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PANHUO_CATALOG_URL", raising=False)
    root, copy = filled(tmp_path / "ws"), tmp_path / "copy"
    shutil.copytree(root, copy)
    with pytest.raises(UsageError, match="already"):
        move_catalog(root, "folder")
    with pytest.raises(UsageError, match="PostgreSQL"):
        move_catalog(root, "database")
    move_catalog(root, postgresql_url)
    before = held(copy)
    with pytest.raises(WorkspaceError, match="already holds"):
        move_catalog(copy, postgresql_url)
    assert held(copy) == before
    monkeypatch.setenv("PANHUO_CATALOG_URL", postgresql_url)
    (root / "catalog.sqlite").touch()
    with pytest.raises(WorkspaceError, match="already holds"):
        move_catalog(root, "folder")
    assert len(held(root)["layers"]) == 2


@pytest.mark.parametrize("to", ["database", "folder"])
def test_a_move_that_fails_half_way_leaves_everything_as_it_was(
    to: str, tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if to == "folder":
        monkeypatch.setenv("PANHUO_CATALOG_URL", postgresql_url)
    else:
        monkeypatch.delenv("PANHUO_CATALOG_URL", raising=False)
    root = filled(tmp_path / "ws")
    before, files = held(root), sorted(root.rglob("*"))
    goal, portions = postgresql_url if to == "database" else "folder", catalog_move._portions

    def losing(session: object, table: object) -> object:
        for rows in portions(session, table):
            is_target = session.get_bind().dialect.name == ("postgresql" if to == "database" else "sqlite")
            yield rows[1:] if is_target and table.name == "audit" else rows

    with monkeypatch.context() as patch:
        patch.setattr(catalog_move, "_portions", losing)
        with pytest.raises(WorkspaceError, match="audit arrived with"):
            move_catalog(root, goal)
    assert held(root) == before
    assert sorted(root.rglob("*")) == files
    assert move_catalog(root, goal).counts["audit"] > 0


def test_the_command_says_what_to_set_and_never_a_password(
    panhuo: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, postgresql_url: str
) -> None:
    root = filled(tmp_path / "ws")
    secret = postgresql_url.replace("panhuo@", "panhuo:geheim@")
    done = panhuo("move-catalog", root, secret, env={"PANHUO_CATALOG_URL": ""})
    assert done.returncode == 0, done.stderr
    assert "PANHUO_CATALOG_URL" in done.stdout
    assert "逐表核对相符" in done.stdout
    assert "geheim" not in done.stdout + done.stderr
    refused = panhuo("move-catalog", root, "nowhere", env={"PANHUO_CATALOG_URL": secret})
    assert_one_line(refused, 2, "postgresql://")
    back = panhuo("move-catalog", root, "folder", "--json", env={"PANHUO_CATALOG_URL": secret})
    assert json.loads(back.stdout)["is_in_database"] is False
