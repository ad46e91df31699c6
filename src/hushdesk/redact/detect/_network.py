"""IP and MAC addresses, and the version numbers that look like them."""

from __future__ import annotations

import ipaddress
import re

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._text import WORD, after, before

_DOT = r"(?:[ ]?\.[ ]?(?=\d)|[ ]?[\[({](?:\.|dot)[\])}][ ]?)"
_V4 = lazily(
    rf"(?i)(?<!{WORD})(?<!\.)\d{{1,3}}(?:{_DOT}\d{{1,3}}){{3}}(?!{WORD})(?!\.\d)(?!-(?!\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?![.\d\-]))\d+\.\d)"
)
_RANGE = lazily(r"(?:\d-|(?<![\w.\-])(?P<whole>\d{1,3}(?:\.\d{1,3}){3})-)\Z")
"""What stands before the second address of a range; any other number with a hyphen is part of something else."""
_V4_SPLIT = lazily(_DOT, re.IGNORECASE)
_V6 = lazily(
    rf"(?i)(?<!{WORD})(?<![:.])(?:[0-9a-f]{{0,4}}:){{2,7}}(?:\d{{1,3}}(?:\.\d{{1,3}}){{3}}|[0-9a-f]{{1,4}}|(?<=::))(?:%\w+)?(?!{WORD})(?!:\w)(?!\.\d)"
)
_MAC = lazily(
    r"(?i)(?<![\w:\-.])(?:[0-9a-f]{2}([:\-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![\w:\-])"
)
_VERSION_BEFORE = lazily(
    r"(?i)(?:\b(?:jar|\.war|pom|bundle|artifact|v|ver|version|versión|versione|versão|build|release|rev|revision|firmware|driver|fw|agent|update|upgrade|upgraded|patch"
    r"|sdk|runtime|framework|library|lib|dll|file|assembly|oid|section|chapter|clause|package|pkg|plugin|edition|bios|hotfix|kb\d*"
    r"|assemblies|assemblys|baugruppe|fassung|treiber|aktualisierung|softwarestand|ausgabe|mise[ ]à[ ]jour|micrologiciel|pilote|compilation|logiciel|actualización|actualizacion|controlador|parche|lanzamiento|compilación|atualização|compilação|lançamento|aggiornamento|rilascio"
    r"|uitgave|stuurprogramma|bijgewerkt|uppdatering|drivrutin|opdatering|oppdatering|udgave|utgave|päivitys|ohjain|julkaisu|aktualizacja|wydanie|sterownik|kompilacja|aktualizace|vydání|ovladač|sestavení|aktualizácia|frissítés|kiadás|illesztőprogram|actualizare|versiunea"
    r"|верси[яиюей]{1,2}|сборк[аеиу]|релиз[аеу]?|выпуск|обновлени[ея]|прошивк[аеиу]|драйвера?|редакция|конфигураци[яи]|платформ[аы]|версі[яїю]|випуск|оновлення|збірка|ревизия|издание|верзија|verzija|izdanje|različica|posodobitev|versija|laida|versioon|väljaanne"
    r"|sürüm[üu]?|güncelleme|sürücü|yapı|ενημέρωση|έκδοση|גרסה|גירסה|גרסת|מהדורה|עדכון|إصدار|الإصدار|الاصدار|تحديث|نسخة|نسخه|संस्करण|वर्शन|वर्ज़न|phiên[ ]bản|bản|versi|pembaruan|rilis|wersja|wersji|verze|verzi|verzió|verzie|versie|versio|utgåva)"
    r"(?:\s?(?:no|nr|number|is|was|to|from|:|=)\.?){0,2}|(?:版本号?|固件|补丁|補丁|更新到?|升级到?|バージョン|ファームウェア|リリース|ビルド|アップデート|버전|펌웨어|릴리스|업데이트|빌드|เวอร์ชัน|เวอร์ชั่น|อัปเดต|รุ่น)(?:号|은|는|は|を|が)?|(?:chrome|firefox|safari|edge|edg|opera|opr|windows|office|java|php|node|python"
    r"|mozilla|android|ios|outlook|excel|word|teams|skype|electron|webkit|gecko|crios|version)/?)[\s:=(\"'/v]{0,4}$"
)
# "assembly 10.0.0.1 vs 10.0.0.3": what the first one is, the others are too.
_CHAIN = lazily(
    r"(?i)\d{1,5}(?:\.\d{1,5}){2,4}[)\"']?(?:,|[ ]?(?:->|→|=>|/|–|-|,|;|&|\bvs\.?|\band|\bto|\bor|\bor|\bund|\bauf|\bnach|\bbis|\boder|\bet|\bà|\bvers|\by|\ba|\bo|\be|\bi|\bи|\bна|\bдо|\bi|\bna|\bdo|\boch|\btill|\btil|\bnaar|\ben|\bja|\bве|\bve|と|から|和|到|至|및))[ ]{0,2}[(\"']?$"
)
_UPGRADE = lazily(r"(?i)\b(?:upgrad|updat|bump)\w*\b[^\n]{0,28}\b(?:to|from)\s$")
_VERSION_AFTER = lazily(
    r"(?i)^\s?(?:\(?(?:build|release|beta|alpha|rc\d?|sp\d)\b|-(?:beta|alpha|rc|snapshot|release|ga)|\.(?:dll|zip|exe|msi|tar))"
)
_IP_CUE = lazily(
    r"(?i)(?:\b(?:ip|ipv4|address|addr|src|dst|peer|ping|dns|subnet|adresse)\b\W{0,4}\w{0,8}\W{0,3}"
    r"|\b(?:host|server|gateway|client|proxy)(?:[:=@(\[/]|[ ](?:at|is|ist|on|est|es|address)\b)\W{0,3})$"
)


