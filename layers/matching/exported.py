"""What sources said of the records of a layer, in a form that every file can carry and that is read back exactly.

An export tells ``sources`` in words for people, and beside them in :data:`EXACT`, one JSON text a record, what the
workspace keeps: the sources of each field, what each source said, and whose data under which licence each source is::

    {"given": {"规自局": {"licence": "甲许可", "attribution": "规自局", …}, …}, "fields": {…}, "records": […]}

A record of one source has ``given`` alone. A text that was cut, changed or contradicts its record is never believed:
the record then counts as one of the file's own source, and the report says so.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from layers import schema
from layers._masking import mask_personal
from layers.findings import FindingLog, Text
from layers.identity import ID_LENGTH
from layers.matching.sources import SOURCES, in_words, members, merged, said_columns
from layers.snapshot import Provenance

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.findings import Finding

EXACT = "sources_json"
"""Column of an export that is read back."""
UNNAMED = "ledger"
"""Source of files of which nobody says who keeps them: only these may tell their sources themselves."""
_GIVEN = ("source_file", "licence", "attribution", "crs_found", "crs_confidence")
"""What is told of a source; its count follows from the records, and the hash of its file says nothing of an export."""
_HEADS = frozenset(("source", "source_id", "data_date", "position", "placed_by", "is_sample", "values", "geometry"))
_DERIVED = frozenset(("subdistrict_code",))
"""Columns that a layer fills in by itself where no source says them."""
_KEYS = ("_id", "_no", "_code", "_document", "source", "zoning")
"""Ends of columns that hold numbers of things; a telephone in any other text was not written by an export."""
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "date": (str,),
    "datetime": (str,),
    "int": (int, float),
    "float": (int, float),
    "bool": (bool,),
}


def source_title(source: str) -> Text:
    """Return a source as sentences call it."""
    return Text("未注明来源的台账", "a ledger of no named source") if source == UNNAMED else Text(source, source)


def with_exact(frame: pd.DataFrame, of: schema.Kind, provenances: Iterable[Provenance]) -> pd.DataFrame:
    """Return the records of a layer as they are exported: ``sources`` in words, and :data:`EXACT`.

    Parameters
    ----------
    frame
        Records as the workspace keeps them. Where a caller may not see ``source`` or ``sources``, nothing is told.
    of
        Their kind.
    provenances
        Whose data they are (:attr:`layers.snapshot.Snapshot.sources`).
    """
    if SOURCES not in frame or "source" not in frame:
        return frame
    given = {item.source: _about(item) for item in provenances}
    alone = {name: _text({"given": {name: given.get(name, {})}}) for name in frame["source"].dropna().unique()}
    exact = np.array(frame["source"].map(alone), dtype=object)
    rows = np.flatnonzero(frame[SOURCES].notna())
    for row, text in zip(rows, frame[SOURCES].iloc[rows], strict=True):
        told = json.loads(str(text))
        names = dict.fromkeys(record["source"] for record in told["records"])
        exact[row] = _text({"given": {name: given.get(name, {}) for name in names}, **told})
    words = pd.array(in_words(frame[SOURCES], of), dtype="string")
    return frame.assign(**{SOURCES: words, EXACT: pd.array(exact, dtype="string")})


def _about(item: Provenance) -> dict[str, Any]:
    about = asdict(item)
    return {name: about[name] for name in _GIVEN if about[name] is not None}


def _text(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class ReadBack:
    """Records of an export with their sources as they were; what could not be believed is told in ``findings``."""

    frame: gpd.GeoDataFrame
    provenances: tuple[Provenance, ...]
    findings: tuple[Finding, ...]


def read_back(frame: gpd.GeoDataFrame, of: schema.Kind, own: Provenance, records: NDArray[np.int64]) -> ReadBack | None:
    """Return records of a file with the sources that its :data:`EXACT` texts tell; ``None`` where it has none.

    Parameters
    ----------
    frame
        Records as they were read, the texts in ``sources``.
    of
        Their kind.
    own
        The source of the file, for records that tell no other; its licence and attribution hold where a source is told
        without any.
    records
        Number of each record in the file.
    """
    texts = frame[SOURCES]
    if texts.isna().all():
        return None
    parsed = {text: _parsed(text, of) for text in texts.dropna().unique()}
    told = [None if pd.isna(text) else parsed[text] for text in texts]
    log = FindingLog()
    _tell(log, "sources_unreadable", texts.notna().to_numpy() & np.array([item is None for item in told]), records,
          "各部门所报的明细读不出（被截断或改动过），这一条记为本文件的来源",
          "what each source said cannot be read (cut or changed); the record counts as one of this file")  # fmt: skip
    ready = schema.conform(frame.reset_index(drop=True), of)
    ready[SOURCES] = pd.array([item and item.merged for item in told], dtype="string")
    is_told = np.array([item is not None for item in told])
    for field, rows in _contradicted(ready, of, told):
        _tell(log, "sources_contradicted", rows, records,
              f"“{of[field].zh}”与各部门所报的明细不符（导出后改过），以所填为准，这一条记为本文件的来源",
              f"{field} is not what its sources said (changed after the export): what stands there is taken, and the "
              "record counts as one of this file", field=field)  # fmt: skip
        is_told &= ~rows
    ready[SOURCES] = ready[SOURCES].where(is_told)
    ready["source"] = ready["source"].where(is_told, own.source).astype("string")
    ready["asset_id"] = pd.Series(pd.NA, index=ready.index, dtype="string")  # given anew, by what the records are
    given = [item.given for item, is_so in zip(told, is_told, strict=True) if item is not None and is_so]
    return ReadBack(ready, _provenances(ready, of, own, given), tuple(log))


def exported_ids(frame: pd.DataFrame, of: schema.Kind) -> pd.Series:
    """Return the asset ids that a file tells, null where one is no id of the kind or stands twice."""
    ids = frame["asset_id"].reset_index(drop=True).astype("string")
    is_id = ids.str.fullmatch(rf"{of.name}-[0-9a-f]{{{ID_LENGTH}}}").fillna(value=False)
    return ids.where(is_id & ~ids.duplicated(keep=False))


@dataclass(frozen=True)
class _Told:
    """One text: what is given of its sources, and what a merged record keeps in its column ``sources``."""

    given: Mapping[str, Mapping[str, Any]]
    merged: str | None


def _parsed(text: str, of: schema.Kind) -> _Told | None:
    """Return what a text tells, or ``None`` unless all of it is as :func:`with_exact` writes it."""
    try:
        told = json.loads(text)
        given, parts = told.pop("given"), told.get("records")
        is_given = all(_is_given(name, item) for name, item in given.items())
        if parts is None:
            return _Told(given, None) if is_given and not told and len(given) == 1 else None
        names = {record["source"] for record in parts}
        is_merged = set(told) == {"fields", "records"} and len(parts) > 1 and set(given) == names
        is_sound = is_merged and all(_is_record(record, of) for record in parts)
        is_sound = is_sound and set(told["fields"]) <= set(said_columns(of)) and set(told["fields"].values()) <= names
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, shapely.errors.GEOSException):
        return None
    return _Told(given, _text(told)) if is_given and is_sound else None


def _is_given(name: str, item: Mapping[str, Any]) -> bool:
    numbers = {"crs_confidence"}
    return bool(name.strip()) and all(
        key in _GIVEN and isinstance(value, (int, float) if key in numbers else str) for key, value in item.items()
    )


def _is_record(record: Mapping[str, Any], of: schema.Kind) -> bool:
    """Return whether what one source said can be kept: its own columns, values of their types, a sound geometry."""
    values, head = record["values"], {name: item for name, item in record.items() if name not in ("values", "geometry")}
    said = set(said_columns(of))
    if not (set(record) <= _HEADS and set(values) <= said and isinstance(head["source"], str)):
        return False
    place = record.get("geometry", "own")
    if place != "own":
        shape = shapely.from_wkb(str(place))
        kinds = {"point": 0, "line": 1, "polygon": 2}
        dimension = shapely.get_dimensions(shape)
        if dimension not in [kinds[name] for name in of.geometry] or not np.isfinite(shapely.bounds(shape)).all():
            return False
    return all(_is_value(of[name], item) for name, item in {**head, **values}.items())


def _is_value(field: schema.Field, value: Any) -> bool:
    if not isinstance(value, _TYPES[field.dtype]) or (isinstance(value, bool) and field.dtype != "bool"):
        return False
    if field.dtype == "string" and not field.name.endswith(_KEYS) and mask_personal(str(value)) != value:
        return False
    if field.dtype in ("date", "datetime"):
        pd.to_datetime(value, format="ISO8601")
    return not field.codes or value in field.codes


def _contradicted(
    ready: gpd.GeoDataFrame, of: schema.Kind, told: Sequence[_Told | None]
) -> Iterable[tuple[str, NDArray[np.bool_]]]:
    """Yield the columns in which records are not what their sources said together, with those records."""
    others = np.array([item is not None and item.merged is None for item in told])
    alone = pd.array([next(iter(item.given)) if item and item.merged is None else None for item in told], "string")
    is_other = (ready["source"] != alone).fillna(value=True).to_numpy(dtype=bool)
    if (others & is_other).any():
        yield "source", others & is_other
    rows = np.flatnonzero(ready[SOURCES].notna())
    if not len(rows):
        return
    parts = members(ready.iloc[rows], of)
    again, _ = merged(parts.drop(columns="row"), parts["row"].to_numpy(), of)
    for name in ("source", *said_columns(of)):
        now, then = (frame[name].astype(object).to_numpy() for frame in (ready.iloc[rows], again))
        is_blank = [pd.isna(now), pd.isna(then)]
        said = [
            np.where(blank, None, values) for blank, values in zip(is_blank, (now, then), strict=True)
        ]  # NA is no truth
        differs = np.asarray(said[0] != said[1], dtype=bool)
        if name in _DERIVED:
            differs &= ~is_blank[1]
        if differs.any():
            found = np.zeros(len(ready), dtype=bool)
            found[rows[differs]] = True
            yield name, found


def _provenances(
    ready: gpd.GeoDataFrame, of: schema.Kind, own: Provenance, given: Sequence[Mapping[str, Mapping[str, Any]]]
) -> tuple[Provenance, ...]:
    """Return whose records these are, the source with most of them first; what texts tell differently is all told."""
    said: dict[str, dict[str, dict[Any, None]]] = {}
    for item in {id(one): one for one in given}.values():
        for source, about in item.items():
            kept = said.setdefault(source, {})
            for name, value in about.items():
                kept.setdefault(name, {})[value] = None
    counts = members(ready, of)["source"].value_counts()
    found = []
    for source, count in counts.items():
        about = {name: _one(list(values)) for name, values in said.get(str(source), {}).items()}
        if source == own.source:
            about = {name: getattr(own, name) for name in _GIVEN} | about
        about.setdefault("licence", own.licence)
        about.setdefault("attribution", own.attribution)
        found.append(Provenance(str(source), **about, record_count=int(count)))
    return tuple(found)


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 or not isinstance(values[0], str) else "; ".join(map(str, values))


def _tell(
    log: FindingLog, rule: str, rows: NDArray[np.bool_], records: NDArray[np.int64], zh: str, en: str,
    field: str = SOURCES,
) -> None:  # fmt: skip
    if rows.any():
        log.note_each(rule, zh, en, records[rows], field=field, action="warning")
