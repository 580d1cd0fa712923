"""The page around the map: title, sample banner, ranked lists, notes, credits, legend. HTML as text, all escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.schema import kind
from maps import _folium_text as words
from maps import opening
from maps._folium_areas import OUTSIDE
from maps._folium_sites import SITES_PER_THEME, Theme, score
from maps.palette import (
    BUNDLE_STYLE,
    GAP_BREAKS,
    GAP_RAMP,
    LABELLED_RANKS,
    OUTSIDE_STYLE,
    PERMISSION_COLOURS,
    RANK_CLASSES,
    ROLE_SIGNS,
    ROLE_STYLES,
    THEME_RAMPS,
    THEME_RINGS,
    WALK_STYLE,
    rank_ranges,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import geopandas as gpd

    from maps._folium_decisions import Decision


def header(
    title: str,
    themes: Sequence[Theme],
    manifest: Mapping[str, Any],
    *,
    exclusions: int | None,
    notices: Mapping[str, Mapping[str, str]],
) -> str:
    """Return the head of the page: banners, title, date and counts."""
    banner = "".join(f'<div class="{name}" role="note">{words.note(item)}</div>' for name, item in notices.items())
    facts = [
        f"{words.both('基准日', 'analysed as of')} <b>{words.text(manifest.get('as_of'))}</b>",
        *(f"{words.both(*theme.titles)} <b>{len(theme.table):,}</b>" for theme in themes),
    ]
    if exclusions is not None:
        facts.append(f"{words.both('排除项', 'excluded')} <b>{exclusions:,}</b>")
    if not words.is_null(manifest.get("run_id")):
        facts.append(f"{words.both('分析批次', 'run')} <b>{words.esc(manifest['run_id'])}</b>")
    shown = "".join(f"<span>{fact}</span>" for fact in facts)
    what = "<small>盘活机会图 Opportunity map</small>"
    return (
        f'<header>{banner}<div class="head"><h1>{words.esc(title)} {what}</h1>'
        f'<p class="facts">{shown}</p></div></header>'
    )


def notices(
    layers: Mapping[str, gpd.GeoDataFrame], *, has_base_map: bool, is_sample: bool
) -> dict[str, Mapping[str, str]]:
    """Return what must be said before a reader looks at the map, by the class it is drawn with."""
    marked = {name: frame["is_sample"] for name, frame in layers.items() if "is_sample" in frame}
    counts = {name: int(column.fillna(value=False).sum()) for name, column in marked.items()}
    sample = opening.sample_notice(counts, is_sample=is_sample)
    said = {"sample": sample, "no-base-map": None if has_base_map else opening.NO_BASE_MAP}
    return {name: item for name, item in said.items() if item}


def panel(
    themes: Sequence[Theme],
    manifest: Mapping[str, Any],
    *,
    decided: Sequence[Decision],
    notes: Sequence[object],
    attributions: Sequence[str],
) -> str:
    """Return the list beside the map: what was decided, the best of each theme, how a score is made, notes, credits."""
    first = next((theme.name for theme in themes if len(theme.table)), themes[0].name)
    tabs = "".join(
        f'<button role="tab" class="{theme.name}" data-theme="{theme.name}" '
        f'aria-selected="{str(theme.name == first).lower()}">{words.both(*theme.titles)}</button>'
        for theme in themes
    )
    lists = "".join(_list(theme, is_open=theme.name == first) for theme in themes)
    return (
        f'<main class="panel">{_decided(decided)}<div class="tabs" role="tablist">{tabs}</div>{lists}'
        f"{_criteria(manifest, themes)}{_notes([*_counts(themes), *notes, *manifest.get('notes', ())])}"
        f"{_credits(attributions)}</main>"
    )


def _decided(decided: Sequence[Decision]) -> str:
    """Return what was decided on the run as lists that fold: each row opens its card on the map."""
    parts = []
    for item in decided:
        rows = "".join(
            f'<li><button type="button" data-place="{key}"><b>{heading}</b><span>{line}</span></button></li>'
            for key, (heading, line) in item.listed.items()
        )
        if rows:
            title = words.both(*item.titles)
            parts.append(f'<details class="decided"><summary>{title}</summary><ol>{rows}</ol>{item.below}</details>')
    unit = words.both("金额单位：万元", "amounts in 万元, 10,000 CNY")
    return "".join(parts) + (f'<p class="unit">{unit}</p>' if parts else "")


def _list(theme: Theme, *, is_open: bool) -> str:
    rows = "".join(_row(row) for row in theme.table.head(LABELLED_RANKS).to_dict("records"))
    empty = f'<p class="none">{words.both("本批次没有可排名的机会", "No ranked opportunity in this run")}</p>'
    hidden = "" if is_open else " hidden"
    return (
        f'<section role="tabpanel" class="{theme.name}" data-theme="{theme.name}"{hidden}>'
        f"{f'<ol class=sites>{rows}</ol>' if rows else empty}</section>"
    )


def _row(row: Mapping[str, Any]) -> str:
    zh, en = _code("action", row["action"])
    leave_zh, leave_en = _code("permission", row["permission"])
    colour = PERMISSION_COLOURS.get(str(row["permission"]), "#333333")
    name = words.named(row["name"], row["asset_kind"])
    where = "" if words.is_null(row["subdistrict"]) else f" · {words.esc(row['subdistrict'])}"
    body = (
        f'<span class="rank">{int(row["rank"])}</span><span class="name" title="{name}">{name}</span>'
        f'<span class="score">{score(row["score"])}</span>'
        f'<span class="what">{words.esc(zh)}{_band(row)}{where} <small lang="en">{words.esc(en)}</small></span>'
        f'<span class="leave" style="color:{colour}" title="{words.esc(leave_en)}">{words.esc(leave_zh)}</span>'
        f'<span class="bar"><i style="width:{100 * float(row["score"]):.1f}%"></i></span>'
    )
    if row["place"] is None:
        return f'<li><div class="unplaced" title="待落图 not yet placed">{body}</div></li>'
    return f'<li><button type="button" data-site="{row["key"]}">{body}</button></li>'


def _band(row: Mapping[str, Any]) -> str:
    """Return the band of the rank, before what may be cut off at the end of a line."""
    low, high = words.number(row.get("rank_p10")), words.number(row.get("rank_p90"))
    return "" if words.NOTHING in (low, high) else f" · {low}–{high}名"


def _code(field: str, value: object) -> tuple[str, str]:
    found = (kind("opportunity")[field].codes or {}).get(str(value))
    return found or (str(value), str(value))


def _criteria(manifest: Mapping[str, Any], themes: Sequence[Theme]) -> str:
    """Return the criteria with their weights, normalised within each theme."""
    parts = []
    for theme in themes:
        own = [item for item in manifest.get("criteria", ()) if item.get("theme") == theme.name]
        total = sum(float(item["weight"]) for item in own)
        rows = "".join(
            f"<tr><td>{words.both(item['zh'], item['en'])}</td><td>{float(item['weight']) / total:.3f}</td></tr>"
            for item in own
            if total
        )
        parts.append(f"<tr><th colspan=2><b>{words.both(*theme.titles)}</b></th></tr>{rows}" if rows else "")
    if not any(parts):
        return ""
    said = words.both(
        "得分 = 各指标值(0 至 1)乘权重之和;缺数据的指标按 0.5 计并给出区间",
        "Score: sum of value (0 to 1) times weight; a missing criterion counts 0.5 and widens the band",
    )
    return (
        f"<details><summary>{words.both('得分如何算出', 'How the score is made')}</summary>"
        f"<p>{said}</p><table>{''.join(parts)}</table></details>"
    )


def _counts(themes: Sequence[Theme]) -> list[Mapping[str, str]]:
    """Return what the map does not show of the ranked opportunities, and why."""
    said: list[Mapping[str, str]] = []
    for theme in themes:
        zh, en = theme.titles
        if theme.unplaced_count:
            said.append(
                {
                    "zh": f"{zh}:{theme.unplaced_count:,} 个机会尚未落图,只在列表中",
                    "en": f"{en}: {theme.unplaced_count:,} opportunities have no place yet and are not on the map",
                }
            )
        beyond = len(theme.table) - theme.unplaced_count - theme.drawn_count
        if beyond:
            said.append(
                {
                    "zh": f"{zh}:地图绘出前 {SITES_PER_THEME:,} 个,其余 {beyond:,} 个见导出表",
                    "en": f"{en}: the best {SITES_PER_THEME:,} are drawn; the other {beyond:,} are in the export",
                }
            )
    return said


def _notes(notes: Sequence[object]) -> str:
    items = "".join(f"<li>{words.note(item)}</li>" for item in notes)
    return f"<details><summary>{words.both('说明', 'Notes')}</summary><ul>{items}</ul></details>" if items else ""


def _credits(attributions: Sequence[str]) -> str:
    lines = "".join(f"<p data-credit>{words.esc(item)}</p>" for item in dict.fromkeys(attributions))
    return (
        f'<div class="credits">{lines}'
        f"<p>{words.both('本页可离线打开,不访问任何网络', 'This page opens offline and fetches nothing')}</p>"
        "<p>盘活 Panhuo · Leaflet 1.9.4, © 2010-2023 Volodymyr Agafonkin, © 2010-2011 CloudMade, BSD-2-Clause</p></div>"
    )


def legend(themes: Sequence[Theme], *, overlays: Collection[str]) -> str:
    """Return the legend of the themes and of ``overlays``, in a template that the page's script puts on the map."""
    heads = "".join(f'<th class="dot">{words.esc(item)}</th>' for item in rank_ranges())
    rows = "".join(
        f"<tr><th>{words.both(*theme.titles)}</th>"
        f"{''.join(_dot(theme.name, index) for index in range(len(RANK_CLASSES)))}</tr>"
        for theme in themes
    )
    parts = {
        "bundle": _bundle_legend,
        "route": _walk_legend,
        "site_choice": _site_legend,
        "need": _gap_legend,
        "subdistrict": _outside_legend,
    }
    more = "".join(part() for name, part in parts.items() if name in overlays)
    return (
        f'<template id="legend"><details open><summary>{words.both("机会名次", "Rank of opportunities")}</summary>'
        f"<table><tr><th></th>{heads}</tr>{rows}</table>{more}</details></template>"
    )


