"""Fuzzing of redaction, guided by coverage: `make fuzz`. Not run by pytest; atheris is no dependency.

What is checked for each text that the fuzzer makes up is in :func:`check`, which the tests run on a few seeds.
"""

from __future__ import annotations

import random
import sys
from itertools import pairwise

SEEDS = (
    "ann 7 gmailcom", "a@b.example", "=?utf-8?b?YUBiLmRl?=", "a%2540b.de", "&#64;", "=40=\n", "4111 1111 1111 1111", "+44 20 7946 0018", "ssn 123-45-6789", "password: ", "born 4.5.61", "DE89370400440532013000",
    "0xC0A80101", "geo:1.5,2.5", "confirmation number mjk 125", "o n e", "one two three four five six seven", "密码是", "аa@", "\u200b", "\u0301", "[EMAIL_1]", "> ", "eyJhbGciOi", "-----BEGIN PRIVATE KEY", "\\u0040", " at ", " dot ", "com", "://u:p@", "1.2.3.4",
)  # fmt: skip


class _Nothing:
    def tag(self, texts, *, goes_on=None):
        return [[] for _ in texts]


def check(text: str) -> None:
    """Raise if redaction of ``text`` is not sound.

    Args:
        text: Any text.
    """
    from hushdesk.redact import find, leftovers, redact

    found = find(text)
    if not all(0 <= f.start < f.end <= len(text) for f in found):
        raise AssertionError("a span outside the text")
    if not all(a.end <= b.start for a, b in pairwise(found)):
        raise AssertionError("spans that overlap")
    once = redact(text).text
    if redact(once).text != once:
        raise AssertionError("redacting again changed something")
    leftovers(once)


def text_of(data: bytes) -> str:
    """Return a text that seeds and raw characters make, as ``data`` says."""
    pieces = []
    at = 0
    while at < len(data):
        code = data[at]
        at += 1
        if code < 2 * len(SEEDS):
            pieces.append(SEEDS[code // 2])
        else:
            size = code % 12
            pieces.append(data[at : at + size].decode("utf-8", "surrogateescape"))
            at += size
    return "".join(pieces)


def mutated(rng: random.Random) -> bytes:
    """Return bytes for :func:`text_of` where no fuzzer makes them."""
    return rng.randbytes(rng.randint(1, 60))


def main() -> None:
    """Run the fuzzer; its options are those of libFuzzer."""
    import atheris

    with atheris.instrument_imports(include=["hushdesk.redact"]):
        from hushdesk.redact import use_tagger
    use_tagger(_Nothing())
    check("a@b.example ü")
    atheris.Setup(sys.argv, lambda data: check(text_of(data)))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
