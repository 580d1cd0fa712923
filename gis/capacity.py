"""What a plot yields: stalls from a layout of its polygon, chargers and ports from its area and width."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from gis._notes import NOTHING, Note
from gis.stalls import StallRules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import geopandas as gpd

    from gis.model import Model
    from gis.stalls import StallLayout

    Laid = Mapping[object, StallLayout]

WIDTH_TOLERANCE_SHARE = 0.005
"""The inscribed circle is searched to this share of the shape's extent: 0.5 m on a plot of 100 m."""

ROUNDING = 1e-9
"""Added before stalls are rounded down, so that no last digit of an area takes one."""


class Layouts(NamedTuple):
    """Layouts of the plots of a city, by asset id: of stalls on the ground, and of the rows that racks stand in.

    Each on the ground that is certain, and once more over the whole plot: the same where nothing holds a part of it.
    """

    surface: Laid
    racks: Laid
    whole_surface: Laid
    whole_racks: Laid


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


def surface_stalls(
    area_m2: pd.Series, model: Model, layouts: Laid | None = None, whole: Laid | None = None
) -> pd.DataFrame:
    """Return the surface stalls of plots: those of its layout, else area over ``parking.stall_area.surface``.

    The low end of a layout is its area at ``parking.stall_area.observed_max`` (69.7 m2 a stall, the poorest lot seen:
    levels, pipes and lamps are not in the layout), the high end the same rows with the tightest stalls and aisles, of
    the whole plot where boundaries in doubt keep a part of it free and more stand on the whole. Where they all need the
    doubted part nobody knows how many there will be: from none to those of the whole.
    Without a layout it is ``area x parking.site_yield_factor / stall area`` (GB/T 51149-2016 5.1.4), rounded down; the
    low end takes the least yield and the largest stall, the high end the opposite.

    Parameters
    ----------
    area_m2
        Area of the plots.
    model
        Holds the parameters.
    layouts, whole
        Layouts by the index of ``area_m2``; plots may lack one. Those over the whole plots, where they differ.

    Returns
    -------
    DataFrame
        ``stalls``, ``stalls_low``, ``stalls_high``; null where the area is.
    """
    found = _stalls(area_m2, model, "parking.stall_area.surface", ("", ""))
    counts, of_whole = (
        _by_plot({asset: laid.count for asset, laid in (given or {}).items()}, area_m2) for given in (layouts, whole)
    )
    most = np.fmax(counts, of_whole)
    poorest = np.floor(area_m2 / model.value("parking.stall_area.observed_max"))
    laid = pd.DataFrame(
        {
            "stalls": counts,
            "stalls_low": np.minimum(counts, poorest),
            "stalls_high": np.maximum(most, np.floor(most * _tightest_share(model) + ROUNDING)),
        }
    )
    return _unsure(laid).where(counts.notna(), found, axis=0)


def mechanical_stalls(
    area_m2: pd.Series, model: Model, layouts: Laid | None = None, whole: Laid | None = None
) -> pd.DataFrame:
    """Return the stalls of lift-slide racks: in the rows of the layout, else by area.

    A rack stands where a row of at least two stalls at 90 degrees does, so a layout without such a row holds none. Of
    ``n`` columns and ``k`` levels (``parking.mechanical_levels``) it holds ``n k - (k - 1)`` cars: every level but the
    top needs a free place to slide. The high end takes the most levels and the tightest sizes, over the whole plot as
    :func:`surface_stalls` does, the low end what the least yield by area gives. By area it is levels x area x yield /
    ``parking.stall_area.mechanical``. How many stand idle is told by ``parking.mech_idle_rate``.
    """
    levels = "parking.mechanical_levels"
    found = _stalls(area_m2, model, "parking.stall_area.mechanical", (levels, levels))

    def held(count: float, given: Laid | None) -> pd.Series:
        return _by_plot({asset: _racked(laid.runs, count) for asset, laid in (given or {}).items()}, area_m2)

    stalls, most = held(model.value(levels), layouts), model.high(levels)
    tightest = np.fmax(held(most, layouts), held(most, whole)) * _tightest_share(model)
    laid = pd.DataFrame(
        {
            "stalls": stalls,
            "stalls_low": np.minimum(held(model.low(levels), layouts), found["stalls_low"]),
            "stalls_high": np.floor(tightest + ROUNDING),
        }
    )
    return _unsure(laid).where(stalls.notna(), found, axis=0)


