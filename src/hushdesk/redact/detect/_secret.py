"""Secrets: passwords by their cue, keys and tokens by their shape."""

from __future__ import annotations

import re

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._text import UNSPACED, WORD, before

PASSWORD_CUES = words(
    r"""
    password passwords passwd passward pasword passwrod pw passwort passworts \w{3,12}passwort kennwort kennworts \w{3,12}kennwort passphrase pwd psw passcode pass
    pin pincode pin-code pin\scode cvv cvc cvv2 otp secret security\scode verification\scode one-time\scode
    access\scode unlock\scode puk tan contraseña contrasena clave senha palavra-passe wachtwoord ww
    lösenord losenord lösenordet adgangskode adgangskoden passord passordet salasana salasanani salasanan hasło haslo hasła
    hasłem heslo hesla heslem jelszó jelszava jelszavam jelszavát parola parolă parolam parolanız parolamız
    şifre şifrem şifreniz şifresi sifre sifrem κωδικός κωδικό κωδικού συνθηματικό лозинка лозинку парола
    пароль пароля пароле паролем паролю parool parooli salasõna slaptažodis parole lozinka zaporka geslo
    סיסמה סיסמא كلمة\sالمرور كلمة\sالسر पासवर्ड パスワード 暗証番号 密码 密碼 口令 비밀번호 암호 패스워드 รหัสผ่าน mật\skhẩu kata\ssandi
    mot\sde\spasse mdp code\ssecret paswoord passwortes wachtwoorden gebruikerswachtwoord inlogcode lykilorð lykilorðið tunnussana pääsykoodi hasłem hasłu hesle heslu parolei parolele parolası parolamı şifremi şifresini κωδικού\sπρόσβασης
    паролі пароли пароль: паролата парола: лозинката šifra šifru sifra geslom slaptažodį slaptažodžio paroli parooliks סיסמא: סיסמתו הסיסמה הסיסמא סיסמת كلمه\sالسر كلمه\sالمرور الباسورد باسورد رمز\sالمرور الرقم\sالسري گذرواژه رمز\sعبور
    पासवर्ड: पिन गुप्त\sकोड รหัส รหัสลับ พาสเวิร์ด พาสเวิด mật\smã mk: pass: sandi kata\slaluan 登录密码 登入密碼 初始密码 临时密码 暗号 パス パスコード 暗証コード 合言葉 비번 암호: 비밀\s번호
    """
)
_QUOTED = r"[\"'“”‘’«»`]"
_VALUE = lazily(
    rf"(?i)(?P<lead>{WORD}{{0,8}}[\"']?(?:[ ](?:for|of|für|zum|zu|de|du|para|di|to|on)[ ][^\s:=]{{1,40}}(?:[ ][^\s:=]{{1,30}})??)?[ \t]{{0,3}}(?:は|是|为|為|는|은|[:=：＝]{{1,2}}>?|->|→|=>|(?:is|was|are|ist|lautet|war|est|es|é|è|era|är|er|on|jest|je|to|adalah|là|это|as|of|set\sto|reset\sto"
    rf"|changed\sto|(?:is|was|to)\sstill|is\snow)[ :]|[ \t](?={_QUOTED}))[ \t]{{0,3}})(?P<q>{_QUOTED})?(?P<v>[^\s\"'“”‘’«»`<>,;]{{3,80}}(?(q)(?:[ ][^\s\"'“”‘’«»`]{{1,40}}){{0,5}}(?={_QUOTED})|))"
)
_MACHINE = (
    "win|windows|utf|base|sha|md|ipv|http|https|tls|ssl|oauth|log|amd|arm|office|exchange|outlook|server|sql|mysql|python|java|jdk|php|node|version|build|release|step|level|error|err|port"
    "|line|page|user|room|seite|zeile|fehler|schritt|version|error|erreur|ligne|étape|paso|línea|passo|riga|ошибка|строка|шаг|раздел|день|days?|tage|jours|minuten|minutes|iphone|ipad|galaxy|pixel|thinkpad|router|switch|drucker|printer|vpn|wlan|wifi|ticket|case|inc|req|chg|kb|id|nr|no"
    "|bcrypt|argon|pbkdf|scrypt|aes|rsa|crypt|ntlm|totp|hotp|host|srv|vm|pc|laptop|desktop|web|db|app|prod|test|dev|q|sap|adobe|acrobat|teams|sharepoint|ubuntu|debian|centos|rhel|macos|ios|android"
)
# With nothing between cue and value, or a clause of words, the value itself has to look like a password.
_CHOSEN = r"(?P<v>[!-;=?-~]{4,80})"
_UNSPACED_CLAUSE = lazily(
    r"(?P<lead>[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af ]{0,18}[:：「『\"“ ]{0,2})(?P<q>\Z)?(?P<v>[A-Za-z][!#-;=?-~]{4,40})"
)
_DIRECT = lazily(rf"(?P<lead>{WORD}{{0,4}}[ \t\xa0]{{1,3}}|[がをはのもは：: ]{{0,2}})(?P<q>\Z)?{_CHOSEN}")
_CLAUSE = lazily(
    r"(?i)(?P<lead>(?:[ ][^\W\d_]{1,14}){0,5}[ ](?:is|was|are|ist|lautet|lautete|war|est|était|es|era|é|è|er|är|var|jest|je|to|adalah|là|on|oli|este|είναι|ήταν)[ :]{1,2})"
    rf"(?P<q>\Z)?{_CHOSEN}"
)
# "set to", in the words of other languages, and then letters with figures behind them.
_RESET = lazily(
    rf"(?i)(?P<lead>(?:[ ]{WORD}{{1,16}}){{0,6}}[ ](?:to|as|auf|zu|in|à|en|a|em|para|por|su|naar|op|till|til|som|na|do|w|jako|на|в|как|у|до|la|în|ca|olarak|se|σε|ως|ל|إلى|الى|هي|هو|لـ|था|है|thành|là|sang|menjadi|ke|=|:)[ :]{{1,2}})"
    r"(?P<q>\Z)?(?P<v>[^\s\"'“”‘’«»`<>,;:/\\@]{6,60})"
)
_PLACED = lazily(rf"(?P<lead>{WORD}{{0,4}}[ \t\xa0]{{1,2}})(?P<q>\Z)?(?P<v>[^\s\"'“”‘’«»`<>,;:/\\@]{{6,60}})")
_TELLING_COLON = lazily(
    r"(?P<lead>(?:[ ][^\s:=：]{1,20}){1,5}[ ]?[:：=][ ]{0,2})(?P<q>\Z)?(?P<v>[^\s\"'“”‘’«»`<>,;]{4,80})"
)
_FIGURED = lazily(
    rf"(?!(?i:{_MACHINE})[\-._]?\d)[^\W\d_]{{3,}}(?:[\W_]?[^\W\d_]{{3,}}){{0,3}}[\W_]?\d{{2,6}}[!?#*$%&+.]{{0,3}}"
)
# An adjective may follow the noun: "contraseña provisional ...".
_ADJECTIVE = lazily(rf"(?P<lead>(?:[ ][^\W\d_]{{3,14}}){{1,2}}[ ]{{1,2}})(?P<q>\Z)?{_CHOSEN}")
_NOT_TOKEN = lazily(
    r"(?i)0x[0-9a-f]+|[A-Z]{1,6}[-_ ]?\d{1,9}|v?\d+(?:[.:/,\-]\d+)*\w{0,2}|[\w\-/\\:.]+\.[a-z]{2,4}|\d+[a-z%]{0,3}|[a-z]+\W{1,3}|\W+|[a-z]+(?:[-/.'][a-z]+)*\W{0,2}"
    r"|\S+@\S+|\w+://.*|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?:windows|win|office|exchange|server|sql|version|python|java|php)\d.*"
)


