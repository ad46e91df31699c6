"""Values in pieces, in words, over line ends, with slips: and the numbers that only look so."""

from __future__ import annotations

import base64

import pytest

from hushdesk.redact import find

pytestmark = pytest.mark.usefixtures("no_names")


def masked(text: str) -> set[int]:
    return {i for f in find(text) for i in range(f.start, f.end) if text[i].isalnum()}


def parts(marked: str) -> tuple[str, set[int]]:
    text, wanted, inside = "", set(), False
    for char in marked:
        if char in "⟦⟧":
            inside = char == "⟦"
        else:
            if inside and char.isalnum():
                wanted.add(len(text))
            text += char
    return text, wanted


@pytest.mark.parametrize(
    "marked",
    [
        "dial ⟦0161⟧ and then ⟦4960551⟧",
        "Vorwahl ⟦030⟧, danach ⟦55512980⟧",
        "код города ⟦495⟧, затем ⟦5550193⟧",
        "indicatif ⟦01⟧ puis ⟦55501932⟧",
        "⟦4539⟧ and ⟦1488⟧ and ⟦0343⟧ and ⟦6467⟧",
        "⟦4539*1488*0343*6467⟧",
        "⟦4539 1488\n> 0343 6467⟧",
        "call ⟦0161\n> 4960551⟧",
        "⟦0.1.6.1.4.9.6.0.5.5.1⟧",
        "⟦01614nine60551⟧ dodged",
        "call me on ⟦o161-49o-O551⟧",
        "src ⟦2O3.0.ll3.7⟧ denied",
        "⟦ines.mar\n> low@example.org⟧",
        "⟦ines-\nmarlow@example.org⟧",
        "IBAN ⟦DE89 3704 0044\n0532 0130 00⟧",
        '⟦ines.marlow"example.org⟧ it said',
        "⟦ines.marlow⟧ and the usual ⟦@example.org⟧",
        "⟦i n e s (at) e x a m p l e (dot) o r g⟧",
        "⟦ines‹at›example․org⟧",
        "⟦ines barra baja m arroba ejemplo punto es⟧",
        "⟦ines Unterstrich m at beispiel punkt de⟧",
        "⟦ines marlow all one word at example dot org⟧",
        "⟦सीमा@उदाहरण.भारत⟧",
        r"⟦ines\40 example\2e org⟧",
        "phone ⟦zero one six one forty nine sixty fifty five twelve⟧",
        "Telefon ⟦null eins sieben zwei fünfzig fünfundfünfzig⟧".replace(
            " fünfundfünfzig", " dreißig vierzig elf"
        ),
        "tél ⟦zéro six vingt-deux quatre-vingt-dix quarante-quatre onze⟧",
        "numero: ⟦zero tre quattro sette cinquantacinque venti dieci⟧",
        "Handy ⟦null eins siebzig fünfundfünfzig dreiundzwanzig vierzig⟧",
        "bel ⟦nul zes vijfenvijftig achtentwintig achttien elf⟧",
        "llama al ⟦seis doce treinta y cuatro cincuenta y cinco setenta y ocho⟧",
        "телефон ⟦восемь девятьсот три двести пятьдесят один сорок шесть ноль семь⟧",
        "cep ⟦sıfır beş yüz kırk iki üç yüz on bir yirmi iki otuz üç⟧",
        "携帯 ⟦ゼロハチゼロ イチニーサンヨン ゴーロクナナハチ⟧",
        "ip ⟦two hundred three dot zero dot one hundred thirteen dot nine⟧",
        "born ⟦the second of march nineteen sixty eight⟧",
        "née le ⟦trois juin mille neuf cent soixante-douze⟧",
    ],
)
def test_found_whole(marked: str) -> None:
    text, wanted = parts(marked)
    assert wanted <= masked(text), [(text[f.start : f.end], f.detector) for f in find(text)]


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("padded", [True, False])
def test_base64_is_masked_whole(layers: int, padded: bool) -> None:
    value = '{"mail":"ines.marlow@example.org","n":7}'
    for _ in range(layers):
        value = base64.urlsafe_b64encode(value.encode()).decode()
        value = value if padded else value.rstrip("=")
    text = f"state={value} seen"
    start = text.index(value)
    assert masked(text) >= {i for i in range(start, start + len(value)) if text[i].isalnum()}


@pytest.mark.parametrize(
    "text",
    [
        "steps 1.3.6.1.2.1.1.3.0 in the tree",
        "1,2,3,4,5,6,7,8,9 are the digits",
        "rows 1200 and 1300 and 1400 and 1500",
        "dial plan 2 then 3",
        "codes 4539 1488\n0343 6468 in two columns",
        "two hundred and forty five users",
        "between nineteen eighty four and twenty twelve",
        "wait one or two or three minutes",
        "thirty one to forty days, sixty at most",
        "issue #example.com is open",
        'set name="example.com" here',
        "O1 and l2 are labels",
        "the born identity is a film",
        "one word at the end",
    ],
)
def test_left_alone(text: str) -> None:
    assert [(text[f.start : f.end], f.kind, f.detector) for f in find(text)] == []
