"""Copies that others may take: images, snapshots of disks and databases, buckets, keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.incident._evidence import Change
from hushdesk.incident.window._aws_words import folded, many, text
from hushdesk.incident.window._estate import Applied, Estate, Shared

EVERYBODY: Final = "everybody"
_PUBLIC_URIS: Final = {
    "http://acs.amazonaws.com/groups/global/allusers": EVERYBODY,
    "http://acs.amazonaws.com/groups/global/authenticatedusers": "everybody with an AWS account",
}
_CANNED: Final = {
    "public-read": EVERYBODY,
    "public-read-write": EVERYBODY,
    "authenticated-read": "everybody with an AWS account",
}
_READS: Final = re.compile(
    r"\*|s3:\*|s3:get\*|s3:getobject[\w*]*|s3:list\*|s3:listbucket[\w*]*|s3:g\*|s3:l\*", re.IGNORECASE
)
_ACCOUNT: Final = re.compile(r"(?:^arn:[\w-]+:(?:iam|sts)::(\d{12}):|^(\d{12})$)")
_CLOSING: Final = {
    "DeleteSnapshot": "snapshotid", "DeregisterImage": "imageid", "DeleteDBSnapshot": "dbsnapshotidentifier",
    "DeleteDBClusterSnapshot": "dbclustersnapshotidentifier", "DeleteBucket": "bucketname", "ResetSnapshotAttribute": "snapshotid",
    "ResetImageAttribute": "imageid", "DeleteClusterSnapshot": "snapshotidentifier",
}  # fmt: skip


class Shares:
    """What of an AWS account may be copied by whom.

    Args:
        estate: Where it is kept.
        own: Accounts that are ours beside the one in whose trail a change stands.
    """

    def __init__(self, estate: Estate, own: frozenset[str]) -> None:
        self.estate = estate
        self.own = own
        self.prior: dict[tuple[str, str], Shared] = {}
        """Taken away without having been given within the evidence: it was so before."""
        self.touched: set[tuple[str, str]] = set()

    def apply(self, change: Change) -> Applied | None:
        """What a change does to sharing; ``None`` if it has nothing to do with it."""
        name = change.operation
        request = folded(change.content.get("request"))
        if not isinstance(request, Mapping):
            request = {}
        response = folded(change.content.get("response"))
        response = response if isinstance(response, Mapping) else {}
        mine = self.own | {text(change.content.get("account"))}
        if name in _CLOSING:
            named = text(request.get(_CLOSING[name])) or change.resource
            self.estate.unshare(named)
            if name == "DeleteBucket":
                self.estate.put("bucket", named, None)
            return Applied()
        if name in {"ModifySnapshotAttribute", "ModifyImageAttribute"}:
            return self._modified(change, request, mine)
        if name in {"ModifyDBSnapshotAttribute", "ModifyDBClusterSnapshotAttribute"}:
            return self._database(change, request, response, mine)
        if name in {"AuthorizeSnapshotAccess", "RevokeSnapshotAccess"}:
            account = text(request.get("accountwithrestoreaccess"))
            self._set(
                change.resource, [account], mine, given=name.startswith("Authorize"), rule="restore access"
            )
            return Applied()
        if name in {"CreateGrant", "RevokeGrant", "RetireGrant"}:
            return self._grant(change, request, response, mine)
        if text(change.content.get("service")) in {"s3", "s3control"}:
            return self._bucket(change, request, mine)
        return None

    def _set(
        self, resource: str, whom: list[str], mine: frozenset[str] | set[str], *, given: bool, rule: str
    ) -> None:
        for each in whom:
            outside = EVERYBODY if each.lower() == "all" else each
            if not outside or _account(outside) in mine or outside in mine:
                continue
            key = (resource, outside)
            if given:
                self.estate.share(resource, outside, Shared(rule))
            else:
                if key not in self.estate.shares and key not in self.touched:
                    self.prior[key] = Shared(rule)
                self.estate.share(resource, outside, None)
            self.touched.add(key)

    def _modified(
        self, change: Change, request: Mapping[str, Any], mine: set[str] | frozenset[str]
    ) -> Applied:
        resource = change.resource
        found = False
        for key in ("createvolumepermission", "launchpermission"):
            held = request.get(key)
            if not isinstance(held, Mapping):
                continue
            for word, given in (("add", True), ("remove", False)):
                for item in many(held.get(word)):
                    found = True
                    self._set(resource, list(_whom(item)), mine, given=given, rule=_RULES[key])
        # The older shape names an operation and lists of users and groups.
        operation = text(request.get("operationtype")).lower()
        if operation in {"add", "remove"} and not found:
            whom = [
                each
                for key in (
                    "userid",
                    "userids",
                    "useridset",
                    "group",
                    "groups",
                    "groupset",
                    "usergroup",
                    "usergroupset",
                )
                for item in many(request.get(key))
                for each in (_whom(item) if isinstance(item, Mapping) else (text(item),))
            ]
            found = bool(whom)
            kind = "launchpermission" if "Image" in change.operation else "createvolumepermission"
            self._set(resource, whom, mine, given=operation == "add", rule=_RULES[kind])
        permission = any(
            "permission" in str(value).lower()
            for value in (request.get("attributetype"), request.get("attribute"))
        )
        return Applied(
            words=[]
            if found or not permission
            else [f"who may copy {resource} was changed, and the log does not hold to what"]
        )

    def _database(
        self,
        change: Change,
        request: Mapping[str, Any],
        response: Mapping[str, Any],
        mine: set[str] | frozenset[str],
    ) -> Applied:
        if text(request.get("attributename")).lower() not in {"", "restore"}:
            return Applied()
        named = (
            text(request.get("dbsnapshotidentifier"))
            or text(request.get("dbclustersnapshotidentifier"))
            or change.resource
        )
        rule = "restore attribute"
        self._set(
            named, [text(each) for each in many(request.get("valuestoremove"))], mine, given=False, rule=rule
        )
        self._set(
            named, [text(each) for each in many(request.get("valuestoadd"))], mine, given=True, rule=rule
        )
        for key in ("dbsnapshotattributes", "dbclustersnapshotattributes"):
            for item in many(response.get(key)):
                if isinstance(item, Mapping) and text(item.get("attributename")).lower() == "restore":
                    values = [text(each) for each in many(item.get("attributevalues"))]
                    self._set(named, values, mine, given=True, rule=rule)
        return Applied()

    def _grant(
        self,
        change: Change,
        request: Mapping[str, Any],
        response: Mapping[str, Any],
        mine: set[str] | frozenset[str],
    ) -> Applied:
        ident = text(request.get("grantid")) or text(response.get("grantid"))
        if change.operation == "CreateGrant":
            whom = text(request.get("granteeprincipal"))
            operations = {text(each).lower() for each in many(request.get("operations"))}
            foreign = _account(whom) and _account(whom) not in mine
            if foreign and (not operations or operations & {"decrypt", "createsnapshot", "reencryptfrom"}):
                self.estate.put(
                    "grant", ident, {"resource": text(request.get("keyid")) or change.resource, "whom": whom}
                )
                self._set(
                    text(request.get("keyid")) or change.resource,
                    [whom],
                    mine,
                    given=True,
                    rule=f"grant {ident}",
                )
        elif held := self.estate.get("grant", ident):
            self.estate.put("grant", ident, None)
            self._set(held["resource"], [held["whom"]], mine, given=False, rule=f"grant {ident}")
        return Applied()

    def _bucket(
        self, change: Change, request: Mapping[str, Any], mine: set[str] | frozenset[str]
    ) -> Applied | None:
        name, raw = change.operation, change.content.get("request")
        raw = raw if isinstance(raw, Mapping) else {}
        bucket = text(request.get("bucketname")) or text(request.get("bucket")) or change.resource
        held = dict(self.estate.get("bucket", bucket) or {})
        words: list[str] = []
        if name == "PutBucketPolicy":
            policy = raw.get("bucketPolicy", raw.get("policy"))
            if isinstance(policy, str) and policy:
                try:
                    policy = json.loads(policy)
                except (ValueError, RecursionError):
                    policy = None
            if isinstance(policy, Mapping) and policy:
                held["policy"] = policy
            else:
                words.append(f"the policy of {bucket} was changed, and the log does not hold to what")
        elif name == "DeleteBucketPolicy":
            if "policy" not in held and (bucket, "policy") not in self.touched:
                words.append(
                    f"the policy of {bucket} that was deleted was written before the evidence; whom it let in is not known"
                )
            held.pop("policy", None)
        elif name in {"PutBucketAcl", "CreateBucket"}:
            held["acl"] = list(_granted(request, raw))
            if name == "PutBucketAcl" and not held["acl"] and not _grants_shown(request):
                words.append(f"the access list of {bucket} was changed, and the log does not hold to what")
        elif (
            name
            in {
                "PutBucketPublicAccessBlock",
                "DeleteBucketPublicAccessBlock",
                "DeletePublicAccessBlock",
                "PutPublicAccessBlock",
            }
            and bucket
            and bucket not in mine
        ):
            held["block"] = {} if name.startswith("Delete") else dict(_switches(request))
        elif "PublicAccessBlock" in name:
            account = text(change.content.get("account"))
            self.estate.put("block", account, {} if name.startswith("Delete") else dict(_switches(request)))
            for each in list(self.estate.of("bucket")):
                self._judge(each, mine)
            return Applied()
        else:
            return None
        self.touched.add((bucket, "policy" if "Policy" in name else "acl"))
        self.estate.put("bucket", bucket, {**held, "account": text(change.content.get("account"))})
        self._judge(bucket, mine)
        return Applied(words=words)

    def _judge(self, bucket: str, mine: set[str] | frozenset[str]) -> None:
        held = self.estate.get("bucket", bucket) or {}
        account = self.estate.get("block", text(held.get("account"))) or {}
        block = {key: bool(account.get(key) or mapping(held.get("block")).get(key)) for key in _BLOCKS}
        found: dict[str, Shared] = {}
        for whom, shared in readers(mapping(held.get("policy")), mine):
            public = whom.startswith(EVERYBODY)
            if public and block["restrictpublicbuckets"]:
                continue
            known = found.get(whom)
            if known is None or (known.doubt and not shared.doubt):
                found[whom] = shared
        if not block["ignorepublicacls"]:
            for whom in held.get("acl", ()):
                if whom not in mine:
                    found.setdefault(whom, Shared("access list"))
        self.estate.unshare(bucket, keep=found)


_RULES: Final = {
    "createvolumepermission": "permission to create volumes",
    "launchpermission": "permission to launch",
}
_BLOCKS: Final = ("ignorepublicacls", "restrictpublicbuckets", "blockpublicacls", "blockpublicpolicy")


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def readers(policy: Mapping[str, Any], mine: set[str] | frozenset[str]) -> Iterator[tuple[str, Shared]]:
    """Whom outside a bucket's policy lets read, each with the statement that does."""
    statements = [each for each in many(policy.get("Statement")) if isinstance(each, Mapping)]
    denied = any(text(each.get("Effect")).lower() == "deny" and _reads(each) for each in statements)
    for number, statement in enumerate(statements, 1):
        if text(statement.get("Effect")).lower() != "allow" or not _reads(statement):
            continue
        doubt = ""
        if statement.get("Condition"):
            keys = sorted(
                {str(key) for each in mapping(statement["Condition"]).values() for key in mapping(each)}
            )
            doubt = f"only under a condition on {', '.join(keys)}"
        elif denied:
            doubt = "another statement of the policy denies, perhaps to them too"
        rule = f"statement {text(statement.get('Sid')) or number} of the bucket's policy"
        for whom in _principals(statement):
            account = _account(whom)
            if account and account in mine:
                continue
            yield whom, Shared(rule, doubt)


