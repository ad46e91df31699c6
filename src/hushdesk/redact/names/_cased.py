"""Names in scripts with capitals: runs of capitalised words, judged by word list, shape and the words beside them."""

# ruff: noqa: SIM905 -- lists of words read better as prose

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from hushdesk.redact.names import _cues, _lexicon, _pairs, _vocab
from hushdesk.redact.names._lexicon import COMMON, GIVEN, NAME, PLACE, STOP, SURNAME, fold
from hushdesk.redact.names._looks import likeness


class Span(NamedTuple):
    """A name or address in a line."""

    start: int
    end: int
    score: float
    detector: str
    why: str


def _class(predicate: str) -> str:
    """A character class body of the letters below U+2000 for which the method holds."""
    points = [c for c in range(0x41, 0x2000) if getattr(chr(c), predicate)()]
    parts, start = [], points[0]
    for here, after in zip(points, [*points[1:], 0], strict=True):
        if after != here + 1:
            parts.append(f"{chr(start)}-{chr(here)}")
            start = after
    return "".join(parts)


UPPER: Final = _class("isupper")
_LOWER: Final = _class("islower")
LETTER: Final = r"[^\W\d_]"
_UNCASED: Final = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_CASED: Final = rf"[^\W\d_{_UNCASED}]"
_REST: Final = rf"{_CASED}*(?:['’ʼ\-‐]{_CASED}+)*"
_EDGE: Final = rf"(?![^\W{_UNCASED}]|@)"
_WORD: Final = rf"(?:[{UPPER}]\.(?:-?[{UPPER}]\.)*|(?:[dDlL]['’])?[{UPPER}]{_REST}){_EDGE}"
_GAP: Final = (
    r"[ \u00a0]{1,2}(?:(?:van|von|der|den|de|da|do|dos|das|del|della|di|du|la|le|los|las|el|al|bin|ben|ibn|abu|bint|ter|ten|te|zu|zum|zur"
    r"|av|af|vom|'t)[ \u00a0]){0,3}"
)
# The first character comes first, what stands before it after it: so the search leaps from capital to capital.
_RUN: Final = re.compile(
    rf"[dl{UPPER}](?<![^\W{_UNCASED}].)(?<![@./\\#$%&=<_~^].)(?:(?<=[{UPPER}])\.(?:-?[{UPPER}]\.)*|(?<=[dDlL])['’][{UPPER}]{_REST}|(?<=[{UPPER}]){_REST}){_EDGE}(?:{_GAP}{_WORD})*"
)
_TOKEN: Final = re.compile(_WORD)
_MIXED: Final = re.compile(
    rf"(?:Mc|Mac|Fitz|De|Di|La|Le|Van|Von|Du|Da|Lo|I(?=J)|O['’]|[dDlL]['’])?[{UPPER}][{_LOWER}]*(?:['’][{_LOWER}]+)?$"
)
WORDLIKE: Final = re.compile(
    r"(?:tion|tions|sions?|ments?|[bdglrs]ity|ities|able|ible|[a-z]{3}ings?|ware|ology|istic|ical|i[sz]ed|ated|less|"
    r"ungen|[a-z]{3}ung|keit|heit|schaft|ismus|lich|ierung|ciones|cion|miento|idad|mente|zioni?|mento|(?:[aeiou]|[npr])(?:coes|cao)|"
    r"services?|dienst|tjanst|tjeneste|palvelu|hotline|zentrale|abteilung|desk|centre|center|zentrum|verwaltung|buchhaltung|vertrieb|technik|werke|"
    r"enie|anie|acji|acja|ости|ость|ение|ения|ание|ания|ция|ции|ность|ання|ення|ція|ції|asjon|sjon|tionen|minen)$"
)
_SURNAME_END: Final = re.compile(
    r"(?:sson|sen|ski|ska|skiego|skiej|skiemu|skim|cki|cka|ckiego|ckiej|dzki|dzka|wicz|wiczem|wicza|ewicz|owicz|czyk|czak|ova|ove|ovou|ovska|ovsky|ov|ev|eva|enko|enka|chuk|yshyn|"
    r"oglu|poulos|poulou|idis|iadis|akis|aki|ides|shvili|dze|yan|ian|ic|vic|escu|eanu|"
    r"ский|ская|ского|ской|скому|ским|ов|ова|ову|овой|овым|ев|ева|еву|евой|евым|ёв|ин|ина|иной|енко|енка|чук|юк|ук|ський|ська|ської|"
    r"опουλος|οπουλος|οπουλου|ιδης|ιδου|ακης|ακη|ιαδης)$"
)
_PATRONYMIC: Final = re.compile(
    r"(?:ович|евич|ьич|ич|овича|евича|овичу|евичу|овичем|евичем|овиче|овна|евна|ична|овны|евны|овне|евне|овну|евну|овной|евной|івна|ївна|івно|івни|йович|йовичу)$"
)
_STRIP: Final = "\"'“”„«»([{<>*_,;!?¡¿…–—-•|="
_NEAR: Final = 64


