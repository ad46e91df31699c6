"""Style and script: read once, served under a name that changes with the content."""

from __future__ import annotations

import hashlib
from importlib.resources import files

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class StaticFiles:
    """All static files of the pages, in memory.

    Attributes:
        digest: Hash of every name and content; part of each address, so a file may be kept for ever.
    """

    def __init__(self) -> None:
        self._files: dict[str, tuple[bytes, str]] = {}
        digest = hashlib.sha256()
        for entry in sorted(files("hushdesk.web").joinpath("static").iterdir(), key=lambda each: each.name):
            suffix = "." + entry.name.rpartition(".")[2]
            if suffix in _TYPES:
                content = entry.read_bytes()
                self._files[entry.name] = (content, _TYPES[suffix])
                digest.update(f"{entry.name}\0{len(content)}\0".encode() + content)
        self.digest = digest.hexdigest()[:16]

    def url(self, name: str) -> str:
        """The address of a file.

        Raises:
            KeyError: There is no such file.
        """
        if name not in self._files:
            raise KeyError(name)
        return f"/static/{self.digest}/{name}"

    def get(self, digest: str, name: str) -> tuple[bytes, str] | None:
        """Content and type of a file; None for an unknown or outdated name."""
        return self._files.get(name) if digest == self.digest else None
