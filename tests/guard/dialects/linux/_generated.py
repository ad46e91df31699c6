"""Random rule sets for the kernel and for us: jumps, gotos, returns, negations, sets, maps, translations."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from random import Random

NETWORKS = ["198.51.100.0/24", "198.51.100.128/25", "198.18.0.0/15", "203.0.112.0/23", "45.0.0.0/8", "45.77.0.0/16", "45.77.3.4/32",
            "192.0.2.64/26", "100.64.0.0/10", "8.8.8.8/32", "0.0.0.0/1", "128.0.0.0/2", "10.0.0.0/8"]  # fmt: skip
NETWORKS6 = [
    "2001:db8:2::/48",
    "2001:db8:2:8000::/49",
    "2400::/12",
    "2606:4700::/32",
    "2001:db8:2::7/128",
    "2000::/3",
]
PORTS = [22, 80, 443, 3306, 5432, 6379, 9200, 11211, 27017]
BEHIND_PORT = 15432


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What both are given."""

    kind: str
    text: str
    sets: str = ""


def _ports(random: Random, most: int = 1) -> str:
    parts = []
    for _ in range(random.randint(1, most)):
        low = random.choice(PORTS)
        parts.append(
            f"{low}:{min(65535, low + random.choice([1, 10, 3000]))}" if random.random() < 0.3 else str(low)
        )
    return ",".join(dict.fromkeys(parts))


def _sport(random: Random) -> str:
    return random.choice(["1024:65535", "40000", "0:1023", "40000:40100", "53"])


def _not(random: Random, often: float = 0.25) -> str:
    return "! " if random.random() < often else ""


def _iptables_match(random: Random, interface: str) -> str:
    network = random.choice(NETWORKS)
    base = str(IPv4Network(network).network_address)
    last = str(IPv4Address(min(int(IPv4Address(base)) + random.randint(0, 70000), 2**32 - 1)))
    protocol = random.choice(["tcp", "tcp", "udp"])
    return random.choice(
        [
            f"{_not(random)}-s {network}",
            f"-s {network} -p {protocol} -m {protocol} {_not(random)}--dport {_ports(random)}",
            f"-p {protocol} -m {protocol} {_not(random)}--dport {_ports(random)}",
            f"-p {protocol} -m {protocol} {_not(random)}--sport {_sport(random)}",
            f"-p {protocol} -m multiport {_not(random)}--dports {_ports(random, 4)}",
            f"-p {protocol} -m multiport --ports {_ports(random, 3)}",
            f"-p {protocol} -m multiport {_not(random)}--sports {_sport(random)}",
            f"-m iprange {_not(random)}--src-range {base}-{last}",
            f"{_not(random)}-p {protocol}",
            f"{_not(random)}-i {random.choice(['lo', interface, interface[:2] + '+', 'eth7'])}",
            f"-m conntrack {_not(random)}--ctstate {random.choice(['NEW', 'ESTABLISHED,RELATED', 'INVALID', 'NEW,INVALID', 'DNAT'])}",
            f"-p tcp -m tcp {_not(random)}--tcp-flags FIN,SYN,RST,ACK SYN",
            f"-p tcp -m tcp {_not(random)}--tcp-flags SYN,ACK SYN,ACK",
            f"-m addrtype {_not(random)}--dst-type LOCAL",
            f"-m set {_not(random)}--match-set friends src",
            f"-m set {_not(random)}--match-set pairs src,dst",
            '-m comment --comment "a -j DROP in words"',
            "! -f",
            "-m pkttype --pkt-type unicast",
            f"{_not(random)}-d 203.0.113.10/32",
            "",
        ]
    )


