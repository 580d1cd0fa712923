"""Telephones in texts: masked however people write them, and no id, area, certificate, postcode or date is one."""

from __future__ import annotations

import pandas as pd
import pytest

from layers._masking import MAYBE_PERSONAL, mask_personal

TELEPHONE = "[电话已隐去]"
SEVERAL_WAYS = [
    "13800138000",
    "138-0013-8000",
    "138—0013—8000",
    "１３８００１３８０００",
    "+86138-0013-8000",
    "＋８６１３８００１３８０００",
    "008613800138000",
    "(+86)13800138000",
    "138.0013.8000",
    "138XXXX8000",
    "139****0000",
    "020-83334444",
    "(020)83334444",
    "（020）83334444",
    "+86-20-83334444",
    "0757-8333444",
    "020-83334444转801",
]
WITH_BLANKS = ("+86 138 0013 8000", "138　0013　8000", "138 - 0013 - 8000", "（020）8333 4444", "0086 20 8333 4444")


@pytest.mark.parametrize("number", [*SEVERAL_WAYS, *WITH_BLANKS])
@pytest.mark.parametrize("around", ["{}", "致电{}催办", "停车场（{}）", "备用 {}。"])
def test_telephones_are_masked_however_they_are_written(number: str, around: str) -> None:
    text = around.format(number)
    assert mask_personal(text) == around.format(TELEPHONE)
    assert pd.Series([text], dtype="string[pyarrow]").str.contains(MAYBE_PERSONAL).tolist() == [True]


@pytest.mark.parametrize(
    "text",
    [
        "电话：{}",
        "电话 {}",
        "tel: {}",
        "Tel.{}",
        "☎{}",
        "座机{}",
        "联系{}",
        "联系人：王小明 {}",
        "传真：{}。",
        "手机/电话：{}",
    ],
)
@pytest.mark.parametrize("number", ["83334444", "8333-4444", "8333 444", "８３３３４４４４", "83334444、83335555"])
def test_local_numbers_are_masked_behind_a_word_that_says_so(text: str, number: str) -> None:
    assert mask_personal(text.format(number)) == text.format(TELEPHONE)


NO_TELEPHONES = """
编号83334444
面积 12345678
联系面积 3333444㎡
证书号 83334444
粤房地证字第83334444号
邮编 510000
电话亭12345678号
联系单编号 8333444
联系20230105
来电 2023-01-05 10:00
热线12345
电话400-830-1234
电话：95598
113.287347 23.122337
8333444
[电话已隐去]83334444
""".strip().splitlines()


@pytest.mark.parametrize("text", NO_TELEPHONES)
def test_other_numbers_stay(text: str) -> None:
    assert mask_personal(text) == text
