"""Files of one series: which one a record is of, by a number that goes on through all of them; what a series leaves behind."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from hushdesk.incident._evidence import Account
from hushdesk.incident.evidence._flow_rows import Seen
from hushdesk.incident.evidence._flow_table import Numbers, Words

RECORDS: Final = "records"
"""Name of the table of records that were there before."""


@dataclass(slots=True)
class Files:
    """The files so far. Records are numbered through, from 1."""

    accounts: list[Account] = field(default_factory=list)
    bases: list[int] = field(default_factory=list)
    """By file: the number of the last record before it."""
    skipped: list[int] = field(default_factory=list)
    """By file: lines at its beginning that are no records and have no number here."""

    def begin(self, account: Account, base: int) -> None:
        """The next file; all records up to ``base`` are of those before."""
        self.accounts.append(account)
        self.bases.append(base)
        self.skipped.append(0)

    def refuse(self, number: int, reason: str) -> None:
        """Refuse a record, in the account of its file and with its number there."""
        file = max(bisect_left(self.bases, number) - 1, 0)
        self.accounts[file].refuse(number - self.bases[file] + self.skipped[file], reason)

    def tally(self, numbers: Numbers, *names: str, by: int = 1) -> None:
        """Count records of these numbers in the accounts of their files."""
        if not len(numbers):
            return
        if len(self.accounts) == 1:
            found = {0: len(numbers)}
        else:
            counts = np.bincount(self._files(numbers))
            found = {int(file): int(counts[file]) for file in np.flatnonzero(counts)}
        for file, count in found.items():
            account = self.accounts[file]
            for name in names:
                setattr(account, name, getattr(account, name) + by * count)

    def _files(self, numbers: Numbers) -> Numbers:
        found: Numbers = np.searchsorted(np.array(self.bases, np.int64), numbers, "left") - 1
        return found

    def local(self, numbers: Numbers) -> Numbers:
        """Numbers within their own files."""
        if len(self.bases) == 1:
            return numbers + self.skipped[0]
        return numbers - (np.array(self.bases, np.int64) - self.skipped)[self._files(numbers)]

    def close(self) -> None:
        """Put what was refused in the order of lines."""
        for account in self.accounts:
            account.lines.sort(key=lambda each: each.line)


def stable(names: list[str]) -> Words:
    """A number for each name that is the same in every process."""
    return np.array(
        [
            int.from_bytes(hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).digest(), "little")
            for name in names
        ],
        np.uint64,
    )


def remembered(seen: Seen, before: Sequence[Mapping[str, pl.DataFrame]]) -> pl.DataFrame:
    """Records as a table to be kept, without those of earlier series; they are taken out of ``seen``."""
    known = Seen()
    recalled(before, known)
    size = sum(map(len, seen.hours.values()))
    # Filled in place: joined from parts, they would be there twice.
    hours, hashes, at = np.empty(size, np.int32), np.empty(size, np.uint64), 0
    for hour in list(seen.hours):
        mine = seen.hours.pop(hour)
        if hour in known.hours:
            mine = np.setdiff1d(mine, known.hours[hour], assume_unique=True)
        end = at + len(mine)
        hours[at:end], hashes[at:end] = hour, mine
        at = end
    return pl.DataFrame({"hour": hours[:at], "hash": hashes[:at]})


def recalled(before: Sequence[Mapping[str, pl.DataFrame]], seen: Seen) -> None:
    """Know the records of earlier series again."""
    tables = [each[RECORDS] for each in before if RECORDS in each]
    if tables and (table := pl.concat(tables)).height:
        seen.know(table["hour"].to_numpy().astype(np.int64), table["hash"].to_numpy())
