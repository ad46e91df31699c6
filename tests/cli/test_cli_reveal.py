"""``hushdesk reveal``: two officers prove themselves by password; the identity goes to the screen and nowhere else."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest

from hushdesk.access import Role, SecondFactorMissing
from hushdesk.analytics import open_desk
from hushdesk.cli import _reveal as commands
from hushdesk.cli import main
from hushdesk.cli._connect import connect
from hushdesk.cli._witnessed import accounts_of
from hushdesk.desk import Desk
from hushdesk.record import RecordReader

ROWS = """Ticket ID,Created,Customer name,Customer email,Subject,Description
T-1,2019-03-04T09:12Z,Ada Quillon,ada.quillon@example.org,Router,"Write to ada.quillon@example.org."
"""
REASON = "The court asks whose line this is: Ada?"
PASSWORDS = {name: f"several plain words of {name}" for name in ("one", "two")}


@dataclass
class Officer:
    """Types a password and, each time, another recovery code."""

    desk: Path
    name: str
    codes: list[str]

    def typed(self) -> str:
        if not self.codes:
            with accounts_of(self.desk) as accounts:
                self.codes = accounts.factors.new_codes(accounts.by_name(self.name))
        return f"{PASSWORDS[self.name]}\n{self.codes.pop()}\n"


OFFICERS: dict[str, Officer] = {}


def one() -> str:
    return OFFICERS["one"].typed()


def two() -> str:
    return OFFICERS["two"].typed()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    root = tmp_path_factory.mktemp("reveal")
    made = Desk.create(root / "desk", keys=root / "keys", vault=root / "vault")
    (root / "a.csv").write_text(ROWS)
    with open_desk(made.folder) as opened:
        opened.load(root / "a.csv", workers=0)
        [token] = [each for each in opened.read("T-1").tokens if each.startswith("EMAIL_")]
    with accounts_of(made.folder, new=True) as accounts:
        for name, password in PASSWORDS.items():
            generated = accounts.create(name, Role.PRIVACY_OFFICER)
            accounts.change_password(accounts.by_name(name).id, generated, password)
            offered = accounts.enrol(name, password)
            app = pyotp.TOTP(offered.app.secret)
            OFFICERS[name] = Officer(made.folder, name, accounts.factors.accept(offered, app.now()))
    return made.folder, token


@pytest.fixture
def run(desk, capsys, monkeypatch):
    def call(*arguments: str, code: int = 0, typed: str = "") -> str:
        monkeypatch.setenv("COLUMNS", "160")
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            main(["reveal", *arguments, "--desk", str(desk[0])])
        shown = capsys.readouterr()
        assert ended.value.code == code, shown.out + shown.err
        assert not [word for word in PASSWORDS.values() if word in shown.out + shown.err]
        return shown.out + shown.err

    return call


def proof(name: str) -> tuple[str, ...]:
    return "--as", name, "--password-stdin"


def ask(run, token: str, *more: str, **also) -> str:
    typed = f"{REASON}\n{one()}"
    return run(
        "ask", token, "--case", "T-1", *proof("one"), "--reason-stdin", *more, **{"typed": typed, **also}
    )


def the_whole_way(run, token: str) -> None:
    asked = json.loads(ask(run, token, "--json"))
    request = asked["request"]
    assert (asked["state"], asked["asked_by"], asked["persons"]) == ("waiting", "one", 1)
    assert request in run("list")
    assert "Ada" not in run("list", "--all") + run("list", "--json")
    assert "cannot approve as well" in run("approve", request, *proof("one"), "--yes", typed=one(), code=77)
    assert "may open it once" in run("approve", request, *proof("two"), "--yes", typed=two())
    # Nothing is spent by asking for it in a way that would put it into a file.
    assert "--pipe" in run("open", request, *proof("one"), typed=one(), code=2)
    assert "account that asked" in run("open", request, *proof("two"), "--pipe", typed=two(), code=77)
    assert run("open", request, *proof("one"), "--pipe", typed=one()) == "EMAIL  ada.quillon@example.org\n"
    assert "once only" in run("open", request, *proof("one"), "--pipe", typed=one(), code=77)
    assert request not in run("list")
    [spent] = [each for each in json.loads(run("list", "--all", "--json")) if each["request"] == request]
    assert (spent["state"], spent["decided_by"]) == ("spent", "two")


def test_a_password_alone_proves_nothing_and_a_code_does(run, desk):
    """The role must have a second factor: whoever has none yet neither asks nor sees a reason nor decides."""
    password = PASSWORDS["two"]
    with accounts_of(desk[0]) as accounts:
        generated = accounts.create("three", Role.PRIVACY_OFFICER)
        accounts.change_password(accounts.by_name("three").id, generated, password)
    request = json.loads(ask(run, desk[1], "--json"))["request"]
    alone, three = f"{password}\n000000\n", proof("three")
    calls = [
        run("ask", desk[1], "--case", "T-1", *three, "--reason-stdin", typed=f"{REASON}\n{alone}", code=77),
        run("approve", request, *three, "--yes", typed=alone, code=77),
        run("open", request, *three, "--pipe", typed=alone, code=77),
        run("refuse", request, *three, typed=alone, code=77),
    ]
    with connect(desk[0], "reveal") as commands, pytest.raises(SecondFactorMissing):
        commands.reveal("look", {"name": "three", "password": password, "request": request})
    for said in calls:
        assert "must have a second factor" in said
        assert "hushdesk account second-factor NAME --set-up" in said
        assert "court" not in said
    [state] = [each["state"] for each in json.loads(run("list", "--json")) if each["request"] == request]
    assert state == "waiting"
    missing = [
        entry.detail["account"]
        for entry in RecordReader(desk[0] / "record").entries()
        if entry.event == "account:second-factor:missing"
    ]
    assert missing == ["three"] * 5
    with accounts_of(desk[0]) as accounts:
        offered = accounts.enrol("three", password)
        app = pyotp.TOTP(offered.app.secret)
        accounts.factors.accept(offered, app.at(int(time.time()) - 30))
    run("refuse", request, *three, typed=f"{password}\n\n", code=77)
    assert "refused" in run("refuse", request, *three, "--json", typed=f"{password}\n{app.now()}\n")


def test_a_wrong_password_or_code_is_in_the_record(run, desk):
    request = json.loads(ask(run, desk[1], "--json"))["request"]
    run("approve", request, *proof("two"), "--yes", typed="not the word at all\n", code=77)
    run("refuse", request, *proof("nobody-of-that-name"), typed="not the word at all\n", code=77)
    run("refuse", request, *proof("two"), typed=f"{PASSWORDS['two']}\nno code\n", code=77)
    failed = [
        entry
        for entry in RecordReader(desk[0] / "record").entries()
        if entry.event == "account:sign-in:failure"
    ][-2:]
    assert [(entry.who, entry.detail.get("account")) for entry in failed] == [
        ("nobody", "two"),
        ("nobody", None),
    ]
    [*_, code] = [
        entry
        for entry in RecordReader(desk[0] / "record").entries()
        if entry.event == "account:second-factor:failure"
    ]
    assert code.detail["account"] == "two"
    assert {entry.detail["via"] for entry in [*failed, code]} == {"command-line"}
    assert "not the word" not in str(failed)
    run("refuse", request, *proof("one"), typed=one())


def test_on_the_desk_itself(run, desk):
    request = json.loads(ask(run, desk[1], "--json"))["request"]
    assert "may open it once" in run("approve", request, *proof("two"), "--yes", typed=two())
    opened = run("open", request, *proof("one"), "--pipe", "--json", typed=one())
    assert json.loads(opened)["values"] == {"EMAIL": ["ada.quillon@example.org"]}


@pytest.fixture(scope="module")
def served(desk):
    """The process that serves the desk; what it said is looked through when it has ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hushdesk", "serve", "--desk", desk[0], "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        yield
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    for word in ("quillon", "court", *PASSWORDS.values()):
        assert word not in (out + err).lower()


