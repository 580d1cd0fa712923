"""Versions of a layer for the command: which there were, what differs between two, going back to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api import _console as console
from api._help import both
from api.work import notes_of
from layers import schema, writing
from layers._changes import CHANGE, MOVED_M

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from layers.history import Difference
    from layers.scope import Scope
    from layers.snapshot import Snapshot
    from layers.workspace import Workspace

SHOWN = 20
"""Changes that `panhuo diff` prints; a file holds them all."""
DIGITS = 8
"""Digits of a version that tables show; four are enough to name one."""
OLD, NEW, NAME, ASSET = "原值", "新值", "名称", "asset"
TOLD = {
    "变化": "change", NAME: "name", "字段": "field", OLD: "old", NEW: "new", "米 m": "distance_m", ASSET: "asset_id",
}  # fmt: skip
"""Titles that the table of changes has on the screen, and the columns under them."""
ALWAYS_TOLD = frozenset(("change", "name", "field"))
WIDE = 120
"""Columns of a terminal below which the table of changes goes without the ids, which a file and JSON have."""
VERBS = {"accept": "导入 import", "restore": "退回 restore", "fill": "补镇街 sub-districts", "settle": "答复 answers"}
PLUS, MINUS = "+", "−"


def tell_versions(workspace: Workspace, kind: str, *, as_json: bool) -> None:
    """Print the versions of a layer, the newest first."""
    of, found = schema.input_kind(kind), workspace.history(kind)
    if as_json:
        console.show_json({"kind": of.name, "versions": [item.to_dict() for item in found]})
        return
    if not found:
        console.show_line(
            f"{of.name} 还没有任何版本 | no versions yet; 下一步 next: panhuo import {workspace.root} {of.name} FILE"
        )
        return
    rows = [
        (
            item.version[:DIGITS] + (" *" if item.is_current else ""),
            f"{item.moment:%Y-%m-%d %H:%M}",
            VERBS[item.verb],
            item.who,
            item.count,
            "" if item.added is None else f"{PLUS}{item.added}",
            "" if item.removed is None else f"{MINUS}{item.removed}",
            item.source_file or item.source,
        )
        for item in found
    ]
    console.show_table(("version", "日期 date", "what", "who", "records", "新增", "减少", "file"), rows)
    console.show_line("* 当前 current; 比较 compare: panhuo diff; 退回 go back: panhuo restore")


def difference(
    workspace: Workspace,
    kind: str,
    before: str,
    after: str,
    *,
    out: Path | None = None,
    scope: Scope | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Difference:
    """Return what changed in a layer between two versions, and write every change to ``out`` where it is given.

    Raises
    ------
    PanhuoError
        If there is no such version, its file is damaged, or ``out`` cannot be written.
    """
    if progress is not None:
        progress("comparing", 0.0)
    found = workspace.difference(kind, before, after, scope)
    if out is not None:
        writing.write_layer(found.table, CHANGE, out, **notes_of(workspace, schema.kind(kind)))
    return found


def tell_difference(found: Difference, out: Path | None, *, as_json: bool) -> None:
    """Print what changed: counts, changes by field, the first changes."""
    if as_json:
        console.show_json(found.to_dict())
        return
    one, other = found.before, found.after
    console.show_line(
        f"{one.kind}: {one.version[:DIGITS]} ({one.day}, {one.count}) → {other.version[:DIGITS]} "
        f"({other.day}, {other.count})"
    )
    titles = CHANGE["change"].codes or {}
    counts = [f"{titles[name][0]} {name} {count}" for name, count in found.counts.items()]
    console.show_line("；".join([*counts, f"未变 unchanged {found.unchanged}"]))
    console.show_line(f"移位指超过 {MOVED_M} 米 / moved means by more than {MOVED_M} m")
    if found.fields:
        console.show_line("按字段 by field: " + ", ".join(f"{name} {count}" for name, count in found.fields.items()))
    _show_changes(found.table.head(SHOWN))
    if out is not None:
        console.show_line(both(f"已写出 {len(found.table)} 处变化：{out}", f"wrote {len(found.table)} changes"))
    elif len(found.table) > SHOWN:
        left = len(found.table) - SHOWN
        console.show_line(both(f"… 还有 {left} 处，用 --out 文件.csv、.xlsx 或 .geojson 全部写出", f"{left} more"))


def _show_changes(shown: pd.DataFrame) -> None:
    """Print changes, one line each: what changed, of which record, in which field; long values are cut."""
    told = {title: name for title, name in TOLD.items() if name in ALWAYS_TOLD or shown[name].notna().any()}
    if console.OUT.width < WIDE:
        told.pop(ASSET)
    values = shown[list(told.values())]
    values = values.assign(
        change=values["change"].map({code: zh for code, (zh, _) in (CHANGE["change"].codes or {}).items()})
    )
    if "distance_m" in values:
        values = values.assign(distance_m=values["distance_m"].map("{:.1f}".format, na_action="ignore"))
    rows = values.astype(object).where(values.notna(), None).to_numpy().tolist()
    if rows:
        console.show_table(list(told), rows, giving_way=[[title for title in (OLD, NEW) if title in told], [NAME]])


def tell_restored(restored: Snapshot, directory: Path) -> None:
    """Print which version is current now."""
    console.show_line(
        f"{restored.kind} {restored.version[:DIGITS]} 又是当前版本，{restored.count} 条 | is current again; "
        f"下一步 next: panhuo analyze {directory}"
    )
