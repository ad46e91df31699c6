"""Large stores in little time: sealed rows and vault entries made straight, with pseudonyms that are real for the vault.

For benchmarks and drills at sizes at which making exports and loading them would take hours. What loading does to a case
is not measured here, and the texts are poor; who is who is as in a loaded desk: customers are known by their e-mail
address, agents by theirs, names that stand in a text alone by the case.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar

import pyarrow as pa

from hushdesk.cases import SEALED_SCHEMA
from hushdesk.errors import TransientError
from hushdesk.store import EmbeddedStore
from hushdesk.vault import PeopleVault, Pseudonymiser, VaultEntry

T = TypeVar("T")

_TRIES: Final = 6
BATCH: Final = 20_000
PLACES: Final = (
    ("en", "US"), ("en", "GB"), ("de", "DE"), ("fr", "FR"), ("es", "ES"), ("pl", "PL"), ("ja", "JP"), ("zh", "CN"),
    ("pt", "BR"), ("it", "IT"),
)  # fmt: skip
PRODUCTS: Final = ("Router", "Printer", "Phone", "Tablet", "Backup", "Mail", "Office")
CATEGORIES: Final = ("billing", "network", "account", "hardware", "health device", "other")
AGENTS: Final = 200
_FIRST: Final = datetime(2005, 1, 1, tzinfo=UTC)
_MINUTES: Final = 15 * 525_600
_SENTENCES: Final = (
    "The device does not start since the update to version {a}.{b}.",
    "I have tried it {b} times and error {a:04d} is shown each time.",
    "Please call back between {b} past nine and noon, on day {a} at the latest.",
    "After the exchange of the cable it works, but only for {b} minutes.",
    "The invoice of last month names {a} items, and I ordered {b}.",
    "Nothing in the manual says what lamp {b} means when it blinks.",
)


@dataclass(slots=True)
class Filled:
    """What was written, to be compared with what is found."""

    cases: int = 0
    customers: int = 0
    agents: int = 0
    mentioned: int = 0
    leftovers: set[str] = field(default_factory=set)
    """Own pseudonyms of those of whom a value stands in a text as it is."""


def _syllables(number: int) -> str:
    """Letters that stand for a number, as unlike a word as can be."""
    return "".join("bcdfghjkvz"[int(d)] + "aeiou"[int(d) % 5] for d in f"{number:07d}").capitalize()


def address(number: int) -> str:
    """The e-mail address of a customer."""
    return f"u{number:07d}@mail{number % 97}.example"


def phone(number: int) -> str:
    """The phone number of a customer."""
    return f"+49 30 {number + 10_000_000:08d}"


def fill(
    store: EmbeddedStore,
    vault: PeopleVault,
    pseudonyms: Pseudonymiser,
    n_cases: int,
    n_persons: int,
    seed: int,
    *,
    load_id: int = 1,
    leftovers: int = 0,
    on_batch: Callable[[int], None] = lambda _done: None,
) -> Filled:
    """Write cases into a store and their people into a vault, both open for writing.

    Args:
        store: Where the sealed rows go.
        vault: Where the people go; the keys are those it was opened with.
        pseudonyms: ``keyring.pseudonymiser()`` of the same keyring.
        n_cases: Cases to write, at most one for each number from 0.
        n_persons: People all in all: 200 agents (fewer in small stores), a fifth named in texts only, the rest customers. Every
            one of them is in a case if there are at least as many cases as customers.
        seed: The same seed gives the same rows under the same keys.
        load_id: Number of the load that the cases shall have come with.
        leftovers: So many cases hold the e-mail address or phone number of their customer in clear.
        on_batch: Told after each batch how many cases are done.
    """
    chance = random.Random(seed)
    agents = max(1, min(AGENTS, n_persons // 20))
    mentioned = n_persons // 5
    customers = n_persons - agents - mentioned
    done = Filled(0, customers, agents, mentioned)
    agent_entries = [_agent(pseudonyms, number) for number in range(agents)]
    vault.put_many(agent_entries)
    agent_tokens = [entry.person_token for entry in agent_entries]
    tokens: list[tuple[str, str, str]] = []
    for start in range(0, customers, BATCH):
        vault.put_many(_customers(pseudonyms, range(start, min(start + BATCH, customers)), tokens))
    pool = _pool(chance)
    bare = set(chance.sample(range(n_cases), leftovers))
    for start in range(0, n_cases, BATCH):
        rows, names = _Rows(pool, load_id), list[VaultEntry]()
        for number in range(start, min(start + BATCH, n_cases)):
            dice = chance.getrandbits(64)
            who = number if number < customers else (dice >> 16) % customers
            case_id = pseudonyms.case_id("synthetic", f"{seed}/{number}")
            name = ""
            if number < mentioned:
                name = pseudonyms.case_token("PERSON", f"named {number}", case_id)
                language, country = PLACES[number % len(PLACES)]
                names.append(
                    VaultEntry(name, name, "PERSON", f"{_syllables(number)} Namedis", language, country)
                )
            clear = ""
            if number in bare:
                clear = phone(who) if tokens[who][2] and number % 2 else address(who)
                done.leftovers.add(tokens[who][0])
            rows.add(dice, case_id, number, tokens[who], agent_tokens[dice % agents], name, clear)
        vault.put_many(names)
        # The same token adds nothing twice.
        patiently(partial(store.insert, rows.table(), f"filled {seed} {load_id} {start}"))
        done.cases += len(rows)
        on_batch(done.cases)
    return done


def patiently(ask: Callable[[], T]) -> T:
    """Ask the store, and again after a while where its engine is short of memory: merges of what came before take it.

    Raises:
        TransientError: It still was after :data:`_TRIES` times.
    """
    for attempt in range(_TRIES - 1):
        try:
            return ask()
        except TransientError:
            time.sleep(5 * (attempt + 1))
    return ask()


def _agent(pseudonyms: Pseudonymiser, number: int) -> VaultEntry:
    mail = f"agent{number:03d}@desk.example"
    own = pseudonyms.token("PERSON", f"EMAIL:{mail}")
    return VaultEntry(own, pseudonyms.token("EMAIL", mail), "EMAIL", mail, "en", "IE")


def _customers(
    pseudonyms: Pseudonymiser, numbers: range, tokens: list[tuple[str, str, str]]
) -> Iterator[VaultEntry]:
    for number in numbers:
        language, country = PLACES[number % len(PLACES)]
        mail = address(number)
        own, mail_token = pseudonyms.token("PERSON", f"EMAIL:{mail}"), pseudonyms.token("EMAIL", mail)
        phone_token = pseudonyms.token("PHONE", phone(number)) if number % 2 else ""
        tokens.append((own, mail_token, phone_token))
        yield VaultEntry(own, own, "PERSON", f"{_syllables(number)} Customeris", language, country)
        yield VaultEntry(own, mail_token, "EMAIL", mail, language, country)
        if phone_token:
            yield VaultEntry(own, phone_token, "PHONE", phone(number), language, country)


class _Rows:
    """Columns of sealed cases while they grow; what all of them share is written once at the end."""

    def __init__(self, pool: Sequence[tuple[str, str]], load_id: int) -> None:
        self._pool, self._load_id = pool, load_id
        self._columns: dict[str, list[Any]] = {
            name: []
            for name in (
                "case_id", "content_mac", "number", "opened_at", "closed_at", "subject", "description", "messages.text",
                "messages.at", "messages.author", "customer", "agent", "people", "tokens", "kinds", "country", "language",
                "product", "category", "status",
            )
        }  # fmt: skip

    def __len__(self) -> int:
        return len(self._columns["case_id"])

    def add(
        self,
        dice: int,
        case_id: str,
        number: int,
        customer: tuple[str, str, str],
        agent: str,
        name: str,
        clear: str,
    ) -> None:
        """One case; ``dice`` are 64 random bits."""
        own, mail, phone_token = customer
        opened = _FIRST + timedelta(minutes=(dice & 0xFFFFFF) % _MINUTES)
        subject, body = self._pool[(dice >> 24) % len(self._pool)]
        texts = [self._pool[(dice >> 40) % len(self._pool)][1], f"Write to {mail}."]
        if name:
            texts.append(f"{name} is my neighbour and has the same.")
        if phone_token:
            texts.append(f"My number is {phone_token}.")
        if clear:
            texts.append(f"Reach me at {clear} instead.")
        language, country = PLACES[number % len(PLACES)]
        values = (
            case_id, hashlib.blake2b(case_id.encode(), digest_size=16).digest(), f"SR-{number:08d}", opened,
            opened + timedelta(days=3) if number % 3 else None, subject, body,
            [" ".join(texts), f"Thank you, {own}. We look into it."], [opened, opened + timedelta(hours=2)], [own, agent],
            own, agent, [own, agent], sorted(filter(None, (own, agent, name, mail, phone_token))),
            ["EMAIL", "PERSON", "PHONE"] if phone_token else ["EMAIL", "PERSON"], country, language,
            PRODUCTS[number % len(PRODUCTS)], CATEGORIES[number % len(CATEGORIES)], "closed" if number % 3 else "open",
        )  # fmt: skip
        for into, value in zip(self._columns.values(), values, strict=True):
            into.append(value)

    def table(self) -> pa.Table:
        """As the store wants it."""
        shared: dict[str, Any] = {
            "source": "synthetic",
            "channel": "email",
            "load_id": self._load_id,
            "messages.visibility": ["public", "public"],
            "messages.role": ["customer", "agent"],
            "messages.attachments": ["", ""],
            **{name: [] for name in ("notes", "tags", "attachments")},
            **dict.fromkeys(("updated_at", "first_reply_at")),
        }
        return pa.table(
            [
                pa.array(self._columns[field.name], field.type)
                if field.name in self._columns
                else pa.repeat(pa.scalar(shared.get(field.name, ""), field.type), len(self))
                for field in SEALED_SCHEMA
            ],
            schema=SEALED_SCHEMA,
        )


def _pool(chance: random.Random) -> list[tuple[str, str]]:
    """Subjects and bodies to be drawn from."""
    subjects = ("Does not start", "Invoice", "Question about the manual", "No connection")
    return [
        (
            chance.choice(subjects),
            " ".join(
                sentence.format(a=chance.randrange(2_000), b=chance.randrange(2, 60))
                for sentence in chance.sample(_SENTENCES, 4)
            ),
        )
        for _ in range(4_096)
    ]
