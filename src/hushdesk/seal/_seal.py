"""One case in, one sealed case out: or a doubtful one, if the leak check still finds something."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from typing import Any

from hushdesk.cases import Case
from hushdesk.redact import Finding, Kind, Known, Policy, canonical, find_batch, fold, leftovers, replace
from hushdesk.seal import _coarsen
from hushdesk.seal._erased import GONE, ErasedValues
from hushdesk.seal._identity import Cast
from hushdesk.seal._values import PER_CASE, ValueLists
from hushdesk.vault import TOKEN_PATTERN, Pseudonymiser, VaultEntry

VAULTED = frozenset({Kind.EMAIL, Kind.PHONE, Kind.PERSON})
"""Free values that the vault keeps, so that people mentioned in a text can be warned too. Card, bank and
national numbers in texts are not kept anywhere: nobody needs to be reached by them."""

CONTEXT_UNMAPPED = 60
"""At most this many unmapped values of a case are searched for what identifies."""

_CERTAIN_NAME = 0.8

_WORDS = ("product", "channel", "status", "priority", "category")

_JOINT = "\n\n\n"
"""Between texts that are checked together: nothing personal reaches over so many line breaks."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A storable case: a value for each column of the sealed schema but ``content_mac`` and ``load_id``."""

    row: dict[str, Any]
    entries: tuple[VaultEntry, ...] = field(repr=False)
    kinds: Counter[str]
    """How many spans of each kind were replaced."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A case whose sealed text still looks as if it held personal data. It goes to quarantine."""

    kinds: tuple[str, ...]
    fields: tuple[str, ...]
    failure: str = ""
    """Type and place of an error in our own code, if that is why."""

    @property
    def reason(self) -> str:
        """Why it goes to quarantine, without a value."""
        return self.failure or f"leak check: {', '.join(self.kinds)} in {', '.join(self.fields)}"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One finding of the leak check in a sealed text. In memory only, for the officer."""

    text: int
    """Which of the reviewed texts it stands in."""
    start: int
    end: int
    """Where, in the sealed text; the whole of it if the value shows in another reading alone."""
    kind: Kind
    value: str = field(repr=False)
    """As it was read."""
    why: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A case as sealing leaves it, with all that the leak check doubts. In memory only, for the officer."""

    fields: tuple[str, ...]
    """The field that each text is of."""
    texts: tuple[str, ...] = field(repr=False)
    """The sealed texts."""
    doubts: tuple[Doubt, ...] = field(repr=False)


@dataclass(slots=True)
class _Taken:
    """A case taken apart, before anything is looked for."""

    cast: Cast
    known: list[Known]
    texts: list[str]
    fields: list[str]
    take: dict[str, slice]
    """Where the texts of each field stand."""
    visible: int
    """How many of the texts are stored; the others are only looked at."""


@dataclass(slots=True)
class _Masked:
    """A case whose texts are masked, on its way to be checked."""

    cast: Cast
    known: list[Known]
    fields: list[str]
    take: dict[str, slice]
    out: list[str]
    kinds: Counter[str]
    tokens: set[str]
    free: dict[str, VaultEntry]


