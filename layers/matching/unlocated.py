"""Placing records that have no place: by what is accepted already, never by invention.

In this order: the same asset where it is known already; a standard address or building code of the district; the place
of an accepted record at the same door; the community that the address (or the name) names; a grid cell. The first two
and the code are exact, the others approximate. Two equally good choices are none: both are named, and the record waits
in 待落图. The sub-district that an address names is told in any case, so that the record counts in its totals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers import schema
from layers.findings import FindingLog, Text
from layers.matching._evidence import Waiting, by_subdistrict, choose, ways

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.findings import Finding
    from layers.matching._evidence import Way
    from layers.trusted import Trusted

PLACEMENT_COLUMNS = ("row", "method", "matched", "choices")
MOST_NAMED = 5
"""Equally good choices that a finding names."""
_DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}
METHODS: dict[str, tuple[str, Text]] = {
    "same_asset": ("exact", Text("与已有的同一资产名称一致", "the same asset is known already:")),
    "standard_address": ("exact", Text("与标准地址一致", "the standard address")),
    "building_code": ("exact", Text("与楼栋编码一致", "the building code")),
    "same_name": ("approximate", Text("与已有记录同名", "a known record of the same name:")),
    "same_door": ("approximate", Text("与已有记录同一门牌", "a known record at the same door:")),
    "community": ("approximate", Text("地址或名称中提到小区，落在其中心", "the centre of the community it names:")),
    "grid_code": ("approximate", Text("落在网格中心", "the centre of the grid cell")),
    "subdistrict": ("approximate", Text("落在镇街中心", "the centre of the sub-district")),
}
"""How a record can be placed, best first: what its position then is, and how the report says it."""


@dataclass(frozen=True)
class Placed:
    """Records after placing.

    Parameters
    ----------
    frame
        All records; those that were placed have a geometry and ``position`` exact or approximate, the others wait.
    placements
        One row for each record that had no place: ``row`` (position in the frame), ``method`` (a key of
        :data:`METHODS`, blank if it waits), ``matched`` (what it was placed by), ``choices`` (equally good ones that
        were not taken).
    findings
        The same for the report, in Chinese and English.
    """

    frame: gpd.GeoDataFrame
    placements: pd.DataFrame
    findings: tuple[Finding, ...]


def place_unlocated(
    frame: gpd.GeoDataFrame,
    kind: str,
    trusted: Trusted,
    *,
    addresses: gpd.GeoDataFrame | None = None,
    records: Sequence[int] | None = None,
    at_subdistrict: bool = False,
) -> Placed:
    """Return records with those placed that accepted layers place surely.

    Parameters
    ----------
    frame
        Records of ``kind`` in longitude, latitude; only those without a geometry are touched.
    kind
        Their kind; records of kinds without geometry are returned as they are.
    trusted
        Accepted layers.
    addresses
        The accepted ``address`` layer, if the district has one.
    records
        Numbers of the records in their file, 0 for one that is not in it and is not reported; 1, 2, 3 … unless told.
    at_subdistrict
        Whether a record of which only the sub-district is known is put at its centre. That is kilometres off, so such
        records wait unless a map of all records is worth it.
    """
    of = schema.kind(kind)
    ready = schema.conform(frame, of)
    shapes = ready.geometry.to_numpy()
    rows = np.flatnonzero(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not of.geometry or not len(rows):
        return Placed(frame, pd.DataFrame({name: [] for name in PLACEMENT_COLUMNS}), ())
    waiting = Waiting.of(ready.iloc[rows], of, trusted)
    open_ways = [
        *ways(waiting, of.name, trusted, addresses),
        *([by_subdistrict(waiting, trusted)] if at_subdistrict else []),
    ]
    placements, found = _search(open_ways, waiting.area)
    placements.insert(0, "row", rows)
    _fill(ready, rows, placements, found, waiting.area, of)
    numbers = np.arange(1, len(ready) + 1) if records is None else np.asarray(records)
    return Placed(ready, placements, _findings(ready, placements, numbers))


def _search(open_ways: Sequence[Way], area: NDArray[np.object_]) -> tuple[pd.DataFrame, NDArray[np.object_]]:
    """Return how each record is placed (method, matched, choices) and the geometry that it takes."""
    method, matched, choices = (np.full(len(area), "", dtype=object) for _ in range(3))
    shapes = np.full(len(area), None, dtype=object)
    for name, targets, pairs in open_ways:
        still = pairs[method[pairs["row"]] == ""]
        if not len(still):
            continue
        table = choose(still, targets, area)
        label = _labels(targets)
        one = table[table["is_one"]]
        rows, target = one["row"].to_numpy(), one["target"].to_numpy()
        method[rows], matched[rows] = name, label[target]
        places = targets.geometry.to_numpy()[target]
        shapes[rows] = places if name == "same_asset" else shapely.point_on_surface(places)
        for row, several in table.loc[~table["is_one"], ["row", "choices"]].itertuples(index=False):
            choices[row] = choices[row] or "、".join(label[several[:MOST_NAMED]])
    return pd.DataFrame({"method": method, "matched": matched, "choices": np.where(method == "", choices, "")}), shapes


def _labels(targets: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return what a person calls each thing: its name and address."""
    name = targets["name"].astype(object).fillna("")
    address = targets["address"].astype(object).fillna("") if "address" in targets else pd.Series("", index=name.index)
    return np.asarray(name.where(address == "", name + np.where(name == "", "", " ") + address), dtype=object)


