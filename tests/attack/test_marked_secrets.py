"""A marked secret in every input field turns up nowhere but in the exports it came from.

Names are planted in fields, and in sentences with a cue ("my name is …"). A bare name in a sentence
without any cue is not claimed here; what share of these is found, the demo's truth file measures.
"""

from __future__ import annotations

import json
import re
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from hushdesk.access import Accounts, Role
from hushdesk.desk import Desk
from hushdesk.readers._mapping import FIELDS


@dataclass
class Scene:
    """A desk into which everything was loaded, and all that could be seen meanwhile."""

    root: Path
    mint: Any
    finder: Any
    watched: Any
    good: int
    first: dict[str, Any]
    second: dict[str, Any]
    mapped: dict[str, Any]


@pytest.fixture(scope="module")
def scene(tmp_path_factory, marks, exports, watch):
    root = tmp_path_factory.mktemp("marked")
    folder, tables = root / "exports", root / "tables"
    for path in (folder, tables, root / "home"):
        path.mkdir()
    mint = marks.Mint()
    exports.mail(mint, folder)
    good = sum(write(mint, folder) for write in (exports.zendesk, exports.jira, exports.elasticsearch))
    table, mapping, rows = exports.table(mint, tables, list(FIELDS))
    desk = root / "desk"
    Desk.create(desk, keys=root / "keys", vault=root / "vault")
    with Accounts(desk / "accounts.sqlite") as accounts:
        accounts.create("lead", Role.LEAD, must_change=False)
        cookie = accounts.sessions.create(accounts.by_name("lead").id).secret
    filtered = "\n".join(mint.prose(f"filter {number}") for number in range(20))

    watched = watch.Watched(root / "tmp", root / "home")
    try:
        run, at = watched.run, ("--desk", desk)
        run("load", *at, "--workers", "2", folder)
        second = json.loads(run("load", *at, "--json", folder))
        run("load", *at, "--strict", tables / "none.csv", code=5)
        run("redact", stdin=filtered.encode())
        run("redact", "--explain", stdin=filtered.encode())
        served = watched.start("serve", *at, "--port", "0")
        line = served.stdout.readline()
        url = re.search(rb"http://[0-9.:]+/", line)
        assert url, served.stderr.read()
        mapped = json.loads(run("load", *at, "--json", "--mapping", mapping, table))
        run("loads", *at, "1", "--all")
        run("status", *at)
        first = json.loads(run("loads", *at, "1", "--json"))
        run("search", *at, "--facets", "--rows", "500")
        hits = json.loads(run("search", *at, "--json", "--rows", "500"))["hits"]
        run("search", *at, "subject:(", code=2)
        run("show", *at, hits[0]["case_id"])
        with httpx.Client(base_url=url[0].decode(), cookies={"hushdesk": cookie}) as client:
            pages = ["/", "/cases", "/cases.json", "/cases.csv", "/loads", "/loads.json", "/loads/1", "/loads/1.json", "/loads/3",
                     "/status", "/status.json", "/nowhere", "/cases?q=(", "/cases/0000000000000000"]  # fmt: skip
            pages += [f"/cases/{hit['case_id']}" for hit in hits[::10]]
            pages += [f"/cases/{hit['case_id']}.json" for hit in hits[5::10]]
            for page in pages:
                answer = client.get(page, follow_redirects=True)
                watched.outputs[f"GET {page}"] = answer.content + repr(answer.headers).encode()
                assert "sign-in" not in str(answer.url)
        served.send_signal(signal.SIGINT)
        out, err = served.communicate(timeout=30)
        watched.outputs["serve (out)"], watched.outputs["serve (err)"] = line + out, err
        assert served.returncode == 0, err
    finally:
        watched.stop()
    return Scene(root, mint, marks.Finder(mint.marks), watched, good + rows, first, second, mapped)


def test_the_secrets_were_there_and_were_read(scene):
    planted = set(scene.mint.marks)
    raw = b"".join(path.read_bytes() for path in scene.root.glob("exports/*.[jcm]*"))
    raw += (scene.root / "tables" / "table.csv").read_bytes()
    # Controls: the finder finds, and there was something to find.
    assert len(planted) > 1_400
    assert len(scene.finder.find(raw)) > 0.7 * len(planted)
    assert set(scene.first["sources"]) == {"elasticsearch", "jira", "mail", "zendesk"}
    reasons = {"bad_date", "bad_row", "duplicate_id", "missing_id", "too_deep", "unknown_format"}
    assert reasons <= set(scene.first["reasons"])
    assert {"bad_date", "bad_row", "missing_id"} <= set(scene.mapped["reasons"])
    assert scene.first["balanced"]
    assert scene.mapped["balanced"]
    # What is only held back proves nothing about redaction: nearly all of it has to be stored.
    stored = scene.first["stored"] + scene.mapped["stored"]
    held = scene.first["quarantined"] + scene.mapped["quarantined"]
    assert stored > scene.good
    assert held < 0.05 * stored
    assert scene.second["stored"] == 0
    assert scene.second["unchanged"] == scene.first["stored"] + scene.first["unchanged"]


def test_nothing_that_is_printed_logged_or_served_holds_a_secret(scene):
    assert len(scene.watched.outputs) > 70
    for name, data in scene.watched.outputs.items():
        if not name.startswith("redact (out)"):
            scene.finder.check(data, name)
        assert b"Traceback" not in data, name
    assert scene.watched.outputs["redact (out)"].count(b"[EMAIL_") == 20
    scene.finder.check(scene.watched.outputs["redact (out)"], "the filter's output")
    refused = scene.watched.outputs[f"loads --desk {scene.root / 'desk'} 1 --all (out)"].decode()
    assert refused.count("refused") > 10


def test_reports_and_ledger_hold_no_secret(scene):
    for report in (scene.first, scene.second, scene.mapped):
        scene.finder.check(json.dumps(report, ensure_ascii=False), "the load report")
    with Desk.open(scene.root / "desk") as desk:
        for (table,) in desk.ledger._db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall():
            rows = desk.ledger._db.execute(f"SELECT * FROM {table}").fetchall()
            scene.finder.check(repr(rows), f"ledger table {table}")


def test_no_row_of_any_table_holds_a_secret_in_any_coding(scene):
    with Desk.open(scene.root / "desk") as desk:
        seen = 0
        for table in desk.store.tables():
            for batch in desk.store.iter_rows(table):
                for row in batch.to_pylist():
                    seen += 1
                    scene.finder.check(
                        repr(row), f"table {table}, source {row.get('source')}, number {row.get('number')}"
                    )
        assert seen >= desk.store.count() > 200


def test_no_byte_of_desk_vault_or_keys_holds_a_secret(scene):
    seen = 0
    for part in ("desk", "vault", "keys", "home"):
        for path in (scene.root / part).rglob("*"):
            scene.finder.check(path.name, f"the name of a file in {part}")
            if path.is_file():
                seen += 1
                scene.finder.check(path.read_bytes(), f"{part}: {path.relative_to(scene.root)}")
    assert seen > 20


def test_nothing_in_the_temporary_folder_held_a_secret(scene):
    for name, data in scene.watched.temporary.items():
        scene.finder.check(data, f"temporary file {name}")
    assert list(scene.watched.tmp.iterdir()) == [], "something was left in TMPDIR"


def test_no_argument_and_no_environment_of_any_process_held_a_secret(scene):
    samples = scene.watched.process_list
    # The sampling saw the workers too.
    assert any(b"spawn_main" in sample for sample in samples)
    assert any(b"serve" in sample for sample in samples)
    for sample in samples:
        scene.finder.check(sample, "a process list entry")
