"""Values that a form or the way they are written gives away: house numbers in fields of their own, handles of payment, days of birth."""

from __future__ import annotations

from collections.abc import Iterator

from hushdesk.redact._boxes import SHARED
from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.detect._cues import in_bytes
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._personal import MONTH_WORDS

_STREET_FIELD = lazily(
    r"[\"']?[ \t]{0,3}[:=：][ \t]{0,4}[\"']?(?P<v>[^\W\d_][^\n\x01\"'<>|:;=]{2,60}?)[\"']?,?[ \t]{0,3}(?:\r?\n[>| \t]{0,8}|[,;|][ ]?)[\"']?"
    r"(?i:house[ _]?(?:number|no\.?|nr)|(?:haus|huis)(?:nummer|nr\.?)|hausnr\.?|number|numéro|num[eé]ro civico|número|numero|n[º°o]\.?|nr(?: domu)?\.?|numer domu|дом|bina no|kapı no|husnummer|gatunummer|talonumero|čp\.?)"
    r"[\"']?[ \t]{0,3}[:=：][ \t]{0,4}[\"']?(?P<n>\d{1,5}[ ]?[A-Za-zА-я]?(?:[\-/]\d{1,4})?)(?!\w)"
)


def check_street_field(text: str, end: int) -> Iterator[Finding]:
    """Look behind a label for a street for it and for the house number in the field that follows."""
    match = _STREET_FIELD.match(text, end)
    if match is None:
        return
    for group in ("v", "n"):
        yield Finding(
            *match.span(group),
            Kind.ADDRESS,
            0.8,
            "street-field",
            why="fields of a form for street and house number",
        )


_BANKS = r"(?:ok(?:icici|hdfcbank|axis|sbi)|upi|ybl|ibl|axl|paytm|pt(?:axis|hdfc|sbi|yes)|apl|yapl|rapl|sbi|icici|hdfcbank|axisbank|axisb|kotak|yesbank|yesbankltd|idfcfirst|fbl|barodampay|pnb|cnrb|unionbank|uboi|indus|federal|rbl|waaxis|wahdfcbank|waicici|wasbi|jupiteraxis|freecharge|airtel|postbank|abfspay|ikwik|naviaxis|slc|superyes|pingpay|timecosmos|tapicici|kbl|dbs|hsbc|sib|aubank|bandhan|jio|mahb|obc|uco|idbi|equitas|dlb|kvb|cub|tjsb)"
_UPI = lazily(rf"(?i)(?<![\w.\-@])(?P<v>[a-z0-9][\w.\-]{{1,60}}@{_BANKS})(?![\w@]|\.\w)")


def check_upi(text: str, end: int) -> Finding | None:
    """Look at a handle of India's payment network, whose bank ends at ``end``."""
    for match in _UPI.finditer(text, max(0, end - 72), min(len(text), end + 1)):
        if match.end() == end and match["v"].split("@")[0].lower() not in SHARED:
            return Finding(
                *match.span("v"),
                Kind.ACCOUNT,
                0.85,
                "upi",
                canonical(Kind.ACCOUNT, match["v"]),
                "a handle of a payment network",
            )
    return None


_SHORT_DATE = rf"(?:\d{{1,2}}[./]\d{{1,2}}\.?(?![\d/]|[.,]\d)|\d{{1,2}}(?:\.|st|nd|rd|th|er|º)?[ ](?:of[ ]|de[ ])?(?:{MONTH_WORDS}|jan|feb|apr|jun|jul|aug|sept?|oct|okt|nov|dec|dez)\b|(?:{MONTH_WORDS}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?[ ]\d{{1,2}}(?:st|nd|rd|th)?\b)"
_DAY_OF_BIRTH = lazily(
    rf"(?i)(?:[ ](?:is|was|falls|ist|war|est|es|è|é|er|är|on|am|le|el|il|em|the)\b){{0,3}}[ \t]{{0,2}}[:=]?[ \t]{{0,2}}(?P<v>{_SHORT_DATE})"
)


