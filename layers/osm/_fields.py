"""Tags to columns, one function per layer kind. What OpenStreetMap does not say stays null or ``unknown``.

OpenStreetMap knows no Chinese legal class, owner or tenure, so ``heritage_class``, ``ownership`` and ``tenure`` are
``unknown``: nothing here may ever look permitted because a map said so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from layers import schema
from layers.osm._idle import former_use, is_built
from layers.osm._tags import GREENS, WATERS, has, service_type, values
from layers.osm._values import access_of, address_of, count, name_of, said, year

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from layers.quality import QualityReport
    from layers.schema import Kind

_KERB = frozenset({"street_side", "lane", "on_kerb", "half_on_kerb", "shoulder", "inline"})
_PARKING_USERS = {"residents": "residential", "customers": "attached", "yes": "public", "public": "public"}
_CAR_SOCKETS = ("socket:chademo", "socket:type1", "socket:type2", "socket:tesla", "socket:gbt", "socket:ccs")
_BUILDING_TYPES = {
    "hall_school": {"school", "college", "university", "academy", "library", "clan_hall", "ancestral_hall"},
    "public_industrial": {
        "government", "civic", "public", "town_hall", "townhall", "courthouse", "industrial", "warehouse", "factory",
        "mine", "mill", "watermill", "windmill", "train_station", "fire_station", "power",
    },
    "residential_commercial": {
        "house", "residential", "apartments", "manor", "farm", "retail", "shop", "commercial", "hotel", "arcade",
    },
    "garden_monument": {
        "memorial", "monument", "tower", "bridge", "city_gate", "tomb", "obelisk", "stele", "wayside_cross",
        "wayside_shrine", "boundary_stone", "milestone", "archway", "paifang", "pagoda", "statue", "garden",
    },
}  # fmt: skip
_STRUCTURES = {
    "wood": "timber",
    "timber": "timber",
    "timber_framing": "timber",
    "stone": "masonry",
    "sandstone": "masonry",
    "granite": "masonry",
    "limestone": "masonry",
    "concrete": "concrete",
    "reinforced_concrete": "concrete",
}
_NAMED_CENTRES = (
    ("党群", "party_service_centre"),
    ("文明实践", "civilisation_centre"),
    ("综治", "governance_centre"),
    ("长者饭堂", "canteen"),
    ("长者食堂", "canteen"),
    ("日间照料", "elder_day_care"),
)
_METRO_STATIONS = frozenset({"subway", "light_rail", "monorail"})
_PRIMARY = ("小学", "elementary", "primary")
_JUNIOR = ("初中", "初级中学", "middle school", "junior high")


def conform_rows(rows: gpd.GeoDataFrame, of: Kind, report: QualityReport) -> gpd.GeoDataFrame:
    """Return the rows of one kind with its columns filled from their tags.

    Parameters
    ----------
    rows
        ``record``, ``source_id``, ``tags``, ``position`` and geometry.
    of
        The kind.
    report
        Takes every value that lies outside its field's bounds; it is set to null.
    """
    make = _COLUMNS[of.name]
    records = [_common(tags) | make(tags) for tags in rows["tags"]]
    if not records:
        return schema.empty(of)
    columns = pd.DataFrame({name: [record[name] for record in records] for name in records[0]}, index=rows.index)
    if "built_year" in of:
        _tell_years(columns, rows, report)
    for name in columns.columns.intersection(list(of.columns)):
        _hold_bounds(columns, name, rows, of, report)
    columns["source_id"], columns["position"] = rows["source_id"], rows["position"]
    frame = gpd.GeoDataFrame(columns, geometry=rows.geometry, crs=rows.crs)
    return schema.conform(frame, of)


def _hold_bounds(columns: pd.DataFrame, name: str, rows: gpd.GeoDataFrame, of: Kind, report: QualityReport) -> None:
    low, high = of[name].low, of[name].high
    if low is None or high is None:
        return
    numbers = pd.to_numeric(columns[name])
    wrong = ((numbers < low) | (numbers > high)).to_numpy(dtype=bool, na_value=False)
    for source_id, record, number in zip(rows["source_id"][wrong], rows["record"][wrong], numbers[wrong], strict=True):
        zh, en = f"{of[name].zh}超出 {low:g} 至 {high:g}", f"{of[name].en} outside {low:g} to {high:g}"
        value = f"{source_id}: {number:g}"
        report.note("range", zh, en, record=int(record), field=name, value=value, action="nulled")
    columns[name] = numbers.mask(wrong)


def _tell_years(columns: pd.DataFrame, rows: gpd.GeoDataFrame, report: QualityReport) -> None:
    parts = (rows["tags"], columns["built_year"].isna(), rows["source_id"], rows["record"])
    for tags, is_missing, source_id, record in zip(*parts, strict=True):
        if is_missing and "start_date" in tags:
            zh, en = "start_date 不是确切年份", "start_date is not a single year"
            value = f"{source_id}: {tags['start_date']}"
            report.note("year", zh, en, record=int(record), field="built_year", value=value, action="nulled")


def _common(tags: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name_of(tags), "address": address_of(tags)}


def _parking(tags: Mapping[str, str]) -> dict[str, Any]:
    is_kerb = tags.get("parking") in _KERB
    return {
        "parking_type": "kerb" if is_kerb else _PARKING_USERS.get(tags.get("access", "")),
        "stall_count": count(tags.get("capacity")),
        "charger_stall_count": count(tags.get("capacity:charging")),
        "access": access_of(tags),
        "is_open_at_night": True if tags.get("opening_hours") == "24/7" else None,
        "tariff_cny_h": 0.0 if tags.get("fee") == "no" else None,
        "operator": tags.get("operator"),
        "remark": said(tags, "parking", "fee", "charge"),
    }


def _charging(tags: Mapping[str, str]) -> dict[str, Any]:
    for_cars = "yes" in (tags.get("motorcar"), tags.get("car")) or any(key in tags for key in _CAR_SOCKETS)
    for_bikes = "yes" in (tags.get("bicycle"), tags.get("scooter"), tags.get("moped"))
    return {
        "charger_type": "car" if for_cars else "ebike" if for_bikes else None,
        "access": access_of(tags),
        "pile_count": count(tags.get("capacity")),
        "operator": tags.get("operator") or tags.get("network"),
        "status": "operating",
        "is_indoors": {"yes": True, "no": False}.get(tags.get("indoor", "")),
        "remark": said(tags, "fee", "authentication:none"),
    }


def _heritage(tags: Mapping[str, str]) -> dict[str, Any]:
    return {
        "heritage_class": "unknown",
        "era": tags.get("historic:era") or tags.get("historic:civilization") or tags.get("start_date"),
        "built_year": year(tags.get("start_date")),
        "building_type": _building_type(tags),
        "structure": _STRUCTURES.get(tags.get("building:material", ""), "unknown"),
        "ownership": "unknown",
        "use_state": _use_state(tags),
        "story": tags.get("description") or tags.get("inscription"),
        "remark": said(tags, "historic", "heritage", "memorial"),
    }


def _building_type(tags: Mapping[str, str]) -> str:
    words = {value for key in ("historic", "memorial", "building", "amenity") for value in values(tags, key)}
    return next((code for code, known in _BUILDING_TYPES.items() if words & known), "unknown")


def _use_state(tags: Mapping[str, str]) -> str:
    if "yes" in (tags.get("disused"), tags.get("abandoned")) or tags.get("building") == "vacant":
        return "vacant"
    if tags.get("tourism") in ("museum", "gallery") or tags.get("amenity") in ("theatre", "library", "arts_centre"):
        return "cultural"
    if tags.get("amenity") == "place_of_worship":
        return "worship"
    if "office" in tags:
        return "office"
    return "commercial" if "shop" in tags or tags.get("amenity") in ("restaurant", "cafe", "bar") else "unknown"


def _idle_land(tags: Mapping[str, str]) -> dict[str, Any]:
    former = (tags.get(key) for key in ("disused:name", "abandoned:name", "old_name"))
    return {
        "name": name_of(tags) or next((name for name in former if name), None),
        "land_class": "underused_space",
        "tenure": "unknown",
        "surface": "built" if is_built(tags) else None,
        "is_fenced": True if tags.get("barrier") in ("fence", "wall", "hoarding") else None,
        "remark": former_use(tags),
    }


def _community(tags: Mapping[str, str]) -> dict[str, Any]:
    return {"built_year": year(tags.get("start_date")), "remark": said(tags, "landuse", "residential")}


def _service(tags: Mapping[str, str]) -> dict[str, Any]:
    keys = ("amenity", "shop", "leisure", "railway", "highway", "social_facility", "social_facility:for")
    return {"service_type": _service_type(tags), "remark": said(tags, *keys)}


def _service_type(tags: Mapping[str, str]) -> str | None:
    name = (name_of(tags) or "").casefold()
    by_name = next((code for word, code in _NAMED_CENTRES if word in name), None)
    if by_name is not None:
        return by_name
    if "school" in values(tags, "amenity"):
        return _school(tags, name)
    if "social_facility" in values(tags, "amenity") and "senior" in values(tags, "social_facility:for"):
        return "elder_day_care" if tags.get("social_facility") == "day_care" else "other"
    found = service_type(tags)
    return "other" if found == "metro_station" and _is_trains_only(tags) else found


def _is_trains_only(tags: Mapping[str, str]) -> bool:
    is_metro = tags.get("station") in _METRO_STATIONS or "yes" in (tags.get("subway"), tags.get("light_rail"))
    return tags.get("railway") == "station" and tags.get("train") == "yes" and not is_metro


def _school(tags: Mapping[str, str], name: str) -> str:
    """Return the level of a school where ``isced:level`` or its name says it (1 is primary, 2 lower secondary)."""
    levels = values(tags, "isced:level")
    if "1" in levels or any(word in name for word in _PRIMARY):
        return "primary_school"
    return "junior_school" if "2" in levels or any(word in name for word in _JUNIOR) else "other"


def _building(tags: Mapping[str, str]) -> dict[str, Any]:
    use = tags["building"]
    return {
        "use": None if use == "yes" else use,
        "floor_count": count(tags.get("building:levels")),
        "built_year": year(tags.get("start_date")),
    }


def _water(tags: Mapping[str, str]) -> dict[str, Any]:
    return {"water_type": tags.get("water") or has(tags, WATERS)}


def _green(tags: Mapping[str, str]) -> dict[str, Any]:
    return {"green_type": has(tags, GREENS)}


_COLUMNS: Mapping[str, Callable[[Mapping[str, str]], dict[str, Any]]] = {
    "parking": _parking,
    "charging": _charging,
    "heritage": _heritage,
    "idle_land": _idle_land,
    "community": _community,
    "service": _service,
    "building": _building,
    "water": _water,
    "green": _green,
}
