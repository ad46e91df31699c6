"""Answers to a question in a message before: "and your member number?", "3318840".

What such a message is nothing on it says. What tells is the last question asked before it: for a name, a number, a date, an address;
it stays open over answers that are corrected or come in parts, until something else is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hushdesk.redact._asked_words import (
    ASKING,
    BEFORE_NUMBERS,
    BESIDE,
    LEADS,
    NO_VALUES,
    NOT_ADDRESS,
    PARTS,
    REQUESTS,
    SECURITY,
    THINGS,
    TRAILS,
    WORDS,
)  # fmt: skip
from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._personal import is_date
from hushdesk.redact.detect._plain import is_plain
from hushdesk.redact.detect._text import UNSPACED
from hushdesk.redact.tagger._gazetteer import is_listed

_LONGEST = 120
"""Longer messages say by themselves what they are about."""
_LAST_PART = 300
"""Of a message so much of its end is looked at for a question."""
_FAR = 6
"""Messages after a question that may still answer it."""

_SENTENCE = lazily(r"[^.!?？؟。\n:]+(?:[.](?=\S)[^.!?？؟。\n:]+)*[.!?？؟。:]?")
_L = r"[^\W\d_\u0300-\u036f\u064b-\u065f\u0900-\u0903\u093a-\u0963]|[\u0300-\u036f\u064b-\u065f\u0900-\u0903\u093a-\u0963]"
"""A letter, or what is set upon one."""
_WORD = lazily(rf"(?:{_L})+(?:['’\-.](?:{_L})+)*")
_PLAIN_WORD = lazily(r"[A-Za-z]+(?:['\-.][A-Za-z]+)*")


def _said(text: str) -> list[str]:
    return (_PLAIN_WORD if text.isascii() else _WORD).findall(text)


_ASKS = lazily("|".join(map(re.escape, ASKING)) + r"|:\Z")
_DIGIT = lazily(r"\d")
_CODE = r"(?:[A-Za-z0-9#*+(\u0660-\u0669\u0966-\u096f](?:[A-Za-z0-9#*+()\u0660-\u0669\u0966-\u096f\-/.·]*[A-Za-z0-9#*)\u0660-\u0669\u0966-\u096f])?)"
_VALUE = lazily(
    rf"(?<![A-Za-z0-9\-/.,$€£¥₹@:#])(?:[A-Z]{{1,6}}[ ])?(?=[^\s]*\d){_CODE}(?:[ ](?:(?=[^\s]*\d){_CODE}|[A-Z]{{1,4}}(?![A-Za-z]))){{0,5}}(?![A-Za-z0-9@]|[.,:/\-]\d)"
)
_SMALL_LEAD = lazily(r"(?<!\S)([a-z]{1,4})[ ]\Z")
"""Letters of a number that are written small and apart: "kx 4471"."""
_NOT_VALUE = lazily(
    r"\d{1,2}:\d\d|\d{1,2}(?:am|pm|st|nd|rd|th|h\d*|x)|[$€£¥₹].*",
)
_MONEY = lazily(
    r"[ ]?(?:[$€£¥₹%]|(?i:usd|eur|euros?|dollars?|pounds?|zł|руб|лира|lira|tl|円|元|원|percent|days?|hours?|minutes?|mins?|years?|times?|weeks?|months?)\b)"
)
_YEAR = lazily(r"(?:19|20)\d\d")
_DATES = lazily(r"\d{1,4}[./\-]\d{1,2}[./\-]\d{1,4}|\d{1,2}[./]\d{1,2}\.?")
_NAME_WORDS = lazily(rf"(?:{_L})+(?:['’\-.](?:{_L})*)*")
_ARABIC_AND = "و"
_PARTS_OF_NAMES = frozenset(words("de da dos di del van von der den la le el al bin ibn ten ter zu abu"))
_CORRECTS = frozenset(
    words(
        "no nope wait sorry oh oops actually mean meant not nein ne doch falsch non pardon perdón não scusi nee nie nei нет ой ні hayır नहीं لا 不对 いえ 아니요 try"
    )
)
"""Words of somebody who takes back what was said."""
_EDGES = " \t\r\n.,;:!\"'“”‘’()、。，،"
_SUFFIXES = ("でございます", "と申します", "です", "입니다", "이에요", "예요")
_NUMBERED = (
    Kind.CARD, Kind.NATIONAL_ID, Kind.PLATE, Kind.PHONE, Kind.SECRET, Kind.ACCOUNT, Kind.USERNAME,
)  # fmt: skip

_NUMBERS = frozenset((*_NUMBERED, Kind.BIRTH_DATE)) - {Kind.PHONE}
_TOLD, _SURE = 0.55, 0.7
"""Below .6 a value is masked where it was told and not hunted elsewhere: four digits are also a year, a port, a count."""
_WHY = "answers a question of the message before"


_NOBODY = LEADS | TRAILS | NO_VALUES


def _kinds(sentence: str) -> set[Kind]:
    """What a sentence that asks asks for."""
    found: set[Kind] = set()
    said = [word.lower() for word in _said(sentence.replace("in case", ""))]
    last = ""
    for word in said:
        if (beside := BESIDE.get(word)) is not None:
            kind = beside[last] if last in beside else beside[None]
        else:
            kind = WORDS.get(word) or WORDS.get(word.removeprefix(_ARABIC_AND))
            if kind is Kind.ADDRESS and last in NOT_ADDRESS:
                kind = None
        if kind is not None:
            found.add(kind)
        if word in SECURITY:
            return {Kind.SECRET}
        last = word
    if UNSPACED.search(sentence):
        found.update(kind for kind, parts in PARTS.items() if any(part in sentence for part in parts.split()))
    # "the order number or the name on it": only what is numbered may be the thing's.
    return found if THINGS.isdisjoint(said) else found - _NUMBERS


def asks(message: str) -> set[Kind] | None:
    """Return what a message asks for, nothing of it if it is no question, an empty set if it asks for something else.

    Args:
        message: One message of a conversation.
    """
    out: set[Kind] | None = None
    for sentence in _SENTENCE.findall(message[-_LAST_PART:]):
        if not _ASKS.search(sentence):
            said = {word.lower() for word in _said(sentence)}
            if REQUESTS.isdisjoint(said):
                continue
            found = _kinds(sentence)
            if not found:
                # "I need help" is no question, and closes none.
                continue
            out = found | (out or set())
            continue
        out = _kinds(sentence) | (out or set())
    return out


def _core(message: str) -> tuple[int, int]:
    """Where a message begins and ends without what only leads to its value or follows it."""
    start, end = 0, len(message)
    while True:
        while start < end and message[start] in _EDGES:
            start += 1
        while end > start and message[end - 1] in _EDGES:
            end -= 1
        piece = message[start:end]
        suffix = next((s for s in _SUFFIXES if piece.endswith(s) and len(piece) > len(s)), "")
        if suffix:
            end -= len(suffix)
            continue
        head, _, rest = piece.partition(" ")
        if rest and head.strip(_EDGES).lower() in LEADS:
            start += len(head)
            continue
        rest, _, tail = piece.rpartition(" ")
        if rest and tail.strip(_EDGES).lower() in TRAILS:
            end -= len(tail)
            continue
        return start, end


def _finding(start: int, end: int, kind: Kind, text: str) -> Finding:
    value = text[start:end]
    score = _SURE if sum(map(str.isdecimal, value)) >= 7 or kind is Kind.PERSON else _TOLD
    return Finding(start, end, kind, score, "asked", canonical(kind, value), _WHY)


def _kind_of(value: str, kinds: set[Kind], *, bare: bool) -> Kind | None:
    """Which of the kinds that were asked for a value with figures is."""
    digits = sum(map(str.isdecimal, value))
    if is_date(value):
        return Kind.BIRTH_DATE if Kind.BIRTH_DATE in kinds else None
    if Kind.BIRTH_DATE in kinds and digits in {6, 8} and value.isdecimal():
        return Kind.BIRTH_DATE
    if _DATES.fullmatch(value) or _NOT_VALUE.fullmatch(value):
        return None
    if digits < (1 if Kind.PLATE in kinds else 3) or (digits == 3 and not bare):
        return None
    if not bare and _YEAR.fullmatch(value):
        return None
    letters = any(map(str.isalpha, value))
    for kind in _NUMBERED:
        if kind not in kinds:
            continue
        if kind is Kind.CARD and (letters or not (3 <= digits <= 5 or digits >= 12)):
            continue
        if kind is Kind.PHONE and (letters or (digits < 6 and not bare)):
            continue
        if kind in {Kind.NATIONAL_ID, Kind.CARD} and digits < 4:
            continue
        if kind is Kind.USERNAME and " " in value:
            continue
        return kind
    return None


def _pieces(message: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the values of which words with figures are made: a date is one by itself."""
    head, _, rest = message[start:end].partition(" ")
    if rest and head.isalpha() and (head.lower() in LEADS or is_plain(head.lower())):
        start += len(head) + 1
    if is_date(message[start:end]):
        yield start, end
        return
    first = start
    for match in _TOKEN.finditer(message, start, end):
        if is_date(match.group()):
            if first < match.start():
                yield first, match.start() - 1
            yield match.span()
            first = match.end() + 1
    if first < end:
        yield first, end


