"""Finding a person: identifiers to pseudonyms, to persons of the vault, to their cases by role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from hushdesk.desk._errors import NameAlone, NobodyFound, PseudonymAlone, SeveralPersons
from hushdesk.desk.persons._identifiers import Identifier, read_identifier, tokens_of
from hushdesk.redact import Kind, canonical, name_fits
from hushdesk.store import EmbeddedStore
from hushdesk.vault import Keyring, PeopleVault, PersonId, Value

MOST_IDENTIFIERS: Final = 50
MOST_CANDIDATES: Final = 200
MOST_NAMED: Final = 50
"""More people of one name than that are no choice for anybody."""
_CHUNK: Final = 500
_UNKNOWN: Final = datetime(1970, 1, 1, tzinfo=UTC)

# The index of pseudonyms answers this without reading the cases.
_CASES: Final = (
    "SELECT case_id, customer, agent, people, tokens, source, opened_at, content_mac FROM cases "
    "WHERE hasAny(tokens, {tokens:Array(String)})"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom the identifiers may mean. Nothing here tells who it is."""

    person: int
    """Number in the vault."""
    kinds: tuple[tuple[str, int], ...]
    """How many values of each kind the vault has of them."""
    language: str
    country: str
    customer: int
    """Cases that are theirs."""
    agent: int
    """Cases they handled."""
    mentioned: int
    """Further cases in which they occur."""
    first: str
    """Day of the earliest of these cases; empty if none is dated."""
    last: str
    alone: bool
    """An address or number that stands in texts and is nobody's as far as the vault knows: it goes with whom it leads to."""
    named: bool | None
    """Whether a name that was given is one of theirs, to the letter; None if none was, or it is merely similar."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whom identifiers may mean."""

    candidates: tuple[Candidate, ...]
    quarantined: int
    """Entries of the quarantine that are not closed: nobody can say without the officer's key whether they hold the person."""
    by_name: bool = False
    """They were found by nothing but a name: many may have it, so it must always be said who is meant."""
    shown: tuple[int, ...] = ()
    """Those to whom something leads that only they or who knows them could tell: no pseudonym, which stands in every case."""

    @property
    def persons(self) -> tuple[int, ...]:
        """Numbers of those who are persons of their own."""
        return tuple(one.person for one in self.candidates if not one.alone)


@dataclass(frozen=True, slots=True)
class Row:
    """What of a case tells whose it is."""

    case_id: str
    customer: str
    agent: str
    people: tuple[str, ...]
    tokens: frozenset[str]
    source: str
    opened: datetime | None
    mac: bytes


@dataclass(frozen=True, slots=True)
class Whole:
    """A person, or several numbers of the vault that are one, with all that leads to their cases. In memory only."""

    persons: tuple[int, ...]
    values: tuple[Value, ...] = field(repr=False)
    own: frozenset[str] = field(repr=False)
    """The pseudonyms under which they are known."""
    tokens: frozenset[str] = field(repr=False)
    """Pseudonyms that are theirs alone."""
    shared: dict[str, frozenset[str]] = field(repr=False)
    """Pseudonyms of values that others have too, with the others' own pseudonyms."""


