"""How postal addresses are written in some twenty countries; the patterns behind ``_address``."""

# ruff: noqa: SIM905 -- lists of words read better as prose

from __future__ import annotations

import re
from typing import Final

from hushdesk.redact._lazy import lazily

UPPER: Final = (
    "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŨŪŬŮŰŲŴŶŸŹŻŽƠƯΑ-ΩΆΈ-ΏА-ЯЁЂ-ЏҐҒȘȚẠ-ỸĂÂÊÔƠƯĐ"
)

_W: Final = rf"[{UPPER}][\w'’.\-]*"
_CITY: Final = rf"{_W}(?:[ \-](?:am|an der|im|in|auf|ob der|sur|sous|de la|de las|de los|de|del|do|da|di|la|le|upon|on|und|am|bei|aan den|aan de|den|nad|pod|v)(?=[ \-]))?(?:[ \-]{_W}){{0,2}}"
_NO: Final = r"\d{1,5}(?:[ ]?[-–/][ ]?\d{1,4})?(?:[ ]?[a-zA-Z](?![\w'’]))?"
_CODE: Final = r"(?:[A-Z]{1,2}[- ])?(?:\d{4}[ ]?[A-Z]{2}(?!\w)|\d{2}-\d{3}|\d{4}-\d{3}|\d{5}-\d{3,4}|\d{3}[ ]\d{2}|\d{4,6})(?!\d)"
_UK: Final = r"(?:[A-PR-UWYZ][A-HK-Y]?\d[\dA-HJKPS-UW]?[ ]?\d[ABD-HJLN-UW-Z]{2})"
_CA: Final = r"(?:[ABCEGHJ-NPRSTVXY]\d[A-Z][ -]?\d[A-Z]\d)"
_STATES: Final = "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|PR|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|NSW|VIC|QLD|ACT|TAS|ON|QC|BC|AB|MB|SK|NS|NB"

_EN_TYPES: Final = r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Court|Ct|Boulevard|Blvd|Way|Place|Pl|Square|Sq|Terrace|Ter|Crescent|Cres|Close|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Trail|Trl|Gardens|Grove|Mews|Row|Hill|Alley|Quay|Turnpike|Plaza|Loop)"
_SUFFIXES: Final = "straße|strasse|str\\.|str|weg|platz|allee|gasse|damm|ufer|stieg|pfad|chaussee|promenade|graben|straat|laan|plein|gracht|kade|singel|dijk|steeg|dreef|burgwal|gatan|vägen|gata|veien|vegen|vei|vej|gade|gränd|torget|plads|allé|katu|tie|kuja|polku|raitti|stræde|stigen|backen|utca"
_WEAK_SUFFIXES: Final = "ring|hof|wall|markt|pad|torg|stien|hav"

ENDINGS: Final = tuple(f"{_SUFFIXES}|{_WEAK_SUFFIXES}".replace("\\.", "").split("|"))
NUMBERED: Final = lazily(r"[^\W\d_]\.?[ ]+(?:nr\.?[ ]*)?\d")
"""A word and a number; whether the word ends like a street is for ``ENDINGS`` to say."""
POSTCODE_HINT: Final = lazily(
    rf"\d(?:\d-\d{{3}}[ ]|\d{{3,4}}-\d{{3}}|\d{{2}}[ ]\d{{2}}[ ]+[{UPPER}]|\d{{3,4}}[ ]+[{UPPER}]|\d{{3}}[A-Z]{{2}}\b|\d?[A-Z]?[ ]\d[A-Z]{{2}}\b|[A-Z][ -]?\d[A-Z]\d)"
)
STATE_HINT: Final = lazily(rf"\b(?:{_STATES}),?[ ]+\d{{5}}")
FIRST_WORDS: Final = frozenset(
    """
am an im unter zum zur auf hinter van de den het la le el via rue alte neue lange grosse kleine st sankt saint main church park high king queen
""".split()
)

