"""What differs between two versions of a layer, record by record and field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod

from layers.crs import working_crs
from layers.matching.sources import in_words
from layers.schema import STORAGE_CRS, Field, Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]

MOVED_M = 0.5
"""ASSUMPTION: a place that changed by no more is the same place: what a change of format, datum or digits may do to it
(imports are held to 0.5 m), and less than anybody could see on the ground."""
CHANGE = Kind(
    "change",
    "变化",
    "Change",
    "result",
    ("point", "line", "polygon"),
    (
        Field("change_id", "string", "变化编号", "Change id"),
        Field("asset_id", "string", "资产编号", "Asset id"),
        Field("name", "string", "名称", "Name"),
        Field(
            "change",
            "string",
            "变化",
            "Change",
            codes={
                "added": ("新增", "added"),
                "removed": ("减少", "removed"),
                "moved": ("移位", "moved"),
                "placed": ("落图", "placed, or no longer placed"),
                "changed": ("改值", "changed"),
            },
        ),
        Field("field", "string", "字段", "Field"),
        Field("field_zh", "string", "字段名称", "Field title"),
        Field("old", "string", "原值", "Old value"),
        Field("new", "string", "新值", "New value"),
        Field("distance_m", "float", "移动距离", "Distance moved", "m"),
    ),
    id_field="change_id",
)
"""One row of a difference; the geometry is the new one, of what was removed the old one."""
_BESIDE = "其中一个来源的位置、日期或备注有改动"
"""What a change of a source is called that its words do not show."""
_GEOD = Geod(ellps="WGS84")


def changes(
    before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, of: Kind, tolerance_m: float = MOVED_M
) -> gpd.GeoDataFrame:
    """Return every change between two versions of a layer.

    Parameters
    ----------
    before, after
        Records in longitude, latitude, ``asset_id`` unique in each.
    of
        Their kind; its columns are compared, where both have them. Numbers are compared exactly.
    tolerance_m
        A geometry is ``moved`` if any part of it lies further than this from where it was (Hausdorff distance, of
        points the geodesic distance), in metres.

    Returns
    -------
    GeoDataFrame
        Columns of :data:`CHANGE`, longitude and latitude: a row for each record that was added or removed, that moved,
        that got or lost its place, and for each field of a record that changed.
    """
    old_ids, new_ids = (pd.Index(frame["asset_id"].astype("object")) for frame in (before, after))
    at = old_ids.get_indexer(new_ids)
    is_common = at >= 0
    removed = ~old_ids.isin(new_ids)
    old = before.take(at[is_common]).reset_index(drop=True)
    new = after[is_common].reset_index(drop=True)
    parts = [
        _rows(after[~is_common], "added"),
        _rows(before[removed], "removed"),
        *_places(old, new, tolerance_m),
        *(_field(old, new, item) for item in of.fields if _is_compared(item, before, after)),
    ]
    if "sources" in before and "sources" in after:
        parts.append(_sources(old, new, of, {name for part in parts for name in part["asset_id"]}))
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    table["change_id"] = table["asset_id"] + ":" + table["field"].fillna(table["change"])
    columns = [*CHANGE.columns, "geometry"]
    return gpd.GeoDataFrame(table[columns], geometry="geometry", crs=STORAGE_CRS)


def shared_count(ids: pd.Series, others: pd.Series) -> int:
    """Return how many of ``ids`` are among ``others``; both are unique."""
    one, other = (pd.Index(column.astype("object")) for column in (ids, others))  # text arrays are slow at this
    return int(one.isin(other).sum())


def _is_compared(item: Field, before: pd.DataFrame, after: pd.DataFrame) -> bool:
    is_said = not item.personal and item.name not in {"asset_id", "sources"}
    return is_said and item.name in before and item.name in after


def _rows(frame: gpd.GeoDataFrame, change: str) -> pd.DataFrame:
    """Return rows of :data:`CHANGE` about the records of ``frame``, without values."""
    name = frame["name"] if "name" in frame else pd.Series(pd.NA, index=frame.index)
    texts = {"asset_id": frame["asset_id"].astype("string"), "name": name.astype("string")}
    rows = pd.DataFrame(texts).assign(change=pd.array([change] * len(frame), dtype="string"))
    for column in ("field", "field_zh", "old", "new"):
        rows[column] = pd.array([pd.NA] * len(frame), dtype="string")
    return rows.assign(distance_m=np.nan, geometry=frame.geometry.to_numpy()).reset_index(drop=True)


def _field(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, item: Field) -> pd.DataFrame:
    """Return a row for each record whose field has another value; what is null in both is the same."""
    one, other = old[item.name], new[item.name]
    is_same = (one == other).fillna(value=False).to_numpy(dtype=bool) | (one.isna() & other.isna()).to_numpy(dtype=bool)
    rows = _rows(new[~is_same], "changed")
    values = {"old": _texts(one[~is_same], item), "new": _texts(other[~is_same], item)}
    return rows.assign(field=item.name, field_zh=item.zh, **values)


def _sources(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, of: Kind, told: set[str]) -> pd.DataFrame:
    """Return a row for each record of which a source says something else that no other row shows.

    So is a correction of a source whose value does not stand first: the layer shows what another says.
    """
    one, other = (frame["sources"].astype("object").where(frame["sources"].notna(), None) for frame in (old, new))
    is_other = (one != other) & one.notna() & other.notna() & ~new["asset_id"].isin(told)
    rows = _rows(new[is_other.to_numpy(dtype=bool)], "changed")
    was, now = in_words(one[is_other], of), in_words(other[is_other], of)
    later = [text if text != before else f"{text}（{_BESIDE}）" for text, before in zip(now, was, strict=True)]
    values = {"old": pd.array(was, dtype="string"), "new": pd.array(later, dtype="string")}
    return rows.assign(field="sources", field_zh=of["sources"].zh, **values)


def _texts(values: pd.Series, item: Field) -> pd.api.extensions.ExtensionArray:
    """Return values as people write them: days without a time, whole numbers without a point."""
    if item.dtype in ("date", "datetime"):
        form = "%Y-%m-%d" if item.dtype == "date" else "%Y-%m-%dT%H:%M:%S"
        return values.dt.strftime(form).astype("string").array
    if item.dtype == "float":
        texts = [None if pd.isna(value) else f"{value:.15g}" for value in values.tolist()]
        return pd.array(texts, dtype="string")
    return values.astype("string").array


def _places(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, tolerance_m: float) -> list[pd.DataFrame]:
    """Return a row for each record that moved, and for each that got or lost its place."""
    was, now = old.geometry.to_numpy(), new.geometry.to_numpy()
    had, has = (~shapely.is_missing(shapes) & ~shapely.is_empty(shapes) for shapes in (was, now))
    distance_m = np.zeros(len(new))
    both = np.flatnonzero(had & has)
    distance_m[both] = distances_m(was[both], now[both])
    found = []
    for change, chosen in (("moved", distance_m > tolerance_m), ("placed", had != has)):
        rows = _rows(new[chosen], change)
        rows["geometry"] = np.where(has[chosen], now[chosen], was[chosen])
        rows["distance_m"] = distance_m[chosen] if change == "moved" else np.nan
        found.append(
            rows.assign(field="geometry", field_zh="位置", old=_degrees(was[chosen]), new=_degrees(now[chosen]))
        )
    return found


def _degrees(shapes: NDArray[np.object_]) -> pd.api.extensions.ExtensionArray:
    """Return longitude and latitude of a point of each geometry as text; null where there is none."""
    inside = shapely.point_on_surface(shapes)
    pairs = zip(shapely.get_x(inside).tolist(), shapely.get_y(inside).tolist(), strict=True)
    return pd.array([None if np.isnan(x) else f"{x:.7f}, {y:.7f}" for x, y in pairs], dtype="string")


def distances_m(was: NDArray[np.object_], now: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return how far geometries lie from where they were: geodesic of points, Hausdorff distance of others, metres.

    Parameters
    ----------
    was, now
        Geometries in longitude, latitude, pairwise; none is missing or empty.
    """
    found = np.zeros(len(was))
    is_same = shapely.equals_exact(was, now, tolerance=0.0)
    are_points = (shapely.get_type_id(was) == 0) & (shapely.get_type_id(now) == 0)
    points = np.flatnonzero(~is_same & are_points)
    ends = [axis(side[points]) for side in (was, now) for axis in (shapely.get_x, shapely.get_y)]
    found[points] = _GEOD.inv(*ends)[2]
    others = np.flatnonzero(~is_same & ~are_points)
    if len(others):
        pairs = gpd.GeoSeries(np.concatenate([was[others], now[others]]), crs=STORAGE_CRS)
        metric = pairs.to_crs(working_crs(pairs.total_bounds.tolist())).to_numpy()
        found[others] = shapely.hausdorff_distance(metric[: len(others)], metric[len(others) :])
    return found
