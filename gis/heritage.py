"""Heritage: reuse by building type, filters of ownership, tenants and danger, permission by class and zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis import permission
from gis._notes import Note, missing_codes, noted
from gis._rents import rent_terms
from gis._zones import APPROXIMATE, touching
from gis.options import Options, Sieve, code_of, value_of, with_defaults
from gis.surroundings import surroundings
from layers.documents import is_document_no

if TYPE_CHECKING:
    import geopandas as gpd

    from gis._zones import Zones
    from gis.city import City
    from gis.model import Model, Reuse

ACTIONS = ("heritage_reuse", "culture_space")
NO_OWNER = ("trust", "religious", "military")
CAN_DISPOSE = ("state", "state_enterprise", "sub_district", "collective")
STATE_LEASE_CLASSES = ("historic_building",)
GRADE_NUMBER = {"A": 1.0, "B": 2.0, "C": 3.0, "D": 4.0}
INCOME_OWNER = {
    "state": "treasury",
    "sub_district": "treasury",
    "state_enterprise": "state_enterprise",
    "collective": "collective",
    "private": "owners",
}
TRANSIT = ("metro_station", "bus_stop")
NOT_IN_USE = ("vacant", "storage")
IN_USE = ("residential", "commercial", "office", "worship", "cultural")
NO_TYPE = (
    Note("建筑类型不明，适宜用途无从判断", "Type of building unknown: nobody can say what use suits it"),
    Note("核实建筑类型", "Find out the type of building"),
)
NO_USE_STATE = (
    Note("使用现状不明", "Present use unknown"),
    Note("现场核实使用现状与使用人", "Find out on site how it is used and by whom"),
)
NO_TENANT_COUNT = (
    Note("有人居住，住户数不明", "Lived in, number of households unknown"),
    Note("核实住户与租赁关系", "Find out who lives there and by what lease"),
)
NO_GRADE = (
    Note("房屋安全等级不明", "Danger grade unknown"),
    Note("委托房屋安全鉴定", "Have the building's safety assessed"),
)
USED = (
    Note("现有使用人，须征得其同意", "In use: the users must agree"),
    Note("与现使用人协商", "Ask the present users"),
)
WEAK = (
    Note("C级（局部危险），加固前不得开放", "Grade C, partly dangerous: not to be opened before it is strengthened"),
    Note("先加固并复核安全等级", "Strengthen it and have its grade checked again"),
)
"""What lowers a verdict: the reason, and the next step."""


def options(city: City, need: pd.DataFrame, model: Model) -> Options:
    """Return how each placed heritage site could be brought back to life.

    ``heritage_reuse`` repairs it and opens it for what its type of building suits (文物建筑开放导则);
    ``culture_space`` opens it for culture as it stands, so not in grade D and not while somebody lives there. Sites
    in trust, of a religion or of the military, ancient trees, and sites already open for culture are excluded.
    Whose site it is decides as it does for a public room (``room.*``), and the department that the guide names for the
    type of building is asked. Unknown class, zone class, owner, use or grade gives ``unclear``, never ``allowed``.

    Returns
    -------
    Options
        Per site and action, theme ``heritage``.
    """
    sites = city.placed("heritage")
    around = surroundings(city, need, model, sites)
    nearby = heritage_around(city, model, sites)
    sieve = _sieved(model, sites)
    rows = sieve.rows()
    table = rows.assign(theme="heritage").join(_verdicts(city, model, sites, rows)).join(around, on="asset_id")
    table["area_m2"] = value_of(sites, rows, "floor_area_m2")
    for name in ("stalls", "chargers"):
        table = table.assign(**{f"{name}{end}": 0.0 for end in ("", "_low", "_high")})
    table["people_served"] = table["near_people_15min"]
    table["income_owner"] = value_of(sites, rows, "ownership").map(INCOME_OWNER).fillna("unknown").to_numpy()
    table["rent_terms"] = rent_terms(sites, rows, model)
    table["legal_level"] = value_of(sites, rows, "heritage_class").map(model.levels).to_numpy(dtype=float)
    table["condition"] = value_of(sites, rows, "danger_grade").map(GRADE_NUMBER).to_numpy(dtype=float)
    table["story"] = story_points(sites).reindex(rows["asset_id"]).to_numpy()
    for name in ("cluster", "transit_m", "idle_support"):
        table[name] = value_of(nearby, rows, name)
    table = table.assign(**_filters(model, sites, rows))
    table = noted(table, "warnings", _cautions(sites, rows))
    names = ("heritage_class", "building_type", "ownership", "danger_grade", "floor_area_m2")
    known = {name: value_of(sites, rows, name).astype(object) for name in names}
    flags = {f"heritage.{name}": values.isna() | (values == "unknown") for name, values in known.items()}
    table["missing"] = missing_codes(flags, rows.index)
    return Options(with_defaults(table), sieve.exclusions())


def heritage_around(city: City, model: Model, assets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the heritage, transit and idle assets around each asset, on foot.

    Returns
    -------
    DataFrame
        ``cluster`` (other heritage sites within ``reach.story_radius``), ``legal_level`` and ``story`` (highest of
        those sites), ``transit_m`` (walk to the nearest metro or bus stop, ``circle.15min.radius`` where none is
        nearer; null where the layer holds no stop), ``idle_support`` (idle parcels and vacant public rooms within
        ``reach.story_radius``; null where both layers are missing).
    """
    radius_m = model.value("reach.story_radius")
    sites = city.placed("heritage")
    walk = city.reach.pairs(assets.geometry, sites.geometry, radius_m)
    walk = walk[walk["origin"] != walk["site"]]
    facts = pd.DataFrame(
        {
            "legal_level": sites["heritage_class"].astype(object).map(model.levels).astype(float),
            "story": story_points(sites),
        },
        index=sites.index,
    )
    groups = walk.join(facts, on="site").groupby("origin")
    best = groups[["legal_level", "story"]].max().reindex(assets.index).astype(float)
    found = best.assign(cluster=groups.size().reindex(assets.index, fill_value=0).astype(float))
    if "heritage" in city.missing:
        found["cluster"] = np.nan
    stops = city.placed("service")
    stops = stops[stops["service_type"].isin(TRANSIT)]
    limit = model.value("circle.15min.radius")
    nearest = city.reach.pairs(assets.geometry, stops.geometry, limit).groupby("origin")["distance_m"].min()
    found["transit_m"] = np.nan if stops.empty else nearest.reindex(assets.index).fillna(limit)
    rooms = city.placed("public_building")
    idle = pd.concat([city.placed("idle_land").geometry, rooms.geometry[rooms["occupancy"] == "vacant"]])
    support = city.reach.pairs(assets.geometry, idle, radius_m).groupby("origin").size()
    known = not {"idle_land", "public_building"} <= set(city.missing)
    found["idle_support"] = support.reindex(assets.index, fill_value=0).astype(float) if known else np.nan
    return found


