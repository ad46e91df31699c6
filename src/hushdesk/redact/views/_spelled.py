"""Undoing what people do to addresses: spelled at and dot, defanging, spaced letters, digits in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hushdesk.redact._lazy import lazily
from hushdesk.redact._tld import COMMON_ENDS
from hushdesk.redact._words import words
from hushdesk.redact.views._view import Edit
from hushdesk.redact.views._windows import Spots, near, windows

_AT = words(
    """
    at at-sign atsign klammeraffe affenschwanz ät arobase arrobase arobas arroba chiocciola chiocciolina
    apenstaartje apestaartje snabel-a snabela snabel krøllalfa alfakrøll miukumauku ät-merkki małpa
    małpka malpa zavináč zavinac kukac arond aron papaki παπάκι παπακι собака собачка собачки эт равлик
    кльомба маймунско afna chez snabel-a: strudel кракозябра ludo arobás arroba: apestaart alfakrull kissanhäntä miuku zavinac: atmark arobat et majmunsko šraufentravka שטרודל כרוכית آت ات أت एट แอท แอต còng móc
    """
)
_AT_PHRASES = (
    r"at\ssign",
    r"at\sthe\srate\sof",
    r"at\sthe\srate",
    r"at\ssymbol",
    r"a\scòng",
    r"a\smóc",
    r"एट\sद\sरेट",
    r"at\sişareti",
    r"a\ssnail",
    r"маймунско\sа",
    r"a\scommerciale",
    r"a\scommercial",
    r"kuyruklu\sa",
    r"et\sişareti",
    r"a\srolo",
    r"signo\sarroba",
    r"signe\sarobase",
    r"the\sat\ssign",
    r"a\smit\skringel",
    r"а\sв\sкружке",
)
_AT_GLUED = ["アットマーク", "アット", "あっと", "골뱅이", "앳", "艾特", "小老鼠", "圈a"]
_DOT = words(
    """
    dot point punkt punto ponto punt piste prick prik punktum kropka tečka tecka bodka pont punct nokta
    τελεία τελεια точка крапка точку נקודה نقطة نقطه दशमलव डॉट จุด chấm titik ponto točka taškas punkts
    fullstop period
    """
)
_DOT_GLUED = ["ドット", "どっと", "点", "點", "점", "닷"]
_UNDERSCORE = [
    "underscore",
    "underline",
    "unterstrich",
    "undersc",
    "understreck",
    "underscor",
    "alaviiva",
    "подчеркивание",
    "подчёркивание",
    "underscores",
    "understrek",
    "understregning",
    "onderstreping",
    "laagstreepje",
    "sublinhado",
    "subrayado",
    "podkreślnik",
    "podkreślenie",
    "podtržítko",
    "podčiarkovník",
    "aláhúzás",
    "alulvonás",
    "підкреслення",
    "подчертаване",
    "доземна",
    "altçizgi",
]
_UNDERSCORE_PHRASES = (
    r"guion\sbajo",
    r"guión\sbajo",
    r"tiret\sbas",
    r"trattino\sbasso",
    r"under\sscore",
    r"barra\sbaja",
    r"traço\sbaixo",
    r"tiret\sdu\sbas",
    r"souligné",
    r"liniuță\sjos",
    r"нижнее\sподч[её]ркивание",
    r"нижній\sпідкреслювач",
    r"нижний\sпробел",
    r"нижн(?:яя|ее)\sч[её]рт[аo]",
    r"alt\sçizgi",
    r"alt\stire",
    r"donja\scrta",
    r"doln[áa]\s(?:pomlčka|čiara)",
    r"κάτω\sπαύλα",
    r"gạch\sdưới",
    r"garis\sbawah",
    r"קו\sתחתון",
    r"شرطة\sسفلية",
)
_DASH = [
    "dash",
    "hyphen",
    "minus",
    "bindestrich",
    "tiret",
    "guion",
    "guión",
    "hífen",
    "hifen",
    "trattino",
    "streepje",
    "pomlčka",
    "spojovník",
    "kötőjel",
    "myślnik",
    "łącznik",
    "viiva",
    "tavuviiva",
    "tire",
    "kısa çizgi",
    "liniuță",
    "cratimă",
    "παύλα",
    "crtica",
    "strich",
    "minuszeichen",
    "koppelteken",
    "verbindingsstreepje",
    "trait d'union",
    "guión medio",
    "menos",
    "дефис",
    "тире",
]

_ALL_AT = "|".join([*_AT_PHRASES, *map(re.escape, sorted(_AT, key=len, reverse=True))])
_ALL_DOT = "|".join(map(re.escape, sorted(_DOT, key=len, reverse=True)))
_OPEN, _CLOSE = r"[\[({<«‹⟨〈《【「『\"|*_~\-]{1,2}", r"[\])}>»›⟩〉》】」』\"|*_~\-]{1,2}"
_W = r"[ \t\xa0]"
_WS = rf"{_W}{{1,3}}"
_AT_RE = (
    rf"(?:{_W}{{0,2}}{_OPEN}{_W}{{0,2}}(?:{_ALL_AT}|@|a){_W}{{0,2}}{_CLOSE}{_W}{{0,2}}"
    rf"|{_WS}(?:{_ALL_AT}){_WS}|{_W}{{0,2}}(?:{'|'.join(_AT_GLUED)}){_W}{{0,2}}|{_W}{{0,2}}@{_W}{{0,2}})"
)
_SPELLED_DOT = (
    rf"(?:{_W}{{0,2}}{_OPEN}{_W}{{0,2}}(?:{_ALL_DOT}|\.){_W}{{0,2}}{_CLOSE}{_W}{{0,2}}"
    rf"|{_WS}(?:{_ALL_DOT}){_WS}|{_W}{{0,2}}(?:{'|'.join(_DOT_GLUED)}){_W}{{0,2}})"
)
_DOT_RE = rf"(?:{_SPELLED_DOT}|{_W}{{0,2}}\.(?=\w))"
_SCORE = rf"(?:{_WS}(?:{'|'.join([*_UNDERSCORE_PHRASES, *_UNDERSCORE])}){_WS})"
_HYPHEN = rf"(?:{_WS}(?:{'|'.join(_DASH)}){_WS})"
_LETTER = r"[^\W_\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]"
# A sign that belongs to a spelled at or dot is no part of a name: else the two could be told apart in many ways.
_NAME = rf"{_LETTER}(?:{_LETTER}|\+|[_\-](?!(?:{_ALL_AT}|{_ALL_DOT})[_\-])){{0,63}}+"
_JOINT = rf"(?:{_SPELLED_DOT}|\.|{_SCORE}|{_HYPHEN})"
_ADDRESS = lazily(
    rf"(?i)(?<![A-Za-z0-9_.@])(?<![A-Za-z0-9][\-+])(?P<local>{_NAME}(?:{_JOINT}{_NAME}){{0,4}})(?P<at>{_AT_RE})"
    rf"(?P<host>{_NAME}(?:(?:{_DOT_RE}|{_HYPHEN}){_NAME}){{0,3}})(?P<dot>{_DOT_RE})(?P<end>{'|'.join(sorted(COMMON_ENDS))})(?![A-Za-z0-9_@])"
)
_PIECES = lazily(rf"(?i)(?P<s>{_SCORE})|(?P<h>{_HYPHEN})|(?P<d>{_SPELLED_DOT}|{_W}{{0,2}}\.{_W}{{0,2}})")
# "me at jane.doe@...": an address that needs no view.
_MAILBOX = lazily(r"[\w.+\-]{0,64}@")
_CAMEL = lazily(r"(?<![\w@])[a-z0-9][a-z0-9._+\-]*(AT)[a-z0-9\-]+(DOT)[a-z]{2,8}(?![\w@])")
_HXXP = lazily(r"(?i)h(xx)ps?[:\[]")
_COLON = lazily(r"[ ]?[\[({](:{1,2})[\])}][ ]?")
_GOES_ON = lazily(r"\.\w")
_STOP_HOSTS = frozenset(
    words(
        """
    this that some the which what a an one no any each every my your our his her their least most all
    """
    )
)
_STOP_LOCALS = frozenset(
    words(
        """
    me us them it him her is are was be meet look arrive arrived stay stop here there and or
    """
    )
)
_AMBIGUOUS_DOTS = {
    "point": "com net org fr be ch ca eu lu io info",
    "punt": "com net org nl be eu",
    "pont": "com net org hu eu",
    "piste": "com net org fi eu",
    "period": "com net org",
    "punto": "com net org es it mx ar cl co pe eu",
    "ponto": "com net org pt br eu",
    "punkt": "com net org de at ch pl eu info se no dk",
    "prick": "com net org se eu",
    "点": "com net org cn jp tw hk info example test",
    "점": "com net org kr co example test",
}
_PROVIDERS = frozenset(
    words(
        """
    gmail googlemail yahoo hotmail outlook live msn aol icloud me gmx web t-online freenet proton
    protonmail mail yandex rambler ukr qq 163 126 naver daum hanmail wanadoo orange free laposte libero
    virgilio terra uol bol zoho fastmail seznam wp onet interia o2 abv comcast verizon att sbcglobal
    bigpond telus shaw rogers
    """
    )
)
_MAIL_CUE = lazily(
    r"(?i)(?:e-?mail|mail|courriel|correo|posta|адрес|почт|メール|邮箱|郵箱|이메일|อีเมล|البريد|ईमेल|reach|contact|write|address)\W.{0,30}$"
)

_AT_LAST = [phrase.rsplit("\\s", 1)[-1] for phrase in _AT_PHRASES]
_TRIGGER_DOTS = "|".join(_DOT)
_DIGITS_SPOKEN = """
0 zero oh o null zéro cero nul nula nulla noll nolla nula ноль нуль нула sıfır μηδέν zerou صفر शून्य ศูนย์ không nol kosong ゼロ 영
1 one eins un uno um uma een één ett en yksi jeden jedna один одна едно bir ένα egy unu واحد एक หนึ่ง một satu いち 일
2 two zwei zwo deux dos due dois duas twee två to kaksi dwa dva dvě два две дві iki δύο két kettő doi اثنان दो สอง hai dua に 이
3 three drei trois tres tre três drie kolme trzy tři tri три üç τρία három trei ثلاثة तीन สาม ba tiga さん 삼
4 four vier quatre cuatro quattro quatro fyra fire neljä cztery čtyři четыре чотири четири dört τέσσερα négy patru أربعة चार สี่ bốn empat よん 사
5 five fünf cinq cinco cinque vijf fem viisi pięć pět пять п'ять п’ять пет beş πέντε öt cinci خمسة पाँच ห้า năm lima ご 오
6 six sechs seis sei meia zes sex seks kuusi sześć šest шесть шість altı έξι hat șase ستة छह หก sáu enam ろく 육
7 seven sieben sept siete sette sete zeven sju syv seitsemän siedem sedm семь сім седем yedi επτά εφτά hét șapte سبعة सात เจ็ด bảy tujuh なな 칠
8 eight acht huit ocho otto oito åtta otte åtte kahdeksan osiem osm восемь вісім осем sekiz οκτώ οχτώ nyolc opt ثمانية आठ แปด tám delapan はち 팔
9 nine neun neuf nueve nove negen nio ni yhdeksän dziewięć devět девять дев'ять дев’ять девет dokuz εννέα εννιά kilenc nouă تسعة नौ เก้า chín sembilan きゅう 구
"""
_WORDS = {
    form: line.split()[0]
    for line in _DIGITS_SPOKEN.strip().splitlines()
    for name in line.split()[1:]
    for form in (name, name.replace("ı", "i"))
}
_DIGIT_NAMES = "|".join(map(re.escape, sorted(_WORDS, key=len, reverse=True)))
# Digits as characters, in scripts without blanks.
_DIGIT_SIGNS = {
    **dict(zip("〇零一二三四五六七八九", "00123456789", strict=True)),
    **dict(zip("공영일이삼사오육칠팔구", "00123456789", strict=True)),
    "幺": "1", "○": "0",
}  # fmt: skip
_SIGNS = "".join(_DIGIT_SIGNS)
_SIGN_RUN = lazily(
    rf"(?<![{_SIGNS}])[+＋]?[{_SIGNS}](?:[ \-‐–ー・、のに에]?[{_SIGNS}]){{8,14}}(?![{_SIGNS}])"
)
TRIGGERS = {
    "address": (
        rf"[\[({{<|*] ?(?:\.|{_TRIGGER_DOTS}) ?[\])}}>|*]",
        rf"(?:‹|«|⟨|〈|《|【|「|『) ?(?:@|a|\.|{_TRIGGER_DOTS}|{'|'.join(_AT)}) ?(?:›|»|⟩|〉|》|】|」|』)",
        rf"[\[({{<|*\-_] ?(?:@|a|{'|'.join(_AT)}) ?[\])}}>|*\-_] ?\w",
        rf"(?:{'|'.join(map(re.escape, [*_AT, *_AT_LAST]))})[\])}}>]?\s[^\s]{{1,40}}\s{{1,3}}(?:{_TRIGGER_DOTS})\s{{1,3}}[a-z]{{2}}",
        rf"@\s{{0,2}}[^\s]{{1,40}}\s{{1,3}}(?:{_TRIGGER_DOTS})\s{{1,3}}[a-z]{{2}}",
        rf"(?:{'|'.join(_AT_GLUED + _DOT_GLUED[:2])})",
        rf"(?:{'|'.join(_DOT_GLUED[2:])}) ?(?:com|net|org|co|cn|kr|jp|tw)",
        rf"\s(?:{_TRIGGER_DOTS})\s[^\s]{{1,40}}\s?@",
    ),
    "bare": (rf"\w\s(?:{'|'.join(map(re.escape, [*_AT, *_AT_LAST]))})\s[^\s@]{{2,40}}\.[a-z]{{2}}",),
    "camel": (r"[a-z0-9]at[a-z0-9\-]{2,30}dot[a-z]{2}",),
    "defanged": (r"hxxps?[:\[]",),
    "colons": (r"[0-9a-f\])}] ?[\[({]:{1,2}[\])}]",),
    "signs": (rf"(?:{'|'.join(_DIGIT_SIGNS)})(?:[ \-]?(?:{'|'.join(_DIGIT_SIGNS)})){{8}}",),
    "spaced": (r"(?:^|[^\w@.])(?:[\w@.+] ){5}[\w@.]", r"(?:^|[\s:,;(<])(?:[a-z@.+][_\-.*]){5}[a-z@.]"),
    "words": (rf"(?:{_DIGIT_NAMES})(?:[ ,.\-]{{1,3}}(?:and |double |triple )?(?:{_DIGIT_NAMES}|\d)){{2}}",),
}
_SPACED = lazily(
    r"(?<![^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?<![@.])(?:[\w@.+]([ _\-.*]))(?:[\w@.+\-]\1){3,}[\w@.](?![^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|@|\.\w)"
)
_SPACED_WIDE = lazily(
    r"(?<![^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?<![@.])(?:[\w@.+\-] ){4,}[\w@.](?![^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|@|\.\w)"
)
# Words of which each letter stands alone, with wider blanks between the words.
_SPACED_WORDS = lazily(
    r"(?<!\w)(?<!\w[ ])[^\W\d_](?:[ ][^\W\d_]){2,24}(?:[ ]{2,3}[^\W\d_](?:[ ][^\W\d_]){1,24}){1,4}(?!\w)"
)
_BLANKS = lazily(r"[ ]+")
_WORD = "(?:" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r"|\d{1,4})"
_TIMES = r"(?:(?:double|triple)[ \-])?"
_DIGIT_WORDS = lazily(
    rf"(?i)(?<!\w)(?:(?:plus|плюс|artı|más|più|mais)[ ]|\+[ ]?)?{_TIMES}{_WORD}(?:[ ,.\-]{{1,3}}(?:and )?{_TIMES}{_WORD}){{4,}}(?!\w)"
)
_ONE_WORD = lazily(rf"(?i)(?:(double|triple)[ \-])?({_WORD})(?!\w)|(plus|плюс|artı|más|più|mais|\+)")


def edits(text: str, spots: Spots) -> Iterator[Edit]:
    """Yield what undoing the disguises of ``text`` changes.

    Args:
        text: A text.
        spots: Where triggers of disguises fired in it.
    """
    if ends := spots.get("spaced"):
        yield from _spaced(text, ends)
    if ends := spots.get("words"):
        yield from _digit_words(text, ends)
    ends = [*spots.get("address", ()), *(e for e in spots.get("bare", ()) if not _MAILBOX.match(text, e))]
    if ends:
        ends.sort()
        for match in near(_ADDRESS, text, ends, 130, 130):
            if _is_address(text, match):
                yield Edit(match.start("at"), match.end("at"), "@")
                for group in ("local", "host", "dot"):
                    yield from _joints(match, group)
    if ends := spots.get("camel"):
        for match in near(_CAMEL, text, ends, 80, 60):
            yield Edit(match.start(1), match.end(1), "@")
            yield Edit(match.start(2), match.end(2), ".")
    if ends := spots.get("colons"):
        for match in near(_COLON, text, ends, 8, 40):
            yield Edit(match.start(), match.end(), match[1])
    if ends := spots.get("signs"):
        for match in near(_SIGN_RUN, text, ends, 60, 40):
            digits = "".join(_DIGIT_SIGNS.get(c, "") for c in match.group())
            yield Edit(match.start(), match.end(), f"\x02{digits}\x02")
    if ends := spots.get("defanged"):
        for match in near(_HXXP, text, ends, 8, 1):
            yield Edit(match.start(1), match.end(1), "tt")


def _joints(match: re.Match[str], group: str) -> Iterator[Edit]:
    base = match.start(group)
    for piece in _PIECES.finditer(match[group]):
        new = "_" if piece["s"] else "-" if piece["h"] else "."
        if piece.group() != new:
            yield Edit(base + piece.start(), base + piece.end(), new)


def _is_address(text: str, match: re.Match[str]) -> bool:
    end = match["end"].lower()
    at = match["at"].strip().lower()
    dot = match["dot"].strip().lower()
    host = re.split(r"[\s.\[({]", match["host"])[0].lower()
    if end not in COMMON_ENDS:
        return False
    if host in _STOP_HOSTS and at != "@":
        return False
    bare_dot = dot.strip("[](){}<>|*_~- ")
    if bare_dot == dot and dot in _AMBIGUOUS_DOTS and end not in _AMBIGUOUS_DOTS[dot].split():
        return False
    if at == "@" or "@" in at:
        # Plain addresses are read without a view.
        return dot != "." or len(at) > 1 or match["local"] != match["local"].replace(" ", "")
    if match["local"].lower() in _STOP_LOCALS:
        return False
    if dot == "." and (_GOES_ON.match(text, match.end()) or match["local"].count(".") > 2):
        # "at java.net.URLClassLoader": a place in code.
        return False
    if at in {"at", "et", "a"} and dot == ".":
        local = match["local"]
        odd = any(c.isdigit() or c in "._+" for c in local)
        lead = text[max(0, match.start() - 48) : match.start()]
        return (
            odd
            or (host in _PROVIDERS and not re.search(r"(?i)\b(?:account|page|look|site|login|log)\b", local))
            or bool(_MAIL_CUE.search(lead))
        )
    return True


def _spaced(text: str, ends: Sequence[int]) -> Iterator[Edit]:
    for match in near(_SPACED_WORDS, text, ends, 40, 160):
        for blanks in _BLANKS.finditer(text, *match.span()):
            yield Edit(*blanks.span(), "" if len(blanks.group()) == 1 else " ")
    for pattern in (_SPACED, _SPACED_WIDE):
        for match in near(pattern, text, ends, 40, 160):
            run = match.group()
            joined = run[::2]
            if len(joined) < 6:
                continue
            digits = sum(c.isdigit() for c in joined)
            if "@" not in joined and "." not in joined and digits < 7 and len(joined) < 6:
                continue
            begin = match.start()
            capitals = run.lower() != run
            for i in range(1, len(run), 2):
                # A capital after a small letter begins the next word of a name.
                if not (capitals and run[i] == " " and run[i + 1].isupper() and run[i - 1].islower()):
                    yield Edit(begin + i, begin + i + 1, "")


_APART = lazily(r"[ ,.\-]+")
_INNER = 3
"""Of five figures and more in a row so many at least have nothing but blanks and the like on both sides."""


def _near_words(text: str, ends: Sequence[int]) -> Iterator[re.Match[str]]:
    for low, high in windows(ends, 60, 200, len(text)):
        # Most windows hold an article or two: counting words by table is far cheaper than the expression of all of them.
        words = _APART.split(text[low:high].lower())
        if sum(word in _WORDS or word.isdecimal() for word in words) >= _INNER:
            yield from _DIGIT_WORDS.finditer(text, low, high)


def _digit_words(text: str, ends: Sequence[int]) -> Iterator[Edit]:
    for match in _near_words(text, ends):
        run = match.group()
        if sum(1 for w in _ONE_WORD.finditer(run) if w[2] and not w[2].isdigit()) < 3:
            continue
        out = []
        for word in _ONE_WORD.finditer(run):
            if word[3]:
                out.append("+")
                continue
            # Without regard to case, more than one letter may stand for another: leave what is not in the list.
            one = word[2] if word[2].isdecimal() else _WORDS.get(word[2].lower(), "")
            out.append(one * {"double": 2, "triple": 3}.get((word[1] or "").lower(), 1))
        digits = "".join(out)
        if 7 <= len(digits.lstrip("+")) <= 19:
            yield Edit(match.start(), match.end(), f"\x02{digits}\x02")
