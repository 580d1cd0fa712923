"""What renovation costs by tier, and lifts apart: the national cost a household, scaled by the tiers' ratio."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis._notes import Note, missing_codes
from gis._told_about import TOLD_ENDS, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gis.city import City
    from gis.model import Model

TIER_KEYS: Mapping[str, str] = {
    "basic": "reno.cost_per_m2.basic",
    "improve": "reno.cost_per_m2.improve",
    "upgrade": "reno.cost_per_m2.upgrade",
}
"""Tier -> its cost a m2. Each includes the tiers before it (the source maps 基础, 基础+完善, 基础+完善+提升)."""
MEAN_TIER = "improve"
"""ASSUMPTION: what the country spends on average buys the basic and improving lists. No source divides it by tier;
the works of those years (国办发〔2020〕23号) must do the first, what they can of the second, and seldom the third."""
ENDS = tuple(TOLD_ENDS)
PER_HOUSEHOLD, PER_M2, PER_LIFT = "reno.cost_per_household", "reno.cost_per_m2", "reno.elevator_cost"


def need(city: City, model: Model) -> pd.DataFrame:
    r"""Return what renovation of each community costs by tier, and what its lifts cost.

    .. math:: cost_{tier} = households \cdot c_{household} \cdot \frac{m_{tier}}{m_{improve}}

    with :math:`c` = ``reno.cost_per_household`` (26,700 CNY, 21,082-30,766) and :math:`m` = ``reno.cost_per_m2.<tier>``
    (floors of Wuxi, low confidence: only their ratio is used, 400 : 600 : 800). Where the ledger gives no households,
    floor area times ``reno.cost_per_m2`` (363, 174-800) stands for the first two. The low end takes low cost and low
    ratio, the high end high ones. Lifts, ``reno.elevator_cost`` each, are apart and only where the ledger counts them.

    Returns
    -------
    DataFrame
        By community id, in CNY: ``cost_<tier>_cny`` and ``cost_lifts_cny``, with ``_low`` and ``_high``; null where
        neither households nor floor area are known, or no lifts are counted; ``missing``; ``attrs["notes"]``.
    """
    frame = city["community"]
    homes, floor_m2 = (_positive(told(frame, "community", name)) for name in ("household_count", "floor_area_m2"))
    lifts = told(frame, "community", "lifts_to_add_count")
    columns = {}
    for end, read in _readers(model).items():
        mean = (homes[TOLD_ENDS[end]] * read(PER_HOUSEHOLD)).fillna(floor_m2[TOLD_ENDS[end]] * read(PER_M2))
        for tier, key in TIER_KEYS.items():
            columns[f"cost_{tier}_cny{end}"] = mean * read(key) / model.value(TIER_KEYS[MEAN_TIER])
        columns[f"cost_lifts_cny{end}"] = lifts[TOLD_ENDS[end]] * read(PER_LIFT)
    names = [f"{name}{end}" for name in (*(f"cost_{tier}_cny" for tier in TIER_KEYS), "cost_lifts_cny") for end in ENDS]
    table = pd.DataFrame(columns, index=frame.index)[names]
    unsized = homes["value"].isna() & floor_m2["value"].isna()
    table["missing"] = missing_codes({"community.household_count": unsized}, frame.index)
    table.attrs["notes"] = _notes(model, by_area=int((homes["value"].isna() & ~unsized).sum())) if len(frame) else ()
    return table


def _readers(model: Model) -> dict[str, Callable[[str], float]]:
    return dict(zip(ENDS, (model.value, model.low, model.high), strict=True))


def _positive(numbers: pd.DataFrame) -> pd.DataFrame:
    """Return numbers above 0 with their ends; a community of 0 households or 0 m2 was not counted."""
    return numbers[list(TOLD_ENDS.values())].where(numbers["value"] > 0)


def _notes(model: Model, by_area: int) -> tuple[Note, ...]:
    each, per_m2 = model[PER_HOUSEHOLD], model[PER_M2]
    ratio = " : ".join(f"{model.value(key):g}" for key in TIER_KEYS.values())
    tier = model[TIER_KEYS[MEAN_TIER]]
    zh = (
        f"改造投资分类：户数×每户{each.value:,.0f}元（{each.cited.zh}）×三类单价之比{ratio}（{tier.cited.zh}，只作比例，置信度低），"
        f"逐类累计；全国平均视为做到完善类，为假设。{by_area}个小区没有户数，按建筑面积×每平方米{per_m2.value:g}元估算。"
        "加装电梯另列，只在台账写明部数时估算。"
    )
    en = (
        f"Cost of renovation by tier: households x {each.value:,.0f} CNY ({each.source}) x the ratio of the tiers "
        f"{ratio} ({tier.source}; used as a ratio only, low confidence), each with those before it; that the national "
        f"mean buys the basic and improving lists is an assumption. {by_area} communities give no households: floor "
        f"area x {per_m2.value:g} CNY/m2. Lifts stand apart, only where the ledger counts them."
    )
    return (Note(zh, en),)
