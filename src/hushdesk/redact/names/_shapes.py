"""Shapes of lines in mail and tickets: greetings, sign-offs, labels, mail headers, the line above a quoted mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hushdesk.redact.names import _cues, _lexicon, _pairs, _tokens
from hushdesk.redact.names._lexicon import COMMON, GIVEN, NAME, PLACE, STOP, fold
from hushdesk.redact.names._looks import likeness
from hushdesk.redact.names._tokens import LETTER, Span

LEAD: Final = r"[\s>|*•#»\"'“„(\[\-–—]*"
_NAME_WORD: Final = rf"{LETTER}+(?:['’.\-‐]{LETTER}+)*\.?"

SIGN_OFFS: Final = """
regards|(?:kind|best|warm|warmest|many|with best|with kind|kindest|friendly) ?(?:personal )?(?:regards|wishes|rgds)|best|all the best|sincerely|yours(?: sincerely| truly| faithfully)?|
(?:many |with )?thanks(?: and (?:best |kind )?regards| in advance| again| so much| very much| a lot| a million| for (?:your|the) (?:help|support|time|assistance))?|thank you(?: in advance| very much| so much| again| and (?:best |kind )?regards)?|cheers|
thx|thnx|tks|rgds|brgds|br|kr|cordially|respectfully|take care|warmly|greetings|love|signed|sent by|yours|
(?:(?:viele|beste|liebe|herzliche|freundliche|schöne|schoene|sonnige) )?(?:grüße|grüsse|gruesse|gruß|gruss|grüßen|grüssen|gruessen)(?: (?:aus|vom|von|der|des|dem) [^\\W\\d_-]+(?:[ -][^\\W\\d_]+)?)?|mit (?:freundlichen|besten|herzlichen|vielen|lieben|freundlichem) (?:grüßen|grüssen|gruessen|grüße|gruß|gruss)|
mfg|m\\.f\\.g\\.|vg|lg|hochachtungsvoll|(?:vielen |besten |herzlichen )?dank(?: im voraus| vorab| und (?:viele |beste )?grüße)?|danke(?: im voraus| schön| vorab)?|
(?:bien |très |tres )?cordialement|(?:sincères|meilleures|cordiales|salutations) salutations|(?:bien )?(?:à|a) vous|amicalement|bonne (?:journée|journee|soirée|réception)|merci(?: d'avance| beaucoup| bien| par avance)?|salutations|respectueusement|bien à vous|
(?:un )?(?:cordial |atento )?saludos?(?: cordiales| cordial)?|atentamente|atte|(?:muchas )?gracias(?: de antemano| por todo| por su ayuda)?|un abrazo|cordialmente|quedo atento|quedo a la espera|
(?:cordiali|distinti|cari|migliori|un caro) saluti|(?:un )?(?:cordiale|caro|gentile|affettuoso) saluto|saluti|cordialmente|grazie(?: mille| in anticipo| e saluti)?|un saluto|in fede|
atenciosamente|cumprimentos|(?:com os )?melhores cumprimentos|(?:um )?abraços?|atte\\.?|(?:muito )?obrigad[oa]|grat[oa]|cordialmente|att|
(?:met )?(?:vriendelijke|hartelijke|beste|met vriendelijke) groet(?:en)?|groet(?:en|jes)?|mvg|gr|hoogachtend|(?:alvast )?bedankt|dank(?: u wel| je wel| u)?|
(?:z )?(?:poważaniem|powazaniem)|pozdrawiam(?: serdecznie)?|(?:serdecznie )?pozdrawiam|pozdrowienia|(?:łączę|lacze) pozdrowienia|(?:dziękuję|dziekuje|dzięki)(?: z góry| i pozdrawiam)?|
(?:s )?(?:pozdravem|úctou|pozdravom)|se srdečným pozdravem|(?:děkuji|děkuju|ďakujem|díky)(?: předem)?|zdraví|hezký den|srdečně|
(?:med )?(?:vänliga|vänlig|bästa|varma) hälsning(?:ar)?|hälsningar|mvh|(?:stort )?tack(?: på förhand| så mycket)?|hej då|allt gott|
(?:med )?(?:venlig|vennlig|bedste|beste|mange|kærlig) hilsen|(?:de )?(?:venlige|bedste|beste) hilsner|hilsen|vh|(?:på forhånd )?tak|(?:tusen |mange )?takk|(?:på forhånd )?takk|mvh|
ystävällisin terveisin|terveisin|t|yst\\.? ?terv\\.?|kunnioittavasti|(?:paljon )?kiitos(?: etukäteen| paljon)?|kiitoksin|
saygılarımla|saygılarımızla|saygılar|iyi (?:çalışmalar|günler|akşamlar)(?: dileri[mz])?|teşekkürler|teşekkür ederim|sevgiler|kolay gelsin|selamlar|
üdvözlettel|tisztelettel|köszönettel|üdv|köszönöm|
cu (?:stimă|stima|respect|drag)|(?:vă )?(?:mulțumesc|multumesc)|o zi bun[ăa]|
hormat (?:saya|kami)|salam|terima kasih|trân trọng|thân ái|cảm ơn|lijep pozdrav|srdačan pozdrav|pozdrav|lep pozdrav|hvala|s poštovanjem|
с уважением|с наилучшими пожеланиями|с наилучшими|с приветом|заранее (?:спасибо|благодарен|благодарна)|спасибо(?: большое| за помощь| заранее)?|всего (?:доброго|хорошего)|благодарю|
(?:з|із) повагою|з найкращими побажаннями|щиро дякую|дякую(?: заздалегідь)?|гарного дня|
поздрави|с уважение|благодаря|поздрав|с поштовањем|хвала|
με εκτίμηση|φιλικά|ευχαριστώ(?: πολύ| εκ των προτέρων)?|χαιρετισμούς|με φιλικούς χαιρετισμούς
"""
_SIGN: Final = re.compile(
    rf"^[\s>*|]*(?:{''.join(SIGN_OFFS.split(chr(10)))})(?!\w)[ \u00a0]*(?P<mark>[,.!:;/\-–—~]*)[ \u00a0]*(?P<rest>.{{0,60}})$",
    re.IGNORECASE,
)
_FIRST: Final = re.compile(rf"[\s>*|•#»\"'“„(\[\-–—]*({LETTER}+)")


def _starts(pattern: str) -> frozenset[str]:
    """The first words that an alternation of phrases can begin with."""
    found: set[str] = set()
    for phrase in re.sub(r"\(\?:", "(", pattern).replace("\n", "").split("|"):
        found.update(word[:4] for word in re.findall(LETTER + "+", phrase.lower()))
    return frozenset(found)


def _begins(word: str, starts: frozenset[str]) -> bool:
    return word[:4] in starts


_SIGN_STARTS: Final = _starts(SIGN_OFFS)
_SIGNER: Final = re.compile(
    rf"^[\s>*|]*[-–—~/]{{0,3}}[ ]?(?P<name>{_NAME_WORD}(?:[ \u00a0]{_NAME_WORD}){{0,4}})(?P<rest>[ ]*(?:[,|/(–—•<;:].{{0,80}}|[-–—][ ].{{0,80}})?[.!,]?)\s*$"
)
_GREETING: Final = re.compile(
    rf"^{LEAD}(?:hi|hello|hey|dear|hiya|hallo|halo|hoi|hei|hej|moi|terve|ahoj|cześć|czesc|witaj|salut|ciao|bonjour|hola|olá|ola|oi|liebe|lieber|beste|servus|moin|merhaba|selam|szia|buna|bună|привет|здравствуйте|привіт|вітаю|γεια σου|γεια"
    rf"|estimad[oa]|querid[oa]|cher|chère|caro|cara|gentile|prezad[oa]|good (?:morning|afternoon|evening)|thanks|thank you|thx|ok|okay|yes|no|sorry)"
    rf"[ ,]+(?P<name>{LETTER}{{2,}}(?:[ ]{LETTER}{{2,}})?)(?=\s*(?:[,!.:;)–-]|$|[ ](?:and|und|i|my|this|we|thanks|please|can|the|it|just|here|how|ich|je|yo|me|you|there)\b))",
    re.IGNORECASE,
)
_GREET_STARTS: Final = _starts(_GREETING.pattern)
_INTRO: Final = re.compile(
    rf"(?P<cue>\b(?:my (?:full )?name(?:'?s)?(?: is)?|name is|(?:i am|i['’]?m|iam|this is|it['’]s) (?=\S)|ich hei(?:ß|ss)e|mein name ist|hier ist|je m['’]appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome [eè]|me chamo"
    rf"|meu nome [eé]|ik heet|mijn naam is|nazywam si[eę]|mam na imi[eę]|jmenuj[iu] se|volám sa|jag heter|jeg h(?:eter|edder)|mitt navn er|mit navn er|nimeni on|benim ad[ıi]m|ad[ıi]m|меня зовут|мене звати|με λένε|m[ăa] numesc|nama saya|tên tôi là"
    rf"|(?:agent|rep|representative|with|to|spoke with|spoke to|talked to|by) (?=\S)))[ ]*(?P<name>{LETTER}{{2,}}(?:['’-]{LETTER}+)*(?:[ ]{LETTER}{{2,}}(?:['’-]{LETTER}+)*){{0,2}})(?P<next>.?)",
    re.IGNORECASE,
)
_WEAK_INTRO: Final = re.compile(
    r"(?:i am|i['’]?m|iam|this is|it['’]s|agent|rep|representative|with|to|by|hier ist|my name|my names|my name's) ?$",
    re.IGNORECASE,
)
_INTRO_HINTS: Final = (
    "name", "i am ", "i'm ", "im ", "iam ", "i’m ", "this is ", "heiße", "heisse", "appelle", "mon nom", "llamo", "nombre", "chiamo", "nome", "chamo", "heet", "naam", "nazywam",
    "imię", "imie", "jmenuj", "volám", "heter", "hedder", "navn", "nimeni", "adım", "adim", "зовут", "звати", "λένε", "numesc", "nama", "tên tôi", "agent ", "rep ", "spoke ", "talked ", "hier ist",
)  # fmt: skip
_ASCII_HINTS: Final = tuple(hint for hint in _INTRO_HINTS if hint.isascii())
_LABEL: Final = re.compile(
    rf"(?:^|[,;|\t{{<(\[]|\s{{2,}})[\s>*•\"'-]*(?P<label>{LETTER}[\w '’./_&-]{{0,34}}?)[\"'*]?[ ]?(?::=|[:：=|\t]|=>)[ \t]*[\"'*]?(?P<value>{LETTER}[^\n\t|;<>{{}}\[\]\"=()@:]{{1,60}})"
)
_ADDRESSEES: Final = re.compile(
    r"^[\s>*|]*(?:from|to|cc|bcc|von|an|de|à|a|para|da|van|aan|od|do|från|till|fra|til|lähettäjä|kimden|kime|от|кому|від|від кого|απο|προς|kopie|copie|copia|cc'd|cc’d)[*]?\s*:",
    re.IGNORECASE,
)
_SPLIT: Final = re.compile(r"\s*(?:;|,(?=\s)| & | and | und | et | y | e | og | och | i | и )\s*")
_KEYED: Final = re.compile(
    r"(?:^|_|\b)(?:(?:full|first|last|given|family|sur|user_?full|customer|client|contact|caller|display|real|person|owner|requester|reporter|submitter|agent|employee|author|assignee)[_ -]?name|surname|firstname|lastname|requester|assignee|reporter)$"
)


def introduces(low: str) -> bool:
    """Whether a lower-case text has any word of an introduction, so that its lines need looking at."""
    return any(hint in low for hint in _INTRO_HINTS)


def lower_names(line: str, *, introduced: bool) -> Iterator[Span]:
    """Names written small after a greeting or an introduction.

    Args:
        line: The line.
        introduced: What ``introduces`` says of the text; without it only the greeting is looked at.
    """
    flags = _lexicon.flags()
    first = _FIRST.match(line)
    match = (
        _GREETING.match(line)
        if first is not None and _begins(first.group(1).lower(), _GREET_STARTS)
        else None
    )
    if match is not None:
        start, words = match.start("name"), match.group("name").split(" ")
        values = [flags.get(fold(word), 0) for word in words]
        if words[0].islower() and values[0] & GIVEN and not values[0] & (STOP | COMMON | PLACE):
            keep = 2 if len(words) == 2 and values[1] & NAME and not values[1] & (STOP | COMMON) else 1
            yield Span(start, start + len(" ".join(words[:keep])), 0.85, "names.lower", "follows a greeting")
    if not introduced:
        return
    low = line.lower()
    for hint in _ASCII_HINTS if line.isascii() else _INTRO_HINTS:
        if hint in low:
            break
    else:
        return
    for match in _INTRO.finditer(line):
        words = match.group("name").split(" ")
        if not words[0][0].islower():
            continue
        weak = _WEAK_INTRO.match(match.group("cue")) is not None
        head = line[: match.start()].split()[-1:]
        if head and head[0].lower() in _cues.NOT_PERSON and "name" in match.group("cue").lower():
            continue
        keep = 0
        for index, word in enumerate(words):
            value = flags.get(fold(word), 0)
            if value & STOP or (value & (COMMON | PLACE) and not value & NAME):
                break
            clear = value & NAME and not value & (COMMON | PLACE)
            if index == 0 and weak and not (clear and value & GIVEN):
                break
            if index and weak and not clear:
                break
            if (
                index
                and not clear
                and (len(words) == index + 1)
                and match.group("next") not in {"", ".", ",", "!", ";"}
                and not value & NAME
            ):
                break
            if index == 0 and value & COMMON and not value & GIVEN:
                break
            keep += 1
        if keep:
            start = match.start("name")
            yield Span(
                start,
                start + len(" ".join(words[:keep])),
                0.7 if weak else 0.85,
                "names.lower",
                "follows an introduction",
            )


def signs_off(line: str) -> tuple[bool, Span | None]:
    """Whether a line is a sign-off, and the name that it ends with, if it does."""
    if "İ" in line:
        # Its small form is two characters, which no pattern expects.
        line = line.replace("İ", "I")
    first = _FIRST.match(line)
    if first is None or not _begins(first.group(1).lower(), _SIGN_STARTS):
        return False, None
    match = _SIGN.match(line)
    if match is None:
        return False, None
    rest = match.group("rest").strip()
    if not rest:
        return True, None
    if not match.group("mark") and not rest[0].isupper():
        return False, None
    start = match.start("rest")
    found = signer(line[start:], alone=False)
    if found is None:
        return False, None
    return True, found._replace(start=found.start + start, end=found.end + start)


def signer(line: str, *, alone: bool = True, certain: bool = False) -> Span | None:
    """The name of which a signature line consists: ``Jane Roe``, ``jane``, ``Roe, Jane | Head of IT``.

    Args:
        line: The line.
        alone: Whether an office may follow the name.
        certain: Whether every word must be a name in a list, as where nothing announces a signature.
    """
    match = _SIGNER.match(line)
    if match is None:
        return None
    flags = _lexicon.flags()
    name, start = match.group("name"), match.start("name")
    words = re.split(r"[ \u00a0]", name)
    while len(words) > 1 and fold(words[0]).rstrip(".") in _TITLES:
        start += len(words[0]) + 1
        words = words[1:]
    values = []
    for word in words:
        folded = fold(word).rstrip(".")
        value = flags.get(folded, 0) if len(folded) > 1 else 0
        if not value and ("-" in folded or "'" in folded):
            value = _tokens.compound(folded, flags)
        values.append(value)
    if len(words[0].rstrip(".")) == 1 and len(words) == 1:
        return None
    if certain and (
        len(words) > 3
        or match.group("rest").strip(" .,!")
        or not all(v & NAME and not v & (COMMON | PLACE | STOP) for v in values)
        or not any(v & GIVEN for v in values)
    ):
        return None
    if not any(v & GIVEN for v in values) and not _pairs.THINGS.isdisjoint(map(fold, words)):
        return None
    bad = [value & STOP or (value & (COMMON | PLACE) and not value & NAME) for value in values]
    small = [fold(word) in _lexicon.PARTICLES for word in words]
    clear = [bool(value & NAME) and not value & (COMMON | PLACE | STOP) for value in values]
    if any(b and not s for b, s in zip(bad, small, strict=True)):
        # A name followed by a rank or an office on the same line.
        keep = 0
        while keep < len(words) and not bad[keep]:
            keep += 1
        if keep < 1 or not any(clear[:keep]) or not alone or (keep == 1 and len(words) > 3):
            return None
        words, values, clear = words[:keep], values[:keep], clear[:keep]
    capital = all(word[0].isupper() or part for word, part in zip(words, small, strict=False))
    if any(clear):
        score = 0.92
    elif capital and any(value & NAME for value in values):
        score = 0.8
    elif (
        capital
        and len(words) - sum(small) <= 3
        and (len(words) > 1 or not match.group("rest").strip(" .,!"))
        and (
            not any(_tokens.WORDLIKE.search(fold(word)) for word in words)
            or (
                len(words) == 2
                and not _tokens.WORDLIKE.search(fold(words[0]))
                and likeness(fold(words[0])) > 0.2
            )
        )
    ):
        score = 0.72 if any(not word.isupper() for word in words) else 0.5
    else:
        return None
    if not capital and (len(words) > 3 or not all(clear)):
        return None
    return Span(
        start, start + len(" ".join(words)), score, "names.signature", "stands where a signature stands"
    )


_TITLES: Final = frozenset(title.rstrip(".") for title in map(fold, _cues.TITLES))


def labelled(line: str) -> Iterator[Span]:
    """Values of fields that hold a person, in any case: ``Caller: smith, john``, ``"first_name": "ana"``."""
    for match in _LABEL.finditer(line):
        label = fold(match.group("label").replace("_", " ").replace("-", " ")).strip(" .*")
        cue = _cues.LABELLED.get(label)
        if cue is None and _KEYED.search(label.replace(" ", "_")) is None:
            continue
        yield from _values(
            match.group("value"), match.start("value"), plain=cue is not None and not cue.loose
        )


_CUT: Final = re.compile(r"\s+-\s|\s{2,}|\d|[.](?=\s|$)|[?!/\\#$%&*+~^]|\b(?:at|on|bei|am|chez|the)\b")


def _values(value: str, offset: int, *, plain: bool) -> Iterator[Span]:
    cut = _CUT.search(value)
    if cut is not None:
        if cut.group()[0].isdigit() and cut.start() and not value[cut.start() - 1].isspace():
            return
        value = value[: cut.start()]
    flags = _lexicon.flags()
    value = value.rstrip(" ,.;'\"")
    comma = value.count(",") == 1 and ";" not in value
    parts = [(0, value)] if comma else _split(value)
    for at, part in parts:
        words = [word for word in re.split(r"[\s,]+", part.strip()) if word]
        if not 1 <= len(words) <= 5:
            continue
        values = [flags.get(fold(word).strip(".'"), 0) for word in words]
        clear = any(v & NAME and not v & (COMMON | PLACE | STOP) for v in values)
        if not clear and any(v & STOP or (v & (COMMON | PLACE) and not v & NAME) for v in values):
            continue
        if clear and any(
            v & STOP
            for w, v in zip(words, values, strict=True)
            if fold(w).rstrip(".") not in _TITLES and fold(w) not in _lexicon.PARTICLES
        ):
            continue
        shaped = all(
            (word[0].isupper() and (word[1:].islower() or word.isupper() or "-" in word or "'" in word))
            or fold(word) in _lexicon.PARTICLES
            or len(word) < 3
            for word in words
        )
        if not clear and (
            not shaped
            or (plain and len(words) == 1 and not values[0] & NAME)
            or any(_tokens.WORDLIKE.search(fold(w)) for w in words)
        ):
            continue
        begin = part.index(words[0])
        while len(words) > 1 and fold(words[0]).rstrip(".") in _TITLES:
            begin += len(words[0]) + 1
            words = words[1:]
        stop = part.index(words[-1], begin) + len(words[-1])
        yield Span(
            offset + at + begin,
            offset + at + stop,
            0.92 if clear else 0.75,
            "names.label",
            "is the value of a field for a person",
        )


def _split(value: str) -> list[tuple[int, str]]:
    parts, at = [], 0
    for match in _SPLIT.finditer(value):
        parts.append((at, value[at : match.start()]))
        at = match.end()
    parts.append((at, value[at:]))
    return parts


def expects_names(line: str) -> bool:
    """Whether a line is a mail header or the line above a quoted mail."""
    end = line.rstrip(" \t\r:：,>*")
    if len(end) < 200 and fold(end[end.rfind(" ") + 1 :]).partition("(")[0] in _cues.WROTE:
        return True
    at = line.find(":")
    return 0 < at < 24 and _ADDRESSEES.match(line) is not None
