"""Takes the pictures of the documentation anew: ``python tests/docs/take_pictures.py DEMO``.

``DEMO`` is the folder of ``hushdesk demo DEMO --cases 1500 --no-serve``. All that is shown was generated.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, BrowserType, sync_playwright

from hushdesk.access import Accounts, Role
from hushdesk.analytics import OpenDesk, open_desk
from hushdesk.incident import HOUR, iso
from hushdesk.incident.answering import IncidentDesk
from hushdesk.incident.drill._plan import plan
from hushdesk.incident.drill._write import write
from hushdesk.web import DeskPages, Incidents, create_app

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
    if "[sign_in]" not in settings.read_text("utf-8"):
        # Who is photographed has no app for a second factor.
        with settings.open("a", encoding="utf-8") as file:
            file.write("\n[sign_in]\nsecond_factor = []\n")
    if "[guard]" not in settings.read_text("utf-8"):
        with settings.open("a", encoding="utf-8") as file:
            file.write('\n[guard]\ninputs = ["../network"]\nintent = "../network/intent.toml"\n')


INCIDENT = "december-2019"
SEED = 7


def incident(demo: Path, desk: OpenDesk) -> Incidents:
    """The drill's December over the demo's cases, as it looks the day after somebody became aware."""
    cases = desk.status()["cases"]
    drawn = plan(SEED, cases, 2_000)
    now = drawn.aware_at + 26 * HOUR

    def incidents(who: str) -> IncidentDesk:
        return IncidentDesk(desk.desk, who, now=lambda: now)

    ours = incidents("tests")
    if INCIDENT not in {told["ident"] for told in ours.list()}:
        files = write(demo / "december", drawn)
        house = demo / "house.toml"
        house.write_text('role = "controller"\nzone = "Europe/Berlin"\n', "utf-8")
        ours.open(
            INCIDENT,
            title="Support store open to the internet",
            aware=iso(drawn.aware_at),
            intent=str(files.intent),
            baseline=[str(files.estate)],
            lists=[str(files.scanners)],
            holds="all",
            house=str(house),
        )
        ours.add(INCIDENT, [str(path) for path in files.evidence()])
    ours.status(INCIDENT)
    return Incidents(incidents, lambda: now)


@contextmanager
def served(demo: Path) -> Iterator[tuple[str, str]]:
    """The pages at the drill's own time: their address, and a privacy officer's session."""
    with (
        open_desk(demo / "desk") as desk,
        Accounts(demo / "desk" / "accounts.sqlite", settings=desk.desk.settings.sign_in) as accounts,
    ):
        if "officer" not in {account.name for account in accounts.all()}:
            accounts.create("officer", Role.PRIVACY_OFFICER, must_change=False)
        secret = accounts.sessions.create(accounts.by_name("officer").id).secret
        app = create_app(DeskPages(desk), accounts, incidents=incident(demo, desk))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            server = uvicorn.Server(
                uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none")
            )
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            while not server.started:
                time.sleep(0.01)
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}", secret
            finally:
                server.should_exit = True
                thread.join()


def main(demo: Path) -> None:
    """Serve the demo's desk and photograph the search page, the reader, the guard and an incident."""
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
    with served(demo) as (address, officer), sync_playwright() as playwright:
        browser = launched(playwright.chromium)
        context = browser.new_context(
            viewport={"width": 1280, "height": 900}, color_scheme="light", base_url=address
        )
        context.add_cookies([{"name": "hushdesk", "value": officer, "url": address}])
        page = context.new_page()
        page.goto(f"/incident/{INCIDENT}")
        page.screenshot(path=IMAGES / "incident.png")
        browser.close()


def launched(chromium: BrowserType) -> Browser:
    """The system's own browser."""
    return chromium.launch(
        executable_path=os.environ.get("HUSHDESK_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
    )


def take(address: str, secret: str, operator: str) -> None:
    """Photograph the pages at an address, in light colours."""
    with sync_playwright() as playwright:
        browser = launched(playwright.chromium)
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