class Token(NamedTuple):
    """A word of a run: where it is, its folded form, and one letter that says what it may be."""

    start: int
    end: int
    folded: str
    code: str


def _code(word: str, folded: str, flags: dict[str, int]) -> str:
    """``G`` given, ``S`` surname, ``B`` both, small when ambiguous, ``I`` initial, ``U`` unknown, ``c`` word, ``X`` never."""
    if len(word) == 1 or word[1] == "." or (len(word) <= 3 and word[-1] == "."):
        return "X" if word in {"I", "A", "Y", "E", "O", "À", "Я", "И", "О", "А", "У", "В", "С", "К"} else "I"
    value = flags.get(folded, 0)
    if "'" in folded and folded.partition("'")[0] in _ELIDED:
        return "X"
    if not value and ("-" in word or "'" in folded or "‐" in word):
        value = compound(folded, flags)
    if value & STOP:
        return "X"
    if value & NAME:
        if not word[1:].islower() and not word.isupper() and _MIXED.match(word) is None and "-" not in word:
            return "c"
        code = "B" if value & NAME == NAME else "G" if value & GIVEN else "S"
        if value & (COMMON | PLACE) or len(folded) < 3:
            return code.lower()
        return code
    if value:
        return "c"
    if word.isupper() and len(word) < 4:
        return "c"
    if not word[1:].islower() and not word.isupper() and _MIXED.match(word) is None and "-" not in word:
        return "c"
    if _PATRONYMIC.search(folded) and len(folded) > 5 and not folded.isascii():
        return "S"
    if len(folded) > 5 and _SURNAME_END.search(folded):
        return "s" if WORDLIKE.search(folded) else "S"
    if "а" <= folded[0] <= "ӿ" and len(folded) > 3 and _inflected(folded, flags):
        return "g"
    if WORDLIKE.search(folded) or (len(folded) > 14 and "-" not in folded and likeness(folded) < 0.1):
        return "u"
    return "U"


_CASES: Final = ("", "а", "я", "й", "ь", "о", "ий")


def _inflected(folded: str, flags: dict[str, int]) -> bool:
    """Whether a word is a case of a given name: ``Игорем``, ``Анны``, ``Сергею``."""
    for cut in (1, 2):
        stem = folded[:-cut]
        for ending in _CASES:
            if flags.get(stem + ending, 0) & (GIVEN | COMMON | STOP) == GIVEN and len(stem) > 2:
                return True
    return False


def compound(folded: str, flags: dict[str, int]) -> int:
    """The class of ``Anna-Lena``, ``O'Brien``, ``Smith's``."""
    if folded.endswith("'s"):
        return flags.get(folded[:-2], 0)
    parts = [part for part in re.split(r"[-‐']", folded) if part]
    values = [flags.get(part, 0) for part in parts if len(part) > 1]
    if not values or any(value & STOP or (value and not value & NAME) for value in values):
        return flags.get(folded.replace("'", ""), 0) if "'" in folded else COMMON if any(values) else 0
    if not all(values):
        return SURNAME | COMMON if any(values) else 0
    joined = values[0]
    for value in values[1:]:
        joined |= value & NAME
    return joined & ~COMMON if len(values) > 1 else joined


