"""Units that Chinese ledgers write in cells and column titles, as factors to the unit of a field."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.values._script import simplified
from layers.values._text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Field

MU_M2 = 2000 / 3
"""One 亩: fifteen make a hectare."""
_WORKING_DAY_H = 8.0  # State Council decree 174 (1995), article 3: eight hours a working day
_SCALES = {"": 1.0, "百": 1e2, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8}


def _scaled(units: Mapping[str, float]) -> Mapping[str, float]:
    """Return units with 万, 亿 … before them (the 千 of 千瓦 and 千米 belongs to the unit and stands there already)."""
    return MappingProxyType(
        {scale + unit: factor * of for unit, of in units.items() for scale, factor in _SCALES.items()} | dict(units)
    )


def _counted(*words: str) -> Mapping[str, float]:
    return _scaled(dict.fromkeys(("个", "处", *words), 1.0))


_AREA = {"m2": 1.0, "平方米": 1.0, "平米": 1.0, "平方": 1.0, "平": 1.0, "sqm": 1.0}
_AREA |= {"亩": MU_M2, "公顷": 1e4, "ha": 1e4, "hm2": 1e4, "平方公里": 1e6, "平方千米": 1e6, "km2": 1e6}
_MONEY = {"元": 1.0, "人民币": 1.0, "rmb": 1.0, "cny": 1.0, "¥": 1.0, "元人民币": 1.0}


def _money_per(*tails: str) -> Mapping[str, float]:
    return _scaled(_MONEY | {f"元{slash}{tail}": 1.0 for tail in tails for slash in ("/", "每")})


def _rent_per(*terms: str) -> tuple[str, ...]:
    """Return a square metre and a term as ledgers write them together (``m2·月``)."""
    return tuple(f"{m2}{dot}{term}" for m2 in _SQUARES for dot in ("", "/", "·", ".") for term in terms)


_SQUARES = ("m2", "平方米", "平米")
_DAYS_A_MONTH = 365 / 12
_M2_RENT = MappingProxyType(
    dict(_money_per(*_SQUARES, *_rent_per("月")))
    | {f"元/{tail}": _DAYS_A_MONTH for tail in _rent_per("天", "日")}
    | {f"元/{tail}": 1 / 12 for tail in _rent_per("年")}
)
UNITS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "m2": _scaled(_AREA),
        "m": MappingProxyType({"m": 1.0, "米": 1.0, "公里": 1e3, "千米": 1e3, "km": 1e3, "厘米": 0.01, "cm": 0.01}),
        "kW": MappingProxyType({"kw": 1.0, "千瓦": 1.0, "mw": 1e3, "兆瓦": 1e3, "w": 1e-3, "瓦": 1e-3}),
        "CNY": _scaled(_MONEY),
        "CNY/month": _money_per("月", "个月"),
        "CNY/year": _money_per("年"),
        "CNY/h": _money_per("时", "小时", "h"),
        "CNY/kWh": _money_per("度", "kwh", "千瓦时"),
        "CNY/m2/month": _M2_RENT,
        "fraction": MappingProxyType({"%": 0.01, "‰": 0.001}),
        "working hours": MappingProxyType(
            {"小时": 1.0, "时": 1.0, "h": 1.0, "工时": 1.0, "个小时": 1.0, "个工时": 1.0}
            | dict.fromkeys(("工作日", "个工作日"), _WORKING_DAY_H)
        ),
        "households": _counted("户", "家", "居民户"),
        "buildings": _counted("栋", "幢", "座"),
        "lifts": _counted("部", "台"),
        "stalls": _counted("位", "车位", "个车位", "泊位", "个泊位", "停车位"),
        "persons": _counted("人", "名", "位"),
        "vehicles": _counted("辆", "台", "部"),
        "e-bikes": _counted("辆", "台", "部"),
        "piles": _counted("桩", "台", "根", "个桩"),
        "ports": _counted("口", "枪", "把", "个口", "端口"),
        "floors": _counted("层", "f"),
    }
)
_ANY_UNIT = frozenset(unit for units in UNITS.values() for unit in units)


def factor_of(unit_text: str, field_unit: str) -> float | None:
    """Return by what a number in ``unit_text`` is multiplied to be in ``field_unit``; ``None`` where it cannot be.

    Parameters
    ----------
    unit_text
        Unit as a ledger writes it, plain text (``万m2``, ``亩``, ``元/小时``); empty gives 1.
    field_unit
        Unit of the field.
    """
    text = re.sub(r"[\s()]", "", unit_text).lower()
    if not text:
        return 1.0
    return UNITS.get(field_unit, _SCALES).get(text, _SCALES.get(text))


def is_counted(field_unit: str) -> bool:
    """Return whether the unit of a field counts things one by one, as households or stalls.

    Parameters
    ----------
    field_unit
        Unit of the field.
    """
    return "个" in UNITS.get(field_unit, ())


def unit_in_title(title: str, field: Field) -> str:
    """Return the unit that a column title states for ``field`` (``建筑面积（万㎡）`` -> ``万m2``), or nothing."""
    text = simplified(plain(title))
    inside: list[str] = re.findall(r"[(\[]([^()\[\]]*)[)\]]", text)
    inside += re.split(r"[/:_]", text)[1:]
    for part in inside:
        unit = re.sub(r"^单位:?|\s", "", part)
        if unit and factor_of(unit, field.unit) is not None:
            return unit
    return "%" if field.unit == "fraction" and "%" in text else ""


def foreign_unit_in_title(title: str) -> str:
    """Return a bracket of a column title that looks like a unit, known or not, or nothing."""
    parts: list[str] = re.findall(r"[(\[]([^()\[\]]*)[)\]]", simplified(plain(title)))
    for part in parts:
        text = re.sub(r"^单位:?|\s", "", part).lower()
        if text in _ANY_UNIT or re.fullmatch(
            r"[a-z]{1,3}[23]?|.{0,3}(?:尺|英寸|码|英亩|吨|伏安)|kva|sq ?ft|acres?", text
        ):
            return part
    return ""


_NO_FACTOR = frozenset(("度", "°", "年", "年份", "人", "次", "间", "宗", "%", "岁"))
"""What stands as a unit below titles of numbers that are converted into nothing else."""


def is_unit(text: str) -> bool:
    """Return whether a cell says nothing but a unit, in brackets or not."""
    bare = re.sub(r"[\s()]", "", plain(text)).lower()
    return bare in _ANY_UNIT or bare in _NO_FACTOR


def units_of_sheet(text: str) -> tuple[str, ...]:
    """Return the units that a title row states for the whole sheet (``单位：万元`` -> ``("万元",)``)."""
    found = re.search(r"单位:\s*([^)\s]+)", simplified(plain(text)))
    if found is None:
        return ()
    parts = re.split(r"[、,;，；]", found[1])
    return tuple(part for part in parts if part.lower() in _ANY_UNIT)
