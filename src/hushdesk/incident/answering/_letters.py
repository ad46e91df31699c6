"""Each letter of a list, made from opened values at the moment it is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from email.message import EmailMessage
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from hushdesk.incident import sending
from hushdesk.incident.answering._list import LIST
from hushdesk.incident.notices import Concerned, Letters, Recipient, concerned
from hushdesk.incident.notices import Letter as Paper
from hushdesk.vault import PeopleVault, PersonId, Value

_AT_ONCE: Final = 2_000


class Post:
    """Letters of one frozen list.

    Args:
        folder: Of the incident.
        vault: Opened with its keys: the list's agreement was checked.
        letters: Makes them.
    """

    def __init__(self, folder: Path, vault: PeopleVault, letters: Letters) -> None:
        self._vault, self._letters = vault, letters
        table = pq.read_table(folder / LIST)
        self._numbers = {number: at for at, number in enumerate(table.column("person").to_pylist())}
        self._rows = table

    def __len__(self) -> int:
        return int(self._rows.num_rows)

    def plan(self) -> Iterator[tuple[int, str, int]]:
        """Person, language and rank of each, for the outbox."""
        for rank, (person, language) in enumerate(
            zip(*(self._rows.column(name).to_pylist() for name in ("person", "language")), strict=True)
        ):
            yield person, language, rank

    def _concerned(self, person: int) -> Concerned:
        at = self._numbers[person]
        return next(concerned(self._rows.slice(at, 1), at + 1))

    def paper(self, person: int) -> Paper:
        """The letter with its postal address."""
        return self._letters.letter(self._concerned(person), _recipient(self._vault.values(PersonId(person))))

    def papers(self, persons: Iterable[int]) -> Iterator[Paper]:
        """Letters of many, in the order given; identities are opened some thousand at a time."""
        stream = iter(persons)
        while batch := list(islice(stream, _AT_ONCE)):
            values = self._vault.values_of([PersonId(person) for person in batch])
            first = self._numbers[batch[0]]
            in_order = all(self._numbers[person] == first + at for at, person in enumerate(batch))
            rows = (
                concerned(self._rows.slice(first, len(batch)), first + 1)
                if in_order
                else (self._concerned(person) for person in batch)
            )
            for person, row in zip(batch, rows, strict=True):
                yield self._letters.letter(row, _recipient(values.get(PersonId(person), [])))

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
