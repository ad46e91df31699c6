"""The officer's review and the certificates on the command line, on the desk and through the process that serves it."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import hushdesk
from hushdesk.cli import main
from hushdesk.desk import Desk

HEAD = "Ticket ID,Created,Customer name,Customer email,Subject,Description\n"
TEXTS = ("I changed nothing@all. It reboots.", "Ask margit@nord. It is urgent.", "All fine.")


@pytest.fixture
def place(tmp_path):
    made = Desk.create(tmp_path / "desk", keys=tmp_path / "keys", vault=tmp_path / "vault")
    rows = "".join(
        f'T-{n},2019-03-04T09:12Z,Ada Quillon,ada@example.org,Router,"{text}"\n'
        for n, text in enumerate(TEXTS)
    )
    (tmp_path / "a.csv").write_text(HEAD + rows + "T-9,03/04/2019,Ada,ada@example.org,Router,Text\n")
    with hushdesk.open_desk(made.folder) as desk:
        desk.load(tmp_path / "a.csv", workers=0)
    return made.folder, made.officer_passphrase


@pytest.fixture
def run(place, capsys, monkeypatch):
    folder, passphrase = place

    def call(*arguments: str, code: int = 0, typed: str = passphrase) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{typed}\n"))
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--desk", str(folder)])
        shown = capsys.readouterr()
        assert ended.value.code == code, shown.err
        assert passphrase not in shown.out + shown.err
        return shown.out if not shown.err else shown.err

    return call


IN = "--passphrase-stdin"


def the_whole_way(run) -> None:
    listed = json.loads(run("quarantine", "list", "--json"))
    assert [(one["entry"], one["is_case"], one["state"]) for one in listed] == [
        (2, False, "open"),
        (1, True, "open"),
        (0, True, "open"),
    ]
    assert "margit" not in run("quarantine", "list")
    shown = json.loads(run("quarantine", "show", "1", IN, "--json"))
    assert [one["value"] for one in shown["findings"]] == ["margit@nord. It"]
    assert "margit@nord. It" in run("quarantine", "show", "1", IN)
    assert "not sealed" in run("quarantine", "show", "2", IN)
    assert "not decided" in run("quarantine", "release", "1", IN, code=11)
    run("quarantine", "decide", "1", "0" * 16, IN, "--confirm", code=9)
    decided = json.loads(
        run("quarantine", "decide", "1", shown["findings"][0]["id"], IN, "--confirm", "--json")
    )
    assert decided["releasable"]
    assert json.loads(run("quarantine", "release", "1", IN, "--json")) == {
        "state": "released",
        "reason": "",
        "stays": False,
    }
    # Without naming any, all that is undecided is meant.
    assert "Everything is decided" in run("quarantine", "decide", "0", IN, "--reject")
    assert "sealed and stored" in run("quarantine", "release", "0", IN)
    assert "is closed" in run("quarantine", "dismiss", "2")
    assert json.loads(run("quarantine", "list", "--json")) == []
    assert len(json.loads(run("quarantine", "list", "--all", "--json"))) == 3
    report = json.loads(run("loads", "1", "--json"))
    assert (report["stored"], report["quarantined"], report["refused"], report["released"]) == (3, 0, 1, 2)
    assert report["balanced"]
    assert "released from quarantine since" in run("loads", "1")


def test_the_whole_way_on_the_desk_itself(run):
    the_whole_way(run)


def test_the_whole_way_through_the_process_that_serves(run, place):
    served = subprocess.Popen(
        [sys.executable, "-m", "hushdesk", "serve", "--desk", place[0], "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert re.search(r"http://127\.0\.0\.1:\d+/", served.stdout.readline())
        the_whole_way(run)
        assert "signature is this desk's" in run("certificate", "--verify")
    finally:
        served.send_signal(signal.SIGINT)
        _, err = served.communicate(timeout=30)
    assert served.returncode == 0, err
    assert place[1] not in err
    assert "margit" not in err


def test_what_goes_wrong(run, monkeypatch):
    assert "does not open" in run("quarantine", "show", "0", IN, typed="WRONG-WRONG", code=1)
    run("quarantine", "show", "77", IN, code=9)
    run("quarantine", "dismiss", "77", code=9)
    assert "--passphrase-stdin" in run("quarantine", "show", "0", code=2)
    assert "--confirm" in run("quarantine", "decide", "0", IN, code=2)


def test_a_case_that_stays_ends_with_11(run, monkeypatch):
    from hushdesk.desk import Released, Resolution, Review

    monkeypatch.setattr(
        Review, "release", lambda *_, **__: Released(Resolution.KEPT, "leak check: PHONE in notes")
    )
    assert "PHONE in notes" in run("quarantine", "release", "0", IN, code=11)


def test_certificates(run, place):
    [made] = json.loads(run("certificate", "--json"))
    assert (made["load_id"], made["sampled"], made["population"], made["complete"]) == (1, 1, 1, True)
    assert json.loads(run("certificate", "1", "--json")) == made
    assert json.loads(run("status", "--json"))["certificate"] == made
    assert "at most 950.0 leaking cases in 1,000" in run("certificate")
    assert "at most 950.0 leaking cases in 1,000" in run("status")
    assert "at most 950.0 leaking cases in 1,000" in run("loads", "1")
    assert "signature is this desk's" in run("certificate", "--verify")
    run("certificate", "7", code=9)
    with Desk.open(place[0]) as desk:
        desk.ledger.certify(1, desk.certificates()[0].to_text().replace('"leaking": 0', '"leaking": 1'))
    assert "refused" in run("certificate", "--verify", code=12)


def test_a_desk_without_loads_says_so(tmp_path, capsys):
    made = Desk.create(tmp_path / "d", keys=tmp_path / "k", vault=tmp_path / "v")
    with pytest.raises(SystemExit):
        main(["certificate", "--desk", str(made.folder)])
    assert "no certificate yet" in capsys.readouterr().out
    assert Path(made.folder / "values.jsonl").read_bytes() == b""
