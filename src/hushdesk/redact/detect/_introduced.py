"""Names that their place says: after an introduction, and alone in the line under a closing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._small_names import after_introduction
from hushdesk.redact.detect._text import BREAK, UPPER

_NAME = rf"[{UPPER}][\w'’-]+(?:[ ](?:(?:van|von|de|der|den|da|di|del|la|le|al|el|bin)[ ]){{0,2}}[{UPPER}](?:[\w'’-]+|\.)){{0,3}}"
_AFTER = lazily(rf"[ :]{{1,2}}(?P<n>{_NAME})")
_UNDER = lazily(
    rf"[,.!]{{0,2}}[ \t]*\r?\n(?:[> \t]*\r?\n){{0,2}}[> \t]*[-–—]{{0,2}}[ ]?(?P<n>{_NAME})[ \t.,]*(?=\r?\n|$|{BREAK})"
)
_INTRODUCTIONS = (
    "name is", "ich hei.{1,2}e", "mein name ist", "m.{1,3}appelle", "mon nom est", "me llamo", "mi nombre es", "mi chiamo", "meu nome .{1,2}",
    "me chamo", "ik heet", "mijn naam is", "nazywam si.{1,2}", "jmenuji se", "jag heter", "jeg heter", "jeg hedder", "mitt namn .{1,2}r", "mitt navn er",
    "nimeni on", "меня зовут", "мене звати", "με λένε", "m.{1,2} numesc",
)  # fmt: skip
_CLOSINGS = (
    "regards", "sincerely", "best wishes", "yours faithfully", "grüßen", "grüße", "gruß", "cordialement", "salutations", "saludos", "atentamente", "saluti",
    "cumprimentos", "atenciosamente", "groet", "groeten", "pozdrowieniami", "poważaniem", "pozdravem", "hälsning", "hälsningar", "hilsen", "terveisin",
    "saygılarımla", "üdvözlettel", "уважением", "повагою", "εκτίμηση",
)  # fmt: skip
_WORDS = lazily(r"[^\W\d_]+")
_NOBODY = frozenset(
    words(
        """
    support team service services customer help desk helpdesk the your our kundenservice kundendienst hotline department office sales
    billing it admin group gmbh inc ltd llc sent from mein my thanks thank tel phone email mail ihr ihre euer unser votre notre su
    nuestro equipo equipe équipe suporte soporte assistance atendimento atención cliente clientes clients klantenservice zespół dział
    all everybody everyone guests staff reception sekretariat secretariat segreteria secretaria anmeldung facilities accounting payroll legal finance marketing security
    hr operations management board committee room boardroom projector printer conference undisclosed recipients distribution list
    obsługa wsparcie tým podpora kundtjänst kundeservice asiakaspalvelu ekibi ügyfélszolgálat служба поддержка поддержки підтримка
    підтримки команда ομάδα υποστήριξη squadra assistenza servizio clienti servicio leitung abteilung büro
    departamento ufficio setor отдел відділ afdeling avdeling avdelning osasto osztály oddělení oddelenie odjel département equipo dirección gerencia ventas
    reclami reclamos reclamaciones cobrança рекламаций klachten adjusting
    """
    )
)
"""Words of departments: such a line is nobody's name."""


def is_department(said: Iterable[str]) -> bool:
    """Tell whether one of some words, in small letters, is of a department and none of a name.

    Args:
        said: The words of a line or of an entry of a list.
    """
    return not _NOBODY.isdisjoint(said)


def _named(match: re.Match[str] | None, why: str) -> Finding | None:
    if match is None or is_department(_WORDS.findall(match["n"].lower())):
        return None
    return Finding(match.start("n"), match.end("n"), Kind.PERSON, 0.8, "introduced", why=why)


def check_introduction(text: str, end: int) -> Iterator[Finding]:
    """Look at what follows "my name is" in any of the languages."""
    if found := _named(_AFTER.match(text, end), "follows an introduction"):
        yield found
    else:
        yield from after_introduction(text, end)


def check_closing(text: str, end: int) -> Iterator[Finding]:
    """Look at the line under a closing."""
    if found := _named(_UNDER.match(text, end), "stands alone under a closing"):
        yield found


DETECTORS = (
    Detector("introduction", tuple(rf"\b{phrase}" for phrase in _INTRODUCTIONS), check_introduction),
    Detector("closing", tuple(_CLOSINGS), check_closing),
)
