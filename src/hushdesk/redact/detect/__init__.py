"""Structured kinds: cheap triggers, a small window, an exact pattern, then check sums, plans and cues."""

from hushdesk.redact.detect._engine import Engine, Scan, engine, order_engine, structured
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._spread import digits_of, run_of_digits
from hushdesk.redact.detect._spread import phone as spread_phone

__all__ = [
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
