"""Four eyes: identities are opened only after a privacy officer has asked and somebody else, who may, has agreed."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final

from hushdesk.access import Account, AccountId, Accounts, AccountUnknown, Permission, require
from hushdesk.incident._spans import DAY, iso
from hushdesk.incident.dossier import Dossier
from hushdesk.incident.errors import NotApprovedError
from hushdesk.vault import write_private

FILE: Final = "approval.json"
KEY: Final = "identities approval"
"""Use of the key that seals it: whoever writes into the folder by hand, without the keys, agrees to nothing."""
VALID: Final = 7 * DAY
"""An agreement holds so long."""


_MOST_SHOWN: Final = 64
"""Lists whose digest is remembered."""
_SHOWN: Final[dict[Path, tuple[tuple[int, ...], str]]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A request to open the identities of a list of persons, and the agreement to it."""

    what: str
    """SHA-256 of the list of persons that was shown, and of what they are told: another list needs another agreement."""
    persons: int
    reason: str
    asked_by: str
    """The account's name, for people; who it is says its number."""
    asked_at: int
    agreed_by: str = ""
    agreed_at: int = 0
    asked_id: int = 0
    agreed_id: int = 0

    def holds(self, now: int) -> bool:
        """Whether identities may be opened."""
        return bool(self.agreed_by) and now - self.agreed_at <= VALID


def digest_of(file: BufferedReader, story: bytes) -> str:
    """SHA-256 of the list of persons, and of what they are told."""
    whole = hashlib.file_digest(file, "sha256")
    whole.update(story)
    return whole.hexdigest()


def digest_to_show(listed: Path, story: Path) -> str:
    """As :func:`digest_of`, counted once for as long as neither file changes: for looking on, never for deciding.

    A list may have millions of rows, and whoever watches letters go out looks every few seconds. Files are known by inode, size
    and times: both are replaced whole, never written into.
    """
    stats = [path.stat() for path in (listed, story)]
    known = tuple(
        number for one in stats for number in (one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns)
    )
    found = _SHOWN.get(listed)
    if found is None or found[0] != known:
        with listed.open("rb") as file:
            found = known, digest_of(file, story.read_bytes())
        if len(_SHOWN) >= _MOST_SHOWN:
            _SHOWN.clear()
        _SHOWN[listed] = found
    return found[1]


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


def _proven(accounts: Accounts, name: str, password: str, code: str, permission: Permission) -> Account:
    account = accounts.verify(name, password, code)
    require(account, permission)
    if account.must_change_password:
        # Whoever made the account knows it as well: two officers could be one person.
        raise NotApprovedError(
            "this account still has the password that was made for it.",
            remedy="Sign in to the pages and choose another.",
        )
    return account


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
        NotApprovedError: No reason is given, or the account's password was made for it.
    """
    account = _proven(accounts, name, password, code, Permission.VAULT_REVEAL)
    if not reason.strip():
        raise NotApprovedError("a reason is needed to open identities.", remedy="Say it with --reason.")
    approval = Approval(
        what=what, persons=count, reason=reason, asked_by=account.name, asked_id=account.id, asked_at=now
    )
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
        NotApprovedError: Nobody asked, or long ago, the list has changed since, or it is the same person; the account's password was
            made for it, or who asked may not any more.
    """
    account = _proven(accounts, name, password, code, Permission.VAULT_APPROVE)
    asked = read(dossier, key)
    if asked is None:
        raise NotApprovedError(
            "nobody has asked for these identities.", remedy="Ask with: hushdesk incident notify … request"
        )
    if asked.what != what:
        raise NotApprovedError("the list of persons has changed since it was asked for.", remedy="Ask again.")
    if now - asked.asked_at > VALID:
        raise NotApprovedError("they were asked for more than a week ago.", remedy="Ask again.")
    # By number: a name may have been given to somebody else.
    if asked.asked_id in {0, account.id}:
        raise NotApprovedError("whoever asks cannot agree as well.", remedy="Another officer must agree.")
    _must_still(accounts, asked.asked_id, Permission.VAULT_REVEAL)
    approval = Approval(
        **{**asdict(asked), "agreed_by": account.name, "agreed_id": account.id, "agreed_at": now}
    )
    dossier.step(
        "officer:reveal:approve",
        by=account.name,
        asked_by=asked.asked_by,
        persons=asked.persons,
        list=asked.what,
    )
    _write(dossier, approval, key)
    return approval


def _must_still(accounts: Accounts, account: int, permission: Permission) -> None:
    try:
        found = accounts.get(AccountId(account))
    except AccountUnknown:
        found = None
    if found is None or not found.may(permission):
        raise NotApprovedError(
            "the account of one of the officers is disabled, or has another role now.", remedy="Ask again."
        )


def must_hold(dossier: Dossier, accounts: Accounts, what: str, now: int, key: bytes) -> Approval:
    """The agreement that is in force.

    Raises:
        NotApprovedError: There is none, it is too old, it is to another list, or one of the officers is none any more.
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
    if not found.asked_id or not found.agreed_id or found.asked_id == found.agreed_id:
        raise NotApprovedError("two officers have not agreed to it.", remedy="Ask again.")
    _must_still(accounts, found.asked_id, Permission.VAULT_REVEAL)
    _must_still(accounts, found.agreed_id, Permission.VAULT_APPROVE)
    return found
