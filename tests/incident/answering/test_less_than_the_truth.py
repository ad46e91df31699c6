"""Where an answer could say less than the truth, an agreement be got around, or a letter go twice or never."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from aiosmtpd.controller import Controller

from hushdesk.desk import RECORD_FOLDER
from hushdesk.guard import EVERYWHERE
from hushdesk.incident import DAY, Opening, Span, Window, iso
from hushdesk.incident._scope import Scope
from hushdesk.incident.answering import IncidentDesk, _analyse
from hushdesk.incident.answering._list import LIST, freeze
from hushdesk.incident.dossier import Dossier
from hushdesk.incident.dossier import _settings as settings_file
from hushdesk.incident.errors import NotApprovedError
from hushdesk.record import RecordReader


def _told(estate, event):
    return [
        entry.detail
        for entry in RecordReader(estate.desk.folder / RECORD_FOLDER).entries()
        if entry.event == event
    ]


def _window(port, ports, **more):
    given = {"resource": "sg-1", "opening": Opening.NETWORK, "span": Span(10, 20), "protocol": "tcp"}
    return Window(port=port, ports=ports, sources=EVERYWHERE, certain=EVERYWHERE, **{**given, **more})


def test_a_rule_for_all_ports_opens_a_port_that_no_list_of_stores_names():
    scope = Scope(ports=frozenset({12345}))
    wide = [_window(port, (0, 65535)) for port in (1433, 9200)]
    narrow = _window(443, (443, 443))
    ours = [window for window in (*wide, narrow) if _analyse._ours(window, scope)]
    (found,) = _analyse._at_our_ports(ours, scope)
    assert (found.port, found.ports, found.span) == (12345, (0, 65535), Span(10, 20))
    longer = replace(wide[0], port=12345, span=Span(0, 15))
    assert len(list(_analyse._at_our_ports([*ours, longer], scope))) == 2


def test_a_window_is_of_the_store_by_any_of_its_names():
    scope = Scope(store="cases", resources=("i-*",))
    assert not _analyse._ours(_window(9200, None), scope)
    assert _analyse._ours(_window(9200, None, names=("db", "i-0abc")), scope)
    assert _analyse._ours(_window(9200, None, store="cases"), scope)


def test_without_a_window_the_answer_does_not_sound_like_all_clear(estate):
    ident = estate.begun()
    estate.work.add(ident, [str(estate.files.proxy)])
    answer = estate.work.status(ident, sweep=False)
    assert answer["windows"] == []
    assert answer["unresolved"] == [_analyse.NO_WINDOW]
    assert answer["strays"] > 0
    assert estate.work.status(ident, sweep=False, address="11.1.2.3")["reading"] == "unknown"


def test_where_the_log_of_changes_ends_is_said(estate):
    ident = estate.begun()
    estate.work.add(ident, [str(estate.files.activity)])
    seen = estate.work.see(ident)
    last = max(
        span.end for kept in estate.work.dossier(ident).shelf for one in kept.coverage for span in one.spans
    )
    assert _analyse.LAST_CHANGE.format(last=iso(last), until=iso(seen.until)) in seen.unresolved


def test_visitors_beyond_those_told_one_by_one_count(estate, answered, monkeypatch):
    ident, _, answer = answered
    monkeypatch.setattr(_analyse, "DETAILED", 0)
    fewer = estate.work.analyse(ident, sweep=False).answer
    assert len(fewer.visitors) == answer["visitors"]["total"]
    assert fewer.taken.cases.upper == answer["taken"]["reachable"]
    assert "told nowhere" in fewer.taken.cases.why or "no log" in fewer.taken.cases.why
    confidentiality = next(one for one in fewer.severity.inputs if "onfidentiality" in one.name)
    assert confidentiality.upper > 0


def test_an_agreement_that_somebody_wrote_by_hand_is_none(estate, answered):
    ident = estate.begun()
    estate.work.add(ident, [str(estate.files.activity)])
    planned = estate.work.notify(ident, "plan")
    path = estate.desk.folder / "incidents" / ident / "approval.json"
    relay = {"host": "127.0.0.1", "port": 25, "tls": "none", "sender": "a@b.example"}
    by_hand = {
        "what": planned["list"],
        "persons": planned["persons"],
        "reason": "x",
        "asked_by": "officer-1",
        "asked_at": 1,
        "agreed_by": "officer-2",
        "agreed_at": 1 << 60,
    }
    for text in (json.dumps(by_hand), json.dumps({**by_hand, "seal": "0" * 64}), "{", "[]", '{"a": 1}'):
        path.write_text(text)
        with pytest.raises(NotApprovedError):
            estate.work.notify(ident, "send", **relay)
        assert estate.work.kept(ident)["letters"]["agreed"] is False
    # Whoever asked cannot put another name there and then agree.
    password = estate.passwords["officer-1"]
    estate.work.notify(ident, "request", account="officer-1", password=password, reason="art. 34")
    path.write_text(json.dumps({**json.loads(path.read_text()), "asked_by": "somebody"}))
    with pytest.raises(NotApprovedError, match="nobody has asked"):
        estate.work.notify(ident, "approve", account="officer-1", password=password)


def _agree(estate, ident):
    for step, name in (("request", "officer-1"), ("approve", "officer-2")):
        more = {"reason": "art. 34"} if step == "request" else {}
        estate.work.notify(ident, step, account=name, password=estate.passwords[name], **more)


class _Sink:
    def __init__(self, most):
        self.most, self.got = most, []

    async def handle_DATA(self, server, session, envelope):
        if len(self.got) >= self.most:
            return "421 later"
        self.got += envelope.rcpt_tos
        return "250 taken"


def _send(estate, ident, sink):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(sink, hostname="127.0.0.1", port=port)
    server.start()
    try:
        return estate.work.notify(
            ident,
            "send",
            host="127.0.0.1",
            port=port,
            tls="none",
            sender="notices@support.example",
            limits={"failures": 1, "connections": 1, "backoff_seconds": 0.0},
        )
    finally:
        server.stop()


def test_a_list_made_anew_in_the_midst_of_sending(estate, answered):
    """Nobody twice, nobody who is not on the agreed list, nobody lost who comes back; and a number stays one person's."""
    ident = estate.begun()
    folder = estate.desk.folder / "incidents" / ident
    estate.work.add(ident, [str(estate.files.activity)])
    planned = estate.work.notify(ident, "plan")
    whole = pq.read_table(folder / LIST)
    first = dict(zip(whole["person"].to_pylist(), whole["letter"].to_pylist(), strict=True))
    assert sorted(first.values()) == list(range(1, planned["persons"] + 1))
    _agree(estate, ident)
    some = _Sink(3)
    _send(estate, ident, some)
    assert len(some.got) == 3

    persons = whole.drop_columns(["letter"])
    freeze(folder, persons.slice(planned["persons"] // 2))
    with pytest.raises(NotApprovedError):
        _send(estate, ident, _Sink(0))
    _agree(estate, ident)
    half = _Sink(10_000)
    sent = _send(estate, ident, half)
    assert sent["ended"] == "done"
    assert sent["counts"]["excluded"] > 0
    assert 0 < len(half.got) < planned["persons"] - 3

    freeze(folder, persons.take(list(range(persons.num_rows - 1, -1, -1))))
    again = pq.read_table(folder / LIST)
    assert dict(zip(again["person"].to_pylist(), again["letter"].to_pylist(), strict=True)) == first
    _agree(estate, ident)
    rest = _Sink(10_000)
    sent = _send(estate, ident, rest)
    assert sent["counts"]["excluded"] == 0
    everybody = [*some.got, *half.got, *rest.got]
    assert len(everybody) == sent["counts"]["accepted"]
    assert sent["counts"]["accepted"] + sent["counts"]["second channel"] == planned["persons"]


def test_what_is_in_force_stands_in_the_record_whenever_the_process_ends(estate, monkeypatch):
    ident = estate.begun()

    class Killed(BaseException):
        pass

    def kill(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(settings_file, "write", kill)
        with pytest.raises(Killed):
            estate.work.state(ident, "open", "2019-12-05/2019-12-06", port=9200)
    assert len([one for one in _told(estate, "incident:statement:add") if one["incident"] == ident]) == 1
    # Killed between the file that is kept and its entry: the next step tells it.
    with monkeypatch.context() as patch:
        patch.setattr(Dossier, "_tell_read", kill)
        with pytest.raises(Killed):
            estate.work.add(ident, [str(estate.files.activity)])
    assert [one for one in _told(estate, "incident:evidence:add") if one["incident"] == ident] == []
    assert estate.work.add(ident, [str(estate.files.activity)])["new"] == 0
    assert [
        one["records"] > 0 for one in _told(estate, "incident:evidence:add") if one["incident"] == ident
    ] == [True]
    # Killed before an incident was whole: its name is free.
    with monkeypatch.context() as patch:
        patch.setattr(settings_file, "write", kill)
        with pytest.raises(Killed):
            estate.begun(house=str(estate.root / "controller.toml"))
    name = f"case-{next(estate.numbers) - 1}"
    assert estate.work.open(name)["ident"] == name
    assert not (estate.desk.folder / "incidents" / name / "house.toml").exists()


def test_what_is_stated_after_the_answer_is_said_to_be_missing_from_it(estate):
    ident = estate.begun()
    estate.work.status(ident, sweep=False)
    assert estate.work.kept(ident)["said_since"] == []
    estate.work.state(ident, "open", "/", port=9200)
    assert estate.work.kept(ident)["said_since"] == ["statements"]


def test_an_opening_without_a_beginning_or_an_end_goes_the_whole_way(estate, tmp_path):
    ident = estate.begun(holds="loaded", intent="", addresses=["10.0.0.9"], ports=[9200])
    estate.work.state(ident, "open", "/", port=9200)
    answer = estate.work.status(ident)
    assert (answer["windows"][0]["from"], answer["windows"][0]["to"]) == (None, None)
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    assert answer["taken"]["reachable"] == 40
    told = estate.work.report(ident, str(tmp_path))
    assert told["phase"] == 1
    assert estate.work.notify(ident, "plan")["persons"] > 0
    _agree(estate, ident)
    assert estate.work.notify(ident, "print", out=str(tmp_path / "print"), everybody=True)["letters"] > 0


def test_a_file_with_a_name_that_is_no_text(estate, tmp_path):
    ident = estate.begun()
    estate.work.add(ident, [str(estate.files.activity)])
    odd = os.fsencode(tmp_path) + b"/acc\xe9ss\x1b[31m\n.log"
    with open(odd, "wb") as file:  # noqa: PTH123 - the name is bytes
        file.write(estate.files.proxy.read_bytes())
    told = estate.work.add(ident, [os.fsdecode(odd)])
    assert told["by_parser"].keys() == {"web-access"}
    answer = estate.work.status(ident, sweep=False)
    assert answer["visitors"]["total"] > 0
    assert any(file["file"].endswith("/acc\\udce9ss\\x1b[31m\\n.log") for file in told["each"])
    estate.work.report(ident, str(tmp_path / "out"))


def test_a_desk_that_was_closed_still_answers(estate):
    ident = estate.begun()
    estate.work.add(ident, [str(estate.files.activity)])
    late = IncidentDesk(estate.desk, "tester", lambda: estate.plan.aware_at + 400 * DAY)
    late.close(ident, "done")
    assert late.status(ident, sweep=False)["windows"]