UNIT: Final = lazily(
    r"(?:,?[ ]+(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|Room|Rm|Bldg|Building|app|appt|Wohnung|Whg|Top|Stiege|piso|planta|esc|puerta|interno|int|scala|m|lok|кв|оф|офис|квартира|daire|D|kat|lgh|asunto|bus|bte|dpto|depto|apto|sala)\b\.?:?[ ]*#?[\w°ºª./-]{1,6}|,?[ ]*#[ ]?\w{1,6}|,?[ ]+\d{1,2}[ºª°](?:[ ]?\w{1,3})?){1,2}(?!\w)",
    re.IGNORECASE,
)
TAIL: Final = lazily(rf"[ ]*[,;/–\-]?[ ]*{_CODE}[ ]+(?P<city>{_CITY})")
CITY_TAIL: Final = lazily(
    rf"(?:,[ ]*|[ ]+)(?P<city>{_CITY})(?:,?[ ]+(?:{_STATES})\b)?(?P<code>,?[ ]+(?:{_UK}|{_CA}|{_CODE}))?"
)
_COUNTRIES: Final = r"(?:USA?|U\.S\.A?\.?|UK|United Kingdom|England|Scotland|Wales|Ireland|Germany|Deutschland|Austria|Österreich|Switzerland|Schweiz|Suisse|France|Italy|Italia|Spain|España|Portugal|Brasil|Brazil|Netherlands|Nederland|Belgium|België|Belgique|Poland|Polska|Česká republika|Sweden|Sverige|Norway|Norge|Denmark|Danmark|Finland|Suomi|Canada|Australia|India|Türkiye|Turkey|México|Mexico)\b"
COUNTRY: Final = lazily(rf",?[ ]+{_COUNTRIES}")

