"""The officer's review of the quarantine: open an entry, decide about each finding, seal the case again.

Everything here that can read an entry takes the officer's key, which the desk does not hold. What is decided is kept as a
keyed hash on the desk's lists; who decided how many values of which kind is written down in the ledger, append-only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hushdesk.cases import Case, Reason
from hushdesk.desk._errors import NoSuchEntry, ReviewError
from hushdesk.desk._gate import LoadGate
from hushdesk.desk._ledger import Ledger, Resolution
from hushdesk.desk._lists import ListsFile
from hushdesk.desk._plan import Judge
from hushdesk.redact import Kind, Known
from hushdesk.seal import ErasedValues, Listed, case_of
from hushdesk.store import EmbeddedStore
from hushdesk.vault import (
    OfficerDoors,
    OfficerKey,
    PeopleVault,
    Pseudonymiser,
    Quarantine,
    QuarantineEntry,
    QuarantineItem,
    officer_doors,
    unlock_officer_key,
    unlock_officer_key_with_shares,
)

if TYPE_CHECKING:
    from hushdesk.seal import Doubt, Reviewed

MOST_SHOWN = 200_000
"""Characters of an entry that are shown."""

_CLOSED = frozenset({Resolution.RELEASED, Resolution.DISMISSED, Resolution.SUPERSEDED})

_REFUSALS = frozenset(reason.value for reason in Reason)


@dataclass(frozen=True, slots=True)
class ReviewEntry:
    """What can be said of an entry without the officer's key."""

    index: int
    load_id: str
    reason: str
    at: datetime
    size: int
    """Bytes of the input."""
    is_case: bool
    """A case that can be sealed again; else a row that was refused, to be corrected at its source."""
    state: Resolution
    """The last word about it."""
    decided: int
    """How many decisions about its findings were made."""

    @property
    def open(self) -> bool:
        """Whether something is left to do."""
        return self.state not in _CLOSED


