"""Heritage: reuse by building type, filters of ownership, tenants and danger, permission by class and zone."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis import permission, verdicts
from gis._left_out import leave_out, with_unplaced
from gis._notes import NOTHING, Note, missing_codes, noted
from gis._rents import rent_terms
from gis._reuse_words import of_guide, owners_rules, suited
from gis._stories import NO_OWNER, heritage_around, is_red, near_residents_story, story_points
from gis._terms import TERM_COLUMNS, agreement, granted, granted_surely, not_granted
from gis._zones import APPROXIMATE, border_notes, touching
from gis.options import Options, Sieve, code_of, value_of, with_defaults
from gis.surroundings import surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from gis._zones import Zones
    from gis.city import City
    from gis.model import Model

ACTS: Mapping[str, tuple[permission.Act, ...]] = MappingProxyType(
    {
        "heritage_reuse": ("use_change", "alteration"),
        "culture_space": ("use_change",),
        "museum": ("use_change", "alteration"),
        "hall_of_fame": ("use_change",),
        "red_route_stop": ("alteration",),
    }
)
"""Action -> the acts on the site that the heritage rules are asked about: a stop sets a sign, it changes no use."""
ACTIONS = tuple(ACTS)
STOP, HALL = "red_route_stop", "hall_of_fame"
INDOORS = tuple(code for code in ACTIONS if code != STOP)
AS_IT_STANDS = ("culture_space", "museum", "hall_of_fame")
"""Actions that open the building to the public: not while somebody lives there."""
BY_RULE = {"museum": "culture.museum", "hall_of_fame": "culture.hall_of_fame", STOP: "culture.red_stop"}
"""Action -> the rule of its own that is asked beside those of the site and its owner."""
UNITS = ("national_unit", "provincial_unit", "city_unit", "district_unit")
CAN_DISPOSE = ("state", "state_enterprise", "sub_district", "collective")
STATE_LEASE_CLASSES = ("historic_building",)
STATE_LEASE, USUAL_LEASE = "heritage.lease_max_state_owned", "room.lease_max"
GRADE_NUMBER = {"A": 1.0, "B": 2.0, "C": 3.0, "D": 4.0}
INCOME_OWNER = {
    "state": "treasury",
    "sub_district": "treasury",
    "state_enterprise": "state_enterprise",
    "collective": "collective",
    "private": "owners",
}
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
NO_ENTERPRISE = (
    Note(
        "国企持有的文物保护单位辟为展馆后不得作为企业资产经营，运营主体待定",
        "A protected site that a state enterprise holds may not be run as its asset once it is a museum: operator open",
    ),
    Note(
        "与国资、文物部门商定非企业运营主体",
        "Settle an operator that is no enterprise with the state-assets and heritage departments",
    ),
)
NO_TERM = Note("产权人同意使用几年不明", "Nobody knows for how many years its owner would let it")
USED = (
    Note("现有使用人，须征得其同意", "In use: the users must agree"),
    Note("与现使用人协商", "Ask the present users"),
)
WEAK = (
    Note("C级（局部危险），加固前不得开放", "Grade C, partly dangerous: not to be opened before it is strengthened"),
    Note("先加固并复核安全等级", "Strengthen it and have its grade checked again"),
)
DANGEROUS = (
    Note(
        "D级危房（整幢危险），排险修缮并复核等级前不得使用，能否使用尚无从判断",
        "Grade D, dangerous as a whole: not to be used before it is made safe, repaired and graded anew, and nobody "
        "can say yet whether it may be used then",
    ),
    Note("先排险修缮，并复核安全等级", "Make it safe and repair it first, and have its grade checked again"),
)
LIVED_IN = (
    Note("有住户居住", "Lived in"),
    Note("有住户，须先依法腾退安置", "Lived in: the tenants must be rehoused by law first"),
)
"""What lowers a verdict: the reason, and the step that comes first."""
TIMBER = Note(
    "木、砖木结构，明火餐饮有火险：所据规则只对历史建筑（广州）禁止，此处作提醒，为假定",
    "Of timber or brick and timber, catering with open fire is a fire risk: the rule at hand bars it of 历史建筑 in "
    "Guangzhou alone, here it is a caution, an assumption",
)
FIRE_BARRED = ("historic_building",)
"""Classes of which a rule (row 7) bars catering with open fire: that stands among what it forbids."""


def options(city: City, need: pd.DataFrame, model: Model) -> Options:
    """Return how each placed heritage site could be brought back to life.

    ``heritage_reuse`` repairs it and opens it for what its type of building suits (文物建筑开放导则);
    ``culture_space`` opens it for culture as it stands, so not in grade D and not while somebody lives there. So does
    a ``museum`` where its type suits displays, and a ``hall_of_fame`` in a hall or school with a story and an old
    community near (:func:`gis._stories.near_residents_story`). A ``red_route_stop`` stands before a site of the
    official red list, open or not. Sites in trust, of a religion or of the military and ancient trees are excluded;
    sites already open for culture from all but a stop, grade D from all but repair.

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
    sieve = _sieved(model, sites, near_residents_story(city, need, model, sites))
    rows = sieve.rows()
    table = rows.assign(theme="heritage").join(_verdicts(city, model, sites, rows)).join(around, on="asset_id")
    table["area_m2"] = _area_m2(model, sites, rows)
    for name in ("stalls", "chargers"):
        table = table.assign(**{f"{name}{end}": 0.0 for end in ("", "_low", "_high")})
    table["people_served"] = table["near_people_15min"]
    table["income_owner"] = value_of(sites, rows, "ownership").map(INCOME_OWNER).fillna("unknown").to_numpy()
    table["rent_terms"] = rent_terms(sites, rows, model)
    table["danger_grade"] = value_of(sites, rows, "danger_grade").astype(object)
    table["legal_level"] = value_of(sites, rows, "heritage_class").map(model.levels).to_numpy(dtype=float)
    table["condition"] = value_of(sites, rows, "danger_grade").map(GRADE_NUMBER).to_numpy(dtype=float)
    table["story"] = story_points(sites).reindex(rows["asset_id"]).to_numpy()
    for name in ("cluster", "transit_m", "idle_support"):
        table[name] = value_of(nearby, rows, name)
    table = table.assign(**_filters(model, sites, rows))
    table = noted(table, "warnings", [*_cautions(sites, rows), *border_notes(city, sites, rows)])
    names = ("heritage_class", "building_type", "ownership", "danger_grade", "floor_area_m2")
    known = {name: value_of(sites, rows, name).astype(object) for name in names}
    flags = {f"heritage.{name}": values.isna() | (values == "unknown") for name, values in known.items()}
    table["missing"] = missing_codes(flags, rows.index)
    return Options(with_defaults(table), with_unplaced(sieve.exclusions(), city, model, "heritage", ACTIONS))


