"""Which OpenStreetMap objects become which layer kind: the table, and nothing else.

======== ================================================================= ======================================
kind     taken                                                             read, counted and left out
======== ================================================================= ======================================
parking  ``amenity=parking`` (single bays, ``parking_space``, and          lines, objects outside the extract
         entrances are not car parks and are not read)
charging ``amenity=charging_station``                                      as above
heritage ``historic=*`` but ``no``; ``heritage=*`` but ``no``              ``historic=district``: a quarter, no site
idle_    ``landuse=brownfield|greenfield``, ``disused=yes``,               ``landuse=construction`` unless disused as
land     ``abandoned=yes``, ``disused:*``, ``abandoned:*``, ``vacant=*``,  well; disused lines and routes; places in
         ``shop|office|building|landuse=vacant``                           use again; street furniture; old details
communi- ``landuse=residential``, and clusters of residential buildings    buildings alone (not objects of this kind)
ty       outside those (:mod:`layers.osm._communities`)
service  :data:`SERVICES`                                                  lines
building ``building=*`` but ``no``                                         nodes: they have no outline
water    ``natural=water``, ``landuse=reservoir|basin``, waterways; the    culverts and tunnels
         sea from ``natural=coastline`` (:mod:`layers.osm._sea`)
green    :data:`GREENS`                                                    nodes, lines
street   ``highway=*`` ways and squares (:mod:`layers.osm._streets`)       not built, not for people, point features
sub-     ``boundary=administrative`` (:mod:`layers.osm._admin`)
district
======== ================================================================= ======================================

A key may hold several values, ``a;b``: each is looked at.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from layers.osm._keys import LIFECYCLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Tags(Protocol):
    """Anything that gives the value of a key: a dict, or the tags of an osmium object."""

    def get(self, key: str, /) -> str | None:
        """Return the value of ``key``, ``None`` where it is missing."""


SERVICES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("amenity", "clinic"): "clinic",
        ("amenity", "doctors"): "clinic",
        ("amenity", "hospital"): "clinic",
        ("amenity", "kindergarten"): "kindergarten",
        ("amenity", "childcare"): "childcare",
        ("amenity", "school"): "other",  # its level is read from isced:level, grades or the name
        ("amenity", "library"): "library",
        ("amenity", "community_centre"): "other",  # a Chinese centre is known by its name
        ("amenity", "social_facility"): "other",  # social_facility and its :for say which
        ("amenity", "marketplace"): "market",
        ("shop", "supermarket"): "supermarket",
        ("shop", "convenience"): "supermarket",
        ("leisure", "sports_centre"): "sports",
        ("leisure", "sports_hall"): "sports",
        ("leisure", "fitness_centre"): "sports",
        ("leisure", "fitness_station"): "sports",
        ("railway", "station"): "metro_station",  # "other" where only trains stop
        ("railway", "halt"): "other",
        ("railway", "subway_entrance"): "metro_station",
        ("railway", "tram_stop"): "bus_stop",  # a stop in the street, not a metro station
        ("highway", "bus_stop"): "bus_stop",
    }
)
"""(key, value) -> ``service_type``."""

GREENS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "leisure": frozenset({"park", "garden", "nature_reserve"}),
        "landuse": frozenset({"grass", "recreation_ground", "forest", "village_green", "meadow"}),
        "natural": frozenset({"wood", "scrub", "grassland", "heath"}),
    }
)
WATERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "natural": frozenset({"water"}),
        "landuse": frozenset({"reservoir", "basin"}),
        "waterway": frozenset({"river", "canal", "stream", "drain", "ditch", "riverbank", "dock"}),
    }
)
RESIDENTIAL = frozenset(
    {"residential", "apartments", "house", "detached", "semidetached_house", "terrace", "dormitory", "bungalow"}
)
"""Values of ``building`` that say that people live there."""

_IDLE_LANDUSES = frozenset({"brownfield", "greenfield", "construction", "vacant"})
_VACANT_KEYS = ("shop", "office", "building", "amenity")
_LINES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "waterway": frozenset({"river", "canal", "stream", "drain", "ditch"}),
        "historic": frozenset({"citywalls", "wall", "aqueduct", "railway", "road", "tramway", "canal"}),
    }
)


def values(tags: Tags, key: str) -> tuple[str, ...]:
    """Return the values of ``key``; a semicolon parts them."""
    value = tags.get(key)
    if value is None:
        return ()
    return (value,) if ";" not in value else tuple(part.strip() for part in value.split(";"))


def has(tags: Tags, table: Mapping[str, frozenset[str]]) -> str | None:
    """Return the first value of ``tags`` that ``table`` lists under its key, else ``None``."""
    return next((value for key, known in table.items() for value in values(tags, key) if value in known), None)


def is_linear(tags: Tags) -> bool:
    """Whether a closed way with these tags is a loop of line (a town wall), not the area inside it."""
    return tags.get("area") != "yes" and has(tags, _LINES) is not None


def lifecycle(tags: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (former key, former value) of every ``disused:*`` and ``abandoned:*``; ("", "yes") for ``disused=yes``."""
    for key, value in tags.items():
        prefix, _, former = key.partition(":")
        if prefix in LIFECYCLE and value != "no":
            yield former, value


def service_type(tags: Tags) -> str | None:
    """Return the ``service_type`` that the table gives, before names and levels are looked at."""
    for key in ("amenity", "shop", "leisure", "railway", "highway"):
        for value in values(tags, key):
            found = SERVICES.get((key, value))
            if found is not None:
                return found
    return None


def kinds_of(tags: Tags) -> tuple[str, ...]:
    """Return the layer kinds for which an object with ``tags`` is read; it may be left out later, with a reason.

    ``disused:*`` and ``abandoned:*`` are not looked at here: see :func:`lifecycle`.
    """
    found: dict[str, None] = {}
    for key, by_value in _BY_KEY.items():
        value = tags.get(key)
        if value is None:
            continue
        for part in (value,) if ";" not in value else values({key: value}, key):
            for kind in by_value.get(part, ()) if part == "no" else by_value.get(part, by_value.get("*", ())):
                found[kind] = None
    return tuple(found)


def _table() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return key -> value -> kinds, ``*`` for any value but ``no``: one look per tag keeps a city to seconds."""
    exact = [("amenity", "parking", "parking"), ("amenity", "charging_station", "charging")]
    exact += [("landuse", "residential", "community")]
    exact += [(key, value, "service") for key, value in SERVICES]
    exact += [("landuse", value, "idle_land") for value in sorted(_IDLE_LANDUSES)]
    exact += [(key, "vacant", "idle_land") for key in _VACANT_KEYS]
    exact += [(key, value, "water") for key, known in WATERS.items() for value in sorted(known)]
    exact += [(key, value, "green") for key, known in GREENS.items() for value in sorted(known)]
    any_value = [("historic", "heritage"), ("heritage", "heritage"), ("building", "building"), ("vacant", "idle_land")]
    table: dict[str, dict[str, tuple[str, ...]]] = {}
    for key, value, kind in [*exact, *((key, "*", kind) for key, kind in any_value)]:
        row = table.setdefault(key, {})
        row[value] = (*row.get(value, ()), kind)
    for row in table.values():
        for value in row.keys() - {"*"}:
            row[value] += row.get("*", ())
    return table


_BY_KEY = _table()
KEYS = tuple(_BY_KEY)
"""Keys that decide; an object with none of them, and nothing out of use, is of no layer kind."""
