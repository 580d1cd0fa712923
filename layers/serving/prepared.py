"""One version of a layer prepared to be served: feature texts, shapes, boxes and columns as mapped files.

Nothing is held in memory but the pages that are touched, and these once for all processes. What is prepared can be made
anew from the snapshot at any time, so it is no part of what a workspace must keep.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pyarrow import feather

from layers.matching.sources import SOURCES, in_words
from layers.serving.blobs import Blob, mapped, mapped_array, write_blob
from layers.serving.box_tree import BoxTree
from layers.serving.shapes import Shapes
from layers.serving.texts import DEGREE_DECIMALS, encode, geometry_texts, json_values, property_texts, served_geometry

if TYPE_CHECKING:
    import mmap
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.schema import Kind

BATCH = 20_000
"""Records whose texts are in memory at once while they are written."""
BETWEEN = b",\n"
"""Stands behind every feature, so that neighbours in the file are sent as they lie there."""
_BEFORE_PROPERTIES = len(',"properties":')


def prepare(frame: gpd.GeoDataFrame, kind: Kind, folder: Path) -> None:
    """Write ``frame`` into ``folder``, ready to be served.

    Personal columns are left out whatever the frame holds, sources are told in words, heights are left out, exterior
    rings run anticlockwise as RFC 7946 wants them; a record without a place has the geometry ``null``.
    """
    personal = [item.name for item in kind.fields if item.personal]
    geometry = served_geometry(frame.geometry.to_numpy())
    columns = pd.DataFrame(frame.drop(columns=[frame.geometry.name, *personal], errors="ignore")).reset_index(drop=True)
    if SOURCES in columns:
        columns[SOURCES] = pd.array(in_words(columns[SOURCES], kind), dtype="string")
    shapes = Shapes.of(geometry)
    shapes.save(folder)
    BoxTree.over(shapes.boxes).save(folder)
    ids = [str(item) for item in columns[kind.id_field]]
    write_blob(folder, "ids", ids)
    order = sorted(range(len(ids)), key=lambda row: ids[row].encode())
    np.save(folder / "id_order.npy", np.array(order, dtype=np.int64))
    _write_features(folder, ids, geometry, columns)
    table = pa.Table.from_pandas(columns, preserve_index=False)
    feather.write_feather(table, folder / "columns", compression="uncompressed")


def _write_features(folder: Path, ids: list[str], geometry: NDArray[np.object_], columns: pd.DataFrame) -> None:
    at = np.zeros((len(ids) + 1, 3), dtype=np.int64)
    times = columns.select_dtypes("datetime").columns  # a column of days gives days: seen as a whole
    told = columns.assign(**{name: pd.array(json_values(columns[name]), dtype="string") for name in times})
    with (folder / "features.bin").open("wb") as stream:
        position = 0
        for start in range(0, len(ids), BATCH):
            some = slice(start, start + BATCH)
            shapes = geometry_texts(geometry[some], DEGREE_DECIMALS)
            values = property_texts(told.iloc[some], told.columns)
            for row, (name, shape, properties) in enumerate(zip(ids[some], shapes, values, strict=True), start):
                head = f'{{"type":"Feature","id":{encode(name)},"geometry":'.encode()
                at[row] = position, position + len(head), position + len(head) + len(shape)
                body = f'{shape},"properties":{properties}}}'.encode()
                position += stream.write(head + body + BETWEEN)
        at[len(ids)] = position
    np.save(folder / "features_at.npy", at)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A layer that :func:`prepare` wrote.

    Parameters
    ----------
    shapes, tree
        Geometries in longitude, latitude, and the index over their boxes.
    names, order
        Ids of the records, and their numbers in the order of their ids.
    data, at
        Features as GeoJSON text; where each begins, its geometry begins and its geometry ends.
    columns
        The columns, without the geometry.
    """

    shapes: Shapes
    tree: BoxTree
    names: Blob
    order: NDArray[np.int64]
    data: mmap.mmap | bytes
    at: NDArray[np.int64]
    columns: pa.Table

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Map what lies in ``folder``."""
        return cls(
            Shapes.load(folder),
            BoxTree.load(folder),
            Blob.load(folder, "ids"),
            mapped_array(folder / "id_order.npy"),
            mapped(folder / "features.bin"),
            mapped_array(folder / "features_at.npy"),
            feather.read_table(folder / "columns", memory_map=True),
        )

    def __len__(self) -> int:
        return len(self.names)

    def row(self, name: str) -> int | None:
        """Return the number of the record called ``name``."""
        wanted = name.encode(errors="replace")
        place = bisect_left(self.order, wanted, key=self.names.__getitem__)
        found = int(self.order[place]) if place < len(self) else -1
        return found if found >= 0 and self.names[found] == wanted else None

    def name(self, row: int) -> str:
        """Return the id of a record."""
        return self.names[row].decode()

    @cached_property
    def unplaced(self) -> NDArray[np.bool_]:
        """Whether each record has no place."""
        return np.asarray(self.shapes.types < 0)

    @cached_property
    def without_place(self) -> NDArray[np.int64]:
        """Numbers of the records without a place."""
        return np.flatnonzero(self.unplaced)

    def meeting(self, area: shapely.Geometry) -> NDArray[np.int64]:
        """Return the records that meet ``area`` (longitude, latitude), in order.

        Only records at the edge of a box are looked at: what lies in it with its own box meets it.
        """
        found = [self._meeting_one(part) for part in shapely.get_parts(area)]
        return found[0] if len(found) == 1 else np.unique(np.concatenate(found))

    def _meeting_one(self, area: shapely.Geometry) -> NDArray[np.int64]:
        west, south, east, north = shapely.bounds(area)
        near = self.tree.search(west, south, east, north)
        is_box = bool(shapely.equals(area, shapely.box(west, south, east, north)))
        box = self.shapes.boxes[near]
        inside = np.asarray((box[:, :2] >= (west, south)).all(axis=1) & (box[:, 2:] <= (east, north)).all(axis=1))
        inside &= is_box
        edge = near[~inside]
        if len(edge):
            shapely.prepare(area)
            inside[~inside] = shapely.intersects(area, self.shapes.geometries(edge))
        return near[inside]

    def features(self, rows: NDArray[np.intp]) -> bytes:
        """Return the features of ``rows`` as GeoJSON text, with :data:`BETWEEN` between them."""
        if not len(rows):
            return b""
        if rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all():
            return bytes(self.data[self.at[rows[0], 0] : self.at[rows[-1] + 1, 0] - len(BETWEEN)])
        starts, ends = self.at[rows, 0].tolist(), self.at[rows + 1, 0].tolist()
        data = memoryview(self.data)
        return b"".join([data[start:end] for start, end in zip(starts, ends, strict=True)])[: -len(BETWEEN)]

    def geometry_text(self, row: int) -> str:
        """Return the geometry of a record as JSON text."""
        return self.data[self.at[row, 1] : self.at[row, 2]].decode()

    def properties_text(self, row: int) -> str:
        """Return all properties of a record as JSON text."""
        start, end = self.at[row, 2] + _BEFORE_PROPERTIES, self.at[row + 1, 0] - len(BETWEEN) - 1
        return self.data[start:end].decode()

    def record(self, row: int) -> dict[str, Any]:
        """Return the properties of a record as JSON values."""
        values: dict[str, Any] = json.loads(self.properties_text(row))
        return values
