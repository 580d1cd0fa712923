"""Where prepared layers lie: ``serving/KIND/VERSION-FORM`` in the workspace, made by whoever asks for one first.

All of it can be made anew from the snapshots, so it may be removed at any time; a workspace that cannot be written
prepares into a folder of this process.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from layers import __version__
from layers.serving.prepared import Prepared, prepare
from layers.snapshot import flush

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from layers.schema import Kind

FORM = 1
"""Counts up when what is written changes."""
KEPT = 4
"""Versions of a kind that stay on disk; older ones are made anew when they are asked for."""


def opened(root: Path, kind: Kind, version: str, read: Callable[[], gpd.GeoDataFrame]) -> Prepared:
    """Return a version of a layer, prepared before or now.

    Parameters
    ----------
    root
        Folder of the workspace.
    kind
        What it is.
    version
        Content hash of a snapshot, or id of a run.
    read
        Reads it; called only where it was not prepared before.
    """
    place = root / "serving" / kind.name / f"{version}-{_form_of(kind)}"
    try:
        return Prepared.load(place)
    except (OSError, ValueError, EOFError):  # not there yet, swept away a moment ago, or damaged
        shutil.rmtree(place, ignore_errors=True)
        frame = read()
    draft = _draft(root)
    try:
        prepare(frame, kind, draft)
        held = Prepared.load(draft)
        _keep(draft, place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)  # what is mapped stays until it is let go
    return held


def prepared_aside(frame: gpd.GeoDataFrame, kind: Kind) -> Prepared:
    """Return ``frame`` prepared for this process alone: what one caller may see is nobody else's."""
    draft = Path(mkdtemp(prefix="panhuo-"))
    try:
        prepare(frame, kind, draft)
        return Prepared.load(draft)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _form_of(kind: Kind) -> str:
    """Return what changes when the texts of a layer would: the release, the form, the kind's declaration."""
    return hashlib.sha256(f"{__version__} {FORM} {kind!r}".encode()).hexdigest()[:8]


def _draft(root: Path) -> Path:
    try:
        (root / "tmp").mkdir(exist_ok=True)
        return Path(mkdtemp(prefix=f"{os.getpid()}-serving-", dir=root / "tmp"))
    except OSError:
        return Path(mkdtemp(prefix="panhuo-"))


def _keep(draft: Path, place: Path) -> None:
    """Put ``draft`` in its place, unless another process was quicker; the oldest ones make room."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        for file in draft.iterdir():
            flush(file)
        draft.rename(place)
        newest_first = sorted(place.parent.iterdir(), key=lambda item: item.stat().st_mtime_ns, reverse=True)
    except OSError:
        return
    for old in newest_first[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
