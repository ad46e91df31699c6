"""What is known of an incident and of the house, as conditions ask for it; what is not known stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hushdesk.incident._answer import Severity
from hushdesk.incident._bound import Bound
from hushdesk.incident.severity import Truth

EEA: Final = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
"""The 27 and Iceland, Liechtenstein and Norway."""
EVENTS: Final = frozenset(
    {
        "suspected",
        "discovered",
        "aware",
        "personal_data_known",
        "determined",
        "assessed",
        "classified",
        "material",
        "notified_persons",
        "fixed",
    }
)
"""Moments from which clocks run, besides the sending of an earlier step."""
TRUTHS: Final = frozenset({"risk", "high_risk", "encrypted", "intrusion", "malicious", "vulnerable"})
"""Facts of the incident that are so, are not so, or are not known."""
_UNCOUNTED: Final = Bound.unknown("persons were not counted")
_UNPLACED: Final = Bound.unknown("persons without a known country were not counted")
MOST_IN_A_STATE: Final = "most_in_a_us_state"

Value = bool | int | float | str
"""What a house may declare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts as they stand now."""

    events: Mapping[str, int] = field(default_factory=dict)
    """Moments by the words of :data:`EVENTS`; and of ``<rule>/<step>`` for each step that was done, when."""
    persons: Bound = _UNCOUNTED
    """Persons whose data were exposed, whether or not anybody is known to have read them; see :func:`counted`."""
    places: Mapping[str, Bound] | None = None
    """The same by ISO 3166 country and, where known, ``US-CA``; ``None`` if nobody has counted them by place."""
    elsewhere: Bound = _UNPLACED
    """Persons whose country nobody knows."""
    role: str = ""
    """``controller`` or ``processor``; empty if nobody has said."""
    severity: Severity | None = None
    """The worst over all groups."""
    risk: Truth = Truth.UNKNOWN
    """Whether there is a risk to persons, as decided (see :func:`hushdesk.incident.severity.decide`)."""
    high_risk: Truth = Truth.UNKNOWN
    encrypted: Truth = Truth.UNKNOWN
    """Whether the data are unintelligible and the key safe."""
    intrusion: Truth = Truth.UNKNOWN
    """Whether somebody got in from outside."""
    malicious: Truth = Truth.UNKNOWN
    vulnerable: Truth = Truth.UNKNOWN
    """Whether children or other vulnerable persons are among them."""
    kinds: frozenset[str] | None = None
    """Kinds of data over all groups; ``None`` if not known."""
    text_searched: Truth = Truth.UNKNOWN
    """Whether free text was searched for sensitive subjects, so that it holds none that is not among the kinds."""
    declared: Mapping[str, Value] = field(default_factory=dict)
    """What the house has declared: ``sector.hipaa``, ``declared.material``. Not there is not known."""
    home_zone: str = ""
    """IANA name of the zone of the house's own authority."""

    def count(self, place: str) -> Bound:
        """Persons of a place.

        Args:
            place: Empty for all, ``EEA``, a country, a part of a country, or ``most_in_a_us_state``.
        """
        if not place:
            return self.persons
        if self.places is None:
            return Bound(0, self.persons.upper, "persons were not counted by place")
        if place == "EEA":
            countries = {name.partition("-")[0] for name in self.places} & EEA
            return sum(map(self._within, sorted(countries)), self._maybe(self.elsewhere))
        if place == MOST_IN_A_STATE:
            return self._most()
        country, _, part = place.partition("-")
        if not part:
            return self._within(country) + self._maybe(self.elsewhere)
        most = self._within(country).upper
        found = self.places.get(place, Bound.exactly(0)) + self._unplaced(country)
        if most is not None:
            found = found.capped(most, found.why or f"no more than all of {country}")
        return found + self._maybe(self.elsewhere)

    @staticmethod
    def _maybe(bound: Bound) -> Bound:
        """None of them up to all of them."""
        return (
            bound if bound == Bound.exactly(0) else Bound(0, bound.upper, "countries of some are not known")
        )

    def _parts(self, country: str) -> list[tuple[str, Bound]]:
        return [
            (name, bound) for name, bound in (self.places or {}).items() if name.startswith(f"{country}-")
        ]

    def _within(self, country: str) -> Bound:
        """Persons of a country; the sum of its parts if only those were counted."""
        whole = (self.places or {}).get(country)
        return sum((bound for _, bound in self._parts(country)), Bound.exactly(0)) if whole is None else whole

    def _unplaced(self, country: str) -> Bound:
        """Persons who may be of any part of a country."""
        placed = sum(bound.lower for _, bound in self._parts(country))
        most = self._within(country).upper
        rest = None if most is None else max(most - placed, 0)
        return Bound.exactly(0) if rest == 0 else Bound(0, rest, f"parts of {country} of some are not known")

    def _most(self) -> Bound:
        """Persons of that state of the United States that has most of them."""
        counts = [self.count(state) for state, _ in self._parts("US")]
        # All of those whose state is not known may be of one that has none otherwise.
        counts.append(self._unplaced("US") + self._maybe(self.elsewhere))
        uppers = [count.upper for count in counts]
        upper = None if None in uppers else max(u for u in uppers if u is not None)
        return Bound(max(count.lower for count in counts), upper, counts[0].why)
