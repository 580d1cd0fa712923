"""A layer none of whose records has a name, or the count its analysis turns on: said, with the column that may hold it.

A title that no alias knows leaves its whole column in the remark; a person must hear of it before a map without names.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.reading._field_names import ALIKE, likeness
from layers.values import as_string, parse_column
from layers.values._sift import contains

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from layers.reading._fields import FieldReader
    from layers.schema import Field

_AREAS = ("district", "subdistrict", "governance_area")
_NAMED = (*_AREAS, "public_building", "service", "idle_land", "charging", "heritage", "service_item")
KEY_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    dict.fromkeys(_NAMED, ("name",)) | {"parking": ("name", "stall_count"), "community": ("name", "household_count")}
)
"""Fields by kind without which a layer says little: what people call a thing, and how much of it there is."""
_MOST_CELLS = 2000
_FILLED, _DIFFERENT, _READABLE = 0.5, 0.8, 0.8
"""ASSUMPTION: a name stands in half of the rows or more, and eight names in ten are different; so many counts can be
read. What these shares miss is named without a guess."""
_LONGEST_NAME = 40
_NAME_TITLE = re.compile(r"名|name", re.IGNORECASE)
_OTHERS_TITLE = re.compile(r"所属|所在|社区|街道|镇街|区县|网格|单位|公司|企业|部门|人$")
"""Titles of what a thing belongs to: their cells are names, but not the thing's."""
_MOST_TOLD = 6


def tell_of_blank(frame: pd.DataFrame, reader: FieldReader) -> None:
    """Warn where no record has one of its kind's :data:`KEY_FIELDS` though columns are left unused.

    Parameters
    ----------
    frame
        The fields of all records.
    reader
        What read them, its unused columns known.
    """
    for name in KEY_FIELDS.get(reader.kind.name, ()) if reader.unused else ():
        if name in frame and frame[name].notna().any():
            continue
        field = reader.kind[name]
        fitting = [number for number in reader.unused if _may_hold(reader, number, field)]
        if fitting or name != "name" or not _has(frame, "address"):  # an address tells one thing from another as well
            _tell(reader, field, fitting)


def _has(frame: pd.DataFrame, name: str) -> bool:
    return name in frame and bool(frame[name].notna().any())


def _may_hold(reader: FieldReader, number: int, field: Field) -> bool:
    """Return whether the cells of a column may be values of a field: texts that differ, or numbers in its range."""
    texts = as_string(reader.raw.cells[number].iloc[:_MOST_CELLS])
    filled = texts.dropna()
    if len(filled) < _FILLED * len(texts) or filled.empty:
        return False
    if field.dtype == "int":
        return bool(parse_column(filled, field).series.notna().mean() >= _READABLE)
    words = contains(filled, "[A-Za-z一-鿿]").mean() >= _READABLE
    title = reader.raw.titles[number].text
    is_short = filled.str.len().median() <= _LONGEST_NAME
    return bool(words and is_short and filled.nunique() >= _DIFFERENT * len(filled) and not _OTHERS_TITLE.search(title))


def _guess(titles: list[str], field: Field) -> str | None:
    """Return the title that is most like those of a field; ``None`` where none is."""
    marks = {title: max(likeness(title, field), 100.0 * _says_name(title, field)) for title in reversed(titles)}
    best = max(marks, key=lambda title: marks[title], default=None)
    return best if best is not None and marks[best] >= ALIKE else None


def _says_name(title: str, field: Field) -> bool:
    return field.name == "name" and _NAME_TITLE.search(title) is not None


def _tell(reader: FieldReader, field: Field, fitting: list[int]) -> None:
    """Say that a field is blank throughout, and which column to name for it."""
    titles = [reader.raw.titles[number].text for number in fitting]
    guess = _guess(titles, field)
    if guess is not None:
        option = f"--column {field.name}={guess}"
        option = f'--column "{field.name}={guess}"' if re.search(r"\s", guess) else option
        zh = f"“{guess}”列还没有用，像是它，请加 {option} 再导入一次"
        en = f"the unused column {guess} looks like it: add {option} and import again"
    else:
        left = titles or [reader.raw.titles[number].text for number in reader.unused]
        shown = left[:_MOST_TOLD] + ["…"] * (len(left) > _MOST_TOLD)
        zh = f"若它写在别的列（{'、'.join(shown)}）里，请加 --column {field.name}=列名 再导入一次"
        en = f"if it is one of the unused columns ({', '.join(shown)}) add --column {field.name}=TITLE and import again"
    reader.report.note(
        "field_blank",
        f"没有一条记录有{field.zh}（{field.name}）；{zh}",
        f"no record has a value for {field.name} ({field.en}); {en}",
        field=field.name,
        action="warning",
    )
