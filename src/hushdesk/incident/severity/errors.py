"""Errors of the score of severity."""

from __future__ import annotations

from hushdesk.incident.errors import IncidentError


class AdjustmentError(IncidentError):
    """An adjustment by the officer that ENISA's table does not know, or that has no reason."""

    def __init__(self, category: str, by: int, allowed: tuple[int, ...]) -> None:
        steps = ", ".join(f"{step:+d}" for step in allowed) or "none"
        super().__init__(
            f"the category {category} cannot be adjusted by {by:+d}.", remedy=f"ENISA's table knows: {steps}."
        )


class UnreasonedError(IncidentError):
    """An adjustment without a reason."""

    def __init__(self, category: str) -> None:
        super().__init__(
            f"the adjustment of the category {category} has no reason.", remedy="Say what it rests on."
        )
