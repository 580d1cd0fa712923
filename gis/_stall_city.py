"""Layouts for the plots of a city: what stands on them, the streets before them, and the layer that shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis._certain_ground import certain_ground
from gis._land_shape import NOT_DRIVABLE
from gis._notes import Note
from gis.capacity import Layouts
from gis.stalls import MODULES, StallRules, layout
from layers.schema import conform, kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely import Geometry

    from gis.city import City
    from gis.model import Model
    from gis.stalls import StallLayout

    _Laid = dict[Any, StallLayout]

TREES = ("wood", "forest", "tree", "tree_row")
"""Kinds of green that are trees; grass on a plot is no obstacle."""
PARKED = ("surface_parking", "mechanical_parking")
NO_STREET = Note("出入口不临街，须核实", "Its entrance is not on a street: check how cars get in")


def plans_of(city: City, model: Model, land: gpd.GeoDataFrame) -> Layouts:
    """Return what stands on each plot of ``land`` that is a polygon: stalls on the ground, and the rows of racks.

    Racks stand in rows at 90 degrees: a plot that holds more stalls otherwise is laid once more with these alone. So is
    one of which something holds a part, over the whole of it: as many may stand there once the boundary is sure.
    """
    sure = _by_rows(city, model, land, is_whole=False)
    return Layouts(*sure, *_by_rows(city, model, land, is_whole=True))


def _by_rows(city: City, model: Model, land: gpd.GeoDataFrame, *, is_whole: bool) -> tuple[_Laid, _Laid]:
    surface = layouts(city, model, land, is_whole=is_whole)
    other = [asset for asset, laid in surface.items() if set(laid.modules) - {"90"}]
    return surface, surface | layouts(city, model, land.loc[other], modules=("90",), is_whole=is_whole)


def layouts(
    city: City,
    model: Model,
    land: gpd.GeoDataFrame,
    *,
    modules: Sequence[str] = MODULES,
    is_whole: bool = False,
) -> _Laid:
    """Return the layout of each plot of ``land`` that is a polygon, by asset id.

    Stalls lie where they certainly may (:func:`gis._certain_ground.certain_ground`), or all over the plot.
    Buildings, water and trees inside a plot are obstacles; an outline that crosses itself is mended first. What was
    laid once is kept with the city: options count the stalls, and the layer draws them.

    Parameters
    ----------
    city
        Holds what stands on the plots and the streets.
    model
        Holds the sizes.
    land
        Placed plots, index ``asset_id``, in the CRS of the city.
    modules
        How stalls may stand to the aisle.
    is_whole
        Whether stalls lie all over the plot, whatever holds a part of it.
    """
    rules, modules = StallRules.of(model.value), tuple(modules)
    land = land[shapely.get_dimensions(np.asarray(land.geometry.array, dtype=object)) == 2]
    ground = land.geometry.array if is_whole else certain_ground(city, model, land)
    places = np.array([_mended(place) for place in ground], dtype=object)
    kept: dict[tuple[object, ...], StallLayout] = city.once("stall_layouts", dict)
    keys = [(rules, modules, plot) for plot in shapely.to_wkb(places)]
    new = [number for number, key in enumerate(keys) if key not in kept]
    on_plot = _near(places[new], _obstacles(city), 0.0)
    before = _near(places[new], _streets(city), rules.street_reach)
    for turn, number in enumerate(new):
        kept[keys[number]] = layout(
            places[number], rules, obstacles=on_plot.get(turn), streets=before.get(turn), modules=modules
        )
    return {asset: kept[key] for asset, key in zip(land.index, keys, strict=True)}


def _mended(place: Geometry) -> Geometry:
    """Return the areas of a plot's outline."""
    if shapely.is_valid(place) and place.geom_type in ("Polygon", "MultiPolygon"):
        return place
    areas = [part for part in shapely.get_parts(shapely.make_valid(place)) if shapely.get_dimensions(part) == 2]
    return shapely.union_all(areas) if areas else shapely.Polygon()


