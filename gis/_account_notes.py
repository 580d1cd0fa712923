"""What a reader must know of each account, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._account_facts import CONCESSION, REINSTATEMENT, has_land
from gis._notes import SEPARATORS, Note, noted, texts_of
from gis._pledges import is_owner_open
from gis._recipes import BARRED, SITE_LET, SITE_RENT
from gis._reuse_words import banned
from gis._units import column, stalls_wanted, texts
from gis.funding import assumed_splits, paid_for_others

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis._account_facts import Charges, Facts
    from gis.model import Model

NOT_PLEDGED = Note(
    "收入归财政或代管，没有文件不计还本，运营支出照计",
    "Income of the treasury or held in trust: without a document it repays nothing, what it costs to run counts all "
    "the same",
)
NOBODY = Note(
    "收入归属不明，不计还本，运营支出照计；净现值上限按查明后收入可还本算",
    "Whose income it is nobody knows: it repays nothing, what it costs to run counts all the same; the high end of the "
    "NPV counts it, as it may turn out to repay",
)
NO_FUNDER = Note("出资方未定", "Who would pay for it is not known")
NO_IRR = Note("没有或不止一个内部收益率", "No internal rate of return, or more than one")
NO_BREAKEVEN = Note("满负荷也不能保本", "Full use would not break even")
LIFE, LEASE = Note("设施寿命", "that it lasts"), Note("最长租期", "of the longest lease")
USUAL = Note("默认期限", "of the usual term")
LEASED = ("heritage_reuse", "museum")
"""Actions whose account ends with a lease (``heritage.lease_max_state_owned``), not with the life of what is built."""
OUTDOORS = ("red_route_stop",)
STRENGTHENING = {
    "C": Note(
        "C级，加固费用未计入投资，实际投资更高",
        "Grade C: what it costs to strengthen it is not in the investment, which will be higher",
    ),
    "D": Note(
        "D级，排险加固费用未计入投资，实际投资更高",
        "Grade D: what it costs to make it safe and strengthen it is not in the investment, which will be higher",
    ),
}
"""Danger grade -> what is said of its cost: the model holds ordinary repair and fitting out, and no price of this."""
NO_GAP = Note("周边夜间缺口未知，出租数未封顶", "Night gap around it unknown: nothing limits how many stalls are let")


def lacking(options: pd.DataFrame, money: pd.DataFrame) -> list[tuple[pd.Series | NDArray[np.bool_], Note]]:
    """Return which accounts lack what, so that there is nothing to tell of their worth.

    Parameters
    ----------
    options
        As in :func:`gis.finance.accounts`.
    money
        ``capex_cny``, ``revenue_cny_year`` and ``land_rent_cny_year`` of each option.
    """
    is_sized, is_rented = money["capex_cny"].notna(), money["land_rent_cny_year"].notna()
    is_free = ~has_land(options) | ~np.isnan(column(options, "land_rent_cny_m2_month"))
    return [
        (~is_sized, Note("缺规模，无法算账", "Size unknown, no account")),
        (~is_free, Note("缺地租", "Land rent unknown")),
        (is_sized & is_free & ~is_rented, Note("缺面积，地租无从计算", "Area unknown: nobody can tell its land rent")),
        (
            is_sized & money["revenue_cny_year"].isna(),
            Note("用途或产权不明，租金条件未知", "Use or owner unknown: nobody can say at what rent it is let"),
        ),
    ]


def with_notes(
    table: pd.DataFrame, options: pd.DataFrame, facts: Facts, charged: Charges, model: Model
) -> pd.DataFrame:
    """Return ``table`` of :class:`gis.finance.Accounts` with ``account_note`` and its English twin."""
    wanted = stalls_wanted(options, "")
    is_told = table[["npv_cny", "npv_unrented_cny"]].notna().any(axis=1)
    cases = [
        *lacking(options, table),
        (
            np.isnan(facts.granted_years),
            Note("年限未定，按默认期限", "Years granted unknown, the usual term is assumed"),
        ),
        *((is_told & where, words) for where, words in _ends_early(options, facts, model)),
        (texts(options, "rent_terms") == BARRED, _barred(model)),
        *_of_income(table, wanted, is_owner_open(options)),
        (table["capex_cny"].notna() & table["funding_enterprise_cny"].isna(), NO_FUNDER),
        *assumed_splits(options, table, model),
        *paid_for_others(options, table),
        *_estimated(table, options, charged, model),
        *_left_out(options),
    ]
    limits = _limits(wanted, options, table["taken_share"] < 1)
    return noted(table.assign(**limits), "account_note", cases)


def _barred(model: Model) -> Note:
    """Return that no rent is counted where the law may bar the State from running a protected site as an asset."""
    told = [banned(rule) for rule in model.heritage_rules if rule.ownerships and rule.forbids]
    zh, en = "、".join(f"{of.zh}（{by.zh}）" for of, by in told), " and ".join(f"{of.en} ({by.en})" for of, by in told)
    return Note(
        f"{zh}，其他用途是否适用未写明，从严不计租金",
        f"By the stricter reading no rent is counted, since the rule does not say whether other uses are meant: {en}",
    )


def _of_income(
    table: pd.DataFrame, wanted: NDArray[np.float64], is_open: NDArray[np.bool_]
) -> list[tuple[pd.Series, Note]]:
    """Return what is to be known of what comes in and of what it makes up for."""
    earns, known = table["revenue_cny_year"] > 0, table["capex_cny"].notna()
    priced, repays_nothing = table["revenue_cny_year"].notna(), table["repaying_cny_year"] == 0
    repays = (table["repaying_cny_year"] > 0) & table["npv_cny"].notna()
    invested = repays & (table["capex_cny"] > 0)
    return [
        (known & priced & ~earns, Note("无经营收入", "It earns nothing")),
        (table["stalls_let"].notna() & np.isnan(wanted), NO_GAP),
        (known & (earns | ~priced) & repays_nothing & ~is_open, NOT_PLEDGED),
        (known & (earns | ~priced) & repays_nothing & is_open, NOBODY),
        (repays & table["payback_years"].isna(), Note("年限内不能回本", "It does not pay back within its years")),
        (invested & table["irr"].isna(), NO_IRR),
        (invested & table["breakeven_utilisation"].isna(), NO_BREAKEVEN),
    ]


def _estimated(
    table: pd.DataFrame, options: pd.DataFrame, charged: Charges, model: Model
) -> list[tuple[pd.Series, Note]]:
    """Return what of the costs is an estimate: the rent of a site, taxes, clearing the land."""
    whole, is_let_site = table["npv_cny"].notna(), texts(options, "rent_terms") == SITE_LET
    rents = whole & is_let_site & (options["action"] == "charging")
    return [
        *([(rents, _site_rent(model))] if rents.any() else []),
        (whole & (table["repaying_cny_year"] > 0), _taxed(charged)),
        (whole & (table["reinstatement_cny"] > 0), _cleared(model.value(REINSTATEMENT))),
    ]


def _site_rent(model: Model) -> Note:
    key = SITE_RENT["charging"]
    price = f"{model.value(key):g}"
    if model[key].is_assumption:
        return Note(
            f"付给场地权利人的场地租按每桩每月{price}元估算，为假定",
            f"The site rent of {price} CNY a pile and month is an assumption",
        )
    return Note(f"付给场地权利人的场地租按每桩每月{price}元计", f"Site rent counted at {price} CNY a pile and month")


def _ends_early(options: pd.DataFrame, facts: Facts, model: Model) -> list[tuple[NDArray[np.bool_], Note]]:
    """Return which accounts end before the years granted, and at what: life, longest lease or the usual term."""
    ends, granted, usual = facts.horizon_years, facts.granted_years, model.value(CONCESSION)
    leased = options["action"].isin(LEASED).to_numpy()
    is_cut = (ends < granted) | (np.isnan(granted) & (ends < usual))
    kinds = pd.DataFrame({"ends": ends, "granted": granted, "leased": leased})[is_cut].drop_duplicates()
    found = []
    for years, of, is_lease in kinds.itertuples(index=False):
        limit = USUAL if years == usual else LEASE if is_lease else LIFE
        until, until_en = (f"，可用{of:.3g}年", f", of {of:.3g} granted") if of > 0 else ("", "")
        words = Note(
            f"账目算至{limit.zh}{years:g}年为止{until}，其后更新重置与收益未计",
            f"The account ends after the {years:g} years {limit.en}{until_en}: what comes later, renewal or income, "
            "is not counted",
        )
        same = (granted == of) | (np.isnan(granted) & np.isnan(of))
        found.append((is_cut & (ends == years) & same & (leased == is_lease), words))
    return found


def _left_out(options: pd.DataFrame) -> list[tuple[pd.Series, Note]]:
    """Return in which accounts a house must be strengthened first, which no price of the model holds."""
    grade = texts(options, "danger_grade").where(~options["action"].isin(OUTDOORS))
    return [(grade == code, note) for code, note in STRENGTHENING.items()]


def _limits(
    wanted: NDArray[np.float64], options: pd.DataFrame, is_limited: pd.Series
) -> dict[str, NDArray[np.object_]]:
    """Return the first words of each account: to how many cars its stalls are let, where these are too few."""
    notes = pd.Series(
        [
            Note(
                f"出租以步行范围内夜间缺口为限（{most:,.0f}个，布置{laid:,.0f}个）",
                f"Let to no more cars than lack a stall at night within the walk ({most:,.0f}; {laid:,.0f} laid out)",
            )
            for most, laid in zip(wanted[is_limited], column(options, "stalls")[is_limited], strict=True)
        ],
        index=options.index[is_limited],
        dtype=object,
    )
    texts = {f"account_note{end}": texts_of(notes, options.index, place) for place, end in enumerate(SEPARATORS)}
    return {name: np.where(is_limited, text, "") for name, text in texts.items()}


def _taxed(charged: Charges) -> Note:
    revenue, profit = float(charged.taxes.revenue_share), float(charged.taxes.profit_share)  # type: ignore[arg-type]
    return Note(
        f"税费按收入的{as_used(revenue)}、利润的{as_used(profit)}估算",
        f"Taxes estimated at {as_used(revenue)} of income and {as_used(profit)} of profit",
    )


def as_used(share: float) -> str:
    """Return a share as a percentage with all its digits, so that a sum done by hand comes out."""
    return f"{100 * share:.10g}%"


def _cleared(price: float) -> Note:
    return Note(f"到期腾退复原按每平方米{price:g}元估算", f"Clearing the land at the end estimated at {price:g} CNY/m2")