def scan(line: str, *, sure: bool = False) -> Iterator[Span]:
    """Names in one line.

    Args:
        line: The line.
        sure: Whether the line is one in which names are expected (a mail header), so that unknown words count.
    """
    flags = _lexicon.flags()
    if not line.isascii():
        for match in _VIETNAMESE.finditer(line):
            yield Span(match.start(), match.end(), 0.88, "names.lexicon", "surname and given name")
    for run in _RUN.finditer(line):
        start, end = run.span()
        if " " not in line[start:end] and "\u00a0" not in line[start:end]:
            word = line[start:end]
            if flags.get(word.lower(), 0) & STOP:
                continue
            code = _code(word, fold(word), flags)
            # Most capitalised words are ordinary and begin a sentence: they leave here.
            if code == "X" or (code in "cu" and not sure):
                if code == "X" or not _titled(line, start):
                    continue
                code = "U"
            tokens = [Token(start, end, fold(word), code)]
        else:
            tokens = [
                Token(t.start(), t.end(), folded, _code(t.group(), folded, flags))
                for t in _TOKEN.finditer(line, start, end)
                for folded in (fold(t.group()),)
            ]
        yield from _judge(line, tokens, sure=sure)


def _addresses(line: str, title: Token, token: Token) -> bool:
    """Whether a title is one: ``Ms House``, but not ``MS Access`` or ``Sr. Network Engineer``."""
    if token.code not in "cuX":
        return True
    return title.folded.rstrip(".") in _PLAIN_TITLES and not line[title.start + 1 : title.end].isupper()


_PLAIN_TITLES: Final = frozenset(
    """
m mm mr mrs ms miss herr herrn frau fraulein madame monsieur mme mlle dr signora signor sig senor senora
""".split()
)
_ELIDED: Final = frozenset(
    """
j c n s t m qu i it he she we you they that there what who where don won isn aren didn doesn can couldn wouldn let
""".split()
)
_MONTHS: Final = frozenset(
    """
jan mar apr may jun jul aug mai maj mars mart april june july juni juli august marco mayo avril
""".split()
)
_SPOKEN_MONTHS: Final = frozenset("august agosto augusti octobre october januar februar".split())
_DATE_AFTER: Final = re.compile(r"\.?,?[ ]\d")
_DATE_BEFORE: Final = re.compile(
    r"(?:\d(?:st|nd|rd|th|\.)?[ ](?:de )?|(?<!\w)(?i:im|vom|bis|seit|ende|anfang|mitte|since|until|early|late|mid|en|em|fin|début|depuis|sinds|tot|eind|begin|w|v)[ ])$"
)
# Small words that some people write with a capital inside their name.
_INNER: Final = frozenset(
    "ni nic ui de la le el al do da das dos van von der den di du del ter ten bin".split()
)
_VIETNAMESE: Final = re.compile(
    rf"(?<!\w)(?:Nguyễn|Trần|Lê|Phạm|Vũ|Đặng|Hoàng|Phan|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Võ|Huỳnh|Đinh|Trịnh|Lương|Đoàn)(?:[ ][{UPPER}]{LETTER}+){{1,3}}"
)


def _titled(line: str, start: int) -> bool:
    if start < 2:
        return False
    last = line[line.rfind(" ", 0, start - 1) + 1 : start - 1].lower()
    if last not in _lexicon.PARTICLES:
        return last.strip(_STRIP).rstrip(".") in _PLAIN_TITLES and line[start - 3 : start - 1] not in {
            "MS",
            "MR",
            "DR",
        }
    start = _particles(line, start)
    words = line[max(0, start - 16) : start].split()
    return (
        bool(words)
        and not (len(words[-1]) > 2 and words[-1].isupper())
        and fold(words[-1].strip(_STRIP)).rstrip(".") in _PLAIN_TITLES
    )


_TITLES: Final = frozenset(title.rstrip(".") for title in map(fold, _cues.TITLES))


