"""Nothing is lost in reading: originals of changed shapes, records left out, and columns read as a whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_files import found, write_csv, write_geojson

from layers._masking import MAYBE_PERSONAL, mask_personal
from layers.errors import UsageError
from layers.reading import read_file, write_rejected
from layers.schema import kind
from layers.values import one_line, parse_column, saying_nothing
from layers.values._dates import parse_date
from layers.values._numbers import parse_number
from layers.values._text import says_nothing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from layers.reading import ReadResult

TITLES = ["停车场名称", "泊位总数", "经度", "纬度"]
PLACES = [[f"车场{at}", "5", f"113.2{at}0123", f"23.1{at}0123"] for at in range(6)]
_MOMENTS = ("2026-03-01", "2026-03-01 08:05", "2026-03-01 08:05:09", "2026-13-01", "2026-3-1")
_NUMBERS = ("1,200", "１２", "约300", "5 ", "-5", "1e3", "0.1234567890123456789", "7.5", "inf", "1_0", "12亩")
CELLS = st.one_of(
    st.sampled_from([*_MOMENTS, *_NUMBERS, "/", "", " "]), st.text(max_size=8), st.floats(-1e9, 1e9).map(repr)
)
_MOBILE, _FIXED = r"1[3-9][0-9]{9}", r"0(?:10|2[0-9])-[2-8][0-9]{7}"
_IDENTITY = r"44010[0-9](?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9])[0-9]{3}[0-9X]"


def corners(west: float, south: float, side: float = 0.001) -> list[tuple[float, float]]:
    """Return the ring of a square in degrees, counter-clockwise."""
    return [(x, y) for x, y in shapely.box(west, south, west + side, south + side, ccw=True).exterior.coords]


def polygon(*rings: Sequence[tuple[float, ...]]) -> dict[str, Any]:
    """Return rings as GeoJSON, as they are."""
    return {"type": "Polygon", "coordinates": [[list(xy) for xy in ring] for ring in rings]}


def read_shapes(folder: Path, shapes: Sequence[dict[str, Any]]) -> ReadResult:
    """Read shapes as parcels of idle land."""
    features = [({"地块名称": f"地块{at}"}, shape) for at, shape in enumerate(shapes)]
    return read_file(write_geojson(folder / "a.geojson", features), "idle_land", crs="EPSG:4326")


def read_rows(folder: Path, rows: list[list[str | None]], of: str = "parking", crs: str = "EPSG:4326") -> ReadResult:
    """Read rows as a CSV file."""
    return read_file(write_csv(folder / "a.csv", rows), of, crs=crs)


def test_the_original_of_every_changed_shape_is_kept_and_the_change_is_measured(tmp_path: Path) -> None:
    sound = polygon(corners(113.05, 23))
    bow_tie = polygon([(113, 23), (113.001, 23.001), (113.001, 23), (113, 23.001), (113, 23)])
    high = polygon([(*xy, 7.5) for xy in corners(113.01, 23)])
    level = polygon([(*xy, 0) for xy in corners(113.02, 23)])
    point = {"type": "Point", "coordinates": [113.04, 23]}
    mixed = {"type": "GeometryCollection", "geometries": [polygon(corners(113.03, 23)), point]}
    result = read_shapes(tmp_path, [sound, bow_tie, high, level, mixed])
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
    assert not result.frame.has_z.any()
    assert read_shapes(tmp_path, [sound]).originals.empty


def test_holes_that_run_like_their_shell_are_turned_and_named_and_no_shape_changes(tmp_path: Path) -> None:
    outer, inner = corners(113, 23, 0.004), corners(113.001, 23.001)
    far = corners(113.1, 23, 0.004), corners(113.101, 23.001)[::-1]
    result = read_shapes(tmp_path, [polygon(outer, inner), polygon(outer, inner[::-1]), polygon(*far)])
    (finding,) = (item for item in result.report.findings if item.rule == "winding")
    assert finding.zh.startswith("洞与外环同向")
    assert list(finding.records) == [1]
    ring = result.frame.geometry.iloc[0]
    assert ring.exterior.is_ccw
    assert not ring.interiors[0].is_ccw
    assert ring.equals(shapely.Polygon(outer, [inner]))


def test_rings_are_closed_and_curves_wait_to_be_turned_into_lines(tmp_path: Path) -> None:
    rows = [
        ["地块名称", "图形"],
        ["甲", "POLYGON((113 23,113.001 23,113.001 23.001))"],
        ["乙", '{"type":"Polygon","coordinates":[[[113.1,23],[113.101,23],[113.101,23.001]]]}'],
        ["丙", "CURVEPOLYGON(CIRCULARSTRING(113 23,113.001 23.001,113.002 23,113.001 22.999,113 23))"],
        ["丁", "POLYGON((113.2 23,113.201 23,113.201 23.001,113.2 23))"],
    ]
    result = read_rows(tmp_path, rows, "idle_land")
    assert [item[0] for item in found(result.report, "geometry_unclosed")] == [1, 2]
    assert [item[0] for item in found(result.report, "geometry_curved")] == [3]
    assert result.frame.geometry.iloc[0].equals(shapely.Polygon([(113, 23), (113.001, 23), (113.001, 23.001)]))
    assert result.rejected["地块名称"].tolist() == ["丙"]


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
    table = read_rows(tmp_path, rows, "idle_land").rejected
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
    again["图形"] = [good.replace("113", "114"), good.replace("113", "115")]
    second = read_rows(tmp_path, [again.columns.tolist(), *again.fillna("").to_numpy().tolist()], "idle_land")
    assert second.report.left_out == 0
    assert second.rejected.empty
    assert second.frame["source_id"].tolist() == ["D2", "D3"]
    assert second.frame["name"].tolist()[0] == '=HYPERLINK("x")'
    assert not second.frame["remark"].fillna("").str.contains("原文件行号|未收原因").any()
    with pytest.raises(UsageError, match=r"\.csv or \.xlsx"):
        write_rejected(table, tmp_path / "b.doc")


def test_records_of_a_map_that_are_left_out_carry_their_geometry_and_its_system(tmp_path: Path) -> None:
    corner = shapely.Point(425_000, 2_559_000)
    shapes = [corner.buffer(100, cap_style="square"), corner]
    frame = gpd.GeoDataFrame({"镇街": ["甲", "乙"]}, geometry=shapes, crs=4547)
    frame.to_file(tmp_path / "a.gpkg")
    result = read_file(tmp_path / "a.gpkg", "subdistrict")
    assert result.rejected["geometry_wkt_epsg4547"].tolist() == ["POINT (425000 2559000)"]
    write_rejected(result.rejected.assign(geometry_wkt_epsg4547=[shapes[0].wkt]), tmp_path / "b.csv")
    again = read_file(tmp_path / "b.csv", "subdistrict").frame
    assert again.geometry.iloc[0].equals_exact(result.frame.geometry.iloc[0], 1e-9)
    assert again["name"].tolist() == ["乙"]


def test_checks_are_part_of_reading_and_name_the_rows_of_the_sheet(tmp_path: Path) -> None:
    titles = ["停车场名称", "泊位总数", "充电车位数", "经度", "纬度"]
    rows = [["一览"], titles, *([*row[:2], "6", *row[2:]] for row in PLACES)]
    rows.insert(4, ["小计", "10"])
    report = read_rows(tmp_path, rows).report
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
    plain = read_rows(tmp_path, [TITLES, *PLACES]).report.sketch
    assert plain is not None
    assert plain.moved_count == 0


def test_a_hundred_thousand_equal_rows_are_merged_in_a_moment(tmp_path: Path) -> None:
    result = read_rows(tmp_path, [["停车场名称", "泊位总数"], *(["甲", "5"] for _ in range(100_000))])
    assert (result.report.kept, result.report.merged) == (1, 99_999)
    (finding,) = (item for item in result.report.findings if item.action == "merged")
    assert finding.records.pairs() == [[2, 100_000]]


@settings(max_examples=150)
@given(st.lists(CELLS, min_size=1, max_size=12), st.sampled_from(["reported_at", "deadline_h"]))
def test_columns_read_as_a_whole_say_what_their_cells_say_one_by_one(cells: list[str], name: str) -> None:
    field = kind("report")[name]
    read = parse_column(pd.Series(cells, dtype="string"), field)
    for at, cell in enumerate(cells):
        one = parse_date(cell, with_time=True) if name == "reported_at" else parse_number(cell, field.unit)
        value = one.value
        if value is None or (name == "deadline_h" and not 0 <= value <= 10_000):
            assert pd.isna(read.series.iloc[at])
        elif name == "reported_at":
            assert read.series.iloc[at] == pd.Timestamp(value).as_unit("ms")
        else:
            assert read.series.iloc[at] == pytest.approx(value, rel=1e-14)


@given(st.lists(st.text(max_size=6), min_size=1))
def test_texts_sifted_as_a_whole_are_those_sifted_one_by_one(texts: list[str]) -> None:
    column = pd.Series(texts, dtype="string")
    assert one_line(column).tolist() == [" ".join(text.split()) for text in texts]
    assert saying_nothing(column).tolist() == [says_nothing(text) for text in texts]


@given(st.text(alphabet="0123456789Xx×-－— +86ab", max_size=24))
def test_columns_are_sifted_for_everything_that_is_masked(text: str) -> None:
    assert mask_personal(text) == text or re.search(MAYBE_PERSONAL, text)


@given(st.from_regex(f"(?:{_MOBILE}|{_FIXED}|{_IDENTITY})", fullmatch=True))
def test_numbers_of_people_are_masked_and_sifted(text: str) -> None:
    assert mask_personal(text) != text
    assert re.search(MAYBE_PERSONAL, text)
