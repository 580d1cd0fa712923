"""What a plot yields: stalls, chargers and ports from the polygon's area and width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.model import Model

WIDTH_TOLERANCE_SHARE = 0.005
"""The inscribed circle is searched to this share of the shape's extent: 0.5 m on a plot of 100 m."""


def shape_of(land: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the shape of each plot.

    Parameters
    ----------
    land
        Placed plots in a metric CRS.

    Returns
    -------
    DataFrame
        ``area_m2`` (of the polygon; the ledger's for points, null where it has none), ``width_m`` (diameter of the
        largest circle that fits in; null for points), ``is_polygon``.
    """
    places = np.asarray(land.geometry.array, dtype=object)
    is_polygon = shapely.get_dimensions(places) == 2
    area_m2 = np.where(is_polygon, shapely.area(places), land["area_m2"].to_numpy(dtype=float))
    width_m = np.full(len(land), np.nan)
    bounds = shapely.bounds(places[is_polygon])
    extent = np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    radius = shapely.maximum_inscribed_circle(places[is_polygon], tolerance=extent * WIDTH_TOLERANCE_SHARE)
    width_m[is_polygon] = 2 * shapely.length(radius)
    return pd.DataFrame({"area_m2": area_m2, "width_m": width_m, "is_polygon": is_polygon}, index=land.index)


def surface_stalls(area_m2: pd.Series, model: Model) -> pd.DataFrame:
    """Return the surface stalls of plots: ``area x parking.site_yield_factor / parking.stall_area.surface``.

    Rounded down. The low end takes the least yield and the largest stall, the high end the opposite.

    Returns
    -------
    DataFrame
        ``stalls``, ``stalls_low``, ``stalls_high``; null where the area is.
    """
    return _stalls(area_m2, model, "parking.stall_area.surface", ("", ""))


def mechanical_stalls(area_m2: pd.Series, model: Model) -> pd.DataFrame:
    """Return the stalls of a lift-slide rack: levels x area x yield / ``parking.stall_area.mechanical``."""
    levels = "parking.mechanical_levels"
    return _stalls(area_m2, model, "parking.stall_area.mechanical", (levels, levels))


def _stalls(area_m2: pd.Series, model: Model, stall: str, levels: tuple[str, str]) -> pd.DataFrame:
    floors = [model.value(levels[0]), model.low(levels[0]), model.high(levels[0])] if levels[0] else [1.0, 1.0, 1.0]
    share = "parking.site_yield_factor"
    return pd.DataFrame(
        {
            "stalls": np.floor(area_m2 * floors[0] * model.value(share) / model.value(stall)),
            "stalls_low": np.floor(area_m2 * floors[1] * model.low(share) / model.high(stall)),
            "stalls_high": np.floor(area_m2 * floors[2] * model.high(share) / model.low(stall)),
        },
        index=area_m2.index,
    )


def piles(stalls: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return the car piles that a lot of so many stalls gets: its share ``ev.share.public_min``, rounded up.

    Returns
    -------
    DataFrame
        ``chargers``, ``chargers_low``, ``chargers_high``.
    """
    share = "ev.share.public_min"
    return pd.DataFrame(
        {
            "chargers": np.ceil(stalls["stalls"] * model.value(share)),
            "chargers_low": np.ceil(stalls["stalls_low"] * model.low(share)),
            "chargers_high": np.ceil(stalls["stalls_high"] * model.high(share)),
        },
        index=stalls.index,
    )


def ebike_ports(area_m2: pd.Series, gap_ports: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return the e-bike ports of a plot: the gap around it, at least a typical site, at most what the area holds.

    ``min(max(gap, ebike.ports_per_site), area / ebike.m2_per_port)``, rounded down. An unknown gap counts as none.

    Parameters
    ----------
    area_m2
        Area of the plots.
    gap_ports
        ``near_ebike_gap`` with ``_low`` and ``_high``, on the same rows.
    model
        Holds the parameters.
    """
    room = area_m2 / model.value("ebike.m2_per_port")
    typical = {"": model.value, "_low": model.low, "_high": model.high}
    return pd.DataFrame(
        {
            f"chargers{end}": np.floor(
                np.minimum(gap_ports[f"near_ebike_gap{end}"].fillna(0).clip(lower=find("ebike.ports_per_site")), room)
            )
            for end, find in typical.items()
        },
        index=area_m2.index,
    )


def land_capacity(rows: pd.DataFrame, shapes: pd.DataFrame, around: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return the area that each option uses and what it yields there.

    Parking uses the whole plot. Car charging uses one stall with its lane per pile (``charging.lot_area_per_pile``),
    as many piles as a lot of this size must have; e-bike charging what its ports need. Points have no width, so the
    low end of their stalls is 0.

    Returns
    -------
    DataFrame
        ``area_m2``, ``stalls``, ``chargers`` with their bands, by row.
    """
    shape = shapes.reindex(rows["asset_id"]).set_axis(rows.index)
    near = around.reindex(rows["asset_id"]).set_axis(rows.index)
    area_m2, action = shape["area_m2"], rows["action"]
    found = pd.DataFrame(
        0.0, index=rows.index, columns=[f"{n}{e}" for n in ("stalls", "chargers") for e in ("", "_low", "_high")]
    )
    surface = surface_stalls(area_m2, model)
    found.update(surface[action == "surface_parking"])
    found.update(mechanical_stalls(area_m2, model)[action == "mechanical_parking"])
    found.update(piles(surface, model)[action == "charging"])
    found.update(ebike_ports(area_m2, near, model)[action == "ebike_charging"])
    found.loc[~shape["is_polygon"].astype(bool), "stalls_low"] = 0.0
    used = area_m2.where(action != "charging", found["chargers"] * model.value("charging.lot_area_per_pile"))
    used = used.where(action != "ebike_charging", found["chargers"] * model.value("ebike.m2_per_port"))
    return found.assign(area_m2=np.minimum(used, area_m2.fillna(np.inf)).where(area_m2.notna()))
