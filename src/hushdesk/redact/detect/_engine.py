"""Runs the detectors over a text and its views."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding
from hushdesk.redact.detect import (
    _account,
    _address,
    _bank,
    _chat,
    _codes,
    _devices,
    _dictated,
    _email,
    _entry_codes,
    _fields,
    _headers,
    _ids,
    _introduced,
    _links,
    _network,
    _numbers,
    _personal,
    _phone,
    _places,
    _plain_secrets,
    _postal,
    _postcodes,
    _said_codes,
    _said_dates,
    _said_names,
    _second,
    _secret,
    _settings,
    _small_names,
    _spread,
    _tables,
    _tickets,
    _user_frames,
    _users,
)
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._scanner import Scanner
from hushdesk.redact.views import TRIGGERS, Spots, View, views

_BUILT_IN: tuple[Detector, ...] = (
    _email.DETECTOR,
    _email.GLUED,
    _phone.CUE,
    _phone.RUN,
    _phone.WORDS,
    _numbers.CARD,
    _numbers.CARD_CUE,
    _numbers.IBAN,
    _network.V4,
    _network.V4_CUE,
    _network.V6,
    _network.MAC,
    _network.MAC_BARE,
    _account.DETECTOR,
    _secret.PASSWORD,
    _secret.SHAPE,
    _secret.PRIVATE_KEY,
    _secret.BEARER,
    _secret.KEY_CUE,
    _secret.USERINFO,
    _secret.QUERY,
    *_ids.SHAPED,
    _ids.CUE,
    _personal.BIRTH,
    _personal.OLD_DATE,
    _account.SHAPE,
    _account.SHORT,
    _account.TITLE,
    _personal.PLATE,
    _personal.IMEI,
    _personal.BANK,
    _personal.BIC,
    _bank.BRANCH,
    _personal.COORDINATES,
    _users.HOME,
    _users.USER,
    _users.HANDLE,
    _users.USER_SHORT,
    _users.NETWORK_NAME,
    _users.DOMAIN_USER,
    _users.PROFILE,
    _users.REDDITOR,
    _users.QUERY_USER,
    _users.DIRECT,
    _users.LOGGED,
    _users.COMBINED,
    *_spread.DETECTORS,
    _address.DETECTOR,
    *_introduced.DETECTORS,
    *_small_names.DETECTORS,
    *_chat.DETECTORS,
    *_second.DETECTORS,
    _devices.SERIAL,
    *_codes.DETECTORS,
    *_postal.DETECTORS,
    *_links.DETECTORS,
    *_dictated.DETECTORS,
    _postcodes.PLAIN,
    *_said_codes.DETECTORS,
    *_said_names.DETECTORS,
    _said_dates.DETECTOR,
    *_headers.DETECTORS,
    *_entry_codes.DETECTORS,
    *_settings.DETECTORS,
    *_tables.DETECTORS,
    *_plain_secrets.DETECTORS,
    *_user_frames.DETECTORS,
    *_places.DETECTORS,
    *_tickets.DETECTORS,
    *_fields.DETECTORS,
)


@dataclass(frozen=True, slots=True)
class Scan:
    """Where triggers fired in a text, by rising offset."""

    asked: Sequence[tuple[int, int]]
    """Offsets at which triggers of detectors ended, and the detector's number."""
    spots: Sequence[tuple[int, str]]
    """Offsets at which triggers of views ended, and what they point at."""

    def by_kind(self) -> Spots:
        """The spots of each kind."""
        out: dict[str, list[int]] = {}
        for end, kind in self.spots:
            out.setdefault(kind, []).append(end)
        return out


class Engine:
    """Detectors with their triggers compiled into one database.

    Args:
        detectors: The detectors to run.
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        expressions: list[tuple[str, bool]] = []
        owners: list[int] = []
        for i, detector in enumerate(detectors):
            # In one order always: some are made from sets, and the kept database goes by all of them.
            for trigger in sorted(detector.triggers):
                expressions.append((trigger, detector.case_sensitive))
                owners.append(i)
        for i, triggers in enumerate(TRIGGERS.values(), len(detectors)):
            expressions.extend((trigger, False) for trigger in sorted(triggers))
            owners.extend([i] * len(triggers))
        self._spot_names = list(TRIGGERS)
        self._detectors = len(detectors)
        self._owners = owners
        self._checks = [d.check for d in detectors]
        self._refractory = [d.refractory for d in detectors]
        self._scanner = Scanner(expressions)

    def scan(self, text: str) -> Scan:
        """Return which detectors to ask where, and where views may read differently.

        Args:
            text: One text, or many with breaks between them, shielded.
        """
        asked: list[tuple[int, int]] = []
        spots: list[tuple[int, str]] = []
        owners, detectors, names = self._owners, self._detectors, self._spot_names
        for end, expression in self._scanner.scan(text):
            owner = owners[expression]
            if owner < detectors:
                asked.append((end, owner))
            else:
                name = names[owner - detectors]
                # Long words end a run of letters as encoded texts do, and are by far more frequent.
                if name != "base64" or not _WORD.fullmatch(text, max(0, end - 15), max(0, end - 1)):
                    spots.append((end, name))
        return Scan(asked, spots)

    def ask(self, text: str, scan: Scan) -> list[Finding]:
        """Return what the detectors say of ``text`` at the places where their triggers fired."""
        out: list[Finding] = []
        last_end = [_NEVER] * self._detectors
        done = [0] * self._detectors
        checks, refractory = self._checks, self._refractory
        for end, owner in scan.asked:
            previous = last_end[owner]
            last_end[owner] = end
            if end <= done[owner]:
                continue
            # What was asked a moment ago has seen this too, unless it stands in another line.
            if end - previous <= refractory[owner] and text.find("\n", previous, end) < 0:
                continue
            found = checks[owner](text, end)
            if found is None:
                continue
            for finding in (found,) if isinstance(found, Finding) else found:
                out.append(finding)
                done[owner] = max(done[owner], finding.end)
        return out

    def viewed(self, text: str, scan: Scan, *, odd: bool = True) -> tuple[list[Finding], list[View]]:
        """Return what the views of ``text`` show, in its own offsets, and those views that read differently.

        Args:
            text: The text.
            scan: What :meth:`scan` said of it.
            odd: Whether it has odd characters.
        """
        scans = {text: scan}

        def spots_of(other: str) -> Spots:
            if other not in scans:
                scans[other] = self.scan(other)
            return scans[other].by_kind()

        out: list[Finding] = []
        others = views(text, spots_of, odd=odd)
        for view in others:
            spots_of(view.text)
            for finding in self.ask(view.text, scans[view.text]):
                start, end = view.origin(finding.start, finding.end)
                out.append(replace(finding, start=start, end=end, detector=finding.detector + "/view"))
        return out, others


_NEVER = -(1 << 30)
_WORD = lazily(r"[A-Za-z]?[a-z]+|[A-Z]+|[\d+/]+")
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


@cache
def order_engine() -> Engine:
    """Return the engine for what follows words for order, ticket or case; a policy may want it masked too."""
    return Engine((_account.ORDER, _said_codes.ORDER))


def structured(text: str) -> tuple[list[Finding], list[View]]:
    """Return the findings of ``text`` in all its views, and the views that read differently.

    Args:
        text: One text, or several with breaks between them, shielded.
    """
    scan = engine().scan(text)
    more, others = engine().viewed(text, scan)
    return engine().ask(text, scan) + more, others
