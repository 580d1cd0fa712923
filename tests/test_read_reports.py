"""What the report says of a file, so that a clerk finds the cell and mends it; nothing is lost on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_files import found, rules, write_csv, write_geojson, write_xlsx

from layers.errors import UsageError
from layers.reading import read_file, write_rejected
from layers.schema import kind
from layers.values import one_line, parse_column, saying_nothing
from layers.values._dates import parse_date
from layers.values._numbers import parse_number
from layers.values._text import says_nothing

if TYPE_CHECKING:
    from pathlib import Path

    from layers.reading import ReadResult

TITLES = ["停车场名称", "泊位总数", "经度", "纬度"]
PLACES = [[f"车场{at}", "5", f"113.2{at}0123", f"23.1{at}0123"] for at in range(6)]


def read_rows(path: Path, rows: list[list[str | None]], kind: str = "parking", crs: str = "auto") -> ReadResult:
    """Read rows as a CSV file."""
    return read_file(write_csv(path / "a.csv", rows), kind, crs=crs)


def test_a_coordinate_far_from_all_others_waits_for_a_place(tmp_path: Path) -> None:
    slip = ["错写车场", "8", "11.20", "3.4"]
    result = read_rows(tmp_path, [["一览表"], TITLES, *PLACES[:4], slip, *PLACES[4:]], crs="高德")
    assert result.frame["position"].tolist() == ["exact"] * 4 + ["unlocated"] + ["exact"] * 2
    assert result.frame.geometry.isna().tolist() == [False] * 4 + [True] + [False] * 2
    assert result.frame["remark"].iloc[4] == "原坐标（GCJ-02）: 11.20, 3.4"
    assert result.frame["stall_count"].iloc[4] == 8
    assert result.report.unlocated == 1
    assert result.frame.total_bounds[0] > 113
    (finding,) = (item for item in result.report.findings if item.rule == "far_away")
    assert (finding.record, finding.row, finding.value, finding.action) == (5, 7, "11.20, 3.4", "unlocated")
    (line,) = (text for text in result.report.lines() if "11.20" in text)
    assert line.startswith("  ! 第 7 行 row 7 geometry [11.20, 3.4]: “错写车场”的坐标离其他记录很远")
    assert "改正坐标后重新导入" in line
    assert "correct the coordinates and import again" in line


def test_few_records_two_areas_and_wide_files_keep_their_places(tmp_path: Path) -> None:
    far = [["甲", "5", "120.501", "30.501"], ["乙", "5", "120.502", "30.502"]]
    few = read_rows(tmp_path, [TITLES, *PLACES[:3], far[0]])
    assert few.frame["position"].eq("exact").all()
    assert rules(few.report).count("far_away") == 0
    two_areas = read_rows(tmp_path, [TITLES, *PLACES[:5], *far])
    assert two_areas.frame["position"].eq("exact").all()
    assert [item.rule for item in two_areas.report.warnings].count("far_away") == 2
    wide = [[f"点{at}", "5", f"{104 + 2.5 * at}123", f"{22 + 2 * at}.0123"] for at in range(7)]
    assert "far_away" not in rules(read_rows(tmp_path, [TITLES, *wide]).report)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_rows_are_those_that_excel_shows(tmp_path: Path, suffix: str) -> None:
    rows = [
        ["停车场台账"],
        [],
        TITLES,
        ["甲", "约300", *PLACES[0][2:]],
        ["合计", "300"],
        [],
        ["乙", "很多", None, None],
    ]
    path = tmp_path / f"a{suffix}"
    if suffix == ".csv":
        write_csv(path, rows)
    else:
        write_xlsx(path, {"一": [row or [None] for row in rows]})
    report = read_file(path, "parking").report
    said = {(item.rule, item.record, item.row) for item in report.findings if item.record is not None}
    assert said == {("approximate", 1, 4), ("total_row", 2, 5), ("unreadable", 3, 7)}
    assert any(line.startswith("  第 7 行 row 7 stall_count [很多]") for line in report.lines())


def test_sentences_that_point_to_another_record_name_its_row(tmp_path: Path) -> None:
    rows = [["编号", *TITLES], ["A1", *PLACES[0]], ["A1", *PLACES[0]], ["A1", "完全不同", "9", None, "同上"]]
    rows += [["A2", *PLACES[2]], ["A3", *PLACES[3]]]
    said = "\n".join(read_rows(tmp_path, rows).report.lines())
    assert "第 3 行 row 3: 与第 2 行合并" in said
    assert "与第 2 行编号相同，但内容" in said
    assert "取第 3 行的值" in said


def test_records_taken_for_samples_are_said_with_the_words_and_their_place(tmp_path: Path) -> None:
    above = read_rows(tmp_path, [["台账（虚构示例）"], TITLES, *PLACES])
    (finding,) = (item for item in above.report.warnings if item.rule == "sample_words")
    assert finding.zh.startswith("表头以上写有“虚构”，6 条按示例数据收下")
    assert any("表头以上写有“虚构”" in line for line in above.report.lines())
    rows = [[*TITLES, "备注"], [*PLACES[0], None], [*PLACES[1], "示例数据"]]
    inside = read_rows(tmp_path, rows)
    assert inside.frame["is_sample"].tolist() == [False, True]
    (finding,) = (item for item in inside.report.warnings if item.rule == "sample_words")
    assert finding.zh.startswith("第 3 行等的备注写有“示例数据”，1 条")
    assert "row 3" in finding.en
    stated = [[*TITLES, "备注", "is_sample"], [*PLACES[0], "虚构", "否"]]
    assert "sample_words" not in rules(read_rows(tmp_path, stated).report)


def test_records_without_a_place_are_told_how_to_get_one(tmp_path: Path) -> None:
    report = read_rows(tmp_path, [TITLES, PLACES[0], ["甲", "5", None, None]]).report
    (line,) = (text for text in report.lines() if "落图前" in text)
    assert line.startswith("  1 条没有可用的位置，照样保留")
    assert "“经度”“纬度”" in line
    assert "not analysed as sites until they are placed" in line
    assert "unlocated" not in read_rows(tmp_path, [TITLES, *PLACES]).report.facts


def test_merged_remarks_say_everything_once_and_contradict_nothing(tmp_path: Path) -> None:
    rows = [
        ["编号", "停车场名称", "泊位总数", "有效期至", "社区", "联网", "备注"],
        ["A1", "锦荣花园停车场", "320", "2027-03-31", "甲", None, "临街；夜间关门"],
        ["A1", "锦荣花园停车场", "约300", "2027-06-30", "乙", "是", "临街；夜间关门"],
        ["A1", "锦荣花园停车场", "320（含子母位）", None, "甲", "是", "夜间关门"],
        *([f"B{at}", f"别处{at}", "5", None, None, None, None] for at in range(3)),
    ]
    result = read_rows(tmp_path, rows)
    assert result.frame["remark"].tolist()[:1] == ["临街；夜间关门；社区: 甲；联网: 是；泊位总数: 320（含子母位）"]
    merged = [item for item in result.report.findings if item.action == "merged"]
    assert merged[0].zh.endswith("取前者：泊位总数 320 / 300，备案有效期至 2027-03-31 / 2027-06-30，社区: 甲 / 乙")
    assert "00:00" not in merged[0].zh + merged[0].en
    assert merged[1].zh.endswith("编号相同")


def test_words_come_along_with_the_value_that_they_explain(tmp_path: Path) -> None:
    rows = [["备案编号", "停车场名称", "泊位总数"], ["A1", "锦荣花园", "很多"], ["A1", "锦荣花园", "约300"]]
    frame = read_rows(tmp_path, rows).frame
    assert frame["stall_count"].tolist() == [300]
    assert frame["remark"].tolist() == ["泊位总数: 很多；泊位总数: 约300"]


def test_a_place_from_a_duplicate_needs_no_original(tmp_path: Path) -> None:
    rows = [["编号", *TITLES], *(["", *row] for row in PLACES), ["B1", "甲", "5", "113.25123", "23.15123"]]
    result = read_rows(tmp_path, [*rows, ["B1", "甲", "5", "11.25123", "23.15123"]])
    assert result.report.merged == 1
    assert result.frame["position"].eq("exact").all()
    assert pd.isna(result.frame["remark"].iloc[6])
    assert [item[2] for item in found(result.report, "far_away")] == ["11.25123, 23.15123"]


@pytest.mark.parametrize(
    ("title", "areas", "total", "said"),
    [
        ("面积（亩）", ["2.5", "3.5"], "7", "各条相加为 6 亩"),
        ("面积", ["2.5亩", "3.5亩"], "约9亩", "各条相加为 6 亩"),
        ("面积（平方米）", ["1666.666667", "1"], "1700", "各条相加为 1667.67 平方米"),
    ],
)
def test_totals_are_compared_in_the_unit_of_the_ledger(
    tmp_path: Path, title: str, areas: list[str], total: str, said: str
) -> None:
    rows = [["地块名称", title], ["甲", areas[0]], ["乙", areas[1]], ["合计", total]]
    report = read_rows(tmp_path, rows, "idle_land").report
    (finding,) = (item for item in report.warnings if item.rule == "total_differs")
    assert finding.zh.endswith(said)


def square(west: float, south: float, side: float = 0.001) -> dict[str, object]:
    """Return a square in degrees as GeoJSON."""
    return shapely.geometry.mapping(shapely.box(west, south, west + side, south + side))


def test_the_original_of_every_changed_shape_is_kept_and_the_change_is_measured(tmp_path: Path) -> None:
    bow_tie = {
        "type": "Polygon",
        "coordinates": [[[113, 23], [113.001, 23.001], [113.001, 23], [113, 23.001], [113, 23]]],
    }
    high = {"type": "Polygon", "coordinates": [[[*xy, 7.5] for xy in square(113.01, 23)["coordinates"][0]]]}
    level = {"type": "Polygon", "coordinates": [[[*xy, 0] for xy in square(113.02, 23)["coordinates"][0]]]}
    mixed = {
        "type": "GeometryCollection",
        "geometries": [square(113.03, 23), {"type": "Point", "coordinates": [113.04, 23]}],
    }
    shapes = [square(113.05, 23), bow_tie, high, level, mixed]
    path = write_geojson(
        tmp_path / "a.geojson", [({"地块名称": f"地块{at}"}, shape) for at, shape in enumerate(shapes)]
    )
    result = read_file(path, "idle_land", crs="EPSG:4326")
    kept = result.originals.set_index("record")
    assert kept["rule"].to_dict() == {2: "geometry_invalid", 3: "geometry_3d", 5: "geometry_collection"}
    assert shapely.get_coordinates(kept.geometry[3], include_z=True)[:, 2].tolist() == [7.5] * 5
    assert not kept.geometry[2].is_valid
    assert kept.geometry[5].geom_type == "GeometryCollection"
    assert kept["hausdorff_m"][3] == 0
    assert kept["hausdorff_m"][5] == pytest.approx(0.009 * 102_500, rel=0.01)  # the point lay 0.009 degrees east
    assert kept["area_before_m2"][2] == pytest.approx(0, abs=1)
    assert kept["area_after_m2"][2] == pytest.approx(0.5e-6 * 111_320**2 * np.cos(np.radians(23)), rel=0.01)
    assert result.frame.geometry.is_valid.all()
    assert read_file(
        write_geojson(tmp_path / "b.geojson", [({"地块名称": "甲"}, square(113, 23))]), "idle_land", crs="EPSG:4326"
    ).originals.empty


def test_holes_that_run_like_their_shell_are_turned_and_counted_and_no_shape_changes(tmp_path: Path) -> None:
    outer, inner = (
        [list(xy) for xy in shapely.box(*box).exterior.coords]
        for box in ((113, 23, 113.004, 23.004), (113.001, 23.001, 113.002, 23.002))
    )
    path = write_geojson(
        tmp_path / "a.geojson",
        [
            ({"地块名称": "甲"}, {"type": "Polygon", "coordinates": [outer, inner]}),
            ({"地块名称": "乙"}, {"type": "Polygon", "coordinates": [outer, inner[::-1]]}),
        ],
    )
    result = read_file(path, "idle_land", crs="EPSG:4326")
    (finding,) = (item for item in result.report.findings if item.rule == "winding")
    assert finding.zh.startswith("1 个面的洞与外环同向")
    ring = result.frame.geometry.iloc[0]
    assert ring.exterior.is_ccw
    assert not ring.interiors[0].is_ccw
    assert ring.equals(shapely.Polygon(outer, [inner]))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_records_left_out_can_be_corrected_and_imported_again(tmp_path: Path, suffix: str) -> None:
    good, line = "POLYGON((113 23,113.001 23,113.001 23.001,113 23))", "LINESTRING(113 23,113.1 23)"
    rows = [
        ["闲置用地台账"],
        ["地块编号", "地块名称", "面积", "经办", "图形"],
        ["D1", "甲", "100", "-", good],
        ["D2", '=HYPERLINK("x")', "-5", "+86", "POLYGON((113 23"],
        ["合计", None, "95", None, None],
        ["D3", "丙", "7", "@", line],
    ]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "idle_land", crs="EPSG:4326")
    table = result.rejected
    assert table.columns.tolist()[2:] == rows[1]
    assert table.iloc[:, 0].tolist() == [4, 6]
    assert [text.split(" / ")[0] for text in table.iloc[:, 1]] == ["图形无法读取", "图形是线，应为面或点"]
    path = tmp_path / f"b{suffix}"
    write_rejected(table, path)
    if suffix == ".csv":
        text = path.read_text(encoding="utf-8")
        assert text.startswith("\ufeff")
        assert "'=HYPERLINK" in text
        assert ",-5," in text
    again = pd.read_csv(path, dtype=str) if suffix == ".csv" else pd.read_excel(path, dtype=str, engine="openpyxl")
    again["图形"] = [
        good.replace("113 ", "113.5 ").replace("113.001", "113.501"),
        good.replace("113 ", "113.7 ").replace("113.001", "113.701"),
    ]
    mended = write_csv(tmp_path / "c.csv", [again.columns.tolist(), *again.fillna("").to_numpy().tolist()])
    second = read_file(mended, "idle_land", crs="EPSG:4326")
    assert second.report.left_out == 0
    assert second.rejected.empty
    assert second.frame["source_id"].tolist() == ["D2", "D3"]
    assert second.frame["name"].tolist()[0] == '=HYPERLINK("x")'
    assert not second.frame["remark"].fillna("").str.contains("原文件行号|未收原因").any()
    with pytest.raises(UsageError, match=r"\.csv or \.xlsx"):
        write_rejected(table, tmp_path / "b.doc")


def test_records_of_a_map_that_are_left_out_carry_their_geometry_and_its_system(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"镇街": ["甲", "乙"]},
        geometry=[shapely.box(425_000, 2_559_000, 425_100, 2_559_100), shapely.Point(425_000, 2_559_000)],
        crs=4547,
    )
    frame.to_file(tmp_path / "a.gpkg")
    result = read_file(tmp_path / "a.gpkg", "subdistrict")
    assert result.rejected["geometry_wkt_epsg4547"].tolist() == ["POINT (425000 2559000)"]
    table = result.rejected.assign(geometry_wkt_epsg4547=[frame.geometry.iloc[0].wkt])
    write_rejected(table, tmp_path / "b.csv")
    again = read_file(tmp_path / "b.csv", "subdistrict")
    assert again.frame.geometry.iloc[0].equals_exact(result.frame.geometry.iloc[0], 1e-9)
    assert again.frame["name"].tolist() == ["乙"]


def test_checks_are_part_of_reading_and_name_the_rows_of_the_sheet(tmp_path: Path) -> None:
    rows = [
        ["一览"],
        ["停车场名称", "泊位总数", "充电车位数", "经度", "纬度"],
        *([*row[:2], "6", *row[2:]] for row in PLACES),
    ]
    rows.insert(4, ["小计", "10"])
    report = read_rows(tmp_path, rows, crs="EPSG:4326").report
    (finding,) = (item for item in report.warnings if item.rule == "part_exceeds_whole")
    assert (list(finding.records), list(finding.rows)) == ([1, 2, 4, 5, 6, 7], [3, 4, 6, 7, 8, 9])
    assert report.sketch is not None
    assert report.sketch.accepted_count == 6
    assert "<svg" in report.to_html()


def test_places_as_written_are_drawn_beside_those_accepted(tmp_path: Path) -> None:
    drawn = read_rows(tmp_path, [TITLES, *PLACES], crs="GCJ-02").report.sketch
    assert drawn is not None
    assert drawn.moved_count == 6
    length_m = np.hypot(*(drawn.moves[:, :2] - drawn.moves[:, 2:]).T) * drawn.metres_per_unit
    assert length_m == pytest.approx(600, rel=0.1)  # what GCJ-02 moves Guangzhou by
    plain = read_rows(tmp_path, [TITLES, *PLACES], crs="EPSG:4326").report.sketch
    assert plain is not None
    assert plain.moved_count == 0


def test_a_hundred_thousand_equal_rows_are_merged_in_a_moment(tmp_path: Path) -> None:
    rows = [["停车场名称", "泊位总数"], *(["甲", "5"] for _ in range(100_000))]
    result = read_rows(tmp_path, rows)
    assert (result.report.kept, result.report.merged) == (1, 99_999)
    (finding,) = (item for item in result.report.findings if item.action == "merged")
    assert finding.records.pairs() == [[2, 100_000]]


CELLS = st.one_of(
    st.sampled_from(
        [
            "2026-03-01",
            "2026-03-01 08:05",
            "2026-03-01 08:05:09",
            "2026-13-01",
            "2026-3-1",
            "1,200",
            "１２",
            "约300",
            "5 ",
            "-5",
            "1e3",
            "0.1234567890123456789",
            "7.5",
            "/",
            "",
            " ",
            "inf",
            "1_0",
            "12亩",
        ]
    ),
    st.text(max_size=8),
    st.floats(-1e9, 1e9).map(repr),
)


@settings(max_examples=150)
@given(st.lists(CELLS, min_size=1, max_size=12), st.sampled_from(["reported_at", "deadline_h"]))
def test_columns_read_as_a_whole_say_what_their_cells_say_one_by_one(cells: list[str], name: str) -> None:
    field = kind("report")[name]
    read = parse_column(pd.Series(cells, dtype="string"), field)
    for at, cell in enumerate(cells):
        one = parse_date(cell, with_time=True) if name == "reported_at" else parse_number(cell, field.unit)
        inside = one.value if name == "reported_at" or one.value is None or 0 <= one.value <= 10_000 else None
        if inside is None:
            assert pd.isna(read.series.iloc[at])
        else:
            assert read.series.iloc[at] == (
                pd.Timestamp(inside).as_unit("ms") if name == "reported_at" else pytest.approx(inside, rel=1e-14)
            )


@given(st.lists(st.text(max_size=6), min_size=1))
def test_texts_sifted_as_a_whole_are_those_sifted_one_by_one(texts: list[str]) -> None:
    column = pd.Series(texts, dtype="string")
    assert one_line(column).tolist() == [" ".join(text.split()) for text in texts]
    assert saying_nothing(column).tolist() == [says_nothing(text) for text in texts]
