"""Secrets and user names where machines write them: elements of XML, keys of settings, cookies, links, prompts of a shell, pairs."""

from __future__ import annotations

from collections.abc import Iterator

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._plain import is_plain

_NOT_VALUE = frozenset(
    words(
        """
    true false null none nil undefined string str int integer number text password passwd pass pwd secret token username user value required changeme example hidden redacted bearer basic
    varchar char boolean bool object string? env vault your-password your_password yourpassword
    """
    )
)
"""What stands in the place of a value in code, schemas and manuals."""
SERVICES = frozenset(
    words(
        """
    root admin administrator user git ubuntu debian centos rocky alpine pi ec2-user azureuser vagrant deploy deployer jenkins runner ansible nobody guest backup service support system
    postgres mysql oracle www-data nginx apache tomcat hadoop node test demo info me you default anonymous public host
    """
    )
)
"""Accounts that are nobody's."""
_PLACEHOLDER = lazily(r"[*•xX.\-_]+|[$%{\[<(].*|.*[})\]>]|.*\(.*")
_CODE = lazily(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+|[a-z_]+\[.*")


def is_value(value: str, least: int = 3) -> bool:
    """Tell a value from what stands in its place in code, schemas and manuals."""
    return (
        len(value) >= least
        and "\x1a" not in value
        and "\x01" not in value
        and value.lower() not in _NOT_VALUE
        and not _PLACEHOLDER.fullmatch(value)
        and not _CODE.fullmatch(value)
    )


def _secret(start: int, value: str, detector: str, why: str, score: float = 0.85) -> Finding:
    return Finding(start, start + len(value), Kind.SECRET, score, detector, value, why)


def _user(start: int, value: str, detector: str, why: str, score: float = 0.8) -> Finding | None:
    if value.lower() in SERVICES or not any(map(str.isalpha, value)):
        return None
    return Finding(
        start, start + len(value), Kind.USERNAME, score, detector, canonical(Kind.USERNAME, value), why
    )


_ELEMENT = lazily(r"[\"']?(?:[ ][^<>\n]{0,120})?>[ \t]{0,4}(?P<v>[^<>\n\x01]{2,200}?)[ \t]{0,4}</")
_ATTRIBUTE = lazily(r"[\"'][ ]{1,3}(?:value|Value)[ ]?=[ ]?(?P<q>[\"'])(?P<v>[^\"'\n\x01]{3,200})(?P=q)")


def check_element(text: str, end: int) -> Finding | None:
    """Look into an element of XML, or at the value beside a key in quotes, whose name ends at ``end``."""
    match = _ELEMENT.match(text, end) or _ATTRIBUTE.match(text, end)
    if match is None or not is_value(match["v"]) or " " in match["v"] or match["v"][-1] == "?":
        return None
    return _secret(match.start("v"), match["v"], "element", "stands in an element for a secret")


def check_user_element(text: str, end: int) -> Finding | None:
    """Look into an element of XML for a user name."""
    match = _ELEMENT.match(text, end)
    if match is None or not is_value(match["v"]) or " " in match["v"] or "@" in match["v"]:
        return None
    return _user(match.start("v"), match["v"], "element", "stands in an element for a user name")


_NAMED_SO = lazily(r"(?i)pass|pwd|secret|token|hash")
_SETTING = lazily(
    r"[\"']?[ \t]{0,3}(?:=>|:=|[:=]|(?<=[\"']),)[ \t]{0,3}(?:(?P<q>[\"'`])(?P<s>[^\"'`\n\x01]{3,200})(?P=q)|(?P<v>[^\s\"'`,;&<>\x01]{4,200}))"
)


def check_setting(text: str, end: int) -> Finding | None:
    """Look behind a key such as ``smtpPassword``, ``DB_PASS`` or ``APP_SECRET``."""
    match = _SETTING.match(text, end)
    if match is None:
        return None
    quoted = match["s"] is not None
    value = match["s"] if quoted else match["v"].rstrip(".)]}")
    if not is_value(value, 3 if quoted else 4) or " " in value.strip():
        return None
    if not quoted and value.isalpha() and (is_plain(value.lower()) or _NAMED_SO.search(value)):
        # A variable of the same name: "confirmPassword = newPassword".
        return None
    return _secret(match.start("s" if quoted else "v"), value, "setting", "follows a setting for a secret")


_WIFI = lazily(
    r"(?i)(?:[ ](?:is|ist|lautet|est|es|è|é|jest)\b)?[ \t]{0,2}(?:[:=][ \t]{0,2}(?P<v>(?=[^\s,;]{0,60}[\d!#*=])[^\s,;\"'<>]{6,63}|[^\W\d_]{8,63}(?![\w\-]))|[ ](?P<w>(?=[^\s,;]{0,60}\d)(?=[^\s,;]{0,60}[^\W\d_])[A-Za-z0-9!#*$%&+]{8,63}|\d{8,63})(?![\w\-]))"
)
_WIFI_CODE = lazily(r"[^\n\x01]{0,120}?;P:(?P<v>[^;\n\x01]{8,63});")


def check_wifi(text: str, end: int) -> Finding | None:
    """Look behind a word for the key of a wireless network."""
    match = _WIFI.match(text, end)
    if match is None:
        return None
    group = "v" if match["v"] else "w"
    value = match[group].rstrip(".,)?")
    if not is_value(value, 6) or (value.isalpha() and is_plain(value.lower())):
        return None
    return _secret(match.start(group), value, "wifi-key", "follows a word for the key of a wireless network")


def check_wifi_code(text: str, end: int) -> Finding | None:
    """Look into what a QR code for a wireless network says."""
    match = _WIFI_CODE.match(text, end)
    return (
        None
        if match is None
        else _secret(match.start("v"), match["v"], "wifi-key", "the key in a code for a wireless network")
    )


_COOKIES_END = lazily(r"(?i)\n|\x01|cookie:")
_COOKIE = lazily(r"[\w.\-]{1,40}=(?P<v>[\w%.\-+/~:]{10,4000}={0,2})")


def check_cookies(text: str, end: int) -> Iterator[Finding]:
    """Look at the cookies of a header that begins at ``end``: what looks drawn at random opens a session."""
    # As far as the next header, which is looked at by itself: no part of a line of many is read twice.
    stop = _COOKIES_END.search(text, end, end + 8000)
    for match in _COOKIE.finditer(
        text, end, stop.start() if stop is not None else min(len(text), end + 8000)
    ):
        if _drawn(match["v"]):
            yield _secret(match.start("v"), match["v"], "cookie", "a cookie that may open a session", 0.8)


_SESSION = lazily(r"[\"']?(?:=|:[ ]?)[\"']?(?P<v>[\w%.\-+/~]{12,4000}={0,2})")


def check_session(text: str, end: int) -> Finding | None:
    """Look behind the usual names of cookies that open a session."""
    match = _SESSION.match(text, end)
    if match is None or not _drawn(match["v"]):
        return None
    return _secret(
        match.start("v"), match["v"].rstrip("."), "cookie", "a cookie that may open a session", 0.8
    )


def _drawn(value: str) -> bool:
    """Whether a value looks drawn at random: letters and figures all mixed up, and no words with hyphens, version or name of a host."""
    figures = sum(map(str.isdigit, value))
    capitals = sum(map(str.isupper, value))
    if len(value) < 10 or figures < 2 or not any(map(str.islower, value)) or value.count(".") > 2:
        return False
    mixed = len(_CHANGE.findall(value))
    return mixed >= 4 or (mixed >= 2 and capitals >= 2 and "-" not in value)


_CHANGE = lazily(r"(?<=[A-Za-z])\d|(?<=\d)[A-Za-z]|(?<=[a-z])[A-Z]|(?<=[A-Z])[a-z]")


_TOKEN_PATH = lazily(
    r"(?P<v>(?=[\w\-]{0,200}\d)(?=[\w\-]{0,200}[A-Za-z])[\w\-]{16,400}(?:\.[\w\-]{4,400}){0,2})(?![\w\-])"
)
_GUID = lazily(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def check_path(text: str, end: int) -> Finding | None:
    """Look behind ``/invite/`` and the like in a link: who has it is let in."""
    match = _TOKEN_PATH.match(text, end)
    if match is None or not (_drawn(match["v"]) or _GUID.fullmatch(match["v"])):
        return None
    return _secret(match.start("v"), match["v"], "link-token", "a link that lets in whoever has it", 0.8)


_PROMPT = lazily(
    r"(?:^|(?<=[\s\[(\"'`]))(?P<v>[a-z][a-z0-9._\-]{1,30})@(?=[\w.\-]+(?::~|[ ]~|:/|['’]s[ ]pass))"
)
_AT_HOST = lazily(r"[^\n\x01@]{0,80}?[ :](?P<v>[A-Za-z][\w.\-]{1,30})@(?=[\w\-]+)")


def check_prompt(text: str, end: int) -> Finding | None:
    """Look at ``user@host`` in a prompt of a shell whose end is near."""
    begin = max(0, end - 60)
    last = None
    for match in _PROMPT.finditer(text, begin, min(len(text), end + 12)):
        if match.end() <= end:
            last = match
    return None if last is None else _user(last.start("v"), last["v"], "prompt", "a user in a prompt")


def check_at_host(text: str, end: int) -> Finding | None:
    """Look behind ``ssh`` and the like for ``user@host``."""
    match = _AT_HOST.match(text, end)
    return (
        None
        if match is None
        else _user(match.start("v"), match["v"], "prompt", "a user in a command that signs in")
    )


_SIP = lazily(r"(?P<v>[A-Za-z0-9+][\w.\-+]{1,40})@(?=\d{1,3}(?:\.\d{1,3}){3}|[\w\-]+(?![\w.]))")


def check_sip(text: str, end: int) -> Finding | None:
    """Look behind ``sip:`` for who is called."""
    match = _SIP.match(text, end)
    if match is None:
        return None
    value = match["v"]
    if value.lstrip("+").isdigit():
        if len(value) < 7:
            return None
        return Finding(
            *match.span("v"),
            Kind.PHONE,
            0.8,
            "sip",
            canonical(Kind.PHONE, value),
            "a number in an address of a call",
        )
    return _user(match.start("v"), value, "sip", "a user in an address of a call")


_PAIR = lazily(
    r"(?i)(?P<lead>(?:[ ](?:are|is|sind|sont|son|sono)\b)?[ \t]{0,2}[:=]?[ \t]{0,2})(?P<u>[A-Za-z][\w.\-@]{2,40})(?P<by>[ ]?[/,:|][ ]?|[ ](?:and|und|et|y|e|en)[ ])(?P<v>[^\s,;\"'<>]{4,60})"
)


def check_pair(text: str, end: int) -> Iterator[Finding]:
    """Look behind ``credentials`` and the like for a user name and a password."""
    match = _PAIR.match(text, end)
    if match is None:
        return
    user, value = match["u"], match["v"].rstrip(".)]}?")
    mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    if not mixed or not is_value(value, 4) or user.lower() in _NOT_VALUE or not match["lead"].strip():
        return
    if "@" not in user and (found := _user(match.start("u"), user, "pair", "stands before a password")):
        yield found
    yield _secret(match.start("v"), value, "pair", "stands behind a user name")


_PHRASE = lazily(
    r"(?i)(?:[ ](?:words?|is|are|was|phrase|ist|lautet|est|es)\b)*[ \t]{0,2}[:=]?\s{0,3}[\"'“„]?(?P<v>(?:\d{1,2}[.)][ ]?)?[a-z]{3,8}(?:[ ,\n]{1,3}(?:\d{1,2}[.)][ ]?)?[a-z]{3,8}){10,23})(?![a-z])"
)
_LINKING = frozenset(
    words(
        "the and for with that this you your not are was has have had been from but can will our they when which what please does did into"
    )
)


def check_phrase(text: str, end: int) -> Finding | None:
    """Look behind words for a recovery phrase for eleven words and more of which none joins others to a sentence."""
    match = _PHRASE.match(text, end)
    if match is None or not _LINKING.isdisjoint(match["v"].lower().replace(",", " ").split()):
        return None
    return _secret(match.start("v"), match["v"], "recovery-phrase", "the words of a recovery phrase", 0.95)


_SECRETS = r"(?:pass(?:word|wd|wort|code|phrase)?|pwd|pin|secret|client_?secret|api_?key|(?:access_?|auth_?|refresh_?)?token|private_?key|psk)"
DETECTORS: tuple[Detector, ...] = (
    Detector(
        "element",
        (
            rf"<(?:\w{{1,12}}:)?\w{{0,12}}{_SECRETS}\b",
            r"(?:name|key) ?= ?[\"']\w{0,24}(?:password|passwd|pwd|secret|apikey|token)\b",
        ),
        check_element,
    ),
    Detector("element", (r"<(?:\w{1,12}:)?(?:user(?:name|_?id)?|login(?:name)?|account_?name|logon)\b",), check_user_element),
    Detector(
        "setting",
        (
            r"[a-z0-9](?:Password|Passwd|Passwort|ClientSecret|ApiSecret|Passphrase|Pwd)\b",
            r"[A-Za-z0-9]_(?:pass|PASS|pw|PW|passwd|PASSWD|password|PASSWORD|pwd|PWD|secret|SECRET|passphrase|PASSPHRASE|secret_key|SECRET_KEY|secret_key_base)\b",
            r"\b(?:secret_key_base|SECRET_KEY_BASE|PGPASSWORD|MYSQL_PWD|DefaultPassword)\b",
        ),
        check_setting,
        case_sensitive=True,
    ),
    Detector(
        "wifi-key",
        (
            r"\b(?:wi-?fi|wlan|wireless|wpa[23]?|wep)[ \-]?(?:security )?(?:key|code|psk|passkey)\b",
            r"\bwpa[23]?-?psk\b",
            r"\bwlan-?(?:netzwerk)?schl\xc3\xbcssel\b",
            r"\b(?:cl\xc3\xa9|code|chiave|clave|chave|codice|c\xc3\xb3digo) (?:de (?:la )?|del? |do )?(?:wi-?fi|wpa2?|wlan|rete|r\xc3\xa9seau)\b",
        ),
        check_wifi,
    ),
    Detector("wifi-key", (r"\bWIFI:[TSPH]:",), check_wifi_code),
    Detector("cookie", (r"\b(?:set-)?cookie: ?",), check_cookies),
    Detector("cookie", (r"\b(?:laravel_session|connect\.sid|remember_token|phpsessid|sessionid|session_id|session|asp\.net_sessionid|sid)\b",), check_session),
    Detector(
        "link-token",
        (
            r"/(?:invite|invitation|join|confirm|confirmation|verify|activate|activation|magic|magic-login|magic-link|login-link|reset|reset-password|password-reset|unsubscribe|share|sign)/",
            r"\b(?:drive|docs)\.google\.com/[\w/\-]{1,24}/d/",
            r"\bwe\.tl/",
            r"\bdropbox\.com/(?:s|scl/fi)/",
        ),
        check_path,
    ),
    Detector("prompt", (r"@[\w.\-]{1,40}(?::~|[ ]~|:/|'s pass)",), check_prompt),
    Detector("prompt", (r"\b(?:ssh|scp|sftp|rsync|ssh-copy-id)\b",), check_at_host),
    Detector("sip", (r"\bsips?:",), check_sip),
    Detector(
        "pair",
        (
            r"\b(?:credentials?|creds|login details|login data|user(?: ?name)? ?(?:&|and|/|\+) ?pass(?:word)?|guest wi-?fi)\b",
            r"\b(?:zugangsdaten|anmeldedaten|identifiants|credenciales|credenziali|credenciais|inloggegevens)\b",
        ),
        check_pair,
    ),
    Detector(
        "recovery-phrase",
        (r"\b(?:recovery|seed|backup|mnemonic|wallet|metamask)[ \-]?(?:phrase|words|seed)\b", r"\bmnemonic\b", r"\bseed\b", r"\b(?:12|24|twelve|twenty-four) words\b"),
        check_phrase,
    ),
)  # fmt: skip
