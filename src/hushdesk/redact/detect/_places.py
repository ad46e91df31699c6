"""Addresses without a word for street, plates that a vehicle gives away, numbers glued to the word for telephone."""

from __future__ import annotations

from collections.abc import Callable

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.detect._cues import in_bytes
from hushdesk.redact.detect._interface import Detector

_CAPITAL = r"[A-ZÀ-ÞŁŚŻŹĆ][^\W\d_]{2,24}"
_NUMBER = (
    r"\d{1,4}(?:[ ]?[a-zA-Z](?![^\W_]))?(?:[ ]?[/\-][ ]?\d{1,4}[a-z]?)?(?![\w%€$£]|[.,:]\d|\.[ ][A-ZÄÖÜ])"
)
_PLACE = rf"(?:,?[ ](?:D-|A-|CH-)?\d{{4,5}}[ ]{_CAPITAL}(?:[ \-]{_CAPITAL})?)"
_GERMAN = lazily(
    rf"(?<![\w.])(?:Im|Am|An der|An den|An dem|Auf der|Auf dem|Auf den|In der|In den|In dem|Zum|Zur|Hinter der|Hinter dem|Unter den|Vor dem|Vor der|Bei der|Beim|Neben der|Ob der)[ ](?:[A-ZÄÖÜ][a-zäöüß]{{2,16}}en[ ])?(?P<w>[A-ZÄÖÜ][a-zäöüß]{{2,20}})[ ]{_NUMBER}"
)
_DATES = frozenset(
    [
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "januar",
        "februar",
        "märz",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "dezember",
        "morgen",
        "abend",
        "mittag",
        "vormittag",
        "nachmittag",
        "wochenende",
        "jahr",
        "jahre",
        "monat",
        "tag",
        "quartal",
        "teil",
        "kapitel",
        "abschnitt",
        "punkt",
        "raum",
        "zimmer",
        "schritt",
        "bild",
        "seite",
        "anhang",
        "stock",
        "haus",
        "gebäude",
        "fall",
        "falle",
        "alter",
        "ende",
        "schnitt",
        "durchschnitt",
        "vergleich",
        "gegensatz",
        "wert",
        "bereich",
        "level",
        "fach",
        "slot",
        "port",
        "gate",
        "kanal",
        "ticket",
        "vertrag",
        "auftrag",
        "artikel",
        "paragraph",
        "modul",
        "kurs",
        "kreis",
        "stand",
        "telefon",
        "gerät",
        "display",
        "kasse",
        "schalter",
        "terminal",
        "drucker",
        "server",
        "system",
        "update",
        "fehler",
        "code",
        "version",
        "windows",
        "office",
        "bus",
        "zug",
        "flug",
        "gleis",
    ]
)
_LIVES = lazily(
    r"(?i)(?:wohn\w*|adresse\w*|anschrift\w*|straße|strasse|umgezogen|umzug|zieh\w*|gezogen|liefer\w*|zustell\w*|geliefert|gemeldet|post|paket\w*|abholung|nach|lebe|zuhause|haus|lautet|jetzt|neu)[ :,]{1,3}(?:[^\n\x01]{0,24})\Z"
)
_PLACED = lazily(_PLACE)


