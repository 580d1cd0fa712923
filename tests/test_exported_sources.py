"""An export read into a new workspace: each record with its sources, licences and attributions, or a word about it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from api import imports, work
from layers import schema
from layers.matching.exported import EXACT, read_back, with_exact
from layers.matching.sources import field_sources
from layers.snapshot import Provenance
from layers.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from layers.quality import QualityReport

HEAD = "车场名称,地址,泊位数,经度,纬度,统计日期"
GIVEN = {
    "规自局": ("中山里停车场,中山里5号,320,113.2600,23.1200,2026-06-30", "东门车场,东门路1号,40,113.2700,23.1300,"),
    "平台": ("中山里公共停车场,中山里5号,318,113.26004,23.12003,2026-09-30", "西门停车场,,66,113.2500,23.1200,"),
    "街道": ("南门停车场,南门街3号,12,113.3000,23.1200,",),
}
SHAPEFILE_TEXT_BYTES = 254
SUFFIXES = (".geojson", ".gpkg", ".csv", ".xlsx")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace with car parks of three departments, one of them told by two; nobody may change it."""
    folder = tmp_path_factory.mktemp("sources")
    workspace = Workspace.create(folder / "甲区")
    for name, rows in GIVEN.items():
        path = folder / f"{name}.csv"
        path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
        draft = imports.read_import(workspace, "parking", path, crs="WGS84", source=name)
        attribution = None if name == "街道" else f"© {name}"
        imports.accept_import(workspace, draft, licence=f"{name}许可", attribution=attribution)
    assert workspace.read("parking")["sources"].notna().sum() == 1
    return workspace


def brought(root: Path, file: Path, **options: object) -> tuple[Workspace, QualityReport]:
    """Import a file into a new workspace."""
    workspace = Workspace.create(root)
    draft = imports.read_import(workspace, "parking", file, **options)
    return workspace, imports.accept_import(workspace, draft).report.reports[0]


def rules(report: QualityReport) -> set[str]:
    return {item.rule for item in report.findings}


def told(workspace: Workspace) -> pd.DataFrame:
    """Return who said what of which record, whatever its id is."""
    layer = workspace.read("parking")
    return field_sources(layer.assign(asset_id=layer["name"]))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_sources_licences_and_attributions_come_back_through_every_format(
    suffix: str, source: Workspace, tmp_path: Path
) -> None:
    out = tmp_path / f"导出{suffix}"
    work.export(source, "parking", out)
    again, report = brought(tmp_path / "乙区", out)
    pd.testing.assert_frame_equal(told(again), told(source))
    before, after = (item.read("parking").set_index("name").sort_index() for item in (source, again))
    for name in ("source", "sources", "source_id", "data_date", "stall_count", "address", "remark", "placed_by"):
        pd.testing.assert_series_equal(after[name], before[name])
    assert shapely.distance(before.geometry.to_numpy(), after.geometry.to_numpy()).max() < 1e-6
    sides = [item.current("parking").sources for item in (again, source)]
    one, other = (sorted((replace(each, source_sha256=None) for each in side), key=str) for side in sides)
    assert one == other
    assert not rules(report) & {"own_source", "sources_unreadable", "sources_contradicted", "sources_in_words"}
    assert "规自局 2" in report.facts["sources"].zh
    assert sorted(work.attributions(again)) == sorted(work.attributions(source))


