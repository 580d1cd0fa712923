"""What a pass through an OpenStreetMap file finds, held small: shapes as WKB, nodes of streets in flat arrays."""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from layers.quality import Text

NO_PLACE = 2**31 - 1
"""Coordinate of a node that a way names and the file does not hold."""
UNITS_PER_DEGREE = 10_000_000


class Found(NamedTuple):
    """One object read for a kind: its id, its tags, its shape, and why it has none."""

    source_id: str
    tags: dict[str, str]
    wkb: bytes | None
    fault: Text | None


@dataclass
class Lines:
    """Lines as runs of nodes: the nodes of line *i* are the next ``sizes[i]`` of ``refs``, ``x`` and ``y``.

    ``x`` and ``y`` are in units of 1e-7 degrees, :data:`NO_PLACE` for a node that the file does not hold.
    """

    source_ids: list[str] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)
    sizes: array[int] = field(default_factory=lambda: array("q"))
    refs: array[int] = field(default_factory=lambda: array("q"))
    x: array[int] = field(default_factory=lambda: array("i"))
    y: array[int] = field(default_factory=lambda: array("i"))

    def add(self, source_id: str, tags: dict[str, str], nodes: Iterable[Any]) -> None:
        """Append one line."""
        before = len(self.refs)
        for node in nodes:
            self.refs.append(node.ref)
            self.x.append(node.x)
            self.y.append(node.y)
        self.source_ids.append(source_id)
        self.tags.append(tags)
        self.sizes.append(len(self.refs) - before)


class Boundary(NamedTuple):
    """An administrative boundary relation: its tags and the ids of its member ways."""

    relation_id: int
    tags: dict[str, str]
    way_ids: tuple[int, ...]


@dataclass
class Scan:
    """What one file holds.

    Parameters
    ----------
    box
        West, south, east, north of the header in degrees; ``None`` where the header has none.
    dated
        Time of the data by the header, UTC.
    found
        Objects by kind, in the order of the file.
    streets
        Ways and outer outlines of areas with ``highway=*``.
    streets_without_line
        Objects with ``highway=*`` that have no line: relations that are no area.
    boundaries, boundary_ways
        Administrative boundaries, and the WKB lines of their member ways by way id: one line, or several where nodes
        in between are not in the file.
    coastlines
        WKB lines, land on the left.
    """

    box: tuple[float, float, float, float] | None
    dated: datetime | None
    found: dict[str, list[Found]] = field(default_factory=lambda: defaultdict(list))
    streets: Lines = field(default_factory=Lines)
    streets_without_line: list[Found] = field(default_factory=list)
    boundaries: list[Boundary] = field(default_factory=list)
    boundary_ways: dict[int, list[bytes]] = field(default_factory=dict)
    coastlines: list[bytes] = field(default_factory=list)
