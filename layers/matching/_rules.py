"""What besides name and place speaks for or against one thing: columns compared, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

CLOSE_SHARE, FAR_SHARE = 0.1, 0.4
"""ASSUMPTION: two counts of one thing within 10 % agree fully; from 40 % on they agree not at all. Platforms count
piles, guns and reserved stalls differently, seldom by more."""
CONTRADICTED_BELOW = 0.5
"""ASSUMPTION: figures that agree by less (a quarter apart: 310 and 500 stalls, 300 and 400) contradict each other, and
names that are not the same then do not make one thing of two."""
UNKNOWN = "unknown"
"""The code that says nothing in every code list that has it."""


@dataclass(frozen=True)
class Compared:
    """Columns of one kind that two records of one thing should agree in.

    Parameters
    ----------
    figures
        Counts and areas; the larger difference, the less agreement. A contradiction asks for a person.
    codes
        Codes and names that agree or do not.
    apart
        Column -> codes that are never the same thing as another code (a tree is no house).
    asks
        Column -> codes of ``apart`` that few things have: a record that leaves the column blank is most likely another
        thing, so a person is asked.
    use
        The column whose codes names say too (电动自行车, 换电), where there is one.
    """

    figures: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    apart: Mapping[str, frozenset[str]] = field(default_factory=dict)
    asks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    use: str | None = None


COMPARED: Mapping[str, Compared] = MappingProxyType(
    {
        "community": Compared(figures=("building_count", "household_count", "floor_area_m2")),
        "idle_land": Compared(figures=("area_m2",), codes=("tenure", "owner", "certificate_no")),
        "public_building": Compared(figures=("floor_area_m2",), codes=("ownership",)),
        "parking": Compared(
            figures=("stall_count",),
            codes=("parking_type", "operator"),
            apart={"parking_type": frozenset({"kerb"})},
            asks={"parking_type": frozenset({"kerb"})},
        ),
        "charging": Compared(
            figures=("pile_count", "port_count", "power_kw"),
            codes=("access", "operator"),
            apart={"charger_type": frozenset({"car", "ebike", "battery_swap"}), "status": frozenset({"planned"})},
            asks={"charger_type": frozenset({"ebike", "battery_swap"}), "status": frozenset({"planned"})},
            use="charger_type",
        ),
        "heritage": Compared(
            figures=("floor_area_m2",),
            codes=("heritage_class", "building_type"),
            apart={"heritage_class": frozenset({"ancient_tree", "historic_block"})},
            asks={"heritage_class": frozenset({"ancient_tree", "historic_block"})},
        ),
        "service": Compared(
            figures=("floor_area_m2",),
            codes=("service_type",),
            apart={
                "service_type": frozenset({"clinic", "kindergarten", "primary_school", "junior_school", "market"}),
            },
        ),
    }
)
"""Kinds whose records come from several departments. Records of other kinds are never matched across sources."""


STACKED = frozenset(("parking_survey", "heritage_zone", "service_item", "report"))
"""Kinds of which every department has records of its own: what several give stands side by side. Of all other kinds
that are not compared a city has one layer (its sub-districts, its streets)."""


def compare(
    left: pd.DataFrame, right: pd.DataFrame, of: Compared
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Compare records pair by pair in the columns of their kind.

    Returns
    -------
    agreement
        Mean agreement over the columns that both have, 0 to 1; NaN where they share none.
    contradicts
        Whether a figure contradicts.
    apart
        Whether a code says that they are two things.
    """
    marks = [_figure(left[name], right[name]) for name in of.figures]
    marks += [_code(left[name], right[name]) for name in of.codes]
    table = np.array(marks, dtype=np.float64).reshape(len(marks), len(left))
    known = ~np.isnan(table)
    total, count = np.where(known, table, 0.0).sum(axis=0), known.sum(axis=0)
    agreement = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    contradicts = np.asarray((table[: len(of.figures)] < CONTRADICTED_BELOW).any(axis=0), dtype=bool)
    apart = np.zeros(len(left), dtype=bool)
    for name, codes in of.apart.items():
        one, other = _known(left[name]), _known(right[name])
        apart |= (_listed(one, codes) | _listed(other, codes)) & (one != "") & (other != "") & (one != other)
    return agreement, contradicts, apart


def _figure(left: pd.Series, right: pd.Series) -> NDArray[np.float64]:
    one = left.to_numpy(dtype=np.float64, na_value=np.nan)
    other = right.to_numpy(dtype=np.float64, na_value=np.nan)
    larger = np.maximum(np.abs(one), np.abs(other))
    share = np.where(larger > 0, np.abs(one - other) / np.where(larger > 0, larger, 1.0), 0.0)
    closeness = 1.0 - (share - CLOSE_SHARE) / (FAR_SHARE - CLOSE_SHARE)
    return np.where(np.isnan(larger), np.nan, np.clip(closeness, 0.0, 1.0))


def _known(values: pd.Series) -> NDArray[np.object_]:
    texts: NDArray[np.object_] = values.astype(object).where(values.notna(), "").to_numpy(dtype=object)
    return np.where(texts == UNKNOWN, "", texts)


def _code(left: pd.Series, right: pd.Series) -> NDArray[np.float64]:
    one, other = _known(left), _known(right)
    return np.where((one == "") | (other == ""), np.nan, (one == other).astype(np.float64))


def is_unsaid(
    left: pd.DataFrame, right: pd.DataFrame, of: Compared, uses: tuple[NDArray[np.object_], NDArray[np.object_]]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which pairs a person must look at because one record leaves open what the other says.

    Parameters
    ----------
    left, right
        Records, pair by pair.
    of
        What their kind compares.
    uses
        Whom their names say that they are for (``use`` of :func:`layers.matching.names.name_parts`): a code that is
        blank is taken from there.

    Returns
    -------
    by_use
        One is for e-bikes or swaps batteries, and the other says nothing of it.
    by_code
        The same of another code of :attr:`Compared.asks`.
    """
    by_use, by_code = uses[0] != uses[1], np.zeros(len(left), dtype=bool)
    for name, codes in of.asks.items():
        one, other = _known(left[name]), _known(right[name])
        is_open = (one == "") | (other == "")
        if name == of.use:
            one, other = np.where(one == "", uses[0], one), np.where(other == "", uses[1], other)
            by_use = is_open & (one != other) & (_listed(one, codes) | _listed(other, codes))
        else:
            by_code |= is_open & (_listed(one, codes) | _listed(other, codes))
    return np.asarray(by_use, dtype=bool), by_code


def _listed(values: NDArray[np.object_], codes: frozenset[str]) -> NDArray[np.bool_]:
    return np.isin(values.astype(str), sorted(codes))
