"""Records to be mended go to a file, come back mended, and complete what their source gave: nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
import shapely
from department_ledgers import give

from api import _cli_output, imports
from layers.errors import PanhuoError, UsageError
from layers.reading import write_rejected
from layers.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from layers.reading import ReadResult

HEAD = "名称,编号,占地,图形"
GOOD = '"POLYGON((113.21 23.11,113.22 23.11,113.22 23.12,113.21 23.11))"'
PLACED = "WGS84经度,WGS84纬度"


def take(workspace: Workspace, kind: str, *lines: str, **said: object) -> imports.Draft:
    """Import a ledger and return it as it was read."""
    path = workspace.root.parent / "a.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    draft = imports.read_import(workspace, kind, path, crs="WGS84")
    imports.accept_import(workspace, draft, **said)  # type: ignore[arg-type]
    return draft


def mended(result: ReadResult, path: Path, **cells: dict[str, str]) -> Path:
    """Write the records to be mended, the cells of some by their name mended."""
    write_rejected(result.rejected, path)
    table = pd.read_csv(path, dtype=str)
    name = next(title for title in table.columns if title.endswith("名称"))
    for record, changes in cells.items():
        for title, text in changes.items():
            table.loc[table[name] == record, title] = text
    table.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("with_id", [True, False])
@pytest.mark.parametrize("kind", ["parking", "public_building"])
def test_what_waits_for_its_coordinates_is_placed_under_its_own_id(
    tmp_path: Path, workspace: Workspace, kind: str, *, with_id: bool
) -> None:
    title = {"parking": "停车场名称", "public_building": "物业名称"}[kind]
    rows = ("甲,1,113.2711,23.1312", "乙,2,线状,见图", "丙,3,0,0", "丁,4,113.2911,23.1332", "戊,5,,")
    lines = [f"{title},编号,{PLACED}", *rows]
    if not with_id:
        lines = [",".join((line.split(",")[0], *line.split(",")[2:])) for line in lines]
    draft = take(workspace, kind, *lines, licence="甲许可", attribution="规自局")
    report = draft.result.report
    assert (report.read, report.kept, report.merged, report.left_out, report.unlocated) == (5, 5, 0, 0, 3)
    assert draft.result.rejected[title].tolist() == ["乙", "丙", "戊"]
    assert [text.split("，")[0] for text in draft.result.rejected.iloc[:, 1]] == [
        "坐标无法读取",
        "坐标为 0,0",
        "没有坐标",
    ]
    before = workspace.read(kind).set_index("name")
    file = mended(
        draft.result, tmp_path / "rest.csv", 乙=dict(zip(PLACED.split(","), ("113.2811", "23.1412"), strict=True))
    )
    for _ in range(2):  # a second time changes nothing
        again = imports.read_import(workspace, kind, file, crs="WGS84")
        assert again.replaces_another_file() is None
        assert again.shrinks(workspace) is None
        done = imports.accept_import(workspace, again)
        after = workspace.read(kind).set_index("name")
        assert after["asset_id"].to_dict() == before["asset_id"].to_dict()
        assert after["position"].to_dict() == before["position"].to_dict() | {"乙": "exact"}
        assert after.geometry["乙"].equals(shapely.Point(113.2811, 23.1412))
        (told,) = done.report.reports
        assert (told.read, told.kept + told.merged + told.left_out) == (5, 5)
        assert "其余的 2 条" in told.facts["correction"].zh
    source = workspace.current(kind).source_named("ledger")
    assert (source.licence, source.attribution, source.record_count or 5) == ("甲许可", "规自局", 5)


def test_what_was_left_out_joins_the_others_of_its_source(tmp_path: Path, workspace: Workspace) -> None:
    draft = take(workspace, "idle_land", HEAD, f"甲地,1,100,{GOOD}", "乙地,2,100,POLYGON((", f"丙地,3,95,{GOOD}")
    report = draft.result.report
    assert (report.read, report.kept + report.merged, report.left_out) == (3, 2, 1)
    file = mended(draft.result, tmp_path / "rest.csv", 乙地={"图形": GOOD.strip('"').replace("113", "114")})
    done = imports.accept_import(workspace, imports.read_import(workspace, "idle_land", file, crs="WGS84"))
    assert sorted(workspace.read("idle_land")["name"]) == ["丙地", "乙地", "甲地"]
    assert [item.source for item in workspace.current("idle_land").sources] == ["ledger"]
    assert not any(done.replaced.values())


def test_a_correction_leaves_what_other_departments_gave(tmp_path: Path, workspace: Workspace) -> None:
    give(workspace, "规自局", "中山里停车场,320,113.2600,23.1200", "北渠街停车场,80,113.2700,23.1200")
    path = tmp_path / "平台.csv"
    path.write_text(
        "车场名称,泊位数,经度,纬度\n西门停车场,60,见图,线状\n中山里停车場,318,113.2601,23.1201\n", encoding="utf-8"
    )
    draft = imports.read_import(workspace, "parking", path, crs="WGS84", source="平台")
    imports.accept_import(workspace, draft)
    before = workspace.read("parking").set_index("name")["asset_id"].to_dict()
    file = mended(draft.result, tmp_path / "rest.csv", 西门停车场={"经度": "113.25", "纬度": "23.12"})
    imports.accept_import(workspace, imports.read_import(workspace, "parking", file, crs="WGS84", source="平台"))
    after = workspace.read("parking").set_index("name")
    assert after["asset_id"].to_dict() == before
    assert after.geometry["西门停车场"].equals(shapely.Point(113.25, 23.12))
    assert {item.source for item in workspace.current("parking").sources} == {"规自局", "平台"}


def test_an_original_shape_of_a_record_that_stays_is_kept(tmp_path: Path, workspace: Workspace) -> None:
    bow = '"POLYGON((113.21 23.11,113.22 23.12,113.22 23.11,113.21 23.12,113.21 23.11))"'
    draft = take(workspace, "idle_land", HEAD, f"甲地,1,100,{bow}", "乙地,2,100,POLYGON((")
    before = workspace.originals(workspace.current("idle_land"))
    assert len(before) == 1
    file = mended(draft.result, tmp_path / "rest.csv", 乙地={"图形": GOOD.strip('"').replace("113", "114")})
    imports.accept_import(workspace, imports.read_import(workspace, "idle_land", file, crs="WGS84"))
    kept = workspace.originals(workspace.current("idle_land"))
    assert kept["asset_id"].tolist() == before["asset_id"].tolist()
    assert kept.geometry.iloc[0].equals(before.geometry.iloc[0])


def test_a_correction_where_nothing_was_given_is_a_ledger_like_any_other(tmp_path: Path, workspace: Workspace) -> None:
    draft = take(workspace, "idle_land", HEAD, f"甲地,1,100,{GOOD}", "乙地,2,100,POLYGON((")
    file = mended(draft.result, tmp_path / "rest.csv", 乙地={"图形": GOOD.strip('"')})
    other = Workspace.create(tmp_path / "other")
    again = imports.read_import(other, "idle_land", file, crs="WGS84")
    assert not again.completes
    imports.accept_import(other, again)
    assert other.read("idle_land")["name"].tolist() == ["乙地"]


def test_a_parcel_of_a_corner_list_joins_the_others_of_its_source(tmp_path: Path, workspace: Workspace) -> None:
    def square(name: str, x: int) -> list[str]:
        places = ((x, 425000), (x, 425100), (x + 100, 425100), (x + 100, 425000))
        return [f"{name},J{at},{north},38{east},{name}地" for at, (north, east) in enumerate(places, start=1)]

    rows = ["宗地号,点号,X,Y,名称", *square("甲", 2558000), *square("乙", 2558300), *square("丙", 2558600)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(rows).replace("乙,J3,2558400", "乙,J3,255840") + "\n", encoding="utf-8")
    draft = imports.read_import(workspace, "idle_land", path, crs="EPSG:4526")
    imports.accept_import(workspace, draft)
    assert sorted(workspace.read("idle_land")["name"]) == ["丙地", "甲地"]
    rest = tmp_path / "rest.csv"
    write_rejected(draft.result.rejected, rest)
    rest.write_text(rest.read_text("utf-8-sig").replace("J3,255840,", "J3,2558400,"), encoding="utf-8")
    imports.accept_import(workspace, imports.read_import(workspace, "idle_land", rest, crs="EPSG:4526"))
    layer = workspace.read("idle_land").set_index("name")
    assert sorted(layer.index) == ["丙地", "乙地", "甲地"]
    assert layer.to_crs("EPSG:4526").area.round().tolist() == [10000] * 3


def test_what_its_community_placed_is_not_to_be_mended(
    tmp_path: Path, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    take(workspace, "community", "小区名称,户数,图形", f"虚构新村,300,{GOOD}")
    rows = (
        "甲停车场,1,虚构新村内,113.2111,23.1112",
        "乙停车场,2,虚构新村内,0,0",
        "丙停车场,3,远方路5号,,",
        "丁停车场,4,远方路6号,0,0",
        "合计,,,,",
    )
    path = tmp_path / "车场.csv"
    path.write_text("\n".join([f"停车场名称,泊位总数,地址,{PLACED}", *rows]) + "\n", encoding="utf-8")
    ready = imports.preview(workspace, imports.read_import(workspace, "parking", path, crs="WGS84"))
    (report,) = ready.report.reports
    assert (report.read, report.kept, report.left_out, report.unlocated) == (5, 4, 1, 2)
    assert ready.to_mend["停车场名称"].tolist() == ["丙停车场", "丁停车场"]
    assert [text.split(" / ")[0] for text in ready.to_mend.iloc[:, 1]] == [
        "无坐标且无可靠依据，待落图", "坐标为 0,0，待落图"
    ]  # fmt: skip
    zeros = {item.zh: (item.action, list(item.rows)) for item in report.findings if item.rule == "zero_coordinates"}
    assert zeros == {"坐标为 0,0，待落图": ("unlocated", [5]), "坐标为 0,0，已另行落图": ("changed", [3])}
    _cli_output.keep_rejected(ready, tmp_path / "待改.csv", as_json=False)
    told = capsys.readouterr().out
    assert "要改的 2 条（未收 0，待落图 2）" in told
    assert "未收的另外 1 条" in told
    assert pd.read_csv(tmp_path / "待改.csv", dtype=str)["停车场名称"].tolist() == ["丙停车场", "丁停车场"]


def test_a_record_that_another_department_placed_waits_no_more(tmp_path: Path, workspace: Workspace) -> None:
    give(workspace, "规自局", "中山里停车场,320,113.2600,23.1200")
    path = tmp_path / "平台.csv"
    path.write_text("车场名称,泊位数,经度,纬度\n中山里停车场,318,0,0\n西门停车场,60,0,0\n", encoding="utf-8")
    ready = imports.preview(
        workspace, imports.read_import(workspace, "parking", path, crs="WGS84", source="平台")
    )  # fmt: skip
    (report,) = ready.report.reports
    assert report.unlocated == len(ready.waiting) == 1
    assert ready.to_mend["车场名称"].tolist() == ["西门停车场"]
    assert [list(item.records) for item in report.findings if item.action == "unlocated"] == [[2], [2]]


def test_a_file_of_records_to_be_mended_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.csv or \.xlsx"):
        _cli_output.check_rejected(tmp_path / "待改.doc")
    with pytest.raises(PanhuoError, match="missing"):
        _cli_output.check_rejected(tmp_path / "missing" / "待改.csv")
    _cli_output.check_rejected(tmp_path / "待改.csv")
    assert not list(tmp_path.iterdir())
