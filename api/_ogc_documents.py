"""The documents of ``/ogc`` as JSON values: landing page, conformance, collections, links, pages of features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from api._answers import GEOJSON_TYPE, JSON_TYPE
from api._features import feature_texts
from api._ogc_crs import CRS84_URI, SERVED
from api._ogc_files import FILE_TYPES
from api._ogc_query import temporal_field
from api._ogc_schema import QUERYABLES_REL, SCHEMA_REL, SCHEMA_TYPE
from layers import schema
from layers.matching.exported import source_title
from layers.sample import SAMPLE_NOTICE
from layers.serving.prepared import BETWEEN
from layers.serving.texts import encode, geometry_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from starlette.requests import Request

    from api._features import Layer, LayerInfo
    from api._ogc_crs import ServedCrs
    from api._ogc_query import ItemsQuery
    from api._preferences import Language

HTML = "text/html"
OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.0"
CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/{name}"
    for name in (
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/oas30",
        "ogcapi-features-1/1.0/conf/html",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-2/1.0/conf/crs",
        "ogcapi-features-3/1.0/conf/queryables",
        "ogcapi-features-3/1.0/conf/queryables-query-parameters",
    )
)
LICENCE_PAGES = {"odbl": "https://opendatacommons.org/licenses/odbl/1-0/"}
"""Pages of the licences that we know, by the beginning of their name in small letters."""

Link = dict[str, str]


@dataclass(frozen=True)
class Site:
    """Where the service is called, in which language it answers, and the address of this answer in the other one."""

    base: str
    language: Language
    other: str

    @classmethod
    def of(cls, request: Request, language: Language) -> Site:
        """Return the site as ``request`` called it."""
        other = request.url.include_query_params(lang="en" if language == "zh" else "zh")
        return cls(f"{str(request.base_url).rstrip('/')}/ogc", language, str(other))

    def say(self, zh: str, en: str) -> str:
        """Return the text of this language."""
        return zh if self.language == "zh" else en

    def url(self, *path: str, **query: object) -> str:
        """Return an address below ``/ogc``; parts of the path are percent-encoded, slashes too."""
        address = "/".join((self.base, *(quote(part, safe="") for part in path)))
        return f"{address}?{urlencode(query)}" if query else address

    def pair(self, rel: str, title: str, media_type: str, *path: str) -> list[Link]:
        """Return the links to a resource as data and as a page."""
        return [
            {"href": self.url(*path, f="json"), "rel": rel, "type": media_type, "title": title},
            {"href": self.url(*path, f="html"), "rel": rel, "type": HTML, "title": f"{title} (HTML)"},
        ]

    def own_links(self, media_type: str, *path: str, is_html: bool) -> list[Link]:
        """Return ``self`` and ``alternate`` of a resource."""
        title = self.say("本页", "This document")
        links = self.pair("alternate", title, media_type, *path)
        links[1 if is_html else 0]["rel"] = "self"
        return links


def landing(site: Site, name: str, *, is_sample: bool, is_html: bool) -> dict[str, Any]:
    """Return the landing page."""
    root = site.base.removesuffix("/ogc")
    api_title = site.say("接口定义 (OpenAPI 3.0)", "API definition (OpenAPI 3.0)")
    return {
        "title": site.say(f"{name}：盘活数据服务", f"{name}: Panhuo data service"),
        "description": _noticed(
            site,
            site.say("OGC API 要素服务：各图层与最新分析结果。", "OGC API Features: layers and the latest results."),
            is_sample,
        ),
        "links": [
            *site.own_links(JSON_TYPE, is_html=is_html),
            {"href": site.url("api"), "rel": "service-desc", "type": OPENAPI_TYPE, "title": api_title},
            {
                "href": f"{root}/docs",
                "rel": "service-doc",
                "type": HTML,
                "title": site.say("接口说明", "API documentation"),
            },
            *site.pair("conformance", site.say("符合的标准", "Conformance classes"), JSON_TYPE, "conformance"),
            *site.pair("data", site.say("数据集合", "Collections"), JSON_TYPE, "collections"),
        ],
    }


def collections(site: Site, infos: Sequence[LayerInfo], *, is_sample: bool, is_html: bool) -> dict[str, Any]:
    """Return the list of collections."""
    return {
        "title": site.say("数据集合", "Collections"),
        "links": site.own_links(JSON_TYPE, "collections", is_html=is_html),
        "crs": [item.uri for item in SERVED],
        "collections": [collection(site, info, is_sample=is_sample, is_html=is_html) for info in infos],
    }


def collection(
    site: Site, info: LayerInfo, *, is_sample: bool, is_html: bool, moments: tuple[str, str] | None = None
) -> dict[str, Any]:
    """Return the description of one collection; ``moments`` are its first and last time."""
    kind = schema.kind(info.kind)
    title = site.say(kind.zh, kind.en)
    counted = site.say(
        f"{info.count} 条记录，其中 {info.unlocated_count} 条待落图。来源：{source_title(info.source).zh}。",
        f"{info.count} records, {info.unlocated_count} of them not yet placed. Source: {source_title(info.source).en}.",
    )
    described = f"{counted} {_order(site)}" if "rank" in kind else counted
    extent = _extent(info, moments)
    return {
        "id": info.kind,
        "title": title,
        "description": _noticed(site, described, is_sample),
        "attribution": info.attribution or info.source,
        "license": info.licence or site.say("未注明", "not stated"),
        **({"extent": extent} if extent else {}),
        "itemType": "feature",
        "crs": [item.uri for item in SERVED],
        "storageCrs": CRS84_URI,
        "links": [
            *site.own_links(JSON_TYPE, "collections", info.kind, is_html=is_html),
            *site.pair(
                "items",
                site.say(f"{title}：要素", f"{title}: features"),
                GEOJSON_TYPE,
                "collections",
                info.kind,
                "items",
            ),
            *_column_links(site, info.kind),
            *_licence_links(info),
        ],
    }


def _column_links(site: Site, kind: str) -> list[Link]:
    """Return the links to what the columns are: those that can be asked by, and all of them."""
    told = (
        (QUERYABLES_REL, "queryables", site.say("可查询的字段", "Queryables")),
        (SCHEMA_REL, "schema", site.say("字段定义", "Schema")),
    )
    return [link for rel, name, title in told for link in site.pair(rel, title, SCHEMA_TYPE, "collections", kind, name)]


def _extent(info: LayerInfo, moments: tuple[str, str] | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if info.extent:
        found["spatial"] = {"bbox": [list(info.extent)], "crs": CRS84_URI}
    if moments:
        trs = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
        found["temporal"] = {"interval": [list(moments)], "trs": trs}
    return found


def moments_of(layer: Layer) -> tuple[str, str] | None:
    """Return the first and the last time of a layer's records (RFC 3339), if they have any."""
    when = temporal_field(layer.kind)
    found = layer.column(when.name) if when is not None else None
    if found is None:
        return None
    times = found.dropna()
    if times.empty:
        return None
    first, last = (moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (times.min(), times.max()))
    return first, last


