"""The notice to the authority, as text and as PDF, its difference from the one before, and the evidence bundle beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from hushdesk.desk import RECORD_FOLDER, Desk
from hushdesk.incident._spans import iso, moment
from hushdesk.incident.answering._analyse import CONTROLLER, Analysis
from hushdesk.incident.answering._bundle import write_bundle
from hushdesk.incident.dossier import Dossier
from hushdesk.incident.errors import IncidentError
from hushdesk.incident.notices import Controller, Filing, Told, addition, document_from, notice, pdf, plain
from hushdesk.record import RecordReader
from hushdesk.vault import write_private


def controller_of(dossier: Dossier) -> Controller:
    """Who notifies.

    Raises:
        IncidentError: Nobody has said.
        ControllerError: The file cannot be used.
    """
    path = dossier.folder / CONTROLLER
    if not path.exists():
        raise IncidentError(
            "nobody has said who notifies.",
            remedy="Write a controller.toml (docs/incident.md) and give it with --controller.",
        )
    return Controller.read(path)


def _told(letters: Mapping[str, Any] | None) -> Told | None:
    """How far the persons were told; none if no list was kept."""
    if not letters:
        return None
    counts = letters.get("counts", {})
    first = letters.get("first")
    return Told(
        letters=letters["persons"],
        sent=counts.get("accepted", 0),
        doubt=counts.get("in doubt", 0),
        failed=sum(counts.get(state, 0) for state in ("refused", "bounced", "second channel")),
        first=moment(datetime.fromisoformat(first)) if first else None,
    )


def report(
    dossier: Dossier,
    desk: Desk,
    analysis: Analysis,
    answer: Mapping[str, Any],
    out: Path,
    now: int,
    *,
    language: str = "",
    controller: str = "",
    final: bool = False,
    to_controller: bool = False,
    reference: str = "",
) -> dict[str, Any]:
    """Write ``notice.txt``, ``notice.pdf`` and ``evidence.zip`` into a folder; from the second phase on also what has changed.

    Args:
        dossier: The incident.
        desk: Signs the bundle.
        analysis: What is told.
        answer: The same as plain values, for the bundle.
        out: Folder, made if it is not there.
        now: Moment of the notice.
        language: Of the notice; the controller's by default.
        controller: File that says who notifies; kept with the incident.
        final: It is the last one.
        to_controller: From a processor to its controller.
        reference: The recipient's own.

    Raises:
        IncidentError: Nobody has said who notifies, or a file cannot be written.
    """
    if controller:
        write_private(dossier.folder / CONTROLLER, Path(controller).read_bytes())
    who = controller_of(dossier)
    kept = dossier.folder / "documents"
    kept.mkdir(exist_ok=True, mode=0o700)
    before = sorted(kept.glob("phase-*.json"))
    phase = len(before) + 1
    old = document_from(json.loads(before[-1].read_text("utf-8"))) if before else None
    head = RecordReader(desk.folder / RECORD_FOLDER).head()
    first = document_from(json.loads(before[0].read_text("utf-8"))).dated if before else None
    filing = Filing(
        incident=dossier.ident,
        dated=now,
        language=language or who.language,
        phase=phase,
        first=first,
        final=final,
        to_controller=to_controller,
        recipient=who.authority,
        reference=reference,
        aware=dossier.settings.aware_at,
        discovered=dossier.settings.moment("discovered"),
        record_head=head.root.hex() if head else "",
        told=_told(answer.get("letters")),
    )
    document = notice(analysis.answer, who, filing)
    texts: dict[str, bytes] = {"notice.txt": plain(document).encode(), "notice.pdf": pdf(document)}
    if old is not None and old.language == document.language:
        changed = addition(old, document, who.zone)
        texts |= {"changes.txt": plain(changed).encode(), "changes.pdf": pdf(changed)}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, data in texts.items():
            (out / name).write_bytes(data)
    except OSError as error:
        raise IncidentError(
            f"the notice cannot be written ({error.strerror}).", remedy="Name another folder."
        ) from None
    bundle = out / "evidence.zip"
    manifest = write_bundle(bundle, dossier, answer, texts, desk.keyring, desk.folder / RECORD_FOLDER)
    write_private(kept / f"phase-{phase:03}.json", json.dumps(document.as_dict()).encode())
    dossier.step("incident:report:write", phase=phase, manifest=manifest, missing=list(document.missing))
    return {
        "phase": phase,
        "dated": iso(now),
        "files": [*sorted(str(out / name) for name in texts), str(bundle)],
        "manifest": manifest,
        "missing": list(document.missing),
        "key": desk.keyring.signing_public_key.hex(),
    }
