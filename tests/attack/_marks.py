"""Marked secrets: distinct, valid in form, and findable in whatever bytes they may have got into."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

import hyperscan
import phonenumbers

_GIVEN = ("Hannah", "Michael", "Laura", "Thomas", "Sophie", "Daniel", "Julia", "Martin", "Claire", "Peter")
_ONSETS = ("br", "v", "kr", "st", "m", "dr", "w", "sk", "p", "gr", "t", "l")
_VOWELS = ("a", "e", "i", "o", "u")
_CODAS = ("nt", "lk", "rv", "st", "mb", "x", "nk", "ld", "rt", "ps")


@dataclass(frozen=True)
class Mark:
    """One secret: what it is, where it was planted, and the literal forms by which it would be known."""

    kind: str
    where: str
    value: str
    forms: tuple[str, ...] = field(repr=False)


class Mint:
    """Makes secrets, each of them once, and finds them again."""

    def __init__(self, seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self._taken: set[str] = set()
        self.marks: list[Mark] = []

    def _word(self, parts: int) -> str:
        chance = self._chance
        while True:
            word = "".join(chance.choice(_ONSETS) + chance.choice(_VOWELS) for _ in range(parts))
            word += chance.choice(_CODAS)
            if word not in self._taken and not any(word in other or other in word for other in self._taken):
                self._taken.add(word)
                return word

    def _digits(self, count: int) -> str:
        while True:
            found = str(self._chance.randrange(10 ** (count - 1), 10**count))
            if found not in self._taken:
                self._taken.add(found)
                return found

    def _note(self, kind: str, where: str, value: str, *forms: str) -> str:
        self.marks.append(Mark(kind, where, value, (value, *forms)))
        return value

    def email(self, where: str) -> str:
        local, host = self._word(4), self._word(3)
        # The address without its domain gives a person away as well.
        return self._note("EMAIL", where, f"{local}@{host}.com", local, f"{local}@{host}")

    def phone(self, where: str) -> str:
        while True:
            rest = f"{self._chance.choice('23456789')}{self._digits(7)}"
            if phonenumbers.is_valid_number(phonenumbers.parse(f"+4930{rest}")):
                return self._note(
                    "PHONE",
                    where,
                    f"+49 30 {rest[:4]} {rest[4:]}",
                    f"30{rest}",
                    rest,
                    f"30-{rest}",
                    f"30/{rest}",
                )

    def name(self, where: str) -> str:
        last = self._word(3).capitalize()
        return self._note("PERSON", where, f"{self._chance.choice(_GIVEN)} {last}", last)

    def username(self, where: str) -> str:
        return self._note("USERNAME", where, f"{self._word(3)}{self._chance.randrange(10, 99)}")

    def ip(self, where: str) -> str:
        while True:
            value = ".".join(["81", *(str(self._chance.randrange(100, 250)) for _ in range(3))])
            if value not in self._taken:
                self._taken.add(value)
                return self._note("IP", where, value)

    def card(self, where: str) -> str:
        body = f"4{self._digits(14)}"
        total = sum(sum(divmod(int(d) * 2, 10)) if i % 2 == 0 else int(d) for i, d in enumerate(body))
        value = body + str(-total % 10)
        return self._note(
            "CARD", where, " ".join(re.findall("....", value)), value, "-".join(re.findall("....", value))
        )

    def iban(self, where: str) -> str:
        account = f"37040044{self._digits(10)}"
        check = 98 - int(f"{account}131400") % 97
        value = f"DE{check:02}{account}"
        return self._note("IBAN", where, value, " ".join(re.findall(".{1,4}", value)), account)

    def account(self, where: str) -> str:
        return self._note("ACCOUNT", where, self._digits(9))

    def password(self, where: str) -> str:
        return self._note("SECRET", where, f"Zq{self._word(2)}!{self._digits(4)}")

    def prose(self, where: str) -> str:
        """A text with one secret of each kind, in the ways in which customers write them.

        Every name stands beside a cue: a sentence that gives a reader no hint at all ("Krolamb was here")
        gives the detectors none either, and is not claimed.
        """
        return (
            f"Hello, my name is {self.name(where)}. The backup stopped again after the update. "
            f"Please write to {self.email(where)} or call me at {self.phone(where)}. "
            f"The request came from IP {self.ip(where)}. My credit card number is {self.card(where)} "
            f"and my IBAN is {self.iban(where)}. My customer number is {self.account(where)}. "
            f"My password: {self.password(where)}\n\nKind regards\n{self.name(where)}"
        )

    def short(self, where: str) -> str:
        """A short value, as fits into any field."""
        return f"Widget {self.email(where)} {self.phone(where)}"


class Finder:
    """Finds marks in bytes: as they are, in any case, and in the usual encodings."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        any_case: dict[bytes, Mark] = {}
        as_is: dict[bytes, Mark] = {}
        for mark in marks:
            for form in mark.forms:
                raw = form.encode()
                for one in (
                    *(raw, quote(form, safe="").encode(), quote(form, safe="@").encode()),
                    *(form.replace("@", "=40").encode(), form.replace("@", "&#64;").encode()),
                    *(form.encode("utf-16-le"), form.encode("utf-16-be"), raw.hex().encode()),
                    *(form.replace(" ", "+").encode(), form.replace(" ", "_").encode(), raw[::-1]),
                ):
                    any_case.setdefault(one.lower(), mark)
                # Base64 at each of the three places where the value can begin within its groups.
                for shift in range(3) if len(raw) >= 8 else ():
                    text = base64.b64encode(b"\0" * shift + raw).rstrip(b"=")
                    end = (len(raw) + shift) * 8 // 6
                    as_is.setdefault(text[(0, 2, 3)[shift] : end], mark)
        self._marks = [*any_case.values(), *as_is.values()]
        forms = [*any_case, *as_is]
        flags = [hyperscan.HS_FLAG_CASELESS] * len(any_case) + [0] * len(as_is)
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=[b"".join(b"\\x%02x" % byte for byte in form) for form in forms],
            ids=list(range(len(forms))),
            elements=len(forms),
            flags=[flag | hyperscan.HS_FLAG_SINGLEMATCH for flag in flags],
        )

    def find(self, data: bytes | str) -> set[Mark]:
        """All marks in the data."""
        if isinstance(data, str):
            data = data.encode("utf-8", "surrogatepass")
        found: set[Mark] = set()
        if data:
            self._database.scan(
                data, match_event_handler=lambda number, *_: found.add(self._marks[number]) and None
            )
        return found

    def check(self, data: bytes | str, place: str) -> None:
        """Fail, with kind and planting place of what was found, if there is a mark in the data."""
        found = sorted({(mark.kind, mark.where) for mark in self.find(data)})
        assert not found, f"{len(found)} marked secrets in {place}: {found[:12]}"