def page_links(
    site: Site, info: LayerInfo, given: dict[str, str], query: ItemsQuery, matched: int, *, is_html: bool
) -> list[Link]:
    """Return ``self``, ``alternate``, ``next``, ``prev`` and ``collection`` of a page of features."""
    kind, version = info.kind, info.version
    path = ("collections", kind, "items")
    form, other = ("html", "json") if is_html else ("json", "html")
    types = {"json": GEOJSON_TYPE, "html": HTML}
    kept = {name: value for name, value in given.items() if name != "f"}

    def link(rel: str, title: str, as_format: str, **changed: object) -> Link:
        return {
            "href": site.url(*path, **{**kept, **changed, "f": as_format}),
            "rel": rel,
            "type": types[as_format],
            "title": title,
        }

    links = [
        link("self", site.say("本页", "This page"), form),
        link("alternate", site.say("本页的另一种格式", "This page in another format"), other),
    ]
    pinned = {"snapshot": version}  # whoever pages sees one version, whatever is accepted meanwhile
    links += _file_links(site, path, {name: text for name, text in kept.items() if name not in ("limit", "offset")})
    if query.offset + query.limit < matched:
        links.append(link("next", site.say("下一页", "Next page"), form, offset=query.offset + query.limit, **pinned))
    if query.offset > 0:
        before = max(query.offset - query.limit, 0)
        # the first page must not overlap with this one
        shorter = {"limit": query.offset} if query.offset < query.limit else {}
        links.append(link("prev", site.say("上一页", "Previous page"), form, offset=before, **shorter, **pinned))
    title = schema.kind(kind)
    return [*links, *site.pair("collection", site.say(title.zh, title.en), JSON_TYPE, "collections", kind)]


