"""Classes of outside addresses, by lists."""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.guard import PRIVATE, AddressSet
from hushdesk.incident import Kin, Kinship
from hushdesk.incident.kin import Kindred, KinList, KinListError, explain
from hushdesk.incident.kin._lists import Part, network

ORDER = [Kin.OWN, Kin.TOR, Kin.RESEARCH, Kin.SEARCH, Kin.CLOUD]


def write(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


SMALL4 = st.integers(0, 255).map(lambda low: f"9.9.9.{low}")
SMALL6 = st.integers(0, 255).map(lambda low: f"2400::{low:x}")
NETS = st.one_of(
    st.tuples(SMALL4, st.integers(24, 32)).map(lambda pair: f"{pair[0]}/{pair[1]}"),
    st.tuples(SMALL6, st.integers(120, 128)).map(lambda pair: f"{pair[0]}/{pair[1]}"),
    st.just("::/0"),
    st.just("0.0.0.0/0"),
    st.just("ffff::/16"),
)
PARTS = st.lists(
    st.tuples(
        st.sampled_from(ORDER[1:]), st.sampled_from(["", "a", "b"]), st.lists(NETS, min_size=1, max_size=4)
    ),
    max_size=6,
)
ADDRESSES = st.lists(
    st.one_of(
        SMALL4,
        SMALL6,
        st.sampled_from(["10.0.0.1", "::1", "ffff::ff", "255.255.255.255", "0.0.0.0", "8.8.8.8"]),
    ),
    max_size=20,
)


@given(PARTS, st.lists(NETS, max_size=1), ADDRESSES)
def test_the_first_kind_and_the_narrowest_range_win(given_parts, own, addresses: list[str]) -> None:
    parts = [
        Part(kind, name, f"list {at}", tuple(map(network, nets)))
        for at, (kind, name, nets) in enumerate(given_parts)
    ]
    kindred = Kindred(parts, AddressSet.parse(*own))

    def expected(text: str) -> Kinship:
        known = ipaddress.ip_address(text)
        if known in AddressSet.parse(*own):
            return Kinship(Kin.OWN)
        found = [
            (ORDER.index(part.kind), high - low, order, Kinship(part.kind, part.name, part.by))
            for order, part in enumerate(parts)
            for version, low, high in part.ranges
            if version == known.version and low <= int(known) <= high
        ]
        if found:
            return min(found, key=lambda each: each[:3])[3]
        return (
            Kinship(Kin.PRIVATE, "", "IANA special-purpose registries")
            if known in PRIVATE
            else Kinship(Kin.OTHER)
        )

    classes = kindred.classes(addresses)
    assert [kindred.of(text) for text in addresses] == [expected(text) for text in addresses]
    assert [classes[at] for at in range(len(classes))] == [expected(text) for text in addresses]
    assert sum(classes.counts().values()) == len(addresses)


def test_what_is_no_address_is_other() -> None:
    kindred = Kindred([Part(Kin.CLOUD, "x", "", (network("0.0.0.0/0"), network("::/0")))])
    odd = ["", "x", "1.2.3", "1.2.3.4.5", "999.1.1.1", "::g", "1.2.3.4/8", "\x00", "é"]
    assert all(kindred.of(text) == Kinship(Kin.OTHER) for text in odd)
    assert set(kindred.classes(odd).numbers.tolist()) == {0}
    assert kindred.of("::ffff:9.9.9.9") == kindred.of("9.9.9.9") == Kinship(Kin.CLOUD, "x")
    assert kindred.of("fe80::1%eth0").kin is Kin.CLOUD


def test_many_as_arrow() -> None:
    kindred = Kindred([Part(Kin.TOR, "", "t", (network("9.9.9.9"),))])
    texts = pa.chunked_array(
        [pa.array(["9.9.9.9", None]).dictionary_encode(), pa.array(["::ffff:9.9.9.9"]).dictionary_encode()]
    )
    found = kindred.classes(texts)
    assert found.to_arrow().to_pylist() == [
        {"kin": "Tor exit", "name": "", "by": "t"},
        {"kin": "other", "name": "", "by": ""},
        {"kin": "Tor exit", "name": "", "by": "t"},
    ]
    assert len(kindred.classes([])) == 0


AWS = {
    "syncToken": "1", "createDate": "2020-01-02-03-04-05",
    "prefixes": [{"ip_prefix": "9.9.0.0/16", "region": "eu-west-1", "service": "AMAZON"}],
    "ipv6_prefixes": [{"ipv6_prefix": "2400:1::/32", "region": "GLOBAL", "service": "AMAZON"}],
}  # fmt: skip
AZURE = {
    "changeNumber": 7, "cloud": "Public",
    "values": [
        {"name": "AzureCloud", "id": "a", "properties": {"addressPrefixes": ["9.8.0.0/16", "9.7.0.0/16"]}},
        {"name": "AzureCloud.westeurope", "id": "b", "properties": {"addressPrefixes": ["9.8.0.0/16"]}},
        {"name": "Storage", "id": "c", "properties": {"addressPrefixes": ["9.6.0.0/16"]}},
    ],
}  # fmt: skip
GOOGLE = {
    "creationTime": "2020-01-05T01:02:03.4",
    "prefixes": [{"ipv4Prefix": "9.5.0.0/16", "service": "Google Cloud", "scope": "us-east1"}],
}
CRAWLER = {
    "creationTime": "2020-01-05T01:02:03.4",
    "prefixes": [{"ipv6Prefix": "2400:5::/64"}, {"ipv4Prefix": "9.4.4.4/32"}],
}
MISP = {
    "name": "List of known scanners",
    "version": 20200106,
    "type": "cidr",
    "list": ["9.3.3.0/24", "scan.example"],
}
EXITS = "ExitNode A\nPublished 2020-01-01 00:00:00\nLastStatus 2020-01-01 01:00:00\nExitAddress 9.2.2.2 2020-01-02 03:04:05\n"


def test_lists_as_their_makers_publish_them(tmp_path: Path) -> None:
    plain = "# kind: scanner\n# name: Example Scan\n# date: 2020-01-07\n9.1.1.0/24  # one\n\n9.1.2.1-9.1.2.9\n2400:9::/48\n"
    kindred = Kindred.load(
        [
            write(tmp_path, "ip-ranges.json", AWS),
            str(write(tmp_path, "ServiceTags_Public_20200104.json", AZURE)),
            write(tmp_path, "cloud.json", GOOGLE),
            write(tmp_path, "googlebot.json", CRAWLER),
            write(tmp_path, "list.json", MISP),
            write(tmp_path, "exit-addresses", EXITS),
            write(tmp_path, "scan.txt", plain),
            f"tor={write(tmp_path, 'bulk_2020-01-03.txt', '9.0.0.1')}",
            KinList(write(tmp_path, "ours.txt", "9.0.0.2"), Kin.CLOUD, "Ours", "2020-01-08"),
        ],
        AddressSet.parse("9.9.9.0/24"),
    )
    expected = {
        "9.9.9.9": (Kin.OWN, "", ""),
        "9.9.1.1": (Kin.CLOUD, "AWS eu-west-1", "AWS ip-ranges of 2020-01-02"),
        "2400:1::1": (Kin.CLOUD, "AWS", "AWS ip-ranges of 2020-01-02"),
        "9.8.1.1": (Kin.CLOUD, "Azure westeurope", "Azure service tags of 2020-01-04"),
        "9.7.1.1": (Kin.CLOUD, "Azure", "Azure service tags of 2020-01-04"),
        "9.6.1.1": (Kin.OTHER, "", ""),
        "9.5.1.1": (Kin.CLOUD, "Google Cloud us-east1", "cloud.json of 2020-01-05"),
        "9.4.4.4": (Kin.SEARCH, "Googlebot", "googlebot.json of 2020-01-05"),
        "9.3.3.3": (Kin.RESEARCH, "List of known scanners", "MISP warning list of 2020-01-06"),
        "9.2.2.2": (Kin.TOR, "", "Tor exit addresses of 2020-01-02"),
        "9.1.1.1": (Kin.RESEARCH, "Example Scan", "scan.txt of 2020-01-07"),
        "9.1.2.9": (Kin.RESEARCH, "Example Scan", "scan.txt of 2020-01-07"),
        "9.1.2.10": (Kin.OTHER, "", ""),
        "9.0.0.1": (Kin.TOR, "", "bulk_2020-01-03.txt of 2020-01-03"),
        "9.0.0.2": (Kin.CLOUD, "Ours", "ours.txt of 2020-01-08"),
    }
    assert {text: kindred.of(text) for text in expected} == {
        text: Kinship(*values) for text, values in expected.items()
    }


def test_a_list_without_a_date_says_so(tmp_path: Path) -> None:
    kindred = Kindred.load([write(tmp_path, "torbulkexitlist", "9.0.0.1\n")])
    assert kindred.of("9.0.0.1").kin is Kin.TOR
    assert "without a date, file of 20" in kindred.of("9.0.0.1").by


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.json", {"x": 1}, "has a form that is not known"),
        ("a.json", "[1, 2]", "has a form that is not known"),
        ("a.json", '{"x": ', "is not whole JSON"),
        ("a.json", '{"x": ' * 5000, "is not whole JSON"),
        ("a.json", {**AWS, "prefixes": [{"ip_prefix": "hush-secret"}]}, "has entries that are no networks"),
        ("a.json", {**AWS, "prefixes": [7]}, "has entries that are no networks"),
        ("a.json", CRAWLER, "does not say whose it is and of what kind"),
        (
            "a.json",
            {**MISP, "name": "List of public DNS"},
            "is a MISP warning list of no kind that tells who came",
        ),
        ("a.json", {**MISP, "list": ["scan.example"]}, "has no networks"),
        ("a.txt", "9.9.9.9\n", "does not say of what kind it is"),
        ("a.txt", "# kind: tor\n9.9.9.9\nhush-secret\n", "has no network on line 3"),
        ("a.txt", "# kind: tor\n", "has no networks"),
        ("a.txt", "ExitAddress hush-secret 2020-01-02\n", "has entries that are no addresses"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, content: object, problem: str) -> None:
    with pytest.raises(KinListError) as caught:
        Kindred.load([write(tmp_path, name, content)])
    assert caught.value.problem == f"the list {name} {problem}."
    assert "Known are" in caught.value.remedy
    assert "hush-secret" not in str(caught.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(KinListError, match="cannot be opened"):
        Kindred.load([tmp_path / "missing"])
    binary = tmp_path / "b"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(KinListError, match="UTF-8"):
        Kindred.load([binary])


def test_words() -> None:
    text = explain(Kinship(Kin.CLOUD, "AWS eu-west-1", "AWS ip-ranges of 2020-01-02"))
    assert text.startswith("cloud range AWS eu-west-1 (AWS ip-ranges of 2020-01-02): ")
    assert "anybody's machine" in text
    assert all(explain(Kinship(kin)) for kin in Kin)
