"""Values that their cue gives away: birth dates, plates, coordinates, devices, bank accounts, user names."""

from __future__ import annotations

import re

from hushdesk.redact._canonical import canonical
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._numbers import luhn
from hushdesk.redact.detect._text import before

_MONTHS = (
    r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|déc|fév|avr|juin|juil|août|ene|abr|ago|dic|gen|mag|giu|lug|set|ott"
    r"|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|sty|lut|kwi|maj|cze|lip|sie|wrz|paź|lis|gru|out|fev|dez|oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara)\w{0,9}\.?"
)
_DATE = (
    rf"(?:\d{{1,2}}[ ]?[./\- ][ ]?\d{{1,2}}[ ]?[./\- ][ ]?(?:\d{{4}}|\d{{2}}(?!\d))|\d{{4}}[./\-]\d{{1,2}}[./\-]\d{{1,2}}|\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?[ \-](?:of |de |d')?{_MONTHS}(?:,| de| del)?[ \-,]{{1,2}}\d{{2,4}}"
    rf"|{_MONTHS}[ ]\d{{1,2}}(?:st|nd|rd|th)?,?[ ]\d{{4}}|\d{{4}}年[ ]?\d{{1,2}}月[ ]?\d{{1,2}}日|\d{{4}}년[ ]?\d{{1,2}}월[ ]?\d{{1,2}}일|\d{{8}}(?!\d))"
)
_BIRTH = _cues.after_cue(_DATE)
_PLATE = _cues.after_cue(
    r"(?-i:(?=[A-ZÄÖÜ0-9\- ]{0,6}\d)(?=[0-9\- ]{0,6}[A-ZÄÖÜА-Я])[A-ZÄÖÜА-Я0-9]{1,4}(?:[ \-·][A-ZÄÖÜА-Я0-9]{1,4}){0,3})"
)
_IMEI = _cues.after_cue(r"\d(?:[ \-/.]?\d){13,16}")
_BANK = _cues.after_cue(r"(?:\d{2}[ \-]\d{2}[ \-]\d{2}(?!\d)|\d(?:[ \-]?\d){4,17})")
_BIC = _cues.after_cue(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![A-Za-z0-9])")
_LATLON = re.compile(
    r"(?<![\w.])[-+]?(?:[0-8]?\d|90)\.\d{4,9}\s?°?\s?[NS]?\s?[,;/ ]\s?(?:lon(?:gitude)?|lng)?[:=\s]{0,2}[-+]?(?:1[0-7]\d|0?\d{1,2}|180)\.\d{4,9}\s?°?\s?[EWO]?(?![\w.])"
)
_DMS = re.compile(
    r"\d{1,2}°\s?\d{1,2}['′]\s?(?:\d{1,2}(?:\.\d+)?[\"″]\s?)?[NS][,;\s]{1,3}\d{1,3}°\s?\d{1,2}['′]\s?(?:\d{1,2}(?:\.\d+)?[\"″]\s?)?[EWO]"
)
_LAT_CUE = re.compile(
    r"(?i)(?:lat(?:itude)?|lon(?:gitude)?|lng)[\"']?\s{0,2}[:=]\s{0,2}(?P<v>[-+]?\d{1,3}\.\d{3,10})"
)
_COORD_CUE = re.compile(
    r"(?i)gps|coord|koord|lat|lon|location|position|standort|map|geo|координат|坐标|座標|좌표"
)
_HOME = re.compile(
    r"(?:/(?:home|Users)/|[A-Za-z]:(?:\\{1,2}|/)(?:Users|Documents and Settings|Benutzer|Usuarios|Utilisateurs|Utenti)(?:\\{1,2}|/))(?P<v>[^\\/\s:*?\"'<>|;,)\x01\x1a]{1,40}(?:[ ][^\\/\s:*?\"'<>|;,)\x01\x1a]{1,30}(?=[\\/]))?)"
)
_NOT_HOME = frozenset(
    words(
        """
    public default shared all guest runner administrator admin root user users ubuntu vagrant node git
    app jenkins defaultuser0 appdata linuxbrew ec2-user
    """
    )
)
_USER = re.compile(
    r"(?i)(?P<lead>[\"']?\s{0,2}(?:[:=：]\s{0,2}|(?:\s(?:is|name|id|ist|est|es|=|called|named|login)\b\s?:?){1,2}\s?|\s?[-–]\s)[\"'“„«`@]{0,2}(?:live:)?)(?P<v>[A-Za-z0-9][\w.\-\\]{1,40}[A-Za-z0-9_])(?![@\w])"
)
_USER_QUOTED = re.compile(r"(?i)\s{1,2}[\"'“„«`](?P<v>[A-Za-z0-9][\w.\-\\]{1,40})[\"'”“»`]")
_HANDLE = re.compile(
    r"[\s:=(\"']{0,3}(?:(?:is|me|us|on|at|id|handle|name|:|ist|est|es)\s?){0,3}[\s:=]{0,2}(?P<v>@[A-Za-z0-9_](?:[\w.]{1,28}[A-Za-z0-9_]))"
)
_DOMAIN_USER = re.compile(
    r"(?<![\w\\/:.])(?P<d>[A-Z][A-Z0-9\-]{1,14})\\(?P<v>[a-z][a-z0-9._\-]{2,24})(?![\w\\])"
)
_NOT_USER = frozenset(
    words(
        """
    name is the a an not and or for was has in on to of id null none true false unknown admin
    administrator root system guest user users sign login account manager interface agent experience
    group groups data profile password email mail error support case issue service settings test
    anonymous cannot can could would does did gets got sees says said who which that this it if when
    with from at be been please again also just still now here there locked blocked disabled active
    inactive missing invalid incorrect required created deleted ist nicht est pas es no nicht guide
    defined specific
    """
    )
)


