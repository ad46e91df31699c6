"""Texts made to be slow: time per byte of redaction, beside that of usual support text.

    python benchmarks/redact_adversarial.py [--size 1000000] [--names] [--only WORD]

Each line names the piece that a text repeats, says how many nanoseconds a byte costs and how many times that is the
cost of usual text, and how the cost per byte grows when the text is four times as long (about 1 where it is linear).
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence

from hushdesk.redact import Finding, find_all, use_tagger
from redact_speed import case

PIECES = {
    "digits": "1234567890",
    "one digit": "7",
    "digits and blanks": "1 ",
    "digits, hyphens": "12-",
    "digits, dots": "1.1.",
    "at signs": "@",
    "mailboxes": "a@",
    "mailboxes at length": "ann.example@mail.example.com ",
    "mailbox and lines": "x@y com\n",
    "dots": ".",
    "letters, dots": "a.",
    "combining marks": "e\u0301",
    "stacked marks": "\u0301",
    "spaced letters": "a b ",
    "spaced digits": "1 2 3 4 5 ",
    "spaced address": "a n n @ m a i l . c o m ",
    "at at at": "at ",
    "at and dot": "at dot ",
    "a at b": "ann at ",
    "quoted-printable": "=41=42",
    "quoted soft breaks": "=\n",
    "percent": "%25%25",
    "percent at": "%40",
    "base64": "QWxhZGRpbjpvcGVuIHNlc2FtZQ",
    "base64 lines": "QWxhZGRpbjpvcGVuIHNlc2FtZQQWxhZGRpbjpvcGVuIHNlc2FtZQQWxhZGRpbjpvcGVu\n",
    "base64 words": "YW5uQGV4YW1wbGUuY29t ",
    "brackets": "(((",
    "brackets around": "(a)",
    "plus": "+1+1+1",
    "plus blank": "+1 ",
    "hex": "deadbeef",
    "hex groups": "dead:beef:",
    "guids": "3f2504e0-4f89-11d3-9a0c-0305e82c3301 ",
    "colons": "::",
    "unbroken Chinese": "密码错误请联系我们",
    "unbroken Japanese": "パスワードは番号",
    "unbroken Thai": "รหัสผ่านโทร",
    "cyrillic": "парольномер",
    "mixed scripts": "аa",
    "wide": "ｕｓｅｒ＠",
    "zero width": "\u200b",
    "zero width digits": "1\u200b",
    "entities": "&#64;",
    "escapes": "\\u0040",
    "mime words": "=?utf-8?q?a=40b?= ",
    "underscores": "_",
    "hyphens": "a-",
    "at-dot-hyphens": "a-at-b-dot-",
    "bracketed at": "[at]",
    "spelled digits": "one two ",
    "spelled digits apart": "zero. ",
    "phone cues": "phone 1 ",
    "phone cue words": "phone number is ",
    "password cues": "password ",
    "password is": "password is a ",
    "account cues": "account number ",
    "birth cues": "born on 1 ",
    "iban cues": "DE89 ",
    "iban": "DE89370400440532013000 ",
    "card": "4111 1111 1111 1111 ",
    "id cues": "ssn ",
    "slashes": "/home/",
    "userinfo": "://a:b@",
    "key heads": "-----BEGIN PRIVATE KEY-----",
    "tokens": "eyJa",
    "aws": "AKIA",
    "queries": "?token=a&user=b",
    "dates": "01.02.1965 ",
    "coordinates": "52.51, 13.37 ",
    "degrees": "52°31'12\"N ",
    "tabs": "\t",
    "blanks": " ",
    "line ends": "\n",
    "quotes": "\n> ",
    "quoted blanks": '" ',
    "short lines": "ok thanks\n",
    "glued mail": "annagmailcom ",
    "surrogates": "\ud800",
    "nulls": "\x00",
    "breaks": "\x01",
}


class _Nothing:
    def tag(self, texts: Sequence[str], *, goes_on: Sequence[bool] | None = None) -> list[list[Finding]]:  # noqa: ARG002
        return [[] for _ in texts]


def usual(size: int) -> str:
    rng = random.Random(2019)
    pieces: list[str] = []
    length = 0
    while length < size:
        text = "\n".join(case(rng)[0])
        pieces.append(text)
        length += len(text) + 1
    return "\n".join(pieces)[:size]


def cost(job: Callable[[], object], size: int) -> float:
    start = time.process_time()
    job()
    return (time.process_time() - start) / size * 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="characters a text")
    parser.add_argument("--names", action="store_true", help="with the tagger of names, too")
    parser.add_argument("--only", default="", help="only pieces whose name holds this word")
    parser.add_argument("--most", type=float, default=5.0, help="mark what costs more times the usual cost")
    options = parser.parse_args()
    if not options.names:
        use_tagger(_Nothing())
    find_all([usual(20_000)])
    text = usual(options.size)
    base = min(cost(lambda: find_all([text]), len(text)) for _ in range(2))
    print(f"{'usual support text':24} {base:10.0f} ns a character")
    slow = 0
    for name, piece in PIECES.items():
        if options.only not in name:
            continue
        costs = []
        for size in (options.size // 4, options.size):
            text = (piece * (size // len(piece) + 1))[:size]
            costs.append(cost(lambda text=text: find_all([text]), size))
        ratio = costs[1] / base
        slow += ratio > options.most
        mark = "  <-- slow" if ratio > options.most else ""
        print(
            f"{name:24} {costs[1]:10.0f} ns {ratio:8.2f} x usual {costs[1] / costs[0]:8.2f} growth{mark}",
            flush=True,
        )
    many = ("ok thanks\n" * 700_000)[:7_000_000]
    seconds = cost(lambda: find_all([many]), 1) / 1e9
    print(f"{'700,000 lines, 7 MB':24} {seconds:10.1f} s", flush=True)
    print(f"{slow} above {options.most:g} times the usual cost")


if __name__ == "__main__":
    main()
