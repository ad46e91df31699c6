"""Values that their cue gives away: birth dates, plates, coordinates, devices, bank accounts."""

from __future__ import annotations

import re

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _bank, _cues
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._numbers import luhn
from hushdesk.redact.detect._text import before

_MONTHS = (
    r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|déc|fév|avr|juin|juil|août|ene|abr|ago|dic|gen|mag|giu|lug|set|ott"
    r"|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|sty|lut|kwi|maj|cze|lip|sie|wrz|paź|lis|gru|out|fev|dez|oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara)\w{0,9}\.?"
)
_DATE = (
    rf"(?:\d{{1,2}}[ ]?[./\- ][ ]?\d{{1,2}}[ ]?[./\- ][ ]?(?:\d{{4}}|\d{{2}}(?!\d))|\d{{4}}[./\-][ ]?\d{{1,2}}[./\-][ ]?\d{{1,2}}\.?|\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?[ \-](?:of |de |d')?{_MONTHS}(?:,| de| del)?[ \-,]{{1,2}}\d{{2,4}}"
    rf"|{_MONTHS}[ ]\d{{1,2}}(?:st|nd|rd|th)?,?[ ]\d{{4}}|\d{{4}}年[ ]?\d{{1,2}}月[ ]?\d{{1,2}}日|\d{{4}}년[ ]?\d{{1,2}}월[ ]?\d{{1,2}}일|\d{{8}}(?!\d))"
)
# After a cue any word may be a month, in whatever language.
_ANY_DATE = rf"(?:{_DATE}|\d{{1,2}}(?:\.|st|nd|rd|th|er|º)?[ ](?:de[ ]|d['’])?[^\W\d_]{{3,14}}\.?,?[ ](?:de[ ]|del[ ])?(?:19|20)\d\d|\d{{1,2}}[./\-]\d{{1,2}}[./\-]\d{{4}})"
_DIGIT = lazily(r"\d")
_WHOLE_DATE = lazily(rf"(?i)(?!\d+\Z){_ANY_DATE}")
_BIRTH = _cues.after_cue(_ANY_DATE)
# "Geburtsdatum zur Prüfung: ...", "né(e) le ...", "nato/a il ..."
_BIRTH_LOOSE = lazily(
    rf"(?i)(?:\(?[./\-]?[a-zа-я]{{1,3}}\)?)?(?:[ ][^\W\d_]{{1,14}}){{0,4}}[ \t\xa0:：=.,\-–(]{{0,4}}(?P<v>{_ANY_DATE})"
)
MONTH_WORDS = (
    r"jan(?:uary|uar|vier|uari|uary|uar)|janvier|jänner|enero|gennaio|janeiro|januari|tammikuuta|stycznia|ledna|январ[ья]|січня|ocak|february|februar|février|febrero|febbraio|fevereiro|februari|helmikuuta|lutego|února|феврал[ья]|лютого|şubat"
    r"|march|märz|mars|marzo|março|maart|maaliskuuta|marca|března|марта?|березня|mart|april|avril|abril|aprile|huhtikuuta|kwietnia|dubna|апрел[ья]|квітня|nisan|may|mai|mayo|maggio|maio|mei|maj|toukokuuta|maja|května|ма[йя]|травня|mayıs|june|juni|juin|junio|giugno|junho|kesäkuuta|czerwca|června|июн[ья]|червня|haziran"
    r"|july|juli|juillet|julio|luglio|julho|heinäkuuta|lipca|července|июл[ья]|липня|temmuz|august|août|agosto|augustus|augusti|elokuuta|sierpnia|srpna|августа?|серпня|ağustos|september|septembre|septiembre|settembre|setembro|syyskuuta|września|září|сентябр[ья]|вересня|eylül"
    r"|october|oktober|octobre|octubre|ottobre|outubro|lokakuuta|października|října|октябр[ья]|жовтня|ekim|november|novembre|noviembre|novembro|marraskuuta|listopada|listopadu|ноябр[ья]|листопада|kasım|december|dezember|décembre|diciembre|dicembre|dezembro|joulukuuta|grudnia|prosince|декабр[ья]|грудня|aralık"
)
YEAR_WORDS = (
    r"nineteen|twenty|two[ ]thousand|hundred|and|(?:twen|thir|for|fif|six|seven|eigh|nine)ty[\- ]?\w*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|oh|neunzehnhundert\w*|zweitausend\w*|mil(?:le)?\w*|neuf|cents?|\w*cento?s?|novecient\w+|novecent\w+|duemila\w*|dos|dois|deux|y|e|et"
    r"|soixante\w*|quatre|vingts?|dix|onze|douze|treize|quatorze|quinze|seize|sept|huit|trente|quarante|cinquante|\w+nta|\w+nte|veint\w+|vinte|un[oa]?|um|tres|três|cuatro|quatro|cinco|seis|siete|sete|ocho|oito|nueve|nove|negentien\w*|tweeduizend\w*|nittonhundra\w*|nitten\w*|tysiąc|dziewięćset|dwa|tysiące|\w+dziesiąt\w*"
    r"|тысяча|девятьсот|две|тысячи|\w+десят\w*|сорок|девяносто|\w+надцат\w+|перв\w+|втор\w+|треть\w+|четв[её]рт\w+|пят\w+|шест\w+|седьм\w+|восьм\w+|девят\w+|года|bin|dokuz|yüz|altmış|yetmiş|seksen|doksan|bir|iki|üç|dört|beş|altı|yedi|sekiz|otuz|kırk|elli|de|del|di"
)
_ARTICLE = lazily(r"(?i)\b(?:the|le|el|il|am|den|der|de|o|on|op|em)[ ]$")
_SPOKEN_DATE = _cues.after_cue(
    rf"(?:(?:[^\W\d_]{{1,16}}[ \-]){{1,4}}?(?:of[ ]|de[ ]|di[ ]|d['’])?(?:{MONTH_WORDS})|(?:{MONTH_WORDS})[ ](?:the[ ])?[^\W\d_]{{3,14}}(?:[ \-][^\W\d_]{{3,10}})?)(?:[ ,\-]{{1,2}}(?:{YEAR_WORDS})(?!\w)){{1,8}}"
)
_OLD = lazily(
    r"(?<![\w./\-:])(?:\d{1,2}[./\-]\d{1,2}[./\-](?P<a>19[2-7]\d|198[0-3])|(?P<b>19[2-7]\d|198[0-3])[./\-]\d{1,2}[./\-]\d{1,2})(?![\w/\-]|\.\d|[ ]?T?\d\d:)"
)
_EPOCHS = lazily(
    r"1970|0?1[./\-]0?1[./\-]19(?:70|80|60|50|40|30)|19(?:80|60|50|40|30)[./\-]0?1[./\-]0?1|31[./\-]12[./\-]19|12[./\-]31[./\-]19"
)
_PLATE = _cues.after_cue(
    r"(?:[\u4e00-\u9fff][A-Z][ ·•.\-]?[A-Z0-9]{4,6}[学警港澳挂領领使試超]?|[^\W_]{1,8}(?:[ \-·•.][ ]?[^\W_]{1,5}){0,4})(?![^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
)
_PLATE_GROUP = lazily(r"[^\W_]+")
_IMEI = _cues.after_cue(r"\d(?:[ \-/.]?\d){13,16}")
_LATLON = lazily(
    r"(?<![\w.])[-+]?(?:[0-8]?\d|90)\.\d{4,9}\s?°?\s?[NS]?\s?[,;/ ]\s?(?:lon(?:gitude)?|lng)?[:=\s]{0,2}[-+]?(?:1[0-7]\d|0?\d{1,2}|180)\.\d{4,9}\s?°?\s?[EWO]?(?![\w.])"
)
_DMS = lazily(
    r"\d{1,2}°\s?\d{1,2}['′]\s?(?:\d{1,2}(?:\.\d+)?[\"″]\s?)?[NS][,;\s]{1,3}\d{1,3}°\s?\d{1,2}['′]\s?(?:\d{1,2}(?:\.\d+)?[\"″]\s?)?[EWO]"
)
_DECIMALS = lazily(r"\.(\d+)")
_DEGREES = lazily(r"[°NSEWO]")
_LAT_CUE = lazily(
    r"(?i)\b(?:lat(?:itude)?|lon(?:gitude)?|lng)(?:[\"']?\s{0,2}[:=]\s{0,2}|[ ])(?P<v>[-+]?\d{1,3}\.\d{3,10})"
)
_COORD_CUE = lazily(
    r"(?i)gps|coord|koord|\blat|\blon|location|position|posici[oó]n|posizione|standort|ubicaci[oó]n|localiza|localisation|emplacement|\bmaps?\b|geo|tracker|last[ ](?:ping|seen|fix)|ortung|\bmapa\b|\bmapie\b|carte\b|mappa|kaart|\bkart|kartta|harita|χάρτη|карт[аеуы]|точк[аеиу]|pin\b|souřadnic|współrzędn|konum|sijainti|τοποθεσ|συντεταγ|координат|локаци|местополож"
    r"|מיקום|נ\.צ|موقع|إحداثيات|स्थान|พิกัด|tọa độ|lokasi|koordinat|địa điểm|خريطة|מפה|แผนที่|नक्शा|地图|地圖|地図|지도|坐标|座標|位置|定位|좌표|위치"
)


