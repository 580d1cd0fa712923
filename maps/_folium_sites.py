"""Opportunities as the page shows them: what stands in the list, what is drawn, what a popup says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from layers.schema import kind
from maps import _folium_text as words
from maps._folium_areas import OUTSIDE
from maps._folium_context import METRES_PER_DEGREE, as_geojson, geographic, rounded
from maps.palette import rank_class

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import numpy as np

SITES_PER_THEME = 800
"""The best of each theme that are drawn; the page says so when there are more."""
FOOTPRINT_TOLERANCE_M = 1.0
FOOTPRINT_VERTICES = 500
"""A site whose outline needs more is shown as its point alone."""

POPUP_FIELDS = (
    "heading",
    "action",
    "standing",
    "score",
    "permission",
    "yield",
    "people_served",
    "capex",
    "npv",
    "next_step",
    "reasons",
    "missing",
    "source",
)
TOOLTIP_FIELDS = ("heading", "action", "score")
POPUP_TITLES = {
    "heading": "",
    "action": words.both("活化动作", "Action"),
    "standing": words.both("名次", "Rank, 10–90 % band"),
    "score": words.both("得分", "Score, 0 to 1"),
    "permission": words.both("许可", "Permission"),
    "yield": words.both("产出", "Yield"),
    "people_served": words.both("服务人口", "People served"),
    "capex": words.both("投资", "Capex"),
    "npv": words.both("净现值", "NPV"),
    "next_step": words.both("下一步", "Next step"),
    "reasons": words.both("得分来源", "What the score is made of"),
    "missing": words.both("缺少的数据", "Missing data"),
    "source": words.both("数据", "Data"),
}


@dataclass(frozen=True)
class Theme:
    """One theme's ranked opportunities, best first.

    Parameters
    ----------
    name
        Code of the theme.
    table
        One row per ranked opportunity; ``key`` names it on the page, ``place`` is its point or ``None``.
    features
        GeoJSON points of the drawn ones, the best last so that it lies on top.
    footprints
        GeoJSON outlines of those that have one.
    """

    name: str
    table: pd.DataFrame
    features: list[dict[str, Any]]
    footprints: list[dict[str, Any]]

    @property
    def titles(self) -> tuple[str, str]:
        """Chinese and English title."""
        return theme_titles()[self.name]

    @property
    def drawn_count(self) -> int:
        """How many are on the map."""
        return len(self.features)

    @property
    def unplaced_count(self) -> int:
        """How many have no place yet and stand in the list alone."""
        return int(self.table["place"].isna().sum())


def theme_titles() -> Mapping[str, tuple[str, str]]:
    """Return the themes that the schema declares, with both titles."""
    return kind("opportunity")["theme"].codes or {}


def themes(
    opportunities: gpd.GeoDataFrame, *, subdistricts: Mapping[str, str], manifest: Mapping[str, Any], is_sample: bool
) -> list[Theme]:
    """Return the ranked opportunities of every theme.

    Parameters
    ----------
    opportunities
        Frame of kind ``opportunity`` in any CRS; rows without a rank (an asset's other actions) are left out.
    subdistricts
        Name of each sub-district by its code.
    manifest
        Manifest of the run; its criteria name what a score is made of.
    is_sample
        Whether every record is invented.
    """
    ranked = geographic(opportunities[opportunities["rank"].notna()]).sort_values("rank", kind="stable")
    return [
        _theme(name, ranked[ranked["theme"] == name], subdistricts, _weights(manifest, name), is_sample=is_sample)
        for name in theme_titles()
    ]


def _theme(
    name: str,
    ranked: gpd.GeoDataFrame,
    subdistricts: Mapping[str, str],
    weights: Mapping[str, tuple[str, float]],
    *,
    is_sample: bool,
) -> Theme:
    geometry = ranked.geometry.to_numpy()
    table = pd.DataFrame(ranked.drop(columns=ranked.geometry.name)).reset_index(drop=True)
    table["key"] = [f"{name[0]}{place}" for place in range(1, len(table) + 1)]
    table["place"] = pd.Series(rounded(shapely.point_on_surface(geometry)), dtype=object).where(
        ~(shapely.is_missing(geometry) | shapely.is_empty(geometry)), None
    )
    table["subdistrict"] = table["subdistrict_code"].map(lambda code: subdistricts.get(code, code), na_action="ignore")
    # A site without a place may yet lie in one; without sub-districts nothing can be said.
    lies_outside = table["subdistrict"].isna() & table["place"].notna() & bool(subdistricts)
    table["subdistrict"] = table["subdistrict"].astype(object).mask(lies_outside, OUTSIDE[0])
    drawn = table[table["place"].notna()].head(SITES_PER_THEME)
    features = [_feature(row, weights, is_sample=is_sample) for row in drawn.iloc[::-1].to_dict("records")]
    return Theme(name, table, features, _footprints(geometry[drawn.index]))


def _weights(manifest: Mapping[str, Any], theme: str) -> Mapping[str, tuple[str, float]]:
    """Return each criterion's title and its weight, normalised within the theme."""
    own = [item for item in manifest.get("criteria", ()) if item.get("theme") == theme]
    total = sum(float(item["weight"]) for item in own)
    return {item["key"]: (item["zh"], float(item["weight"]) / total) for item in own} if total else {}


def _feature(row: Mapping[str, Any], weights: Mapping[str, tuple[str, float]], *, is_sample: bool) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": row["key"],
        "properties": {
            "key": row["key"],
            "rank": int(row["rank"]),
            "class": rank_class(int(row["rank"])),
            "heading": f"{int(row['rank'])}. {words.named(row['name'], row['asset_kind'])}",
            **_said(row, weights, is_sample=is_sample),
        },
        "geometry": as_geojson(row["place"]),
    }


