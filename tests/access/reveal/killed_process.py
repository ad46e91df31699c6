"""Does a whole reveal and dies at a chosen place: ``killed_process.py ROOT KEYS PLACE``, where 0 tells how many places there are.

Forks for each place from 1 on, unless one is given; prints, for each, what was shown before the end.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path

from hushdesk.access import Accounts, Role
from hushdesk.access.reveal import Reveals
from hushdesk.access.reveal._rows import Rows
from hushdesk.desk import SignInSettings, open_record
from hushdesk.record import Record
from hushdesk.vault import Keyring, PeopleVault, VaultEntry

VALUE = "mona.feldquist@mail.example"
REASON = "A court asks whose account this is."


class PlainHasher:
    def hash(self, password: str) -> str:
        return password[::-1]

    def verify(self, hashed: str, password: str) -> bool:
        return hashed == password[::-1]

    def outdated(self, _hashed: str) -> bool:
        return False


class Deadly:
    """Counts the places at which something reaches a disk, and dies at one of them, before or after."""

    def __init__(self, place: int) -> None:
        self.place, self.passed = place, 0

    def here(self) -> None:
        self.passed += 1
        if self.passed == self.place:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrap(self, owner: type, name: str) -> None:
        real = getattr(owner, name)

        def around(*arguments, **named):
            self.here()
            found = real(*arguments, **named)
            self.here()
            return found

        setattr(owner, name, around)


def parts(folder: Path, keyring: Keyring):
    vault = PeopleVault.open(folder.parent / "vault", keyring)
    record = open_record(folder / "desk", keyring)
    settings = SignInSettings(second_factor=())
    accounts = Accounts(folder / "desk" / "accounts.sqlite", hasher=PlainHasher(), settings=settings)
    made = Reveals(
        folder / "desk" / "reveal.sqlite",
        keyring=keyring,
        vault=vault,
        record=record,
        record_folder=folder / "desk" / "record",
        accounts=accounts,
        case_of=lambda _account, case, _token: case,
    )
    return made, accounts, vault, record


def prepare(root: Path, keyring: Keyring) -> None:
    token = keyring.pseudonymiser().token("EMAIL", VALUE)
    with PeopleVault.create(root / "vault", keyring) as vault:
        vault.put_many([VaultEntry(token, token, "EMAIL", VALUE)])
    with Accounts(root / "accounts.sqlite", hasher=PlainHasher()) as accounts:
        for name in ("one", "two"):
            generated = accounts.create(name, Role.PRIVACY_OFFICER)
            accounts.change_password(accounts.by_name(name).id, generated, f"many words of {name}")


def work(folder: Path, keyring: Keyring, deadly: Deadly, shown: int) -> None:
    """Ask, refuse; ask, approve, open. What an officer would see goes down the pipe at once."""
    token = keyring.pseudonymiser().token("EMAIL", VALUE)
    reveals, accounts, _, _ = parts(folder, keyring)
    deadly.wrap(Record, "append")
    deadly.wrap(Rows, "put")
    deadly.wrap(Rows, "set_mark")
    deadly.wrap(PeopleVault, "resolve")
    one = accounts.by_name("one").id

    def say(what: str, request: str) -> None:
        # Committed, and not yet seen by anybody.
        deadly.here()
        os.write(shown, json.dumps([what, request]).encode() + b"\n")

    for last in ("refused", "spent"):
        request = reveals.ask(one, token=token, case="CASE", reason=REASON).id
        say("waiting", request)
        if last == "refused":
            reveals.refuse(request, one)
            say("refused", request)
        else:
            reveals.approve(request, name="two", password="many words of two")
            say("approved", request)
            opened = reveals.open(request, name="one", password="many words of one")
            assert opened.values == (("EMAIL", (VALUE,)),)
            say("spent", request)
        deadly.here()


def main(root: Path, keys: Path) -> None:
    keyring = Keyring.open(keys)
    prepare(root, keyring)
    place, alive = 1, False
    while not alive:
        folder = root / str(place)
        (folder / "desk").mkdir(parents=True, mode=0o700)
        shutil.copy(root / "accounts.sqlite", folder / "desk")
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            deadly = Deadly(place)
            work(folder, keyring, deadly, write)
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as pipe:
            said = [json.loads(line) for line in pipe]
        _, status = os.waitpid(child, 0)
        alive = os.WIFEXITED(status)
        assert os.WEXITSTATUS(status) == 0 if alive else os.WTERMSIG(status) == signal.SIGKILL
        sys.stdout.write(json.dumps({"place": place, "alive": alive, "said": said}) + "\n")
        place += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
