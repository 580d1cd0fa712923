"""Bringing files in, for the command and the server: a file is read first and accepted second, so that one may look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from layers import osm, reading, schema, snapshot
from layers.crs import crs_option
from layers.datums import CLEAR
from layers.errors import ReadError, UsageError, WorkspaceError
from layers.quality import ImportReport, Text
from layers.reading.mapping import Mapping as ColumnMapping
from layers.reading.mapping import load_mapping, mapping_of
from layers.snapshot import Provenance, Snapshot
from layers.trusted import AREA_KINDS, PLACE_KINDS, Trusted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from layers.scope import Scope
    from layers.workspace import Workspace

    Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Imported:
    """What an import did, or would do: its report, the snapshots where it was carried out, and what they replace."""

    report: ImportReport
    snapshots: Mapping[str, Snapshot]
    crs_found: str | None
    replaced: tuple[Snapshot, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A file that was read as a layer and is not accepted yet, with the layer that it would replace.

    ``mapping`` is what was settled of its columns, for the next file of its source.
    """

    file: Path
    result: reading.ReadResult
    former: Snapshot | None
    mapping: ColumnMapping

    def imported(self, *accepted: Snapshot) -> Imported:
        """Return what becomes of it: what it would do, or did with the snapshot that was accepted."""
        replaced = () if self.former is None else (self.former,)
        report = ImportReport(self.file.name, [self.result.report])
        return Imported(report, {item.kind: item for item in accepted}, self.result.crs_found, replaced)

    def replaces_another_file(self) -> Text | None:
        """Return, for people, that the layer it replaces came from a file of another name; else ``None``."""
        if self.former is None or self.former.source_file == self.file.name:
            return None
        of, before = schema.kind(self.former.kind), self.former.source_file or self.former.source
        return Text(
            f"图层 {of.name}（{of.zh}）现有 {self.former.count} 条，来自 {before}，{self.file.name} 会整层替换它",
            f"layer {of.name} holds {self.former.count} records of {before}, and {self.file.name} would replace it all",
        )

    def shrinks(self, workspace: Workspace, source: str) -> Text | None:
        """Return, for people, that the layer would lose more than a fifth of its records; else ``None``."""
        return workspace.shrinking({self.result.report.kind: len(self.result.frame)}, source)


def read_import(
    workspace: Workspace,
    kind: str,
    file: Path,
    *,
    crs: str = "auto",
    encoding: str = "auto",
    columns: Mapping[str, str] | None = None,
    mapping: Path | None = None,
    progress: Progress | None = None,
) -> Draft:
    """Read ``file`` as ``kind`` and change nothing.

    Parameters
    ----------
    workspace
        Its accepted layers are evidence for where the records are.
    kind, file, crs, encoding, columns
        As for :func:`layers.reading.read_file`.
    mapping
        A file of :mod:`layers.reading.mapping`; what is said beside it comes first.
    progress
        Whom to tell how far it is.

    Raises
    ------
    PanhuoError
        If the file cannot be read, or the workspace is the sample city's.
    """
    _refuse_mixing(workspace)
    if progress is not None:
        progress("reading", 0.0)
    known = ColumnMapping(schema.input_kind(kind).name) if mapping is None else _mapping(mapping, kind)
    said = ColumnMapping(
        known.kind,
        {**known.columns, **(columns or {})},
        known.crs if crs == "auto" else crs,
        known.encoding if encoding == "auto" else encoding,
        known.layer,
    )
    result = reading.read_file(
        _with_layer(file, said.layer),
        kind,
        crs=crs_option(said.crs),
        encoding=said.encoding,
        columns=said.columns,
        trusted=trusted(workspace),
        as_of=datetime.now(UTC).astimezone().date(),
    )
    if mapping is not None:
        known.tell(result.report)
    settled = mapping_of(
        result.report, columns=said.columns, crs=said.crs, encoding=said.encoding, layer=said.layer, name=file.name
    )
    former = workspace.current(known.kind)
    return Draft(file, result, former if former is not None and former.count else None, settled)


def _mapping(path: Path, kind: str) -> ColumnMapping:
    known, wanted = load_mapping(path), schema.input_kind(kind)
    if known.kind != wanted.name:
        raise UsageError(
            f"{path.name} is a mapping for {known.kind}, not for {wanted.name}",
            f"{path.name} 是{schema.kind(known.kind).zh}的列对照表，不是{wanted.zh}的",
            hint="give the one that was saved for this kind",
            hint_zh="请用这一类图层的列对照表",
        )
    return known


def _with_layer(file: Path, layer: str | None) -> Path:
    return file if layer is None or "|layername=" in str(file) else Path(f"{file}|layername={layer}")


