"""What the tests of store configurations share: files given as texts, and what is read from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Authentication, Endpoint, Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._policy import Sources
from hushdesk.guard.posture import StoreConfigDialect
from hushdesk.guard.reach import ReachSet, reach

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Reading:
    """What was read from some files."""

    findings: list[Finding]
    unclaimed: list[str]

    @property
    def endpoints(self) -> list[Endpoint]:
        return [found for found in self.findings if isinstance(found, Endpoint)]

    @property
    def endpoint(self) -> Endpoint:
        (found,) = self.endpoints
        return found

    @property
    def malformed(self) -> list[Malformed]:
        return [found for found in self.findings if isinstance(found, Malformed)]

    @property
    def unresolved(self) -> list[Unresolved]:
        return [found for found in self.findings if isinstance(found, Unresolved)]

    @property
    def skipped(self) -> list[NotLookedAt]:
        return [found for found in self.findings if isinstance(found, NotLookedAt)]

    @property
    def login(self) -> Authentication:
        assert self.endpoint.posture is not None
        return self.endpoint.posture.authentication

    @property
    def why(self) -> str:
        assert self.endpoint.posture is not None
        return self.endpoint.posture.why

    @property
    def free(self) -> Sources:
        assert self.endpoint.posture is not None
        assert self.endpoint.posture.without_password is not None
        return self.endpoint.posture.without_password

    def connecting(self, port: int, protocol: str = "tcp") -> ReachSet:
        """Who can open a connection to a port."""
        return reach(self.endpoint, port, protocol)


Read = Callable[..., Reading]


@pytest.fixture
def read() -> Read:
    """Reads ``{path: text}``. YAML comes parsed, as the loader gives it, unless ``raw`` is set."""

    def reading(files: dict[str, str], *, raw: bool = False, **parameters: str) -> Reading:
        dialect = StoreConfigDialect()
        documents, unclaimed = [], []
        for path, text in files.items():
            if path.endswith((".yml", ".yaml")) and not raw:
                document = Document(path, "yaml", yaml.safe_load(text))
            else:
                document = Document(path, "text", text)
            if dialect.claims(document):
                documents.append(document)
            else:
                unclaimed.append(path)
        world = World(parameters={name.replace("_", "."): value for name, value in parameters.items()})
        return Reading(list(dialect.read(documents, world)), unclaimed)

    return reading


@pytest.fixture(scope="session")
def default_configurations() -> Path:
    """Real configuration files for development; they are not part of the project."""
    folder = ROOT.parent / "shared" / "data" / "guard" / "dbconf"
    if not folder.is_dir():
        pytest.skip("the development data on guarded stores is not beside this checkout")
    return folder
