"""Criteria: the raw quantity behind each, with a band, and its value from 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis import _units
from gis._pledges import is_owner_open
from gis.surroundings import lack_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gis.model import Criterion, Model

PARKING = ("surface_parking", "mechanical_parking")
CARS = (*PARKING, "charging")
PERMISSION_STEP = {"forbidden": 0.0, "unclear": 1.0, "approval": 2.0, "allowed": 3.0}
MISSING_VALUE = 0.5
"""What a missing criterion counts in the score, the middle of its band 0..1."""
SHARED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"night_gap_closed": (), "people_served": (), "charger_gap_closed": ("action",), "return_per_cny": ("action",)}
)
"""Criteria whose bands come from parameters of the model, and within what each parameter is the same.

Whether a household has 2.5 or 2.8 people, or 0.6 or 0.9 cars, is not known, but it is one number for the whole city:
if it is high, it is high for every site. What a charger earns is one number for all chargers, another one for stalls.
Every other band is a lack of data about the site itself, and so is any band of a criterion that is missing.
"""


@dataclass(frozen=True)
class Band:
    """A quantity by option with its low and high end; null where it is missing.

    ``most`` tells of a missing one how much its stated value could be at most, null where nobody knows. ``is_own``
    tells where the greater part of the band is a lack of data around the site, though its criterion is one of
    :data:`SHARED`.
    """

    raw: pd.Series
    low: pd.Series
    high: pd.Series
    most: pd.Series | None = None
    is_own: pd.Series | None = None

    def lacks_data(self) -> pd.Series:
        """Return where the band is the option's own: the quantity is missing, or what lies around is not known."""
        return self.raw.isna() if self.is_own is None else self.raw.isna() | self.is_own

    @classmethod
    def sure(cls, raw: pd.Series) -> Band:
        """Return a quantity without a band."""
        return cls(raw, raw, raw)


@dataclass(frozen=True)
class Values:
    """The criteria of one theme, by option (rows) and criterion key (columns).

    Parameters
    ----------
    raw
        Quantities in their units; null where missing.
    value, low, high
        Values from 0 to 1: the value itself and its band. Missing counts 0.5 with the band 0..1.
    missing
        Which are missing.
    shared
        Criterion -> name of the assumption that opens the bands, by option; null where it is the option's own data.
        Options under one name stand at the same place of their bands (:data:`SHARED`).
    """

    raw: pd.DataFrame
    value: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    missing: pd.DataFrame
    shared: Mapping[str, pd.Series] = field(default_factory=dict)

    def at(self, index: pd.Index) -> Values:
        """Return the criteria of the options ``index``."""
        frames = {name: getattr(self, name).loc[index] for name in ("raw", "value", "low", "high", "missing")}
        return replace(self, **frames, shared={key: names.loc[index] for key, names in self.shared.items()})


def values(options: pd.DataFrame, model: Model, theme: str) -> Values:
    """Return the criteria of the options of one theme.

    Parameters
    ----------
    options
        Options of ``theme`` with the columns of :mod:`gis.options`, :mod:`gis.surroundings` and :mod:`gis.finance`.
    model
        Holds the criteria.
    theme
        ``revitalization`` or ``heritage``.

    Raises
    ------
    KeyError
        If the model has a criterion that is not measured here.
    """
    criteria = model.theme_criteria(theme)
    bands = {item.key: MEASURES[item.key](options, model) for item in criteria}
    valued = {item.key: _valued(item, bands[item.key]) for item in criteria}

    def table(of: Callable[[str], pd.Series]) -> pd.DataFrame:
        return pd.DataFrame({item.key: of(item.key) for item in criteria}, index=options.index)

    return Values(
        table(lambda key: bands[key].raw),
        table(lambda key: valued[key][0]),
        table(lambda key: valued[key][1]),
        table(lambda key: valued[key][2]),
        table(lambda key: bands[key].raw.isna()),
        {key: _assumption(key, options).mask(bands[key].lacks_data()) for key in bands if key in SHARED},
    )


def _assumption(key: str, options: pd.DataFrame) -> pd.Series:
    """Return the name of the assumption behind a criterion's band, by option."""
    name = pd.Series(key, index=options.index, dtype="object")
    for column in SHARED[key]:
        name = name + ":" + options[column].astype("object")
    return name


