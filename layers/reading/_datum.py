"""What the coordinates of a file are in: what the user says, else what the file says, checked against the numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Transformer

from layers.crs import SourceCrs, gk3_crs, gk3_crs_of_zone, in_china_box, is_old_chinese_datum
from layers.errors import DatumError
from layers.quality import Text
from layers.reading._datum_words import datums_in, zone_in
from layers.schema import STORAGE_CRS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

_MOSTLY = 0.95
_AREA_MARGIN_DEG = 3.0
_ZONED_EASTING = (25e6, 46e6)  # zone number 25 to 45 before a six-digit easting
_PLAIN_EASTING = (100e3, 900e3)  # a false easting of 500 km, 400 km to either side
_NORTHING = (300e3, 6.0e6)  # China lies between 3 and 54 degrees north
_HINT = "say what they are with --crs, such as EPSG:4547, EPSG:4526, GCJ-02 or BD-09"
_UNDECLARED = Text(
    "坐标系未声明：经纬度按 WGS 84 / CGCS2000 读入；如来自高德、腾讯（GCJ-02），在广州约偏 620 米，"
    "来自百度（BD-09）约偏 1270 米，请用 --crs 指定",
    "no datum declared: degrees taken as WGS 84 / CGCS2000; if they come from Amap or Tencent (GCJ-02) they are some "
    "620 m off in Guangzhou, from Baidu (BD-09) some 1,270 m: say so with --crs",
)


@dataclass(frozen=True)
class Clues:
    """What is known of the coordinates besides their values.

    Parameters
    ----------
    file
        Name of the file, for messages.
    explicit
        What the user said, ``None`` for ``auto``.
    declared, declared_by
        CRS in the file, and what declares it.
    words
        Titles and column names that may name a datum.
    """

    file: str
    explicit: SourceCrs | None
    declared: CRS | None
    declared_by: str
    words: str


@dataclass
class Decision:
    """What the coordinates are in, why, and which records have their axes the other way round."""

    source: SourceCrs
    swapped: Mask
    is_all_swapped: bool = False
    evidence: list[Text] = field(default_factory=list)
    warnings: list[Text] = field(default_factory=list)


def decide(x: Floats, y: Floats, clues: Clues) -> Decision:
    """Return what coordinates are in.

    Parameters
    ----------
    x, y
        One point a record as written (its own, or the middle of its box); NaN where it has none.
    clues
        What is known besides.

    Raises
    ------
    DatumError
        If nothing says what they are and the numbers do not tell, or if the numbers contradict what is said.
    """
    there = np.isfinite(x) & np.isfinite(y)
    swapped = np.zeros(len(x), dtype=bool)
    evidence: list[Text] = []
    source = _said(clues, evidence)
    if not there.any():
        return Decision(source or SourceCrs(CRS(STORAGE_CRS)), swapped, evidence=evidence)
    degrees_share = float(np.mean((np.abs(x[there]) <= 180) & (np.abs(y[there]) <= 180)))
    warnings: list[Text] = []
    if source is None:
        source = _from_words(clues, evidence, warnings, degrees_share) or _from_numbers(
            x[there], y[there], clues, evidence
        )
    if source.crs.is_geographic:
        _check_degrees(degrees_share, source, clues)
        swapped[there] = _swapped_degrees(x[there], y[there])
        decision = Decision(source, swapped, evidence=evidence, warnings=warnings)
    else:
        is_swapped = _check_metres(x[there], y[there], degrees_share, source, clues)
        swapped[there] = is_swapped
        decision = Decision(source, swapped, is_swapped, evidence, warnings)
        if is_swapped:
            warnings.append(
                Text("坐标轴顺序为北、东，已换为东、北", "the axes are northing, easting; put the other way round")
            )
    if is_old_chinese_datum(source.crs):
        warnings.append(
            Text(
                f"{source.crs.name} 到 CGCS2000 的转换参数未公开，位置可能有偏差",
                f"the way from {source.crs.name} to CGCS2000 is not public, places may be off",
            )
        )
    return decision


def _said(clues: Clues, evidence: list[Text]) -> SourceCrs | None:
    """Return what the user or the file says; the user comes first, and a shift is laid over a declared projection."""
    if clues.explicit is not None:
        evidence.append(Text(f"按指定：{clues.explicit.name}", f"as told: {clues.explicit.name}"))
        if clues.declared is None:
            return clues.explicit
        declared = SourceCrs(clues.declared)
        if declared.name != clues.explicit.name:
            evidence.append(
                Text(f"文件声明 {declared.name}", f"the file declares {declared.name} ({clues.declared_by})")
            )
        if clues.explicit.shift and clues.declared.is_projected:
            return SourceCrs(clues.declared, clues.explicit.shift)
        return clues.explicit
    if clues.declared is None:
        return None
    declared = SourceCrs(clues.declared)
    named = [name for name in datums_in(clues.words) if name in ("GCJ-02", "BD-09")]
    if named:
        raise DatumError(
            f"{clues.file} declares {declared.name} ({clues.declared_by}), but its name or titles say {named[0]}",
            hint=f"decide with --crs {named[0]} or --crs {declared.name}",
        )
    evidence.append(Text(f"文件声明 {declared.name}", f"declared by {clues.declared_by}: {declared.name}"))
    return declared


def _from_words(clues: Clues, evidence: list[Text], warnings: list[Text], degrees_share: float) -> SourceCrs | None:
    """Return what titles say of degrees; plain degrees without a word are WGS 84, with a warning."""
    named = datums_in(clues.words)
    shifted = [name for name in named if name in ("GCJ-02", "BD-09")]
    old = [name for name in named if name in ("Xi'an 1980", "Beijing 1954")]
    if len(named) > 1 and (len(shifted) != 1 or len(named) > len(shifted)):
        raise DatumError(f"the titles of {clues.file} name several datums ({', '.join(named)})", hint=_HINT)
    if old:
        raise DatumError(f"{clues.file} says {old[0]}, whose way to CGCS2000 is not public", hint=_HINT)
    if degrees_share < _MOSTLY:
        return None
    if shifted:
        evidence.append(Text(f"标题或列名写明 {shifted[0]}", f"titles or columns say {shifted[0]}"))
        return SourceCrs(CRS(STORAGE_CRS), "GCJ-02" if shifted[0] == "GCJ-02" else "BD-09")
    if named:
        evidence.append(Text(f"标题或列名写明 {named[0]}", f"titles or columns say {named[0]}"))
        return SourceCrs(CRS("EPSG:4490" if named[0] == "CGCS2000" else STORAGE_CRS))
    evidence.append(Text("数值为经纬度，文件未声明坐标系", "the numbers are degrees, the file declares no datum"))
    warnings.append(_UNDECLARED)
    return SourceCrs(CRS(STORAGE_CRS))


def _from_numbers(x: Floats, y: Floats, clues: Clues, evidence: list[Text]) -> SourceCrs:
    """Return the CGCS2000 3-degree zone that eastings with a zone number name, or that titles name beside them."""
    zone, meridian = zone_in(clues.words)
    for easting, northing in ((x, y), (y, x)):
        is_north = (northing >= _NORTHING[0]) & (northing <= _NORTHING[1])
        zones = np.floor(easting / 1e6)
        inside = easting - zones * 1e6
        is_east = (inside >= _PLAIN_EASTING[0]) & (inside <= _PLAIN_EASTING[1])
        is_zoned = (easting >= _ZONED_EASTING[0]) & (easting < _ZONED_EASTING[1])
        if float(np.mean(is_north & is_east & is_zoned)) >= _MOSTLY:
            found = int(np.median(zones))
            if float(np.mean(zones == found)) < _MOSTLY or (zone is not None and zone != found):
                break
            crs = gk3_crs_of_zone(found)
            evidence.append(
                Text(
                    f"东坐标带 {found} 带带号，按 CGCS2000 三度带",
                    f"eastings carry zone {found}: CGCS2000 3-degree zone",
                )
            )
            return SourceCrs(crs)
        if float(np.mean(is_north & is_east & (zones == 0))) >= _MOSTLY and (zone or meridian):
            crs = gk3_crs(meridian if meridian is not None else 3 * (zone or 0))
            evidence.append(Text(f"标题写明投影带，{crs.name}", f"titles state the zone: {crs.name}"))
            return SourceCrs(crs)
    degrees = (np.abs(x) <= 180) & (np.abs(y) <= 180)
    if degrees.any():
        raise DatumError(
            f"{clues.file} mixes degrees ({int(degrees.sum())} records) with other coordinates "
            f"({int((~degrees).sum())} records)",
            hint="split it into one file for each",
        )
    raise DatumError(
        f"{clues.file} has projected coordinates (such as {x[0]:.10g}, {y[0]:.10g}) and does not say in which system",
        hint=_HINT,
    )


def _check_degrees(degrees_share: float, source: SourceCrs, clues: Clues) -> None:
    if degrees_share < _MOSTLY:
        raise DatumError(
            f"{clues.file} should be in degrees ({source.name}), but {1 - degrees_share:.0%} of its coordinates are "
            "none",
            hint=_HINT,
        )


def _swapped_degrees(x: Floats, y: Floats) -> Mask:
    """Return which degrees are latitude first: a latitude above 90, or a point that lies in China only when swapped."""
    impossible = (np.abs(y) > 90) & (np.abs(x) <= 90)
    in_china, in_china_swapped = in_china_box(x, y), in_china_box(y, x)
    is_chinese_file = float(np.mean(in_china | in_china_swapped)) >= 0.5
    return impossible | (in_china_swapped & ~in_china & is_chinese_file)


def _check_metres(x: Floats, y: Floats, degrees_share: float, source: SourceCrs, clues: Clues) -> bool:
    """Return whether projected coordinates are northing first.

    Raises
    ------
    DatumError
        If they are degrees, or lie far outside the area where the CRS is used, whichever axis comes first.
    """
    if degrees_share >= _MOSTLY:
        raise DatumError(
            f"{clues.file} should be in metres ({source.name}), but its coordinates look like degrees "
            f"({x[0]:.8g}, {y[0]:.8g})",
            hint=_HINT,
        )
    area = source.crs.area_of_use
    transformer = Transformer.from_crs(source.crs, STORAGE_CRS, always_xy=True)

    def share_inside(first: Floats, second: Floats) -> float:
        lon, lat = transformer.transform(first, second)
        if area is None:
            inside = np.isfinite(lon) & np.isfinite(lat)
        else:
            inside = (lon >= area.west - _AREA_MARGIN_DEG) & (lon <= area.east + _AREA_MARGIN_DEG)
            inside &= (lat >= area.south - _AREA_MARGIN_DEG) & (lat <= area.north + _AREA_MARGIN_DEG)
        return float(np.mean(inside))

    if share_inside(x, y) >= 0.5:
        return False
    if share_inside(y, x) >= 0.5:
        return True
    raise DatumError(
        f"{clues.file} should be in {source.name} ({source.crs.name}), but its coordinates (such as {x[0]:.10g}, "
        f"{y[0]:.10g}) lie far outside the area where that is used",
        hint=_HINT,
    )
