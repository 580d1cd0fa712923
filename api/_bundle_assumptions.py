"""What a plan of bundles rests on: each assumption and limit with its value, source and confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from api._help import both
from gis._account_facts import ACCOUNT_KEYS, CONCESSION, PROFIT_TAX, RATE, REVENUE_TAX
from gis._bundle_members import BENEFITS, COLLECTED, FEE, FLOOR, UPKEEP
from gis._bundle_services import SAVING
from gis._monte_carlo import read_keys
from gis._notes import Note
from gis._price_titles import price_title
from gis.bundle_account import COVER, LOAN
from gis.bundle_city import BUDGET, BUDGET_YEARS, MOST_MEMBERS, WORKING_CAPITAL, default_limits
from gis.funding import SPLIT_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis._bundle_accounts import Accounted
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
"""Parameters that every plan rests on, whatever its members; what their accounts read comes after (:func:`_read`)."""
OWN_PRICES = {
    "reference_rent_cny_m2_month": Note("各处参考租金(代替商铺租金)", "Rent of each place, for that of a shop"),
    "land_rent_cny_m2_month": Note("各处地租", "Land rent of each place"),
}
"""Columns of ``account_basis`` that price a member by itself, not by the model."""
OF_LEDGERS = Note("各处台账", "the ledgers, each place its own")
GIVEN, CHOSEN = Note("本次命令给定", "given with the command"), Note("程序默认", "default of the command")
UNITS = {
    "years": Note("年", " years"),
    "m walk": Note("米(步行)", " m on foot"),
    "CNY/m2/month": Note("元/m²·月", " CNY/m²/month"),
    "m2/household": Note("m²/户", " m²"),
    "CNY/stall/month": Note("元/泊位·月", " CNY/stall/month"),
    "CNY/stall": Note("元/泊位", " CNY/stall"),
    "CNY/pile installed": Note("元/桩(含安装)", " CNY/pile installed"),
    "kW": Note("千瓦", " kW"),
    "CNY/kWh": Note("元/千瓦时", " CNY/kWh"),
    "CNY/pile/month": Note("元/桩·月", " CNY/pile/month"),
    "CNY/port/month": Note("元/端口·月", " CNY/port/month"),
    "CNY/port/day": Note("元/端口·日", " CNY/port/day"),
    "CNY/port installed": Note("元/端口(含安装)", " CNY/port installed"),
    "CNY/m2": Note("元/m²", " CNY/m²"),
    "CNY/m2/year": Note("元/m²·年", " CNY/m²/year"),
    "CNY/m2/day": Note("元/m²·日", " CNY/m²/day"),
    "CNY/m2 land": Note("元/m²(用地)", " CNY/m² of land"),
    "CNY/m2 floor": Note("元/m²(建筑面积)", " CNY/m² of floor"),
    "CNY/m2 display": Note("元/m²(展陈)", " CNY/m² of display"),
    "CNY/household": Note("元/户", " CNY/household"),
    "CNY/m wall": Note("元/米(墙)", " CNY/m of wall"),
    "days/year": Note("天/年", " days/year"),
    "x": Note("倍", "x"),
    "points per household renovated": Note("分", " points"),
    "points per person over 60 in them": Note("分", " points"),
    "points per stall of the night gap closed": Note("分", " points"),
}
SHARES = ("fraction", "per year", "of ", "share of ")
"""How the units of a share begin."""


def assumptions(
    model: Model, limits: Limits, basis: pd.DataFrame | None = None, bundles: Sequence[Accounted] = ()
) -> list[dict[str, Any]]:
    """Return what a plan rests on: its limits, then values, those first that move the NPV of its bundles most.

    Each with ``key`` (of the model, or the option of the command), ``zh`` and ``en`` (its title), ``value``, ``unit``,
    ``shown`` and ``source`` (in both languages), ``confidence``, ``is_assumption``, ``is_given`` (by a person, with
    the command) and ``npv_swing_cny`` (how far apart the NPVs at its two ends are, all bundles; ``None``: not told).

    Parameters
    ----------
    model, limits
        What was searched with.
    basis
        The run's table ``account_basis``: what the accounts of the members read is listed too.
    bundles
        The bundles found; without any, what the accounts of all that could be a member read.
    """
    swings = _swings(bundles)
    own = _own(basis, bundles)
    keys = sorted(dict.fromkeys((*OF_MODEL, *_read(own, model))), key=lambda key: -swings.get(key, 0.0))
    values = [_of_model(model, key) | {"npv_swing_cny": swings.get(key)} for key in keys]
    return [*_of_limits(model, limits), *values, *_own_prices(own)]


def sensitive_lines(bundles: Sequence[Accounted], model: Model) -> list[str]:
    """Return for each bundle the parameter that moves its NPV most, with both ends and the NPV at each, in words."""
    told = []
    for item in bundles:
        if item.account.sensitivity.empty:
            continue
        row = item.account.sensitivity.iloc[0]
        unit = model[row["key"]].unit if row["key"] in model.parameters else ""
        low, high = (_shown(float(row[end]), unit) for end in ("low", "high"))
        at_low, at_high = (_money(float(row[f"npv_{end}_cny"])) for end in ("low", "high"))
        told.append(
            both(
                f"{item.number}号包 {row['title']} {low.zh}→{high.zh}：净现值{at_low.zh}→{at_high.zh}",
                f"bundle {item.number}: {row['title_en']} {low.en} to {high.en}: NPV {at_low.en} to {at_high.en}",
            )
        )
    head = both(
        "各包净现值最敏感于（参数由低到高，其余不变）", "what moves the NPV of each bundle most, the rest as it is"
    )
    return [head, *told] if told else []


def _own(basis: pd.DataFrame | None, bundles: Sequence[Accounted]) -> pd.DataFrame:
    """Return the rows of ``basis`` that the bundles rest on; without bundles all of them."""
    if basis is None:
        return pd.DataFrame()
    inside = {str(name) for item in bundles for name in item.members["member"]}
    return basis[basis["opportunity_id"].isin(inside)].reset_index(drop=True) if bundles else basis


def _read(basis: pd.DataFrame, model: Model) -> list[str]:
    """Return the parameters that the accounts of ``basis`` read, so that none is listed by hand."""
    return [] if basis.empty else sorted({*read_keys(basis, model), *ACCOUNT_KEYS})


def _swings(bundles: Sequence[Accounted]) -> dict[str, float]:
    """Return parameter -> how far apart the NPVs at its ends are, the sum over the bundles."""
    frames = [item.account.sensitivity for item in bundles if len(item.account.sensitivity)]
    if not frames:
        return {}
    total = pd.concat(frames).groupby("key")["swing_cny"].sum()
    return {str(key): round(float(swing), 2) for key, swing in total.items()}


def _own_prices(basis: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the prices that members have of their own, with the range of those used."""
    for name, title in OWN_PRICES.items():
        used = basis[name].dropna().astype(float) if name in basis else pd.Series(dtype=float)
        if used.empty:
            continue
        of, low, high = UNITS["CNY/m2/month"], float(used.min()), float(used.max())
        ends = f"{low:g}" if low == high else f"{low:g}–{high:g}"
        shown = Note(f"{ends}{of.zh}（{len(used)}处）", f"{ends}{of.en} ({len(used)} of them)")
        yield _told(name, title, [low, high], shown) | {"unit": "CNY/m2/month", "source": OF_LEDGERS._asdict()}


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
        "npv_swing_cny": None,
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
