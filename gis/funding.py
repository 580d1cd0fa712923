"""Who puts up the investment: state, owner of the asset, enterprise, residents. No subsidy is ever made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._notes import Note
from gis._pledges import owners
from gis._units import column
from layers.kinds._columns import ROOM_INCOME_OWNERS

if TYPE_CHECKING:
    from gis.model import Model

FUNDERS = ("state", "owner", "enterprise", "residents")
PAID_COLUMNS = tuple(f"funding_{funder}_cny" for funder in FUNDERS)
ASSUMED = "funding_is_assumed"
FUNDING_COLUMNS = (*PAID_COLUMNS, ASSUMED)
WHO_RUNS_INVESTS = Note("出资按谁经营谁投资，为假定", "That who runs it pays for it is an assumption")
AS_IN_JINSONG = Note("出资比例取自劲松一例，为假定", "That it is paid for as in one case, Jinsong, is an assumption")
AS_THE_MODEL_SAYS = Note(
    "出资比例按本地模型参数 reno.gov_share、reno.private_share，为假定",
    "That it is paid for as the local model says (reno.gov_share, reno.private_share) is an assumption",
)
PAYS_ALL = Note("投资记在企业名下", "An enterprise pays for it")
PAYS_PART = Note("企业只出一部分投资", "An enterprise pays for a part of it")
SPLIT_KEYS = STATE_SHARE, PRIVATE_SHARE = "reno.gov_share", "reno.private_share"
ONE_CASE = "Jinsong"
"""How the source of a share begins that is known from that case alone."""


def funding(options: pd.DataFrame, money: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return how the investment of every option is split; the four parts sum to it.

    =================================  ==================================================================
    option                             split
    =================================  ==================================================================
    its own papers tell shares         as told; what they leave open is the enterprise's
    renovation                         ``reno.gov_share`` the state's; ``reno.private_share``, of what that
                                       leaves, the enterprise's; the rest the residents' (Jinsong: one case)
    its income may repay it            the enterprise's alone: ASSUMPTION that who runs it invests
    any other                          null: nobody is known to pay, and nothing says that the state does
    =================================  ==================================================================

    Parameters
    ----------
    options
        ``action``; ``funding_state_share``, ``funding_owner_share`` and ``funding_residents_share``, where given, of an
        option whose papers tell them (one of the three is enough; the others are 0 then).
    money
        ``capex_cny`` and ``repaying_cny_year`` of each option.
    model
        The model.

    Returns
    -------
    DataFrame
        With the index of ``options``: :data:`PAID_COLUMNS` in CNY, null where the investment or the split is unknown;
        ``funding_is_assumed``, whether the split is an assumption (:func:`assumed_splits`), null where there is none.
    """
    capex, repaying = (column(money, name) for name in ("capex_cny", "repaying_cny_year"))
    earns = np.flatnonzero(repaying > 0)
    is_renovation = np.flatnonzero(options["action"] == "renovation")
    told = _told_shares(options)
    is_told = np.flatnonzero(~np.isnan(told).any(axis=1))
    # The enterprise's part is what the others leave, so that the four sum to the investment.
    shares = np.full((len(options), len(FUNDERS)), np.nan)
    shares[earns] = (0.0, 0.0, 1.0, 0.0)
    if is_renovation.size:
        shares[is_renovation] = _of_renovation(model)
    shares[is_told] = told[is_told]
    found = pd.DataFrame(capex[:, None] * shares, columns=list(PAID_COLUMNS), index=options.index)
    is_assumed = np.any([where for where, _ in assumed_splits(options, money, model)], axis=0)
    is_known = found.notna().all(axis=1)
    return found.assign(**{ASSUMED: pd.Series(is_assumed, index=options.index, dtype="boolean").where(is_known)})


