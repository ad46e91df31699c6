"""E-mail addresses without any of their signs, as transcripts have them: ``ann 7 gmailcom``, ``ann gmail com``."""

from __future__ import annotations

import re

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._text import after, before

_MAIL_HOSTS = words(
    """
    gmail googlemail yahoo yahoomail ymail hotmail outlook icloud rediffmail rediff protonmail tutanota fastmail zohomail
    mailinator hushmail laposte wanadoo libero virgilio seznam rambler yandex naver hanmail comcast verizon sbcglobal
    optonline earthlink bellsouth roadrunner btinternet talktalk bigpond rogers shaw telus mail email inbox live msn aol
    gmx att cox charter mac zoho proton
    """
)
_SHORT = frozenset(
    words("mail email inbox live msn aol gmx att cox charter mac zoho proton rediff shaw rogers")
)
"""These end other words too, so something that reads as a mailbox has to stand before them."""


def _slips(word: str) -> set[str]:
    """Return ``word`` as it is mistyped: a letter left out, doubled, or two exchanged."""
    out = {word[:i] + word[i + 1 :] for i in range(1, len(word))}
    out |= {word[: i + 1] + word[i:] for i in range(len(word))}
    return out | {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}


_FORMS = set(_MAIL_HOSTS).union(*(_slips(w) for w in ("gmail", "yahoo", "hotmail", "outlook", "rediffmail")))
_FORMS |= {
    "gaiml",
    "gmaol",
    "gnail",
    "gmeil",
    "gemail",
    "gimail",
    "gmaii",
    "yohoo",
    "yahu",
    "hotmial",
    "reddiffmail",
}
_HOSTS = "|".join(sorted((f for f in _FORMS if len(f) >= 3), key=len, reverse=True))
_ENDS = "com|xom|con|cm|comm|cmo|vom|cvom|net|org|edu|gov|couk|coin|comau|combr|commx|cojp|co|in|fr|de|es|it|uk|ca|br|nl|pl|ru"
_TAIL = lazily(rf"(?i)(?P<host>{_HOSTS})(?P<end>{_ENDS})$")
_GENERIC = lazily(r"(?i)(?P<host>[a-z0-9]{5,60})(?:com|net|org|edu|gov)$")
_WORD_BACK = lazily(r"[A-Za-z0-9_.+\-]{1,64}")
_LEAD_BACK = lazily(
    r"[ ](?:(?P<digits>\d{1,8})[ ])?(?P<word>[A-Za-z0-9_.+\-]{1,40})"
    r"(?:[ ](?P<more>\d{1,8})(?:[ ](?P<first>[A-Za-z_.+\-]{2,40}))?)?(?![A-Za-z0-9_.+\-@/\\])"
)
_AT_BACK = lazily(r"[ ](?:(?:fo[ ])?etar[ ]eht[ ])?(?:ta|aborra|esabora)(?=[ ])", re.IGNORECASE)
_SPACED_END = lazily(rf"(?i)(?<![\w.@])(?P<host>{_HOSTS})[ ](?:com|net|org|couk|co[ ]uk|co[ ]in|in|fr|de)$")
_MAIL_CUE = lazily(r"(?i)(?:e-?mail|\bmail\b|correo|courriel|reach|write)[^\n\x01]{0,40}$")
_NO_LOCALS = frozenset(
    words(
        """
    my your his her our their a an the to at on in of is it its use using used via from with and or for by this that
    new old other no yes ok okay mail email e-mail id address adress account please send sent was not into one any all
    see try app only about log login open check go get got have has had
    """
    )
)
_NOT_MAIL = frozenset(
    words(
        """
    telecom intercom sitcom romcom dotcom webcom datacom infocom netcom broadcom qualcom wacom telcom unicom syscom amcom
    vodacom medcom newcom comcom incom overcom welcom become income outcom internet intranet extranet ethernet subnet
    supernet telnet dotnet aspnet fortinet planet cabinet magnet clarinet bonnet sonnet internet1 usenet arpanet botnet
    darknet skynet profinet devicenet imagenet vnet onenet symorg borg cyborg forg microcom
    """
    )
)


def _finding(text: str, start: int, end: int, score: float) -> Finding:
    form = canonical(Kind.EMAIL, text[start:end])
    return Finding(
        start, end, Kind.EMAIL, score, "email-glued", form, "a mailbox at a provider without its signs"
    )


def check(text: str, end: int) -> Finding | None:
    """Look at the glued or blank-parted end of a domain that ends at ``end``."""
    spaced = _SPACED_END.search(text, max(0, end - 40), end)
    if spaced is not None:
        return _led(text, spaced.start(), end, spaced["host"].lower())
    back = _WORD_BACK.match(text[max(0, end - 65) : end][::-1])
    if back is None or len(back.group()) > 60:
        return None
    start = end - len(back.group())
    word = text[start:end]
    if text[max(0, start - 1) : start] in {"@", "/", "\\", ":", "="} or word[-4:].startswith(("-", ".")):
        return None
    low = word.lower()
    if low in _NOT_MAIL:
        return None
    tail = _TAIL.search(low)
    if tail is None and low in _ENDS_ALONE:
        return _signless(text, start, end)
    if tail is None or (tail["host"] in _SHORT and tail.start() < 3 and tail.start() > 0):
        return _unknown(text, start, end, low)
    local = low[: tail.start()].rstrip(".-_+")
    if tail["host"] in _SHORT and tail["end"] in {"con", "cm", "comm", "cmo", "vom", "cvom"}:
        return None
    if len(local) >= 3 and tail["end"] in {
        "com",
        "xom",
        "net",
        "org",
        "edu",
        "gov",
        "couk",
        "coin",
        "comau",
        "combr",
        "in",
    }:
        return _finding(text, start, end, 0.85)
    if len(local) >= 3:
        # "annhotmailde" is a mailbox, "emailfr" or "livein" a word.
        return None if tail["host"] in _SHORT else _finding(text, start, end, 0.8)
    if tail["end"] not in {"com", "net", "couk", "coin", "in"} and tail["host"] in _SHORT:
        return None
    return _led(text, start, end, tail["host"]) or (_finding(text, start, end, 0.7) if local else None)


