"""Pairs of capitalised words that no list knows: names, unless what stands beside them or their letters speak against it."""

# ruff: noqa: SIM905 -- lists of words read better as prose

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from hushdesk.redact.names._lexicon import fold
from hushdesk.redact.names._looks import likeness

_INSIDE: Final = -0.55
_BEGINNING: Final = -0.1
_SURE: Final = 0.4
_CUED: Final = -0.9

# Before them stands a thing, a firm or a place.
_ARTICLES: Final = frozenset(
    """
the an this that these those our your their its my his her any each every another which
der die das dem den des ein eine einen einem einer unser unsere unserem ihre ihr diese dieser dieses im am vom zum zur beim
le la les l un une des du au aux notre votre ce cette ces el los las una unos del al nuestro nuestra este esta
il lo gli uno nel nella dello della allo alla questo questa o os as um uma no na nos nas pelo pela nosso nossa
het een ons onze deze dit en ett den det de
in at near into inside on under over within en em à bei aus nach w we na v ve do în pe в во на из у
product version install installed using uses use run running called project server software app tool module plugin package system city street town
model brand edition feature menu tab button page screen window option setting click select open launch
""".split()
)
_THING_AFTER: Final = re.compile(
    r"[ \u00a0]?(?:\d|v\d|[®™©]|\(?(?:R|TM)\)|&[ ]|(?:GmbH|Inc|Ltd|LLC|LLP|AG|KG|SE|SA|SAS|SARL|BV|NV|AB|AS|ApS|Oy|Corp|Co|PLC|plc|Pty|SpA|Srl|sro|S\.|s\.|a\.s|Sp\.|Kft|d\.o\.o|OOO|ООО"
    r"|version|server|client|edition|suite|software|app|module|plugin|driver|license|licence|street|road|avenue)(?![^\W\d_])|[-_/\\=(\[{]?[a-z]+\()"
)
_THING_NEAR: Final = re.compile(r"[\"'“”„«»‘’`/\\_#<=\[{$%~^-]$")
_ADDRESS_AFTER: Final = re.compile(
    r"[ \u00a0]?(?:['’]s[ ])?[(\[<（,;:|–—-]{1,2}[ ]?(?:mailto:|e-?mail:?|tel\.?:?|phone:?|ph:?|mobile:?|cell:?)?[ ]?(?:[\w.+-]+[@＠]|[\w.+-]+[ ]?[(\[{<]|\+?\(?\d[\d ()./-]{5}|[A-Z]+_[A-Z0-9]{10})",
    re.IGNORECASE,
)
_OFFICE: Final = "|".join(
    """
account accounts accounting accountancy finance financial billing payroll purchasing procurement sales marketing logistics legal hr personnel reception
warehouse controlling production development headquarters management it it-department facilities treasury dispatch compliance
buchhaltung rechnungswesen einkauf vertrieb personalabteilung personal finanzabteilung lager logistik verwaltung empfang entwicklung zentrale geschäftsleitung geschaftsleitung edv technik
comptabilité comptabilite achats ventes facturation finances logistique direction juridique ressources rh informatique
contabilidad finanzas compras ventas facturación facturacion logística logistica administración administracion recursos almacén almacen
contabilità contabilita amministrazione acquisti vendite fatturazione logistica magazzino
contabilidade financeiro compras vendas faturação faturamento logística administração
boekhouding administratie inkoop verkoop personeelszaken magazijn financiën financien
księgowości ksiegowosci finansów kadr zakupów sprzedaży logistyki magazynu
účtárny uctarny účetního financí nákupu prodeje personálního skladu účtárne
ekonomi ekonomiavdelningen inköp försäljning lön regnskab regnskap økonomi bogholderiet innkjøp salg kirjanpito kirjanpidosta taloushallinto talousosastolta myynti
muhasebe muhasebeden finans satış satıştan satın lojistik
бухгалтерии бухгалтерия финансов закупок продаж логистики склада кадров бухгалтерії закупівель продажів
λογιστήριο λογιστηρίου πωλήσεις πωλήσεων προμήθειες
könyvelés könyvelésről beszerzés értékesítés contabilitate achiziții vânzări računovodstva računovodstvo nabave prodaje
""".split()
)
_FROM_OFFICE: Final = re.compile(
    rf",?[ ]\(?(?:(?:from|in|of|at|aus|von|in|de|du|des|d['’]|del|dell['’]|della|da|do|van|z|ze|ve|från|på|fra|i|из|від|з|от|από|din|iz)[ ]?)"
    rf"(?:(?:the|our|der|dem|unserer|la|le|nos|notre|nuestra|el|de|het|our|onze|naszej|vår|vores|нашей|нашої|το)[ ])?(?:[^\W\d_]+[ ])?(?:{_OFFICE})(?!\w)",
    re.IGNORECASE,
)
_ROLE_AFTER: Final = re.compile(
    r",?[ ](?:is|was|will|has|had|would|can|could|who|and I|said|set|did|no longer|now|already|ist|war|wird|hat|kann|übernimmt|uebernimmt|kümmert|est|était|sera|avait|peut|s['’]en|s['’]occupe|qui"
    r"|es|era|será|sera|está|estará|ha|tiene|puede|se[ ]|figura|consta|é|foi|já|fica|estará|vai|pode|cuida|è|sarà|può|si[ ]|ora|kan|heeft|zal|staat|wordt|regelt|jest|będzie|był|była|ma|może"
    r"|je|bude|byl|byla|má|může|är|var|har|kommer|kan|er|vil|on|oli|будет|был|была|есть|теперь|уже|є|буде|був|була|вже|είναι|θα|ήταν|este|va|lesz|volt)(?![^\W\d_])"
)
_PEOPLE: Final = frozenset(
    """
colleague colleagues copy cc contact contacts asked ask tell told called inform informed include involve add adding wants want for by through via with to contacting meet
kollege kollegin kollegen kopie von durch an für mit bitte collègue collegue copie par pour avec c'est colega copia por para con collega da per con cópia por para
door voor met aan collega przez dla z ze od kolega koleżanka kolezanka kolegyně kolega pro od s av från till för kollega til fra
от для с со через коллега коллегу від для з через колега από για με bij
""".split()
)
_LINKED: Final = re.compile(r"[ ](?:di|de|da|do|dos|del|della|du|la|le|von|av|af|vom|al|el)[ ](?![a-z])")
THINGS: Final = frozenset(
    """
server client studio suite cloud backup sync hub vpn mail drive office portal center centre desk manager agent service services engine console gateway router
switch firewall printer scanner driver monitor player viewer reader editor designer builder explorer navigator browser messenger connect assistant
partners holding holdings industries group solutions systems technologies labs software hotels foods textiles parts insurance consulting logistics
media energy motors airlines bank press books records pharma capital ventures international global networks telecom electronics
parade esplanade crescent terrace boulevard plaza square gardens hills heights beach island valley bridge
""".split()
)
_BEGINS: Final = re.compile(r"(?:^|[.!?:;…•*>|\t]|\s[-–—])[\s\"'“„«(>*|]*$")
_LABEL_BEFORE: Final = re.compile(
    r"[^\W\d_]{3,}(?<!source)(?<!quelle)(?<!fuente)(?<!origen)(?<!product)(?<!produkt)(?<!produit)(?<!producto)(?<!prodotto)(?<!produto)(?<!subject)(?<!betreff)(?<!title)(?<!titel)[ ]?[:：][ ]$",
    re.IGNORECASE,
)
_SECOND: Final = re.compile(r"(?:^|[.!?:;]\s+|[>*•-]\s*)[^\W\d_]+[ ]$")
_WAY: Final = 40


