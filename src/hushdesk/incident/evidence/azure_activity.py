"""Azure's Activity Log: who wrote or deleted which resource, and whether it succeeded; and reads of blobs, where they are logged.

Read are the records of diagnostic settings (lines, or a list under ``records``), the answers of the REST interface, of the command
line and of Python's library (``operationName`` as ``{value, localizedValue}``, keys with underscores), and rows of the table
``AzureActivity``. Each record is one step of a change: what was asked stands in the first (``properties.requestbody``), how it
ended in the last; they are tied by the correlation. Schema: Microsoft Learn, "Azure Activity Log event schema".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard import Place
from hushdesk.incident._evidence import Account, Change, Gap, Outcome, Piece, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident._spans import Span, Spans
from hushdesk.incident.evidence._audit import (
    NO_OPERATION,
    NO_TIME,
    Dialect,
    Watch,
    address_of,
    mapping,
    text_of,
    time_of,
    unpacked,
)
from hushdesk.incident.evidence._source import Source

NAME: Final = "azure-activity"
_INNER: Final = ("log", "event", "_source", "result", "message")
_KEPT: Final = re.compile(
    r"microsoft\.(network|compute|sql|dbforpostgresql|dbformysql|dbformariadb|documentdb|cache|storage|synapse|kusto|search"
    r"|containerinstance|resources|insights|operationalinsights)/(.+/)?(write|delete|action)$"
)
_NOT_KEPT: Final = re.compile(
    r"/(available|listkeys|listaccountsas|listservicesas|run\w*|restart|start|poweroff|deallocate|begingetaccess|read|capture"
    r"|generalize|redeploy|validate|checknameavailability)/action$|/extensions/|/deployments/|insights/(?!diagnosticsettings|logprofiles)"
    r"|networkwatchers/(?!flowlogs|configureflowlog|delete)"
)
_SHARED: Final = re.compile(r"microsoft\.compute/(disks|snapshots)/begingetaccess/action$")
_ROTATED: Final = re.compile(r"microsoft\.storage/storageaccounts/regeneratekey/action$")
_DATA: Final = {"storageread", "storagewrite", "storagedelete"}
_DONE: Final = frozenset(
    {"success", "succeeded", "succeed", "ok", "created", "completed", "succeeded.ok", "succeeded.created"}
)
_BEGUN: Final = frozenset(
    {"start", "started", "accept", "accepted", "inprogress", "in progress", "running", "active", ""}
)


class AzureActivity:
    """See the module."""

    name = NAME
    title = "Azure Activity Log"
    options: Mapping[str, str] = {}

    def claims(self, head: Head) -> int:
        """By the keys that its shapes have in common; flow logs share some of them."""
        start = head.start
        if b"flowTuples" in start or b"FlowEvent" in start:
            return 0
        named = re.search(rb'"(operation_?[nN]ame|OperationName(Value)?)"\s*:', start)
        if not named or not re.search(rb'"/subscriptions/', start, re.IGNORECASE):
            return 0
        if re.search(
            rb'"(eventTimestamp|event_timestamp|event_data_id|eventDataId|EventDataId|ActivityStatusValue)"\s*:',
            start,
        ):
            return 95
        if re.search(
            rb'"category"\s*:\s*"(Administrative|Storage(Read|Write|Delete)|Policy|Security)"', start
        ):
            return 90
        return 75 if re.search(rb'"(correlationId|callerIpAddress|resultType)"\s*:', start) else 0

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Each step of each change; reads of blobs as requests; coverage by subscription at the end."""
        return _DIALECT.read(source, wanted, account)


