"""Column titles that announce personal data: who calls, how to reach him, in which flat he lives."""

from __future__ import annotations

import re

from layers.reading._pinyin_titles import personal_titles
from layers.values._script import simplified
from layers.values._text import plain

_FLAT = re.compile(r"房号|室号|房间号|门牌\(?户|^户号$")
"""A flat tells who lives there; only a public building is a flat itself."""
_PERSON_FIELDS = {
    "telephone": re.compile(r"电话|手机|来电号码|联系方式|主叫|微信|^qq号?码?$|邮箱|mail|^phone|^mobile|^tel"),
    "flat": _FLAT,
    "reporter": re.compile(r"来电|联系人|投诉|举报|反映|诉求|当事|申请|户主|业主|姓名|^contact|^reporter"),
}
"""Who calls, and how to reach him; identity numbers, plates and names of those who work on it are kept nowhere."""
_NOT_THE_CALLER = re.compile(r"身份证|证件|填报|经办|负责|调查|法人|法定代表")
_PERSONAL = re.compile(
    r"联系人|联系方式|电话|手机|来电人|承租人|租户姓名|户主|业主姓名|姓名|身份证|证件号|调查员|填报人|经办人|负责人|法人|法定代表人|申请人"
    r"|投诉人|举报人|反映人|诉求人|当事人|主叫|来电号码|微信号?$|^qq号?码?$|车牌号码?$|邮箱|^e?-?mail|^phone|^mobile|^tel(?:ephone)?$|^contact|^owner_?\d*(?:_?name)?$|^reporter$",
    re.IGNORECASE,
)


def is_personal(title: str, *, with_flats: bool = True) -> bool:
    """Return whether a column title announces names, telephones, numbers of flats or the like."""
    bare = _bare(title)
    return _PERSONAL.search(bare) is not None or (with_flats and _FLAT.search(bare) is not None)


def person_field(title: str) -> str:
    """Return which personal field a title that no alias knows (市民联系电话1) announces, empty for none of them."""
    bare = _bare(title).lower()
    if _NOT_THE_CALLER.search(bare):
        return ""
    return next((name for name, pattern in _PERSON_FIELDS.items() if pattern.search(bare)), "")


def _bare(title: str) -> str:
    """Return a title without spaces, in simplified characters; one in Pinyin (LXDH) in characters."""
    bare = re.sub(r"\s", "", simplified(plain(title)))
    return personal_titles().get(bare.lower(), bare)