_CASE_CHANGE = lazily(r"[a-z](?=[A-Z])")


def _looks_chosen(value: str) -> bool:
    """Tell whether a token mixes letters with digits or signs as passwords do and names of things do not."""
    # Letters alone, but with small and large ones all mixed up.
    if len(value) >= 12 and len(_CASE_CHANGE.findall(value)) >= 4:
        return True
    if len(value) < 6 or _NOT_TOKEN.fullmatch(value):
        return False
    return any(c.isalpha() for c in value) and any(c.isdigit() for c in value)


_WORDS = frozenset(
    words(
        """
    incorrect wrong invalid expired reset changed required not the a an and or to for of is was are no
    none null true false missing correct working broken lost forgotten empty blank unknown changing same
    new old being been has have it this that your my his her our in on at by with please failed accepted
    rejected set unset protected policy field prompt manager again too very so still also string str
    bool int bytes char varchar nvarchar text any optional undefined object function return getpass input os config settings self only
    never always now falsch abgelaufen ungültig nicht vergessen incorrecte expiré oublié incorrecta
    errónea olvidada errata scaduta hidden redacted masked different unchanged okay ok fine valid
    visible stored sent given entered used disabled enabled locked blocked updated synced weak strong
    case-sensitive leaked compromised stolen shared known safe secure somewhere saved must cannot can't should fails muss
    """
    )
)
_NUMERIC_CUES = frozenset(
    [
        "pin",
        "pincode",
        "pin-code",
        "pin",
        "code",
        "cvv",
        "cvc",
        "cvv2",
        "otp",
        "puk",
        "tan",
        "暗証番号",
        "passcode",
    ]
) | {"pin code", "security code", "verification code", "one-time code", "access code", "unlock code"}
_CODE = lazily(
    r"\(\)?$|^[A-Za-z_][\w.>\-]*[(\[]|^(?:os|sys|self|config|settings|env|process|ctx|args|request|req|this)[.\[]|^\$[({\w]|^%\w+%?$"
)
_CALL = lazily(r"[A-Za-z_]\w*\.\w+\(\)")
_MORE = lazily(r"[ ]\d{2,8}(?![\w.])")
_STRONG_SEPARATOR = lazily(r"[:=：＝]|->|→|=>|[\"'“”‘’«»`]")


