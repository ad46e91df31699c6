"""Lists of address ranges as their makers publish them: AWS, Azure, Google, Tor, MISP, plain."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from hushdesk.guard.dialects.azure import load_service_tags
from hushdesk.incident._answer import Kin
from hushdesk.incident.errors import IncidentError

LARGEST: Final = 256 << 20
Range = tuple[int, int, int]
"""Version (4 or 6), first and last address."""
KINDS: Final[Mapping[str, Kin]] = {
    "own": Kin.OWN, "tor": Kin.TOR, "scanner": Kin.RESEARCH, "search": Kin.SEARCH, "cloud": Kin.CLOUD,
}  # fmt: skip
"""Words for the kind of a list that does not say it itself."""
_KNOWN: Final = (
    "AWS ip-ranges.json, Azure ServiceTags JSON, Google cloud.json and goog.json (and other lists of that form), the Tor"
    " project's exit lists, MISP warning lists, or one network a line after a line '# kind: scanner' with own, tor, scanner,"
    " search or cloud"
)
_EXIT: Final = re.compile(r"^ExitAddress (\S+)(?: (\d{4}-\d\d-\d\d))?", re.MULTILINE)
_HEADER: Final = re.compile(r"^[#;] *(kind|name|date) *: *(.{1,100}?) *$", re.IGNORECASE)
_DATE: Final = re.compile(r"(20\d\d)-?([01]\d)-?([0-3]\d)")
_CRAWLERS: Final[Mapping[str, tuple[Kin, str]]] = {
    "googlebot": (Kin.SEARCH, "Googlebot"),
    "special-crawlers": (Kin.SEARCH, "Google"),
    "user-triggered-fetchers": (Kin.SEARCH, "Google"),
    "bingbot": (Kin.SEARCH, "Bingbot"),
    "applebot": (Kin.SEARCH, "Applebot"),
    "goog": (Kin.CLOUD, "Google"),
}
_MISP: Final[tuple[tuple[str, Kin], ...]] = (
    (r"\btor\b", Kin.TOR),
    (r"scan|census|shodan|censys|shadowserver|binaryedge|onyphe|leakix", Kin.RESEARCH),
    (r"googlebot|bingbot|crawler|search engine|applebot|yandex|baidu|duckduckbot", Kin.SEARCH),
    (r"aws|amazon|azure|gcp|google|cloud|akamai|fastly|ovh|digitalocean|linode|oracle|hetzner|alibaba|tencent|vps|hosting", Kin.CLOUD),
)  # fmt: skip


class KinListError(IncidentError):
    """A list of addresses that cannot be read."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"the list {name} {problem}.", remedy=f"Known are {_KNOWN}.")


@dataclass(frozen=True, slots=True)
class KinList:
    """One file, and what the user says about it beyond what it says itself.

    Args of the user win over what stands in the file.
    """

    path: Path
    kind: Kin | None = None
    """Needed only where the file does not tell."""
    name: str = ""
    """``Shodan``."""
    date: str = ""
    """Of the list: ``2020-01-02``."""

    @classmethod
    def parse(cls, text: str) -> KinList:
        """Of ``path``, or ``kind=path`` with a word of :data:`KINDS`, as people write it on the command line."""
        word, equals, rest = text.partition("=")
        if equals and word in KINDS:
            return cls(Path(rest), KINDS[word])
        return cls(Path(text))


@dataclass(frozen=True, slots=True)
class Part:
    """Ranges of one name within a list."""

    kind: Kin
    name: str
    by: str
    ranges: tuple[Range, ...]


def read_list(given: KinList) -> list[Part]:
    """The parts of one list.

    Raises:
        KinListError: It cannot be read, or is of no known form, or does not tell its kind.
    """
    path = given.path
    try:
        if path.stat().st_size > LARGEST:
            raise KinListError(path.name, "is larger than 256 MB")
        data = path.read_bytes()
    except OSError:
        raise KinListError(path.name, "cannot be opened") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise KinListError(path.name, "is not text in UTF-8") from None
    if text.lstrip()[:1] in {"{", "["}:
        return list(_from_json(text, given))
    return list(_from_text(text, given))


def _from_json(text: str, given: KinList) -> Iterator[Part]:
    name = given.path.name
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise KinListError(name, "is not whole JSON") from None
    for fits, parts in _FORMS:
        if isinstance(content, dict) and fits(content):
            try:
                yield from parts(content, given)
            except (KeyError, TypeError, AttributeError, ValueError):
                raise KinListError(name, "has entries that are no networks") from None
            return
    raise KinListError(name, "has a form that is not known")


def _aws(content: Mapping[str, Any], given: KinList) -> Iterator[Part]:
    by = _by(given, _date(str(content.get("createDate", ""))), "AWS ip-ranges")
    groups: dict[str, list[Range]] = {}
    for key, field in (("prefixes", "ip_prefix"), ("ipv6_prefixes", "ipv6_prefix")):
        for entry in content.get(key, []):
            groups.setdefault(str(entry.get("region", "")), []).append(network(entry[field]))
    for region, ranges in groups.items():
        name = given.name or f"AWS {region}".removesuffix(" GLOBAL")
        yield Part(given.kind or Kin.CLOUD, _shown(name), by, tuple(ranges))


