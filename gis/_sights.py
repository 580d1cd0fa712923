"""Which heritage sites a walk may lead to, what each is worth to those who walk, and of which themes it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._notes import Note
from gis._stories import is_red
from gis._visits import OUTSIDE
from gis.network import has_place
from layers.errors import AnalysisError
from layers.kinds._walks import WALK_THEMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from gis.model import Model

UNKNOWN = 0.5
"""What a part of the value counts that nobody knows: the middle of 0 to 1, as in the ranking."""

HARD = {
    "unplaced": Note("待落图，位置不明", "no place yet"),
    "approximate": Note("只有近似位置", "an approximate place only"),
    "danger": Note("D级危房（整幢危险），不带人前往", "grade D, dangerous as a whole: nobody is led there"),
    "military": Note("属军队", "the military's"),
}
"""Why no walk leads to a site, whoever asks for it."""

THEME_WORDS = {
    "lingnan": "岭南|广府|西关|lingnan",
    "residence": "故居|旧居|residence",
    "food": "美食|饮食|餐饮|老字号|food",
}
"""Words in a site's column of themes; a site is red by the official list alone."""
RESIDENCE_NAMES = "故居|旧居"
LINGNAN_TYPES = ("hall_school", "residential_commercial", "garden_monument")
LINGNAN_ERAS = "明|清|民国|宋|元"
LINGNAN_UNTIL = 1949
STAND_IN = Note(
    "“文化主题”未标明处，岭南建筑按建筑类型（祠堂书院、民居商铺、园林牌楼等）和年代（1949年前）推定，为假设",
    "Where the column 文化主题 does not tell, Lingnan architecture is taken by type of building (halls, houses, "
    "gardens and gates) and era (before 1949), an ASSUMPTION",
)


def hard_reasons(sites: gpd.GeoDataFrame) -> pd.Series:
    """Return why no walk leads to each site, as a code of :data:`HARD`; null where one may."""
    told = {
        "military": (sites["ownership"] == "military").fillna(value=False),
        "danger": (sites["danger_grade"] == "D").fillna(value=False),
        "approximate": (sites["position"] == "approximate").fillna(value=False),
        "unplaced": ~has_place(sites.geometry),
    }
    reason = pd.Series(None, index=sites.index, dtype=object)
    for code, where in told.items():
        reason = reason.mask(np.asarray(where, dtype=bool), code)
    return reason


def themes_of(sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return which themes (:data:`layers.kinds._walks.WALK_THEMES`) each site is of, a column of booleans each.

    ``red`` is the official list with its document number, never a word. The others stand in the column
    ``culture_theme``; a former residence is known by its registered name as well, and Lingnan architecture
    by type and era (:data:`STAND_IN`). Nothing but that column tells of food.
    """
    told = sites["culture_theme"].astype(object).fillna("").astype(str).str.lower()
    found = {code: told.str.contains(words) for code, words in THEME_WORDS.items()}
    found["red"] = is_red(sites)
    name, era = (sites[column].astype(object).fillna("").astype(str) for column in ("name", "era"))
    found["residence"] |= name.str.contains(RESIDENCE_NAMES)
    is_old = era.str.contains(LINGNAN_ERAS) | (sites["built_year"] < LINGNAN_UNTIL).fillna(value=False).astype(bool)
    found["lingnan"] |= is_old & sites["building_type"].isin(LINGNAN_TYPES).astype(bool)
    return pd.DataFrame({code: found[code].astype(bool) for code in WALK_THEMES}, index=sites.index)


def of_themes(sites: gpd.GeoDataFrame, asked: Sequence[str]) -> pd.Series:
    """Return which sites are of one of the themes asked for.

    Raises
    ------
    AnalysisError
        If no site is told to be of one of them.
    """
    told = themes_of(sites)[list(asked)]
    for code in asked:
        if not told[code].any():
            zh, en = WALK_THEMES[code]
            is_list = code == "red"
            raise AnalysisError(
                f"no heritage site is told to be of the theme {code} ({en})",
                f"历史文化资源里没有一处标明属于“{zh}”主题（{code}）",
                layer="heritage",
                field="is_red_listed, red_list_document" if is_list else "culture_theme",
                hint="fill in the list and the number of its document" if is_list else "fill in the column 文化主题",
                hint_zh="请填写“红色资源名录”和“红色资源名录文号”" if is_list else "请在台账“文化主题”一栏填写",
            )
    return told.any(axis=1)


def values(sites: gpd.GeoDataFrame, visit: pd.Series, opportunities: pd.DataFrame, model: Model) -> pd.Series:
    """Return what seeing each site is worth, 0 to 1: one weighted sum, its weights ``route.weight.…`` of the model.

    ``legal_level x level of its class + story x (1 if told) + activation x its best activation potential``; of a class
    or a potential that nobody knows the middle. Seen from outside, it is worth ``route.outside_share`` of that.
    """
    own = opportunities[opportunities["asset_kind"] == "heritage"]
    potential = own.groupby("asset_id")["activation"].max().reindex(sites.index).astype(float)
    parts = {
        "legal_level": sites["heritage_class"].astype(object).map(model.levels).astype(float).fillna(UNKNOWN),
        "story": (sites["story"].fillna("").str.strip() != "").astype(float),
        "activation": potential.fillna(UNKNOWN),
    }
    worth = sum(model.value(f"route.weight.{name}") * part.to_numpy(dtype=float) for name, part in parts.items())
    share = np.where(visit == OUTSIDE, model.value("route.outside_share"), 1.0)
    return pd.Series(worth * share, index=sites.index, name="value")
