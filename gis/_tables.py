"""From options to the tables of a run: opportunities with money, criteria, score and rank; exclusions; cash flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from gis import criteria, ranking
from gis._notes import Note, merged_codes, noted
from gis.finance import accounts
from layers.errors import AnalysisError
from layers.kinds._results import THEMES
from layers.schema import conform, kind

if TYPE_CHECKING:
    from gis.city import City
    from gis.model import Model
    from gis.options import Options

SHORT = Note("可用年限内不能回本", "It does not pay back within the years granted")
MONEY = (
    "capex_cny",
    "revenue_cny_year",
    "net_cny_year",
    "npv_cny",
    "npv_low_cny",
    "npv_high_cny",
    "payback_years",
)


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
    parts = [
        pd.DataFrame(city[of][columns].reindex(rows["asset_id"]).astype(object)).set_axis(rows.index)
        for of, rows in table.groupby("asset_kind", sort=False)
    ]
    found = pd.concat(parts) if parts else pd.DataFrame(columns=columns, dtype=object)
    return table.join(found)


def with_money(table: pd.DataFrame, model: Model) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the options with their account, and the cash flows by year.

    An option whose size or land rent is unknown has no account, and its note says so. ``horizon_years`` stays
    what is granted; where that is unknown, it is the term that the account assumes.
    """
    found = accounts(table, model)
    money = found.table
    told = table.assign(
        **{name: money[name].astype(float) for name in MONEY}, **money[["account_note", "account_note_en"]]
    )
    told["payback_years"] = told["payback_years"].where(told["capex_cny"].notna())
    told["horizon_years"] = table["horizon_years"].astype(float).fillna(money["horizon_years"])
    short = (money["repaying_cny_year"] > 0) & told["npv_cny"].notna() & told["payback_years"].isna()
    told = noted(told, "warnings", [(short, SHORT)])
    known = found.cashflow[found.cashflow["net_cny"].notna()]
    return told, known.join(told[["opportunity_id", "subdistrict_code", "is_sample"]], on="option")


def ranked(table: pd.DataFrame, model: Model, seed: int) -> pd.DataFrame:
    """Return the options with ``x_`` and ``v_`` columns, score, rank, their bands, confidence and what is missing."""
    parts = [
        _ranked_theme(table[table["theme"] == theme], model, theme, (seed, number))
        for number, theme in enumerate(THEMES)
    ]
    filled = [part for part in parts if len(part)]
    return pd.concat(filled).reindex(table.index) if filled else parts[0]


def _ranked_theme(table: pd.DataFrame, model: Model, theme: str, seed: tuple[int, int]) -> pd.DataFrame:
    values, weights = criteria.values(table, model, theme), model.weights(theme)
    found = table.join(ranking.scores(values, weights))
    found["rank"] = ranking.ranks(found)
    chosen = found.index[found["rank"].notna()]
    bands = ranking.rank_bands(
        criteria.Values(*(getattr(values, name).loc[chosen] for name in ("raw", "value", "low", "high", "missing"))),
        weights,
        found.loc[chosen, "opportunity_id"],
        concentration=model.value("rank.weight_concentration"),
        seed=seed,
    )
    found = found.join(bands)
    found["confidence"] = ranking.confidence(found, values, weights, model)
    found["missing"] = merged_codes(found["missing"].astype("string"), ranking.missing_criteria(values))
    return found.join(values.raw.add_prefix("x_")).join(values.value.add_prefix("v_"))


def opportunity_layer(table: pd.DataFrame, model: Model, city: City) -> gpd.GeoDataFrame:
    """Return the options as a layer of kind ``opportunity``, with the criterion columns after the declared ones."""
    acts = model.actions
    table = table.assign(
        **{name: table["action"].map({code: getattr(act, name) for code, act in acts.items()}) for name in DEPARTMENTS}
    )
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


DEPARTMENTS = ("lead_dept", "lead_dept_en", "co_depts", "co_depts_en", "decision_level")


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
