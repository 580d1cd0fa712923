"""Why a site stands where it stands: what would lift it, which weight would swap it, which data would move it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._notes import SEPARATORS, Note, texts_of
from gis._standing import RESOLUTION, Standing
from gis._units import column
from gis.criteria import PERMISSION_STEP
from gis.ranking import TOP, contributions, shared_share, ties, topsis
from layers.kinds._results import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from gis.criteria import Values
    from gis.model import Criterion

    Floats = NDArray[np.float64]

PERMISSION_CRITERIA = frozenset({"permission_ease", "reuse_permission"})
"""Criteria that go by steps, and so can only be lifted to one of them."""
LIFT_COLUMNS = ("site", "criterion", "from", "to", "value_from", "value_to", "rank_low", "rank_high")
SWAP_COLUMNS = ("site", "other", "criterion", "weight_from", "weight_to", "rises", "other_rank")
DIGITS = 3
"""Digits that a text shows of a quantity or a weight."""
HALF_TOLD_CNY = 5000.0
"""Differences of money below this are 0 in the 万元 that a text shows."""


def columns(
    values: Values, weights: Mapping[str, float], ids: pd.Series, criteria: Sequence[Criterion]
) -> pd.DataFrame:
    """Return what the ``opportunity`` layer says of each candidate beside its rank band.

    Returns
    -------
    DataFrame
        ``rank_topsis`` (rank by :func:`gis.ranking.topsis`), ``band_shared_share``, ``lift`` and ``swap`` with their
        English twins (null where there is nothing to tell).
    """
    index = values.value.index
    closeness = topsis(values.value, weights)
    told = {
        "lift": lift_notes(lifts(values, weights, ids, criteria), criteria),
        "swap": swap_notes(swaps(values.value, weights, ids), criteria),
    }
    texts = {
        f"{name}{end}": texts_of(notes, index, place)
        for name, notes in told.items()
        for place, end in enumerate(SEPARATORS)
    }
    ranks = Standing(closeness, ids).rank(np.arange(len(index)), closeness)
    return pd.DataFrame(
        {"rank_topsis": ranks, "band_shared_share": shared_share(values, weights), **texts}, index=index
    ).astype({"rank_topsis": "Int64"})


# Which of two actions stands for a site ------------------------------------------------------------------------------


def with_ties(options: pd.DataFrame) -> pd.DataFrame:
    """Return options whose ``warnings`` tell where another action of the asset has the same score, and why it gave way.

    Parameters
    ----------
    options
        Of one theme: what :func:`gis.ranking.ties` reads, ``action``, and ``warnings`` with its twin.
    """
    tied = ties(options)
    chosen, other = options.loc[tied.index], options.loc[tied]
    npv, capex = (column(chosen, name) - column(other, name) for name in ("npv_cny", "capex_cny"))
    notes = list(map(_tie_note, other["action"], npv, capex))
    told = {}
    for place, (end, separator) in enumerate(SEPARATORS.items()):
        text = options[f"warnings{end}"].astype("object").fillna("")
        before = text.loc[tied.index]
        text.loc[tied.index] = before.where(before == "", before + separator) + [note[place] for note in notes]
        told[f"warnings{end}"] = text
    return options.assign(**told)


def _tie_note(other: str, npv_more_cny: float, capex_more_cny: float) -> Note:
    """Return by what an option stands before another of the same score; a difference not known is left out."""
    zh, en = ACTIONS[other]
    why = [
        Note(
            f"{title.zh}{'多' if more > 0 else '少'}{abs(more) / 1e4:,.0f}万元",
            f"{title.en} {abs(more):,.0f} CNY {'higher' if more > 0 else 'lower'}",
        )
        for title, more in ((Note("净现值", "NPV"), npv_more_cny), (Note("投资", "investment"), capex_more_cny))
        if abs(more) >= HALF_TOLD_CNY
    ] or [Note("账目分不出高下", "the accounts do not tell them apart")]
    return Note(
        f"与“{zh}”同分（{'，'.join(part.zh for part in why)}），取此项代表这处资产",
        f'Same score as "{en}" ({", ".join(part.en for part in why)}): this one stands for the asset',
    )


# What would lift a site ---------------------------------------------------------------------------------------------


def lifts(
    values: Values, weights: Mapping[str, float], ids: pd.Series, criteria: Sequence[Criterion], *, top: int = TOP
) -> pd.DataFrame:
    """Return the smallest single change that would lift each site behind the first ``top`` among them.

    A change is one criterion that turns out better than it counts today, within its band: a missing one counts 0.5 and
    may be 1. An unclear permission may turn out as ``approval`` or ``allowed``, nothing in between. To stand at rank
    ``top`` a site lacks ``gap = score(rank top) - score``, so criterion ``k`` must gain ``gap / weight_k``; smallest is
    the change that takes the smallest part of the room its band leaves, ``gap / (weight_k (high_k - value_k))``. All
    other sites stay as they are.

    Parameters
    ----------
    values, ids
        Of the candidates.
    weights
        Weights by criterion, summing to 1.
    criteria
        The criteria of the theme, with their value functions.
    top
        Rank to be reached.

    Returns
    -------
    DataFrame
        By candidate, only those that one change lifts: ``site`` (its id), ``criterion``, ``from`` and ``to`` (raw, in
        the criterion's unit; ``from`` null where it is missing, ``to`` null where no finite number reaches it),
        ``value_from``, ``value_to``, ``rank_low`` (rank with the criterion at its best) and ``rank_high`` (rank
        with it just at ``to``).
    """
    score = contributions(values.value, weights).sum(axis=1)
    standing = Standing(score, ids)
    order, scored = standing.order(), score.to_numpy()
    weight = np.array([weights[key] for key in values.value.columns])
    held = values.value.to_numpy(dtype=float)
    ceiling, approval = _reachable(values, criteria)
    room = weight * (ceiling - held)
    behind = order[top:]
    best = standing.rank(behind, scored[behind] + room[behind].max(axis=1, initial=0.0))
    at = behind[best <= top]
    which = room[at].argmax(axis=1)

    def rank_with(value: Floats) -> NDArray[np.int64]:
        return standing.rank(at, scored[at] + weight[which] * (value - held[at, which]))

    gap = scored[order[top - 1 : top]] - scored[at] + RESOLUTION
    just = np.minimum(held[at, which] + gap / weight[which], ceiling[at, which])
    step = approval[at, which]
    is_enough = rank_with(np.fmax(step, held[at, which])) <= top
    to = np.where(np.isnan(step), just, np.where(is_enough, step, ceiling[at, which]))
    keys = values.value.columns.to_numpy(dtype=object)[which]
    table = {
        "site": ids.to_numpy(dtype=object)[at],
        "criterion": keys,
        "from": values.raw.to_numpy(dtype=float)[at, which],
        "to": _raw_of(to, keys, criteria),
        "value_from": held[at, which],
        "value_to": to,
        "rank_low": best[best <= top],
        "rank_high": rank_with(to),
    }
    return pd.DataFrame(table, index=values.value.index[at])[list(LIFT_COLUMNS)]


def _reachable(values: Values, criteria: Sequence[Criterion]) -> tuple[Floats, Floats]:
    """Return the value that each criterion may reach; and for an unclear permission that of an approval, else null."""
    ceiling = values.high.to_numpy(dtype=float).copy()
    approval = np.full(ceiling.shape, np.nan)
    for item in criteria:
        if item.key in PERMISSION_CRITERIA:
            column = values.raw.columns.get_loc(item.key)
            unclear = values.raw[item.key].to_numpy(dtype=float) == PERMISSION_STEP["unclear"]
            approval[unclear, column] = item.function(PERMISSION_STEP["approval"])
            ceiling[unclear, column] = item.function(PERMISSION_STEP["allowed"])
    return ceiling, approval


def _raw_of(value: Floats, keys: NDArray[np.object_], criteria: Sequence[Criterion]) -> Floats:
    raw = np.full(len(value), np.nan)
    for item in criteria:
        here = keys == item.key
        found = item.function.inverse(value[here])
        raw[here] = np.where(np.isfinite(found), found, np.nan)
    return raw


def lift_notes(found: pd.DataFrame, criteria: Sequence[Criterion]) -> pd.Series:
    """Return each lift in words, by candidate."""
    items = {item.key: item for item in criteria}
    rows = zip(*(found[name] for name in LIFT_COLUMNS[1:]), strict=True)
    notes = [
        _lift_note(items[key], start, to, value_to, best, worst) for key, start, to, _, value_to, best, worst in rows
    ]
    return pd.Series(notes, index=found.index, dtype="object")


def _lift_note(item: Criterion, start: float, to: float, value_to: float, best: int, worst: int) -> Note:
    span = (f"第{best}名", f"rank {best}") if best == worst else (f"第{best}–{worst}名", f"rank {best}-{worst}")
    if item.key in PERMISSION_CRITERIA and start == PERMISSION_STEP["unclear"]:
        if value_to < item.function(PERMISSION_STEP["allowed"]):
            return Note(f"若许可核实为须报批或可行，升至{span[0]}", f"With permission settled, {span[1]}")
        return Note(f"若许可核实为可行，升至{span[0]}", f"If it proved to be allowed outright, {span[1]}")
    rises = item.function.is_benefit
    missing = math.isnan(start)
    goal = Note(f"得分值达{_rounded(value_to, up=True)}", f"scoring {_rounded(value_to, up=True)}")
    if not math.isnan(to):
        number = _rounded(to, up=rises)
        goal = Note(f"不{'低' if rises else '高'}于{number}", f"{'at least' if rises else 'at most'} {number}")
    today = Note("现缺", "not known today") if missing else Note(f"现计{start:,.3g}", f"{start:,.3g} today")
    found = Note("查明", "found to be") if missing else Note("达到", "brought to")
    return Note(
        f"若“{item.zh}”{found.zh}{goal.zh}（{today.zh}），升至{span[0]}",
        f'With "{item.en}" {found.en} {goal.en} ({today.en}), {span[1]}',
    )


def _rounded(number: float, *, up: bool) -> str:
    """Return a number with three digits, rounded to the side on which the statement stays true."""
    if number == 0:
        return "0"
    step = 10.0 ** (math.floor(math.log10(abs(number))) - DIGITS + 1)
    rounded = (math.ceil if up else math.floor)(round(number / step, 6)) * step
    return f"{rounded:,.{max(0, -math.floor(math.log10(step) + 0.5))}f}"


# Which weight would swap two sites ----------------------------------------------------------------------------------


def swap_weights(values: pd.DataFrame, weights: Mapping[str, float], a: object, b: object) -> pd.Series:
    """Return, by criterion, the weight at which sites ``a`` and ``b`` score the same and beyond which they swap.

    The other weights give way in proportion: each becomes ``w_j (1 - w') / (1 - w_k)``. With ``d = v_ak - v_bk`` and
    ``r = (score_a - score_b - w_k d) / (1 - w_k)``, what sets the two apart in all other criteria, the scores are equal
    where ``w' d + (1 - w') r = 0``, so ``w' = r / (r - d)``.

    Null where no weight swaps them: one of the two is at least as good in ``k`` and in the rest, or ``w_k`` is 1.

    Parameters
    ----------
    values
        Values from 0 to 1 by site and criterion.
    weights
        Weights by criterion, summing to 1.
    a, b
        Labels of the two sites.
    """
    difference = (values.loc[a] - values.loc[b]).to_numpy(dtype=float)[None, :]
    weight = np.array([weights[key] for key in values.columns])
    return pd.Series(_equalling(difference, weight)[0], index=values.columns, name="weight")


def _equalling(difference: Floats, weight: Floats) -> Floats:
    """Return the equalling weights (pairs x criteria) of differences in value."""
    rest = 1.0 - weight
    others = (difference @ weight)[:, None] - weight * difference
    apart = np.divide(others, rest, out=np.zeros_like(difference), where=rest > RESOLUTION)
    opposed = (np.sign(apart) * np.sign(difference) < 0) & (np.abs(apart) > RESOLUTION)
    return np.divide(apart, apart - difference, out=np.full_like(difference, np.nan), where=opposed)


def swaps(values: pd.DataFrame, weights: Mapping[str, float], ids: pd.Series) -> pd.DataFrame:
    """Return, for each site but the first, the smallest change of one weight that takes it past the site above.

    Returns
    -------
    DataFrame
        By candidate, only those for which there is one: ``site``, ``other`` (ids), ``criterion``, ``weight_from``,
        ``weight_to`` (the scores are equal there), ``rises`` (whether the weight must go beyond it upwards),
        ``other_rank``. A weight within 0.001 of 0 or 1 is none that anybody would set.
    """
    order = Standing(contributions(values, weights).sum(axis=1), ids).order()
    above, below = order[:-1], order[1:]
    weight = np.array([weights[key] for key in values.columns])
    held = values.to_numpy(dtype=float)
    found = _equalling(held[above] - held[below], weight)
    told = (found >= 10.0**-DIGITS) & (found <= 1.0 - 10.0**-DIGITS)
    change = np.where(told, np.abs(found - weight), np.inf)
    which = change.argmin(axis=1) if change.size else np.empty(0, dtype=int)
    some = (
        np.flatnonzero(np.isfinite(np.take_along_axis(change, which[:, None], axis=1)[:, 0])) if len(which) else which
    )
    which = which[some]
    names = ids.to_numpy(dtype=object)
    table = {
        "site": names[below[some]],
        "other": names[above[some]],
        "criterion": values.columns.to_numpy(dtype=object)[which],
        "weight_from": weight[which],
        "weight_to": found[some, which],
        "rises": held[below[some], which] > held[above[some], which],
        "other_rank": some + 1,
    }
    return pd.DataFrame(table, index=values.index[below[some]])[list(SWAP_COLUMNS)]


def swap_notes(found: pd.DataFrame, criteria: Sequence[Criterion]) -> pd.Series:
    """Return each swap in words, by candidate; weights are rounded to the side on which the statement stays true."""
    items = {item.key: item for item in criteria}
    rows = zip(*(found[name] for name in SWAP_COLUMNS[2:]), strict=True)
    notes = [_swap_note(items[key], start, to, rises, other) for key, start, to, rises, other in rows]
    return pd.Series(notes, index=found.index, dtype="object")


def _swap_note(item: Criterion, start: float, to: float, rises: bool, other: int) -> Note:
    rounding, back = (math.ceil, math.floor) if rises else (math.floor, math.ceil)
    scale = 10**DIGITS
    first, last = back(start * scale) / scale, min(max(rounding(to * scale) / scale, 0.0), 1.0)
    zh = ("提到", "以上") if rises else ("降到", "以下")
    return Note(
        f"“{item.zh}”权重由{first:.{DIGITS}f}{zh[0]}{last:.{DIGITS}f}{zh[1]}（其余按比例调整），即超过第{other}名",
        f'With the weight of "{item.en}" {"raised" if rises else "cut"} from {first:.{DIGITS}f} to '
        f"{'above' if rises else 'below'} {last:.{DIGITS}f} (the others in proportion) it passes rank {other}",
    )
