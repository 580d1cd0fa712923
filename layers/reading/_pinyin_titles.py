"""Titles written in Pinyin: DKMC for 地块名称, XQMC for 小区名称, LXDH for 联系电话, as in shapefiles of surveyors.

Initials stand for many words, and a wrong guess must not become a number or a date of the law: JCSJ is 建成时间 and
检查时间, LCS is 楼层数. So a title in Pinyin names a field only if all Chinese titles of the kind that are spelled so
name that one; a date never; a number by four letters or more (ZDMJ, JZMJ, BWZS), and two letters only where surveyors
all write them (MC, DZ, BZ).
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from pypinyin import Style, lazy_pinyin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from layers.schema import Field

_CHINESE = re.compile("[一-鿿]{2,}")
_LATIN = re.compile("[a-z]{2,}")
_TWO_LETTERS = frozenset(("名称", "地址", "备注"))
_SHORTEST, _SHORTEST_NUMBER = 3, 4
_YEARS = re.compile("年份|年代|年度")
_PEOPLE = (
    "联系人 联系人姓名 联系方式 联系电话 联系手机 电话号码 手机号 手机号码 身份证 身份证号 身份证号码 证件号 证件号码 "
    "户主姓名 业主姓名 承租人 承租人姓名 负责人 负责人姓名 负责人电话 法人代表 法定代表人 申请人 经办人 填报人 调查员 "
    "投诉人 举报人 反映人 诉求人 当事人 来电人 来电号码"
)
"""Titles of personal data that are known in Pinyin too."""


def spellings(title: str) -> Iterator[str]:
    """Return how a Chinese title is written in Pinyin: its initials, and in full; nothing for other titles."""
    if _CHINESE.fullmatch(title):
        said = title.replace("幢", "壮")  # of houses it is zhuang, which the dictionary has second
        yield "".join(lazy_pinyin(said, style=Style.FIRST_LETTER))
        yield "".join(lazy_pinyin(said))


def spelled_fields(names: Mapping[str, tuple[str, int]], fields: Mapping[str, Field]) -> dict[str, tuple[str, int]]:
    """Return the fields of a kind by the Pinyin of their titles, where it stands for one field only.

    Parameters
    ----------
    names
        Key of a title -> field, and how far back in the list of its titles that one stands.
    fields
        The fields by their names.
    """
    found: dict[str, dict[str, int]] = {}
    for title, (of, place) in names.items():
        for letters in spellings(title):
            known = found.setdefault(letters, {})
            known[of] = min(place, known.get(of, place))
    sure = {letters: next(iter(known.items())) for letters, known in found.items() if len(known) == 1}
    told = {letters for title, (of, _) in names.items() for letters in _telling(title, fields[of])}
    return {letters: item for letters, item in sure.items() if letters in told and letters not in names}


def _telling(title: str, field: Field) -> Iterator[str]:
    """Return those spellings of a title that are long enough to be taken for its field."""
    is_year = field.unit == "year" and _YEARS.search(title) is not None
    if field.dtype in ("date", "datetime", "bool") or (field.unit == "year" and not is_year):
        return
    shortest = _SHORTEST_NUMBER if field.dtype in ("int", "float") else _SHORTEST
    yield from (letters for letters in spellings(title) if len(letters) >= shortest or title in _TWO_LETTERS)


@lru_cache(maxsize=1)
def personal_titles() -> Mapping[str, str]:
    """Return titles of personal data by their Pinyin, in three letters or more: lxdh -> 联系电话."""
    found = ((letters, title) for title in _PEOPLE.split() for letters in spellings(title))
    return MappingProxyType({letters: title for letters, title in found if len(letters) >= _SHORTEST})


def is_pinyin(key: str) -> bool:
    """Return whether the key of a title may be Pinyin: Latin letters and nothing else."""
    return _LATIN.fullmatch(key) is not None