def check_password(text: str, end: int) -> Finding | None:
    """Look behind the cue for a password that ends at ``end``."""
    match = _VALUE.match(text, end)
    if match is not None and UNSPACED.match(text, end - 1) and not _ASCII_TOKEN.match(match["v"]):
        # Behind a cue of a script without blanks the rest of the sentence is no password.
        match = None
    found = _judged(text, end, match) if match is not None else None
    if found is not None:
        return found
    if found := _spoken(text, end):
        return found
    if found := _figured(text, end):
        return found
    for pattern in (_DIRECT, _CLAUSE, _ADJECTIVE):
        match = pattern.match(text, end)
        if match is None:
            continue
        value = match["v"].rstrip(".,;:?)]}\"'")
        if not match["lead"] and not UNSPACED.match(text, end - 1):
            # "passwd/sha2", "pwd.getpwuid(1)": a part of a path or of code.
            continue
        if pattern is _ADJECTIVE and not _STRONG_MIX.match(value):
            continue
        if (
            _looks_chosen(value)
            and not value.startswith(("[", "<", "{", "$", "%", "("))
            and not _CALL.match(value)
            and not _CODE.search(value)
        ):
            return Finding(
                match.start("v"),
                match.start("v") + len(value),
                Kind.SECRET,
                0.8,
                "password",
                value,
                "follows a word for password",
            )
    return None


def _figured(text: str, end: int) -> Finding | None:
    """Look for letters with figures behind them where a password is told: right behind its cue, or "set to" it."""
    if UNSPACED.match(text, end - 1):
        match = _UNSPACED_CLAUSE.match(text, end)
        if match is not None:
            value = match["v"].rstrip(".,;:!?)]}\"'")
            if _FIGURED.fullmatch(value) or _looks_chosen(value):
                return _secret(match.start("v"), match.start("v") + len(value), text, "password", _TOLD, 0.75)
        return None
    for pattern in (_PLACED, _RESET, _TELLING_COLON):
        match = pattern.match(text, end)
        if match is None:
            continue
        value = match["v"].rstrip(".,;:?)]}\"'")
        if (
            value.startswith("/")
            or _CODE.search(value)
            or "\x1a" in value
            or "\x01" in value
            or (pattern is _PLACED and not match["lead"].startswith((" ", "\t", "\xa0")))
        ):
            continue
        chosen = _FIGURED.fullmatch(value) is not None
        if pattern is _TELLING_COLON and value.isascii():
            chosen = chosen or _looks_chosen(value)
        if chosen and value.lower() not in _WORDS:
            return _secret(match.start("v"), match.start("v") + len(value), text, "password", _TOLD, 0.75)
    return None


_TOLD = "follows a word for password"

