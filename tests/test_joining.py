"""A second department's list of one kind: what becomes of the layer, its report, its licences and doubtful pairs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from cli_checks import assert_one_line, state
from department_ledgers import BUREAU, PLATFORM, give, ledger

from api import imports, joining, osm_imports, work
from layers import osm
from layers.errors import OutdatedError, UsageError
from layers.matching.sources import field_sources
from layers.quality import ImportReport
from layers.snapshot import Provenance
from layers.workspace import Workspace

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from api.placing import Prepared

    Command = Callable[..., subprocess.CompletedProcess[str]]

pytest_plugins = ["cli_fixtures"]


def test_a_place_of_two_departments_is_one_record_that_keeps_what_each_says(workspace: Workspace) -> None:
    give(workspace, "规自局", *BUREAU, licence="甲许可", attribution="规自局")
    before = workspace.read("parking").set_index("name")["asset_id"]
    done = give(workspace, "平台", *PLATFORM, licence="乙许可", attribution="平台公司")
    (report,) = done.report.reports
    assert (report.read, report.kept, report.merged, report.left_out) == (2, 1, 1, 0)
    assert report.facts["joined"].zh == "与规自局的 3 条合在一起：1 条是同一处，共 4 条"
    layer = workspace.read("parking")
    assert sorted(layer["name"]) == [
        "东坝停车场",
        "中山里停車場",
        "北渠街停车场",
        "西门停车场",
    ]  # of equal days: by source
    one = layer.set_index("name").loc["中山里停車場"]
    assert one["asset_id"] == before["中山里停车场"]
    told = field_sources(layer)
    stalls = told[told["field"] == "stall_count"].set_index("source")["value"]
    assert stalls.to_dict() == {"规自局": 320, "平台": 318}
    assert "merged" in {item.action for item in report.findings}


def test_every_source_is_named_with_its_licence(workspace: Workspace) -> None:
    give(workspace, "规自局", *BUREAU, licence="甲许可", attribution="规自局")
    accepted = give(workspace, "平台", *PLATFORM, licence="乙许可", attribution="平台公司").snapshots["parking"]
    assert [(item.source, item.record_count) for item in accepted.sources] == [("平台", 2), ("规自局", 3)]
    assert (accepted.licence, accepted.attribution) == ("乙许可; 甲许可", "平台公司; 规自局")
    assert work.attributions(workspace) == ["平台公司 (乙许可)", "规自局 (甲许可)"]
    assert Workspace.open(workspace.root).current("parking") == accepted
    give(workspace, "街道", "南门停车场,12,113.3000,23.1200", licence="内部资料")
    assert work.attributions(workspace)[0] == "街道.csv (内部资料)"
    assert work.attributions(workspace, {"heritage"}) == []


def test_the_next_file_of_a_source_replaces_only_what_it_said(workspace: Workspace) -> None:
    give(workspace, "规自局", *BUREAU)
    give(workspace, "平台", *PLATFORM)
    ids = set(workspace.read("parking")["asset_id"])
    give(workspace, "平台", "西门停车场,66,113.2500,23.1200")
    layer = workspace.read("parking").set_index("name")
    assert set(layer["asset_id"]) == ids
    assert layer.loc["西门停车场", "stall_count"] == 66
    assert layer["sources"].isna()["中山里停车场"]
    assert workspace.current("parking").source_named("平台").record_count == 1


def test_one_file_twice_changes_nothing(workspace: Workspace) -> None:
    give(workspace, "规自局", *BUREAU)
    first = give(workspace, "平台", *PLATFORM).snapshots["parking"]
    again = give(workspace, "平台", *PLATFORM)
    assert again.snapshots["parking"].version == first.version
    assert "gone" not in {item.rule for item in again.report.reports[0].findings}


def test_a_file_of_our_own_never_takes_away_what_other_departments_gave(workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, "规自局", *BUREAU)
    give(workspace, "平台", *PLATFORM)
    out = tmp_path / "导出.csv"
    work.export(workspace, "parking", out)
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    out.write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")
    draft = imports.read_import(workspace, "parking", out, source="核对")
    (report,) = imports.accept_import(workspace, draft).report.reports
    assert len(workspace.read("parking")) == 4
    assert {item.source for item in workspace.current("parking").sources} == {"核对", "平台", "规自局"}
    assert "own_source" in {item.rule for item in report.findings}


def test_two_hotlines_stand_side_by_side(workspace: Workspace, tmp_path: Path) -> None:
    for source, number in (("12345热线", "A1"), ("云报事", "B1"), ("云报事", "B1")):
        path = tmp_path / f"{source}.csv"
        path.write_text(f"工单编号,受理时间,小类\n{number},2026-06-01 10:00,占道经营\n", encoding="utf-8")
        imports.accept_import(workspace, imports.read_import(workspace, "report", path, source=source))
    assert sorted(workspace.read("report")["source"]) == ["12345热线", "云报事"]


def test_what_is_kept_beside_a_version_stays_when_its_content_comes_again(workspace: Workspace) -> None:
    first = give(workspace, "规自局", *BUREAU).snapshots["parking"]
    path = ledger(workspace.root.parent, "另一份", *BUREAU)
    draft = imports.read_import(workspace, "parking", path, crs="WGS84", source="规自局")
    again = imports.accept_import(workspace, draft, replace=True).snapshots["parking"]
    assert again.version == first.version
    assert [workspace.report(item)["file"] for item in (first, again)] == ["规自局.csv", "另一份.csv"]


def test_one_file_alone_may_be_the_layer(workspace: Workspace) -> None:
    give(workspace, "规自局", *BUREAU)
    give(workspace, "平台", *PLATFORM, only=True)
    assert len(workspace.read("parking")) == 2
    assert [item.source for item in workspace.current("parking").sources] == ["平台"]


def test_a_source_that_shrinks_needs_a_yes_whatever_others_gave(workspace: Workspace) -> None:
    give(workspace, "平台", *PLATFORM)
    give(workspace, "规自局", *BUREAU)
    path = ledger(workspace.root.parent, "规自局", *BUREAU[:2])
    draft = imports.read_import(workspace, "parking", path, crs="WGS84", source="规自局")
    with pytest.raises(UsageError, match="from 3 to 2"):
        imports.accept_import(workspace, draft)
    assert len(workspace.read("parking")) == 4


def test_a_file_of_an_unnamed_source_is_told_of_departments(panhuo: Command, tmp_path: Path) -> None:
    folder = Workspace.create(tmp_path / "ws").root
    first, second = ledger(tmp_path, "规自局", *BUREAU), ledger(tmp_path, "平台", *PLATFORM)
    assert panhuo("import", folder, "parking", first, "--crs", "WGS84").returncode == 0
    before = state(folder)
    refused = panhuo("import", folder, "parking", second, "--crs", "WGS84")
    assert_one_line(refused, 2, "现有 3 条", "--replace", "--source")
    looked = panhuo("import", folder, "parking", second, "--crs", "WGS84", "--source", "平台", "--dry-run")
    assert "1 条是同一处，共 4 条" in looked.stdout
    assert state(folder) == before
    assert panhuo("import", folder, "parking", second, "--crs", "WGS84", "--source", "平台").returncode == 0


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_done(panhuo: Command, tmp_path: Path) -> None:
    folder = Workspace.create(tmp_path / "ws").root
    before, file = state(folder), ledger(tmp_path, "规自局", *BUREAU)
    page = tmp_path / "none" / "report.html"
    refused = panhuo("import", folder, "parking", file, "--crs", "WGS84", "--report", page)
    assert_one_line(refused, 1, "report.html", "无法写入")
    assert_one_line(
        panhuo("import", folder, "parking", file, "--report", tmp_path / "质检.pdf"), 2, "质检.pdf", ".html"
    )
    assert state(folder) == before
    mend = tmp_path / "待改.csv"
    told = panhuo("import", folder, "parking", file, "--crs", "WGS84", "--rejected", mend)
    assert f"没有要改的记录，未写 {mend}" in told.stdout


def test_an_extract_and_a_ledger_are_brought_together(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    lots = gpd.GeoDataFrame(
        {"name": ["中山里停车场", "南门停车场"], "source_id": ["way/1", "way/2"]},
        geometry=[shapely.Point(113.26, 23.12), shapely.Point(113.3, 23.12)],
        crs="EPSG:4326",
    )
    report = ImportReport("city.osm.pbf", [])
    report["parking"].read = report["parking"].kept = 2
    monkeypatch.setattr(osm, "read_osm", lambda *_, **__: osm.OsmResult({"parking": lots}, report, (0, 0, 1, 1)))
    give(workspace, "规自局", *BUREAU)
    extract = osm_imports.read_extract(workspace, workspace.root / "panhuo.json")
    done = osm_imports.accept_extract(workspace, extract)
    assert len(workspace.read("parking")) == 4
    assert (done.report["parking"].kept, done.report["parking"].merged) == (1, 1)
    assert osm.OSM_LICENCE in str(workspace.current("parking").licence)


def test_what_is_accepted_while_a_file_is_brought_together_is_not_lost(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(workspace, "规自局", *BUREAU)
    plain, calls = joining.prepare, []

    def late(*args: object, **said: object) -> Prepared:
        ready = plain(*args, **said)  # type: ignore[arg-type]
        if not calls:
            calls.append(1)
            give(workspace, "街道", "南门停车场,12,113.3000,23.1200")
        return ready

    monkeypatch.setattr(joining, "prepare", late)
    give(workspace, "平台", *PLATFORM)
    assert {item.source for item in workspace.current("parking").sources} == {"规自局", "街道", "平台"}
    assert len(workspace.read("parking")) == 5


def test_a_layer_that_changes_again_and_again_is_given_up(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(workspace, "规自局", *BUREAU)
    plain, turns = joining.prepare, iter(range(100))

    def late(*args: object, **said: object) -> Prepared:
        ready = plain(*args, **said)  # type: ignore[arg-type]
        lots = workspace.read("parking").assign(stall_count=next(turns))
        workspace.accept("parking", lots, Provenance("街道"))
        return ready

    monkeypatch.setattr(joining, "prepare", late)
    with pytest.raises(OutdatedError, match="import the file again"):
        give(workspace, "平台", *PLATFORM)
    assert next(turns) == joining.ATTEMPTS


def test_a_record_without_a_place_is_put_where_an_accepted_layer_says(workspace: Workspace) -> None:
    home = shapely.box(113.25, 23.11, 113.27, 23.13)
    areas = gpd.GeoDataFrame({"name": ["虚构桥西小区"]}, geometry=[home], crs="EPSG:4326")
    workspace.accept("community", areas, Provenance("规自局"))
    path = workspace.root.parent / "无坐标.csv"
    path.write_text("车场名称,地址,泊位数\n桥西车场,虚构桥西小区3号楼,30\n远方车场,不知何处,20\n", encoding="utf-8")
    draft = imports.read_import(workspace, "parking", path)
    assert draft.result.report.unlocated == 2
    (report,) = imports.accept_import(workspace, draft).report.reports
    assert report.unlocated == 1
    assert report.facts["unlocated"].zh.startswith("1 条没有可用的位置")
    layer = workspace.read("parking").set_index("name")
    assert layer["position"].to_dict() == {"桥西车场": "approximate", "远方车场": "unlocated"}
    assert home.contains(layer.loc["桥西车场", "geometry"])
    assert "placed" in {item.rule for item in report.findings}


def test_a_corrected_address_moves_what_the_former_one_placed(workspace: Workspace, tmp_path: Path) -> None:
    doors = gpd.GeoDataFrame(
        {"address": ["虚构路1号", "虚构路9号"]},
        geometry=[shapely.Point(113.26, 23.12), shapely.Point(113.27, 23.12)],
        crs="EPSG:4326",
    )
    workspace.accept("address", doors, Provenance("公安"))
    path, spots, reports = tmp_path / "充电站.csv", [], []
    for address in ("虚构路1号", "虚构路1号", "虚构路9号", "虚构路77号"):
        path.write_text(f"备案编号,充电站名称,地址\n7,甲站,{address}\n", encoding="utf-8")
        draft = imports.read_import(workspace, "charging", path, source="供电局")
        reports.append(imports.accept_import(workspace, draft).report.reports[0])
        (record,) = workspace.read("charging").itertuples()
        spots.append((record.geometry and record.geometry.x, record.position, record.placed_by))
    known = ("exact", "by_standard_address")
    assert spots[:3] == [(113.26, *known), (113.26, *known), (113.27, *known)]
    assert spots[3][:2] == (None, "unlocated")
    assert pd.isna(spots[3][2])
    assert "原位置只是按标准地址推定" in reports[2].to_html()
    assert "place_lapsed" in {item.rule for item in reports[3].findings}


def test_mended_shapes_are_kept_as_their_file_has_them(panhuo: Command, workspace: Workspace, tmp_path: Path) -> None:
    bow = shapely.Polygon([(113.26, 23.12), (113.261, 23.121), (113.261, 23.12), (113.26, 23.121)])
    path = tmp_path / "地块.geojson"
    squares = [shapely.box(113.27, 23.12, 113.271, 23.121), bow]
    gpd.GeoDataFrame({"名称": ["甲地", "乙地"]}, geometry=squares, crs="EPSG:4326").to_file(path)
    imports.accept_import(workspace, imports.read_import(workspace, "idle_land", path, source="规自局"))
    layer = workspace.read("idle_land").set_index("name")
    (kept,) = workspace.originals(workspace.current("idle_land")).itertuples()
    assert kept.asset_id == layer.loc["乙地", "asset_id"]
    assert kept.geometry.equals_exact(bow, 1e-9)
    assert kept.area_before_m2 < 1 < kept.area_after_m2  # the two halves of a bow tie cancel each other
    other = tmp_path / "另一处.csv"
    other.write_text("名称,面积,经度,纬度\n丙地,300,113.29,23.13\n", encoding="utf-8")
    imports.accept_import(workspace, imports.read_import(workspace, "idle_land", other, crs="WGS84", source="街道"))
    assert workspace.originals(workspace.current("idle_land"))["asset_id"].tolist() == [kept.asset_id]
    other.write_text("名称,面积,经度,纬度\n丁地,300,113.30,23.13\n戊地,300,113.31,23.13\n", encoding="utf-8")
    again = imports.read_import(workspace, "idle_land", other, crs="WGS84", source="街道")
    imports.accept_import(workspace, again, shrunken_agreed=True)
    assert workspace.originals(workspace.current("idle_land"))["asset_id"].tolist() == [kept.asset_id]
    assert list(workspace.originals(workspace.current("idle_land"))["source"]) == ["规自局"]
    areas = gpd.GeoDataFrame({"name": ["甲街"]}, geometry=[shapely.box(113, 23, 114, 24)], crs="EPSG:4326")
    workspace.accept("subdistrict", areas, Provenance("规自局"))  # fills the code in; the version is another
    out = tmp_path / "原图形.geojson"
    assert panhuo("export", workspace.root, "idle_land", "--originals", "--out", out).returncode == 0
    (written,) = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert written["properties"]["asset_id"] == kept.asset_id
    give(workspace, "规自局", *BUREAU)
    refused = panhuo("export", workspace.root, "parking", "--originals", "--out", out)
    assert_one_line(refused, 1, "停车场", "--originals")


def test_terms_stay_until_others_are_said_and_that_is_told(workspace: Workspace) -> None:
    give(workspace, "规自局", *BUREAU, licence="甲许可", attribution="规自局")
    silent = give(workspace, "规自局", *BUREAU[:2])
    assert (silent.snapshots["parking"].licence, silent.snapshots["parking"].attribution) == ("甲许可", "规自局")
    assert "沿用本来源上一次的许可 甲许可，署名 规自局" in silent.report.reports[0].facts["terms"].zh
    said = give(workspace, "规自局", *BUREAU, licence="乙许可")
    assert (said.snapshots["parking"].licence, said.snapshots["parking"].attribution) == ("乙许可", "规自局")
    assert "乙许可" not in said.report.reports[0].facts["terms"].zh
    none = give(workspace, "规自局", *BUREAU, licence="", attribution="规自局")
    assert (none.snapshots["parking"].licence, none.snapshots["parking"].attribution) == (None, "规自局")
    assert "terms" not in none.report.reports[0].facts
    other = give(workspace, "平台", *PLATFORM)
    assert "terms" not in other.report.reports[0].facts


def test_a_correction_that_another_source_outweighs_shows_in_the_difference(workspace: Workspace) -> None:
    give(workspace, "规自局", *BUREAU)
    give(workspace, "平台", *PLATFORM)
    shown = workspace.read("parking").set_index("name")["stall_count"].max()
    other, said = ("规自局", BUREAU) if shown == 318 else ("平台", PLATFORM)
    give(workspace, other, said[0].replace(str(320 if shown == 318 else 318), "299"), *said[1:])
    found = workspace.difference("parking", "previous", "current")
    assert workspace.read("parking").set_index("name")["stall_count"].max() == shown
    assert found.fields == {"sources": 1}
    (row,) = found.table.itertuples()
    assert "299" in row.new
    assert "299" not in row.old
    moved = [said[0].replace("23.1200", "23.1202").replace("23.1201", "23.1203"), *said[1:]]
    give(workspace, other, *moved)
    assert workspace.difference("parking", "previous", "current").table["field"].isin(["sources", "geometry"]).all()
