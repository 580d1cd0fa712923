"""Whether records lie in the sub-district, district or community that they name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.datums._evidence import Evidence
from layers.datums._ground import Ground, plain_name
from layers.quality import Text

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.datums._model import RecordTexts

    Floats = NDArray[np.float64]

_INSIDE = 0.95
"""Share of records inside the area they name when they are read rightly: 95.8 % of 1,587 stations in Shenzhen."""
_JUST_OUTSIDE, _FAR_OUTSIDE = 0.20, 0.02
_BLUR_M = 250.0
"""The stations outside theirs lie 226 m from it on average; the chance of such a record falls off with that."""
_CHANCE_INSIDE = 0.60
"""ASSUMPTION: a place that is some other way off still falls in a named area in six of ten cases."""
_FEWEST_LETTERS = 2
_GENERALISE_M = 5.0
_SHORTER = (("街道", "街"), ("街道办事处", "街"), ("社区居委会", "社区"))


def compare(
    positions: Floats, texts: RecordTexts, areas: gpd.GeoDataFrame, ground: Ground, blur_m: float = 0.0
) -> Evidence | None:
    """Return how well each reading puts the records into the areas they name; ``None`` if they name none.

    P(record | reading) is 0.95 inside and ``max(0.02, 0.2 exp(-d / 250 m))`` at a distance d outside, each divided by
    what chance gives (0.6 inside, 0.4 outside).

    Parameters
    ----------
    positions
        WGS 84 degrees of each record under each reading, shape (readings, records, 2).
    texts
        What the records say.
    areas
        Polygons with ``kind``, ``name`` and ``subdistrict_code``, WGS 84.
    ground
        Plane to measure in.
    blur_m
        How coarse the coordinates are.
    """
    area_of = named_area(texts, areas, positions.shape[1])
    used = np.unique(area_of[area_of >= 0])
    if not len(used):
        return None
    shapes = ground.shapes(np.asarray(areas.geometry.to_numpy(), dtype=object)[used])
    shapes = shapely.make_valid(shapely.simplify(shapes, _GENERALISE_M))
    shapely.prepare(shapes)
    distance = np.full((positions.shape[1], len(positions)), np.nan)
    for at, number in enumerate(used):
        rows = np.flatnonzero(area_of == number)
        for reading, lonlat in enumerate(positions):
            points = ground.points(lonlat[rows, 0], lonlat[rows, 1])
            far = shapely.distance(shapes[at], points)
            distance[rows, reading] = np.where(np.isnan(far), np.inf, far)
    near = np.maximum(_FAR_OUTSIDE, _JUST_OUTSIDE * np.exp(-distance / (_BLUR_M + blur_m)))
    weight = np.where(distance <= 0, np.log(_INSIDE / _CHANCE_INSIDE), np.log(near / (1 - _CHANCE_INSIDE)))
    measure = np.where(np.isnan(distance), np.nan, (distance <= 0).astype("float64"))
    return Evidence(np.nan_to_num(weight, nan=0.0), measure, _tell)


def _tell(best: Floats, other: Floats | None, other_name: str) -> Text:
    zh, en = _share(best)
    if other is None:
        return Text(f"{zh}落在其地址所指的区域内", f"{en} lie in the area that they name")
    zh_other, en_other = _share(other)
    return Text(
        f"{zh}落在其地址所指的区域内（按 {other_name} 则为{zh_other}）",
        f"{en} lie in the area that they name (as {other_name} {en_other})",
    )


def _share(inside: Floats) -> tuple[str, str]:
    hits, count = int(inside.sum()), len(inside)
    return f"{count} 条中有 {hits} 条", f"{hits} of {count} records"


def named_area(texts: RecordTexts, areas: gpd.GeoDataFrame, count: int) -> NDArray[np.int64]:
    """Return the position in ``areas`` of the smallest area that each record names, -1 where it names none."""
    found = np.full(count, -1, dtype=np.int64)
    if not len(areas):
        return found
    order = np.argsort(-_sizes(areas), kind="stable")  # the smallest last: it wins
    by_name: dict[str, int] = {}
    names, codes = areas["name"].to_numpy(dtype=object), areas["subdistrict_code"].to_numpy(dtype=object)
    kinds = areas["kind"].to_numpy(dtype=object)
    for at in order:
        if kinds[at] == "subdistrict" and (code := plain_name(codes[at])):
            by_name[code] = int(at)
        for name in _spellings(plain_name(names[at])):
            by_name[name] = int(at)
    for label in texts.labels:
        exact = np.array([by_name.get(plain_name(cell), -1) for cell in label], dtype=np.int64)
        found = _smaller(found, exact, areas)
    for column in (texts.addresses, texts.names):
        if column is not None:
            found = _smaller(found, _mentioned(column, by_name, areas), areas)
    return found


def _spellings(name: str) -> list[str]:
    """Return a name and its short forms: 大塘街道 is also 大塘街."""
    short = [name.removesuffix(tail) + instead for tail, instead in _SHORTER if name.endswith(tail)]
    return [item for item in (name, *short) if item]


def _sizes(areas: gpd.GeoDataFrame) -> Floats:
    """Return areas in square degrees: enough to tell which is the smaller of two in one city."""
    return np.asarray(shapely.area(np.asarray(areas.geometry, dtype=object)))


def _smaller(one: NDArray[np.int64], other: NDArray[np.int64], areas: gpd.GeoDataFrame) -> NDArray[np.int64]:
    size = np.append(_sizes(areas), np.inf)  # -1 is the last
    return np.where(size[other] < size[one], other, one)


def _mentioned(texts: NDArray[np.object_], by_name: dict[str, int], areas: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Return the smallest area whose name stands anywhere in each text; numbers and single letters are no names."""
    size = _sizes(areas)
    heads: dict[str, list[str]] = defaultdict(list)
    for name in by_name:
        if len(name) >= _FEWEST_LETTERS and not name.isascii():
            heads[name[:_FEWEST_LETTERS]].append(name)
    known: dict[str, int] = {}
    found = np.full(len(texts), -1, dtype=np.int64)
    for row, cell in enumerate(texts):
        text = plain_name(cell)
        if text not in known:
            hits = [
                by_name[name]
                for at in range(len(text) - 1)
                for name in heads.get(text[at : at + _FEWEST_LETTERS], ())
                if text.startswith(name, at)
            ]
            known[text] = min(hits, key=lambda hit: size[hit], default=-1)
        found[row] = known[text]
    return found
