"""Passwords that are words, and where sentences hide them: "my pw is snowdrop", "password (Falcon22!)", the next speaker's answer."""

from __future__ import annotations

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._cues import hyperscan_word
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._plain import is_plain
from hushdesk.redact.detect._settings import is_value

STATES = frozenset(
    words(
        """
    wrong incorrect correct right expired invalid valid weak strong safe unsafe secure insecure long short simple complex easy hard old new same different similar missing empty blank null unknown known public private default temporary permanent required mandatory optional
    optional case-sensitive numeric alphanumeric random unique visible invisible hidden shown plain encrypted hashed salted locked unlocked blocked disabled enabled active inactive set unset reset changed unchanged lost forgotten gone stolen leaked compromised stored saved
    accepted rejected refused denied rotated synced updated outdated stale fine ok okay good bad broken useless needed protected limited generated chosen entered typed pasted sent received shared confidential secret there here not still never always now also just only too very really so again
    mine yours his hers theirs ours it this that what which something anything nothing everything none asked being because but and or if when while after before for from to in on at by with without under over between
    falsch richtig korrekt abgelaufen ungültig gültig unsicher sicher schwach stark kurz lang einfach neu alt gleich anders verschieden leer unbekannt bekannt nicht noch schon immer nie wieder weg vergessen gesperrt gesetzt geändert zurückgesetzt erforderlich nötig pflicht gut schlecht okay zu sehr
    change request update link page form email mail protection check entry manager policy field prompt recovery reminder reset hint generator database cracker leak ändern wechsel zurücksetzen vergeben
    aktiv inaktiv supported unsupported available planned included empty required length history hash salt sync complexity strength expiry junk rubbish garbage shorter longer weaker stronger older newer easier harder simpler email
    kaputt hinüber veraltet bestandteil chefsache folgendermassen folgendermaßen folgender probleme schrott vorübergehend antigua antiguo conocida desconocida vencida vieja provisoire wifi actuel actuelle périmé feil fel forkert glemt utgått väärin aktualne aktualny
    quatsch müll mist geheimsache vertraulich pflichtfeld standard vorgabe initialpasswort
    correcta incorrecta errónea inválida válida caducada nueva vieja misma distinta diferente igual segura insegura débil fuerte larga corta obligatoria necesaria fácil difícil demasiado muy la el un una lo no ya siempre esta esa mi tu su
    incorrect correcte erroné expiré invalide valide nouveau ancien même différent faible fort long court obligatoire nécessaire facile le la un une ce mon ton votre trop très pas toujours bon mauvais
    corretta sbagliata errata scaduta valida nuova vecchia stessa diversa uguale sicura debole forte lunga corta obbligatoria facile troppo molto la il un una non sempre giusta
    correta errada expirada inválida válida nova velha mesma igual segura fraca longa curta obrigatória fácil muito a o um uma não sempre
    fout verkeerd juist correct verlopen ongeldig geldig nieuw oud hetzelfde anders veilig zwak sterk lang kort verplicht nodig niet te erg de het een
    błędne poprawne nieprawidłowe nieważne nowe stare takie samo inne bezpieczne słabe mocne długie krótkie wymagane nie za zbyt
    неверный неправильный правильный верный просрочен новый старый тот другой слабый сложный простой длинный короткий не уже очень слишком
    """
    )
)
"""What is said of a password and is none."""
_PARTICIPLE = lazily(
    r"(?:ge|ver|be|zer|ent|er|ab|an|auf|aus|zurück|über)\w{2,16}(?:t|en|d)|\w+(?:é|ée|és|ées|ado|ada|ido|ida|ato|ata|ito|ita|uto|uta|ane|any|ana|one|ony|ona|ęte|ęty|øpt|ört|erat|eret|irt|ett|rat|erad|овано|ован|ено|ён|ен|н[ао])|\w+(?:geheimnis|sache|problem|probleme|fehler|policy)"
)
"""What has been done to a password, in the words of several languages, or what it is."""
ENDS = ("ed", "ing", "able", "ible", "ously", "ly", "wendig", "bar", "iert", "isch", "ung")
_WORD = r"[^\W\d_]{4,24}"
_STOP = r"(?=[ \t]*(?:$|[\n\r\x01.,;!?)]|[ ](?:and|und|y|et|e|i|aber|but|but|pero|mais|please|bitte|thanks|danke|can|could|kann|können|which|für|for)\b|[ ][-–][ ]))"
_TOLD = lazily(rf"[ ](?:lautet|lautete|heißt|heisst)[ ][:„\"»]?(?P<v>{_WORD})")
_MINE = lazily(
    rf"(?i)[ ](?:is|was|are|=|:|ist|war|es|era|est|était|è|é|jest|to|este|er|är|on)[ ]{{1,2}}(?:still[ ])?[\"“„'«]?(?P<v>{_WORD})[\"”“'»]?{_STOP}"
)
_NOUN = lazily(rf"[ ](?:ist|war)[ ]{{1,2}}(?P<v>[A-ZÄÖÜ][a-zäöüß]{{3,24}}){_STOP}")
_BARE = lazily(rf"[ ]{{1,2}}(?P<v>{_WORD}){_STOP}")
_OWN = lazily(
    r"(?i)(?:^|[^\w])(?:my|mein|unser|our|mi|mon|mio|mia|minha|meu|moje|moja|mijn|mitt|mit|min|мой|мій|the[ ](?:current|new|old|temp(?:orary)?|wifi|master|portal|vpn))[ ](?:[\w\-]{2,14}[ ]){0,2}[\w\-]{0,14}\Z"
)


