"""Finding personal data in one text or in all the texts of one context."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import TypeVar

from hushdesk.redact import _hunt
from hushdesk.redact._addresses import completed
from hushdesk.redact._asked import asked
from hushdesk.redact._calm import calm
from hushdesk.redact._canonical import canonical
from hushdesk.redact._followers import followers
from hushdesk.redact._handles import handles
from hushdesk.redact._join import joined, moved, shifted
from hushdesk.redact._policy import DEFAULT, Judge, Policy
from hushdesk.redact._protect import shielded
from hushdesk.redact._spelled_out import settled
from hushdesk.redact._tagger import tagger
from hushdesk.redact._types import Finding, Kind, Known
from hushdesk.redact._wares import without_wares
from hushdesk.redact.detect import Scan, engine, order_engine
from hushdesk.redact.detect._text import BREAK, FILLER
from hushdesk.redact.tagger._names import is_careless
from hushdesk.redact.views import View, oddities

_JOINT = f"\n{BREAK}\n"
_NEXT = "\n"
"""Between two messages of which the second is short: as between lines of one text, so that a bare answer is read with its question."""
_SHORT = 400
"""Longer messages say by themselves what they are about."""
_TOGETHER = 1 << 18
"""Characters that are read together: enough to spread the cost of a pass, few enough to bound memory."""
_SPREADS = frozenset(Kind) - {Kind.PLACE, Kind.URL, Kind.COORDINATES}


def find(text: str, *, known: Sequence[Known] = ()) -> list[Finding]:
    """Return what is personal in ``text``: sorted, without overlaps, in code points.

    Args:
        text: Any text.
        known: Values known to be personal, hunted in every disguise.
    """
    return find_all([text], known=known)[0]


def find_all(
    texts: Sequence[str],
    *,
    known: Sequence[Known] = (),
    talk: slice | None = None,
    policy: Policy | None = None,
    judge: Judge | None = None,
) -> list[list[Finding]]:
    """Return what is personal in each of ``texts``, which are one context (all texts of one case).

    What is found in one of them is hunted in the others too.

    Args:
        texts: The texts; empty ones are fine.
        known: Values known to be personal, hunted in every text in every disguise.
        talk: Which of the texts are the messages of one conversation, in order; a short one is read with those before it.
        policy: Which kinds are left in place; by default none that is found for sure.
        judge: Knows what was decided about single values; known values and secrets are masked all the same.
    """
    return find_batch([texts], known=[known], talks=[talk], policy=policy, judge=judge)[0]


def find_batch(
    contexts: Sequence[Sequence[str]],
    *,
    known: Sequence[Sequence[Known]] | None = None,
    talks: Sequence[slice | None] | None = None,
    policy: Policy | None = None,
    judge: Judge | None = None,
) -> list[list[list[Finding]]]:
    """Return what :func:`find_all` returns for each of ``contexts``, several times as fast as one by one.

    Triggers, tagger and look for odd characters run over many contexts at once; nothing is carried from one context
    into another.

    Args:
        contexts: The texts of each context.
        known: The known values of each context.
        talks: Which texts of each context are the messages of one conversation, in order.
        policy: Which kinds are left in place.
        judge: Knows what was decided about single values; known values and secrets are masked all the same.
    """
    policy = policy or DEFAULT
    out: list[list[list[Finding]]] = []
    for group in _groups(contexts):
        values = [known[i] for i in group] if known is not None else [()] * len(group)
        talk = [talks[i] for i in group] if talks is not None else [None] * len(group)
        with calm():
            out.extend(_Group([contexts[i] for i in group], values, talk, policy, judge).found())
    return out


def _groups(contexts: Sequence[Sequence[str]]) -> Iterator[range]:
    """Yield ranges of contexts that are small enough to be read together."""
    start = size = 0
    for i, texts in enumerate(contexts):
        length = sum(map(len, texts))
        if size and size + length > _TOGETHER:
            yield range(start, i)
            start, size = i, 0
        size += length + 1
    if start < len(contexts):
        yield range(start, len(contexts))


class _Group:
    """Contexts that are read together.

    Args:
        contexts: The texts of each.
        known: The known values of each.
        talks: Which texts of each are one conversation.
        policy: Which kinds are left in place.
        judge: Knows what was decided about single values.
    """

    def __init__(
        self,
        contexts: Sequence[Sequence[str]],
        known: Sequence[Sequence[Known]],
        talks: Sequence[slice | None],
        policy: Policy,
        judge: Judge | None,
    ) -> None:
        self._known, self._talks, self._policy, self._judge = known, talks, policy, judge
        texts = [shielded(text) for context in contexts for text in context]
        self._texts = texts
        self._goes_on = [
            going for context, talk in zip(contexts, talks, strict=True) for going in _going_on(context, talk)
        ]
        """Of each text whether it is a message that is read with the one before."""
        joints = [_NEXT if going else _JOINT for going in [*self._goes_on, False][1:]]
        self._blob = "".join([part for pair in zip(texts, joints, strict=True) for part in pair][:-1])
        self._starts = list(
            accumulate((len(text) + len(joint) for text, joint in zip(texts, joints, strict=True)), initial=0)
        )
        """Where each text begins in the blob; one more for what would follow."""
        self._first = list(accumulate(map(len, contexts), initial=0))
        """The number of each context's first text."""
        self._bounds = [self._starts[i] for i in self._first]
        """Where each context begins in the blob; one more for what would follow."""

    def found(self) -> list[list[list[Finding]]]:
        """Return the findings of each text of each context."""
        blob, count = self._blob, len(self._known)
        scan = engine().scan(blob)
        per_context: list[list[Finding]] = [[] for _ in range(count)]
        self._share(engine().ask(blob, scan), per_context)
        if self._policy.order_numbers:
            self._share(order_engine().ask(blob, order_engine().scan(blob)), per_context)
        others = self._viewed(scan, per_context)
        self._tag(per_context, others)
        self._ask(per_context)
        return [self._context(i, per_context[i], others.get(i, ())) for i in range(count)]

    def _viewed(self, scan: Scan, per_context: list[list[Finding]]) -> dict[int, list[View]]:
        """The views of the contexts that have any; what detectors see in them is added to the findings."""
        out: dict[int, list[View]] = {}
        odd = {bisect_right(self._bounds, place) - 1 for place in oddities(self._blob)}
        spotted = {bisect_right(self._bounds, end - 1) - 1 for end, _ in scan.spots}
        for i in sorted(odd | spotted):
            begin, end = self._bounds[i], self._bounds[i + 1] - len(_JOINT)
            found, views = engine().viewed(self._blob[begin:end], _part(scan, begin, end + 1), odd=i in odd)
            per_context[i].extend(found)
            if views:
                out[i] = views
        return out

    def _tag(self, per_context: list[list[Finding]], others: dict[int, list[View]]) -> None:
        """Add what the tagger finds: in the plainest view of a context that has views, else in its texts."""
        texts: list[str] = []
        goes_on: list[bool] = []
        owners: list[tuple[int, int]] = []
        """Of each text its context, and where it begins there; of a view -1."""
        for i in range(len(per_context)):
            if i in others:
                texts.append(others[i][-1].text)
                goes_on.append(False)
                owners.append((i, -1))
                continue
            for text in range(self._first[i], self._first[i + 1]):
                texts.append(self._texts[text])
                goes_on.append(self._goes_on[text])
                owners.append((i, self._starts[text] - self._bounds[i]))
        for (i, start), findings in zip(owners, tagger().tag(texts, goes_on=goes_on), strict=True):
            if start < 0:
                origin = others[i][-1].origin
                per_context[i].extend(moved(f, *origin(f.start, f.end)) for f in findings)
            else:
                per_context[i].extend([shifted(f, start) for f in findings])

    def _ask(self, per_context: list[list[Finding]]) -> None:
        """Add what answers a question that was asked in a message before."""
        for i, talk in enumerate(self._talks):
            if talk is not None:
                first, last = self._first[i], self._first[i + 1]
                begin, end, _ = talk.indices(last - first)
                for number, finding in asked(self._texts[first + begin : first + end]):
                    at = self._starts[first + begin + number] - self._bounds[i]
                    per_context[i].append(shifted(finding, at))

    def _share(self, findings: Iterable[Finding], per_context: list[list[Finding]]) -> None:
        """Give each finding to its context, in that one's offsets."""
        bounds = self._bounds
        for finding in findings:
            index = bisect_right(bounds, finding.start) - 1
            # Contexts without a text begin where the next one does.
            per_context[index].append(shifted(finding, -bounds[index]))

    def _context(self, i: int, found: list[Finding], others: Sequence[View]) -> list[list[Finding]]:
        known, policy = self._known[i], self._policy
        begin, end = self._bounds[i], self._bounds[i + 1] - len(_JOINT)
        first, last = self._first[i], self._first[i + 1]
        out: list[list[Finding]] = [[] for _ in range(first, last)]
        judge = self._judge
        # A context without a text has no joint: its bounds would be those of others.
        if not out or not (found or known or judge):
            return out
        blob = self._blob[begin:end]
        found = without_wares(blob, found)
        names = {k.value for k in known if k.kind is Kind.PERSON}
        names.update(blob[f.start : f.end] for f in found if f.kind is Kind.PERSON and f.score > _UNSURE)
        found = settled(found, names)
        if names:
            found.extend(handles(blob, names))
        if found:
            found.extend(list(followers(blob, found)))
            found.extend(list(completed(blob, found)))
        if judge is not None:
            found = [f for f in found if not judge.harmless(f, blob[f.start : f.end])]
            found.extend(judge.personal(blob))
        spread, doubtful = _spread(found, blob, known, policy)
        if known or spread:
            haystacks = [_hunt.Haystack(blob), *(_hunt.Haystack(view.text, view) for view in others)]
            if known:
                found.extend(_hunt.hunt(haystacks, known))
                found = _referenced(found, known)
            if spread:
                found.extend(_hunt.hunt(haystacks, spread, repeated=True, doubtful=doubtful))
        # What is redacted already is nobody's value, not even as a part of one.
        if FILLER in blob:
            found = [f for f in found if FILLER not in blob[f.start : f.end]]
        fresh = found if policy is DEFAULT else [f for f in found if policy.masks(f)]
        if judge is not None:
            fresh = [f for f in fresh if not judge.harmless(f, blob[f.start : f.end])]
        starts = [start - begin for start in self._starts[first:last]]
        for finding in joined(fresh, blob):
            index = bisect_right(starts, finding.start) - 1
            begins = finding.start - starts[index]
            if finding.end - starts[index] <= len(self._texts[first + index]):
                out[index].append(shifted(finding, -starts[index]))
                continue
            # What is said in two messages is masked in both.
            while index < len(starts) and finding.end > starts[index]:
                ends = min(finding.end - starts[index], len(self._texts[first + index]))
                if begins < ends:
                    out[index].append(moved(finding, begins, ends))
                index, begins = index + 1, 0
        return out