def _judge(line: str, tokens: list[Token], *, sure: bool) -> Iterator[Span]:
    """Cut a run at words that end a name and score what is left."""
    index, count = 0, len(tokens)
    known = _lexicon.flags()
    while index < count:
        token = tokens[index]
        title = (
            index > 0
            and tokens[index - 1].folded.rstrip(".") in _TITLES
            and _addresses(line, tokens[index - 1], token)
        )
        bare = token.folded.rstrip(".")
        if bare in _TITLES and not title and (index + 1 < count or line[token.end : token.end + 1] == "."):
            index += 1
            continue
        if token.code == "X" and not (
            known.get(token.folded, 0) & NAME and (title or _rather_named(line, tokens, index))
        ):
            index += 1
            continue
        if token.code in "cu" and not title:
            index += 1
            continue
        if bare in _MONTHS and (
            _DATE_AFTER.match(line, token.end)
            or _DATE_BEFORE.search(line, max(0, token.start - 12), token.start)
        ):
            index += 1
            continue
        lead = (
            _cues.BEFORE.get(token.folded) if index + 1 < count and not _inside(line, token.start) else None
        )
        two = index + 2 < count and tokens[index + 1].code == tokens[index + 2].code == "U"
        if lead is not None and (
            two or tokens[index + 1].code in ("GBgb" if lead.score < 0.9 else "GBgbSsUu")
        ):
            # A preposition or a verb that begins the sentence, and only then the name.
            index += 1
            continue
        stop = index + 1
        while stop < count and stop - index < 5:
            code = tokens[stop].code
            if code in "Xc" and not (
                code == "X"
                and tokens[stop].folded in _INNER
                and stop + 1 < count
                and tokens[stop + 1].code not in "Xcu"
            ):
                break
            if _parted(line, tokens, index, stop, count):
                break
            if code == "u" and not (
                (
                    tokens[stop - 1].code in "GB"
                    and (title or sure or before(line, tokens[index].start) is not None)
                )
                or (
                    tokens[stop - 1].code in "GBU"
                    and stop + 1 == count
                    and _pairs.acts(line, tokens[stop].end)
                )
            ):
                break
            stop += 1
        yield from _score(line, tokens[index:stop], sure=sure, title=title)
        index = stop


def _rather_named(line: str, tokens: list[Token], index: int) -> bool:
    """Whether a month of some language is a given name here: ``Augustus Dalton``."""
    if len(tokens[index].folded) < 6 or tokens[index].folded in _SPOKEN_MONTHS:
        return False
    if index + 1 >= len(tokens):
        cue = before(line, tokens[index].start)
        return cue is not None and cue.score >= 0.9
    return tokens[index + 1].code in "US" and tokens[index + 1].start - tokens[index].end == 1


def _parted(line: str, tokens: list[Token], index: int, stop: int, count: int) -> bool:
    """Whether ``von`` or ``de`` before a word leads from a thing to a person: ``Konto von Olga Brandt``."""
    left, right = tokens[stop - 1], tokens[stop]
    if right.start - left.end < 4 or any(token.code in _CLEAR for token in tokens[index:stop]):
        return False
    if left.folded in _INNER:
        return False
    if line[left.end : right.start].strip() in {"zum", "zur", "vom"}:
        return True
    if stop - index > 1:
        return True
    if line.count(" ", left.end, right.start) > 2:
        return False
    return (right.code in "GB" or stop + 1 < count) and likeness(left.folded) < 0


_TITLE_CUE: Final = _cues.Cue(0.95, "follows a title", True)


def before(line: str, start: int) -> _cues.Cue | None:
    """The cue that stands left of ``start``, if any."""
    words = line[max(0, start - _NEAR) : start].split()[-4:]
    if not words:
        return None
    if words[-1] in {":", "："} and len(words) > 1:
        words = [*words[:-2], words[-2] + ":"]
    last = words[-1]
    found: _cues.Cue | None = None
    if last[-1] in ":：=":
        phrase = ""
        words[-1] = last[:-1]
        for word in reversed(words):
            bare = fold(word.strip(_STRIP + ":"))
            phrase = f"{bare} {phrase}".strip()
            if bare in _cues.NOT_PERSON and phrase != bare:
                return found
            found = _cues.LABELLED.get(phrase) or found
        return found
    bare = fold(last.strip(_STRIP))
    if bare.rstrip(".") in _TITLES:
        return _TITLE_CUE
    if last[-1] in ".!?;":
        return None
    phrase = ""
    for word in reversed(words):
        if phrase and word[-1] in ".!?:;":
            break
        phrase = f"{fold(word.strip(_STRIP))} {phrase}".strip()
        if phrase.partition(" ")[0] in _cues.NOT_PERSON and phrase.partition(" ")[2] in {
            "name is",
            "name ist",
        }:
            return None
        cue = _cues.BEFORE.get(phrase)
        if cue is not None and (found is None or cue.score >= found.score):
            if last[-1] == "," and cue.why != "follows a greeting":
                continue
            found = cue
    return found


