"""Lists of corner points (界址点成果表): which columns they are, and the parcels that the points bound."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.quality import Text
from layers.reading._corner_rings import Corner, Parcel, parcels_of
from layers.reading._corner_shapes import Axes, axes_of, shapes_of, with_holes
from layers.reading._corner_words import (
    is_area_of_parcel,
    is_heading,
    labels_in,
    tells_coordinates,
    told_of_coordinates,
)
from layers.reading._header import HEADER_ROWS
from layers.reading._place import coordinates
from layers.reading._raw import Raw
from layers.reading._rejected import ADDED, distinct
from layers.reading._titles import Title, key
from layers.values._text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from layers.reading._raw import Sheet

_POINT = frozenset(
    (
        "点号",
        "界址点号",
        "界址点",
        "界址点编号",
        "拐点",
        "拐点号",
        "拐点编号",
        "点名",
        "点编号",
        "界桩号",
        "角点",
        "角点号",
    )
)
_PARCEL = frozenset(
    ("宗地号", "宗地编号", "宗地代码", "地块编号", "地块号", "地块名称", "地块", "宗地", "图斑号", "图斑编号")
)
_RING = frozenset(("圈号", "环号", "圈", "环", "圈序号"))
_LENGTH = frozenset(("边长", "界址边长", "距离", "间距", "边长米", "边长m"))
_SERIAL = frozenset(("序号", "顺序号", "行号", "序", "no"))
_X, _Y = frozenset(("x",)), frozenset(("y",))
_NORTH = frozenset(
    ("纵", "北", "n", "北x", "x北", "纵x", "x纵", "xn", "northing", "纬", "纬度", "北纬", "lat", "latitude", "b")
)
_EAST = frozenset(
    ("横", "东", "e", "东y", "y东", "横y", "y横", "ye", "easting", "经", "经度", "东经", "lon", "lng", "longitude", "l")
)
_OWN_WORDS = 0.5  # ASSUMPTION: share of corners with words of their own above which they are no corners
_COORDINATE_NOISE = re.compile(r"坐标|数?值|单位|大地|平面|[(（]?(?:米|m|度)[)）]?$|[\s:：_/()（）]")
_POINT_NUMBER = re.compile(r"[A-Za-z]*-?[0-9]+")


@dataclass(frozen=True)
class _Block:
    """The columns of one list in a sheet; several may stand side by side."""

    point: int
    first: int
    second: int
    axes: tuple[str, str]
    columns: tuple[int, ...]
    parcel: int | None = None
    ring: int | None = None
    length: int | None = None
    labels: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Header:
    at: int
    rows: int
    titles: tuple[str, ...]
    blocks: tuple[_Block, ...]


def is_corner_list(sheet: Sheet) -> bool:
    """Return whether a sheet lists corner points: point numbers beside two coordinates, several of one parcel.

    Where most rows say something of their own beside their coordinates, each is a thing and not a corner.
    """
    sheet, is_correction = _without_added(sheet)
    header = _header(sheet)
    if header is None or is_correction:
        return header is not None
    parcels = [parcel for parcel in _parcels(sheet, header) if len(parcel.corners) > 2]
    return bool(parcels) and not any(_is_of_things(parcel) for parcel in parcels)


def _is_of_things(parcel: Parcel) -> bool:
    """Return whether the rows of what would be a parcel differ in a column that is neither point nor coordinate."""
    said: dict[str, set[str]] = {}
    for corner in parcel.corners:
        for title, text in corner.labels.items():
            said.setdefault(title, set()).add(text)
    return any(len(texts) > _OWN_WORDS * len(parcel.corners) for texts in said.values())


def corner_raw(sheets: Sequence[Sheet]) -> Raw:
    """Return the parcels of lists of corner points, one record each, in the order of the lists.

    The geometry is easting, northing. Surveyors call the northing X: which column is which is told by their titles,
    else by the numbers (in China northings are 1.9 to 6 million metres and eastings are not), else by that custom.

    Parameters
    ----------
    sheets
        Sheets for which :func:`is_corner_list` holds.
    """
    found: list[Parcel] = []
    names: list[str] = []
    axes: list[Axes] = []
    lists: list[tuple[Sheet, _Header]] = []
    origins: list[int] = []
    is_correction = False
    for given in sheets:
        sheet, was_written = _without_added(given)
        is_correction |= was_written
        header = _header(sheet)
        assert header is not None  # noqa: S101  (the caller asked is_corner_list)
        parcels = _parcels(sheet, header)
        origins += [len(lists)] * len(parcels)
        lists.append((sheet, header))
        axes.append(axes_of(parcels, header.blocks[0].axes))
        found += [parcel.turned(is_north_first=axes[-1].is_north_first) for parcel in parcels]
        names += [sheet.name] * len(parcels)
    raw = _raw(found, names, axes, " ".join(_preamble(sheet) for sheet, _ in lists), several=len(sheets) > 1)
    raw.is_correction = is_correction
    raw.listed = lambda positions: _listed([(int(at), found[at], *lists[origins[at]]) for at in positions])
    return raw


def _without_added(sheet: Sheet) -> tuple[Sheet, bool]:
    """Return a list without the columns that a file of rejected records has before those of its source."""
    head = sheet.cells.iloc[:HEADER_ROWS]
    added = [column for column in sheet.cells.columns if head[column].isin(ADDED).any()]
    if not added:
        return sheet, False
    cells = sheet.cells.drop(columns=added)
    return replace(sheet, cells=cells.set_axis(range(len(cells.columns)), axis=1)), True


def _listed(parcels: Sequence[tuple[int, Parcel, Sheet, _Header]]) -> pd.DataFrame:
    """Return the rows that parcels are made of, each with the position of its parcel, as :attr:`Raw.listed` tells.

    Lists that stand side by side come under the titles of the first.
    """
    pieces = []
    for position, parcel, sheet, header in parcels:
        titles = distinct([header.titles[column] or f"列{column + 1}" for column in header.blocks[0].columns])
        rows = []
        for corner in parcel.rows:
            written = sheet.cells.loc[corner.row, list(header.blocks[corner.block].columns)]
            cells = [None if pd.isna(cell) else cell for cell in written]
            rows.append([position, corner.row, *cells, *[None] * len(titles)][: 2 + len(titles)])
        pieces.append(pd.DataFrame(rows, columns=["record", "row", *titles], dtype=object))
    return pd.concat(pieces, ignore_index=True)


def _raw(parcels: list[Parcel], sheets: list[str], axes: list[Axes], preamble: str, *, several: bool) -> Raw:
    outlines = shapes_of(parcels)
    titles = list(dict.fromkeys(title for parcel in parcels for title in parcel.labels))
    cells = pd.DataFrame(
        {at: [parcel.labels.get(title) for parcel in parcels] for at, title in enumerate(titles)},
        index=range(len(parcels)), dtype=object,
    )  # fmt: skip
    raw = Raw([Title(title) for title in titles], cells, outlines.geometry, preamble=preamble)
    raw.unreadable = np.isin(np.arange(len(parcels)), list(outlines.faults))
    raw.faults = outlines.faults
    raw.row_numbers = pd.Index([parcel.row for parcel in parcels], dtype="int64")
    raw.is_sheet = True
    raw.sheets = sheets if several else None
    count = sum(len(parcel.corners) for parcel in parcels)
    which = dict.fromkeys(item.text for item in axes)
    raw.facts["corners"] = Text(
        f"界址点成果表：{len(parcels)} 宗地，{count} 个界址点；{'；'.join(text.zh for text in which)}",
        f"a list of corner points: {len(parcels)} parcels, {count} points; {'; '.join(text.en for text in which)}",
    )
    raw.warnings = [item.text for item in axes if item.is_doubtful] + outlines.said
    return raw


def _header(sheet: Sheet) -> _Header | None:
    """Return the header row that names point numbers and two coordinates, if there is one near the top."""
    head = sheet.cells.iloc[:HEADER_ROWS]
    rows = [["" if pd.isna(cell) else str(cell) for cell in row] for row in head.itertuples(index=False)]
    for at, row in enumerate(rows):
        if not any(_bare(cell) in _POINT for cell in row):
            continue
        for count in (1, 2):  # 坐标 may stand above X and Y
            titles = _joined(rows[at : at + count])
            blocks = _blocks(titles)
            if blocks:
                return _Header(at, count, tuple(titles), tuple(blocks))
    return None


def _joined(rows: list[list[str]]) -> list[str]:
    """Return for each column its lowest title."""
    return [next((cell for cell in reversed(column) if cell.strip()), "") for column in zip(*rows, strict=True)]


def _bare(title: str) -> str:
    return key(title, with_brackets=False)


def _axis(title: str) -> str:
    """Return ``north``, ``east``, ``x`` or ``y`` for the title of a coordinate, else nothing."""
    text = plain(title).lower()
    for words in (_COORDINATE_NOISE.sub("", text), _COORDINATE_NOISE.sub("", re.sub(r"\([^()]*\)", "", text))):
        for axis, names in (("x", _X), ("y", _Y), ("north", _NORTH), ("east", _EAST)):
            if words in names:
                return axis
    return ""


def _blocks(titles: list[str]) -> list[_Block]:
    """Return the lists that stand side by side, each from its first title to the next one's."""
    points = [at for at, title in enumerate(titles) if _bare(title) in _POINT]
    if not points:
        return []
    leftmost = next((at for at, title in enumerate(titles) if title.strip()), 0)
    lead = [_bare(title) for title in titles[leftmost : points[0]]]
    starts = []
    for number, point in enumerate(points):
        start = point - len(lead)
        is_same = number and start >= 0 and [_bare(title) for title in titles[start:point]] == lead
        starts.append(leftmost if not number else start if is_same else point)
    ends = [*starts[1:], len(titles)]
    blocks = (_block(titles, point, range(start, end)) for point, start, end in zip(points, starts, ends, strict=True))
    return [block for block in blocks if block is not None]


