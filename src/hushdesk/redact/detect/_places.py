"""Addresses without a word for street, plates that a vehicle gives away, numbers glued to the word for telephone."""

from __future__ import annotations

import re
from collections.abc import Callable

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._cues import in_bytes
from hushdesk.redact.detect._interface import Detector

_CAPITAL = r"[A-ZÀ-ÞŁŚŻŹĆ][^\W\d_]{2,24}"
_NUMBER = (
    r"\d{1,4}(?:[ ]?[a-zA-Z](?![^\W_]))?(?:[ ]?[/\-][ ]?\d{1,4}[a-z]?)?(?![\w%€$£]|[.,:]\d|\.[ ][A-ZÄÖÜ])"
)
_PLACE = rf"(?:,?[ ](?:D-|A-|CH-)?\d{{4,5}}[ ]{_CAPITAL}(?:[ \-]{_CAPITAL})?)"
_GERMAN = lazily(
    rf"(?<![\w.])(?:[Ii]m|[Aa]m|An der|An den|An dem|Auf der|Auf dem|Auf den|In der|In den|In dem|Zum|Zur|Hinter der|Hinter dem|Unter den|Vor dem|Vor der|Bei der|Beim|Neben der|Ob der)[ ](?:[A-ZÄÖÜ][a-zäöüß]{{2,16}}en[ ])?(?P<w>[A-ZÄÖÜ][a-zäöüß]{{1,20}})[ ]{_NUMBER}"
)
_NO_STREETS = frozenset(
    words(
        """
    montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz april mai juni juli august september oktober november dezember morgen abend mittag vormittag nachmittag wochenende jahr jahre monat tag quartal sommer herbst winter frühjahr frühling
    teil kapitel abschnitt punkt raum zimmer schritt bild seite anhang stock haus gebäude fall falle alter ende schnitt durchschnitt vergleich gegensatz wert bereich level fach slot port gate kanal ticket vertrag auftrag artikel paragraph modul kurs kreis stand erdgeschoss beispiel
    telefon gerät display kasse schalter terminal drucker server system update fehler code version windows office bus zug flug gleis paket karton tarif preis log start test login rechnung app liste mail lager werk standort portal konto shop warenkorb menü formular anhang feld zeile spalte minute minuten stunde
    """
    )
)
_LIVES = lazily(
    r"(?i)\b(?:wohn\w*|adresse\w*|anschrift\w*|umgezogen|umzug|ziehe\w*|gezogen|gemeldet|lebe|zuhause|liefer\w*|zustell\w*)[ :,]{1,3}(?:(?:ich|wir|nach|zu|jetzt|an|ist|lautet|bitte|neue?|mein\w*|in)[ :,]{1,2}){0,3}\Z"
)
_YEAR = lazily(r"(?:19|20)\d\d")
_PLACED = lazily(_PLACE)


def check_german(text: str, end: int) -> Finding | None:
    """Look at a street that is called after where it lies: "Im Brühl 14"."""
    for match in _GERMAN.finditer(text, max(0, end - 48), min(len(text), end + 12)):
        if match["w"].lower() in _NO_STREETS or _YEAR.fullmatch(match.group().rpartition(" ")[2]):
            continue
        more = _PLACED.match(text, match.end())
        if more is None and _LIVES.search(text[max(0, match.start() - 48) : match.start()]) is None:
            continue
        stop = more.end() if more is not None else match.end()
        return Finding(
            match.start(),
            stop,
            Kind.ADDRESS,
            0.8,
            "street-place",
            why="is written like a street and a number",
        )
    return None


