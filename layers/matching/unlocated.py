"""Placing records that have no place: by what is accepted already, never by invention.

In this order: the same asset where its place was measured; a standard address or building code of the district; the
place that the asset got by one of these before, while it says the same; an accepted record of the same name, or at the
same door; the community that the address (or the name) names; a grid cell. The first three are exact, the others
approximate. Two equally good choices are none: both are named, and the record waits in 待落图. What placed a record is
kept with it (``placed_by``), so that a corrected address moves it and a measured place stays. The sub-district that an
address names is told in any case, so that the record counts in its totals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from layers import schema
from layers.findings import FindingLog, Text
from layers.matching._candidates import in_metres
from layers.matching._evidence import Waiting, by_subdistrict, choose, ways

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.findings import Finding
    from layers.matching._evidence import Way
    from layers.trusted import Trusted

PLACEMENT_COLUMNS = ("row", "method", "matched", "choices", "was_by", "moved_m")
MOST_NAMED = 5
"""Equally good choices that a finding names."""
_DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}
_WHOLE = frozenset(("kept", "same_asset"))
"""Methods that give the outline of the asset itself, not a point in what it was found by."""
_MOVED_M = 1.0
"""A place derived anew within a metre of the former one is the same: the accuracy of a survey mark."""
METHODS: dict[str, tuple[str, Text]] = {
    "kept": ("exact", Text("沿用该资产原来的位置", "where the asset was before:")),
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
        were not taken), ``was_by`` (a code of ``placed_by``: what the asset was placed by before, blank where nothing
        was derived) and ``moved_m`` (how far from there it is now).
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
        Records of ``kind`` in longitude, latitude. Those without a geometry are placed; those of the file that were
        placed before by what they said (``placed_by``) are placed anew; a measured place is never touched.
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
    numbers = np.arange(1, len(ready) + 1) if records is None else np.asarray(records)
    shapes = ready.geometry.to_numpy()
    is_placeless = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    is_derived = ready["placed_by"].notna().to_numpy() & (numbers > 0) & ~is_placeless
    rows = np.flatnonzero(is_placeless | is_derived)
    if not of.geometry or not len(rows):
        return Placed(frame, pd.DataFrame({name: [] for name in PLACEMENT_COLUMNS}), ())
    standing = ready.iloc[rows].reset_index(drop=True)
    waiting = Waiting.of(standing, of, trusted)
    open_ways = [
        *ways(waiting, of.name, trusted, addresses, standing),
        *([by_subdistrict(waiting, trusted)] if at_subdistrict else []),
    ]
    placements, found = _search(open_ways, waiting.area)
    placements = placements.assign(row=rows, **_before(standing, of.name, trusted, found))
    stays = ((placements["method"] == "") & is_derived[rows]).to_numpy()  # as approximate as it was
    placements, found, area = placements[~stays].reset_index(drop=True), found[~stays], waiting.area[~stays]
    _fill(ready, rows[~stays], placements, found, area, of)
    placements = placements[list(PLACEMENT_COLUMNS)]
    return Placed(ready, placements, _findings(ready, placements, numbers, of))


def _before(
    standing: gpd.GeoDataFrame, kind: str, trusted: Trusted, found: NDArray[np.object_]
) -> dict[str, NDArray[Any]]:
    """Return what the assets were placed by before (blank where nothing was derived) and how far off they are now."""
    known = trusted.places
    known = known[(known["kind"] == kind) & known["placed_by"].notna() & known["asset_id"].notna()]
    known = known.drop_duplicates("asset_id").set_index("asset_id")
    at = known.index.get_indexer(standing["asset_id"])
    own = standing["placed_by"].notna().to_numpy()
    was_by = standing["placed_by"].to_numpy(dtype=object, na_value="")
    places = standing.geometry.to_numpy().copy()
    elsewhere = ~own & (at >= 0)
    was_by[elsewhere] = known["placed_by"].to_numpy(dtype=object)[at[elsewhere]]
    places[elsewhere] = known.geometry.to_numpy()[at[elsewhere]]
    one, other = in_metres([shapely.point_on_surface(places), shapely.point_on_surface(found)])
    return {"was_by": was_by, "moved_m": np.asarray(shapely.distance(one, other))}


def _search(open_ways: Sequence[Way], area: NDArray[np.object_]) -> tuple[pd.DataFrame, NDArray[np.object_]]:
    """Return how each record is placed (method, matched, choices, placed_by) and the geometry that it takes."""
    method, matched, choices = (np.full(len(area), "", dtype=object) for _ in range(3))
    shapes, placed_by = (np.full(len(area), None, dtype=object) for _ in range(2))
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
        shapes[rows] = places if name in _WHOLE else shapely.point_on_surface(places)
        kept = targets["placed_by"].to_numpy(dtype=object, na_value=None) if name == "kept" else None
        placed_by[rows] = f"by_{name}" if kept is None else kept[target]
        for row, several in table.loc[~table["is_one"], ["row", "choices"]].itertuples(index=False):
            choices[row] = choices[row] or "、".join(label[several[:MOST_NAMED]])
    told = {"method": method, "matched": matched, "choices": np.where(method == "", choices, "")}
    return pd.DataFrame({**told, "placed_by": placed_by}), shapes


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
    placed_by = ready["placed_by"].to_numpy(dtype=object)
    placed_by[rows] = placements["placed_by"]
    ready["placed_by"] = pd.array(placed_by, dtype="string")
    code = ready["subdistrict_code"].to_numpy(dtype=object)
    code[rows] = np.where(pd.isna(code[rows]), area, code[rows])
    ready["subdistrict_code"] = pd.array(code, dtype="string")


def _findings(
    ready: gpd.GeoDataFrame, placements: pd.DataFrame, numbers: NDArray[np.int64], of: schema.Kind
) -> tuple[Finding, ...]:
    log = FindingLog()
    names, ways_before = ready["name"].to_numpy(dtype=object, na_value=None), of["placed_by"].codes or {}
    for row, method, matched, choices, was_by, moved_m in placements.itertuples(index=False):
        record, value = int(numbers[row]), names[row]
        if not record:
            continue
        before = Text(*ways_before[was_by]) if was_by else None
        if method:
            position, text = METHODS[method]
            zh, en = ("", "") if position == "exact" else ("（近似定位）", " (approximate)")
            said = f"{text.zh}（{matched}），已落图{zh}", f"placed by {text.en} {matched}{en}"
            if before is not None and moved_m > _MOVED_M:
                said = (
                    f"{said[0]}；原位置只是{before.zh}，离现在 {moved_m:.0f} 米",
                    f"{said[1]}; it was only placed {_lower(before.en)}, {moved_m:.0f} m from here",
                )
            log.note("placed", *said, record=record, value=value, action="changed")
            continue
        if before is not None:
            said = (
                f"原位置只是{before.zh}，所填已改，新的又查不到，不再沿用，请在图上确认",
                f"it was only placed {_lower(before.en)}; what it says now is another and is not known: not kept",
            )
            log.note("place_lapsed", *said, record=record, value=value, action="unlocated")
        if choices:
            said = f"有几处同样相符（{choices}），未落图，请在图上确认", f"several fit equally ({choices}); not placed"
            log.note("placed_doubtful", *said, record=record, value=value, action="unlocated")
    waits = (placements["method"] == "").to_numpy() & (numbers[placements["row"].to_numpy()] > 0)
    told = "无坐标且无可靠依据，待落图", "no place and no sure evidence of one; it waits"
    log.note_each("unlocated", *told, numbers[placements["row"].to_numpy()[waits]], action="unlocated")
    return tuple(log)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
