"""Runs the detectors over a text and its views."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from hushdesk.redact._types import Finding
from hushdesk.redact.detect import _account, _email, _network, _numbers, _phone
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._scanner import Scanner
from hushdesk.redact.views import ENCODED_TRIGGERS, SPELLED_TRIGGERS, View, views

_BUILT_IN: tuple[Detector, ...] = (
    _email.DETECTOR,
    _phone.CUE,
    _phone.RUN,
    _numbers.CARD,
    _numbers.IBAN,
    _network.V4,
    _network.V6,
    _network.MAC,
    _account.DETECTOR,
)
_ENCODED, _SPELLED = -1, -2


class Engine:
    """Detectors with their triggers compiled into one database.

    Args:
        detectors: The detectors to run.
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        expressions: list[tuple[str, bool]] = []
        owners: list[int] = []
        for i, detector in enumerate(detectors):
            for trigger in detector.triggers:
                expressions.append((trigger, detector.case_sensitive))
                owners.append(i)
        for owner, triggers in ((_ENCODED, ENCODED_TRIGGERS), (_SPELLED, SPELLED_TRIGGERS)):
            for trigger in triggers:
                expressions.append((trigger, False))
                owners.append(owner)
        self._owners = owners
        self._checks = [d.check for d in detectors]
        self._refractory = [d.refractory for d in detectors]
        self._scanner = Scanner(expressions)

    def fired(self, text: str) -> tuple[bool, bool]:
        """Tell whether triggers of encodings and of spelled disguises fire in ``text``."""
        owners = {self._owners[expression] for _, expression in self._scanner.scan(text)}
        return _ENCODED in owners, _SPELLED in owners

    def run(self, text: str) -> tuple[list[Finding], bool, bool]:
        """Return the findings of ``text`` as it stands, and which triggers of views fired."""
        out: list[Finding] = []
        encoded = spelled = False
        hits = self._scanner.scan(text)
        if not hits:
            return out, False, False
        last_end = [-9] * len(self._checks)
        done = [0] * len(self._checks)
        owners = self._owners
        for end, expression in hits:
            owner = owners[expression]
            if owner < 0:
                if owner == _ENCODED:
                    encoded = True
                else:
                    spelled = True
                continue
            previous = last_end[owner]
            last_end[owner] = end
            if end <= done[owner] or end == previous or end - previous <= self._refractory[owner]:
                continue
            found = self._checks[owner](text, end)
            if found is None:
                continue
            for finding in (found,) if isinstance(found, Finding) else found:
                out.append(finding)
                done[owner] = max(done[owner], finding.end)
        return out, encoded, spelled

    def structured(self, text: str) -> tuple[list[Finding], list[View]]:
        """Return the findings of ``text`` in all its views, and the views that read differently.

        Args:
            text: One text, or several with breaks between them, shielded.
        """
        out, encoded, spelled = self.run(text)
        if not (encoded or spelled) and text.isascii():
            return out, []
        state = {text: (encoded, spelled)}
        results: dict[str, list[Finding]] = {}

        def fired(other: str) -> tuple[bool, bool]:
            if other not in state:
                results[other], more_encoded, more_spelled = self.run(other)
                state[other] = more_encoded, more_spelled
            return state[other]

        others = views(text, fired)[1:]
        for view in others:
            fired(view.text)
            for finding in results.get(view.text, ()):
                start, end = view.origin(finding.start, finding.end)
                out.append(replace(finding, start=start, end=end, detector=finding.detector + "/view"))
        return out, others


_engine: Engine | None = None
_lock = threading.Lock()


def engine() -> Engine:
    """Return this process's engine, compiled on first use."""
    global _engine
    if _engine is None:
        with _lock:
            if _engine is None:
                _engine = Engine(_BUILT_IN)
    return _engine


def structured(text: str) -> tuple[list[Finding], list[View]]:
    """Return the findings of ``text`` in all its views, and the views that read differently."""
    return engine().structured(text)


def fired(text: str) -> tuple[bool, bool]:
    """Tell whether triggers of encodings and of spelled disguises fire in ``text``."""
    return engine().fired(text)