def _going_on(texts: Sequence[str], talk: slice | None) -> list[bool]:
    """Of each text of a context whether it is a message that is read with the one before."""
    out = [False] * len(texts)
    if talk is not None:
        begin, end, _ = talk.indices(len(texts))
        for i in range(begin + 1, end):
            out[i] = len(texts[i]) <= _SHORT
    return out


def _part(scan: Scan, begin: int, end: int) -> Scan:
    """The part of a scan between two offsets, in offsets of that part."""
    return Scan(_between(scan.asked, begin, end), _between(scan.spots, begin, end))


_What = TypeVar("_What", int, str)


def _between(hits: Sequence[tuple[int, _What]], begin: int, end: int) -> list[tuple[int, _What]]:
    low = bisect_right(hits, begin, key=itemgetter(0))
    high = bisect_right(hits, end, key=itemgetter(0))
    return [(at - begin, what) for at, what in hits[low:high]]


def _referenced(found: Iterable[Finding], known: Sequence[Known]) -> list[Finding]:
    """Return ``found`` with the references of the known values that they repeat."""
    refs = {(k.kind, canonical(k.kind, k.value)): k.ref for k in reversed(known) if k.ref}
    out = []
    for finding in found:
        ref = finding.ref or refs.get((finding.kind, finding.canonical), "")
        out.append(
            Finding(
                finding.start,
                finding.end,
                finding.kind,
                finding.score,
                finding.detector,
                finding.canonical,
                finding.why,
                ref,
            )
            if ref != finding.ref
            else finding
        )
    return out


