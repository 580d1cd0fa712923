"""What an account says of itself: what it lacks, who pays and who earns, how far it runs, what it leaves out."""

from __future__ import annotations

import numpy as np
import pytest
from account_cases import BEFORE_TAX, BEFORE_TAX_KEYS, MODEL, SURE, annuity_factor, nothing_of, options
from heritage_cases import HALL
from need_city import city

from gis import car_parks, heritage, public_rooms
from gis._monte_carlo import PERCENTILES
from gis.charging_modes import USE_COLUMNS, npv_by_mode, npv_by_use
from gis.finance import accounts, npv_spread
from gis.model import Model
from gis.need import assemble
from gis.temporary_use import fits_horizon

NOBODY = assemble(city(), MODEL)[0]
LOT = {"action": "surface_parking", "stalls": 100.0}
PILES = {"action": "charging", "chargers": 10.0, "horizon_years": 8.0, "has_land": False}
LET = {**PILES, "rent_terms": "site_rent"}
HOMES = {"action": "renovation", "household_count": 100.0, "stalls": 3.0, "chargers": 0.0, "has_land": False}
HOUSE = {"action": "heritage_reuse", "area_m2": 100.0, "has_land": False, "rent_terms": "reference"}


def notes(*rows, model=MODEL):
    table = accounts(options(*rows), model).table
    return list(zip(table["account_note"], table["account_note_en"], strict=True))


@pytest.mark.parametrize(
    ("owner", "zh", "en"),
    [
        ("owners", "收入归全体业主", "somebody else's (owners)"),
        ("collective", "收入归集体经济组织", "somebody else's (collective)"),
    ],
)
def test_an_enterprise_that_pays_for_what_others_earn_is_told_so(owner, zh, en):
    rows = [{**row, "income_owner": owner} for row in (LOT, HOMES, {**LOT, "funding_owner_share": 1.0})]
    lot, homes, told = notes(*rows)
    whole = ("出资按谁经营谁投资，为假定", "投资记在企业名下", "An enterprise pays for it")
    part = ("出资比例取自劲松一例，为假定", "企业只出一部分投资", "An enterprise pays for a part of it")
    for (note, note_en), (mark, pays, pays_en) in ((lot, whole), (homes, part)):
        assert mark in note
        assert f"{pays}、{zh}" in note
        assert "不是出资企业所得" in note
        assert pays_en in note_en
        assert en in note_en
    assert "企业名下" not in told[0], "the owner pays for what it earns"
    assert "An enterprise pays" not in notes({**LOT, "income_owner": "operator"})[0][1]


def test_who_pays_may_be_the_state_enterprise_that_earns():
    told = notes(*({**row, "income_owner": "state_enterprise"} for row in (LOT, HOMES)))
    for (note, note_en), pays in zip(told, ("投资记在企业名下", "企业只出一部分投资"), strict=True):
        assert f"{pays}、收入归国有企业，两者是否同一家待明确" in note
        assert "不是出资企业所得" not in note
        assert "whether the two are one is to be settled" in note_en
        assert "somebody else's" not in note_en


def test_nothing_is_said_of_an_account_that_there_is_not():
    unsized = {**LOT, "stalls": np.nan, "horizon_years": 15.0, "income_owner": "owners"}
    rentless = {**LOT, "horizon_years": 15.0, "land_rent_cny_m2_month": np.nan, "income_owner": "owners"}
    (zh, en), (rentless_zh, _) = notes(unsized, rentless)
    assert zh.startswith("缺规模，无法算账")
    assert "账目算至" not in zh
    assert "account ends" not in en
    assert "净现值与回收期" not in zh
    assert "账目算至设施寿命10年为止" in rentless_zh, "its NPV at no rent is told, and ends there"
    assert "净现值与回收期" not in rentless_zh


def test_the_treasurys_income_that_a_document_grants_is_not_the_enterprises_either():
    granted = {"pledgeable_share": 1.0, "pledge_document": "示〔2026〕1号", "income_owner": "treasury"}
    assert "投资记在企业名下、收入归财政" in notes({**LOT, **granted})[0][0]
    assert "投资记在企业名下" not in notes({**LOT, "income_owner": "treasury"})[0][0], "nobody is known to pay"