def _azure(_content: Mapping[str, Any], given: KinList) -> Iterator[Part]:
    by = _by(given, _date(given.path.name), "Azure service tags")
    # AzureCloud holds all that can be rented; its regions are the finest that is of use here.
    for tag, addresses in sorted(load_service_tags(given.path).items(), reverse=True):
        cloud, _dot, region = tag.partition(".")
        if cloud == "azurecloud":
            ranges = [(4, low, high) for low, high in addresses.v4] + [
                (6, low, high) for low, high in addresses.v6
            ]
            yield Part(
                given.kind or Kin.CLOUD, _shown(given.name or f"Azure {region}".strip()), by, tuple(ranges)
            )


def _google(content: Mapping[str, Any], given: KinList) -> Iterator[Part]:
    stem = given.path.name.lower()
    entries = content["prefixes"]
    scoped = any("service" in entry for entry in entries)
    kind, name = (Kin.CLOUD, "Google Cloud") if scoped else next(
        (known for word, known in _CRAWLERS.items() if word in stem), (None, "")
    )  # fmt: skip
    kind, name = given.kind or kind, given.name or name
    if kind is None:
        raise KinListError(given.path.name, "does not say whose it is and of what kind")
    by = _by(given, _date(str(content.get("creationTime", ""))), given.path.name)
    groups: dict[str, list[Range]] = {}
    for entry in entries:
        prefix = entry["ipv4Prefix"] if "ipv4Prefix" in entry else entry["ipv6Prefix"]
        groups.setdefault(str(entry.get("scope", "")), []).append(network(prefix))
    for scope, ranges in groups.items():
        shown = f"{name} {scope}".removesuffix(" global").strip()
        yield Part(kind, _shown(shown), by, tuple(ranges))


def _misp(content: Mapping[str, Any], given: KinList) -> Iterator[Part]:
    title = str(content["name"])
    about = f"{title} {given.path.parent.name}".lower()
    kind = given.kind or next((kin for words, kin in _MISP if re.search(words, about)), None)
    if kind is None:
        raise KinListError(given.path.name, "is a MISP warning list of no kind that tells who came")
    ranges = []
    for entry in content["list"]:
        # Lists can mix networks with names of hosts, which no address is compared with.
        try:
            ranges.append(network(entry))
        except ValueError:
            continue
    if not ranges:
        raise KinListError(given.path.name, "has no networks")
    by = _by(given, _date(str(content.get("version", ""))), "MISP warning list")
    yield Part(kind, _shown(given.name or title), by, tuple(ranges))


_FORMS: Final[
    tuple[tuple[Callable[[Mapping[str, Any]], bool], Callable[[Mapping[str, Any], KinList], Iterator[Part]]], ...]
] = (
    (lambda c: "syncToken" in c and isinstance(c.get("prefixes"), list), _aws),
    (lambda c: isinstance(c.get("values"), list) and ("cloud" in c or "changeNumber" in c), _azure),
    (lambda c: isinstance(c.get("prefixes"), list) and bool(c["prefixes"]), _google),
    (lambda c: isinstance(c.get("list"), list) and isinstance(c.get("name"), str), _misp),
)  # fmt: skip


def _from_text(text: str, given: KinList) -> Iterator[Part]:
    exits = _EXIT.findall(text)
    if exits:
        newest = max(day for _, day in exits)
        try:
            ranges = tuple(network(each) for each, _ in exits)
        except ValueError:
            raise KinListError(given.path.name, "has entries that are no addresses") from None
        yield Part(given.kind or Kin.TOR, given.name, _by(given, newest, "Tor exit addresses"), ranges)
        return
    said: dict[str, str] = {}
    found: list[Range] = []
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            said.setdefault(header[1].lower(), header[2])
            continue
        entry = re.split(r"[#;]", line, maxsplit=1)[0].strip()
        if entry:
            try:
                found.append(network(entry))
            except ValueError:
                raise KinListError(given.path.name, f"has no network on line {number}") from None
    stem = given.path.name.lower()
    kind = given.kind or KINDS.get(said.get("kind", "").lower())
    if kind is None and re.search(r"tor.?(bulk)?.?exit", stem):
        kind = Kin.TOR
    if kind is None:
        raise KinListError(given.path.name, "does not say of what kind it is")
    if not found:
        raise KinListError(given.path.name, "has no networks")
    day = _date(said.get("date", "")) or _date(given.path.name)
    yield Part(
        kind, _shown(given.name or said.get("name", "")), _by(given, day, given.path.name), tuple(found)
    )


def network(text: object) -> Range:
    """One address, network or range ``first-last``; host bits are ignored.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(text, str):
        raise ValueError("no network")  # noqa: TRY004 - callers ask whether it is one, not why not
    first, dash, last = text.partition("-")
    if dash:
        low, high = ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
        if low.version != high.version or int(low) > int(high):
            raise ValueError("no range")
        return low.version, int(low), int(high)
    whole = ipaddress.ip_network(text.strip(), strict=False)
    return whole.version, int(whole.network_address), int(whole.broadcast_address)


def _by(given: KinList, day: str, what: str) -> str:
    if given.date:
        day = given.date
    if not day:
        written = datetime.fromtimestamp(given.path.stat().st_mtime, UTC).date()
        return f"{_shown(what)}, without a date, file of {written.isoformat()}"
    return f"{_shown(what)} of {day}"


def _date(text: str) -> str:
    match = _DATE.search(text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat() if match else ""
    except ValueError:
        return ""


def _shown(text: str) -> str:
    """A name as it may be shown."""
    return "".join(char for char in text[:100] if char.isprintable())
