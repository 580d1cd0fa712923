"""Columns told by what stands in them, where no title tells: outlines, degrees, words of one code list.

A title that is an alias comes first, always; whatever is taken by its content is said, with the share of cells that
show it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.quality import Text
from layers.reading._columns_match import PLACE_FIELDS, id_candidates, match_columns
from layers.reading._personal_titles import is_personal
from layers.reading._place import coordinates, find_places, pairs, shapes
from layers.reading._titles import cut_fields
from layers.values import as_text
from layers.values._codes import exact_code
from layers.values._text import says_nothing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from layers.reading._raw import Raw
    from layers.schema import Kind

SHARE = 0.9
"""ASSUMPTION: nine cells in ten must show what a column is; the tenth is a clerk's slip or a remark."""
LEAST_CELLS = 5
"""ASSUMPTION: fewer filled cells than that show nothing. (Outlines are believed from the first on.)"""
_MOST_CELLS = 2000
_LEAST_NAMES = 3  # ASSUMPTION: two rows differ by chance
_LONGEST_NAME = 30  # ASSUMPTION: what is longer tells of a thing, and is not what it is called
_WORDS_NO_DATE = r"(?![0-9]{4}[年./-]).*[A-Za-z一-鿿]"
_LON, _LAT = (73.0, 136.0), (3.0, 54.0)  # China's degrees of longitude and latitude, islands included
_CITY_DEGREES = 5.0  # ASSUMPTION: nine in ten records of a district's ledger lie within that of their median
_FRACTION = re.compile(r"[.][0-9]{3,}|[°′'″\"度分秒]")
_OUTLINE = re.compile(
    r"\s*(?:srid=\d+;\s*)?(?:multi)?(?:point|linestring|polygon)\s*(?:z|m|zm)?\s*\(|\s*\{\s*\"type\"|\s*0[01][0-9a-f]{16,}",
    re.IGNORECASE,
)
_NOT_BY_WORDS = frozenset(("position", "placed_by"))
_SAYS_LITTLE = frozenset(("unknown", "none", "other"))


def with_contents(raw: Raw, kind: Kind, explicit: Mapping[str, str]) -> Raw:
    """Return raw content with those columns marked that only their cells tell; each is said in its warnings.

    Parameters
    ----------
    raw
        The file; its titles and warnings are replaced.
    kind
        What it is read as.
    explicit
        Columns that the user named; where a place is among them, none is looked for.
    """
    found = match_columns(raw.titles, kind, explicit)
    unclaimed = [
        number
        for number, title in enumerate(raw.titles)
        if number not in found.used and number not in found.rivals and not is_personal(title.text)
    ]
    marks: dict[int, tuple[str, float]] = {}
    has_no_shape = raw.geometry is None or shapely.is_missing(raw.geometry).all()
    if kind.geometry and has_no_shape and not set(explicit) & set(PLACE_FIELDS):
        places = find_places(raw.titles, unclaimed)
        if not any(raw.cells[number].notna().any() for columns in places for number in columns.numbers):
            marks |= _places(
                raw, [number for number in unclaimed if not any(number in item.numbers for item in places)]
            )
            address = None if "address" in explicit else found.fields.get("address")
            if not marks and address is not None and (share := _pair_share(_sample(raw, address))) >= SHARE:
                marks[address] = "lonlat", share  # 位置 is an address, but no address is two numbers
    free = [number for number in unclaimed if number not in marks]
    marks |= _codes(raw, kind, free, set(found.fields))
    for number, (name, share) in marks.items():
        raw.titles[number] = replace(raw.titles[number], content=name)
        of_address = number == found.fields.get("address")
        raw.warnings.append(_told(raw.titles[number].text, name, share, kind, of_address=of_address))
    free = [number for number in free if number not in marks]
    taken = {*found.fields, *(name for name, _ in marks.values())}
    by_cut = _cut_titles(raw, kind, free, taken)
    ids = id_candidates(raw.titles, found)
    if "name" in kind and "name" not in taken | by_cut:
        raw.warnings += _maybe_names(raw, [at for at in free if at not in ids and not raw.titles[at].content])
    return raw


def _cut_titles(raw: Raw, kind: Kind, columns: Collection[int], taken: Collection[str]) -> set[str]:
    """Mark cut titles that go on as those of several fields do, with the field whose title is the usual one; say it."""
    found: set[str] = set()
    for number in columns:
        title = raw.titles[number]
        places = {name: place for name, place in cut_fields(title, kind).items() if name not in found.union(taken)}
        usual = [name for name, place in places.items() if place == min(places.values())]
        if len(usual) != 1:
            continue
        found |= set(usual)
        raw.titles[number] = replace(title, content=usual[0])
        raw.warnings.append(
            Text(
                f"“{title.text}”列的列名被截断，按“{kind[usual[0]].zh}”读入；不对请用 --column 指明",
                f"the title {title.text} is cut; read as {usual[0]}: if that is wrong name the column with --column",
            )
        )
    return found


def _told(title: str, name: str, share: float, kind: Kind, *, of_address: bool = False) -> Text:
    zh, en = _WORDS.get(name) or (f"“{kind[name].zh}”的用语", f"words for {name}")
    if of_address:
        return Text(
            f"“{title}”列的列名像地址，但 {share:.0%} 的内容是{zh}，按此读入",
            f"the title {title} is one of addresses, but {share:.0%} of its cells are {en}: read as such",
        )
    return Text(
        f"“{title}”列的列名认不出，但 {share:.0%} 的内容是{zh}，按此读入；不对请用 --column 指明",
        f"the title {title} tells nothing, but {share:.0%} of its cells are {en}: read as such; if that is wrong name "
        "the right column with --column",
    )


