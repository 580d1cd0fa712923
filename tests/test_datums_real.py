"""Real files, held against layers that an implementation of its own or the open map's blur has made."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS
from test_datums_shift import gcj02_by_hand

from layers.crs import wgs84_to_bd09, wgs84_to_gcj02
from layers.datums import Clues, RecordTexts, propose
from layers.errors import DatumError
from layers.reading import read_file
from layers.trusted import Trusted

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared
DISTRICTS = {
    "440103": "荔湾区", "440104": "越秀区", "440105": "海珠区", "440106": "天河区",
    "440111": "白云区", "440112": "黄埔区", "440113": "番禺区", "440114": "花都区",
    "440115": "南沙区", "440117": "从化区", "440118": "增城区",
}  # fmt: skip


def back_by_hand(lonlat: np.ndarray) -> np.ndarray:
    """Return WGS 84 of GCJ-02 degrees, point by point: the public formula subtracted until it lands on the target."""
    found = []
    for lon, lat in lonlat:
        x, y = lon, lat
        for _ in range(6):
            ahead = gcj02_by_hand(x, y)
            x, y = x + 0.98 * (lon - ahead[0]), y + 0.98 * (lat - ahead[1])
        found.append((x, y))
    return np.array(found)


@pytest.fixture(scope="module")
def guangzhou(shared_dir: Path) -> gpd.GeoDataFrame:
    """Return the eleven districts as the files have them."""
    folder = shared_dir / "data/boundaries/guangzhou"
    shapes = [gpd.read_file(folder / f"{code}.geojson").geometry.union_all() for code in DISTRICTS]
    return gpd.GeoDataFrame({"name": list(DISTRICTS.values())}, geometry=shapes, crs="EPSG:4326")


@pytest.fixture(scope="module")
def true_districts(guangzhou: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the same as another surveyor would have them: in WGS 84, generalised to 60 m, each ring shaken by 40 m."""
    rng = np.random.default_rng(8)
    coarse = shapely.simplify(np.asarray(guangzhou.geometry, dtype=object), 6e-4)

    def change(lonlat: np.ndarray) -> np.ndarray:
        _, same = np.unique(lonlat, axis=0, return_inverse=True)  # the first corner of a ring is its last
        return back_by_hand(lonlat) + rng.normal(0, 4e-4, lonlat.shape)[same.ravel()]

    shapes = shapely.make_valid(shapely.transform(coarse, change))
    columns = {"kind": "district", "name": guangzhou["name"].to_numpy(), "subdistrict_code": None}
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4326")


