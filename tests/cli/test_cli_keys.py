"""Keys and backups on the command line, on the desk and through the process that serves it."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hushdesk.access import Role
from hushdesk.cli import main
from hushdesk.cli._witnessed import accounts_of
from hushdesk.desk import Desk

HEAD = "Ticket ID,Created,Customer name,Customer email,Subject,Description\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli-keys")
    made = Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    settings = folder / "desk" / "desk.toml"
    settings.write_text(settings.read_text("utf-8").replace("sample = 1000", "sample = 0"), "utf-8")
    (folder / "a.csv").write_text(
        HEAD + "T-1,2019-03-04T09:12Z,Ada Quillon,ada@example.org,Router,Ask margit@nord. It is\n"
        "T-2,2019-03-04T09:12Z,Ada Quillon,ada@example.org,Router,Fine\n"
    )
    with Desk.open(made.folder) as desk:
        desk.load([folder / "a.csv"], workers=0)
    with accounts_of(made.folder, new=True) as accounts:
        accounts.create("left", Role.ANALYST)
    (folder / "officer").write_text(made.officer_passphrase)
    return folder


@pytest.fixture
def run(place, capsys, monkeypatch):
    folder = place

    def call(*arguments: object, code: int = 0, typed: str = "", desk: bool = True) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            main([*map(str, arguments), *(["--desk", str(folder / "desk")] if desk else [])])
        shown = capsys.readouterr()
        assert ended.value.code == code, shown.err
        return shown.out if not shown.err else shown.err

    return call


PASS, SHARES = "--passphrase-stdin", "--shares-stdin"


def the_whole_way(run, folder: Path, passphrase: str) -> str:
    """All that is done with keys; returns the officer's passphrase as it is in the end."""
    before = json.loads(run("keys", "status", "--json"))
    for key in ("domain", "signing"):
        assert "from now on" in run("keys", "rotate", key)
    wrapped = json.loads(run("keys", "rotate", "wrap", "--json"))
    assert wrapped["persons"] == sum(before["persons_wrapped"].values()) > 0
    assert json.loads(run("keys", "rewrap", "--json"))["destroyed"] == []
    assert "destroyed: none" in run("keys", "rewrap")
    number = max(int(one) for one in before["signing_public_keys"])
    assert "destroyed" in run("keys", "retire", number)
    run("keys", "rotate", "content", code=2)
    run("keys", "retire", 99, code=2)
    shares = json.loads(run("keys", "split", PASS, "--json", typed=passphrase))["shares"]
    assert "2 different" in run("keys", "confirm", SHARES, typed=shares[0], code=1)
    assert "closed: 1" in run("keys", "confirm", SHARES, typed="\n".join(shares[1:]))
    assert "split: no passphrase" in run("quarantine", "show", "0", PASS, typed=passphrase, code=1)
    opened = run("quarantine", "show", "0", SHARES, typed="\n".join([shares[2], "", shares[0]]))
    assert "margit@nord" in opened
    run("quarantine", "show", "0", PASS, SHARES, code=2)
    assert "nobody can be asked" in run("quarantine", "show", "0", code=2)
    status = run("keys", "status")
    assert "2 of 3 shares" in status
    assert "holds" in status
    said = run("keys", "join", SHARES, typed="\n".join(shares[:2]))
    new = re.search(r"(?:[0-9A-Z]{5}-){5}[0-9A-Z]{5}", said)
    assert new is not None
    assert json.loads(run("keys", "confirm", PASS, "--json", typed=new[0])) == {"closed": 1}
    assert "wrapped by passphrase-file" in run("keys", "provider", "passphrase-file")
    assert "Known: " in run("keys", "provider", "no-such", code=1)
    assert "NAME=VALUE" in run("keys", "provider", "x", "--option", "y", code=2)
    assert "is not set" in run("keys", "provider", "environment", "--variable", "NOT_SET", code=2)
    made = json.loads(run("backup", "create", folder / "store", "--vault", folder / "people", "--json"))
    assert "together" in run("backup", "create", folder / "store", "--vault", folder / "store", code=20)
    assert "without the keys" in run("backup", "create", folder / "more")
    assert run("backup", "verify", made["store"], made["vault"]).count("whole") == 2
    listed = json.loads(run("backup", "list", folder / "store", folder / "people", "--json", desk=False))
    assert {one["content"] for one in listed} == {"store", "vault"}
    assert "cases" in run("backup", "list", folder / "store", desk=False)
    return new[0]


@pytest.mark.slow
def test_through_the_process_that_serves_it(run, place):
    folder = place
    served = subprocess.Popen(
        [sys.executable, "-m", "hushdesk", "serve", "--port", "0", "--desk", folder / "desk"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert re.search(r"http://127\.0\.0\.1:\d+/", served.stdout.readline())
        new = the_whole_way(run, folder, (folder / "officer").read_text())
        (folder / "officer").write_text(new)
        more = folder / "b.csv"
        more.write_text(HEAD + "T-3,2019-03-04T09:12Z,Ada Quillon,ada@example.org,Router,Later\n")
        run("load", more)
        # One person, though under another version of the domain key.
        assert json.loads(run("status", "--json"))["cases"] == 2
        assert json.loads(run("keys", "status", "--json"))["persons_wrapped"]
    finally:
        served.send_signal(signal.SIGINT)
        out, err = served.communicate(timeout=60)
    assert served.returncode == 0, err
    assert (folder / "officer").read_text() not in out + err


@pytest.mark.slow
def test_on_the_desk_itself_and_then_restored(run, place):
    folder = place
    passphrase = the_whole_way(run, folder, (folder / "officer").read_text())
    store, vault = (
        next(path for path in sorted((folder / name).iterdir(), reverse=True) if path.name[0] != ".")
        for name in ("store", "people")
    )
    where = ("--keys", folder / "keys2", "--vault", folder / "vault2")
    assert "officer" in run(
        "restore", store, folder / "again", "--vault-backup", vault, *where, desk=False, code=2
    )
    restored = run(
        "restore",
        store,
        folder / "again",
        "--vault-backup",
        vault,
        *where,
        PASS,
        typed=passphrase,
        desk=False,
    )
    assert "Verified" in restored
    assert "who was disabled since may sign in" in restored
    run("account", "disable", "left")
    where = ("--keys", folder / "keys", "--vault", folder / "vault", "--record", folder / "desk" / "record")
    assert "Disabled again, as the record says: left" in run(
        "restore", store, folder / "third", *where, desk=False
    )
    told = json.loads(run("restore", store, folder / "fourth", *where, "--json", desk=False))
    assert told["accounts"] == {"disabled_again": ["left"], "still_enabled": [], "to_look_at": []}
    assert told["again"]["disabled_again"] == 1
    (folder / "none").mkdir()
    assert "later record" in run(
        "restore", store, folder / "fifth", *where[:-1], folder / "none", desk=False, code=20
    )
    assert not (folder / "fifth").exists()
    where = ("--keys", folder / "keys2", "--vault", folder / "vault2")
    verified = json.loads(run("backup", "verify", store, "--keys", folder / "keys2", "--json", desk=False))
    assert verified[0]["cases"] >= 1
    assert "in use" in run("restore", store, folder / "again", *where, desk=False, code=20)
