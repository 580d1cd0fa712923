"""What the vehicles and the stalls of a community rest on, in words: a survey, a ledger, an assumption of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis._notes import NOTHING as NO_WORDS
from gis._notes import SEPARATORS, Note
from layers.schema import kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.model import Model

PER_HOUSEHOLD, ON_SITE = "parking.vehicles_per_household", "parking.resid_supply_actual"
SURVEY, LEDGER, LOTS, ASSUMED, NOTHING = "survey", "ledger", "lots", "assumed", ""
"""What a number rests on: codes of column ``basis``."""
COUNTED = {
    SURVEY: Note("夜间停车普查", "Night survey"),
    LEDGER: Note("台账", "Ledger"),
    LOTS: Note("小区内配建、专用停车场登记泊位合计", "Sum of the residents' and staff car parks registered inside"),
    NOTHING: Note("无数据，无法估算", "No data, nothing to estimate from"),
}


def basis_columns(cars: pd.DataFrame, on_site: pd.DataFrame, model: Model) -> dict[str, pd.Series]:
    """Return ``vehicles_basis`` and ``stalls_on_site_basis`` with their English twins, by community id.

    A number that nobody counted says what it is made of, that it is an assumption, and the source and the confidence
    of the model's parameter; a count that was told about, or differs from night to night, its range.

    Parameters
    ----------
    cars
        What :func:`gis.parking.vehicles` returned.
    on_site
        What :func:`gis.parking.stalls_on_site` returned.
    model
        Holds the parameters.
    """
    of_cars = _said(cars, "vehicles", lambda row: _of_homes(row, model))
    parked = on_site.assign(vehicles=cars["vehicles"])
    of_stalls = _said(parked, "stalls", lambda row: _of_cars(row["vehicles"], model))
    return {**_twins("vehicles_basis", of_cars), **_twins("stalls_on_site_basis", of_stalls)}


def _said(table: pd.DataFrame, name: str, assumed: Callable[[pd.Series], Note]) -> pd.Series:
    """Return the words on each row of ``table``, those of an assumed number as ``assumed`` makes them of the row."""
    found = [
        assumed(row) if row["basis"] == ASSUMED else _counted(row, name, COUNTED[row["basis"]])
        for _, row in table.iterrows()
    ]
    return pd.Series(found, index=table.index, dtype=object)


def _counted(row: pd.Series, name: str, by: Note) -> Note:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if not low < high:
        return by
    if row["words"]:
        return Note(
            f"{by.zh}为约数（{row['words']}），按{low:,.0f}–{high:,.0f}计",
            f"{by.en}: told about only ({row['words']}), taken as {low:,.0f}-{high:,.0f}",
        )
    return Note(f"{by.zh}，按{low:,.0f}–{high:,.0f}计", f"{by.en}, taken as {low:,.0f}-{high:,.0f}")


def _of_homes(row: pd.Series, model: Model) -> Note:
    each, why = _range(PER_HOUSEHOLD, model), _why(PER_HOUSEHOLD, model)
    homes, low, high = (f"{row[f'household_count{end}']:,.0f}" for end in ("", "_low", "_high"))
    told = NO_WORDS
    if row["are_homes_estimated"]:
        told = Note(f"（户数按建筑面积估算，{low}–{high}）", f" (estimated from the floor area, {low}-{high})")
    elif low != high:
        told = Note(f"（户数为约数，{low}–{high}）", f" (told about only, {low}-{high})")
    return Note(
        f"无车辆数：按{homes}户{told.zh}×每户{each.zh}辆估算，为假定，不是现状数{why.zh}",
        f"No count of vehicles: {homes} households{told.en} x {each.en} each, an assumption and no count{why.en}",
    )


def _of_cars(vehicles: float, model: Model) -> Note:
    share, why = _range(ON_SITE, model), _why(ON_SITE, model)
    return Note(
        f"无泊位数：按夜间车辆{vehicles:,.0f}辆×{share.zh}估算，为假定，不是现状数{why.zh}",
        f"No count of stalls: {vehicles:,.0f} vehicles at night x {share.en}, an assumption and no count{why.en}",
    )


def _range(key: str, model: Model) -> Note:
    value, low, high = (f"{find(key):g}" for find in (model.value, model.low, model.high))
    return Note(f"{value}（{low}–{high}）", f"{value} ({low}-{high})")


def _why(key: str, model: Model) -> Note:
    """Return the source and the confidence of a parameter in brackets."""
    item, codes = model[key], kind("opportunity")["confidence"].codes or {}
    zh, en = codes[item.confidence]
    return Note(f"（{item.cited.zh}，置信度{zh}）", f" ({item.source}; {en.lower()} confidence)")


def _twins(name: str, notes: pd.Series) -> dict[str, pd.Series]:
    return {
        f"{name}{end}": notes.map(lambda note, at=place: note[at]).astype("string")
        for place, end in enumerate(SEPARATORS)
    }