def write(frame: gpd.GeoDataFrame, path: Path) -> Path:
    """Write GeoJSON as the source has it, without a ``crs`` member, which RFC 7946 takes for WGS 84."""
    path.write_text(frame.to_json(drop_id=True), encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    assert '"crs"' not in text
    return path


def test_guangzhou_is_found_to_be_gcj02(
    tmp_path: Path, guangzhou: gpd.GeoDataFrame, true_districts: gpd.GeoDataFrame
) -> None:
    path = write(guangzhou.set_crs(None, allow_override=True), tmp_path / "districts.geojson")
    assert read_file(path, "district").crs_found == "EPSG:4326"  # nothing shows it without a layer to hold it against
    result = read_file(path, "district", trusted=Trusted(areas=true_districts))
    assert result.crs_found == "GCJ-02"
    said = " ".join(text.en for text in result.evidence)
    assert "south-east of their namesakes" in said
    offset_m = float(said.split("records lie ")[-1].split(" m")[0])
    assert 598 <= offset_m <= 635  # the published offset of GCJ-02 in Guangzhou
    xy = shapely.get_coordinates(shapely.simplify(np.asarray(guangzhou.geometry, dtype=object), 0.01))
    from_hand = back_by_hand(xy)
    places = shapely.points(from_hand)
    lines = shapely.union_all(shapely.boundary(np.asarray(result.frame.geometry, dtype=object)))
    assert shapely.distance(places, lines).max() < 1e-8  # a millimetre


def test_guangzhou_declared_as_wgs84_is_refused(
    tmp_path: Path, guangzhou: gpd.GeoDataFrame, true_districts: gpd.GeoDataFrame
) -> None:
    path = tmp_path / "districts.gpkg"
    guangzhou.to_file(path, driver="GPKG")
    trusted = Trusted(areas=true_districts)
    with pytest.raises(DatumError, match=r"declares EPSG:4326 .* show 11 records to be in GCJ-02") as caught:
        read_file(path, "district", trusted=trusted)
    assert "--crs GCJ-02" in str(caught.value)
    assert "GCJ-02" in str(caught.value.line_zh)
    told = read_file(path, "district", crs="EPSG:4326", trusted=trusted)
    assert told.crs_found == "EPSG:4326"
    assert any(item.rule == "datum" and "GCJ-02" in item.en for item in told.report.warnings)
    assert read_file(path, "district", crs="GCJ-02", trusted=trusted).crs_found == "GCJ-02"


@pytest.fixture(scope="module")
def shenzhen(shared_dir: Path) -> tuple[pd.DataFrame, gpd.GeoDataFrame, Trusted]:
    """Return the stations and their zones, and these zones as what is trusted."""
    stations = pd.read_csv(shared_dir / "data/china/shenzhen_ev_stations.csv")
    zones = gpd.read_file(shared_dir / "data/boundaries/shenzhen_zones/SZ_districts.shp").to_crs("EPSG:4326")
    names = zones["TAZID"].astype(int).astype(str)
    columns = {"kind": "subdistrict", "name": names.to_numpy(), "subdistrict_code": None}
    areas = gpd.GeoDataFrame(columns, geometry=list(shapely.make_valid(zones.geometry)), crs="EPSG:4326")
    return stations, zones, Trusted(areas=areas)


def test_shenzhen_stations_are_in_their_zones(shared_dir: Path, shenzhen) -> None:
    stations, _, trusted = shenzhen
    path = shared_dir / "data/china/shenzhen_ev_stations.csv"
    result = read_file(path, "charging", trusted=trusted)
    assert result.crs_found == "EPSG:4326"
    assert "datum" not in [item.rule for item in result.report.warnings]  # the zones confirm it
    by_zone = trusted.areas.set_index("name").geometry
    zone = by_zone.reindex(stations["TAZID"].astype(int).astype(str))
    inside = shapely.intersects(
        np.asarray(zone, dtype=object), shapely.points(stations["longitude"], stations["latitude"])
    )
    assert inside.mean() >= 0.95
    doubted = [item for item in result.report.findings if item.rule == "datum_unsure" and item.record is not None]
    assert len(doubted) < 0.02 * len(stations)


@pytest.mark.parametrize(("datum", "shift"), [("GCJ-02", wgs84_to_gcj02), ("BD-09", wgs84_to_bd09)])
def test_shenzhen_stations_of_a_web_map_are_put_back(tmp_path: Path, shenzhen, datum: str, shift) -> None:
    stations, _, trusted = shenzhen
    lon, lat = stations["longitude"].to_numpy(), stations["latitude"].to_numpy()
    x, y = shift(lon, lat)
    path = tmp_path / "stations.csv"
    stations.assign(longitude=x, latitude=y).to_csv(path, index=False)
    result = read_file(path, "charging", trusted=trusted)
    assert result.crs_found == datum
    found = result.frame.set_index("source_id").geometry.reindex(stations["station_id"].astype(str))
    there = found.notna().to_numpy()
    assert there.mean() > 0.9  # stations of one site may be merged
    assert np.abs(found[there].x.to_numpy() - lon[there]).max() < 1e-8
    assert np.abs(found[there].y.to_numpy() - lat[there]).max() < 1e-8


def test_shenzhen_zones_without_their_prj_are_web_mercator(shenzhen) -> None:
    _, zones, trusted = shenzhen
    metres = np.asarray(zones.to_crs("EPSG:3857").geometry, dtype=object)
    bounds = shapely.bounds(metres)
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    texts = RecordTexts(names=zones["TAZID"].astype(int).astype(str).to_numpy(dtype=object))
    (group,) = propose(*middle.T, Clues("a.shp", None, None, "", ""), trusted, texts=texts, shapes=metres).groups
    assert group.best.source.name == "EPSG:3857"
    assert group.is_clear
    declared = Clues("a.shp", None, CRS.from_epsg(3857), "the .prj file", "")
    (group,) = propose(*middle.T, declared, trusted, texts=texts, shapes=metres).groups
    assert group.best.source.name == "EPSG:3857"
    assert math.isclose(group.best.confidence, 0.99)
