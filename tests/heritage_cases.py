"""A hall of which everything is known, for tests of what heritage could become."""

from __future__ import annotations

HALL = {
    "at": (100, 0),
    "heritage_class": "traditional_building",
    "building_type": "hall_school",
    "ownership": "collective",
    "use_state": "vacant",
    "danger_grade": "B",
    "tenant_household_count": 0,
    "floor_area_m2": 200.0,
}
