"""Wishes for a walk that make no sense or cannot be had, each with a word to who made them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from layers.errors import AnalysisError, UsageError
from layers.kinds._walks import WALK_THEMES

if TYPE_CHECKING:
    from gis._notes import Note
    from gis.route import Wishes

DAY_MINUTES = 24 * 60.0


def check_wishes(wishes: Wishes) -> None:
    """Raise if the wishes contradict themselves.

    Raises
    ------
    UsageError
        Naming the wish and what would do.
    """
    if not (math.isfinite(wishes.minutes) and 0 < wishes.minutes <= DAY_MINUTES):
        raise UsageError(
            f"a walk of {wishes.minutes / 60:g} hours cannot be planned",
            f"不能安排{wishes.minutes / 60:g}小时的线路",
            hint="give more than 0 and at most 24 hours",
            hint_zh="时间须大于0小时、不超过24小时",
        )
    if not 0 <= wishes.depart_minutes < DAY_MINUTES:
        raise UsageError("a walk starts between 00:00 and 23:59", "出发时刻须在00:00到23:59之间")
    for code in wishes.themes:
        if code not in WALK_THEMES:
            raise UsageError(
                f"there is no theme {code!r}",
                f"没有主题 {code!r}",
                hint=f"choose from {', '.join(WALK_THEMES)}",
                hint_zh=f"可选 {'、'.join(f'{code} {zh}' for code, (zh, _) in WALK_THEMES.items())}",
            )
    both = sorted(set(wishes.must) & set(wishes.avoid))
    if both:
        raise UsageError(
            f"{both[0]} is both to be seen and to be avoided",
            f"{both[0]} 既要看又要避开",
            hint="leave one of the two out",
            hint_zh="请去掉其中一个",
        )
    if wishes.is_round and wishes.start is None:
        raise UsageError(
            "a round walk needs a start",
            "环线须指明起点",
            hint="give --start",
            hint_zh="请加 --start",
        )
    if wishes.is_round and wishes.end not in (None, wishes.start):
        raise UsageError(
            "a round walk ends where it starts, not elsewhere",
            "环线回到起点，不能另有终点",
            hint="leave the end or --round out",
            hint_zh="请去掉终点或 --round",
        )


def nothing_to_see(wishes: Wishes) -> AnalysisError:
    """Return that no heritage site is left to choose from."""
    where = f" in sub-district {wishes.subdistrict}" if wishes.subdistrict else ""
    where_zh = f"镇街 {wishes.subdistrict} 内" if wishes.subdistrict else ""
    theme = "".join(f" of the theme {code}" for code in wishes.themes)
    theme_zh = "、".join(WALK_THEMES[code][0] for code in wishes.themes)
    return AnalysisError(
        f"there is no heritage site{theme}{where} that a walk may lead to",
        f"{where_zh}没有可安排的{f'“{theme_zh}”' if theme_zh else ''}历史文化资源",
        layer="heritage",
        hint="import the layer heritage with places and run `panhuo analyze`, or wish for less",
        hint_zh="请先导入带位置的 heritage（历史文化资源）并重新分析，或放宽条件",
    )


def no_way(wishes: Wishes) -> AnalysisError:
    """Return that the end is out of reach from the start: no way, or too long a one."""
    return AnalysisError(
        f"no way of {wishes.minutes:g} minutes or less leads from the start to the end",
        f"{wishes.minutes:g}分钟内从起点走不到终点（没有步行路或太远）",
        hint="allow more time, choose another start or end, or look whether streets are missing there",
        hint_zh="请延长时间、换起点或终点，或检查该处路网是否缺失",
    )


def nothing_near(wishes: Wishes) -> AnalysisError:
    """Return that no sight can be walked to and seen within the time."""
    return AnalysisError(
        f"no sight can be reached and seen within {wishes.minutes:g} minutes",
        f"{wishes.minutes:g}分钟内没有走得到、看得完的点位",
        hint="allow more time, start elsewhere, or look whether streets are missing there",
        hint_zh="请延长时间、换起点，或检查该处路网是否缺失",
    )


def never_seen(site: pd.Series, why: Note) -> AnalysisError:
    """Return that no walk leads to a site that must be seen."""
    return AnalysisError(
        f"{_named(site)} cannot be part of a walk: {why.en}",
        f"{_named(site)} 不能列入线路：{why.zh}",
        layer="heritage",
        hint="leave it out of what must be seen",
        hint_zh="请从必看中去掉",
    )


def cannot_reach(site: pd.Series, minutes: float, wishes: Wishes) -> AnalysisError:
    """Return that a site that must be seen is out of reach: no way, or too long a one."""
    if not math.isfinite(minutes):
        return AnalysisError(
            f"{_named(site)} must be seen, but no way of {wishes.minutes:g} minutes or less leads there",
            f"必看点位 {_named(site)} 在{wishes.minutes:g}分钟内走不到（没有步行路或太远）",
            layer="heritage",
            hint="start elsewhere, allow more time, or look whether streets are missing there",
            hint_zh="请换起点、延长时间，或检查该处路网是否缺失",
        )
    return AnalysisError(
        f"{_named(site)} must be seen, but to see it alone takes {minutes:.0f} minutes of {wishes.minutes:g}",
        f"必看点位 {_named(site)} 单独去看就需{minutes:.0f}分钟，超过{wishes.minutes:g}分钟",
        layer="heritage",
        hint="allow more time, or start nearer",
        hint_zh="请延长时间，或换近一些的起点",
    )


def not_all(wishes: Wishes) -> AnalysisError:
    """Return that what must be seen does not fit into one walk."""
    return AnalysisError(
        f"no walk of {wishes.minutes:g} minutes was found that sees all of {', '.join(wishes.must)}",
        f"未找到在{wishes.minutes:g}分钟内看完全部必看点位（{'、'.join(wishes.must)}）的线路",
        layer="heritage",
        hint="allow more time, start elsewhere, or let go of a must-see",
        hint_zh="请延长时间、换起点，或减少必看点位",
    )


def _named(site: pd.Series) -> str:
    return f"{site['name']} ({site['asset_id']})" if pd.notna(site["name"]) else str(site["asset_id"])
