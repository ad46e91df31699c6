"""Structured kinds: cheap triggers, a small window, an exact pattern, then check sums, plans and cues."""

from hushdesk.redact.detect._engine import structured
from hushdesk.redact.detect._interface import Detector

__all__ = ["Detector", "structured"]
