"""The sheet 成员 of the balance workbook: what each member is counted in, its prices, its terms, who pays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from api import _balance_sheet as cells
from api._balance_prices import parameter
from gis._account_facts import LOSS_YEARS, PROFIT_TAX, REVENUE_TAX, has_land
from gis._account_lines import A_DAY, Losses
from gis._bundle_sensitivity import OF_CARE, operator_lines, operator_share
from gis._pledges import PLEDGEABLE, owners, pledgeable_share
from gis._units import column
from gis.bundle_account import LINES, line_arrays, repriceable
from gis.finance import account_of
from gis.funding import FUNDERS, PAID_COLUMNS, PRIVATE_SHARE, STATE_SHARE
from layers.kinds._results import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from openpyxl.worksheet.worksheet import Worksheet

    from api._balance_prices import Prices
    from api._balance_units import Units
    from api.balance_workbook import Balance
    from gis.bundle_account import Lines
    from gis.model import Model

    Floats = NDArray[np.float64]

TITLE_ROW, FIRST_ROW = 3, 4
MEMBER_HEADS = (
    *("配包\nBundle", "成员编号\nMember", "名称\nName", "动作\nAction"),
    "户数\nHouseholds",
    *("计算年限(年)\nYears", "免收入年数\nFree years"),
    *("可还本比例\nMay repay", "计租面积(m²)\nRented land", "地租(元/m²·月)\nLand rent", "复原面积(m²)\nCleared land"),
    *("财政出资\nState", "产权人出资\nOwner", "企业出资\nEnterprise", "居民出资\nResidents"),
    *("物业费计费量(m²·月/年)\nFee base", "管养计费量(m²·月/年)\nUpkeep base"),
    *("投资(元)\nCapex", "年收入(元)\nIncome", "年运营支出(元)\nRunning cost", "年租金(元)\nRent"),
)
WHOLE = "whole_capex_cny"
"""What the whole investment is at the prices of the model, beside the numbers of :data:`PLACES`."""
PLACES = dict(
    zip(
        (
            *("horizon", "free", "pledged", "land_m2", "land_rent", "cleared_m2"),
            *(f"share_{funder}" for funder in FUNDERS),
            *("property_fee_cny", "upkeep_cny", "capex", "revenue", "opex", "rent"),
        ),
        range(6, 22),
        strict=True,
    )
)
"""What of a member is told -> its column."""
HOUSEHOLDS = 5
"""Column of the households that a member is the home of."""
LEGEND = (
    "黄色可改，其余为公式。“—”：不由单价算出（购买服务事项等），逐年金额见“账目”，在那里改。"
    "Yellow cells may be changed, the others are formulas. —: not made of prices (services), its amounts by year stand "
    "in 账目, to be changed there."
)


RENOVATION = "renovation"
MEMBER_COLUMNS = ["member", "name", "action", "household_count"]


@dataclass(frozen=True)
class Member:
    """A member as it is written.

    Parameters
    ----------
    member, name, action, household_count
        As in :class:`api.balance_workbook.Balance`; NaN where no households are told.
    options
        Its row of the basis as a frame; empty where it cannot be priced again.
    given
        Its lines by name, one value a year.
    fixed
        What of them does not come from prices.
    facts
        Numbers of the columns of :data:`PLACES` that are told, not priced.
    """

    member: str
    name: str
    action: str | None
    household_count: float
    options: pd.DataFrame
    given: Mapping[str, Floats]
    fixed: Mapping[str, Floats]
    facts: Mapping[str, float]

    @property
    def is_priced(self) -> bool:
        """Whether its lines are made of prices."""
        return len(self.options) > 0


def members_of(bundle: Balance, model: Model) -> list[Member]:
    """Return the members of a bundle with what of their lines comes from prices and what does not."""
    told = line_arrays(bundle.lines)
    known = repriceable(told, bundle.basis)
    priced = _priced_lines(known, told, model) if len(known) else {}
    facts = _facts(known, model) if len(known) else []
    rows = {member: row for row, member in enumerate(known.index)}
    found = []
    for member, name, action, homes in bundle.members[MEMBER_COLUMNS].itertuples(index=False):
        place, row = told.members.index(str(member)), rows.get(str(member))
        given = {line: told.lines[line][place] for line in LINES}
        words = str(member), str(name), None if pd.isna(action) else str(action)
        households = np.nan if pd.isna(homes) else float(homes)
        if row is None:
            found.append(Member(*words, households, known.iloc[[]], given, given, {}))
            continue
        fixed = {line: given[line] - (priced[line][row] if line in priced else 0.0) for line in LINES}
        fixed["tax_cny"] = given["tax_cny"] - _tax_cny(given, facts[row], model)
        care = {line: _care_base(given[line], line, model) for line in OF_CARE}
        own = {name: value for name, value in {**facts[row], **care}.items() if name in PLACES}
        found.append(Member(*words, households, known.iloc[[row]], given, fixed, own))
    return found


def _priced_lines(known: pd.DataFrame, told: Lines, model: Model) -> dict[str, Floats]:
    """Return what formulas make of the prices of the model: the operator's lines, and the care in full."""
    years = told.lines["capex_cny"].shape[1]
    found = {
        line: np.pad(values, ((0, 0), (0, max(0, years - values.shape[1]))))[:, :years]
        for line, values in operator_lines(known, model).items()
    }
    for line in OF_CARE:
        found[line] = np.zeros((len(known), years))
        for row, member in enumerate(known.index):
            base = _care_base(told.lines[line][told.members.index(member)], line, model)
            found[line][row, 1:] = base * _care_price(line, model)
    return found


