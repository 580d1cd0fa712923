"""The days of the legal clock: leap days, extensions, the calendar, the list of idle lots."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from land_cases import LOT, offered, row
from need_city import AS_OF, MODEL, layer

from gis import clocks, idle_land
from gis.city import City
from gis.model import Model

NUMBER = "穗规资闲认〔2024〕001号"
CERTIFIED = {"tenure": "granted", "zoning": "R2", "certificate_no": NUMBER, "idle_cause": "company"}
YEAR_AND_A_HALF = Model.load(overrides={"idle.reclaim_years": "1.5"})
NO_OPTIONS = pd.DataFrame(columns=["asset_id", "action", "is_temporary", "fits_horizon", "payback_years"])


def on(day, *plots, **layers):
    """Return a city as it is on ``day``."""
    frames = {name: layer(name, *rows) for name, rows in layers.items()}
    frames["idle_land"] = layer("idle_land", *({"at": LOT, **plot} for plot in plots))
    return City.build(frames, as_of=day, detour_factor=1.3)


def times_on(day, **facts):
    town = on(day, {**CERTIFIED, **facts})
    return idle_land.clock(town["idle_land"], town, MODEL).iloc[0]


@pytest.mark.parametrize(
    ("start", "fee", "reclaim"),
    [
        ("2024-02-29", "2025-02-28", "2026-02-28"),  # no such day: the last of the month (民法典 art. 202)
        ("2023-02-28", "2024-02-28", "2025-02-28"),
        ("2022-03-01", "2023-03-01", "2024-03-01"),  # 2024 is a leap year: a year is no number of days
        ("2025-12-31", "2026-12-31", "2027-12-31"),
    ],
)
def test_a_year_ends_on_its_own_day(start, fee, reclaim):
    times = times_on(AS_OF, agreed_start_date=start)
    assert [f"{times[name]:%Y-%m-%d}" for name in ("start_date", "fee_date", "reclaim_date")] == [start, fee, reclaim]


@pytest.mark.parametrize(("day", "meets"), [(date(2025, 2, 27), False), (date(2025, 2, 28), True)])
def test_the_test_and_the_clock_agree_on_a_leap_day(day, meets):
    town = on(day, {**CERTIFIED, "agreed_start_date": "2024-02-29"})
    land = town["idle_land"]
    assert idle_land.meets_idle_test(land, town, MODEL).item() == meets
    assert (idle_land.clock(land, town, MODEL)["months_to_fee"].item() == 0) == meets


@settings(max_examples=40, deadline=None)
@given(st.dates(date(2015, 1, 1), date(2026, 6, 30)), st.integers(0, 900))
def test_fee_and_test_fall_on_one_day_whatever_it_is(start, later):
    day = start + pd.Timedelta(days=later)
    town = on(day, {**CERTIFIED, "agreed_start_date": str(start)})
    land = town["idle_land"]
    times = idle_land.clock(land, town, MODEL).iloc[0]
    assert idle_land.meets_idle_test(land, town, MODEL).item() == (times["months_to_fee"] == 0)
    assert 11.9 < times["months_to_reclaim"] - times["months_to_fee"] < 12.1 or times["months_to_fee"] == 0


def test_an_extension_of_a_year_moves_the_start_and_a_longer_one_is_asked_about():
    agreed = {**CERTIFIED, "at": LOT, "agreed_start_date": "2024-09-01"}
    found = offered(
        {**agreed, "extended_start_date": "2025-09-01"},
        {**agreed, "extended_start_date": "2025-09-02"},
        {**agreed, "agreed_start_date": None, "extended_start_date": "2025-09-01"},
        agreed,
    )
    granted, too_long, unknown, plain = (row(found, "surface_parking", plot) for plot in range(4))
    # From 2025-09-01: 62 days to a year on 2026-07-01, 427 to two; without it the first year is past.
    assert granted["clock"] == "闲置0.8年：距满一年还有2个月；距满两年还有14个月（条文待核）"
    assert plain["clock"] == "闲置1.8年：已满一年，应缴闲置费20%；距满两年还有2个月（条文待核）"
    for doubtful, day in ((too_long, "2025-09-02"), (unknown, "2025-09-01")):
        assert "延期超过一次可延的年限" in doubtful["permission_reason"]
        assert doubtful["clock"].startswith(f"已认定，延期至{day}存疑（超过一次可延的一年，或约定动工日期不明）")
        assert doubtful["clock"].endswith("核实前不起算")
        assert doubtful["clock_en"].startswith(f"Certified; the extension to {day} is in doubt (beyond the 1 year")
    assert "延期" not in granted["permission_reason"]


def test_before_an_extended_start_nothing_is_counted_yet():
    times = times_on(AS_OF, agreed_start_date="2025-12-01", extended_start_date="2026-12-01")
    assert times["years_idle"] == 0
    assert f"{times['fee_date']:%Y-%m-%d}" == "2027-12-01"
    told = row(
        offered({**CERTIFIED, "at": LOT, "agreed_start_date": "2025-12-01", "extended_start_date": "2026-12-01"}),
        "surface_parking",
    )
    assert told["clock"].startswith("动工期至2026-12-01：距满一年还有17个月")
    assert told["clock_en"].startswith("Works are to start by 2026-12-01: 17 months left to 1 year")


def test_an_extension_after_a_stop_starts_the_count_anew():
    stopped = {"agreed_start_date": "2023-06-01", "stopped_since": "2023-09-01", "started_area_share": 0.1}
    town = on(AS_OF, {**CERTIFIED, **stopped}, {**CERTIFIED, **stopped, "extended_start_date": "2024-06-01"})
    times = idle_land.clock(town["idle_land"], town, MODEL)
    assert times["start_date"].dt.strftime("%Y-%m-%d").to_list() == ["2023-09-01", "2024-06-01"]


def test_land_whose_works_were_started_and_stopped_has_a_clock_and_no_day_of_a_fee():
    """The rule at hand gives fee and recovery of works not started; of the others it says nothing."""
    stopped = {"agreed_start_date": "2023-06-01", "stopped_since": "2024-01-01", "started_area_share": 0.1}
    town = on(AS_OF, {**CERTIFIED, **stopped, "land_price_cny": 5e7})
    assert calendar(town) == {}
    lot = clocks.idle_lots(town, MODEL, NO_OPTIONS).iloc[0]
    assert f"{lot['start_date']:%Y-%m-%d}" == "2024-01-01"
    assert lot[["fee_date", "reclaim_date", "months_to_fee", "months_to_reclaim", "fee_cny"]].isna().all()
    told = row(offered({**CERTIFIED, "at": LOT, **stopped}), "surface_parking")
    assert told["clock"].startswith("闲置2.5年：曾动工开发后中止，现有依据未写明这种情形缴闲置费")
    assert told["clock"].endswith("以处置决定为准（条文待核）")
    assert told["clock_en"].startswith("Idle for 2.5 years: its works were started and stopped")


def test_an_extension_in_doubt_is_named_only_where_it_alone_keeps_the_clock_from_running():
    late = {"agreed_start_date": "2023-06-01", "extended_start_date": "2026-06-01", "at": LOT}
    facts = ({}, {"idle_cause": "government"}, {"idle_cause": None}, {"certificate_no": None})
    found = offered(*({**CERTIFIED, **late, **more} for more in facts))
    told = [row(found, "surface_parking", plot)["clock"] for plot in range(len(facts))]
    assert ["延期至2026-06-01存疑" in text for text in told] == [True, False, False, False]
    assert told[1] == told[2] == "已认定，政府原因、原因不明或无起算日期，不起算"


def calendar(town):
    table = clocks.calendar(town, MODEL, NO_OPTIONS)
    return {row.clock_id: row for row in table.itertuples()}


def test_the_calendar_names_every_day():
    town = on(
        AS_OF,
        {**CERTIFIED, "agreed_start_date": "2025-08-01", "land_price_cny": 5e7},
        {"tenure": "collective", "available_until": "2027-07-01"},
        {"tenure": "granted", "agreed_start_date": "2026-10-01"},
        {"tenure": "granted", "agreed_start_date": "2020-10-01"},  # only suspected: no clock, no day
        public_building=[
            {"at": (0, 0), "lease_end": "2026-06-30"},
            {"at": (0, 0)},
            {"at": (0, 0), "lease_end": "2026-06-29", "ownership": "trust"},  # no rule tells who decides on it
        ],
    )
    found = calendar(town)
    assert found.pop("public_building-2:lease_end").authority == ""
    assert list(found) == [
        "public_building-0:lease_end",
        "idle_land-0:fee_due",
        "idle_land-2:start_due",
        "idle_land-1:available_until",
        "idle_land-0:reclaim_due",
    ]
    fee = found["idle_land-0:fee_due"]
    assert (fee.start_date, fee.event_date) == (pd.Timestamp("2025-08-01"), pd.Timestamp("2026-08-01"))
    assert (fee.fee_cny, fee.is_past) == (1e7, False)
    assert fee.months_left == pytest.approx(31 / 365.25 * 12)
    assert found["public_building-0:lease_end"].is_past
    assert found["public_building-0:lease_end"].months_left == pytest.approx(-1 / 365.25 * 12)
    assert all(row.note and row.note_en for row in found.values())
    # Who decides: by the rule of certified land, of a collective's, of granted land, of a room of unknown owner.
    assert [row.authority for row in found.values()] == [
        MODEL.rules[rule].authority
        for rule in ("room.unknown", "idle.certified_company", "tenure.granted", "tenure.collective")
    ] + [fee.authority]
    assert fee.authority_en == "the natural-resources department of the city or county"
    assert fee.geometry.equals(LOT)


@pytest.mark.parametrize(
    ("facts", "note", "note_en"),
    [
        (
            {"ownership": "state"},
            "租期已届满，可重新公开招租",
            "The lease has ended, it may be let by open tender again",
        ),
        ({"ownership": "collective", "lease_end": "2026-07-02"}, "租期届满，可重新公开招租", "The lease ends, it may"),
        (
            {"ownership": "state", "danger_grade": "C"},
            "租期已届满，C级，须先加固并复核等级，其后方可重新公开招租",
            "grade C",
        ),
        (
            {"ownership": "private", "danger_grade": "D"},
            "租期已届满，D级危房，排险修缮并复核等级前不得使用，私产，由产权人决定是否再出租",
            "grade D: not to be used",
        ),
        ({"ownership": "unknown"}, "租期已届满，产权不明，先查清产权再定如何出租", "owner unknown"),
        ({"ownership": None}, "租期已届满，产权不明，先查清产权再定如何出租", "owner unknown"),
        ({"ownership": "trust"}, "租期已届满，不在公有房屋招租之列，须问产权人", "not among the public rooms"),
        (
            {"ownership": "state", "danger_grade": None},
            "租期已届满，房屋安全等级不明，先做房屋安全鉴定，其后方可重新公开招租",
            "danger grade unknown",
        ),
    ],
)
def test_the_end_of_a_lease_promises_a_tender_only_where_there_may_be_one(facts, note, note_en):
    room = {"at": (0, 0), "lease_end": "2026-06-30", "danger_grade": "B", **facts}
    told = calendar(on(AS_OF, public_building=[room]))["public_building-0:lease_end"]
    assert told.note == note
    assert note_en in told.note_en


def test_what_a_day_cannot_tell_is_said():
    plot = {**CERTIFIED, "agreed_start_date": "2025-08-01"}
    town = on(AS_OF, {**plot, "source_id": "RQ-2026-01", "at": None}, {**plot, "source_id": "2", "address": "河边"})
    uses = pd.DataFrame(
        {
            "asset_id": "idle_land-1",
            "action": ["market", "surface_parking", "charging", "pocket_park"],
            "is_temporary": [True, True, True, False],
            "fits_horizon": [False, None, None, True],
            "payback_years": None,
            "capex_cny": [1.0, 1.0, None, 1.0],
            "revenue_cny_year": 1.0,
            "has_land": True,
            "land_rent_cny_m2_month": [1.0, None, None, 1.0],
            "land_rent_cny_year": [1.0, None, None, 1.0],
            "horizon_years": 2.0,
            "income_owner": "operator",
            "pledgeable_share": 1.0,
        }
    )
    told = clocks.calendar(town, MODEL, uses).query("event == 'fee_due'").set_index("asset_id")
    assert told["name"].to_list() == ["RQ-2026-01", "河边"]
    assert told["note"].str.endswith("；缺土地价款，金额未估算").all()
    assert told["fitting_uses"].isna().all()
    assert told["fitting_note"].to_list() == [
        "未提供用途，见排除项",
        "1项在可用年限内不能回本；2项不能判断（缺规模，无法算账；缺地租）",
    ]
    assert told["fitting_note_en"].iloc[1] == (
        "1 would not pay back within the years granted; "
        "2 cannot be judged (Size unknown, no account; Land rent unknown)"
    )
    none = clocks.calendar(town, MODEL, uses.iloc[[0, 3]]).set_index("clock_id")
    assert none.loc["idle_land-1:fee_due", "fitting_note"] == "无：1项在可用年限内不能回本"
    lasting = clocks.calendar(town, MODEL, uses.iloc[[3]]).set_index("clock_id")
    assert lasting.loc["idle_land-1:fee_due", "fitting_note"] == "不限于临时使用，见各机会的回本判断"


def test_a_city_without_clocks_has_an_empty_calendar():
    assert calendar(on(AS_OF)) == {}


def test_the_list_of_idle_lots_holds_certified_land_placed_or_not():
    day = {"agreed_start_date": "2025-08-01", "land_price_cny": 5e7}
    town = on(AS_OF, {**CERTIFIED, **day, "name": "一号地"}, {**CERTIFIED, **day, "at": None}, {"tenure": "granted"})
    uses = pd.DataFrame(
        {
            "asset_id": "idle_land-0",
            "action": ["market", "surface_parking", "charging", "pocket_park"],
            "is_temporary": [True, True, True, False],
            "fits_horizon": [True, True, False, True],
            "payback_years": [1.9, 1.2, None, 0.0],
        }
    )
    lots = clocks.idle_lots(town, MODEL, uses)
    assert lots.index.to_list() == ["idle_land-0", "idle_land-1"]
    assert lots["fitting_uses"].to_list() == ["surface_parking,market", ""]
    first = lots.iloc[0]
    assert (first["name"], first["fee_cny"], f"{first['reclaim_date']:%Y-%m-%d}") == ("一号地", 1e7, "2027-08-01")
    assert first["months_to_fee"] == pytest.approx(31 / 365.25 * 12)


def test_land_that_may_be_taken_back_is_not_promised_beyond_that_day():
    found = offered({**CERTIFIED, "at": LOT, "agreed_start_date": "2025-01-01"})
    lot = row(found, "surface_parking")
    assert lot["horizon_years"] == pytest.approx(184 / 365.25)  # 2027-01-01
    assert lot["horizon_reason"] == "2027-01-01起可无偿收回（条文待核）"


@pytest.mark.parametrize(("start", "day"), [("2024-07-01", "2026-07-01"), ("2020-01-01", "2022-01-01")])
def test_land_that_may_be_taken_back_by_now_has_no_years_to_offer(start, day):
    found = offered({**CERTIFIED, "at": LOT, "agreed_start_date": start})
    assert found.table.empty
    why = found.exclusions[found.exclusions["rule"] == "reclaim_due"]
    assert why["action"].isna().all()
    assert why["reason"].item().endswith(f"先由自然资源部门决定如何处置（{day}起（条文待核））")
    assert f"(from {day} (clause to be checked))" in why["reason_en"].item()
    later = offered({**CERTIFIED, "at": LOT, "agreed_start_date": "2024-07-02"})
    assert "reclaim_due" not in set(later.exclusions["rule"])


def test_a_number_that_a_district_set_is_not_told_as_law():
    own = Model.load(overrides={"idle.fee": "0.5", "idle.temp_use_max": "1"})
    town = on(AS_OF, {**CERTIFIED, "agreed_start_date": "2025-08-01"})
    told = clocks.calendar(town, own, NO_OPTIONS).set_index("event")
    assert told.loc["fee_due", "note"].startswith("应缴土地闲置费，为土地价款的50%（本区设定，非法定）")
    assert told.loc["reclaim_due", "note"] == "可无偿收回土地使用权（条文待核）"


OWN = "（本区设定，非法定）"
OWN_EN = " (set by the district, not by law)"


@pytest.mark.parametrize(
    ("own", "clock"),
    [
        ({}, "闲置2.5年：已满一年，应缴闲置费20%；已满两年，可无偿收回"),
        ({"idle.fee": "0.5"}, f"闲置2.5年：已满一年，应缴闲置费50%{OWN}；已满两年，可无偿收回"),
        ({"idle.years_not_started": "2"}, f"闲置2.5年：已满两年，应缴闲置费20%{OWN}；已满两年，可无偿收回"),
        ({"idle.reclaim_years": "1"}, f"闲置2.5年：已满一年，应缴闲置费20%；已满一年，可无偿收回{OWN}"),
        ({"idle.reclaim_years": "3"}, f"闲置2.5年：已满一年，应缴闲置费20%；距满3年还有6个月{OWN}"),
    ],
)
def test_a_clock_tells_what_a_district_set_apart_from_the_law(own, clock):
    model = Model.load(overrides=own)
    town = on(AS_OF, {**CERTIFIED, "agreed_start_date": "2024-01-01"})
    land = town["idle_land"]
    told = idle_land.clock_text(
        idle_land.clock(land, town, model), idle_land.legal_class(land, town, model), model, AS_OF
    ).iloc[0]
    assert told["clock"] == f"{clock}（条文待核）", "the article that grants fee and recovery was not read"
    assert told["clock_en"].endswith(" (clause to be checked)")
    assert told["clock_en"].count(OWN_EN) == clock.count(OWN)


def test_a_term_cut_by_a_districts_own_years_names_the_district():
    plot = {**CERTIFIED, "at": LOT, "agreed_start_date": "2025-07-01"}
    law, own = (row(offered(plot, model=model), "surface_parking") for model in (MODEL, YEAR_AND_A_HALF))
    assert law["horizon_reason"] == "2027-07-01起可无偿收回（条文待核）"
    assert law["horizon_source"] == MODEL["idle.reclaim_years"].source
    assert own["horizon_reason"] == f"2027-01-01起可无偿收回{OWN}"
    assert own["horizon_reason_en"] == f"may be taken back without compensation from 2027-01-01{OWN_EN}"
    assert own["horizon_source"].startswith("本区设定")


def test_a_lapsed_law_is_told_on_the_days_that_it_sets():
    lapsed = Model.load('[parameter."idle.reclaim_years"]\nvalid_to = 2020-01-01\n')
    town = on(AS_OF, {**CERTIFIED, "agreed_start_date": "2025-08-01"})
    told = clocks.calendar(town, lapsed, NO_OPTIONS).set_index("event")
    assert told.loc["reclaim_due", "note"].endswith("已于2020-01-01失效，须查后续文件")
    assert told.loc["reclaim_due", "note_en"].endswith("lapsed on 2020-01-01: look for its successor")
    assert "失效" not in told.loc["fee_due", "note"]
    cut = row(offered({**CERTIFIED, "at": LOT, "agreed_start_date": "2025-07-01"}, model=lapsed), "surface_parking")
    assert "失效" in cut["horizon_reason"]


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("government", "53号令处置方式第3项：至多2年"),
        ("company", "比照53号令处置方式第3项，属假定，以当地为准：至多2年"),  # no clause offers temporary use
        ("unknown", "比照53号令处置方式第3项，属假定，以当地为准：至多2年"),
    ],
)
def test_the_law_is_named_for_the_years_only_where_its_clause_speaks_of_the_land(cause, words):
    found = offered({**CERTIFIED, "at": LOT, "idle_cause": cause})
    assert set(found.table["horizon_reason"]) == {words}
    by_law, analogy = MODEL["idle.temp_use_max"].source, "ASSUMPTION - 比照 (by analogy with) "
    assert set(found.table["horizon_source"]) == {by_law if cause == "government" else analogy + by_law}
    assert found.table["horizon_reason_en"].str.startswith("by analogy with").eq(cause != "government").all()


def test_a_clock_that_a_districts_own_extension_moved_says_so():
    """The law lets works be put off by one year; a district that set half a year itself grants no more."""
    model = Model.load(overrides={"idle.extension_max": "0.5"})
    days = {"agreed_start_date": "2024-11-01", "extended_start_date": "2025-05-01"}
    town = on(AS_OF, {**CERTIFIED, **days, "land_price_cny": 1e7})
    land = town["idle_land"]
    legal = idle_land.legal_class(land, town, model)
    told = idle_land.clock_text(idle_land.clock(land, town, model), legal, model, AS_OF)["clock"].item()
    assert "（本区设定，非法定）" in told
    events = clocks.calendar(town, model, NO_OPTIONS).set_index("event")["note"]
    assert events[["fee_due", "reclaim_due"]].str.contains("自延期后的动工日期起算（本区设定，非法定）").all()
