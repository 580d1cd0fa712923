"""Every layer kind, its columns declared once.

The reader's column matching, the checks, the API, the legend, the workbench and the exports all read these
declarations: a new layer kind is one :class:`Kind` in ``layers/kinds/`` and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import pandas as pd

from layers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

DType = Literal["string", "int", "float", "bool", "date", "datetime"]
Role = Literal["input", "context", "result"]
GeometryType = Literal["point", "line", "polygon"]

PANDAS_DTYPES: Mapping[DType, str] = MappingProxyType(
    {
        "string": "string",
        "int": "Int64",
        "float": "float64",
        "bool": "boolean",
        "date": "datetime64[ms]",
        "datetime": "datetime64[ms]",
    }
)
STORAGE_CRS = "EPSG:4326"
"""Geometry is kept as WGS 84 / CGCS2000 longitude, latitude (they agree far below planning scale)."""


@dataclass(frozen=True)
class Phrase:
    """Words that tell a field of a record outside that field's own column: in its name, its remark, another column.

    Parameters
    ----------
    cue
        Words without which the pattern is nowhere; alternatives are divided by ``|``. Whole columns are sifted by them.
    value
        What the field becomes; ``None`` where the group ``(?P<value>…)`` of the pattern holds what is read as its cell.
    pattern
        Regular expression (RE2: no look-around) over the record's words in half-width forms, ``-`` for all dashes;
        empty for the cue itself. Words from a column stand behind its title: ``保护范围: 见图``. What takes it back
        (非自建房, 诉讼已结案) makes it say nothing; an alternative without a colon is not looked for in titles, which
        tell nothing by themselves (是否自建房: 否).
    with_also
        A second pattern that must be found in the same record.
    outweighs
        Values of the field's own column that these words correct; else the column comes first.
    ended
        What, behind 已, ends this very state, beside what ends any (已撤销): ``清退`` of 超期占用已清退.
    """

    cue: str
    value: str | bool | None = None
    pattern: str = ""
    with_also: str = ""
    outweighs: tuple[str, ...] = ()
    ended: str = ""


@dataclass(frozen=True)
class Elsewhere:
    """Words or a value that show that a record belongs into a layer of another kind as well.

    Parameters
    ----------
    kind
        The other kind.
    says
        Column of the other kind and what stands in it there: ``("片区类型", "城中村")``.
    phrase
        The words; their ``value`` is not used.
    zh, en
        What the record is and what follows for this layer.
    codes
        Field and code of this kind that show the same.
    """

    kind: str
    says: tuple[str, str]
    phrase: Phrase
    zh: str
    en: str
    codes: tuple[str, str] | None = None


@dataclass(frozen=True)
class Field:
    """One column of a layer kind.

    Parameters
    ----------
    name
        Column name, with its unit at the end where it has one (``floor_area_m2``).
    dtype
        One of ``string int float bool date datetime``.
    zh, en
        Titles as a reader sees them.
    unit
        Unit of the value, empty where it has none.
    low, high
        Bounds outside which a value is reported as a fault.
    required
        Whether a record without it is reported as a fault.
    aliases
        Column names that ledgers use for it, in any case and spacing.
    codes
        Code list: code -> (Chinese title, English title).
    personal
        Whether it may hold names or telephones; such fields never enter a snapshot.
    phrases
        Words elsewhere in a ledger's row that tell it where its own column does not.
    """

    name: str
    dtype: DType
    zh: str
    en: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    required: bool = False
    aliases: tuple[str, ...] = ()
    codes: Mapping[str, tuple[str, str]] | None = None
    personal: bool = False
    phrases: tuple[Phrase, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of layer: its titles, role, geometry and columns.

    Parameters
    ----------
    name
        Name in commands, collections and files.
    zh, en
        Titles as a reader sees them.
    role
        ``input`` (ledgers), ``context`` (the quiet base map) or ``result`` (of a run).
    geometry
        Geometry types allowed; empty where records have no place of their own.
    fields
        Columns in order. The geometry column is always ``geometry``.
    id_field
        Column that names a record for ever.
    aliases
        Other names by which users call the kind.
    elsewhere
        How records that belong into a layer of another kind as well are known.
    """

    name: str
    zh: str
    en: str
    role: Role
    geometry: tuple[GeometryType, ...]
    fields: tuple[Field, ...]
    id_field: str = "asset_id"
    aliases: tuple[str, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    _by_name: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = {item.name: item for item in self.fields}
        if len(by_name) != len(self.fields):
            raise ValueError(f"kind {self.name} declares a column twice")
        object.__setattr__(self, "_by_name", MappingProxyType(by_name))

    def __getitem__(self, name: str) -> Field:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, geometry left out."""
        return tuple(self._by_name)


def kinds() -> Mapping[str, Kind]:
    """Return every layer kind by name, inputs first, then context, then results."""
    from layers.kinds import REGISTRY  # noqa: PLC0415  (the declarations import this module)

    return REGISTRY


def kind(name: str) -> Kind:
    """Return the kind called ``name``, by its name, its Chinese title or an alias.

    Raises
    ------
    UsageError
        If there is no such kind.
    """
    return _called(name, kinds())


def input_kind(name: str) -> Kind:
    """Return the kind called ``name`` that files are imported as (see :func:`kind`).

    Raises
    ------
    UsageError
        If there is no such kind, or analyses make it.
    """
    return _called(name, {known: kinds()[known] for known in input_kinds()})


def _called(name: str, choices: Mapping[str, Kind]) -> Kind:
    registry = kinds()
    found = registry.get(name) or next((item for item in registry.values() if name in (item.zh, *item.aliases)), None)
    if found is not None and found.name in choices:
        return found
    titles = "、".join(f"{item.name} {item.zh}" for item in choices.values())
    said = {"hint": f"choose one of {', '.join(choices)}", "hint_zh": f"可选 {titles}"}
    if found is None:
        raise UsageError(f"there is no layer kind {name!r}", f"没有 {name!r} 这类图层", **said)
    raise UsageError(
        f"{name} is a result of analyses and cannot be imported",
        f"{name}（{found.zh}）是分析结果，不能导入",
        **said,
    )


def input_kinds() -> tuple[str, ...]:
    """Return the names of the kinds that can be imported (inputs and context)."""
    return tuple(name for name, item in kinds().items() if item.role != "result")


def result_kinds() -> tuple[str, ...]:
    """Return the names of the kinds that a run produces."""
    return tuple(name for name, item in kinds().items() if item.role == "result")


def conform(frame: pd.DataFrame, of: Kind, *, keep_extra: bool = False) -> gpd.GeoDataFrame:
    """Return ``frame`` with exactly the columns of ``of``, in order and of the declared types.

    Parameters
    ----------
    frame
        Rows with some of the columns; missing ones are filled with nulls. A frame without geometry gets null
        geometries in :data:`STORAGE_CRS`; a GeoDataFrame keeps its CRS.
    of
        The kind whose columns are wanted.
    keep_extra
        Keep columns that the kind does not declare, after the declared ones (criterion columns of a run).

    Raises
    ------
    TypeError, ValueError
        If a value cannot be held by its declared type.
    """
    data = {
        item.name: _typed(frame[item.name], item.dtype)
        if item.name in frame.columns
        else pd.Series(float("nan") if item.dtype == "float" else pd.NA, frame.index, PANDAS_DTYPES[item.dtype])
        for item in of.fields
    }
    if keep_extra:
        data |= {name: frame[name] for name in frame.columns if name not in of and name != "geometry"}
    if isinstance(frame, gpd.GeoDataFrame) and frame._geometry_column_name in frame.columns:  # noqa: SLF001
        geometry, crs = frame.geometry, frame.crs or STORAGE_CRS
    else:
        geometry, crs = gpd.GeoSeries([None] * len(frame), index=frame.index), STORAGE_CRS
    return gpd.GeoDataFrame(data, index=frame.index, geometry=gpd.GeoSeries(geometry), crs=crs)


def _typed(values: pd.Series, dtype: DType) -> pd.Series:
    if values.dtype == _pandas_type(dtype):
        return values
    if dtype in ("date", "datetime"):
        return pd.to_datetime(values).astype("datetime64[ms]")
    if dtype == "int":
        return pd.to_numeric(values).astype("Float64").round().astype("Int64")
    if dtype == "float":
        return pd.to_numeric(values).astype("float64")
    return values.astype(PANDAS_DTYPES[dtype])


@cache
def _pandas_type(dtype: DType) -> object:
    return pd.api.types.pandas_dtype(PANDAS_DTYPES[dtype])


def empty(of: Kind) -> gpd.GeoDataFrame:
    """Return a frame of ``of`` without rows, in :data:`STORAGE_CRS`."""
    return conform(gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs=STORAGE_CRS), of)
