"""``/ogc`` for people: plain pages without script. Text that comes from data is escaped in one place, :func:`tag`."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from layers import schema
from layers.sample import SAMPLE_NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from api._features import LayerInfo
    from api._ogc_documents import Link, Site
    from api._preferences import Language

STYLE = """
:root{color-scheme:light;font:16px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif}
body{max-width:78rem;margin:0 auto;padding:1rem;color:#1c2b2a;background:#fbfaf7}
a{color:#0b5c6b}h1{font-size:1.5rem}nav,footer{font-size:.9rem;color:#44524f}
.notice{border:2px solid #a34700;padding:.5rem .75rem;color:#7a3500;font-weight:600}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}
th,td{border:1px solid #c9cfca;padding:.25rem .5rem;text-align:left;vertical-align:top}
th{background:#eef1ec}td{max-width:22rem;overflow-wrap:anywhere}
pre{overflow-x:auto;background:#eef1ec;padding:.75rem}
"""


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def tag(name: str, *children: object, **attributes: object) -> Html:
    """Return an element; whatever is not :class:`Html` is escaped. A trailing ``_`` of an attribute is dropped."""
    inner = "".join(child if isinstance(child, Html) else escape(_text(child)) for child in children)
    named = "".join(f' {key.rstrip("_")}="{escape(str(value))}"' for key, value in attributes.items())
    return Html(f"<{name}{named}>{inner}</{name}>")


def joined(parts: Iterable[Html]) -> Html:
    """Return markup put together."""
    return Html("".join(parts))


def page(site: Site, title: str, *body: Html, notice: bool, crumbs: Sequence[Link] = (), note: str = "") -> str:
    """Return a whole page.

    Parameters
    ----------
    site
        Where and in which language.
    title
        Heading.
    body
        What stands below it.
    notice
        Whether the sample notice stands above everything.
    crumbs
        Links back, root first.
    note
        Licence and attribution.
    """
    other = ("en", "English") if site.language == "zh" else ("zh", "中文")
    banner = sample_banner(site.language) if notice else Html("")
    trail = joined(Html(tag("a", link["title"], href=link["href"]) + " › ") for link in crumbs)
    head = joined(
        (
            Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
            tag("title", f"{title} · 盘活 Panhuo"),
            tag("style", Html(STYLE)),
        )
    )
    content = joined(
        (
            banner,
            tag("nav", trail, tag("a", other[1], href=site.other, hreflang=other[0])),
            tag("main", tag("h1", title), *body),
            tag("footer", tag("p", note)) if note else Html(""),
        )
    )
    language = "zh-CN" if site.language == "zh" else "en"
    return "<!doctype html>\n" + tag("html", tag("head", head), tag("body", content), lang=language)


def sample_banner(language: Language) -> Html:
    """Return the notice of invented data in both languages, that of the page first: a print may reach anybody."""
    tongues = ("zh", "en") if language == "zh" else ("en", "zh")
    said = joined(tag("span", SAMPLE_NOTICE[tongue] + " ", lang=tongue) for tongue in tongues)
    return tag("p", said, class_="notice", role="note")


def link_list(links: Iterable[Link]) -> Html:
    """Return links as a list."""
    return tag("ul", *(tag("li", tag("a", link["title"], href=link["href"], rel=link["rel"])) for link in links))


def table(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Html:
    """Return a table that scrolls sideways on a narrow screen."""
    head = tag("thead", tag("tr", *(tag("th", title, scope="col") for title in header)))
    body = tag("tbody", *(tag("tr", *(tag("td", cell) for cell in row)) for row in rows))
    return tag("div", tag("table", head, body), class_="scroll", tabindex="0")


def crumbs(site: Site, *kinds: str) -> list[Link]:
    """Return the way back: the service, the collections, and those of ``kinds``."""
    way = [
        {"href": site.url(), "rel": "up", "title": site.say("数据服务", "Data service")},
        {"href": site.url("collections"), "rel": "up", "title": site.say("数据集合", "Collections")},
    ]
    for name in kinds:
        kind = schema.kind(name)
        way.append({"href": site.url("collections", name), "rel": "up", "title": site.say(kind.zh, kind.en)})
    return [{**link, "href": f"{link['href']}?f=html"} for link in way]


def credit(site: Site, info: LayerInfo) -> str:
    """Return licence and attribution of a layer as a line."""
    said = [site.say(f"来源：{info.source}", f"Source: {info.source}")]
    if info.attribution:
        said.append(info.attribution)
    if info.licence:
        said.append(site.say(f"许可：{info.licence}", f"Licence: {info.licence}"))
    if info.data_date:
        said.append(site.say(f"数据日期：{info.data_date}", f"Date of the data: {info.data_date}"))
    return " · ".join(said)


def landing(site: Site, document: Mapping[str, Any], *, notice: bool) -> str:
    """Return the landing page."""
    return page(site, document["title"], tag("p", document["description"]), link_list(document["links"]), notice=notice)


def conformance(site: Site, classes: Sequence[str], *, notice: bool) -> str:
    """Return the conformance classes."""
    title = site.say("符合的标准", "Conformance classes")
    return page(site, title, tag("ul", *(tag("li", name) for name in classes)), notice=notice, crumbs=crumbs(site)[:1])


def operations(site: Site, document: Mapping[str, Any], *, notice: bool) -> str:
    """Return the operations of an OpenAPI document."""
    title = site.say("接口定义", "API definition")
    rows = [(path, methods["get"]["summary"]) for path, methods in document["paths"].items()]
    data = {"href": site.url("api", f="json"), "rel": "alternate", "title": "OpenAPI 3.0 (JSON)"}
    header = (site.say("地址", "Path"), site.say("用途", "Purpose"))
    return page(site, title, link_list([data]), table(header, rows), notice=notice, crumbs=crumbs(site)[:1])


def collections(site: Site, document: Mapping[str, Any], infos: Sequence[LayerInfo], *, notice: bool) -> str:
    """Return the list of collections."""
    header = (
        site.say("集合", "Collection"),
        site.say("记录", "Records"),
        site.say("待落图", "Not placed"),
        site.say("来源", "Source"),
    )
    rows = [
        (
            tag("a", item["title"], href=site.url("collections", info.kind, f="html")),
            info.count,
            info.unlocated_count,
            credit(site, info),
        )
        for item, info in zip(document["collections"], infos, strict=True)
    ]
    body = (table(header, rows), link_list(document["links"]))
    return page(site, document["title"], *body, notice=notice, crumbs=crumbs(site)[:1])


def collection(site: Site, document: Mapping[str, Any], info: LayerInfo, *, notice: bool) -> str:
    """Return one collection with its columns."""
    kind = schema.kind(info.kind)
    header = (site.say("字段", "Field"), site.say("名称", "Title"), site.say("单位", "Unit"), site.say("代码", "Codes"))
    rows = [
        (
            item.name,
            site.say(item.zh, item.en),
            item.unit,
            "; ".join(f"{code} {site.say(*both)}" for code, both in (item.codes or {}).items()),
        )
        for item in kind.fields
        if not item.personal
    ]
    body = (tag("p", document["description"]), link_list(document["links"]), table(header, rows))
    return page(site, document["title"], *body, notice=notice, crumbs=crumbs(site), note=credit(site, info))


def columns(site: Site, document: Mapping[str, Any], info: LayerInfo, *, notice: bool) -> str:
    """Return the columns of a collection, as its queryables or its schema tell them."""
    header = (site.say("字段", "Field"), site.say("名称", "Title"), site.say("类型", "Type"), site.say("代码", "Codes"))
    rows = [
        (name, item.get("title", ""), item.get("type", item.get("format", "")), item.get("description", ""))
        for name, item in document["properties"].items()
    ]
    name = document["$id"].rpartition("/")[2]
    data = {"href": site.url("collections", info.kind, name, f="json"), "rel": "alternate", "title": "JSON Schema"}
    title = site.say(f"{document['title']}：字段", f"{document['title']}: fields")
    body = (link_list([data]), table(header, rows))
    return page(site, title, *body, notice=notice, crumbs=crumbs(site, info.kind), note=credit(site, info))


def items(
    site: Site,
    info: LayerInfo,
    records: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    counted: str,
    links: Sequence[Link],
    *,
    notice: bool,
) -> str:
    """Return a page of features as a table."""
    kind = schema.kind(info.kind)
    columns = list(records[0]) if records else list(kind.columns)
    header = ["id", *(_title(site, kind, column) for column in columns)]
    rows = [
        [
            tag("a", name, href=site.url("collections", info.kind, "items", name, f="html")),
            *(shown(site, kind, column, record.get(column)) for column in columns),
        ]
        for name, record in zip(names, records, strict=True)
    ]
    title = site.say(f"{kind.zh}：要素", f"{kind.en}: features")
    body = (tag("p", counted), link_list(links), table(header, rows))
    return page(site, title, *body, notice=notice, crumbs=crumbs(site, info.kind), note=credit(site, info))


def item(
    site: Site,
    info: LayerInfo,
    name: str,
    record: Mapping[str, Any],
    geometry: str,
    links: Sequence[Link],
    *,
    notice: bool,
) -> str:
    """Return one feature."""
    kind = schema.kind(info.kind)
    header = (site.say("字段", "Field"), site.say("值", "Value"))
    rows = [(_title(site, kind, column), shown(site, kind, column, value)) for column, value in record.items()]
    body = (table(header, rows), tag("h2", site.say("几何", "Geometry")), tag("pre", geometry), link_list(links))
    heading = str(record.get("name") or name)
    return page(site, heading, *body, notice=notice, crumbs=crumbs(site, info.kind), note=credit(site, info))


def shown(site: Site, kind: schema.Kind, column: str, value: object) -> str:
    """Return a value as a reader sees it: codes by their title."""
    codes = kind[column].codes if column in kind else None
    if codes and value in codes:
        return site.say(*codes[str(value)])
    if isinstance(value, bool):
        return site.say("是", "yes") if value else site.say("否", "no")
    return _text(value)


def _title(site: Site, kind: schema.Kind, column: str) -> str:
    if column not in kind:
        return column
    of = kind[column]
    return site.say(of.zh, of.en) + (f" ({of.unit})" if of.unit else "")


def _text(value: object) -> str:
    return "" if value is None else str(value)