def _after(line: str, end: int) -> bool:
    """Whether a verb of saying follows."""
    words = line[end : end + 24].split(None, 1)
    return bool(words) and words[0] != "," and fold(words[0].strip(_STRIP + ".:")) in _cues.AFTER_VERBS


_PREPOSITIONS: Final = frozenset("WZVSKUВСКУОЗ")
_DESKS: Final = tuple(
    "support team helpdesk help desk crew staff service customer technical tech hotline kunden".split()
)
_SAINTS: Final = frozenset(
    "san santa santo sao saint st los las fort mount lake north south east west port new".split()
)
BRANDS: Final = frozenset(_vocab.BRANDS.replace("\n", "|").split("|"))
_CLEAR: Final = frozenset("GSB")


def _score(line: str, tokens: list[Token], *, sure: bool, title: bool) -> Iterator[Span]:
    codes = "".join({"X": "I", "u": "U"}.get(token.code, token.code) for token in tokens)
    if codes == "I":
        return
    if codes[0] == "I" and not _CLEAR & set(codes):
        first = line[tokens[0].start : tokens[0].end]
        # A preposition begins the sentence, or a part number ends before it.
        if first in _PREPOSITIONS or line[max(0, tokens[0].start - 1) : tokens[0].start] in {"-", "–"}:
            return
    start, end = tokens[0].start, tokens[-1].end
    if (line[end : end + 1] in {"=", "\\", "(", "_", "$"} and line[end : end + 1]) or line[
        end : end + 2
    ] == "::":
        return
    if len(tokens) > 1 and f"{tokens[0].folded} {tokens[1].folded}" in BRANDS:
        return
    if len(tokens) == 2 and tokens[0].folded in _SAINTS and not title:
        return
    if set(codes).isdisjoint("GB") and not title and _pairs.thing_follows(line, end):
        return
    if line[end - 2 : end] in {"'s", "’s"}:
        end -= 2
    cue = _TITLE_CUE if title else before(line, start)
    if cue is None and (small := _particles(line, start)) < start:
        cue = before(line, small)
        cue = cue if cue is not None and cue.score >= 0.9 else None
    if cue is not None and cue.score >= 0.9:
        start = _particles(line, start)
    if cue is None and sure and not (codes in "Us" and not line[:start].strip(_STRIP + " ")):
        cue = _cues.Cue(0.85, "stands in a mail header", True)
    score, why = _pattern(codes)
    if len(codes) == 1 and end - start < 6 and line[start:end].isupper():
        score = min(score, 0.4)
    if (
        codes in {"gU", "bU"}
        and _inside(line, start)
        and line[end - 1].islower()
        and end - tokens[1].start > 3
    ):
        score, why = 0.52, "ambiguous given name with a word like a surname"
    detector = "names.lexicon"
    if cue is not None:
        strong = _with_cue(codes, cue, line, start, end)
        if strong > score:
            score, why, detector = strong, cue.why, "names.cue"
    if score < 0.6 and codes == "UU" and not line[start:end].isupper():
        if _after(line, end) or (line[end : end + 1] == ":" and line[:start].rstrip()[-1:] in {"]", ")"}):
            score, why, detector = 0.6, "speaks, to judge by what stands beside it", "names.cue"
    elif score < 0.6 and codes[0] in "gbGBS" and len(codes) <= 2 and _after(line, end):
        lift = 0.7 if _CLEAR & set(codes) else 0.52 if _inside(line, start) else 0.0
        if lift > score:
            score, why, detector = lift, "stands before a verb of saying", "names.cue"
    if score < 0.6 and sum(code != "I" for code in codes) > 1 and set(codes) & set("USGB"):
        # No list knows all the words: letters and neighbours decide.
        words = [
            line[t.start : t.end].rstrip(".") for t, code in zip(tokens, codes, strict=True) if code != "I"
        ]
        weighed, reason = _pairs.weigh(line, words, start, end)
        if weighed > score:
            score, why, detector = weighed, reason, "names.looks"
    if score > 0:
        yield Span(start, end, score, detector, why)


