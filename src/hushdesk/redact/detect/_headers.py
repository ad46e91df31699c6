"""People in the heads of mails and in lists of guests: "To: Tillery, Dot; Pak, Susan", "Present: A. Ross (chair), Corinne", "Des," alone in the first line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._cues import in_bytes
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._introduced import is_department
from hushdesk.redact.detect._plain import is_name, is_plain
from hushdesk.redact.detect._text import BREAK, UPPER, after, before
from hushdesk.redact.tagger._gazetteer import is_listed

_BIG = rf"[{UPPER}](?:[^\W\d_]|['’\-](?=[^\W\d_]))*"
_PART = rf"(?:(?:van|von|de|der|den|da|di|del|la|le|al|el|bin|ten|zu)[ ]){{0,2}}{_BIG}"
_TURNED = lazily(
    rf"[\"'“]?(?P<n>{_PART}(?:[ ]{_BIG}){{0,2}},[ ]{_BIG}\.?(?:[ ]{_BIG}\.?){{0,2}})[\"'”]?(?=[ \t]*(?:[<\[(;/]|\r?$)|[ ]{{2,}}|\t)"
)
"""Family name first."""
_STRAIGHT = lazily(
    rf"[\"'“]?(?:(?:Dr|Mr|Mrs|Ms|Prof|Herr|Frau|M|Mme|Sr|Sra|Dña|Dott)\.?[ ]){{0,2}}(?P<n>{_BIG}\.?(?:[ ]{_PART}\.?){{0,3}})[\"'”]?[ \t]*(?:[<\[(][^;\n]*)?"
)
_ENTRY = lazily(r"[^;]+")
_COMMAS = lazily(r"[^,;]+")
_LETTERS = lazily(r"[^\W\d_]+")
_LISTS = frozenset(
    words(
        "attendees present participants apologies absent panel anwesend teilnehmer abwesend entschuldigt présents participants excusés asistentes presentes presenti partecipanti aanwezig afwezig obecni nieobecni присутствовали"
    )
)
"""Heads of lists that name nobody's mailbox, with commas between people."""


def _person(value: str, *, sure: bool = False) -> bool:
    """Tell whether words with capitals are a person's name and none of a department, a room, a product."""
    parts = _LETTERS.findall(value)
    low = [part.lower() for part in parts]
    if not parts or is_department(low) or sum(map(len, parts)) < _SHORTEST:
        return False
    long = [part for part in low if len(part) > 1]
    if len(long) < 2 and len(parts) < 2:
        return is_name(low[0])
    if sure:
        return not all(is_plain(part) and not is_listed(part) for part in long)
    return any(is_listed(part) for part in long) and not any(
        is_plain(part) and not is_listed(part) for part in long
    )


_SHORTEST = 3


def check_header(text: str, end: int) -> Iterator[Finding]:
    """Look at the list of people behind a word of a mail's head that ends at ``end``."""
    line = after(text, end, _LONGEST).partition("\n")[0]
    head = _LETTERS.search(text[max(0, text.rfind("\n", 0, end - 1)) : end])
    listed = head is not None and head.group().lower() in _LISTS
    for entry in (_COMMAS if listed and ";" not in line else _ENTRY).finditer(line):
        at = entry.start() + len(entry.group()) - len(entry.group().lstrip())
        if not listed or ";" in line:
            match = _TURNED.match(line, at, entry.end())
            if match is not None and _person(match["n"], sure=True):
                yield _finding(end, match)
                continue
        match = _STRAIGHT.fullmatch(line, at, at + len(line[at : entry.end()].rstrip()))
        if match is not None and _person(match["n"]):
            yield _finding(end, match)


_LONGEST = 600


def _finding(at: int, match: re.Match[str], why: str = "named in the head of a mail or a list") -> Finding:
    start, end = match.span("n")
    return Finding(at + start, at + end, Kind.PERSON, 0.7, "header", why=why)


_ROW = lazily(
    rf"[ \t>*\-•]*(?:\d\d?[:.h]\d\d(?:[ ]?[ap]m)?[ \t]+)?(?P<n>{_PART}(?:[ ]{_BIG}){{0,1}},[ ]{_BIG}\.?(?:[ ]{_BIG}\.?){{0,1}})(?=\r?\n|\Z|{BREAK}|[ ]{{2,}}|\t|[ ]*[|;])"
)


def check_row(text: str, end: int) -> Iterator[Finding]:
    """Look at a line that begins with "Family, Given" and is one of a list; the comma is at ``end``."""
    start = text.rfind("\n", max(0, end - 60), end) + 1
    match = _ROW.match(text, start)
    if match is None or match.end("n") < end:
        return
    # Rows of the same form beside it say as much.
    if _is_told(match) or (_person(match["n"], sure=True) and _in_rows(text, start, match.end())):
        yield Finding(*match.span("n"), Kind.PERSON, 0.65, "header", why="a row of a list of people")


