"""The record on the command line: looking, proving, the index; and that looking is written down."""

from __future__ import annotations

import json

import pytest

from hushdesk.access import AuditEvent, Question, owner
from hushdesk.cli import main
from hushdesk.cli._witnessed import accounts_of, witness_of
from hushdesk.desk import Desk
from hushdesk.record import RecordReader, alone_proof
from hushdesk.vault import Keyring

CASE = "0123456789ABCDEF"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("record")
    made = Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    with witness_of(made.folder) as witness:
        witness.note(AuditEvent.ANALYST_CASE_READ, owner(), case=CASE)
        export = witness.export_began(owner(), Question("zanzibar", reason="Audit"), 1)
        export.handing([CASE])
        export.ended(whole=True)
        witness.export_began(owner(), Question(), 40)
    return made.folder


@pytest.fixture
def run(place, capsys):
    def call(*arguments: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["record", *arguments, "--desk", str(place)])
        shown = capsys.readouterr()
        assert ended.value.code == code, shown.err
        return shown.err if code else shown.out

    return call


def test_who_saw_a_case(run):
    found = json.loads(run("show", "--case", CASE, "--json"))
    assert [entry["event"] for entry in found["entries"]] == ["analyst:case:read"]
    assert [(one["export"]["number"], one["certain"]) for one in found["exports"]] == [(3, False), (1, True)]
    text = run("show", "--case", CASE)
    assert "left the house" in text
    assert "may have left: it never ended" in text
    assert json.loads(run("show", "--case", "Z" * 16, "--json"))["entries"] == []


def test_what_left_the_house_and_what_an_account_did(run, place):
    found = json.loads(run("show", "--exports", "--json"))
    assert [(row["number"], row["cases"], row["hits"]) for row in found["exports"]] == [
        (3, None, 40),
        (1, 1, 1),
    ]
    assert "reason Audit: 1 cases in 1 exports" in run("show", "--exports")
    entries = json.loads(run("show", "--account", owner().name, "--event", "analyst:", "--json"))
    assert [entry["n"] for entry in entries] == [0, 1, 2, 3]
    assert entries[1]["words"]["query"] == "zanzibar"
    assert b"zanzibar" not in (place / "record" / "entries.jsonl").read_bytes()
    run("show", "--case", CASE, "--exports", code=2)


def test_each_look_is_written_down(run, place):
    before = len(list(RecordReader(place / "record").entries()))
    run("show", "--last", "1")
    *_, last = RecordReader(place / "record").entries()
    assert (last.number, last.event, last.who) == (before, "officer:record:read", owner().name)
    assert last.detail["via"] == "command-line"


def test_the_index_is_made_anew(run, place):
    (place / "record" / "index.sqlite").write_bytes(b"nothing of the kind")
    run("index")
    assert json.loads(run("show", "--event", "analyst:case:read", "--rebuild", "--json"))[0]["n"] == 0


def test_proofs_hold_elsewhere(run, place):
    from hushdesk.desk._settings import read

    key = Keyring.open(read(place).keys).signing_public_key
    earlier = json.loads(run("head"))
    run("show")
    assert alone_proof.check(json.loads(run("prove", "1")), [key])[0]
    growth = json.loads(run("prove", "--since", str(earlier["size"])))
    assert alone_proof.check(growth, [key], earlier)[0]
    assert run("prove", "999999", code=9)
    assert run("prove", code=2)
    assert run("prove", "1", "--since", "1", code=2)


def test_what_is_done_to_accounts_is_written_down(place):
    with accounts_of(place, new=True) as accounts:
        from hushdesk.access import Role

        password = accounts.create("ada", Role.VIEWER)
    *_, last = RecordReader(place / "record").entries()
    assert (last.event, last.who) == ("admin:account:create", owner().name)
    assert last.detail == {"via": "command-line", "account": "ada", "role": "viewer"}
    assert password not in (place / "record" / "entries.jsonl").read_text()


def test_a_damaged_record_shows_nothing(run, place):
    path = place / "record" / "entries.jsonl"
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"hits":40', b'"hits":41'))
    try:
        assert "signs other entries" in run("show", code=16)
    finally:
        path.write_bytes(data[: len(data)])
