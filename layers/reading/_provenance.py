"""The fields of all records with where they came from: dates and samples told above the header or in remarks."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.matching.exported import EXACT
from layers.quality import ColumnUse, Text
from layers.reading._left_blank import tell_of_blank
from layers.reading._words import fill_from_words
from layers.values import as_string
from layers.values._dates import parse_date
from layers.values._sift import contains
from layers.values._text import plain

if TYPE_CHECKING:
    from layers.reading._fields import FieldReader
    from layers.schema import Field

_SAMPLE_WORDS = r"示例数据|虚构|[Ss]ample data"
_DATE_IN_PREAMBLE = re.compile(
    r"(?:填报|统计|数据|更新|截止|普查)(?:日期|时间)[:：]\s*(\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?|\d{4}年\d{1,2}月)"
)
_MOMENT = r": ?(\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?(?: ?\d{1,2}:\d{2})?)"
CUT_TITLE_BYTES = 10
"""What a Shapefile keeps of a title."""
_LEAST_TITLE = 4  # 时间 alone may be anything; 普查时间 is one thing


def fields_of(reader: FieldReader, ids: pd.Series, place_columns: set[int]) -> pd.DataFrame:
    """Return the fields of all records, with where they came from.

    Parameters
    ----------
    reader
        Reads the columns.
    ids
        The source's own ids.
    place_columns
        Numbers of the columns that held coordinates.
    """
    frame = reader.read()
    if "source_id" not in frame:
        frame["source_id"] = ids
    read_back = _take_sources(frame, reader) if reader.raw.is_own else set()
    frame["remark"] = reader.remark(frame.get("remark"), place_columns | read_back)
    reader.tell_of_unkept()
    preamble = reader.raw.preamble
    if "data_date" not in frame and (found := _DATE_IN_PREAMBLE.search(preamble)):
        frame["data_date"] = _same_moment(frame, found[1], with_time=False)
    for item in reader.kind.fields if preamble else ():
        if item.dtype in ("date", "datetime") and item.name not in frame:
            _take_from_above(frame, item, reader)
    if not reader.raw.is_own:  # what Panhuo wrote comes back as it was accepted
        fill_from_words(frame, reader.kind, reader.records, reader.report)
        tell_of_blank(frame, reader)
    frame["is_sample"] = _is_sample(frame, reader)
    return frame


def _take_sources(frame: pd.DataFrame, reader: FieldReader) -> set[int]:
    """Take what an export tells of the sources of its records, exactly where it can be; return the columns it is in.

    Words are for people. Where nothing exact stands beside them, because a format cut it or a person took it away, they
    are kept in the remark, so that nobody loses what the sources said.
    """
    raw, of = reader.raw, reader.kind["sources"]
    wanted = EXACT[:CUT_TITLE_BYTES] if raw.is_cut else EXACT
    found = {number for number, title in enumerate(raw.titles) if title.text == wanted}
    blank = pd.Series(pd.NA, index=frame.index, dtype="string")
    exact = as_string(raw.cells[min(found)]) if found else blank
    words = frame.get("sources", blank)
    said = np.flatnonzero(words.notna())
    rows = said[[not (isinstance(text, str) and _is_json(text)) for text in exact.iloc[said]]]
    reader.keep(of.zh, [(np.array([row]), str(words.iloc[row])) for row in rows])
    reader.report.note_each(
        "sources_in_words", "各部门所报只剩文字（明细列缺失或被截断），文字留在备注，这一条记为一个来源",
        "what each source said is there in words only (the exact column is missing or cut): kept in the remark",
        reader.records[rows], field=of.name, action="warning",
    )  # fmt: skip
    for number in found:
        reader.report.columns.append(ColumnUse(raw.titles[number].text, of.name, of.zh, of.en))
    frame["sources"] = exact
    return found


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _take_from_above(frame: pd.DataFrame, field: Field, reader: FieldReader) -> None:
    """Fill a date that stands above the header for the whole sheet (``普查时间：2026年9月16日22:30``)."""
    titles = [re.escape(plain(title)) for title in (field.zh, *field.aliases) if len(title) >= _LEAST_TITLE]
    found = re.search(f"({'|'.join(titles)}){_MOMENT}", plain(reader.raw.preamble)) if titles else None
    if found is None:
        return
    frame[field.name] = _same_moment(frame, found[2], with_time=field.dtype == "datetime")
    reader.report.note(
        "told_above", f"表头以上写明“{found[1]}”，各条取此", f"{found[1]} stands above the header, for all records",
        field=field.name, value=found[2], action="changed",
    )  # fmt: skip


def _same_moment(frame: pd.DataFrame, text: str, *, with_time: bool) -> pd.Series:
    moment = parse_date(text, with_time=with_time).value
    return pd.to_datetime(pd.Series(moment, index=frame.index)).astype("datetime64[ms]")


def _is_sample(frame: pd.DataFrame, reader: FieldReader) -> pd.Series:
    """Return which records are invented: what the file states, else what words above the header or in remarks say."""
    above = re.search(_SAMPLE_WORDS, reader.raw.preamble)
    is_said = contains(frame["remark"], _SAMPLE_WORDS) | (above is not None)
    stated = frame.get("is_sample", pd.Series(pd.NA, index=frame.index, dtype="boolean"))
    taken = np.flatnonzero(is_said & stated.isna())
    if len(taken):
        there = reader.report.where(int(reader.records[taken[0]]))
        inside = None if above else re.search(_SAMPLE_WORDS, str(frame["remark"].iloc[taken[0]]))
        word = (above or inside or [""])[0]
        where = (
            Text("表头以上", "above the header")
            if above
            else Text(f"{there.zh}等的备注", f"in the remark of {there.en}")
        )
        reader.report.note(
            "sample_words",
            f"{where.zh}写有“{word}”，{len(taken)} 条按示例数据收下；若是真实数据，请删去这些字再导入",
            f"{word!r} stands {where.en}: {len(taken)} records are taken as sample data; if they are real, take these "
            "words out and import again",
            field="is_sample", action="warning",
        )  # fmt: skip
    return stated.fillna(pd.Series(is_said, index=frame.index, dtype="boolean")).astype("boolean")
