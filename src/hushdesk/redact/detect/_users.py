"""User names, handles, home folders and links to a person's page."""

from __future__ import annotations

import re

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._tld import FILE_ENDS, tlds
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._text import UNSPACED, WORD, before

_HOME = lazily(
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
_USER = lazily(
    r"(?i)(?P<lead>[\"']?\s{0,2}(?:[:=：]\s{0,2}|(?:\s(?:is|name|id|ist|est|es|=|called|named|login)\b\s?:?){1,2}\s?|\s?[-–]\s)[\"'“„«`@]{0,2}(?:live:)?)(?P<v>[A-Za-z0-9][\w.\-\\]{1,40}[A-Za-z0-9_])(?![@\w])"
)
_USER_QUOTED = lazily(r"(?i)\s{1,2}[\"'“„«`](?P<v>[A-Za-z0-9][\w.\-\\]{1,40})[\"'”“»`]")
_HANDLE = lazily(
    r"[\s:=(\"']{0,3}(?:(?:is|its|it['’]s|me|us|on|at|id|handle|name|:|ist|est|es)\s?){0,3}[\s:=]{0,2}(?P<v>@[A-Za-z0-9_](?:[\w.]{1,28}[A-Za-z0-9_]))"
)
_DOMAIN_USER = lazily(r"(?<![\w\\/:.])(?P<d>[A-Z][A-Z0-9\-]{1,14})\\(?P<v>[a-z][a-z0-9._\-]{2,24})(?![\w\\])")
_HEX = lazily(r"x[0-9a-f]{2}")
_NOT_USER = frozenset(
    words(
        """
    name is the a an not and or for was has in on to of id null none true false unknown admin
    administrator root system guest user users sign login account manager interface agent experience
    group groups data profile password email mail error support case issue service settings test
    anonymous cannot can could would does did gets got sees says said who which that this it if when
    with from at be been please again also just still now here there locked blocked disabled active
    inactive missing invalid incorrect required created deleted ist nicht est pas es no nicht guide
    fails failed must defined specific str bytes username my_user my_username your_username int string object function callback
    """
    )
)


# A word for user or account and then, with nothing between, what can hardly be anything but a user name.
_TOKEN = rf"(?:(?P<d>[A-Za-z][\w\-]{{1,14}})\\{{1,2}})?(?P<v>[A-Za-z][A-Za-z0-9]{{0,30}}(?:[._\-][A-Za-z0-9]{{1,30}}){{0,3}})(?!{WORD}|[\\@_])(?!\.\w)(?!-\w)"
_DIRECT = lazily(
    rf"(?:{WORD}{{0,6}}(?:[ ](?:is|was|ist|lautet|est|es|é|è|er|är|je|jest|to|on|name|nome|nombre|naam|namn|navn|είναι|este))?[ \t\xa0]{{1,2}}|名?[：:はがをのも是为為는은이가 ]{{0,2}})[\"'“„«`‘(@]?{_TOKEN}"
)
_MACHINE_WORD = lazily(
    r"(?i)(?:win(?:dows)?|x|utf|base|sha|md|ipv|http|https|tls|ssl|oauth|log|h|mp|i|amd|arm|x86_|office|exchange|server|sql|mysql|python|py|java"
    r"|jdk|php|ie|ios|sp|rc|kb|v|ver|version|build|release|step|level|error|err|port|id|no|nr|line|page|test|q|r|s|ora|com|lpt|usb|eth|wlan|vlan|node"
    r"|host|srv|web|db|app|vm|pc|gw|ap|sw|rev|rs|cat|dvd|cd|lte|wifi|bluetooth|api|sdk|net|core|dx|directx|opengl|vista|debian|ubuntu|centos|rhel|sles|macos|osx)[.\-_]?\d+\w{0,3}"
)
_LOGGED = lazily(
    r"(?:for|of|by|as|user|account|invalid|illegal|unknown|login)[ =:'\"]{1,3}(?:(?:invalid|illegal|unknown|user|account|login)[ =:'\"]{1,3}){0,2}"
    r"(?P<v>[A-Za-z][\w.\-\\$]{1,40})(?=[\"']?(?:[ ]from[ ]|[ ]by[ ]|[ ]on[ ]|\(uid|[ ]\(uid|\[|,|;|[ ]rhost))"
)
_COMBINED = lazily(r"[ ]-[ ](?P<v>[A-Za-z][\w.\-\\@]{1,40})[ ]\[\d\d/")


_SMALL_USER = lazily(r"[a-z][a-z]{1,24}(?:[._\-][a-z]{1,24}){0,2}[._\-]?\d{1,6}")
_CAMEL_USER = lazily(r"[a-z]{2,24}[A-Z]?[a-z]{0,20}\d{1,6}")
_DOTTED_USER = lazily(r"[a-z]{1,24}\.[a-z]{3,24}")


_SERVICE_USER = lazily(
    r"(?i)(?:svc|adm|srv|sa|t[0-2]|priv|usr|ext|da|bkp|sys|app|svc[_\-.](?:sql|app|adm))[_\-.][a-z]{3,20}(?:[._\-][a-z0-9]{1,20}){0,2}\d{0,4}"
)


def _like_user(token: str) -> bool:
    """Tell whether a token has the shape of a user name: letters and then digits, or small words with a dot."""
    if _SERVICE_USER.fullmatch(token) and "_" in token:
        return True
    # Nearly every word behind such a cue is a plain word.
    if token.isalpha() or _MACHINE_WORD.fullmatch(token) or token.lower() in _NOT_HOME:
        return False
    if _SMALL_USER.fullmatch(token):
        return True
    if _CAMEL_USER.fullmatch(token):
        return sum(map(str.isalpha, token)) >= 4
    end = token.rpartition(".")[2]
    return _DOTTED_USER.fullmatch(token) is not None and end not in FILE_ENDS and end not in tlds()


def _user_at(text: str, match: re.Match[str], score: float = 0.8) -> Finding:
    return Finding(
        match.start("v"),
        match.end("v"),
        Kind.USERNAME,
        score,
        "user-name",
        canonical(Kind.USERNAME, text[match.start("v") : match.end("v")]),
        "follows a word for user name",
    )


def check_direct(text: str, end: int) -> Finding | None:
    """Look right behind a word for user, account or signing in."""
    match = _DIRECT.match(text, end)
    if match is None or match["v"].lower() in _NOT_USER:
        return None
    if match["d"] and not match["d"].isupper():
        return None
    if not match["d"] and not _like_user(match["v"]):
        return None
    if match["d"]:
        # The domain is part of the name that one signs in with.
        name = canonical(Kind.USERNAME, match["v"])
        why = "follows a word for user name"
        return Finding(match.start("d"), match.end("v"), Kind.USERNAME, 0.8, "user-name", name, why)
    return _user_at(text, match)


def check_logged(text: str, end: int) -> Finding | None:
    """Look at a line of a log that says whose session, password or sign-in it is about."""
    for match in _LOGGED.finditer(text, max(0, end - 12), min(len(text), end + 60)):
        value = match["v"].rpartition("\\")[2].rstrip(".")
        low = value.lower()
        if low in _NOT_USER or low in _NOT_HOME or len(value) < 3 or _MACHINE_WORD.fullmatch(low):
            continue
        stop = match.end("v") - (len(match["v"]) - len(match["v"].rstrip(".")))
        return Finding(
            stop - len(value),
            stop,
            Kind.USERNAME,
            0.75,
            "user-logged",
            canonical(Kind.USERNAME, value),
            "named by a line of a log",
        )
    return None


def check_combined(text: str, end: int) -> Finding | None:
    """Look at the user's place in a line of a web server's log, whose date begins at ``end``."""
    for match in _COMBINED.finditer(text, max(0, end - 60), min(len(text), end + 4)):
        if match.end() >= end - 8 and match["v"].lower() not in _NOT_HOME:
            return _user_at(text, match, 0.9)
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


_SENTENCE = lazily(r"[ ][a-z]")
_IN_CODE = lazily(r"[ ]?(?:[(\[{]|&&|\|\||=>|[+*/]=)")


def check_user(text: str, end: int) -> Finding | None:
    """Look behind a word for user name."""
    match = _USER.match(text, end) or _USER_QUOTED.match(text, end)
    if match is None:
        return None
    if _IN_CODE.match(text, match.end("v")):
        return None
    value = match["v"]
    low = value.lower()
    strong = re.search(r"[:=：\"'“„«`]", text[end : match.start("v")]) is not None
    if low in _NOT_USER or low in _NOT_HOME or (low.isdigit() and (len(low) < 4 or len(low) in {10, 13})):
        return None
    if not strong and not any(c.isdigit() or c in "._-\\" for c in value):
        return None
    if value.count(".") > 2 or low.endswith(("exception", "error")) or low.startswith(("self.", "this.")):
        return None
    if (value.isupper() and "_" in value) or (value.istitle() and _SENTENCE.match(text, match.end("v"))):
        # O_NOFOLLOW; "Notice to user: Carefully read this"
        return None
    return Finding(
        *match.span("v"),
        Kind.USERNAME,
        0.85,
        "user-name",
        canonical(Kind.USERNAME, value.rpartition("\\")[2]),
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


_NETWORK_NAME = lazily(
    rf"(?P<lead>(?:[ ]?(?:id|ID|handle|user|username|user[ ]name|name|nick|nickname|account|acct|konto|compte|cuenta|conta|profil|profile|login|ник|аккаунт|号|號|号码|アカウント|アイディー|아이디|계정))?"
    rf"(?:[ \t]?[:：=\-–(「『\"'は是为為는은이가]|[ ](?:is|was|now|ist|lautet|est|es|é|è|är|er|on|jest|je|to|as|als|under|это|как)(?=[ ]))?[ \t]{{0,2}})(?P<v>@?[A-Za-z][A-Za-z0-9]*(?:[._\-][A-Za-z0-9]+){{0,4}}_?)(?!{WORD}|[/@\\]|\.\w|\(|://)"
)
_MY = lazily(r"(?i)\b(?:my|mein|mon|mi|meu|mijn|mio|mój|мой|мій)[ ]\w{2,14}\Z")
_NAMED = lazily(r"(?i)id|handle|name|nick|ник|号|號|アカ|아이디|[:：=]")


def check_network_name(text: str, end: int) -> Finding | None:
    """Look behind the name of a network for what somebody is called there."""
    match = _NETWORK_NAME.match(text, end)
    if match is None:
        return None
    value, lead = match["v"], match["lead"]
    if not lead and not UNSPACED.match(text, end - 1):
        return None
    bare = value.lstrip("@")
    low = bare.lower()
    if (
        len(bare) < 4
        or low in _NOT_USER
        or low in _NOT_HOME
        or _MACHINE_WORD.fullmatch(bare)
        or low.rpartition(".")[2] in FILE_ENDS
    ):
        return None
    odd = any(map(str.isdigit, bare)) or "_" in bare
    named = _NAMED.search(lead) is not None or UNSPACED.match(text, end - 1) is not None
    # "github is thistle-dev99", "instagram: ann.lee", but not "discord is up-to-date" and not "steam version".
    mine = _MY.search(before(text, end, 24)) is not None and "-" in bare and bare.islower()
    told = mine or (
        named and ("." in bare or (bare.islower() and _NAMED.search(lead.rstrip(": =：")) is not None))
    )
    if not (odd or value[0] == "@" or told):
        return None
    if bare.isupper() or (odd and sum(map(str.isalpha, bare)) < 3):
        return None
    return _user_at(text, match, 0.75)


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
        if _HEX.match(match["v"]):
            # A byte of a string in code: "PK\x08d".
            continue
        # C:\TEMP\data and registry paths: a third part follows or a drive precedes.
        return Finding(
            match.start("d"),
            match.end("v"),
            Kind.USERNAME,
            0.75,
            "domain-user",
            match["v"],
            "an account of a Windows domain",
        )
    return None


_PROFILE = lazily(
    r"(?i)(?:linkedin\.com/in/|facebook\.com/|fb\.com/|instagram\.com/|twitter\.com/|(?<!\w)(?<!\w\.)(?<=/)x\.com/|(?<=www\.)x\.com/|(?<![\w.])x\.com/|github\.com/|gitlab\.com/|t\.me/|vk\.com/|tiktok\.com/@?|youtube\.com/@|medium\.com/@|xing\.com/profile/|wa\.me/|line\.me/ti/p/|venmo\.com/(?:u/)?|paypal\.me/|cash\.app/\$|steamcommunity\.com/(?:id|profiles)/|reddit\.com/u(?:ser)?/|twitch\.tv/|snapchat\.com/add/|threads\.net/@|bsky\.app/profile/|soundcloud\.com/|keybase\.io/|linktr\.ee/|about\.me/|patreon\.com/|pinterest\.[a-z.]{2,6}/|researchgate\.net/profile/|strava\.com/athletes/|stackoverflow\.com/users/\d+/|pypi\.org/user/|npmjs\.com/~|bitbucket\.org/|codepen\.io/|kaggle\.com/)(?P<v>[\w.\-%~+]{3,60}+)(?!/\w)"
)
_NOT_PROFILE = frozenset(
    words(
        """
    home about login signup help support docs search features pricing orgs explore share sharer intent
    watch groups pages events hashtag settings company privacy terms download downloads app apps store pricing business blog careers press legal security status api docs directory discover r questions tags jobs media faq contact i notifications messages new datasets competitions code pen trending upload charts signin send account join product plans ideas atlassian topics workspace
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


_REDDITOR = lazily(r"(?<![\w/.])/?u/(?P<v>[A-Za-z0-9][\w\-]{2,19})(?![\w/])")


def check_redditor(text: str, end: int) -> Finding | None:
    """Look at ``u/name``, as users of Reddit are called."""
    match = _REDDITOR.search(text, max(0, end - 6), min(len(text), end + 24))
    if match is None or match.start() > end:
        return None
    near = text[max(0, match.start() - 60) : match.end() + 60].lower()
    if "reddit" not in near and not any(c.isdigit() or c == "_" for c in match["v"]):
        return None
    return _user_at(text, match, 0.75)


_QUERY_USER = lazily(r"(?P<v>[^\s&#\"'<>;\]|\x01\x1a]{2,200})")


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
    (
        *tuple(
            _word(c)
            for c in words(r"""
    user\s?name user user-?id user\sid discord steam\sid login logon log-in sign-in\sname upn samaccountname benutzername benutzer
    benutzerkennung nutzername anmeldename nom\sd['’]utilisateur identifiant utilisateur
    nombre\sde\susuario usuario usuário nome\sde\susuário nome\sutente utente gebruikersnaam
    användarnamn brugernavn brukernavn käyttäjätunnus użytkownik uživatelské\sjméno felhasználónév
    kullanıcı\sadı логин имя\sпользователя користувач שם\sמשתמש اسم\sالمستخدم ユーザー名 ユーザID 用户名 用戶名
    사용자\s?이름 아이디 skype\s?(?:id|name)? uid account\sname screen\sname handle nickname gamertag psn wechat
    usr uname user_id userid usrname u/n loginname login-name login\sname user-name nutzerkennung nutzer-id anmeldung inloggnamn brukernamn brugerid käyttäjä identyfikator
    nazwa\sużytkownika meno\spoužívateľa prihlasovacie\smeno přihlašovací\sjméno bejelentkezési\snév nume\sde\sutilizator numele\sde\sutilizator потребителско\sиме имя\sпользователя ім['’]я\sкористувача korisničko\sime uporabniško\sime
    vartotojo\svardas lietotājvārds kasutajanimi όνομα\sχρήστη اسم\sمستخدم نام\sکاربری यूज़रनेम उपयोगकर्ता\sनाम ชื่อผู้ใช้ tên\sđăng\snhập tài\skhoản nama\spengguna ログインID ログイン名 用户名 登录名 登錄名 帳號 사용자\s?ID
    """)
        ),
        r"_(?:user(?:_?name)?|login|uid|account)(?:\b|_)",
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
# An article in other languages, so that only its sign tells the word.
USER_SHORT = Detector("user-name", (r"\bun ?[=:]",), lambda text, end: check_user(text, end - 1))
NETWORK_NAME = Detector(
    "network-name",
    (
        *(
            _word(c)
            for c in words(
                r"""
    github gitlab bitbucket twitter telegram instagram insta tiktok twitch discord steam snapchat snap reddit skype mastodon bluesky threads facebook fb linkedin xing keybase matrix
    signal psn xbox gamertag roblox fortnite epic battle\.?net battletag kakao kakaotalk kakaoid line\sid lineid viber vk vkontakte odnoklassniki weibo douyin qq zalo wechat weixin paypal venmo cashapp
    телеграм телеграме телеграмм телега тг инстаграм инстаграме инста дискорд дискорде скайп скайпе вконтакте вк твиттер تيليجرام تلغرام انستقرام انستغرام سناب تويتر اینستاگرام تلگرام טלגרם אינסטגרם
    टेलीग्राम इंस्टाग्राम เทเลแกรม ไลน์ไอดี ไอดีไลน์ ไอจี 微信号 微信號 微信ID 微信 微博 抖音号 QQ号 小红书号 小红书 推特 インスタ インスタグラム ツイッター ラインID テレグラム ディスコード 카카오톡 카톡\sID 카톡 인스타 인스타그램 텔레그램 디스코드 트위터
    """
            )
        ),
    ),
    check_network_name,
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
        r"(?:/|\b)x\.com/\w",
        r"(?:venmo|paypal|steamcommunity|reddit|snapchat|soundcloud|patreon|strava|stackoverflow|npmjs|kaggle)\.(?:com|me)/",
        r"(?:cash\.app|twitch\.tv|threads\.net|bsky\.app|keybase\.io|linktr\.ee|about\.me|researchgate\.net|pypi\.org|bitbucket\.org|codepen\.io)/",
        r"pinterest\.[a-z.]{2,6}/",
    ),
    check_profile,
)
REDDITOR = Detector("redditor", (r"(?:^|[\s(,:])/?u/[a-z0-9]",), check_redditor)
QUERY_USER = Detector(
    "query-user",
    (
        r"[?&](?:user|username|user_?name|login|uid|user_?id|customer|customer_?id|member|fullname|full_name|first_?name|last_?name|phone|tel|email)=",
    ),
    check_query_user,
)
DIRECT = Detector(
    "user-direct",
    (
        *tuple(
            _word(c)
            for c in words(r"""
    wechat weixin skype telegram discord psn gamertag kakao(?:talk)? viber
    user users user\s?name userid user-id username user\saccount account acct login logon log-in benutzer benutzers benutzerkonto
    benutzername kennung konto nutzer anmeldename utilisateur identifiant compte l['’]utilisateur usuario usuário
    usuaria cuenta conta utente account\sutente gebruiker gebruikersnaam användare användaren användarnamn
    användarnamnet kontot bruger brugeren brugernavn brukar bruker brukeren brukernavn konto kontoen käyttäjä
    käyttäjän käyttäjätunnus tunnus użytkownik użytkownika użytkownikiem konta login loginem uživatel uživatele
    uživatelem účet účtu felhasználó felhasználónév fiók kullanıcı kullanıcısı kullanıcının hesabı hesap utilizator utilizatorul contul korisnik
    korisnika nalog потребител пользователь пользователя пользователем логин логином учётка учётная\sзапись
    учетная\sзапись аккаунт учётную\sзапись учетную\sзапись користувач користувача логін обліковий\sзапис χρήστης χρήστη όνομα\sχρήστη
    λογαριασμός λογαριασμό מספר\sמשתמש משתמש المستخدم مستخدم حساب ユーザー ユーザ アカウント ログイン名 用户 用戶 用户名 账号 帐号 账户 登录名
    사용자 계정 아이디 ผู้ใช้ บัญชี ชื่อผู้ใช้ nama\spengguna pengguna akun
    """)
        ),
        r"\b(?:log(?:ged|ging|s)?|sign(?:ed|ing|s)?|connect(?:ed|ing)?)[ \-]?(?:in|on)?(?: \w{2,10}){0,2} (?:as|with|using)\b",
        r"\b(?:melde|meldet|anmelden|angemeldet|einloggen|eingeloggt|logge)(?: \w{2,10}){0,4} (?:als|mit|unter)\b",
        r"\b(?:als|mit|unter) (?:benutzer|user)\b",
        r"\b(?:connecte|connect\xc3\xa9|connecter|connexion|identifie)(?: \w{2,10}){0,3} (?:avec|comme|sous|que)\b",
        r"\b(?:sesi\xc3\xb3n|entro|entra|accedo|inicio|conecto|ingreso|acceder|iniciar)(?: \w{2,10}){0,3} (?:con|como|come|com)\b",
        r"\b(?:loguj\xc4\x99|zalogowa\w*|logowa\w*)(?: \w{2,10}){0,3} (?:jako|na)\b",
        r"\b(?:loggar|logger|logget|loggad|log)(?: \w{2,10}){0,3} (?:som|med|als|in als|in met)\b",
        r"(?:\xd0\xb2\xd1\x85\xd0\xbe\xd0\xb6\xd1\x83|\xd0\xb2\xd0\xbe\xd0\xb9\xd1\x82\xd0\xb8) (?:\xd0\xba\xd0\xb0\xd0\xba|\xd0\xbf\xd0\xbe\xd0\xb4|\xd1\x81)",
        r"\bp\xc5\x99ihla\xc5\xa1uj[iu](?: \w{2,4}){0,2} (?:jako|pod)\b",
    ),
    check_direct,
)
LOGGED = Detector(
    "user-logged",
    (
        (
            r"\b(?:session (?:opened|closed) for|login (?:rejected|failed|failure|denied|refused|accepted|succeeded|ok) (?:for|of|by)|(?:log[io]n|sign-?in|auth\w*) (?:attempt|failure|error|success|request)?s? ?(?:for|of|by|from) user"
            r"|(?:accepted|failed) \S{3,24} for|invalid user|illegal user|unknown user|authentication (?:failed|failure|succeeded|error) for|log(?:ged)? (?:in|out) (?:as|user)|access (?:denied|granted) (?:for|to) user|password (?:changed|expired|reset) for|locked (?:out )?account|disconnected (?:from )?(?:invalid |authenticating )?user)\b"
        ),
    ),
    check_logged,
    refractory=1,
)
COMBINED = Detector("user-combined", (r" - [a-z][^\s]{1,40} \[\d\d/[a-z]{3}/",), check_combined)
