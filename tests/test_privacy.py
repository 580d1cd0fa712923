"""Personal data on their way through a workspace: out of no door, kept apart where design says, gone when erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from api_city import serving
from reading_files import found, passed_on, write_csv

from api.imports import accept_import, preview, read_import
from api.settings import Settings
from layers import schema, writing
from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from api.imports import Imported
    from layers.workspace import Workspace

PARKING = ["停车场名称", "地址", "经营单位", "泊位总数", "lon", "lat", "值班人员", "备注"]
LOTS = [
    ["陈家祠停车场", "中山路8号3栋1402房", "李伟", "5", "113.2710", "23.1210", "管理员王小明", "张三 138 0013 8000"],
    ["詹天佑故居旁车场", "康有为路1号", "锦荣物业", "6", "113.2810", "23.1310", "联系人：陈大文", "电话：8333 4444"],
    ["业主周建国自建车场", "罗森街2号", "罗森", "7", "113.2910", "23.1410", "无", "业主王芳芳，+86-139-0000-1234"],
]
PEOPLE = ["李伟", "王小明", "张三", "陈大文", "周建国", "王芳芳", "1402", "138", "8333", "4444", "139-0000"]
STAYING = ["陈家祠停车场", "詹天佑故居旁车场", "中山路8号3栋", "康有为路1号", "锦荣物业", "罗森", "自建车场"]
REPORTS = [
    "工单编号",
    "发生地址",
    "诉求内容",
    "诉求人",
    "来电人",
    "联系方式",
    "手机号码",
    "房号",
    "身份证号码",
    "经办人",
]
CALLS = [
    ["A1", "东湖路8号", "漏水", "王小明", "", "8333 4444", "13800138000", "1402", "440103199001011234", "陈办事"],
    ["A2", "东湖路9号", "停车", "李伟", "张三", "—", "13900001234", "", "", "陈办事"],
    ["A3", "东湖路10号", "噪音", "", "", "", "", "", "", "陈办事"],
]


def imported(workspace: Workspace, kind: str, path: Path) -> Imported:
    """Import a file as the command does."""
    return accept_import(workspace, read_import(workspace, kind, path, crs="EPSG:4326"), shrunken_agreed=True)


def told(workspace: Workspace) -> dict[str, dict[str, str]]:
    """Return what the table of personal data holds: own id of the call -> field -> value."""
    calls = workspace.read("report").set_index("asset_id")["source_id"]
    rows = workspace.personal(calls.index.tolist())
    return {
        str(calls[asset_id]): dict(zip(part["field"], part["value"], strict=True))
        for asset_id, part in rows.groupby("asset_id")
    }


def nobody_is_named(text: str) -> bool:
    """Return whether a text names nobody and yet says where everything is."""
    return not [word for word in PEOPLE if word in text] and all(word in text for word in STAYING)


def test_no_export_and_no_answer_names_anybody(workspace: Workspace, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "台账.csv", [PARKING, *LOTS])
    report = imported(workspace, "parking", path).report
    frame, kind = workspace.read("parking"), schema.kind("parking")
    for suffix in (".csv", ".geojson", ".xlsx"):
        writing.write_layer(frame, kind, tmp_path / f"out{suffix}")
    book = pd.concat(
        pd.read_excel(tmp_path / "out.xlsx", sheet_name=None, header=None, dtype=str, engine="openpyxl").values()
    )
    assert nobody_is_named((tmp_path / "out.csv").read_text("utf-8"))
    assert nobody_is_named((tmp_path / "out.geojson").read_text("utf-8"))
    assert nobody_is_named(book.to_csv())
    assert not [word for word in PEOPLE if word in report.to_html() + str(report.to_dict())]
    assert [frame["operator"][row] for row in range(3)] == ["[姓名已隐去]", "锦荣物业", "罗森"]
    with serving(Settings(workspace=workspace.root)) as served:
        items = served.get("/ogc/collections/parking/items?f=json")
        drawn = served.get("/api/layers/parking.geojson")
    assert (items.status_code, drawn.status_code) == (200, 200)
    assert nobody_is_named(items.text)
    assert "陈家祠停车场" in drawn.text  # the map's own answer has few columns
    assert not [word for word in PEOPLE if word in drawn.text]


def test_what_is_masked_is_said_and_said_of_its_records(tmp_path: Path) -> None:
    report = read_file(write_csv(tmp_path / "台账.csv", [PARKING, *LOTS]), "parking", crs="EPSG:4326").report
    said = {(item.rule, item.field): item.records.array().tolist() for item in report.findings}
    assert said["personal_name", "operator"] == [1]
    assert said["personal_name", "name"] == [3]
    assert said["personal_name", "remark"] == [1, 2, 3]
    assert said["personal_masked", "remark"] == [1, 2, 3]
    assert said["personal_cut", "address"] == [1]


@pytest.mark.parametrize("name", ["詹天佑故居", "孙中山先生读书处", "康有为故居", "陈家祠"])
def test_monuments_keep_their_names_and_stories(tmp_path: Path, name: str) -> None:
    rows = [["名称", "地址", "年代", "备注"], [name, "恩宁路12号301房", "民国", "联系人：李伟 13800138000"]]
    frame = read_file(write_csv(tmp_path / "a.csv", rows), "heritage").frame
    assert frame["name"].tolist() == [name]
    assert frame["address"].tolist() == ["恩宁路12号301房"]
    assert frame["remark"].tolist() == ["联系人：[姓名已隐去] [电话已隐去]"]


def test_people_of_a_public_flat_are_masked_and_its_number_stays(tmp_path: Path) -> None:
    rows = [["物业名称", "地址", "产权性质", "备注"], ["公房甲", "东湖路8号3栋1402房", "国有", "1402房租户王小明"]]
    frame = read_file(write_csv(tmp_path / "a.csv", rows), "public_building").frame
    assert frame["address"].tolist() == ["东湖路8号3栋1402房"]
    assert frame["remark"].tolist() == ["1402房租户[姓名已隐去]"]


def test_owners_by_name_are_hidden_and_other_words_are_kept(tmp_path: Path) -> None:
    owners = ["李建军", "万国庆", "争议", "储备", "王小明、李伟"]
    rows = [["物业名称", "地址", "权属人"], *([f"房{at}", f"东湖路{at}号", owner] for at, owner in enumerate(owners))]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "public_building", columns={"ownership": "权属人"})
    masked = "权属人: [姓名已隐去]、[姓名已隐去]"
    one = "权属人: [姓名已隐去]"
    assert result.frame["remark"].fillna("").tolist() == [one, one, "权属人: 争议", "权属人: 储备", masked]
    assert not [name for name in ("李建军", "万国庆", "王小明", "李伟") if name in str(result.report.to_dict())]


def test_a_masked_owner_is_said_to_be_masked_and_an_office_to_be_kept(tmp_path: Path) -> None:
    owners = ["李建军", "区国资", "区土发", "区教育"]
    rows = [["物业名称", "地址", "产权人"], *([f"房{at}", f"东湖路{at}号", owner] for at, owner in enumerate(owners))]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "public_building")
    said = {item.value: (item.zh, item.en) for item in result.report.findings if item.rule == "code_unknown"}
    assert [f"产权人: {value}" for value in said] == result.frame["remark"].tolist()
    assert list(said) == ["[姓名已隐去]", *owners[1:]]
    for value, (zh, en) in said.items():
        is_masked = value == "[姓名已隐去]"
        assert ("原文留在备注" in zh, "words kept in the remark;" in en) == (not is_masked, not is_masked)
        assert ("已隐去，备注不留原文" in zh, "masked, the full words not kept" in en) == (is_masked, is_masked)


@pytest.mark.parametrize(
    ("kind", "field", "titles"),
    [
        ("parking", "remark", ["停车场名称", "地址", "备注"]),
        ("report", "content", ["工单编号", "发生地址", "诉求内容"]),
        ("heritage", "story", ["名称", "地址", "简介"]),
        ("public_building", "remark", ["物业名称", "地址", "备注"]),
    ],
)
def test_accounts_and_plates_are_masked_in_free_text_of_every_kind_and_said(
    tmp_path: Path, kind: str, field: str, titles: list[str]
) -> None:
    text = "车牌粤A·D12345，微信：zhang_san88，QQ 12345678，邮箱abc@qq.com"
    result = read_file(write_csv(tmp_path / "a.csv", [titles, ["甲", "东湖路8号", text]]), kind)
    masked = "车牌[车牌已隐去]，微信：[微信已隐去]，QQ [QQ已隐去]，邮箱[邮箱已隐去]"
    assert result.frame[field].tolist() == [masked]
    (said,) = (item for item in result.report.findings if item.rule == "personal_account")
    assert (said.field, said.records.array().tolist(), said.zh) == (field, [1], "微信、QQ、邮箱或车牌号已隐去")
    assert not [word for word in ("12345", "zhang", "abc") if word in str(result.report.to_dict())]


def test_columns_of_accounts_and_plates_are_kept_nowhere_in_the_layer(tmp_path: Path) -> None:
    rows = [["停车场名称", "车牌号", "QQ", "微信号"], ["甲停车场", "粤A12345", "12345678", "zhang_san88"]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    assert [item[1] for item in found(result.report, "personal")] == rows[0][1:]
    assert not [word for word in rows[1][1:] if word in passed_on(result).to_csv() + str(result.report.to_dict())]


def test_callers_are_kept_in_the_table_that_can_be_erased_and_nowhere_else(
    workspace: Workspace, tmp_path: Path
) -> None:
    report = imported(workspace, "report", write_csv(tmp_path / "工单.csv", [REPORTS, *CALLS])).report
    assert told(workspace) == {
        "A1": {"reporter": "王小明", "telephone": "8333 4444、13800138000", "flat": "1402"},
        "A2": {"reporter": "李伟、张三", "telephone": "13900001234"},
    }
    said = str(report.to_dict()) + report.to_html() + workspace.read("report").to_csv()
    assert not [word for row in CALLS for word in row[3:] if len(word) > 1 and word in said]
    kept = {use.title: use.field for use in report.reports[0].columns if use.title in REPORTS[3:]}
    assert kept == dict(
        zip(REPORTS[3:], ["reporter", "reporter", "telephone", "telephone", "flat", None, None], strict=True)
    )
    for file in (path for path in workspace.root.rglob("*") if path.is_file() and path.name != "catalog.sqlite"):
        assert b"13900001234" not in file.read_bytes()


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("反映人", "reporter"), ("投诉人姓名", "reporter"), ("市民联系电话1", "telephone"), ("主叫号码", "telephone"),
        ("Phone", "telephone"), ("室号", "flat"), ("填报人姓名", None), ("身份证号码", None), ("调查员电话", None),
    ],
)  # fmt: skip
def test_titles_of_callers_under_other_names(tmp_path: Path, title: str, field: str | None) -> None:
    result = read_file(write_csv(tmp_path / "a.csv", [["诉求内容", title], ["井盖破损", "某甲"]]), "report")
    held = {name: result.frame[name].tolist()[0] for name in ("reporter", "telephone", "flat")}
    assert {name: value for name, value in held.items() if not pd.isna(value)} == ({field: "某甲"} if field else {})
    assert "某甲" not in passed_on(result).to_csv() + str(result.report.to_dict())
    assert [item[1] for item in found(result.report, "personal")] == [title]


def test_both_callers_of_one_report_are_kept_and_neither_is_said(workspace: Workspace, tmp_path: Path) -> None:
    rows = [["工单编号", "诉求内容", "来电人"], ["A1", "漏水", "王小明"], ["A1", "漏水", "李伟"], ["A1", "漏水", ""]]
    report = imported(workspace, "report", write_csv(tmp_path / "工单.csv", rows)).report
    assert report.reports[0].merged == 2
    assert workspace.personal(workspace.read("report")["asset_id"].tolist())["value"].tolist() == ["王小明、李伟"]
    assert not [name for name in ("王小明", "李伟") if name in str(report.to_dict())]


@pytest.mark.parametrize("has_ids", [True, False])
def test_what_was_erased_does_not_come_back_with_the_same_file(
    workspace: Workspace, tmp_path: Path, has_ids: bool
) -> None:
    rows = [row if has_ids else row[1:] for row in (REPORTS, *CALLS)]
    path = write_csv(tmp_path / "工单.csv", rows)
    imported(workspace, "report", path)
    frame = workspace.read("report")
    first = str(frame["asset_id"][frame["address"] == "东湖路8号"].iloc[0])
    assert workspace.erase_personal([first]) == 3
    draft = read_import(workspace, "report", path, crs="EPSG:4326")
    for done in (preview(workspace, draft), accept_import(workspace, draft)):
        (finding,) = (item for item in done.report.reports[0].findings if item.rule == "personal_erased")
        assert finding.records.array().tolist() == [1]
        assert "此前已按要求删除" in finding.zh
    rows_left = workspace.personal(frame["asset_id"].tolist())
    assert set(rows_left["value"]) == {"李伟、张三", "13900001234"}
    assert "王小明".encode() not in (workspace.root / "catalog.sqlite").read_bytes()
    report = workspace.report(workspace.current("report"))
    assert "personal_erased" in {item["rule"] for item in report["findings"]}


def test_nothing_is_said_of_erasures_where_a_file_brings_no_personal_data(workspace: Workspace, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "工单.csv", [REPORTS, *CALLS])
    imported(workspace, "report", path)
    workspace.erase_personal(workspace.read("report")["asset_id"].tolist())
    bare = imported(workspace, "report", write_csv(path, [row[:3] for row in (REPORTS, *CALLS)]))
    assert "personal_erased" not in {item.rule for item in bare.report.reports[0].findings}
    assert told(workspace) == {}
