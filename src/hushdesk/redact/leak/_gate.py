"""One pass over a text says which of the loose patterns can match at all: nearly always none."""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import Final

import hyperscan

from hushdesk.redact._kept import compiled

# What a text may hold, as bits. One that is not set is a promise; one that is set is none.
PLUS: Final = 1
CUED: Final = 1 << 1
NANP: Final = 1 << 2
LONG: Final = 1 << 3
IBAN: Final = 1 << 4
V4: Final = 1 << 5
V6: Final = 1 << 6
KEY: Final = 1 << 7
BLOB: Final = 1 << 8
WIDTHLESS: Final = 1 << 9
DIGITS: Final = 1 << 10
"""Digits of other scripts."""
LOOK_ALIKE: Final = 1 << 11
SINGLES: Final = 1 << 12
"""Letters with a blank after each."""
AT: Final = 1 << 13
DOT: Final = 1 << 14
WORDS: Final = 1 << 15
"""An address with its at and dot in words."""
BASE64: Final = 1 << 16
ALL: Final = (1 << 17) - 1
_NUMBERS: Final = PLUS | CUED | NANP | LONG | IBAN | V4

MARKS: Final = (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xAD, 0x34F, 0x61C, 0xFEFF, 0x180E)  # fmt: skip
TWINS: Final = "аеорсухіјѕһԁвкмнтАЕОРСУХВКМНТІЈЅοανικρτυ"

# What Python's patterns take for white space; Hyperscan's own class knows ASCII alone.
_W: Final = r"[\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
_S: Final = _W.replace("[", "[^", 1)
_FOREIGN: Final = {
    "i": "iIıİ",
    "s": "sSſ",
    "k": "kK\u212a",
    "о": "оО\u1c82",
    "с": "сС\u1c83",
    "т": "тТ\u1c84\u1c85",
}
"""Letters that Python's patterns take for the same without regard to case, beyond upper and lower."""


def _word(text: str) -> str:
    """A word in whatever case Python's patterns would match it."""
    return "".join(
        f"[{_FOREIGN.get(c, c.lower() + c.upper())}]" if c.isalpha() and c.lower() != c.upper() else c
        for c in text
    )


def _any(words: str) -> str:
    return f"(?:{'|'.join(map(_word, words.split()))})"


CUES: Final = (
    "tel phone telephone mobile cell fax call telefon téléphone teléfono telefone telefono handy whatsapp"
    " тел телефон 電話 电话 手机 전화"
)
AT_WORDS: Final = "at ät arroba arobase chiocciola собака"
DOT_WORDS: Final = "dot punkt point punto точка"
SPOKEN_AT: Final = "at arroba arobase chiocciola собака klammeraffe"
SPOKEN_DOT: Final = "dot punkt point punto ponto kropka точка"
_GROUP: Final = r"[0-9A-Fa-f]{1,4}:"


def _expressions() -> list[tuple[str, int]]:
    """What must be in a text for each pattern; each asks for less than the pattern does."""
    return [
        (r"\+[0-9](?:[ .\-/()]{0,3}[0-9]){7}", PLUS),
        (rf"{_any(CUES)}[^0-9]{{0,34}}[0-9](?:[ .\-/()]{{0,2}}[0-9]){{6}}", CUED),
        (r"[2-9][0-9][0-9][\-.)] ?[2-9][0-9][0-9][\-.][0-9]{4}", NANP),
        (r"[0-9](?:[ \-]?[0-9]){12}", LONG),
        (r"[A-Z]{2}[0-9]{2}(?:[ \-]?[A-Z0-9]{4}){2}", IBAN),
        (r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]", V4),
        (rf"{_GROUP}{_GROUP}{_GROUP}:?[0-9A-Fa-f]", V6),
        (r"[0-9A-Fa-f]{2}::[0-9A-Fa-f]", V6),
        (r"A[KS]IA[0-9A-Z]{16}", KEY),
        (r"gh[opsru]_[A-Za-z0-9]{30}", KEY),
        (r"xox[abprs]-[A-Za-z0-9\-]{10}", KEY),
        (r"sk[-_](?:live_|proj-)?[A-Za-z0-9]{20}", KEY),
        (r"eyJ[^ \t\r\n.]{10,}\.[^ \t\r\n.]", KEY),
        (r"-----BEGIN ", KEY),
        (r"[A-Za-z0-9+_]{32}", BLOB),
        (f"[{''.join(map(chr, MARKS))}]", WIDTHLESS),
        (f"[{''.join(_foreign_digits())}]", DIGITS),
        (f"[{TWINS}]", LOOK_ALIKE),
        (r"[^ ] [^ ] [^ ] [^ ] [^ ] [^ ]", SINGLES),
        (rf"[\[({{<]{_W}*(?:{_any(AT_WORDS)}|@){_W}*[\])}}>]", AT),
        (rf"[\[({{<]{_W}*(?:{_any(DOT_WORDS)}|\.){_W}*[\])}}>]", DOT),
        (rf"(?:@|{_W}{_any(SPOKEN_AT)}{_W}){_W}*{_S}+{_W}+{_any(SPOKEN_DOT)}{_W}+{_S}", WORDS),
        (r"[A-Za-z0-9+/]{16}", BASE64),
    ]  # fmt: skip


def _foreign_digits() -> list[str]:
    """Every decimal digit that is none of ASCII's."""
    return [c for c in map(chr, range(0x80, 0x20000)) if c.isdecimal()]


class _Scanner:
    def __init__(self) -> None:
        expressions = _expressions()
        self._gates = [bit for _, bit in expressions]
        flags = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_SINGLEMATCH
        self._database = compiled([(expression, flags) for expression, _ in expressions], "gate")
        self._local = threading.local()

    def scan(self, data: bytes) -> int:
        local = self._local
        # A forked process makes its own scratch.
        if getattr(local, "pid", None) != os.getpid():
            local.scratch = hyperscan.Scratch(self._database)
            local.pid = os.getpid()
        gates = self._gates
        found = 0

        def on_match(expression: int, _start: int, _end: int, _flags: int, _context: object) -> None:
            nonlocal found
            found |= gates[expression]

        self._database.scan(data, match_event_handler=on_match, scratch=local.scratch)
        return found


@cache
def _scanner() -> _Scanner:
    return _Scanner()


def gate(text: str) -> int:
    """What ``text`` may hold, as the bits above.

    Args:
        text: Any text.
    """
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        # Lone surrogates are no UTF-8: nothing can be promised of such a text.
        return ALL
    found = _scanner().scan(data)
    # Python's patterns take digits of other scripts for digits, the expressions here do not.
    return found | _NUMBERS if found & DIGITS else found
