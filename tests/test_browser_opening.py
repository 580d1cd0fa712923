"""What the page says before one looks at the map, where it looks first, and what paper shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browser.fake_city import FakeCity
from browser.fake_server import FakeServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from browser.driver import Workbench

pytest_plugins = ["browser.fixtures"]
pytestmark = pytest.mark.browser


@pytest.fixture
def told() -> dict[str, Any]:
    """Return answers that a test puts in place of the fake town's own."""
    return {}


@pytest.fixture
def city() -> FakeCity:
    """Return a fake town."""
    return FakeCity()


@pytest.fixture
def workbench(city: FakeCity, told: dict[str, Any], workbench_at: Callable[..., Workbench]) -> Iterator[Workbench]:
    """Return the page over the fake town; afterwards the browser may not have complained."""
    with FakeServer(lambda path: told[path] if path in told else city.answer(path)) as server:
        made = workbench_at(server.url)
        yield made
        assert made.complaints == []


def test_layers_that_changed_since_the_run_are_named_with_the_next_step(
    city: FakeCity, told: dict[str, Any], workbench: Workbench
) -> None:
    workbench.open()
    assert workbench.page.locator(".stale").count() == 0
    workspace = city.workspace()
    workspace["run"]["changed_layers"] = ["community", "heritage"]
    told["/api/workspace"] = workspace
    workbench.open()
    line = workbench.page.locator(".stale").inner_text()
    assert "老旧小区、历史文化资源已有变化" in line
    assert "panhuo analyze" in line
    assert workspace["name"] in line


def test_what_was_laid_over_the_packaged_model_stands_beside_the_day(
    city: FakeCity, told: dict[str, Any], workbench: Workbench
) -> None:
    workbench.open()
    assert "模型" not in workbench.page.locator(".as-of").inner_text()
    workspace = city.workspace()
    workspace["run"]["model"] = {"file": "本区.toml", "settings": 2}
    told["/api/workspace"] = workspace
    workbench.open()
    assert "本区模型 本区.toml · 另设 2 项参数" in workbench.page.locator(".as-of").inner_text()


def test_invented_records_of_a_real_workspace_have_the_banner_too(
    city: FakeCity, told: dict[str, Any], workbench: Workbench
) -> None:
    notice = {"zh": "示例数据：闲置用地 3 条", "en": "Sample data: Idle land (3)"}
    told["/api/workspace"] = city.workspace() | {"is_sample": False, "notice": notice}
    workbench.open()
    assert notice["zh"] in workbench.page.locator(".sample-banner").inner_text()
    attribution = workbench.page.locator(".attribution").inner_text()
    assert notice["zh"] in attribution
    assert "Panhuo sample" in attribution  # whose data the rest is, is said as well


def test_the_first_view_is_not_ruined_by_a_place_far_off(
    city: FakeCity, told: dict[str, Any], workbench: Workbench
) -> None:
    told["/api/workspace"] = city.workspace() | {"extent": [11.2, 3.4, 113.3, 23.2]}
    workbench.open()
    west, south, east, north = city.workspace()["view"]
    held = workbench.page.evaluate("() => panhuo.map.getBounds().toArray().flat()")
    assert held[0] < west < east < held[2]
    assert held[1] < south < north < held[3]
    assert held[2] - held[0] < 3 * (east - west)


def test_the_first_view_keeps_the_sites_clear_of_the_edges(workbench: Workbench) -> None:
    workbench.open()
    spots = workbench.page.evaluate(
        "() => panhuo.map.queryRenderedFeatures({ layers: ['opportunity-mark'] })"
        ".map(({ geometry }) => { const { x, y } = panhuo.map.project(geometry.coordinates); return [x, y]; })"
    )
    width, height = workbench.page.evaluate(
        "() => [panhuo.map.getContainer().clientWidth, panhuo.map.getContainer().clientHeight]"
    )
    assert spots
    assert all(40 < x < width - 60 and 24 < y < height - 40 for x, y in spots)


def test_the_rank_stands_above_the_ring_of_what_is_selected(workbench: Workbench) -> None:
    workbench.open()
    order = workbench.page.evaluate("() => panhuo.map.getStyle().layers.map((layer) => layer.id)")
    assert order.index("opportunity-mark") < order.index("selected-ring") < order.index("opportunity-rank")


def test_a_place_without_a_name_is_called_what_it_is_as_on_the_offline_map(
    city: FakeCity, told: dict[str, Any], workbench: Workbench
) -> None:
    table = city.answer("/api/opportunities")
    assert table is not None
    at = {name: place for place, name in enumerate(table["columns"])}
    for row in table["rows"]:
        row[at["name"]], row[at["asset_kind"]], row[at["subdistrict_code"]] = None, "community", None
    told["/api/opportunities"] = table
    workbench.open()
    title = city.schema()["kinds"].get("community", {}).get("zh", "community")
    said = workbench.rows.first.inner_text()
    assert f"未命名{title}" in said
    assert "不在任何镇街范围内" in said
    assert not any(str(row[at["asset_id"]]) in said for row in table["rows"])


def test_a_map_without_a_base_map_says_what_to_import(
    city: FakeCity, told: dict[str, Any], workbench: Workbench
) -> None:
    workbench.open()
    assert workbench.page.locator(".map-note").count() == 0
    workspace = city.workspace()
    workspace["layers"] = [layer for layer in workspace["layers"] if layer["role"] != "context"]
    told["/api/workspace"] = workspace
    workbench.open()
    note = workbench.page.locator(".map-note")
    line = note.inner_text()
    assert all(word in line for word in ("没有底图", "street", "building", "water", "green", "import-osm"))
    workbench.rows.first.click()
    workbench.settle()
    covered, box = workbench.card.bounding_box(), note.bounding_box()
    assert covered is not None
    assert box is not None
    assert box["x"] >= covered["x"] + covered["width"]


