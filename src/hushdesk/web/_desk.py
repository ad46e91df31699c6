"""An open desk as the pages ask it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hushdesk._version import __version__
from hushdesk.access import Actor, AuditEvent, Door, Question, WitnessedReview
from hushdesk.analytics import CaseView, MessageView, OpenDesk, SearchPage
from hushdesk.desk import CertificateRefused, LoadReport, SignedCertificate
from hushdesk.guard import AddressSet
from hushdesk.guard.state import LastChange, Lookout, Watched
from hushdesk.record import Record
from hushdesk.web._ports import (
    KindCount,
    LoadReportView,
    LoadSummary,
    RefusedLine,
    RowCount,
    SourceCount,
    StatusView,
)

# What the seal writes where no time is known.
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)
# Readers count oddities of times where they count rows.
_TIMES = "times."
_NO_ZONE = "times.zone_assumed"
_MOST_NAMED = 50
"""Endpoints, and ports of one, that an entry of the record names."""
_LONGEST_NAME = 200
_PARTS = ("text", "visibility", "at", "role", "author", "attachments")


class DeskPages:
    """Answers the pages' questions from an open desk; implements :class:`hushdesk.web.DeskPort`."""

    def __init__(self, desk: OpenDesk, door: Door | None = None) -> None:
        self._desk = desk
        self._door = door or Door(desk)

    def search(self, who: Actor, question: Question) -> SearchPage:
        """Answer one search."""
        return self._door.search(who, question)

    def read(self, who: Actor, case_id: str) -> CaseView | None:
        """Return one case."""
        return self._door.read(who, case_id)

    def export(self, who: Actor, question: Question) -> Iterator[CaseView]:
        """Yield every case that a search finds, newest first."""
        for batch in self._door.export(who, question):
            for row in batch.to_pylist():
                yield _case(row)

    def loads(self) -> list[LoadSummary]:
        """Return the loads, newest first."""
        return [
            LoadSummary(**{name: getattr(view, name) for name in LoadSummary.__slots__})
            for view in map(_report, self._desk.reports())
        ]

    def load_report(self, load_id: int) -> LoadReportView | None:
        """Return the report of one load."""
        report = self._desk.desk.report(load_id)
        return _report(report) if report is not None else None

    def certificates(self) -> list[dict[str, Any]]:
        """Return the certificates of all loads, newest first."""
        return [
            {**one.to_json(), "verified": _verified(self._desk, one)}
            for one in self._desk.desk.certificates()
        ]

    def review(self, who: Actor) -> WitnessedReview:
        """Return the quarantine, as its officer works through it."""
        return WitnessedReview(self._desk.desk.review, self._door.witness, who)

    def status(self) -> StatusView:
        """Return what the desk holds."""
        reports = self._desk.reports()
        kinds: Counter[str] = Counter()
        for report in reports:
            kinds.update(report.tally.kinds)
        counts = self._desk.status()
        newest = self._desk.search(page_size=1, facets=("source",), histogram=False)
        oldest = self._desk.search(page_size=1, facets=(), histogram=False, sort="oldest")
        times = [_time(report.finished or report.started) for report in reports]
        return StatusView(
            name=self._desk.desk.folder.resolve().name,
            version=__version__,
            cases=newest.total,
            oldest=oldest.hits[0].opened_at if oldest.hits else None,
            newest=newest.data_until,
            last_load=max((at for at in times if at is not None), default=None),
            bytes_on_disk=counts["store_bytes"],
            sources=tuple(
                SourceCount(each.value, each.count or 0) for facet in newest.facets for each in facet.values
            ),
            findings=_counts(kinds),
            quarantined=counts["quarantined"],
            leak_checked=sum(report.tally.stored + report.tally.quarantined for report in reports),
            leak_hits=sum(report.tally.quarantined for report in reports),
            warnings=tuple(
                f"Load {report.id} was interrupted; run the same command again to go on with it."
                for report in reports
                if report.state == "interrupted"
            ),
        )


