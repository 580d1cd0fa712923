"""All comparisons of one group's records with what is trusted, under each of its readings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.datums import _alignment, _named_areas, _named_places
from layers.datums._candidates import State, lonlat
from layers.datums._displacement import Displacement, displacement
from layers.datums._evidence import Evidence
from layers.datums._ground import Ground
from layers.quality import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from layers.datums._model import RecordTexts
    from layers.trusted import Trusted

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Objects = NDArray[np.object_]

_WORD = 4.6
"""ASSUMPTION: a cell or title that names a datum is right a hundred times as often as wrong."""
_ENOUGH_CELLS = 0.5
"""ASSUMPTION: where fewer than every other record names a datum, nothing is known of the silent ones: all cells
together then weigh :data:`_FEW_WORDS`, and it is asked."""
_FEW_WORDS = 1.5
_MOST = 6.0  # no single record may say more
_SAME_SPOT_DEG = 5e-4
"""Records within some 50 m of each other are one observation: the stalls of one car park have one address."""
_MARGIN, _MARGIN_DEG = 0.25, 0.02
_IN_EXTENT, _CHANCE_IN_EXTENT = 0.95, 0.30


@dataclass(frozen=True)
class Sample:
    """Records of a group that are compared, in their order.

    Parameters
    ----------
    east, north
        As the numbers show them, longitude or easting first.
    texts
        What they say of their place.
    shapes
        Their geometries as written, first axis first as in ``east``; ``None`` where all are points.
    """

    east: Floats
    north: Floats
    texts: RecordTexts
    shapes: Objects | None


class Comparison:
    """The readings of a sample and what the trusted layers say of each."""

    def __init__(
        self, sample: Sample, states: Sequence[State], trusted: Trusted, extent: tuple[float, ...] | None
    ) -> None:
        self.sample, self.states, self.trusted = sample, states, trusted
        self.positions = np.stack([np.column_stack(lonlat(state, sample.east, sample.north)) for state in states])
        self.positions[~np.isfinite(self.positions)] = np.nan
        self.ground = _ground(trusted, self.positions)
        self.evidence = self._compare(extent)

    def _compare(self, extent: tuple[float, ...] | None) -> list[Evidence]:
        texts, trusted, ground = self.sample.texts, self.trusted, self.ground
        count = len(self.sample.east)
        found: list[Evidence | None] = [_in_cells(texts, self.states)]
        if extent is not None and any(state.meridian is not None or state.swapped for state in self.states):
            found.append(_in_extent(self.positions, extent))
        found.append(_named_areas.compare(self.positions, texts, trusted.areas, ground))
        if texts.names is not None:
            found.append(_named_places.compare_places(self.positions, texts.names, trusted.places, ground))
        readings = [self._shapes_under(reading) for reading in range(len(self.states))]
        if self.sample.shapes is not None and texts.names is not None and len(trusted.areas):
            found.append(_named_places.compare_boundaries(readings, texts.names, trusted.areas, ground))
        found += _alignment.compare(readings, count, trusted, ground)
        shared = 1.0 / _at_same_spot(self.positions[0])
        return [
            replace(item, weight=np.clip(item.weight, -_MOST, _MOST) * shared[:, None])
            for item in found
            if item is not None
        ]

    def weight(self) -> Floats:
        """Return what all comparisons say of each record and reading."""
        total = np.zeros((len(self.sample.east), len(self.states)))
        for item in self.evidence:
            total += item.weight
        return total

    def displacement(self, reading: int, rows: NDArray[np.bool_]) -> Displacement | None:
        """Return the common offset of the records ``rows`` from their namesakes under a reading."""
        names = self.sample.texts.names
        if names is None:
            return None
        chosen = np.flatnonzero(rows)
        shapes = self._shapes_under(reading)(chosen)
        others = self.trusted.areas if self.sample.shapes is not None else self.trusted.places
        return displacement(shapes, names[chosen], others, self.ground)

    def _shapes_under(self, reading: int) -> Callable[[Ints], Objects]:
        """Return the function from positions of records to their geometries, in metres, under a reading."""
        written, state = self.sample.shapes, self.states[reading]

        def shapes(rows: Ints) -> Objects:
            if written is None:
                return self.ground.points(self.positions[reading, rows, 0], self.positions[reading, rows, 1])
            return np.asarray(
                shapely.transform(written[rows], lambda xy: self.ground.xy(*lonlat(state, xy[:, 0], xy[:, 1])))
            )

        return shapes


def _ground(trusted: Trusted, positions: Floats) -> Ground:
    """Return the plane about the middle of what is trusted, or else of the records."""
    bounds = bounds_of(trusted)
    if bounds is not None:
        return Ground((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    there = positions[0][np.isfinite(positions[0]).all(axis=1)]
    middle = np.median(there, axis=0) if len(there) else (0.0, 0.0)
    return Ground(float(middle[0]), float(middle[1]))


def bounds_of(trusted: Trusted) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north of all that is trusted, ``None`` where there is nothing."""
    frames = (trusted.areas, trusted.places, trusted.buildings, trusted.streets)
    boxes = np.array([frame.total_bounds for frame in frames if len(frame)])
    if not len(boxes):
        return None
    (west, south), (east, north) = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def _at_same_spot(lonlat_deg: Floats) -> NDArray[np.int64]:
    """Return how many records stand at the spot of each."""
    cells = np.nan_to_num(np.floor(lonlat_deg / _SAME_SPOT_DEG), nan=-1.0)
    _, spot, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    return np.asarray(counts[spot.ravel()])


