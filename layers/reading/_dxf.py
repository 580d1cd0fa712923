"""DXF drawings: closed polylines as polygons, the words drawn inside one as its name; what is left out is said."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.errors import ReadError
from layers.quality import Text
from layers.reading._curves import STRAIGHTENED, curved_entities
from layers.reading._encoding import TITLES, as_utf8
from layers.reading._gdal import read_frame
from layers.reading._raw import Raw
from layers.reading._refusals import AGAIN, IS_IT_RIGHT, not_what_it_says
from layers.reading._titles import Title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from layers.schema import Kind

MAX_DXF_BYTES = 512 * 1024**2
"""GDAL holds a drawing in memory; ASSUMPTION: the topographic sheet of a sub-district is 100 MB at most."""
_HEAD = re.compile(rb"(?:\s*999\s*\r?\n[^\n]*\n)*\s*0\s*\r?\nSECTION", re.IGNORECASE)
_HEAD_BYTES, _TAIL_BYTES = 65_536, 4096
_CODE_PAGE = b"  9\n$DWGCODEPAGE\n  3\nANSI_65001\n"
_CODE_PAGES = (
    (re.compile(rb"(\$DWGCODEPAGE\s*\n\s*3\s*\n)[^\n]*\n"), rb"\1ANSI_65001\n"),
    (re.compile(rb"(SECTION\s*\n\s*2\s*\nHEADER\s*\n)", re.IGNORECASE), rb"\1" + _CODE_PAGE),
    (re.compile(rb"\A"), b"  0\nSECTION\n  2\nHEADER\n" + _CODE_PAGE + b"  0\nENDSEC\n"),
)
_BINARY = b"AutoCAD Binary DXF"
_LINE, _POLYGON, _POINT = 1, 3, 0
_SAME_END_M = 0.001
"""Ends closer than this close a polyline that is not marked as closed: a millimetre, as surveyors print."""
_CODES = re.compile(r"\\[A-Za-z][^;\\]*;|[{}]|%%[a-zA-Z]")


def read_dxf(path: Path, kind: Kind, layer: str | None, encoding: str) -> Raw:
    """Return the closed polylines of a DXF drawing (the open ones for kinds of lines), with layer and words.

    A drawing declares no CRS; its x is easting and its y northing, as drawn.

    Parameters
    ----------
    path
        A DXF file in text form.
    kind
        Whether polygons or lines are wanted.
    layer
        Name of one drawing layer, ``None`` for all.
    encoding
        ``auto`` for what the drawing says ($DWGCODEPAGE), or the encoding of its words.

    Raises
    ------
    ReadError
        If it is no DXF, is damaged, or holds nothing of the kind.
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
    if path.stat().st_size > MAX_DXF_BYTES:
        raise ReadError(
            f"{path.name} is {path.stat().st_size / 1e6:.0f} MB of DXF",
            f"{path.name} 有 {path.stat().st_size / 1e6:.0f} MB",
            hint="export its parcels as GeoPackage or Shapefile",
            hint_zh="请把地块导出为 GeoPackage 或 Shapefile",
        )
    if head.startswith(_BINARY) or not _HEAD.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise not_what_it_says(path, "a DXF drawing in text form", "文本 DXF 图形")
    if not _ends(path):
        raise ReadError(f"{path.name} is cut short: its end is missing", f"{path.name} 不完整：缺结尾", **AGAIN)
    with as_utf8(path, encoding, lines=False) as (file, name), _with_code_page(file) as told:
        frame = read_frame(told, columns=["Layer", "PaperSpace", "SubClasses", "Text", "EntityHandle"])
    shapes = np.asarray(frame.geometry.to_numpy(), dtype=object)
    raw = _Drawing(frame, shapely.force_2d(shapes), *curved_entities(path)).raw(path, kind, layer)
    raw.facts["encoding"] = Text(f"字符编码 {TITLES.get(name, name)}", f"encoding {TITLES.get(name, name)}")
    return raw