def iptables(random: Random, interface: str) -> RuleSet:
    """All tables, user chains in an order without cycles, sets, and translations."""
    lines = ["*raw", ":PREROUTING ACCEPT [0:0]"]
    if random.random() < 0.3:
        lines.append(
            f"-A PREROUTING -s {random.choice(NETWORKS)} -p tcp -m tcp --dport {random.choice(PORTS)} -j CT --notrack"
        )
    if random.random() < 0.3:
        lines.append(f"-A PREROUTING -s {random.choice(NETWORKS)} -j DROP")
    lines += ["COMMIT", "*mangle", ":PREROUTING ACCEPT [0:0]", ":INPUT ACCEPT [0:0]"]
    if random.random() < 0.3:
        lines.append(f"-A PREROUTING -p udp -m udp --dport {_ports(random)} -j DROP")
    if random.random() < 0.2:
        lines.append(f"-A INPUT -s {random.choice(NETWORKS)} -j ACCEPT")
    lines += ["COMMIT", "*nat", ":PREROUTING ACCEPT [0:0]"]
    if random.random() < 0.6:
        for _ in range(random.randint(1, 3)):
            match = random.choice([f"-s {random.choice(NETWORKS)} ", ""])
            low = random.choice(PORTS)
            lines.append(f"-A PREROUTING {match}-p tcp -m tcp --dport {low} " + random.choice([
                f"-j DNAT --to-destination 10.77.0.2:{BEHIND_PORT}",
                "-j DNAT --to-destination 10.77.0.2",
                f"-j REDIRECT --to-ports {random.choice(PORTS)}",
                "-j ACCEPT",
            ]))  # fmt: skip
        if random.random() < 0.3:
            lines.append(
                "-A PREROUTING -p tcp -m multiport --dports 80,443,9200 -j DNAT --to-destination 10.77.0.2:80"
            )
    lines += ["COMMIT", "*filter"]
    chains = [f"c{number}" for number in range(random.randint(1, 5))]
    for name in ("INPUT", "FORWARD"):
        lines.append(f":{name} {random.choice(['ACCEPT', 'DROP'])} [0:0]")
    lines += [f":{name} - [0:0]" for name in chains]
    for at, name in enumerate(["INPUT", "FORWARD", *chains]):
        later = chains[max(0, at - 1) :]
        for _ in range(random.randint(2, 7)):
            targets = [
                "-j ACCEPT",
                "-j DROP",
                "-j RETURN",
                "-j ACCEPT",
                "-j DROP",
                "-j REJECT --reject-with icmp-port-unreachable",
                "",
            ]
            if later:
                targets += [f"-j {random.choice(later)}"] * 4 + [f"-g {random.choice(later)}"] * 2
            match = _iptables_match(random, interface)
            lines.append(f"-A {name} {match} {random.choice(targets)}".replace("  ", " ").strip())
    lines += ["COMMIT", ""]
    sets = ["create friends hash:net family inet"]
    sets += [f"add friends {one}" for one in random.sample(NETWORKS[:9], 3)]
    sets.append(f"add friends {random.choice(['198.51.100.7', '45.77.3.5', '192.0.2.70'])}/32 nomatch")
    sets.append("create pairs hash:net,port family inet")
    for _ in range(3):
        sets.append(
            f"add pairs {random.choice(NETWORKS[:9])},{random.choice(['tcp', 'udp'])}:{random.choice(PORTS)} -exist"
        )
    return RuleSet("iptables", "\n".join(lines), "\n".join(dict.fromkeys(sets)) + "\n")


def _nft_ports(random: Random) -> str:
    return _ports(random).replace(":", "-")


