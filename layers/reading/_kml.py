"""KML and KMZ: folders as layers, extended data and description tables as columns."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError

import numpy as np
import pandas as pd

from layers.errors import ReadError
from layers.quality import Text
from layers.reading import _archive
from layers.reading._encoding import TITLES, scan
from layers.reading._kml_marks import Mark, placemarks
from layers.reading._raw import MAX_COLUMNS, Raw
from layers.reading._refusals import AGAIN, IS_IT_RIGHT, not_what_it_says
from layers.reading._titles import Title

if TYPE_CHECKING:
    from pathlib import Path

MAX_KML_BYTES = 256 * 1024**2
"""KML is read whole into memory, at some ten times its size; ASSUMPTION: a city's layer is 50 MB at most."""
FOLDER = "文件夹"
"""Title of the column that names the folder of each record."""
_DECLARATION = re.compile(r"\ufeff?\s*<\?xml[^>]*\?>")
_ROOT = re.compile(r"(?:\s|<!--.*?-->)*<(?:\w+:)?kml[\s>]", re.DOTALL)


def read_kml(path: Path, layer: str | None, encoding: str) -> Raw:
    """Return the placemarks of a KML file: of the folder named, else of all folders, with the folder as a column.

    Its coordinates are given as undeclared: the standard makes every KML file WGS 84, but what people draw on a
    Chinese web map is in that map's datum all the same.

    Raises
    ------
    ReadError
        If it is no KML, is damaged, too large, or declares entities (which can be made to swell).
    """
    size = path.stat().st_size
    if size > MAX_KML_BYTES:
        raise ReadError(
            f"{path.name} is {size / 1e6:.0f} MB of KML",
            f"{path.name} 有 {size / 1e6:.0f} MB",
            hint="export it as GeoPackage",
            hint_zh="请导出为 GeoPackage",
        )
    name = scan(path, encoding, lines=False).encoding  # what the XML declares is often not so
    text = _DECLARATION.sub("", path.read_bytes().decode(name), count=1)
    if not _ROOT.match(text):
        raise not_what_it_says(path, "KML", "KML")
    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        raise ReadError(
            f"{path.name} declares entities, which no map needs",
            f"{path.name} 含有实体声明，地图文件用不着",
            hint="export it again from the program that made it",
            hint_zh="请从原来的软件重新导出",
        )
    raw = _raw(path, text, layer)
    raw.facts["encoding"] = Text(f"字符编码 {TITLES.get(name, name)}", f"encoding {TITLES.get(name, name)}")
    return raw


def read_kmz(path: Path, layer: str | None, encoding: str) -> Raw:
    """Return the placemarks of the main file of a KMZ (``doc.kml``, else the only one).

    Raises
    ------
    ReadError
        If the archive is damaged or hostile, or holds no KML file.
    """
    there = _archive.members(path, MAX_KML_BYTES)
    files = [item for item in there if item.suffix == ".kml"]
    main = [item for item in files if item.name.lower() == "doc.kml"] or files
    if len(main) != 1:
        shown = ", ".join(item.name for item in files[:10]) or "none"
        raise ReadError(
            f"{path.name} should hold one .kml file, it holds {shown}",
            f"{path.name} 里应有一个 .kml 文件，实有 {len(files)} 个",
            **IS_IT_RIGHT,
        )
    with _archive.unpacked(path, there, main[0]) as file:
        return read_kml(file.rename(file.with_name(f"{path.stem}.kml")), layer, encoding)


