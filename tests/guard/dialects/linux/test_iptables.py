"""iptables-save, ip6tables-save and ipset: what each thing that a rule can say does to who gets in."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.guard import AddressSet, Document, Endpoint, Malformed, NotLookedAt, Unresolved, World
from hushdesk.guard import reach as whole_reach
from hushdesk.guard.dialects.linux import LinuxDialect

V4 = AddressSet.parse("0.0.0.0/0")


def reach(machine, port, protocol="tcp"):
    """Without the way in of a family that the dump does not show; see the test of its own."""
    shown = tuple(path for path in machine.paths if not path.name.endswith((": IPv4", ": IPv6")))
    return whole_reach(replace(machine, paths=shown), port, protocol)


def read(*texts, **parameters):
    documents = [
        Document(name, "text", text)
        for name, text in (one if isinstance(one, tuple) else ("db.iptables", one) for one in texts)
    ]
    assert all(LinuxDialect().claims(document) for document in documents)
    found = list(
        LinuxDialect().read(
            documents, World(parameters={f"linux.{key}": value for key, value in parameters.items()})
        )
    )
    return [one for one in found if isinstance(one, Endpoint)], [
        one for one in found if not isinstance(one, Endpoint)
    ]


def filter_table(*rules, policy="DROP", chains=()):
    declared = "".join(f":{chain} - [0:0]\n" for chain in chains)
    body = "".join(f"{rule}\n" for rule in rules)
    return f"*filter\n:INPUT {policy} [0:0]\n:FORWARD {policy} [0:0]\n:OUTPUT ACCEPT [0:0]\n{declared}{body}COMMIT\n"


def bounds(text, port=5432, protocol="tcp", **parameters):
    (machine, *_), _ = read(text, **parameters)
    found = reach(machine, port, protocol)
    return found.lower, found.upper


def exactly(text, *networks, **more):
    lower, upper = bounds(text, **more)
    wanted = AddressSet.parse(*networks) if networks else AddressSet()
    assert upper == wanted, text
    assert lower == wanted, text


@pytest.mark.parametrize(
    ("rule", "networks"),
    [
        ("-A INPUT -s 192.0.2.0/24 -p tcp -m tcp --dport 5432 -j ACCEPT", ["192.0.2.0/24"]),
        ("-A INPUT -s 192.0.2.0/24 -p udp -m udp --dport 5432 -j ACCEPT", []),
        ("-A INPUT ! -s 128.0.0.0/1 -p tcp -m tcp --dport 5000:6000 -j ACCEPT", ["0.0.0.0/1"]),
        ("-A INPUT -s ! 128.0.0.0/1 -p tcp --dport ! 22 -j ACCEPT", ["0.0.0.0/1"]),
        ("-A INPUT -p tcp -m multiport --dports 22,5400:5500 -j ACCEPT", ["0.0.0.0/0"]),
        ("-A INPUT -p tcp -m multiport ! --dports 22,5400:5500 -j ACCEPT", []),
        ("-A INPUT ! -p udp -j ACCEPT", ["0.0.0.0/0"]),
        ("-A INPUT -p 6 -m iprange --src-range 192.0.2.1-192.0.2.2 -j ACCEPT", ["192.0.2.1-192.0.2.2"]),
        ("-A INPUT -s 192.0.2.0/255.255.255.0 -j ACCEPT", ["192.0.2.0/24"]),
        ("-A INPUT -s 192.0.2.0/24,198.51.100.7 -j ACCEPT", ["192.0.2.0/24", "198.51.100.7"]),
        ("-A INPUT -i lo -j ACCEPT", []),
        ("-A INPUT ! -i lo -j ACCEPT", ["0.0.0.0/0"]),
        ("-A INPUT -i docker0 -j ACCEPT", []),
        ("-A INPUT -m state --state ESTABLISHED,RELATED -j ACCEPT", []),
        ("-A INPUT -m conntrack --ctstate NEW -j ACCEPT", ["0.0.0.0/0"]),
        ("-A INPUT -m conntrack ! --ctstate INVALID -j ACCEPT", ["0.0.0.0/0"]),
        ("-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT", ["0.0.0.0/0"]),
        ("-A INPUT -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT", []),
        ("-A INPUT -p tcp --syn -j ACCEPT", ["0.0.0.0/0"]),
        ("-A INPUT -m addrtype --dst-type LOCAL -j ACCEPT", ["0.0.0.0/0"]),
        ("-A INPUT -m addrtype --dst-type BROADCAST -j ACCEPT", []),
        ("-A INPUT -m pkttype --pkt-type multicast -j ACCEPT", []),
        ("-A INPUT -d 224.0.0.0/4 -j ACCEPT", []),
        ("-A INPUT -d 127.0.0.0/8 -j ACCEPT", []),
        ("-A INPUT ! -d 127.0.0.0/8 -j ACCEPT", ["0.0.0.0/0"]),
        ("-A INPUT -f -j ACCEPT", []),
        ('-A INPUT -m comment --comment "-s 192.0.2.1 -j DROP" -j ACCEPT', ["0.0.0.0/0"]),
        ('-A INPUT -j LOG --log-prefix "in: " --log-level 4', []),
        ("[12:3456] -A INPUT -s 192.0.2.0/24 -j ACCEPT -m comment --comment behind", ["192.0.2.0/24"]),
        ("-A INPUT -p icmp -m icmp --icmp-type 8 -j ACCEPT", []),
        ("-A INPUT -m recent --set --name SSH --rsource -j ACCEPT", ["0.0.0.0/0"]),
    ],
)
def test_each_match_alone(rule, networks):
    exactly(filter_table(rule), *networks)


@pytest.mark.parametrize(
    "match",
    [
        "-i eth0",
        "-d 192.0.2.1/32",
        "-m limit --limit 5/sec",
        "-m recent --update --seconds 60 --name SSH",
        "-m string --string x --algo bm",
        "-m geoip --source-country DE",
        "-m mac --mac-source 02:00:00:00:00:01",
        "-m physdev --physdev-in eth0",
        '-m u32 --u32 "0x0>>0x16&0x3c@0x0=0x5"',
        "-m set --match-set absent src",
        "-p tcp -m tcp --dport no-such-service",
        "-s db.internal.example",
        "-m conntrack --ctexpire 10",
    ],
)
def test_what_is_not_known_is_in_doubt_from_both_sides(match):
    lower, upper = bounds(filter_table(f"-A INPUT {match} -j ACCEPT"))
    assert (lower, upper) == (AddressSet(), V4)
    lower, upper = bounds(filter_table(f"-A INPUT {match} -j DROP", policy="ACCEPT"))
    assert (lower, upper) == (AddressSet(), V4)


def test_what_was_told_is_no_doubt():
    text = filter_table("-A INPUT -i eth0 -d 203.0.113.10/32 -s 192.0.2.0/24 -j ACCEPT")
    exactly(text, "192.0.2.0/24", outside="eth0", addresses=["203.0.113.10"])
    exactly(text, outside=["wan0"])
    exactly(text, addresses="203.0.113.11")


def test_jump_return_goto_and_policy():
    text = filter_table(
        "-A INPUT -s 10.0.0.0/8 -j friends",
        "-A INPUT -s 192.0.2.0/24 -g strangers",
        "-A INPUT -p tcp -m tcp --dport 5432 -j ACCEPT",
        "-A friends -s 10.1.0.0/16 -j RETURN",
        "-A friends -j DROP",
        "-A strangers -s 192.0.2.128/25 -j RETURN",
        "-A strangers -j RETURN",
        chains=("friends", "strangers"),
    )
    (lower, upper) = bounds(text)
    wanted = V4 - AddressSet.parse("10.0.0.0/8", "192.0.2.0/24") | AddressSet.parse("10.1.0.0/16")
    assert lower == upper == wanted


def test_doubt_at_a_return_stays_inside_its_chain():
    text = filter_table(
        "-A INPUT -s 10.0.0.0/8 -j c",
        "-A INPUT -j ACCEPT",
        "-A c -s 10.1.0.0/16 -m mac --mac-source 02:00:00:00:00:01 -j RETURN",
        "-A c -j DROP",
        chains=("c",),
    )
    lower, upper = bounds(text)
    assert upper == V4 - AddressSet.parse("10.0.0.0/8") | AddressSet.parse("10.1.0.0/16")
    assert lower == V4 - AddressSet.parse("10.0.0.0/8")


def test_a_translation_goes_past_input_and_into_forward():
    text = (
        "*nat\n:PREROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\n-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\n"
        "-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE\n-A DOCKER -i docker0 -j RETURN\n"
        "-A DOCKER ! -i docker0 -p tcp -m tcp --dport 15432 -j DNAT --to-destination 172.17.0.2:5432\nCOMMIT\n"
    ) + filter_table(
        "-A FORWARD -j DOCKER-USER",
        "-A FORWARD -o docker0 -j DOCKER",
        "-A DOCKER-USER -s 198.51.100.0/24 -j DROP",
        "-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 5432 -j ACCEPT",
        chains=("DOCKER", "DOCKER-USER"),
    )
    (machine, container, forward), _ = read(text)
    assert not reach(machine, 15432).upper
    found = reach(container, 5432)
    assert found.upper == found.lower == V4 - AddressSet.parse("198.51.100.0/24")
    assert {part.frontend_port for part in found.parts()} == {15432}
    assert not reach(container, 15432).upper
    assert not forward.attached


def test_a_redirect_stays_here_on_another_port():
    text = (
        "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 5432\nCOMMIT\n"
        + filter_table("-A INPUT -p tcp -m tcp --dport 5432 -s 192.0.2.0/24 -j ACCEPT")
    )
    (machine,), _ = read(text)
    found = reach(machine, 5432)
    assert found.upper == found.lower == AddressSet.parse("192.0.2.0/24")
    assert {part.frontend_port for part in found.parts()} == {80, 5432}


def test_packets_that_are_not_tracked_are_not_new():
    text = (
        "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -s 192.0.2.0/24 -j NOTRACK\nCOMMIT\n"
        + filter_table("-A INPUT -m conntrack --ctstate NEW -j ACCEPT")
    )
    lower, upper = bounds(text)
    assert lower == upper == V4 - AddressSet.parse("192.0.2.0/24")


def test_every_table_must_let_it_in():
    text = "*mangle\n:PREROUTING DROP [0:0]\n-A PREROUTING -s 10.0.0.0/8 -j ACCEPT\nCOMMIT\n" + filter_table(
        policy="ACCEPT"
    )
    exactly(text, "10.0.0.0/8")


def test_sets_of_ipset():
    sets = (
        "create net hash:net family inet\nadd net 10.0.0.0/8\nadd net 10.1.0.0/16 nomatch\nadd net 10.1.2.0/24\n"
        "create pair hash:ip,port family inet\nadd pair 192.0.2.1,tcp:5432\nadd pair 192.0.2.2,udp:5432\n"
        "create both list:set\nadd both net\nadd both pair\n"
    )
    one = filter_table(
        "-A INPUT -m set --match-set net src -j ACCEPT", "-A INPUT -m set --match-set pair src,dst -j ACCEPT"
    )
    (machine,), _ = read(("db.iptables", one), ("db.ipset", sets))
    wanted = AddressSet.parse("10.0.0.0/8") - AddressSet.parse("10.1.0.0/16") | AddressSet.parse(
        "10.1.2.0/24", "192.0.2.1"
    )
    assert reach(machine, 5432).upper == reach(machine, 5432).lower == wanted
    other = filter_table("-A INPUT -m set ! --match-set net src -j ACCEPT")
    (machine,), _ = read(("db.iptables", other + sets))
    assert reach(machine, 5432).upper == V4 - wanted | AddressSet.parse("192.0.2.1")


def test_both_families_of_one_machine_and_other_machines_apart():
    four, six = filter_table(policy="ACCEPT"), filter_table("-A INPUT -s 2001:db8::/32 -j ACCEPT")
    (machine,), findings = read(("etc/rules.v4", four), ("etc/rules.v6", six))
    assert reach(machine, 5432).upper == V4 | AddressSet.parse("2001:db8::/32")
    assert not findings
    machines, findings = read(("a/web.iptables", four), ("a/db.iptables", filter_table()))
    assert [one.name for one in machines] == ["web.iptables (input)", "db.iptables (input)"]
    assert sum(isinstance(one, NotLookedAt) and "IPv6" in one.what for one in findings) == 2


def test_wrong_input_is_said_and_never_taken_for_safe():
    cut = filter_table("-A INPUT -s 192.0.2.0/24 -j DROP").replace("COMMIT\n", "")
    (machine, *_), findings = read(cut)
    assert any(
        isinstance(one, Malformed) and "COMMIT" in one.problem and one.place.line == 1 for one in findings
    )
    assert reach(machine, 5432).upper == V4 - AddressSet.parse("192.0.2.0/24")
    assert not reach(machine, 5432).lower
    (machine,), findings = read(filter_table("-A INPUT -j f2b-sshd"))
    assert any(
        isinstance(one, Malformed) and "f2b-sshd" in one.problem and one.place.line == 5 for one in findings
    )
    assert (reach(machine, 5432).lower, reach(machine, 5432).upper) == (AddressSet(), V4)
    circle = filter_table("-A INPUT -j a", "-A a -j b", "-A b -j a", chains=("a", "b"))
    (machine,), findings = read(circle)
    assert any(isinstance(one, Malformed) and "back to itself" in one.problem for one in findings)
    assert reach(machine, 5432).upper == V4


def test_chains_that_call_each_other_without_end_are_cut_off_and_open():
    chains = [f"c{number}" for number in range(40)]
    rules = [f"-A {one} -j {two}" for one, two in pairwise(chains) for _ in range(3)]
    (machine,), _ = read(
        filter_table("-A INPUT -j c0", *rules, "-A c39 -s 192.0.2.1/32 -j ACCEPT", chains=chains)
    )
    assert "192.0.2.1" in reach(machine, 5432).upper


def test_a_listing_is_not_enough():
    endpoints, findings = read(
        "Chain INPUT (policy DROP)\ntarget     prot opt source               destination\n"
    )
    assert not endpoints
    assert any(isinstance(one, NotLookedAt) and "iptables-save" in one.why for one in findings)


def test_unresolved_parts_are_named_with_their_line():
    _, findings = read(filter_table("-A INPUT -m set --match-set absent src -j ACCEPT"))
    (one,) = [one for one in findings if isinstance(one, Unresolved)]
    assert "absent" in one.why
    assert one.place.line == 5


@settings(max_examples=50)
@given(st.text(alphabet=st.sampled_from("-AIsdpjm! \"'0123456789./:,\n*abcDROPUTNECX"), max_size=300))
def test_no_text_raises(text):
    document = Document("x.iptables", "text", "*filter\n:INPUT DROP [0:0]\n-A INPUT " + text + "\nCOMMIT\n")
    dialect = LinuxDialect()
    assert dialect.claims(document)
    for one in dialect.read([document], World()):
        if isinstance(one, Endpoint):
            reach(one, 5432)


def test_a_family_that_the_input_does_not_show_may_be_open():
    (machine, *_), _ = read(filter_table())
    found = whole_reach(machine, 5432)
    assert found.upper == AddressSet.parse("::/0")
    assert not found.lower
    (part,) = found.parts()
    assert "ip6tables-save" in part.doubts[0]
    (both, *_), _ = read(filter_table(), ("db.ip6tables", filter_table()))
    assert not whole_reach(both, 5432).upper