def _tax_cny(given: Mapping[str, Floats], facts: Mapping[str, float], model: Model) -> Floats:
    """Return the taxes by year that follow from the other lines, as :func:`gis._account_lines.by_year` has them.

    Property fees pay the tax on income, and are in no profit.
    """
    horizon, rate = facts["horizon"], model.value(REVENUE_TAX)
    worn, losses = facts[WHOLE] / max(horizon, A_DAY), Losses(int(model.value(LOSS_YEARS)))
    found = np.zeros_like(given["tax_cny"])
    for year in range(1, len(found)):
        earned = given["revenue_cny"][year] + given["other_income_cny"][year]
        spent = sum(given[name][year] for name in ("opex_cny", "land_rent_cny", "reinstatement_cny"))
        active = min(max(horizon - (year - 1), 0.0), 1.0)
        profit = np.asarray(earned * (1.0 - rate) - spent - worn * active)
        taxable = float(losses.taxable(profit))
        found[year] = rate * (earned + given["property_fee_cny"][year]) + model.value(PROFIT_TAX) * taxable
    return found


def _care_price(line: str, model: Model) -> float:
    return float(np.prod([model.value(key) for key in OF_CARE[line]]))


def _care_base(values: Floats, line: str, model: Model) -> float:
    """Return what the price of a line of care is multiplied with, where its years are alike; else 0."""
    price = _care_price(line, model)
    is_steady = len(values) > 1 and np.allclose(values[1:], values[1])
    return float(values[1] / price) if is_steady and price else 0.0


def _facts(basis: pd.DataFrame, model: Model) -> list[dict[str, float]]:
    account, facts = account_of(basis, model)
    paid = operator_share(basis, account, model)
    is_rented = has_land(basis)
    told = pd.DataFrame(
        {
            "horizon": facts.horizon_years,
            "free": np.broadcast_to(np.asarray(account.free_years, dtype=float), len(basis)),
            "land_m2": np.where(is_rented, column(basis, "area_m2"), 0.0),
            "land_rent": np.where(is_rented, column(basis, "land_rent_cny_m2_month"), 0.0),
            "cleared_m2": facts.cleared_m2,
            WHOLE: np.asarray(account.capex_cny),
            "pledged": pledgeable_share(basis, lambda _: np.nan),
            **{f"share_{funder}": paid[name].to_numpy() for funder, name in zip(FUNDERS, PAID_COLUMNS, strict=True)},
        }
    )
    return [{str(name): float(value) for name, value in row.items()} for row in told.to_dict("records")]


