"""Is that a document's number? Ledgers write 无, 办理中 or 已撤销 in the same column."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import pandas as pd

NONE_YET = (
    r"无(?!锡|为|棣|极)|没有|未(?!央)|待|暂|尚未|办理|申请|申报|审批|审核|审查|公示|拟|补办|缺|撤销|撤回|注销|作废|废止|"
    r"失效|过期|收回|取消|解除|终止|驳回|遗失|丢失|不|否|疑似|受理|预计|附件|附后"
)
"""Words that say that there is none, not yet or no more; not where they begin a place's name (无锡, 未央). 见附件1
names a paper, no number."""
DENIED = r"(?:[\s\W_]|无|没有|否|不适用|不涉及|NONE|NULL|NIL|N/?A|NO)*"
"""All that a cell says that denies the document without naming a procedure."""
_YEAR, _MONTH = r"(?:19|20)\d{2}", r"(?:0[1-9]|1[0-2])"
_DAY = r"\d{4}\s*[-./年]\s*\d{1,2}\s*月?(?:\s*[-./]?\s*\d{1,2}\s*日?)?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
BARE = rf"\d?(?:\.0+)?|{_YEAR}年?|{_YEAR}{_MONTH}(?:[0-2]\d|3[01])|[34]\d{{4}}(?:\.0+)?|{_DAY}"
"""A tick (1, 1.0), or a date in the column of the number: 2023年5月, 20230501, 45047 as Excel counts days."""


def is_document_no(told: pd.Series) -> pd.Series:
    """Return which texts look like a document's number: a digit, no word of refusal, more than a tick or a date."""
    text = _plain(told)
    return text.str.contains(r"\d") & ~text.str.contains(NONE_YET) & ~text.str.fullmatch(BARE)


def is_open_question(told: pd.Series) -> pd.Series:
    """Return which texts are no number and yet say more than that there is none (待认定, 办理中, 已撤销)."""
    text = _plain(told)
    return ~text.str.upper().str.fullmatch(DENIED) & ~is_document_no(told)


def _plain(told: pd.Series) -> pd.Series:
    """Return the texts in half-width forms, empty where there is none."""
    filled: Any = told.astype("object").where(told.notna(), "")
    return filled.astype(str).str.normalize("NFKC").str.strip()
