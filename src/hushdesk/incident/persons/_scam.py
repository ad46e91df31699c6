"""What a caller who pretends to be support could know about somebody: an ordering of whom to warn first.

Not the same as :func:`hushdesk.incident.severity.scam`. This one looks at each *person's* own cases, and orders those whose severity
is equal; it is shown nowhere. That one judges the *kinds* of data of a group in the circumstances of the incident, and is the number
beside the group. The numbers are not comparable, and neither is made from the other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

REACHED: Final = 0.30
"""A value of theirs stands unredacted: a caller knows whom to call."""
STORY: Final = 0.20
"""The case in their own words: a caller can tell them what happened."""
NUMBER: Final = 0.10
"""The number of a case, by which support is recognised."""
PRODUCT: Final = 0.05
"""The product they have."""
RECENT: Final = 0.15
"""The last case is fresh; halved by each :data:`HALF_LIFE` of age. Of an unknown age: as if it were fresh."""
MANY: Final = 0.05
"""Several cases, the more the better known: nothing for one, nearly all for ten."""
CUSTOMER: Final = 0.10
"""They are used to being called by this support."""
MONEY: Final = 0.05
"""Cards, bank accounts, contracts or finances stood in their cases: there is something to ask for."""

HALF_LIFE: Final = 365.0
"""Days."""

WEIGHTS: Final = {
    "unredacted value": REACHED,
    "story": STORY,
    "case number": NUMBER,
    "product": PRODUCT,
    "recent": RECENT,
    "many cases": MANY,
    "customer": CUSTOMER,
    "money": MONEY,
}
"""They add up to 1."""

_MONEY: Final = ("ACCOUNT", "BANK", "CARD", "FINANCE", "IBAN")


def scam_risk(
    persons: pa.Table, at: datetime, *, numbered: Any = True, product: Any = True
) -> NDArray[np.float64]:
    """From 0 to 1 for each person, by the sum of the weights in this module that apply.

    The weights are judgements, made for the fraud that followed in 2020: a caller who says the number of an old case and what it
    was about is believed. They order persons; 0.6 is not "twice as likely" as 0.3.

    Args:
        persons: Of the schema PERSONS, after :func:`with_leftovers`.
        at: Now; ages of cases are counted from here. It knows its zone.
        numbered: Whether their cases have numbers: for all, or an array with one for each.
        product: Whether their cases name products, likewise.
    """
    count = len(persons)
    if not count:
        return np.zeros(0)
    kinds = persons.column("kinds").combine_chunks()
    last = pc.cast(persons.column("last_case"), pa.int64()).to_numpy()
    with np.errstate(invalid="ignore"):
        days = (
            np.maximum(0.0, at.timestamp() - np.nan_to_num(last.astype(np.float64), nan=np.inf) / 1e6)
            / 86_400
        )
    cases = persons.column("cases").to_numpy().astype(np.float64)
    parts = (
        (REACHED, _truth(persons.column("leftover"))),
        (STORY, _any(kinds, ("FREE_TEXT",), count)),
        (NUMBER, np.broadcast_to(np.asarray(numbered, np.float64), count)),
        (PRODUCT, np.broadcast_to(np.asarray(product, np.float64), count)),
        (RECENT, np.exp2(-days / HALF_LIFE)),
        (MANY, 1.0 - 1.0 / np.maximum(1.0, cases)),
        (CUSTOMER, _truth(pc.equal(persons.column("role"), "customer"))),
        (MONEY, _any(kinds, _MONEY, count)),
    )
    return np.clip(sum((weight * part for weight, part in parts), np.zeros(count)), 0.0, 1.0)


def _truth(column: Any) -> NDArray[np.float64]:
    return np.asarray(column.to_numpy(), np.float64)


def _any(kinds: Any, names: tuple[str, ...], count: int) -> NDArray[np.float64]:
    """Whether one of the kinds is among each person's."""
    array = kinds.chunk(0) if isinstance(kinds, pa.ChunkedArray) else kinds
    found = np.zeros(count)
    hit = pc.is_in(array.flatten(), value_set=pa.array(names)).to_numpy(zero_copy_only=False)
    found[pc.list_parent_indices(array).to_numpy(zero_copy_only=False)[hit]] = 1.0
    return found
