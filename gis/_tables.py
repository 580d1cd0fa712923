"""From options to the tables of a run: opportunities with money, criteria, score and rank; exclusions; cash flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from gis import _works_first, criteria, data_gaps, explain, ranking
from gis._asset_names import shown_name
from gis._notes import Note, merged_codes, noted
from gis._permission_authorities import decided
from gis._unplaced import alike, may_be_near
from gis.activation import potential
from gis.charging_modes import MODE_COLUMNS, USE_COLUMNS, npv_by_mode, npv_by_use
from gis.finance import accounts, npv_spread
from gis.funding import FUNDING_COLUMNS
from gis.temporary_use import fits_horizon
from layers.errors import AnalysisError
from layers.kinds._results import THEMES
from layers.schema import conform, kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.city import City
    from gis.model import Model
    from gis.options import Options

SHORT = Note("可用年限内不能回本", "It does not pay back within the years granted")
NPV_OUTSIDE = Note(
    "净现值不在其P10–P90区间内：参数与规模的区间偏向一侧",
    "Its NPV lies outside its band P10-P90: the ranges of parameters and size lean to one side",
)
OUTSIDE = Note(
    "名次不在其P10–P90区间内：数据与权重变动后多半会变", "Its rank lies outside its band P10-P90: it will likely change"
)
UNCOUNTED = "community.vehicle_count"
"""Code in ``missing`` of a community whose vehicles nobody has counted."""
MONEY = (
    "stalls_let",
    "capex_cny",
    "revenue_cny_year",
    "opex_cny_year",
    "land_rent_cny_year",
    "tax_cny_year",
    "net_cny_year",
    "reinstatement_cny",
    "pledgeable_share",
    "npv_cny",
    "npv_low_cny",
    "npv_high_cny",
    "npv_unrented_cny",
    "npv_4pct_cny",
    "npv_8pct_cny",
    "npv_p10_cny",
    "npv_p50_cny",
    "npv_p90_cny",
    "return_low",
    "return_high",
    "pays_back_probability",
    "irr",
    "payback_years",
    "payback_discounted_years",
    "breakeven_utilisation",
    *FUNDING_COLUMNS,
    *MODE_COLUMNS,
    *USE_COLUMNS,
)
"""What the account tells of an option; ``return_low`` and ``return_high`` are for its criterion, not exported."""
MONEY_WORDS = ("breakeven_of", "breakeven_of_en", "account_note", "account_note_en")


def identified(options: Options, city: City) -> pd.DataFrame:
    """Return the options with ``opportunity_id``, and the name, sub-district, sample mark and geometry of their asset.

    Raises
    ------
    AnalysisError
        If two options get the same id (one id names two assets).
    """
    table = options.table.reset_index(drop=True)
    table["opportunity_id"] = table["asset_id"].astype(str) + ":" + table["action"].astype(str)
    twice = table["opportunity_id"].duplicated()
    if twice.any():
        name = table["asset_id"][twice].iloc[0]
        raise AnalysisError(
            f"asset_id {name} names assets of two layers",
            f"asset_id {name} 在两个图层里各指一项资产",
            hint="give each asset an id of its own",
            hint_zh="请给每项资产各自的编号",
        )
    return _with_asset(table, city)


def _with_asset(table: pd.DataFrame, city: City) -> pd.DataFrame:
    """Return ``table`` with the name, sub-district, sample mark and geometry of each row's asset."""
    columns = ["name", "subdistrict_code", "is_sample", "geometry"]
    assets = {of: city[of].assign(name=shown_name(city[of]))[columns] for of in table["asset_kind"].unique()}
    parts = [
        pd.DataFrame(assets[of].reindex(rows["asset_id"]).astype(object)).set_axis(rows.index)
        for of, rows in table.groupby("asset_kind", sort=False)
    ]
    found = pd.concat(parts) if parts else pd.DataFrame(columns=columns, dtype=object)
    return table.join(found)


