"""Names that no list knows: told by their letters, their neighbours and their place; and what only looks like them."""

from __future__ import annotations

import pytest

from hushdesk.redact import Kind, find

# Between the marks stands what must be found; all names are made up.
FOUND = """
Please copy ‹Orlanthe Brackwell› (orl@b.example) on everything.
The router was set up by ‹Quorbin Thistlewaite›, who left in May.
I have asked ‹Yevanthe Okparaku› to test it as well.
‹Tavish Merrowdale› from our accounting team will handle it.
Here is the log. My colleague ‹Augustus Merrowdale› has the keys.
Hi, you are chatting with ‹Olwethe›. How can I help?
wants ‹Brynmoor Calverstone› to be cc'd
‹Friedeswind Ahrenklau› ist am Montag vor Ort.
an ‹Wiebold› übergeben, warten auf Antwort
Konto von ‹Friedeswind Ahrenklau› gesperrt.
‹Théodulphe Marcassin›, de la comptabilité, s'en occupe.
remboursement validé par ‹Ysoline›
Hola, le atiende ‹Etelvina›. ¿En qué puedo ayudarle?
‹Rosaura Valdepinos› figura ahora como contacto.
Salve, sono ‹Fiorenzina›. Come posso aiutarla?
‹Quirino Salvaterra› já consta como contato.
overgedragen aan ‹Wobbechien›
‹Sieuwert van den Broekhoven› staat nu als contactpersoon geregistreerd.
zgoda: ‹Dobromira›
Burada ‹Gülperi Taşdemirci› olacak.
Na místě bude ‹Květuše Habrmanová›.
‹SIGVARDA LINDEBRAND› är på plats på onsdag.
当日は‹小木曽 奈津江›が立ち会います。
不在の間は経理の‹小木曽 奈津江›が対応します。
客户很生气，抄送‹令狐思远›，请处理
我不在的时候由财务部‹蒋思琪›处理。
您好，我是‹思琪›，请问有什么可以帮您？
현장에는 ‹제갈은솔› 씨가 있습니다.
안녕하세요, ‹은솔› 입니다. 무엇을 도와드릴까요?
handed over to ‹思琪› (late shift)
안녕하세요, ‹Olwethe› 입니다.
""".strip().splitlines()

NOTHING = """
Please close Meridian Server and start it again.
The Brackwell Thornfield contract ends soon.
Installed Corvanta Studio on the new machine.
Source: Corvanta TokenCache
Quarterly Forecast Revision
Ordner, die ich im Juni gelöscht habe, sind wieder da.
Der Link zum Zurücksetzen ist schon abgelaufen.
артикул 14-86685-D. Пока ничего не работает.
Hello Corvanta support,
Die neue Oberfläche zeigt keine Zugriffsrechte.
Fall vom Mai erneut geöffnet.
B e t r e f f
I N V O I C E
注意事項 一覧表を確認してください。
请联系客服处理
我是会员，请问怎么办？
오늘 다시 발생했습니다.
アカウントのロックを解除、再起動しました。
""".strip().splitlines()


def named(text):
    return {i for f in find(text) if f.kind is Kind.PERSON for i in range(f.start, f.end)}


def parts(line):
    before, rest = line.split("‹")
    name, after = rest.split("›")
    return before, name, after


def test_found_by_what_stands_around():
    missed = []
    for line in FOUND:
        before, name, after = parts(line)
        inside = {len(before) + i for i, char in enumerate(name) if char.isalnum()}
        if not inside <= named(before + name + after):
            missed.append(line)
    assert len(missed) <= 0.2 * len(FOUND), missed


def test_left_alone():
    flagged = [line for line in NOTHING if named(line)]
    assert len(flagged) <= 1, flagged


def test_disguised_names_are_found_where_they_stand():
    for name in (
        "Quor\u200bbin \u2060Thistlewaite",
        "Quоrbіn Thіstlеwаіtе",
        "Ｑｕｏｒｂｉｎ Ｔｈｉｓｔｌｅｗａｉｔｅ",
    ):
        text = f"It was set up by {name}, who left."
        start = text.index(name)
        assert [(f.start, f.end) for f in find(text)] == [(start, start + len(name))]


@pytest.mark.parametrize(
    "name",
    ["Q u o r b i n T h i s t l e w a i t e", "O ' M a l l o r y"],
)
def test_spaced_names_are_found_whole(name):
    text = f"handed to {name} (late shift)"
    start = text.index(name)
    assert set(range(start, start + len(name))) <= named(text)


def test_a_name_alone_after_a_closing():
    for text in (
        "谢谢！\n令狐思远",
        "고객지원 드림\n제갈은솔",
        "窓口サポート\n小木曽 奈津江",
        "Un cordiale saluto,\nOrlanthe Brackwell",
    ):
        assert set(range(text.index("\n") + 1, len(text))) - {text.rfind(" ")} <= named(text)


def test_one_mention_is_enough_for_the_whole_text():
    text = "My colleague Quorbin Thistlewaite saw it.\nlater Thistlewaite left"
    found = [text[f.start : f.end] for f in find(text) if f.kind is Kind.PERSON]
    assert found[0] == "Quorbin Thistlewaite"
    assert "Thistlewaite" in found[1:]
