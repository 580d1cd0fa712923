"""The sample city obeys the figures that real towns have, and holds a case for every rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
from sample_city import city, plane, shapes

from gis.model import Model
from gis.permission import ZONE_WORDS, heritage
from layers import schema
from layers.kinds._columns import HERITAGE_CLASSES
from layers.sample import DEFAULT_AS_OF, DEFAULT_SEED, make_city
from layers.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = pd.Timestamp(2026, 10, 31)
YEAR_D = 365.25


def _values(kind: str, column: str) -> pd.Series:
    return city()[kind][column]


def test_households_as_guangzhou_counts_them() -> None:
    homes = city()["community"]
    known = homes.dropna(subset=["household_count"])
    households = known["household_count"].astype(float)
    assert households.mean() == pytest.approx(745, rel=0.03)
    assert households.between(50, 5000).all()
    assert households.median() < 0.8 * households.mean()  # a few large ones, as a lognormal has
    assert known["floor_area_m2"].sum() / households.sum() == pytest.approx(73.6, rel=0.03)
    assert (known["floor_area_m2"] / households).between(20, 200).all()
    assert homes["building_count"].mean() == pytest.approx(19.3, rel=0.2)


def test_years_of_building() -> None:
    year = _values("community", "built_year")
    assert 0.7 < (year <= 2000).mean() < 0.85
    assert 0.08 < year.between(2001, 2005).mean() < 0.2
    assert (year > 2005).any()
    assert {2000, 2001} <= set(year)


def test_night_supply_lies_between_the_observed_bounds() -> None:
    homes, lots = city()["community"], city()["parking"]
    vehicles = 0.5 * homes["household_count"].fillna(745).sum()
    night = (lots["access"] == "public") & lots["is_open_at_night"].fillna(value=False)
    on_site = homes["stall_count"].sum()
    assert 0.3 < on_site / vehicles < 0.63
    assert 0.3 < (on_site + lots.loc[night, "stall_count"].sum()) / vehicles < 0.63


def test_shares_and_prices_lie_within_the_parameters() -> None:
    homes, lots, rooms = city()["community"], city()["parking"], city()["public_building"]
    counted = homes["ebike_count"].notna()
    ports = homes.loc[counted, "ebike_port_count"].sum() / homes.loc[counted, "ebike_count"].sum()
    assert ports == pytest.approx(0.13, rel=0.1)
    assert homes["elderly_share"].dropna().between(0.1, 0.4).all()
    assert homes["willingness_share"].dropna().between(0.3, 1.0).all()
    assert lots["tariff_cny_month"].dropna().between(300, 600).all()
    for name, cap in {"class1": 16, "class2": 12, "class3": 4}.items():
        assert lots.loc[lots["tariff_class"] == name, "tariff_cny_h"].max() <= cap
    assert rooms["reference_rent_cny_m2_month"].dropna().between(20, 150).all()
    assert _values("charging", "service_fee_cny_kwh").dropna().between(0.4, 0.8).all()


def test_idle_lots_run_from_slivers_to_hectares() -> None:
    lots = plane()["idle_land"]
    lots = lots[lots.geometry.geom_type == "Polygon"]
    area = lots.area
    assert area.min() < 100
    assert 25_000 < area.max() < 60_000
    stalls = area[area > 600] * 0.85 / 27.5
    assert stalls.median() < 103 < stalls.max()
    assert area.between(400, 10_000).sum() > 100  # of the size of a pocket park
    assert (lots["area_m2"] / area).dropna().between(0.9, 1.1).all()


def test_some_values_are_missing() -> None:
    expected = {
        ("community", "vehicle_count"): (0.6, 0.85), ("community", "elderly_share"): (0.04, 0.17),
        ("community", "household_count"): (0.005, 0.012), ("idle_land", "zoning"): (0.03, 0.15),
        ("idle_land", "area_m2"): (0.005, 0.1), ("parking", "is_open_at_night"): (0.005, 0.1),
        ("heritage", "danger_grade"): (0.05, 0.35),
    }  # fmt: skip
    for (kind, column), (low, high) in expected.items():
        assert low < _values(kind, column).isna().mean() < high, (kind, column)


ALL_CODES = (
    ("idle_land", "tenure"), ("idle_land", "land_class"), ("idle_land", "constraint"), ("idle_land", "surface"),
    ("idle_land", "idle_cause"), ("parking", "parking_type"), ("parking", "access"), ("parking", "income_owner"),
    ("public_building", "occupancy"), ("public_building", "income_owner"), ("public_building", "danger_grade"),
    ("charging", "charger_type"), ("charging", "status"), ("charging", "access"), ("heritage", "heritage_class"),
    ("heritage", "use_state"), ("heritage", "danger_grade"), ("heritage_zone", "zone_type"),
    ("service", "service_type"),
    ("community", "renovation_state"), ("community", "property_management"), ("community", "condition_grade"),
    ("report", "event_class"), ("governance_area", "area_type"), ("subdistrict", "parking_zone"),
    ("service_item", "is_mergeable"),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "column"), ALL_CODES)
def test_every_code_occurs(kind: str, column: str) -> None:
    codes = schema.kind(kind)[column].codes
    assert codes is not None
    assert set(_values(kind, column).dropna()) == set(codes)


def _land() -> pd.DataFrame:
    land = city()["idle_land"]
    days = (AS_OF - land["stopped_since"].fillna(land["agreed_start_date"])).dt.days
    return land.assign(years=days / YEAR_D)


LEGAL_CASES = {
    "company, just past one year": "idle_cause == 'company' and 1.0 < years < 1.1",
    "company, past two years": "idle_cause == 'company' and 2.0 < years < 2.2",
    "government, past one year": "idle_cause == 'government' and 1 < years < 2",
    "government, past two years": "idle_cause == 'government' and years > 2",
    "0.33 of the area started": "started_area_share == 0.33",
    "less than a quarter invested": "invested_share == 0.24 and started_area_share > 0.3334",
    "in litigation": "in_litigation == True",
}
SUSPECTED_CASES = {
    "past a year without a certificate": "years > 1",
    "not yet a year": "years < 1",
    "0.34 of the area started, 30 % invested": "started_area_share == 0.34 and invested_share == 0.30",
    "a quarter invested to the point": "invested_share == 0.25 and started_area_share > 0.3334",
    "dates unknown": "agreed_start_date.isna() and stopped_since.isna()",
    "in litigation": "in_litigation == True",
}


@pytest.mark.parametrize("case", LEGAL_CASES)
def test_legal_idle_cases(case: str) -> None:
    legal = _land().query("land_class == 'legal_idle'")
    assert len(legal.query(LEGAL_CASES[case], engine="python")) >= 1


@pytest.mark.parametrize("case", SUSPECTED_CASES)
def test_suspected_idle_cases(case: str) -> None:
    suspected = _land().query("land_class == 'suspected_idle'")
    assert len(suspected.query(SUSPECTED_CASES[case], engine="python")) >= 1


def test_only_certified_state_land_is_legally_idle() -> None:
    land = _land()
    legal = land[land["land_class"] == "legal_idle"]
    assert legal["certificate_no"].notna().all()
    assert legal["certificate_no"].str.startswith("示例市").all()
    assert legal["tenure"].isin(["granted", "allocated"]).all()
    assert (legal["certificate_date"] <= AS_OF).all()
    assert (
        (legal["certificate_date"] - legal["stopped_since"].fillna(legal["agreed_start_date"])).dt.days >= 365
    ).all()
    assert land.loc[land["land_class"] != "legal_idle", "certificate_no"].isna().all()
    granted = legal[legal["tenure"] == "granted"]
    assert granted["land_price_cny"].notna().all()


CASES = {
    ("idle_land", "tenure == 'reserve' and available_until > '2028-08-01' and available_until < '2029-01-01'"): 5,
    ("idle_land", "tenure == 'green_leftover' and zoning == 'G1'"): 10,
    ("idle_land", "tenure == 'unknown' and zoning.isna()"): 1,
    ("idle_land", "land_rent_cny_m2_month.isna() and tenure == 'collective'"): 1,
    ("community", "is_self_built"): 1,
    ("community", "in_rebuild_plan"): 1,
    ("community", "household_count.isna()"): 1,
    ("community", "renovation_state == 'done'"): 10,
    ("public_building", "occupancy == 'vacant' and danger_grade == 'D'"): 1,
    ("public_building", "occupancy == 'vacant' and ownership == 'trust'"): 1,
    ("public_building", "occupancy == 'vacant' and ownership == 'unknown'"): 1,
    ("public_building", "occupancy == 'vacant' and has_title == False and danger_grade == 'A'"): 1,
    ("public_building", "occupancy == 'overdue' and lease_end < '2026-10-31'"): 5,
    ("parking", "parking_type == 'kerb' and income_owner == 'treasury'"): 50,
    ("parking", "parking_type == 'mechanical' and remark.notna()"): 3,
    ("parking", "valid_until < '2026-10-31'"): 10,
    ("parking", "access == 'private'"): 1,
    ("parking", "is_open_at_night == False and access == 'public'"): 5,
    ("parking_survey", "parked_count.isna()"): 1,
    ("parking_survey", "parked_count > marked_stall_count and illegal_count > 0"): 10,
    ("charging", "charger_type == 'ebike' and is_indoors"): 1,
    ("charging", "charger_type == 'car' and status == 'planned'"): 1,
    ("charging", "access == 'private'"): 1,
    ("heritage", "ownership == 'state' and use_state == 'cultural' and is_open and heritage_class == 'city_unit'"): 1,
    ("heritage", "ownership == 'private' and tenant_household_count > 0"): 5,
    ("heritage", "ownership == 'trust'"): 1,
    ("heritage", "ownership == 'military'"): 1,
    ("heritage", "ownership == 'religious'"): 1,
    ("heritage", "is_red_listed and red_list_document.str.startswith('示例')"): 2,
    ("heritage", "structure == 'brick_timber' and use_state == 'vacant'"): 1,
    ("heritage", "heritage_class == 'traditional_building' and ownership == 'collective' and use_state == 'vacant'"): 2,
    ("report", "state == '办理中'"): 3,
    ("report", "state == '超期未办结'"): 3,
    ("report", "state == '超期办结'"): 3,
    ("service_item", "contract_end < '2026-10-31'"): 1,
}  # fmt: skip


@pytest.mark.parametrize(("kind", "query"), CASES)
def test_a_record_for_every_rule(kind: str, query: str) -> None:
    assert len(city()[kind].query(query, engine="python")) >= CASES[kind, query]


NEED_OUTLINES = {"in_school", "in_religious", "in_military"}
"""Exclusions by the outline of a school or a site; the sample's are points (see ``test_land_shape``)."""
BARRED_ANYWAY = {"no_market_in_zone"}
"""Told only where no law bars a market; in every zone of the sample one does (see ``test_culture``)."""


