"""What of OpenStreetMap is idle: a place out of use, told from a line, a bench, an old name or a place in use again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.osm import _reasons as why
from layers.osm._tags import lifecycle, values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.quality import Text

_PLACE_KEYS = frozenset(
    {
        "",  # disused=yes, abandoned=yes: the object itself
        "amenity", "shop", "office", "leisure", "tourism", "craft", "healthcare", "building", "landuse", "industrial",
        "man_made", "military", "club", "social_facility", "aeroway", "historic",
    }
)  # fmt: skip
_LINE_KEYS = frozenset({"highway", "railway", "waterway", "aerialway", "route", "power", "barrier", "cycleway"})
_BOUNDARY_KEYS = frozenset({"boundary", "political_division", "admin_level", "route_master"})
_LIVE_KEYS = ("amenity", "shop", "office", "leisure", "tourism", "craft", "healthcare", "club")
_DEAD_VALUES = frozenset({"vacant", "no", "disused", "abandoned"})
_RAILWAY_PLACES = frozenset({"station", "halt", "yard", "depot", "roundhouse"})
_FURNITURE = frozenset(
    {
        "artwork", "atm", "bench", "bicycle_parking", "bicycle_rental", "bicycle_repair_station", "bus_stop",
        "charging_station", "clock", "compressed_air", "defibrillator", "drinking_water", "fire_hydrant", "flagpole",
        "fountain", "information", "letter_box", "luggage_locker", "manhole", "mast", "milestone", "parcel_locker",
        "parking_entrance", "parking_meter", "payment_terminal", "photo_booth", "picnic_table", "platform", "post_box",
        "recycling", "street_lamp", "subway_entrance", "surveillance", "telephone", "ticket_validator", "tram_stop",
        "vending_machine", "viewpoint", "waste_basket", "waste_disposal", "water_tap",
    }
)  # fmt: skip
_ROOM_KEYS = frozenset({"amenity", "shop", "office", "tourism", "craft", "healthcare", "building", "club"})
_WEIGHTS = (
    why.IN_USE_AGAIN,
    why.FURNITURE,
    why.IDLE_ROUTE,
    why.IDLE_LINE,
    why.UNDER_CONSTRUCTION,
    why.OLD_DETAIL,
)


def why_not_idle(tags: Mapping[str, str], *, is_relation: bool = False) -> Text | None:
    """Return why an object that looks idle is no idle place, ``None`` where it is one.

    Parameters
    ----------
    tags
        Its tags; at least one made :func:`layers.osm._tags.kinds_of` say ``idle_land``.
    is_relation
        Whether it is a relation: one that is disused is a route or a boundary unless it is an area.
    """
    if {"brownfield", "greenfield", "vacant"} & set(values(tags, "landuse")) or tags.get("vacant", "no") != "no":
        return None
    if any(tags.get(key) == "vacant" for key in (*_LIVE_KEYS, "building")):
        return None
    reasons = [_why_not(tags, key, value, is_relation=is_relation) for key, value in lifecycle(tags)]
    if None in reasons:
        return None
    if "construction" in values(tags, "landuse"):
        reasons.append(why.UNDER_CONSTRUCTION)
    return min((reason for reason in reasons if reason is not None), key=_WEIGHTS.index)


def is_built(tags: Mapping[str, str]) -> bool:
    """Whether the idle place is a room or a building, not open ground."""
    former = {key for key, _ in lifecycle(tags)}
    return "building" in tags or bool(_ROOM_KEYS & former) or any(tags.get(key) == "vacant" for key in _ROOM_KEYS)


def former_use(tags: Mapping[str, str]) -> str:
    """Return what the tags say of it, ``disused:shop=clothes; landuse=brownfield``, for the remark."""
    said = [
        f"{key}={value}" for key, value in sorted(tags.items()) if key.partition(":")[0] in ("disused", "abandoned")
    ]
    said += [f"{key}={tags[key]}" for key in ("landuse", "vacant", *_LIVE_KEYS) if key in tags]
    return "; ".join(said)


def _why_not(tags: Mapping[str, str], key: str, value: str, *, is_relation: bool) -> Text | None:
    if is_relation and (tags.get("type") in ("route", "boundary", "route_master") or key in _BOUNDARY_KEYS):
        return why.IDLE_ROUTE
    if value in _FURNITURE or (not key and any(tags.get(live) in _FURNITURE for live in _LIVE_KEYS)):
        return why.FURNITURE
    if key == "railway" and value in _RAILWAY_PLACES:
        return None
    if key in _LINE_KEYS or key in _BOUNDARY_KEYS:
        return why.IDLE_ROUTE if is_relation or key in _BOUNDARY_KEYS else why.IDLE_LINE
    if key not in _PLACE_KEYS:
        return why.OLD_DETAIL
    return why.IN_USE_AGAIN if key and _is_live(tags) else None


def _is_live(tags: Mapping[str, str]) -> bool:
    live = (value for key in _LIVE_KEYS for value in values(tags, key))
    return any(value not in _DEAD_VALUES and value not in _FURNITURE for value in live)
