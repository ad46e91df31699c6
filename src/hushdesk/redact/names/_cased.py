"""Names in scripts with capitals: runs of capitalised words, judged by word list, shape and the words beside them."""

# ruff: noqa: SIM905 -- lists of words read better as prose

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hushdesk.redact.names import _cues, _lexicon, _pairs, _vocab
from hushdesk.redact.names._lexicon import NAME, STOP, fold
from hushdesk.redact.names._looks import likeness
from hushdesk.redact.names._tokens import LETTER, NEAR, RUN, STRIP, TOKEN, UPPER, Span, Token, code_of


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
    for run in RUN.finditer(line):
        start, end = run.span()
        if " " not in line[start:end] and "\u00a0" not in line[start:end]:
            word = line[start:end]
            value = flags.get(word.lower(), 0)
            if value & STOP and not (value & NAME and len(word) > 5):
                continue
            code = code_of(word, fold(word), flags)
            # Most capitalised words are ordinary and begin a sentence: they leave here.
            if code == "X" or (code in "cu" and not sure):
                if code == "X" and not value & NAME:
                    continue
                if code != "X" and not _titled(line, start):
                    continue
                code = "X" if code == "X" else "U"
            tokens = [Token(start, end, fold(word), code)]
        else:
            tokens = [
                Token(t.start(), t.end(), folded, code_of(t.group(), folded, flags))
                for t in TOKEN.finditer(line, start, end)
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
_MONTHS: Final = frozenset(
    """
jan mar apr may jun jul aug mai maj mars mart april june july juni juli august marco mayo avril
""".split()
)
_SPOKEN_MONTHS: Final = frozenset(
    """
january february august september october november december januar februar oktober dezember janvier fevrier juillet aout septembre octobre novembre decembre
enero febrero agosto septiembre octubre noviembre diciembre gennaio febbraio giugno luglio settembre ottobre dicembre janeiro fevereiro setembro outubro
dezembro januari februari augusti monday tuesday wednesday thursday friday saturday sunday
""".split()
)
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
        return last.strip(STRIP).rstrip(".") in _PLAIN_TITLES and line[start - 3 : start - 1] not in {
            "MS",
            "MR",
            "DR",
        }
    start = _particles(line, start)
    words = line[max(0, start - 16) : start].split()
    return (
        bool(words)
        and not (len(words[-1]) > 2 and words[-1].isupper())
        and fold(words[-1].strip(STRIP)).rstrip(".") in _PLAIN_TITLES
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
        if token.code == "X":
            if not known.get(token.folded, 0) & NAME or not (title or _rather_named(line, tokens, index)):
                index += 1
                continue
            if not title:
                token = tokens[index] = token._replace(code="g")
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
    words = line[max(0, start - NEAR) : start].split()[-4:]
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
            bare = fold(word.strip(STRIP + ":"))
            phrase = f"{bare} {phrase}".strip()
            if bare in _cues.NOT_PERSON and phrase != bare:
                return found
            found = _cues.LABELLED.get(phrase) or found
        return found
    bare = fold(last.strip(STRIP))
    if bare.rstrip(".") in _TITLES:
        return _TITLE_CUE
    if last[-1] in ".!?;":
        return None
    phrase = ""
    for word in reversed(words):
        if phrase and word[-1] in ".!?:;":
            break
        phrase = f"{fold(word.strip(STRIP))} {phrase}".strip()
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
    return bool(words) and words[0] != "," and fold(words[0].strip(STRIP + ".:")) in _cues.AFTER_VERBS


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
            yield from _score(line, tokens[1:], sure=sure, title=title)
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
    if cue is None and sure and not (codes in "Us" and not line[:start].strip(STRIP + " ")):
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
    """Whether a word that no list knows is the whole of what somebody is: ``Ciao, sono Fiorita``."""
    return (
        line[end : end + 1] in {"", ".", "!", ","}
        and line[start + 1 : end].islower()
        and not (head := line[:start].rstrip().lower()).endswith(("is", "its", "it's", "it’s", "im"))
        and likeness(fold(line[start:end])) > (0.1 if head.endswith((" am", "'m", "’m")) else -1.0)
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
