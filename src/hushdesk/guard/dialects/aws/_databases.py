"""Managed stores to endpoints: RDS and its like, Redshift, caches, Kafka, replication instances, file systems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from hushdesk.guard._findings import Authentication, Posture
from hushdesk.guard._services import Services
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.aws._account import Account, text_or_empty
from hushdesk.guard.dialects.aws._machines import Listener
from hushdesk.guard.dialects.aws._values import Made, first_known, get, items, port_number, text, truth
from hushdesk.guard.dialects.aws._ways import DEFAULT_NETWORK, Interface, Ways, attached_groups

ENGINES: Final = (
    ("aurora-postgresql", "postgresql", 5432), ("aurora", "mysql", 3306), ("postgres", "postgresql", 5432),
    ("mysql", "mysql", 3306), ("mariadb", "mariadb", 3306), ("oracle", "oracle", 1521), ("custom-oracle", "oracle", 1521),
    ("sqlserver", "mssql", 1433), ("custom-sqlserver", "mssql", 1433), ("db2", "db2", 50000), ("docdb", "mongodb", 27017),
    ("neptune", "neptune", 8182), ("memcached", "memcached", 11211), ("redis", "redis", 6379), ("valkey", "redis", 6379),
)  # fmt: skip
"""What an engine's name begins with, which store that is, and its port unless it says another."""
SUBNET_GROUPS: Final = (
    "AWS::RDS::DBSubnetGroup", "AWS::DocDB::DBSubnetGroup", "AWS::Neptune::DBSubnetGroup", "AWS::Redshift::ClusterSubnetGroup",
    "AWS::ElastiCache::SubnetGroup", "AWS::MemoryDB::SubnetGroup", "AWS::DMS::ReplicationSubnetGroup",
)  # fmt: skip
RELATIONAL: Final = ("RDS", "DocDB", "Neptune")
NEVER_PUBLIC: Final = frozenset({"AWS::DocDB::DBInstance", "AWS::DocDB::DBCluster"})


def engine_of(name: str) -> tuple[str, int | None]:
    """The store behind an engine's name, and its usual port."""
    small = name.lower()
    for start, engine, port in ENGINES:
        if small.startswith(start):
            return engine, port
    return small, None


def databases(account: Account, ways: Ways) -> Iterator[tuple[Listener, Posture | None]]:
    """Every managed store that lies in subnets."""
    stores = _Stores(account, ways)
    for family in RELATIONAL:
        for kind in ("DBCluster", "DBInstance"):
            for resource in account.all(f"AWS::{family}::{kind}"):
                yield stores.relational(resource, family)
    for kind, read in _READERS.items():
        for resource in account.all(kind):
            yield read(stores, resource)