def _said(row: Mapping[str, Any], weights: Mapping[str, tuple[str, float]], *, is_sample: bool) -> dict[str, str]:
    """Return what a popup says, in words."""
    where = words.text(row["subdistrict"])
    authority = "" if words.is_null(row.get("authority")) else f"<br>{words.told(row, 'authority')}"
    sample = words.is_null(row.get("is_sample")) is False and bool(row["is_sample"])
    return {
        "action": f"{words.coded('opportunity', 'action', row['action'])} · {where}",
        "standing": standing(row),
        "score": f"{score(row['score'])} {words.band(score(row.get('score_low')), score(row.get('score_high')))}",
        "permission": words.coded("opportunity", "permission", row["permission"]) + authority,
        "yield": _yield(row),
        "people_served": words.number(row.get("people_served"), 0, " 人"),
        "capex": words.money(row.get("capex_cny")),
        "npv": _npv(row),
        "next_step": words.told(row, "next_step"),
        "reasons": _reasons(row, weights),
        "missing": words.missing(row.get("missing")),
        "source": words.both("示例数据", "Sample data, invented") if sample or is_sample else words.NOTHING,
    }


def score(value: object) -> str:
    """Return a score with three decimals, as the table of an export shows it."""
    return words.number(value, 3)


def standing(row: Mapping[str, Any]) -> str:
    """Return the rank with its band of the 10th to 90th percentile."""
    low, high = words.number(row.get("rank_p10")), words.number(row.get("rank_p90"))
    shown = f"第{int(row['rank'])}名"
    return shown if words.NOTHING in (low, high) else f"{shown} ({low}–{high})"


def _yield(row: Mapping[str, Any]) -> str:
    stalls, chargers = row.get("stalls"), row.get("chargers")
    spread = words.band(words.number(row.get("stalls_low")), words.number(row.get("stalls_high")))
    parts = [
        f"{words.number(stalls, 0, ' 个泊位')} {spread}".strip() if not words.is_null(stalls) and stalls else "",
        words.number(chargers, 0, " 个充电桩(口)") if not words.is_null(chargers) and chargers else "",
        words.number(row.get("area_m2"), 0, " m²") if not words.is_null(row.get("area_m2")) else "",
    ]
    return " · ".join(part for part in parts if part) or words.NOTHING


def _npv(row: Mapping[str, Any]) -> str:
    spread = words.band(words.money(row.get("npv_low_cny")), words.money(row.get("npv_high_cny")))
    years = words.number(row.get("payback_years"), 1)
    known = "" if years == words.NOTHING else f"<br>回收期 {years} 年"
    remark = "" if words.is_null(row.get("account_note")) else f"<br>{words.told(row, 'account_note')}"
    return f"{words.money(row.get('npv_cny'))} {spread}".strip() + known + remark


def _reasons(row: Mapping[str, Any], weights: Mapping[str, tuple[str, float]]) -> str:
    """Return the three criteria that give most of the score: weight times value, as the ranking adds them."""
    given = {
        zh + ("(缺数据,取 0.5)" if words.is_null(row.get(f"x_{key}")) else ""): weight * float(row[f"v_{key}"])
        for key, (zh, weight) in weights.items()
        if not words.is_null(row.get(f"v_{key}"))
    }
    best = sorted(given.items(), key=lambda item: -item[1])[:3]
    return " · ".join(f"{words.esc(zh)} {part:.3f}" for zh, part in best) or words.NOTHING


def _footprints(geometry: np.ndarray[Any, np.dtype[np.object_]]) -> list[dict[str, Any]]:
    shapes = geometry[shapely.get_dimensions(geometry) >= 1]
    slim = rounded(shapely.simplify(shapes, FOOTPRINT_TOLERANCE_M / METRES_PER_DEGREE))
    slim = slim[shapely.get_num_coordinates(slim) <= FOOTPRINT_VERTICES]
    return [{"type": "Feature", "properties": {}, "geometry": as_geojson(shape)} for shape in slim]
