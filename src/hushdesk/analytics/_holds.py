"""Which cases a hold keeps: its query, asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hushdesk.analytics._open import OpenDesk
from hushdesk.desk import HoldSettings


def held_by(desk: OpenDesk) -> Callable[[HoldSettings], Iterator[str]]:
    """What tells erasure and retention which cases must stay.

    Raises:
        QueryError: When called: the query of the hold cannot be carried out. Then nothing leaves.
    """

    def held(hold: HoldSettings) -> Iterator[str]:
        for batch in desk.export(hold.query, columns=("case_id",)):
            yield from batch.column(0).to_pylist()

    return held
