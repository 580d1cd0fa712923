"""Files in several datums: split by record where something tells, and said where nothing does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from reading_files import write_csv

from layers import crs
from layers.datums import Clues, RecordTexts, propose
from layers.reading import read_file
from layers.trusted import Trusted

if TYPE_CHECKING:
    from pathlib import Path

SILENT = Clues("a.csv", None, None, "", "")
DISTRICTS = {"440103": "荔湾区", "440104": "越秀区", "440105": "海珠区", "440106": "天河区"}


@pytest.fixture(scope="module")
def districts(shared_dir) -> gpd.GeoDataFrame:
    """Return four real districts of Guangzhou in WGS 84, generalised to 20 m."""
    files = [shared_dir / "data/boundaries/guangzhou" / f"{code}.geojson" for code in DISTRICTS]
    shapes = np.array([gpd.read_file(file).geometry.union_all() for file in files], dtype=object)
    true = shapely.simplify(crs.to_lonlat(shapes, crs.SourceCrs(crs.CRS(4326), "GCJ-02")), 2e-4)
    columns = {"kind": "district", "name": list(DISTRICTS.values()), "subdistrict_code": None}
    return gpd.GeoDataFrame(columns, geometry=list(true), crs="EPSG:4326")


def records(districts: gpd.GeoDataFrame, seed: int, count: int = 1000) -> tuple[np.ndarray, np.ndarray]:
    """Return points strewn over the districts, and addresses that name the district, one in fifty of them wrong."""
    rng = np.random.default_rng(seed)
    west, south, east, north = districts.total_bounds
    at = rng.uniform((west, south), (east, north), (count * 8, 2))
    point, area = districts.sindex.query(shapely.points(at), predicate="within")
    point, area = point[:count], area[:count]
    assert len(point) == count
    wrong = rng.random(count) < 0.02
    area = np.where(wrong, rng.integers(0, len(districts), count), area)
    return at[point], np.array(
        [f"广州市{districts['name'].iloc[k]}某路{n}号" for n, k in enumerate(area)], dtype=object
    )


@pytest.mark.shared
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("share", [0.4, 0.15, 0.85])
def test_first_gcj02_then_bd09_is_split_by_the_districts_in_addresses(
    districts: gpd.GeoDataFrame, seed: int, share: float
) -> None:
    at, said = records(districts, seed)
    first = int(share * len(at))
    x, y = np.where(np.arange(len(at)) < first, crs.wgs84_to_gcj02(*at.T), crs.wgs84_to_bd09(*at.T))
    proposal = propose(x, y, SILENT, Trusted(areas=districts), texts=RecordTexts(addresses=said))
    assert [group.best.source.name for group in proposal.groups] == ["GCJ-02", "BD-09"]
    assert all(group.is_clear for group in proposal.groups)
    right = np.isin(np.arange(first), proposal.groups[0].rows).sum()
    right += np.isin(np.arange(first, len(at)), proposal.groups[1].rows).sum()
    assert right >= 0.95 * len(at)
    wrong = np.setdiff1d(np.arange(first), proposal.groups[0].rows)
    assert np.isin(wrong, proposal.unsure).mean() >= 0.5 if len(wrong) else True


@pytest.mark.shared
def test_a_file_split_by_its_addresses_lands_where_it_belongs(districts: gpd.GeoDataFrame, tmp_path: Path) -> None:
    at, said = records(districts, 3)
    first = np.arange(len(at)) < 0.4 * len(at)
    x, y = np.where(first, crs.wgs84_to_gcj02(*at.T), crs.wgs84_to_bd09(*at.T))
    rows = [[f"停车场{n}", said[n], f"{x[n]:.7f}", f"{y[n]:.7f}"] for n in range(len(at))]
    path = write_csv(tmp_path / "a.csv", [["名称", "地址", "经度", "纬度"], *rows])
    result = read_file(path, "parking", trusted=Trusted(areas=districts))
    assert result.report.kept == len(at)
    placed = shapely.get_coordinates(result.frame.geometry.to_numpy())
    off_m = np.hypot(*((placed - at) * 111_320 * [np.cos(np.radians(23.1)), 1]).T)
    assert (off_m < 0.5).mean() >= 0.95


@pytest.mark.shared
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shift", [crs.wgs84_to_gcj02, crs.wgs84_to_bd09, lambda x, y: (x, y)])
def test_one_datum_stays_one(districts: gpd.GeoDataFrame, seed: int, shift) -> None:
    at, said = records(districts, seed)
    proposal = propose(*shift(*at.T), SILENT, Trusted(areas=districts), texts=RecordTexts(addresses=said))
    assert len(proposal.groups) == 1
    assert proposal.groups[0].best.confidence_alike >= 0.9


@pytest.mark.shared
def test_three_datums_by_source_however_mixed(districts: gpd.GeoDataFrame) -> None:
    at, said = records(districts, 11)
    source = np.random.default_rng(1).integers(0, 3, len(at))
    shifted = np.stack([at.T, crs.wgs84_to_gcj02(*at.T), crs.wgs84_to_bd09(*at.T)])
    x, y = shifted[source, :, np.arange(len(at))].T
    proposal = propose(x, y, SILENT, Trusted(areas=districts), texts=RecordTexts(addresses=said), groups=source)
    found = {group.best.source.name: group.rows for group in proposal.groups}
    assert set(found) == {"EPSG:4326", "GCJ-02", "BD-09"}
    right = sum(
        np.isin(found[name], np.flatnonzero(source == at)).sum()
        for at, name in enumerate(["EPSG:4326", "GCJ-02", "BD-09"])
    )
    assert right >= 0.95 * len(at)


def test_cells_that_name_a_datum_split_the_file_without_anything_else() -> None:
    rng = np.random.default_rng(9)
    at = rng.uniform((113.2, 23.0), (113.4, 23.2), (200, 2))
    named = np.where(rng.random(200) < 0.3, "GCJ-02", "BD-09").astype(object)
    proposal = propose(*at.T, SILENT, texts=RecordTexts(datums=named), groups=(named == "BD-09").astype(int))
    found = {group.best.source.name: group.rows for group in proposal.groups}
    assert np.array_equal(found["GCJ-02"], np.flatnonzero(named == "GCJ-02"))
    assert np.array_equal(found["BD-09"], np.flatnonzero(named == "BD-09"))
    assert all(group.is_clear for group in proposal.groups)


@pytest.mark.shared
def test_where_nothing_tells_nothing_is_split(districts: gpd.GeoDataFrame) -> None:
    at, said = records(districts, 3)
    x, y = np.where(np.arange(1000) < 400, crs.wgs84_to_gcj02(*at.T), crs.wgs84_to_bd09(*at.T))
    for layers, texts in ((None, RecordTexts(addresses=said)), (Trusted(areas=districts), RecordTexts())):
        (group,) = propose(x, y, SILENT, layers, texts=texts).groups
        assert not group.is_clear
        assert group.best.confidence < 0.5


@pytest.mark.shared
def test_a_long_file_is_split_by_an_even_sample(districts: gpd.GeoDataFrame) -> None:
    at, said = records(districts, 5, count=1000)
    at, said = np.tile(at, (50, 1)) + np.random.default_rng(0).normal(0, 1e-4, (50_000, 2)), np.tile(said, 50)
    x, y = np.where(np.arange(50_000) < 20_000, crs.wgs84_to_gcj02(*at.T), crs.wgs84_to_bd09(*at.T))
    proposal = propose(x, y, SILENT, Trusted(areas=districts), texts=RecordTexts(addresses=said))
    assert [group.best.source.name for group in proposal.groups] == ["GCJ-02", "BD-09"]
    assert abs(len(proposal.groups[0].rows) - 20_000) < 500


def test_degrees_and_zones_in_one_file_are_two_groups() -> None:
    x = np.array([113.27, 38425326.0, 113.28, 38425400.0])
    y = np.array([23.12, 2558124.0, 23.13, 2558200.0])
    proposal = propose(x, y, SILENT)
    assert [(group.best.source.name, group.rows.tolist()) for group in proposal.groups] == [
        ("EPSG:4326", [0, 2]),
        ("EPSG:4526", [1, 3]),
    ]