def _ends(path: Path) -> bool:
    """Return whether a drawing has its last word, which a cut one lacks (GDAL would read what is left of it)."""
    with path.open("rb") as stream:
        stream.seek(max(path.stat().st_size - _TAIL_BYTES, 0))
        return stream.read().rstrip(b"\0\x1a \t\r\n").endswith(b"EOF")


@contextlib.contextmanager
def _with_code_page(path: Path) -> Iterator[Path]:
    """Yield a copy of a UTF-8 drawing that says so; what drawings say of their encoding is often not so.

    GDAL goes by ``$DWGCODEPAGE`` alone, also where the version of the format makes the text UTF-8. 65001 is the code
    page of UTF-8.
    """
    with tempfile.TemporaryDirectory(prefix="panhuo-") as folder:
        copy = Path(folder) / path.name
        with path.open("rb") as source, copy.open("wb") as target:
            head = source.read(_HEAD_BYTES)
            for pattern, text in _CODE_PAGES:
                changed, count = pattern.subn(text, head, count=1)
                if count:
                    break
            target.write(changed)
            shutil.copyfileobj(source, target)
        yield copy


class _Drawing:
    """What a drawing holds: lines, closed ones among them, words with their places, and the rest."""

    def __init__(
        self,
        frame: pd.DataFrame,
        shapes: NDArray[np.object_],
        curved: frozenset[str] = frozenset(),
        nameless_curves: int = 0,
    ) -> None:
        self.layers = frame["Layer"].fillna("").astype(str).to_numpy(dtype=object)
        self.words = frame["Text"].fillna("").astype(str).to_numpy(dtype=object)
        self.shapes = shapes
        types = shapely.get_type_id(shapes)
        classes = frame["SubClasses"].fillna("").astype(str)
        # R12 drawings name no classes: there circles and arcs come as lines too, and closed ones count
        drawn = ~classes.str.contains("Hatch|Dimension|Leader|Insert|Solid|Face|Circle|Ellipse|Spline")
        on_paper = frame["PaperSpace"].isin([True, 1]).to_numpy(dtype=bool)
        self.is_curved = frame["EntityHandle"].fillna("").astype(str).str.upper().isin(curved).to_numpy(dtype=bool)
        self.nameless_curves = nameless_curves
        self.is_line = (types == _LINE) & drawn.to_numpy(dtype=bool) & ~on_paper
        self.is_closed = self.is_line & _closes(shapes)
        self.is_text = (types == _POINT) & (self.words != "") & ~on_paper
        self.other_count = int((~(self.is_line | self.is_text)).sum())

    def raw(self, path: Path, kind: Kind, layer: str | None) -> Raw:
        """Return the records of a kind."""
        wants_lines = "line" in kind.geometry and "polygon" not in kind.geometry
        chosen = self.is_line & ~self.is_closed if wants_lines else self.is_closed
        names = sorted(set(self.layers[chosen]))
        if layer is not None:
            chosen = chosen & (self.layers == layer)
        if not chosen.any():
            raise _nothing(path, layer, names, int(self.is_line.sum()))
        shapes = self.shapes[chosen]
        if not wants_lines:
            shapes = shapely.polygons([shapely.linearrings(_ring(shape)) for shape in shapes])
        inside = self._words_inside(shapes) if not wants_lines else [""] * len(shapes)
        cells = pd.DataFrame({0: inside, 1: self.layers[chosen]}, dtype=object).replace("", None)
        raw = Raw([Title("name"), Title("图层")], cells, np.asarray(shapes, dtype=object))
        raw.curved = self.is_curved[chosen]
        raw.preamble = path.stem
        raw.facts["layer"] = Text(f"图层 {'、'.join(names[:12])}", f"drawing layers {', '.join(names[:12])}")
        self._tell(raw, len(shapes), wants_lines=wants_lines)
        return raw

    def _words_inside(self, polygons: NDArray[np.object_]) -> list[str]:
        """Return for each polygon the words whose foot lies in it and in no smaller one, in reading order."""
        at = np.flatnonzero(self.is_text)
        words: list[list[tuple[float, float, str]]] = [[] for _ in polygons]
        texts, hits = shapely.STRtree(polygons).query(self.shapes[at], predicate="intersects")
        areas = shapely.area(polygons)
        order = np.lexsort((areas[hits], texts))
        first = np.unique(texts[order], return_index=True)[1]
        for text, polygon in zip(texts[order][first], hits[order][first], strict=True):
            place = self.shapes[at[text]]
            words[polygon].append((-place.y, place.x, _plain_words(self.words[at[text]])))
        return [" ".join(word for *_, word in sorted(found) if word) for found in words]

    def _tell(self, raw: Raw, count: int, *, wants_lines: bool) -> None:
        """Say what was drawn and is no record."""
        left = int(self.is_closed.sum() if wants_lines else (self.is_line & ~self.is_closed).sum())
        shape = Text("闭合的", "closed") if wants_lines else Text("未闭合的", "open")
        raw.facts["drawing"] = Text(
            f"读入 {count} 条{'' if wants_lines else '闭合'}多段线，{int(self.is_text.sum())} 处文字",
            f"{count} {'' if wants_lines else 'closed '}polylines and {int(self.is_text.sum())} texts are read",
        )
        if self.nameless_curves:
            raw.warnings.append(
                Text(
                    f"图中 {self.nameless_curves} 个带圆弧的图元没有句柄，说不出是哪一条记录：{STRAIGHTENED.zh}",
                    f"{self.nameless_curves} things drawn with arcs have no handle, so their records are unknown: each "
                    f"{STRAIGHTENED.en}",
                )
            )
        if left or self.other_count:
            raw.warnings.append(
                Text(
                    f"图中 {left} 条{shape.zh}线和 {self.other_count} 个其他图元（填充、圆、块等）不作为记录；"
                    "如其中有地块，请在 CAD 里闭合为多段线",
                    f"{left} {shape.en} lines and {self.other_count} other things drawn (hatches, circles, blocks) are "
                    "no records; close a line in CAD if it bounds a parcel",
                )
            )


