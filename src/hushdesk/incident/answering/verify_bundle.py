"""Verify an evidence bundle of Hushdesk with nothing but Python and the package ``cryptography``.

    python verify.py FOLDER --key HEX

FOLDER is the unpacked bundle. HEX is the desk's Ed25519 public key, 64 hexadecimal digits, from another way than the bundle.
Checked are: the signature over manifest.json, the SHA-256 of each file, the signature of the record's head, and for each step in
record.json that it stands in the record under that head (RFC 6962, section 2.1.1). Ends with 0 if everything holds, else with 1.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(line: bytes, number: int, size: int, path: list[bytes]) -> bytes | None:
    """The root to which an audit path leads; none if it does not fit such a tree."""
    at, last, found = number, size - 1, hashlib.sha256(b"\x00" + line).digest()
    for step in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, step)
        at, last = at >> 1, last >> 1
    return found if last == 0 and 0 <= number < size else None


def signed(key: bytes, text: bytes, signature: bytes) -> bool:
    """Whether the key signed the text."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text)
    except InvalidSignature:
        return False
    return True


def head_faults(head: dict[str, Any], key: bytes) -> list[str]:
    """What is wrong with the record's head."""
    text = f"hushdesk record/1\n{head['desk']}\n{head['size']}\n{head['root']}\n{head['at']}\n"
    return (
        []
        if signed(key, text.encode(), bytes.fromhex(head["signature"]))
        else ["the record's head: its signature does not fit"]
    )


def check(folder: Path, key: bytes) -> tuple[int, int, list[str]]:
    """Number of files, number of proven steps, and what is wrong."""
    manifest = (folder / "manifest.json").read_bytes()
    faults = (
        []
        if signed(key, manifest, (folder / "manifest.sig").read_bytes())
        else ["the manifest's signature does not fit"]
    )
    named = json.loads(manifest)["files"]
    for name, digest in named.items():
        path = folder / name
        if not path.is_file():
            faults.append(f"{name}: missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            faults.append(f"{name}: changed")
    there = {path.name for path in folder.iterdir()} - {"manifest.json", "manifest.sig"}
    faults += [f"{name}: not in the manifest" for name in sorted(there - named.keys())]
    record = json.loads((folder / "record.json").read_bytes())
    proven, head = 0, record["head"]
    if head:
        faults += head_faults(head, key)
        for entry in record["entries"]:
            path = [bytes.fromhex(step) for step in entry["path"]]
            if root_of(entry["line"].encode(), entry["number"], head["size"], path) == bytes.fromhex(
                head["root"]
            ):
                proven += 1
            else:
                faults.append(f"step {entry['number']}: not in the record under that head")
    return len(named), proven, faults


def main() -> int:
    """Read the command line, check, and say what was found."""
    parser = argparse.ArgumentParser(description="Verify an evidence bundle of Hushdesk.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key", required=True, type=bytes.fromhex)
    given = parser.parse_args()
    count, proven, faults = check(given.folder, given.key)
    for fault in faults:
        print("FAULT", fault)  # noqa: T201 - a script
    print(f"{count} files, {proven} steps proven, {len(faults)} faults")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
