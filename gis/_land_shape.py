"""The shape of a plot of idle land: area, width, frontage on a street that cars use, slope; what it partly lies on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from gis._frontage import near_length_m
from gis._notes import Note
from gis._told_about import told
from gis._zones import are_edges, is_approximate
from gis.capacity import shape_of
from gis.network import has_place
from gis.permission import ACCURACY

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.city import City
    from gis.model import Model

DRIVABLE = ("main", "secondary", "local")
"""Classes of street from which cars enter a plot. Nobody enters from an expressway."""
NOT_DRIVABLE = ("expressway", "path", "steps")
"""Nor from a bridge. Whether a car gets through an alley, or along a street of unknown class, has to be looked at."""
SCHOOLS = ("kindergarten", "primary_school", "junior_school")
MOST = 0.5
"""ASSUMPTION: a plot belongs to the park, the water or the school that holds more than half of it."""


class Cover(NamedTuple):
    """What of the plots lies inside something that excludes: ``rule`` holds where most of a plot does.

    ``share`` is the part of each plot, ``touched`` where less than :data:`MOST` of it does, but more than a strip of
    their edges (:func:`gis._zones.are_edges`), or a point or a line of it lies in the plot; ``doubt`` is what is said
    there.
    """

    rule: str
    share: pd.Series
    touched: pd.Series
    doubt: tuple[Note, Note]


def measured(city: City, model: Model, land: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the shape of each plot; of one whose place is approximate, what hangs on its shape is null.

    Returns
    -------
    DataFrame
        ``area_m2``, ``width_m``, ``is_polygon`` as :func:`gis.capacity.shape_of` has them; ``frontage_m``: metres of
        the boundary within ``land.frontage_distance`` of a street that cars use (:data:`DRIVABLE`), and
        ``frontage_high_m``: with those that they may use (alleys, class unknown); null for points and without
        streets; ``slope_share``: of the ledger, null where it has none; ``area_low_m2``, ``area_high_m2`` and
        ``area_words``: the range of a ledger's area that is told about, where it stands for an outline
        (:func:`gis._told_about.told`).
    """
    rough = is_approximate(land)
    shapes = shape_of(land).assign(**frontage(city, model, land), slope_share=land["slope_share"].astype(float))
    # The area of a ledger says nothing of a plot whose place, and with it whose shape, is not known.
    ledger, is_polygon = told(land, "idle_land", "area_m2"), shapes["is_polygon"]
    shapes["area_low_m2"] = ledger["low"].mask(is_polygon, shapes["area_m2"])
    shapes["area_high_m2"] = ledger["high"].mask(is_polygon, shapes["area_m2"])
    shapes["area_words"] = ledger["words"].mask(is_polygon | rough, "")
    lengths = ["area_m2", "area_low_m2", "area_high_m2", "width_m", "frontage_m", "frontage_high_m"]
    shapes[lengths] = shapes[lengths].mask(rough)
    return shapes.assign(is_polygon=shapes["is_polygon"] & ~rough)


def frontage(city: City, model: Model, land: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return ``frontage_m`` and ``frontage_high_m`` of each plot (:func:`measured`)."""
    unknown = pd.DataFrame(np.nan, index=land.index, columns=["frontage_m", "frontage_high_m"])
    streets = city.placed("street")
    if streets.empty:
        return unknown
    streets = streets[~streets["is_bridge"].fillna(value=False).astype(bool)]
    places, lines = (np.asarray(frame.geometry.array, dtype=object) for frame in (land, streets))
    distance_m, of_class = model.value("land.frontage_distance"), streets["street_class"].astype(object)
    sure = of_class.isin(DRIVABLE).to_numpy(dtype=bool)
    maybe = ~of_class.isin(NOT_DRIVABLE).to_numpy(dtype=bool)
    return unknown.assign(
        frontage_m=near_length_m(places, lines[sure], distance_m),
        frontage_high_m=near_length_m(places, lines[maybe], distance_m),
    )


def covers(city: City, model: Model, land: gpd.GeoDataFrame) -> tuple[Cover, ...]:
    """Return what of the plots lies in parks, water, schools, and sites of a religion or the military.

    Only what the layers draw counts. A river strip, a metro protection zone and a fire lane have no layer: they are
    known from the ledger's ``constraint`` alone.
    """
    width_m = model.value(ACCURACY)
    return tuple(_cover(rule, land, by, what, width_m) for rule, by, what in covering(city))


def covering(city: City) -> tuple[tuple[str, gpd.GeoDataFrame, Note], ...]:
    """Return what excludes the plots it covers: the rule, the records, and what they are in words."""
    green, services, sites = city.placed("green"), city.placed("service"), city.placed("heritage")
    owner = sites["ownership"].astype(object)
    return (
        ("in_park", green[green["green_type"] == "park"], Note("公园", "a park")),
        ("on_water", city.placed("water"), Note("水面或河涌", "water or a river")),
        ("in_school", services[services["service_type"].isin(SCHOOLS)], Note("学校", "a school")),
        ("in_religious", sites[owner == "religious"], Note("宗教场所", "a religious site")),
        ("in_military", sites[owner == "military"], Note("军队管理的场所", "a military site")),
    )


def _cover(rule: str, land: gpd.GeoDataFrame, by: gpd.GeoDataFrame, what: Note, width_m: float) -> Cover:
    share = share_inside(land, by)
    places, others = (np.asarray(frame.geometry.array, dtype=object) for frame in (land, by))
    plot, met = shapely.STRtree(others).query(places, predicate="intersects")
    are_areas = (shapely.get_dimensions(places[plot]) == 2) & (shapely.get_dimensions(others[met]) == 2)
    is_edge = are_areas.copy()
    is_edge[are_areas] = are_edges(places[plot[are_areas]], others[met[are_areas]], width_m)
    touched = pd.Series(np.isin(np.arange(len(land)), plot[~is_edge]), index=land.index)
    why = Note(f"地块部分涉及{what.zh}", f"It partly lies on, or holds, {what.en}")
    ask = Note(
        f"核实地块与{what.zh}的界线，扣除涉及部分",
        f"Check its boundary against {what.en}, and leave that part out",
    )
    return Cover(rule, share, touched & (share <= MOST), (why, ask))


def share_inside(land: gpd.GeoDataFrame, cover: gpd.GeoDataFrame) -> pd.Series:
    """Return the share of each plot that lies inside the polygons of ``cover``; of a point 0 or 1."""
    places, covering = (np.asarray(frame.geometry.array, dtype=object) for frame in (land, cover))
    covering = covering[shapely.get_dimensions(covering) == 2]
    found = pd.Series(0.0, index=land.index)
    plot, held = shapely.STRtree(covering).query(places, predicate="intersects")
    for at in np.unique(plot):
        inside = shapely.intersection(places[at], shapely.union_all(covering[held[plot == at]]))
        whole = shapely.area(places[at])
        found.iloc[at] = shapely.area(inside) / whole if whole > 0 else 1.0
    return found


def near_metro(city: City, model: Model, land: gpd.GeoDataFrame) -> pd.Series:
    """Return which plots lie within ``land.metro_ask_distance`` of a metro station."""
    services = city["service"]
    stations = services[(services["service_type"] == "metro_station") & has_place(services.geometry)]
    tree = shapely.STRtree(np.asarray(stations.geometry.array, dtype=object))
    places = np.asarray(land.geometry.array, dtype=object)
    near = tree.query(places, predicate="dwithin", distance=model.value("land.metro_ask_distance"))[0]
    return pd.Series(np.isin(np.arange(len(land)), near), index=land.index)
