"""Parcels that cannot be: corners mistyped, too few, or on one line; what is left out can be mended and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_files import found, write_csv, write_geojson, write_xlsx

from layers.errors import CheckError
from layers.reading import read_file, write_rejected
from layers.reading._corner_slips import slips

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ["宗地号", "点号", "X", "Y", "名称"]


def square(parcel: str, x: int, y: int, side: int = 100) -> list[list[Any]]:
    """Return the corners of a square; the name stands in its first row only."""
    places = [(x, y), (x, y + side), (x + side, y + side), (x + side, y)]
    return [[parcel, f"J{at + 1}", *place, f"{parcel}地块" if at == 0 else ""] for at, place in enumerate(places)]


def parcels() -> list[list[Any]]:
    """Return two sound parcels, rows 2-5 and 6-9 of a sheet."""
    return [HEADER, *square("D1", 2558000, 38425000), *square("D2", 2558300, 38425000)]


def areas(result: Any) -> list[float]:
    return [round(value) for value in result.frame.to_crs("EPSG:4526").area]


@pytest.mark.parametrize(
    ("column", "text"), [(2, "255840"), (2, "25584000"), (3, "3842510"), (3, "38725100"), (2, "2658400")]
)
def test_a_corner_mistyped_leaves_its_parcel_out_and_is_named(tmp_path: Path, column: int, text: str) -> None:
    rows = parcels()
    rows[7][column] = text
    result = read_file(write_csv(tmp_path / "a.csv", rows), "idle_land")
    assert (result.report.read, result.report.kept, result.report.left_out) == (2, 1, 1)
    assert areas(result) == [10000]
    (said,) = (item for item in result.report.findings if item.action == "left_out")
    assert "多半是坐标录错" in said.zh
    assert "D2 第 8 行" in said.value
    assert "J3" in said.value


def test_two_corners_with_the_same_slip(tmp_path: Path) -> None:
    rows = parcels()
    big = [["D3", f"K{at}", 2558600 + 10 * at, 38425000 + 3 * at * at, ""] for at in range(6)]
    big[2][2], big[3][2] = 255862, 255863
    result = read_file(write_csv(tmp_path / "a.csv", [*rows, *big]), "idle_land")
    assert (result.report.kept, result.report.left_out) == (2, 1)


def test_a_lone_parcel_mistyped_is_refused_with_its_reason(tmp_path: Path) -> None:
    rows = parcels()[:5]
    rows[3][2] = "255810"
    with pytest.raises(CheckError, match=r"most likely a slip.* \[D1 第 4 行 row 4 J3 255810, 38425100: 2302 km"):
        read_file(write_csv(tmp_path / "a.csv", rows), "idle_land")


@pytest.mark.parametrize(
    "places",
    [
        [(0, 0), (0, 50), (60_000, 50), (60_000, 0)],  # a road: no corner stands alone
        [(0, 0), (20_000, 0), (20_000, 20_000), (0, 20_000)],  # a reservoir drawn by four corners
        [(0, 0), (0, 10), (2_000, 5)],  # a wedge beside a road
        [(113.1, 23.1), (113.1, 23.4), (113.4, 23.4), (113.4, 23.1)],  # a district in degrees
    ],
)
def test_parcels_that_are_large_or_thin_are_no_slips(places: list[tuple[float, float]]) -> None:
    assert not any(slip.is_certain for slip in slips(places))


def test_a_slip_of_a_kilometre_is_to_be_checked(tmp_path: Path) -> None:
    rows = parcels()
    rows[7][2] = "2559400"
    result = read_file(write_csv(tmp_path / "a.csv", rows), "idle_land")
    assert result.report.kept == 2
    assert any("第 8 行的 J3 离同圈其余界址点 1.0 km" in item.zh for item in result.report.warnings)


@given(
    st.lists(st.tuples(st.floats(0, 350), st.floats(0, 350)), min_size=3, max_size=12, unique=True),
    st.integers(0, 11),
    st.floats(30_000, 3e6),
    st.booleans(),
)
def test_one_corner_far_away_is_the_slip_wherever_it_stands(
    places: list[tuple[float, float]], at: int, gap_m: float, is_north: bool
) -> None:
    at %= len(places)
    base = [(425_000 + x, 2_558_000 + y) for x, y in places]
    assert slips(base) == []
    x, y = base[at]
    base[at] = (x, y + gap_m + 1000) if is_north else (x + gap_m + 1000, y)
    (slip,) = slips(base)
    assert (slip.at, slip.is_certain) == (at, True)
    assert gap_m < slip.gap_m < gap_m + 3000


def mend(result: Any, path: Path, changes: dict[int, dict[str, str]]) -> Path:
    """Write what was left out, mend cells by the row in the source, and write it as a person's program does."""
    write_rejected(result.rejected, path)
    table = (
        pd.read_csv(path, dtype=str, keep_default_na=False)
        if path.suffix == ".csv"
        else pd.read_excel(path, dtype=str, keep_default_na=False, engine="openpyxl")
    )
    for row, cells in changes.items():
        for title, text in cells.items():
            table.loc[table.iloc[:, 0] == str(row), title] = text
    if path.suffix == ".csv":
        table.to_csv(path, index=False, encoding="utf-8-sig")
    else:
        table.to_excel(path, index=False)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize(
    ("wrong", "right"),
    [({"X": "255840"}, {"X": "2558400"}), ({"Y": "38425l00"}, {"Y": "38425100"}), ({"X": "一"}, {"X": "2558400"})],
)
def test_a_mended_parcel_comes_back_whole(
    tmp_path: Path, suffix: str, wrong: dict[str, str], right: dict[str, str]
) -> None:
    rows = parcels()
    sound = read_file(write_csv(tmp_path / "sound.csv", rows), "idle_land")
    for title, text in wrong.items():
        rows[7][HEADER.index(title)] = text
    result = read_file(write_csv(tmp_path / "a.csv", rows), "idle_land")
    assert result.report.left_out == 1
    assert result.rejected.iloc[:, 0].tolist() == [6, 7, 8, 9]
    assert result.rejected["点号"].tolist() == ["J1", "J2", "J3", "J4"]
    again = read_file(mend(result, tmp_path / f"rest{suffix}", {8: right}), "idle_land")
    assert again.is_correction
    assert again.report.kept == 1
    assert again.frame["name"].tolist() == ["D2地块"]
    assert again.frame.geometry.iloc[0].equals(sound.frame.geometry.iloc[1])