def test_a_run_of_the_sample_meets_every_rule_and_every_exclusion_of_the_model(sample_workspace: Path) -> None:
    """The lists are the model's own, so a rule that is added to it asks for a record here."""
    model, workspace = Model.load(), Workspace.open(sample_workspace)
    found, excluded = (workspace.read_result(kind) for kind in ("opportunity", "exclusion"))
    assert set(excluded["rule"]) == set(model.exclusions) - NEED_OUTLINES - BARRED_ANYWAY
    reasons = {reason for told in found["permission_reason"].dropna() for reason in told.split("；")}
    warned = "；".join(found["clauses_open"].dropna().unique())
    lapsed = {key for key, rule in model.rules.items() if rule.valid_to and rule.valid_to < DEFAULT_AS_OF}
    met = {key for key, rule in model.rules.items() if rule.zh in reasons or (key in lapsed and rule.source in warned)}
    assert met == set(model.rules)


@pytest.mark.parametrize("kind", ["public_building", "idle_land"])
def test_every_rule_of_an_owner_is_met_by_what_it_is_written_for(sample_workspace: Path, kind: str) -> None:
    model, found = Model.load(), Workspace.open(sample_workspace).read_result("opportunity")
    told = found.loc[found["asset_kind"] == kind, "permission_reason"]
    reasons = {reason for text in told.dropna() for reason in text.split("；")}
    prefix = {"public_building": "room.", "idle_land": "tenure."}[kind]
    assert {rule.zh for key, rule in model.rules.items() if key.startswith(prefix)} <= reasons


