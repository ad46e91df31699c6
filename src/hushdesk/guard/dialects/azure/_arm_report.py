"""Which unresolved expressions of a resource bear on reach, and so are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from hushdesk.guard.dialects._resource import Unknown

_BEARING: Final = (
    "microsoft.network/", "microsoft.compute/virtualmachinescalesets", "microsoft.containerinstance/", "microsoft.sql/",
    "microsoft.dbfor", "microsoft.documentdb/", "microsoft.cache/", "microsoft.storage/storageaccounts", "microsoft.synapse/",
    "microsoft.kusto/", "microsoft.search/",
)  # fmt: skip
_SILENT: Final = (
    "location", "password", "login", "secret", "key", "dnssettings", "dnsservers", "domainnamelabel", "zones", "tags", "diagnosticsprofile",
    "osprofile", "storageprofile", "extensionprofile", "metadata", "description", "environmentvariables", "imageregistrycredentials",
    "certificate", "capacity", "probes", "version", "collation", "locations", "identity",
)  # fmt: skip
"""Parts of property names that decide nothing about who can reach it."""


def unresolved_in(kind: str, body: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Unknown]]:
    """Every unknown in a body, with its path."""
    if not kind.lower().startswith(_BEARING):
        return
    todo: list[tuple[tuple[str | int, ...], Any]] = [((), body)]
    while todo:
        path, value = todo.pop()
        if isinstance(value, Unknown):
            yield (path if path != ("properties",) else ()), value
        elif isinstance(value, dict):
            todo += [
                ((*path, key), item)
                for key, item in value.items()
                if not any(part in key.lower() for part in _SILENT)
            ]
        elif isinstance(value, list):
            todo += [((*path, at), item) for at, item in enumerate(value)]
