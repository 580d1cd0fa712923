"""Versions over time: what was current when, what differs, going back, on both databases."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from workspace_layers import LEDGER, accept, audits, lots, numbered

from layers import _workspace_folder, schema, writing
from layers._changes import CHANGE, MOVED_M, changes, distances_m
from layers.errors import NotFoundError, UsageError, WorkspaceError
from layers.scope import Scope
from layers.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest_plugins = ["postgres_server"]

PARKING = schema.kind("parking")


@pytest.fixture
def workspace(tmp_path: Path, database: str) -> Workspace:
    """Return an empty workspace."""
    return Workspace.create(tmp_path / "ws", name="虚构区")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Return a function that sets the clock of the workspace, UTC."""

    def put(moment: datetime) -> None:
        monkeypatch.setattr(_workspace_folder, "now", lambda: moment)

    return put


def kept(frame: gpd.GeoDataFrame, ids: list[str]) -> gpd.GeoDataFrame:
    """Return car parks as a snapshot holds them."""
    return schema.conform(frame.assign(asset_id=ids), PARKING)


def told(table: gpd.GeoDataFrame) -> list[tuple[object, ...]]:
    """Return changes without names and places."""
    columns = table[["asset_id", "change", "field", "old", "new"]].astype(object)
    return sorted(columns.where(columns.notna(), None).itertuples(index=False, name=None), key=str)


def test_versions_are_listed_newest_first_with_what_came_and_went(workspace: Workspace) -> None:
    first = accept(workspace, "a", "b", "c")
    second = accept(workspace, "b", "c", "d", "e")
    newest, oldest = workspace.history("parking")
    assert (oldest.version, oldest.count, oldest.added, oldest.removed) == (first.version, 3, 3, 0)
    assert (newest.version, newest.count, newest.added, newest.removed) == (second.version, 4, 2, 1)
    assert (newest.is_current, oldest.is_current) == (True, False)
    assert (newest.who, newest.verb, newest.source_file) == ("local", "accept", "台账.csv")
    assert workspace.history("charging") == []


def test_going_back_is_a_new_row_and_nothing_is_lost(workspace: Workspace) -> None:
    first = accept(workspace, "a", "b")
    second = accept(workspace, "a", "b", "c")
    before = len(audits(workspace))
    assert workspace.restore("parking", first.version[:6], Scope(who="王")) == first
    assert workspace.current("parking") == first
    assert workspace.read("parking")["name"].tolist() == ["a", "b"]
    assert [item.version for item in workspace.history("parking")] == [first.version, second.version, first.version]
    newest = workspace.history("parking")[0]
    assert (newest.verb, newest.who, newest.added, newest.removed) == ("restore", "王", 0, 1)
    assert len(audits(workspace)) == before + 1
    workspace.restore("parking", "previous")
    assert workspace.current("parking") == second
    with pytest.raises(UsageError, match="current already"):
        workspace.restore("parking", second.version)


def test_ids_go_on_after_going_back(workspace: Workspace) -> None:
    accept(workspace, "a", "b")
    ids = workspace.read("parking").set_index("name")["asset_id"]
    accept(workspace, "a")
    workspace.restore("parking", "previous")
    accept(workspace, "b", "a")
    assert workspace.read("parking").set_index("name")["asset_id"].loc[ids.index].tolist() == ids.tolist()


def test_a_day_means_the_version_that_was_current_at_its_end(
    workspace: Workspace, clock: Callable[[datetime], None]
) -> None:
    noon = datetime(2026, 5, 31, 12).astimezone().astimezone(UTC).replace(tzinfo=None)
    clock(noon)
    accept(workspace, "a")
    clock(noon + timedelta(hours=3))
    may = accept(workspace, "a", "b")
    clock(noon + timedelta(days=20))
    june = accept(workspace, "a", "b", "c")
    found = workspace.difference("parking", "2026-05-31", "2026-6-20")
    assert (found.before.version, found.after.version) == (may.version, june.version)
    assert workspace.difference("parking", "2026-06-19", "current").before.version == may.version
    with pytest.raises(NotFoundError, match="no version '2026-05-30'"):
        workspace.difference("parking", "2026-05-30", "current")
    with pytest.raises(NotFoundError, match="no version '2026-02-31'"):
        workspace.difference("parking", "2026-02-31", "current")


