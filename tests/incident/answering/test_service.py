"""From logs to letters, as people do it: on a real desk, with real evidence files, and a real mail server."""

from __future__ import annotations

import email
import hashlib
import json
import os
import socket
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from hushdesk.access.errors import AccessError
from hushdesk.desk import RECORD_FOLDER
from hushdesk.incident import iso
from hushdesk.incident.answering import _analyse, _approval
from hushdesk.incident.errors import IncidentError, NotApprovedError, UnknownIncidentError
from hushdesk.incident.taken import Selection, taken
from hushdesk.record import RecordReader, verify
from hushdesk.vault import write_private


def test_windows_are_those_of_the_plan_to_the_second(estate, answered):
    _, _, answer = answered
    found = [(window["from"], window["to"]) for window in answer["windows"]]
    assert found == [(iso(span.start), iso(span.end)) for span in estate.plan.windows]
    assert all("AllowElastic".upper() in window["rule"].upper() for window in answer["windows"])
    assert all(window["opened_by"]["place"] for window in answer["windows"])


def test_every_record_of_every_file_is_accounted_for(answered):
    _, added, _ = answered
    assert set(added["by_parser"]) == {"azure-activity", "azure-nsg-flow", "web-access"}
    for sums in added["by_parser"].values():
        assert sums["records"] == sums["kept"] + sums["other"] + sums["duplicate"] + sums["refused"]
        assert sums["refused"] == 0


def test_whoever_came_is_there_and_whoever_did_not_is_not(estate, answered):
    _, _, answer = answered
    came = {row["address"]: row for row in answer["visitors"]["rows"]}
    assert {visit.address for visit in estate.plan.visits if visit.logged} == set(came)
    scanner = next(visit.address for visit in estate.plan.visits if visit.role == "scanner")
    assert came[scanner]["kin"] == "known scanner"
    thief = next(visit for visit in estate.plan.visits if visit.role == "thief")
    assert any("search" in asked for asked in came[thief.address]["asked"])


def test_an_address_that_came_in_a_lost_hour_is_unknown_and_never_no(estate, answered):
    ident, _, _ = answered
    ghost = next(visit.address for visit in estate.plan.visits if visit.role == "ghost")
    about = estate.work.status(ident, sweep=False, address=ghost)
    assert about["reading"] == "unknown"
    assert about["sure"] is False
    assert about["unseen"]
    with pytest.raises(IncidentError):
        estate.work.status(ident, sweep=False, address="no address")


def test_the_answer_names_no_person(estate, answered):
    _, _, answer = answered
    text = json.dumps(answer)
    values = [value.value for value in estate.desk.vault.iter_values() if len(value.value) > 6]
    assert len(values) > 50
    assert [value for value in values if value in text] == []
    assert answer["persons"]["upper"] >= 12
    assert answer["taken"]["reachable"] == 40
    assert answer["severity"]["upper"] > answer["severity"]["lower"]
    assert any(due["duty"].startswith("eu.gdpr") for due in answer["duties"])


def test_the_same_file_twice_is_one(estate):
    ident = estate.begun()
    path = [str(estate.files.activity)]
    assert estate.work.add(ident, path)["new"] == 1
    assert estate.work.add(ident, path)["new"] == 0
    copy = estate.root / "copy.jsonl"
    copy.write_bytes(estate.files.activity.read_bytes())
    assert estate.work.add(ident, [str(copy)])["new"] == 0


def test_a_file_that_no_parser_knows_is_named_and_covers_nothing(estate):
    ident = estate.begun()
    strange = estate.root / "strange.dat"
    strange.write_bytes(b"\x00\x01\x02 nothing that anybody writes")
    found = estate.work.add(ident, [str(strange)])
    assert found["troubled"][0]["problems"]
    assert found["by_parser"].keys() == {"not read"}
    with pytest.raises(IncidentError):
        estate.work.add(ident, [str(estate.root / "missing.log")])
    with pytest.raises(IncidentError):
        estate.work.add(ident, [str(strange)], parser="no-such-parser")


def test_without_logs_of_flows_nothing_is_known_of_who_came(estate):
    ident = estate.begun()
    estate.work.add(ident, [str(estate.files.activity)])
    answer = estate.work.status(ident, sweep=False)
    assert answer["visitors"]["total"] == 0
    assert sum(span["seconds"] for span in answer["unknown"]) == estate.plan.windows.size / 1_000_000
    assert estate.work.status(ident, sweep=False, address="11.1.2.3")["reading"] == "unknown"


