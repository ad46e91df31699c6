"""Names in small letters, as people give theirs in a chat: "this is robin", "im riley", "hi mr charlie", "my name viji and".

Who is only greeted is left alone here: that is mostly an agent or a bot, and agents are known from the fields of a case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._cues import in_bytes
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._plain import is_name, is_plain
from hushdesk.redact.tagger._gazetteer import is_listed

_LETTERS = r"[^\W\d_A-ZÀ-ÖØ-Þ]"
_WORD = lazily(rf"[ ]{_LETTERS}(?:{_LETTERS}|['’\-](?={_LETTERS}))*(?![\w@/\\'’]|[.\-_:]\w)")
_MOST = 3
"""Words of a name that somebody gives in a chat."""
_PARTS = frozenset(words("de da dos di del van von der den la le el al bin ibn"))
_ENDS = frozenset(
    words(
        """
    and my i is im iam ssn password passwd pass pin account acc ac acct card credit number no from with here speaking calling the your you we he she it this that please can could address contact
    need want have has i'm mr mrs ms dr booking confirmation order email mail phone zip but so or at in on for to of are am thanks thank as sir
    ist hat war kann will möchte habe was has had est ai es era tiene tengo è ho ha é tenho tem heeft heb jest mam ma
    und mein meine ich bitte et mon ma je y mi e il mio la minha meu en mijn ik i moje moj mój o
    """
    )
)
"""Words with which the sentence goes on behind a name."""
_STOPS = lazily(r"[ ]{0,2}(?:\r?\n|\Z|\x01|[,.!?;)](?=\s|\Z)|-[ ]|\d)")
_FAR, _BEYOND, _LONGEST_TITLE = 64, 12, 10
"""Characters before the end of a trigger in which an introduction with its name begins."""


def name_at(text: str, at: int, *, told: bool) -> tuple[int, int] | None:
    """Return where the name in small letters that begins behind ``at`` begins and ends.

    Args:
        text: The text.
        at: Where its introduction ends, before the blank.
        told: Whether the introduction leaves no doubt; otherwise only what is listed as a name is one.
    """
    start, end, known = at + 1, at, 0
    first = False
    for count in range(_MOST + 1):
        match = _WORD.match(text, end)
        if match is None:
            break
        word = match.group()[1:].lower()
        if count and word in _ENDS:
            # "my name is jo and ...": what follows does not belong to it.
            return _worth(text, start, end, known, told=told) if told or first else None
        if count and is_plain(word) and word not in _PARTS and not (known and is_listed(word)):
            return None
        if count == _MOST or (not count and (is_plain(word) or word in _ENDS)):
            return None
        known += is_name(word)
        first = first or (not count and known > 0)
        end = match.end()
    if end == at or not (told or first) or not _STOPS.match(text, end):
        return None
    return _worth(text, start, end, known, told=told)


def _worth(text: str, start: int, end: int, known: int, *, told: bool) -> tuple[int, int] | None:
    while text[start:end].rpartition(" ")[2] in _PARTS and " " in text[start:end]:
        end = start + text[start:end].rindex(" ")
    count = text.count(" ", start, end) + 1
    if (known if not told else known or end - start >= _SHORTEST) and known + (count > 1) + told >= min(
        count, 2
    ):
        return start, end
    return None


_SHORTEST = 3


def _finding(span: tuple[int, int], why: str, score: float) -> Finding:
    return Finding(*span, Kind.PERSON, score, "small-name", why=why)


_PERSONS = frozenset(
    words("my full first last sur his her customer contact the s mein nom nome nombre mi mon meu mijn")
)
THINGS = frozenset(
    words(
        """
    city town state place country street company business organisation organization firm shop store brand product model plan bank school host domain server file folder table column
    field variable function class package module branch network wifi ssid printer device computer app service project queue topic image container user account login screen game character band
    pet dog cat horse book movie song group team event hotel restaurant airline airport station
    """
    )
)
"""What has a name and is nobody; the name of a user is told elsewhere."""
_OPENINGS = frozenset(words("hi hello hai hey yes sure ok okay"))


def _of_person(lead: str) -> bool | None:
    """Whether "name" or "name is" tells a person's; nothing if it tells a thing's."""
    line = lead.rpartition("\n")[2]
    before = re.split(r"[ ,.!]+", line.strip().lower())
    stated = before[-1] == "is"
    if stated:
        before.pop()
    if not before or before[-1] != "name":
        # An introduction of another language.
        return True
    word = before[-2] if len(before) > 1 else ""
    if word in THINGS:
        return None
    # "Name change on our account" begins a line too.
    return word in _PERSONS or (stated and "\n" in lead and (not word or word in _OPENINGS))


def after_introduction(text: str, end: int) -> Iterator[Finding]:
    """Look for a name in small letters behind "my name is" and the like.

    Args:
        text: The text.
        end: Where the introduction ends.
    """
    if text[end : end + 1] != " " or text[end + 1 : end + 2].isupper():
        return
    told = _of_person(text[max(0, end - 28) : end])
    if told is not None and (span := name_at(text, end, told=told)):
        yield _finding(
            span, "follows an introduction", 0.8 if is_name(text[slice(*span)].split(maxsplit=1)[0]) else 0.7
        )


def _check_self(text: str, end: int) -> Iterator[Finding]:
    # The cue is the last one before the end, or the one before that if a word of the sentence behind the name is one too.
    for match in [*_SELF.finditer(text, max(0, end - _FAR), min(len(text), end))][:-3:-1]:
        at = match.end()
        if (
            text[at + 1 : at + 2].islower()
            and (span := name_at(text, at, told=False))
            and span[1] >= end - _BEYOND
        ):
            yield _finding(span, "says who they are", 0.7)
            return


def _check_title(text: str, end: int) -> Iterator[Finding]:
    at = end - 2
    if _TITLE.search(text, max(0, at - _LONGEST_TITLE), at) and (span := name_at(text, at, told=False)):
        yield _finding(span, "follows a title", 0.75)


_BEFORE = lazily(
    rf"\n(?P<n>{_LETTERS}{{2,20}}(?:[ ]{_LETTERS}{{2,20}})?)[ ](?P<and>and[ ])?(?:my[ ])?(?P<w>(?i:ssn|password|passwort|mot[ ]de[ ]passe|contraseña|senha|wachtwoord))\Z"
)


def check_before(text: str, end: int) -> Iterator[Finding]:
    """Look at a line that begins with a name and goes on with what its owner signs in with: "ramya ssn 4568"."""
    match = _BEFORE.search(text, max(0, end - 80), end)
    if match is None:
        return
    names = match["n"].lower().split()
    # "forgot password", "wifi password": a word alone before it is mostly what is wrong with it.
    told = match["and"] is not None or match["w"].lower() == "ssn"
    if any(map(is_plain, names)) or not (told or all(map(is_listed, names))) or names[0] in _ENDS:
        return
    score = 0.7 if all(map(is_listed, names)) else 0.55
    yield _finding(match.span("n"), "before what its owner signs in with", score)


_PAYEE = lazily(r"[ ](?P<v>[^\W\d_]{3,20})(?:[ ](?P<w>[^\W\d_]{3,20}))?(?![\w@\-]|\.\w)")
_PAID = frozenset(
    words(
        "visa april may june july august chase wells barclays santander monzo revolut savings checking jail house"
    )
)
"""Who or what money goes to and is called like a person."""


def check_payee(text: str, end: int) -> Iterator[Finding]:
    """Look behind "$300 to", "the account of", "my uncle" for a known name in small letters; one with a capital may be syrup."""
    match = _PAYEE.match(text, end - 2)
    if match is None:
        return
    first = match["v"].lower()
    if match["v"] != first or first in _PAID or first in _ENDS or not is_name(first):
        return
    second = (match["w"] or "").lower()
    group = "w" if second and second not in _ENDS and second not in _PAID and is_name(second) else "v"
    yield _finding((match.start("v"), match.end(group)), "somebody whom money goes to or a relative", 0.7)


_SELF_WORDS = ("this is", "i am", "i'm", "i’m", "im", "iam", "myself", "here is")
_BEGINS = (
    "ich bin",
    "hier ist",
    "je suis",
    "c'est",
    "soy",
    "sono",
    "sou o",
    "sou a",
    "eu sou",
    "ik ben",
    "jestem",
    "jag är",
    "jeg er",
    "jsem",
)
"""What only begins a message, or stands behind its greeting: "sono" is also what is said of things."""
_SELF = lazily(
    rf"(?i)(?<![\w'’])(?:{'|'.join(_SELF_WORDS)})(?=[ ])"
    rf"|(?:\A|[\n\x01,.!]|\b(?:hallo|hola|bonjour|salut|ol[áa]|ciao|hoi|cześć|hej|tag))[ ]?(?:{'|'.join(_BEGINS)})(?=[ ])"
    rf"|(?<![\w'’])(?:its|it['’]s|it[ ]is)(?=[ ][^\W\d_]{{3,}}(?:[ ][^\W\d_]{{2,}})?[ ](?:here|speaking|calling)\b)"
)
_TITLE = lazily(
    r"(?<![\w'’.])(?<!\d[ ])(?:mr|mrs|ms|dr|herr|frau|monsieur|madame|mme|señora?|sra?|senhora?|signora?|meneer|mevrouw|pani)\Z"
)


_NAME_THEN = (
    r"[a-z\x80-\xff]{3,}(?: [a-z\x80-\xff]{2,})?"
    r"(?:\r?\n|[,.!]\s| (?:and|my|here|speaking|from|i|im|ssn|acc|account|und|et|y|e|en)\b| \d)"
)


DETECTORS: tuple[Detector, ...] = (
    Detector(
        "small-name",
        (
            rf"\b(?:{'|'.join(map(in_bytes, (*_SELF_WORDS, *_BEGINS)))}) {_NAME_THEN}",
            r"\bit(?:'?s| is|\xe2\x80\x99s) [a-z\x80-\xff]{3,}(?: [a-z\x80-\xff]{2,})? (?:here|speaking|calling)\b",
        ),
        _check_self,
    ),
    Detector(
        "small-title",
        (r"\b(?:mr|mrs|ms|dr|herr|frau|monsieur|madame|mme|se\xc3\xb1ora?|sra?|senhora?|signora?|meneer|mevrouw|pani) [a-z]",),
        _check_title,
        case_sensitive=True,
    ),
    Detector(
        "small-before",
        (r"\n[a-z\x80-\xff]{2,}(?: [a-z\x80-\xff]{2,})? (?:and )?(?:my )?(?:ssn|password|passwort|mot de passe|contrase\xc3\xb1a|senha|wachtwoord)\b",),
        check_before,
    ),
    Detector(
        "small-payee",
        (
            r"(?:\$ ?\d[\d,.]{0,12}|\d (?:dollars|bucks|euros?|pounds|quid)|\b(?:dollars|bucks|euros|pounds|quid|money|funds|cash|payment)) (?:back |over )?to [a-z\x80-\xff]",
            r"\b(?:checking|savings) (?:account )?(?:of|to) [a-z\x80-\xff]",
            r"\baccount of [a-z\x80-\xff]",
            r"\b(?:transfer|send|sent|sending|pay|paid|wire|wired) (?:it |that |this )?to [a-z\x80-\xff]",
            r"\b(?:uncle|aunt|auntie|grandma|grandpa|granny|cousin|niece|nephew) [a-z\x80-\xff]",
        ),
        check_payee,
    ),
    Detector(
        "small-named",
        (r"\n(?:my |hi my |full |my full )?name [a-z]", r"\bmy (?:full )?name [a-z]"),
        lambda text, end: after_introduction(text, end - 2),
    ),
)  # fmt: skip