_TOKEN = lazily(r"[^ ]+")


def _answers(message: str, kinds: set[Kind], given: set[Kind], *, going_on: bool) -> Iterator[Finding]:
    start, end = _core(message)
    core = message[start:end]
    said = core.split()
    if not said:
        # Nothing, or blanks of other kinds than are at the edges of what people type.
        return
    if Kind.ADDRESS in kinds and (found := _address(message, start, end, going_on=going_on)):
        yield found
        return
    if Kind.BIRTH_DATE in kinds and is_date(core):
        yield _finding(start, end, Kind.BIRTH_DATE, message)
        return
    if _DIGIT.search(core):
        if not THINGS.isdisjoint(word.lower() for word in _said(message)):
            return
        values = list(_VALUE.finditer(message))
        others = len(said) - sum(len(match.group().split()) for match in values)
        if others > _MOST_OTHERS * max(1, min(3, len(kinds))):
            return
        for match in values:
            if _MONEY.match(message, match.end()):
                continue
            begin = match.start()
            lead = _SMALL_LEAD.search(message, 0, begin)
            if lead is not None and lead[1] not in BEFORE_NUMBERS and not _is_word(lead[1]):
                begin = lead.start(1)
            bare = begin <= start and match.end() >= end
            for first, last in _pieces(message, begin, match.end()):
                kind = _kind_of(message[first:last], kinds, bare=bare or len(kinds) > 1)
                if kind is not None:
                    yield _finding(first, last, kind, message)
        if len(said) > 1 or Kind.USERNAME not in kinds:
            return
    # "Done." behind an answer is another's word for it, unless the answer is taken back.
    if not given.isdisjoint(kinds) and _CORRECTS.isdisjoint(word.lower() for word in _said(message)):
        kinds = kinds - given
    if Kind.USERNAME in kinds and len(said) == 1 and 3 <= len(core) <= 40 and not _is_word(core):
        yield _finding(start, end, Kind.USERNAME, message)
    elif Kind.PERSON in kinds and len(said) <= 4 and 2 <= len(core) <= 60:
        start = _named_from(message, start)
        if _is_name(message[start:end].split()):
            yield _finding(start, end, Kind.PERSON, message)
    elif Kind.SECRET in kinds and len(said) <= 2 and 4 <= len(core) <= 30 and not any(map(_is_word, said)):
        yield _finding(start, end, Kind.SECRET, message)


