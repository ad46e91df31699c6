"""What a caller who passes for support could tell a group of persons from the kinds of data that were exposed.

Not the same as :func:`hushdesk.incident.persons.scam_risk`. This one knows nothing of a single person: it judges *kinds*, by the
column ``caller`` of ``kinds.toml``, in the circumstances of the incident (what is encrypted or behind pseudonyms is not told), and
is the number that stands beside a group. That one orders *persons within equal severity* by what their own cases show: how fresh,
how many, whether a value stood there unredacted. The numbers are not comparable, and neither is made from the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hushdesk.incident.severity._circumstances import Circumstances
from hushdesk.incident.severity._identification import readable
from hushdesk.incident.severity._tables import kinds
from hushdesk.incident.severity._truth import Truth

_STRANGER: Final = 0.3
"""For a kind that has no row."""
_UNREACHED: Final = 0.25
"""What is left if the caller must find out by other means whom the story belongs to."""
_WAYS: Final = ("PHONE", "EMAIL", "ADDRESS")


def scam(names: Iterable[str], circumstances: Circumstances) -> float:
    """From 0 to 1, larger for groups of whom a caller could tell more; no probability.

    Each kind that the caller could tell leaves less doubt in the one who is called; who cannot be reached by what was exposed
    counts a quarter. What is not known counts as exposed.
    """
    wanted = tuple(sorted(set(names)))
    clear = readable(wanted, circumstances)
    rows = kinds()
    doubt = 1.0
    for kind in wanted:
        if clear[kind] is Truth.NO:
            continue
        doubt *= 1 - (rows[kind].caller if kind in rows else _STRANGER)
    reached = any(clear.get(way, Truth.NO) is not Truth.NO for way in _WAYS)
    return round((1 - doubt) * (1.0 if reached else _UNREACHED), 4)
