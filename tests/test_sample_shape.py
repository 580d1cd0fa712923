"""The sample city as a map: it tiles, nothing stands on anything else, and one can walk through it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from sample_city import bands, city, plane, shapes, shared_m2
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from layers import schema

HAIR_M2 = 0.15
"""What rounding to 1e-7 of a degree (1 cm) may move over a border, on the longest of walls."""
TYPES = {"point": {"Point"}, "line": {"LineString", "MultiLineString"}, "polygon": {"Polygon", "MultiPolygon"}}


def _components(geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the part of the network to which each edge belongs, joined only where ends are the same to the digit."""
    both = np.concatenate([shapely.get_coordinates(shapely.get_point(geometry, end)) for end in (0, -1)])
    nodes, number = np.unique(both, axis=0, return_inverse=True)
    start, end = number.reshape(2, -1)
    graph = coo_array((np.ones(len(geometry)), (start, end)), shape=(len(nodes), len(nodes)))
    part = connected_components(graph, directed=False)[1]
    return part[start], nodes


@pytest.mark.parametrize("kind", schema.input_kinds())
def test_geometry_is_valid_of_its_type_and_where_it_says(kind: str) -> None:
    frame = city()[kind]
    placed = frame.geometry.dropna()
    allowed = (
        set().union(*(TYPES[name] for name in schema.kind(kind).geometry)) if schema.kind(kind).geometry else set()
    )
    assert set(placed.geom_type) <= allowed
    assert placed.is_valid.all()
    assert not placed.is_empty.any()
    if len(placed):
        west, south, east, north = placed.total_bounds
        assert 113.2 < west < east < 113.35
        assert 23.05 < south < north < 23.18


def test_coordinates_are_rounded_to_a_centimetre() -> None:
    points = shapely.get_coordinates(city()["building"].geometry.to_numpy())
    assert (np.round(points, 7) == points).all()


def test_subdistricts_tile_the_district_exactly() -> None:
    parts = np.asarray(city()["subdistrict"].geometry.to_numpy())
    whole = city()["district"].geometry.iloc[0]
    assert shapely.coverage_is_valid(parts)
    assert shapely.coverage_union_all(parts).equals(whole)
    assert {shape.geom_type for shape in parts} == {"Polygon"}
    assert 38e6 < plane()["district"].area.iloc[0] < 60e6


@pytest.mark.parametrize("kind", ["community", "idle_land", "parking", "heritage", "building", "report", "service"])
def test_records_carry_the_code_of_the_subdistrict_they_lie_in(kind: str) -> None:
    frame = plane()[kind]
    inside = frame.geometry.representative_point()
    areas = plane()["subdistrict"]
    number = shapely.STRtree(np.asarray(areas.geometry.to_numpy())).nearest(np.asarray(inside.to_numpy()))
    right = areas["subdistrict_code"].to_numpy()[number] == frame["subdistrict_code"].to_numpy()
    assert right.mean() > 0.999  # a point on the very border may go either way


@pytest.mark.parametrize("kind", ["building", "community", "idle_land", "governance_area", "water"])
def test_nothing_overlaps_its_own_kind(kind: str) -> None:
    assert shared_m2(shapes(kind)).max(initial=0.0) < HAIR_M2


@pytest.mark.parametrize(("kind", "other"), [("building", "water"), ("idle_land", "water"), ("idle_land", "community")])
def test_buildings_and_lots_keep_clear_of(kind: str, other: str) -> None:
    assert shared_m2(shapes(kind), shapes(other)).max(initial=0.0) < HAIR_M2


def test_buildings_keep_clear_of_the_streets() -> None:
    assert shared_m2(shapes("building"), bands()).max(initial=0.0) < HAIR_M2


def test_lots_keep_clear_of_buildings_but_for_those_that_are_built_upon() -> None:
    lots = plane()["idle_land"]
    built = (lots["surface"] == "built").fillna(value=False).to_numpy(dtype=bool)
    assert shared_m2(shapes("idle_land")[~built], shapes("building")).max(initial=0.0) < HAIR_M2
    assert shared_m2(shapes("idle_land")[built], shapes("building")).max() > 50