_SOCKET = lazily(r"(?i):\d{2,5}\b|[ ]port[ ]\d|[ ]-[ ]\S+[ ]\[\d|[ ]?->|/\d\d?\b")
_SPACELESS = lazily(r"[\d.]+")


def check_v4(text: str, end: int) -> Finding | None:
    """Look at the dotted run around ``end``."""
    for match in _V4.finditer(text, max(0, end - 26), min(len(text), end + 30)):
        if match.end() < end:
            continue
        joined = _RANGE.search(text, max(0, match.start() - 18), match.start())
        if joined is not None and joined["whole"] is None:
            return None
        parts = _V4_SPLIT.split(match.group())
        if any(int(p) > 255 or (len(p) > 1 and p[0] == "0" and len(p) < 3) for p in parts):
            return None
        values = [int(p) for p in parts]
        lead = before(text, match.start(), 32)
        if (
            _VERSION_BEFORE.search(lead)
            or _in_chain(text, match.start())
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


def _in_chain(text: str, start: int) -> bool:
    """Tell whether numbers right before ``start`` are versions, which makes this one a version too."""
    for _ in range(4):
        lead = before(text, start, 64)
        link = _CHAIN.search(lead)
        if link is None:
            return False
        start -= len(lead) - link.start()
        if _VERSION_BEFORE.search(before(text, start, 32)):
            return True
    return False


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
    "ipv4-base",
    (
        r"\bipv?4?(?:[ \-_]?addr?ess?e?)?\b",
        r"https?://",
        r"\bping\b",
        r"\b(?:client|peer|remote|src|source|dst|dest|destination|host|server|saddr|daddr|sender|attacker|visitor|user|login|inet)[ _\-]?(?:ip|addr(?:ess)?)\b",
        r"\b[sd]addr\b",
        r"\binet\b",
    ),
    check_other_base,
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
_BARE_MAC = lazily(r"(?<![\w\-.])[0-9A-Fa-f]{12}(?![\w\-]|\.\w)")
_MAC_NEAR = lazily(
    r"(?i)\bmac\b|hwaddr|wlan|wi-?fi|dhcp|\barp\b|lease|port-?sec|ssid|switch|\bnic\b|\blan\b|802\.1x|\boui\b|bluetooth|\bble\b|radius|ethernet|\bap\b|netzwerk|réseau|сет[ьи]|\bnac\b|roam|deauth|associat|物理地址|アドレス|무선"
)

_SUM_NEAR = lazily(r"(?i)check ?sum|hash|commit|digest|\bsha|\bmd5|fingerprint|prüfsumme|page")


def check_bare_mac(text: str, end: int) -> Finding | None:
    """Look at twelve hexadecimal digits that a word beside them says are a hardware address."""
    for match in _BARE_MAC.finditer(text, max(0, end - 12), min(len(text), end + 1)):
        value = match.group()
        if match.end() != end or value.isdecimal() or value.isalpha():
            continue
        line = (
            before(text, match.start(), 40).rpartition("\n")[2]
            + "\n"
            + after(text, end, 18).partition("\n")[0]
        )
        if _MAC_NEAR.search(line) and not _SUM_NEAR.search(line):
            why = "twelve hexadecimal digits beside a word for hardware address"
            return Finding(*match.span(), Kind.MAC, 0.75, "mac-bare", value.lower(), why)
    return None


MAC_BARE = Detector("mac-bare", (r"\b[0-9a-f]{12}\b",), check_bare_mac)
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
