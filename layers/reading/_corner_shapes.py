"""Rings of corner points as polygons, checked against what the list says of them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from pyproj import Geod

from layers.quality import Text
from layers.reading._corner_rings import AREA
from layers.reading._corner_slips import slips

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from layers.reading._corner_rings import Corner, Parcel, Ring
    from layers.reading._corner_slips import Slip

_GEOD = Geod(ellps="GRS80")
_NORTHING_M = (1.9e6, 6.0e6)
"""Distances of China's land from the equator: 18.1 to 53.6 degrees north, islands to 3.8 left to the titles."""
_EASTING_M = ((1e5, 9e5), (1.3e7, 4.6e7))
"""Eastings in a zone with its false 500 km, and the same behind a zone number (13-23 of 6, 25-45 of 3 degrees)."""
_EDGE_TOLERANCE_M = 0.05
"""Edges in lists are rounded to the centimetre; CJJ/T 8-2011 lets a corner be off by 5 cm."""
_WHOLE_KM = 10_000.0
_DEGREES_AREA_SHARE = 1e-3
_AREA_LABELS = frozenset((AREA,))


class Axes(NamedTuple):
    """Whether the first column is the northing, the sentence that says why, and whether that is only custom."""

    is_north_first: bool
    text: Text
    is_doubtful: bool


def axes_of(parcels: Sequence[Parcel], titles: tuple[str, str]) -> Axes:
    """Return which of two columns is the northing.

    Parameters
    ----------
    parcels
        Points as they stand in the list.
    titles
        ``north``, ``east``, ``x`` or ``y`` of the two columns.
    """
    places = np.array([place for parcel in parcels for ring in parcel.rings for place in ring.places]).reshape(-1, 2)
    by_numbers = _by_numbers(places)
    is_x_first = titles[0] in ("x", "north") or titles[1] in ("y", "east")
    by_title = titles[0] == "north" or titles[1] == "east" if {"north", "east"} & set(titles) else None
    name = {True: ("X 为北坐标", "X is the northing"), False: ("X 为东坐标", "X is the easting")}
    if by_numbers is not None:
        zh, en = name[by_numbers == is_x_first]
        doubtful = by_title is not None and by_title != by_numbers
        tail = Text("，与列名不符", ", which the titles contradict") if doubtful else Text("", "")
        return Axes(by_numbers, Text(f"{zh}（按数值判断{tail.zh}）", f"{en} (by the numbers{tail.en})"), doubtful)
    if by_title is not None:
        zh, en = name[by_title == is_x_first]
        return Axes(by_title, Text(f"{zh}（按列名）", f"{en} (by the titles)"), is_doubtful=False)
    return Axes(
        is_x_first,
        Text(
            "X 按测量惯例作北坐标（数值看不出）；若相反，请把列名写成“东坐标”“北坐标”",
            "X is taken for the northing, as surveyors do (the numbers do not tell); if not, title the columns "
            "东坐标 and 北坐标",
        ),
        is_doubtful=True,
    )


def _by_numbers(places: NDArray[np.float64]) -> bool | None:
    """Return whether the first of two columns holds northings, ``None`` where the numbers leave it open."""
    if not len(places):
        return None
    first, second = np.median(places, axis=0).tolist()
    if _is_northing(first) and _is_easting(second):
        return True
    if _is_northing(second) and _is_easting(first):
        return False
    is_degrees = [3 < min(first, second) < 54, 73 < max(first, second) < 136]
    return first < second if all(is_degrees) else None


def _is_northing(value: float) -> bool:
    return _NORTHING_M[0] <= value <= _NORTHING_M[1]


def _is_easting(value: float) -> bool:
    return any(low <= value <= high for low, high in _EASTING_M)


