"""A workspace: nothing accepted is lost, a crash leaves the old state or the new, bad folders are refused."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from layers.errors import NotFoundError, UsageError, WorkspaceError
from layers.scope import Scope
from layers.snapshot import Provenance, file_hash
from layers.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

LEDGER = Provenance("ledger", source_file="台账.csv", licence="internal", attribution="虚构区")


def lots(*records: tuple[str, float | None, float | None], **columns: list[object]) -> gpd.GeoDataFrame:
    """Return fictional car parks; a record without longitude has no place."""
    places = [None if x is None else shapely.Point(x, y) for _, x, y in records]
    data = {"name": [name for name, _, _ in records], **columns}
    return gpd.GeoDataFrame(data, geometry=places, crs="EPSG:4326")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return an empty workspace."""
    return Workspace.create(tmp_path / "ws", name="虚构区")


def test_accepted_layer_reads_back_with_counts_places_and_manifest(workspace: Workspace) -> None:
    accepted = workspace.accept("parking", lots(("甲", 113.2, 23.1), ("乙", None, None), stall_count=[10, 20]), LEDGER)
    frame = workspace.read("parking")
    assert list(frame["name"]) == ["甲", "乙"]
    assert list(frame["position"]) == ["exact", "unlocated"]
    assert frame["stall_count"].sum() == 30
    assert (accepted.count, accepted.unlocated_count) == (2, 1)
    assert accepted.extent == (113.2, 23.1, 113.2, 23.1)
    assert workspace.current("parking") == accepted
    assert accepted.licence == "internal"
    stored = workspace.root / "snapshots" / "parking" / f"{accepted.version}.parquet"
    assert file_hash(stored).startswith(accepted.version)


def test_second_version_leaves_the_first_as_it_was(workspace: Workspace) -> None:
    first = workspace.accept("parking", lots(("甲", 113.2, 23.1)), LEDGER)
    file = workspace.root / "snapshots" / "parking" / f"{first.version}.parquet"
    before = file.read_bytes()
    second = workspace.accept("parking", lots(("甲", 113.2, 23.1), ("丙", 113.3, 23.1)), LEDGER)
    assert second.version != first.version
    assert file.read_bytes() == before
    assert workspace.current("parking") == second


def test_same_content_has_the_same_version(workspace: Workspace, tmp_path: Path) -> None:
    other = Workspace.create(tmp_path / "other")
    frame = lots(("甲", 113.2, 23.1))
    assert workspace.accept("parking", frame, LEDGER).version == other.accept("parking", frame, LEDGER).version


def test_personal_fields_never_enter_a_snapshot(workspace: Workspace) -> None:
    reports = lots(("诉求", 113.2, 23.1), reporter=["王女士"], telephone=["13800000000"], content=["占道"])
    accepted = workspace.accept("report", reports, LEDGER)
    frame = workspace.read("report")
    assert frame["reporter"].isna().all()
    assert frame["telephone"].isna().all()
    assert frame["content"].tolist() == ["占道"]
    raw = (workspace.root / "snapshots" / "report" / f"{accepted.version}.parquet").read_bytes()
    assert "王女士".encode() not in raw
    assert b"13800000000" not in raw


def test_records_learn_their_subdistrict_whichever_layer_comes_first(workspace: Workspace) -> None:
    workspace.accept("parking", lots(("甲", 113.25, 23.05), ("乙", 113.35, 23.05), ("丙", None, None)), LEDGER)
    west, east = shapely.box(113.2, 23, 113.3, 23.1), shapely.box(113.3, 23, 113.4, 23.1)
    areas = gpd.GeoDataFrame(
        {"name": ["西街", "东街"], "subdistrict_code": ["W", "E"]}, geometry=[west, east], crs="EPSG:4326"
    )
    workspace.accept("subdistrict", areas, LEDGER)
    assert workspace.read("parking")["subdistrict_code"].fillna("-").tolist() == ["W", "E", "-"]
    workspace.accept("charging", lots(("桩", 113.35, 23.05)), LEDGER)
    assert workspace.read("charging")["subdistrict_code"].tolist() == ["E"]
    assert workspace.current("parking").source_file == "台账.csv"


def test_a_code_that_the_ledger_gives_is_kept(workspace: Workspace) -> None:
    area = gpd.GeoDataFrame({"subdistrict_code": ["W"]}, geometry=[shapely.box(113, 23, 114, 24)], crs="EPSG:4326")
    workspace.accept("subdistrict", area, LEDGER)
    workspace.accept("parking", lots(("甲", 113.5, 23.5), subdistrict_code=["LEDGER"]), LEDGER)
    assert workspace.read("parking")["subdistrict_code"].tolist() == ["LEDGER"]


def test_scope_limits_every_read(workspace: Workspace) -> None:
    frame = lots(("甲", 113.2, 23.1), ("乙", 113.3, 23.1), ("丙", 113.3, 23.1), subdistrict_code=["W", "E", None])
    workspace.accept("parking", frame, LEDGER)
    west = Scope(who="west", subdistricts=frozenset({"W"}), hidden_fields=frozenset({"operator"}))
    seen = workspace.read("parking", west)
    assert seen["name"].tolist() == ["甲"]
    assert "operator" not in seen.columns
    assert west.cache_key != Scope.everything().cache_key


