"""Times of day as they are written in words: 上午8时, 下午3点半; an hour that cannot be told is not guessed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.values._dates import parse_date

DAY = datetime(2026, 9, 1)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2026年9月1日上午8时", 8),
        ("2026年9月1日上午8时30分", 8.5),
        ("2026年9月1日下午3点", 15),
        ("2026年9月1日下午3点半", 15.5),
        ("2026年9月1日下午15时", 15),
        ("2026年9月1日 下午12:30", 12.5),
        ("2026/9/1 下午 3:15", 15.25),
        ("2026年9月1日中午12时", 12),
        ("2026年9月1日中午1点", 13),
        ("2026年9月1日晚上9:30", 21.5),
        ("2026年9月1日凌晨2点整", 2),
        ("2026年9月1日凌晨12点", 0),
        ("2026年9月1日8时", 8),
    ],
)
def test_hours_are_counted_within_the_part_of_the_day(text: str, hours: float) -> None:
    reading = parse_date(text, with_time=True)
    assert (reading.value, reading.rule) == (DAY + timedelta(hours=hours), "")


@pytest.mark.parametrize("part", ["晚上12点", "上午12点", "上午15时", "下午0点", "中午9点", "凌晨25点"])
def test_an_hour_that_cannot_be_told_is_null_in_a_time_and_does_not_matter_in_a_date(part: str) -> None:
    reading = parse_date(f"2026年9月1日{part}", with_time=True)
    assert (reading.value, reading.rule, reading.keep_text) == (None, "ambiguous", True)
    assert parse_date(f"2026年9月1日{part}").value == DAY


@given(hour=st.integers(1, 11), minute=st.integers(0, 59))
def test_the_afternoon_is_twelve_hours_behind_the_morning(hour: int, minute: int) -> None:
    morning, afternoon = (
        parse_date(f"2026年9月1日{half}{hour}时{minute}分", with_time=True).value for half in ("上午", "下午")
    )
    assert afternoon - morning == timedelta(hours=12)
    assert morning == DAY + timedelta(hours=hour, minutes=minute)