def story_points(sites: gpd.GeoDataFrame) -> pd.Series:
    """Return 1 for a story told and 1 for a place on the official red list; null where both are blank.

    A site is "red" only by the list with its document number (待定 is none), never by a word in its story.
    """
    told = sites["story"].fillna("").str.strip() != ""
    listed = sites["is_red_listed"].fillna(value=False).astype(bool) & is_document_no(sites["red_list_document"])
    points = told.astype(float) + listed.astype(float)
    return points.where(told | sites["is_red_listed"].notna()).rename("story")


def _sieved(model: Model, sites: gpd.GeoDataFrame) -> Sieve:
    sieve = Sieve(model, "heritage", sites.index, ACTIONS)
    sieve.exclude("ancient_tree", (sites["heritage_class"] == "ancient_tree").fillna(value=False))
    for code in NO_OWNER:
        sieve.exclude(f"owner_{code}", (sites["ownership"] == code).fillna(value=False))
    is_open = sites["is_open"].fillna(value=False) & (sites["use_state"] == "cultural").fillna(value=False)
    sieve.exclude("in_use", is_open, detail=Note("已作文化用途开放", "open for culture already"))
    sieve.exclude("danger_D", (sites["danger_grade"] == "D").fillna(value=False), actions=["culture_space"])
    lived = (sites["tenant_household_count"] > 0).fillna(value=False)
    tenants = sites["tenant_household_count"].map(
        lambda count: Note(f"{count}户居住", f"{count} households live there")
    )
    sieve.exclude("in_use", lived, actions=["culture_space"], detail=tenants)
    for code, suits in model.reuse.items():
        banned = [action for action in ACTIONS if action not in suits.actions]
        if banned:
            here = (sites["building_type"] == code).fillna(value=False)
            sieve.exclude("reuse_type", here, actions=banned, detail=Note(f"宜：{suits.zh}", f"it suits: {suits.en}"))
    return sieve


