"""Who gets past ``pg_hba.conf``, and who without a password: exact sets.

The first line that matches type, database, user and address decides, and there is no fall-through. So for one database and one user the
file is a list of which the first match decides by address. Over all databases and users: a source gets in without a password if there is
*some* database and *some* user for which the line that decides says ``trust``. Only names that occur in the file need to be told apart, and
one more that occurs nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from hushdesk.guard._addresses import EMPTY, EVERYWHERE, PUBLIC, AddressSet
from hushdesk.guard._policy import Action, Rule, Sources, Stage
from hushdesk.guard.posture._files import ConfigFile, Run
from hushdesk.guard.posture._pghba_lines import PROOFS, Line, Word, looks_like, read_lines
from hushdesk.guard.posture._server import Login

__all__ = ["Access", "looks_like", "read"]

ANOTHER: Final = "\0"
"""A database or a user that no line names."""
SAME: Final = "\0same"
"""A user that no line names, and the database of that name: there is one after every installation."""
REPLICATION: Final = "\0replication"
"""Physical replication is asked for in place of a database; ``all`` does not mean it."""
MOST_PAIRS: Final = 2_000_000
MOST_ATOMS: Final = 20_000

Match = tuple[bool, bool]
"""Whether a line matches surely, and whether it may match."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a ``pg_hba.conf`` says to each source."""

    stage: Stage
    """Whoever finds some database and user with which the line that decides does not reject."""
    connecting: Sources
    login: Login
    encrypted: bool | None
    """Whether nobody gets in without TLS."""


@dataclass(slots=True)
class _Reach:
    """For one line: the sources for which it decides, with some database and user."""

    upper: AddressSet = EMPTY
    lower: AddressSet = EMPTY


def read(run: Run, file: ConfigFile, *, tls: bool | None) -> Access:
    """Reads the file and what it includes.

    Args:
        run: Takes the remarks.
        file: The file.
        tls: Whether the server has TLS; ``None`` is unknown.
    """
    lines = list(read_lines(run, file))
    reaches = [_Reach() for _ in lines]
    atoms = _atoms(lines, tls)
    if atoms is None:
        run.unresolved(
            file.place(), "pg_hba.conf", "too many databases and users to tell apart; taken as unknown"
        )
        for reach, line in zip(reaches, lines, strict=True):
            reach.upper = line.sources.upper
    else:
        for atom in atoms:
            _first_match(lines, atom, reaches)
    return _access(file, lines, reaches, tls=tls)


@dataclass(frozen=True, slots=True)
class _Atom:
    """How the lines see one choice of transport, database and user, as masks of one bit a line."""

    sure: int
    perhaps: int
    """Lines that match surely, and all that may match."""
    possible: bool
    """False: it is not certain that such a connection can be made at all."""


def _atoms(lines: Sequence[Line], tls: bool | None) -> set[_Atom] | None:
    """Every choice that some line sees differently; ``None`` if there are too many."""
    databases = {word.text for line in lines for word in line.databases if _plain_database(word)}
    users = {word.text for line in lines for word in line.users if _plain_user(word)}
    transports = [("plain", True)]
    if tls is not False:
        transports.append(("tls", tls is True))
    if any(line.kind in {"hostgssenc", "hostnogssenc"} for line in lines):
        transports.append(("gss", False))
    if (len(databases) + 2) * (len(users) + 1) > MOST_PAIRS:
        return None
    by_database = _by_name(
        databases,
        lines,
        lambda line: [word.text for word in line.databases if _plain_database(word)],
        _databases,
    )
    by_database[REPLICATION] = _masks(_databases(line, REPLICATION) for line in lines)
    by_user = _by_name(
        users, lines, lambda line: [word.text for word in line.users if _plain_user(word)], _users
    )
    same = sum(
        1 << i for i, line in enumerate(lines) if any(word.keyword("sameuser") for word in line.databases)
    )
    pairs = {
        (sure & user_sure, perhaps & user_perhaps)
        for database, (sure, perhaps) in by_database.items()
        for user, (user_sure, user_perhaps) in by_user.items()
        if database != user or database == ANOTHER
    }
    for name in (*databases, *users, SAME):
        sure, perhaps = by_database.get(name, by_database[ANOTHER])
        user_sure, user_perhaps = by_user.get(name, by_user[ANOTHER])
        pairs.add(((sure | same) & user_sure, (perhaps | same) & user_perhaps))
    if len(pairs) > MOST_ATOMS:
        return None
    found = set()
    for transport, possible in transports:
        passing = sum(1 << i for i, line in enumerate(lines) if _transport(line.kind, transport))
        found |= {_Atom(sure & passing, perhaps & passing, possible) for sure, perhaps in pairs}
    return found


