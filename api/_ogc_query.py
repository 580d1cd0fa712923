"""The query parameters of ``/ogc``, checked: what is not known or not valid is a 400 that says which and why."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely

from api._ogc_crs import DEFAULT, ServedCrs, box, served_crs
from api._ogc_order import SortKey, ordered, parse_properties, parse_sortby
from api._ogc_values import typed, whole
from api._preferences import Language, preferred_language, weighted
from api.errors import RequestError
from layers.schema import Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray
    from starlette.requests import Request

    from api._features import Layer
    from layers.schema import Kind

Format = Literal["json", "html", "csv", "xlsx", "gpkg"]
DOCUMENTS: tuple[Format, ...] = ("json", "html")
DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000
MAX_OFFSET = 2**53 - 1
"""The largest whole number that every JSON reader keeps."""
COMMON_PARAMETERS = ("f", "lang")
ITEM_PARAMETERS = (*COMMON_PARAMETERS, "crs")
ITEMS_PARAMETERS = (
    *ITEM_PARAMETERS,
    "bbox",
    "bbox-crs",
    "datetime",
    "limit",
    "offset",
    "snapshot",
    "sortby",
    "properties",
)
RANKED = Field("ranked", "bool", "有名次", "Has a rank")
"""What can be asked of a kind with ranks beside its columns: whether a record has one."""
Moment = tuple[np.datetime64 | None, np.datetime64 | None]
"""Start and end of a time; ``None`` is open."""


@dataclass(frozen=True)
class Presentation:
    """How an answer is written."""

    format: Format
    language: Language

    @property
    def is_html(self) -> bool:
        """Whether a person reads it."""
        return self.format == "html"


@dataclass(frozen=True)
class ItemsQuery:
    """One request for features, checked."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    crs: ServedCrs = DEFAULT
    area: shapely.Geometry | None = None
    moment: Moment | None = None
    equal: Mapping[str, Any] = field(default_factory=dict)
    order: tuple[SortKey, ...] = ()
    properties: tuple[str, ...] | None = None


def presentation(
    request: Request, allowed: Iterable[str] = COMMON_PARAMETERS, formats: Iterable[Format] = DOCUMENTS
) -> Presentation:
    """Return how ``request`` wants its answer; ``f`` and ``lang`` win over the ``Accept`` headers.

    Raises
    ------
    RequestError
        For a parameter that is not in ``allowed``, is given twice, or is not valid.
    """
    given = parameters(request, allowed)
    asked = given.get("f")
    form = next((item for item in formats if item == asked), None)
    if form is None and asked is not None:
        raise RequestError(
            f"there is no format {asked[:40]!r} here",
            f"这里没有格式 {asked[:40]!r}",
            field="f",
            hint=f"choose one of {', '.join(formats)}",
            hint_zh=f"可选：{'、'.join(formats)}",
        )
    language = given.get("lang")
    if language not in (None, "zh", "en"):
        raise RequestError(
            f"there is no language {language!r}",
            f"没有语言 {language!r}",
            field="lang",
            hint="zh or en",
            hint_zh="zh 或 en",
        )
    accepted = dict(weighted(request.headers.get("accept", "")))
    wants_html = accepted.get("text/html", 0) > max(
        accepted.get("application/json", 0), accepted.get("application/geo+json", 0)
    )
    return Presentation(
        form or ("html" if wants_html else "json"),
        "zh"
        if language == "zh"
        else "en"
        if language == "en"
        else preferred_language(request.headers.get("accept-language")),
    )


def parameters(request: Request, allowed: Iterable[str]) -> dict[str, str]:
    """Return the query of ``request`` by name.

    Raises
    ------
    RequestError
        For a parameter that is not in ``allowed``, or is given twice.
    """
    known = set(allowed)
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            choices = ", ".join(sorted(known))
            raise RequestError(
                f"there is no parameter {name[:100]!r} here",
                f"这里没有参数 {name[:100]!r}",
                field=name[:100],
                hint=f"choose from {choices}",
                hint_zh=f"可用：{choices}",
            )
        if name in given:
            raise RequestError(f"the parameter {name!r} is given twice", f"参数 {name!r} 给了两次", field=name)
        given[name] = value
    return given


