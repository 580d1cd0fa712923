"""How both pages open: where they look first, and what they must say of their data before anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from layers.sample import SAMPLE_NOTICE
from layers.schema import kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


Bounds: TypeAlias = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
FAR_DEVIATIONS = 12.0
"""A place is far off beyond this many median absolute deviations from the median. Evenly spread places reach 2, the
outskirts of a dense town 5 or 6; a coordinate with a wrong digit lies hundreds away."""
NEAR_DEG = 0.1
"""About 10 km: nothing this close to the median is far off, however tightly the other places stand."""
NO_BASE_MAP = {
    "zh": "没有底图：还没有导入道路、建筑、水系或绿地。用 panhuo import 导入 street、building、water、green，"
    "或用 panhuo import-osm",
    "en": "No base map: no streets, buildings, water or green areas were imported. Import street, building, water or "
    "green with panhuo import, or use panhuo import-osm",
}


def first_view(places: NDArray[np.object_], areas: NDArray[np.object_]) -> Bounds | None:
    """Return west, south, east, north of what a map shows first.

    That is the box of the sub-districts in which the analysed places lie; where sub-districts hold fewer than half of
    them, of the places themselves. Places far off (:data:`FAR_DEVIATIONS`) do not count: one wrong coordinate must not
    make the city a dot.

    Parameters
    ----------
    places
        Geometries of what was analysed, in longitude, latitude; missing and empty ones are passed over.
    areas
        Sub-districts, in longitude, latitude.

    Returns
    -------
    The box in degrees, ``None`` where no place has a geometry.
    """
    boxes = shapely.bounds(places)
    # Each place once: an asset with ten actions has no more say than one with a single action.
    boxes = np.unique(boxes[np.isfinite(boxes).all(axis=1)], axis=0)
    if not len(boxes):
        return None
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    is_near = _near(centres[:, 0]) & _near(centres[:, 1])
    held, holders = shapely.STRtree(areas).query(shapely.points(centres[is_near]), predicate="intersects")
    if 2 * len(np.unique(held)) >= is_near.sum():
        west, south, east, north = shapely.total_bounds(areas[np.unique(holders)])
    else:
        (west, south), (east, north) = boxes[is_near, :2].min(axis=0), boxes[is_near, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def _near(ordinates: NDArray[np.float64]) -> NDArray[np.bool_]:
    deviations = np.abs(ordinates - np.median(ordinates))
    near: NDArray[np.bool_] = deviations <= max(NEAR_DEG, FAR_DEVIATIONS * float(np.median(deviations)))
    return near


def sample_notice(counts: Mapping[str, int], *, is_sample: bool) -> Mapping[str, str] | None:
    """Return what a page must say of invented records, in both languages; ``None`` where there are none.

    Parameters
    ----------
    counts
        Layer kind -> records marked as sample data.
    is_sample
        Whether the workspace is the fictional sample city as a whole.
    """
    if is_sample:
        return SAMPLE_NOTICE
    marked = {name: count for name, count in counts.items() if count}
    if not marked:
        return None
    zh = "、".join(f"{kind(name).zh} {count:,} 条" for name, count in marked.items())
    en = ", ".join(f"{kind(name).en} ({count:,})" for name, count in marked.items())
    return {
        "zh": f"示例数据：{zh}标为示例或虚构，不代表真实地点；含这些记录的结果不得当作真实结论。",
        "en": f"Sample data: records of {en} are marked as sample or fictional and stand for no real place; "
        "results that contain them are not real findings.",
    }
