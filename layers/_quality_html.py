"""The quality report as one page that opens anywhere: no script, no remote asset, everything escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from layers.quality import ACTION_TITLES
from layers.schema import kinds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from layers.quality import Finding, ImportReport, QualityReport
    from layers.schema import Kind

_STYLE = """
body{font:15px/1.6 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;margin:0 auto;max-width:1100px;
padding:1.5rem;color:#1b1b1b;background:#fff}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:1.25rem 0 .4rem}
.en{color:#555}.counts{display:flex;flex-wrap:wrap;gap:.75rem;margin:.75rem 0;padding:0;list-style:none}
.counts li{border:1px solid #c9ced6;border-radius:.4rem;padding:.4rem .9rem}.counts b{font-size:1.3rem;display:block}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{border:1px solid #d5d9e0;padding:.3rem .5rem;
text-align:left;vertical-align:top;overflow-wrap:break-word}th{background:#f0f2f5;white-space:nowrap}td.n{text-align:right;white-space:nowrap}
.notice{border-left:.3rem solid #a15c00;background:#fff6e5;padding:.5rem .8rem;margin:.5rem 0}
tr.warning td{background:#fff6e5}tr.left_out td{background:#fdecec}
@media print{body{max-width:none;padding:0}}
"""


def page(report: ImportReport) -> str:
    """Return the page of an import, Chinese first, English beside it."""
    notes = "".join(f"<p>{_both(text.zh, text.en)}</p>" for text in report.notes)
    sections = "".join(_section(item) for item in report.reports)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>质检报告 Quality report: {escape(report.file)}</title><style>{_STYLE}</style></head><body>"
        f'<h1>质检报告 <span class="en">Quality report</span></h1><p>{escape(report.file)}</p>'
        f"{notes}{sections}</body></html>\n"
    )


def _both(zh: str, en: str) -> str:
    return f'{escape(zh)} <span class="en" lang="en">{escape(en)}</span>'


def _section(report: QualityReport) -> str:
    kind = kinds().get(report.kind)
    title = _both(kind.zh, kind.en) if kind else escape(report.kind)
    return "".join(
        (
            f"<section><h2>{title}</h2>",
            _notices(report),
            _counts(report),
            _reasons(report),
            _facts(report),
            _columns(report),
            _findings(report.findings, kind),
            "</section>",
        )
    )


def _notices(report: QualityReport) -> str:
    said = (
        ("", report.notice),
        ("数据归属 Attribution: ", report.attribution),
        ("许可 Licence: ", report.licence),
    )
    return "".join(f'<p class="notice">{escape(label + text)}</p>' for label, text in said if text)


def _counts(report: QualityReport) -> str:
    shown = (
        (report.read, "读入", "read"),
        (report.kept, "保留", "kept"),
        (report.merged, "合并", "merged"),
        (report.left_out, "未收", "left out"),
        (report.unlocated, "其中待落图", "of those kept, not yet placed"),
    )
    items = "".join(f"<li><b>{count}</b>{_both(zh, en)}</li>" for count, zh, en in shown)
    sum_text = f"{report.read} = {report.kept} + {report.merged} + {report.left_out}"
    return f'<ul class="counts">{items}</ul><p>{escape(sum_text)}</p>'


def _reasons(report: QualityReport) -> str:
    rows = ((str(count), _both(text.zh, text.en)) for text, count in report.left_out_reasons.items())
    return _table("未收的原因", "Why records were left out", ("条数 records", "原因 reason"), rows)


def _facts(report: QualityReport) -> str:
    rows = ((escape(name), _both(text.zh, text.en)) for name, text in report.facts.items())
    return _table("文件的情况", "What was found out about the file", ("项 item", "结论 finding"), rows)


def _columns(report: QualityReport) -> str:
    rows = ((escape(item.title), escape(item.field or "—"), _both(item.zh, item.en)) for item in report.columns)
    heads = ("原列名 source column", "读作 read as", "说明 note")
    return _table("各列的去向", "What became of each column", heads, rows)


def _findings(findings: list[Finding], kind: Kind | None) -> str:
    if not findings:
        return "<p>没有发现问题。 <span class='en' lang='en'>Nothing was found.</span></p>"
    order = sorted(findings, key=lambda item: (item.record is not None, item.record or 0))
    body = "".join(
        f'<tr class="{item.action}"><td class="n">{"" if item.record is None else item.record}</td>'
        f"<td>{_field(item.field, kind)}</td><td>{escape(item.value or '')}</td>"
        f"<td>{_both(*ACTION_TITLES[item.action])}</td><td>{_both(item.zh, item.en)}</td></tr>"
        for item in order
    )
    heads = ("记录 record", "字段 field", "原值 value", "处理 action", "说明 what and why")
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    return (
        f"<h3>{_both('逐条说明', 'Every record touched')}</h3>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _field(name: str | None, kind: Kind | None) -> str:
    """Return a field as a clerk knows it, with its name beside; a source column as it is."""
    if name is None or kind is None or name not in kind:
        return escape(name or "")
    return _both(kind[name].zh, name)


def _table(zh: str, en: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table of cells that are escaped already, or nothing where there are no rows."""
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    if not body:
        return ""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    return f"<h3>{_both(zh, en)}</h3><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
