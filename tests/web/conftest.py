"""Fixtures: an application over a desk in memory, and clients signed in by role."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import FunctionType

import fastapi.routing
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.testclient import TestClient

from hushdesk.access import RecordBook, Seal, Witness
from hushdesk.guard.state import Lookout, Watched
from hushdesk.record import ProvenLog, Record, RecordIndex
from hushdesk.web import WebSettings, create_app

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = {1: KEY.public_key().public_bytes_raw()}


@pytest.fixture(scope="session", autouse=True)
def routes_read_once() -> Iterator[None]:
    """The signatures of the routes, which are those of every application, are read for the first one alone.

    Nearly every test here makes an application, and reading a hundred signatures took longer than the tests.
    """
    read = fastapi.routing._build_dependant_with_parameterless_dependencies
    body = fastapi.routing._get_body_field
    returns = fastapi.routing.get_typed_return_annotation
    known: dict[object, object] = {}

    def once(key, ask):
        if key not in known:
            known[key] = ask()
        return known[key]

    def signature(call):
        """What the signature of a plain function hangs on; of anything else nothing is remembered."""
        plain = type(call) is FunctionType and not {"__wrapped__", "__signature__"} & set(vars(call))
        return (call.__code__, call.__defaults__) if plain else None

    def read_once(*, path, call, dependencies):
        if signature(call) is None:
            return read(path=path, call=call, dependencies=dependencies)
        key = ("read", path, *signature(call), *(each.dependency for each in dependencies))
        first, *more = once(key, lambda: read(path=path, call=call, dependencies=dependencies))
        return replace(first, call=call), *more

    def body_once(*, body_params, name, embed_body_fields):
        key = ("body", name, embed_body_fields, *map(id, body_params))

        def ask():
            # With what it was made of, so that no other is ever given its place in memory.
            return body_params, body(body_params=body_params, name=name, embed_body_fields=embed_body_fields)

        return once(key, ask)[1]

    def returns_once(call):
        found = signature(call)
        return returns(call) if found is None else once(("returns", *found), lambda: returns(call))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fastapi.routing, "_build_dependant_with_parameterless_dependencies", read_once)
        patch.setattr(fastapi.routing, "_get_body_field", body_once)
        patch.setattr(fastapi.routing, "get_typed_return_annotation", returns_once)
        yield


def load(name, place):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(place))
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def double():
    return load("hushdesk_web_double", "_double.py")


@pytest.fixture(scope="session")
def made():
    """Incidents in memory, and what makes a real one."""
    return load("hushdesk_web_incident", "_incident.py")


@pytest.fixture
def port(made):
    """One incident with an answer."""
    return made.MemoryIncidents(made.sample())


@pytest.fixture
def incidents(made, port):
    return made.in_memory(port, made.VERDICT)


@pytest.fixture
def desk(double):
    return double.MemoryDesk()


@pytest.fixture(scope="session")
def accounts_made(double, tmp_path_factory) -> Path:
    """Accounts for tests to copy: making them takes longer than most tests."""
    path = tmp_path_factory.mktemp("accounts") / "accounts.sqlite"
    double.make_accounts(path).close()
    # All is in the one file.
    assert [each.name for each in path.parent.iterdir() if each.stat().st_size] == [path.name]
    return path


@pytest.fixture
def accounts(double, accounts_made, tmp_path):
    with double.accounts_at(shutil.copy2(accounts_made, tmp_path / "accounts.sqlite")) as accounts:
        yield accounts


@pytest.fixture
def settings() -> WebSettings:
    return WebSettings()


@pytest.fixture
def record(tmp_path):
    with Record(tmp_path / "record", "desk-1", lambda message: (1, KEY.sign(message)), KEYS) as made:
        yield made


@pytest.fixture
def witness(record):
    return Witness(record, Seal.of(lambda use: use.encode().ljust(32, b"-"), "desk-1"))


@pytest.fixture
def book(record, witness):
    log = ProvenLog(record.folder, lambda: KEYS, "desk-1")
    with RecordIndex(log) as index:
        yield RecordBook(log, index, witness)


@pytest.fixture
def app(desk, accounts, settings, lookout, incidents, book):
    return create_app(desk, accounts, settings, lookout=lookout, incidents=incidents, record=book)


@pytest.fixture
def client(app) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        yield client


@pytest.fixture
def form_token() -> Callable[[TestClient], str]:
    """Opens the sign-in form and returns its token."""

    def fetch(client: TestClient) -> str:
        return re.search(r'name="token" value="(\w+)"', client.get("/sign-in").text)[1]

    return fetch


@pytest.fixture
def signed_in(app, double, form_token) -> Iterator[Callable[[str], TestClient]]:
    """A client signed in as the account of a role."""
    clients = []

    def begin(role: str) -> TestClient:
        client = TestClient(app, base_url="http://localhost", follow_redirects=False)
        clients.append(client)
        data = {"name": role, "password": double.password_of(role), "token": form_token(client)}
        answer = client.post("/sign-in", data=data)
        assert answer.status_code == 303
        return client

    yield begin
    for client in clients:
        client.close()


def load_tiny():
    name = "hushdesk_tiny_dialect"
    if name not in sys.modules:
        path = Path(__file__).resolve().parents[1] / "guard" / "_tiny.py"
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def tiny():
    return load_tiny()


@pytest.fixture
def network(tmp_path):
    """The folder that the guard looks at."""
    folder = tmp_path / "network"
    folder.mkdir()
    return folder


@pytest.fixture
def lookout(tiny, tmp_path, network):
    """A lookout over one store."""
    tiny.save(network / "a.json", tiny.host("vm-cases", ports=[9200], engine="elasticsearch"))
    return Lookout(
        Watched((network,), tmp_path / "stores.toml"), tmp_path / "kept", using=[tiny.TinyDialect()]
    )
