"""Forgery: requests that another site, another browser or a bent address makes in somebody's name."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from hushdesk.access import Permission, Role
from hushdesk.web._guard import PERMISSIONS, AnyAccount, Open
from hushdesk.web._views_sign import local_path

# What reaches the application costs much; so each has half of the profile's number.
FAST = settings(
    max_examples=settings.default.max_examples // 2,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
PUBLIC_FORMS = {"/check"}
"""Forms that change nothing of anybody's, and that anybody may send."""


@pytest.fixture(scope="module")
def house(small_house):
    return small_house


def holder(rule) -> str:
    """A role that a route is open to."""
    if not isinstance(rule, Permission):
        return "lead"
    return next(role.value for role in Role if rule in role.permissions)


def forms(house, houses):
    """Every form that is posted: path, address, and headers of somebody who may."""
    for method, path in houses.walk(house.app):
        if method != "GET" and path not in PUBLIC_FORMS:
            rule = PERMISSIONS[method, path]
            yield (
                path,
                houses.fill(house, path),
                {} if isinstance(rule, Open) else house.session(holder(rule)),
            )


def foreign(house, headers: dict[str, str]) -> dict[str, dict[str, object]]:
    """Requests that did not come from a page of this session: how each is sent."""
    own = house.form_token(headers) if headers else "0" * 64
    same = house.form_token(house.session("lead"))
    other = house.form_token(house.session("analyst"))
    form = {"content-type": "application/x-www-form-urlencoded"}
    return {
        "no token": {"data": {}},
        "an empty token": {"data": {"token": ""}},
        "a token of another session": {"data": {"token": same}},
        "a token of another account": {"data": {"token": other}},
        "half a token": {"data": {"token": own[:32]}},
        "a token with more": {"data": {"token": own + "0"}},
        "two tokens, the last wrong": {"content": f"token={own}&token=x", "headers": form},
        "a token in the address": {"params": {"token": own}},
        "a token in a header": {"headers": {"x-csrf-token": own, "token": own}},
        "a token in JSON": {"json": {"token": own}},
        "a token as plain text": {"content": f"token={own}", "headers": {"content-type": "text/plain"}},
        "a token without a type": {"content": f"token={own}"},
        "from another site": {"data": {"token": own}, "headers": {"sec-fetch-site": "cross-site"}},
        "from a neighbour": {"data": {"token": own}, "headers": {"sec-fetch-site": "same-site"}},
        "NUL in the token": {"data": {"token": own + "\0"}},
        "a token that is no text": {"content": b"token=\xff\xfe", "headers": form},
        "a broken multipart body": {
            "content": b"--x\r\nbroken", "headers": {"content-type": "multipart/form-data; boundary=x"},
        },
    }  # fmt: skip


def test_no_form_is_taken_that_did_not_come_from_our_page(house, houses):
    tried = 0
    for path, address, headers in forms(house, houses):
        before = house.state()
        for how, request in foreign(house, headers).items():
            if not headers and "token" not in how:
                continue
            more = dict(request)
            answer = house.ask("POST", address, {**headers, **more.pop("headers", {})}, **more)
            assert 400 <= answer.status_code < 500, (path, how, answer.status_code)
            if "data" in request:
                assert answer.status_code == 403, (path, how)
            assert "set-cookie" not in answer.headers or "hushdesk-form" in answer.headers["set-cookie"]
            tried += 1
        assert house.state() == before, path
        if headers:
            assert house.ask("GET", "/help", headers).status_code == 200, f"{path} ended the session"
    assert tried > 100


def test_nothing_is_changed_by_looking(house, houses):
    """A link or an image of another site makes the browser send a GET: whatever that is, it changes no account."""
    before = house.state()
    for method, path in houses.walk(house.app):
        if method == "GET":
            rule = PERMISSIONS[method, path]
            headers = {} if isinstance(rule, Open) else house.session(holder(rule))
            house.ask("GET", houses.fill(house, path), headers, params={"token": "x", "_method": "POST"})
    assert house.state() == before


