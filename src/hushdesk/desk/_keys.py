"""Key care on an open desk: what keys there are, rotation, wrapping anew, another provider, the officer's shares.

Everything here works while the desk is served and loads run. Each step is said in the record before it is taken, so that a
process killed in the middle has said it too; each is whole or not at all on disk, or is taken up by the same command again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from hushdesk.desk._desk import Desk
from hushdesk.desk._errors import DeskError
from hushdesk.errors import UsageError
from hushdesk.vault import (
    KeyInUseError,
    OfficerKey,
    Purpose,
    add_officer_passphrase,
    close_other_doors,
    officer_doors,
    split_officer_key,
)

_PROVIDER_OPTIONS: Final = frozenset({"passphrase"})
"""Options of a provider that are secret: they stand in no record."""


class KeyDesk:
    """The keys of an open desk.

    Args:
        desk: Open, and owned by this process.
        who: Goes into the record.
    """

    def __init__(self, desk: Desk, who: str) -> None:
        self._desk = desk
        self._who = who

    def call(self, action: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """One step by name, for the command line: ``status``, ``rotate``, ``rewrap``, ``retire``, ``provider``, ``split``, ``join`` and so on."""
        steps: dict[str, Callable[..., dict[str, Any]]] = {
            "status": self.status,
            "rotate": self.rotate,
            "rewrap": self.rewrap,
            "retire": self.retire,
            "provider": self.provider,
            "split": self.split,
            "join": self.join,
            "confirm": self.confirm,
        }
        if action not in steps:
            raise UsageError("there is no such step.", remedy=f"Known: {', '.join(steps)}.")
        return steps[action](**arguments)

    def status(self) -> dict[str, Any]:
        """What keys there are, by which versions persons are wrapped, and what is left to do. Nothing secret."""
        keyring = self._desk.keyring
        wrapped = self._desk.vault.wrap_versions()
        doors = officer_doors(self._desk.settings.keys)
        newest = keyring.version(Purpose.WRAP)
        todo = []
        if any(version != newest for version in wrapped) or len(keyring.versions(Purpose.WRAP)) > 1:
            todo.append("the wrap key was rotated and not all is wrapped anew: hushdesk keys rewrap")
        return {
            "desk_id": keyring.desk_id,
            "provider": keyring.provider,
            "keys": [
                {
                    "purpose": purpose.value,
                    "version": version,
                    "created": keyring.created_at(purpose, version),
                    "newest": version == keyring.version(purpose),
                }
                for purpose in Purpose
                for version in keyring.versions(purpose)
            ],
            "signing_public_keys": {
                str(version): key.hex() for version, key in keyring.signing_public_keys().items()
            },
            "signing_chain": [link.to_json() | {"holds": link.holds} for link in keyring.signing_chain()],
            "persons_wrapped": {str(version): count for version, count in wrapped.items()},
            "officer": {
                "passphrases": doors.passphrases,
                "splits": [
                    {"split": name, "threshold": threshold, "shares": shares}
                    for name, threshold, shares in doors.splits
                ],
                "public_key": doors.public_key.hex(),
            },
            "loads_running": self._desk.loads_running(),
            "todo": todo,
        }

    def rotate(self, purpose: str) -> dict[str, Any]:
        """A new version of the domain, wrap or signing key, used from now on.

        Loads that run go on with the domain key with which they began. What a new wrap key is for is done by :meth:`rewrap`.
        """
        desk, wanted = self._desk, _purpose(purpose)
        with desk.keys_lock:
            desk.keyring.refresh()
            version = desk.keyring.version(wanted) + 1
            desk.record.append(f"keys:{wanted.value}:rotate", self._who, {"version": version})
            made = desk.keyring.rotate(wanted)
            desk.adopt_keys()
            if wanted is Purpose.SIGNING:
                # Signed by the new key already: it stands in the very tree whose next heads it signs.
                link = desk.keyring.signing_chain()[-1]
                desk.record.append("keys:signing:link", self._who, link.to_json())
                desk.record.keep_head()
        return {"purpose": wanted.value, "version": made, "loads_running": desk.loads_running()}

    def rewrap(self) -> dict[str, Any]:
        """Wrap the keys of all persons with the newest wrap key, then destroy the old versions. May be killed and repeated."""
        desk = self._desk
        with desk.keys_lock:
            desk.keyring.refresh()
            newest = desk.keyring.version(Purpose.WRAP)
            old = [v for v in desk.keyring.versions(Purpose.WRAP) if v != newest]
            desk.record.append("keys:wrap:rewrap", self._who, {"version": newest, "old": old})
            desk.adopt_keys()
            done = desk.vault.rewrap()
            left = {v: count for v, count in desk.vault.wrap_versions().items() if v != newest}
            if left:
                raise KeyInUseError(
                    Purpose.WRAP.value, min(left), f"{sum(left.values())} persons are wrapped by an old one"
                )
            for version in old:
                desk.keyring.retire(Purpose.WRAP, version)
            desk.adopt_keys()
            desk.record.append("keys:wrap:destroyed", self._who, {"versions": old, "persons": done})
        return {"version": newest, "persons": done, "destroyed": old}

    def retire(self, purpose: str, version: int) -> dict[str, Any]:
        """Destroy the private half of an old signing key; its public half stays in the chain. Old wrap keys: :meth:`rewrap`."""
        wanted = _purpose(purpose)
        if wanted is not Purpose.SIGNING:
            raise UsageError(
                "only old signing keys are destroyed by themselves.",
                remedy="Old wrap keys go with: hushdesk keys rewrap. Old domain keys are needed to find persons.",
            )
        desk = self._desk
        with desk.keys_lock:
            desk.keyring.refresh()
            if version not in desk.keyring.signing_public_keys():
                raise UsageError("there is no such version.", remedy="See: hushdesk keys status")
            desk.record.append("keys:signing:destroy", self._who, {"version": version})
            there = desk.keyring.retire(wanted, version)
        return {"purpose": wanted.value, "version": version, "destroyed": there}

    def provider(self, name: str, options: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Have another key provider wrap the keys, or the same one with a new secret; the old wrapped keys are destroyed."""
        desk, given = self._desk, dict(options or {})
        with desk.keys_lock:
            desk.keyring.refresh()
            before = desk.keyring.provider
            plain = {key: value for key, value in given.items() if key not in _PROVIDER_OPTIONS}
            desk.record.append(
                "keys:provider:move", self._who, {"from": before, "to": name, "options": sorted(plain)}
            )
            destroyed = desk.keyring.move(name, given)
            desk.record.append("keys:provider:moved", self._who, {"from": before, "to": name})
        return {"from": before, "to": name, "destroyed": list(destroyed)}

    def split(
        self, *, passphrase: str = "", held: Sequence[str] = (), shares: int = 3, threshold: int = 2
    ) -> dict[str, Any]:
        """Let the officer's key open by shares too. What opened it before does so until :meth:`confirm`."""
        if not 2 <= threshold <= shares <= 10:
            raise UsageError(
                "these numbers cannot be.", remedy="2 to 10 shares, of which 2 or more are needed."
            )
        desk = self._desk
        with desk.keys_lock:
            key = self._officer(passphrase, held)
            desk.record.append("keys:officer:split", self._who, {"shares": shares, "threshold": threshold})
            made = split_officer_key(desk.settings.keys, key, shares=shares, threshold=threshold)
        return {"shares": list(made), "threshold": threshold}

    def join(self, *, passphrase: str = "", held: Sequence[str] = ()) -> dict[str, Any]:
        """Let the officer's key open by a new passphrase too. What opened it before does so until :meth:`confirm`."""
        desk = self._desk
        with desk.keys_lock:
            key = self._officer(passphrase, held)
            desk.record.append("keys:officer:passphrase", self._who, {})
            made = add_officer_passphrase(desk.settings.keys, key)
        return {"passphrase": made.passphrase}

    def confirm(
        self, *, passphrase: str = "", held: Sequence[str] = (), keep_passphrase: bool = False
    ) -> dict[str, Any]:
        """Destroy every way to open the officer's key but the one that is used here."""
        desk = self._desk
        with desk.keys_lock:
            self._officer(passphrase, held)
            said = {"by": "shares" if held else "passphrase", "keep_passphrase": keep_passphrase}
            desk.record.append("keys:officer:confirm", self._who, said)
            closed = close_other_doors(
                desk.settings.keys, passphrase=passphrase, shares=held, keep_passphrases=keep_passphrase
            )
        return {"closed": closed}

    def _officer(self, passphrase: str, held: Sequence[str]) -> OfficerKey:
        review = self._desk.review
        key = review.unlock_with_shares(held) if held else review.unlock(passphrase)
        if key.public_key.hex() != self._desk.settings.officer_public_key:
            raise DeskError(
                "the officer's key is not that to which this desk's quarantine is sealed.",
                remedy="Restore officer.key of this desk.",
            )
        return key


def _purpose(word: str) -> Purpose:
    known = [purpose.value for purpose in Purpose if purpose is not Purpose.CONTENT]
    if word not in known:
        # The content key is never rotated: a load repeated after that would store everything twice.
        raise UsageError("there is no such key.", remedy=f"Known: {', '.join(known)}.")
    return Purpose(word)
