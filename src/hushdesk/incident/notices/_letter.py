"""The letter of art. 34 to one person: plain words, their own kinds of data, a check code, and no link.

What does not depend on the person is made once for each language, wording and set of kinds, and kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from hushdesk.incident._answer import Answer, Opening, Reading
from hushdesk.incident._spans import EVER
from hushdesk.incident.notices._catalogue import Words, words
from hushdesk.incident.notices._codes import CheckCodes, Form
from hushdesk.incident.notices._consequences import advice, consequences, joined
from hushdesk.incident.notices._controller import Controller
from hushdesk.incident.notices._findings import unseen
from hushdesk.incident.notices._people import NOBODY, Concerned, Recipient
from hushdesk.incident.notices._plain import wrapped
from hushdesk.incident.notices._safe import calling, clean

_GROUPS: Final = 5_000
"""Sets of kinds that are kept ready; more are made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What happened, as far as every letter says it. Holds no person."""

    incident: str
    since: int | None
    """Moment; ``None`` if nobody knows."""
    until: int | None
    still: bool = False
    """It is open even now."""
    network: bool = True
    shared: bool = False
    read: bool = False
    """Somebody read data."""
    unseen: bool = True
    """There was time that no evidence covers, or nothing says that all of it was covered."""

    @classmethod
    def of(cls, answer: Answer, incident: str) -> Story:
        """From what the evidence says."""
        windows = [exposure.window for exposure in answer.exposures]
        starts = [window.span.start for window in windows]
        ends = [window.span.end for window in windows]
        known_start = bool(starts) and min(starts) > -EVER
        still = bool(ends) and max(ends) >= EVER
        openings = {window.opening for window in windows}
        return cls(
            incident=clean(incident, 60),
            since=min(starts) if known_start else None,
            until=max(ends) if ends and not still else None,
            still=still,
            network=Opening.NETWORK in openings or not openings,
            shared=Opening.SHARE in openings,
            read=any(visitor.reading is Reading.READ for visitor in answer.visitors),
            unseen=bool(unseen(answer))
            or not windows
            or any(visitor.reading is Reading.UNKNOWN for visitor in answer.visitors),
        )


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a letter: a heading (may be empty), paragraphs, points of a list, paragraphs."""

    key: str
    heading: str = ""
    lines: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    tail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Letter:
    """One letter. It holds an identity, and its ``repr`` shows none."""

    number: int
    incident: str
    language: str
    form: Form
    dated: int
    subject: str
    code: str
    sender: tuple[str, ...]
    """Name and address of the controller."""
    date: str
    reference: str
    dear: str
    blocks: tuple[Block, ...]
    """Why, what happened, which data, what it means, what was done, what can be done, how to check, whom to ask."""
    footer: str
    page: str
    """How a page number is written: ``Page {page} of {pages}``."""
    to: Recipient
    country: str
    text: str
    """For a mail: lines of at most 78 characters, without subject and postal address."""

    def __repr__(self) -> str:
        return f"Letter(number={self.number}, language={self.language!r}, …)"


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all letters of one language share."""

    words: Words
    sender: tuple[str, ...]
    date: str
    top: str
    page: str


@dataclass(frozen=True, slots=True)
class _Fixed:
    """What does not depend on kinds of data either, with its text."""

    start: tuple[Block, ...]
    middle: tuple[Block, ...]
    end: tuple[Block, ...]
    start_text: str
    middle_text: str
    check_head: str
    end_text: str


@dataclass(frozen=True, slots=True)
class _Ready:
    """What all persons of one group share: blocks, the places of the two that differ, and the text around these."""

    blocks: tuple[Block, ...]
    data: int
    check: int
    first: str
    """Up to the kinds of data."""
    second: str
    """From there to the code."""
    third: str


class Letters:
    """Makes the letters of one incident.

    Args:
        controller: Who writes.
        story: What happened.
        codes: Makes check codes.
        dated: Moment of the letters.
    """

    def __init__(self, controller: Controller, story: Story, codes: CheckCodes, *, dated: int) -> None:
        self._controller = controller
        self._story = story
        self._codes = codes
        self._dated = dated
        self._language = lru_cache(1024)(controller.letter_language)
        self._frame = lru_cache(None)(self._make_frame)
        self._fixed = lru_cache(1024)(self._make_fixed)
        self._ready = lru_cache(_GROUPS)(self._make_ready)
        self._cases = lru_cache(1 << 16)(self._make_cases)

    def language(self, person: Concerned) -> str:
        """In which language their letter is."""
        return self._language(person.language)

    def letter(self, person: Concerned, to: Recipient = NOBODY) -> Letter:
        """One letter.

        Args:
            person: What is known of them without identity.
            to: Who they are.

        Raises:
            NoticeError: The letter's number is out of range.
        """
        language = self._language(person.language)
        frame = self._frame(language)
        speak = frame.words
        form = person.form
        incident = self._story.incident
        code = self._codes.code(incident, person.letter, dated=self._dated, language=language, form=form)
        ready = self._ready(language, person.role, person.kinds, form)
        name = calling(to.name)
        dear = speak("letter.dear", name=name) if name else speak("letter.dear_nobody")
        # A number to tell letters apart, not to count by: it stands as it is in every language.
        number = str(person.letter)
        reference = speak("letter.reference", incident=incident, letter=number)
        cases, cases_text = self._cases(
            language, person.cases, _date(speak, person.first_case), _date(speak, person.last_case)
        )
        code_line = speak("letter.check_code", code=code)
        blocks = list(ready.blocks)
        data, check = blocks[ready.data], blocks[ready.check]
        blocks[ready.data] = Block(data.key, data.heading, data.lines, data.points, cases)
        blocks[ready.check] = Block(check.key, check.heading, (code_line,), (), check.tail)
        return Letter(
            number=person.letter,
            incident=incident,
            language=language,
            form=form,
            dated=self._dated,
            subject=speak("letter.subject_certain" if person.certain else "letter.subject"),
            code=code,
            sender=frame.sender,
            date=frame.date,
            reference=reference,
            dear=dear,
            blocks=tuple(blocks),
            footer=speak("letter.footer", letter=number),
            page=frame.page,
            to=to,
            country=person.country,
            text=f"{frame.top}{reference}\n\n{dear}\n\n{ready.first}{cases_text}{ready.second}{code_line}\n{ready.third}",
        )

    def _make_frame(self, language: str) -> _Frame:
        speak = words(language, self._controller.zone)
        sender = (self._controller.name, *self._controller.address)
        date = speak.day(self._dated)
        lines = [line for text in sender for line in wrapped(text)]
        return _Frame(
            words=speak,
            sender=sender,
            date=date,
            top="\n".join((*lines, "", date, "")),
            page=speak("words.page", page="{page}", pages="{pages}"),
        )

    def _make_cases(
        self, language: str, cases: int, first: date | None, last: date | None
    ) -> tuple[tuple[str, ...], str]:
        speak = self._frame(language).words
        lines = [speak("letter.cases", number=speak.number(cases))] if cases else []
        if cases and first is not None and last is not None:
            lines.append(speak("letter.cases_time", first=speak.date_text(first), last=speak.date_text(last)))
        return tuple(lines), "".join(f"{row}\n" for line in lines for row in wrapped(line))

    def _make_fixed(self, language: str, role: str, form: Form) -> _Fixed:
        speak = self._frame(language).words
        own = self._controller.words_of(language)
        controller = self._controller
        certain = form in {Form.CERTAIN, Form.CERTAIN_LEFTOVER}
        taken = (*(speak(f"measures.{code}") for code in controller.measures_taken), *own.measures_taken)
        planned = (
            *(speak(f"planned.{code}") for code in controller.measures_planned),
            *own.measures_planned,
        )
        why = role if role in {"customer", "agent", "mentioned"} else "mentioned"
        start = (
            Block("why", "", (speak(f"letter.why_{why}"),)),
            Block(
                "what",
                speak("letter.what"),
                (*what_happened(speak, self._story, certain=certain), *own.letter),
            ),
        )
        acts = (
            Block("done", speak("letter.done"), (), taken),
            Block("planned", speak("letter.planned"), (), planned),
        )
        middle = tuple(block for block in acts if block.points)
        check = Block("check", speak("letter.check"), (), (), self._how_to_check(speak))
        end = (
            self._contact(speak),
            Block("closing", "", (speak("letter.closing"),), (), (controller.name,)),
        )
        return _Fixed(
            start=start,
            middle=middle,
            end=(check, *end),
            start_text=_text(start) + "\n",
            middle_text=_text(middle) + "\n" if middle else "",
            check_head=_head(check),
            end_text=f"{_rest(check)}\n{_text(end)}",
        )

    def _make_ready(self, language: str, role: str, kinds: tuple[str, ...], form: Form) -> _Ready:
        speak = self._frame(language).words
        fixed = self._fixed(language, role, form)
        leftover = form in {Form.LEFTOVER, Form.CERTAIN_LEFTOVER}
        data = Block(
            "data",
            speak("letter.data"),
            (speak("letter.leftover"),) if leftover else (),
            tuple(speak.kinds(kinds or ("OTHER",))),
        )
        codes = joined(consequences(kinds), self._controller.consequences)
        likely = Block("likely", speak("letter.likely"), (), tuple(speak(f"likely.{code}") for code in codes))
        own = self._controller.words_of(language).advice
        helps = (*(speak(f"advice.{code}") for code in advice(kinds)), *own)
        what_to_do = Block("advice", speak("letter.advice"), (), helps)
        return _Ready(
            blocks=(*fixed.start, data, likely, *fixed.middle, what_to_do, *fixed.end),
            data=len(fixed.start),
            check=len(fixed.start) + len(fixed.middle) + 3,
            first=fixed.start_text + _head(data) + _rest(data),
            second=f"\n{_text((likely,))}\n{fixed.middle_text}{_text((what_to_do,))}\n{fixed.check_head}",
            third=fixed.end_text,
        )

    def _how_to_check(self, speak: Words) -> tuple[str, ...]:
        page = self._controller.words_of(speak.language).check_page or speak("letter.check_page_name")
        phone = self._controller.check_phone
        lines = (speak("letter.check_page", page=page),)
        return (*lines, speak("letter.check_phone", phone=phone)) if phone else lines

    def _contact(self, speak: Words) -> Block:
        contact = self._controller.contact
        lead = speak("letter.contact_dpo" if contact.dpo else "letter.contact_other")
        points = tuple(filter(None, (contact.name, contact.email, contact.phone)))
        authority = self._controller.authority
        tail = (speak("letter.authority", authority=authority),) if authority else ()
        return Block("contact", speak("letter.contact"), (lead,), points, tail)


def what_happened(speak: Words, story: Story, *, certain: bool = False) -> Iterator[str]:
    """What was open, since when, and what is known of those who used it."""
    if story.network:
        yield speak("letter.what_network")
    if story.shared:
        yield speak("letter.what_share")
    since = None if story.since is None else speak.day(story.since)
    until = None if story.until is None else speak.day(story.until)
    if since and story.still:
        yield speak("letter.when_open", since=since)
    elif since and until:
        yield speak("letter.when", since=since, until=until)
    elif until:
        yield speak("letter.when_before", until=until)
    else:
        yield speak("letter.when_unknown")
    if certain:
        yield speak("letter.certain")
    elif story.read:
        yield speak("letter.possible_read")
    elif story.unseen:
        yield speak("letter.possible_unknown")
    else:
        yield speak("letter.possible")


def _date(speak: Words, at: int | None) -> date | None:
    # The day is all that is shown: fewer different ones have to be kept ready.
    return None if at is None else speak.date_of(at)


def _head(block: Block) -> str:
    return f"{_headed(block.heading)}" if block.heading else ""


@lru_cache(1 << 10)
def _headed(heading: str) -> str:
    lines = wrapped(heading)
    return "".join(f"{line}\n" for line in lines) + "-" * max(map(len, lines)) + "\n"


def _rest(block: Block) -> str:
    """What stands below the heading."""
    lines = [_rows(line) for line in block.lines]
    lines += [_rows(point, "- ", "  ") for point in block.points]
    lines += [_rows(line) for line in block.tail]
    return "".join(lines)


@lru_cache(1 << 13)
def _rows(text: str, first: str = "", rest: str = "") -> str:
    # The same few hundred sentences make up all letters; no line that holds something of a person comes here.
    return "".join(f"{row}\n" for row in wrapped(text, first, rest))


def _text(blocks: tuple[Block, ...]) -> str:
    return "\n".join(_head(block) + _rest(block) for block in blocks)