STREETS: Final = (
    # 221b Baker Street, 1600 Pennsylvania Ave NW
    (lazily(rf"(?<![\w.#/:-])(?:(?:Flat|Apt|Unit|Suite)[ ]\w{{1,5}},[ ]*)?\d{{1,6}}(?:[-/]\d{{1,4}})?[A-Za-z]?,?[ ]+(?:[NSEW]{{1,2}}\.?[ ]+)?(?P<word>(?:(?:{_W}|\d{{1,3}}(?:st|nd|rd|th))[ ]+){{1,4}}?{_EN_TYPES})\b\.?(?:[ ]+(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\b)?"), 0.85),
    (lazily(r"(?<![\w.#/:-])\d{1,5}[a-z]?[ ]+(?P<word>(?:(?!(?:of|the|in|on|at|is|and|to|for|per|days?|hours?|minutes?|times?|more|people|a)\b)[a-z]{3,}[ ]+){1,3}?(?:street|st|avenue|ave|road|rd|lane|boulevard|blvd))\b(?![ ]?\d)"), 0.6),
    # Lindenstraße 12a, Keizersgracht 5, Storgatan 3, Mannerheimintie 10
    (lazily(rf"(?<![\w/-])(?P<word>(?:(?:{_W})[ ]+){{0,2}}?[{UPPER}][\w'’\-]+(?:{_SUFFIXES}))[ ]+(?:Nr\.?[ ]*)?{_NO}(?!\w|[.,]\d|[ ]?(?:%|[GMKT]B\b|€|Uhr|[Kk]m\b))"), 0.8),
    (lazily(rf"(?<![\w/-])(?P<word>(?:{_W})(?:[ \-]{_W})*[ \-](?:Straße|Strasse|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer|Chaussee|Graben|straße|Straat|Laan|gata|gate|vei|väg|Vej|Allé|katu))[ ]+{_NO}(?!\w|[.,]\d|[ ]?(?:%|[GMKT]B\b))"), 0.85),
    (lazily(rf"(?<![\w/-])(?P<word>[{UPPER}][\w'’\-]{{3,}}(?:{_WEAK_SUFFIXES}))[ ]+{_NO}(?!\w|[.,]\d)"), 0.4),
    (lazily(rf"(?<![\w/-])(?:Am|An der|An den|Im|In der|In den|Auf dem|Auf der|Unter den|Unter der|Zum|Zur|Hinter der|Hinter dem|Vor dem|Beim|Bei der)[ ]+[{UPPER}]\w+(?:[ -][{UPPER}]\w+)?[ ]+\d{{1,3}}[ ]?[a-z]?(?![\w.:])"), 0.4),
    # 12 bis rue de la Paix; rue Haute 5
    (lazily(rf"(?<![\w.#/:-])(?:\d{{1,4}}(?:[ ]?(?:bis|ter|quater|[A-D]))?,?[ ]+)(?:rue|Rue|RUE|avenue|Avenue|av\.|Av\.|boulevard|Boulevard|bd|Bd|bld|place|Place|chemin|Chemin|allée|Allée|impasse|Impasse|quai|Quai|cours|Cours|route|Route|square|Square|passage|Passage|faubourg|sentier|esplanade|voie|résidence)[ ]+(?:(?:de|du|des|la|le|les|l['’]|d['’]|de la|de l['’]|aux?|en|sur|sous|saint|sainte|et)[ ]?){{0,4}}{_W}(?:[ \-](?:(?:de|du|des|la|le|les|et)[ \-])*{_W}){{0,4}}"), 0.87),
    (lazily(rf"(?<!\w)(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]hemin|[Qq]uai|[Rr]oute|[Pp]lace)[ ]+(?:(?:de|du|des|la|le|les|l['’]|d['’])[ ]?){{0,3}}{_W}(?:[ \-](?:(?:de|du|des|la|le|les)[ \-])*{_W}){{0,3}},?[ ]+{_NO}(?!\w|[.,]\d)"), 0.85),
    # Calle Mayor, 5; Rua Augusta 100; Via Roma 12
    (lazily(rf"(?<![\w/])(?:(?:[Cc]alle|C/|[Aa]vda\.?|[Aa]v\.|[Aa]venida|[Pp]laza|Pza\.|[Pp]aseo|[Pp]º|[Cc]arrer|[Rr]onda|[Cc]amino|[Cc]arretera|Ctra\.|[Tt]ravesía|[Pp]laça|[Rr]ambla|[Gg]lorieta|[Jj]irón|[Pp]asaje|[Rr]ua|[Tt]ravessa|[Ll]argo|[Pp]raça|[Aa]lameda|[Ee]strada|[Rr]odovia|R\.|[Vv]ia|[Vv]iale|V\.le|[Pp]iazza|P\.zza|[Cc]orso|C\.so|[Vv]icolo|[Ss]trada|[Ll]ungomare|[Pp]iazzale)[ ]+)"
                rf"(?:(?:de|del|da|do|das|dos|di|della|dei|degli|la|las|los|el|d['’]|dell['’]|de la|de los|de las)[ ]?){{0,3}}{_W}(?:[ ](?:(?:de|del|da|do|das|dos|di|della|dei|la|las|los|e|y)[ ]){{0,2}}{_W}){{0,4}}(?:[ ]*,)?[ ]*(?:n[.ºo°]{{0,2}}[ ]*|núm\.?[ ]*|nº[ ]*|#[ ]*)?\d{{1,5}}(?:[ ]?[/-][ ]?[\dA-Za-z]{{1,4}})?(?:[ ]?[a-zA-Z](?!\w))?(?!\w|[.,]\d)"), 0.85),
    (lazily(r"(?<!\w)(?:Calle|Cra\.?|Carrera|Cl\.|Diagonal|Transversal)[ ]+\d{1,3}[A-Z]?[ ]*(?:#|[Nn]o\.?|[Nn]°)[ ]*\d{1,3}[A-Z]?[ ]*-[ ]*\d{1,3}"), 0.9),
    # ul. Długa 5/7; nám. Míru 3; Václavské náměstí 12
    (lazily(rf"(?<!\w)(?:[Uu]l\.|[Aa]l\.|[Oo]s\.|[Pp]l\.|[Uu]lica|[Aa]leja|[Aa]leje|[Oo]siedle|[Nn]ám\.|[Tt]ř\.|[Nn]áměstí|[Uu]lice|ulici)[ ]*(?:(?:gen|ks|św|dr|prof|płk|marsz|bp|kard|Gen|Ks|Św)\.[ ]*)?(?:{_W}|\d{{1,2}})(?:[ ](?:i[ ])?{_W}){{0,3}}[ ]+\d{{1,4}}[a-zA-Z]?(?:[ ]?/[ ]?\d{{1,4}})?(?:[ ]?m\.?[ ]?\d+)?(?![\w])"), 0.88),
    (lazily(rf"(?<!\w){_W}(?:[ ]{_W})?[ ](?:náměstí|nám\.|třída|tř\.|nábřeží|ulice|ulica)[ ]+\d{{1,4}}(?:/\d{{1,4}})?[a-z]?(?!\w)"), 0.85),
    (lazily(rf"(?<!\w){_W}(?:[ ]{_W}){{0,2}}[ ](?:utca|út|útja|u\.|tér|körút|krt\.|köz|sor|fasor|rakpart)[ ]+\d{{1,4}}(?:[/-]\d+)?\.?[a-zA-Z]?(?!\w)"), 0.85),
    # Atatürk Mah. Lale Sok. No: 5
    (lazily(rf"(?<!\w)(?:{_W}[ ]+){{1,3}}(?:Mah\.|Mahallesi|Cad\.|Caddesi|Sok\.|Sokak|Sokağı|Sk\.|Bulvarı|Blv\.)(?:,?[ ]*(?:{_W}[ ]+){{1,3}}(?:Cad\.|Caddesi|Sok\.|Sokak|Sokağı|Sk\.|Bulvarı|Blv\.))?,?[ ]*(?:[Nn]o[ ]*[:.]?[ ]*)?\d{{1,4}}(?:[ ]?/[ ]?\w{{1,4}})?(?:,?[ ]*(?:Kat|Daire|D)[ :.]+\d{{1,3}})*"), 0.88),
    # ул. Ленина, д. 5, кв. 12
    (lazily(rf"(?<!\w)(?:(?:г|м|с|пос)\.[ ]?{_W}(?:-{_W})*,[ ]*)?(?:[Уу]л\.|[Уу]лица|[Вв]ул\.|[Вв]улиця|[Пп]р\.|[Пп]р-т|[Пп]росп\.|[Пп]роспект|[Пп]ер\.|[Пп]ереулок|[Пп]ров\.|[Бб]ульвар|[Бб]ул\.|[Бб]-р|[Нн]аб\.|[Нн]абережная|[Шш]оссе|[Пп]лощадь|[Пп]л\.|[Пп]лоща)[ ]*[„\"«]?{_W}(?:[ ]{_W}){{0,3}}[“\"»]?,?[ ]*(?:(?:д|буд|дом|будинок|№)\.?[ ]*№?[ ]*)?\d{{1,4}}[а-яА-Яa-z]?(?:/\d{{1,4}})?(?:,?[ ]*(?:к|корп|стр|строение)\.?[ ]*\d{{1,3}})?(?:,?[ ]*(?:кв|оф|квартира|офис)\.?[ ]*\d{{1,4}})?"), 0.9),
    (lazily(rf"(?<!\w){_W}(?:[ ]{_W})?[ ](?:улица|проспект|переулок|вулиця|шоссе|ул\.|пр\.|бульвар),?[ ]*(?:(?:д|дом|буд)\.?[ ]*)?\d{{1,4}}[а-яА-Я]?(?:,?[ ]*кв\.?[ ]*\d{{1,4}})?"), 0.88),
    (lazily(rf"(?<!\w)(?:[Οο]δός|[Οο]δού|[Λλ]εωφόρος|[Λλ]εωφ\.|[Πλ]λατεία|[Ππ]λ\.)[ ]+{_W}(?:[ ]{_W}){{0,2}}[ ]+\d{{1,4}}"), 0.88),
    (lazily(rf"(?<!\w)(?:Jl\.|Jalan|Gg\.)[ ]*{_W}(?:[ ]{_W}){{0,3}}(?:[ ]*(?:No|Nomor)\.?[ ]*|[ ]+)\d{{1,4}}[A-Z]?"), 0.88),
    (lazily(rf"(?<!\w)(?:[Ss]tr\.|[Ss]trada|[Bb]d\.|[Bb]-dul|[Cc]alea|[Aa]leea|[Șș]oseaua|[Șș]os\.)[ ]+{_W}(?:[ ]{_W}){{0,3}},?[ ]+(?:nr\.?[ ]*)\d{{1,4}}[A-Z]?(?:,?[ ]*(?:bl|sc|et|ap)\.?[ ]*\w{{1,4}})*"), 0.88),
    (lazily(rf"(?<!\w)(?:[Ss]ố[ ]+)?\d{{1,4}}(?:/\d{{1,4}})*[ ]+(?:[Đđ]ường|[Pp]hố|[Nn]gõ|[Hh]ẻm)[ ]+{_W}(?:[ ]{_W}){{0,3}}(?:,[ ]*(?:[Pp]hường|[Qq]uận|P\.|Q\.)[ ]*(?:\d{{1,2}}|{_W}(?:[ ]{_W}){{0,2}}))*"), 0.88),
    # any street before a postcode with a place: Dlouhá 12, 110 00 Praha
    (lazily(rf"(?<![\w/-]){_W}(?:[ ]{_W}){{0,2}}[ ]+\d{{1,4}}(?:/\d{{1,4}})?[ ]?[a-zA-Z]?,[ ]*{_CODE}[ ]+{_CITY}"), 0.85),
)  # fmt: skip