def check_german(text: str, end: int) -> Finding | None:
    """Look at a street that is called after where it lies: "Im Brühl 14"."""
    for match in _GERMAN.finditer(text, max(0, end - 48), min(len(text), end + 12)):
        if match["w"].lower() in _DATES:
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
    rf"(?<![\w.])(?:[Oo]s\.|[Oo]siedle|[Cc]\.so|[Vv]\.le|[Vv]\.lo|[Pp]\.zza|[Pp]\.za|[Ll]\.go|[Ll]oc\.|[Ff]raz\.|[Cc]\.da|[Ss]tr\.la|[Kk]v\.|[Cc]d\.|[Ss]k\.|[Mm]h\.|[Mm]ah\.|[Pp]ol\.|[Uu]rb\.|[Bb]da\.|[Bb]º)[ ]?"
    rf"(?:(?:d[aeiou]l?l?[aeo]?|di|san|santa|s\.)[ ])?{_CAPITAL}(?:[ ](?:d[aeiou]l?l?[aeo]?[ ])?{_CAPITAL}){{0,3}},?[ ](?:n\.?[ º°]?|nr\.?[ ]?|no:?[ ]?)?{_NUMBER}(?:[ ]?m\.[ ]?\d{{1,4}})?(?:,?[ ]\d{{2}}-?\d{{3}}[ ]{_CAPITAL})?"
)
_HAMLET = lazily(
    rf"(?i:lieu[ \-]dit|lieudit)[ ](?:[«\"“][ ]?)?(?:(?:[Ll][ea]s?|[Dd][eu]s?|[Ll]['’]|[Dd]['’])[ ]?)?{_CAPITAL}(?:[ \-](?:(?:d[eu]s?|l[ea]s?|sur|sous|en)[ \-])?{_CAPITAL}){{0,3}}(?:[ ]?[»\"”])?(?:,?[ ]\d{{5}}(?:[ ]{_CAPITAL}(?:[ \-][^\W\d_]{{2,20}}){{0,3}})?)?"
)
_PLOT = lazily(
    r"(?<!\w)(?:(?:[Pp]lot|PLOT|[Ff]lat|[Dd]oor|[Hh]ouse|[Ss]hop|[Qq]uarter|[Kk]hasra|[Ss]urvey)[ ](?:[Nn]o\.?:?[ ]?|[Nn]umber[ ])?#?|[HhDd]\.?[ ]?[Nn][Oo]\.?:?[ ]?)\d{1,5}(?:[/\-]?[A-Za-z0-9]{1,5}){0,4},[ ]"
    r"(?:[^\W\d_][\w.'’\-]{1,20}[ ]?(?:\d{1,3}[ ]?)?(?:(?:st|nd|rd|th)[ ])?){1,4}(?:,[ ](?:[^\W\d_][\w.'’\-]{1,20}[ ]?(?:\d{1,3}(?!\d)[ ]?)?){1,3}){0,4}(?:[ ,\-–]{1,3}\d{3}[ ]?\d{3}(?!\d))?"
)
_PLOT_SAYS = lazily(
    r"(?i)\b(?:sector|street|road|marg|nagar|colony|phase|block|layout|apartments?|apts?|society|towers?|floor|cross|main|lane|enclave|vihar|puram|pur|bagh|bad|village|gaon|dist|taluk|tehsil|stage|residency|heights|gali|chowk)\b|\w(?:nagar|puram|pur|abad|ganj|pally|halli|wadi)\b"
)


def _address(start: int, end: int) -> Finding:
    return Finding(start, end, Kind.ADDRESS, 0.8, "place", why="is written like an address")


def check_road(text: str, end: int) -> Finding | None:
    """Look at an address that begins with a short word for a quarter or a street: "os. Piastów 14/8", "C.so Garibaldi 12"."""
    for match in _ROADS.finditer(text, max(0, end - 10), min(len(text), end + 110)):
        if match.start() <= end:
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
    r"(?<![\w\-])(?:(?P<uk>[A-Z]{2}\d{2}[ ]?[A-Z]{3})|(?P<de>[A-ZÄÖÜ]{1,3}[ \-][A-Z]{1,2}[ \-]?\d{1,4}[EH]?)|(?P<it>[A-Z]{2}[ \-]?\d{3}[ \-]?[A-Z]{2})|(?P<es>\d{4}[ \-]?[BCDFGHJ-NPRSTV-Z]{3})|(?P<pl>[A-Z]{2,3}[ ](?=[A-Z]{0,3}\d)[A-Z0-9]{4,5})|(?P<nl>(?:[A-Z]{1,3}|\d{1,3})-(?:[A-Z]{1,3}|\d{1,3})-(?:[A-Z]{1,3}|\d{1,3})))(?![\w\-])"
)
_NOT_PLATE = frozenset(
    "USB ISO DIN EN ISBN IBAN BIC TLS SSL RAM SSD HDD LTE GPS ABS VIN PIN TAN ECU OBD PDF ERR AGB RFC SAP KFZ PKW LKW TÜV HU AU MwSt".upper().split()
)


