"""The path of a parcel by class and tenure: by whose leave, who must agree, how long it may last, what is in doubt."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gis import permission, verdicts
from gis._land_clock import YEARS_TO_RECLAIM, is_extension_doubtful, lapse, own_words
from gis._land_sieve import CAR_ACTIONS, LAND_ACTIONS, ROOM_ACTIONS
from gis._land_words import said_disposed
from gis._notes import Note
from gis._terms import LEDGER, path_columns
from gis._zones import APPROXIMATE, is_approximate, land_verdict
from gis._zoning import is_sure, serving_elsewhere, zonings
from gis.options import code_of
from layers.documents import is_document_no, is_open_question

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import geopandas as gpd

    from gis._land_shape import Cover
    from gis._zones import Zones
    from gis.city import City
    from gis.model import Model

ASK_ZONING = Note("向规划和自然资源部门核实规划用途", "Ask the natural-resources department for the planned use")
NO_ZONING = (Note("规划用途不明", "Planned use unknown"), ASK_ZONING)
UNREAD_ZONING = (
    Note(
        "规划用途不能确定为GB 50137的用地类别",
        "The planned use cannot be read as one class of GB 50137",
    ),
    ASK_ZONING,
)
NOT_STATE_LAND = (
    Note(
        "填有认定书文号，但土地性质不是国有出让或划拨，不按已认定闲置土地处理",
        "It names a certificate, but is not known as granted or allocated state land: not treated as certified",
    ),
    Note("核实土地性质与认定书", "Check the tenure and the certificate"),
)
NO_NUMBER = (
    Note(
        "认定书一栏所填不是有效文号，不按已认定闲置土地处理",
        "What stands for the certificate is no number of one in force: not treated as certified",
    ),
    Note("核实认定书文号", "Find out the number of the certificate"),
)
DISPOSED = (
    Note("台账称已处置，请核实", "The ledger says that its idleness is over: please check"),
    Note("核实地块现状，确已处置的移出台账", "Find out what stands there, and strike it off the ledger if it is so"),
)
EXTENDED_TOO_LONG = (
    Note(
        "延期超过一次可延的年限，或约定动工日期不明，期限不起算",
        "Extended by more than may be granted, or from a day nobody knows: no clock runs",
    ),
    Note("核实补充协议约定的动工日期", "Check the start of works in the supplementary agreement"),
)
NO_FRONTAGE = (
    Note("无临街面，须核实车行通道", "No side on a street: check how cars get in"),
    Note("现场核实车行通道与通行权", "Find out on site how cars get in, and by what right"),
)


class Doubt(NamedTuple):
    """What makes some actions unclear whatever the tenure: where it holds, why, the next step, for which actions."""

    holds: pd.Series
    why: tuple[Note, Note]
    actions: Sequence[str] = LAND_ACTIONS


def paths(
    city: City,
    model: Model,
    land: gpd.GeoDataFrame,
    legal: pd.Series,
    zones: Zones,
    doubts: Sequence[Doubt],
    premises: pd.Series,
) -> dict[tuple[str, str], dict[str, object]]:
    """Return what the rules say of every parcel and action (:func:`gis._terms.path_columns`).

    In ``premises`` a room changes the use of what stands there; all else is done to the land.
    """
    found: dict[tuple[str, str], dict[str, object]] = {}
    for asset, parcel in land.iterrows():
        rule = model.rules[rule_key(legal[asset], code_of(parcel, "tenure"), code_of(parcel, "idle_cause"))]
        held = [doubt for doubt in doubts if doubt.holds[asset]]
        for code in LAND_ACTIONS:
            own = permission.of_rule(rule, city.as_of)
            for doubt in held:
                own = verdicts.lowered(own, "unclear", *doubt.why) if code in doubt.actions else own
            verdict = land_verdict(
                city, model, own, zones.get(str(asset), ()), code, is_reused=premises[asset] and code in ROOM_ACTIONS
            )
            found[str(asset), code] = path_columns(rule, verdict, model)
    return found


def rule_key(legal: str, tenure: str | None, cause: str | None) -> str:
    """Return the rule that a parcel's path follows: of its legal class, else of its tenure."""
    if legal == "legal_idle":
        return f"idle.certified_{cause if cause in ('government', 'company') else 'unknown'}"
    if legal == "disposed":
        return "idle.disposed"
    if legal == "suspected_idle":
        return "idle.suspected"
    return f"tenure.{tenure or 'unknown'}"


