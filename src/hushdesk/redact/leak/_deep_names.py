"""Names by lists and a strict rule: where two list names stand together, or one beside a greeting, somebody is named."""

# ruff: noqa: SIM905 -- lists of words read better as prose

from __future__ import annotations

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from hushdesk.redact._types import Kind
from hushdesk.redact.leak._deep_patterns import Seen

_WORD = r"[^\W\d_]+(?:['’\-][^\W\d_]+)*"
_PAIR = re.compile(rf"(?<![\w'’\x1a.@/\-])(?=(?P<a>{_WORD})[ \u00a0](?:[A-Z]\.[ ])?(?P<b>{_WORD})(?![\w@]))")
_HONORIFIC = re.compile(
    r"(?<!\w)(?:Mr|Mrs|Ms|Dr|Herrn?|Frau|Mme|Mlle|Monsieur|Madame|Señora?|Sra|Senhora?|Signora?|Sig|Dott|Meneer|Mevrouw|Pan|Pani|Pane|Fru"
    rf"|г-н|г-жа|господин|госпожа|пан|пані|κ\.|κύριε|κυρία)\.?[ \u00a0](?P<n>{_WORD})(?![\w@])"
)
_GREETING = re.compile(
    r"(?i:(?<!\w)(?:dear|hi|hello|hey|hallo|liebe[rs]?|moin|servus|guten\s(?:tag|morgen|abend)|bonjour|bonsoir|salut|ch[eè]re?|hola|estimad[oa]|querid[oa]|ol[aá]"
    r"|prezad[oa]|car[oa]|ciao|gentile|buongiorno|beste|dag|hej|hei|kära?|kjære|kære|cześć|witaj|drog[ia]|ahoj|dobrý\sden|vážen[ýá]|merhaba|sayın|kedves"
    r"|здравствуйте|привет|уважаем(?:ый|ая)|вітаю|шановн(?:ий|а)|αγαπητ[έή]|γεια\sσου"
    r"|thanks|thank\syou|cheers|regards|wishes|gr[uü](?:ß|ss)e?|cordialement|saludos|abraços|saluti|groeten|hälsningar|hilsen|pozdrawiam|pozdravem|saygılarımla"
    r"|my\sname\sis|ich\shei(?:ß|ss)e|je\sm['’]appelle|me\sllamo|meu\snome\sé|mi\schiamo|mein\sname\sist))[,:!]?\s{1,3}"
    rf"(?P<n>{_WORD})(?=[ \t]*(?:[,!.;:)\n\x1a]|$)|[ ][^\W\d_a-z])"
)
_HAN = re.compile(r"(?P<n>[\u4e00-\u9fff]{2,4})(?:様|さん(?!\w)|先生|女士|小姐)")
_HANGUL = re.compile(r"(?<![가-힣])(?P<n>[가-힣]{3}) ?(?:님|씨)(?![가-힣])")

_NEVER: Final = frozenset(
    """
    dear hi hello hey team support customer customers service services help desk sir madam all everyone everybody there again kind best
    warm many thanks thank you regards the this that these those our your my his her their we they it its is are was were and or but not
    for with from please would could can will may should also just now today tomorrow yesterday morning evening afternoon night
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december
    windows linux android apple google microsoft office outlook excel word server client browser firefox chrome safari edge opera java python ruby
    swift oracle amazon azure max pro plus mini air ultra lite home office mail phone router modem printer billing premium standard basic
    north south east west new old great san santa saint port los las el la le de del di da do dos van von bin al
    street road avenue park lake river mount city county state island bay beach hill
    virginia carolina georgia jordan chad israel india china america africa asia europe paris london berlin madrid lisbon milan vienna florence
    sydney austin houston dallas phoenix lincoln washington jackson charlotte orlando denver boston chelsea kent devon york
    herr frau herrn damen herren kunde kunden firma guten tag morgen abend grüße gruß liebe lieber sehr geehrte geehrter
    madame monsieur bonjour merci cordialement client cliente señor señora hola gracias saludos buenos buenas estimado estimada
    senhor senhora olá obrigado obrigada bom boa dia tarde noite buongiorno gentile signore signora grazie saluti
    error code build version update case ticket order number date time day week month year name user admin account login password reset
    happy prince king rose grace faith hope joy summer autumn winter spring angel star sky ocean ruby amber jade crystal pearl
    sage forest woods field brook stone rock bush baker cook smith mason page read hand long short young white black green brown gray grey
    """.split()
)


