"""What a file becomes in its workspace: brought together with what other sources said of the same kind."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from api.placing import Prepared, placed
from layers import osm, schema
from layers.errors import OutdatedError
from layers.findings import Text
from layers.incoming import Incoming, positioned
from layers.matching import join as joining
from layers.matching._groups import LARGEST_LIST
from layers.matching.doubts import record_keys, still_open
from layers.matching.exported import UNNAMED, exported_ids, read_back, source_title
from layers.matching.same_place import is_brought_together, is_matched
from layers.matching.sources import members
from layers.quality import QualityReport

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.matching.doubts import Doubt
    from layers.scope import Scope
    from layers.snapshot import Provenance, Snapshot
    from layers.workspace import Workspace

ATTEMPTS = 5
"""How often a file is brought together again with a layer that others keep changing."""


@dataclass(frozen=True)
class _Given:
    """What a file gives: records with their numbers in it, who gave it, its mended shapes."""

    frame: gpd.GeoDataFrame
    numbers: NDArray[np.int64]
    provenance: Provenance
    originals: gpd.GeoDataFrame | None


def prepare(
    workspace: Workspace,
    frame: gpd.GeoDataFrame,
    report: QualityReport,
    provenance: Provenance,
    *,
    records: NDArray[np.int64] | None = None,
    originals: gpd.GeoDataFrame | None = None,
    only: bool = False,
) -> Prepared:
    """Return what the records of a file become in a workspace; nothing is changed there.

    Parameters
    ----------
    workspace
        Its current layer of the kind is what other sources said; its layers are evidence for where records are.
    frame, report
        The records as they were read, and the account of it, which stays as it is.
    provenance
        Their source.
    records
        Number of each record in its file; 1, 2, 3 … unless told.
    originals
        Shapes that were mended, as the file has them, by ``record``.
    only
        Whether the file takes the place of the whole layer, whoever gave it.
    """
    of, told = schema.kind(report.kind), deepcopy(report)
    former = workspace.current(of.name)
    numbers = np.arange(1, len(frame) + 1) if records is None else records
    given = _Given(frame, numbers, provenance, originals)
    if provenance.source == UNNAMED and (only or former is None or not former.count):
        restored = _restored(workspace, given, of, told, former)
        if restored is not None:
            return placed(workspace, restored, of, numbers, told, np.arange(len(frame)))
    if not is_together(of.name, former, provenance.source, len(frame)):
        rows = np.arange(len(frame))
        mended = _originals(given, rows)
        layer = Incoming(frame, (provenance,), originals=mended, made_of=_version(former))
        return placed(workspace, layer, of, numbers, told, rows)
    layer, rows = _joined(workspace, given, of, told, None if only else former)
    return placed(workspace, replace(layer, made_of=_version(former)), of, numbers, told, rows)


def _restored(
    workspace: Workspace, given: _Given, of: schema.Kind, report: QualityReport, former: Snapshot | None
) -> Incoming | None:
    """Return an export as the layer that it was, each record with its sources; nothing if the file is none.

    Where no asset of the kind is known yet its ids stay too; else they follow from what is known.
    """
    found = read_back(given.frame, of, given.provenance, given.numbers)
    if found is None:
        return None
    report.extend(found.findings)
    names = [f"{item.source} {item.record_count}" for item in found.provenances]
    report.facts["sources"] = Text(
        f"按导出文件还原来源：{'、'.join(names)}", f"sources as exported: {', '.join(names)}"
    )
    mended = _originals(given, np.arange(len(given.frame)))
    if workspace.designations(of.name).empty:
        found.frame["asset_id"] = exported_ids(given.frame, of)
    return Incoming(found.frame, found.provenances, originals=mended, has_ids=True, made_of=_version(former))


def _joined(
    workspace: Workspace, given: _Given, of: schema.Kind, report: QualityReport, former: Snapshot | None
) -> tuple[Incoming, NDArray[np.int64]]:
    """Return a file brought together with ``former``, and the row of each of its records; the report tells it."""
    source = given.provenance.source
    ready = positioned(schema.conform(given.frame, of), of)
    found = joining.join(
        schema.empty(of) if former is None else workspace.read(of.name),
        ready,
        kind=of.name,
        source=source,
        decisions=workspace.match_decisions(of.name),
        areas=area_names(workspace),
        records=given.numbers.tolist(),
        asks_within=source != osm.OSM_SOURCE,
    )
    sources = _sources(found.frame, of, replace(given.provenance, record_count=len(ready)), former)
    report.extend(found.findings)
    _tell_own_sources(ready, source, report)
    report.merged += found.counts.merged
    report.kept -= found.counts.merged
    if found.counts.carried and len(sources) > 1:
        report.facts["joined"] = _together(found.counts, sources)
    layer = Incoming(
        found.frame,
        sources,
        doubts=(*found.doubts, *_older(workspace, former, found, of)),
        aliases=found.aliases,
        originals=_originals(given, found.rows, _carried(workspace, former, found, source)),
        has_ids=True,
    )
    return layer, found.rows


def settled(workspace: Workspace, kind: str) -> dict[str, Prepared]:
    """Return the current layer of a kind after what people answered about its pairs; nothing if it stays as it is."""
    of, former = schema.kind(kind), workspace.current(kind)
    if former is None:
        return {}
    current = workspace.read(of.name)
    decisions = workspace.match_decisions(of.name)
    found = joining.settle(current, kind=of.name, decisions=decisions, areas=area_names(workspace))
    compared = ["asset_id", "sources"]
    if len(found.frame) == len(current) and found.frame[compared].reset_index(drop=True).equals(
        current[compared].reset_index(drop=True)
    ):
        return {}
    sources = _sources(found.frame, of, None, former)
    layer = Incoming(
        found.frame,
        sources,
        report=workspace.report(former),
        doubts=tuple(_older(workspace, former, found, of)),
        aliases=found.aliases,
        originals=_carried(workspace, former, found),
        has_ids=True,
        made_of=former.version,
    )
    return {of.name: Prepared(layer, QualityReport(of.name, former.source_file or former.source))}


def accepted(
    workspace: Workspace,
    prepared: Callable[[], dict[str, Prepared]],
    *,
    scope: Scope | None,
    shrunken_agreed: bool,
    verb: str = "accept",
) -> tuple[dict[str, Snapshot], dict[str, Prepared]]:
    """Accept what ``prepared`` returns; it is asked again where somebody else changed a layer meanwhile."""
    for attempt in range(1, ATTEMPTS + 1):
        ready = prepared()
        layers = {name: item.layer for name, item in ready.items()}
        try:
            return workspace.accept_layers(layers, scope=scope, shrunken_agreed=shrunken_agreed, verb=verb), ready
        except OutdatedError:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")


def is_together(kind: str, former: Snapshot | None, source: str, count: int) -> bool:
    """Return whether a file of a kind is held against itself and what other sources said (else it stands alone)."""
    has_others = former is not None and any(item.source != source for item in former.sources)
    return (is_brought_together(kind) and has_others) or (is_matched(kind) and count <= LARGEST_LIST)


def area_names(workspace: Workspace) -> list[str]:
    """Return the names of the district and its sub-districts, which are no part of a place's own name."""
    held = {item.kind for item in workspace.summary()}
    kinds = (name for name in ("district", "subdistrict") if name in held)
    return [str(text) for name in kinds for text in workspace.read(name)["name"].dropna()]


