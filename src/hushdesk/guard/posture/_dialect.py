"""The dialect ``store-config``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Finding
from hushdesk.guard.posture._engine import Engine
from hushdesk.guard.posture._engines import ENGINES
from hushdesk.guard.posture._files import ConfigFile, Run

LONGEST: Final = 4_000_000
"""Characters; no store's configuration is longer."""
KINDS: Final = frozenset({"text", "yaml", "json", "toml", "ini", "xml"})
FOREIGN: Final = frozenset({
    "apiVersion", "kind", "services", "Resources", "AWSTemplateFormatVersion", "$schema", "resources", "planned_values", "resource",
})  # fmt: skip
JSON_KEYS: Final = frozenset({
    "http-bind-address", "bolt-path", "engine-path", "authentication", "authorization", "network.host", "network", "cluster.name", "net",
    "listen-client-urls", "advertise-client-urls", "server.host", "server", "rpc_address",
})  # fmt: skip
"""One of these stands at the top of every store's configuration in JSON; most JSON is something else, and large."""


class StoreConfigDialect:
    """Stores' own configuration files: on which addresses they listen, and whether they ask for a password.

    Each server becomes one endpoint. Its paths say who can open a connection: the bind address and, for PostgreSQL, the lines of
    ``pg_hba.conf``. Its posture says apart from that who gets in without proving who they are
    (:attr:`hushdesk.guard.Posture.without_password`). A version that decides and that no file tells can be given as a parameter, such as
    ``elasticsearch.version``.
    """

    name = "store-config"

    def claims(self, document: Document) -> bool:
        """Whether a store is known that such a file configures."""
        return _owner(ConfigFile(document)) is not None

    def read(self, documents: Sequence[Document], world: World) -> Iterator[Finding]:
        """An endpoint for each server, and remarks on what could not be made out."""
        owned: dict[int, list[ConfigFile]] = {}
        for document in documents:
            file = ConfigFile(document)
            owner = _owner(file)
            if owner is not None:
                owned.setdefault(ENGINES.index(owner), []).append(file)
        for index in sorted(owned):
            run = Run(owned[index], world)
            ENGINES[index].read(run)
            yield from run.findings


def _owner(file: ConfigFile) -> Engine | None:
    if file.document.kind not in KINDS or len(file.text) > LONGEST or _is_foreign(document=file.document):
        return None
    for engine in ENGINES:
        try:
            if engine.claims(file):
                return engine
        except (LookupError, RecursionError, TypeError, ValueError):
            continue
    return None


def _is_foreign(document: Document) -> bool:
    """Whether a tree is of another kind: a manifest, a compose file or a template may be named like a store."""
    if document.kind not in {"yaml", "json"}:
        # A script that starts a store is no configuration.
        return isinstance(document.content, str) and document.content.startswith("#!")
    content = document.content
    if document.kind == "json" and not (isinstance(content, dict) and JSON_KEYS & content.keys()):
        return True
    return not (content is None or isinstance(content, dict)) or bool(content and FOREIGN & content.keys())
