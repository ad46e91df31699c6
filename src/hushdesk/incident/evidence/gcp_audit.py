"""Google Cloud's audit logs: who changed firewall rules, instances, policies and sinks; and reads of buckets, where they are logged.

Entries of Cloud Logging as lines, arrays or answers (``entries``), and as others pass them on. A long change has two entries with
one ``operation.id``: the first holds what was asked, the last how it ended. Fields after cloud.google.com, "AuditLog" and "LogEntry".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard import Place
from hushdesk.incident._evidence import Account, Change, Outcome, Piece, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident.evidence._audit import (
    NO_OPERATION,
    NO_TIME,
    ODD,
    Dialect,
    address_of,
    mapping,
    text_of,
    time_of,
    unpacked,
)
from hushdesk.incident.evidence._source import Source

NAME: Final = "gcp-audit"
_INNER: Final = ("log", "event", "_source", "result", "message", "data")
_KEPT: Final = re.compile(
    r"compute\.(firewalls|firewallpolicies|networkfirewallpolicies|regionnetworkfirewallpolicies|instances|networks|subnetworks|addresses"
    r"|globaladdresses|forwardingrules|globalforwardingrules|routes|images|snapshots|disks|projects|backendservices|instancegroups"
    r"|targetpools|targetinstances|instancetemplates|instancegroupmanagers)\.(?!get|list|aggregated|test)\w+$"
    r"|(cloudsql|sql)\.instances\.(create|insert|update|patch|delete|restart|clone)|sqladminservice\.\w*instances?\w*\.|"
    r"storage\.(buckets\.(create|update|patch|delete)|setiampermissions)$|setiampolicy$|(update|create|delete)(sink|exclusion|bucket|logmetric)$"
    r"|redis\.v1\.cloudredis\.(create|update|delete)|alloydb\.\w+\.alloydbadmin\.(create|update|delete)"
)
_DATA: Final[Mapping[str, tuple[str, str]]] = {
    "storage.objects.get": ("read", "get object"), "storage.objects.list": ("read", "list objects"),
    "storage.objects.create": ("written", "create object"), "storage.objects.delete": ("written", "delete object"),
    "storage.objects.update": ("written", "update object"), "storage.objects.compose": ("written", "compose object"),
    "storage.objects.copy": ("read", "copy object"), "storage.objects.rewrite": ("read", "copy object"),
}  # fmt: skip


class GcpAudit:
    """See the module."""

    name = NAME
    title = "Google Cloud audit log"
    options: Mapping[str, str] = {}

    def claims(self, head: Head) -> int:
        """By the names of the logs or the type of the payload."""
        start = head.start
        if b"google.cloud.audit.AuditLog" in start or b"cloudaudit.googleapis.com" in start:
            return 95
        return 70 if b'"protoPayload"' in start and b'"methodName"' in start else 0

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Each entry of each change; reads of buckets as requests; coverage by project at the end."""
        return _DIALECT.read(source, wanted, account)


def record_of(value: Mapping[str, Any]) -> dict[str, Any]:
    """An entry in one shape.

    The keys: ``at`` (moment or ``None``), ``method``, ``service``, ``resource``, ``caller``, ``subject``, ``address``, ``agent``,
    ``severity``, ``log``, ``labels``, ``project``, ``operation``, ``first``, ``last``, ``code``, ``message``, ``payload``, ``text``.
    """
    small = {key.lower().replace("_", ""): each for key, each in value.items() if isinstance(key, str)}
    for _ in range(3):
        if "protopayload" in small or "logname" in small or "textpayload" in small:
            break
        inner = next((each for key in _INNER if isinstance(each := unpacked(small.get(key)), Mapping)), None)
        if inner is None:
            break
        small = {key.lower().replace("_", ""): each for key, each in inner.items() if isinstance(key, str)}
    payload = mapping(unpacked(small.get("protopayload", small.get("protopayloadauditlog"))))
    who, via = mapping(payload.get("authenticationInfo")), mapping(payload.get("requestMetadata"))
    status, operation = mapping(payload.get("status")), mapping(small.get("operation"))
    labels = mapping(mapping(small.get("resource")).get("labels"))
    log = text_of(small.get("logname"))
    code = status.get("code")
    return {
        # Cloud Logging writes every time in UTC; some exports leave that out.
        "at": next((at for key in ("timestamp", "receivetimestamp", "peventtime") if (at := time_of(small.get(key), utc=True)) is not None), None),
        "audit": bool(payload),
        "method": text_of(payload.get("methodName")),
        "service": text_of(payload.get("serviceName")),
        "resource": text_of(payload.get("resourceName"), 2048),
        "caller": text_of(who.get("principalEmail")),
        "subject": text_of(who.get("principalSubject")),
        "address": address_of(via.get("callerIp", via.get("callerIP"))),
        "agent": text_of(via.get("callerSuppliedUserAgent")),
        "severity": text_of(small.get("severity")),
        "log": log,
        "labels": labels,
        "project": text_of(labels.get("project_id")) or (re.findall(r"^(?:projects|folders|organizations)/([^/]+)/", log) or [""])[0],
        "operation": text_of(operation.get("id")),
        "first": _true(operation.get("first")),
        "last": _true(operation.get("last")),
        "code": code if isinstance(code, int) and not isinstance(code, bool) else int(code) if isinstance(code, str) and code.isdecimal() and len(code) < 5 else 0,
        "message": text_of(status.get("message")),
        "insert": text_of(small.get("insertid")),
        "payload": payload,
    }  # fmt: skip


