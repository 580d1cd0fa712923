"""One accepted version of a layer: an immutable GeoParquet file named by its content hash, with a small manifest."""

from __future__ import annotations

import hashlib
import io
import json
import os
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import geopandas as gpd
import pandas as pd

from layers import schema
from layers.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from layers.storage import Storage

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
    crs_confidence
        How sure that is, from 0 to 1; ``None`` where nobody judged it.
    record_count
        Records that the source gave to the layer; ``None`` where it is the only one.
    """

    source: str
    source_file: str | None = None
    source_sha256: str | None = None
    licence: str | None = None
    attribution: str | None = None
    crs_declared: str | None = None
    crs_found: str | None = None
    crs_confidence: float | None = None
    record_count: int | None = None


@dataclass(frozen=True)
class Snapshot:
    """What the manifest of an accepted layer says of it.

    Where several sources gave records (``parts``), ``source``, ``source_file``, ``licence``, ``attribution`` and the
    datums name them all, so that whoever prints one line prints what each of them asks for.
    """

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
    crs_confidence: float | None = None
    sample_count: int = 0
    """Records marked as invented; layers accepted before this was counted say 0."""
    beside: str | None = None
    """Hash in the name of what is kept beside it: report, doubts, originals. Older ones have none in their names."""
    parts: tuple[Provenance, ...] = ()
    """The sources, the newest first, where there are several."""

    @property
    def sources(self) -> tuple[Provenance, ...]:
        """Where the layer came from: every source, the newest first."""
        if self.parts:
            return self.parts
        told = {item.name: getattr(self, item.name) for item in fields(Provenance) if item.name != "record_count"}
        return (Provenance(**told, record_count=self.count),)

    def source_named(self, name: str) -> Provenance | None:
        """Return what ``name`` gave to the layer, if it did."""
        return next((item for item in self.sources if item.source == name), None)

    def to_dict(self) -> dict[str, Any]:
        """Return the manifest as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Return the snapshot that ``data`` describes."""
        extent, parts = data.get("extent"), tuple(Provenance(**item) for item in data.get("parts", ()))
        return cls(**{**data, "extent": tuple(extent) if extent else None, "parts": parts})


def describe(
    frame: gpd.GeoDataFrame,
    kind: str,
    version: str,
    sources: Sequence[Provenance],
    *,
    who: str,
    now: datetime,
) -> Snapshot:
    """Return the manifest of ``frame``: counts, extent (degrees) and where it came from, the newest source first."""
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
        sample_count=int(frame["is_sample"].fillna(value=False).sum()) if "is_sample" in frame.columns else 0,
        parts=tuple(sources) if len(sources) > 1 else (),
        **_together(sources),
    )


def _together(sources: Sequence[Provenance]) -> dict[str, Any]:
    """Return what one line says of several sources; of the datums, how sure the least sure is."""
    told = {item.name: [getattr(one, item.name) for one in sources] for item in fields(Provenance)}
    sure = [value for value in told.pop("crs_confidence") if value is not None]
    del told["record_count"]
    texts = {name: "; ".join(dict.fromkeys(filter(None, values))) or None for name, values in told.items()}
    return {**texts, "crs_confidence": min(sure, default=None)}


def name_beside(of: Snapshot) -> str:
    """Return the name under which the report of a version, and what else is said of it, is kept."""
    return name_of(of.kind, of.version, ".json" if of.beside is None else f".{of.beside}.json")


def name_of(kind: str, version: str, suffix: str = ".parquet") -> str:
    """Return the name under which a version of a layer is kept (:mod:`layers.storage`)."""
    return f"snapshots/{kind}/{version}{suffix}"


def write_frame(frame: gpd.GeoDataFrame, kind: str, storage: Storage, tmp: Path) -> str:
    """Keep ``frame`` as a version of ``kind`` under its content hash and return the hash.

    The file appears whole or not at all: it is written to ``tmp`` first.

    Raises
    ------
    WorkspaceError
        If it cannot be written.
    """
    return write_table(
        kind, storage, tmp, name_of, lambda draft: frame.to_parquet(draft, index=False, compression="zstd")
    )


def write_table(
    kind: str,
    storage: Storage,
    tmp: Path,
    name: Callable[[str, str], str],
    write: Callable[[Path], object],
) -> str:
    """Keep what ``write`` writes to a draft under ``name(kind, hash)`` and return the hash.

    Raises
    ------
    WorkspaceError
        If it cannot be written; nothing is left then.
    """
    draft = tmp / f"{os.getpid()}-{kind}.parquet"
    try:
        tmp.mkdir(parents=True, exist_ok=True)
        write(draft)
        version = file_hash(draft)[:HASH_LENGTH]
        storage.put(draft, name(kind, version))
    except OSError as error:
        raise unwritable(draft, error) from error
    finally:
        _discard(draft)
    return version


def write_json(data: dict[str, Any], path: Path) -> None:
    """Write ``data`` to ``path``, whole or not at all.

    Raises
    ------
    WorkspaceError
        If the place cannot be written.
    """
    write_text(json_text(data), path)


def json_text(data: dict[str, Any]) -> str:
    """Return ``data`` as it is kept: one entry a line, so that a person finds it, and each entry compact.

    With an indent inside entries Python would leave its compiled encoder: the numbers of a million records take 7 s so.
    """
    entries = (
        f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False, allow_nan=False)}" for name, value in data.items()
    )
    return "{\n " + ",\n ".join(entries) + "\n}"


def write_text(text: str, path: Path) -> None:
    """Write ``text`` to ``path``, whole or not at all (see :func:`write_json`)."""
    draft = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        draft.write_text(text, encoding="utf-8")
        flush(draft)
        draft.replace(path)
        flush(path.parent)
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


def read_frame(of: Snapshot, storage: Storage) -> gpd.GeoDataFrame:
    """Read a version of a layer back.

    Raises
    ------
    WorkspaceError
        If its file is missing or not what its name says.
    """
    name = name_of(of.kind, of.version)
    data = storage.read(name, _other_version(of.kind))
    return _conformed(io.BytesIO(data), of.kind, storage.place(name))


def read_ids(of: Snapshot, storage: Storage) -> pd.Series:
    """Read nothing but the asset ids of a version of a layer (see :func:`read_frame`)."""
    data = storage.read(name_of(of.kind, of.version), _other_version(of.kind))
    return pd.read_parquet(io.BytesIO(data), columns=["asset_id"])["asset_id"]


def _other_version(kind: str) -> tuple[str, str]:
    return (
        f"restore the file from a copy, or another version: `panhuo history DIR {kind}`, `panhuo restore DIR {kind} V`",
        f"请用备份恢复该文件，或退回其他版本：先 panhuo history DIR {kind}，再 panhuo restore DIR {kind} 版本号",
    )


def read_file(path: Path, kind: str) -> gpd.GeoDataFrame:
    """Read a table of a run (see :func:`read_frame`)."""
    return _conformed(path, kind, str(path))


def _conformed(source: Path | io.BytesIO, kind: str, where: str) -> gpd.GeoDataFrame:
    try:
        frame = gpd.read_parquet(source)
    except (OSError, ValueError) as error:
        raise WorkspaceError(
            f"{where} cannot be read: {str(error).splitlines()[0]}",
            f"{where} 无法读取",
            layer=kind,
            hint="restore it from a copy, or import the layer again",
            hint_zh="请用备份恢复，或重新导入这一图层",
        ) from error
    return schema.conform(frame, schema.kind(kind), keep_extra=True)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unwritable(path: Path | str, error: OSError) -> WorkspaceError:
    """Return the error for a place that cannot be written."""
    return WorkspaceError(
        f"{path} cannot be written: {error.strerror or error}",
        f"无法写入 {path}（{error.strerror or error}）",
        hint="free some space or choose a folder that you may write to",
        hint_zh="请腾出空间，或换一个可以写入的文件夹",
    )


def flush(path: Path) -> None:
    """Wait until a file, or the entries of a folder, are on the disk itself."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