def _dot(theme: str, index: int) -> str:
    radius = RANK_CLASSES[index].radius_px
    return (
        f'<td class="dot"><svg width="26" height="24" aria-hidden="true"><circle cx="13" cy="12" r="{radius}" '
        f'fill="{THEME_RAMPS[theme][index]}" stroke="{THEME_RINGS[theme]}" stroke-width="1.5"/></svg></td>'
    )


def _gap_legend() -> str:
    limits = [f"≤{GAP_BREAKS[0]:g}", *(f"≤{limit:g}" for limit in GAP_BREAKS[1:]), f">{GAP_BREAKS[-1]:g}"]
    swatches = "".join(
        f'<span style="--c:{colour}">{limit}</span>' for colour, limit in zip(GAP_RAMP, limits, strict=True)
    )
    said = words.both("夜间停车缺口(个泊位)", "Night parking gap, stalls")
    return f'<h2 style="margin-top:8px">{said}</h2><div class="swatches">{swatches}</div>'


def _bundle_legend() -> str:
    """Return how a bundle and the roles in it are drawn, each role by its title in the schema."""
    rows = "".join(
        f'<span>{_swatch(ROLE_STYLES[role])}<i class="role-sign {role}">{ROLE_SIGNS[role]}</i>'
        f"{words.both(*titles)}</span>"
        for role, titles in (kind("bundle_member")["role"].codes or {}).items()
    )
    return _decided_legend("bundle", f"<span>{_swatch(BUNDLE_STYLE)}{words.both('包的范围', 'Its area')}</span>{rows}")


