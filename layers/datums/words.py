"""Words by which files, titles and cells say what their coordinates are in."""

from __future__ import annotations

import re
import unicodedata

SHIFTED = ("GCJ-02", "BD-09")
"""Datums of web maps, whose offset must be undone."""
OLD = ("Xi'an 1980", "Beijing 1954")
"""Datums whose way to CGCS2000 is not public."""

_WORDS = (
    ("BD-09", re.compile(r"百度|baidu|(?<![a-z0-9])bd[-_ ]?0?9|(?<![a-z])bd(?=[-_ ]?(?:lon|lng|lat))")),
    (
        "GCJ-02",
        re.compile(
            r"高德|腾讯|火星坐标|amap|gaode|tencent|(?<![a-z0-9])gcj[-_ ]?0?2|(?<![a-z])gcj(?=[-_ ]?(?:lon|lng|lat))"
        ),
    ),
    ("Xi'an 1980", re.compile(r"西安80|西安1980|1980西安|xi'?an[-_ ]?(?:19)?80|80坐标")),
    ("Beijing 1954", re.compile(r"北京54|北京1954|1954北京|beijing[-_ ]?(?:19)?54|54坐标")),
    ("CGCS2000", re.compile(r"cgcs[-_ ]?2000|国家2000|2000国家|2000坐标|大地2000|大地坐标系2000")),
    ("WGS 84", re.compile(r"wgs[-_ ]?(?:19)?84|(?<![a-z])wgs(?=[-_ ]?(?:lon|lng|lat))|(?:lon|lat|lng)[-_]?84")),
)
_PLAIN = frozenset(("CGCS2000", "WGS 84"))
_DENIED = re.compile(r"(?:非|不是|不属于?|不用|没用|没有用?)[^,.;。、)]{0,3}$")
_NEAR = 10
"""Letters around a name in which what takes it back stands; a long title tells of other things as well."""
_STILL_SO = re.compile(r"(?:未|没有?|尚未|不)(?:经|作|做)?(?:纠偏|转换?|校正|纠正|改正|处理)")
_GEOCODED = re.compile(r"(?:地址|地名)(?:转换?(?:为|成)?|解析为?|匹配)(?:坐标|经纬度)?|逆?地理编码(?:转换?)?")
"""How places came by their coordinates, which changes no datum."""
_CONVERTED = re.compile(r"纠偏|转|校正|纠正|改正|解密|反算|(?:原(?:来|先|为|是|系)?|以前|曾(?:为|是)?) ?\|\||->|→|=>")
"""Stands for the name: ``||``."""
_INTO = re.compile(r"(?:转换?|转化|加偏|换算|改)(?:为|成|到|至)?[ (:]*$")


def datums_in(text: str) -> tuple[str, ...]:
    """Return the datums that a text names: BD-09, GCJ-02, Xi'an 1980, Beijing 1954, CGCS2000, WGS 84.

    The only datum of a text that denies it (非GCJ-02), or says that coordinates were converted from it (原高德，已纠偏;
    百度转84), is not named: what they are in now is to be asked. 转为GCJ-02 and 高德（未纠偏） name it.
    """
    plain = _GEOCODED.sub("", _STILL_SO.sub("", unicodedata.normalize("NFKC", text).lower()))
    found = {name: match for name, words in _WORDS if (match := words.search(plain))}
    is_alone = len(found) == 1
    return tuple(name for name, match in found.items() if not (is_alone and _is_taken_back(name, match, plain)))


def _is_taken_back(name: str, match: re.Match[str], text: str) -> bool:
    """Return whether the words around a datum say that the coordinates are not, or no longer, in it."""
    before, after = text[max(match.start() - _NEAR, 0) : match.start()], text[match.end() : match.end() + _NEAR]
    if _DENIED.search(before):
        return True
    is_left = name not in _PLAIN and _INTO.search(before) is None
    return is_left and _CONVERTED.search(f"{before}||{after}") is not None


def datum_in(text: str) -> str:
    """Return the one datum that a text names, or nothing where it names none or several."""
    found = datums_in(text)
    return found[0] if len(found) == 1 else ""


def zone_in(text: str) -> tuple[int | None, int | None]:
    """Return the zone number and the central meridian (degrees) of a projection that a text states.

    Zones 25 to 45 are 3-degree zones, 13 to 23 are 6-degree zones; the numbers do not overlap.
    """
    plain = unicodedata.normalize("NFKC", text)
    zone = re.search(
        r"带号:?\s*(1[3-9]|2[0-35-9]|3[0-9]|4[0-5])(?![0-9])|(?<![0-9])(1[3-9]|2[0-35-9]|3[0-9]|4[0-5])带", plain
    )
    meridian = re.search(r"中央(?:子午线|经线):?\s*(?:东经)?\s*(7[5-9]|[89][0-9]|1[0-2][0-9]|13[0-5])(?![0-9])", plain)
    return (int(zone[1] or zone[2]) if zone else None), (int(meridian[1]) if meridian else None)
