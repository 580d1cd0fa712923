"""``sortby`` and ``properties`` of ``/ogc``: in which order features come, and which of their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from layers.serving.prepared import Prepared

MAX_KEYS = 8
"""More columns to sort by tell nothing further apart that a person looks at."""


@dataclass(frozen=True)
class SortKey:
    """One column to sort by."""

    name: str
    is_descending: bool


def parse_sortby(text: str, fields: Iterable[str]) -> tuple[SortKey, ...]:
    """Return the keys of ``sortby=``: names divided by commas, ``-`` before one for descending, ``+`` or nothing else.

    Raises
    ------
    RequestError
        For an unknown or repeated column, or too many.
    """
    keys = [
        SortKey(part.lstrip("+-") if part[:1] in "+-" else part, part.startswith("-"))
        for part in (item.strip() for item in text.split(","))  # a plus sign in an address is read as a space
    ]
    _check("sortby", [key.name for key in keys], fields)
    if len(keys) > MAX_KEYS:
        raise RequestError(
            f"sortby names {len(keys)} columns, {MAX_KEYS} at most are sorted by",
            f"sortby 写了 {len(keys)} 列，最多 {MAX_KEYS} 列",
            field="sortby",
        )
    return tuple(keys)


def parse_properties(text: str, fields: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of ``properties=``, in the order in which they are asked for.

    Raises
    ------
    RequestError
        For an unknown or repeated column.
    """
    names = [item.strip() for item in text.split(",")] if text.strip() else []
    _check("properties", names, fields)
    return tuple(names)


def ordered(held: Prepared, rows: NDArray[np.intp], keys: tuple[SortKey, ...]) -> NDArray[np.intp]:
    """Return ``rows`` sorted by ``keys``: what is missing comes last in either direction, equals stay as they were.

    Texts follow the order of their code points.
    """
    present = [key for key in keys if key.name in held.columns.column_names]
    if not present:
        return rows
    columns = {f"k{at}": held.columns[key.name].take(pa.array(rows)) for at, key in enumerate(present)}
    columns["row"] = pa.array(np.arange(len(rows)))  # the sort is not stable: the place so far decides last
    directions = [(f"k{at}", "descending" if key.is_descending else "ascending") for at, key in enumerate(present)]
    order = pc.sort_indices(pa.table(columns), sort_keys=[*directions, ("row", "ascending")])
    return np.asarray(rows[order.to_numpy()])


def _check(parameter: str, names: list[str], fields: Iterable[str]) -> None:
    known = list(fields)
    for at, name in enumerate(names):
        if name not in known:
            choices = ", ".join(known)
            raise RequestError(
                f"{parameter} names {name[:100]!r}, which is no column here",
                f"{parameter} 中的 {name[:100]!r} 不是这里的列",
                field=parameter,
                hint=f"choose from {choices}",
                hint_zh=f"可选：{choices}",
            )
        if name in names[:at]:
            raise RequestError(
                f"{parameter} names {name!r} twice", f"{parameter} 中 {name!r} 写了两次", field=parameter
            )
