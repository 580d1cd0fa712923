"""The analysis: from layers to need, opportunities, exclusions, cash flows and scorecards, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gis import (
    _dated,
    _manifest,
    _stall_city,
    _tables,
    car_parks,
    charging,
    clocks,
    culture,
    heritage,
    idle_land,
    public_rooms,
    renovation,
)
from gis.city import City
from gis.need import assemble
from gis.option_facts import with_facts
from gis.options import merged
from gis.scorecard import scorecards
from layers.errors import AnalysisError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    import geopandas as gpd
    import pandas as pd

    from gis.model import Model
    from gis.options import Options

    Progress = Callable[[str, float], None]

STAGES = ("reach", "need", "assets", "opportunities", "ranking", "scorecards")
PROGRAMMES = (idle_land, public_rooms, car_parks, charging, renovation, heritage)
"""Each has ``options(city, need, model) -> Options``: a new programme is one module and one entry here."""


@dataclass(frozen=True)
class Results:
    """What a run produces.

    Parameters
    ----------
    tables
        Frames by result kind (``need``, ``opportunity``, ``exclusion``, ``cashflow``, ``account_basis``,
        ``clock``, ``scorecard``, ``stall_layout``), in the CRS of the layers.
    manifest
        JSON: criteria, actions, parameters, notes, counts, seed, day, hash of the model.
    """

    tables: Mapping[str, gpd.GeoDataFrame]
    manifest: dict[str, Any] = field(repr=False)


class _Stages:
    """Tells progress and looks for a cancel between pieces of work."""

    def __init__(self, progress: Progress | None, cancel: Callable[[], bool] | None) -> None:
        self._progress, self._cancel = progress, cancel

    def at(self, stage: str, fraction: float) -> None:
        if self._cancel is not None and self._cancel():
            raise AnalysisError(
                "the analysis was cancelled",
                "分析已取消",
                hint="start it again to get results",
                hint_zh="要有结果请重新开始",
            )
        if self._progress is not None:
            self._progress(stage, fraction)


def analyze(
    layers: Mapping[str, gpd.GeoDataFrame],
    model: Model,
    *,
    as_of: date,
    seed: int,
    other_income: pd.DataFrame | None = None,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Results:
    """Return what the city lacks and what its idle assets and heritage could become, ranked.

    The same layers, model, day and seed give the same results.

    Parameters
    ----------
    layers
        Frames by input or context kind, all in one projected CRS in metres; any may be missing.
    model
        Parameters, criteria, actions and rules.
    as_of
        Day of the analysis: rules, clocks and reports are looked at as of this day.
    seed
        Seed of the rank bands and of the spread of the accounts.
    other_income
        Further income of assets that a district can name, as in :func:`gis.other_income.by_year`; none is assumed.
    progress
        Called with the stage (one of :data:`STAGES`) and the share of it that is done, 0 to 1.
    cancel
        Asked between pieces of work; true ends the analysis.

    Raises
    ------
    AnalysisError
        If the layers do not fit together, or ``cancel`` said so.
    """
    stages = _Stages(progress, cancel)
    stages.at("reach", 0)
    city = City.build(layers, as_of=as_of, detour_factor=model.value("reach.detour_factor"))
    stages.at("reach", 1)
    stages.at("need", 0)
    need, notes = assemble(city, model)
    stages.at("need", 1)
    options = _offered(city, need, model, stages)
    stages.at("opportunities", 0)
    sized = with_facts(_tables.identified(options, city), city, model)
    table, flows = _tables.with_money(sized, model, seed, other_income)
    table, dates = _dated.cautioned(table, model, as_of), _dated.notes(model, as_of, table["action"])
    stages.at("opportunities", 1)
    stages.at("ranking", 0)
    ranked = _tables.ranked(table, model, seed, city, need)
    opportunities = _tables.opportunity_layer(ranked.table, model, city)
    stages.at("ranking", 1)
    stages.at("scorecards", 0)
    tables = {
        "need": _tables.need_layer(need, ranked.communities),
        "opportunity": opportunities,
        "exclusion": _tables.exclusion_layer(options, city),
        "cashflow": _tables.cashflow_table(flows),
        "account_basis": _tables.basis_table(sized, flows),
        "clock": clocks.calendar(city, model, table),
        "scorecard": scorecards(city, need, opportunities),
        "stall_layout": _stall_city.stall_layer(opportunities, city, model),
    }
    stages.at("scorecards", 1)
    return Results(
        tables,
        _manifest.manifest(model, city, tables, (*city.notes, *notes, *options.notes, *dates, *ranked.notes), seed),
    )


def _offered(city: City, need: pd.DataFrame, model: Model, stages: _Stages) -> Options:
    """Return what every programme offers."""
    offered = []
    for number, programme in enumerate(PROGRAMMES):
        stages.at("assets", number / len(PROGRAMMES))
        offered.append(programme.options(city, need, model))
    stages.at("assets", 1)
    found = merged(offered)
    return merged([found, culture.options(city, need, model, found)])
