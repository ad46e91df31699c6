"""Putting something else where the findings are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from hushdesk.redact._find import find
from hushdesk.redact._join import joined, moved
from hushdesk.redact._types import Finding, Kind, Known, Redacted
from hushdesk.redact.views import Edit, View

_ROUNDS = 60
"""Nearly always one is enough; each masks at least one more value, and texts are made that need many."""


def replace(text: str, findings: Iterable[Finding], render: Callable[[Finding], str]) -> str:
    """Return ``text`` with each finding replaced by what ``render`` makes of it.

    Args:
        text: The text that the findings are of.
        findings: Findings without overlaps, in any order.
        render: Returns what stands in a finding's place.
    """
    pieces: list[str] = []
    last = 0
    for finding in sorted(findings, key=lambda f: f.start):
        pieces.append(text[last : finding.start])
        pieces.append(render(finding))
        last = finding.end
    pieces.append(text[last:])
    return "".join(pieces)


def redact(text: str, *, known: Sequence[Known] = ()) -> Redacted:
    """Return ``text`` with its personal data replaced by placeholders such as ``[EMAIL_1]``.

    Equal values get equal numbers; secrets become ``[SECRET]``. Redacting the result again changes nothing. Of a text that shows
    something new however often it is looked at, as only one made for that does, nothing stays from there on.

    Args:
        text: Any text.
        known: Values known to be personal, hunted in every disguise.
    """
    findings = find(text, known=known)
    for _ in range(_ROUNDS):
        view = _masked(text, findings)
        # What a placeholder now stands beside may read differently: look again until nothing is left.
        more = find(view.text, known=known)
        if not more:
            return Redacted(view.text, tuple(findings))
        origins = [view.origin(f.start, f.end) for f in more]
        findings = joined(
            [*findings, *(moved(f, s, e) for f, (s, e) in zip(more, origins, strict=True))], text
        )
    for start in (min(origins)[0], 0):
        rest = Finding(start, len(text), Kind.SECRET, 1.0, "unsettled", why="never came to rest")
        findings = joined([*findings, rest], text)
        view = _masked(text, findings)
        if not find(view.text, known=known):
            break
    return Redacted(view.text, tuple(findings))


def _masked(text: str, findings: Iterable[Finding]) -> View:
    names = _Names(text)
    return View(text).edited(Edit(f.start, f.end, names(f)) for f in findings)


class _Names:
    """Numbers the values of one call."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._numbers: dict[Kind, dict[str, int]] = {}

    def __call__(self, finding: Finding) -> str:
        if finding.kind is Kind.SECRET:
            return "[SECRET]"
        values = self._numbers.setdefault(finding.kind, {})
        value = finding.canonical or self._text[finding.start : finding.end]
        return f"[{finding.kind.value}_{values.setdefault(value, len(values) + 1)}]"