def _by_name(
    names: Iterable[str],
    lines: Sequence[Line],
    named: Callable[[Line], list[str]],
    match: Callable[[Line, str], Match],
) -> dict[str, tuple[int, int]]:
    """For each name and for one that no line writes down: the lines that match it, as masks."""
    base = _masks(match(line, ANOTHER) for line in lines)
    own = dict.fromkeys(names, 0)
    for index, line in enumerate(lines):
        for name in named(line):
            own[name] |= 1 << index
    return {ANOTHER: base} | {name: (base[0] | mask, base[1] | mask) for name, mask in own.items()}


def _databases(line: Line, name: str) -> Match:
    return _any(_database(word, name) for word in line.databases)


def _users(line: Line, name: str) -> Match:
    return _any(_user(word, name) for word in line.users)


def _masks(matches: Iterable[Match]) -> tuple[int, int]:
    sure = perhaps = 0
    for index, (surely, may) in enumerate(matches):
        sure |= surely << index
        perhaps |= may << index
    return sure, perhaps


def _plain_database(word: Word) -> bool:
    return not word.keyword("all", "sameuser", "samerole", "samegroup", "replication") and not _special(word)


def _plain_user(word: Word) -> bool:
    return (
        not word.keyword("all") and not _special(word) and not (word.text.startswith("+") and not word.quoted)
    )


def _special(word: Word) -> bool:
    return not word.quoted and word.text.startswith(("@", "/"))


def _transport(kind: str, transport: str) -> bool:
    return {
        "host": True,
        "hostssl": transport == "tls",
        "hostnossl": transport != "tls",
        "hostgssenc": transport == "gss",
        "hostnogssenc": transport != "gss",
    }[kind]


def _database(word: Word, database: str) -> Match:
    """Without ``sameuser``, which depends on the user."""
    if word.keyword("replication"):
        return (database == REPLICATION,) * 2
    if database == REPLICATION:
        return (False, False)
    if word.keyword("all"):
        return (True, True)
    if word.keyword("sameuser"):
        return (False, False)
    if word.keyword("samerole", "samegroup") or _special(word):
        # Membership, a list in another file, a regular expression.
        return (False, True)
    return (word.text == database,) * 2


def _user(word: Word, user: str) -> Match:
    if word.keyword("all"):
        return (True, True)
    if not _plain_user(word):
        return (False, True)
    return (word.text == user,) * 2


def _any(matches: Iterable[Match]) -> Match:
    known = list(matches)
    return any(sure for sure, _ in known), any(perhaps for _, perhaps in known)


def _first_match(lines: Sequence[Line], atom: _Atom, reaches: Sequence[_Reach]) -> None:
    """Adds to each line the sources for which it decides: at most what no earlier line surely took, at least what none can take."""
    open_above, open_below = EVERYWHERE, EVERYWHERE
    left = atom.perhaps
    while left:
        bit = left & -left
        left ^= bit
        index = bit.bit_length() - 1
        line = lines[index]
        sure = bool(atom.sure & bit) and not line.doubt
        reach = reaches[index]
        reach.upper |= line.sources.upper & open_above
        if atom.possible and sure:
            reach.lower |= line.sources.lower & open_below
        if sure:
            open_above -= line.sources.lower
        open_below -= line.sources.upper
        if not open_above:
            return


