"""Everyday pairs of two departments' ledgers: a part of a hospital, a kerb by its short name, a plot entered twice."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from layers import schema
from layers.matching.doubts import record_keys
from layers.matching.join import join, settle
from layers.matching.same_place import decide, score_own_pairs, score_pairs, sides

LON_M = 1 / 102_470  # a metre of longitude at latitude 23
ADDRESS = "新港西路45号"


def records(kind: str, source: str, *rows: dict[str, object]) -> gpd.GeoDataFrame:
    """Return records; ``at`` is metres east of 113 E 23 N."""
    shapes = [shapely.Point(113 + row["at"] * LON_M, 23) for row in rows]
    frame = pd.DataFrame(rows).drop(columns="at").assign(source=source, position="exact")
    if "data_date" in frame:
        frame["data_date"] = pd.to_datetime(frame["data_date"])
    return schema.conform(gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326"), schema.kind(kind))


def verdicts(kind: str, one: dict[str, object], other: dict[str, object]) -> list[str]:
    """Return the verdict on a pair of two lists, nothing where it is not even looked at."""
    pairs = score_pairs(*sides([records(kind, "甲局", one), records(kind, "乙局", other)], []), kind)
    return decide(pairs).tolist()


@pytest.mark.parametrize(("stalls", "expected"), [(500, ["doubt"]), (320, ["merge"]), (None, ["merge"])])
def test_another_part_of_a_hospital_with_other_stalls_is_asked_about(stalls: int | None, expected: list[str]) -> None:
    whole = {"name": "某某医院停车场", "address": ADDRESS, "stall_count": 310, "at": 0}
    part = {"name": "某某医院（新院区）停车楼", "address": ADDRESS, "stall_count": stalls, "at": 93}
    assert verdicts("parking", whole, part) == expected


def test_a_kerb_by_its_short_name_is_asked_about() -> None:
    long = {"name": "新港西路临时停车场", "address": ADDRESS, "stall_count": 60, "at": 0}
    short = {"name": "新港西临停点", "address": f"{ADDRESS}旁", "stall_count": 58, "at": 23}
    assert verdicts("parking", long, short) == ["doubt"]


def test_a_plot_that_a_ledger_enters_twice_is_asked_about() -> None:
    twice = records(
        "idle_land",
        "ledger",
        {"name": "和平东路12号东侧空地", "area_m2": 2133.3, "at": 0},
        {"name": "和平东路十二号东侧", "area_m2": 2133.0, "at": 15},
        {"name": "和平东路30号地块", "area_m2": 2133.0, "at": 30},
    )
    pairs = score_own_pairs(sides([twice], [])[0], "idle_land")
    assert pairs[["left", "right"]].to_numpy().tolist() == [[0, 1]]
    assert pairs["asks"].all()


@pytest.mark.parametrize("ids", [["parking-a", "parking-b"], ["parking-b", "parking-a"]])
def test_the_id_that_stays_is_that_of_the_record_whose_words_stay(ids: list[str]) -> None:
    old = records("parking", "平台", {"name": "西场", "stall_count": 20, "at": 0, "data_date": "2025-01-01"})
    new = records("parking", "交通局", {"name": "东门停车场", "stall_count": 22, "at": 90, "data_date": "2026-01-01"})
    layer = join(join(schema.empty(schema.kind("parking")), old, kind="parking", source="平台").frame, new,
                 kind="parking", source="交通局").frame  # fmt: skip
    layer["asset_id"] = pd.array([ids[0] if name == "西场" else ids[1] for name in layer["name"]], dtype="string")
    pair = tuple(sorted(record_keys(layer)))
    together = settle(layer, kind="parking", decisions={pair: True})
    assert together.frame[["asset_id", "name"]].to_numpy().tolist() == [[ids[1], "东门停车场"]]
    assert together.aliases == {ids[0]: ids[1]}
