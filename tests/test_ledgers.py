"""The ten invented ledgers in four forms: every line of EXPECTED.md that an import can meet is met, in each of them.

What needs a rule of law, a later stage or another layer (is a parcel legally idle, which records of two platforms are
one place, who gets the money) is not asked of the reader; there the words must still be in the record.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from openpyxl.utils import get_column_letter
from reading_files import LEDGER_KINDS, found, write_xls, write_xlsx

from layers._cells import neutralise
from layers.crs import bd09_to_wgs84, gcj02_to_wgs84
from layers.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.reading import ReadResult

pytestmark = pytest.mark.shared
KEPT = {"01": 7, "02": 7, "03": 2, "04": 5, "05": 7, "06": 7, "07": 6, "08": 8, "09": 8, "10": 8}
FORMS = ("csv", "gbk", "xlsx", "xls")
MERGED_DOWN = ("街道", "社区", "事项类别", "宗地号")
FIRST_TITLES = ("序号", "宗地号", "备案编号", "路段/小区", "站点名称", "编号", "工单编号", "事项类别")
SECOND_TITLES = ("总户数", "小型车", "起")
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


def table(path: Path) -> list[list[str | None]]:
    """Return the cells of a ledger, ``None`` where blank."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [[cell if cell.strip() else None for cell in row] for row in csv.reader(stream)]
    width = max(map(len, rows))
    return [row + [None] * (width - len(row)) for row in rows]


def typed(cell: str | None) -> Any:
    """Return a cell as a clerk types it: a number where it is one to the letter."""
    if cell is None or not re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", cell) or len(cell) > 15:
        return cell if cell is None else neutralise(cell)
    number = float(cell)
    return int(cell) if cell.isdigit() else number if repr(number) == cell else cell


def merges(rows: list[list[str | None]]) -> list[str]:
    """Return the ranges that the ledger's form has merged: title rows, header cells, groups down a column."""
    head = next(at for at, row in enumerate(rows) if row[0] in FIRST_TITLES)
    has_two = any(cell in SECOND_TITLES for cell in rows[head + 1])
    ranges = [(at, 0, at, len(row) - 1) for at, row in enumerate(rows[:head]) if sum(map(bool, row)) == 1]
    for number, title in enumerate(rows[head]):
        if title and has_two:
            last = number
            while last + 1 < len(rows[head]) and rows[head][last + 1] is None:
                last += 1
            ranges.append((head, number, head + (rows[head + 1][number] is None), last))
        if title in MERGED_DOWN:
            ranges += _groups(rows, number, head + 1 + has_two)
    wide = [item for item in ranges if item[:2] != item[2:]]
    return [f"{get_column_letter(l + 1)}{t + 1}:{get_column_letter(r + 1)}{b + 1}" for t, l, b, r in wide]  # noqa: E741


def _groups(rows: list[list[str | None]], column: int, start: int) -> list[tuple[int, int, int, int]]:
    """Return the cells of a column that one value stands for, ending where a total or another value begins."""
    found_groups = []
    first: int | None = None
    for at in range(start, len(rows) + 1):
        cells = rows[at] if at < len(rows) else []
        ends = at == len(rows) or cells[column] is not None or any(cell in ("小计", "合计") for cell in cells[:2])
        ends = ends or sum(cell is not None for cell in cells) <= 1
        if ends and first is not None:
            if at - 1 > first:
                found_groups.append((first, column, at - 1, column))
            first = None
        if at < len(rows) and cells[column] is not None and cells[column] not in ("小计", "合计"):
            first = at
    return found_groups


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
            path = folder / f"{source.stem}.{'csv' if form == 'gbk' else form}"
            if form in ("csv", "gbk"):
                path.write_bytes(source.read_text("utf-8").encode("gb18030" if form == "gbk" else "utf-8"))
            else:
                rows = table(source)
                cells = [[typed(cell) for cell in row] for row in rows]
                (write_xlsx if form == "xlsx" else write_xls)(path, {"台账": cells}, merges=merges(rows))
            read[number] = read_file(path, LEDGER_KINDS[number])
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
    said = report.to_html() + result.frame.to_csv() + "\n".join(report.lines(limit=1000))
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
    assert "自建房" in remarks(result)[6]
    assert "城中村改造" in remarks(result)[6]