def test_the_whole_way_through_the_process_that_serves(run, desk, served):
    the_whole_way(run, desk[1])


def test_refused_wrong_and_unknown(run, desk, served):
    request = json.loads(ask(run, desk[1], "--json"))["request"]
    assert "Name or password is wrong" in run(
        "approve", request, *proof("two"), "--yes", typed="guess\n", code=77
    )
    assert "Name or password is wrong" in run(
        "approve", request, *proof("nobody"), "--yes", typed="guess\n", code=77
    )
    assert "Refused" in run("refuse", request, *proof("two"), typed=two())
    run("approve", request, *proof("two"), "--yes", typed=two(), code=77)
    run("refuse", "0123456789", *proof("two"), typed=two(), code=9)
    assert "no pseudonym" in ask(run, "ada.quillon@example.org", code=2)
    assert "ada" not in ask(run, "ada.quillon@example.org", code=2).lower()
    assert "A reason has" in ask(run, desk[1], typed=f"why\n{one()}", code=2)


def test_without_a_terminal_nobody_is_asked(run, desk, served):
    assert "--reason-stdin" in run("ask", desk[1], "--case", "T-1", "--as", "one", code=2)
    assert "--password-stdin" in run("refuse", "0123456789", "--as", "one", code=2)
    assert "--yes" in run("approve", "0123456789", *proof("two"), code=2)


def test_a_terminal_is_not_told_what_to_do_by_a_value(capsys):
    commands._show({"values": {"PERSON": ["Ada \x1b[2J\u202eQuillon [red]"]}, "persons": 2})
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "Quillon [red]" in shown
    assert "2 persons" in shown
    commands._show({"values": {}, "persons": 0})
    assert "leads to nobody any more" in capsys.readouterr().out
