"""The exact set of one port, and the exact difference of two policies: intervals beside z3 and a BDD, from the same rules.

    python speed.py TOOL RULES      one measurement, in a process of its own, as a line of JSON

All start from the same list of :class:`hushdesk.guard.Rule` and answer the same question about one TCP port, so each may leave out
what cannot match. What each gives differs: ours the set with the deciding rules, the BDD the set, z3 one proof that a set which it
is told is right. Answers are compared: a tool that disagrees is told so.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from hushdesk.guard import (
    Action,
    AddressSet,
    Endpoint,
    Gate,
    Place,
    Rule,
    Services,
    Sources,
    Stage,
    diff,
    reach,
)
from hushdesk.guard import Path as Way
from hushdesk.guard.reach import Compiler

SIZES = (1_000, 10_000, 100_000)
PORT = 9200
PORTS = ((PORT, PORT), (0, 65535), (22, 22), (1024, 65535), (443, 443))
PROTOCOLS = ("tcp", "udp", "*")
SEED = 2019
REPEATS = 3
TITLES = {"hushdesk": "guard", "kept": "guard, asked before", "oxidd": "oxidd BDD", "z3": "z3"}
GIVES = {
    "hushdesk": "set and deciding rules",
    "kept": "the same",
    "oxidd": "set",
    "z3": "proof of a given set",
}


def policy(size: int, seed: int = SEED) -> list[Rule]:
    """Random rules: prefixes /8 to /32, five shapes of ports, three protocols, as many allow as deny."""
    pick = random.Random(seed)
    rules = []
    for number in range(size):
        length = pick.randint(8, 32)
        low = pick.getrandbits(length) << (32 - length)
        rules.append(
            Rule(
                name=f"rule {number}",
                action=pick.choice((Action.NEXT, Action.DENY)),
                sources=Sources.exactly(AddressSet([(low, low + (1 << (32 - length)) - 1)])),
                services=Services.of(pick.choice(PROTOCOLS), pick.choice(PORTS)),
            )
        )
    return rules


def changed(rules: Sequence[Rule]) -> list[Rule]:
    """The same with one rule that lets half of the internet in, early in the list."""
    guilty = Rule(
        name="guilty",
        action=Action.NEXT,
        sources=Sources.exactly(AddressSet.parse("0.0.0.0/1")),
        services=Services.of("tcp", PORT),
    )
    at = min(10, len(rules))
    return [*rules[:at], guilty, *rules[at:]]


def endpoint(rules: Sequence[Rule]) -> Endpoint:
    """The rules before one store."""
    stage = Stage(name="rules", rules=tuple(rules))
    way = Way(name="address", gates=(Gate(name="gate", stages=(stage,)),))
    return Endpoint(name="store", dialect="none", kind="store", place=Place("none"), paths=(way,))


def hushdesk(rules: Sequence[Rule]) -> dict[str, float]:
    one, other = endpoint(rules), endpoint(changed(rules))
    return {
        "reach": _best(lambda: reach(one, PORT)),
        "diff": _best(lambda: diff(one, other, PORT)),
    }


def kept(rules: Sequence[Rule]) -> dict[str, float]:
    """The same where both policies have been asked about something before, as in a watch."""
    one, other = endpoint(rules), endpoint(changed(rules))
    compiler = Compiler()
    diff(one, other, PORT + 1, compiler=compiler)
    return {
        "reach": _best(lambda: reach(one, PORT, compiler=compiler)),
        "diff": _best(lambda: diff(one, other, PORT, compiler=compiler)),
    }


def oxidd(rules: Sequence[Rule]) -> dict[str, float]:
    """One BDD over the 32 bits of the source; the difference is one more operation on two of them."""
    from oxidd.bdd import BDDManager

    manager = BDDManager(1 << 23, 1 << 22, 1)
    manager.add_vars(32)
    bits = [manager.var(index) for index in range(32)]
    negated = [~bit for bit in bits]

    def build(wanted: Sequence[Rule]) -> object:
        found = manager.false()
        for rule in reversed(wanted):
            low, length = _prefix(rule)
            match = manager.true()
            for index in reversed(range(length)):
                match &= bits[index] if low >> (31 - index) & 1 else negated[index]
            found = match | found if rule.action is Action.NEXT else ~match & found
        return found

    def both() -> object:
        return build(_asked(changed(rules))) & ~build(_asked(rules))

    told: dict[str, float] = {
        "reach": _best(lambda: build(_asked(rules)), 1),
        "diff": _best(both, 1),
    }
    one, other = endpoint(rules), endpoint(changed(rules))
    told["wrong"] = int(
        build(_asked(rules)).sat_count_float(32) != reach(one, PORT).upper.v4.size  # type: ignore[attr-defined]
        or both().sat_count_float(32) != diff(one, other, PORT).added.v4.size  # type: ignore[attr-defined]
    )
    return told


def z3(rules: Sequence[Rule]) -> dict[str, float]:
    """Proofs that no address tells the policy from our set, and the change from our difference."""
    import z3 as solver_of

    source = solver_of.BitVec("source", 32)

    def build(wanted: Sequence[Rule]) -> object:
        found = solver_of.BoolVal(False)
        for rule in reversed(wanted):
            low, length = _prefix(rule)
            if length:
                match = solver_of.Extract(31, 32 - length, source) == low >> (32 - length)
            else:
                match = solver_of.BoolVal(True)
            found = solver_of.If(match, solver_of.BoolVal(rule.action is Action.NEXT), found)
        return found

    def among(found: AddressSet) -> object:
        parts = [
            solver_of.And(solver_of.ULE(low, source), solver_of.ULE(source, high)) for low, high in found.v4
        ]
        return solver_of.Or(*parts)

    def proven(claim: object) -> int:
        solver = solver_of.SolverFor("QF_BV")
        solver.add(solver_of.Not(claim))
        return int(solver.check() != solver_of.unsat)

    wrong = 0
    one, other = endpoint(rules), endpoint(changed(rules))
    ours, added = reach(one, PORT).upper, diff(one, other, PORT).added
    begun = time.process_time()
    wrong += proven(build(_asked(rules)) == among(ours))
    reached = time.process_time() - begun
    print(json.dumps({"reach": reached, "wrong": wrong}), flush=True)
    begun = time.process_time()
    now, was = build(_asked(changed(rules))), build(_asked(rules))
    wrong += proven(solver_of.And(now, solver_of.Not(was)) == among(added))
    return {"reach": reached, "diff": time.process_time() - begun, "wrong": wrong}


TOOLS: dict[str, Callable[[Sequence[Rule]], dict[str, float]]] = {
    "hushdesk": hushdesk,
    "kept": kept,
    "oxidd": oxidd,
    "z3": z3,
}


def compared(limit: float) -> dict[str, dict[int, dict[str, float | str]]]:
    """Every tool at every size, each in a process of its own that is stopped after ``limit`` seconds."""
    results: dict[str, dict[int, dict[str, float | str]]] = {}
    for tool in TOOLS:
        results[tool] = {}
        for size in SIZES:
            print(f"speed: {TITLES[tool]} at {size:,} rules …", file=sys.stderr, flush=True)
            results[tool][size] = _one(tool, size, limit)
            if "reason" in results[tool][size]:
                break
    return results


def _one(tool: str, size: int, limit: float) -> dict[str, float | str]:
    command = [sys.executable, str(Path(__file__)), tool, str(size)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired as late:
        told = late.stdout.decode() if isinstance(late.stdout, bytes) else late.stdout or ""
        return _last(told) | {"reason": f"stopped after {limit:.0f} s"}
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return {"reason": f"stopped by itself ({lines[-1][:120] if lines else done.returncode})"}
    return _last(done.stdout)


def _last(told: str) -> dict[str, float | str]:
    lines = told.strip().splitlines()
    return json.loads(lines[-1]) if lines else {}


def _asked(rules: Sequence[Rule]) -> list[Rule]:
    return [rule for rule in rules if rule.services.covers("tcp", PORT)]


def _prefix(rule: Rule) -> tuple[int, int]:
    low, high = rule.sources.upper.v4.pairs[0]
    return low, 32 - (high - low).bit_length()


def _best(work: Callable[[], object], repeats: int = REPEATS) -> float:
    times = []
    for _ in range(repeats):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


if __name__ == "__main__":
    print(json.dumps(TOOLS[sys.argv[1]](policy(int(sys.argv[2])))))