def _block(titles: list[str], point: int, columns: range) -> _Block | None:
    axes = [(at, axis) for at in columns if at != point and (axis := _axis(titles[at]))]
    pair = next(((one, two) for one, two in itertools.pairwise(axes) if {one[1], two[1]} in _PAIRS), None)
    if pair is None:
        return None
    roles = {name: next((at for at in columns if _bare(titles[at]) in names), None)
             for name, names in (("parcel", _PARCEL), ("ring", _RING), ("length", _LENGTH))}  # fmt: skip
    serial = {at for at in columns if _bare(titles[at]) in _SERIAL}  # of the rows: it says nothing of a parcel
    used = serial | {point, pair[0][0], pair[1][0], roles["ring"], roles["length"]}
    labels = {
        at: titles[at].strip() for at in columns if at not in used and titles[at].strip() and not _axis(titles[at])
    }
    return _Block(point, pair[0][0], pair[1][0], (pair[0][1], pair[1][1]), tuple(columns), labels=labels, **roles)


_PAIRS = ({"x", "y"}, {"north", "east"}, {"x", "east"}, {"north", "y"})


def _preamble(sheet: Sheet) -> str:
    header = _header(sheet)
    start = header.at if header else 0
    above = [str(cell) for cell in sheet.cells.iloc[:start].to_numpy().ravel() if not pd.isna(cell)]
    return " ".join([*above, *told_of_coordinates(sheet.cells.iloc[start:])])


