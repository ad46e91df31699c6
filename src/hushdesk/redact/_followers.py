"""What stands beside a person: the number that follows a name in a list of contacts, the name before a mailbox made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hushdesk.redact._boxes import SHARED
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.detect import digits_of, run_of_digits, spread_phone
from hushdesk.redact.detect._introduced import is_department
from hushdesk.redact.detect._plain import is_plain
from hushdesk.redact.detect._text import UPPER
from hushdesk.redact.tagger._gazetteer import is_listed

_BIG = rf"[{UPPER}](?:[^\W\d_]|['’\-](?=[^\W\d_]))+"
_NEXT = lazily(
    rf"[ \t]{{0,2}}[)）]?[ \t]{{0,2}}[,，、:：;；—–(（\-]?[ \t]{{0,2}}(?P<v>{run_of_digits}|\d{{3}}[ .\-]\d{{4}}(?![\w@%°€$£]|[.,:/\-]\d))"
)
_DATE = lazily(
    r"[(]?1\d{3}[ ]{0,2}-[ ]{0,2}(?:1\d|20)\d\d(?!\d)|(?:19|20)\d\d[\-/. ]\d\d?[\-/. ]\d\d?(?!\d)|\d\d?[\-/.]\d\d?[\-/.](?:19|20)\d\d(?!\d)|\d{1,3}(?:\.\d{1,3}){3}$"
)
"""Dates, the years of a life or a reign, addresses of hosts: no telephone numbers."""
_LOCAL = lazily(r"\d{3}[ .\-]\d{4}")
"""A number without its area."""
_SHOWN = lazily(
    rf"(?P<n>{_BIG}(?:[ ](?:(?:van|von|de|der|da|di|del|la|al|el|bin)[ ]){{0,2}}{_BIG}|[ ][A-Z]\.){{1,3}})[\"'”]?[ ]?[<\[(](?:mailto:)?\Z"
)
"""The name that a mail program shows before a mailbox."""
_BEFORE = lazily(
    r"(?<![^\W_])(?P<n>[a-z]{4,20})(?:[\s,:;<(]{1,3}(?:[a-z]{1,10}[ :]{1,2}){0,3}(?:e-?mail)?)?\Z"
)
_BACK = 48
_LETTERS = lazily(r"[^\W\d_]+")


def _owner(text: str, finding: Finding) -> Finding | None:
    """The name, in small letters, of whose letters the mailbox behind it is made: "elif elif.32@example.com"."""
    match = _BEFORE.search(text, max(0, finding.start - _BACK), finding.start)
    if match is None or match["n"] in SHARED:
        return None
    local = text[finding.start : finding.end].lower()
    if not local.startswith(match["n"]) and f"email{match['n']}" not in local[: len(match["n"]) + 5]:
        return None
    return Finding(*match.span("n"), Kind.PERSON, 0.65, "mailbox-owner", why="a mailbox is made of it")


def _shown(text: str, finding: Finding) -> Finding | None:
    """The name that stands before a mailbox in angle brackets: ``"Sun-hee Marsh" <shm@example.com>``."""
    match = _SHOWN.search(text, max(0, finding.start - 2 * _BACK), finding.start)
    if match is None:
        return None
    said = [word for word in match["n"].lower().replace(".", "").split() if len(word) > 1]
    local = _LETTERS.findall(text[finding.start : finding.end].lower().partition("@")[0])
    if is_department(said) or not SHARED.isdisjoint(local) or not SHARED.isdisjoint(said):
        return None
    if not any(map(is_listed, said)) or any(is_plain(word) and not is_listed(word) for word in said):
        return None
    return Finding(*match.span("n"), Kind.PERSON, 0.7, "mailbox-name", why="shown before a mailbox")


def followers(text: str, found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the telephone numbers that follow a name or a mailbox in ``text``, and the names before mailboxes made of them.

    Args:
        text: The texts of one context.
        found: What was found in it already.
    """
    for finding in found:
        if finding.kind is Kind.PERSON or finding.kind is Kind.EMAIL:
            match = _NEXT.match(text, finding.end)
            if (
                match is not None
                and (8 <= digits_of(match["v"]) <= 13 or _LOCAL.fullmatch(match["v"]))
                and not _DATE.match(match["v"])
            ):
                yield spread_phone(text, *match.span("v"), "follows a person's name")
        if finding.kind is Kind.EMAIL:
            if (owner := _owner(text, finding)) is not None:
                yield owner
            if (shown := _shown(text, finding)) is not None:
                yield shown
