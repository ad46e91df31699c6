"""IP and MAC addresses, and the version numbers that look like them."""

from __future__ import annotations

import ipaddress
import re

from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._text import WORD, after, before

_DOT = r"(?:[ ]?\.[ ]?(?=\d)|[ ]?[\[({](?:\.|dot)[\])}][ ]?)"
_V4 = re.compile(
    rf"(?i)(?<!{WORD})(?<!\.)(?<!\d-)\d{{1,3}}(?:{_DOT}\d{{1,3}}){{3}}(?!{WORD})(?!\.\d)(?![\-]\d+\.\d)"
)
_V4_SPLIT = re.compile(_DOT, re.IGNORECASE)
_V6 = re.compile(
    rf"(?i)(?<!{WORD})(?<![:.])(?:[0-9a-f]{{0,4}}:){{2,7}}(?:\d{{1,3}}(?:\.\d{{1,3}}){{3}}|[0-9a-f]{{1,4}}|(?<=::))(?:%\w+)?(?!{WORD})(?!:\w)(?!\.\d)"
)
_MAC = re.compile(
    r"(?i)(?<![\w:\-.])(?:[0-9a-f]{2}([:\-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![\w:\-])"
)
_VERSION_BEFORE = re.compile(
    r"(?i)(?:\b(?:jar|\.war|pom|bundle|artifact|v|ver|version|versión|versione|versão|build|release|rev|revision|firmware|driver|fw|agent|update|upgrade|upgraded|patch"
    r"|sdk|runtime|framework|library|lib|dll|file|assembly|oid|section|chapter|clause|package|pkg|plugin|edition|bios|hotfix|kb\d*"
    r"|версия|версии|сборка|版本|バージョン|버전|الإصدار|sürüm|wersja|verze|verzió|версія|έκδοση|गुण|versie|versio|utgåva)"
    r"(?:\s?(?:no|nr|number|is|was|to|from|:|=)\.?){0,2}|(?:chrome|firefox|safari|edge|edg|opera|opr|windows|office|java|php|node|python"
    r"|mozilla|android|ios|outlook|excel|word|teams|skype|electron|webkit|gecko|crios|version)/?)[\s:=(\"'/v]{0,4}$"
)
_UPGRADE = re.compile(r"(?i)\b(?:upgrad|updat|bump)\w*\b[^\n]{0,28}\b(?:to|from)\s$")
_VERSION_AFTER = re.compile(
    r"(?i)^\s?(?:\(?(?:build|release|beta|alpha|rc\d?|sp\d)\b|-(?:beta|alpha|rc|snapshot|release|ga)|\.(?:dll|zip|exe|msi|tar))"
)
_IP_CUE = re.compile(
    r"(?i)(?:\b(?:ip|ipv4|address|addr|src|dst|peer|ping|dns|subnet|adresse)\b\W{0,4}\w{0,8}\W{0,3}"
    r"|\b(?:host|server|gateway|client|proxy)(?:[:=@(\[/]|[ ](?:at|is|ist|on|est|es|address)\b)\W{0,3})$"
)


_SOCKET = re.compile(r"(?i):\d{2,5}\b|[ ]port[ ]\d|[ ]-[ ]\S+[ ]\[\d|[ ]?->|/\d\d?\b")
_SPACELESS = re.compile(r"[\d.]+")


def check_v4(text: str, end: int) -> Finding | None:
    """Look at the dotted run around ``end``."""
    for match in _V4.finditer(text, max(0, end - 26), min(len(text), end + 30)):
        if match.end() < end:
            continue
        parts = _V4_SPLIT.split(match.group())
        if any(int(p) > 255 or (len(p) > 1 and p[0] == "0" and len(p) < 3) for p in parts):
            return None
        values = [int(p) for p in parts]
        lead = before(text, match.start(), 32)
        if (
            _VERSION_BEFORE.search(lead)
            or _UPGRADE.search(lead)
            or _VERSION_AFTER.match(after(text, match.end(), 12))
        ):
            return None
        cued = _IP_CUE.search(lead) is not None
        socket = _SOCKET.match(after(text, match.end(), 16)) is not None
        # Three single digits first are a version, whatever comes last, unless something says address.
        if not cued and not socket and max(values[:3]) <= 9 and _SPACELESS.fullmatch(match.group()):
            return None
        # 1.2.3.4 and 2.0.0.1 are versions unless something says address.
        if not cued and (values[0] == 0 or (max(values) < 20 and values[0] != 10)):
            return None
        if values[0] in {127, 255}:
            return None
        return Finding(
            match.start(),
            match.end(),
            Kind.IP,
            0.97 if cued else 0.9,
            "ipv4",
            ".".join(map(str, values)),
            "four numbers of an IPv4 address",
        )
    return None


def check_v6(text: str, end: int) -> Finding | None:
    """Look at the colons around ``end``."""
    for match in _V6.finditer(text, max(0, end - 40), min(len(text), end + 40)):
        if match.end() < end - 1:
            continue
        span = match.group()
        if span.count(":") < 2 or not any(c.isdigit() for c in span) or len(span) < 4:
            return None
        try:
            address = ipaddress.IPv6Address(span.split("%", 1)[0])
        except ValueError:
            return None
        if span.startswith("::") and "." not in span and len(span) < 6 and address.compressed != "::1":
            return None
        # e[1::2]: the first group of an address in use is never so small.
        if span[0] != ":" and len(span.split(":", 1)[0]) < 3 and span[:3] != "64:":
            return None
        if address.is_unspecified or address.is_loopback:
            return None
        return Finding(
            match.start(), match.end(), Kind.IP, 0.97, "ipv6", address.compressed, "groups of an IPv6 address"
        )
    return None