# As transcripts have it, without any sign: "password 5197", "password is sha 369", "pin 4471".
_SPOKEN = lazily(
    r"(?i)(?:[ ](?:is|was|its|it['’]s|ist|est|es|number|no)){0,2}[ ](?P<v>(?:[a-z]{1,16}[ ])?\d{3,8}|[a-z]{3,16}[ ]\d{1,2})(?![\w@%]|[.,:/\-]\d|[ ](?:characters|chars|digits|times|days|hours|minutes|attempts|users|zeichen|mal|tage))"
)
_SPOKEN_NOT = frozenset(
    words(
        """
    error code event http id kb step line version windows office server is in on for at the of to and or from until since after before
    within last next ticket case order incident ref article exit status room level year page part build release expires expired
    every min max least most about over under day days with than by fails failed policy rule user users field number length
    jan feb mar apr may jun jul aug sep oct nov dec january february march april june july august september october november december
    """
    )
)


def _spoken(text: str, end: int) -> Finding | None:
    match = _SPOKEN.match(text, end)
    if match is None:
        return None
    head, _, digits = match["v"].rpartition(" ")
    low = head.lower()
    if low in _SPOKEN_NOT or (not head and (len(digits) < 4 or digits[:2] in {"19", "20"})):
        return None
    if head and (not head.isalpha() or not head.islower()):
        return None
    why = "follows a word for password"
    return _secret(match.start("v"), match.end("v"), text, "password", why, 0.55 if len(digits) < 6 else 0.75)


_PARAMETER = lazily(r"&(?:amp;)?[A-Za-z_][\w.\-]{0,30}=")
_STRONG_MIX = lazily(r"(?=.*[A-Z])(?=.*[a-z])(?=.*\d).{8}")
_ASCII_TOKEN = lazily(r"[!-~]{3}")
_ASCII_RUN = lazily(r"[!-~]{3,}")


def _judged(text: str, end: int, match: re.Match[str]) -> Finding | None:
    value = match["v"].rstrip(".)]}") if not match["q"] else match["v"]
    if "=" in match["lead"] and (more := _PARAMETER.search(value)):
        value = value[: more.start()]
    # The sign most usual at a password's end is that of a cry; where it is not its own, masking it hides nothing that matters.
    if not any(map(str.isalnum, value[:-1])) or value.rstrip("!?").lower() in _WORDS:
        value = value.rstrip("!?")
    if UNSPACED.match(text, end - 1) and (ascii_part := _ASCII_RUN.match(value)):
        value = ascii_part.group()
    if (
        len(value) < 3
        or value.startswith(("*", "•", "{{", "${", "\x1a", "[", "<", "("))
        or "\x1a" in value
        or "\x01" in value
    ):
        return None
    if value.startswith("/") and before(text, end, 3).upper() == "PWD":
        # The shell's working directory.
        return None
    if _CODE.search(value) or (match["lead"].startswith("_") and "->" in match["lead"]):
        return None
    low = value.lower().strip(".:")
    if low in _WORDS:
        return None
    cue = before(text, end, 18).lower()
    numeric = any(cue.endswith(c) for c in _NUMERIC_CUES)
    strong = _STRONG_SEPARATOR.search(match["lead"]) is not None or match["q"] is not None
    mixed = (
        any(c.isdigit() for c in value)
        or any(not c.isalnum() for c in value)
        or (not value.islower() and not value.istitle())
    )
    if cue.endswith("tan") and sum(map(str.isdigit, value)) < 4:
        return None
    if numeric and not re.fullmatch(r"[\d \-]{3,12}|[\w\-]*\d[\w\-]*", value):
        return None
    if cue.endswith(("pass", "tan", "secret", "clave", "parola", "pw")) and not (
        strong and any(c in ":=：＝>→⇒" for c in match["lead"])
    ):
        # Quotes alone are not enough: 'did not pass "-v"'.
        return None
    start = match.start("v")
    if not strong and not mixed:
        # "my password is rover 123"
        more = _MORE.match(text, match.end("v"))
        if more is None:
            return None
        value += more.group()
    return Finding(
        start,
        start + len(value),
        Kind.SECRET,
        0.9 if strong else 0.75,
        "password",
        value,
        "follows a word for password",
    )