def assumed_splits(options: pd.DataFrame, money: pd.DataFrame, model: Model) -> list[tuple[pd.Series, Note]]:
    """Return of which options the split is an assumption, and which: those whose own papers tell none.

    That of renovation is none where the model holds shares of high confidence with their document: a district's own.

    Parameters
    ----------
    options, model
        As in :func:`funding`.
    money
        ``capex_cny`` and ``repaying_cny_year`` of each option.
    """
    is_open = money["capex_cny"].notna() & np.isnan(_told_shares(options)).any(axis=1)
    is_renovation = options["action"] == "renovation"
    earns = money["repaying_cny_year"] > 0
    found = [(is_open & ~is_renovation & earns, WHO_RUNS_INVESTS)]
    return [*found, *_of_shares(is_open & is_renovation, model)] if is_renovation.any() else found


def _of_shares(here: pd.Series, model: Model) -> list[tuple[pd.Series, Note]]:
    shares = [model[key] for key in SPLIT_KEYS]
    if all(item.confidence == "high" and not item.is_assumption for item in shares):
        return []
    return [(here, AS_IN_JINSONG if all(item.source.startswith(ONE_CASE) for item in shares) else AS_THE_MODEL_SAYS)]


def paid_for_others(options: pd.DataFrame, money: pd.DataFrame) -> list[tuple[pd.Series, Note]]:
    """Return in which options an enterprise puts up money whose income is somebody else's, and whose.

    Their NPV and payback are those of the whole project: what of them comes back to who paid is for the two to settle.
    Who pays may be the very state enterprise whose income it is: nothing says that they are two.

    Parameters
    ----------
    options
        As in :func:`funding`.
    money
        :data:`PAID_COLUMNS`, ``capex_cny`` and ``npv_cny`` of each option; one without an account is told nothing.
    """
    whose, paid_cny = owners(options), money["funding_enterprise_cny"]
    pays, is_all = money["npv_cny"].notna() & (paid_cny > 0), np.isclose(paid_cny, money["capex_cny"])
    return [
        (pays & where & (whose == owner), _earned_by(owner, payer))
        for owner in ROOM_INCOME_OWNERS
        if owner not in ("operator", "unknown")
        for where, payer in ((is_all, PAYS_ALL), (~is_all, PAYS_PART))
    ]


def _earned_by(owner: str, payer: Note) -> Note:
    """Return that an enterprise pays and ``owner`` earns."""
    zh, en = ROOM_INCOME_OWNERS[owner]
    if owner == "state_enterprise":
        return Note(
            f"{payer.zh}、收入归{zh}，两者是否同一家待明确：净现值与回收期按项目整体算，如不是同一家，如何收回投资须另行约定",
            f"{payer.en} and the income is a state enterprise's, whether the two are one is to be settled: NPV and "
            "payback are the whole project's, and if they are two, how who pays gets its money back must be settled",
        )
    return Note(
        f"{payer.zh}、收入归{zh}：净现值与回收期按项目整体算，不是出资企业所得，如何收回投资须另行约定",
        f"{payer.en} and the income is somebody else's ({en.lower()}): NPV and payback are the whole project's, not "
        "what the enterprise earns, and how it gets its money back must be settled",
    )


def _of_renovation(model: Model) -> tuple[float, float, float, float]:
    state = model.value(STATE_SHARE)
    enterprise = min(model.value(PRIVATE_SHARE), 1.0 - state)
    return state, 0.0, enterprise, 1.0 - state - enterprise


def _told_shares(options: pd.DataFrame) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return the shares that an option's own papers tell, NaN in a row that tells none or more than the whole."""
    given = np.column_stack([column(options, f"funding_{funder}_share") for funder in ("state", "owner", "residents")])
    filled = np.where(np.isnan(given).all(axis=1, keepdims=True), np.nan, np.nan_to_num(given))
    rest = 1.0 - filled.sum(axis=1)
    found = np.column_stack([filled[:, 0], filled[:, 1], rest, filled[:, 2]])
    return np.where(((found >= 0) & (found <= 1)).all(axis=1, keepdims=True), found, np.nan)