_ROADS = lazily(
    rf"(?<![\w.])(?:os\.|Os\.|OS\.|[Oo]siedle|[Cc]\.so|[Vv]\.le|[Vv]\.lo|[Pp]\.zza|[Pp]\.za|[Ll]\.go|[Ff]raz\.|[Cc]\.da)[ ]?(?:(?:d[aeio]l?l?[aeio]?|degli|dei|san|santa|s\.)[ ]|(?:d|dell)['’])?"
    rf"{_CAPITAL}(?:[ ](?:d[aeio]l?l?[aeio]?[ ])?{_CAPITAL}){{0,3}},?[ ](?:n\.?[ º°]?|nr\.?[ ]?)?\d{{1,4}}(?:[ ]?/[ ]?\d{{1,4}}|/?[A-Za-z](?![\w.]))?(?:[ ]?m\.[ ]?\d{{1,4}})?(?![\w%€]|[.,]\d)(?:,?[ ]\d{{2}}-?\d{{3}}[ ]{_CAPITAL})?"
)
_SYSTEMS = lazily(r"(?i)os\.[ ]?(?:windows|android|linux|macos|ios|ubuntu|debian|version|build)")
_HAMLET = lazily(
    rf"(?:(?i:lieu-dit|lieudit)|(?<![a-z][ ])(?i:lieu[ ]dit))[ ](?:[«\"“][ ]?)?(?:(?:[Ll][ea]s?|[Dd][eu]s?|[Ll]['’]|[Dd]['’])[ ]?)?{_CAPITAL}(?:[ \-](?:(?:d[eu]s?|l[ea]s?|sur|sous|en)[ \-])?{_CAPITAL}){{0,3}}(?:[ ]?[»\"”])?(?:,?[ ]\d{{5}}(?:[ ]{_CAPITAL}(?:[ \-][^\W\d_]{{2,20}}){{0,3}})?)?"
)
_PLOT = lazily(
    r"(?<!\w)(?:(?:Plot|PLOT|Flat|Door|House|Shop|Khasra)[ ](?:[Nn]o\.?:?[ ]?|[Nn]umber[ ])?#?|[HhDd]\.?[ ]?[Nn][Oo]\.?:?[ ]?)\d{1,5}(?:[/\-]?[A-Za-z0-9]{1,5}){0,4},[ ]"
    r"(?:[^\W\d_][\w.'’\-]{1,20}[ ]?(?:\d{1,3}[ ]?)?(?:(?:st|nd|rd|th)[ ])?){1,4}(?:,[ ](?:[^\W\d_][\w.'’\-]{1,20}[ ]?(?:\d{1,3}(?!\d)[ ]?)?){1,3}){0,4}(?:[ ,\-–]{1,3}\d{3}[ ]?\d{3}(?!\d))?"
)
_PLOT_SAYS = lazily(
    r"(?i)\b(?:sector|street|road|marg|nagar|colony|apartments?|apts?|society|towers?|lane|enclave|vihar|puram|pur|bagh|bad|village|gaon|dist|taluk|tehsil|residency|heights|gali|chowk)\b|\w(?:nagar|puram|pur|abad|ganj|pally|halli|wadi)\b"
)


def _address(start: int, end: int) -> Finding:
    return Finding(start, end, Kind.ADDRESS, 0.8, "place", why="is written like an address")


def check_road(text: str, end: int) -> Finding | None:
    """Look at an address that begins with a short word for a quarter or a street: "os. Piastów 14/8", "C.so Garibaldi 12"."""
    for match in _ROADS.finditer(text, max(0, end - 10), min(len(text), end + 110)):
        if match.start() <= end and not _SYSTEMS.match(match.group()):
            return _address(*match.span())
    return None


def check_hamlet(text: str, end: int) -> Finding | None:
    """Look at a French hamlet."""
    match = _HAMLET.search(text, max(0, end - 10), min(len(text), end + 120))
    return _address(*match.span()) if match is not None and match.start() <= end else None


def check_plot(text: str, end: int) -> Finding | None:
    """Look at an Indian address that begins with a plot, a flat or a door."""
    match = _PLOT.search(text, max(0, end - 10), min(len(text), end + 160))
    if match is None or match.start() > end or _PLOT_SAYS.search(match.group()) is None:
        return None
    return _address(match.start(), match.start() + len(match.group().rstrip(" ,.-–")))


_PLATES = lazily(
    r"(?<![\w\-])(?:[A-Z]{2}\d{2}[ ]?[A-Z]{3}|[A-ZÄÖÜ]{1,3}[ \-][A-Z]{1,2}[ \-]?\d{1,4}[EH]?|[A-Z]{2}[ \-]?\d{3}[ \-]?[A-Z]{2}|\d{4}[ \-]?[BCDFGHJ-NPRSTV-Z]{3}|[A-Z]{2,3}[ ](?=[A-Z]{0,3}\d)[A-Z0-9]{4,5}|[A-Z]{3}[ \-]?\d[A-Z0-9]\d{2}|(?:[A-Z]{2}-\d{2,3}-[A-Z]{1,2}|\d{2}-[A-Z]{2,3}-\d{1,2}|[A-Z]{1,2}-\d{3}-[A-Z]{1,2}|\d-[A-Z]{3}-\d{2,3}))(?![\w\-])"
)
_SMALL_PLATE = lazily(r"(?<![\w\-])[a-z]{2}\d{2}[ ]?[a-z]{3}(?![\w\-])")
_NOT_PLATE = frozenset(
    words(
        "USB ISO DIN EN ISBN IBAN BIC TLS SSL RAM SSD HDD LTE GPS ABS VIN PIN TAN ECU OBD PDF ERR AGB RFC SAP KFZ PKW LKW TÜV HU AU MWST KB HD XL EU TDI GTI AMG GT RS GS CCM TSI TFSI CDI HP PS KW KM EUR USD GBP REF ID NR NO"
    )
)