def test_chargers_of_an_operator_on_anothers_lot_bear_the_site_rent():
    # Ten piles earn 236,520 after running cost; 10 x 300 x 12 = 36,000 of it go to the lot's owner.
    table = options(LET, PILES)
    found = accounts(table, BEFORE_TAX)
    row, factor = found.table.loc["o0"], annuity_factor(0.06, 8)
    assert found.table["land_rent_cny_year"].tolist() == [36_000, 0]
    assert row["npv_cny"] == pytest.approx(200_520 * factor - 900_000)
    assert row["net_cny_year"] == pytest.approx(200_520)
    assert row["payback_years"] == pytest.approx(900_000 / 200_520)
    assert found.cashflow.query("option == 'o0' and year == 1")["land_rent_cny"].tolist() == [36_000]
    # 6 % of use earn 236,520; 900,000 / annuity + 36,000 need so much of it.
    assert row["breakeven_utilisation"] == pytest.approx(0.06 * (900_000 / factor + 36_000) / 236_520)
    assert "场地租按每桩每月300元估算，为假定" in row["account_note"]
    assert "site rent of 300 CNY a pile and month is an assumption" in row["account_note_en"]
    assert "场地租" not in found.table.loc["o1", "account_note"]
    modes = npv_by_mode(table, found, BEFORE_TAX)
    assert modes.loc["o0", "npv_self_run_cny"] == row["npv_cny"]
    assert modes.loc["o0", ["npv_share_cny", "npv_site_rent_cny"]].isna().all(), "whoever holds the lot gets them"
    assert modes.loc["o1", "npv_site_rent_cny"] == pytest.approx(36_000 * factor)


def test_the_site_rent_has_its_range_in_the_bands_and_in_the_draws():
    site = '[parameter."charging.site_rent.pile_month"]\nlow = 150\nhigh = 600\n'
    closed = "".join(
        f'[parameter."{key}"]\nlow = {item.value}\nhigh = {item.value}\n'
        for key, item in MODEL.parameters.items()
        if item.value is not None and key not in ("charging.site_rent.pile_month", *BEFORE_TAX_KEYS)
    )
    model = Model.load(closed + site + nothing_of(BEFORE_TAX_KEYS))
    table = options(LET)
    found, factor = accounts(table, model), annuity_factor(0.06, 8)
    row = found.table.loc["o0"]
    assert row["npv_cny"] - row["npv_low_cny"] == pytest.approx(10 * 300 * 12 * factor)
    assert row["npv_high_cny"] - row["npv_cny"] == pytest.approx(10 * 150 * 12 * factor)
    spread = npv_spread(table, found, model, 7).loc["o0"]
    # A tenth of the draws costs more than 300 + 300 (1 - sqrt(0.2)) CNY a pile and month.
    worse = 300 * (1 - np.sqrt(0.2)) * 10 * 12 * factor
    assert row["npv_cny"] - spread["npv_p10_cny"] == pytest.approx(worse, rel=5e-3)
    sure = npv_spread(table, accounts(table, SURE), SURE, 7).loc["o0", list(PERCENTILES)]
    assert sure.tolist() == pytest.approx([accounts(table, SURE).table.loc["o0", "npv_cny"]] * 3)


def test_who_bears_a_site_rent_on_a_car_park():
    facts = {"at": (0, 0), "stall_count": 100, "parking_type": "public"}
    rows = [{**facts, "income_owner": owner} for owner in ("operator", "owners", "state_enterprise", None)]
    table = car_parks.options(city(parking=rows), NOBODY, MODEL).table
    assert table["rent_terms"].fillna("").tolist() == ["site_rent", "", "", ""]


def test_piles_at_3_6_and_10_percent_of_use():
    # At 3 % ten piles earn 157,680 x 75 %, at 6 % twice that, at 10 % 525,600 x 75 %.
    rows = (PILES, LET, {**PILES, "chargers": np.nan}, LOT, {**PILES, "income_owner": "treasury"})
    table = options(*rows)
    found, factor = npv_by_use(table, accounts(table, BEFORE_TAX), BEFORE_TAX), annuity_factor(0.06, 8)
    assert list(found) == list(USE_COLUMNS) == ["npv_use_3pct_cny", "npv_use_6pct_cny", "npv_use_10pct_cny"]
    by_hand = [income * 0.75 * factor - 900_000 for income in (157_680, 315_360, 525_600)]
    assert found.loc["o0"].tolist() == pytest.approx(by_hand)
    assert (found.loc["o0"] - found.loc["o1"]).tolist() == pytest.approx([36_000 * factor] * 3)
    # Income that may repay nothing says the less the more there is of it: what it costs to run is all that grows.
    assert found.loc[["o2", "o3", "o4"]].isna().all().all()
    taxed = npv_by_use(table, accounts(table, MODEL), MODEL)
    assert taxed.loc["o0", "npv_use_6pct_cny"] == pytest.approx(accounts(table, MODEL).table.loc["o0", "npv_cny"])
    other = Model.load(overrides={"ev.utilisation.dc": "0.1"})
    moved = npv_by_use(table, accounts(table, other), other)
    assert moved.loc["o0"].tolist() == pytest.approx(taxed.loc["o0"].tolist()), "whatever use the model expects"