def _in_rows(text: str, start: int, end: int) -> bool:
    """Tell whether the line before or behind is one with a name of the same form, one of them a known one."""
    behind = text.find("\n", end, end + 200) + 1
    above = text.rfind("\n", max(0, start - 200), max(0, start - 1)) + 1
    for at in (behind, above):
        match = _ROW.match(text, at) if at else None
        if match is not None and match.start("n") != start and _is_told(match):
            return True
    return False


def _is_told(row: re.Match[str]) -> bool:
    """Tell whether what stands behind the comma of a row is a given name or an initial, and the whole a person."""
    given = _LETTERS.findall(row["n"].partition(",")[2])[0].lower()
    return (is_name(given) or len(given) == 1) and _person(row["n"])


_GREETED = lazily(rf"(?P<n>{_BIG})(?:[ ]?[,:]|[ ][-–—])[ \t]*\r?\n")
_HEAD_LINE = lazily(r"(?:[A-Z][^\W\d_]{1,12}(?:-[^\W\d_]+)?[ ]?:|[-=_ >]*\r?$|>)")
_NOT_GREETED = frozenset(
    words(
        "des note notes summary agenda hi hello thanks regards best cheers love sincerely minutes action actions present will may mark art sunny grace hope joy faith page rose bill chance amber crystal christian paris london austin dallas summer winter april june august"
    )
)


def check_greeted(text: str, end: int) -> Iterator[Finding]:
    """Look at a name alone, with a comma behind it, in the first line of a mail or under its head."""
    stop = _line_end(text, end)
    start = text.rfind("\n", max(0, stop - 40), stop) + 1
    match = _GREETED.match(text, start)
    if match is None:
        return
    above = text[max(0, start - 200) : start].rstrip("\n\r").rpartition("\n")[2]
    if (
        start
        and text[start - 2 : start] != "\n\n"
        and not _HEAD_LINE.match(above)
        and BREAK not in above[-2:]
    ):
        return
    low = match["n"].lower()
    if low not in _NOT_GREETED and not is_department([low]) and is_name(low) and len(low) >= _SHORTEST:
        yield _finding(0, match, "greeted at the head of a mail")


_SIGNED = lazily(
    rf"[,.!]{{0,2}}[ \t]*\r?\n(?:[ \t]*\r?\n){{0,2}}[ \t]*[-–—]{{0,2}}[ ]?(?P<n>[^\W\d_]{{1,2}}|(?:[{UPPER}]\.[ ]?){{1,3}}|[{UPPER}][^\W\d_]{{2,14}})[ \t.]*(?=\r?\n|\Z|{BREAK})"
)


_SHORT_WORDS = frozenset(
    words(
        "no ok okay hi hey yes yep ya ty np k so oh um uh ah me us it we he is ja nu sí si sì da ну да не ні ні tak no oui non não sim bye"
    )
)


def check_signed(text: str, end: int) -> Finding | None:
    """Look at the line under a short closing for initials or a given name."""
    match = _SIGNED.match(text, end)
    if match is None:
        return None
    low = match["n"].lower()
    if len(low) > 3 and (is_department([low]) or (is_plain(low) and not is_listed(low))):
        return None
    if low in _SHORT_WORDS:
        # In a chat "thanks" is followed by "no", or by "ok".
        return None
    return _finding(0, match, "stands alone under a closing")


_FILE = lazily(
    r"(?<![^\W_.\-])(?P<f>[^\W_]+(?:[_\-.][^\W_]+){1,8})\.(?i:pdf|docx?|xlsx?|jpe?g|png|odt|rtf|tiff?|heic|msg|eml|zip)(?!\w)"
)
_PAPERS = frozenset(
    words(
        """
    cv resume résumé passport contract scan id letter application payslip paystub certificate licence license visa report invoice referral prescription offer consent bewerbung lebenslauf vertrag ausweis zeugnis arztbrief
    befund kündigung gehaltsabrechnung contrat passeport lettre bulletin attestation contrato pasaporte nómina certificado currículo documento contratto passaporto certificato busta overeenkomst paspoort loonstrook umowa paszport
    """
    )
)
"""Papers that somebody has, in names of files."""


def check_file(text: str, end: int) -> Iterator[Finding]:
    """Look at the name of a file whose ending is at ``end`` for the names of whose paper it is."""
    for match in _FILE.finditer(text, max(0, end - 100), min(len(text), end + 8)):
        if not match.start() < end <= match.end() + 1:
            continue
        parts = list(_LETTERS.finditer(text, *match.span("f")))
        said = [part.group().lower() for part in parts]
        papers = [i for i, word in enumerate(said) if word in _PAPERS]
        if not papers:
            return
        named = [
            part for part, word in zip(parts, said, strict=True) if len(word) >= _SHORTEST and is_name(word)
        ]
        told = not _ABOUT_ONE.isdisjoint(said)
        # "passport_mira_ostrowski": what stands beside a name is the rest of it.
        for i, (part, word) in enumerate(zip(parts, said, strict=True)):
            may_be = (
                len(word) > _SHORTEST
                and word not in _PAPERS
                and word not in _OF_FILES
                and not is_plain(word)
                and (told or any(abs(i - parts.index(other)) == 1 for other in named))
            )
            if part in named or may_be:
                yield Finding(
                    part.start(), part.end(), Kind.PERSON, 0.65, "file-name", why="named in a file's name"
                )
        return


