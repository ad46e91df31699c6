"""The loose patterns themselves."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.leak import _gate
from hushdesk.redact.leak._gate import gate

# Each pattern runs only where its bit in `_gate` is set: what a pattern takes, its expression there must also open.

_MAIL = re.compile(
    r"[\w.+\-']{1,64}[ \t]{0,2}(?:\r?\n[> ]*)?@[ \t]{0,2}(?:\r?\n[> ]*)?(?P<host>[\w\-]{1,63}(?:[ ]?\.[ ]?[\w\-]{1,63}){0,4}?)"
    r"(?P<dot>[ \t]?[.,\-][ \t]?|[ ])(?P<tld>[^\W\d_]{2,12})(?![\w(])"
)
_SURE_ENDS = frozenset(
    [
        "com",
        "net",
        "org",
        "edu",
        "gov",
        "de",
        "fr",
        "uk",
        "es",
        "it",
        "nl",
        "pl",
        "ru",
        "br",
        "jp",
        "cn",
        "in",
        "eu",
        "ch",
        "at",
        "se",
        "no",
        "dk",
        "fi",
        "cz",
        "tr",
        "gr",
        "pt",
        "co",
        "ca",
        "au",
        "info",
    ]
)
_FILES = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "js",
        "ts",
        "css",
        "java",
        "class",
        "py",
        "rb",
        "go",
        "php",
        "html",
        "json",
        "xml",
        "yml",
        "yaml",
        "txt",
        "log",
        "service",
        "socket",
        "sha",
        "md",
    ]
)
_PLUS = re.compile(r"(?<![\w+])\+\d(?:[ .\-/()]{0,3}\d){7,14}(?!\d)")
_CUED = re.compile(
    r"(?i)(?:\b(?:tel|phone|telephone|mobile|cell|fax|call|telefon|téléphone|teléfono|telefone|telefono|handy|whatsapp|тел|телефон)"
    r"|電話|电话|手机|전화)[\s.:#=(]{0,4}(?:(?:no|nr|number|is|me|at|on|us)[\s.:]{1,3}){0,3}(?P<n>[+(]?\d(?:[ .\-/()]{0,2}\d){6,14})(?!\d)"
)
_NANP = re.compile(r"(?<![\w.\-+/])(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[\-.])[2-9]\d{2}[\-.]\d{4}(?![\w.\-]\d|\d)")
_LONG = re.compile(r"(?<![\w.\-/#])\d(?:[ \-]?\d){12,18}(?![\w\-]|\.\d)")
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ \-]?[A-Z0-9]{4}){2,7}(?:[ \-]?[A-Z0-9]{1,4})?(?![A-Za-z0-9])"
)
_GUID = re.compile(r"(?i)\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")
_V4 = re.compile(r"(?<![\w.\-/])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d|-\w)")
_V6 = re.compile(
    r"(?i)(?<![\w:.])(?:[0-9a-f]{1,4}:){3,7}(?::?[0-9a-f]{1,4})(?![\w:])|(?<![\w:.])(?:[0-9a-f]{2,4}:){1,6}:(?:[0-9a-f]{1,4}:){0,5}[0-9a-f]{1,4}(?![\w:])"
)
_VERSION = re.compile(
    r"(?i)(?:\bv|ver|vers\w{0,6}|wersj\w|verze|verzi\w{1,2}|sürüm|сборк\w|верси\w|build|release|firmware|driver|update|assembly|oid|rev|chrome|safari|firefox|edg|edge|windows|sdk|версия|バージョン|版本|agent|dll|patch|jar:|\w/)[\s:=(v\"'/]{0,4}(?:is|to|from|=)?\s{0,2}$"
)
_KEY = re.compile(
    r"(?<![\w/+.\-])(?:AKIA|ASIA)[0-9A-Z]{16}|(?<!\w)gh[opsru]_[A-Za-z0-9]{30,}|(?<!\w)xox[abprs]-[A-Za-z0-9\-]{10,}|(?<!\w)sk[-_](?:live_|proj-)?[A-Za-z0-9]{20,}"
    r"|(?<![\w.])eyJ[\w\-]{10,}\.[\w\-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY"
)
_BLOB = re.compile(r"(?<![\w+/=\-.\\])[A-Za-z0-9+_]{32,200}={0,2}(?![\w+/=\-.\\])")

_DIGIT = re.compile(r"\d")


def search(text: str, may: int | None = None) -> list[Finding]:
    """Return whatever in ``text`` looks personal to a loose eye.

    Args:
        text: A text, or a reading of one, in which pseudonyms are blanked.
        may: What :func:`gate` says of it, if that is known already.
    """
    out: list[Finding] = []
    if may is None:
        may = gate(text)
    if "@" in text:
        out.extend(_mails(text))
    if may & (_gate.PLUS | _gate.CUED | _gate.NANP):
        out.extend(_phones(text, may))
    if may & (_gate.LONG | _gate.IBAN) and len(_DIGIT.findall(text)) >= 12:
        out.extend(_long_numbers(text, may))
    if may & (_gate.V4 | _gate.V6):
        out.extend(_addresses(text, may))
    if may & (_gate.KEY | _gate.BLOB) and max(map(len, text.split()), default=0) >= 14:
        out.extend(_keys(text, may))
    return out


def _hit(start: int, end: int, kind: Kind, rule: str) -> Finding:
    return Finding(start, end, kind, 0.5, f"leak:{rule}", "", f"the loose pattern for {rule} matches")


def _mails(text: str) -> Iterator[Finding]:
    for m in _MAIL.finditer(text):
        end, dot, host = m["tld"].lower(), m["dot"], m["host"]
        if dot != "." and (
            end not in _SURE_ENDS or (not dot.strip() and end in {"in", "it", "at", "no", "se", "de", "es"})
        ):
            continue
        if dot != "." and "\x1a" in m.group():
            continue
        if (
            end in _FILES
            or not any(c.isalpha() for c in host)
            or not re.search(r"\w", m.group().split("@")[0])
        ):
            continue
        yield _hit(m.start(), m.end(), Kind.EMAIL, "mail")


def _phones(text: str, may: int) -> Iterator[Finding]:
    for m in _PLUS.finditer(text) if may & _gate.PLUS else ():
        yield _hit(m.start(), m.end(), Kind.PHONE, "phone")
    for m in _CUED.finditer(text) if may & _gate.CUED else ():
        if not re.match(r"(?:19|20)\d\d-\d\d-\d\d|\d{1,3}(?:\.\d{1,3}){3}$", m["n"]):
            yield _hit(m.start("n"), m.end("n"), Kind.PHONE, "phone after cue")
    for m in _NANP.finditer(text) if may & _gate.NANP else ():
        yield _hit(m.start(), m.end(), Kind.PHONE, "phone")


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(int(d) * 2, 10)) for d in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(doubled)) % 10 == 0


def _long_numbers(text: str, may: int) -> Iterator[Finding]:
    for m in _LONG.finditer(text) if may & _gate.LONG else ():
        digits = re.sub(r"\D", "", m.group())
        grouped = len(m.group()) > len(digits)
        likely = digits[0] in "3456" and (grouped or len(digits) in {15, 16})
        if likely and len(set(digits)) > 1 and _luhn(digits):
            yield _hit(m.start(), m.end(), Kind.CARD, "card")
    for m in _IBAN.finditer(text) if may & _gate.IBAN else ():
        if _GUID.search(text, max(0, m.start() - 24), m.end() + 24):
            continue
        compact = re.sub(r"[ \-]", "", m.group())
        for size in range(len(compact), 14, -1):
            turned = compact[4:size] + compact[:4]
            if int("".join(str(int(c, 36)) for c in turned)) % 97 == 1:
                yield _hit(m.start(), m.end(), Kind.IBAN, "iban")
                break


def _addresses(text: str, may: int) -> Iterator[Finding]:
    for m in _V4.finditer(text) if may & _gate.V4 else ():
        parts = [int(p) for p in m.group().split(".")]
        if (
            max(parts) > 255
            or parts[0] in {0, 127, 255}
            or _VERSION.search(text[max(0, m.start() - 24) : m.start()])
        ):
            continue
        if max(parts[:3]) <= 9 and not re.match(r":\d|[ ](?:port|-)[ ]", text[m.end() : m.end() + 8]):
            # Three single digits first are a version, whatever comes last.
            continue
        if max(parts) >= 20 or parts[0] == 10:
            yield _hit(m.start(), m.end(), Kind.IP, "ip")
    for m in _V6.finditer(text) if may & _gate.V6 else ():
        span = m.group()
        if (
            ("::" in span or span.count(":") == 7)
            and re.search(r"\d", span)
            and re.search(r"(?i)[a-f]|\d{3}", span)
        ):
            yield _hit(m.start(), m.end(), Kind.IP, "ip")


def _keys(text: str, may: int) -> Iterator[Finding]:
    for m in _KEY.finditer(text) if may & _gate.KEY else ():
        yield _hit(m.start(), m.end(), Kind.SECRET, "key")
    for m in _BLOB.finditer(text) if may & _gate.BLOB else ():
        run = m.group().rstrip("=")
        if (
            not (re.search(r"[a-z]", run) and re.search(r"[A-Z]", run) and re.search(r"\d", run))
            or "_" in run
        ):
            continue
        if re.fullmatch(r"[0-9a-fA-F]+", run) or re.search(r"[a-z]{7}", run):
            continue
        counts = Counter(run)
        bits = -sum(n / len(run) * math.log2(n / len(run)) for n in counts.values())
        if bits >= 4.2:
            yield _hit(m.start(), m.end(), Kind.SECRET, "random string")
