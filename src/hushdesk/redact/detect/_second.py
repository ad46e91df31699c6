"""What is told together with something else: a second number behind a second cue, a number before its cue, a correction."""

from __future__ import annotations

from collections.abc import Iterator

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._cues import AND, in_bytes
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._plain import is_plain
from hushdesk.redact.detect._text import after, before

_CUES = {
    Kind.CARD: "credit|debit|card|cc|kreditkarte|karte|carte|tarjeta|cart[ãa]o|carta|kaart|karta",
    Kind.NATIONAL_ID: "ssn|social",
    Kind.ACCOUNT: "account|acct|acc|ac|a/c|konto|kontonummer|kundennummer|compte|cuenta|conta|conto|rekening|klantnummer|policy|claim|member",
    Kind.SECRET: "password|passwd|pass|pin|passwort|kennwort|contraseña|senha|wachtwoord|hasło",
    Kind.PHONE: "phone|mobile|mob|cell|telefon|handy|tel|téléphone|teléfono|telefone|telefono|telefoon",
    Kind.ADDRESS: "zip|postcode|plz",
}
_KIND = {cue: kind for kind, cues in _CUES.items() for cue in cues.replace("[ãa]", "a").split("|")} | {
    "cartão": Kind.CARD
}
_ANY_CUE = "|".join(_CUES.values())
_FILL = r"(?:card|account|code|number|num|no|nr|id|nummer|numéro|número|numero|numer|is|are|ist|est|es|è|é|to|jest|:|#)"
_SECOND = lazily(
    rf"(?i)(?<!\w)(?P<first>\d{{4,19}})(?P<and>[ ,]{{1,2}}(?:{AND}[ ])?)(?:(?:my|mein|mon|mi|meu|mijn)[ ])?(?P<cue>{_ANY_CUE})(?:[ ]?{_FILL}){{0,3}}[ :]{{1,2}}(?P<v>\d{{4,19}})(?!\w|[.,:/\-]\d)"
)
_YEAR = frozenset(("19", "20"))
"""What is left of a year without its last two figures."""
_CUE_BEFORE = lazily(rf"(?i)(?<!\w)(?:{_ANY_CUE})(?:[ ]?{_FILL}){{0,3}}[ :]{{0,2}}\Z")


def _number(text: str, start: int, end: int, kind: Kind, why: str) -> Finding:
    score = _TOLD if end - start < _LONG else _SURE
    return Finding(start, end, kind, score, "second", canonical(kind, text[start:end]), why)


_TOLD, _SURE = 0.55, 0.7
_LONG = 7


def check_second(text: str, end: int) -> Iterator[Finding]:
    """Look at "ssn 1234 credit 5678" around the cue that stands between two numbers and ends at ``end``.

    Args:
        text: The text.
        end: Where the first digit behind the cue is.
    """
    for match in _SECOND.finditer(text, max(0, end - 64), min(len(text), end + 24)):
        if match.end() < end or match.start("v") > end:
            continue
        if _YEAR.intersection((match["first"][:-2], match["v"][:-2])) and not _CUE_BEFORE.search(
            before(text, match.start(), 32)
        ):
            # "2018 account 4711", "1000 cc 2018"
            continue
        kind = _KIND.get(match["cue"].lower(), Kind.ACCOUNT)
        yield _number(text, *match.span("v"), kind, "a second number behind another word for one")


_MINE = {
    "number": Kind.ACCOUNT, "no": Kind.ACCOUNT, "card": Kind.CARD, "ssn": Kind.NATIONAL_ID, "account": Kind.ACCOUNT, "acc": Kind.ACCOUNT, "ac": Kind.ACCOUNT, "password": Kind.SECRET, "passcode": Kind.SECRET,
    "pin": Kind.SECRET, "zip": Kind.ADDRESS, "zipcode": Kind.ADDRESS, "postcode": Kind.ADDRESS, "phone": Kind.PHONE, "mobile": Kind.PHONE, "cell": Kind.PHONE, "policy": Kind.ACCOUNT, "id": Kind.ACCOUNT,
    "kontonummer": Kind.ACCOUNT, "kundennummer": Kind.ACCOUNT, "kartennummer": Kind.CARD, "passwort": Kind.SECRET, "telefonnummer": Kind.PHONE, "handynummer": Kind.PHONE, "nummer": Kind.ACCOUNT, "postleitzahl": Kind.ADDRESS,
    "numéro": Kind.ACCOUNT, "compte": Kind.ACCOUNT, "carte": Kind.CARD, "número": Kind.ACCOUNT, "cuenta": Kind.ACCOUNT, "tarjeta": Kind.CARD, "contraseña": Kind.SECRET, "clave": Kind.SECRET, "teléfono": Kind.PHONE,
    "conta": Kind.ACCOUNT, "cartão": Kind.CARD, "senha": Kind.SECRET, "telefone": Kind.PHONE, "numero": Kind.ACCOUNT, "conto": Kind.ACCOUNT, "carta": Kind.CARD, "telefono": Kind.PHONE,
    "rekeningnummer": Kind.ACCOUNT, "klantnummer": Kind.ACCOUNT, "wachtwoord": Kind.SECRET, "telefoonnummer": Kind.PHONE, "numer": Kind.ACCOUNT, "hasło": Kind.SECRET, "konto": Kind.ACCOUNT,
}  # fmt: skip
_IS_MINE = r"(?:(?:this|that|das|esto|ce|questo|dit)[ ])?(?:(?:is|are|ist|est|es|é|è|jest)[ ](?:also[ ])?(?:my|our|his|her|meine?|mon|ma|mi|meu|minha|il[ ]mio|la[ ]mia|o[ ]meu|a[ ]minha|mijn|moje|mój|moja)|to[ ](?:moje|mój|moja))"
_MINE_VALUE = lazily(
    rf"(?i)(?<![\w.,:/\-])(?P<v>(?:[a-z]{{2,4}}[ ])?\d{{3,19}}(?:[ \-]\d{{3,6}}){{0,4}})[ ]{_IS_MINE}(?P<words>(?:[ ][^\W\d_]{{1,16}}){{1,4}})"
)
_OTHER = frozenset(
    words(
        "order ticket case tracking invoice build version error booking total budget limit offer price bill room seat favorite favourite lucky score rank bestellung auftrag commande pedido ordine bestelling zamówienia"
    )
)


