"""Takes the pictures of the documentation anew: ``python tests/docs/take_pictures.py DEMO``.

``DEMO`` is the folder of ``hushdesk demo DEMO --cases 1500 --no-serve``. All that is shown was generated.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from hushdesk.access import Accounts

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
QUERY = "/cases?q=crash*+OR+refund&from=2008"
CASE = "/cases?q=has:ACCOUNT+language:es+channel:email+messages:3..4"


def main(demo: Path) -> None:
    """Serve the demo's desk and photograph the search page and the reader."""
    desk = demo / "desk"
    with Accounts(desk / "accounts.sqlite") as accounts:
        secret = accounts.sessions.create(accounts.by_name("lead").id).secret
    command = [str(Path(sys.executable).with_name("hushdesk")), "serve", "--desk", str(desk), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://[^\s/]+", server.stdout.readline())
            assert found is not None
            take(found[0], secret)
        finally:
            server.terminate()


def take(address: str, secret: str) -> None:
    """Photograph the pages at an address, in light colours."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("HUSHDESK_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        context = browser.new_context(
            viewport={"width": 1280, "height": 760}, color_scheme="light", base_url=address
        )
        context.add_cookies([{"name": "hushdesk", "value": secret, "url": address}])
        page = context.new_page()
        page.goto(QUERY)
        page.keyboard.press("j")
        page.wait_for_selector("#pane h1, #pane h2")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=IMAGES / "search.png")
        page.goto(CASE)
        page.goto(page.locator("[data-rows] a[href^='/cases/']").first.get_attribute("href") or "/")
        page.screenshot(path=IMAGES / "reader.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
