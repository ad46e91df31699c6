"""Each letter of a list, made from opened values at the moment it is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from itertools import islice
from typing import Final

import pyarrow as pa

from hushdesk.incident import sending
from hushdesk.incident.notices import Concerned, Letters, Recipient, concerned
from hushdesk.incident.notices import Letter as Paper
from hushdesk.vault import PeopleVault, PersonId, Value

_AT_ONCE: Final = 2_000


class Post:
    """Letters of one frozen list.

    Args:
        table: The list; its agreement was checked.
        vault: Opened with its keys.
        letters: Makes them.
    """

    def __init__(self, table: pa.Table, vault: PeopleVault, letters: Letters) -> None:
        self._vault, self._letters = vault, letters
        self._numbers = {number: at for at, number in enumerate(table.column("person").to_pylist())}
        self._rows = table

    def __len__(self) -> int:
        return int(self._rows.num_rows)

    def __contains__(self, person: int) -> bool:
        return person in self._numbers

    def plan(self) -> Iterator[tuple[int, str, int]]:
        """Person, language and rank of each, for the outbox."""
        for rank, (person, language) in enumerate(
            zip(*(self._rows.column(name).to_pylist() for name in ("person", "language")), strict=True)
        ):
            yield person, language, rank

    def _concerned(self, person: int) -> Concerned:
        at = self._numbers[person]
        row = self._rows.slice(at, 1)
        return next(concerned(row, row.column("letter")[0].as_py()))

    def paper(self, person: int) -> Paper:
        """The letter with its postal address."""
        return self._letters.letter(self._concerned(person), _recipient(self._vault.values(PersonId(person))))

    def papers(self, persons: Iterable[int]) -> Iterator[Paper]:
        """Letters of many, in the order given; identities are opened some thousand at a time."""
        stream = iter(persons)
        while batch := list(islice(stream, _AT_ONCE)):
            values = self._vault.values_of([PersonId(person) for person in batch])
            chosen = self._rows.take([self._numbers[person] for person in batch])
            numbers = chosen.column("letter").to_pylist()
            for person, row, number in zip(batch, concerned(chosen), numbers, strict=True):
                to = _recipient(values.get(PersonId(person), []))
                yield self._letters.letter(replace(row, letter=number), to)

    def mail(self, person: int) -> sending.Letter | sending.NoAddress:
        """The letter as mail to the person's addresses."""
        values = self._vault.values(PersonId(person))
        addresses = tuple(dict.fromkeys(value.value for value in values if value.kind == "EMAIL"))
        if not addresses:
            return sending.NoAddress("no e-mail address is known")
        paper = self._letters.letter(self._concerned(person), _recipient(values))
        message = EmailMessage()
        message["Subject"] = paper.subject
        message["Content-Language"] = paper.language
        message.set_content(paper.text)
        return sending.Letter(message, addresses)


def _recipient(values: list[Value]) -> Recipient:
    def first(kind: str) -> str:
        return next((value.value for value in values if value.kind == kind), "")

    # The longest name says the most; the vault keeps every spelling that was seen.
    names = [value.value for value in values if value.kind == "PERSON" and "@" not in value.value]
    lines = tuple(line.strip() for line in first("ADDRESS").replace(", ", "\n").splitlines() if line.strip())
    return Recipient(name=max(names, key=len, default=""), email=first("EMAIL"), lines=lines)
