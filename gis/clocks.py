"""Days that matter: when works are due, a fee falls due, land may be taken back, a term or a lease ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._land_clock import agreed_start, clock, legal_class, months_left, percent
from gis._notes import NOTHING, Note
from gis.temporary_use import fitting_uses
from layers.schema import conform, kind

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.city import City
    from gis.model import Model


def idle_lots(city: City, model: Model, opportunities: pd.DataFrame) -> pd.DataFrame:
    """Return the legally idle parcels with their clocks: story 8, one row a parcel.

    Parameters
    ----------
    city, model
        The city (parcels without a place are in it as well: the law asks for none) and the model.
    opportunities
        Options with their account, as :func:`gis.temporary_use.fitting_uses` takes them.

    Returns
    -------
    DataFrame
        By asset id: ``name``, ``subdistrict_code``, ``start_date``, ``fee_date`` (1 year), ``reclaim_date`` (2 years),
        ``months_to_fee``, ``months_to_reclaim`` (0 when past), ``fee_cny`` (20 % of the land price), ``fitting_uses``
        (empty where none fits); dates are null where no clock runs.
    """
    land = city["idle_land"]
    certified = land[legal_class(land, city, model) == "legal_idle"]
    times = clock(certified, city, model).drop(columns="years_idle")
    uses = fitting_uses(opportunities).reindex(certified.index).fillna("")
    return certified[["name", "subdistrict_code"]].join(times).assign(fitting_uses=uses)


def calendar(city: City, model: Model, opportunities: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return every day on which something falls due for an idle parcel or a public room, as a table of kind ``clock``.

    Events are ``fee_due`` and ``reclaim_due`` of certified land that a company left idle, ``start_due`` where works
    are still to start, ``available_until`` of the ledger, ``lease_end`` of public rooms. Past days stay, marked.

    Parameters
    ----------
    city, model, opportunities
        As in :func:`idle_lots`.
    """
    land, rooms = city["idle_land"], city["public_building"]
    parts = [*_land_events(city, model, land), _event(rooms, "lease_end", rooms["lease_end"], LEASE)]
    parts = [
        part.assign(asset_kind=of) for part, of in zip(parts, [*["idle_land"] * 4, "public_building"], strict=True)
    ]
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    days = pd.to_datetime(table["event_date"])
    uses = fitting_uses(opportunities)
    table = table.assign(
        clock_id=table["asset_id"].astype(str) + ":" + table["event"].astype(str),
        months_left=months_left(days, city).to_numpy(),
        is_past=(days <= pd.Timestamp(city.as_of)).to_numpy(),
        fitting_uses=table["asset_id"].astype(object).map(uses).where(table["asset_kind"] == "idle_land"),
    )
    found = conform(table, kind("clock"))
    return found.sort_values(["event_date", "clock_id"], ignore_index=True)


LEASE = Note("租期届满，届时可重新公开招租", "The lease ends: it may be let by open tender again")


def _land_events(city: City, model: Model, land: gpd.GeoDataFrame) -> list[pd.DataFrame]:
    times = clock(land, city, model)
    start = agreed_start(land, model)
    share, of_fee = percent(model.value("idle.fee")), _own(model, "idle.fee", "idle.years_not_started")
    of_back = _own(model, "idle.reclaim_years")
    fee = Note(
        f"应缴土地闲置费，为土地价款的{share}{of_fee.zh}",
        f"An idle-land fee of {share} of the land price is due{of_fee.en}",
    )
    back = Note(f"可无偿收回土地使用权{of_back.zh}", f"The land may be taken back without compensation{of_back.en}")
    begin = Note("约定（延期后）动工日期", "Works are to start, by the agreement or its extension")
    until = Note("台账所载可用期限届满", "The term of use that the ledger states ends")
    due = start.where(start > pd.Timestamp(city.as_of))
    return [
        _event(land, "fee_due", times["fee_date"], fee, start=times["start_date"], fee_cny=times["fee_cny"]),
        _event(land, "reclaim_due", times["reclaim_date"], back, start=times["start_date"]),
        _event(land, "start_due", due, begin),
        _event(land, "available_until", land["available_until"], until),
    ]


def _own(model: Model, *keys: str) -> Note:
    """Return, in brackets, that a district set one of these numbers by itself; nothing where none is."""
    marks = [mark for key in keys if (mark := model[key].own_mark) is not None]
    return Note(f"（{marks[0].zh}，非法定）", f" ({marks[0].en}, not by law)") if marks else NOTHING


def _event(
    assets: gpd.GeoDataFrame,
    event: str,
    day: pd.Series,
    note: Note,
    *,
    start: pd.Series | None = None,
    fee_cny: pd.Series | None = None,
) -> pd.DataFrame:
    """Return one event of the assets for which ``day`` is known."""
    told = assets[["asset_id", "name", "subdistrict_code", "is_sample"]].astype(object)
    table = told.assign(
        event=event,
        event_date=day,
        start_date=pd.NaT if start is None else start,
        fee_cny=np.nan if fee_cny is None else fee_cny,
        note=note.zh,
        note_en=note.en,
    )
    return table[day.notna()]
