"""Injection: text that means to become part of a query, in every place of an address that reaches the store.

Strings are made from a grammar of the query language mixed with SQL, the engine's parameters and its table functions.
Whatever is asked, the answer is made of the account's rows or is one clear refusal, and the store is as it was.
"""

from __future__ import annotations

import runpy
import socket
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from hushdesk.access import Accounts, Argon2Hasher, Door, Question, Role, RowScope
from hushdesk.analytics import FACETS, FIELDS, SORTS, open_desk
from hushdesk.desk import Desk
from hushdesk.errors import UsageError
from hushdesk.store import StoreError
from hushdesk.web import DeskPages, create_app

made = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "access" / "_store.py")))
ROWS = made.made_rows(persons=30, seed=3)
MINE = {row["case_id"] for row in ROWS if row["country"] == "FR"}
SCOPE = RowScope({"country": ("FR",)})
PLANTED = "PLANTED-OUTSIDE-THE-STORE"

SQL = (
    "' OR 1=1 --", "'; DROP TABLE cases; --", "') OR ('1'='1", "\\' OR 1=1 --", "` OR 1=1 --", "1 UNION ALL SELECT * FROM cases",
    "{p0:String}", "{p0:Identifier}", "{country:Array(String)}", "@@version", "/*", "*/", "--", "#", ";", "\\", "\\x27", "%27", "\x00", "\ufeff",
    "SETTINGS readonly=0", "FORMAT Native", "INTO OUTFILE '/tmp/out'", "SELECT sleep(3)", "hushFold(", "opened_at", "internal_body", "system.tables",
    "url('http://127.0.0.1:{port}/', 'CSV')", "file('{file}', 'LineAsString')", "remote('127.0.0.1:{port}', system.one)",
    "executable('id', 'TSV', 'x String')", "s3('http://127.0.0.1:{port}/x')", "mysql('127.0.0.1:{port}', 'a', 'b', 'c', 'd')",
    "dictGet('a', 'b', 1)", "input('x String')", "＇ ＯＲ １＝１ －－", "ʼ OR 1=1", "’ OR 1=1",
)  # fmt: skip
LANGUAGE = (
    "OR",
    "AND",
    "-",
    "(",
    ")",
    '"',
    ":",
    "..",
    ">=",
    "<",
    "*",
    "is:open",
    "opened:2012",
    "\\",
    "\t",
    "it",
    "work",
)


def strings(port: int, file: Path) -> st.SearchStrategy[str]:
    pieces = st.one_of(
        st.sampled_from([text.replace("{port}", str(port)).replace("{file}", str(file)) for text in SQL]),
        st.sampled_from(LANGUAGE),
        st.sampled_from([f"{name}:" for name in FIELDS]),
        st.sampled_from([f'{name}:"' for name in FIELDS]),
        st.text(max_size=6),
    )
    return st.builds(
        lambda parts, glue: glue.join(parts),
        st.lists(pieces, min_size=1, max_size=6),
        st.sampled_from(["", " "]),
    )


