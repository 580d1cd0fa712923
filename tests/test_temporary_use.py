"""Temporary use: whether an option pays back within the years granted, and the list of those that do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from land_cases import LOT, offered
from need_city import MODEL

from gis._tables import with_money
from gis.finance import accounts
from gis.temporary_use import fits_horizon, fitting_notes, fitting_uses


def options(**columns):
    count = len(next(iter(columns.values())))
    plain = {"asset_id": "a", "action": "market", "is_temporary": True, "npv_cny": 1.0, "has_land": True}
    plain |= dict.fromkeys(("capex_cny", "revenue_cny_year", "land_rent_cny_year", "land_rent_cny_m2_month"), 1.0)
    plain |= {"income_owner": "operator", "pledgeable_share": 1.0, "payback_counted_years": 1.0}
    plain |= {"account_note": "未计税费", "account_note_en": "no taxes", "horizon_years": 2.0, "payback_years": 1.0}
    return pd.DataFrame({name: [value] * count for name, value in plain.items()} | columns)


def test_payback_against_the_years_granted():
    found = fits_horizon(options(payback_years=[1.9, 2.0, 2.8, np.nan], horizon_years=[2.0, 2.0, 2.0, 2.0]))
    assert found["fits_horizon"].to_list() == [True, True, False, False]
    assert found["fits_reason"].to_list()[::2] == ["约1.9年回本，可用2年", "可用2年内不能回本"]
    assert found["fits_reason_en"].iloc[3] == "It does not pay back within the 2 years granted"


def test_an_account_or_a_term_that_is_not_known_fits_nothing_and_fails_nothing():
    unknown = {"land_rent_cny_year": [np.nan, 1.0], "land_rent_cny_m2_month": [np.nan, 1.0]}
    found = fits_horizon(options(npv_cny=[np.nan, 1.0], horizon_years=[2.0, np.nan], **unknown))
    assert found["fits_horizon"].isna().all()
    assert found["fits_reason"].to_list() == [
        "账目或年限不全，不能判断（缺地租）",
        "账目或年限不全，不能判断（年限未定）",
    ]


@pytest.mark.parametrize(
    ("owner", "zh", "en"),
    [
        ("treasury", "收入归财政，不计还本，须有准许以该收入还本的文件（名称、文号）", "The treasury's income"),
        ("trust", "收入归代管专户，不计还本，须有准许以该收入还本的文件（名称、文号）", "Income of a trust account"),
        ("unknown", "收入归属不明，不计还本，须有写明收入归谁的文件", "until a document says whose"),
        (None, "收入归属不明，不计还本，须有写明收入归谁的文件", "until a document says whose"),
        ("collective", "可还本收入占比为0，不计还本", "not counted until a document lets it repay"),
    ],
)
def test_income_that_is_not_counted_is_not_told_as_one_that_does_not_pay_back(owner, zh, en):
    nothing = {"income_owner": [owner], "pledgeable_share": [0.0], "payback_years": [np.nan]}
    found = fits_horizon(options(**nothing)).iloc[0]
    assert pd.isna(found["fits_horizon"])
    assert found["fits_reason"].startswith(f"不能判断能否回本（{zh}")
    assert en in found["fits_reason_en"]
    assert "不能回本" not in found["fits_reason"]
    rentless = fits_horizon(options(npv_cny=[np.nan], land_rent_cny_year=np.nan, **nothing)).iloc[0]
    assert rentless["fits_reason"].startswith("账目或年限不全，不能判断（")
    assert zh in rentless["fits_reason"], "the rent alone would not do"
    note = fitting_notes(options(fits_horizon=[None], **nothing), ["a"]).iloc[0]
    assert note["fitting_note"].startswith(f"1项不能判断（{zh}")
    assert en in note["fitting_note_en"]


def test_no_document_would_help_what_does_not_pay_back_with_all_its_income():
    never = {"income_owner": "treasury", "pledgeable_share": 0.0, "payback_years": np.nan}
    table = options(payback_counted_years=[2.0, 2.8, np.inf, np.nan], npv_cny=[1.0, 1.0, np.nan, np.nan], **never)
    rentless = table.assign(land_rent_cny_year=[1.0, 1.0, np.nan, np.nan])
    found = fits_horizon(rentless)
    assert found["fits_horizon"].to_list() == [pd.NA, False, False, pd.NA]
    assert found["fits_reason"].to_list()[1:3] == [
        "可用2年内即使全部收入可还本也不能回本",
        "可用2年内即使全部收入可还本、不计地租也不能回本",
    ]
    assert found["fits_reason_en"].iloc[1].endswith("2 years granted, even if all of its income might repay")
    assert "须有准许以该收入还本的文件" in found["fits_reason"].iloc[0]
    note = fitting_notes(rentless.join(found), ["a"])["fitting_note"].item()
    assert note.startswith("2项在可用年限内不能回本；2项不能判断（")


@pytest.mark.parametrize("owner", ["operator", "treasury", None])
def test_the_worked_lot_does_not_pay_back_at_300_whoever_earns(owner):
    """91 stalls: 546,000 CNY come back in more than 2 years at 300 CNY a month and in less at 600."""
    lot = {"asset_id": "a", "action": "surface_parking", "stalls": 91.0, "area_m2": 3000.0, "horizon_years": 2.0}
    lot |= {"has_land": True, "land_rent_cny_m2_month": 0.0, "income_owner": owner, "clears_at_end": False}
    table, told = pd.DataFrame([lot]), []
    for tariff in (300, 600):
        model = type(MODEL).load(f'[parameter."parking.tariff.resid_monthly"]\nvalue = {tariff}\n')
        money = accounts(table, model).table
        told.append(fits_horizon(table.join(money[money.columns.difference(table.columns)])))
    assert told[0]["fits_horizon"].to_list() == [False]
    assert told[0]["fits_reason"].item() == f"可用2年内{'' if owner == 'operator' else '即使全部收入可还本也'}不能回本"
    if owner == "operator":
        assert told[1]["fits_reason"].item().startswith("约1.")
    else:
        assert told[1]["fits_reason"].item().startswith("不能判断能否回本（")


def test_what_earns_nothing_or_has_no_years_does_not_pay_back_whoever_earns():
    nothing = {"income_owner": "treasury", "pledgeable_share": 0.0, "payback_years": np.nan}
    found = fits_horizon(options(revenue_cny_year=[0.0, 1.0], horizon_years=[2.0, 0.0], **nothing))
    assert found["fits_reason"].to_list() == ["可用2年内不能回本", "可用0年内不能回本"]


def test_the_worked_lot_of_3000_m2_fails_at_300_and_fits_at_450():
    """91 stalls: 546,000 CNY come back in 2.8 years at 300 CNY a month, in 1.9 at 450; free of rent and taxes."""
    found = fits_horizon(options(payback_years=[546 / 195, 546 / 292]))
    assert found["fits_horizon"].to_list() == [False, True]


def test_land_that_may_be_taken_back_at_once_pays_back_nothing():
    assert fits_horizon(options(horizon_years=[0.0], payback_years=[np.nan]))["fits_horizon"].to_list() == [False]


def test_the_list_is_sorted_and_leaves_out_what_is_not_temporary():
    table = options(
        asset_id=["b", "a", "a", "a", "a", "c"],
        action=["market", "surface_parking", "charging", "market", "pocket_park", "market"],
        payback_years=[1.0, 1.9, 0.5, 1.9, 0.1, 0.1],
        is_temporary=[True, True, True, True, False, True],
        fits_horizon=[True, True, True, True, True, None],
    )
    assert fitting_uses(table).to_dict() == {"a": "charging,market,surface_parking", "b": "market"}
    assert fitting_uses(table.sample(frac=1, random_state=3)).to_dict() == fitting_uses(table).to_dict()
    assert fitting_uses(table.iloc[:0]).empty


def test_accounts_of_options_go_in_as_they_are():
    lot = {"at": LOT, "tenure": "reserve", "zoning": "B1", "land_rent_cny_m2_month": 0.0}
    table = offered(lot, {**lot, "land_rent_cny_m2_month": None}).table
    money = accounts(table, MODEL).table
    added = money[money.columns.difference(["horizon_years"])]
    found = fits_horizon(table.assign(**added)).assign(asset=table["asset_id"], action=table["action"])
    # None of the treasury's income counts, and no use would pay back in 2 years if all did; a park earns nothing.
    free, rentless = (found[found["asset"] == f"idle_land-{lot}"].set_index("action") for lot in (0, 1))
    assert free["fits_horizon"].to_list() == [False] * len(free)
    assert free["fits_reason"]["pocket_park"] == "可用2年内不能回本"
    even = found["fits_reason"].str.contains("即使全部收入可还本")
    assert set(found["action"][~even]) == {"pocket_park"}
    assert rentless["fits_reason"].drop("pocket_park").str.endswith("、不计地租也不能回本").all()
    assert pd.isna(rentless["fits_horizon"]["pocket_park"])
    assert table["is_temporary"].all()


def test_a_term_that_nobody_knows_is_not_told_as_the_one_that_the_account_assumes():
    lot = {"at": LOT, "tenure": "collective", "zoning": "B1", "land_rent_cny_m2_month": 0.0}
    table = offered(lot).table.query("action == 'surface_parking'").assign(horizon_years=np.nan)
    named = table.assign(opportunity_id="x:surface_parking", subdistrict_code=None, is_sample=False)
    found = with_money(named, MODEL, 1)[0].iloc[0]
    assert np.isnan(found["horizon_years"])
    assert pd.isna(found["fits_horizon"])
    assert "年限未定，按默认期限" in found["account_note"]


def test_a_temporary_use_of_the_treasury_repays_what_a_named_document_grants():
    lot = {"at": LOT, "tenure": "reserve", "zoning": "B1", "land_rent_cny_m2_month": 0.0}
    papers = {"pledgeable_share": 1.0, "pledge_document": "示〔2026〕1号"}
    table = offered(lot, {**lot, **papers}).table.query("action == 'surface_parking'")
    assert table["is_temporary"].all()
    shares = accounts(table, MODEL).table["repaying_cny_year"].to_list()
    assert shares[0] == 0 < shares[1]