def _obstacles(city: City) -> NDArray[np.object_]:
    green = city.placed("green")
    frames = [city.placed("building"), city.placed("water"), green[green["green_type"].isin(TREES)]]
    found = np.concatenate([np.asarray(frame.geometry.array, dtype=object) for frame in frames])
    areas: NDArray[np.object_] = found[shapely.get_dimensions(found) == 2]
    return areas


def _streets(city: City) -> NDArray[np.object_]:
    streets = city.placed("street")
    bridge = streets["is_bridge"].fillna(value=False).astype(bool)
    closed = streets["street_class"].isin(NOT_DRIVABLE).fillna(value=False).astype(bool)
    return np.asarray(streets[~(bridge | closed)].geometry.array, dtype=object)


def _near(places: NDArray[np.object_], things: NDArray[np.object_], distance_m: float) -> dict[int, Geometry]:
    """Return, by plot, the things within a distance of it, as one geometry."""
    plot, thing = shapely.STRtree(things).query(places, predicate="dwithin", distance=distance_m)
    return {
        int(number): shapely.union_all(shapely.make_valid(things[np.sort(thing[plot == number])]))
        for number in np.unique(plot)
    }


def entrance_notes(
    rows: pd.DataFrame, shapes: pd.DataFrame, model: Model, layouts: Layouts
) -> list[tuple[pd.Series, Note]]:
    """Return for which options the entrance of the layout is on no street, though the plot has a side on one.

    Where it has none, or none is known, that is said of the plot itself.

    Parameters
    ----------
    rows
        Options: ``asset_id``, ``action``.
    shapes
        ``frontage_high_m`` by asset id.
    model
        Holds ``land.entrance_width``.
    layouts
        Layouts by asset id.
    """
    away = {asset for asset, laid in layouts.surface.items() if laid.count and not laid.is_at_street}
    racks_away = {asset for asset, laid in layouts.racks.items() if laid.count and not laid.is_at_street}
    frontage_m = shapes["frontage_high_m"].reindex(rows["asset_id"]).set_axis(rows.index)
    is_rack = rows["action"] == "mechanical_parking"
    is_ground = rows["action"].isin(["surface_parking", "charging"])
    where = (is_ground & rows["asset_id"].isin(away)) | (is_rack & rows["asset_id"].isin(racks_away))
    return [(where & (frontage_m >= model.value("land.entrance_width")), NO_STREET)]


def stall_layer(opportunities: pd.DataFrame, city: City, model: Model) -> gpd.GeoDataFrame:
    """Return the layouts of the ranked parking options as a layer of kind ``stall_layout``, one row a shape.

    That of mechanical parking is its ground plan: the rows of stalls in whose places racks stand.

    Parameters
    ----------
    opportunities
        The layer of a run: ``opportunity_id``, ``asset_kind``, ``asset_id``, ``action``, ``rank`` and what its rows
        share with those of the result.
    city, model
        As the options were made with.
    """
    shown = opportunities[opportunities["action"].isin(PARKED) & opportunities["rank"].notna()]
    shown = shown[shown["asset_kind"] == "idle_land"]
    land = city.placed("idle_land")
    found = plans_of(city, model, land.loc[land.index.isin(shown["asset_id"])])
    rows = [row for option in shown.itertuples() for row in _rows(option, found)]
    of = kind("stall_layout")
    table = pd.DataFrame(rows, columns=[*of.columns, "geometry"])
    return conform(gpd.GeoDataFrame(table, geometry="geometry", crs=city.crs), of)


def _rows(option: Any, found: Layouts) -> Iterator[dict[str, object]]:
    """Yield the rows of one option: its stalls, its aisles and its entrances."""
    laid = (found.racks if option.action == "mechanical_parking" else found.surface).get(option.asset_id)
    if laid is None:
        return
    shared = {"module": laid.module, "angle_deg": laid.angle_deg, "is_sample": option.is_sample}
    shared |= {name: getattr(option, name) for name in ("opportunity_id", "asset_id", "subdistrict_code")}
    for part, shapes in (("aisle", laid.aisles), ("entrance", laid.entrances), ("stall", laid.stalls)):
        for number, shape in enumerate(shapes, start=1):
            own = {"stall_layout_id": f"{option.opportunity_id}:{part}:{number}", "part": part, "geometry": shape}
            yield {**shared, **own}
