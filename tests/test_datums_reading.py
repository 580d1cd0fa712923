"""Files read through the finder: split, refused, asked about, and every doubt said in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from golden_files import City, city
from reading_files import found, rules, write_csv

from layers.crs import wgs84_to_bd09, wgs84_to_gcj02
from layers.errors import DatumError
from layers.reading import read_file
from layers.trusted import Trusted

if TYPE_CHECKING:
    from pathlib import Path

COUNT, FIRST = 1000, 400


@pytest.fixture(scope="module")
def town() -> City:
    """Return the golden city, whose sub-districts are accepted."""
    return city(113.27, 23.12)


@pytest.fixture(scope="module")
def ledger(town: City) -> pd.DataFrame:
    """Return a thousand car parks with the sub-district of their address."""
    rng = np.random.default_rng(21)
    at = rng.uniform(*town.trusted.areas.total_bounds.reshape(2, 2), (COUNT, 2))
    point, area = town.trusted.areas.sindex.query(shapely.points(at), predicate="within")
    names = town.trusted.areas["name"].to_numpy()[area[np.argsort(point)]]
    columns = {
        "停车场名称": [f"车场{n}" for n in range(COUNT)],
        "地址": [f"{name}{n}号" for n, name in enumerate(names)],
    }
    return pd.DataFrame({**columns, "泊位总数": 5, "lon": at[:, 0], "lat": at[:, 1]})


def mixed(ledger: pd.DataFrame, **columns: object) -> pd.DataFrame:
    """Return the ledger with its first 400 records in GCJ-02 and the rest in BD-09."""
    lon, lat = ledger["lon"].to_numpy(), ledger["lat"].to_numpy()
    x, y = np.where(np.arange(COUNT) < FIRST, wgs84_to_gcj02(lon, lat), wgs84_to_bd09(lon, lat))
    shown = ledger.drop(columns=["lon", "lat"])
    return shown.assign(**columns, 经度=np.round(x, 6), 纬度=np.round(y, 6))


def write(path: Path, frame: pd.DataFrame) -> Path:
    """Write a frame as a text table."""
    return write_csv(path, [list(frame.columns), *frame.to_numpy(dtype=object).tolist()])


def off_m(frame: gpd.GeoDataFrame, ledger: pd.DataFrame) -> np.ndarray:
    """Return how far each record lies from its place, metres."""
    east = (frame.geometry.x.to_numpy() - ledger["lon"].to_numpy()) * np.cos(np.radians(23.12))
    return np.hypot(east, frame.geometry.y.to_numpy() - ledger["lat"].to_numpy()) * 111_195


def test_a_mixed_file_is_split_and_every_doubt_is_said(tmp_path: Path, town: City, ledger: pd.DataFrame) -> None:
    result = read_file(write(tmp_path / "a.csv", mixed(ledger)), "parking", trusted=town.trusted)
    names = [part.rsplit(" ", 1) for part in result.crs_found.split(", ")]
    assert [name for name, _ in names] == ["GCJ-02", "BD-09"]
    assert sum(int(count) for _, count in names) == COUNT
    wrong = np.flatnonzero(off_m(result.frame, ledger) > 1)  # six decimals are 0.1 m
    assert len(wrong) <= 0.05 * COUNT
    doubted = [record for record, _, _ in found(result.report, "datum_unsure") if record is not None]
    assert set(wrong + 1) <= set(doubted)
    assert f"{len(doubted)} records" in next(item.en for item in result.report.warnings if item.rule == "datum_unsure")
    assert "GCJ-02" in result.report.facts["crs"].zh


def test_a_mixed_file_with_nothing_to_tell_is_undetermined(tmp_path: Path, ledger: pd.DataFrame) -> None:
    result = read_file(write(tmp_path / "a.csv", mixed(ledger)), "parking")
    assert result.crs_found == "EPSG:4326"
    assert "坐标系未声明" in next(item.zh for item in result.report.warnings if item.rule == "datum")


@pytest.mark.parametrize("title", ["坐标来源", "数据来源", "坐标系"])
def test_a_column_that_names_the_source_splits_alone(tmp_path: Path, ledger: pd.DataFrame, title: str) -> None:
    named = np.where(np.arange(COUNT) < FIRST, "高德地图", "百度地图")
    order = np.random.default_rng(1).permutation(COUNT)
    path = write(tmp_path / "a.csv", mixed(ledger, **{title: named}).iloc[order])
    result = read_file(path, "parking")
    assert sorted(result.crs_found.split(", ")) == ["BD-09 600", "GCJ-02 400"]
    assert off_m(result.frame, ledger.iloc[order]).max() < 1
    assert "datum" not in rules(result.report)


@pytest.mark.parametrize(("datum", "shift"), [("GCJ-02", wgs84_to_gcj02), ("BD-09", wgs84_to_bd09)])
def test_a_declaration_that_the_layers_contradict_is_refused(
    tmp_path: Path, town: City, ledger: pd.DataFrame, datum: str, shift
) -> None:
    places = gpd.points_from_xy(*shift(ledger["lon"].to_numpy(), ledger["lat"].to_numpy()))
    frame = gpd.GeoDataFrame(ledger[["停车场名称", "地址", "泊位总数"]], geometry=places, crs="EPSG:4326")
    path = tmp_path / "a.gpkg"
    frame.to_file(path, driver="GPKG")
    with pytest.raises(DatumError, match=f"declares EPSG:4326 .* show 1000 records to be in {datum}") as caught:
        read_file(path, "parking", trusted=town.trusted)
    assert caught.value.hint == f"decide with --crs {datum} or --crs EPSG:4326"
    assert "1000" in str(caught.value.line_zh)
    assert read_file(path, "parking").crs_found == "EPSG:4326"  # no layer, no contradiction
    right = read_file(path, "parking", crs=datum, trusted=town.trusted)
    assert off_m(right.frame, ledger).max() < 0.001
    told = read_file(path, "parking", crs="WGS84", trusted=town.trusted)
    assert any(datum in item.en for item in told.report.warnings if item.rule == "datum")


def test_a_declaration_that_the_layers_confirm_says_so(tmp_path: Path, town: City, ledger: pd.DataFrame) -> None:
    places = gpd.points_from_xy(ledger["lon"], ledger["lat"])
    frame = gpd.GeoDataFrame(ledger[["停车场名称", "地址", "泊位总数"]], geometry=places, crs="EPSG:4326")
    path = tmp_path / "a.gpkg"
    frame.to_crs("EPSG:4547").to_file(path, driver="GPKG")
    result = read_file(path, "parking", trusted=town.trusted)
    assert result.crs_found == "EPSG:4547"
    assert any("1000 of 1000 records lie in the area that they name" in text.en for text in result.evidence)
    assert "datum" not in rules(result.report)


def test_metres_without_a_zone_are_asked_about_with_candidates_or_decided_by_a_layer(
    tmp_path: Path, town: City, ledger: pd.DataFrame
) -> None:
    metres = gpd.GeoSeries(gpd.points_from_xy(ledger["lon"], ledger["lat"]), crs="EPSG:4326").to_crs("EPSG:4547")
    table = ledger.drop(columns=["lon", "lat"]).assign(X=metres.x.round(4), Y=metres.y.round(4))
    path = write(tmp_path / "a.csv", table)
    with pytest.raises(
        DatumError, match=r"does not say in which system; their numbers fit \d+ systems alike"
    ) as caught:
        read_file(path, "parking")
    assert "没有说明是哪个坐标系" in str(caught.value.line_zh)
    result = read_file(path, "parking", trusted=town.trusted)
    assert result.crs_found == "EPSG:4547"
    assert off_m(result.frame, ledger).max() < 0.5
    (warning,) = (item for item in result.report.warnings if item.rule == "datum")
    assert "Xi'an 1980 and Beijing 1954 have like numbers" in warning.en
    alone = Trusted(areas=town.trusted.areas.iloc[:0])
    with pytest.raises(DatumError, match="does not say in which system"):
        read_file(path, "parking", trusted=alone)


def test_titles_that_state_another_zone_than_the_eastings_are_asked_about(tmp_path: Path, ledger: pd.DataFrame) -> None:
    metres = gpd.GeoSeries(gpd.points_from_xy(ledger["lon"], ledger["lat"]), crs="EPSG:4326").to_crs("EPSG:4526")
    table = ledger.drop(columns=["lon", "lat"]).assign(X=metres.x.round(4), Y=metres.y.round(4))
    rows = [["2000国家大地坐标系 3度带39带"], list(table.columns), *table.to_numpy(dtype=object).tolist()]
    with pytest.raises(DatumError, match="EPSG:4526"):
        read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    rows[0] = ["2000国家大地坐标系 3度带38带"]
    result = read_file(write_csv(tmp_path / "b.csv", rows), "parking")
    assert result.crs_found == "EPSG:4526"
    assert "datum" not in rules(result.report)  # zone and datum are stated and fit