def with_holes(parcels: Sequence[Parcel]) -> list[Parcel]:
    """Return parcels, those that no word parts from the one before them and that lie inside it as its holes."""
    joined: list[Parcel] = []
    for parcel in parcels:
        before = joined[-1] if joined else None
        if (
            before is None or parcel.name or before.is_over or set(parcel.labels) - _AREA_LABELS
            or not all(len(set(ring.places)) >= 3 for ring in (*before.rings, *parcel.rings))
            or not before.rings or not parcel.rings
            or not _lies_in(shapely.polygons(parcel.rings[0].places), shapely.polygons(before.rings[0].places))
        ):  # fmt: skip
            joined.append(parcel)
            continue
        joined[-1] = replace(
            before, rings=before.rings + parcel.rings, labels=before.labels | parcel.labels, area_m2=parcel.area_m2,
            area_step_m2=parcel.area_step_m2, broken=before.broken + parcel.broken,
            is_over=parcel.is_over, rows=before.rows + parcel.rows,
        )  # fmt: skip
    return joined


class Fault(NamedTuple):
    """Why a parcel has no outline, and the row that is to blame as it stands."""

    why: Text
    value: str


_BROKEN = Text(
    "有界址点的坐标读不出，不能成图，请改正后重新导入",
    "a corner cannot be read, so the parcel has no outline: correct it and import again",
)
_TOO_FEW = Text(
    "界址点不足三个，不能成图，请补齐后重新导入",
    "fewer than three corners make no parcel: complete them and import again",
)
_SLIPPED = Text(
    "有界址点离同圈其余各点太远，多半是坐标录错，请改正后重新导入",
    "a corner lies too far from the others of its ring, most likely a slip: correct it and import again",
)


class Outlines(NamedTuple):
    """The polygon of each parcel, by position why there is none, and what to say of areas, edges and closures."""

    geometry: NDArray[np.object_]
    faults: dict[int, Fault]
    said: list[Text]


def shapes_of(parcels: Sequence[Parcel]) -> Outlines:
    """Return the polygon of each parcel; rings inside another ring are its holes, others further parts."""
    found = Outlines(np.full(len(parcels), None, dtype=object), {}, [])
    for at, parcel in enumerate(parcels):
        rings = [ring for ring in parcel.rings if len(set(ring.places)) >= 3]
        far = [(ring.corners[slip.at], slip) for ring in rings for slip in slips(ring.places)]
        fault = _fault(parcel, rings, [(corner, slip) for corner, slip in far if slip.is_certain])
        if fault is not None:
            found.faults[at] = fault
            found.said.append(Text(f"{fault.value}：{fault.why.zh}", f"{fault.value}: {fault.why.en}"))
            continue
        found.geometry[at] = _polygon(rings)
        found.said.extend(_far_corner(parcel, corner, slip) for corner, slip in far)
        found.said.extend(_doubts(parcel, found.geometry[at]))
    return found


def _fault(parcel: Parcel, rings: Sequence[Ring], far: Sequence[tuple[Corner, Slip]]) -> Fault | None:
    """Return why a parcel has no outline, ``None`` where it has one."""
    if parcel.broken:
        return Fault(_BROKEN, _row(parcel, parcel.broken[0], parcel.broken[0].words))
    if len(rings) < len(parcel.rings) or not rings:
        short = next((ring for ring in parcel.rings if ring not in rings), None)
        return Fault(_TOO_FEW, _row(parcel, short.corners[0] if short else None, ""))
    if far:
        corner, slip = far[0]
        x, y = next(
            row.place for row in parcel.rows if row.place and (row.row, row.block) == (corner.row, corner.block)
        )
        return Fault(_SLIPPED, _row(parcel, corner, f"{corner.number} {x:.10g}, {y:.10g}: {_km(slip)}"))
    return None


def _row(parcel: Parcel, corner: Corner | None, text: str) -> str:
    row = parcel.row if corner is None else corner.row
    return " ".join(part for part in (parcel.name, f"第 {row} 行 row {row}", text) if part)


def _km(slip: Slip) -> str:
    return f"{slip.gap_m / 1000:.1f} km" if slip.gap_m < _WHOLE_KM else f"{slip.gap_m / 1000:.0f} km"