def record_of(value: Mapping[str, Any]) -> dict[str, Any]:
    """A record in one shape, whatever it came in.

    The keys: ``at`` (moment or ``None``), ``operation``, ``resource``, ``status``, ``event``, ``level``, ``caller``, ``address``,
    ``correlation``, ``ident``, ``operation_id``, ``subscription``, ``tenant``, ``group``, ``provider``, ``type``, ``category``,
    ``error``, ``properties`` (what is JSON in a text is decoded), ``raw`` (keys in small letters without underscores).
    """
    small = _small(value)
    for _ in range(3):
        if "operationname" in small or "operationnamevalue" in small:
            break
        inner = next((each for key in _INNER if isinstance(each := unpacked(small.get(key)), Mapping)), None)
        if inner is None:
            break
        small = _small(inner)
    properties = unpacked(small.get("properties", small.get("propertiesd")))
    properties = _small(properties) if isinstance(properties, Mapping) else {}
    http = mapping(unpacked(small.get("httprequest")))
    web = _small(http)
    resource = _first(small, "resourceid", "resourceuri") or text_of(properties.get("entity"), 2048)
    parts = resource.split("/")
    low = [each.lower() for each in parts]
    subscription = _after(parts, low, "subscriptions")
    return {
        "at": next(
            (
                at
                for key in ("time", "eventtimestamp", "timegenerated", "timestamp", "submissiontimestamp", "activitysubmittimestamp")
                if (at := time_of(small.get(key), utc=True)) is not None
            ),
            None,
        ),
        "operation": _first(small, "operationname", "operationnamevalue"),
        "resource": resource,
        "status": _first(small, "resulttype", "status", "activitystatusvalue", "activitystatus") or text_of(properties.get("statuscode")),
        "event": _first(small, "eventname"),
        "level": _first(small, "level"),
        "caller": _first(small, "caller") or _claimed(small.get("identity")) or _claimed({"claims": small.get("claims")}),
        "address": address_of(small.get("calleripaddress")) or address_of(web.get("clientipaddress")),
        "correlation": _first(small, "correlationid"),
        "ident": _first(small, "eventdataid"),
        "operation_id": _first(small, "operationid"),
        "subscription": _first(small, "subscriptionid") or subscription,
        "tenant": _first(small, "tenantid"),
        "group": _first(small, "resourcegroupname", "resourcegroup") or _after(parts, low, "resourcegroups"),
        "provider": _first(small, "resourceprovidername", "resourceprovider", "resourceprovidervalue"),
        "type": _first(small, "resourcetype"),
        "category": _first(small, "category", "categoryvalue"),
        "error": _first(small, "substatus", "resultsignature") or text_of(properties.get("statuscode")),
        "properties": properties,
        "raw": small,
    }  # fmt: skip


def wrong_with(value: Mapping[str, Any]) -> str:
    """Why a record cannot be used; empty if it can."""
    return NO_TIME if value["at"] is None else "" if value["operation"] else NO_OPERATION


def is_change(value: Mapping[str, Any]) -> bool:
    """Whether it bears on rules, sharing or logging."""
    name = value["operation"].lower()
    if _SHARED.search(name) or _ROTATED.search(name):
        return True
    return bool(_KEPT.match(name)) and not _NOT_KEPT.search(name)


def outcome_of(value: Mapping[str, Any]) -> Outcome:
    """How a step ended. A status that is not known may have succeeded."""
    status = value["status"].lower()
    if status in _DONE:
        return Outcome.SUCCEEDED
    if status.startswith(("fail", "cancel", "reject")) or status in {
        "error",
        "denied",
        "notfound",
        "conflict",
        "badrequest",
        "forbidden",
    }:
        return Outcome.FAILED
    if (
        status in _BEGUN
        and value["event"].lower() == "endrequest"
        and text_of(value["properties"].get("statuscode")).lower() in _DONE
    ):
        return Outcome.SUCCEEDED
    return Outcome.BEGUN


def change_of(value: Mapping[str, Any], at: int, place: Place) -> Change:
    """A step of a change."""
    properties = value["properties"]
    outcome = outcome_of(value)
    return Change(
        at=at,
        platform="azure",
        operation=value["operation"],
        resource=value["resource"],
        outcome=outcome,
        actor=value["caller"],
        actor_address=value["address"],
        correlation=value["correlation"],
        content={
            "request": unpacked(properties.get("requestbody")),
            "response": unpacked(properties.get("responsebody")),
            "subscription": value["subscription"],
        },
        error=value["error"] if outcome is Outcome.FAILED else "",
        place=place,
    )


