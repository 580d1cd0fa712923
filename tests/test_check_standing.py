"""For what a sound record may not be taken: one case and its nearest neighbour that stays unsaid, rule by rule."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from layers.check import check
from layers.check._standing import _RULES, OLD_UNTIL_YEAR
from layers.schema import conform, kind, kinds

AS_OF = date(2026, 9, 1)
CASES: list[tuple[str, str, dict[str, list[Any]], list[int]]] = [
    ("community", "not_old", {"built_year": [OLD_UNTIL_YEAR, OLD_UNTIL_YEAR + 1, None]}, [2]),
    ("community", "not_old", {"is_self_built": [True, False, None]}, [1]),
    ("community", "not_old", {"in_rebuild_plan": [None, True, False]}, [2]),
    ("idle_land", "green_land", {"zoning": ["G1", "g2/R2", "G3", "R2", None]}, [1, 2]),
    ("idle_land", "suspected_idle", {"land_class": ["suspected_idle", "underused_space", None]}, [1]),
    (
        "idle_land", "certificate_missing",
        {"land_class": ["legal_idle", "legal_idle", None], "certificate_no": ["闲认1号", None, None]}, [2],
    ),
    (
        "idle_land", "certificate_missing",
        {
            "land_class": ["legal_idle"] * 7,
            "certificate_no": [
                "正在办理", "见附件1", "尚未出具", "穗闲认12号（已失效）", "已认定", "穗规闲认〔2024〕12号", "闲认3号",
            ],
        },
        [1, 2, 3, 4, 5],
    ),
    (
        "idle_land", "no_number",
        {"land_class": [None] * 5, "certificate_no": ["待办", "已撤销", "无", None, "闲认〔2024〕12号"]}, [1, 2],
    ),
    (
        "idle_land", "certificate_kept",
        {
            "land_class": ["suspected_idle", "suspected_idle", "legal_idle"],
            "certificate_no": ["闲认1号", "闲认1号（已撤销）", "闲认1号"],
        },
        [1],
    ),
    (
        "heritage", "red_list_unproved",
        {"is_red_listed": [True, True, False, None], "red_list_document": ["待定", "穗红〔2023〕5号", None, None]}, [1],
    ),
    ("public_building", "no_activation", {"danger_grade": ["D", "C", None]}, [1]),
    ("public_building", "no_activation", {"ownership": ["trust", "state", None]}, [1]),
    ("public_building", "lease_over", {"occupancy": ["overdue", "let", "vacant"]}, [1]),
    (
        "public_building", "lease_over",
        {
            "lease_end": ["2026-08-31", "2026-09-01", "2026-08-31", None],
            "occupancy": ["let", "let", "vacant", "let"],
        },
        [1],
    ),
    ("parking", "registration_over", {"valid_until": ["2026-08-31", "2026-09-01", None]}, [1]),
    ("parking", "no_public_supply", {"access": ["private", "public", None]}, [1]),
    ("charging", "no_public_supply", {"access": ["private", "permit", "public"]}, [1, 2]),
    ("charging", "no_public_supply", {"status": ["planned", "operating", "closed"]}, [1, 3]),
    ("charging", "no_car_piles", {"charger_type": ["ebike", "battery_swap", "car", None]}, [1, 2]),
    ("parking", "income_not_pledged", {"income_owner": ["treasury", "operator", None]}, [1]),
    ("public_building", "income_not_pledged", {"income_owner": ["treasury", "trust", "state_enterprise"]}, [1, 2]),
    ("heritage", "zone_unknown", {"is_zone_on_drawing": [True, None]}, [1]),
    (
        "parking_survey", "surveyed_together",
        {"community_name": ["甲苑（一、二期）", "甲苑二期", "乙苑"], "remark": [None, None, "与丙苑合并统计"]}, [1, 3],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("of", "rule", "columns", "records"), CASES)
def test_what_is_said_of_whom(of: str, rule: str, columns: dict[str, list[Any]], records: list[int]) -> None:
    frame = conform(pd.DataFrame(columns), kind(of))
    found = [item for item in check(frame, kind(of), as_of=AS_OF) if item.rule == rule]
    assert sorted(record for item in found for record in item.records) == records
    assert all(item.value for item in found)


def test_no_day_no_term_has_ended() -> None:
    frame = conform(pd.DataFrame({"lease_end": ["2000-01-01"], "occupancy": ["let"]}), kind("public_building"))
    assert check(frame, kind("public_building")) == []


def test_every_rule_stands_on_columns_that_exist_and_has_a_case() -> None:
    assert all(item.field in kinds()[item.kind] for item in _RULES)
    assert {(item.kind, item.rule) for item in _RULES} == {(of, rule) for of, rule, *_ in CASES}


def test_rent_is_the_unit_rent_times_the_area() -> None:
    columns = {
        "rent_cny_m2_month": [20, 20, 20, None], "floor_area_m2": [1150, 1150, 1150, 1150],
        "rent_cny_month": [23_000, 23_400, 699_583, 1],
    }  # fmt: skip
    found = check(conform(pd.DataFrame(columns), kind("public_building")), kind("public_building"))
    assert [(item.rule, list(item.records), item.value) for item in found] == [
        ("rent_differs", [3], "23000 / 699583 元/月")
    ]
