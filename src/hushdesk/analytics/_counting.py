"""What may be asked by those who may count and see no case: fields with few values, and times of opening.

A word or a pseudonym picks out persons, so a question by words is a question about persons.
"""

from __future__ import annotations

from typing import Final

from hushdesk.analytics._errors import QueryError
from hushdesk.analytics._syntax import And, Node, Not, Or, Text, Valued

COUNTED: Final = frozenset(
    {"category", "channel", "country", "is", "language", "opened", "priority", "product", "source", "status"}
)
"""Fields that may be asked for without seeing rows."""


def check_counting(node: Node) -> None:
    """Let a question pass that picks out nobody.

    Raises:
        QueryError: It names words, pseudonyms, numbers or another field.
    """
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                check_counting(part)
        case Not(part):
            check_counting(part)
        case Text():
            raise QueryError(
                node.position,
                "Your role counts cases by their fields and does not search their text.",
                f"Use the fields {', '.join(sorted(COUNTED))}.",
            )
        case Valued():
            if node.field not in COUNTED:
                raise QueryError(
                    node.position,
                    "Your role may not ask for this field.",
                    f"Use the fields {', '.join(sorted(COUNTED))}.",
                )
