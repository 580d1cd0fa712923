"""Columns of text read as the type of a field, every cell that was not read exactly accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from layers.schema import PANDAS_DTYPES
from layers.values._codes import parse_bool, parse_code
from layers.values._dates import parse_date, parse_year
from layers.values._numbers import parse_number
from layers.values._text import Reading, plain, says_nothing, unreadable
from layers.values._units import factor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from layers.schema import Field

_END_FIELDS = ("_end", "_until", "deadline")
_PHYSICAL = frozenset(("m2", "kW", "m", "CNY", "CNY/month", "CNY/year"))


@dataclass(frozen=True)
class Touched:
    """One cell that a person should know of: its position in the column, its words, how it was read."""

    position: int
    text: str
    reading: Reading


@dataclass(frozen=True)
class ParsedColumn:
    """A column read as a field: the values in the field's type, and the cells that were not read exactly."""

    series: pd.Series
    touched: tuple[Touched, ...]


def parse_column(column: pd.Series, field: Field, *, stated_unit: str = "") -> ParsedColumn:
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
    """
    texts = as_text(column)
    if field.dtype == "string" and field.codes is None:
        return ParsedColumn(_words(texts), ())
    codes, uniques = pd.factorize(texts.to_numpy(dtype=object), use_na_sentinel=True)
    readings = _readings([str(text) for text in uniques], field, stated_unit)
    readings = [_in_range(reading, field) for reading in readings]
    values = np.array([reading.value for reading in readings] + [None], dtype=object)[codes]
    touched = _touched(codes, [str(text) for text in uniques], readings)
    series = pd.Series(values, index=column.index, dtype=object)
    if field.dtype in ("int", "float"):
        series = pd.to_numeric(series).astype("float64")
    return ParsedColumn(series.astype(PANDAS_DTYPES[field.dtype]), tuple(touched))


def _words(texts: pd.Series) -> pd.Series:
    """Return texts trimmed; cells with a mark only (``/``, ``—``) are null; only odd cells are looked at one by one."""
    words = texts.astype("string").str.strip()
    odd = words.notna() & ~words.str.match(r"[0-9A-Za-z\u4e00-\u9fff]").fillna(value=False)
    if not odd.any():
        return words
    nothing = odd.to_numpy(dtype=bool)
    nothing[nothing] = [says_nothing(text) for text in words[odd]]
    return words.mask(nothing)


def where_text(texts: pd.Series, test: Callable[[str], bool]) -> NDArray[np.bool_]:
    """Return which texts pass a test; a missing one does not."""
    return np.array([isinstance(text, str) and test(text) for text in texts.to_numpy(dtype=object)], dtype=bool)


def as_text(column: pd.Series) -> pd.Series:
    """Return a column as text, ``None`` where blank; whole numbers without ``.0``, dates in ISO form."""
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


def _readings(texts: list[str], field: Field, stated_unit: str) -> list[Reading]:
    if field.dtype not in ("int", "float") or field.unit == "year":
        return [_read(text, field) for text in texts]
    readings = list(_numbers(texts, field, stated_unit))
    if stated_unit or field.unit not in _PHYSICAL or not any(reading.rule == "unit" for reading in readings):
        return readings
    assumed = f"未写单位，按 {field.unit} 读入", f"no unit stated, read as {field.unit}"
    return [
        Reading(reading.value, "unit_assumed", *assumed)
        if reading.value is not None and not reading.rule and _is_bare(text)
        else reading
        for text, reading in zip(texts, readings, strict=True)
    ]


def _is_bare(text: str) -> bool:
    return not set(plain(text)) - set("0123456789.,+- ")


def _numbers(texts: list[str], field: Field, stated_unit: str) -> Iterator[Reading]:
    """Yield readings of number cells; plain numbers, nearly all of a large file, take no parsing."""
    factor = factor_of(stated_unit, field.unit)
    is_plain = field.unit != "fraction" and factor is not None
    quick = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(dtype="float64") if texts else ()
    for text, number in zip(texts, quick, strict=True):
        if is_plain and np.isfinite(number) and "_" not in text and (field.dtype == "float" or number == int(number)):
            yield Reading(float(f"{number * (factor or 1.0):.15g}"))
        else:
            yield parse_number(text, field.unit, stated_unit=stated_unit, is_whole=field.dtype == "int")


def _read(text: str, field: Field) -> Reading:
    if field.unit == "year":
        return parse_year(text)
    if field.dtype in ("date", "datetime"):
        is_end = any(part in field.name for part in _END_FIELDS)
        return parse_date(text, is_end=is_end, with_time=field.dtype == "datetime")
    if field.dtype == "bool":
        return parse_bool(text)
    if field.codes is not None:
        return parse_code(text, field)
    raise ValueError(f"{field.name} is text without a code list; it is read as it stands")


def _in_range(reading: Reading, field: Field) -> Reading:
    value: Any = reading.value
    if value is None or isinstance(value, (str, bool)) or field.dtype not in ("int", "float"):
        return reading
    if (field.low is None or value >= field.low) and (field.high is None or value <= field.high):
        return reading
    bounds = f"{field.low:g} … {field.high:g} {field.unit}".strip() if None not in (field.low, field.high) else ""
    return unreadable(
        f"{value:.10g} 超出范围 {bounds}，已置空",
        f"{value:.10g} is outside {bounds}, set to null",
        rule="range_exceeded",
    )


def _touched(codes: np.ndarray, texts: list[str], readings: list[Reading]) -> Iterator[Touched]:
    flagged = np.array([bool(reading.rule) for reading in readings] + [False])
    for position in np.flatnonzero(flagged[codes]):
        code = codes[position]
        yield Touched(int(position), texts[code], readings[code])
