"""Telephone numbers that are a whole line, booking numbers, spoken passwords, notations of addresses, places, keys."""

from __future__ import annotations

import random
import string

import pytest

from hushdesk.redact import Kind, find

pytestmark = pytest.mark.usefixtures("no_names")


def found(text: str, kind: Kind) -> list[str]:
    return [text[f.start : f.end] for f in find(text) if f.kind is kind]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("what is it?\n8675934908\nok", ["8675934908"]),
        ("yes 4155558763 thanks", ["4155558763"]),
        ("Fax: 463-612-6138x036", ["463-612-6138x036"]),
        ("They're not answering at 785 8949", ["785 8949"]),
        ("Tfno. 848428434 / 848428435", ["848428434", "848428435"]),
        ("Desk: 5403926876", ["5403926876"]),
        ("their number is 20 8365 2121", ["20 8365 2121"]),
    ],
)
def test_telephone_numbers(text: str, values: list[str]) -> None:
    assert found(text, Kind.PHONE) == values


@pytest.mark.parametrize(
    "text",
    [
        "order number?\n8675934908",
        "rows\n8675934908\n8675934909\n8675934907\n",
        "took 8675934908 bytes",
        "on 01062018 258 units",
        "home: 5 hours",
        "at 061218 0645 pm",
        "Mr John Ruskin (1819 - 1900) wrote",
        "Mr John Ruskin, 1819-1900, wrote",
    ],
)
def test_no_telephone_numbers(text: str) -> None:
    assert found(text, Kind.PHONE) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("confirmation number mjk 125 thanks", "mjk 125"),
        ("confirmation number is n 09 h 67", "n 09 h 67"),
        ("booking reference ABC12D", "ABC12D"),
        ("PNR: XK4T9Z", "XK4T9Z"),
        ("claim number ops 945", "ops 945"),
        ("policy number fta 123456 and", "fta 123456"),
        ("ac no 9888 ok", "9888"),
        ("account number 5598 please", "5598"),
    ],
)
def test_bookings_and_short_accounts(text: str, value: str) -> None:
    assert found(text, Kind.ACCOUNT) == [value]


@pytest.mark.parametrize(
    "text",
    ["confirmation number 12345 sent", "customer number 4 of 10", "account 5 is locked", "the contract number 2019", "policy number is 45 days old", "order number 4711 is late", "Avda. Campos nº 14 13600 Villa"],
)  # fmt: skip
def test_no_accounts(text: str) -> None:
    assert found(text, Kind.ACCOUNT) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("password 5197", "5197"), ("account password sha 369", "sha 369"), ("password is rover 12", "rover 12"), ("pin 4471", "4471")],
)  # fmt: skip
def test_spoken_passwords(text: str, value: str) -> None:
    assert found(text, Kind.SECRET) == [value]


@pytest.mark.parametrize(
    "text",
    ["password error 404", "password expires in 30 days", "password expired 2019", "password requires 8 characters", "password policy 12 characters", "the pin 5 of the connector"],
)  # fmt: skip
def test_no_passwords(text: str) -> None:
    assert found(text, Kind.SECRET) == []


