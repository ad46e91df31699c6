"""A rehearsal: December 2019 planted in a scratch desk, answered without knowledge of the truth, scored against it."""

from hushdesk.incident.drill._run import THROUGH, Drilled, DrillError, Timed, drill
from hushdesk.incident.drill._score import Point, Score

__all__ = ["THROUGH", "DrillError", "Drilled", "Point", "Score", "Timed", "drill"]
