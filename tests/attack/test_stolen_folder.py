"""A desk's folder in foreign hands: with the code, a list of e-mail addresses and the folder, but no key, nobody is found."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import random
import re
import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from hushdesk.access import Role
from hushdesk.desk import Desk
from hushdesk.vault import Pseudonymiser
from hushdesk.vault._base32 import text70
from hushdesk.web._guard import PERMISSIONS, Open, Permission

PEOPLE, LISTED = 2_000, 100_000
TYPED = (
    "q",
    "query",
    "value",
    "values",
    "email",
    "identifier",
    "person",
    "passphrase",
    "old",
    "new",
    "again",
    "code",
    "password",
)
"""Fields of forms into which somebody's values are typed."""
SMALL = 256 * 1024
"""Files up to this size are taken for keys, piece by piece."""
ENOUGH = 60_000
"""Guesses of a key in the fast suite; the slow one tries them all."""


def addresses(count: int, seed: int = 11) -> list[str]:
    chance = random.Random(seed)
    given = ("anna", "ben", "carla", "dev", "elif", "farid", "grete", "hugo", "ines", "jun")
    found = set()
    while len(found) < count:
        found.add(
            f"{chance.choice(given)}.{chance.randrange(10**7)}@{chance.choice(('mail', 'post', 'net'))}.example.com"
        )
    return sorted(found)


@pytest.fixture(scope="module")
def stolen(houses, marks, tmp_path_factory):
    root = tmp_path_factory.mktemp("stolen")
    listed = addresses(LISTED)
    people = random.Random(5).sample(listed, PEOPLE)
    truth: dict[str, str] = {}

    def sealed(desk) -> list[dict[str, object]]:
        rows = []
        plain = itertools.cycle(houses.made.made_rows(persons=60, seed=9))
        for number, person in enumerate(people):
            token = desk.pseudonyms.token("EMAIL", person)
            truth[token] = person
            for again in range(1 + number % 3):
                row = dict(next(plain))
                row |= {
                    "case_id": desk.pseudonyms.case_id("zendesk", f"{number}-{again}"),
                    "content_mac": desk.pseudonyms.content_mac(f"{number}-{again}".encode()),
                    "customer": token, "people": [token], "tokens": [token], "description": f"Write to {token}",
                }  # fmt: skip
                rows.append(row)
        return rows

    mint = marks.Mint(seed=3)
    with houses.opened(root, whole=False, stored=sealed) as house:
        planted = use(house, houses, mint, marks)
        pseudonymiser = house_key(root)
        # As it lies there while it is used: write-ahead logs, journals and locks with it.
        shutil.copytree(
            root / "desk",
            root / "copy",
            ignore=lambda folder, names: [n for n in names if n.endswith(".sock")],
        )
        rows = house.rows
    return SimpleNamespace(
        folder=root / "copy", listed=listed, people=people, truth=truth, rows=rows,
        planted=planted, key=pseudonymiser, keys=root / "keys",
    )  # fmt: skip


def house_key(root: Path) -> Pseudonymiser:
    """The true key, from the folder that was not stolen: for the control."""
    from hushdesk.vault import Keyring

    return Keyring.open(root / "keys").pseudonymiser()


def use(house, houses, mint, marks) -> list[object]:
    """A day's work: people are searched for by their values, passwords are typed, tokens made."""
    planted = []
    for role in ("lead", "viewer", "privacy-officer"):
        headers = house.session(role)
        _, token = house.token("lead")
        for value in (
            mint.email(f"asked by {role}"),
            mint.phone(f"asked by {role}"),
            mint.iban(f"asked by {role}"),
        ):
            for path in ("/cases.json", "/cases", "/cases.csv"):
                house.ask("GET", path, headers, params={"q": f'"{value}"'})
                house.ask("GET", path, token, params={"q": f'subject:"{value}"', "f.product": value[:100]})
        planted.append(marks.Mark("SECRET", "a session", headers["cookie"][9:], (headers["cookie"][9:],)))
        planted.append(
            marks.Mark("SECRET", "a token", token["authorization"][7:], (token["authorization"][7:],))
        )
    password = house.accounts.create("worker", Role.LEAD)
    planted.append(marks.Mark("SECRET", "a password", password, (password,)))
    planted.append(marks.Mark("SECRET", "the officer's passphrase", house.passphrase, (house.passphrase,)))
    for name, typed in (
        (mint.email("typed as a name"), mint.password("typed as a password")),
        ("worker", password),
        ("lead", mint.password("wrong")),
    ):
        page = house.ask("GET", "/sign-in")
        form = re.search(r'name="token" value="(\w+)"', page.text)[1]
        cookie = page.headers["set-cookie"].partition(";")[0]
        house.ask(
            "POST", "/sign-in", {"cookie": cookie}, data={"name": name, "password": typed, "token": form}
        )
    for method, path in houses.walk(house.app):
        rule = PERMISSIONS[method, path]
        if method == "GET" or isinstance(rule, Open) or path in {"/sign-out", "/password"}:
            continue
        role = next(
            role.value for role in Role if not isinstance(rule, Permission) or rule in role.permissions
        )
        headers = house.session(role)
        typed = {name: mint.email(f"{path}, {name}") for name in TYPED}
        house.ask(
            "POST", houses.fill(house, path), headers, data={"token": house.form_token(headers), **typed}
        )
    return planted + mint.marks