def letters(count: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    rng = random.Random(count)
    return "aA1" + "".join(rng.choice(alphabet) for _ in range(count - 3))


@pytest.mark.parametrize(
    "key",
    [
        "whsec_" + letters(32), "shpat_" + letters(32, "0123456789abcdef"), "dckr_pat_" + letters(27), "glsa_" + letters(32), "lin_api_" + letters(40),
        "hvs." + letters(30), "NRAK-" + letters(27).upper(), "PMAK-" + letters(24), "xapp-" + letters(30), "GOCSPX-" + letters(28), "1//0" + letters(40),
        "123456789:AA" + letters(33), "ATATT3x" + letters(60), "xkeysib-" + letters(40), "gsk_" + letters(40), "ABCDE-12345-FGHIJ-67890-KLMN0", "0123456789abcdef" * 2 + "-us12",
    ],
)  # fmt: skip
def test_keys(key: str) -> None:
    assert found(f"we use {key} there", Kind.SECRET) == [key]


@pytest.mark.parametrize(
    "text", ["AAAAA-BBBBB-CCCCC-DDDDD-EEEEE", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "eu-west-1-prod-cluster-07", "key-value-store"]
)  # fmt: skip
def test_no_keys(text: str) -> None:
    assert found(f"we use {text} there", Kind.SECRET) == []


@pytest.mark.parametrize(
    ("text", "value", "canonical"),
    [
        ("IP 3232235777 blocked", "3232235777", "192.168.1.1"),
        ("http://3232235777/login", "3232235777", "192.168.1.1"),
        ("ip address 0xC0A80101", "0xC0A80101", "192.168.1.1"),
        ("ip 0300.0250.01.01", "0300.0250.01.01", "192.168.1.1"),
        ("ping 0xC0.0xA8.0x1.0x1", "0xC0.0xA8.0x1.0x1", "192.168.1.1"),
        ("from ::ffff:192.0.2.128 on", "::ffff:192.0.2.128", "::ffff:192.0.2.128"),
        ("fe80::1ff:fe23:4567:890a%eth2", "fe80::1ff:fe23:4567:890a%eth2", "fe80::1ff:fe23:4567:890a"),
        ("[2001:db8::7]:443", "2001:db8::7", "2001:db8::7"),
        ("10.1.2.0/24", "10.1.2.0", "10.1.2.0"),
    ],
)
def test_notations_of_addresses(text: str, value: str, canonical: str) -> None:
    got = [(text[f.start : f.end], f.canonical) for f in find(text) if f.kind is Kind.IP]
    assert [v for v, _ in got] == [value]
    assert got[0][1] in {canonical, "::ffff:c000:280"}


@pytest.mark.parametrize("value", ["001A2B3C4D5E", "00 1A 2B 3C 4D 5E", "001A2B-3C4D5E", "001a.2b3c.4d5e", "00-1a-2b-3c-4d-5e"])  # fmt: skip
def test_notations_of_hardware_addresses(value: str) -> None:
    assert found(f"MAC address {value}", Kind.MAC) == [value]


@pytest.mark.parametrize(
    "text", ["IP rating 67", "ip 2019", "mac os 12", "http://8080808080/x", "ethernet 1000"]
)
def test_no_addresses(text: str) -> None:
    assert [f for f in find(text) if f.kind in {Kind.IP, Kind.MAC}] == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("geo:52.5186,13.4081", "52.5186,13.4081"), ("meet at 9F4MGCH7+R9", "9F4MGCH7+R9"), ("52.51861, 13.40812", "52.51861, 13.40812")],
)  # fmt: skip
def test_places(text: str, value: str) -> None:
    assert found(text, Kind.COORDINATES) == [value]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Plate: B-AB 1234", Kind.PLATE, "B-AB 1234"),
        ("license plate 7ABC123", Kind.PLATE, "7ABC123"),
        ("targa AB123CD", Kind.PLATE, "AB123CD"),
        ("USt-IdNr. DE 136 695 976", Kind.NATIONAL_ID, "DE 136 695 976"),
        ("Server=db;User Id=svc_app;", Kind.USERNAME, "svc_app"),
        ("my WeChat annaw88", Kind.USERNAME, "annaw88"),
        ("lat 52.5200 north", Kind.COORDINATES, "52.5200"),
        ("+44 20 7946 0018+44 20 7946 0019", Kind.PHONE, "+44 20 7946 0019"),
    ],
)
def test_values_after_their_names(text: str, kind: Kind, value: str) -> None:
    assert value in found(text, kind)


@pytest.mark.parametrize(
    "text",
    [
        "handle: function( event ) {",
        "password = str(password)",
        "def login(self, username: str, password: bytes) -> None:",
        "NOTICE TO USER: Carefully read the following",
        "del e[1::2]; e[1::8]",
        'it did not pass "-v/-q" options',
        "coalescing is in RFC 7540 8.1.2.4 of 2015",
        "Boston, MA 02110-1301 USA",
        "clause 252.227-7013 (c)",
        r'b"\xf3\xa6\xd0PK\x08d"',
        "if 'r' in token[1:].casefold():",
        "sig.arg_types[0] and sig.args[0].name",
        "def test_Internaldate2tuple(self):",
        "contrib/modules/passwd/sha2/sha2.c",
        "Decimal('1.38435736E+12')",
    ],
)
def test_code_and_licences_are_left_alone(text: str) -> None:
    assert [(text[f.start : f.end], f.detector) for f in find(text)] == []