def _cued(pattern: re.Pattern[str], text: str, end: int, reach: int = 70) -> re.Match[str] | None:
    match = pattern.match(text, end)
    return match if match is not None and match.end() - end <= reach else None


def is_date(value: str) -> bool:
    """Tell whether a value is a whole date, with its year.

    Args:
        value: What somebody was told, and nothing else.
    """
    return _WHOLE_DATE.fullmatch(value) is not None


def check_birth(text: str, end: int) -> Finding | None:
    """Look behind a word for date of birth."""
    if _DIGIT.search(text, end, end + 90) is None:
        match = _cued(_SPOKEN_DATE, text, end, 110)
        if match is None:
            return None
        value = match["v"].rstrip(" ,.-")
        lead = _ARTICLE.search(before(text, match.start("v"), 5))
        start = match.start("v") - (len(lead.group()) if lead else 0)
        span = (start, match.start("v") + len(value))
        return Finding(
            *span, Kind.BIRTH_DATE, 0.8, "birth-date", canonical(Kind.BIRTH_DATE, value), "a date in words"
        )
    match = _cued(_BIRTH, text, end) or _cued(_BIRTH_LOOSE, text, end)
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


def check_old_date(text: str, end: int) -> Finding | None:
    """Look at a whole date so long ago that in mail to a help desk it is somebody's birthday."""
    for match in _OLD.finditer(text, max(0, end - 14), min(len(text), end + 12)):
        if match.end() >= end and not _EPOCHS.search(match.group()):
            return Finding(
                match.start(),
                match.end(),
                Kind.BIRTH_DATE,
                0.65,
                "birth-date-old",
                canonical(Kind.BIRTH_DATE, match.group()),
                "a date of a generation ago",
            )
    return None


