"""Whether a plan of bundles holds: every limit computed again from the members, sharing no code with the search.

Sums are exactly rounded (:func:`math.fsum`), so what is found lacking is lacking, not an error of adding up.
"""

from __future__ import annotations

import math
from collections import Counter
from operator import index
from typing import TYPE_CHECKING

from gis._notes import Note
from gis.bundle import TOLERANCE_CNY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis.bundle import Bundle, Limits, Members, Plan

_RELATIVE = 1e-6
"""Of the benefit: how far a sum and a bound may be off, being sums of binary fractions."""


def faults(members: Members, limits: Limits, plan: Plan) -> tuple[Note, ...]:
    """Return what is wrong with a plan, in words; nothing where it holds.

    Parameters
    ----------
    members, limits
        What the plan was made of and for; not checked themselves.
    plan
        Rows and years count from 0, as in its data; the bundles are named by their place in it, from 1.

    Returns
    -------
    tuple of Note
        One note a fault: which bundle, which member, which year and how much is lacking. Where rows do not exist, or
        are not in order, that alone is told: nothing can be added up then.
    """
    if unread := tuple(_row_faults(members, plan)):
        return unread
    found: list[Note] = []
    for name, bundle in zip(_names(plan), plan.bundles, strict=True):
        found += _shape_faults(members, limits, bundle, name)
        found += _cash_faults(members, limits, bundle, name)
        found += _element_faults(members, limits, bundle, name)
        found += _scenario_faults(members, limits, bundle, name)
    found += _balance_faults(members, limits, plan)
    found += _start_faults(limits, plan)
    found += _budget_faults(members, limits, plan)
    found += _wish_faults(limits, plan)
    found += _claim_faults(members, plan)
    return tuple(found)


def npv_cny(members: Members, limits: Limits, rows: Sequence[int], start_year: int = 0) -> float:
    """Return the net present value of rows together that start in a year, discounted to year 0."""
    grown, flows = 1.0 + limits.discount_rate, members.net_cny[list(rows)].tolist()
    return math.fsum(cash / grown ** (start_year + year) for row in flows for year, cash in enumerate(row))


def _names(plan: Plan) -> list[Note]:
    """Return what each bundle is called: its place and its rows."""
    named = []
    for place, bundle in enumerate(plan.bundles, 1):
        rows = ", ".join(str(row) for row in bundle.rows)
        named.append(Note(f"第 {place} 个组合（成员行 {rows.replace(', ', '、')}）", f"bundle {place} (rows {rows})"))
    return named


def _row_faults(members: Members, plan: Plan) -> Iterator[Note]:
    """Tell of rows that do not exist, stand twice or out of order, and of bundles out of order."""
    for name, bundle in zip(_names(plan), plan.bundles, strict=True):
        if not bundle.rows:
            yield Note(f"{name.zh}没有成员", f"{name.en} has no member")
        for row in bundle.rows:
            if not 0 <= index(row) < len(members):
                yield Note(
                    f"{name.zh}的成员行 {row} 不存在，共 {len(members)} 行",
                    f"{name.en}: row {row} does not exist, there are {len(members)}",
                )
        for before, after in zip(bundle.rows, bundle.rows[1:], strict=False):
            if after <= before:
                yield Note(
                    f"{name.zh}的成员行未升序：{before} 之后是 {after}",
                    f"{name.en}: rows do not ascend, {after} follows {before}",
                )
    for row, times in Counter(row for bundle in plan.bundles for row in set(bundle.rows)).items():
        if times > 1:
            yield Note(f"成员行 {row} 同时在 {times} 个组合中", f"row {row} is in {times} bundles at once")
    firsts = [bundle.rows[0] for bundle in plan.bundles if bundle.rows]
    if firsts != sorted(firsts):
        yield Note(f"组合未按首个成员行升序：{firsts}", f"bundles are not in the order of their first rows: {firsts}")


