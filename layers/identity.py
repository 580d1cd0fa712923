"""Permanent asset ids: the same asset keeps its id from month to month, even when its ledger has none.

A record with an id of its own is known by (source, id). Others are known by their normalised name and place: a record
with the same name within ``SAME_PLACE_M`` (:mod:`layers._identity_claims`) is the same asset, and one without a name is
known by its place alone. A coordinate that was mended makes no new asset: a name with its address that stands once in
the file and for one asset of the source is that asset wherever it lies. A name alone would not do: every district has
several 北门停车场, and nothing tells the one that moved from another.
Nor does a name that is read from another column, or was corrected, make a new asset: what stands alone at exactly one
place of its source, as one asset did before, is that asset; without a place, its house number is its place.
Numbers that were dealt anew move no id to a neighbour (:mod:`layers._identity_renumbered`).
What is new gets an id made from what it is known by, so the same file gives the same ids in any workspace, and the same
file again gives the same ids in the same workspace.

Keys are columns, not objects: a million records are recognised by a few joins (:mod:`layers._identity_claims`).
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyarrow import parquet

from layers._identity_claims import recognise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

ID_LENGTH = 12
KEY_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("source_id", pa.string()),
        ("name_key", pa.string()),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("asset_id", pa.string()),
    ]
)
"""By which an asset is known: the source and its own id (null where it has none), the normalised name and address, the
degrees of a point of it (null where it has no place), and the permanent id. Several keys may lead to one asset."""
NAMELESS = "|"
"""Name key of a record with neither name nor address."""
PLACE_DECIMALS = 6  # a tenth of a metre
_RECORDS_AT_ONCE = 200_000
_LINE, _UNIT = "\n", "\x1f"
_CODE_POINTS = 0x110000


def no_keys() -> pa.Table:
    """Return a table of keys without rows."""
    return KEY_SCHEMA.empty_table()


def name_keys(names: pd.Series, addresses: pd.Series) -> list[str]:
    """Return names and addresses without what ledgers write differently: width, case, spaces, punctuation.

    Parameters
    ----------
    names, addresses
        Texts, null where there are none.

    Returns
    -------
    list of str
        ``name|address`` in NFKC, case-folded, letters and digits only.
    """
    parts = _texts(names), _texts(addresses), NAMELESS
    texts = pc.binary_join_element_wise(*parts, null_handling="replace", null_replacement="")
    found: list[str] = []
    for start in range(0, len(texts), _RECORDS_AT_ONCE):
        found += _letters_and_digits(texts[start : start + _RECORDS_AT_ONCE].to_pylist())
    return found


def _texts(column: pd.Series) -> pa.ChunkedArray:
    array = pa.array(column.astype("string"), from_pandas=True)
    return pa.chunked_array([array] if isinstance(array, pa.Array) else array.chunks, array.type).cast(pa.string())


def _letters_and_digits(texts: list[str]) -> list[str]:
    """Normalise all texts as one, with a line end between them: no normal form joins anything across a line end."""
    joined = _LINE.join(text.replace(_LINE, " ") if _LINE in text else text for text in texts)
    folded = unicodedata.normalize("NFKC", joined).casefold()
    points = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    kept = np.zeros(_CODE_POINTS, dtype=bool)
    kept[[ord(char) for char in set(folded) if char.isalnum() or char in (NAMELESS, _LINE)]] = True
    text: str = points[kept[points]].tobytes().decode("utf-32-le", "surrogatepass")
    return text.split(_LINE)


def derived_ids(kind: str, frame: pd.DataFrame) -> pd.Series:
    """Return ids of records that all carry ``source`` and ``source_id``, without any memory of earlier ones."""
    source, source_id = (_texts(frame[name].astype(str)) for name in ("source", "source_id"))
    return pd.Series(_hashed(kind, source, source_id), index=frame.index, dtype="string", name="asset_id")


def record_keys(frame: gpd.GeoDataFrame) -> pa.Table:
    """Return what the records of ``frame`` are known by: :data:`KEY_SCHEMA` without the id, one row a record.

    Parameters
    ----------
    frame
        Records in longitude, latitude, with ``name``, ``address``, ``source``, ``source_id``.
    """
    shapes = frame.geometry.to_numpy()
    is_point = shapely.get_type_id(shapes) <= 0  # a point, or none
    inside = shapes.copy()
    inside[~is_point] = shapely.point_on_surface(shapes[~is_point])
    source_id = _texts(frame["source_id"])
    columns = {
        "source": pc.fill_null(_texts(frame["source"]), ""),
        "source_id": pc.if_else(pc.equal(source_id, ""), pa.scalar(None, pa.string()), source_id),
        "name_key": pa.array(name_keys(frame["name"], frame["address"]), pa.string()),
        "lon": pa.array(_rounded(shapely.get_x(inside)), from_pandas=True),
        "lat": pa.array(_rounded(shapely.get_y(inside)), from_pandas=True),
    }
    return pa.table(columns)


def _rounded(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return degrees to six decimals, exactly as Python's ``round`` does.

    Scaling and rounding errs only where the scaled value lies within its own error of a half; those few are rounded one
    by one. The quotient of two whole numbers is the nearest double, as the decimal text would be.
    """
    scaled = degrees * 10.0**PLACE_DECIMALS
    rounded: NDArray[np.float64] = np.rint(scaled) / 10.0**PLACE_DECIMALS
    near_half = np.flatnonzero(np.abs(np.abs(scaled - np.trunc(scaled)) - 0.5) < 1e-4)
    rounded[near_half] = [round(value, PLACE_DECIMALS) for value in degrees[near_half].tolist()]
    return rounded


