"""Lines that hold nothing personal but look as if: logs, hashes, part and order numbers, code, measures, brands."""

from __future__ import annotations

import random
import string
import uuid

from lists import lists

_CUES = (
    """
order|order no.|order number|ticket|ticket #|case|case no|case number|invoice|invoice no.|PO|RMA|RMA#|tracking|tracking number|shipment|delivery note|incident|INC|request|REQ|change|CHG|ref|part|part no.|P/N|SKU|EAN
UPC|ISBN|article|model|batch|lot|build|job|run|pid|thread|port|line|row|page|step|chapter|item|quantity|size|offset|error|code|status|event id|rule|KB|CVE|PR|issue|bug|commit|rev|queue|room|gate|platform|flight|bus
Bestellung|Bestellnummer|Auftrag|Rechnung|Rechnungsnr.|Vorgang|Artikel|Teilenummer|Lieferschein|Zeile|commande|n° de commande|facture|bon de livraison|réf.|dossier|pedido|factura|artículo|albarán|incidencia|ordine|fattura
ordernummer|factuur|zamówienie|faktura|zgłoszenie|objednávka|rendelés|számla|sipariş|fatura|заказ|заявка|накладная|артикул|замовлення|παραγγελία|注文番号|受注|型番|订单号|工单|零件号|주문|송장|طلب|फ़ाइल|הזמנה
""".strip()
    .replace("\n", "|")
    .split("|")
)
_BRANDS = (
    """
Ford|Chrysler|Ferrari|Porsche|Mercedes-Benz|Rolls-Royce|Aston Martin|Harley-Davidson|Louis Vuitton|Hugo Boss|Calvin Klein|Ralph Lauren|Tommy Hilfiger|Christian Dior|Yves Saint Laurent|Jean Paul Gaultier|Pierre Cardin
Dolce & Gabbana|Jimmy Choo|Michael Kors|Marc Jacobs|Donna Karan|Kenneth Cole|Guy Laroche|Nina Ricci|Levi Strauss|Jack Wolfskin|Jack Daniel's|Johnnie Walker|Jim Beam|Captain Morgan|Dr Pepper|Wendy's|Papa John's|Domino's|Ben & Jerry's
Aunt Jemima|Uncle Ben's|Betty Crocker|Dr. Oetker|Hewlett Packard|Texas Instruments|Harman Kardon|Bang & Olufsen|Black & Decker|Johnson & Johnson|Procter & Gamble|Ernst & Young|Morgan Stanley|Goldman Sachs|JPMorgan Chase|Wells Fargo
Charles Schwab|Merrill Lynch|Marks & Spencer|John Lewis|John Deere|Massey Ferguson|Martin Guitars|Steinway|Max Mara|Max Factor|Estée Lauder|Elizabeth Arden|Mary Kay|Helena Rubinstein|Laura Ashley|Ted Baker|Paul Smith|Fred Perry|Ben Sherman
Tiffany|Cartier|Hermès|Chanel|Prada|Gucci|Versace|Armani|Lamborghini|Bugatti|Peugeot|Renault|Michelin|Siemens|Bosch|Miele|Braun|Henkel|Bayer|Merck|Beiersdorf|Kärcher|Stihl|Carl Zeiss|Ernst Klett|Peter Kaiser|Marc O'Polo
Philips|Heineken|Albert Heijn|Jumbo|Hema|Ericsson|Carlsberg|Maersk|Nobel|Victorinox|Nestlé|Lindt|Ferrero|Barilla|Lavazza|Benetton|Luxottica|Mondadori|Kenwood|Honda|Toyota|Suzuki|Yamaha|Kawasaki|Mazda|Matsushita|Ajinomoto|Tata|Mahindra
Disney|Warner Bros|Madison Square|Wolfram Alpha|Ada Lovelace Day|Nobel Prize|Parkinson|Alzheimer|Crohn|Hodgkin|Down syndrome|Bunsen|Petri dish|Celsius|Kelvin|Fahrenheit|Newton|Pascal|Hertz|Ohm|Volta|Tesla|Gauss|Fourier|Bayes|Markov
Jenkins|Travis CI|Jasmine|Mocha|Karma|Gradle|Maven|Hudson|Cassandra|Ruby|Julia|Haskell|Scala|Erlang|Perl|Lua|Eliza|Alexa|Siri|Cortana|Bixby|Watson|Einstein|Sage|Oscar|Maria DB|MariaDB|Clippy|Kerberos|Athena|Apollo|Artemis|Hermes|Zeus|Odin|Thor|Loki
Grafana Loki|Prometheus|Juno|Mercury|Jupiter|Gemini|Vincent van Gogh print|Victoria Sponge|Earl Grey|Caesar salad|Margherita|Quattro Stagioni|Bloody Mary|Tom Collins|Shirley Temple|Eggs Benedict|Beef Wellington|Peach Melba|Carpaccio|Stroganoff|Pavlova|Sandwich|Lasagna
St. Patrick's Day|Valentine's Day|Martin Luther King Day|St. John's|San Francisco|Santa Barbara|San Jose|Saint-Denis|St. Gallen|Washington|Lincoln|Jackson|Madison|Houston|Charlotte|Victoria|Georgia|Virginia|Carolina|Jordan|Chad|Israel|Florence|Sofia|Paris|Sydney|Austin|Savannah|Brooklyn|Chelsea|Lourdes
""".strip()
    .replace("\n", "|")
    .split("|")
)
_AFTER = """
support|store|helpline|printer|dealer|warranty|invoice|server|plugin|release|job|pipeline|outlet|catalogue|voucher|shop|release notes|update|driver|branch|headquarters|website|app|account team|delivery|Filiale|Kundendienst|boutique|tienda|negozio|winkel|butik|sklep|магазин
""".strip().split("|")
_LEADS = "I bought it at|the new|our|ordered from|installed|restart|using|we sell|die neue|der|chez|de|la|il|het|nowy|новый|from|by|a|at|version of|I love|cancelled|the".split(
    "|"
)
_LEVELS = ("INFO", "WARN", "ERROR", "DEBUG", "TRACE", "FATAL", "notice")