class Finder:
    """Looks persons up in the vault and the store of one desk."""

    def __init__(self, keyring: Keyring, vault: PeopleVault, store: EmbeddedStore) -> None:
        self._pseudonyms = keyring.pseudonymisers()
        self._vault = vault
        self._store = store

    def read(self, typed: Iterable[str]) -> list[Identifier]:
        """Read what was typed, one identifier a line.

        Raises:
            NobodyFound: Nothing at all.
        """
        countries = [country for country in self._vault.countries() if country]
        lines = [line for line in typed if line.strip()][:MOST_IDENTIFIERS]
        found = [read_identifier(line, countries) for line in lines]
        if any(one.forms or one.token or one.name for one in found):
            return found
        raise NobodyFound

    def sources(self) -> list[str]:
        """Names of the sources of the stored cases."""
        rows = self._store.query("SELECT DISTINCT toString(source) AS source FROM cases ORDER BY source")
        return [row["source"] for row in rows.to_pylist()]

    def find(self, typed: Iterable[str], quarantined: int) -> Found:
        """Whom the identifiers may mean; if the vault knows none of them, whom the names among them fit.

        Raises:
            NameAlone: A name was given that too many have.
            NobodyFound: The vault knows none of them.
        """
        identifiers = self.read(typed)
        tokens = tokens_of(identifiers, self._pseudonyms, self.sources())
        persons = sorted(self._vault.persons_of(tokens))[:MOST_CANDIDATES]
        names = {one.name for one in identifiers if one.name and not one.forms}
        by_name = not persons and all(one.name for one in identifiers)
        if by_name:
            names = {one.name for one in identifiers}
            persons = self._named(names)
        if not persons:
            raise NobodyFound
        values = self._vault.values_of(persons)
        owns = {person: self._vault.token(person) for person in persons}
        cases: dict[str, Row] = {
            row.case_id: row
            for row in self.cases(
                {*owns.values(), *(value.token for listed in values.values() for value in listed)}
            )
        }
        found = [
            self._candidate(person, owns[person], values.get(person, []), cases.values(), names)
            for person in persons
        ]
        if by_name:
            # Whose name is merely similar is no other person by that.
            found = [one if one.named else replace(one, named=None) for one in found]
        # Whom the name fits comes first; then whose cases they are.
        found.sort(key=lambda one: (not one.named, one.alone, -one.customer, one.person))
        told = [one for one in identifiers if not one.token]
        clear = self._vault.persons_of(tokens_of(told, self._pseudonyms, self.sources())) if told else set()
        if by_name:
            # A name is told by its bearer; whoever is known by more can tell that too.
            clear = {person for person in persons if _name_only(values.get(person, []))}
        return Found(tuple(found), quarantined, by_name, tuple(sorted(clear)))

    def _named(self, names: Iterable[str]) -> list[PersonId]:
        """Those whom the vault knows by one of the names, in any spelling.

        Names have no index, for what finds a name finds it for whoever steals the index as well: every name of the vault is
        opened here, looked at, and forgotten.

        Raises:
            NameAlone: There are too many.
        """
        tests = [name_fits(name) for name in names]
        found: dict[PersonId, None] = {}
        for person, kind, value in self._vault.iter_plain():
            if kind == Kind.PERSON.value and person not in found and any(test(value) for test in tests):
                found[person] = None
                if len(found) > MOST_NAMED:
                    raise NameAlone
        return list(found)

    def _candidate(
        self, person: PersonId, own: str, values: Sequence[Value], cases: Iterable[Row], names: set[str]
    ) -> Candidate:
        tokens = {own, *(value.token for value in values)}
        roles = {"customer": 0, "agent": 0, "mentioned": 0}
        days = []
        for row in cases:
            if not tokens.isdisjoint(row.tokens):
                roles[
                    "customer" if row.customer == own else "agent" if row.agent == own else "mentioned"
                ] += 1
                if row.opened is not None:
                    days.append(row.opened.date().isoformat())
        kinds: dict[str, int] = {}
        for value in values:
            kinds[value.kind] = kinds.get(value.kind, 0) + 1
        profile = self._vault.profile(person)
        theirs = {
            _ordered(canonical(Kind.PERSON, one.value)) for one in values if one.kind == Kind.PERSON.value
        }
        return Candidate(
            person,
            tuple(sorted(kinds.items())),
            profile.language,
            profile.country,
            **roles,
            first=min(days, default=""),
            last=max(days, default=""),
            alone=not own.startswith("PERSON_") and tokens == {own},
            named=not theirs.isdisjoint(map(_ordered, names)) if names else None,
        )

    def choose(self, found: Found, chosen: Sequence[int]) -> tuple[int, ...]:
        """The numbers that are meant: those chosen, or the only person there is; lone values go with them.

        Raises:
            NameAlone: They were found by a name, and none was chosen.
            NobodyFound: One that was chosen is not among them.
            SeveralPersons: Several are meant, and none was chosen.
        """
        alone = [one.person for one in found.candidates if one.alone]
        if chosen:
            if not set(chosen) <= {one.person for one in found.candidates}:
                raise NobodyFound
            return tuple(dict.fromkeys([*chosen, *alone]))
        if found.by_name:
            raise NameAlone
        if len(found.persons) > 1:
            raise SeveralPersons(found.persons)
        return (*found.persons, *alone)

    def must_be_theirs(self, found: Found, chosen: Iterable[int]) -> None:
        """Make sure that those chosen were shown to be meant by more than a pseudonym, or a name where more is known.

        Else one officer alone would open, by somebody's file, what two must agree to open; or give one person's data to
        another of the same name.

        Raises:
            NameAlone: They were found by a name, and the vault knows more of them.
            PseudonymAlone: Nothing but a pseudonym leads to them.
        """
        if set(found.shown).issuperset(chosen):
            return
        if found.by_name:
            raise NameAlone(known_by_more=True)
        raise PseudonymAlone

    def whole(self, persons: Sequence[int]) -> Whole:
        """Gather all that leads to the cases of a person. Opens their values.

        Raises:
            NobodyFound: There is no such person, or they were erased.
        """
        members = dict.fromkeys(PersonId(person) for person in persons)
        while True:
            try:
                owns = {person: self._vault.token(person) for person in members}
            except KeyError:
                raise NobodyFound from None
            values = [value for listed in self._vault.values_of(list(members)).values() for value in listed]
            holders: dict[str, set[PersonId]] = {
                token: set(self._vault.persons(token)) - members.keys()
                for token in {*owns.values(), *(value.token for value in values)}
            }
            # The address that stood alone in somebody's text is theirs, now that it is known whose it is.
            lone = {
                person
                for token, others in holders.items()
                for person in others
                if self._vault.token(person) == token and not token.startswith("PERSON_")
            }
            if not lone:
                break
            members |= dict.fromkeys(sorted(lone))
        return Whole(
            tuple(members),
            tuple(values),
            frozenset(owns.values()),
            frozenset(token for token, others in holders.items() if not others),
            {
                token: frozenset(self._vault.token(person) for person in others)
                for token, others in holders.items()
                if others
            },
        )

    def cases(self, tokens: Iterable[str]) -> Iterator[Row]:
        """The cases in which any of the pseudonyms stands; each once."""
        listed = sorted(tokens)
        seen: set[str] = set()
        for start in range(0, len(listed), _CHUNK):
            for batch in self._store.stream(_CASES, {"tokens": listed[start : start + _CHUNK]}):
                for row in batch.to_pylist():
                    if row["case_id"] not in seen:
                        seen.add(row["case_id"])
                        yield _row(row)

    def present(self, tokens: Iterable[str]) -> set[str]:
        """Which of the pseudonyms still stand in some case."""
        listed = sorted(tokens)
        found: set[str] = set()
        for start in range(0, len(listed), _CHUNK):
            rows = self._store.query(
                "SELECT DISTINCT arrayJoin(arrayIntersect(tokens, {tokens:Array(String)})) AS token FROM cases "
                "WHERE hasAny(tokens, {tokens:Array(String)})",
                {"tokens": listed[start : start + _CHUNK]},
                {"max_execution_time": 0},
            )
            found.update(row["token"] for row in rows.to_pylist())
        return found


def _name_only(values: Iterable[Value]) -> bool:
    """Whether nothing but names is known of somebody."""
    return all(value.kind == Kind.PERSON.value for value in values)


def _ordered(name: str) -> tuple[str, ...]:
    """A name whichever of its words comes first."""
    return tuple(sorted(name.split()))


def _row(row: dict[str, Any]) -> Row:
    return Row(
        row["case_id"],
        row["customer"],
        row["agent"],
        tuple(row["people"]),
        frozenset(row["tokens"]),
        row["source"],
        None if row["opened_at"] == _UNKNOWN else row["opened_at"],
        row["content_mac"],
    )
