"""Accounts, e-mail addresses and car plates in texts: masked however written, and no code, date or door is one."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers._accounts import MAYBE_ACCOUNTS, mask_accounts
from layers._masking import MAYBE_PERSONAL, mask_personal

WAYS = {
    "微信号 [微信已隐去]": ["微信号 wxid_abc123", "微信号 zhangsan"],
    "微信：[微信已隐去]": ["微信：zhang_san88", "微信：a-b-c-1", "微信：12345678"],
    "微信同号：[微信已隐去]": ["微信同号：wx_zhang"],
    "vx:[微信已隐去]": ["vx:abc_123"],
    "QQ [QQ已隐去]": ["QQ 12345678", "QQ 10001"],
    "qq号：[QQ已隐去]": ["qq号：１２３４５６７８"],
    "[邮箱已隐去]": ["abc@qq.com", "13800138000@139.com", "a.b-c@gz.gov.cn", "abc＠qq.com"],
    "[车牌已隐去]": [
        "粤A12345", "粤A·12345", "粤A•D12345", "粤AD12345", "粤A12345D", "粤A 1B2C3", "粤a12345",
        "粤Ａ１２３４５", "粤A123**", "粤Z1234港", "粤A1234学", "京A12345", "云A12345", "琼B-12345",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("text", "masked"), [(text, masked) for masked, ways in WAYS.items() for text in ways])
@pytest.mark.parametrize("around", ["{}", "车牌{}占道", "备用（{}）。", "（{}），反映"])
def test_accounts_and_plates_are_masked_however_they_are_written(text: str, masked: str, around: str) -> None:
    said = around.format(text)
    assert mask_personal(said) == around.format(masked)
    assert pd.Series([said], dtype="string[pyarrow]").str.contains(MAYBE_PERSONAL).tolist() == [True]


@pytest.mark.parametrize("text", ["两辆粤A12345、粤B·D12345", "车主的粤A12345停"])
def test_plates_in_the_midst_of_words_are_masked(text: str) -> None:
    assert "粤" not in mask_accounts(text)


NO_ACCOUNTS = """
微信同号
微信12345反映
微信20250101
微信：20250101
微信公众号：panhuo_gov
微信支付123456
微信缴费小程序
微信parking小程序
来源：微信
the column 微信 holds names
QQ 20250101
QQ12345辆
QQ群 123456789
粤A区
粤A栋101
A12345
3栋A12345
白云A12345
万科云B10203
高新B12345
北京A12345
粤ICP备12345678号
粤B20190012
粤A123456
粤A2024-001
粤A-2024-001
粤GARDEN
粤A1234学校
粤房地证字第C1234567号
source-map@0.7.0
单价@5
[车牌已隐去]A12345
""".strip().splitlines()


@pytest.mark.parametrize("text", NO_ACCOUNTS)
def test_other_words_and_codes_stay(text: str) -> None:
    assert mask_accounts(text) == text


PIECES = (
    "微信", "号", "：", " ", "wxid_abc123", "zhangsan", "12345678", "QQ", "qq", "粤", "云", "A", "D", "·", "12345",
    "车", "abc@qq.com", "群", "13800138000", "[车牌已隐去]", "学", "反映",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_whatever_is_masked_is_found_by_the_sieve_and_masked_once(text: str) -> None:
    masked = mask_accounts(text)
    assert mask_accounts(masked) == masked
    if masked != text:
        assert pd.Series([text], dtype="string[pyarrow]").str.contains(MAYBE_ACCOUNTS).tolist() == [True]
