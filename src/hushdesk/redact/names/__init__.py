"""Names of people and postal addresses, found by rules and word lists."""

from hushdesk.redact.names._scan import find_names

__all__ = ["find_names"]
