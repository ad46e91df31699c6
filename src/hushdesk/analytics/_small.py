"""Counts that would be about too few persons: what is hidden, and what is hidden with it.

The unit is the person who is the customer of a case; a case without one counts as a person of its own. A cell (a facet's
value, a bar) of fewer than ``small`` persons is not shown, and if one is hidden, the smallest of the others is hidden with it:
the rest that a sum gives away is then about ``small`` persons at least. For those who may see no rows counts are rounded
besides, up or down by a keyed hash of the very set of cases, so that asking twice gives the same number twice.

How coarse: of two counts that differ by ``d`` cases, each rounded to a multiple of ``b``, what is shown proves that they differ
only where one was rounded up and the other down over two steps. That happens in at most ``(d / 2b) ** 2`` of all cases, and
never for a single case. With ``b`` ten times ``small`` it is one in 156 for four persons with two cases each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from hushdesk.analytics._scope import Scope
from hushdesk.errors import HushdeskError

RARE: Final = 500
"""Counts of more cases than this are taken to be about enough persons, for those who see the rows anyway."""
OF_A_PERSON: Final = "customer, contract, case_id"
"""The columns that :func:`measures` reads."""
PERSON: Final = "if(customer = '', if(contract = '[ERASED]', contract, case_id), customer)"
"""Whose case it is, as SQL. All cases of erased customers count as one person's: of how many they are nobody can tell."""


class Withheld(HushdeskError):  # noqa: N818 - named by what happened, as Forbidden is
    """An answer that would be about too few persons. Says the same whether there are any or none."""

    exit_code = 77

    def __init__(self, small: int) -> None:
        super().__init__(
            f"This is about fewer than {small} persons, or differs from an earlier question by fewer than {small}; "
            "your role is shown neither.",
            remedy="Ask about more: fewer filters, a longer time, a broader product.",
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """One count."""

    count: int
    persons: int
    """Exact below ``small``, at least ``small`` above."""
    mark: int = 0
    """A keyed hash of the set of cases."""


NO_CASES: Final = Cell(0, 0)


def measures(scope: Scope) -> tuple[str, dict[str, Any]]:
    """What a query selects for a cell besides its count, as SQL (``persons``, ``mark``) with its parameters."""
    if not scope.small:
        return "toUInt64(0) AS persons, toUInt64(0) AS mark", {}
    persons = f"uniqUpTo({scope.small:d})({PERSON}) AS persons"
    if scope.rows:
        return f"{persons}, toUInt64(0) AS mark", {}
    mark = "groupBitXor(sipHash64Keyed(({mark_a:UInt64}, {mark_b:UInt64}), case_id)) AS mark"
    return f"{persons}, {mark}", {"mark_a": scope.key[0], "mark_b": scope.key[1]}


def shown_count(scope: Scope, cell: Cell, place: str) -> int:
    """The count as this scope is shown it: exact, or rounded up or down by the set's own mark.

    Args:
        scope: Who is asking.
        cell: What was counted.
        place: Where it is shown (``total``, a facet's name, ``bars``). The same set is rounded anew in each place: that a
            total and a bar differ must not prove that their cases do.
    """
    if scope.rows or not scope.small:
        return cell.count
    step = scope.rounded_to
    below, over = divmod(cell.count, step)
    digest = hashlib.blake2b(
        cell.mark.to_bytes(8),
        key=scope.key[0].to_bytes(8) + scope.key[1].to_bytes(8),
        person=place.encode()[:16],
    ).digest()
    return step * (below + (int.from_bytes(digest) % step < over))


def hidden(
    cells: Sequence[Cell], small: int, *, others: bool = False, whole: int | None = None
) -> list[bool]:
    """Which of the cells of one partition are hidden.

    Args:
        cells: All of them, or the largest.
        small: Persons below which a cell is hidden; 0 hides nothing.
        others: Whether there are cells besides, of which nothing is known.
        whole: Cases in all, where cells may overlap: a cell that nearly all belong to would tell who does not.
    """
    if not small:
        return [False] * len(cells)
    gone = [cell.count > 0 and cell.persons < small for cell in cells]
    if whole is not None:
        return [out or 0 < whole - cell.count < small for out, cell in zip(gone, cells, strict=True)]
    if others or any(gone):
        left = [(cell.count, place) for place, cell in enumerate(cells) if cell.count and not gone[place]]
        if left:
            gone[min(left)[1]] = True
    return gone