def signed_in(house, name="fixed", cookies=None, wanted="/help"):
    """Sign in as a browser with some cookies would; gives the answer and the client."""
    client = TestClient(house.app, base_url="http://localhost", follow_redirects=False, cookies=cookies or {})
    token = re.search(r'name="token" value="(\w+)"', client.get("/sign-in").text)
    data = {"name": name, "password": house.password, "token": token[1] if token else "", "next": wanted}
    return client.post("/sign-in", data=data), client


@pytest.fixture(scope="module", autouse=True)
def fixed(house):
    house.password = house.accounts.create("fixed", Role.LEAD, must_change=False)


def session_in(answer) -> str:
    found = re.search(r"(?:^|, )hushdesk=([^;]+);([^,]*(?:, \d[^,]*)?)", answer.headers.get("set-cookie", ""))
    assert found, answer.headers
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= {part.strip() for part in found[2].split(";")}
    assert "Domain" not in found[2]
    return found[1]


def test_a_session_that_was_planted_before_is_not_the_one_after(house):
    planted = "A" * 43
    answer, client = signed_in(house, cookies={"hushdesk": planted})
    assert answer.status_code == 303
    assert session_in(answer) != planted
    assert house.accounts.sessions.lookup(planted) is None
    client.close()
    # An attacker's own living session, planted into somebody's browser, ends when they sign in.
    attackers = house.secret("analyst")
    client = TestClient(
        house.app, base_url="http://localhost", follow_redirects=False, cookies={"hushdesk": attackers}
    )
    page = client.get("/help").text
    assert house.accounts.sessions.lookup(attackers) is not None
    client.cookies.delete("hushdesk")
    form = re.search(r'name="token" value="(\w+)"', client.get("/sign-in").text)[1]
    client.cookies.set("hushdesk", attackers)
    answer = client.post("/sign-in", data={"name": "fixed", "password": house.password, "token": form})
    assert session_in(answer) != attackers
    assert house.accounts.sessions.lookup(attackers) is None
    assert "analyst" in page
    client.close()


def test_each_sign_in_has_an_id_of_its_own(house):
    ids = set()
    for _ in range(5):
        answer, client = signed_in(house)
        ids.add(session_in(answer))
        client.close()
    assert len(ids) == 5
    assert min(map(len, ids)) >= 43


def test_a_new_password_is_a_new_id(house):
    password = house.accounts.create("changer", Role.LEAD, must_change=True)
    headers = house.session("changer")
    new = "a quite different set of words"
    data = {"old": password, "new": new, "again": new, "token": house.form_token(headers)}
    elsewhere = house.secret("changer")
    answer = house.ask("POST", "/password", headers, data=data)
    assert answer.status_code == 303
    assert session_in(answer) not in headers["cookie"]
    for old in (headers["cookie"].partition("=")[2], elsewhere):
        assert house.accounts.sessions.lookup(old) is None
    assert house.accounts.sessions.lookup(session_in(answer)) is not None


def test_over_tls_cookies_carry_a_prefix_that_no_neighbour_can_plant(house):
    with TestClient(house.app, base_url="https://localhost", follow_redirects=False) as client:
        form = client.get("/sign-in")
        token = re.search(r'name="token" value="(\w+)"', form.text)[1]
        answer = client.post("/sign-in", data={"name": "fixed", "password": house.password, "token": token})
        for cookie in (*form.headers.get_list("set-cookie"), *answer.headers.get_list("set-cookie")):
            assert cookie.startswith("__Host-")
            assert "; Secure" in cookie
        # Nor is one without the prefix taken.
        secret = house.secret("lead")
        client.cookies.clear()
        assert client.get("/help", headers={"cookie": f"hushdesk={secret}"}).status_code == 303