_EN: Final = "street st avenue ave road rd lane ln drive dr court ct boulevard blvd way place pl square sq terrace ter crescent cres close parkway pkwy highway hwy circle cir trail trl gardens grove mews row hill alley quay turnpike plaza loop"
ENDS: Final = "*ends"
CODE: Final = "*code"
_WHEN: Final = (
    _EN,
    "street st avenue ave road rd lane boulevard blvd",
    ENDS,
    "straße strasse str weg platz allee gasse ring damm ufer chaussee graben straat laan gata gate vei väg vej allé katu",
    ENDS,
    "am an im in unter zum zur auf hinter vor beim bei",
    "rue avenue av boulevard bd bld place chemin allée impasse quai cours route square passage faubourg sentier esplanade voie résidence",
    "rue avenue boulevard chemin quai route place",
    "calle c avda av avenida plaza pza paseo p carrer ronda camino carretera ctra travesía plaça rambla glorieta jirón pasaje rua travessa largo praça alameda estrada rodovia r via viale v piazza corso vicolo strada lungomare piazzale",
    "calle cra carrera cl diagonal transversal",
    "ul al os pl ulica aleja aleje osiedle nám tř náměstí ulice ulici",
    "náměstí nám třída tř nábřeží ulice ulica",
    "utca út útja u tér körút krt köz sor fasor rakpart",
    "mah mahallesi cad caddesi sok sokak sokağı sk bulvarı blv",
    "ул улица вул вулиця пр проспект просп пер переулок пров бульвар бул б наб набережная шоссе площадь пл площа",
    "улица проспект переулок вулиця шоссе ул пр бульвар",
    "οδός οδού λεωφόρος λεωφ πλατεία πλ",
    "jl jalan gg",
    "str strada bd b calea aleea șoseaua șos",
    "đường phố ngõ hẻm",
    CODE,
)
ROADS: Final = tuple(
    (pattern, score, frozenset(words.split())) for (pattern, score), words in zip(STREETS, _WHEN, strict=True)
)
"""Each with the words without which it need not be tried."""
ROAD_WORDS: Final = frozenset().union(*(needs for _, _, needs in ROADS))