def test_02_idle_land(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("02")
    mu = 2000 / 3
    assert result.report.merged == 1
    assert column(result, "area_m2") == pytest.approx([2.3 * mu, 380, 1200, 8600, 12_400, 3 * mu, 650])
    assert column(result, "tenure")[3:6] == ["allocated", "granted", "collective"]
    assert "收储地" in remarks(result)[0]
    assert "土地性质: 市政" in remarks(result)[2]
    assert "认定书：无" in remarks(result)[4]
    assert "2021.3交地" in remarks(result)[4]
    assert "legal_idle" not in column(result, "land_class")
    assert "G1" in column(result, "zoning")[6]
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
    assert "子母位16" in remarks(result)[0]
    assert "200+30" in remarks(result)[2] or (3, "stall_count", "200+30（地面）") in found(result.report, "summed")
    assert days(result, "valid_until") == ["2027-03-31", None, "2025-12-31", None, "2021-03-31"]
    assert "收入上缴财政" in remarks(result)[1]


def test_05_night_survey(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("05")
    assert column(result, "parked_count") == [41, 402, 71, 38, 350, 64, None]
    assert column(result, "ebike_count") == [160, 300, None, 45, 1000, None, None]
    approximate = {value for _, _, value in found(result.report, "approximate")}
    assert {"300+", "三百多", "上千", "≈160"} <= approximate
    assert "一二期合并统计" in remarks(result)[1]
    assert "门卫不让进" in remarks(result)[6]


def test_06_charging(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("06")
    assert result.crs_found == "BD-09"
    assert column(result, "power_kw")[0] == 1200
    assert column(result, "charger_type")[3:5] == ["ebike", "battery_swap"]
    assert column(result, "pile_count")[3:5] == [None, None]
    assert column(result, "access")[5] == "private"
    assert column(result, "status")[6] == "planned"
    assert column(result, "position") == ["exact"] * 5 + ["unlocated"] * 2
    x, y = bd09_to_wgs84([113.285354], [23.121861])
    assert np.allclose(shapely.get_coordinates(result.frame.geometry.iloc[4]), np.column_stack([x, y]), atol=1e-9)
    assert [record for record, _, _ in found(result.report, "zero_coordinates")] == [6]
    assert "两平台口径不同" in remarks(result)[1]


def test_07_public_rooms(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("07")
    assert column(result, "floor_area_m2") == [86.4, 420, 300, 1150, 132, 58]
    assert column(result, "rent_cny_month") == [None, 0, None, 23_000, 128.5, 6_960]
    assert "租金单价: 20" in remarks(result)[3]
    assert days(result, "lease_end")[3] == "2026-08-31"
    assert "已到期仍占用" in remarks(result)[3]
    assert column(result, "danger_grade") == ["C", "B", "A", "C", "D", "A"]
    assert column(result, "ownership")[4] == "trust"
    assert column(result, "income_owner")[0] == "treasury"
    assert column(result, "income_owner")[5] == "state_enterprise"


def test_08_heritage(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("08")
    degrees = [None if place is None else (round(place.x, 6), round(place.y, 6)) for place in result.frame.geometry]
    assert degrees[:3] == [(113.271778, 23.121722), (113.2821, 23.1246), (113.271, 23.121)]
    assert column(result, "is_red_listed") == [False, True, *[None] * 6]  # the list alone decides, not a name
    assert "保护范围: 详见图则" in remarks(result)[1]
    assert found(result.report, "coordinates_unreadable")[0][0] == 5
    assert column(result, "position")[4] == "unlocated"
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
    assert "是否重复: 是" in remarks(result)[1]


def test_10_service_items(ledger: Callable[[str], ReadResult]) -> None:
    result = ledger("10")
    sums = column(result, "contract_sum_cny_year")
    assert sums == [12_865_000, 984_000, 2_100_000, None, 500_000, 360_000, None, None]
    assert column(result, "category")[:3] == ["环卫保洁", "环卫保洁", "综合巡查"]
    least = [item for item in result.report.findings if item.value == "36万+运营补贴"]
    assert len(least) == 1
    assert "收入上缴" in remarks(result)[6]
    assert "预计收入15-20/年" in remarks(result)[7]
