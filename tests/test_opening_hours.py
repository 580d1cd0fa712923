"""Opening hours as ledgers write them."""

from __future__ import annotations

from datetime import date

import pytest

from gis._opening_hours import clock, days_words, hours_of
from layers.reading import read_file

DAY = (540, 1020)
MONDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 28)


@pytest.mark.parametrize(
    "text",
    [
        "9:00-17:00",
        "09:00—17:00",
        "9：00～17：00",
        "9时至17时",
        "9点到17点",
        "上午9:00至下午5:00",
        "每天 9:00-17:00 开放",
        "开放时间：9:00-17:00。",
        "Mo-Su 09:00-17:00",
        "Daily 9:00-17:00",
    ],
)
def test_every_day_alike(text):
    assert hours_of(text).week == ((DAY,),) * 7


@pytest.mark.parametrize(
    "text",
    [
        "9:00-17:00（周一闭馆）",
        "9:00-17:00，每周一闭馆，法定节假日除外",
        "周一闭馆；9:00-17:00",
        "周二至周日 9:00-17:00",
        "周二至日9:00-17:00",
        "9:00-17:00（周二至周日）",
        "星期二至星期日：9:00-17:00；星期一休息",
        "Tu-Su 09:00-17:00; Mo off",
        "Tuesday-Sunday 9:00-17:00",
    ],
)
def test_closed_on_mondays(text):
    hours = hours_of(text)
    assert hours.closed_days == (0,)
    assert (hours.on(MONDAY), hours.on(SATURDAY), hours.on(None)) == ((), (DAY,), (DAY,))


def test_a_break_at_noon_and_a_last_entry():
    hours = hours_of("上午9:00-12:00，下午2:00-5:30，17:00停止入场")
    assert hours.on(None) == ((540, 720), (840, 1050))
    assert hours.last_entry == 1020


def test_other_hours_at_the_weekend():
    hours = hours_of("周一至周五 9:00-17:00，周末 10:00-16:00")
    assert hours.on(MONDAY) == (DAY,)
    assert hours.on(SATURDAY) == ((600, 960),)
    assert hours.on(None) == ((600, 960),), "what holds on every day"


def test_days_that_are_listed():
    assert hours_of("周三、周五 9:00-17:00").closed_days == (0, 1, 3, 5, 6)


def test_all_day_and_past_midnight():
    assert hours_of("全天开放").on(None) == ((0, 1440),)
    assert hours_of("18:00-2:00").on(None) == ((1080, 1560),)


def test_closed_altogether():
    assert hours_of("闭馆").closed_days == tuple(range(7))


@pytest.mark.parametrize(
    "text", ["", None, "以公告为准", "预约参观", "9:00-17:00，团队须预约", "9:00-25:00", "9:00-9:00", "开放", "周一"]
)
def test_what_is_not_understood_whole_is_not_known(text):
    assert hours_of(text) is None


def test_words_and_clocks():
    assert days_words((0, 6)) == ("周一、周日", "Mon, Sun")
    assert [clock(minutes) for minutes in (545.4, 1439.6, 1500)] == ["09:05", "00:00", "01:00"]


def test_a_ledger_of_heritage_tells_hours_and_themes(tmp_path):
    ledger = tmp_path / "文物.csv"
    ledger.write_text(
        "名称,开放时间,文化主题,经度,纬度\n虚构祠堂,9:00-17:00（周一闭馆）,岭南建筑,113.2713,23.1302\n",
        encoding="utf-8",
    )
    frame = read_file(ledger, "heritage", crs="EPSG:4326").frame
    assert hours_of(frame["opening_hours"].iloc[0]).closed_days == (0,)
    assert frame["culture_theme"].iloc[0] == "岭南建筑"