class _Texts:
    """The texts of one case with the place each came from."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self.fields: list[str] = []

    def add(self, name: str, *values: str) -> slice:
        start = len(self.values)
        self.values += values
        self.fields += [name] * len(values)
        return slice(start, len(self.values))


class Sealer:
    """Seals cases under one desk's keys. Pure: the same case gives the same sealed case, anywhere."""

    def __init__(
        self,
        pseudonyms: Pseudonymiser,
        policy: Policy | None = None,
        lists: ValueLists | None = None,
        erased: ErasedValues | None = None,
    ) -> None:
        self._pseudonyms = pseudonyms
        self._policy = policy
        self._lists = lists
        self._erased = erased

    def _taken(self, case: Case, case_id: str, extra: Sequence[Known]) -> _Taken:
        """Take a case apart into people, known values and texts."""
        cast = Cast(case, case_id, self._pseudonyms, self._erased)
        known = [*cast.known(), *extra]
        texts = _Texts()
        take = {
            name: texts.add(name, getattr(case, name))
            for name in ("subject", "description", "resolution", "remarks")
        }
        take["notes"] = texts.add("notes", *case.notes)
        take["messages"] = texts.add("messages", *(m.text for m in case.messages))
        names = [*case.attachments]
        for message in case.messages:
            names += message.attachments
        take["attachments"] = texts.add("attachments", *names)
        take["tags"] = texts.add("tags", *case.tags)
        for name in _WORDS:
            take[name] = texts.add(name, getattr(case, name))
        # The id at the source serves as number where there is no other; like any text, it may hold anything.
        take["number"] = texts.add("number", case.number or case.source_id)
        visible = len(texts.values)
        # Unmapped values are never stored, but what identifies in them is hunted in the text.
        texts.add("unmapped", *(value for _, value in case.unmapped[:CONTEXT_UNMAPPED] if value))

        return _Taken(cast, known, texts.values, texts.fields, take, visible)

    def _found(self, taken: Sequence[_Taken]) -> list[list[list[Finding]]]:
        """What is personal in the texts of each case; all cases are read at once."""
        return find_batch(
            [one.texts for one in taken],
            known=[one.known for one in taken],
            talks=[one.take["messages"] for one in taken],
            policy=self._policy,
            judge=self._lists,
        )

    def _mask(
        self, case: Case, case_id: str, taken: _Taken, findings_of_texts: Sequence[Sequence[Finding]]
    ) -> _Masked:
        """Redact all texts of a case."""
        found = [
            [_with_form(finding, text) for finding in findings]
            for text, findings in zip(taken.texts, findings_of_texts, strict=True)
        ]
        known = taken.known
        names_by_form = self._merge_names(found, known)
        kinds: Counter[str] = Counter()
        tokens: set[str] = set()
        free: dict[str, VaultEntry] = {}

        def render(finding: Finding) -> str:
            kinds[finding.kind.value] += 1
            token = self._token(finding, case_id, names_by_form, case, self._pseudonyms)
            if not token:
                return f"[{finding.kind.value}]"
            tokens.add(token)
            if not finding.ref and finding.kind in VAULTED and token not in free:
                older = (
                    self._token(finding, case_id, names_by_form, case, one) for one in self._pseudonyms.older
                )
                free[token] = VaultEntry(
                    token,
                    token,
                    finding.kind.value,
                    finding.canonical,
                    case.language,
                    case.country,
                    tuple(one for one in older if one != token),
                )
            return token

        categorical = {*_WORDS, "number", "tags", "attachments"}
        out: list[str] = []
        for index in range(taken.visible):
            findings = found[index]
            if taken.fields[index] in categorical:
                findings = [f for f in findings if _counts_in_a_word(f)]
            out.append(replace(taken.texts[index], findings, render) if findings else taken.texts[index])

        return _Masked(taken.cast, known, taken.fields, taken.take, out, kinds, tokens, free)

    def review(self, case: Case, case_id: str, extra: Sequence[Known] = ()) -> Reviewed:
        """What sealing makes of a case's texts, and all that the leak check doubts in them: for the officer's eyes."""
        taken = self._taken(case, case_id, extra)
        masked = self._mask(case, case_id, taken, self._found([taken])[0])
        return Reviewed(
            tuple(masked.fields[: len(masked.out)]),
            tuple(masked.out),
            tuple(self._doubts(masked.out, masked.known)),
        )

    def seal(self, case: Case, case_id: str, extra: Sequence[Known] = ()) -> Sealed | Doubtful:
        """Seal one case.

        Args:
            case: The case.
            case_id: Its id.
            extra: Values known to be personal beyond what the case's fields say.

        Returns:
            The sealed case, or what is doubtful about it. Never raises on account of a case's content
            as far as the detectors do not.
        """
        taken = self._taken(case, case_id, extra)
        return self._sealed(case, case_id, taken, self._found([taken])[0])

    def seal_many(
        self, cases: Sequence[tuple[Case, str]], extra: Sequence[Known] = ()
    ) -> list[Sealed | Doubtful]:
        """Seal several cases, given with their ids, several times as fast as one by one.

        Args:
            cases: The cases; nothing is carried from one into another.
            extra: Values known to be personal beyond what the cases' fields say.
        """
        taken = [self._taken(case, case_id, extra) for case, case_id in cases]
        return [
            self._sealed(case, case_id, one, found)
            for (case, case_id), one, found in zip(cases, taken, self._found(taken), strict=True)
        ]

    def _sealed(
        self, case: Case, case_id: str, taken: _Taken, found: Sequence[Sequence[Finding]]
    ) -> Sealed | Doubtful:
        masked = self._mask(case, case_id, taken, found)
        doubts = list(self._doubts(masked.out, masked.known))
        if doubts:
            kinds = sorted({doubt.kind.value for doubt in doubts})
            return Doubtful(tuple(kinds), tuple(sorted({masked.fields[doubt.text] for doubt in doubts})))
        return self._row(case, case_id, masked)

    def _row(self, case: Case, case_id: str, masked: _Masked) -> Sealed:
        cast, known, take, out = masked.cast, masked.known, masked.take, masked.out
        kinds, tokens, free = masked.kinds, masked.tokens, masked.free
        opened = _coarsen.opened_at(case)
        customer, agent = cast.token_of(case.customer), cast.token_of(case.agent)
        people = [token for token in cast.people if token]
        contract = ""
        number = canonical(Kind.ACCOUNT, case.contract_number) if case.contract_number else ""
        if number and not (self._erased is not None and self._erased.has("ACCOUNT", number, case.opened_at)):
            contract = self._pseudonyms.token(Kind.ACCOUNT, number)
        entries = list(cast.vault_entries(known))
        tokens.update(people)
        tokens.update(filter(None, (customer, agent, contract)))
        per_message: list[str] = []
        offset = take["attachments"].start + len(case.attachments)
        for message in case.messages:
            upto = offset + len(message.attachments)
            per_message.append("\n".join(out[offset:upto]))
            offset = upto
        row: dict[str, Any] = {
            "case_id": case_id,
            "source": case.source,
            "opened_at": opened,
            "updated_at": _coarsen.clamp(case.updated_at),
            "closed_at": _coarsen.clamp(case.closed_at),
            "first_reply_at": _coarsen.first_reply_at(case, opened),
            "notes": out[take["notes"]],
            "messages.text": out[take["messages"]],
            "messages.visibility": [m.visibility.value for m in case.messages],
            "messages.at": [_coarsen.clamp(m.at) or _coarsen.EPOCH for m in case.messages],
            "messages.role": [m.author.role.value if m.author else "" for m in case.messages],
            "messages.author": [cast.token_of(m.author) for m in case.messages],
            "messages.attachments": per_message,
            "customer": customer,
            "agent": agent,
            "people": people,
            "tokens": sorted(tokens),
            "kinds": sorted(set(kinds) | ({"ACCOUNT"} if contract else set())),
            "country": _coarsen.country(case),
            "language": _coarsen.language(case),
            "tags": out[take["tags"]],
            "contract": contract,
            "attachments": out[take["attachments"]][: len(case.attachments)],
        }
        for name in ("subject", "description", "resolution", "remarks", "number", *_WORDS):
            row[name] = out[take[name].start]
        return Sealed(row, (*entries, *free.values()), kinds)

    def _token(
        self, finding: Finding, case_id: str, names: dict[str, str], case: Case, pseudonyms: Pseudonymiser
    ) -> str:
        kind = finding.kind
        if kind is Kind.SECRET or finding.ref == GONE:
            return ""
        if self._erased is not None and self._erased.has(kind.value, finding.canonical, case.opened_at):
            return ""
        if kind is Kind.PERSON:
            if finding.ref:
                return finding.ref
            form = names.get(finding.canonical, finding.canonical)
            if form == GONE:
                return ""
            if TOKEN_PATTERN.fullmatch(form):
                return form
            return pseudonyms.case_token(kind, form, case_id)
        form = finding.canonical
        if not form:
            return ""
        if kind in PER_CASE:
            return pseudonyms.case_token(kind, form, case_id)
        return pseudonyms.token(kind, form)

    @staticmethod
    def _merge_names(found: Sequence[Sequence[Finding]], known: Sequence[Known]) -> dict[str, str]:
        """Which free names are short for which: "Marta" is "Marta López" if only one such is about.

        Returns:
            Canonical form of a name to the form, or the pseudonym, that stands for it.
        """
        whole: dict[str, str] = {}
        for item in known:
            if item.kind is Kind.PERSON and item.ref:
                whole.setdefault(fold(item.value), item.ref)
        free = {f.canonical for row in found for f in row if f.kind is Kind.PERSON and not f.ref}
        parts: dict[str, set[str]] = {}
        for form, stands in [*whole.items(), *((form, form) for form in free)]:
            for part in form.split():
                parts.setdefault(part, set()).add(stands)
        merged: dict[str, str] = {}
        for form in free:
            if form in whole:
                merged[form] = whole[form]
                continue
            if " " in form:
                continue
            longer = parts.get(form, set()) - {form}
            if len(longer) == 1:
                merged[form] = longer.pop()
        return merged

    def _doubts(self, out: Sequence[str], known: Sequence[Known]) -> Iterator[Doubt]:
        """The leak check: independent, loose patterns over the sealed output, and the values confirmed by the officer."""
        # One text for the whole case: the check costs more by the call than by the character.
        starts: list[int] = []
        indices: list[int] = []
        at = 0
        for index, text in enumerate(out):
            if text:
                starts.append(at)
                indices.append(index)
                at += len(text) + len(_JOINT)
        blob = _JOINT.join(text for text in out if text)
        found = leftovers(blob, known=known)
        if self._lists is not None:
            lists = self._lists
            found = [finding for finding in found if not lists.allowed(finding.canonical)]
            found += [_with_value(finding, blob) for finding in lists.personal(blob)]
        for finding in found:
            place = bisect_right(starts, finding.start) - 1
            index, start = indices[place], starts[place]
            whole = len(out[index])
            yield Doubt(
                index,
                min(finding.start - start, whole),
                min(finding.end - start, whole),
                finding.kind,
                finding.canonical,
                finding.why,
            )


def _with_value(finding: Finding, text: str) -> Finding:
    return with_changes(finding, canonical=text[finding.start : finding.end])


def _with_form(finding: Finding, text: str) -> Finding:
    """The finding with a canonical form, whichever detector made it."""
    if finding.canonical or finding.kind is Kind.SECRET:
        return finding
    value = text[finding.start : finding.end]
    return with_changes(finding, canonical=canonical(finding.kind, value) or fold(value))


def _counts_in_a_word(finding: Finding) -> bool:
    """In short fields such as product or status, only what is certain is replaced.

    "Max Pro" is a product, though it looks like a name; an address or a known person is not.
    """
    if finding.ref:
        return True
    if finding.kind in {Kind.PERSON, Kind.PLACE, Kind.ADDRESS}:
        return finding.score >= _CERTAIN_NAME
    return True
