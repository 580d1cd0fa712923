"""Values of the query parameters of ``/ogc``: whole numbers within bounds, and texts as values of a column."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from api.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Field


def whole(given: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """Return the whole number ``name`` of a query.

    Raises
    ------
    RequestError
        If it is none, or not from ``low`` to ``high``.
    """
    text = given.get(name)
    if text is None:
        return default
    value = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(high)) else -1
    if not low <= value <= high:
        raise RequestError(
            f"{name} must be a whole number from {low} to {high}, not {text[:40]!r}",
            f"{name} 应为 {low} 到 {high} 的整数，而不是 {text[:40]!r}",
            field=name,
        )
    return value


def typed(text: str, item: Field) -> Any:
    """Return ``text`` as a value of the column ``item``.

    Raises
    ------
    RequestError
        If it is no code or no value of it.
    """
    if item.codes and text not in item.codes:
        choices = ", ".join(item.codes)
        raise RequestError(
            f"{text[:100]!r} is no code of {item.name}",
            f"{text[:100]!r} 不是 {item.name}（{item.zh}）的代码",
            field=item.name,
            hint=f"choose one of {choices}",
            hint_zh=f"可选：{choices}",
        )
    try:
        if item.dtype == "bool":
            return {"true": True, "false": False}[text.lower()]
        if item.dtype in ("int", "float"):
            return _finite(text)
        if item.dtype in ("date", "datetime"):
            return pd.Timestamp(datetime.fromisoformat(text).replace(tzinfo=None))
    except (ValueError, KeyError):
        raise RequestError(
            f"{text[:100]!r} is no value of {item.name}, which is of type {item.dtype}",
            f"{text[:100]!r} 不是 {item.name}（{item.zh}）的值，其类型为 {item.dtype}",
            field=item.name,
        ) from None
    return text


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
