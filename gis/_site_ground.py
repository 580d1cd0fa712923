"""What sites are chosen from and for whom: assets that may take the action, communities that lack, walks between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gis import charging, parking
from gis._notes import Note
from gis._site_terms import Reached
from gis.network import has_place
from layers.errors import AnalysisError, NotFoundError, UsageError

if TYPE_CHECKING:
    import geopandas as gpd

    from gis._graph import Floats, Ints
    from gis.model import Model
    from gis.network import Reach
    from gis.site_choice import Wish

ELDERLY_EXTRA = "site.elderly_extra"
FARTHEST = "circle.15min.radius"
"""Where least walking is asked for, a walk of 15 minutes is the longest that counts."""


class Good(NamedTuple):
    """What an action brings: the column of ``need`` that lacks it, that of ``opportunity``, how far people walk."""

    gap: str
    room: str
    radius: str
    zh: str
    en: str


STALLS = Good("night_gap_stalls", "stalls", parking.RADIUS, "夜间泊位", "stalls at night")
PILES = Good("charger_gap_piles", "chargers", charging.CAR_RADIUS, "充电桩", "car piles")
PORTS = Good("ebike_gap_ports", "chargers", charging.EBIKE_RADIUS, "电动自行车充电口", "e-bike ports")
GOODS = {"surface_parking": STALLS, "mechanical_parking": STALLS, "charging": PILES, "ebike_charging": PORTS}

LEFT_OUT = {
    "wished": Note("按要求不选", "left out on wish"),
    "unclear": Note("许可待核实（要一并考虑请加 --with-unclear）", "permission unclear (--with-unclear takes them in)"),
    "forbidden": Note("禁止", "forbidden"),
    "no_place": Note("待落图", "not yet placed"),
    "no_room": Note("估算提供数为零或不明", "no stalls, piles or ports, or their number is unknown"),
    "no_cost": Note(
        "投资不明，无法放进预算（补齐数量或单价后重新分析）",
        "investment unknown, so it fits no budget (complete numbers or prices and analyse again)",
    ),
}


@dataclass(frozen=True)
class SiteGround:
    """Rows to choose from.

    Parameters
    ----------
    good
        What is to be provided.
    candidates
        Opportunities that may be chosen, one row for each asset and action.
    needs
        Communities that lack it, by ``asset_id``.
    reached, walk_m
        Which community (row of ``needs``) reaches which candidate (row), and the walk.
    gap, people, weight
        Of each community: what it lacks, its people, and what one of either counts.
    radius_m
        How far people walk.
    left_out
        How many opportunities each reason of :data:`LEFT_OUT` leaves out.
    unknown_count
        Communities of which nobody knows what they lack, or without a place.
    """

    good: Good
    candidates: gpd.GeoDataFrame
    needs: gpd.GeoDataFrame
    reached: Reached
    walk_m: Floats
    gap: Floats
    people: Floats
    weight: Floats
    radius_m: float
    left_out: dict[str, int]
    unknown_count: int

    @property
    def room(self) -> Floats:
        """Stalls, piles or ports of each candidate."""
        return np.asarray(self.candidates[self.good.room], dtype=np.float64)

    @property
    def cost_cny(self) -> Floats:
        """Investment of each candidate."""
        return np.asarray(self.candidates["capex_cny"], dtype=np.float64)

    @property
    def asset(self) -> Ints:
        """A number for each asset: of its actions one may be chosen."""
        return np.unique(self.candidates["asset_id"].astype(str), return_inverse=True)[1].astype(np.int64)

    def amount(self, by: str) -> Floats:
        """Return the ``people`` or the ``gap`` of each community, weighted."""
        return (self.people if by == "people" else self.gap) * self.weight

    def walks_m(self) -> Floats:
        """Return the walk of every community to every candidate, ``(needs, candidates)``: the radius where farther."""
        table = np.full((len(self.needs), len(self.candidates)), self.radius_m)
        table[self.reached.need, self.reached.site] = np.minimum(self.walk_m, self.radius_m)
        return table


def site_ground(
    opportunities: gpd.GeoDataFrame, need: gpd.GeoDataFrame, reach: Reach, model: Model, wish: Wish
) -> SiteGround:
    """Return what may be chosen and who needs it.

    Raises
    ------
    UsageError
        If the actions do not provide one thing.
    NotFoundError
        If an asset that was named is no candidate.
    AnalysisError
        If there is no candidate, nobody lacks anything, or nobody reaches any candidate.
    """
    good = _good(wish.actions)
    candidates, left_out = _candidates(opportunities, good, wish)
    needs, unknown = _needs(need, good, wish)
    far = wish.mode == "nearest"
    radius_m = model.value(FARTHEST if far else good.radius)
    places = candidates.drop_duplicates("asset_id").set_index("asset_id").geometry
    pairs = reach.pairs(needs.geometry, places, radius_m)
    if pairs.empty:
        raise AnalysisError(
            f"nobody who lacks {good.en} reaches a candidate within {radius_m:g} m on foot",
            f"缺{good.zh}的小区步行{radius_m:g}米内到不了任何候选资产",
            hint="take in more candidates (--with-unclear, other actions), or look whether streets are missing",
            hint_zh="请放宽候选范围（--with-unclear、其他动作），或检查路网是否缺失",
        )
    rows = pd.DataFrame({"site": candidates["asset_id"].to_numpy(object), "row": np.arange(len(candidates))})
    pairs = pairs.merge(rows, on="site", how="inner").sort_values(["row", "origin"], kind="stable", ignore_index=True)
    reached = Reached(needs.index.get_indexer(pd.Index(pairs["origin"])).astype(np.int64), pairs["row"].to_numpy())
    people = needs["people"].astype("float64").fillna(0.0).to_numpy()
    return SiteGround(
        good=good,
        candidates=candidates,
        needs=needs,
        reached=reached,
        walk_m=pairs["distance_m"].to_numpy(dtype=np.float64),
        gap=needs[good.gap].to_numpy(dtype=np.float64),
        people=people,
        weight=_weight(needs, people, model) if wish.elderly_first else np.ones(len(needs)),
        radius_m=radius_m,
        left_out=left_out,
        unknown_count=unknown,
    )


def _good(actions: tuple[str, ...]) -> Good:
    unknown = [action for action in actions if action not in GOODS]
    if unknown or not actions:
        raise UsageError(
            f"{', '.join(unknown) or 'no action'} is nothing that sites are chosen for",
            f"{'、'.join(unknown) or '未给动作'}不在可选址的动作之列",
            hint=f"choose from {', '.join(GOODS)}",
            hint_zh=f"可选：{'、'.join(GOODS)}",
        )
    goods = list(dict.fromkeys(GOODS[action] for action in actions))
    if len(goods) > 1:
        raise UsageError(
            f"{', '.join(actions)} close different gaps ({', '.join(good.en for good in goods)})",
            f"{'、'.join(actions)}补的是不同缺口（{'、'.join(good.zh for good in goods)}）",
            hint="choose for one of them at a time; surface_parking and mechanical_parking go together",
            hint_zh="请分开选址；surface_parking 与 mechanical_parking 可以一起",
        )
    return goods[0]


def _candidates(opportunities: gpd.GeoDataFrame, good: Good, wish: Wish) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """Return what may be chosen, by asset, cost and action, and how many of the rest each reason leaves out."""
    found = opportunities[opportunities["action"].isin(wish.actions)]
    _check_named(found, wish)
    if wish.subdistrict is not None:
        found = found[(found["subdistrict_code"] == wish.subdistrict).fillna(value=False).astype(bool)]
    decided = found["asset_id"].isin(wish.decided).to_numpy(dtype=bool)
    room, cost = (found[name].astype("float64") for name in (good.room, "capex_cny"))
    permission = found["permission"].astype(object)
    faults = {
        "wished": found["asset_id"].isin(wish.left_out),
        "forbidden": permission == "forbidden",
        "unclear": ~permission.isin(["allowed", "approval"]) & (not wish.with_unclear) & ~decided,
        "no_place": ~has_place(found.geometry),
        "no_room": ~(room > 0),
        "no_cost": cost.isna() & ~decided,
    }
    why = np.select([np.asarray(fault, dtype=bool) for fault in faults.values()], list(faults), "")
    left_out = {reason: int((why == reason).sum()) for reason in faults if (why == reason).any()}
    kept = found[why == ""]
    if kept.empty:
        raise AnalysisError(
            f"there is no candidate for {', '.join(wish.actions)}{_counted(left_out, 1)}",
            f"没有可选的{'、'.join(wish.actions)}候选资产{_counted(left_out, 0)}",
            hint="analyse again with more ledgers, or take in what is unclear (--with-unclear)",
            hint_zh="请补充台账后重新分析，或加 --with-unclear",
        )
    kept = kept.assign(capex_cny=kept["capex_cny"].astype("float64").fillna(0.0))
    kept = kept.sort_values(["asset_id", "capex_cny", "action"], kind="stable", ignore_index=True)
    if wish.mode != "serve":  # who reaches it is the same for every action of an asset: the cheapest is never worse
        kept = kept.drop_duplicates("asset_id", ignore_index=True)
    return kept, left_out


def _check_named(found: gpd.GeoDataFrame, wish: Wish) -> None:
    strange = sorted(set(wish.decided + wish.left_out) - set(found["asset_id"]))
    if strange:
        raise NotFoundError(
            f"{strange[0]} is no asset with an opportunity for {', '.join(wish.actions)}",
            f"{strange[0]} 不是{'、'.join(wish.actions)}的候选资产",
            hint="see asset_id in the run's opportunities (`panhuo export DIR opportunity --out FILE.csv`)",
            hint_zh="编号见结果表 opportunity 的 asset_id（panhuo export DIR opportunity --out 文件.csv）",
        )
    if both := sorted(set(wish.decided) & set(wish.left_out)):
        raise UsageError(f"{both[0]} is both decided and left out", f"{both[0]} 既已定又不选")


def _counted(left_out: dict[str, int], place: int) -> str:
    """Return in brackets how many were left out for what reason; 0 Chinese, 1 English."""
    told = [(f"{LEFT_OUT[why][0]}{count}处", f"{count} {LEFT_OUT[why][1]}")[place] for why, count in left_out.items()]
    return (f"（{'，'.join(told)}）", f" ({', '.join(told)})")[place] if told else ""


def _needs(need: gpd.GeoDataFrame, good: Good, wish: Wish) -> tuple[gpd.GeoDataFrame, int]:
    """Return the communities that lack something, by id, and of how many nobody knows it or where they are."""
    asked = need
    if wish.subdistrict is not None:
        asked = asked[(asked["subdistrict_code"] == wish.subdistrict).fillna(value=False).astype(bool)]
    gap = asked[good.gap].astype("float64")
    is_known = gap.notna() & has_place(asked.geometry)
    lacking = asked[(is_known & (gap > 0)).to_numpy(dtype=bool)]
    if lacking.empty:
        raise AnalysisError(
            f"no community is known to lack {good.en}: of {len(asked)}, {int(is_known.sum())} have a known gap",
            f"没有已知缺{good.zh}的小区：{len(asked)}个小区中{int(is_known.sum())}个缺口已知",
            hint="nothing needs to be chosen here; look at the layer `need`",
            hint_zh="此处无须选址；可看结果表 need",
        )
    lacking = lacking.set_index(pd.Index(lacking["asset_id"].astype(object)), drop=False).sort_index()
    return lacking.rename_axis(index=None), int((~is_known).sum())


def _weight(needs: gpd.GeoDataFrame, people: Floats, model: Model) -> Floats:
    """Return 1 + extra x elderly share of each community; where it is unknown, the mean of the known (by people)."""
    share = needs["elderly_share"].astype("float64").to_numpy()
    known = ~np.isnan(share)
    counts = np.maximum(people, 1.0)
    mean = float(np.average(share[known], weights=counts[known])) if known.any() else 0.0
    return 1.0 + model.value(ELDERLY_EXTRA) * np.where(known, share, mean)
