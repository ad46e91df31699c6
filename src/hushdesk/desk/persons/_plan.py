"""What an erasure will do, worked out before anything is touched, as plain values for the journal."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from hushdesk.desk._policies import CasePolicy
from hushdesk.desk.persons._find import Finder, Row, Whole
from hushdesk.desk.persons._identifiers import Identifier
from hushdesk.redact import Kind, canonical
from hushdesk.seal import CASE, PER_CASE, ErasedValues
from hushdesk.vault import PeopleVault, Pseudonymiser

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PART = 3
"""A word of a name is looked for by itself from this length."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One erasure, or one step of retention. Goes to disk sealed only."""

    id: str
    event: str
    """What the record calls it."""
    who: str
    at: int
    """Milliseconds since the epoch."""
    persons: tuple[int, ...] = ()
    """Whose keys are shredded."""
    empty: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Cases that are emptied, each with the id it has afterwards."""
    remove: tuple[str, ...] = field(default=(), repr=False)
    """Cases that leave altogether."""
    reseal: tuple[tuple[str, str, tuple[str, ...]], ...] = field(default=(), repr=False)
    """Cases that stay: id, content MAC (hexadecimal), pseudonyms that leave them."""
    lost: tuple[str, ...] = field(default=(), repr=False)
    """Pseudonyms that leave some case: whoever is left in none is forgotten too."""
    tokens: tuple[str, ...] = field(default=(), repr=False)
    """Pseudonyms that must be found nowhere afterwards."""
    macs: tuple[str, ...] = field(default=(), repr=False)
    """What must not come back with a load (hexadecimal)."""
    values: int = 0
    """How many values the vault has of these persons."""
    shared: int = 0
    """How many of them others have too; those stay theirs."""
    quarantined: int = 0
    prove: bool = True
    """Whether the disk is looked through at the end."""

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Plan:
        """The inverse of :meth:`to_json`."""
        lists = {
            name: tuple(tuple(tuple(x) if isinstance(x, list) else x for x in one) if isinstance(one, list) else one
                        for one in value)
            for name, value in values.items() if isinstance(value, list)
        }  # fmt: skip
        return cls(**{**values, **lists})


def new_id() -> str:
    """An id of a case that stands for nothing: random, in the shape of all others."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))


class Planner:
    """Works out what erasing a person does."""

    def __init__(
        self,
        finder: Finder,
        vault: PeopleVault,
        pseudonyms: Sequence[Pseudonymiser],
        erased: ErasedValues,
        sources: Sequence[str],
    ) -> None:
        self._finder = finder
        self._vault = vault
        self._pseudonyms = pseudonyms
        self._erased = erased
        self._sources = sources

    def plan(
        self,
        whole: Whole,
        typed: Sequence[Identifier],
        policy: CasePolicy,
        who: str,
        at: int,
        quarantined: int,
        held: Callable[[Sequence[str]], None],
    ) -> Plan:
        """The whole erasure of one person.

        Args:
            whole: The person.
            typed: By what they were found.
            policy: What becomes of their own cases.
            who: Who asked for it.
            at: The moment of the erasure.
            quarantined: Open entries of the quarantine.
            held: Given the ids of the cases; raises if one of them must stay.
        """
        forms = self._case_forms(whole)
        empty: list[tuple[str, str]] = []
        reseal: list[tuple[str, str, tuple[str, ...]]] = []
        lost: set[str] = set()
        gone_tokens: set[str] = set(whole.tokens)
        for row in self._finder.cases(whole.tokens):
            gone = self._gone(row, whole, forms)
            own = row.customer in whole.own
            if own and policy is CasePolicy.REMOVE:
                empty.append((row.case_id, new_id()))
                lost |= row.tokens
                gone_tokens |= gone - whole.shared.keys()
                continue
            leaving = row.tokens - self._others(row, whole) if own else gone
            reseal.append((row.case_id, row.mac.hex(), tuple(sorted(leaving))))
            lost |= leaving
            gone_tokens |= gone - whole.shared.keys()
        held([*(case_id for case_id, _ in empty), *(case_id for case_id, _, _ in reseal)])
        macs = {mac.hex() for mac in self._macs(whole, typed)}
        macs |= {self._erased.mac(CASE, case_id).hex() for case_id, _ in empty}
        return Plan(
            id=secrets.token_hex(8),
            event="officer:person:erase",
            who=who,
            at=at,
            persons=whole.persons,
            empty=tuple(empty),
            reseal=tuple(reseal),
            lost=tuple(sorted(lost | gone_tokens)),
            tokens=tuple(sorted(gone_tokens)),
            macs=tuple(sorted(macs)),
            values=len(whole.values),
            shared=len(whole.shared),
            quarantined=quarantined,
        )

    def _case_forms(self, whole: Whole) -> set[tuple[Kind, str]]:
        """Values that have another pseudonym in each case: names and their words, addresses, dates."""
        forms: set[tuple[Kind, str]] = set()
        for value in whole.values:
            kind = Kind(value.kind)
            if kind in PER_CASE:
                form = canonical(kind, value.value)
                forms.add((kind, form))
                if kind is Kind.PERSON:
                    forms.update((kind, word) for word in form.split() if len(word) >= _PART)
        return forms

    def _gone(self, row: Row, whole: Whole, forms: set[tuple[Kind, str]]) -> set[str]:
        """Which pseudonyms of a case are the person's, as far as can be told."""
        gone = set(row.tokens & whole.tokens)
        gone |= {
            token
            for token, others in whole.shared.items()
            # What others have too is theirs where they occur as well.
            if token in row.tokens and others.isdisjoint(row.tokens)
        }
        made = (
            maker.case_token(kind, form, row.case_id) for maker in self._pseudonyms for kind, form in forms
        )
        return gone | (row.tokens & set(made))

    def _others(self, row: Row, whole: Whole) -> set[str]:
        """In a case of the person's own: what is known to be other people's. Whatever else stands there is taken for theirs."""
        named = [token for token in {row.agent, *row.people} if token and token not in whole.own]
        persons = [person for token in named if (person := self._vault.person(token)) is not None]
        kept = set(named)
        for values in self._vault.values_of(persons).values():
            kept |= {value.token for value in values}
        return kept - whole.tokens

    def _macs(self, whole: Whole, typed: Sequence[Identifier]) -> Iterator[bytes]:
        for value in whole.values:
            if value.token in whole.shared:
                continue
            kind = Kind(value.kind)
            if kind in PER_CASE:
                # A name or an address tells nobody by itself.
                continue
            yield self._erased.mac(kind.value, canonical(kind, value.value))
            if kind is Kind.ACCOUNT:
                for source in self._sources:
                    yield self._erased.mac(kind.value, f"{source}:{value.value}")
        for one in typed:
            if one.raw:
                for source in self._sources:
                    token = {maker.token(Kind.PERSON, f"{source}:{one.raw}") for maker in self._pseudonyms}
                    if not whole.own.isdisjoint(token):
                        yield self._erased.mac(Kind.ACCOUNT.value, f"{source}:{one.raw}")
