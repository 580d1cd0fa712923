"""Where a table keeps its coordinates, and the numbers in them, whatever they are written like."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from layers.datums.words import datum_in
from layers.errors import UsageError
from layers.reading._columns_match import PLACE_FIELDS, explicit_columns
from layers.reading._titles import key
from layers.values._sift import contains
from layers.values._text import is_missing, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from layers.reading._titles import Title

_LON = frozenset(("经度", "东经", "lon", "lng", "long", "longitude"))
_LAT = frozenset(("纬度", "北纬", "lat", "latitude"))
_EAST = frozenset(("x", "x坐标", "坐标x", "pointx", "东坐标", "横坐标", "easting"))
_NORTH = frozenset(("y", "y坐标", "坐标y", "pointy", "北坐标", "纵坐标", "northing"))
_PAIR = frozenset(
    (
        "经纬度",
        "坐标",
        "坐标点",
        "经纬度坐标",
        "位置坐标",
        "中心坐标",
        "中心点坐标",
        "gps",
        "gps坐标",
        "lnglat",
        "lonlat",
        "latlng",
    )
).union(("latlon", "coordinate", "coordinates", "location"))
_SHAPE = frozenset(
    ("wkt", "geometry", "geom", "thegeom", "geometrywkt", "wktgeom", "shape", "几何", "图形", "空间范围", "geojson")
)
_ROLES = {"lon": _LON, "lat": _LAT, "x": _EAST, "y": _NORTH, "pair": _PAIR, "shape": _SHAPE}
_DATUM_IN_TITLE = re.compile(
    r"百度|baidu|bd[-_ ]?0?9(?:ll)?|高德|amap|gaode|腾讯|tencent|火星|gcj[-_ ]?0?2|wgs[-_ ]?(?:19)?84|cgcs[-_ ]?2000"
    r"|国家2000|2000(?:国家)?(?:大地)?|(?<![a-z])(?:bd|gcj|wgs)(?=[-_ ]?l[aon])|(?<=l[ao][tn])[-_ ]?84$|原始|gps(?=.)",
    re.IGNORECASE,
)
_NOISE = re.compile(r"中心点?|坐标系?|位置|起点|^point|^geo|^loc|度带?$")
_CONTENT_ROLES = {"lon": "lon", "lat": "lat", "lonlat": "pair", "geometry_wkt": "shape"}
_CURVE = r"^(?:srid=[0-9]+;)? *(?:circularstring|compoundcurve|curvepolygon|multicurve|multisurface)"
_DATUM_ORDER = ("", "GCJ-02", "BD-09")
_NUMBER = r"[-+]?[0-9]+(?:\.[0-9]+)?"
_DECIMAL = r"^-?[0-9]{1,15}(?:\.[0-9]{1,20})?$"  # Arrow reads these as Python does, a million at a time
_DMS = re.compile(
    rf"(?P<head>[ensw]|东经|北纬|西经|南纬)?:?(?P<degrees>{_NUMBER})(?:°|度)(?:(?P<minutes>{_NUMBER})(?:'|分)"
    rf"(?:(?P<seconds>{_NUMBER})(?:\"|''|秒)?)?)?(?P<tail>[ensw])?"
)
_PLAIN = re.compile(rf"(?P<head>[ensw]|东经|北纬|西经|南纬)?:?(?P<degrees>{_NUMBER})°?(?P<tail>[ensw])?")
_SPACED = re.compile(
    r"(?P<head>[ensw]|东经|北纬|西经|南纬)?:? ?(?P<degrees>-?[0-9]{1,3})(?P<gap>[ -])"
    r"(?P<minutes>[0-9]{1,2}(?:\.[0-9]+)?)(?:(?P=gap)(?P<seconds>[0-9]{1,2}(?:\.[0-9]+)?))? ?(?P<tail>[ensw])?"
)
"""Degrees and minutes, or degrees, minutes and seconds, with nothing but a blank or a stroke between them."""
_THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]+)?")
_TWO_NUMBERS = re.compile(r"[0-9.] +[0-9]")
_QUOTES = str.maketrans({"′": "'", "’": "'", "‘": "'", "″": '"', "”": '"', "“": '"', "º": "°", "˚": "°"})


@dataclass(frozen=True)
class PlaceColumns:
    """The columns that hold the place of a record, and the words in their titles that name a datum.

    Parameters
    ----------
    lon, lat, pair, shape
        Numbers of the columns: longitude (easting) and latitude (northing), both in one cell, or a whole geometry.
    datum
        ``GCJ-02``, ``BD-09``, ``WGS 84`` … where the titles say so, else empty.
    """

    lon: int | None = None
    lat: int | None = None
    pair: int | None = None
    shape: int | None = None
    datum: str = ""

    @property
    def by_name(self) -> dict[str, int]:
        """Numbers of the columns in use by the names that a user gives them (:data:`PLACE_FIELDS`)."""
        named = {"lon": self.lon, "lat": self.lat, "lonlat": self.pair, "geometry_wkt": self.shape}
        return {name: number for name, number in named.items() if number is not None}

    @property
    def numbers(self) -> set[int]:
        """Numbers of the columns in use."""
        return set(self.by_name.values())


def place_role(title: str) -> str | None:
    """Return ``lon``, ``lat``, ``x``, ``y``, ``pair`` or ``shape`` if a title announces coordinates, else ``None``."""
    whole = key(title)
    if whole.startswith("geometrywkt"):
        return "shape"
    bare = key(_without_datum(title))
    for text in (whole, bare, _NOISE.sub("", bare)):
        for role, names in _ROLES.items():
            if text in names:
                return role
    return None


def _without_datum(title: str) -> str:
    bare = re.sub(r"[(\[][^()\[\]]*[)\]]", "", plain(title))
    return _DATUM_IN_TITLE.sub("", bare)


def find_places(
    titles: Sequence[Title], free: Collection[int], explicit: Mapping[str, str] = MappingProxyType({})
) -> list[PlaceColumns]:
    """Return the sets of coordinate columns, best first: what the user named, geometries, then pairs by datum.

    Parameters
    ----------
    titles
        Column titles from left to right.
    free
        Numbers of the columns that are no field of the kind.
    explicit
        ``lon``, ``lat``, ``lonlat`` or ``geometry_wkt`` -> column title, as the user said.

    Raises
    ------
    UsageError
        If the user names a column that is not there, or of ``lon`` and ``lat`` only one.
    """
    named = {name: column for name, column in explicit.items() if name in PLACE_FIELDS}
    if named:
        found = explicit_columns(titles, named, PLACE_FIELDS)
        if ("lon" in found) != ("lat" in found):
            missing = "lat" if "lon" in found else "lon"
            raise UsageError(
                "of lon and lat only one is named",
                "经度、纬度只指定了一个",
                field=missing,
                hint=f"add --column {missing}=column",
                hint_zh=f"请再写 --column {missing}=列名",
            )
        words = " ".join(titles[number].text for number in found.values())
        return [
            PlaceColumns(
                found.get("lon"), found.get("lat"), found.get("lonlat"), found.get("geometry_wkt"), datum_in(words)
            )
        ]
    roles: dict[str, dict[str, int]] = {name: {} for name in _ROLES}
    for number in sorted(free):
        title = titles[number]
        role = place_role(title.text) or place_role(title.sub) or _CONTENT_ROLES.get(title.content)
        if role:
            roles[role].setdefault(datum_in(titles[number].text), number)
    shapes = [PlaceColumns(shape=number, datum=datum) for datum, number in roles["shape"].items()]
    points = [
        PlaceColumns(lon=number, lat=roles[second][datum], datum=datum)
        for first, second in (("lon", "lat"), ("x", "y"))
        for datum, number in roles[first].items()
        if datum in roles[second]
    ]
    points += [PlaceColumns(pair=number, datum=datum) for datum, number in roles["pair"].items()]
    return shapes + sorted(points, key=_preference)


def _preference(places: PlaceColumns) -> int:
    """Return 0 for a datum that needs no shift, then GCJ-02, BD-09, and last what says nothing beside others."""
    return _DATUM_ORDER.index(places.datum) if places.datum in ("GCJ-02", "BD-09") else 0 if places.datum else 3


def coordinates(texts: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return one coordinate a cell, and which cells hold something that is none.

    Decimal numbers, degrees with minutes and seconds (``113°16′18.4″``, ``113°16.26′``, ``23度7分``, ``113 16 18.4``),
    with or without E, N, 东经. Blank cells and marks for "missing" give NaN.
    """
    is_decimal = contains(texts, _DECIMAL)
    numbers, is_bad = np.full(len(texts), np.nan), np.zeros(len(texts), dtype=bool)
    cells = pa.array(texts[is_decimal].array, type=pa.large_string(), from_pandas=True)
    numbers[is_decimal] = pc.cast(cells, pa.float64()).to_numpy(zero_copy_only=False)
    numbers[~is_decimal], is_bad[~is_decimal] = _odd_coordinates(texts[~is_decimal])
    return numbers, is_bad