def with_money(
    table: pd.DataFrame, model: Model, seed: int, other_income: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the options with their account, and the cash flows by year.

    ``other_income`` are entries of further income of the assets (:mod:`gis.other_income`); none are assumed.

    An option whose size or land rent is unknown has no account, and its note says so. ``horizon_years`` stays
    what is granted, null where nobody knows: the account then assumes the usual term, and its note says that too.
    """
    found = accounts(table, model, other_income=other_income)
    money = found.table.join(npv_spread(table, found, model, seed)).join(npv_by_mode(table, found, model))
    money = money.join(npv_by_use(table, found, model))
    # All columns at once: a frame that grows one by one is slow and pandas says so.
    columns = money[[*MONEY, *MONEY_WORDS]].astype(dict.fromkeys(MONEY, float))
    told = table.drop(columns=columns.columns, errors="ignore").join(columns)
    told["payback_years"] = told["payback_years"].where(told["capex_cny"].notna())
    told = told.join(fits_horizon(told.join(found.table["payback_counted_years"])))
    short = (money["repaying_cny_year"] > 0) & told["npv_cny"].notna() & told["payback_years"].isna()
    outside = (told["npv_cny"] < told["npv_p10_cny"]) | (told["npv_cny"] > told["npv_p90_cny"])
    told = noted(told, "warnings", [(short, SHORT), (outside, NPV_OUTSIDE)])
    known = found.cashflow[found.cashflow["net_cny"].notna()]
    return told, known.join(told[["opportunity_id", "subdistrict_code", "is_sample"]], on="option")


class Ranked(NamedTuple):
    """Options with ``x_`` and ``v_`` columns, score, rank, its band, and why each stands where it does.

    ``communities`` holds the data that each community lacks, with what it could move
    (:func:`gis.data_gaps.community_gaps`); ``notes`` say how the bands were drawn.
    """

    table: pd.DataFrame
    communities: pd.DataFrame
    notes: tuple[Note, ...]


def ranked(table: pd.DataFrame, model: Model, seed: int, city: City, need: pd.DataFrame) -> Ranked:
    """Return the options of every theme, ranked."""
    parts = [
        _ranked_theme(table[table["theme"] == theme], model, theme, (seed, number), (city, need))
        for number, theme in enumerate(THEMES)
    ]
    filled = [part for part, _ in parts if len(part)]
    found = pd.concat(filled).reindex(table.index) if filled else parts[0][0]
    return Ranked(found, data_gaps.united(lacks for _, lacks in parts), ranking_notes(model, need))


def _ranked_theme(
    table: pd.DataFrame, model: Model, theme: str, seed: tuple[int, int], around: tuple[City, pd.DataFrame]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the ranked options of one theme, and what the communities around them lack."""
    values, weights = criteria.values(table, model, theme), model.weights(theme)
    found = table.join(ranking.scores(values, weights))
    found["rank"] = ranking.ranks(found)
    chosen = found.index[found["rank"].notna()]
    few, sites = values.at(chosen), found.loc[chosen]
    bands = ranking.rank_bands(
        few,
        weights,
        sites["opportunity_id"],
        concentration=model.value("rank.weight_concentration"),
        seed=seed,
    )
    lacks, lacks_near = _lacking(few, weights, sites, model, around)
    told = explain.columns(few, weights, sites["opportunity_id"], model.theme_criteria(theme))
    found = found.join(bands).join(told).join(data_gaps.columns(lacks, chosen)).join(potential(values, weights))
    # Copied, since a frame that has grown piece by piece is slow and pandas says so.
    found = explain.with_ties(noted(found, "warnings", [(ranking.outside_band(found), OUTSIDE)]).copy())
    found = _works_first.with_condition(found, values, weights, model.theme_criteria(theme))
    found["confidence"] = at_most_medium(ranking.confidence(found, values, weights, model), _works_first.is_due(found))
    found["missing"] = merged_codes(found["missing"].astype("string"), ranking.missing_criteria(values))
    return found.join(values.raw.add_prefix("x_")).join(values.value.add_prefix("v_")), lacks_near


def at_most_medium(confidence: pd.Series, is_due: pd.Series) -> pd.Series:
    """Return ``confidence``, no longer high where works must come first that have no price."""
    return confidence.mask(is_due & (confidence == "high"), "medium")


def _lacking(
    values: criteria.Values,
    weights: Mapping[str, float],
    sites: pd.DataFrame,
    model: Model,
    around: tuple[City, pd.DataFrame],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the data that the ranked sites lack, and what the communities around them do."""
    city, need = around
    places = gpd.GeoSeries(sites["geometry"].to_numpy(), index=sites.index, crs=city.crs)
    farthest_m = data_gaps.farthest_m(model)
    walk = city.reach.pairs(city.placed("community").geometry, places, farthest_m)
    walks = [part for part in (walk, may_be_near(city, places, farthest_m)) if len(part)]
    near = data_gaps.near_codes(pd.concat(walks) if walks else walk, need["missing"], model)
    found = data_gaps.gaps(values, weights, sites, near, city.missing)
    return found, data_gaps.of_alike(data_gaps.community_gaps(found, near), alike(city))


def ranking_notes(model: Model, need: pd.DataFrame) -> tuple[Note, ...]:
    """Return how the rank bands were drawn, and whether the need of every community is assumed."""
    spread = model.value("rank.weight_concentration")
    notes = [
        Note(
            f"名次区间：{ranking.DRAWS}次抽样，权重围绕所设值变动（集中度{spread:g}），数据在各自区间内变动；单处缺的数据各自抽取，"
            "模型的假定（如每户人数，各充电站的利用率）每次各处取同一位置。后者使得分一起升降、少改先后，"
            "所以得分区间宽时名次区间仍可以窄，“得分区间的共同部分”即其份额。",
            f"Rank bands: {ranking.DRAWS} draws of the weights around those set (concentration {spread:g}) and of the "
            "data within their bands; what one site lacks is drawn for it alone, what the model assumes (persons a "
            "household, the use of every charging station) once for all. The latter moves scores together and "
            "hardly their order: a wide band of the score may stand beside a narrow one of the rank; the share of the "
            "band that is shared with other sites is told beside it.",
        )
    ]
    assumed = need["missing"].fillna("").astype(object).str.split(",").map(lambda codes: UNCOUNTED in codes)
    if len(need) and assumed.all():
        notes.append(
            Note(
                "没有一个小区有夜间车辆数：停车与充电缺口全部按每户车辆数的同一假定估算，名次区间未计各小区之间的差别。",
                "No community has its vehicles counted: all gaps in parking and charging rest on one assumed number of "
                "vehicles a household, and the rank bands hold no difference between communities.",
            )
        )
    return tuple(notes)


def need_layer(need: gpd.GeoDataFrame, communities: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the ``need`` layer with the data that each community should collect first."""
    told = data_gaps.community_columns(communities, need.index)
    return need.assign(**told.astype("string")).reset_index(drop=True)


def opportunity_layer(table: pd.DataFrame, model: Model, city: City) -> gpd.GeoDataFrame:
    """Return the options as a layer of kind ``opportunity``, with the criterion columns after the declared ones."""
    acts = model.actions
    table = table.assign(
        **{name: table["action"].map({code: getattr(act, name) for code, act in acts.items()}) for name in DEPARTMENTS}
    )
    table = table.join(decision_columns(table, model))
    whole = [f"{name}{end}" for name in ("stalls", "chargers") for end in ("", "_low", "_high")]
    table = table.assign(**table[whole].astype(float).round())
    extra = [f"{mark}_{item.key}" for mark in "xv" for item in model.criteria]
    absent = {name: np.nan for name in extra if name not in table.columns}
    of = kind("opportunity")
    kept = [*(name for name in of.columns if name in table.columns or name in absent), *extra, "geometry"]
    frame = gpd.GeoDataFrame(table.assign(**absent)[kept], geometry="geometry", crs=city.crs)
    found = conform(frame, of, keep_extra=True)
    return found.sort_values(
        ["theme", "rank", "score", "opportunity_id"], ascending=[False, True, False, True]
    ).reset_index(drop=True)


DEPARTMENTS = ("lead_dept", "lead_dept_en", "co_depts", "co_depts_en")


def decision_columns(table: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return at which level each option is decided, null where nobody can say, and why.

    That of the highest authority whose approval a rule asks; of the action (practice) where none names a higher one.
    """
    names = ("approval_level", "approval_reason", "approval_reason_en", "approval_open", "approval_open_en")
    told = table[list(names)].astype(object).where(table[list(names)].notna(), "")
    found = [
        decided(model.actions[action].decision_level, level, Note(why, why_en), Note(is_open, open_en))
        for action, level, why, why_en, is_open, open_en in zip(table["action"], *told.T.to_numpy(), strict=True)
    ]
    rows = [(level or None, *why) for level, why in found]
    return pd.DataFrame(rows, index=table.index, columns=["decision_level", "decision_reason", "decision_reason_en"])


def exclusion_layer(options: Options, city: City) -> gpd.GeoDataFrame:
    """Return the exclusions as a layer of kind ``exclusion``."""
    table = options.exclusions.reset_index(drop=True)
    action = table["action"].astype(object)
    table["exclusion_id"] = (
        table["asset_id"].astype(str)
        + ":"
        + action.where(action.notna(), "*").astype(str)
        + ":"
        + table["rule"].astype(str)
    )
    frame = gpd.GeoDataFrame(_with_asset(table, city), geometry="geometry", crs=city.crs)
    return conform(frame, kind("exclusion"))


def cashflow_table(flows: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the cash flows as a table of kind ``cashflow``."""
    ids = flows["opportunity_id"].astype(str) + ":" + flows["year"].astype(str)
    return conform(flows.assign(cashflow_id=ids).drop(columns="option"), kind("cashflow"))


def basis_table(options: pd.DataFrame, flows: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return what the accounts of ``flows`` rest on, as a table of kind ``account_basis``: enough to price them again.

    ``options`` are those that were given to :func:`with_money`.
    """
    known = options[options["opportunity_id"].isin(flows["opportunity_id"])]
    return conform(pd.DataFrame(known.drop(columns="geometry")).reset_index(drop=True), kind("account_basis"))
