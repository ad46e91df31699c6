"""Where a name begins and ends: what the tagger put too much into it, or left out beside it.

The network decides token by token, so a name may come with the word before it, end at a hyphen, or run on into the
next person of a list. How names are written is known better than that: with particles in small letters, with initials,
numbers of rulers and hyphens, but without titles, without the ending of the possessive, and never over a comma.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Kind
from hushdesk.redact._words import words
from hushdesk.redact.tagger._gazetteer import is_listed

PARTICLES: Final = frozenset(
    words(
        """
    de da do dos das del della delle dello dell' dei degli di du des d' l' de' dall' sant' la le les lo los las el al von vom van zu zum zur der den
    dem het ten ter te op bin ibn bint ben abu abd ul ur af av y e i und and of the no na ap ab ua ní ni mac van't 't
    san santa saint st é og och den och
    ибн бин оглы оглу кызы ага хан шах аль эль ад аш ас де ди да дель фон ван дер ла ле дю но
    ібн бін аль ель фон ван дер де ді да
    """
    )
)
"""Small words inside of names."""

_LEADING: Final = frozenset(
    words(
        "d' de da do dos das del della di du la le los von vom van der den ten ter te bin ibn abu al el af фон ван де ди"
    )
)
"""Those of them that a name may begin with."""

TITLES: Final = frozenset(
    words(
        """
    mr mrs ms miss mx dr prof professor rev reverend capt captain lt
    lieutenant sgt sergeant col colonel general major cpl pvt senator governor
    baron baroness bishop archbishop pastor chief mayor minister secretary
    ceo cto cfo coo vp svp evp ssid chairman ambassador inspector detective officer
    herr frau fräulein hr präsident präsidentin bundeskanzler bundeskanzlerin kanzler kanzlerin
    ministerin bürgermeister bürgermeisterin könig königin kaiser kaiserin prinz prinzessin graf gräfin herzog herzogin
    freiherr freifrau papst bischof erzbischof kardinal pfarrer oberst hauptmann direktor direktorin doktor
    professorin onkel tante bruder schwester vater mutter sohn tochter trainer regisseur schauspieler schauspielerin sänger
    sängerin autor autorin kollege kollegin kunde kundin chef chefin nachbar nachbarin
    mme mlle mademoiselle monsieur maître président présidente roi reine évêque archevêque cardinal abbé père frère
    sœur docteur professeur général capitaine
    sr sra srta señor señora señorita dra presidente presidenta obispo
    senhor senhora doutor doutora rainha bispo
    sig signor signora signorina dott dottor dottoressa avv avvocato rag imperatore vescovo cardinale
    fratello suor
    meneer mevrouw mijnheer dhr mw mevr koning koningin keizer paus bisschop burgemeester voorzitter
    pan pani pán paní panu panem król królowa papież biskup ksiądz prezydent premier císař král
    herra rouva fru frøken konge dronning kong statsminister statsråd ordfører ordførar biskop pave
    kung drottning rektor
    úr professzor
    bayan sayın
    гн гжа господин госпожа товарищ доктор профессор президент король королева царь император князь граф епископ
    пан пані панові пана лікар професор дядько дядя тётя тітка бабуся дідусь
    κύριος κυρία κ
    mzee bwana ndugu mheshimiwa dkt daktari rais
    """
    )
)
"""Words for rank, calling or kinship that stand before a name in many languages. Not those by which people are called, as uncles, kings and
knights are: they say who it is."""

_BLANKS: Final = 2
_LONG_ENOUGH: Final = 4
_LONGEST_JOINT: Final = 24
_JOINT: Final = lazily(
    r"[ \xa0](?:(?:d[aeio]|d[eo]s|du|del|dell[aeo]|dei|degli|[vf][oa]n|zu|zum|zur|der|den|ten|ter|bin|ibn|bint|ben|abu"
    r"|фон|ван|де|ибн|ібн)[ \xa0]){1,3}(?:l[ae]s?[ \xa0]|los[ \xa0]|[dlL]['’] ?)?|[ \xa0](?:[ae]l|ul|аль|эль|ель)[- ]|[ \xa0]d['’] ?"
    r"|[ \xa0][A-ZÀ-ÖØ-ÞА-ЯЄІЇҐ][^\W\d_]+[ \xa0]"
)
"""What may stand between two parts of one name: particles, or one more capitalised word."""
_GOES_ON: Final = lazily(
    r"(?<=\s)(?:d[aeio]|d[eo]s|du|del|dell[aeo]|[vf][oa]n|der|den|ten|ter|bin|ibn|[ae]l|фон|де|д|d['’]|l['’])"
    r"[ \xa0\-]?(?:L[aeo]s?[ \xa0])?[A-ZÀ-ÖØ-ÞА-ЯЄІЇҐ][^\W\d_]+"
)
_POSSESSIVE: Final = lazily(r"(?<=\w\w)['’´]s$")
_APART: Final = lazily(r"\s*(?:,(?!\s?[A-Z]\.?(?!\w))|[;:()\[\]\n/|])\s*|(?<=[^\W\d_]{4})\.\s+|\s+&\s+")
_WORD: Final = lazily(r"[^\s]+")
_RULER: Final = lazily(r"[ \xa0](?:[IVX]{2,5}|[IVX](?=[\s.,;:)'’]|$))(?!\w)")
_INITIALS: Final = lazily(r"(?:(?<![\w.])[^\W\d_]\.[ \xa0\-]?){1,3}$")
_LAST_INITIAL: Final = lazily(r"[ \xa0][^\W\d_a-zа-я]\.(?=\s*(?:[,;)]|$))")
_RUNS_ON: Final = lazily(r"(?:['’ʼ`‘][^\W\d_]+|[-‐‑](?:[^\W\d_]['’])?[^\W\d_]+)+")
_JOINTS: Final = frozenset("'’ʼ`‘-‐‑")
_ROMAN: Final = frozenset("IVX")
_BEGINS_SMALL: Final = lazily(r"[\s\"'(>*-]*[a-zà-ÿа-я]")
_GOES_ON_SMALL: Final = lazily(r"[.!?\n](?:(?<=\n)|\s)[\s\"'(>*-]*[a-zà-ÿа-я]")
_KATAKANA: Final = lazily(r"[ァ-ヺー・＝=゠]+")


def is_careless(text: str) -> bool:
    """Tell whether any sentence or line of ``text`` begins small."""
    return _BEGINS_SMALL.match(text) is not None or _GOES_ON_SMALL.search(text) is not None


def runs_on(text: str, stop: int, start: int, kind: Kind) -> bool:
    """Tell whether what begins at ``start`` goes on with what ended at ``stop``, both being of one kind.

    Args:
        text: The text.
        stop: Where the first ends.
        start: Where the second begins.
        kind: The kind of both.
    """
    gap = start - stop
    if gap <= 0:
        return False
    if gap <= _BLANKS and not text[stop:start].strip(" \xa0"):
        # Who writes two people side by side puts something between them.
        return True
    return kind is Kind.PERSON and gap <= _LONGEST_JOINT and _JOINT.fullmatch(text, stop, start) is not None


def people(text: str, start: int, end: int, *, capitals: bool) -> Iterator[tuple[int, int]]:
    """Yield the names in what was taken for one, each where it really begins and ends.

    Args:
        text: The text.
        start: Where it begins.
        end: Where it ends.
        capitals: Whether the text has capitals at all.
    """
    if text[start:end].replace(" ", "").isalpha():
        # As nearly all are: nothing stands in it at which it could be parted.
        yield from _one(text, start, end, capitals=capitals)
        return
    at = start
    for match in _APART.finditer(text, start, end):
        if match.start() > at:
            yield from _one(text, at, match.start(), capitals=capitals)
        at = match.end()
    if end > at:
        yield from _one(text, at, end, capitals=capitals)


def _one(text: str, start: int, end: int, *, capitals: bool) -> Iterator[tuple[int, int]]:
    start, end = _completed(text, start, end)
    value = text[start:end]
    if capitals and any(map(str.isupper, value)) and " " in value:
        yield from _capitalised(text, start, end)
    else:
        yield start, end


def _completed(text: str, start: int, end: int) -> tuple[int, int]:
    """With the initials before it, the rest of a word that was cut, the number of a ruler."""
    first, last = text[start], text[end - 1]
    if "ァ" <= last <= "ー" and (run := _KATAKANA.match(text, end)) is not None:
        end = run.end()
    # Each expression is asked only where the sign stands that it needs: names are many.
    if "." in text[max(0, start - 3) : start] and first.isupper():
        match = _INITIALS.search(text, max(0, start - 12), start)
        if match is not None and match.group()[0].isupper():
            start = match.start()
    small = text.rfind(" ", start, end) + 1
    if small > start and text[small:end] in _LEADING and (rest := _GOES_ON.match(text, small)) is not None:
        # The network saw that the name goes on.
        end = rest.end()
    if text[end : end + 1] in _JOINTS and text[end - 1].isalpha() and (run := _RUNS_ON.match(text, end)):
        tail = run.group()
        if not _POSSESSIVE.search(text, start, run.end()):
            end = run.end()
        elif len(tail) > 2:
            end = run.end() - 2
    if text[end + 1 : end + 2] in _ROMAN and (number := _RULER.match(text, end)) is not None:
        end = number.end()
    if text[end - 1] == "s" and (match := _POSSESSIVE.search(text, start, end)) is not None:
        end = match.start()
    return start, end


def _goes_with(name: str, word: str) -> bool:
    """Tell whether a small word after a name is one too, written in haste."""
    return len(word) >= _LONG_ENOUGH and is_listed(name) and is_listed(word)


def _capitalised(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The runs of capitalised words, with the small words that names have between them, without titles."""
    runs: list[list[tuple[int, int]]] = []
    run: list[tuple[int, int]] = []
    between: list[tuple[int, int]] = []
    for match in _WORD.finditer(text, start, end):
        word, span = match.group(), match.span()
        if not any(map(str.isalpha, word)) or word in PARTICLES:
            between.append(span)
        elif not word.islower() or (run and _goes_with(text[slice(*run[-1])], word)):
            if run or all(text[a:b] in _LEADING for a, b in between):
                run += between
            run.append(span)
            between = []
        elif is_careless(text):
            # Who begins sentences small writes names so too.
            yield start, end
            return
        else:
            runs.append(run)
            run, between = [], []
    runs.append(run)
    for words_of in filter(None, runs):
        first = 0
        while first < len(words_of) - 1 and text[slice(*words_of[first])].rstrip(".").lower() in TITLES:
            first += 1
        yield words_of[first][0], words_of[-1][1]
