"""Walks of most value within a time budget: which sights to see, in which order, none twice (the orienteering problem).

It knows nothing of streets: what a walk between two sights takes comes as a matrix. What comes out is checked against
that matrix by :func:`arrivals`, which shares nothing with the search.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from layers.errors import AnalysisError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis._graph import Floats
    from gis._tour_search import Found
    from gis._tour_search import Sights as Searched

ROUNDS = 20_000
"""Rounds of search: a second or two for a hundred sights."""

ROUNDS_AT_ONCE = 100
"""Rounds between two looks at the clock, at one heat."""

HEAT = (0.3, 0.02)
"""The annealing's first and last heat, in values of a sight (their mean)."""

NEIGHBOURS = 25

TIE_MINUTES = 1e-6


@dataclass(frozen=True)
class Sights:
    """What may be seen, and what it takes.

    Parameters
    ----------
    travel_minutes
        ``(n, n)``: from each place to each, the same there and back; infinite where there is no way.
    value
        ``(n,)``: what seeing each is worth, not negative.
    stay_minutes
        ``(n,)``: how long each is looked at.
    limit_minutes
        The whole walk: ways, stays and waiting.
    start, end
        Rows where the walk starts and ends, the same for a round walk; ``None`` for wherever is best.
    must
        Rows to be seen.
    open_minutes, close_minutes
        ``(n,)``: a stay may begin at the earliest and has ended at the latest, in minutes since the walk started.
    """

    travel_minutes: Floats
    value: Floats
    stay_minutes: Floats
    limit_minutes: float
    start: int | None = None
    end: int | None = None
    must: Sequence[int] = ()
    open_minutes: Floats | None = None
    close_minutes: Floats | None = None


@dataclass(frozen=True)
class Tour:
    """A walk.

    Parameters
    ----------
    rows
        Sights in order, with the start and the end where these are given (a round walk ends with its start).
    value
        Of all that is seen.
    minutes
        That the walk takes.
    is_proven
        Whether no walk is worth more: with twelve sights to choose from, or fewer, all are tried.
    """

    rows: tuple[int, ...]
    value: float
    minutes: float
    is_proven: bool = False


