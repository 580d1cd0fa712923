"""What commands print of an import, a workspace and a run: tables for people, JSON for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from api import _console as console
from layers import schema
from layers.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from api.imports import Draft, Imported
    from layers.runs import Run
    from layers.workspace import Workspace

PAGE_SUFFIXES = (".html", ".htm")
TOP = 10
"""Opportunities of each theme that `panhuo analyze` prints."""
TOP_COLUMNS = ("opportunity_id", "theme", "rank", "score", "action", "name", "permission", "subdistrict_code")


def tell_import(done: Imported, directory: Path, page: Path | None, *, as_json: bool, dry_run: bool) -> None:
    """Print what an import did, and write its report where one is asked for."""
    if page is not None:
        write_page(done, page)
    if as_json:
        console.show_json(
            {
                "dry_run": dry_run,
                "crs_found": done.crs_found,
                "report": done.report.to_dict(),
                "replaced": [{"kind": kind, **asdict(item)} for kind, found in done.replaced.items() for item in found],
                "doubts": dict(done.doubts),
                "layers": {name: item.to_dict() for name, item in done.snapshots.items()},
            }
        )
        return
    for line in done.report.lines():
        console.show_line(line)
    for kind, found in done.replaced.items():
        for item in found:
            before = f"{kind} 原有 {item.record_count} 条（{item.source_file or item.source}）"
            console.show_line(f"! 替换 {before} / they are replaced; the former version stays: panhuo history")
    if page is not None:
        console.show_line(f"quality report 质检报告: {page}")
    if dry_run:
        console.show_line("dry run: nothing was changed")
    else:
        for kind, count in done.doubts.items():
            console.show_line(f"待答 {count} 对 pairs wait for an answer: panhuo matches {directory} {kind}")
        console.show_line(f"next: panhuo analyze {directory}")


def keep(draft: Draft, *, mapping: Path | None, rejected: Path | None, as_json: bool) -> None:
    """Write what a person asked to have of a file that was read: its columns, the records to be mended."""
    from layers.reading import write_rejected  # noqa: PLC0415
    from layers.reading.mapping import save_mapping  # noqa: PLC0415
    from layers.snapshot import unwritable  # noqa: PLC0415

    lines = []
    if mapping is not None:
        save_mapping(mapping, draft.mapping)
        lines.append(f"列对照表 columns kept in {mapping}")
    if rejected is not None and len(draft.result.rejected):
        try:
            write_rejected(draft.result.rejected, rejected)
        except OSError as error:
            raise unwritable(rejected, error) from error
        lines.append(f"未收的 {len(draft.result.rejected)} 条 records to be mended: {rejected}")
    elif rejected is not None:
        lines.append(f"没有要改的记录，未写 {rejected} / no record is to be mended; {rejected} was not written")
    for line in () if as_json else lines:
        console.show_line(line)


def check_writable(page: Path | None) -> None:
    """Refuse a file that cannot be written before anything else is done."""
    from layers.snapshot import unwritable  # noqa: PLC0415

    if page is None:
        return
    if page.suffix.lower() not in PAGE_SUFFIXES:
        raise UsageError(
            f"a report is a page: {page.name} should end in .html",
            f"质检报告是网页，{page.name} 的后缀应为 .html",
            hint="write --report FILE.html; a browser prints it as PDF",
            hint_zh="请写 --report 文件.html，需要 PDF 时用浏览器打印",
        )
    is_new = not page.exists()
    try:
        page.open("ab").close()
        if is_new:
            page.unlink()
    except OSError as error:
        raise unwritable(page, error) from error


def write_page(done: Imported, page: Path) -> None:
    """Write the quality report of an import as one offline page."""
    from layers.snapshot import unwritable  # noqa: PLC0415

    try:
        page.write_text(done.report.to_html(), encoding="utf-8")
    except OSError as error:
        raise unwritable(page, error) from error


def tell_layers(workspace: Workspace, *, as_json: bool) -> None:
    """Print what a workspace holds."""
    found, run = workspace.summary(), workspace.latest_run()
    if as_json:
        newest = {"run_id": run.run_id, "as_of": run.as_of, "created_at": run.created_at} if run else None
        layers = [item.to_dict() for item in found]
        console.show_json({"name": workspace.name, "is_sample": workspace.is_sample, "layers": layers, "run": newest})
        return
    if workspace.is_sample:
        console.show_line("示例数据 sample data: a fictional city")
    if not found:
        console.show_line(f"no layers yet; next: panhuo import {workspace.root} KIND FILE")
        return
    rows = [
        (
            item.kind,
            schema.kind(item.kind).zh,
            item.count,
            item.unlocated_count or "",
            item.data_date,
            item.crs_found,
            item.source_file,
            item.licence,
        )
        for item in found
    ]
    console.show_table(("kind", "名称", "records", "unlocated", "data date", "datum", "file", "licence"), rows)
    newest_run = f"newest run: {run.run_id} as of {run.as_of}" if run else ""
    if run and run.inputs != {item.kind: item.version for item in found if item.count}:
        newest_run += f"; 台账已变 layers have changed since: panhuo analyze {workspace.root}"
    console.show_line(newest_run or f"no analysis yet; next: panhuo analyze {workspace.root}")


def tell_run(workspace: Workspace, run: Run, *, as_json: bool) -> None:
    """Print the best opportunities of a run, and what it left out."""
    frame = workspace.read_result("opportunity", run_id=run.run_id)
    ranked = frame[frame["rank"].notna()].sort_values(["theme", "rank"], ascending=[False, True])
    best = ranked.groupby("theme", sort=False).head(TOP)[list(TOP_COLUMNS)]
    rows: list[dict[str, Any]] = best.astype(object).where(best.notna(), None).to_dict("records")
    notes = run.manifest.get("notes", [])
    if as_json:
        summary = {"run_id": run.run_id, "as_of": run.as_of, "opportunity_count": len(frame), "notes": notes}
        console.show_json({**summary, "top": rows})
        return
    for note in notes:
        console.show_line(f"· {note['zh']} / {note['en']}")
    of = schema.kind("opportunity")
    console.show_table(
        ("主题", "名次", "得分", "动作", "名称", "许可"),
        [
            (
                _title(of, "theme", row["theme"]),
                row["rank"],
                f"{row['score']:.3f}",
                _title(of, "action", row["action"]),
                row["name"],
                _title(of, "permission", row["permission"]),
            )
            for row in rows
        ],
    )
    console.show_line(f"run {run.run_id}: {len(frame)} opportunities; next: panhuo serve {workspace.root}")


def _title(of: schema.Kind, field: str, code: str) -> str:
    return (of[field].codes or {}).get(code, (code, code))[0]
