"""After a restore: who was erased since the backup was made does not come back with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hushdesk.desk._errors import NobodyFound
from hushdesk.desk._policies import CasePolicy
from hushdesk.desk.persons._service import Persons
from hushdesk.redact import Kind, canonical
from hushdesk.vault import PersonId

if TYPE_CHECKING:
    from hushdesk.desk._desk import Desk
    from hushdesk.desk.backup import Later

_KINDS: Final = frozenset(kind.value for kind in Kind)


def after_restore(desk: Desk, _later: Later | None = None) -> dict[str, int]:
    """Erase again whom the desk's list of erased values names, and who is in the restored vault.

    Every value of the vault is opened once, in memory. Holds are not asked: the erasure had been let through when it was made.

    Returns:
        ``erased_again``: how many persons.
    """
    if not desk.erased.values:
        return {"erased_again": 0}
    named: set[PersonId] = set()
    for one in desk.vault.iter_values():
        if one.kind in _KINDS and desk.erased.values.has(
            one.kind, canonical(Kind(one.kind), one.value), None
        ):
            named.add(one.person)
    again = 0
    requests = Persons(desk, "desk", held=lambda _hold: ())
    for person in sorted(named):
        try:
            requests.erase([desk.vault.token(person)], (person,), cases=CasePolicy.REMOVE)
        except (KeyError, NobodyFound):
            # They went with another one that was the same person.
            continue
        again += 1
    return {"erased_again": again}
