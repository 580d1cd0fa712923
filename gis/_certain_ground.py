"""The ground of a plot on which stalls may certainly lie: less what zones, parks and the like hold of it as drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from gis._land_shape import covering
from gis._notes import SEPARATORS, Note, twins
from gis._zones import SHARED_M2, strips

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely import Geometry

    from gis.city import City
    from gis.model import Model

LAID = ("surface_parking", "mechanical_parking", "charging")
"""Actions that the stalls of a layout size."""
EDGE = Note("保护区划边缘", "the edge of a heritage zone")
LEFT_OUT = Note("，泊位只布在其余部分", ": stalls are laid on the rest only")
NO_SURE_STALL = Note(
    "界线存疑部分以外排不下一个泊位，核清界线前规模不定",
    "No stall fits outside the part in doubt: its size is unknown until the boundaries are checked",
)
"""Said where stalls fit on the whole of a plot only."""


class Held(NamedTuple):
    """A part of a plot that something else holds: what, and where."""

    what: Note
    part: Geometry


def held_parts(city: City, model: Model, plots: gpd.GeoDataFrame) -> dict[str, list[Held]]:
    """Return what holds a part of each plot that is a polygon, by asset id.

    Heritage zones of which it has a strip of their edge only (:func:`gis._zones.strips`: what holds there is unclear,
    whatever the zone; any other part of one that forbids the works excludes the plot), and what
    :func:`gis._land_shape.covering` lists. Parts of less than :data:`gis._zones.SHARED_M2` are rounding.
    """
    plots = plots[shapely.get_dimensions(np.asarray(plots.geometry.array, dtype=object)) == 2]
    found: dict[str, list[Held]] = {}
    for asset, edges in strips(city, model, plots).items():
        found[asset] = [Held(EDGE, part) for part in edges]
    places = np.asarray(plots.geometry.array, dtype=object)
    for _, by, what in covering(city):
        others = np.asarray(by.geometry.array, dtype=object)
        others = others[shapely.get_dimensions(others) == 2]
        plot, other = shapely.STRtree(others).query(places, predicate="intersects")
        for number in np.unique(plot):
            place, over = shapely.make_valid([places[number], shapely.union_all(others[other[plot == number]])])
            part = shapely.intersection(place, over)
            if shapely.area(part) > SHARED_M2:
                found.setdefault(str(plots.index[number]), []).append(Held(what, part))
    return found


def certain_ground(city: City, model: Model, plots: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return the ground of each plot less what something else holds of it: the strict reading of its boundaries."""
    places = np.array(plots.geometry.array, dtype=object)
    held = held_parts(city, model, plots)
    for number, asset in enumerate(plots.index):
        if (parts := held.get(str(asset))) is not None:
            taken = shapely.union_all([item.part for item in parts])
            places[number] = shapely.difference(shapely.make_valid(places[number]), taken)
    return places


def with_ground(table: pd.DataFrame, city: City, model: Model, plots: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return options whose ``warnings`` tell how much of their plot something else holds, in m2 and as a share.

    Parameters
    ----------
    table
        Options: ``asset_id``, ``action``, ``warnings`` with its English twin.
    city, model
        The city and the model.
    plots
        Placed plots, index ``asset_id``.
    """
    said = {
        (asset, is_laid): twins("warnings", _shares(plots.geometry[asset], held, is_laid=is_laid))
        for asset, held in held_parts(city, model, plots).items()
        for is_laid in (True, False)
    }
    keys = list(zip(table["asset_id"], table["action"].isin(LAID), strict=True))
    told = {}
    for end, separator in SEPARATORS.items():
        text = table[f"warnings{end}"].astype("object")
        more = pd.Series(
            [said[key][f"warnings{end}"] if key in said else "" for key in keys], table.index, dtype=object
        )
        told[f"warnings{end}"] = text.where((text == "") | (more == ""), text + separator) + more
    return table.assign(**told)


def _shares(plot: Geometry, held: Sequence[Held], *, is_laid: bool) -> list[Note]:
    plot_m2 = shapely.area(shapely.make_valid(plot))
    found = []
    for what in dict.fromkeys(item.what for item in held):
        shared = _shared([item.part for item in held if item.what == what], plot_m2, what)
        found.append(Note(shared.zh + LEFT_OUT.zh, shared.en + LEFT_OUT.en) if is_laid else shared)
    return found


def _shared(parts: Sequence[Geometry], plot_m2: float, what: Note) -> Note:
    shared_m2 = shapely.area(shapely.union_all(parts))
    m2 = f"{shared_m2:,.0f}" if shared_m2 >= 10 else f"{shared_m2:.2g}"
    share = f"{100 * shared_m2 / plot_m2:.2g}"
    return Note(
        f"{what.zh}占{m2}平方米（地块的{share}%）",
        f"{what.en[:1].upper()}{what.en[1:]} takes {m2} m2 ({share} % of the plot)",
    )