def _canonical(match: re.Match[str], kind: Kind, score: float, detector: str, why: str) -> Finding:
    return Finding(*match.span(), kind, score, detector, canonical(kind, match.group()), why)


def check_vehicle(text: str, end: int) -> Finding | None:
    """Look behind a word for a vehicle for its number plate."""
    stop = min(len(text), end + 26)
    line = text.find("\n", end, stop)
    stop = stop if line < 0 else line
    match = _PLATES.search(text, end, stop) or _SMALL_PLATE.search(text, end, stop)
    if match is None or text[end : end + 1] == "-" or "." in text[end : match.start()]:
        return None
    if not _NOT_PLATE.isdisjoint(match.group().replace("-", " ").split()):
        return None
    if not any(map(str.isdigit, match.group())) or not any(map(str.isalpha, match.group())):
        return None
    # The window may end within the plate: it is looked at whole.
    whole = _PLATES.match(text, match.start()) or match
    return _canonical(whole, Kind.PLATE, 0.75, "vehicle", "follows a word for a vehicle")


_GLUED = lazily(r"(?<!\d)(?!20[012]\d[01]\d[0-3]\d)(?!12345)\+?\d{9,13}(?!\w|\.\w)")


def check_glued(text: str, end: int) -> Finding | None:
    """Look at digits that are glued to a word for telephone: "Mob017655512340"."""
    match = _GLUED.search(text, max(0, end - 10), min(len(text), end + 8))
    if match is None:
        return None
    return _canonical(match, Kind.PHONE, 0.85, "phone-glued", "is glued to a word for telephone")


def _detector(
    name: str, check: Callable[[str, int], Finding | None], *triggers: str, case: bool = False
) -> Detector:
    return Detector(name, tuple(map(in_bytes, triggers)), check, case_sensitive=case)


DETECTORS = (
    _detector(
        "street-place",
        check_german,
        r"\b(?:[Ii]m|[Aa]m|An de[rmn]|Auf de[rmn]|In de[rmn]|Zum|Zur|Hinter de[rm]|Unter den|Vor de[rm]|Bei der|Beim|Neben der|Ob der) [A-Z\xc3][^\s\d]{1,22} [^\s\d]{0,20} ?\d",
        case=True,
    ),
    _detector(
        "place",
        check_road,
        r"\b(?:os|fraz)\. ?[a-z\xc3-\xc5]",
        r"\b(?:c\.so|v\.le|v\.lo|p\.zza|p\.za|l\.go|c\.da) [a-z\xc3]",
        r"\bosiedle [A-Z\xc3\xc5]",
    ),
    _detector("place-hamlet", check_hamlet, r"\blieu[ \-]?dit "),
    _detector(
        "place-plot",
        check_plot,
        r"\b(?:plot|flat|door|house|shop|khasra) (?:no\.?:? ?|number )?#?\d",
        r"\b[hd]\.? ?no\.?:? ?\d",
    ),
    _detector(
        "vehicle",
        check_vehicle,
        r"\b(?:my|our|his|her|the|company|hire|rental|white|black|red|blue|silver|grey) (?:car|van|truck|bike|motorbike|vehicle|taxi|caravan)\b",
        r"\b(?:car|vehicle|van) (?:is|was|with|reg)\b",
        r"\b(?:mein|unser|ihr|sein|dein|das|dem|der|den|ein|einen|einem|eurem) (?:auto|wagen|pkw|lkw|fahrzeug|motorrad|anh\xc3\xa4nger|roller)\b",
        r"\b(?:golf|passat|tiguan|bmw|audi|mercedes|opel|skoda|fiat|renault|peugeot|toyota|volvo|citroen|dacia|tesla|sprinter)\b",
        r"\b(?:voiture|v\xc3\xa9hicule|coche|furgoneta|macchina|veicolo|carro|ve\xc3\xadculo|samoch\xc3\xb3d|bil|bilen|kombi)\b",
    ),
    _detector(
        "phone-glued",
        check_glued,
        r"\b(?:mob|mobil|mobile|tel|telefon|fon|ph|phone|cel|cell|handy|handynr|telefonnummer|telefonnr|whatsapp|fax)[.:]?\d{9}",
    ),
)