def _word(value: str) -> bool:
    """Tell whether a word may be a password and says nothing of one."""
    small = value.lower()
    return (
        small not in STATES
        and not small.endswith(ENDS)
        and not _PARTICIPLE.fullmatch(small)
        and not is_plain(small)
        and is_value(value, 4)
    )


def _found(start: int, value: str, score: float = 0.7) -> Finding:
    return Finding(
        start, start + len(value), Kind.SECRET, score, "password-word", value, "told as a password"
    )


def check_word(text: str, end: int) -> Finding | None:
    """Look behind a word for password for a word that is one."""
    begin = max(0, end - 60)
    own = _OWN.search(text[begin:end]) is not None
    short = (
        text[max(0, end - 2) : end].lower() in {"pw", "pwd"} or text[max(0, end - 3) : end].lower() == "mdp"
    )
    for pattern, fits in ((_TOLD, True), (_NOUN, True), (_MINE, own), (_BARE, short)):
        match = pattern.match(text, end) if fits else None
        if match is not None and _word(match["v"]):
            return _found(match.start("v"), match["v"])
    return None


_BRACKET = lazily(
    r"[ ][(\[{](?P<v>(?=[^\s)\]}]{0,40}\d)(?=[^\s)\]}]{0,40}[^\W\d_])[^\s)\]}\x01\x1a]{5,40})[)\]}]"
)
_SPEAKER = r"(?:[\[(]?\d{1,2}:\d\d(?::\d\d)?[\])]?[ ])?(?:[^\W\d_][\w .\-]{0,24}(?:[ ]\(\d{1,2}:\d\d\))?[:>][ ]{0,2})?"
_ASKED = lazily(
    rf"(?i)[^\n\x01?]{{0,60}}(?:\?|please|bitte|pls)[ \t]{{0,3}}[\n\r]{{0,3}}[> ]{{0,4}}{_SPEAKER}(?:(?:sure|ok|okay|yes|ja|sí|oui|si|klar)[,.! ]{{1,3}})?(?:(?:it['’]?s|it[ ]is|is|ist|lautet|das[ ]ist|es|c['’]est|è|é|to|my[ ](?:password|pw)[ ]is)[ ]{{1,2}})?"
    r"(?P<v>(?=[^\s\n]{0,40}\d)(?=[^\s\n]{0,40}[^\W\d_])[A-Za-z0-9!#$%&*+\-.@_]{6,40})(?=[ ]*(?:[\n\r\x01,;]|$))"
)
_MACHINE = lazily(
    r"(?i)\S+@\S+\.\w+|(?:win|windows|version|v|office|exchange|ios|android|iphone|galaxy|ticket|case|order|inc|req|tls|ipv|sha|md|kb|iso|step|schritt|paso|page|seite|pbkdf|argon|ntlmv|base|rsa|aes|wpa)[\-_]?\d.*|cve-.*|\d+(?:st|nd|rd|th|am|pm|gb|mb|kb|min|h|x)\b.*|\d+(?:digits?|chars?|zeichen|caract\w*|stellig)"
    r"|(?:min|max|mind)\.?\d.*|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]*[\-_ ]?\d{2,4}"
)
_NUMBERED = lazily(r"[A-Z]{2,5}[\-_]?[A-Z]*[\-_]?\d+")
_OTHERWISE = lazily(
    r"(?i)\b(?:reset|change|set|when|which|system|policy|unlock|ändern|zurücksetzen|wann|welche\w*)\b"
)


def check_bracket(text: str, end: int) -> Finding | None:
    """Look behind a word for password into brackets, or to the answer of who was asked for one."""
    for pattern in (_BRACKET, _ASKED):
        match = pattern.match(text, end)
        if match is not None:
            value = match["v"].rstrip(".,;:")
            if (
                is_value(value, 5)
                and not _MACHINE.fullmatch(value)
                and not _NUMBERED.fullmatch(value)
                and not (pattern is _ASKED and _OTHERWISE.search(text[max(0, end - 40) : match.start("v")]))
            ):
                return _found(match.start("v"), value, 0.8)
    return None


