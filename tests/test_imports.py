"""What an import takes from the workspace, and what it leaves for the next one: evidence, columns, records to mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from api import evidence, imports
from layers.errors import DatumUnsureError, UsageError
from layers.snapshot import Provenance
from layers.workspace import Workspace

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

AREAS = [shapely.box(113.20, 23.10, 113.23, 23.13), shapely.box(113.23, 23.10, 113.26, 23.13)]


def areas_file(folder: Path) -> Path:
    path = folder / "areas.geojson"
    gpd.GeoDataFrame({"名称": ["甲街道", "乙街道"]}, geometry=AREAS, crs="EPSG:4326").to_file(path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"crs"', '"was"'), encoding="utf-8")
    return path


@pytest.mark.parametrize(("confidence", "count"), [(0.43, 0), (1.0, 2), (None, 2)])
def test_a_layer_whose_datum_was_a_guess_is_no_evidence(
    tmp_path: Path, workspace: Workspace, confidence: float | None, count: int
) -> None:
    frame = imports.read_import(workspace, "subdistrict", areas_file(tmp_path), crs="WGS84").result.frame
    workspace.accept("subdistrict", frame, Provenance("街道办", crs_confidence=confidence))
    assert len(evidence.trusted(workspace).areas) == count


def test_a_guess_is_asked_about_and_nothing_is_accepted(tmp_path: Path, workspace: Workspace) -> None:
    with pytest.raises(DatumUnsureError, match="--crs GCJ-02"):
        imports.read_import(workspace, "subdistrict", areas_file(tmp_path))
    assert not workspace.summary()


def test_columns_are_kept_and_used_again(tmp_path: Path, panhuo: Callable[..., object]) -> None:
    first, second = tmp_path / "五月.csv", tmp_path / "六月.csv"
    first.write_text("名称,占地,经度,纬度\n甲地,120,113.21,23.11\n", encoding="utf-8")
    second.write_text("名称,占地,经度,纬度,备注二\n甲地,130,113.21,23.11,x\n", encoding="utf-8")
    workspace = Workspace.create(tmp_path / "ws")
    kept = tmp_path / "columns.toml"
    done = panhuo(
        "import",
        workspace.root,
        "idle_land",
        first,
        "--crs",
        "WGS84",
        "--column",
        "area_m2=占地",
        "--save-mapping",
        kept,
    )
    assert done.returncode == 0, done.stderr
    assert str(kept) in done.stdout
    draft = imports.read_import(workspace, "idle_land", second, mapping=kept)
    assert draft.result.frame["area_m2"].tolist() == [130.0]
    assert draft.result.crs_found == "EPSG:4326"
    assert "备注二" in "".join(item.zh for item in draft.result.report.findings if item.rule == "mapping_differs")
    with pytest.raises(UsageError, match="mapping for idle_land, not for parking"):
        imports.read_import(workspace, "parking", second, mapping=kept)


def test_records_to_be_mended_are_written_and_can_be_imported_again(
    tmp_path: Path, panhuo: Callable[..., object]
) -> None:
    ledger, rest = tmp_path / "a.csv", tmp_path / "rest.csv"
    ledger.write_text(
        '名称,geometry_wkt\n甲地,"POLYGON((113.21 23.11,113.22 23.11,113.22 23.12,113.21 23.11))"\n乙地,POLYGON((\n',
        encoding="utf-8",
    )
    workspace = Workspace.create(tmp_path / "ws")
    done = panhuo("import", workspace.root, "idle_land", ledger, "--crs", "WGS84", "--rejected", rest)
    assert done.returncode == 0, done.stderr
    text = rest.read_text(encoding="utf-8-sig")
    assert "乙地" in text
    assert "甲地" not in text
    rest.write_text(text.replace("POLYGON((", "POINT(113.21 23.11)"), encoding="utf-8")
    again = imports.read_import(workspace, "idle_land", rest, crs="WGS84")
    assert again.result.frame["name"].tolist() == ["乙地"]


def test_values_that_were_blanked_are_counted_where_no_record_is_to_be_mended(
    tmp_path: Path, panhuo: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    ledger, mend = tmp_path / "地.csv", tmp_path / "待改.csv"
    rows = ["甲地,很大,国有", "乙地,很大,国有", "丙地,120,集体"]
    ledger.write_text(
        "\n".join(["地块名称,面积,土地性质,经度,纬度", *(f"{row},113.21,23.1{at}" for at, row in enumerate(rows))]),
        encoding="utf-8",
    )
    root = Workspace.create(tmp_path / "ws").root
    done = panhuo("import", root, "idle_land", ledger, "--crs", "WGS84", "--dry-run", "--rejected", mend)
    assert f"没有因错未收的记录，未写 {mend}；另有 4 个值置空，见质检报告（--report 文件.html）" in done.stdout
    assert "4 values were set to null" in done.stdout
    assert not mend.exists()


def test_a_ledger_that_nobody_named_is_called_so_in_words(tmp_path: Path, workspace: Workspace) -> None:
    for name, source in (("一", imports.LEDGER), ("二", "平台")):
        file = tmp_path / f"{name}.csv"
        file.write_text(f"停车场名称,泊位总数,经度,纬度\n{name}号车场,12,113.2{len(source)},23.11\n", encoding="utf-8")
        done = imports.accept_import(
            workspace, imports.read_import(workspace, "parking", file, crs="WGS84", source=source)
        )
    joined = done.report.reports[0].facts["joined"]
    assert joined.zh == "与未注明来源的台账的 1 条合在一起：0 条是同一处，共 2 条"
    assert "ledger of no named source" in joined.en
