"""The workbench as a person uses it: what can be seen and done, without its selectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 120_000
"""Software GL on a busy machine takes seconds for a first picture."""


@dataclass(frozen=True)
class Part:
    """One line of a card's contributions, as it is shown."""

    key: str
    raw: str
    contribution: float


class Workbench:
    """The page of one server.

    Parameters
    ----------
    page
        A fresh page. Requests that leave 127.0.0.1 are aborted and kept in ``strayed``; whatever the browser complains
        of is kept in ``complaints``.
    base_url
        Address of the server.
    """

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self.base_url = base_url.rstrip("/") + "/"
        self.strayed: list[str] = []
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.route("**/*", self._keep_home)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: line.type in ("error", "warning") and self.complaints.append(line.text))

    def _keep_home(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        if url.scheme in ("http", "https", "ws", "wss") and url.hostname != "127.0.0.1":
            self.strayed.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    def open(self, query: str = "") -> Workbench:
        """Open the page and wait until all is drawn."""
        self.page.goto(self.base_url + query)
        self.wait()
        return self

    def wait(self) -> None:
        """Wait until the map has drawn all it was asked for."""
        self.page.wait_for_selector('html[data-idle="true"]', state="attached")

    def settle(self) -> None:
        """Wait for what an action sets in motion: two frames to begin, then until all is drawn."""
        self.page.evaluate("() => new Promise(done => setTimeout(() => requestAnimationFrame(done), 150))")
        self.wait()

    # What can be seen

    def rendered(self, *layers: str) -> list[dict[str, Any]]:
        """Return the properties of the features that the map draws in these style layers."""
        found: list[dict[str, Any]] = self.page.evaluate(
            "layers => panhuo.map.queryRenderedFeatures({layers}).map(feature => feature.properties)", list(layers)
        )
        return found

    @property
    def rows(self) -> Locator:
        """Rows of the table that are drawn."""
        return self.page.locator("tr[data-id]")

    def row(self, opportunity_id: str) -> Locator:
        """Return the row of an opportunity."""
        return self.page.locator(f'tr[data-id="{opportunity_id}"]')

    def listed(self) -> list[dict[str, Any]]:
        """Return all that is listed, those out of sight too: id, rank, theme, place."""
        found: list[dict[str, Any]] = self.page.evaluate(
            "() => panhuo.state.listed.value.map(({id, rank, theme, position}) => ({id, rank, theme, position}))"
        )
        return found

    @property
    def selected_row(self) -> str | None:
        """Id of the row that is marked in the table."""
        marked = self.page.locator('tr[aria-selected="true"]')
        return marked.get_attribute("data-id") if marked.count() else None

    @property
    def site_in_address(self) -> str | None:
        """Id of the opportunity that the address names."""
        return parse_qs(urlsplit(self.page.url).query).get("site", [None])[0]

    @property
    def card(self) -> Locator:
        """The site card."""
        return self.page.get_by_role("dialog")

    def card_parts(self) -> list[Part]:
        """Return the contributions that the open card shows."""
        lines = self.card.locator(".contributions tbody tr")
        lines.first.wait_for()
        return [
            Part(
                str(line.get_attribute("data-key")),
                line.locator("td").first.inner_text(),
                float(line.locator(".contribution").inner_text()),
            )
            for line in lines.all()
        ]

    @property
    def card_score(self) -> float:
        """The sum that the open card shows."""
        return float(self.card.locator(".contributions .score").inner_text())

    # What can be done

    def choose_theme(self, theme: str) -> None:
        """Press a theme's tab: ``revitalization`` or ``heritage``."""
        self.page.locator(f"#theme-{theme}").click()
        self.settle()

    def click_on_map(self, opportunity_id: str) -> None:
        """Click where the map draws an opportunity."""
        place = self.page.evaluate(
            """id => {
                const {x, y} = panhuo.map.project(panhuo.state.byId.value.get(id).position);
                const box = panhuo.map.getContainer().getBoundingClientRect();
                return [x + box.left, y + box.top];
            }""",
            opportunity_id,
        )
        self.page.mouse.click(*place)
        self.settle()
