"""The Linux kernel has the last word: real packets, real rules, and what we say of them.

Every packet's verdict must lie between our two bounds; where everything is told to us, the bounds must be the same.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from dataclasses import replace
from itertools import groupby
from random import Random

import numpy as np
import pytest

from hushdesk.guard import Document, Endpoint, World
from hushdesk.guard.dialects.linux import LinuxDialect

TOLD = {"linux.addresses": ["203.0.113.10", "2001:db8:1::10"]}
STATEFUL = re.compile(r"\s(?:limit|hashlimit|recent)\s")


def endpoints(texts, outside):
    parameters = {**TOLD, "linux.outside": outside} if outside else {}
    documents = [Document(name, kind, content) for name, kind, content in texts if content]
    found = [
        one
        for one in LinuxDialect().read(documents, World(parameters=parameters))
        if isinstance(one, Endpoint)
    ]
    here = [one for one in found if one.name.endswith("(input)")]
    behind = [one for one in found if "(behind " in one.name]
    forwarded = [one for one in found if one.name.endswith("(forward)")]
    return here, behind, forwarded


class Comparison:
    def __init__(self, kernel, decide):
        self.kernel, self.decide = kernel, decide
        self.count = Counter()
        self.wrong = []

    def __call__(self, machine, packets, views, label):
        """Send packets once and compare with each view (told nothing, told all) of the rules."""
        here, behind = machine.send(packets)
        through = [packet for packet in packets if packet.through]
        direct = [packet for packet in packets if not packet.through]
        chosen = np.array([packet.through for packet in packets])
        for known, (of_here, of_behind, of_forward) in views.items():
            self.one(direct, here[~chosen], of_here, label, known)
            self.one(direct, behind[~chosen], of_behind, label, known)
            if of_forward:
                self.one(through, behind[chosen], of_forward, f"{label} forwarded", f"{known}, forwarded")
        self.count["packets"] += len(packets)
        self.count["arrived"] += int(here.sum() + behind.sum())

    def one(self, packets, arrived, ends, label, known):
        def key(at):
            return packets[at].family, packets[at].source_port, packets[at].protocol, packets[at].port

        for (family, sport, protocol, port), ats in groupby(sorted(range(len(packets)), key=key), key):
            members = list(ats)
            sources = [packets[at].source for at in members]
            upper, lower = self.decide(ends, family, sources, sport, protocol, port)
            for at, may, must in zip(members, upper, lower, strict=True):
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
        ports += [
            int(one)
            for one in re.findall(r"(?:dport|dports|:|,)\s*(\d{1,5})\b", text)
            if 0 < int(one) < 65536
        ]
        for port in random.sample(sorted({*ports}), min(12, len({*ports}))):
            sport = random.choice([40000, 1024, 53, 50000, 40101])
            protocol = random.choice(["tcp", "tcp", "udp"])
            sources = generated.sources(random, text, share // 12, family)
            found += [kernel.Packet(family, source, sport, protocol, port) for source in sources]
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
        assert not machine.load(
            "nft", "table inet t { chain c { type filter hook input priority 0; policy drop; }; }"
        )
        here, _ = machine.send(sent)
        assert not here.any()


def compare_generated(kernel, generated, comparison, kinds, seeds, count):
    """Give random rules to the kernel, and to us as written and as the kernel's tools list them."""
    for kind in kinds:
        for seed in seeds:
            random = Random(f"{kind} {seed}")
            made = getattr(generated, kind)(random, "wan0")
            with kernel.Machine("wan0") as machine:
                problem = (machine.load("ipset", made.sets) if made.sets else "") or machine.load(
                    made.kind, made.text
                )
                assert not problem, (problem, made.text)
                texts = [(f"host.{kind}", "text", made.text), ("host.ipset", "text", made.sets)]
                seen = views(texts, "wan0")
                if kind == "nft":
                    seen["all, by list"] = endpoints(
                        [("host.nft", "text", machine.dump("nft", "list", "ruleset"))], "wan0"
                    )
                    listed = json.loads(machine.dump("nft", "-j", "list", "ruleset"))
                    seen["all, by JSON"] = endpoints([("host.json", "json", listed)], "wan0")
                else:
                    saved = machine.dump("iptables-save")
                    seen["all, by save"] = endpoints([("host.iptables", "text", saved), texts[1]], "wan0")
                    seen["all, by nft"] = endpoints(
                        [("host.nft", "text", machine.dump("nft", "list", "ruleset"))], "wan0"
                    )
                families = (4, 6) if kind == "nft" else (4,)
                sent = packets(kernel, generated, random, made.text + made.sets, count, families)
                comparison(machine, sent, seen, f"{kind} {seed}")