def _cued(pattern: re.Pattern[str], text: str, end: int, reach: int = 70) -> re.Match[str] | None:
    match = pattern.match(text, end)
    return match if match is not None and match.end() - end <= reach else None


def check_birth(text: str, end: int) -> Finding | None:
    """Look behind a word for date of birth."""
    match = _cued(_BIRTH, text, end)
    if match is None:
        return None
    value = match["v"].strip()
    return Finding(
        match.start("v"),
        match.start("v") + len(value),
        Kind.BIRTH_DATE,
        0.95,
        "birth-date",
        canonical(Kind.BIRTH_DATE, value),
        "follows a word for date of birth",
    )


def check_plate(text: str, end: int) -> Finding | None:
    """Look behind a word for number plate."""
    match = _cued(_PLATE, text, end, 40)
    if match is None or len(match["v"]) < 4 or not match["v"].isupper():
        return None
    return Finding(
        match.start("v"),
        match.end("v"),
        Kind.PLATE,
        0.85,
        "plate",
        canonical(Kind.PLATE, match["v"]),
        "follows a word for number plate",
    )


def check_imei(text: str, end: int) -> Finding | None:
    """Look behind ``IMEI``."""
    match = _cued(_IMEI, text, end)
    if match is None:
        return None
    digits = re.sub(r"\D", "", match["v"])
    if (len(digits) == 15 and not luhn(digits)) or not 14 <= len(digits) <= 17:
        return None
    return Finding(
        match.start("v"),
        match.end("v"),
        Kind.DEVICE,
        0.95,
        "imei",
        digits,
        "follows a word for device number",
    )


def check_bank(text: str, end: int) -> Finding | None:
    """Look behind a word for bank account, sort code, routing number."""
    match = _cued(_BANK, text, end)
    if match is not None and 5 <= len(re.sub(r"\D", "", match["v"])) <= 18:
        return Finding(
            match.start("v"),
            match.end("v"),
            Kind.BANK,
            0.88,
            "bank",
            canonical(Kind.BANK, match["v"]),
            "follows a word for bank account",
        )
    return None


def check_bic(text: str, end: int) -> Finding | None:
    """Look behind ``BIC`` or ``SWIFT``."""
    match = _cued(_BIC, text, end, 40)
    if match is None or not match["v"].isupper():
        return None
    return Finding(
        match.start("v"), match.end("v"), Kind.BANK, 0.8, "bic", match["v"], "follows a word for bank code"
    )


def check_coordinates(text: str, end: int) -> Finding | None:
    """Look at a pair of decimal degrees, or a cue for one, around ``end``."""
    for pattern in (_DMS, _LATLON):
        for match in pattern.finditer(text, max(0, end - 40), min(len(text), end + 60)):
            if match.start() > end or match.end() < end:
                continue
            precise = len(match.group()) >= 15
            if pattern is _DMS or precise or _COORD_CUE.search(before(text, match.start(), 40)):
                return Finding(
                    match.start(),
                    match.end(),
                    Kind.COORDINATES,
                    0.9,
                    "coordinates",
                    re.sub(r"\s", "", match.group()),
                    "a pair of degrees",
                )
    match = _LAT_CUE.search(text, max(0, end - 16), min(len(text), end + 20))
    if match is not None and match.end() >= end:
        return Finding(
            match.start("v"),
            match.end("v"),
            Kind.COORDINATES,
            0.85,
            "coordinates",
            match["v"],
            "degrees after their name",
        )
    return None


def check_home(text: str, end: int) -> Finding | None:
    """Look at a home folder whose root ends at ``end``."""
    match = _HOME.search(text, max(0, end - 40), min(len(text), end + 80))
    if (
        match is None
        or match["v"].lower().strip(".") in _NOT_HOME
        or match["v"].startswith(("%", "$", "{", "<", "["))
    ):
        return None
    value = match["v"].rstrip(".")
    return Finding(
        match.start("v"),
        match.start("v") + len(value),
        Kind.USERNAME,
        0.9,
        "home-folder",
        canonical(Kind.USERNAME, value),
        "names the owner of a home folder",
    )


