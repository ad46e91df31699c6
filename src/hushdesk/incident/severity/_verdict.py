"""Score and nearest example side by side: where they differ, the stricter decides and both are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hushdesk.incident._answer import Level, Severity
from hushdesk.incident.severity._cases import Nearest, Verdict

_BY_LEVEL: Final = {
    Level.LOW: Verdict(regulator=False, persons=False),
    Level.MEDIUM: Verdict(regulator=True, persons=False),
    Level.HIGH: Verdict(regulator=True, persons=True),
    Level.VERY_HIGH: Verdict(regulator=True, persons=True),
}
"""Our reading: ENISA's method names levels, the GDPR risk (art. 33) and high risk (art. 34)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whom to tell, and on what that rests."""

    verdict: Verdict
    """The stricter of the two."""
    by_score: Verdict
    by_case: Verdict
    why: str

    @property
    def differ(self) -> bool:
        """Whether score and example do not say the same."""
        return self.by_score != self.by_case


def decide(severity: Severity, example: Nearest) -> Decision:
    """Whom to tell by the upper end of a score and the nearest example."""
    by_score = _BY_LEVEL[severity.level]
    by_case = example.verdict
    verdict = Verdict(
        regulator=by_score.regulator or by_case.regulator, persons=by_score.persons or by_case.persons
    )
    why = f"score {severity.lower:.2f} to {severity.upper:.2f}, {severity.level}: {by_score}; {example}"
    if by_score != by_case:
        why += "; they differ, the stricter decides"
    return Decision(verdict, by_score, by_case, why)