def _verdicts(city: City, model: Model, sites: gpd.GeoDataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    zones = touching(city, sites)
    found = [
        _verdict(city, model, sites.loc[asset], action, zones)
        for asset, action in zip(rows["asset_id"], rows["action"], strict=True)
    ]
    return permission.table(found, rows.index)


def _verdict(city: City, model: Model, site: pd.Series, action: str, zones: Zones) -> dict[str, object]:
    own, kind, owner = (code_of(site, name) for name in ("heritage_class", "building_type", "ownership"))
    held = zones.get(str(site.name), ())
    acts: tuple[permission.Act, ...] = ("use_change", "alteration") if action == "heritage_reuse" else ("use_change",)
    said = [permission.heritage(model, own, held, act, city.as_of, ownership=owner) for act in acts]
    said.append(permission.of_rule(model.rules[f"room.{owner or 'unknown'}"], city.as_of))
    suits = model.reuse.get(kind or "")
    if suits is not None:
        said.append(_of_guide(suits))
    verdict = permission.strictest(said)
    for to, doubt in _conditions(site, has_type=suits is not None):
        verdict = permission.lowered(verdict, to, *doubt)
    return {**verdict.columns(), "horizon_years": _years(model, own, owner)}


def _of_guide(suits: Reuse) -> permission.Verdict:
    """Return what 文物建筑开放导则 says of a type of building: what it suits, by whose leave, and what it forbids."""
    by = Note(suits.authority, suits.authority_en or suits.authority)
    return permission.Verdict(
        "approval",
        (Note(f"宜：{suits.zh}（{suits.source}）", f"It suits: {suits.en} ({suits.source})"),),
        (suits.source,),
        (by,),
        (Note(f"报{by.zh}", f"Submit to {by.en}"),),
        (Note(f"不得：{suits.forbids}", f"Not allowed: {suits.forbids_en or suits.forbids}"),) if suits.forbids else (),
    )


def _conditions(site: pd.Series, *, has_type: bool) -> list[tuple[str, tuple[Note, Note]]]:
    """Return what the state of a site makes of any leave: how strict it becomes, why, and the next step."""
    use, grade = code_of(site, "use_state"), code_of(site, "danger_grade")
    told = [
        (use not in (*NOT_IN_USE, *IN_USE), "unclear", NO_USE_STATE),
        (use == "residential" and pd.isna(site["tenant_household_count"]), "unclear", NO_TENANT_COUNT),
        (use in IN_USE, "approval", USED),
        (grade not in GRADE_NUMBER, "unclear", NO_GRADE),
        (grade == "C", "approval", WEAK),
        (not has_type, "unclear", NO_TYPE),
        (code_of(site, "position") == "approximate", "unclear", APPROXIMATE),
    ]
    return [(to, doubt) for holds, to, doubt in told if holds]


def _years(model: Model, own: str | None, owner: str | None) -> float:
    """Return the longest lease: 20 years for state-owned historic buildings, else the usual term of public rooms."""
    if owner == "state" and own in STATE_LEASE_CLASSES:
        return model.value("heritage.lease_max_state_owned")
    return model.value("room.lease_max") if owner in CAN_DISPOSE else float("nan")


def _filters(model: Model, sites: gpd.GeoDataFrame, rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Return how many of the four conditions hold: owner, tenants, structure, building type; with a band if unknown."""
    owner, kind = (
        value_of(sites, rows, "ownership").astype(object),
        value_of(sites, rows, "building_type").astype(object),
    )
    tenants = value_of(sites, rows, "tenant_household_count").astype("Float64").astype("float64")
    grade = value_of(sites, rows, "danger_grade").astype(object)
    vacant = value_of(sites, rows, "use_state").isin(NOT_IN_USE).astype(bool)
    suited = {code: item.actions for code, item in model.reuse.items()}
    fits = [act in suited.get(code, ()) for code, act in zip(kind, rows["action"], strict=True)]
    passed = owner.isin(CAN_DISPOSE).astype(float) + ((tenants == 0) | (tenants.isna() & vacant)).astype(float)
    passed += grade.isin(["A", "B"]).astype(float) + np.asarray(fits, dtype=float)
    unknown = (owner.isna() | (owner == "unknown")).astype(float) + (tenants.isna() & ~vacant).astype(float)
    unknown += grade.isna().astype(float) + (kind.isna() | (kind == "unknown")).astype(float)
    middle = (passed + unknown / 2).where(unknown < len(("owner", "tenants", "structure", "type")))
    return {"filters_passed": middle, "filters_passed_low": passed, "filters_passed_high": passed + unknown}


def _cautions(sites: gpd.GeoDataFrame, rows: pd.DataFrame) -> list[tuple[pd.Series, Note]]:
    grade, tenants = value_of(sites, rows, "danger_grade"), value_of(sites, rows, "tenant_household_count")
    structure, state = value_of(sites, rows, "structure"), value_of(sites, rows, "use_state")
    timber = structure.isin(["timber", "brick_timber"])
    return [
        (grade == "D", Note("D级危房，先排险修缮", "Grade D, dangerous: make it safe and repair it first")),
        (tenants > 0, Note("有住户，须先依法腾退安置", "Lived in: the tenants must be rehoused by law first")),
        (timber, Note("木、砖木结构，禁止明火餐饮", "Timber or brick and timber: no catering with open fire")),
        (state == "worship", Note("现作祭祀宗教用途，须征求使用人意见", "Used for worship: the users must be asked")),
    ]