_SHAPES = lazily(
    r"(?P<aws>(?<![A-Za-z0-9])(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA)[0-9A-Z]{16}(?![0-9A-Za-z]))"
    r"|(?P<github>(?<![A-Za-z0-9])(?:gh[opsru]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{22,255}|glpat-[\w\-]{20,}))"
    r"|(?P<slack>(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9\-]{10,250})"
    r"|(?P<sk>(?<![A-Za-z0-9])(?:[sr]k[-_](?:live_|test_|proj-|ant-[a-z0-9]+-)?[A-Za-z0-9\-_]{16,250}))"
    r"|(?P<google>(?<![A-Za-z0-9])AIza[\w\-]{35}|(?<![A-Za-z0-9])ya29\.[\w\-]{20,})"
    r"|(?P<jwt>(?<![\w\-])eyJ[\w\-]{8,2000}\.[\w\-]{8,4000}(?:\.[\w\-]{0,2000})?)"
    r"|(?P<sendgrid>(?<![A-Za-z0-9])SG\.[\w\-]{16,}\.[\w\-]{16,})"
    r"|(?P<npm>(?<![A-Za-z0-9])(?:npm_[A-Za-z0-9]{30,}|pypi-[\w\-]{40,}|dop_v1_[0-9a-f]{40,}|hf_[A-Za-z0-9]{30,}|SK[0-9a-f]{32}|AC[0-9a-f]{32}))"
    r"|(?P<prefixed>(?<![\w.\-/])(?:[a-z]{2,10}[_-](?:live|test|prod|secret|sk|pk|key|token|pat)[_-]|[a-z]{2,8}[_-])(?=[A-Za-z0-9]{0,39}\d)(?=[A-Za-z0-9]{0,39}[A-Z])(?=[A-Za-z0-9]{0,39}[a-z])[A-Za-z0-9]{16,250}(?![\w\-]))"
    r"|(?P<vendor>(?<![A-Za-z0-9])(?:whsec_|shp(?:at|ca|pa|ss)_|sq0(?:atp|csp)-|rk_live_|dckr_pat_|dapi[0-9a-f]|dp\.(?:pt|st|ct|sa)\.|glsa_|glc_|glrt-|gldt-|glft-|lin_api_"
    r"|ntn_|secret_[A-Za-z0-9]{20}|NRAK-|NRII-|PMAK-|pul-[0-9a-f]|sntrys_|sntryu_|hvs\.|hvb\.|ATATT3x|ATBB|AGE-SECRET-KEY-1|xapp-|GOCSPX-|ya29\.|1//0|EAA[A-Za-z0-9]{5}|figd_|oauth2:|fo1_|FlyV1 |v1\.0-[0-9a-f]"
    r"|pscale_(?:tkn|pw|oauth)_|rubygems_|CFPAT-|shippo_|key-[0-9a-f]{8}|AccountKey=|SharedAccessSignature=|SG\.|xkeysib-|mfa\.|rdme_|tfp_|nfp_|vercel_|sbp_|re_[A-Za-z0-9]{6}_|gsk_|pplx-|r8_|fw_|tvly-)"
    r"[\w\-./+=]{16,400})"
    r"|(?P<bot>(?<![\w:])\d{8,10}:AA[\w\-]{33}(?![\w\-]))"
    r"|(?P<discord>(?<![\w.])[MNO][A-Za-z\d]{23,27}\.[\w\-]{6}\.[\w\-]{27,40}(?![\w\-]))"
    r"|(?P<mailchimp>(?<![0-9a-f])[0-9a-f]{32}-us\d{1,2}(?!\w))"
    r"|(?P<terraform>(?<![\w.])[A-Za-z0-9]{14}\.atlasv1\.[\w\-=]{60,70})"
    r"|(?P<product>(?<![\w\-])(?=[A-Z\-]{0,28}\d)(?=[\d\-]{0,28}[A-Z])[A-Z0-9]{5}(?:-[A-Z0-9]{5}){4}(?![\w\-]))"
    r"|(?P<hook>https://hooks\.slack\.com/services/[\w/]{20,})"
)
_SHAPE_BACK = 48
_KEY_HEAD = lazily(r"-----BEGIN [A-Z0-9 ]{0,20}PRIVATE KEY")
_KEY_BODY = lazily(r"[A-Za-z0-9+/=\s>\\:,.\-]{0,8000}")
_KEY_FOOT = lazily(r"-----END [A-Z0-9 ]{0,20}PRIVATE KEY(?: BLOCK)?-----")
_BEARER = lazily(r"(?i)(?:[:\s=\"']{0,4})(?P<v>[A-Za-z0-9\-._~+/]{12,4000}={0,2})")
_KEY_VALUE = lazily(
    r"(?P<lead>[\"']?\s{0,3}(?:[:=]{1,2}>?|\s(?:is|was|ist|est|es))\s{0,3}[\"']?)(?P<v>[A-Za-z0-9\-._~+/!@#$%^*]{8,2000}={0,2})"
)
_USERINFO = lazily(
    r"(?i)\b[a-z][a-z0-9+.\-]{1,20}://(?P<user>[^\s/:@\"'<>\x01\x1a]{0,80}):(?P<v>[^\s/@\"'<>\x01\x1a]{1,120})@"
)
_QUERY = lazily(r"(?P<v>[^\s&#\"'<>;\x01]{6,2000})")