def test_an_unknown_version_is_answered_with_those_near_it(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="nothing was ever accepted"):
        workspace.difference("parking", "previous", "current")
    first = accept(workspace, "a")
    with pytest.raises(NotFoundError, match="its content never changed"):
        workspace.difference("parking", "previous", "current")
    second = accept(workspace, "b")
    slip = ("0" if first.version[0] != "0" else "1") + first.version[1:6]
    with pytest.raises(NotFoundError, match=first.version[:8]) as caught:
        workspace.restore("parking", slip)
    assert second.version[:8] not in str(caught.value)
    with pytest.raises(NotFoundError, match="panhuo history DIR parking"):
        workspace.restore("parking", first.version[:3])


def test_a_beginning_of_two_versions_is_refused(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        accept(workspace, name)
    monkeypatch.setattr("layers.history.SHORTEST", 0)
    with pytest.raises(UsageError, match="2 versions of parking begin"):
        workspace.restore("parking", "")


def test_every_sort_of_change_is_found_once(workspace: Workspace) -> None:
    before = numbered("stay", "gone", "moved", "edited", "placed", stall_count=[1, 2, 3, 4, 5])
    before.loc[4, "geometry"] = None
    workspace.accept("parking", before, LEDGER)
    after = numbered("stay", "new", "moved", "edited", "placed", stall_count=[1, 9, 3, 40, 5])
    step = 1 / 102_470  # a metre eastward here
    after.loc[2, "geometry"] = shapely.Point(after.geometry[2].x + 30 * step, 23.1)
    after.loc[3, "geometry"] = shapely.Point(after.geometry[3].x + 0.4 * step, 23.1)
    workspace.accept("parking", after, LEDGER)
    found = workspace.difference("parking", "previous", "current")
    rows = found.table.set_index("name")
    assert found.counts == {"added": 1, "removed": 1, "moved": 1, "placed": 1, "changed": 2}
    assert found.unchanged == 1
    assert found.fields == {"stall_count": 1, "position": 1}
    assert rows.loc["new", "change"] == "added"
    assert rows.loc["gone", "change"] == "removed"
    assert rows.loc["moved", "distance_m"] == pytest.approx(30, rel=1e-3)
    assert tuple(rows.loc["edited", ["change", "field", "field_zh", "old", "new"]]) == (
        "changed",
        "stall_count",
        PARKING["stall_count"].zh,
        "4",
        "40",
    )
    assert set(rows.loc["placed", "change"]) == {"placed", "changed"}
    assert workspace.difference("parking", "current", "current").table.empty


def test_the_other_way_round_every_change_is_undone(workspace: Workspace) -> None:
    workspace.accept("parking", numbered("a", "b", "c", stall_count=[1, None, 3]), LEDGER)
    workspace.accept("parking", numbered("b", "c", "d", start=113.3, stall_count=[2, 3, 4]), LEDGER)
    there = workspace.difference("parking", "previous", "current").counts
    back = workspace.difference("parking", "current", "previous").counts
    assert back == {**there, "added": there["removed"], "removed": there["added"]}


def test_a_limited_caller_sees_no_change_elsewhere(workspace: Workspace) -> None:
    for stalls in (10, 20):
        frame = numbered("w", "e", stall_count=[stalls, stalls], subdistrict_code=["W", "E"])
        workspace.accept("parking", frame, LEDGER)
    west = Scope(who="west", subdistricts=frozenset({"W"}))
    assert workspace.difference("parking", "previous", "current", west).table["name"].tolist() == ["w"]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".geojson", ".gpkg"])
def test_changes_are_written_as_a_table_and_as_a_map(tmp_path: Path, suffix: str) -> None:
    before = kept(lots(("甲", 113.2, 23.1), ("乙", 113.3, 23.1), stall_count=[1, 2]), ["p1", "p2"])
    after = kept(lots(("甲", 113.2, 23.1), ("=丙", 113.4, 23.1), stall_count=[5, 2]), ["p1", "p3"])
    file = tmp_path / f"变化{suffix}"
    assert writing.write_layer(changes(before, after, PARKING), CHANGE, file) == 3
    if suffix == ".geojson":
        features = json.loads(file.read_text())["features"]
        by_id = {item["id"]: item for item in features}
        assert set(by_id) == {"p1:stall_count", "p2:removed", "p3:added"}
        assert by_id["p1:stall_count"]["properties"]["old"] == "1"
        assert by_id["p1:stall_count"]["properties"]["new"] == "5"
        assert by_id["p2:removed"]["geometry"]["coordinates"] == [113.3, 23.1]
        assert by_id["p3:added"]["properties"]["change"] == "added"
    elif suffix == ".xlsx":
        sheet = openpyxl.load_workbook(file).worksheets[0]
        assert sheet.max_row == 4
        assert {row[2] for row in sheet.iter_rows(2, values_only=True)} == {"甲", "乙", "'=丙"}
    elif suffix == ".csv":
        assert file.read_text(encoding="utf-8-sig").splitlines()[1].startswith("p3:added,p3,'=丙,added")
    else:
        assert sorted(gpd.read_file(file)["change"]) == ["added", "changed", "removed"]


