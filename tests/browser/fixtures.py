"""Fixtures of the browser tests, as a plugin: one Chromium for all, a fresh page for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from .driver import CHROMIUM_FLAGS, Workbench
from .fake_server import STATIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

WIDE = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def chromium(need_tool: Callable[[str], str]) -> Iterator[Browser]:
    """Return Debian's Chromium, drawing in software."""
    program = need_tool("chromium")
    assert (STATIC / "index.html").is_file(), "the workbench page is not built: pip install -e . builds it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def workbench_at(chromium: Browser) -> Iterator[Callable[..., Workbench]]:
    """Return a function that makes a workbench for a server, in a window of a given size."""
    contexts = []

    def make(base_url: str, viewport: dict[str, int] | None = None) -> Workbench:
        context = chromium.new_context(viewport=viewport or WIDE, locale="zh-CN", reduced_motion="reduce")
        contexts.append(context)
        return Workbench(context.new_page(), base_url)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def workbench(served_sample: str, workbench_at: Callable[..., Workbench]) -> Iterator[Workbench]:
    """Return the page over the sample city; afterwards nothing may have strayed or gone wrong."""
    made = workbench_at(served_sample)
    yield made
    assert made.strayed == []
    assert made.complaints == []
