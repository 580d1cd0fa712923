"""The page in states that the sample city is never in: nothing there, a server that fails, names that are markup."""

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

HOSTILE = '<img src=x onerror="window.struck=1"><script>window.struck=1</script>'


class Town:
    """A fake town whose answers a test changes, and the server over it."""

    def __init__(self) -> None:
        self.city = FakeCity()
        self.instead: dict[str, Any] = {}

    def answer(self, path: str) -> Any:
        """Return what the test put in place of an answer, else the town's own."""
        return self.instead[path] if path in self.instead else self.city.answer(path)


@pytest.fixture
def town() -> Town:
    """Return a fake town."""
    return Town()


@pytest.fixture
def workbench(town: Town, workbench_at: Callable[..., Workbench]) -> Iterator[Workbench]:
    """Return the page over the fake town."""
    with FakeServer(town.answer) as server:
        yield workbench_at(server.url)


def test_an_empty_workspace_says_what_to_do(town: Town, workbench: Workbench) -> None:
    town.instead["/api/workspace"] = town.city.workspace() | {
        "layers": [],
        "run": None,
        "extent": None,
        "is_sample": False,
        "notice": None,
    }
    workbench.open()
    assert workbench.page.get_by_text("工作区里还没有图层").is_visible()
    assert workbench.page.get_by_text("panhuo import").is_visible()
    assert workbench.page.get_by_text("panhuo analyze").is_visible()
    assert workbench.page.locator(".sample-banner").count() == 0
    assert workbench.complaints == []


def test_layers_without_a_run_are_drawn_and_the_list_says_what_to_do(town: Town, workbench: Workbench) -> None:
    layers = [layer for layer in town.city.workspace()["layers"] if layer["role"] != "result"]
    town.instead["/api/workspace"] = town.city.workspace() | {"layers": layers, "run": None}
    town.instead["/api/opportunities"] = (404, {"detail": "there is no analysis yet"})
    workbench.open()
    assert len(workbench.rendered("building-fill")) > 500
    assert workbench.page.get_by_text("还没有分析结果").is_visible()
    assert workbench.complaints == []


def test_a_failing_server_is_told_and_can_be_tried_again(town: Town, workbench: Workbench) -> None:
    problem = {"title": "工作区不可用", "status": 503, "detail": "工作区正在被另一个进程写入", "hint": "稍后再试"}
    town.instead["/api/workspace"] = (503, problem)
    workbench.page.goto(workbench.base_url)
    alert = workbench.page.get_by_role("alert")
    alert.wait_for()
    assert "工作区正在被另一个进程写入" in alert.inner_text()
    assert "稍后再试" in alert.inner_text()
    del town.instead["/api/workspace"]
    workbench.page.get_by_role("button", name="重试").click()
    workbench.wait()
    assert workbench.listed()
    assert workbench.rendered("opportunity-mark")


def test_a_server_that_is_gone_is_told_as_such(workbench: Workbench) -> None:
    workbench.page.route("**/api/**", lambda route: route.abort())
    workbench.page.goto(workbench.base_url)
    alert = workbench.page.get_by_role("alert")
    alert.wait_for()
    assert "连不上服务器" in alert.inner_text()


def test_a_card_that_fails_leaves_the_rest_at_work(town: Town, workbench: Workbench) -> None:
    workbench.open()
    first, second = (row["id"] for row in workbench.listed()[:2])
    town.instead[f"/api/opportunities/{first}"] = (500, {"title": "服务器出错", "detail": "读不出这一条"})
    workbench.row(first).click()
    workbench.card.get_by_text("读不出这一条").wait_for()
    workbench.row(second).click()
    assert workbench.card_parts()
    workbench.row(first).click()
    workbench.card.get_by_text("读不出这一条").wait_for()
    del town.instead[f"/api/opportunities/{first}"]
    workbench.card.get_by_role("button", name="重试").click()
    assert workbench.card_parts()


