"""National, tax and social-security numbers: by cue and check digits, or by a format that nothing else has."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _account, _bank, _cues, _network, _numbers
from hushdesk.redact.detect._id_checks import valid
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._national import NATIONS, Nation
from hushdesk.redact.detect._text import before

_SSN = lazily(r"(?<![\w\-.])(?!000|666|9\d\d)\d{3}([\- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w\-]|\.\d)")
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0[1-9]|1[0-2])"

_SHAPES: tuple[tuple[str, str, str, str, str], ...] = (
    # name, trigger, pattern, checks, how sure without a cue: + always, - with a cue only, else with its own signs
    ("gb-nino", r"\b[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]\b", r"(?i)(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ ]?\d\d[ ]?\d\d[ ]?\d\d[ ]?[A-D](?!\w)", "own.nino", "+"),
    ("it-codice-fiscale", r"\b[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]\b", r"(?i)(?<!\w)[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?!\w)", "it.codicefiscale", "+"),
    ("mx-curp", r"\b[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d\b", r"(?i)(?<!\w)[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d(?!\w)", "mx.curp", "+"),
    ("mx-rfc", r"\b[A-Z]{4}\d{6}[A-Z0-9]{3}\b", r"(?<!\w)[A-Z]{4}\d{6}[A-Z0-9]{3}(?!\w)", "mx.rfc", "+"),
    ("br-cpf", r"\d{3}\.\d{3}\.\d{3}-\d{2}", r"(?<![\w.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)", "br.cpf", "+"),
    ("br-cnpj", r"\d{3}\.\d{3}/\d{4}-\d{2}", r"(?<![\w.])\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}(?!\d)", "br.cnpj", "+"),
    ("cl-rut", r"\d\.\d{3}\.\d{3}-[\dK]", r"(?i)(?<![\w.])\d{1,2}\.\d{3}\.\d{3}-[\dK](?![\w\-])", "cl.rut", "+"),
    ("ar-cuit", r"\b\d{2}-\d{8}-\d\b", r"(?<![\w\-])\d{2}-\d{8}-\d(?![\w\-])", "ar.cuit", ""),
    ("do-cedula", r"\b\d{3}-\d{7}-\d\b", r"(?<![\w\-])\d{3}-\d{7}-\d(?![\w\-])", "do.cedula", ""),
    ("pk-cnic", r"\b\d{5}-\d{7}-\d\b", r"(?<![\w\-])\d{5}-\d{7}-\d(?![\w\-])", "pk.cnic", ""),
    ("es-dni", r"\b(?:[XYZ][ \-]?\d{7}|\d{8})[ \-]?[A-Z]\b", r"(?i)(?<![\w.,])(?:[XYZ][ \-]?\d{7}|\d{8})[ \-]?[TRWAGMYFPDXBNJZSQVHLCKE](?![\w+])", "es.dni es.nie", "+"),
    ("cn-ric", r"\b[1-9]\d{5}(?:18|19|20)\d{2}[01]\d[0-3]\d{4}[\dX]", rf"(?<!\w)[1-9]\d{{5}}(?:18|19|20)\d{{2}}{_MONTH}{_DAY}\d{{3}}[\dXx](?!\w)", "cn.ric", "+"),
    ("kr-rrn", r"\d{2}[01]\d[0-3]\d-[1-8]\d{6}", rf"(?<!\d)\d{{2}}{_MONTH}{_DAY}-[1-8]\d{{6}}(?!\d)", "", ""),
    ("se-personnummer", r"\d{2}[01]\d[0-7]\d[-+]\d{4}\b", rf"(?<![\w\-])(?:\d{{2}})?(?:\d{{2}}{_MONTH}|{_DAY}[0-9]\d)[0-7]\d[-+]\d{{4}}(?!\d)", "se.personnummer is_.kennitala", ""),
    ("lv-pk", r"\b[0-3]\d[01]\d{3}-[0-2]\d{4}\b", rf"(?<![\w\-]){_DAY}{_MONTH}\d\d-[0-2]\d{{4}}(?![\w\-])", "lv.pvn", ""),
    ("fi-hetu", r"\b[0-3]\d[01]\d{3}[-+A]\d{3}[0-9A-Y]\b", rf"(?i)(?<!\w){_DAY}{_MONTH}\d{{2}}[-+A]\d{{3}}[0-9A-FHJ-NPR-Y](?!\w)", "fi.hetu", "+"),
    ("fr-nir", r"\b[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}\b", r"(?<!\d)[12][ ]?\d{2}[ ]?(?:0[1-9]|1[0-2]|[2-9]\d)[ ]?(?:\d{2}|2[AB])[ ]?\d{3}[ ]?\d{3}[ ]?\d{2}(?!\d)", "fr.nir", "+"),
    ("be-nn", r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", r"(?<![\w.])\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}(?!\d)", "be.nn be.bis", "+"),
    ("ch-ssn", r"756[. ]\d{4}[. ]\d{4}[. ]\d{2}", r"(?<!\d)756[. ]\d{4}[. ]\d{4}[. ]\d{2}(?!\d)", "ch.ssn", "+"),
    ("cz-rc", r"\d{6}/\d{3}", r"(?<![\d/])\d{6}/\d{3,4}(?![\d/])", "cz.rc", ""),
    ("ru-snils", r"\d{3}-\d{3}-\d{3}[ -]\d{2}\b", r"(?<![\w\-])\d{3}-\d{3}-\d{3}[ \-]\d{2}(?![\w\-])", "own.snils", ""),
    ("in-pan", r"\b[A-Z]{3}P[A-Z]\d{4}[A-Z]\b", r"(?<!\w)[A-Z]{3}P[A-Z]\d{4}[A-Z](?!\w)", "in_.pan", "+"),
    ("in-aadhaar", r"\b[2-9]\d{3} \d{4} \d{4}\b", r"(?<![\w\-.])(?<!\d[ ])[2-9]\d{3}[ ]\d{4}[ ]\d{4}(?![\w\-.]|[ ]\d)", "in_.aadhaar", "+"),
    ("sg-nric", r"\b[STFGM]\d{7}[A-Z]\b", r"(?<!\w)[STFGM]\d{7}[A-Z](?!\w)", "own.sg", "+"),
    ("hk-id", r"\b[A-Z]{1,2}\d{6}\([\dA]\)", r"(?<!\w)[A-Z]{1,2}\d{6}\([\dA]\)", "own.hk", "+"),
    ("tw-id", r"\b[A-Z][12]\d{8}\b", r"(?<!\w)[A-Z][12]\d{8}(?!\w)", "own.tw", "+"),
    ("th-pin", r"\b\d-\d{4}-\d{5}-\d{2}-\d\b", r"(?<![\w\-])\d-\d{4}-\d{5}-\d{2}-\d(?![\w\-])", "th.pin", "+"),
    ("my-nric", r"\b\d{6}-\d{2}-\d{4}\b", r"(?<![\w\-])\d{6}-\d{2}-\d{4}(?![\w\-])", "my.nric", "+"),
    ("us-ssn", r"\d{3}[\- ]\d{2}[\- ]\d{4}", _SSN.pattern, "us.ssn", ""),
)  # fmt: skip

_ID_CUE = lazily(
    r"(?i)ssn|social|steuer|tax|ident|ausweis|passport|reisepass|dni|nif|nie|nino|insurance|cpf|cnpj|pesel|personal|person|national|citizen|hetu|henkil"
    r"|cpr|rodn|rč|sécu|insee|nir|bsn|fiscal|curp|rfc|aadhaar|aadhar|pan\b|nric|fin\b|egn|егн|cnp|oib|jmbg|инн|снилс|паспорт|身份证|住民|주민|マイナンバー|個人番号|personnummer"
    r"|id\b|id:|kimlik|tckn|ahv|avs|licen[cs]e|permit|hkid|cnic|cuit|cuil|c[eé]dula|kennitala|kods"
)
_OTHER = lazily(
    r"(?i)\b(?:order|ticket|case|incident|invoice|tracking|build|version|part|p/n|s/n|serial|model|sku|article|artikel|bestell\w*|rma|error|code|article|product\w*|kb|bug)"
    r"\b[\W\d]{0,3}(?:(?:no|nr|id|number|num|is)\b[\W]{0,3}){0,2}$"
)

_CUES: tuple[str, ...] = (
    r"passport", r"reisepass\w*", r"pass-?nr\b", r"passnummer", r"passeport", r"pasaporte", r"passaporte", r"passaporto", r"paspoort", r"passi(?:numero)?\b",
    r"paszport\w*", r"číslo\spasu", r"útlevél\w*", r"pașaport\w*", r"\bpasaport\b", "διαβατηρίου", "паспорт", "паспорта", "דרכון", "جواز", "جواز السفر", "पासपोर्ट",
    "パスポート", "旅券", "护照", "護照", "여권", r"driv(?:er|ing)'?s?\slicen[cs]e", r"licen[cs]e\snumber", r"führerschein\w*", r"permis\sde\sconduire", r"carnet\sde\sconducir",
    r"rijbewijs\w*", r"\bpatente\b", r"prawo\sjazdy", "водительск", r"tax\s(?:id|number|identification)", "=TIN", r"\btin\snumber", r"\bvat\s(?:id|no|number)", r"ust-?idnr?\.?", r"\bdl\s(?:no|number)", r"visa\snumber",
    r"green\scard", r"health\s(?:card|insurance)\s(?:no|number)", r"krankenversicherten\w*", r"carte\svitale", r"\bcni\b", r"carte\sd['’]identité", r"carta\sd['’]identità", r"ausweisnummer", r"ausweis-?nr",
    r"medical\srecord\s(?:no|number)", r"\bnpi\b", r"\bmbi\b",
)  # fmt: skip
_DATE = lazily(r"\d{1,4}[./\-]\d{1,2}[./\-]\d{1,4}")
_DIGIT = lazily(r"\d")
_REACH = 80
_VALUE = _cues.after_cue(
    r"(?=[A-Za-zА-Яа-я\-./ ]{0,8}\d)[A-Za-zА-Я0-9]{1,20}(?:(?:[ \-./]|[ ]{2}(?=\d))[A-Za-zА-Я0-9]{1,12}){0,5}"
)
_GROUP = lazily(r"[^\W_]+")
_SHORT_CUE = lazily(r"(?i)(?:ssn|security|itin|nino|cpf|\bdni)\W{0,2}$")
_COUNTRIES = frozenset(("DE", "ES", "EL", "IE"))
"""With these numbers for taxes begin, and they are words in small letters."""
_NO_GROUPS = frozenset(
    words(
        """
    is no nr id my the to on of in it and or for was are ist est es el la le de der die das num not yes ok was so we i
    nhc nass cipa nuhsa dni nif nie ssn mrn nhs
    """
    )
)


def _named(country: str, start: int, end: int, text: str, score: float, why: str) -> Finding:
    form = canonical(Kind.NATIONAL_ID, text[start:end])
    return Finding(start, end, Kind.NATIONAL_ID, score, country, form, why)


def _shape_check(
    name: str, pattern: re.Pattern[str], checks: tuple[str, ...], sure: str
) -> Callable[[str, int], Finding | None]:
    def check(text: str, end: int) -> Finding | None:
        for match in pattern.finditer(text, max(0, end - 28), min(len(text), end + 8)):
            if match.end() < end:
                continue
            value = match.group()
            lead = before(text, match.start(), 48)
            cued = _ID_CUE.search(lead) is not None
            # A run without a cue and without its own punctuation may be a part number.
            if not cued and sure != "+" and not any(c in "-/." for c in value):
                return None
            if not cued and (_OTHER.search(lead) or (name == "us-ssn" and " " in value)):
                return None
            if name == "gb-nino" and not cued and not value.replace(" ", "").isupper():
                return None
            if checks and not valid(checks, value) and not (cued and name in {"us-ssn", "br-cpf"}):
                return None
            why = "has the format and check digits of a national number"
            return _named(name, match.start(), match.end(), text, 0.95 if cued else 0.8, why)
        return None

    return check


_CLAUSE = lazily(
    r"(?P<gap>(?:[ ][^\W\d_]{1,14}\.?){1,6}(?:[ ]?[:：=]|[ ](?:is|was|ist|lautet|est|es|é|è|er|är|jest|je|to|on|είναι))[ ]{0,2})"
    r"(?P<v>(?:[A-Z]{1,3}[ \-]?)?\d[\d \-./]{4,16}\d(?:[ \-]?[A-Z])?)(?![\w%]|[.,:/\-]\d)"
)


def _in_clause(text: str, end: int) -> Finding | None:
    """Look some words further: "my ID number for the form is ..."."""
    match = _CLAUSE.match(text, end)
    if match is None or _DATE.fullmatch(match["v"]) or sum(c.isdigit() for c in match["v"]) < 6:
        return None
    return _named("id-cue", *match.span("v"), text, 0.75, "follows a word for a national number")


def check_cue(text: str, end: int) -> Finding | None:
    """Look behind a word for a national, tax, passport or licence number."""
    if _DIGIT.search(text, end, end + _REACH) is None:
        return None
    match = _VALUE.match(text, end)
    if match is None or match.end() - end > _REACH + 10:
        return _in_clause(text, end)
    start, stop = _groups(text, *match.span("v"))
    compact = sum(map(str.isalnum, text[start:stop]))
    digits = sum(map(str.isdigit, text[start:stop]))
    keep = text[start:stop]
    least = 4 if _SHORT_CUE.search(before(text, end, 10)) else 5
    if (
        digits < 4
        or not least <= compact <= 20
        or (_DATE.fullmatch(keep) and not _SSN.fullmatch(keep.replace(".", "-")))
        or (compact == 4 and text[start - 1 : start] not in {" ", ":", "#"})
    ):
        return None
    # Four digits are told here, but so few are not hunted in the rest of the context.
    return _named(
        "id-cue", start, stop, text, 0.88 if compact > 4 else 0.55, "follows a word for a national number"
    )


def _groups(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span from the first to the last group of letters and digits that belongs to one number."""
    first = last = -1
    groups = list(_GROUP.finditer(text, start, end))
    seen = False
    for i, match in enumerate(groups):
        group = match.group()
        digits = any(map(str.isdigit, group))
        if not seen and not digits:
            # "mjk 125" keeps its letters, "is 125" not.
            nearby = i + 1 < len(groups) and any(map(str.isdigit, groups[i + 1].group()))
            if (
                (group.lower() in _NO_GROUPS and group not in _COUNTRIES)
                or not nearby
                or (group.islower() and len(group) > 3)
            ):
                first = -1
            elif first < 0:
                first = match.start()
            continue
        if seen and not digits:
            following = groups[i + 1].group() if i + 1 < len(groups) else ""
            inner = (
                bool(following)
                and following[0].isdigit()
                and len(group) <= 3
                and group.lower() not in _NO_GROUPS
            )
            if group.islower() and (len(group) > 1 or not inner):
                break
            if inner or (
                len(group) == 1 and group.isupper() and sum(map(str.isdigit, text[first:last])) >= 6
            ):
                last = match.end()
                continue
            break
        if first < 0:
            first = match.start()
        seen = True
        last = match.end()
    return (first, last) if seen else (start, start)