def best_tour(
    sights: Sights,
    *,
    seed: int,
    rounds: int = ROUNDS,
    spent: Callable[[], float] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Tour:
    """Return the best walk found; the same for the same seed and rounds as long as no clock stops it.

    Parameters
    ----------
    sights
        The sights.
    seed
        Of the search.
    rounds
        It ends after so many.
    spent
        Tells which share of the time for it is over, and ends it sooner at 1.
    progress
        Is told the share done. A ``KeyboardInterrupt`` ends the search with the best walk so far.

    Raises
    ------
    AnalysisError
        If the numbers make no sense, or the start, the end and what must be seen cannot be had within the limit.
    """
    check(sights)
    from gis import _tour_exact  # noqa: PLC0415  (loads numba, which most commands can do without)

    ground, nothing = _prepared(sights)
    if int((ground.value > 0).sum()) <= _tour_exact.MOST_SIGHTS:
        return _tour(sights, _tour_exact.exact(ground, float(sights.limit_minutes)), is_proven=True)

    def tell(done: float) -> None:
        if progress is not None:
            progress(min(done, 1.0))

    return _tour(sights, _searched(ground, nothing, (float(sights.limit_minutes), seed, rounds), spent or _never, tell))


def _never() -> float:
    return 0.0


def _searched(
    ground: Searched,
    best: Found,
    settings: tuple[float, int, int],
    spent: Callable[[], float],
    tell: Callable[[float], None],
) -> Found:
    """Return the best walk of all rounds; ``settings`` are the limit, the seed and the rounds."""
    from gis._tour_search import search  # noqa: PLC0415  (loads numba, which most commands can do without)

    limit, seed, rounds = settings
    now, worth, rng, each = best, _worth(ground, best), np.random.default_rng(seed), 1.0 / (ground.value > 0).sum()
    done, turn = 0.0, 0
    try:
        while done < 1.0:
            heat = float(each * HEAT[0] * (HEAT[1] / HEAT[0]) ** done)
            found, now = search(ground, limit, now, (min(ROUNDS_AT_ONCE, rounds), heat, rng))
            if _worth(ground, found) > worth:
                best, worth = found, _worth(ground, found)
            turn += ROUNDS_AT_ONCE
            done = max(turn / rounds, spent())
            tell(done)
    except KeyboardInterrupt:
        return best
    return best


def arrivals(sights: Sights, rows: Sequence[int]) -> list[float]:
    """Return the minute at which each stay of a walk begins, in order; waiting for an opening included.

    Parameters
    ----------
    sights
        The sights.
    rows
        As :attr:`Tour.rows`: a round walk names its start twice and stays there once.
    """
    clock, before, begins = 0.0, None, []
    for number, row in enumerate(rows):
        if before is not None:
            clock += float(sights.travel_minutes[before, row])
        is_back = number > 0 and row == rows[0]
        if sights.open_minutes is not None and not is_back:
            clock = max(clock, float(sights.open_minutes[row]))
        begins.append(clock)
        clock += 0.0 if is_back else float(sights.stay_minutes[row])
        before = row
    return begins


def check(sights: Sights) -> None:
    """Raise if the numbers make no sense.

    Raises
    ------
    AnalysisError
        Naming the table and what is wrong with it.
    """
    count, travel = len(sights.value), np.asarray(sights.travel_minutes, dtype=np.float64)
    if travel.shape != (count, count) or len(sights.stay_minutes) != count:
        raise AnalysisError(
            f"{count} sights need {count} stays and {count} x {count} ways, not {len(sights.stay_minutes)} and "
            f"{' x '.join(map(str, travel.shape))}",
            f"{count}个点位需要{count}个停留时间和{count}×{count}的步行时间表",
        )
    if np.isnan(travel).any() or (travel < 0).any() or not np.array_equal(travel, travel.T):
        raise AnalysisError(
            "the walking times hold a number below 0, an empty cell, or differ there and back",
            "步行时间表含负数、空值或往返不一致",
        )
    for name, name_zh, column in (("value", "价值", sights.value), ("stay", "停留时间", sights.stay_minutes)):
        if not np.isfinite(column).all() or (np.asarray(column) < 0).any():
            raise AnalysisError(f"a {name} is below 0 or no number", f"{name_zh}有负数或空值")
    if not (math.isfinite(sights.limit_minutes) and sights.limit_minutes > 0):
        raise AnalysisError("the time for a walk must be above 0 minutes", "步行总时间必须大于0分钟")


def _prepared(sights: Sights) -> tuple[Searched, Found]:
    """Return the sights as the search wants them, and the walk that sees none but its start and its end.

    Two posts are added, where the walk starts and ends. Half of each stay is laid on the ways to and from it: no walk
    is longer or shorter for it, and the matrix stays the same there and back.
    """
    from gis._tour_moves import Ground  # noqa: PLC0415  (loads numba, which most commands can do without)
    from gis._tour_search import Found  # noqa: PLC0415
    from gis._tour_search import Sights as Searched  # noqa: PLC0415

    count, limit = len(sights.value), float(sights.limit_minutes)
    ends = [row for row in (sights.start, sights.end) if row is not None]
    value = np.r_[np.asarray(sights.value, dtype=np.float64), 0.0, 0.0]
    value[[row for row in sights.must if row not in ends]] += value.sum() + 1.0
    value[ends] = 0.0  # seen in any case
    cost = _ways(sights)
    if cost[count, count + 1] > limit + TIE_MINUTES:
        raise _too_far(cost[count, count + 1], limit)
    cost[~np.isfinite(cost)] = 10.0 * limit + 1.0
    np.fill_diagonal(cost, np.inf)
    near = np.ascontiguousarray(np.argsort(cost, axis=1, kind="stable")[:, : min(NEIGHBOURS, count + 1)])
    np.fill_diagonal(cost, 0.0)
    early, late = _hours(sights)
    return Searched(Ground(cost, near), value, early, late), Found(np.array([count, count + 1], dtype=np.int64), 2)


def _ways(sights: Sights) -> Floats:
    """Return the ways between all sights and the two posts, stays laid on them."""
    count, half = len(sights.value), np.asarray(sights.stay_minutes, dtype=np.float64) / 2
    cost = np.zeros((count + 2, count + 2))
    cost[:count, :count] = sights.travel_minutes + half[:, None] + half[None, :]
    is_round = sights.start is not None and sights.start == sights.end
    for post, row in ((count, sights.start), (count + 1, sights.end)):
        cost[post, :count] = half
        if row is not None:
            cost[post, :count] += sights.travel_minutes[row]
            cost[post, :count] += 0.0 if is_round and post > count else 2 * half[row]
            cost[post, :count] += _opening(sights, row) if post == count else 0.0
        cost[:count, post] = cost[post, :count]
    if sights.start is not None and sights.end is not None:
        between = 0.0 if is_round else sights.travel_minutes[sights.start, sights.end] + 2 * half[sights.end]
        between += 2 * half[sights.start] + _opening(sights, sights.start)
    else:
        between = sum(2 * half[row] for row in (sights.start, sights.end) if row is not None)
    cost[count, count + 1] = cost[count + 1, count] = between
    return cost


def _opening(sights: Sights, row: int) -> float:
    """Return how long one waits at a place that the walk starts at."""
    return 0.0 if sights.open_minutes is None else max(0.0, float(sights.open_minutes[row]))


def _hours(sights: Sights) -> tuple[Floats, Floats]:
    """Return the earliest and latest time to stand at the middle of each stay, the posts included."""
    count, half = len(sights.value), np.asarray(sights.stay_minutes, dtype=np.float64) / 2
    early, late = np.zeros(count + 2), np.full(count + 2, np.inf)
    if sights.open_minutes is not None:
        early[:count] = np.maximum(sights.open_minutes, 0.0) + half
    if sights.close_minutes is not None:
        late[:count] = sights.close_minutes - half
    if sights.end is not None and sights.end != sights.start:
        early[-1], late[-1] = early[sights.end] + half[sights.end], late[sights.end] + half[sights.end]
    return early, late


def _worth(sights: Searched, found: Found) -> float:
    """Return the value of a walk, less a trifle for its length: of two of one value the shorter is better."""
    nodes = found.nodes[: found.size]
    length, whole = sights.ground.cost[nodes[:-1], nodes[1:]].sum(), sights.ground.cost.max() * len(sights.value)
    return float(sights.value[nodes].sum() - 1e-9 * sights.value.sum() * length / max(whole, 1e-9))


def _tour(sights: Sights, found: Found, *, is_proven: bool = False) -> Tour:
    rows = [int(row) for row in found.nodes[1 : found.size - 1]]
    rows = [*([] if sights.start is None else [sights.start]), *rows, *([] if sights.end is None else [sights.end])]
    missing = [row for row in sights.must if row not in rows]
    if missing:
        raise AnalysisError(
            f"no walk of {sights.limit_minutes:g} minutes was found that sees all that must be seen",
            f"未找到在{sights.limit_minutes:g}分钟内看完全部必看点位的线路",
            record=missing[0],
            hint="allow more time, start elsewhere, or let go of a must-see",
            hint_zh="请延长时间、换起点，或减少必看点位",
        )
    begins = arrivals(sights, rows)
    is_round = len(rows) > 1 and rows[0] == rows[-1]
    minutes = begins[-1] + (0.0 if is_round or not rows else float(sights.stay_minutes[rows[-1]])) if rows else 0.0
    return Tour(tuple(rows), float(np.asarray(sights.value)[list(dict.fromkeys(rows))].sum()), minutes, is_proven)


def _too_far(minutes: float, limit: float) -> AnalysisError:
    if not math.isfinite(minutes):
        return AnalysisError(
            "no way leads from the start to the end of the walk",
            "起点与终点之间没有步行路",
            hint="choose another start or end, or look whether streets are missing there",
            hint_zh="请换起点或终点，或检查该处路网是否缺失",
        )
    return AnalysisError(
        f"the way from the start to the end alone takes {minutes:.0f} minutes, the walk may take {limit:g}",
        f"仅从起点到终点就需{minutes:.0f}分钟，超过总时间{limit:g}分钟",
        hint="allow more time or choose another start or end",
        hint_zh="请延长时间，或换起点、终点",
    )
