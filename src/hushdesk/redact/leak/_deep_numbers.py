"""Numbers: telephone numbers by the plans of many regions, and whatever a checksum vouches for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any, Final

import phonenumbers

from hushdesk.redact._types import Kind
from hushdesk.redact.leak._deep_patterns import Seen

REGIONS: Final = (
    "US", "GB", "DE", "FR", "ES", "IT", "PT", "BR", "MX", "AR", "CO", "CL", "NL", "BE", "CH", "AT", "SE", "NO", "DK", "FI",
    "PL", "CZ", "SK", "HU", "RO", "BG", "GR", "TR", "UA", "RU", "IL", "AE", "SA", "EG", "IN", "CN", "TW", "HK", "JP", "KR",
    "TH", "VN", "ID", "PH", "MY", "SG", "AU", "NZ", "ZA", "NG", "KE", "IE",
)  # fmt: skip
"""Regions whose numbering plans are tried on numbers without a country code."""

_CANDIDATE = re.compile(r"(?<![\w.,:/\-#])[+(]?\d(?:[ \u00a0.\-/()]{0,3}\d){6,15}(?![\w%°€$£]|[.,:/\-]\d)")
_CUE = re.compile(
    r"(?i)(?:tel|phone|fon|fone|mobile|mobil|cell|handy|fax|call|reach|ring|whatsapp|sms|number\sis|rufnummer|numéro|número|numero|celular|gsm"
    r"|móvil|portable|appel\w*|llám\w+|ligue|anruf\w*|rückruf|zadzwo\w*|zavol\w*|ring\sm\w+|bel\sm\w+|ara\w*|тел|звон\w*|номер|τηλ|電話|电话|致电|手机|携帯|전화|연락처"
    r"|هاتف|اتصل|טלפון|फ़ोन|फोन|मोबाइल|โทร)[^\d\n]{0,24}$"
)
_DATE = re.compile(
    r"(?:19|20)\d\d[\-/. ]\d\d?[\-/. ]\d\d?(?:[ T]\d\d.*)?|\d\d?[\-/. ]\d\d?[\-/. ](?:19|20)\d\d(?:[ ]\d\d.*)?|\d{1,3}(?:\.\d{1,3}){3}"
)
_DATED = re.compile(
    r"(?:19|20)\d\d[\-/.](?:0?[1-9]|1[0-2])[\-/.]\d|\d[\-/.](?:0?[1-9]|1[0-2])[\-/.](?:19|20)\d\d"
)
_NOT_PHONE = re.compile(
    r"(?i)(?:order|ticket|case|ref\w*|build|version|serial|sku|invoice|rechnung\w*|bestell\w+|auftrag\w*|commande|pedido|fall|vorgang|error|code|id|nr|no|kb"
    r"|zamówieni\w+|objednávk\w+|заказ\w*|号|番号)[.:#\- ]{0,3}$"
)
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])(?=(?P<v>[A-Za-z]{2}[ \-]?\d{2}(?:[ \-.]{0,2}[A-Za-z0-9]){11,30})(?![A-Za-z0-9]))"
)
_CARD = re.compile(r"(?<![\w.\-/#])\d(?:[ \-.]{0,2}\d){12,18}(?![\w]|[.\-]\d)")
_ID_CUE = re.compile(
    r"(?i)(?:\bssn|social\ssecurity|national\sid|\bid\s?(?:card|number|no)|identity|passport|tax\s?(?:id|number|no)|\btin\b|\bnif\b|\bdni\b|\bnie\b|\bcpf\b"
    r"|\bcnpj\b|\bcurp\b|\brfc\b|\brut\b|\bpesel\b|\bnip\b|\bbsn\b|\bnino\b|insurance\s(?:no|number)|steuer\w*|sozialvers\w*|ausweis\w*|codice\sfiscale"
    r"|personnummer|fødselsnummer|henkilötunnus|\bcpr\b|sécurité\ssociale|\bnir\b|rodné\sčíslo|\bcnp\b|\begn\b|\bamka\b|\bafm\b|t\.?c\.?\s?kimlik|kimlik\sno"
    r"|\bинн\b|снилс|паспорт|aadhaar|\bpan\b|身份证|身份證|マイナンバー|주민등록|תעודת\sזהות|رقم\sالهوية|الهوية)[^\d\n]{0,24}$"
)
_ID = re.compile(
    r"(?<![\w.,/#\-])(?=(?P<v>[A-Za-z]{0,6}[ \-.]?\d(?:[ .\-/]{0,2}[A-Za-z0-9]){5,20}(?![\w]|[.,]\d)))"
)

# Each with two check digits, or one and a date inside: right by chance for fewer than 1 in 300 of its length.
_SURE: Final = ("br.cpf", "br.cnpj", "fr.nir", "no.fodselsnummer", "tr.tckimlik", "cn.ric", "fi.hetu", "it.codicefiscale", "mx.curp", "be.nn")  # fmt: skip
# Right by chance for about one in ten: taken only behind a cue.
_CUED: Final = (
    "us.ssn", "es.dni", "es.nie", "es.nif", "pl.pesel", "pl.nip", "nl.bsn", "de.idnr", "ro.cnp", "bg.egn", "gr.amka", "cz.rc",
    "se.personnummer", "dk.cpr", "ch.ssn", "gb.nino", "gb.utr", "kr.rrn", "in_.aadhaar", "in_.pan", "za.idnr", "il.idnr", "ru.inn",
    "ar.dni", "cl.rut", "pt.nif", "jp.cn", "hr.oib", "ee.ik", "lt.asmens", "at.vnr", "au.tfn", "ca.sin", "mx.rfc", "ua.rntrc",
)  # fmt: skip


@cache
def _validator(name: str) -> Callable[[str], bool]:
    try:
        module: Any = import_module(f"stdnum.{name}")
    except ImportError:
        return lambda _: False
    found: Callable[[str], bool] = module.is_valid
    return found


def phones(text: str, region: str = "") -> Iterator[Seen]:
    """Telephone numbers.

    Args:
        text: A reading.
        region: Where the case is from; its numbering plan is trusted more than others.
    """
    for match in _CANDIDATE.finditer(text):
        run = match.group()
        digits = re.sub(r"\D", "", run)
        if not 7 <= len(digits) <= 15 or len(set(digits)) < 3 or _DATE.fullmatch(run.strip("()")):
            continue
        before = text[max(0, match.start() - 40) : match.start()]
        if _NOT_PHONE.search(before):
            continue
        if _reads_as_phone(run, digits, region, cued=_CUE.search(before) is not None):
            yield Kind.PHONE, run, "telephone number"


def _reads_as_phone(run: str, digits: str, region: str, *, cued: bool) -> bool:
    if "+" in run or digits.startswith("00"):
        return _matched("+" + digits.removeprefix("00"), None, phonenumbers.Leniency.VALID)
    if cued:
        return len(digits) >= 9 or (
            re.search(r"\d[ \u00a0.\-/()]+\d", run) is not None
            and _any_valid(run, (region,) if region else REGIONS)
        )
    grouped = re.search(r"\d[ \u00a0.\-/()]+\d", run) is not None
    if region in REGIONS and digits[0] == "0" and _matched(run, region, phonenumbers.Leniency.VALID):
        return grouped or len(digits) >= 10
    # Grouped as the plan of some region groups it: chance alone does that rarely.
    return (
        grouped
        and (digits[0] == "0" or "(" in run)
        and any(
            _matched(run, where, phonenumbers.Leniency.STRICT_GROUPING)
            for where in ((region, *REGIONS) if region in REGIONS else REGIONS)
        )
    )


def _any_valid(run: str, regions: tuple[str, ...]) -> bool:
    return any(_matched(run, region, phonenumbers.Leniency.VALID) for region in regions)


def _matched(run: str, region: str | None, leniency: int) -> bool:
    try:
        return any(True for _ in phonenumbers.PhoneNumberMatcher(run, region, leniency=leniency, max_tries=4))
    except (ValueError, phonenumbers.NumberParseException):
        return False


def checked(text: str) -> Iterator[Seen]:
    """Numbers whose checksum is right."""
    if sum(map(str.isdigit, text)) < 6:
        return
    iban, luhn = _validator("iban"), _validator("luhn")
    for match in _IBAN.finditer(text):
        compact = re.sub(r"[ \-.]", "", match["v"]).upper()
        size = next((size for size in range(len(compact), 14, -1) if iban(compact[:size])), 0)
        if size:
            yield Kind.IBAN, _first(match["v"], size), "IBAN"
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if (
            13 <= len(digits) <= 19
            and digits[0] in "3456"
            and (len(digits) in {15, 16} or " " in match.group())
            and not _DATED.search(match.group())
        ) and (len(set(digits)) > 1 and luhn(digits)):
            yield Kind.CARD, match.group(), "card number"
    for match in _ID.finditer(text):
        value = match["v"].strip()
        compact = re.sub(r"[^A-Za-z0-9]", "", value)
        if (
            not 7 <= len(compact) <= 18
            or len(set(compact)) < 4
            or _DATED.search(value)
            or re.search(r"[a-z]{2}", value)
        ):
            continue
        before = text[max(0, match.start() - 40) : match.start()]
        cued = _ID_CUE.search(before) is not None
        if any(
            _validator(name)(compact) or _validator(name)(value)
            for name in (_SURE if not cued else _SURE + _CUED)
        ):
            yield Kind.NATIONAL_ID, value, "number with a valid check digit"


def _first(text: str, count: int) -> str:
    """The beginning of a text up to so many letters and digits."""
    for place, char in enumerate(text):
        count -= char.isalnum()
        if not count:
            return text[: place + 1]
    return text
