"""Neighbours of one name: a detail that differs makes two or is asked about; one that is written otherwise does not.

Every pair stands 2 m apart, so nothing but what the records say keeps them from being one.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import schema
from layers.matching.join import join
from layers.matching.names import PART_COLUMNS, explain, name_parts
from layers.matching.same_place import decide, score_pairs, sides

LON_M = 1 / 102_470  # a metre of longitude at latitude 23
AWAY_M = 2.0
APART: dict[str, tuple[tuple[str, str], ...]] = {
    "numbers": (
        ("储备地块（一）", "储备地块（二）"),
        ("储备地块㈠", "储备地块㈡"),
        ("锦荣路①地块", "锦荣路②地块"),
        ("锦荣路1号地块", "锦荣路二号地块"),
        ("内环路桥下停车场一", "内环路桥下停车场二"),
        ("东湖第一停车场", "东湖第二停车场"),
        ("锦荣花园（一期）", "锦荣花园二期"),
        ("锦荣花园Ⅱ期", "锦荣花园Ⅲ期"),
        ("市一中停车场", "市二中停车场"),
        ("机务段一宿舍", "机务段二宿舍"),
        ("第一人民医院停车场", "第十一人民医院停车场"),
        ("民居（宝源路12号）", "民居（宝源路14号）"),
    ),
    "letters": (
        ("东山口地铁站A出口停车场", "东山口地铁站B出口停车场"),
        ("北渠街21号A铺", "北渠街21号B铺"),
        ("锦荣花园（A）", "锦荣花园（B）"),
        ("锦荣花园三期A停车场", "锦荣花园三期B停车场"),
        ("锦荣大厦甲座停车场", "锦荣大厦乙座停车场"),
        ("储备地块（甲）", "储备地块（乙）"),
    ),
    "sides": (
        ("锦荣花园东区停车场", "锦荣花园西门停车场"),
        ("锦荣花园（东门）", "锦荣花园西区"),
        ("锦荣花园东北侧停车场", "锦荣花园西北侧停车场"),
        ("青砖里北侧地块", "青砖里南侧地块"),
        ("锦荣大厦前座停车场", "锦荣大厦后座停车场"),
        ("锦荣大厦左侧停车场", "锦荣大厦右侧停车场"),
        ("荷风东里", "荷风西里"),
    ),
    "storeys": (
        ("公房（首层）", "公房（二层）"),
        ("北渠街21号首层", "北渠街21号二层"),
        ("锦荣花园停车场（-1层）", "锦荣花园停车场（1层）"),
        ("锦荣花园B1停车场", "锦荣花园B2停车场"),
        ("锦荣花园停车场（地上）", "锦荣花园停车场（地下）"),
    ),
}
ASKED = (
    ("西关大屋（宝源路）", "西关大屋（宝华路）"),
    ("宝源路西关大屋", "宝华路西关大屋"),
    ("西关大屋（宝源路）", "宝华路西关大屋"),
    ("机务段宿舍", "机务段二宿舍"),
    ("锦荣花园", "锦荣花园二期"),
    ("锦荣花园", "锦荣花园A区"),
    ("锦荣花园停车场", "锦荣花园停车场（二）"),
    ("东湖新村", "东湖旧村"),
    ("东湖新村", "东湖村"),
    ("锦荣花园", "锦荣花苑"),
    ("东风东路小学停车场", "东风东路停车场"),
    ("锦荣花园停车场", "锦荣花园电动自行车停车棚"),
)
ONE = (
    ("储备地块（一）", "储备地块一"),
    ("锦荣花园Ⅱ期", "锦荣花园（二期）"),
    ("锦荣花园二期", "锦荣花园（锦荣路88号）2期"),
    ("锦荣花园停车场B1层", "锦荣花园停车场（地下一层）"),
    ("锦荣花园停车场（-1层）", "锦荣花园停车场（负一层）"),
    ("锦荣大厦停车场（首层）", "锦荣大厦停车场1楼"),
    ("锦荣大厦停车场（1F）", "锦荣大厦停车场一层"),
    ("人民医院停车场（东门）", "人民医院东门停车场"),
    ("锦荣花园地上停车场", "锦荣花园地面停车场"),
    ("锦荣路路边停车场", "锦荣路路内停车场"),
    ("示例陈氏书院", "陈氏书院"),
    ("东平大押", "东平大押旧址"),
)


def records(kind: str, at_m: float, **said: object) -> gpd.GeoDataFrame:
    """Return one record, ``at_m`` metres east of 113 E 23 N."""
    frame = pd.DataFrame([{"position": "exact", **said}])
    place = shapely.Point(113 + at_m * LON_M, 23)
    return schema.conform(gpd.GeoDataFrame(frame, geometry=[place], crs="EPSG:4326"), schema.kind(kind))


def verdict(kind: str, one: dict[str, object], other: dict[str, object]) -> str:
    """Return the verdict on two records of two lists, the same whichever comes first."""
    found = set()
    for left, right in ((one, other), (other, one)):
        lists = sides([records(kind, 0, **left), records(kind, AWAY_M, **right)], [])
        found.add((*decide(score_pairs(*lists, kind)).tolist(), "apart")[0])
    assert len(found) == 1
    return str(found.pop())


@pytest.mark.parametrize(("one", "other"), [pair for pairs in APART.values() for pair in pairs])
def test_details_that_contradict_are_two(one: str, other: str) -> None:
    assert verdict("parking", {"name": one}, {"name": other}) == "apart"


@pytest.mark.parametrize(("one", "other"), ASKED)
def test_details_that_differ_or_that_one_leaves_out_are_asked_about(one: str, other: str) -> None:
    assert verdict("parking", {"name": one}, {"name": other}) == "doubt"


@pytest.mark.parametrize(("one", "other"), ONE)
def test_details_that_are_only_written_otherwise_are_one(one: str, other: str) -> None:
    assert verdict("parking", {"name": one}, {"name": other}) == "merge"


NUMBERS = st.sampled_from("一二三四五六七八九")
DETAILS = st.sampled_from(
    ["（{}）", "（{}期）", "{}期", "{}号楼", "（{}层）", "{}区", "第{}停车场", "停车场{}", "{}宿舍"]
)


@settings(max_examples=30)
@given(detail=DETAILS, one=NUMBERS, other=NUMBERS)
def test_whatever_is_counted_two_numbers_are_two_and_one_number_is_one(detail: str, one: str, other: str) -> None:
    names = [f"锦荣花园{detail.format(number)}" for number in (one, other)]
    expected = "merge" if one == other else "apart"
    assert verdict("parking", {"name": names[0]}, {"name": names[1]}) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"name": "锦荣花园充电站"}, {"name": "锦荣花园电动自行车充电棚", "charger_type": "ebike"}, "doubt"),
        ({"name": "锦荣花园充电站"}, {"name": "锦荣花园充电站", "charger_type": "ebike"}, "doubt"),
        ({"name": "锦荣花园充电站"}, {"name": "锦荣花园电动自行车充电站"}, "doubt"),
        ({"name": "锦荣花园充电站"}, {"name": "锦荣花园换电站"}, "doubt"),
        ({"name": "锦荣花园充电站", "charger_type": "car"}, {"name": "锦荣花园电单车充电站"}, "doubt"),
        (
            {"name": "锦荣花园充电站", "charger_type": "car"},
            {"name": "锦荣花园充换电站", "charger_type": "car"},
            "merge",
        ),
        ({"name": "锦荣花园充电站", "charger_type": "car"}, {"name": "锦荣花园充电站"}, "merge"),
        ({"name": "锦荣花园电单车充电棚"}, {"name": "锦荣花园充电棚", "charger_type": "ebike"}, "merge"),
        ({"name": "锦荣花园充电站", "status": "planned"}, {"name": "锦荣花园充电桩"}, "doubt"),
        ({"name": "锦荣花园充电站", "status": "planned"}, {"name": "锦荣花园充电站"}, "merge"),
    ],
)
def test_whom_a_station_is_for_is_asked_about_where_one_leaves_it_open(
    one: dict[str, object], other: dict[str, object], expected: str
) -> None:
    assert verdict("charging", one, other) == expected


def test_a_kerb_is_not_merged_with_a_car_park_that_says_no_type() -> None:
    kerb = {"name": "榕桥路", "parking_type": "kerb"}
    assert verdict("parking", kerb, {"name": "榕桥路停车场"}) == "doubt"
    assert verdict("parking", kerb, {"name": "榕桥路"}) == "merge"


def test_the_piles_of_cars_stay_beside_a_shed_of_e_bikes_and_the_question_says_why() -> None:
    station = records("charging", 0, name="锦荣花园充电站", address="锦荣路88号", pile_count=10)
    shed = records(
        "charging", 9, name="锦荣花园电动自行车充电棚", address="锦荣路88号", charger_type="ebike", port_count=40
    )
    first = join(schema.empty(schema.kind("charging")), station, kind="charging", source="平台甲").frame
    joined = join(first, shed, kind="charging", source="平台乙")
    assert joined.counts.merged == 0
    assert joined.frame["pile_count"].tolist() == [10, pd.NA]
    (doubt,) = joined.doubts
    assert doubt.reasons[0].zh == "名称主干相同，用途 - / 电动自行车，相似度 1.00"
    assert doubt.reasons[-1].zh == "只有一方写明用途或类别"


def test_the_reason_names_other_words_in_brackets() -> None:
    parts = name_parts(pd.Series(["西关大屋（宝源路）", "西关大屋（宝华路）"], dtype="string"))
    one, other = parts[list(PART_COLUMNS)].itertuples(index=False)
    assert explain(one, other, 0.8).zh == "名称主干相同，括号内 宝源路 / 宝华路，相似度 0.80"
