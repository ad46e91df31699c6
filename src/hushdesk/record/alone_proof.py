"""Check a proof of a Hushdesk record with nothing but Python and the package ``cryptography``; no other file of Hushdesk is needed.

    python alone_proof.py PROOF --key HEX [--key HEX …] [--head FILE]

PROOF is what ``hushdesk record prove`` printed (JSON): that an entry stood in the record when a head was signed, or that a record
begins with an earlier one. Each --key is an Ed25519 public key as 64 hexadecimal digits, to be had by another way. --head is the
earlier head that you kept (JSON), for a proof of growth. Ends with 0 and says what is proven, or with 1 and why not.

The trees are those of RFC 6962, section 2.1; proofs are checked as RFC 9162 says, sections 2.1.3.2 and 2.1.4.2. A head signs five
lines: "hushdesk record/1", the desk's id, the number of entries, their root in hexadecimal, the time.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "hushdesk record/1"
PROOF = "hushdesk record proof/1"


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def signed_by(head: dict[str, Any], keys: Sequence[bytes]) -> bool:
    """Whether one of the keys signed the head."""
    text = f"{FORMAT}\n{head['desk']}\n{head['size']}\n{head['root']}\n{head['at']}\n".encode()
    for key in keys:
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(head["signature"]), text)
            return bool(head["format"] == FORMAT)
        except InvalidSignature:
            continue
    return False


def included(line: bytes, number: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path leads from an entry to the root."""
    if not 0 <= number < size:
        return False
    found, at, last = hashlib.sha256(b"\x00" + line).digest(), number, size - 1
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def grown(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the larger tree begins with the smaller."""
    if old == size:
        return not path and old_root == root
    if not 0 < old < size or not path:
        return False
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node(step, first), node(step, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node(second, step)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old_root and second == root


def check(
    proof: dict[str, Any], keys: Sequence[bytes], earlier: dict[str, Any] | None = None
) -> tuple[bool, str]:
    """Whether a proof holds, and what is proven, or why it is not."""
    try:
        head, path = proof["head"], [bytes.fromhex(step) for step in proof["path"]]
        size, root = int(head["size"]), bytes.fromhex(head["root"])
        if proof["format"] != PROOF:
            return False, "this is no proof"
        if not signed_by(head, keys):
            return False, "no key given has signed its head"
        if proof["proves"] == "entry":
            line, number = proof["entry"].encode(), int(proof["number"])
            if json.loads(line)["n"] != number or not included(line, number, size, path, root):
                return False, "the path does not lead from this entry to the head"
            return (
                True,
                f"entry {number} stood in the record of desk {head['desk']} of {size} entries, signed {head['at']}",
            )
        if proof["proves"] == "growth":
            if earlier is None:
                return False, "give the earlier head that you kept with --head"
            if not signed_by(earlier, keys) or earlier["desk"] != head["desk"]:
                return False, "the earlier head is signed by none of the keys, or is of another desk"
            old = int(earlier["size"])
            if not grown(old, bytes.fromhex(earlier["root"]), size, root, path):
                return False, "the record does not begin with what the earlier head signs"
            return (
                True,
                f"the record of desk {head['desk']} of {size} entries begins with the {old} of {earlier['at']}",
            )
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    return False, "this is no proof"


def main() -> int:
    """Read the command line, check, and say what was found."""
    parser = argparse.ArgumentParser(description="Check a proof of a Hushdesk record.")
    parser.add_argument("proof", type=Path)
    parser.add_argument("--key", action="append", required=True, type=bytes.fromhex)
    parser.add_argument("--head", type=Path)
    given = parser.parse_args()
    earlier = json.loads(given.head.read_bytes()) if given.head else None
    good, said = check(json.loads(given.proof.read_bytes()), given.key, earlier)
    print("proven:" if good else "NOT PROVEN:", said)  # noqa: T201 - a script
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