def _parcels(sheet: Sheet, header: _Header) -> list[Parcel]:
    """Return the parcels of a sheet, list by list, page by page (a page begins with the header again)."""
    has_names = any(block.parcel is not None for block in header.blocks)
    parcels = parcels_of(_rows(sheet, header), has_names=has_names)
    return parcels if has_names else with_holes(parcels)


def _rows(sheet: Sheet, header: _Header) -> Iterator[Corner]:
    """Yield what the rows say, in the order in which a person reads the lists."""
    texts = sheet.cells.astype(object).where(sheet.cells.notna(), "").astype(str).to_numpy(dtype=object)
    body = range(header.at + header.rows, len(texts))
    numbers = {
        column: coordinates(sheet.cells[column])[0] for block in header.blocks for column in (block.first, block.second)
    }
    pages = [at for at in body if sum(_bare(cell) in _POINT for cell in texts[at]) > 0]
    edges = [body.start, *pages, len(texts)]
    for start, end in itertools.pairwise(edges):
        for number, block in enumerate(header.blocks):
            if start == body.start:
                above = _labels_above(texts[: header.at], block, header, sheet)
                yield from (replace(corner, block=number) for corner in above)
            for at in range(start, end):
                if at not in pages:
                    corner = _corner(texts[at], block, int(sheet.cells.index[at]), numbers, at)
                    yield replace(corner, block=number) if number else corner


def _labels_above(rows: NDArray[np.object_], block: _Block, header: _Header, sheet: Sheet) -> Iterator[Corner]:
    """Yield what stands above the header over the columns of a list: 宗地号：… names its first parcel."""
    for at, row in enumerate(rows):
        cells = [row[column] for column in block.columns if row[column].strip()]
        labels, words = labels_in(cells), " ".join(cells)
        is_area = len(header.blocks) == 1 and is_area_of_parcel(words)
        if is_area or (labels and (len(header.blocks) == 1 or at == len(rows) - 1 or len(labels) == 1)):
            yield Corner(int(sheet.cells.index[at]), labels=labels, words=words, is_title=True)


def _corner(
    row: Sequence[str], block: _Block, number: int, values: Mapping[int, NDArray[np.float64]], at: int
) -> Corner:
    """Return what one row says in the columns of one list."""
    says = {column: text for column in block.columns if (text := row[column].strip())}
    point, length = says.get(block.point, ""), says.get(-1 if block.length is None else block.length, "")
    place = float(values[block.first][at]), float(values[block.second][at])
    if np.isfinite(place).all():
        return Corner(
            number,
            place,
            point,
            says.get(-1 if block.parcel is None else block.parcel, ""),
            says.get(-1 if block.ring is None else block.ring, ""),
            length,
            {title: says[column] for column, title in block.labels.items() if column in says},
            decimals=_decimals(row[block.first]),
        )
    if length and len(says) == 1:
        return Corner(number, length=length)
    text = " ".join(says.values())
    is_broken = _POINT_NUMBER.fullmatch(point) is not None and bool({block.first, block.second} & set(says))
    parcel = says.get(-1 if block.parcel is None else block.parcel, "") if is_broken else ""
    words = "" if is_heading(text) or (tells_coordinates(text) and not is_broken) else text
    return Corner(number, parcel=parcel, labels=labels_in(says.values()), words=words, is_broken=is_broken)


def _decimals(text: str) -> int:
    return len(plain(text).partition(".")[2].strip())
