"""Companies and products that are called like a person, so that buying at them is no reason to mask them.

Only well-known names, and only as a whole: a person of that name is still found where a field of the case, a title or a
greeting says so.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from hushdesk.redact._fold import fold_in_place
from hushdesk.redact._lazy import lazily

BRANDS: Final = tuple(
    """
Ford|Chrysler|Ferrari|Porsche|Mercedes|Mercedes-Benz|Rolls-Royce|Aston Martin|Harley-Davidson|Louis Vuitton|Hugo Boss|Calvin Klein
Ralph Lauren|Tommy Hilfiger|Christian Dior|Yves Saint Laurent|Jean Paul Gaultier|Pierre Cardin|Dolce & Gabbana|Jimmy Choo|Michael Kors
Marc Jacobs|Donna Karan|Kenneth Cole|Guy Laroche|Nina Ricci|Levi Strauss|Jack Wolfskin|Jack Daniel's|Johnnie Walker|Jim Beam
Captain Morgan|Dr Pepper|Dr. Pepper|Wendy's|Papa John's|Domino's|Ben & Jerry's|Aunt Jemima|Uncle Ben's|Betty Crocker|Dr. Oetker
Hewlett Packard|Hewlett-Packard|Harman Kardon|Bang & Olufsen|Black & Decker|Johnson & Johnson|Procter & Gamble|Ernst & Young
Morgan Stanley|JP Morgan|J.P. Morgan|JPMorgan Chase|Goldman Sachs|Wells Fargo|Charles Schwab|Merrill Lynch|Edward Jones|Raymond James|Marks & Spencer
John Lewis|John Deere|Massey Ferguson|Baker Hughes|Max Mara|Max Factor|Estée Lauder|Elizabeth Arden|Mary Kay|Helena Rubinstein
Laura Ashley|Ted Baker|Paul Smith|Fred Perry|Ben Sherman|Tiffany|Cartier|Giorgio Armani|Emporio Armani|Gianni Versace|Roberto Cavalli
Salvatore Ferragamo|Ermenegildo Zegna|Bruno Banani|Massimo Dutti|Adolfo Dominguez|Adolfo Domínguez|Tous|Paco Rabanne|Yves Rocher|Leroy Merlin
Jacques Vabre|Marie Claire|Nina Ricci|Sonia Rykiel|Agnès B|Caroll|Peter Hahn|Robert Bosch|Carl Zeiss|Ernst Klett|Peter Kaiser
Tom Tailor|Marc O'Polo|Gerry Weber|Betty Barclay|Jil Sander|Philipp Plein|Adam Opel|Carl Hansen|Georg Jensen|Arne Jacobsen|Clas Ohlson
Gina Tricot|Harvey Norman|David Jones|Frank Green|Tim Hortons|Jack in the Box|Trader Joe's|Jenny Craig|Weight Watchers|Sara Lee
Oscar Mayer|Jimmy Dean|Paul Newman|Famous Amos|Mrs. Fields|Annie's|Amy's Kitchen|Ella's Kitchen|Charlotte Tilbury|Bobbi Brown
Kate Spade|Tory Burch|Vera Wang|Alexander McQueen|Stella McCartney|Vivienne Westwood|Karen Millen|Dorothy Perkins|Frank Cooper
Austin Reed|Moss Bros|Warner Bros|Barnes & Noble|Abercrombie & Fitch|Smith & Wesson|Rand McNally|Dun & Bradstreet|Booz Allen
Ben Nevis|Earl Grey|Tom Collins|Bloody Mary|Shirley Temple|Maria DB|MariaDB|Ada Lovelace Day
Jack & Jones|Frank's RedHot|Jack's Links|Fritz!Box|Harry's Razors|Johnny Rockets|Victoria's Secret|Levi's|Moe's|Arby's|Carl's Jr|Wawa
Flink|Zipkin|Druid|Loki|Thanos|Mimir|Prometheus|Haskell|Celery|Django|Jinja|Kotlin|Ambari|Zeppelin|Puppeteer|Selenium|Ansible|Terraform
Mégane|Clio|Twingo|Kangoo|Scénic|Captur|Laguna|Fabia|Octavia|Giulietta|Corolla|Yaris|Camry|Erlenmeyer|Bunsen|Hodgkin|Alzheimer|Crohn
Jenkins|Travis CI|Jasmine|Apache Felix|Cassandra|Julia|Ruby on Rails|Alexa|Siri|Cortana|Bixby|Watson|Kerberos|Casper|Juno|Eliza
""".strip()
    .replace("\n", "|")
    .split("|")
)


@cache
def _by_word() -> dict[str, list[re.Pattern[str]]]:
    out: dict[str, list[re.Pattern[str]]] = {}
    for brand in BRANDS:
        folded = fold_in_place(brand)
        pattern = re.compile(rf"(?<!\w){re.escape(folded)}(?!\w)")
        for word in set(re.findall(r"\w+", folded)):
            out.setdefault(word, []).append(pattern)
    return out


_WORD: Final = lazily(r"\w+")
_TITLED: Final = lazily(
    r"(?i)\b(?:mr|mrs|ms|miss|dr|prof|herr|frau|name is|name:|dear|hi|hello|hallo|regards,?|i am|i'm)\.?\s*$"
)


def is_brand(text: str, start: int, end: int) -> bool:
    """Tell whether what stands from ``start`` to ``end`` is the name, or a part of the name, of such a company."""
    by_word = _by_word()
    word = _WORD.search(fold_in_place(text[start:end]))
    patterns = by_word.get(word.group()) if word is not None else None
    if not patterns:
        return False
    low = max(0, start - 24)
    around = fold_in_place(text[low : end + 24])
    return any(
        match.start() + low <= start and end <= match.end() + low + 2
        for pattern in patterns
        for match in pattern.finditer(around)
    ) and not _TITLED.search(text, low, start)
