"""The guard's pages: who reaches what, by which way; one connection followed; the last change."""

from __future__ import annotations

import html
import re
from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from hushdesk.desk import GuardSettings
from hushdesk.guard.state import Lookout, Watched, ident
from hushdesk.web import create_app, lookout_of
from hushdesk.web._guard_values import short_name, short_place

INTENT = """
[[store]]
name = "Cases & notes"
engine = "elasticsearch"
resources = ["vm-cases"]
[[store.approved]]
sources = ["10.0.0.0/8", "192.0.2.0/24"]
[[store]]
name = "Archive"
engine = "mongodb"
resources = ["archive"]
"""
HOSTILE = "</td><script>alert(1)</script>"
CASES = f"/guard/{ident(('tiny', 'vm-cases', '', 0))}"


def words(text: str) -> str:
    """What a page says, without its tags."""
    text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]+>", " ", text)
    return re.sub(r"\s+(?=[.,:;])|(?<=\s)\s+", "", re.sub(r"\s", " ", html.unescape(text)))


@pytest.fixture
def cases(tiny):
    """The store of the tests, with more rules."""

    def make(*rules, **more):
        first = {"name": "subnet list", "rules": [tiny.allow("AllowSubnet", "0.0.0.0/0 2001:db8::/32")]}
        office = tiny.allow("AllowOffice", "10.0.0.0/8")
        given = {"ports": [9200], "engine": "elasticsearch", "authentication": "none", **more}
        return tiny.host(
            "vm-cases",
            office,
            *rules,
            lists=[first],
            addresses=["203.0.113.10"],
            way="public address",
            **given,
        )

    return make


@pytest.fixture
def operator(signed_in, tmp_path, network, tiny, cases):
    (tmp_path / "stores.toml").write_text(INTENT)
    tiny.save(network / "a.json", cases())
    return signed_in("operator")


def test_each_store_with_those_who_reach_it(operator, tiny, network, cases):
    tiny.save(
        network / "a.json",
        cases(tiny.allow("AllowElastic", "0.0.0.0/0")),
        tiny.host("vm-pay", tiny.allow("App", "10.1.0.0/16"), ports=[5432], engine="postgresql"),
        tiny.host("vm-web", tiny.allow("Https", "0.0.0.0/0", ports=[443])),
        tiny.host(HOSTILE, tiny.allow("Any", "0.0.0.0/0"), odd=1),
        {"lists": []},
    )
    (network / "broken.json").write_text("{")
    text = operator.get("/guard").text
    said = words(text)
    assert "<script>alert" not in text
    assert "Cases & notes vm-cases · host · Elasticsearch tcp 9200, 9300 everybody (IPv4)" in said
    assert "Approved is only: 10.0.0.0/8, 192.0.2.0/24" in said
    assert "Archive MongoDB No input shows it: nothing was looked at for it. not seen" in said
    assert "vm-pay host · PostgreSQL tcp 5432 10.1.0.0/16, all private no intent" in said
    assert "2 malformed" in said
    assert "1 not looked at" in said
    assert "network/broken.json:1 no valid JSON" in said
    plain = operator.get("/guard.json").json()
    assert (plain["version"], plain["watched"], plain["running"]) == (1, True, False)
    (found,) = plain["stores"][0]["endpoints"]
    assert (found["level"], found["authentication"]) == ("error", "none")
    assert found["reached"][0]["who"] == {"words": "everybody (IPv4)", "ipv4": 2**32, "ipv6": 0}
    assert [one["endpoint"] for one in plain["others"]] == [HOSTILE, "vm-pay"]
    assert plain["absent"] == ["Archive"]
    assert (plain["errors"], plain["warnings"]) == (3, 0)
    assert [one["endpoint"] for one in plain["quiet"]] == ["vm-web"]
    assert {place["place"]["file"].rpartition("/")[2] for place in plain["malformed"]} == {
        "a.json",
        "broken.json",
    }


def test_what_is_not_known_is_said_to_be_unknown(operator, tiny, network, cases):
    tiny.save(network / "a.json", cases(tiny.allow("AllowAdmin", "[parameters('range')]")))
    said = words(operator.get("/guard").text)
    assert "at most everybody (IPv4); 2001:db8::/32; for certain 10.0.0.0/8" in said
    assert "They may get in only." in said
    assert "to check" in said
    assert "1 unresolved" in said
    said = words(operator.get(CASES).text)
    assert "Unknown: the value of the parameter is not given" in said
    assert "tcp 9200, 9300, perhaps" in said
    plain = operator.get(f"{CASES}.json").json()
    (group,) = plain["reached"]
    assert not group["exact"]
    assert group["certain"]["networks"] == ["10.0.0.0/8"]
    assert [way["certain"] for way in group["ways"]] == [False, True]


