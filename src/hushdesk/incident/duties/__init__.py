"""Whom to tell by when: dated rules as data, three-valued conditions, clocks in hours, days, working days and months."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.incident.duties._clock import end, is_workday
    from hushdesk.incident.duties._count import Counted, counted
    from hushdesk.incident.duties._due import countdown, done, duties, remaining, words_left
    from hushdesk.incident.duties._facts import EEA, EVENTS, Facts
    from hushdesk.incident.duties._house import House, asked, read_house
    from hushdesk.incident.duties._load import builtin, load
    from hushdesk.incident.duties._rules import Anchor, Clock, Phase, Rule, Status, To, Unit
    from hushdesk.incident.duties._table import table
    from hushdesk.incident.duties.errors import RulesError
else:
    __getattr__ = late(
        __name__,
        {
            "_clock": "end is_workday",
            "_count": "Counted counted",
            "_due": "countdown done duties remaining words_left",
            "_facts": "EEA EVENTS Facts",
            "_house": "House asked read_house",
            "_load": "builtin load",
            "_rules": "Anchor Clock Phase Rule Status To Unit",
            "_table": "table",
            "errors": "RulesError",
        },
    )

__all__ = [
    "EEA",
    "EVENTS",
    "Anchor",
    "Clock",
    "Counted",
    "Facts",
    "House",
    "Phase",
    "Rule",
    "RulesError",
    "Status",
    "To",
    "Unit",
    "asked",
    "builtin",
    "countdown",
    "counted",
    "done",
    "duties",
    "end",
    "is_workday",
    "load",
    "read_house",
    "remaining",
    "table",
    "words_left",
]
