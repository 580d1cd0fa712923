"""Who and what is around an asset: people, gaps within the walk, reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis._radius_bands import ends_m
from gis._unplaced import alike, may_be_near, most_lost
from gis.community import REPORT_MONTHS, is_parking_report
from gis.living_circle import RADIUS_KEYS, held_types, steps_by_area
from gis.network import SLACK_M

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.city import City
    from gis.model import Model

ENDS = ("", "_low", "_high")
GAPS = ("night_gap", "charger_gap", "ebike_gap")
GAP_RADII = {
    "night_gap_stalls": "parking.service_radius",
    "charger_gap_piles": "ev.service_radius.core",
    "ebike_gap_ports": "circle.5min.radius",
}
"""Gap of a community -> the parameter within whose radius it counts for an asset; in the order of :data:`GAPS`."""
PEOPLE_RADII = {"people": "circle.5min.radius", "people_15min": "circle.15min.radius"}
"""Name of a sum of residents -> the parameter within whose radius they count for an asset."""


def surroundings(city: City, need: pd.DataFrame, model: Model, assets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return what stands around each asset, on foot unless said otherwise.

    ============================  =============================================================================
    column                        meaning
    ============================  =============================================================================
    ``near_people``               residents within ``circle.5min.radius``, persons
    ``near_people_15min``         residents within ``circle.15min.radius``, persons
    ``near_elderly_share``        share over 60 of the residents within ``circle.5min.radius``, with its ends
    ``near_night_gap``            night gap of communities within ``parking.service_radius``, stalls, with band
    ``near_charger_gap``          charger gap of communities within ``ev.service_radius.core``, piles, with band
    ``near_ebike_gap``            e-bike gap of communities within ``circle.5min.radius``, ports, with band
    ``near_lack_<action>_<m2>``   residents of communities within ``circle.5min.radius`` that lack a service which
                                  the action gives on a site of so many m2 or more (:func:`lack_steps`), persons;
                                  its high end holds those of whom it is not known
    ``near_reports``              reports of the last 12 months within ``report.radius`` in a straight line
    ``near_parking_reports``      those about parked cars
    ``near_unplaced``             communities without a place that may stand within ``circle.5min.radius``
    ``near_unplaced_far``         those that may stand within any of these walks
    ``near_<what>_unplaced``      residents (``people``, ``people_15min``) of such communities, and their gaps
                                  (``night_gap``, ``charger_gap``, ``ebike_gap``), within the walk of each
    ============================  =============================================================================

    A sum leaves out the communities for which the quantity is unknown; it is null where it is unknown for all of
    them or the layer is missing, 0 where no community is near. The low end of a gap is summed within the low end of
    its radius, the high end within the high one.

    A community without a place may stand near any site that lies in its sub-district or within the walk of it, and near
    any site at all where nobody says in which it lies (:mod:`gis._unplaced`). The sums leave it out; what it may add
    stands beside them, one of unknown size taken to be as large as the largest. Of the residents that lack a service it
    is in the high end. Where most communities of a sub-district have no place, the sums around the sites that these may
    stand near are null: who lives there is then unknown, not nobody.

    Parameters
    ----------
    city, need, model
        The city, its need (index: community id) and the model.
    assets
        Placed assets, index ``asset_id``.
    """
    radii = {key: ends_m(city, key, model) for key in ("circle.15min.radius", *GAP_RADII.values())}
    around = _Around(city, _facts(city, need, model), assets, radii)
    found: dict[str, pd.Series] = {}
    for name in ("people", "people_15min"):
        found[f"near_{name}"] = around.total("people", PEOPLE_RADII[name])
        found[f"near_{name}_unplaced"] = around.unplaced("people", PEOPLE_RADII[name])
    lost = found["near_people_unplaced"]
    found |= around.elderly_share(lost)
    for gap, (column, radius_key) in zip(GAPS, GAP_RADII.items(), strict=True):
        for end in ENDS:
            found[f"near_{gap}{end}"] = around.total(f"{column}{end}", radius_key, end)
        found[f"near_{gap}_unplaced"] = around.unplaced(f"{column}_high", radius_key, "_high")
    for code in model.actions:
        for column in lack_steps(model, code).values():
            found[f"near_{column}"] = around.total(column, "circle.5min.radius")
            found[f"near_{column}_high"] = around.total(f"{column}_high", "circle.5min.radius") + lost
    found["near_unplaced"] = around.unplaced("count", "circle.5min.radius")
    found["near_unplaced_far"] = around.unplaced("count")
    return pd.DataFrame(found, index=assets.index).join(_reports(city, model, assets))


