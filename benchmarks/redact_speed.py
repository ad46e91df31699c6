"""How fast redaction reads support-like text: MB per CPU-second, one process, without names.

    python benchmarks/redact_speed.py [--seconds 2] [--names]

Prints one line per kind of text. The texts are made here, from a fixed seed; nothing is read from outside.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence

from hushdesk.redact import Finding, Kind, Known, find_all, leftovers, replace, use_tagger
from hushdesk.redact.tagger import LearnedTagger, model

_TEXT = (
    "the printer stopped after we installed update and nothing helps any more please check attached log file"
    " service restarts every few minutes users complain about slow response when opening large documents in shared"
    " folder we tried safe mode cleared cache removed profile with same result would like to know what happens next"
)
WORDS = _TEXT.split()
NAMES = ("Olga Brandt", "Kay Lindqvist", "Marta Nowak", "Paolo Conti", "Anna Virtanen", "Tom Hale")


class _Nothing:
    def tag(self, texts: Sequence[str], *, goes_on: Sequence[bool] | None = None) -> list[list[Finding]]:  # noqa: ARG002
        return [[] for _ in texts]


def prose(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS, k=words)).capitalize() + "."


def log(rng: random.Random, lines: int) -> str:
    return "\n".join(
        f"2019-12-{rng.randint(1, 28):02} 12:{rng.randint(0, 59):02}:07,{rng.randint(100, 999)} INFO [worker-{i}]"
        f" com.acme.core.Task - run {rng.getrandbits(32):08x} took {rng.randint(1, 9000)} ms, build 10.0.19041.{i}"
        for i in range(lines)
    )


def case(rng: random.Random) -> tuple[list[str], list[Known]]:
    name = rng.choice(NAMES)
    mail = name.lower().replace(" ", ".") + "@example.com"
    phone = f"+44 20 7946 0{rng.randint(100, 999)}"
    agent = rng.choice(NAMES)
    texts = [
        prose(rng, 6),
        f"Hello,\n{prose(rng, 45)}\nYou can reach me at {mail} or {phone}.\nRegards, {name}",
        f"Dear {name.split(' ', maxsplit=1)[0]},\n{prose(rng, 35)}\nKind regards\n{agent}",
        log(rng, 3) + f"\nConnection to 203.0.113.{rng.randint(2, 250)} failed",
        f"internal: {prose(rng, 20)} Called back on {phone[4:]}, order 4711-{rng.randint(1000, 9999)} is fine.",
        prose(rng, 8),
    ]
    known = [
        Known(Kind.PERSON, name, "customer"),
        Known(Kind.EMAIL, mail, "customer"),
        Known(Kind.PHONE, phone, "customer"),
        Known(Kind.PERSON, agent, "agent"),
        Known(Kind.EMAIL, agent.lower().replace(" ", ".") + "@desk.example", "agent"),
        Known(Kind.ACCOUNT, f"KD-{rng.randint(10**6, 10**7)}", "customer"),
    ]
    return texts, known


def measure(name: str, jobs: Sequence[tuple[int, Callable[[], object]]], seconds: float) -> None:
    for _, job in jobs[:20]:
        job()
    size = count = 0
    start = time.process_time()
    while time.process_time() - start < seconds:
        for length, job in jobs:
            job()
            size += length
            count += 1
    spent = time.process_time() - start
    print(f"{name:44} {size / spent / 1e6:8.2f} MB/cpu-s {spent / count * 1e3:9.3f} ms each")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--names", action="store_true", help="with the tagger of names, too")
    options = parser.parse_args()
    # The texts are read again and again: a tagger that knows them by then would be timed for nothing.
    use_tagger(LearnedTagger(model(), remember=0) if options.names else _Nothing())
    rng = random.Random(2019)
    start = time.process_time()
    find_all(["a@b.example"])
    print(f"{'first call (imports, compiled triggers)':44} {time.process_time() - start:8.2f} s")
    cases = [case(rng) for _ in range(300)]
    plain = [prose(rng, 200) for _ in range(200)]
    logs = [log(rng, 20) for _ in range(200)]
    blob = "\n".join(plain)
    sealed = []
    for texts, known in cases:
        for text, found in zip(texts, find_all(texts, known=known), strict=True):
            sealed.append(replace(text, found, lambda f: f"{f.kind}_0123456789ABCD"))

    def size(texts: Sequence[str]) -> int:
        return sum(len(t.encode()) for t in texts)

    def one(texts: Sequence[str], known: Sequence[Known] = ()) -> tuple[int, Callable[[], object]]:
        return size(texts), lambda: find_all(texts, known=known)

    measure("cases of 6 texts with 6 known values", [one(t, k) for t, k in cases], options.seconds)
    measure("the same without known values", [one(t) for t, _ in cases], options.seconds)
    measure("prose, 1.2 kB a text", [one([t]) for t in plain], options.seconds)
    measure("prose, one text", [one([blob])], options.seconds)
    measure("log lines, 2 kB a text", [one([t]) for t in logs], options.seconds)
    measure(
        "leak check of sealed texts", [(size([t]), lambda t=t: leftovers(t)) for t in sealed], options.seconds
    )


if __name__ == "__main__":
    main()
