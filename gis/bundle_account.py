"""The account of a bundle: what its members bring and cost together, year by year, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gis._account_facts import RATE
from gis._bundle_sensitivity import OF_CARE, Repriced, npv_draws_cny, repriced, tornado
from gis._monte_carlo import DRAWS, PERCENTILES
from gis._notes import Note
from gis._returns import discounted, irr, npv_cny, payback_years
from gis.bundle import TOLERANCE_CNY
from layers.errors import AnalysisError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gis.model import Model

    Floats = NDArray[np.float64]

LOAN, COVER = "fin.loan_rate", "fin.debt_cover_min"
TOLD_RATES = {"npv_4pct_cny": 0.04, "npv_6pct_cny": 0.06, "npv_8pct_cny": 0.08}
FUNDED_BY = {
    "state": "funding_state_cny",
    "owner": "funding_owner_cny",
    "enterprise": "capex_cny",
    "residents": "funding_residents_cny",
}
"""四个一点 -> the line that tells it: the enterprise is the operator."""
COSTS = ("capex_cny", "opex_cny", "land_rent_cny", "tax_cny", "reinstatement_cny", "upkeep_cny")
INCOME = ("revenue_cny", "other_income_cny", "property_fee_cny")
OTHERS_PAY = ("funding_state_cny", "funding_owner_cny", "funding_residents_cny")
SERVICES = ("present_public_cny", "new_public_cny")
LINES = (*COSTS, *INCOME, *OTHERS_PAY, *SERVICES)
"""Lines of a member's year, all 0 or more but ``other_income_cny``; a column that is absent counts 0."""
MAY_BE_NEGATIVE = ("other_income_cny",)


@dataclass(frozen=True)
class BundleAccount:
    """The account of one bundle.

    Parameters
    ----------
    by_year
        One row a year from year 0 (the investment), ``year`` as the index: the sums of :data:`LINES`, ``net_cny``
        (``INCOME - COSTS``), ``cumulative_cny``, ``discounted_cny`` (the net flow in money of year 0),
        ``debt_service_cny``, ``debt_cover`` (NaN where nothing is owed), ``public_more_cny`` (public money of the new
        model less the present: what the state invests and what it pays for services, less what it pays today), and
        ``public_holds`` (不增加政府投入: the new model takes no more than the present in that year).
    deepest_deficit_cny
        How far the cumulative cash falls below zero at most; 0 where it never does.
    deepest_year
        The year of it (the first of several).
    npv_cny, npv_4pct_cny, npv_6pct_cny, npv_8pct_cny
        At the model's rate, and at 4, 6 and 8 %.
    irr
        NaN where there is none or more than one (:func:`gis._returns.irr`).
    payback_years, payback_discounted_years
        NaN where never within the years of the account.
    debt_cover_least
        The least cover of a year in which debt is served, NaN where none is.
    debt_holds
        Whether it reaches ``fin.debt_cover_min`` in every such year (true where nothing is owed).
    funding
        四个一点, in CNY: ``state``, ``owner``, ``enterprise``, ``residents``; they sum to the whole investment.
    public_holds
        Whether 不增加政府投入 holds in every year; ``None`` where no present spending is told.
    sensitivity
        Tornado, the widest first: ``key``, ``low``, ``value``, ``high`` (of the parameter, ordered by the parameter),
        ``npv_low_cny``, ``npv_high_cny`` (of the bundle with the parameter at that end), ``swing_cny``.
    npv_p10_cny, npv_p50_cny, npv_p90_cny
        Percentiles of the NPV when the parameters are drawn, each once for all members of a draw.
    balance_probability
        Share of the draws in which the NPV is not negative.
    notes
        What is assumed, and what was held fixed, for a reader.
    """

    by_year: pd.DataFrame
    deepest_deficit_cny: float
    deepest_year: int
    npv_cny: float
    npv_4pct_cny: float
    npv_6pct_cny: float
    npv_8pct_cny: float
    irr: float
    payback_years: float
    payback_discounted_years: float
    debt_cover_least: float
    debt_holds: bool
    funding: dict[str, float]
    public_holds: bool | None
    sensitivity: pd.DataFrame
    npv_p10_cny: float
    npv_p50_cny: float
    npv_p90_cny: float
    balance_probability: float
    notes: tuple[Note, ...]