def _far_corner(parcel: Parcel, corner: Corner, slip: Slip) -> Text:
    return Text(
        f"{parcel.title}：第 {corner.row} 行的 {corner.number} 离同圈其余界址点 {_km(slip)}，请核对",
        f"{parcel.title}: {corner.number} in row {corner.row} lies {_km(slip)} from the others of its ring; check it",
    )


def _polygon(rings: Sequence[Ring]) -> shapely.Geometry:
    """Return rings as one polygon with holes, or as several."""
    outlines = [shapely.polygons(ring.places) for ring in rings]
    if len(outlines) == 1:
        return outlines[0]
    order = sorted(range(len(outlines)), key=lambda at: -outlines[at].area)
    shells: list[list[int]] = []
    for at in order:
        inside = next((shell for shell in shells if _lies_in(outlines[at], outlines[shell[0]])), None)
        if inside is None:
            shells.append([at])
        else:
            inside.append(at)
    made = [
        shapely.polygons(rings[shell[0]].places, [rings[at].places for at in shell[1:]] or None) for shell in shells
    ]
    return made[0] if len(made) == 1 else shapely.multipolygons(made)


def _lies_in(inner: shapely.Polygon, outer: shapely.Polygon) -> bool:
    return bool(shapely.contains_properly(outer, shapely.points(inner.exterior.coords[0])))


def _doubts(parcel: Parcel, shape: shapely.Geometry) -> list[Text]:
    """Return what the list says of a parcel that its corners contradict."""
    said = [
        Text(
            f"{parcel.title}：末尾重复的 {ring.corners[0].number} 与首点相差 {ring.misclosure:.3f}，以首点为准",
            f"{parcel.title}: the last {ring.corners[0].number} is {ring.misclosure:.3f} off the first, which is used",
        )
        for ring in parcel.rings
        if ring.misclosure
    ]
    is_degrees = bool(np.abs(shapely.bounds(shape)).max() < 360)
    if parcel.area_m2 is not None:
        area = abs(_GEOD.geometry_area_perimeter(shape)[0]) if is_degrees else shapely.area(shape)
        if abs(area - parcel.area_m2) > _area_tolerance_m2(parcel, shape, is_degrees=is_degrees):
            said.append(
                Text(
                    f"{parcel.title}：面积写 {parcel.area_m2:.2f} 平方米，按界址点计算为 {area:.2f} 平方米",
                    f"{parcel.title}: the area says {parcel.area_m2:.2f} m2, its corners make {area:.2f} m2",
                )
            )
    return said if is_degrees else said + [text for ring in parcel.rings for text in _wrong_edges(parcel, ring)]


def _area_tolerance_m2(parcel: Parcel, shape: shapely.Geometry, *, is_degrees: bool) -> float:
    """Return how far an area may be off by rounding: half its last digit, and each edge moved by that of a corner."""
    if is_degrees:
        return _DEGREES_AREA_SHARE * (parcel.area_m2 or 0.0)
    decimals = min((corner.decimals for corner in parcel.corners), default=3)
    return 0.5 * parcel.area_step_m2 + float(shapely.length(shape)) * 0.5 * 10.0**-decimals * math.sqrt(2)


def _wrong_edges(parcel: Parcel, ring: Ring) -> list[Text]:
    """Return the edges whose length in the list is not the distance of their corners, the first of them said."""
    places = np.array([*ring.places, ring.places[0]])
    edges = np.hypot(*np.diff(places, axis=0).T)
    wrong = [(at, length) for at, length in ring.lengths.items() if abs(edges[at] - length) > _EDGE_TOLERANCE_M]
    if not wrong:
        return []
    at, length = wrong[0]
    name = ring.corners[at].number or str(at + 1)
    return [
        Text(
            f"{parcel.title}：{len(wrong)} 条边长与坐标不符，如 {name} 起写 {length:.2f} 米，"
            f"按坐标为 {edges[at]:.2f} 米",
            f"{parcel.title}: {len(wrong)} edges contradict their corners, such as that from {name}: {length:.2f} m "
            f"written, {edges[at]:.2f} m by the corners",
        )
    ]
