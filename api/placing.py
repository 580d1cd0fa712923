"""Records of a layer that have no place, placed where accepted layers place them; the report tells of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from api.evidence import trusted
from layers._sketch import with_derived
from layers.matching.unlocated import place_unlocated

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from layers import schema
    from layers.incoming import Incoming
    from layers.quality import QualityReport
    from layers.workspace import Workspace

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Prepared:
    """A layer as it would be accepted, and the report of the file with what became of its records there."""

    layer: Incoming
    report: QualityReport
    waiting: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """Numbers of the records of the file that have no place in it."""


def placed(
    workspace: Workspace, layer: Incoming, of: schema.Kind, given: Ints, report: QualityReport, rows: Ints
) -> Prepared:
    """Return the layer with those records placed that accepted layers place surely, and its report complete.

    Parameters
    ----------
    workspace
        Its layers are evidence for where records are.
    layer, of
        What is to be accepted, and its kind.
    given
        Numbers of the records of the file.
    report
        The account of the file; changed in place.
    rows
        The row of the layer that each of them became part of.
    """
    numbers = np.zeros(len(layer.frame), dtype=np.int64)
    numbers[rows] = given
    if of.geometry:
        layer = replace(layer, frame=_with_places(workspace, layer.frame, of, numbers, report))
    waits = _is_placeless(layer.frame) & (numbers > 0) if of.geometry else np.zeros(len(numbers), dtype=bool)
    report.tell_placed(given[~waits[rows]])
    report.unlocated = int(waits.sum())
    report.tell_of_unlocated()
    report.note_each(
        "personal_erased",
        "个人信息此前已按要求删除，这次不再保存",
        "its personal data were erased before and are not kept again",
        numbers[workspace.erased_rows(of.name, layer)],
        action="nulled",
    )
    return Prepared(replace(layer, report=report.to_dict()), report, numbers[waits])


def _with_places(
    workspace: Workspace, frame: gpd.GeoDataFrame, of: schema.Kind, numbers: Ints, report: QualityReport
) -> gpd.GeoDataFrame:
    """Return records with the places that addresses, codes and communities give; the file's own are drawn too."""
    waited = _is_placeless(frame)
    if not waited.any():
        return frame
    addresses = workspace.read("address") if workspace.current("address") is not None else None
    evidence = trusted(workspace)
    found = place_unlocated(frame, of.name, evidence, addresses=addresses, records=numbers.tolist())
    report.extend(found.findings)
    derived = waited & ~_is_placeless(found.frame) & (numbers > 0)
    report.sketch = with_derived(report.sketch, found.frame.geometry.to_numpy()[derived], evidence.areas)
    return found.frame


def _is_placeless(frame: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    shapes = frame.geometry.to_numpy()
    return np.asarray(shapely.is_missing(shapes) | shapely.is_empty(shapes), dtype=bool)
