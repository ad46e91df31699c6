"""Builds one mail as bytes, in the character sets and encodings of its time."""

from __future__ import annotations

import base64
import binascii
import html
import re
from random import Random

_CHARSETS: dict[str, tuple[str, ...]] = {
    "en": ("us-ascii", "iso-8859-1", "windows-1252", "utf-8"),
    "de": ("iso-8859-1", "iso-8859-15", "windows-1252", "utf-8"),
    "fr": ("iso-8859-1", "iso-8859-15", "windows-1252", "utf-8"),
    "es": ("iso-8859-1", "windows-1252", "utf-8"),
    "pt": ("iso-8859-1", "windows-1252", "utf-8"),
    "it": ("iso-8859-1", "windows-1252", "utf-8"),
    "nl": ("iso-8859-1", "windows-1252", "utf-8"),
    "sv": ("iso-8859-1", "utf-8"),
    "pl": ("iso-8859-2", "windows-1250", "utf-8"),
    "cs": ("iso-8859-2", "windows-1250", "utf-8"),
    "tr": ("iso-8859-9", "windows-1254", "utf-8"),
    "ru": ("koi8-r", "windows-1251", "utf-8"),
    "uk": ("koi8-u", "windows-1251", "utf-8"),
    "el": ("iso-8859-7", "utf-8"),
    "ar": ("windows-1256", "utf-8"),
    "th": ("tis-620", "utf-8"),
    "ja": ("iso-2022-jp", "shift_jis", "utf-8"),
    "zh": ("gb18030", "gb2312", "utf-8"),
    "ko": ("euc-kr", "utf-8"),
}
_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
_SPECIAL = re.compile(r'[()<>\[\]:;@\\,."]')


def charset(rng: Random, language: str, year: int, text: str) -> str:
    """A character set that mail in the language used that year, and that can hold the text."""
    choices = _CHARSETS.get(language, ("utf-8",))
    modern = (year - 2004) / 17
    name = "utf-8" if rng.random() < modern else choices[int(rng.random() * len(choices))]
    try:
        # Python's decoder for ISO-2022-JP and others must give back the very text.
        if text.encode(name).decode(name) == text:
            return name
    except UnicodeError:
        pass
    return "utf-8"


def words(text: str, name: str) -> str:
    """A header value as encoded words if it needs any, folded."""
    if text.isascii():
        return text
    name = "utf-8" if name in {"us-ascii", "tis-620"} else name
    try:
        text.encode(name)
    except UnicodeError:
        name = "utf-8"
    out, chunk = [], ""
    for letter in text:
        if len((chunk + letter).encode(name)) > 42:
            out.append(chunk)
            chunk = ""
        chunk += letter
    out.append(chunk)
    return "\r\n ".join(
        f"=?{name}?B?{base64.b64encode(part.encode(name)).decode('ascii')}?=" for part in out
    ).replace("\r", "")


def mailbox(name: str, address: str, encoding: str) -> str:
    """A display name and an address, as they stand in From and To."""
    if not name.isascii():
        return f"{words(name, encoding)} <{address}>"
    if _SPECIAL.search(name):
        name = f'"{name}"'
    return f"{name} <{address}>"


def part(rng: Random, text: str, subtype: str, encoding: str) -> bytes:
    """One text part with its headers."""
    raw = (text + "\n").encode(encoding)
    longest = max(map(len, raw.split(b"\n")))
    point = rng.random()
    ascii_only = raw.isascii()
    if longest > 900:
        how = "base64" if point < 0.4 else "quoted-printable"
    elif encoding == "iso-2022-jp" or (ascii_only and point < 0.8):
        how = "7bit"
    elif point < 0.4:
        how = "8bit"
    elif point < 0.75:
        how = "quoted-printable"
    else:
        how = "base64"
    if how == "quoted-printable":
        raw = binascii.b2a_qp(raw, istext=True)
    elif how == "base64":
        raw = base64.encodebytes(raw)
    head = f"Content-Type: text/{subtype}; charset={encoding}\nContent-Transfer-Encoding: {how}\n\n"
    return head.encode("ascii") + raw


def as_html(text: str) -> str:
    """The text as a mail program's HTML."""
    body = html.escape(text, quote=False).replace("\n", "<br>\n")
    return f'<html><head><meta name="generator" content="mailer"></head><body><div>{body}</div></body></html>'


def body(rng: Random, text: str, encoding: str, attachment: str, key: str) -> bytes:
    """The content of a message: plain, HTML or both, and an attachment if there is one."""
    point = rng.random()
    if point < 0.55:
        content = part(rng, text, "plain", encoding)
    elif point < 0.63:
        content = part(rng, as_html(text), "html", encoding)
    else:
        both = [part(rng, text, "plain", encoding), part(rng, as_html(text), "html", encoding)]
        content = _multipart("alternative", both, f"=_alt_{key}")
    if attachment:
        kind = "text/plain" if attachment.endswith(".log") else "image/png"
        data = base64.encodebytes(
            b"\x89PNG\r\n\x1a\n" if kind == "image/png" else b"started\nstopped\n"
        ).decode()
        extra = (
            f'Content-Type: {kind}; name="{attachment}"\n'
            f'Content-Disposition: attachment; filename="{attachment}"\n'
            f"Content-Transfer-Encoding: base64\n\n{data}"
        )
        content = _multipart("mixed", [content, extra.encode("ascii")], f"=_mix_{key}")
    return content


def _multipart(subtype: str, parts: list[bytes], boundary: str) -> bytes:
    line = f"--{boundary}".encode("ascii")
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\n\n'.encode("ascii")
    inner = b"".join(line + b"\n" + content.rstrip(b"\n") + b"\n\n" for content in parts)
    return head + inner + line + b"--\n"


def mboxrd(sender: str, asctime: str, message: bytes) -> bytes:
    """A message as it stands in an mboxrd file."""
    quoted = _FROM.sub(rb">\1", message)
    return f"From {sender} {asctime}\n".encode("ascii") + quoted.rstrip(b"\n") + b"\n\n"
