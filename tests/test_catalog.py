"""The catalog: one transaction at a time, its versions, two databases, several workspaces in one, secrets kept."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from workspace_layers import LEDGER, accept, audits, lots

from layers import _catalog_database as database_module
from layers import _workspace_folder, identity, migrations
from layers.catalog import FORMAT_VERSION, AuditRow, Base
from layers.errors import UsageError, WorkspaceError
from layers.workspace import Workspace

pytest_plugins = ["postgres_server"]

FIRST_DDL = """
CREATE TABLE snapshot (snapshot_id INTEGER NOT NULL, kind VARCHAR NOT NULL, version VARCHAR NOT NULL,
    accepted_at DATETIME NOT NULL, who VARCHAR NOT NULL, manifest JSON NOT NULL, PRIMARY KEY (snapshot_id));
CREATE INDEX ix_snapshot_kind ON snapshot (kind);
CREATE TABLE current_layer (kind VARCHAR NOT NULL, snapshot_id INTEGER NOT NULL, PRIMARY KEY (kind),
    FOREIGN KEY(snapshot_id) REFERENCES snapshot (snapshot_id));
CREATE TABLE run (run_id VARCHAR NOT NULL, created_at DATETIME NOT NULL, as_of DATE NOT NULL, seed INTEGER NOT NULL,
    who VARCHAR NOT NULL, inputs JSON NOT NULL, PRIMARY KEY (run_id));
CREATE INDEX ix_run_created_at ON run (created_at);
CREATE TABLE asset_key (key_id INTEGER NOT NULL, kind VARCHAR NOT NULL, source VARCHAR NOT NULL, source_id VARCHAR,
    name_key VARCHAR NOT NULL, place JSON, asset_id VARCHAR NOT NULL, PRIMARY KEY (key_id));
CREATE INDEX ix_asset_key_asset_id ON asset_key (asset_id);
CREATE INDEX ix_asset_key_kind ON asset_key (kind);
CREATE TABLE audit (audit_id INTEGER NOT NULL, at DATETIME NOT NULL, who VARCHAR NOT NULL, verb VARCHAR NOT NULL,
    detail JSON NOT NULL, PRIMARY KEY (audit_id));