def account(
    lines: pd.DataFrame, model: Model, *, basis: pd.DataFrame | Repriced | None = None, seed: int = 0
) -> BundleAccount:
    """Return the account of the members of one bundle.

    Parameters
    ----------
    lines
        One row per member and year since the bundle starts: ``member`` (the ``opportunity_id``, or any id of its own
        for a service item), ``year`` (0 the investment), and :data:`LINES` in CNY: of ``capex_cny`` only what the
        operator pays, of the investment by others ``funding_…_cny``; of income only what the operator may pledge.
        ``present_public_cny`` is what the public purse pays today for the services that the bundle takes in,
        ``new_public_cny`` what it would pay in the bundle (which the operator gets: it stands in ``revenue_cny`` too).
    model
        Parameters with their ranges.
    basis
        Rows of the run's table ``account_basis``: what the account of each member rests on; for many bundles, what
        :func:`repriced` made of them once. Members that are not in it (service items) are held fixed in the
        sensitivity and the draws.
    seed
        Seed of the draws; that of ``basis`` where it is priced already.

    Raises
    ------
    AnalysisError
        If an amount is unknown, negative or told twice, or there is no line.
    """
    told = line_arrays(lines)
    members = _repriced(told, basis, model, seed)
    rows = members.of(told.members)
    care = {name: told.lines[name].sum(axis=0) for name in OF_CARE}
    by_year = _by_year({name: told.lines[name].sum(axis=0) for name in LINES}, model)
    net = by_year["net_cny"].to_numpy()
    deepest = float(max(0.0, -by_year["cumulative_cny"].min()))
    owed = by_year["debt_cover"].dropna()
    least = float(owed.min()) if len(owed) else np.nan
    years, rate = len(net) - 1, model.value(RATE)
    npv = float(npv_cny(net, rate)[0])
    return BundleAccount(
        by_year=by_year,
        deepest_deficit_cny=deepest,
        deepest_year=int(by_year["cumulative_cny"].to_numpy().argmin()),
        npv_cny=npv,
        **{name: float(npv_cny(net, fixed)[0]) for name, fixed in TOLD_RATES.items()},
        irr=float(irr(net)[0]),
        payback_years=float(payback_years(net, years)[0]),
        payback_discounted_years=float(payback_years(discounted(net, rate), years)[0]),
        debt_cover_least=least,
        debt_holds=bool(deepest <= TOLERANCE_CNY or least >= model.value(COVER)),
        funding={name: float(by_year[column].sum()) for name, column in FUNDED_BY.items()},
        public_holds=bool(by_year["public_holds"].all()) if by_year["present_public_cny"].any() else None,
        sensitivity=tornado(members, rows, care, net, model),
        **_spread(npv_draws_cny(members, rows, care, npv, model)),
        notes=tuple(_notes(by_year, len(rows), len(told.members), model)),
    )


class Lines(NamedTuple):
    """Lines by name, ``members x (years + 1)``, of the members in the order of their ids."""

    members: tuple[str, ...]
    lines: dict[str, Floats]


def line_arrays(lines: pd.DataFrame) -> Lines:
    """Return the lines as arrays, checked."""
    _check(lines)
    ids, rows = np.unique(lines["member"].astype(str), return_inverse=True)
    year = lines["year"].to_numpy(dtype=int)
    found = {}
    for name in LINES:
        found[name] = np.zeros((len(ids), int(year.max()) + 1))
        if name in lines:
            found[name][rows, year] = lines[name].to_numpy(dtype=float)
    return Lines(tuple(ids), found)


def _check(lines: pd.DataFrame) -> None:
    """Raise for lines that are no account."""
    absent = [name for name in ("member", "year") if name not in lines]
    if absent or lines.empty:
        raise AnalysisError(
            f"the lines of a bundle lack {', '.join(absent) or 'rows'}",
            f"配包账目缺少{'、'.join(absent) or '行'}",
            hint="give one row a member and year",
            hint_zh="每个成员每年一行",
        )
    places = list(zip(lines["member"].astype(str), lines["year"], strict=True))
    wrong: list[tuple[str, pd.Series]] = [
        ("year", ~(lines["year"] >= 0)),
        ("year", lines.duplicated(["member", "year"])),
    ]
    for name in (name for name in LINES if name in lines):
        is_open = lines[name].isna() | ~np.isfinite(lines[name].astype(float))
        wrong.append((name, is_open | ((lines[name] < 0) & (name not in MAY_BE_NEGATIVE))))
    for name, rows in wrong:
        if rows.any():
            member, year = places[int(rows.to_numpy().argmax())]
            raise AnalysisError(
                f"{name} of member {member} in year {year} is unknown, negative or told twice",
                f"成员 {member} 第 {year} 年的 {name} 未知、为负或重复",
                hint="only members whose account is known can be bundled",
                hint_zh="只有账目齐全的成员才能配包",
            )


def repriceable(told: Lines, basis: pd.DataFrame | None) -> pd.DataFrame:
    """Return the rows of the basis of the members that can be priced again, by their ids, in the order of ``told``."""
    if basis is None:
        return pd.DataFrame({"opportunity_id": pd.Series(dtype=object), "action": pd.Series(dtype=object)})
    known = basis.set_index("opportunity_id", drop=False).rename_axis(index=None)
    return pd.DataFrame(known.loc[[member for member in told.members if member in known.index]])