def check_mine(text: str, end: int) -> Iterator[Finding]:
    """Look at "1234 is my card number", whose "my" ends at ``end``."""
    for match in _MINE_VALUE.finditer(text, max(0, end - 60), min(len(text), end + 70)):
        if match.end() < end:
            continue
        behind = match["words"].lower().split()
        if not _OTHER.isdisjoint(behind):
            return
        kinds = [_MINE[word] for word in behind if word in _MINE]
        if kinds:
            # Of "card number" the first says more than the second.
            kind = next((kind for kind in kinds if kind is not Kind.ACCOUNT), kinds[0])
            start = match.start("v")
            if match["v"][0].isalpha() and is_plain(match["v"].split()[0].lower()):
                start += match["v"].index(" ") + 1
            yield _number(text, start, match.end("v"), kind, "said to be somebody's")
        return


_AS = lazily(
    r"(?i)(?<![\w@.])(?P<v>[^\W\d_][\w.\-]{1,24}(?:[ ]\d{1,8})?|\d{4,12})[ ](?:as|als|comme|como|come|jako)[ ](?:(?:my|the|mein|mon|mi|meu|mijn|moje|o|a|il|la)[ ])?"
    r"(?P<w>user[ ]?name|user[ ]?id|login|password|pass[ ]?word|pin|benutzername|passwort|kennwort|nom[ ]d['’]utilisateur|mot[ ]de[ ]passe|nombre[ ]de[ ]usuario|usuario|contraseña|utilizador|usuário|senha|nome[ ]utente|gebruikersnaam|wachtwoord|login|hasło)(?!\w)"
)
_USER = lazily(r"(?i)user|login|benutz|utilis|usu|utiliz|utente|gebruik")
_NOBODY = frozenset(
    words(
        "it this that them these those use used using same admin root administrator email mail address name field known something text number one value string entered stored set sent saved treated"
    )
)


def check_as(text: str, end: int) -> Iterator[Finding]:
    """Look at "pavel as user name and pavel 123 as password" around a cue that ends at ``end``."""
    for match in _AS.finditer(text, max(0, end - 70), min(len(text), end + 2)):
        value = match["v"].lower()
        head = value.split()[0]
        if head in _NOBODY or (is_plain(head) and head == value):
            continue
        kind = Kind.USERNAME if _USER.match(match["w"]) else Kind.SECRET
        yield Finding(
            *match.span("v"), kind, _SURE, "named-as", canonical(kind, match["v"]), "named before its word"
        )


_LETTERS = lazily(
    r"(?i)[ ](?:(?:is|ist|est|es|é|è|jest|to)[ ])?(?P<v>[^\W\d_]{4,24}|[a-z]{2,8}[ ]\d{1,4}[ ][a-z]{1,4}(?:[ ]\d{1,4})?)(?=[ ]?(?:\r?\n|\Z|\x01)|[ ](?:and|und|et|y|e|en|i)[ ]|[,.][ \n])"
)
_ASKED = frozenset(
    words(
        "reset changed change field page screen policy manager protected prompt box question link recovery expiry hint generator sync"
    )
)


def check_letters(text: str, end: int) -> Finding | None:
    """Look behind "name ... password" and "my password is" for one of letters alone."""
    match = _LETTERS.match(text, end - 1 if text[end - 1] == " " else end)
    if match is None:
        return None
    value = match["v"].lower()
    if value.isalpha() and (value in _ASKED or is_plain(value) or value.endswith(_VERBAL)):
        return None
    return Finding(
        *match.span("v"), Kind.SECRET, _SURE, "password", match["v"], "follows a word for password"
    )