def test_a_parcel_of_two_corners_keeps_them(tmp_path: Path) -> None:
    result = read_file(write_csv(tmp_path / "a.csv", parcels()[:7]), "idle_land")
    assert result.rejected[["点号", "X", "Y"]].to_numpy().tolist() == [
        ["J1", "2558300", "38425000"], ["J2", "2558300", "38425100"]
    ]  # fmt: skip
    path = tmp_path / "rest.csv"
    write_rejected(result.rejected, path)
    with pytest.raises(CheckError, match="fewer than three corners"):
        read_file(path, "idle_land")
    with path.open("a", encoding="utf-8") as stream:
        stream.write(",,D2,J3,2558400,38425100,\r\n")
    assert areas(read_file(path, "idle_land")) == [5000]


def test_a_broken_first_corner_is_its_own_parcels(tmp_path: Path) -> None:
    rows = parcels()
    rows[5][2] = "255830?"
    result = read_file(write_csv(tmp_path / "a.csv", rows), "idle_land")
    assert result.frame["name"].tolist() == ["D1地块"]
    assert set(result.rejected["宗地号"]) == {"D2"}


def test_lists_side_by_side_in_two_sheets(tmp_path: Path) -> None:
    left, right = square("D1", 2558000, 38425000), square("D2", 2558300, 38425000)
    right[2][2] = 255840
    more = [*square("D3", 2558600, 38425000), *square("D4", 2558900, 38425000)]
    sheet = [[*HEADER[:4], *HEADER[:4]], *([*a[:4], *b[:4]] for a, b in zip(left, right, strict=True))]
    result = read_file(write_xlsx(tmp_path / "a.xlsx", {"一": sheet, "二": [HEADER, *more]}), "idle_land")
    assert (result.report.kept, result.report.left_out) == (3, 1)
    assert result.rejected[["宗地号", "X"]].to_numpy().tolist()[2] == ["D2", "255840"]


def ring(*places: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[[113.27 + x / 1000, 23.12 + y / 1000] for x, y in places]]}


def test_polygons_that_enclose_nothing_are_left_out(tmp_path: Path) -> None:
    line, point = [(0, 0), (1, 0), (2, 0), (0, 0)], [(3, 3)] * 4
    shapes = [ring((0, 0), (1, 0), (1, 1), (0, 0)), ring(*line), ring(*point)]
    features = [({"名称": name}, shape) for name, shape in zip("甲乙丙", shapes, strict=True)]
    for kind in ("idle_land", "parking"):  # a car park may be a point, but nobody drew one
        result = read_file(write_geojson(tmp_path / "a.geojson", features), kind, crs="EPSG:4326")
        assert (result.report.kept, result.report.left_out) == (1, 2)
        assert [item[0] for item in found(result.report, "geometry_collapsed")] == [2, 3]
        assert "geometry_invalid" not in {item.rule for item in result.report.findings}
        assert len(result.rejected) == 2
        assert result.originals.empty


def test_a_share_of_nothing_is_no_figure(tmp_path: Path) -> None:
    bow, nick = (
        ring((0, 0), (1, 1), (1, 0), (0, 1), (0, 0)),
        ring((0, 0), (9, 0), (9, 9), (8.9, 9.1), (8.9, 9), (9, 9), (0, 9), (0, 0)),
    )
    path = write_geojson(tmp_path / "a.geojson", [({"地块名称": "甲"}, bow), ({"地块名称": "乙"}, nick)])
    said = {
        item.records.first: item
        for item in read_file(path, "idle_land", crs="EPSG:4326").report.findings
        if item.rule == "geometry_invalid"
    }
    assert "%" not in said[1].en
    assert (said[1].action, said[2].action) == ("warning", "changed")
    assert "顶点次序" in said[1].zh
    assert "%" in said[2].en


def test_heights_are_told_with_their_records(tmp_path: Path) -> None:
    places = [[113.27, 23.12], [113.28, 23.13, 5.0], [113.29, 23.14], [113.30, 23.15, 6.0]]
    features = [({"停车场名称": f"甲{at}"}, {"type": "Point", "coordinates": place}) for at, place in enumerate(places)]
    report = read_file(write_geojson(tmp_path / "a.geojson", features), "parking", crs="EPSG:4326").report
    assert [item[0] for item in found(report, "geometry_3d")] == [2, 4]
