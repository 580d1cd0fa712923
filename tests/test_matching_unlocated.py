"""Records without a place: placed by what is accepted, never by invention."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import schema
from layers.matching._mentions import mentions
from layers.matching.sources import members, merged
from layers.matching.unlocated import METHODS, Placed, place_unlocated
from layers.trusted import Trusted

LON_M = 1 / 102_470


def at(metres: float) -> shapely.Point:
    """Return a point so many metres east of 113 E 23 N."""
    return shapely.Point(113 + metres * LON_M, 23)


def square(metres: float, side: float = 100.0) -> shapely.Polygon:
    """Return a square around a point."""
    return shapely.box(*(at(metres).buffer(side / 2 * LON_M).bounds))


def accepted(kind: str, *rows: tuple[object, ...]) -> gpd.GeoDataFrame:
    """Return accepted records: name, address, sub-district, geometry."""
    names = ["name", "address", "subdistrict_code"]
    frame = pd.DataFrame([row[:3] for row in rows], columns=names).assign(position="exact")
    frame["asset_id"] = [f"{kind}-{number}" for number in range(len(rows))]
    return schema.conform(
        gpd.GeoDataFrame(frame, geometry=[row[3] for row in rows], crs="EPSG:4326"), schema.kind(kind)
    )


EAST, WEST = "440199001", "440199002"
LAYERS = {
    "subdistrict": accepted(
        "subdistrict",
        ("榕桥街道（示例）", None, EAST, square(5_000, 4_000)),
        ("水磨街道（示例）", None, WEST, square(-5_000, 4_000)),
    ),
    "community": accepted(
        "community",
        ("荷风里小区", "榕桥街道荷风路8号", EAST, square(5_000)),
        ("幸福花园", None, EAST, square(6_000)),
        ("幸福花园", None, WEST, square(-6_000)),
        ("水磨", None, WEST, square(-5_500)),
    ),
    "charging": accepted(
        "charging",
        ("锦荣花园充电站", "北渠街32号", EAST, at(4_000)),
        ("幸福充电站", None, EAST, at(4_500)),
        ("幸福充电站", None, EAST, at(5_500)),
    ),
    "heritage": accepted("heritage", ("示例陈氏书院", "北渠街40号", EAST, square(4_200, 30))),
}
TRUSTED = Trusted.of(LAYERS)
ADDRESSES = accepted(
    "address",
    ("示例大厦", "示例市榕湾区榕桥街道东基大街8号", EAST, at(3_000)),
    ("", "榕桥街道东基大街10号", EAST, at(3_050)),
    ("", "榕桥街道东基大街12号", EAST, at(3_100)),
    ("", "榕桥街道东基大街十二号", EAST, at(3_400)),
    ("0101网格", "", EAST, square(7_000, 200)),
).assign(
    building_code=pd.array(["4401990010001", None, None, None, None], dtype="string"),
    grid_code=pd.array([None, None, None, None, "44019900100101"], dtype="string"),
)


def placed(kind: str = "charging", **row: object) -> Placed:
    """Return one record of ``kind`` after placing."""
    frame = schema.conform(pd.DataFrame([row]), schema.kind(kind))
    return place_unlocated(frame, kind, TRUSTED, addresses=ADDRESSES)


@pytest.mark.parametrize(
    ("row", "method", "spot"),
    [
        ({"name": "錦榮花園充電站", "address": "北渠街三十二号"}, "same_asset", at(4_000)),
        ({"name": "锦荣花园充电站", "address": "榕桥街道"}, "same_asset", at(4_000)),
        ({"name": "锦荣花园充电站"}, "same_name", at(4_000)),
        ({"name": "锦荣花园充电站", "address": "北渠街33号"}, "", None),
        ({"name": "某站", "address": "榕桥街东基大街八号"}, "standard_address", at(3_000)),
        ({"name": "某站", "address": "水磨街东基大街8号"}, "", None),  # another sub-district
        ({"name": "某站", "address": "东基大街12号"}, "", None),  # two doors of that name, 300 m apart
        ({"name": "某站", "remark": "楼栋编码: 4401990010001"}, "building_code", at(3_000)),
        ({"name": "某站", "address": "北渠街40号"}, "same_door", at(4_200)),
        ({"name": "某站", "address": "榕桥街道荷风里3栋旁"}, "community", at(5_000)),
        ({"name": "荷风里小区充电棚"}, "community", at(5_000)),
        ({"name": "某站", "address": "荷风里横街5号"}, "", None),  # a street of that name
        ({"name": "某站", "address": "水磨街道幸福花园"}, "community", at(-6_000)),  # the sub-district decides
        ({"name": "某站", "address": "水磨路口"}, "", None),
        ({"name": "某站", "remark": "网格编码: 44019900100101"}, "grid_code", at(7_000)),
        ({"name": "充电站"}, "", None),
        ({"name": None, "address": None}, "", None),
    ],
)
def test_one_record(row: dict[str, object], method: str, spot: shapely.Point | None) -> None:
    found = placed(**row)
    assert found.placements["method"].tolist() == [method]
    record = found.frame.iloc[0]
    if spot is None:
        assert record.geometry is None
        assert record["position"] == "unlocated"
    else:
        assert record.geometry.distance(spot) < LON_M
        assert record["position"] == METHODS[method][0]


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({"name": "幸福充电站"}, ["幸福充电站"]),
        ({"name": "某站", "address": "幸福花园内"}, ["幸福花园"]),
        ({"name": "某站", "address": "东基大街12号"}, ["东基大街12号", "东基大街十二号"]),
    ],
)
def test_two_equally_good_choices_place_nothing_and_both_are_named(row: dict[str, object], named: list[str]) -> None:
    found = placed(**row)
    assert found.frame.geometry.iloc[0] is None
    (finding,) = [item for item in found.findings if item.rule == "placed_doubtful"]
    assert finding.action == "unlocated"
    assert all(name in finding.zh and name in finding.en for name in named)
    assert finding.zh.count("、") == 1


def test_the_sub_district_that_an_address_names_is_told_though_the_record_waits() -> None:
    found = placed(name="某站", address="示例市榕湾区榕桥街道无名巷")
    assert found.frame["subdistrict_code"].tolist() == [EAST]
    assert found.frame["position"].tolist() == ["unlocated"]


def test_the_centre_of_a_sub_district_is_taken_only_if_asked_for() -> None:
    frame = schema.conform(pd.DataFrame([{"name": "某站", "address": "榕桥街道"}]), schema.kind("charging"))
    found = place_unlocated(frame, "charging", TRUSTED, at_subdistrict=True)
    assert found.placements["method"].tolist() == ["subdistrict"]
    assert found.frame["position"].tolist() == ["approximate"]


def test_a_known_asset_keeps_its_outline_and_others_get_a_point() -> None:
    assert placed("heritage", name="示例陈氏书院", address="北渠街40号").frame.geometry.iloc[0].geom_type == "Polygon"
    assert placed("charging", name="某站", address="北渠街40号").frame.geometry.iloc[0].geom_type == "Point"


def test_a_survey_is_placed_by_the_community_it_names_and_a_report_never_by_its_topic() -> None:
    survey = placed("parking_survey", name="夜间普查", community_name="荷风里")
    assert survey.placements["method"].tolist() == ["community"]
    report = placed("report", name="荷风里小区")
    assert report.placements["method"].tolist() == [""]


def test_placed_records_are_left_as_they_are_and_all_are_counted() -> None:
    rows = pd.DataFrame([{"name": "甲"}, {"name": "某站", "address": "东基大街8号"}, {"name": "乙", "address": "无"}])
    frame = schema.conform(
        gpd.GeoDataFrame(rows.assign(position="exact"), geometry=[at(1), None, None], crs=4326), schema.kind("charging")
    )
    found = place_unlocated(frame, "charging", TRUSTED, addresses=ADDRESSES, records=[4, 7, 9])
    assert found.frame.iloc[[0]].equals(frame.iloc[[0]])
    assert found.placements["row"].tolist() == [1, 2]
    assert {(item.record, item.action) for item in found.findings} == {(7, "changed"), (9, "unlocated")}


def test_what_was_placed_before_keeps_its_place_when_its_ledger_leaves_it_out() -> None:
    found = placed(name="改了名的站", asset_id="charging-0")
    assert found.placements["method"].tolist() == ["kept"]
    assert found.frame["placed_by"].isna().all()
    assert found.frame.geometry.iloc[0].equals(at(4_000))


def test_records_that_are_not_in_the_file_are_placed_and_not_reported() -> None:
    frame = schema.conform(pd.DataFrame([{"address": "东基大街8号"}, {"address": "无"}]), schema.kind("charging"))
    found = place_unlocated(frame, "charging", TRUSTED, addresses=ADDRESSES, records=[0, 0])
    assert found.placements["method"].tolist() == ["standard_address", ""]
    assert found.findings == ()


def test_kinds_without_places_and_empty_layers_pass_through() -> None:
    items = schema.conform(pd.DataFrame({"name": ["保洁"]}), schema.kind("service_item"))
    assert place_unlocated(items, "service_item", TRUSTED).frame is items
    empty = schema.empty(schema.kind("charging"))
    assert place_unlocated(empty, "charging", TRUSTED).frame is empty
    alone = schema.conform(pd.DataFrame({"name": ["甲"]}), schema.kind("charging"))
    assert place_unlocated(alone, "charging", Trusted()).placements["method"].tolist() == [""]


TEXT = st.text("榕桥街荷风里1号", max_size=12)


@given(st.lists(TEXT, max_size=6), st.lists(TEXT, max_size=6))
def test_mentions_are_those_that_a_plain_search_finds(texts: list[str], names: list[str]) -> None:
    hits = [
        (text, name, start, start + len(names[name]))
        for text, line in enumerate(texts)
        for name in range(len(names))
        for start in range(len(line))
        if names[name] and line.startswith(names[name], start)
    ]
    outermost = {
        hit
        for hit in hits
        if not any(
            other[0] == hit[0] and other[2] <= hit[2] and hit[3] <= other[3] and other[3] - other[2] > hit[3] - hit[2]
            for other in hits
        )
    }
    found = mentions(texts, names)
    assert {tuple(int(value) for value in row) for row in found.to_numpy()} == outermost


@settings(max_examples=10)
@given(st.permutations(range(8)))
def test_the_order_of_records_does_not_matter(order: list[int]) -> None:
    rows = pd.DataFrame(
        {"name": ["锦荣花园充电站", "某站", "幸福充电站", "荷风里充电站"] * 2, "address": [None, "东基大街8号"] * 4}
    )
    frame = schema.conform(rows, schema.kind("charging"))
    straight = place_unlocated(frame, "charging", TRUSTED, addresses=ADDRESSES)
    mixed = place_unlocated(frame.iloc[order].reset_index(drop=True), "charging", TRUSTED, addresses=ADDRESSES)
    back = np.argsort(order)
    assert mixed.placements["method"].to_numpy()[back].tolist() == straight.placements["method"].tolist()


def accepted_before(**row: object) -> Trusted:
    """Return evidence with one charging station that is placed at 4,000 m as ``row`` says."""
    station = {"asset_id": "c-1", "name": "甲站", "subdistrict_code": EAST, "position": "exact", **row}
    frame = gpd.GeoDataFrame([station], geometry=[at(4_000)], crs="EPSG:4326")
    areas = {"subdistrict": LAYERS["subdistrict"]}
    return Trusted.of({**areas, "charging": schema.conform(frame, schema.kind("charging"))})


def placed_again(trusted: Trusted, addresses: gpd.GeoDataFrame | None = ADDRESSES, **row: object) -> Placed:
    """Return the same station as its source gives it this month, without a place."""
    station = {"asset_id": "c-1", "name": "甲站", "subdistrict_code": EAST, **row}
    frame = schema.conform(pd.DataFrame([station]), schema.kind("charging"))
    return place_unlocated(frame, "charging", trusted, addresses=addresses)


HERITAGE = schema.kind("heritage")
BY_ADDRESS = {"address": "北渠街32号", "placed_by": "by_standard_address"}


@pytest.mark.parametrize(
    ("was", "row", "method", "spot", "placed_by"),
    [
        # a derived place: the corrected address decides, then the code; without either it stays while nothing changed
        (BY_ADDRESS, {"address": "东基大街8号"}, "standard_address", at(3_000), "by_standard_address"),
        (BY_ADDRESS, {"address": None, "remark": "4401990010001"}, "building_code", at(3_000), "by_building_code"),
        (BY_ADDRESS, {"address": "北渠街32号"}, "kept", at(4_000), "by_standard_address"),
        (BY_ADDRESS, {"address": None}, "kept", at(4_000), "by_standard_address"),
        (BY_ADDRESS, {"address": "北渠街99号"}, "", None, None),
        ({"remark": "4401990099999", "placed_by": "by_building_code"}, {"remark": "4401990099999"}, "kept", at(4_000),
         "by_building_code"),
        ({"remark": "4401990099999", "placed_by": "by_building_code"}, {"remark": "4401990088888", "name": "乙站"}, "",
         None, None),
        # a measured place stays, whatever the address says
        ({"address": "北渠街32号"}, {"address": "东基大街8号"}, "kept", at(4_000), None),
    ],
)  # fmt: skip
def test_a_derived_place_follows_better_evidence_and_a_measured_one_stays(
    was: dict[str, object], row: dict[str, object], method: str, spot: shapely.Point | None, placed_by: str | None
) -> None:
    found = placed_again(accepted_before(**was), **row)
    record = found.frame.iloc[0]
    assert found.placements["method"].tolist() == [method]
    assert (record.geometry is None) if spot is None else record.geometry.distance(spot) < LON_M
    assert (None if pd.isna(record["placed_by"]) else record["placed_by"]) == placed_by
    assert record["position"] == ("unlocated" if spot is None else "exact")


def test_the_report_says_why_a_place_moved_or_is_no_longer_kept() -> None:
    trusted = accepted_before(**BY_ADDRESS)
    (moved,) = placed_again(trusted, address="东基大街8号").findings
    assert moved.rule == "placed"
    assert "与标准地址一致" in moved.zh
    assert "原位置只是按标准地址推定，离现在 1001 米" in moved.zh
    assert "1001 m from here" in moved.en
    lapsed = {item.rule: item for item in placed_again(trusted, address="北渠街99号").findings}
    assert "原位置只是按标准地址推定" in lapsed["place_lapsed"].zh
    assert lapsed["place_lapsed"].action == "unlocated"
    (kept,) = placed_again(trusted, address="北渠街32号").findings
    assert "原位置只是" not in kept.zh


def test_a_standard_address_comes_before_a_record_that_only_bears_the_name() -> None:
    found = placed(name="锦荣花园充电站", address=None, remark="4401990010001")
    assert found.placements["method"].tolist() == ["building_code"]


def test_a_derived_place_that_stands_in_a_record_of_the_file_is_derived_anew() -> None:
    row = {"name": "某站", "address": "东基大街8号", "position": "exact", "placed_by": "by_same_asset"}
    frame = gpd.GeoDataFrame([row] * 3, geometry=[at(0)] * 3, crs="EPSG:4326")
    frame.loc[1, "placed_by"] = None  # measured
    found = place_unlocated(frame, "charging", TRUSTED, addresses=ADDRESSES, records=[1, 2, 0])
    assert found.placements["row"].tolist() == [0]
    assert [round((place.x - 113) / LON_M) for place in found.frame.geometry] == [3_000, 0, 0]


def test_a_place_that_a_source_gave_comes_before_one_that_was_derived() -> None:
    """The derived one is of the newer record, and exact; the source's own point stands all the same."""
    derived, measured = shapely.Point(113.0, 23.0), shapely.Point(113.0001, 23.0)
    rows = pd.DataFrame(
        {
            "name": ["甲"] * 2,
            "source": ["新", "旧"],
            "data_date": pd.to_datetime(["2026-09-01", "2026-01-01"]),
            "position": "exact",
            "placed_by": ["by_standard_address", None],
        }
    )
    frame = schema.conform(gpd.GeoDataFrame(rows, geometry=[derived, measured], crs="EPSG:4326"), HERITAGE)
    records, _ = merged(frame, np.zeros(2, dtype=np.int64), HERITAGE)
    assert records.geometry.iloc[0].equals(measured)
    assert records["placed_by"].isna().all()
    parts = members(records.assign(asset_id="p-1"), HERITAGE)
    assert parts["placed_by"].tolist() == ["by_standard_address", pd.NA]