def _closes(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which lines end where they begin and enclose something."""
    is_line = shapely.get_type_id(shapes) == _LINE
    closed = np.zeros(len(shapes), dtype=bool)
    lines = shapes[is_line]
    ends = shapely.distance(shapely.get_point(lines, 0), shapely.get_point(lines, -1))
    closed[is_line] = (ends <= _SAME_END_M) & (shapely.get_num_points(lines) >= 4)
    return closed


def _ring(line: shapely.LineString) -> NDArray[np.float64]:
    """Return the coordinates of a closed line, its last point exactly its first."""
    places: NDArray[np.float64] = shapely.get_coordinates(line)
    places[-1] = places[0]
    return places


def _plain_words(text: str) -> str:
    r"""Return the words of a text without the codes of MTEXT (``{\fSimSun|b0;甲\P}``)."""
    return " ".join(_CODES.sub("", text.replace("\\P", " ").replace("\\~", " ")).split())


def _nothing(path: Path, layer: str | None, names: list[str], lines: int) -> ReadError:
    if layer is not None and names:
        shown = ", ".join(names[:20])
        return ReadError(
            f"{path.name} has nothing on the layer {layer!r}, but on {shown}",
            f"{path.name} 的图层 {layer!r} 上没有可读的图形，有的是 {shown}",
            hint=f"name one: {path.name}|layername={names[0]}",
            hint_zh=f"请指明一个：{path.name}|layername={names[0]}",
        )
    if lines:
        return ReadError(
            f"{path.name} has no closed polylines, only {lines} open lines",
            f"{path.name} 里没有闭合的多段线，只有 {lines} 条不闭合的线",
            hint="close the outlines in CAD (PEDIT, Close) and save again",
            hint_zh="请在 CAD 里把边界闭合（PEDIT → 闭合）后重新保存",
        )
    return ReadError(f"{path.name} has no polylines", f"{path.name} 里没有多段线", **IS_IT_RIGHT)
