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

from hushdesk.access import Accounts, Role

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
QUERY = "/cases?q=crash*+OR+refund&from=2008"
CASE = "/cases?q=has:ACCOUNT+language:es+channel:email+messages:3..4"


GUARD = IMAGES.parent / "guard.md"
"""Its template and its intent are what the picture of the guard shows."""


def infrastructure(demo: Path) -> None:
    """Write the documentation's template, as it is after the change, and the intent, and tell the desk of them."""
    page = GUARD.read_text("utf-8")
    template, intent = re.findall(r"<<'END'\n(.*?)\nEND", page, re.DOTALL)[:2]
    rule = re.search(r"s\|\"securityRules\": \\\[\|&(.*?)\|'", page)
    assert rule is not None
    folder = demo / "network"
    folder.mkdir(exist_ok=True)
    (folder / "store.json").write_text(
        template.replace('"securityRules": [', f'"securityRules": [{rule[1]}'), "utf-8"
    )
    (folder / "intent.toml").write_text(intent, "utf-8")
    settings = demo / "desk" / "desk.toml"
    if "[guard]" not in settings.read_text("utf-8"):
        with settings.open("a", encoding="utf-8") as file:
            file.write('\n[guard]\ninputs = ["../network"]\nintent = "../network/intent.toml"\n')


def main(demo: Path) -> None:
    """Serve the demo's desk and photograph the search page, the reader and the guard."""
    desk = demo / "desk"
    infrastructure(demo)
    with Accounts(desk / "accounts.sqlite") as accounts:
        secret = accounts.sessions.create(accounts.by_name("lead").id).secret
        if "operator" not in {account.name for account in accounts.all()}:
            accounts.create("operator", Role.OPERATOR, must_change=False)
        operator = accounts.sessions.create(accounts.by_name("operator").id).secret
    command = [str(Path(sys.executable).with_name("hushdesk")), "serve", "--desk", str(desk), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://[^\s/]+", server.stdout.readline())
            assert found is not None
            take(found[0], secret, operator)
        finally:
            server.terminate()


def take(address: str, secret: str, operator: str) -> None:
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
        context.clear_cookies()
        context.add_cookies([{"name": "hushdesk", "value": operator, "url": address}])
        page.goto("/guard")
        page.goto(
            page.locator(
                "main a[href^='/guard/']:not([href$='/change']):not([href$='.json'])"
            ).first.get_attribute("href")
            or "/"
        )
        page.screenshot(path=IMAGES / "guard.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
