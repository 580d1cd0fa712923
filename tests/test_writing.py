"""Files that other programs read: whole or not at all, lawful, harmless, and read back unchanged."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers import sample
from layers._cells import neutralise, restore
from layers.check import _standing
from layers.errors import DatumError, UsageError, WorkspaceError
from layers.reading import read_file
from layers.schema import conform, empty, kind
from layers.writing import write_layer
from layers.writing._geojson import as_rfc7946

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COMMUNITY = kind("community")
WIDEST = 48
SUFFIXES = (".geojson", ".gpkg", ".csv", ".xlsx")


def communities() -> gpd.GeoDataFrame:
    """Return four records with gaps of every type, a hole, several parts, a point and one without a place."""
    hole = shapely.box(113.27, 23.12, 113.274, 23.124).difference(shapely.box(113.271, 23.121, 113.272, 23.122))
    parts = shapely.union_all(
        [shapely.box(113.28, 23.12, 113.281, 23.121), shapely.box(113.283, 23.12, 113.284, 23.121)]
    )
    table = {
        "asset_id": ["c1", "c2", "c3", "c4"],
        "name": ["锦荣花园（一期）", '=HYPERLINK("http://example.invalid")', "㙟塘,“引号”\n二行", "丁"],
        "built_year": [1986, None, 1999, 2000],
        "household_count": [212, None, 0, 5000],
        "floor_area_m2": [16200.5, None, 3.25, 1e6],
        "elderly_share": [0.25, None, 1.0, 0.0],
        "is_self_built": [True, None, False, True],
        "property_management": ["company", None, "none", "unit"],
        "data_date": pd.to_datetime(["2026-01-02", None, "2025-12-31", "2026-02-28"]),
        "source": ["台账.csv"] * 4,
        "source_id": ["001", None, "+86", "1e5"],
        "position": ["exact", "exact", "approximate", "unlocated"],
        "is_sample": [True, True, False, None],
        "remark": ["@x", "-12 度", None, "'=x"],
    }
    places = [hole, parts, shapely.Point(113.2712345, 23.1212345), None]
    frame = conform(gpd.GeoDataFrame(table, geometry=places, crs="EPSG:4326"), COMMUNITY)
    return frame.assign(is_sample=frame["is_sample"].fillna(value=False))


def assert_same(read: gpd.GeoDataFrame, written: gpd.GeoDataFrame, tolerance: float = 1e-7) -> None:
    """Fail unless two layers hold the same values and, within a tolerance, the same shapes."""
    pd.testing.assert_frame_equal(
        pd.DataFrame(read.drop(columns="geometry")), pd.DataFrame(written.drop(columns="geometry"))
    )
    for one, other in zip(read.geometry, written.geometry, strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            assert one.geom_type.removeprefix("Multi") == other.geom_type.removeprefix("Multi")
            assert one.hausdorff_distance(other) < tolerance


@pytest.mark.parametrize(
    ("suffix", "crs"),
    [
        (".geojson", None),
        (".geojson", "EPSG:4490"),
        (".gpkg", None),
        (".gpkg", "EPSG:4547"),
        (".gpkg", "EPSG:4526"),
        (".gpkg", "EPSG:3857"),
        (".csv", None),
        (".csv", "EPSG:4490"),
        (".csv", "EPSG:4547"),
        (".xlsx", None),
        (".xlsx", "EPSG:4526"),
    ],
)
def test_what_is_written_is_read_back_unchanged(tmp_path: Path, suffix: str, crs: str | None) -> None:
    written = communities()
    path = tmp_path / f"小区{suffix}"
    assert write_layer(written, COMMUNITY, path, crs=crs, attribution="© 示例", notice="示例数据") == 4
    result = read_file(path, "community")
    assert_same(result.frame, written)
    assert not result.report.warnings
    assert result.report.columns == [
        item for item in result.report.columns if item.field != "remark" or item.title == "remark"
    ]


@pytest.fixture(scope="module")
def city() -> Mapping[str, gpd.GeoDataFrame]:
    """Return every layer of the sample city."""
    return sample.make_city(1)


@pytest.mark.parametrize("suffix", [".csv", ".gpkg", ".geojson"])
@pytest.mark.parametrize(
    "name", ["subdistrict", "public_building", "idle_land", "charging", "heritage", "report", "street"]
)
def test_layers_of_the_sample_city_come_back(
    tmp_path: Path, city: Mapping[str, gpd.GeoDataFrame], name: str, suffix: str
) -> None:
    layer = city[name].reset_index(drop=True)
    write_layer(layer, kind(name), tmp_path / f"a{suffix}")
    result = read_file(tmp_path / f"a{suffix}", name)
    pd.testing.assert_frame_equal(
        pd.DataFrame(result.frame.drop(columns="geometry")), pd.DataFrame(layer[list(kind(name).columns)])
    )
    standing = {item.rule for item in _standing._RULES}  # said of the sound records of any file
    assert [item for item in result.report.findings if item.action != "warning" and item.rule not in standing] == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_layer_in_metres_is_written_where_it_lies(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_layer(communities().to_crs("EPSG:4547"), COMMUNITY, path)
    assert_same(read_file(path, "community").frame, communities())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_records_without_geometry_and_empty_layers(tmp_path: Path, suffix: str) -> None:
    items = kind("service_item")
    table = conform(
        pd.DataFrame({"name": ["清扫"], "contract_sum_cny_year": [1.5e6], "is_sample": [False], "source": ["x"]}), items
    )
    path = tmp_path / f"a{suffix}"
    assert write_layer(table, items, path) == 1
    assert_same(read_file(path, "service_item").frame, table)
    assert write_layer(empty(COMMUNITY), COMMUNITY, path) == 0
    assert path.stat().st_size > 0


def test_geojson_obeys_rfc_7946(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    frame = communities().assign(x_need=[1.5, float("nan"), float("inf"), -0.5])
    write_layer(frame, COMMUNITY, path, attribution="© 示例", notice="示例数据")
    text = path.read_text("utf-8")
    collection = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert (collection["type"], collection["name"]) == ("FeatureCollection", "community")
    assert (collection["attribution"], collection["notice"]) == ("© 示例", "示例数据")
    assert "crs" not in collection
    assert "锦荣花园（一期）" in text
    first, _, third, last = collection["features"]
    assert [feature["id"] for feature in collection["features"]] == ["c1", "c2", "c3", "c4"]
    outer, inner = (shapely.LinearRing(ring) for ring in first["geometry"]["coordinates"])
    assert outer.is_ccw
    assert not inner.is_ccw
    assert third["geometry"]["coordinates"] == [113.2712345, 23.1212345]
    assert last["geometry"] is None
    assert (first["properties"]["data_date"], first["properties"]["built_year"]) == ("2026-01-02", 1986)
    assert first["properties"]["is_self_built"] is True
    assert [feature["properties"]["x_need"] for feature in collection["features"]] == [1.5, None, None, -0.5]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=3, max_size=8, unique=True))
def test_rounding_makes_nothing_invalid(corners: list[tuple[int, int]]) -> None:
    shape = shapely.concave_hull(shapely.MultiPoint([(113 + x * 0.37e-7, 23 + y * 0.37e-7) for x, y in corners]), 0.3)
    if shape.geom_type != "Polygon" or not shape.is_valid:
        return
    (rounded,) = as_rfc7946(np.array([shape], dtype=object))
    assert rounded.is_valid
    assert not rounded.is_empty


def test_csv_is_for_excel_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_layer(communities(), COMMUNITY, path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[1]["name"].startswith("'=HYPERLINK")
    assert [row["remark"] for row in rows] == ["'@x", "'-12 度", "", "''=x"]
    assert (rows[0]["household_count"], rows[1]["household_count"]) == ("212", "")
    inside = shapely.Point(float(rows[0]["lon"]), float(rows[0]["lat"]))
    assert communities().geometry.iloc[0].contains(inside)
    assert rows[0]["geometry_wkt"].startswith("POLYGON")
    assert list(rows[0])[-3:] == ["lon", "lat", "geometry_wkt"]


def test_what_csv_has_no_place_for_stands_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "小区.csv"
    write_layer(communities(), COMMUNITY, out, attribution="© OpenStreetMap contributors (ODbL 1.0)", notice="示例数据")
    beside = (tmp_path / "小区.csv.txt").read_text(encoding="utf-8")
    assert beside == "示例数据\n© OpenStreetMap contributors (ODbL 1.0)\n"
    write_layer(communities(), COMMUNITY, tmp_path / "plain.csv")
    assert not (tmp_path / "plain.csv.txt").exists()
    write_layer(communities(), COMMUNITY, out)  # what was said of the former file is not said of this one
    assert not (tmp_path / "小区.csv.txt").exists()


def test_negative_numbers_stay_numbers(tmp_path: Path) -> None:
    frame = communities().assign(x_npv=[-5.0, 1.0, 2.0, None])
    write_layer(frame, COMMUNITY, tmp_path / "a.csv")
    write_layer(frame, COMMUNITY, tmp_path / "a.xlsx")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert next(csv.DictReader(stream))["x_npv"] == "-5.0"
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    at = [cell.value for cell in sheet[1]].index("x_npv")
    assert sheet[2][at].value == -5


def test_workbook_has_types_a_frozen_header_and_its_meaning(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_layer(communities(), COMMUNITY, path, attribution="© 示例", notice="示例数据")
    book = openpyxl.load_workbook(path)
    sheet, meaning = book.worksheets
    assert (sheet.title, sheet.freeze_panes, meaning.title) == ("community", "A2", "说明")
    titles = [cell.value for cell in sheet[1]]
    row = dict(zip(titles, sheet[2], strict=True))
    assert row["household_count"].value == 212
    assert row["is_self_built"].value is True
    assert row["data_date"].is_date
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n", "b", "d"}  # no formula
    said = [[cell.value for cell in line] for line in meaning.iter_rows()]
    flat = {value for line in said for value in line if value}
    assert {"© 示例", "示例数据", "户数", "Households", "households", "经度(WGS 84)"} <= flat


def test_a_result_is_headed_in_chinese_with_its_machine_names_beside(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    of = kind("cashflow")
    flows = pd.DataFrame({"cashflow_id": ["a:0"], "opportunity_id": ["a"], "year": [0], "capex_cny": [5.0]})
    write_layer(conform(flows, of), of, path)
    sheet, meaning = openpyxl.load_workbook(path).worksheets
    heads = [cell.value for cell in sheet[1]]
    assert heads[:4] == ["现金流编号", "机会编号", "年序", "投资(元)"]
    assert len(set(heads)) == len(of.columns)
    assert [cell.comment.text.partition(":")[0] for cell in sheet[1]] == list(of.columns)
    assert [row[0].value for row in meaning.iter_rows()][-len(of.columns) :] == list(of.columns)


def test_a_shape_too_long_for_a_cell_is_said_and_its_point_kept(tmp_path: Path) -> None:
    frame = communities().iloc[:2].copy()
    frame.loc[0, "geometry"] = shapely.Point(113.27, 23.12).buffer(0.01, quad_segs=1000)
    path = tmp_path / "a.xlsx"
    write_layer(frame, COMMUNITY, path)
    meaning = openpyxl.load_workbook(path).worksheets[1]
    assert any("1 条的图形超过单元格长度" in str(cell.value) for line in meaning.iter_rows() for cell in line)
    result = read_file(path, "community")
    assert result.frame.geometry.iloc[0].distance(shapely.Point(113.27, 23.12)) < 0.005
    assert [item.record for item in result.report.findings if item.rule == "point_for_shape"] == [1]
    write_layer(frame.iloc[:1], COMMUNITY, path)
    assert read_file(path, "community").crs_declared == "EPSG:4326"


def test_geopackage_carries_attribution_types_and_the_crs(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_layer(communities(), COMMUNITY, path, crs="EPSG:4547", attribution="© 示例", notice="示例数据")
    info = pyogrio.read_info(path)
    assert (info["layer_name"], info["crs"]) == ("community", "EPSG:4547")
    assert (info["layer_metadata"]["attribution"], info["layer_metadata"]["notice"]) == ("© 示例", "示例数据")
    types = dict(zip(info["fields"], info["dtypes"], strict=True))
    assert (types["is_self_built"], types["data_date"]) == ("bool", "datetime64[D]")


def test_personal_columns_are_never_written(tmp_path: Path) -> None:
    reports = kind("report")
    frame = conform(pd.DataFrame({"content": ["井盖"], "reporter": ["王女士"], "telephone": ["13900001234"]}), reports)
    for suffix in (".geojson", ".csv"):
        path = tmp_path / f"a{suffix}"
        write_layer(frame, reports, path)
        text = path.read_text("utf-8")
        assert "井盖" in text
        assert "王女士" not in text
        assert "telephone" not in text


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        ("a.shp", {}, UsageError, r"\.shp cannot be written: use \.geojson"),
        ("a.geojson", {"crs": "EPSG:4547"}, UsageError, r"WGS 84 by RFC 7946, not EPSG:4547: write \.gpkg"),
        ("a.gpkg", {"crs": "GCJ-02"}, UsageError, "nothing is written in GCJ-02"),
        ("a.gpkg", {"crs": "EPSG:1"}, DatumError, "not a coordinate system"),
        ("none/a.csv", {}, UsageError, "does not exist: make it first"),
        ("folder.csv", {}, UsageError, "is a directory"),
    ],
)
def test_what_cannot_be_written_is_refused(
    tmp_path: Path, name: str, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(error, match=message):
        write_layer(communities(), COMMUNITY, tmp_path / name, **options)
    assert [item.name for item in tmp_path.iterdir()] == ["folder.csv"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text("old", encoding="utf-8")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(WorkspaceError, match="No space left on device"):
        write_layer(communities(), COMMUNITY, path)
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@given(st.text(max_size=20))
def test_neutralising_is_undone_and_leaves_nothing_to_run(text: str) -> None:
    assert restore(neutralise(text)) == text
    assert not neutralise(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_sheet_can_be_read_by_a_person_and_keeps_its_values(tmp_path: Path) -> None:
    exact = 0.3718206796116505
    frame = communities().assign(elderly_share=[exact, None, 1.0, 0.0], remark=["字" * 300, None, None, None])
    path = tmp_path / "a.xlsx"
    write_layer(frame, COMMUNITY, path)
    first, second = openpyxl.load_workbook(path).worksheets
    assert second.title == "说明"
    names = [cell.value for cell in first[1]]
    heads = dict(zip(names, first[1], strict=True))
    letters = {name: cell.column_letter for name, cell in heads.items()}
    widths = {name: first.column_dimensions[letter].width for name, letter in letters.items()}
    assert first.freeze_panes == "A2"
    assert first.auto_filter.ref == f"A1:{first[1][-1].column_letter}5"
    assert all(cell.font.b for cell in first[1])
    assert "建筑面积" in heads["floor_area_m2"].comment.text
    assert widths["remark"] == WIDEST
    assert widths["built_year"] == len("built_year") + 3
    assert widths["name"] >= 2 * len("锦荣花园（一期）")
    assert [
        first[f"{letters[name]}2"].number_format for name in ("elderly_share", "floor_area_m2", "household_count")
    ] == [
        "0.000",
        "0.00",
        "General",
    ]
    assert first[f"{letters['elderly_share']}2"].value == exact
    back = read_file(path, "community").frame["elderly_share"].iloc[0]
    assert back == pytest.approx(exact, rel=1e-13)  # a sheet's numbers are read to the 15 digits that Excel keeps


def test_a_table_that_does_not_fit_is_refused_in_chinese_too(tmp_path: Path) -> None:
    frame = communities().assign(remark=["x" * 40_000, None, None, None])
    with pytest.raises(UsageError, match="too long for a cell") as caught:
        write_layer(frame, COMMUNITY, tmp_path / "a.xlsx")
    assert "文字超过一个单元格的长度" in str(caught.value.line_zh)
    assert ".csv" in str(caught.value.line_zh)
