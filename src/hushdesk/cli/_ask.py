"""What is asked for at the terminal, and never stands in an argument or a variable."""

from __future__ import annotations

import sys

import click

from hushdesk.errors import UsageError


def password_of(account: str, *, from_stdin: bool) -> str:
    """The password of an account.

    Raises:
        UsageError: There is nobody to ask.
    """
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise UsageError(
            "a password is needed and nobody can be asked for it.", remedy="Give it with --password-stdin."
        )
    return str(click.prompt(f"Password of {account}", hide_input=True, err=True))
