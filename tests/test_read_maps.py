"""Map files: shapefiles in any encoding, layers of a GeoPackage, geometries repaired, fitted or refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from reading_files import found, rules, set_language_byte, write_geojson, write_shapefile

from layers.errors import CheckError, ReadError
from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

SQUARE = shapely.box(113.27, 23.12, 113.271, 23.121)
NAMES = ["示例街道", "锦荣街道", "水磨街道", "东基街道", "榕桥街道"]


def streets(names: list[str] = NAMES) -> gpd.GeoDataFrame:
    """Return one square a name."""
    places = [shapely.affinity.translate(SQUARE, 0.002 * at) for at in range(len(names))]
    return gpd.GeoDataFrame({"镇街": names, "户数": range(len(names))}, geometry=places, crs="EPSG:4326")


def ring(*corners: tuple[float, float]) -> dict[str, Any]:
    """Return a GeoJSON polygon at 113, 23 plus thousandths of a degree."""
    return {"type": "Polygon", "coordinates": [[[113 + x / 1000, 23 + y / 1000] for x, y in corners]]}


@pytest.mark.parametrize("language_byte", [0x00, 0x4D, 0x57, 0x03])
@pytest.mark.parametrize(("encoding", "cpg"), [("GBK", None), ("UTF-8", None), ("GBK", "UTF-8"), ("UTF-8", "GBK")])
def test_shapefile_texts_are_right_whatever_the_declarations_say(
    tmp_path: Path, encoding: str, cpg: str | None, language_byte: int
) -> None:
    path = write_shapefile(tmp_path / "街道.shp", streets(), encoding=encoding)
    set_language_byte(path.with_suffix(".dbf"), language_byte)
    if cpg:
        path.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    result = read_file(path, "subdistrict")
    assert result.frame["name"].tolist() == NAMES
    assert result.frame["household_count"].tolist() == [0, 1, 2, 3, 4]
    assert result.crs_declared == "EPSG:4326"


def test_too_few_bytes_to_tell_are_read_as_declared(tmp_path: Path) -> None:
    # 联通 in GBK is also valid UTF-8 of another meaning: only the declaration can tell.
    path = write_shapefile(tmp_path / "a.shp", streets(["联通"]).rename(columns={"镇街": "name"}), encoding="GBK")
    set_language_byte(path.with_suffix(".dbf"), 0x4D)
    columns = {"household_count": "户数"}
    assert read_file(path, "subdistrict", columns=columns, encoding="gbk").frame["name"].tolist() == ["联通"]


@pytest.mark.parametrize("keep", [(".prj", ".cpg"), (".prj",)])
def test_latin_texts_are_not_taken_for_chinese(tmp_path: Path, keep: tuple[str, ...]) -> None:
    names = ["São João", "Zürich Süd", "Île-de-France", "Ávila", "Málaga"]
    frame = streets(names).rename(columns={"镇街": "name", "户数": "n"})
    path = write_shapefile(tmp_path / "a.shp", frame, encoding="ISO-8859-1", keep=keep)
    assert read_file(path, "subdistrict").frame["name"].tolist() == names


@pytest.mark.parametrize("suffix", [".dbf", ".shx"])
def test_a_missing_part_is_named(tmp_path: Path, suffix: str) -> None:
    path = write_shapefile(tmp_path / "a.shp", streets(), encoding="UTF-8")
    path.with_suffix(suffix).unlink()
    with pytest.raises(ReadError, match=rf"a\{suffix} is missing beside a\.shp"):
        read_file(path, "subdistrict")


@pytest.mark.parametrize("suffix", [".shp", ".dbf"])
def test_a_part_cut_short_is_named(tmp_path: Path, suffix: str) -> None:
    path = write_shapefile(tmp_path / "a.shp", streets(), encoding="UTF-8")
    part = path.with_suffix(suffix)
    part.write_bytes(part.read_bytes()[:-40])
    with pytest.raises(ReadError, match=rf"a\{suffix} is cut short"):
        read_file(path, "subdistrict")


def test_titles_cut_to_ten_bytes_are_known(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"name": ["甲"], "household_": [7]}, geometry=[SQUARE], crs="EPSG:4326")
    path = write_shapefile(tmp_path / "a.shp", frame, encoding="UTF-8")
    assert read_file(path, "subdistrict").frame["household_count"].tolist() == [7]


def test_layers_of_a_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    streets().to_file(path, layer="旧", driver="GPKG")
    assert len(read_file(path, "subdistrict").frame) == 5
    streets(["新街道"]).to_file(path, layer="新", driver="GPKG")
    with pytest.raises(ReadError, match=r"has the layers 旧, 新: name one: a\.gpkg\|layername=旧"):
        read_file(path, "subdistrict")
    named = tmp_path / "a.gpkg|layername=新"
    assert read_file(named, "subdistrict").frame["name"].tolist() == ["新街道"]
    with pytest.raises(ReadError, match="no layer '无'"):
        read_file(tmp_path / "a.gpkg|layername=无", "subdistrict")


def test_geoparquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    streets().to_crs("EPSG:4547").to_parquet(path)
    result = read_file(path, "subdistrict")
    assert result.crs_found == "EPSG:4547"
    assert result.frame.geometry.iloc[0].equals_exact(SQUARE, 1e-8)


def test_a_bow_tie_is_repaired_with_its_areas(tmp_path: Path) -> None:
    bow_tie = ring((0, 0), (1, 1), (1, 0), (0, 1), (0, 0))
    result = read_file(write_geojson(tmp_path / "a.geojson", [({"镇街": "甲"}, bow_tie)]), "subdistrict")
    shape = result.frame.geometry.iloc[0]
    assert shape.is_valid
    assert shape.area == pytest.approx(0.5e-6)
    (said,) = (item.en for item in result.report.findings if item.rule == "geometry_invalid")
    assert said.startswith("invalid (Self-intersection), repaired; its area is 567")  # 0.5e-6 deg2 at 23 N


def test_heights_are_dropped_and_empty_shapes_wait(tmp_path: Path) -> None:
    path = write_geojson(
        tmp_path / "a.geojson",
        [
            ({"停车场名称": "甲"}, {"type": "Point", "coordinates": [113.27, 23.12, 12.5]}),
            ({"停车场名称": "乙"}, {"type": "Polygon", "coordinates": []}),
            ({"停车场名称": "丙"}, None),
            ({"停车场名称": "丁"}, {"type": "Point", "coordinates": [0, 0]}),
        ],
    )
    result = read_file(path, "parking")
    assert not result.frame.geometry.iloc[0].has_z
    assert result.frame["position"].tolist() == ["exact", "unlocated", "unlocated", "unlocated"]
    assert result.report.unlocated == 3
    assert {"geometry_3d", "zero_coordinates"} <= set(rules(result.report))


def test_collections_give_their_polygons_and_wrong_types_are_left_out(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[113, 23], [113.001, 23]]}
    square = ring((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    path = write_geojson(
        tmp_path / "a.geojson",
        [
            ({"镇街": "甲"}, {"type": "GeometryCollection", "geometries": [line, square]}),
            ({"镇街": "乙"}, line),
            ({"镇街": "丙"}, {"type": "MultiPolygon", "coordinates": [square["coordinates"]]}),
        ],
    )
    result = read_file(path, "subdistrict")
    assert result.frame["name"].tolist() == ["甲", "丙"]
    assert result.frame.geom_type.tolist() == ["Polygon", "MultiPolygon"]
    assert found(result.report, "geometry_collection") == [(1, "geometry", None)]
    assert found(result.report, "geometry_type") == [(2, None, None)]
    assert (result.report.read, result.report.kept, result.report.left_out) == (3, 2, 1)


def test_a_file_of_the_wrong_geometry_says_so(tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "a.geojson", [({"镇街": "甲"}, {"type": "Point", "coordinates": [113, 23]})])
    with pytest.raises(CheckError, match=r"no record .* could be accepted \(1 x is a point, should be a polygon\)"):
        read_file(path, "subdistrict")


def test_shapes_without_a_known_column_are_kept_with_a_warning(tmp_path: Path) -> None:
    square = ring((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    path = write_geojson(tmp_path / "a.geojson", [({"TAZID": 7, "LENG": 1.5}, square)])
    result = read_file(path, "subdistrict")
    assert result.frame["source_id"].tolist() == ["7"]
    assert result.frame["remark"].tolist() == ["LENG: 1.5"]
    assert "no_fields" in rules(result.report)


def test_one_shape_far_from_the_others_waits_for_a_place(tmp_path: Path) -> None:
    points = [
        ({"停车场名称": f"P{at}"}, {"type": "Point", "coordinates": [113.27 + at / 1000, 23.12345]}) for at in range(6)
    ]
    points.append(({"停车场名称": "远"}, {"type": "Point", "coordinates": [120.5, 30.5]}))
    result = read_file(write_geojson(tmp_path / "a.geojson", points), "parking")
    assert found(result.report, "far_away") == [(7, "geometry", "120.5, 30.5")]
    assert result.frame["position"].tolist() == ["exact"] * 6 + ["unlocated"]
    assert result.frame["remark"].iloc[6] == "原坐标（EPSG:4326）: 120.5, 30.5"
    corners = [[120.5, 30.5], [120.6, 30.5], [120.6, 30.6], [120.5, 30.5]]
    points[-1][1].update(type="Polygon", coordinates=[corners])
    result = read_file(write_geojson(tmp_path / "b.geojson", points), "parking")
    assert result.frame["remark"].iloc[6].endswith("POLYGON ((120.5 30.5, 120.6 30.5, 120.6 30.6, 120.5 30.5))")


def test_rings_that_are_not_closed_are_closed_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    rings = (
        [[113.2, 23.1], [113.21, 23.1], [113.21, 23.11]],
        [[113.2, 23.1], [113.21, 23.1], [113.21, 23.11], [113.2, 23.1]],
    )
    features = [
        {"type": "Feature", "properties": {"名称": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for name, ring in zip("甲乙", rings, strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    result = read_file(path, "idle_land", crs="WGS84")
    assert result.frame.geometry.geom_equals(result.frame.geometry.iloc[1]).all()
    assert any("没有闭合" in item.zh for item in result.report.warnings)