def test_a_run_of_the_sample_meets_every_heritage_rule(sample_workspace: Path) -> None:
    model, workspace = Model.load(), Workspace.open(sample_workspace)
    found, excluded = (workspace.read_result(kind) for kind in ("opportunity", "exclusion"))
    reasons = pd.concat([found["permission_reason"].dropna(), excluded["reason"].dropna()])
    sentences = {sentence for reason in reasons.unique() for sentence in reason.split("；")}
    for rule in model.heritage_rules:
        # One sentence names all classes of a rule and its document: "省级、市级文物保护单位保护范围（…）：新建禁止".
        classes = [HERITAGE_CLASSES[name][0].removesuffix("文物保护单位") for name in rule.classes]
        zones = [ZONE_WORDS[zone].zh.removeprefix("街区") for zone in rule.zones]
        assert any(
            rule.source in told and any(name in told for name in classes) and any(zone in told for zone in zones)
            for told in sentences
        ), rule.key
        assert found["permission_source"].str.contains(rule.source, regex=False).any(), rule.key


def test_narrow_slivers_and_lots_of_every_tenure_size() -> None:
    land = shapes("idle_land")
    land = land[shapely.get_dimensions(land) == 2]
    box = shapely.get_coordinates(shapely.oriented_envelope(land)).reshape(-1, 5, 2)
    depth = np.hypot(*np.diff(box[:, :3], axis=1).transpose(2, 1, 0)).min(axis=0)
    assert ((depth < 6) & (shapely.area(land) > 150)).sum() > 3


