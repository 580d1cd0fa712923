"""Small OpenStreetMap files, drawn in metres east and north of a corner in Guangzhou."""

from __future__ import annotations

from typing import TYPE_CHECKING

import osmium
from osmium.osm.mutable import Node, Relation, Way

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WEST, SOUTH = 113.0, 23.0
STEP_DEG = 1e-5
"""One step of a drawing: about a metre (1.02 m east, 1.11 m north)."""
SIDE = 2_000
"""Steps from the west to the east edge of the box in the header, and from south to north."""

Point = tuple[float, float]


def lonlat(point: Point) -> Point:
    """Return the longitude and latitude of a point of the drawing."""
    return WEST + point[0] * STEP_DEG, SOUTH + point[1] * STEP_DEG


def square(x: float, y: float, side: float = 20) -> list[Point]:
    """Return a closed square, counter-clockwise from its south-west corner."""
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]


class Drawing:
    """What a file will hold. Ways that pass through one point share its node."""

    def __init__(self) -> None:
        self.places: dict[Point, int] = {}
        self.tags: dict[int, dict[str, str]] = {}
        self.lost: set[int] = set()
        self.ways: list[Way] = []
        self.relations: list[Relation] = []

    def at(self, point: Point) -> int:
        return self.places.setdefault(point, len(self.places) + 1)

    def node(self, point: Point, **tags: str) -> str:
        number = self.at(point)
        self.tags[number] = _colons(tags)
        return f"node/{number}"

    def lose(self, point: Point) -> None:
        """Leave the node out of the file, as an extract does that was cut here."""
        self.lost.add(self.at(point))

    def way(self, points: Sequence[Point], *, is_lost: bool = False, **tags: str) -> str:
        number = len(self.ways) + 1
        nodes = [self.at(point) for point in points]
        self.ways.append(Way(id=number, nodes=[] if is_lost else nodes, tags=_colons(tags), visible=not is_lost))
        return f"way/{number}"

    def relation(self, *members: tuple[str, str], **tags: str) -> str:
        """Add a relation of (source id, role)."""
        number = len(self.relations) + 1
        parts = [(name[0], int(name.partition("/")[2]), role) for name, role in members]
        self.relations.append(Relation(id=number, members=parts, tags=_colons(tags)))
        return f"relation/{number}"

    def write(
        self, path: Path, *, has_box: bool = True, dated: str = "2024-05-06T07:08:09Z", format_: str = ""
    ) -> Path:
        header = osmium.io.Header()
        if has_box:
            low, high = lonlat((0, 0)), lonlat((SIDE, SIDE))
            header.add_box(osmium.osm.Box(low[0], low[1], high[0], high[1]))
        if dated:
            header.set("osmosis_replication_timestamp", dated)
        target = osmium.io.File(str(path), format_) if format_ else str(path)
        with osmium.SimpleWriter(target, header=header) as writer:
            for point, number in self.places.items():
                if number not in self.lost:
                    writer.add_node(Node(id=number, location=lonlat(point), tags=self.tags.get(number, {})))
            for way in self.ways:
                if way.visible:
                    writer.add_way(way)
            for relation in self.relations:
                writer.add_relation(relation)
        return path


def _colons(tags: dict[str, str]) -> dict[str, str]:
    """Return tags with ``addr__street`` as ``addr:street``: a keyword cannot hold a colon."""
    return {key.replace("__", ":"): value for key, value in tags.items()}
