"""Words about coordinates: what they name, what they take back, and how far a few cells speak for the silent ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from reading_files import write_csv

from layers.datums.words import datum_in
from layers.errors import DatumUnsureError
from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from layers.reading import ReadResult

RNG = np.random.default_rng(3)
TAKEN_BACK = (
    "非GCJ-02", "不是高德", "原GCJ-02，已纠偏", "GCJ-02已转换", "高德纠偏后", "高德地图取点后纠偏", "高德转84",
    "原高德，现84", "由百度转",
)  # fmt: skip
SEVERAL = ("高德转WGS84", "百度转高德", "高德/百度")


def lots(path: Path, said: list[str], title: str = "坐标系", degrees: tuple[str, str] = ("经度", "纬度")) -> ReadResult:
    """Read car parks in degrees, of each of which a cell says something."""
    rows = [["停车场名称", "泊位数", *degrees, title]]
    at = RNG.uniform((113.2, 23.1), (113.3, 23.2), (len(said), 2))
    rows += [[f"P{k}", "9", f"{at[k, 0]:.6f}", f"{at[k, 1]:.6f}", text] for k, text in enumerate(said)]
    return read_file(write_csv(path, rows), "parking")


def asks(path: Path, said: list[str], **titles: tuple[str, str]) -> bool:
    """Return whether it is asked what such a file is in, at once or when nothing else settles it."""
    try:
        return lots(path, said, **titles).question is not None
    except DatumUnsureError:
        return True


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("GCJ-02", "GCJ-02"), ("高德原始坐标", "GCJ-02"), ("转为GCJ-02", "GCJ-02"), ("高德（未纠偏）", "GCJ-02"),
        ("百度（没有转换）", "BD-09"), ("已转换为 百度", "BD-09"), ("已转WGS84", "WGS 84"),
        ("转换后为CGCS2000", "CGCS2000"), ("非WGS84", ""), ("一览表（虚构示例，非真实数据，高德坐标）", "GCJ-02"),
        ("高德地图地址转坐标", "GCJ-02"), ("地址转经纬度（高德）", "GCJ-02"), ("高德API地理编码转换", "GCJ-02"),
        ("平原街 高德", "GCJ-02"), ("没用百度坐标", ""), ("原 高德", ""),
        ("原国有企业转制用地台账（坐标取自百度地图）", "BD-09"), *((text, "") for text in (*TAKEN_BACK, *SEVERAL)),
    ],
)  # fmt: skip
def test_a_datum_that_was_left_is_not_named(text: str, name: str) -> None:
    assert datum_in(text) == name


@pytest.mark.parametrize("text", [*TAKEN_BACK, *SEVERAL])
def test_what_was_converted_or_denied_is_asked_about(tmp_path: Path, text: str) -> None:
    assert asks(tmp_path / "a.csv", [text] * 20)


@pytest.mark.parametrize("text", ["百度转84", "高德已纠偏", "非高德"])
def test_titles_likewise(tmp_path: Path, text: str) -> None:
    assert asks(tmp_path / "a.csv", [""] * 20, degrees=(f"经度（{text}）", f"纬度（{text}）"))


@pytest.mark.parametrize("count", [1, 2, 5, 9])
def test_a_few_cells_do_not_speak_for_the_silent_ones(tmp_path: Path, count: int) -> None:
    assert asks(tmp_path / "a.csv", ["GCJ-02"] * count + [""] * (20 - count))


@pytest.mark.parametrize("count", [15, 20])
def test_most_cells_do(tmp_path: Path, count: int) -> None:
    result = lots(tmp_path / "a.csv", ["GCJ-02"] * count + [""] * (20 - count))
    assert result.question is None
    assert result.crs_found == "GCJ-02"
