"""A served application and Debian's Chromium."""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn

from hushdesk.guard.state import Lookout, Watched
from hushdesk.web import create_app
from hushdesk.web._checks import Confirmed

CHROMIUM = Path(os.environ.get("HUSHDESK_CHROMIUM", "/usr/bin/chromium"))
HOSTILE = """<img src=x onerror="document.title='owned'"><script>document.title='owned'</script></div></article><b>zebra"""
GUARD_INTENT = """
[[store]]
name = "Support cases"
engine = "elasticsearch"
resources = ["vm-cases"]
[[store.approved]]
sources = "10.0.0.0/8"
[[store]]
name = "Archive"
engine = "mongodb"
resources = ["archive"]
"""
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def load(name, place):
    if name not in sys.modules:
        path = Path(__file__).resolve().parents[1] / place
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def double():
    return load("hushdesk_web_double", "web/_double.py")


@pytest.fixture(scope="session")
def lookout(tmp_path_factory):
    """A lookout that has seen one change."""
    tiny = load("hushdesk_tiny_dialect", "guard/_tiny.py")
    folder = tmp_path_factory.mktemp("guard")
    (folder / "network").mkdir()
    (folder / "stores.toml").write_text(GUARD_INTENT)

    def save(*rules):
        subnet = {
            "name": "subnet list",
            "rules": [
                tiny.allow("DenyOne", "192.0.2.0/24", does="deny"),
                tiny.allow("AllowAll", "0.0.0.0/0 ::/0"),
            ],
        }
        office = tiny.allow("AllowOffice (priority 200)", "10.0.0.0/8")
        more = {
            "ports": [9200],
            "engine": "elasticsearch",
            "authentication": "none",
            "addresses": ["203.0.113.10"],
        }
        tiny.save(
            folder / "network" / "a.json",
            tiny.host("vm-cases", *rules, office, lists=[subnet], **more),
            tiny.host("vm-cache", tiny.allow("AllowAdmin", "[parameters('range')]"), engine="redis", odd=1),
            tiny.host(HOSTILE, tiny.allow(HOSTILE, "0.0.0.0/0")),
            {"lists": []},
        )

    made = Lookout(
        Watched((folder / "network",), folder / "stores.toml"), folder / "kept", using=[tiny.TinyDialect()]
    )
    save()
    made.look()
    save(tiny.allow("AllowElastic (priority 100)", "0.0.0.0/0"))
    return made


@pytest.fixture(scope="session")
def made():
    """Incidents in memory."""
    return load("hushdesk_web_incident", "web/_incident.py")


@pytest.fixture(scope="session")
def port(made):
    """One incident with an answer in which everything is, and texts that mean harm."""
    port = made.MemoryIncidents(made.sample(letters=made.LETTERS))
    window = port.answer["windows"][0]
    window["rule"] = window["opened_by"]["actor"] = HOSTILE
    port.answer["incident"]["title"] = port.told["title"] = f"Support store open {HOSTILE}"
    return port


class Checks:
    """Confirms one code."""

    def confirm(self, code):
        from hushdesk.incident.notices import Doubt, Form, LetterFacts

        if code != "GOOD":
            return Doubt.UNKNOWN if code == "FOREIGN" else Doubt.MISTYPED
        day = 1_578_009_600_000_000
        facts = LetterFacts(incident="december-2019", letter=7, day=day, language="fr", form=Form.POSSIBLE)
        return Confirmed(facts, 14, day)


@pytest.fixture(scope="session")
def accounts(double, tmp_path_factory):
    with double.make_accounts(tmp_path_factory.mktemp("accounts") / "accounts.sqlite") as accounts:
        yield accounts


@pytest.fixture(scope="session")
def address(double, accounts, lookout, made, port):
    """The pages over a desk in memory, served on loopback."""
    desk = double.MemoryDesk()
    desk.add(
        case_id="HOSTILE",
        subject=HOSTILE,
        messages=(replace(desk.cases[0].messages[0], text=HOSTILE),),
        tags=(HOSTILE,),
    )
    incidents = made.in_memory(port, made.VERDICT)
    app = create_app(desk, accounts, lookout=lookout, incidents=incidents, checks=Checks())
    with served(app) as at:
        yield at


@contextmanager
def served(app):
    """Serve an application on loopback while within; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def violations():
    """What axe finds on a page; of some rules only, if these are named."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

    def found_on(page, only=()):
        # axe is put in through the debugger, which the policy of the page does not concern.
        found = axe.Axe().run(
            page, options={"runOnly": list(only or STANDARDS), "resultTypes": ["violations"]}
        )
        return [
            f"{each['id']}: {node['html'][:160]}"
            for each in found.response["violations"]
            for node in each["nodes"]
        ]

    return found_on


@pytest.fixture(scope="module")
def house(double, tmp_path_factory):
    """The pages over a real desk with officers, a viewer, reveals and a record; see ``_house.py``."""
    made = load("hushdesk_browser_house", "browser/_house.py")
    with made.built(tmp_path_factory.mktemp("house"), double) as built, served(built.app) as address:
        built.address = address
        yield built


@pytest.fixture(scope="module")
def chromium():
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}; apt-get install chromium, or set HUSHDESK_CHROMIUM")
    sync_api = pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, address, accounts):
    """Opens a page, signed in by role, and fails afterwards if the browser had anything to complain about."""
    with visits(chromium, address, accounts) as open_page:
        yield open_page


@pytest.fixture
def visit_house(chromium, house):
    """As :func:`visit`, at the house."""
    with visits(chromium, house.address, house.accounts) as open_page:
        yield open_page


@contextmanager
def visits(chromium, address, accounts):
    contexts, complaints = [], []

    def open_page(role="lead", *, path="/cases", width=1440, height=900, expect=(), **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, base_url=address, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)

        def complain(text):
            if not any(each in text for each in expect):
                complaints.append(text)

        page.on("console", lambda message: message.type in {"error", "warning"} and complain(message.text))
        page.on("pageerror", lambda error: complain(str(error)))
        # A fetch given up because the reader went on is no failure.
        page.on(
            "requestfailed", lambda each: each.failure == "net::ERR_ABORTED" or complain(f"{each.url} failed")
        )
        page.on(
            "request", lambda request: request.url.startswith(address) or complain(f"asked {request.url}")
        )
        if role:
            secret = accounts.sessions.create(accounts.by_name(role).id).secret
            context.add_cookies([{"name": "hushdesk", "value": secret, "url": address}])
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
