"""Divides cases among exports and writes them all at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from hushdesk.demo._cases import DemoCase
from hushdesk.demo._export import ExportWriter
from hushdesk.demo._truth import Ledger, Summary
from hushdesk.demo._write_csv import CsvWriter
from hushdesk.demo._write_jira import JiraWriter
from hushdesk.demo._write_mail import MailWriter
from hushdesk.demo._write_zendesk import ZendeskWriter
from hushdesk.errors import UsageError

FORMATS = ("zendesk", "jira", "mail", "csv")
"""What :func:`write_exports` can write."""

_SHARES = {"zendesk": 45, "jira": 25, "mail": 30, "csv": 25}

_WRITERS: dict[str, type[ExportWriter]] = {
    writer.source: writer for writer in (ZendeskWriter, JiraWriter, MailWriter, CsvWriter)
}


def write_exports(
    folder: Path | str,
    cases: Iterable[DemoCase],
    seed: int = 7,
    *,
    formats: Sequence[str] = FORMATS[:3],
) -> Summary:
    """Write cases as exports of help desks, each case into one of them, with their truth.

    Args:
        folder: Where to write; made if it is not there. Files of an earlier run are replaced.
        cases: The cases, in the order in which :func:`iter_cases` yields them.
        seed: Decides which case goes where; the same seed and cases give the same bytes.
        formats: Which exports to write, of :data:`FORMATS`.

    Returns:
        What was written. Besides the exports the folder holds ``truth.jsonl``, one line for every
        planted value, and ``negatives.jsonl``, one line for every string that should survive.

    Raises:
        UsageError: A format is not known, or none is named.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        raise UsageError("unknown demo format", remedy=f"Known are: {', '.join(FORMATS)}.")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        ledger = stack.enter_context(Ledger(folder))
        writers = {
            name: stack.enter_context(_WRITERS[name](folder, ledger, seed)) for name in dict.fromkeys(formats)
        }
        # Only what came by mail can lie in a mailbox.
        without_mail = [name for name in writers if name != "mail"] or list(writers)
        for case in cases:
            choices = list(writers) if case.channel == "email" else without_mail
            writers[_choose(choices, case, seed)].add(case)
    files = tuple(path for writer in writers.values() for path in writer.files)
    return ledger.summary(files)


def _choose(choices: list[str], case: DemoCase, seed: int) -> str:
    # Of the cases by mail, half go to the mailbox so that it holds about 30 in 100 of all.
    weights = [_SHARES[name] + (15 if name == "mail" else 0) for name in choices]
    point = ((case.index * 2_654_435_761 + seed * 97) & 0xFFFFFFFF) / 2**32 * sum(weights)
    for name, weight in zip(choices, weights, strict=True):
        point -= weight
        if point < 0:
            return name
    return choices[-1]
