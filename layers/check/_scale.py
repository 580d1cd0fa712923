"""Sizes far out of the scale of their own list: a thousandfold slip (5000 亩 for 5.000) ranks first otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.values._written import number_as_written

if TYPE_CHECKING:
    from layers.check._subject import Subject

_SIZES = ("area_m2", "floor_area_m2", "household_count", "stall_count", "pile_count")
LEAST_STATED = 8
"""ASSUMPTION: fewer numbers have no scale of their own."""
SCALE_FACTOR = 100.0
"""ASSUMPTION: plots, buildings and car parks of one list span two orders of magnitude around their middle; what lies
above is more often a slip of unit or decimal point than the largest site of the district, and is asked about, not
changed."""


def check_scale(subject: Subject) -> None:
    """Warn of sizes above a hundred times the median of the sizes that the list states."""
    for name in _SIZES:
        if name not in subject.kind or not subject.has(name):
            continue
        sizes = subject.numbers(name).to_numpy()
        stated = sizes[sizes > 0]
        if len(stated) < LEAST_STATED:
            continue
        median = float(np.median(stated))
        rows = np.flatnonzero(sizes > SCALE_FACTOR * median)
        unit = subject.kind[name].unit or ""
        usual = f"{number_as_written(round(median, 1))} {unit}".strip()
        subject.warn(
            "out_of_scale",
            f"“{subject.kind[name].zh}”是本表中位数（{usual}）的一百倍以上，请核对数字、小数点和单位",
            f"{name} is more than a hundred times the median of this list ({usual}): check digits, decimal point, unit",
            rows, field=name, values=[f"{number_as_written(sizes[at])} {unit}".strip() for at in rows],
        )  # fmt: skip
