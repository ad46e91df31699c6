"""What opens a door or was sent as a code: "door code is still 1947", "your new code is 3391", "digicode B4471"."""

from __future__ import annotations

import re

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.detect._cues import in_bytes
from hushdesk.redact.detect._interface import Check, Detector

_VALUE = lazily(
    r"(?i)(?:[ ](?:for|to|zur?|für|de|du|pour|del|para|do|da|voor|do)(?:[ ][^\W\d_]{2,12}){1,3})?"
    r"(?:[ ]?[:=][ ]?|[ ](?:(?:is|was|are|ist|lautet|est|es|é|è|to|jest|still|now|always|immer|noch|nach|wie|vor|toujours|ahora|sigue|siendo|sempre|ancora|agora|nog|steeds|nadal)[ ]){1,4}|[ ])"
    r"[#*]?(?P<v>\d{3}[ \-]\d{3}|\d{2}[ \-]\d{2}[ \-]\d{2}|[A-D]?\d{3,8}[A-D]?)[#*]?(?!\w|[.,:/%\-]\d)"
)


def check(text: str, end: int) -> Finding | None:
    """Look behind words for a code whose end is ``end``."""
    match = _VALUE.match(text, end)
    if match is None:
        return None
    return Finding(
        *match.span("v"),
        Kind.SECRET,
        0.6,
        "entry-code",
        match["v"],
        "follows a word for a code of a door or a sign-in",
    )


_SIX = r"(?P<v>\d{3}[ \-]\d{3}|\d{6}|\d{8})(?!\w|[.,:/%\-]\d)"
_ONCE = lazily(
    rf"(?i)(?:[ ](?:code|i|we|you|they|got|get|received|came|gave|sent|entered|typed|use|used|that|which|is|was|me|my|the|to|by|sms|text|number|ist|lautet|war|es|est|ik|kreeg|que|llegó|reçu|kam)){{0,5}}(?:[ ]?[:=(][ ]?|[ ]){_SIX}"
)
_SENT_HERE = lazily(rf"(?i)[ ]{_SIX}")
_ELSEWHERE = lazily(r"[\n\x01.!?]")
_IS_YOURS = lazily(r"(?<![\w.,:/\-])(?:[A-Z]-)?(?P<v>\d{3}[ \-]\d{3}|\d{4,8})[ ]is[ ]")
_USE = lazily(r"(?i)[ ](?P<v>\d{3}[ \-]\d{3}|\d{6})[ ](?:to|as|for|um|zum|pour|para|per)[ ]")


def _code(match: re.Match[str]) -> Finding:
    why = "a code that was sent to sign in"
    return Finding(*match.span("v"), Kind.SECRET, 0.75, "one-time-code", match["v"], why)


def _code_behind(pattern: re.Pattern[str]) -> Check:
    """Make a check that looks behind the trigger for what ``pattern`` calls ``v``."""

    def check_behind(text: str, end: int) -> Finding | None:
        match = pattern.match(text, end)
        return None if match is None else _code(match)

    return check_behind


def check_is_yours(text: str, end: int) -> Finding | None:
    """Look before "is your ... code" for the code."""
    found = list(_IS_YOURS.finditer(text, max(0, end - 80), end))
    if not found or _ELSEWHERE.search(text, found[-1].end(), end):
        return None
    return _code(found[-1])


def check_use(text: str, end: int) -> Finding | None:
    """Look behind "use" for a code to sign in with."""
    match = _USE.match(text, end)
    if match is None or not _SIGNS_IN.match(text, match.end()):
        return None
    return _code(match)


_SIGNS_IN = lazily(
    r"(?i)(?:sign|log|verify|confirm|complete|access|reset|your[ ][\w ]{0,20}code|the[ ][\w ]{0,20}code)"
)
_DOORS = r"door|gate|entry|entrance|alarm|keypad|key ?box|lock ?box|garage|safe|locker|building|front door"
_SENT = r"(?:your|my|the|a) (?:new |temporary |one-time |security |verification |confirmation |access |login |unlock |reset )+"
DETECTORS: tuple[Detector, ...] = (
    Detector(
        "entry-code",
        (
            rf"\b(?:{_DOORS}) (?:pin ?)?code\b",
            rf"\b{_SENT}code\b",
            in_bytes(
                r"\b(?:türcode|tür-code|zugangscode|torcode|schließfachcode|alarmcode|bestätigungscode)\b"
            ),
            in_bytes(
                r"\b(?:digicode|code (?:d['’]entrée|de la porte|du portail|de l['’]immeuble|de vérification))\b"
            ),
            in_bytes(
                r"\bcódigo (?:de la puerta|del portal|de acceso|de verificación|de la alarma|da porta|de acesso|do portão)\b"
            ),
            in_bytes(r"\bcodice (?:del cancello|del portone|della porta|di accesso|di verifica)\b"),
            r"\b(?:deurcode|poortcode|toegangscode|verificatiecode|kod (?:do drzwi|do bramy|do domofonu|weryfikacyjny|sms))\b",
            in_bytes(
                r"(?:код (?:от двери|домофона|от домофона|из смс|из СМС|подтверждения)|код (?:домофону|від дверей))"
            ),
        ),
        check,
    ),
    Detector(
        "one-time-code",
        (
            r"\b(?:otp|2fa|mfa|one-time (?:pass)?code|one-time password|verification code|sms[ -]code|sign-in code|login code|authentication code|your code|mtan|smstan)\b",
            in_bytes(
                r"\b(?:código que me (?:llegó|mandaron)|code que j['’]ai reçu|code die ik kreeg|code der kam|code reçu par sms)"
            ),
        ),
        # With a few words between.
        _code_behind(_ONCE),
    ),
    Detector(
        "one-time-code",
        (
            r"\b(?:got|received|entered|typed|enter|sent|gave|tried)(?: me| us| you)?(?: the| a| this| your| my)?(?: new| last)? code\b",
        ),
        _code_behind(_SENT_HERE),
    ),
    Detector(
        "one-time-code",
        (r"\d is (?:your|my) [\w ]{0,40}\b(?:code|otp|pin|tan|passcode)\b",),
        check_is_yours,
    ),
    Detector("one-time-code", (r"\b(?:use|utilisez|usa|verwenden sie)\b",), check_use),
)
