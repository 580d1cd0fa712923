"""Living circles: which services a community cannot walk to, each within its own circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._notes import GEOMETRY, Note, missing_codes
from gis.network import SLACK_M, has_place
from layers.schema import kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gis.city import City
    from gis.model import Model

RADIUS_KEYS: Mapping[str, str] = {
    "party_service_centre": "circle.15min.radius",
    "civilisation_centre": "circle.15min.radius",
    "governance_centre": "circle.15min.radius",
    "clinic": "circle.10min.radius",
    "elder_day_care": "facility.elder_day_care.radius",
    "canteen": "circle.10min.radius",
    "childcare": "circle.5min.radius",
    "kindergarten": "facility.kindergarten.radius",
    "primary_school": "facility.primary_school.radius",
    "junior_school": "facility.junior_school.radius",
    "market": "circle.10min.radius",
    "supermarket": "circle.5min.radius",
    "sports": "circle.10min.radius",
    "library": "circle.15min.radius",
}
"""Service -> the parameter that holds its walking radius. Schools, kindergarten and elder day care have radii of their
own; the circle of the others is an ASSUMPTION, since the element tables of GB 50180-2018 and TD/T 1062-2021 were not in
the texts read. Metro and bus stops and ``other`` are no services of a living circle."""

AREA_KEYS: Mapping[str, str] = {
    "party_service_centre": "facility.community_service_station.area",
    "civilisation_centre": "facility.community_service_station.area",
    "governance_centre": "facility.community_service_station.area",
    "clinic": "facility.clinic.area",
    "elder_day_care": "facility.elder_day_care.area",
    "childcare": "facility.childcare.area",
    "kindergarten": "facility.kindergarten.area",
    "supermarket": "facility.supermarket.area",
}
"""Service -> the parameter that holds the least area it needs (完整居住社区 standard). That the three centres need the
area of a community service station is an ASSUMPTION; of the services that are not here no area was in the texts read,
and any site that its action may use will do."""

CIRCLES: Mapping[str, str] = {"5min": "circle.5min", "10min": "circle.10min", "15min": "circle.15min"}
"""The three levels, narrowest first -> the parameters of each: its ``.radius``, and the ``.people`` that it is for."""

MERGED = ("party_service_centre", "civilisation_centre", "governance_centre")
"""What a merged centre counts as."""


def need(city: City, model: Model) -> pd.DataFrame:
    """Return the services that each community lacks.

    A service is missing where none of its type is within the walk of its own parameter. Levels are not nested: a
    service of a wider circle does not stand in for one of a narrower. A type of which the layer holds no
    record at all is unknown, not missing everywhere: it is left out and named, and the count is then the least that it
    may be (code ``service.service_type``).

    Returns
    -------
    DataFrame
        By community id: ``services_missing_count``, ``services_missing`` (codes, comma-separated, empty where none is
        missing), ``services_missing_names`` and its English twin, ``services_unknown_count`` (types without a record,
        which the count leaves out), ``missing``. The first four are null where the service layer or the community's
        place is missing;
        ``attrs["notes"]`` holds notes.
    """
    frame = city["community"]
    is_reached, unknown = reached(city, model)
    blind = ~has_place(frame.geometry) | is_reached.columns.empty
    lacks = ~is_reached
    text = pd.Series("", index=frame.index, dtype="object")
    for code in is_reached.columns:
        text = text.mask(lacks[code], text + "," + code)
    flags: dict[str, object] = {
        GEOMETRY: ~has_place(frame.geometry),
        "service": "service" in city.missing,
        "service.geometry": "service" not in city.missing and is_reached.columns.empty,
        "service.service_type": ~blind & bool(unknown),
    }
    table = pd.DataFrame(
        {
            "services_missing_count": lacks.sum(axis=1).astype("Int64").mask(blind),
            "services_missing": text.str.lstrip(",").astype("string").mask(blind),
            **{name: words.mask(blind) for name, words in _names(lacks).items()},
            "services_unknown_count": pd.array([len(unknown)] * len(frame), dtype="Int64"),
            "missing": missing_codes(flags, frame.index),
        },
        index=frame.index,
    )
    table.attrs["notes"] = (*_notes(unknown), *_untyped_notes(city))
    return table


def circles(model: Model) -> pd.DataFrame:
    """Return the level of every service of the living circle, and what the level is for.

    A service belongs to the narrowest circle that its own radius fits into: kindergarten (300 m) to the 5-minute one,
    primary school (500 m) to the 10-minute one, junior school (1,000 m) to the 15-minute one.

    Returns
    -------
    DataFrame
        By service code: ``circle`` (``5min``, ``10min``, ``15min``), ``radius_m`` (its own), ``circle_people_low`` and
        ``circle_people_high`` (residents that a circle of the level holds, persons), ``area_least_m2`` (null where no
        area was in the texts read).
    """
    radius_m = {level: model.value(f"{key}.radius") for level, key in CIRCLES.items()}
    rows = {}
    for code, key in RADIUS_KEYS.items():
        own_m = model.value(key)
        level = next((name for name in radius_m if own_m <= radius_m[name]), "15min")
        people = f"{CIRCLES[level]}.people"
        least_m2 = model.value(AREA_KEYS[code]) if code in AREA_KEYS else float("nan")
        rows[code] = (level, own_m, model.low(people), model.high(people), least_m2)
    names = ["circle", "radius_m", "circle_people_low", "circle_people_high", "area_least_m2"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("service_type")


def nearest(city: City, model: Model, communities: Iterable[str] | None = None) -> pd.DataFrame:
    """Return the walk from each community to the nearest site of each service, for its card.

    Looked for within ``circle.search`` on foot; whether a service is within reach is decided by its own radius. The
    area of the site found is compared with the least of the standard as information: nothing follows from it.

    Parameters
    ----------
    city, model
        The city and the model.
    communities
        Ids to look from; all where not given. Those without a place are left out.

    Returns
    -------
    DataFrame
        One row per community and service, in the order of :data:`RADIUS_KEYS`: ``asset_id``, ``service_type``, the
        columns of :func:`circles`, ``state`` (``reached``, ``missing``, ``unknown``: the layer holds none of the
        type), ``site_id``, ``site_name``, ``distance_m`` (null where none is found), ``has_area`` (null where the area
        of the site or of the standard is unknown).
    """
    homes, services = city.placed("community"), city.placed("service")
    if communities is not None:
        homes = homes[homes.index.isin(list(communities))]
    of_types = circles(model)
    rows = pd.MultiIndex.from_product([homes.index, of_types.index], names=["asset_id", "service_type"])
    table = pd.DataFrame(index=rows).reset_index().merge(of_types.reset_index(), on="service_type", how="left")
    offers = _offers(services["service_type"]).rename("service_type").rename_axis("site").reset_index()
    walk = city.reach.pairs(homes.geometry, services.geometry, model.value("circle.search"))
    found = walk.merge(offers, on="site").sort_values(["distance_m", "site"], kind="stable")
    first = found.drop_duplicates(["origin", "service_type"]).rename(columns={"origin": "asset_id", "site": "site_id"})
    table = table.merge(first, on=["asset_id", "service_type"], how="left")
    is_held = table["service_type"].isin(offers["service_type"])
    is_near = table["distance_m"] <= table["radius_m"] + SLACK_M
    area_m2 = services["floor_area_m2"].reindex(table["site_id"]).to_numpy(dtype=float, na_value=np.nan)
    is_known = ~np.isnan(area_m2) & table["area_least_m2"].notna()
    return table.assign(
        state=np.select([is_near, is_held], ["reached", "missing"], "unknown"),
        site_name=services["name"].reindex(table["site_id"]).array,
        has_area=pd.Series(area_m2 >= table["area_least_m2"], dtype="boolean").where(is_known),
    )


def reached(city: City, model: Model) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return which services each community reaches, and the types that the layer does not hold.

    Returns
    -------
    tuple
        Booleans by community id and type; types of :data:`RADIUS_KEYS` without a single placed record.
    """
    services = city.placed("service")
    offers, held = _offers(services["service_type"]), held_types(city)
    unknown = tuple(code for code in RADIUS_KEYS if code not in held)
    origins = city.placed("community").geometry
    table = pd.DataFrame(
        index=city["community"].index, columns=pd.Index(list(held), dtype="object"), data=False, dtype=bool
    )
    radius_m = {code: model.value(RADIUS_KEYS[code]) for code in held}
    if not held or origins.empty:
        return table, unknown
    walk = city.reach.pairs(origins, services.geometry, max(radius_m.values()))
    offered = walk.merge(offers.rename("code").rename_axis("site").reset_index(), on="site")
    within = offered[offered["distance_m"] <= offered["code"].map(radius_m).astype(float) + SLACK_M]
    for code, group in within.groupby("code"):
        table.loc[group["origin"].unique(), code] = True
    return table, unknown