def _area_m2(model: Model, sites: gpd.GeoDataFrame, rows: pd.DataFrame) -> pd.Series:
    """Return the area that each option uses: the floor, of a hall of fame the display, of a stop its forecourt."""
    floor, action = value_of(sites, rows, "floor_area_m2").astype(float), rows["action"]
    display = floor.clip(upper=model.value("hall_of_fame.area"))
    return floor.mask(action == HALL, display).mask(action == STOP, model.value("red_stop.area"))


def _sieved(model: Model, sites: gpd.GeoDataFrame, has_story: pd.Series) -> Sieve:
    sieve = Sieve(model, "heritage", sites.index, ACTIONS)
    kinds = sites["building_type"].astype(object)
    sieve.exclude("ancient_tree", (sites["heritage_class"] == "ancient_tree").fillna(value=False))
    for code in NO_OWNER:
        sieve.exclude(f"owner_{code}", (sites["ownership"] == code).fillna(value=False))
    for code in ("museum", HALL):
        fits = kinds.isin([kind for kind, suits in model.reuse.items() if code in suits.actions])
        leave_out(sieve, "unfit_type", ~fits, [code])
    leave_out(sieve, "no_residents_story", ~has_story, [HALL])
    leave_out(sieve, "not_red_listed", ~is_red(sites), [STOP])
    is_open = sites["is_open"].fillna(value=False) & (sites["use_state"] == "cultural").fillna(value=False)
    _exclude(sieve, "in_use", is_open, INDOORS, Note("已作文化用途开放", "open for culture already"))
    _exclude(sieve, "danger_D", (sites["danger_grade"] == "D").fillna(value=False), (*AS_IT_STANDS, STOP))
    lived = (sites["tenant_household_count"] > 0).fillna(value=False)
    tenants = sites["tenant_household_count"].map(
        lambda count: Note(f"{count}户居住", f"{count} households live there")
    )
    _exclude(sieve, "in_use", lived, AS_IT_STANDS, tenants)
    for code, suits in model.reuse.items():
        banned = [action for action in INDOORS if action not in suits.actions]
        rest = [Note(f"宜：{told.zh}", f"it suits: {told.en}") for told in suited(model, suits, sites)]
        _exclude(sieve, "reuse_type", kinds == code, banned, pd.Series(rest, index=sites.index, dtype=object))
    return sieve