"""
"""What the first version of the catalog was made with, as SQLite kept it."""


def first_version(workspace: Workspace) -> Path:
    """Turn a workspace with one layer of parking into what the first version would have left; return its folder."""
    root, catalog = workspace.root, workspace.root / "catalog.sqlite"
    files = sorted((root / "keys" / "parking").glob("*.parquet"))
    keys = identity.read_keys(file.read_bytes() for file in files).to_pylist()
    workspace.close()
    with closing(sqlite3.connect(catalog)) as new, closing(sqlite3.connect(root / "old.sqlite")) as old:
        old.executescript(FIRST_DDL)
        for table in ("snapshot", "current_layer", "run", "audit"):
            rows = new.execute(f"SELECT * FROM {table}").fetchall()
            old.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows) if rows else None
        for key in keys:
            place = None if key["lon"] is None else json.dumps([key["lon"], key["lat"]])
            values = ("parking", key["source"], key["source_id"], key["name_key"], place, key["asset_id"])
            old.execute(
                "INSERT INTO asset_key (kind, source, source_id, name_key, place, asset_id) VALUES (?,?,?,?,?,?)",
                values,
            )
        old.commit()
    (root / "old.sqlite").replace(catalog)
    shutil.rmtree(root / "keys")
    marker = json.loads((root / "panhuo.json").read_text())
    kept = {name: marker[name] for name in ("name", "is_sample", "created_at")}
    (root / "panhuo.json").write_text(json.dumps({"format_version": 1, **kept}))
    return root


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """Return a workspace that the first version of Panhuo left."""
    workspace = Workspace.create(tmp_path / "older", name="虚构区")
    workspace.accept("parking", lots(("甲", 113.2, 23.1), ("乙", 113.3, 23.1), ("丙", None, None)), LEDGER)
    return first_version(workspace)


def tables_of(catalog: Path) -> dict[str, int]:
    """Return how many rows each table of an SQLite catalog has."""
    with closing(sqlite3.connect(catalog)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}


def test_the_scripts_make_what_the_code_declares(tmp_path: Path, database: str) -> None:
    with closing(Workspace.create(tmp_path / "ws")) as workspace, workspace._catalog._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == migrations.HEAD


def test_every_script_is_known_and_they_form_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    scripts = list(ScriptDirectory.from_config(config).walk_revisions())
    assert tuple(item.revision for item in reversed(scripts)) == migrations.KNOWN


def test_an_older_catalog_is_brought_up_to_date_and_keeps_everything(older: Path) -> None:
    with closing(Workspace.open(older)) as workspace:
        before = workspace.read("parking")
        assert before["name"].tolist() == ["甲", "乙", "丙"]
        assert [(item.version, item.added) for item in workspace.history("parking")] == [
            (workspace.current("parking").version, None)
        ]
        workspace.accept("parking", lots(("甲", 113.2001, 23.1), ("乙", 113.3, 23.1), ("丙", None, None)), LEDGER)
        assert workspace.read("parking")["asset_id"].tolist() == before["asset_id"].tolist()
    marker = json.loads((older / "panhuo.json").read_text())
    assert (marker["format_version"], marker["name"]) == (FORMAT_VERSION, "虚构区")
    assert "asset_key" not in tables_of(older / "catalog.sqlite")
    assert list(older.glob("catalog.sqlite*")) == [older / "catalog.sqlite"]


def test_an_upgrade_that_fails_leaves_the_older_catalog_and_a_copy(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables_of(older / "catalog.sqlite")

    def full(*_arguments: object) -> str:
        raise WorkspaceError("no space left")

    monkeypatch.setattr(_workspace_folder, "key_keeper", lambda *_: full)
    with pytest.raises(WorkspaceError, match="no space left"):
        Workspace.open(older)
    assert tables_of(older / "catalog.sqlite") == before
    assert tables_of(older / f"catalog.sqlite.before-{migrations.HEAD}") == before
    assert json.loads((older / "panhuo.json").read_text())["format_version"] == 1
    monkeypatch.undo()
    with closing(Workspace.open(older)) as workspace:
        assert workspace.read("parking")["name"].tolist() == ["甲", "乙", "丙"]
    assert not (older / f"catalog.sqlite.before-{migrations.HEAD}").exists()


def test_an_older_catalog_without_room_for_a_copy_is_left_alone(older: Path) -> None:
    (older / f"catalog.sqlite.before-{migrations.HEAD}").mkdir()
    before = (older / "catalog.sqlite").read_bytes()
    with pytest.raises(WorkspaceError, match="no copy of it"):
        Workspace.open(older)
    assert (older / "catalog.sqlite").read_bytes() == before


def test_an_older_catalog_that_may_not_be_written_is_read_as_it_is(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_workspace_folder, "_is_writable", lambda *_: False)
    before = (older / "catalog.sqlite").read_bytes()
    with closing(Workspace.open(older)) as workspace:
        assert workspace.read("parking")["name"].tolist() == ["甲", "乙", "丙"]
        assert len(workspace.history("parking")) == 1
        assert workspace.runs() == []
        assert workspace.match_decisions("parking") == {}
        with pytest.raises(WorkspaceError, match="older version") as caught:
            workspace.personal(["parking-1"])
        assert "个人信息" in str(caught.value.line_zh)
        with pytest.raises(WorkspaceError, match="read-only"):
            accept(workspace, "a")
    assert (older / "catalog.sqlite").read_bytes() == before


def test_two_processes_that_open_an_older_catalog_upgrade_it_once(older: Path) -> None:
    code = "import sys, pathlib; from layers.workspace import Workspace; Workspace.open(pathlib.Path(sys.argv[1]))"
    both = [subprocess.Popen([sys.executable, "-c", code, str(older)], stderr=subprocess.PIPE) for _ in range(2)]
    for process in both:
        said = process.communicate(timeout=60)[1]
        assert process.returncode == 0, said
    assert tables_of(older / "catalog.sqlite")["asset_key_file"] == 1


def test_a_catalog_of_a_newer_panhuo_is_refused_in_one_line(tmp_path: Path, database: str) -> None:
    with closing(Workspace.create(tmp_path / "ws")) as workspace:
        with workspace._catalog.writing() as session:
            session.execute(sa.text("UPDATE alembic_version SET version_num = '0999'"))
        with pytest.raises(WorkspaceError, match=r"newer Panhuo \(catalog 0999.*upgrade this installation") as caught:
            Workspace.open(workspace.root)
    assert "\n" not in str(caught.value)
    assert "升级" in str(caught.value.line_zh)


def test_an_empty_catalog_is_no_catalog(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "ws")
    workspace.close()
    (workspace.root / "catalog.sqlite").write_bytes(b"")
    with pytest.raises(WorkspaceError, match="holds no catalog of this workspace"):
        Workspace.open(workspace.root)


def test_a_refused_change_leaves_no_trace(tmp_path: Path, database: str) -> None:
    with closing(Workspace.create(tmp_path / "ws")) as workspace:
        accept(workspace, "a")
        before = len(audits(workspace))

        def fail() -> None:
            with workspace._catalog.writing() as session:
                session.add(AuditRow(at=_workspace_folder.now(), who="x", verb="y", detail={}))
                session.flush()
                raise RuntimeError("stop")

        with pytest.raises(RuntimeError, match="stop"):
            fail()
        assert len(audits(workspace)) == before


def test_who_comes_second_waits_and_then_sees_what_the_first_did(tmp_path: Path, database: str) -> None:
    with closing(Workspace.create(tmp_path / "ws")) as workspace:
        accept(workspace, "a")
        seen: list[int] = []

        def second() -> None:
            with closing(Workspace.open(workspace.root)) as other, other._catalog.writing() as session:
                seen.append(session.scalar(sa.select(sa.func.count()).select_from(AuditRow)) or 0)

        with workspace._catalog.writing() as session:
            thread = threading.Thread(target=second)
            thread.start()
            thread.join(1.0)
            assert thread.is_alive()
            assert workspace.read("parking")["name"].tolist() == ["a"]  # who reads does not wait
            session.add(AuditRow(at=_workspace_folder.now(), who="x", verb="y", detail={}))
        thread.join(30)
        assert seen == [2]


def test_who_waits_too_long_is_told_why(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Workspace.create(tmp_path / "ws")) as workspace, workspace._catalog.writing():
        monkeypatch.setattr(database_module, "BUSY_TIMEOUT_S", 0.2)
        other = Workspace.open(workspace.root)
        with pytest.raises(WorkspaceError, match="another process is writing"):
            accept(other, "a")
        other.close()


def test_workspaces_in_one_database_are_kept_apart(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANHUO_CATALOG_URL", postgresql_url)
    with closing(Workspace.create(tmp_path / "one")) as one, closing(Workspace.create(tmp_path / "two")) as two:
        accept(one, "a", "b")
        assert two.summary() == []
        accept(two, "c")
        assert one.read("parking")["name"].tolist() == ["a", "b"]
        assert (len(audits(one)), len(audits(two))) == (1, 1)
        with one._catalog.writing(), two._catalog.writing():
            pass  # neither waits for the other
    assert not (tmp_path / "one" / "catalog.sqlite").exists()
    with closing(Workspace.open(tmp_path / "one")) as again:
        assert again.current("parking").count == 2


def test_a_workspace_in_a_database_says_what_it_misses(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANHUO_CATALOG_URL", postgresql_url)
    Workspace.create(tmp_path / "ws").close()
    monkeypatch.delenv("PANHUO_CATALOG_URL")
    with pytest.raises(WorkspaceError, match="set PANHUO_CATALOG_URL"):
        Workspace.open(tmp_path / "ws")
    monkeypatch.setenv("PANHUO_CATALOG_URL", postgresql_url.rpartition("/")[0] + "/template1")
    with pytest.raises(WorkspaceError, match="holds no catalog of this workspace"):
        Workspace.open(tmp_path / "ws")
    monkeypatch.setenv("PANHUO_CATALOG_URL", postgresql_url.rpartition("/")[0] + "/nowhere")
    with pytest.raises(WorkspaceError, match='database "nowhere" does not exist'):
        Workspace.open(tmp_path / "ws")


def test_a_workspace_in_its_folder_stays_there_whatever_the_variable_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Workspace.create(tmp_path / "ws")) as workspace:
        accept(workspace, "a")
    monkeypatch.setenv("PANHUO_CATALOG_URL", "postgresql://panhuo:secret@127.0.0.1:9/nowhere")
    with closing(Workspace.open(tmp_path / "ws")) as workspace:
        assert workspace.current("parking").count == 1


def test_no_message_tells_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANHUO_CATALOG_URL", "postgresql://panhuo:secret@127.0.0.1:9/nowhere")
    with pytest.raises(WorkspaceError, match="start the database") as caught:
        Workspace.create(tmp_path / "ws")
    assert "secret" not in str(caught.value)
    assert "secret" not in str(caught.value.line_zh)
    assert not (tmp_path / "ws" / "panhuo.json").exists()


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "postgresql://u:secret@h", "secret", "sqlite:///secret"])
def test_what_is_no_postgresql_url_is_refused(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANHUO_CATALOG_URL", url)
    with pytest.raises(UsageError, match="postgresql://USER") as caught:
        Workspace.create(tmp_path / "ws")
    assert "secret" not in str(caught.value)


def test_encryption_is_asked_for_as_libpq_does() -> None:
    def asked(query: str) -> Any:
        return database_module._tls(database_module.postgresql_url(f"postgresql://u@h/d{query}")).get("ssl_context")

    assert asked("") is None
    assert asked("?sslmode=prefer") is None
    assert asked("?sslmode=require") is True
    assert asked("?sslmode=verify-full").check_hostname
    assert not asked("?sslmode=verify-ca").check_hostname


@pytest.mark.parametrize("damaged", ["../other", "x" * 12, 'a"; DROP S', 7])
def test_a_marker_whose_id_is_none_is_refused(tmp_path: Path, damaged: object) -> None:
    workspace = Workspace.create(tmp_path / "ws")
    workspace.close()
    marker = json.loads((workspace.root / "panhuo.json").read_text())
    (workspace.root / "panhuo.json").write_text(json.dumps({**marker, "workspace_id": damaged}))
    with pytest.raises(WorkspaceError, match=r"panhuo\.json cannot be read"):
        Workspace.open(workspace.root)


def test_the_generation_of_a_catalog_changes_with_every_change_and_not_otherwise(tmp_path: Path) -> None:
    with closing(Workspace.create(tmp_path / "w")) as one, closing(Workspace.open(tmp_path / "w")) as other:
        first = one.generation()
        other.summary()
        assert first is not None
        assert one.generation() == first
        accept(other, "a")
        second = one.generation()
        assert second != first
        accept(one, "a", "b")
        assert one.generation() not in {first, second}, "its own changes too"
