"""Things that are sold and called like people: "the Oscar pan", "la lampe Margot", "Sofaserie Friedrich", "Pearl Milling Company"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._text import UPPER

_BIG = rf"[{UPPER}][^\W\d_]+"
_AND = r"(?:and|or|und|oder|et|ou|y|o|e|en|of|i|lub|и|или)"
_BEFORE_NAME = (
    r"serie[ns]?|\w+serie|reihe|\w+reihe|kollektion|modelle?[ns]?|module?[ns]?|regale?s?|sofas?|sessel|lampen?|tasche|modèles?|gamme|séries?|collection|canapés?|fauteuil|tapis"
    r"|(?<!\b(?:la|um)[ ])(?<!\ba[ ])(?<!\b(?:una|uma)[ ])modelos?|colección|lámpara|sofá|gama|modelli?|modello|(?<!\b(?:in|en|em|na)[ ])(?:linea|linha)|collezione|lampada|divano|coleção|luminária|cadeira|collectie|bank-?serie|seria|serii|kolekcja|kolekcji|kubki|kubek|krem|lampa|sofa"
    r"|серия|серии|модель|модели|коллекция|коллекции|крем|лампа|диван|серія|серії|лінія|باقة|طقم"
)
"""Neither "la modelo Ana", who is one, nor "resti in linea Maria"; nor the Arabic cream, which is Karim."""
_NAMES_TOO = frozenset(("gama", "kubek", "lampe", "linea", "sessel", "tasche"))
"""Such words as people are called, too: with a capital and no article they are somebody."""
_ARTICLE = lazily(
    r"(?i)(?<!\w)(?:der|die|das|den|dem|des|(?:k|m|d|s)?ein(?:e[nmrs]?)?|unser\w{0,2}|ihr\w{0,2}|dies\w{1,2}|la|una|\d{1,3}x?)[ ]\Z"
)
_BEHIND_NAME = (
    r"pans?|pots?|cookware|plates?|mugs?|cups?|bowls?|boots?|shoes?|sneakers?|sandals?|scarf|scarves|dress(?:es)?|jackets?|coats?|jeans|handbags?|lamps?|sofas?|couch|armchairs?|bookcases?|shel(?:f|ves)|mattress(?:es)?|rugs?|curtains?"
    r"|series|collection|range|model|edition|fragrance|perfume|shampoo|lipstick|cream|soap|stroller|performances?|musical|opera"
    r"|on sale|in stock|sold out"
)
_LED = lazily(
    rf"(?P<ware>(?i:(?<![\w'’])(?:{_BEFORE_NAME})))[ ][„\"'«“]?(?:{_BIG}(?:,[ ]|[ ]{_AND}[ ])){{0,4}}\Z"
)
_FOLLOWED = lazily(
    rf"[\"'”]?(?:(?:,[ ]{_BIG})*[ ]{_AND}[ ](?:the[ ])?{_BIG})?[ ]?(?:(?P<led>(?:{_BEHIND_NAME})(?!\w))|(?i:serisi)(?!\w)|シリーズ|系列|시리즈|क्रीम(?=[ ](?:मिल|उपलब्ध)))"
)
"""In small letters: "the Oscar Pan account" is a person's. No Turkish word that is also an object: "Deniz kremi aldı" is who bought the cream."""
_DETERMINED = lazily(
    rf"(?i:\b(?:the|this|that|these|those|our|your|a|an|two|three|\d{{1,3}}|x|is|are)[ ](?:[a-z]+[ ])?)(?:{_BIG}[ ]{_AND}[ ](?:the[ ])?)?\Z"
)
_CALENDAR = frozenset(("april", "may", "june", "august", "juni", "mai", "abril", "mei", "maj"))
_MONTHS = lazily(
    r"(?<!\w)(?:May|(?i:january|february|march|april|june|july|august|september|october|november|december|\d\d?(?:st|nd|rd|th)))(?!\w)"
)
"""No bare figure is one, and no "may": "order 12 for June, 3 boxes"."""
_FIRM = lazily(
    r"\A(?:EXW|FCA|FAS|FOB|CFR|CIF|CPT|CIP|DAP|DPU|DDP)[ ]|(?i:\A(?:(?:ubezpieczenia|sigorta|versicherung(?:en)?|assurances?|seguros|assicurazioni|verzekeringen|stadtwerke)\b)|(?<!\w)(?:company|(?:&|and|und|et|y|e)[ ]co|inc|ltd|llc|plc|gmbh|corp|corporation|hub|insurance|sigorta)(?:['’]\w+)?\Z)"
)
_FIRST_WARE = lazily(rf"(?P<ware>(?i:{_BEFORE_NAME}))[ ]{_BIG}")
_FAR, _NEAR = 80, 24
_STEMS = words(
    "serie reihe kollektion model modul regal sofa sessel lamp tasche modèl gamme séri collection canap fauteuil tapis colección lámpara sofá gama"
    " linea linha collezione divano coleção luminária cadeira collectie seria serii kolekcj kubki kubek krem"
    " серия серии модель модели коллекци крем лампа диван серія серії лінія باقة طقم"
)
"""What :data:`_BEFORE_NAME` cannot match without, in small letters: to look for it is far quicker, and it is rare."""
_MAYBE_LED = lazily("|".join(_STEMS))
_FIRM_ENDS = frozenset(("any", " co", "inc", "ltd", "llc", "plc", "mbh", "orp", "ion", "hub", "nce", "rta"))
_FIRM_STARTS = frozenset(
    (
        *(f"{terms} " for terms in words("exw fca fas fob cfr cif cpt cip dap dpu ddp")),
        *words("ubez sigo vers assu segu assi verz stad"),
    )
)