def small_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size <= SMALL:
            yield str(path.relative_to(folder)), path.read_bytes()


def guesses(folder: Path) -> Iterator[bytes]:
    """Keys that somebody would try: nothing, names of the product, every word, every window, and what their texts decode to."""
    yield from (
        b"",
        b"\0" * 32,
        b"hushdesk",
        b"key",
        b"secret",
        b"hushdesk content key",
        b"token",
        bytes(range(32)),
    )
    seen: set[bytes] = set()
    windows: list[bytes] = []
    for name, data in small_files(folder):
        for word in {name.encode(), *re.findall(rb"[\x21-\x7e]{4,}", data)}:
            for form in (word, word.strip(b"\"'=,;"), *coded(word), hashlib.sha256(word).digest()):
                if form not in seen and len(form) <= 64:
                    seen.add(form)
                    yield form
        windows.append(data)
    for length in (32, 16, 24, 20, *(n for n in range(17, 32) if n not in {20, 24})):
        for data in windows:
            for start in range(max(0, len(data) - length + 1)):
                yield data[start : start + length]


def coded(word: bytes) -> Iterator[bytes]:
    text = word.strip(b"\"'=,;")
    if re.fullmatch(rb"(?:[0-9a-fA-F]{2})+", text):
        yield bytes.fromhex(text.decode())
    padded = text + b"=" * (-len(text) % 8)
    for decode in (base64.b64decode, base64.urlsafe_b64decode, base64.b32decode):
        try:
            yield decode(padded if decode is base64.b32decode else text + b"=" * (-len(text) % 4))
        except ValueError:
            continue


def with_key(key: bytes, value: str) -> Iterator[str]:
    """Pseudonyms that a value could have under a key: as the code makes them, and simpler ways."""
    if len(key) <= 64:
        # HMAC fills short keys up with zeros itself.
        yield Pseudonymiser(key.ljust(32, b"\0")).token("EMAIL", value)
    yield f"EMAIL_{text70(hmac.digest(key or b'0', value.encode(), 'sha256'))}"


def without_key(value: str, salts: Iterable[bytes]) -> Iterator[str]:
    """Pseudonyms that a value could have by a hash alone."""
    raw = value.encode()
    for text in (raw, b"EMAIL" + raw, b"EMAIL_" + raw, *(salt + raw for salt in salts)):
        for name in ("sha256", "sha512", "blake2b"):
            digest = hashlib.new(name, text).digest()
            yield f"EMAIL_{text70(digest)}"
        yield f"EMAIL_{base64.b32encode(hashlib.sha256(text).digest())[:14].decode()}"


def test_the_attack_works_where_the_key_is_known(stolen):
    """The control: with the one key that is not in the folder everybody is found."""
    linked = {stolen.key.token("EMAIL", value) for value in stolen.listed} & stolen.truth.keys()
    assert len(linked) == PEOPLE == len(stolen.truth)
    domain = stolen.key.to_wire().domain
    assert set(with_key(domain, stolen.people[0])) & stolen.truth.keys()


def test_no_hash_without_a_key_links_anybody(stolen):
    desk = (stolen.folder / "desk.toml").read_text()
    salts = [
        word.encode() for word in re.findall(r'^(?:desk_id|officer_public_key) = "(\w+)"', desk, re.MULTILINE)
    ]
    assert len(salts) == 2
    tokens = stolen.truth.keys()
    # All that are known to be customers, and a tenth of those that are not.
    for value in (*stolen.people, *stolen.listed[::50]):
        for token in without_key(value, salts):
            assert token not in tokens
    for value in stolen.listed:
        assert f"EMAIL_{text70(hashlib.sha256(value.encode()).digest())}" not in tokens
        assert f"EMAIL_{text70(hmac.digest(salts[0], value.encode(), 'sha256'))}" not in tokens


