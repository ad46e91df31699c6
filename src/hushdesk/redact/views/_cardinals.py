"""Numbers in words beyond single digits: tens and hundreds in many languages, mixed with figures, glued to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hushdesk.redact._lazy import lazily
from hushdesk.redact.views._view import Edit
from hushdesk.redact.views._windows import windows

_LANGUAGES = """
en 0:zero,oh,o,nought,naught 1:one 2:two 3:three 4:four 5:five 6:six 7:seven 8:eight 9:nine 10:ten 11:eleven 12:twelve 13:thirteen 14:fourteen 15:fifteen 16:sixteen 17:seventeen 18:eighteen 19:nineteen 20:twenty 30:thirty 40:forty,fourty 50:fifty 60:sixty 70:seventy 80:eighty 90:ninety x:hundred &:and
fr 0:zéro,zero 1:un,une 2:deux 3:trois 4:quatre 5:cinq 6:six 7:sept 8:huit 9:neuf 10:dix 11:onze 12:douze 13:treize 14:quatorze 15:quinze 16:seize 20:vingt,vingts 30:trente 40:quarante 50:cinquante 60:soixante 70:septante 80:huitante,octante 90:nonante x:cent,cents &:et
de 0:null 1:ein,eins 2:zwei,zwo 3:drei 4:vier 5:fünf,fuenf 6:sechs 7:sieben 8:acht 9:neun 10:zehn 11:elf 12:zwölf,zwoelf 13:dreizehn 14:vierzehn 15:fünfzehn 16:sechzehn 17:siebzehn 18:achtzehn 19:neunzehn 20:zwanzig 30:dreißig,dreissig 40:vierzig 50:fünfzig 60:sechzig 70:siebzig 80:achtzig 90:neunzig x:hundert &:und
es 0:cero 1:uno,un,una 2:dos 3:tres 4:cuatro 5:cinco 6:seis 7:siete 8:ocho 9:nueve 10:diez 11:once 12:doce 13:trece 14:catorce 15:quince 16:dieciséis,dieciseis 17:diecisiete 18:dieciocho 19:diecinueve 20:veinte 21:veintiuno,veintiún 22:veintidós,veintidos 23:veintitrés,veintitres 24:veinticuatro 25:veinticinco 26:veintiséis,veintiseis 27:veintisiete 28:veintiocho 29:veintinueve 30:treinta 40:cuarenta 50:cincuenta 60:sesenta 70:setenta 80:ochenta 90:noventa 100:cien,ciento 200:doscientos 300:trescientos 400:cuatrocientos 500:quinientos 600:seiscientos 700:setecientos 800:ochocientos 900:novecientos &:y
it 0:zero 1:uno,un 2:due 3:tre 4:quattro 5:cinque 6:sei 7:sette 8:otto 9:nove 10:dieci 11:undici 12:dodici 13:tredici 14:quattordici 15:quindici 16:sedici 17:diciassette 18:diciotto 19:diciannove 20:venti 21:ventuno 22:ventidue 23:ventitré,ventitre 24:ventiquattro 25:venticinque 26:ventisei 27:ventisette 28:ventotto 29:ventinove 30:trenta 40:quaranta 50:cinquanta 60:sessanta 70:settanta 80:ottanta 90:novanta 100:cento 200:duecento 300:trecento 400:quattrocento 500:cinquecento 600:seicento 700:settecento 800:ottocento 900:novecento &:e
pt 0:zero 1:um,uma 2:dois,duas 3:três,tres 4:quatro 5:cinco 6:seis,meia 7:sete 8:oito 9:nove 10:dez 11:onze 12:doze 13:treze 14:catorze,quatorze 15:quinze 16:dezesseis,dezasseis 17:dezessete,dezassete 18:dezoito 19:dezenove,dezanove 20:vinte 30:trinta 40:quarenta 50:cinquenta 60:sessenta 70:setenta 80:oitenta 90:noventa 100:cem,cento 200:duzentos 300:trezentos 400:quatrocentos 500:quinhentos 600:seiscentos 700:setecentos 800:oitocentos 900:novecentos &:e
nl 0:nul 1:een,één 2:twee 3:drie 4:vier 5:vijf 6:zes 7:zeven 8:acht 9:negen 10:tien 11:elf 12:twaalf 13:dertien 14:veertien 15:vijftien 16:zestien 17:zeventien 18:achttien 19:negentien 20:twintig 30:dertig 40:veertig 50:vijftig 60:zestig 70:zeventig 80:tachtig 90:negentig x:honderd &:en
sv 0:noll 1:ett,en 2:två 3:tre 4:fyra 5:fem 6:sex 7:sju 8:åtta 9:nio 10:tio 11:elva 12:tolv 13:tretton 14:fjorton 15:femton 16:sexton 17:sjutton 18:arton 19:nitton 20:tjugo 30:trettio 40:fyrtio 50:femtio 60:sextio 70:sjuttio 80:åttio 90:nittio x:hundra &:och
da 0:nul 1:en,et 2:to 3:tre 4:fire 5:fem 6:seks 7:syv 8:otte 9:ni 10:ti 11:elleve 12:tolv 13:tretten 14:fjorten 15:femten 16:seksten 17:sytten 18:atten 19:nitten 20:tyve 30:tredive 40:fyrre 50:halvtreds 60:tres 70:halvfjerds 80:firs 90:halvfems x:hundrede &:og
nb 0:null 1:en,ett 2:to 3:tre 4:fire 5:fem 6:seks 7:sju,syv 8:åtte 9:ni 10:ti 11:elleve 12:tolv 13:tretten 14:fjorten 15:femten 16:seksten 17:sytten 18:atten 19:nitten 20:tjue 30:tretti 40:førti 50:femti 60:seksti 70:sytti 80:åtti 90:nitti x:hundre &:og
pl 0:zero 1:jeden,jedna 2:dwa,dwie 3:trzy 4:cztery 5:pięć 6:sześć 7:siedem 8:osiem 9:dziewięć 10:dziesięć 11:jedenaście 12:dwanaście 13:trzynaście 14:czternaście 15:piętnaście 16:szesnaście 17:siedemnaście 18:osiemnaście 19:dziewiętnaście 20:dwadzieścia 30:trzydzieści 40:czterdzieści 50:pięćdziesiąt 60:sześćdziesiąt 70:siedemdziesiąt 80:osiemdziesiąt 90:dziewięćdziesiąt 100:sto 200:dwieście 300:trzysta 400:czterysta 500:pięćset 600:sześćset 700:siedemset 800:osiemset 900:dziewięćset &:i
cs 0:nula 1:jedna,jeden 2:dva,dvě 3:tři 4:čtyři 5:pět 6:šest 7:sedm 8:osm 9:devět 10:deset 11:jedenáct 12:dvanáct 13:třináct 14:čtrnáct 15:patnáct 16:šestnáct 17:sedmnáct 18:osmnáct 19:devatenáct 20:dvacet 30:třicet 40:čtyřicet 50:padesát 60:šedesát 70:sedmdesát 80:osmdesát 90:devadesát 100:sto 200:dvěstě 300:třista 400:čtyřista 500:pětset 600:šestset 700:sedmset 800:osmset 900:devětset &:a
ru 0:ноль,нуль 1:один,одна 2:два,две 3:три 4:четыре 5:пять 6:шесть 7:семь 8:восемь 9:девять 10:десять 11:одиннадцать 12:двенадцать 13:тринадцать 14:четырнадцать 15:пятнадцать 16:шестнадцать 17:семнадцать 18:восемнадцать 19:девятнадцать 20:двадцать 30:тридцать 40:сорок 50:пятьдесят 60:шестьдесят 70:семьдесят 80:восемьдесят 90:девяносто 100:сто 200:двести 300:триста 400:четыреста 500:пятьсот 600:шестьсот 700:семьсот 800:восемьсот 900:девятьсот &:и
uk 0:нуль 1:один,одна 2:два,дві 3:три 4:чотири 5:п'ять,п’ять 6:шість 7:сім 8:вісім 9:дев'ять,дев’ять 10:десять 11:одинадцять 12:дванадцять 13:тринадцять 14:чотирнадцять 15:п'ятнадцять,п’ятнадцять 16:шістнадцять 17:сімнадцять 18:вісімнадцять 19:дев'ятнадцять,дев’ятнадцять 20:двадцять 30:тридцять 40:сорок 50:п'ятдесят,п’ятдесят 60:шістдесят 70:сімдесят 80:вісімдесят 90:дев'яносто,дев’яносто 100:сто 200:двісті 300:триста 400:чотириста 500:п'ятсот,п’ятсот 600:шістсот 700:сімсот 800:вісімсот 900:дев'ятсот,дев’ятсот &:і
bg 0:нула 1:едно,един,една 2:две,два 3:три 4:четири 5:пет 6:шест 7:седем 8:осем 9:девет 10:десет 20:двайсет,двадесет 30:трийсет,тридесет 40:четиридесет 50:петдесет 60:шейсет,шестдесет 70:седемдесет 80:осемдесет 90:деветдесет 100:сто 200:двеста 300:триста 400:четиристотин 500:петстотин 600:шестстотин 700:седемстотин 800:осемстотин 900:деветстотин &:и
hr 0:nula 1:jedan,jedna 2:dva,dvije 3:tri 4:četiri 5:pet 6:šest 7:sedam 8:osam 9:devet 10:deset 11:jedanaest 12:dvanaest 13:trinaest 14:četrnaest 15:petnaest 16:šesnaest 17:sedamnaest 18:osamnaest 19:devetnaest 20:dvadeset 30:trideset 40:četrdeset 50:pedeset 60:šezdeset 70:sedamdeset 80:osamdeset 90:devedeset 100:sto 200:dvjesto 300:tristo 400:četiristo 500:petsto 600:šesto 700:sedamsto 800:osamsto 900:devetsto &:i
tr 0:sıfır,sifir 1:bir 2:iki 3:üç 4:dört 5:beş 6:altı 7:yedi 8:sekiz 9:dokuz 10:on 20:yirmi 30:otuz 40:kırk 50:elli 60:altmış 70:yetmiş 80:seksen 90:doksan x:yüz
hu 0:nulla 1:egy 2:kettő,két 3:három 4:négy 5:öt 6:hat 7:hét 8:nyolc 9:kilenc 10:tíz 20:húsz 30:harminc 40:negyven 50:ötven 60:hatvan 70:hetven 80:nyolcvan 90:kilencven x:száz
ro 0:zero 1:unu,una 2:doi,două 3:trei 4:patru 5:cinci 6:șase,sase 7:șapte,sapte 8:opt 9:nouă,noua 10:zece 20:douăzeci 30:treizeci 40:patruzeci 50:cincizeci 60:șaizeci 70:șaptezeci 80:optzeci 90:nouăzeci x:sută,sute &:și
fi 0:nolla 1:yksi 2:kaksi 3:kolme 4:neljä 5:viisi 6:kuusi 7:seitsemän 8:kahdeksan 9:yhdeksän 10:kymmenen 20:kaksikymmentä 30:kolmekymmentä 40:neljäkymmentä 50:viisikymmentä 60:kuusikymmentä 70:seitsemänkymmentä 80:kahdeksankymmentä 90:yhdeksänkymmentä x:sata
el 0:μηδέν 1:ένα 2:δύο 3:τρία 4:τέσσερα 5:πέντε 6:έξι 7:επτά,εφτά 8:οκτώ,οχτώ 9:εννέα,εννιά 10:δέκα 11:έντεκα 12:δώδεκα 20:είκοσι 30:τριάντα 40:σαράντα 50:πενήντα 60:εξήντα 70:εβδομήντα 80:ογδόντα 90:ενενήντα 100:εκατό,εκατόν 200:διακόσια 300:τριακόσια 400:τετρακόσια 500:πεντακόσια 600:εξακόσια 700:επτακόσια 800:οκτακόσια 900:εννιακόσια &:και
ar 0:صفر 1:واحد 2:اثنان,اثنين 3:ثلاثة,تلاتة 4:أربعة,اربعة 5:خمسة 6:ستة 7:سبعة 8:ثمانية,تمانية 9:تسعة 10:عشرة 20:عشرون,عشرين 30:ثلاثون,ثلاثين 40:أربعون,أربعين 50:خمسون,خمسين 60:ستون,ستين 70:سبعون,سبعين 80:ثمانون,ثمانين 90:تسعون,تسعين 100:مئة,مائة &:و
id 0:nol,kosong 1:satu 2:dua 3:tiga 4:empat 5:lima 6:enam 7:tujuh 8:delapan,lapan 9:sembilan 10:sepuluh 11:sebelas 100:seratus
"""
_AND, _HUNDRED = -1, -2
_KANA = {
    "ゼロ": 0, "レイ": 0, "マル": 0, "れい": 0, "ぜろ": 0, "まる": 0, "イチ": 1, "いち": 1, "ニー": 2, "ニ": 2, "にー": 2, "に": 2, "サン": 3, "さん": 3, "ヨン": 4, "よん": 4, "シー": 4,
    "ゴー": 5, "ゴ": 5, "ごー": 5, "ご": 5, "ロク": 6, "ろく": 6, "ナナ": 7, "なな": 7, "シチ": 7, "しち": 7, "ハチ": 8, "はち": 8, "キュウ": 9, "キュー": 9, "きゅう": 9, "きゅー": 9, "ク": 9,
}  # fmt: skip


def _read() -> dict[str, dict[str, int]]:
    out: dict[str, dict[str, int]] = {}
    for line in _LANGUAGES.strip().splitlines():
        language, *entries = line.split()
        for entry in entries:
            value, _, forms = entry.partition(":")
            number = _HUNDRED if value == "x" else _AND if value == "&" else int(value)
            for form in forms.split(","):
                # Views write the dotless i, which looks Latin, with its dot.
                for spelled in dict.fromkeys((form, form.replace("ı", "i"))):
                    out.setdefault(spelled, {})[language] = number
    return out


_GLUED = {
    "it": "{ten}{one}", "de": "{one}und{ten}", "nl": "{one}en{ten}", "sv": "{ten}{one}", "nb": "{ten}{one}", "da": "{one}og{ten}", "fi": "{ten}{one}", "hu": "{ten}{one}",
}  # fmt: skip
"""How languages write tens and ones as one word."""
_WORDS = _read()
_BASE = frozenset(_WORDS)
"""Words that triggers know; compounds end in one of them or have one beside them, and would make triggers slow to compile."""


def _compound(out: dict[str, dict[str, int]]) -> None:
    for language, forms in _GLUED.items():
        tens = [
            (w, v[language])
            for w, v in tuple(out.items())
            if 19 < v.get(language, 0) < 100 and v[language] % 10 == 0
        ]
        ones = [(w, v[language]) for w, v in tuple(out.items()) if 0 < v.get(language, 0) < 10]
        for ten, high in tens:
            for one, low in ones:
                stem = ten[:-1] if language == "it" and one[0] in "uo" else ten
                out.setdefault(forms.format(ten=stem, one=one), {})[language] = high + low


_compound(_WORDS)
_NAMES = [w for w, values in _WORDS.items() if any(v != _AND for v in values.values())]
_TENS = [w for w in _NAMES if any(v == _HUNDRED or v > 9 for v in _WORDS[w].values())]
_ANY = "|".join(map(re.escape, sorted(_NAMES, key=len, reverse=True)))
_TRIGGER_TENS = "|".join(map(re.escape, sorted((w for w in _TENS if len(w) > 2 and w in _BASE), key=len)))
_TRIGGER_NAMES = "|".join(map(re.escape, sorted((w for w in _NAMES if len(w) > 1 and w in _BASE), key=len)))
_ENGLISH = "zero|one|two|three|four|five|six|seven|eight|nine|null|eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|deux|trois|quatre|cinq|sept|huit|neuf|cero|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|ноль|один|два|три|четыре|пять|шесть|семь|восемь|девять"
_KANA_NAMES = "|".join(sorted(_KANA, key=len, reverse=True))
TRIGGERS = {
    "cardinals": (
        rf"(?:{_TRIGGER_TENS})[ \-,](?:{_TRIGGER_NAMES}|\d|and|et|und|y|e|i|и)",
        rf"\d(?:{_ENGLISH})\d",
        rf"(?:{_ENGLISH}) (?:dot|punkt|point|punto|ponto|punt|точка|kropka) (?:{_ENGLISH})",
    ),
    "kana": (rf"(?:{_KANA_NAMES}){{4}}",),
}
_DOT_WORD = "dot|punkt|point|punto|ponto|punt|точка|крапка|kropka|tečka|nokta"
_TOKEN = lazily(r"(?P<w>[^\W\d_]+)|(?P<d>\d+)|(?P<gap>[ ,.\-]{1,3})|(?P<sign>.)", re.DOTALL)
_DOTS = frozenset(_DOT_WORD.split("|"))
_PLUS = ("plus", "плюс")
_CUE = lazily(
    r"(?i)(?:phone|tel|mobil|mobile|cell|call|ring|dial|reach|number|nummer|numéro|numero|número|номер|тел|звон|telefon|handy|cep|gsm|celular|móvil|whats|zap|fax|sms|ssn|social|security|card|karte|carte|tarjeta|cart[aã]o|konto|account|pin|cpf|dni"
    r"|pesel|insurance|au|al|komór|puhelin|numara|číslo|szám|număr|τηλ|κιν|هاتف|رقم|hp|nomor|contact|kontakt)[^\n\x01]{0,32}$"
)
_ARTICLES = frozenset(
    (
        "un",
        "um",
        "en",
        "et",
        "a",
        "e",
        "i",
        "o",
        "to",
        "on",
        "ni",
        "ti",
        "una",
        "uma",
        "ein",
        "een",
        "une",
        "uno",
        "ett",
    )
)
# Short ones are articles and the like in some language.


def _digits(values: list[tuple[int, str]]) -> str:
    """Write the numbers that words stand for one after another, tens and hundreds joined with what follows them."""
    out: list[str] = []
    value: int | None = None
    linked = False
    for number, figures in values:
        if figures:
            if value is not None:
                out.append(str(value))
                value = None
            out.append(figures)
        elif number == _AND:
            linked = value is not None
            continue
        elif number == _HUNDRED:
            value = 100 if value is None or not 0 < value < 10 else value * 100
        elif value is not None and _joins(value, number):
            value = value * 20 if (value, number) == (4, 20) else value + number
        elif value is not None and linked and 0 < value < 10 and 20 <= number < 100:
            value += number
        else:
            if value is not None:
                out.append(str(value))
            value = number
        linked = False
    if value is not None:
        out.append(str(value))
    return "".join(out)


def _joins(value: int, number: int) -> bool:
    if (value, number) == (4, 20):
        return True
    if value >= 100 and value % 100 == 0:
        return 0 < number < 100
    tens = value % 100
    if tens in {60, 80} and 9 < number < 20:
        return True
    return tens > 10 and tens % 10 == 0 and 0 < number < 10


def edits(text: str, cardinals: Sequence[int], kana: Sequence[int]) -> Iterator[Edit]:
    """Yield what writing numbers in words as figures changes in ``text``.

    Args:
        text: A text.
        cardinals: Where words for tens and hundreds, and words amid figures, ended.
        kana: Where figures in kana ended.
    """
    for low, high in windows(cardinals, 90, 110, len(text)):
        # Most windows hold an article or two: counting words by table is far cheaper than reading them as numbers.
        piece = text[low:high]
        if sum(word in _WORDS for word in _ANY_WORD.findall(piece.lower())) >= 3 or _FIGURE_IN_WORD.search(
            piece
        ):
            yield from _runs(text, low, high)
    for low, high in windows(kana, 60, 40, len(text)):
        for match in _KANA_RUN.finditer(text, low, high):
            digits = "".join(str(_KANA[m.group()]) for m in _KANA_ONE.finditer(match.group()))
            if 9 <= len(digits) <= 16:
                yield Edit(match.start(), match.end(), f"\x02{digits}\x02")


_ANY_WORD = lazily(r"[^\W\d_]+")
_FIGURE_IN_WORD = lazily(r"\d[^\W\d_]|[^\W\d_]\d")
_KANA_ONE = lazily(_KANA_NAMES)
_KANA_RUN = lazily(rf"(?:{_KANA_NAMES})(?:[ \-‐・、の]{{0,2}}(?:{_KANA_NAMES})){{8,15}}")


class _Run:
    """Words and figures in a row that can be one number in one language."""

    def __init__(self) -> None:
        self.start = self.end = -1
        self.languages: set[str] | None = None
        self.parts: list[list[tuple[dict[str, int], str]]] = [[]]
        self.words = 0
        self.plus = False

    def takes(self, values: dict[str, int]) -> bool:
        return self.languages is None or bool(self.languages & values.keys())


def _parts(text: str, low: int, high: int) -> Iterator[tuple[str, str, int, int]]:
    """Yield the words, figures and signs of a stretch of text as sort, lower-case text, start and end.

    A word is of sort ``w`` if it is one for a number or for *and*; looking it up is a thousand times as fast as an
    expression of all of them.
    """
    at = low
    while (match := _TOKEN.match(text, at, high)) is not None:
        start, at = match.span()
        sort = match.lastgroup or ""
        if sort != "w":
            if sort != "gap":
                yield ("p" if match.group() == "+" else sort), match.group(), start, at
            continue
        word = match.group().lower()
        following = text[at : min(at + 1, high)]
        if following and following in "'’":
            # Words with a sign in the middle, as Ukrainian has them.
            more = _TOKEN.match(text, at + 1, high)
            if more is not None and more.lastgroup == "w":
                long = f"{word}{following}{more.group().lower()}"
                end = more.end()
                if long in _WORDS and text[end : min(end + 1, high)] not in {"'", "’"}:
                    at = end
                    yield "w", long, start, end
                    continue
        elif word in _WORDS:
            yield "w", word, start, at
            continue
        if word.startswith(_PLUS):
            at = start + 4
            yield "p", word[:4], start, at
        elif word in _DOTS and not (following.isalnum() or following == "_"):
            yield "dot", word, start, at
        else:
            yield "other", word, start, at


def _runs(text: str, low: int, high: int) -> Iterator[Edit]:
    run = _Run()
    for sort, part, start, end in _parts(text, low, high):
        values = _WORDS[part] if sort == "w" else {}
        if sort == "d":
            if len(part) > 8:
                yield from _ended(text, run)
                run = _Run()
                continue
            run.parts[-1].append(({}, part))
        elif values and run.takes(values):
            if all(v == _AND for v in values.values()) and run.start < 0:
                continue
            run.languages = set(values) if run.languages is None else run.languages & values.keys()
            run.parts[-1].append((values, ""))
            if any(v != _AND for v in values.values()):
                # Short ones are articles and the like in some language.
                run.words += len(part) > 2 or part not in _ARTICLES
            else:
                continue
        elif sort == "dot" and run.start >= 0:
            run.parts.append([])
            continue
        elif sort == "p" and run.start < 0:
            run.plus = True
        else:
            yield from _ended(text, run)
            run = _Run()
            if any(v != _AND for v in values.values()):
                run.languages, run.words = set(values), int(part not in _ARTICLES)
                run.parts[-1].append((values, ""))
            else:
                continue
        if run.start < 0:
            run.start = start
        run.end = end
    yield from _ended(text, run)


def _ended(text: str, run: _Run) -> Iterator[Edit]:
    if not run.words or run.start < 0 or not run.languages:
        return
    language = min(run.languages)
    parts = [[(v.get(language, _AND) if v else 0, figures) for v, figures in part] for part in run.parts]
    if len(parts) == 4 and all(parts):
        values = [_digits(part) for part in parts]
        if all(v.isdigit() and int(v) < 256 for v in values):
            yield Edit(run.start, run.end, ".".join(values))
        return
    if len(parts) > 1:
        return
    digits = _digits(parts[0])
    if not 7 <= len(digits) <= 19:
        return
    glued = any(figures for _, figures in parts[0]) and sum(bool(f) for _, f in parts[0]) * 2 <= len(digits)
    lead = text[max(0, run.start - 40) : run.start]
    sure = run.plus or digits[0] == "0" or run.words >= 7 or _CUE.search(lead) is not None
    if sure and (run.words >= 3 or (glued and len(digits) >= 9)):
        yield Edit(run.start, run.end, f"\x02{'+' if run.plus else ''}{digits}\x02")


_SINGLE = frozenset(_ENGLISH.split("|"))
"""Words for one figure that are an article or the like in no language."""


def is_number(word: str) -> bool:
    """Tell whether a word in small letters is one for a number, in whatever language, and hardly anything else.

    Args:
        word: One word, in small letters.
    """
    values = _WORDS.get(word)
    if values is None or all(v == _AND for v in values.values()):
        return False
    return len(word) > 2 and (word not in _ARTICLES or word in _SINGLE)


def figures(told: Sequence[str]) -> str:
    """Return what words for numbers and figures, told one after another in one language, say in figures.

    Args:
        told: Words in small letters, and figures; empty is returned if no language has all of the words.
    """
    known = [_WORDS.get(word, {}) for word in told if not word.isdecimal()]
    languages = set.intersection(*map(set, known)) if known else {""}
    if not languages:
        return ""
    language = min(languages)
    return _digits([(0, word) if word.isdecimal() else (_WORDS[word][language], "") for word in told])
