"""Cases: the model that readers fill and seal takes apart, and the Arrow schemas."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
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
else:
    __getattr__ = late(
        __name__,
        {
            "_model": "Case Locator Message Person PersonRole Reason Refused Supporting Visibility",
            "_schema": "INTERNAL_COLUMNS RAW_PERSON RAW_SCHEMA SEALED_SCHEMA",
        },
    )

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
