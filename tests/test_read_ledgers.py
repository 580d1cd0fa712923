"""Real files, and the ten invented ledgers as clerks write them: what is read now is right or is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from reading_files import LEDGER_KINDS, found, passed_on, rules, write_xlsx

from layers._cells import neutralise
from layers.crs import gcj02_to_wgs84
from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from layers.reading import ReadResult

pytestmark = pytest.mark.shared
COUNTS = {  # read, kept, merged, left out
    "01": (11, 7, 1, 3),
    "02": (9, 7, 1, 1),
    "03": (2, 2, 0, 0),
    "04": (6, 5, 1, 0),
    "05": (8, 7, 0, 1),
    "06": (7, 7, 0, 0),
    "07": (7, 6, 0, 1),
    "08": (9, 8, 0, 1),
    "09": (8, 8, 0, 0),
    "10": (9, 8, 0, 1),
}
Read = "Callable[[str], ReadResult]"


@pytest.fixture(scope="module")
def ledger(shared_dir: Path) -> Read:
    """Return a function that reads a ledger by its number."""
    return lambda number: read_file(next((shared_dir / "ledgers").glob(f"{number}_*.csv")), LEDGER_KINDS[number])


def column(result: ReadResult, name: str) -> list[Any]:
    """Return a column with ``None`` for nulls."""
    return [None if pd.isna(value) else value for value in result.frame[name].astype(object)]


@pytest.mark.parametrize("number", LEDGER_KINDS)
def test_no_row_is_lost_in_any_encoding(shared_dir: Path, tmp_path: Path, number: str) -> None:
    path = next((shared_dir / "ledgers").glob(f"{number}_*.csv"))
    gbk = tmp_path / path.name
    gbk.write_bytes(path.read_text("utf-8").encode("gb18030"))
    first, second = (read_file(item, LEDGER_KINDS[number]) for item in (path, gbk))
    report = first.report
    assert (report.read, report.kept, report.merged, report.left_out) == COUNTS[number]
    assert first.frame["is_sample"].all()
    pd.testing.assert_frame_equal(pd.DataFrame(first.frame), pd.DataFrame(second.frame))


@pytest.mark.parametrize("number", LEDGER_KINDS)
def test_a_workbook_reads_like_the_text(shared_dir: Path, tmp_path: Path, number: str) -> None:
    path = next((shared_dir / "ledgers").glob(f"{number}_*.csv"))
    cells = pd.read_csv(path, header=None, dtype=str, names=range(30), keep_default_na=False).to_numpy()
    rows = [[neutralise(cell) or None for cell in row] for row in cells]
    book = write_xlsx(tmp_path / f"{path.stem}.xlsx", {"台账": rows})
    text, sheet = read_file(path, LEDGER_KINDS[number]), read_file(book, LEDGER_KINDS[number])
    same = [name for name in text.frame.columns if name not in ("source", "geometry")]
    pd.testing.assert_frame_equal(pd.DataFrame(text.frame[same]), pd.DataFrame(sheet.frame[same]))
    assert text.report.merged == sheet.report.merged


@pytest.mark.parametrize("number", LEDGER_KINDS)
def test_nobody_is_named(ledger: Read, number: str) -> None:
    result = ledger(number)
    said = result.report.to_html() + passed_on(result).to_csv() + "\n".join(result.report.lines(limit=1000))
    for name in ("王女士", "李工", "王总", "某培训机构", "李记", "匿名", "李\\*", "138XXXX", "139XXXX", "8XXX0000"):
        assert name not in said


def test_old_communities(ledger: Read) -> None:
    result = ledger("01")
    assert column(result, "built_year") == [1986, 1987, 1999, 2003, 1985, 1994, None]
    assert column(result, "household_count") == [212, 300, 745, 560, 496, 48, 1860]
    assert column(result, "floor_area_m2") == [16_200, 21_000, 54_800, 41_000, 36_500, 3_500, 210_000]
    assert column(result, "stall_count") == [0, 30, 120, 150, None, 0, None]
    assert column(result, "willingness_share")[:4] == [0.86, 0.72, 0.91, 0.91]
    assert (2, "built_year", "八十年代末") in found(result.report, "range")
    assert (2, "household_count", "约300") in found(result.report, "approximate")
    assert (5, "floor_area_m2", "36500平方米") in found(result.report, "unit")
    assert found(result.report, "total_differs") == [(None, "household_count", "3921")]
    assert "4221" in next(item.en for item in result.report.findings if item.rule == "total_differs")
    assert found(result.report, "duplicate") == [(7, None, None)]
    assert result.frame["position"].eq("unlocated").all()
    assert result.frame["remark"].str.contains("社区: ").all()


def test_idle_land(ledger: Read) -> None:
    result = ledger("02")
    mu = 2000 / 3
    assert column(result, "area_m2") == pytest.approx([2.3 * mu, 380, 1200, 8600, 12_400, 3 * mu, 650])
    assert column(result, "tenure") == [
        "reserve",
        "road_leftover",
        "under_bridge",
        "allocated",
        "granted",
        "collective",
        "green_leftover",
    ]
    assert "legal_idle" not in column(result, "land_class")  # only a certificate makes it so
    assert found(result.report, "total_differs") == [(None, "area_m2", "约27亩")]
    assert found(result.report, "ditto") == [(8, "位置（四至）", "同1")]


def test_corner_points_become_parcels(ledger: Read) -> None:
    result = ledger("03")
    assert result.crs_found == "EPSG:4526"
    assert column(result, "source_id") == ["RQ-2026-01", "RQ-2026-02"]
    assert column(result, "area_m2") == [1533, 1200]
    first = [shape.exterior.coords[0] for shape in result.frame.geometry]
    metres = gpd.GeoSeries(shapely.points(first), crs="EPSG:4326").to_crs("EPSG:4526")
    said = gpd.GeoSeries(shapely.points([(113.2710, 23.1210), (113.2789, 23.1198)]), crs="EPSG:4326")
    assert metres.distance(said.to_crs("EPSG:4526")).max() < 0.002
    assert result.frame.geometry.to_crs("EPSG:4526").area.tolist() == pytest.approx([1533, 1200], abs=0.2)
    assert [item.en for item in result.report.warnings if "area" in item.en] == []


def test_parking(ledger: Read) -> None:
    result = ledger("04")
    assert result.crs_found == "GCJ-02"
    assert column(result, "stall_count") == [320, 46, 230, 80, 58]
    assert column(result, "charger_stall_count") == [20, 0, None, None, 0]
    assert column(result, "tariff_cny_h") == [
        5,
        None,
        8,
        None,
        None,
    ]  # 首2小时免费，之后5元/小时; by 15 minutes; by visit
    assert column(result, "tariff_cny_month") == [525, None, None, 200, 350]  # 固定600/非固定450
    assert [str(day)[:10] for day in column(result, "valid_until")] == [
        "2027-03-31",
        "None",
        "2025-12-31",
        "None",
        "2021-03-31",
    ]
    x, y = gcj02_to_wgs84(
        [113.280539, 113.278836, 113.287347, 113.272131, 113.276334],
        [23.120629, 23.115325, 23.122337, 23.123524, 23.118625],
    )
    assert np.allclose(result.frame.geometry.x, x, atol=1e-9)
    assert np.allclose(result.frame.geometry.y, y, atol=1e-9)
    assert "子母位16" in result.frame["remark"].iloc[0]
    assert column(result, "source_id")[3] is None  # 未备案 is no id


def test_night_survey(ledger: Read) -> None:
    result = ledger("05")
    assert column(result, "marked_stall_count") == [0, 270, 46, 0, None, 230, 30]
    assert column(result, "parked_count") == [41, 402, 71, 38, 350, 64, None]
    assert column(result, "ebike_count") == [160, 300, None, 45, 1000, None, None]
    assert (7, "parked_count", "门卫不让进") in found(result.report, "unreadable")


def test_charging(ledger: Read) -> None:
    result = ledger("06")
    assert result.crs_found == "BD-09"
    assert column(result, "pile_count") == [10, 20, 4, None, None, 7, 20]
    assert column(result, "power_kw") == [1200, 1040, 28, None, None, 7, 2400]
    assert column(result, "access") == ["public", "public", "permit", "public", "public", "private", None]
    assert column(result, "charger_type")[3:5] == ["ebike", "battery_swap"]
    assert column(result, "status")[6] == "planned"
    assert column(result, "position") == ["exact"] * 5 + ["unlocated"] * 2
    assert found(result.report, "axes_swapped") == [(5, "geometry", None)]
    places = result.frame.geometry.dropna()
    assert places.within(shapely.box(113.270, 23.117, 113.283, 23.126)).all()


def test_public_buildings(ledger: Read) -> None:
    result = ledger("07")
    assert column(result, "floor_area_m2") == [86.4, 420, 300, 1150, 132, 58]
    assert column(result, "rent_cny_month") == [None, 0, None, 23_000, 128.5, 6_960]
    assert column(result, "danger_grade") == ["C", "B", "A", "C", "D", "A"]
    assert column(result, "ownership") == ["state", "sub_district", None, None, "trust", "state_enterprise"]
    assert column(result, "income_owner") == ["treasury", None, None, "treasury", "trust", "state_enterprise"]
    assert str(column(result, "lease_end")[3])[:10] == "2026-08-31"


def test_heritage(ledger: Read) -> None:
    result = ledger("08")
    assert column(result, "heritage_class") == [
        "district_unit",
        "city_unit",
        "historic_building",
        "traditional_building",
        "historic_block",
        "ancient_tree",
        "unclassified_relic",
        None,
    ]
    assert column(result, "is_red_listed") == [False, True, None, None, None, None, None, None]
    degrees = [None if place is None else (round(place.x, 6), round(place.y, 6)) for place in result.frame.geometry]
    assert degrees[:3] == [(113.271778, 23.121722), (113.2821, 23.1246), (113.271, 23.121)]
    assert [item[0] for item in found(result.report, "coordinates_unreadable")] == [5, 8]


def test_street_reports(ledger: Read) -> None:
    result = ledger("09")
    assert column(result, "source_id")[:3] == [None, None, "YBS20260905-0007"]
    times = [None if moment is None else str(moment) for moment in column(result, "reported_at")]
    assert times == [
        "2026-09-03 22:41:00",
        "2026-09-04 08:05:00",
        "2026-09-05 09:12:00",
        "2026-09-05 12:00:00",
        None,
        "2026-09-07 14:20:00",
        "2026-09-08 00:00:00",
        None,
    ]
    assert result.frame["content"].iloc[0].count("\n") == 1
    assert found(result.report, "impossible_date") == [(5, "reported_at", "2026/9/31 10:00")]
    assert found(result.report, "axes_swapped") == [(3, "geometry", None)]


def test_service_items(ledger: Read) -> None:
    result = ledger("10")
    sums = column(result, "contract_sum_cny_year")
    assert sums == [12_865_000, 984_000, 2_100_000, None, 500_000, 360_000, None, None]
    assert column(result, "category")[1] == "环卫保洁"
    assert "total_differs" not in rules(result.report)  # 约1,700万元 is about the sum
    assert result.frame["position"].isna().all()
    assert result.report.unlocated == 0


def test_chongqing_is_read_in_its_own_characters(shared_dir: Path) -> None:
    result = read_file(next((shared_dir / "data" / "messy").glob("*.shp")), "district")
    assert {"奉节县", "云阳县", "渝中区"} <= set(result.frame["name"])
    assert "500236" in set(result.frame["district_code"])
    assert (result.report.read, result.report.kept) == (38, 38)
    assert result.frame.geometry.is_valid.all()


def test_guangzhou_boundaries_move_by_the_published_distance(shared_dir: Path) -> None:
    path = shared_dir / "data" / "boundaries" / "guangzhou" / "440104.geojson"
    plain, shifted = read_file(path, "district"), read_file(path, "district", crs="GCJ-02")
    assert "datum" in rules(plain.report)
    metres = [item.frame.to_crs("EPSG:4547").geometry.iloc[0].centroid for item in (plain, shifted)]
    assert 598 <= metres[0].distance(metres[1]) <= 630


def test_shenzhen_stations_lie_in_the_zones_they_name(shared_dir: Path) -> None:
    zones = read_file(shared_dir / "data" / "boundaries" / "shenzhen_zones" / "SZ_districts.shp", "subdistrict")
    assert zones.crs_found == "EPSG:3857"
    assert len(zones.frame) == 491
    path = shared_dir / "data" / "china" / "shenzhen_ev_stations.csv"
    stations = read_file(path, "charging", columns={"pile_count": "charge_count"})
    assert len(stations.frame) == 1587
    assert stations.frame["pile_count"].sum() == pd.read_csv(path)["charge_count"].sum()
    joined = gpd.sjoin(stations.frame, zones.frame[["source_id", "geometry"]], predicate="within", rsuffix="zone")
    named = joined["remark"].str.extract(r"TAZID: (\d+)")[0]
    assert (named == joined["source_id_zone"]).sum() >= 0.95 * 1587


def test_philadelphia_keeps_the_area_of_every_lot_from_us_feet(shared_dir: Path) -> None:
    path = shared_dir / "data" / "open" / "philadelphia_vacant_land.parquet"
    result = read_file(path, "idle_land")
    report = result.report
    assert (report.read, report.kept + report.merged + report.left_out) == (25_663, 25_663)
    assert result.crs_found == "EPSG:2272"
    feet = shapely.area(gpd.read_parquet(path).geometry.to_numpy())[result.records - 1]
    back = result.frame.to_crs("EPSG:2272").area.to_numpy()
    assert np.abs(back / feet - 1).max() < 1e-3
    assert "owner_1" in {item.field for item in report.findings if item.rule == "personal"}
