"""What the owners of a community must agree to for an action, in words: which item of the law, how many heads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis.consent import LAW, agreeing_heads, quorum_heads, threshold

if TYPE_CHECKING:
    from fractions import Fraction

    from gis.consent import Threshold
    from gis.model import Model

BUSINESS, REBUILDING, REPAIR, OTHER = 8, 7, 5, 9
"""Items of art. 278 that actions of a community fall under: paid stalls and piles, lifts, repair, a mural."""
NUMERALS = "零一二三四五六七八九十"
WHAT = {
    BUSINESS: ("新增收费泊位、充电桩，属利用共有部分经营", "paid stalls and piles: business on common parts"),
    REBUILDING: ("加装电梯，属改建附属设施", "lifts: alteration of the building's facilities"),
    REPAIR: (
        "维修，属使用维修资金（须筹集资金或改建的另须四分之三）",
        "repair: use of the repair fund (raising money or rebuilding asks for three quarters)",
    ),
    OTHER: (
        "外墙彩绘、文化长廊，属其他重大事项（设广告的另须四分之三）",
        "mural or corridor: other major matter (adverts ask for three quarters)",
    ),
}


def item_of(is_wall: np.ndarray, adds_paid: np.ndarray, adds_lifts: np.ndarray) -> np.ndarray:
    """Return the item of art. 278 that each action falls under, the strictest where it falls under several.

    Parameters
    ----------
    is_wall
        A mural or corridor; the rest is renovation.
    adds_paid, adds_lifts
        Whether it adds paid stalls or piles on common land (unknown counts as yes), whether it adds lifts.
    """
    return np.select([is_wall, adds_paid, adds_lifts], [OTHER, BUSINESS, REBUILDING], REPAIR)


def consent_needed(item: np.ndarray, homes: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return what the owners must agree to, in words, for each action.

    Households stand for owners (an ASSUMPTION, said in the text): owners vote, not households, and tenants of public
    housing do not; their households are taken off where they are known. The votes are the least with which the item is
    carried when just the quorum takes part.

    Parameters
    ----------
    item
        Item of art. 278 of each row.
    homes
        ``household_count``, ``public_housing_household_count`` and ``willingness_share`` of each row, null where
        unknown.
    model
        Holds the shares.

    Returns
    -------
    DataFrame
        ``consent_needed``, ``consent_needed_en``, with the index of ``homes``.
    """
    counted, public = (
        homes[name].astype("Float64").astype("float64")
        for name in ("household_count", "public_housing_household_count")
    )
    owners = (counted - public.fillna(0.0)).clip(lower=0.0)
    rules = {number: threshold(int(number), model) for number in np.unique(item)}
    told = [
        _sentence(rules[number], *row)
        for number, *row in zip(item, owners, public, homes["willingness_share"].astype(float), strict=True)
    ]
    zh, en = zip(*told, strict=True) if told else ((), ())
    return pd.DataFrame({"consent_needed": zh, "consent_needed_en": en}, index=homes.index, dtype="object")


def _sentence(rule: Threshold, owners: float, public: float, willing: float) -> tuple[str, str]:
    """Return the sentence of one row in both languages."""
    what = WHAT[rule.item]
    quorum = (f"{_zh(rule.quorum_heads)}以上", f"at least {rule.quorum_heads}")
    agree = (f"{_zh(rule.agree_heads)}以上", f"at least {rule.agree_heads}")
    if rule.is_strict:
        agree = (f"超过{_zh(rule.agree_heads)}", f"more than {rule.agree_heads}")
    zh = (
        f"{LAW}第{NUMERALS[rule.item]}项：{what[0]}；专有面积和人数均占{quorum[0]}的业主参与表决，"
        f"其中面积和人数均{agree[0]}同意"
    )
    en = (
        f"Civil Code art. 278 ({rule.item}), {what[1]}; {quorum[1]} of the owners by area and by head take part, "
        f"{agree[1]} of them agree by both"
    )
    heads, wish = _heads(rule, owners, public), ("", "")
    if not np.isnan(willing):
        wish = (f"；摸查意愿{willing:.0%}，不是表决", f"; {willing:.0%} said they are willing, which is no vote")
    return zh + heads[0] + wish[0], en + heads[1] + wish[1]


def _heads(rule: Threshold, owners: float, public: float) -> tuple[str, str]:
    """Return how many heads that are, with households for owners."""
    if np.isnan(owners):
        return "；户数不明，未算人数", "; number of households unknown, heads not counted"
    if owners < 1:
        return "；没有可作业主计的户数，请核实产权人", "; no household that counts as an owner: find out who owns it"
    voters = int(quorum_heads(round(owners), rule))
    votes = int(agreeing_heads(voters, rule))
    less = ("直管公房户数不明，未减", "public-housing tenants unknown and not taken off")
    if not np.isnan(public):
        less = (f"已减直管公房{public:.0f}户", f"{public:.0f} in public housing taken off")
    zh = f"；以户数代业主数（假设，{less[0]}）约{owners:.0f}户，至少{voters}户参与、其中{votes}户同意"
    en = f"of {owners:.0f}, at least {voters} take part and {votes} agree"
    return zh, f"; households stand for owners (assumption, {less[1]}): {en}"


def _zh(share: Fraction) -> str:
    """Return a fraction in Chinese: 三分之二."""
    digits = [NUMERALS[n] if n <= len(NUMERALS) - 1 else str(n) for n in (share.denominator, share.numerator)]
    return f"{digits[0]}分之{digits[1]}"