def assign_ids(
    kind: str, frame: gpd.GeoDataFrame, known: pa.Table, given: pd.Series | None = None
) -> tuple[pd.Series, pa.Table]:
    """Give each record of ``frame`` the id of the asset it is.

    Records are taken in order. One whose (source, id) is known is the first asset of those keys that no record before
    it is; one whose (source, id) is not known, or that has none, is the first asset, in the order of the keys, of its
    name that is near enough and that no record before it is. Two ids of one source are two assets whatever their
    names. Of the others, one whose name and address nobody else in the file has, and one asset of the same source, is
    that asset if no record is it yet; and then, by the same rule, one whose exact place nobody else has, or without a
    place whose door. All others are new. Before all this, a record that its number contradicts in name and place, and
    that alone says exactly what one other asset of its source is known by, is that asset.

    Parameters
    ----------
    kind
        Name of the layer kind.
    frame
        Records in longitude, latitude, with ``name``, ``address``, ``source``, ``source_id``.
    known
        Keys of earlier records of this kind, oldest first (:data:`KEY_SCHEMA`).
    given
        Ids that are decided already, where not null; unique.

    Returns
    -------
    ids
        Unique ids, indexed like ``frame``.
    new
        Keys that were not known before.
    """
    records = record_keys(frame)
    fixed = None if given is None else given.astype("object").where(given.notna(), None).to_numpy()
    claims = recognise(records, known, NAMELESS, fixed)
    ids = claims.ids
    if fixed is not None:
        ids = np.where(pd.isna(fixed), ids, fixed)
    is_unknown = pd.isna(ids)
    in_use = np.append(claims.known_ids, ids[~is_unknown])
    ids[is_unknown] = _fresh_ids(kind, records.filter(pa.array(is_unknown)), in_use)
    new = records.append_column("asset_id", pa.array(ids, pa.string())).filter(pa.array(claims.is_news | is_unknown))
    return pd.Series(ids, index=frame.index, dtype="string", name="asset_id"), new


def _fresh_ids(kind: str, records: pa.Table, in_use: NDArray[np.object_]) -> list[str]:
    """Return ids that nobody has, made from what the records are known by; a number is added where one is in use."""
    has_own = pc.is_valid(records["source_id"])
    first = pc.if_else(has_own, records["source"], records["name_key"])
    second = pc.if_else(has_own, records["source_id"], _written_places(records, ~has_own.to_numpy()))
    ids = _hashed(kind, first, second)
    column = pd.Series(ids, dtype="object")
    clashes = np.flatnonzero(column.duplicated() | column.isin(in_use))
    if not len(clashes):
        return ids
    used, tried = {*in_use.tolist(), *ids}, dict[tuple[str, str], int]()
    for row in clashes.tolist():
        known_by = first[row].as_py(), second[row].as_py()
        while ids[row] in used:
            again = tried.get(known_by, 1) + 1
            tried[known_by] = again
            ids[row] = _hashed(kind, pa.array(known_by[:1]), pa.array([f"{known_by[1]}{_UNIT}{again}"]))[0]
        used.add(ids[row])
    return ids


def _written_places(records: pa.Table, chosen: NDArray[np.bool_]) -> pa.Array:
    """Return the places of the chosen records as text, ``None`` for none, with the digits that Python writes."""
    texts = np.full(len(records), None, dtype=object)
    lon, lat = (records[axis].filter(pa.array(chosen)).to_pylist() for axis in ("lon", "lat"))
    texts[chosen] = ["None" if x is None else f"({x!r}, {y!r})" for x, y in zip(lon, lat, strict=True)]
    return pa.array(texts, pa.string())


def _hashed(kind: str, first: pa.Array | pa.ChunkedArray, second: pa.Array | pa.ChunkedArray) -> list[str]:
    """Return ids made from what records are known by."""
    sha256, head = hashlib.sha256, kind + _UNIT
    texts = pc.binary_join_element_wise(pa.scalar(head), first, _UNIT, second, "").cast(pa.binary()).to_pylist()
    digests = np.frombuffer(b"".join([sha256(text).digest() for text in texts]), dtype=np.uint8)
    digits = digests.reshape(-1, sha256().digest_size)[:, : ID_LENGTH // 2].tobytes().hex()
    return [f"{kind}-{digits[start : start + ID_LENGTH]}" for start in range(0, len(digits), ID_LENGTH)]


def merged(known: pa.Table, aliases: Mapping[str, str]) -> pa.Table:
    """Return ``known`` after merges: keys of an asset that goes on under another id lead to that one.

    Parameters
    ----------
    known
        Keys.
    aliases
        Former id -> the id under which the asset goes on; chains are followed.
    """
    if not aliases:
        return known
    ids = pd.Series(known["asset_id"].to_pylist(), dtype="object")
    last = followed(aliases)
    at = known.schema.get_field_index("asset_id")
    return known.set_column(at, "asset_id", pa.array(ids.map(last).fillna(ids), pa.string()))


def followed(aliases: Mapping[str, str]) -> dict[str, str]:
    """Return former id -> the id under which the asset goes on at last; chains of merges are followed."""
    return {former: _last(former, aliases) for former in aliases}


def _last(former: str, aliases: Mapping[str, str]) -> str:
    seen = {former}
    while (after := aliases.get(former)) is not None and after not in seen:
        seen.add(after)
        former = after
    return former


def write_keys(keys: pa.Table, path: Path) -> None:
    """Write keys to a Parquet file."""
    parquet.write_table(keys.select(KEY_SCHEMA.names), path, compression="zstd")


def read_keys(files: Iterable[bytes]) -> pa.Table:
    """Return the keys of several files, in their order."""
    tables = [parquet.read_table(io.BytesIO(data), schema=KEY_SCHEMA) for data in files]
    return pa.concat_tables([no_keys(), *tables])
