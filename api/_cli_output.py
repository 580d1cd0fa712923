"""What commands print of an import, a workspace and a run: tables for people, JSON for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from api import _console as console
from api._help import both
from layers import schema
from layers.errors import DatumUnsureError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from api.imports import Draft, Imported
    from layers.catalog_move import Moved
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
            after = both(f"! 替换 {before}", "they are replaced; the former version stays")
            console.show_line(f"{after}: panhuo history")
    if page is not None:
        console.show_line(both(f"质检报告：{page}", "quality report"))
    if dry_run:
        console.show_line(both("只检查，未写入", "dry run: nothing was changed"))
    else:
        for kind, count in done.doubts.items():
            waiting = both(f"待答 {count} 对", f"{count} pairs wait for an answer")
            console.show_line(f"{waiting}: panhuo matches {directory} {kind}")
        tell_next(f"panhuo analyze {directory}")


def tell_next(command: str) -> None:
    """Print the command that usually follows."""
    console.show_line(f"下一步 next: {command}")


def keep_mapping(draft: Draft, path: Path | None, *, as_json: bool) -> None:
    """Write how the columns of a file that was read were matched, where a person asked for it."""
    from layers.reading.mapping import save_mapping  # noqa: PLC0415

    if path is None:
        return
    save_mapping(path, draft.mapping)
    if not as_json:
        console.show_line(both(f"列对照表已存：{path}", "the columns are kept"))


def keep_rejected(ready: Imported, path: Path | None, *, as_json: bool) -> None:
    """Write the records that an import leaves out, or leaves without a place, where a person asked for it."""
    from layers.reading import write_rejected  # noqa: PLC0415
    from layers.snapshot import unwritable  # noqa: PLC0415

    if path is None:
        return
    if len(ready.to_mend):
        try:
            write_rejected(ready.to_mend, path)
        except OSError as error:
            raise unwritable(path, error) from error
    if not as_json:
        console.show_line(_to_mend(ready, path) if len(ready.to_mend) else _nothing_to_mend(ready, path))


def _to_mend(ready: Imported, path: Path) -> str:
    """Return how many records were written, as the counts of the report call them, and which of these are not there."""
    (report,) = ready.report.reports
    count, waits = ready.to_mend.index.nunique(), len(ready.waiting)
    zh = f"要改的 {count} 条（未收 {count - waits}，待落图 {waits}）已写入 {path}"
    en = f"{count} records to be mended ({count - waits} left out, {waits} not yet placed)"
    if others := report.left_out - (count - waits):
        zh += f"；未收的另外 {others} 条不是要改的记录（如合计行），不在其中"
        en += f"; {others} more were left out that are no records to be mended, such as totals"
    if others := report.unlocated - waits:
        zh += f"；待落图的另外 {others} 条不在这份文件里，照旧"
        en += f"; {others} more that wait are not of this file"
    return both(zh, en)


def _nothing_to_mend(ready: Imported, path: Path) -> str:
    """Return that no file of records to be mended was written, and how many values were blanked all the same."""
    (report,) = ready.report.reports
    blanked = sum(max(len(item.records), 1) for item in report.findings if item.action == "nulled")
    if not blanked:
        return both(f"没有要改的记录，未写 {path}", "no record is to be mended; nothing was written")
    told = f"没有因错未收的记录，未写 {path}；另有 {blanked} 个值置空，见质检报告（--report 文件.html）"
    told_en = f"no record was left out for a fault; {blanked} values were set to null, see the report"
    return both(told, f"{told_en} (--report FILE.html)")


def with_crs(read: Callable[..., Draft], crs: str) -> Draft:
    """Return what ``read`` makes of a file; what its coordinates are in is asked where a person can answer.

    Parameters
    ----------
    read
        From ``crs`` and ``progress`` to the file as it was read.
    crs
        What stands behind ``--crs``.

    Raises
    ------
    DatumUnsureError
        If it is not sure and nobody can answer.
    """
    try:
        with console.shown_progress() as progress:
            return read(crs=crs, progress=progress)
    except DatumUnsureError as question:
        lines = [f"{item.name} ({item.confidence:.0%}) {item.zh} {item.en}".rstrip() for item in question.choices]
        answer = console.chosen(f"{question.zh} | {question.message}", lines)
        if not answer:
            raise
        number = int(answer) if answer.isdecimal() else 0
        is_number = 1 <= number <= len(question.choices)
        with console.shown_progress() as progress:
            return read(crs=question.choices[number - 1].name if is_number else answer, progress=progress)


def check_writable(page: Path | None) -> None:
    """Refuse a file that cannot be written before anything else is done."""
    if page is None:
        return
    if page.suffix.lower() not in PAGE_SUFFIXES:
        raise UsageError(
            f"a report is a page: {page.name} should end in .html",
            f"质检报告是网页，{page.name} 的后缀应为 .html",
            hint="write --report FILE.html; a browser prints it as PDF",
            hint_zh="请写 --report 文件.html，需要 PDF 时用浏览器打印",
        )
    check_opens(page)


def check_rejected(path: Path | None) -> None:
    """Refuse a file of records to be mended that cannot be written, before anything else is done."""
    from layers.reading import refuse_suffix  # noqa: PLC0415

    if path is not None:
        refuse_suffix(path)
        check_opens(path)


def check_opens(path: Path) -> None:
    """Raise if ``path`` cannot be written; nothing of it changes."""
    from layers.snapshot import unwritable  # noqa: PLC0415

    is_new = not path.exists()
    try:
        path.open("ab").close()
        if is_new:
            path.unlink()
    except OSError as error:
        raise unwritable(path, error) from error


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
        console.show_line(both("示例数据，虚构的城区", "sample data: a fictional city"))
    if not found:
        console.show_line(both("还没有图层", "no layers yet"))
        tell_next(f"panhuo import {workspace.root} KIND FILE")
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
    titles = ("kind", "名称", "条 count", "待落图 no place", "数据日期 date", "坐标 datum", "文件 file", "许可 licence")
    console.show_table(titles, rows)
    if run is None:
        console.show_line(both("还没有分析", "no analysis yet"))
        tell_next(f"panhuo analyze {workspace.root}")
        return
    console.show_line(both(f"最近一次分析 {run.run_id}，基准日 {run.as_of}", "newest run"))
    if run.inputs != {item.kind: item.version for item in found if item.count}:
        console.show_line(both("台账已变", "layers have changed since"))
        tell_next(f"panhuo analyze {workspace.root}")


def tell_run(workspace: Workspace, run: Run, *, as_json: bool) -> None:
    """Print the best opportunities of a run, and what it left out."""
    frame = workspace.read_result("opportunity", run_id=run.run_id)
    ranked = frame[frame["rank"].notna()].sort_values(["theme", "rank"], ascending=[False, True])
    best = ranked.groupby("theme", sort=False).head(TOP)[list(TOP_COLUMNS)]
    rows: list[dict[str, Any]] = best.astype(object).where(best.notna(), None).to_dict("records")
    notes = run.manifest.get("notes", [])
    if as_json:
        summary = {"run_id": run.run_id, "as_of": run.as_of, "opportunity_count": len(frame), "notes": notes}
        console.show_json({**summary, "own_model": run.manifest.get("own_model"), "top": rows})
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
    console.show_line(both(f"分析 {run.run_id}：机会 {len(frame)} 条", f"{len(frame)} opportunities"))
    for line in _own_model(run):
        console.show_line(line)
    tell_next(f"panhuo serve {workspace.root}")


def _own_model(run: Run) -> list[str]:
    """Return what was laid over the packaged model: a district's file, and how many single settings."""
    own = run.manifest.get("own_model") or {"file": None, "settings": 0}
    file = [both(f"用了本区模型 {own['file']}", "with the district's model")] if own["file"] else []
    count = own["settings"]
    return file + ([both(f"另设 {count} 项（--set）", f"{count} settings of your own")] if count else [])


