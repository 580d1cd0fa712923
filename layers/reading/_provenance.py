"""The fields of all records with where they came from: dates and samples told above the header or in remarks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.quality import Text
from layers.reading._words import fill_from_words
from layers.values._dates import parse_date
from layers.values._text import plain

if TYPE_CHECKING:
    from layers.reading._fields import FieldReader
    from layers.schema import Field

_SAMPLE_WORDS = r"示例数据|虚构|[Ss]ample data"
_SUMMED_UNITS = frozenset(("m2", "CNY", "CNY/year", "kW"))
_DATE_IN_PREAMBLE = re.compile(
    r"(?:填报|统计|数据|更新|截止|普查)(?:日期|时间)[:：]\s*(\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?|\d{4}年\d{1,2}月)"
)
_MOMENT = r": ?(\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?(?: ?\d{1,2}:\d{2})?)"
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
    frame["remark"] = reader.remark(frame.get("remark"), place_columns)
    reader.tell_of_unkept()
    preamble = reader.raw.preamble
    if "data_date" not in frame and (found := _DATE_IN_PREAMBLE.search(preamble)):
        frame["data_date"] = _same_moment(frame, found[1], with_time=False)
    for item in reader.kind.fields if preamble else ():
        if item.dtype in ("date", "datetime") and item.name not in frame:
            _take_from_above(frame, item, reader)
    if not reader.raw.is_own:  # what Panhuo wrote comes back as it was accepted
        fill_from_words(frame, reader.kind, reader.records, reader.report)
    frame["is_sample"] = _is_sample(frame, reader)
    return frame


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
    is_said = frame["remark"].str.contains(_SAMPLE_WORDS).fillna(value=False).astype(bool) | bool(above)
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
    return stated.fillna(is_said.astype("boolean")).astype("boolean")


def sums_of(frame: pd.DataFrame, reader: FieldReader) -> dict[str, float]:
    """Return the sum of every column that may be added up."""
    sums: dict[str, float] = {}
    for name in reader.matches.fields:
        field = reader.kind[name]
        if (field.dtype == "int" and field.unit != "year") or (field.dtype == "float" and field.unit in _SUMMED_UNITS):
            sums[name] = float(frame[name].sum())
    return sums