def test_heritage_sites_stand_in_overlapping_zones() -> None:
    sites, zones = plane()["heritage"], plane()["heritage_zone"]
    inside = shapely.STRtree(np.asarray(zones.geometry.to_numpy())).query(
        np.asarray(sites.geometry.representative_point().to_numpy()), predicate="intersects"
    )
    kinds = zones["zone_type"].to_numpy()[inside[1]]
    per_site = pd.Series(kinds).groupby(inside[0]).nunique()
    assert (per_site >= 2).sum() >= 5
    assert set(zones["heritage_id"].dropna()) <= set(city()["heritage"]["source_id"])


def test_bad_parking_is_reported_where_stalls_lack() -> None:
    reports, homes = plane()["report"], plane()["community"]
    parking = reports[reports["event_item"] == "机动车乱停放"]
    assert len(parking) > 700
    near = shapely.STRtree(shapes("community")).query(
        np.asarray(parking.geometry.to_numpy()), predicate="dwithin", distance=60
    )[1]
    count = np.bincount(near, minlength=len(homes))
    gap = 0.5 * homes["household_count"].fillna(745).to_numpy(dtype=float) - homes["stall_count"].to_numpy(dtype=float)
    ranked = np.argsort(gap)
    assert count[ranked[-40:]].sum() > 4 * count[ranked[:40]].sum()


def test_reports_cover_the_year_and_gather_in_hot_spots() -> None:
    reports = city()["report"]
    assert reports["reported_at"].between(AS_OF - pd.Timedelta(days=365), AS_OF + pd.Timedelta(days=1)).all()
    assert reports["reported_at"].dt.to_period("M").nunique() >= 12
    closed = reports.dropna(subset=["closed_at"])
    assert (closed["closed_at"] >= closed["reported_at"]).all()
    assert 0.85 < len(closed) / len(reports) < 0.99
    place = shapely.get_coordinates(shapes("report"))
    cells, number = np.unique(np.floor(place / 200), axis=0, return_counts=True)
    assert number.max() > 12 * len(place) / (plane()["district"].area.iloc[0] / 200**2)
    assert len(cells) > 100


@pytest.mark.parametrize("seed", [DEFAULT_SEED, 1, 2])
def test_to_some_sites_heritage_law_leaves_another_use_free(seed: int) -> None:
    """The one rule that is dated, in force and allows: traditional buildings, where no zone has a say."""
    layers, model = make_city(seed), Model.load()
    sites, zones = layers["heritage"], layers["heritage_zone"]
    met = shapely.STRtree(np.asarray(zones.geometry.to_numpy())).query(
        np.asarray(sites.geometry.to_numpy()), predicate="intersects"
    )[0]
    free = sites[~np.isin(np.arange(len(sites)), met) & sites.geometry.notna()]
    free = free[(free["heritage_class"] == "traditional_building") & (free["use_state"] == "vacant")]
    free = free[free["ownership"].isin(["state", "collective"]) & free["danger_grade"].isin(["A", "B"])]
    fit = [code for code, reuse in model.reuse.items() if "culture_space" in reuse.actions]
    assert free["building_type"].isin(fit).sum() >= 3
    assert heritage(model, "traditional_building", (), "use_change", DEFAULT_AS_OF).permission == "allowed"