def _hex(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789abcdef") for _ in range(count))


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(count))


def _word(rng: random.Random) -> str:
    return rng.choice(lists("en").words[:6000])


def _camel(rng: random.Random) -> str:
    return "".join(_word(rng).capitalize() for _ in range(rng.randint(2, 3)))


def number(rng: random.Random) -> str:
    """A number that is nobody's: of an order, a part, a thing."""
    letters = "".join(rng.choice(string.ascii_uppercase) for _ in range(rng.randint(1, 4)))
    return rng.choice((
        _digits(rng, rng.randint(3, 12)), f"{letters}{_digits(rng, rng.randint(3, 9))}", f"{letters}-{_digits(rng, rng.randint(3, 7))}",
        f"{_digits(rng, 4)}-{_digits(rng, 4)}", f"{letters}-{_digits(rng, 4)}-{_digits(rng, 2)}{rng.choice('ABX')}", f"{_digits(rng, 2)}-{_digits(rng, 5)}",
        f"978-{_digits(rng, 1)}-{_digits(rng, 4)}-{_digits(rng, 4)}-{_digits(rng, 1)}", f"{_digits(rng, 13)}", f"#{_digits(rng, rng.randint(2, 7))}", f"{_digits(rng, 3)} {_digits(rng, 3)}",
    ))  # fmt: skip