def check_shape(text: str, end: int) -> Finding | None:
    """Look at a prefix of a known kind of key that ends at ``end``."""
    for match in _SHAPES.finditer(text, max(0, end - _SHAPE_BACK), min(len(text), end + 8000)):
        if match.start() > end:
            return None
        if match["prefixed"] and sum(map(str.isdigit, match.group())) < 3:
            # test_Internaldate2tuple
            continue
        if match.end() >= end:
            return _secret(match.start(), match.end(), text, "key", "has the shape of a key or token")
    return None


def _secret(start: int, end: int, text: str, detector: str, why: str, score: float = 0.97) -> Finding:
    return Finding(start, end, Kind.SECRET, score, detector, text[start:end], why)


def check_private_key(text: str, end: int) -> Finding | None:
    """Look at the header of a private key that ends at ``end``."""
    head = _KEY_HEAD.search(text, max(0, end - 48))
    if head is None:
        return None
    # A key without its last line is a key all the same.
    body = _KEY_BODY.match(text, head.end())
    stop = body.end() if body is not None else head.end()
    foot = _KEY_FOOT.search(text, head.end(), stop)
    return _secret(head.start(), foot.end() if foot else stop, text, "private-key", "a private key block")


def check_bearer(text: str, end: int) -> Finding | None:
    """Look behind ``Bearer`` or ``Basic``."""
    match = _BEARER.match(text, end)
    if match is None or not _random(match["v"]):
        return None
    return _secret(match.start("v"), match.end("v"), text, "bearer", "a token in an authorisation header")


def _random(value: str) -> bool:
    return (any(c.isdigit() for c in value) and any(c.isalpha() for c in value)) or (
        len(value) >= 16 and any(c.isupper() for c in value[1:]) and any(c.islower() for c in value)
    )


def check_key_cue(text: str, end: int) -> Finding | None:
    """Look behind ``api_key``, ``client secret`` and the like."""
    if text[end - 3 : end].lower() == "sig" and text[end : end + 1] not in {"=", '"', "'", ":"}:
        # A signature in code, not the one of a link.
        return None
    match = _KEY_VALUE.match(text, end)
    if match is None:
        match = _CLAUSE.match(text, end) or _DIRECT.match(text, end)
        if match is None or not match["lead"] or not _looks_chosen(match["v"].rstrip(".,;:!?)")):
            return None
    if not _random(match["v"].rstrip(".")) or "\x1a" in match["v"]:
        return None
    value = match["v"].rstrip(".,;:!?)")
    return _secret(
        match.start("v"),
        match.start("v") + len(value),
        text,
        "key-cue",
        "follows a word for key or token",
        0.9,
    )


def check_userinfo(text: str, end: int) -> list[Finding] | None:
    """Look at ``scheme://user:password@``, whose ``@`` ends at ``end``."""
    for match in _USERINFO.finditer(text, max(0, end - 220), end):
        if match.end() != end:
            continue
        out = [_secret(match.start("v"), match.end("v"), text, "userinfo", "a password in a URL")]
        if match["user"] and match["user"].lower() not in {
            "root",
            "user",
            "admin",
            "postgres",
            "token",
            "git",
        }:
            out.append(
                Finding(
                    match.start("user"),
                    match.end("user"),
                    Kind.USERNAME,
                    0.85,
                    "userinfo",
                    match["user"].lower(),
                    "a user name in a URL",
                )
            )
        return out
    return None


def check_query(text: str, end: int) -> Finding | None:
    """Look behind a query parameter that carries a token."""
    match = _QUERY.match(text, end)
    if match is None or "\x1a" in match["v"]:
        return None
    return _secret(match.start("v"), match.end("v"), text, "query", "a token in a URL", 0.85)