def _unsure(laid: pd.DataFrame) -> pd.DataFrame:
    """Return stalls of layouts, null where the certain ground holds none and the whole of the plot does."""
    return laid.assign(stalls=laid["stalls"].mask((laid["stalls"] == 0) & (laid["stalls_high"] > 0)))


def structure_stalls(area_m2: pd.Series, model: Model) -> pd.DataFrame:
    """Return the stalls that each level of a multi-storey car park holds.

    ``area x parking.site_yield_factor / parking.stall_area.structure``, rounded down, with its band. The 30-40 m2 of
    floor a stall (GB/T 51149-2016 5.1.4) hold ramps and stairs. How many levels may stand is the plan's to say, so
    none is assumed.
    """
    return _stalls(area_m2, model, "parking.stall_area.structure", ("", ""))


def yield_notes(rows: pd.DataFrame, model: Model) -> list[tuple[pd.Series, Note]]:
    """Return what is said of the yield of parking.

    Of surface parking where its area a stall lies outside the standard, or what was seen on lots; of racks what a level
    of a multi-storey car park would hold on the same plot (:func:`structure_stalls`).

    Parameters
    ----------
    rows
        Options: ``action``, ``area_m2``, ``stalls``.
    model
        Holds the low and the high end of ``parking.stall_area.surface`` (GB/T 51149-2016),
        ``parking.stall_area.observed_min`` and ``observed_max``, and ``parking.stall_area.structure``.
    """
    standard = "parking.stall_area.surface"
    few, many = model.low(standard), model.high(standard)
    least, most = (model.value(f"parking.stall_area.observed_{end}") for end in ("min", "max"))
    each = rows["area_m2"] / rows["stalls"].where(rows["stalls"] > 0)
    surface = rows["action"] == "surface_parking"
    seen = f"{least:g}-{most:g} m2"
    dense = Note(
        f"布置每泊位用地少于实例({seen})，未计绿化、岗亭和管线，须现场核实",
        f"Denser than lots that were built ({seen} a stall): greenery, booths and mains are not in it; check on site",
    )
    sparse = Note(
        f"布置每泊位用地多于实例({seen})，地块形状不利于停车",
        f"Sparser than lots that were built ({seen} a stall): the shape of the plot does not suit parking",
    )
    asked = Note(f"{few:g}-{many:g} m2（GB/T 51149-2016 5.1.4）", f"{few:g}-{many:g} m2 (GB/T 51149-2016 5.1.4)")
    below = Note(f"每泊位用地低于{asked.zh}", f"Less land a stall than {asked.en}")
    above = Note(f"每泊位用地高于{asked.zh}", f"More land a stall than {asked.en}")
    cases = ((each < few, below), (each > many, above), (each < least, dense), (each > most, sparse))
    return [*((surface & where, note) for where, note in cases), *_structure_notes(rows, model)]


