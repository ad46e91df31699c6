"""Which store a container image holds, as far as its name says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from hushdesk.guard._engines import ALIASES, ENGINES

_MORE: Final = {
    "cp-kafka": "kafka", "cp-zookeeper": "zookeeper", "eclipse-mosquitto": "mosquitto", "edb": "postgresql",
    "mongo": "mongodb", "mysql-server": "mysql", "opendistro": "elasticsearch", "openldap": "ldap", "pgvector": "postgresql",
    "pgbouncer": "postgresql", "postgis": "postgresql", "redis-stack": "redis", "scylla": "cassandra", "scylladb": "cassandra",
    "spilo": "postgresql", "timescaledb": "postgresql", "timescaledb-ha": "postgresql", "dragonfly": "redis",
}  # fmt: skip
_NAMES: Final = {**{name: name for name in ENGINES}, **ALIASES, **_MORE}
_NO_STORE: Final = re.compile(
    r"(?:^|[-_/])(?:admin|adminer|backup|client|cli|commander|console|exporter|express|init|insight|manager|metrics|"
    r"migrate|migrations?|operator|phpmyadmin|pgadmin4?|prober|probe|reloader|sidecar|tools?|ui)(?:[-_]|$)"
)
"""Words of images that only have to do with a store."""


def engine_of(images: Iterable[str]) -> str:
    """The first store that an image's name names, in our words; empty if none does."""
    for image in images:
        # registry:port/path/name:tag@digest
        path = image.partition("@")[0]
        last = path.rpartition("/")[2].partition(":")[0].lower()
        if last in _NAMES:
            return _NAMES[last]
        if _NO_STORE.search(last):
            continue
        for word in re.split(r"[-_.]", last):
            plain = word.rstrip("0123456789")
            if plain in _NAMES:
                return _NAMES[plain]
    return ""
