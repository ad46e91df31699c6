"""Every way in which the ensemble reads a text: slow, without a way back, made apart from the detectors' views."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import quopri
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote_plus

_INVISIBLE = frozenset({"Cf", "Mn", "Cc"})
_KEPT = frozenset("\n\t\r\x1a")
_LOOKS = str.maketrans(
    "аеорсухіјѕһԁвкмнтгпљАЕОРСУХВКМНТІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανικρτυ＠．。｡․·•‧∙⋅",
    "aeopcyxijshdbkmhtrnlAEOPCYXBKMHTIJSABEZHIKMNOPTYXoavikptu@.........",
)
_AT = (
    r"(?:at|ät|kwa|arroba|arobase|arobas|chiocciola|małpa|malpa|zavináč|zavinac|kukac|snabel-a|snabela|apenstaartje"
    r"|klammeraffe|et|собака|собачка|παπάκι|アット|アットマーク|圈a|小老鼠|골뱅이)"
)
_DOT = r"(?:dot|punkt|point|punto|ponto|kropka|tečka|tecka|pont|prik|piste|nokta|punct|точка|крапка|τελεία|ドット|点|點|점|d0t)"
_BRACKETED = re.compile(
    rf"(?i)\s{{0,3}}[\[({{<|*_~\-]{{1,3}}\s{{0,3}}(?:{_AT}|@)\s{{0,3}}[\])}}>|*_~\-]{{1,3}}\s{{0,3}}"
)
_BRACKETED_DOT = re.compile(
    rf"(?i)\s{{0,3}}[\[({{<|*_~\-]{{1,3}}\s{{0,3}}(?:{_DOT}|\.)\s{{0,3}}[\])}}>|*_~\-]{{1,3}}\s{{0,3}}"
)
_SPELLED = re.compile(
    rf"(?i)(?<=[\w])\s{{1,3}}{_AT}\s{{1,3}}(?=[\w\-]{{1,63}}(?:\s{{1,3}}{_DOT}\s{{1,3}}|\s{{0,3}}\.\s{{0,3}})[\w\-])|(?<=[\w])\s{{0,3}}@\s{{1,3}}(?=\w)|(?<=\w)\s{{1,3}}@(?=\w)"
)
_SPELLED_DOT = re.compile(rf"(?i)(?<=[\w])\s{{1,3}}{_DOT}\s{{1,3}}(?=[\w])")
_SINGLES = re.compile(r"(?<!\S)\S(?:[ \t_\-]\S){4,400}(?!\S)")
_BASE64 = re.compile(r"(?<![\w+/=\-])[A-Za-z0-9+/_\-]{12,}={0,2}(?![\w+/=])")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2}[ :]?){8,400}(?![0-9A-Za-z])")
_ESCAPES = re.compile(r"\\(?:u\{?([0-9A-Fa-f]{4})\}?|x([0-9A-Fa-f]{2}))")
_QUOTED = re.compile(r"=[0-9A-F]{2}|=\r?\n")
_REWRAPPED = re.compile(r"[ \t]*\r?\n[> \t]*")
_LOCAL_WORDS = str.maketrans({"（": "(", "）": ")", "【": "[", "】": "]", "《": "<", "》": ">"})


def all_readings(text: str) -> Iterator[str]:
    """Yield the text itself and each other reading of it, every one once.

    Args:
        text: A sealed text in which pseudonyms are blanked.
    """
    seen: set[str] = set()
    for reading in _readings(text):
        if reading and reading not in seen:
            seen.add(reading)
            yield reading


def _readings(text: str) -> Iterator[str]:
    yield text
    plain = folded_forms(text)
    yield plain
    decoded = _decoded(plain)
    yield decoded
    yield spelled_out(decoded)
    closed = _SINGLES.sub(lambda m: re.sub(r"[ \t_\-]", "", m.group()), decoded)
    if closed != decoded:
        yield spelled_out(closed)
    if "\n" in decoded:
        yield _REWRAPPED.sub("", decoded)
    for inner in _inside(plain):
        yield spelled_out(_decoded(folded_forms(inner)))
    if "@" in decoded or "." in decoded:
        turned = decoded[::-1]
        if re.search(r"(?i)\b(?:moc|gro|ten|ed|rf|ku|se|ti|ln)\.[\w\-.]+@", decoded):
            yield turned


def folded_forms(text: str) -> str:
    """Compatibility form, no marks or invisible signs, ASCII digits, look-alikes beside Latin letters resolved."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text).translate(_LOCAL_WORDS)
    out = []
    for char in plain:
        if char.isascii():
            out.append(char)
        elif char.isdecimal():
            out.append(str(unicodedata.decimal(char)))
        elif unicodedata.category(char) not in _INVISIBLE or char in _KEPT:
            out.append(char)
    plain = "".join(out)
    # A word with letters of two scripts is a disguise; a word of one is a language.
    return re.sub(r"[\w.@\-．＠]+", _one_script, plain)


def _one_script(match: re.Match[str]) -> str:
    word = match.group()
    return word.translate(_LOOKS) if not word.isascii() and re.search(r"[A-Za-z@]", word) else word


def _decoded(text: str) -> str:
    for _ in range(3):
        before = text
        if "&" in text:
            text = html.unescape(text)
        if "%" in text:
            text = unquote_plus(text.replace("+", "%2B"))
        if "\\" in text:
            text = _ESCAPES.sub(lambda m: chr(int(m[1] or m[2], 16)), text)
        if "=" in text and _QUOTED.search(text):
            text = quopri.decodestring(text.encode("utf-8", "replace")).decode("utf-8", "replace")
        if text == before:
            break
    return text


def spelled_out(text: str) -> str:
    """The text with the signs of an address that are written in words, or in brackets, as signs."""
    text = _BRACKETED.sub("@", text)
    text = _BRACKETED_DOT.sub(".", text)
    return _SPELLED_DOT.sub(".", _SPELLED.sub("@", text)) if "@" in text or _SPELLED.search(text) else text


def _inside(text: str) -> Iterator[str]:
    """What is packed in the text: base64, hexadecimal, rotated letters."""
    for match in _BASE64.finditer(text):
        run = match.group().rstrip("=").replace("-", "+").replace("_", "/")
        try:
            yield _printable(base64.b64decode(run + "=" * (-len(run) % 4), validate=True))
        except (binascii.Error, ValueError):
            continue
    for match in _HEX.finditer(text):
        yield _printable(bytes.fromhex(re.sub(r"[ :]", "", match.group())))
    if re.search(r"@\w+\.(?:pbz|bet|arg|qr|se|hx)\b", text):
        yield codecs.encode(text, "rot13")


def _printable(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if len(text) >= 6 and text.isprintable() else ""
