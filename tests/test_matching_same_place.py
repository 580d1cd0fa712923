"""Two lists of one kind: which pairs are one place, which are asked about, and one-to-one assignment."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from layers import schema
from layers.matching import _assignment
from layers.matching._assignment import assign, rivals
from layers.matching.join import join
from layers.matching.same_place import MARGIN, MERGE, decide, place_mark, score_pairs, sides
from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

LON_M = 1 / 102_470  # a metre of longitude at latitude 23
KINDS = {name: schema.kind(name) for name in ("parking", "charging", "heritage", "idle_land")}


def records(kind: str, *rows: dict[str, object]) -> gpd.GeoDataFrame:
    """Return records; ``at`` is metres east of 113 E 23 N, or a geometry, or missing."""
    places = [row.get("at") for row in rows]
    shapes = [
        None if at is None else at if isinstance(at, shapely.Geometry) else shapely.Point(113 + at * LON_M, 23)
        for at in places
    ]
    told = [{"position": "exact" if shape else "unlocated", **row} for row, shape in zip(rows, shapes, strict=True)]
    frame = gpd.GeoDataFrame(pd.DataFrame(told).drop(columns="at", errors="ignore"), geometry=shapes, crs="EPSG:4326")
    return schema.conform(frame, KINDS[kind])


def verdicts(kind: str, left: gpd.GeoDataFrame, right: gpd.GeoDataFrame) -> dict[tuple[int, int], str]:
    """Return the verdict on every pair that is not apart."""
    pairs = score_pairs(*sides([left, right], ["榕桥街道"]), kind)
    found = zip(pairs["left"], pairs["right"], decide(pairs), strict=True)
    return {(one, other): verdict for one, other, verdict in found if verdict != "apart"}


def verdict(kind: str, one: dict[str, object], other: dict[str, object]) -> str:
    """Return the verdict on one pair."""
    return verdicts(kind, records(kind, one), records(kind, other)).get((0, 0), "apart")


def test_the_place_speaks_half_at_150_m_and_at_15_m_without_a_name() -> None:
    marks = place_mark(np.array([0.0, 150.0, 300.0, 15.0]), np.array([1.0, 1.0, 1.0, np.nan]))
    assert marks.tolist() == [1.0, 0.5, 0.0625, 0.5]


def test_the_score_is_the_weighted_mean_of_its_marks() -> None:
    left = records("parking", {"name": "船篷花园停车场", "at": 0.0, "stall_count": 100})
    right = records("parking", {"name": "船篷雅苑停车场", "at": 100.0, "stall_count": 75})
    pair = score_pairs(*sides([left, right], []), "parking").iloc[0]
    assert pair["distance_m"] == pytest.approx(100.0, abs=0.2)
    assert pair["name"] == pytest.approx(0.8)
    assert pair["rest"] == pytest.approx(0.5)  # 25 % apart: half way from 10 to 40 %
    assert pair["score"] == pytest.approx(0.65 * 0.8 + 0.25 * 0.5 ** (100 / 150) ** 2 + 0.1 * 0.5, abs=1e-3)


@pytest.mark.parametrize(
    ("kind", "one", "other", "expected"),
    [
        ("parking", {"name": "锦荣花园停车场", "at": 0.0}, {"name": "錦榮花園公共停车场", "at": 140.0}, "merge"),
        ("parking", {"name": "锦荣花园停车场", "at": 0.0}, {"name": "锦荣花园停车场", "at": 400.0}, "doubt"),
        ("parking", {"name": "锦荣花园停车场", "at": 0.0}, {"name": "锦荣花园停车场", "at": 700.0}, "apart"),
        ("parking", {"name": "锦荣花园一期", "at": 0.0}, {"name": "锦荣花园二期", "at": 10.0}, "apart"),
        ("parking", {"name": "望潮停车场", "at": 0.0}, {"name": "晒网停车场", "at": 0.0}, "apart"),
        ("parking", {"name": "停车场", "at": 0.0}, {"name": None, "at": 5.0}, "doubt"),
        ("parking", {"name": "停车场", "at": 0.0}, {"name": None, "at": 25.0}, "apart"),
        (
            "parking",
            {"name": "榕桥路", "parking_type": "kerb", "at": 0.0},
            {"name": "榕桥路停车场", "parking_type": "public", "at": 0.0},
            "apart",
        ),
        (
            "charging",
            {"name": "锦荣花园充电站", "charger_type": "car", "at": 0.0},
            {"name": "锦荣花园充电棚", "charger_type": "ebike", "at": 0.0},
            "apart",
        ),
        (
            "heritage",
            {"name": "榕桥古榕", "heritage_class": "ancient_tree", "at": 0.0},
            {"name": "榕桥古榕", "heritage_class": "unclassified_relic", "at": 0.0},
            "apart",
        ),
        (
            "heritage",
            {"name": "示例烈士故居", "address": "东基大街8号"},
            {"name": "示例烈士故居", "address": "东基大街八号", "at": 0.0},
            "merge",
        ),
        ("heritage", {"name": "示例烈士故居"}, {"name": "示例烈士故居", "at": 0.0}, "doubt"),
        (
            "heritage",
            {"name": "示例烈士故居", "subdistrict_code": "440199001"},
            {"name": "示例烈士故居", "subdistrict_code": "440199002", "at": 0.0},
            "apart",
        ),
    ],
)
def test_one_pair(kind: str, one: dict[str, object], other: dict[str, object], expected: str) -> None:
    assert verdict(kind, one, other) == expected
    assert verdict(kind, other, one) == expected


def test_two_plots_that_touch_are_two_and_a_point_inside_an_outline_is_in_it() -> None:
    west, east = shapely.box(113, 23, 113.003, 23.001), shapely.box(113.003, 23, 113.006, 23.001)  # 300 m wide
    one, other = {"name": "北渠街边角地", "at": west}, {"name": "北渠街边角地", "at": east}
    assert verdict("idle_land", one, other) == "doubt"  # their centres are 307 m apart
    assert verdict("idle_land", one, {"name": "北渠街边角地", "at": 20.0}) == "merge"


def test_a_contradicting_figure_asks_unless_the_name_is_the_same() -> None:
    one = {"name": "锦荣花园充电站", "pile_count": 10, "at": 0.0}
    assert verdict("charging", one, {"name": "锦荣花园站（北门）", "pile_count": 20, "at": 7.0}) == "doubt"
    assert verdict("charging", one, {"name": "锦荣花园站（北门）", "pile_count": 11, "at": 7.0}) == "merge"
    assert verdict("charging", one, {"name": "锦荣花园充电站", "pile_count": 20, "at": 7.0}) == "merge"


def test_two_equally_good_choices_are_asked_about_and_both_are_named() -> None:
    left = records("parking", {"name": "锦荣花园停车场", "at": 0.0})
    right = records("parking", {"name": "锦荣花园停车场", "at": -20.0}, {"name": "锦荣花园停车场", "at": 20.0})
    assert verdicts("parking", left, right) == {(0, 0): "doubt", (0, 1): "doubt"}


def test_two_lists_cannot_both_take_one_place() -> None:
    left = records("parking", {"name": "锦荣花园停车场", "at": 0.0})
    right = records("parking", {"name": "锦荣花园停车场", "at": 0.0}, {"name": "锦荣花园北门停车场", "at": 30.0})
    assert verdicts("parking", left, right) == {(0, 0): "merge"}


def test_neighbours_of_one_name_keep_their_own_partner() -> None:
    rows = [{"name": "锦荣花园停车场", "at": 0.0}, {"name": "锦荣花园停车场", "at": 120.0}]
    left, right = records("parking", *rows), records("parking", *rows[::-1])
    assert verdicts("parking", left, right) == {(0, 1): "merge", (1, 0): "merge"}


PAIRS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 100)), max_size=20, unique_by=lambda pair: pair[:2]
)


@pytest.mark.parametrize("largest_dense", [_assignment.LARGEST_DENSE, 0])
@given(pairs=PAIRS)
def test_the_assignment_is_the_best_one(largest_dense: int, pairs: list[tuple[int, int, int]]) -> None:
    table = np.array(pairs, dtype=np.int64).reshape(-1, 3)
    scores = np.zeros((6, 6))
    scores[table[:, 0], table[:, 1]] = table[:, 2]
    best = scores[linear_sum_assignment(scores, maximize=True)].sum()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_assignment, "LARGEST_DENSE", largest_dense)
        taken = table[assign(table[:, 0], table[:, 1], table[:, 2].astype(float))]
    assert len(set(taken[:, 0])) == len(set(taken[:, 1])) == len(taken)
    assert taken[:, 2].sum() == pytest.approx(best)


@given(pairs=PAIRS)
def test_a_pair_without_rival_is_in_every_assignment_that_is_nearly_as_good(pairs: list[tuple[int, int, int]]) -> None:
    table = np.array(pairs, dtype=np.int64).reshape(-1, 3)[:7]
    left, right, score = table[:, 0], table[:, 1], 0.6 + table[:, 2] / 250  # as scores are: 0.6 to 1
    taken = assign(left, right, score)
    contested = rivals(left, right, score, taken, MARGIN)
    every = [
        chosen
        for size in range(len(table) + 1)
        for chosen in itertools.combinations(range(len(table)), size)
        if len({left[at] for at in chosen}) == len({right[at] for at in chosen}) == len(chosen)
    ]
    for chosen in every:
        changed = set(np.flatnonzero(taken)) ^ set(chosen)
        is_exchange = 1 <= len(changed & set(chosen)) <= 2 and len(changed - set(chosen)) <= 2
        if is_exchange and score[taken].sum() - score[list(chosen)].sum() < MARGIN - 1e-9:
            assert contested[list(changed)].all()


def test_merge_is_what_equal_names_150_m_apart_score() -> None:
    """The threshold means what its docstring says."""
    assert MERGE <= (0.65 + 0.25 * 0.5) / 0.9


def test_one_station_on_two_platforms_goes_to_the_queue_of_the_ledger(shared_dir: Path) -> None:
    """Rows 1 and 2 of the charging ledger: ten piles or twenty, one name with 北门; a person must say."""
    read = read_file(shared_dir / "ledgers" / "06_充电设施台账.csv", "charging", crs="BD-09").frame
    named = {"锦荣花园充电站", "锦荣花园站（北门）"}
    alone = join(schema.empty(KINDS["charging"]), read, kind="charging", source="发改局")
    assert len(alone.frame) == len(read)
    assert [{doubt.one.name, doubt.other.name} for doubt in alone.doubts] == [named]
    first = read.iloc[[0]].assign(source="发改局", asset_id="charging-1")
    apart = join(first, read.iloc[1:], kind="charging", source="平台")
    assert apart.counts.merged == 0
    assert [
        {doubt.one.name, doubt.other.name}
        for doubt in apart.doubts
        if "发改局" in (doubt.one.source, doubt.other.source)
    ] == [named]
