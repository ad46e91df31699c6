"""The Linux kernel has the last word: real packets, real rules, and what we say of them.

Every packet's verdict must lie between our two bounds; where everything is told to us, the bounds must be the same.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import groupby
from random import Random

import pytest

from hushdesk.guard import Document, Endpoint, World
from hushdesk.guard.dialects.linux import LinuxDialect

TOLD = {"linux.addresses": ["203.0.113.10", "2001:db8:1::10"]}
STATEFUL = re.compile(r"\s(?:limit|hashlimit|recent)\s")


def endpoints(texts, outside):
    parameters = {**TOLD, "linux.outside": outside} if outside else {}
    documents = [Document(name, kind, content) for name, kind, content in texts if content]
    found = [one for one in LinuxDialect().read(documents, World(parameters=parameters)) if isinstance(one, Endpoint)]
    here = [one for one in found if one.name.endswith("(input)")]
    behind = [one for one in found if "(behind " in one.name]
    return here, behind


class Comparison:
    def __init__(self, kernel, decide):
        self.kernel, self.decide = kernel, decide
        self.count = Counter()
        self.wrong = []

    def __call__(self, machine, packets, views, label):
        """Send packets once and compare with each view (told nothing, told all) of the rules."""
        here, behind = machine.send(packets)
        for known, (of_here, of_behind) in views.items():
            for arrived, ends in ((here, of_here), (behind, of_behind)):
                self.one(packets, arrived, ends, label, known)
        self.count["packets"] += len(packets)
        self.count["arrived"] += int(here.sum() + behind.sum())

    def one(self, packets, arrived, ends, label, known):
        def key(at):
            return packets[at].family, packets[at].source_port, packets[at].protocol, packets[at].port

        for (family, sport, protocol, port), ats in groupby(sorted(range(len(packets)), key=key), key):
            ats = list(ats)
            sources = [packets[at].source for at in ats]
            upper, lower = self.decide(ends, family, sources, sport, protocol, port)
            for at, may, must in zip(ats, upper, lower, strict=True):
                self.count["verdicts"] += 1
                if may != must:
                    self.count[f"inexact, {known}"] += 1
                if not must <= arrived[at] <= may:
                    self.wrong.append((label, known, packets[at], bool(arrived[at]), bool(must), bool(may)))


@pytest.fixture
def comparison(kernel, decide):
    return Comparison(kernel, decide)


def packets(kernel, generated, random, text, count, families=(4,)):
    """A few ports and protocols times many sources."""
    found = []
    for family in families:
        share = count if family == 4 else count // 4
        ports = [*generated.PORTS, 53, 81, 1, 65535, 15432]
        ports += [int(one) for one in re.findall(r"(?:dport|dports|:|,)\s*(\d{1,5})\b", text) if 0 < int(one) < 65536]
        for port in random.sample(sorted({*ports}), min(12, len({*ports}))):
            sport = random.choice([40000, 1024, 53, 50000, 40101])
            protocol = random.choice(["tcp", "tcp", "udp"])
            for source in generated.sources(random, text, share // 12, family):
                found.append(kernel.Packet(family, source, sport, protocol, port))
    return found


def views(texts, interface):
    return {"all": endpoints(texts, interface), "nothing": endpoints(texts, None)}


def test_without_rules_everything_arrives_and_a_rule_stops_it(kernel, generated):
    random = Random(1)
    sent = packets(kernel, generated, random, "", 300, (4, 6))
    with kernel.Machine() as machine:
        here, behind = machine.send(sent)
        assert here.all()
        assert not behind.any()
        assert not machine.load("nft", "table inet t { chain c { type filter hook input priority 0; policy drop; }; }")
        here, _ = machine.send(sent)
        assert not here.any()


def compare_generated(kernel, generated, comparison, kinds, seeds, count):
    """Give random rules to the kernel, and to us as written and as the kernel's tools list them."""
    for kind in kinds:
        for seed in seeds:
            random = Random(f"{kind} {seed}")
            made = getattr(generated, kind)(random, "wan0")
            with kernel.Machine("wan0") as machine:
                problem = (machine.load("ipset", made.sets) if made.sets else "") or machine.load(made.kind, made.text)
                assert not problem, (problem, made.text)
                texts = [(f"host.{kind}", "text", made.text), ("host.ipset", "text", made.sets)]
                seen = views(texts, "wan0")
                if kind == "nft":
                    seen["all, by list"] = endpoints([("host.nft", "text", machine.dump("nft", "list", "ruleset"))], "wan0")
                    listed = json.loads(machine.dump("nft", "-j", "list", "ruleset"))
                    seen["all, by JSON"] = endpoints([("host.json", "json", listed)], "wan0")
                else:
                    saved = machine.dump("iptables-save")
                    seen["all, by save"] = endpoints([("host.iptables", "text", saved), texts[1]], "wan0")
                    seen["all, by nft"] = endpoints([("host.nft", "text", machine.dump("nft", "list", "ruleset"))], "wan0")
                families = (4, 6) if kind == "nft" else (4,)
                sent = packets(kernel, generated, random, made.text + made.sets, count, families)
                comparison(machine, sent, seen, f"{kind} {seed}")


def test_random_rules_mean_to_us_what_they_mean_to_the_kernel(kernel, generated, comparison):
    compare_generated(kernel, generated, comparison, ("iptables", "nft"), range(10), 250)
    assert not comparison.wrong, comparison.wrong[:5]
    assert comparison.count["verdicts"] >= 20_000
    assert comparison.count["arrived"] > 500
    assert comparison.count["inexact, all"] == 0