CITIES: Final = (
    (lazily(rf"(?<!\w)(?P<city>{_W}(?:[ ]{_W}){{0,2}}),?[ ]+(?:{_STATES}),?[ ]+\d{{5}}(?:-\d{{4}})?(?!\w)"), 0.85),
    (lazily(rf"(?<!\w)(?P<city>{_W}(?:[ ]{_W}){{0,1}}),?[ ]+{_UK}(?!\w)"), 0.85),
    (lazily(rf"(?<!\w)(?P<city>{_W}(?:[ ]{_W}){{0,1}}),?[ ]+(?:{_STATES}),?[ ]+{_CA}(?!\w)"), 0.85),
    (lazily(rf"(?<![\w.,/:-])(?:PL-)?\d{{2}}-\d{{3}}[ ]+(?P<city>{_CITY})(?!\w)"), 0.75),
    (lazily(rf"(?<![\w.,/:-])\d{{4}}-\d{{3}}[ ]+(?P<city>{_CITY})(?!\w)"), 0.7),
    (lazily(rf"(?<![\w.,/:-])(?:D|A|CH|DE|AT|FR|F|B|NL|L|I|DK|SE|S|FI|N)-\d{{4,5}}[ ]+(?P<city>{_CITY})(?!\w)"), 0.8),
    (lazily(rf"^[\s>*|]*(?:CZ-|SK-|SE-)?\d{{3}}[ ]\d{{2}}[ ]+(?P<city>{_CITY})[ ]*$"), 0.65),
    (lazily(rf"^[\s>*|]*\d{{4}}[ ]?[A-Z]{{2}}[ ]+(?P<city>{_CITY})[ ]*$"), 0.7),
    (lazily(rf"(?<![\w-])(?P<city>){_UK}(?!\w)".replace("[ ]?", "[ ]")), 0.55),
)  # fmt: skip