class Trap:
    """Listens on loopback and counts who comes: no query may make the engine connect to anything."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.came = 0
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        while True:
            try:
                came, _ = self.socket.accept()
            except OSError:
                return
            self.came += 1
            came.close()


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("injection")
    (folder / "outside.txt").write_text(PLANTED)
    trap = Trap()
    Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    with (
        open_desk(folder / "desk") as desk,
        Accounts(folder / "accounts.sqlite", hasher=Argon2Hasher(time_cost=1, memory_cost=64)) as accounts,
    ):
        made.insert(desk.desk, ROWS)
        accounts.create("eve", Role.LEAD, must_change=False)
        eve = accounts.by_name("eve").id
        accounts.set_rows(eve, SCOPE)
        secret = accounts.sessions.create(eve).secret
        app = create_app(DeskPages(desk), accounts)
        with TestClient(
            app, base_url="http://localhost", cookies={"hushdesk": secret}, follow_redirects=False
        ) as client:
            yield SimpleNamespace(door=Door(desk), desk=desk, client=client, folder=folder, trap=trap)
    trap.socket.close()


def whole(scene) -> None:
    """The store is as it was, nobody was called, nothing was written."""
    assert scene.desk.desk.store.count() == len(ROWS)
    assert scene.trap.came == 0
    assert not Path("/tmp/out").exists()


# What reaches the application costs much; so each has half of the profile's number.
FAST = settings(
    max_examples=settings.default.max_examples // 2,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@FAST
@given(data=st.data())
def test_a_query_finds_rows_of_the_account_or_is_refused(scene, data):
    query = data.draw(strings(scene.trap.port, scene.folder / "outside.txt"))
    who = made.who(Role.LEAD, SCOPE, "eve")
    try:
        found = scene.door.search(who, Question(query, page_size=100, facets=("product", "tag")))
    except UsageError:
        pass
    except StoreError as error:
        pytest.fail(f"{query!r} reached the engine as something else than a value: {type(error).__name__}")
    else:
        assert {hit.case_id for hit in found.hits} <= MINE
        assert found.total <= len(MINE)
        assert PLANTED not in repr(found)
    whole(scene)


@FAST
@given(data=st.data())
def test_every_key_of_an_address_takes_values_and_no_code(scene, data):
    text = strings(scene.trap.port, scene.folder / "outside.txt")
    key = data.draw(
        st.sampled_from(
            [
                "q",
                "from",
                "to",
                "sort",
                "page",
                "at",
                *[f"f.{name}" for name in FACETS],
                "f.customer",
                "f.1=1",
            ]
        )
    )
    path = data.draw(st.sampled_from(["/cases.json", "/cases.csv", f"/cases/{min(MINE)}.json"]))
    answer = scene.client.get(path, params=[(key, data.draw(text)), (key, data.draw(text))])
    assert answer.status_code in {200, 400, 403}, (key, answer.text[:300])
    assert PLANTED not in answer.text
    if answer.status_code == 200 and path == "/cases.json":
        assert {hit["case_id"] for hit in answer.json()["found"]["hits"]} <= MINE
    if answer.status_code == 200 and path == "/cases.csv":
        listed = {
            line.split(",")[0]
            for line in answer.text.lstrip("\ufeff").splitlines()[1:]
            if line.startswith("CASE")
        }
        assert listed <= MINE
    whole(scene)


@FAST
@given(data=st.data())
@example(data=None)
def test_a_case_id_is_a_value(scene, data):
    theirs = sorted({row["case_id"] for row in ROWS} - MINE)
    ids = [
        f"{theirs[0]}' OR '1'='1",
        theirs[0],
        f"../cases/{theirs[0]}",
        f"{theirs[0]}%00",
        ROWS[0]["number"],
    ]
    text = data.draw(strings(scene.trap.port, scene.folder / "outside.txt")) if data is not None else ids[1]
    for case in (text, *ids[:1]):
        found = scene.door.read(made.who(Role.LEAD, SCOPE, "eve"), case)
        assert found is None or found.case_id in MINE
    answer = scene.client.get("/cases/" + case.replace("/", "%2F") + ".json")
    assert answer.status_code in {404, 400}
    whole(scene)


@pytest.mark.parametrize("case", range(8))
def test_cases_of_others_are_not_there_in_any_twin(scene, case):
    theirs = sorted({row["case_id"] for row in ROWS} - MINE)[case]
    for path in (
        f"/cases/{theirs}",
        f"/cases/{theirs}.json",
        f"/cases/{theirs}?at=1",
        f"/cases.json?q=case:{theirs}",
    ):
        answer = scene.client.get(path)
        assert answer.status_code == 404 or answer.json()["found"]["total"] == 0
    (number,) = [row["number"] for row in ROWS if row["case_id"] == theirs]
    assert scene.client.get("/cases.json", params={"q": f"number:{number}"}).json()["found"]["total"] == 0


@pytest.mark.parametrize("sort", [*SORTS, "opened_at; DROP TABLE cases", "newest, case_id", "1"])
def test_an_order_is_one_of_a_list(scene, sort):
    answer = scene.client.get("/cases.json", params={"sort": sort})
    assert answer.status_code == (200 if sort in SORTS else 400)
    whole(scene)
