"""The record: who did what, append-only, in a Merkle tree whose heads are signed."""