def test_a_link_to_an_opportunity_that_is_gone_says_so(workbench: Workbench) -> None:
    workbench.open("?site=opp-gone")
    assert workbench.card.get_by_text("不在最近一次分析里").is_visible()
    workbench.card.get_by_role("button", name="关闭").click()
    assert workbench.card.count() == 0


def test_a_name_that_is_markup_is_shown_as_text_everywhere(town: Town, workbench: Workbench) -> None:
    town.city = FakeCity(name_of=lambda _: HOSTILE)
    for layer in town.city.layers.values():
        for feature in layer:
            feature["properties"]["name"] = HOSTILE
    town.instead["/api/workspace"] = town.city.workspace() | {"name": HOSTILE, "notice": {"zh": HOSTILE, "en": HOSTILE}}
    workbench.open("?layers=community")
    assert HOSTILE in workbench.rows.first.inner_text()
    workbench.rows.first.click()
    workbench.card_parts()
    assert workbench.card.get_by_role("heading", level=2).inner_text() == HOSTILE
    workbench.page.keyboard.press("Escape")
    plot = town.city.layers["community"][0]["geometry"]["coordinates"][0]
    corner = [sum(axis) / 4 for axis in zip(*plot[:4], strict=True)]
    workbench.page.evaluate("center => panhuo.map.jumpTo({center, zoom: 17})", corner)
    workbench.settle()
    box = workbench.page.locator("#map").bounding_box()
    assert box is not None
    workbench.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    workbench.page.locator(".popup-name").wait_for()
    assert workbench.page.locator(".popup-name").inner_text() == HOSTILE
    assert workbench.page.evaluate("() => window.struck") is None
    assert workbench.complaints == []


def test_missing_data_is_a_band_on_the_card_and_never_zero(town: Town, workbench: Workbench) -> None:
    row = next(
        row for row in town.city.rows if row["rank"] and row["v_night_gap"] is None and row["theme"] != "heritage"
    )
    workbench.open(f"?site={row['opportunity_id']}")
    part = next(part for part in workbench.card_parts() if part.key == "night_gap")
    assert part.raw == "缺数据"
    assert part.contribution == pytest.approx(0.4 * 0.5)
    note = workbench.card.get_by_text("缺数据的指标按可能范围的中点计入").inner_text()
    assert f"{row['score_low']:.3f}" in note
    assert f"{row['score_high']:.3f}" in note
    assert workbench.card.locator(".parts-bar .bracket").count() == 1


def test_the_printed_card_fits_one_sheet_and_leaves_the_rest_of_the_page_out(workbench: Workbench) -> None:
    workbench.open()
    workbench.rows.first.click()
    workbench.card_parts()
    workbench.page.emulate_media(media="print")
    for left_out in (".topbar", ".ranking", ".map", ".card-tools"):
        assert not workbench.page.locator(left_out).is_visible(), left_out
    assert workbench.card.is_visible()
    sheets = workbench.page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    assert sheets == 1


def test_only_rows_in_sight_are_drawn(town: Town, workbench: Workbench) -> None:
    """Ten thousand rows: the table stays small, the last one can be reached."""
    columns = list(town.city.answer("/api/opportunities")["columns"])
    first = town.city.answer("/api/opportunities")["rows"][0]
    rows = []
    for rank in range(1, 10_001):
        row = dict(zip(columns, first, strict=True))
        row |= {"opportunity_id": f"o{rank}", "asset_id": f"a{rank}", "rank": rank, "theme": "revitalization"}
        rows.append([row[column] for column in columns])
    town.instead["/api/opportunities"] = {"run_id": "run-1", "columns": columns, "rows": rows}
    workbench.open()
    assert workbench.rows.count() < 60
    workbench.rows.first.focus()
    workbench.page.keyboard.press("End")
    workbench.page.wait_for_selector('tr[data-id="o10000"]:focus')
    assert workbench.rows.count() < 60
    assert workbench.page.get_by_role("grid").get_attribute("aria-rowcount") == "10001"
