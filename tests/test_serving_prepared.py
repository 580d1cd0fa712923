"""What is prepared to be served says of every record what the layer says, and is there once for all processes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers import schema
from layers.serving import prepared, shelf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KIND = schema.kind("idle_land")
IDS = ["地块/3", "b", "a", "ä", "z\U0001f600", "b2"]
SHAPES = [
    shapely.box(0, 0, 1, 1),
    None,
    shapely.Polygon([(2, 2), (4, 2), (2, 4)]),
    shapely.box(5, 5, 6, 6),
    shapely.box(10, 10, 20, 20, ccw=False),
    shapely.MultiPolygon([shapely.box(30, 30, 31, 31), shapely.box(40, 30, 41, 31)]),
]
NAMES = ['"引号"', None, "逗号,换行\n", "", "e", "f"]


def layer() -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {
            "asset_id": IDS,
            "name": NAMES,
            "area_m2": [1.5, np.nan, 3.0, 4.25, 1e9, 0.1],
            "data_date": pd.to_datetime(["2026-01-01", None, *["2026-02-03"] * 4]),
            "x_more": pd.array([1, None, 3, 4, 5, 6], dtype="Int64"),
        },
        geometry=SHAPES,
        crs=4326,
    )
    return schema.conform(frame, KIND, keep_extra=True)


@pytest.fixture(scope="module")
def held() -> prepared.Prepared:
    return shelf.prepared_aside(layer(), KIND)


def test_every_record_is_told_whole(held: prepared.Prepared) -> None:
    features = json.loads(b"[" + held.features(np.arange(len(IDS))) + b"]")
    assert [item["id"] for item in features] == IDS
    assert [item["properties"]["name"] for item in features] == NAMES
    assert [item["properties"]["x_more"] for item in features] == [1, None, 3, 4, 5, 6]
    assert features[0]["properties"]["data_date"] == "2026-01-01"
    assert features[1]["geometry"] is None
    assert shapely.geometry.shape(features[4]["geometry"]).exterior.is_ccw
    for row, item in enumerate(features):
        assert held.record(row) == item["properties"]
        assert json.loads(held.geometry_text(row)) == item["geometry"]
        assert held.row(IDS[row]) == row
        assert held.name(row) == IDS[row]


@pytest.mark.parametrize("name", ["", "A", "b1", "zz", "地块", "\udcff"])
def test_an_id_that_nobody_has_is_not_found(held: prepared.Prepared, name: str) -> None:
    assert held.row(name) is None


@given(rows=st.lists(st.integers(0, len(IDS) - 1)))
def test_any_records_in_any_order(held: prepared.Prepared, rows: list[int]) -> None:
    features = json.loads(b"[" + held.features(np.array(rows, dtype=np.intp)) + b"]")
    assert [item["id"] for item in features] == [IDS[row] for row in rows]


CORNERS = st.floats(-1, 45).map(lambda value: round(value, 2))


@given(CORNERS, CORNERS, CORNERS, CORNERS)
def test_what_meets_a_box_is_what_shapely_says(
    held: prepared.Prepared, one: float, other: float, low: float, high: float
) -> None:
    area = shapely.box(min(one, other), min(low, high), max(one, other), max(low, high))
    wanted = [row for row, item in enumerate(SHAPES) if item is not None and item.intersects(area)]
    assert held.meeting(area).tolist() == wanted


def test_a_box_that_meets_only_the_box_of_a_shape_does_not_meet_it(held: prepared.Prepared) -> None:
    assert held.meeting(shapely.box(3.5, 3.5, 4, 4)).tolist() == []
    assert held.meeting(shapely.box(33, 30, 38, 31)).tolist() == []
    assert held.meeting(shapely.union(shapely.box(0, 0, 0.1, 0.1), shapely.box(40, 30, 50, 50))).tolist() == [0, 5]


def test_texts_of_many_batches_are_those_of_one(monkeypatch: pytest.MonkeyPatch, held: prepared.Prepared) -> None:
    monkeypatch.setattr(prepared, "BATCH", 2)
    again = shelf.prepared_aside(layer(), KIND)
    everything = np.arange(len(IDS))
    assert again.features(everything) == held.features(everything)


def test_a_layer_without_records_is_served_too() -> None:
    nothing = shelf.prepared_aside(schema.empty(KIND), KIND)
    assert len(nothing) == 0
    assert nothing.row("a") is None
    assert nothing.features(np.array([], dtype=np.intp)) == b""
    assert nothing.meeting(shapely.box(-180, -90, 180, 90)).tolist() == []


def _counted() -> tuple[list[int], Callable[[], gpd.GeoDataFrame]]:
    calls: list[int] = []

    def read() -> gpd.GeoDataFrame:
        calls.append(1)
        return layer()

    return calls, read


def test_a_version_is_prepared_once_and_old_ones_make_room(tmp_path: Path) -> None:
    calls, read = _counted()
    for _ in range(3):
        assert len(shelf.opened(tmp_path, KIND, "v0", read)) == len(IDS)
    assert len(calls) == 1
    old = shelf.opened(tmp_path, KIND, "v0", read)
    for number in range(1, shelf.KEPT + 1):
        shelf.opened(tmp_path, KIND, f"v{number}", read)
    kept = {item.name.partition("-")[0] for item in (tmp_path / "serving" / KIND.name).iterdir()}
    assert kept == {f"v{number}" for number in range(1, shelf.KEPT + 1)}
    assert old.name(0) == IDS[0], "what is mapped stays"
    assert old.record(2)["name"] == NAMES[2]
    assert len(shelf.opened(tmp_path, KIND, "v0", read)) == len(IDS)
    assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.parametrize("name", ["features_at.npy", "columns", "tree_boxes.npy"])
def test_what_is_damaged_is_made_anew(tmp_path: Path, name: str) -> None:
    calls, read = _counted()
    shelf.opened(tmp_path, KIND, "v0", read)
    (folder,) = (tmp_path / "serving" / KIND.name).iterdir()
    (folder / name).write_bytes((folder / name).read_bytes()[:20])
    for _ in range(2):
        assert shelf.opened(tmp_path, KIND, "v0", read).name(0) == IDS[0]
    assert len(calls) == 2


def test_a_workspace_that_cannot_be_written_is_served_all_the_same(tmp_path: Path) -> None:
    for name in ("tmp", "serving"):
        (tmp_path / name).write_text("no folder can be made here")
    assert len(shelf.opened(tmp_path, KIND, "v0", layer)) == len(IDS)


def test_another_declaration_is_another_form(tmp_path: Path) -> None:
    shelf.opened(tmp_path, KIND, "v0", layer)
    calls, read = _counted()
    other = schema.Kind(KIND.name, "别名", KIND.en, KIND.role, KIND.geometry, KIND.fields)
    shelf.opened(tmp_path, other, "v0", read)
    assert calls == [1]
