"""Requests of persons and retention, as JSON values, in the process that owns the desk."""

from __future__ import annotations

import base64
import getpass
from dataclasses import asdict
from typing import Any

from hushdesk.access import open_accounts
from hushdesk.access.reveal import open_reveals, openings_of
from hushdesk.analytics import OpenDesk, held_by
from hushdesk.desk import CasePolicy
from hushdesk.desk.persons import Persons
from hushdesk.desk.retention import Retention


def _who() -> str:
    return f"cli:{getpass.getuser()}"


def person_call(desk: OpenDesk, action: str, arguments: dict[str, Any]) -> Any:
    """One step for a person.

    Args:
        desk: The open desk.
        action: ``find``, ``export``, ``preview`` or ``erase``.
        arguments: ``identifiers``; ``persons`` (numbers) but for ``find``; ``internal`` and ``language`` for ``export``;
            ``cases`` (``remove``, ``re-seal`` or empty) for ``preview`` and ``erase``.
    """
    with (
        open_accounts(desk.desk) as accounts,
        open_reveals(desk, accounts) as reveals,
    ):
        persons = Persons(
            desk.desk,
            _who(),
            held=held_by(desk),
            reveals=openings_of(reveals),
            forget=reveals.erase_reasons_of,
        )
        return _step(persons, action, arguments)


def _step(persons: Persons, action: str, arguments: dict[str, Any]) -> Any:
    typed = [str(one) for one in arguments["identifiers"]]
    if action == "find":
        return asdict(persons.find(typed))
    chosen = [int(one) for one in arguments["persons"]]
    if action == "export":
        made = persons.export(typed, chosen, internal=arguments["internal"], language=arguments["language"])
        return {
            "persons": list(made.persons),
            "cases": made.cases,
            "internal": made.internal,
            "zip": base64.b64encode(made.data).decode("ascii"),
        }
    cases = CasePolicy(arguments["cases"]) if arguments["cases"] else None
    if action == "preview":
        return asdict(persons.preview(typed, chosen, cases=cases))
    if action == "erase":
        return persons.erase(typed, chosen, cases=cases).to_json()
    raise ValueError(action)


def retention_call(desk: OpenDesk, action: str, arguments: dict[str, Any]) -> Any:
    """``plan`` or ``run``; neither takes an argument."""
    retention = Retention(desk.desk, _who(), held=held_by(desk))
    if arguments:
        raise ValueError(sorted(arguments))
    if action == "plan":
        return retention.plan().to_json()
    if action == "run":
        return retention.run().to_json()
    raise ValueError(action)