def _maybe_names(raw: Raw, columns: Collection[int]) -> list[Text]:
    """Return a question where records have no name, but a column that is no field differs in nearly all of them."""
    for number in columns:
        texts = _sample(raw, number)
        if len(texts) < max(_LEAST_NAMES, SHARE * len(raw.cells)) or not texts.str.match(_WORDS_NO_DATE).all():
            continue
        if texts.nunique() >= SHARE * len(texts) and texts.str.len().median() <= _LONGEST_NAME:
            title = raw.titles[number].text
            return [
                Text(
                    f"没有一列认得出是名称，“{title}”列却几乎行行不同：如是名称请写 --column name={title}",
                    f"no column is known as the name, but {title} differs in nearly every row: if it is the name write "
                    f"--column name={title}",
                )
            ]
    return []


_WORDS = {
    "lon": ("经度", "degrees of longitude"),
    "lat": ("纬度", "degrees of latitude"),
    "lonlat": ("经纬度", "pairs of degrees"),
    "geometry_wkt": ("图形（WKT 等）", "geometries (WKT or the like)"),
}


def _sample(raw: Raw, number: int) -> pd.Series:
    """Return filled cells of a column as text: all, or two thousand evenly spread."""
    filled = raw.cells[number].dropna()
    step = max(1, -(-len(filled) // _MOST_CELLS))
    texts = as_text(filled.iloc[::step])
    return texts[[isinstance(text, str) and not says_nothing(text) for text in texts]]


def _places(raw: Raw, columns: Collection[int]) -> dict[int, tuple[str, float]]:
    """Return the one column of outlines or of pairs, or the one of longitudes and the one of latitudes."""
    samples = {number: texts for number in columns if len(texts := _sample(raw, number))}
    outlines = {number: share for number, texts in samples.items() if (share := _outline_share(texts)) >= SHARE}
    if len(outlines) == 1:
        return {number: ("geometry_wkt", share) for number, share in outlines.items()}
    enough = {number: texts for number, texts in samples.items() if len(texts) >= LEAST_CELLS}
    both = {number: share for number, texts in enough.items() if (share := _pair_share(texts)) >= SHARE}
    if len(both) == 1:
        return {number: ("lonlat", share) for number, share in both.items()}
    degrees = {
        name: {number: share for number, texts in enough.items() if (share := _degree_share(texts, limits)) >= SHARE}
        for name, limits in (("lon", _LON), ("lat", _LAT))
    }
    if len(degrees["lon"]) == len(degrees["lat"]) == 1:
        return {number: (name, share) for name, found in degrees.items() for number, share in found.items()}
    return {}


def _outline_share(texts: pd.Series) -> float:
    """Return the share of cells that hold a geometry."""
    looks = texts.str.match(_OUTLINE).to_numpy(dtype=bool)
    if looks.mean() < SHARE:
        return 0.0
    geometry, _, _ = shapes(texts)
    return float((~shapely.is_missing(geometry)).mean())


def _pair_share(texts: pd.Series) -> float:
    """Return the share of cells that hold two numbers which are degrees in China, in either order."""
    with_digits = texts.str.contains(_FRACTION).to_numpy(dtype=bool)
    if not len(texts) or with_digits.mean() < SHARE:
        return 0.0
    x, y, is_bad = pairs(texts)
    low, high = np.fmin(x, y), np.fmax(x, y)
    return float((with_digits & ~is_bad & _within(low, _LAT) & _within(high, _LON)).mean())


def _degree_share(texts: pd.Series, limits: tuple[float, float]) -> float:
    """Return the share of cells that hold degrees with three decimals or more, within limits and near each other."""
    with_digits = texts.str.contains(_FRACTION).to_numpy(dtype=bool)
    if with_digits.mean() < SHARE:
        return 0.0
    values, is_bad = coordinates(texts)
    fits = with_digits & ~is_bad & _within(values, limits)
    if not fits.any():
        return 0.0
    near = np.abs(values - np.median(values[fits])) <= _CITY_DEGREES
    return float((fits & near).mean())


def _within(values: NDArray[np.float64], limits: tuple[float, float]) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        return np.asarray((values >= limits[0]) & (values <= limits[1]))


def _codes(raw: Raw, kind: Kind, columns: Collection[int], taken: Collection[str]) -> dict[int, tuple[str, float]]:
    """Return columns whose words are those of one code list that has no column yet, and of no other."""
    coded = [item for item in kind.fields if item.codes and item.name not in _NOT_BY_WORDS]
    found: dict[int, tuple[str, float]] = {}
    for number in columns:
        texts = _sample(raw, number) if coded else pd.Series(dtype=object)
        if len(texts) < LEAST_CELLS:
            continue
        counts = texts.value_counts()
        fitting = {}
        for item in coded:
            codes = {text: exact_code(str(text), item) for text in counts.index}
            share = sum(count for text, count in counts.items() if codes[text] is not None) / len(texts)
            if share >= SHARE and len({code for code in codes.values() if code} - _SAYS_LITTLE) >= 2:
                fitting[item.name] = share
        if len(fitting) == 1:
            name, share = next(iter(fitting.items()))
            if name not in taken and name not in {field for field, _ in found.values()}:
                found[number] = (name, share)
    return found
