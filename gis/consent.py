"""Consent of the owners by Civil Code art. 278: who must take part, how many must agree, what is still missing.

Two thirds of the owners, by exclusive floor area and by head, must take part in the vote. Of those who take part, by
area and by head, at least three quarters must agree to items 6 to 8, more than half to the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from gis._notes import Note
from layers.errors import AnalysisError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from gis.model import Model

    Ints = NDArray[np.int64]

LAW = "民法典第278条"
ITEMS: Mapping[int, Note] = MappingProxyType(
    {
        1: Note("制定、修改业主大会议事规则", "rules of procedure of the owners' assembly"),
        2: Note("制定、修改管理规约", "the management covenant"),
        3: Note("选举业主委员会或者更换其成员", "election of the owners' committee"),
        4: Note("选聘、解聘物业服务企业或者其他管理人", "hiring and dismissing the property manager"),
        5: Note("使用维修资金", "use of the repair fund"),
        6: Note("筹集维修资金", "raising the repair fund"),
        7: Note("改建、重建建筑物及其附属设施", "rebuilding or altering buildings and their facilities"),
        8: Note(
            "改变共有部分用途或者利用共有部分经营", "changing the use of common parts, or running business on them"
        ),
        9: Note("有关共有和共同管理权利的其他重大事项", "other major matters of common ownership"),
    }
)
"""What owners decide together. Use of the repair fund (5) needs more than half since the Civil Code; paid stalls,
adverts and kiosks on common land are item 8."""
MAJOR_ITEMS = (6, 7, 8)
FINEST = 100
"""Shares of a law are fractions of small numbers; a model writes them as decimals. The nearest fraction with a
denominator up to this is meant: 0.6667 is two thirds, 0.75 three quarters, 0.55 eleven twentieths."""


@dataclass(frozen=True)
class Threshold:
    """What one item of art. 278 asks for.

    Parameters
    ----------
    item
        Number of the item, 1 to 9.
    quorum_heads, quorum_area
        Least shares of all owners and of all exclusive floor area that must take part (the share itself is enough:
        以上 includes it).
    agree_heads, agree_area
        Shares of the owners and of the area taking part that must agree.
    is_strict
        Whether more than those shares must agree (过半数), not just as much (四分之三以上).
    """

    item: int
    quorum_heads: Fraction
    quorum_area: Fraction
    agree_heads: Fraction
    agree_area: Fraction
    is_strict: bool


@dataclass(frozen=True)
class Tally:
    """The count of a vote: whether it is carried, and what it lacks.

    ``heads_to_come`` and ``area_to_come_m2`` are missing to the quorum; ``heads_to_agree`` and ``area_to_agree_m2`` are
    missing among those who vote, or among the quorum where fewer vote. Of a strict threshold the area named is the one
    to exceed, and ``is_carried`` tells whether it is. All are 0 where nothing is missing.
    """

    is_carried: bool
    has_quorum: bool
    heads_to_come: int
    area_to_come_m2: float
    heads_to_agree: int
    area_to_agree_m2: float


def exact_share(share: float) -> Fraction:
    """Return the fraction that a share written as a decimal means (:data:`FINEST`): 0.6667 is exactly two thirds."""
    return Fraction(str(float(share))).limit_denominator(FINEST)


def threshold(item: int, model: Model) -> Threshold:
    """Return what item ``item`` of art. 278 asks for, with the shares of the model (``consent.*``).

    Raises
    ------
    AnalysisError
        If there is no such item.
    """
    if item not in ITEMS:
        raise AnalysisError(
            f"Civil Code art. 278 has no item {item}",
            f"{LAW}没有第{item}项",
            hint="items are 1 to 9",
            hint_zh="事项为第1至9项",
        )
    is_major = item in MAJOR_ITEMS
    agree = ("consent.major_people", "consent.major_area") if is_major else ("consent.ordinary", "consent.ordinary")
    keys = {
        "quorum_heads": "consent.quorum_people",
        "quorum_area": "consent.quorum_area",
        "agree_heads": agree[0],
        "agree_area": agree[1],
    }
    shares = {name: exact_share(model.value(key)) for name, key in keys.items()}
    return Threshold(item=item, is_strict=not is_major, **shares)


def quorum_heads(owners: ArrayLike, rule: Threshold) -> Ints:
    """Return how many of ``owners`` must take part at least: two thirds of 3 is 2, of 4 is 3."""
    return _least(owners, rule.quorum_heads, is_strict=False)


def agreeing_heads(voters: ArrayLike, rule: Threshold) -> Ints:
    """Return how many of ``voters`` must agree at least: of 4, three by either rule; of 8, five or six."""
    return _least(voters, rule.agree_heads, is_strict=rule.is_strict)


def _least(count: ArrayLike, share: Fraction, *, is_strict: bool) -> Ints:
    """Return the least whole number that is at least, or more than, a share of ``count``, in whole numbers alone."""
    product = np.asarray(count, dtype=np.int64) * share.numerator
    return product // share.denominator + 1 if is_strict else -(-product // share.denominator)


def tally(
    rule: Threshold,
    *,
    owners: tuple[int, float],
    voting: tuple[int, float],
    agreeing: tuple[int, float],
) -> Tally:
    """Return whether a vote is carried, and how many heads and how much area it still lacks.

    Parameters
    ----------
    rule
        What the item asks for.
    owners, voting, agreeing
        Heads and exclusive floor area in m2 of all owners, of those who take part, and of those who agree. Areas are
        taken to 0.01 m2, as certificates give them, and compared exactly.

    Raises
    ------
    AnalysisError
        If more agree than vote, more vote than there are, there is no owner, or an area is no number.
    """
    _check(owners, voting, agreeing)
    all_area, voting_area, agreeing_area = (_exact_m2(area) for _, area in (owners, voting, agreeing))
    wanted_heads, wanted_area = int(quorum_heads(owners[0], rule)), all_area * rule.quorum_area
    base_heads, base_area = max(voting[0], wanted_heads), max(voting_area, wanted_area)
    yes_heads, yes_area = int(agreeing_heads(base_heads, rule)), base_area * rule.agree_area
    has_quorum = voting[0] >= wanted_heads and voting_area >= wanted_area
    enough_area = agreeing_area > yes_area if rule.is_strict else agreeing_area >= yes_area
    return Tally(
        is_carried=has_quorum and agreeing[0] >= yes_heads and enough_area,
        has_quorum=has_quorum,
        heads_to_come=max(0, wanted_heads - voting[0]),
        area_to_come_m2=float(max(Fraction(0), wanted_area - voting_area)),
        heads_to_agree=max(0, yes_heads - agreeing[0]),
        area_to_agree_m2=float(max(Fraction(0), yes_area - agreeing_area)),
    )


def _exact_m2(area_m2: float) -> Fraction:
    return Fraction(str(round(float(area_m2), 2)))


def _check(owners: tuple[int, float], voting: tuple[int, float], agreeing: tuple[int, float]) -> None:
    falls = all(
        np.isfinite([*owners, *voting, *agreeing]).all() and 0 <= agreeing[at] <= voting[at] <= owners[at]
        for at in (0, 1)
    )
    if not falls or owners[0] < 1 or owners[1] <= 0:
        raise AnalysisError(
            "the counts of the vote contradict each other",
            "表决人数或面积自相矛盾",
            hint="agreeing may not exceed voting, nor voting the owners; there must be an owner with some area",
            hint_zh="同意的不能多于参与的，参与的不能多于全体业主；至少有一名业主，面积大于0",
        )
