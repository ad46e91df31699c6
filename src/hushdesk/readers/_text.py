"""Bytes to text and HTML to text: helpers that every reader shares."""

from __future__ import annotations

import codecs
import io
import re
from html import unescape
from html.parser import HTMLParser
from typing import IO

_BOMS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SURROGATES = re.compile("[\ud800-\udfff]")


def words(text: str, separator: str | None = None) -> frozenset[str]:
    """The words of a text as a set: long lists of names read better that way."""
    return frozenset(text.split(separator))


def wide_encoding(head: bytes) -> str:
    """Name the encoding that a stream's first bytes give away; empty if it may be read as ASCII-like.

    Knows the byte order marks and UTF-16 without one (every other byte of mostly Latin text is zero).
    """
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    sample = head[:512]
    if len(sample) >= 8 and b"\0" in sample:
        half = len(sample) // 2
        if sample[1::2].count(0) > 0.7 * half and sample[::2].count(0) < 0.05 * half:
            return "utf-16-le"
        if sample[::2].count(0) > 0.7 * half and sample[1::2].count(0) < 0.05 * half:
            return "utf-16-be"
    return ""


def decode_strict(data: bytes) -> str | None:
    """Decode one row: UTF-8, and if that fails cp1252; None if neither fits.

    Row by row, so that one row in another encoding does not spoil its neighbours.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return None


def decode(data: bytes, charset: str = "") -> str:
    """Decode somehow: byte order mark, the declared charset, UTF-8, cp1252, Latin-1. Never fails."""
    wide = wide_encoding(data) if data[:4].startswith(tuple(bom for bom, _ in _BOMS)) else ""
    for name in (wide, charset.strip().strip("\"'")):
        if name:
            try:
                return clean(data.decode(name))
            except (UnicodeError, LookupError):
                continue
    text = decode_strict(data)
    return data.decode("latin-1") if text is None else text


def decode_head(head: bytes) -> str:
    """Decode the first bytes of a stream for sniffing; a character cut at the end is dropped."""
    wide = wide_encoding(head)
    if wide:
        return head.decode(wide, "ignore")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace")


def clean(text: str) -> str:
    """Replace lone surrogates, which no store can hold, by U+FFFD."""
    if text.isascii():
        return text
    try:
        # Surrogates are all that cannot be encoded, and encoding is far quicker than a search.
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)
    return text


class _Transcoded(io.RawIOBase):
    """Bytes in a wide encoding, read as UTF-8."""

    def __init__(self, source: IO[bytes], encoding: str) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._pending = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._pending and not self._ended:
            chunk = self._source.read(len(buffer) or 1)
            self._ended = not chunk
            self._pending = clean(self._decoder.decode(chunk, self._ended)).encode()
        part = self._pending[: len(buffer)]
        self._pending = self._pending[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self._source.close()
        super().close()


class _Ahead(io.RawIOBase):
    """A stream put back together from a head already read and the rest."""

    def __init__(self, head: bytes, source: IO[bytes]) -> None:
        self._head = head
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._head:
            part, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            part = self._source.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self._source.close()
        super().close()


def utf8_stream(source: IO[bytes]) -> IO[bytes]:
    """Make a stream of text readable byte by byte as ASCII-like: UTF-16 and UTF-32 become UTF-8, marks go.

    Streams in UTF-8, cp1252 and their like pass unchanged. Read with ``read1`` or ``read`` of large
    blocks; closing it closes the source.
    """
    head = source.read(1024)
    wide = wide_encoding(head)
    if wide == "utf-8-sig":
        return _Ahead(head[len(codecs.BOM_UTF8) :], source)  # type: ignore[return-value]
    ahead = _Ahead(head, source)
    return _Transcoded(ahead, wide) if wide else ahead  # type: ignore[arg-type,return-value]


_DROPPED = words("script style head template noscript object svg math")
_BLOCKS = words(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody "
    "tfoot thead tr ul"
)
_SPACED = words("blockquote h1 h2 h3 h4 h5 h6 ol p pre table ul")
_VOID = words("meta link base input img br hr")
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_TAG = re.compile(r"<[^<>]*>")
_LOOKS_HTML = re.compile(
    r"<(?:!doctype html|html|body|div|p|br|span|table|a\s+href|ul|ol|li|b|i|em|strong|img|pre|blockquote|font)\b[^<>]*>"
    r"|</(?:html|body|div|p|span|table|a|ul|ol|li|b|i|em|strong|pre|blockquote|font)\s*>",
    re.IGNORECASE,
)


def looks_like_html(text: str) -> bool:
    """Say whether a text is HTML rather than plain text that happens to hold angle brackets."""
    return bool(_LOOKS_HTML.search(text))


class _Flatten(HTMLParser):
    """Collects the readable text of an HTML document."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._newlines = 2  # pending line breaks already written at the end of `out`
        self._space = False
        self._dropped: list[str] = []
        self._pre = 0
        self._links: list[tuple[str, int]] = []

    def _break(self, lines: int) -> None:
        while self._newlines < lines:
            self.out.append("\n")
            self._newlines += 1
        self._space = False

    def _write(self, text: str) -> None:
        if self._space and not self._newlines:
            self.out.append(" ")
        self._space = False
        self.out.append(text)
        self._newlines = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._dropped:
            if tag in _DROPPED:
                self._dropped.append(tag)
            elif tag == "body":
                # A head that was never closed ends where the body begins.
                self._dropped.clear()
            return
        if tag in _DROPPED:
            self._dropped.append(tag)
        elif tag == "br":
            self.out.append("\n")
            self._newlines += 1
            self._space = False
        elif tag in _BLOCKS:
            self._break(2 if tag in _SPACED else 1)
            if tag == "li":
                self._write("- ")
            elif tag == "pre":
                self._pre += 1
        elif tag in {"td", "th"}:
            self._space = True
        elif tag == "img":
            alt = next((value for name, value in attrs if name == "alt" and value), "")
            if alt:
                self.handle_data(alt)
        elif tag == "a":
            href = next((value for name, value in attrs if name == "href" and value), "") or ""
            self._links.append((href.strip(), len(self.out)))

    def handle_endtag(self, tag: str) -> None:
        if self._dropped:
            if tag in self._dropped:
                while self._dropped.pop() != tag:
                    pass
            return
        if tag == "pre":
            self._pre = max(0, self._pre - 1)
        if tag in _BLOCKS:
            self._break(2 if tag in _SPACED else 1)
        elif tag == "a" and self._links:
            self._end_link()

    def _end_link(self) -> None:
        href, start = self._links.pop()
        scheme, _, rest = href.partition(":")
        scheme = scheme.lower()
        if not href or href.startswith("#") or scheme in {"javascript", "data", "cid"}:
            return
        shown = "".join(self.out[start:]).strip()
        target = rest.lstrip("/") if scheme in {"mailto", "tel", "sms", "callto"} else href
        if shown.rstrip("/") not in {href.rstrip("/"), target.rstrip("/")}:
            self._space = bool(shown)
            self._write(f"<{target}>")

    def handle_data(self, data: str) -> None:
        if self._dropped or not data:
            return
        if self._pre:
            self._write(data)
            self._newlines = len(data) - len(data.rstrip("\n"))
            return
        flat = _SPACE.sub(" ", data)
        if flat == " ":
            self._space = True
            return
        if flat.startswith(" "):
            self._space = True
        self._write(flat.strip(" "))
        self._space = flat.endswith(" ")

    def finish(self) -> str:
        while self._links:
            self._end_link()
        text = "".join(self.out)
        return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip()


def html_to_text(html: str) -> str:
    """Turn HTML into plain text: line breaks kept, links as ``text <href>``, scripts and styles dropped.

    The target of a link is kept since it may hold personal data which the redaction then sees;
    pictures leave their alternative text. Never fails, whatever the input.
    """
    flatten = _Flatten()
    try:
        flatten.feed(html)
        flatten.close()
    except AssertionError:
        # The parser gives up on some malformed declarations; keep every word rather than none.
        return clean(unescape(_TAG.sub(" ", html))).strip()
    return clean(flatten.finish())
