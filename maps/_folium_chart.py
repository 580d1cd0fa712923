"""The account of a bundle by year as a picture in text: bars for the net, a line for the sum, and a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from maps import _folium_text as words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Row = Mapping[str, Any]

WIDTH, HEIGHT = 330, 150
LEFT, RIGHT, TOP, BOTTOM = 46, 6, 12, 18
WAN = 1e4
IN, OUT, SUM, LIMIT = "#4f9184", "#c98a72", "#23282d", "#a3161a"
NEAR = 2.5
"""A limit is drawn where it is no deeper than so many times the deepest year: else it would flatten all else."""
YEARS_TOLD = 6


def account(years: Sequence[Row], limit_cny: object) -> str:
    """Return the account of a bundle as a figure, with what it gives to others and takes; nothing without its years.

    Parameters
    ----------
    years
        Rows of ``bundle_year`` of one bundle, by year.
    limit_cny
        How deep its cash may run, or null.
    """
    if not years:
        return ""
    net, total = (_wan(years, after, plain) for after, plain in _LINES)
    deepest = min(range(len(total)), key=lambda place: total[place])
    limit = None if words.is_null(limit_cny) else -float(limit_cny) / WAN  # type: ignore[arg-type]
    is_near = limit is not None and limit >= NEAR * min(total[deepest], 0.0) and total[deepest] < 0
    ends = [*net, *total, 0.0, *([limit] if is_near and limit is not None else [])]
    low, high = min(ends), max(ends)

    def y(wan: float) -> float:
        return TOP + (high - wan) / ((high - low) or 1.0) * (HEIGHT - TOP - BOTTOM)

    slot = (WIDTH - LEFT - RIGHT) / len(years)
    x = [LEFT + (place + 0.5) * slot for place in range(len(years))]
    parts = [*_axis(low, high, y), *_bars(net, x, y, slot), *_years(years, x)]
    if is_near and limit is not None:
        parts.append(_line(y(limit), f'stroke="{LIMIT}" stroke-dasharray="5 3"'))
    path = "L".join(f"{at:.1f} {y(value):.1f}" for at, value in zip(x, total, strict=True))
    parts.append(f'<path d="M{path}" fill="none" stroke="{SUM}" stroke-width="1.8"/>')
    if total[deepest] < 0:
        parts.append(f'<circle cx="{x[deepest]:.1f}" cy="{y(total[deepest]):.1f}" r="3.5" fill="{LIMIT}"/>')
    label = words.both(
        "逐年净额和累计，数字见下表", "Net and cumulative cash by year; the figures stand in the table below"
    )
    svg = (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{_plain(label)}" font-size="10" fill="#5d656d">'
        f"{''.join(parts)}</svg>"
    )
    key = _key(total[deepest], years[deepest]["year"], limit, is_drawn=is_near)
    return f'<figure class="account">{svg}<figcaption>{key}</figcaption>{_table(years)}</figure>'


_LINES = (("after_cny", "net_cny"), ("after_cumulative_cny", "cumulative_cny"))
"""What is drawn: with the transfers between bundles; as it stands where a run does not tell them."""


def _wan(years: Sequence[Row], name: str, otherwise: str) -> list[float]:
    told = [row[otherwise if words.is_null(row.get(name)) else name] for row in years]
    return [0.0 if words.is_null(value) else float(value) / WAN for value in told]


def _axis(low: float, high: float, y: Any) -> list[str]:
    lines = []
    for tick in ticks(low, high):
        colour = "#5d656d" if tick == 0 else "#e4dfd5"
        lines.append(_line(y(tick), f'stroke="{colour}"'))
        lines.append(f'<text x="{LEFT - 4}" y="{y(tick) + 3.5:.1f}" text-anchor="end">{words.number(tick)}</text>')
    return lines


def ticks(low: float, high: float) -> list[float]:
    """Return round steps of 1, 2 or 5 that cut a span into about four."""
    rough = (high - low) / 4
    if rough <= 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step), math.floor(high / step)
    return [place * step + 0.0 for place in range(first, last + 1)]


def _line(at: float, look: str) -> str:
    return f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" {look}/>'


def _bars(net: Sequence[float], x: Sequence[float], y: Any, slot: float) -> list[str]:
    return [
        f'<rect x="{at - slot * 0.33:.1f}" y="{y(max(value, 0.0)):.1f}" width="{slot * 0.66:.1f}" '
        f'height="{max(abs(y(value) - y(0.0)), 0.5):.1f}" fill="{OUT if value < 0 else IN}"/>'
        for at, value in zip(x, net, strict=True)
    ]


def _years(years: Sequence[Row], x: Sequence[float]) -> list[str]:
    every = math.ceil(len(years) / YEARS_TOLD)
    return [
        f'<text x="{at:.1f}" y="{HEIGHT - 4}" text-anchor="middle">{words.number(row["year"])}</text>'
        for place, (row, at) in enumerate(zip(years, x, strict=True))
        if place % every == 0
    ]


def _key(deepest_wan: float, year: object, limit: float | None, *, is_drawn: bool) -> str:
    """Return what the signs mean, the deepest year, and how near the limit it comes."""
    said = [
        f'<i class="bar-in"></i><i class="bar-out"></i>{words.both("年净额", "net of the year")}',
        f'<i class="line-sum"></i>{words.both("累计", "cumulative")}',
    ]
    if deepest_wan < 0:
        amount, at = words.number(-deepest_wan, 1, " 万元"), words.number(year)
        said.append(f'<i class="dot-deepest"></i>{words.both(f"最深 {amount}，第{at}年", f"deepest, in year {at}")}')
    if limit is not None:
        amount = words.number(-limit, 0, " 万元")
        mark = '<i class="line-limit"></i>' if is_drawn else ""
        far = words.both(f"垫资上限 {amount}", "limit of working capital")
        said.append(mark + (far if is_drawn else words.both(f"垫资上限 {amount}，远未达到", "the limit is far off")))
    head = words.both("逐年账目（万元，横轴为起始后第几年）", "Account by year, in 10,000 CNY, from the start on")
    return f"<b>{head}</b>{''.join(f'<span>{item}</span>' for item in said)}"


def _table(years: Sequence[Row]) -> str:
    """Return the same figures to be read, with what is taken from and given to other bundles where there is any."""
    columns = [
        ("net_cny", "净额", "net"),
        ("cumulative_cny", "累计", "sum"),
        ("discounted_cny", "净额现值", "discounted"),
    ]
    if any(_amount(row, "transfer_in_cny") + _amount(row, "transfer_out_cny") > 1 for row in years):
        columns[1:] = [
            ("transfer_in_cny", "由他包补入", "taken"),
            ("transfer_out_cny", "补给他包", "given"),
            ("after_cumulative_cny", "反哺后累计", "sum after"),
            ("after_discounted_cny", "反哺后现值", "discounted"),
        ]
    heads = "".join(f"<th>{words.both(zh, en)}</th>" for _, zh, en in columns)
    rows = "".join(
        f"<tr><th>{words.number(row['year'])}</th>"
        + "".join(f"<td>{words.number(_amount(row, name) / WAN, 1)}</td>" for name, _, _ in columns)
        + "</tr>"
        for row in years
    )
    totals = {name: sum(_amount(row, name) for row in years) / WAN for name, _, _ in columns}
    sums = "".join(f"<td>{'' if 'cumulative' in name else words.number(cny, 1)}</td>" for name, cny in totals.items())
    title = words.both("逐年数字（万元）", "the figures, 10,000 CNY")
    return (
        f'<details><summary>{title}</summary><div class="years"><table><thead><tr><th>{words.both("年", "year")}</th>'
        f"{heads}</tr></thead><tbody>{rows}<tr><th>Σ</th>{sums}</tr></tbody></table></div></details>"
    )


def _amount(row: Row, name: str) -> float:
    value = row.get(name)
    return 0.0 if words.is_null(value) else float(value)  # type: ignore[arg-type]


def _plain(html: str) -> str:
    return html.replace('<small lang="en">', "").replace("</small>", "")
