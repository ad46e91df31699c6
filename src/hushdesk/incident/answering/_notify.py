"""Telling persons: the list, four eyes, the mails, the print files, what became of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow.parquet as pq

from hushdesk.access import open_accounts
from hushdesk.desk import Desk
from hushdesk.incident import sending
from hushdesk.incident._spans import iso
from hushdesk.incident.answering import _approval as approval
from hushdesk.incident.answering._analyse import Analysis
from hushdesk.incident.answering._list import LIST, freeze
from hushdesk.incident.dossier import Dossier
from hushdesk.incident.errors import IncidentError
from hushdesk.vault import write_private

# Documents need libraries that take a second to import; looking at the progress needs none of them.
if TYPE_CHECKING:
    from hushdesk.incident.answering._letters import Post

KIND: Final = "letter"
CODES: Final = "notice check codes"
IDS: Final = "notice message ids"
STORY: Final = "letters.json"
"""What all letters of a list say, and their date."""


class Notify:
    """The letters of one incident.

    Args:
        dossier: The incident.
        desk: Whose vault leads to the persons.
        now: The present moment.
    """

    def __init__(self, dossier: Dossier, desk: Desk, now: Callable[[], int]) -> None:
        self._dossier, self._desk, self._now = dossier, desk, now
        self._list = dossier.folder / LIST
        self._story = dossier.folder / STORY

    def call(self, step: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out a step by name.

        Raises:
            IncidentError: There is no such step, or it cannot be done now.
        """
        if step not in STEPS:
            raise IncidentError("there is no such step.", remedy=f"There are: {', '.join(sorted(STEPS))}.")
        found: dict[str, Any] = getattr(self, step)(**arguments)
        return found

    def plan(self, analysis: Analysis) -> dict[str, Any]:
        """Keep the list of those who get a letter, those to be warned first at the front. Opens nothing."""
        if analysis.persons is None:
            raise IncidentError(
                "nobody has worked out whose data it is.", remedy="Run: hushdesk incident status"
            )
        from hushdesk.incident.notices import Story

        story = {"dated": self._now(), **asdict(Story.of(analysis.answer, self._dossier.ident))}
        # Before the list: a list has its story. Letters that are made again after an interruption are the same letters.
        write_private(self._story, json.dumps(story).encode())
        count = freeze(self._dossier.folder, analysis.persons)
        told = {"persons": count, "list": self._digest()}
        self._dossier.step("incident:letters:plan", **told)
        return {**told, "progress": self.progress()}

    def request(self, account: str, password: str, reason: str, code: str = "") -> dict[str, Any]:
        """A privacy officer asks for the identities."""
        self._must_be_planned()
        with open_accounts(self._desk) as accounts:
            asked = approval.ask(
                self._dossier,
                accounts,
                account,
                password,
                reason=reason,
                what=self._digest(),
                count=self._count(),
                now=self._now(),
                key=self._key(),
                code=code,
            )
        return {"asked_by": asked.asked_by, "persons": asked.persons, "agreed_by": ""}

    def approve(self, account: str, password: str, code: str = "") -> dict[str, Any]:
        """A second person agrees."""
        self._must_be_planned()
        with open_accounts(self._desk) as accounts:
            agreed = approval.agree(
                self._dossier,
                accounts,
                account,
                password,
                what=self._digest(),
                now=self._now(),
                key=self._key(),
                code=code,
            )
        return {"asked_by": agreed.asked_by, "persons": agreed.persons, "agreed_by": agreed.agreed_by}

    def send(self, **relay: Any) -> dict[str, Any]:
        """Send what is due. Goes on where an earlier run ended, however it ended."""
        limits = sending.Limits(**relay.pop("limits", {}))
        for name in ("login", "authorities"):
            if relay.get(name):
                relay[name] = Path(relay[name])
        if "tls" in relay:
            relay["tls"] = sending.Tls(relay["tls"])
        post = self.post()
        outbox = self._outbox()
        with outbox.exclusive():
            # Who is on an earlier list alone is on none that was agreed to; who is on this one again is to be told.
            outbox.plan(post.plan(), now=self._now(), step=self._step)
            outbox.admit((person for person, _, _ in post.plan()), now=self._now(), step=self._step)
            outbox.exclude(
                [person for person in outbox.unsent() if person not in post], now=self._now(), step=self._step
            )
        told = sending.send(outbox, sending.Relay(**relay), post.mail, limits, self._step)
        return self._progress(told)

    def reconcile(self, record: str, *, vouched: bool = False) -> dict[str, Any]:
        """Settle what is in doubt by the relay's own record."""
        done = sending.reconcile(self._outbox(), Path(record), vouched=vouched, step=self._step)
        settled = {
            name: getattr(done, name)
            for name in ("accepted", "unsent", "in_doubt", "too_young", "no_witness", "lacking")
        }
        return {**settled, "progress": self.progress()}

    def resend(self) -> dict[str, Any]:
        """Send again what is in doubt, by decision: somebody may get it twice."""
        count = self._outbox().resend_in_doubt(now=self._now(), step=self._step)
        return {"again": count, "progress": self.progress()}

    def bounces(self, path: str) -> dict[str, Any]:
        """Read returned messages."""
        done = sending.bounces(self._outbox(), Path(path), step=self._step)
        names = (
            "read",
            "bounced",
            "soft",
            "no_bounce",
            "repeated",
            "early",
            "foreign",
            "refused",
            "next_address",
            "second_channel",
        )
        return {**{name: getattr(done, name) for name in names}, "progress": self.progress()}

    def pause(self) -> dict[str, Any]:
        """Let the sender wait."""
        self._outbox().pause(step=self._step)
        return {"progress": self.progress()}

    def resume(self) -> dict[str, Any]:
        """Let the sender go on."""
        self._outbox().resume(step=self._step)
        return {"progress": self.progress()}

    def stop(self) -> dict[str, Any]:
        """End the sender after the letters that are on the wire."""
        self._outbox().stop(step=self._step)
        return {"progress": self.progress()}

    def print(self, out: str, *, everybody: bool = False) -> dict[str, Any]:
        """Write print files: of those whom no mail reaches, or of everybody."""
        from hushdesk.incident.notices import Printed, find_face, print_files

        post = self.post()
        folder = Path(out)
        if folder.resolve().is_relative_to(self._desk.folder.resolve()):
            raise IncidentError(
                "print files hold names: they do not belong into the desk.", remedy="Name another folder."
            )
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        wanted: Iterator[int]
        if everybody:
            wanted = (person for person, _, _ in post.plan())
        else:
            wanted = (person for person, _ in self._outbox().second_channel() if person in post)
        files, skipped, letters = [], 0, 0
        for done in print_files(post.papers(wanted), folder, find_face()):
            if isinstance(done, Printed):
                files.append(str(done.path))
                letters += len(done.sheets)
            else:
                skipped += 1
        self._dossier.step("incident:letters:print", letters=letters, not_printable=skipped)
        return {"files": files, "letters": letters, "not_printable": skipped}

    def progress(self) -> dict[str, Any] | None:
        """Where the letters stand; none if no list was kept."""
        if not self._list.exists():
            return None
        found = approval.read(self._dossier, self._key())
        about: dict[str, Any] = {
            "persons": self._count(),
            "asked_by": found.asked_by if found else "",
            "agreed_by": found.agreed_by if found else "",
            "agreed": bool(found and found.holds(self._now()) and found.what == self._shown()),
        }
        if (self._dossier.folder / f"sending-{KIND}.sqlite3").exists():
            about |= self._progress(sending.progress(self._outbox()))
        return about

    # -- inside ---------------------------------------------------------------------------------

    def post(self) -> Post:
        """The letters. From here on identities are opened: the agreement must hold.

        Raises:
            NotApprovedError: It does not.
        """
        from hushdesk.incident.answering._letters import Post
        from hushdesk.incident.answering._report import controller_of
        from hushdesk.incident.notices import CheckCodes, Letters, Story

        self._must_be_planned()
        # What was checked is what is read, whoever replaces the files meanwhile.
        story = self._story.read_bytes()
        with self._list.open("rb") as file:
            with open_accounts(self._desk) as accounts:
                digest = approval.digest_of(file, story)
                approval.must_hold(self._dossier, accounts, digest, self._now(), self._key())
            file.seek(0)
            table = pq.read_table(file)
        told = json.loads(story)
        dated = told.pop("dated")
        codes = CheckCodes(self._desk.keyring.derived(CODES))
        letters = Letters(controller_of(self._dossier), Story(**told), codes, dated=dated)
        return Post(table, self._desk.vault, letters)

    def _digest(self) -> str:
        with self._list.open("rb") as file:
            return approval.digest_of(file, self._story.read_bytes())

    def _shown(self) -> str:
        return approval.digest_to_show(self._list, self._story)

    def _key(self) -> bytes:
        return self._desk.keyring.derived(approval.KEY)

    def _must_be_planned(self) -> None:
        if not self._list.exists():
            raise IncidentError(
                "there is no list of those who get a letter.",
                remedy="Make it with: hushdesk incident notify … plan",
            )

    def _count(self) -> int:
        return int(pq.read_metadata(self._list).num_rows)

    def _outbox(self) -> sending.Outbox:
        key = self._desk.keyring.derived(IDS)
        return sending.Outbox.open(self._dossier.folder, key, kind=KIND, incident=self._dossier.ident)

    def _step(self, event: str, detail: Mapping[str, Any]) -> None:
        self._dossier.steps([(event, detail)])

    def _progress(self, told: sending.Progress) -> dict[str, Any]:
        return {
            "counts": {state.value: count for state, count in told.counts.items()},
            "attempts": dict(told.attempts),
            "in_doubt": told.in_doubt,
            "may_be_twice": told.may_be_twice,
            "first": None if told.first is None else iso(told.first),
            "last": None if told.last is None else iso(told.last),
            "control": told.control.value,
            "ended": told.ended.value,
            "taken": told.taken,
            "per_second": round(told.rate, 1),
        }


STEPS: Final = frozenset(
    {"approve", "bounces", "pause", "print", "reconcile", "request", "resend", "resume", "send", "stop"}
)
