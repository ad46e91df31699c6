"""Which permission each command needs; one that is not named here runs for nobody.

Whoever may write the desk's folder owns it and holds every permission; ``hushdesk --role ROLE`` gives up all but those of
a role, to see what it sees.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import click

from hushdesk.errors import HushdeskError

if TYPE_CHECKING:
    from hushdesk.access import Role

ROLES: Final = ("admin", "analyst", "lead", "operator", "privacy-officer", "viewer")
"""Every role by its name, for options that take one."""

acting: ContextVar[str] = ContextVar("acting", default="")
"""The role that the command line was told to act in; empty for the owner."""


@dataclass(frozen=True, slots=True)
class Anybody:
    """A command that no permission is needed for, and why."""

    why: str


Needs = str | Anybody
"""A permission by its name: they are looked up when a command runs, for ``--help`` must not start an engine."""

NEEDS: Final[Mapping[str, Needs]] = {
    "account add": "accounts:manage",
    "account disable": "accounts:manage",
    "account enable": "accounts:manage",
    "account history": "accounts:manage",
    "account list": "accounts:manage",
    "account password": Anybody("proves by the old password whose account it is"),
    "account reset": "accounts:manage",
    "account role": "accounts:manage",
    "account rows": "accounts:manage",
    "account second-factor": "accounts:manage",
    "account sign-out": "accounts:manage",
    "account token create": "accounts:manage",
    "account token list": "accounts:manage",
    "account token revoke": "accounts:manage",
    "backup create": "desk:configure",
    "backup list": Anybody("looks at folders of backups"),
    "backup verify": "desk:configure",
    "certificate": "loads:read",
    "demo": Anybody("makes a desk of generated cases"),
    "drill": Anybody("makes a desk of generated cases"),
    "evaluate": Anybody("measures on files"),
    "guard check": Anybody("reads files"),
    "guard diff": Anybody("reads files"),
    "guard explain": Anybody("reads files"),
    "guard reach": Anybody("reads files"),
    "incident add": "incident:manage",
    "incident close": "incident:manage",
    "incident list": "incident:read",
    "incident notify approve": "vault:approve",
    "incident notify bounces": "incident:manage",
    "incident notify pause": "incident:manage",
    "incident notify plan": "incident:manage",
    "incident notify print": "incident:manage",
    "incident notify reconcile": "incident:manage",
    "incident notify request": "vault:reveal",
    "incident notify resend": "incident:manage",
    "incident notify resume": "incident:manage",
    "incident notify send": "incident:manage",
    "incident notify stop": "incident:manage",
    "incident open": "incident:manage",
    "incident persons": "incident:read",
    "incident report": "incident:manage",
    "incident set": "incident:manage",
    "incident state": "incident:manage",
    "incident status": "incident:read",
    "init": Anybody("makes a desk"),
    "keys confirm": "quarantine:decide",
    "keys join": "quarantine:decide",
    "keys provider": "desk:configure",
    "keys retire": "desk:configure",
    "keys rewrap": "desk:configure",
    "keys rotate": "desk:configure",
    "keys split": "quarantine:decide",
    "keys status": "desk:status",
    "load": "desk:load",
    "loads": "loads:read",
    "mapping": Anybody("reads a file"),
    "person erase": "persons:erase",
    "person export": "persons:export",
    "person find": "persons:export",
    "quarantine decide": "quarantine:decide",
    "quarantine dismiss": "quarantine:decide",
    "quarantine list": "quarantine:read",
    "quarantine release": "quarantine:decide",
    "quarantine show": "quarantine:decide",
    "record head": "record:read",
    "record index": "record:read",
    "record prove": "record:read",
    "record show": "record:read",
    "record verify": "record:read",
    "redact": Anybody("is a filter"),
    "retention plan": "desk:configure",
    "retention run": "desk:configure",
    "reveal approve": "vault:approve",
    "reveal ask": "vault:reveal",
    "reveal list": "vault:reveal",
    "reveal open": "vault:reveal",
    "reveal refuse": "vault:reveal",
    "restore": Anybody("makes a desk of a backup"),
    "search": "cases:count",
    "serve": "desk:configure",
    "show": "cases:read",
    "status": "desk:status",
}


class UnlistedCommandError(HushdeskError):
    """A command is missing in the table: a mistake in this package; it runs for nobody."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the command “{name}” names no permission.")


def role_of(text: str) -> Role | None:
    """The role to act in, if one was named."""
    from hushdesk.access import Role

    return Role(text) if text else None


def guarded(command: click.Command, name: str) -> click.Command:
    """The command, or the group with all its commands, behind its permission."""
    if isinstance(command, click.Group):
        for part, inner in command.commands.items():
            guarded(inner, f"{name} {part}")
        if not command.invoke_without_command:
            return command
    if command.callback is not None and not hasattr(command.callback, "hushdesk_needs"):
        command.callback = _behind(command.callback, name)
    return command


def _behind(callback: Callable[..., Any], name: str) -> Callable[..., Any]:
    needs = NEEDS.get(name)

    @wraps(callback)
    def asked(*arguments: Any, **named: Any) -> Any:
        if needs is None:
            raise UnlistedCommandError(name)
        if isinstance(needs, str):
            from hushdesk.access import Permission, owner, require

            require(owner(role_of(acting.get())), Permission(needs))
        return callback(*arguments, **named)

    asked.hushdesk_needs = needs  # type: ignore[attr-defined]
    return asked
