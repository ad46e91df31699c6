"""Things that are sold and called like people: "the Oscar pan", "la lampe Margot", "Sofaserie Friedrich", "Pearl Milling Company"."""

from __future__ import annotations

from collections.abc import Iterable

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽȘȚА-ЯЁЂ-ЏҐЄІЇΑ-ΩΆΈ-Ώ"
_BIG = rf"[{_UPPER}][^\W\d_]+"
_AND = r"(?:and|or|und|oder|et|ou|y|o|e|en|of|i|lub|и|или)"
_BEFORE_NAME = (
    r"serie[ns]?|\w+serie|reihe|\w+reihe|kollektion|modelle?[ns]?|module?[ns]?|regale?s?|sofas?|sessel|lampen?|tasche|modèles?|gamme|séries?|collection|canapés?|fauteuil|tapis"
    r"|modelos?|colección|lámpara|sofá|gama|modelli?|modello|linea|collezione|lampada|divano|linha|coleção|luminária|cadeira|collectie|bank-?serie|seria|serii|kolekcja|kolekcji|kubki|kubek|krem|lampa|sofa"
    r"|серия|серии|модель|модели|коллекция|коллекции|крем|лампа|диван|серія|серії|лінія|باقة|كريم|طقم"
)
_BEHIND_NAME = (
    r"pans?|pots?|cookware|plates?|mugs?|cups?|bowls?|boots?|shoes?|sneakers?|sandals?|scarf|scarves|dress(?:es)?|jackets?|coats?|jeans|handbags?|lamps?|sofas?|couch|armchairs?|bookcases?|shel(?:f|ves)|mattress(?:es)?|rugs?|curtains?"
    r"|series|collection|range|model|edition|fragrance|perfume|shampoo|lipstick|cream|soap|stroller|performances?|musical|opera|tickets"
    r"|on sale|in stock|sold out"
)
_LED = lazily(rf"(?i:(?<![\w'’])(?:{_BEFORE_NAME}))[ ][„\"'«“]?(?:{_BIG}(?:,[ ]|[ ]{_AND}[ ])){{0,4}}\Z")
_FOLLOWED = lazily(
    rf"[\"'”]?(?:(?:,[ ]{_BIG})*[ ]{_AND}[ ](?:the[ ])?{_BIG})?[ ]?(?:(?P<led>(?i:{_BEHIND_NAME})(?!\w))|(?i:serisi|koleksiyonu|kremi)(?!\w)|シリーズ|系列|시리즈|क्रीम)"
)
_DETERMINED = lazily(
    rf"(?i:\b(?:the|this|that|these|those|our|your|a|an|two|three|\d{{1,3}}|x|is|are)[ ](?:[a-z]+[ ])?)(?:{_BIG}[ ]{_AND}[ ](?:the[ ])?)?\Z"
)
_CALENDAR = frozenset(("april", "may", "june", "august", "juni", "mai", "abril", "mei", "maj"))
_MONTHS = lazily(
    r"(?i)(?<!\w)(?:january|february|march|april|may|june|july|august|september|october|november|december|\d\d?(?:st|nd|rd|th)?)(?!\w)"
)
_FIRM = lazily(
    r"(?i)(?:\A(?:(?:EXW|FCA|FAS|FOB|CFR|CIF|CPT|CIP|DAP|DPU|DDP)[ ]|(?:ubezpieczenia|sigorta|versicherung(?:en)?|assurances?|seguros|assicurazioni|verzekeringen|stadtwerke)\b)|\b(?:company|co|inc|ltd|llc|plc|gmbh|corp|corporation|hub|insurance|sigorta)(?:['’]\w+)?\Z)"
)
_FIRST_WARE = lazily(rf"(?i:{_BEFORE_NAME})[ ]{_BIG}")
_FAR, _NEAR = 80, 24


def _is_ware(text: str, start: int, end: int) -> bool:
    name = text[start:end]
    if _FIRM.search(name) or _FIRST_WARE.fullmatch(name):
        return True
    if " " in name:
        return False
    lead = max(0, start - _FAR)
    if _LED.search(text, lead, start):
        return True
    if (
        name.lower() in _CALENDAR
        and _MONTHS.search(text, max(0, start - _NEAR), start)
        and _MONTHS.search(text, end, end + _NEAR)
    ):
        return True
    followed = _FOLLOWED.match(text, end, min(len(text), end + _FAR))
    if followed is None:
        return False
    # "the Oscar pan", not "Oscar tickets"; words of other languages that stand behind a name need no article.
    return not followed["led"] or _DETERMINED.search(text, lead, start) is not None


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
