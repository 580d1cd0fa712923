"""Titles written in Pinyin: DKMC for 地块名称, XQMC for 小区名称, LXDH for 联系电话, as in shapefiles of surveyors.

Such a title names a field if all Chinese titles of the kind that are spelled so name that one. Two letters stand for
too much (CS is 层数 and 幢数) and are taken for names, addresses and remarks only.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, product
from types import MappingProxyType
from typing import TYPE_CHECKING

from pypinyin import Style, pinyin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CHINESE = re.compile("[一-鿿]{2,}")
_LATIN = re.compile("[a-z]{2,}")
_MOST_READINGS = 64
_SHORT = 2
_SHORT_FIELDS = frozenset(("name", "address", "remark"))
_PEOPLE = (
    "联系人 联系人姓名 联系方式 联系电话 联系手机 电话号码 手机号 手机号码 身份证 身份证号 身份证号码 证件号 证件号码 "
    "户主姓名 业主姓名 承租人 承租人姓名 负责人 负责人姓名 负责人电话 法人代表 法定代表人 申请人 经办人 填报人 调查员 "
    "投诉人 举报人 反映人 诉求人 当事人 来电人 来电号码"
)
"""Titles of personal data that are known in Pinyin too."""


def spellings(title: str) -> Iterator[str]:
    """Return how a Chinese title is written in Pinyin: its initials, and in full; nothing for other titles."""
    if _CHINESE.fullmatch(title):
        for style in (Style.FIRST_LETTER, Style.NORMAL):
            readings = pinyin(title, style=style, heteronym=True)  # 幢 is zhuang and chuang
            yield from ("".join(letters) for letters in islice(product(*readings), _MOST_READINGS))


def spelled_fields(names: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    """Return the fields of a kind by the Pinyin of their titles, where it stands for one field only.

    Parameters
    ----------
    names
        Key of a title -> field, and how far back in the list of its titles that one stands.
    """
    found: dict[str, set[str]] = {}
    for title, (of, _) in names.items():
        for letters in spellings(title):
            if len(letters) > _SHORT or of in _SHORT_FIELDS:
                found.setdefault(letters, set()).add(of)
    return {
        letters: next(iter(fields)) for letters, fields in found.items() if len(fields) == 1 and letters not in names
    }


@lru_cache(maxsize=1)
def personal_titles() -> Mapping[str, str]:
    """Return titles of personal data by their Pinyin, in three letters or more: lxdh -> 联系电话."""
    found = ((letters, title) for title in _PEOPLE.split() for letters in spellings(title) if len(letters) > _SHORT)
    return MappingProxyType(dict(found))


def is_pinyin(key: str) -> bool:
    """Return whether the key of a title may be Pinyin: Latin letters and nothing else."""
    return _LATIN.fullmatch(key) is not None
