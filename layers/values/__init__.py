"""Columns of text read as the type of a field, every cell that was not read exactly accounted for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from layers.findings import Text, positions_by_code
from layers.schema import PANDAS_DTYPES
from layers.values._brackets import units_opened
from layers.values._codes import parse_bool, parse_code
from layers.values._dates import parse_date, parse_year
from layers.values._everyday import everyday_amount
from layers.values._numbers import number_range, parse_number
from layers.values._script import simplified
from layers.values._sift import contains
from layers.values._text import Reading, plain, says_nothing, tick_as_word, unreadable
from layers.values._units import factor_of, unit_in_title
from layers.values._written import as_written, unit_as_written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from layers.schema import Field

_DOCUMENT_FIELDS = ("_no", "_document")
_NO_DOCUMENT = "^(?:无|没有|暂无|无证|否|未(?:办|取得|认定|出具|核发)?)$"
_END_FIELDS = ("_end", "_until", "deadline", "handover")  # land of 2021.3 was handed over by the month's last day: no
# clock starts before it must
# Patterns over whole columns hold no \s, \d or look-around: pandas would leave Arrow for a loop over Python texts.
_BEGINS_WITH_A_WORD = r"^ *[0-9A-Za-z一-鿿]"
_WHITE_SPACE = "^ | $|  |[\t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_ISO_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?$"
_BY_TERM = frozenset(("CNY/m2/month",))
_NO_TERM = re.compile(r"元[/每](?:m2|平方米|平米)$")
_PHYSICAL = frozenset(("m2", "kW", "m", "CNY", "CNY/month", "CNY/year"))


@dataclass(frozen=True)
class Touched:
    """Cells of the same words that a person should know of: their positions in the column, and how they were read."""

    positions: NDArray[np.int64]
    text: str
    reading: Reading


@dataclass(frozen=True)
class ParsedColumn:
    """A column read as a field: the values in the field's type, and the cells that were not read exactly."""

    series: pd.Series
    touched: tuple[Touched, ...]


def parse_column(
    column: pd.Series, field: Field, *, stated_unit: str = "", latest_year: int | None = None
) -> ParsedColumn:
    """Return ``column`` as values of ``field``.

    Each different text is read once. Numbers are brought to the field's unit; a value outside the field's range
    becomes null. Nothing is changed without a :class:`Touched` that says so, except forms that mean exactly the same
    (full-width digits, thousands separators, 是 for true).

    Parameters
    ----------
    column
        Text (``None`` or NaN where blank) or numbers.
    field
        What it is read as.
    stated_unit
        Unit that the column title or the sheet states.
    latest_year
        The last year that one of two digits can be (:func:`layers.values._dates.parse_year`).
    """
    texts = as_string(column)
    if field.dtype == "string" and field.codes is None:
        return _documents(_words(texts)) if field.name.endswith(_DOCUMENT_FIELDS) else ParsedColumn(_words(texts), ())
    codes, uniques = pd.factorize(texts, use_na_sentinel=True)
    words = pd.Series(uniques, dtype="string")
    values, readings = _readings(words, field, stated_unit, latest_year)
    read = _with(values, readings)
    missing = read.iloc[:0].reindex([0])  # the code of a blank cell is -1, the last
    series = pd.concat([read, missing], ignore_index=True).take(codes).set_axis(column.index)
    return ParsedColumn(series.astype(PANDAS_DTYPES[field.dtype]), tuple(_touched(codes, words, readings)))


def range_told(text: str, field: Field, title: str = "") -> tuple[float, float, float] | None:
    """Return the number of ``field`` that a cell tells about, and between what it lies; ``None`` where it tells none.

    ``title`` is that of its column: the unit that it states counts where the cell has none of its own.
    """
    return number_range(text, field.unit, stated_unit=unit_in_title(title, field), is_whole=field.dtype == "int")


def _with(values: pd.Series, readings: dict[int, Reading]) -> pd.Series:
    """Return values with those of the readings put in at their positions."""
    filled = values.to_numpy(copy=True)
    read = pd.Series([reading.value for reading in readings.values()], dtype=object)
    filled[list(readings)] = read.astype(values.dtype).to_numpy()
    return pd.Series(filled)


def _words(texts: pd.Series) -> pd.Series:
    """Return texts trimmed; cells with a mark only (``/``, ``—``) are null."""
    words = texts.str.strip()
    return words.mask(saying_nothing(words))


