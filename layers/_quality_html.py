"""The quality report as one page that opens anywhere: no script, no remote asset, everything escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from layers._quality_findings import both, field_title, findings_section
from layers._quality_style import STYLE
from layers._sketch_svg import SKETCH_STYLE, beyond, figure
from layers.findings import Text
from layers.schema import kinds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from layers.quality import ImportReport, QualityReport
    from layers.schema import Kind

_FACT_TITLES = {
    "encoding": Text("字符编码", "encoding"),
    "delimiter": Text("分隔符", "delimiter"),
    "sheet": Text("工作表", "sheet"),
    "header": Text("表头", "header"),
    "layer": Text("图层", "layer"),
    "crs": Text("坐标系及依据", "coordinate system and its evidence"),
    "unlocated": Text("待落图", "not yet placed"),
}


def page(report: ImportReport) -> str:
    """Return the page of an import, Chinese first, English beside it."""
    notes = "".join(f"<p>{both(text.zh, text.en)}</p>" for text in report.notes)
    sections = "".join(_section(item) for item in report.reports)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>质检报告 Quality report: {escape(report.file)}</title>"
        f"<style>{STYLE}{SKETCH_STYLE}</style></head><body>"
        f'<h1>质检报告 <span class="en" lang="en">Quality report</span></h1><p class="file">{escape(report.file)}</p>'
        f"{notes}{sections}</body></html>\n"
    )


def _section(report: QualityReport) -> str:
    kind = kinds().get(report.kind)
    title = both(kind.zh, kind.en) if kind else escape(report.kind)
    return "".join(
        (
            f"<section><h2>{title}</h2>",
            _notices(report),
            _verdict(report),
            _sum(report),
            _map(report),
            _reasons(report),
            f"<h3>{both('发现了什么，怎么处理的', 'What was found, and what was done about it')}</h3>",
            findings_section(report.findings, kind),
            _columns(report, kind),
            _facts(report),
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


def _verdict(report: QualityReport) -> str:
    """Return in one sentence whether a person has something to look at."""
    doubted = {record for item in report.warnings for record in item.records}
    whole = sum(item.record is None for item in report.warnings)
    zh = [f"{len(doubted):,} 条有疑点，请核对"] if doubted else []
    en = [f"{len(doubted):,} records are in doubt: check them"] if doubted else []
    if whole:
        zh.append(f"整个文件有 {whole} 点要留意")
        en.append(f"{whole} points concern the whole file")
    told = both("；".join(zh), "; ".join(en)) if zh else both("没有需要核对的疑点", "nothing is in doubt")
    return f'<p class="verdict">{told}</p>'


def _sum(report: QualityReport) -> str:
    """Return the counts as the sum that they are."""
    shown = (
        (report.read, "读入", "read", "read"),
        (report.kept, "保留", "kept", "kept"),
        (report.merged, "合并", "merged", "merged"),
        (report.left_out, "未收", "left out", "left_out" + (" some" if report.left_out else "")),
    )
    cards = [f'<li class="{name}"><b>{count:,}</b>{both(zh, en)}</li>' for count, zh, en, name in shown]
    signs = ("", "=", "+", "+")
    items = "".join(
        (f'<li class="op" aria-hidden="true">{sign}</li>' if sign else "") + card
        for sign, card in zip(signs, cards, strict=True)
    )
    unlocated = both(
        f"保留的记录中 {report.unlocated:,} 条待落图", f"of those kept, {report.unlocated:,} not yet placed"
    )
    tail = f" · {unlocated}" if report.unlocated else ""
    total = f"{report.read:,} = {report.kept:,} + {report.merged:,} + {report.left_out:,}"
    return f'<ul class="sum">{items}</ul><p>{total} {both("逐条相符", "every record accounted for")}{tail}</p>'


def _map(report: QualityReport) -> str:
    if report.sketch is None:
        return ""
    far = beyond(report.sketch, report.rows)
    tail = f"<p>{both(*far)}</p>" if far else ""
    return f"<h3>{both('记录落在哪里', 'Where the records lie')}</h3>{figure(report.sketch)}{tail}"


def _reasons(report: QualityReport) -> str:
    rows = ((f"{count:,}", both(text.zh, text.en)) for text, count in report.left_out_reasons.items())
    return _table("未收的原因", "Why records were left out", ("条数 records", "原因 reason"), rows)


def _facts(report: QualityReport) -> str:
    titles = ((_FACT_TITLES.get(name, Text(name, "")), text) for name, text in report.facts.items())
    rows = ((both(*title), both(text.zh, text.en)) for title, text in titles)
    return _table("文件的情况", "What was found out about the file", ("项 item", "结论 finding"), rows)


def _columns(report: QualityReport, kind: Kind | None) -> str:
    rows = (
        (escape(item.title), field_title(item.field, kind) or "—", both(item.zh, item.en)) for item in report.columns
    )
    heads = ("原列名 source column", "读作 read as", "说明 note")
    return _table("各列的去向", "What became of each column", heads, rows)


def _table(zh: str, en: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table of cells that are escaped already, or nothing where there are no rows."""
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    if not body:
        return ""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    return f"<h3>{both(zh, en)}</h3><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
