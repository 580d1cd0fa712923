"""Words that take back what they name: asked and denied, not yet so, no longer so, only in part."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_files import write_csv

from layers.quality import QualityReport
from layers.reading import read_file
from layers.reading._phrases import alternatives, ways
from layers.reading._words import fill_from_words
from layers.schema import input_kinds, kind
from layers.values._codes import parse_bool, parse_code

if TYPE_CHECKING:
    from pathlib import Path

    from layers.values._text import Reading

ASKED = ("是否", "有无", "是否属于", "")
NO = ("否", "无", "不涉及", "不存在", "不是", "没有", "待核实", "未纳入", "N", "0", "×", "已撤销", "是（已解除）", "")
YES = ("是", "√", "Y", "有", "是，见附件")
PHRASES = {
    ("parking", "income_owner"): ("上缴财政", "收入全额上缴", "收支两条线"),
    ("public_building", "income_owner"): ("上缴区财政",),
    ("public_building", "occupancy"): ("超期占用", "到期后仍占用", "到期未退"),
    ("public_building", "has_title"): ("未办产权证",),
    ("idle_land", "land_class"): ("疑似闲置",),
    ("idle_land", "tenure"): ("收储地", "已收储", "储备地", "储备用地", "高架桥下", "桥下空间", "立交桥底", "桥底空间"),
    ("idle_land", "income_owner"): ("上缴财政", "收支两条线"),
    ("idle_land", "in_litigation"): ("涉诉", "诉讼中", "在诉讼", "诉讼期间"),
    ("community", "is_self_built"): ("自建房", "村民自建", "城中村改造", "属城中村"),
    ("community", "in_rebuild_plan"): ("棚户区改造", "棚改", "拆除重建"),
    ("charging", "access"): ("私桩", "私人桩", "不可对外"),
    ("charging", "status"): ("拟建",),
    ("charging", "charger_type"): ("直流桩", "交流桩"),
}
"""Words that tell each yes-no or coded field, as a title could ask for them."""


def told(of: str, field: str, *remarks: str) -> list[Any]:
    """Return what words of remarks make of a field, ``None`` where they tell nothing."""
    frame = pd.DataFrame({"remark": pd.Series(remarks, dtype="string")})
    fill_from_words(frame, kind(of), pd.RangeIndex(1, len(remarks) + 1).to_numpy(), QualityReport(of, "t.csv"))
    texts = frame[field] if field in frame else pd.Series([None] * len(remarks), dtype=object)
    return [None if pd.isna(value) else value for value in texts.astype(object)]


def read(of: str, field: str, text: str) -> Reading:
    return parse_code(text, kind(of)[field])


def test_every_field_that_phrases_set_is_held_below() -> None:
    fields = {
        (of, item.name)
        for of in input_kinds()
        for item in kind(of).fields
        if any(way.is_of_cells for phrase in item.phrases for way in ways(phrase) if phrase.value is not None)
    }
    assert fields == set(PHRASES)


@pytest.mark.parametrize(("of", "field"), PHRASES)
def test_a_title_that_asks_tells_only_by_its_cell(of: str, field: str) -> None:
    asked = [f"{front}{words}" for front, words in product(ASKED, PHRASES[of, field])]
    denied = [f"{title}: {cell}；图号: 3" for title, cell in product(asked, NO)]
    wrong = {text: value for text, value in zip(denied, told(of, field, *denied), strict=True) if value is not None}
    assert wrong == {}
    affirmed = [f"图号: 3；{title}: {cell}" for title, cell in product(asked, YES)]
    silent = [text for text, value in zip(affirmed, told(of, field, *affirmed), strict=True) if value is None]
    assert silent == []


@settings(max_examples=60)
@given(
    st.sampled_from([(of, field, words) for (of, field), listed in PHRASES.items() for words in listed]),
    st.text(alphabet="甲乙地块及其周边（）、0123456789", max_size=8),
    st.sampled_from([cell for cell in NO if not cell.startswith("是")]),
)
def test_no_question_that_is_answered_no_tells_anything(what: tuple[str, str, str], more: str, cell: str) -> None:
    of, field, words = what
    assert told(of, field, f"是否{more}{words}: {cell}", f"是否{words}{more}: {cell}") == [None, None]


@pytest.mark.parametrize(
    ("of", "field", "words", "value"),
    [
        ("idle_land", "in_litigation", "不存在抵押、查封、诉讼中等情形", None),
        ("idle_land", "in_litigation", "不存在诉讼纠纷", None),
        ("idle_land", "in_litigation", "无抵押、查封、涉诉等情形", None),
        ("idle_land", "in_litigation", "无证、涉诉", True),
        ("idle_land", "in_litigation", "未动工、涉诉等问题", True),
        ("idle_land", "in_litigation", "未缴清出让金并涉诉等情况", True),
        ("idle_land", "in_litigation", "无证照且涉诉等问题", True),
        ("idle_land", "in_litigation", "地块未围蔽涉诉等", True),
        ("idle_land", "in_litigation", "不涉及文物且涉诉", True),
        ("idle_land", "in_litigation", "四至待核实、涉诉", True),
        ("idle_land", "in_litigation", "没有权属争议、查封及涉诉等情形", None),
        ("idle_land", "in_litigation", "没有发现抵押、涉诉", None),
        ("idle_land", "in_litigation", "无任何抵押、涉诉", None),
        ("public_building", "occupancy", "未续签合同、超期占用等问题", "overdue"),
        ("public_building", "occupancy", "无合同且逾期占用等情况", "overdue"),
        ("public_building", "occupancy", "未发现转租、超期占用等情况", None),
        ("idle_land", "in_litigation", "从未涉诉", None),
        ("idle_land", "in_litigation", "涉诉：否", None),
        ("idle_land", "in_litigation", "涉诉（无）", None),
        ("idle_land", "in_litigation", "涉诉，已结案", None),
        ("idle_land", "in_litigation", "涉诉案件已撤诉", None),
        ("idle_land", "in_litigation", "涉诉未结案", True),
        ("idle_land", "in_litigation", "涉诉情况: 法院审理中", True),
        ("idle_land", "in_litigation", "涉诉情况: 不存在查封", None),
        ("idle_land", "in_litigation", "涉诉宗数: 2", True),
        ("idle_land", "in_litigation", "涉诉宗数: 0", None),
        ("idle_land", "in_litigation", "该地块涉诉：2023年某公司起诉", True),
        ("idle_land", "tenure", "储备地已出让", None),
        ("idle_land", "tenure", "待收储地块", None),
        ("idle_land", "tenure", "储备地面积: 300", None),
        ("idle_land", "tenure", "不涉及文物的储备地", "reserve"),
        ("idle_land", "tenure", "高架桥底 08:00-22:00 开放", "under_bridge"),
        ("idle_land", "tenure", "周边是否有高架桥下: 是", None),
        ("idle_land", "land_class", "疑似闲置（已排除）", None),
        ("idle_land", "land_class", "是否停工: 否；认定书: 无", None),
        ("idle_land", "land_class", "是否停工: 是；认定书: 无", "suspected_idle"),
        ("public_building", "occupancy", "超期占用已清退", None),
        ("public_building", "occupancy", "超期占用天数: 30", None),
        ("public_building", "has_title", "产权证号: 粤不动产权第12号（已注销）", None),
        ("community", "is_self_built", "自建房已拆除", None),
        ("community", "is_self_built", "自建房排查: 是", None),
        ("community", "in_rebuild_plan", "纳入棚改，已拆3栋", True),
        ("community", "in_rebuild_plan", "是否同意棚改: 是", None),
        ("charging", "charger_type", "直流桩: 8", "car"),
        ("charging", "charger_type", "直流桩: 0", None),
        ("charging", "charger_type", "类型: 不含电动自行车", None),
    ],
)
def test_what_takes_words_back_stands_before_behind_or_in_the_cell(
    of: str, field: str, words: str, value: object
) -> None:
    assert told(of, field, words) == [value]


def test_alternatives_are_divided_outside_brackets_alone() -> None:
    assert alternatives(r"a(?:b|c)|[|)]d|\(e\|") == (r"a(?:b|c)", "[|)]d", r"\(e\|")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("不涉及", False), ("不存在", False), ("不是", False), ("从未涉诉", False), ("不存在诉讼纠纷", False),
        ("已结案", False), ("诉讼已撤诉", False), ("是（已结案）", False), ("是（已判决）", True), ("存在", True),
        ("未结案", None), ("部分已结案", None), ("不是很清楚", None), ("尚未核实", None), ("已拆", None),
    ],
)  # fmt: skip
def test_yes_and_no_in_other_words(text: str, value: bool | None) -> None:
    assert parse_bool(text).value is value


GOES_ON = (
    "没有结案 尚没有结案 没有撤诉 没有判决 未终审 未最终判决 未全部结案 未完全了结 未达成和解 尚未全部执行 未能执行"
)
NOT_KNOWN_TO_BE_OVER = "不是已结案 并非已撤诉 可能已结案 基本已结案 其中一宗已结案 一审已结案 查封已解除 抵押已注销"
DENIED = "没有诉讼 没有未结诉讼 无未结案件 不存在未结案诉讼 未发生诉讼和执行 不涉及执行 没有执行案件 案件已结案"


def test_a_case_that_is_denied_an_end_is_not_denied() -> None:
    open_cases = f"{GOES_ON} {NOT_KNOWN_TO_BE_OVER}".split()
    assert [text for text in open_cases if parse_bool(text).value is not None or not parse_bool(text).keep_text] == []
    assert [text for text in DENIED.split() if parse_bool(text).value is not False] == []


@given(
    st.sampled_from(["没有", "尚没有", "未", "尚未", "不是", "并非"]),
    st.sampled_from(["", "全部", "完全", "最终", "已", "正式"]),
    st.sampled_from(["结案", "撤诉", "和解", "了结", "判决", "审结", "执行", "执行完毕"]),
)
def test_no_denied_end_is_a_no(denial: str, how: str, end: str) -> None:
    assert parse_bool(f"{denial}{how}{end}").value is None


@pytest.mark.parametrize("title", ["是否涉诉", "是否存在诉讼纠纷", "诉讼情况"])
def test_a_cell_that_was_not_read_is_not_told_by_its_own_title(tmp_path: Path, title: str) -> None:
    rows = [["地块名称", title], *([f"{at}地", text] for at, text in enumerate(["已移交", "已拆", "一审审理中"], 1))]
    frame = read_file(write_csv(tmp_path / "t.csv", rows), "idle_land").frame
    assert frame["in_litigation"].isna().tolist() == [True, True, False]
    assert frame["remark"].tolist()[:2] == [f"{title}: 已移交", f"{title}: 已拆"]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("不属于闲置土地", None, "写明不是"),
        ("并非闲置土地", None, "写明不是"),
        ("闲置土地（待认定）", "suspected_idle", "“待认定”"),
        ("闲置土地（拟认定）", "suspected_idle", "“拟认定”"),
        ("未认定为闲置土地", "suspected_idle", "“未认定”"),
        ("疑似闲置土地（待核实）", "suspected_idle", "“待核实”"),
        ("闲置土地（已处置）", None, "不再读作“闲置土地”"),
        ("闲置土地（已解除）", None, "不再读作“闲置土地”"),
        ("闲置土地（认定已撤销）", None, "不再读作“闲置土地”"),
        ("低效用地（已盘活）", None, "不再读作“低效利用空间”"),
        ("闲置土地（部分已处置）", "legal_idle", "读作“闲置土地"),
        ("闲置土地（处置中）", "legal_idle", "读作“闲置土地"),
        ("低效用地（非闲置土地）", "underused_space", "读作“低效利用空间”"),
    ],
)
def test_land_is_certified_by_a_plain_word_alone(text: str, code: str | None, said: str) -> None:
    reading = read("idle_land", "land_class", text)
    assert (reading.value, reading.keep_text) == (code, True)
    assert said in reading.zh


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("市级文物保护单位（已撤销）", None, "不再读作"),
        ("不是历史建筑", None, "写明不是"),
        ("历史建筑（预保护）", "historic_building", "从严读作“历史建筑”"),
        ("传统风貌建筑线索", "traditional_building", "从严读作"),
        ("拟公布历史建筑", "historic_building", "“拟公布”"),
        ("尚未核定公布为文物保护单位的不可移动文物", "unclassified_relic", "读作"),
    ],
)
def test_what_is_to_be_protected_is_read_as_protected(text: str, code: str | None, said: str) -> None:
    reading = read("heritage", "heritage_class", text)
    assert (reading.value, reading.keep_text) == (code, True)
    assert said in reading.zh


@pytest.mark.parametrize(
    ("of", "field", "text", "code"),
    [
        ("idle_land", "tenure", "国有出让（拟出让）", None),
        ("idle_land", "tenure", "国有出让（已收回）", None),
        ("idle_land", "tenure", "储备地（拟收储）", None),
        ("idle_land", "tenure", "国有划拨（拟收储）", "allocated"),
        ("public_building", "ownership", "直管公房（已出售）", None),
        ("public_building", "occupancy", "出租（已退租）", None),
        ("parking", "access", "对外开放（已停止）", None),
        ("parking", "access", "对外开放（拟开放）", None),
        ("public_building", "occupancy", "部分空置", "partly_let"),
        ("public_building", "occupancy", "半空置", "partly_let"),
        ("public_building", "occupancy", "二层空置", "partly_let"),
        ("public_building", "occupancy", "空置2间", "partly_let"),
        ("public_building", "occupancy", "部分在租", "partly_let"),
        ("public_building", "occupancy", "空置率50%", "partly_let"),
        ("public_building", "occupancy", "出租率：60%", "partly_let"),
        ("public_building", "occupancy", "空置率100%", "vacant"),
        ("public_building", "occupancy", "空置率0", "let"),
        ("public_building", "occupancy", "空置率1", "vacant"),
        ("public_building", "occupancy", "空置率1%", "partly_let"),
        ("public_building", "occupancy", "空置率0.3", "partly_let"),
        ("public_building", "occupancy", "出租率1", "let"),
        ("public_building", "occupancy", "空置1层", "vacant"),
        ("public_building", "occupancy", "空置二层", "vacant"),
        ("public_building", "occupancy", "空置两层", "partly_let"),
        ("public_building", "occupancy", "空置3个月", "vacant"),
        ("public_building", "occupancy", "整栋空置", "vacant"),
        ("heritage", "use_state", "部分空置", None),
        ("heritage", "use_state", "空置", "vacant"),
    ],
)
def test_a_code_of_right_or_use_that_is_over_planned_or_partial(
    of: str, field: str, text: str, code: str | None
) -> None:
    assert read(of, field, text).value == code


@pytest.mark.parametrize(
    ("of", "field", "code", "cells"),
    [
        (
            "public_building",
            "occupancy",
            "vacant",
            ("已腾退空置", "空置（已收回）", "空置（租约已到期）", "闲置（原租户已搬离）", "未出租（已收回）"),
        ),
        ("public_building", "occupancy", "occupied", ("自用（原租约已解除）",)),
        ("idle_land", "tenure", "reserve", ("储备地（已收回）", "储备地（原使用权已收回）")),
        ("idle_land", "tenure", "granted", ("出让（抵押已注销）", "出让（查封已解除）")),
        ("public_building", "ownership", "state", ("国有（已收回）", "直管公房（已收回）", "国有（租约已解除）")),
        ("heritage", "heritage_class", "district_unit", ("区级文物保护单位（租约已终止）",)),
        (
            "idle_land",
            "land_class",
            "legal_idle",
            (
                "闲置土地（查封已解除）",
                "闲置土地（已认定，原因待调查）",
                "已认定闲置土地，处置方案待定",
                "闲置土地（四至待核实）",
            ),
        ),
    ],
)
def test_what_ended_or_waits_beside_a_code_takes_nothing_back(
    of: str, field: str, code: str, cells: tuple[str, ...]
) -> None:
    assert [read(of, field, cell).value for cell in cells] == [code] * len(cells)


@pytest.mark.parametrize(
    ("of", "field", "cell"),
    [
        ("idle_land", "tenure", "出让（已收回）"), ("idle_land", "tenure", "储备地（已出让）"),
        ("public_building", "ownership", "国有（已出售）"), ("public_building", "occupancy", "空置（已出租）"),
        ("idle_land", "land_class", "原闲置土地已盘活"), ("idle_land", "land_class", "闲置土地认定书已撤销"),
    ],
)  # fmt: skip
def test_what_ended_itself_is_taken_back(of: str, field: str, cell: str) -> None:
    assert read(of, field, cell).value is None


@pytest.mark.parametrize("name", ["未来花园电动自行车充电站", "无名里电动自行车充电棚", "不夜城电单车充电点"])
def test_a_name_with_a_word_of_denial_still_says_whom_a_station_serves(tmp_path: Path, name: str) -> None:
    path = write_csv(
        tmp_path / "a.csv", [["充电站名称", "充电桩数"], [name, "10"], ["东湖充电站（非电动自行车）", "5"]]
    )
    frame = read_file(path, "charging").frame
    assert frame["charger_type"].fillna("").tolist() == ["ebike", ""]