def _documents(words: pd.Series) -> ParsedColumn:
    """Return numbers of documents; 无 and the like say that there is no document, and are no number of one."""
    none = contains(words, _NO_DOCUMENT)
    told = Reading(None, "no_document", "写明没有此文件，按无文号收下", "says that there is no such document", True)
    texts = words[none]
    touched = (
        Touched(np.flatnonzero(none & (words == text).fillna(value=False).to_numpy(dtype=bool)), str(text), told)
        for text in texts.unique()
    )
    return ParsedColumn(words.mask(none), tuple(touched))


def saying_nothing(texts: pd.Series) -> NDArray[np.bool_]:
    """Return which texts are blank or hold only a mark; only odd ones are looked at one by one."""
    odd: NDArray[np.bool_] = texts.notna().to_numpy(dtype=bool) & ~contains(texts, _BEGINS_WITH_A_WORD)
    if odd.any():
        odd[odd] = [says_nothing(text) for text in texts[odd]]
    return odd


def one_line(texts: pd.Series) -> pd.Series:
    """Return texts without white space at their ends and with single spaces inside, as ``" ".join(text.split())``."""
    odd = contains(texts, _WHITE_SPACE)
    if not odd.any():
        return texts
    lines = texts.copy()
    lines[odd] = [" ".join(text.split()) for text in texts[odd]]
    return lines


def as_text(column: pd.Series) -> pd.Series:
    """Return a column as text, ``None`` where blank; whole numbers without ``.0``, dates in ISO form."""
    if isinstance(column.dtype, pd.StringDtype):
        return column.astype(object).where(column.notna(), None)
    if pd.api.types.is_float_dtype(column.dtype):
        numbers = column.to_numpy(dtype="float64", na_value=np.nan)
        whole = np.isfinite(numbers) & (numbers == np.round(numbers)) & (np.abs(numbers) < 2**53)
        texts = np.array([repr(float(number)) for number in numbers], dtype=object)
        texts[whole] = numbers[whole].astype("int64").astype(str)
        texts[np.isnan(numbers)] = None
        return pd.Series(texts, index=column.index, dtype=object)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        texts = column.map(lambda moment: moment.isoformat(sep=" ").removesuffix(" 00:00:00"), na_action="ignore")
    else:
        texts = column.astype(object).map(str, na_action="ignore")
    return texts.astype(object).where(texts.notna(), None)


def as_string(column: pd.Series) -> pd.Series:
    """Return a column as :func:`as_text` does, in pandas' string type; a column of a text file takes no copy."""
    texts = column if isinstance(column.dtype, pd.StringDtype) else as_text(column)
    return texts.astype("string")


def _readings(
    words: pd.Series, field: Field, stated_unit: str, latest_year: int | None
) -> tuple[pd.Series, dict[int, Reading]]:
    """Return the values of different texts that are read exactly, and by position the readings of the others."""
    if field.dtype in ("date", "datetime"):
        values = _iso_moments(words, field)
        return values, {int(at): _read(words.iloc[at], field) for at in np.flatnonzero(values.isna())}
    if field.dtype not in ("int", "float") or field.unit == "year":
        nothing = pd.Series(None, index=words.index, dtype="float64" if field.unit == "year" else object)
        return nothing, {at: _in_range(_read(text, field, latest_year), field) for at, text in enumerate(words)}
    values = _plain_numbers(words, field, stated_unit)
    readings = {int(at): _number(words.iloc[at], field, stated_unit) for at in np.flatnonzero(values.isna())}
    if not stated_unit and _has_units(words, readings, field.unit):
        readings |= _assumed(words, values, readings, field.unit)
    for at in np.flatnonzero(~_is_within(values, field)):
        readings.setdefault(int(at), Reading(float(values.iloc[at])))
    return values, {at: _in_range(readings[at], field) for at in sorted(readings)}


def _number(text: str, field: Field, stated_unit: str) -> Reading:
    """Return the number in a cell, else what its everyday words come to."""
    reading = parse_number(text, field.unit, stated_unit=stated_unit, is_whole=field.dtype == "int")
    if reading.rule != "unreadable":
        return reading
    return everyday_amount(units_opened(simplified(plain(text)), field.unit), field) or reading


def _iso_moments(words: pd.Series, field: Field) -> pd.Series:
    """Return dates of texts written as 2026-03-01 or 2026-03-01 08:05:09; others are missing."""
    texts = words.where(contains(words, _ISO_MOMENT))
    moments = pd.to_datetime(texts.astype(object), format="ISO8601", errors="coerce").astype("datetime64[ms]")
    return moments.dt.normalize() if field.dtype == "date" else moments