NEXT = st.builds(
    "".join,
    st.lists(
        st.sampled_from(["/", "//", "\\", "/\\", "http:", "https://", "evil.example", "@", ":", "?", "#", "%2f", "%5c", "%0d%0a", "\r\n",
                         "\t", " ", "\0", "javascript:alert(1)", "data:", ".", "..", ";", "cases", "．", "／", "＼", "\u2028", "\x0b", "\ufeff"]),
        min_size=1, max_size=6,
    ),
)  # fmt: skip


def leads_away(target: str) -> bool:
    """Whether a browser would go to another site, as the URL standard reads it: backslashes are slashes, and tabs,
    line ends and what stands before the first letter are dropped."""
    seen = re.sub(r"[\t\r\n]", "", target.strip("".join(map(chr, range(33))))).replace("\\", "/")
    return not seen.startswith("/") or seen.startswith("//")


@FAST
@given(NEXT)
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("/\r\nlocation: https://evil.example")
@example("/sign-out")
@example("/sign-in?next=//evil.example")
def test_after_signing_in_nobody_is_led_away(house, wanted):
    target = local_path(wanted)
    assert not leads_away(target)
    assert not re.search(r"[\x00-\x20\\]", target)
    answer = house.ask("GET", "/sign-in", house.session("lead"), params={"next": wanted})
    assert answer.status_code == 303
    assert not leads_away(answer.headers["location"])


@pytest.mark.slow
@settings(max_examples=4000)
@given(NEXT)
def test_no_way_away_among_many(wanted):
    assert not leads_away(local_path(wanted))


def test_the_form_itself_leads_nobody_away(house):
    for wanted in ("//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
        answer, client = signed_in(house, wanted=wanted)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        client.close()
        page = house.ask("GET", "/sign-in", params={"next": wanted}).text
        assert "evil.example" not in page
        assert "javascript:" not in page


def test_nothing_for_the_signed_in_is_kept_by_a_cache(house, houses):
    for method, path in houses.walk(house.app):
        rule = PERMISSIONS[method, path]
        if method == "GET" and not isinstance(rule, Open):
            answer = house.ask("GET", houses.fill(house, path), house.session(holder(rule)))
            assert answer.headers["cache-control"] == "no-store", path
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "etag" not in answer.headers
            assert "last-modified" not in answer.headers
            assert not any(name.startswith("access-control") for name in answer.headers), path


def test_only_the_method_of_the_request_counts(house, houses):
    override = {"x-http-method-override": "POST", "x-method-override": "POST", "x-http-method": "POST"}
    known = set(houses.walk(house.app))
    before = house.state()
    for _, path in sorted(known):
        address = houses.fill(house, path)
        headers = {**house.session("privacy-officer"), **override}
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD", "PROPFIND", "GET", "POST"):
            if (method, path) not in known:
                answer = house.ask(method, address, headers)
                # Elsewhere another route of the same shape may take it, and asks for its own permission.
                assert answer.status_code in {303, 400, 401, 403, 404, 405}, (method, path)
                if method != "HEAD":
                    assert "quibblezorv" not in answer.text, (method, path)
    assert house.state() == before


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "localhost@evil.example", "evil.example@localhost", "localhost:80:80", "localhost:x",
     "localhost/", "localhost#", "localhost, evil.example", "127.0.0.1.evil.example", "2130706433", "0x7f.1", "0.0.0.0", "[::]",
     "[::1", "192.0.2.1", "", "localhost%00", "localhost\\evil.example", "localhost?"],
)  # fmt: skip
def test_a_host_that_is_not_ours_is_not_answered(house, host):
    answer = house.ask("GET", "/sign-in", {"host": host, "x-forwarded-host": "localhost"})
    assert answer.status_code == 421
    assert host == "" or host not in answer.text


def test_what_is_forwarded_in_headers_is_not_believed(house):
    lies = {
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "https",
        "forwarded": "host=evil.example",
    }
    answer = house.ask("GET", "/cases?q=x", lies)
    assert answer.headers["location"] == "/sign-in?next=/cases%3Fq%3Dx"
    assert "evil.example" not in house.ask("GET", "/sign-in", lies).text
    assert not house.ask("GET", "/sign-in", lies).headers["set-cookie"].startswith("__Host-")