@dataclass(frozen=True, slots=True)
class ReviewFinding:
    """One doubtful value of an opened entry."""

    id: str
    """Stands for the value: a keyed hash."""
    kind: str
    value: str = field(repr=False)
    fields: tuple[str, ...]
    why: str
    decision: Listed | None
    """What was decided about it, in this entry or another."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a shown text: plain, or one of the findings."""

    text: str = field(repr=False)
    finding: str = ""
    """The finding's id; empty for plain text."""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ReviewText:
    """One text of an opened entry."""

    name: str
    """Of which field."""
    pieces: tuple[Piece, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    """An entry that the officer has opened. In memory only."""

    entry: ReviewEntry
    place: str = field(repr=False)
    """Where the input stood."""
    sealed: bool
    """Whether the texts are shown as sealing leaves them; else as they came in."""
    texts: tuple[ReviewText, ...] = field(repr=False)
    findings: tuple[ReviewFinding, ...] = field(repr=False)

    @property
    def undecided(self) -> int:
        """How many findings wait for a decision."""
        return sum(finding.decision is None for finding in self.findings)

    @property
    def releasable(self) -> bool:
        """Whether the case may be sealed again."""
        return self.entry.open and self.entry.is_case and not self.undecided


@dataclass(frozen=True, slots=True)
class Released:
    """What sealing a case again came to."""

    state: Resolution
    reason: str = ""
    """Why it stays in quarantine, without a value."""

    @property
    def stays(self) -> bool:
        """Whether the case is still in quarantine."""
        return self.state is Resolution.KEPT


class Review:
    """The quarantine of an open desk, as its officer works through it."""

    def __init__(
        self,
        quarantine: Quarantine,
        ledger: Ledger,
        store: EmbeddedStore,
        vault: PeopleVault,
        pseudonyms: Pseudonymiser,
        lists: ListsFile,
        keys: Path,
        gate: LoadGate,
        erased: ErasedValues,
    ) -> None:
        self._quarantine = quarantine
        self._ledger = ledger
        self._store = store
        self._vault = vault
        self._pseudonyms = pseudonyms
        self._lists = lists
        self._keys = keys
        self._gate = gate
        self._erased = erased

    def unlock(self, passphrase: str) -> OfficerKey:
        """The officer's key, for as long as the caller keeps it.

        Raises:
            KeysRefusedError: The passphrase is wrong.
        """
        return unlock_officer_key(self._keys, passphrase)

    def unlock_with_shares(self, shares: Sequence[str]) -> OfficerKey:
        """The officer's key out of its shares, as they are printed; for as long as the caller keeps it.

        Raises:
            SharesError: They are too few, mistyped, or of another split.
        """
        return unlock_officer_key_with_shares(self._keys, shares)

    def doors(self) -> OfficerDoors:
        """How the officer's key opens: by a passphrase, by so many shares, or by either."""
        return officer_doors(self._keys)

    def adopt(self, pseudonyms: Pseudonymiser) -> None:
        """Seal with these pseudonyms from now on: the domain key was rotated."""
        self._pseudonyms = pseudonyms

    def entries(self) -> list[ReviewEntry]:
        """All entries, newest first. Needs no key."""
        resolved = self._ledger.resolutions()
        found = [
            self._entry(entry, *resolved.get(entry.index, (Resolution.OPEN, 0)))
            for entry in self._quarantine.entries()
        ]
        return found[::-1]

    def count_open(self) -> int:
        """How many entries have something left to do."""
        closed = sum(state in _CLOSED for state, _ in self._ledger.resolutions().values())
        return self._quarantine.count() - closed

    @staticmethod
    def _entry(entry: QuarantineEntry, state: Resolution, decided: int) -> ReviewEntry:
        return ReviewEntry(
            entry.index,
            entry.load_id,
            entry.reason,
            entry.at,
            entry.size,
            entry.reason not in _REFUSALS,
            state,
            decided,
        )

    def open(self, index: int, key: OfficerKey) -> OpenedEntry:
        """Open one entry: the sealed texts with what the leak check doubts in them, or a refused row as it came.

        Raises:
            NoSuchEntry: There is none with that number.
            VaultDamagedError: It was changed, or sealed to another key.
        """
        item, case = self._read(index, key)
        state, decided = self._ledger.resolutions().get(index, (Resolution.OPEN, 0))
        entry = self._entry(item.entry, state, decided)
        if case is None:
            return OpenedEntry(entry, item.locator, sealed=False, texts=_raw(item.payload), findings=())
        reviewed, findings = self._reviewed(case)
        if reviewed is None:
            return OpenedEntry(entry, item.locator, sealed=False, texts=_plain(case), findings=())
        return OpenedEntry(
            entry, item.locator, sealed=True, texts=tuple(self._texts(reviewed)), findings=findings
        )

    def decide(
        self, index: int, findings: Iterable[str], key: OfficerKey, *, personal: bool, by: str
    ) -> OpenedEntry:
        """Confirm findings of an entry (personal), or reject them (harmless).

        Args:
            index: The entry.
            findings: Ids of findings as :meth:`open` gave them.
            key: The officer's key.
            personal: True confirms, False rejects.
            by: Who decides: an account's name.

        Raises:
            NoSuchEntry: There is no such entry, or no such finding in it.
            ReviewError: The entry is closed.
            ValueTooShort: A value cannot be looked for by itself.
        """
        opened = self.open(index, key)
        if not opened.entry.open:
            raise ReviewError(
                f"entry {index} is {opened.entry.state.value}.", remedy="Nothing is left to decide."
            )
        known = {finding.id: finding for finding in opened.findings}
        wanted = list(dict.fromkeys(findings))
        if not wanted or any(one not in known for one in wanted):
            raise NoSuchEntry("finding in this entry")
        for one in wanted:
            finding = known[one]
            self._lists.decide(Listed.DENY if personal else Listed.ALLOW, Kind(finding.kind), finding.value)
            self._ledger.resolve(
                index,
                _number(opened.entry.load_id),
                Resolution.CONFIRMED if personal else Resolution.REJECTED,
                by,
                kind=finding.kind,
            )
        return self.open(index, key)

    def release(self, index: int, key: OfficerKey, *, by: str) -> Released:
        """Seal the case of an entry again, under the lists as they are now, and store it if nothing is doubtful any more.

        Raises:
            NoSuchEntry: There is none with that number.
            ReviewError: It is no case, is closed, has undecided findings, or a load is running.
        """
        with self._gate.releasing():
            opened = self.open(index, key)
            entry = opened.entry
            if not entry.open:
                raise ReviewError(f"entry {index} is {entry.state.value}.", remedy="Nothing is left to do.")
            if not entry.is_case:
                raise ReviewError(
                    f"entry {index} is a refused row, not a case.",
                    remedy="Correct it at its source and load it again, then dismiss the entry.",
                )
            if opened.undecided:
                raise ReviewError(
                    f"{opened.undecided} findings of entry {index} are not decided.",
                    remedy="Confirm or reject each of them first.",
                )
            released, newer = self._seal_again(index, key, opened)
            self._ledger.resolve(index, _number(entry.load_id), released.state, by, newer=newer)
            return released

    def dismiss(self, index: int, *, by: str) -> None:
        """Close an entry without storing anything: it was corrected at its source, or is not wanted.

        Raises:
            NoSuchEntry: There is none with that number.
        """
        entry = next((one for one in self.entries() if one.index == index), None)
        if entry is None:
            raise NoSuchEntry
        if not entry.open:
            raise ReviewError(f"entry {index} is {entry.state.value}.", remedy="Nothing is left to do.")
        self._ledger.resolve(index, _number(entry.load_id), Resolution.DISMISSED, by)

    def _read(self, index: int, key: OfficerKey) -> tuple[QuarantineItem, Case | None]:
        try:
            item = self._quarantine.read(index, key)
        except IndexError:
            raise NoSuchEntry from None
        if item.entry.reason in _REFUSALS:
            return item, None
        try:
            return item, case_of(item.payload)
        except ValueError:
            return item, None

    def _reviewed(self, case: Case) -> tuple[Reviewed | None, tuple[ReviewFinding, ...]]:
        """The case as sealing leaves it under the lists, and its findings, decided ones among them."""
        from hushdesk.seal import Sealer

        case_id = self._pseudonyms.case_id(case.source, case.source_id)
        lists = self._lists.lists
        try:
            before = Sealer(self._pseudonyms).review(case, case_id)
            decided = [doubt for doubt in before.doubts if lists.decided(doubt.value) is not None]
            after = before
            if decided or lists:
                extra = [
                    Known(doubt.kind, doubt.value)
                    for doubt in decided
                    if lists.decided(doubt.value) is Listed.DENY
                ]
                after = Sealer(self._pseudonyms, lists=lists).review(case, case_id, extra)
        except Exception:  # noqa: BLE001 - the bug that brought the case here; its message may quote it
            return None, ()
        found: dict[str, ReviewFinding] = {}
        for reviewed, doubts in ((after, after.doubts), (before, decided)):
            for doubt in doubts:
                name = lists.id_of(doubt.value)
                seen = found.get(name)
                where = (*(seen.fields if seen else ()), reviewed.fields[doubt.text])
                found[name] = ReviewFinding(
                    name,
                    seen.kind if seen else doubt.kind.value,
                    doubt.value,
                    tuple(dict.fromkeys(where)),
                    seen.why if seen else doubt.why,
                    lists.decided(doubt.value),
                )
        return after, tuple(found.values())

    def _texts(self, reviewed: Reviewed) -> Iterator[ReviewText]:
        left = MOST_SHOWN
        for index, (name, text) in enumerate(zip(reviewed.fields, reviewed.texts, strict=True)):
            if text and left > 0:
                doubts = [doubt for doubt in reviewed.doubts if doubt.text == index]
                yield ReviewText(name, tuple(self._pieces(text[:left], doubts)))
                left -= len(text)

    def _pieces(self, text: str, doubts: Sequence[Doubt]) -> Iterator[Piece]:
        at = 0
        for doubt in sorted(doubts, key=lambda one: (one.start, -one.end)):
            # What shows in another reading alone has no place of its own here.
            if doubt.start < at or doubt.end > len(text) or text[doubt.start : doubt.end] != doubt.value:
                continue
            if doubt.start > at:
                yield Piece(text[at : doubt.start])
            yield Piece(text[doubt.start : doubt.end], self._lists.lists.id_of(doubt.value), doubt.kind.value)
            at = doubt.end
        if at < len(text):
            yield Piece(text[at:])

    def _seal_again(self, index: int, key: OfficerKey, opened: OpenedEntry) -> tuple[Released, bool]:
        import pyarrow as pa

        from hushdesk.seal import BatchSealer, Verdict

        item, case = self._read(index, key)
        if case is None:
            return Released(Resolution.KEPT, "it cannot be read as a case"), False
        case_id = self._pseudonyms.case_id(case.source, case.source_id)
        if self._erased.refuses(case, case_id):
            return Released(Resolution.DISMISSED, "the case, or its customer, was erased"), False
        mac = self._pseudonyms.content_mac(item.payload)
        stored = self._store.macs([case_id]).get(case_id)
        if stored is not None and stored[0] == mac:
            # Loaded again meanwhile, or released before a crash.
            return Released(Resolution.RELEASED), False
        if stored is not None and not Judge.newer(case, stored[1]):
            return Released(Resolution.SUPERSEDED), False
        extra = [
            Known(Kind(finding.kind), finding.value)
            for finding in opened.findings
            if finding.decision is Listed.DENY
        ]
        sealer = BatchSealer(self._pseudonyms, lists=self._lists.lists, erased=self._erased)
        sealed = sealer.seal([(case, case_id, mac)], _number(item.entry.load_id), extra)
        if sealed.verdicts != (Verdict.SEALED,):
            doubt = sealed.doubts[0]
            return Released(Resolution.KEPT, doubt.reason), False
        table = pa.ipc.open_stream(sealed.table).read_all()
        self._vault.put_many(sealed.entries)
        if stored is None:
            self._store.insert(table, f"release-{index}")
        else:
            self._store.replace(table, f"release-{index}")
        return Released(Resolution.RELEASED), stored is not None


def _number(load_id: str) -> int:
    return int(load_id) if load_id.isascii() and load_id.isdigit() else 0


def _raw(payload: bytes) -> tuple[ReviewText, ...]:
    return (ReviewText("row", (Piece(payload[:MOST_SHOWN].decode("utf-8", "replace")),)),)


def _plain(case: Case) -> tuple[ReviewText, ...]:
    texts = [(name, getattr(case, name)) for name in ("subject", "description", "resolution", "remarks")]
    texts += [("notes", note) for note in case.notes]
    texts += [("messages", message.text) for message in case.messages]
    return tuple(ReviewText(name, (Piece(text[:MOST_SHOWN]),)) for name, text in texts if text)
