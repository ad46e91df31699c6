"""The keyring: all keys of a desk, wrapped by a key provider, in a folder of their own.

``keyring.json`` holds wrapped keys only; each is bound to the keyring, its purpose and its version. A
MAC over the whole document keeps its plain parts (public keys, desk id, versions) honest.
"""

from __future__ import annotations

import base64
import fcntl
import hmac
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hushdesk.vault._files import check_private, private_folder, read_private, write_private
from hushdesk.vault._officer import OfficerKey, OfficerSecret, create_officer_key, unlock_officer_key
from hushdesk.vault._provider import KeyProvider, PassphraseFileProvider, provider_class
from hushdesk.vault._pseudonyms import Pseudonymiser
from hushdesk.vault.errors import (
    KeysChangedError,
    KeysExistError,
    KeysMissingError,
    KeysRefusedError,
    UnknownKeyError,
    VaultDamagedError,
)

KEYRING_FILE: Final = "keyring.json"
_FORMAT: Final = "hushdesk-keyring/1"


class Purpose(StrEnum):
    """What a key of the keyring is for."""

    CONTENT = "content"
    """Case ids and content MACs; has one version for ever."""
    DOMAIN = "domain"
    """Pseudonyms."""
    SIGNING = "signing"
    """Ed25519: record heads and certificates."""
    WRAP = "wrap"
    """Wraps the keys of persons."""


ROTATABLE: Final = frozenset({Purpose.DOMAIN, Purpose.SIGNING, Purpose.WRAP})


