"""A small city with one of everything, whose numbers can be followed by hand."""

from __future__ import annotations

from need_city import FIVE, layer
from shapely.geometry import box


def town():
    """Return a small city with one of everything, in two sub-districts."""
    one, two = {"subdistrict_code": "S1"}, {"subdistrict_code": "S2"}
    homes = [
        {
            "at": box(5, 5, 40, 60),
            "name": "甲小区",
            "household_count": 400,
            "built_year": 1990,
            "elderly_share": 0.3,
            **one,
        },
        {"at": (200, 0), "name": "乙小区", "household_count": 100, "built_year": 2010, **two},
        {"name": "丙小区", "household_count": 50, "built_year": 1980, **one},
    ]
    plots = [
        {
            "at": box(50, 10, 110, 60),
            "name": "一号地",
            "tenure": "collective",
            "zoning": "B1",
            "land_rent_cny_m2_month": 2.0,
            **one,
        },
        {"at": box(150, 10, 154, 200), "name": "窄条", "tenure": "collective", "zoning": "B1", **one},
        {"at": (100, 80), "name": "旧铺", **two},
        {"at": box(0, 260, 50, 290), "name": "校地", "constraint": "school", **two},
    ]
    sites = [
        {
            "at": (100, 80),
            "name": "旧书院",
            "heritage_class": "traditional_building",
            "ownership": "collective",
            "building_type": "hall_school",
            "danger_grade": "B",
            "use_state": "vacant",
            "floor_area_m2": 200.0,
            "tenant_household_count": 0,
            **one,
        },
        {"at": (60, 0), "name": "无名", **two},
    ]
    reports = [
        {
            "at": (100, 10),
            "reported_at": "2026-07-01 08:00",
            "event_item": "机动车违停",
            "closed_at": "2026-07-01",
            **one,
        },
        {"at": (100, 10), "reported_at": "2026-07-01 09:00", "event_item": "路灯", **one},
        {"at": (100, 10), "reported_at": "2026-06-30 10:00", "event_item": "路灯", **one},
    ]
    room = {"at": (100, 0), "ownership": "state", "occupancy": "vacant", "floor_area_m2": 300.0, **one}
    return {
        "street": layer("street", *({"at": line} for line in FIVE)),
        "subdistrict": layer(
            "subdistrict",
            {"at": box(-500, -500, 120, 900), "name": "东街", **one},
            {"at": box(120, -500, 900, 900), "name": "西街", **two},
        ),
        "community": layer("community", *homes),
        "idle_land": layer("idle_land", *plots),
        "public_building": layer("public_building", room),
        "parking": layer("parking", {"at": (200, 80), "stall_count": 100, "parking_type": "public", **two}),
        "heritage": layer("heritage", *sites),
        "report": layer("report", *reports),
    }
