"""The elements of a bundle's account (改造、停车、充电 …): what each member is worth to its operator by element."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis._account_facts import RATE, REVENUE_TAX
from gis._notes import Note
from gis._returns import npv_cny
from gis.public_rooms import ACTIONS as ROOMS

if TYPE_CHECKING:
    from gis._bundle_members import Candidates
    from gis._graph import Floats
    from gis.model import Model

RENOVATION, CARE = Note("改造", "Renovation"), Note("长效管养", "Care after renovation")
PARKING, CHARGING = Note("停车", "Parking"), Note("充电", "Charging")
ROOM, CULTURE = Note("用房与市集", "Rooms and markets"), Note("文化活化", "Heritage and culture")
OTHER = Note("其他", "Other")
ELEMENTS = (RENOVATION, CARE, PARKING, CHARGING, ROOM, CULTURE, OTHER)
OF_ACTION = {
    "renovation": RENOVATION,
    "surface_parking": PARKING,
    "mechanical_parking": PARKING,
    "charging": CHARGING,
    "ebike_charging": CHARGING,
    **dict.fromkeys(ROOMS, ROOM),
}
"""Action -> its element; another one is :data:`CULTURE` where the model has it for heritage alone."""


def element_npv_cny(found: Candidates, model: Model) -> tuple[tuple[Note, ...], Floats]:
    """Return the names of the elements, and the operator's NPV of each member by element, in CNY.

    A member counts in the element of its action. Of a community the care after renovation (长效管养: the property fees
    collected, less the tax on them, less upkeep) is an element of its own; the stalls and piles that its renovation
    adds stay with the renovation, whose cash the run tells in one sum.

    Returns
    -------
    tuple
        :data:`ELEMENTS`; and ``(members, elements)``, whose rows sum to the ``npv_cny`` of ``found.table``.
    """
    lines, rate = found.lines, model.value(RATE)
    fee = lines["property_fee_cny"] * (1.0 - model.value(REVENUE_TAX))
    care = npv_cny(fee - lines["upkeep_cny"], rate)
    own = npv_cny(found.net_cny, rate) - care
    place = {element: number for number, element in enumerate(ELEMENTS)}
    at = [place[_element(action, model)] for action in found.table["action"]]
    worth = np.zeros((len(found.table), len(ELEMENTS)))
    worth[np.arange(len(at)), at] = own
    worth[:, place[CARE]] += care
    return ELEMENTS, worth


def told(npv_cny: Floats | None, rows: list[int]) -> tuple[Note, float]:
    """Return what a bundle is worth by element in words, and what the elements that lose take from the others in CNY.

    ``npv_cny``: as :func:`element_npv_cny` tells, ``None`` where nobody knows; ``rows``: the bundle's. Elements of
    nothing are not named.
    """
    if npv_cny is None:
        return Note("", ""), float("nan")
    sums = npv_cny[rows].sum(axis=0)
    known = [(element, cny) for element, cny in zip(ELEMENTS, sums.tolist(), strict=True) if cny]
    zh, en = (
        "、".join(f"{element.zh}{cny / 1e4:,.1f}" for element, cny in known),
        ", ".join(f"{element.en} {cny / 1e6:,.2f}" for element, cny in known),
    )
    return Note(f"{zh}万元" if zh else "", f"{en} M CNY" if en else ""), float(np.maximum(-sums, 0.0).sum())


def _element(action: str, model: Model) -> Note:
    known = model.actions.get(action)
    is_culture = known is not None and tuple(known.themes) == ("heritage",)
    return OF_ACTION.get(action, CULTURE if is_culture else OTHER)
