"""CloudTrail: who changed rules, sharing and logging of an AWS account, and what was read of buckets.

Files as the trail delivers them, lines, arrays, events of EventBridge (``detail``), records in CloudWatch's messages, answers of
``lookup-events`` (``CloudTrailEvent``). Fields after the CloudTrail user guide, "CloudTrail record contents".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard import Place
from hushdesk.incident._evidence import Account, Change, Gap, Outcome, Piece, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident._spans import SECOND, Span, Spans
from hushdesk.incident.evidence._audit import (
    NO_OPERATION,
    NO_TIME,
    ODD,
    Dialect,
    Extent,
    Watch,
    address_of,
    mapping,
    text_of,
    time_of,
    unpacked,
)
from hushdesk.incident.evidence._source import Source

NAME: Final = "aws-cloudtrail"
_INNER: Final = ("detail", "CloudTrailEvent", "message", "log", "event", "_source", "result")
"""Where others put the record that they pass on."""
_KEPT: Final[Mapping[str, re.Pattern[str]]] = {
    "ec2": re.compile(
        r"(?!Describe|Get|List)\w*(SecurityGroup|NetworkInterface|Instances$|InstanceAttribute|Address(es)?$|Vpc|Subnet|Route"
        r"|InternetGateway|NatGateway|NetworkAcl|PrefixList|FlowLogs|SnapshotAttribute|ImageAttribute|DeleteSnapshot|CopySnapshot"
        r"|CreateSnapshot|RegisterImage|DeregisterImage|CreateImage|BlockPublicAccess|TransitGateway|VpnGateway|FpgaImageAttribute)"
    ),
    "rds": re.compile(r"(?!Describe|Download)\w*(DBInstance|DBCluster|DBSnapshot|DBSecurityGroup|DBSubnetGroup)"),
    "redshift": re.compile(r"(?!Describe|Get)\w*(Cluster|SnapshotAccess|EndpointAccess|DisableLogging|EnableLogging)"),
    "elasticache": re.compile(r"(?!Describe|List)\w*(CacheCluster|ReplicationGroup|CacheSecurityGroup|ServerlessCache)"),
    "es": re.compile(r"(Create|Delete|Update)\w*(Domain)"),
    "elasticloadbalancing": re.compile(r"(?!Describe)\w*(LoadBalancer|Listener|SecurityGroups|TargetGroup|Targets|Rule)"),
    "s3": re.compile(r"(Put|Delete|Create)(Bucket(Policy|Acl|PublicAccessBlock|Logging)?|PublicAccessBlock|AccountPublicAccessBlock|ObjectAcl|AccessPoint(Policy)?)$"),
    "kms": re.compile(r"(CreateGrant|RetireGrant|RevokeGrant|PutKeyPolicy)$"),
    "cloudtrail": re.compile(r"(Create|Delete|Update)Trail$|(Start|Stop)Logging$|PutEventSelectors$|(Create|Delete)EventDataStore$"),
    "logs": re.compile(r"(DeleteLogGroup|DeleteLogStream|PutRetentionPolicy|CreateLogGroup)$"),
    "config": re.compile(r"(StopConfigurationRecorder|StartConfigurationRecorder|DeleteConfigurationRecorder|DeleteDeliveryChannel)$"),
    "guardduty": re.compile(r"(DeleteDetector|UpdateDetector|CreateDetector)$"),
}  # fmt: skip
"""What bears on rules, sharing and logging, by service."""
_KEPT_AS: Final = {"s3control": "s3", "opensearch": "es", "docdb": "rds", "neptune": "rds"}
_IDS: Final = (
    "groupId", "networkInterfaceId", "instanceId", "snapshotId", "imageId", "dBClusterSnapshotIdentifier", "dBSnapshotIdentifier",
    "snapshotIdentifier", "dBInstanceIdentifier", "dBClusterIdentifier", "clusterIdentifier", "bucketName", "bucket", "keyId",
    "networkAclId", "routeTableId", "subnetId", "vpcId", "internetGatewayId", "prefixListId", "allocationId", "associationId",
    "publicIp", "domainName", "loadBalancerArn", "loadBalancerName", "listenerArn", "targetGroupArn", "dBSecurityGroupName",
    "cacheClusterId", "replicationGroupId", "logGroupName", "detectorId", "groupName", "name", "trailName", "accountId",
)  # fmt: skip
"""Keys that name what was changed, in the order in which they are believed."""
_OBJECTS: Final[Mapping[str, tuple[str, str]]] = {
    "GetObject": ("read", "get object"), "SelectObjectContent": ("read", "select of object"),
    "GetObjectTorrent": ("read", "get object"), "ListObjects": ("read", "list objects"), "ListBucket": ("read", "list objects"),
    "ListObjectsV2": ("read", "list objects"), "ListObjectVersions": ("read", "list objects"), "HeadObject": ("other", "head of object"),
    "HeadBucket": ("other", "head of bucket"), "PutObject": ("written", "put object"), "CopyObject": ("read", "copy object"),
    "UploadPartCopy": ("read", "copy object"), "UploadPart": ("written", "put object"), "DeleteObject": ("written", "delete object"),
    "DeleteObjects": ("written", "delete objects"), "CompleteMultipartUpload": ("written", "put object"),
    "GetObjectAcl": ("other", "get acl"), "GetObjectTagging": ("other", "get tags"), "GetObjectAttributes": ("other", "get attributes"),
}  # fmt: skip
"""Data events of S3, as an act and in words."""
_TABLES: Final[Mapping[str, tuple[str, str]]] = {
    "GetItem": ("read", "get item"), "BatchGetItem": ("read", "get items"), "Query": ("read", "query"), "Scan": ("read", "scan"),
    "ExecuteStatement": ("read", "statement"), "BatchExecuteStatement": ("read", "statements"), "TransactGetItems": ("read", "get items"),
    "PutItem": ("written", "put item"), "UpdateItem": ("written", "update item"), "DeleteItem": ("written", "delete item"),
    "BatchWriteItem": ("written", "write items"), "GetRecords": ("read", "read stream"), "ExportTableToPointInTime": ("read", "export of table"),
}  # fmt: skip
_DENIED: Final = re.compile(
    r"AccessDenied|Unauthorized|Forbidden|AllAccessDisabled|SignatureDoesNotMatch|InvalidAccessKeyId|ExpiredToken"
)


class AwsCloudTrail:
    """See the module."""

    name = NAME
    title = "AWS CloudTrail"
    options: Mapping[str, str] = {}

    def claims(self, head: Head) -> int:
        """By the keys that every record has."""
        start = head.start
        if (
            re.search(rb'\\?"eventSource\\?"\s*:\s*\\?"[\w.-]+\.amazonaws\.com', start)
            and b"eventName" in start
        ):
            return 95 if b"eventVersion" in start or b"userIdentity" in start else 80
        if re.search(rb'"CloudTrailEvent"\s*:|"AWS API Call via CloudTrail"', start):
            return 90
        empty = re.match(rb'\s*\{\s*"Records"\s*:\s*\[\s*\]\s*\}', start)
        return 60 if empty and "CloudTrail" in head.path else 0

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Changes as they come, requests in batches, gaps and coverage at the end."""
        return _DIALECT.read(source, wanted, account)


