"""Idle land: the legal test and its clock, the path by tenure, hard exclusions, and what the plot yields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gis import permission
from gis._land_sieve import LAND_ACTIONS, ROOM_ACTIONS, TEMPORARY, sieve_land
from gis._notes import NOTHING, SEPARATORS, Note, missing_codes, noted
from gis._zones import APPROXIMATE, is_approximate, land_verdict, touching
from gis._zoning import is_sure, zonings
from gis.capacity import land_capacity, shape_of
from gis.charging import GRID
from gis.options import Options, code_of, value_of, with_defaults
from gis.surroundings import surroundings
from layers.documents import is_document_no, is_open_question

if TYPE_CHECKING:
    import geopandas as gpd

    from gis._zones import Zones
    from gis.city import City
    from gis.model import Model

INCOME_OWNER = {
    "reserve": "treasury",
    "collective": "collective",
    "under_bridge": "treasury",
    "road_leftover": "treasury",
    "green_leftover": "treasury",
}
"""Whose income it is where the tenure says so (收支两条线; a collective's own); unknown else."""
STATE_TENURES = ("granted", "allocated")
"""State land that somebody holds: the only land that 闲置土地处置办法 speaks of."""
ASK_ZONING = Note("向规划和自然资源部门核实规划用途", "Ask the natural-resources department for the planned use")
NO_ZONING = (Note("规划用途不明", "Planned use unknown"), ASK_ZONING)
UNREAD_ZONING = (
    Note(
        "规划用途不能确定为GB 50137的用地类别",
        "The planned use cannot be read as one class of GB 50137",
    ),
    ASK_ZONING,
)
NOT_STATE_LAND = (
    Note(
        "填有认定书文号，但土地性质不是国有出让或划拨，不按已认定闲置土地处理",
        "It names a certificate, but is not known as granted or allocated state land: not treated as certified",
    ),
    Note("核实土地性质与认定书", "Check the tenure and the certificate"),
)
NO_NUMBER = (
    Note(
        "认定书一栏所填不是有效文号，不按已认定闲置土地处理",
        "What stands for the certificate is no number of one in force: not treated as certified",
    ),
    Note("核实认定书文号", "Find out the number of the certificate"),
)
"""What makes the path of a parcel unclear: the reason, and the next step."""
MONTHS_PER_YEAR = 12
DAYS_PER_MONTH = 365.25 / MONTHS_PER_YEAR


def legal_class(frame: gpd.GeoDataFrame, city: City, model: Model) -> pd.Series:
    """Return each parcel's class by the test of 闲置土地处置办法 art. 2 and its paper.

    State land not started ``idle.years_not_started`` (1) year after the agreed date, or started but with less than
    ``idle.started_area_share`` (1/3) of its area **or** ``idle.invested_share`` (25 %) of its investment, and stopped
    for a year, may be declared idle. Only a certificate (认定书) with its number makes it so, and only on state land.

    Returns
    -------
    Series
        ``legal_idle`` (certified state land), ``suspected_idle`` (meets the test, is called so, or something other
        than a plain no stands for the certificate) or ``underused_space``.
    """
    numbered, asked = is_document_no(frame["certificate_no"]), is_open_question(frame["certificate_no"])
    said = frame["land_class"].isin(["legal_idle", "suspected_idle"])
    state = frame["tenure"].isin(STATE_TENURES)
    suspected = said | numbered | asked | (meets_idle_test(frame, city, model) & state)
    cases = [np.asarray(where, dtype=bool) for where in (numbered & state, suspected)]
    kinds = np.select(cases, ["legal_idle", "suspected_idle"], "underused_space")
    return pd.Series(kinds, index=frame.index, name="legal_class")


def meets_idle_test(frame: gpd.GeoDataFrame, city: City, model: Model) -> pd.Series:
    """Return which parcels meet the test of 闲置土地处置办法 art. 2 on the day of the analysis; false where unknown."""
    # In months, as the clock counts: a district may set a year and a half.
    months = round(MONTHS_PER_YEAR * model.value("idle.years_not_started"))
    limit = pd.Timestamp(city.as_of) - pd.DateOffset(months=months)
    never_started = ~(frame["started_area_share"].fillna(0) > 0) & frame["stopped_since"].isna()
    idle_from_start = (frame["agreed_start_date"] <= limit) & never_started
    little = (frame["started_area_share"] < model.value("idle.started_area_share")) | (
        frame["invested_share"] < model.value("idle.invested_share")
    )
    # Works that stopped had started, whether or not the ledger tells how much of the area.
    stopped = little & (frame["stopped_since"] <= limit)
    return (idle_from_start | stopped).fillna(value=False).astype(bool)


def clock(frame: gpd.GeoDataFrame, city: City, model: Model) -> pd.DataFrame:
    """Return the clock of certified idle land that a company left idle.

    It runs from the agreed start of works, or from the day works stopped. After ``idle.years_not_started`` (1) year a
    fee of ``idle.fee`` (20 %) of the land price is due; after ``idle.reclaim_years`` (2) the land may be taken back.

    Returns
    -------
    DataFrame
        ``years_idle``, ``months_to_fee``, ``months_to_reclaim`` (0 when past), ``fee_cny``, by asset id; null where no
        clock runs (no certificate, caused by government, or no date).
    """
    since = frame["stopped_since"].fillna(frame["agreed_start_date"])
    by_company = (frame["idle_cause"] == "company").fillna(value=False)
    runs = (legal_class(frame, city, model) == "legal_idle") & by_company & since.notna()
    days = (pd.Timestamp(city.as_of) - since).dt.days.astype(float).where(runs)

    def months_left(years: float) -> pd.Series:
        return (years * MONTHS_PER_YEAR - days / DAYS_PER_MONTH).clip(lower=0)

    return pd.DataFrame(
        {
            "years_idle": days / 365.25,
            "months_to_fee": months_left(model.value("idle.years_not_started")),
            "months_to_reclaim": months_left(model.value("idle.reclaim_years")),
            "fee_cny": (frame["land_price_cny"] * model.value("idle.fee")).where(runs),
        },
        index=frame.index,
    )


def clock_text(times: pd.DataFrame, legal: pd.Series, model: Model) -> pd.DataFrame:
    """Return the clock in words; certified land without dates and suspected land say why no clock runs.

    Returns
    -------
    DataFrame
        ``clock`` and ``clock_en`` by asset id; empty where the law starts no clock.
    """
    silent = {
        "legal_idle": Note(
            "已认定，政府原因、原因不明或无起算日期，不起算",
            "Certified; caused by government, cause unknown or no starting date: no clock runs",
        ),
        "suspected_idle": Note("疑似闲置，不起算", "Suspected idle: no clock runs"),
    }
    runs = times["years_idle"].notna() & (legal != "suspected_idle")
    notes = [
        _running(row, model) if is_on else silent.get(kind, NOTHING)
        for row, is_on, kind in zip(times.itertuples(), runs, legal, strict=True)
    ]
    return pd.DataFrame(notes, index=times.index, columns=["clock", "clock_en"])


def _running(row: Any, model: Model) -> Note:
    """Return a running clock in words: how long idle, what is owed or when, and when the land may be taken back."""
    first, last = (_years(model.value(key)) for key in ("idle.years_not_started", "idle.reclaim_years"))
    share, to_fee, to_back = _percent(model.value("idle.fee")), row.months_to_fee, row.months_to_reclaim
    due = Note(f"距满{first.zh}{to_fee:.0f}个月", f"{to_fee:.0f} months to {first.en}")
    if to_fee <= 0:
        due = Note(f"已满{first.zh}，应缴闲置费{share}", f"past {first.en}, an idle-land fee of {share} is due")
    if not pd.isna(row.fee_cny):
        due = Note(f"{due.zh}，约{row.fee_cny / 1e4:,.0f}万元", f"{due.en}, about {row.fee_cny:,.0f} CNY")
    back = Note(f"距满{last.zh}{to_back:.0f}个月", f"{to_back:.0f} months to {last.en}")
    if to_back <= 0:
        back = Note(f"已满{last.zh}，可无偿收回", f"past {last.en}, it may be taken back without compensation")
    idle = f"{row.years_idle:.1f}"
    return Note(f"闲置{idle}年：{due.zh}；{back.zh}", f"Idle for {idle} years: {due.en}; {back.en}")


def with_term(clocks: pd.DataFrame, until: pd.Series) -> pd.DataFrame:
    """Return ``clocks`` with the day until which the ledger says the land is available, where it says so."""
    words = {"clock": "可用至%Y-%m-%d", "clock_en": "Available until %Y-%m-%d"}
    told = {}
    for (name, text), separator in zip(words.items(), SEPARATORS.values(), strict=True):
        term = until.dt.strftime(text).fillna("")
        between = np.where((clocks[name] != "") & (term != ""), separator, "")
        told[name] = clocks[name] + between + term
    return pd.DataFrame(told, index=clocks.index)


def _years(count: float) -> Note:
    return Note(f"{count:g}年", f"{count:g} year" if count == 1 else f"{count:g} years")


def options(city: City, need: pd.DataFrame, model: Model) -> Options:
    """Return what each placed idle parcel could become, and what it may not.

    Points without an area offer only what needs no land: rooms in the premises that stand there. Temporary land
    (certified, suspected, reserve) is granted ``idle.temp_use_max`` years and may hold nothing permanent.

    Returns
    -------
    Options
        Per parcel and action, with stalls and chargers from the polygon (:mod:`gis.capacity`).
    """
    land = city.placed("idle_land")
    measured, rough = shape_of(land), is_approximate(land)
    # The area of a ledger says nothing of a plot whose place, and with it whose shape, is not known.
    shapes = measured.assign(**measured[["area_m2", "width_m"]].mask(rough), is_polygon=measured["is_polygon"] & ~rough)
    legal = legal_class(land, city, model)
    zones = touching(city, land)
    around = surroundings(city, need, model, land)
    sieve = sieve_land(city, model, land, shapes, legal, zones)
    rows = sieve.rows()
    capacity = land_capacity(rows, shapes, around, model)
    rows = rows[(capacity["area_m2"] > 0) | rows["action"].isin(ROOM_ACTIONS)]
    capacity = capacity.loc[rows.index]
    verdicts = _verdicts(city, model, land, legal, zones)
    keys = zip(rows["asset_id"], rows["action"], strict=True)
    ruled = permission.table([verdicts[key] for key in keys], rows.index)
    table = rows.assign(theme="revitalization").join(capacity).join(ruled).join(around, on="asset_id")
    table["people_served"] = table["near_people"]
    table["has_land"] = True
    table["land_rent_cny_m2_month"] = value_of(land, rows, "land_rent_cny_m2_month")
    table["income_owner"] = value_of(land, rows, "tenure").map(INCOME_OWNER).fillna("unknown").to_numpy()
    clocks = clock_text(clock(land, city, model), legal, model)
    table = table.join(with_term(clocks, land["available_until"]), on="asset_id")
    table["horizon_years"] = _horizon(city, land, rows, table["horizon_years"])
    table = noted(table, "warnings", _cautions(land, rows, model))
    table["missing"] = _missing(land, rows, table, model)
    return Options(with_defaults(table.reset_index(drop=True)), sieve.exclusions(), _notes(measured, rough))


def _verdicts(
    city: City, model: Model, land: gpd.GeoDataFrame, legal: pd.Series, zones: Zones
) -> dict[tuple[str, str], dict[str, object]]:
    """Return the columns of the verdict of every parcel and action."""
    found: dict[tuple[str, str], dict[str, object]] = {}
    doubts = _doubts(land, legal, model)
    for asset, parcel in land.iterrows():
        rule = model.rules[_rule_key(legal[asset], code_of(parcel, "tenure"), code_of(parcel, "idle_cause"))]
        own = permission.of_rule(rule, city.as_of)
        for holds, doubt in doubts:
            own = permission.lowered(own, "unclear", *doubt) if holds[asset] else own
        years = model.value(rule.horizon)
        for code in LAND_ACTIONS:
            verdict = land_verdict(city, model, own, zones.get(asset, ()), code)
            found[asset, code] = {**verdict.columns(), "horizon_years": years}
    return found


def _doubts(land: gpd.GeoDataFrame, legal: pd.Series, model: Model) -> list[tuple[pd.Series, tuple[Note, Note]]]:
    """Return what makes a path unclear whatever the tenure: for which parcels it holds, why, and the next step."""
    blank, numbered = land["zoning"].isna(), is_document_no(land["certificate_no"])
    return [
        (blank, NO_ZONING),
        (~blank & ~_zoning_is_sure(land["zoning"], model), UNREAD_ZONING),
        (numbered & (legal != "legal_idle"), NOT_STATE_LAND),
        (is_open_question(land["certificate_no"]), NO_NUMBER),
        (is_approximate(land), APPROXIMATE),
    ]


def _zoning_is_sure(told: pd.Series, model: Model) -> pd.Series:
    """Return which planned uses tell for certain whether the model excludes them."""
    excluded = [key.removeprefix("zoning.") for key in model.exclusions if key.startswith("zoning.")]
    return zonings(told).map(lambda zoning: is_sure(zoning, excluded)).astype(bool)


def _rule_key(legal: str, tenure: str | None, cause: str | None) -> str:
    if legal == "legal_idle":
        return f"idle.certified_{cause if cause in ('government', 'company') else 'unknown'}"
    if legal == "suspected_idle":
        return "idle.suspected"
    return f"tenure.{tenure or 'unknown'}"


def _horizon(city: City, land: gpd.GeoDataFrame, rows: pd.DataFrame, granted: pd.Series) -> pd.Series:
    """Return the years granted: the rule's, or until the day the ledger says the land is available."""
    until = value_of(land, rows, "available_until")
    years = (until - pd.Timestamp(city.as_of)).dt.days / 365.25
    return granted.astype(float).where(years.isna(), np.minimum(granted.astype(float), years.clip(lower=0)))


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"


def _cautions(land: gpd.GeoDataFrame, rows: pd.DataFrame, model: Model) -> list[tuple[pd.Series, Note]]:
    surface = value_of(land, rows, "surface")
    tenure, action = value_of(land, rows, "tenure"), rows["action"]
    rate = model.value("parking.mech_idle_rate")
    idle, used, share = _percent(rate), _percent(1 - rate), _percent(model.value("ev.share.public_min"))
    built = Note(
        "场地有建（构）筑物，须先核查是否可拆", "Something stands on it: check first whether it may be pulled down"
    )
    cleared = Note(
        "只可临时使用，到期清退，回收期不得超过可用年限",
        "For temporary use only and cleared at its end: it must pay back within the years granted",
    )
    racks = Note(
        f"全国机械泊位约{idle}闲置，使用率按{used}计",
        f"About {idle} of mechanical stalls in the country stand idle; {used} are counted as used",
    )
    ready = Note(
        f"须按不少于{share}的泊位预留充电条件（GB/T 51149-2016 5.2.3）",
        f"At least {share} of the stalls must be ready for charging (GB/T 51149-2016 5.2.3)",
    )
    return [
        (surface == "dug", Note("场地已开挖，须先回填整平", "Dug up: fill and level it first")),
        ((surface == "built") & ~action.isin(ROOM_ACTIONS), built),
        (tenure.isin(TEMPORARY), cleared),
        (action == "mechanical_parking", racks),
        (action.isin(["charging", "ebike_charging"]), GRID),
        (action == "surface_parking", ready),
    ]


def _missing(land: gpd.GeoDataFrame, rows: pd.DataFrame, table: pd.DataFrame, model: Model) -> pd.Series:
    polygon = shapely.get_dimensions(value_of(land, rows, "geometry").to_numpy()) == 2
    flags = {
        "idle_land.zoning": ~_zoning_is_sure(value_of(land, rows, "zoning"), model),
        "idle_land.tenure": value_of(land, rows, "tenure").isna(),
        "idle_land.land_rent_cny_m2_month": table["land_rent_cny_m2_month"].isna(),
        "idle_land.geometry": pd.Series(~polygon, index=rows.index) | is_approximate(land).loc[rows["asset_id"]].array,
    }
    return missing_codes(flags, rows.index)


def _notes(shapes: pd.DataFrame, rough: pd.Series) -> tuple[Note, ...]:
    bare, near = int((shapes["area_m2"].isna() & ~rough).sum()), int(rough.sum())
    told = [
        Note(
            f"闲置用地：{bare}处只有点位、没有面积，只考虑利用现有房屋（社区服务、文化空间），不估算泊位。",
            f"Idle land: {bare} are points without an area; only rooms in what stands there (community service, "
            "culture space) are considered, and no stalls are estimated.",
        ),
        Note(
            f"闲置用地：{near}处位置为近似，须先落图；不估算泊位，台账面积不作依据。",
            f"Idle land: the position of {near} is approximate: place them on the map first; no stalls are estimated, "
            "and the area of the ledger is not used.",
        ),
    ]
    return tuple(note for note, count in zip(told, (bare, near), strict=True) if count)