@dataclass(frozen=True)
class Placed:
    """Where the numbers of a member stand: its row, and addresses by name of :data:`PLACES`, empty without prices."""

    member: Member
    row: int
    addresses: Mapping[str, str]


def write_members(
    sheet: Worksheet, bundles: Sequence[tuple[str, Sequence[Member]]], prices: Prices, units: Units
) -> list[list[Placed]]:
    """Write the members with their terms, and on a sheet of their own the units that they are counted in."""
    cells.title(sheet, 1, "成员：条款 Members: terms", bold=True)
    cells.title(sheet, 2, LEGEND)
    cells.head(sheet, TITLE_ROW, MEMBER_HEADS)
    row, found = FIRST_ROW, []
    for bundle_id, members in bundles:
        placed = []
        for member in members:
            placed.append(_member_row(sheet, row, bundle_id, member, prices))
            if member.is_priced:
                totals = units.write(bundle_id, member)
                _sums(sheet, row, totals)
                _households(sheet, row, member, totals.get("households"))
            else:
                _households(sheet, row, member, None)
            row += 1
        found.append(placed)
    widths = (22, 42, 28, 18, *(14,) * 17)
    cells.on_paper(sheet, widths, rows=f"{TITLE_ROW}:{TITLE_ROW}", freeze=f"D{FIRST_ROW}")
    return found


def _member_row(sheet: Worksheet, row: int, bundle_id: str, member: Member, prices: Prices) -> Placed:
    action = ACTIONS[member.action][0] if member.action in ACTIONS else "购买服务事项"
    for place, said in enumerate((bundle_id, member.member, member.name, action), start=1):
        cells.text(sheet, row, place, said)
    if not member.is_priced:
        cells.none(sheet, row, list(PLACES.values()))
        return Placed(member, row, {})
    for name, value in member.facts.items():
        form = cells.SHARE if name.startswith("share") or name == "pledged" else cells.COUNT
        own = _formula_of(member, name, row)
        if own is None:
            cells.number(sheet, row, PLACES[name], value, form, is_input=True)
        else:
            cells.formula(sheet, row, PLACES[name], prices.resolved(own), form)
    return Placed(member, row, {name: cells.ref(sheet, row, place) for name, place in PLACES.items()})


def _formula_of(member: Member, name: str, row: int) -> str | None:
    """Return the formula of a term that the model prices: whose income, who pays for a renovation."""
    if name == "pledged" and np.isnan(member.facts["pledged"]):
        return parameter(PLEDGEABLE + owners(member.options)[0]).text
    is_split = member.options["action"].iloc[0] == RENOVATION and not any(
        column(member.options, f"funding_{funder}_share")[0] >= 0 for funder in FUNDERS
    )
    if not is_split or not name.startswith("share"):
        return None
    state, private = parameter(STATE_SHARE).text, parameter(PRIVATE_SHARE).text
    enterprise = cells.here(row, PLACES["share_enterprise"])
    return {
        "share_state": state,
        "share_enterprise": f"MIN({private},1-{state})",
        "share_residents": f"1-{state}-{enterprise}",
    }.get(name)


def _sums(sheet: Worksheet, row: int, totals: Mapping[str, str]) -> None:
    """Write what the units of a member come to; its land is rented beside them."""
    for name in ("capex", "revenue", "opex"):
        cells.formula(sheet, row, PLACES[name], f"SUM({totals[name]})", cells.WHOLE)
    area, rent = (cells.here(row, PLACES[name]) for name in ("land_m2", "land_rent"))
    cells.formula(sheet, row, PLACES["rent"], f"{area}*{rent}*12+SUM({totals['rent']})", cells.WHOLE)


def _households(sheet: Worksheet, row: int, member: Member, counted: str | None) -> None:
    """Write whose home a member is: of a renovation the count that its price is multiplied with; 0 of an asset."""
    if counted is not None and member.action == RENOVATION:
        cells.formula(sheet, row, HOUSEHOLDS, counted, cells.COUNT)
    elif np.isnan(member.household_count):
        cells.none(sheet, row, [HOUSEHOLDS])
    else:
        cells.number(sheet, row, HOUSEHOLDS, member.household_count, cells.COUNT, is_input=not member.is_priced)