def test_what_people_vouch_for_is_taken_and_stands_in_the_record(estate):
    ident = estate.begun()
    estate.work.state(
        ident, "open", "2019-12-05T00:00Z/2019-12-06T00:00Z", port=9200, why="the operator remembers"
    )
    answer = estate.work.status(ident, sweep=False)
    assert [(w["from"], w["to"]) for w in answer["windows"]] == [
        ("2019-12-05T00:00:00Z", "2019-12-06T00:00:00Z")
    ]
    estate.work.state(ident, "listening", "2019-12-05T06:00Z/2019-12-05T07:00Z")
    estate.work.state(ident, "covered", "2019-12-05T06:00Z/2019-12-05T06:30Z", log="firewall")
    answer = estate.work.status(ident, sweep=False)
    assert [(s["from"], s["to"]) for s in answer["unknown"]] == [
        ("2019-12-05T06:30:00Z", "2019-12-05T07:00:00Z")
    ]
    for wrong in (
        ("opened", "2019-12-05/2019-12-06"),
        ("open", "2019-12-05"),
        ("open", "2019-12-06/2019-12-05"),
    ):
        with pytest.raises(IncidentError):
            estate.work.state(ident, *wrong)
    said = [
        entry
        for entry in RecordReader(estate.desk.folder / RECORD_FOLDER).entries()
        if entry.event == "incident:statement:add"
    ]
    assert {entry.detail["what"] for entry in said if entry.detail["incident"] == ident} == {
        "open",
        "listening",
        "covered",
    }


def test_moments_and_circumstances(estate):
    ident = estate.begun()
    estate.work.set(ident, "discovered", "2019-12-29T08:00Z")
    estate.work.set(ident, "vault_exposed", "no")
    value = estate.work.set(ident, "aware", "2019-12-29T09:00+01:00")
    assert value["moments"] == {"discovered": "2019-12-29T08:00:00Z"}
    assert value["aware_at"] == "2019-12-29T08:00:00Z"
    assert value["facts"] == {"vault_exposed": "no"}
    for wrong in (("integrity", "perhaps"), ("colour", "red"), ("aware", "yesterday")):
        with pytest.raises(IncidentError):
            estate.work.set(ident, *wrong)


def test_names_of_incidents(estate):
    with pytest.raises(UnknownIncidentError):
        estate.work.kept("../../etc")
    with pytest.raises(IncidentError):
        estate.begun_name = estate.work.open("Not A Name")
    ident = estate.begun()
    with pytest.raises(IncidentError):
        estate.work.open(ident)
    with pytest.raises(IncidentError):
        estate.work.call("drop", {})
    estate.work.close(ident, "a false alarm")
    with pytest.raises(IncidentError):
        estate.work.add(ident, [str(estate.files.activity)])
    assert estate.work.list()[0]["closing"] == "a false alarm"


def test_the_kept_answer_is_there_at_once_and_knows_what_came_since(estate, answered):
    ident, _, _ = answered
    kept = estate.work.kept(ident)
    assert kept["windows"]
    assert kept["added_since"] == 0
    assert estate.work.kept(estate.begun()) is None