def test_several_layers_are_accepted_together_or_not_at_all(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.accept("parking", lots(("旧", 113.2, 23.1)), LEDGER)
    wrong = gpd.GeoDataFrame({"pile_count": ["many"]}, geometry=[shapely.Point(113, 23)], crs="EPSG:4326")
    with pytest.raises(ValueError, match="many"):
        workspace.accept_all({"parking": lots(("新", 113.2, 23.1)), "charging": wrong}, LEDGER)
    assert workspace.read("parking")["name"].tolist() == ["旧"]
    assert workspace.current("charging") is None


def test_results_cannot_be_imported(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="result of analyses"):
        workspace.accept("opportunity", lots(("甲", 113.2, 23.1)), LEDGER)


def test_runs_are_kept_and_read_newest_first(workspace: Workspace) -> None:
    need = gpd.GeoDataFrame({"asset_id": ["c1"], "x_gap": [1.5]}, geometry=[shapely.Point(113, 23)], crs="EPSG:4326")
    first = workspace.save_run({"need": need}, {"n": 1}, as_of=date(2026, 1, 1), seed=1, inputs={"parking": "v"})
    second = workspace.save_run({"need": need}, {"n": 2}, as_of=date(2026, 2, 1), seed=1, inputs={})
    assert [item.run_id for item in workspace.runs()] == [second.run_id, first.run_id]
    assert workspace.latest_run() == second
    assert workspace.run(first.run_id).manifest == {"n": 1}
    assert second.tables == ("need",)
    assert workspace.read_result("need")["x_gap"].tolist() == [1.5]
    with pytest.raises(NotFoundError, match="no run"):
        workspace.run("19990101")
    with pytest.raises(NotFoundError, match="has no opportunity"):
        workspace.read_result("opportunity")


def test_missing_foreign_half_made_and_newer_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="panhuo init"):
        Workspace.open(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with pytest.raises(WorkspaceError, match="is a file"):
        Workspace.create(tmp_path / "file")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.docx").write_text("x")
    with pytest.raises(WorkspaceError, match=r"thesis\.docx"):
        Workspace.create(foreign)
    half = Workspace.create(tmp_path / "half").root
    (half / "panhuo.json").unlink()
    with pytest.raises(WorkspaceError, match="half made"):
        Workspace.open(half)
    assert Workspace.create(half).summary() == []
    with pytest.raises(WorkspaceError, match="already"):
        Workspace.create(half)
    marker = json.loads((half / "panhuo.json").read_text())
    (half / "panhuo.json").write_text(json.dumps({**marker, "format_version": 99}))
    with pytest.raises(WorkspaceError, match="newer Panhuo"):
        Workspace.open(half)


def test_damaged_catalog_and_snapshot_are_told_in_one_line(workspace: Workspace) -> None:
    accepted = workspace.accept("parking", lots(("甲", 113.2, 23.1)), LEDGER)
    file = workspace.root / "snapshots" / "parking" / f"{accepted.version}.parquet"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(WorkspaceError, match="cannot be read"):
        workspace.read("parking")
    workspace.close()
    (workspace.root / "catalog.sqlite").write_bytes(b"not a database at all, but long enough to be looked at" * 40)
    with pytest.raises(WorkspaceError, match="not a database") as caught:
        Workspace.open(workspace.root).summary()
    assert "\n" not in str(caught.value)


def test_draft_of_a_dead_process_is_swept_and_of_a_living_one_kept(workspace: Workspace) -> None:
    child = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    dead = workspace.root / "tmp" / f"{child.stdout.strip()}-parking.parquet"
    alive = workspace.root / "tmp" / "1-parking.parquet"
    dead.write_text("half")
    alive.write_text("half")
    workspace.accept("parking", lots(("甲", 113.2, 23.1)), LEDGER)
    assert not dead.exists()
    assert alive.exists()


KILLED_IMPORT = """
import os, signal, sys
import layers.snapshot as snapshot
from layers.workspace import Workspace
from layers.snapshot import Provenance
import geopandas as gpd, shapely
moment = sys.argv[2]
def die(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
if moment == "writing":
    import layers.storage as storage
    storage.flush = die
elif moment == "manifest":
    snapshot.json_text = die
else:
    import layers.catalog as catalog
    from sqlalchemy.orm import Session
    catalog.Session.commit = die
    import sqlalchemy.orm.session as s
    s.SessionTransaction.commit = die
frame = gpd.GeoDataFrame({"name": ["new"]}, geometry=[shapely.Point(113, 23)], crs=4326)
Workspace.open(__import__("pathlib").Path(sys.argv[1])).accept("parking", frame, Provenance("ledger"))
"""


@pytest.mark.parametrize("moment", ["writing", "manifest", "commit"])
def test_killed_import_leaves_the_workspace_as_it_was(workspace: Workspace, moment: str) -> None:
    workspace.accept("parking", lots(("old", 113.2, 23.1)), LEDGER)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_IMPORT, str(workspace.root), moment], check=False, capture_output=True
    )
    assert killed.returncode == -9, killed.stderr
    again = Workspace.open(workspace.root)
    assert again.read("parking")["name"].tolist() == ["old"]
    assert again.accept("parking", lots(("new", 113.2, 23.1)), LEDGER).count == 1
    assert list((workspace.root / "tmp").iterdir()) == []