def _nft_match(random: Random, interface: str) -> str:
    six, four = random.choice(NETWORKS6), random.choice(NETWORKS)
    op = random.choice(["", "", "", "!= "])
    protocol = random.choice(["tcp", "tcp", "udp"])
    return random.choice(
        [
            f"ip saddr {op}{four}",
            f"ip6 saddr {op}{six}",
            f"ip saddr {op}@friends",
            f"ip saddr {op}{{ {four}, 9.9.9.9, 50.0.0.0-50.0.3.7 }}",
            f"{protocol} dport {op}{_nft_ports(random)}",
            f"{protocol} dport {op}{{ 22, 80-90, 9200 }}",
            f"{protocol} sport {op}{_sport(random).replace(':', '-')}",
            f"{protocol} dport {random.choice(['<', '>', '<=', '>='])} {random.choice(PORTS)}",
            f"meta l4proto {op}{protocol}",
            "meta l4proto { tcp, udp } th dport { 53, 443, 5432 }",
            f"ip saddr . tcp dport {op}@pairs",
            f"ip saddr . tcp dport {{ 45.77.3.4 . 22, 8.8.8.8 . 443, {four.split('/')[0]} . 5432 }}",
            f"ct state {op}{random.choice(['new', 'established,related', 'invalid', '{ new, invalid }', '{ established, related }'])}",
            f"iifname {op}{random.choice(['lo', interface, interface[:2] + '*', 'eth7'])!r}".replace(
                "'", '"'
            ),
            f"meta nfproto {random.choice(['ipv4', 'ipv6'])}",
            "tcp flags & (fin | syn | rst | ack) == syn",
            "tcp flags & (fin | syn | rst | ack) != syn",
            "tcp flags syn / syn,ack",
            f"fib daddr type {op}local",
            "ct status dnat",
            f"ip daddr {op}203.0.113.10",
            "counter",
            'log prefix "drop accept "',
            "",
        ]
    )


def _nft_verdict(random: Random, later: list[str]) -> str:
    verdicts = ["accept", "drop", "return", "accept", "drop", "reject", "continue", ""]
    if later:
        verdicts += [f"jump {random.choice(later)}"] * 4 + [f"goto {random.choice(later)}"] * 2
    return random.choice(verdicts)


def _nft_vmap(random: Random, later: list[str]) -> str:
    def verdict() -> str:
        found = _nft_verdict(random, later)
        return found if found and found != "reject" else "accept"

    return random.choice(
        [
            f"tcp dport vmap {{ 22 : {verdict()}, 80-90 : {verdict()}, 5432 : {verdict()} }}",
            f"ip saddr vmap {{ 45.0.0.0/8 : {verdict()}, 198.18.0.0-198.18.9.9 : {verdict()} }}",
            f"meta l4proto vmap {{ tcp : {verdict()}, udp : {verdict()} }}",
            f"ip saddr . tcp dport vmap {{ 45.77.0.0/16 . 22-80 : {verdict()}, 8.8.8.8 . 443 : {verdict()} }}",
            "ct state vmap { established : accept, related : accept, invalid : drop }",
            "ip saddr vmap @sorted",
        ]
    )