def _odd_coordinates(texts: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return what :func:`coordinates` does, of cells that are not plainly a decimal number."""
    codes, uniques = pd.factorize(texts.to_numpy(dtype=object), use_na_sentinel=True)
    quick = pd.to_numeric(pd.Series(uniques, dtype=object), errors="coerce").to_numpy(dtype="float64", copy=True)
    is_bad = np.zeros(len(uniques) + 1, dtype=bool)
    for at in np.flatnonzero(~np.isfinite(quick)):
        cell = _tidy(str(uniques[at]))
        single = _single(cell)
        quick[at] = np.nan if single is None else single[1]
        is_bad[at] = single is None and not is_missing(plain(str(uniques[at])))
    return np.append(quick, np.nan)[codes], is_bad[codes]


def pairs(texts: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return x and y of cells that hold both, and which cells hold something that is no pair.

    The first number is x unless letters (E, N, 东经, 北纬) say otherwise; the order is judged later, record by record.
    """
    found = [(np.nan, np.nan, False) if text is None else _pair(str(text)) for text in texts]
    columns = np.array(found, dtype="float64").reshape(-1, 3)
    return columns[:, 0], columns[:, 1], columns[:, 2].astype(bool)


def _tidy(text: str) -> str:
    cell = plain(text.translate(_QUOTES)).translate(_QUOTES).lower()
    return re.sub(r"[ ,;，；]+$", "", cell)


def _single(cell: str) -> tuple[str, float] | None:
    """Return the letter (``e``, ``n`` or nothing) and the value of one coordinate."""
    text = cell.replace(" ", "")
    found = _SPACED.fullmatch(cell)
    if found is None and (not _TWO_NUMBERS.search(cell) or _THOUSANDS.fullmatch(cell)):
        found = _PLAIN.fullmatch(text) or _DMS.fullmatch(text)
    if found is None:
        return None
    parts = found.groupdict()
    head = {"东经": "e", "西经": "w", "北纬": "n", "南纬": "s"}.get(parts["head"] or "", parts["head"])
    letter = head or parts["tail"] or ""
    minutes, seconds = float(parts.get("minutes") or 0), float(parts.get("seconds") or 0)
    degrees = float(parts["degrees"])
    if not (0 <= minutes < 60 and 0 <= seconds < 60):
        return None
    size = abs(degrees) + minutes / 60 + seconds / 3600
    sign = -1.0 if degrees < 0 or letter in ("w", "s") else 1.0
    return {"w": "e", "s": "n"}.get(letter, letter), sign * size


def _pair(text: str) -> tuple[float, float, bool]:
    cell = re.sub(r"^point ?\(|[()\[\]]", "", _tidy(text))
    if is_missing(cell):
        return np.nan, np.nan, False
    parts = [part for part in re.split(r"[,;、|]", cell) if part.strip()]
    if len(parts) != 2:
        parts = re.findall(r"(?:东经|北纬|[ensw])?:? ?[-+]?[0-9][^ ]*", cell)
    if len(parts) != 2:
        return np.nan, np.nan, True
    first, second = _single(parts[0].strip()), _single(parts[1].strip())
    if first is None or second is None:
        return np.nan, np.nan, True
    if first[0] == "n" or second[0] == "e":
        first, second = second, first
    return first[1], second[1], False


def shapes(texts: pd.Series) -> tuple[NDArray[np.object_], NDArray[np.bool_], int | None]:
    """Return geometries of cells with WKT, EWKT, hexadecimal WKB or GeoJSON, which cells are none, and an SRID.

    Rings that do not end where they began are closed (:func:`unclosed` tells which); curves are no geometry here.
    """
    cells = [None if text is None or is_missing(plain(str(text))) else str(text).strip() for text in texts]
    srids = {int(found[1]) for cell in cells if cell and (found := re.match(r"(?i)srid=(\d+);", cell))}
    with np.errstate(invalid="ignore"):  # NaN in a WKT is told where coordinates are looked at
        geometries = np.array([_shape(_bare(cell)) for cell in cells], dtype=object)
    is_bad = np.array([cell is not None for cell in cells], dtype=bool) & shapely.is_missing(geometries)
    return geometries, is_bad, srids.pop() if len(srids) == 1 else None


def _bare(cell: str | None) -> str | None:
    return None if cell is None else re.sub(r"(?i)^srid=\d+;\s*", "", cell)


def unclosed(texts: pd.Series, geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which geometries of :func:`shapes` had to be closed."""
    closed = np.zeros(len(geometry), dtype=bool)
    for at in np.flatnonzero(np.isin(shapely.get_type_id(geometry), (3, 6))):
        closed[at] = _shape(_bare(str(texts.iloc[at]).strip()), closing=False) is None
    return closed


def is_curved(texts: pd.Series) -> NDArray[np.bool_]:
    """Return which cells hold a curve (``CURVEPOLYGON``, ``CIRCULARSTRING`` …) as WKT."""
    is_curve = texts.astype("string").str.contains(_CURVE, case=False).fillna(value=False)
    return np.asarray(is_curve.to_numpy(dtype=bool))


def _shape(cell: str | None, *, closing: bool = True) -> shapely.Geometry | None:
    if not cell:
        return None
    try:
        if cell.startswith("{"):
            written = json.loads(cell)
            found = shapely.from_geojson(cell, on_invalid="ignore") if isinstance(written, dict) else None
            return shapely.geometry.shape(written) if found is None and closing else found
        if re.fullmatch(r"[0-9A-Fa-f]{18,}", cell):
            return shapely.from_wkb(cell, on_invalid="fix" if closing else "raise")
        return shapely.from_wkt(cell, on_invalid="fix" if closing else "raise")
    except (shapely.errors.ShapelyError, ValueError, TypeError, LookupError, RecursionError, NotImplementedError):
        return None