def test_reshaped_polygons_have_moved_by_their_furthest_corner() -> None:
    square = shapely.box(113.2, 23.1, 113.201, 23.101)
    redrawn = shapely.Polygon([*square.exterior.coords[2:], *square.exterior.coords[1:3]])
    stretched = shapely.box(113.2, 23.1, 113.2011, 23.101)
    found = distances_m(np.array([square, square, square]), np.array([square, redrawn, stretched]))
    wanted = Geod(ellps="WGS84").inv(113.201, 23.1, 113.2011, 23.1)[2]
    assert found.tolist() == pytest.approx([0, 0, wanted], abs=0.01)


VALUE = st.one_of(st.none(), st.integers(0, 3))
STATE = st.dictionaries(st.sampled_from("abcdef"), st.tuples(VALUE, st.sampled_from([None, 113.0, 113.000001, 113.1])))


@settings(max_examples=40)
@given(STATE, STATE)
def test_changes_agree_with_a_comparison_record_by_record(
    before: dict[str, tuple[int | None, float | None]], after: dict[str, tuple[int | None, float | None]]
) -> None:
    def frame(state: dict[str, tuple[int | None, float | None]]) -> gpd.GeoDataFrame:
        rows = [(name, x, 23.0) for name, (_, x) in state.items()]
        return kept(lots(*rows, stall_count=[value for value, _ in state.values()]), list(state))

    wanted: list[tuple[object, ...]] = []
    for name in {*before, *after}:
        if name not in before or name not in after:
            wanted.append((name, "added" if name in after else "removed", None, None, None))
            continue
        (old, was), (new, now) = before[name], after[name]
        if old != new:
            shown = tuple(None if value is None else str(value) for value in (old, new))
            wanted.append((name, "changed", "stall_count", *shown))
        if was != now and (was is None or now is None or Geod(ellps="WGS84").inv(was, 23, now, 23)[2] > MOVED_M):
            places = tuple(None if x is None else f"{x:.7f}, 23.0000000" for x in (was, now))
            wanted.append((name, "placed" if was is None or now is None else "moved", "geometry", *places))
    assert told(changes(frame(before), frame(after), PARKING)) == sorted(wanted, key=str)


def test_two_hundred_thousand_records_are_compared_in_seconds() -> None:
    count, random = 200_000, np.random.default_rng(5)
    places = gpd.points_from_xy(113 + random.random(count), 23 + random.random(count))
    data = {"asset_id": [f"p{at}" for at in range(count)], "name": "甲", "stall_count": np.arange(count) % 97}
    before = schema.conform(gpd.GeoDataFrame(data, geometry=places, crs=4326), PARKING)
    after = before.iloc[1000:].reset_index(drop=True)
    after["stall_count"] = after["stall_count"] + (np.arange(len(after)) % 2)
    started = time.perf_counter()
    found = changes(before, after, PARKING)
    assert time.perf_counter() - started < 15  # 1.5 s on an idle machine
    assert found["change"].value_counts().to_dict() == {"changed": 99_500, "removed": 1000}


def test_a_damaged_version_cannot_become_current(workspace: Workspace) -> None:
    first = accept(workspace, "a")
    second = accept(workspace, "b")
    file = workspace.root / "snapshots" / "parking" / f"{first.version}.parquet"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(WorkspaceError, match="its hash is not its name"):
        workspace.restore("parking", first.version)
    assert workspace.current("parking") == second


def test_a_layer_whose_file_is_damaged_can_be_imported_again(workspace: Workspace) -> None:
    first = accept(workspace, "a")
    (workspace.root / "snapshots" / "parking" / f"{first.version}.parquet").unlink()
    with pytest.raises(WorkspaceError, match=r"panhuo history .*panhuo restore"):
        workspace.read("parking")
    assert accept(workspace, "a") == workspace.current("parking")
    assert workspace.read("parking")["name"].tolist() == ["a"]
    (workspace.root / "snapshots" / "parking" / f"{first.version}.parquet").unlink()
    accept(workspace, "a", "b")
    newest = workspace.history("parking")[0]
    assert (newest.added, newest.removed) == (None, None)  # what is unknown is not said
