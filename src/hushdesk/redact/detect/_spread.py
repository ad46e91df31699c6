"""Values that are spread out: blanks between all characters, odd groups, stray blanks in a mailbox.

What the other detectors find goes by cues and numbering plans. Here the way of writing itself is the evidence:
nobody writes a build number with a blank after each digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._tld import COMMON_ENDS, FILE_ENDS
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.detect._interface import Check, Detector

HIDDEN = "\u200b-\u200f\u2060-\u2064\ufeff\u00ad"
run_of_digits = rf"[+(]?[ ]?\d(?:[ .\-/(){HIDDEN}]{{0,4}}\d){{7,14}}(?![\w@%°€$£]|[.,:/]\d)"
_SINGLES = lazily(
    r"(?<![A-Za-z0-9(])(?<![\d()\-+/.][ ])(?:\([ ]?)?\d(?:[ ][\d()\-+/.]){8,40}(?![ ]?[A-Za-z0-9])"
)
_LOOSE = lazily(r"(?<![A-Za-z0-9.,:+\-])0(?:[ ]\d{1,4}){3,9}(?![A-Za-z0-9]|[.,:\-]\d)")
_PAIRS = lazily(rf"(?<![\w.+\-/])0[1-9](?:[ .\-][{HIDDEN}]{{0,3}}\d\d){{4}}(?!\w|[.,\-]\d)")
_NINE = lazily(r"(?<![\w.,+\-/])[6-9]\d{1,2}[ ]\d{2,3}[ ]\d\d[ ]\d\d(?!\w|[.,:\-]\d)")
_EIGHT = lazily(r"(?<![\w.+\-])8[ \-(]{1,2}\d{3}[ \-)]{1,2}\d{3}[ \-]\d\d[ \-]?\d\d(?!\w)")
_TRIPLES = lazily(r"(?<![A-Za-z0-9.\-/])\d{3}\.\d{3}\.\d{3}\.\d{1,3}(?![A-Za-z0-9]|\.\d)")
_SILENCE = (
    "no contesta", "no answer", "not answering", "does not answer", "ne répond pas", "antwortet nicht", "niemand da",
    "non risponde", "não atende", "не отвечает", "не відповідає", "nie odbiera", "svarar inte", "cevap ver", "açmıyor",
    "nebere", "neodpovídá", "neemt niet op",
)  # fmt: skip
_UNANSWERED = lazily(
    rf"(?<![\w.+\-])(?P<v>{run_of_digits})[ ,;:]{{1,2}}(?i:{'|'.join(s.replace(' ', chr(92) + 's') for s in _SILENCE)})"
)
_CONTRACT = lazily(
    r"(?<![A-Za-z0-9])(?!IS[BSM]N|ASIN|I[DS][ .\-]|N[RO][ .\-])[A-Z]{2}[ .\-]{0,2}[A-Z]{2}[ .\-]{0,2}\d(?:[ .\-]{0,2}\d){5,9}(?![A-Za-z0-9]|[.,:]\d)"
)
_PROTOCOL = lazily(
    r"(?:SMTP|SNMP|HTTP|LDAP|ICMP|DHCP|IMAP|SFTP|MIME|VLAN|OSPF|MPLS|RFCs?|IEEE|ANSI|ETSI|UEFI|BIOS|SATA|HDMI|JSON|YAML|SOAP|REST|AJAX|CVSS|NTLM|SCSI|PCIE|AMPS|RAID)[ .\-]|[A-Z]{4}[ ]?\d{1,4}(?:[ ]\d{1,2})?(?:\.\d{1,2}){2}"
)
_IBAN = lazily(
    r"(?<![A-Za-z0-9])(?:[A-Za-z][ ])?(?P<v>[A-Z][ ][A-Z](?:[ ]\d){2}(?:[ ][A-Z0-9]){11,30})(?!\w)"
)
_MAIL = lazily(
    r"(?<![\w.@+\-])(?P<l>[A-Za-z0-9](?:[A-Za-z0-9.+\-_]{0,60}[A-Za-z0-9])?)"
    r"(?:(?P<gap>[ ])@(?P<h>[A-Za-z0-9][A-Za-z0-9\-]{1,60})[ ]|@[A-Za-z0-9][A-Za-z0-9\-]{2,60}\.[ ])"
    r"(?P<t>[a-z]{2,12})(?![A-Za-z0-9])"
)
_SAME = 6
"""A trigger that ends so soon after the last one is the same run of characters."""
_WORDS_TOO = frozenset(
    ("in", "it", "at", "no", "is", "me", "so", "to", "my", "be", "am", "us", "de", "se", "es")
)
_COUNTRY = lazily(r"[ .](br|uk|au|mx|ar|in|jp|tr|za|nz|kr|cn|tw|hk|sg|pe|ve|pl|ua)(?![A-Za-z0-9])")
_TELLING = lazily(r"[0-9._+\-]")


def digits_of(span: str) -> int:
    """How many digits a span has."""
    return sum(map(str.isdecimal, span))


def phone(text: str, start: int, end: int, why: str) -> Finding:
    """A telephone number that its way of writing gives away."""
    form = canonical(Kind.PHONE, "".join(c for c in text[start:end] if c.isdecimal() or c == "+"))
    return Finding(start, end, Kind.PHONE, 0.7, "phone-spread", form, why)


def _around(pattern: re.Pattern[str], text: str, end: int, back: int, ahead: int) -> Iterator[re.Match[str]]:
    """Matches about the place at which a trigger ended; a window's edge must not pass for a text's."""
    for match in pattern.finditer(text, max(0, end - back), min(len(text), end + ahead)):
        if match.end() >= end:
            yield match


def _grouped(pattern: re.Pattern[str], lengths: frozenset[int], why: str) -> Check:
    def check(text: str, end: int) -> Iterator[Finding]:
        for match in _around(pattern, text, end, 48, 48):
            if digits_of(match.group()) in lengths:
                yield phone(text, *match.span(), why)

    return check


def _unanswered(text: str, end: int) -> Iterator[Finding]:
    for match in _around(_UNANSWERED, text, end, 110, 2):
        yield phone(text, *match.span("v"), "nobody answers it")


def _contract(text: str, end: int) -> Finding | None:
    for match in _around(_CONTRACT, text, end, 60, 40):
        if any(c in " ." for c in match.group()) and not _PROTOCOL.match(match.group()):
            form = canonical(Kind.ACCOUNT, match.group())
            why = "a contract number in odd groups"
            return Finding(*match.span(), Kind.ACCOUNT, 0.6, "account-spread", form, why)
    return None


def _triples(text: str, end: int) -> Finding | None:
    for match in _around(_TRIPLES, text, end, 20, 20):
        parts = match.group().split(".")
        if any(int(part) > 255 or (len(part) > 1 and part[0] == "0") for part in parts):
            return phone(text, *match.span(), "groups of three digits that are no address")
    return None


def _singles(text: str, end: int) -> Finding | None:
    for match in _around(_SINGLES, text, end, 24, 84):
        span = match.group().rstrip(" -+/.(")
        if 9 <= digits_of(span) <= 15:
            return phone(text, match.start(), match.start() + len(span), "digits one by one")
    return None


def _iban(text: str, end: int) -> Finding | None:
    for match in _around(_IBAN, text, end, 40, 80):
        compact = match["v"].replace(" ", "")
        for size in range(len(compact), 14, -1):
            turned = compact[4:size] + compact[:4]
            if int("".join(str(int(c, 36)) for c in turned)) % 97 == 1:
                start = match.start("v")
                return Finding(
                    start,
                    start + 2 * size - 1,
                    Kind.IBAN,
                    0.95,
                    "iban-spread",
                    compact[:size],
                    "its checksum is right",
                )
    return None


def _mail(text: str, end: int) -> Finding | None:
    for match in _around(_MAIL, text, end, 140, 20):
        # The window's edge may have cut the last word short.
        if not _reads_as_mail(match) or text[match.end() : match.end() + 1].isalnum():
            continue
        whole = f"{match['l']}@{match['h'] or ''}.{match['t']}"
        stop = match.end()
        if country := _COUNTRY.match(text, stop):
            whole, stop = f"{whole}.{country[1]}", country.end()
        form = canonical(Kind.EMAIL, whole.replace(" ", ""))
        return Finding(
            match.start(), stop, Kind.EMAIL, 0.8, "email-spread", form, "a mailbox with stray blanks"
        )
    return None


def _reads_as_mail(match: re.Match[str]) -> bool:
    end = match["t"]
    if end not in COMMON_ENDS or end in FILE_ENDS:
        return False
    if match["gap"] is None:
        # "joe@corp. in the meantime" is a sentence that ends with an address.
        return end not in _WORDS_TOO
    return bool(_TELLING.search(match["l"]) or "-" in match["h"]) or end not in _WORDS_TOO


DETECTORS: tuple[Detector, ...] = (
    Detector(
        "phone-pairs",
        (r"0[1-9](?:[ .\-][^0-9a-z ]{0,9}\d\d){4}",),
        _grouped(_PAIRS, frozenset({10}), "five pairs of digits that begin with 0"),
        refractory=_SAME,
    ),
    Detector(
        "phone-nine",
        (r"[6-9]\d{1,2} \d{2,3} \d\d \d\d",),
        _grouped(_NINE, frozenset({9}), "nine digits in the groups of a telephone number"),
        refractory=_SAME,
    ),
    Detector(
        "phone-eight",
        (r"8[ \-(]{1,2}\d{3}[ \-)]{1,2}\d{3}[ \-]\d\d[ \-]?\d\d",),
        _grouped(_EIGHT, frozenset({11}), "eleven digits in the groups of a telephone number"),
        refractory=_SAME,
    ),
    Detector(
        "phone-loose",
        (r"0(?: \d{1,4}){3}",),
        _grouped(_LOOSE, frozenset({10, 11}), "ten or eleven digits that begin with 0, in odd groups"),
        refractory=_SAME,
    ),
    Detector("phone-unanswered", tuple(rf"\d[ ,;:]{{1,2}}{s}" for s in _SILENCE), _unanswered),
    Detector(
        "account-spread", (r"[A-Z]{2}[ .\-]{0,2}[A-Z]{2}[ .\-]{0,2}\d(?:[ .\-]{0,2}\d){5}",), _contract, case_sensitive=True, refractory=_SAME
    ),
    Detector("phone-triples", (r"\d{3}\.\d{3}\.\d{3}\.\d",), _triples, refractory=_SAME),
    Detector("phone-singles", (r"\d(?: [\d()\-+/.]){8}",), _singles, refractory=_SAME),
    Detector(
        "iban-spread", (r"[A-Z] [A-Z](?: \d){2}(?: [A-Z0-9]){11}",), _iban, case_sensitive=True, refractory=_SAME
    ),
    Detector(
        "email-spread", (r"[a-z0-9] @[a-z0-9][a-z0-9\-]{1,60} [a-z]{2}", r"[a-z0-9]@[a-z0-9][a-z0-9\-]{2,60}\. [a-z]{2}"), _mail
    ),
)  # fmt: skip