def filter_fields(kind: Kind) -> dict[str, Field]:
    """Return what can be asked for of ``kind`` by equality: its columns, and :data:`RANKED` where it has ranks."""
    asked = (*kind.fields, RANKED) if "rank" in kind else kind.fields
    return {item.name: item for item in asked if not item.personal and item.name not in ITEMS_PARAMETERS}


def sortable_fields(kind: Kind) -> list[str]:
    """Return the columns of ``kind`` that may be sorted by or asked for."""
    return [item.name for item in kind.fields if not item.personal]


def temporal_field(kind: Kind) -> Field | None:
    """Return the column that says when a record was: its first time, else the date of the data."""
    times = [item for item in kind.fields if item.dtype == "datetime"]
    return next(iter(times), None) or next((item for item in kind.fields if item.name == "data_date"), None)


def items_query(request: Request, kind: Kind) -> ItemsQuery:
    """Return what ``request`` asks of the items of ``kind``.

    Raises
    ------
    RequestError
        For the first parameter that is not known or not valid.
    """
    fields = filter_fields(kind)
    given = parameters(request, (*ITEMS_PARAMETERS, *fields))
    bbox_crs = served_crs(given["bbox-crs"], "bbox-crs") if "bbox-crs" in given else DEFAULT
    return ItemsQuery(
        limit=whole(given, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT),
        offset=whole(given, "offset", 0, 0, MAX_OFFSET),
        crs=served_crs(given["crs"], "crs") if "crs" in given else DEFAULT,
        area=parse_bbox(given["bbox"], bbox_crs) if "bbox" in given else None,
        moment=parse_datetime(given["datetime"]) if "datetime" in given else None,
        order=parse_sortby(given["sortby"], sortable_fields(kind)) if "sortby" in given else (),
        properties=parse_properties(given["properties"], sortable_fields(kind)) if "properties" in given else None,
        equal={name: typed(given[name], item) for name, item in fields.items() if name in given},
    )


def selected(layer: Layer, query: ItemsQuery) -> NDArray[np.intp]:
    """Return the rows of ``layer`` that match, in the order of the layer or of ``sortby``.

    As OGC API - Features wants it, ``bbox`` also lets through records without a place, and ``datetime`` records without
    a time (``/req/core/fc-bbox-response`` C, ``/req/core/fc-time-response`` C).
    """
    rows: NDArray[np.intp] | None = None
    if query.area is not None:
        rows = layer.held.meeting(query.area)
        if len(layer.held.without_place):
            rows = np.union1d(rows, layer.held.without_place)
    when = temporal_field(layer.kind)
    if query.moment is not None and when is not None:
        times = _asked(layer, when.name, rows)
        if times is not None:
            rows = _kept(rows, _meets(times, query.moment, days=when.dtype == "date"))
    for name, value in query.equal.items():
        values = _asked(layer, "rank" if name == RANKED.name else name, rows)
        if values is None:  # a run that has no such column
            return np.empty(0, dtype=np.intp)
        found = values.notna() == value if name == RANKED.name else values.eq(value).fillna(value=False)
        rows = _kept(rows, found.to_numpy(dtype=bool))
    found_rows = np.arange(len(layer)) if rows is None else rows
    return ordered(layer.held, found_rows, query.order) if query.order else found_rows


def _asked(layer: Layer, name: str, rows: NDArray[np.intp] | None) -> pd.Series | None:
    """Return a column of the records that are left, if there is one."""
    found = layer.column(name)
    return found if found is None or rows is None else found.take(rows)


def _kept(rows: NDArray[np.intp] | None, keep: NDArray[np.bool_]) -> NDArray[np.intp]:
    return np.flatnonzero(keep) if rows is None else rows[keep]


