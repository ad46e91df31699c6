"""Asking for the officer's passphrase or shares: never in an argument or a variable."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from hushdesk.errors import UsageError

_F = TypeVar("_F", bound=Callable[..., Any])


def officer_options(function: _F) -> _F:
    """Options by which a program gives what opens the officer's key."""
    for decorate in (
        click.option(
            "--shares-stdin",
            is_flag=True,
            help="Read shares of the officer's key from standard input, one a line.",
        ),
        click.option(
            "--passphrase-stdin",
            is_flag=True,
            help="Read the officer's passphrase from standard input instead of asking for it.",
        ),
    ):
        function = decorate(function)
    return function


def officer_secret(*, passphrase_stdin: bool, shares_stdin: bool) -> tuple[str, list[str]]:
    """The officer's passphrase, or shares; the other one of the two is empty.

    A person is asked for the passphrase; who types a share instead is asked for the others.

    Raises:
        UsageError: There is nobody to ask.
    """
    from hushdesk.vault import SharesError, share_threshold

    if passphrase_stdin and shares_stdin:
        raise UsageError("a passphrase or shares, not both.", remedy="Give one of the two options.")
    if passphrase_stdin:
        return sys.stdin.readline().strip(), []
    if shares_stdin:
        return "", [line.strip() for line in sys.stdin if line.strip()]
    if not sys.stdin.isatty():
        raise UsageError(
            "the officer's passphrase is needed and nobody can be asked for it.",
            remedy="Run this in a terminal, or give it with --passphrase-stdin.",
        )
    typed = str(click.prompt("Officer's passphrase, or a share", hide_input=True, err=True))
    try:
        wanted = share_threshold(typed)
    except SharesError:
        return typed, []
    shares = [typed]
    while len(shares) < wanted:
        shares.append(
            str(click.prompt(f"Share {len(shares) + 1} of {wanted} needed", hide_input=True, err=True))
        )
    return "", shares