def test_a_layer_without_records_says_so_and_offers_no_switch(
    city: FakeCity, told: dict[str, Any], workbench: Workbench
) -> None:
    workspace = city.workspace()
    for layer in workspace["layers"]:
        layer["count"] = 0 if layer["kind"] == "heritage" else layer["count"]
    told["/api/workspace"] = workspace
    workbench.open()
    line = workbench.page.locator('[data-kind="heritage"]')
    assert "没有记录" in line.inner_text()
    assert line.locator("input").is_disabled()


def test_a_site_under_the_card_is_panned_beside_it_at_the_same_scale(workbench: Workbench) -> None:
    workbench.open()
    zoom = workbench.page.evaluate("() => panhuo.map.getZoom()")
    for row in workbench.listed()[:6]:
        workbench.row(row["id"]).click()
        workbench.settle()
        card = workbench.card.bounding_box()
        assert card is not None
        workbench.page.wait_for_function(  # the card may have opened before the map began to move
            """([id, edge]) => panhuo.map.project(panhuo.state.byId.value.get(id).position).x
                + panhuo.map.getContainer().getBoundingClientRect().left > edge""",
            arg=[row["id"], card["x"] + card["width"]],
        )
        workbench.page.wait_for_function("() => !panhuo.map.isMoving()")
    assert workbench.page.evaluate("() => panhuo.map.getZoom()") == pytest.approx(zoom)


def test_numbers_keep_off_the_marks_of_other_sites_and_the_best_stay(workbench: Workbench) -> None:
    workbench.open()
    workbench.page.evaluate("() => panhuo.map.jumpTo({zoom: 11})")
    workbench.settle()
    numbered = {place["rank"] for place in workbench.rendered("opportunity-rank")}
    assert 1 in numbered
    assert len(numbered) < 20  # where twenty marks crowd, not every one has room for its number
    workbench.page.evaluate("() => panhuo.map.jumpTo({zoom: 13})")
    workbench.settle()
    assert len({place["rank"] for place in workbench.rendered("opportunity-rank")}) > len(numbered)


def test_the_sub_district_of_a_row_is_not_cut_off(workbench: Workbench) -> None:
    workbench.open()
    cut = workbench.page.evaluate(
        "() => [...document.querySelectorAll('.about span')].filter(part => part.scrollWidth > part.clientWidth).length"
    )
    assert cut == 0
    assert "街道" in workbench.rows.first.locator(".about span").last.inner_text()


def test_the_card_says_what_carries_a_site_whose_account_does_not_pay(city: FakeCity, workbench: Workbench) -> None:
    ranked = [row for row in city.rows if row["rank"] and row["theme"] == "revitalization"]
    loss = next(row for row in ranked if row["npv_cny"] < 0)
    workbench.open(f"?site={loss['opportunity_id']}")
    parts = sorted(workbench.card_parts(), key=lambda part: -part.contribution)
    line = workbench.card.locator(".despite-money").inner_text()
    assert "净现值为负" in line
    assert f"{parts[0].contribution:.3f}" in line
    gain = next(row for row in ranked if row["npv_cny"] > 0)
    workbench.open(f"?site={gain['opportunity_id']}")
    workbench.card_parts()
    assert workbench.card.locator(".despite-money").count() == 0


def test_in_english_a_sentence_is_translated_or_said_to_be_chinese(workbench: Workbench) -> None:
    workbench.open("?lang=en")
    workbench.rows.first.click()
    workbench.card_parts()
    note = workbench.card.locator('[data-fact="accountNote"]').inner_text()
    assert "Land rent is not known" in note
    assert "in Chinese" not in note
    assert "in Chinese" in workbench.card.locator('[data-fact="reason"]').inner_text()


def test_the_printed_list_is_whole_headed_and_without_blank_rows(workbench: Workbench) -> None:
    workbench.open()
    workbench.page.emulate_media(media="print")
    listed = workbench.listed()
    workbench.page.wait_for_function(
        "count => document.querySelectorAll('tr[data-id]').length === count", arg=len(listed)
    )
    assert not workbench.page.locator(".spacer").or_(workbench.page.locator(".filters")).first.is_visible()
    head = workbench.page.locator(".paper").first.inner_text()
    assert "示例数据" in head
    assert f"前 {len(listed)} 个" in head
    assert "地图不在打印页上" in head


def test_the_printed_card_says_that_it_is_sample_data_and_where_the_map_is(workbench: Workbench) -> None:
    workbench.open()
    workbench.rows.first.click()
    workbench.card_parts()
    workbench.page.emulate_media(media="print")
    assert "示例数据" in workbench.page.locator("#app > .paper").inner_text()
    foot = workbench.card.locator(".card-foot .paper")
    assert foot.is_visible()
    assert "东经 113." in foot.inner_text()
    assert not workbench.page.locator(".ranking").is_visible()


def test_a_browser_finds_the_icon_that_it_asks_for_by_itself(workbench: Workbench) -> None:
    answer = workbench.page.request.get(f"{workbench.base_url}favicon.ico")
    assert answer.ok
    assert answer.body()[:4] == b"\x00\x00\x01\x00"
