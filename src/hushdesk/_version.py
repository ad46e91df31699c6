"""The version of Hushdesk."""

__version__ = "0.1.0"