def wrong_with(value: Mapping[str, Any]) -> str:
    """Why an entry cannot be used; empty if it can. Entries of other logs are well formed without a payload of the audit log."""
    if value["at"] is None:
        return NO_TIME
    if value["audit"] and not value["method"] and "cloudaudit" in value["log"]:
        return NO_OPERATION
    request = value["payload"].get("request")
    return ODD if request is not None and not isinstance(request, Mapping) and is_change(value) else ""


def is_change(value: Mapping[str, Any]) -> bool:
    """Whether it bears on rules, sharing or logging."""
    method = value["method"].lower()
    return bool(_KEPT.search(method)) and not method.startswith("randomservice")


def outcome_of(value: Mapping[str, Any]) -> Outcome:
    """A code other than 0 did nothing; an operation without its last entry has only begun."""
    response = mapping(value["payload"].get("response"))
    if value["code"] or response.get("error"):
        return Outcome.FAILED
    if value["severity"].upper() in {"ERROR", "CRITICAL"} and not value["operation"]:
        return Outcome.FAILED
    if _true(mapping(value["payload"].get("request")).get("validateOnly")):
        return Outcome.DRY_RUN
    if value["operation"] and not value["last"]:
        return Outcome.BEGUN
    return Outcome.SUCCEEDED


def change_of(value: Mapping[str, Any], at: int, place: Place) -> Change:
    """An entry of a change."""
    payload = value["payload"]
    return Change(
        at=at,
        platform="gcp",
        operation=value["method"],
        resource=value["resource"],
        outcome=outcome_of(value),
        actor=value["caller"] or value["subject"],
        actor_address=value["address"],
        correlation=value["operation"] or value["insert"],
        content={
            "request": mapping(payload.get("request")),
            "response": mapping(payload.get("response")),
            "service": value["service"],
            "labels": value["labels"],
            "project": value["project"],
            "metadata": mapping(payload.get("metadata")),
            "service_data": mapping(payload.get("serviceData")),
        },
        error=str(value["code"] or ""),
        place=place,
    )


def request_of(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """An entry on an object in a bucket as a row of requests; ``None`` if it is none."""
    known = _DATA.get(value["method"].removeprefix("google."))
    if known is None:
        return None
    act, words = known
    if value["code"]:
        act = "denied" if value["code"] in {7, 16} else "failed"
    bucket, _, name = value["resource"].partition("/objects/")
    bucket = bucket.rpartition("/buckets/")[2]
    denied = act in {"denied", "failed"}
    return {
        "outside": value["address"],
        "server": bucket,
        "act": act,
        "user": value["caller"] or value["subject"],
        "target": f"{bucket}/{name}" if name else bucket,
        "asked": words,
        "rows_upper": 0 if denied or act == "written" else 1 if words == "get object" else None,
        "bytes_upper": None,
        "why": "the log does not count bytes",
        "session": value["insert"],
        "agent": value["agent"],
    }


def _true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


_DIALECT: Final = Dialect(
    name=NAME,
    record_of=record_of,
    wrong_with=wrong_with,
    time=lambda value: int(value["at"]),
    watched=lambda value: str(value["project"]),
    is_change=is_change,
    change_of=change_of,
    request_of=request_of,
)

__all__ = ["GcpAudit"]