def check_user(text: str, end: int) -> Finding | None:
    """Look behind a word for user name."""
    match = _USER.match(text, end) or _USER_QUOTED.match(text, end)
    if match is None:
        return None
    value = match["v"]
    low = value.lower()
    strong = re.search(r"[:=：\"'“„«`]", text[end : match.start("v")]) is not None
    if low in _NOT_USER or (low.isdigit() and len(low) < 4):
        return None
    if not strong and not any(c.isdigit() or c in "._-\\" for c in value):
        return None
    start = match.start("v")
    if "\\" in value:
        start += value.rindex("\\") + 1
        value = text[start : match.end("v")]
    return Finding(
        start,
        match.end("v"),
        Kind.USERNAME,
        0.85,
        "user-name",
        canonical(Kind.USERNAME, value),
        "follows a word for user name",
    )


def check_handle(text: str, end: int) -> Finding | None:
    """Look behind the name of a place where people have handles."""
    match = _HANDLE.match(text, end)
    if match is None:
        return None
    return Finding(
        match.start("v"),
        match.end("v"),
        Kind.USERNAME,
        0.9,
        "handle",
        canonical(Kind.USERNAME, match["v"]),
        "a handle after the name of its network",
    )


def check_domain_user(text: str, end: int) -> Finding | None:
    """Look at ``DOMAIN\\user`` around ``end``."""
    for match in _DOMAIN_USER.finditer(text, max(0, end - 18), min(len(text), end + 30)):
        if match["v"] in _NOT_HOME or match["d"] in {
            "HKLM",
            "HKCU",
            "HKEY",
            "NT",
            "BUILTIN",
            "IIS",
            "C",
            "D",
            "SYSTEM",
            "SOFTWARE",
        }:
            return None
        # C:\TEMP\data and registry paths: a third part follows or a drive precedes.
        return Finding(
            match.start("v"),
            match.end("v"),
            Kind.USERNAME,
            0.75,
            "domain-user",
            match["v"],
            "an account of a Windows domain",
        )
    return None


_PROFILE = re.compile(
    r"(?i)(?:linkedin\.com/in/|facebook\.com/|fb\.com/|instagram\.com/|twitter\.com/|(?<![\w.])x\.com/|github\.com/|gitlab\.com/|t\.me/|vk\.com/|tiktok\.com/@?|youtube\.com/@|medium\.com/@|xing\.com/profile/|wa\.me/|line\.me/ti/p/)(?P<v>[\w.\-%~+]{3,60})(?![\w/\-]*/\w)"
)
_NOT_PROFILE = frozenset(
    words(
        """
    home about login signup help support docs search features pricing orgs explore share sharer intent
    watch groups pages events hashtag settings company privacy terms
    """
    )
)


def check_profile(text: str, end: int) -> Finding | None:
    """Look at a link to a person's page whose host ends at ``end``."""
    match = _PROFILE.search(text, max(0, end - 24), min(len(text), end + 80))
    if match is None or match["v"].lower().split(".")[0] in _NOT_PROFILE:
        return None
    value = match["v"].rstrip(".")
    return Finding(
        match.start(),
        match.start("v") + len(value),
        Kind.URL,
        0.85,
        "profile",
        match.group().lower().rstrip("."),
        "a link to a person's page",
    )


_QUERY_USER = re.compile(r"(?P<v>[^\s&#\"'<>;\x01\x1a]{2,200})")


def check_query_user(text: str, end: int) -> Finding | None:
    """Look behind a query parameter that names a person."""
    match = _QUERY_USER.match(text, end)
    if match is None or match["v"].lower() in {"true", "false", "null", "me", "self", "1", "0"}:
        return None
    kind = Kind.EMAIL if "@" in match["v"] or "%40" in match["v"].lower() else Kind.USERNAME
    if kind is Kind.EMAIL:
        return None
    return Finding(
        match.start("v"),
        match.end("v"),
        kind,
        0.8,
        "query-user",
        canonical(kind, match["v"]),
        "a user in a URL",
    )