def _fill(
    ready: gpd.GeoDataFrame,
    rows: NDArray[np.int64],
    placements: pd.DataFrame,
    shapes: NDArray[np.object_],
    area: NDArray[np.object_],
    of: schema.Kind,
) -> None:
    """Write places, positions and sub-districts into the records."""
    fits = np.isin(shapely.get_dimensions(shapes), [_DIMENSIONS[name] for name in of.geometry])
    taken = np.where(fits, shapes, shapely.point_on_surface(shapes))
    places = ready.geometry.to_numpy().copy()
    places[rows] = taken
    ready.geometry = places
    position = ready["position"].to_numpy(dtype=object)
    position[rows] = [METHODS[name][0] if name else "unlocated" for name in placements["method"]]
    ready["position"] = pd.array(position, dtype="string")
    code = ready["subdistrict_code"].to_numpy(dtype=object)
    code[rows] = np.where(pd.isna(code[rows]), area, code[rows])
    ready["subdistrict_code"] = pd.array(code, dtype="string")


def _findings(ready: gpd.GeoDataFrame, placements: pd.DataFrame, numbers: NDArray[np.int64]) -> tuple[Finding, ...]:
    log = FindingLog()
    names = ready["name"].to_numpy(dtype=object, na_value=None)
    for row, method, matched, choices in placements.itertuples(index=False):
        record, value = int(numbers[row]), names[row]
        if not record:
            continue
        if method:
            position, text = METHODS[method]
            zh, en = ("", "") if position == "exact" else ("（近似定位）", " (approximate)")
            said = f"{text.zh}（{matched}），已落图{zh}", f"placed by {text.en} {matched}{en}"
            log.note("placed", *said, record=record, value=value, action="changed")
        elif choices:
            said = f"有几处同样相符（{choices}），未落图，请在图上确认", f"several fit equally ({choices}); not placed"
            log.note("placed_doubtful", *said, record=record, value=value, action="unlocated")
    waits = (placements["method"] == "").to_numpy() & (numbers[placements["row"].to_numpy()] > 0)
    said = "无坐标且无可靠依据，待落图", "no place and no sure evidence of one; it waits"
    log.note_each("unlocated", *said, numbers[placements["row"].to_numpy()[waits]], action="unlocated")
    return tuple(log)
