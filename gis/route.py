"""Heritage walks: the sights of most value that can be seen on foot within a time, in order, with the way between them.

The minutes between two places are their walking distance (:class:`gis.network.Reach`) at the model's speed. A place
with a long outline may be left by another side than it was entered by: it is crossed during the stay. What is seen, and
how, stands in :mod:`gis._visits`, what it is worth in :mod:`gis._sights`; :mod:`gis.orienteering` chooses.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis import _walk_rows
from gis._sights import HARD, STAND_IN, hard_reasons, of_themes, themes_of, values
from gis._tour_bound import upper_bound
from gis._visits import Outing, visits
from gis._walk_checks import cannot_reach, check_wishes, never_seen, no_way, not_all, nothing_near, nothing_to_see
from gis._walk_rows import END, START
from gis.city import City
from gis.network import has_place
from gis.orienteering import ROUNDS, Sights, best_tour
from layers.errors import AnalysisError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from gis._graph import Floats, Ints
    from gis._notes import Note
    from gis.model import Model
    from gis.network import Reach
    from gis.orienteering import Tour

LAYERS = ("heritage", "street", "water")
"""What a walk is made of; a start or an end may be a record of any layer."""


@dataclass(frozen=True)
class Wishes:
    """What people wish of a walk.

    Parameters
    ----------
    minutes
        For the whole walk, above 0 and at most a day.
    start, end
        An ``asset_id`` of any layer, or a point in the CRS of the layers; ``None`` for wherever is best.
    is_round
        Whether the walk ends where it starts.
    themes
        Codes of :data:`layers.kinds._walks.WALK_THEMES`: only sights of one of them, and those of ``must``.
    must, avoid
        Heritage sites by ``asset_id``.
    depart_minutes
        When it starts, in minutes since midnight.
    day
        Its day, for opening hours; where it is not known those that hold on every day of opening.
    subdistrict
        Only sights in it, and those of ``must``.
    """

    minutes: float
    start: str | shapely.Point | None = None
    end: str | shapely.Point | None = None
    is_round: bool = False
    themes: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    depart_minutes: float = 9 * 60.0
    day: date | None = None
    subdistrict: str | None = None

    def __post_init__(self) -> None:
        check_wishes(self)

    @property
    def goes_round(self) -> bool:
        """Whether the walk ends where it starts."""
        return self.is_round or (self.start is not None and self.start == self.end)

    @property
    def walk_id(self) -> str:
        """An id that the same wishes have again."""
        return f"walk-{blake2b(repr(sorted(self.told().items())).encode(), digest_size=5).hexdigest()}"

    def told(self) -> dict[str, Any]:
        """Return the wishes as JSON."""
        told = asdict(self)
        points = {name: place.wkt for name, place in told.items() if isinstance(place, shapely.Point)}
        return {**told, **points, "day": None if self.day is None else self.day.isoformat()}


@dataclass(frozen=True)
class Walk:
    """A walk.

    Parameters
    ----------
    table
        Rows of kind ``route``.
    told
        JSON: the wishes, what the walk takes and is worth, the bound, and ``notes`` in both languages.
    """

    table: gpd.GeoDataFrame
    told: dict[str, Any] = field(repr=False)


def walk(
    layers: Mapping[str, gpd.GeoDataFrame],
    results: Mapping[str, gpd.GeoDataFrame],
    model: Model,
    wishes: Wishes,
    *,
    as_of: date,
    seed: int,
    rounds: int = ROUNDS,
    spent: Callable[[], float] | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Walk:
    """Return the best heritage walk found; the same for the same inputs, seed and rounds if no clock stops it.

    Parameters
    ----------
    layers
        Frames by kind in one metric CRS: ``heritage``, ``street``, ``water``, and what a start or an end names.
    results
        Tables of a run on them: ``opportunity``, for the activation potential.
    model, wishes
        Speed, stays and values; what people wish.
    as_of
        Day of the run.
    seed, rounds, spent
        As for :func:`gis.orienteering.best_tour`.
    progress
        Called with the stage and the share of it that is done.

    Raises
    ------
    AnalysisError
        If there is nothing to see, a theme that no data tells, no way, or too little time for what must be seen.
    NotFoundError
        If no record has the id of a start, an end, or a site to see or avoid.
    """
    tell = progress or _tell_nobody
    tell("reach", 0.0)
    given = {name: frame for name, frame in layers.items() if name in LAYERS}
    city = City.build(given, as_of=as_of, detour_factor=model.value("reach.detour_factor"))
    sights, left_out = _sights(city["heritage"], results["opportunity"], model, wishes)
    places = _places(sights, layers, wishes, city)
    speed = model.value("route.walking_speed")
    travel = _travel_minutes(city.reach, places, wishes.minutes, speed)
    asked = _asked(sights, places, travel, wishes)
    tell("reach", 1.0)
    tour = _toured(asked, wishes, seed=seed, rounds=rounds, spent=spent, tell=tell)
    order = [places.index[row] for row in tour.rows]
    if not sights.index.isin(order).any():
        raise nothing_near(wishes)
    legs = city.reach.ways(places.loc[order[:-1]], places.loc[order[1:]])
    found = _walk_rows.Found(tour, upper_bound(asked, tour), order, legs, speed)
    stand_in = [STAND_IN] if "lingnan" in wishes.themes else []
    notes = [*_walk_rows.notes(found, sights, model), *stand_in, *left_out]
    table = _walk_rows.table(found, sights, places, asked, wishes, notes, layers)
    return Walk(table, _told(found, wishes, table, notes))


def _tell_nobody(_stage: str, _fraction: float) -> None:
    pass


def _sights(
    sites: gpd.GeoDataFrame, opportunities: pd.DataFrame, model: Model, wishes: Wishes
) -> tuple[gpd.GeoDataFrame, list[Note]]:
    """Return the sites that the walk may lead to with how they are seen and their value, and who was left out why."""
    if sites.empty:
        raise nothing_to_see(wishes)
    unknown = [name for name in (*wishes.must, *wishes.avoid) if name not in sites.index]
    if unknown:
        raise _no_record(unknown[0], "heritage")
    hard = hard_reasons(sites)
    for name in wishes.must:
        if not pd.isna(hard[name]):
            raise never_seen(sites.loc[name], HARD[str(hard[name])])
    keep = hard.isna() & ~sites.index.isin(wishes.avoid)
    if wishes.themes:
        keep &= of_themes(sites, wishes.themes)
    if wishes.subdistrict is not None:
        keep &= (sites["subdistrict_code"] == wishes.subdistrict).fillna(value=False).astype(bool)
    keep |= sites.index.isin(wishes.must)
    if not keep.any():
        raise nothing_to_see(wishes)
    sights = sites[keep]
    outing = Outing(wishes.depart_minutes, wishes.minutes, wishes.day)
    sights = sights.join(visits(sights, model, outing))
    sights["value"] = values(sights, sights["visit"], opportunities, model)
    told = themes_of(sights)
    sights["theme"] = [",".join(code for code in told.columns if told.loc[name, code]) for name in sights.index]
    return sights, _walk_rows.left_out(hard)


def _no_record(name: str, layer: str | None = None) -> NotFoundError:
    return NotFoundError(
        f"there is no {'record' if layer is None else f'{layer} site'} {name!r}",
        f"没有编号为 {name!r} 的{'记录' if layer is None else '历史文化资源'}",
        layer=layer,
        hint="take an asset_id as `panhuo export DIR heritage --out FILE.csv` writes it",
        hint_zh="编号即 asset_id，可用 panhuo export DIR heritage --out 文件.csv 查到",
    )


def _places(
    sights: gpd.GeoDataFrame, layers: Mapping[str, gpd.GeoDataFrame], wishes: Wishes, city: City
) -> gpd.GeoSeries:
    """Return the places of all sights, and of a start and an end that are none of them."""
    found = dict(sights.geometry.items())
    ends = ((START, wishes.start), (END, None if wishes.goes_round else wishes.end))
    for label, place in ends:
        if isinstance(place, shapely.Point):
            found[label] = place
        elif place is not None and place not in found:
            found[label] = _place_of(place, layers)
    return gpd.GeoSeries(found, crs=city.crs)


def _place_of(name: str, layers: Mapping[str, gpd.GeoDataFrame]) -> shapely.Geometry:
    """Return where the record ``name`` of any layer lies."""
    for kind, frame in layers.items():
        record = frame[(frame["asset_id"] == name).fillna(value=False).to_numpy(dtype=bool)]
        if record.empty:
            continue
        if has_place(record.geometry)[0]:
            return record.geometry.iloc[0]
        raise AnalysisError(
            f"{name} has no place yet: no walk can start or end there",
            f"{name} 待落图，不能作起点或终点",
            layer=kind,
            hint="place it on the map first, or give lon,lat",
            hint_zh="请先在地图上落图，或改用 经度,纬度",
        )
    raise _no_record(name)


def _travel_minutes(reach: Reach, places: gpd.GeoSeries, minutes: float, speed: float) -> Floats:
    """Return the minutes on foot from each place to each, infinite where that is longer than the walk."""
    pairs = reach.pairs(places, places, minutes * speed)
    found: Floats = np.full((len(places), len(places)), np.inf)
    found[places.index.get_indexer(pairs["origin"]), places.index.get_indexer(pairs["site"])] = pairs["distance_m"]
    found = np.minimum(found, found.T) / speed  # a last digit may differ there and back
    np.fill_diagonal(found, 0.0)
    return found


def _asked(sights: gpd.GeoDataFrame, places: gpd.GeoSeries, travel: Floats, wishes: Wishes) -> Sights:
    """Return the walk as :mod:`gis.orienteering` is asked for it; sights out of reach are worth nothing.

    Raises
    ------
    AnalysisError
        If the end, or something that must be seen, is out of reach.
    """
    told = sights[["value", "stay_minutes", "open_minutes", "close_minutes"]].astype(float).reindex(places.index)
    told = told.fillna({"value": 0.0, "stay_minutes": 0.0, "open_minutes": 0.0, "close_minutes": np.inf})
    stay = told["stay_minutes"].to_numpy(dtype=float)
    start = _row(places, START, wishes.start)
    end = start if wishes.goes_round else _row(places, END, wishes.end)
    if start is not None and end is not None and not np.isfinite(travel[start, end]):
        raise no_way(wishes)
    alone = _alone(travel, stay, start, end)
    must = [_row(places, name, name) or 0 for name in wishes.must]
    for row in must:
        if alone[row] > wishes.minutes:
            raise cannot_reach(sights.loc[places.index[row]], float(alone[row]), wishes)
    return Sights(
        travel,
        np.where(alone <= wishes.minutes, told["value"], 0.0),
        stay,
        float(wishes.minutes),
        start=start,
        end=end,
        must=must,
        open_minutes=told["open_minutes"].to_numpy(dtype=float),
        close_minutes=told["close_minutes"].to_numpy(dtype=float),
    )


def _row(places: gpd.GeoSeries, label: str, place: str | shapely.Point | None) -> int | None:
    """Return the row of a start, an end or a sight, ``None`` where that is not given."""
    if place is None:
        return None
    return int(places.index.get_indexer([place if isinstance(place, str) and place in places.index else label])[0])


def _alone(travel: Floats, stay: Floats, start: int | None, end: int | None) -> Floats:
    """Return the minutes of the walk that sees one sight alone, for each, waiting left out."""
    found: Floats = stay.copy()
    rows: Ints = np.arange(stay.size)
    if start is not None:
        found += travel[start] + np.where(rows == start, 0.0, stay[start])
    if end is not None:
        found += travel[end] + np.where((rows == end) | (start == end), 0.0, stay[end])
    return found


def _toured(
    asked: Sights,
    wishes: Wishes,
    *,
    seed: int,
    rounds: int,
    spent: Callable[[], float] | None,
    tell: Callable[[str, float], None],
) -> Tour:
    """Return the walk found; that all that must be seen does not fit is told by its names."""
    try:
        return best_tour(asked, seed=seed, rounds=rounds, spent=spent, progress=lambda done: tell("walk", done))
    except AnalysisError as error:
        if error.record is None:
            raise
        raise not_all(wishes) from error


def _told(found: _walk_rows.Found, wishes: Wishes, table: gpd.GeoDataFrame, notes: list[Note]) -> dict[str, Any]:
    line = table.iloc[0]
    return {
        "walk_id": wishes.walk_id,
        "wishes": wishes.told(),
        "stops": [name for name in found.order if name not in (START, END)],
        "stop_count": int(line["stop_count"]),
        "minutes": round(found.tour.minutes, 3),
        "walk_m": round(float(line["walk_m"]), 1),
        "value": round(found.tour.value, 4),
        "value_bound": round(found.bound, 4),
        "is_proven": found.tour.is_proven,
        "notes": [{"zh": note.zh, "en": note.en} for note in notes],
    }
