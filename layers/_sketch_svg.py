"""The drawing of an import as inline SVG: a handful of paths, however many records there are."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from layers._sketch import HEIGHT, WIDTH
from layers.findings import Text, place, rows_of, sheets_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from layers._sketch import Sketch

SKETCH_STYLE = """
.sketch{margin:.5rem 0}.sketch svg{width:100%;height:auto;background:#f5f7f9;border:1px solid #c9ced6;
border-radius:.4rem}
.sketch figcaption{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;font-size:.9rem;margin-top:.4rem}
.sketch figcaption svg{width:1.4rem;height:.8rem;border:0;background:none;vertical-align:-.05rem;margin-right:.35rem}
.s-area{fill:#fff;stroke:#aab4c0;stroke-width:14;stroke-linejoin:round}
.s-name{font-size:150px;fill:#5d6875;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:40px;stroke-linejoin:round}
.s-shape{fill:#2f6fb0;fill-opacity:.28;stroke:#1d5a99;stroke-width:10}
.s-dot{fill:none;stroke:#1d5a99;stroke-width:46;stroke-linecap:round}
.s-derived{fill:none;stroke:#7a3fa0;stroke-width:60;stroke-linecap:round;stroke-opacity:.75}
.s-written{fill:none;stroke:#8a5a00;stroke-width:34;stroke-linecap:round;stroke-opacity:.55}
.s-move{fill:none;stroke:#8a5a00;stroke-width:7;stroke-opacity:.55}
.s-repaired{fill:none;stroke:#b3261e;stroke-width:130;stroke-linecap:round;stroke-opacity:.35}
.s-scale{fill:none;stroke:#1b1b1b;stroke-width:14}.s-scale-text{font-size:150px;fill:#1b1b1b}
"""
_ROUND_LENGTHS_M = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000)
_SCALE_SHARE = 0.2
_MOST_RUNS = 100


def figure(drawn: Sketch) -> str:
    """Return the figure with its legend; every mark in the legend is one of the drawing."""
    title = "记录落在哪里，改动前后 Where the records lie, before and after"
    marks = "".join(
        (
            _path("s-area", _closed(drawn.areas)),
            _path("s-shape", _closed(drawn.shapes)),
            _path("s-move", "".join(f"M{a} {b}L{c} {d}" for a, b, c, d in drawn.moves.tolist())),
            _path("s-written", _dots(drawn.written)),
            _path("s-repaired", _dots(drawn.repaired)),
            _path("s-dot", _dots(drawn.dots)),
            _path("s-derived", _dots(drawn.derived)),
            "".join(
                f'<text class="s-name" x="{item.x}" y="{item.y}">{escape(item.name)}</text>' for item in drawn.names
            ),
            _scale(drawn.metres_per_unit),
        )
    )
    return (
        f'<figure class="sketch"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"{marks}</svg><figcaption>{_legend(drawn)}</figcaption></figure>"
    )


def _path(name: str, steps: str) -> str:
    return f'<path class="{name}" d="{steps}"/>' if steps else ""


def _dots(places: NDArray[np.int64]) -> str:
    return "".join(f"M{x} {y}h0" for x, y in places.tolist())


def _closed(lines: Iterable[NDArray[np.int64]]) -> str:
    """Return lines as steps relative to the one before, which are shorter; rings end where they began."""
    return "".join(_line(line) for line in lines)


def _line(line: NDArray[np.int64]) -> str:
    steps = np.diff(line, axis=0)
    moved = steps[(steps != 0).any(axis=1)]
    tail = "z" if (line[0] == line[-1]).all() else ""
    body = " ".join(f"{x} {y}" for x, y in moved.tolist()).replace(" -", "-")
    return f"M{line[0][0]} {line[0][1]}l{body}{tail}" if len(moved) else ""


def _scale(metres_per_unit: float) -> str:
    """Return the scale bar: the longest round length that takes a fifth of the drawing at most."""
    fitting = [length for length in _ROUND_LENGTHS_M if length / metres_per_unit <= _SCALE_SHARE * WIDTH]
    length_m = fitting[-1] if fitting else _ROUND_LENGTHS_M[0]
    units = round(length_m / metres_per_unit)
    shown = f"{length_m} m" if length_m < 1000 else f"{length_m // 1000} km"
    x, y = 200, HEIGHT - 200
    return (
        f'<path class="s-scale" d="M{x} {y - 60}v60h{units}v-60"/>'
        f'<text class="s-scale-text" x="{x + units + 80}" y="{y}">{shown}</text>'
    )


def _legend(drawn: Sketch) -> str:
    entries = (
        ("s-dot", "M70 40h0", drawn.accepted_count, Text("收下的位置", "accepted")),
        (
            "s-derived",
            "M70 40h0",
            drawn.derived_count,
            Text("按地址、编码或小区落图", "placed by address, code or community"),
        ),
        (
            "s-written",
            "M70 40h0",
            drawn.moved_count,
            Text("原文件所写的位置（坐标系未纠正）", "as written in the file"),
        ),
        ("s-repaired", "M70 40h0", drawn.repaired_count, Text("图形修改过", "shape changed")),
        ("s-area", "M10 10h120v60h-120z", bool(drawn.areas), Text("已有的行政区界", "areas already accepted")),
    )
    return "".join(
        f'<span><svg viewBox="0 0 140 80" aria-hidden="true"><path class="{name}" d="{mark}"/></svg>{escape(text.zh)} '
        + ("" if count is True else f"<b>{count:,}</b> ")
        + f'<span class="en" lang="en">{escape(text.en)}</span></span>'
        for name, mark, count, text in entries
        if count
    )


def beyond(drawn: Sketch, rows: Sequence[int] | NDArray[np.int64], sheets: Sequence[str] = ()) -> Text | None:
    """Return the sentence that lists the records beyond the drawing, ``None`` where all are in it."""
    if not len(drawn.beyond):
        return None
    by_sheet = sheets_of(drawn.beyond, rows, sheets)
    where = place(drawn.beyond, rows_of(drawn.beyond, rows), sheets=by_sheet, most=_MOST_RUNS)
    return Text(f"图外，离其他记录很远：{where.zh}", f"beyond the drawing, far from the others: {where.en}")