_MOST_OTHERS = 4
_MOST_BLANKS = 7
"""More words without a figure are no bare answer."""


def _is_word(word: str) -> bool:
    low = word.strip(_EDGES).lower()
    return low in _NOBODY or is_plain(low)


def _is_name(said: list[str]) -> bool:
    if not all(_NAME_WORDS.fullmatch(word.strip(",")) for word in said):
        return False
    if len(said) == 1 and said[0].lower() in _ALONE:
        return True
    # "Will Young": words that are names too, all of them written so.
    if len(said) > 1 and all(word[0].isupper() and is_listed(word) for word in said):
        return True
    # "yann le guellec": particles are plain words elsewhere, and never the last.
    return not _is_word(said[-1]) and all(
        not _is_word(word) or word in _NAMES_TOO or (i > 0 and word.lower() in _PARTS_OF_NAMES)
        for i, word in enumerate(said)
    )


def _named_from(message: str, start: int) -> int:
    """Where a name begins whose first word was taken for one that leads to it: "Mia Rossi", "Hai Nguyen"."""
    lead = message[:start].rstrip(" ")
    first = lead.rpartition(" ")[2]
    return len(lead) - len(first) if first in _NAMES_TOO else start


_NAMES_TOO = frozenset(words("An Ben Hai Le Mi Mia Sen Sim"))
"""Words that lead to an answer in one language and are names in another, as names are written."""
_ALONE = frozenset(words("ben mia"))
"""Those that are likelier a name however they are written, if nothing else is said."""


