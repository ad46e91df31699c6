"""Header fields of mails as they are found in the wild: 8-bit, half encoded, broken."""

from __future__ import annotations

import binascii
import ipaddress
import re
import string
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from hushdesk.readers._dates import parse_time
from hushdesk.readers._mail_mime import Part
from hushdesk.readers._text import clean, decode

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")
_ID = re.compile(r"<([^<>\s]{1,990})>")
_BARE_ID = re.compile(r"[^\s<>@]{1,200}@[^\s<>]{1,200}")
_ADDRESS = re.compile(r"[^\s<>@,;:\"()\[\]]{1,200}@[^\s<>@,;:\"()\\]{1,200}")
_ESCAPED = re.compile(r"\\(.)")
# The end of "Name <address>" and what may stand in the name to make it anything else.
_PLAIN_ADDRESS = re.compile(r"([A-Za-z0-9._%+=-]{1,200}@[A-Za-z0-9.-]{1,200})>")
_SPECIAL = re.compile(r"[\\\"'()<>@,;:\[\]]")
_LIST_CUT = re.compile(r"[,;:]")
_LIST_SIGN = re.compile(r"[\\\"()<>,;:]")
_REPLY_PREFIX = re.compile(
    r"(?:re|aw|antw|antwort|sv|vs|r|rif|res|odp|ynt|vá|ref|回复|回覆|答复|答覆|回信|返信|회신)(?:\s?\[\d+\]|\s?\(\d+\)|\^\d+)?\s?[::]\s*",
    re.IGNORECASE,
)
_COLON = re.compile("[:\uff1a]")
_SPACES = re.compile(r"\s+")
_FORWARD_PREFIX = re.compile(r"(?:fwd?|wg|tr|rv|enc|doorst|vl|pd|i|转发|轉寄)\s?[::]\s*", re.IGNORECASE)
_LIST_TAG = re.compile(r"\[[^\[\]]{1,60}\]\s*")
_TICKET_NUMBER = re.compile(r"\[[^\[\]#\d]{0,40}#\s?(\d{1,15})\]")
_COMPARED = 500
_NOT_BASE64 = bytes(set(range(256)).difference(string.ascii_letters.encode(), b"0123456789+/"))
_IP_HEADERS = (
    "x-originating-ip",
    "x-originatingip",
    "x-sender-ip",
    "x-client-ip",
    "x-remote-ip",
    "x-source-ip",
    "x-real-ip",
    "x-forwarded-for",
    "x-ip",
    "x-php-originating-ip",
)
# Years and zones about which the library has opinions of its own are left to it.
_USUAL_DATE = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d\d?) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r" ((?:19|20)\d\d) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d) (?!-0000)([+-])(0\d|1[0-4])([0-5]\d)",
    re.ASCII,
)
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_IP = re.compile(r"[0-9A-Fa-f:.]{7,45}")
# What mail programs call Latin-1 and GB 2312 is these, and they decode everything those do.
_WIDER = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "",
    "ascii": "",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "x-unknown": "",
    "unknown-8bit": "",
}


def charset_text(data: bytes, charset: str) -> str:
    """Decode the bytes of a mail by the charset it names, or by what they look like. Never fails."""
    name = charset.strip().strip("\"'").lower()
    wider = _WIDER.get(name, name)
    if wider == "cp1252":
        # cp1252 leaves five bytes undefined that Latin-1 has.
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            return data.decode("latin-1")
    return decode(data, wider)


def raw_bytes(value: str) -> bytes:
    """Give back the bytes that the mail parser keeps as surrogates."""
    return value.encode("utf-8", "surrogateescape")


def header(mail: Part, name: str) -> str:
    """One header field, unfolded and decoded; empty if it is absent."""
    return decode_words(raw_header(mail, name)).strip()


def raw_header(mail: Part, name: str) -> str:
    """One header field, unfolded, 8-bit bytes decoded, encoded words left as they are."""
    return next(iter(mail.unfolded(name)), "")


def decode_words(text: str) -> str:
    """Decode encoded words (RFC 2047), also those with broken contents or an unknown charset."""
    if "=?" not in text:
        return clean(text)
    text = _BETWEEN_WORDS.sub(r"\1", text)
    out: list[str] = []
    at = 0
    pending, pending_charset = b"", ""
    for found in _WORD.finditer(text):
        charset = found[1].partition("*")[0].lower()
        data = _word_bytes(found[2], found[3])
        if pending and (found.start() != at or charset != pending_charset):
            out.append(charset_text(pending, pending_charset))
            pending = b""
        out.append(text[at : found.start()])
        # Words of one charset are joined before decoding: some programs cut inside a character.
        pending, pending_charset = pending + data, charset
        at = found.end()
    if pending:
        out.append(charset_text(pending, pending_charset))
    out.append(text[at:])
    return clean("".join(out))


def _word_bytes(encoding: str, payload: str) -> bytes:
    if encoding in "bB":
        return base64_bytes(payload.encode("ascii", "ignore"))
    data = payload.replace("_", " ").encode("utf-8", "surrogateescape")
    return binascii.a2b_qp(data)


def base64_bytes(data: bytes) -> bytes:
    """Decode base64 as far as it goes."""
    kept = data.translate(None, _NOT_BASE64)
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    try:
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))
    except binascii.Error:
        return b""


def addresses(mail: Part, *names: str) -> list[tuple[str, str]]:
    """Names and addresses of the given header fields as (display name, address in lower case)."""
    fields = mail.raw_fields()
    return [
        one
        for name in names
        if name in fields
        for value in mail.unfolded(name)
        for one in split_addresses(value)
    ]


