"""The commands of a desk, on it and through the process that serves it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hushdesk
from hushdesk.cli import main

Run = Callable[..., str]

MAIL = """From ann@example.com Mon Mar  5 10:00:00 2012
From: Ann Example <ann.example@mail.example>
To: help@desk.example
Subject: Router broken {number}
Date: Mon, 5 Mar 2012 10:00:00 +0000
Message-ID: <{number}@mail.example>

My router number {number} is broken. Write to ann.example@mail.example.

"""

REPORT_KEYS = {
    "id", "state", "started", "finished", "seconds", "cases_per_second", "inputs", "balanced", "cases", "stored", "newer",
    "unchanged", "refused", "quarantined", "rows", "distinct", "kinds", "doubts", "sources", "unmapped", "reasons",
    "partial_files", "refused_rows", "notes", "resumed", "released", "certificate",
}  # fmt: skip
STATUS_KEYS = {
    "security_contact",
    "desk_id", "created", "cases", "store_bytes", "loads", "quarantined", "quarantine_open", "people", "certificate", "used_by",
}  # fmt: skip
PAGE_KEYS = {"hits", "total", "took_ms", "facets", "histogram", "data_until"}
CASE_KEYS = {
    "case_id", "source", "number", "subject", "description", "resolution", "remarks", "notes", "messages", "customer", "agent",
    "opened_at", "closed_at", "product", "status", "country", "language", "tags", "contract",
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("cli")
    (root / "mail.mbox").write_text("".join(MAIL.format(number=number) for number in range(5)))
    (root / "more.mbox").write_text("".join(MAIL.format(number=number) for number in range(5, 8)))
    (root / "bad.jsonl").write_text(
        '{"id": 1, "requester_id": 2, "raw_subject": "router", "via": {}}\n{"id": 2, "requester_id"\n'
    )
    return root


@pytest.fixture
def run(capsys) -> Run:
    def call(*arguments: Any, code: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main(list(map(str, arguments)))
        shown = capsys.readouterr()
        assert ended.value.code == code, shown.err
        return shown.out if code in {0, 8} else shown.err

    return call


@pytest.fixture(scope="module")
def desk(place) -> Path:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "hushdesk",
            "init",
            "--json",
            "--keys",
            place / "keys",
            "--vault",
            place / "vault",
            place / "desk",
        ],
        capture_output=True,
        check=True,
        timeout=60,
    )
    made = json.loads(done.stdout)
    assert set(made) == {"desk", "keys", "vault", "account", "password", "officer_passphrase"}
    # Shown once: neither is anywhere on disk.
    for part in ("desk", "keys", "vault"):
        for path in (place / part).rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                assert made["password"].encode() not in data
                assert made["officer_passphrase"].encode() not in data
    return place / "desk"


@pytest.fixture(scope="module")
def loaded(desk, place) -> Path:
    with hushdesk.open_desk(desk) as opened:
        opened.load(place / "mail.mbox")
    return desk


def through_all(run: Run, desk: Path, place: Path, *, new: str, stored: int) -> None:
    at = ("--desk", desk)
    report = json.loads(run("load", *at, "--json", place / new))
    assert set(report) == REPORT_KEYS
    assert (report["stored"], report["balanced"], report["state"]) == (stored, True, "finished")
    assert json.loads(run("load", *at, "--json", place / new))["stored"] == 0
    status = json.loads(run("status", *at, "--json"))
    assert set(status) == STATUS_KEYS
    page = json.loads(run("search", *at, "--json", "router"))
    assert set(page) >= PAGE_KEYS
    assert page["total"] == status["cases"]
    assert json.loads(run("search", *at, "--json", "--rows", "1", "number"))["hits"][0]["case_id"]
    case = json.loads(run("show", *at, "--json", page["hits"][0]["case_id"]))
    assert set(case) >= CASE_KEYS
    assert case["customer"].startswith("PERSON_")
    assert "ann.example" not in json.dumps(case)
    assert [one["id"] for one in json.loads(run("loads", *at, "--json"))] == list(
        range(status["loads"], 0, -1)
    )
    assert json.loads(run("loads", *at, "--json", report["id"])) == report
    # For people: the same, without JSON.
    assert "rows in" in run("load", *at, place / new)
    assert "Load 1" in run("loads", *at)
    assert "Router broken" in run("search", *at, "--facets", "router")
    assert "PERSON_" in run("show", *at, page["hits"][0]["case_id"])
    assert "on disk" in run("status", *at)
    # What goes wrong has the same code on either way.
    assert "hushdesk search" in run("show", *at, "0000000000000000", code=9)
    assert "hushdesk loads" in run("loads", *at, "999", code=9)
    run("search", *at, "subject:(", code=2)
    run("load", *at, place / "absent", code=5)
    run("load", *at, "--strict", place / "bad.jsonl", code=8)


def test_every_command_on_the_desk_itself(run, loaded, place):
    through_all(run, loaded, place, new="more.mbox", stored=3)


def test_every_command_through_the_owners_socket_while_the_desk_is_served(run, loaded, place):
    (place / "late.mbox").write_text("".join(MAIL.format(number=number) for number in range(20, 24)))
    served = subprocess.Popen(
        [sys.executable, "-m", "hushdesk", "serve", "--desk", loaded, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert re.search(r"http://127\.0\.0\.1:\d+/", served.stdout.readline())
        used = json.loads(run("status", "--desk", loaded, "--json"))["used_by"]
        assert used == f"process {served.pid} (serve)"
        through_all(run, loaded, place, new="late.mbox", stored=4)
        # Another server is told who has the desk.
        assert str(served.pid) in run("serve", "--desk", loaded, "--port", "0", code=4)
        with pytest.raises(hushdesk.HushdeskError) as busy:
            hushdesk.open_desk(loaded)
        assert busy.value.exit_code == 4
    finally:
        served.send_signal(signal.SIGINT)
        _, err = served.communicate(timeout=30)
    assert served.returncode == 0, err
    assert json.loads(run("status", "--desk", loaded, "--json"))["used_by"] == ""


HOLD = """
import sys, hushdesk
with hushdesk.open_desk(sys.argv[1], command="other"):
    print("open", flush=True)
    sys.stdin.read()
"""


def test_a_desk_in_use_by_another_process_ends_with_4_and_says_by_whom(run, loaded):
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(loaded)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout.readline() == "open\n"
        for command in (
            ("status",),
            ("search", "x"),
            ("load", loaded.parent / "mail.mbox"),
            ("loads",),
            ("show", "x"),
        ):
            said = run(command[0], "--desk", loaded, *command[1:], code=4)
            assert f"process {other.pid} (other)" in said
            assert len(said.strip().splitlines()) == 1
    finally:
        other.communicate("", timeout=30)
    assert json.loads(run("status", "--desk", loaded, "--json"))["used_by"] == ""


def test_init_refuses_keys_within_the_desk_and_folders_in_use(run, loaded, tmp_path):
    assert "inside the desk" in run("init", tmp_path / "d", "--keys", tmp_path / "d" / "keys", code=3)
    assert "not empty" in run("init", loaded, code=3)
    assert not (tmp_path / "d").exists()


def test_open_desk_from_python(loaded):
    with hushdesk.open_desk(str(loaded)) as desk:
        page = desk.search("router")
        assert page.total == desk.status()["cases"]
        found = desk.read(page.hits[0].case_id)
        assert found is not None
        assert found.customer.startswith("PERSON_")
        assert desk.reports()[-1].id == 1
