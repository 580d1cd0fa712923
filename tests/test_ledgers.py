"""The ten invented ledgers in four forms: every line of EXPECTED.md is met, or said to the user, in each of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from ledger_forms import FORMS, merges, table, written
from reading_files import LEDGER_KINDS, found, passed_on

from gis import community, parking
from gis.city import City
from gis.model import Model
from layers._cells import neutralise
from layers.crs import bd09_to_wgs84, gcj02_to_wgs84
from layers.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.reading import ReadResult

pytestmark = pytest.mark.shared
AS_OF = date(2026, 10, 10)  # the day after the last date in the ledgers
KEPT = {"01": 7, "02": 7, "03": 2, "04": 5, "05": 7, "06": 7, "07": 6, "08": 8, "09": 8, "10": 8}
PEOPLE = (
    "王女士",
    "李工",
    "王总",
    "李记",
    "张××",
    "匿名",
    "李*",
    "网格员07",
    "138XXXX",
    "139XXXX",
    "139****",
    "8XXX0000",
)


@pytest.fixture(scope="module", params=FORMS)
def ledger(
    request: pytest.FixtureRequest, shared_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], ReadResult]:
    """Return a function that reads a ledger by its number, in one of the four forms."""
    form, folder = request.param, tmp_path_factory.mktemp("ledgers")
    read: dict[str, ReadResult] = {}

    def result(number: str) -> ReadResult:
        if number not in read:
            source = next((shared_dir / "ledgers").glob(f"{number}_*.csv"))
            read[number] = read_file(written(source, form, folder), LEDGER_KINDS[number], as_of=AS_OF)
        return read[number]

    return result


def column(result: ReadResult, name: str) -> list[Any]:
    """Return a column with ``None`` for nulls."""
    return [None if pd.isna(value) else value for value in result.frame[name].astype(object)]


def remarks(result: ReadResult) -> list[str]:
    """Return the remarks."""
    return result.frame["remark"].fillna("").tolist()


def days(result: ReadResult, name: str) -> list[str | None]:
    """Return dates as text."""
    return [None if value is None else str(value)[:10] for value in column(result, name)]


def test_the_forms_have_true_merges(shared_dir: Path) -> None:
    ranges = {number: merges(table(next((shared_dir / "ledgers").glob(f"{number}_*.csv")))) for number in LEDGER_KINDS}
    assert {"A4:A5", "H4:I4", "B6:B9", "C6:C9", "C10:C12"} <= set(ranges["01"])
    assert {"A4:A8", "A10:A14"} <= set(ranges["03"])
    assert {"C2:D2", "A2:A3"} <= set(ranges["05"])
    assert ranges["10"] == ["A1:M1", "A3:A4", "A9:A10"] or "A3:A4" in ranges["10"]


@pytest.mark.parametrize("number", LEDGER_KINDS)
def test_no_row_is_lost_and_nobody_is_named(ledger: Callable[[str], ReadResult], number: str) -> None:
    result = ledger(number)
    report = result.report
    assert report.kept == len(result.frame) == KEPT[number]
    assert report.read == report.kept + report.merged + report.left_out
    assert result.frame["is_sample"].all()
    said = report.to_html() + passed_on(result).to_csv() + "\n".join(report.lines(limit=1000))
    assert [name for name in PEOPLE if name in said] == []


def test_01_old_communities(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("01")
    assert result.report.merged == 1
    assert result.frame["position"].eq("unlocated").all()
    assert column(result, "built_year") == [1986, 1987, 1999, 2003, 1985, 1994, None]
    assert column(result, "household_count") == [212, 300, 745, 560, 496, 48, 1860]
    assert column(result, "floor_area_m2") == [16_200, 21_000, 54_800, 41_000, 36_500, 3_500, 210_000]
    assert column(result, "stall_count") == [0, 30, 120, 150, None, 0, None]
    assert column(result, "willingness_share")[:4] == [0.86, 0.72, 0.91, 0.91]
    spans = {item.value: item.zh for item in result.report.findings if item.rule in ("range", "approximate")}
    assert "1985 至 1989" in spans["八十年代末"]
    assert "1978 至 1992" in spans["1978/1992"]
    assert "270 至 330" in spans["约300"]
    total = [item for item in result.report.findings if item.rule == "total_differs"]
    assert [(item.field, item.value, "4221" in item.zh) for item in total] == [("household_count", "3921", True)]
    assert all("街道: 榕桥街" in text and "社区: " in text for text in remarks(result))
    assert "社区: 青砖社区" in remarks(result)[3]
    assert "社区: 水磨社区" in remarks(result)[5]
    assert column(result, "is_self_built") == [None] * 6 + [True]
    assert column(result, "in_rebuild_plan") == [None] * 6 + [True]
    ((record, _, name),) = found(result.report, "another_kind")
    assert (record, name) == (8, "东基村")
    (told,) = [item.zh for item in result.report.warnings if item.rule == "another_kind"]
    assert "城中村，不是老旧小区" in told
    assert "“片区类型”列写“城中村”" in told
    assert "panhuo import DIR governance_area FILE" in told
    assert (4, "built_year", "2003") in found(result.report, "not_old")  # 锦荣花园二期
    assert [item[0] for item in found(result.report, "duplicate")] == [7]
    assert [item[0] for item in found(result.report, "note_row")] == [11]


def test_01_only_old_communities_are_taken_for_old(ledger: Callable[[str], ReadResult]) -> None:
    oldness = community.oldness(ledger("01").frame, Model.load())
    assert oldness["is_old"].tolist() == [True, True, True, False, True, True, False]
    assert "自建房" in oldness["old_reason"].iloc[6]


def test_02_idle_land(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("02")
    mu = 2000 / 3
    assert result.report.merged == 1
    assert column(result, "area_m2") == pytest.approx([2.3 * mu, 380, 1200, 8600, 12_400, 3 * mu, 650])
    assert column(result, "tenure") == [
        "reserve", "road_leftover", "under_bridge", "allocated", "granted", "collective", "green_leftover",
    ]  # fmt: skip
    assert {"收储地", "高架桥底"} <= {
        value for _, field, value in found(result.report, "told_in_words") if field == "tenure"
    }
    assert column(result, "land_class") == [None, None, None, None, "suspected_idle", None, None]
    assert days(result, "handover_date") == [None, None, None, None, "2021-03-31", None, None]
    assert column(result, "invested_share")[4] == 0.18
    assert column(result, "in_litigation")[4] is True
    assert days(result, "available_until")[0] == "2027-06-30"
    assert found(result.report, "suspected_idle") == [(5, "land_class", "疑似闲置土地")]
    assert column(result, "zoning")[6] == "G1"
    assert found(result.report, "green_land") == [(7, "zoning", "G1")]
    assert "不能建停车场" in next(item.zh for item in result.report.findings if item.rule == "green_land")
    assert [item[0] for item in found(result.report, "duplicate")] == [8]
    assert found(result.report, "total_differs") == [(None, "area_m2", "约27亩")]


def test_03_corner_points(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("03")
    assert result.crs_found == "EPSG:4526"
    assert column(result, "source_id") == ["RQ-2026-01", "RQ-2026-02"]
    plane = result.frame.geometry.to_crs("EPSG:4526")
    first = [shape.exterior.coords[0] for shape in plane]
    wanted = gpd.GeoSeries.from_xy([113.2710, 113.2789], [23.1210, 23.1198], crs="EPSG:4326").to_crs("EPSG:4526")
    assert max(shapely.distance(shapely.points(first), wanted.to_numpy())) < 0.002
    assert column(result, "area_m2") == [1533, 1200]
    assert plane.area.tolist() == pytest.approx([1533, 1200], abs=0.1)
    assert not any("面积写" in item.zh for item in result.report.warnings)


def test_04_parking(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("04")
    assert result.report.merged == 1
    assert result.crs_found == "GCJ-02"
    x, y = gcj02_to_wgs84(
        [113.280539, 113.278836, 113.287347, 113.272131, 113.276334],
        [23.120629, 23.115325, 23.122337, 23.123524, 23.118625],
    )
    assert np.allclose(shapely.get_coordinates(result.frame.geometry.to_numpy()), np.column_stack([x, y]), atol=1e-9)
    assert column(result, "stall_count") == [320, 46, 230, 80, 58]
    assert column(result, "tandem_stall_count") == [16, None, None, None, None]
    assert (3, "stall_count", "200+30（地面）") in found(result.report, "sum")
    assert (4, "stall_count", "80左右") in found(result.report, "approximate")
    assert days(result, "valid_until") == ["2027-03-31", None, "2025-12-31", None, "2021-03-31"]
    assert found(result.report, "registration_over") == [
        (3, "valid_until", "2025-12-31"),
        (5, "valid_until", "2021-03-31"),
    ]
    assert column(result, "parking_type")[1] == "kerb"
    assert column(result, "income_owner") == [None, "treasury", None, None, None]
    assert found(result.report, "income_not_pledged") == [(2, "income_owner", "财政")]


def test_05_night_survey(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("05")
    assert column(result, "parked_count") == [41, 402, 71, 38, 350, 64, None]
    assert column(result, "ebike_count") == [160, 300, None, 45, 1000, None, None]
    approximate = {value for _, _, value in found(result.report, "approximate")}
    assert {"300+", "三百多", "上千", "≈160"} <= approximate
    assert {str(moment) for moment in column(result, "surveyed_at")} == {"2026-09-16 22:30:00"}
    assert found(result.report, "surveyed_together") == [(2, "community_name", "锦荣花园（一、二期）")]
    assert (7, "parked_count", "门卫不让进") in found(result.report, "unreadable")
    assert "门卫不让进" in remarks(result)[6]


def test_05_what_was_counted_comes_before_what_households_would_park(ledger: Callable[[str], ReadResult]) -> None:
    frames = {}
    for kind, number in (("community", "01"), ("parking_survey", "05")):
        frame = ledger(number).frame.to_crs("EPSG:4547")
        frames[kind] = frame.assign(asset_id=[f"{kind}-{at}" for at in range(len(frame))])
    city = City.build(frames, as_of=AS_OF, detour_factor=1.3)
    vehicles = parking.vehicles(city, Model.load())
    by_name = city["community"].set_index("name").index
    village, dormitory = (vehicles.iloc[by_name.get_loc(name)] for name in ("东基村", "机务段宿舍"))
    assert (village["vehicles"], village["is_counted"]) == (350, True)
    assert not dormitory["is_counted"]  # 门卫不让进: not counted is not nought
    assert dormitory["vehicles"] > 0


def test_06_charging(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("06")
    assert result.crs_found == "BD-09"
    assert column(result, "power_kw") == [1200, 1040, 28, None, None, 7, 2400]
    assert column(result, "charger_type") == ["car", "car", "car", "ebike", "battery_swap", "car", "car"]
    assert column(result, "pile_count") == [10, 20, 4, None, None, 7, 20]
    assert column(result, "dc_pile_count")[1] == 8
    assert column(result, "port_count")[3:5] == [40, 12]
    assert [item[0] for item in found(result.report, "no_car_piles")] == [4, 5]
    assert column(result, "access")[5] == "private"
    assert column(result, "status")[6] == "planned"
    assert [item[0] for item in found(result.report, "no_public_supply")] == [3, 6, 7]
    assert [item[0] for item in found(result.report, "axes_swapped")] == [5]
    assert column(result, "position") == ["exact"] * 5 + ["unlocated"] * 2
    x, y = bd09_to_wgs84([113.285354], [23.121861])
    assert np.allclose(shapely.get_coordinates(result.frame.geometry.iloc[4]), np.column_stack([x, y]), atol=1e-9)
    assert [record for record, _, _ in found(result.report, "zero_coordinates")] == [6]
    assert found(result.report, "said_twice") == [(2, None, "与上行同站")]
    assert "指第 2 行" in next(item.zh for item in result.report.warnings if item.rule == "said_twice")


def test_07_public_rooms(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("07")
    assert column(result, "floor_area_m2") == [86.4, 420, 300, 1150, 132, 58]
    assert column(result, "rent_cny_month") == [None, 0, None, 23_000, 128.5, 6_960]
    assert column(result, "rent_cny_m2_month") == [None, None, None, 20, None, 120]
    assert {(4, "20"), (6, "120元/㎡")} <= {
        (record, value) for record, field, value in found(result.report, "unit_assumed") if field == "rent_cny_m2_month"
    }
    assert column(result, "reference_rent_cny_m2_month") == [55, None, None, None, None, None]
    assert found(result.report, "rent_differs") == []  # 20 x 1150 m2 = 23000, 120 x 58 m2 = 6960
    assert days(result, "lease_end") == [None, None, None, "2026-08-31", None, "2027-04-30"]
    assert column(result, "occupancy") == ["vacant", "vacant", "occupied", "overdue", None, "let"]
    assert "使用状态: 部分出租" in remarks(result)[3]
    assert found(result.report, "lease_over") == [(4, "occupancy", "超期占用")]
    assert column(result, "has_title") == [True, False, None, True, None, True]
    assert found(result.report, "no_activation") == [(5, "danger_grade", "D级"), (5, "ownership", "代管")]
    assert column(result, "danger_grade") == ["C", "B", "A", "C", "D", "A"]
    assert column(result, "ownership")[4] == "trust"
    assert column(result, "income_owner") == ["treasury", None, None, "treasury", "trust", "state_enterprise"]
    assert [item[0] for item in found(result.report, "income_not_pledged")] == [1, 4, 5]


def test_08_heritage(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("08")
    degrees = [None if place is None else (round(place.x, 6), round(place.y, 6)) for place in result.frame.geometry]
    assert degrees[:3] == [(113.271778, 23.121722), (113.2821, 23.1246), (113.271, 23.121)]
    assert column(result, "is_red_listed") == [False, True, *[None] * 6]  # the list alone decides, not a name
    assert column(result, "protection_extent")[:3] == ["以四周外墙外扩5米", "详见图则", "本体"]
    assert column(result, "control_extent")[:3] == ["保护范围外10m", "详见图则", "无"]
    assert column(result, "is_zone_on_drawing") == [None, True, None, None, True, None, None, True]
    assert [item[0] for item in found(result.report, "zone_unknown")] == [2, 5, 8]
    assert [item[0] for item in found(result.report, "coordinates_unreadable")] == [5, 8]
    assert [column(result, "position")[at] for at in (3, 4, 7)] == ["unlocated"] * 3
    assert "经度: 线状" in remarks(result)[4]
    assert "经度: 见图" in remarks(result)[7]
    zones = [item for item in result.report.warnings if item.rule == "another_kind"]
    assert [(item.record, item.value) for item in zones] == [(5, "水磨坊骑楼段"), (8, "榕桥地下文物埋藏区")]
    assert all("panhuo import DIR heritage_zone FILE" in item.zh for item in zones)
    assert "“区划类型”列写“地下文物埋藏区”" in zones[1].zh
    assert result.report.left_out == 1
    assert column(result, "source_id")[0] == "001"


def test_09_reports(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("09")
    assert column(result, "source_id")[:3] == [None, None, "YBS20260905-0007"]
    assert result.frame["content"].iloc[0].count("\n") == 1
    assert str(column(result, "reported_at")[3]) == "2026-09-05 12:00:00"
    assert column(result, "reported_at")[4] is None
    assert found(result.report, "impossible_date") == [(5, "reported_at", "2026/9/31 10:00")]
    assert column(result, "reported_at")[7] is None
    assert "上周五" in remarks(result)[7]
    assert column(result, "content")[5].startswith("=HYPERLINK(")
    assert neutralise(column(result, "content")[5]).startswith("'=")
    assert [record for record, _, _ in found(result.report, "axes_swapped")] == [3]
    assert [record for record, _, _ in found(result.report, "zero_coordinates")] == [2]
    assert [column(result, "reported_at")[at] for at in (4, 7)] == [None, None]
    assert column(result, "is_repeat")[:3] == [False, True, None]
    assert found(result.report, "said_twice") == [(2, None, "同一诉求")]
    assert "指第 2 行" in next(item.zh for item in result.report.warnings if item.rule == "said_twice")


def test_10_service_items(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("10")
    sums = column(result, "contract_sum_cny_year")
    assert sums == [12_865_000, 984_000, 2_100_000, None, 500_000, 360_000, None, None]
    assert column(result, "category")[:3] == ["环卫保洁", "环卫保洁", "综合巡查"]
    least = [item for item in result.report.findings if item.value == "36万+运营补贴"]
    assert len(least) == 1
    assert "360000 至 ?" in least[0].zh
    assert found(result.report, "income_not_counted") == [
        (7, "contract_sum_cny_year", "收入上缴"),
        (8, "contract_sum_cny_year", "预计收入15-20/年"),
    ]
    assert "收入上缴" in remarks(result)[6]
    assert "预计收入15-20/年" in remarks(result)[7]
