"""A small network that tests change, and its answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Endpoint, Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Resource
from hushdesk.guard.dialects.aws import AwsDialect, lower_aws
from hushdesk.guard.load import load
from hushdesk.guard.reach import ReachSet, reach

SHARED = Path(__file__).resolve().parents[4].parent / "shared" / "data" / "guard"
OPEN = {"Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100}


class Answers:
    """What a run found."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        self.endpoints = [each for each in findings if isinstance(each, Endpoint)]

    def endpoint(self, name: str) -> Endpoint:
        (found,) = [each for each in self.endpoints if each.name == name]
        return found

    def reach(self, name: str, port: int, protocol: str = "tcp") -> ReachSet:
        return reach(self.endpoint(name), port, protocol)

    @property
    def unresolved(self) -> list[Unresolved]:
        return [each for each in self.findings if isinstance(each, Unresolved)]

    @property
    def malformed(self) -> list[Malformed]:
        return [each for each in self.findings if isinstance(each, Malformed)]

    @property
    def not_looked_at(self) -> list[NotLookedAt]:
        return [each for each in self.findings if isinstance(each, NotLookedAt)]


class Net:
    """A network 10.0.0.0/16 with one public subnet; its ACL allows all; group ``sg-1`` opens 9200 to all of IPv4."""

    def __init__(self) -> None:
        self.resources: dict[str, Resource] = {}
        self.add("VPC", "vpc-1", CidrBlock="10.0.0.0/16")
        self.add("InternetGateway", "igw-1", Attachments=[{"VpcId": "vpc-1"}])
        self.add("Subnet", "subnet-1", VpcId="vpc-1", CidrBlock="10.0.1.0/24")
        self.routes(
            {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"},
            {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1"},
        )
        self.acl(
            *({**OPEN, "Egress": out, "CidrBlock": "0.0.0.0/0"} for out in (True, False)),
            *({**OPEN, "RuleNumber": 101, "Egress": out, "Ipv6CidrBlock": "::/0"} for out in (True, False)),
        )
        self.group(
            "sg-1",
            {"IpProtocol": "tcp", "FromPort": 9200, "ToPort": 9200, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
        )
        self.interface()

    def add(self, kind: str, name: str, **properties: Any) -> None:
        full = kind if "::" in kind else f"AWS::EC2::{kind}"
        self.resources[name] = Resource(
            type=full, id=name, name=name, properties=properties, place=Place("net", pointer=name)
        )

    def routes(self, *routes: dict[str, Any]) -> None:
        self.add("RouteTable", "rtb-1", VpcId="vpc-1", Associations=[{"Main": True}], Routes=list(routes))

    def acl(self, *entries: dict[str, Any]) -> None:
        self.add("NetworkAcl", "acl-1", VpcId="vpc-1", IsDefault=True, Entries=list(entries))

    def group(self, name: str, *permissions: Any) -> None:
        self.add(
            "SecurityGroup", name, GroupName=f"group {name}", VpcId="vpc-1", IpPermissions=list(permissions)
        )

    def interface(
        self,
        name: str = "eni-1",
        *,
        groups: tuple[Any, ...] = ("sg-1",),
        private: str = "10.0.1.5",
        **more: Any,
    ) -> None:
        shape = {
            "SubnetId": "subnet-1",
            "VpcId": "vpc-1",
            "Groups": [{"GroupId": each} for each in groups],
            "PrivateIpAddress": private,
            "Association": {"PublicIp": "52.1.2.3"},
        }
        self.add("NetworkInterface", name, **{**shape, **more})

    def drop(self, *names: str) -> None:
        for name in names:
            del self.resources[name]

    def answers(self, *, created: bool = False, world: World | None = None) -> Answers:
        return Answers(list(lower_aws(list(self.resources.values()), world or World(), created=created)))

    def reach(self, port: int = 9200, protocol: str = "tcp", name: str = "eni-1", **more: Any) -> ReachSet:
        return self.answers(**more).reach(name, port, protocol)


@pytest.fixture
def net() -> Net:
    return Net()


@pytest.fixture
def read_files(tmp_path: Path) -> Callable[..., Answers]:
    """Writes texts to files, and reads them by the dialect."""

    def read(world: World | None = None, **files: str) -> Answers:
        for name, text in files.items():
            stem, _, kind = name.rpartition("_")
            (tmp_path / f"{stem}.{kind}").write_text(text)
        loaded = load([tmp_path])
        dialect = AwsDialect()
        assert not loaded.findings
        assert all(dialect.claims(each) for each in loaded.documents)
        return Answers(list(dialect.read(loaded.documents, world or World())))

    return read


@pytest.fixture
def read_content() -> Callable[..., Answers]:
    """Reads contents as they are, whatever they are."""

    def read(*contents: Any) -> Answers:
        documents = [Document(f"folder/{index}.json", "json", each) for index, each in enumerate(contents)]
        return Answers(list(AwsDialect().read(documents, World())))

    return read


@pytest.fixture(scope="session")
def guard_data() -> Path:
    """Real rules of other projects for development; they are not part of this one."""
    if not SHARED.is_dir():
        pytest.skip("the development data of the guard is not beside this checkout")
    return SHARED
