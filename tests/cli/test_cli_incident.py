"""``hushdesk incident`` and ``hushdesk record``: what they say, in text and in JSON, and how they end."""

from __future__ import annotations

import io
import json
import sys

import pyotp
import pytest

from hushdesk.access import Role
from hushdesk.cli import main
from hushdesk.cli._witnessed import accounts_of
from hushdesk.demo import iter_cases, write_exports
from hushdesk.desk import Desk
from hushdesk.incident import iso
from hushdesk.incident.drill._plan import plan
from hushdesk.incident.drill._write import write
from hushdesk.record import RecordReader

CONTROLLER = """\
[controller]
name = "Support House"
address = ["1 Harbour Street", "Dublin"]
zone = "Europe/Dublin"
[contact]
role = "dpo"
name = "Data protection office"
email = "privacy@support.example"
phone = "+353 1 555 0100"
"""


def proofs_of(accounts, name):
    """What an officer with a second factor types: a password and, each time, another code."""
    password = accounts.create(name, Role.PRIVACY_OFFICER, must_change=False)
    offered = accounts.enrol(name, password)
    codes = accounts.factors.accept(offered, pyotp.TOTP(offered.app.secret).now())
    return [f"{password}\n{code}\n" for code in codes]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    root = tmp_path_factory.mktemp("cli")
    made = Desk.create(root / "desk", keys=root / "keys", vault=root / "vault")
    summary = write_exports(root / "exports", iter_cases(12, 3), 3, formats=("zendesk",))
    with Desk.open(made.folder) as opened:
        opened.load(list(summary.files), workers=0)
        december = plan(3, opened.store.count(), 1500)
    with accounts_of(made.folder, new=True) as accounts:
        proofs = {name: proofs_of(accounts, name) for name in ("one", "two")}
    (root / "controller.toml").write_text(CONTROLLER)
    return root, december, write(root / "evidence", december), proofs


@pytest.fixture
def run(desk, capsys, monkeypatch):
    root = desk[0]

    def go(*arguments: str, code: int = 0, stdin: str = "") -> str:
        monkeypatch.setenv("COLUMNS", "160")
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--desk", str(root / "desk")])
        said = capsys.readouterr()
        assert ended.value.code == code, said.err
        return said.out + said.err

    return go


def opened(desk, run, ident: str) -> None:
    _, december, files, _ = desk
    run(
        "incident", "open", ident, "--aware", iso(december.aware_at), "--intent", str(files.intent), "--baseline", str(files.estate),
        "--own", "20.99.64.0/20", "--own", "10.40.0.0/16", "--list", str(files.scanners), "--holds", "all",
        "--controller", str(desk[0] / "controller.toml"),
    )  # fmt: skip


def test_from_logs_to_letters_on_the_command_line(desk, run, tmp_path):
    _, december, files, proofs = desk
    opened(desk, run, "whole")
    said = run("incident", "add", "whole", str(files.activity), str(files.proxy), str(files.flows))
    assert "azure-nsg-flow" in said
    run("incident", "set", "whole", "vault_exposed", "no")
    status = run("incident", "status")
    for span in december.windows:
        assert iso(span.start) in status
    assert "nobody could have seen who came" in status
    assert "ENISA 2013" in status
    for visit in december.visits:
        assert (visit.address in status) == visit.logged
    every = run("incident", "status", "whole", "--all", "--no-sweep")
    assert "nobody looked for unredacted values" in every
    value = json.loads(run("incident", "status", "whole", "--json"))
    assert value["incident"]["ident"] == "whole"
    ghost = next(visit.address for visit in december.visits if visit.role == "ghost")
    about = run("incident", "status", "whole", "--address", ghost)
    assert "unknown" in about
    assert "could have come unseen" in about
    assert "severity" in run("incident", "persons", "whole")
    assert "whole" in run("incident", "list")
    report = run("incident", "report", "whole", "--out", str(tmp_path / "out"))
    assert "notice.pdf" in report
    assert "verify.py" in report

    run("incident", "notify", "plan", "whole")
    refused = run("incident", "notify", "print", "whole", "--out", str(tmp_path / "p"), code=15)
    assert "second person" in refused
    nothing_is_asked_by_a_password_alone(run, desk[0] / "desk", "whole")
    run(
        "incident",
        "notify",
        "request",
        "whole",
        "--as",
        "one",
        "--reason",
        "art. 34",
        "--password-stdin",
        stdin=proofs["one"].pop(),
    )
    run(
        "incident",
        "notify",
        "approve",
        "whole",
        "--as",
        "one",
        "--password-stdin",
        stdin=proofs["one"].pop(),
        code=15,
    )
    run(
        "incident",
        "notify",
        "approve",
        "whole",
        "--as",
        "two",
        "--password-stdin",
        stdin=proofs["two"].pop(),
    )
    printed = run("incident", "notify", "print", "whole", "--out", str(tmp_path / "p"), "--everybody")
    assert "letters printed" in printed
    for button in ("pause", "resume", "stop"):
        run("incident", "notify", button, "whole")
    run("incident", "close", "whole", "--why", "all told")
    assert "closed" in run("incident", "add", "whole", str(files.activity), code=15)


