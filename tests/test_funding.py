"""Who puts up the investment, and what each way of running chargers leaves the holder of the site."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from account_cases import BEFORE_TAX, MODEL, annuity_factor, options
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.charging_modes import MODE_COLUMNS, model_taxes, npv_by_mode, pile_by_utilisation
from gis.finance import RECIPES, accounts
from gis.funding import PAID_COLUMNS
from gis.model import Model

HOMES = {"action": "renovation", "household_count": 100.0, "stalls": 3.0, "chargers": 0.0, "has_land": False}


def split(*rows, model=MODEL):
    return accounts(options(*rows), model).table[["capex_cny", *PAID_COLUMNS]]


def test_renovation_is_split_as_in_jinsong():
    # 100 homes x 26,700 = 2.67 million: 60.5 % the state's, 39.5 % the enterprise's.
    row = split({**HOMES, "income_owner": "owners"}).loc["o0"]
    assert row.tolist() == pytest.approx([2_670_000, 1_615_350, 0, 1_054_650, 0])
    fewer = Model.load(overrides={"reno.private_share": "0.3"})
    assert split(HOMES, model=fewer).loc["o0", "funding_residents_cny"] == pytest.approx(2_670_000 * 0.095)
    whole = Model.load(overrides={"reno.gov_share": "1.0"})
    assert split(HOMES, model=whole).loc["o0"].tolist() == pytest.approx([2_670_000, 2_670_000, 0, 0, 0])


def test_who_runs_it_invests_and_no_subsidy_is_made_up():
    lot, park = {"action": "surface_parking", "stalls": 10.0}, {"action": "pocket_park"}
    found = split(lot, park, {**lot, "income_owner": "treasury"}, {**lot, "stalls": np.nan})
    assert found.loc["o0"].tolist() == [60_000, 0, 0, 60_000, 0]
    assert found.loc[["o1", "o2", "o3"], list(PAID_COLUMNS)].isna().all().all()
    note = accounts(options(park), MODEL).table.loc["o0", ["account_note", "account_note_en"]]
    assert "出资方未定" in note.iloc[0]
    assert "Who would pay" in note.iloc[1]


def test_shares_of_its_own_papers_come_first():
    park = {"action": "pocket_park", "area_m2": 1000.0}
    found = split(
        {**park, "funding_state_share": 0.7, "funding_owner_share": 0.2},
        {**HOMES, "funding_residents_share": 0.1},
        {**park, "funding_state_share": 1.2},
    )
    assert found.loc["o0"].tolist() == pytest.approx([300_000, 210_000, 60_000, 30_000, 0])
    assert found.loc["o1"].tolist() == pytest.approx([2_670_000, 0, 0, 2_403_000, 267_000])
    assert found.loc["o2", list(PAID_COLUMNS)].isna().all(), "more than the whole says nothing"


def test_a_split_that_no_paper_tells_is_said_to_be_assumed():
    lot, told = {"action": "surface_parking", "stalls": 10.0}, {"funding_state_share": 0.7}
    rows = (lot, HOMES, {**lot, **told}, {**HOMES, **told}, {"action": "pocket_park"}, {**lot, "stalls": np.nan})
    table = accounts(options(*rows), MODEL).table
    note, note_en = table["account_note"], table["account_note_en"]
    assert note.str.contains("出资按谁经营谁投资，为假定").tolist() == [True, *[False] * 5]
    assert note_en.str.contains("That who runs it pays for it is an assumption").tolist() == [True, *[False] * 5]
    assert table["funding_is_assumed"].tolist() == [True, True, False, False, pd.NA, pd.NA]
    assert note.str.contains("劲松").tolist() == note_en.str.contains("Jinsong").tolist() == [False, True, *[False] * 4]


@pytest.mark.parametrize(
    ("shares", "words", "is_assumed"),
    [
        ("", "出资比例取自劲松一例，为假定", True),
        ("value = 0.5\n", "出资比例按本地模型参数 reno.gov_share、reno.private_share，为假定", True),
        ('value = 0.5\nsource = "示〔2026〕2号"\nconfidence = "medium"\n', "为假定", True),
        ('value = 0.5\nsource = "示〔2026〕2号"\nconfidence = "high"\n', None, False),
    ],
)
def test_a_district_that_has_its_own_shares_is_not_told_of_jinsong(shares, words, is_assumed):
    own = Model.load("".join(f'[parameter."reno.{who}_share"]\n{shares}' for who in ("gov", "private")))
    row = accounts(options(HOMES), own).table.loc["o0"]
    assert row["funding_is_assumed"] == is_assumed
    assert ("为假定" in row["account_note"]) == is_assumed
    assert words is None or words in row["account_note"]
    assert not shares or "劲松" not in row["account_note"]


SHARES = st.tuples(*[st.none() | st.floats(0, 0.33)] * 3)


@settings(max_examples=10, deadline=None)
@given(units=st.floats(1, 5000), shares=st.lists(SHARES, min_size=len(RECIPES), max_size=len(RECIPES)))
def test_the_four_parts_sum_to_the_investment(units, shares):
    row = dict.fromkeys(("stalls", "chargers", "household_count", "wall_m", "area_m2"), units)
    names = [f"funding_{who}_share" for who in ("state", "owner", "residents")]
    told = [
        {"action": action, **dict(zip(names, own, strict=True))} for action, own in zip(RECIPES, shares, strict=True)
    ]
    found = split(*({**row, "rent_terms": "reference", **own} for own in told))
    parts = found[list(PAID_COLUMNS)].astype(float)
    known = parts.notna().all(axis=1)
    assert (known == parts.notna().any(axis=1)).all()
    assert parts[known].sum(axis=1).to_numpy() == pytest.approx(found.loc[known, "capex_cny"].to_numpy())
    assert (parts[known] >= 0).all().all()
    assert known.iloc[list(RECIPES).index("renovation")]


PILES = {"action": "charging", "chargers": 10.0, "horizon_years": 8.0, "has_land": False}


def test_three_modes_by_hand_before_tax():
    # A pile takes 120 kW x 8,760 h x 6 % x 0.5 = 31,536 CNY a year; ten of them 315,360.
    # Run by itself: 75 % of that, less 900,000. For a share: 20 %. Let: 10 x 300 x 12 = 36,000.
    table = options(PILES)
    row = npv_by_mode(table, accounts(table, BEFORE_TAX), BEFORE_TAX).loc["o0"]
    factor = annuity_factor(0.06, 8)
    assert row.tolist() == pytest.approx([236_520 * factor - 900_000, 63_072 * factor, 36_000 * factor])
    taxed = npv_by_mode(table, accounts(table, MODEL), MODEL).loc["o0"]
    assert taxed["npv_share_cny"] == pytest.approx(63_072 * (1 - 0.0326) * 0.75 * factor)


def test_modes_are_for_known_accounts_of_chargers():
    rows = (
        {"action": "surface_parking", "stalls": 10.0},
        {**PILES, "has_land": True, "land_rent_cny_m2_month": np.nan},
        {**PILES, "income_owner": "treasury"},
        {**PILES, "action": "ebike_charging", "chargers": 20.0},
    )
    table = options(*rows)
    found = npv_by_mode(table, accounts(table, BEFORE_TAX), BEFORE_TAX)
    assert list(found) == list(MODE_COLUMNS)
    assert found.loc[["o0", "o1"]].isna().all().all()
    assert found.loc["o2", ["npv_share_cny", "npv_site_rent_cny"]].tolist() == [0, 0], "the treasury's repays nothing"
    factor = annuity_factor(0.06, 8)
    assert found.loc["o3", ["npv_share_cny", "npv_site_rent_cny"]].tolist() == pytest.approx(
        [20 * 365 * 0.2 * factor, 20 * 4 * 12 * factor]
    )


def test_land_rent_is_the_holders_in_every_mode():
    table = options({**PILES, "area_m2": 275.0, "has_land": True, "land_rent_cny_m2_month": 5.0}, PILES)
    found = npv_by_mode(table, accounts(table, BEFORE_TAX), BEFORE_TAX)
    assert (found.loc["o1"] - found.loc["o0"]).tolist() == pytest.approx([275 * 5 * 12 * annuity_factor(0.06, 8)] * 3)


def test_a_pile_at_3_6_and_10_percent():
    found = pile_by_utilisation(MODEL)
    assert found.index.tolist() == [0.03, 0.06, 0.10]
    assert found["capex_cny"].tolist() == [90_000] * 3
    assert (found["revenue_cny_year"] - found["opex_cny_year"]).tolist() == pytest.approx(
        [12_000, 24_000, 39_000], abs=500
    )
    assert found["payback_years"].tolist() == pytest.approx([7.6, 3.8, 2.3], abs=0.05)
    assert found["breakeven_utilisation"].tolist() == pytest.approx([0.037] * 3, abs=0.0005)
    assert found["npv_cny"].gt(0).tolist() == [False, True, True]
    taxed = pile_by_utilisation(MODEL, taxes=model_taxes(MODEL))
    assert (taxed["npv_cny"] < found["npv_cny"]).all()
    assert (taxed["breakeven_utilisation"] > found["breakeven_utilisation"]).all()