def _version(former: Snapshot | None) -> str:
    return "" if former is None else former.version


def _sources(
    frame: gpd.GeoDataFrame, of: schema.Kind, newest: Provenance | None, former: Snapshot | None
) -> tuple[Provenance, ...]:
    """Return the new source, and every other that still has records in the layer."""
    first = () if newest is None else (newest,)
    if former is None:
        return first
    counts = members(frame, of)["source"].value_counts()
    taken = {item.source for item in first}
    others = (item for item in former.sources if item.source not in taken and item.source in counts.index)
    return (*first, *(replace(item, record_count=int(counts[item.source])) for item in others))


def _older(workspace: Workspace, former: Snapshot | None, found: joining.Joined, of: schema.Kind) -> list[Doubt]:
    """Return the doubts of earlier files that nobody has answered and whose records are still there, apart.

    A record that was named anew was held against all others anew: what was asked of its former words is asked no more.
    """
    told = [] if former is None else workspace.doubts(former)
    if not told:
        return []
    layer = members(found.frame, of)
    keys = record_keys(layer)
    row = dict(zip(keys, layer["row"], strict=True))
    asked = {item.pair for item in found.doubts}
    still = still_open(told, row, workspace.match_decisions(of.name))
    words = {key: _said(*item) for key, *item in zip(keys, layer["name"], layer["address"], strict=True)}
    return [
        item
        for item in still
        if item.pair not in asked
        and row[item.one.key] != row[item.other.key]
        and all(_said(side.name, side.address) == words[side.key] for side in (item.one, item.other))
    ]


