"""The lines of ``pg_hba.conf``: tokens, connection types, addresses, methods.

Source: the server's ``hba.c`` (tokens, quoting, commas, includes) and the manual's page "The pg_hba.conf File".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hushdesk.guard._addresses import EVERYWHERE, AddressSet
from hushdesk.guard._policy import Place, Sources
from hushdesk.guard.posture._bind import LOOPBACK
from hushdesk.guard.posture._files import MOST_INCLUDES, ConfigFile, Run

TYPES: Final = frozenset({"local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"})
INCLUDES: Final = frozenset({"include", "include_if_exists", "include_dir"})
PASSWORDS: Final = frozenset(
    {"password", "md5", "scram-sha-256", "ldap", "radius", "pam", "bsd", "crypt", "oauth"}
)
PROOFS: Final = PASSWORDS | {"gss", "sspi", "cert", "peer", "krb5"}
METHODS: Final = PROOFS | {"trust", "reject", "ident"}

_LOOKS: Final = re.compile(
    r"(?im)^[ \t#]*(local|host|hostssl|hostnossl|hostgssenc|hostnogssenc)[ \t]+\S+[ \t]+\S+[ \t]+(\S+[ \t]+){0,2}"
    r"(trust|reject|ident|peer|md5|password|scram-sha-256|gss|sspi|cert|ldap|radius|pam|bsd|oauth)\b"
)
_REAL: Final = re.compile(r"(?im)^[ \t]*(local|host(ssl|nossl|gssenc|nogssenc)?)[ \t]+\S+[ \t]+\S+[ \t]")


@dataclass(frozen=True, slots=True)
class Word:
    """A token. A quoted keyword is a plain name."""

    text: str
    quoted: bool = False

    def keyword(self, *names: str) -> bool:
        """Whether it is one of these, with its special meaning."""
        return not self.quoted and self.text in names


@dataclass(frozen=True, slots=True)
class Line:
    """One line that speaks of connections over the network, or one in doubt."""

    kind: str
    databases: tuple[Word, ...]
    users: tuple[Word, ...]
    sources: Sources
    method: str
    needs_certificate: bool
    words: str
    place: Place
    doubt: str = ""
    """Why it may match less, or may be something else."""


def looks_like(text: str) -> bool:
    """Whether a text holds lines of this kind, at least as its comments' examples."""
    return bool(_LOOKS.search(text)) and (bool(_REAL.search(text)) or "METHOD" in text)


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines, joined where one ends with a backslash, with the number of their first."""
    start, held = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        start = start or number
        if line.endswith("\\"):
            held += line[:-1]
            continue
        yield start, held + line
        start, held = 0, ""
    if held:
        yield start, held


def fields(line: str) -> list[list[Word]]:
    """The fields of a line, each a list of tokens that commas joined.

    Raises:
        ValueError: A quote is not closed.
    """
    found: list[list[Word]] = []
    at, size = 0, len(line)
    joining = False
    while True:
        while at < size and (line[at].isspace() or line[at] == ","):
            at += 1
        if at >= size or line[at] == "#":
            return found
        text, inside, initial = [], False, line[at] == '"'
        while at < size:
            char = line[at]
            if not inside and (char.isspace() or char in ",#"):
                break
            if char == '"':
                # A doubled quote inside quotes stands for one.
                if inside and line[at + 1 : at + 2] == '"':
                    text.append('"')
                    at += 1
                else:
                    inside = not inside
            else:
                text.append(char)
            at += 1
        if inside:
            raise ValueError("a quote is not closed")
        word = Word("".join(text), initial)
        if joining:
            found[-1].append(word)
        else:
            found.append([word])
        joining = at < size and line[at] == ","


def read_lines(run: Run, file: ConfigFile, above: tuple[str, ...] = (), count: int = 0) -> Iterator[Line]:
    """The lines of a file and of what it includes, in order; without those for Unix sockets."""
    if run.in_circles(file, above):
        return
    for number, text in logical_lines(file.text):
        place = file.place(number)
        try:
            parts = fields(text)
        except ValueError:
            run.malformed(
                place, "a quote is not closed: PostgreSQL does not load the file", "close the quote"
            )
            yield _doubtful(text, place, "a quote is not closed")
            continue
        if not parts:
            continue
        word = parts[0][0].text
        if word in INCLUDES:
            yield from _include(run, file, place, parts, (*above, file.path), count)
            continue
        yield from _line(run, parts, text, place)


def _include(
    run: Run,
    file: ConfigFile,
    place: Place,
    parts: Sequence[Sequence[Word]],
    above: tuple[str, ...],
    count: int,
) -> Iterator[Line]:
    kind, target = parts[0][0].text, parts[1][0].text if len(parts) > 1 else ""
    if not target or count > MOST_INCLUDES:
        run.malformed(place, "an include without a file, or too many of them", "name the file")
        return
    folder = kind == "include_dir"
    found = run.find(file, target.rstrip("/") + "/*.conf" if folder else target)
    for one in found:
        run.use(one)
        yield from read_lines(run, one, above, count + 1)
    if not found and run.report_missing(file, place.line, target, many=folder):
        yield _doubtful(f"{kind} {target}", place, f"{target} was not given, and may let anybody in")


def _doubtful(words: str, place: Place, why: str) -> Line:
    everything = (Word("all"),)
    sources = Sources.unknown(words.strip(), why)
    return Line("host", everything, everything, sources, "trust", False, " ".join(words.split()), place, why)


def _line(run: Run, parts: Sequence[Sequence[Word]], text: str, place: Place) -> Iterator[Line]:
    words = " ".join(text.split("#", maxsplit=1)[0].split()) if '"' not in text else " ".join(text.split())
    kind = parts[0][0].text
    if kind not in TYPES:
        run.malformed(
            place,
            "the line begins with no connection type: PostgreSQL does not load the file",
            "begin it with host or local",
        )
        yield _doubtful(words, place, "its connection type is not known")
        return
    local = kind == "local"
    if len(parts) < (4 if local else 5):
        run.malformed(
            place,
            "the line is too short: PostgreSQL does not load the file",
            "give database, user, address, method",
        )
        if not local:
            yield _doubtful(words, place, "the line is cut off")
        return
    if local:
        method = parts[3][0].text
        if method not in METHODS:
            run.malformed(
                place,
                "the method is not known: PostgreSQL does not load the file",
                "name a method, such as peer",
            )
        return
    sources, at = _sources(run, parts, place)
    if at >= len(parts):
        run.malformed(
            place,
            "the line names no method: PostgreSQL does not load the file",
            "name one, such as scram-sha-256",
        )
        yield _doubtful(words, place, "the method is missing")
        return
    method = parts[at][0].text
    doubt = sources.why
    if method not in METHODS or method == "peer":
        problem = "peer works for local lines only" if method == "peer" else "the method is not known"
        run.malformed(
            place, f"{problem}: PostgreSQL does not load the file", "name a method, such as scram-sha-256"
        )
        method, doubt = "trust", f"{problem}; it is taken for trust"
    options = dict(part[0].text.partition("=")[::2] for part in parts[at + 1 :])
    # ``trust`` with a client certificate asks for a proof all the same.
    certificate = options.get("clientcert", "0").lower() in {"1", "verify-ca", "verify-full"}
    yield Line(
        kind,
        tuple(parts[1]),
        tuple(parts[2]),
        sources,
        method,
        certificate and kind == "hostssl",
        words,
        place,
        doubt,
    )


def _sources(run: Run, parts: Sequence[Sequence[Word]], place: Place) -> tuple[Sources, int]:
    """The addresses of a line, and the index of the field behind them."""
    word = parts[3][0]
    text = word.text
    if len(parts[3]) > 1:
        run.malformed(
            place, "more than one address: PostgreSQL does not load the file", "write a line for each"
        )
        return Sources.unknown(text, "more than one address stands in the line"), 4
    if word.keyword("all"):
        return Sources.exactly(EVERYWHERE, "all"), 4
    if word.keyword("samehost"):
        # The machine itself. From outside nobody holds one of its addresses.
        return Sources.exactly(LOOPBACK, "samehost"), 4
    if word.keyword("samenet"):
        why = "the networks of the server's interfaces are not written here; write them out as CIDR"
        return Sources(EVERYWHERE, LOOPBACK, "samenet", why), 4
    try:
        address, slash, length = text.partition("/")
        known = ipaddress.ip_address(address)
    except ValueError:
        return _by_name(run, text, place), 4
    if slash:
        try:
            if not length.isdecimal():
                raise ValueError("a mask, where PostgreSQL wants a length")
            return Sources.exactly(AddressSet.parse(f"{address}/{length}"), text), 4
        except ValueError:
            run.malformed(
                place,
                "no valid length stands behind the slash: PostgreSQL does not load the file",
                "write 0 to 32, or 0 to 128",
            )
            return Sources.unknown(text, "the length of the network is wrong"), 4
    mask = parts[4][0].text
    try:
        return Sources.exactly(_masked(known, mask), f"{text} {mask}"), 5
    except ValueError:
        run.malformed(
            place,
            "an address needs a length or a mask: PostgreSQL does not load the file",
            "write it as CIDR, such as 192.0.2.7/32",
        )
        method_follows = mask in METHODS
        return Sources(
            EVERYWHERE, AddressSet(), text, "the mask is missing or wrong"
        ), 4 if method_follows else 5


def _masked(address: ipaddress.IPv4Address | ipaddress.IPv6Address, mask: str) -> AddressSet:
    """PostgreSQL takes any mask, also one with holes; only masks without holes make a network."""
    known = ipaddress.ip_address(mask)
    bits = 32 if known.version == 4 else 128
    if known.version != address.version:
        raise ValueError("the mask is of the other family")
    inverted = int(known) ^ (2**bits - 1)
    if inverted & (inverted + 1):
        raise ValueError("the mask has holes")
    low = int(address) & int(known)
    pairs = ((low, low | inverted),)
    return AddressSet(pairs, ()) if known.version == 4 else AddressSet((), pairs)


def _by_name(run: Run, text: str, place: Place) -> Sources:
    if text.lower() == "localhost":
        return Sources.exactly(LOOPBACK, text)
    why = "which addresses the name stands for is not written here; write them out as CIDR"
    run.unresolved(place, text, why)
    return Sources.unknown(text, why)