BOX_WORDS: Final = frozenset(
    """
box pobox postfach bp b postale postal correos apartado apdo caixa postbus postboks postbox casella c skrytka skr а абонентский p pl lokero
""".split()
)
BOX: Final = lazily(
    r"(?<!\w)(?:P\.?[ ]?O\.?[ ]?[Bb](?:ox|OX)\.?|[Pp]ost [Oo]ffice [Bb]ox|Postfach|Postbus|Postboks|Postbox|Boîte [Pp]ostale|B\.?P\.?|Apartado(?: de [Cc]orreos| [Pp]ostal)?|Apdo\.?|Casella [Pp]ostale|C\.P\.|Caixa [Pp]ostal|[Ss]kr(?:ytka|\.) poczt(?:owa|\.)|а/я|А/я|абонентский ящик|P\.K\.|PL|Lokero)[ ]*(?:[Nn]r\.?|[Nn]o\.?|№)?[ ]*\d[\d ]{0,7}\d?(?<! )(?!\w)"
)

_LABELS: Final = (
    "(?:postal |mailing |home |street |shipping |billing |delivery |residential |business |office |work |customer |current |new |old |my |full |physical |return |service |installation )?address(?: line)?(?: ?[12])?|street|"
    "(?:liefer|rechnungs|post|wohn|kunden|versand|privat|firmen)?(?:adresse|anschrift)|straße|strasse|adresse(?: postale| de livraison| de facturation)?|rue|(?:dirección|direccion|domicilio)(?: de envío| de entrega| postal)?|calle|indirizzo(?: di consegna)?|via|"
    "(?:endereço|endereco|morada)(?: de entrega)?|(?:aflever|factuur|post|woon)?adres|adres(?: zamieszkania| dostawy| korespondencyjny)?|adresa(?: bydliště| trvalého bydliště)?|adress|leveransadress|leveringsadresse|osoite|toimitusosoite|cím|lakcím|alamat(?: rumah)?|địa chỉ|adresă|"
    "(?:почтовый |домашний )?адрес(?: доставки| проживания)?|(?:поштова |домашня )?адреса(?: доставки)?|διεύθυνση|العنوان|عنوان|כתובת|पता|ที่อยู่|住所|所在地|地址|收货地址|寄件地址|주소|배송지|배송 주소"
)
_CODES: Final = "zip|zip code|zipcode|postcode|postal code|post code|plz|postleitzahl|code postal|código postal|codigo postal|cap|cep|kod pocztowy|psč|postnummer|postinumero|posta kodu|индекс|郵便番号|邮编|우편번호"
LABEL: Final = lazily(
    rf"(?<![^\W\d_])(?<![^\W\d_] )(?:(?P<code>{_CODES})|(?:{_LABELS}))[*\"']?(?:[ ]?[:：=|\t][ \t]*|[ ]is[ ]|[ ]ist[ ]|[ ]lautet[ ]|[ ]est[ ]|[ ]es[ ])[\"'*]?(?P<value>[\w#№〒ª][^\n\t|;<>{{}}\[\]\"]{{3,110}})",
    re.IGNORECASE,
)
# Line and installation are no word of an address by themselves.
LABEL_WORDS: Final = frozenset(re.findall(r"[^\W\d_]{3,}", f"{_LABELS}|{_CODES}".lower())) - frozenset(
    "postal mailing home shipping billing delivery residential business office work customer current new old full physical return service installation line code post par del via "
    "liefer rechnungs wohn kunden versand privat firmen facturation livraison".split()
) | {"zip", "postcode", "plz", "cap", "cep", "zipcode", "via"}
LABEL_ENDS: Final = ("adresse", "anschrift", "adres", "address")
VALUE_END: Final = lazily(
    r"\s{3,}|\b(?:phone|tel|telefon|fax|mobile|e-?mail|mail|zip|city)\b\s*[:.]|[.!?](?=\s+[A-Z][a-z]+ [a-z])|\s[–—]\s|\b(?:and my|please|thanks|und meine|and the)\b",
    re.IGNORECASE,
)
NOT_VALUE: Final = lazily(
    r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){3,}|0x|[0-9a-fA-F:]{6,}$"
)