_VERBAL = (
    "ing",
    "ed",
    "ly",
    "able",
    "ible",
    "tion",
    "iert",
    "ert",
    "igt",
    "ato",
    "ata",
    "ado",
    "ada",
    "ido",
    "ida",
    "ée",
    "é",
    "ny",
    "ne",
)
_TWICE = lazily(
    rf"(?i)(?<!\w)(?P<n>[^\W\d_]{{3,20}})[ ]{AND}[ ](?:(?:is|my|password|pass|it|the)[ ]){{0,3}}(?P<v>(?P=n)[ ]?\d{{1,6}})(?!\w|[.,:/\-]\d)"
)


def check_twice(text: str, end: int) -> Iterator[Finding]:
    """Look at "bela and bela 123", a name and what its owner signs in with, around the end of the line or its last figure."""
    for match in _TWICE.finditer(text, max(0, end - 70), min(len(text), end + 1)):
        if not is_plain(match["n"].lower()):
            yield Finding(
                *match.span("v"), Kind.SECRET, _SURE, "named-as", match["v"], "a name again, with figures"
            )
            yield Finding(
                *match.span("n"), Kind.PERSON, _TOLD, "named-as", why="told with a password made of it"
            )


_MOVES = lazily(
    r"(?i)\b(?:transfer\w*|account|acct|ac|money|überweis\w*|konto|virement|compte|transferir|cuenta|conta|conto|bonifico|rekening|przelew|konta)\b"
)
_FROM_TO = lazily(
    r"(?i)\b(?:from|von|de|da|dal|van|z)[ ](?:my[ ]|account[ ]|ac[ ]|konto[ ]){0,2}(?P<v>(?!(?:19|20)\d\d(?!\d))\d{4,19})(?:[ ](?!to[ ]|auf[ ])\w{1,10}){0,3}[ ](?:to|auf|vers|à|a|para|al|naar|na)[ ](?:my[ ]|account[ ]|ac[ ]|konto[ ]){0,2}(?P<w>(?!(?:19|20)\d\d(?!\d))\d{4,19})(?![\w%]|[.,:/\-]\d)"
)


def check_transfer(text: str, end: int) -> Iterator[Finding]:
    """Look at "from 1234 to 5678", the numbers of two accounts where money is moved."""
    for match in _FROM_TO.finditer(text, max(0, end - 80), min(len(text), end + 24)):
        about = before(text, match.start(), 120) + after(text, match.end(), 60)
        if match.end() < end or not _MOVES.search(about):
            continue
        for group in ("v", "w"):
            yield _number(text, *match.span(group), Kind.ACCOUNT, "moved from one account to another")
        return


_ASCII_CUES = in_bytes(_ANY_CUE.replace("[ãa]", "(?:a|ã)"))
DETECTORS: tuple[Detector, ...] = (
    Detector(
        "second",
        (rf"\d[ ,]{{1,2}}(?:{AND} )?(?:my )?(?:{_ASCII_CUES})(?:[ :]+(?:card|account|code|number|num|no|nr|id|is|nummer))*[ :]+\d",),
        check_second,
    ),
    Detector("mine", (in_bytes(rf"\d {_IS_MINE.replace('(?:this|that|das|esto|ce|questo|dit)[ ]', '(?:this|that|das|esto|ce|questo|dit) ')}\b"),), check_mine),
    Detector(
        "named-as",
        (
            in_bytes(
                r"\b(?:as|als|comme|como|come|jako) (?:my |the |mein |mon |mi |meu |mijn |moje )?(?:user ?name|user ?id|login|password|pin|benutzername|passwort|kennwort|nom d.utilisateur|mot de passe|nombre de usuario|usuario|contraseña|usuário|senha|nome utente|gebruikersnaam|wachtwoord|hasło)\b"
            ),
        ),
        check_as,
    ),
    Detector(
        "password-letters",
        (
            r"\bname (?:is )?[a-z]+ (?:and )?(?:my )?password\b",
            r"\band (?:my |the )?password is\b",
            in_bytes(r"\b(?:my password is|mein passwort ist|mon mot de passe est|mi contraseña es|minha senha é|la mia password è|mijn wachtwoord is|moje hasło to) "),
        ),
        check_letters,
    ),
    Detector("twice", (rf" {AND} (?:is |my |password |pass |it |the )*[a-z]{{3,}} ?\d{{1,6}}\r?\n",), check_twice),
    Detector("transfer", (r"\b(?:from|von|de|da|dal|van|z) (?:[a-z]+ )*\d{4,19} (?:[a-z]+ )*(?:to|auf|vers|\xc3\xa0|a|para|al|naar|na) (?:[a-z]+ )*\d{4}",), check_transfer, refractory=19),
)  # fmt: skip