def test_assets_keep_their_ids_in_a_workspace_that_knows_none(source: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "导出.csv"
    work.export(source, "parking", out)
    before = source.read("parking").set_index("name")["asset_id"].sort_index()
    again, _ = brought(tmp_path / "乙区", out)
    pd.testing.assert_series_equal(again.read("parking").set_index("name")["asset_id"].sort_index(), before)
    path = tmp_path / "规自局.csv"
    path.write_text("\n".join([HEAD, *GIVEN["规自局"]]) + "\n", encoding="utf-8")
    imports.accept_import(again, imports.read_import(again, "parking", path, crs="WGS84", source="规自局"))
    pd.testing.assert_series_equal(again.read("parking").set_index("name")["asset_id"].sort_index(), before)


def test_ids_that_no_workspace_gave_are_not_taken(source: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "导出.csv"
    work.export(source, "parking", out)
    sheet = pd.read_csv(out, dtype=str)
    forged = [f"heritage-{'0' * 12}", "x", sheet["asset_id"][2], sheet["asset_id"][2]]
    sheet["asset_id"] = [*forged, *sheet["asset_id"][4:]]
    sheet.to_csv(out, index=False)
    ids = brought(tmp_path / "乙区", out)[0].read("parking")["asset_id"]
    assert ids.is_unique
    assert ids.str.fullmatch("parking-[0-9a-f]{12}").all()


def test_an_export_of_an_export_is_the_same(source: Workspace, tmp_path: Path) -> None:
    work.export(source, "parking", tmp_path / "一.csv")
    again, _ = brought(tmp_path / "乙区", tmp_path / "一.csv")
    work.export(again, "parking", tmp_path / "二.csv")
    one, other = (
        pd.read_csv(tmp_path / name, dtype=str).set_index("name").sort_index() for name in ("一.csv", "二.csv")
    )
    pd.testing.assert_frame_equal(one.drop(columns="asset_id"), other.drop(columns="asset_id"))


def test_words_stand_beside_for_people_and_the_sheet_hides_the_rest(source: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "a.xlsx"
    work.export(source, "parking", out)
    sheet = openpyxl.load_workbook(out)["parking"]
    titles = [cell.value for cell in sheet[1]]
    column = openpyxl.utils.get_column_letter(titles.index(EXACT) + 1)
    assert sheet.column_dimensions[column].hidden
    words = {row[titles.index("sources")].value for row in sheet.iter_rows(min_row=2)}
    assert any("泊位总数 318（平台） / 320（规自局）" in str(text) for text in words)


def test_what_was_changed_after_the_export_counts_for_the_file_and_is_told(source: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "导出.csv"
    work.export(source, "parking", out)
    table = pd.read_csv(out, dtype=str)
    table.loc[table["stall_count"] == "318", "stall_count"] = "500"
    table.loc[table["name"] == "东门车场", "source"] = "某局"
    table.to_csv(out, index=False)
    again, report = brought(tmp_path / "乙区", out)
    layer = again.read("parking").set_index("name")
    assert layer.loc[["中山里公共停车场", "东门车场"], "source"].tolist() == ["ledger", "ledger"]
    assert layer.loc["中山里公共停车场", "stall_count"] == 500
    assert layer["sources"].isna().all()
    assert {item.field for item in report.findings if item.rule == "sources_contradicted"} == {"stall_count", "source"}
    assert "规自局" not in {item.source for item in again.current("parking").sources}


def test_what_a_format_cuts_is_said_and_its_words_are_kept(source: Workspace, tmp_path: Path) -> None:
    work.export(source, "parking", tmp_path / "a.gpkg")
    frame = gpd.read_file(tmp_path / "a.gpkg")
    assert frame[EXACT].str.encode("utf-8").str.len().max() > SHAPEFILE_TEXT_BYTES
    cut = frame[EXACT].map(lambda text: text.encode()[:SHAPEFILE_TEXT_BYTES].decode(errors="ignore"))
    columns = ["asset_id", "name", "position", "is_sample", "source", "sources", "geometry"]
    out = tmp_path / "a.shp"
    frame[columns].assign(is_sample=0, **{EXACT[:10]: cut}).to_file(out, encoding="UTF-8")
    again, report = brought(tmp_path / "乙区", out)
    layer = again.read("parking").set_index("name")
    merged = layer.loc["中山里公共停车场"]
    assert merged["source"] == "ledger"
    assert pd.isna(merged["sources"])
    assert "318（平台）" in merged["remark"]
    assert {"sources_in_words", "sources_unreadable"} <= rules(report)
    assert layer.loc["东门车场", "source"] == "规自局"  # a short one is whole


def test_a_department_that_hands_the_file_on_is_its_source(source: Workspace, tmp_path: Path) -> None:
    work.export(source, "parking", tmp_path / "a.csv")
    again, report = brought(tmp_path / "乙区", tmp_path / "a.csv", source="核对")
    assert set(again.read("parking")["source"]) == {"核对"}
    assert "own_source" in rules(report)


def test_who_may_not_see_sources_is_told_none() -> None:
    frame = pd.DataFrame({"name": ["甲"], "source": ["乙"]})
    assert EXACT not in with_exact(frame, schema.kind("parking"), ())


KIND = schema.kind("parking")
OWN = Provenance("ledger", licence="本许可")
SOUND = {
    "given": {"甲局": {"licence": "甲许可"}, "乙局": {}},
    "fields": {"name": "甲局"},
    "records": [
        {"source": "甲局", "data_date": "2026-06-01", "position": "exact", "values": {"name": "甲"}, "geometry": "own"},
        {"source": "乙局", "position": "exact", "values": {"name": "乙"}, "geometry": shapely.Point(113, 23).wkb_hex},
    ],
}


def one_record(text: str) -> gpd.GeoDataFrame:
    row = {
        "name": "甲",
        "source": "甲局",
        "data_date": pd.Timestamp("2026-06-01"),
        "sources": text,
        "position": "exact",
    }
    return schema.conform(gpd.GeoDataFrame([row], geometry=[shapely.Point(113, 23)], crs=4326), KIND)


def test_a_sound_text_is_believed() -> None:
    found = read_back(one_record(json.dumps(SOUND)), KIND, OWN, np.array([1]))
    assert found.findings == ()
    assert {item.source: item.licence for item in found.provenances} == {"甲局": "甲许可", "乙局": "本许可"}
    assert json.loads(found.frame["sources"].iloc[0]) == {name: SOUND[name] for name in ("fields", "records")}


def broken(**changes: object) -> str:
    """Return a text whose second record, or the whole, is as no export writes it."""
    record = {**SOUND["records"][1], **changes}
    return json.dumps({**SOUND, "records": [SOUND["records"][0], record]})


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(SOUND)[:-20],
        "[]",
        "{}",
        "7",
        '{"given": {}}',
        '{"given": {"甲局": {"shell": "x"}}}',
        '{"given": {"甲局": 7}}',
        json.dumps({**SOUND, "more": 1}),
        json.dumps({**SOUND, "given": {"甲局": {}}}),
        json.dumps({**SOUND, "fields": {"telephone": "甲局"}}),
        json.dumps({**SOUND, "records": SOUND["records"][:1]}),
        "[" * 100_000,
        broken(values={"telephone": "13800000000"}),
        broken(values={"name": "电话13812345678"}),
        broken(values={"stall_count": "many"}),
        broken(values={"stall_count": True}),
        broken(values={"access": "nobody"}),
        broken(values=["name"]),
        broken(geometry="00"),
        broken(geometry=shapely.LineString([(0, 0), (1, 1)]).wkb_hex),
        broken(geometry=shapely.Point(np.inf, 0).wkb_hex),
        broken(data_date="gestern"),
        broken(position="somewhere"),
        broken(further="x"),
    ],
)
def test_a_text_that_no_export_wrote_is_not_believed(text: str) -> None:
    found = read_back(one_record(text), KIND, OWN, np.array([5]))
    assert [(item.rule, item.record) for item in found.findings] == [("sources_unreadable", 5)]
    assert found.frame["source"].tolist() == ["ledger"]
    assert found.frame["sources"].isna().all()
    assert found.provenances == (replace(OWN, record_count=1),)


def test_what_an_export_tells_of_the_files_behind_it_says_nothing_of_its_own_coordinates(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "甲区")
    for name in ("高德", "交通局"):
        path = tmp_path / f"{name}坐标.csv"
        path.write_text("\n".join([HEAD, *GIVEN["规自局"]]) + "\n", encoding="utf-8")
        imports.accept_import(workspace, imports.read_import(workspace, "parking", path, crs="GCJ-02", source=name))
    before = workspace.read("parking").geometry.to_numpy()
    for suffix in SUFFIXES:
        work.export(workspace, "parking", tmp_path / f"导出{suffix}")
        again, report = brought(tmp_path / suffix, tmp_path / f"导出{suffix}")
        assert shapely.distance(before, again.read("parking").geometry.to_numpy()).max() < 1e-6
        assert "datum" not in {item.rule for item in report.warnings}


def test_a_blank_that_was_filled_in_after_the_export_is_taken_and_told(source: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "导出.csv"
    work.export(source, "parking", out)
    sheet = pd.read_csv(out, dtype=str)
    (row,) = np.flatnonzero(sheet["sources"].notna())
    assert pd.isna(sheet.loc[row, "operator"])
    sheet.loc[row, "operator"] = "某停车公司"
    sheet.to_csv(out, index=False)
    again, report = brought(tmp_path / "乙区", out)
    assert again.read("parking").set_index("name")["operator"].dropna().tolist() == ["某停车公司"]
    assert "sources_contradicted" in rules(report)
