"""The verb behind `panhuo route`: a heritage walk on a finished run, kept as a run, written as GeoJSON or KML."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from api import deciding, work
from api._deadline import deadline
from gis.orienteering import ROUNDS
from gis.route import LAYERS, Wishes, walk
from layers import schema, writing
from layers.errors import NotFoundError, UsageError
from layers.kinds._walks import WALK_THEMES
from layers.writing.walks import write_walk_kml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from api.deciding import Ground
    from gis.route import Walk
    from layers.runs import Run
    from layers.scope import Scope
    from layers.workspace import Workspace

    Progress = Callable[[str, float], None]

KML = ".kml"
SUFFIXES = (".geojson", KML)
DOORS = "address"
"""Kind whose records bear the names of what stands there: told by id alone."""
_POINT = re.compile(r"\s*(-?[0-9]+(?:\.[0-9]+)?)\s*[,，]\s*(-?[0-9]+(?:\.[0-9]+)?)\s*")
MOST_LON, MOST_LAT = 180.0, 90.0


@dataclass(frozen=True)
class Request:
    """A walk as people ask for it.

    The fields are those of :class:`gis.route.Wishes`, with ids, names or ``lon,lat`` (WGS 84) for ids and points.
    """

    minutes: float
    start: str | None = None
    end: str | None = None
    is_round: bool = False
    themes: Sequence[str] = ()
    must: Sequence[str] = ()
    avoid: Sequence[str] = ()
    depart_minutes: float = 9 * 60.0
    day: date | None = None
    subdistrict: str | None = None


@dataclass(frozen=True)
class Routed:
    """What was decided.

    Parameters
    ----------
    run
        The new run that holds the table ``route``.
    walk
        The walk, and what is told of it.
    is_cut
        Whether a person, or the time, ended the search.
    """

    run: Run
    walk: Walk
    is_cut: bool


def route(
    workspace: Workspace,
    asked: Request,
    *,
    seconds: float = 30.0,
    seed: int | None = None,
    rounds: int = ROUNDS,
    run_id: str | None = None,
    model_file: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    scope: Scope | None = None,
    progress: Progress | None = None,
) -> Routed:
    """Find a walk on a run and keep it as a run of its own, beside the walks that are there for other wishes.

    Parameters
    ----------
    workspace, run_id, model_file, overrides, scope
        Which run; the model must be the one that it was made with.
    asked
        What is wished for.
    seconds, seed, rounds
        For the search; the same seed (that of the run unless told) and rounds find the same walk, if the time, or a
        Ctrl-C, ends no search before.
    progress
        Whom to tell how far it is.

    Raises
    ------
    UsageError, NotFoundError
        If a wish makes no sense or names what is not there.
    AnalysisError
        If there is no such walk; nothing is kept then.
    """
    tell = progress or (lambda _stage, _fraction: None)
    wishes = _wishes(asked)
    tell("layers", 0.0)
    found = deciding.ground(workspace, run_id=run_id, model_file=model_file, overrides=overrides, scope=scope)
    wishes = _placed(wishes, asked, found)
    tell("layers", 1.0)
    seed = found.run.seed if seed is None else seed
    with deadline(seconds) as limit:
        done = walk(
            found.layers,
            found.results,
            found.model,
            wishes,
            as_of=found.run.as_of,
            seed=seed,
            rounds=rounds,
            # Only whether the time is over: the share of it would steer the search, and two runs would differ.
            spent=lambda: float(limit.spent() >= 1.0),
            progress=tell,
        )
        is_cut = limit.spent() >= 1.0 and not done.told["is_proven"]
    told = {**done.told, "seed": seed, "rounds": rounds, "is_cut": is_cut}
    others = found.run.manifest.get("decided", {}).get("route", {})
    run = deciding.keep(
        workspace,
        found,
        {"route": _beside(done.table, found.results.get("route"))},
        {"route": {**others, wishes.walk_id: told}},
        scope=scope,
    )
    return Routed(run, done, is_cut)


def check_out(out: Path | None) -> None:
    """Raise if a walk cannot be written as ``out`` says.

    Raises
    ------
    UsageError
        Naming the formats.
    """
    if out is not None and out.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"a walk is not written as {out.suffix or 'a file without a suffix'}",
            f"线路不能写成 {out.suffix or '没有后缀的文件'}",
            hint=f"use {' or '.join(SUFFIXES)}; `panhuo export DIR route` writes the others",
            hint_zh=f"可用 {'、'.join(SUFFIXES)}；其他格式用 panhuo export DIR route",
        )


def write(workspace: Workspace, done: Routed, out: Path) -> int:
    """Write a walk to ``out`` (GeoJSON or KML, in WGS 84) with its sources and the mark of sample data."""
    of = schema.kind("route")
    said = work.notes_of(workspace, of, done.run)
    if out.suffix.lower() == KML:
        return write_walk_kml(done.walk.table, out, **said)
    return writing.write_layer(done.walk.table, of, out, **said)


def _beside(table: gpd.GeoDataFrame, before: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Return a walk with those that the run has for other wishes."""
    if before is None or before.empty:
        return table
    others = before[~before["walk_id"].isin(table["walk_id"])]
    return table if others.empty else gpd.GeoDataFrame(pd.concat([others, table], ignore_index=True), crs=table.crs)