def line(rng: random.Random) -> str:
    """One line."""
    stamp = f"20{_digits(rng, 2)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}{rng.choice('T ')}{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}"
    which = rng.randrange(16)
    if which == 0:
        return f"{stamp},{_digits(rng, 3)} {rng.choice(_LEVELS)} [{_word(rng)}-{_digits(rng, 1)}] com.{_word(rng)}.{_word(rng)}.{_camel(rng)} - {_word(rng)} {_word(rng)} {_digits(rng, rng.randint(1, 6))} {_word(rng)}"
    if which == 1:
        return f"{rng.choice(('id', 'guid', 'trace', 'session', 'uuid', 'request', ''))}{rng.choice((' ', '=', ': '))}{rng.choice((str(uuid.UUID(int=rng.getrandbits(128))), '{' + str(uuid.UUID(int=rng.getrandbits(128))).upper() + '}'))}"
    if which == 2:
        return f"{rng.choice(('sha256', 'md5', 'commit', 'digest', 'etag', 'checksum', 'fingerprint', 'build id'))}{rng.choice((' ', ': ', '='))}{_hex(rng, rng.choice((7, 8, 12, 32, 40, 64)))}"
    if which == 3:
        return " ".join(_hex(rng, 2).upper() for _ in range(rng.randint(4, 12)))
    if which in {4, 5, 6}:
        cue = rng.choice(_CUES)
        more = f"{rng.choice((', ', ' and ', '; ', ' / '))}{number(rng)}" if rng.random() < 0.3 else ""
        tail = rng.choice(
            (
                "",
                f" {_word(rng)} {_word(rng)}",
                ".",
                " is late",
                " closed",
                " ist da",
                " pas reçu",
                " sin entregar",
            )
        )
        return f"{rng.choice(('', _word(rng) + ' '))}{cue}{rng.choice((' ', ': ', ' # ', ' is ', '-', ' '))}{number(rng)}{more}{tail}"
    if which == 7:
        return f"0x{_hex(rng, rng.choice((4, 8, 8, 16))).upper()} {_camel(rng)}.dll {rng.choice(('at', 'in', 'exception', 'offset'))} {_camel(rng)}::{_camel(rng)}({_digits(rng, 2)})"
    if which == 8:
        return f"    at {_word(rng)}.{_word(rng)}.{_camel(rng)}.{_word(rng)}({_camel(rng)}.java:{_digits(rng, 3)})"
    if which == 9:
        return rng.choice((
            f"$ {_word(rng)} --{_word(rng)} {_digits(rng, 3)} -{rng.choice('abfvn')} /var/{_word(rng)}/{_word(rng)}.{rng.choice(('log', 'conf', 'txt', 'gz'))}",
            f"SELECT {_word(rng)}, count(*) FROM {_word(rng)}_{_word(rng)} WHERE {_word(rng)} > {_digits(rng, 4)};", f'@{_camel(rng)}("{_word(rng)}")',
            f"import {_word(rng)}.{_word(rng)}", f"{_word(rng)}_{_word(rng)} = {_digits(rng, rng.randint(1, 10))}", f"npm i @{_word(rng)}/{_word(rng)}@{_digits(rng, 1)}.{_digits(rng, 2)}.{_digits(rng, 1)}",
            f"def {_word(rng)}_{_word(rng)}({_word(rng)}, {_word(rng)}={_digits(rng, 2)}):", f"git checkout -b {_word(rng)}/{_word(rng)}-{_digits(rng, 4)}", f"export {_word(rng).upper()}_{_word(rng).upper()}={_word(rng)}",
        ))  # fmt: skip
    if which == 10:
        return f"{_digits(rng, rng.randint(1, 5))} {rng.choice(('x', '×', 'by'))} {_digits(rng, rng.randint(1, 4))} {rng.choice(('mm', 'cm', 'px', 'MB', 'rpm', 'GB', 'dpi', 'kg', 'V', 'Hz', 'ms'))}, {_digits(rng, 2)}.{_digits(rng, 2)} {rng.choice(('€', '$', 'EUR', 'zł', '%', '°C', 'mg'))}"
    if which in {11, 12, 13}:
        brand = rng.choice(_BRANDS)
        brand = brand.lower() if rng.random() < 0.15 else brand
        return rng.choice(
            (
                f"{rng.choice(_LEADS)} {brand} {rng.choice(_AFTER)}",
                f"{brand} {rng.choice(_AFTER)} {_word(rng)}",
                f"{rng.choice(_LEADS)} {brand}",
                f"{_word(rng)} {_word(rng)} {brand}, {_word(rng)}",
            )
        )
    if which == 14:
        return f"{_word(rng)}={_digits(rng, rng.randint(1, 12))} {_word(rng)}={_word(rng)} {_word(rng)}={_hex(rng, 8)} {_word(rng)}={rng.choice(('true', 'false', 'null'))}"
    return f"{rng.uniform(0, 999):.{rng.randint(2, 6)}f}{rng.choice((', ', ' ', ' ± ', ';'))}{rng.uniform(0, 99):.{rng.randint(2, 6)}f}"
