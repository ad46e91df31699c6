"""Words with a capital that name no person: the nouns of German, and things called after people."""

from __future__ import annotations

import re
from typing import Final

from hushdesk.redact._lazy import lazily
from hushdesk.redact.tagger._gazetteer import is_listed

_GERMAN: Final = lazily(
    r"(?i)(?<!\w)(?:und|das|nicht|mit|dem|ein|einen|einem|einer|eine|für|zum|zur|wurde|wird|auch|sich|nach|werden|durch|ich|sie|haben"
    r"|sind|oder|aber|bitte|ist|auf|bei|vom|beim|als|im|wir|habe|hat|kein|keine|keinen|der|des|am)(?!\w)"
)
_ENOUGH: Final = 2
_NEVER_BEFORE_NAMES: Final = lazily(
    r"(?i)(?<!\w)(?:im|ins|am|ans|aufs|übers|ums)[ ](?:[a-zäöüß]+(?:en|er)[ ])?$"
)
_ARTICLE: Final = lazily(
    r"(?i)(?<!\w)(?:der|die|das|den|dem|des|zum|zur|vom|beim|fürs|durchs|(?:[kmsd]?ein|ihr|unser|euer|dies|jed|jen|welch|all|manch)"
    r"(?:e[mnrs]?)?)[ ](?:[a-zäöüß]+e[nrms]?[ ]){0,2}$"
)
_ENDING: Final = lazily(
    r"(?:ung|heit|keit|schaft|tion|ität|ismus|enz|nis|ment|ling|erei|ung|tum|chen|gerät|nummer|problem|fehler)(?:en|e|s|se|es)?$"
)
_THING: Final = lazily(
    r"[ ](?:bot|nodes?|cluster|server|module|plug-?in|panel|dashboard|icon|valve|shift|flask|syndrome|disease|algorithm|theorem|constant"
    r"|filter|scanner|engine|compiler|framework|container|pod|broker|queue|pipeline|widget|template|theme|font|effect|scale|burner|tube|motor"
    r"|sensor|adapter|driver|firmware|daemon|index|cache)(?:s?)(?!\w)"
)
_COMPOUND: Final = lazily(
    r"[-\u2010\u2011](?:\w*(?:kategorie|modus|motor|therme|server|filter|taste|effekt|test|verfahren|klasse|zähler|röhre|syndrom|krankheit|scanner"
    r"|display|modul|liste|gerät|anlage|software|app|router|drucker|pumpe|ventil|schalter|sensor|skala|schrift|cluster|knoten|datenbank)"
    r"|module|lijst|läget|modus|node|server|bot)(?!\w)",
    re.IGNORECASE,
)
_LONG: Final = 8
_LEAD: Final = 48


def is_noun(text: str, start: int, end: int) -> bool:
    """Tell whether one word is a noun of German, by the article before it or by its ending.

    Args:
        text: The text.
        start: Where the word begins.
        end: Where it ends.
    """
    word = text[start:end]
    if not word[:1].isupper() or word.isupper() or not word.replace("-", "").isalpha():
        return False
    lead = max(0, start - _LEAD)
    never = _NEVER_BEFORE_NAMES.search(text, lead, start)
    if (
        never is None
        and _ARTICLE.search(text, lead, start) is None
        and not (len(word) >= _LONG and _ENDING.search(word))
    ):
        return False
    if never is None and is_listed(word):
        return False
    seen = set()
    for match in _GERMAN.finditer(text, max(0, start - 400), end + 400):
        seen.add(match.group().lower())
        if len(seen) > _ENOUGH:
            return True
    return False


def is_thing(text: str, start: int, end: int) -> bool:
    """Tell whether one word only says of which sort the thing behind it is: "Erlenmeyer flask", "Bauer-Kategorie".

    Args:
        text: The text.
        start: Where the word begins.
        end: Where it ends.
    """
    word = text[start:end]
    if " " in word or not word[:1].isupper():
        return False
    return (
        _THING.match(text, end) is not None
        or _COMPOUND.match(text, end) is not None
        or ((cut := word.find("-")) > 0 and _COMPOUND.fullmatch(word, cut) is not None)
    )