def nft(random: Random, interface: str) -> RuleSet:
    """A table of both families, often a second one behind it, sets, verdict maps, and translations."""
    chains = [f"c{number}" for number in range(random.randint(1, 4))]
    text = f"""table inet one {{
  set friends {{ type ipv4_addr; flags interval; elements = {{ {", ".join(random.sample([NETWORKS[4], *NETWORKS[2:4], NETWORKS[7], NETWORKS[9]], 3))} }} }}
  set pairs {{ type ipv4_addr . inet_service; flags interval; elements = {{ 45.77.0.0/16 . 22-443, 198.51.100.0/24 . 5432, 8.8.8.8 . 9200 }} }}
  chain leaf {{ tcp dport {random.choice(PORTS)} {random.choice(["accept", "drop", "return"])}; {random.choice(["accept", "return", "drop"])}; }}
  map sorted {{ type ipv4_addr : verdict; flags interval; elements = {{ 45.77.0.0/16 : jump leaf, 198.51.100.0/24 : drop, 8.8.8.8 : accept }} }}
"""
    for at, name in reversed(list(enumerate(chains))):
        text += _nft_chain(random, name, "", chains[at + 1 :], interface, random.randint(2, 5))
    for hook in ("input", "forward"):
        policy = random.choice(["accept", "drop"])
        head = f"type filter hook {hook} priority filter; policy {policy};"
        text += _nft_chain(random, hook, head, chains, interface, random.randint(2, 7))
    if random.random() < 0.4:
        head = "type filter hook prerouting priority raw; policy accept;"
        text += f"  chain early {{\n    {head}\n    tcp dport {_nft_ports(random)} ip saddr {random.choice(NETWORKS)} drop\n"
        text += f"    ip saddr {random.choice(NETWORKS)} tcp dport {random.choice(PORTS)} notrack\n  }}\n"
    if random.random() < 0.6:
        text += "  chain translate {\n    type nat hook prerouting priority dstnat; policy accept;\n"
        for _ in range(random.randint(1, 3)):
            text += "    " + random.choice([
                f"ip saddr {random.choice(NETWORKS)} tcp dport {random.choice(PORTS)} dnat ip to 10.77.0.2:{BEHIND_PORT}",
                f"tcp dport {random.choice(PORTS)} dnat ip to 10.77.0.2",
                "tcp dport { 80, 443 } redirect to :9200",
                "dnat ip to tcp dport map { 3306 : 10.77.0.2, 6379 : 10.77.0.2 }",
                "dnat ip addr . port to tcp dport map { 27017 : 10.77.0.2 . 15432 }",
                "tcp dport 22 accept",
                "meta nfproto ipv6 tcp dport 22 redirect to :443",
            ]) + "\n"  # fmt: skip
        text += "  }\n"
    text += "}\n"
    if random.random() < 0.5:
        text += "table ip two {\n"
        head = f"type filter hook input priority {random.choice(['filter + 10', '-5', 'security'])}; policy accept;"
        text += _nft_chain(random, "input", head, [], interface, 3, four_only=True) + "}\n"
    return RuleSet("nft", text)


def _nft_chain(
    random: Random,
    name: str,
    head: str,
    later: list[str],
    interface: str,
    size: int,
    *,
    four_only: bool = False,
) -> str:
    lines = [head] if head else []
    for _ in range(size):
        if not four_only and random.random() < 0.2:
            lines.append(_nft_vmap(random, later))
            continue
        match = _nft_match(random, interface)
        while four_only and ("ip6" in match or "@" in match or "nfproto" in match):
            match = _nft_match(random, interface)
        rule = f"{match} {_nft_verdict(random, later)}".strip()
        if rule:
            lines.append(rule)
    return f"  chain {name} {{\n" + "".join(f"    {line}\n" for line in lines) + "  }\n"


def sources(random: Random, text: str, count: int, family: int) -> list[int]:
    """Addresses at the edges of the networks that a rule set names, and anywhere."""
    found: list[int] = []
    if family == 4:
        import re

        networks = [
            IPv4Network(one, strict=False)
            for one in re.findall(r"\b\d+\.\d+\.\d+\.\d+(?:/\d+)?\b", text)
            if _fine(one)
        ]
        for network in random.sample(networks, min(len(networks), 60)):
            low, high = int(network.network_address), int(network.broadcast_address)
            found += [low - 1, low, high, high + 1, random.randint(low, high)]
        found += [random.getrandbits(32) for _ in range(count)]
        return [one for one in dict.fromkeys(found) if 0 < one < 2**32 and _routable(one)][:count]
    for one in NETWORKS6:
        low, high = int(IPv6Network(one).network_address), int(IPv6Network(one).broadcast_address)
        found += [low - 1, low + 1, high, high + 1, random.randint(low, high)]
    return list(dict.fromkeys(found))[:count]


def _fine(text: str) -> bool:
    address, _, length = text.partition("/")
    return all(int(part) < 256 for part in address.split(".")) and (not length or int(length) <= 32)


def _routable(number: int) -> bool:
    """The kernel throws others away before any rule that matters here."""
    one = IPv4Address(number)
    first = number >> 24
    return not (one.is_multicast or one.is_loopback or first == 0 or first >= 224 or one in IPv4Network("203.0.113.10/32")
                or one in IPv4Network("10.77.0.0/24"))  # fmt: skip
