"""Bundles of a city: its run becomes members and links for :mod:`gis.bundle`, and a plan becomes layers of the run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from gis import _bundle_links, _bundle_scenarios
from gis._account_facts import RATE
from gis._bundle_elements import element_npv_cny
from gis._bundle_members import Candidates, candidates
from gis._notes import Note
from gis.bundle import Limits, Members
from gis.city import City
from layers.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import geopandas as gpd

    from gis.model import Model

Within = Literal["subdistrict", "district"]
DISTRICT_DIGITS = 6
"""The first six digits of a sub-district's code are its district's (GB/T 2260)."""
WORKING_CAPITAL, BUDGET, BUDGET_YEARS = "bundle.working_capital", "bundle.public_budget", "bundle.budget_years"
MOST_MEMBERS = 12


@dataclass(frozen=True)
class CityMembers:
    """What the bundles of a city are made of.

    Parameters
    ----------
    candidates
        Members as the run tells them; their rows are those of ``members``.
    members
        For :func:`gis.bundle.best_bundles`.
    services, need, basis
        The layer of public services (``None`` where there is none), the run's needs, and what its accounts rest on.
    as_of
        Day of the run.
    """

    candidates: Candidates
    members: Members
    services: gpd.GeoDataFrame | None
    need: pd.DataFrame
    basis: pd.DataFrame | None
    as_of: date

    @property
    def ids(self) -> list[str]:
        """The ``opportunity_id`` of every row."""
        return list(self.candidates.table.index)

    @property
    def earning(self) -> int:
        """How many members are worth more than nothing to their operator."""
        return int((self.candidates.table["npv_cny"] > 0).sum())


def members_of(
    layers: Mapping[str, gpd.GeoDataFrame],
    results: Mapping[str, gpd.GeoDataFrame],
    model: Model,
    *,
    as_of: date,
    subdistrict: str | None = None,
    within: Within | None = None,
    with_unclear: bool = False,
    seed: int = 0,
) -> CityMembers:
    """Return what may be bundled in a city, or in one of its sub-districts.

    Parameters
    ----------
    layers, results
        Of the run, in one CRS in metres.
    model, as_of
        Of the run.
    subdistrict
        Code: only what lies in it.
    within
        What no bundle may cross; told to the search by :attr:`gis.bundle.Limits.within_unit`. A member whose
        sub-district nobody knows shares its unit with nobody.
    with_unclear
        Whether options of open permission are taken as well.
    seed
        Of the scenarios (:mod:`gis._bundle_scenarios`).

    Raises
    ------
    NotFoundError
        If no opportunity lies in ``subdistrict``.
    """
    options = results["opportunity"]
    if subdistrict is not None:
        options = _lying_in(options, subdistrict)
    city = City.build(layers, as_of=as_of, detour_factor=model.value("reach.detour_factor"))
    found = candidates(city, {**results, "opportunity": options}, model, with_unclear=with_unclear)
    pairs = _bundle_links.links(city, found.table.geometry, model)
    table, basis = found.table, results.get("account_basis")
    scenarios = _bundle_scenarios.net_scenarios_cny(found, basis, model, seed=seed)
    if scenarios is not None and (note := _bundle_scenarios.kept_note(found, basis)):
        found = replace(found, notes=(*found.notes, note))
    members = Members(
        net_cny=found.net_cny,
        public_cny=table[["public_cny"]].to_numpy(dtype=float),
        benefit=table["benefit"].to_numpy(dtype=float),
        links=pairs,
        unit=_units(table["subdistrict_code"], within),
        net_scenario_cny=scenarios,
        npv_element_cny=element_npv_cny(found, model)[1],
    )
    return CityMembers(found, members, layers.get("service_item"), results["need"], basis, as_of)


def default_limits(model: Model) -> Limits:
    """Return the limits that hold where nobody says otherwise: assumptions of the model."""
    years = int(model.value(BUDGET_YEARS))
    return Limits(
        discount_rate=model.value(RATE),
        most_members=MOST_MEMBERS,
        working_capital_cny=model.value(WORKING_CAPITAL),
        public_budget_cny=(model.value(BUDGET),) * years,
    )


def rows_of(found: CityMembers, ids: Sequence[str], option: str) -> tuple[int, ...]:
    """Return the rows of members by their ids: of the opportunity, or of the asset.

    Raises
    ------
    UsageError
        If one is no member; it says which option named it, and why it cannot be one where that is known.
    """
    table = found.candidates.table
    row = {asset: number for number, asset in enumerate(table["asset_id"])}
    row |= {label: number for number, label in enumerate(table.index)}
    for name in ids:
        if name not in row:
            raise _no_member(found, name, option)
    return tuple(row[name] for name in ids)


def _no_member(found: CityMembers, name: str, option: str) -> UsageError:
    left = found.candidates.left
    known = left[(left.index == name) | (left["asset_id"] == name)]
    why = Note(known["reason"].iloc[0], known["reason_en"].iloc[0]) if len(known) else Note("", "")
    return UsageError(
        f"{option} {name}: no member that can be bundled" + (f" ({why.en})" if why.en else ""),
        f"{option} {name} 不是可入包的成员" + (f"（{why.zh}）" if why.zh else ""),
        hint="give an opportunity_id or asset_id of an old community to renovate or of an asset that earns",
        hint_zh="请写老旧小区改造或有收益资产的 opportunity_id 或 asset_id",
    )


def _lying_in(options: gpd.GeoDataFrame, subdistrict: str) -> gpd.GeoDataFrame:
    inside = options[(options["subdistrict_code"] == subdistrict).fillna(value=False).to_numpy(dtype=bool)]
    if inside.empty:
        known = ", ".join(sorted(options["subdistrict_code"].dropna().unique()))
        raise NotFoundError(
            f"no opportunity lies in sub-district {subdistrict}",
            f"镇街 {subdistrict} 没有机会",
            hint=f"choose one of {known}" if known else "leave --subdistrict out",
            hint_zh=f"可选 {known}" if known else "请去掉 --subdistrict",
        )
    return inside


def _units(codes: pd.Series, within: Within | None) -> np.ndarray | None:
    """Return the number of the unit that each member lies in; of unknown ones each has its own."""
    if within is None:
        return None
    digits = DISTRICT_DIGITS if within == "district" else None
    own = [f"?{row}" if pd.isna(code) else str(code)[:digits] for row, code in enumerate(codes)]
    return np.asarray(pd.factorize(np.array(own, dtype=object))[0], dtype=np.int64)
