"""One self-contained page with the ranked opportunities of a run: it opens from a folder, a mail or a stick.

Leaflet, its images, the base map and every word stand in the file; nothing is fetched, and a content policy in the page
forbids the browser to try. The base map is drawn from the workspace's own layers.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any, cast

import folium
from branca.element import Element, MacroElement
from folium.features import DivIcon, GeoJson, GeoJsonPopup, GeoJsonTooltip
from folium.map import CustomPane, FeatureGroup, LayerControl, Marker
from folium.template import Template
from folium.utilities import JsCode
from folium.vector_layers import CircleMarker

from layers.errors import NotFoundError
from layers.schema import kind
from maps import _folium_areas as areas
from maps import _folium_leaflet as leaflet
from maps import _folium_panel as page
from maps import _folium_text as words
from maps import _page_file as file
from maps._folium_context import Backdrop, backdrops
from maps._folium_decisions import Decision, Sheet, decisions
from maps._folium_sites import POPUP_FIELDS, POPUP_TITLES, TOOLTIP_FIELDS, Theme, themes
from maps.palette import (
    CONTEXT_STYLES,
    LABELLED_RANKS,
    RANK_CLASSES,
    STREET_WEIGHTS,
    THEME_RAMPS,
    THEME_RINGS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    from branca.element import Figure

    from maps.opening import Bounds

CLOSEST_ZOOM = 19
WIDEST_ZOOM = 9


class _Map(folium.Map):
    """A map without folium's ten remote scripts and style sheets: the page brings its own Leaflet."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  (folium's own attribute)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class _Verbatim(Element):
    """Text that is put into the page as it stands; never read as a template, whatever braces it has."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class _Call(MacroElement):
    """One call of the page's own script with a layer of the map."""

    _template = Template("{% macro script(this, kwargs) %}panhuo.{{ this.call }}({{ this.target }});{% endmacro %}")

    def __init__(self, call: str, of: Element) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.call = call
        self._of = of

    @property
    def target(self) -> str:
        """Name of the layer in the page's script."""
        return str(self._of.get_name())


def write_map(
    path: Path,
    *,
    layers: Mapping[str, gpd.GeoDataFrame],
    results: Mapping[str, gpd.GeoDataFrame],
    manifest: Mapping[str, Any],
    title: str,
    is_sample: bool,
    attributions: Sequence[str],
) -> Path:
    """Write one HTML page that shows the ranked opportunities of a run and opens without a network.

    Parameters
    ----------
    path
        The file to write; an existing one is replaced only when the new page is whole.
    layers
        Layers by kind, in any CRS: ``water``, ``green``, ``street``, ``building`` make the base map, ``subdistrict``
        and ``heritage_zone`` are drawn as outlines. Those that are missing are left out.
    results
        Tables of one run by kind: ``opportunity``, and where there are any ``need`` and ``exclusion``, and what was
        decided on it: ``bundle`` with ``bundle_member`` and ``bundle_year``, ``site_choice``, ``route``.
    manifest
        Manifest of the run: ``as_of``, ``run_id``, ``criteria``, ``notes``, ``decided``, each optional.
    title
        Heading of the page.
    is_sample
        Whether the data is the fictional sample city: the page says so at its head and in every popup. Invented
        records of another workspace are counted at the head.
    attributions
        Lines that the licences of the layers ask for.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    NotFoundError
        If there is no ``opportunity`` table, or Leaflet was not installed with the package.
    UsageError
        If ``path`` is not named as a page, or cannot be written.
    """
    file.require_page_name(path)
    if "opportunity" not in results:
        raise NotFoundError(
            "there are no opportunities to draw",
            "没有可以画的机会",
            hint="run `panhuo analyze` first",
            hint_zh="先运行 panhuo analyze",
        )
    html = render(
        layers=layers,
        results=results,
        manifest=manifest,
        title=title,
        is_sample=is_sample,
        attributions=attributions,
    )
    file.replace(path, html)
    return path