def _repriced(told: Lines, basis: pd.DataFrame | Repriced | None, model: Model, seed: int) -> Repriced:
    return basis if isinstance(basis, Repriced) else repriced(repriceable(told, basis), model, seed)


def _by_year(summed: dict[str, Floats], model: Model) -> pd.DataFrame:
    found = pd.DataFrame(summed)
    found.index.name = "year"
    net = found[list(INCOME)].sum(axis=1) - found[list(COSTS)].sum(axis=1)
    found = found.assign(net_cny=net, cumulative_cny=net.cumsum())
    found["discounted_cny"] = discounted(net.to_numpy(), model.value(RATE))[0]
    service = _debt_service(max(0.0, -float(found["cumulative_cny"].min())), len(found) - 1, model.value(LOAN))
    found["debt_service_cny"] = np.where(found.index > 0, service, 0.0)
    paying = found["debt_service_cny"] > TOLERANCE_CNY
    cover = (net + found["capex_cny"]) / found["debt_service_cny"].where(paying)
    more = found["funding_state_cny"] + found["new_public_cny"] - found["present_public_cny"]
    return found.assign(debt_cover=cover, public_more_cny=more, public_holds=more <= TOLERANCE_CNY)


def _debt_service(debt_cny: float, years: int, rate: float) -> float:
    """Return what a loan takes each year, in equal payments of principal and interest: ``D r / (1-(1+r)^-n)``."""
    if debt_cny <= TOLERANCE_CNY or years == 0:
        return 0.0
    return debt_cny / years if rate == 0 else debt_cny * rate / (1.0 - (1.0 + rate) ** -years)


def _spread(npvs: Floats) -> dict[str, float]:
    """Return the percentiles of the NPV, and the share of draws that balance."""
    found = dict(zip(PERCENTILES, np.quantile(npvs, list(PERCENTILES.values())).tolist(), strict=True))
    return {**found, "balance_probability": float((npvs >= -TOLERANCE_CNY).mean())}


def _notes(by_year: pd.DataFrame, priced: int, count: int, model: Model) -> Iterator[Note]:
    """Yield what is assumed, and what was held fixed."""
    years, rate = len(by_year) - 1, model.value(LOAN)
    yield Note(
        f"偿债备付率假定：最深资金缺口全部贷款，利率{rate:.2%}（{LOAN}），第1至{years}年等额还本付息",
        f"Debt cover assumes that a loan at {rate:.2%} ({LOAN}) fills the deepest deficit and is paid back in equal "
        f"yearly payments in years 1 to {years}",
    )
    yield Note(
        "税费按成员各自计算（假定）：折旧以整笔投资为准，一个成员的亏损不抵另一个成员的利润",
        "Taxes are each member's own (an assumption): the whole investment is written off, whoever paid it, and the "
        "loss of one member is not set against the profit of another",
    )
    if priced:
        yield Note(
            f"抽样{DRAWS}次，同一次抽样各成员用同一套单价；折现率、年限和出资比例为选择，不参与抽样",
            f"{DRAWS} draws; within one all members see the same prices. The discount rate, years and funding shares "
            "are choices and are not drawn",
        )
    if priced < count:
        yield Note(
            f"{count - priced}个成员没有计价依据（如购买服务事项），敏感性和抽样中保持不变",
            f"{count - priced} members hold no basis of prices (services, for instance): they stay as they are "
            "in the sensitivity and the draws",
        )
    yield _of_public_money(by_year)


def _of_public_money(by_year: pd.DataFrame) -> Note:
    """Return whether 不增加政府投入 holds, and in which years not."""
    over, has_services = by_year.index[~by_year["public_holds"]], by_year["present_public_cny"].any()
    most = by_year["public_more_cny"].max()
    if len(over) == 0 and not has_services:
        return Note(
            "不增加政府投入：未纳入现有购买服务，无从比较",
            "No more public money than today: no service bought today is taken in, so there is nothing to compare with",
        )
    if len(over) == 0:
        return Note("不增加政府投入：逐年成立", "No more public money than today: it holds in every year")
    years = [str(year) for year in over]
    today = "" if has_services else "；未纳入现有购买服务支出"
    today_en = "" if today == "" else "; no service bought today is taken in"
    return Note(
        f"不增加政府投入：第{'、'.join(years)}年不成立，最多一年多{most:,.0f}元{today}",
        f"No more public money than today: it does not hold in year {', '.join(years)}, by up to {most:,.0f} CNY"
        f"{today_en}",
    )
