"""The golden set: the same 60 points and 40 parcels in every system in use in China, in every format.

The city is moved to the middle meridian of each zone, and on it to where China is, so that "the same" points lie in
each. What is trusted of it moves along: nine sub-districts, whose names stand in the addresses.
"""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
import shapely
from pyproj import CRS, Transformer

from layers.crs import SourceCrs, wgs84_to_bd09, wgs84_to_gcj02
from layers.trusted import Trusted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LAT = 23.12
HONG_KONG = (114.17, 22.32)
POINTS, PARCELS = 60, 40
SIDE_DEG = 0.018
"""Side of a sub-district, some 1.9 km."""
NAMES = ("东湖", "西关", "南源", "北亭", "中洲", "上漖", "下塘", "金沙", "银河")
SHIFTS: dict[str, Callable[..., tuple[np.ndarray, np.ndarray]]] = {"GCJ-02": wgs84_to_gcj02, "BD-09": wgs84_to_bd09}
FOUR = """
base = "EPSG:4547"
[four]
dx_m = 400000.5
dy_m = 2530000.25
rotation_s = -612.5
scale_ppm = 41.5
"""
SEVEN = """
grid = "+proj=tmerc +lat_0=0 +lon_0=113.2833333 +k=1 +x_0=60000 +y_0=-2500000 +ellps=krass +units=m +type=crs"
[seven]
dx_m = 12.5
dy_m = -131.25
dz_m = -78.75
rx_s = 0.5
ry_s = -0.25
rz_s = 1.125
scale_ppm = 3.5
convention = "coordinate_frame"
"""


@dataclass(frozen=True)
class System:
    """One system that a file may be in.

    Parameters
    ----------
    key
        Name of the case.
    epsg
        Its code.
    shift
        Web-map datum underneath.
    lon, lat
        Where the city lies.
    family
        ``degrees``, ``old degrees``, ``zoned``, ``plain``, ``six`` (plain and outside a 3-degree zone), ``mercator``,
        ``utm``, ``hong kong``, ``own``.
    is_old
        Whether its way to CGCS2000 is not public.
    """

    key: str
    epsg: int
    shift: str = ""
    lon: float = 113.27
    lat: float = LAT
    family: str = "degrees"
    is_old: bool = False


def _lat(code: int) -> float:
    """Return Guangzhou's latitude, or the nearest one where China reaches into a zone."""
    area = CRS.from_epsg(code).area_of_use
    return float(np.clip(LAT, area.south + 0.5, area.north - 0.5))


def _zones(name: str, zoned3: int, plain3: int, zoned6: int, plain6: int, *, is_old: bool) -> list[System]:
    three = [75 + 3 * at for at in range(21)]
    six = [75 + 6 * at for at in range(11)]
    found = []
    for family, first, meridians, off in (
        ("zoned", zoned3, three, 0.4), ("plain", plain3, three, -0.7),
        ("zoned", zoned6, six, -2.3), ("six", plain6, six, 2.2),
    ):  # fmt: skip
        found += [
            System(f"{name}-{first + at}", first + at, "", meridian + off, _lat(first + at), family, is_old)
            for at, meridian in enumerate(meridians)
        ]
    return found


@lru_cache(maxsize=1)
def systems() -> tuple[System, ...]:
    """Return every system but a district's own."""
    degrees = [System("wgs84", 4326), System("cgcs2000", 4490)]
    degrees += [System("gcj02", 4326, "GCJ-02"), System("bd09", 4326, "BD-09")]
    degrees += [System(key, code, family="old degrees", is_old=True) for key, code in (("bj54", 4214), ("xa80", 4610))]
    mercator = [System(f"mercator{shift}", 3857, shift, family="mercator") for shift in ("", "GCJ-02", "BD-09")]
    utm = [System(f"utm{43 + at}", 32643 + at, "", 76.1 + 6 * at, _lat(4502 + at), "utm") for at in range(11)]
    return (
        *degrees,
        *_zones("cgcs", 4513, 4534, 4491, 4502, is_old=False),
        *_zones("xian", 2349, 2370, 2327, 2338, is_old=True),
        *_zones("beijing", 2401, 2422, 21413, 21453, is_old=True),
        *mercator,
        *utm,
        System("hongkong", 2326, lon=HONG_KONG[0], lat=HONG_KONG[1], family="hong kong"),
    )


