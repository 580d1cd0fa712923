"""The placemarks of a KML text: what they say, in which folder, and their outlines.

GDAL's driver is not used: it turns the names of extended data into ASCII, a 泊位总数 and a 联系电话 both into four
underscores, one column, of which one value is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SHAPES = frozenset(("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Track", "MultiTrack", "Model"))
_FEATURES = frozenset(("Placemark", "Folder", "Document", "NetworkLink", "GroundOverlay", "ScreenOverlay", "Schema"))
_PARENTS = {
    **dict.fromkeys(("name", "description", "address", "phoneNumber", "Snippet"), ("Placemark",)),
    **dict.fromkeys(("when", "begin", "end"), ("TimeStamp", "TimeSpan")),
}
_COMMA = re.compile(r"\s*,\s*")


@dataclass
class Mark:
    """One placemark: the folder it lies in, what it says by title, its geometry, and whether it has one at all."""

    folder: str
    says: dict[str, str] = field(default_factory=dict)
    geometry: shapely.Geometry | None = None
    has_shape: bool = False


@dataclass
class _Shape:
    """A geometry while it is read: its kind, its coordinates or rings, its parts."""

    kind: str
    places: list[NDArray[np.float64] | None] = field(default_factory=list)
    inner: list[NDArray[np.float64] | None] = field(default_factory=list)
    parts: list[shapely.Geometry | None] = field(default_factory=list)


def placemarks(text: str) -> tuple[list[Mark], int]:
    """Return the placemarks of a KML text in its order, and how many links to other files it has (none is followed).

    Raises
    ------
    xml.parsers.expat.ExpatError
        If it is no well-formed XML.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.words
    parser.Parse(text, True)
    return reader.marks, reader.link_count


class _Reader:
    """Takes the elements of a KML text one by one."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self.link_count = 0
        self._folders: list[str] = []
        self._features: list[str] = []
        self._mark: Mark | None = None
        self._shapes: list[_Shape] = []
        self._tags: list[str] = []
        self._text: list[str] = []
        self._data = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        name = tag.rpartition(":")[2]
        parent = self._tags[-1] if self._tags else ""
        self._tags.append(name)
        self._text = []
        if name in _FEATURES:
            self._features.append(name)
            self._folders += [""] if name == "Folder" else []
            self.link_count += name == "NetworkLink"
        if name == "Placemark":
            self._mark = Mark("/".join(part for part in self._folders if part))
            self.marks.append(self._mark)
        elif name in ("Data", "SimpleData", "SimpleArrayData"):
            self._data = attributes.get("name", "")
        elif self._mark is not None and name in _SHAPES and (parent == "Placemark" or self._shapes):
            self._mark.has_shape = True
            self._shapes.append(_Shape(name))

    def words(self, text: str) -> None:
        """Take the words of the open element."""
        self._text.append(text)

    def end(self, tag: str) -> None:
        """Close an element."""
        name = self._tags.pop()
        text = "".join(self._text).strip()
        self._text = []
        parent = self._tags[-1] if self._tags else ""
        if self._shapes:
            self._end_of_shape(name, parent, text)
        elif self._mark is not None:
            self._end_in_mark(name, parent, text)
        elif name == "name" and parent == "Folder" and self._folders:
            self._folders[-1] = text.replace("/", "／")
        if name in _FEATURES and self._features:
            self._features.pop()
            if name == "Placemark":
                self._mark = None
            elif name == "Folder":
                self._folders.pop()
        del tag

    def _end_in_mark(self, name: str, parent: str, text: str) -> None:
        says = self._mark.says if self._mark is not None else {}
        if not text:
            return
        if name == "displayName" and parent == "Data":
            self._data = text
        elif name in ("value", "SimpleData") and self._data:
            says.setdefault(self._data, text)
        elif parent in _PARENTS.get(name, ()):
            says.setdefault(name, text)

    def _end_of_shape(self, name: str, parent: str, text: str) -> None:
        shape = self._shapes[-1]
        if name == "coordinates":
            places = _places(text)
            (shape.inner if "innerBoundaryIs" in self._tags[-3:] else shape.places).append(places)
        elif name == "coord":
            shape.places.append(_places(",".join(text.split())))
        elif name == shape.kind:
            self._shapes.pop()
            if name == "LinearRing" and parent in ("outerBoundaryIs", "innerBoundaryIs") and self._shapes:
                rings = self._shapes[-1]
                (rings.inner if parent == "innerBoundaryIs" else rings.places).extend(shape.places + shape.inner)
            elif self._shapes:
                self._shapes[-1].parts.append(_geometry(shape))
            elif self._mark is not None:
                self._mark.geometry = _geometry(shape)


def _places(text: str) -> NDArray[np.float64] | None:
    """Return longitudes and latitudes of a list ``lon,lat[,height] …``, ``None`` where it is none."""
    pieces = [piece.split(",") for piece in _COMMA.sub(",", text).split()]
    try:
        return np.array([(float(piece[0]), float(piece[1])) for piece in pieces]).reshape(-1, 2)
    except (ValueError, IndexError):
        return None


def _geometry(shape: _Shape) -> shapely.Geometry | None:
    """Return what was read as a geometry, ``None`` where it is none that a map has."""
    if shape.kind in ("MultiGeometry", "MultiTrack"):
        return _together(shape.parts)
    rings = [ring for ring in (*shape.places, *shape.inner) if ring is not None and len(ring)]
    if len(rings) < len(shape.places) + len(shape.inner) or not rings:
        return None
    try:
        return _simple(shape, rings)
    except (ValueError, shapely.errors.ShapelyError):
        return None


def _simple(shape: _Shape, rings: list[NDArray[np.float64]]) -> shapely.Geometry | None:
    """Return one point, line or polygon."""
    if shape.kind == "Point":
        return shapely.Point(rings[0][0])
    if shape.kind == "Polygon":
        return shapely.Polygon(rings[0], rings[1:]) if len(shape.places) == 1 else None
    return shapely.LineString(np.concatenate(rings) if shape.kind == "Track" else rings[0])


def _together(parts: list[shapely.Geometry | None]) -> shapely.Geometry | None:
    """Return several geometries as one: of one type where they are of one."""
    whole = [part for part in parts if part is not None]
    if not whole or len(whole) < len(parts):
        return None
    types = {part.geom_type for part in whole}
    if len(whole) == 1:
        return whole[0]
    many = {"Point": shapely.MultiPoint, "LineString": shapely.MultiLineString, "Polygon": shapely.MultiPolygon}
    return (
        many[next(iter(types))](whole) if len(types) == 1 and types <= set(many) else shapely.GeometryCollection(whole)
    )