def _unpacked(path: Path, into: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        archive.extractall(into)
    return into


def _checked(folder: Path, key: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-I", str(folder / "verify.py"), str(folder), "--key", key]
    return subprocess.run(run, capture_output=True, text=True, check=False)


def test_the_notice_and_the_bundle_that_an_authority_can_verify(estate, answered, tmp_path):
    ident, _, _ = answered
    first = estate.work.report(ident, str(tmp_path / "one"))
    assert first["phase"] == 1
    text = (tmp_path / "one" / "notice.txt").read_text()
    assert "Support House" in text
    assert "Data Protection Commission" in text
    assert (tmp_path / "one" / "notice.pdf").read_bytes().startswith(b"%PDF")
    folder = _unpacked(tmp_path / "one" / "evidence.zip", tmp_path / "bundle")
    good = _checked(folder, first["key"])
    assert good.returncode == 0, good.stdout
    assert "0 faults" in good.stdout
    steps = json.loads((folder / "record.json").read_text())["entries"]
    assert len(steps) >= 3
    digests = {file["digest"] for file in json.loads((folder / "evidence.json").read_text())}
    assert len(digests) > 700
    record = json.loads((folder / "record.json").read_text())
    record["entries"][0]["line"] = record["entries"][0]["line"].replace("tester", "nobody")
    forged = json.dumps(record).encode()
    for name, change in (("answer.json", b"{}"), ("record.json", None), ("extra.txt", b"more")):
        bad = _unpacked(tmp_path / "one" / "evidence.zip", tmp_path / f"bad-{name}")
        (bad / name).write_bytes(change or forged)
        assert _checked(bad, first["key"]).returncode == 1
    assert _checked(folder, "00" * 32).returncode == 1
    second = estate.work.report(ident, str(tmp_path / "two"), final=True)
    assert second["phase"] == 2
    assert (tmp_path / "two" / "changes.txt").exists()


def test_a_notice_needs_somebody_who_notifies(estate, tmp_path):
    ident = estate.begun(controller="")
    with pytest.raises(IncidentError, match="who notifies"):
        estate.work.report(ident, str(tmp_path))


class _Sink:
    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []

    async def handle_DATA(self, server, session, envelope):
        self.got += [(to, envelope.original_content) for to in envelope.rcpt_tos]
        return "250 taken"


def test_looking_at_the_letters_reads_the_list_once(tmp_path, monkeypatch):
    listed, story = tmp_path / "letters.parquet", tmp_path / "letters.json"
    read = []
    real = _approval.digest_of
    monkeypatch.setattr(_approval, "digest_of", lambda file, text: (read.append(text), real(file, text))[1])

    def right() -> str:
        return hashlib.sha256(listed.read_bytes() + story.read_bytes()).hexdigest()

    write_private(listed, b"rows")
    write_private(story, b"text")
    for _ in range(3):
        assert _approval.digest_to_show(listed, story) == right()
    assert len(read) == 1
    # Another list of the same length, and another story, within the same moment.
    for path in (listed, story, listed):
        write_private(path, path.read_bytes()[::-1])
        os.utime(path, ns=(1, 1))
        assert _approval.digest_to_show(listed, story) == right()
    assert len(read) == 4


def test_four_eyes_and_letters_to_a_real_mail_server(estate, answered, tmp_path):
    ident, _, _ = answered
    work = estate.work
    planned = work.notify(ident, "plan")
    assert planned["persons"] >= 12
    relay = {"host": "127.0.0.1", "tls": "none", "sender": "notices@support.example"}
    with pytest.raises(NotApprovedError):
        work.notify(ident, "send", port=25, **relay)
    with pytest.raises(AccessError):
        work.notify(ident, "request", account="officer-1", password="wrong", reason="x")
    with pytest.raises(AccessError):
        work.notify(ident, "request", account="analyst", password=estate.passwords["analyst"], reason="x")
    with pytest.raises(NotApprovedError):
        work.notify(ident, "request", account="officer-1", password=estate.passwords["officer-1"], reason=" ")
    work.notify(
        ident, "request", account="officer-1", password=estate.passwords["officer-1"], reason="art. 34"
    )
    with pytest.raises(NotApprovedError, match="cannot agree"):
        work.notify(ident, "approve", account="officer-1", password=estate.passwords["officer-1"])
    agreed = work.notify(ident, "approve", account="officer-2", password=estate.passwords["officer-2"])
    assert agreed["agreed_by"] == "officer-2"

    sink = _Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(sink, hostname="127.0.0.1", port=port)
    server.start()
    try:
        sent = work.notify(ident, "send", port=port, **relay)
        again = work.notify(ident, "send", port=port, **relay)
    finally:
        server.stop()
    assert sent["ended"] == "done"
    assert sent["in_doubt"] == 0
    assert again["taken"] == 0
    counts = sent["counts"]
    assert counts["accepted"] == len(sink.got) > 5
    assert counts["accepted"] + counts["second channel"] == planned["persons"]
    ids = [email.message_from_bytes(data)["Message-ID"] for _, data in sink.got]
    assert len(set(ids)) == len(ids)
    assert all("http" not in data.decode("utf-8", "replace") for _, data in sink.got)

    printed = work.notify(ident, "print", out=str(tmp_path / "print"))
    assert printed["letters"] + printed["not_printable"] == counts["second channel"]
    with pytest.raises(IncidentError, match="do not belong"):
        work.notify(ident, "print", out=str(estate.desk.folder / "print"))

    addresses = [to for to, _ in sink.got]
    for path in (*estate.desk.folder.glob(f"incidents/{ident}/**/*"), *estate.desk.folder.glob("record/*")):
        if path.is_file():
            data = path.read_bytes()
            assert [to for to in addresses if to.encode() in data] == [], path.name


def test_another_list_needs_another_agreement(estate, answered):
    ident = estate.begun()
    estate.work.add(ident, [str(estate.files.activity)])
    estate.work.notify(ident, "plan")
    for step, name in (("request", "officer-1"), ("approve", "officer-2")):
        more = {"reason": "art. 34"} if step == "request" else {}
        estate.work.notify(ident, step, account=name, password=estate.passwords[name], **more)
    path = estate.desk.folder / "incidents" / ident / "letters.parquet"
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(NotApprovedError, match="changed"):
        estate.work.notify(ident, "send", host="127.0.0.1", port=25, tls="none", sender="a@b.example")


def test_the_record_of_all_this_is_whole(estate, answered):
    keys = estate.desk.keyring.signing_public_keys()
    assert verify(estate.desk.folder / RECORD_FOLDER, keys, estate.desk.settings.desk_id).whole


def test_those_who_are_not_told_one_by_one_leave_no_upper_number(estate, answered, monkeypatch):
    monkeypatch.setattr(_analyse, "DETAILED", 1)
    seen = estate.work.see(answered[0])
    takers = (*seen.visitors, *seen.access.beyond(1))
    assert [bool(one.sessions) for one in takers] == [True, False, False, False]
    covered = [
        replace(one, seen=one.exposed, counted=one.exposed, asked=one.exposed)
        for one in seen.access.exposures
    ]
    took = taken(estate.desk.store, estate.desk.ledger, covered, takers, selection=Selection())
    assert took.everything
    told = taken(estate.desk.store, estate.desk.ledger, covered, takers[:0], selection=Selection())
    assert not told.everything