def _shape_faults(members: Members, limits: Limits, bundle: Bundle, name: Note) -> Iterator[Note]:
    """Tell of a bundle that is too large, in pieces, or crosses the border of a unit."""
    if (count := len(bundle.rows)) > limits.most_members:
        yield Note(
            f"{name.zh}有 {count} 个成员，最多 {limits.most_members} 个，多 {count - limits.most_members} 个",
            f"{name.en} has {count} members of {limits.most_members} at most, {count - limits.most_members} too many",
        )
    if apart := sorted(set(bundle.rows) - _joined(members, bundle.rows)):
        rows = ", ".join(map(str, apart))
        yield Note(
            f"{name.zh}不相连：从成员行 {bundle.rows[0]} 到不了 {rows}",
            f"{name.en} is not contiguous: no link leads within it from row {bundle.rows[0]} to {rows}",
        )
    if limits.within_unit and members.unit is not None:
        units = [int(members.unit[row]) for row in bundle.rows]
        for row, unit in zip(bundle.rows, units, strict=True):
            if unit != units[0]:
                yield Note(
                    f"{name.zh}跨越边界：成员行 {row} 属单元 {unit}，成员行 {bundle.rows[0]} 属单元 {units[0]}",
                    f"{name.en} crosses a border: row {row} is in unit {unit}, row {bundle.rows[0]} in {units[0]}",
                )


def _joined(members: Members, rows: Sequence[int]) -> set[int]:
    """Return the rows that links between ``rows`` alone lead to from the first of them."""
    inside = set(rows)
    beside: dict[int, list[int]] = {row: [] for row in rows}
    for one, other in members.links.tolist():
        if one in inside and other in inside:
            beside[one].append(other)
            beside[other].append(one)
    reached, ahead = {rows[0]}, [rows[0]]
    while ahead:
        fresh = set(beside[ahead.pop()]) - reached
        reached |= fresh
        ahead += fresh
    return reached


def _cash_faults(members: Members, limits: Limits, bundle: Bundle, name: Note) -> Iterator[Note]:
    """Tell of each year in which the cumulative cash falls below the working capital."""
    cash = members.net_cny[list(bundle.rows)].tolist()
    for year in range(members.net_cny.shape[1]):
        held = math.fsum(value for row in cash for value in row[: year + 1])
        if (lacking := -limits.working_capital_cny - held) > TOLERANCE_CNY:
            yield Note(
                f"{name.zh}第 {year} 年累计现金 {held:,.2f} 元，低于营运资金限额 {limits.working_capital_cny:,.2f} 元，"
                f"缺 {lacking:,.2f} 元",
                f"{name.en}: cumulative cash of year {year} is {held:,.2f} CNY, below the working capital of "
                f"{limits.working_capital_cny:,.2f}; {lacking:,.2f} CNY are lacking",
            )


def _element_faults(members: Members, limits: Limits, bundle: Bundle, name: Note) -> Iterator[Note]:
    """Tell of a bundle whose elements that lose take more from the others than they may."""
    if math.isinf(limits.element_cap_cny):
        return
    if members.npv_element_cny is None:
        yield Note(f"{name.zh}无分要素净现值，无法核对反哺", f"{name.en}: there are no NPVs by element")
        return
    sums = [math.fsum(column) for column in members.npv_element_cny[list(bundle.rows)].T.tolist()]
    taken = math.fsum(-value for value in sums if value < 0)
    if (over := taken - limits.element_cap_cny) > TOLERANCE_CNY:
        yield Note(
            f"{name.zh}的要素间反哺 {taken:,.2f} 元，超过上限 {limits.element_cap_cny:,.2f} 元 {over:,.2f} 元",
            f"{name.en}: elements that lose take {taken:,.2f} CNY from the others, {over:,.2f} over the cap of "
            f"{limits.element_cap_cny:,.2f}",
        )


