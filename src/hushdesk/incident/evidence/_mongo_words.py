"""What a MongoDB command asks for, in fixed words with numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hushdesk.incident.evidence._dblog import whole

_READS: Final = frozenset(
    {"find", "getMore", "aggregate", "distinct", "mapReduce", "group", "geoNear", "geoSearch", "eval", "parallelCollectionScan"}
)  # fmt: skip
_CHANGES_THAT_ANSWER: Final = frozenset({"findAndModify", "findandmodify"})
_WRITES: Final = frozenset(
    {"insert", "update", "delete", "bulkWrite", "create", "drop", "dropDatabase", "createIndexes", "dropIndexes",
     "renameCollection", "collMod", "convertToCapped", "createUser", "updateUser", "dropUser", "createRole",
     "updateRole", "dropRole", "grantRolesToUser", "revokeRolesFromUser", "setParameter", "shutdown", "fsync"}
)  # fmt: skip
_SILENT: Final = frozenset(
    {"count", "hello", "isMaster", "ismaster", "ping", "buildInfo", "buildinfo", "serverStatus", "listDatabases",
     "listCollections", "listIndexes", "collStats", "dbStats", "dbstats", "collstats", "getParameter", "hostInfo",
     "killCursors", "endSessions", "saslStart", "saslContinue", "authenticate", "logout", "connectionStatus",
     "replSetGetStatus", "replSetHeartbeat", "whatsmyuri", "getCmdLineOpts", "getLog", "top", "currentOp", "killOp",
     "explain", "usersInfo", "rolesInfo", "commitTransaction", "abortTransaction", "startSession", "refreshSessions"}
)  # fmt: skip
# Their answers hold no documents of the store, but parts of it.
_TELLING: Final = frozenset({"getLog", "currentOp", "explain", "top"})
_KNOWN: Final = _READS | _WRITES | _SILENT | _CHANGES_THAT_ANSWER
_OLD: Final = {
    "query": "find",
    "getmore": "getMore",
    "insert": "insert",
    "update": "update",
    "remove": "delete",
}


@dataclass(frozen=True, slots=True)
class Done:
    """One command."""

    act: str
    words: str
    answers: bool
    """Whether its answer can hold documents."""


def command_words(command: object, original: object, kind: object) -> Done:
    """What is asked for.

    Args:
        command: The document of the command: its first key names it.
        original: That of the command which a ``getMore`` goes on with.
        kind: ``type`` of the log entry: ``command``, ``update``.
    """
    content = command if isinstance(command, Mapping) else {}
    # The first key is the command; one that is not known may answer with anything. Old operations have none.
    name = next(iter(content), "")
    if name not in _KNOWN:
        name = _OLD.get(kind, "") if isinstance(kind, str) else ""
    name = "findAndModify" if name in _CHANGES_THAT_ANSWER else name
    words = name
    if name == "find":
        words += _number(content, "limit") + _number(content, "batchSize")
    elif name == "getMore":
        first = command_words(original, None, "command").words if isinstance(original, Mapping) else ""
        words += f" of {first}" if first else ""
    elif name == "aggregate" and _leaves(content.get("pipeline")):
        words += " out"
    if name in _READS:
        return Done("read", words, answers=True)
    if name == "findAndModify":
        return Done("written", words, answers=True)
    if name in _WRITES:
        return Done("written", words, answers=False)
    if name in _SILENT:
        return Done("other", words, answers=name in _TELLING)
    return Done("other", "other", answers=True)


def _number(content: Mapping[str, object], key: str) -> str:
    value = content.get(key)
    if isinstance(value, Mapping):
        value = value.get("$numberLong", value.get("$numberInt"))
    number = whole(value)
    return f" {key}={number}" if number is not None else ""


def _leaves(pipeline: object) -> bool:
    stages = pipeline if isinstance(pipeline, list) else []
    return any(isinstance(stage, Mapping) and ("$out" in stage or "$merge" in stage) for stage in stages)