def test_the_way_in_is_drawn_list_by_list(operator, tiny, network, cases):
    tiny.save(
        network / "a.json", cases(tiny.allow("AllowElastic", "198.51.100.0/24"), shift=[443, 443, 9200])
    )
    text = operator.get(CASES).text
    (drawn,) = re.findall(r'(?s)<ol class="flow"[^>]*through[^>]*>(?:(?!</ol>).)*AllowElastic.*?</ol>', text)
    steps = [words(step).strip() for step in re.findall(r"(?s)<li class=.*?</li>", drawn)]
    lines = {
        name: 1
        + next(n for n, line in enumerate((network / "a.json").read_text().splitlines()) if name in line)
        for name in ("AllowSubnet", "AllowElastic")
    }
    assert steps == [
        "Source 198.51.100.0/24 not approved",
        "Way in public address 203.0.113.10, port 443 network/a.json:3",
        f"subnet list AllowSubnet let on network/a.json:{lines['AllowSubnet'] - 1}",
        f"list of vm-cases AllowElastic let on network/a.json:{lines['AllowElastic'] - 1}",
        "Store Cases & notes tcp 9200",
    ]
    assert "Nobody gets to tcp 9300" in words(text)
    plain = operator.get(f"{CASES}.json").json()
    ways = plain["reached"][0]["ways"]
    assert [way["sources"]["words"] for way in ways] == [
        "10.0.0.0/8, all private",
        "198.51.100.0/24",
    ]
    assert ways[1]["frontend_port"] == 443
    assert (
        ways[1]["lists"][1]["place"]
        == f"{network}/a.json:{lines['AllowElastic'] - 1} (tiny[0].lists[1].rules[1])"
    )


@pytest.mark.parametrize(
    ("source", "verdict", "steps"),
    [
        ("10.1.2.3", "open", ["AllowSubnet let on", "AllowOffice let on", "Store Cases & notes tcp 9200"]),
        ("8.8.8.8", "closed", ["AllowSubnet let on", "no rule matches turned away", "Store not reached"]),
        ("2001:db9::1", "closed", ["no rule matches turned away", "Store not reached"]),
    ],
)
def test_one_connection_is_followed(operator, source, verdict, steps):
    answer = operator.get(CASES, params={"from": source, "port": "9200", "protocol": "tcp"})
    said = words(answer.text)
    assert f"{source} to tcp 9200: {verdict}" in said
    at = said.index(f"{source} to tcp 9200: {verdict}")
    for step in steps:
        at = said.index(step, at)
    plain = operator.get(f"{CASES}.json", params={"from": source, "port": "9200"}).json()["explanation"]
    assert (plain["source"], plain["verdict"]) == (source, verdict)
    assert f'value="{source}"' in answer.text


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"from": "nobody"}, "write an address"),
        ({"from": "10.0.0.0/8"}, "write an address"),
        ({"from": "1" * 2000}, "write an address"),
        ({"from": "10.0.0.1", "port": "0"}, "whole number"),
        ({"from": "10.0.0.1", "port": "65536"}, "whole number"),
        ({"from": "10.0.0.1", "port": "９２"}, "whole number"),
        ({"from": "10.0.0.1", "port": "9200", "protocol": "<b>"}, "choose one of"),
        ({"from": "10.0.0.1", "port": "9200", "source_port": "x"}, "whole number"),
    ],
)
def test_what_cannot_be_asked_is_said(operator, asked, problem):
    answer = operator.get(CASES, params=asked)
    assert answer.status_code == 400
    assert problem in answer.text
    assert "<b>" not in re.sub(r"<b>\w", "", answer.text) or "&lt;b&gt;" in answer.text
    answer = operator.get(f"{CASES}.json", params=asked)
    assert answer.status_code == 400
    assert problem in answer.json()["error"]["problem"]
    assert answer.json()["explanation"] is None


def test_the_last_change_with_its_guilty_rule(operator, tiny, network, cases):
    said = words(operator.get("/guard/change").text)
    assert "Nothing has changed" in said
    assert operator.get("/guard/change.json").json()["change"] is None
    assert "Last change None since the first look" in words(operator.get("/guard").text)
    tiny.save(network / "a.json", cases(tiny.allow("AllowElastic", "0.0.0.0/0"), authentication="required"))
    assert "Opened for Cases & notes." in words(operator.get("/guard").text)
    said = words(operator.get("/guard/change").text)
    assert "vm-cases host · Cases & notes" in said
    assert "Authentication: none → required" in said
    assert "+ tcp 9200, 9300: all of the public IPv4 internet" in said
    assert "a rule was added or changed AllowElastic in list of vm-cases, through public address" in said
    (one,) = operator.get("/guard/change.json").json()["change"]["endpoints"]
    assert (one["state"], one["id"]) == ("changed", CASES.rpartition("/")[2])
    (change,) = one["reach"]
    assert change["added"]["ipv4"] == 2**32 - 2**24
    assert change["removed"] is None
    assert [blame["rule"] for blame in change["guilty"]] == ["AllowElastic"]
    tiny.save(network / "a.json", cases())
    said = words(operator.get("/guard/change").text)
    assert "can no longer reach it" in said
    tiny.save(network / "a.json")
    assert "gone" in words(operator.get("/guard/change").text)
    assert operator.get(CASES).status_code == 404


