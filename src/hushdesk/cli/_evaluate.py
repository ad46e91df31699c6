"""``hushdesk evaluate``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from hushdesk.cli._output import counted, json_option, print_json, size, stderr, stdout
from hushdesk.errors import UsageError

if TYPE_CHECKING:
    from hushdesk.redact.evaluate import Corpus, Mistake

CONTEXT = 40
"""Characters shown on each side of a mistake, where text may be shown."""


def _listed(_: click.Context, __: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    """Options that may be repeated or divided by commas."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


@click.command("evaluate")
@click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--label", "labels", multiple=True, metavar="FOREIGN=KIND", help="What a label is that no table knows."
)
@click.option(
    "--sources",
    type=click.Path(path_type=Path),
    help="Which labels are complete, by source.  [default: sources.json beside the data, if there]",
)
@click.option("--kinds", multiple=True, metavar="KIND,...", callback=_listed, help="Score only these kinds.")
@click.option(
    "--lang", "languages", multiple=True, metavar="LANG,...", callback=_listed, help="Only these texts."
)
@click.option(
    "--sample",
    type=click.IntRange(1),
    help="About so many texts, always the same, the sources in equal shares.",
)
@click.option(
    "--messages", is_flag=True, help="Take each line of a text for a message, as help desks keep a chat."
)
@click.option("--per-source", is_flag=True, help="Show each source, too.")
@click.option("--errors", type=click.IntRange(0), default=0, help="Show where so many mistakes are.")
@click.option("--show-text", is_flag=True, help="With --errors: show the texts around them. PERSONAL DATA.")
@json_option
def evaluate(
    data: tuple[Path, ...],
    labels: tuple[str, ...],
    sources: Path | None,
    kinds: tuple[str, ...],
    languages: tuple[str, ...],
    sample: int | None,
    errors: int,
    *,
    messages: bool,
    per_source: bool,
    show_text: bool,
    as_json: bool,
) -> None:
    """Measure redaction on labelled texts: precision, recall, leaks, speed, by kind and language.

    DATA are files of JSON lines (.jsonl, .jsonl.gz) or folders of them. A line is a text with its labelled
    spans: {"text": ..., "lang": ..., "source": ..., "spans": [{"start": 0, "end": 4, "label": "PERSON"}]}.

    No text is shown, unless you ask for it with --show-text. Ends with 11 if the data cannot be used.
    """
    from hushdesk.redact.evaluate import Corpus
    from hushdesk.redact.evaluate import evaluate as run

    extra, rows = _labels(labels), _kinds(kinds)
    if show_text and not errors:
        raise UsageError("--show-text has nothing to show.", remedy="Say how many: --errors 20 --show-text")
    corpus = Corpus(data, labels=extra, sources=sources, languages=languages, sample=sample)
    with _progress(len(corpus), quiet=as_json) as tell:
        done = run(corpus, kinds=rows, mistakes=errors, messages=messages, on_progress=tell)
    result = done.to_json()
    if errors:
        texts = _texts(corpus, done.mistakes) if show_text else {}
        result["errors"] = [_mistake(one, texts.get((one.file, one.line))) for one in done.mistakes]
    if as_json:
        print_json(result)
    else:
        _show(result, per_source=per_source)


def _labels(given: Sequence[str]) -> dict[str, str]:
    """``--label`` options as label to kind."""
    from hushdesk.redact.evaluate import ROWS

    out = {}
    for one in given:
        label, equals, row = one.rpartition("=")
        if not equals or not label.strip() or row.strip().upper() not in ROWS:
            raise UsageError("--label is not LABEL=KIND.", remedy=f"KIND is one of {', '.join(ROWS)}.")
        out[label.strip()] = row.strip().upper()
    return out


