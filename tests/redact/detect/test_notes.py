"""What the notes of a help desk name with short words: serial numbers, codes, boxes, links, names on networks."""

from __future__ import annotations

import re

import pytest

from hushdesk.redact import Kind, Policy, find, find_all, find_batch

pytestmark = pytest.mark.usefixtures("no_names")


def found(text: str, kind: Kind) -> list[str]:
    return [text[f.start : f.end] for f in find(text) if f.kind is kind]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("s/n: 7XQ2M91 replaced", "7XQ2M91"),
        ("Seriennummer DMPVX21KQ1 notiert", "DMPVX21KQ1"),
        ("n° de série 4CE03217BT, écran noir", "4CE03217BT"),
        ("número de serie: MXL9412TKW", "MXL9412TKW"),
        ("nr seryjny 8CG0337LPN do zwrotu", "8CG0337LPN"),
        ("серийный номер ZR4T11098 на наклейке", "ZR4T11098"),
        ("シリアル番号 F17KX2290 です", "F17KX2290"),
        ("序列号PC1B2C3D4", "PC1B2C3D4"),
    ],
)
def test_serial_numbers(text: str, value: str) -> None:
    assert found(text, Kind.DEVICE) == [value]
    assert find_all([text], policy=Policy(device_numbers=False)) == [[]]


@pytest.mark.parametrize(
    "text",
    [
        "serial 115200 baud 8n1",
        "serial port COM3",
        "serial number is on the lid",
        "Serial 2.0.1.5",
        "numéro de série illisible",
    ],
)
def test_no_serial_numbers(text: str) -> None:
    assert found(text, Kind.DEVICE) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("gate code is #7702", ["7702"]),
        ("Türcode 5518, bitte klingeln", ["5518"]),
        ("code de la porte : 84B12", ["84B12"]),
        ("kod do bramy 6620", ["6620"]),
        ("код домофона 88К", []),
        ("код домофона 8810", ["8810"]),
        ("CVV 903", ["903"]),
        ("Prüfnummer 551", ["551"]),
        ("backup codes: k3p9-x81m 7qz2-44rt", ["k3p9-x81m", "7qz2-44rt"]),
        ("códigos de recuperación 55d1-08aa y 91kk-3b3b", ["55d1-08aa", "91kk-3b3b"]),
        ("wget --password=Salt4Pepper https://x.example/", ["Salt4Pepper"]),
        ("mysql -h db -u root -pTr0ub4dor shop", ["Tr0ub4dor"]),
        ("curl -u ogrady:blue#Kite7 https://x.example/", ["blue#Kite7"]),
        ("Passwort wurde geändert auf Marmor77", ["Marmor77"]),
        ("lösenordet ändrades till Sjöboda88", ["Sjöboda88"]),
        ("пароль поменяли на Рябина44", ["Рябина44"]),
        ("密碼改成Lantern301", ["Lantern301"]),
        ("パスワードをKoala8812に変更", ["Koala8812"]),
        ("비밀번호 초기화 Namsan2201!", ["Namsan2201"]),
        ("סיסמה חדשה: rimon55", ["rimon55"]),
    ],
)
def test_secrets(text: str, values: list[str]) -> None:
    assert found(text, Kind.SECRET) == values


@pytest.mark.parametrize(
    "text",
    [
        "error code is 7702",
        "the door code is broken",
        "gate code changed in 2019",
        "recovery codes were never printed",
        "security code review on 12 March",
        "password reset for all users",
        "password policy: minimum length is twelve",
        "пароль не подходит",
        "密码错误,请重试",
        "curl -u user:password https://x.example/",
        "password for Windows10 expired",
        "docker run -p 8080:80 web",
    ],
)
def test_no_secrets(text: str) -> None:
    assert found(text, Kind.SECRET) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("un: oferry7 cannot sign in", "oferry7"),
        ("usr = oferry7", "oferry7"),
        (r"logged on as NORD\oferry", r"NORD\oferry"),
        ("account svc_backup_hq locked", "svc_backup_hq"),
        ("her telegram is kiwi_lane22", "kiwi_lane22"),
        ("GitHub: moss-ferry7", "moss-ferry7"),
        ("微信号kiwi_lane", "kiwi_lane"),
        ("DB_USER=oferry7", "oferry7"),
    ],
)
def test_user_names(text: str, value: str) -> None:
    assert value in found(text, Kind.USERNAME)


