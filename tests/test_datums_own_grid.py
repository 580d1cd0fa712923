"""A district's own grid: read from its file, never guessed, never told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import golden_files as golden
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from reading_files import write_csv

from layers._own_grid import OwnGrid
from layers.crs import SourceCrs, crs_option, lonlat_of, parse_crs
from layers.errors import CrsNameError, DatumError
from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = ("400000.5", "2530000.25", "612.5", "41.5", "131.25", "78.75", "113.2833333", "2500000", "1.125")


@pytest.mark.parametrize(("name", "text"), [("grid.toml", golden.FOUR), ("seven.toml", golden.SEVEN)])
def test_parameters_lead_home_and_stand_nowhere(tmp_path: Path, name: str, text: str) -> None:
    source = crs_option(str(golden.own_grid(tmp_path, text, name)))
    assert source is not None
    points = golden.city(113.27, 23.12).points
    xy = shapely.get_coordinates(shapely.transform(points, golden.to_own(name)))
    rows = [
        ["停车场名称", "泊位总数", "X坐标", "Y坐标"],
        *([f"P{at}", 5, *pair] for at, pair in enumerate(xy.tolist())),
    ]
    path = write_csv(tmp_path / "a.csv", rows)
    result = read_file(path, "parking", crs=source)
    assert golden.off_m(np.asarray(result.frame.geometry, dtype=object), points).max() < 0.001
    told = [repr(source), result.crs_found, json.dumps(result.report.to_dict(), ensure_ascii=False)]
    told += ["\n".join(result.report.lines(limit=1000)), result.report.to_html(), repr(result.evidence)]
    for words in told:
        assert not [secret for secret in SECRETS if secret in words]
    assert result.crs_found.startswith(f"{name} (sha256 ")
    assert name in told[2]


def test_four_parameters_by_hand() -> None:
    # A quarter turn to the left, doubled, then 10 to the east: (1, 0) -> (10, 2), (0, 1) -> (8, 0).
    grid = OwnGrid("g", (10.0, 0.0, np.pi / 2, 2.0))
    east, north = grid.to_base(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    assert east.tolist() == pytest.approx([10.0, 8.0])
    assert north.tolist() == pytest.approx([2.0, 0.0])


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-3, 3), st.floats(-200, 200))
def test_four_parameters_keep_shapes(dx: float, dy: float, angle: float, ppm: float) -> None:
    grid = OwnGrid("g", (dx, dy, angle, 1 + ppm * 1e-6))
    x, y = np.array([0.0, 300.0, 0.0]), np.array([0.0, 0.0, 400.0])
    east, north = grid.to_base(x, y)
    sides = [np.hypot(east[a] - east[b], north[a] - north[b]) for a, b in ((0, 1), (0, 2), (1, 2))]
    assert sides == pytest.approx([side * (1 + ppm * 1e-6) for side in (300, 400, 500)], rel=1e-9)


def test_wkt_is_known_by_its_file(tmp_path: Path) -> None:
    wkt = CRS.from_proj4("+proj=tmerc +lon_0=113.2833333 +x_0=60000 +y_0=-2500000 +ellps=GRS80 +units=m").to_wkt()
    for name in ("own.prj", "own.wkt", "OWN.PRJ"):
        path = tmp_path / name
        path.write_text(wkt, encoding="utf-8")
        source = crs_option(str(path))
        assert source is not None
        assert source.name.startswith(f"{name} (sha256 ")
        assert not [secret for secret in SECRETS if secret in repr(source)]
        x, y = CRSTransform(wkt).there(113.27, 23.12)
        assert [item[0] for item in lonlat_of(x, y, source)] == pytest.approx([113.27, 23.12], abs=1e-9)


class CRSTransform:
    """PROJ's own way from degrees into a WKT."""

    def __init__(self, wkt: str) -> None:
        from pyproj import Transformer  # noqa: PLC0415

        self.transformer = Transformer.from_crs(4326, CRS.from_wkt(wkt), always_xy=True)

    def there(self, lon: float, lat: float) -> tuple[np.ndarray, np.ndarray]:
        x, y = self.transformer.transform([lon], [lat])
        return np.array(x), np.array(y)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.toml", "base = 'EPSG:4547'", "one of \\[four\\] and \\[seven\\]"),
        ("a.toml", "x = [", "is not TOML"),
        ("a.toml", golden.FOUR.replace("dx_m = 400000.5", ""), "lacks dx_m"),
        ("a.toml", golden.FOUR.replace("400000.5", "nan"), "lacks dx_m"),
        ("a.toml", golden.FOUR + "dz_m = 77.125\n", "does not know dz_m"),
        ("a.toml", golden.FOUR.replace("EPSG:4547", "EPSG:4490"), "projected CRS as base"),
        ("a.toml", golden.FOUR.replace("EPSG:4547", "EPSG:454700"), "no coordinate system that can be read"),
        ("a.toml", golden.SEVEN.replace("coordinate_frame", "bursa"), "convention = one of position_vector"),
        ("a.prj", "hello 400000.5", "no coordinate system that can be read"),
        ("a.wkt", "x" * 70_000, "is no description"),
        ("a.prj", None, "cannot be read as text"),
    ],
)
def test_what_is_no_grid_is_refused_without_quoting_it(
    tmp_path: Path, name: str, text: str | None, message: str
) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(CrsNameError, match=message) as caught:
        crs_option(str(path))
    error = caught.value
    assert error.zh
    assert not [secret for secret in (*SECRETS, "77.125", "hello") if secret in f"{error} {error.line_zh}"]


def test_names_still_go_through_and_paths_are_only_read_where_a_user_asks(tmp_path: Path) -> None:
    assert crs_option("GCJ-02") == parse_crs("GCJ-02")
    assert crs_option("auto") is None
    path = golden.own_grid(tmp_path, golden.FOUR, "grid.toml")
    with pytest.raises(DatumError, match="not a coordinate system"):
        parse_crs(str(path))


def test_a_shift_may_lie_under_a_grid() -> None:
    source = SourceCrs(CRS.from_epsg(4547), "GCJ-02", OwnGrid("g", (0.0, 0.0, 0.0, 1.0)))
    plain = SourceCrs(CRS.from_epsg(4547), "GCJ-02")
    x, y = np.array([425326.0]), np.array([2558124.0])
    assert np.array_equal(lonlat_of(x, y, source), lonlat_of(x, y, plain))
