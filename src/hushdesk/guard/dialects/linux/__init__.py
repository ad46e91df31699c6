"""Linux: what iptables, ip6tables, ipset and nftables dump, and Windows' firewall beside them.

Read are the outputs of ``iptables-save``, ``ip6tables-save``, ``iptables -S``, ``ipset save``, ``nft list ruleset`` and
``nft -j list ruleset``, and rule files in these languages. Two parameters tell what no dump says: ``linux.outside``, the
interfaces behind which the outside is, and ``linux.addresses``, the machine's own addresses. Without them, matches on
interfaces (but the loopback's and those of containers) and on destinations are in doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Finding
from hushdesk.guard.dialects.linux import _machines, _windows
from hushdesk.guard.dialects.linux._paths import Paths

__all__ = ["LinuxDialect"]


class LinuxDialect:
    """Reads packet filters."""

    name: Final = "linux"

    def claims(self, document: Document) -> bool:
        """Whether it is a dump of a packet filter."""
        if isinstance(document.content, str) and _windows.claims(document.content):
            return True
        return _machines.claims(document)

    def read(self, documents: Sequence[Document], world: World) -> Iterator[Finding]:
        """One endpoint for each machine, for what it forwards, and for each target of a translation."""
        others = []
        for document in documents:
            if isinstance(document.content, str) and _windows.claims(document.content):
                yield from _windows.read(document, PurePosixPath(document.file).stem)
            else:
                others.append(document)
        findings: list[Finding] = []
        for machine in _machines.machines(others, world, findings):
            yield from Paths(machine).findings()
        yield from findings
