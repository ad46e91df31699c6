"""The list of breached passwords: both forms, searched in place, and refused when it cannot be trusted."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.access import Accounts, BreachedListError, PasswordTooWeak, Role
from hushdesk.access._breached import BreachedPasswords
from hushdesk.desk import SignInSettings

WORDS = [f"stolen words number {n}" for n in range(200)]


def digest(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest().upper()


def hashed(words, end="\r\n", count=":7"):
    return "".join(f"{line}{count}{end}" for line in sorted(digest(word) for word in words))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("count", ["", ":7", ":123456789"])
def test_a_list_by_hash_finds_its_own_and_nothing_else(tmp_path, end, count):
    path = tmp_path / "list.txt"
    path.write_bytes(hashed(WORDS, end, count).encode())
    listed = BreachedPasswords(path)
    assert all(listed.holds(word) for word in WORDS)
    assert not any(listed.holds(f"fresh words number {n}") for n in range(300))
    path.write_bytes(hashed(WORDS, end, count).rstrip("\r\n").lower().encode())
    assert all(BreachedPasswords(path).holds(word) for word in WORDS)


@settings(max_examples=25)
@given(
    words=st.sets(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1),
    other=st.text(st.characters(codec="utf-8"), min_size=1),
)
def test_any_list_by_hash_agrees_with_looking_through(tmp_path_factory, words, other):
    path = tmp_path_factory.mktemp("list") / "list.txt"
    path.write_bytes(hashed(words).encode())
    listed = BreachedPasswords(path)
    assert all(listed.holds(word) for word in words)
    import unicodedata

    assert listed.holds(other) == bool({other, unicodedata.normalize("NFKC", other)} & words)


def test_few_places_of_a_list_by_hash_are_read(tmp_path, monkeypatch):
    path = tmp_path / "list.txt"
    path.write_bytes(hashed([f"w{n}" for n in range(20_000)]).encode())
    looked = []

    class Counting:
        def fullmatch(self, line):
            looked.append(line)
            return real.fullmatch(line)

    from hushdesk.access import _breached

    real = _breached._HASH_LINE
    monkeypatch.setattr(_breached, "_HASH_LINE", Counting())
    assert BreachedPasswords(path).holds("w777")
    assert len(looked) <= 20


def test_a_list_of_passwords_is_looked_through(tmp_path):
    path = tmp_path / "list.txt"
    path.write_bytes("123456\r\npassword\nfour unrelated words here\ngrün wie die wiese".encode())
    listed = BreachedPasswords(path)
    for word in (
        "123456",
        "password",
        "four unrelated words here",
        "grün wie die wiese",
        "gru\u0308n wie die wiese",
    ):
        assert listed.holds(word)
    for word in ("12345", "23456", "assword", "four unrelated words", "wiese", ""):
        assert not listed.holds(word)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (hashed(["a"]).encode() + b"no digest here\n" * 40, "no SHA-1"),
        (
            "".join(f"{digest(w)}:1\n" for w in sorted(WORDS, key=digest, reverse=True)).encode(),
            "not ordered",
        ),
    ],
)
def test_a_list_that_cannot_be_trusted_is_no_answer(tmp_path, content, why):
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    with pytest.raises(BreachedListError, match=why):
        [BreachedPasswords(path).holds(word) for word in WORDS]
    path.unlink()
    with pytest.raises(BreachedListError, match="cannot be read"):
        BreachedPasswords(path)


def test_a_stolen_password_is_not_taken(tmp_path, cheap):
    path = tmp_path / "list.txt"
    path.write_bytes(hashed(WORDS).encode())
    settings = SignInSettings(breached_passwords=path)
    with Accounts(tmp_path / "a.sqlite", hasher=cheap, settings=settings) as accounts:
        old = accounts.create("ada", Role.VIEWER)
        account = accounts.by_name("ada").id
        with pytest.raises(PasswordTooWeak, match="stolen elsewhere"):
            accounts.change_password(account, old, WORDS[7])
        path.rename(tmp_path / "gone")
        with pytest.raises(BreachedListError):
            accounts.change_password(account, old, "fresh unrelated words")
        accounts.verify("ada", old)
        (tmp_path / "gone").rename(path)
        accounts.change_password(account, old, "fresh unrelated words")
        accounts.verify("ada", "fresh unrelated words")