def _inside(line: str, start: int) -> bool:
    """Whether the word is inside a sentence, where a capital means more."""
    head = line[max(0, start - 3) : start].rstrip()
    return bool(head) and (head[-1].isalnum() or head[-1] in ",;")


def _with_cue(codes: str, cue: _cues.Cue, line: str, start: int, end: int) -> float:
    single = len(codes) == 1
    clear = bool(_CLEAR & set(codes))
    if (
        single
        and cue.why == "follows a greeting"
        and line[end : end + 24].lstrip(" -").lower().startswith(_DESKS)
    ):
        return 0.0
    if cue.score >= 0.9:
        if cue.why == "follows a title":
            return cue.score
        if clear and not (single and not cue.loose and line[start:end].isupper() and end - start < 5):
            return cue.score
        if single and codes in "gsb":
            return 0.45 if not cue.loose and codes == "s" else 0.8 if codes in "gb" else 0.65
        if cue.why == "follows an introduction" and line[start:end].isupper() and (single or not cue.loose):
            return 0.4
        if not cue.loose:
            if codes == "U" and cue.why == "follows an introduction" and _introduced(line, start, end):
                return 0.6
            belongs = cue.why == "follows an introduction" and line[end : end + 5] in {
                " from",
                " aus ",
                " von ",
            }
            return 0.6 if belongs else 0.0 if single else 0.55
        if (
            single
            and cue.why == "follows a label for a person"
            and line[end : end + 1] == " "
            and line[end + 1 : end + 2].islower()
        ):
            return 0.4
        if single and cue.why == "follows an introduction":
            return (
                0.6 if line[end : end + 1] in {",", ".", "!", ""} or line[end : end + 5] == " from" else 0.45
            )
        return 0.75
    if not cue.loose:
        # "per", "von", "de": they lead to places and things as often.
        return (0.6 if set(codes) & set("GB") else 0.0) if single else 0.0
    if clear:
        return min(0.9, cue.score + 0.1)
    if codes == "U" and line[start:end].isupper():
        return 0.4
    return 0.6 if codes != "s" else 0.45


def _introduced(line: str, start: int, end: int) -> bool:
    """Whether a word that no list knows is the whole of what somebody is: ``Ciao, sono Fiorita.``"""
    return (
        line[end : end + 1] in {"", ".", "!", ","}
        and line[start + 1 : end].islower()
        and not (head := line[:start].rstrip().lower()).endswith(("is", "its", "it's", "it’s", "im"))
        and likeness(fold(line[start:end])) > (0.1 if head.endswith((" am", "'m", "’m")) else -0.3)
    )


def _pattern(codes: str) -> tuple[float, str]:
    """Score without a cue, from the classes of the words alone."""
    if len(codes) == 1:
        if codes in "GB":
            return 0.55, "is a given name"
        return (0.3, "is a surname") if codes == "S" else (0.0, "")
    names = set(codes)
    given, clear = bool(names & set("GB")), bool(names & _CLEAR)
    if codes[0] in "GB":
        if names & set("SB") or codes.count("G") > 1:
            return 0.85, "given name and surname"
        return (0.75, "given name and a word like a surname") if names & set("gsbUI") else (0.6, "")
    if given:
        if codes[0] in "Ss":
            return 0.7, "surname and given name"
        if codes[0] in "gb":
            return 0.7, "two given names"
        return 0.6, "given name with another word"
    if not clear:
        return (
            (0.55, "initial and surname") if codes in {"Is", "Ib", "IIs", "IIb", "IU", "IIU"} else (0.0, "")
        )
    if codes[0] == "I":
        return 0.7, "initial and surname"
    if codes[0] in "gb":
        return 0.65, "given name and surname"
    return (0.5, "word and surname") if codes in {"US", "UIS"} else (0.3, "a surname in a title")


_TAIL: Final = re.compile(
    r"(?:(?:van|von|vom|zu|zur|zum|ter|ten|bin|ibn|abu|al|el|de|di|da|dos|do|del|della|du|la|le|d['’]|der|den|op|'t) ?)+$"
)


def _particles(line: str, start: int) -> int:
    """Take in the small words before a surname: ``Herr von der Leyen``."""
    tail = _TAIL.search(line, max(0, start - 20), start)
    if tail is None or (tail.start() > 0 and line[tail.start() - 1].isalnum()):
        return start
    return tail.start()