def _raw(path: Path, text: str, layer: str | None) -> Raw:
    """Return the placemarks of one folder or of all.

    Raises
    ------
    ReadError
        If the text is no whole XML, has no placemarks, or no such folder.
    """
    try:
        marks, link_count = placemarks(text)
    except ExpatError as error:
        raise ReadError(
            f"{path.name} is damaged ({error})", f"{path.name} 已损坏（第 {error.lineno} 行）", **AGAIN
        ) from None
    if not marks:
        raise ReadError(f"{path.name} has no placemarks", f"{path.name} 里没有地标", **IS_IT_RIGHT)
    folders = list(dict.fromkeys(mark.folder for mark in marks))
    chosen = marks if layer is None else [mark for mark in marks if layer in (mark.folder, *mark.folder.split("/"))]
    if not chosen:
        shown, first = ", ".join(folder for folder in folders[:20] if folder) or "none", next(filter(None, folders), "")
        raise ReadError(
            f"{path.name} has no folder {layer!r}, but {shown}",
            f"{path.name} 没有文件夹 {layer!r}，有 {shown}",
            hint=f"name one: {path.name}|layername={first}",
            hint_zh=f"请指明一个：{path.name}|layername={first}",
        )
    raw = _of_marks(chosen)
    if layer is None and len(folders) > 1:
        shown = "、".join(folder or "（根）" for folder in folders[:10])
        raw.facts["layer"] = Text(
            f"{len(folders)} 个文件夹一并读入：{shown}；只要一个请写 {path.name}|layername=名称",
            f"all {len(folders)} folders are read: {shown}; for one name it: {path.name}|layername=name",
        )
    if link_count:
        raw.warnings.append(
            Text(f"有 {link_count} 个指向其他文件的链接，未读入", f"{link_count} links to other files are not followed")
        )
    return raw


def _of_marks(marks: list[Mark]) -> Raw:
    """Return placemarks as raw content: a column for each thing that they say, and one for their folders."""
    for mark in marks:
        description = mark.says.pop("description", None)
        if description is not None:
            pairs, rest = _Described.read(description)
            mark.says |= {key: text for key, text in pairs.items() if text and key not in mark.says}
            mark.says |= {"description": rest} if rest else {}
    titles = list(dict.fromkeys(title for mark in marks for title in mark.says))
    if len(titles) > MAX_COLUMNS:
        raise ReadError(
            f"the placemarks say {len(titles)} different things",
            f"地标共有 {len(titles)} 种属性",
            hint=f"a layer may have {MAX_COLUMNS} columns",
            hint_zh=f"一个图层最多 {MAX_COLUMNS} 列",
        )
    columns: list[list[str | None]] = [[mark.says.get(title) for mark in marks] for title in titles]
    if len({mark.folder for mark in marks}) > 1:
        titles.append(FOLDER)
        columns.append([mark.folder or None for mark in marks])
    cells = pd.DataFrame(dict(enumerate(columns)), index=range(len(marks)), dtype=object)
    geometry = np.full(len(marks), None, dtype=object)
    geometry[:] = [mark.geometry for mark in marks]
    raw = Raw([Title(title) for title in titles], cells, geometry)
    raw.unreadable = np.array([mark.has_shape and mark.geometry is None for mark in marks], dtype=bool)
    return raw


class _Described(HTMLParser):
    """Takes a description apart: rows of two cells are a name and a value, the rest is words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pairs: dict[str, str] = {}
        self._words: list[str] = []
        self._cells: list[str] | None = None
        self._is_in_cell = False
        self._is_hidden = False

    @classmethod
    def read(cls, text: str) -> tuple[dict[str, str], str]:
        """Return the pairs and the other words of a description."""
        if "<" not in text:
            return {}, text
        parser = cls()
        parser.feed(text)
        parser.close()
        parser._end_row()
        return parser.pairs, " ".join(" ".join(parser._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Open a row or a cell; a table within a cell starts anew."""
        if tag == "tr":
            self._end_row()
            self._cells = []
        elif tag in ("td", "th") and self._cells is not None:
            self._cells.append("")
            self._is_in_cell = True
        self._is_hidden = tag in ("style", "script", "title") or (self._is_hidden and tag == "br")

    def handle_endtag(self, tag: str) -> None:
        """Close a row or a cell."""
        if tag in ("td", "th"):
            self._is_in_cell = False
        elif tag in ("tr", "table"):
            self._end_row()
        self._is_hidden = False

    def handle_data(self, data: str) -> None:
        """Add words to the open cell, or to the description."""
        if self._is_hidden:
            return
        if self._is_in_cell and self._cells:
            self._cells[-1] += data
        else:
            self._words.append(data)

    def _end_row(self) -> None:
        cells = [" ".join(cell.split()) for cell in self._cells or ()]
        self._cells, self._is_in_cell = None, False
        if len(cells) == 2 and cells[0] and len(cells[0]) <= _MAX_TITLE_CHARACTERS:
            self.pairs.setdefault(cells[0], cells[1])
        else:
            self._words += cells


_MAX_TITLE_CHARACTERS = 60
