"""Addresses on the net, secrets after a cue, postal addresses and dates of birth, to a loose eye."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from hushdesk.redact._types import Kind

Seen = tuple[Kind, str, str]
"""Kind, value, and which rule saw it."""

_ENDS = (
    "com|net|org|edu|gov|mil|int|info|biz|name|pro|aero|coop|museum|mobi|travel|jobs|tel|post|asia|cat|app|dev|cloud|online|shop"
    "|site|tech|email|mail|agency|live|life|world|today|company|support|services|solutions|example|test|local|internal"
)
_MAIL = re.compile(
    r"(?i)(?<![\w.+\-])[\w.+\-'!#$&*/=?^`{|}~]{1,64}[ ]?@[ ]?(?:[\w\-]{1,63}[ ]?[.,][ ]?){1,4}"
    rf"(?:{_ENDS}|[a-z]{{2}}|xn--\w+)(?![\w@])"
)
_NOT_MAIL = re.compile(
    r"(?i)\.(?:png|jpe?g|gif|svg|js|ts|css|py|rb|go|sh|md|so|db|cs|vb|pl|ps|sql|service|socket)$|@\d+[.,]\d"
)
_V4 = re.compile(r"(?<![\w.\-/])(?:\d{1,3}\.){3}\d{1,3}(?![\w\-]|\.\d)")
_V6 = re.compile(r"(?i)(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])")
_VERSION = re.compile(
    r"(?i)(?:\b(?:v|ver|version\w*|wersj\w|verze|verzi\w+|versione|versão|versión|sürüm\w*|build|release|firmware|driver|update|agent"
    r"|rev|sdk|oid|patch|assembly|dll|app|client|server|edge?|chrome|safari|firefox|windows|win)|верси\w+|сборк\w+|версі\w+|バージョン|版本|버전"
    r"|إصدار|الإصدار|גרסה|संस्करण|[\w]/|_|-)\s*[:=(\"'v]*\s*$"
)
_SECRET = re.compile(
    r"(?i)\b(?:pass(?:word|wort|wd|code|phrase)?|pwd|kennwort|mot\sde\spasse|contraseña|senha|hasło|heslo|lösenord|wachtwoord"
    r"|пароль|şifre|parola|api[_\- ]?key|secret|token|access[_\- ]?key)\b[ \t]*(?:is|ist|est|es|é|to|:|=)[ \t]*[\"'`]?(?P<v>[^\s\x1a\[\"'`,;]{6,64})"
)
_SECRET_BARE = re.compile(
    r"(?i:\b(?:pass(?:word|wort|wd|code)?|pwd|kennwort|contraseña|senha|hasło|heslo|lösenord|wachtwoord|пароль|şifre|parola)\s+)"
    r"(?P<v>(?=\S*[a-z])(?=\S*[A-Z])(?=\S*\d)(?=\S*[#!*_%&?$@+])[^\s\x1a]{8,40})"
)
_PROFILE = re.compile(
    r"(?i)\b(?:linkedin\.com/in|twitter\.com|x\.com|facebook\.com|instagram\.com|github\.com|t\.me|vk\.com)/(?P<v>[\w.\-]{3,40})"
)
_BORN = re.compile(
    r"(?i)(?:\b(?:born|dob|d\.o\.b\.?|date\sof\sbirth|birth\s?date|birthday|geboren|geburtsdatum|geb\.|née?\sle|date\sde\snaissance|nacid[oa]"
    r"|fecha\sde\snacimiento|nascid[oa]|data\sde\snascimento|nat[oa]\sil|data\sdi\snascita|urodzon[ya]|data\surodzenia|född|født|doğum\starihi"
    r"|narozen[aý]?)|родил\w+|дата\sрождения|生年月日|出生日期|생년월일)[^\d\n\x1a]{0,18}"
    r"(?P<v>(?:\d{4}[./\-年]\d{1,2}[./\-月]\d{1,2}|\d{1,2}[./\- ]{1,2}(?:\d{1,2}|(?:de\s)?[^\W\d_]{3,10}\.?)[./\- ]{1,2}(?:de\s)?(?:19|20)?\d\d"
    r"|[A-Z][a-z]{2,8}\.?\s\d{1,2},?\s(?:19|20)\d\d)(?!\d|\.\d))"
)
_ACCOUNT = re.compile(
    r"(?i)\b(?:(?:customer|client|account|acct|contract|member(?:ship)?|policy|subscriber|kunden|vertrags|konto|mitglieds)[\s\-]?(?:number|no|nr|num|id|nummer|#)"
    r"|n[°ºo]\.?\s(?:de\s)?(?:client|compte|contrat)|numéro\sde\s(?:client|compte|contrat)|número\sde\s(?:cliente|cuenta|contrato)|número\sd[eao]\s(?:cliente|conta|contrato)"
    r"|numero\s(?:cliente|contratto)|klantnummer|kundnummer|kundenummer|kontonummer|numer\sklienta|numer\sumowy|zákaznické\sčíslo|číslo\s(?:zákazníka|smlouvy)|müşteri\s(?:no|numara\w*))"
    r"(?:\sis|\sist|\sest|\ses)?[\s.:#=]{1,4}(?P<v>(?=[A-Z\-]{0,8}\d)[A-Z0-9](?:[ .\-]?[A-Z0-9]){5,17})(?![\w])"
)
_LOGIN = re.compile(
    r"(?i)\b(?:user\s?name|user\s?id|user(?=\s[a-z]+\d{2})|login(?:\sname)?|logged\sin\sas|log\sin\sas|benutzername|nutzername|identifiant|nom\sd['’]utilisateur|usuario|utilizador|nome\sutente"
    r"|gebruikersnaam|användarnamn|brugernavn|brukernavn|nazwa\sużytkownika|uživatelské\sjméno|kullanıcı\sadı|логин|имя\sпользователя)"
    r"(?:\sis|\sist|\sest|\ses)?[ \t]*[:=]?[ \t]*[\"'“„«]?(?P<v>(?=[\w.\\\-]*\d)[A-Za-z][\w.\\\-]{4,30})(?![\w\x1a])"
)
_TOKEN = re.compile(
    r"(?<![\w/+.\-])(?:[a-z]{2,6}[_\-](?:live|test|prod)?_?|AKIA|ASIA|ghp_|glpat-|xox[abprs]-|AIza|SG\.|eyJ)(?=[A-Za-z0-9_\-]*\d)(?=[A-Za-z0-9_\-]*[A-Z])(?=[A-Za-z0-9_\-]*[a-z])"
    r"[A-Za-z0-9_\-]{18,200}(?![\w])"
)
_STREET_FIRST = re.compile(
    r"(?<!\w)(?P<v>\d{1,5}[A-Za-z]?[ ](?:[NSEW]\.?[ ])?(?:[A-Z][\w'’.\-]+[ ]){1,3}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Terrace|Crescent|Close|Highway|Hwy|Parkway|Pkwy|Esplanade|Square|Place|Grove|Mews|Way|Row|Parade|Circuit)\b)"
)
_STREET_LAST = re.compile(
    r"(?<!\w)(?P<v>(?:[A-ZÄÖÜ][\wäöüß\-]{1,40}(?:straße|strasse|str\.|weg|gasse|platz|allee|ring|damm|ufer|straat|laan|gatan|vägen|veien|vej|gade)"
    r"|(?:Rue|rue|Avenue|avenue|Boulevard|boulevard|Calle|calle|Avda\.|Via|via|Rua|rua|Piazza|Plaza|ul\.|ulica|ulice)"
    r"(?:[ ](?:de|la|le|les|du|des|del|della|dos|da|do|al|los))*(?:[ ][A-ZÁÉÍÓÚŁŚŻŹĆ][\w'’\-]+){1,3}),?[ ]\d{1,5}[a-zA-Z]?(?!\w))"
)


def mails(text: str) -> Iterator[Seen]:
    """Mailboxes."""
    if "@" not in text:
        return
    for match in _MAIL.finditer(text):
        value = match.group()
        if "\x1a" in value or _NOT_MAIL.search(value) or not re.search(r"\w", value.split("@")[0]):
            continue
        if re.search(r"[.,][ ]", value) and not re.search(rf"[.,][ ]?(?:{_ENDS})$", value):
            # A sign with a blank after it ends a sentence; within an address it is a slip that only a sure end betrays.
            continue
        yield Kind.EMAIL, value, "mailbox"


def addresses(text: str) -> Iterator[Seen]:
    """IP addresses that are no version."""
    for match in _V4.finditer(text):
        parts = match.group().split(".")
        numbers = [int(part) for part in parts]
        if (
            max(numbers) > 255
            or numbers[0] in {0, 127, 255}
            or any(len(part) > 1 and part[0] == "0" for part in parts)
            or _VERSION.search(text, max(0, match.start() - 28), match.start())
        ):
            continue
        # Small numbers all along are a version as often as an address.
        if max(numbers[:3]) >= 20 and max(numbers) >= 32:
            yield Kind.IP, match.group(), "IPv4"
    if text.count(":") >= 2:
        for match in _V6.finditer(text):
            value = match.group()
            if len(value) < 9 or not re.search(r"[0-9a-fA-F]{3}", value):
                continue
            try:
                if not ipaddress.IPv6Address(value).is_loopback:
                    yield Kind.IP, value, "IPv6"
            except ValueError:
                continue


def other(text: str) -> Iterator[Seen]:
    """What a cue word or a typical shape gives away."""
    for match in _SECRET.finditer(text):
        value = match["v"].rstrip(".)!?")
        if len(value) >= 6 and re.search(r"\d", value) and re.search(r"[^\W\d]", value):
            yield Kind.SECRET, value, "value after a word for a secret"
    for match in _SECRET_BARE.finditer(text):
        yield Kind.SECRET, match["v"].rstrip(".)"), "mixed signs after a word for a secret"
    for match in _TOKEN.finditer(text):
        if not re.search(r"[a-z]{6}", match.group()[6:]):
            yield Kind.SECRET, match.group(), "token"
    for match in _ACCOUNT.finditer(text):
        if sum(map(str.isdigit, match["v"])) >= 5:
            yield Kind.ACCOUNT, match["v"], "number after a word for one"
    for match in _LOGIN.finditer(text):
        yield Kind.USERNAME, match["v"].rstrip("."), "name after a word for a log-in"
    for match in _PROFILE.finditer(text):
        if match["v"].lower() not in {"home", "about", "login", "search", "share", "intent", "hashtag"}:
            yield Kind.URL, match.group(), "profile"
    for match in _BORN.finditer(text):
        yield Kind.BIRTH_DATE, match["v"], "date of birth"
    for pattern in (_STREET_FIRST, _STREET_LAST):
        for match in pattern.finditer(text):
            yield Kind.ADDRESS, match["v"], "street and number"
