"""Chinese names and addresses: one spelling, taken apart, how alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.matching.names import (
    CONTRADICTED,
    PART_COLUMNS,
    agreement_of_addresses,
    area_prefix,
    explain,
    name_parts,
    similarity,
    spelled,
)

AREAS = ["榕湾区（示例）", "榕桥街道（示例）", "醒狮街道"]


def parts(*texts: str | None) -> pd.DataFrame:
    """Return names taken apart, known areas dropped."""
    return name_parts(pd.Series(texts, dtype="string"), area_prefix(AREAS))


def alike(one: str, other: str) -> float:
    """Return how alike two names are."""
    return float(similarity(parts(one), parts(other))[0])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("一二三号", "123号"),
        ("一百二十三号", "123号"),
        ("１２３號", "123号"),
        ("第０１２３号", "123号"),
        ("廿四号", "24号"),
        ("北京路一○三号", "北京路103号"),
        ("12号之一", "12-1号"),
        ("12号-1", "12-1号"),
        ("12之1号", "12-1号"),
        ("12号－1号", "12-1号"),
        ("3、5号", "3,5号"),
        ("錦榮花園 （二期）", "锦荣花园(2期)"),
        ("锦荣花园【2期】", "锦荣花园(2期)"),
        ("中山六路", "中山6路"),
        ("三元里", "三元里"),  # 里 counts nothing
        ("十八甫北路", "十八甫北路"),
        ("Ｅ·V  Station—1", "evstation1"),
    ],
)
def test_one_spelling(written: str, expected: str) -> None:
    assert spelled(pd.Series([written]))[0] == expected


def test_blank_and_missing_names_have_no_spelling() -> None:
    assert spelled(pd.Series([None, "  ", "——", pd.NA])).tolist() == [None] * 4


@given(st.lists(st.text("锦榮荣花園园（）一二十百之-—号號街路０1a \n、", max_size=12), max_size=6))
def test_spelling_is_settled_after_one_pass_and_knows_no_neighbours(texts: list[str]) -> None:
    once = spelled(pd.Series(texts, dtype=object))
    alone = [spelled(pd.Series([text], dtype=object))[0] for text in texts]
    assert once.tolist() == alone
    assert spelled(once).tolist() == once.tolist()


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("锦荣花园停车场", "錦榮花園停車場", 1.0, 1.0),
        ("锦荣花园停车场", "榕桥街锦荣花园公共停车场", 1.0, 1.0),
        ("示例市榕湾区榕桥街道锦荣花园", "锦荣花园", 1.0, 1.0),
        ("荷风里小区", "荷风里", 0.97, 0.97),
        ("锦荣花园", "锦荣", 0.93, 0.93),
        ("锦荣花园充电站", "锦荣花园站（北门）", 0.9, 0.9),
        ("青砖里民居群（3、5号）", "青砖里民居群", 0.85, 0.85),
        ("船篷花园停车场", "船篷雅苑停车场", 0.8, 0.8),
        ("示例陈氏书院", "陈氏书院", 0.8, 0.9),
        ("锦荣花园一期", "锦荣花园二期", 0, CONTRADICTED),
        ("中山六路停车场", "中山七路停车场", 0, CONTRADICTED),
        ("桑榆东区", "桑榆西区", 0, CONTRADICTED),
        ("人民广场地下停车场", "人民广场地面停车场", 0, CONTRADICTED),
        ("A座停车场", "B座停车场", 0, CONTRADICTED),
        ("望潮停车场", "晒网停车场", 0, 0.0),
    ],
)
def test_how_alike_two_names_are(one: str, other: str, least: float, most: float) -> None:
    assert least <= alike(one, other) <= most + 1e-9
    assert alike(one, other) == alike(other, one)


@pytest.mark.parametrize("name", ["停车场", "公共停车场", "充电站", "地下停车库"])
def test_a_name_that_says_only_what_a_thing_is_tells_nothing(name: str) -> None:
    assert np.isnan(alike(name, name))
    assert np.isnan(alike(name, "锦荣花园停车场"))


NAMES = st.text("锦荣望潮花园小区一二期东西北门停车场充电站（）12号", min_size=1, max_size=10)


@given(NAMES, NAMES)
def test_likeness_is_symmetric_between_0_and_1_and_1_for_a_name_with_itself(one: str, other: str) -> None:
    both, itself = alike(one, other), alike(one, one)
    assert np.isnan(both) or 0 <= both <= 1
    assert both == alike(other, one) or np.isnan(both)
    assert np.isnan(itself) or itself == 1


@pytest.mark.parametrize(
    ("one", "other", "agrees"),
    [
        ("示例市榕湾区榕桥街道北渠街32号", "榕桥街北渠街三十二号", 1),
        ("锦荣社区榕桥路5号之一", "榕桥路5-1号", 1),
        ("榕桥街12号", "榕桥街12号", 1),  # here 榕桥街 is the street
        ("北渠街32号", "北渠街33号", 0),
        ("北渠街32号", "南渠街32号", 0),
        ("北渠街", "北渠街32号", None),
    ],
)
def test_addresses_agree_by_street_and_door(one: str, other: str, agrees: int | None) -> None:
    found = agreement_of_addresses(parts(one), parts(other))[0]
    assert np.isnan(found) if agrees is None else found == agrees


def test_the_reason_names_what_differs_in_both_languages() -> None:
    one, other = (tuple(parts(text)[list(PART_COLUMNS)].iloc[0]) for text in ("锦荣花园充电站", "锦荣花园站（北门）"))
    text = explain(one, other, 0.9)
    assert text.zh == "名称主干相同，方位 - / 北，相似度 0.90"
    assert text.en == "the same core, side - / 北, alike 0.90"