def test_twice_the_same_key_does_not_widen_anything(house):
    headers = house.session("lead")
    for query in (
        "page=1&page=2",
        "sort=newest&sort=oldest",
        "q=zebra&q=",
        "from=2012&from=2013",
        "f.product=a&f.product=b",
    ):
        answer = house.ask("GET", f"/cases.json?{query}", headers)
        assert answer.status_code == 200, query
    one = house.ask("GET", "/cases.json?f.country=FR&q=zebra", headers).json()["found"]["total"]
    assert one == house.ask("GET", "/cases.json?q=it&f.country=FR&q=zebra", headers).json()["found"]["total"]
    form = {"content-type": "application/x-www-form-urlencoded", **headers}
    token = house.form_token(headers)
    assert house.ask("POST", "/sign-out", form, content=f"token={token}&token=").status_code == 403


UP = ["..", ".", "%2e%2e", "%252e%252e", "..%2f", "%2f", "..%5c", "%5c", "..;", "%00", "%0a", "%c0%ae%c0%ae", "etc", "passwd", "desk.toml",
      "accounts.sqlite", "_app.py", "~root", "C:", "%ff", "%u002e", "\u2025", "base.css", "keys"]  # fmt: skip
INSIDE = re.compile(r"root:x:0|desk_id|officer_public_key|SQLite format|from __future__|Traceback")


@FAST
@given(
    parts=st.lists(st.sampled_from(UP), min_size=1, max_size=6),
    glue=st.sampled_from(["/", "%2f", "\\", ""]),
    data=st.data(),
)
def test_no_path_leads_out_of_what_is_shown(house, houses, parts, glue, data):
    named = sorted(each for each in houses.walk(house.app) if "{" in each[1])
    method, path = data.draw(st.sampled_from(named))
    field = data.draw(st.sampled_from(re.findall(r"\{(\w+)\}", path)))
    address = houses.fill(house, path, **{field: glue.join(parts)})
    rule = PERMISSIONS[method, path]
    headers = {} if isinstance(rule, Open) else house.session(holder(rule))
    form = {"token": house.form_token(headers)} if method == "POST" and headers else None
    answer = house.ask(method, address, {**headers, "range": "bytes=0-9,5-,-1"}, data=form)
    assert answer.status_code < 500, address
    assert answer.status_code != 206
    assert not INSIDE.search(answer.text), address


@FAST
@given(
    st.sampled_from(["{ident}", "{address}", "{case_id}", "{load_id}", "{entry}", "{endpoint}"]),
    st.text(string.printable + "äß漢\u202e", max_size=80),
)
def test_any_name_is_a_name_and_nothing_else(house, houses, field, text):
    from urllib.parse import quote

    named = [each for each in houses.walk(house.app) if field in each[1] and each[0] == "GET"]
    for method, path in named[:2]:
        rule = PERMISSIONS[method, path]
        answer = house.ask(
            method,
            houses.fill(house, path, **{field[1:-1]: quote(text, safe="")}),
            house.session(holder(rule)),
        )
        assert answer.status_code < 500, path
    assert any(isinstance(rule, AnyAccount) for rule in PERMISSIONS.values())


def test_a_part_of_a_file_is_the_whole_file(house, houses):
    page = house.ask("GET", "/sign-in").text
    address = re.search(r'"(/static/\w+/[\w.]+)"', page)[1]
    whole = house.ask("GET", address)
    for span in (
        "bytes=0-9",
        "bytes=-5",
        "bytes=0-0,2-3",
        "bytes=99999999-",
        "bytes=" + "0-," * 5000,
        "lines=1-2",
    ):
        answer = house.ask("GET", address, {"range": span})
        assert (answer.status_code, answer.content) == (200, whole.content)