def check_plate(text: str, end: int) -> Finding | None:
    """Look behind a word for number plate."""
    match = _cued(_PLATE, text, end, 48)
    if match is None:
        return None
    start = match.start("v")
    stop, letters, digits = _plate_end(text, start, match.end("v"))
    if (
        not 4 <= letters + digits <= 10
        or digits < 1
        or (not letters and digits < 6)
        or _YEARS.fullmatch(text, start, stop)
    ):
        return None
    return Finding(
        start,
        stop,
        Kind.PLATE,
        0.85,
        "plate",
        canonical(Kind.PLATE, text[start:stop]),
        "follows a word for number plate",
    )


_YEARS = lazily(r"(?:[A-Z]{2,5}[ \-])?(?:19|20)\d\d|[A-Z]+\d")


def _plate_end(text: str, start: int, end: int) -> tuple[int, int, int]:
    """Return where the groups of a plate end, and how many letters and digits they have."""
    stop, letters, digits = start, 0, 0
    for group in _PLATE_GROUP.finditer(text, start, end):
        value = group.group()
        figures = sum(map(str.isdecimal, value))
        # A word of the sentence: small letters, or more letters than a plate has in one group.
        if any(map(str.islower, value)) or (len(value) - figures > 4 and not figures):
            break
        if letters + digits + len(value) > 10:
            break
        # Behind the figures only Latin and Cyrillic plates go on with letters alone.
        if digits and not figures and value[0] > "\u052f" and len(value) > 1:
            break
        stop, letters, digits = group.end(), letters + len(value) - figures, digits + figures
    return stop, letters, digits


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