def _said(name: str | None, address: str | None) -> tuple[str, str]:
    """Return what a record is called, to see whether a doubt still speaks of the record as it is now."""
    return ("" if pd.isna(name) else str(name), "" if pd.isna(address) else str(address))


def _originals(
    given: _Given, rows: NDArray[np.int64], carried: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame | None:
    """Return the mended shapes of a file by their row in the layer, and those of other sources that are still in it."""
    parts = [] if carried is None or carried.empty else [carried]
    if given.originals is not None and len(given.originals):
        at = pd.Series(rows, index=given.numbers)
        there = given.originals[given.originals["record"].isin(given.numbers)]
        row = at.reindex(there["record"]).to_numpy(dtype=np.int64)
        parts.insert(0, there.assign(row=row, source=given.provenance.source))
    return pd.concat(parts, ignore_index=True) if parts else None


def _carried(
    workspace: Workspace, former: Snapshot | None, found: joining.Joined, replaced: str | None = None
) -> gpd.GeoDataFrame | None:
    """Return the mended shapes of the former layer whose assets go on, those of a source that is replaced left out."""
    if former is None:
        return None
    kept = workspace.originals(former)
    kept = kept[kept["source"] != replaced] if replaced is not None else kept
    ids = kept["asset_id"].map(lambda name: found.aliases.get(name, name))
    goes_on = found.frame["asset_id"].notna().to_numpy()
    at = pd.Series(np.flatnonzero(goes_on), index=found.frame["asset_id"][goes_on].to_numpy())
    there = ids.isin(at.index).to_numpy()
    return kept[there].assign(row=at.reindex(ids[there]).to_numpy(dtype=np.int64))


def _tell_own_sources(frame: gpd.GeoDataFrame, source: str, report: QualityReport) -> None:
    """Say that the sources which records name themselves (a file of our own does) give way to the one of the file."""
    names = [str(name) for name in frame["source"].dropna().unique() if name != source]
    if names:
        report.note(
            "own_source",
            f"文件里写明来源 {'、'.join(names)}，一律记为“{source_title(source).zh}”；要分开请按来源各存一份导入",
            f"records name their sources ({', '.join(names)}); all are kept as {source}; one file a source "
            "keeps them apart",
            field="source",
            action="warning",
        )


def _together(counts: joining.JoinCounts, sources: tuple[Provenance, ...]) -> Text:
    others = [source_title(item.source) for item in sources[1:]]
    named = Text("、".join(item.zh for item in others), ", ".join(item.en for item in others))
    zh = f"与{named.zh}的 {counts.carried} 条合在一起：{counts.merged} 条是同一处，共 {counts.total} 条"
    en = (
        f"brought together with {counts.carried} records of {named.en}: {counts.merged} are the same places, "
        f"{counts.total} in all"
    )
    return Text(zh, en)