def _lets_in(line: Line) -> bool:
    return line.method != "reject"


def _free(line: Line) -> bool:
    """Whether the line asks for no proof. ``ident`` believes whatever the client's own machine says."""
    return line.method not in PROOFS and line.method != "reject" and not line.needs_certificate


def _access(
    file: ConfigFile, lines: Sequence[Line], reaches: Sequence[_Reach], *, tls: bool | None
) -> Access:
    # Lines that let in without a password come first, so that they are named; rejections only take what no line lets in.
    order = sorted(range(len(lines)), key=lambda i: (not _lets_in(lines[i]), not _free(lines[i]), i))
    rules = [_rule(lines[index], reaches[index]) for index in order if reaches[index].upper]
    stage = Stage(
        name=file.document.file,
        rules=tuple(rules),
        default_name="no line of pg_hba.conf matches",
        place=file.place(),
    )
    connecting = _union(reach for reach, line in zip(reaches, lines, strict=True) if _lets_in(line))
    free = _union(reach for reach, line in zip(reaches, lines, strict=True) if _free(line))
    plain = [line for line, reach in zip(lines, reaches, strict=True) if _lets_in(line) and reach.upper]
    encrypted = (
        bool(plain) and tls is not False and all(line.kind in {"hostssl", "hostgssenc"} for line in plain)
    )
    return Access(stage, connecting, _login(file, lines, reaches, free), encrypted)


def _rule(line: Line, reach: _Reach) -> Rule:
    words = line.sources.words
    why = (
        line.sources.why
        or line.doubt
        or ("" if reach.upper == reach.lower else "other lines, users or groups decide")
    )
    return Rule(
        name=line.words,
        action=Action.NEXT if _lets_in(line) else Action.DENY,
        sources=Sources(reach.upper, reach.lower, words, why if reach.upper != reach.lower else ""),
        place=line.place,
    )


def _union(reaches: Iterable[_Reach]) -> Sources:
    upper, lower = EMPTY, EMPTY
    for reach in reaches:
        upper |= reach.upper
        lower |= reach.lower
    why = "" if upper == lower else "pg_hba.conf depends on names, groups or files that are not given"
    return Sources(upper, lower, "", why)


def _login(file: ConfigFile, lines: Sequence[Line], reaches: Sequence[_Reach], free: Sources) -> Login:
    guilty = [
        (line, reach) for line, reach in zip(lines, reaches, strict=True) if _free(line) and reach.upper
    ]
    if not guilty:
        asks = sorted(
            {
                line.method
                for line, reach in zip(lines, reaches, strict=True)
                if _lets_in(line) and reach.upper
            }
        )
        why = (
            f"every line asks for a proof ({', '.join(asks)})"
            if asks
            else "no line lets anybody in over the network"
        )
        return Login.required(f"pg_hba.conf: {why}", file.place())
    told = "; ".join(_told(line, reach) for line, reach in guilty[:5])
    if len(guilty) > 5:
        told += f"; and {len(guilty) - 5} more lines"
    whole = _union(reach for line, reach in guilty if _everybody(line.databases) and _everybody(line.users))
    place = guilty[0][0].place
    some = not free.upper <= whole.upper
    return Login(free, f"pg_hba.conf: {told}", some, place)


def _everybody(words: Sequence[Word]) -> bool:
    return any(word.keyword("all") for word in words)


def _told(line: Line, reach: _Reach) -> str:
    size = (reach.upper & PUBLIC).v4.size
    public6 = bool((reach.upper & PUBLIC).v6)
    shown = line.sources.words or "some addresses"
    perhaps = "may be " if line.doubt or reach.upper != reach.lower else ""
    if size or public6:
        parts = [f"{size:,} public IPv4 addresses"] if size else []
        parts += ["public IPv6 addresses"] if public6 else []
        reaching = " and ".join(parts)
    else:
        reaching = "no public address"
    return f"line {line.place.line} {perhaps}{line.method} for {shown} ({reaching})"