def check_vehicle(text: str, end: int) -> Finding | None:
    """Look behind a word for a vehicle for its number plate."""
    stop = min(len(text), end + 26)
    line = text.find("\n", end, stop)
    match = _PLATES.search(text, end, stop if line < 0 else line)
    if (
        match is None
        or match.group().split()[0].split("-")[0] in _NOT_PLATE
        or "." in text[end : match.start()]
    ):
        return None
    if not any(map(str.isdigit, match.group())) or not any(map(str.isalpha, match.group())):
        return None
    # The window may end within the plate: it is looked at whole.
    whole = _PLATES.match(text, match.start()) or match
    return Finding(
        *whole.span(),
        Kind.PLATE,
        0.75,
        "vehicle",
        canonical(Kind.PLATE, whole.group()),
        "follows a word for a vehicle",
    )


_GLUED = lazily(r"(?<!\d)\+?\d{9,14}(?!\w)")


def check_glued(text: str, end: int) -> Finding | None:
    """Look at digits that are glued to a word for telephone: "Mob017655512340"."""
    match = _GLUED.search(text, max(0, end - 10), min(len(text), end + 8))
    if match is None:
        return None
    return Finding(
        *match.span(),
        Kind.PHONE,
        0.85,
        "phone-glued",
        canonical(Kind.PHONE, match.group()),
        "is glued to a word for telephone",
    )


def _detector(
    name: str, check: Callable[[str, int], Finding | None], *triggers: str, case: bool = False
) -> Detector:
    return Detector(name, tuple(map(in_bytes, triggers)), check, case_sensitive=case)


DETECTORS = (
    _detector(
        "street-place",
        check_german,
        r"\b(?:Im|Am|An de[rmn]|Auf de[rmn]|In de[rmn]|Zum|Zur|Hinter de[rm]|Unter den|Vor de[rm]|Bei der|Beim|Neben der|Ob der) [A-Z\xc3][^\s\d]{2,22} [^\s\d]{0,20} ?\d",
        case=True,
    ),
    _detector(
        "place",
        check_road,
        r"\b(?:os|c\.so|v\.le|v\.lo|p\.zza|p\.za|l\.go|loc|fraz|c\.da|mah|mh|cd|sk|pol|urb|bda)\. ?[A-Z\xc3\xc5]",
        r"\bosiedle [A-Z\xc3\xc5]",
        r"\b(?:c\.so|v\.le|p\.zza|l\.go) [A-Z]",
    ),
    _detector("place-hamlet", check_hamlet, r"\blieu[ \-]?dit "),
    _detector(
        "place-plot",
        check_plot,
        r"\b(?:plot|flat|door|house|shop|quarter|khasra|survey) (?:no\.?:? ?|number )?#?\d",
        r"\b[hd]\.? ?no\.?:? ?\d",
    ),
    _detector(
        "vehicle",
        check_vehicle,
        r"\b(?:my|our|his|her|the|company|hire|rental|white|black|red|blue|silver|grey) (?:car|van|truck|bike|motorbike|vehicle|taxi|caravan)\b",
        r"\b(?:car|vehicle|van) (?:is|was|with|reg)\b",
        r"\b(?:auto|wagen|pkw|lkw|fahrzeug|motorrad|anh\xc3\xa4nger|roller|golf|passat|polo|tiguan|bmw|audi|mercedes|opel|skoda|seat|fiat|renault|peugeot|toyota|kia|volvo|citroen|dacia|tesla|transporter|sprinter)\b",
        r"\b(?:voiture|v\xc3\xa9hicule|coche|furgoneta|macchina|veicolo|carro|ve\xc3\xadculo|samoch\xc3\xb3d|bil|bilen|kombi)\b",
    ),
    _detector(
        "phone-glued",
        check_glued,
        r"\b(?:mob|mobil|mobile|tel|telefon|fon|ph|phone|cel|cell|handy|whatsapp|wa|fax)[.:]?\d{9}",
    ),
)