def _title(of: schema.Kind, field: str, code: str) -> str:
    return (of[field].codes or {}).get(code, (code, code))[0]


def tell_moved(moved: Moved, *, as_json: bool) -> None:
    """Print where a catalog is now, that it is whole, and what must be set."""
    if as_json:
        console.show_json(asdict(moved))
        return
    rows, tables = sum(moved.counts.values()), len(moved.counts)
    console.show_line(both(f"目录库已搬到 {moved.after}", f"the catalog was moved from {moved.before}"))
    console.show_line(both(f"{tables} 张表 {rows} 行，逐表核对相符", f"{tables} tables, {rows} rows, all verified"))
    console.show_line(
        both(f"旧目录库留作备份，不含姓名电话：{moved.kept}", "the old one is kept without names and telephones")
    )
    if moved.is_in_database:
        told = "请把 PANHUO_CATALOG_URL 设为这个库的地址（含密码），并重启正在运行的 panhuo serve"
        console.show_line(both(told, "set PANHUO_CATALOG_URL to its URL, and restart `panhuo serve` where it runs"))
    else:
        told = "这个工作区不再需要 PANHUO_CATALOG_URL，请重启正在运行的 panhuo serve"
        console.show_line(both(told, "no need of PANHUO_CATALOG_URL any more; restart `panhuo serve` where it runs"))
