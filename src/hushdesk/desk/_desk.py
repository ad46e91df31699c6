"""A desk: settings, sealed store, vault reference, ledger, quarantine."""

from __future__ import annotations

import os
import secrets
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from hushdesk.desk import _settings
from hushdesk.desk._certify import Certifier
from hushdesk.desk._erased import ERASED_FILE, ErasedFile
from hushdesk.desk._errors import DeskError, LoadError
from hushdesk.desk._gate import LoadGate
from hushdesk.desk._ledger import Ledger, now
from hushdesk.desk._lists import LISTS_FILE, ListsFile
from hushdesk.desk._lock import OwnerLock
from hushdesk.desk._plan import BATCH_CASES
from hushdesk.desk._record import open_record
from hushdesk.desk._report import LoadReport
from hushdesk.desk._review import Review
from hushdesk.desk._settings import DeskSettings
from hushdesk.desk._signed import SignedCertificate
from hushdesk.desk._told import certified, compare_settings, remember_settings, told
from hushdesk.desk.persons import resume, rooms_of
from hushdesk.store import EmbeddedStore
from hushdesk.vault import Keyring, PeopleVault, Pseudonymiser, Quarantine

if TYPE_CHECKING:
    from hushdesk.desk._load import Load, Progress
    from hushdesk.readers import Options

SMALL_INPUT = 2_000_000
"""Inputs below this many bytes are sealed in the loading process: starting others would take longer."""


@dataclass(frozen=True, slots=True)
class Created:
    """What making a desk gave."""

    folder: Path
    keys: Path
    vault: Path
    officer_passphrase: str = field(repr=False)
    """Opens the quarantine; shown once and kept nowhere."""


