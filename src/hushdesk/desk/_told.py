"""What a desk itself writes into its record: loads, certificates, settings that were changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hushdesk.desk._ledger import Ledger
from hushdesk.desk._report import LoadReport
from hushdesk.desk._settings import DeskSettings
from hushdesk.record import Record
from hushdesk.vault import write_private

if TYPE_CHECKING:
    from hushdesk.desk._load import Load

SETTINGS_SEEN: Final = "settings.seen"
"""The settings as the record last knew them."""

_COUNTS: Final = ("cases", "stored", "newer", "unchanged", "refused", "quarantined", "partial_files")


@contextmanager
def told(record: Record, ledger: Ledger, load: Load, inputs: int, by: str) -> Iterator[None]:
    """Around a load: that it begins is in the record before it does anything, and how it ended afterwards.

    Args:
        record: The desk's record.
        ledger: Counts loads.
        load: About to run.
        inputs: How many files and folders were given.
        by: Who loads.
    """
    begun = {"load": load.id, "inputs": inputs, "resumed": load.resumed}
    record.append("operator:load:start", by, begun)
    state = "interrupted"
    try:
        yield
        state = "finished"
    finally:
        report = ledger.report(load.id)
        counts = {name: getattr(report.tally, name) for name in _COUNTS} if report else {}
        record.append("operator:load:finish", by, {"load": load.id, "state": state, **counts})


def certified(record: Record, report: LoadReport) -> None:
    """The certificate that a load was given, if it was given one."""
    signed = report.certificate
    if signed is None:
        return
    about = signed.certificate
    detail = {
        "load": report.id,
        "sampled": about.sampled,
        "leaking": about.leaking,
        "digest": hashlib.sha256(about.to_bytes()).hexdigest(),
    }
    record.append("desk:certificate:issue", "desk", detail)


def remember_settings(folder: Path, settings: DeskSettings) -> None:
    """Note the settings as known."""
    write_private(folder / SETTINGS_SEEN, json.dumps(_plain(settings), indent=1).encode())


def compare_settings(record: Record, folder: Path, settings: DeskSettings) -> None:
    """Write down that somebody has changed the settings since the desk was last open; which ones, and from what to what."""
    now = _plain(settings)
    try:
        before: Any = json.loads((folder / SETTINGS_SEEN).read_bytes())
    except (OSError, ValueError):
        before = None
    if before == now:
        return
    if isinstance(before, dict):
        changed = sorted(name for name in now.keys() | before.keys() if now.get(name) != before.get(name))
    else:
        before, changed = {}, sorted(now)
    detail = {
        "changed": changed,
        "before": {name: before.get(name) for name in changed},
        "after": {name: now.get(name) for name in changed},
    }
    # Entry first: what is told twice is better than what is told never.
    record.append("desk:settings:change", "desk", detail)
    remember_settings(folder, settings)


def _plain(settings: DeskSettings) -> dict[str, Any]:
    """Settings by name, ``guard.inputs`` and the like."""
    found: dict[str, Any] = {}
    for name, value in asdict(settings).items():
        if isinstance(value, dict):
            found |= {f"{name}.{inner}": each for inner, each in value.items()}
        else:
            found[name] = value
    plain: dict[str, Any] = json.loads(json.dumps(found, default=str))
    return plain
