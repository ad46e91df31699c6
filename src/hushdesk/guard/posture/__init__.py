"""What stores say of themselves: bind address and authentication, from their own configuration files."""

from __future__ import annotations

from hushdesk.guard.posture._dialect import StoreConfigDialect

__all__ = ["StoreConfigDialect"]