_BACK = lazily(
    r"(?<![\w.\-/])(?P<v>(?=[A-Z]{0,6}[ \-]?\d)[A-Z0-9](?:[ .\-/]?[A-Z0-9]){5,20})[ ]?[,;:(–—\-]{0,2}[ ]?(?:[^\W\d_]{1,12}[ ]){0,3}[^\n\d]{1,32}$"
)


def _nation_check(nation: Nation) -> Callable[[str, int], Finding | None]:
    def check(text: str, end: int) -> Finding | None:
        found = check_cue(text, end)
        if found is not None:
            if nation.checks and valid(nation.checks, text[found.start : found.end]):
                return replace(found, score=0.97, why="follows its name and its check digits are right")
            return found
        # "... is my PESEL": what stands before a cue counts only with right check digits.
        lead = before(text, end, 64)
        if not nation.checks or _DIGIT.search(lead) is None:
            return None
        match = _BACK.search(lead)
        if match is None or not valid(nation.checks, match["v"]):
            return None
        start = end - len(lead) + match.start("v")
        why = "stands before its name and its check digits are right"
        return _named("id-cue", start, start + len(match["v"]), text, 0.85, why)

    return check


def _trigger(cue: str) -> str:
    if not cue.isascii():
        return _cues.hyperscan_word(cue.replace(" ", r"\s"))
    return cue if cue.startswith(("\\b", "\\w")) or not cue[0].isalnum() else rf"\b{cue}"


def _detectors(
    name: str, cues: tuple[str, ...], check: Callable[[str, int], Finding | None]
) -> list[Detector]:
    plain = tuple(_trigger(c) for c in cues if c[0] != "=")
    capitals = tuple(_trigger(rf"\b{c[1:]}\b" if c.isascii() else c[1:]) for c in cues if c[0] == "=")
    out = [Detector(name, plain, check)] if plain else []
    return out + ([Detector(name, capitals, check, case_sensitive=True)] if capitals else [])


_GENERAL = _detectors("id-cue", _CUES, check_cue)
CUE = _GENERAL[0]
SHAPED: tuple[Detector, ...] = (
    *(
        Detector(name, (trigger,), _shape_check(name, re.compile(pattern), tuple(checks.split()), sure))
        for name, trigger, pattern, checks, sure in _SHAPES
    ),
    *(d for n in NATIONS for d in _detectors(f"id-{n.country}", n.cues, _nation_check(n))),
    *_GENERAL[1:],
    *_bank.SHAPED,
    _numbers.LAST_DIGITS,
    _account.BOOKING,
    _network.OTHER_BASE,
    _network.MAC_CUE,
)
