"""The lines of a bundle as a run tells them, for the tests of its account and of its workbook."""

from __future__ import annotations

import numpy as np
import pandas as pd
from account_cases import options

from gis.finance import accounts
from gis.funding import PAID_COLUMNS

FEE_PAID = 0.5 * 0.82  # CNY/m2 and month, of what is collected
REVENUE_TAX = 0.0326
HOMES = {"action": "renovation", "household_count": 100.0, "stalls": 12.0, "chargers": 2.0, "horizon_years": 6.0}
LOT = {"action": "surface_parking", "stalls": 91.0, "horizon_years": 4.5, "near_night_gap": 60.0}
PILES = {"action": "charging", "chargers": 4.0, "horizon_years": 6.0, "rent_terms": "site_rent", "has_land": False}
HOUSE = {
    "action": "heritage_reuse",
    "area_m2": 120.0,
    "rent_terms": "creative",
    "horizon_years": 6.0,
    "has_land": False,
}
HOMES_M2 = 9000.0


def basis_of(*rows):
    """Return options as the table ``account_basis`` holds them."""
    table = options(*rows)
    return table.assign(opportunity_id=table.index, asset_id=table.index).reset_index(drop=True)


def lines_of(basis, model):
    """Return the operator's lines: the accounts of the options, of the investment what the enterprise pays.

    A community pays property fees and costs upkeep beside them, by the prices of ``model``.
    """
    found = accounts(basis, model)
    flows = found.cashflow.assign(member=basis["opportunity_id"].to_numpy()[found.cashflow["option"]])
    names = [name for name in flows if name.endswith("_cny") and name not in ("net_cny", "cumulative_cny")]
    lines = flows[["member", "year", *names]].drop(columns="discounted_cny")
    paid = found.table[list(PAID_COLUMNS)].loc[flows["option"]].set_index(lines.index).fillna(0.0)
    first, later = lines["year"] == 0, lines["year"] > 0
    lines["capex_cny"] = paid["funding_enterprise_cny"].where(first, 0.0)
    for name in ("funding_state_cny", "funding_owner_cny", "funding_residents_cny"):
        lines[name] = paid[name].where(first, 0.0)
    homes = basis["action"].to_numpy()[flows["option"]] == "renovation"
    fee = model.value("reno.property_fee_m2_month") * model.value("reno.property_fee_collection")
    months_m2 = np.where(homes & later, HOMES_M2 * 12, 0.0)
    lines["property_fee_cny"] = months_m2 * fee
    lines["upkeep_cny"] = months_m2 * model.value("reno.upkeep_m2_month")
    lines["tax_cny"] += model.value("fin.tax.revenue_share") * lines["property_fee_cny"]
    return lines.reset_index(drop=True)


def service_lines(years, today, then, cost):
    """Return the lines of a service item: bought today at one price a year, in the bundle at another."""
    rows = [(0, 0.0, 0.0, 0.0), *((year, today, then, cost) for year in range(1, years + 1))]
    table = pd.DataFrame(rows, columns=["year", "present_public_cny", "new_public_cny", "opex_cny"])
    return table.assign(member="service-1", revenue_cny=table["new_public_cny"])
