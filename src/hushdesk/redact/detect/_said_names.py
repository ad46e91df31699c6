"""Names that are spelled: "smith that's s m i t h", "my surname is w i double l i a m s", "S wie Siegfried, C, H"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from hushdesk.redact._canonical import canonical
from hushdesk.redact._fold import fold
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._plain import is_plain
from hushdesk.redact.detect._said import FILL, LABEL, Piece, characters, read
from hushdesk.redact.detect._said_codes import in_order
from hushdesk.redact.detect._small_names import THINGS
from hushdesk.redact.detect._text import after, before
from hushdesk.redact.tagger._gazetteer import is_listed

UNSURE = "spelled-unsure"
"""The detector of letters of which only the names that are found in the same context can tell what they spell."""
_NAME_WORDS = (
    r"(?:first|last|sur|fore|given|middle|maiden|family|full)?[ ]?names?|(?:vor|nach|familien|zu|mädchen)?namen?|hei(?:ß|ss)e|nom|prénom|m['’]appelle|nombre|apellidos?|me[ ]llamo|nome|cognome|apelido|sobrenome|chiamo|(?:achter|voor)?naam|heet"
    r"|imię|imieniem|nazwisko|nazywam[ ]się|(?:för|efter)?namn|(?:for|efter|etter)?navn|heter|hedder|jméno|příjmení|jmenuji[ ]se"
)
_SPELL_WORDS = (
    r"spell(?:ed|ing|s)?|spelt|called|buchstabier\w*|schreib(?:t|e)(?:[ ](?:man|sich|mich|ich))?|geschrieben|épel\w*|épelle|s['’]écrit|deletre\w*|se[ ]escribe|soletr\w*|(?:se[ ]escreve|escreve-se)|si[ ]scrive|spel(?:t|len|ling)?|gespeld|schrijf\w*|geschreven"
    r"|pisze[ ]się|pisane|literuj\w*|przeliteruj\w*|bokstav\w*|stavas|staves|hláskuj\w*"
)
_CUE = lazily(rf"(?i)(?<![\w\-])(?:(?P<name>{_NAME_WORDS})|(?P<spell>{_SPELL_WORDS}))(?!\w)")
_CUE_AFTER = lazily(
    rf"(?i)[ ,.;\-–—]{{1,4}}(?:and[ ])?(?:(?:that|this|it|that['’]s|it['’]s|das|c['’]est|so|is|was|are|ist|est|es|è|é|to|jest|my|the|his|her|your|mein|meine|mon|mi|il|mio|mijn|moje|how|you|we|i|wird)[ ]){{1,4}}(?P<cue>{_NAME_WORDS}|{_SPELL_WORDS})(?!\w)"
)
_WORD = lazily(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NOT_SPELLED = frozenset(
    words(
        """
    press type enter key keys option options choose select click hit button buttons drive drives disk port ports plug cable file files format grade grades class level section category column row plan model version menu letter line zone gate terminal
    platform block group team vitamin drücke drücken taste tasten datei appuyez touche fichier pulse tecla archivo premi tasto druk toets naciśnij klawisz plik error code codes serial product article sku part license licence reference booking order postcode zip account
    policy username email mail password website
    """
    )
)
"""What letters stand for something else after."""
_QUALIFIERS = (
    THINGS
    | frozenset(
        words(
            "user login file host nick display screen path zone share group key tag label display print job brand street road branch domaine dominio domein datei spiel juego jeu"
        )
    )
) - frozenset(words("customer account"))
_KNOWN_SHORT = frozenset(
    words(
        """
    usb pdf dvd cd sms vpn dsl api url html http https www ssl tls isp rgb hdmi faq atm eta diy asap gps lan wlan nfc led lcd cpu gpu ram rom ssd hdd png jpg jpeg gif xml json csv sql php css bbc cnn nhs irs dmv fbi cia usa dhl ups gls dpd ibm sap aol msn tv pc mac ios iot
    crm erp sla kpi cvv iban bic ssn dob vat gmbh llc ltd inc sku rma imei imap smtp pop dns dhcp tcp udp vlan ssid wpa wps lte gsm nfc pos pin puk otp mfa sso ldap ssh ftp rdp ups kvm docx xlsx pptx mp3 mpeg wifi voip imap exe dll bios uefi tan plz cep usps
    """
    )
)
"""Short forms of things that people spell."""
_TRIPLE = lazily(
    r"(?<![\w'’])(?:(?:double|doppel|doppelt|doble|doppia|dubbel|podwójne|capital|uppercase|großes)[ \-])?[^\W\d_](?=[ ]{0,2},?[ ]{0,2}(?:for|as|like|wie|comme|de|como|come|van|jak)[ ]|[ ,.\-]{1,2}(?:[^\W\d_](?!\w)|double|triple|doppel|doppelt|doble|doppia|dubbel|podwójne|apostroph|apóstrofo|dash|hyphen|tiret|guion|trattino|umlaut))"
)
_BACK, _LEAD, _REACH = 40, 120, 14
_FEWEST = 3
_I = frozenset("iaeyoà")
_ON = lazily(r"[ ][^\W\d_]{2}")


def check(text: str, end: int) -> Iterator[Finding]:
    """Look at the letters said one by one of which the third, or the word for the first, ends at ``end``."""
    begin = max(text.rfind("\n", max(0, end - _BACK), end) + 1, end - _BACK, 0)
    match = _TRIPLE.search(text, begin, min(len(text), end + 8))
    while match is not None:
        pieces = _letters(read(text, match.start()))
        if pieces and pieces[-1].end >= end - 1:
            yield from _judged(text, _ended(text, pieces), followed=_figures_follow(text, pieces))
            return
        match = _TRIPLE.search(text, pieces[-1].end if pieces else match.end(), min(len(text), end + 8))


def _letters(pieces: list[Piece]) -> list[Piece]:
    for i, piece in enumerate(pieces):
        if not piece.is_letter:
            return pieces[:i]
    return pieces


def _figures_follow(text: str, pieces: list[Piece]) -> bool:
    more = read(text, pieces[-1].end)
    return bool(more) and not more[0].is_letter


def _ended(text: str, pieces: list[Piece]) -> list[Piece]:
    """Without the word of one letter with which the sentence goes on: "s m i t h i live in"."""
    if len(pieces) <= _FEWEST or pieces[-1].value not in _I or not _ON.match(text, pieces[-1].end):
        return pieces
    told = characters(pieces)
    if pieces[-1].value == "i" or (is_listed(told[:-1]) and not is_listed(told)):
        return pieces if is_listed(told) and not is_listed(told[:-1]) else pieces[:-1]
    return pieces


def _judged(text: str, pieces: list[Piece], *, followed: bool) -> Iterator[Finding]:
    told = characters(pieces)
    if len(told) < _FEWEST or in_order(told):
        return
    start, end = pieces[0].start, pieces[-1].end
    lead = _lead(text, start)
    named = _same(lead, told)
    if named is None and (begin := _begun_before(lead, told, pieces)):
        yield from _judged(text, pieces[begin:], followed=followed)
        return
    cue = _cue(lead) or _behind(text, end) or _by_words(lead, pieces)
    if cue is None or (followed and cue == "spell"):
        if named and is_listed(named.group().lower()) and not is_plain(named.group().lower()):
            cue = "name"
        elif followed:
            return
    if cue is None or (cue == "spell" and (told in _KNOWN_SHORT or (is_plain(told) and not is_listed(told)))):
        if told not in _KNOWN_SHORT:
            yield Finding(start, end, Kind.PERSON, 0.1, UNSURE, told, "letters said one by one")
        return
    why = "spelled beside a word for a name" if cue == "name" else "spelled letter by letter"
    yield Finding(start, end, Kind.PERSON, 0.85, "spelled", canonical(Kind.PERSON, told), why)
    if named is not None:
        at = start - len(lead) + named.start()
        yield Finding(at, at + len(named.group()), Kind.PERSON, 0.85, "spelled", why="is spelled behind it")
    elif span := _said_before(lead, told):
        base = start - len(lead)
        yield Finding(
            base + span[0], base + span[1], Kind.PERSON, 0.6, "spelled", why="a name is spelled behind it"
        )


def _lead(text: str, start: int) -> str:
    """What stands before letters in their line and the one before it."""
    lines = before(text, start, _LEAD).rsplit("\n", 2)
    return "\n".join(lines[-2:])


def _same(lead: str, told: str) -> re.Match[str] | None:
    """The word shortly before letters that they spell, whole or up to where they end."""
    for match in reversed([*_WORD.finditer(lead)][-_NEAR:]):
        word = fold(match.group())
        if len(word) >= _FEWEST and (
            word == fold(told) or (len(told) > _FEWEST and word.startswith(fold(told)))
        ):
            return match
    return None


def _begun_before(lead: str, told: str, pieces: list[Piece]) -> int:
    """How many letters stand before those that spell a word said shortly before: "katherine with a k k a t h e r i n e"."""
    for word in [fold(word) for word in _WORD.findall(lead)[-_NEAR:]]:
        if len(word) >= _LEAST and len(told) > len(word) and fold(told).endswith(word):
            for i in range(1, len(pieces)):
                if fold(characters(pieces[i:])) == word:
                    return i
    return 0


_NEAR = 6


def _by_words(lead: str, pieces: list[Piece]) -> str | None:
    """Take a word for a letter as a sign of spelling: "s for sierra"."""
    if len(pieces) < _LEAST or all(piece.end - piece.start < _FEWEST + len(piece.value) for piece in pieces):
        return None
    near = [word.lower() for word in _WORD.findall(lead)[-6:]]
    return "spell" if _NOT_SPELLED.isdisjoint(near) else None


_LEAST = 4


def _said_before(lead: str, told: str) -> tuple[int, int] | None:
    """The word right before letters that is another spelling of them: "cookson k u k s o n"."""
    matches = [*_WORD.finditer(lead)]
    while matches and (matches[-1].group().lower() in FILL or _CUE.fullmatch(matches[-1].group())):
        matches.pop()
    if not matches:
        return None
    word = matches[-1].group().lower()
    if is_plain(word) or len(word) < _FEWEST or SequenceMatcher(None, word, told).ratio() < _ALIKE:
        return None
    return matches[-1].span()


_ALIKE = 0.5


def _cue(lead: str) -> str | None:
    """Which cue stands before letters: a word for names, or one for spelling; nothing if it is about a thing."""
    cues = [*_CUE.finditer(lead)]
    if not cues:
        return None
    cue = cues[-1]
    between = lead[cue.end() :]
    told = [word.lower() for word in _WORD.findall(between)]
    if "\n" in between:
        line = between.rpartition("\n")[2]
        label = LABEL.match(line)
        said = line[label.end() :] if label is not None else line
        if sum(word.lower() not in FILL for word in _WORD.findall(said)) > 2:
            return None
    if len(told) > _REACH or not _NOT_SPELLED.isdisjoint(told):
        return None
    if "\n" not in between and sum(word not in FILL for word in told) > 5:
        return None
    if cue["name"] and (_ARTICLE.search(between) or not _QUALIFIERS.isdisjoint(told)):
        # "my name is on the u p s label", "the name of the game is c s g o"
        return None
    sort = "name" if cue["name"] else "spell"
    heads = [word.lower() for word in _WORD.findall(lead[: cue.start()])[-4:]]
    if sort == "name":
        return None if heads and heads[-1] in _QUALIFIERS else "name"
    if any(c["name"] for c in cues[:-1]):
        return _cue(lead[: cues[-2].end()]) if cues[-2]["name"] else "spell"
    asked = [word.lower() for word in _WORD.findall(between.partition("\n")[0])]
    return None if not _NOT_SPELLED.isdisjoint((*heads, *asked)) else "spell"


def _behind(text: str, end: int) -> str | None:
    match = _CUE_AFTER.match(after(text, end, 60))
    if match is None:
        return None
    return "spell" if _SPELL.fullmatch(match["cue"]) else "name"


_ARTICLE = lazily(r"(?i)\b(?:an?|the|my|our|your|der|den|dem|eine?|une?|les|el|il|lo|een|het)[ ]\Z")
_SPELL = lazily(rf"(?i){_SPELL_WORDS}")
_L = r"(?:[a-z]|\xc3[\x80-\xbf]|\xc4[\x80-\xbf]|\xc5[\x80-\xbf])"
_NEXT = r"[ ,.\-] ?"
_SAID_FOR = "(?:for|as in|like|wie|comme|de|como|come|van|jak)"
DETECTORS: tuple[Detector, ...] = (
    Detector(
        "spelled",
        (
            rf"(?:^|[^\w'])[a-z]{_NEXT}{_L}{_NEXT}{_L}(?:[^\w']|$)",
            rf"(?:^|[^\w']){_L}{_NEXT}[a-z]{_NEXT}{_L}(?:[^\w']|$)",
            r"\b[a-z]{1}[ \-](?:[a-z][ \-])?(?:double|doppel|doppelt|doble|doppia|dubbel) [a-z]\b",
            "|".join(rf"\b{c},? {_SAID_FOR} {c}[a-z]" for c in "abcdefghijklmnopqrstuvwxyz"),
        ),
        check,
        refractory=12,
    ),
)
