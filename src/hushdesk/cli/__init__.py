"""The command line. Thin: parse, call, show."""

from hushdesk.cli._main import main

__all__ = ["main"]
