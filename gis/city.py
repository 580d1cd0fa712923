"""The city as one analysis sees it: every layer in one metric CRS, what is missing, and how far people walk."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, TypeVar, cast

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from gis._notes import Note
from gis.network import Entered, Reach, has_place
from layers.errors import AnalysisError
from layers.schema import conform, empty, input_kinds, kind

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from datetime import date

Found = TypeVar("Found")

DEFAULT_CRS = "EPSG:4547"
"""CRS of a city without a single place: CGCS2000 3-degree zone at 114 degrees east (parameter ``crs.working``)."""

WALKED_FROM = ("community", "idle_land", "public_building", "heritage")
WALKED_TO = ("parking", "charging", "service")


@dataclass(frozen=True)
class City:
    """The layers of one analysis, and the walking reach between them.

    Parameters
    ----------
    frames
        One frame for every input and context kind: exactly the columns of its kind, the ``asset_id`` as (unnamed) index
        and as column, sorted by it, geometry in :attr:`crs` (``None`` where a record has no place).
    missing
        Kinds that were not given, or given without a record.
    as_of
        The day on which the city is looked at.
    reach
        How far people walk.
    crs
        The metric CRS of all frames.
    notes
        What was left out and why, notes on the reach included.
    """

    frames: Mapping[str, gpd.GeoDataFrame]
    missing: tuple[str, ...]
    as_of: date
    reach: Reach
    crs: CRS
    notes: tuple[Note, ...] = ()
    _kept: dict[Hashable, tuple[object, object]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def build(cls, layers: Mapping[str, gpd.GeoDataFrame], *, as_of: date, detour_factor: float) -> City:
        """Return the city made of ``layers``.

        Parameters
        ----------
        layers
            Frames by input or context kind, all in one projected CRS in metres; any of them may be missing or empty.
        as_of
            The day on which the city is looked at.
        detour_factor
            Walking distance over straight distance, for places that no street reaches.

        Raises
        ------
        UsageError
            If a kind is unknown.
        AnalysisError
            If a layer is no input, is not in metres, is in another CRS than the rest, or names a record twice or not at
            all.
        """
        for name in layers:
            if kind(name).name not in input_kinds():
                raise AnalysisError(
                    f"{name} is the result of an analysis, not an input",
                    f"{kind(name).zh}是分析结果，不能作为输入",
                    layer=name,
                    hint="leave it out: each run makes it anew",
                    hint_zh="请去掉它：每次分析会重新生成",
                )
        given = {kind(name).name: frame for name, frame in layers.items()}
        crs = _common_crs(given)
        frames = {name: _framed(given.get(name), name, crs) for name in input_kinds()}
        missing = tuple(name for name, frame in frames.items() if frame.empty)
        reach = Reach.build(frames["street"], detour_factor=detour_factor, waters=frames["water"])
        reach = replace(reach, notes=reach.notes + _off_network_notes(reach, frames))
        notes = _missing_notes(missing) + _unlocated_notes(frames) + reach.notes
        return cls(frames, missing, as_of, reach, crs, notes)

    def __getitem__(self, name: str) -> gpd.GeoDataFrame:
        """Return the frame of kind ``name``, without rows where the layer is missing."""
        return self.frames[kind(name).name]

    def placed(self, name: str) -> gpd.GeoDataFrame:
        """Return the records of kind ``name`` that have a place."""
        frame = self[name]
        return self.once(("placed", kind(name).name), lambda: frame[has_place(frame.geometry)]).copy(deep=False)

    def once(self, key: Hashable, find: Callable[[], Found], given: object = None) -> Found:
        """Return what ``find`` returns, found once for a city: programmes ask for the same again and again.

        Parameters
        ----------
        key
            Names what is found.
        find
            Finds it from the city and ``given``; nobody writes to what it returned.
        given
            What it depends on besides the city, such as the model: found anew when that is another object.
        """
        if key not in self._kept or self._kept[key][0] is not given:
            self._kept[key] = given, find()
        return cast("Found", self._kept[key][1])


def _common_crs(layers: Mapping[str, gpd.GeoDataFrame]) -> CRS:
    found: dict[str, CRS] = {}
    for name, frame in layers.items():
        if not isinstance(frame, gpd.GeoDataFrame) or not has_place(frame.geometry).any():
            continue
        if frame.crs is None or not frame.crs.is_projected:
            raise _not_metric("the layer is not in a projected CRS", "图层不是投影坐标系", name)
        if any(axis.unit_conversion_factor != 1.0 for axis in frame.crs.axis_info[:2]):
            raise _not_metric("the layer's CRS is not in metres", "图层的坐标系不以米为单位", name)
        found[name] = CRS(frame.crs)
    if not found:
        return CRS(DEFAULT_CRS)
    first = next(iter(found))
    for name, crs in found.items():
        if not crs.equals(found[first], ignore_axis_order=True):
            raise AnalysisError(
                f"the layer is in another CRS than {first}",
                f"图层与{kind(first).zh}的坐标系不同",
                layer=name,
                hint="project all layers to one CRS first",
                hint_zh="请先把各图层投影到同一坐标系",
            )
    return found[first]


def _not_metric(what: str, zh: str, name: str) -> AnalysisError:
    return AnalysisError(
        what,
        zh,
        layer=name,
        hint="project it to one in metres, such as EPSG:4547 (layers.crs.working_crs finds one)",
        hint_zh="请投影到以米为单位的坐标系，如 EPSG:4547（layers.crs.working_crs 可代选）",
    )


@cache
def _empty(name: str) -> gpd.GeoDataFrame:
    """Return the frame of a missing layer; nobody writes to it (:func:`_framed` takes a copy)."""
    return empty(kind(name))


def _framed(frame: gpd.GeoDataFrame | None, name: str, crs: CRS) -> gpd.GeoDataFrame:
    frame = _empty(name) if frame is None or frame.empty else conform(frame, kind(name))
    frame = frame.set_crs(crs, allow_override=True)
    unnamed = frame["asset_id"].isna()
    if unnamed.any():
        raise AnalysisError(
            f"{int(unnamed.sum())} records have no asset_id",
            f"{int(unnamed.sum())} 条记录没有 asset_id",
            layer=name,
            record=int(unnamed.to_numpy().argmax()) + 1,
            hint="accept the layer into a workspace first, or name each record",
            hint_zh="请先把图层收进工作区，或给每条记录编号",
        )
    frame.index = pd.Index(frame["asset_id"].astype(object), dtype="object")
    twice = frame.index.duplicated()
    if twice.any():
        again = frame.index[twice][0]
        raise AnalysisError(
            f"asset_id {again} is used more than once",
            f"asset_id {again} 重复",
            layer=name,
            record=int(twice.argmax()) + 1,
            hint="give each record an id of its own",
            hint_zh="请给每条记录各自的编号",
        )
    return frame.sort_index().rename_axis(index=None)


def _missing_notes(missing: tuple[str, ...]) -> tuple[Note, ...]:
    inputs = [kind(name) for name in missing if kind(name).role == "input"]
    if not inputs:
        return ()
    return (
        Note(
            f"没有以下图层，依赖它们的结果为空或放宽区间：{'、'.join(item.zh for item in inputs)}。",
            "These layers are missing; what depends on them is empty or has a wider band: "
            f"{', '.join(item.en.lower() for item in inputs)}.",
        ),
    )


def _unlocated_notes(frames: Mapping[str, gpd.GeoDataFrame]) -> tuple[Note, ...]:
    counts = {name: int((~has_place(frame.geometry)).sum()) for name, frame in frames.items() if kind(name).geometry}
    return tuple(
        Note(
            f"{kind(name).zh}：{count}条记录待落图，计入总数，不参与空间计算。",
            f"{kind(name).en}: {count} records have no place yet; they are counted, but not measured in space.",
        )
        for name, count in counts.items()
        if count
    )


def _off_network_notes(reach: Reach, frames: Mapping[str, gpd.GeoDataFrame]) -> tuple[Note, ...]:
    if not reach.has_network:
        return ()
    straight = f"直线×{reach.detour_factor:g}", f"straight line x {reach.detour_factor:g}"
    notes = []
    for name in (*WALKED_FROM, *WALKED_TO):
        placed = frames[name].geometry
        count = reach.entered(placed[has_place(placed)]).value_counts()
        zh, en = kind(name).zh, kind(name).en
        told = {
            Entered.FAR: Note(
                f"{zh}：{{}}处离最近街道超过{reach.snap_limit_m:g}米，按{straight[0]}计算。",
                f"{en}: {{}} are more than {reach.snap_limit_m:g} m from any street; {straight[1]} is used for them.",
            ),
            Entered.BARRED: Note(
                f"{zh}：{{}}处与附近街道之间均隔着水面或地面快速路，按{straight[0]}计算，跨越水面或快速路的不计。",
                f"{en}: {{}} have water or an expressway between them and every street near; {straight[1]} is used for "
                "them where it crosses neither.",
            ),
            Entered.OTHER: Note(
                f"{zh}：{{}}处与最近街道之间隔着水面或地面快速路，改由次近街道进入路网。",
                f"{en}: {{}} have water or an expressway between them and the nearest street, and take another.",
            ),
        }
        notes += [Note(*(text.format(count[how]) for text in note)) for how, note in told.items() if how in count.index]
    return tuple(notes)
