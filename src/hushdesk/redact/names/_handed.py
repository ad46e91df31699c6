"""Single names between the two halves of a phrase: ``an Olga übergeben``, ``Olga'ya devredildi``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hushdesk.redact.names import _lexicon
from hushdesk.redact.names._lexicon import COMMON, NAME, PLACE, STOP, fold
from hushdesk.redact.names._tokens import UPPER, Span

_NAME: Final = rf"(?P<name>[{UPPER}][^\W\d_]+(?:[ '’-][{UPPER}][^\W\d_]+){{0,2}})"
_HINT: Final = re.compile(
    r"übergeben|weiterge|weiterleit|eskaliert|übertragen|zugewiesen|verwiesen|abgegeben|besprochen|devredildi|aktarıldı|iletildi|yönlendirildi|onayladı|onayıyla|siirretty|átadva|továbbítva|bilgilendirildi"
)
_PHRASES: Final = re.compile(
    rf"(?<!\w)(?:an|bei|mit|für|zu|durch|von)[ ]{_NAME}[ ](?:übergeben|weitergegeben|weitergeleitet|eskaliert|übertragen|zugewiesen|verwiesen|abgegeben|besprochen|freigegeben|genehmigt)"
    rf"|(?<!\w){_NAME.replace('name', 'other')}(?:['’](?:y?[ea]|n?[ea]|d[ea]n|t[ea]n|l[ae]))?[ ](?:devredildi|aktarıldı|iletildi|yönlendirildi|onayladı|onayıyla|bilgilendirildi)"
    rf"|(?<!\w){_NAME.replace('name', 'third')}(?:[-:]?(?:lle|nek|nak))[ ](?:siirretty|átadva|továbbítva)"
)


def hinted(text: str) -> bool:
    """Whether any phrase may stand in a text."""
    return _HINT.search(text) is not None


def scan(line: str) -> Iterator[Span]:
    """Names within such phrases."""
    flags = _lexicon.flags()
    for match in _PHRASES.finditer(line):
        group = match.lastgroup or "name"
        values = [flags.get(fold(word), 0) for word in re.split("[ '’-]", match.group(group))]
        if not any(value & (COMMON | STOP | PLACE) and not value & NAME for value in values):
            yield Span(match.start(group), match.end(group), 0.7, "names.cue", "is handed something over")