def _scenario_faults(members: Members, limits: Limits, bundle: Bundle, name: Note) -> Iterator[Note]:
    """Tell of a bundle that balances in too few scenarios."""
    if limits.balanced_share is None:
        return
    if members.net_scenario_cny is None:
        yield Note(f"{name.zh}无情景净现值，无法核对稳健性", f"{name.en}: there are no scenarios to balance in")
        return
    if limits.transfer_cap_cny > 0:
        yield Note(f"{name.zh}：包间互补与情景平衡不能同时核对", f"{name.en}: with transfers no bundle balances alone")
        return
    by_scenario = members.net_scenario_cny[list(bundle.rows)].transpose(1, 2, 0).tolist()
    told = [_in_scenario(limits, [math.fsum(year) for year in flows]) for flows in by_scenario]
    values = [npv for npv, _ in told]
    balanced = sum(npv >= -TOLERANCE_CNY and held >= -TOLERANCE_CNY for npv, held in told)
    asked = math.ceil(limits.balanced_share * len(values) - 1e-9)
    if balanced < asked:
        worst = min(range(len(values)), key=lambda scenario: values[scenario])
        yield Note(
            f"{name.zh}在 {len(values)} 个情景中只有 {balanced} 个平衡，要求 {asked} 个；情景 {worst} 最差，"
            f"净现值 {values[worst]:,.2f} 元",
            f"{name.en} balances in {balanced} of {len(values)} scenarios, {asked} are asked; scenario {worst} is the "
            f"worst, NPV {values[worst]:,.2f} CNY",
        )


def _in_scenario(limits: Limits, flows: Sequence[float]) -> tuple[float, float]:
    """Return the NPV of flows by year, and how far their cash stays above the working capital in every year."""
    npv = math.fsum(flow / (1.0 + limits.discount_rate) ** year for year, flow in enumerate(flows))
    least = min(math.fsum(flows[: year + 1]) for year in range(len(flows)))
    return npv, least + limits.working_capital_cny


def _balance_faults(members: Members, limits: Limits, plan: Plan) -> Iterator[Note]:
    """Tell of accounts that do not balance: each by itself, or all together where transfers are allowed."""
    npvs = [npv_cny(members, limits, bundle.rows, bundle.start_year) for bundle in plan.bundles]
    if limits.transfer_cap_cny <= 0:
        for name, npv in zip(_names(plan), npvs, strict=True):
            if npv < -TOLERANCE_CNY:
                yield Note(
                    f"{name.zh}净现值 {npv:,.2f} 元，缺 {-npv:,.2f} 元",
                    f"{name.en} does not balance: NPV {npv:,.2f} CNY, {-npv:,.2f} are lacking",
                )
        return
    taken = math.fsum(max(0.0, -npv) for npv in npvs)
    if (over := taken - limits.transfer_cap_cny) > TOLERANCE_CNY:
        short = [place for place, npv in enumerate(npvs, 1) if npv < 0]
        yield Note(
            f"组合 {short} 共需反哺 {taken:,.2f} 元，超过上限 {limits.transfer_cap_cny:,.2f} 元 {over:,.2f} 元",
            f"bundles {short} take {taken:,.2f} CNY from the others, {over:,.2f} over the cap of "
            f"{limits.transfer_cap_cny:,.2f}",
        )
    given = math.fsum(_to_give(members, limits, bundle) for bundle in plan.bundles)
    if (lacking := taken - given) > TOLERANCE_CNY:
        yield Note(
            f"各组合可反哺 {given:,.2f} 元，需反哺 {taken:,.2f} 元，缺 {lacking:,.2f} 元",
            f"all bundles together do not balance: {taken:,.2f} CNY are taken, {given:,.2f} can be given, "
            f"{lacking:,.2f} are lacking",
        )


def _to_give(members: Members, limits: Limits, bundle: Bundle) -> float:
    """Return what a bundle can pay at its start within its NPV and its working capital, in money of year 0."""
    flows = [math.fsum(year) for year in members.net_cny[list(bundle.rows)].T.tolist()]
    deepest = max(0.0, *(-math.fsum(flows[: year + 1]) for year in range(len(flows))))
    left = (limits.working_capital_cny - deepest) / (1.0 + limits.discount_rate) ** bundle.start_year
    return max(0.0, min(npv_cny(members, limits, bundle.rows, bundle.start_year), left))


def _start_faults(limits: Limits, plan: Plan) -> Iterator[Note]:
    """Tell of bundles that start in no year of the budget."""
    years = len(limits.public_budget_cny)
    for name, bundle in zip(_names(plan), plan.bundles, strict=True):
        year = bundle.start_year
        if not years and year != 0:
            yield Note(
                f"{name.zh}第 {year} 年启动；未设预算时均在第 0 年启动",
                f"{name.en} starts in year {year}; without a budget all start in year 0",
            )
        elif years and not 0 <= year < years:
            yield Note(
                f"{name.zh}第 {year} 年启动，不在预算的 {years} 年内",
                f"{name.en} starts in year {year}, outside the {years} years of the budget",
            )