_ANSWER = lazily(
    r"(?i)[^\n\x01?]{0,70}?[?:.\n][ \t]{0,2}(?:[\n\r]{0,2}[> ]{0,4}(?:[^\W\d_][\w .\-]{0,24}[:>])?)?[ ]{0,2}(?:(?:my[ ])?(?:answer|ans|a|antwort|réponse|respuesta|risposta|resposta|odpowiedź|ответ)[ ]{0,2}[:=\-–][ ]{0,2})(?P<v>[^\W_][^\n\x01?;|]{1,40}?)(?=[ ]*(?:[\n\r\x01.;|]|$))"
)
_NO_ANSWER = lazily(
    r"(?i)(?:yes|no|not|only|any|please|field|your|you|it|the|a|if|depends|ja|nein|nur|bitte|sí|oui|non|see|build|n/a|select|required|optional)\b.*"
)
_ABOUT_IT = lazily(r"(?i)\b(?:can|is|do|does|may|should|why|how|failed|covered|required)\b")
_FIRSTS = r"(?:first|favou?rite|mother['’]?s[ ]maiden|childhood|erste[rsn]?|lieblings|mädchenname|primera?|premi(?:er|ère)|primo|primeir[oa]|pierwsz\w+|перв\w+)"
_SUBJECT = lazily(
    rf"(?i){_FIRSTS}.{{0,30}}\b(?:pet|school|car|teacher|street|name|job|employer|friend|boss|concert|phone|city|haustier|schule|auto|lehrer|mascota|colegio|coche|animal|école|voiture|scuola|escola|carro|zwierz\w+|szko\w+|школ\w+|питом\w+)|\b(?:pet|maiden|grew[ ]up|born[ ]in|nickname|haustier|aufgewachsen|geburtsort|mascota|nacist\w*|né[e]?[ ]à)\b"
)


def check_answer(text: str, end: int) -> Finding | None:
    """Look behind a question that opens an account for its answer."""
    match = _ANSWER.match(text, end)
    if match is None or not _SUBJECT.search(text, max(0, end - 24), match.start("v")):
        return None
    value = match["v"].strip()
    if value.lower() in STATES or "\x1a" in value or _NO_ANSWER.fullmatch(value):
        return None
    if _ABOUT_IT.search(text[max(0, end - 24) : match.start("v")]):
        # A question about such questions.
        return None
    return Finding(
        match.start("v"),
        match.start("v") + len(value),
        Kind.SECRET,
        0.8,
        "security-answer",
        value,
        "answers a security question",
    )


_MISREAD = lazily(
    r"[ \t]{0,2}(?:[:=][ \t]{0,3}|\r?\n[> \t]{0,4})(?P<v>[^\s\x01\x1a]{5,60})(?=[ \t]*(?:[\n\r\x01]|$))"
)


def check_misread(text: str, end: int) -> Finding | None:
    """Look behind a label that was read off a picture."""
    match = _MISREAD.match(text, end)
    if match is None or not is_value(match["v"], 5):
        return None
    return _found(match.start("v"), match["v"], 0.8)


_CUES = words(
    r"""
    password passwd passwort kennwort pw pwd passphrase passcode wachtwoord lösenord adgangskode passord salasana hasło heslo jelszó parola parolă şifre contraseña clave senha mot\sde\spasse mdp пароль
    """
)

DETECTORS = (
    Detector("password-word", tuple(hyperscan_word(cue) for cue in _CUES), check_word),
    Detector(
        "password-told", tuple(hyperscan_word(cue) for cue in [*_CUES, "pin", "passwords"]), check_bracket
    ),
    Detector(
        "security-answer",
        tuple(
            hyperscan_word(cue)
            for cue in (
                *words(
                    r"security\squestion secret\squestion sicherheitsfrage geheimfrage question\ssecrète question\sde\ssécurité pregunta\sde\sseguridad pregunta\ssecreta domanda\sdi\ssicurezza pergunta\sde\ssegurança veiligheidsvraag"
                ),
                *words(r"pytanie\spomocnicze контрольный\sвопрос секретный\sвопрос контрольне\sпитання"),
                r"(?:first|favou?rite)\s(?:pet|school|car|teacher|job|street|boss|concert|employer)",
                r"maiden\sname",
            )
        ),
        check_answer,
    ),
    Detector(
        "password-misread",
        (r"\bpassw0rd\b", r"\bpassw0rt\b", r"\bkennw0rt\b", r"\bpa5sw[o0]rd\b"),
        check_misread,
    ),
)