def _led(text: str, start: int, end: int, host: str) -> Finding | None:
    """Look for the mailbox in the words before a provider."""
    back = text[max(0, start - 100) : start][::-1]
    at = _AT_BACK.match(back)
    lead = _LEAD_BACK.match(back, at.end() if at else 0)
    if lead is None:
        return None
    word = lead["word"][::-1].lower()
    if lead["digits"]:
        # "raja 143 gmailcom"; a number alone may belong to what stands before.
        begin = lead.end("word") if word not in _NO_LOCALS and not word.isdecimal() else lead.end("digits")
    elif word.isdecimal() or word in _NO_LOCALS or (host in _SHORT and at is None and len(word) < 3):
        return None
    else:
        begin = lead.end("word")
    if at is None and not lead["digits"] and host in _SHORT:
        return None
    if not lead["digits"] and word.isdigit() and lead["first"]:
        begin = lead.end("first")
    return _finding(text, start - begin, end, 0.85)


def _unknown(text: str, start: int, end: int, low: str) -> Finding | None:
    """Look at a word that ends like a domain whose provider nobody knows."""
    if not _GENERIC.fullmatch(low) or len(low) < 8:
        return None
    line = text[max(0, start - 80) : start].rpartition("\n")[2]
    if _MAIL_CUE.search(line):
        return _finding(text, start, end, 0.75)
    if len(low) >= _TOLD[low[-3:]] and _is_told(line, low) and _is_transcript(text, start, end):
        return _finding(text, start, end, 0.6)
    alone = not line.strip() and text[end : end + 1] in {"", "\n", "\r"}
    if (
        alone
        and low.endswith("com")
        and text[start:end].islower()
        and len(low) >= 10
        and start - len(line) > 0
    ):
        return _finding(text, start, end, 0.6)
    return None


def _signless(text: str, start: int, end: int) -> Finding | None:
    """Look at "mani 123 com", which ends a line of a transcript."""
    lead = _NUMBERED_BACK.search(text, max(0, start - 40), start)
    if (
        lead is None
        or text[end : end + 1] not in {"", "\n", "\r"}
        or (lead["word"] or lead["after"]) in _NO_LOCALS
    ):
        return None
    return _finding(text, lead.start(), end, 0.7) if _is_transcript(text, start, end) else None


def _is_transcript(text: str, start: int, end: int) -> bool:
    """Tell whether a text was written without any signs or capitals, so that no mailbox in it can have its own."""
    around = before(text, start, _AROUND) + after(text, start, end - start + _AROUND)
    return around.islower() and _SIGNS.search(around) is None


def _is_told(line: str, low: str) -> bool:
    """Tell whether a word stands where a mailbox is told: after "it is" or a number, or after the name in it."""
    if _SITES.match(low):
        return False
    lead = _LAST_WORD.search(line)
    return (
        lead is None
        or low.endswith("mailcom")
        or lead["w"] in _TELLING
        or lead["w"].isdigit()
        or (len(lead["w"]) >= _PART and lead["w"] in low)
    )


_LAST_WORD = lazily(r"(?P<w>\S+)[ ]$")
_TELLING = frozenset(words("is its at to thats that yes sure ok okay id me it was"))
_PART = 4
_AROUND = 240
_SIGNS = lazily(r"[.@!?:;/\\()<>{}=_\-]")
_NUMBERED_BACK = lazily(
    r"(?<![\w ])(?P<word>[a-z]{2,30})[ ]\d{1,8}[ ]$|(?<=\d[ ])(?P<after>[a-z]{2,30})[ ]\d{1,8}[ ]$"
)
_ENDS_ALONE = frozenset(words("com gmail yahoo hotmail outlook rediffmail icloud"))
_TOLD = {"com": 8, "net": 14, "org": 14, "edu": 14, "gov": 14}
"""Letters of a word that is a mailbox in a text without signs, by its end: shorter ones are words."""
_SITES = lazily(
    r"(?:www|http)|(?:amazon|google|facebook|twitter|youtube|netflix|ebay|paypal|booking|expedia|salesforce|apple|microsoft|linkedin"
    r"|instagram|dropbox|spotify|walmart|bestbuy|samsung|nokia|wikipedia|skype|zoom|adobe|oracle|wordpress|pizzahut|dominos)"
    r"(?:com|net|org)$|\w*(?:sit|inter|tele|rom|dot|mal)com$"
)


DETECTOR = Detector(
    "email-glued",
    (
        r"[a-z0-9]{3}(?:com|net|org|edu|gov)\b",
        r"(?:mail|yahoo)xom\b",
        r"\d (?:com|gmail|yahoo|hotmail|outlook|rediffmail|icloud)\b",
        r"(?:g[a-z]{0,2}a?i?l|yahoo|hotmail|outlook)(?:con|cm|comm|cmo|vom|cvom)\b",
        r"(?:gmail|yahoo|hotmail|outlook|rediffmail|ymail|icloud)(?:couk|coin|comau|combr|co|in|fr|de|es|it|uk|ca|br)\b",
        r"(?:mail|mial|mil|gmal|yaho|yahoo|yhoo|hotmal|outlook|icloud|rediff|aol|msn|live|comcast|verizon|yandex) (?:com|net|co uk|co in)\b",
    ),
    check,
)