def _budget_faults(members: Members, limits: Limits, plan: Plan) -> Iterator[Note]:
    """Tell of public money after the years of the budget, and of years that spend too much."""
    years = len(limits.public_budget_cny)
    spent: list[list[float]] = [[] for _ in range(years)]
    for name, bundle in zip(_names(plan), plan.bundles, strict=True):
        for late in range(members.public_cny.shape[1] if 0 <= bundle.start_year < years else 0):
            year = bundle.start_year + late
            money = members.public_cny[list(bundle.rows), late].tolist()
            if year < years:
                spent[year] += money
            elif (outside := math.fsum(money)) > TOLERANCE_CNY:
                yield Note(
                    f"{name.zh}在第 {year} 年使用财政资金 {outside:,.2f} 元，而预算只有 {years} 年",
                    f"{name.en} spends {outside:,.2f} CNY of public money in year {year}, the budget has {years} years",
                )
    for year, (allowed, money) in enumerate(zip(limits.public_budget_cny, spent, strict=True)):
        if (over := math.fsum(money) - allowed) > TOLERANCE_CNY:
            yield Note(
                f"第 {year} 年财政资金 {math.fsum(money):,.2f} 元，超过预算 {allowed:,.2f} 元 {over:,.2f} 元",
                f"public money of year {year} is {math.fsum(money):,.2f} CNY, {over:,.2f} over the budget of "
                f"{allowed:,.2f}",
            )


def _wish_faults(limits: Limits, plan: Plan) -> Iterator[Note]:
    """Tell of members that are not where the limits want them."""
    place = {row: number for number, bundle in enumerate(plan.bundles, 1) for row in bundle.rows}
    for row in limits.kept:
        if row not in place:
            yield Note(f"成员行 {row} 须保留，却不在任何组合中", f"row {row} must be kept and is in no bundle")
    for row in limits.left_out:
        if row in place:
            yield Note(
                f"成员行 {row} 须排除，却在第 {place[row]} 个组合中",
                f"row {row} must be left out and is in bundle {place[row]}",
            )
    for one, other in limits.together:
        if place.get(one) != place.get(other):
            yield Note(
                f"成员行 {one} 与 {other} 须在同一组合：{_where(place, one).zh}，{_where(place, other).zh}",
                f"rows {one} and {other} must be together: {_where(place, one).en}, {_where(place, other).en}",
            )
    for one, other in limits.apart:
        if one in place and place[one] == place.get(other):
            yield Note(
                f"成员行 {one} 与 {other} 不得在同一组合，却都在第 {place[one]} 个组合中",
                f"rows {one} and {other} must be apart and are both in bundle {place[one]}",
            )


def _where(place: dict[int, int], row: int) -> Note:
    """Return in which bundle a row is."""
    if row not in place:
        return Note(f"{row} 不在任何组合中", f"{row} is in none")
    return Note(f"{row} 在第 {place[row]} 个组合中", f"{row} is in bundle {place[row]}")


def _claim_faults(members: Members, plan: Plan) -> Iterator[Note]:
    """Tell of a benefit that is not the sum of its members', and of a bound below it."""
    benefit = math.fsum(float(members.benefit[row]) for bundle in plan.bundles for row in bundle.rows)
    slack = _RELATIVE * max(1.0, abs(benefit))
    if not abs(plan.benefit - benefit) <= slack:
        yield Note(
            f"方案自称效益 {plan.benefit:,.6f}，成员合计 {benefit:,.6f}",
            f"the plan claims a benefit of {plan.benefit:,.6f}, its members have {benefit:,.6f}",
        )
    if not plan.bound >= plan.benefit - slack:
        yield Note(
            f"上界 {plan.bound:,.6f} 低于方案效益 {plan.benefit:,.6f}",
            f"the bound {plan.bound:,.6f} is below the plan's benefit of {plan.benefit:,.6f}",
        )