def render(
    *,
    layers: Mapping[str, gpd.GeoDataFrame],
    results: Mapping[str, gpd.GeoDataFrame],
    manifest: Mapping[str, Any],
    title: str,
    is_sample: bool,
    attributions: Sequence[str],
) -> str:
    """Return the page of :func:`write_map` as text: the same text for the same input."""
    found = themes(
        results["opportunity"],
        subdistricts=areas.subdistrict_names(layers.get("subdistrict")),
        manifest=manifest,
        is_sample=is_sample,
    )
    ground = list(backdrops(layers))
    overlays = areas.overlays(layers, results)
    decided = decisions(results, is_sample=is_sample, manifest=manifest)
    drawn: tuple[Backdrop | areas.Overlay | Decision, ...] = (*ground, *overlays, *decided)
    notes = [item.note for item in drawn if item.note]
    exclusions = len(results["exclusion"]) if "exclusion" in results else None
    view = areas.first_view(results["opportunity"], layers.get("subdistrict")) or areas.bounds(ground)
    notices = page.notices(layers, has_base_map=bool(ground), is_sample=is_sample)
    figure = cast("Figure", _sheet(found, ground, overlays, decided, view).get_root())
    for part in _head(title):
        figure.header.add_child(_Verbatim(part))
    for part in (
        page.header(title, found, manifest, exclusions=exclusions, notices=notices),
        page.panel(found, manifest, decided=decided, notes=notes, attributions=attributions),
        page.legend(found, overlays={*(item.key for item in overlays), *(item.key for item in decided)}),
    ):
        figure.html.add_child(_Verbatim(part))
    _number(figure)
    html = _finished(figure.render())
    leaflet.require_standalone(html)
    return html


def _head(title: str) -> Iterable[str]:
    """Yield what the page's head holds, the policy first: it governs what comes after it."""
    yield f'<meta http-equiv="Content-Security-Policy" content="{leaflet.CONTENT_POLICY}">'
    yield f"<title>{words.esc(title)}</title>"
    yield f"<style>{leaflet.leaflet_styles()}</style>"
    yield f"<script>{leaflet.leaflet_script()}</script>"
    yield f"<style>{_own('_folium_page.css')}</style>"
    yield f"<script>{_own('_folium_page.js')}</script>"


def _own(name: str) -> str:
    return resources.files("maps").joinpath(name).read_text(encoding="utf-8")


def _sheet(
    found: list[Theme],
    ground: list[Backdrop],
    overlays: list[areas.Overlay],
    decided: list[Decision],
    view: Bounds | None,
) -> _Map:
    sheet = _Map(tiles=None, min_zoom=WIDEST_ZOOM, max_zoom=CLOSEST_ZOOM, zoom_snap=0.25)
    sheet.add_child(CustomPane("ground", z_index=200))
    sheet.add_child(CustomPane("areas", z_index=350, pointer_events=True))
    sheet.add_child(CustomPane("decided", z_index=370, pointer_events=True))
    sheet.add_child(CustomPane("outlines", z_index=380))
    sheet.add_child(CustomPane("names", z_index=390))
    # Each lies in a pane of its own, so this order is that of the layer control alone.
    groups = [group for theme in found if (group := _theme(theme)) is not None]
    made = [_decision(item) for item in decided]
    for layer in (*groups, *reversed(made), *map(_overlay, overlays), *map(_backdrop, ground)):
        sheet.add_child(layer)
    if view:
        west, south, east, north = view
        sheet.fit_bounds([[south, west], [north, east]], padding=(24, 24), max_zoom=17)
    control = LayerControl(collapsed=False)
    sheet.add_child(control)
    for group in (*groups, *made):
        sheet.add_child(_Call("group", group))
    sheet.add_child(_Call("start", sheet))
    sheet.add_child(_Call("control", control))
    return sheet


def _backdrop(item: Backdrop) -> GeoJson:
    def style(feature: dict[str, Any]) -> dict[str, object]:
        weight = STREET_WEIGHTS.get(feature["properties"]["street_class"])
        # Rings are wound one way, so the non-zero rule fills where buildings overlap and leaves courtyards open.
        own: dict[str, object] = {**CONTEXT_STYLES[item.kind], "fillRule": "nonzero"}
        return own | {"weight": weight} if weight else own

    titles = kind(item.kind)
    return GeoJson(
        {"type": "FeatureCollection", "features": item.features},
        name=words.both(titles.zh, titles.en),
        style_function=style,
        smooth_factor=0.8,
        pane="ground",
        renderer=JsCode("panhuo.baseRenderer"),
        interactive=False,
    )


def _overlay(item: areas.Overlay) -> FeatureGroup:
    group = FeatureGroup(name=words.both(*item.titles), show=item.is_shown)
    tooltip = GeoJsonTooltip(list(item.fields), list(item.fields.values()), sticky=True) if item.fields else None
    group.add_child(
        GeoJson(
            {"type": "FeatureCollection", "features": item.features},
            style_function=lambda feature: dict(feature["properties"]["look"]),
            marker=CircleMarker(radius=3.5),
            tooltip=tooltip,
            pane="areas",
            interactive=bool(item.fields),
        )
    )
    if item.labels:
        group.add_child(_labels(item.labels, "area-label", (120, 16), pane="names"))
    return group


