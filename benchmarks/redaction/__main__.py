"""Redaction beside other tools: quality, speed, start-up, memory; the same texts and the same scoring in one run.

Usage: make bench-redaction [DATA=folder] [N=400]   (or: python benchmarks/redaction --help)

Each tool runs in an environment of its own under build/peers, in one process on one core, and measures its own CPU time. A
tool that cannot be installed or stops is named with the reason; the rest goes on. Quality is measured on N single texts; speed
on these and more, joined into cases of about 1.2 kB, each read once and in the same order, until a tool has used its seconds. Labels of all tools go through the table of `hushdesk evaluate`; a label that
is not in it still counts as masking. Quote ratios rather than absolute figures.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from peers import PEERS, Peer, PeerError, Running, python_of
from rich.console import Console
from rich.table import Table
from texts import CASE_BYTES, joined, write_own

from hushdesk.errors import HushdeskError
from hushdesk.redact.evaluate import Corpus, Document, Score

BUILD = Path(__file__).resolve().parents[2] / "build"
BATCH = 32
MORE = 8
"""So many times the texts are read for speed; more than a slow tool has time for."""
WARM_UP = 4
"""Cases that are not timed."""
BASE = "presidio"
"""The speed of which others are multiples."""


def measure(
    run: Running, corpus: Corpus, documents: Sequence[Document], cases: Sequence[str], seconds: float
) -> dict[str, Any]:
    """Let one tool read all texts: first the cases, since it may remember what it has read."""
    run.ask(cases[:WARM_UP])
    cpu, done = 0.0, WARM_UP
    while done < len(cases) and cpu < seconds:
        cpu += run.ask(cases[done : done + BATCH])[1]
        done = min(done + BATCH, len(cases))
    score = Score(corpus)
    for at in range(0, len(documents), BATCH):
        some = documents[at : at + BATCH]
        found, _ = run.ask([document.text for document in some])
        for document, spans in zip(some, found, strict=True):
            score.add(document, spans)
    run.finish()
    read = cases[WARM_UP:done]
    size = sum(len(case.encode("utf-8", "surrogatepass")) for case in read)
    total = score.total
    return {
        "title": run.title,
        "maskP": total.mask_precision,
        "anyR": total.any_recall,
        "full": total.full,
        "maskF1": total.mask_f1,
        "mb_per_cpu_second": size / 1e6 / cpu if cpu else None,
        "cases_per_cpu_second": len(read) / cpu if cpu else None,
        "cases": len(read),
        "start_cpu_seconds": run.start_cpu,
        "start_seconds": run.start_wall,
        "peak_memory_bytes": run.peak,
        "failures": run.failures,
        "unknown_labels": sorted(score.unknown),
        "sources": {
            name: {
                "maskP": one.mask_precision,
                "anyR": one.any_recall,
                "full": one.full,
                "maskF1": one.mask_f1,
            }
            for name, one in sorted(score.sources.items())
        },
    }


def compared(
    peers: Sequence[Peer], corpus: Corpus, cases: Sequence[str], options: argparse.Namespace
) -> dict[str, Any]:
    """The figures of each tool, or why there are none."""
    documents = list(corpus)
    results: dict[str, Any] = {}
    for peer in peers:
        print(f"{peer.name} …", end=" ", file=sys.stderr, flush=True)
        try:
            python = python_of(peer.environment, BUILD / "peers")
            log = BUILD / "peers" / f"{peer.name}.log"
            log.parent.mkdir(parents=True, exist_ok=True)
            with Running(peer, python, log, options.limit) as run:
                results[peer.name] = measure(run, corpus, documents, cases, options.seconds)
            print("done", file=sys.stderr)
        except PeerError as error:
            results[peer.name] = {"reason": str(error)}
            print(error, file=sys.stderr)
    base = results.get(BASE, {}).get("mb_per_cpu_second")
    for one in results.values():
        if base and one.get("mb_per_cpu_second"):
            one["times_presidio"] = one["mb_per_cpu_second"] / base
    return {
        "documents": len(documents),
        "characters": sum(len(document.text) for document in documents),
        "cases": len(cases),
        "sources": corpus.counts,
        "results": results,
    }


def show(told: dict[str, Any]) -> None:
    """The table for people."""

    def figure(number: float | None, form: str = ".3f") -> str:
        return "-" if number is None else format(number, form)

    console = Console(width=None if sys.stdout.isatty() else 132, highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("tool", no_wrap=True)
    for name in (
        "mask P",
        "any R",
        "whole",
        "mask F1",
        "MB/CPU-s",
        "cases/CPU-s",
        "x Presidio",
        "start s",
        "memory MB",
    ):
        table.add_column(name, justify="right", no_wrap=True)
    for name, one in told["results"].items():
        if "reason" not in one:
            table.add_row(
                one["title"],
                *(figure(one[key]) for key in ("maskP", "anyR", "full", "maskF1", "mb_per_cpu_second")),
                figure(one["cases_per_cpu_second"], ",.0f"),
                figure(one.get("times_presidio"), ",.1f"),
                figure(one["start_cpu_seconds"], ".1f"),
                figure(one["peak_memory_bytes"] / 1e6, ",.0f"),
                style="bold" if name == "hushdesk" else None,
            )
    sources = ", ".join(f"{name} {count:,}" for name, count in told["sources"].items())
    console.print(
        f"{told['documents']:,} texts, {told['characters']:,} characters ({sources}); for speed up to "
        f"{told['cases']:,} cases of about {CASE_BYTES:,} bytes. Seconds are CPU-seconds of one core."
    )
    console.print(table)
    for name, one in told["results"].items():
        if "reason" in one:
            console.print(f"{name}: {one['reason']}", markup=False)
        elif one["failures"]:
            failed = ", ".join(f"{kind} {count}" for kind, count in one["failures"].items())
            console.print(f"{name}: could not read some texts: {failed}", markup=False)


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(
        prog="benchmarks/redaction", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, nargs="+", help="labelled texts; default: the project's own")
    parser.add_argument("--n", type=int, default=400, help="texts, sources in equal shares (default 400)")
    parser.add_argument(
        "--seconds", type=float, default=60, help="CPU time for speed, of each tool (default 60)"
    )
    parser.add_argument("--peers", help=f"only these, by commas: {', '.join(peer.name for peer in PEERS)}")
    parser.add_argument("--limit", type=float, default=1200, help="seconds after which a tool is stopped")
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    options = parser.parse_args()
    wanted = set(options.peers.split(",")) if options.peers else {peer.name for peer in PEERS}
    if unknown := wanted - {peer.name for peer in PEERS}:
        parser.error(f"no such peer: {', '.join(sorted(unknown))}")
    try:
        data = options.data or [write_own(BUILD / "bench-redaction")]
        corpus = Corpus(data, sample=options.n)
        cases = joined(list(Corpus(data, sample=options.n * MORE)))
    except HushdeskError as error:
        parser.error(str(error))
    told = compared([peer for peer in PEERS if peer.name in wanted], corpus, cases, options)
    show(told)
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
