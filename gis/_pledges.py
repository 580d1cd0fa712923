"""Whose income an account may count: the pledgeable share by owner, nothing for the treasury without a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis._notes import Note
from gis._recipes import RENT_TERMS
from gis._units import column, texts
from layers.kinds._columns import ROOM_INCOME_OWNERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from gis._model_parts import Parameter
    from gis.model import Model

PLEDGEABLE = "fin.pledgeable."
NEEDS_DOCUMENT = ("treasury", "trust", "unknown")
"""Owners whose income counts 0 in a balance until a document is named (收支两条线; 代管; owner unknown)."""
OWNER_KEYS = tuple(PLEDGEABLE + owner for owner in ROOM_INCOME_OWNERS)


def owners(options: pd.DataFrame) -> NDArray[np.object_]:
    """Return whose income each row brings; ``unknown`` where nobody wrote it down, or no such owner is known."""
    if "income_owner" not in options:
        return np.full(len(options), "unknown", dtype=object)
    told = options["income_owner"].astype(object)
    return np.asarray(told.where(told.isin(list(ROOM_INCOME_OWNERS)), "unknown"), dtype=object)


def pledgeable_share(options: pd.DataFrame, at: Callable[[str], ArrayLike]) -> NDArray[np.float64]:
    """Return what share of each row's income may repay an investment.

    Parameters
    ----------
    options
        ``income_owner``; ``pledgeable_share`` and ``pledge_document``, where given, of a row whose own papers tell a
        share: of the treasury, a trust account or nobody known it holds only where the document is named.
    at
        The model's share by key of the parameter: one number, or one for each draw.

    Returns
    -------
    ndarray
        One share for each row, or rows x draws.
    """
    whose = owners(options)
    by_owner = [np.atleast_1d(np.asarray(at(PLEDGEABLE + owner), dtype=float)) for owner in ROOM_INCOME_OWNERS]
    place = {owner: number for number, owner in enumerate(ROOM_INCOME_OWNERS)}
    found = np.stack(np.broadcast_arrays(*by_owner))[[place[owner] for owner in whose]]
    own = column(options, "pledgeable_share")
    is_told = ~np.isnan(own) & (~np.isin(whose, NEEDS_DOCUMENT) | _has_document(options))
    found = np.where(is_told[:, None], own[:, None], found)
    return found[:, 0] if np.ndim(at(OWNER_KEYS[0])) == 0 else found


def is_owner_open(options: pd.DataFrame) -> NDArray[np.bool_]:
    """Return whose income counts nothing only because nobody knows whose it is, and no paper tells a share."""
    is_told = ~np.isnan(column(options, "pledgeable_share")) & _has_document(options)
    return np.asarray((owners(options) == "unknown") & ~is_told)


def if_all_counts(options: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return ``options`` as if their income were that of who may count the most of it, for the high end of a band.

    A heritage building whose terms of letting are unknown is let at the reference rent, the best of them.
    """
    most = max(model.high(key) for key in OWNER_KEYS)
    terms = texts(options, "rent_terms")
    return options.assign(
        income_owner="operator", pledgeable_share=most, rent_terms=terms.where(terms.notna(), RENT_TERMS[-1])
    )


def pledge_faults(parameters: Mapping[str, Parameter]) -> Iterator[Note]:
    """Yield which shares are above 0 though no document is named, of owners that need one."""
    for owner in NEEDS_DOCUMENT:
        item = parameters.get(PLEDGEABLE + owner)
        if item is not None and item.is_assumption and max(item.value or 0.0, item.high or 0.0) > 0:
            yield Note(
                f"参数 {item.key} 大于 0 须在 source 写明文件名称和文号",
                f"parameter {item.key!r}: above 0 only with a document named in its source",
            )


def _has_document(options: pd.DataFrame) -> NDArray[np.bool_]:
    if "pledge_document" not in options:
        return np.zeros(len(options), dtype=bool)
    told = options["pledge_document"].astype("string").fillna("")
    return np.asarray(told.str.strip() != "", dtype=bool)
