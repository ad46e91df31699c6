"""Verify a Hushdesk record with nothing but Python and the package ``cryptography``; no other file of Hushdesk is needed.

    python alone.py FOLDER --key HEX [--key HEX …] [--head FILE]

FOLDER holds entries.jsonl, head.slots and heads.jsonl. Each --key is an Ed25519 public key as 64 hexadecimal digits, to be had from the
people whose record it is, not from the record. --head is a head kept elsewhere (JSON): the record must begin with what it signs.
Ends with 0 if everything holds, with 1 and the reasons if not. The format: each line of entries.jsonl is a leaf of the tree of
RFC 6962, section 2.1 (SHA-256, 0x00 before leaves and 0x01 before nodes). A head signs five lines: "hushdesk record/1", the desk's
id, the number of entries, their root in hexadecimal, the time.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "hushdesk record/1"
SLOT = 4096


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """The whole subtrees, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[bytes] = []

    def append(self, line: bytes) -> None:
        """Add an entry."""
        found, size = hashlib.sha256(b"\x00" + line).digest(), self.size
        while size & 1:
            found, size = node(self.peaks.pop(), found), size >> 1
        self.peaks.append(found)
        self.size += 1

    def root(self) -> bytes:
        """The root over all entries."""
        if not self.peaks:
            return hashlib.sha256().digest()
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = node(peak, found)
        return found


def signed_by(head: dict[str, Any], keys: Sequence[bytes]) -> bool:
    """Whether one of the keys signed the head."""
    text = f"{FORMAT}\n{head['desk']}\n{head['size']}\n{head['root']}\n{head['at']}\n".encode()
    for key in keys:
        with suppress(InvalidSignature):
            Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(head["signature"]), text)
            return True
    return False


def heads_of(folder: Path, extra: Path | None) -> list[tuple[str, bytes]]:
    """Name and text of each head."""
    slots, kept = (folder / "head.slots").read_bytes(), folder / "heads.jsonl"
    texts = [(f"newest head, slot {n + 1}", slots[n * SLOT : (n + 1) * SLOT].rstrip(b"\0")) for n in (0, 1)]
    lines = kept.read_bytes().splitlines() if kept.exists() else []
    texts += [(f"heads.jsonl, line {n}", line) for n, line in enumerate(lines, 1)]
    given = [(str(extra), extra.read_bytes())] if extra else []
    return [(name, text) for name, text in texts if text] + given


def number_of(line: bytes) -> int | None:
    """The number that an entry bears."""
    try:
        return int(json.loads(line)["n"])
    except (ValueError, KeyError, TypeError):
        return None


def check(folder: Path, keys: Sequence[bytes], extra: Path | None = None) -> tuple[int, int, list[str]]:
    """Number of entries, number of heads that hold, and what is wrong."""
    faults: list[str] = []
    wanted: dict[int, list[tuple[str, dict[str, Any]]]] = {}
    newest, desks = 0, frozenset[str]()
    for name, text in heads_of(folder, extra):
        try:
            head = json.loads(text)
            good = head["format"] == FORMAT and signed_by(head, keys)
            size = int(head["size"])
            good = good and head["root"] + head["signature"] == (head["root"] + head["signature"]).lower()
        except (ValueError, KeyError, TypeError, AttributeError):
            faults.append(f"{name}: this is no head")
            continue
        if not good:
            faults.append(f"{name}: no key given has signed it")
            continue
        wanted.setdefault(size, []).append((name, head))
        newest, desks = max(newest, size), desks | {head["desk"]}
    tree, held, good, bad, shift, length = Tree(), 0, 0, 0, 0, 0
    with (folder / "entries.jsonl").open("rb") as lines:
        for raw in lines:
            if not raw.endswith(b"\n") and tree.size >= newest:
                break  # half an entry, after everything that is signed
            line = raw.removesuffix(b"\n")
            number = number_of(line)
            if number != tree.size + shift:
                faults.append(f"entry {tree.size}: changed, or out of its place")
                shift = shift if number is None else number - tree.size
            tree.append(line)
            length += len(raw)
            for name, head in wanted.pop(tree.size, ()):
                if head["root"] == tree.root().hex():
                    held, good = held + 1, tree.size
                    beside = {"bytes": length, "peaks": [peak.hex() for peak in tree.peaks]}
                    if any(head.get(key, value) != value for key, value in beside.items()):
                        faults.append(f"{name}: what stands beside the signature was changed")
                else:
                    bad += 1
                    what = f"the first that differs is between {good} and {tree.size - 1}"
                    faults += [f"{name}: signs other entries; {what}"] if bad == 1 else []
    for size, names in wanted.items():
        faults += [f"{name}: signs {size} entries, but only {tree.size} are there" for name, _ in names]
    faults += [f"{bad - 1} later heads do not hold either"] if bad > 1 else []
    faults += ["the heads are those of several desks"] if len(desks) > 1 else []
    faults += [] if newest else ["no signed head is there"]
    return tree.size, held, faults


def main() -> int:
    """Read the command line, check, and say what was found."""
    parser = argparse.ArgumentParser(description="Verify a Hushdesk record.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key", dest="keys", action="append", required=True, type=bytes.fromhex)
    parser.add_argument("--head", dest="extra", type=Path)
    entries, held, faults = check(**vars(parser.parse_args()))
    for fault in faults[:100]:
        print("FAULT", fault)  # noqa: T201 - a script
    print(f"{entries} entries, {held} signed heads hold, {len(faults)} faults")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
