"""What the command line does with reveals, in plain values; the same here and in the process that serves the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hushdesk.access._accounts import Accounts
from hushdesk.access._permissions import Permission, require
from hushdesk.access.reveal._reveals import Reveals
from hushdesk.access.reveal._types import LIVE, Request


def reveal_call(reveals: Reveals, accounts: Accounts, action: str, arguments: Mapping[str, Any]) -> Any:
    """One step of an officer.

    Args:
        reveals: The desk's requests.
        accounts: Its accounts.
        action: ``list``, ``look`` (with the reason), ``ask``, ``approve``, ``refuse`` or ``open``.
        arguments: ``name`` and ``password`` but for ``list``; ``request`` but for ``list`` and ``ask``, which has ``token``,
            ``case`` and ``reason``.

    Raises:
        AccessError: Not this account, not so, or not now.
    """
    if action == "list":
        return [plain(one) for one in reveals.requests()]
    name, password = str(arguments["name"]), str(arguments["password"])
    if action == "approve":
        return plain(reveals.approve(arguments["request"], name=name, password=password))
    if action == "open":
        opened = reveals.open(arguments["request"], name=name, password=password)
        values = {kind: list(values) for kind, values in opened.values}
        return {**plain(opened.request), "persons": opened.persons, "values": values}
    account = accounts.verify(name, password)
    if action == "ask":
        asked = {key: str(arguments[key]) for key in ("token", "case", "reason")}
        return plain(reveals.ask(account.id, **asked))
    if action == "refuse":
        return plain(reveals.refuse(arguments["request"], account.id))
    if action == "look":
        require(account, Permission.VAULT_APPROVE)
        found = reveals.get(arguments["request"])
        # What is over has been decided; its reason is the person's and the record keeper's business.
        return {**plain(found), "reason": reveals.reason(found.id) if found.state in LIVE else ""}
    raise ValueError(action)


def plain(request: Request) -> dict[str, Any]:
    """A request in plain values, without its reason."""
    times = {
        name: None if (at := getattr(request, name)) is None else at.isoformat(timespec="seconds")
        for name in ("asked_at", "decided_at", "until", "ended_at")
    }
    return {
        "request": request.id,
        "state": request.state.value,
        "token": request.token,
        "case": request.case_id,
        "persons": request.persons,
        "asked_by": request.asked_by.name,
        "decided_by": request.decided_by.name,
        **times,
    }