def test_random_rules_mean_to_us_what_they_mean_to_the_kernel(kernel, generated, comparison):
    compare_generated(kernel, generated, comparison, ("iptables", "nft"), range(10), 250)
    assert not comparison.wrong, comparison.wrong[:5]
    assert comparison.count["verdicts"] >= 20_000
    assert comparison.count["arrived"] > 500
    assert comparison.count["inexact, all"] == 0


def real_dumps(folder):
    """Real dumps, as far as the kernel takes them; anonymised hardware addresses become one that nobody has."""
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or re.search(r"\.Ln\.(?:INP|FWD)\.", file.name):
            continue
        text = file.read_text(errors="replace")
        text = re.sub(r"(--mac-source\s+)\S+", r"\g<1>02:00:00:00:00:99", text)
        # Of iptables 1.4.21 an old way to negate that later versions refuse.
        yield file, re.sub(r" (-[sd]) ! (\S+)", r" ! \1 \2", text)


def interfaces(text, most):
    """Names that the rules use and one that they do not."""
    named = Counter(re.findall(r"-i ([A-Za-z][\w.-]*)(?= )", text))
    used = [name for name, _ in named.most_common() if name != "lo" and len(name) < 16]
    return ["wan0", *used[:most]]


def compare_dump(kernel, generated, comparison, file, text, interface, count):
    random = Random(f"{file.name} {interface}")
    with kernel.Machine(interface) as machine:
        problem = machine.load("iptables", text)
        if problem:
            return problem
        sent = packets(kernel, generated, random, text, count)
        sent += [replace(one, through=True) for one in packets(kernel, generated, random, text, count)]
        comparison(
            machine,
            sent,
            views([("host.iptables", "text", text)], interface),
            f"{file.parent.name} {interface}",
        )
    return ""


def test_real_dumps_mean_to_us_what_they_mean_to_the_kernel(kernel, generated, comparison, dumps):
    refused = {}
    for file, text in real_dumps(dumps):
        if text.count("\n") < 1000:
            refused[file.name] = compare_dump(
                kernel, generated, comparison, file, text, interfaces(text, 1)[-1], 150
            )
    assert not comparison.wrong, comparison.wrong[:5]
    assert sum(not problem for problem in refused.values()) >= 10, refused
    assert comparison.count["verdicts"] > 5_000


@pytest.mark.slow
def test_a_hundred_thousand_verdicts_agree_with_the_kernel(kernel, generated, comparison, dumps, capsys):
    refused = {}
    for file, text in real_dumps(dumps):
        for interface in interfaces(text, 3) if len(text) < 300_000 else interfaces(text, 1)[-1:]:
            refused[file, interface] = compare_dump(
                kernel, generated, comparison, file, text, interface, 1_500
            )
    of_dumps = comparison.count["packets"]
    compare_generated(kernel, generated, comparison, ("iptables", "nft"), range(100, 125), 600)
    why = {file.parent.name: why for (file, _), why in refused.items() if why}
    with capsys.disabled():
        sys.stdout.write(f"\n{dict(comparison.count)}, of real dumps {of_dumps} packets, refused: {why}\n")
    assert not comparison.wrong, comparison.wrong[:5]
    assert comparison.count["packets"] >= 30_000
    assert comparison.count["verdicts"] >= 100_000
    assert comparison.count["inexact, all, by list"] == 0