def _plain_numbers(words: pd.Series, field: Field, stated_unit: str) -> pd.Series:
    """Return the numbers of texts that are nothing else, in the field's unit; others are missing."""
    factor = factor_of(stated_unit, field.unit)
    if field.unit == "fraction" or factor is None:
        return pd.Series(np.nan, index=words.index)
    quick = pd.to_numeric(words.astype(object), errors="coerce").astype("float64")
    is_plain = np.isfinite(quick) & ~contains(words, "_")
    if field.dtype == "int":
        is_plain &= quick == np.trunc(quick)
    rounded = [float(f"{number * factor:.15g}") for number in quick.where(is_plain)]
    return pd.Series(rounded, index=words.index, dtype="float64")


def _is_within(values: pd.Series, field: Field) -> NDArray[np.bool_]:
    """Return which numbers lie in the range of a field; a missing one does."""
    low, high = -np.inf if field.low is None else field.low, np.inf if field.high is None else field.high
    return np.asarray(values.isna() | values.between(low, high), dtype=bool)


def _has_units(words: pd.Series, readings: dict[int, Reading], unit: str) -> bool:
    """Return whether cells of a column state units of their own, so that those which do not are to be said.

    Rent per square metre is quoted by the month, the day and the year: any unit in a cell makes the others doubtful.
    """
    if unit in _BY_TERM:
        return any(reading.value is not None and not _is_bare(words.iloc[at]) for at, reading in readings.items())
    return unit in _PHYSICAL and any(reading.rule == "unit" for reading in readings.values())


def _assumed(words: pd.Series, values: pd.Series, readings: dict[int, Reading], unit: str) -> dict[int, Reading]:
    """Return readings that say that bare numbers, beside others with units, were taken in the unit of the field."""
    said = "unit_assumed", f"未写单位，按{unit_as_written(unit)}读入", f"no unit stated, read as {unit}"
    if unit in _BY_TERM:
        said = "unit_assumed", "未写全单位，按元/平方米/月读入", f"no full unit stated, read as {unit}"
    plainly = {int(at): float(values.iloc[at]) for at in np.flatnonzero(values.notna())}
    parsed = {at: item.value for at, item in readings.items() if item.value is not None and not item.rule}
    return {
        at: Reading(value, *said)
        for at, value in (plainly | parsed).items()
        if _is_bare(words.iloc[at]) or (unit in _BY_TERM and _NO_TERM.search(plain(words.iloc[at])))
    }


def _is_bare(text: str) -> bool:
    return not set(plain(text)) - set("0123456789.,+- ")


def _read(text: str, field: Field, latest_year: int | None = None) -> Reading:
    if field.unit == "year":
        return parse_year(text, latest=latest_year)
    if field.dtype in ("date", "datetime"):
        is_end = any(part in field.name for part in _END_FIELDS)
        return parse_date(text, is_end=is_end, with_time=field.dtype == "datetime")
    if field.dtype == "bool":
        return parse_bool(text)
    if field.codes is not None:
        return parse_code(tick_as_word(text), field)
    raise ValueError(f"{field.name} is text without a code list; it is read as it stands")


def _in_range(reading: Reading, field: Field) -> Reading:
    value: Any = reading.value
    if value is None or isinstance(value, (str, bool)) or field.dtype not in ("int", "float"):
        return reading
    if (field.low is None or value >= field.low) and (field.high is None or value <= field.high):
        return reading
    ends = [None if end is None else as_written(end, field) for end in (field.low, field.high)]
    low, high = (Text("…", "…") if end is None else end for end in ends)
    shown = as_written(value, field)
    return unreadable(
        f"{shown.zh} 超出范围（{low.zh} 至 {high.zh}），已置空",
        f"{shown.en} is outside {low.en} to {high.en}, set to null",
        rule="range_exceeded",
    )


def _touched(codes: NDArray[np.int64], words: pd.Series, readings: dict[int, Reading]) -> Iterator[Touched]:
    """Yield the texts that were not read exactly, in the order in which the column first has them."""
    flagged = np.array([at for at, reading in readings.items() if reading.rule], dtype=np.int64)
    if not len(flagged):
        return
    renumbered = np.full(len(words) + 1, -1, dtype=np.int64)
    renumbered[flagged] = np.arange(len(flagged))
    for code, positions in zip(flagged.tolist(), positions_by_code(renumbered[codes], len(flagged)), strict=True):
        yield Touched(positions, words.iloc[code], readings[code])