def _exclude(
    sieve: Sieve, rule: str, where: pd.Series, actions: Sequence[str], detail: pd.Series | Note = NOTHING
) -> None:
    """Exclude ``actions`` one by one, where they are thought of at all: nobody asks why a shop is no museum."""
    for action in actions:
        sieve.exclude(rule, where & sieve.offered[action], actions=[action], detail=detail)


def _verdicts(city: City, model: Model, sites: gpd.GeoDataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    zones = touching(city, model, sites, are_exact=True)
    found = [
        _verdict(city, model, sites.loc[asset], action, zones)
        for asset, action in zip(rows["asset_id"], rows["action"], strict=True)
    ]
    more = ["must_agree", "must_agree_en", *TERM_COLUMNS[1:]]
    columns = [*verdicts.table([], rows.index[:0]).columns, *more]
    return pd.DataFrame(found, index=rows.index, columns=columns)


def _verdict(city: City, model: Model, site: pd.Series, action: str, zones: Zones) -> dict[str, object]:
    own, kind, owner = (code_of(site, name) for name in ("heritage_class", "building_type", "ownership"))
    held = zones.get(str(site.name), ())
    said = [permission.heritage(model, own, held, act, city.as_of, ownership=owner) for act in ACTS[action]]
    rules = [model.rules[key] for key in _rules(action, owner)]
    said += [permission.of_rule(rule, city.as_of) for rule in rules]
    suits = model.reuse.get(kind or "")
    if suits is not None and action in INDOORS:
        said.append(of_guide(suits, owners_rules(model, own, owner), city.as_of))
    verdict = verdicts.strictest(said)
    doubts = conditions(site, has_type=suits is not None) if action in INDOORS else _conditions_of_a_stop(site)
    if action == "museum" and owner == "state_enterprise" and own in UNITS:
        doubts.append(("unclear", NO_ENTERPRISE))
    for to, doubt in doubts:
        verdict = verdicts.lowered(verdict, to, *doubt)
    return {**verdict.columns(), **agreement(rules, verdict), **_term(city, model, own, owner, action)}


def _rules(action: str, owner: str | None) -> list[str]:
    """Return the rules beside those of heritage: the owner's, who lets a room, and that of the action."""
    of_owner = [f"room.{owner or 'unknown'}"] if action in INDOORS or owner not in CAN_DISPOSE else []
    return [*of_owner, *([BY_RULE[action]] if action in BY_RULE else [])]


def _conditions_of_a_stop(site: pd.Series) -> list[tuple[str, tuple[Note, Note]]]:
    """Return what the state of a site makes of leave for a stop before it, which nobody enters."""
    grade = code_of(site, "danger_grade")
    told = [
        (grade not in GRADE_NUMBER, "unclear", NO_GRADE),
        (code_of(site, "position") == "approximate", "unclear", APPROXIMATE),
    ]
    return [(to, doubt) for holds, to, doubt in told if holds]


def conditions(site: pd.Series, *, has_type: bool) -> list[tuple[str, tuple[Note, Note]]]:
    """Return what the state of a site makes of any leave: how strict it becomes, why, and the next step."""
    use, grade = code_of(site, "use_state"), code_of(site, "danger_grade")
    told = [
        (grade == "D", "unclear", DANGEROUS),
        (grade == "C", "approval", WEAK),
        (grade not in GRADE_NUMBER, "unclear", NO_GRADE),
        (use not in (*NOT_IN_USE, *IN_USE), "unclear", NO_USE_STATE),
        (use == "residential" and pd.isna(site["tenant_household_count"]), "unclear", NO_TENANT_COUNT),
        (pd.notna(site["tenant_household_count"]) and site["tenant_household_count"] > 0, "approval", LIVED_IN),
        (use in IN_USE, "approval", USED),
        (not has_type, "unclear", NO_TYPE),
        (code_of(site, "position") == "approximate", "unclear", APPROXIMATE),
    ]
    return [(to, doubt) for holds, to, doubt in told if holds]


def _term(city: City, model: Model, own: str | None, owner: str | None, action: str) -> dict[str, object]:
    """Return the longest lease, and by which document; a stop before the site lasts as long as what it is made of.

    That of state-owned historic buildings (20 years) where the document that grants it is in force, else the usual
    term of public rooms; of any other owner nobody knows.
    """
    if action == STOP:
        key = "fin.horizon.building"
    elif owner == "state" and own in STATE_LEASE_CLASSES:
        return granted_surely(model, STATE_LEASE, USUAL_LEASE, city.as_of)
    elif owner in CAN_DISPOSE:
        key = USUAL_LEASE
    else:
        return not_granted(NO_TERM)
    return granted(model[key], model.value(key))


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
    is_stop = rows["action"] == STOP
    fits = is_stop | np.array(
        [act in suited.get(code, ()) for code, act in zip(kind, rows["action"], strict=True)], bool
    )
    # A stop stands outside: who lives there and what the building suits do not matter to it.
    tenants, kind = tenants.mask(is_stop, 0.0), kind.mask(is_stop, "")
    passed = owner.isin(CAN_DISPOSE).astype(float) + ((tenants == 0) | (tenants.isna() & vacant)).astype(float)
    passed += grade.isin(["A", "B"]).astype(float) + np.asarray(fits, dtype=float)
    unknown = (owner.isna() | (owner == "unknown")).astype(float) + (tenants.isna() & ~vacant).astype(float)
    unknown += grade.isna().astype(float) + (kind.isna() | (kind == "unknown")).astype(float)
    middle = (passed + unknown / 2).where(unknown < len(("owner", "tenants", "structure", "type")))
    return {"filters_passed": middle, "filters_passed_low": passed, "filters_passed_high": passed + unknown}


def _cautions(sites: gpd.GeoDataFrame, rows: pd.DataFrame) -> list[tuple[pd.Series, Note]]:
    state, timber = (
        value_of(sites, rows, "use_state"),
        value_of(sites, rows, "structure").isin(["timber", "brick_timber"]),
    )
    is_barred = value_of(sites, rows, "heritage_class").isin(FIRE_BARRED)
    return [
        (state == "worship", Note("现作祭祀宗教用途，须征求使用人意见", "Used for worship: the users must be asked")),
        (timber & ~is_barred & (rows["action"] != STOP), TIMBER),
    ]