def _principals(statement: Mapping[str, Any]) -> Iterator[str]:
    if "NotPrincipal" in statement:
        yield f"{EVERYBODY} but those named"
        return
    principal = statement.get("Principal")
    if principal == "*":
        yield EVERYBODY
        return
    for kind, named in mapping(principal).items():
        # A service of AWS acts for its customer; who may use it so is decided elsewhere.
        if kind in {"AWS", "CanonicalUser", "Federated"}:
            for each in many(named):
                shown = text(each)
                if shown:
                    yield EVERYBODY if shown == "*" else shown


def _reads(statement: Mapping[str, Any]) -> bool:
    if "NotAction" in statement:
        return True
    return any(_READS.fullmatch(text(each)) for each in many(statement.get("Action")))


def _account(principal: str) -> str:
    found = _ACCOUNT.search(principal)
    return (found[1] or found[2]) if found else ""


def _whom(item: Any) -> Iterator[str]:
    for key in ("userid", "group", "organizationarn", "organizationalunitarn"):
        if found := text(mapping(item).get(key)):
            yield found


def _switches(request: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    held = mapping(request.get("publicaccessblockconfiguration")) or request
    for key in _BLOCKS:
        if key in held:
            yield key, str(held[key]).lower() == "true"


def _grants_shown(request: Mapping[str, Any]) -> bool:
    keys = (
        "accesscontrolpolicy",
        "x-amz-acl",
        "x-amz-grant-read",
        "x-amz-grant-full-control",
        "x-amz-grant-write",
        "x-amz-grant-read-acp",
    )
    return any(request.get(key) for key in keys)


def _granted(request: Mapping[str, Any], raw: Mapping[str, Any]) -> Iterator[str]:
    """Groups of everybody that an access list lets read; other grantees are named by ids that tell no account."""
    for value in many(request.get("x-amz-acl")):
        if whom := _CANNED.get(text(value).lower()):
            yield whom
    for key in ("x-amz-grant-read", "x-amz-grant-full-control"):
        for value in many(raw.get(key, request.get(key))):
            for uri, whom in _PUBLIC_URIS.items():
                if uri in text(value).lower():
                    yield whom
    policy = mapping(request.get("accesscontrolpolicy"))
    for grant in many(mapping(policy.get("accesscontrollist")).get("grant")):
        uri = text(mapping(mapping(grant).get("grantee")).get("uri")).lower()
        if uri in _PUBLIC_URIS and text(mapping(grant).get("permission")).upper() in {"READ", "FULL_CONTROL"}:
            yield _PUBLIC_URIS[uri]
