"""The parts of a notice that come from evidence: windows, visitors, numbers, and what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from hushdesk.incident._answer import Answer, Exposure, Group, Level, Opening, Reading, Severity, Visitor
from hushdesk.incident._bound import NOTHING
from hushdesk.incident._spans import EVER, Spans
from hushdesk.incident.notices._catalogue import Words
from hushdesk.incident.notices._document import Item
from hushdesk.incident.notices._safe import clean

MOST: Final = 40
"""So many windows, addresses, gaps or groups are listed one by one; the rest is counted."""

_READINGS: Final = tuple(Reading)[::-1]
_ROLES: Final = {
    "customer": "notice.role_customer",
    "customers": "notice.role_customer",
    "agent": "notice.role_agent",
    "agents": "notice.role_agent",
    "mentioned": "notice.role_mentioned",
    "others mentioned": "notice.role_mentioned",
}
_LEVELS: Final = {
    Level.LOW: "notice.level_low",
    Level.MEDIUM: "notice.level_medium",
    Level.HIGH: "notice.level_high",
    Level.VERY_HIGH: "notice.level_very_high",
}


def capped(words: Words, lines: list[str], most: int = MOST) -> tuple[str, ...]:
    """The first lines, and how many more there are."""
    rest = len(lines) - most
    return (*lines[:most], words("words.more", number=words.number(rest))) if rest > 0 else tuple(lines)


def stated(words: Words, lines: Iterable[str]) -> tuple[str, ...]:
    """The lines, or that it is not stated yet."""
    return tuple(lines) or (words("words.not_stated"),)


def window_items(words: Words, exposures: tuple[Exposure, ...]) -> Iterator[Item]:
    """One item for each window, keyed by what stood open and which time it was: a start that is found out later changes no key."""
    used: Counter[str] = Counter()
    exposures = tuple(sorted(exposures, key=lambda e: (e.window.span, e.window.resource, e.window.port)))
    for exposure in exposures[:MOST]:
        window = exposure.window
        resource = clean(window.resource, 120) or words("words.unknown")
        span = words.span(window.span)
        if window.opening is Opening.SHARE:
            whom = clean(window.shared_with, 120) or words("words.unknown")
            line = words("notice.nature_share", resource=resource, whom=whom, span=span)
        else:
            port = str(window.port) if window.port else words("words.unknown")
            line = words("notice.nature_network", resource=resource, port=port, span=span)
        lines = [line]
        if exposure.unseen:
            lines.append(f"{words('notice.nature_unseen')}: {_length(words, exposure.unseen.size)}")
        if window.doubt:
            lines.append(words("notice.nature_doubt", why=clean(window.doubt)))
        key = f"window:{window.opening}:{resource}:{window.port}"
        used[key] += 1
        yield Item(f"{key}:{used[key]}", words("notice.nature_window"), tuple(lines))
    if len(exposures) > MOST:
        more = words("words.more", number=words.number(len(exposures) - MOST))
        yield Item("window:more", words("notice.nature_window"), (more,))


def _length(words: Words, microseconds: int) -> str:
    # A span that begins before all evidence or has not ended has no length.
    return words.duration(microseconds) if microseconds < EVER // 2 else words("words.unknown")


def unseen(answer: Answer) -> Spans:
    """Exposed, and nothing would have shown a connection; over all windows, whichever way the answer says it."""
    return Spans((*answer.unknown, *(span for exposure in answer.exposures for span in exposure.unseen)))


def visitor_items(words: Words, answer: Answer) -> Iterator[Item]:
    """How many outside addresses did what, who read, and how much left."""
    visitors = answer.visitors
    # None found is an answer only where somebody could have been found.
    nobody = words("words.unknown") if unseen(answer) or not answer.exposures else words.number(0)
    readings = Counter(visitor.reading for visitor in visitors)
    lines = [
        f"{words(f'notice.reading_{reading.name.lower()}')}: {words.number(readings[reading])}"
        for reading in _READINGS
        if readings[reading]
    ]
    yield Item("nature.readings", words("notice.nature_readings"), tuple(lines) or (nobody,))
    inside = _inside(visitors)
    kins = Counter(visitor.kinship.kin for visitor in inside)
    if kins:
        lines = [
            f"{words(f'notice.kin_{kin.name.lower()}')}: {words.number(count)}"
            for kin, count in sorted(kins.items(), key=lambda entry: (-entry[1], entry[0].name))
        ]
        yield Item("nature.kin", words("notice.nature_kin"), tuple(lines))
    readers = sorted(
        (v for v in visitors if v.reading is Reading.READ), key=lambda v: (-v.sent.lower, v.address)
    )
    if readers:
        lines = [
            f"{clean(v.address, 60)} ({words.time(v.span.start)})"
            if v.span.start > -EVER
            else clean(v.address, 60)
            for v in readers
        ]
        yield Item("nature.read", words("notice.nature_read"), capped(words, lines))
    asked = Counter(text for visitor in inside for text in {*map(clean, visitor.asked)} if text)
    if asked:
        lines = [
            words("notice.nature_asked_by", asked=text, number=words.number(count))
            for text, count in sorted(asked.items(), key=lambda entry: (-entry[1], entry[0]))
        ]
        yield Item("nature.asked", words("notice.nature_asked"), capped(words, lines))
    if inside:
        sent = sum((visitor.sent for visitor in inside), NOTHING)
        yield Item("nature.sent", words("notice.nature_sent"), words.bound(sent))


def _inside(visitors: tuple[Visitor, ...]) -> list[Visitor]:
    """Those who got in, or of whom nobody knows that they did not."""
    return [v for v in visitors if v.reading not in {Reading.NO, Reading.TURNED_AWAY}]


def person_items(words: Words, answer: Answer) -> Iterator[Item]:
    """Categories and number of persons."""
    known = bool(answer.groups) or answer.persons != NOTHING
    number = words.bound(answer.persons) if known else (words("notice.open_no_answer"),)
    yield Item("persons.number", words("notice.persons_number"), number)
    lines = [_group(words, group) for group in answer.groups]
    if lines:
        yield Item("persons.groups", words("notice.persons_groups"), capped(words, lines))
    countries = _added(group.countries for group in answer.groups)
    if countries:
        yield Item(
            "persons.countries",
            words("notice.persons_countries"),
            capped(words, list(_counted(words, countries, words.locale.territories)), 250),
        )
    languages = _added(group.languages for group in answer.groups)
    if languages:
        yield Item(
            "persons.languages",
            words("notice.persons_languages"),
            capped(words, list(_counted(words, languages, words.locale.languages)), 250),
        )


def _group(words: Words, group: Group) -> str:
    """``customers (names, e-mail addresses): at least 0, at most 9,000; severity: high``."""
    role = _ROLES.get(group.name.split(":")[0].strip().lower())
    who = words(role) if role else clean(group.name, 200)
    kinds = words.joined([data_kind(words, kind) for kind in group.kinds])
    number = words.bound(group.persons)[0]
    line = words("notice.persons_group", who=who, kinds=kinds or words("words.unknown"), number=number)
    level = words("notice.persons_level", level=words(_LEVELS[group.severity.level]))
    return f"{line}; {level}"


def _added(tables: Iterable[Mapping[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for table in tables:
        found.update(table)
    return found


def _counted(words: Words, counts: Counter[str], names: Mapping[str, str]) -> Iterator[str]:
    for code, count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])):
        name = names.get(code) or clean(code, 20) or words("words.unknown")
        yield f"{name}: {words.number(count)}"


def record_items(words: Words, answer: Answer) -> Iterator[Item]:
    """Number of records, and the kinds of data in them."""
    taken = answer.taken
    if taken is None:
        yield Item("records.number", words("notice.records_number"), (words("notice.open_no_answer"),))
        return
    number = words.bound(taken.cases)
    if taken.why and taken.why != taken.cases.why:
        number = (*number, words.reason(taken.why))
    yield Item("records.number", words("notice.records_number"), number)
    yield Item("records.reachable", words("notice.records_reachable"), (words.number(taken.reachable),))
    if taken.fields:
        fields = (words.joined([clean(name, 60) for name in taken.fields]),)
        yield Item("records.fields", words("notice.records_fields"), fields)
    lines = [
        words("notice.records_kind", kind=data_kind(words, kind), number=words.number(count))
        for kind, count in sorted(taken.kinds.items(), key=lambda entry: (-entry[1], entry[0]))
    ]
    yield Item("records.kinds", words("notice.records_kinds"), stated(words, lines))


def data_kind(words: Words, kind: str) -> str:
    """A kind of data for those who are not concerned themselves; one that has no words keeps its name."""
    return (
        words(f"data.{kind}") if words.known(f"data.{kind}") else f"{words('data.OTHER')} ({clean(kind, 40)})"
    )


def unknown_items(words: Words, answer: Answer) -> list[Item]:
    """Everything that the evidence does not say, so that nothing unknown looks like a no."""
    found = []
    blind = unseen(answer)
    if blind:
        found.append(Item("open.gaps", words("notice.open_gaps"), (_length(words, blind.size),)))
    gaps = [
        f"{words.span(span)}. {words.reason(why)}"
        for exposure in answer.exposures
        for span, why in exposure.gaps
    ]
    if not gaps:
        gaps = [words.span(span) for span in blind]
    if gaps:
        found.append(Item("open.gap", words("notice.open_gap"), capped(words, gaps)))
    doubtful = sum(visitor.reading is Reading.UNKNOWN for visitor in answer.visitors)
    if doubtful:
        line = f"{words('notice.reading_unknown')}: {words.number(doubtful)}"
        found.append(Item("open.visitors", words("notice.open_visitors"), (line,)))
    sent = sum((visitor.sent for visitor in _inside(answer.visitors)), NOTHING)
    if not sent.exact:
        found.append(Item("open.sent", words("notice.open_sent"), words.bound(sent)))
    ends = [
        words.span(e.window.span)
        for e in answer.exposures
        if e.window.span.start <= -EVER or e.window.span.end >= EVER
    ]
    if not answer.exposures:
        found.append(Item("open.windows", words("notice.open_windows"), (words("notice.open_no_answer"),)))
    elif ends:
        found.append(Item("open.windows", words("notice.open_windows"), capped(words, ends)))
    undetermined = (words("notice.open_no_answer"),)
    if not answer.groups and answer.persons == NOTHING:
        found.append(Item("open.persons", words("notice.open_persons"), undetermined))
    elif not answer.persons.exact:
        found.append(Item("open.persons", words("notice.open_persons"), words.bound(answer.persons)))
    if answer.taken is None:
        found.append(Item("open.records", words("notice.open_records"), undetermined))
    elif not answer.taken.cases.exact:
        found.append(Item("open.records", words("notice.open_records"), words.bound(answer.taken.cases)))
    return found or [Item("open.nothing", words("notice.open"), (words("notice.open_nothing"),))]


def severity_line(words: Words, severity: Severity) -> str:
    """The score from below and from above, and the level of its upper end."""
    return words(
        "notice.severity_score",
        lower=words.decimal(severity.lower),
        upper=words.decimal(severity.upper),
        level=words(_LEVELS[severity.level]),
    )