def request_of(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """A record of a storage account's own log as a row of requests; ``None`` if it is none."""
    if value["category"].lower() not in _DATA:
        return None
    raw, properties = value["raw"], value["properties"]
    code = text_of(raw.get("statuscode"))
    status = int(code) if code.isascii() and code.isdigit() and len(code) < 5 else None
    name = value["operation"].lower()
    act = (
        "written"
        if name.startswith(("put", "delete", "create", "set", "append", "copy", "undelete"))
        else "read"
    )
    if (
        (name.startswith("get") and not name.startswith(("getblob", "getfile", "getpage", "getblock")))
        or "properties" in name
        or "metadata" in name
    ):
        act = "other"
    if status is not None and status >= 400:
        act = "denied" if status in {401, 403} else "failed"
    sizes = [properties.get(key) for key in ("responsebodysize", "responseheadersize")]
    known = [each for each in sizes if isinstance(each, int) and not isinstance(each, bool) and each >= 0]
    said = isinstance(sizes[0], int)
    identity = _small(raw.get("identity"))
    return {
        "outside": address_of(raw.get("calleripaddress")),
        "server": text_of(properties.get("accountname")) or value["resource"].rpartition("/")[2],
        "act": act,
        "user": _claimed(raw.get("identity")) or text_of(identity.get("type")),
        "target": text_of(properties.get("objectkey"), 1024) or text_of(raw.get("uri"), 1024).partition("?")[0],
        "asked": re.sub(r"[^A-Za-z]", "", value["operation"])[:64],
        "status": status,
        "bytes_lower": sum(known) if said else 0,
        "bytes_upper": sum(known) if said else None,
        "rows_upper": 0 if act in {"denied", "failed", "written"} else None,
        "why": "" if said else "the log does not count bytes here",
        "session": value["correlation"],
        "agent": text_of(properties.get("useragentheader")),
    }  # fmt: skip


def _small(value: Any) -> dict[str, Any]:
    return {
        key.lower().replace("_", ""): each for key, each in mapping(value).items() if isinstance(key, str)
    }


def _first(small: Mapping[str, Any], *keys: str) -> str:
    for key in keys:
        value = small.get(key)
        if isinstance(value, Mapping):
            value = value.get("value") or value.get("Value")
        if found := text_of(value, 2048):
            return found
    return ""


def _claimed(identity: Any) -> str:
    claims = _small(_small(unpacked(identity)).get("claims"))
    for key in ("name", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn", "upn", "appid"):
        if found := text_of(claims.get(key)):
            return found
    return ""


def _after(parts: list[str], low: list[str], key: str) -> str:
    at = low.index(key) + 1 if key in low else len(parts)
    return parts[at] if at < len(parts) else ""


class _Rotated(Watch):
    """Storage accounts whose keys were made anew."""

    def see(self, change: Change) -> Iterator[Gap]:
        """Flow logs that go there lack their key."""
        if _ROTATED.search(change.operation.lower()) and change.outcome is Outcome.SUCCEEDED:
            yield Gap(
                log="azure-nsg-flow", of=change.resource, spans=Spans([Span(change.at, change.at + 1)]), place=change.place,
                why="a key of the storage account was made anew: flow logs that go there may have stopped from then on",
            )  # fmt: skip


_DIALECT: Final = Dialect(
    name=NAME,
    record_of=record_of,
    wrong_with=wrong_with,
    time=lambda value: int(value["at"]),
    watched=lambda value: str(value["subscription"]),
    is_change=is_change,
    change_of=change_of,
    request_of=request_of,
    watch=_Rotated,
    # Reads of blobs come from the log of a storage account.
    requests_cover=False,
)

__all__ = ["AzureActivity"]
