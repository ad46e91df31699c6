"""One's own password and second factor, at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hushdesk.cli._ask import password_of
from hushdesk.cli._output import fail, print_json, stdout
from hushdesk.cli._witnessed import accounts_of

if TYPE_CHECKING:
    from hushdesk.access import OwnEnrolment

_TRIES = 3
"""So many codes may be mistyped at a terminal; each counts towards the lock-out."""


def set_up_factor(name: str, desk_path: Path, *, from_stdin: bool, as_json: bool) -> None:
    """Show an app's secret once, take its first code, show recovery codes once. Until the code is right, nothing is written.

    Args:
        name: The account.
        desk_path: The desk's folder.
        from_stdin: Whether password and code come from standard input, a line each; the code can be made once the secret is printed.
        as_json: Print what is shown as two values: the secret, then the recovery codes.

    Raises:
        SecondFactorError: There is one already, or the password was made by somebody else.
        SignInRefused: Password or code is wrong, or the account is locked out.
        UsageError: There is nobody to ask.
    """
    password = password_of(name, from_stdin=from_stdin)
    with accounts_of(desk_path) as accounts:
        offered = accounts.enrol(name, password)
        app = offered.app
        if as_json:
            print_json({"name": offered.account.name, "secret": app.secret, "uri": app.uri})
        else:
            grouped = " ".join(app.secret[at : at + 4] for at in range(0, len(app.secret), 4))
            say = stdout.print
            say("For an authenticator app, shown once, and of no use until its first code is given here:")
            say(f"  secret   [bold]{grouped}[/]", soft_wrap=True)
            say(f"  address  {app.uri}", markup=False, soft_wrap=True)
        # Whoever reads this from a pipe makes the code from it.
        sys.stdout.flush()
        codes = _accepted(accounts.factors.accept, offered, from_stdin=from_stdin)
    if as_json:
        print_json({"name": offered.account.name, "recovery_codes": codes})
        return
    stdout.print(f"{offered.account.name} has a second factor, and no session any more.")
    stdout.print("Recovery codes, shown once; each is good once, in place of a code of the app:")
    for code in codes:
        stdout.print(f"  [bold]{code}[/]")


def change_password(name: str, desk_path: Path, *, from_stdin: bool) -> None:
    """Replace one's own password; one with a second factor gives a code too, so that a password that was read is no account that was taken.

    Args:
        name: The account.
        desk_path: The desk's folder.
        from_stdin: Whether old password, code (if the account has a second factor) and new password come from standard input, a line each.

    Raises:
        PasswordTooWeak: The new password breaks a rule.
        SecondFactorError: The account has a second factor, and no key to check it is at hand.
        SignInRefused: Password or code is wrong, or the account is locked out, disabled or unknown.
        UsageError: There is nobody to ask.
    """
    from hushdesk.access import SecondStep

    old = password_of(name, from_stdin=from_stdin)
    with accounts_of(desk_path) as accounts:
        step = accounts.begin(name, old)
        signed_in = (
            accounts.finish(step.secret, sys.stdin.readline().strip() if from_stdin else _asked())
            if isinstance(step, SecondStep)
            else step
        )
        try:
            new = (
                sys.stdin.readline().rstrip("\n")
                if from_stdin
                else str(click.prompt("New password", hide_input=True, confirmation_prompt=True, err=True))
            )
            accounts.change_password(signed_in.session.account.id, old, new)
        finally:
            accounts.sign_out(signed_in.secret)


def _accepted(
    accept: Callable[[OwnEnrolment, str], list[str]], offered: OwnEnrolment, *, from_stdin: bool
) -> list[str]:
    from hushdesk.access import SignInRefused

    if from_stdin:
        return accept(offered, sys.stdin.readline())
    for _ in range(_TRIES - 1):
        try:
            return accept(offered, _asked())
        except SignInRefused as refused:
            if refused.retry_after:
                raise
            fail("The code is wrong.", "Wait for the next one.")
    return accept(offered, _asked())


def _asked() -> str:
    return str(click.prompt("Code that the app shows now", err=True))