def test_a_failing_input_shows_as_such(operator, tiny, network, tmp_path):
    operator.get("/guard")
    (network / "a.json").write_text("[")
    said = words(operator.get("/guard").text)
    assert "1 file that showed endpoints can no longer be read whole: network/a.json" in said
    assert "can no longer be read whole" in words(operator.get("/guard/change").text)
    (tmp_path / "stores.toml").write_text("nonsense")
    assert "no valid TOML" in words(operator.get("/guard").text)
    assert operator.get("/guard.json").json()["problems"][0]["remedy"]


def test_a_mistake_of_ours_shows_as_such(operator, network, monkeypatch):
    from hushdesk.guard.state import _lookout

    def fails(*_given):
        raise ZeroDivisionError(HOSTILE)

    monkeypatch.setattr(_lookout, "check", fails)
    said = words(operator.get("/guard").text)
    assert "unexpected ZeroDivisionError" in said
    assert operator.get("/guard.json").json()["failed"] == "ZeroDivisionError"
    assert operator.get(CASES).status_code == 404


def test_a_desk_without_inputs_says_how_to_name_some(desk, accounts, tmp_path):
    secret = accounts.sessions.create(accounts.by_name("operator").id).secret
    app = create_app(desk, accounts)
    with TestClient(app, base_url="http://localhost", cookies={"hushdesk": secret}) as client:
        assert "inputs = [" in client.get("/guard").text
        assert client.get("/guard.json").json() == {"watched": False}
        assert client.get("/guard/change").status_code == 404
        assert client.get(CASES).status_code == 404


def test_inputs_without_anything_say_so(desk, accounts, tmp_path, tiny):
    empty = tmp_path / "empty"
    empty.mkdir()
    lookout = Lookout(Watched((empty,)), tmp_path / "kept", using=[tiny.TinyDialect()])
    secret = accounts.sessions.create(accounts.by_name("privacy-officer").id).secret
    app = create_app(desk, accounts, lookout=lookout)
    with TestClient(app, base_url="http://localhost", cookies={"hushdesk": secret}) as client:
        assert "The inputs show no endpoint" in client.get("/guard").text


def test_a_look_under_way_keeps_nobody_waiting(desk, accounts, tmp_path, network, tiny, monkeypatch):
    import threading

    from hushdesk.web import _views_guard

    go = threading.Event()

    class Slow(tiny.TinyDialect):
        def read(self, documents, world):
            assert go.wait(60)
            return super().read(documents, world)

    tiny.save(network / "a.json", tiny.host("vm-cases"))
    lookout = Lookout(Watched((network,)), tmp_path / "kept", using=[Slow()])
    secret = accounts.sessions.create(accounts.by_name("operator").id).secret
    monkeypatch.setattr(_views_guard.add_routes, "__defaults__", (0.01,))
    app = create_app(desk, accounts, lookout=lookout)
    with TestClient(app, base_url="http://localhost", cookies={"hushdesk": secret}) as client:
        assert "for the first time" in client.get("/guard").text
        assert client.get("/guard.json").json()["looked_at"] is None
        go.set()
        lookout.look()
        go.clear()
        assert client.get(CASES).status_code == 200
        tiny.save(network / "a.json", tiny.host("vm-cases"), tiny.host("vm-2"))
        assert "is being looked at" in client.get("/guard").text
        go.set()
        lookout.look()
        assert client.get("/guard.json").json()["coverage"]["endpoints"] == 2


def test_places_are_shown_from_the_input_that_was_named(tmp_path):
    inputs = [tmp_path / "network", tmp_path / "other.json"]
    assert short_place(f"{tmp_path}/network/a/b.json:7 (x[0])", inputs) == "network/a/b.json:7"
    assert short_place(f"{tmp_path}/other.json (x)", inputs) == "other.json (x)"
    assert short_place("/elsewhere/c.json:1", inputs) == "/elsewhere/c.json:1"
    assert short_name(f"{tmp_path}/network/pg_hba.conf (a) b", inputs) == "network/pg_hba.conf (a) b"
    assert short_name("vm (a)", inputs) == "vm (a)"


def test_pages_hold_no_inline_script_or_style(operator):
    for path in ("/guard", "/guard/change", f"{CASES}?from=8.8.8.8&port=9200"):
        text = operator.get(path).text
        assert " style=" not in text
        assert "<style" not in text
        assert text.count("<script") == text.count('src="/static/')


def test_the_settings_of_the_desk_say_what_is_looked_at(tmp_path, network, tiny):
    tiny.save(network / "a.json", tiny.host("vm-cases"))

    def opened(guard):
        return SimpleNamespace(desk=SimpleNamespace(settings=SimpleNamespace(guard=guard), folder=tmp_path))

    assert lookout_of(opened(GuardSettings())) is None
    lookout = lookout_of(opened(GuardSettings((network,), tmp_path / "stores.toml")))
    assert lookout is not None
    assert lookout.watched == Watched((network,), tmp_path / "stores.toml")
    (tmp_path / "stores.toml").write_text(INTENT)
    assert lookout.look().look.report.absent == ("Cases & notes", "Archive")
    assert (tmp_path / "guard" / "states.json").is_file()
