"""Values of letters and figures as they are said: post codes, PINs and pass words, numbers of accounts and bookings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._postcodes import is_canadian, is_dutch, is_uk
from hushdesk.redact.detect._said import Piece, answers, characters, read
from hushdesk.redact.detect._text import before
from hushdesk.redact.tagger._gazetteer import is_listed

_COUNTED = lazily(
    r"(?i)[ \-](?:times?|digits?|numbers?|letters?|characters?|attempts?|tries|days?|hours?|minutes?|months?|years?|weeks?|of|people|users?|buttons?|keys|pounds?|dollars?|euros?|percent|o['’]clock|mal|ziffern?|stellen|zeichen|tage|stunden|uhr|fois|chiffres?|jours"
    r"|veces|dígitos|cifras?|días|volte|giorni|keer|cijfers|dagen|razy|cyfry|cyfr|dni)\b"
)
"""What is counted: the number before it says how many."""
_LISTS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
)


def in_order(letters: str) -> bool:
    """Tell whether letters are a piece of the alphabet or of a row of keys, or all the same.

    Args:
        letters: Small letters.
    """
    return len(set(letters)) < 2 or any(
        letters in line or letters[::-1] in line or line.startswith(letters[:5]) for line in _LISTS
    )


def _span(pieces: Sequence[Piece]) -> tuple[int, int]:
    return pieces[0].start, pieces[-1].end


def _secret(text: str, at: int) -> tuple[int, int] | None:
    pieces = read(text, at, told=True)
    if len(pieces) < 2 or _COUNTED.match(text, pieces[-1].end):
        return None
    told = characters(pieces)
    if told.isdecimal():
        return _span(pieces) if _FEWEST <= len(told) <= _MOST_FIGURES else None
    return _span(pieces) if len(told) >= _FEWEST + 1 and len(pieces) > 2 and not in_order(told) else None


_FEWEST, _MOST_FIGURES = 3, 12


def _reference(text: str, at: int) -> tuple[int, int] | None:
    pieces = read(text, at, told=True)
    if len(pieces) < _LEAST or _COUNTED.match(text, pieces[-1].end):
        return None
    told = characters(pieces)
    if told.isalpha() and (len(told) <= _LEAST or in_order(told)):
        return None
    if told.isdecimal() and len(told) <= _LEAST and not _NUMBERED.search(before(text, pieces[0].start, 40)):
        # "booking on two three and four may"
        return None
    return _span(pieces)


_LEAST = 4
_NUMBERED = lazily(r"(?i)(?:number|code|id|nummer|num[ée]ro|número|numer)\b")


def _postcode(text: str, at: int) -> tuple[int, int] | None:
    pieces = read(text, at, told=True, pairs=True)
    for first in (0, 1):
        for count in range(min(len(pieces), _LONGEST), first + 2, -1):
            told = characters(pieces[first:count])
            if is_uk(told) or is_canadian(told) or is_dutch(told):
                return _span(pieces[first:count])
    pieces = read(text, at, told=True)
    thousands = _thousands(text, pieces)
    if thousands is not None:
        return thousands
    if len(pieces) < 2 or _COUNTED.match(text, pieces[-1].end):
        return None
    told = characters(pieces[:_LONGEST])
    figures = sum(map(str.isdecimal, told))
    letters = len(told) - figures
    if (4 <= figures <= 9 and not letters) or (figures >= 2 and 1 <= letters <= 4 and len(pieces) > 3):
        return _span(pieces[:_LONGEST])
    return None


_LONGEST = 9
_THOUSAND = lazily(r"(?i)[ ]?(?:thousand|tausend|mille|mila|mil|duizend|tysiąc|tysiące|tysięcy)\b")


def _thousands(text: str, pieces: list[Piece]) -> tuple[int, int] | None:
    """Read a post code said as one number: "veintiocho mil trece"."""
    if not pieces or any(piece.is_letter for piece in pieces):
        return None
    match = _THOUSAND.match(text, pieces[-1].end)
    if match is None or len(characters(pieces)) > 3:
        return None
    rest = [piece for piece in read(text, match.end()) if not piece.is_letter]
    one = _ONE.match(text, match.end())
    return pieces[0].start, rest[-1].end if rest else one.end() if one is not None else match.end()


_ONE = lazily(r"(?i)[ ](?:un|uno|una|um|ein|eins|een|one|jeden)\b")


def _user(text: str, at: int) -> tuple[int, int] | None:
    pieces = read(text, at, told=True)
    told = characters(pieces)
    return _span(pieces) if len(pieces) >= _LEAST and not in_order(told) and not told.isdecimal() else None


def _found(text: str, span: tuple[int, int], kind: Kind, name: str, score: float, why: str) -> Finding:
    pieces = read(text, span[0], stop=span[1], told=True, pairs=kind is Kind.ADDRESS)
    form = text[slice(*span)] if kind is Kind.SECRET else canonical(kind, characters(pieces))
    return Finding(*span, kind, score, name, form, why)


def check_secret(text: str, end: int) -> Iterator[Finding]:
    """Look behind a word for PIN or pass word for one said figure by figure."""
    if span := answers(text, end, _secret):
        yield _found(text, span, Kind.SECRET, "said-secret", 0.8, "said after a word for PIN or password")


def check_reference(text: str, end: int) -> Iterator[Finding]:
    """Look behind a word for account, contract or booking for a number that is spelled."""
    if span := answers(text, end, _reference):
        yield _found(text, span, Kind.ACCOUNT, "said-number", 0.7, "spelled after a word for a number")


def check_order(text: str, end: int) -> Iterator[Finding]:
    """Look behind a word for order or ticket; only asked when the policy masks such numbers."""
    if span := answers(text, end, _reference):
        yield _found(
            text, span, Kind.ACCOUNT, "order-number", 0.7, "spelled after a word for order or ticket"
        )


def check_postcode(text: str, end: int) -> Iterator[Finding]:
    """Look behind a word for post code for one that is said."""
    if span := answers(text, end, _postcode):
        yield _found(text, span, Kind.ADDRESS, "said-postcode", 0.7, "said after a word for postcode")


def check_user(text: str, end: int) -> Iterator[Finding]:
    """Look behind a word for user name for one that is spelled."""
    if span := answers(text, end, _user):
        yield _found(text, span, Kind.USERNAME, "said-user", 0.7, "spelled after a word for user name")


_BACK = 64
_ONE_BY_ONE = lazily(r"(?<![\w'’\-.])[^\W_]{1,5}(?:[ ][^\W_]{1,5}){2,8}\Z")


def check_said_postcode(text: str, end: int) -> Iterator[Finding]:
    """Look at letters and figures said one by one that end at ``end`` and are a whole post code."""
    while end and not text[end - 1].isalnum():
        end -= 1
    match = _ONE_BY_ONE.search(before(text, end, _BACK))
    if match is None:
        return
    start = end - len(match.group())
    # From the longest run of letters and figures on; what stands before it is a word of the sentence.
    for _ in range(_LONGEST):
        pieces = read(text, start, stop=end, pairs=True)
        if pieces and pieces[-1].end == end:
            told = characters(pieces)
            if is_uk(told) or is_canadian(told):
                yield _found(
                    text, _span(pieces), Kind.ADDRESS, "said-postcode", 0.65, "a whole postcode, said"
                )
            elif len(pieces) > _LONGEST:
                return
        blank = text.find(" ", start, end)
        if blank < 0 or (pieces and pieces[-1].end == end and (is_uk(told) or is_canadian(told))):
            return
        start = blank + 1


_WORD_AFTER = lazily(
    r"(?i)(?:[ ]?(?P<sign>[:=])|[ ](?:is|was|ist|lautet|est|es|è|é|to|jest))[ ]{1,2}(?:the[ ]|my[ ]|a[ ])?[\"'“]?(?P<v>[^\W\d_]{2,20}(?:[ ]?\d{1,4})?(?:[ ][^\W\d_]{2,20})?)[\"'”]?(?=[ ]{0,2}(?:[,.!\r\n\x01]|\Z)|[ ](?:and|but|thanks|thank|please|und|et|y|e|en|i)\b)"
)
_WORD_ANSWER = lazily(
    r"(?P<v>[^\W\d_]{3,20}(?:[ ]?\d{1,4})?(?:[ ][^\W\d_]{3,20}(?:[ ]\d{1,4})?)?)[ ]{0,2}[.!]?(?=\r?\n|\x01|\Z)"
)
_ASKED = lazily(
    r"(?i)\b(?:what|give|tell|confirm|need|your|please|could|can|wie|welches|ihr|quel|votre|cuál|su|qual|uw|jakie|proszę|podać)\b|\?"
)
_NO_WORD = frozenset(
    words(
        """
    wrong incorrect invalid right correct not never case required asked needed used set reset changed new old same unknown missing empty blank one something somewhere here there what that this it not forgotten expired too very at too stored saved hidden
    yes no nope sorry sure ok okay thanks thank please hello hi wait hold don't dont i'm im i have cannot can't cant forgot why which when how who let one moment good great perfect fine bye again nothing none pardon just still always optional an a in on
    falsch richtig nicht vergessen unbekannt nein ja moment danke bitte leider keine
    faux fausse incorrect oublié non oui merci pas désolé incorrecta olvidada no sí gracias perdón errata sbagliata dimenticata grazie scusi fout vergeten nee bedankt nie tak dziękuję złe niepoprawne przepraszam
    """
    )
)


def check_word(text: str, end: int) -> Iterator[Finding]:
    """Look behind "memorable word" and the like for the word."""
    match = _WORD_AFTER.match(text, end)
    if match is None and (line := text.find("\n", end, end + 80)) >= 0 and "\x01" not in text[end : line + 2]:
        lead = before(text, end, 60).rpartition("\n")[2]
        alone = not text[end:line].strip(" .:?!\r") and lead.count(" ") <= _FEW
        if not alone and not _ASKED.search(lead + text[end:line]):
            return
        at = line + 1
        for _ in range(6):
            match = _WORD_ANSWER.match(text, at)
            step = _LEADING.match(text, at)
            if step is None:
                break
            match, at = None, step.end()
    if match is None or not _is_word(match["v"]):
        return
    why = "follows a word for a secret word"
    yield Finding(*match.span("v"), Kind.SECRET, 0.75, "said-word", match["v"], why)


_FEW = 3
_LEADING = lazily(
    r"(?i)(?:[^\W\d_]{1,16}[ ]?:[ ]|(?:yes|yeah|sure|ok|okay|um|uh|it['’]?s|its|it|is|that['’]?s|that|would|be|my|the|memorable|word|ja|das|ist|oui|c['’]est|sí|es|sì|è|het|tak|to)\b[ ]?,?[ ]?)(?=[^\W_])"
)


def _is_word(value: str) -> bool:
    head = value.lower().split()[0]
    if head in _NO_WORD:
        return False
    # "is stored", "is being checked"; but "red", "king" and "lily" are words that people choose.
    said_of_it = head.endswith(("ed", "ing", "ly")) and len(head) > _CHOSEN and not is_listed(head)
    return not (value.islower() and said_of_it and not any(map(str.isdigit, value)))


_CHOSEN = 5


_SECRET_CUES = words(
    r"""
    pin pin\s?code pin\s?number cvv2? cvc cv2 passcode pass\scode puk otp password passwd passphrase security\s(?:code|number|digits) access\scode door\scode gate\scode alarm\scode entry\scode verification\scode unlock\scode one-time\scode one\stime\scode
    (?:three|3|last\sthree)\sdigits\son\sthe\sback telephone\sbanking\s(?:code|number) passwort kennwort geheimzahl geheimnummer prüfziffer kartenprüfnummer sicherheitscode zugangscode mot\sde\spasse code\ssecret code\spin cryptogramme code\sd['’]accès code\sde\ssécurité
    contraseña clave clave\ssecreta código\sde\sseguridad codice\spin codice\ssegreto codice\sdi\ssicurezza wachtwoord pincode beveiligingscode hasło kod\spin kod\scvv kod\sdostępu senha código\sde\ssegurança
    """
)
_NUMBER_CUES = words(
    r"""
    reference reference\snumber reference\scode ref booking booking\s(?:code|number|reference) confirmation\s(?:code|number) reservation membership membership\snumber member\s(?:number|id) account account\s(?:number|id) policy policy\snumber customer\s(?:number|id|reference)
    claim claim\snumber contract\snumber patient\snumber licen[cs]e\snumber passport\snumber record\slocator national\sinsurance\snumber national\sinsurance
    kundennummer vertragsnummer kontonummer buchungsnummer buchungscode referenznummer aktenzeichen mitgliedsnummer versicherungsnummer referenz numéro\sde\s(?:client|dossier|contrat|réservation|compte|référence) référence
    número\sde\s(?:cliente|cuenta|reserva|póliza|contrato|referencia|socio) referencia localizador codice\s(?:cliente|prenotazione) numero\s(?:cliente|di\sconto|di\sprenotazione|di\spolizza) klantnummer rekeningnummer polisnummer boekingsnummer lidnummer referentie
    numer\s(?:klienta|konta|rezerwacji|polisy|umowy|referencyjny) número\sda\s(?:reserva|apólice|conta)
    """
)
_ORDER_CUES = words(
    r"order\snumber order\scode ticket\snumber case\snumber tracking\snumber bestellnummer numéro\sde\scommande número\sde\spedido numero\sd['’]ordine bestelnummer numer\szamówienia"
)
_POST_CUES = words(
    r"""
    zip zip\s?codes? post\s?codes? postal\s?codes? eir\s?code plz postleitzahl code\spostal c[óo]digo\spostal cep postcode kod\spocztowy codice\spostale cap psč postnummer
    """
)
_USER_CUES = words(
    r"user\s?name user\sid login\sname benutzername anmeldename identifiant nom\sd['’]utilisateur nombre\sde\susuario nome\sutente gebruikersnaam nazwa\sużytkownika"
)
_WORD_CUES = words(
    r"""
    memorable\s(?:word|place|name|phrase|information) secret\sword security\sword safe\s?word pass\s?word\shint security\sanswer codewort sicherheitswort losungswort sicherheitsantwort mot\ssecret réponse\ssecrète palabra\s(?:secreta|clave|de\sseguridad) respuesta\ssecreta
    parola\ssegreta parola\sd['’]ordine risposta\ssegreta geheime?\swoord veiligheidswoord tajne\ssłowo hasło\stelefoniczne palavra\ssecreta
    """
)


def _triggers(cues: Sequence[str]) -> tuple[str, ...]:
    return tuple(_cues.hyperscan_word(cue) for cue in dict.fromkeys(cues))


_FIGURE = (
    "(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\\w{3,5}teen|\\w{3,5}ty|\\d)"
)
ORDER = Detector("order-number", _triggers(_ORDER_CUES), check_order)
DETECTORS: tuple[Detector, ...] = (
    Detector("said-secret", _triggers(_SECRET_CUES), check_secret),
    Detector("said-number", _triggers(_NUMBER_CUES), check_reference),
    Detector("said-postcode", _triggers(_POST_CUES), check_postcode),
    Detector("said-user", _triggers(_USER_CUES), check_user),
    Detector("said-word", _triggers(_WORD_CUES), check_word),
    Detector(
        "said-postcode",
        (rf"\b{_FIGURE} [a-z] [a-z]\b", rf"\b[a-z] {_FIGURE} [a-z] {_FIGURE} [a-z] {_FIGURE}\b"),
        check_said_postcode,
        refractory=8,
    ),
)
