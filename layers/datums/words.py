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


def datums_in(text: str) -> tuple[str, ...]:
    """Return the datums that a text names: BD-09, GCJ-02, Xi'an 1980, Beijing 1954, CGCS2000, WGS 84."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return tuple(name for name, words in _WORDS if words.search(plain))


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
