"""What the rows of a list of corner points say beside its points: titles of a parcel, headings, the coordinates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from layers.values import as_string
from layers.values._sift import contains
from layers.values._text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

_TITLES = (
    "宗地[号代码编]+|宗地名称?|地块编号|地块名称?|地块号|图斑编?号|土地权利人|权利人|土地使用权人|使用权人|权属单位"
    "|土地坐落|宗地坐落|坐落|宗地位置|地块位置|土地位置|土地用途|土地性质|规划用途"
)
_LABEL = re.compile(rf"({_TITLES})\s*[:：]\s*([^\s，,；;：:]+)")
_TITLE_ALONE = re.compile(rf"\s*(?:{_TITLES})\s*")
_OTHER_TITLES = (
    "(?:宗地|地块|土地|用地|实测|占地|建筑)*面积|周长|界址点数|点数|图幅号|比例尺|坐标系统?|宗地四至|四至|联系人|联系电话|电话"
    "|法定代表人|身份证号码?|测绘单位|测量单位|填表单位|测量员|测绘员|制表人?|制图人?|审核人?|检查人?|[测制填绘][绘图表量]日期|日期"
    "|备注|说明|用途|容积率|街道|社区|所在街道|所在社区"
)
_A_TITLE = re.compile(rf"(?:{_TITLES}|{_OTHER_TITLES})(?:[(].*)?")
"""What is no value of the title before it: that one was left blank."""
_AREA_OF_PARCEL = re.compile(r"\s*(?:宗地|地块|土地|用地)?面 *积")
_HEADING = re.compile(
    r"\s*(?:宗地|地块)?界址点(?:坐标)?(?:成果)?(?:表|一览表|成果)(?: *[(].*[)])?\s*|\s*第? *[0-9]+ *页.*"
)
_COORDINATES = r"坐标系|中央子午线|中央经线|[36三六]\s*度带|带号"


def labels_in(cells: Iterable[str]) -> dict[str, str]:
    """Return what the cells of a row say by title: ``宗地代码：440…``, or the title in a cell before that of its value.

    >>> labels_in(["宗地代码：A1 权利人：区土地开发中心"])
    {'宗地代码': 'A1', '权利人': '区土地开发中心'}
    >>> labels_in(["权利人", "区土地开发中心", "坐落", "虚构路1号"])
    {'权利人': '区土地开发中心', '坐落': '虚构路1号'}
    >>> labels_in(["宗地代码", "", "权利人", "区土地开发中心"])
    {'权利人': '区土地开发中心'}
    """
    text = plain(" ".join(f"{cell}：" if _TITLE_ALONE.fullmatch(plain(cell)) else cell for cell in cells))
    said: dict[str, str] = {}
    at = 0
    while found := _LABEL.search(text, at):
        if _A_TITLE.fullmatch(found[2]):
            at = found.start(2)
        else:
            said[found[1]], at = found[2], found.end()
    return said


def is_area_of_parcel(text: str) -> bool:
    """Return whether words begin with the area of one parcel (宗地面积), not of all (总面积)."""
    return _AREA_OF_PARCEL.match(plain(text)) is not None


def is_heading(text: str) -> bool:
    """Return whether words are the name of the form or the number of a page, which say nothing of a parcel."""
    return _HEADING.fullmatch(plain(text)) is not None


def tells_coordinates(text: str) -> bool:
    """Return whether words between or below the points tell the system of all coordinates."""
    return re.search(_COORDINATES, plain(text)) is not None


def told_of_coordinates(cells: pd.DataFrame) -> list[str]:
    """Return the cells that tell the system of the coordinates, each once."""
    found: dict[str, None] = {}
    for column in cells.columns:
        texts = as_string(cells[column])
        found |= dict.fromkeys(texts[contains(texts, _COORDINATES)].tolist())
    return list(found)
