"""The evidence bundle for an authority: what was found, on what it rests, and what was done, hashed and signed.

It holds no identity: answer, notice, an account of each file of evidence with its digest, and the record's entries about this
incident, each with the proof that it stands in the desk's record.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from hushdesk.incident.answering._values import file_value
from hushdesk.incident.dossier import Dossier
from hushdesk.incident.errors import IncidentError
from hushdesk.record import RecordReader
from hushdesk.vault import Keyring, Purpose

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
FORMAT: Final = "hushdesk bundle/1"
# A bundle made twice of the same things is the same bytes.
_STAMP: Final = (1980, 1, 1, 0, 0, 0)

_README: Final = """\
What this is: the evidence bundle of one incident.

answer.json    what was found: windows, visitors, bounds, persons (counted, not named), severity, duties
evidence.json  each file of evidence: name, SHA-256, parser, and what became of each of its records
record.json    the steps of this incident, each with the proof that it stands in the record under a signed head
notice.*       the notice to the authority
manifest.json  SHA-256 of every file; manifest.sig is the Ed25519 signature over it

To verify: python verify.py FOLDER --key HEX
HEX is the desk's public signing key; get it from the desk's owner by another way than this bundle.
"""


def write_bundle(
    path: Path,
    dossier: Dossier,
    answer: Mapping[str, Any],
    more: Mapping[str, bytes],
    keyring: Keyring,
    record: Path,
) -> str:
    """Write the bundle.

    Args:
        path: Of the zip archive; replaced.
        dossier: The incident.
        answer: As plain values.
        more: Documents by file name.
        keyring: Signs the manifest.
        record: Folder of the desk's record.

    Returns:
        SHA-256 of the manifest, in hexadecimal.

    Raises:
        IncidentError: The archive cannot be written.
    """
    files_of = [file_value(kept) for kept in dossier.shelf]
    base = _base([value["file"] for value in files_of])
    content: dict[str, bytes] = {
        "README.txt": _README.encode(),
        "answer.json": _json(answer).replace(base, b""),
        "evidence.json": _json(files_of).replace(base, b""),
        "record.json": _json(_record(record, dossier.ident)),
        "verify.py": files("hushdesk.incident.answering").joinpath("verify_bundle.py").read_bytes(),
        **more,
    }
    keys = {str(version): key.hex() for version, key in keyring.signing_public_keys().items()}
    manifest = _json(
        {
            "format": FORMAT,
            "desk": keyring.desk_id,
            "incident": dossier.ident,
            "keys": keys,
            "key": keyring.version(Purpose.SIGNING),
            "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(content.items())},
        }
    )
    draft = path.with_name(f".{path.name}.new")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in [
                *sorted(content.items()),
                (MANIFEST, manifest),
                (SIGNATURE, keyring.sign(manifest)),
            ]:
                archive.writestr(zipfile.ZipInfo(name, _STAMP), data, zipfile.ZIP_DEFLATED)
        draft.chmod(0o600)
        draft.replace(path)
    except OSError as error:
        raise IncidentError(
            f"the bundle cannot be written ({error.strerror}).", remedy="Name another folder."
        ) from None
    return hashlib.sha256(manifest).hexdigest()


def _base(names: list[str]) -> bytes:
    """The folder in which all evidence lies, as it stands in JSON: how our own machines are laid out is nobody's business."""
    folders = [os.path.dirname(name.split("!", 1)[0]) for name in names]  # noqa: PTH120 - names, which need not be there
    try:
        base = os.path.commonpath(folders) if folders else ""
    except ValueError:
        base = ""
    return json.dumps(f"{base}/", ensure_ascii=False)[1:-1].encode() if len(base) > 1 else b"\0"


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _record(folder: Path, incident: str) -> dict[str, Any]:
    reader = RecordReader(folder)
    head = reader.head()
    if head is None:
        return {"head": None, "entries": []}
    mine = [
        entry
        for entry in reader.entries()
        if entry.number < head.size and entry.detail.get("incident") == incident
    ]
    paths = reader.prove_entries([entry.number for entry in mine], head.size)
    return {
        "head": head.to_json(),
        "entries": [
            {"number": entry.number, "line": entry.to_bytes().decode(), "path": [step.hex() for step in path]}
            for entry, path in zip(mine, paths, strict=True)
        ],
    }
