"""The finder's evidence, one kind at a time, in cases that a hand can follow."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from golden_files import City, city, systems, written
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import CRS

from layers import datums
from layers.crs import SourceCrs, wgs84_to_bd09, wgs84_to_gcj02
from layers.datums import Clues, RecordTexts, propose
from layers.datums._displacement import Displacement
from layers.datums._named_areas import named_area
from layers.datums._segments import segment, split
from layers.datums.numbers import Family, decimals, patterns, sort_numbers
from layers.datums.words import zone_in
from layers.trusted import Trusted

SILENT = Clues("a.csv", None, None, "", "")
SHIFTS = {"EPSG:4326": lambda x, y: (x, y), "GCJ-02": wgs84_to_gcj02, "BD-09": wgs84_to_bd09}


@pytest.fixture(scope="module")
def town() -> City:
    """Return the golden city."""
    return city(113.27, 23.12)


def lonlat(town: City) -> tuple[np.ndarray, np.ndarray]:
    """Return the true degrees of its points."""
    return shapely.get_x(town.points), shapely.get_y(town.points)


def addresses(town: City) -> RecordTexts:
    """Return what the points say of their place."""
    return RecordTexts(addresses=np.array(town.area_of_point, dtype=object))


def trusted(**layers: gpd.GeoDataFrame) -> Trusted:
    """Return accepted layers of geometries alone."""
    return Trusted(**layers)


def frame(geometry: np.ndarray, **columns: object) -> gpd.GeoDataFrame:
    """Return a frame of WGS 84 geometries."""
    return gpd.GeoDataFrame(columns, geometry=list(geometry), crs="EPSG:4326")


@pytest.mark.parametrize("datum", list(SHIFTS))
def test_addresses_tell_the_datum_of_degrees(town: City, datum: str) -> None:
    x, y = SHIFTS[datum](*lonlat(town))
    (group,) = propose(x, y, SILENT, town.trusted, texts=addresses(town)).groups
    assert group.best.source.name == datum
    assert group.best.confidence_alike == pytest.approx(0.99)
    assert "60 条中有 60 条落在其地址所指的区域内" in " ".join(text.zh for text in group.best.evidence)


@pytest.mark.parametrize("datum", list(SHIFTS))
def test_nothing_tells_the_datum_of_bare_degrees(town: City, datum: str) -> None:
    x, y = SHIFTS[datum](*lonlat(town))
    for texts, layers in ((RecordTexts(), town.trusted), (addresses(town), None)):
        (group,) = propose(x, y, SILENT, layers, texts=texts).groups
        assert [item.source.name for item in group.candidates[:3]] == ["EPSG:4326", "GCJ-02", "BD-09"]
        assert not group.is_clear
        assert group.best.confidence < 0.5


def test_addresses_that_fit_no_datum_tell_nothing(town: City) -> None:
    x, y = lonlat(town)
    texts = RecordTexts(addresses=np.roll(np.array(town.area_of_point, dtype=object), 17))
    (group,) = propose(x, y, SILENT, town.trusted, texts=texts).groups
    assert not group.is_clear
    assert max(item.confidence_alike for item in group.candidates) < datums.CLEAR


def test_few_records_do_not_make_it_sure(town: City) -> None:
    x, y = wgs84_to_gcj02(*lonlat(town))
    for count in (1, 2):
        texts = RecordTexts(addresses=np.array(town.area_of_point[:count], dtype=object))
        (group,) = propose(x[:count], y[:count], SILENT, town.trusted, texts=texts).groups
        assert group.best.confidence_alike < 0.99


@pytest.mark.parametrize("datum", list(SHIFTS))
def test_places_of_one_name_tell_the_datum(town: City, datum: str) -> None:
    lon, lat = lonlat(town)
    names = np.array([f"停车场{at}" for at in range(len(lon))], dtype=object)
    surveyed = shapely.points(lon + 2e-4 * np.sin(np.arange(60)), lat + 2e-4 * np.cos(np.arange(60)))  # 22 m around
    places = frame(surveyed, name=names, kind="parking")
    x, y = SHIFTS[datum](lon, lat)
    (group,) = propose(x, y, SILENT, trusted(places=places), texts=RecordTexts(names=names)).groups
    assert group.best.source.name == datum
    assert group.best.confidence >= 0.95
    if datum == "GCJ-02":
        assert "62" in group.best.evidence[-1].en  # 621 m to the south-east, as published for Guangzhou
        assert "south-east" in group.best.evidence[-1].en


def test_a_common_offset_speaks_for_an_old_datum(town: City) -> None:
    lon, lat = lonlat(town)
    names = np.array([f"停车场{at}" for at in range(len(lon))], dtype=object)
    places = frame(town.points, name=names, kind="parking")
    (group,) = propose(lon + 9e-4, lat, SILENT, trusted(places=places), texts=RecordTexts(names=names)).groups
    assert {group.candidates[0].source.name, group.candidates[1].source.name} == {"EPSG:4610", "EPSG:4214"}
    assert not group.is_clear


@pytest.mark.parametrize("datum", list(SHIFTS))
def test_buildings_and_streets_tell_the_datum_without_any_name(datum: str) -> None:
    rng = np.random.default_rng(3)
    at = rng.uniform((113.25, 23.10), (113.29, 23.14), (1500, 2))
    homes = shapely.box(*np.hstack([at - 2e-4, at + 2e-4]).T)
    lines = [shapely.LineString([(113.25, lat), (113.29, lat)]) for lat in np.arange(23.1, 23.14, 0.0045)]
    chosen = at[:300] + rng.normal(0, 4e-5, (300, 2))
    x, y = SHIFTS[datum](*chosen.T)
    (group,) = propose(x, y, SILENT, trusted(buildings=frame(homes))).groups
    assert group.best.source.name == datum
    assert group.best.confidence_alike >= datums.CLEAR
    assert "随意移动后为" in group.best.evidence[1].zh
    on_street = np.column_stack(
        [rng.uniform(113.25, 113.29, 200), np.repeat([line.bounds[1] for line in lines], 23)[:200]]
    )
    x, y = SHIFTS[datum](*on_street.T)
    (group,) = propose(x, y, SILENT, trusted(streets=frame(np.array(lines, dtype=object)))).groups
    assert group.best.source.name == datum


def test_points_strewn_at_random_fit_buildings_in_no_datum() -> None:
    rng = np.random.default_rng(4)
    at = rng.uniform((113.25, 23.10), (113.29, 23.14), (1500, 2))
    homes = shapely.box(*np.hstack([at - 2e-4, at + 2e-4]).T)
    x, y = rng.uniform((113.255, 23.105), (113.285, 23.135), (400, 2)).T
    (group,) = propose(x, y, SILENT, trusted(buildings=frame(homes))).groups
    assert not group.is_clear
    assert group.best.confidence < 0.5


def test_words_name_a_datum_and_evidence_may_overrule_them(town: City) -> None:
    lon, lat = lonlat(town)
    x, y = wgs84_to_gcj02(lon, lat)
    said = Clues("a.csv", None, None, "", "高德坐标")
    assert propose(x, y, said).groups[0].best.source.name == "GCJ-02"
    assert propose(x, y, said).groups[0].is_clear
    (group,) = propose(lon, lat, said, town.trusted, texts=addresses(town)).groups
    assert group.best.source.name == "EPSG:4326"


@pytest.mark.parametrize(
    ("words", "zone", "meridian"),
    [
        ("3度带38带", 38, None),
        ("带号：20", 20, None),
        ("中央子午线114度", None, 114),
        ("中央经线:东经117°", None, 117),
        ("第24带", None, None),
        ("2000国家大地坐标系", None, None),
    ],
)
def test_zones_in_words(words: str, zone: int | None, meridian: int | None) -> None:
    assert zone_in(words) == (zone, meridian)


def test_numbers_by_family() -> None:
    numbers = [
        (113.27, 23.12, Family.DEGREES, 0, False),
        (23.12, 113.27, Family.DEGREES, 0, True),
        (38425326.0, 2558124.0, Family.ZONED, 38, False),
        (2558124.0, 38425326.0, Family.ZONED, 38, True),
        (19732000.0, 2558124.0, Family.ZONED, 19, False),
        (425326.0, 2558124.0, Family.PLAIN, 0, False),
        (2558124.0, 425326.0, Family.PLAIN, 0, True),
        (12609000.0, 2645000.0, Family.MERCATOR, 0, False),
        (2645000.0, 12609000.0, Family.MERCATOR, 0, True),
        (1132.71, 23.12, Family.UNKNOWN, 0, False),
        (24500000.0, 2558124.0, Family.UNKNOWN, 0, False),
    ]
    for x, y, family, zone, swapped in numbers:
        found = sort_numbers(np.array([x]), np.array([y]))
        assert (found.family[0], found.zone[0], bool(found.swapped[0])) == (family, zone, swapped), (x, y)


def test_decimals_and_their_patterns() -> None:
    values = np.array([113.0, 113.5, 113.25, 113.125, 113.27123, 113.271234, 113.2712345678])
    assert decimals(values).tolist() == [0, 1, 2, 3, 5, 6, 10]
    rng = np.random.default_rng(1)
    six, nine = np.round(rng.uniform(113, 114, 400), 6), np.round(rng.uniform(113, 114, 600), 9)
    mixed = np.concatenate([six, nine])
    groups = patterns(mixed, np.concatenate([six, nine]))
    assert np.unique(groups[:400]).size == 1  # a last decimal of 0 is chance, not another source
    assert np.unique(groups).size == 2


def test_the_smallest_area_named_is_meant(town: City) -> None:
    boxes = [shapely.box(113, 23, 114, 24), shapely.box(113.27, 23.12, 113.2705, 23.1205)]
    others = frame(boxes, kind=["district", "community"], name=["榕湾区", "水荫小区"], subdistrict_code=["", "x"])
    areas = pd.concat([town.trusted.areas, others], ignore_index=True)
    said = ["榕湾区东湖街12号", "榕湾区水荫小区3栋", "榕湾区无名路1号", "别处", None, "金沙 街道 办事处旁"]
    found = named_area(RecordTexts(addresses=np.array(said, dtype=object)), areas, len(said))
    names = [areas["name"].iloc[at] if at >= 0 else None for at in found]
    assert names == ["东湖街道", "水荫小区", "榕湾区", None, None, "金沙街道"]
    codes = np.array(["990101003", "银河街道", "5", None], dtype=object)
    found = named_area(RecordTexts(labels=(codes,)), areas, 4)
    assert [areas["name"].iloc[at] if at >= 0 else None for at in found] == ["北亭街道", "银河街道", None, None]


def test_hong_kong_is_known_but_its_axes_may_not_be() -> None:
    (system,) = (item for item in systems() if item.family == "hong kong")
    xy = shapely.get_coordinates(written(city(system.lon, system.lat).points, system))
    (group,) = propose(*xy.T, SILENT).groups
    assert [(item.source.name, item.is_swapped) for item in group.candidates[:2]] == [
        ("EPSG:2326", False),
        ("EPSG:2326", True),
    ]
    assert not group.is_clear


def test_what_is_said_is_held_against_the_layers(town: City) -> None:
    lon, lat = lonlat(town)
    x, y = wgs84_to_gcj02(lon, lat)
    declared = Clues("a.shp", None, CRS.from_epsg(4326), "the .prj file", "")
    (group,) = propose(x, y, declared, town.trusted, texts=addresses(town)).groups
    assert group.best.source.name == "GCJ-02"
    assert group.is_clear
    (group,) = propose(x, y, declared).groups
    assert group.best.source.name == "EPSG:4326"
    assert not group.is_clear  # a .prj cannot say GCJ-02
    told = Clues("a.shp", SourceCrs(CRS.from_epsg(4326), "BD-09"), None, "", "")
    (group,) = propose(x, y, told, town.trusted, texts=addresses(town)).groups
    assert group.best.source.name == "GCJ-02"


def test_outside_china_degrees_are_what_they_are() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.uniform((-75.2, 39.9), (-75.1, 40.0), (50, 2)).T
    (group,) = propose(x, y, SILENT).groups
    assert [item.source.name for item in group.candidates] == ["EPSG:4326"]
    assert group.is_clear


@settings(max_examples=60)
@example(78, 76)  # metres that no zone takes
@given(st.integers(0, 2**32 - 1), st.integers(1, 80))
def test_confidences_are_shares(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    scale = float(rng.choice([1e2, 1e3, 1e6, 1e7, 4e7]))
    x, y = rng.uniform(-scale, scale, (2, count))
    x[rng.random(count) < 0.1] = np.nan
    proposal = propose(x, y, SILENT)
    rows = np.concatenate([proposal.unknown, *(group.rows for group in proposal.groups)])
    assert np.array_equal(np.sort(rows), np.flatnonzero(np.isfinite(x)))  # every record once
    for group in proposal.groups:
        shares = [item.confidence for item in group.candidates]
        assert sum(shares) <= 1 + 1e-9
        assert shares == sorted(shares, reverse=True)
        assert all(0 <= share <= 0.99 for share in shares)


def test_the_order_of_the_records_does_not_matter(town: City) -> None:
    x, y = wgs84_to_bd09(*lonlat(town))
    order = np.random.default_rng(6).permutation(len(x))
    whole = propose(x, y, SILENT, town.trusted, texts=addresses(town)).groups[0]
    texts = RecordTexts(addresses=np.array(town.area_of_point, dtype=object)[order])
    mixed = propose(x[order], y[order], SILENT, town.trusted, texts=texts).groups[0]
    for one, other in zip(whole.candidates, mixed.candidates, strict=True):
        assert one.source.name == other.source.name
        assert one.confidence == pytest.approx(other.confidence)


def test_a_change_needs_records_that_speak_for_it() -> None:
    weight = np.zeros((100, 2))
    weight[40:, 1], weight[:40, 0] = 0.5, 0.5
    parts = segment(weight)
    assert parts.reading.tolist() == [0] * 40 + [1] * 60
    assert parts.is_sure[:30].all()
    assert parts.is_sure[50:].all()
    assert not parts.is_sure[39:41].all()  # at the seam nobody can be sure
    weight[40:, 1] = 0.1  # 6 in all: less than a change costs
    assert np.unique(segment(weight).reading).size == 1


def test_ten_neighbours_are_no_datum_of_their_own() -> None:
    weight = np.tile([1.0, 0.0], (1000, 1))
    weight[500:510] = (0.0, 4.0)
    assert segment(weight).reading[505] == 1
    parts = split(weight)
    assert (parts.reading == 0).all()
    assert np.flatnonzero(~parts.is_sure).tolist() == list(range(500, 510))


def test_groups_may_alternate() -> None:
    sources = np.arange(400) % 2
    weight = np.where(sources[:, None] == np.arange(2), 0.4, 0.0)
    assert np.array_equal(segment(weight, sources).reading, sources)


def test_displacement_says_how_far_and_where() -> None:
    text = Displacement(438.0, -438.0, 4.0, 11).text("EPSG:4326")
    assert "619 m" in text.en
    assert "south-east" in text.en
    assert "东南" in text.zh
    assert Displacement(10.0, 0.0, 4.0, 11).is_offset is False