def lookout_of(desk: OpenDesk) -> Lookout | None:
    """What looks at the inputs that the desk's settings name; None if they name none."""
    settings = desk.desk.settings.guard
    if not settings.inputs:
        return None
    watched = Watched(settings.inputs, settings.intent, settings.service_tags)
    return Lookout(
        watched, desk.desk.folder / "guard", on_change=lambda change: _tell_change(desk.desk.record, change)
    )


def _tell_change(record: Record, change: LastChange) -> None:
    """Who can reach a store has changed: which endpoints, and how many addresses came and went."""
    detail = {
        "since": change.before.isoformat(),
        "endpoints": len(change.endpoints),
        "opened": sum(one.opens for one in change.endpoints),
        "named": [
            {
                "name": one.name[:_LONGEST_NAME],
                "opens": one.opens,
                "ports": [port for ports, _ in one.reach for port in ports][:_MOST_NAMED],
                "added": sum(_addresses(how.added) for _, how in one.reach),
                "removed": sum(_addresses(how.removed) for _, how in one.reach),
            }
            for one in change.endpoints[:_MOST_NAMED]
        ],
    }
    record.append(AuditEvent.GUARD_REACH_CHANGE.value, "desk", detail)


def _addresses(found: AddressSet) -> int:
    """How many: of both families, over all ports that changed alike once."""
    return found.v4.size + found.v6.size


def _verified(desk: OpenDesk, signed: SignedCertificate) -> bool:
    try:
        desk.desk.certifier.verify(signed)
    except CertificateRefused:
        return False
    return True


def _report(report: LoadReport) -> LoadReportView:
    tally = report.tally
    return LoadReportView(
        id=report.id,
        state=report.state,
        started=_time(report.started) or _UNKNOWN,
        finished=_time(report.finished),
        sources=tuple(sorted(tally.sources)),
        inputs=report.inputs,
        rows=tuple(
            RowCount(kind, rows, tally.distinct[kind])
            for kind, rows in sorted(tally.rows.items())
            if not kind.startswith(_TIMES)
        ),
        cases_in=tally.cases,
        stored=tally.stored,
        newer=tally.newer,
        unchanged=tally.unchanged,
        refused=tally.refused,
        quarantined=tally.quarantined,
        refused_lines=tuple(
            RefusedLine(line.reason, line.place, line.problem, line.remedy) for line in report.refused
        ),
        refused_total=tally.refused,
        findings=_counts(tally.kinds),
        leak_hits=tally.quarantined,
        unmapped=tuple(sorted(tally.unmapped)),
        warnings=(*report.notes, *_oddities(tally.rows)),
        rate=tally.cases / report.seconds if report.seconds else 0.0,
        reasons=_counts(tally.reasons),
        doubts=_counts(tally.doubts),
        partial_files=tally.partial_files,
        resumed=report.resumed,
        released=report.released,
        certificate=report.certificate.to_json() if report.certificate is not None else None,
    )


def _oddities(rows: Counter[str]) -> list[str]:
    """Oddities of times in words."""
    # The load's own notes speak of times without a zone.
    odd = [
        (kind, count)
        for kind, count in sorted(rows.items())
        if kind.startswith(_TIMES) and kind != _NO_ZONE and count
    ]
    return [f"{count:,} {kind.removeprefix(_TIMES).replace('_', ' ')}" for kind, count in odd]


def _counts(counter: Counter[str]) -> tuple[KindCount, ...]:
    return tuple(
        KindCount(kind, count)
        for kind, count in sorted(counter.items(), key=lambda each: (-each[1], each[0]))
    )


def _time(text: str) -> datetime | None:
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _case(row: dict[str, Any]) -> CaseView:
    messages = tuple(
        MessageView(
            text=text,
            visibility="public" if visibility == "public" else "internal",
            at=_known(at),
            role=role,
            author=author,
            attachments=tuple(attachments.split("\n")) if attachments else (),
        )
        for text, visibility, at, role, author, attachments in zip(
            *(row[f"messages.{part}"] for part in _PARTS), strict=True
        )
    )
    plain: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in row.items()
        if not name.startswith("messages.")
    }
    plain["opened_at"] = _known(plain["opened_at"])
    return CaseView(**plain, messages=messages, internal_hidden=0)


def _known(at: datetime | None) -> datetime | None:
    return None if at == _UNKNOWN else at
