"""What follows from kinds of data: likely consequences, and what persons can do. Codes of the catalogues, in their order."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

SENSITIVE: Final = frozenset(
    {
        "HEALTH",
        "BELIEF",
        "POLITICS",
        "ORIGIN",
        "UNION",
        "SEX_LIFE",
        "BIOMETRIC",
        "GENETIC",
        "CRIME",
        "FINANCE",
    }
)
_FOLLOWS: Final = {
    # Whoever was in contact with the support can be called by somebody who says they are the support: this always is possible.
    "support_fraud": None,
    "phishing": frozenset({"EMAIL"}),
    "calls": frozenset({"PHONE"}),
    "account_takeover": frozenset({"SECRET"}),
    "payment_fraud": frozenset({"IBAN", "BANK", "CARD"}),
    "identity_theft": frozenset({"NATIONAL_ID", "BIRTH_DATE"}),
    "disclosure": SENSITIVE | {"FREE_TEXT"},
    "unwanted_visits": frozenset({"ADDRESS", "COORDINATES"}),
    "tracking": frozenset({"IP", "MAC", "DEVICE", "PLATE"}),
}
_HELPS: Final = {
    "no_remote": None,
    "call_back": None,
    "no_code": None,
    "passwords": frozenset({"SECRET"}),
    "bank": frozenset({"IBAN", "BANK", "CARD"}),
    "documents": frozenset({"NATIONAL_ID", "BIRTH_DATE", "ADDRESS"}),
    "mails": frozenset({"EMAIL"}),
    "ask": None,
}


@lru_cache(4096)
def consequences(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Likely consequences for somebody with data of these kinds."""
    return tuple(code for code, needs in _FOLLOWS.items() if needs is None or needs & {*kinds})


@lru_cache(4096)
def advice(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """What somebody with data of these kinds can do."""
    return tuple(code for code, needs in _HELPS.items() if needs is None or needs & {*kinds})


def joined(*codes: Iterable[str]) -> tuple[str, ...]:
    """Each code once, in the order of the catalogues, then of their mention."""
    found = dict.fromkeys(code for some in codes for code in some)
    return tuple(sorted(found, key=lambda code: _ORDER.get(code, len(_ORDER))))


_ORDER: Final = {code: place for place, code in enumerate(_FOLLOWS)}
