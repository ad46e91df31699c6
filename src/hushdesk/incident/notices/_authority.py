"""The notice of art. 33: to the authority, or from a processor to its controller; and what a later phase adds to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from hushdesk.incident._answer import Answer
from hushdesk.incident.notices._catalogue import Words, words
from hushdesk.incident.notices._consequences import consequences, joined
from hushdesk.incident.notices._controller import Controller
from hushdesk.incident.notices._document import Document, Item, Section, difference
from hushdesk.incident.notices._filing import HOURS_72, Filing
from hushdesk.incident.notices._findings import (
    person_items,
    record_items,
    severity_line,
    stated,
    unknown_items,
    visitor_items,
    window_items,
)
from hushdesk.incident.notices._safe import clean


def notice(answer: Answer, controller: Controller, filing: Filing) -> Document:
    """The whole notice: all that art. 33(3) asks for, and what is unknown said as unknown.

    Args:
        answer: What the evidence says now.
        controller: Who notifies, and what only people can state. For a notice to a controller these are the processor's details.
        filing: When, to whom, in which language.

    Returns:
        A document; :attr:`Document.missing` names what the law asks for and nobody stated.

    Raises:
        NoticeError: There are no texts in that language.
    """
    speak = words(filing.language, controller.zone)
    missing: list[str] = []
    parts: list[tuple[str, Iterator[Item]]] = [
        ("about", _about(speak, filing)),
        ("sender", _sender(speak, controller, filing)),
        ("times", _times(speak, controller, filing, missing)),
        ("nature", _nature(speak, answer, controller)),
        ("persons", person_items(speak, answer)),
        ("records", record_items(speak, answer)),
        ("open", iter(unknown_items(speak, answer))),
        ("consequences", _consequences(speak, answer, controller)),
        ("measures", _measures(speak, controller, missing)),
        ("told", _told(speak, filing)),
    ]
    sections = tuple(Section(key, speak(f"notice.{key}"), tuple(items)) for key, items in parts)
    kind = "_controller" if filing.to_controller else ""
    return Document(
        kind="notice",
        language=filing.language,
        title=speak(f"notice.title{kind}"),
        intro=(speak(f"notice.law{kind}"),),
        incident=clean(filing.incident, 60),
        dated=filing.dated,
        author=controller.name,
        phase=filing.phase,
        sections=tuple(section for section in sections if section.items),
        missing=tuple(missing),
        page=speak("words.page", page="{page}", pages="{pages}"),
    )


def addition(old: Document, new: Document, zone: str) -> Document:
    """Phase two as the difference from phase one: what each statement was and is now.

    Args:
        old: The notice that was given.
        new: The whole notice as it would be given now.
        zone: Time zone of the controller.

    Raises:
        NoticeError: They are in different languages or about different incidents.
    """
    speak = words(new.language, zone)
    changes = difference(old, new)
    sections = [section for section in new.sections if section.key in {"about", "sender"}]
    sections[:] = [
        replace(section, items=tuple(i for i in section.items if i.formal or section.key == "sender"))
        for section in sections
    ]
    titles = dict.fromkeys(change.section for change in changes)
    keys = {section.title: section.key for document in (old, new) for section in document.sections}
    for title in titles:
        items = tuple(
            Item(
                change.key,
                change.label,
                (
                    *_versions(speak("notice.was"), change.was, speak("notice.not_before")),
                    *_versions(speak("notice.now"), change.now, speak("notice.no_longer")),
                ),
            )
            for change in changes
            if change.section == title
        )
        sections.append(Section(f"changed.{keys[title]}", title, items))
    intro = [speak("notice.law_addition"), speak("notice.addition_intro", date=speak.time(old.dated))]
    if not changes:
        intro.append(speak("notice.addition_nothing"))
    return replace(
        new,
        kind="addition",
        title=speak("notice.title_addition"),
        intro=tuple(intro),
        sections=tuple(sections),
    )


def _versions(label: str, lines: tuple[str, ...] | None, absent: str) -> list[str]:
    lines = lines or (absent,)
    return [f"{label}: {lines[0]}", *lines[1:]]


def _about(speak: Words, filing: Filing) -> Iterator[Item]:
    phase = "notice.about_phase_last" if filing.final else "notice.about_phase_first"
    if filing.recipient:
        yield Item(
            "about.recipient", speak("notice.about_recipient"), (clean(filing.recipient),), formal=True
        )
    yield Item("about.dated", speak("notice.about_dated"), (speak.time(filing.dated),), formal=True)
    phase_text = speak(phase, phase=speak.number(filing.phase))
    yield Item("about.phase", speak("notice.about_phase"), (phase_text,), formal=True)
    yield Item("about.incident", speak("notice.about_incident"), (clean(filing.incident, 60),), formal=True)
    if filing.reference:
        yield Item(
            "about.reference", speak("notice.about_reference"), (clean(filing.reference, 120),), formal=True
        )
    if filing.record_head:
        yield Item(
            "about.record", speak("notice.about_record"), (clean(filing.record_head, 200),), formal=True
        )


def _sender(speak: Words, controller: Controller, filing: Filing) -> Iterator[Item]:
    role = "notice.sender_processor" if filing.to_controller else "notice.sender"
    yield Item("sender.name", speak(role), (controller.name,))
    yield Item("sender.address", speak("notice.sender_address"), controller.address)
    if controller.register:
        yield Item("sender.register", speak("notice.sender_register"), (controller.register,))
    contact = controller.contact
    label = speak("notice.contact_dpo" if contact.dpo else "notice.contact_other")
    lines = tuple(filter(None, (contact.name, contact.email, contact.phone)))
    yield Item("sender.contact", label, lines)


def _times(speak: Words, controller: Controller, filing: Filing, missing: list[str]) -> Iterator[Item]:
    def known(at: int | None, key: str) -> tuple[str, ...]:
        if at is None:
            missing.append(key)
            return (speak("words.not_stated"),)
        return (speak.time(at),)

    if filing.discovered is not None:
        yield Item("times.discovered", speak("notice.times_discovered"), known(filing.discovered, ""))
    yield Item("times.aware", speak("notice.times_aware"), known(filing.aware, "times.aware"))
    # Art. 33(2) knows no 72 hours: a processor tells its controller without undue delay.
    if filing.to_controller or filing.aware is None:
        return
    yield Item("times.due", speak("notice.times_due"), (speak.time(filing.aware + HOURS_72),))
    if filing.late:
        long = speak.duration(filing.given - filing.aware)
        yield Item("times.late", speak("notice.times_late"), (speak("notice.times_late_yes", long=long),))
        reasons = controller.words_of(filing.language).delay
        if not reasons:
            missing.append("times.delay")
        yield Item("times.delay", speak("notice.times_delay"), stated(speak, reasons))


def _nature(speak: Words, answer: Answer, controller: Controller) -> Iterator[Item]:
    yield Item("nature.kind", speak("notice.nature_kind"), (speak("notice.nature_confidentiality"),))
    own = controller.words_of(speak.language).nature
    if own:
        yield Item("nature.words", speak("notice.nature_words"), own)
    yield from window_items(speak, answer.exposures)
    yield from visitor_items(speak, answer)


def _consequences(speak: Words, answer: Answer, controller: Controller) -> Iterator[Item]:
    kinds = {kind for group in answer.groups for kind in group.kinds}
    if answer.taken is not None:
        kinds |= {*answer.taken.kinds}
    codes = joined(consequences(tuple(sorted(kinds))), controller.consequences)
    lines = [speak(f"consequences.{code}") for code in codes]
    lines += controller.words_of(speak.language).consequences
    yield Item("consequences.list", speak("notice.consequences_list"), tuple(lines))
    if answer.severity is not None:
        yield Item(
            "consequences.severity", speak("notice.severity"), (severity_line(speak, answer.severity),)
        )


def _measures(speak: Words, controller: Controller, missing: list[str]) -> Iterator[Item]:
    own = controller.words_of(speak.language)
    taken = [speak(f"measures.{code}") for code in controller.measures_taken] + [*own.measures_taken]
    planned = [speak(f"planned.{code}") for code in controller.measures_planned] + [*own.measures_planned]
    if not taken and not planned:
        missing.append("measures.taken")
    yield Item("measures.taken", speak("notice.measures_taken"), stated(speak, taken))
    if planned:
        yield Item("measures.planned", speak("notice.measures_planned"), tuple(planned))


def _told(speak: Words, filing: Filing) -> Iterator[Item]:
    told = filing.told
    if told is None:
        yield Item("told.letters", speak("notice.told_letters"), (speak("words.not_stated"),))
        return
    rows: tuple[tuple[str, int | None, Callable[[int], str]], ...] = (
        ("letters", told.letters, speak.number),
        ("sent", told.sent, speak.number),
        ("doubt", told.doubt, speak.number),
        ("failed", told.failed, speak.number),
        ("first", told.first, speak.time),
        ("public", told.public, speak.time),
        ("planned", told.planned, speak.time),
    )
    for key, value, write in rows:
        if value is not None:
            yield Item(f"told.{key}", speak(f"notice.told_{key}"), (write(value),))
