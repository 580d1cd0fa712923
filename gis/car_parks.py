"""Existing car parks: chargers up to the share of stalls that the standard asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis import permission, verdicts
from gis._grid import confirmed_kw, exclude_powerless
from gis._notes import Note, missing_codes, noted
from gis._recipes import SITE_LET
from gis._terms import LEDGER, TERM_COLUMNS, agreement
from gis._told_about import TOLD_ENDS, about_notes, told
from gis._zones import APPROXIMATE, border_notes, exclude_forbidden, is_approximate, land_verdict, touching
from gis.capacity import piles, surface_stalls
from gis.charging import GRID
from gis.options import Options, Sieve, value_of, with_defaults
from gis.surroundings import surroundings

if TYPE_CHECKING:
    import geopandas as gpd

    from gis._zones import Zones
    from gis.city import City
    from gis.model import Model

RULES = {
    "public": "parking.public",
    "attached": "parking.public",
    "mechanical": "parking.public",
    "temporary": "parking.public",
    "residential": "parking.owners",
    "kerb": "parking.kerb",
}
"""Type of car park -> rule for adding chargers; any other type, or a private one, is unknown."""
ENDS = ("", "_low", "_high")
LAPSED = (
    Note("临时停车场备案已到期，没有可用年限", "A temporary lot whose registration has lapsed: no years are granted"),
    Note("先续办临时停车场备案", "Have its registration renewed first"),
)
"""What makes a temporary lot unclear: the reason, and the next step."""


BY_AREA = Note(
    "台账无泊位数：按场地轮廓面积折算泊位，再估充电桩，须现场核实",
    "Its ledger has no stalls: they are estimated from the area of its outline, and chargers from them. Check on site",
)


def options(city: City, need: pd.DataFrame, model: Model) -> Options:
    """Return the chargers that could be added to each placed car park.

    ``ev.share.public_min`` (10 %, up to 30 %) of its stalls, less the charging stalls it has. Where the ledger has no
    count of stalls, that of its polygon stands in (which is told, and named in ``missing``); a point without a count
    stays null, and so does a lot whose outline is but a stand-in. Chargers stand on stalls that are there: no area is
    asked of the lot, and none is told.

    Returns
    -------
    Options
        Action ``charging`` per car park. Lots that have their share are excluded, and those in a heritage zone that
        forbids the works; in any other zone its rules speak as well. Where the income is an operator's, the account
        bears the rent of the site (``rent_terms``).
    """
    lots = city.placed("parking")
    around = surroundings(city, need, model, lots)
    added = chargers_to_add(lots, model)
    zones = touching(city, model, lots)
    sieve = Sieve(model, "parking", lots.index, ("charging",))
    sieve.exclude("has_chargers", added["chargers"] <= 0)
    exclude_powerless(sieve, model, lots)
    exclude_forbidden(sieve, city, model, lots, zones, ("charging",))
    rows = sieve.rows()
    table = rows.assign(theme="revitalization", stalls=0.0, stalls_low=0.0, stalls_high=0.0)
    table = table.join(added, on="asset_id").join(_verdicts(city, model, lots, rows, zones)).join(around, on="asset_id")
    table["people_served"] = table["near_people"]
    whose = value_of(lots, rows, "income_owner").astype(object)
    table["income_owner"] = whose.where(whose.notna(), "unknown")
    # An operator holds the lot of somebody else: whoever that is gets the rent of the site.
    table["rent_terms"] = pd.Series(SITE_LET, index=rows.index, dtype=object).where(whose == "operator", None)
    until = value_of(lots, rows, "valid_until")
    for name, words in (("clock", "备案至%Y-%m-%d"), ("clock_en", "Registered until %Y-%m-%d")):
        table[name] = until.dt.strftime(words).fillna("")
    late = Note("停车场备案已过期", "Its registration has lapsed")
    unconfirmed = confirmed_kw(lots).reindex(rows["asset_id"]).isna().to_numpy()
    sized, about = value_of(lots, rows, "stall_count").notna(), told(lots, "parking", "stall_count")
    about = about.reindex(rows["asset_id"]).set_axis(rows.index)
    counted = about_notes(about, Note("泊位数", "Stalls"), Note("个", ""))
    cautions = [
        (~sized & table["chargers"].notna(), BY_AREA),
        *counted,
        (until < pd.Timestamp(city.as_of), late),
        (unconfirmed, GRID),
        *border_notes(city, lots, rows),
    ]
    table = noted(table, "warnings", cautions)
    flags = {
        "parking.stall_count": value_of(lots, rows, "stall_count").isna(),
        "parking.charger_stall_count": value_of(lots, rows, "charger_stall_count").isna(),
        "parking.income_owner": whose.isna(),
    }
    table["missing"] = missing_codes(flags, rows.index)
    return Options(with_defaults(table), sieve.exclusions())


def chargers_to_add(lots: gpd.GeoDataFrame, model: Model) -> pd.DataFrame:
    """Return the piles that each car park lacks for its share, with a band; null where its size is unknown.

    Charging stalls that the ledger does not tell count as none at the high end and as the whole share at the low end;
    stalls that it tells about keep the range of its words.
    """
    places = np.asarray(lots.geometry.array, dtype=object)
    area_m2 = pd.Series(np.where(shapely.get_dimensions(places) == 2, shapely.area(places), np.nan), index=lots.index)
    counted, sized = told(lots, "parking", "stall_count"), surface_stalls(area_m2.mask(is_approximate(lots)), model)
    stalls = sized.assign(
        **{f"stalls{end}": counted[of].fillna(sized[f"stalls{end}"]) for end, of in TOLD_ENDS.items()}
    )
    asked = piles(stalls, model)
    held = lots["charger_stall_count"].astype("Float64").astype("float64")
    found = asked.sub(held.fillna(0.0), axis=0).clip(lower=0.0)
    found["chargers_low"] = found["chargers_low"].where(held.notna() | stalls["stalls"].isna(), 0.0)
    return found


def _verdicts(city: City, model: Model, lots: gpd.GeoDataFrame, rows: pd.DataFrame, zones: Zones) -> pd.DataFrame:
    keys = value_of(lots, rows, "parking_type").astype(object).map(RULES).fillna("parking.unknown")
    private = (value_of(lots, rows, "access") == "private").fillna(value=False)
    approximate, terms = is_approximate(lots), _terms(city, lots, rows)
    found = []
    for asset, key, years in zip(
        rows["asset_id"], keys.mask(private, "parking.unknown"), terms["horizon_years"], strict=True
    ):
        rule = model.rules[key]
        own = permission.of_rule(rule, city.as_of)
        own = verdicts.lowered(own, "unclear", *LAPSED) if years == 0 else own
        if approximate[asset]:
            own = verdicts.lowered(own, "unclear", *APPROXIMATE)
        verdict = land_verdict(city, model, own, zones.get(asset, ()), "charging")
        found.append({**verdict.columns(), **agreement([rule], verdict)})
    columns = [*verdicts.table([], rows.index[:0]).columns.drop("horizon_years"), "must_agree", "must_agree_en"]
    return pd.DataFrame(found, index=rows.index, columns=columns).join(terms)


def _terms(city: City, lots: gpd.GeoDataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the years that each car park may hold chargers, and why.

    A temporary one until its registration ends (0 where it has). Of any other nobody knows whether its registration is
    renewed: null, and no more is granted than the day that the ledger tells.
    """
    until = value_of(lots, rows, "valid_until")
    is_temporary = (value_of(lots, rows, "parking_type") == "temporary").fillna(value=False).astype(bool)
    today = pd.Timestamp(city.as_of)
    years = ((until - today).dt.days / 365.25).clip(lower=0).where(is_temporary)
    return pd.DataFrame(
        [
            _term_words(day, is_over=day < today, is_temporary=bare)
            for day, bare in zip(until, is_temporary, strict=True)
        ],
        index=rows.index,
        columns=["horizon_reason", "horizon_reason_en"],
    ).assign(horizon_years=years, horizon_source=until.notna().map({True: LEDGER, False: ""}))[list(TERM_COLUMNS)]


def _term_words(until: pd.Timestamp, *, is_over: bool, is_temporary: bool) -> Note:
    """Return what the day until which a car park is registered says of the years granted."""
    if pd.isna(until):
        return Note("备案期限不明", "Nobody says how long it is registered")
    words = Note(f"备案已于{until:%Y-%m-%d}到期", f"registration lapsed on {until:%Y-%m-%d}")
    if not is_over:
        words = Note(f"备案至{until:%Y-%m-%d}", f"registered until {until:%Y-%m-%d}")
    if is_temporary:
        return Note(f"临时停车场，{words.zh}", f"temporary lot, {words.en}")
    return Note(f"{words.zh}，可否续办未定", f"{words.en}: whether it is renewed is open")
