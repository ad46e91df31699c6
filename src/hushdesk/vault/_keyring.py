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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hushdesk.vault._chain import KeyLink, link_bytes
from hushdesk.vault._files import (
    check_private,
    destroy,
    finish_destroying,
    private_folder,
    read_private,
    replace_destroying,
    write_private,
)
from hushdesk.vault._officer import OfficerKey, OfficerSecret, create_officer_key, unlock_officer_key
from hushdesk.vault._provider import (
    KeyProvider,
    PassphraseFileProvider,
    own_passphrase_files,
    provider_class,
)
from hushdesk.vault._pseudonyms import Pseudonymiser
from hushdesk.vault._purpose import RETIRABLE, ROTATABLE, Purpose
from hushdesk.vault._wrapper import PersonKeyWrapper
from hushdesk.vault.errors import (
    KeyInUseError,
    KeysChangedError,
    KeysExistError,
    KeysMissingError,
    KeysRefusedError,
    UnknownKeyError,
)

KEYRING_FILE: Final = "keyring.json"
_FORMAT: Final = "hushdesk-keyring/1"


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
        # Never changed in place, for other threads look through it: a rotation puts another one here.
        self._keys = keys
        self._given: dict[str, str] = {}

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
        given = _options(passphrase_file, options)
        keyring = cls._read(folder, given)
        keyring._given = given  # noqa: SLF001 - its own
        keyring._tidy()  # noqa: SLF001 - its own
        return keyring

    @classmethod
    def _read(cls, folder: Path, given: dict[str, str]) -> Self:
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
        provider = provider_class(name).open(folder, settings, given)
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
        """All Ed25519 public keys by version, old ones included, also those whose private half is destroyed."""
        found = {link.previous: link.previous_public for link in self.signing_chain()}
        found |= {v: _public(k) for (p, v), k in self._keys.items() if p is Purpose.SIGNING}
        return dict(sorted(found.items()))

    def signing_chain(self) -> tuple[KeyLink, ...]:
        """How each signing key followed the one before, signed by both: who trusts one can walk to the others."""
        return tuple(KeyLink.from_json(link) for link in self._document.get("chain", ()))

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature with the newest signing key, 64 bytes."""
        return self.sign_with_version(message)[1]

    def sign_with_version(self, message: bytes) -> tuple[int, bytes]:
        """The newest signing key's version, and its signature; the two belong together whatever is rotated meanwhile."""
        keys = self._keys
        version = max(v for p, v in keys if p is Purpose.SIGNING)
        return version, Ed25519PrivateKey.from_private_bytes(keys[Purpose.SIGNING, version]).sign(message)

    def derived(self, use: str) -> bytes:
        """A key for one use, apart from all others; the same for ever, since it hangs on the content key.

        Args:
            use: What it is for; another word gives another key.
        """
        return hmac.digest(self._key(Purpose.CONTENT, 1), b"hushdesk derived|" + use.encode(), "sha256")

    def version(self, purpose: Purpose) -> int:
        """The newest version of a key."""
        return max(v for p, v in self._keys if p is purpose)

    def versions(self, purpose: Purpose) -> tuple[int, ...]:
        """The versions of a key that are held, oldest first."""
        return tuple(sorted(v for p, v in self._keys if p is purpose))

    def created_at(self, purpose: Purpose, version: int) -> str:
        """When a version was made, ISO 8601 in UTC; empty if it is not held."""
        wanted = (purpose.value, version)
        rows = self._document["keys"]
        return next((str(r["created_at"]) for r in rows if (r["purpose"], r["version"]) == wanted), "")

    @property
    def provider(self) -> str:
        """The name of the key provider."""
        return str(self._document["provider"]["name"])

    def passphrase_file(self) -> Path | None:
        """The file whose passphrase opens these keys, if it is one that opens them; for a backup, which has to seal it."""
        return self._provider.secret_file(self.folder)

    def pseudonymiser(self, version: int | None = None) -> Pseudonymiser:
        """Makes pseudonyms with the newest domain key, or with an old one to look up old pseudonyms."""
        version = version or self.version(Purpose.DOMAIN)
        older = [(self._key(Purpose.DOMAIN, v), v) for v in self.versions(Purpose.DOMAIN) if v < version]
        return Pseudonymiser(
            self._key(Purpose.DOMAIN, version),
            version,
            content_key=self._key(Purpose.CONTENT, 1),
            older=older[::-1],
        )

    def pseudonymisers(self) -> tuple[Pseudonymiser, ...]:
        """One for each version of the domain key, newest first: a look-up has to try them all."""
        return tuple(self.pseudonymiser(v) for v in reversed(self.versions(Purpose.DOMAIN)))

    def wrapper(self, vault_id: bytes) -> PersonKeyWrapper:
        """Wraps and unwraps the keys of the persons of one vault."""

        def renewed() -> Mapping[int, bytes]:
            self.refresh()
            return self._wrap_keys()

        tag_key = hmac.digest(self._key(Purpose.CONTENT, 1), b"hushdesk people tags" + vault_id, "sha256")
        return PersonKeyWrapper(self._wrap_keys(), vault_id, tag_key, renewed)

    def _wrap_keys(self) -> dict[int, bytes]:
        return {v: k for (p, v), k in self._keys.items() if p is Purpose.WRAP}

    def refresh(self) -> bool:
        """Read the keys again if another process has changed them; returns whether it had."""
        if self._on_disk() == self._document["mac"]:
            return False
        fresh = self._read(self.folder, self._given)
        document = fresh._document  # noqa: SLF001 - of this class, as what follows
        if (document["id"], fresh.desk_id) != (self._document["id"], self.desk_id):
            raise KeysRefusedError("keyring")
        self._document, self._provider, self._keys = document, fresh._provider, fresh._keys  # noqa: SLF001
        return True

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
        with self._changing():
            previous = self.version(purpose)
            version = self._add(purpose)
            if purpose is Purpose.SIGNING:
                self._link(previous, version)
            self._save()
        return version

    def retire(self, purpose: Purpose, version: int) -> bool:
        """Destroy an old version of a key; the caller has made sure that nothing depends on it.

        Of a signing key the public half stays, in :meth:`signing_chain`, so that what it signed still verifies.

        Returns:
            Whether it was there.

        Raises:
            UnknownKeyError: Versions of this key are never destroyed.
            KeyInUseError: It is the newest one.
            KeysChangedError: Another process changed the keyring meanwhile.
        """
        if purpose not in RETIRABLE:
            raise UnknownKeyError("key that can be destroyed", ", ".join(sorted(RETIRABLE)))
        if version >= self.version(purpose):
            raise KeyInUseError(purpose.value, version, "it is the newest one")
        if (purpose, version) not in self._keys:
            return False
        with self._changing():
            self._keys = {name: key for name, key in self._keys.items() if name != (purpose, version)}
            self._document["keys"] = [
                row
                for row in self._document["keys"]
                if (row["purpose"], row["version"]) != (purpose.value, version)
            ]
            self._save(destroying=True)
        return True

    def move(self, provider: str, options: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """Have another key provider, or another secret of the same, wrap all keys. Whole or not at all, also if killed.

        The keyring as it was is destroyed, and with it a passphrase file that we made in the keys folder.

        Args:
            provider: Name of the key provider.
            options: What it wants to know.

        Returns:
            Names of the files in the keys folder that were destroyed.

        Raises:
            UnknownKeyError: There is no such provider.
            KeysRefusedError: The new provider does not give back what it was given.
            KeysChangedError: Another process changed the keyring meanwhile.
        """
        given = dict(options or {})
        with self._changing():
            left = self._provider.own_files()
            before = set(own_passphrase_files(self.folder))
            try:
                opened = provider_class(provider).create(self.folder, {**given, "fresh": "1"})
                rows = []
                for row in self._document["keys"]:
                    purpose, version = Purpose(row["purpose"]), int(row["version"])
                    context = _context(self._document["id"], purpose, version)
                    wrapped = opened.wrap(self._keys[purpose, version], context)
                    if not hmac.compare_digest(opened.unwrap(wrapped, context), self._keys[purpose, version]):
                        raise KeysRefusedError("new key provider")
                    rows.append({**row, "wrapped": _b64(wrapped)})
                self._document["keys"] = rows
                self._document["provider"] = {"name": provider, "settings": opened.settings()}
                self._document["left"] = sorted(
                    {*self._document.get("left", ()), *left} - {*opened.own_files()}
                )
                self._save(destroying=True)
            except BaseException:
                for name in set(own_passphrase_files(self.folder)) - before:
                    destroy(self.folder / name)
                raise
            self._provider, self._given = opened, given
        self._tidy()
        return left

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Alone with the keyring on disk. What is not on disk in the end is not in memory either."""
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        before = self._document, self._keys
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            if self._on_disk() != self._document["mac"]:
                raise KeysChangedError
            self._document = {**self._document, "keys": list(self._document["keys"])}
            yield
        except BaseException:
            # A version that is not on disk must never make anything.
            self._document, self._keys = before
            raise
        finally:
            os.close(folder)

    def _on_disk(self) -> str:
        raw = read_private(self.folder / KEYRING_FILE, "keyring")
        try:
            return str(json.loads(raw)["mac"])
        except (ValueError, KeyError, TypeError):
            raise KeysRefusedError("keyring") from None

    def _tidy(self) -> None:
        """Destroy what a killed change has left: old keyrings, and passphrases that open nothing any more."""
        # A disk that cannot be written now can be at the next opening.
        with suppress(OSError):
            folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._on_disk() != self._document["mac"]:
                    return
                finish_destroying(self.folder / KEYRING_FILE)
                # By what is written, and not by how it was opened: the passphrase may have been given from elsewhere.
                used = str(self._document["provider"]["settings"].get("file", ""))
                kept = ({"passphrase"} - {*self._document.get("left", ())}) | {used}
                for name in set(own_passphrase_files(self.folder)) - kept:
                    destroy(self.folder / name)
            finally:
                os.close(folder)

    def _link(self, previous: int, version: int) -> None:
        old, new = self._keys[Purpose.SIGNING, previous], self._keys[Purpose.SIGNING, version]
        at = self.created_at(Purpose.SIGNING, version)
        message = link_bytes(self.desk_id, previous, _public(old), version, _public(new), at)
        signatures: Sequence[bytes] = [
            Ed25519PrivateKey.from_private_bytes(key).sign(message) for key in (new, old)
        ]
        link = KeyLink(self.desk_id, previous, _public(old), version, _public(new), at, *signatures)
        self._document["chain"] = [*self._document.get("chain", ()), link.to_json()]

    def _add(self, purpose: Purpose) -> int:
        version = max((v for p, v in self._keys if p is purpose), default=0) + 1
        key = os.urandom(32)
        wrapped = self._provider.wrap(key, _context(self._document["id"], purpose, version))
        self._keys = {**self._keys, (purpose, version): key}
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

    def _save(self, *, destroying: bool = False) -> None:
        self._document["mac"] = _b64(self._mac())
        data = json.dumps(self._document, indent=1).encode() + b"\n"
        (replace_destroying if destroying else write_private)(self.folder / KEYRING_FILE, data)

    def __reduce__(self) -> str:
        raise TypeError("a Keyring is not pickled")

    def __repr__(self) -> str:
        return f"Keyring(keys={len(self._keys)})"


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


def _public(private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
