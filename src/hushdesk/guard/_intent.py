"""The intent file: which stores there are, and who may reach them. TOML, written by people, read strictly."""

from __future__ import annotations

import fnmatch
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hushdesk.guard._addresses import EMPTY, EVERYWHERE, PRIVATE, PUBLIC, AddressSet
from hushdesk.guard._engines import ALIASES, ENGINES
from hushdesk.guard._findings import Endpoint
from hushdesk.guard._intervals import ALL_PORTS, TOP_PORT, Intervals
from hushdesk.guard.errors import IntentError

WORDS: Final = {"private": PRIVATE, "internet": PUBLIC, "anywhere": EVERYWHERE}
"""Sources that may be written as a word."""
_STORE_KEYS: Final = frozenset(
    {"name", "engine", "resources", "addresses", "ports", "data_class", "approved", "owner"}
)
_APPROVED_KEYS: Final = frozenset({"sources", "ports", "why", "until"})


@dataclass(frozen=True, slots=True)
class Approval:
    """Sources that somebody has allowed, and why."""

    sources: AddressSet
    ports: Intervals
    why: str


@dataclass(frozen=True, slots=True)
class GuardedStore:
    """One store of the inventory with its intent."""

    name: str
    engine: str
    resources: tuple[str, ...]
    """Patterns (``*`` and ``?``) of names under which inputs know it."""
    addresses: AddressSet
    ports: tuple[int, ...]
    data_class: str
    approvals: tuple[Approval, ...]

    def approved(self, port: int) -> AddressSet:
        """Everybody who may reach a port."""
        found = EMPTY
        for approval in self.approvals:
            if port in approval.ports:
                found |= approval.sources
        return found

    def is_of(self, endpoint: Endpoint) -> bool:
        """Whether an endpoint of some input belongs to this store."""
        names = [name.casefold() for name in (endpoint.name, *endpoint.aliases)]
        if any(fnmatch.fnmatchcase(name, pattern.casefold()) for pattern in self.resources for name in names):
            return True
        return any(
            self._has(text) for path in endpoint.paths for text in (*path.addresses, *endpoint.aliases)
        )

    def _has(self, text: str) -> bool:
        if not self.addresses:
            return False
        try:
            return bool(AddressSet.parse(text) & self.addresses)
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Intent:
    """The inventory. Without a file there is none, and only private addresses are taken as approved."""

    stores: tuple[GuardedStore, ...] = ()
    file: str = ""

    def store_of(self, endpoint: Endpoint) -> GuardedStore | None:
        """The first store to which an endpoint belongs."""
        return next((store for store in self.stores if store.is_of(endpoint)), None)

    def named(self, name: str) -> GuardedStore | None:
        """The store of this name."""
        return next((store for store in self.stores if store.name == name), None)


def read_intent(path: Path) -> Intent:
    """Read an intent file.

    Raises:
        IntentError: It is no TOML, or something in it is not understood. Nothing is guessed.
    """
    file = str(path)
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise IntentError(file, "", error.strerror or "cannot be read", "Name an intent file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IntentError(file, "", f"no valid TOML: {error}", "See docs/guard.md for the form.") from None
    except (ValueError, RecursionError):
        raise IntentError(
            file, "", "TOML nested too deeply, or with an endless number", "See docs/guard.md for the form."
        ) from None
    _known(file, "", content, frozenset({"store"}))
    stores = content.get("store", [])
    if not isinstance(stores, list) or not all(isinstance(store, dict) for store in stores):
        raise IntentError(file, "store", "stores are written as [[store]]", "See docs/guard.md for the form.")
    found = tuple(_store(file, number, store) for number, store in enumerate(stores, 1))
    names = [store.name for store in found]
    for name in names:
        if names.count(name) > 1:
            raise IntentError(
                file, f"store {name!r}", "this name occurs twice", "Give each store a name of its own."
            )
    return Intent(found, file)


def _known(file: str, where: str, table: dict[str, Any], keys: frozenset[str]) -> None:
    for key in table:
        if key not in keys:
            raise IntentError(
                file, where, f"the key {key!r} is not known", f"Known are: {', '.join(sorted(keys))}."
            )


def _store(file: str, number: int, table: dict[str, Any]) -> GuardedStore:
    where = f"store {number}"
    _known(file, where, table, _STORE_KEYS)
    name = table.get("name")
    if not isinstance(name, str) or not name:
        raise IntentError(file, where, "it has no name", 'Add name = "...".')
    where = f"store {name!r}"
    engine = table.get("engine", "")
    engine = ALIASES.get(engine, engine)
    if engine and engine not in ENGINES:
        raise IntentError(file, where, "this engine is not known", f"Known are: {', '.join(ENGINES)}.")
    ports = table.get("ports", list(ENGINES[engine].tcp) if engine else [])
    if not isinstance(ports, list) or not all(_is_port(port) for port in ports):
        raise IntentError(file, where, "ports are whole numbers up to 65535", "Write ports = [9200].")
    resources = _texts(file, where, table, "resources")
    addresses = _addresses(file, where, _texts(file, where, table, "addresses"))
    if not resources and not addresses:
        raise IntentError(
            file, where, "nothing says which resource it is", "Add resources = [...] or addresses = [...]."
        )
    approvals = table.get("approved", [])
    if not isinstance(approvals, list) or not all(isinstance(one, dict) for one in approvals):
        raise IntentError(
            file, where, "approvals are written as [[store.approved]]", "See docs/guard.md for the form."
        )
    return GuardedStore(
        name,
        engine,
        resources,
        addresses,
        tuple(ports),
        str(table.get("data_class", "")),
        tuple(_approval(file, f"{where}, approval {number}", one) for number, one in enumerate(approvals, 1)),
    )


def _approval(file: str, where: str, table: dict[str, Any]) -> Approval:
    _known(file, where, table, _APPROVED_KEYS)
    sources = _addresses(file, where, _texts(file, where, table, "sources"))
    if not sources:
        raise IntentError(file, where, "it names no sources", 'Write sources = ["198.51.100.0/24"].')
    ports = table.get("ports")
    if ports is None:
        numbers = ALL_PORTS
    elif isinstance(ports, list) and all(_is_port(port) for port in ports):
        numbers = Intervals([(port, port) for port in ports], TOP_PORT)
    else:
        raise IntentError(file, where, "ports are whole numbers up to 65535", "Write ports = [9200].")
    return Approval(sources, numbers, str(table.get("why", "")))


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= TOP_PORT


def _texts(file: str, where: str, table: dict[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise IntentError(file, where, f"{key} is a list of texts", f'Write {key} = ["..."].')
    return tuple(value)


def _addresses(file: str, where: str, texts: tuple[str, ...]) -> AddressSet:
    found = EMPTY
    for text in texts:
        try:
            found |= WORDS[text] if text in WORDS else AddressSet.parse(text)
        except ValueError:
            raise IntentError(
                file,
                where,
                f"{text!r} is no source",
                f"Write an address, a network, a range first-last, or one of: {', '.join(WORDS)}.",
            ) from None
    return found
