"""Scorecards: each sub-district in figures for the month of the analysis, records without a place included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from gis._renovation_words import TIERS
from gis.equity import by_subdistrict
from layers.schema import conform, kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.city import City

COUNTED = ("community", "idle_land", "public_building", "parking", "charging", "heritage", "service", "report")


def scorecards(city: City, need: pd.DataFrame, opportunities: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return one scorecard per sub-district.

    Counts include records that have no place yet, as long as they name their sub-district. A figure whose layer is
    missing is null, not 0.

    Parameters
    ----------
    city
        The city.
    need
        The ``need`` layer by community id.
    opportunities
        The ``opportunity`` layer with its ranks.

    Returns
    -------
    GeoDataFrame
        Kind ``scorecard`` in the city's CRS.
    """
    areas = city["subdistrict"]
    code = areas["subdistrict_code"].astype(object).fillna(areas["asset_id"].astype(object))
    areas = areas.assign(subdistrict_code=code).drop_duplicates("subdistrict_code")
    codes = pd.Index(areas["subdistrict_code"].astype(object))
    month = f"{city.as_of:%Y-%m}"
    table = pd.DataFrame(
        {
            "scorecard_id": [f"{area}:{month}" for area in codes],
            "name": areas["name"].to_numpy(),
            "subdistrict_code": codes.to_numpy(),
            "month": month,
            **_figures(city, need, opportunities, codes),
            "is_sample": areas["is_sample"].to_numpy(),
        }
    )
    frame = gpd.GeoDataFrame(table, geometry=areas.geometry.to_numpy(), crs=city.crs)
    return conform(frame, kind("scorecard"))


def _figures(city: City, need: pd.DataFrame, opportunities: pd.DataFrame, codes: pd.Index) -> dict[str, Any]:
    """Return the columns of figures, in the order of ``codes``."""
    rooms, idle, reports = city["public_building"], city["idle_land"], _reports_of_month(city)
    area_m2 = idle.geometry.area.where(lambda area: area > 0).fillna(idle["area_m2"].astype(float))
    closed = reports.assign(is_closed=reports["closed_at"].notna().astype(float))

    def count(frame: pd.DataFrame, layer: str) -> Any:
        return _by_area(frame, codes, lambda groups: groups.size(), 0.0, layer not in city.missing)

    def total(frame: pd.DataFrame, column: str, layer: str, how: str = "sum") -> Any:
        numbers = frame.assign(**{column: frame[column].astype("Float64").astype("float64")})
        least = {"min_count": 1} if how == "sum" else {}
        return _by_area(
            numbers, codes, lambda groups: getattr(groups[column], how)(**least), None, layer not in city.missing
        )

    old = need[need["is_old"].fillna(value=False).astype(bool)]
    lacking = old.assign(**{f"lacks_{tier}": old[f"missing_{tier}"] > 0 for tier in TIERS.values()})
    aged = _of_known_age(need)
    ranked = opportunities[opportunities["rank"].notna()]
    return {
        "community_count": count(city["community"], "community"),
        "old_community_count": count(old, "community"),
        **{f"old_missing_{tier}_count": total(lacking, f"lacks_{tier}", "community") for tier in TIERS.values()},
        "elderly_share": total(aged, "elderly", "community") / total(aged, "people", "community"),
        "household_count": total(need, "household_count", "community"),
        "night_gap_stalls": total(need, "night_gap_stalls", "community"),
        "charger_gap_piles": total(need, "charger_gap_piles", "community"),
        "services_missing_mean": total(need, "services_missing_count", "community", "mean"),
        "idle_land_count": count(idle, "idle_land"),
        "idle_land_m2": total(idle.assign(area_m2=area_m2), "area_m2", "idle_land"),
        "vacant_building_count": count(rooms[(rooms["occupancy"] == "vacant").fillna(value=False)], "public_building"),
        "heritage_count": count(city["heritage"], "heritage"),
        "report_count": count(reports, "report"),
        "report_closed_share": total(closed, "is_closed", "report", "mean"),
        "opportunity_count": _by_area(ranked, codes, lambda groups: groups.size(), 0.0, is_known=True),
        **{name: figure.to_numpy() for name, figure in by_subdistrict(opportunities, codes).items()},
        "unlocated_count": _by_area(_unlocated(city), codes, lambda groups: groups.size(), 0.0, is_known=True),
    }


def _of_known_age(need: pd.DataFrame) -> pd.DataFrame:
    """Return the communities of which residents and the elderly share are known, with the ``elderly`` in persons.

    A sub-district's share is that of its people, not the mean of its communities' shares.
    """
    known = need[(need["people"] > 0) & need["elderly_share"].notna()]
    return known.assign(elderly=known["people"] * known["elderly_share"])


def _by_area(
    frame: pd.DataFrame,
    codes: pd.Index,
    figure: Callable[[Any], pd.Series],
    where_none: float | None,
    is_known: bool,
) -> Any:
    """Return a figure of each sub-district, null where its layer is missing."""
    if not is_known:
        return pd.Series(float("nan"), index=codes).to_numpy()
    groups = frame.groupby(frame["subdistrict_code"].astype(object))
    found = figure(groups).reindex(codes).astype("float64")
    return (found if where_none is None else found.fillna(where_none)).to_numpy()


def _reports_of_month(city: City) -> gpd.GeoDataFrame:
    reports = city["report"]
    start = pd.Timestamp(city.as_of).to_period("M")
    return reports[reports["reported_at"].dt.to_period("M") == start]


def _unlocated(city: City) -> pd.DataFrame:
    parts = [
        city[name][["subdistrict_code"]][city[name].geometry.isna() | city[name].geometry.is_empty] for name in COUNTED
    ]
    return pd.concat(parts, ignore_index=True)
