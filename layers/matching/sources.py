"""One record from several sources: whose value stands in which column, and what each source said.

A merged record keeps all of it in its column ``sources``, JSON text::

    {"fields": {"stall_count": "规自局", …},
     "records": [{"source": "规自局", "source_id": "7", "data_date": "2026-09-01", "values": {…}, "geometry": "…"}, …]}

so it travels with the record through snapshots, restores and exports, and a source can be replaced by its next file
without touching what the others said. Records of one source have none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers import schema
from layers.matching._rules import UNKNOWN
from layers.matching._spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

SOURCES = "sources"
_APART = frozenset(("asset_id", "source", "source_id", "data_date", "position", "placed_by", "is_sample", SOURCES))
"""Columns that say where a record is from, not what the thing is."""
_POSITIONS = ("exact", "approximate")


def said_columns(of: schema.Kind) -> list[str]:
    """Return the columns in which sources say something of a thing; personal ones are never kept."""
    return [item.name for item in of.fields if item.name not in _APART and not item.personal]


def members(layer: gpd.GeoDataFrame, of: schema.Kind) -> gpd.GeoDataFrame:
    """Return the records as their sources gave them, the merged ones taken apart.

    Returns
    -------
    GeoDataFrame
        Columns of ``of`` and ``row``: the position in ``layer`` of the record that each belongs to.
    """
    conformed = schema.conform(layer.reset_index(drop=True), of)
    conformed["row"] = np.arange(len(conformed))
    is_merged = conformed[SOURCES].notna().to_numpy()
    if not is_merged.any():
        return conformed
    taken_apart = _taken_apart(conformed[is_merged], of)
    single = conformed[~is_merged]
    together = pd.concat([single, taken_apart]) if len(single) else taken_apart
    return together.sort_values("row", kind="stable").reset_index(drop=True)


def _taken_apart(merged: gpd.GeoDataFrame, of: schema.Kind) -> gpd.GeoDataFrame:
    rows: list[dict[str, Any]] = []
    shapes: list[shapely.Geometry | None] = []
    own = merged.geometry.to_numpy()
    for number, (text, row, asset_id) in enumerate(
        zip(merged[SOURCES], merged["row"], merged["asset_id"], strict=True)
    ):
        for record in json.loads(text)["records"]:
            place = record.pop("geometry", None)
            shapes.append(own[number] if place == "own" else None if place is None else shapely.from_wkb(place))
            rows.append({**record.pop("values"), **record, "row": row, "asset_id": asset_id})
    frame = pd.DataFrame(rows)
    for item in of.fields:
        if item.dtype in ("date", "datetime") and item.name in frame:
            frame[item.name] = pd.to_datetime(frame[item.name], format="ISO8601")
    found = schema.conform(gpd.GeoDataFrame(frame, geometry=shapes, crs=schema.STORAGE_CRS), of)
    return found.assign(row=frame["row"].to_numpy())


def precedence(frame: pd.DataFrame, of: schema.Kind) -> NDArray[np.int64]:
    """Return positions of records in the order in which their values are taken.

    The newest ``data_date`` first (unknown dates last), then the record with more values, then by source and id, so
    that nothing depends on the order of files.
    """
    keys = pd.DataFrame(
        {
            "date": frame["data_date"].fillna(pd.Timestamp.min.as_unit("ms")).astype("int64").to_numpy(),
            "values": frame[said_columns(of)].notna().sum(axis=1).to_numpy(),
            "source": frame["source"].fillna("").to_numpy(dtype=object),
            "source_id": frame["source_id"].fillna("").to_numpy(dtype=object),
            "name": frame["name"].fillna("").to_numpy(dtype=object),
            "address": frame["address"].fillna("").to_numpy(dtype=object),
        }
    )
    order = keys.sort_values(list(keys), ascending=[False, False, True, True, True, True], kind="stable")
    return np.asarray(order.index, dtype=np.int64)


def merged(frame: gpd.GeoDataFrame, group: NDArray[np.int64], of: schema.Kind) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return one record for each group of records, and where their sources differ.

    A value is that of the first record in :func:`precedence` that has one; ``unknown`` codes give way to known ones.
    The place is an exact one before an approximate one, one that a source gave before one that was derived
    (``placed_by``), and an area before a line before a point: an outline says where the centre is, not the other way
    round.

    Parameters
    ----------
    frame
        Records in longitude, latitude, columns of ``of``.
    group
        Number of the group of each record; every group has two or more.
    of
        Their kind.

    Returns
    -------
    records
        One row a group, ordered and indexed by group; ``asset_id`` is left null.
    differences
        ``group``, ``field``, ``kept`` and ``source`` (of the value that stands), ``other`` and ``other_source``.
    """
    order = precedence(frame, of)
    order = order[np.argsort(group[order], kind="stable")]
    ordered, groups = frame.iloc[order].reset_index(drop=True), group[order]
    said = said_columns(of)
    known = ordered[[*said, "source", "source_id", "data_date", "is_sample"]].copy()
    coded = [name for name in said if UNKNOWN in (of[name].codes or ())]
    for name in coded:
        known[name] = known[name].mask(known[name].eq(UNKNOWN).fillna(value=False))
    by_group = known.groupby(groups, sort=True)
    records = by_group.first()
    for name in ("source", "source_id", "data_date"):
        records[name] = by_group[name].head(1).set_axis(records.index)
    records["is_sample"] = ordered["is_sample"].astype("boolean").groupby(groups).any().astype("boolean")
    for name in coded:  # all of them unknown: that is what they say
        records[name] = records[name].fillna(ordered[name].groupby(groups).first())
    if "remark" in records:
        records["remark"] = _joined(ordered["remark"], groups)
    chosen = _best_place(ordered, groups)
    for name in ("position", "placed_by"):
        records[name] = ordered[name].take(chosen).to_numpy()
    places = ordered.geometry.take(chosen).set_axis(records.index)
    winners = _winners(known, said, groups)
    records[SOURCES] = _written(ordered, groups, said, winners, chosen)
    found = schema.conform(gpd.GeoDataFrame(records, geometry=places, crs=frame.crs), of)
    return found, _differences(known, groups, said)


