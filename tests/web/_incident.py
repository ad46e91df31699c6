"""Incidents for tests of the pages: one in memory, and a real one made from the drill's files."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from hushdesk.analytics import OpenDesk
from hushdesk.incident.answering import IncidentDesk, read_moment
from hushdesk.incident.drill._plan import Plan, plan
from hushdesk.incident.drill._write import write
from hushdesk.incident.errors import IncidentError, UnknownIncidentError
from hushdesk.web import Incidents

IDENT = "december-2019"
NOW = read_moment("2019-12-30T18:00:00Z")
CASES = 24
DAYS = ("13", "29")
"""Days of the flow log that are evidence: all of it would take long."""
MAIL = """From ann@example.com Mon Mar  5 10:00:00 2012
From: Ann Example <ann.example@mail.example>
To: help@desk.example
Subject: Router broken, number {number}
Date: {day:02} Mar 2012 10:00:00 +0000
Message-ID: <{number}@mail.example>
Content-Type: text/plain; charset=utf-8

My router is broken. Write to ann.example@mail.example or call +49 30 901820.

"""


def mailbox(path: Path) -> Path:
    """A few cases."""
    path.write_text("".join(MAIL.format(number=number, day=1 + number) for number in range(CASES)))
    return path


def make_incident(desk: OpenDesk, folder: Path, who: str = "tests") -> tuple[IncidentDesk, Plan]:
    """An incident with evidence and no answer yet, in a desk that has cases."""
    drawn = plan(3, CASES, 900)
    files = write(folder, drawn)
    incidents = IncidentDesk(desk.desk, who, now=lambda: NOW)
    house = folder / "house.toml"
    house.write_text('role = "controller"\nzone = "Europe/Berlin"\n')
    incidents.open(
        IDENT,
        title="Support store open to the internet",
        aware="2019-12-29T18:00:00Z",
        intent=str(files.intent),
        baseline=[str(files.estate)],
        lists=[str(files.scanners)],
        holds="all",
        house=str(house),
    )
    flows = [path for path in files.flows.rglob("*.json") if any(f"d={day}" in path.parts for day in DAYS)]
    incidents.add(IDENT, [str(files.activity), str(files.proxy), *map(str, sorted(flows))])
    return incidents, drawn


def _bound(lower: int, upper: int | None, why: str = "") -> dict[str, Any]:
    return {"lower": lower, "upper": upper, "why": why}


def _span(first: str | None, last: str | None) -> dict[str, Any]:
    seconds = (read_moment(last) - read_moment(first)) / 1e6 if first and last else None
    return {"from": first, "to": last, "seconds": seconds}


def _due(what: str, *, applies: str = "yes", ends: str = "", **more: Any) -> dict[str, Any]:
    return {
        "duty": "eu.gdpr.authority",
        "law": "GDPR art. 33(1)",
        "recipient": "lead supervisory authority",
        "what": what,
        "applies": applies,
        "why": "role is controller",
        "due": _span("2019-12-29T18:00:00Z", ends) if ends else None,
        "remaining_seconds": (read_moment(ends) - NOW) / 1e6 if ends else None,
        "countdown": "2 d 0 h 0 min",
        "clock": "72 hours since aware",
        "verified": True,
        "source": "https://example.com/law",
        "version": "from 2018-05-25",
        "persons": 90,
        "done": None,
        "late": False,
        **more,
    }


def _visitor(address: str, reading: str, did: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "address": address,
        "kin": "other",
        "kin_name": "",
        "kin_by": "",
        "reading": reading,
        "first": did[0]["from"],
        "last": did[-1]["to"],
        "sent": _bound(3_500_000, 3_500_000),
        "received": _bound(59_700, 59_700),
        "rows": _bound(0, None, "no log shows what was asked"),
        "asked": [],
        "why": "no log shows what was asked",
        "did": did,
        **more,
    }


def _did(first: str, last: str, reading: str, *, within: bool = False) -> dict[str, Any]:
    return {"from": first, "to": last, "reading": reading, "within": within}


def settings(ident: str = IDENT, **more: Any) -> dict[str, Any]:
    """What was said of the incident."""
    return {
        "ident": ident,
        "title": "Support store open to the internet",
        "store": "support-cases",
        "opened_at": "2019-12-29T19:00:00Z",
        "opened_by": "tests",
        "aware_at": "2019-12-29T18:00:00Z",
        "moments": {"discovered": "2019-12-29T17:00:00Z"},
        "facts": {},
        "closed_at": None,
        "closed_by": "",
        "closing": "",
        **more,
    }


def sample(**changes: Any) -> dict[str, Any]:
    """An answer with everything in it that a page shows."""
    severity = {
        "lower": 0.75,
        "upper": 3.5,
        "level": "high",
        "lower_level": "low",
        "flags": ["possibly more than 100 persons"],
        "inputs": [{"name": "DPC simple", "lower": 1.0, "upper": 4.0, "evidence": "PERSON: base 1"}],
    }
    group = {
        "name": "customers: e-mail, free text",
        "persons": _bound(0, 90, "theirs may have left"),
        "kinds": ["EMAIL", "FREE_TEXT"],
        "severity": severity,
        "scam": 0.65,
        "countries": {"DE": 90},
        "languages": {"de": 90},
        "nearest": "EDPB 01/2021 case 05: regulator yes",
        "decision": "score 0.75 to 3.50, high: regulator yes",
        "tell_authority": True,
        "tell_persons": False,
    }
    change = {
        "at": "2019-12-05T07:36:44Z",
        "operation": "SECURITYRULES/WRITE",
        "actor": "deployment",
        "actor_address": "192.0.2.23",
        "place": "/srv/logs/activity.jsonl:6",
    }
    window = {
        "resource": "/subscriptions/1/networkInterfaces/cases-nic",
        "opening": "network",
        "protocol": "tcp",
        "port": 9200,
        **_span("2019-12-05T07:00:00Z", None),
        "open": True,
        "rule": "AllowElastic (priority 110)",
        "shared_with": "",
        "sources": {"words": "everybody (IPv4)", "ipv4": 2**32, "ipv6": 0},
        "opened_by": change,
        "closed_by": None,
        "doubt": "",
        "exposed": [_span("2019-12-05T07:00:00Z", "2019-12-30T18:00:00Z")],
        "seen": [
            _span("2019-12-05T07:00:00Z", "2019-12-15T14:00:00Z"),
            _span("2019-12-15T21:00:00Z", "2019-12-30T18:00:00Z"),
        ],
        "counted": [_span("2019-12-12T09:00:00Z", "2019-12-15T14:00:00Z")],
        "asked": [_span("2019-12-20T08:00:00Z", "2019-12-27T18:00:00Z")],
        "unseen": [
            {**_span("2019-12-15T14:00:00Z", "2019-12-15T21:00:00Z"), "why": "no log covers this time"}
        ],
    }
    share = {
        **window,
        "opening": "share",
        "protocol": "",
        "port": 0,
        "shared_with": "everybody",
        "resource": "snapshots/cases-copy",
        **_span(None, "2019-12-09T00:00:00Z"),
        "open": False,
        "doubt": "the rule stands in a template that was not applied",
        "exposed": [],
        "seen": [],
        "counted": [],
        "asked": [],
        "unseen": [],
    }
    thief = [
        _did("2019-12-13T10:54:00Z", "2019-12-13T10:55:00Z", "read"),
        _did("2019-12-22T07:36:00Z", "2019-12-24T20:57:00Z", "read", within=True),
    ]
    found = {
        "incident": settings(),
        "at": "2019-12-30T18:00:00Z",
        "evidence": {
            "files": 2,
            "by_parser": {
                "azure-nsg-flow": {
                    "files": 2,
                    "records": 9,
                    "kept": 5,
                    "other": 2,
                    "duplicate": 1,
                    "refused": 1,
                }
            },
            "troubled": [
                {
                    "file": "/srv/logs/PT1H.json",
                    "problems": ["the end is missing"],
                    "refused": 1,
                    "reasons": {"no number": 1},
                }
            ],
        },
        "windows": [window, share],
        "elsewhere": 1,
        "unresolved": ["a parameter has no value"],
        "unknown": [_span("2019-12-15T14:00:00Z", "2019-12-15T21:00:00Z")],
        "strays": 1,
        "visitors": {
            "total": 3,
            "by_reading": {"read": 1, "connected": 1, "turned away": 1},
            "rows": [
                _visitor("198.51.100.7", "read", thief),
                _visitor(
                    "2001:db8::7",
                    "connected",
                    [_did("2019-12-10T00:38:00Z", "2019-12-10T00:48:00Z", "connected")],
                    kin="known scanner",
                    kin_name="a survey",
                ),
                _visitor(
                    "203.0.113.9",
                    "turned away",
                    [_did("2019-12-11T00:38:00Z", "2019-12-11T00:38:01Z", "turned away")],
                ),
            ],
        },
        "until": "2019-12-30T18:00:00Z",
        "taken": {
            "cases": _bound(21, 300, "at least the bytes of the largest session"),
            "reachable": 300,
            "everything": True,
            "fields": ["subject"],
            "kinds": {"EMAIL": 90},
            "why": "at least the bytes of the largest session",
        },
        "persons": {
            **_bound(0, 90, "theirs may have left"),
            "shredded": 2,
            "groups": [group],
            "sweep": {"persons": 1, "values": 1604, "not_looked_for": {"PHONE": 3}, "cases": 300},
        },
        "severity": severity,
        "duties": [
            _due("further information", clock="without undue delay since first notice was sent; not known: when first notice was sent"),
            _due("first notice", ends="2020-01-01T18:00:00Z"),
            _due("letters to persons", clock="without undue delay since aware", law="GDPR art. 34"),
            _due("first notice", ends="2019-12-30T12:00:00Z", law="a contract", verified=False, persons=0),
            _due("early warning", done="2019-12-30T09:00:00Z", countdown="done 2019-12-30T09:00:00Z", law="NIS2"),
            _due("statement", applies="unknown", why="sector is not known", ends="2020-03-01T00:00:00Z"),
            _due("first notice", applies="no", why="no persons there", law="LGPD"),
        ],
        "letters": None,
        "said_since": [],
        "added_since": 0,
    }  # fmt: skip
    return copy.deepcopy(found) | changes


LETTERS = {
    "persons": 90,
    "asked_by": "officer-one",
    "agreed_by": "officer-two",
    "agreed": True,
    "counts": {"accepted": 70, "in doubt": 3, "planned": 10, "intent": 0, "second channel": 7},
    "attempts": {"accepted": 70},
    "in_doubt": 3,
    "may_be_twice": 1,
    "first": "2019-12-30T10:00:00Z",
    "last": "2019-12-30T11:00:00Z",
    "control": "pause",
    "ended": "not run",
    "taken": 0,
    "per_second": 0.0,
}


class MemoryIncidents:
    """Incidents in memory, as the pages' port wants them."""

    def __init__(self, answer: dict[str, Any] | None = None) -> None:
        self.answer: dict[str, Any] | None = answer
        self.told = settings()
        self.papers: list[dict[str, Any]] = []
        self.worked: list[str] = []

    def _known(self, ident: str) -> None:
        if ident != IDENT:
            raise UnknownIncidentError("of this name", (IDENT,))

    def list(self) -> list[dict[str, Any]]:
        return [self.told]

    def kept(self, ident: str) -> dict[str, Any] | None:
        self._known(ident)
        return copy.deepcopy(self.answer)

    def documents(self, ident: str) -> Any:
        self._known(ident)
        return self.papers

    def see(self, ident: str) -> Any:
        self._known(ident)
        raise IncidentError("no evidence in memory.")

    def status(self, ident: str) -> dict[str, Any]:
        self._known(ident)
        self.worked.append(ident)
        self.answer = sample()
        return self.answer


def in_memory(port: MemoryIncidents, verdict: dict[str, Any] | None = None) -> Incidents:
    """Incidents for the pages; each address gets the same verdict, if one is given."""

    class Canned(Incidents):
        def about(self, ident: str, address: str, who: str, wait: float = 5.0) -> dict[str, Any] | None:
            port.kept(ident)
            if verdict is None:
                return super().about(ident, address, who, wait)
            return {**verdict, "address": address}

    return Canned(lambda _who: port, now=lambda: NOW)


VERDICT = {
    "address": "198.51.100.9",
    "reading": "unknown",
    "sure": False,
    "unseen": [_span("2019-12-15T14:00:00Z", "2019-12-15T21:00:00Z")],
    "visitor": None,
    "sessions": 0,
    "until": "2019-12-30T18:00:00Z",
}