def trusted(workspace: Workspace) -> Trusted:
    """Return what a workspace has accepted so far, as evidence for where the next file's records are.

    A layer whose own datum was a guess is no evidence, or one wrong guess would prove the next.
    """
    kinds = (*AREA_KINDS, *PLACE_KINDS, "building", "street")
    sure = (item for item in workspace.summary() if item.crs_confidence is None or item.crs_confidence >= CLEAR)
    held = {item.kind for item in sure if item.count}
    return Trusted.of({name: workspace.read(name) for name in kinds if name in held})


def accept_import(
    workspace: Workspace,
    draft: Draft,
    *,
    source: str = "ledger",
    licence: str | None = None,
    attribution: str | None = None,
    replace: bool = False,
    shrunken_agreed: bool = False,
    scope: Scope | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Make ``draft`` the current layer of its kind.

    Raises
    ------
    UsageError
        If the layer it replaces came from a file of another name, and ``replace`` does not say that this is meant; or
        it would lose more than a fifth of its records, and ``shrunken_agreed`` does not.
    WorkspaceError
        If the workspace cannot be written; it is then as it was.
    """
    collision = draft.replaces_another_file()
    if collision is not None and not replace:
        raise UsageError(collision.en, collision.zh, hint="add --replace to do so", hint_zh="确要替换请加 --replace")
    result = draft.result
    provenance = Provenance(
        source=source,
        source_file=draft.file.name,
        source_sha256=snapshot.file_hash(reading.existing_file(draft.file)[0]),
        licence=licence,
        attribution=attribution,
        crs_declared=result.crs_declared,
        crs_found=result.crs_found,
        crs_confidence=result.crs_confidence,
    )
    if progress is not None:
        progress("accepting", 0.0)
    report = result.report
    accepted = workspace.accept(
        report.kind,
        result.frame,
        provenance,
        report=report.to_dict(),
        scope=scope,
        shrunken_agreed=shrunken_agreed,
    )
    return draft.imported(accepted)


def import_osm(
    workspace: Workspace,
    file: Path,
    *,
    replace: bool = False,
    shrunken_agreed: bool = False,
    scope: Scope | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Read an OpenStreetMap extract into every layer it has something for; all layers are accepted, or none.

    Raises
    ------
    UsageError
        If a layer that it would replace did not come from OpenStreetMap, and ``replace`` does not say that this is
        meant; or one would lose more than a fifth of its records, and ``shrunken_agreed`` does not.
    PanhuoError
        If the extract cannot be read or accepted; the workspace is then as it was.
    """
    _refuse_mixing(workspace)
    result = osm.read_osm(file, progress=progress)
    provenance = Provenance(
        source=osm.OSM_SOURCE,
        source_file=file.name,
        source_sha256=snapshot.file_hash(file),
        licence=osm.OSM_LICENCE,
        attribution=osm.OSM_ATTRIBUTION,
        crs_declared=schema.STORAGE_CRS,
        crs_found=schema.STORAGE_CRS,
    )
    reports = {item.kind: item.to_dict() for item in result.report.reports}
    frames = {name: frame for name, frame in result.frames.items() if len(frame)}
    if not frames:
        raise ReadError(
            f"{file} holds nothing that Panhuo reads",
            f"{file} 里没有盘活能用的内容",
            hint="take an extract with streets and buildings",
            hint_zh="请换一个含道路、建筑的数据文件",
        )
    replaced = tuple(item for item in workspace.summary() if item.kind in frames and item.count)
    if not replace:
        _refuse_replacing_ledgers(file, [item for item in replaced if item.source != osm.OSM_SOURCE])
    accepted = workspace.accept_all(frames, provenance, reports=reports, scope=scope, shrunken_agreed=shrunken_agreed)
    return Imported(result.report, accepted, schema.STORAGE_CRS, replaced)


def _refuse_mixing(workspace: Workspace) -> None:
    if workspace.is_sample:
        raise WorkspaceError(
            f"{workspace.root} holds the fictional sample city, and real files never share a workspace with it",
            f"{workspace.root} 是虚构的示例城区，真实数据不能与它混放",
            hint="run `panhuo init` for a workspace of their own",
            hint_zh="请用 panhuo init 另建工作区",
        )


def _refuse_replacing_ledgers(file: Path, ledgers: Sequence[Snapshot]) -> None:
    if not ledgers:
        return
    held = [(schema.kind(item.kind), item.count, item.source_file or item.source) for item in ledgers]
    en = ", ".join(f"{of.name} ({count} records of {before})" for of, count, before in held)
    zh = "、".join(f"{of.name} {of.zh}（{count} 条，来自 {before}）" for of, count, before in held)
    raise UsageError(
        f"{file.name} would replace the whole of layers that did not come from OpenStreetMap: {en}",
        f"{file.name} 会整层替换不是来自 OpenStreetMap 的图层：{zh}",
        hint="import extracts before ledgers, or add --replace",
        hint_zh="请先导入开放地图、再导入台账，确要替换请加 --replace",
    )
