"""Make the pictures of the README anew: the workbench and the offline map of the sample city.

Run by ``make screenshots``; needs Debian's chromium and fonts-noto-cjk, as ``make test`` installs them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser.driver import CHROMIUM_FLAGS, PATIENCE_MS  # noqa: E402
from conftest import run_panhuo, served  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Page

IMAGES = ROOT / "docs" / "images"
SIZE = {"width": 1440, "height": 900}
SETTLE_MS = 1500
QUALITY = 85  # a PNG of a map takes four times the space


def main() -> None:
    """Make the sample city in a folder of its own, and photograph both pages."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        workspace, page_file = Path(name) / "sample", Path(name) / "map.html"
        for arguments in (("demo", "--dir", workspace, "--no-serve"), ("map", workspace, "--out", page_file)):
            done = run_panhuo(*arguments)
            if done.returncode:
                sys.exit(done.stderr)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM_FLAGS))
        page = browser.new_page(viewport=SIZE)
        with served(workspace) as base_url:
            _workbench(page, base_url)
        page.goto(page_file.as_uri())
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=IMAGES / "offline-map.jpg", type="jpeg", quality=QUALITY)
        browser.close()


def _workbench(page: Page, base_url: str) -> None:
    page.goto(base_url)
    page.wait_for_selector('html[data-idle="true"]', timeout=PATIENCE_MS)
    page.locator("tbody tr").first.click()
    page.wait_for_timeout(SETTLE_MS)
    page.wait_for_selector('html[data-idle="true"]', timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=IMAGES / "workbench.jpg", type="jpeg", quality=QUALITY)


if __name__ == "__main__":
    main()
