"""Windows: what stood open beyond the intent, since when and until when, from changes replayed through the guard's dialects."""

from hushdesk.incident.window._replay import Own, Replayed, windows

__all__ = ["Own", "Replayed", "windows"]