def _wishes(asked: Request) -> Wishes:
    """Return the wishes with ids, names and points as they were written, checked already."""
    return Wishes(
        minutes=asked.minutes,
        start=asked.start,
        end=asked.end,
        is_round=asked.is_round,
        themes=tuple(dict.fromkeys(_theme(text) for text in asked.themes)),
        must=tuple(asked.must),
        avoid=tuple(asked.avoid),
        depart_minutes=asked.depart_minutes,
        day=asked.day,
        subdistrict=asked.subdistrict,
    )


def _placed(wishes: Wishes, asked: Request, found: Ground) -> Wishes:
    """Return the wishes with the ids and points that are meant."""
    return replace(
        wishes,
        start=_place(asked.start, "--start", found),
        end=_place(asked.end, "--end", found),
        must=_named(asked.must, found),
        avoid=_named(asked.avoid, found),
    )


def _theme(text: str) -> str:
    """Return the code of a theme, which may be called by its Chinese title; what is no theme stays as it is."""
    return next((code for code, (zh, _) in WALK_THEMES.items() if text.strip() == zh), text.strip())


def _place(text: str | None, option: str, found: Ground) -> str | shapely.Point | None:
    """Return a start or an end: a point in the CRS of the layers, or the id of a record."""
    if text is None:
        return None
    at = _POINT.fullmatch(text)
    if at is None:
        return _record(text, found.layers)
    lon, lat = float(at[1]), float(at[2])
    if abs(lon) > MOST_LON or abs(lat) > MOST_LAT:
        raise UsageError(
            f"{option} {text} is no longitude and latitude",
            f"{option} {text} 不是经纬度",
            hint=f"write {option} 113.26,23.13: longitude first, in degrees (WGS 84)",
            hint_zh=f"请写成 {option} 113.26,23.13，经度在前，单位为度（WGS 84）",
        )
    crs = next(iter(found.layers.values())).crs
    return gpd.GeoSeries([shapely.Point(lon, lat)], crs=schema.STORAGE_CRS).to_crs(crs).iloc[0]


def _named(texts: Sequence[str], found: Ground) -> tuple[str, ...]:
    sites = {name: found.layers[name] for name in LAYERS[:1] if name in found.layers}
    return tuple(dict.fromkeys(_record(text, sites) for text in texts))


def _record(text: str, layers: Mapping[str, gpd.GeoDataFrame]) -> str:
    """Return the id of the record that has this id, or else alone has this name.

    Raises
    ------
    NotFoundError
        If there is none.
    UsageError
        If several have the name.
    """
    text = text.strip()
    if any((frame["asset_id"] == text).any() for frame in layers.values() if "asset_id" in frame):
        return text
    by_name: list[str] = []
    for kind, frame in layers.items():
        if kind != DOORS and {"asset_id", "name"} <= set(frame.columns):
            by_name += frame.loc[(frame["name"] == text).fillna(value=False).astype(bool), "asset_id"].tolist()
    if len(by_name) > 1:
        raise UsageError(
            f"{len(by_name)} records are called {text!r}",
            f"有 {len(by_name)} 条记录叫“{text}”",
            hint=f"give an id: {', '.join(by_name[:5])}",
            hint_zh=f"请写编号：{'、'.join(by_name[:5])}",
        )
    if not by_name:
        where, where_zh = ("record", "记录") if len(layers) > 1 else ("heritage site", "历史文化资源")
        raise NotFoundError(
            f"there is no {where} with the id or name {text!r}",
            f"没有编号或名称为“{text}”的{where_zh}",
            hint="`panhuo export DIR heritage --out FILE.csv` lists asset_id and name",
            hint_zh="编号（asset_id）和名称可用 panhuo export DIR heritage --out 文件.csv 查到",
        )
    return str(by_name[0])