def _kinds(given: Sequence[str]) -> tuple[str, ...]:
    from hushdesk.redact.evaluate import ROWS

    rows = tuple(one.upper() for one in given)
    if set(rows) - set(ROWS):
        raise UsageError("--kinds names no kind.", remedy=f"Kinds are {', '.join(ROWS)}.")
    return rows


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Callable[[int], None] | None]:
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import Progress

    with Progress(console=stderr, transient=True) as bar:
        task = bar.add_task("evaluate", total=total)
        yield lambda done: bar.update(task, completed=done)


def _texts(corpus: Corpus, mistakes: Sequence[Mistake]) -> dict[tuple[str, int], str]:
    """The texts of the mistakes; asked for only with --show-text."""
    wanted = {(one.file, one.line) for one in mistakes}
    return {(one.file, one.line): one.text for one in corpus if (one.file, one.line) in wanted}


def _mistake(one: Mistake, text: str | None) -> dict[str, Any]:
    out: dict[str, Any] = {
        "file": one.file,
        "line": one.line,
        "start": one.start,
        "end": one.end,
        "kind": one.row,
        "problem": one.problem,
    }
    if text is not None:
        out |= {
            "before": text[max(0, one.start - CONTEXT) : one.start],
            "text": text[one.start : one.end],
            "after": text[one.end : one.end + CONTEXT],
        }
    return out


def _figure(number: float | None) -> str:
    return "-" if number is None else f"{number:.3f}"


def _show(result: dict[str, Any], *, per_source: bool) -> None:
    say = stdout.print
    table = _table("kind", "n", "exact P", "R", "F1", "char P", "R", "F1", "any R", "whole")
    for name, row in result["kinds"].items():
        cells = [*row["exact"].values(), *row["char"].values(), row["anyR"], row["full"]]
        table.add_row(name, counted(row["n"]), *map(_figure, cells), style=None if row["personal"] else "dim")
    say(table)
    if any(not row["personal"] for row in result["kinds"].values()):
        say("Dim kinds are not personal by themselves: no leak if kept, no mistake if masked.", style="dim")
    groups = [("language", result["languages"])] if len(result["languages"]) > 1 else []
    if per_source:
        groups.append(("source", result["sources"]))
    for title, group in groups:
        table = _table(title, "texts", "n", "leaks", "any R", "whole", "mask P", "mask F1")
        for name, one in group.items():
            figures = (one["anyR"], one["full"], one["maskP"], one["maskF1"])
            table.add_row(
                escape(name),
                *map(counted, (one["documents"], one["n"], one["leaks"])),
                *map(_figure, figures),
            )
        say()
        say(table)
    total, speed = result["total"], result["speed"]
    say()
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_row(
        "mask",
        f"precision {_figure(total['maskP'])}, recall {_figure(total['anyR'])}, F1 {_figure(total['maskF1'])}",
    )
    table.add_row("masked whole", f"{_figure(total['full'])} of {counted(total['n'])} entities")
    table.add_row(
        "leaks",
        f"{total['leaks_per_1000_documents']:,.1f} in 1,000 texts; {counted(total['documents_with_a_leak'])} of "
        f"{counted(total['documents'])} texts have one",
    )
    if speed["mb_per_cpu_second"] is not None:
        table.add_row(
            "speed",
            f"{speed['mb_per_cpu_second']:.3f} MB and {speed['documents_per_cpu_second']:,.1f} texts per CPU-second",
        )
    table.add_row("memory", f"{size(speed['peak_memory_bytes'])} at most")
    say(table)
    for note in result["notes"]:
        say(f"note: {escape(note)}", soft_wrap=True)
    for one in result.get("errors", ()):
        place = f"{one['file']}, line {one['line']}, {one['start']}-{one['end']}"
        say(f"{escape(place)}: {one['kind']} [yellow]{one['problem']}[/]", soft_wrap=True)
        if "text" in one:
            shown = f"  …{one['before']}⟦{one['text']}⟧{one['after']}…".replace("\n", " ")
            say(escape(shown), soft_wrap=True)


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table
