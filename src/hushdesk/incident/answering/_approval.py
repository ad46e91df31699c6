"""Four eyes: identities are opened only after a privacy officer has asked and somebody else, who may, has agreed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from hushdesk.access import Account, Accounts, Permission, require
from hushdesk.incident._spans import DAY, iso
from hushdesk.incident.dossier import Dossier
from hushdesk.incident.errors import NotApprovedError

FILE: Final = "approval.json"
VALID: Final = 7 * DAY
"""An agreement holds so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A request to open the identities of a list of persons, and the agreement to it."""

    what: str
    """SHA-256 of the list of persons that was shown: another list needs another agreement."""
    persons: int
    reason: str
    asked_by: str
    asked_at: int
    agreed_by: str = ""
    agreed_at: int = 0

    def holds(self, now: int) -> bool:
        """Whether identities may be opened."""
        return bool(self.agreed_by) and now - self.agreed_at <= VALID


def digest_of(path: Path) -> str:
    """SHA-256 of the list of persons."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(dossier: Dossier) -> Approval | None:
    """What was asked and agreed to."""
    path = dossier.folder / FILE
    return Approval(**json.loads(path.read_text("utf-8"))) if path.exists() else None


def _write(dossier: Dossier, approval: Approval) -> None:
    path = dossier.folder / FILE
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(asdict(approval)), "utf-8")
    draft.replace(path)


def ask(
    dossier: Dossier,
    accounts: Accounts,
    name: str,
    password: str,
    *,
    reason: str,
    persons: Path,
    count: int,
    now: int,
) -> Approval:
    """A privacy officer asks for the identities of a list.

    Raises:
        AccessError: Wrong name or password, or locked out.
        Forbidden: The account may not ask.
        NotApprovedError: No reason is given.
    """
    account = accounts.verify(name, password)
    require(account, Permission.VAULT_REVEAL)
    if not reason.strip():
        raise NotApprovedError("a reason is needed to open identities.", remedy="Say it with --reason.")
    approval = Approval(
        what=digest_of(persons), persons=count, reason=reason, asked_by=account.name, asked_at=now
    )
    _write(dossier, approval)
    dossier.step("officer:reveal:request", by=account.name, persons=count, list=approval.what)
    return approval


def agree(
    dossier: Dossier, accounts: Accounts, name: str, password: str, *, persons: Path, now: int
) -> Approval:
    """A second person agrees.

    Raises:
        AccessError: Wrong name or password, or locked out.
        Forbidden: The account may not agree.
        NotApprovedError: Nobody asked, the list has changed since, or it is the same person.
    """
    account: Account = accounts.verify(name, password)
    require(account, Permission.VAULT_APPROVE)
    asked = read(dossier)
    if asked is None:
        raise NotApprovedError(
            "nobody has asked for these identities.", remedy="Ask with: hushdesk incident notify … request"
        )
    if asked.what != digest_of(persons):
        raise NotApprovedError("the list of persons has changed since it was asked for.", remedy="Ask again.")
    if asked.asked_by == account.name:
        raise NotApprovedError("whoever asks cannot agree as well.", remedy="Another officer must agree.")
    approval = Approval(**{**asdict(asked), "agreed_by": account.name, "agreed_at": now})
    _write(dossier, approval)
    dossier.step(
        "officer:reveal:approve",
        by=account.name,
        asked_by=asked.asked_by,
        persons=asked.persons,
        list=asked.what,
    )
    return approval


def must_hold(dossier: Dossier, persons: Path, now: int) -> Approval:
    """The agreement that is in force.

    Raises:
        NotApprovedError: There is none, it is too old, or it is to another list.
    """
    found = read(dossier)
    if found is None or not found.agreed_by:
        raise NotApprovedError(
            "a second person has not agreed to open these identities.",
            remedy="Agree with: hushdesk incident notify … approve",
        )
    if not found.holds(now):
        raise NotApprovedError(
            f"the agreement of {iso(found.agreed_at)} is older than a week.", remedy="Ask again."
        )
    if found.what != digest_of(persons):
        raise NotApprovedError("the list of persons has changed since it was agreed to.", remedy="Ask again.")
    return found