def split_addresses(value: str) -> list[tuple[str, str]]:
    """Split an address list. What is no address is kept as a name, so that it is hunted."""
    name, _, rest = value.partition("<")
    if (plain := _PLAIN_ADDRESS.fullmatch(rest)) and not _SPECIAL.search(name):
        name = _tidy_name(decode_words(name.strip(" \t")))
        return [(name, plain[1].lower().strip(".'"))]
    found: list[tuple[str, str]] = []
    for part in _address_parts(value):
        matches = list(_ADDRESS.finditer(part))
        if not matches:
            name = decode_words(part).strip(" \t\"'<>")
            inner = _ADDRESS.search(name)
            if inner:
                found.append((_tidy_name(name[: inner.start()]), inner[0].lower().strip(".'")))
            elif name and not name.endswith(":"):
                found.append((name, ""))
            continue
        address = matches[-1]
        name = part[: address.start()].strip(" \t<") or part[address.end() :]
        found.append((_tidy_name(decode_words(name)), clean(address[0]).lower().strip(".'")))
    return found


def _address_parts(value: str) -> Iterable[str]:
    """Cut at commas and semicolons outside quotes, comments and angle brackets."""
    start = depth = angle = 0
    quoted = False
    skipped = -1
    for found in _LIST_SIGN.finditer(value) if _LIST_CUT.search(value) else ():
        at, char = found.start(), found[0]
        if at == skipped:
            continue
        if char == "\\":
            skipped = at + 1
        elif char == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif char == "<":
            angle = 1
        elif char == ">":
            angle = 0
        elif depth or angle:
            continue
        elif char != ":":
            yield value[start:at]
            start = at + 1
        elif "@" not in value[start:at] and "=?" not in value[start:at]:
            start = at + 1  # the name of a group
    yield value[start:]


def _tidy_name(name: str) -> str:
    name = name.strip().strip("<>").strip()
    if len(name) >= 2 and name[0] == "(" and name[-1] == ")":
        name = name[1:-1]
    name = name.strip().strip("\"'<(").strip()
    if "\\" in name:
        name = _ESCAPED.sub(r"\1", name)
    return " ".join(name.split()).strip(" \"'")


def message_ids(mail: Part, name: str) -> list[str]:
    """Ids in a header field such as ``References``, in order."""
    return [found for value in mail.unfolded(name) for found in _ID.findall(value)]


def own_id(mail: Part) -> str:
    """The message's id, without brackets; empty if it has none."""
    value = raw_header(mail, "message-id")
    found = _ID.search(value) or _BARE_ID.search(value)
    if found is None:
        return ""
    return found[1] if found.re is _ID else found[0]


def sent_at(mail: Part) -> datetime | None:
    """When the mail was sent: its ``Date``, or if that is broken when the last server received it."""
    for name in ("date", "delivery-date"):
        for value in mail.unfolded(name):
            at = _mail_time(value.strip())
            if at is not None:
                return at
    for value in mail.unfolded("received")[:1]:
        return _mail_time(value.rpartition(";")[2].strip())
    return None


def _mail_time(value: str) -> datetime | None:
    if len(value) > 200:
        return None
    if usual := _USUAL_DATE.fullmatch(value):
        day, month, year, hour, minute, second, sign, hours, minutes = usual.groups()
        shift = timedelta(hours=int(hours), minutes=int(minutes))
        zone = timezone(-shift if sign == "-" else shift)
        try:
            at = datetime(
                int(year),
                _MONTHS.index(month) // 3 + 1,
                int(day),
                int(hour),
                int(minute),
                int(second),
                0,
                zone,
            )
        except ValueError:
            pass
        else:
            return parse_time(at).at
    try:
        parsed = parse_time(parsedate_to_datetime(value))
        if parsed.at is not None:
            return parsed.at
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    return parse_time(value).at


def sender_ips(mail: Part) -> list[str]:
    """Addresses of the sender's machine, as web mailers write them into the header."""
    found: dict[str, None] = {}
    for name in _IP_HEADERS if not mail.raw_fields().keys().isdisjoint(_IP_HEADERS) else ():
        for value in mail.unfolded(name):
            for word in _IP.findall(value):
                try:
                    found[str(ipaddress.ip_address(word.strip(".:") if word.count(":") < 2 else word))] = None
                except ValueError:
                    continue
    return list(found)


def is_reply_subject(subject: str) -> bool:
    """Say whether a subject begins with a reply prefix of any common mail program."""
    if not _COLON.search(subject):
        return False
    return bool(_REPLY_PREFIX.match(_LIST_TAG.sub("", subject.lstrip(), count=1)))


def plain_subject(subject: str) -> str:
    """A subject without reply and forward prefixes and list tags, for comparing."""
    text = subject[:_COMPARED].strip().lower()
    while text.startswith("[") or _COLON.search(text):
        shorter = _LIST_TAG.sub("", text, count=1) if text.startswith("[") else text
        for prefix in (_REPLY_PREFIX, _FORWARD_PREFIX):
            if found := prefix.match(shorter):
                shorter = shorter[found.end() :]
        if shorter == text:
            break
        text = shorter
    return text if text.isprintable() and "  " not in text else _SPACES.sub(" ", text)


def ticket_number(subject: str) -> str:
    """The number that a help desk put into a subject, as in ``[Example #123]``; empty if there is none."""
    found = _TICKET_NUMBER.search(subject)
    return found[1] if found else ""
