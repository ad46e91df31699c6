"""The public page of check codes: shut unless switched on, tells dates and nothing else, counts, and slows down."""

from __future__ import annotations

import re
import sqlite3
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from hushdesk.analytics import open_desk
from hushdesk.desk import Desk, DeskError, PageSettings
from hushdesk.desk._settings import SETTINGS, read, write
from hushdesk.incident.answering import CODES, IncidentDesk, read_moment
from hushdesk.incident.notices import CheckCodes, languages
from hushdesk.web import LetterChecks, checks_of, create_app
from hushdesk.web import _views_check as views
from hushdesk.web._check_words import best_language, check_words

CODE = CheckCodes(b"k" * 32)
DATED = read_moment("2020-01-03T10:00:00Z")
NOW = read_moment("2020-02-01T10:00:00Z")


def code_of(letter=7, language="en", incident="december-2019"):
    return CODE.code(incident, letter, dated=DATED, language=language)


@pytest.fixture
def checks(tmp_path):
    return LetterChecks(CODE, lambda: ["another", "december-2019"], tmp_path / "checks.sqlite", lambda: NOW)


@pytest.fixture
def public(desk, accounts, checks):
    """Somebody whom nobody knows."""
    app = create_app(desk, accounts, checks=checks)
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        yield client


def ask(client, code, language="en", **more):
    return client.post("/check", data={"code": code}, headers={"accept-language": language}, **more)


def test_there_is_no_such_page_unless_switched_on(client):
    assert client.get("/check").status_code == 404
    answer = ask(client, code_of())
    assert answer.status_code == 404
    assert "2020" not in answer.text


def test_anybody_may_ask_and_nobody_is_known(public):
    text = public.get("/check").text
    assert "Check a letter" in text
    assert "Nobody asks here who you are." in text
    assert 'href="/sign-in"' not in text
    assert not public.cookies


def test_a_letter_of_ours_is_confirmed_with_its_day_and_nothing_else(public):
    answer = ask(public, code_of().lower().replace("-", " "))
    assert answer.status_code == 200
    assert "This letter is ours. It is dated 3 January 2020." in answer.text
    assert "Reference: december-2019" in answer.text
    assert code_of() not in answer.text
    assert "letter 7" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_it_is_counted_how_often_a_letter_was_asked_for(public, tmp_path):
    assert "asked for once: just now" in ask(public, code_of()).text
    for _ in range(3):
        text = ask(public, code_of()).text
    assert "asked for 4 times, first on 1 February 2020" in text
    assert "Whoever copies a real letter copies its code too." in text
    assert "asked for once" in ask(public, code_of(letter=8)).text
    # What is kept is a number and a day: nothing of who asked, and no code.
    with sqlite3.connect(tmp_path / "checks.sqlite") as db:
        assert sorted(db.execute("SELECT * FROM asked")) == [
            ("december-2019", 7, 4, NOW),
            ("december-2019", 8, 1, NOW),
        ]
    assert (tmp_path / "checks.sqlite").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "mistyped"),
        ("nonsense", "mistyped"),
        (code_of()[:-1] + ("0" if code_of()[-1] != "0" else "1"), "mistyped"),
        ("A" * 5000, "mistyped"),
        ('"><script>alert(1)</script>', "mistyped"),
        (CheckCodes(b"x" * 32).code("december-2019", 7, dated=DATED), "No letter of ours"),
        (CODE.code("elsewhere", 7, dated=DATED), "No letter of ours"),
    ],
)
def test_what_is_no_letter_of_ours_is_said_and_not_counted(public, tmp_path, code, said):
    answer = ask(public, code)
    assert answer.status_code == 200
    assert said in answer.text
    assert "dated" not in answer.text
    assert "<script>alert" not in answer.text
    assert not (tmp_path / "checks.sqlite").exists()


def test_the_answer_is_in_the_language_of_the_letter(public):
    assert '<html lang="de">' in public.get("/check", headers={"accept-language": "de-AT,en;q=0.5"}).text
    text = ask(public, code_of(language="fr"), language="de").text
    assert '<html lang="fr">' in text
    assert "Elle est datée du 3 janvier 2020." in text
    text = ask(public, code_of(letter=9, language=""), language="pl").text
    assert "Ten list jest od nas." in text
    assert "Dieser Code ist vertippt." in ask(public, "x", language="de").text