def _in_cells(texts: RecordTexts, states: Sequence[State]) -> Evidence | None:
    """Return what cells of the records name; CGCS2000 and WGS 84 are both the reading without a shift."""
    if texts.datums is None or not any(texts.datums):
        return None
    named = np.array(["" if item in ("WGS 84", "CGCS2000") else item for item in texts.datums], dtype=object)
    says = np.array([bool(item) for item in texts.datums])
    fits = np.column_stack([named == state.source.shift for state in states]) & says[:, None]
    measure = np.where(says[:, None], fits.astype("float64"), np.nan)
    share = float(says.mean())
    weight = _WORD if share >= _ENOUGH_CELLS else _FEW_WORDS / says.sum()
    return Evidence(np.where(fits, weight, 0.0), measure, _tell_of_cells)


def _tell_of_cells(best: Floats, _other: Floats | None, _name: str) -> Text:
    count = int(best.sum())
    return Text(f"{count} 条的单元格写明如此", f"cells of {count} records say so")


def _in_extent(positions: Floats, extent: tuple[float, ...]) -> Evidence:
    """Return which readings put the records into the box of what is accepted (and a quarter and 2 km around it)."""
    west, south, east, north = extent
    wide = max(_MARGIN * (east - west), _MARGIN_DEG)
    high = max(_MARGIN * (north - south), _MARGIN_DEG)
    lon, lat = positions[..., 0].T, positions[..., 1].T
    inside = (lon >= west - wide) & (lon <= east + wide) & (lat >= south - high) & (lat <= north + high)
    hit, miss = np.log(_IN_EXTENT / _CHANCE_IN_EXTENT), np.log((1 - _IN_EXTENT) / (1 - _CHANCE_IN_EXTENT))
    return Evidence(miss + inside * (hit - miss), inside.astype("float64"), _tell_of_extent)


def _tell_of_extent(best: Floats, other: Floats | None, other_name: str) -> Text:
    text = Text(f"{best.mean():.0%} 落在已收图层的范围内", f"{best.mean():.0%} lie where the accepted layers are")
    if other is None:
        return text
    return Text(
        f"{text.zh}（按 {other_name} 则为 {other.mean():.0%}）", f"{text.en} (as {other_name} {other.mean():.0%})"
    )
