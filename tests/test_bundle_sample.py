"""Three bundles of the sample city whose account a person can add up with a pocket calculator, year by year.

What is read are the exported tables; the prices below are those printed in ``gis/models/guangzhou.toml``; nothing of
``gis`` is used. Bundles are taken whose assets are all chargers in car parks: piles times prices.
"""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

YEARS, PILE_YEARS = 15, 8
PILE_CNY, PILE_INCOME, PILE_OPEX, SITE_RENT = 90_000, 120 * 8760 * 0.06 * 0.5, 0.25, 300 * 12
"""A pile of 120 kW, 6 % of its hours used, 0.5 CNY a kWh; on somebody else's lot 300 CNY a month."""
STALL_INCOME, STALL_OPEX = 450 * 12 * 0.85, 0.3
STALLS_A_HOUSEHOLD, PILES_A_HOUSEHOLD = 15.8 / 745, 0.68 / 745
HOUSEHOLD_CNY, STATE, OPERATOR = 26_700, 0.605, 0.395
REVENUE_TAX, PROFIT_TAX = 0.0326, 0.25
FEE, UPKEEP = 0.5 * 12 * 0.82, 0.4 * 12
"""Property fees collected and upkeep, CNY a year and m2 of floor area."""
CENT = 0.01


def charging(piles: int, *, on_anothers_lot: bool) -> tuple[float, float]:
    """Return what chargers cost, and leave each year."""
    capex, income = piles * PILE_CNY, piles * PILE_INCOME
    left = income * (1 - PILE_OPEX) - (piles * SITE_RENT if on_anothers_lot else 0)
    on_income = income * REVENUE_TAX
    on_profit = PROFIT_TAX * max(left - on_income - capex / PILE_YEARS, 0)
    return capex, left - on_income - on_profit


def renovation(home: dict[str, str], option: dict[str, str]) -> tuple[float, float]:
    """Return what the operator puts into a community, and what it leaves each year."""
    stalls = float(option["revenue_cny_year"]), float(option["opex_cny_year"])
    households = float(option["capex_cny"]) / HOUSEHOLD_CNY
    income = households * (STALLS_A_HOUSEHOLD * STALL_INCOME + PILES_A_HOUSEHOLD * PILE_INCOME)
    opex = households * (STALLS_A_HOUSEHOLD * STALL_INCOME * STALL_OPEX + PILES_A_HOUSEHOLD * PILE_INCOME * PILE_OPEX)
    assert (income, opex) == pytest.approx(stalls, abs=CENT)
    manager = home["property_management"]
    floor_m2 = 0.0 if manager == "company" else float(home["floor_area_m2"])
    fee = floor_m2 * FEE if manager else 0.0  # of a manager nobody knows the strictest: upkeep, and no fee
    return households * HOUSEHOLD_CNY * OPERATOR, (income + fee) * (1 - REVENUE_TAX) - opex - floor_m2 * UPKEEP


@pytest.fixture(scope="module")
def tables(
    sample_workspace: Path,
    panhuo: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, list[dict[str, str]]]:
    """Return the exported tables of the bundles of the sample city, as text."""
    folder = tmp_path_factory.mktemp("bundles")
    city = shutil.copytree(sample_workspace, folder / "city")
    done = panhuo("bundle", city, "--seconds", "20")
    assert done.returncode == 0, done.stderr
    found = {}
    for name in ("bundle", "bundle_member", "bundle_year", "opportunity", "community"):
        out = folder / f"{name}.csv"
        done = panhuo("export", city, name, "--out", out)
        assert done.returncode == 0, done.stderr
        with out.open(encoding="utf-8-sig", newline="") as stream:
            found[name] = list(csv.DictReader(stream))
    return found


def is_plain(
    members: list[dict[str, str]], options: dict[str, dict[str, str]], homes: dict[str, dict[str, str]]
) -> bool:
    """Whether all assets are chargers in car parks for their whole life, and communities get all their stalls."""
    for member in members:
        option = options[member["opportunity_id"]]
        if member["asset_kind"] == "community":
            home = homes[member["asset_id"]]
            stalls = float(option["capex_cny"]) / HOUSEHOLD_CNY * STALLS_A_HOUSEHOLD
            if not home["floor_area_m2"] or round(stalls) != float(option["stalls"]) or home["lifts_to_add_count"]:
                return False
            continue
        is_leased = option["horizon_years"] and float(option["horizon_years"]) < PILE_YEARS
        if (member["asset_kind"], member["action"]) != ("parking", "charging") or is_leased:
            return False
    return True


def test_three_bundles_by_hand(tables: dict[str, list[dict[str, str]]]) -> None:
    options = {row["opportunity_id"]: row for row in tables["opportunity"]}
    homes = {row["asset_id"]: row for row in tables["community"]}
    checked = 0
    for bundle in tables["bundle"]:
        members = [row for row in tables["bundle_member"] if row["bundle_id"] == bundle["bundle_id"]]
        if checked == 3 or not is_plain(members, options, homes):
            continue
        net = [0.0] * (YEARS + 1)
        state = 0.0
        for member in members:
            option = options[member["opportunity_id"]]
            if member["asset_kind"] == "community":
                capex, left = renovation(homes[member["asset_id"]], option)
                years, state = YEARS, state + float(option["capex_cny"]) * STATE
            else:
                lot = option["income_owner"] == "operator"
                capex, left = charging(int(option["chargers"]), on_anothers_lot=lot)
                years = PILE_YEARS
            net[0] -= capex
            for year in range(1, years + 1):
                net[year] += left
        rows = sorted(
            (row for row in tables["bundle_year"] if row["bundle_id"] == bundle["bundle_id"]),
            key=lambda row: int(row["year"]),
        )
        assert [float(row["net_cny"]) for row in rows] == pytest.approx(net, abs=CENT)
        assert [float(row["cumulative_cny"]) for row in rows] == pytest.approx(
            [sum(net[: year + 1]) for year in range(YEARS + 1)], abs=CENT
        )
        npv = {rate: sum(cny / (1 + rate) ** year for year, cny in enumerate(net)) for rate in (0.04, 0.06, 0.08)}
        for name, rate in (("npv_cny", 0.06), ("npv_4pct_cny", 0.04), ("npv_8pct_cny", 0.08)):
            assert float(bundle[name]) == pytest.approx(npv[rate], abs=CENT)
        assert npv[0.06] >= -CENT
        assert float(bundle["funding_state_cny"]) == pytest.approx(state, abs=CENT)
        assert float(bundle["deepest_deficit_cny"]) == pytest.approx(-min(0.0, net[0]), abs=CENT)
        paid = sum(float(row["paid_cny"]) for row in members)
        lacking = -sum(min(float(row["npv_cny"]), 0.0) for row in members)
        assert paid == pytest.approx(lacking, abs=CENT)  # what the fat pay is what the lean lack
        checked += 1
    assert checked == 3
