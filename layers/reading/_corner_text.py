"""The text format in which parcels are filed with land offices: [属性描述], [地块坐标], then parcels and corners.

A parcel is a line ``points,area in hectares,number,name,面,sheet,use,class,@``, each corner below it a line
``J1,ring,X,Y``; the second ring is a hole. It is read as the table that a list of corners is
(:mod:`layers.reading._corners`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from layers.quality import Text
from layers.reading._encoding import TITLES, scan
from layers.reading._raw import Sheet

if TYPE_CHECKING:
    from pathlib import Path

_SECTIONS = ("[属性描述]", "[地块坐标]")
_HEAD_BYTES = 4096
_TITLES = ["地块编号", "地块名称", "规划用途", "点号", "圈号", "X坐标", "Y坐标"]
_SAID = {"坐标系": "坐标系：{0}", "几度分带": "{0}度带", "带号": "带号{0}", "投影类型": "{0}", "计量单位": "单位：{0}"}
_LEAST_PARTS = 8


def is_corner_text(path: Path) -> bool:
    """Return whether a text file is in this format, in whatever encoding."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    return any(section.encode(name) in head for section in _SECTIONS for name in ("utf-8", "gb18030", "utf-16-le"))


def corner_sheet(path: Path, encoding: str) -> tuple[Sheet, dict[str, Text]]:
    """Return the corners as a sheet: what the file says of itself, a header, corners, and a line for each area.

    Raises
    ------
    ReadError
        If its encoding cannot be told.
    """
    name = scan(path, encoding).encoding
    said: dict[str, str] = {}
    rows: list[tuple[int, list[str | None]]] = []
    parcel: list[str] = []
    with path.open(encoding=name, newline=None) as stream:
        for number, line in enumerate(stream, start=1):
            text = line.strip()
            title, sign, value = text.partition("=")
            if sign and not rows:
                said[title.strip()] = value.strip()
            elif text.endswith("@"):
                rows += _area(parcel, number)
                parcel = re.split(r"[,，]", text)
            elif parcel and text:
                rows.append((number, _corner(parcel, re.split(r"[,，]", text))))
        rows += _area(parcel, number + 1)
    preamble = " ".join(form.format(said[key]) for key, form in _SAID.items() if said.get(key))
    table: list[list[str | None]] = [[preamble, *[None] * (len(_TITLES) - 1)], list(_TITLES), *(row for _, row in rows)]
    index = pd.Index([-1, 0, *(number for number, _ in rows)], dtype="int64")
    facts = {"encoding": Text(f"字符编码 {TITLES.get(name, name)}", f"encoding {TITLES.get(name, name)}")}
    return Sheet(path.name, pd.DataFrame(table, index=index, dtype=object)), facts


def _corner(parcel: list[str], parts: list[str]) -> list[str | None]:
    """Return the row of a corner; what is none stays a row of words, so that it is missed by nobody."""
    use = parcel[6] if len(parcel) >= _LEAST_PARTS else ""
    place = (parts + [""] * 4)[:4]
    return [cell.strip() or None for cell in (parcel[2] if len(parcel) > 2 else "", *parcel[3:4], use, *place)]


def _area(parcel: list[str], number: int) -> list[tuple[int, list[str | None]]]:
    """Return the row that states the area of a parcel, in hectares as the format has it."""
    if len(parcel) < 2 or not re.fullmatch(r"\s*[0-9.]+\s*", parcel[1]):
        return []
    return [(number - 1, [None, None, None, f"面积：{parcel[1].strip()}公顷", None, None, None])]
