"""The offline page in a browser: it opens without a network, and every number on it can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
from folium_pages import HOSTILE, STEP, decided, frame, opportunities, page, square

from maps import palette

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


pytest_plugins = ["browser.fixtures"]
LISTED = (("bundle:1", "为邻居付出85.0万元"), ("site:2", "补缺8个"), ("stop:1", "老街坊说的"))
"""What a list opens, in the order of the lists, and what its card says."""


@pytest.mark.browser
def test_it_opens_from_a_file_with_the_network_cut(tmp_path: Path, chromium: Browser) -> None:
    out = tmp_path / "map.html"
    out.write_text(page(results={"opportunity": opportunities(name=HOSTILE)}), encoding="utf-8")
    asked: list[str] = []
    faults: list[str] = []
    context = chromium.new_context(offline=True)
    tab = context.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
    tab.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    tab.goto(out.as_uri())
    tab.wait_for_selector("html[data-ready='28']", state="attached")
    assert tab.locator("path.leaflet-interactive").count() == 28
    tab.locator("button[data-site='h2']").evaluate("row => row.click()")
    popup = tab.locator(".leaflet-popup-content")
    popup.wait_for()
    assert "2. <script>" in popup.inner_text()
    assert "{{ 7 * 7 }}" in popup.inner_text()
    assert tab.locator("[aria-current]").get_attribute("data-site") == "h2"
    assert tab.locator("[role=tab][aria-selected=true]").get_attribute("data-theme") == "heritage"
    tab.locator(".leaflet-popup-close-button").click()
    tab.locator(".leaflet-control-layers-overlays input").nth(1).uncheck()
    assert tab.locator("path.leaflet-interactive").count() == 25
    context.close()
    assert asked == [out.as_uri()]
    assert faults == []


@pytest.mark.browser
def test_every_number_can_be_read_however_close_the_sites(tmp_path: Path, chromium: Browser) -> None:
    """Both themes' sites lie in one street, some on one point: 20 + 20 numbers, none upon another, none covered."""
    places = [square(0, 0, STEP / (2 + n % 5)) for n in range(30 + 25 + 1)]
    areas = frame("subdistrict", [square(-40, -40, 0.08)], subdistrict_code="S1", name="甲")
    table = opportunities(30, 25).set_geometry(gpd.GeoSeries(places, crs="EPSG:4326"))
    out = tmp_path / "map.html"
    out.write_text(page(results={"opportunity": table}, layers={"subdistrict": areas}), encoding="utf-8")
    tab = chromium.new_page(viewport={"width": 1280, "height": 900})
    tab.goto(out.as_uri())
    tab.wait_for_selector("html[data-ready='55']", state="attached")
    boxes = [number.bounding_box() for number in tab.locator(".rank-label").all()]
    centres = np.array([(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes if box])
    apart = np.hypot(*(centres[:, None] - centres[None]).transpose(2, 0, 1))
    best = np.array([number <= 10 for number in map(int, tab.locator(".rank-label").all_inner_texts())])
    radius = np.where(best, palette.RANK_CLASSES[0].radius_px, palette.RANK_CLASSES[1].radius_px)
    least = radius[:, None] + radius[None]
    np.fill_diagonal(apart, np.inf)
    assert len(centres) == 40
    assert (apart >= least).all()
    # At each number the topmost disc is the one that it belongs to: none of the small ones covers it.
    fills = tab.evaluate(
        "spots => spots.map(spot => document.elementsFromPoint(...spot)"
        ".find(item => item.matches('path.leaflet-interactive'))?.getAttribute('fill'))",
        centres.tolist(),
    )
    assert set(fills) == {colour for ramp in palette.THEME_RAMPS.values() for colour in ramp[:2]}
    tab.close()


@pytest.mark.browser
def test_what_was_decided_opens_from_its_list_and_can_be_switched_off(tmp_path: Path, chromium: Browser) -> None:
    out = tmp_path / "map.html"
    out.write_text(page(results={"opportunity": opportunities(), **decided(HOSTILE)}), encoding="utf-8")
    asked: list[str] = []
    faults: list[str] = []
    context = chromium.new_context(offline=True, viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
    tab.goto(out.as_uri())
    tab.wait_for_selector("html[data-ready='28']", state="attached")
    signs, stops, sites = (
        tab.locator(f".leaflet-marker-icon.{name}") for name in ("role-sign", "stop-sign", "chosen-sign")
    )
    assert (signs.count(), stops.count(), sites.count()) == (3, 0, 0), "bundles are on, the others wait for their list"
    for place, (key, shown) in enumerate(LISTED):
        tab.locator(".decided summary").nth(place).click()
        tab.locator(f"[data-place='{key}']").click()
        tab.locator(".leaflet-popup-content", has_text=shown).wait_for()
    assert (signs.count(), stops.count(), sites.count()) == (3, 2, 2)
    assert stops.all_inner_texts() == ["1\n0′", "2\n25′"]
    # The card comes to lie beside the list of layers, not under it.
    tab.wait_for_function(
        "() => [...document.querySelectorAll('.leaflet-popup')].at(-1).getBoundingClientRect().right"
        " <= document.querySelector('.leaflet-control-layers').getBoundingClientRect().left"
    )
    for label in tab.locator(".leaflet-control-layers-overlays label").all():
        if any(word in label.inner_text() for word in ("肥瘦搭配包", "选址", "文化线路")):
            label.locator("input").uncheck()
    assert (signs.count(), stops.count(), sites.count()) == (0, 0, 0)
    context.close()
    assert asked == [out.as_uri()]
    assert faults == []


@pytest.mark.browser
def test_paper_shows_the_open_card_whole_on_a_page_of_its_own(tmp_path: Path, chromium: Browser) -> None:
    """On the map a card scrolls; paper used to cut it where the map ends."""
    out = tmp_path / "map.html"
    out.write_text(page(results={"opportunity": opportunities(), **decided()}), encoding="utf-8")
    context = chromium.new_context(offline=True, viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.goto(out.as_uri())
    tab.wait_for_selector("html[data-ready='28']", state="attached")
    tab.locator(".decided summary").first.click()
    tab.locator("[data-place='bundle:1']").click()
    tab.locator(".leaflet-popup-content").wait_for()
    tab.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    card = tab.locator(".printed .leaflet-popup-content")
    assert not card.is_visible()
    tab.emulate_media(media="print")
    assert card.is_visible()
    assert "为邻居付出85.0万元" in card.inner_text()
    assert card.evaluate("box => box.scrollHeight <= box.clientHeight + 1"), "nothing of it is cut"
    assert not tab.locator(".leaflet-popup").is_visible()
    context.close()
