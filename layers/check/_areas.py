"""Areas as a ledger states them against the areas of the shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.values._written import number_as_written

if TYPE_CHECKING:
    from layers.check._subject import Subject

AREA_SHARE = 0.1
"""ASSUMPTION: surveys and sketches of one parcel agree to a tenth."""
AREA_LEAST_M2 = 20.0
"""ASSUMPTION: smaller differences matter to nobody."""
MU_M2 = 10_000 / 15
"""Square metres of a 亩."""
_MU_SHARE = 0.05


def check_areas(subject: Subject) -> None:
    """Warn where the stated area of land differs from that of its shape by a tenth, and where it looks like 亩."""
    if "area_m2" not in subject.kind or not subject.has("area_m2") or not len(subject.polygons):
        return
    stated = subject.numbers("area_m2").to_numpy()[subject.polygons]
    measured = shapely.area(subject.outlines)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = stated / measured
    differs = (np.abs(ratio - 1) > AREA_SHARE) & (np.abs(stated - measured) > AREA_LEAST_M2)
    is_mu = differs & (np.abs(ratio * MU_M2 - 1) < _MU_SHARE)
    for chosen, zh, en in (
        (is_mu, "台账面积像是以亩为单位，却按平方米读入", "the stated area looks like 亩, yet was read as m2"),
        (differs & ~is_mu, "台账面积与图形面积相差一成以上", "stated and measured area differ by a tenth or more"),
    ):
        rows = np.flatnonzero(chosen)
        shown = [
            f"{number_as_written(stated[at])} / {number_as_written(measured[at])} m2 ({100 * (ratio[at] - 1):+.0f} %)"
            for at in rows
        ]
        subject.warn(
            "area_differs", f"{zh}（台账 / 图形），请核对", f"{en} (stated / measured): check both",
            subject.polygons[rows], field="area_m2", values=shown,
        )  # fmt: skip
