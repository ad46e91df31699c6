"""Records of Amazon S3 server access logs: text as S3 writes it, JSON as tools rename it, and a list of events in CSV."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from hushdesk.incident._bound import Bound
from hushdesk.incident.evidence._asked import masked
from hushdesk.incident.evidence._request_rows import count
from hushdesk.incident.evidence._stamps import Stamp, any_stamp, clf

_TOKEN = re.compile(r'\[([^\]]*)\]|"((?:[^"\\]|\\.|"(?! |$))*)"|(\S+)')
_OPERATION: Final = re.compile(r"(REST|SOAP|WEBSITE|BATCH|S3)\.[A-Z_.-]+")
CUT: Final = "not a record of S3 server access, or cut off"
NO_TIME: Final = "its time is none"
NO_CLIENT: Final = "its client is no address"
_KEYS = 1000
_NAMES: Final = (
    "names are listed, no objects",
    "the log does not tell whether it succeeded nor how much went",
)

_AMISS: Final = "the log says that nothing left though the object was the answer"


@dataclass(frozen=True, slots=True)
class Record:
    """One request to a bucket."""

    bucket: str
    time: Stamp
    client: str
    """``-`` for S3 itself."""
    requester: str
    request: str
    """Its number."""
    operation: str
    key: str
    uri: str
    status: int | None
    error: str
    sent: str
    size: str
    agent: str


def record(text: str) -> Record | str:
    """One line as S3 writes it."""
    parts: list[str] = []
    at = 0
    while at < len(text) and len(parts) < 40:
        found = _TOKEN.match(text, at)
        if not found:
            return CUT
        parts.append(next(each for each in found.groups() if each is not None))
        at = found.end()
        if at < len(text):
            if text[at] != " ":
                return CUT
            at += 1
    # Up to the version id they have been there since the beginning; later ones are added at the end.
    if len(parts) < 18 or not _OPERATION.fullmatch(parts[6]):
        return CUT
    time = clf(parts[2])
    if time is None or not time.zoned:
        return NO_TIME
    if not (parts[9].isdigit() or parts[9] == "-"):
        return CUT
    return Record(
        parts[1], time, parts[3], parts[4], parts[5], parts[6], parts[7], parts[8], count(parts[9]), parts[10], parts[11],
        parts[12], parts[16],
    )  # fmt: skip


def from_object(found: dict[str, Any]) -> Record | str:
    """One object with S3's names in small letters, as data lakes keep them."""

    def said(*names: str) -> str:
        value = next((found[name] for name in names if found.get(name) is not None), "")
        return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""

    operation = said("operation")
    if not operation or not said("bucket", "bucket_name"):
        return CUT
    time = any_stamp(said("time", "requestdatetime", "timestamp", "p_event_time"))
    if time is None:
        return NO_TIME
    return Record(
        said("bucket", "bucket_name"),
        # These lakes keep UTC and do not say so.
        Stamp(time.at, time.step),
        said("remoteip", "remote_ip") or "-",
        said("requester") or "-",
        said("requestid", "request_id"),
        operation,
        said("key") or "-",
        said("requesturi", "request_uri"),
        count(said("httpstatus", "http_status", "status")),
        said("errorcode", "error_code"),
        said("bytessent", "bytes_sent"),
        said("objectsize", "object_size"),
        said("useragent", "user_agent"),
    )


EVENT_NAMES: Final = ("event name", "event datetime", "source ip")
"""What the heading of a list of events holds."""


def from_event(row: dict[str, str]) -> tuple[Record, int] | str:
    """One row of a list of events, and how many times it happened."""
    name = row.get("event name", "")
    time = any_stamp(row.get("event datetime", ""))
    if not name or not name.isalnum():
        return CUT
    if time is None or not time.zoned:
        return NO_TIME
    said = row.get("request parameters", "")
    bucket, key = _parameter(said, "bucketName"), _parameter(said, "key")
    who = _parameter(row.get("user id", ""), "accountId")
    made = Record(
        bucket, time, row.get("source ip", ""), "-" if who in {"", "ANONYMOUS_PRINCIPAL"} else who,
        row.get("request id", ""), name, key or "-", "", None, "", "?", "", row.get("request user agent", ""),
    )  # fmt: skip
    return made, count(row.get("repeated attempts", "1").strip()) or 1