_GEO = lazily(r"(?i)geo:(?P<v>-?\d{1,2}(?:\.\d+)?,-?\d{1,3}(?:\.\d+)?(?:,-?\d+(?:\.\d+)?)?)")
_PLUS_CODE = lazily(r"(?<![\w+])[23456789CFGHJMPQRVWX]{8}\+[23456789CFGHJMPQRVWX]{2,3}(?![\w+])")


def _coordinates(match: re.Match[str], group: str | int, why: str) -> Finding:
    value = re.sub(r"\s", "", match[group])
    return Finding(*match.span(group), Kind.COORDINATES, 0.9, "coordinates", value, why)


def check_coordinates(text: str, end: int) -> Finding | None:
    """Look at a pair of decimal degrees, a ``geo:`` link, a plus code, or a cue for degrees, around ``end``."""
    near = slice(max(0, end - 40), min(len(text), end + 60))
    for match in _GEO.finditer(text, near.start, near.stop):
        if match.end() >= end:
            return _coordinates(match, "v", "a place in a link")
    for match in _PLUS_CODE.finditer(text, near.start, near.stop):
        if (
            match.end() >= end
            and any(map(str.isdigit, match.group()))
            and any(map(str.isalpha, match.group()))
        ):
            return _coordinates(match, 0, "a code for a place")
    for pattern in (_DMS, _LATLON):
        for match in pattern.finditer(text, max(0, end - 40), min(len(text), end + 60)):
            if match.start() > end or match.end() < end:
                continue
            span = match.group()
            fine = all(len(p) >= 6 for p in _DECIMALS.findall(span)) or _DEGREES.search(span) is not None
            line = text.rfind("\n", max(0, match.start() - 8), match.start()) + 1 or match.start() - len(
                before(text, match.start(), 8)
            )
            rest = text[match.end() : match.end() + 4].lstrip(" \t.,").split("\x01")[0]
            alone = not text[line : match.start()].strip(" \t>-*") and (not rest or rest[0] in "\r\n")
            if pattern is _DMS or fine or alone or _COORD_CUE.search(before(text, match.start(), 40)):
                return Finding(
                    match.start(),
                    match.end(),
                    Kind.COORDINATES,
                    0.9,
                    "coordinates",
                    re.sub(r"\s", "", match.group()),
                    "a pair of degrees",
                )
    cued = _LAT_CUE.search(text, max(0, end - 16), min(len(text), end + 20))
    if cued is not None and cued.end() >= end:
        return Finding(
            cued.start("v"),
            cued.end("v"),
            Kind.COORDINATES,
            0.85,
            "coordinates",
            cued["v"],
            "degrees after their name",
        )
    return None


