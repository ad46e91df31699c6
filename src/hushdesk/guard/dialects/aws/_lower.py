"""AWS resources to endpoints with paths.

``lower_aws(resources: Sequence[Resource], world: World, *, created: bool) -> Iterator[Finding]``

``created`` is true for templates and plans: AWS makes what they describe anew, so what it adds by itself has its
defaults (a new VPC has a main route table with only the local route, a default network ACL that allows all, a default
security group that allows itself). It is false for live answers: what is not in the input exists all the same and is
unknown. A template reader fills in the defaults *of its own tool* where they differ from those of the API (Terraform:
``PubliclyAccessible`` false).

Resources come with the type names of CloudFormation and the property names of the API's *answers*
(``aws ec2 describe-…``). Additional properties are ignored, absent ones have the API's default. Everywhere an
:class:`~hushdesk.guard.dialects._resource.Unknown` may stand in place of a value, of a list or of an item of a list.
``X?`` is optional. One resource refers to another by its ``Resource.id`` (for live answers ``sg-1…`` or an ARN, for
templates what the reader likes; a reader that can be referred to in several ways, by name and by ARN, puts the others
into ``Aliases?: [text]``, which every resource may have). ``Doubt?: text`` in a list's item (a permission, an entry, a
route) says why the item may not exist; ``Label?: text`` is its name for people; ``Resource.places["IpPermissions[0]"]``
its place.

Network:

* ``AWS::EC2::VPC``: CidrBlock?, CidrBlockAssociationSet?: [{CidrBlock}], Ipv6CidrBlockAssociationSet?:
  [{Ipv6CidrBlock}], IsDefault?
* ``AWS::EC2::VPCCidrBlock``: VpcId, CidrBlock? | Ipv6CidrBlock? (one more block of a network)
* ``AWS::EC2::Subnet``: VpcId, CidrBlock?, Ipv6CidrBlockAssociationSet?: [{Ipv6CidrBlock}], MapPublicIpOnLaunch?,
  AssignIpv6AddressOnCreation?
* ``AWS::EC2::InternetGateway``: Attachments?: [{VpcId}]
* ``AWS::EC2::EgressOnlyInternetGateway``, ``AWS::EC2::NatGateway``, ``AWS::EC2::VPNGateway``,
  ``AWS::EC2::TransitGateway``, ``AWS::EC2::VPCEndpoint``: only so that a route's target is known by its type
* ``AWS::EC2::VPCPeeringConnection``: AccepterVpcInfo: {VpcId, CidrBlock?, CidrBlockSet?: [{CidrBlock}]},
  RequesterVpcInfo: the same
* ``AWS::EC2::VPCGatewayAttachment``: VpcId, InternetGatewayId?, VpnGatewayId?
* ``AWS::EC2::RouteTable``: VpcId, Associations?: [{Main?: bool, SubnetId?, GatewayId?}], Routes?: [route]. A route:
  DestinationCidrBlock | DestinationIpv6CidrBlock | DestinationPrefixListId, State?, and one target: GatewayId
  (``local``, ``igw-…``, ``vgw-…``, ``vpce-…`` or a resource's id), NatGatewayId, TransitGatewayId,
  VpcPeeringConnectionId, EgressOnlyInternetGatewayId, NetworkInterfaceId, InstanceId, CarrierGatewayId, …
* ``AWS::EC2::Route``: RouteTableId, and a route's properties
* ``AWS::EC2::SubnetRouteTableAssociation``: RouteTableId, SubnetId | Main: true
* ``AWS::EC2::NetworkAcl``: VpcId, IsDefault?, Associations?: [{SubnetId}], Entries?: [entry]. An entry: RuleNumber,
  Protocol (number or name, ``-1`` all), RuleAction (``allow``, ``deny``), Egress: bool, CidrBlock | Ipv6CidrBlock,
  PortRange?: {From, To}. AWS's own last entry 32767 may be there or not
* ``AWS::EC2::NetworkAclEntry``: NetworkAclId, and an entry's properties
* ``AWS::EC2::SubnetNetworkAclAssociation``: NetworkAclId, SubnetId
* ``AWS::EC2::SecurityGroup``: GroupId?, GroupName?, VpcId?, IpPermissions?: [permission] (ingress only is looked at).
  A permission: IpProtocol (``-1``, name or number), FromPort?, ToPort?, IpRanges?: [{CidrIp, Description?}],
  Ipv6Ranges?: [{CidrIpv6}], PrefixListIds?: [{PrefixListId}], UserIdGroupPairs?: [{GroupId | GroupName, UserId?}]
  (itself included: *self* is a pair with the group's own id)
* ``AWS::EC2::SecurityGroupRule`` (stand-alone, as ``describe-security-group-rules``): GroupId, IsEgress: bool,
  IpProtocol, FromPort?, ToPort?, and one of CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo: {GroupId}
* ``AWS::EC2::PrefixList``: PrefixListName?, Entries: [{Cidr}]
* ``AWS::EC2::EIP``: PublicIp?, InstanceId?, NetworkInterfaceId?, PrivateIpAddress?
* ``AWS::EC2::EIPAssociation``: AllocationId? | EIP?, InstanceId?, NetworkInterfaceId?
* ``AWS::EC2::NetworkInterfaceAttachment``: NetworkInterfaceId, InstanceId;
  ``AWS::EC2::NetworkInterfaceSecurityGroup``: NetworkInterfaceId, GroupId (a group added from outside)
* ``AWS::EC2::VPCBlockPublicAccessOptions``: InternetGatewayBlockMode (``off``, ``block-bidirectional``,
  ``block-ingress``); ``AWS::EC2::VPCBlockPublicAccessExclusion``: VpcId? | SubnetId?, InternetGatewayExclusionMode

What listens:

* ``AWS::EC2::NetworkInterface``: SubnetId, VpcId?, Groups: [{GroupId}], Association?: {PublicIp},
  PrivateIpAddresses?: [{PrivateIpAddress, Association?: {PublicIp}}], PrivateIpAddress?, Ipv6Addresses?:
  [{Ipv6Address}], Attachment?: {InstanceId?, InstanceOwnerId?}, InterfaceType?, Description?; templates instead of addresses:
  AssociatePublicIpAddress?, Ipv6AddressCount?
* ``AWS::EC2::Instance``: SubnetId?, VpcId?, SecurityGroups?: [{GroupId}], PublicIpAddress?, PrivateIpAddress?,
  NetworkInterfaces?: [network interface], or, in templates, [{NetworkInterfaceId}] for one of its own;
  AssociatePublicIpAddress?, Ipv6AddressCount?, State?: {Name}. Without SubnetId it lies in the default VPC
* ``AWS::AutoScaling::AutoScalingGroup``: VPCZoneIdentifier?: [subnet], SecurityGroups?: [{GroupId}],
  AssociatePublicIpAddress?, TargetGroupARNs?: [id], LoadBalancerNames?: [id] (the reader joins the launch template or
  configuration into SecurityGroups and AssociatePublicIpAddress); ``AWS::ECS::Service``: subnets: [id],
  securityGroups: [id], assignPublicIp: bool, loadBalancers: [{targetGroupArn, containerPort}]
* ``AWS::ElasticLoadBalancingV2::LoadBalancer``: LoadBalancerName?, DNSName?, Scheme (``internet-facing``,
  ``internal``), Type (``application``, ``network``, ``gateway``), AvailabilityZones: [{SubnetId,
  LoadBalancerAddresses?: [{IpAddress}]}], SecurityGroups?: [id]
* ``AWS::ElasticLoadBalancingV2::Listener``: LoadBalancerArn, Port, Protocol, DefaultActions: [action], an action:
  {Type, TargetGroupArn?, ForwardConfig?: {TargetGroups: [{TargetGroupArn}]}};
  ``AWS::ElasticLoadBalancingV2::ListenerRule``: ListenerArn, Actions: [action]
* ``AWS::ElasticLoadBalancingV2::TargetGroup``: Port?, Protocol?, TargetType? (``instance``, ``ip``, ``alb``,
  ``lambda``), Targets?: [{Id, Port?}], Attributes?: [{Key, Value}] (``preserve_client_ip.enabled``);
  ``AWS::ElasticLoadBalancingV2::TargetGroupAttachment``: TargetGroupArn, TargetId, Port?
* ``AWS::ElasticLoadBalancing::LoadBalancer``: Scheme?, DNSName?, ListenerDescriptions: [{Listener: {Protocol,
  LoadBalancerPort, InstancePort}}], Subnets: [id], SecurityGroups: [id], Instances: [{InstanceId}]

Stores:

* ``AWS::RDS::DBInstance`` (also ``AWS::DocDB::DBInstance``, ``AWS::Neptune::DBInstance``): Engine, Endpoint?:
  {Address?, Port?}, PubliclyAccessible?, VpcSecurityGroups?: [{VpcSecurityGroupId}], DBSubnetGroup?: {VpcId?, Subnets:
  [{SubnetIdentifier}]} or a subnet group's id, DBClusterIdentifier?, DBSecurityGroups?
* ``AWS::RDS::DBCluster`` (also DocDB, Neptune): Engine, Port?, PubliclyAccessible?, VpcSecurityGroups?, DBSubnetGroup?: id
* ``AWS::RDS::DBSubnetGroup``, ``AWS::Redshift::ClusterSubnetGroup``, ``AWS::ElastiCache::SubnetGroup``,
  ``AWS::DMS::ReplicationSubnetGroup``, ``AWS::MemoryDB::SubnetGroup``, ``AWS::DocDB::DBSubnetGroup``,
  ``AWS::Neptune::DBSubnetGroup``: VpcId?, Subnets: [{SubnetIdentifier}]
* ``AWS::Redshift::Cluster``: Endpoint?: {Address?, Port?}, PubliclyAccessible?, VpcSecurityGroups?,
  ClusterSubnetGroupName?: id; ``AWS::RedshiftServerless::Workgroup``: port?, publiclyAccessible?, securityGroupIds?,
  subnetIds?
* ``AWS::ElastiCache::CacheCluster``, ``AWS::ElastiCache::ReplicationGroup``, ``AWS::ElastiCache::ServerlessCache``:
  Engine?, Port?, ConfigurationEndpoint?: {Port}, CacheNodes?: [{Endpoint: {Address, Port}}], SecurityGroups?:
  [{SecurityGroupId}], CacheSubnetGroupName?: id, SubnetIds? (serverless), AuthTokenEnabled?, UserGroupIds?,
  TransitEncryptionEnabled?
* ``AWS::MemoryDB::Cluster``: Port?, SecurityGroups?: [{SecurityGroupId}], SubnetGroupName?: id, ACLName?, TLSEnabled?
* ``AWS::OpenSearchService::Domain``, ``AWS::Elasticsearch::Domain``: DomainName?, EngineVersion? |
  ElasticsearchVersion?, Endpoint?, AccessPolicies? (JSON text or parsed), VPCOptions?: {SubnetIds, SecurityGroupIds},
  AdvancedSecurityOptions?: {Enabled}, DomainEndpointOptions?: {EnforceHTTPS}
* ``AWS::MSK::Cluster``: BrokerNodeGroupInfo: {ClientSubnets, SecurityGroups, ConnectivityInfo?: {PublicAccess: {Type}}},
  ClientAuthentication?, EncryptionInfo?
* ``AWS::DMS::ReplicationInstance``: PubliclyAccessible?, VpcSecurityGroups?, ReplicationSubnetGroup?: id or {Subnets}
* ``AWS::EFS::MountTarget``: FileSystemId, SubnetId, SecurityGroups: [id]
* ``AWS::S3::Bucket``: Policy? (text or parsed), PublicAccessBlockConfiguration?: {BlockPublicAcls, …}, Grants?:
  [{Grantee: {URI?}, Permission}], ACL? (canned); ``AWS::S3::AccountPublicAccessBlock``: the four booleans

Every endpoint's name is its resource's ``name``; its aliases hold ids, addresses and host names. Semantics are those of
the VPC user guide; see the modules beside this one for each part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hushdesk.guard._dialect import World
from hushdesk.guard._findings import Endpoint, Finding, NotLookedAt, Posture
from hushdesk.guard._policy import Gate, Path, Stage
from hushdesk.guard.dialects._resource import Resource
from hushdesk.guard.dialects.aws._account import Account
from hushdesk.guard.dialects.aws._balancers import Balancers, balancer_endpoint
from hushdesk.guard.dialects.aws._databases import databases
from hushdesk.guard.dialects.aws._domains import buckets, domains
from hushdesk.guard.dialects.aws._groups import Permit
from hushdesk.guard.dialects.aws._machines import Listener, machines
from hushdesk.guard.dialects.aws._values import words
from hushdesk.guard.dialects.aws._ways import Ways


def lower_aws(resources: Sequence[Resource], world: World, *, created: bool) -> Iterator[Finding]:
    """Everything that these resources let in; see the module for the shapes that they come in.

    Args:
        resources: Of one account, stack or module.
        world: Prefix lists by name or id.
        created: Whether the resources are to be made anew (template, plan) or exist (live answer).
    """
    account = Account(resources, world, created=created)
    ways = Ways(account)
    balancers = Balancers(account, ways)
    stores: list[tuple[Listener, Posture | None, tuple[Path, ...]]] = [
        (listener, posture, ()) for listener, posture in databases(account, ways)
    ]
    stores += domains(account)
    stores += [(listener, None, ()) for listener in machines(account, ways)]
    fronts = list(balancers.listeners())
    used = bool(stores or fronts)
    # Who is in a group must be known before anybody asks what the group stands for.
    for listener in (*(each for each, _, _ in stores), *fronts):
        for interface in listener.interfaces:
            ways.join(interface)
    for listener, posture, more in stores:
        paths = [path for interface in listener.interfaces for path in ways.paths(interface)]
        yield listener.endpoint(paths=(*paths, *more, *balancers.ways_to(listener)), posture=posture)
        yield from account.drain()
    for listener in fronts:
        yield balancer_endpoint(listener, balancers)
        yield from account.drain()
    yield from buckets(account)
    yield from _unattached(account, ways)
    yield from account.drain()
    if not used:
        yield from _acls_alone(account)


def _acls_alone(account: Account) -> Iterator[NotLookedAt]:
    """Network ACLs where the input shows nothing that could stand behind them."""
    for kind in ("NetworkAcl", "NetworkAclEntry"):
        for resource in account.all(kind):
            yield NotLookedAt(
                resource.place, resource.name, "nothing in the input stands behind this network ACL"
            )


def _unattached(account: Account, ways: Ways) -> Iterator[Endpoint]:
    """Groups that nothing has: what they would let in."""
    for group in account.all("SecurityGroup"):
        if group.id not in ways.groups.used:
            yield _would_let_in(group, group.name, ways.groups.permits(group))
    for rule, permits in ways.groups.stray_permits():
        owner = words(rule.properties.get("GroupId"))
        account.unresolved(rule.place, owner, "the security group of this rule is not in the input")
        yield _would_let_in(rule, rule.name, permits)


def _would_let_in(resource: Resource, name: str, permits: tuple[Permit, ...]) -> Endpoint:
    stage = Stage(
        name=f"security group {name}",
        rules=tuple(permit.rule() for permit in permits),
        default_name="no security group allows it",
        place=resource.place,
    )
    path = Path(
        name="whatever gets the group", gates=(Gate(name=stage.name, stages=(stage,)),), doubt=resource.doubt, place=resource.place
    )  # fmt: skip
    names = (
        resource.id,
        *(each for each in (resource.properties.get("GroupName"),) if isinstance(each, str)),
    )
    return Endpoint(
        name=name,
        dialect="aws",
        kind="security group" if resource.type.endswith("SecurityGroup") else "security group rule",
        place=resource.place,
        paths=(path,),
        attached=False,
        aliases=tuple(dict.fromkeys(str(each) for each in names if each and each != name)),
    )
