"""Whose turn it is: no account starves another, and each limit says what to do."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.desk import SecuritySettings
from hushdesk.web import TurnLimits, WebSettings, create_app, security_txt
from hushdesk.web._turns import FairQueue, Pace, RefusedTurn


def queue(at_once: int = 2, per_key: int = 1, waiting: int = 100) -> FairQueue:
    return FairQueue(at_once, per_key, lambda _key: waiting, RefusedTurn(429, "full", 1))


async def work(turns: FairQueue, key: str, done: list[str], patience: float = 60) -> None:
    async with turns.turn(key, patience):
        await asyncio.sleep(0)
        done.append(key)


def test_one_who_asks_a_hundred_times_is_answered_no_more_often_than_another():
    async def run() -> list[str]:
        turns, done = queue(at_once=1), list[str]()
        first = [asyncio.ensure_future(work(turns, "script", done)) for _ in range(50)]
        await asyncio.sleep(0)
        others = [asyncio.ensure_future(work(turns, f"person {n}", done)) for n in range(5)]
        await asyncio.gather(*first, *others)
        return done

    done = asyncio.run(run())
    assert len(done) == 55
    assert max(place for place, key in enumerate(done) if key != "script") <= 7


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([0.0, 60.0])), max_size=40),
    st.integers(1, 4),
    st.integers(1, 3),
)
def test_places_are_neither_lost_nor_given_twice(asked, at_once, per_key):
    async def run() -> None:
        turns, most = queue(at_once, per_key, 5), 0
        under_way = dict.fromkeys("abcd", 0)

        async def one(key: str, patience: float) -> None:
            nonlocal most
            async with turns.turn(key, patience):
                under_way[key] += 1
                most = max(most, sum(under_way.values()))
                try:
                    assert under_way[key] <= per_key
                    await asyncio.sleep(0)
                finally:
                    under_way[key] -= 1

        tasks = [asyncio.ensure_future(one(*each)) for each in asked]
        await asyncio.sleep(0)
        for task in tasks[::3]:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(each is None or isinstance(each, RefusedTurn | asyncio.CancelledError) for each in ended)
        assert most <= at_once
        assert turns.working == 0
        # Nobody waits, and the next gets a place at once.
        async with turns.turn("z", 0.5):
            assert turns.working == 1

    asyncio.run(run())


def test_who_waits_too_long_is_told_that_the_desk_is_busy():
    async def run() -> RefusedTurn:
        turns = queue(at_once=1)
        async with turns.turn("a", 60):
            with pytest.raises(RefusedTurn) as caught:
                async with turns.turn("b", 0.01):
                    pytest.fail("there was no place")
        return caught.value

    refused = asyncio.run(run())
    assert refused.status == 503
    assert refused.retry > 0


def test_the_pace_is_kept_by_key_and_comes_back_with_time():
    now = [0.0]
    pace = Pace(2.0, 3, lambda: now[0])
    assert [pace.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert pace.take("b") == 0
    now[0] += 0.5
    assert pace.take("a") == 0
    assert pace.take("a") == 0.5
    now[0] += 100
    assert [pace.take("a") == 0 for _ in range(4)] == [True, True, True, False]


@pytest.fixture
def settings():
    return WebSettings(turns=TurnLimits(pace=0.001, burst=5, shared=20))


def test_an_account_that_asks_too_often_is_told_when_to_come_back(signed_in):
    busy, other = signed_in("analyst"), signed_in("lead")
    answers = [busy.get("/help") for _ in range(8)]
    assert [each.status_code for each in answers][-2:] == [429, 429]
    assert answers[0].status_code == 200
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "Slow down" in answers[-1].text
    assert busy.get("/cases.json").json()["error"]["problem"]
    # A reader gets a page with a way on, and no word of their own on it.
    page = busy.get("/help", headers={"accept": "text/html,*/*"})
    assert (page.status_code, page.headers["content-type"]) == (429, "text/html; charset=utf-8")
    assert 'lang="en"' in page.text
    assert 'href="/"' in page.text
    assert "content-security-policy" in page.headers
    # Another account is not concerned, nor is one that has not signed in yet.
    assert other.get("/help").status_code == 200
    busy.cookies.clear()
    assert busy.get("/sign-in").status_code == 200


def test_a_cookie_made_up_each_time_gives_no_pace_of_its_own(client):
    codes = []
    for number in range(120):
        codes.append(client.get("/help", headers={"cookie": f"hushdesk=made-up-{number}"}).status_code)
        if codes[-1] == 429:
            break
    assert codes[-1] == 429


def test_other_cookies_beside_the_session_change_nothing(signed_in):
    client = signed_in("analyst")
    session = "; ".join(f"{k}={v}" for k, v in client.cookies.items())
    codes = [client.get("/help", headers={"cookie": f"{session}; other={n}"}).status_code for n in range(8)]
    assert codes[-1] == 429


@pytest.mark.parametrize("path", ["/help", "/cases.json"])
@pytest.mark.parametrize("word", ["Basic", "Negotiate", "Bearer"])
def test_another_header_beside_the_session_gives_no_pace_of_its_own(signed_in, path, word):
    """The door and the queue read the same sender from a request; a token that is none counts by address."""
    client = signed_in("analyst")
    codes = [client.get(path, headers={"authorization": f"{word} {n}"}).status_code for n in range(8)]
    assert codes[-1] == (401 if word == "Bearer" and path.endswith(".json") else 429)


def test_a_second_export_of_an_account_is_asked_to_wait(desk, accounts):
    limits = TurnLimits(exports=2, exports_per_account=1)
    app = create_app(desk, accounts, WebSettings(turns=limits))
    released = asyncio.Event()
    sent: list[tuple[int, dict[bytes, bytes]]] = []

    async def run() -> None:
        turns = next(each for each in app.user_middleware if each.cls.__name__ == "Turns")
        started = asyncio.Event()

        async def slow(_scope, _receive, send) -> None:
            started.set()
            await released.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})

        layer = turns.cls(slow, **turns.kwargs)
        scope = {"type": "http", "path": "/cases.csv", "headers": [], "client": ("192.0.2.1", 1)}

        async def note(message) -> None:
            if message["type"] == "http.response.start":
                sent.append((message["status"], dict(message["headers"])))

        first = asyncio.ensure_future(layer(dict(scope), None, note))
        await started.wait()
        await layer(dict(scope), None, note)
        released.set()
        await first
        await layer(dict(scope), None, note)

    asyncio.run(run())
    assert [status for status, _ in sent] == [429, 200, 200]
    assert b"retry-after" in sent[0][1]


def test_the_owners_socket_has_no_pace(app):
    async def run() -> list[int]:
        codes = []

        async def note(message) -> None:
            if message["type"] == "http.response.start":
                codes.append(message["status"])

        async def nothing():
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = {
            "type": "http", "method": "GET", "path": "/status.json", "raw_path": b"/status.json", "query_string": b"",
            "headers": [], "client": None, "server": None, "scheme": "http", "http_version": "1.1", "root_path": "",
            "hushdesk.local": True,
        }  # fmt: skip
        for _ in range(150):
            await app(dict(scope), nothing, note)
        return codes

    assert set(asyncio.run(run())) == {200}


def test_what_security_txt_says():
    now = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
    assert security_txt(SecuritySettings(), now=now) == ""
    text = security_txt(
        SecuritySettings(
            contact=("mailto:security@example.org", "https://example.org/report"),
            policy="https://example.org/policy",
            languages=("en", "fr"),
        ),
        now=now,
    )
    assert text.splitlines() == [
        "Contact: mailto:security@example.org",
        "Contact: https://example.org/report",
        "Expires: 2027-05-25T12:00:00Z",
        "Preferred-Languages: en, fr",
        "Policy: https://example.org/policy",
    ]