_word = _cues.hyperscan_word
_BIRTH_CUES = words(
    r"""
    date\sof\sbirth d\.?o\.?b\.? birth\s?date birthday born geburtsdatum geburtstag geboren geb\. geburtsdatums gebdatum geb\.-datum
    nasci nací sono\snat[oa] urodziłem urodziłam narodil narodila родилась родился народилася народився doğumluyum γεννήθηκα
    né\(e\)\sle ne\sle née? nato/a nata/o nascid[oa]/[oa] nacid[oa]/[oa] nac\. nasc\. ur\. nar\. γεν\. γεννηθείς γεννήθηκε род\. нар\. д\.н\. الميلاد doğ\. szül\. syn\. synt\. f\. føds\.
    geboren\sam geboren\sop nat[oa]/[oa]\sil urodzony/a narozen/a född\sden gimusi rojen dzimis
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
    kennz kennz\. kfz kfz-kennzeichen kfz-kz amtl\.\skennzeichen autokennzeichen immat immat\. immatriculée? plaque\sd['’]immatriculation n°\simmat\w* nummerplaat nummerplade nummerplate nummerplåt reg\.?\s?nr\.? regnr\.? reg\.-nr\.? skiltnr\.? skiltnummer bílnúmer skráningarnúmer
    plate plates vrm vrn number\splates reg\s(?:no|number|plate|mark) vehicle\sreg car\sreg van\sreg truck\sreg lorry\sreg rego rego: tag\s(?:no|number) patente: patente\sdel patente\sdo placas placa\sdo placa\sde\sla placa: chapa matrícula: matrícula\sdo matrícula\sdel matrícula\sda
    auton\srekisteri rekkari rekisteritunnus rekisterinro rekkarit nr\srej\.? nr\.\srej\.? rej\. tablice\srej\w* numer\srejestracyjny tablica\srejestracyjna ŠPZ spz: rz: státní\spoznávací\sznačk\w+ ečv evč reg\.\sznačk\w+ rendszáma frsz forg\.\srendszám număr\sde\sînmatriculare nr\.?\s(?:de\s)?înmatriculare nr\.?\sinmatriculare nr\.?\sauto
    гос\.\s?номер гос\s?номер г/н г\.н\. госзнак рег\.\s?номер рег\.\s?№ рег\.\s?знак регистрационный\sзнак держномер держ\.\s?номер номерний\sзнак номер\sмашины номера\sавто номер\sтс рег\.\s?№ дк\s№ дк\.?\s?№ регистрационен\sномер рег\.\sтаблица регистарска registarske?\soznak[ae] registarska registracija registrska\s(?:številka|tablica|označba) tablice tablica
    valst\.\s?nr\.? valstybinis\snumeris valstybinis\snr\.? auto\snr\.? numurzīme reģ\.\s?nr\.? numbrimärk autonumber registreerimisnumber plakası plakam plaka\sno araç\splaka πινακίδα πινακίδες αριθμός\sκυκλοφορίας αρ\.\sκυκλοφορίας αρ\.\sκυκλ\. אבטחת\sרכב מספר\sרכב מס['׳]\sרכב לוחית\sרישוי מספר\sרישוי
    رقم\sاللوحة اللوحة لوحة\sرقم لوحة\sالسيارة رقم\sالسيارة پلاک شماره\sپلاک गाड़ी\sनंबर वाहन\sसंख्या वाहन\sनंबर नंबर\sप्लेट ป้ายทะเบียน ทะเบียนรถ ทะเบียน biển\ssố biển\ssố\sxe biển\skiểm\ssoát bks nopol no\.?\spol\.? plat\snomor nomor\spolisi nombor\spendaftaran no\.?\splat
    车牌号码 车号 車牌號碼 車牌號 車號 登録番号 車両番号 自動車登録番号 車ナンバー ナンバー 차량\s?번호 번호판 차\s?번호
    number\splate licen[cs]e\splate plate\s(?:no|number) registration\snumber vehicle\sreg(?:istration)?
    car\sreg kennzeichen nummernschild immatriculation plaque matrícula matricula placa targa kenteken
    registreringsnummer rekisterinumero rejestracyjny spz rendszám plaka госномер номерной\sзнак
    номер\sавто 车牌 车牌号 車牌 ナンバープレート 차량번호
    """
)
OLD_DATE = Detector(
    "birth-date-old",
    (r"\b\d{1,2}[./\-]\d{1,2}[./\-]19[2-8]\d\b", r"\b19[2-8]\d[./\-]\d{1,2}[./\-]\d{1,2}\b"),
    check_old_date,
)
BIRTH = Detector("birth-date", tuple(_word(c) for c in _BIRTH_CUES), check_birth)
PLATE = Detector("plate", tuple(_word(c) for c in _PLATE_CUES), check_plate)
IMEI = Detector("imei", (r"\bimei\d?\b", r"\bmeid\b"), check_imei)
BANK = _bank.CUE
BIC = _bank.BIC
COORDINATES = Detector(
    "coordinates",
    (
        r"\d\.\d{4,9}\s?\xc2?\xb0?\s?[NS]?[,;/ ]\s?[-+]?\d{1,3}\.\d{4}",
        r"\b(?:lat(?:itude)?|lon(?:gitude)?|lng)(?:[\"']?\s{0,2}[:=]\s{0,2}| )[-+]?\d{1,3}\.\d{3}",
        r"\d{1,2}\xc2\xb0\s?\d",
        r"geo:-?\d",
        r"\b[23456789CFGHJMPQRVWX]{8}\+[23456789CFGHJMPQRVWX]{2}",
    ),
    check_coordinates,
    refractory=6,
)