class _Lists(NamedTuple):
    given: frozenset[str]
    surname: frozenset[str]
    common: frozenset[str]
    """Ordinary words; alone no evidence of a name."""
    never: frozenset[str]
    """Words that are never taken for a name, whatever stands beside them."""


def fold(word: str) -> str:
    """A word as lists are compared: no case, no accents."""
    plain = unicodedata.normalize("NFKD", word.casefold().replace("’", "'"))
    return "".join(c for c in plain if not unicodedata.combining(c))


@cache
def lists() -> _Lists:
    """Given names, surnames and ordinary words of all languages that the lists know, folded."""
    given: set[str] = set()
    surname: set[str] = set()
    package = importlib.import_module("faker.providers.person")
    for module in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"{package.__name__}.{module.name}").Provider
        for attribute, values in vars(provider).items():
            match = re.match(r"(first|given|last)_names?(?:_(?:male|female|nonbinary|unisex))?$", attribute)
            if match is not None and isinstance(values, (tuple, list, dict)):
                (surname if match[1] == "last" else given).update(fold(str(value)) for value in values)
    common: set[str] = set(map(fold, _NEVER))
    package = importlib.import_module("faker.providers.lorem")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name != "la":
            provider = importlib.import_module(f"{package.__name__}.{module.name}").Provider
            common.update(map(fold, provider.word_list))
    return _Lists(
        frozenset(n for n in given if len(n) > 2),
        frozenset(n for n in surname if len(n) > 2),
        frozenset(common),
        frozenset(map(fold, _NEVER)),
    )


def is_common(word: str) -> bool:
    """Whether an ordinary text may hold the word without naming anybody."""
    return fold(word) in lists().common


def _named(word: str, *sets: frozenset[str], backed: bool = False) -> bool:
    if not (word[:1].isupper() and word[1:].lower() == word[1:]) and not re.match(
        r"[A-Z][a-z]+[\-'’][A-Z]|Mc[A-Z]|Mac[A-Z]", word
    ):
        return False
    folded = fold(word)
    if len(folded) < 3 or folded in (lists().never if backed else lists().common):
        return False
    parts = folded.split("-")
    return any(folded in names or all(part in names for part in parts) for names in sets)


def names(text: str) -> Iterator[Seen]:
    """People whom the text names."""
    given, surname, *_ = lists()
    for match in _PAIR.finditer(text):
        one, other = match["a"], match["b"]
        if (_named(one, given) and _named(other, surname, given, backed=True)) or (
            _named(one, surname, backed=True) and _named(other, given)
        ):
            yield Kind.PERSON, text[match.start("a") : match.end("b")], "two names of the lists together"
    for match in _HONORIFIC.finditer(text):
        if _named(match["n"], given, surname):
            yield Kind.PERSON, match["n"], "a list name after a form of address"
    for match in _GREETING.finditer(text):
        if _named(match["n"], given, surname):
            yield Kind.PERSON, match["n"], "a list name beside a greeting"
    if not text.isascii():
        for pattern in (_HAN, _HANGUL):
            for match in pattern.finditer(text):
                if match["n"][0] in _FAMILY and match["n"] not in _NO_FAMILY:
                    yield Kind.PERSON, match["n"], "a family name before a form of address"


_FAMILY: Final = frozenset(
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎阎余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯"
    "佐鈴渡伊山中小加吉松井木斎清池橋阿石前後藤岡長村近坂遠青西福太三岩原丸今高田김이박최정강조윤장임한오서신권황안송류전홍"
)
_NO_FAMILY: Final = frozenset(
    {"高客", "田客", "中村様方", "小児", "전자", "이용자", "서비스", "정기권", "임직원", "조합원"}
)
