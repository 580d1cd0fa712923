"""One accepted version of a layer: an immutable GeoParquet file named by its content hash, with a small manifest."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import geopandas as gpd
import pandas as pd

from layers import schema
from layers.errors import WorkspaceError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

HASH_LENGTH = 20
"""Hexadecimal digits of the SHA-256 that name a file: 80 bits."""


@dataclass(frozen=True)
class Provenance:
    """Where a layer came from.

    Parameters
    ----------
    source
        Short name of the source; records keep it, and ids are unique within it.
    source_file, source_sha256
        The file that was read and its hash.
    licence, attribution
        Printed on every map and export of the layer.
    crs_declared, crs_found
        What the file said of its coordinates, and what they were taken to be.
    """

    source: str
    source_file: str | None = None
    source_sha256: str | None = None
    licence: str | None = None
    attribution: str | None = None
    crs_declared: str | None = None
    crs_found: str | None = None


@dataclass(frozen=True)
class Snapshot:
    """What the manifest of an accepted layer says of it."""

    kind: str
    version: str
    count: int
    unlocated_count: int
    extent: tuple[float, float, float, float] | None
    data_date: str | None
    accepted_at: str
    who: str
    source: str
    source_file: str | None = None
    source_sha256: str | None = None
    licence: str | None = None
    attribution: str | None = None
    crs_declared: str | None = None
    crs_found: str | None = None

    @property
    def provenance(self) -> Provenance:
        """Where the layer came from."""
        return Provenance(**{item.name: getattr(self, item.name) for item in fields(Provenance)})

    def to_dict(self) -> dict[str, Any]:
        """Return the manifest as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Return the snapshot that ``data`` describes."""
        extent = data.get("extent")
        return cls(**{**data, "extent": tuple(extent) if extent else None})


def describe(
    frame: gpd.GeoDataFrame,
    kind: str,
    version: str,
    provenance: Provenance,
    *,
    who: str,
    now: datetime,
) -> Snapshot:
    """Return the manifest of ``frame``: counts, extent (degrees) and where it came from."""
    placed = frame.geometry.notna() & ~frame.geometry.is_empty
    needs_place = bool(schema.kind(kind).geometry)
    dates = frame["data_date"].dropna() if "data_date" in frame.columns else pd.Series(dtype="datetime64[ms]")
    return Snapshot(
        kind=kind,
        version=version,
        count=len(frame),
        unlocated_count=int((~placed).sum()) if needs_place else 0,
        extent=tuple(float(value) for value in frame.geometry[placed].total_bounds) if placed.any() else None,  # type: ignore[arg-type]
        data_date=dates.max().date().isoformat() if len(dates) else None,
        accepted_at=now.isoformat(timespec="seconds"),
        who=who,
        **asdict(provenance),
    )


def write_frame(frame: gpd.GeoDataFrame, folder: Path, tmp: Path) -> str:
    """Write ``frame`` into ``folder`` under its content hash and return the hash.

    The file appears whole or not at all: it is written to ``tmp``, flushed to disk and renamed.

    Raises
    ------
    WorkspaceError
        If the folder cannot be written.
    """
    draft = tmp / f"{os.getpid()}-{folder.name}.parquet"
    try:
        tmp.mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        frame.to_parquet(draft, index=False, compression="zstd")
        version = file_hash(draft)[:HASH_LENGTH]
        _flush(draft)
        draft.replace(folder / f"{version}.parquet")
    except OSError as error:
        raise unwritable(folder, error) from error
    finally:
        _discard(draft)
    return version


def write_json(data: dict[str, Any], path: Path) -> None:
    """Write ``data`` to ``path``, whole or not at all."""
    draft = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        draft.write_text(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False), encoding="utf-8")
        _flush(draft)
        draft.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        _discard(draft)


def _discard(draft: Path) -> None:
    """Remove what a failed write left; a folder that cannot be written has nothing to remove."""
    try:
        draft.unlink(missing_ok=True)
    except OSError:
        return


def read_frame(path: Path, kind: str) -> gpd.GeoDataFrame:
    """Read a snapshot back.

    Raises
    ------
    WorkspaceError
        If the file is missing or not what its name says.
    """
    try:
        frame = gpd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise WorkspaceError(
            f"{path} cannot be read: {str(error).splitlines()[0]}",
            layer=kind,
            hint="restore it from a copy, or import the layer again",
        ) from error
    return schema.conform(frame, schema.kind(kind), keep_extra=True)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unwritable(path: Path, error: OSError) -> WorkspaceError:
    """Return the error for a place that cannot be written."""
    return WorkspaceError(
        f"{path} cannot be written: {error.strerror or error}",
        hint="free some space or choose a folder that you may write to",
    )


def _flush(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