def test_an_account_that_ends_before_the_years_granted_says_where_and_why():
    told = notes(
        {**LOT, "horizon_years": 15.0},
        {**LOT, "horizon_years": 5.0},
        {**PILES, "horizon_years": np.nan},
        {**HOMES, "horizon_years": 30.0, "income_owner": "owners"},
    )
    assert "账目算至设施寿命10年为止，可用15年，其后更新重置与收益未计" in told[0][0]
    assert "ends after the 10 years that it lasts, of 15 granted" in told[0][1]
    assert "为止" not in told[1][0]
    assert "年限未定，按默认期限" in told[2][0]
    assert "账目算至设施寿命8年为止，其后更新重置与收益未计" in told[2][0]
    assert "账目算至默认期限15年为止，可用30年" in told[3][0]


def test_the_rent_is_said_to_lack_only_where_nobody_knows_it():
    lot = {**LOT, "stalls": np.nan, "area_m2": np.nan}
    rent = {"land_rent_cny_m2_month": np.nan}
    told = [zh for zh, _ in notes(lot, {**lot, **rent}, {**LOT, **rent}, {**LOT, "area_m2": np.nan})]
    assert ["缺规模" in note for note in told] == [True, True, False, False]
    assert ["缺地租" in note for note in told] == [False, True, True, False]
    assert "缺面积，地租无从计算" in told[3]


def test_why_nobody_can_say_names_what_lacks_and_nothing_else():
    rows = (
        {**LOT, "land_rent_cny_m2_month": np.nan},
        {**LOT, "stalls": np.nan},
        {**LOT, "horizon_years": np.nan},
        {**HOUSE, "rent_terms": None},
        {**LOT, "stalls": 1000.0, "near_night_gap": 1.0},
        LOT,
    )
    table = options(*rows)
    money = accounts(table, MODEL).table
    found = fits_horizon(table.join(money[money.columns.difference(table.columns)]))
    told = found["fits_reason"].tolist()
    assert told[:4] == [
        "账目或年限不全，不能判断（缺地租）",
        "账目或年限不全，不能判断（缺规模，无法算账）",
        "账目或年限不全，不能判断（年限未定）",
        "账目或年限不全，不能判断（用途或产权不明，租金条件未知）",
    ]
    assert told[4] == "可用5年内不能回本"
    assert told[5].startswith("约")
    assert found["fits_reason_en"].iloc[0] == "Account or term incomplete: nobody can say (Land rent unknown)"


def test_what_it_costs_to_strengthen_a_dangerous_house_is_said_to_be_left_out():
    room = {"action": "market", "has_land": False}
    rows = [
        *({**HOUSE, "danger_grade": grade} for grade in ("D", "C", "B", None)),
        {**room, "danger_grade": "C"},
        {"action": "red_route_stop", "area_m2": 20.0, "danger_grade": "C"},
        LOT,
    ]
    told = notes(*rows)
    assert "D级，排险加固费用未计入投资" in told[0][0]
    assert "Grade D: what it costs to make it safe and strengthen it is not in the investment" in told[0][1]
    for place in (1, 4):
        assert "C级，加固费用未计入投资" in told[place][0]
    assert not any("加固" in told[place][0] for place in (2, 3, 5, 6)), "a stop stands before the house"


def test_programmes_hand_the_danger_grade_to_the_account():
    room = {"at": (100, 0), "ownership": "state", "occupancy": "vacant", "floor_area_m2": 300.0, "has_title": True}
    town = city(heritage=[{**HALL, "danger_grade": "D"}], public_building=[{**room, "danger_grade": "C"}])
    for programme, words in ((heritage, "D级，排险加固费用未计入投资"), (public_rooms, "C级，加固费用未计入投资")):
        table = programme.options(town, NOBODY, MODEL).table
        assert accounts(table, MODEL).table["account_note"].str.contains(words).all()