class Desk:
    """An open desk; the process that opened it owns it until it is closed."""

    def __init__(self, folder: Path, command: str, socket: str = "") -> None:
        """Use :meth:`open`."""
        self.folder = folder
        self.settings: DeskSettings = _settings.read(folder)
        for what in ("keys", "vault"):
            _settings.must_be_outside(getattr(self.settings, what), folder, what)
        with ExitStack() as opened:
            opened.enter_context(OwnerLock(folder / "owner.lock", command, socket))
            keyring = Keyring.open(self.settings.keys)
            self.keyring = keyring
            self.pseudonyms: Pseudonymiser = keyring.pseudonymiser()
            self.ledger = opened.enter_context(closing(Ledger(folder / "ledger.sqlite")))
            self.vault = opened.enter_context(PeopleVault.open(self.settings.vault, keyring))
            self.quarantine = opened.enter_context(
                Quarantine(folder / "quarantine", bytes.fromhex(self.settings.officer_public_key))
            )
            self.record = opened.enter_context(open_record(folder, keyring))
            self.store = opened.enter_context(EmbeddedStore.open(folder / "store"))
            self.lists = ListsFile(folder / LISTS_FILE, keyring)
            self.certifier = Certifier(
                keyring, self.settings.certificate, self.ledger, self.store, self.pseudonyms, self.lists.lists
            )
            self.erased = ErasedFile(folder / ERASED_FILE, keyring)
            self.gate = LoadGate()
            self.keys_lock = threading.Lock()
            """Held while keys are changed or backed up."""
            self.review = Review(
                self.quarantine,
                self.ledger,
                self.store,
                self.vault,
                self.pseudonyms,
                self.lists,
                self.settings.keys,
                self.gate,
                self.erased.values,
            )
            compare_settings(self.record, folder, self.settings)
            self.ledger.mark_interrupted()
            # An erasure that a killed process began is ended before anybody can ask anything.
            resume(rooms_of(self))
            # Everything is open: from here on it is closed by close(), the lock last.
            self._opened = opened.pop_all()

    @staticmethod
    def create(folder: Path, *, keys: Path | None = None, vault: Path | None = None) -> Created:
        """Make an empty desk.

        Args:
            folder: The desk's folder; must not exist or be empty.
            keys: Folder for the keys; by default under :func:`hushdesk.desk.home`.
            vault: Folder for the vault; by default likewise.

        Raises:
            DeskError: The folder is in use, or keys or vault would lie inside the desk.
        """
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise DeskError(
                f"{folder} exists and is not empty.",
                remedy="Name a new folder, or use the desk that is there.",
            )
        desk_id = secrets.token_hex(8)
        own = _settings.home() / desk_id
        keys = (keys or own / "keys").absolute()
        vault = (vault or own / "vault").absolute()
        for what, path in (("keys", keys), ("vault", vault)):
            _settings.must_be_outside(path, folder, what)
            if path.exists() and any(path.iterdir()):
                raise DeskError(
                    f"the {what} folder {path} is not empty.", remedy="Name an empty or a new folder for it."
                )
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        keyring, officer = Keyring.create(keys, desk_id=desk_id)
        PeopleVault.create(vault, keyring).close()
        (folder / "quarantine").mkdir(mode=0o700)
        EmbeddedStore.create(folder / "store").close()
        Ledger(folder / "ledger.sqlite").close()
        settings = DeskSettings(desk_id, now(), keys, vault, officer.public_key.hex())
        remember_settings(folder, settings)
        # Last of all: a folder with settings is a whole desk.
        _settings.write(folder, settings)
        return Created(folder, keys, vault, officer.passphrase)

    @classmethod
    def open(cls, folder: str | os.PathLike[str], *, command: str = "open", socket: str = "") -> Self:
        """Open the desk in ``folder`` and own it.

        Raises:
            DeskError: There is no usable desk.
            DeskBusy: Another process owns it.
        """
        return cls(Path(folder), command, socket)

    def close(self) -> None:
        """Close all parts and give the desk back."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def load(
        self,
        inputs: Sequence[Path],
        *,
        options: Options | None = None,
        reader: str | None = None,
        source: str = "",
        workers: int | None = None,
        mark: str = "",
        batch_cases: int = BATCH_CASES,
        on_progress: Callable[[Progress], None] | None = None,
        by: str = "desk",
    ) -> LoadReport:
        """Load exports.

        Args:
            inputs: Files and folders.
            options: What the user says about them.
            reader: Force one reader by name.
            source: Replaces the reader's source name, to tell two instances apart.
            workers: Sealing processes; None chooses by the size of the input, 0 seals in this process.
            mark: Text that belongs to the identity of the load (such as the mapping's content): another
                mark is another load.
            batch_cases: At most this many cases are committed at once. No part of the load's identity: where an
                interrupted load goes on is written in the ledger, and how it is cut from there changes nothing.
            on_progress: Told after each batch.
            by: Who loads, for the record.

        Raises:
            LoadError: An input does not exist.
        """
        for path in inputs:
            if not path.exists():
                raise LoadError("an input does not exist.", remedy=f"Check the path: {path}")
        with self.gate.loading():
            return self._load(
                inputs,
                options=options,
                reader=reader,
                source=source,
                workers=workers,
                mark=mark,
                batch_cases=batch_cases,
                on_progress=on_progress,
                by=by,
            )

    def _load(
        self,
        inputs: Sequence[Path],
        *,
        options: Options | None,
        reader: str | None,
        source: str,
        workers: int | None,
        mark: str,
        batch_cases: int,
        on_progress: Callable[[Progress], None] | None,
        by: str,
    ) -> LoadReport:
        # Late: a desk is opened far more often than it is loaded.
        from hushdesk.desk._load import Load, Rooms
        from hushdesk.readers import Options, plan

        load: Load | None = None

        def count(read: int) -> None:
            if load is not None:
                load.bytes_done += read

        options = with_changes(options or Options(), on_bytes=count)
        planned = plan(inputs, options, reader)
        if workers is None:
            small = planned.total_bytes < SMALL_INPUT or not _can_spawn()
            workers = 0 if small else (os.cpu_count() or 1)
        rooms = Rooms(
            self.ledger,
            self.store,
            self.vault,
            self.quarantine,
            self.pseudonyms,
            self.lists.lists,
            self.certifier,
            self.erased.values,
            self.gate,
        )
        load = Load(
            rooms,
            planned,
            options,
            inputs=inputs,
            workers=workers,
            source=source,
            batch_cases=batch_cases,
            mark="\n".join((mark, source, reader or "", str(options.zone), str(options.day_first))),
            on_progress=on_progress,
        )
        with told(self.record, self.ledger, load, len(inputs), by):
            report = load.run()
        certified(self.record, report)
        return report

    def adopt_keys(self) -> None:
        """Use the newest versions of the keys from now on; loads that run keep the ones with which they began."""
        self.pseudonyms = self.keyring.pseudonymiser()
        self.review.adopt(self.pseudonyms)
        self.vault.adopt(self.keyring)

    def loads_running(self) -> int:
        """How many loads run now."""
        return self.gate.loads

    def still(self) -> AbstractContextManager[None]:
        """While nothing is half way into the desk, for a copy that fits together; loads wait."""
        return self.gate.still()

    def certificates(self) -> list[SignedCertificate]:
        """The certificate of each load that has one, newest first; of several of one load the latest."""
        return self.ledger.certificates()

    def report(self, load_id: int) -> LoadReport | None:
        """The report of one load, finished or not."""
        return self.ledger.report(load_id)

    def reports(self) -> list[LoadReport]:
        """Reports of all loads, newest first."""
        found = (self.ledger.report(load_id) for load_id in self.ledger.loads())
        return [report for report in found if report is not None]

    def status(self) -> dict[str, Any]:
        """What the desk holds, in counts."""
        return {
            "desk_id": self.settings.desk_id,
            "created": self.settings.created,
            "cases": self.store.count(),
            "store_bytes": self.store.disk_bytes(),
            "loads": len(self.ledger.loads()),
            "quarantined": self.quarantine.count(),
            "quarantine_open": self.review.count_open(),
            "people": self.vault.count(),
            "security_contact": list(self.settings.security.contact),
            "certificate": next((one.to_json() for one in self.certificates()), None),
        }


def _can_spawn() -> bool:
    """Whether worker processes can start: they import the main module again, so there must be one on disk."""
    main = sys.modules.get("__main__")
    if getattr(main, "__spec__", None) is not None:
        return True
    path = getattr(main, "__file__", None)
    return path is not None and Path(path).exists()
