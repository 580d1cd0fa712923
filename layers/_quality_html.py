"""The quality report as one page that opens anywhere: no script, no remote asset, everything escaped."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from layers._quality_findings import both, field_title, findings_section
from layers._quality_style import STYLE
from layers._sketch_svg import SKETCH_STYLE, beyond, figure
from layers.findings import Text
from layers.schema import kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    "member": Text("压缩包", "archive"),
    "unread": Text("没有读的工作表", "sheets that were not read"),
    "unused_columns": Text("未用的列", "columns without a field"),
    "mapping": Text("列对照表", "column mapping"),
    "corners": Text("界址点", "corner points"),
    "drawing": Text("图纸", "drawing"),
    "features": Text("要素", "features"),
    "correction": Text("补正", "correction"),
    "terms": Text("许可和署名", "licence and attribution"),
    "sources": Text("来源", "sources"),
    "joined": Text("与其他来源合并", "brought together"),
    "clusters": Text("小区的由来", "how communities were made"),
    "subdistricts": Text("镇街", "sub-districts"),
    "sea": Text("海", "sea"),
}
"""What a fact about a file is called; tests hold that none is without."""


def page(report: ImportReport) -> str:
    """Return the page of an import, Chinese first, English beside it."""
    notes = "".join(f"<p>{both(text.zh, text.en)}</p>" for text in report.notes)
    empty = [item for item in report.reports if is_empty(item)] if len(report.reports) > 1 else []
    sections = "".join(_section(item, report.totals.get(item.kind)) for item in report.reports if item not in empty)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>质检报告 Quality report: {escape(report.file)}</title>"
        f"<style>{STYLE}{SKETCH_STYLE}</style></head><body>"
        f'<h1>质检报告 <span class="en" lang="en">Quality report</span></h1><p class="file">{escape(report.file)}'
        f" · {_today()}</p>{_notices(report)}{notes}{sections}{_empty(empty)}</body></html>\n"
    )


def is_empty(report: QualityReport) -> bool:
    """Return whether there is nothing to tell of a layer: no record was read and nothing was found."""
    return report.read == 0 and not report.findings


def _today() -> str:
    return f"{datetime.now(tz=UTC).astimezone():%Y-%m-%d}"


def _section(report: QualityReport, total: int | None) -> str:
    kind = kinds().get(report.kind)
    return "".join(
        (
            f"<section><h2>{_title(report)}</h2>",
            _verdict(report),
            _sum(report, total),
            _map(report),
            _reasons(report),
            f"<h3>{both('发现了什么，怎么处理的', 'What was found, and what was done about it')}</h3>",
            findings_section(report.findings, kind),
            _columns(report, kind),
            _facts(report),
            "</section>",
        )
    )


def _title(report: QualityReport) -> str:
    kind = kinds().get(report.kind)
    return both(kind.zh, kind.en) if kind else escape(report.kind)


def _notices(report: ImportReport) -> str:
    """Return whose data it is, each once: the layers of one file share it."""
    said = [
        (label, text)
        for item in report.reports
        for label, text in (
            ("", item.notice),
            ("数据归属 Attribution: ", item.attribution),
            ("许可 Licence: ", item.licence),
        )
        if text
    ]
    return "".join(f'<p class="notice">{escape(label + text)}</p>' for label, text in dict.fromkeys(said))


def _empty(reports: Sequence[QualityReport]) -> str:
    """Return in one line the layers for which the file had nothing."""
    if not reports:
        return ""
    said = both("文件里没有以下图层的记录：", "The file has no record for these layers:")
    return f'<p class="empty">{said} {"、".join(_title(item) for item in reports)}</p>'


def _verdict(report: QualityReport) -> str:
    """Return in one sentence whether a person has something to look at: doubts, and whatever is not as it was given."""
    doubted = len({record for item in report.warnings for record in item.records})
    nulled = sum(max(len(item.records), 1) for item in report.findings if item.action == "nulled")
    whole = sum(item.record is None for item in report.warnings)
    counted = (
        (doubted, "{} 条有疑点，请核对", "{} in doubt: check", "record", "records"),
        (nulled, "{} 个值已置空", "{} set to null", "value", "values"),
        (report.left_out, "{} 条未收", "{} left out", "record", "records"),
        (report.unlocated, "{} 条待落图", "{} not yet placed", "record", "records"),
        (whole, "整个文件有 {} 点要留意", "{} on the whole file", "point", "points"),
    )
    zh = [text.format(f"{count:,}") for count, text, *_ in counted if count]
    en = [text.format(f"{count:,} {one if count == 1 else many}") for count, _, text, one, many in counted if count]
    told = both("；".join(zh), "; ".join(en)) if zh else both("没有需要核对的疑点", "nothing is in doubt")
    return f'<p class="verdict">{told}</p>'


def _sum(report: QualityReport, layer_total: int | None) -> str:
    """Return the counts as the sum that they are, and what the layer holds now where it took them in."""
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
    if layer_total is not None:
        tail += f" · {both(f'导入后图层共 {layer_total:,} 条', f'the layer now holds {layer_total:,}')}"
    total = f"{report.read:,} = {report.kept:,} + {report.merged:,} + {report.left_out:,}"
    return f'<ul class="sum">{items}</ul><p>{total} {both("逐条相符", "every record accounted for")}{tail}</p>'


def _map(report: QualityReport) -> str:
    if report.sketch is None:
        return ""
    far = beyond(report.sketch, report.rows, report.sheets)
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
