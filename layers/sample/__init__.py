"""The sample city: an invented Lingnan district, so that everything can be tried before a real ledger arrives.

It lies at the latitude and longitude of Guangzhou and looks like an old town on a river there, but no street, community
or monument of it exists; every record says ``is_sample``, every address begins with 示例市 and every code with 440199.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from layers.sample import _base, _charging, _heritage, _homes, _idle_land, _ledgers, _parking, _rooms
from layers.sample._addresses import standard_addresses
from layers.sample._atlas import Atlas
from layers.sample._chance import generator
from layers.sample._frames import SOURCE, finish
from layers.sample._town import plan

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["DEFAULT_AS_OF", "DEFAULT_SEED", "SAMPLE_NOTICE", "SOURCE", "make_city"]

DEFAULT_SEED = 20261101
DEFAULT_AS_OF = date(2026, 10, 31)
SAMPLE_NOTICE = {
    "zh": "示例数据：虚构城区“榕湾区（示例）”，地名、权属、状况均为虚构，不代表任何真实地点。",
    "en": "Sample data: an invented district. Names, owners and conditions are fictional and stand for no real place.",
}
"""What every page and paper that shows the sample city must say."""
PREFIXES = {
    "district": "QU", "subdistrict": "ZJ", "governance_area": "PQ", "community": "XQ", "public_building": "GF",
    "service": "SS", "idle_land": "DK", "parking": "TC", "parking_survey": "PC", "charging": "CD", "heritage": "WW",
    "heritage_zone": "WB", "service_item": "SX", "report": "GD", "street": "DL", "building": "JZ", "water": "SY",
    "green": "LD", "address": "DZ",
}  # fmt: skip
"""Beginning of the ids in the source, kind by kind."""
AGE_DAYS = {"report": 0, "parking_survey": 20, "community": 61, "idle_land": 31, "building": 180, "street": 180}
"""How old the data of a kind is at ``as_of``; the others are a quarter old."""


def make_city(seed: int = DEFAULT_SEED, *, as_of: date = DEFAULT_AS_OF) -> dict[str, gpd.GeoDataFrame]:
    """Return every input and context layer of the invented district, the same for the same seed and day.

    Parameters
    ----------
    seed
        Another seed draws another town on the same plan of river, canals and main roads.
    as_of
        The day on which it is looked at: legal clocks, leases and reports are set against it.

    Returns
    -------
    Frames by layer kind in EPSG:4326, conformed to their kinds; ``asset_id`` is left to the workspace.
    """
    town = plan(seed)
    atlas = Atlas.of(town)
    homes = _homes.communities(atlas, generator(seed, "community"))
    sites = _heritage.heritage(atlas, generator(seed, "heritage"))
    tables = {
        **_base.areas(town, homes),
        "governance_area": _base.governance_areas(atlas, homes, generator(seed, "governance")),
        "community": homes,
        "public_building": _rooms.public_buildings(atlas, as_of, generator(seed, "public_building")),
        "service": _rooms.services(atlas, generator(seed, "service")),
        "idle_land": _idle_land.idle_land(atlas, as_of, generator(seed, "idle_land")),
        "parking": _parking.parking(atlas, homes, as_of, generator(seed, "parking")),
        "parking_survey": _charging.parking_surveys(homes, as_of, generator(seed, "parking_survey")),
        "charging": _charging.charging(atlas, homes, generator(seed, "charging")),
        "heritage": sites,
        "heritage_zone": _heritage.heritage_zones(atlas, sites, generator(seed, "heritage_zone")),
        "service_item": _ledgers.service_items(as_of, generator(seed, "service_item")),
        "report": _ledgers.reports(atlas, homes, as_of, generator(seed, "report")),
        **_base.base_map(atlas, generator(seed, "base map")),
    }
    tables["address"] = standard_addresses(tables)
    return {
        kind: finish(tables[kind], kind, prefix, as_of - timedelta(days=AGE_DAYS.get(kind, 92)))
        for kind, prefix in PREFIXES.items()
    }