PASSWORD = Detector(
    "password",
    tuple(
        _cues.hyperscan_word(c) if c not in {"pwd", "password", "passwd"} else rf"(?:\b|_){c}(?:\b|_)"
        for c in PASSWORD_CUES
    ),
    check_password,
)
SHAPE = Detector(
    "key",
    tuple(
        words(
            r"""
    \bA(?:KIA|SIA|GPA|IDA|ROA|NPA)[0-9A-Z]{8} \bgh[opsru]_ \bgithub_pat_ \bglpat- \bxox[abeoprs]-
    \b[sr]k[-_][A-Za-z0-9]{4} \bAIza \bya29\. \beyJ[A-Za-z0-9]{4} \bSG\.[\w\-]{10} \bnpm_[A-Za-z0-9]{8}
    \b[a-z]{2,8}[_-][A-Za-z0-9]{16} \b[a-z]{2,10}[_-](?:live|test|prod|secret|sk|pk|key|token|pat)[_-][A-Za-z0-9]{16}
    \b(?:whsec_|shp(?:at|ca|pa|ss)_|sq0(?:atp|csp)-|dckr_pat_|dp\.(?:pt|st|ct|sa)\.|glsa_|glc_|gl(?:rt|dt|ft)-|lin_api_|ntn_)[A-Za-z0-9]{4}
    \b(?:secret_[A-Za-z0-9]{20}|dapi[0-9a-f]{16}|NRAK-|NRII-|PMAK-|pul-[0-9a-f]{8}|sntry[su]_|hv[sb]\.[A-Za-z0-9]{8}|ATATT3x|ATBB[A-Za-z0-9]{8}|AGE-SECRET-KEY-1|xapp-|GOCSPX-)
    \b(?:1//0[\w\-]{8}|EAA[A-Za-z0-9]{16}|figd_|fo1_|pscale_(?:tkn|pw|oauth)_|rubygems_|CFPAT-|key-[0-9a-f]{16}|xkeysib-|mfa\.[\w\-]{8}|sbp_[0-9a-f]{8}|gsk_[A-Za-z0-9]{8}|pplx-[A-Za-z0-9]{8}|r8_[A-Za-z0-9]{8}|tvly-[A-Za-z0-9]{8})
    \b(?:AccountKey|SharedAccessSignature)=[\w+/%]{8} \b\d{8,10}:AA[\w\-]{8} \b[MNO][A-Za-z\d]{23,27}\.[\w\-]{6}\.[\w\-]{8} [0-9a-f]{32}-us\d [A-Za-z0-9]{14}\.atlasv1\.
    \b[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}\b
    \bpypi-[\w]{8} \bdop_v1_ \bhf_[A-Za-z0-9]{8} \b(?:SK|AC)[0-9a-f]{32} hooks\.slack\.com/services/
    """
        )
    ),
    check_shape,
    case_sensitive=True,
)
PRIVATE_KEY = Detector(
    "private-key", (r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY",), check_private_key, case_sensitive=True
)
BEARER = Detector("bearer", (r"\bbearer\s", r"authorization[\"']?:\s?basic\s", r"\bapikey\s"), check_bearer)
KEY_CUE = Detector(
    "key-cue",
    (r"api[-_ ]?key\b", r"(?:access|secret|auth|session|refresh|account|shared|private|client|encryption|license|licence|product|activation)[-_ ]?(?:key|token|secret|id_token)\b",
     r"client[-_ ]secret\b", r"\btoken\b", r"accountkey\b", r"sharedaccess(?:key|signature)\b", r"\bsig\b", r"jsessionid\b", r"phpsessid\b", r"session[-_]?id\b", r"set-cookie\b"),
    check_key_cue,
)  # fmt: skip
USERINFO = Detector("userinfo", (r"://[^\s/@\"'<>]{1,100}:[^\s/@\"'<>]{1,100}@",), check_userinfo)
QUERY = Detector(
    "query",
    (r"[?&;](?:access_|id_|auth_|refresh_|reset_|session_|csrf_|magic_)?token=", r"[?&](?:sig|signature|api_?key|key|secret|password|passwd|pwd|sid|session|auth|code|ticket|jwt|otp)="),
    check_query,
)  # fmt: skip
