"""User names, handles, home folders and links to a person's page."""

from __future__ import annotations

import re

from hushdesk.redact._canonical import canonical
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector

_HOME = re.compile(
    r"(?:/(?:home|Users)/|\\\\[\w.\-]+(?:\\[\w.$\-]+){0,3}?\\(?i:users|home|homes|profiles)\$?\\|[A-Za-z]:(?:\\{1,2}|/)(?:Users|Documents and Settings|Benutzer|Usuarios|Utilisateurs|Utenti)(?:\\{1,2}|/))(?P<v>[^\\/\s:*?\"'<>|;,)\x01\x1a]{1,40}(?:[ ][^\\/\s:*?\"'<>|;,)\x01\x1a]{1,30}(?=[\\/]))?)"
)
_NOT_HOME = frozenset(
    words(
        """
    public default shared all guest runner administrator admin root user users ubuntu vagrant node git
    app jenkins defaultuser0 appdata linuxbrew nobody anonymous everyone rocky alpine pi ec2-user centos debian fedora hadoop hdfs yarn oracle postgres mysql www-data tomcat nginx apache ftp ansible deploy docker build builder service system
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
    if low in _NOT_USER or low in _NOT_HOME or (low.isdigit() and (len(low) < 4 or len(low) in {10, 13})):
        return None
    if not strong and not any(c.isdigit() or c in "._-\\" for c in value):
        return None
    if value.count(".") > 2 or low.endswith(("exception", "error")):
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
    r"""Look at ``DOMAIN\user`` around ``end``."""
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
    r"(?i)(?:linkedin\.com/in/|facebook\.com/|fb\.com/|instagram\.com/|twitter\.com/|(?<![\w.])x\.com/|github\.com/|gitlab\.com/|t\.me/|vk\.com/|tiktok\.com/@?|youtube\.com/@|medium\.com/@|xing\.com/profile/|wa\.me/|line\.me/ti/p/)(?P<v>[\w.\-%~+]{3,60}+)(?!/\w)"
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
    if match is None or match.start() > end or match["v"].lower().split(".")[0] in _NOT_PROFILE:
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


_QUERY_USER = re.compile(r"(?P<v>[^\s&#\"'<>;\]|\x01\x1a]{2,200})")


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
HOME = Detector(
    "home-folder",
    (
        r"/(?:home|users)/",
        r"\\(?:users|homes?|profiles)\$?\\",
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
        r"[?&](?:user|username|user_?name|login|uid|user_?id|customer|customer_?id|member|fullname|full_name|first_?name|last_?name|phone|tel|email)=",
    ),
    check_query_user,
)
