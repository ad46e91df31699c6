"""Closures of real dumps that a proof assistant computed: over- and under-approximations of who is accepted.

Both they and we enclose the same truth, so our lower bound may nowhere exceed their upper one, nor theirs ours. They keep the
destination; we do not know it, so of theirs every destination is asked: ours is exceeded if it is for one of them.
"""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import numpy as np

from hushdesk.guard import AddressSet, Document, Endpoint, World
from hushdesk.guard.dialects.linux import LinuxDialect

LINE = re.compile(r"^(ACCEPT|DROP)\s+(\S+)\s+(\S*)\s+(\S+)\s+(\S+)\s*(.*)$")
HOOK = {"INP": ("INPUT", "(input)"), "FWD": ("FORWARD", "(forward)")}


def closure(text, chain):
    """Rules of one chain: verdict, protocol, source, destination, ports of both, as intervals."""
    found, inside = [], False
    for line in text.splitlines():
        if line.startswith("Chain "):
            inside = line.startswith(f"Chain {chain} ")
        elif inside and (match := LINE.match(line)):
            spts, dpts = (0, 65535), (0, 65535)
            for which, low, high in re.findall(r"([sd])pts?:(\d+)(?::(\d+))?", match[6]):
                pair = (int(low), int(high or low))
                spts, dpts = (pair, dpts) if which == "s" else (spts, pair)
            networks = [AddressSet.parse(match[column]).v4.pairs[0] for column in (4, 5)]
            found.append((match[1] == "ACCEPT", match[2], *networks, spts, dpts))
    return found


def accepted(rules, source, to, sport, protocol, port):
    for accept, name, sources, destinations, spts, dpts in rules:
        if (
            name in {"all", protocol}
            and sources[0] <= source <= sources[1]
            and destinations[0] <= to <= destinations[1]
            and spts[0] <= sport <= spts[1]
            and dpts[0] <= port <= dpts[1]
        ):
            return accept
    return True


def pairs(folder):
    """Each closure with the dump that it was made of."""
    for file in sorted(folder.rglob("*.Ln.*.*")):
        _, hook, bound = file.name.rsplit(".", 2)
        stem = re.sub(r"\.Ln$", "", file.name.rsplit(".", 2)[0])
        known = [one for one in file.parent.iterdir() if ".Ln." not in one.name]
        of = [one for one in known if one.name == stem] or [one for one in known if len(known) == 1]
        if of:
            yield of[0], file, hook, bound


def edges(random, rules, at, most):
    numbers = {
        number for rule in rules for low, high in [rule[at]] for number in (low - 1, low, high, high + 1)
    }
    inside = sorted(number for number in numbers if 0 < number < 2**32)
    return random.sample(inside, min(most, len(inside)))


# Why bounds differ, where they do. Theirs are narrower where they take an interface for the addresses that somebody told them are
# behind it; a dump does not say so. Ours are narrower for matches that they do not know: ``addrtype``, bridges of containers.
# They also take 127.0.0.0/8 to come by the loopback.
ASSUMED = AddressSet.parse("127.0.0.0/8")


def test_closures_and_ours_enclose_the_same_truth(decide, dumps):
    count, wrong = Counter(), []
    for dump, file, hook, bound in pairs(dumps):
        chain, ending = HOOK[hook]
        rules = closure(file.read_text(), chain)
        text = dump.read_text(errors="replace")
        if len(text) > 300_000:
            # The largest take seconds each; the kernel sees them in the slow tests.
            continue
        found = LinuxDialect().read([Document(dump.name, "text", text)], World())
        ends = [one for one in found if isinstance(one, Endpoint) and one.name.endswith(ending)]
        assert len(ends) == 1, (dump, [one.name for one in ends])
        random = Random(file.name)
        sources = [
            one for one in [*edges(random, rules, 2, 60), 0x08080808, 0xC6336407] if one not in ASSUMED.v4
        ]
        places = [
            one
            for one in [*edges(random, rules, 3, 12), 0xCB00710A]
            if one >> 28 < 14 and one >> 24 not in {0, 127}
        ]
        for protocol in ("tcp", "udp"):
            for port in {
                22,
                80,
                5432,
                *(min(edge[5][0], 65535) for edge in random.sample(rules, min(8, len(rules)))),
            }:
                for sport in (40000, 53):
                    upper, lower = decide(ends, 4, sources, sport, protocol, port)
                    theirs = np.array(
                        [
                            [accepted(rules, one, to, sport, protocol, port) for to in places]
                            for one in sources
                        ]
                    )
                    bad = lower & ~theirs.all(axis=1) if bound == "upper" else ~upper & theirs.any(axis=1)
                    same = (
                        (upper == theirs.any(axis=1)) if bound == "upper" else (lower == theirs.all(axis=1))
                    )
                    count["points"] += len(sources)
                    count["same"] += int(same.sum())
                    count[f"{file.parent.name} {hook} {bound}"] += int((~same).sum())
                    wider = (upper if bound == "upper" else ~lower) & ~same
                    if wider.any():
                        assert " -i " in text, dump
                    wrong += [(file.name, sources[at], sport, protocol, port) for at in np.flatnonzero(bad)]
    count["closures"] = sum(1 for key in count if key.endswith(("upper", "lower")))
    assert not wrong, (len(wrong), wrong[:5])
    assert count["closures"] >= 10, count
    assert count["points"] > 5_000


def test_a_closure_that_says_otherwise_is_noticed():
    rules = closure(
        "Chain INPUT (policy DROP)\nDROP       all  --  0.0.0.0/0            0.0.0.0/0           \n", "INPUT"
    )
    assert not accepted(rules, 1, 2, 3, "tcp", 4)