class _Stores:
    def __init__(self, account: Account, ways: Ways) -> None:
        self.account = account
        self.ways = ways

    def relational(self, resource: Resource, family: str) -> tuple[Listener, Posture | None]:
        """An instance or a cluster of RDS, DocumentDB or Neptune."""
        properties, account = resource.properties, self.account
        cluster = account.find(f"AWS::{family}::DBCluster", properties.get("DBClusterIdentifier"))
        if resource.type.endswith("Cluster"):
            cluster = None
        inherited: Mapping[str, Any] = cluster.properties if cluster is not None else {}
        written = text(first_known(properties.get("Engine"), inherited.get("Engine")))
        default = {"DocDB": "docdb", "Neptune": "neptune"}.get(family, "")
        engine, usual = engine_of(default if isinstance(written, Unknown) else written or default)
        if isinstance(written, Unknown):
            account.unresolved(resource.place, written)
        port = first_known(
            get(properties, "Endpoint", "Port"), properties.get("Port"),
            properties.get("DbInstancePort") or None, inherited.get("Port"), usual,
        )  # fmt: skip
        groups = attached_groups(properties.get("VpcSecurityGroups"), "VpcSecurityGroupId")
        if not groups and cluster is not None:
            groups = attached_groups(inherited.get("VpcSecurityGroups"), "VpcSecurityGroupId")
        if items(properties.get("DBSecurityGroups")):
            account.not_looked_at(
                resource.place, "DBSecurityGroups", "groups of the time before VPCs are not understood"
            )
        subnets = self.subnets(
            first_known(properties.get("DBSubnetGroup"), inherited.get("DBSubnetGroup")), resource
        )
        public = (
            False if resource.type in NEVER_PUBLIC else self._public(resource, subnets, properties, family)
        )
        listener = self.listener(
            resource, f"{family} {'cluster' if resource.type.endswith('Cluster') else 'instance'}",
            engine=engine, ports=(port,), subnets=subnets, groups=groups, public=public,
            aliases=(properties.get("DBInstanceIdentifier") if resource.type.endswith("Instance") else properties.get("DBClusterIdentifier"),
                     get(properties, "Endpoint", "Address"), properties.get("Endpoint"), properties.get("ReaderEndpoint")),
        )  # fmt: skip
        why = "the service has no access without sign-in"
        if family == "Neptune":
            signed = truth(
                first_known(
                    properties.get("IAMDatabaseAuthenticationEnabled"), properties.get("IamAuthEnabled")
                )
            )
            signed = False if signed is None else signed
            state = Authentication.UNKNOWN if isinstance(signed, Unknown) else Authentication.REQUIRED if signed else Authentication.NONE  # fmt: skip
            return listener, Posture(
                engine=engine, authentication=state, why="IAM authentication", place=resource.place
            )
        return listener, Posture(
            engine=engine, authentication=Authentication.REQUIRED, why=why, place=resource.place
        )

    def _public(
        self, resource: Resource, subnets: tuple[Any, ...], properties: Mapping[str, Any], family: str
    ) -> Any:
        told = truth(properties.get("PubliclyAccessible"))
        if resource.type.endswith("Cluster"):
            # A member's setting makes the cluster's address public.
            members = [
                truth(each.properties.get("PubliclyAccessible"))
                for each in self.account.all(f"AWS::{family}::DBInstance")
                if self.account.same(resource.type, each.properties.get("DBClusterIdentifier"), resource.id)
            ]
            if True in members:
                return True
            return first_known(
                next((each for each in members if isinstance(each, Unknown)), None), told, False
            )
        if told is not None or not self.account.created:
            return told if told is not None else False
        if family != "RDS":
            return False
        return self.default_public(subnets)

    def default_public(self, subnets: tuple[Any, ...]) -> Any:
        """What RDS does where nothing is said: public if the network has an internet gateway."""
        vpc = self.ways.network_of(subnets)
        gateways = [
            get(part, "VpcId")
            for each in self.account.all("InternetGateway")
            for part, _, _ in self.account.parts(
                each, "Attachments", "VPCGatewayAttachment", "InternetGatewayId"
            )
        ]
        if any(self.account.same("VPC", vpc, each) for each in gateways):
            return True
        if self.account.find("VPC", vpc) is not None and not any(
            isinstance(each, Unknown) for each in gateways
        ):
            return False
        why = "PubliclyAccessible is not set: it depends on whether the network has an internet gateway"
        return Unknown("PubliclyAccessible", why)

    def subnets(self, named: Any, resource: Resource) -> tuple[Any, ...]:
        """The subnets of a subnet group, given itself or by name."""
        if named is None:
            return (
                (DEFAULT_NETWORK,)
                if self.account.created
                else (Unknown("subnets", "the answer does not name any"),)
            )
        if isinstance(named, Unknown):
            self.account.unresolved(resource.place, named)
            return (named,)
        own = items(get(named, "Subnets")) if isinstance(named, dict) else []
        if isinstance(named, dict) and not own:
            named = first_known(named.get("DBSubnetGroupName"), named.get("ReplicationSubnetGroupIdentifier"))
        if not own:
            group = next((each for kind in SUBNET_GROUPS if (each := self.account.find(kind, named))), None)
            if group is None:
                missing = Unknown(str(named), "the subnet group is not in the input; give it too")
                self.account.unresolved(resource.place, missing)
                return (missing,)
            own = items(group.properties.get("Subnets"))
        found = [
            first_known(get(each, "SubnetIdentifier"), get(each, "Identifier"))
            if isinstance(each, dict)
            else each
            for each in own
        ]
        return tuple(found) or (Unknown(str(named), "the subnet group has no subnets"),)

    def listener(
        self,
        resource: Resource,
        kind: str,
        *,
        engine: str,
        ports: tuple[Any, ...],
        subnets: tuple[Any, ...],
        groups: tuple[Any, ...] | None,
        public: Any = False,
        somewhere: bool = True,
        aliases: tuple[Any, ...] = (),
    ) -> Listener:
        """The store as a listener with one interface in one of its subnets, or in all."""
        known: list[int] = []
        for each in ports:
            port = port_number(each)
            if isinstance(port, Unknown):
                self.account.unresolved(resource.place, port)
            if not isinstance(port, int):
                known = []
                break
            known.append(port)
        interface = Interface(
            subnets=subnets or (DEFAULT_NETWORK,),
            somewhere=somewhere,
            groups=groups or None,
            public=public,
            place=resource.place,
            doubt=resource.doubt,
        )
        return Listener(
            resource=resource,
            kind=kind,
            interfaces=[interface],
            engine=engine,
            listening=Services.of("tcp", *known) if known else None,
            aliases=[each for each in aliases if isinstance(each, str) and not isinstance(each, Made)],
        )

    def redshift(self, resource: Resource) -> tuple[Listener, Posture | None]:
        properties = resource.properties
        port = first_known(get(properties, "Endpoint", "Port"), properties.get("Port"), 5439)
        groups = attached_groups(properties.get("VpcSecurityGroups"), "VpcSecurityGroupId")
        told = truth(properties.get("PubliclyAccessible"))
        listener = self.listener(
            resource, "Redshift cluster", engine="redshift", ports=(port,), groups=groups, public=told or False,
            subnets=self.subnets(properties.get("ClusterSubnetGroupName"), resource),
            aliases=(properties.get("ClusterIdentifier"), get(properties, "Endpoint", "Address")),
        )  # fmt: skip
        return listener, _signed("redshift", resource)

    def serverless(self, resource: Resource) -> tuple[Listener, Posture | None]:
        properties = resource.properties
        listener = self.listener(
            resource, "Redshift workgroup", engine="redshift", ports=(first_known(properties.get("port"), 5439),),
            groups=attached_groups(properties.get("securityGroupIds")), subnets=tuple(items(properties.get("subnetIds"))),
            public=truth(properties.get("publiclyAccessible")) or False, aliases=(properties.get("workgroupName"),),
        )  # fmt: skip
        return listener, _signed("redshift", resource)

    def cache(self, resource: Resource) -> tuple[Listener, Posture | None]:
        properties = resource.properties
        group = self.account.find("AWS::ElastiCache::ReplicationGroup", properties.get("ReplicationGroupId"))
        shared: Mapping[str, Any] = group.properties if group is not None and group is not resource else {}
        written = text(first_known(properties.get("Engine"), shared.get("Engine")))
        engine, usual = engine_of("redis" if isinstance(written, Unknown) else written or "redis")
        nodes = [get(each, "Endpoint", "Port") for each in items(properties.get("CacheNodes"))]
        shards = [get(each, "PrimaryEndpoint", "Port") for each in items(properties.get("NodeGroups"))]
        port = first_known(
            get(properties, "ConfigurationEndpoint", "Port"), properties.get("Port"), *nodes, *shards, usual
        )
        named = first_known(properties.get("CacheSubnetGroupName"), shared.get("CacheSubnetGroupName"))
        subnets = self.subnets(named, resource) if resource.type != "AWS::ElastiCache::ServerlessCache" else tuple(items(properties.get("SubnetIds")))  # fmt: skip
        groups = attached_groups(
            first_known(properties.get("SecurityGroups"), shared.get("SecurityGroups")), "SecurityGroupId"
        )
        ports = (
            (port,)
            if resource.type != "AWS::ElastiCache::ServerlessCache"
            else (port, 6380 if engine == "redis" else 11212)
        )
        listener = self.listener(
            resource, "ElastiCache", engine=engine, ports=ports, groups=groups, subnets=subnets,
            aliases=(properties.get("CacheClusterId"), properties.get("ReplicationGroupId"), get(properties, "ConfigurationEndpoint", "Address")),
        )  # fmt: skip
        token = truth(first_known(properties.get("AuthTokenEnabled"), shared.get("AuthTokenEnabled")))
        users = items(properties.get("UserGroupIds"))
        asked = token is True or bool(users)
        state = (
            Authentication.REQUIRED
            if asked
            else Authentication.UNKNOWN
            if isinstance(token, Unknown)
            else Authentication.NONE
        )
        encrypted = truth(
            first_known(properties.get("TransitEncryptionEnabled"), shared.get("TransitEncryptionEnabled"))
        )
        why = "AuthToken or user group" if asked else "neither AuthToken nor user group"
        return listener, Posture(
            engine=engine, authentication=state, why=why, place=resource.place,
            encrypted=None if isinstance(encrypted, Unknown) else bool(encrypted),
        )  # fmt: skip

    def memory(self, resource: Resource) -> tuple[Listener, Posture | None]:
        properties = resource.properties
        listener = self.listener(
            resource, "MemoryDB cluster", engine="redis",
            ports=(first_known(get(properties, "ClusterEndpoint", "Port"), properties.get("Port"), 6379),),
            groups=attached_groups(properties.get("SecurityGroups"), "SecurityGroupId"),
            subnets=self.subnets(properties.get("SubnetGroupName"), resource),
            aliases=(properties.get("Name"), get(properties, "ClusterEndpoint", "Address")),
        )  # fmt: skip
        acl = properties.get("ACLName")
        state = Authentication.NONE if acl == "open-access" else Authentication.UNKNOWN
        return listener, Posture(engine="redis", authentication=state, why=f"ACL {acl}", place=resource.place)

    def kafka(self, resource: Resource) -> tuple[Listener, Posture | None]:
        properties = resource.properties
        nodes = first_known(
            properties.get("BrokerNodeGroupInfo"), get(properties, "Provisioned", "BrokerNodeGroupInfo")
        )
        kind = text(get(nodes, "ConnectivityInfo", "PublicAccess", "Type"))
        public: Any = (
            kind if isinstance(kind, Unknown) else (kind or "DISABLED").upper() == "SERVICE_PROVIDED_EIPS"
        )
        ports = (9092, 9094, 9096, 9098, 2181, 2182, *((9194, 9196, 9198) if public else ()))
        listener = self.listener(
            resource, "MSK cluster", engine="kafka", ports=ports, somewhere=False, public=public,
            groups=attached_groups(get(nodes, "SecurityGroups")), subnets=tuple(items(get(nodes, "ClientSubnets"))),
            aliases=(properties.get("ClusterName"),),
        )  # fmt: skip
        means = properties.get("ClientAuthentication")
        open_ = truth(get(means, "Unauthenticated", "Enabled"))
        secured = [
            get(means, "Sasl", "Scram", "Enabled"),
            get(means, "Sasl", "Iam", "Enabled"),
            get(means, "Tls", "Enabled"),
        ]
        some = any(truth(each) is True for each in secured) or bool(
            items(get(means, "Tls", "CertificateAuthorityArnList"))
        )
        if isinstance(means, Unknown) or isinstance(open_, Unknown):
            state = Authentication.UNKNOWN
        elif some and open_ is not True:
            state = Authentication.REQUIRED
        else:
            state = Authentication.PARTLY if some else Authentication.NONE
        return listener, Posture(
            engine="kafka", authentication=state, why="ClientAuthentication", place=resource.place
        )

    def replication(self, resource: Resource) -> tuple[Listener, Posture | None]:
        properties = resource.properties
        told = truth(properties.get("PubliclyAccessible"))
        # The API's default is public.
        public = (bool(self.account.created)) if told is None else told
        listener = self.listener(
            resource, "DMS replication instance", engine="", ports=(), public=public,
            groups=attached_groups(properties.get("VpcSecurityGroups"), "VpcSecurityGroupId"),
            subnets=self.subnets(properties.get("ReplicationSubnetGroup"), resource),
            aliases=(properties.get("ReplicationInstanceIdentifier"),),
        )  # fmt: skip
        return listener, None

    def files(self, resource: Resource) -> tuple[Listener, Posture | None]:
        properties = resource.properties
        subnet = properties.get("SubnetId")
        listener = self.listener(
            resource, "EFS mount target", engine="nfs", ports=(2049,), somewhere=False,
            groups=attached_groups(properties.get("SecurityGroups")), subnets=() if subnet is None else (subnet,),
            aliases=(text_or_empty(properties.get("FileSystemId")), text_or_empty(properties.get("IpAddress"))),
        )  # fmt: skip
        return listener, Posture(engine="nfs", authentication=Authentication.UNKNOWN, why="the file system's policy is not looked at", place=resource.place)  # fmt: skip


def _signed(engine: str, resource: Resource) -> Posture:
    why = "the service has no access without sign-in"
    return Posture(engine=engine, authentication=Authentication.REQUIRED, why=why, place=resource.place)


_Read = Callable[[_Stores, Resource], tuple[Listener, Posture | None]]
_READERS: Final[dict[str, _Read]] = {
    "AWS::Redshift::Cluster": _Stores.redshift,
    "AWS::RedshiftServerless::Workgroup": _Stores.serverless,
    "AWS::ElastiCache::CacheCluster": _Stores.cache,
    "AWS::ElastiCache::ReplicationGroup": _Stores.cache,
    "AWS::ElastiCache::ServerlessCache": _Stores.cache,
    "AWS::MemoryDB::Cluster": _Stores.memory,
    "AWS::MSK::Cluster": _Stores.kafka,
    "AWS::DMS::ReplicationInstance": _Stores.replication,
    "AWS::EFS::MountTarget": _Stores.files,
}
