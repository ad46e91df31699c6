"""Finding personal data in one text or in all the texts of one context."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from hushdesk.redact import _hunt
from hushdesk.redact._canonical import canonical
from hushdesk.redact._handles import handles
from hushdesk.redact._join import joined, moved
from hushdesk.redact._policy import DEFAULT, Judge, Policy
from hushdesk.redact._protect import shielded
from hushdesk.redact._spread import spread_out
from hushdesk.redact._tagger import tagger
from hushdesk.redact._types import Finding, Kind, Known
from hushdesk.redact.detect import order_numbers, structured
from hushdesk.redact.detect._text import BREAK, FILLER

_JOINT = f"\n{BREAK}\n"
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
    policy: Policy | None = None,
    judge: Judge | None = None,
) -> list[list[Finding]]:
    """Return what is personal in each of ``texts``, which are one context (all texts of one case).

    What is found in one of them is hunted in the others too.

    Args:
        texts: The texts; empty ones are fine.
        known: Values known to be personal, hunted in every text in every disguise.
        policy: Which kinds are left in place; by default none that is found for sure.
        judge: Knows what was decided about single values; known values and secrets are masked all the same.
    """
    policy = policy or DEFAULT
    if not texts:
        return []
    clean = [shielded(text) for text in texts]
    starts: list[int] = []
    at = 0
    for text in clean:
        starts.append(at)
        at += len(text) + len(_JOINT)
    blob = _JOINT.join(clean)
    shielding = FILLER in blob
    found, others = structured(blob)
    if policy.order_numbers:
        found.extend(order_numbers(blob))
    for start, text_findings in zip(starts, tagger().tag(clean), strict=True):
        found.extend(moved(f, f.start + start, f.end + start) if start else f for f in text_findings)
    names = {k.value for k in known if k.kind is Kind.PERSON}
    names.update(blob[f.start : f.end] for f in found if f.kind is Kind.PERSON)
    if names:
        found.extend(handles(blob, names))
    found.extend(spread_out(blob, tuple(found)))
    if judge is not None:
        found = [f for f in found if not judge.harmless(f, blob[f.start : f.end])]
        found.extend(judge.personal(blob))
    haystacks = [_hunt.Haystack(blob)]
    haystacks.extend(_hunt.Haystack(view.text, view) for view in others)
    if known:
        found.extend(_hunt.hunt(haystacks, known))
        found = _referenced(found, known)
    spread = _spread(found, blob, known, policy)
    if spread:
        found.extend(_hunt.hunt(haystacks, spread, repeated=True))
    out: list[list[Finding]] = [[] for _ in texts]
    # What is redacted already is nobody's value, not even as a part of one.
    if shielding:
        found = [f for f in found if FILLER not in blob[f.start : f.end]]
    fresh = found if policy is DEFAULT else [f for f in found if policy.masks(f)]
    if judge is not None:
        fresh = [f for f in fresh if not judge.harmless(f, blob[f.start : f.end])]
    for finding in joined(fresh, blob):
        index = bisect_right(starts, finding.start) - 1
        start = starts[index]
        out[index].append(moved(finding, finding.start - start, finding.end - start) if start else finding)
    return out


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


def _spread(found: Iterable[Finding], blob: str, known: Sequence[Known], policy: Policy) -> list[Known]:
    """Return the values that were found once and are worth hunting everywhere."""
    seen = {(k.kind, canonical(k.kind, k.value)) for k in known}
    out: list[Known] = []
    # Each value costs a pass over the text: a context of many megabytes must not cost hours.
    limit = 400 if len(blob) < 1 << 20 else 40
    for finding in found:
        if finding.kind not in _SPREADS or finding.score < 0.6 or finding.detector.startswith("known"):
            continue
        value = finding.canonical or canonical(finding.kind, blob[finding.start : finding.end])
        if (finding.kind, value) in seen or not policy.masks(finding):
            continue
        seen.add((finding.kind, value))
        as_written = (
            blob[finding.start : finding.end] if finding.kind in {Kind.PERSON, Kind.ADDRESS} else value
        )
        out.append(Known(finding.kind, as_written, finding.ref))
        if len(out) >= limit:
            break
    return out