def _spread(
    found: Iterable[Finding], blob: str, known: Sequence[Known], policy: Policy
) -> tuple[list[Known], set[str]]:
    """Return the values that were found once and are worth hunting everywhere, and which names are doubtful."""
    seen = {(k.kind, canonical(k.kind, k.value)) for k in known}
    out: list[Known] = []
    doubtful: set[str] = set()
    careful: bool | None = None
    """Whether every sentence begins with a capital: then names have theirs too."""
    # Each value costs a pass over the text: a context of many megabytes must not cost hours.
    limit = 400 if len(blob) < 1 << 20 else 40
    for finding in found:
        if (
            finding.kind not in _SPREADS
            or finding.score
            < (_SURE_NAME if finding.detector == "tagger" and finding.kind is Kind.PERSON else _SURE_ENOUGH)
            or finding.detector.startswith("known")
        ):
            continue
        as_written = blob[finding.start : finding.end]
        value = finding.canonical or canonical(finding.kind, as_written)
        if (finding.kind, value) in seen or not policy.masks(finding):
            continue
        if len(value) < _FEWEST_DIGITS and value.isdecimal():
            # The last four digits of a card are also a year, a port, a count.
            continue
        seen.add((finding.kind, value))
        if finding.kind is Kind.PERSON and not as_written[:1].islower():
            if careful is None:
                careful = not is_careless(blob)
            if finding.score < _CERTAIN or (careful and " " not in as_written):
                doubtful.add(as_written)
        out.append(Known(finding.kind, as_written if finding.kind in _AS_WRITTEN else value, finding.ref))
        if len(out) >= limit:
            break
    return out, doubtful


_UNSURE = 0.2
"""Letters said one by one that may spell a name, or nothing."""
_SURE_ENOUGH = 0.6
_SURE_NAME = 0.75
"""A word that only looks like a name is masked where it does, and nowhere else."""
_CERTAIN = 0.95
_FEWEST_DIGITS = 5
_AS_WRITTEN = frozenset({Kind.PERSON, Kind.ADDRESS})
