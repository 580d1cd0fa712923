"""Days that matter: when works are due, a fee falls due, land may be taken back, a term or a lease ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from gis._asset_names import shown_name
from gis._land_clock import (
    DAYS_PER_MONTH,
    EXTENSION,
    FEE,
    YEARS_TO_FEE,
    YEARS_TO_RECLAIM,
    agreed_start,
    clock,
    lapse,
    legal_class,
    own_words,
    percent,
)
from gis._land_paths import rule_key
from gis._notes import NOTHING, Note, noted, twins
from gis._permission_authorities import gathered
from gis.options import code_of
from gis.public_rooms import lease_end_text
from gis.temporary_use import fitting_notes, fitting_uses
from layers.schema import conform, kind

if TYPE_CHECKING:
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
    times = clock(certified, city, model).drop(columns=["years_idle", "is_extended", "extension_in_doubt"])
    uses = fitting_uses(opportunities).reindex(certified.index).fillna("")
    return certified[["name", "subdistrict_code"]].join(times).assign(fitting_uses=uses)


def calendar(city: City, model: Model, opportunities: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return every day on which something falls due for an idle parcel or a public room, as a table of kind ``clock``.

    Events are ``fee_due`` and ``reclaim_due`` of certified land that a company left idle, ``start_due`` where works
    are still to start, ``available_until`` of the ledger, ``lease_end`` of public rooms. Past days stay, marked, with
    months below 0. ``authority`` is who decides by the rule that the asset follows; the place is that of the asset.

    Parameters
    ----------
    city, model
        As in :func:`idle_lots`.
    opportunities
        As :func:`gis.temporary_use.fitting_notes` takes them.
    """
    land, rooms = city["idle_land"], city["public_building"]
    of_land = _land_events(city, model, land.assign(**_land_authority(city, model, land)))
    of_rooms = _event(rooms.assign(**_room_authority(model, rooms)), "lease_end", rooms["lease_end"], NOTHING)
    of_rooms = of_rooms.assign(**lease_end_text(rooms.loc[of_rooms.index], city.as_of))
    parts = [*(part.assign(asset_kind="idle_land") for part in of_land), of_rooms.assign(asset_kind="public_building")]
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    days, ids, today = pd.to_datetime(table["event_date"]), table["asset_id"].astype(object), pd.Timestamp(city.as_of)
    is_land = table["asset_kind"] == "idle_land"
    told = {"fitting_uses": fitting_uses(opportunities), **fitting_notes(opportunities, ids[is_land])}
    table = table.assign(
        clock_id=table["asset_id"].astype(str) + ":" + table["event"].astype(str),
        months_left=((days - today).dt.days / DAYS_PER_MONTH).to_numpy(),
        is_past=(days <= today).to_numpy(),
        **{name: ids.map(texts).where(is_land) for name, texts in told.items()},
    )
    found = conform(gpd.GeoDataFrame(table, geometry="geometry", crs=city.crs), kind("clock"))
    return found.sort_values(["event_date", "clock_id"], ignore_index=True)


NO_PRICE = Note("缺土地价款，金额未估算", "land price unknown: no amount is estimated")


def _land_events(city: City, model: Model, land: gpd.GeoDataFrame) -> list[pd.DataFrame]:
    times = clock(land, city, model)
    start = agreed_start(land, model)
    share, of_fee = percent(model.value(FEE)), _ground(city, model, FEE, YEARS_TO_FEE)
    of_back = _ground(city, model, YEARS_TO_RECLAIM)
    fee = Note(
        f"应缴土地闲置费，为土地价款的{share}{of_fee.zh}",
        f"An idle-land fee of {share} of the land price is due{of_fee.en}",
    )
    back = Note(f"可无偿收回土地使用权{of_back.zh}", f"The land may be taken back without compensation{of_back.en}")
    begin = Note("约定（延期后）动工日期", "Works are to start, by the agreement or its extension")
    until = Note("台账所载可用期限届满", "The term of use that the ledger states ends")
    due = start.where(start > pd.Timestamp(city.as_of))
    fees = _event(land, "fee_due", times["fee_date"], fee, start=times["start_date"], fee_cny=times["fee_cny"])
    backs = _event(land, "reclaim_due", times["reclaim_date"], back, start=times["start_date"])
    later, of_start = land.index[times["is_extended"]], _ground(city, model, EXTENSION)
    moved = Note(f"自延期后的动工日期起算{of_start.zh}", f"It counts from the day of the extension{of_start.en}")
    fees, backs = (
        noted(table, "note", [(table["asset_id"].isin(later) & any(of_start), moved)]) for table in (fees, backs)
    )
    return [
        noted(fees, "note", [(fees["fee_cny"].isna(), NO_PRICE)]),
        backs,
        _event(land, "start_due", due, begin),
        _event(land, "available_until", land["available_until"], until),
    ]


def _ground(city: City, model: Model, *keys: str) -> Note:
    """Return what is to be said of the numbers behind an event: a district's own, of a law not in force."""
    parts = own_words(model, *keys), lapse(model, city.as_of, keys)
    return Note(*("".join(words) for words in zip(*parts, strict=True)))


def _land_authority(city: City, model: Model, land: gpd.GeoDataFrame) -> dict[str, list[str]]:
    """Return who decides on each parcel, as columns: by the rule of its legal class or tenure."""
    legal = legal_class(land, city, model)
    return _decided(
        model,
        [rule_key(legal[asset], code_of(row, "tenure"), code_of(row, "idle_cause")) for asset, row in land.iterrows()],
    )


def _room_authority(model: Model, rooms: gpd.GeoDataFrame) -> dict[str, list[str]]:
    """Return who decides on each public room, as columns: by the rule of its owner."""
    return _decided(model, [f"room.{owner}" for owner in rooms["ownership"].fillna("unknown")])


def _decided(model: Model, rules: list[str]) -> dict[str, list[str]]:
    """Return who decides by each rule, as columns; nobody where the model has no such rule (a house in trust)."""
    told = [
        twins("authority", gathered(model.rules[rule].authorities) if rule in model.rules else []) for rule in rules
    ]
    return {name: [texts[name] for texts in told] for name in twins("authority", [])}


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
    columns = ["asset_id", "subdistrict_code", "is_sample", "authority", "authority_en", "geometry"]
    table = pd.DataFrame(assets[columns].astype(object)).assign(
        name=shown_name(assets),
        event=event,
        event_date=day,
        start_date=pd.NaT if start is None else start,
        fee_cny=np.nan if fee_cny is None else fee_cny,
        note=note.zh,
        note_en=note.en,
    )
    return table[day.notna()]
