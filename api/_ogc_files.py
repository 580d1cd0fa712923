"""Features as a file to keep: ``f=csv``, ``f=xlsx``, ``f=gpkg`` of whatever ``items`` selects."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import quote

import geopandas as gpd
import pyarrow as pa

from api.errors import RequestError
from layers import schema, writing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from api._features import Layer
    from api._ogc_query import Format, ItemsQuery

FILE_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
}
MOST_RECORDS = 100_000
"""A file is made in one piece while its caller waits: beyond this ``panhuo export`` writes it."""


def chosen(rows: NDArray[np.intp], query: ItemsQuery, *, is_limited: bool) -> NDArray[np.intp]:
    """Return the records of a file: all that match, unless a limit was asked for.

    Raises
    ------
    RequestError
        If they are too many for one answer.
    """
    some = rows[query.offset : query.offset + query.limit] if is_limited else rows[query.offset :]
    if len(some) > MOST_RECORDS:
        raise RequestError(
            f"{len(some)} features are too many for one file over HTTP, {MOST_RECORDS} at most",
            f"共 {len(some)} 条，一次最多下载 {MOST_RECORDS} 条",
            field="f",
            hint="narrow it down by bbox or a column, or write it with `panhuo export`",
            hint_zh="请用 bbox 或字段缩小范围，或用 panhuo export 导出",
        )
    return some


def written(layer: Layer, rows: NDArray[np.intp], query: ItemsQuery, form: str, *, notice: str | None) -> bytes:
    """Return the records ``rows`` as the bytes of a file; whose they are stands in it as far as the format has room."""
    info = layer.info
    attribution = "; ".join(item for item in (info.attribution or info.source, info.licence) if item)
    table = layer.held.columns
    if query.properties is not None:
        wanted = dict.fromkeys((layer.kind.id_field, *query.properties))
        table = table.select([name for name in wanted if name in table.column_names])
    frame = gpd.GeoDataFrame(
        table.take(pa.array(rows)).to_pandas(), geometry=layer.held.shapes.geometries(rows), crs=schema.STORAGE_CRS
    )
    with TemporaryDirectory(prefix="panhuo-") as folder:
        path = Path(folder) / f"{layer.kind.name}.{form}"
        crs = None if query.crs.is_default else query.crs.authority
        writing.write_layer(frame, layer.kind, path, crs=crs, attribution=attribution, notice=notice)
        return path.read_bytes()


def disposition(layer: Layer, form: str, *, is_sample: bool) -> str:
    """Return the header that names the file, in Chinese for whoever can read RFC 6266."""
    name = f"{'示例-' if is_sample else ''}{layer.kind.zh}.{form}"
    return f"attachment; filename=\"{layer.kind.name}.{form}\"; filename*=UTF-8''{quote(name)}"
