"""Slips and dodges inside one value: letters in the place of digits, blanks between letters, breaks, joined words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hushdesk.redact._lazy import lazily
from hushdesk.redact.views._view import Edit
from hushdesk.redact.views._windows import Spots, near

_A = r"[\doil|]"
_ALIKE = {"o": "0", "O": "0", "l": "1", "I": "1", "i": "1", "|": "1"}
_AT = "at|arroba|arobase|chiocciola|собака|zavináč|małpa|kukac|klammeraffe|apenstaartje|snabel-a"
_DOT = "dot|punkt|point|punto|ponto|punt|точка|kropka|tečka|nokta"
_TOGETHER = (
    r"(?:all[ ])?(?:in[ ])?(?:one|1)[ ]word|all[ ](?:together|joined|run[ ]together)|no[ ](?:spaces?|gaps?)|without[ ]spaces?|(?:alles[ ])?zusammen(?:geschrieben)?|(?:alles[ ])?in[ ]einem[ ]wort|ein[ ]wort|tout[ ]attaché|en[ ]un[ ](?:seul[ ])?mot|sans[ ]espaces?"
    r"|todo[ ]junto|una[ ]sola[ ]palabra|sin[ ]espacios?|tudo[ ]junto|uma[ ]palavra[ ]só|sem[ ]espaços?|tutto[ ]attaccato|tutto[ ]unito|una[ ]parola[ ]sola|senza[ ]spazi|aan[ ]elkaar|één[ ]woord|ihopskrivet|ett[ ]ord|i[ ]ett[ ]ord|ét[ ]ord|i[ ]ett"
    r"|yhteen|yhtenä[ ]sanana|razem|jednym[ ]słowem|bez[ ]spacji|dohromady|jedním[ ]slovem|bez[ ]mezer|egybe(?:írva)?|egy[ ]szó|слитно|в[ ]одно[ ]слово|без[ ]пробелов|разом|одним[ ]словом|bitişik|tek[ ]kelime|într-un[ ]cuvânt|legat"
)
TRIGGERS = {
    "alike": (
        rf"\b{_A}{{0,2}}[oil|]{_A}{{0,2}}(?:\.{_A}{{1,3}}){{3}}\b",
        rf"\b\d{_A}{{0,2}}\.{_A}{{0,2}}[oil|]{_A}{{0,2}}(?:\.{_A}{{1,3}}){{2}}\b",
        rf"\b\d{_A}{{0,2}}\.{_A}{{1,3}}\.{_A}{{0,2}}[oil|]{_A}{{0,2}}\.{_A}{{1,3}}\b",
        rf"\b\d{_A}{{0,2}}(?:\.{_A}{{1,3}}){{2}}\.{_A}{{0,2}}[oil|]{_A}{{0,2}}\b",
        r"\d[oil]{1,3}\d", r"\d[oil]{1,3}[ \-.]\d{2}", r"\d[ \-.][oil]\d{2}", r"\do{1,2}[ \-.]o{0,2}\d",
    ),
    "apart": (
        r"\w \w {1,2}[\[({<] ?(?:at|@|a|dot|\.|punkt|point|punto) ?[\])}>] {0,2}\w \w",
        r"\b\w \w {1,2}(?:at|@|arroba|arobase) {1,2}\w \w \w", r"\w \w \w {1,2}(?:dot|punkt|point|punto|ponto) {1,2}\w \w",
    ),
    "together": (rf"(?:{_TOGETHER.replace('[ ]', ' ')}),? {{0,2}}(?:@|[\[(]|(?:{_AT})\b)",),
    "provider": (rf"\b(?:g|hot|proton|fast|rediff|zoho|y) mail ?(?:\.|{_DOT})",),
    "wrapped": (r"[a-z0-9]@[a-z0-9\-.]{0,40}[\-.]\r?\n[>| ]{0,6}[a-z0-9]", r"@[a-z0-9\-]{2,40}\r?\n[>| ]{0,6}\.?[a-z0-9\-]{1,40}\.[a-z]{2}"),
}  # fmt: skip
_IP = lazily(r"(?<![\w.])[\doOlI|]{1,3}(?:\.[\doOlI|]{1,3}){3}(?![\w.|])")
_NUMBER = lazily(r"(?<![\w.+\-/])\+?[\doOlI](?:[ \-.]?[\doOlI]){8,13}(?![\w\-/]|\.\w)")
_APART = lazily(
    rf"(?<!\w)(?<!\w[ ])\w(?:[ ][\w.\-]){{1,30}}(?=[ ]{{0,2}}[\[({{<]|[ ]{{1,2}}(?:{_AT}|{_DOT}|@)[ ])|(?:(?<=[\])}}>])|(?<=[\])}}>][ ])|(?<=[ ]at[ ])|(?<=[ ]dot[ ])|(?<=[ ]at[ ][ ])|(?<=@[ ])|(?<=punkt[ ])|(?<=point[ ])|(?<=punto[ ]))\w(?:[ ][\w.\-]){{1,30}}(?!\w)(?![ ]\w(?!\w))"
)
_JOINED = lazily(
    rf"(?i)(?P<v>(?<![\w@.])(?!(?:it|its|is|my|mail|email|e-mail|address|the|to|at|est|ist|es|mein|meine|mon|mi|mia|é|è|adresse|correo|lautet|on|это|user|name|use|try|under)[ ])[^\W_]{{2,24}}(?:[ .][^\W_]{{1,24}}){{0,3}}?)(?P<t>[ ,(]{{1,3}}(?:{_TOGETHER}))(?=[ ,)]{{1,3}}(?:@|[\[(]|(?:{_AT})\b))"
)
_PROVIDER = lazily(rf"(?i)\b(?:g|hot|proton|fast|rediff|zoho|y)(?P<gap>[ ])mail(?=[ ]?(?:\.|\b(?:{_DOT})\b))")
_WRAP = lazily(r"(?<=[\w\-.])[ ]?\r?\n[>| ]{0,6}(?=[A-Za-z0-9.])")


def edits(text: str, spots: Spots) -> Iterator[Edit]:
    """Yield what undoing slips and dodges changes in ``text``.

    Args:
        text: A text.
        spots: Where triggers fired in it.
    """
    if ends := spots.get("alike"):
        yield from _alike(text, ends)
    if ends := spots.get("apart"):
        for match in near(_APART, text, ends, 70, 90):
            for i in range(match.start() + 1, match.end()):
                if text[i] == " ":
                    yield Edit(i, i + 1, "")
    if ends := spots.get("together"):
        for match in near(_JOINED, text, ends, 90, 4):
            for i in range(*match.span("v")):
                if text[i] == " ":
                    yield Edit(i, i + 1, "")
            yield Edit(*match.span("t"), "")
    if ends := spots.get("provider"):
        for match in near(_PROVIDER, text, ends, 24, 8):
            yield Edit(*match.span("gap"), "")
    if ends := spots.get("wrapped"):
        for match in near(_WRAP, text, ends, 60, 4):
            yield Edit(match.start(), match.end(), "")


def _alike(text: str, ends: Sequence[int]) -> Iterator[Edit]:
    for match in near(_IP, text, ends, 20, 24):
        value = match.group()
        plain = "".join(_ALIKE.get(c, c) for c in value)
        if (
            plain != value
            and sum(map(str.isdigit, value)) >= 3
            and all(int(p) < 256 for p in plain.split("."))
        ):
            yield Edit(match.start(), match.end(), plain)
    for match in near(_NUMBER, text, ends, 24, 24):
        value = match.group()
        figures = sum(map(str.isdigit, value))
        letters = sum(map(str.isalpha, value))
        plain = "".join(_ALIKE.get(c, c) for c in value if c not in " -.")
        if (
            letters
            and figures >= 5
            and figures >= letters
            and plain[0] in "0+"
            and 9 <= figures + letters <= 14
        ):
            yield Edit(match.start(), match.end(), f"\x02{plain}\x02")