@pytest.mark.parametrize("language", languages())
def test_every_language_of_letters_has_its_words(public, language):
    words = check_words(language)
    assert words.language == language
    assert words.title in public.get("/check", headers={"accept-language": language}).text
    places = [
        sorted(re.findall(r"\{(\w+)\}", text))
        for text in (words.ours, words.reference, words.again, words.wait)
    ]
    assert places == [["date"], ["ident"], ["count", "date"], ["minutes"]]
    for _ in range(2):
        text = ask(public, code_of(language=language)).text
        assert "{" not in re.sub(r"(?s)<script.*?</script>", "", text)


def test_questions_of_one_are_slowed_down(public):
    for _ in range(views.TRIES):
        assert ask(public, "x").status_code == 200
    answer = ask(public, code_of())
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "Too many codes are being asked for." in answer.text
    assert "dated" not in answer.text


def test_all_together_are_slowed_down_too(desk, accounts, checks, monkeypatch):
    monkeypatch.setattr(views, "ALL_TRIES", 5)
    app = create_app(desk, accounts, checks=checks)
    for number in range(7):
        with TestClient(app, base_url="http://localhost", client=(f"198.51.100.{number}", 1)) as client:
            assert ask(client, "x").status_code == (200 if number < 5 else 429)


@pytest.mark.parametrize(
    ("host", "keys"),
    [
        ("198.51.100.7", ["198.51.100.7", "all"]),
        ("2001:db8:1:2:3::4", ["2001:db8:1:2::/64", "all"]),
        # Behind a proxy of the house everybody comes from here.
        ("127.0.0.1", ["all"]),
        ("::1", ["all"]),
    ],
)
def test_who_is_one(host, keys):
    request = SimpleNamespace(client=SimpleNamespace(host=host))
    assert [key for key, _ in views._keys(request)] == keys


@given(st.text(max_size=300))
def test_whatever_a_browser_accepts_there_is_a_language(accepted):
    assert best_language(accepted) in languages()


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("", "en"), ("xx", "en"), ("fr-CH, fr;q=0.9, de;q=0.7", "fr"), ("de;q=0.1,es;q=0.8", "es"), ("pt-BR", "pt"), ("de;q=x,nl;q=0.2", "nl")],
)  # fmt: skip
def test_the_browsers_wish_is_followed(accepted, language):
    assert best_language(accepted) == language


def test_the_owner_switches_it_on_in_the_settings_of_the_desk(tmp_path, made):
    Desk.create(tmp_path / "desk", keys=tmp_path / "keys", vault=tmp_path / "vault")
    with open_desk(tmp_path / "desk") as desk:
        assert checks_of(desk) is None
    with (tmp_path / "desk" / SETTINGS).open("a") as file:
        file.write("\n[pages]\ncheck = true\n")
    with open_desk(tmp_path / "desk") as desk:
        checks = checks_of(desk)
        codes = CheckCodes(desk.desk.keyring.derived(CODES))
        incidents = IncidentDesk(desk.desk, "tests", now=lambda: NOW)
        for name in ("with", "without"):
            incidents.open(name, aware="2020-01-01T00:00Z", addresses=["10.0.0.1"], ports=[9200])
        (desk.desk.folder / "incidents" / "with" / "letters.parquet").write_bytes(b"")
        found = checks.confirm(codes.code("with", 1, dated=DATED))
        assert (found.facts.incident, found.count) == ("with", 1)
        # Nobody was written to about the other one.
        assert checks.confirm(codes.code("without", 1, dated=DATED)).name == "UNKNOWN"


@pytest.mark.parametrize("text", ["check = 1", 'check = "yes"', "checks = true"])
def test_a_setting_that_is_none_is_refused(tmp_path, text):
    made = Desk.create(tmp_path / "desk", keys=tmp_path / "keys", vault=tmp_path / "vault")
    settings = read(made.folder)
    assert settings.pages == PageSettings()
    assert "[pages]" not in (made.folder / SETTINGS).read_text()
    with (made.folder / SETTINGS).open("a") as file:
        file.write(f"\n[pages]\n{text}\n")
    with pytest.raises(DeskError, match=r"\[pages\]"):
        read(made.folder)


def test_the_setting_survives_being_written(tmp_path):
    made = Desk.create(tmp_path / "desk", keys=tmp_path / "keys", vault=tmp_path / "vault")
    from dataclasses import replace

    write(made.folder, replace(read(made.folder), pages=PageSettings(check=True)))
    assert read(made.folder).pages.check