def tried(stolen, keys: Iterable[bytes]) -> int:
    """Who has the folder may well have been a customer, and knows one address that is in it: one is enough to test a key."""
    known, tokens = stolen.people[0], stolen.truth.keys()
    count = 0
    for key in keys:
        count += 1
        for token in with_key(key, known):
            assert token not in tokens, "a key lies in the folder"
    return count


def test_no_key_is_made_of_what_lies_in_the_folder(stolen):
    assert tried(stolen, itertools.islice(guesses(stolen.folder), ENOUGH)) == ENOUGH


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_no_key_is_any_piece_of_any_file(stolen):
    assert tried(stolen, guesses(stolen.folder)) > 500_000


def test_no_key_file_came_along(stolen):
    keys = [path for path in stolen.keys.rglob("*") if path.is_file()]
    assert keys
    secrets = [path.read_bytes() for path in keys]
    wire = stolen.key.to_wire()
    for path in stolen.folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for secret in (wire.domain, wire.content):
                for form in (
                    secret,
                    secret.hex().encode(),
                    base64.b64encode(secret).rstrip(b"="),
                    base64.b32encode(secret).rstrip(b"="),
                ):
                    assert form not in data, path
            assert not [key for key in secrets if len(key) > 40 and key in data], path


def test_order_length_and_frequency_say_nothing_beyond_chance(stolen):
    """Pseudonyms of a kind have one length, no order of the values, and share nothing where the values do."""
    tokens = sorted(stolen.truth)
    assert {len(token) for token in tokens} == {len("EMAIL_") + 14}
    # The n-th pseudonym is the n-th address for about one in all of any such list.
    for order in (sorted(stolen.people), sorted(stolen.people, key=lambda one: one[::-1]), stolen.people):
        assert sum(stolen.truth[token] == one for token, one in zip(tokens, order, strict=True)) <= 8
    # Who has the number of cases of each knows the class, and within it nobody.
    sizes = Counter(str(row["customer"]) for row in stolen.rows)
    of = {person: 1 + number % 3 for number, person in enumerate(stolen.people)}
    classes: dict[int, list[str]] = defaultdict(list)
    for token, size in sorted(sizes.items()):
        classes[size].append(token)
    for size, group in classes.items():
        names = sorted(person for person, count in of.items() if count == size)
        assert len(group) == len(names) > 600
        assert sum(stolen.truth[token] == one for token, one in zip(group, names, strict=True)) <= 8
    # Neighbours in the alphabet, of one domain, have no more characters in common than strangers.
    near = sorted(stolen.people)
    token_of = {person: token for token, person in stolen.truth.items()}
    pairs = list(itertools.pairwise(near))
    equal = sum(
        a == b for one, other in pairs for a, b in zip(token_of[one][6:], token_of[other][6:], strict=True)
    )
    expected = len(pairs) * 14 / 32
    assert abs(equal - expected) < 6 * (expected**0.5)


def test_pseudonyms_of_another_desk_are_others(stolen, tmp_path):
    """A desk of one's own, with people one knows, is no key to this one."""
    made = Desk.create(tmp_path / "desk", keys=tmp_path / "keys", vault=tmp_path / "vault")
    from hushdesk.vault import Keyring

    own = Keyring.open(made.keys).pseudonymiser()
    assert not {own.token("EMAIL", person) for person in stolen.people} & stolen.truth.keys()


def test_nothing_that_was_typed_or_made_lies_in_the_folder(stolen, marks):
    finder = marks.Finder(stolen.planted)
    assert len(stolen.planted) > 100
    # Controls: the finder finds what was typed, and what has to be there is.
    assert finder.find(stolen.planted[0].value)
    names = {str(path.relative_to(stolen.folder)) for path in stolen.folder.rglob("*") if path.is_file()}
    assert {"accounts.sqlite", "asked.sqlite", "desk.toml", "ledger.sqlite"} <= names
    assert any(name.startswith("record") for name in names)
    raw = {name: (stolen.folder / name).read_bytes() for name in sorted(names)}
    for name, data in raw.items():
        finder.check(name, "the name of a file")
        finder.check(data, name)
    # Opening a database takes its log in: only now.
    for name, data in raw.items():
        if data[:6] == b"SQLite":
            with closing(sqlite3.connect(stolen.folder / name)) as db:
                finder.check("\n".join(db.iterdump()), f"the tables of {name}")
