"""The certificate of a load: a sample drawn while it runs, looked at when it is done, signed and kept.

The sample is a reservoir by priority: each stored case has a keyed MAC of load and case id as its priority, and those
with the smallest are kept. So memory is bounded whatever the size of the load, the choice cannot be foreseen without the
keys, and a load that is taken up again comes to the same sample: it passes by the cases that it skips all the same.
"""

from __future__ import annotations

import heapq
import hmac
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from hushdesk.cases import Case
from hushdesk.desk._ledger import Ledger, now
from hushdesk.desk._settings import CertificateSettings
from hushdesk.desk._signed import SignedCertificate, verify
from hushdesk.redact import Known
from hushdesk.seal import Cast, Sampled, ValueLists, content_bytes, make_certificate, texts_of
from hushdesk.store import EmbeddedStore
from hushdesk.vault import Keyring, Pseudonymiser

KNOWN_KEPT = 500
"""At most this many values of a sampled case's fields are kept until it is looked at."""

LOOKED_AT_ONCE = 50

_WAITING = 500


class Looking(Protocol):
    """Whoever looks at samples: worker processes, or this one."""

    def look(self, jobs: Iterator[Sequence[Sampled]]) -> Iterator[list[Counter[str]]]:
        """Look at samples piece by piece."""


class Reservoir:
    """The sample of a load while it is drawn.

    Args:
        key: Decides the choice.
        size: At most so many cases.
    """

    def __init__(self, key: bytes, size: int) -> None:
        self._key = key
        self._size = size
        self._heap: list[tuple[int, str]] = []
        self._held: dict[str, tuple[bytes, tuple[Known, ...]]] = {}

    def wants(self, case_id: str) -> bool:
        """Whether the case would be in the sample, as far as has been seen."""
        if self._size <= 0:
            return False
        return (
            case_id in self._held
            or len(self._heap) < self._size
            or self._priority(case_id) < -self._heap[0][0]
        )

    def offer(self, case_id: str, mac: bytes, known: Callable[[], Sequence[Known]]) -> None:
        """Put a stored case in, if its turn comes; of two versions the later one counts.

        Args:
            case_id: The case.
            mac: MAC of the stored version.
            known: What its fields say about people; asked for only if it is put in.
        """
        if not self.wants(case_id):
            return
        if case_id not in self._held:
            heapq.heappush(self._heap, (-self._priority(case_id), case_id))
            if len(self._heap) > self._size:
                self._held.pop(heapq.heappop(self._heap)[1], None)
        self._held[case_id] = (mac, tuple(known()[:KNOWN_KEPT]))

    def items(self) -> list[tuple[str, bytes, tuple[Known, ...]]]:
        """What was drawn: case id, MAC, known values."""
        return [(case_id, mac, known) for case_id, (mac, known) in sorted(self._held.items())]

    def _priority(self, case_id: str) -> int:
        return int.from_bytes(hmac.digest(self._key, case_id.encode(), "sha256")[:8], "big")


class Certifier:
    """Draws samples, has them looked at, signs what was found."""

    def __init__(
        self,
        keyring: Keyring,
        settings: CertificateSettings,
        ledger: Ledger,
        store: EmbeddedStore,
        pseudonyms: Pseudonymiser,
        lists: ValueLists,
    ) -> None:
        self._keyring = keyring
        self._settings = settings
        self._ledger = ledger
        self._store = store
        self._pseudonyms = pseudonyms
        self._lists = lists

    def sample(self, load_id: int) -> Sample:
        """Begin the sample of a load."""
        seed = self._settings.seed
        if seed == "keys":
            key = self._keyring.derived("certificate sample")
        else:
            key = str(seed).encode().ljust(32, b"\0")
        key = hmac.digest(key, f"load {load_id}".encode(), "sha256")
        return Sample(load_id, Reservoir(key, self._settings.sample), self._store, self._pseudonyms)

    def certify(self, sample: Sample, looking: Looking) -> SignedCertificate | None:
        """Look at a drawn sample and keep the signed result; None if the load has stored nothing or no sample is wanted."""
        population = self._store.count_loaded(sample.load_id)
        if not population or self._settings.sample <= 0:
            return None
        began = time.monotonic()
        found = [counts for part in looking.look(sample.pieces()) for counts in part]
        if not found:
            return None
        certificate = make_certificate(
            found,
            desk_id=self._keyring.desk_id,
            load_id=sample.load_id,
            at=now(),
            population=population,
            seed=str(self._settings.seed),
            lists=self._lists,
            seconds=time.monotonic() - began,
        )
        signed = SignedCertificate(certificate, *self._keyring.sign_with_version(certificate.to_bytes()))
        self._ledger.certify(sample.load_id, signed.to_text())
        return signed

    def verify(self, signed: SignedCertificate) -> None:
        """Make sure that the desk's own key has signed a certificate of this desk.

        Raises:
            CertificateRefused: It has not.
        """
        verify(signed, self._keyring.signing_public_keys(), self._keyring.desk_id)


class Sample:
    """The sample of one load: drawn while the load runs, read back from the store at its end."""

    def __init__(
        self, load_id: int, reservoir: Reservoir, store: EmbeddedStore, pseudonyms: Pseudonymiser
    ) -> None:
        self.load_id = load_id
        self._reservoir = reservoir
        self._store = store
        self._pseudonyms = pseudonyms
        self._waiting: dict[str, tuple[bytes, Case]] = {}

    def offer(self, case: Case, case_id: str, mac: bytes) -> None:
        """A case was stored by this run."""
        self._reservoir.offer(case_id, mac, lambda: Cast(case, case_id, self._pseudonyms).known())

    def skipped(self, case: Case, case_id: str) -> None:
        """A case was passed by, since an earlier run of the load has dealt with it; the store knows how."""
        if self._reservoir.wants(case_id):
            mac = self._pseudonyms.content_mac(content_bytes(case))
            stored = self._waiting.get(case_id)
            if stored is not None and stored[0] != mac:
                # Two versions in one load: which of them is stored is asked before the next one comes.
                self.settle()
            self._waiting[case_id] = (mac, case)
            if len(self._waiting) >= _WAITING:
                self.settle()

    def settle(self) -> None:
        """Ask the store about the cases that were passed by."""
        waiting, self._waiting = self._waiting, {}
        stored = self._store.loaded(self.load_id, list(waiting))
        for case_id, (mac, case) in waiting.items():
            if stored.get(case_id) == mac:
                self.offer(case, case_id, mac)

    def pieces(self) -> Iterator[list[Sampled]]:
        """The sample as it lies in the store, a piece at a time. What the load's later versions drove out is left out."""
        drawn = self._reservoir.items()
        for start in range(0, len(drawn), LOOKED_AT_ONCE):
            part = {case_id: (mac, known) for case_id, mac, known in drawn[start : start + LOOKED_AT_ONCE]}
            rows = self._store.sealed(list(part)).to_pylist()
            yield [
                Sampled(texts_of(row), part[row["case_id"]][1], row["country"])
                for row in rows
                if row["load_id"] == self.load_id and row["content_mac"] == part[row["case_id"]][0]
            ]
