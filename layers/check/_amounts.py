"""Numbers of one record held against each other: parts against wholes, households against floor area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.values._written import number_as_written

if TYPE_CHECKING:
    from layers.check._subject import Subject

_PARTS_OF_WHOLES = (
    ("public_housing_household_count", "household_count"),
    ("charger_stall_count", "stall_count"),
    ("tandem_stall_count", "stall_count"),
    ("dc_pile_count", "pile_count"),
    ("illegal_count", "parked_count"),
)
"""Pairs of columns of which the first counts some of what the second counts."""
FLOOR_AREA_PER_HOUSEHOLD_M2 = 73.6
"""old_comm.floor_area_per_household of the domain parameters (64.1 to 73.6): Guangzhou, 48.26 million m2 in 881 old
communities; an average of communities, so one community may lie well off it."""
FLOOR_AREA_FACTOR = 4.0
"""ASSUMPTION: floor area per household of a whole community is a slip of the pen or of the unit where it lies beyond
four times the average or below a quarter of it (18 and 294 m2); dormitories and large flats stay inside."""

RENT_SHARE = 0.02
"""ASSUMPTION: rents and areas are rounded to the yuan and the square metre; beyond 2 % something else is meant."""


def check_amounts(subject: Subject) -> None:
    """Warn of parts that exceed their whole, of floor areas that fit no such number of households, of rents."""
    for part, whole in _PARTS_OF_WHOLES:
        if part in subject.kind and whole in subject.kind and subject.has(part, whole):
            _part(subject, part, whole)
    if subject.kind.name == "community" and subject.has("household_count", "floor_area_m2"):
        _floor_area(subject)
    if "rent_cny_m2_month" in subject.kind and subject.has("rent_cny_m2_month", "rent_cny_month", "floor_area_m2"):
        _rent(subject)


def _part(subject: Subject, part: str, whole: str) -> None:
    some, all_of_them = subject.numbers(part), subject.numbers(whole)
    rows = np.flatnonzero(some > all_of_them)
    zh, zh_whole = subject.kind[part].zh, subject.kind[whole].zh
    shown = [f"{some[at]:.0f} > {all_of_them[at]:.0f}" for at in rows]
    subject.warn(
        "part_exceeds_whole", f"“{zh}”多于“{zh_whole}”，请核对", f"{part} is more than {whole}: check both",
        rows, field=part, values=shown,
    )  # fmt: skip


def _floor_area(subject: Subject) -> None:
    """Warn where floor area per household, m2, lies outside a quarter to four times the average."""
    households, area = subject.numbers("household_count"), subject.numbers("floor_area_m2")
    each_m2 = (area / households.where(households > 0)).to_numpy()
    low, high = FLOOR_AREA_PER_HOUSEHOLD_M2 / FLOOR_AREA_FACTOR, FLOOR_AREA_PER_HOUSEHOLD_M2 * FLOOR_AREA_FACTOR
    usual_zh, usual_en = f"通常约 {FLOOR_AREA_PER_HOUSEHOLD_M2:g}", f"about {FLOOR_AREA_PER_HOUSEHOLD_M2:g} is usual"
    for rows, zh, en in (
        (np.flatnonzero(each_m2 < low), "太小", "too little"),
        (np.flatnonzero(each_m2 > high), "太大", "too much"),
    ):
        shown = [
            f"{number_as_written(area[at])} m2 / {households[at]:.0f} = {number_as_written(each_m2[at])} m2"
            for at in rows
        ]
        subject.warn(
            "floor_area_per_household",
            f"每户建筑面积{zh}（{usual_zh} 平方米，{low:.0f} 至 {high:.0f} 之外提示），请核对户数、面积和单位",
            f"floor area per household is {en} ({usual_en}; outside {low:.0f} to {high:.0f} m2 it is doubted): check "
            "households, area and unit",
            rows, field="floor_area_m2", values=shown,
        )  # fmt: skip


def _rent(subject: Subject) -> None:
    """Warn where the rent of a month is not the rent per square metre times the floor area."""
    each, area, rent = (subject.numbers(name) for name in ("rent_cny_m2_month", "floor_area_m2", "rent_cny_month"))
    rows = np.flatnonzero(((each * area - rent).abs() > RENT_SHARE * rent).fillna(value=False))
    shown = [f"{number_as_written(each[at] * area[at])} / {number_as_written(rent[at])} 元/月" for at in rows]
    subject.warn(
        "rent_differs", "租金单价乘以建筑面积不等于月租金（相乘 / 台账），请核对单价的单位和计租面积",
        "rent per square metre times floor area is not the rent of the month (product / ledger): check unit and area",
        rows, field="rent_cny_m2_month", values=shown,
    )  # fmt: skip
