"""Bringing files in, for the command and the server: a file is read first and accepted second, so that one may look."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from api import corrections, evidence, joining
from layers import reading, schema, snapshot
from layers.crs import crs_option
from layers.errors import UsageError, WorkspaceError
from layers.matching.exported import UNNAMED
from layers.matching.same_place import is_brought_together
from layers.quality import ImportReport, Text
from layers.reading.mapping import Mapping as ColumnMapping
from layers.reading.mapping import load_mapping, mapping_of
from layers.snapshot import Provenance, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from api.placing import Prepared
    from layers.scope import Scope
    from layers.workspace import Workspace

    Progress = Callable[[str, float], None]

LEDGER = UNNAMED
"""Source of files of which nobody says who keeps them."""


@dataclass(frozen=True)
class Imported:
    """What an import did, or would do: its report, the snapshots where it was carried out, and what they replace."""

    report: ImportReport
    snapshots: Mapping[str, Snapshot]
    crs_found: str | None
    replaced: Mapping[str, tuple[Provenance, ...]] = field(default_factory=dict)
    """Kind -> sources whose records the file takes the place of."""
    doubts: Mapping[str, int] = field(default_factory=dict)
    """Kind -> pairs of its records that wait for a person, where there are any."""
    to_mend: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Records that were left out, or still have no place, as the file has them, by their numbers in it."""
    waiting: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """Numbers of those of the file that have no place."""


@dataclass(frozen=True)
class Draft:
    """A file that was read as a layer and is not accepted yet, with the layer that is current.

    ``source`` is who gave the file; ``mapping`` is what was settled of its columns, for the next file of its source.
    """

    file: Path
    source: str
    result: reading.ReadResult
    former: Snapshot | None
    mapping: ColumnMapping

    def replaced(self, *, only: bool = False) -> tuple[Provenance, ...]:
        """Return whose records, and of which files, it takes the place of (see :func:`accept_import`)."""
        if self.former is None or (self.completes and not only):
            return ()
        if only or not joining.is_together(self.former.kind, self.former, self.source, len(self.result.frame)):
            return self.former.sources
        before = self.former.source_named(self.source)
        return () if before is None else (before,)

    @property
    def completes(self) -> bool:
        """Whether it corrects records that were left out or wait, beside which the others of its source stay."""
        return corrections.completes(self.result, self.former, self.source)

    def replaces_another_file(self) -> Text | None:
        """Return, for people, that what it replaces came from a file of another name; else ``None``."""
        others = [item for item in self.replaced() if item.source_file != self.file.name]
        if self.former is None or not others:
            return None
        of, before = schema.kind(self.former.kind), ", ".join(item.source_file or item.source for item in others)
        count = sum(item.record_count or 0 for item in others)
        return Text(
            f"图层 {of.name}（{of.zh}）现有 {count} 条，来自 {before}，{self.file.name} 会替换它们",
            f"layer {of.name} holds {count} records of {before}, and {self.file.name} would replace them",
        )

    def shrinks(self, workspace: Workspace) -> Text | None:
        """Return, for people, that its source would give a fifth less records, or fewer; else ``None``."""
        return (
            None
            if self.completes
            else workspace.shrinking({self.result.report.kind: {self.source: len(self.result.frame)}})
        )