class Keyring:
    """All keys of one desk. Get one from :meth:`create` or :meth:`open`; its ``repr`` shows no key."""

    def __init__(
        self,
        folder: Path,
        document: dict[str, Any],
        provider: KeyProvider,
        keys: dict[tuple[Purpose, int], bytes],
    ) -> None:
        self.folder = folder
        """Where the keys lie."""
        self._document = document
        self._provider = provider
        self._keys = keys

    @classmethod
    def create(
        cls,
        folder: Path | str,
        *,
        desk_id: str,
        passphrase_file: Path | str | None = None,
        provider: str = PassphraseFileProvider.name,
        options: Mapping[str, str] | None = None,
    ) -> tuple[Self, OfficerSecret]:
        """Make the keys of a new desk.

        Args:
            folder: Keys folder, outside the desk; made 0700 if missing.
            desk_id: The desk the keys are for.
            passphrase_file: Where the passphrase lies or shall lie; in ``folder`` if not given.
            provider: Name of the key provider.
            options: What a provider from a plugin wants to know.

        Returns:
            The open keyring, and what the privacy officer has to take away now.

        Raises:
            KeysExistError: The folder already has a keyring.
            KeysUnsafeError: Others can reach the folder or the passphrase file.
        """
        folder = Path(folder).absolute()
        private_folder(folder)
        if (folder / KEYRING_FILE).exists():
            raise KeysExistError
        opened = provider_class(provider).create(folder, _options(passphrase_file, options))
        officer = create_officer_key(folder)
        document: dict[str, Any] = {
            "format": _FORMAT,
            "id": os.urandom(16).hex(),
            "desk_id": desk_id,
            "officer_public_key": _b64(officer.public_key),
            "provider": {"name": provider, "settings": opened.settings()},
            "keys": [],
        }
        keyring = cls(folder, document, opened, {})
        for purpose in Purpose:
            keyring._add(purpose)
        # Last of all, so that a keyring.json means that everything else is there.
        keyring._save()
        return keyring, officer

    @classmethod
    def open(
        cls,
        folder: Path | str,
        *,
        passphrase_file: Path | str | None = None,
        options: Mapping[str, str] | None = None,
    ) -> Self:
        """Open the keys of a desk.

        Raises:
            KeysMissingError: There is no keyring, or no passphrase file.
            KeysUnsafeError: Others can reach the folder, the keyring or the passphrase file.
            KeysRefusedError: Wrong passphrase, or the keyring was changed.
        """
        folder = Path(folder).absolute()
        check_private(folder, "keys folder")
        raw = read_private(folder / KEYRING_FILE, "keyring")
        try:
            document = json.loads(raw)
            if document["format"] != _FORMAT:
                raise KeysRefusedError("keyring")
            name, settings, rows = (
                document["provider"]["name"],
                document["provider"]["settings"],
                document["keys"],
            )
            rows = [(Purpose(r["purpose"]), int(r["version"]), _unb64(r["wrapped"])) for r in rows]
            keyring_id, mac = document["id"], _unb64(document["mac"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise KeysRefusedError("keyring") from None
        provider = provider_class(name).open(folder, settings, _options(passphrase_file, options))
        keys = {(p, v): provider.unwrap(wrapped, _context(keyring_id, p, v)) for p, v, wrapped in rows}
        if {p for p, _ in keys} != set(Purpose):
            raise KeysRefusedError("keyring")
        keyring = cls(folder, document, provider, keys)
        if not hmac.compare_digest(mac, keyring._mac()):
            raise KeysRefusedError("keyring")
        return keyring

    @property
    def desk_id(self) -> str:
        """The desk these keys are for."""
        return str(self._document["desk_id"])

    @property
    def officer_public_key(self) -> bytes:
        """X25519 public key to which the quarantine is sealed."""
        return _unb64(self._document["officer_public_key"])

    @property
    def signing_public_key(self) -> bytes:
        """The newest Ed25519 public key, 32 bytes."""
        return self.signing_public_keys()[self.version(Purpose.SIGNING)]

    def signing_public_keys(self) -> dict[int, bytes]:
        """All Ed25519 public keys by version, old ones included."""
        return {
            v: Ed25519PrivateKey.from_private_bytes(k).public_key().public_bytes_raw()
            for (p, v), k in self._keys.items()
            if p is Purpose.SIGNING
        }

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature with the newest signing key, 64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self._key(Purpose.SIGNING)).sign(message)

    def derived(self, use: str) -> bytes:
        """A key for one use, apart from all others; the same for ever, since it hangs on the content key.

        Args:
            use: What it is for; another word gives another key.
        """
        return hmac.digest(self._key(Purpose.CONTENT, 1), b"hushdesk derived|" + use.encode(), "sha256")

    def version(self, purpose: Purpose) -> int:
        """The newest version of a key."""
        return max(v for p, v in self._keys if p is purpose)

    def pseudonymiser(self, version: int | None = None) -> Pseudonymiser:
        """Makes pseudonyms with the newest domain key, or with an old one to look up old pseudonyms."""
        version = version or self.version(Purpose.DOMAIN)
        return Pseudonymiser(
            self._key(Purpose.DOMAIN, version), version, content_key=self._key(Purpose.CONTENT, 1)
        )

    def pseudonymisers(self) -> tuple[Pseudonymiser, ...]:
        """One for each version of the domain key, newest first: a look-up has to try them all."""
        return tuple(self.pseudonymiser(v) for v in range(self.version(Purpose.DOMAIN), 0, -1))

    def wrapper(self, vault_id: bytes) -> PersonKeyWrapper:
        """Wraps and unwraps the keys of the persons of one vault."""
        keys = {v: k for (p, v), k in self._keys.items() if p is Purpose.WRAP}
        tag_key = hmac.digest(self._key(Purpose.CONTENT, 1), b"hushdesk people tags" + vault_id, "sha256")
        return PersonKeyWrapper(keys, vault_id, tag_key)

    def unlock_officer(self, passphrase: str) -> OfficerKey:
        """Open the officer's key that lies in this folder.

        Raises:
            KeysRefusedError: Wrong passphrase.
        """
        return unlock_officer_key(self.folder, passphrase)

    def rotate(self, purpose: Purpose) -> int:
        """Add a new version of a key; old versions stay for what was made with them.

        Raises:
            UnknownKeyError: The key is one that is never rotated.
            KeysChangedError: Another process changed the keyring meanwhile.
        """
        if purpose not in ROTATABLE:
            raise UnknownKeyError("rotatable key", ", ".join(sorted(ROTATABLE)))
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            self._check_current()
            version = self._add(purpose)
            try:
                self._save()
            except BaseException:
                # A version that is not on disk must never make anything.
                del self._keys[purpose, version]
                self._document["keys"].pop()
                self._document["mac"] = _b64(self._mac())
                raise
        finally:
            os.close(folder)
        return version

    def _check_current(self) -> None:
        """Refuse to write over a key that another process has added meanwhile."""
        raw = read_private(self.folder / KEYRING_FILE, "keyring")
        try:
            mac = json.loads(raw)["mac"]
        except (ValueError, KeyError, TypeError):
            raise KeysRefusedError("keyring") from None
        if mac != self._document["mac"]:
            raise KeysChangedError

    def _add(self, purpose: Purpose) -> int:
        version = max((v for p, v in self._keys if p is purpose), default=0) + 1
        key = os.urandom(32)
        wrapped = self._provider.wrap(key, _context(self._document["id"], purpose, version))
        self._keys[purpose, version] = key
        self._document["keys"].append(
            {
                "purpose": purpose.value,
                "version": version,
                "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "wrapped": _b64(wrapped),
            }
        )
        return version

    def _key(self, purpose: Purpose, version: int | None = None) -> bytes:
        key = self._keys.get((purpose, version or self.version(purpose)))
        if key is None:
            raise UnknownKeyError(
                "key version", ", ".join(str(v) for p, v in sorted(self._keys) if p is purpose)
            )
        return key

    def _mac(self) -> bytes:
        plain = {name: value for name, value in self._document.items() if name != "mac"}
        canonical = json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()
        return hmac.digest(
            hmac.digest(self._key(Purpose.CONTENT, 1), b"hushdesk keyring mac", "sha256"), canonical, "sha256"
        )

    def _save(self) -> None:
        self._document["mac"] = _b64(self._mac())
        write_private(self.folder / KEYRING_FILE, json.dumps(self._document, indent=1).encode() + b"\n")

    def __reduce__(self) -> str:
        raise TypeError("a Keyring is not pickled")

    def __repr__(self) -> str:
        return f"Keyring(keys={len(self._keys)})"


class PersonKeyWrapper:
    """Wraps the keys of persons: AES-256-GCM, bound to vault, person and version of the wrap key."""

    __slots__ = ("_aeads", "_tag_key", "_vault_id", "version")

    def __init__(self, keys: Mapping[int, bytes], vault_id: bytes, tag_key: bytes) -> None:
        self._tag_key = tag_key
        self._aeads = {version: AESGCM(key) for version, key in keys.items()}
        self._vault_id = vault_id
        self.version = max(keys)
        """The version with which new keys are wrapped."""

    def wrap(self, person: int, key: bytes, nonce: bytes) -> bytes:
        """The wrapped key, without its nonce: 48 bytes."""
        return self._aeads[self.version].encrypt(nonce, key, self._bind(person, self.version))

    def unwrap(self, person: int, version: int, nonce: bytes, wrapped: bytes) -> bytes:
        """The key of a person.

        Raises:
            VaultDamagedError: Changed, or the key of another person or vault.
        """
        try:
            return self._aeads[version].decrypt(nonce, wrapped, self._bind(person, version))
        except (InvalidTag, KeyError, ValueError):
            raise VaultDamagedError("key of a person") from None

    def tag(self, person: int, value: str) -> bytes:
        """Three bytes that tell a person's values apart, and tell nothing without the keyring."""
        message = person.to_bytes(8, "big") + value.encode("utf-8", "surrogatepass")
        return hmac.digest(self._tag_key, message, "sha256")[:3]

    def _bind(self, person: int, version: int) -> bytes:
        return (
            b"hushdesk person key" + self._vault_id + person.to_bytes(8, "big") + version.to_bytes(4, "big")
        )

    def __repr__(self) -> str:
        return f"PersonKeyWrapper(version={self.version})"


def verify_signature(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """True if ``signature`` is that of the owner of ``public_key``. Needs no keyring."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def keyring_exists(folder: Path | str) -> bool:
    """True if ``folder`` holds a keyring."""
    try:
        return (Path(folder) / KEYRING_FILE).is_file()
    except OSError:
        raise KeysMissingError("keys folder") from None


def _options(passphrase_file: Path | str | None, options: Mapping[str, str] | None) -> dict[str, str]:
    merged = dict(options or {})
    if passphrase_file is not None:
        merged["passphrase_file"] = str(passphrase_file)
    return merged


def _context(keyring_id: str, purpose: Purpose, version: int) -> bytes:
    return f"{_FORMAT}|{keyring_id}|{purpose.value}|{version}".encode()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
