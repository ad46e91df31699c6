"""What opens a door or was sent as a code: "door code is still 1947", "your new code is 3391", "digicode B4471"."""

from __future__ import annotations

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.detect._cues import in_bytes
from hushdesk.redact.detect._interface import Detector

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
)
