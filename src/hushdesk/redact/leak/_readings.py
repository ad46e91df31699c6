"""Other readings of a text, without a way back: good enough to say yes or no."""

from __future__ import annotations

import base64
import binascii
import html
import quopri
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from hushdesk.redact.leak import _gate
from hushdesk.redact.leak._gate import gate

_MARKS = dict.fromkeys(_gate.MARKS)
_TWINS = str.maketrans(_gate.TWINS, "aeopcyxijshdbkmhtAEOPCYXBKMHTIJSoavikptu")
_BESIDE_ASCII = re.compile(r"[A-Za-z@][^\x00-\x7f]|[^\x00-\x7f][A-Za-z@]")
_QUOTED = re.compile(r"=(?:40|2E|3D)|=\r?\n")
_ESCAPED = re.compile(r"\\u00([0-9a-fA-F]{2})")
_AT = re.compile(r"(?i)\s*[\[({<]\s*(?:at|@|ät|arroba|arobase|chiocciola|собака)\s*[\])}>]\s*")
_DOT = re.compile(r"(?i)\s*[\[({<]\s*(?:dot|\.|punkt|point|punto|точка)\s*[\])}>]\s*")
_DOT_WORD = r"\s+(?:dot|punkt|point|punto|ponto|kropka|точка)\s+"
_DOT_WORDS = ("dot", "punkt", "point", "punto", "ponto", "kropka", "точка")
_WORD_DOT = re.compile(f"(?i){_DOT_WORD}")
_WORDS = re.compile(
    r"(?i)(?<=\w)\s*(?:@|\s(?:at|arroba|arobase|chiocciola|собака|klammeraffe)\s)\s*"
    rf"([\w\-]+(?:{_DOT_WORD}[\w\-]+){{0,2}}){_DOT_WORD}(com|net|org|de|fr|uk|es|nl|pl|ru|br|eu|ch|edu|gov|info|jp|cn|mx|ar)\b"
)
_SINGLES = re.compile(r"(?<!\S)(?:[^\W_]|[@.\-_+])(?: (?:[^\W_]|[@.\-_+])){5,}(?!\S)")
_BASE64 = re.compile(r"(?<![\w+/=\-])[A-Za-z0-9+/]{16,}={0,2}(?![\w+/=])")


def _decoded(run: str) -> str:
    try:
        text = base64.b64decode(run + "=" * (-len(run) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    return text if text.isprintable() else ""


def readings(text: str, may: int | None = None) -> Iterator[tuple[str, int]]:
    """Yield the readings of ``text`` that differ from it, each with what :func:`gate` says of it.

    Args:
        text: A text in which pseudonyms are blanked.
        may: What :func:`gate` says of it, if that is known already.
    """
    if may is None:
        may = gate(text)
    plain = text
    if not plain.isascii():
        plain = _undisguised(plain, may)
    for _ in range(2):
        if "&" in plain:
            plain = html.unescape(plain)
        if "%" in plain:
            plain = unquote(plain)
    if "=" in plain and _QUOTED.search(plain):
        plain = quopri.decodestring(plain.encode("utf-8", "replace")).decode("utf-8", "replace")
    if "\\u00" in plain:
        plain = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), plain)
    if plain != text:
        may = gate(plain)
        yield plain, may
    spelled = plain
    if may & _gate.SINGLES:
        spelled = _SINGLES.sub(lambda m: m.group().replace(" ", ""), plain)
    now = may if spelled == plain else _gate.ALL
    if now & _gate.AT:
        spelled = _AT.sub("@", spelled)
        now = _gate.ALL
    if now & _gate.DOT:
        spelled = _DOT.sub(".", spelled)
        now = _gate.ALL
    if now & _gate.WORDS:
        low = spelled.lower()
        if any(word in low for word in _DOT_WORDS):
            spelled = _WORDS.sub(lambda m: f"@{_WORD_DOT.sub('.', m[1])}.{m[2]}", spelled)
    if spelled != plain:
        yield spelled, gate(spelled)
    if may & _gate.BASE64:
        decoded = " \n ".join(
            filter(None, (_decoded(m.group().rstrip("=")) for m in _BASE64.finditer(plain)))
        )
        if decoded:
            yield decoded, gate(decoded)


def _undisguised(text: str, may: int) -> str:
    """The text in compatibility form, without marks, other digits and look-alikes."""
    plain = unicodedata.normalize("NFKC", text)
    if plain != text:
        may = gate(plain)
    if may & _gate.WIDTHLESS:
        plain = plain.translate(_MARKS)
    if may & _gate.DIGITS:
        plain = "".join(
            str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in plain
        )
    if may & _gate.LOOK_ALIKE and _BESIDE_ASCII.search(plain):
        plain = plain.translate(_TWINS)
    return plain
