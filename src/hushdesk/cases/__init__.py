"""Cases: the model that readers fill and seal takes apart, and the Arrow schemas."""

from hushdesk.cases._model import (
    Case,
    Locator,
    Message,
    Person,
    PersonRole,
    Reason,
    Refused,
    Supporting,
    Visibility,
)
from hushdesk.cases._schema import INTERNAL_COLUMNS, RAW_PERSON, RAW_SCHEMA, SEALED_SCHEMA

__all__ = [
    "INTERNAL_COLUMNS",
    "RAW_PERSON",
    "RAW_SCHEMA",
    "SEALED_SCHEMA",
    "Case",
    "Locator",
    "Message",
    "Person",
    "PersonRole",
    "Reason",
    "Refused",
    "Supporting",
    "Visibility",
]