def test_lots_under_bridges_lie_under_one_and_the_others_off_the_streets() -> None:
    lots = plane()["idle_land"]
    under = (lots["tenure"] == "under_bridge").to_numpy(dtype=bool)
    street = plane()["street"]
    deck = shapely.union_all(shapely.buffer(street[street["street_class"] == "expressway"].geometry.to_numpy(), 12))
    assert shapely.intersects(shapes("idle_land")[under], deck).all()
    assert shared_m2(shapes("idle_land")[~under], bands(without=("expressway", "path"))).max(initial=0.0) < HAIR_M2


def test_communities_contain_their_buildings() -> None:
    frame = plane()["community"]
    tree = shapely.STRtree(shapely.point_on_surface(shapes("building")))
    inside = np.bincount(tree.query(shapes("community"), predicate="contains")[0], minlength=len(frame))
    assert (inside == frame["building_count"].to_numpy(dtype=int)).all()


def test_streets_hang_together() -> None:
    walkable = city()["street"]["is_walkable"].to_numpy(dtype=bool)
    part, _ = _components(city()["street"].geometry.to_numpy()[walkable])
    assert np.bincount(part).max() / len(part) > 0.995


def test_streets_are_split_where_they_meet() -> None:
    street = plane()["street"]
    ground = np.asarray(street[street["street_class"] != "expressway"].geometry.to_numpy())
    a, b = shapely.STRtree(ground).query(ground, predicate="crosses")
    cross = shapely.intersection(ground[a], ground[b])
    ends = np.concatenate([shapely.get_point(ground, 0), shapely.get_point(ground, -1)])
    gap = shapely.distance(cross, ends[shapely.STRtree(ends).nearest(cross)])
    assert gap.max(initial=0.0) < 0.05  # rounding moves a line by a centimetre across the end of another


def test_the_river_is_crossed_by_a_few_bridges_only() -> None:
    street = plane()["street"]
    river = plane()["water"].set_index("water_type").geometry.loc["river"]
    over = street[street.intersects(river)]
    assert over["is_bridge"].all()
    assert 3 <= over["is_walkable"].sum() <= 8
    assert not over.loc[over["street_class"] == "expressway", "is_walkable"].any()


def test_without_its_bridges_the_river_parts_the_town() -> None:
    street = plane()["street"]
    river = plane()["water"].set_index("water_type").geometry.loc["river"]
    kept = street[street["is_walkable"] & ~street.intersects(river)]
    part, _ = _components(city()["street"].geometry.loc[kept.index].to_numpy())
    largest = np.sort(np.bincount(part))[::-1]
    assert largest[0] < 0.75 * len(kept)
    assert largest[:2].sum() > 0.99 * len(kept)


def test_whatever_crosses_water_on_foot_is_a_bridge() -> None:
    street = plane()["street"]
    water = plane()["water"]
    moving = shapely.union_all(water[water["water_type"].isin(["river", "canal"])].geometry.to_numpy())
    assert street[street.intersects(moving)]["is_bridge"].all()
    still = shapely.union_all(water[water["water_type"].isin(["lake", "pond"])].geometry.to_numpy())
    assert not street.intersects(still).any()


def test_hierarchy_and_fabric() -> None:
    street, building = plane()["street"], plane()["building"]
    assert set(street["street_class"]) == {"expressway", "main", "secondary", "local", "alley", "path", "steps"}
    assert not street.loc[street["street_class"] == "expressway", "is_walkable"].any()
    houses = building[building["use"] == "house"]
    box = shapely.get_coordinates(shapely.oriented_envelope(houses.geometry.to_numpy())).reshape(-1, 5, 2)
    sides = np.sort(np.hypot(*np.diff(box[:, :3], axis=1).transpose(2, 1, 0)), axis=0)
    narrow = sides[0] < 7
    assert narrow.mean() > 0.3  # the old town's deep narrow houses
    assert np.median((sides[1] / sides[0])[narrow]) > 2
    assert building[building["use"] == "self_built"].area.median() < 130
    assert building[building["use"] == "industrial"].area.median() > 2000


def test_some_heritage_zones_overlap() -> None:
    assert (shared_m2(shapes("heritage_zone")) > 100).sum() > 10
