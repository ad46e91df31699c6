"""National, tax and social-security numbers: by check digits and cue, or by a format that nothing else has."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from functools import cache

from hushdesk.redact._canonical import canonical
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._text import before

_SSN = re.compile(r"(?<![\w\-.])(?!000|666|9\d\d)\d{3}([\- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w\-]|\.\d)")
_NINO = re.compile(
    r"(?i)(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ ]?\d\d[ ]?\d\d[ ]?\d\d[ ]?[A-D](?!\w)"
)
_CODICE = re.compile(r"(?i)(?<!\w)[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?!\w)")
_CURP = re.compile(r"(?i)(?<!\w)[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d(?!\w)")
_CPF = re.compile(r"(?<![\w.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)")
_DNI = re.compile(r"(?i)(?<!\w)(?:[XYZ][ \-]?\d{7}|\d{8})[ \-]?[TRWAGMYFPDXBNJZSQVHLCKE](?!\w)")
_CHINA = re.compile(
    r"(?<!\w)[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\w)"
)
_KOREA = re.compile(r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-[1-8]\d{6}(?!\d)")
_NORDIC = re.compile(r"(?<![\w\-])(?:\d{2})?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[-+]\d{4}(?!\d)")
_HETU = re.compile(
    r"(?i)(?<!\w)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[-+A]\d{3}[0-9A-FHJ-NPR-Y](?!\w)"
)
_NIR = re.compile(
    r"(?<!\d)[12][ ]?\d{2}[ ]?(?:0[1-9]|1[0-2]|[2-9]\d)[ ]?(?:\d{2}|2[AB])[ ]?\d{3}[ ]?\d{3}[ ]?\d{2}(?!\d)"
)
_PAN = re.compile(r"(?<!\w)[A-Z]{3}[ABCFGHLJPTE][A-Z]\d{4}[A-Z](?!\w)")
_CZECH = re.compile(r"(?<![\d/])\d{6}/\d{3,4}(?![\d/])")
_AVS = re.compile(r"(?<!\d)756[. ]\d{4}[. ]\d{4}[. ]\d{2}(?!\d)")

_SHAPES: tuple[tuple[str, str, re.Pattern[str], str], ...] = (
    # name, trigger, pattern, module of python-stdnum that checks it
    ("gb-nino", r"\b[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]\b", _NINO, ""),
    ("it-codice-fiscale", r"\b[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]\b", _CODICE, "it.codicefiscale"),
    ("mx-curp", r"\b[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d\b", _CURP, "mx.curp"),
    ("br-cpf", r"\d{3}\.\d{3}\.\d{3}-\d{2}", _CPF, "br.cpf"),
    ("es-dni", r"\b(?:[XYZ][ \-]?\d{7}|\d{8})[ \-]?[A-Z]\b", _DNI, "es"),
    ("cn-ric", r"\b[1-9]\d{5}(?:18|19|20)\d{2}[01]\d[0-3]\d{4}[\dX]", _CHINA, "cn.ric"),
    ("kr-rrn", r"\d{2}[01]\d[0-3]\d-[1-8]\d{6}", _KOREA, ""),
    ("se-personnummer", r"\d{2}[01]\d[0-3]\d[-+]\d{4}", _NORDIC, "se.personnummer"),
    ("fi-hetu", r"\b[0-3]\d[01]\d{3}[-+A]\d{3}[0-9A-Y]\b", _HETU, "fi.hetu"),
    ("fr-nir", r"\b[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}", _NIR, "fr.nir"),
    ("ch-ssn", r"756[. ]\d{4}[. ]\d{4}[. ]\d{2}", _AVS, "ch.ssn"),
    ("cz-rc", r"\d{6}/\d{3}", _CZECH, "cz.rc"),
    ("us-ssn", r"\d{3}[\- ]\d{2}[\- ]\d{4}", _SSN, "us.ssn"),
)
_SURE = frozenset(
    ("gb-nino", "it-codice-fiscale", "mx-curp", "br-cpf", "cn-ric", "fr-nir", "ch-ssn", "fi-hetu")
)
"""Formats that are seldom anything else; the others want check digits, and without a cue dashes too."""

_ID_CUE = re.compile(
    r"(?i)ssn|social|steuer|tax|ident|ausweis|passport|reisepass|dni|nif|nie|nino|insurance|cpf|cnpj|pesel|personal|person|national|citizen|hetu|henkil"
    r"|cpr|rodn|rč|sécu|insee|nir|bsn|fiscal|curp|rfc|aadhaar|aadhar|pan\b|nric|fin\b|egn|егн|cnp|oib|jmbg|инн|снилс|паспорт|身份证|住民|주민|マイナンバー|個人番号|personnummer"
    r"|id\b|id:|kimlik|tckn|ahv|avs|licen[cs]e|permit|hkid"
)

_CUES: dict[str, tuple[str, ...]] = {
    "us.ssn us.itin ca.sin": (r"\bssn\b", r"social\ssecurity", r"\bitin\b", r"\bsin\b", r"social\sinsurance"),
    "de.idnr de.stnr": (r"steuer-?\s?id\w*", r"\w{0,12}steuernummer", r"steueridentifikationsnummer", r"idnr", r"sozialversicherungsnummer", r"personalausweis\w*"),
    "fr.nir fr.nif": (r"sécurité\ssociale", r"numéro\sde\ssécu", r"\bnir\b", r"insee", r"numéro\sfiscal"),
    "es.dni es.nie es.nif": (r"\bdni\b", r"\bnif\b", r"\bnie\b", r"\bnass\b", r"\bnuss\b", r"seguridad\ssocial", r"documento\s(?:nacional\s)?de\sidentidad"),
    "it.codicefiscale": (r"codice\sfiscale", r"cod\.\sfisc\."),
    "pt.nif pt.cc": (r"contribuinte", r"cartão\sde\scidadão"),
    "br.cpf br.cnpj": (r"\bcpf\b", r"\brg\b"),
    "nl.bsn": (r"\bbsn\b", r"burgerservicenummer", r"sofinummer"),
    "be.nn": (r"rijksregisternummer", r"registre\snational", r"insz"),
    "pl.pesel pl.nip": (r"\bpesel\b", r"\bnip\b", r"dow[oó]du"),
    "cz.rc": (r"rodné\sčíslo", r"rodného\sčísla", r"rodne\scislo", r"\bRČ\b"),
    "se.personnummer": (r"personnummer", r"personnr", r"samordningsnummer"),
    "no.fodselsnummer": (r"fødselsnummer", r"fodselsnummer"),
    "dk.cpr": (r"\bcpr\b", r"cpr-nummer", r"cpr-nr"),
    "fi.hetu": (r"henkilötunnus", r"hetu\b"),
    "gb.nhs gb.utr": (r"national\sinsurance", r"\bnino\b", r"\bnhs\b", r"\butr\b"),
    "ie.pps": (r"\bpps\b", r"\bppsn\b"),
    "at.vnr ch.ssn": (r"svnr", r"sv-nummer", r"ahv", r"ahv-nummer", r"avs"),
    "ro.cnp": (r"\bcnp\b", r"cod\snumeric\spersonal"),
    "bg.egn": (r"\bегн\b", r"\begn\b", "ЕГН"),
    "hr.oib rs.pib": (r"\boib\b", r"\bjmbg\b"),
    "tr.tckimlik": (r"kimlik", r"tckn", r"t\.c\."),
    "gr.amka": ("αμκα", "ΑΜΚΑ", "αφμ", "ΑΦΜ", r"\bamka\b", r"\bafm\b"),
    "ru.inn": ("инн", "ИНН", "снилс", "СНИЛС"),
    "ua.rntrc": ("рнокпп", "РНОКПП", "іпн", "ІПН"),
    "il.idnr": ("תעודת זהות", "ת.ז", r"teudat\szehut"),
    "za.idnr": (r"id\snumber", r"identity\snumber", r"national\sid", r"identity\scard", r"\bnational\sidentification", r"id\scard", r"id\sno\b"),
    "in_.aadhaar in_.pan": (r"aadhaar", r"aadhar", r"\bpan\scard", r"\bpan\b", "आधार", "पैन"),
    "cn.ric": ("身份证", "身份證", "身份证号", "居民身份证"),
    "kr.rrn": ("주민등록번호", "주민번호"),
    "jp.cn": ("マイナンバー", "個人番号", "運転免許証", "免許証番号"),
    "sg": (r"\bnric\b", r"\bfin\sno"),
    "th.pin": ("บัตรประชาชน", "เลขประจำตัว"),
    "id.nik": (r"\bnik\b", r"\bktp\b", r"\bnpwp\b"),
    "my.nric": (r"\bmykad\b", r"\bic\sno\b", r"\bic\snumber"),
    "vn": (r"\bcmnd\b", r"\bcccd\b", r"căn\scước"),
    "mx.curp mx.rfc": (r"\bcurp\b", r"\brfc\b"),
    "ar.dni cl.rut co.nit pe.cui": (r"\brut\b", r"\bcédula", r"\bcedula", r"\bcuit\b", r"\bcuil\b"),
    "au.tfn": (r"\btfn\b", r"tax\sfile", r"medicare"),
    "nz.ird": (r"\bird\b",),
    "": (
        r"passport", r"reisepass\w*", r"pass-?nr\b", r"passnummer", r"passeport", r"pasaporte", r"passaporte", r"passaporto", r"paspoort", r"passi(?:numero)?",
        r"paszport\w*", r"číslo\spasu", r"útlevél\w*", r"pașaport\w*", r"pasaport", "διαβατηρίου", "диаβ", "паспорт", "паспорта", "דרכון", "جواز", "جواز السفر", "पासपोर्ट",
        "パスポート", "旅券", "护照", "護照", "여권", r"driv(?:er|ing)'?s?\slicen[cs]e", r"licen[cs]e\snumber", r"führerschein\w*", r"permis\sde\sconduire", r"carnet\sde\sconducir",
        r"rijbewijs\w*", r"patente", r"prawo\sjazdy", "водительск", r"tax\s(?:id|number|identification)", r"\btin\b", r"\bvat\s(?:id|no|number)", r"ust-?idnr?\.?", r"\bdl\s(?:no|number)", r"visa\snumber",
        r"green\scard", r"health\s(?:card|insurance)\s(?:no|number)", r"krankenversicherten\w*", r"carte\svitale", r"cni\b", r"carte\sd['’]identité", r"carta\sd['’]identità", r"ausweisnummer", r"ausweis-?nr",
    ),
}  # fmt: skip
_DATE = re.compile(r"\d{1,4}[./\-]\d{1,2}[./\-]\d{1,4}")
_VALUE = _cues.after_cue(
    r"(?=[A-Za-zА-Яа-я\-./ ]{0,8}\d)[A-Za-zА-Я0-9]{1,12}(?:(?:[ \-./]|[ ]{2}(?=\d))[A-Za-zА-Я0-9]{1,12}){0,5}"
)


@cache
def _check(module: str) -> Callable[[str], bool] | None:
    if not module or "." not in module:
        return None
    try:
        return importlib.import_module(f"stdnum.{module}").is_valid  # type: ignore[no-any-return]
    except ModuleNotFoundError:
        return None


def _valid(name: str, value: str) -> bool:
    if name == "es":
        return any(c is not None and c(value) for c in (_check("es.dni"), _check("es.nie")))
    check = _check(name)
    return check is None or bool(check(value))


def _shape_check(name: str, pattern: re.Pattern[str], module: str) -> Callable[[str, int], Finding | None]:
    def check(text: str, end: int) -> Finding | None:
        for match in pattern.finditer(text, max(0, end - 28), min(len(text), end + 8)):
            if match.end() < end:
                continue
            value = match.group()
            cued = _ID_CUE.search(before(text, match.start(), 48)) is not None
            # A run without a cue and without its own punctuation may be a part number.
            if not cued and name not in _SURE and name != "es-dni" and not any(c in "-/." for c in value):
                return None
            if name == "us-ssn" and not cued and " " in value:
                return None
            if name == "gb-nino" and not cued and not value.replace(" ", "").isupper():
                return None
            if not _valid(module, value) and not (cued and name in {"us-ssn", "br-cpf"}):
                return None
            return Finding(
                match.start(),
                match.end(),
                Kind.NATIONAL_ID,
                0.95 if cued else 0.8,
                name,
                canonical(Kind.NATIONAL_ID, value),
                "has the format and check digits of a national number",
            )
        return None

    return check


_CLAUSE = re.compile(
    r"(?P<gap>(?:[ ][^\W\d_]{1,14}\.?){1,6}(?:[ ]?[:：=]|[ ](?:is|was|ist|lautet|est|es|é|è|er|är|jest|je|to|on|είναι))[ ]{0,2})"
    r"(?P<v>(?:[A-Z]{1,3}[ \-]?)?\d[\d \-./]{4,16}\d(?:[ \-]?[A-Z])?)(?![\w%]|[.,:/\-]\d)"
)


def _in_clause(text: str, end: int) -> Finding | None:
    """Look some words further: "my ID number for the form is ..."."""
    match = _CLAUSE.match(text, end)
    if match is None or _DATE.fullmatch(match["v"]) or sum(c.isdigit() for c in match["v"]) < 6:
        return None
    return Finding(
        match.start("v"),
        match.end("v"),
        Kind.NATIONAL_ID,
        0.75,
        "id-cue",
        canonical(Kind.NATIONAL_ID, match["v"]),
        "follows a word for a national number",
    )


def check_cue(text: str, end: int) -> Finding | None:
    """Look behind a word for a national, tax, passport or licence number."""
    match = _VALUE.match(text, end)
    if match is None or match.end() - end > 80:
        return _in_clause(text, end)
    # Further words may follow the number: keep the parts that hold digits, and letters between them.
    span = match["v"]
    # What the pattern counts as a digit and what counts as a decimal differ for a few characters.
    last = max((i for i, c in enumerate(span) if c.isdigit()), default=-1) + 1
    if not last:
        return None
    while last < len(span) and span[last].isalnum():
        last += 1
    tail = span[last:]
    keep = span[:last]
    if re.match(r"[ \-]?[A-Z](?![\w])", tail) and len(keep) >= 7:
        keep += re.match(r"[ \-]?[A-Z]", tail).group()  # type: ignore[union-attr]
    first = re.match(r"(?:[a-z]{2,}[ ])+", keep)
    start = match.start("v")
    if first:
        start += first.end()
        keep = keep[first.end() :]
    compact = re.sub(r"[\W_]", "", keep)
    digits = sum(c.isdigit() for c in compact)
    if (
        digits < 4
        or not 5 <= len(compact) <= 20
        or (_DATE.fullmatch(keep) and not _SSN.fullmatch(keep.replace(".", "-")))
    ):
        return None
    return Finding(
        start,
        start + len(keep),
        Kind.NATIONAL_ID,
        0.88,
        "id-cue",
        canonical(Kind.NATIONAL_ID, keep),
        "follows a word for a national number",
    )


def _trigger(cue: str) -> str:
    if not cue.isascii():
        return _cues.hyperscan_word(cue.replace(" ", r"\s"))
    return cue if cue.startswith("\\b") else rf"\b{cue}"


SHAPED = tuple(
    Detector(name, (trigger,), _shape_check(name, pattern, module))
    for name, trigger, pattern, module in _SHAPES
)
CUE = Detector(
    "id-cue", tuple(dict.fromkeys(_trigger(c) for cues in _CUES.values() for c in cues)), check_cue
)
