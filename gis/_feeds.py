"""Which fields of which ledgers feed a criterion, and how a person knows them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from gis._notes import GEOMETRY, Note
from layers.schema import kind

if TYPE_CHECKING:
    from collections.abc import Mapping


class Feed(NamedTuple):
    """What feeds one criterion.

    Parameters
    ----------
    near
        Codes (as in ``missing``) that count of the communities around a site.
    radius
        Parameter that says how far around, in metres on foot; empty where only the site itself counts.
    own
        Codes that count of the site's own record.
    """

    near: tuple[str, ...] = ()
    radius: str = ""
    own: tuple[str, ...] = ()


SIZE = (
    "idle_land.geometry",
    "public_building.floor_area_m2",
    "heritage.floor_area_m2",
    "parking.stall_count",
    "community.household_count",
)
PERMISSION = (
    "idle_land.tenure",
    "idle_land.zoning",
    "public_building.ownership",
    "public_building.has_title",
    "public_building.danger_grade",
    "public_building.occupancy",
    "heritage.heritage_class",
    "heritage.ownership",
    "heritage.danger_grade",
    "heritage.building_type",
    "community.willingness_share",
    "community.built_year",
    "parking.income_owner",
)
HOMES = ("community.household_count", GEOMETRY)

FEEDS: Mapping[str, Feed] = MappingProxyType(
    {
        "night_gap_closed": Feed(
            (
                "community.vehicle_count",
                "community.stall_count",
                *HOMES,
                "parking",
                "parking.stall_count",
                "parking.is_open_at_night",
                "parking.geometry",
            ),
            "parking.service_radius",
            SIZE,
        ),
        "people_served": Feed(HOMES, "circle.5min.radius", ("community.household_count",)),
        "return_per_cny": Feed(
            own=(
                "idle_land.land_rent_cny_m2_month",
                *SIZE,
                "public_building.ownership",
                "heritage.ownership",
                "parking.charger_stall_count",
                "parking.income_owner",
                "idle_land.income_owner",
                "public_building.reference_rent_cny_m2_month",
            )
        ),
        "permission_ease": Feed(own=PERMISSION),
        "reports": Feed(("report",), "circle.5min.radius"),
        "service_gap": Feed(
            ("service", "service.geometry", "service.service_type", *HOMES), "circle.5min.radius", SIZE
        ),
        "charger_gap_closed": Feed(
            (
                "community.vehicle_count",
                "community.charger_count",
                "community.ebike_count",
                "community.ebike_port_count",
                *HOMES,
                "charging",
                "charging.geometry",
            ),
            "ev.service_radius.core",
            (*SIZE, "parking.charger_stall_count"),
        ),
        "elderly_share": Feed(("community.elderly_share", GEOMETRY), "circle.5min.radius"),
        "legal_level": Feed(own=("heritage.heritage_class",)),
        "urgency": Feed(
            own=(
                "heritage.danger_grade",
                "community.condition_grade",
                "public_building.danger_grade",
                "idle_land.surface",
            )
        ),
        "reuse_fit": Feed(
            own=(
                "heritage.ownership",
                "heritage.danger_grade",
                "heritage.building_type",
                "heritage.tenant_household_count",
                "community.willingness_share",
                "community.condition_grade",
                "public_building.ownership",
                "public_building.occupancy",
                "public_building.danger_grade",
                "idle_land.tenure",
                "idle_land.surface",
            )
        ),
        "cluster": Feed(("heritage",), "circle.5min.radius"),
        "transit": Feed(("service",), "circle.15min.radius"),
        "visitors": Feed(HOMES, "circle.15min.radius"),
        "idle_support": Feed(("idle_land", "public_building"), "circle.5min.radius"),
        "story": Feed(own=("heritage.story",)),
        "reuse_permission": Feed(own=PERMISSION),
    }
)
"""Criterion -> the fields that it is made of, the ones that decide most first."""


def stand_in(criterion: str, asset_kind: str) -> str | None:
    """Return the field that a missing criterion lacks when no code says so: the first of the site's own kind, else any.

    ``None`` where nothing that is known feeds it.
    """
    feed = FEEDS.get(criterion, Feed())
    own = [code for code in feed.own if code.partition(".")[0] == asset_kind]
    return next(iter((*own, *feed.near)), None)


def title(code: str) -> Note:
    """Return what a code of ``missing`` means: layer and field, ``老旧小区·户数``; the whole layer without a field."""
    layer, _, field = code.partition(".")
    of = kind(layer)
    if not field:
        return Note(f"{of.zh}图层", f"the layer {of.en.lower()}")
    if field not in of:
        return Note(f"{of.zh}·位置或边界", f"{of.en}: place or outline")
    return Note(f"{of.zh}·{of[field].zh}", f"{of.en}: {of[field].en[:1].lower()}{of[field].en[1:]}")