_word = _cues.hyperscan_word
_BIRTH_CUES = words(
    r"""
    date\sof\sbirth d\.?o\.?b\.? birth\s?date birthday born geburtsdatum geburtstag geboren geb\.
    date\sde\snaissance né\sle née\sle naissance fecha\sde\snacimiento nacimiento nacid[oa]
    data\sde\snascimento nascimento nascid[oa] data\sdi\snascita nat[oa]\sil nascita geboortedatum
    födelsedatum fødselsdato født född syntymäaika data\surodzenia urodzon[ya] datum\snarození narozen
    narozena születési születésnap data\snașterii doğum\starihi doğum ημερομηνία\sγέννησης γέννησης
    дата\sрождения родился родилась д\.р\. дата\sнародження תאריך\sלידה تاريخ\sالميلاد जन्म\sतिथि 生年月日
    誕生日 出生日期 出生 生日 생년월일 생일 วันเกิด ngày\ssinh tanggal\slahir bday
    """
)
_PLATE_CUES = words(
    r"""
    number\splate licen[cs]e\splate plate\s(?:no|number) registration\snumber vehicle\sreg(?:istration)?
    car\sreg kennzeichen nummernschild immatriculation plaque matrícula matricula placa targa kenteken
    registreringsnummer rekisterinumero rejestracyjny spz rendszám plaka госномер номерной\sзнак
    номер\sавто 车牌号? 車牌 ナンバープレート 차량번호
    """
)
BIRTH = Detector("birth-date", tuple(_word(c) for c in _BIRTH_CUES), check_birth)
PLATE = Detector("plate", tuple(_word(c) for c in _PLATE_CUES), check_plate)
IMEI = Detector("imei", (r"\bimei\d?\b", r"\bmeid\b"), check_imei)
BANK = Detector(
    "bank",
    tuple(
        _word(c)
        for c in words(
            r"""
    sort\scode routing bank\saccount account\snumber checking\saccount savings\saccount blz bankleitzahl
    kontonummer kontonr bankverbindung rib clabe cbu bsb ifsc bankkonto aba clearingnummer bankgiro
    plusgiro rekeningnummer bank\sacc(?:oun)?t\.? расчетный\sсчет расчётный\sсч[её]т р/с 银行账号 银行卡号 口座番号
    계좌번호 cuenta\sbancaria
    """
        )
    ),
    check_bank,
)
BIC = Detector("bic", (r"\bbic\b", r"\bswift\b"), check_bic)
COORDINATES = Detector(
    "coordinates",
    (
        r"\d\.\d{4,9}\s?\xc2?\xb0?\s?[NS]?[,;/ ]\s?[-+]?\d{1,3}\.\d{4}",
        r"(?:lat(?:itude)?|lon(?:gitude)?|lng)[\"']?\s{0,2}[:=]\s{0,2}[-+]?\d{1,3}\.\d{3}",
        r"\d{1,2}\xc2\xb0\s?\d",
    ),
    check_coordinates,
    refractory=6,
)
HOME = Detector(
    "home-folder",
    (
        r"/(?:home|users)/",
        r"[a-z]:(?:\\{1,2}|/)(?:users|documents and settings|benutzer|usuarios|utilisateurs|utenti)(?:\\{1,2}|/)",
    ),
    check_home,
)
USER = Detector(
    "user-name",
    tuple(
        _word(c)
        for c in words(
            r"""
    user\s?name user user-?id login logon log-in sign-in\sname upn samaccountname benutzername benutzer
    benutzerkennung nutzername anmeldename nom\sd['’]utilisateur identifiant utilisateur
    nombre\sde\susuario usuario usuário nome\sde\susuário nome\sutente utente gebruikersnaam
    användarnamn brugernavn brukernavn käyttäjätunnus użytkownik uživatelské\sjméno felhasználónév
    kullanıcı\sadı логин имя\sпользователя користувач שם\sמשתמש اسم\sالمستخدم ユーザー名 ユーザID 用户名 用戶名
    사용자\s?이름 아이디 skype\s?(?:id|name)? uid account\sname screen\sname handle nickname gamertag psn wechat
    微信号? 微信 line\sid
    """
        )
    ),
    check_user,
)
HANDLE = Detector(
    "handle",
    (
        r"\b(?:twitter|telegram|instagram|insta|tiktok|skype|discord|slack|snapchat|handle|mastodon|threads|dm|tweet|ig|tg|follow|телеграм\w*|in the channel)\b",
        "\\btg:",
    ),
    check_handle,
)
DOMAIN_USER = Detector(
    "domain-user", (r"\b[A-Z][A-Z0-9\-]{1,14}\\[a-z][a-z0-9._\-]{2}",), check_domain_user, case_sensitive=True
)
PROFILE = Detector(
    "profile",
    (
        r"linkedin\.com/in/",
        r"(?:facebook|fb|instagram|twitter|github|gitlab|vk|tiktok|youtube|medium)\.com/@?\w",
        r"\b(?:t|wa|line)\.me/",
        r"xing\.com/profile/",
    ),
    check_profile,
)
QUERY_USER = Detector(
    "query-user",
    (
        r"[?&](?:user|username|user_?name|login|uid|user_?id|customer|customer_?id|member|name|fullname|first_?name|last_?name|phone|tel|email)=",
    ),
    check_query_user,
)
