"""What was open, who came, what they could take, whose data, how bad, whom to tell, by when; and telling them.

Answers rest on evidence. What no evidence covers is "unknown", never "no".
"""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.incident._answer import (
        PERSONS,
        Answer,
        Due,
        Exposure,
        Group,
        Input,
        Kin,
        Kinship,
        Level,
        Opening,
        Reading,
        Session,
        Severity,
        Taken,
        Visitor,
        Window,
    )
    from hushdesk.incident._bound import NOTHING, Bound
    from hushdesk.incident._evidence import (
        FLOWS,
        REQUESTS,
        Account,
        Change,
        Coverage,
        Gap,
        Outcome,
        Piece,
        Refused,
        Sees,
        Wanted,
    )
    from hushdesk.incident._parser import EvidenceParser, Head
    from hushdesk.incident._spans import (
        ALWAYS,
        DAY,
        EVER,
        HOUR,
        MINUTE,
        NEVER,
        SECOND,
        Span,
        Spans,
        iso,
        moment,
        when,
    )
    from hushdesk.incident.evidence._source import Source, sources
else:
    __getattr__ = late(
        __name__,
        {
            "_answer": "PERSONS Answer Due Exposure Group Input Kin Kinship Level Opening Reading Session Severity Taken Visitor Window",
            "_bound": "NOTHING Bound",
            "_evidence": "FLOWS REQUESTS Account Change Coverage Gap Outcome Piece Refused Sees Wanted",
            "_parser": "EvidenceParser Head",
            "_spans": "ALWAYS DAY EVER HOUR MINUTE NEVER SECOND Span Spans iso moment when",
            "evidence._source": "Source sources",
        },
    )

__all__ = [
    "ALWAYS",
    "DAY",
    "EVER",
    "FLOWS",
    "HOUR",
    "MINUTE",
    "NEVER",
    "NOTHING",
    "PERSONS",
    "REQUESTS",
    "SECOND",
    "Account",
    "Answer",
    "Bound",
    "Change",
    "Coverage",
    "Due",
    "EvidenceParser",
    "Exposure",
    "Gap",
    "Group",
    "Head",
    "Input",
    "Kin",
    "Kinship",
    "Level",
    "Opening",
    "Outcome",
    "Piece",
    "Reading",
    "Refused",
    "Sees",
    "Session",
    "Severity",
    "Source",
    "Span",
    "Spans",
    "Taken",
    "Visitor",
    "Wanted",
    "Window",
    "iso",
    "moment",
    "sources",
    "when",
]