def _address(message: str, start: int, end: int, *, going_on: bool) -> Finding | None:
    """The whole message, if it reads as an address or a part of one."""
    core = message[start:end]
    said = core.split()
    if len(core) > _LONGEST_ADDRESS or "@" in core or len(said) > _MOST_WORDS:
        return None
    plain = sum(
        word.lower().strip(_EDGES) in _NOBODY or is_plain(word.lower().strip(_EDGES)) for word in said
    )
    if plain * 3 > len(said) or not THINGS.isdisjoint(word.lower() for word in said):
        return None
    if _DIGIT.search(core):
        if _MONEY.search(core) or _NOT_VALUE.fullmatch(core):
            return None
    elif not going_on or plain or len(said) > 3 or len(core) < 2 or message.rstrip()[-1] in ".!。！":
        # A town in a message of its own, not "Courier comes tomorrow."
        return None
    return _finding(start, end, Kind.ADDRESS, message)


_LONGEST_ADDRESS, _MOST_WORDS = 90, 14


def asked(messages: Sequence[str]) -> Iterator[tuple[int, Finding]]:
    """Yield what answers a question that was asked a few messages before, with the message's number.

    Args:
        messages: The messages of one conversation, in order.
    """
    memo: dict[int, set[Kind] | None] = {}
    given: dict[int, set[Kind]] = {}
    """Of each question the kinds of what was answered so far."""
    address = -2
    for i, message in enumerate(messages):
        if not i or not message or len(message) > _LONGEST:
            continue
        if message.count(" ") > _MOST_BLANKS and not _DIGIT.search(message):
            continue
        if i not in memo:
            memo[i] = asks(message)
        if memo[i] is not None:
            continue
        for back in range(i - 1, max(-1, i - 1 - _FAR), -1):
            if back not in memo:
                memo[back] = asks(messages[back])
            if (kinds := memo[back]) is not None:
                if kinds:
                    found = list(_answers(message, kinds, given.get(back, set()), going_on=address == i - 1))
                    if any(finding.kind is Kind.ADDRESS for finding in found):
                        address = i
                    given.setdefault(back, set()).update(finding.kind for finding in found)
                    yield from ((i, finding) for finding in found)
                break
