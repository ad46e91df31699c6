"""A rehearsal: December 2019 planted in a scratch desk, answered without knowledge of the truth, scored against it."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.incident.drill._run import THROUGH, Drilled, DrillError, Timed, drill
    from hushdesk.incident.drill._score import Point, Score
else:
    __getattr__ = late(
        __name__,
        {
            "_run": "THROUGH Drilled DrillError Timed drill",
            "_score": "Point Score",
        },
    )

__all__ = ["THROUGH", "DrillError", "Drilled", "Point", "Score", "Timed", "drill"]
