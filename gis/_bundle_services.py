"""Public services that a bundle takes in (cleaning, patrols, greening …): what they cost today and in the bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._notes import Note

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    import geopandas as gpd

    from gis.model import Model

SAVING = "bundle.service_saving"
A_YEAR = 365.25
MERGEABLE = "yes"
"""Only what the ledger calls mergeable as a whole: of what can be merged in part nobody knows the part."""


def household_shares(need: pd.DataFrame, communities: Collection[str]) -> pd.Series:
    """Return which share of the households of each sub-district lives in some communities, by its code.

    Communities whose households nobody knows count on neither side.
    """
    people = need.dropna(subset=["household_count", "subdistrict_code"])
    counts = people["household_count"].astype(float)
    mine = people["asset_id"].isin(list(communities))
    whole = counts.groupby(people["subdistrict_code"]).sum()
    return (counts[mine].groupby(people["subdistrict_code"][mine]).sum() / whole).dropna().rename("share")


def service_lines(
    services: gpd.GeoDataFrame | None, shares: pd.Series, as_of: date, years: int, model: Model
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the services that a bundle takes in and their part of its account.

    A service is bought for a sub-district; a bundle takes the share of it that its households are (an ASSUMPTION: no
    ledger tells services by community). Today it costs its contract each year (renewed at its price); in the bundle,
    from the first year that begins after the contract ends, ``bundle.service_saving`` less. The operator does it for
    what it is paid (an ASSUMPTION: no ledger tells its cost), so its account neither gains nor loses.

    Parameters
    ----------
    services
        Kind ``service_item``; rows that cannot be merged as a whole, have no sum or no sub-district are left out.
    shares
        As :func:`household_shares` tells.
    as_of
        Day from which years are counted.
    years
        Of the account.
    model
        Holds the saving.

    Returns
    -------
    tuple
        One row a service (``member``, ``name``, ``contract_cny_year``: the bundle's share, ``fund_source``,
        ``contract_end``); and one row a service and year with the lines of :mod:`gis.bundle_account`.
    """
    empty = pd.DataFrame(columns=["member", "name", "contract_cny_year", "fund_source", "contract_end"])
    if services is None or services.empty or shares.empty:
        return empty, pd.DataFrame(columns=["member", "year"])
    asked = services[
        (services["is_mergeable"] == MERGEABLE).fillna(value=False)
        & services["contract_sum_cny_year"].notna()
        & services["subdistrict_code"].isin(shares.index)
    ].sort_values("asset_id")
    part = asked["contract_sum_cny_year"].astype(float).to_numpy() * shares[asked["subdistrict_code"]].to_numpy()
    table = pd.DataFrame(
        {
            "member": asked["asset_id"].to_numpy(dtype=object),
            "name": asked["name"].to_numpy(dtype=object),
            "contract_cny_year": part,
            "fund_source": asked["fund_source"].to_numpy(dtype=object),
            "contract_end": asked["contract_end"].to_numpy(),
        }
    )
    left = (pd.to_datetime(asked["contract_end"]) - pd.Timestamp(as_of)).dt.days.to_numpy(dtype=float) / A_YEAR
    first = np.where(np.isnan(left), 1, np.maximum(np.ceil(left) + 1, 1))  # the first year that begins after its end
    year = np.tile(np.arange(years + 1), len(table))
    each = np.repeat(np.arange(len(table)), years + 1)
    today = np.where(year > 0, part[each], 0.0)
    is_merged = year >= first[each]
    new = today * np.where(is_merged, 1.0 - model.value(SAVING), 1.0)
    done = np.where(is_merged, new, 0.0)
    lines = {"present_public_cny": today, "new_public_cny": new, "revenue_cny": done, "opex_cny": done}
    return table, pd.DataFrame({"member": table["member"].to_numpy()[each], "year": year, **lines})


def told(count: int, contract_cny_year: float) -> Note:
    """Return what is said of the services that a bundle takes in; its account says whether public money grows."""
    if not count:
        return Note("没有可整体整合的购买服务", "No public service can be taken in as a whole")
    return Note(
        f"纳入购买服务{count}项（按户数分摊，现每年{contract_cny_year / 1e4:,.1f}万元，承接成本不明，按收支相抵）",
        f"Takes in {count} services (its share by households, {contract_cny_year / 1e6:,.2f} M CNY a year today, what "
        "they cost the operator is unknown and taken as what it is paid)",
    )
