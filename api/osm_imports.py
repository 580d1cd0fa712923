"""Bringing an OpenStreetMap extract in: read first, so that one may look, accepted second, all layers or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api import joining
from api.imports import Imported, refuse_mixing, waiting_pairs
from layers import osm, schema, snapshot
from layers.errors import ReadError, UsageError
from layers.quality import ImportReport, Text
from layers.snapshot import Provenance, Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from api.imports import Progress
    from layers.osm import OsmResult
    from layers.scope import Scope
    from layers.workspace import Workspace


@dataclass(frozen=True)
class OsmDraft:
    """An extract that was read and is not accepted yet, with the layers that are current."""

    file: Path
    result: OsmResult
    frames: Mapping[str, gpd.GeoDataFrame]
    """Kind -> records, where there are any."""
    former: Mapping[str, Snapshot]
    """Kind -> the current layer, where it holds records."""

    def replaced(self) -> dict[str, tuple[Provenance, ...]]:
        """Return whose records it takes the place of, by kind."""
        return {name: _replaced(item, len(self.frames[name])) for name, item in self.former.items()}

    def replaces_ledgers(self) -> Text | None:
        """Return, for people, which layers that did not come from OpenStreetMap it would replace; else ``None``."""
        told = [
            (schema.kind(name), item.record_count, item.source_file or item.source)
            for name, found in self.replaced().items()
            for item in found
            if item.source != osm.OSM_SOURCE
        ]
        if not told:
            return None
        en = ", ".join(f"{of.name} ({count} records of {before})" for of, count, before in told)
        zh = "、".join(f"{of.name} {of.zh}（{count} 条，来自 {before}）" for of, count, before in told)
        return Text(
            f"{self.file.name} 会整层替换不是来自 OpenStreetMap 的图层：{zh}",
            f"{self.file.name} would replace the whole of layers that did not come from OpenStreetMap: {en}",
        )

    def shrinks(self, workspace: Workspace) -> Text | None:
        """Return, for people, which layers would get a fifth less records from it, or fewer; else ``None``."""
        return workspace.shrinking({name: {osm.OSM_SOURCE: len(frame)} for name, frame in self.frames.items()})


def read_extract(workspace: Workspace, file: Path, *, progress: Progress | None = None) -> OsmDraft:
    """Read an OpenStreetMap extract and change nothing.

    Raises
    ------
    PanhuoError
        If the extract cannot be read or holds nothing, or the workspace is the sample city's.
    """
    refuse_mixing(workspace)
    result = osm.read_osm(file, progress=progress)
    frames = {name: frame for name, frame in result.frames.items() if len(frame)}
    if not frames:
        raise ReadError(
            f"{file} holds nothing that Panhuo reads",
            f"{file} 里没有盘活能用的内容",
            hint="take an extract with streets and buildings",
            hint_zh="请换一个含道路、建筑的数据文件",
        )
    former = {item.kind: item for item in workspace.summary() if item.kind in frames and item.count}
    return OsmDraft(file, result, frames, former)


def accept_extract(
    workspace: Workspace,
    draft: OsmDraft,
    *,
    replace: bool = False,
    shrunken_agreed: bool = False,
    scope: Scope | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Bring an extract into every layer it has something for; all layers are accepted, or none.

    Raises
    ------
    UsageError
        If a layer that it would replace whole did not come from OpenStreetMap, and ``replace`` does not say that this
        is meant; or one would lose more than a fifth of its records, and ``shrunken_agreed`` does not.
    PanhuoError
        If it cannot be accepted; the workspace is then as it was.
    """
    collision = draft.replaces_ledgers()
    if collision is not None and not replace:
        hint, hint_zh = (
            "import extracts before ledgers, or add --replace",
            "请先导入开放地图、再导入台账，确要替换请加 --replace",
        )
        raise UsageError(collision.en, collision.zh, hint=hint, hint_zh=hint_zh)
    provenance = Provenance(
        source=osm.OSM_SOURCE,
        source_file=draft.file.name,
        source_sha256=snapshot.file_hash(draft.file),
        licence=osm.OSM_LICENCE,
        attribution=osm.OSM_ATTRIBUTION,
        crs_declared=schema.STORAGE_CRS,
        crs_found=schema.STORAGE_CRS,
    )
    if progress is not None:
        progress("accepting", 0.0)
    report = draft.result.report
    accepted, ready = joining.accepted(
        workspace,
        lambda: {
            name: joining.prepare(workspace, frame, report[name], provenance) for name, frame in draft.frames.items()
        },
        scope=scope,
        shrunken_agreed=shrunken_agreed,
    )
    told = ImportReport(
        draft.file.name,
        [ready[item.kind].report if item.kind in ready else item for item in report.reports],
        report.notes,
    )
    return Imported(told, accepted, schema.STORAGE_CRS, draft.replaced(), waiting_pairs(ready))


def _replaced(former: Snapshot, count: int) -> tuple[Provenance, ...]:
    """Return whose records an extract of ``count`` records takes the place of."""
    if not joining.is_together(former.kind, former, osm.OSM_SOURCE, count):
        return former.sources
    return tuple(item for item in former.sources if item.source == osm.OSM_SOURCE)