_H: Final = "\u3400-\u9fff々〇ヶケ"
EAST_HINT: Final = lazily(
    r"[路街道号號区區市县縣省府都町村番丁目〒로길동구시]|شارع|רחוב|רח'|ถนน|ถ\.|ซอย|मार्ग|रोड|सड़क|मकान|शारع"
)
EAST: Final = (
    (lazily(rf"(?:〒?\s?\d{{3}}[-－]\d{{4}}[ 　]*)?(?:東京都|北海道|京都府|大阪府|[{_H}]{{2,3}}県)?[{_H}]{{1,6}}[市区郡](?:[{_H}ぁ-ゖァ-ヺー]{{1,10}}?[区町村])?[{_H}ぁ-ゖァ-ヺー]{{0,10}}?[ 　]?[\d０-９]{{1,4}}(?:(?:丁目|番地?|号|の|[-－ー])[\d０-９]{{0,4}}){{1,4}}(?:号室?)?(?:[ 　][{_H}ァ-ヺーA-Za-z]{{2,20}}[ 　]?[\d０-９]{{0,4}}(?:号室?)?)?"), 0.88),
    (lazily(r"〒[ ]?\d{3}[-－]?\d{4}"), 0.85),
    (lazily(rf"(?:[{_H}]{{2,8}}?(?:省|自治区|特别行政区))?(?:[{_H}]{{2,6}}?[市州縣县])?(?:[{_H}]{{1,6}}?[区區县縣鎮镇鄉乡])?(?:[{_H}]{{1,8}}?(?:路|街|大道|巷|弄|胡同|道|里)[{_H}]{{0,3}}(?:\d{{1,3}}段)?(?:\d{{1,4}}[巷弄])*)\d{{1,5}}(?:-\d{{1,4}})?[号號](?:[{_H}]{{0,10}}\d{{1,4}}(?:号楼|栋|棟|幢|座|楼|樓|单元|單元|室|层|層|之\d+)){{0,4}}"), 0.9),
    (lazily(r"(?:[가-힣]{2,7}(?:특별시|광역시|특별자치시|특별자치도|도|시)?[ ])?(?:[가-힣]{1,6}[시군][ ])?(?:[가-힣]{1,5}구[ ])?(?:[가-힣]{1,6}[읍면][ ])?[가-힣\d]{1,12}(?:로|길)(?:[ ]?\d{1,4}(?:번?길)[ ]?)?[ ]?\d{1,4}(?:-\d{1,4})?(?:번지)?(?![\d%.])(?:,?[ ]*(?:[가-힣A-Za-z]+[ ]?)?\d{1,4}(?:동|호|층))*(?=[ ,.()]|$|입니다|으로|에)"), 0.8),
    (lazily(r"(?:[가-힣]{2,6}(?:특별시|광역시|도|시)[ ])(?:[가-힣]{1,6}[시군구][ ]){1,2}[가-힣\d]{1,8}[동리][ ]?\d{1,4}(?:-\d{1,4})?(?:번지)?"), 0.88),
    (lazily(r"(?:\d{1,4}[ ،,]*)?(?:شارع|طريق|حي|ميدان)[ ][ء-ي]{2,}(?:[ ][ء-ي]{2,}){0,3}(?:[ ،,]+(?:رقم|مبنى|بناية|عمارة|شقة|منزل)?[ ]*[\d٠-٩]{1,5})+"), 0.85),
    (lazily(r"[\d٠-٩]{1,5}[ ،,]*(?:شارع|طريق|ميدان)[ ][ء-ي]{2,}(?:[ ][ء-ي]{2,}){0,2}(?:[،,][ ]*[ء-ي]{2,}(?:[ ][ء-ي]{2,})?)?"), 0.85),
    (lazily(r"(?<![א-ת])(?:רחוב|רח['׳]|שדרות|שד['׳]|דרך|סמטת)[ ][א-ת\"'׳״-]{2,}(?:[ ][א-ת\"'׳״-]{2,}){0,2}[ ]+\d{1,4}[א-ת]?(?:/\d{1,4})?(?:,[ ]*[א-ת]{2,}(?:[ -][א-ת]{2,}){0,2})?(?:[ ,]+\d{5,7})?"), 0.9),
    (lazily(r"(?:บ้านเลขที่[ ]*|เลขที่[ ]*)?\d{1,4}(?:/\d{1,4})?[ ]*(?:หมู่(?:ที่)?[ ]*\d{1,2}[ ]*)?(?:(?:ซอย|ซ\.)[ ]?[ก-๙\d]+[ ]*)?(?:ถนน|ถ\.)[ ]?[ก-๙]+(?:[ ]+(?:แขวง|ตำบล|ต\.|เขต|อำเภอ|อ\.|จังหวัด|จ\.)?[ ]?[ก-๙.]+){0,5}(?:[ ]+\d{5})?"), 0.88),
    (lazily(r"(?:मकान (?:नंबर|नं\.?|संख्या)[ ]*)?\d{1,4}[/\d]*,?[ ]*[ऀ-ॿ]+(?:[ ][ऀ-ॿ]+){0,3}[ ](?:मार्ग|रोड|सड़क|नगर|गली|कॉलोनी)(?:,[ ]*[ऀ-ॿ]+(?:[ ][ऀ-ॿ]+)?)*(?:[ ,-]+\d{6})?"), 0.8),
)  # fmt: skip
