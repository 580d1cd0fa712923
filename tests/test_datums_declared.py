"""What a file declares and nothing confirms: taken as declared, said, and no proof of the next file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from test_datum_questions import CELLS, NAMES, areas, places, table

from api import evidence, imports
from layers.crs import wgs84_to_gcj02
from layers.datums import CLEAR
from layers.errors import DatumUnsureError
from layers.reading import read_file
from layers.trusted import STANDING, Standing, Trusted

if TYPE_CHECKING:
    from pathlib import Path

    from layers.reading import ReadResult
    from layers.workspace import Workspace

LON, LAT, ADDRESSES = places(80)


def shifted_cells() -> np.ndarray:
    """Return the four sub-districts as a web map has them."""
    return shapely.transform(
        shapely.segmentize(CELLS, 1e-3), lambda xy: np.column_stack(wgs84_to_gcj02(xy[:, 0], xy[:, 1]))
    )


def boundaries(path: Path, cells: object = CELLS, code: int = 4326) -> Path:
    frame = gpd.GeoDataFrame({"名称": list(NAMES)}, geometry=list(cells), crs="EPSG:4326")
    frame.to_crs(code).to_file(path)
    return path


def car_parks(path: Path, lon: np.ndarray = LON, lat: np.ndarray = LAT, code: int = 4326) -> Path:
    columns = {"名称": [f"P{at}" for at in range(len(lon))], "地址": ADDRESSES}
    gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326").to_crs(code).to_file(path)
    return path


def accept(workspace: Workspace, kind: str, file: Path, **told: object) -> ReadResult:
    draft = imports.read_import(workspace, kind, file, **told)  # type: ignore[arg-type]
    imports.accept_import(workspace, draft, replace=True)
    return draft.result


def doubts(result: ReadResult) -> list[str]:
    return [f"{item.zh} {item.en}" for item in result.report.warnings if "GCJ-02" in item.zh]


@pytest.mark.parametrize(("name", "code"), [("a.shp", 4326), ("a.gpkg", 4490), ("a.gpkg", 3857)])
def test_declared_degrees_and_web_mercator_are_taken_but_never_surely(tmp_path: Path, name: str, code: int) -> None:
    result = read_file(car_parks(tmp_path / name, code=code), "parking")
    assert (result.question, result.crs_found) == (None, f"EPSG:{code}")
    assert 0.5 < result.crs_confidence < CLEAR
    (told,) = doubts(result)
    assert "没有依据证实" in told
    assert "which nothing confirms" in told
    assert np.allclose(result.frame.geometry.x, LON, atol=1e-7)


def test_what_surveyors_or_a_person_say_and_what_lies_abroad_is_not_doubted(tmp_path: Path) -> None:
    file, metres = car_parks(tmp_path / "a.gpkg"), car_parks(tmp_path / "b.gpkg", code=4547)
    abroad = car_parks(tmp_path / "c.gpkg", LON - 190, LAT + 17)
    for result in (
        read_file(file, "parking", crs="EPSG:4326"), read_file(metres, "parking"), read_file(abroad, "parking")
    ):  # fmt: skip
        assert (result.crs_confidence, doubts(result)) == (1.0, [])


def test_a_sure_layer_confirms_a_declaration_or_has_it_asked_about(tmp_path: Path) -> None:
    trusted = Trusted(areas=areas())
    sure = read_file(car_parks(tmp_path / "a.gpkg"), "parking", trusted=trusted)
    assert (sure.crs_confidence >= CLEAR, doubts(sure)) == (True, [])
    wrong = car_parks(tmp_path / "b.gpkg", *wgs84_to_gcj02(LON, LAT))
    with pytest.raises(DatumUnsureError, match=r"declares EPSG:4326 .*: decide with --crs GCJ-02 or") as caught:
        read_file(wrong, "parking", trusted=trusted)
    assert caught.value.choices[0].name == "GCJ-02"
    assert "declared and not confirmed" not in str(caught.value)


@pytest.mark.parametrize("shift", [None, wgs84_to_gcj02])
def test_what_rests_on_a_declaration_alone_is_asked_about_until_a_person_vouches(
    tmp_path: Path, workspace: Workspace, shift
) -> None:
    file = boundaries(tmp_path / "街道.gpkg", CELLS if shift is None else shifted_cells())
    assert accept(workspace, "subdistrict", file).question is None
    ledger = table(tmp_path / "a.csv", *(LON, LAT) if shift is None else shift(LON, LAT), ADDRESSES)
    with pytest.raises(DatumUnsureError, match=r"rests on subdistrict \(街道.gpkg\).*--crs EPSG:4326") as caught:
        imports.read_import(workspace, "parking", ledger)
    assert "镇街（subdistrict，街道.gpkg），其坐标系只有文件声明、未经确认" in str(caught.value.line_zh)
    likely = {item.name: item.confidence for item in caught.value.choices}
    assert list(likely)[:2] == ["WGS84", "GCJ-02"]  # the shifted boundaries and the shifted ledger agree as well
    assert likely["GCJ-02"] > 0.1
    said = "EPSG:4326" if shift is None else "GCJ-02"
    assert accept(workspace, "subdistrict", file, crs=said).crs_confidence == 1.0
    result = accept(workspace, "parking", ledger)
    assert result.crs_found == said
    assert np.allclose(result.frame.geometry.x, LON, atol=1e-6)


def test_two_declarations_that_agree_confirm_each_other_never(tmp_path: Path, workspace: Workspace) -> None:
    accept(workspace, "subdistrict", boundaries(tmp_path / "街道.gpkg"))
    result = accept(workspace, "parking", car_parks(tmp_path / "a.gpkg"))
    assert (result.question, result.crs_confidence < CLEAR) == (None, True)
    assert "街道.gpkg）自己也只有文件声明" in doubts(result)[0]


def test_declarations_that_contradict_each_other_are_asked_about(tmp_path: Path, workspace: Workspace) -> None:
    accept(workspace, "subdistrict", boundaries(tmp_path / "街道.gpkg"))
    wrong = car_parks(tmp_path / "b.gpkg", *wgs84_to_gcj02(LON, LAT))
    with pytest.raises(DatumUnsureError, match=r"in GCJ-02 .*rests on subdistrict \(街道.gpkg\)"):
        imports.read_import(workspace, "parking", wrong)
    told = imports.read_import(workspace, "parking", wrong, crs="EPSG:4326").result.report.warnings
    assert any("街道.gpkg）的坐标系自己也未经确认" in item.zh for item in told)


def test_surveyed_metres_are_evidence_as_they_are(tmp_path: Path, workspace: Workspace) -> None:
    accept(workspace, "subdistrict", boundaries(tmp_path / "街道.gpkg", code=4547))
    ledger = table(tmp_path / "a.csv", *wgs84_to_gcj02(LON, LAT), ADDRESSES)
    assert imports.read_import(workspace, "parking", ledger).result.crs_found == "GCJ-02"


def test_a_place_outside_a_declared_district_may_be_the_districts_fault(tmp_path: Path, workspace: Workspace) -> None:
    file = tmp_path / "区.gpkg"
    gpd.GeoDataFrame({"名称": ["某区"]}, geometry=[shapely.union_all(shifted_cells())], crs="EPSG:4326").to_file(file)
    for said, is_doubted in (("auto", True), ("EPSG:4326", False)):
        accept(workspace, "district", file, crs=said)
        result = imports.read_import(workspace, "parking", car_parks(tmp_path / "a.gpkg"), crs="EPSG:4326").result
        outside = [item.zh for item in result.report.warnings if item.rule == "outside"]
        assert outside
        assert ["边界的坐标系只有文件声明" in text for text in outside] == [is_doubted] * len(outside)


def test_the_former_file_of_a_source_proves_nothing_of_its_next(tmp_path: Path, workspace: Workspace) -> None:
    file = car_parks(tmp_path / "a.gpkg", *wgs84_to_gcj02(LON, LAT))
    first = accept(workspace, "parking", file)
    again = accept(workspace, "parking", file)
    assert again.crs_confidence == first.crs_confidence < CLEAR
    nameless = table(tmp_path / "b.csv", *wgs84_to_gcj02(LON, LAT), [""] * len(LON))
    with pytest.raises(DatumUnsureError) as caught:
        imports.read_import(workspace, "parking", nameless)
    assert "同名" not in str(caught.value.zh)


def test_a_former_file_of_which_a_person_spoke_proves_it_and_that_is_said(tmp_path: Path, workspace: Workspace) -> None:
    accept(workspace, "parking", table(tmp_path / "a.csv", LON, LAT, [""] * len(LON)), crs="WGS84")
    shifted = table(tmp_path / "b.csv", *wgs84_to_gcj02(LON, LAT), [""] * len(LON))
    result = imports.read_import(workspace, "parking", shifted).result
    assert result.crs_found == "GCJ-02"
    assert any("本来源上一次导入" in text.zh for text in result.evidence)
    other = imports.read_import(workspace, "parking", shifted, source="规自局").result
    assert not any("本来源上一次导入" in text.zh for text in other.evidence)
    accept(workspace, "parking", shifted)  # this one was found, not said
    with pytest.raises(DatumUnsureError):
        imports.read_import(workspace, "parking", shifted)


def test_records_of_several_sources_are_as_sure_as_each_source(tmp_path: Path, workspace: Workspace) -> None:
    accept(workspace, "parking", table(tmp_path / "a.csv", LON, LAT, ADDRESSES), crs="WGS84", source="甲局")
    accept(workspace, "parking", car_parks(tmp_path / "b.gpkg", LON + 0.2, LAT), source="乙局")
    held = evidence.trusted(workspace)
    counts = held.places[STANDING].value_counts().to_dict()
    assert counts == {Standing.SURE: 80, Standing.DECLARED: 80}
    assert [text.en for text in held.unconfirmed] == ["parking (b.gpkg)"]
    assert len(held.up_to(Standing.SURE).places) == 80
    own = evidence.trusted(workspace, kind="parking", source="乙局")
    assert own.places[STANDING].value_counts().to_dict() == {Standing.SURE: 80, Standing.NO_EVIDENCE: 80}
    assert not own.unconfirmed


def test_web_mercator_turned_round_is_put_back_where_only_that_is_china(tmp_path: Path) -> None:
    frame = gpd.read_file(car_parks(tmp_path / "a.gpkg", code=3857))
    turned = gpd.points_from_xy(frame.geometry.y, frame.geometry.x)
    frame.set_geometry(turned, crs="EPSG:3857").to_file(tmp_path / "b.gpkg")
    result = read_file(tmp_path / "b.gpkg", "parking")
    assert np.allclose(result.frame.geometry.x, LON, atol=1e-7)
    assert np.allclose(result.frame.geometry.y, LAT, atol=1e-7)
    assert any("已换为东、北" in item.zh for item in result.report.warnings)


def test_metres_of_any_zone_are_asked_about_in_groups(tmp_path: Path) -> None:
    frame = gpd.GeoSeries(gpd.points_from_xy(LON, LAT), crs="EPSG:4326").to_crs(4547)
    with pytest.raises(DatumUnsureError) as caught:
        read_file(table(tmp_path / "a.csv", frame.x, frame.y, ADDRESSES), "parking")
    assert "CGCS2000 21 个带" in str(caught.value.zh)
    assert "75E" not in str(caught.value.line_zh)
    assert "先导入镇街或小区" in str(caught.value.hint_zh)
    assert "--crs EPSG:4547" in str(caught.value.hint_zh)
    assert caught.value.choices == ()


def test_frames_that_do_not_say_how_sure_they_are_are_sure() -> None:
    held = Trusted(areas=areas())
    assert not held.holds(Standing.DECLARED)
    assert len(held.up_to(Standing.SURE).areas) == len(NAMES)
    mixed = Trusted(areas=areas().assign(**{STANDING: [0, 1, 2, 3]}))
    assert [len(mixed.up_to(standing).areas) for standing in Standing] == [1, 2, 3, 4]
