"""Texts of the cases that ``hushdesk demo`` makes, with what was planted in them, from seeds that the demo does not use."""

from __future__ import annotations

from collections.abc import Iterator

from generate import Doc

from hushdesk.demo import iter_cases

_KIND = {
    "PERSON": "PERSON", "ADDRESS": "ADDRESS", "ACCOUNT": "ID", "NATIONAL_ID": "ID", "IBAN": "ID", "BANK": "ID", "CARD": "CARD",
    "PHONE": "PHONE", "EMAIL": "EMAIL", "USERNAME": "USERNAME", "SECRET": "SECRET", "BIRTH_DATE": "BIRTH",
}  # fmt: skip


def texts(cases: int, seed: int) -> Iterator[Doc]:
    """Yield the texts of ``cases`` cases; those of one case are one document now and then."""
    for case in iter_cases(cases, seed):
        parts = {
            "subject": case.subject,
            "description": case.description,
            "resolution": case.resolution,
            "remarks": case.remarks,
        }
        parts |= {f"message.{i}": message.text for i, message in enumerate(case.messages)}
        for where, text in parts.items():
            if text:
                yield text, _spans(text, {(p.value, p.kind) for p in case.planted if p.where == where})


def _spans(text: str, planted: set[tuple[str, str]]) -> list[tuple[int, int, str]]:
    spans: list[tuple[int, int, str]] = []
    # Longer values first: a surname alone is marked where the full name does not stand.
    for value, kind in sorted(planted, key=lambda p: -len(p[0])):
        label = _KIND.get(kind)
        at = text.find(value) if label and len(value) > 1 else -1
        while at >= 0:
            end = at + len(value)
            if all(end <= s or e <= at for s, e, _ in spans):
                spans.append((at, end, str(label)))
            at = text.find(value, end)
    return sorted(spans)