@pytest.mark.parametrize(
    "text",
    ["telegram is down", "github actions failed", "telegram bot v2", "steam version 2"],
)
def test_no_user_names(text: str) -> None:
    assert found(text, Kind.USERNAME) == []


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Kennz. HRO-TK 921", Kind.PLATE, "HRO-TK 921"),
        ("immat. GB-551-ZX", Kind.PLATE, "GB-551-ZX"),
        ("госномер К551ТХ 78", Kind.PLATE, "К551ТХ 78"),
        ("nr rej. WX 5512K", Kind.PLATE, "WX 5512K"),
        ("车牌沪B·5K21Z", Kind.PLATE, "沪B·5K21Z"),
        ("차량번호 34나 5512", Kind.PLATE, "34나 5512"),
        ("Kto 5648301122 BLZ 12030000", Kind.BANK, "5648301122"),
        ("conta 55102-4 ag. 0331", Kind.BANK, "0331"),
        ("badge 005518", Kind.ACCOUNT, "005518"),
        ("Zählernummer 88120447", Kind.ACCOUNT, "88120447"),
        ("medidor 30155201", Kind.ACCOUNT, "30155201"),
        ("dhcp lease for 3c22fb0a91d4", Kind.MAC, "3c22fb0a91d4"),
        ("Eircode T12 K8AF", Kind.ADDRESS, "T12 K8AF"),
        ("PO Box 551, Alice Springs NT 0870", Kind.ADDRESS, "PO Box 551, Alice Springs NT 0870"),
        ("Postfach 5512, 79098 Freiburg", Kind.ADDRESS, "Postfach 5512, 79098 Freiburg"),
        ("https://book.example.com/ines-marlow/intro", Kind.URL, "ines-marlow"),
        ("https://www.linkedin.example/in/ines.marlow", Kind.URL, "ines.marlow"),
        ("client addr 0xC6336412", Kind.IP, "0xC6336412"),
        ("EMŠO 0101006500006", Kind.NATIONAL_ID, "0101006500006"),
        ("her social: 219.09.9998", Kind.NATIONAL_ID, "219.09.9998"),
        ("zap 21 95551-0293", Kind.PHONE, "21 95551-0293"),
    ],
)  # fmt: skip
def test_other_kinds(text: str, kind: Kind, value: str) -> None:
    assert value in found(text, kind)


@pytest.mark.parametrize(
    "text",
    [
        "clone git@forge.example.com:team/app.git",
        "hg@code.example.org/repo",
        "assembly 10.2.0.8 vs 10.2.0.9",
        "релиз 3.0.150.22 установлен",
        "mise à jour 10.4.22.101",
        "SMTP 554 5.7.9 blocked",
        "SNMP 1.3.6.1.4.1.9.9.1",
        "instead of @Repository these",
        "rate 1.61803, 2.71828 in run 2",
        "https://docs.example.com/users/sign-in/help",
        "https://app.example.com/team/new-project/settings",
        "commit 3c22fb0a91d4 merged",
        "plate was missing",
        "the box 551 is empty",
        "release 219.09.9998",
    ],
)
def test_harmless(text: str) -> None:
    assert [(text[f.start : f.end], f.kind, f.detector) for f in find(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "12 Oak Street",
        "Seen at 12 Oak Street\nor 15 Elm Road\nor 20 Pine Avenue",
        "a street somewhere\n12 Oak Street",
    ],
)
def test_each_line_is_asked_for_addresses(text: str) -> None:
    masked = "\n".join(found(text, Kind.ADDRESS))
    assert [street for street in re.findall(r"\d+ \w+ \w+", text) if street not in masked] == []


def test_one_context_does_not_hush_the_next() -> None:
    both = find_batch([["x at 12 Oak Street"], ["12 Oak Street"]])
    assert [[f.kind for f in context[0]] for context in both] == [[Kind.ADDRESS]] * 2


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("CIPA: nhc-4545562, NHC: 4545562", Kind.NATIONAL_ID, "4545562"),
        ("my booking is it 159236", Kind.ACCOUNT, "159236"),
        ("my passward is Rover88x", Kind.SECRET, "Rover88x"),
    ],
)
def test_a_number_comes_without_its_label(text: str, kind: Kind, value: str) -> None:
    assert set(found(text, kind)) == {value}
