"""Telephone and identity-card numbers in texts, in full width, with blanks, dashes, brackets or +86."""

from __future__ import annotations

import re

TELEPHONE_MASK, IDENTITY_MASK = "[电话已隐去]", "[证件号已隐去]"
_DIGIT = "[0-9０-９]"
_HIDDEN = "[0-9０-９Xx*×]"
_BLANK = "[ \u00a0\u3000]"
_DASH = "[-－—–‐‑−]"
_GAP = f"{_BLANK}?{_DASH}{{0,2}}{_BLANK}?"
_CHINA = "(?:[+＋]|[0０]{2})?[8８][6６]"
_EIGHTY_SIX = f"(?:[(（]{_CHINA}[)）]|{_CHINA}){_GAP}"
_MOBILE = f"[1１][3-9３-９]{_DIGIT}(?:{_GAP}{_HIDDEN}{{4}}{_GAP}{_HIDDEN}{{4}}|[.．]{_DIGIT}{{4}}[.．]{_DIGIT}{{4}})"
_AREA = f"(?:[1１][0０]|[2２]{_DIGIT}|[3-9３-９]{_DIGIT}{{2}})"
_EXTENSION = f"(?:{_BLANK}?(?:转|分机|{_DASH}){_BLANK}?{_DIGIT}{{1,5}})?"
_LOCAL = f"[2-8２-８](?:{_HIDDEN}{{2,3}}{_GAP}{_HIDDEN}{{4}}|{_HIDDEN}{{3}}{_GAP}{_HIDDEN}{{3}})"
_LANDLINE = (
    f"(?:[(（][0０]{_AREA}[)）]|[0０]{_AREA}|(?:[+＋]|[0０]{{2}})[8８][6６]{_GAP}(?:[(（]{_AREA}[)）]|{_AREA}))"
    f"{_GAP}{_LOCAL}{_EXTENSION}"
)
_TELEPHONE = re.compile(f"(?<![0-9０-９A-Za-z.])(?:(?:{_EIGHTY_SIX})?(?:{_MOBILE}|{_LANDLINE}))(?![0-9０-９A-Za-z])")
_WORD = (
    "(?:电话|手机|座机|固话|传真|热线|致电|拨打|来电|主叫|联系方式|联系人?|☎️?|☏|📞|"
    "(?i:tel|telephone|phone|mobile|fax)[.]?)(?:号码|号)?"
)
_BESIDE_WORD = "[ \u00a0\u3000:：为是(（【/]{0,4}"
_WHO = "(?:[^ -~　-〿＀-￯0-9０-９证编单号码积邮宗批]{1,4}[ \u00a0\u3000:：(（]{0,3})?"
_LOOSE_MOBILE = f"[1１][3-9３-９](?:{_GAP}{_HIDDEN}){{9}}"
_NUMBER = f"(?:(?:{_EIGHTY_SIX})?{_LOOSE_MOBILE}|{_LOCAL}{_EXTENSION})"
_BETWEEN = "[ \u00a0\u3000]?[、,，/／;；或][ \u00a0\u3000]?"
_A_DATE = "(?:19|20)[0-9]{2}[-/.年]?(?:0?[1-9]|1[0-2])[-/.月]?(?:[0-2]?[0-9]|3[01])(?:[^0-9]|$)"
_A_QUANTITY = f"{_BLANK}?(?:[.．]{_DIGIT}|平方|平米|[㎡米元万亩户个辆号吨度%％]|m)"
_TOLD = re.compile(
    f"(?P<word>{_WORD}{_BESIDE_WORD}{_WHO})(?!{_A_DATE})"
    f"{_NUMBER}(?:{_BETWEEN}{_NUMBER})*(?!{_GAP}{_DIGIT}|[A-Za-z]|{_A_QUANTITY})"
)
"""A local number of seven or eight digits is a telephone only behind a word that says so: an id, an area, a certificate
or a postcode looks the same."""
_PERSON = (
    f"[1-9１-９]{_DIGIT}{{5}}(?:[1１][9９]|[2２][0０]){_DIGIT}{{2}}(?:[0０][1-9１-９]|[1１][0-2０-２])"
    f"(?:[0０][1-9１-９]|[12１２]{_DIGIT}|[3３][01０１]){_DIGIT}{{3}}[0-9０-９XxＸｘ]"
)
_IDENTITY_NUMBER = re.compile(f"(?<![0-9０-９A-Za-z]){_PERSON}(?![0-9０-９A-Za-z])")
MAYBE_NUMBERS = f"{_MOBILE}|{_LANDLINE}|{_PERSON}|{_WORD}{_BESIDE_WORD}{_WHO}{_NUMBER}"
"""What every text that :func:`mask_numbers` changes contains; without look-around, so that columns can be sifted."""


def mask_numbers(text: str) -> str:
    """Return ``text`` with telephone and identity-card numbers replaced by a mask; hotlines (12345, 400-…) stay."""
    masked = _TOLD.sub(rf"\g<word>{TELEPHONE_MASK}", _TELEPHONE.sub(TELEPHONE_MASK, text))
    return _IDENTITY_NUMBER.sub(IDENTITY_MASK, masked)
