"""From rows of corner points to rings: where one closes, where the next begins, and to which parcel it belongs."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from layers.values._text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

SAME_POINT = 1e-3
"""Corners closer than this are one: a millimetre, the last digit that surveyors print."""
_MISCLOSURE = 1.0  # ASSUMPTION: a first corner repeated within a metre is a slip; farther off it is another corner
_UNITS = "平方米|平米|m2|公顷|hm2|ha|亩"
_AREA = re.compile(
    rf"面 *积(?: *[(](?P<title>{_UNITS})[)])?[^0-9x×*?]{{0,12}}(?P<said>[0-9x×*?][0-9a-z×*?,.]*?) *(?P<unit>{_UNITS})?"
    rf"(?![0-9a-z×*?,.])|(?<![0-9a-z×*?,.])(?P<bare>[0-9][0-9,.]*) *(?P<of>{_UNITS})"
)
_NUMBER = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?")
_TO_M2 = {"平方米": 1.0, "平米": 1.0, "m2": 1.0, "公顷": 1e4, "hm2": 1e4, "ha": 1e4, "亩": 2000 / 3}
AREA = "面积（平方米）"
"""Title of the area that a list states for a parcel."""


@dataclass(frozen=True)
class Corner:
    """What one row of a list says: a point, or words between points.

    Parameters
    ----------
    row
        Row in the sheet.
    place
        The two coordinates as they stand; ``None`` where the row holds no point.
    number, parcel, ring, length
        Point number, parcel, ring number and length of the edge to the next point, as written.
    labels
        Other columns, or ``名称：值`` pairs of a line of words.
    words
        The words of a row without point.
    is_broken
        Whether the row is a point whose coordinates cannot be read.
    is_title
        Whether it stands above the header.
    decimals
        Decimals of the coordinate as written.
    block
        Which of the lists that stand side by side it is in.
    """

    row: int
    place: tuple[float, float] | None = None
    number: str = ""
    parcel: str = ""
    ring: str = ""
    length: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    words: str = ""
    is_broken: bool = False
    is_title: bool = False
    decimals: int = 3
    block: int = 0


@dataclass
class Ring:
    """Corners in order, the first not repeated; how far off it was when it was repeated, and lengths of edges."""

    corners: list[Corner] = field(default_factory=list)
    number: str = ""
    is_closed: bool = False
    misclosure: float = 0.0
    lengths: dict[int, float] = field(default_factory=dict)

    @property
    def places(self) -> list[tuple[float, float]]:
        """The points in order."""
        return [corner.place for corner in self.corners if corner.place is not None]


@dataclass
class Parcel:
    """The rings of one parcel, its words and its area as the list has it.

    ``area_step_m2`` is the step of the last digit of the area as written, ``broken`` are points whose coordinates
    cannot be read, ``rows`` everything that the list says of the parcel, in its order.
    """

    row: int
    name: str = ""
    rings: list[Ring] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    area_m2: float | None = None
    area_step_m2: float = 0.0
    broken: list[Corner] = field(default_factory=list)
    is_over: bool = False
    rows: list[Corner] = field(default_factory=list)

    @property
    def corners(self) -> list[Corner]:
        """The points of all rings."""
        return [corner for ring in self.rings for corner in ring.corners]

    @property
    def title(self) -> str:
        """What to call it."""
        return self.name or next(iter(self.labels.values()), "") or f"第 {self.row} 行起"

    def turned(self, *, is_north_first: bool) -> Parcel:
        """Return the parcel with its points as easting, northing."""
        if not is_north_first:
            return self
        rings = [
            replace(ring, corners=[replace(item, place=item.place and item.place[::-1]) for item in ring.corners])
            for ring in self.rings
        ]
        return replace(self, rings=rings)


def parcels_of(rows: Iterable[Corner], *, has_names: bool) -> list[Parcel]:
    """Return the parcels that rows of corner points bound.

    A ring ends where its first corner stands again, where the ring number or the parcel changes, or where the point
    numbers begin anew. A parcel ends at its line of area, where another is named, and, in a list without names, where
    a ring ends (a ring inside the one before it is its hole: :func:`layers.reading._corner_shapes.shapes_of`).

    Parameters
    ----------
    rows
        Rows in reading order.
    has_names
        Whether the list has a column that names the parcel.
    """
    walk = _Walk(has_names=has_names)
    for row in rows:
        if row.place is None:
            walk.words(row)
        else:
            walk.point(row)
    return [parcel for parcel in walk.parcels if parcel.rings or parcel.broken]


class _Walk:
    """Reads a list row by row."""

    def __init__(self, *, has_names: bool) -> None:
        self.parcels: list[Parcel] = []
        self.has_names = has_names
        self._waiting: dict[str, str] = {}
        self._waiting_rows: list[Corner] = []
        self._waiting_area: _Area | None = None

    @property
    def _parcel(self) -> Parcel | None:
        return self.parcels[-1] if self.parcels else None

    def point(self, row: Corner) -> None:
        """Take a corner."""
        parcel = self._parcel
        if parcel is None or parcel.is_over or _is_other(parcel, row):
            parcel = self._open(row)
        ring = parcel.rings[-1] if parcel.rings else None
        if ring is not None and not ring.is_closed and self._closes(ring, row):
            parcel.rows.append(row)
            return
        if ring is None or ring.is_closed or self._is_anew(ring, row):
            if ring is not None and self._is_next_parcel(parcel, row):
                parcel = self._open(row)
            parcel.rings.append(Ring(number=row.ring))
        parcel.rings[-1].corners.append(row)
        parcel.rows.append(row)
        self._keep(parcel, row)

    def _open(self, row: Corner) -> Parcel:
        parcel = Parcel(row.row, row.parcel, labels=self._waiting, rows=self._waiting_rows)
        if self._waiting_area is not None:
            parcel.area_m2, parcel.area_step_m2, parcel.labels[AREA] = self._waiting_area
        self._waiting, self._waiting_rows, self._waiting_area = {}, [], None
        self.parcels.append(parcel)
        return parcel

    def _closes(self, ring: Ring, row: Corner) -> bool:
        """Return whether a row is the first corner of the ring again, and close it then."""
        first = ring.corners[0]
        if len(ring.corners) < 3 or first.place is None or row.place is None:
            return False
        apart = math.dist(first.place, row.place)
        is_first = bool(row.number) and row.number == first.number
        scale = 1e-5 if abs(row.place[0]) < 360 and abs(row.place[1]) < 360 else 1.0  # degrees: some metre
        if apart > SAME_POINT * scale and not (is_first and apart <= _MISCLOSURE * scale):
            return False
        ring.is_closed, ring.misclosure = True, apart if apart > SAME_POINT * scale else 0.0
        return True

    def _is_anew(self, ring: Ring, row: Corner) -> bool:
        """Return whether a row begins another ring although the last one was not closed."""
        is_first = len(ring.corners) >= 3 and bool(row.number) and row.number == ring.corners[0].number
        return is_first or (bool(row.ring) and bool(ring.number) and row.ring != ring.number)

    def _is_next_parcel(self, parcel: Parcel, row: Corner) -> bool:
        """Return whether a ring that begins is another parcel's: no names tell, and it is numbered as the first."""
        return not self.has_names and (not row.ring or row.ring == parcel.rings[0].number)

    def _keep(self, parcel: Parcel, row: Corner) -> None:
        ring = parcel.rings[-1]
        if (length := _number(row.length)) is not None:
            ring.lengths[len(ring.corners) - 1] = length
        for title, text in row.labels.items():
            said = parcel.labels.get(title)
            if said is None:
                parcel.labels[title] = text
            elif text not in said.split("；") and text not in (parcel.name, row.parcel):
                parcel.labels[title] = f"{said}；{text}"
        parcel.name = parcel.name or row.parcel

    def words(self, row: Corner) -> None:
        """Take a row without a point: an area, the name of the next parcel, the length of an edge, or a remark."""
        parcel = self._parcel
        area = _area(row.words)
        if row.length and parcel is not None and parcel.rings:
            length = _number(row.length)
            if length is not None:
                parcel.rings[-1].lengths[len(parcel.rings[-1].corners) - 1] = length
        elif area is not None and self._is_of_the_next(parcel, row):
            self._wait(row)
            self._waiting_area = area
            return
        elif area is not None and parcel is not None and not parcel.is_over:
            parcel.area_m2, parcel.area_step_m2, parcel.labels[AREA] = area
            parcel.is_over = True
        elif row.is_broken:
            if parcel is None or parcel.is_over or _is_other(parcel, row):
                parcel = self._open(row)
            parcel.broken.append(row)
        elif row.labels:
            self._wait(row)
            return
        elif row.words and parcel is not None:
            said = parcel.labels.get("备注")
            parcel.labels["备注"] = f"{said}；{row.words}" if said else row.words
        if parcel is not None:
            parcel.rows.append(row)

    def _wait(self, row: Corner) -> None:
        """Keep what a row says for the parcel that begins below it."""
        self._waiting |= row.labels
        self._waiting_rows.append(row)
        if self._parcel is not None and not row.is_title:
            self._parcel.is_over = True

    def _is_of_the_next(self, parcel: Parcel | None, row: Corner) -> bool:
        """Return whether an area is said of the parcel below: among its titles, or where the one above has its own."""
        if parcel is None or row.is_title or self._waiting or parcel.labels.get(AREA):
            return True
        return bool(row.labels) and not row.labels.items() <= parcel.labels.items()


def _is_other(parcel: Parcel, row: Corner) -> bool:
    """Return whether a row names another parcel."""
    return bool(row.parcel) and bool(parcel.name) and row.parcel != parcel.name


def _number(text: str) -> float | None:
    found = re.fullmatch(r"([0-9][0-9,]*(?:\.[0-9]+)?)(?:米|m)?", plain(text).lower()) if text else None
    return float(found[1].replace(",", "")) if found else None


class _Area(NamedTuple):
    """An area as a line states it: in square metres, the step of its last digit, and as written."""

    m2: float | None
    step_m2: float
    text: str


def _area(text: str) -> _Area | None:
    """Return the area that a line states; without a value where its number cannot be read (``5,2xx.00平方米``)."""
    found = _AREA.search(plain(text).lower())
    if found is None:
        return None
    digits = (found["said"] or found["bare"]).rstrip(".,")
    unit = found["unit"] or found["of"] or found["title"] or "平方米"
    if _NUMBER.fullmatch(digits) is None:
        return _Area(None, 0.0, f"{digits}{unit}")
    value, factor = float(digits.replace(",", "")), _TO_M2[unit]
    return _Area(value * factor, factor * 10.0 ** -len(digits.partition(".")[2]), f"{value * factor:.10g}")
