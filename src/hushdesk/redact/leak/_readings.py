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

_MARKS = dict.fromkeys(
    [
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xAD,
        0x34F,
        0x61C,
        0xFEFF,
        0x180E,
    ]
)
_TWINS = str.maketrans("аеорсухіјѕһԁвкмнтАЕОРСУХВКМНТІЈЅοανικρτυ", "aeopcyxijshdbkmhtAEOPCYXBKMHTIJSoavikptu")
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


def readings(text: str) -> Iterator[str]:
    """Yield the readings of ``text`` that differ from it.

    Args:
        text: A text in which pseudonyms are blanked.
    """
    plain = text
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain).translate(_MARKS)
        plain = "".join(
            str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in plain
        )
        if re.search(r"[A-Za-z@][^\x00-\x7f]|[^\x00-\x7f][A-Za-z@]", plain):
            plain = plain.translate(_TWINS)
    for _ in range(2):
        if "&" in plain:
            plain = html.unescape(plain)
        if "%" in plain:
            plain = unquote(plain)
    if re.search(r"=(?:40|2E|3D)|=\r?\n", plain):
        plain = quopri.decodestring(plain.encode("utf-8", "replace")).decode("utf-8", "replace")
    plain = re.sub(r"\\u00([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), plain)
    if plain != text:
        yield plain
    joined = _SINGLES.sub(lambda m: m.group().replace(" ", ""), plain)
    spelled = joined
    if "[" in joined or "(" in joined or "{" in joined or "<" in joined:
        spelled = _DOT.sub(".", _AT.sub("@", joined))
    low = spelled.lower()
    if any(word in low for word in _DOT_WORDS):
        spelled = _WORDS.sub(lambda m: f"@{_WORD_DOT.sub('.', m[1])}.{m[2]}", spelled)
    if spelled != plain:
        yield spelled
    decoded = " \n ".join(filter(None, (_decoded(m.group().rstrip("=")) for m in _BASE64.finditer(plain))))
    if decoded:
        yield decoded