def _decision(item: Decision) -> FeatureGroup:
    group = FeatureGroup(name=words.both(*item.titles), show=item.is_shown)
    for sheet in item.sheets:
        if sheet.features:
            group.add_child(_answering(sheet))
    return group


def _answering(sheet: Sheet) -> GeoJson:
    """Return what was decided, each with its name under the pointer and its card at a click."""
    sign = Marker(icon=DivIcon(), interactive=sheet.answers, keyboard=sheet.answers, pane="markerPane")
    return GeoJson(
        {"type": "FeatureCollection", "features": sheet.features},
        style_function=lambda feature: dict(feature["properties"]["look"]),
        marker=sign if sheet.are_signs else CircleMarker(radius=5),
        on_each_feature=JsCode("panhuo.place") if sheet.answers else None,
        tooltip=GeoJsonTooltip(["heading"], [""]) if sheet.answers else None,
        popup=GeoJsonPopup(["card"], [""]) if sheet.answers else None,
        pane="decided",
        interactive=sheet.answers,
    )


def _theme(theme: Theme) -> FeatureGroup | None:
    if not theme.features:
        return None
    group = FeatureGroup(name=words.both(*theme.titles))
    ramp, ring = THEME_RAMPS[theme.name], THEME_RINGS[theme.name]
    if theme.footprints:
        look = {"color": ramp[0], "weight": 1.2, "fillColor": ramp[1], "fillOpacity": 0.22}
        outlines = {"type": "FeatureCollection", "features": theme.footprints}
        group.add_child(GeoJson(outlines, style_function=lambda _: dict(look), interactive=False, pane="outlines"))

    def style(feature: dict[str, Any]) -> dict[str, object]:
        place = feature["properties"]["class"]
        return {
            "radius": RANK_CLASSES[place].radius_px,
            "color": ring,
            "weight": 1.5 if place < 2 else 1.0,
            "fill": True,
            "fillColor": ramp[place],
            "fillOpacity": 0.95,
        }

    group.add_child(
        GeoJson(
            {"type": "FeatureCollection", "features": theme.features},
            style_function=style,
            marker=CircleMarker(),
            on_each_feature=JsCode("panhuo.register"),
            tooltip=GeoJsonTooltip(list(TOOLTIP_FIELDS), [POPUP_TITLES[name] for name in TOOLTIP_FIELDS]),
            popup=GeoJsonPopup(list(POPUP_FIELDS), [POPUP_TITLES[name] for name in POPUP_FIELDS]),
        )
    )
    numbered = [item for item in theme.features if item["properties"]["rank"] <= LABELLED_RANKS]
    labels = [
        {
            **item,
            "id": f"{item['id']}-label",
            "properties": {"text": str(item["properties"]["rank"]), "key": item["id"]},
        }
        for item in numbered
    ]
    if labels:
        group.add_child(_labels(labels, "rank-label", (24, 18), pane="markerPane", on_each="panhuo.number"))
    return group


def _numbered(site: dict[str, Any]) -> dict[str, Any]:
    """Return the number of a site, which the page's script moves together with its disc."""
    said = {"key": site["id"], "text": str(site["properties"]["rank"])}
    return {**site, "id": f"{site['id']}-label", "properties": said}


def _labels(
    features: list[dict[str, Any]], class_name: str, size: tuple[int, int], *, pane: str, on_each: str | None = None
) -> GeoJson:
    """Return words on the map. They are ``DivIcon`` markers: folium's plain marker looks for an image."""
    return GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=lambda feature: {"html": feature["properties"]["text"]},
        marker=Marker(
            icon=DivIcon(icon_size=size, class_name=class_name), interactive=False, keyboard=False, pane=pane
        ),
        on_each_feature=JsCode(on_each) if on_each else None,
    )


def _number(root: Element) -> None:
    """Give every element a number for its id, where folium draws one at random: same input, same page."""
    stack: list[Element] = [root]
    seen = 0
    while stack:
        element = stack.pop()
        element._id = f"{seen:04d}"  # noqa: SLF001  (the only way to name an element)
        seen += 1
        stack.extend(reversed(element._children.values()))  # noqa: SLF001
        stack.extend(part for name in ("header", "html", "script") if (part := getattr(element, name, None)))


def _finished(html: str) -> str:
    """Name the page's language and let a reader zoom it with two fingers, which folium's head forbids."""
    named = html.replace("<html>", '<html lang="zh-CN">', 1)
    return named.replace("initial-scale=1.0, maximum-scale=1.0, user-scalable=no", "initial-scale=1.0", 1)
