"""One incident with everything that notices speak of, and the details of one controller."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from hushdesk.incident import (
    HOUR,
    MINUTE,
    NEVER,
    NOTHING,
    Answer,
    Bound,
    Exposure,
    Group,
    Kin,
    Kinship,
    Opening,
    Reading,
    Severity,
    Span,
    Spans,
    Taken,
    Visitor,
    Window,
    moment,
)
from hushdesk.incident.notices import CheckCodes, Controller, Filing, Letters, Story, Told

INCIDENT = "2020-001"
DETAILS: dict[str, Any] = {
    "controller": {
        "name": "Beispiel AG",
        "address": ["Musterweg 1", "10115 Berlin"],
        "country": "DE",
        "register": "HRB 12345",
        "zone": "Europe/Berlin",
        "authority": "Berliner Beauftragte",
    },
    "contact": {
        "role": "dpo",
        "name": "Stelle für Datenschutz",
        "email": "privacy@example.com",
        "phone": "+49 30 5550100",
    },
    "letters": {"check_phone": "+49 30 5550101"},
    "incident": {
        "measures_taken": ["access_closed", "logs_secured"],
        "measures_planned": ["rules_reviewed"],
        "consequences": ["identity_theft"],
    },
    "texts": {"en": {"nature": ["A rule was widened by mistake."], "delay": ["The logs came late."]}},
}


def at(text: str) -> int:
    """The moment of an ISO time."""
    return moment(datetime.fromisoformat(text))


def visitor(address: str, reading: Reading, *, kin: Kin = Kin.OTHER, sent: Bound = NOTHING) -> Visitor:
    """An outside address."""
    start = at("2019-12-06T04:05:06+00:00")
    return Visitor(
        address=address,
        kinship=Kinship(kin),
        reading=reading,
        span=Span(start, start + MINUTE),
        sessions=(),
        sent=sent,
        received=NOTHING,
        rows=NOTHING,
    )


def an_answer(**changes: Any) -> Answer:
    """What is known in phase one, with some of it otherwise."""
    start, end = at("2019-12-05T12:00:00+00:00"), at("2019-12-31T18:30:09+00:00")
    unseen = Span(at("2019-12-20T00:00:00+00:00"), end)
    window = Window(
        resource="nsg-es", opening=Opening.NETWORK, span=Span(start, end), protocol="tcp", port=9200
    )
    exposure = Exposure(
        window=window,
        exposed=Spans([window.span]),
        seen=Spans([window.span]) - Spans([unseen]),
        counted=NEVER,
        asked=NEVER,
        gaps=((unseen, "no flow log was kept"),),
    )
    facts: dict[str, Any] = {
        "exposures": (exposure,),
        "visitors": (
            visitor("203.0.113.7", Reading.READ, sent=Bound(123_456, None, "the rule is stateless")),
            visitor("203.0.113.8", Reading.CONNECTED, kin=Kin.RESEARCH),
            visitor("203.0.113.9", Reading.TURNED_AWAY),
        ),
        "unknown": Spans([unseen]),
        "taken": Taken(
            cases=Bound(17, 14_203, "all cases were reachable in hours without logs"),
            reachable=14_203,
            everything=True,
            kinds={"EMAIL": 12_001, "FREE_TEXT": 14_203},
        ),
        "groups": (
            Group(
                name="customers: e-mail, free text",
                persons=Bound(11, 9_876, "who was read is not known"),
                kinds=("EMAIL", "FREE_TEXT"),
                severity=Severity(lower=1.5, upper=3.25),
                countries={"DE": 5_432, "PL": 4_444},
                languages={"de": 5_432, "pl": 4_444},
            ),
        ),
        "persons": Bound(11, 9_876, "who was read is not known"),
        "severity": Severity(lower=1.5, upper=3.25),
    }
    return Answer(**(facts | changes))


def details(**changes: dict[str, Any]) -> dict[str, Any]:
    """A copy of the controller's details, with some tables otherwise."""
    return deepcopy(DETAILS) | changes


def a_filing(**changes: Any) -> Filing:
    """The first notice, given in time."""
    facts: dict[str, Any] = {
        "incident": INCIDENT,
        "dated": at("2020-01-02T10:00:00+00:00"),
        "aware": at("2019-12-31T19:00:00+00:00"),
        "discovered": at("2019-12-29T19:00:00+00:00"),
        "recipient": "Berliner Beauftragte",
        "told": Told(letters=9_876, sent=3_210, planned=at("2020-01-07T09:00:00+00:00")),
        "record_head": "ab12" * 16,
    }
    return Filing(**(facts | changes))


@pytest.fixture(scope="session")
def controller() -> Controller:
    return Controller.of(details())


@pytest.fixture(scope="session")
def answer() -> Answer:
    return an_answer()


@pytest.fixture(scope="session")
def codes() -> CheckCodes:
    return CheckCodes(b"\x07" * 32)


@pytest.fixture(scope="session")
def letters(controller: Controller, answer: Answer, codes: CheckCodes) -> Letters:
    dated = a_filing().dated + 5 * 24 * HOUR
    return Letters(controller, Story.of(answer, INCIDENT), codes, dated=dated)


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    return SimpleNamespace(
        at=at, visitor=visitor, answer=an_answer, details=details, filing=a_filing, incident=INCIDENT
    )
