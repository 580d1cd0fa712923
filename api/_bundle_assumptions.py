"""What a plan of bundles rests on: each assumption and limit with its value, source and confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gis._account_facts import CONCESSION, PROFIT_TAX, RATE, REVENUE_TAX
from gis._bundle_members import BENEFITS, COLLECTED, FEE, FLOOR, UPKEEP
from gis._bundle_services import SAVING
from gis._notes import Note
from gis._price_titles import price_title
from gis.bundle_account import COVER, LOAN
from gis.bundle_city import BUDGET, BUDGET_YEARS, MOST_MEMBERS, WORKING_CAPITAL, default_limits
from gis.funding import SPLIT_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.bundle import Limits
    from gis.model import Model

TITLES = {
    **dict(
        zip(
            BENEFITS.values(),
            (
                Note("效益权重：每户", "Benefit of a household"),
                Note("效益权重：每位60岁以上老人", "Benefit of a person over 60"),
                Note("效益权重：每个补上的夜间车位", "Benefit of a stall of the gap"),
            ),
            strict=True,
        )
    ),
    FLOOR: Note("户均建筑面积(台账缺时)", "Floor area of a household, where not told"),
    SAVING: Note("购买服务整合后节省", "Saved where services are merged"),
    "bundle.link_walk": Note("相邻：步行至多", "Neighbours: walk at most"),
    "bundle.link_street": Note("相邻：同一街道至多", "Neighbours: on one street at most"),
    BUDGET_YEARS: Note("分几年起步", "Years to start in"),
    WORKING_CAPITAL: Note("每包累计垫资上限", "Working capital of a bundle"),
    BUDGET: Note("财政各年预算(全部包)", "Public money of each year, all bundles"),
}
OF_MODEL = (
    *(RATE, CONCESSION, *SPLIT_KEYS, FEE, COLLECTED, UPKEEP, FLOOR, LOAN, COVER, REVENUE_TAX, PROFIT_TAX),
    *(*BENEFITS.values(), SAVING, "bundle.link_walk", "bundle.link_street"),
)
"""Parameters that every plan rests on; prices of members stand in 资金平衡表.xlsx and on the card of each."""
GIVEN, CHOSEN = Note("本次命令给定", "given with the command"), Note("程序默认", "default of the command")
UNITS = {
    "years": Note("年", " years"),
    "m walk": Note("米(步行)", " m on foot"),
    "CNY/m2/month": Note("元/m²·月", " CNY/m²/month"),
    "m2/household": Note("m²/户", " m²"),
    "x": Note("倍", "x"),
    "points per household renovated": Note("分", " points"),
    "points per person over 60 in them": Note("分", " points"),
    "points per stall of the night gap closed": Note("分", " points"),
}
SHARES = ("fraction", "per year", "of ")
"""How the units of a share begin."""


def assumptions(model: Model, limits: Limits) -> list[dict[str, Any]]:
    """Return what a plan rests on.

    Each with ``key`` (of the model, or the option of the command), ``zh`` and ``en`` (its title), ``value``, ``unit``,
    ``shown`` and ``source`` (in both languages), ``confidence``, ``is_assumption`` and ``is_given`` (by a person, with
    the command).
    """
    return [*_of_limits(model, limits), *(_of_model(model, key) for key in OF_MODEL)]


def _of_limits(model: Model, limits: Limits) -> Iterator[dict[str, Any]]:
    usual = default_limits(model)
    budget = limits.public_budget_cny
    for key, value, default, shown in (
        (WORKING_CAPITAL, limits.working_capital_cny, usual.working_capital_cny, _money(limits.working_capital_cny)),
        (BUDGET, list(budget), list(usual.public_budget_cny), _moneys(budget)),
    ):
        told = _of_model(model, key) | {"value": value, "shown": shown._asdict()}
        yield told if value == default else told | _given()
    most = limits.most_members
    yield _told("--most", Note("每包至多成员", "Members of a bundle at most"), most, Note(f"{most}个", str(most))) | (
        {"source": CHOSEN._asdict(), "is_assumption": True, "confidence": "low"} if most == MOST_MEMBERS else _given()
    )
    if limits.transfer_cap_cny > 0:
        cap, title = limits.transfer_cap_cny, Note("盈利反哺上限(首个预算年币值)", "Cap on transfers, first-year money")
        yield _told("--transfer-cap", title, cap, _money(cap)) | _given()
    if limits.element_cap_cny < float("inf"):
        cap, title = limits.element_cap_cny, Note("包内要素间反哺上限", "Cap on transfers between elements of a bundle")
        yield _told("--element-cap", title, cap, _money(cap)) | _given()
    if limits.balanced_share is not None:
        share, title = limits.balanced_share, Note("每包须平衡的情景占比", "Scenarios in which each must balance")
        yield _told("--robust", title, share, Note(f"{share:.0%}", f"{share:.0%}")) | _given()


def _of_model(model: Model, key: str) -> dict[str, Any]:
    item, value = model[key], model.value(key)
    title = TITLES.get(key) or price_title(key)
    return _told(key, title, value, _shown(value, item.unit)) | {
        "unit": item.unit,
        "source": item.cited._asdict(),
        "confidence": item.confidence,
        "is_assumption": item.is_assumption,
    }


def _told(key: str, title: Note, value: object, shown: Note) -> dict[str, Any]:
    return {
        "key": key,
        "zh": title.zh,
        "en": title.en,
        "value": value,
        "unit": "",
        "shown": shown._asdict(),
        "source": {"zh": "", "en": ""},
        "confidence": "",
        "is_assumption": False,
        "is_given": False,
    }


def _given() -> dict[str, Any]:
    return {"source": GIVEN._asdict(), "confidence": "", "is_assumption": False, "is_given": True}


def _shown(value: float, unit: str) -> Note:
    if unit.startswith(SHARES):
        return Note(f"{100 * value:.4g}%", f"{100 * value:.4g}%")
    of = UNITS.get(unit, Note(f" {unit}", f" {unit}"))
    of_en = of.en.removesuffix("s") if value == 1 else of.en
    return Note(f"{value:g}{of.zh}", f"{value:g}{of_en}")


def _money(cny: float) -> Note:
    return Note(f"{cny / 1e4:,.1f}万元", f"{cny / 1e6:,.2f} M CNY")


def _moneys(cny: tuple[float, ...]) -> Note:
    if not cny:
        return Note("不限", "no limit")
    if len(set(cny)) == 1:
        each = _money(cny[0])
        return Note(f"{each.zh}×{len(cny)}年", f"{each.en} x {len(cny)}")
    zh, en = "、".join(f"{money / 1e4:,.1f}" for money in cny), ", ".join(f"{money / 1e6:,.2f}" for money in cny)
    return Note(f"{zh}万元", f"{en} M CNY")
