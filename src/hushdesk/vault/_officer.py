"""The officer's key: opens the quarantine. The loading process never holds it.

``officer.key`` holds the private half once for each *door*: a passphrase, or shares of which some are enough
(:mod:`hushdesk.vault._split`). A file of the first format has one door, the passphrase. A new door never closes another: what opens it
might be lost before anybody has read it. The others are closed by whoever has opened the new one (:func:`close_other_doors`).
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hushdesk.vault import _split
from hushdesk.vault._base32 import random_groups, read_groups
from hushdesk.vault._files import finish_destroying, read_private, replace_destroying, write_private
from hushdesk.vault._provider import Scrypt
from hushdesk.vault._sealer import unseal
from hushdesk.vault.errors import KeysRefusedError, SharesError, SharesNeededError

OFFICER_FILE: Final = "officer.key"
_FIRST: Final = "hushdesk-officer-key/1"
_FORMAT: Final = "hushdesk-officer-key/2"
_PASSPHRASE: Final = "passphrase"  # noqa: S105 - a word of the format
_SHARES: Final = "shares"


@dataclass(frozen=True, slots=True)
class OfficerSecret:
    """What the privacy officer takes away when a desk is made. Show it once; nothing keeps it."""

    passphrase: str = field(repr=False)
    """150 bits in six readable groups; opens ``officer.key``."""
    public_key: bytes
    """For the desk: the quarantine is sealed to it."""


@dataclass(frozen=True, slots=True)
class OfficerDoors:
    """How ``officer.key`` opens; needs no secret."""

    public_key: bytes
    passphrases: int
    """So many passphrases open it."""
    splits: tuple[tuple[str, int, int], ...]
    """Of each split that opens it: eight hexadecimal digits that stand in its shares, how many are needed, how many were made."""


class OfficerKey:
    """The unlocked private key. Lives only as long as somebody reads the quarantine."""

    __slots__ = ("_private",)

    def __init__(self, private: X25519PrivateKey) -> None:
        self._private = private

    @property
    def public_key(self) -> bytes:
        """The public half, 32 bytes."""
        return self._private.public_key().public_bytes_raw()

    def unseal(self, blob: bytes, *, context: bytes = b"") -> bytes:
        """Open a blob of :class:`hushdesk.vault.Sealer`.

        Raises:
            VaultDamagedError: It does not open under this key.
        """
        return unseal(self._private, blob, context=context)

    def __reduce__(self) -> str:
        raise TypeError("the officer's key is not pickled")

    def __repr__(self) -> str:
        return "OfficerKey()"


def create_officer_key(folder: Path, scrypt: Scrypt | None = None) -> OfficerSecret:
    """Make a key pair; the private half goes to ``officer.key``, encrypted under a new passphrase."""
    key = OfficerKey(X25519PrivateKey.generate())
    passphrase, door = _passphrase_door(key, scrypt)
    write_private(folder / OFFICER_FILE, _document(key, [door]))
    return OfficerSecret(passphrase, key.public_key)


def split_officer_key(
    folder: Path, key: OfficerKey, *, shares: int = 3, threshold: int = 2
) -> tuple[str, ...]:
    """Let the key open by shares too, under a fresh random secret that only they give.

    Args:
        folder: The keys folder.
        key: The unlocked key.
        shares: How many are made, 2 to 10.
        threshold: How many of them open it, 2 to ``shares``.

    Returns:
        The shares, as they are printed. Show each once, to another person each; nothing keeps them.

    Raises:
        KeysRefusedError: The key is that of another folder.
        ValueError: The numbers are out of bounds.
    """
    found = _own(folder, key)
    secret = secrets.token_bytes(32)
    made = _split.split(secret, shares, threshold)
    nonce = os.urandom(12)
    name = made[0].split
    sealed = AESGCM(_share_key(secret, name)).encrypt(nonce, _raw(key), _bind(key.public_key))
    door = {
        "by": _SHARES,
        "split": name.hex(),
        "threshold": threshold,
        "shares": shares,
        "wrapped": base64.b64encode(nonce + sealed).decode(),
    }
    replace_destroying(folder / OFFICER_FILE, _document(key, [*found["doors"], door]))
    return tuple(share.text() for share in made)


def add_officer_passphrase(folder: Path, key: OfficerKey) -> OfficerSecret:
    """Let the key open by a new passphrase too.

    Raises:
        KeysRefusedError: The key is that of another folder.
    """
    found = _own(folder, key)
    passphrase, door = _passphrase_door(key)
    replace_destroying(folder / OFFICER_FILE, _document(key, [*found["doors"], door]))
    return OfficerSecret(passphrase, key.public_key)


def close_other_doors(
    folder: Path, *, passphrase: str = "", shares: Sequence[str] = (), keep_passphrases: bool = False
) -> int:
    """Destroy every way to open the key but the one that is used here, which shows that it works and was written down.

    Args:
        folder: The keys folder.
        passphrase: What shall open the key from now on: this,
        shares: or these.
        keep_passphrases: Leave passphrases too.

    Returns:
        How many ways were closed.

    Raises:
        KeysRefusedError: The passphrase is wrong.
        SharesError: The shares do not open the key.
    """
    found = _read(folder)
    key, kept = _open_shares(found, shares) if shares else _open_passphrase(found, passphrase)
    doors = [
        door for door in found["doors"] if door is kept or (keep_passphrases and door["by"] == _PASSPHRASE)
    ]
    if len(doors) < len(found["doors"]):
        replace_destroying(folder / OFFICER_FILE, _document(key, doors))
    return len(found["doors"]) - len(doors)


def officer_doors(path: Path) -> OfficerDoors:
    """How the officer's key opens.

    Raises:
        KeysMissingError: The file is not there.
        KeysRefusedError: It was changed.
    """
    found = _read(path)
    return OfficerDoors(
        found["public"],
        sum(door["by"] == _PASSPHRASE for door in found["doors"]),
        tuple(
            (str(door.get("split")), int(door.get("threshold", 0)), int(door.get("shares", 0)))
            for door in found["doors"]
            if door["by"] == _SHARES
        ),
    )


def unlock_officer_key(path: Path, passphrase: str) -> OfficerKey:
    """Open ``officer.key``.

    Args:
        path: The file, or the keys folder that holds it.
        passphrase: As shown once; case, blanks and hyphens do not matter.

    Raises:
        KeysMissingError: The file is not there.
        KeysUnsafeError: Others can reach it.
        KeysRefusedError: Wrong passphrase, or the file was changed.
        SharesNeededError: It was split, and no passphrase opens it any more.
    """
    return _open_passphrase(_read(path), passphrase)[0]


def unlock_officer_key_with_shares(path: Path, shares: Sequence[str]) -> OfficerKey:
    """Open ``officer.key`` with as many of its shares as are needed.

    Args:
        path: The file, or the keys folder that holds it.
        shares: As they are printed.

    Raises:
        KeysMissingError: The file is not there.
        SharesError: They are too few, mistyped, of another split, or it was never split.
        KeysRefusedError: The file was changed.
    """
    return _open_shares(_read(path), shares)[0]


def finish_officer_change(folder: Path) -> int:
    """Finish destroying old forms of the key after a crash; returns how many there were."""
    return finish_destroying(folder / OFFICER_FILE)


def _read(path: Path) -> dict[str, Any]:
    file = path / OFFICER_FILE if path.is_dir() else path
    raw = read_private(file, "officer's key")
    try:
        document = json.loads(raw)
        public = base64.b64decode(document["public_key"], validate=True)
        doors = document["doors"] if document["format"] == _FORMAT else [{"by": _PASSPHRASE, **document}]
        if document["format"] not in {_FIRST, _FORMAT} or not all(
            isinstance(door["by"], str) for door in doors
        ):
            raise KeysRefusedError("officer's key")
        return {"public": public, "doors": doors, "format": document["format"]}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeysRefusedError("officer's key") from None


def _own(folder: Path, key: OfficerKey) -> dict[str, Any]:
    found = _read(folder)
    if found["public"] != key.public_key:
        raise KeysRefusedError("officer's key")
    return found


def _open_passphrase(found: dict[str, Any], passphrase: str) -> tuple[OfficerKey, dict[str, Any]]:
    doors = [door for door in found["doors"] if door["by"] == _PASSPHRASE]
    if not doors:
        raise SharesNeededError(min((int(door.get("threshold", 2)) for door in found["doors"]), default=2))
    for door in doors:
        with suppress(InvalidTag, ValueError, KeyError, TypeError, AttributeError):
            secret = Scrypt.from_json(door["scrypt"]).derive(read_groups(passphrase).encode())
            return _open(found, door, secret), door
    raise KeysRefusedError("officer's key")


def _open_shares(found: dict[str, Any], shares: Sequence[str]) -> tuple[OfficerKey, dict[str, Any]]:
    doors = {door.get("split"): door for door in found["doors"] if door["by"] == _SHARES}
    if not doors:
        raise SharesError("this key was never split")
    read = [_split.Share.read(share) for share in shares if share.strip()]
    if any(share.split.hex() not in doors for share in read):
        raise SharesError("one of them is of another split, which counts no more")
    secret = _split.join(read)
    door = doors[read[0].split.hex()]
    try:
        return _open(found, door, _share_key(secret, read[0].split)), door
    except (InvalidTag, ValueError, KeyError, TypeError):
        raise KeysRefusedError("officer's key") from None


def _open(found: dict[str, Any], door: dict[str, Any], secret: bytes) -> OfficerKey:
    wrapped = base64.b64decode(door["wrapped"], validate=True)
    # A door carried over from the first format keeps its own binding.
    bind = _bind(found["public"], door.get("format", found["format"]))
    return OfficerKey(
        X25519PrivateKey.from_private_bytes(AESGCM(secret).decrypt(wrapped[:12], wrapped[12:], bind))
    )


def _passphrase_door(key: OfficerKey, scrypt: Scrypt | None = None) -> tuple[str, dict[str, Any]]:
    scrypt = scrypt or Scrypt.fresh()
    passphrase = random_groups(6, 5)
    nonce = os.urandom(12)
    cipher = AESGCM(scrypt.derive(read_groups(passphrase).encode()))
    wrapped = cipher.encrypt(nonce, _raw(key), _bind(key.public_key, _FIRST))
    return passphrase, {
        "by": _PASSPHRASE,
        "format": _FIRST,
        "scrypt": scrypt.to_json(),
        "wrapped": base64.b64encode(nonce + wrapped).decode(),
    }


def _document(key: OfficerKey, doors: Sequence[dict[str, Any]]) -> bytes:
    public = {"public_key": base64.b64encode(key.public_key).decode()}
    kept = [{name: value for name, value in door.items() if name != "public_key"} for door in doors]
    if len(kept) == 1 and kept[0]["by"] == _PASSPHRASE:
        # A passphrase alone: as every version reads it.
        document = public | {name: value for name, value in kept[0].items() if name != "by"}
    else:
        document = {"format": _FORMAT, **public, "doors": kept}
    return json.dumps(document, indent=1).encode() + b"\n"


def _bind(public: bytes, form: str = _FORMAT) -> bytes:
    return form.encode() + public


def _raw(key: OfficerKey) -> bytes:
    return key._private.private_bytes_raw()  # noqa: SLF001 - of this module


def _share_key(secret: bytes, name: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=name, info=b"hushdesk officer's shares").derive(secret)
