"""Persons concerned: how many a second are resolved in a store of a million cases, beside asking for each.

Usage: python benchmarks/incident_persons.py [--cases 1000000] [--persons 700000] [--folder build/bench-persons] [--no-sweep]

Everything is printed from one run on one machine; quote ratios rather than absolute times. The peer is the vault's own bulk
question by lists of pseudonyms (``persons_of``), which gives a set of persons and nothing about them. The store is made once and kept in
the folder; its rows are sealed cases of about a kilobyte with pseudonyms that are real for the vault.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parent))

from hushdesk.incident.drill._filled import fill
from hushdesk.incident.persons import concerned, groups, leftovers, scam_risk, with_leftovers
from hushdesk.incident.taken import Selection, contents
from hushdesk.store import EmbeddedStore
from hushdesk.vault import Keyring, PeopleVault

T = TypeVar("T")


def timed(name: str, number: Callable[[T], int], work: Callable[[], T]) -> T:
    """Run, and print what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    count = number(result)
    print(
        f"{name:34} {wall:8.2f} s {cpu:8.2f} CPU s {count:>10,} {count / wall:>12,.0f} a second", flush=True
    )
    return result


def main() -> None:
    """Fill, resolve, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--persons", type=int, default=700_000)
    parser.add_argument("--folder", type=Path, default=Path("build/bench-persons"))
    parser.add_argument(
        "--no-sweep", action="store_true", help="leave out the sweep, which opens every value"
    )
    given = parser.parse_args()
    folder: Path = given.folder
    whole = folder / f"filled-{given.cases}-{given.persons}"
    if not whole.exists():
        shutil.rmtree(folder, ignore_errors=True)
        keyring, _ = Keyring.create(folder / "keys", desk_id="benchmark")
        with (
            PeopleVault.create(folder / "vault", keyring) as vault,
            EmbeddedStore.create(folder / "store") as store,
        ):
            timed(
                "filled",
                lambda filled: filled.cases,
                lambda: fill(
                    store,
                    vault,
                    keyring.pseudonymiser(),
                    given.cases,
                    given.persons,
                    1,
                    leftovers=given.cases // 1000,
                ),
            )
        whole.touch()
    keyring = Keyring.open(folder / "keys")
    everything = Selection()
    with PeopleVault.open(folder / "vault", keyring) as vault, EmbeddedStore.open(folder / "store") as store:
        print(f"load before: {os.getloadavg()[0]:.1f}")
        held = timed("what the cases hold", lambda held: held.cases, lambda: contents(store, everything))
        timed("profiles of the whole vault", int, lambda: sum(batch.num_rows for batch in vault.profiles()))
        table = timed("persons concerned", len, lambda: concerned(store, vault, everything))
        tokens = table.column("token").slice(0, 100_000).to_pylist()
        timed("peer: persons_of, 100,000 tokens", len, lambda: vault.persons_of(tokens))
        if not given.no_sweep:
            found = timed(
                "sweep: values looked for", lambda f: f.values, lambda: leftovers(store, vault, everything)
            )
            print(
                f"  {len(found.persons):,} persons with leftovers, {found.size / 1e6:,.0f} MB looked through"
            )
            table = timed("leftovers joined", len, lambda: with_leftovers(table, found, vault))
        made = timed("groups", len, lambda: groups(table))
        timed("scam risk", len, lambda: scam_risk(table, datetime.now(UTC)))
    print(f"{held.cases:,} cases, {len(table):,} persons, {len(made)} groups")
    print(
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB, load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
