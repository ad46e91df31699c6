"""Sets in words that a person can read: "all of the internet except 10 networks", "47.0 M addresses: AzureCloud"."""

from hushdesk.guard.words._sets import count, describe

__all__ = ["count", "describe"]
