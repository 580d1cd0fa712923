"""Curves in map files: GDAL hands them on as straight pieces without a word, so the files themselves are asked.

GeoPackage and FlatGeobuf say in the first bytes of each geometry what it is; a drawing has bulges and circles in its
entities, each with a handle that GDAL hands on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio

from layers.quality import Text
from layers.reading._gdal import gdal

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_CURVES = (8, 9, 10, 11, 12)  # CircularString, CompoundCurve, CurvePolygon, MultiCurve, MultiSurface (OGC 06-103r4)
_STRAIGHT_TYPES = frozenset(("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"))
_HEAD_BYTES = 5  # byte order and type
_TYPE_MASK = 0x0FFF_FFFF  # above it PostGIS marks heights and an SRID
_PARTS = frozenset((b"VERTEX", b"SEQEND"))  # what follows a POLYLINE and belongs to it
_ROUND = frozenset((b"CIRCLE", b"ARC", b"ELLIPSE", b"SPLINE"))
STRAIGHTENED = Text(
    "图形带圆弧，读入时已改为折线（每段约 4 度），面积和边线略有出入；要精确请在 CAD 或 GIS 里先转为折线",
    "has arcs, which were made straight pieces of some 4 degrees: area and outline differ slightly; to be exact turn "
    "them into lines in CAD or a GIS first",
)
"""Four degrees is what GDAL does unless told otherwise (OGR_ARC_STEPSIZE): an arc of radius r moves by 0.0006 r."""


def curved_records(path: Path, **options: str) -> NDArray[np.bool_] | None:
    """Return which records of a GeoPackage or FlatGeobuf layer are curves; ``None`` where its type admits none.

    Parameters
    ----------
    path
        The file.
    options
        ``layer``, where it has several.
    """
    declared = str(gdal(path, pyogrio.read_info, **options)["geometry_type"] or "")
    if declared.removeprefix("2.5D ").split(" ", maxsplit=1)[0] in _STRAIGHT_TYPES:
        return None
    _, table = gdal(path, pyogrio.read_arrow, columns=[], **options)
    if not table.num_columns:  # a table of attributes, without geometries
        return None
    geometry = table.column(table.num_columns - 1).combine_chunks()
    heads = pc.binary_slice(geometry.fill_null(bytes(_HEAD_BYTES)), 0, _HEAD_BYTES).cast(pa.binary(_HEAD_BYTES))
    first = heads.offset * _HEAD_BYTES
    bytes_of = np.frombuffer(heads.buffers()[1], dtype=np.uint8)[first : first + len(heads) * _HEAD_BYTES]
    rows = bytes_of.reshape(-1, _HEAD_BYTES)
    little = np.ascontiguousarray(rows[:, 1:]).view("<u4").ravel()
    types = np.where(rows[:, 0] == 1, little, little.byteswap()) & _TYPE_MASK
    return np.isin(types % 1000, _CURVES)  # ISO adds 1000 for heights, 2000 for measures


def curved_entities(path: Path) -> tuple[frozenset[str], int]:
    """Return the handles of the entities of a DXF drawing that hold arcs, and how many such have no handle.

    Polylines hold arcs as bulges (group 42) of their own or of their vertices; circles, ellipses and splines are one.
    """
    handles: set[str] = set()
    nameless, kind, handle, is_round, has_class = 0, b"", b"", False, False
    with path.open("rb") as stream:
        for code, value in zip(stream, stream, strict=False):
            group = code.strip()
            if group == b"0":
                new = value.strip()
                if new not in _PARTS:
                    # GDAL hands on circles as lines only where a drawing (R12) names no classes
                    nameless += is_round and not handle and not (has_class and kind in _ROUND)
                    handle, is_round, has_class = b"", new in _ROUND, False
                kind = new
            elif group == b"5" and kind not in _PARTS:
                handle = value.strip()
            elif group == b"100":
                has_class = True
            elif group == b"42" and kind in (b"LWPOLYLINE", b"VERTEX"):
                is_round = is_round or _is_bulge(value)
            if is_round and handle:
                handles.add(handle.decode("ascii", "replace").upper())
    return frozenset(handles), nameless


def _is_bulge(value: bytes) -> bool:
    try:
        return float(value) != 0.0
    except ValueError:
        return False