@dataclass(frozen=True)
class City:
    """Truth about one city, WGS 84: places, what they are called, which sub-district they name."""

    points: np.ndarray
    parcels: np.ndarray
    trusted: Trusted
    area_of_point: list[str] = field(repr=False)
    area_of_parcel: list[str] = field(repr=False)


@lru_cache(maxsize=128)
def city(lon: float, lat: float) -> City:
    """Return the city about a place; its points are written to 1e-7 degrees as surveys do."""
    rng = np.random.default_rng(2026)
    spread = 3 * SIDE_DEG
    west, south = lon - spread / 2, lat - spread / 2
    at = np.round(rng.uniform((west, south), (west + spread, south + spread), (POINTS, 2)), 7)
    corner = rng.uniform((west, south), (west + spread - 0.002, south + spread - 0.002), (PARCELS, 2))
    size = rng.uniform(0.0004, 0.0012, (PARCELS, 2))
    parcels = shapely.box(*np.round(np.hstack([corner, corner + size]), 7).T)
    corners = np.array([(west + SIDE_DEG * (k % 3), south + SIDE_DEG * (k // 3)) for k in range(9)])
    columns = {"kind": "subdistrict", "name": [f"{name}街道" for name in NAMES]}
    columns["subdistrict_code"] = [f"99010100{k}" for k in range(9)]
    cells = shapely.box(*np.hstack([corners, corners + SIDE_DEG]).T)
    areas = gpd.GeoDataFrame(columns, geometry=list(cells), crs="EPSG:4326")
    middle = shapely.get_coordinates(shapely.centroid(parcels))
    return City(shapely.points(at), parcels, Trusted(areas=areas), _areas(at, lon, lat), _areas(middle, lon, lat))


def _areas(at: np.ndarray, lon: float, lat: float) -> list[str]:
    cell = np.clip(np.floor((at - (lon, lat)) / SIDE_DEG + 1.5).astype(int), 0, 2)
    return [f"{NAMES[x + 3 * y]}街{17 + k}号" for k, (x, y) in enumerate(cell)]


@lru_cache(maxsize=256)
def _from_degrees(code: int) -> Transformer:
    return Transformer.from_crs(4326, code, always_xy=True)


def written(geometry: np.ndarray, system: System, *, swapped: bool = False) -> np.ndarray:
    """Return true geometries as a file in ``system`` has them."""

    def change(lonlat: np.ndarray) -> np.ndarray:
        x, y = lonlat[:, 0], lonlat[:, 1]
        if system.shift:
            x, y = SHIFTS[system.shift](x, y)
        if system.epsg != 4326:
            x, y = _from_degrees(system.epsg).transform(x, y)
        return np.column_stack([y, x] if swapped else [x, y])

    return shapely.transform(geometry, change)


FORMATS = ("shp-gbk", "shp-utf8", "gpkg", "geojson", "csv-gbk", "csv-utf8-bom", "xlsx")
TABLES = ("csv-gbk", "csv-utf8-bom", "xlsx")


def write(
    folder: Path,
    form: str,
    system: System,
    kind: str,
    *,
    swapped: bool,
    declared: bool,
    change: Callable[[np.ndarray], np.ndarray] | None = None,
) -> Path:
    """Write the points (``parking``) or parcels (``idle_land``) of a system's city and return the file.

    A declaration is a ``.prj``, the CRS of a GeoPackage, a GeoJSON ``crs`` member, or in tables the name of the WKT
    column or, for a web map's datum, a line above the header. ``change`` writes true degrees in a system without code.
    """
    town = city(system.lon, system.lat)
    truth, areas = (town.points, town.area_of_point) if kind == "parking" else (town.parcels, town.area_of_parcel)
    shapes = written(truth, system, swapped=swapped) if change is None else shapely.transform(truth, change)
    name, count = _TITLES[kind]
    columns = {name: [f"{kind}{at}" for at in range(len(shapes))], "地址": areas}
    columns[count] = list(range(5, 5 + len(shapes)))
    if form in TABLES:
        return _write_table(folder, form, system, columns, shapes, declared=declared)
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=CRS.from_epsg(system.epsg) if declared else None)
    if form == "geojson":
        return _write_geojson(folder / "a.geojson", frame, system.epsg if declared else None)
    path = folder / ("a.gpkg" if form == "gpkg" else "a.shp")
    driver, encoding = {
        "gpkg": ("GPKG", None), "shp-gbk": ("ESRI Shapefile", "GBK"), "shp-utf8": ("ESRI Shapefile", "UTF-8")
    }[form]  # fmt: skip
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided|Normalized|Could not decode")  # titles are cut
        pyogrio.write_dataframe(frame, path, driver=driver, encoding=encoding)
    if form == "shp-gbk":
        path.with_suffix(".cpg").unlink(missing_ok=True)
    return path


_TITLES = {"parking": ("停车场名称", "泊位总数"), "idle_land": ("地块名称", "地块面积")}
"""As ledgers have them; a shapefile cuts them to ten bytes, of which UTF-8 takes three a character."""
_WORDS = {"GCJ-02": "坐标来自高德地图", "BD-09": "坐标来自百度地图"}


def _write_table(
    folder: Path, form: str, system: System, columns: dict[str, list[object]], shapes: np.ndarray, *, declared: bool
) -> Path:
    is_point = shapely.get_type_id(shapes[0]) == 0
    above: list[list[object]] = []
    if declared and system.shift:
        above = [[_WORDS[system.shift]]]
    code = f"_epsg{system.epsg}" if declared and not system.shift else ""
    if is_point and not code:
        titles = ("经度", "纬度") if system.family.endswith("degrees") else ("X", "Y")
        digits = 9 if system.family.endswith("degrees") else 4
        xy = shapely.get_coordinates(shapes)
        places = {titles[k]: [f"{value:.{digits}f}" for value in xy[:, k]] for k in range(2)}
    else:
        places = {f"geometry_wkt{code}": list(shapely.to_wkt(shapes, rounding_precision=-1))}
    whole = {**columns, **places}
    rows = [*above, list(whole), *map(list, zip(*whole.values(), strict=True))]
    if form == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        path = folder / "a.xlsx"
        book.save(path)
        return path
    text = "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    path = folder / "a.csv"
    path.write_bytes(text.encode("gbk" if form == "csv-gbk" else "utf-8-sig"))
    return path


def _write_geojson(path: Path, frame: gpd.GeoDataFrame, code: int | None) -> Path:
    properties = frame.drop(columns="geometry").to_dict("records")
    shapes = [shapely.geometry.mapping(shape) for shape in frame.geometry]
    features = [
        {"type": "Feature", "properties": told, "geometry": shape}
        for told, shape in zip(properties, shapes, strict=True)
    ]
    member = {"crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{code}"}}} if code else {}
    path.write_text(json.dumps({"type": "FeatureCollection", **member, "features": features}), encoding="utf-8")
    return path


def to_own(name: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return the way from WGS 84 degrees into one of the two grids, by formulas of its own.

    Four parameters: the inverse similarity. Seven: PROJ's Helmert step between geocentric coordinates.
    """

    def four(lonlat: np.ndarray) -> np.ndarray:
        east, north = _from_degrees(4547).transform(lonlat[:, 0], lonlat[:, 1])
        turn = np.exp(-1j * np.radians(-612.5 / 3600)) / (1 + 41.5e-6)
        grid = ((east - 400000.5) + 1j * (north - 2530000.25)) * turn
        return np.column_stack([grid.real, grid.imag])

    def seven(lonlat: np.ndarray) -> np.ndarray:
        steps = Transformer.from_pipeline(
            "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=WGS84 "
            "+step +inv +proj=helmert +x=12.5 +y=-131.25 +z=-78.75 +rx=0.5 +ry=-0.25 +rz=1.125 +s=3.5 "
            "+convention=coordinate_frame +step +inv +proj=cart +ellps=krass "
            "+step +proj=tmerc +lat_0=0 +lon_0=113.2833333 +k=1 +x_0=60000 +y_0=-2500000 +ellps=krass"
        )
        x, y, _ = steps.transform(lonlat[:, 0], lonlat[:, 1], np.zeros(len(lonlat)))
        return np.column_stack([x, y])

    return four if name.startswith("grid") else seven


def own_grid(folder: Path, text: str, name: str) -> Path:
    """Write a grid's file and return it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def source_of(system: System) -> SourceCrs:
    """Return what a system is."""
    return SourceCrs(CRS.from_epsg(system.epsg), system.shift)  # type: ignore[arg-type]


def off_m(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return how far each geometry lies from the truth: the farthest vertex, metres."""
    here, owner = shapely.get_coordinates(found, return_index=True)
    there = shapely.get_coordinates(truth)
    scale = 6_371_000 * np.pi / 180
    apart = np.hypot((here[:, 0] - there[:, 0]) * np.cos(np.radians(there[:, 1])), here[:, 1] - there[:, 1]) * scale
    return np.array([apart[owner == at].max() for at in range(len(found))])
