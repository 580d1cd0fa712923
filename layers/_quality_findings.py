"""Every record touched, on the page of a report: grouped by what was done, folded, in pages of a hundred."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from layers.findings import ACTION_TITLES, Text, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.findings import Finding
    from layers.schema import Kind

_ORDER = ("warning", "left_out", "unlocated", "nulled", "merged", "changed", "kept", "note")
"""What a person must look at comes first."""
_ENTRIES_A_PAGE = 100
_MOST_ENTRIES = 4_000
_MOST_RUNS = 400
"""With these a page stays below three megabytes whatever the file; the JSON form has everything."""
_OPEN_BELOW = 30


def both(zh: str, en: str) -> str:
    """Return a sentence in Chinese with the English beside it, escaped."""
    return f'{escape(zh)} <span class="en" lang="en">{escape(en)}</span>'


def field_title(name: str | None, kind: Kind | None) -> str:
    """Return a field as a clerk knows it, with its name beside; a source column as it is."""
    if name == "geometry":
        return both("图形", "geometry")
    if name is None or kind is None or name not in kind:
        return escape(name or "")
    return both(kind[name].zh, name)


def findings_section(findings: Sequence[Finding], kind: Kind | None) -> str:
    """Return the findings of one report, what concerns the whole file first."""
    if not findings:
        return "<p>没有发现问题。 <span class='en' lang='en'>Nothing was found.</span></p>"
    order = sorted(findings, key=lambda item: _ORDER.index(item.action))  # a stable sort: as found within an action
    whole = [item for item in order if item.record is None]
    single = [item for item in order if item.record is not None]
    groups: dict[tuple[str, str, str | None], list[Finding]] = {}
    for item in single:
        groups.setdefault((item.action, item.rule, item.field), []).append(item)
    room = _MOST_ENTRIES
    parts = [_whole_file(whole, kind)]
    for items in groups.values():
        shown = sorted(items, key=lambda item: item.record or 0)[: max(room, 0)]
        room -= len(shown)
        parts.append(_group(shown, items, kind, is_open=len(single) <= _OPEN_BELOW))
    return "".join(parts)


def _whole_file(findings: Sequence[Finding], kind: Kind | None) -> str:
    if not findings:
        return ""
    rows = "".join(
        f'<tr class="{item.action}"><td>{_badge(item.action)}</td><td>{field_title(item.field, kind)}</td>'
        f"<td>{escape(item.value or '')}</td><td>{both(item.zh, item.en)}</td></tr>"
        for item in findings
    )
    heads = ("处理 action", "字段 field", "原值 value", "说明 what and why")
    title = both("整个文件", "The file as a whole")
    return f"<h3>{title}</h3>{_table(heads, rows)}"


def _badge(action: str) -> str:
    return f'<span class="badge {action}">{both(*ACTION_TITLES[action])}</span>'


def _group(shown: Sequence[Finding], items: Sequence[Finding], kind: Kind | None, *, is_open: bool) -> str:
    """Return one group: what was done, where in how many records, and each of them when it is unfolded."""
    head = items[0]
    count = sum(len(item.records) for item in items)
    more = Text("", "") if len({item.zh for item in items}) == 1 else Text(" 等", " and the like")
    summary = (
        f"{_badge(head.action)} <b>{count:,}</b> {both('条', 'record' if count == 1 else 'records')} · "
        f"{field_title(head.field, kind)} {both(head.zh + more.zh, head.en + more.en)}"
    )
    pages = [shown[start : start + _ENTRIES_A_PAGE] for start in range(0, len(shown), _ENTRIES_A_PAGE)]
    body = _page(pages[0]) if len(pages) == 1 else "".join(_numbered(page, at) for at, page in enumerate(pages))
    if len(shown) < len(items):
        hidden = len(items) - len(shown)
        body += (
            f"<p>{both(f'另有 {hidden:,} 项，见 --json 的输出', f'{hidden:,} more stand in the output of --json')}</p>"
        )
    opened = " open" if is_open else ""
    return f'<details class="group {head.action}"{opened}><summary>{summary}</summary>{body}</details>'


def _numbered(page: Sequence[Finding], at: int) -> str:
    first = at * _ENTRIES_A_PAGE + 1
    title = both(f"第 {first:,} 至 {first + len(page) - 1:,} 项", f"entries {first:,} to {first + len(page) - 1:,}")
    return f"<details><summary>{title}</summary>{_page(page)}</details>"


def _page(page: Sequence[Finding]) -> str:
    """Return entries as a table; columns that would tell nothing new beside the summary are left out."""
    has_values = any(item.value for item in page)
    has_words = len({item.zh for item in page}) > 1
    rows = []
    for item in page:
        where = place(item.records, item.rows, sheets=item.sheets, most=_MOST_RUNS)
        value = f"<td>{escape(item.value or '')}</td>" if has_values else ""
        said = f"<td>{both(item.zh, item.en)}</td>" if has_words else ""
        rows.append(f'<tr><td class="n">{both(*where)}</td>{value}{said}</tr>')
    heads = ("何处 where", *(("原值 value",) if has_values else ()), *(("说明 what and why",) if has_words else ()))
    return _table(heads, "".join(rows))


def _table(heads: tuple[str, ...], rows: str) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
