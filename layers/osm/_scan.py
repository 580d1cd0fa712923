"""One pass through an OpenStreetMap file: every object a layer kind asks for, with its shape as WKB.

Objects come as nodes, ways, relations; osmium assembles closed ways and multipolygon relations to areas on the way.
Shapes stay WKB here, so that a whole city costs tens of megabytes.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import shapely

from layers.errors import ReadError
from layers.osm import _reasons as why
from layers.osm._found import NO_PLACE, Boundary, Found, Lines, Scan
from layers.osm._keys import lifecycle_keys
from layers.osm._tags import KEYS, Tags, is_linear, kinds_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.quality import Text

_SUFFIXES = (".pbf", ".osm", ".xml", ".opl", ".o5m", ".bz2", ".gz")
_BUILDING_KEYS = (
    "building",
    "building:levels",
    "start_date",
    "name",
    "name:zh",
    "name:en",
    "addr:street",
    "addr:housenumber",
)
_STREET_KEYS = (
    "highway",
    "name",
    "name:zh",
    "name:en",
    "foot",
    "access",
    "bridge",
    "width",
    "area",
    "motorroad",
    "type",
)


def scan(path: Path, progress: Callable[[str, float], None]) -> Scan:
    """Read ``path`` once for boundaries and once for everything else.

    Raises
    ------
    ReadError
        If there is no such file, it is no OpenStreetMap file, or it is damaged.
    """
    if not path.exists():
        raise ReadError(f"there is no file {path}", f"{path} 不存在", hint="check the path", hint_zh="请核对路径")
    if path.is_dir():
        raise ReadError(
            f"{path} is a folder",
            f"{path} 是文件夹",
            hint="name the .osm.pbf file in it",
            hint_zh="请写其中的 .osm.pbf 文件",
        )
    if not path.stat().st_size:
        raise ReadError(
            f"{path} is empty", f"{path} 是空文件", hint="download or copy it again", hint_zh="请重新下载或拷贝"
        )
    known = path.name.lower().endswith(_SUFFIXES)
    try:
        file = osmium.io.File(str(path)) if known else osmium.io.File(str(path), "pbf")
        return _Sweep(path, file, progress).run()
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        text = " ".join(str(error).split())
        raise ReadError(
            f"{path} cannot be read as OpenStreetMap data ({text})",
            f"{path} 不能按 OpenStreetMap 数据读取",
            hint_zh="可能不完整或不是 .osm.pbf，请与来源核对大小和校验值，或重新拷贝",
            hint="it may be cut short or no .osm.pbf: compare its size and checksum with the source, or copy it again",
        ) from error


class _Sweep:
    """The pass itself: what has been seen so far.

    Reading all tags of an object costs ten times what asking for one key costs, so osmium first drops what has no key
    that decides, and then only what is kept is read whole.
    """

    def __init__(self, path: Path, file: osmium.io.File, progress: Callable[[str, float], None]) -> None:
        self.file = file
        self.progress = progress
        self.factory = osmium.geom.WKBFactory()
        self.shapes: dict[str, bytes] = {}
        self.faults: dict[str, Text] = {}
        self.pending: dict[str, list[tuple[str, dict[str, str]]]] = defaultdict(list)
        self.rings: dict[int, Lines] = {}
        self.seen_tags: dict[tuple[str | None, ...], dict[str, str]] = {}
        self.latest = ""  # the latest way, if it may be an area and is wanted
        self.areas_wanted: set[int] = set()
        self.members: set[int] = set()  # ways of the relations that are wanted: is any of them missing?
        self.ways: set[int] = set()
        self.ways_of_boundaries: set[int] = set()
        header = osmium.FileProcessor(file).header
        if header.has_multiple_object_versions:
            raise RuntimeError("it is a history or change file, not an extract")
        self.scan = Scan(_box(header.box()), _dated(header))
        progress("looking for what is out of use", 0.0)
        self.former_keys = lifecycle_keys(path, file)
        self.former: set[str] = set()

    def run(self) -> Scan:
        self.progress("relations", 0.02)
        out_of_use = osmium.filter.KeyFilter(*self.former_keys or ("disused",))
        out_of_use.enable_for(osmium.osm.NODE | osmium.osm.WAY)
        for item in osmium.FileProcessor(self.file).with_filter(out_of_use).with_filter(osmium.filter.EmptyTagFilter()):
            letter = item.type_str()
            if any(item.tags.get(key, "no") != "no" for key in self.former_keys):
                self.former.add(f"{letter}{item.id}")
            if letter == "r":
                self._first_look(item)
        steps = {"n": self._node, "w": self._way, "r": self._relation, "a": self._area}
        stages = {"n": ("nodes", 0.05), "w": ("ways", 0.15), "r": ("areas", 0.55)}
        deciding = osmium.filter.KeyFilter(*KEYS, *self.former_keys)
        deciding.enable_for(osmium.osm.NODE | osmium.osm.AREA)  # ways of boundaries have no tags of their own
        for item in osmium.FileProcessor(self.file).with_areas().with_filter(deciding):
            letter = item.type_str()
            if letter in stages:
                self.progress(*stages.pop(letter))
            steps[letter](item)
        self._settle()
        return self.scan

    def _kinds(self, item: Any, letter: str) -> tuple[str, ...]:
        kinds = kinds_of(item.tags)
        if f"{letter}{item.id}" in self.former and "idle_land" not in kinds:
            return (*kinds, "idle_land")
        return kinds

    def _first_look(self, relation: Any) -> None:
        """Note the ways that the second look must keep: those of boundaries, and those of relations that are wanted."""
        is_boundary = relation.tags.get("boundary") == "administrative"
        if self._kinds(relation, "r"):
            self.areas_wanted.add(relation.id)
        elif not (is_boundary or "highway" in relation.tags):
            return
        members = [item for item in relation.members if item.type == "w"]
        self.members.update(item.ref for item in members)
        if is_boundary:
            way_ids = tuple(item.ref for item in members)
            self.ways_of_boundaries.update(way_ids)
            self.scan.boundaries.append(Boundary(relation.id, dict(relation.tags), way_ids))

    def _node(self, node: Any) -> None:
        kinds = self._kinds(node, "n")
        if kinds:
            source_id = f"node/{node.id}"
            self.shapes[source_id] = bytes.fromhex(self.factory.create_point(node))
            self._keep(kinds, source_id, node.tags)

    def _way(self, way: Any) -> None:
        way_id, tags = way.id, way.tags
        source_id = f"way/{way_id}"
        if way_id in self.members:
            self.ways.add(way_id)
        if "highway" in tags:
            self.scan.streets.add(source_id, self._only(tags, _STREET_KEYS), way.nodes)
        if tags.get("natural") == "coastline":
            self.scan.coastlines.extend(_runs(way))
        if way_id in self.ways_of_boundaries:
            self.scan.boundary_ways[way_id] = _runs(way)
        kinds = self._kinds(way, "w")
        if kinds:
            self._shape(source_id, way)
            self.latest = "" if is_linear(tags) else source_id
            self._keep(kinds, source_id, tags)

    def _relation(self, relation: Any) -> None:
        kinds = self._kinds(relation, "r")
        source_id = f"relation/{relation.id}"
        if kinds:
            if source_id not in self.shapes:
                self.faults[source_id] = self._why_no_area(relation)
            self._keep(kinds, source_id, relation.tags)
        if "highway" in relation.tags:
            if relation.id in self.rings:
                self._add_rings(source_id, relation.tags, self.rings.pop(relation.id))
            else:
                found = Found(source_id, self._only(relation.tags, _STREET_KEYS), None, self._why_no_area(relation))
                self.scan.streets_without_line.append(found)

    def _area(self, area: Any) -> None:
        # The area of a way comes right after the way; that of a relation before the relation.
        original = area.orig_id()
        source_id = f"way/{original}" if area.from_way() else f"relation/{original}"
        if source_id == self.latest or (not area.from_way() and original in self.areas_wanted):
            try:
                self.shapes[source_id] = bytes.fromhex(self.factory.create_multipolygon(area))
            except RuntimeError:
                return  # osmium could not make an area of it: the way's own line, or the reason, stands
            self.faults.pop(source_id, None)
        if not area.from_way() and "highway" in area.tags:
            rings = Lines()
            for ring in area.outer_rings():
                rings.add("", {}, ring)
            self.rings[original] = rings

    def _shape(self, source_id: str, way: Any) -> None:
        try:
            self.shapes[source_id] = bytes.fromhex(self.factory.create_linestring(way))
        except RuntimeError:
            self.faults[source_id] = why.BROKEN
        except osmium.InvalidLocationError:
            known = [(node.lon, node.lat) for node in way.nodes if node.x != NO_PLACE]
            self.faults[source_id] = why.CUT if known else why.NO_NODES
            if known:
                self.shapes[source_id] = shapely.to_wkb(shapely.multipoints(known))

    def _why_no_area(self, relation: Any) -> Text:
        if relation.tags.get("type") not in ("multipolygon", "boundary"):
            return why.NOT_AREA_RELATION
        members = [item.ref in self.ways for item in relation.members if item.type == "w"]
        return why.UNCLOSED if members and all(members) else why.INCOMPLETE

    def _keep(self, kinds: tuple[str, ...], source_id: str, tags: Any) -> None:
        kept = self._only(tags, _BUILDING_KEYS) if kinds == ("building",) else dict(tags)
        for kind in kinds:
            self.pending[kind].append((source_id, kept))

    def _only(self, tags: Tags, keys: tuple[str, ...]) -> dict[str, str]:
        """Return ``tags`` of ``keys``; objects that say the same share one dict, which halves a city's memory."""
        said = tuple(map(tags.get, keys))
        known = self.seen_tags.get((*keys[:1], *said))
        if known is None:
            known = {key: value for key, value in zip(keys, said, strict=True) if value is not None}
            self.seen_tags[*keys[:1], *said] = known
        return known

    def _add_rings(self, source_id: str, tags: Tags, rings: Lines) -> None:
        ends = np.cumsum(rings.sizes).tolist()
        for begin, end in zip([0, *ends[:-1]], ends, strict=True):
            streets = self.scan.streets
            streets.source_ids.append(source_id)
            streets.tags.append(self._only(tags, _STREET_KEYS))
            streets.sizes.append(end - begin)
            for name in ("refs", "x", "y"):
                getattr(streets, name).extend(getattr(rings, name)[begin:end])

    def _settle(self) -> None:
        for kind, rows in self.pending.items():
            self.scan.found[kind] = [
                Found(source_id, tags, self.shapes.get(source_id), self.faults.get(source_id))
                for source_id, tags in rows
            ]


def _runs(way: Any) -> list[bytes]:
    """Return the lines between the nodes that the file holds: an edge to a missing node is never invented."""
    runs: list[list[tuple[float, float]]] = [[]]
    for node in way.nodes:
        if node.x == NO_PLACE:
            runs.append([])
        else:
            runs[-1].append((node.lon, node.lat))
    return [shapely.to_wkb(shapely.linestrings(run)) for run in runs if len(run) > 1]


def _box(box: osmium.osm.Box) -> tuple[float, float, float, float] | None:
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return (low.lon, low.lat, high.lon, high.lat) if high.lon > low.lon and high.lat > low.lat else None


def _dated(header: osmium.io.Header) -> datetime | None:
    for key in ("osmosis_replication_timestamp", "timestamp"):
        try:
            return datetime.fromisoformat(header.get(key, "")).astimezone(UTC)
        except ValueError:
            continue
    return None
