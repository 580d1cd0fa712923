"""A district's own grid, given as a file: WKT, or a public CRS with four or seven parameters.

The parameters are a secret of the district. They stand in no message, report, manifest or ``repr``: a grid is known by
the name of its file and the first digits of the file's SHA-256.
"""

from __future__ import annotations

import hashlib
import math
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from pyproj import CRS
from pyproj.crs import BoundCRS
from pyproj.crs.coordinate_operation import ToWGS84Transformation
from pyproj.exceptions import CRSError

from layers.errors import CrsNameError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WKT_SUFFIXES, TOML_SUFFIX = (".prj", ".wkt"), ".toml"
_MOST_BYTES = 65_536  # a coordinate system takes some hundred
_HASH_DIGITS = 8
_FOUR = ("dx_m", "dy_m", "rotation_s", "scale_ppm")
_SEVEN = ("dx_m", "dy_m", "dz_m", "rx_s", "ry_s", "rz_s", "scale_ppm")
_CONVENTIONS = {"position_vector": 1.0, "coordinate_frame": -1.0}
_HINT = {
    "hint": "give WKT (.prj, .wkt), or TOML with base and [four] (dx_m, dy_m, rotation_s, scale_ppm), or with grid and "
    "[seven] (dx_m, dy_m, dz_m, rx_s, ry_s, rz_s, scale_ppm, convention)",
    "hint_zh": "请给 WKT 文件（.prj、.wkt），或写有 base 和 [four] 四参数、grid 和 [seven] 七参数的 .toml 文件",
}


@dataclass(frozen=True)
class OwnGrid:
    """A grid that is given by a file.

    Parameters
    ----------
    label
        Name of the file and the beginning of its hash: all that may be told of it.
    plane
        ``(dx_m, dy_m, rotation in radians, scale)`` of the plane similarity to the base CRS; ``None`` where the CRS
        itself says everything.
    """

    label: str
    plane: tuple[float, float, float, float] | None = field(default=None, repr=False)

    def to_base(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return eastings and northings of the base CRS.

        ``E = dx + k (x cos r - y sin r)``, ``N = dy + k (x sin r + y cos r)``: the four-parameter model, r
        anticlockwise from east to north.

        Parameters
        ----------
        x, y
            Eastings and northings of the grid, metres.
        """
        if self.plane is None:
            return x, y
        dx_m, dy_m, angle, scale = self.plane
        east, north = math.cos(angle) * scale, math.sin(angle) * scale
        return dx_m + east * x - north * y, dy_m + north * x + east * y


def is_grid_file(text: str) -> bool:
    """Return whether a text names a file that may hold a grid, by its suffix."""
    return text.lower().endswith((*WKT_SUFFIXES, TOML_SUFFIX))


def read_grid(path: Path) -> tuple[CRS, OwnGrid]:
    """Return the CRS of a grid's file, and the grid.

    Raises
    ------
    CrsNameError
        If the file cannot be read or says no coordinate system; its content is never quoted.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            _refuse(path, "is no description of a coordinate system", "不是坐标系说明文件")
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        _refuse(path, "cannot be read as text", "不存在或不是文本文件")
    label = f"{path.name} (sha256 {hashlib.sha256(data).hexdigest()[:_HASH_DIGITS]})"
    if path.suffix.lower() != TOML_SUFFIX:
        return _crs(path, text), OwnGrid(label)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        _refuse(path, "is not TOML", "不是 TOML 格式")
    if isinstance(table.get("four"), dict) == isinstance(table.get("seven"), dict):
        _refuse(path, "must have one of [four] and [seven]", "须有 [four] 或 [seven] 之一")
    if "four" in table:
        return _with_four(path, label, table)
    return _with_seven(path, table), OwnGrid(label)


def _with_four(path: Path, label: str, table: Mapping[str, Any]) -> tuple[CRS, OwnGrid]:
    base = _crs(path, table.get("base"))
    if not base.is_projected:
        _refuse(path, "must name a projected CRS as base", "的 base 须是投影坐标系")
    dx_m, dy_m, rotation_s, scale_ppm = _numbers(path, table["four"], _FOUR)
    return base, OwnGrid(label, (dx_m, dy_m, math.radians(rotation_s / 3600), 1 + scale_ppm * 1e-6))


def _with_seven(path: Path, table: Mapping[str, Any]) -> CRS:
    """Return the grid bound to WGS 84 by Bursa and Wolf's seven parameters.

    The two conventions differ in the sign of the rotations, so that one must be named.
    """
    grid, seven = _crs(path, table.get("grid")), dict(table["seven"])
    sign = _CONVENTIONS.get(str(seven.pop("convention", "")))
    if sign is None:
        _refuse(
            path,
            f"must say convention = one of {', '.join(_CONVENTIONS)}",
            f"须写明 convention（{'、'.join(_CONVENTIONS)} 之一）",
        )
    dx_m, dy_m, dz_m, rx_s, ry_s, rz_s, scale_ppm = _numbers(path, seven, _SEVEN)
    geodetic = grid.geodetic_crs
    if geodetic is None:
        _refuse(path, "must name a geographic or projected CRS as grid", "的 grid 须是投影或经纬度坐标系")
    shift = ToWGS84Transformation(geodetic, dx_m, dy_m, dz_m, sign * rx_s, sign * ry_s, sign * rz_s, scale_ppm)
    return BoundCRS(source_crs=grid, target_crs=CRS.from_epsg(4326), transformation=shift)


def _crs(path: Path, text: object) -> CRS:
    if not isinstance(text, str) or not text.strip():
        _refuse(path, "does not name a coordinate system", "没有写明坐标系")
    try:
        crs = CRS.from_user_input(text.strip())
    except CRSError:
        _refuse(path, "holds no coordinate system that can be read", "里没有能识别的坐标系")
    if not (crs.is_geographic or crs.is_projected):
        _refuse(path, "is not a horizontal coordinate system", "不是平面或经纬度坐标系")
    return crs


def _numbers(path: Path, table: Mapping[str, Any], names: tuple[str, ...]) -> list[float]:
    """Return the parameters in order; all must be there and finite, and nothing else."""
    missing = [name for name in names if not isinstance(table.get(name), (int, float)) or isinstance(table[name], bool)]
    missing += [name for name in names if name not in missing and not math.isfinite(table[name])]
    unknown = sorted(set(table) - set(names))
    if missing or unknown:
        said_en = [f"lacks {', '.join(missing)}"] if missing else []
        said_zh = [f"缺少 {'、'.join(missing)}"] if missing else []
        _refuse(
            path,
            " and ".join(said_en + ([f"does not know {', '.join(unknown)}"] if unknown else [])),
            "，".join(said_zh + ([f"不认识 {'、'.join(unknown)}"] if unknown else [])),
        )
    return [float(table[name]) for name in names]


def _refuse(path: Path, en: str, zh: str) -> NoReturn:
    raise CrsNameError(f"{path.name} {en}", f"{path.name} {zh}", **_HINT) from None