def check_mac(text: str, end: int) -> Finding | None:
    """Look at the hardware address that ends at ``end``."""
    match = _MAC.search(text, max(0, end - 18), min(len(text), end + 1))
    if match is None:
        return None
    digits = re.sub(r"[^0-9a-f]", "", match.group().lower())
    if digits in {"0" * 12, "f" * 12}:
        return None
    if "." in match.group() and digits.isdecimal():
        return None
    return Finding(
        match.start(), match.end(), Kind.MAC, 0.97, "mac", digits, "six octets of a hardware address"
    )


V4 = Detector(
    "ipv4",
    (
        r"\d{1,3}(?: ?[\[({](?:\.|dot)[\])}] ?| ?\. ?)\d{1,3}(?: ?[\[({](?:\.|dot)[\])}] ?| ?\. ?)\d{1,3}(?: ?[\[({](?:\.|dot)[\])}] ?| ?\. ?)\d",
    ),
    check_v4,
    refractory=2,
)
_IP_CUED = _cues.after_cue(r"(?<!\d)\d{1,3}(?:[ ]?[.,\-·][ ]?\d{1,3}){3}(?![\w]|[.,\-]\d)")


def check_v4_cue(text: str, end: int) -> Finding | None:
    """Look behind ``IP`` for an address with other signs in the place of its dots, as host names have it."""
    match = _IP_CUED.match(text, end)
    if match is None or match.end() - end > 60:
        return None
    values = [int(p) for p in re.findall(r"\d+", match["v"])]
    if max(values) > 255 or values[0] in {0, 127, 255}:
        return None
    value = ".".join(map(str, values))
    return Finding(
        match.start("v"), match.end("v"), Kind.IP, 0.85, "ipv4-cue", value, "follows a word for address"
    )


_IP_NUMBER = _cues.after_cue(
    r"(?:0x[0-9a-fA-F]{8}|0x[0-9a-fA-F]{1,2}(?:\.0x[0-9a-fA-F]{1,2}){3}|0\d{1,4}(?:\.0?\d{1,4}){3}|[1-4]?\d{9})(?![\w]|[.,:]\d)"
)


def _other_base(text: str) -> str | None:
    """Return the address that a number in another base stands for."""
    try:
        if "." in text:
            parts = [
                int(p, 16) if p[:2] == "0x" else int(p, 8) if p[0] == "0" else int(p) for p in text.split(".")
            ]
            return ".".join(map(str, parts)) if max(parts) < 256 else None
        value = int(text, 16) if text[:2] == "0x" else int(text)
        return str(ipaddress.IPv4Address(value)) if value > 0x01000000 else None
    except ValueError:
        return None


def check_other_base(text: str, end: int) -> Finding | None:
    """Look behind ``IP`` or ``http://`` for an address as one number, or in hexadecimal or octal parts."""
    match = _IP_NUMBER.match(text, end)
    if match is None or match.end() - end > 40:
        return None
    value = _other_base(match["v"].lower())
    if value is None:
        return None
    why = "an address as a number, after a word for one"
    return Finding(match.start("v"), match.end("v"), Kind.IP, 0.8, "ipv4-base", value, why)


OTHER_BASE = Detector(
    "ipv4-base", (r"\bipv?4?(?:[ \-_]?addr?ess?e?)?\b", r"https?://", r"\bping\b"), check_other_base
)
_MAC_CUED = _cues.after_cue(
    r"[0-9A-Fa-f]{12}(?!\w)|(?:[0-9A-Fa-f]{2}[ .]){5}[0-9A-Fa-f]{2}(?!\w)|[0-9A-Fa-f]{6}[:\-][0-9A-Fa-f]{6}(?!\w)"
)


def check_mac_cue(text: str, end: int) -> Finding | None:
    """Look behind a word for hardware address for one in another notation."""
    match = _MAC_CUED.match(text, end)
    if match is None or match.end() - end > 50:
        return None
    digits = re.sub(r"[^0-9a-f]", "", match["v"].lower())
    if digits in {"0" * 12, "f" * 12} or not any(map(str.isdigit, digits)):
        return None
    why = "follows a word for hardware address"
    return Finding(match.start("v"), match.end("v"), Kind.MAC, 0.85, "mac-cue", digits, why)


MAC_CUE = Detector(
    "mac-cue",
    (
        r"\bmac\b",
        r"\bmac[ \-_]?addr(?:ess)?e?\b",
        r"\bhwaddr\b",
        r"\bphysical address\b",
        r"\bbssid\b",
        r"\bethernet\b",
    ),
    check_mac_cue,
)
V4_CUE = Detector("ipv4-cue", (r"\bipv?4?\b", r"\bip[ \-_]?addr?ess?e?\b"), check_v4_cue)
V6 = Detector(
    "ipv6",
    (r"[0-9a-f\s\[(\"'=/]::[0-9a-f]", r"[0-9a-f]::", r"(?:[0-9a-f]{1,4}:){5}[0-9a-f]"),
    check_v6,
    refractory=3,
)
MAC = Detector(
    "mac", (r"(?:[0-9a-f]{2}[:\-]){5}[0-9a-f]{2}", r"\b[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\b"), check_mac
)
