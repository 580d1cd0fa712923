"""What `panhuo bundle` says of what a new plan changed against the one that it went on from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api._help import both

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.bundling import Bundled

MOST_NAMED = 6
"""Members that are named of each change; the JSON has all."""


def since_lines(done: Bundled) -> list[str]:
    """Return benefit before and now, and the members that came in, left or changed their bundle."""
    since = done.since
    if since is None:
        return []
    table, changes = done.found.candidates.table, since.changes
    names = dict(zip(table.index, table["name"], strict=True))
    lines = [
        both(
            f"与上次方案 {since.run_id} 相比：公共效益 {since.benefit:,.1f} → {done.plan.benefit:,.1f}",
            f"since the last plan: benefit {since.benefit:,.1f} -> {done.plan.benefit:,.1f}",
        )
    ]
    for zh, en, members in (
        ("新入包", "came in", [names.get(name) or name for name in changes.came_in]),
        ("出包", "left", [names.get(name) or name for name in changes.left]),
        (
            "换包",
            "changed bundle (number then and now)",
            [f"{names.get(name) or name}（原{here + 1}号→现{there + 1}号）" for name, here, there in changes.moved],
        ),
    ):
        if members:
            lines.append(f"  {both(f'{zh}{len(members)}个', f'{len(members)} {en}')}：{_named(members)}")
    if len(lines) == 1:
        lines.append(both("  成员未变", "the members are the same"))
    return lines


def _named(members: Sequence[str]) -> str:
    more = " …" if len(members) > MOST_NAMED else ""
    return "、".join(members[:MOST_NAMED]) + more
