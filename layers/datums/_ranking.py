"""From priors and comparisons to candidates with a confidence: Bayes' rule over the readings and "something else".

``log P(reading | data) = log prior + sum of what the comparisons say + constant``; "something else" has its prior and
says of every comparison what chance gives (0). A reading that fits no better than chance therefore stays unsure,
however badly the others fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.datums._candidates import SHARE_WHEN_NAMED
from layers.datums._model import Candidate
from layers.quality import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from layers.datums._candidates import State
    from layers.datums._comparing import Comparison
    from layers.datums._displacement import Displacement

    Floats = NDArray[np.float64]

_SHARE_OFF = 0.10
"""ASSUMPTION: zones whose records lie off their namesakes by one common offset are rarely CGCS2000."""
_BLUR_M = 25.0
"""ASSUMPTION: two surveys of one place agree to this, all places together; a common offset beyond it is a datum's."""
_MOST_SURE = 0.99
"""No comparison here excludes every fault of its own layer."""


def rank(
    comparison: Comparison, rows: NDArray[np.bool_], prior: Floats, else_share: float, why: Mapping[int, list[Text]]
) -> tuple[Candidate, ...]:
    """Return the candidates of the records ``rows``, best first.

    Parameters
    ----------
    comparison
        Readings and evidence.
    rows
        Records of the sample that are judged together.
    prior
        Share of each reading before anything is compared, words and declarations counted in.
    else_share
        Share of "something else".
    why
        Reading -> what numbers, words and declarations say for it.
    """
    states = comparison.states
    score = np.log(np.append(prior, else_share))
    for item in comparison.evidence:
        score[:-1] += item.total(rows)
    share = np.exp(score - score.max())
    share = np.minimum(share / share.sum(), _MOST_SURE)[:-1]
    order = np.argsort(-share, kind="stable")
    candidates: list[Candidate] = []
    for place, at in enumerate(order.tolist()):
        other = next((int(item) for item in order if item != at), None)
        texts = [*why.get(at, ()), *_sentences(comparison, rows, at, other)]
        if place == 0 and (moved := _telling_offset(comparison, rows, at)) is not None:
            texts.append(moved.text(states[0].source.name))
        candidates += _alike(states[at], float(share[at]), texts, comparison, rows, is_best=place == 0)
    return tuple(sorted(candidates, key=lambda item: -item.confidence))


def _sentences(comparison: Comparison, rows: NDArray[np.bool_], at: int, other: int | None) -> list[Text]:
    name = "" if other is None else comparison.states[other].source.name
    found = [item.sentence(rows, at, other, name) for item in comparison.evidence]
    return [text for text in found if text is not None]


def _telling_offset(comparison: Comparison, rows: NDArray[np.bool_], at: int) -> Displacement | None:
    """Return the common offset that is seen without the shift, if the best reading undoes one."""
    if not comparison.states[at].source.shift or comparison.states[0].source.shift:
        return None
    moved = comparison.displacement(0, rows)
    return moved if moved is not None and moved.is_offset else None


def _alike(
    state: State,
    share: float,
    texts: list[Text],
    comparison: Comparison,
    rows: NDArray[np.bool_],
    *,
    is_best: bool,
) -> list[Candidate]:
    """Return a reading and those that differ from it by an unpublished offset only, which share its confidence."""
    if not state.alike:
        return [Candidate(state.source, share, share, state.swapped, tuple(texts))]
    names = "、".join(item.crs.name for item in state.alike), ", ".join(item.crs.name for item in state.alike)
    like = Text(f"{names[0]} 的数值与之相似", f"{names[1]} have like numbers")
    own = state.own_share
    moved = comparison.displacement(comparison.states.index(state), rows) if is_best else None
    if moved is not None and moved.error_m <= _BLUR_M:
        own = _SHARE_OFF if moved.size_m > 3 * moved.error_m + _BLUR_M else SHARE_WHEN_NAMED
        texts = [*texts, moved.text(state.source.name)]
    rest = share * (1 - own) / len(state.alike)
    first = Candidate(state.source, share * own, share, state.swapped, tuple(texts))
    return [first, *(Candidate(item, rest, share, state.swapped, (like,)) for item in state.alike)]