class _Around:
    """Sums over the communities within a walk of each asset, and over those without a place that may be."""

    def __init__(
        self, city: City, facts: pd.DataFrame, assets: gpd.GeoDataFrame, radii: Mapping[str, Mapping[str, float]]
    ) -> None:
        homes = city.placed("community")
        self._radii, self._assets = radii, assets.index
        self._longest_m = max(max(ends.values()) for ends in radii.values())
        self._nobody = np.nan if homes.empty else 0.0
        walk = city.reach.pairs(homes.geometry, assets.geometry, self._longest_m)
        self._near = walk.merge(facts, left_on="origin", right_index=True, how="left")
        self._unplaced = _Unplaced(city, assets, facts, self._longest_m)

    def total(self, column: str, radius_key: str, end: str = "") -> pd.Series:
        """Return the sum of ``column``, :func:`surroundings` says when it is null."""
        radius_m = self._radii[radius_key][end]
        within = self._near[self._near["distance_m"] <= radius_m + SLACK_M]
        summed = within.groupby("site")[column].sum(min_count=1).reindex(self._assets)
        empty = ~self._assets.isin(within["site"])
        return summed.mask(empty, self._nobody).mask(self._unplaced.hides(column, radius_m))

    def unplaced(self, column: str, radius_key: str = "", end: str = "") -> pd.Series:
        """Return what communities without a place may add; within any of the walks where no radius is named."""
        return self._unplaced.total(column, self._radii[radius_key][end] if radius_key else self._longest_m)

    def elderly_share(self, lost: pd.Series) -> dict[str, pd.Series]:
        """Return the share over 60, its ends with the ``lost`` residents who may live there all young or all old."""
        known, elders = (self.total(name, "circle.5min.radius") for name in ("people_of_known_age", "elderly"))
        shares = {"": elders / known, "_low": elders / (known + lost), "_high": (elders + lost) / (known + lost)}
        return {f"near_elderly_share{end}": share.where(known > 0) for end, share in shares.items()}


class _Unplaced:
    """What the communities without a place would add to the sums around assets, each with all that it has."""

    def __init__(self, city: City, assets: gpd.GeoDataFrame, facts: pd.DataFrame, longest_m: float) -> None:
        first = alike(city)
        held = facts.fillna(facts.max()).loc[first.index].assign(count=1.0)
        groups = held.groupby(first.to_numpy())
        sums = groups.sum(min_count=1).assign(is_most=most_lost(city).reindex(groups.size().index))
        near = may_be_near(city, assets.geometry, longest_m)
        self._near = near.merge(sums, left_on="origin", right_index=True, how="left")
        self._assets = assets.index

    def total(self, column: str, radius_m: float) -> pd.Series:
        """Return the sum of ``column`` over those that may stand within ``radius_m``, 0 where there are none."""
        return self._within(radius_m).groupby("site")[column].sum().reindex(self._assets, fill_value=0.0).astype(float)

    def hides(self, column: str, radius_m: float) -> NDArray[np.bool_]:
        """Return at which assets so many may stand unseen within ``radius_m`` that a sum of ``column`` says nothing."""
        within = self._within(radius_m)
        blind = within["is_most"].astype(bool) | within[column].isna()
        return np.asarray(self._assets.isin(within["site"][blind]))

    def _within(self, radius_m: float) -> pd.DataFrame:
        return self._near[self._near["distance_m"] <= radius_m + SLACK_M]


def _facts(city: City, need: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return the quantities of each community that are summed around an asset."""
    homes = city["community"]
    gaps = [f"{name}{end}" for name in GAP_RADII for end in ENDS]
    facts = need[["people", *gaps]].astype("Float64").astype("float64").reindex(homes.index)
    age = homes["elderly_share"].astype("float64")
    facts["elderly"] = facts["people"] * age
    facts["people_of_known_age"] = facts["people"].where(age.notna())
    lacked = need["services_missing"].reindex(homes.index).astype("object")
    codes = lacked.fillna("").str.split(",")
    unknown = frozenset(RADIUS_KEYS).difference(held_types(city))
    for code, action in model.actions.items():
        services = steps_by_area(action.gives, model)
        for step, column in lack_steps(model, code).items():
            lacks = codes.map(lambda held, gives=services[step]: not gives.isdisjoint(held)).astype(float)
            facts[column] = (facts["people"] * lacks).mask(lacked.isna())
            is_sure = services[step].isdisjoint(unknown)
            facts[f"{column}_high"] = facts[column] if is_sure else facts["people"].mask(lacked.isna())
    return facts


def lack_steps(model: Model, action: str) -> dict[float, str]:
    """Return the areas in m2 from which an option of ``action`` gives more services, with the column of each step.

    The column holds, without the ``near_`` that it has around an asset, the residents who lack one of the services
    that the action gives from there on; empty for an action that gives none.
    """
    gives = model.actions[action].gives
    return {step: f"lack_{action}_{step:.9g}" for step in steps_by_area(gives, model)} if gives else {}


def _reports(city: City, model: Model, assets: gpd.GeoDataFrame) -> pd.DataFrame:
    if "report" in city.missing:
        return pd.DataFrame({"near_reports": np.nan, "near_parking_reports": np.nan}, index=assets.index)
    reports = city.placed("report")
    end = pd.Timestamp(city.as_of) + pd.Timedelta(days=1)
    start = pd.Timestamp(city.as_of) - pd.DateOffset(months=REPORT_MONTHS)
    recent = reports[(reports["reported_at"] >= start) & (reports["reported_at"] < end)]
    tree = shapely.STRtree(np.asarray(recent.geometry.array, dtype=object))
    places = np.asarray(assets.geometry.array, dtype=object)
    asset, report = tree.query(places, predicate="dwithin", distance=model.value("report.radius"))
    is_parking = is_parking_report(recent).to_numpy(dtype=bool)
    return pd.DataFrame(
        {
            "near_reports": np.bincount(asset, minlength=len(assets)).astype(float),
            "near_parking_reports": np.bincount(asset[is_parking[report]], minlength=len(assets)).astype(float),
        },
        index=assets.index,
    )
