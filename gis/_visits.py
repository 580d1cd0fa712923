"""How a heritage site is seen on a walk: inside, in the open or from outside, for how long, and between which hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gis._notes import Note
from gis._opening_hours import Hours, days_words, hours_of
from gis.options import code_of

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

    from gis.model import Model

INSIDE, OPEN_AIR, OUTSIDE = "inside", "open_air", "outside"
STAYS = {
    "historic_block": "route.stay.block",
    "ancient_tree": "route.stay.tree",
    "garden_monument": "route.stay.monument",
    "hall_school": "route.stay.hall",
    "public_industrial": "route.stay.hall",
}
"""Class or type of building -> parameter of the minutes that it is looked at; a house otherwise."""
NO_HOUSE = ("historic_block", "ancient_tree")
"""Classes that nobody needs to open."""

LIVED_IN = Note("有住户居住，只在街面观看，请勿打扰", "Lived in: seen from the street only, do not disturb")
WEAK = Note("C级（局部危险），不入内，不靠近墙体", "Grade C, partly dangerous: not entered, keep away from its walls")
NOT_OPEN = Note("未对外开放，只看外观", "Not open to visitors: seen from outside only")
OPEN_UNKNOWN = Note(
    "是否对外开放不明，按只看外观安排", "Nobody says whether it is open to visitors: planned from outside only"
)
HOURS_UNKNOWN = Note(
    "对外开放但开放时间不明，按只看外观安排，想入内请先联系",
    "Open to visitors, its hours unknown: planned from outside only, ask before you go in",
)


class Outing(NamedTuple):
    """When people walk: since when, in minutes since midnight, for how many minutes, on which day if that is known."""

    depart: float
    minutes: float
    day: date | None


class Visit(NamedTuple):
    """How a site is seen: the code, the minutes, from when until when since the walk started, and what to know."""

    visit: str
    stay_minutes: float
    open_minutes: float = 0.0
    close_minutes: float = np.inf
    notes: tuple[Note, ...] = ()


def visits(sites: gpd.GeoDataFrame, model: Model, outing: Outing) -> pd.DataFrame:
    """Return how each of ``sites`` (kind ``heritage``) is seen, a column for each field of :class:`Visit`.

    Inside only where its ledger says that it is open to visitors and when, that leaves room for a whole visit, nobody
    lives there, and its grade is not C; of several spans of one day that with most room. Historic blocks and old trees
    are seen in the open at any hour, and so are bridges, gates and gardens that are open, within their hours if these
    are told. All else is seen from outside: unknown hours are said, and not taken for open.
    """
    found = [_visit(site, model, outing) for _, site in sites.iterrows()]
    return pd.DataFrame(found, index=sites.index, columns=list(Visit._fields))


def _visit(site: pd.Series, model: Model, outing: Outing) -> Visit:
    of_class, of_type = code_of(site, "heritage_class"), code_of(site, "building_type")
    key = STAYS.get(of_class or "") or STAYS.get(of_type or "", "route.stay.house")
    stay, outside = model.value(key), model.value("route.stay.outside")
    if of_class in NO_HOUSE:
        return Visit(OPEN_AIR, stay)
    reason = _kept_out(site)
    hours = hours_of(site["opening_hours"])
    if reason is None and hours is None and of_type == "garden_monument":
        return Visit(OPEN_AIR, stay)
    if reason is not None or hours is None:
        return Visit(OUTSIDE, outside, notes=(reason or _hours_unknown(site),))
    window = _window(hours, stay, outing)
    if window is None:
        return Visit(OUTSIDE, outside, notes=(_closed_then(str(site["opening_hours"])),))
    notes = _closed_days(hours) if outing.day is None else ()
    return Visit(OPEN_AIR if of_type == "garden_monument" else INSIDE, stay, *window, notes)


def _kept_out(site: pd.Series) -> Note | None:
    """Return why nobody goes in, whatever the hours."""
    tenants = site["tenant_household_count"]
    if (pd.notna(tenants) and tenants > 0) or code_of(site, "use_state") == "residential":
        return LIVED_IN
    if code_of(site, "danger_grade") == "C":
        return WEAK
    if pd.isna(site["is_open"]):
        return OPEN_UNKNOWN
    return None if site["is_open"] else NOT_OPEN


def _window(hours: Hours, stay: float, outing: Outing) -> tuple[float, float] | None:
    """Return from when until when a stay fits, in minutes since the walk started; ``None`` where none does."""
    last = np.inf if hours.last_entry is None else hours.last_entry + stay
    spans = [
        (max(first - outing.depart, 0.0), min(until, last) - outing.depart) for first, until in hours.on(outing.day)
    ]
    room = [min(until, outing.minutes) - first for first, until in spans]
    if not spans or max(room) < stay:
        return None
    return spans[int(np.argmax(room))]


def _hours_unknown(site: pd.Series) -> Note:
    text = site["opening_hours"]
    if pd.isna(text) or not str(text).strip():
        return HOURS_UNKNOWN
    return Note(
        f"对外开放，但开放时间“{text}”未能识别，按只看外观安排，想入内请先联系",
        f"Open to visitors, but the hours “{text}” could not be read: planned from outside only, ask before you go in",
    )


def _closed_then(text: str) -> Note:
    return Note(
        f"开放时间为{text}，届时不开放或来不及参观，只看外观",
        f"Not open long enough during the walk (hours: {text}): seen from outside only",
    )


def _closed_days(hours: Hours) -> tuple[Note, ...]:
    if not hours.closed_days:
        return ()
    zh, en = days_words(hours.closed_days)
    return (Note(f"{zh}不开放，请另择日子", f"Closed on {en}: choose another day"),)