_ABOUT_ONE = frozenset(
    words("cv resume résumé bewerbung lebenslauf currículo payslip gehaltsabrechnung arztbrief")
)
"""Papers that are about one person, whose name is all that the file's name adds."""
_OF_FILES = frozenset(
    words(
        "final draft copy version signed unsigned page photo front back scan scanned new old template form sample example blank report summary annex appendix attachment english german french spanish"
    )
)
_FORM_NAME = lazily(rf"[ \t]*(?P<n>[^\W\d_]+(?:[ '’\-][^\W\d_]+\.?){{0,3}})[ \t]*\r?(?=\n|\Z|{BREAK})")
_FORM_LINE = lazily(r"(?m)^[ \t>*]*(?:[^\W\d_]|[ \-]){2,24}[:：][ \t]*\S")


def check_form(text: str, end: int) -> Finding | None:
    """Look behind the label "Name:" in a form, whatever its letters' case."""
    match = _FORM_NAME.match(text, end)
    if match is None:
        return None
    said = [word.lower() for word in _LETTERS.findall(match["n"])]
    if is_department(said) or any(is_plain(word) and len(word) > 1 and not is_listed(word) for word in said):
        return None
    around = before(text, end, _AROUND).rpartition("\n")[0] + "\n" + after(text, match.end(), _AROUND)
    labels = {
        line.group().partition(":")[0].strip(" \t>*").lower().replace("-", "")
        for line in _FORM_LINE.finditer(around)
    }
    if _BESIDE_NAMES.isdisjoint(labels):
        return None
    return _finding(0, match, "behind the label of a form")


_AROUND = 160
_BESIDE_NAMES = frozenset(
    words(
        "email mail phone telephone mobile tel address dob birthday telefon handy adresse anschrift geburtsdatum téléphone courriel teléfono correo dirección telefono indirizzo telefone endereço telefoon adres cpf dni"
    )
)
"""Labels of a form about a person: not of a product, a file or a host."""
_LABELS = (
    "from", "to", "cc", "bcc", "attendees", "participants", "present", "apologies", "organizer", "organiser", "required", "optional", "absent", "panel",
    "von", "an", "teilnehmer", "anwesend", "abwesend", "de", "à", "para", "asistentes", "da", "a", "van", "aan", "aanwezig", "od", "do", "dw", "от", "кому", "копия", "від", "fra", "til", "från", "till", "kimden", "kime", "bilgi", "kopie",
)  # fmt: skip
DETECTORS: tuple[Detector, ...] = (
    Detector(
        "header",
        tuple(in_bytes(rf"(?:^|\n)[> \t*]*{label}(?: \([a-z]+\))? ?: ") for label in (*_LABELS, "À", "От", "Кому", "Копия", "Від")),
        check_header,
    ),
    Detector(
        "header-row",
        (r"\n[ \t>*\-]*(?:\d\d?[:.h]\d\d(?: ?[APap]m)?[ \t]+)?(?:[A-Z]|\xc3[\x80-\x9e])[^\n,;:]{1,24}, (?:[A-Z]|[\xc3-\xd0])",),
        check_row,
        case_sensitive=True,
    ),
    Detector("greeted", (r"(?:^|\n)[A-Z\xc3-\xd0][a-z\x80-\xff'-]{2,24} ?[,:\-]\r?\n",), check_greeted, case_sensitive=True),
    Detector(
        "signed",
        (r"(?:^|\n)(?:thx|thanks|thank you|tks|cheers|best|rgds|regards|kind regards|best regards|many thanks|lg|vg|mfg|bises|a\+|saludos|abs|gr|groetjes|pozdr|pzdr)[,.!]?\r?\n",),
        lambda text, end: check_signed(text, _line_end(text, end)),
    ),
    Detector("form-name", (r"(?:^|\n)[ \t>*]*(?:full |your |customer |contact |caller )?name ?:",), check_form),
    Detector("file-name", (r"[a-z0-9]\.(?:pdf|docx?|xlsx?|jpe?g|png|odt|rtf|tiff?|heic|msg|eml)\b",), check_file),
)  # fmt: skip


def _line_end(text: str, end: int) -> int:
    """Where the line ends whose end a trigger saw."""
    stop = min(end, len(text))
    while stop > 0 and text[stop - 1] in "\r\n":
        stop -= 1
    return stop