def _valued(criterion: Criterion, band: Band) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return value, low and high of a band.

    A missing quantity counts the middle of its band; an end of it that is not known is that of 0..1, so that one of
    which nothing is known counts :data:`MISSING_VALUE`. Where the most that it could be is known (:attr:`Band.most`),
    it counts the middle between that and the lower end.
    """
    index, missing = band.raw.index, band.raw.isna().to_numpy()
    value = criterion.function(band.raw)
    most = np.full(len(index), np.nan) if band.most is None else criterion.function(band.most)
    ends = np.array([criterion.function(band.low), criterion.function(band.high)])
    open_ends = (0.0, 1.0) if criterion.direction == "benefit" else (1.0, 0.0)
    worst, best = (np.where(np.isnan(end), bound, end) for end, bound in zip(ends, open_ends, strict=True))
    value = np.where(missing, (worst + np.where(np.isnan(most), best, most)) / 2, value)
    low = np.fmin(np.where(missing, np.fmin(worst, best), np.fmin(ends[0], ends[1])), value)
    high = np.fmax(np.where(missing, np.fmax(worst, best), np.fmax(ends[0], ends[1])), value)
    return pd.Series(value, index=index), pd.Series(low, index=index), pd.Series(high, index=index)


def _night_gap_closed(options: pd.DataFrame, model: Model) -> Band:
    """Return the smaller of the stalls the option yields and the night gap within the walk, in stalls."""
    del model
    gives = _numbers(options, "stalls")
    gap = _numbers(options, "near_night_gap")

    def closed(end: str, more: pd.Series | float = 0.0) -> pd.Series:
        both = np.minimum(gives[end], gap[end] + more)
        return both.mask(gives[""] == 0, 0.0)

    return _opened(closed(""), closed("_low"), closed("_high"), closed("_high", _unplaced(options, "near_night_gap")))


def _charger_gap_closed(options: pd.DataFrame, model: Model) -> Band:
    """Return the charging gap the option closes, in typical sites: piles or ports over those of a typical site."""
    gives = _numbers(options, "chargers")
    is_ebike = options["action"] == "ebike_charging"
    site = np.where(is_ebike, model.value("ebike.ports_per_site"), model.value("charging.site_ports"))
    piles, ports = _numbers(options, "near_charger_gap"), _numbers(options, "near_ebike_gap")
    unplaced = _unplaced(options, "near_ebike_gap").where(is_ebike, _unplaced(options, "near_charger_gap"))

    def closed(end: str, more: pd.Series | float = 0.0) -> pd.Series:
        gap = ports[end].where(is_ebike, piles[end]) + more
        return (np.minimum(gives[end], gap) / site).mask(gives[""] == 0, 0.0)

    return _opened(closed(""), closed("_low"), closed("_high"), closed("_high", unplaced))


def _people_served(options: pd.DataFrame, model: Model) -> Band:
    """Return the residents served, with the band of ``people.per_household``.

    The high end holds those of communities without a place that may stand near.
    """
    people, others = options["people_served"].astype(float), _unplaced(options, "people")
    key = "people.per_household"
    fewer, more = model.low(key) / model.value(key), model.high(key) / model.value(key)
    return _opened(people, people * fewer, people * more, (people + others) * more)


def _return(options: pd.DataFrame, model: Model) -> Band:
    """Return the NPV over the investment, with its band; missing where there is no NPV, as without a land rent.

    Each end is over its own investment. Of an account without its rent the most that it could be is known, what it is
    at a rent of nothing: as stated, and at the high end of all else. Where nobody knows whose the income is, most of
    the band is whether it counts: a lack of the site's own, not an assumption about all.
    """
    del model
    capex = options["capex_cny"].astype(float)
    value, most = ((options[name].astype(float) / capex).where(capex > 0) for name in ("npv_cny", "npv_unrented_cny"))
    earns = _units.column(options, "revenue_cny_year") != 0
    is_own = pd.Series(is_owner_open(options) & earns, index=options.index)
    return Band(value, options["return_low"].astype(float), options["return_high"].astype(float), most, is_own=is_own)


def _permission(options: pd.DataFrame, model: Model) -> Band:
    """Return the step of permission: 0 forbidden, 1 unclear, 2 approval, 3 allowed. Unclear may turn out to be any."""
    del model
    step = options["permission"].astype(object).map(PERMISSION_STEP).astype(float)
    is_unclear = step == PERMISSION_STEP["unclear"]
    return Band(
        step, step.mask(is_unclear, PERMISSION_STEP["forbidden"]), step.mask(is_unclear, PERMISSION_STEP["approval"])
    )


def _reports(options: pd.DataFrame, model: Model) -> Band:
    """Return the reports of the last 12 months that the option answers: about parking for cars, all of them else."""
    del model
    is_car = options["action"].isin(CARS)
    return Band.sure(options["near_parking_reports"].astype(float).where(is_car, options["near_reports"].astype(float)))


def _service_gap(options: pd.DataFrame, model: Model) -> Band:
    """Return the residents near who lack a service that the action gives and the site has room for.

    0 for an action that gives none; missing where the area decides and is not known. The high end holds those of whom
    it is not known: where the layer holds no record of a service that the action gives, and communities without a
    place.
    """
    lacking = _lacking(options, model, "")
    return Band(lacking, lacking, _lacking(options, model, "_high"))


def _lacking(options: pd.DataFrame, model: Model, end: str) -> pd.Series:
    lacking = pd.Series(0.0, index=options.index)
    area_m2 = options["area_m2"].astype(float)
    for code in model.actions:
        steps = lack_steps(model, code)
        here = options["action"] == code
        for step, column in steps.items():
            lacking = lacking.where(~(here & (area_m2 >= step)), _numbers(options, f"near_{column}")[end])
        if steps:
            unmeasured = np.nan if len(steps) > 1 else _numbers(options, f"near_{steps[0.0]}")[end]
            lacking = lacking.where(~(here & area_m2.isna()), unmeasured)
    return lacking


def _elderly_share(options: pd.DataFrame, model: Model) -> Band:
    """Return the share over 60 of the residents near; its ends with those who may live there, all young or all old."""
    del model
    share = _numbers(options, "near_elderly_share")
    return Band(share[""], share["_low"], share["_high"])


def _visitors(options: pd.DataFrame, model: Model) -> Band:
    """Return the residents within a quarter of an hour; at the high end with those who may live there."""
    del model
    people = options["near_people_15min"].astype(float)
    return Band(people, people, people + _unplaced(options, "near_people_15min"))


def _column(name: str) -> Callable[[pd.DataFrame, Model], Band]:
    def measure(options: pd.DataFrame, model: Model) -> Band:
        del model
        return Band.sure(options[name].astype(float))

    return measure


def _reuse_fit(options: pd.DataFrame, model: Model) -> Band:
    """Return how many of the four conditions of reuse hold; an unknown one counts half, with the band 0..1."""
    del model
    return Band(*(options[f"filters_passed{end}"].astype(float) for end in ("", "_low", "_high")))


def _numbers(options: pd.DataFrame, name: str) -> Mapping[str, pd.Series]:
    """Return a quantity and its two ends; an end that is null, or no column, is the quantity itself."""
    middle = options[name].astype(float)
    ends = {end: options.get(f"{name}{end}", middle).astype(float).fillna(middle) for end in ("_low", "_high")}
    return {"": middle, **ends}


def _unplaced(options: pd.DataFrame, name: str) -> pd.Series:
    """Return what communities without a place may add to a quantity (:mod:`gis.surroundings`)."""
    none = pd.Series(0.0, index=options.index)
    return options.get(f"{name}_unplaced", none).astype(float).fillna(0.0)


def _opened(raw: pd.Series, low: pd.Series, high: pd.Series, opened: pd.Series) -> Band:
    """Return a band whose high end is ``opened`` by communities without a place.

    It is the site's own where they open it by more than the assumption that all sites share does.
    """
    return Band(raw, low, opened, is_own=opened - high > high - low)


MEASURES: Mapping[str, Callable[[pd.DataFrame, Model], Band]] = MappingProxyType(
    {
        "night_gap_closed": _night_gap_closed,
        "people_served": _people_served,
        "return_per_cny": _return,
        "permission_ease": _permission,
        "reports": _reports,
        "service_gap": _service_gap,
        "charger_gap_closed": _charger_gap_closed,
        "elderly_share": _elderly_share,
        "legal_level": _column("legal_level"),
        "urgency": _column("condition"),
        "reuse_fit": _reuse_fit,
        "cluster": _column("cluster"),
        "transit": _column("transit_m"),
        "visitors": _visitors,
        "idle_support": _column("idle_support"),
        "story": _column("story"),
        "reuse_permission": _permission,
    }
)
"""Criterion -> how its raw quantity is read from an option."""