def _structure_notes(rows: pd.DataFrame, model: Model) -> list[tuple[pd.Series, Note]]:
    """Return the stalls of a level of a multi-storey car park, for each plot of racks where one holds any."""
    key, share = "parking.stall_area.structure", "parking.site_yield_factor"
    each, by = f"{model.low(key):g}-{model.high(key):g} m2", model[key].cited
    least_used, used, most_used = (f"{find(share):.0%}" for find in (model.low, model.value, model.high))
    guess = Note("，为假定", ", an assumption") if model[share].is_assumption else NOTHING
    held = structure_stalls(rows["area_m2"].where(rows["action"] == "mechanical_parking"), model)
    told = []
    for (least, stalls, most), group in held[held["stalls"] > 0].groupby(["stalls_low", "stalls", "stalls_high"]):
        note = Note(
            f"如建停车楼，每层约{stalls:,.0f}个泊位（{least:,.0f}–{most:,.0f}；每泊位建筑面积{each}，"
            f"{by.zh}；地块可用{used}（{least_used}–{most_used}{guess.zh}））；层数由规划定",
            f"As a multi-storey car park about {stalls:,.0f} stalls a level ({least:,.0f}-{most:,.0f}; "
            f"{each} of floor a stall, {by.en}; {used} of the plot usable ({least_used}-{most_used}{guess.en})); "
            "the plan says how many levels",
        )
        told.append((pd.Series(rows.index.isin(group.index), index=rows.index), note))
    return told


def _by_plot(numbers: Mapping[object, float], area_m2: pd.Series) -> pd.Series:
    return pd.Series(numbers, dtype=float).reindex(area_m2.index).where(area_m2.notna())


def _stall_share(find: Callable[[str], float]) -> float:
    """Return the area of one stall with its half of the aisle, at 90 degrees."""
    rules = StallRules.of(find)
    return rules.stall_width * (rules.stall_length + rules.aisle_90 / 2)


def _tightest_share(model: Model) -> float:
    """Return how many times the stalls of a layout stand in its rows where stalls and aisles are the tightest."""
    return _stall_share(model.value) / _stall_share(model.low)


def _racked(runs: Iterable[int], levels: float) -> float:
    return float(sum(run * levels - (levels - 1) for run in runs if run > 1))


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
        Area of the plots that may hold ports.
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


def land_capacity(
    rows: pd.DataFrame, shapes: pd.DataFrame, around: pd.DataFrame, model: Model, layouts: Layouts | None = None
) -> pd.DataFrame:
    """Return the area that each option uses and what it yields there; null where boundaries in doubt decide it.

    Parking uses the whole plot. Car charging uses one stall with its lane per pile (``charging.lot_area_per_pile``),
    as many piles as a lot of this size must have; e-bike charging what its ports need, of the part that buildings leave
    at the fire distance (:func:`gis._fire_rules.ebike_rooms`). Points have no outline, so the low end of their stalls,
    piles and e-bike ports is 0; the high end takes the most that a ledger tells their area about
    (:func:`gis._land_shape.measured`).

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
    laid = Layouts(*(_by_row(rows, of) for of in layouts)) if layouts else Layouts({}, {}, {}, {})
    surface = surface_stalls(area_m2, model, laid.surface, laid.whole_surface)
    racks = mechanical_stalls(area_m2, model, laid.racks, laid.whole_racks)
    is_point = ~shape["is_polygon"].astype(bool)
    for stalls, most in ((surface, surface_stalls), (racks, mechanical_stalls)):
        stalls["stalls_low"] = stalls["stalls_low"].mask(is_point, 0.0)
        at_most = most(shape["area_high_m2"], model)["stalls_high"]
        stalls["stalls_high"] = stalls["stalls_high"].mask(is_point, at_most)
    room_m2 = np.minimum(shape["ebike_room_m2"].fillna(np.inf), area_m2)
    held = {"surface_parking": surface, "mechanical_parking": racks, "charging": piles(surface, model)}
    for code, counts in {**held, "ebike_charging": ebike_ports(room_m2, near, model)}.items():
        found.loc[action == code, counts.columns] = counts[action == code]
    found.loc[is_point & (action == "ebike_charging"), "chargers_low"] = 0.0
    used = area_m2.where(action != "charging", found["chargers"] * model.value("charging.lot_area_per_pile"))
    used = used.where(action != "ebike_charging", found["chargers"] * model.value("ebike.m2_per_port"))
    return found.assign(area_m2=np.minimum(used, area_m2.fillna(np.inf)).where(area_m2.notna()))


def _by_row(rows: pd.DataFrame, layouts: Laid) -> Laid:
    return {row: layouts[asset] for row, asset in rows["asset_id"].items() if asset in layouts}