def read_import(
    workspace: Workspace,
    kind: str,
    file: Path,
    *,
    crs: str = "auto",
    encoding: str = "auto",
    columns: Mapping[str, str] | None = None,
    mapping: Path | None = None,
    source: str = LEDGER,
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
    source
        Short name of who keeps the ledger: its next file takes the place of this one, and what others say stays.
    progress
        Whom to tell how far it is.

    Raises
    ------
    PanhuoError
        If the file cannot be read, its datum must be asked, or the workspace is the sample city's.
    """
    refuse_mixing(workspace)
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
        trusted=evidence.trusted(workspace, kind=known.kind, source=source),
        as_of=datetime.now(UTC).astimezone().date(),
    )
    if result.question is not None:
        raise result.question
    if mapping is not None:
        known.tell(result.report)
    settled = mapping_of(
        result.report, columns=said.columns, crs=said.crs, encoding=said.encoding, layer=said.layer, name=file.name
    )
    former = workspace.current(known.kind)
    return Draft(file, source, result, former if former is not None and former.count else None, settled)


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


def preview(workspace: Workspace, draft: Draft, *, only: bool = False) -> Imported:
    """Return what accepting ``draft`` would do; nothing is changed."""
    return _imported(draft, _prepared(workspace, draft, Provenance(draft.source), only=only), {}, only=only)


def accept_import(
    workspace: Workspace,
    draft: Draft,
    *,
    licence: str | None = None,
    attribution: str | None = None,
    replace: bool = False,
    only: bool = False,
    shrunken_agreed: bool = False,
    scope: Scope | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Make ``draft`` part of the current layer of its kind: what its source said before is replaced, others' stays.

    Parameters
    ----------
    workspace, draft
        Where, and what.
    licence, attribution
        Printed on every map and export; where they are not said, those of the source's former file stay.
    replace
        That it is meant if the records it takes the place of came from a file of another name.
    only
        That it takes the place of the whole layer, whoever gave it.
    shrunken_agreed
        That it is meant if there are a fifth less records than before, or fewer.
    scope, progress
        Who does it, and whom to tell how far it is.

    Raises
    ------
    UsageError
        If something of this is not said to be meant.
    WorkspaceError
        If the workspace cannot be written; it is then as it was.
    """
    collision = draft.replaces_another_file()
    if collision is not None and not (replace or only):
        hint, hint_zh = "add --replace to do so", "确要替换请加 --replace"
        if is_brought_together(draft.result.report.kind):
            hint += ", or --source NAME if another department keeps this file"
            hint_zh += "；若是另一个部门的台账，请加 --source 部门名，两份会合在一起"
        raise UsageError(collision.en, collision.zh, hint=hint, hint_zh=hint_zh)
    result = draft.result
    said = licence, attribution
    licence, attribution = corrections.terms(draft.former, draft.source, licence, attribution)
    if any(new is None and now is not None for new, now in zip(said, (licence, attribution), strict=True)):
        result.report.facts["terms"] = corrections.terms_kept(said, (licence, attribution))
    provenance = Provenance(
        source=draft.source,
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
    kind = result.report.kind
    accepted, ready = joining.accepted(
        workspace,
        lambda: {kind: _prepared(workspace, draft, provenance, only=only)},
        scope=scope,
        shrunken_agreed=shrunken_agreed,
    )
    return _imported(draft, ready[kind], accepted, only=only)


def _prepared(workspace: Workspace, draft: Draft, provenance: Provenance, *, only: bool) -> Prepared:
    result = draft.result if only else corrections.completed(workspace, draft.result, draft.source)
    return joining.prepare(
        workspace,
        result.frame,
        result.report,
        provenance,
        records=result.records,
        originals=result.originals,
        only=only,
    )


def _imported(draft: Draft, ready: Prepared, accepted: Mapping[str, Snapshot], *, only: bool) -> Imported:
    report = ImportReport(draft.file.name, [ready.report])
    report.totals = {ready.report.kind: len(ready.layer.frame)}
    replaced = {ready.report.kind: draft.replaced(only=only)}
    pairs = waiting_pairs({ready.report.kind: ready})
    to_mend = reading.still_to_mend(draft.result.rejected, ready.report, ready.waiting)
    waiting = np.intersect1d(ready.waiting, draft.result.records)  # a correction is completed by records of others
    return Imported(report, accepted, draft.result.crs_found, replaced, pairs, to_mend, waiting)


def waiting_pairs(ready: Mapping[str, Prepared]) -> dict[str, int]:
    """Return how many pairs of each kind wait for a person, where there are any."""
    return {name: len(item.layer.doubts) for name, item in ready.items() if item.layer.doubts}


def refuse_mixing(workspace: Workspace) -> None:
    """Refuse to bring a real file into the sample city."""
    if workspace.is_sample:
        raise WorkspaceError(
            f"{workspace.root} holds the fictional sample city, and real files never share a workspace with it",
            f"{workspace.root} 是虚构的示例城区，真实数据不能与它混放",
            hint="run `panhuo init` for a workspace of their own",
            hint_zh="请用 panhuo init 另建工作区",
        )
