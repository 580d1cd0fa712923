"""What is said of areas that nobody measured: a ledger's for a point, one told about, that of so many chargers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._notes import NOTHING, Note
from gis._told_about import about_notes, told

if TYPE_CHECKING:
    from gis.city import City
    from gis.model import Model

SIZED = ("surface_parking", "mechanical_parking", "charging", "ebike_charging")
"""Actions whose size follows from the area."""
POINT_SIZED = Note(
    "只有点位、轮廓不明：规模按台账面积估算，低值为0，保护区划只按点位核对",
    "A point of unknown outline: its size is estimated from the area of the ledger, at least 0, and heritage zones are "
    "looked up at the point only",
)
POINT = Note(
    "只有点位、轮廓不明：面积取自台账，保护区划只按点位核对",
    "A point of unknown outline: its area is the ledger's, and heritage zones are looked up at the point only",
)
LAND_EACH = {
    "charging": ("charging.lot_area_per_pile", Note("桩", "piles")),
    "ebike_charging": ("ebike.m2_per_port", Note("口", "ports")),
}
"""Action -> the land that one of its chargers takes, and what they are in words."""
FLOOR = ("area_m2", "floor_area_m2", Note("台账建筑面积", "The ledger's floor area"), Note("平方米", " m2"))
SIZES = {
    "public_building": FLOOR,
    "heritage": FLOOR,
    "community": ("household_count", "household_count", Note("台账户数", "The ledger's households"), Note("户", "")),
}
"""Kind of asset -> the size of its options, the column that it is read from, and both in words."""


def outline_notes(rows: pd.DataFrame, shapes: pd.DataFrame) -> list[tuple[pd.Series, Note]]:
    """Return what is said of options on points with a ledger's area, and on areas that are told about only.

    Parameters
    ----------
    rows
        Options: ``asset_id``, ``action``.
    shapes
        What :func:`gis._land_shape.measured` returned.
    """
    shape = shapes.reindex(rows["asset_id"]).set_axis(rows.index)
    is_point = ~shape["is_polygon"].astype(bool) & shape["area_m2"].notna()
    is_sized = rows["action"].isin(SIZED)
    names = {"area_low_m2": "low", "area_high_m2": "high", "area_words": "words"}
    area = shape[list(names)].rename(columns=names).fillna({"words": ""})
    about = about_notes(area, Note("台账面积", "The ledger's area"), Note("平方米", " m2"))
    return [(is_point & is_sized, POINT_SIZED), (is_point & ~is_sized, POINT), *about]


def size_notes(table: pd.DataFrame, city: City) -> list[tuple[pd.Series, Note]]:
    """Return which options have a size that the ledger of their asset tells about only, and what is said of it."""
    said = []
    for asset_kind, (size, column, what, unit) in SIZES.items():
        rows = table[table["asset_kind"] == asset_kind]
        if rows.empty:
            continue
        rows = rows[rows[size].notna()]
        numbers = told(city[asset_kind], asset_kind, column).reindex(rows["asset_id"]).set_axis(rows.index)
        notes = about_notes(numbers, what, unit)
        said += [(where.reindex(table.index, fill_value=False), note) for where, note in notes]
    return said


def area_notes(table: pd.DataFrame, model: Model) -> list[tuple[pd.Series, Note]]:
    """Return for which options the area is that of their chargers, and by what it was estimated.

    Parameters
    ----------
    table
        Options: ``action``, ``chargers``, ``area_m2``.
    model
        Holds the land that a pile or a port takes (:data:`LAND_EACH`).
    """
    said = []
    for action, (key, unit) in LAND_EACH.items():
        area_m2, chargers = table["area_m2"].astype(float), table["chargers"].astype(float)
        here = (table["action"] == action) & np.isclose(area_m2, chargers * model.value(key))
        for count, group in table[here].groupby(chargers[here]):
            where = pd.Series(table.index.isin(group.index), index=table.index)
            said.append((where, _estimated(float(count), key, unit, model)))
    return said


def _estimated(count: float, key: str, unit: Note, model: Model) -> Note:
    each, few, many = (find(key) for find in (model.value, model.low, model.high))
    guess = Note("，为假定", ", an assumption") if model[key].is_assumption else NOTHING
    zh = en = ""
    if few < many:
        least, most = f"{count * few:,.0f}", f"{count * many:,.0f}"
        zh, en = f"（{few:g}–{many:g}，合{least}–{most}）", f" ({few:g}-{many:g}, in all {least}-{most})"
    return Note(
        f"面积为估算，不是量算：{count:,.0f}{unit.zh}×每{unit.zh}{each:g}平方米{zh}{guess.zh}（{model[key].cited.zh}）",
        f"Its area is estimated, not measured: {count:,.0f} {unit.en} x {each:g} m2{en}{guess.en} "
        f"({model[key].source})",
    )
