"""Fields told by words elsewhere in a row, repeats that a ledger owns up to, dates above the header: made-up files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_files import found, rules, write_csv, write_xlsx

from layers.quality import QualityReport
from layers.reading import read_file
from layers.reading._words import fill_from_words
from layers.schema import kind, kinds
from layers.values import parse_column

if TYPE_CHECKING:
    from pathlib import Path


def filled(of: str, **columns: list[Any]) -> tuple[pd.DataFrame, QualityReport]:
    """Return a frame of texts after its words were looked through, and what was said."""
    count = len(next(iter(columns.values())))
    frame = pd.DataFrame({"remark": pd.Series([None] * count, dtype="string")} | columns).astype("string")
    report = QualityReport(of, "t.csv")
    fill_from_words(frame, kind(of), pd.RangeIndex(1, count + 1).to_numpy(), report)
    return frame, report


def values(frame: pd.DataFrame, name: str) -> list[Any]:
    """Return a column with ``None`` for nulls; all ``None`` where it was not made."""
    if name not in frame:
        return [None] * len(frame)
    return [None if pd.isna(value) else value for value in frame[name].astype(object)]


@pytest.mark.parametrize(
    ("of", "field", "words", "value"),
    [
        ("parking", "income_owner", "泊位收入全额上缴区财政", "treasury"),
        ("parking", "income_owner", "收入未上缴财政", None),
        ("parking", "income_owner", "拟上缴财政", None),
        ("parking", "tandem_stall_count", "320（含子母车位：１６个）", 16),
        ("parking", "tandem_stall_count", "子母位16对", None),
        ("community", "is_self_built", "村民自建房", True),
        ("community", "is_self_built", "非自建房", None),
        ("community", "is_self_built", "毗邻自建房", None),
        ("community", "is_self_built", "毗邻城中村", None),
        ("community", "is_self_built", "社区: 南岗村(城中村)", True),
        ("community", "in_rebuild_plan", "未纳入棚改", None),
        ("community", "in_rebuild_plan", "已纳入棚户区改造", True),
        ("idle_land", "tenure", "区储备土地", "reserve"),
        ("idle_land", "tenure", "拟收储地块", None),
        ("idle_land", "tenure", "储备地；高架桥底", None),
        ("idle_land", "land_class", "未动工，尚未取得认定书：无", "suspected_idle"),
        ("idle_land", "land_class", "认定书：无", None),
        ("idle_land", "land_class", "疑似闲置", "suspected_idle"),
        ("idle_land", "available_until", "借用协议至2028年2月", pd.Timestamp("2028-02-29")),
        ("idle_land", "handover_date", "２０２１年3月交地", pd.Timestamp("2021-03-31")),
        ("idle_land", "handover_date", "2021-03-08交地", pd.Timestamp("2021-03-08")),
        ("idle_land", "invested_share", "已投资约18%", 0.18),
        ("charging", "charger_type", "快/慢充: 慢", "car"),
        ("charging", "charger_type", "快/慢充: 快；名称: 电动自行车棚", None),
        ("charging", "status", "拟建", "planned"),
        ("charging", "dc_pile_count", "快充8 慢充12", 8),
        ("charging", "dc_pile_count", "直流120kW", None),
        ("public_building", "reference_rent_cny_m2_month", "参考租金：55元/㎡·月", 55),
        ("public_building", "has_title", "产权证号: 粤(2019)某市不动产权第0012345号", True),
        ("public_building", "has_title", "历史遗留，无证", False),
        ("heritage", "is_zone_on_drawing", "经度: 线状", True),
        ("heritage", "is_zone_on_drawing", "见图书馆", None),
    ],
)
def test_words_of_a_remark_tell_a_field(of: str, field: str, words: str, value: object) -> None:
    frame, report = filled(of, remark=[words])
    assert values(frame, field) == [value]
    said = [item for item in report.findings if item.field == field]
    assert [item.action for item in said] == ([] if value is None else ["changed"])


def test_a_fields_own_column_comes_first() -> None:
    frame, report = filled("parking", remark=["收入上缴财政"] * 3, income_owner=["operator", None, "unknown"])
    assert values(frame, "income_owner") == ["operator", "treasury", "treasury"]
    assert found(report, "told_in_words") == [(2, "income_owner", "收入上缴"), (3, "income_owner", "收入上缴")]


def test_a_value_that_words_correct_is_kept_in_the_remark() -> None:
    words = ["合同到期后仍占用", "合同到期后腾退", "超期占用"]
    frame, _ = filled("public_building", remark=words, occupancy=["let", "let", "vacant"])
    assert values(frame, "occupancy") == ["overdue", "let", "vacant"]
    assert values(frame, "remark") == ["合同到期后仍占用；使用状态: 在租", *words[1:]]


def test_every_text_is_looked_through_each_under_its_title() -> None:
    frame, _ = filled("idle_land", name=["高架桥底", "甲"], address=["一路", "东环立交桥下"], remark=["", None])
    assert values(frame, "tenure") == ["under_bridge"] * 2
    frame, _ = filled("heritage", protection_extent=["详见图则", "四至见附图", "外扩5米", "本体"])
    assert values(frame, "is_zone_on_drawing") == [True, True, None, None]


@given(
    st.lists(st.text(alphabet="是甲乙0123456789；：:（）无上缴财政收入自建房 ", max_size=20), min_size=1, max_size=8)
)
def test_a_row_is_read_alike_alone_and_among_others(words: list[str]) -> None:
    for of, field in (("parking", "income_owner"), ("community", "is_self_built")):
        together = values(filled(of, remark=words)[0], field)
        assert together == [values(filled(of, remark=[text])[0], field)[0] for text in words]


def test_declared_phrases_are_well_formed() -> None:
    for of in kinds().values():
        for item in of.fields:
            for phrase in item.phrases:
                has_group = "(?P<value>" in phrase.pattern
                assert has_group == (phrase.value is None), (of.name, item.name)
                assert item.codes is None or phrase.value in item.codes
                assert set(phrase.outweighs) <= set(item.codes or ())
        for other in of.elsewhere:
            assert other.kind in kinds()
            titles = {title for item in kind(other.kind).fields for title in (item.zh, *item.aliases)}
            assert other.says[0] in titles


def test_a_statement_that_there_is_no_document_is_no_document() -> None:
    read = parse_column(
        pd.Series(["穗闲认〔2021〕3号", "无", "未取得", None, "/"]), kind("idle_land")["certificate_no"]
    )
    assert read.series.tolist()[0] == "穗闲认〔2021〕3号"
    assert read.series.isna().tolist() == [False, True, True, True, True]
    assert [(item.positions.tolist(), item.text) for item in read.touched] == [([1], "无"), ([2], "未取得")]


def test_land_without_a_certificate_is_never_certified(tmp_path: Path) -> None:
    head = ["地块名称", "土地性质", "面积（㎡）", "闲置土地认定书文号", "备注"]
    rows = [
        ["甲地", "国有出让", 100, "无", "停工"],
        ["乙地", "国有出让", 100, "闲认3号", ""],
        ["丙地", "集体", 100, "无", ""],
    ]
    result = read_file(write_csv(tmp_path / "t.csv", [head, *rows]), "idle_land")
    assert values(result.frame, "certificate_no") == [None, "闲认3号", None]
    assert values(result.frame, "land_class") == ["suspected_idle", None, None]


def test_another_village_is_told_as_one(tmp_path: Path) -> None:
    head = ["小区名称", "户数", "建成年份", "类型", "备注"]
    rows = [["南岗", 900, 1985, "城中村", ""], ["东苑", 300, 1985, "单位大院", "毗邻城中村"]]
    result = read_file(write_csv(tmp_path / "t.csv", [head, *rows]), "community")
    assert found(result.report, "another_kind") == [(1, None, "南岗")]
    assert values(result.frame, "is_self_built") == [True, None]


@pytest.mark.parametrize(
    ("remark", "points_to"),
    [
        ("与第2行重复", "甲站"),
        ("疑与上一条同站", "乙站"),
        ("与序号1为同一车场", "甲站"),
        ("不与第2行重复", None),
        ("", None),
    ],
)
def test_a_row_that_owns_up_to_be_a_repeat(tmp_path: Path, remark: str, points_to: str | None) -> None:
    head = ["序号", "停车场名称", "泊位数", "备注"]
    rows = [[1, "甲站", 10, ""], [2, "乙站", 20, ""], [3, "丙站", 30, remark.replace("第2行", "第1行")]]
    result = read_file(write_csv(tmp_path / "t.csv", [head, *rows]), "parking")
    said = [item for item in result.report.warnings if item.rule == "said_twice"]
    where = {"甲站": "第 2 行", "乙站": "第 3 行"}
    assert [(item.record, where[points_to] in item.zh) for item in said] == ([] if points_to is None else [(3, True)])
    assert result.report.kept == 3


def test_a_repeat_that_was_folded_is_not_said_again(tmp_path: Path) -> None:
    head = ["停车场名称", "地址", "泊位数", "备注"]
    rows = [["甲站", "一路1号", 10, ""], ["甲站", "一路1号", 10, "与第1行重复"]]
    result = read_file(write_csv(tmp_path / "t.csv", [head, *rows]), "parking")
    assert (result.report.kept, result.report.merged) == (1, 1)
    assert "said_twice" not in rules(result.report)


def test_a_repeated_report_points_to_the_one_before_at_its_address(tmp_path: Path) -> None:
    head = ["受理时间", "发生地址", "诉求内容", "是否重复"]
    rows = [
        ["2026-01-01", "一路1号", "乱停", "否"], ["2026-01-02", "二路2号", "噪声", "否"],
        ["2026-01-03", "一路1号", "又来反映", "是"], ["2026-01-04", "三路3号", "重复投诉", ""],
    ]  # fmt: skip
    result = read_file(write_csv(tmp_path / "t.csv", [head, *rows]), "report")
    said = {item.record: item.zh for item in result.report.warnings if item.rule == "said_twice"}
    assert set(said) == {3, 4}
    assert "指第 2 行" in said[3]
    assert "没有写明是哪一条" in said[4]


def test_a_date_above_the_header_holds_for_all_records(tmp_path: Path) -> None:
    rows = [["夜间普查　普查时间：2026年3月5日22:30—次日1:00"], ["小区", "实停"], ["甲", 3], ["乙", 4]]
    result = read_file(write_csv(tmp_path / "t.csv", rows), "parking_survey")
    assert [str(moment) for moment in values(result.frame, "surveyed_at")] == ["2026-03-05 22:30:00"] * 2
    rows[1].append("普查时间")
    rows[2].append("2026-03-06 23:00")
    result = read_file(write_csv(tmp_path / "u.csv", rows), "parking_survey")
    assert [str(moment) for moment in values(result.frame, "surveyed_at")] == ["2026-03-06 23:00:00", "None"]


@pytest.mark.parametrize(
    ("cell", "value", "rule"),
    [
        ("20", 20, "unit_assumed"), ("120元/㎡", 120, "unit_assumed"), ("55元/㎡·月", 55, ""),
        ("1.2元/平方米/天", 36.5, "unit"), ("240元/㎡/年", 20, "unit"),
    ],
)  # fmt: skip
def test_rent_per_square_metre_names_its_term_or_is_doubted(cell: str, value: float, rule: str) -> None:
    read = parse_column(pd.Series([cell, "9元/㎡·月"]), kind("public_building")["rent_cny_m2_month"])
    assert read.series.tolist() == pytest.approx([value, 9])
    assert [item.reading.rule for item in read.touched] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("of", "field", "cell"),
    [
        ("community", "household_count", "半户"), ("community", "building_count", "半栋"),
        ("community", "building_count", "一栋半"), ("parking", "stall_count", "半个"),
    ],
)  # fmt: skip
def test_half_of_what_is_counted_is_no_number(of: str, field: str, cell: str) -> None:
    read = parse_column(pd.Series([cell]), kind(of)[field])
    assert read.series.isna().tolist()[0]
    assert (read.touched[0].reading.rule, read.touched[0].reading.keep_text) == ("unreadable", True)


def test_findings_name_the_sheet_where_there_are_several(tmp_path: Path) -> None:
    head = ["停车场名称", "泊位数", "地址"]
    east, west = ([[f"{side}{at}", at, f"{side}路{at}号"] for at in range(1, 5)] for side in "东西")
    east[1][1], west[1][1], west[2][1] = "不详吧", "不详吧", "约30"
    book = write_xlsx(tmp_path / "t.xlsx", {"东片": [head, *east], "西片": [["西片停车场"], head, *west]})
    result = read_file(book, "parking")
    where = {item.value: item.where for item in result.report.findings if item.field == "stall_count"}
    assert where["不详吧"] == ("工作表“东片”第 3 行，工作表“西片”第 4 行", "东片, row 3; 西片, row 4")
    assert where["约30"].zh == "工作表“西片”第 5 行"
    (both,) = [item for item in result.report.to_dict()["findings"] if item["value"] == "不详吧"]
    assert both["sheets"] == {"东片": [[3, 3]], "西片": [[4, 4]]}
    assert "工作表“西片”第 4 行" in result.report.to_html()
    assert "工作表“西片”第 5 行" in "\n".join(result.report.lines())


def test_a_sentence_that_points_to_a_row_names_its_sheet(tmp_path: Path) -> None:
    head = ["停车场名称", "泊位数", "地址"]
    east = [[f"东{at}", at, f"东路{at}号"] for at in range(1, 5)]
    west = [["东1", 1, "东路1号"], *([f"西{at}", at, f"西路{at}号"] for at in range(2, 6))]
    result = read_file(write_xlsx(tmp_path / "t.xlsx", {"东片": [head, *east], "西片": [head, *west]}), "parking")
    (merged,) = [item for item in result.report.findings if item.action == "merged"]
    assert "与工作表“东片”第 2 行合并" in merged.zh
    assert merged.where.zh == "工作表“西片”第 2 行"


def test_one_sheet_needs_no_name(tmp_path: Path) -> None:
    rows = [["停车场名称", "泊位数"], ["甲", "不详吧"]]
    result = read_file(write_xlsx(tmp_path / "t.xlsx", {"东片": rows}), "parking")
    (item,) = [item for item in result.report.findings if item.field == "stall_count"]
    assert item.where.zh == "第 2 行"
    assert item.to_dict()["sheets"] == {}
