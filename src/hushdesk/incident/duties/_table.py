"""The rules as a table for the documentation."""

from __future__ import annotations

from collections.abc import Iterable

from hushdesk.incident.duties._due import clock_words
from hushdesk.incident.duties._rules import Rule

_HEAD = ("rule", "law", "status", "holds", "applies if", "tells", "clock", "checked", "source and remarks")


def table(rules: Iterable[Rule]) -> str:
    """A Markdown table, one row for each wording, ordered by id and version.

    Rows that nobody has checked against their source say **unverified**.
    """
    lines = [f"| {' | '.join(_HEAD)} |", f"|{' --- |' * len(_HEAD)}"]
    for rule in sorted(rules, key=lambda rule: (rule.ident, str(rule.version_from or ""))):
        conditions = [
            part for part in (rule.applies_if.words(), rule.threshold.words()) if part != "every breach"
        ]
        cells = (
            f"`{rule.ident}`",
            rule.law,
            rule.status.replace("_", " "),
            rule.version or "date not recorded",
            "; ".join(conditions) or "every breach",
            rule.recipient,
            "; ".join(f"{phase.what}: {words}" for phase, words in clock_words(rule)),
            str(rule.checked_on) if rule.verified else f"{rule.checked_on} **unverified**",
            " ".join(filter(None, (rule.source + ".", rule.remarks))),
        )
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