_OTHER_CASES = str.maketrans("İıſ", "iis")
"""Letters that expressions without regard to case take for these."""


def _small(text: str) -> str:
    return (text if text.isascii() else text.translate(_OTHER_CASES)).lower()


def _may_be_firm(low: str) -> bool:
    """Tell whether :data:`_FIRM` can match in a name, given in small letters."""
    return low[-3:] in _FIRM_ENDS or low[:4] in _FIRM_STARTS or "'" in low or "’" in low


def _is_ware(text: str, start: int, end: int) -> bool:
    name = text[start:end]
    low = _small(name)
    if _may_be_firm(low) and _FIRM.search(name):
        return True
    if " " in name:
        return _MAYBE_LED.search(low) is not None and _is_led(text, _FIRST_WARE.fullmatch(text, start, end))
    lead = max(0, start - _FAR)
    if _MAYBE_LED.search(_small(text[lead:start])) and _is_led(text, _LED.search(text, lead, start)):
        return True
    if (
        low in _CALENDAR
        and _MONTHS.search(text, max(0, start - _NEAR), start)
        and _MONTHS.search(text, end, end + _NEAR)
    ):
        return True
    followed = _FOLLOWED.match(text, end, min(len(text), end + _FAR))
    if followed is None:
        return False
    # "the Oscar pan", not "Oscar tickets"; words of other languages that stand behind a name need no article.
    return not followed["led"] or _DETERMINED.search(text, lead, start) is not None


def _is_led(text: str, match: re.Match[str] | None) -> bool:
    """Tell whether a word before a name is one for a thing, and not another name: "Linea Andersson", "Lampe Margot"."""
    if match is None:
        return False
    word, at = match["ware"], match.start()
    if word[0].islower() or word.lower() not in _NAMES_TOO:
        return True
    return _ARTICLE.search(text, max(0, at - _NEAR), at) is not None


def without_wares(text: str, found: Iterable[Finding]) -> list[Finding]:
    """Return what was found in a context, without names by which the tagger took things for people.

    Somebody whose name stands anywhere else in the context without a thing beside it stays a person everywhere.

    Args:
        text: The texts of one context.
        found: What was found in it.
    """
    kept: list[Finding] = []
    wares: list[tuple[str, Finding]] = []
    people: set[str] = set()
    for finding in found:
        if finding.kind is Kind.PERSON:
            name = text[finding.start : finding.end].lower()
            if finding.detector == "tagger" and _is_ware(text, finding.start, finding.end):
                wares.append((name, finding))
                continue
            people.update(name.split())
        kept.append(finding)
    kept.extend(finding for name, finding in wares if not people.isdisjoint(name.split()))
    return kept
