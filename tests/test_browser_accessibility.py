"""axe-core over every view, in both languages and on a narrow screen: no violation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser.fake_city import FakeCity
from browser.fake_server import FakeServer
from conftest import absent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from browser.driver import Workbench

pytest_plugins = ["browser.fixtures"]
pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[1] / "maps" / "workbench" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def server() -> Iterator[FakeServer]:
    """Return a server over the fake town."""
    with FakeServer(FakeCity().answer) as running:
        yield running


@pytest.fixture(scope="module")
def axe() -> str:
    """Return axe-core's script."""
    if not AXE.is_file():
        absent(f"{AXE} is not here: `npm ci` in maps/workbench puts it there")
    return AXE.read_text(encoding="utf-8")


def violations(workbench: Workbench, axe: str) -> list[str]:
    workbench.page.evaluate(axe)
    found: dict[str, Any] = workbench.page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS
    )
    return [
        f"{item['id']}: {item['help']}: {[node['html'][:120] for node in item['nodes'][:3]]}"
        for item in found["violations"]
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("theme", ["revitalization", "heritage"])
def test_list_map_and_card(
    server: FakeServer, workbench_at: Callable[..., Workbench], axe: str, language: str, theme: str
) -> None:
    workbench = workbench_at(server.url).open(f"?lang={language}&theme={theme}&layers=community,heritage")
    workbench.page.locator(".run-notes summary").click()
    assert violations(workbench, axe) == []
    workbench.rows.nth(3).click()
    workbench.card_parts()
    for details in workbench.card.locator("details").all():
        details.locator("summary").click()
    assert violations(workbench, axe) == []


@pytest.mark.parametrize("pane", ["地图", "机会", "图层"])
def test_narrow_screen(server: FakeServer, workbench_at: Callable[..., Workbench], axe: str, pane: str) -> None:
    workbench = workbench_at(server.url, PHONE).open()
    workbench.page.get_by_role("button", name=pane, exact=True).click()
    assert violations(workbench, axe) == []


def test_failure(workbench_at: Callable[..., Workbench], axe: str) -> None:
    with FakeServer(lambda _: (500, {"detail": "x"})) as failing:
        workbench = workbench_at(failing.url)
        workbench.page.goto(workbench.base_url)
        workbench.page.get_by_role("alert").wait_for()
        assert violations(workbench, axe) == []