def _file_links(site: Site, path: tuple[str, ...], asked: dict[str, str]) -> list[Link]:
    """Return the links to all that matches as a file."""
    return [
        {
            "href": site.url(*path, **{**asked, "f": name}),
            "rel": "alternate",
            "type": media_type,
            "title": site.say(f"全部下载 ({name.upper()})", f"All of them ({name.upper()})"),
        }
        for name, media_type in FILE_TYPES.items()
    ]


def feature_links(site: Site, kind: str, name: str, *, is_html: bool) -> list[Link]:
    """Return ``self``, ``alternate`` and ``collection`` of one feature."""
    title = schema.kind(kind)
    return [
        *site.own_links(GEOJSON_TYPE, "collections", kind, "items", name, is_html=is_html),
        *site.pair("collection", site.say(title.zh, title.en), JSON_TYPE, "collections", kind),
    ]


def features(layer: Layer, rows: NDArray[np.intp], crs: ServedCrs, names: tuple[str, ...] | None = None) -> bytes:
    """Return the features of ``rows`` as GeoJSON text in ``crs``, commas between them; of columns only ``names``."""
    held = layer.held
    if crs.is_default and names is None:
        return held.features(rows)
    chosen = rows.tolist()
    geometries = (
        [held.geometry_text(row) for row in chosen]
        if crs.is_default
        else geometry_texts(crs.from_crs84(held.shapes.geometries(rows)), crs.decimals)
    )
    properties = [held.properties_text(row) if names is None else _chosen(held.record(row), names) for row in chosen]
    return BETWEEN.join(
        item.encode() for item in feature_texts([held.name(row) for row in chosen], geometries, properties)
    )


def _chosen(record: dict[str, Any], names: tuple[str, ...]) -> str:
    return encode({name: record[name] for name in names if name in record})


def feature_page(
    site: Site, info: LayerInfo, texts: bytes, counts: tuple[int, int], links: Sequence[Link], notice: bool
) -> bytes:
    """Return a page of features as GeoJSON text; licence, attribution and notice go with the data.

    ``texts`` are the features, ``counts`` how many match and how many are here.
    """
    head: dict[str, Any] = {
        "type": "FeatureCollection",
        "numberMatched": counts[0],
        "numberReturned": counts[1],
        "attribution": info.attribution or info.source,
        "license": info.licence,
        "snapshot": info.version,
        **({"notice": SAMPLE_NOTICE[site.language]} if notice else {}),
        "links": list(links),
    }
    return b"".join((encode(head)[:-1].encode(), b',"features":[', texts, b"]}"))


def _order(site: Site) -> str:
    """Return how ranked records follow each other, and how to get them alone."""
    return site.say(
        "每项资产最好且未被禁止的动作有名次，其余动作只有得分。顺序：先按主题；主题内有名次的在前，按名次；"
        "没有名次的在后，按得分从高到低。翻页不改变顺序。只要有名次的：items?ranked=true。",
        "The best action of each asset that is not forbidden has a rank; the other actions have a score only. Order: "
        "by theme; within a theme ranked records first, by rank, then unranked ones by score, highest first. Paging "
        "keeps it. For ranked records only: items?ranked=true.",
    )


def _noticed(site: Site, text: str, is_sample: bool) -> str:
    return f"{SAMPLE_NOTICE[site.language]} {text}" if is_sample else text


def _licence_links(info: LayerInfo) -> list[Link]:
    name = (info.licence or "").lower()
    return [
        {"href": page, "rel": "license", "type": HTML, "title": info.licence or ""}
        for start, page in LICENCE_PAGES.items()
        if start in name
    ]