def record_of(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record itself, out of whatever passes it on; as it is if nothing in it is one."""
    for _ in range(4):
        if "eventName" in value or "eventSource" in value:
            return value
        for key in _INNER:
            inner = unpacked(value.get(key))
            if isinstance(inner, Mapping):
                value = inner
                break
        else:
            return value
    return value


def wrong_with(value: Mapping[str, Any]) -> str:
    """Why a record cannot be used; empty if it can."""
    if time_of(value.get("eventTime"), utc=True) is None:
        return NO_TIME
    if not text_of(value.get("eventName")):
        return NO_OPERATION
    shapes = ("requestParameters", "responseElements", "userIdentity", "additionalEventData")
    if any(value.get(key) not in (None, "") and not isinstance(value[key], Mapping) for key in shapes):
        # Insight events and a few services write texts there; nothing that changes rules does.
        return ODD if is_change(value) or service(value) == "s3" else ""
    return ""


def service(value: Mapping[str, Any]) -> str:
    """``ec2`` for ``ec2.amazonaws.com``."""
    return text_of(value.get("eventSource")).partition(".")[0].lower()


def owner(value: Mapping[str, Any]) -> str:
    """The account in whose trail it stands."""
    return text_of(value.get("recipientAccountId")) or text_of(
        mapping(value.get("userIdentity")).get("accountId")
    )


def is_change(value: Mapping[str, Any]) -> bool:
    """Whether it bears on rules, sharing or logging."""
    name = service(value)
    kept = _KEPT.get(_KEPT_AS.get(name, name))
    return bool(
        kept and value.get("readOnly") not in (True, "true") and kept.match(text_of(value.get("eventName")))
    )


def change_of(value: Mapping[str, Any], at: int, place: Place) -> Change:
    """A record that bears on rules, as a change."""
    request, response = mapping(value.get("requestParameters")), mapping(value.get("responseElements"))
    error = text_of(value.get("errorCode"))
    dry = (
        error.endswith("DryRunOperation")
        or str(request.get("dryRun", request.get("DryRun"))).lower() == "true"
    )
    if dry:
        outcome = Outcome.DRY_RUN
    elif error or text_of(value.get("errorMessage")) or response.get("_return") is False:
        outcome = Outcome.FAILED
    else:
        outcome = Outcome.SUCCEEDED
    identity = mapping(value.get("userIdentity"))
    return Change(
        at=at,
        platform="aws",
        operation=text_of(value.get("eventName")),
        resource=resource_of(request, response),
        outcome=outcome,
        actor=text_of(identity.get("arn")) or text_of(identity.get("invokedBy")) or text_of(identity.get("principalId")),
        actor_address=address_of(value.get("sourceIPAddress")),
        correlation=text_of(value.get("eventID")),
        content={
            "service": service(value),
            "region": text_of(value.get("awsRegion")),
            "account": owner(value),
            "request": request,
            "response": response,
        },
        error=error,
        place=place,
    )  # fmt: skip


def resource_of(request: Mapping[str, Any], response: Mapping[str, Any]) -> str:
    """The id of what was changed."""
    listed = mapping(request.get("ModifySecurityGroupRulesRequest")).get("GroupId")
    if isinstance(listed, str):
        return listed
    inner = [each for each in response.values() if isinstance(each, Mapping)]
    for holder in (request, response, *inner):
        for key in _IDS:
            if found := text_of(holder.get(key)):
                return found.rpartition("/")[2] if key in {"name", "trailName"} else found
    flows = mapping(request.get("CreateFlowLogsRequest")) or mapping(request.get("DeleteFlowLogsRequest"))
    for key in ("ResourceId", "FlowLogId"):
        each = flows.get(key)
        for one in each if isinstance(each, list) else [each]:
            if found := text_of(mapping(one).get("content")) or text_of(one):
                return found
    for key in ("instancesSet", "flowLogIdSet", "resourceIdSet"):
        listed = mapping(request.get(key) or response.get(key)).get("items")
        for one in listed if isinstance(listed, list) else ():
            if found := next(
                (text_of(each) for name, each in mapping(one).items() if name.endswith("Id")), ""
            ):
                return found
    return ""


def request_of(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """A data event as a row of requests; ``None`` if it is none."""
    name, asked = text_of(value.get("eventName")), service(value)
    known = (
        _OBJECTS.get(name)
        if asked == "s3"
        else _TABLES.get(name)
        if asked in {"dynamodb", "rds-data", "rdsdata"}
        else None
    )
    if known is None and asked == "ebs" and name == "GetSnapshotBlock":
        known = ("read", "get block of snapshot")
    if known is None:
        return None
    act, words = known
    request, more = mapping(value.get("requestParameters")), mapping(value.get("additionalEventData"))
    error = text_of(value.get("errorCode"))
    if error or text_of(value.get("errorMessage")):
        act = "denied" if _DENIED.search(error) else "failed"
    sent = _number(more.get("bytesTransferredOut"))
    holder = (
        text_of(request.get("bucketName"))
        or text_of(request.get("tableName"))
        or text_of(request.get("snapshotId"))
    )
    key = text_of(request.get("key"))
    identity = mapping(value.get("userIdentity"))
    denied = act == "denied"
    copied = words == "copy object"
    if copied:
        # What is copied does not pass through the client: the figure says nothing of it.
        sent = None
    return {
        "outside": address_of(value.get("sourceIPAddress")),
        "server": holder,
        "act": act,
        "user": text_of(identity.get("arn")) or text_of(identity.get("principalId")) or text_of(identity.get("accountId")),
        "target": f"{holder}/{key}" if key else holder,
        "asked": words,
        "bytes_lower": sent or 0,
        "bytes_upper": 0 if denied and sent is None else sent,
        "rows_lower": 0,
        "rows_upper": 0 if act in {"denied", "written"} else 1 if words == "get object" else None,
        "why": "" if sent is not None or denied else "a copy within the cloud is not counted" if copied
        else "the log does not count bytes here",
        "session": text_of(value.get("requestID")),
        "agent": text_of(value.get("userAgent")),
    }  # fmt: skip


def _number(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    if isinstance(value, float) and value.is_integer() and value < 2**62:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62 else None


class _Stopped(Watch):
    """Trails that were stopped, as far as one file shows it."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[int, str]] = {}
        self._found: list[Gap] = []

    def see(self, change: Change) -> Iterator[Gap]:
        """Takes in one change; gaps are told at the end, when all are known."""
        yield from ()
        if change.outcome is not Outcome.SUCCEEDED or change.content["service"] != "cloudtrail":
            return
        if change.operation in {"StopLogging", "DeleteTrail"}:
            self._open.setdefault(change.resource, (change.at, change.operation))
        elif change.operation in {"StartLogging", "CreateTrail"} and change.resource in self._open:
            self._close(change.resource, change.at)

    def _close(self, trail: str, at: int) -> None:
        began, operation = self._open.pop(trail)
        why = f"the trail was {'stopped' if operation == 'StopLogging' else 'deleted'}"
        if began < at:
            self._found.append(Gap(log=NAME, of=f"trail {trail}", spans=Spans([Span(began, at)]), why=why))

    def ended(self, extent: Extent) -> Iterator[Gap]:
        """All gaps; one that has not ended goes to the last record of the file, beyond which the file covers nothing."""
        last = max((end for _, end in extent.ends.values()), default=0)
        for trail in list(self._open):
            self._close(trail, max(last, self._open[trail][0]) + SECOND)
        yield from self._found


def _time(value: Mapping[str, Any]) -> int:
    at = time_of(value["eventTime"], utc=True)
    assert at is not None  # noqa: S101 - looked at by wrong_with
    return at


_DIALECT: Final = Dialect(
    name=NAME,
    record_of=record_of,
    wrong_with=wrong_with,
    time=_time,
    watched=lambda value: "/".join(filter(None, (owner(value), text_of(value.get("awsRegion"))))),
    is_change=is_change,
    change_of=change_of,
    request_of=request_of,
    watch=_Stopped,
    repeats_inside=True,
)

__all__ = ["AwsCloudTrail"]