def _parameter(text: str, name: str) -> str:
    found = re.search(rf"""['"]{name}['"]: ?(['"])(.*?)\1""", text)
    return found[2] if found else ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a record says of what was taken."""

    act: str
    asked: str
    sent: Bound
    rows: Bound


def target(made: Record) -> str:
    """The key, without what looks like somebody's; empty for the bucket itself."""
    if made.key in {"-", ""}:
        return ""
    # S3 writes keys encoded twice.
    return masked(unquote(unquote(made.key, errors="replace"), errors="replace").split("/"))


def told(made: Record, times: int = 1) -> Told:
    """What was asked and how much left."""
    sent = _sent(made)
    verb, kind = _verb(made)
    words = {
        "GET": "get object",
        "HEAD": "head",
        "PUT": "put",
        "POST": "put",
        "DELETE": "delete",
        "COPY": "copy",
    }
    asked = (
        "list"
        if kind == "list"
        else words.get(verb, "other")
        if kind == "object"
        else f"{verb.lower()} settings"
    )
    if made.operation.startswith(("S3.", "BATCH.")):
        return Told("other", "by S3 itself", sent, Bound(0, 0))
    failed = made.status is not None and made.status >= 400
    if failed or made.error not in {"", "-"}:
        denied = made.status in {401, 403} or made.error in {
            "AccessDenied",
            "SignatureDoesNotMatch",
            "InvalidAccessKeyId",
        }
        return Told("denied" if denied else "failed", asked, sent, Bound(0, 0))
    read = verb in {"GET", "COPY"} and kind != "settings"
    if made.sent == "?":
        act = "read" if read else "other" if verb in {"GET", "HEAD"} else "written"
        most = times * (_KEYS if kind == "list" else 1) if read else 0
        return Told(act, asked, Bound.unknown(_NAMES[1]), Bound(0, most, _NAMES[1] if most else ""))
    if verb == "HEAD" or (made.status is not None and 300 <= made.status < 400):
        return Told("other", asked, sent, Bound(0, 0))
    if kind == "list":
        return Told("read", asked, sent, Bound(0, 0 if sent.upper == 0 else _listed(made), _NAMES[0]))
    if read:
        return Told("read", asked, sent, _objects(made, sent))
    return Told("other" if verb in {"GET", "OPTIONS"} else "written", asked, sent, Bound(0, 0))


def _verb(made: Record) -> tuple[str, str]:
    """GET, PUT …, and whether it is about an object, a list of names, or settings."""
    operation = made.operation
    if not _OPERATION.fullmatch(operation):
        # As CloudTrail names it.
        name = operation.lower()
        verb = next(
            (verb for verb in ("get", "head", "put", "delete", "copy", "list") if name.startswith(verb)),
            "other",
        )
        if verb == "list":
            return "GET", "list"
        return verb.upper(), "object" if name.startswith((f"{verb}object", "headbucket")) else "settings"
    parts = operation.split(".")
    verb, what = (parts[1], parts[2]) if len(parts) > 2 else (parts[-1], "")
    if verb == "COPY":
        return "COPY", "object"
    if what in {"BUCKET", "BUCKETVERSIONS", "BUCKET_VERSIONS"} and verb == "GET":
        return verb, "list"
    if what in {"OBJECT", "PART", "OBJECT_GET", "UPLOAD", "TORRENT", "OBJECT_TORRENT"} or verb in {
        "HEAD",
        "POST",
    }:
        return verb, "object"
    return verb, "settings"


def _sent(made: Record) -> Bound:
    if made.sent == "-":
        size = count(made.size)
        if made.status in {200, 206} and size and _verb(made) == ("GET", "object"):
            return Bound(0, size, _AMISS)
        return Bound(0, 0)
    number = count(made.sent)
    return Bound.unknown("the log counts no bytes") if number is None else Bound.exactly(number)


def _objects(made: Record, sent: Bound) -> Bound:
    if "COPY" in made.operation:
        return Bound(1, 1) if made.operation.endswith("_GET") else Bound(0, 1, "a copy within S3")
    if sent.upper == 0 and made.size not in {"0", "-"}:
        return Bound(0, 0)
    size = count(made.size)
    if made.status == 200 and size is not None and sent.lower >= size:
        return Bound(1, 1)
    return Bound(0, 1, "a part of the object, or broken off")


def _listed(made: Record) -> int:
    found = re.search(r"[?&]max-keys=(\d{1,6})(?:[& ]|$)", made.uri)
    return min(int(found[1]), _KEYS) if found else _KEYS
