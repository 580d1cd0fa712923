"""The street network of an extract: cut at junctions, connected where it meets, honest about who may walk."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from osm_files import SIDE, SOUTH, STEP_DEG, WEST, lonlat

from layers.osm._found import NO_PLACE, UNITS_PER_DEGREE, Lines
from layers.osm._streets import is_walkable, streets
from layers.quality import QualityReport

EXTENT = (*lonlat((0, 0)), *lonlat((SIDE, SIDE)))


class _Node:
    def __init__(self, ref: int, x: int, y: int) -> None:
        self.ref, self.x, self.y = ref, x, y


def drawn(*lines: list[tuple[int, int] | None], **tags: str) -> Lines:
    """Return lines through points; equal points are one node, ``None`` is a node that is not in the file."""
    result, refs = Lines(), {}
    units = round(STEP_DEG * UNITS_PER_DEGREE)
    for number, points in enumerate(lines, start=1):
        nodes = []
        for place, point in enumerate(points):
            ref = refs.setdefault(point if point is not None else (number, place, "lost"), len(refs) + 1)
            if point is None:
                nodes.append(_Node(ref, NO_PLACE, NO_PLACE))
            else:
                west, south = round(WEST * UNITS_PER_DEGREE), round(SOUTH * UNITS_PER_DEGREE)
                nodes.append(_Node(ref, west + point[0] * units, south + point[1] * units))
        result.add(f"way/{number}", {"highway": "residential"} | tags, nodes)
    return result


def read(lines: Lines):
    report = QualityReport("street", "city.osm.pbf")
    frame = streets(lines, [], EXTENT, report)
    report.check_counts()
    return frame, report


def test_crossing_at_a_shared_node_makes_four_edges() -> None:
    frame, report = read(drawn([(0, 50), (50, 50), (100, 50)], [(50, 0), (50, 50), (50, 100)]))
    assert list(frame["source_id"]) == ["way/1#0", "way/1#1", "way/2#0", "way/2#1"]
    ends = {line.coords[place] for line in frame.geometry for place in (0, -1)}
    assert len(ends) == 5
    assert (report.read, report.kept) == (2, 2)


def test_crossing_without_a_shared_node_is_a_bridge() -> None:
    frame, _ = read(drawn([(0, 50), (100, 50)], [(50, 0), (50, 100)]))
    assert list(frame["source_id"]) == ["way/1#0", "way/2#0"]


def test_loop_is_cut_where_it_meets_itself() -> None:
    frame, _ = read(drawn([(0, 0), (50, 0), (50, 50), (0, 50), (0, 0), (0, -0 + 80)]))
    assert [len(line.coords) for line in frame.geometry] == [5, 2]


def test_missing_nodes_part_a_street_and_no_edge_is_invented() -> None:
    frame, report = read(drawn([(0, 0), (10, 0), None, (30, 0), (40, 0)], [(90, 90), None]))
    assert [line.coords[0][0] < line.coords[-1][0] for line in frame.geometry] == [True, True]
    assert shapely.length(frame.geometry).sum() == pytest.approx(20 * STEP_DEG)
    assert (report.read, report.kept, report.left_out) == (2, 1, 1)


def test_street_across_the_edge_is_clipped_and_stays_in_pieces() -> None:
    frame, _ = read(drawn([(SIDE - 10, 10), (SIDE + 10, 10), (SIDE + 10, 20), (SIDE - 10, 20)]))
    assert list(frame["source_id"]) == ["way/1#0", "way/1#1"]
    assert shapely.length(frame.geometry).sum() == pytest.approx(20 * STEP_DEG)
    assert (frame.bounds["maxx"] <= EXTENT[2]).all()


def test_street_outside_is_left_out() -> None:
    frame, report = read(drawn([(-20, 0), (-10, 0)]))
    assert len(frame) == 0
    assert [item.value for item in report.findings if item.action == "left_out"] == ["way/1"]


@pytest.mark.parametrize(
    ("tags", "walkable"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "motorway", "foot": "yes"}, True),
        ({"highway": "trunk"}, True),
        ({"highway": "trunk", "motorroad": "yes"}, False),
        ({"highway": "footway", "foot": "no"}, False),
        ({"highway": "primary", "foot": "use_sidepath"}, False),
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "service", "access": "private", "foot": "permissive"}, True),
        ({"highway": "service", "access": "customers"}, True),
        ({"highway": "busway"}, False),
    ],
)
def test_who_may_walk(tags: dict[str, str], walkable: bool) -> None:
    assert is_walkable(tags) is walkable


def test_expressways_stay_as_barriers() -> None:
    frame, _ = read(drawn([(0, 0), (9, 0)], highway="motorway", bridge="viaduct", width="12.5 m"))
    only = frame.iloc[0]
    assert (only["street_class"], only["is_walkable"], only["is_bridge"], only["width_m"]) == (
        "expressway",
        False,
        True,
        12.5,
    )


@pytest.mark.parametrize(
    ("highway", "reason"),
    [
        ("proposed", "proposed, under construction or given up"),
        ("rest_area", "not a street for people"),
        ("hovercraft", "its value of highway is not known"),
    ],
)
def test_what_is_no_street(highway: str, reason: str) -> None:
    frame, report = read(drawn([(0, 0), (9, 0)], highway=highway))
    assert len(frame) == 0
    assert [text.en for text in report.left_out_reasons] == [reason]


def test_outline_of_a_square_is_walked_on() -> None:
    plaza = [(0, 0), (50, 0), (50, 50), (0, 50), (0, 0)]
    lines = drawn(plaza, [(50, 50), (90, 90)], highway="pedestrian", area="yes")
    frame, report = read(lines)
    assert len(frame) == 3, "the street that reaches the corner of the square cuts its outline there"
    assert any(item.rule == "square_outline" for item in report.findings)


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=6, unique=True),
        min_size=1,
        max_size=6,
    )
)
def test_cutting_keeps_every_metre_and_every_meeting(lines: list[list[tuple[int, int]]]) -> None:
    frame, report = read(drawn(*lines))
    drawn_length = sum(np.hypot(*np.diff(points, axis=0).T).sum() for points in lines)
    assert shapely.length(frame.geometry).sum() == pytest.approx(drawn_length * STEP_DEG, rel=1e-6)
    assert report.kept == len(lines)
    # A node of two lines is only ever the end of an edge, never inside one; nothing else cuts a line.
    uses = [point for points in lines for point in points]
    shared = {point for point in uses if uses.count(point) > 1}
    assert len(frame) == sum(1 + sum(point in shared for point in points[1:-1]) for points in lines)
    for edge in frame.geometry:
        inner = {(round((x - WEST) / STEP_DEG), round((y - SOUTH) / STEP_DEG)) for x, y in edge.coords[1:-1]}
        assert not inner & shared
    assert frame["source_id"].is_unique
    assert shapely.is_valid(frame.geometry.to_numpy()).all()