def weigh(line: str, words: Sequence[str], start: int, end: int) -> tuple[float, str]:
    """Return score and reason for the words between ``start`` and ``end``, of which none is known to be ordinary.

    Args:
        line: The line.
        words: The words, two at least, without initials.
        start: Where they start in the line.
        end: Where they end.
    """
    if _THING_AFTER.match(line, end) is not None or len(words) > 4 or "." in line[start:end]:
        return 0.0, ""
    foldeds = [fold(word) for word in words]
    if not THINGS.isdisjoint(foldeds):
        return 0.0, ""
    capitals = all(word.isupper() for word in words)
    if not capitals and any(len(word) < 2 or (word.isupper() and len(word) > 1) for word in words):
        return 0.0, ""
    if _THING_NEAR.search(line, max(0, start - 1), start) is not None:
        return 0.0, ""
    head = line[max(0, start - _WAY) : start]
    begins = _BEGINS.search(head) is not None
    last = "" if begins else fold((head.split() or [""])[-1].strip("\"'“”„«»([,"))
    explained = _ADDRESS_AFTER.match(line, end) is not None
    if last in _ARTICLES and last not in _PEOPLE and not explained:
        return 0.0, ""
    if capitals and (
        head.rstrip(" ,(")[-1:].isupper()
        or _next(line, end)[:2].isupper()
        or (begins and not _next(line, end)[:1].islower())
    ):
        return 0.0, ""
    looks = [likeness(word) for word in foldeds]
    look = sum(looks) / len(looks)
    if len(words) == 2 and min(looks) < _BEGINNING and _LINKED.search(line, start, end) is not None:
        return 0.0, ""
    if explained or _FROM_OFFICE.match(line, end) is not None:
        if look > _CUED:
            return 0.72, "is explained by what follows"
        return 0.0, ""
    if last in _PEOPLE:
        return (0.7, "follows a word that often takes a person") if look > _CUED else (0.0, "")
    role = _ROLE_AFTER.match(line, end) is not None
    if head[-1:] in {"(", "（"} and line[end : end + 1] in {")", "）", " "}:
        # Behind a person stands the firm.
        return 0.0, ""
    if begins:
        follows = _next(line, end)
        if not follows and _LABEL_BEFORE.search(head) is not None and look > _BEGINNING:
            return 0.55, "stands alone behind a colon"
        if not follows or not (follows[0].islower() or line[end : end + 1] == ","):
            # A line of its own is a heading more often than a person.
            return 0.0, ""
        floor = (
            _CUED
            if role
            else _SURE
            if line[end : end + 1] == "," and not _LABEL_BEFORE.search(head)
            else _BEGINNING
        )
        return (0.62, "looks like a name") if look > floor else (0.0, "")
    inner = head[-1:] == " " and (head.split() or [""])[-1][:1].isupper()
    # Part of a longer title, unless that word only begins the sentence.
    if inner and (_SECOND.search(head) is None or look < _BEGINNING or not _next(line, end)[:1].islower()):
        return 0.0, ""
    return (0.62, "looks like a name") if look > _INSIDE else (0.0, "")


def acts(line: str, end: int) -> bool:
    """Whether what follows is said of people: a verb, an office, an address."""
    return any(pattern.match(line, end) for pattern in (_ROLE_AFTER, _FROM_OFFICE, _ADDRESS_AFTER))


def thing_follows(line: str, end: int) -> bool:
    """Whether a word for a product or a firm follows, so that what stands before it is its name."""
    word = line[end : end + 24].split(None, 1)[:1] if line[end : end + 1] in {" ", "\u00a0", "-"} else []
    return bool(word) and fold(word[0].strip("-.,;:!?)\"'")) in THINGS and word[0].lstrip("-")[:1].isupper()


def _next(line: str, end: int) -> str:
    return line[end : end + 24].lstrip(" \u00a0,;:)(.!?\"'”").rstrip()