def check_day_of_birth(text: str, end: int) -> Finding | None:
    """Look behind a word for birthday for a day without its year."""
    match = _DAY_OF_BIRTH.match(text, end)
    if match is None:
        return None
    return Finding(
        *match.span("v"), Kind.BIRTH_DATE, 0.75, "birthday", match["v"], "follows a word for birthday"
    )


_ERA = lazily(
    r"(?:明治|大正|昭和|平成|令和|(?<![A-Za-z])[MTSHR])[ ]?(?P<y>\d{1,2}|元)(?:年[ ]?\d{1,2}月[ ]?\d{1,2}日|[./]\d{1,2}[./]\d{1,2})"
)
_BORN = lazily(r"(?:生年月日|誕生日|生まれ|生れ)[^\n\x01]{0,6}\Z")
_BORN_BEHIND = lazily(r"[ 　]?(?:生まれ|生れ|生(?!産))")


def check_era(text: str, end: int) -> Finding | None:
    """Look at a date by a Japanese era that ends at ``end``: of birth where something says so."""
    for match in _ERA.finditer(text, max(0, end - 16), min(len(text), end + 1)):
        if match.end() >= end and (
            _BORN.search(text, max(0, match.start() - 14), match.start())
            or _BORN_BEHIND.match(text, match.end())
        ):
            return Finding(
                *match.span(),
                Kind.BIRTH_DATE,
                0.85,
                "birth-date",
                match.group(),
                "a date of birth by an era of Japan",
            )
    return None


_COMPACT = lazily(
    r"(?i)\.?[ ]?(?:\((?:[djt]{2}[./\- ]?m{2}[./\- ]?[yja]{2,4}|m{2}[./\- ]?d{2}[./\- ]?y{2,4}|y{4}[./\- ]?m{2}[./\- ]?d{2})\))?[ \t]{0,2}[:=]?[ \t]{0,2}(?P<v>(?:19|20)\d{2}(?:0\d|1[0-2])[0-3]\d|[0-3]\d(?:0\d|1[0-2])(?:19|20)?\d\d|\d\d(?:0\d|1[0-2])[0-3]\d)(?![\w.\-/])"
)


def check_compact(text: str, end: int) -> Finding | None:
    """Look behind a word for birth for a date of figures alone."""
    match = _COMPACT.match(text, end)
    if match is None:
        return None
    return Finding(
        *match.span("v"), Kind.BIRTH_DATE, 0.8, "birth-date", match["v"], "follows a word for birth"
    )


DETECTORS: tuple[Detector, ...] = (
    Detector(
        "street-field",
        (in_bytes(r"\b(?:street(?: name)?|straße|strasse|str|rue|voie|calle|via|ulica|straat|straatnaam|rua|cadde|sokak|gata|katu|ulice|utca)\b"), in_bytes("(?:улица|Улица)")),
        check_street_field,
    ),
    Detector("upi", (rf"@{_BANKS}\b",), check_upi),
    Detector(
        "birthday",
        (r"\b(?:birthday|bday|b-day)\b", in_bytes(r"\b(?:geburtstag|cumpleaños|compleanno|aniversário|verjaardag|bursdag|urodziny)\b"), r"\banniversaire\b"),
        check_day_of_birth,
    ),
    Detector("birth-date", (in_bytes(r"\d{1,2}日"), r"[mtshr]\d{1,2}[./]\d{1,2}[./]\d{1,2}"), check_era),
    Detector(
        "birth-date",
        (r"\b(?:dob|d\.o\.b|date of birth|birth ?date|ddn|date de naissance|fecha de nacimiento|data di nascita|data de nascimento|geb\.?-? ?dat(?:um)?|geburtsdatum|geboortedatum)\b", in_bytes(r"\b(?:födelsedatum|fødselsdato|data urodzenia)\b")),
        check_compact,
    ),
)  # fmt: skip
