"""Codes that open something: of doors, alarms and cards, recovery codes, passwords on a command line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._text import UNSPACED

_W = r"[^\W\d_]"
_NUMBER = r"(?P<v>\d{1,4}[A-Z]\d{1,4}|[#*]?(?:[A-Z]{1,2}[ \-]?)?\d{3,8}(?:[A-Z]|[ \-]\d{2,6})?[#*]?)(?!\w|[.,:/\-]\d|%|[ ](?:times|users|doors|people|eur|usd|€|\$))"
_DOOR = lazily(
    rf"(?:[^\S\n]|[:：=\"'“”‘’(\[\-–—>#]|\b(?:is|was|are|now|still|ist|lautet|jetzt|est|es|é|è|är|er|on|jest|je|to|для|это|теперь)\b){{0,6}}{_NUMBER}"
)
_DOOR_CLAUSE = lazily(
    rf"(?:[ ]{_W}[\w\-'’]{{0,13}}){{1,6}}(?:[ ]?[:：=][ ]?|[ ](?:is|was|are|ist|war|lautet|est|était|es|era|é|è|är|er|on|jest|je|to|that|is[ ]now|adalah|είναι|это)[ :]{{1,2}}){_NUMBER}"
)
_DOOR_GLUED = lazily(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af ]{0,8}[:： 「]{0,2}(?P<v>[#*]?\d{3,8}[#*]?)(?![\w]{0,1}\d|[.,:/\-]\d|[年月日時时分秒人件台個个회명번])"
)
_CHECK = lazily(
    r"(?i)(?:[^\S\n]|[:：=(\"'#\-]|\b(?:is|was|ist|lautet|est|es|é|è|är|er|to|code|number|no|nr|num)\b|[はは为是]){0,5}(?P<v>\d{3,4})(?!\w|[.,:/\-]\d|%)"
)
_LIST = lazily(
    rf"(?:[ ]?\(?(?:{_W}{{1,14}})\)?){{0,4}}[\s:：=\-–—>•*\"'(は为是]{{1,6}}"
    r"(?P<v>(?:\d{1,2}[.)][ ])?[A-Za-z0-9]{3,10}(?:-[A-Za-z0-9]{3,10}){0,7}(?:[\s,;/|]{1,4}(?:(?:and|und|et|y|e|i|og|och|en|и|ja)[ ])?(?:\d{1,2}[.)][ ]?)?[A-Za-z0-9]{3,10}(?:-[A-Za-z0-9]{3,10}){0,7}){0,24})"
)
_CODE = lazily(r"(?<![\w\-])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?![\w\-])")
_DATE = lazily(r"\d{4}-\d\d-\d\d")


def _secret(text: str, start: int, end: int, detector: str, why: str, score: float = 0.8) -> Finding:
    return Finding(start, end, Kind.SECRET, score, detector, text[start:end], why)


def check_door(text: str, end: int) -> Finding | None:
    """Look behind a word for the code of a door, a gate, an alarm or a safe."""
    match = _DOOR.match(text, end) or _DOOR_CLAUSE.match(text, end)
    if match is None and UNSPACED.match(text, end - 1):
        match = _DOOR_GLUED.match(text, end)
    if match is None:
        return None
    digits = sum(map(str.isdigit, match["v"]))
    if digits < 3 or (
        digits == 4
        and match["v"][:2] in {"19", "20"}
        and match["v"].isdigit()
        and ":" not in text[end : match.start("v")]
    ):
        return None
    return _secret(
        text, *match.span("v"), "door-code", "follows a word for the code of a door or an alarm", 0.75
    )


def check_card_code(text: str, end: int) -> Finding | None:
    """Look behind a word for the code on the back of a card."""
    match = _CHECK.match(text, end)
    if match is None:
        return None
    return _secret(text, *match.span("v"), "card-code", "follows a word for the check code of a card", 0.55)


def check_recovery(text: str, end: int) -> Iterator[Finding]:
    """Look behind a word for recovery codes, of which there are often several."""
    match = _LIST.match(text, end)
    if match is None:
        return
    for code in _CODE.finditer(text, *match.span("v")):
        value = code.group()
        digits = sum(map(str.isdigit, value))
        if not digits:
            if code.start() > match.start("v") and len(value) > 3:
                return
            continue
        if len(value) < 6 or _DATE.fullmatch(value) or (digits < 2 and "-" not in value):
            continue
        yield _secret(text, *code.span(), "recovery-code", "follows a word for recovery codes")


_COMMAND = lazily(
    r"(?:(?<=\s)-u|--user|--proxy-user|(?<=\s)-U)(?:[ =]{1,2}|(?=[A-Za-z\"']))[\"']?(?P<user>[A-Za-z][\w.\-\\@]{0,60}?)(?P<sep>[:%])(?P<v>[^\s\"'<>$]{3,80})"
)
_OPTION = lazily(
    r"(?i)(?:--?pass(?:word|wd|phrase)?|--pw|--secret|--token|--api-?key|--pin)(?:[ ]{1,2}|=)[\"']?(?P<v>[^\s\"'<>$\-][^\s\"'<>]{3,200})"
)
_SHORT_OPTION = lazily(
    r"(?:sshpass[ ]-p[ ]?|\b(?:mysql\w*|mariadb\w*|mongo\w*|redis-cli|ldap\w+|smbclient|plink|pscp|sqlcmd|7z|unzip|zip|docker[ ]login|psexec\w*|bcp)\b[^\n\x01|]{0,80}?[ ]-(?:p|P|pw|w|a)[ ]?)[\"']?(?P<v>(?![\d]{1,5}(?![^\s]))[^\s\"'<>$\-][^\s\"'<>]{3,80})"
)
_NET_USE = lazily(
    r"(?i)/u(?:ser)?:(?P<user>[\w.\-\\@]{2,60})(?:[ ]{1,2}(?!/)(?P<v>[^\s\"'<>/][^\s\"'<>]{3,60}))?|/p(?:ass(?:word)?)?:(?P<w>[^\s\"'<>]{3,60})"
)
_PAIR = lazily(
    r"(?<![\w/:.@+\-])(?P<user>[A-Za-z][\w.\-]{1,30}):(?P<v>(?=[^\s@:/]{0,40}[!#$%^&*+=?~])[^\s@:/\"'<>]{4,40})@(?=[A-Za-z0-9][\w.\-]{2,})"
)
_PATH = lazily(r"[./~]?/?[\w.\-]+(?:/[\w.\-]+)+")


def _user(text: str, start: int, end: int) -> Finding:
    form = canonical(Kind.USERNAME, text[start:end].rpartition("\\")[2])
    return Finding(start, end, Kind.USERNAME, 0.85, "command-user", form, "the user of a command")


_NOBODY = frozenset(
    words(
        "root admin administrator user username postgres elastic guest git token apikey api_key name login test me usr"
    )
)
_NO_PASSWORD = frozenset(
    words("password passwd pass pw secret xxx xxxx changeme pwd prompt file stdin token")
)


def _pair(text: str, match: re.Match[str]) -> Iterator[Finding]:
    if match["user"] and match["user"].lower() not in _NOBODY:
        yield _user(text, *match.span("user"))
    if match["v"] and match["v"].lower() not in _NO_PASSWORD:
        yield _secret(text, *match.span("v"), "command", "a password on a command line", 0.9)


def check_command(text: str, end: int) -> Iterator[Finding]:
    """Look at an option of a command that names a user, a password or both."""
    low, high = max(0, end - 100), min(len(text), end + 120)
    for pattern in (_COMMAND, _NET_USE):
        for match in pattern.finditer(text, low, high):
            if match.end() >= end and match.start() <= end:
                yield from _pair(text, match)
                if pattern is _NET_USE and match["w"]:
                    yield _secret(text, *match.span("w"), "command", "a password on a command line", 0.9)
    for pattern in (_OPTION, _SHORT_OPTION):
        for match in pattern.finditer(text, low, high):
            value = match["v"]
            if (
                match.end() < end
                or match.start() > end
                or value.lower() in _NO_PASSWORD
                or _PATH.fullmatch(value)
            ):
                continue
            if not any(c.isdigit() or not c.isalnum() for c in value) and pattern is _SHORT_OPTION:
                continue
            yield _secret(text, *match.span("v"), "command", "a password on a command line", 0.85)


def check_pair(text: str, end: int) -> Iterator[Finding]:
    """Look at ``user:password@host`` without a scheme around ``end``."""
    for match in _PAIR.finditer(text, max(0, end - 80), min(len(text), end + 40)):
        if match.end() >= end - 1 and match.start() <= end:
            yield from _pair(text, match)


_DOORS = words(
    r"""
    (?:door|gate|entry|entrance|alarm|keypad|lockbox|lock|safe|building|lobby|garage|access\spanel|key\ssafe|keysafe|intercom|buzzer|padlock|disarm|panel|vault|elevator|lift)\s(?:entry\s)?(?:code|pin|combo|combination)
    keysafe key\ssafe türcode tür-code türkode torcode zugangscode schließfachcode alarmcode alarm-code haustürcode eingangscode tresorcode safe-code schlüsseltresor schlüsselbox code\sder\salarmanlage
    digicode code\s(?:de\sla\s|de\sl['’]|du\s|d['’])?(?:porte|portail|immeuble|alarme|entrée|coffre|accès|portillon|boîte\sà\sclés|interphone)
    código\sde\s(?:la\s)?(?:puerta|alarma|entrada|acceso|portal|verja) código\sdel\s(?:portal|portón|edificio|garaje) clave\sde\s(?:la\s)?(?:puerta|alarma|entrada)
    código\s(?:da\sporta|do\sportão|do\salarme|de\sentrada|do\sprédio|de\sacesso|do\scofre) senha\s(?:da\sporta|do\sportão|do\salarme)
    codice\s(?:della\sporta|porta|del\scancello|cancello|allarme|dell['’]allarme|ingresso|d['’]ingresso|portone|cassaforte) deurcode toegangscode alarmcode poortcode sleutelkluis
    dörrkod dörrkoden portkod portkoden larmkod larmkoden grindkod dørkode dørkoden alarmkode alarmkoden portkode portkoden nøkkelboks ovikoodi ovikoodin hälytyskoodi porttikoodi
    kod\s(?:do\s(?:drzwi|bramy|furtki|alarmu|domofonu|klatki|wejścia|sejfu)|alarmu|bramy|domofonu|wejściowy) kód\s(?:ke?\s(?:dveřím|vratům|alarmu|bráně|vchodu)|od\s(?:dveří|vchodu|alarmu|brány|dverí)|alarmu|na\sdvere)
    kapukód kaputelefon\skód riasztó\skód\w* riasztókód\w* bejárati\skód cod\s(?:poartă|poarta|ușă|usa|alarmă|alarma|interfon|acces) codul\s(?:porții|ușii|alarmei|interfonului)
    код\s(?:от\s(?:двери|домофона|подъезда|сигнализации|ворот|калитки|сейфа|квартиры)|домофона|двери|подъезда|сигнализации|ворот|калитки|входа|сейфа|на\s(?:двери|калитке|воротах)) код\s(?:від\s(?:дверей|домофону|воріт|сигналізації|під['’]їзду)|дверей|домофону|сигналізації) код\s(?:за\s(?:вратата|входа|алармата)|на\s(?:вратата|входа|алармата))
    šifra\s(?:vrata|za\svrata|alarma|ulaza) šifra\salarma kod\s(?:za\svrata|vrata|alarma) koda\s(?:vrat|za\svrata|alarma) durų\skodas signalizacijos\skodas durvju\skods ukse\skood
    kapı\s(?:kodu|şifresi) alarm\s(?:kodu|şifresi) bina\skodu giriş\skodu κωδικός\s(?:πόρτας|συναγερμού|εισόδου) κωδικός\sτης\s(?:πόρτας|εισόδου) קוד\s(?:דלת|הדלת|כניסה|הכניסה|אזעקה|האזעקה|שער|השער|בניין|לבניין) قוד\sהאזעקה
    رمز\s(?:الباب|البوابة|الدخول|الإنذار|المدخل) كود\s(?:الباب|البوابة|الإنذار) دरवाज़े\sका\sकोड दरवाजे\sका\sकोड गेट\sकोड रหัสประตู รหัสประตู รหัสเข้า รหัสสัญญาณ mã\s(?:cửa|cổng|báo\sđộng) kode\s(?:pintu|gerbang|alarm|akses)
    门禁码 门禁密码 门锁密码 門禁密碼 大门密码 门密码 保险柜密码 警报密码 オートロック ドアコード 玄関の暗証番号 解錠番号 解除コード 현관\s?비밀번호 도어락 도어락\s?비번 공동현관 비번
    """
)
_CARD_CODES = words(
    r"""
    cvv cvv2 cvc cvc2 cvn cid\scode cav2 csc card\ssecurity\scode security\scode card\sverification\s(?:value|code|number) prüfziffer\sder\skarte kartenprüfnummer kartenprüfziffer prüfnummer sicherheitscode
    cryptogramme cryptogramme\svisuel code\sde\ssécurité código\sde\sseguridad código\sde\ssegurança codice\sdi\ssicurezza codice\scvv veiligheidscode beveiligingscode säkerhetskod sikkerhedskode sikkerhetskode
    turvakoodi kod\scvv kod\sbezpieczeństwa bezpečnostní\skód bezpečnostný\skód biztonsági\skód cod\sde\ssecuritate код\sбезопасности код\scvv код\sкарты код\sна\sобороте код\sбезпеки güvenlik\skodu κωδικός\sασφαλείας
    セキュリティコード 安全码 安全碼 驗證碼\sCVV 보안코드 보안\s코드
    """
)
_RECOVERY = words(
    r"""
    (?:recovery|backup|back-up|scratch|rescue|emergency|2fa|mfa|one-time|bypass|single-use)\s(?:recovery\s|backup\s|login\s|access\s)?(?:codes?|keys?) recovery\scode\(s\) bitlocker\s(?:recovery\s)?key
    wiederherstellungscodes? wiederherstellungsschlüssel wiederherstellungs-codes? backup-codes? backupcodes? notfallcodes? ersatzcodes?
    codes?\sde\s(?:récupération|secours|sauvegarde) clé\sde\srécupération códigos?\sde\s(?:recuperación|respaldo|seguridad\sde\srespaldo|recuperação|backup|rescate) clave\sde\srecuperación chave\sde\srecuperação
    codici?e?\sdi\s(?:recupero|backup|ripristino) codici\sdi\s(?:recupero|backup|ripristino) chiave\sdi\sripristino herstelcodes? herstelsleutel back-upcodes? återställningskod(?:er|erna)? reservkoder gendannelseskoder gendannelsesnøgle gjenopprettingskoder reservekoder
    palautuskood(?:it|i) varakoodit kod(?:y|ów)?\s(?:zapasowe|odzyskiwania|awaryjne) klucz\sodzyskiwania záložní\skód(?:y)? kód(?:y)?\sobnovení záložné\skódy helyreállító\skódok? helyreállítási\skód\w* tartalék\skódok? cod(?:uri)?\sde\s(?:recuperare|rezervă)
    коды?\sвосстановления резервны[ей]\sкоды? ключ\sвосстановления коды?\sвідновлення резервні\sкоди кодове\sза\sвъзстановяване kurtarma\skod(?:u|ları) yedek\skod(?:u|lar|ları) κωδικο[ίύ]\sανάκτησης κωδικοί\sασφαλείας קודי\sשחזור קודי\sגיבוי رموز\sالاسترداد رموز\sالنسخ\sالاحتياطي
    कोड\sरिकवरी रिकवरी\sकोड รหัสกู้คืน รหัสสำรอง mã\skhôi\sphục mã\sdự\sphòng kode\s(?:pemulihan|cadangan) 恢复码 恢复代码 备用码 備用碼 還原碼 救援代码 回復コード 復旧コード リカバリーコード リカバリコード バックアップコード 回復キー 복구\s?코드 백업\s?코드 복구\s?키
    """
)
_word = _cues.hyperscan_word
DETECTORS: tuple[Detector, ...] = (
    Detector("door-code", tuple(_word(c) for c in dict.fromkeys(_DOORS)), check_door),
    Detector("card-code", tuple(_word(c) for c in dict.fromkeys(_CARD_CODES)), check_card_code),
    Detector("recovery-code", tuple(_word(c) for c in dict.fromkeys(_RECOVERY)), check_recovery),
    Detector(
        "command",
        (
            r"\s-u ?[\"']?[a-z][\w.\-\\@]{0,60}:[^\s]{3}", r"\s-U ?[\"']?[a-z][\w.\-\\@]{0,60}%[^\s]{3}", r"--(?:proxy-)?user[ =][\"']?[a-z][^\s:]{0,60}:[^\s]{3}",
            r"--(?:pass(?:word|wd|phrase)?|pw|secret|token|api-?key|pin)[ =][^\s]{3}", r"\ssshpass -p", r"^sshpass -p", r"/u(?:ser)?:[\w.\-\\@]{2}", r"/pass(?:word)?:[^\s]{3}",
            r"\b(?:mysql\w{0,8}|mariadb\w{0,8}|mongo\w{0,6}|redis-cli|ldap\w{1,10}|plink|pscp|sqlcmd|7z|docker login|psexec\d{0,2})\b[^\n]{0,80} -(?:p|pw|w|a) ?[^\s\-]{3}",
        ),
        check_command,
        refractory=3,
    ),
    Detector("pair", (r"[a-z0-9_]:[^\s@:/]{0,40}[!#$%^&*+=?~][^\s@:/]{0,40}@[a-z0-9]",), check_pair),
)  # fmt: skip
