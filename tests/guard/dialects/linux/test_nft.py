"""nftables, as text and as JSON."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.guard import AddressSet, Document, Endpoint, Malformed, NotLookedAt, Unresolved, World, reach
from hushdesk.guard.dialects.linux import LinuxDialect

ALL = AddressSet.parse("0.0.0.0/0", "::/0")
V4, V6 = AddressSet.parse("0.0.0.0/0"), AddressSet.parse("::/0")


def read(content, kind="text", **parameters):
    document = Document("db.nft", kind, content)
    assert LinuxDialect().claims(document)
    found = list(
        LinuxDialect().read(
            [document], World(parameters={f"linux.{key}": value for key, value in parameters.items()})
        )
    )
    return [one for one in found if isinstance(one, Endpoint)], [
        one for one in found if not isinstance(one, Endpoint)
    ]


def guard(*rules, policy="drop", more=""):
    body = "\n\t\t".join(rules)
    return f"table inet guard {{\n{more}\n\tchain input {{\n\t\ttype filter hook input priority filter; policy {policy};\n\t\t{body}\n\t}}\n}}\n"


def bounds(text, port=5432, protocol="tcp", **parameters):
    (machine, *_), _ = read(text, **parameters)
    found = reach(machine, port, protocol)
    return found.lower, found.upper


SETS = """
\tset corp {
\t\ttype ipv4_addr
\t\tflags interval
\t\telements = { 10.0.0.0-10.0.0.9, 192.0.2.0/24,
\t\t\t     198.51.100.7 timeout 1h expires 59m }
\t}
\tset pairs {
\t\ttype ipv4_addr . inet_service
\t\tflags interval
\t\telements = { 192.0.2.0/24 . 5000-6000, 10.0.0.1 . 22 }
\t}
\tset seen {
\t\ttype ipv4_addr
\t\tflags dynamic
\t}
\tmap verdicts {
\t\ttype ipv4_addr : verdict
\t\tflags interval
\t\telements = { 192.0.2.0/24 : accept, 10.0.0.0/8 : jump sub }
\t}
\tchain sub {
\t\tip saddr 10.1.0.0/16 return
\t\taccept
\t}
"""


@pytest.mark.parametrize(
    ("rule", "networks"),
    [
        ("ip saddr 192.0.2.0/24 tcp dport 5432 accept", ["192.0.2.0/24"]),
        ("ip6 saddr 2001:db8::/32 accept", ["2001:db8::/32"]),
        ("ip saddr != 128.0.0.0/1 accept", ["0.0.0.0/1"]),
        (
            "ip saddr { 192.0.2.1, 198.51.100.0/24 } counter packets 3 bytes 180 accept",
            ["192.0.2.1", "198.51.100.0/24"],
        ),
        ("ip saddr @corp accept", ["10.0.0.0-10.0.0.9", "192.0.2.0/24", "198.51.100.7"]),
        ("ip saddr . tcp dport @pairs accept", ["192.0.2.0/24"]),
        ("ip saddr . tcp dport { 192.0.2.1 . 5432, 192.0.2.2 . 22 } accept", ["192.0.2.1"]),
        ("ip saddr vmap @verdicts", ["192.0.2.0/24", "10.0.0.0-10.0.255.255", "10.2.0.0-10.255.255.255"]),
        ("tcp dport vmap { 22 : drop, 5000-6000 : accept }", ["0.0.0.0/0", "::/0"]),
        ("tcp dport vmap { 22 : accept, * : drop }", []),
        ("tcp dport 5432 meta nfproto ipv6 accept", ["::/0"]),
        ("meta l4proto { tcp, udp } th dport 5432 accept", ["0.0.0.0/0", "::/0"]),
        ("meta l4proto udp accept", []),
        ("ip protocol tcp accept", ["0.0.0.0/0"]),
        ("ip6 nexthdr tcp accept", ["::/0"]),
        ("tcp dport != { 22, 5432 } accept", []),
        ("tcp dport >= 5000 tcp dport < 6000 ip saddr 192.0.2.0/24 accept", ["192.0.2.0/24"]),
        ("ct state established,related accept", []),
        ("ct state new accept", ["0.0.0.0/0", "::/0"]),
        (
            "ct state vmap { established : accept, related : accept, invalid : drop, new : accept }",
            ["0.0.0.0/0", "::/0"],
        ),
        ("ct state { established, related } accept", []),
        ('iifname "lo" accept', []),
        ('iifname != "lo" ip saddr 192.0.2.0/24 accept', ["192.0.2.0/24"]),
        ("tcp flags syn / fin,syn,rst,ack accept", ["0.0.0.0/0", "::/0"]),
        ("tcp flags & (fin | syn | rst | ack) != syn accept", []),
        ("fib daddr type local accept", ["0.0.0.0/0", "::/0"]),
        ("fib daddr type { broadcast, multicast } accept", []),
        ("ip daddr 224.0.0.0/4 accept", []),
        ('log prefix "accept it " level info', []),
        ("jump sub", ["0.0.0.0-10.0.255.255", "10.2.0.0-255.255.255.255", "::/0"]),
        ("goto sub", ["0.0.0.0-10.0.255.255", "10.2.0.0-255.255.255.255", "::/0"]),
        ('ip saddr 192.0.2.1 accept comment "why; not { here }"', ["192.0.2.1"]),
    ],
)
def test_each_rule_alone(rule, networks):
    lower, upper = bounds(guard(rule, more=SETS))
    wanted = AddressSet.parse(*networks) if networks else AddressSet()
    assert upper == wanted
    assert lower == wanted


@pytest.mark.parametrize(
    "match",
    [
        'iifname "eth0"',
        "meta mark 0x1",
        "limit rate 5/minute burst 5 packets",
        "limit rate over 10 mbytes/second",
        "ct count over 5",
        "ip saddr @seen",
        "ip saddr @absent",
        "add @seen { ip saddr limit rate over 10/second }",
        "ether saddr 02:00:00:00:00:01",
        "ip saddr & 255.0.0.255 == 10.0.0.1",
        "tcp option maxseg size 1000",
        "fib saddr . iif oif missing",
        "@th,16,16 22",
        'meta hour "08:00"-"17:00"',
        "xt match recent",
        "numgen inc mod 2 == 0",
        "ip daddr 192.0.2.77",
    ],
)
def test_what_is_not_known_is_in_doubt_from_both_sides(match):
    for verdict, policy in (("accept", "drop"), ("drop", "accept")):
        lower, upper = bounds(guard(f"{match} {verdict}", policy=policy, more=SETS))
        assert not V4 - upper
        assert not lower.v4


def test_accept_ends_its_base_chain_only_and_drop_ends_all():
    second = "table ip late {\n\tchain c {\n\t\ttype filter hook input priority 10; policy accept;\n\t\tip saddr 10.0.0.0/8 drop\n\t}\n}\n"
    lower, upper = bounds(guard("accept") + second)
    assert lower == upper == ALL - AddressSet.parse("10.0.0.0/8")
    lower, upper = bounds(guard("drop") + second)
    assert not upper


def test_translations_with_maps_and_ports():
    text = (
        "table ip nat {\n\tmap to {\n\t\ttype inet_service : ipv4_addr . inet_service\n\t\telements = { 15432 : 10.0.0.5 . 5432 }\n\t}\n"
        "\tchain pre {\n\t\ttype nat hook prerouting priority dstnat; policy accept;\n"
        "\t\tdnat ip addr . port to tcp dport map @to\n\t\ttcp dport 16379 dnat to 10.0.0.6:6379\n\t\ttcp dport 81 redirect to :5432\n\t}\n}\n"
        "table ip f {\n\tchain fwd {\n\t\ttype filter hook forward priority 0; policy drop;\n"
        "\t\tct status dnat ip daddr 10.0.0.5 accept\n\t}\n}\n"
    ) + guard("tcp dport 5432 ip saddr 192.0.2.0/24 accept")
    (machine, one, two, _), _ = read(text)
    assert reach(machine, 5432).upper == AddressSet.parse("192.0.2.0/24")
    assert {part.frontend_port for part in reach(machine, 5432).parts()} == {81, 5432}
    assert reach(one, 5432).lower == V4
    assert {part.frontend_port for part in reach(one, 5432).parts()} == {15432}
    assert not reach(two, 6379).upper


def test_json_means_the_same_and_is_named_in_nft_words():
    rule = [
        {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": {"prefix": {"addr": "192.0.2.0", "len": 24}}}},
        {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {"set": [22, {"range": [5000, 6000]}]}}},
        {"counter": {"packets": 0, "bytes": 0}},
        {"accept": None},
    ]  # fmt: skip
    content = {
        "nftables": [
            {"metainfo": {"version": "1.0.6"}},
            {"table": {"family": "ip", "name": "t", "handle": 1}},
            {
                "chain": {
                    "family": "ip",
                    "table": "t",
                    "name": "in",
                    "type": "filter",
                    "hook": "input",
                    "prio": 0,
                    "policy": "drop",
                }
            },
            {"rule": {"family": "ip", "table": "t", "chain": "in", "handle": 4, "expr": rule}},
            {
                "rule": {
                    "family": "ip",
                    "table": "t",
                    "chain": "in",
                    "handle": 5,
                    "expr": [{"xt": {"type": "target", "name": "DNAT"}}],
                }
            },
            "no object",
        ]
    }
    (machine,), findings = read(content, "json")
    found = reach(machine, 5432)
    # The table is of IPv4; IPv6 is not filtered at all. What nft cannot show may accept.
    assert found.upper == ALL
    assert found.lower == V6 | AddressSet.parse("192.0.2.0/24")
    names = {decider.name for part in found.parts(AddressSet.parse("192.0.2.1")) for decider in part.deciders}
    assert "ip t: in ip saddr 192.0.2.0/24 tcp dport { 22, 5000-6000 } accept (handle 4)" in names
    assert any(isinstance(one, NotLookedAt) and "iptables-save" in one.what for one in findings)
    assert any(isinstance(one, Malformed) for one in findings)


def test_files_with_defines_and_commands():
    text = (
        "#!/usr/sbin/nft -f\nflush ruleset\ndefine corp = { 192.0.2.0/24,\n\t198.51.100.0/24 }\ndefine db = 5432\n"
        "table inet filter {\n\tchain input {\n\t\ttype filter hook input priority 0; policy drop;\n\t}\n}\n"
        'add rule inet filter input ip saddr $corp tcp dport $db accept\ninclude "/etc/nftables.d/*.nft"\n'
    )
    (machine,), findings = read(text)
    assert reach(machine, 5432).lower == AddressSet.parse("192.0.2.0/24", "198.51.100.0/24")
    assert any(isinstance(one, NotLookedAt) and "include" in one.what for one in findings)


def test_what_is_cut_off_or_dormant_or_unknown_is_said():
    (machine, *_), findings = read(
        "table inet t {\n\tchain c {\n\t\ttype filter hook input priority 0; policy drop;\n\t\tip saddr 10.0.0.0/8 drop\n"
    )
    assert any(isinstance(one, Malformed) and "cut off" in one.problem for one in findings)
    assert reach(machine, 5432).upper == ALL - AddressSet.parse("10.0.0.0/8")
    (machine, *_), findings = read(
        guard("frobnicate 7 accept", more="\tflags dormant\n")
        + guard("quux 1 2 accept").replace("guard", "other")
    )
    assert any(isinstance(one, NotLookedAt) and "dormant" in one.why for one in findings)
    assert reach(machine, 5432).upper == ALL
    assert not reach(machine, 5432).lower
    _, findings = read(guard("ip saddr @gone accept"))
    assert any(isinstance(one, Unresolved) and "gone" in one.why for one in findings)


@settings(max_examples=50)
@given(
    st.lists(
        st.sampled_from(
            [
                *list('{}();,.:!=<>&|@$"\\\n 0129af'),
                "ip saddr ",
                "tcp dport ",
                "accept",
                "vmap ",
                "chain x ",
                "ct state ",
            ]
        ),
        max_size=80,
    ).map("".join)
)
def test_no_text_raises(text):
    document = Document("x.nft", "text", guard("accept") + "table ip x {\n\tchain y {\n" + text)
    for one in LinuxDialect().read([document], World()):
        if isinstance(one, Endpoint):
            reach(one, 5432)


@settings(max_examples=50)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.sampled_from(["accept", "@x", "10.0.0.0", "tcp", "22", "*"]),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["match", "left", "right", "op", "payload", "set", "vmap", "key", "data", "dnat", "addr", "jump", "target", "concat", "range", "prefix", "map", "&", "ct", "meta", "fib"]), inner, max_size=3),
        max_leaves=12,
    )
)  # fmt: skip
def test_no_json_raises(expression):
    content = {
        "nftables": [
            {
                "chain": {
                    "family": "ip",
                    "table": "t",
                    "name": "in",
                    "type": "filter",
                    "hook": "input",
                    "prio": 0,
                    "policy": "drop",
                }
            },
            {"rule": {"family": "ip", "table": "t", "chain": "in", "handle": 4, "expr": [expression]}},
            {"rule": {"family": "ip", "table": "t", "chain": "in", "handle": 5, "expr": expression}},
            {"set": {"family": "ip", "table": "t", "name": "x", "elem": expression}},
            {"table": expression},
            expression,
        ]
    }
    for one in LinuxDialect().read([Document("x.json", "json", content)], World()):
        if isinstance(one, Endpoint):
            reach(one, 5432)


SCRIPT = """flush ruleset
add table inet f
add chain inet f in { type filter hook input priority 0; policy drop; }
add rule inet f in tcp dport 5432 drop
"""


@pytest.mark.parametrize(
    ("line", "lower", "upper"),
    [
        ("insert rule inet f in tcp dport 5432 accept", ALL, ALL),
        ("add rule inet f in tcp dport 5432 accept", AddressSet(), AddressSet()),
        # Where handle 7 stands is not in the text.
        ("insert rule inet f in position 7 tcp dport 5432 accept", AddressSet(), ALL),
        ("add rule inet f in index 0 tcp dport 5432 accept", AddressSet(), ALL),
    ],
)
def test_a_rule_may_be_put_before_others(line, lower, upper):
    assert bounds(SCRIPT + line + "\n") == (lower, upper)


def test_json_commands_put_rules_before_others_and_what_takes_away_is_said():
    table = {"family": "inet", "table": "f", "chain": "in"}
    port = {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 5432}}
    commands = [
        {"add": {"table": {"family": "inet", "name": "f"}}},
        {"create": {"chain": {"family": "inet", "table": "f", "name": "in", "type": "filter", "hook": "input", "prio": 0}}},
        {"add": {"rule": {**table, "expr": [{"drop": None}]}}},
        {"insert": {"rule": {**table, "expr": [port, {"accept": None}]}}},
        {"delete": {"rule": {**table, "handle": 9}}},
    ]  # fmt: skip
    (machine, *_), findings = read({"nftables": commands}, "json")
    assert reach(machine, 5432).lower == ALL
    assert not reach(machine, 9200).upper
    assert [one.what for one in findings if isinstance(one, NotLookedAt)] == ["the command delete"]
