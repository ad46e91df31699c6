"""Four eyes: identities are opened only after a privacy officer has asked and somebody else, who may, has agreed."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from io import BufferedReader
from typing import Final

from hushdesk.access import Account, Accounts, Permission, require
from hushdesk.incident._spans import DAY, iso
from hushdesk.incident.dossier import Dossier
from hushdesk.incident.errors import NotApprovedError
from hushdesk.vault import write_private

FILE: Final = "approval.json"
KEY: Final = "identities approval"
"""Use of the key that seals it: whoever writes into the folder by hand, without the keys, agrees to nothing."""
VALID: Final = 7 * DAY
"""An agreement holds so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A request to open the identities of a list of persons, and the agreement to it."""

    what: str
    """SHA-256 of the list of persons that was shown, and of what they are told: another list needs another agreement."""
    persons: int
    reason: str
    asked_by: str
    asked_at: int
    agreed_by: str = ""
    agreed_at: int = 0

    def holds(self, now: int) -> bool:
        """Whether identities may be opened."""
        return bool(self.agreed_by) and now - self.agreed_at <= VALID


def digest_of(file: BufferedReader, story: bytes) -> str:
    """SHA-256 of the list of persons, and of what they are told."""
    whole = hashlib.file_digest(file, "sha256")
    whole.update(story)
    return whole.hexdigest()


def read(dossier: Dossier, key: bytes) -> Approval | None:
    """What was asked and agreed to; none if nothing was, or if it was not this desk that wrote it down."""
    path = dossier.folder / FILE
    try:
        values = json.loads(path.read_text("utf-8"))
        seal = str(values.pop("seal", ""))
        approval = Approval(**values)
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return approval if hmac.compare_digest(seal.encode(), _seal(dossier, approval, key).encode()) else None


def _seal(dossier: Dossier, approval: Approval, key: bytes) -> str:
    text = json.dumps([dossier.ident, asdict(approval)], sort_keys=True)
    return hmac.digest(key, text.encode(), "sha256").hex()


def _write(dossier: Dossier, approval: Approval, key: bytes) -> None:
    sealed = {**asdict(approval), "seal": _seal(dossier, approval, key)}
    write_private(dossier.folder / FILE, json.dumps(sealed).encode())


def ask(
    dossier: Dossier,
    accounts: Accounts,
    name: str,
    password: str,
    *,
    reason: str,
    what: str,
    count: int,
    now: int,
    key: bytes,
    code: str = "",
) -> Approval:
    """A privacy officer asks for the identities of a list.

    Raises:
        AccessError: Wrong name, password or code of the second factor, or locked out.
        Forbidden: The account may not ask.
        NotApprovedError: No reason is given.
    """
    account = accounts.verify(name, password, code)
    require(account, Permission.VAULT_REVEAL)
    if not reason.strip():
        raise NotApprovedError("a reason is needed to open identities.", remedy="Say it with --reason.")
    approval = Approval(what=what, persons=count, reason=reason, asked_by=account.name, asked_at=now)
    # The record first: what is in force stands in it, whenever the process ends.
    dossier.step("officer:reveal:request", by=account.name, persons=count, list=approval.what)
    _write(dossier, approval, key)
    return approval


def agree(
    dossier: Dossier,
    accounts: Accounts,
    name: str,
    password: str,
    *,
    what: str,
    now: int,
    key: bytes,
    code: str = "",
) -> Approval:
    """A second person agrees.

    Raises:
        AccessError: Wrong name, password or code of the second factor, or locked out.
        Forbidden: The account may not agree.
        NotApprovedError: Nobody asked, the list has changed since, or it is the same person.
    """
    account: Account = accounts.verify(name, password, code)
    require(account, Permission.VAULT_APPROVE)
    asked = read(dossier, key)
    if asked is None:
        raise NotApprovedError(
            "nobody has asked for these identities.", remedy="Ask with: hushdesk incident notify … request"
        )
    if asked.what != what:
        raise NotApprovedError("the list of persons has changed since it was asked for.", remedy="Ask again.")
    if asked.asked_by == account.name:
        raise NotApprovedError("whoever asks cannot agree as well.", remedy="Another officer must agree.")
    approval = Approval(**{**asdict(asked), "agreed_by": account.name, "agreed_at": now})
    dossier.step(
        "officer:reveal:approve",
        by=account.name,
        asked_by=asked.asked_by,
        persons=asked.persons,
        list=asked.what,
    )
    _write(dossier, approval, key)
    return approval


def must_hold(dossier: Dossier, what: str, now: int, key: bytes) -> Approval:
    """The agreement that is in force.

    Raises:
        NotApprovedError: There is none, it is too old, or it is to another list.
    """
    found = read(dossier, key)
    if found is None or not found.agreed_by:
        raise NotApprovedError(
            "a second person has not agreed to open these identities.",
            remedy="Agree with: hushdesk incident notify … approve",
        )
    if not found.holds(now):
        raise NotApprovedError(
            f"the agreement of {iso(found.agreed_at)} is older than a week.", remedy="Ask again."
        )
    if found.what != what:
        raise NotApprovedError("the list of persons has changed since it was agreed to.", remedy="Ask again.")
    return found
