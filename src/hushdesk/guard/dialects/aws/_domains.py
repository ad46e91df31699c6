"""Domains of OpenSearch and Elasticsearch, and buckets of S3: what their policies let in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hushdesk.guard._addresses import EVERYWHERE
from hushdesk.guard._findings import Authentication, Endpoint, Posture
from hushdesk.guard._policy import Action, Gate, Path, Rule, Sources, Stage
from hushdesk.guard._services import Services
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.aws._account import Account, text_or_empty
from hushdesk.guard.dialects.aws._machines import Listener
from hushdesk.guard.dialects.aws._policies import Opening, opening, parsed
from hushdesk.guard.dialects.aws._values import Made, first_known, get, items, text, truth, words
from hushdesk.guard.dialects.aws._ways import Interface, attached_groups, everyone

DOMAINS = ("AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain")
HTTP = ("es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut", "es:ESHttpDelete", "es:ESHttpHead", "es:ESHttpPatch")
READS = ("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject", "s3:DeleteObject")
ANYBODY = ("/global/AllUsers", "/global/AuthenticatedUsers")


def domains(account: Account) -> Iterator[tuple[Listener, Posture, tuple[Path, ...]]]:
    """Every domain: one inside a network comes with an interface, another with its path."""
    for kind in DOMAINS:
        for resource in account.all(kind):
            yield _domain(account, resource)


def _domain(account: Account, resource: Resource) -> tuple[Listener, Posture, tuple[Path, ...]]:
    properties = resource.properties
    version = text_or_empty(
        first_known(properties.get("EngineVersion"), properties.get("ElasticsearchVersion"))
    ).lower()
    old = resource.type.startswith("AWS::Elasticsearch") or version.startswith("elasticsearch")
    engine = "elasticsearch" if old and not version.startswith("opensearch") else "opensearch"
    options = properties.get("VPCOptions")
    subnets = items(get(options, "SubnetIds"))
    inside = bool(subnets) or isinstance(options, Unknown)
    forced = truth(get(properties, "DomainEndpointOptions", "EnforceHTTPS"))
    policy = parsed(first_known(properties.get("AccessPolicies"), properties.get("AccessPolicy")))
    opened = opening(account, policy, resource.place, HTTP)
    fine = truth(get(properties, "AdvancedSecurityOptions", "Enabled"))
    listener = Listener(
        resource=resource,
        kind=f"{'OpenSearch' if engine == 'opensearch' else 'Elasticsearch'} domain",
        interfaces=[],
        engine=engine,
        listening=Services.of("tcp", *((443,) if forced is True else (80, 443))),
        aliases=[
            each
            for each in (
                properties.get("DomainName"),
                properties.get("Endpoint"),
                get(properties, "Endpoints", "vpc"),
            )
            if isinstance(each, str) and not isinstance(each, Made)
        ],
    )
    posture = Posture(
        engine=engine,
        authentication=_asked(opened, fine, inside=inside),
        why=_why(opened, fine),
        encrypted=None if isinstance(forced, Unknown) else bool(forced),
        place=resource.place,
    )
    paths: tuple[Path, ...] = ()
    if inside:
        listener.interfaces.append(
            Interface(
                subnets=tuple(subnets) or (options,),
                groups=attached_groups(get(options, "SecurityGroupIds")) or None,
                place=resource.place,
                doubt=resource.doubt,
            )
        )
    if not inside or isinstance(options, Unknown):
        unsure = (
            f"whether it lies in a network is not known: {options.why}"
            if isinstance(options, Unknown)
            else ""
        )
        paths = (_public_domain(resource, opened, fine, unsure),)
    return listener, posture, paths


def _public_domain(resource: Resource, opened: Opening, fine: Any, unsure: str) -> Path:
    """The public endpoint of a domain outside a network.

    Whoever has credentials of the account may come from anywhere, so addresses bound it only if every statement that
    lets somebody in names addresses.
    """
    rules = list(opened.rules)
    if opened.signed or not any(rule.action is Action.NEXT for rule in rules):
        rules.append(everyone("requests signed by a caller of the policy or the account", resource.place))
    del fine
    stage = Stage(
        name="access policy", rules=tuple(rules), default_name="no statement allows it", place=resource.place
    )
    return Path(
        name="public endpoint",
        gates=(Gate(name="access policy", stages=(stage,)),),
        addresses=tuple(each for each in (resource.properties.get("Endpoint"),) if isinstance(each, str)),
        reaching=Sources.exactly(EVERYWHERE, "the internet"),
        doubt=resource.doubt or unsure,
        place=resource.place,
    )


def _asked(opened: Opening, fine: Any, *, inside: bool) -> Authentication:
    del inside
    if fine is True:
        return Authentication.REQUIRED
    if isinstance(fine, Unknown) or not opened.readable:
        return Authentication.UNKNOWN
    anonymous = any(rule.action is Action.NEXT for rule in opened.rules)
    if not anonymous:
        return Authentication.REQUIRED
    return Authentication.PARTLY if opened.signed else Authentication.NONE


def _why(opened: Opening, fine: Any) -> str:
    if fine is True:
        return "fine-grained access control"
    if not opened.rules and not opened.signed:
        return "no access policy: only signed requests of the account"
    names = [rule.name for rule in opened.rules if rule.action is Action.NEXT]
    return ", ".join(names) or "the access policy names its callers"


def buckets(account: Account) -> Iterator[Endpoint]:
    """Every bucket, with what anybody may do from where: policy and lists, less what Block Public Access takes away."""
    shared: dict[str, Any] = {}
    for block in account.all("AWS::S3::AccountPublicAccessBlock"):
        shared = {key: value for key, value in block.properties.items() if truth(value) is True}
    for resource in account.all("AWS::S3::Bucket"):
        yield _bucket(account, resource, shared)


def _bucket(account: Account, resource: Resource, shared: dict[str, Any]) -> Endpoint:
    properties = resource.properties
    block = properties.get("PublicAccessBlockConfiguration")
    # New buckets block public access by default; a live answer without the setting has none.
    default = account.created and block is None

    def on(key: str) -> Any:
        if shared.get(key) is not None or default:
            return True
        return truth(get(block, key)) or False

    rules: list[Rule] = []
    policy = parsed(properties.get("Policy"))
    opened = opening(account, policy, resource.place, READS)
    ignored, restricted = on("IgnorePublicAcls"), on("RestrictPublicBuckets")
    for rule in opened.rules:
        if rule.action is Action.NEXT and restricted is True and not _narrow(rule):
            continue
        rules.append(_maybe(rule, restricted))
    canned = text(properties.get("ACL"))
    if isinstance(canned, Unknown):
        account.unresolved(resource.place, canned)
    grants = [
        words(get(each, "Permission"))
        for each in items(properties.get("Grants"))
        if str(get(each, "Grantee", "URI") or "").endswith(ANYBODY)
    ]
    if isinstance(canned, Unknown) or (canned or "").lower().replace("-", "").startswith(
        ("publicread", "authenticatedread")
    ):
        grants.append(words(canned))
    if grants and ignored is not True:
        acl = everyone(f"ACL grants everybody {', '.join(grants)}", resource.place)
        rules.append(_maybe(acl, canned if isinstance(canned, Unknown) else ignored))
    public = any(rule.action is Action.NEXT for rule in rules)
    stage = Stage(
        name="bucket policy and ACL",
        rules=tuple(rules),
        default_name="nothing is open to everybody",
        place=resource.place,
    )
    path = Path(
        name="S3 without credentials",
        gates=(Gate(name="bucket", stages=(stage,)),),
        protocols=("tcp",),
        doubt=resource.doubt,
        place=resource.place,
    )
    doubtful = any(rule.doubt or rule.sources.upper != rule.sources.lower for rule in rules)
    state = (
        Authentication.REQUIRED if not public else Authentication.UNKNOWN if doubtful else Authentication.NONE
    )
    why = ", ".join(rule.name for rule in rules if rule.action is Action.NEXT) or stage.default_name
    aliases = tuple(
        each
        for each in (resource.id, text_or_empty(properties.get("Name")))
        if each and each != resource.name
    )
    return Endpoint(
        name=resource.name,
        dialect="aws",
        kind="S3 bucket",
        place=resource.place,
        paths=(path,),
        listening=Services.of("tcp", 80, 443),
        engine="s3",
        posture=Posture(engine="s3", authentication=state, why=why, place=resource.place),
        aliases=tuple(dict.fromkeys(aliases)),
    )


def _narrow(rule: Rule) -> bool:
    """Whether S3 does not take a statement for public: it is bound to fixed addresses, none of them very wide."""
    known = rule.sources.upper
    return known.v4.size < 2**24 and known.v6.size < 2**96


def _maybe(rule: Rule, setting: Any) -> Rule:
    if not isinstance(setting, Unknown):
        return rule
    doubt = rule.doubt or f"whether public access is blocked is not known: {setting.why}"
    return Rule(
        name=rule.name,
        action=rule.action,
        sources=rule.sources,
        services=rule.services,
        doubt=doubt,
        place=rule.place,
    )