def _joined(remarks: pd.Series, groups: NDArray[np.int64]) -> pd.Series:
    """Return all remarks of a group, each once."""
    there = remarks.notna().to_numpy()
    texts = pd.DataFrame({"group": groups[there], "text": remarks[there].astype(object).to_numpy()}).drop_duplicates()
    return texts.groupby("group")["text"].agg("；".join).astype("string").reindex(np.unique(groups))


def _best_place(ordered: gpd.GeoDataFrame, groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the position of the record whose place a group takes, group by group."""
    shapes = ordered.geometry.to_numpy()
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    rank = ordered["position"].map(dict(zip(_POSITIONS, (0, 1), strict=True))).fillna(2).to_numpy(dtype=np.int64)
    keys = pd.DataFrame({"group": groups, "rank": np.where(there, rank, 3), "size": -shapely.get_dimensions(shapes)})
    keys["is_derived"] = ordered["placed_by"].notna().to_numpy()
    best = keys.sort_values(["group", "rank", "is_derived", "size"], kind="stable").drop_duplicates("group")
    return np.asarray(best.index, dtype=np.int64)


def _winners(known: pd.DataFrame, said: list[str], groups: NDArray[np.int64]) -> pd.DataFrame:
    """Return the source of the value that stands, group by group and column by column; null where none is known."""
    sources = {name: known["source"].where(known[name].notna()) for name in said}
    return pd.DataFrame(sources).groupby(groups, sort=True).first()


def _written(
    ordered: gpd.GeoDataFrame,
    groups: NDArray[np.int64],
    said: list[str],
    winners: pd.DataFrame,
    chosen: NDArray[np.int64],
) -> pd.Series:
    values = _records(ordered[said])
    heads = _records(ordered[["source", "source_id", "data_date", "position", "placed_by", "is_sample"]])
    shapes = ordered.geometry.to_numpy()
    hexadecimal = shapely.to_wkb(shapes, hex=True)
    is_own = shapely.equals_identical(shapes, shapes[chosen][np.unique(groups, return_inverse=True)[1]])
    texts: dict[int, list[dict[str, Any]]] = {}
    for number, (group, head, value, shape) in enumerate(zip(groups, heads, values, hexadecimal, strict=True)):
        place = {} if shape is None else {"geometry": "own" if is_own[number] else shape}
        texts.setdefault(int(group), []).append({**head, "values": value, **place})
    fields = dict(zip(winners.index, _records(winners), strict=True))
    return pd.Series(
        {
            group: json.dumps({"fields": fields[group], "records": records}, ensure_ascii=False, separators=(",", ":"))
            for group, records in sorted(texts.items())
        },
        dtype="string",
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as JSON values, nulls left out."""
    columns = []
    for name in frame.columns:
        values = frame[name]
        if pd.api.types.is_datetime64_any_dtype(values):
            values = values.dt.strftime("%Y-%m-%dT%H:%M:%S.%f").str.replace(r"T00:00:00\.000000$", "", regex=True)
        columns.append([None if item is pd.NA or item != item else item for item in values.astype(object).tolist()])  # noqa: PLR0124
    names = list(frame.columns)
    return [
        {name: item for name, item in zip(names, row, strict=True) if item is not None}
        for row in zip(*columns, strict=True)
    ]


def _differences(known: pd.DataFrame, groups: NDArray[np.int64], said: list[str]) -> pd.DataFrame:
    """Return the values that differ from the first of their group; names and addresses by their spelling."""
    compared = [name for name in said if name != "remark"]
    keys = known[compared].astype(object)
    for name in ("name", "address"):
        keys[name] = spelled(known[name])
    told = pd.DataFrame(
        {
            "group": np.tile(groups, len(compared)),
            "field": np.repeat(compared, len(known)),
            "key": np.concatenate([keys[name].to_numpy(dtype=object) for name in compared]),
            "value": np.concatenate([known[name].astype(object).to_numpy() for name in compared]),
            "source": np.tile(known["source"].to_numpy(dtype=object), len(compared)),
        }
    )
    told = told[told["key"].notna()]
    first = told.drop_duplicates(["group", "field"])
    both = told.merge(first, on=["group", "field"], suffixes=("_other", "")).sort_values(
        ["group", "field"], kind="stable"
    )
    differ = both[both["key_other"] != both["key"]]
    columns = {"value": "kept", "value_other": "other", "source_other": "other_source"}
    return differ.rename(columns=columns)[["group", "field", "kept", "source", "other", "other_source"]]


def field_sources(layer: pd.DataFrame) -> pd.DataFrame:
    """Return what every source said of merged records, for a person to read.

    Returns
    -------
    DataFrame
        ``asset_id``, ``field``, ``source``, ``source_id``, ``data_date``, ``value`` and ``is_used``.
    """
    rows = []
    with_sources = layer[layer[SOURCES].notna()]
    for asset_id, text in zip(with_sources["asset_id"], with_sources[SOURCES], strict=True):
        told = json.loads(text)
        rows += [
            {
                "asset_id": asset_id,
                "field": name,
                "source": record["source"],
                "source_id": record.get("source_id"),
                "data_date": record.get("data_date"),
                "value": value,
                "is_used": told["fields"].get(name) == record["source"],
            }
            for record in told["records"]
            for name, value in record["values"].items()
        ]
    columns = ["asset_id", "field", "source", "source_id", "data_date", "value", "is_used"]
    return pd.DataFrame(rows, columns=columns)


def in_words(texts: Iterable[str | None], of: schema.Kind) -> list[str | None]:
    """Return ``sources`` as people read it: who told of the record, and where they differ, the value that stands first.

    ::

        平台、规自局；所报不同：泊位总数 318（平台）/ 320（规自局）
    """
    return [None if text is None or text is pd.NA else _in_words(json.loads(str(text)), of) for text in texts]


def _in_words(told: dict[str, Any], of: schema.Kind) -> str:
    names = "、".join(dict.fromkeys(record["source"] for record in told["records"]))
    fields = {name for record in told["records"] for name in record["values"]} - {"remark"}
    parts = []
    for name in (item.name for item in of.fields if item.name in fields):
        said = {record["source"]: record["values"].get(name) for record in told["records"]}
        said = {source: value for source, value in said.items() if value is not None and value != UNKNOWN}
        first = told["fields"].get(name)
        ordered = sorted(said, key=lambda source: (source != first, source))
        if len(set(map(str, said.values()))) > 1:
            parts.append(f"{of[name].zh} " + " / ".join(f"{_titled(of[name], said[at])}（{at}）" for at in ordered))
    return names + (f"；所报不同：{'；'.join(parts)}" if parts else "")


def _titled(field: schema.Field, value: Any) -> str:
    if field.codes and value in field.codes:
        return field.codes[value][0]
    return f"{value:.10g}" if isinstance(value, float) else str(value)