def _walk_legend() -> str:
    way = f'<path d="M1 5h24" stroke="{WALK_STYLE["color"]}" stroke-width="4"/>'
    line = f'<svg width="26" height="10" aria-hidden="true">{way}</svg>'
    said = words.both("停留点：次序和到达时的分钟数", "Stops: order, and minutes at arrival")
    return _decided_legend("route", f'<span>{line}<i class="stop-sign">1</i>{said}</span>')


def _site_legend() -> str:
    said = words.both("次序，效益最大的在前", "In order of what each adds")
    return _decided_legend("site_choice", f'<span><i class="chosen-sign"><b>1</b></i>{said}</span>')


def _decided_legend(name: str, rows: str) -> str:
    return f'<h2>{words.both(kind(name).zh, kind(name).en)}</h2><div class="signs">{rows}</div>'


def _swatch(style: Mapping[str, object]) -> str:
    dash = f' stroke-dasharray="{style["dashArray"]}"' if "dashArray" in style else ""
    return (
        f'<svg width="26" height="14" aria-hidden="true"><rect x="2" y="2" width="22" height="10" '
        f'fill="{style["fillColor"]}" fill-opacity="{style["fillOpacity"]}" stroke="{style["color"]}" '
        f'stroke-width="{style["weight"]}"{dash}/></svg>'
    )


def _outside_legend() -> str:
    look = f"background:{OUTSIDE_STYLE['fillColor']};opacity:{OUTSIDE_STYLE['fillOpacity']}"
    return f'<p class="outside"><i style="{look}"></i>{words.both(*OUTSIDE)}</p>'
