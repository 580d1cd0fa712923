"""What a workspace has accepted, as evidence for where the records of the next file are, and how sure it is itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers import schema
from layers.datums import CLEAR
from layers.matching.sources import members
from layers.quality import Text
from layers.trusted import AREA_KINDS, PLACE_KINDS, STANDING, Standing, Trusted

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.snapshot import Provenance, Snapshot
    from layers.workspace import Workspace

_STATED = 1.0
"""Confidence of a datum that a person stated or that stands in a file of surveyed metres; comparisons never reach it
(:mod:`layers.datums`)."""
_A_GUESS = Standing.NO_EVIDENCE + 1


def trusted(workspace: Workspace, *, kind: str | None = None, source: str | None = None) -> Trusted:
    """Return what a workspace has accepted so far, each record with how sure its place is.

    A record whose own datum was a guess is no evidence at all, or one wrong guess would prove the next.

    Parameters
    ----------
    workspace
        Its current layers.
    kind, source
        What is read next: what this source gave to this kind before is no evidence of its own next file.
    """
    kinds = (*AREA_KINDS, *PLACE_KINDS, "building", "street")
    layers: dict[str, gpd.GeoDataFrame] = {}
    unconfirmed: list[Text] = []
    for item in workspace.summary():
        if item.kind not in kinds or not item.count:
            continue
        standings = {
            part.source: _standing(part, is_own=(item.kind, part.source) == (kind, source)) for part in item.sources
        }
        frame = workspace.read(item.kind)
        frame = frame.assign(**{STANDING: _of_records(frame, item, standings)})
        layers[item.kind] = frame[frame[STANDING] != _A_GUESS]
        unconfirmed += [_name(item, part) for part in item.sources if standings[part.source] == Standing.DECLARED]
    return Trusted.of(layers, tuple(unconfirmed))


def _standing(part: Provenance, *, is_own: bool) -> int:
    confidence = part.crs_confidence
    if confidence is not None and confidence < CLEAR and part.crs_declared is None:
        return _A_GUESS
    if is_own:
        return Standing.OWN if confidence == _STATED else Standing.NO_EVIDENCE
    return Standing.SURE if confidence is None or confidence >= CLEAR else Standing.DECLARED


def _of_records(frame: gpd.GeoDataFrame, layer: Snapshot, standings: dict[str, int]) -> NDArray[np.int64]:
    """Return the standing of each record; of a merged one the least sure of its sources, for one gave the place."""
    if len(standings) == 1:
        return np.full(len(frame), max(standings.values()), dtype=np.int64)
    apart = members(frame, schema.kind(layer.kind))
    told = apart["source"].map(standings).fillna(max(standings.values()))
    return np.asarray(told.groupby(apart["row"].to_numpy()).max(), dtype=np.int64)


def _name(layer: Snapshot, part: Provenance) -> Text:
    of, file = schema.kind(layer.kind), part.source_file or part.source
    return Text(f"{of.zh}（{of.name}，{file}）", f"{of.name} ({file})")
