"""Structured kinds: cheap triggers, a small window, an exact pattern, then check sums, plans and cues."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.redact.detect._engine import Engine, Scan, engine, order_engine, structured
    from hushdesk.redact.detect._interface import Detector
    from hushdesk.redact.detect._said_names import UNSURE as SPELLED_UNSURE
    from hushdesk.redact.detect._spread import digits_of, run_of_digits
    from hushdesk.redact.detect._spread import phone as spread_phone
else:
    __getattr__ = late(
        __name__,
        {
            "_engine": "Engine Scan engine order_engine structured",
            "_interface": "Detector",
            "_said_names": "SPELLED_UNSURE=UNSURE",
            "_spread": "digits_of run_of_digits spread_phone=phone",
        },
    )

__all__ = [
    "SPELLED_UNSURE",
    "Detector",
    "Engine",
    "Scan",
    "digits_of",
    "engine",
    "order_engine",
    "run_of_digits",
    "spread_phone",
    "structured",
]
