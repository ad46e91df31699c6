"""Undoing encodings: MIME words, quoted-printable, percent, HTML entities, escapes, base64."""

from __future__ import annotations

import base64
import binascii
import html
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from urllib.parse import unquote_to_bytes

from hushdesk.redact._lazy import lazily
from hushdesk.redact.views._view import Edit
from hushdesk.redact.views._windows import Spots, near

TRIGGERS = {
    "entity": (r"&(?:#x?[0-9a-f]{2,6}|[a-z]{2,8});",),
    "percent": (r"%[0-9a-f]{2}",),
    "quoted": (r"=(?:3d|40|2e|2b|25|26|3b|5c|[89a-f][0-9a-f]=)", r"[^\s=]=\r?\n"),
    "escape": (r"\\u[0-9a-f]{4}", r"\\x[0-9a-f]{2}"),
    "css": (r"[a-z0-9_\-]\\0{0,4}40 ?[a-z0-9]",),
    "mime": (r"=\?[a-z0-9\-]{2,20}\?[bq]\?",),
    "base64": (r"[a-z0-9+/]{14}={0,2}[^a-z0-9+/=]",),
}
_MIME = lazily(
    r"=\?[\w\-]{2,20}\?[bBqQ]\?[^?\s\x01]{1,400}\?=(?:\s+=\?[\w\-]{2,20}\?[bBqQ]\?[^?\s\x01]{1,400}\?=){0,40}"
)
_ENTITY = lazily(r"&(?:#[xX]?[0-9a-fA-F]{2,6}|[A-Za-z]{2,8});")
_PERCENT = lazily(r"(?:%[0-9a-fA-F]{2})+")
_QUOTED = lazily(r"(?:=[0-9A-F]{2}|=[0-9a-f]{2})+")
_SOFT_BREAK = lazily(r"=\r?\n")
_ESCAPE = lazily(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_CSS = lazily(
    r"\\0{0,4}(40|2[eEdDbB]|5[fF]|3[0-9])[ ]?(?![0-9a-fA-F])|\\0{0,4}(40|2[eEdDbB]|5[fF]|3[0-9])[ ]"
)
_BASE64_BACK = lazily(r"={0,2}[A-Za-z0-9+/_\-]{14,}(?![A-Za-z0-9+/_\-])")
_BASE64_REST = lazily(r"[A-Za-z0-9+/_\-]*={0,2}")
_ALL_BASE64 = lazily(r"\s*[A-Za-z0-9+/_\-]{16,}={0,2}\s*")
_WORD_END = lazily(r"(?:[A-Za-z]?[a-z]+|[A-Z]+|[\d+/]+)$")
_WORTH = lazily(r"@|%40|=40|&(?:#0*64|#x0*40|commat);|\\u0040|\d(?:\D{0,2}\d){6}|(?i:passw|token|secret)")
_PLAUSIBLE = lazily(r"[A-Z].*[a-z]|[a-z].*[A-Z]|\d")


def edits(text: str, spots: Spots) -> Iterator[Edit]:
    """Yield what decoding each encoded piece of ``text`` changes.

    Args:
        text: A text.
        spots: Where triggers of encodings fired in it.
    """
    if ends := spots.get("mime"):
        for match in near(_MIME, text, ends, 30, 420):
            if (decoded := _mime(match.group())) is not None:
                yield Edit(match.start(), match.end(), decoded)
    if ends := spots.get("entity"):
        for match in near(_ENTITY, text, ends, 12, 1):
            decoded = html.unescape(match.group())
            if decoded != match.group():
                yield Edit(match.start(), match.end(), decoded)
    if ends := spots.get("percent"):
        for match in near(_PERCENT, text, ends, 3, 0):
            if (decoded := _bytes(unquote_to_bytes(match.group()))) is not None:
                yield Edit(match.start(), match.end(), decoded)
    if ends := spots.get("quoted"):
        for match in near(_SOFT_BREAK, text, ends, 200, 200):
            yield Edit(match.start(), match.end(), "")
        for match in near(_QUOTED, text, ends, 200, 200):
            if (decoded := _bytes(bytes.fromhex(match.group().replace("=", "")))) is not None:
                yield Edit(match.start(), match.end(), decoded)
    if ends := spots.get("escape"):
        for match in near(_ESCAPE, text, ends, 6, 0):
            code = int(match[1] or match[2], 16)
            if not 0xD800 <= code < 0xE000 and code >= 0x20:
                yield Edit(match.start(), match.end(), chr(code))
    if ends := spots.get("css"):
        for match in near(_CSS, text, ends, 60, 100):
            yield Edit(match.start(), match.end(), chr(int(match[1] or match[2], 16)))
    for end in spots.get("base64", ()):
        # Long words end such a run, too: of the last letters of an encoded text few are all small or all capitals.
        if _WORD_END.match(text[max(0, end - 15) : end - 1]):
            continue
        # The trigger saw one character more than the run, which may go on with the signs of links.
        rest = _BASE64_REST.match(text, end - 1, min(len(text), end + 4096))
        stop = rest.end() if rest is not None else end - 1
        back = _BASE64_BACK.match(text[max(0, stop - 4098) : stop][::-1])
        if back is not None and (decoded := _base64(back.group()[::-1])) is not None:
            yield Edit(stop - back.end(), stop, f" {decoded} ")


def _bytes(data: bytes) -> str | None:
    try:
        decoded = data.decode("utf-8")
    except UnicodeDecodeError:
        decoded = data.decode("latin-1")
    return None if "\x00" in decoded or "\x01" in decoded or "\x1a" in decoded else decoded


def _mime(word: str) -> str | None:
    try:
        parts = decode_header(word)
        return "".join(
            p if isinstance(p, str) else p.decode(charset or "ascii", "replace") for p, charset in parts
        )
    except (LookupError, ValueError, binascii.Error, HeaderParseError):
        return None


def _base64(run: str, layers: int = 2) -> str | None:
    if not _PLAUSIBLE.search(run):
        return None
    body = run.rstrip("=").replace("-", "+").replace("_", "/")
    if len(body) % 4 == 1:
        return None
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
        decoded = data.decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    printable = sum(c.isprintable() or c in "\r\n\t" for c in decoded)
    if printable != len(decoded):
        return None
    if (
        layers
        and _ALL_BASE64.fullmatch(decoded)
        and (inner := _base64(decoded.strip(), layers - 1)) is not None
    ):
        return inner
    return decoded if _WORTH.search(decoded) else None
