"""What :mod:`killing` kills."""

from __future__ import annotations

from pathlib import Path

from hushdesk.vault import (
    Keyring,
    PeopleVault,
    Purpose,
    close_other_doors,
    split_officer_key,
    unlock_officer_key,
)


def rotate_all(folder: Path) -> None:
    keyring = Keyring.open(folder / "keys")
    for purpose in (Purpose.DOMAIN, Purpose.SIGNING, Purpose.WRAP):
        keyring.rotate(purpose)


def move(folder: Path) -> None:
    Keyring.open(folder / "keys").move("passphrase-file")


def rewrap(folder: Path) -> None:
    keyring = Keyring.open(folder / "keys")
    if keyring.version(Purpose.WRAP) == 1:
        keyring.rotate(Purpose.WRAP)
    with PeopleVault.open(folder / "vault", keyring) as vault:
        vault.rewrap()
        assert set(vault.wrap_versions()) == {2}
        keyring.retire(Purpose.WRAP, 1)


def split(folder: Path) -> None:
    passphrase = (folder / "officer").read_text()
    shares = split_officer_key(folder / "keys", unlock_officer_key(folder / "keys", passphrase))
    (folder / "shares").write_text("\n".join(shares))
    close_other_doors(folder / "keys", shares=shares[:2])
