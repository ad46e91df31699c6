"""Structured kinds: cheap triggers, a small window, an exact pattern, then check sums, plans and cues."""

from hushdesk.redact.detect._engine import order_numbers, structured
from hushdesk.redact.detect._interface import Detector

__all__ = ["Detector", "order_numbers", "structured"]