def parse_bbox(text: str, crs: ServedCrs) -> shapely.Geometry:
    """Return the area of ``bbox=`` in longitude, latitude.

    Four numbers in the axis order of ``crs``, or six with heights, which are left aside. In degrees a west that is
    larger than the east is a box across the antimeridian.

    Raises
    ------
    RequestError
        If it is not four or six finite numbers, is upside down, or lies beyond the earth.
    """
    numbers = _numbers(text)
    half = len(numbers) // 2
    first_low, second_low, first_high, second_high = (*numbers[:2], *numbers[half : half + 2])
    south, north = (first_low, first_high) if crs.is_north_first else (second_low, second_high)
    west, east = (second_low, second_high) if crs.is_north_first else (first_low, first_high)
    if south > north or (west > east and not crs.is_geographic):
        raise _bad_bbox(text, "the box is upside down: its lower corner comes first", "范围上下颠倒：应先写左下角")
    if crs.is_geographic and (max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90):
        raise _bad_bbox(text, "the box lies beyond the earth", "范围超出地球")
    if west > east:
        return shapely.union(box(west, south, 180.0, north), box(-180.0, south, east, north))
    area = crs.box_to_crs84(first_low, second_low, first_high, second_high)
    if area is None:
        raise _bad_bbox(text, f"the box lies outside {crs.authority}", f"范围超出 {crs.authority} 的适用区域")
    return area


def parse_datetime(text: str) -> Moment:
    """Return start and end of ``datetime=``: an RFC 3339 time, a day, or an interval with ``..`` or nothing for open.

    Times are compared with the clock of the place, as the records hold them; an offset is read and left aside.

    Raises
    ------
    RequestError
        If it cannot be read, or ends before it starts.
    """
    parts = text.split("/")
    ends = [_moment(part, text) for part in parts]
    if (
        len(parts) > 2
        or (len(parts) == 1 and ends[0] is None)
        or (len(parts) == 2 and ends[0] is None and ends[1] is None)
    ):
        raise _bad_datetime(text)
    start = ends[0][0] if ends[0] else None
    end = ends[-1][1] if ends[-1] else None
    if start is not None and end is not None and end < start:
        raise _bad_datetime(text)
    return start, end


def _moment(text: str, whole: str) -> tuple[np.datetime64, np.datetime64] | None:
    """Return first and last millisecond of a time or a day; ``None`` is open."""
    if text in ("", ".."):
        return None
    is_day = re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None
    if not is_day and re.match(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d", text) is None:
        raise _bad_datetime(whole)
    try:
        moment = np.datetime64(datetime.fromisoformat(text.upper()).replace(tzinfo=None), "ms")
    except ValueError:
        raise _bad_datetime(whole) from None
    return moment, (moment + np.timedelta64(1, "D") - np.timedelta64(1, "ms") if is_day else moment)


def _meets(column: pd.Series, moment: Moment, *, days: bool) -> NDArray[np.bool_]:
    start, end = moment
    times = column.to_numpy(dtype="datetime64[ms]")
    keep = np.ones(len(times), dtype=bool)
    if start is not None:
        keep &= times >= (start.astype("datetime64[D]") if days else start)
    if end is not None:
        keep &= times <= end
    return np.asarray(keep | np.isnat(times), dtype=bool)


def _numbers(text: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",", maxsplit=7)]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(math.isfinite(number) for number in numbers):
        raise _bad_bbox(text, "it takes four or six finite numbers", "需要四个或六个有限的数")
    return numbers


def _bad_bbox(text: str, en: str, zh: str) -> RequestError:
    return RequestError(f"bbox={text[:100]!r}: {en}", f"bbox={text[:100]!r}：{zh}", field="bbox")


def _bad_datetime(text: str) -> RequestError:
    return RequestError(
        f"datetime={text[:100]!r} cannot be read",
        f"datetime={text[:100]!r} 无法识别",
        field="datetime",
        hint="2026-01-31T08:00:00Z, 2026-01-31, or two of them as start/end with .. for open",
        hint_zh="2026-01-31T08:00:00Z、2026-01-31，或“起/止”，开放端写 ..",
    )
