"""Writes the table of duties into docs/duties.md: ``python tests/docs/update_duties.py``.

What stands above the marker is written by hand and stays.
"""

from __future__ import annotations

from pathlib import Path

from hushdesk.incident.duties import builtin, table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "duties.md"
MARKER = "<!-- below this line everything is written by tests/docs/update_duties.py -->\n"


def generated() -> str:
    """The part of the page below the marker."""
    rules = builtin()
    unverified = sum(not rule.verified for rule in rules)
    laws = len({rule.ident for rule in rules})
    return f"\n{len(rules)} wordings of {laws} duties, {unverified} of them unverified.\n\n{table(rules)}"


def rewritten(page: str) -> str:
    """The page with its generated part as it should be."""
    head, marker, _ = page.partition(MARKER)
    if not marker:
        raise RuntimeError("docs/duties.md has lost its marker")
    return head + marker + generated()


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text("utf-8")), "utf-8")
