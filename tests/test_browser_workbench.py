"""The workbench over the sample city, in a real browser: drawn, linked both ways, honest, at home."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.driver import Workbench

pytest_plugins = ["browser.fixtures"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROUNDING = 0.0005
"""Half of the last decimal of a number shown with three."""
PHONE = {"width": 390, "height": 844}


def fetch(base_url: str, path: str) -> Any:
    with urllib.request.urlopen(base_url + path) as answer:
        return json.load(answer)


def test_the_map_draws_the_city_and_its_opportunities(workbench: Workbench) -> None:
    workbench.open()
    assert len(workbench.rendered("building-fill")) > 1000
    assert workbench.rendered("street-line")
    assert workbench.rendered("water-fill")
    assert {place["theme"] for place in workbench.rendered("opportunity-mark")} == {"revitalization"}
    ranks = {place["rank"] for place in workbench.rendered("opportunity-rank")}
    assert {1, 2, 3} <= ranks <= set(range(1, 21))
    assert workbench.rendered("subdistrict-name")


def test_both_themes_stand_in_the_table_in_the_order_of_their_ranks(workbench: Workbench, served_sample: str) -> None:
    table = fetch(served_sample, "/api/opportunities")
    at = {name: place for place, name in enumerate(table["columns"])}
    workbench.open()
    for theme in ("revitalization", "heritage"):
        workbench.choose_theme(theme)
        ranked = [row for row in table["rows"] if row[at["theme"]] == theme and row[at["rank"]] is not None]
        wanted = [row[at["opportunity_id"]] for row in sorted(ranked, key=lambda row: row[at["rank"]])]
        assert [row["id"] for row in workbench.listed()] == wanted
        assert workbench.rows.first.get_attribute("data-id") == wanted[0]
        assert {place["theme"] for place in workbench.rendered("opportunity-mark")} == {theme}


def test_a_click_on_a_row_opens_its_card_and_selects_it_on_the_map(workbench: Workbench) -> None:
    workbench.open()
    wanted = str(workbench.rows.nth(2).get_attribute("data-id"))
    workbench.rows.nth(2).click()
    workbench.card_parts()
    workbench.settle()
    assert workbench.selected_row == wanted
    assert {place["id"] for place in workbench.rendered("selected-ring")} == {wanted}
    name = workbench.row(wanted).locator(".name").inner_text()
    assert workbench.card.get_by_role("heading", level=2).inner_text() == name
    assert workbench.site_in_address == wanted


def test_a_click_on_the_map_selects_in_the_table_and_opens_the_card(workbench: Workbench) -> None:
    workbench.open()
    drawn = {place["id"] for place in workbench.rendered("opportunity-rank")}
    wanted = next(row["id"] for row in workbench.listed() if row["id"] in drawn)
    workbench.page.evaluate(
        "id => panhuo.map.jumpTo({center: panhuo.state.byId.value.get(id).position, zoom: 16.5})", wanted
    )
    workbench.settle()
    workbench.click_on_map(wanted)
    assert workbench.selected_row == wanted
    assert workbench.row(wanted).is_visible()
    assert workbench.card.is_visible()


def test_the_parts_on_the_card_sum_to_the_score_that_row_and_server_say(
    workbench: Workbench, served_sample: str
) -> None:
    workbench.open()
    for place in (0, 4):
        workbench.rows.nth(place).click()
        chosen = str(workbench.rows.nth(place).get_attribute("data-id"))
        workbench.settle()
        parts = workbench.card_parts()
        assert len(parts) >= 3
        shown = workbench.card_score
        assert sum(part.contribution for part in parts) == pytest.approx(shown, abs=ROUNDING * (len(parts) + 1))
        assert float(workbench.row(chosen).locator(".col-value .value").inner_text()) == shown
        told = fetch(served_sample, f"/api/opportunities/{chosen}")
        assert told["properties"]["score"] == pytest.approx(shown, abs=ROUNDING)
        assert [part.key for part in parts] == [part["key"] for part in told["contributions"]]


def test_the_card_says_by_whose_leave_and_draws_the_account(workbench: Workbench, served_sample: str) -> None:
    workbench.open()
    workbench.rows.first.click()
    workbench.card_parts()
    told = fetch(served_sample, f"/api/opportunities/{workbench.selected_row}")
    legal = workbench.card.locator(".legal")
    for name in ("permission_reason", "next_step"):
        assert all(piece in legal.inner_text() for piece in str(told["properties"][name]).split("；")), name
    if told["cashflow"]:
        assert workbench.card.locator(".cash-chart rect").count() == len(told["cashflow"])
        workbench.card.locator(".cashflow summary").click()
        shown = workbench.card.locator(".cashflow tbody tr")
        assert shown.count() == len(told["cashflow"])
        last = re.sub(r"[^\d−]", "", shown.last.locator("td").last.inner_text()).replace("−", "-")
        assert int(last) == pytest.approx(told["cashflow"][-1]["cumulative_cny"], abs=0.51)
    assert workbench.card.get_by_text("示例数据").first.is_visible()


def test_sample_data_is_said_to_be_sample_data_wherever_one_looks(workbench: Workbench, served_sample: str) -> None:
    notice = fetch(served_sample, "/api/workspace")["notice"]
    workbench.open()
    banner = workbench.page.locator(".sample-banner")
    assert "示例数据" in banner.inner_text()
    assert notice["zh"] in banner.inner_text()
    assert "示例数据" in workbench.page.locator(".attribution").inner_text()
    workbench.page.set_viewport_size(PHONE)
    assert banner.is_visible()


def test_english_is_complete_and_stays_in_the_address(workbench: Workbench) -> None:
    workbench.open()
    workbench.page.get_by_role("button", name="English").click()
    workbench.settle()
    assert "lang=en" in workbench.page.url
    assert workbench.page.locator("html").get_attribute("lang") == "en"
    assert workbench.page.get_by_role("tab", name="Heritage").is_visible()
    workbench.rows.first.click()
    workbench.card_parts()
    headings = workbench.card.get_by_role("heading", level=3).all_inner_texts()
    own_words = [*headings, *workbench.page.locator("th, dt, .group-title, .layer-name").all_inner_texts()]
    assert [text for text in own_words if re.search(r"[\u4e00-\u9fff]", text)] == []
    letters = set(workbench.page.locator(".action-mark").all_inner_texts())
    assert all(re.fullmatch("[A-Z]", letter) for letter in letters)


def test_the_keyboard_alone_reaches_a_card_and_comes_back(workbench: Workbench) -> None:
    workbench.open()
    keyboard = workbench.page.keyboard
    workbench.rows.first.focus()
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    wanted = workbench.listed()[2]["id"]
    focused = workbench.page.locator("tr:focus")
    assert focused.get_attribute("data-id") == wanted
    keyboard.press("Enter")
    workbench.card_parts()
    assert workbench.page.locator("#card-title:focus").count() == 1
    keyboard.press("Escape")
    workbench.card.wait_for(state="hidden")
    workbench.page.wait_for_selector("tr:focus")
    assert focused.get_attribute("data-id") == wanted
    keyboard.press("End")
    last = workbench.listed()[-1]["id"]
    workbench.page.wait_for_selector(f'tr[data-id="{last}"]:focus')


def test_a_link_brings_back_theme_filters_and_card_and_back_closes_it(workbench: Workbench) -> None:
    workbench.open()
    workbench.choose_theme("heritage")
    workbench.page.get_by_label("许可").select_option("approval")
    workbench.rows.first.click()
    parts = workbench.card_parts()
    listed = workbench.listed()
    assert listed
    address = workbench.page.url.removeprefix(workbench.base_url)
    workbench.open(address)
    assert workbench.listed() == listed
    assert workbench.card_parts() == parts
    workbench.open()
    workbench.rows.first.click()
    workbench.card_parts()
    workbench.page.go_back()
    workbench.card.wait_for(state="hidden")
    assert workbench.selected_row is None


def test_filters_narrow_table_and_map_alike(workbench: Workbench) -> None:
    workbench.open()
    before = len(workbench.listed())
    workbench.page.get_by_label("许可").select_option("approval")
    workbench.settle()
    kept = {row["id"] for row in workbench.listed()}
    assert 0 < len(kept) < before
    assert {place["id"] for place in workbench.rendered("opportunity-mark")} <= kept
    workbench.page.get_by_role("searchbox").fill("没有这样的名字")
    assert workbench.listed() == []
    assert workbench.page.get_by_text("没有符合条件的机会").is_visible()
    workbench.page.get_by_role("button", name="清除筛选").click()
    assert len(workbench.listed()) == before


def test_a_layer_is_fetched_when_it_is_first_wanted_and_can_be_hidden(workbench: Workbench) -> None:
    fetched: list[str] = []
    workbench.page.on("request", lambda request: fetched.append(request.url))
    workbench.open()
    assert not any("/layers/parking.geojson" in url for url in fetched)
    workbench.page.get_by_label("显示图层 停车场", exact=True).check()
    workbench.settle()
    assert any("/layers/parking.geojson" in url for url in fetched)
    assert workbench.rendered("parking-fill", "parking-dot")
    assert workbench.page.locator('[data-kind="parking"] .legend li').count() == 7
    workbench.page.get_by_label("显示图层 建筑", exact=True).uncheck()
    workbench.settle()
    assert workbench.rendered("building-fill") == []
    assert "layers=-building,parking" in workbench.page.url


def test_on_a_phone_map_list_and_card_follow_one_another(
    served_sample: str, workbench_at: Callable[..., Workbench]
) -> None:
    workbench = workbench_at(served_sample, PHONE).open()
    assert workbench.rendered("opportunity-mark")
    workbench.page.get_by_role("button", name="机会", exact=True).click()
    chosen = str(workbench.rows.first.get_attribute("data-id"))
    workbench.rows.first.click()
    assert workbench.card_parts()
    width = workbench.page.evaluate("() => document.documentElement.scrollWidth")
    assert width == PHONE["width"]
    workbench.card.get_by_role("button", name="在地图上看").click()
    workbench.card.wait_for(state="hidden")
    workbench.settle()
    assert {place["id"] for place in workbench.rendered("selected-ring")} == {chosen}
    assert workbench.strayed == []
    assert workbench.complaints == []