def held_types(city: City) -> tuple[str, ...]:
    """Return the types of :data:`RADIUS_KEYS` of which the layer holds a placed record, in that order."""
    offers = set(_offers(city.placed("service")["service_type"]))
    return tuple(code for code in RADIUS_KEYS if code in offers)


def steps_by_area(gives: Iterable[str], model: Model) -> dict[float, frozenset[str]]:
    """Return which of the services ``gives`` a site can hold, by the area in m2 from which it can, in rising order.

    Each is looked at by itself: a site of 350 m2 may become a day-care centre or a clinic, not both. The first step is
    0 m2, with the services that need no area of their own.
    """
    least = {code: model.value(AREA_KEYS[code]) if code in AREA_KEYS else 0.0 for code in gives}
    return {
        step: frozenset(code for code, area_m2 in least.items() if area_m2 <= step)
        for step in sorted({0.0, *least.values()})
    }


def _offers(service_type: pd.Series) -> pd.Series:
    """Return one row per service and function: a merged centre stands for three."""
    told = service_type.dropna().astype(object)
    return told.map(lambda code: MERGED if code == "merged_centre" else (code,)).explode()


def _untyped_notes(city: City) -> tuple[Note, ...]:
    """Return how many services stand for nothing because nobody says what they are."""
    given = city["service"]["service_type"]
    count = int((given.isna() | (given == "other").fillna(value=False)).sum())
    if not count:
        return ()
    return (
        Note(
            f"公共服务：{count}条记录类型不明或为其他，不代表任何一项服务，未计入。",
            f"Services: {count} records are of unknown or other type; they stand for no service and are not counted.",
        ),
    )


def _names(lacks: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the types that each row lacks in words, as ``services_missing_names`` and its English twin."""
    codes = kind("service")["service_type"].codes or {}
    told = {}
    for place, (end, separator) in enumerate((("", "、"), ("_en", ", "))):
        titles = np.array([codes[code][place] for code in lacks.columns], dtype=object)
        words = [separator.join(titles[row]) for row in lacks.to_numpy(dtype=bool)]
        told[f"services_missing_names{end}"] = pd.Series(words, index=lacks.index, dtype="string")
    return told


def _notes(unknown: tuple[str, ...]) -> tuple[Note, ...]:
    if not unknown or len(unknown) == len(RADIUS_KEYS):
        return ()
    codes = kind("service")["service_type"].codes or {}
    zh, en = zip(*(codes[code] for code in unknown), strict=True)
    return (
        Note(
            f"公共服务图层没有以下类型的记录，视为未掌握，不计为缺失，缺失服务数只是下限：{'、'.join(zh)}。",
            "The service layer holds no record of these types; they are taken as unknown, not as missing, and the "
            f"services missing are at least so many: {', '.join(en)}.",
        ),
    )