def doubts_of(
    model: Model, land: gpd.GeoDataFrame, legal: pd.Series, shapes: pd.DataFrame, covered: Sequence[Cover]
) -> list[Doubt]:
    """Return what makes paths unclear: planned use, certificate, words of the ledger, place, neighbours, no way in."""
    blank, numbered = land["zoning"].isna(), is_document_no(land["certificate_no"])
    entrance_m = model.value("land.entrance_width")
    return [
        Doubt(blank, NO_ZONING),
        Doubt(~blank & ~zoning_is_sure(land["zoning"], model), UNREAD_ZONING),
        *(Doubt(where, why) for where, why in serving_elsewhere(land)),
        Doubt(numbered & ~legal.isin(["legal_idle", "disposed"]), NOT_STATE_LAND),
        Doubt(is_open_question(land["certificate_no"]), NO_NUMBER),
        Doubt(said_disposed(land) & (legal != "disposed"), DISPOSED),
        Doubt(is_extension_doubtful(land, model), EXTENDED_TOO_LONG),
        Doubt(is_approximate(land), APPROXIMATE),
        *(Doubt(cover.touched, cover.doubt, model.exclusions[cover.rule].actions or LAND_ACTIONS) for cover in covered),
        # No street is no proof: a way may lead over a neighbour's land, or be missing from the layer.
        Doubt(shapes["frontage_high_m"] < entrance_m, NO_FRONTAGE, CAR_ACTIONS),
    ]


def zoning_is_sure(told: pd.Series, model: Model) -> pd.Series:
    """Return which planned uses tell for certain whether the model excludes them."""
    excluded = [key.removeprefix("zoning.") for key in model.exclusions if key.startswith("zoning.")]
    return zonings(told).map(lambda zoning: is_sure(zoning, excluded)).astype(bool)


def shortest_term(
    granted: pd.DataFrame, until: pd.Series, reclaim: pd.Series, as_of: date, model: Model
) -> pd.DataFrame:
    """Return the years granted to each option: the strictest of rule, ledger and the day the land may be taken back.

    Parameters
    ----------
    granted
        ``horizon_years``, ``horizon_reason``, ``horizon_reason_en``, ``horizon_source`` of the rule.
    until
        Day until which the ledger says that the land is available; null where it says none.
    reclaim
        Day on which the land may be taken back without compensation; null where no clock runs.
    as_of, model
        Day of the analysis, and the model: what it names as the ground of the day of recovery is named here.

    Returns
    -------
    DataFrame
        The same columns; ``horizon_years`` is never below 0.
    """
    unsure = (own_words(model, YEARS_TO_RECLAIM), lapse(model, as_of, [YEARS_TO_RECLAIM]))
    of_back = Note(*("".join(words) for words in zip(*unsure, strict=True)))
    back = Note(f"{{}}起可无偿收回{of_back.zh}", f"may be taken back without compensation from {{}}{of_back.en}")
    days = (
        (until, Note("台账：可用至{}", "ledger: available until {}"), LEDGER),
        (reclaim, back, model[YEARS_TO_RECLAIM].source),
    )
    found = granted[["horizon_years", "horizon_reason", "horizon_reason_en", "horizon_source"]].copy()
    found["horizon_years"] = found["horizon_years"].astype(float)
    for day, words, source in days:
        years = ((day - pd.Timestamp(as_of)).dt.days / 365.25).clip(lower=0)
        shorter = np.asarray(years < found["horizon_years"], dtype=bool)
        text = day.dt.strftime("%Y-%m-%d").fillna("")
        told = {
            "horizon_years": years,
            "horizon_reason": text.map(partial(words.zh.replace, "{}")),
            "horizon_reason_en": text.map(partial(words.en.replace, "{}")),
            "horizon_source": pd.Series(source, index=found.index),
        }
        found = found.assign(**{name: found[name].mask(shorter, value) for name, value in told.items()})
    return found