def nothing_is_asked_by_a_password_alone(run, folder, ident):
    """The role must have a second factor: until it has one, nothing is decided, and the attempt is on record."""
    with accounts_of(folder) as accounts:
        password = accounts.create("three", Role.PRIVACY_OFFICER, must_change=False)
    said = run(
        "incident", "notify", "request", ident, "--as", "three", "--reason", "x", "--password-stdin",
        stdin=f"{password}\n123456\n", code=77,
    )  # fmt: skip
    assert "account second-factor NAME --set-up" in said
    run(
        "incident", "notify", "approve", ident, "--as", "three", "--password-stdin",
        stdin="not the word\n123456\n", code=77,
    )  # fmt: skip
    told = [
        (entry.event, entry.who == "nobody", entry.detail["account"], entry.detail["via"])
        for entry in RecordReader(folder / "record").entries()
        if entry.event.startswith("account:")
    ]
    assert told[-2:] == [
        ("account:second-factor:missing", False, "three", "command-line"),
        ("account:sign-in:failure", True, "three", "command-line"),
    ]


def test_what_is_given_wrongly(desk, run):
    _, _, files, _ = desk
    assert "no incident" in run("incident", "status", "nothing", code=15)
    opened(desk, run, "wrong")
    assert "NAME=VALUE" in run("incident", "add", "wrong", str(files.activity), "--option", "zone", code=2)
    assert "no parser" in run("incident", "add", "wrong", str(files.activity), "--as", "tea-leaves", code=15)
    assert "FROM/TO" in run("incident", "state", "wrong", "covered", "yesterday", code=15)
    assert "Known are" in run("incident", "set", "wrong", "colour", "red", code=15)
    assert "nobody can be asked" in run(
        "incident", "notify", "request", "wrong", "--as", "one", "--reason", "x", code=2
    )


def test_the_record_on_the_command_line(desk, run, tmp_path):
    root = desk[0]
    opened(desk, run, "record")
    run("incident", "state", "record", "covered", "2019-12-05/2019-12-06", "--log", "firewall")
    assert "whole" in run("record", "verify")
    assert "firewall" in run("record", "show", "--event", "incident:statement:")
    shown = run("record", "show", "--event", "incident:statement:", "--json")
    assert {entry["event"] for entry in json.loads(shown)} == {"incident:statement:add"}
    assert json.loads(run("record", "show", "--event", "incident:", "--json", "--last", "1"))[0][
        "event"
    ].startswith("incident:")
    head = tmp_path / "head.json"
    head.write_text(run("record", "head"))
    assert "whole" in run("record", "verify", "--head", str(head))
    entries = root / "desk" / "record" / "entries.jsonl"
    good = entries.read_bytes()
    entries.write_bytes(good.replace(b'"log":"firewall"', b'"log":"nothings"'))
    assert "FAULT" in run("record", "verify", code=16)
    assert not json.loads(run("record", "verify", "--json", code=16))["whole"]
    entries.write_bytes(good)
    assert "whole" in run("record", "verify")
    head.write_text("{}")
    run("record", "verify", "--head", str(head), code=2)
