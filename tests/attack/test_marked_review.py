"""What was held back, decided and listed turns up nowhere: no file, no page of others, no address, no log, no process list."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from hushdesk.access import Accounts, Role
from hushdesk.desk import Desk

HEAD = "Ticket ID,Created,Customer name,Customer email,Subject,Description\n"
# Taken for mailboxes by the leak check and not by the detectors, each with a word that can be found again.
HARMLESS, PERSONAL, LEFT = "zorvikal", "quendrathil", "brumvexan"
TEXTS = {
    "reject": f"I changed {HARMLESS}@all. It reboots.",
    "confirm": f"Ask {PERSONAL}@nord. It is urgent.",
    "leave": f"Ask {LEFT}@nord. It is urgent.",
}


@dataclass
class Scene:
    root: Path
    watched: Any
    passphrase: str
    officers_eyes: list[str]
    """Outputs in which the officer sees what is held back."""
    urls: list[str]


@pytest.fixture(scope="module")
def scene(tmp_path_factory, watch):
    root = tmp_path_factory.mktemp("review")
    (root / "home").mkdir()
    made = Desk.create(root / "desk", keys=root / "keys", vault=root / "vault")
    # Who signs in here has no app for a second factor.
    with (root / "desk" / "desk.toml").open("a", encoding="utf-8") as file:
        file.write("\n[sign_in]\nsecond_factor = []\n")
    with Accounts(root / "desk" / "accounts.sqlite") as accounts:
        cookies = {}
        for role in (Role.PRIVACY_OFFICER, Role.LEAD, Role.OPERATOR):
            accounts.create(role.value, role, must_change=False)
            cookies[role] = accounts.sessions.create(accounts.by_name(role.value).id).secret
    rows = "".join(
        f'T-{n},2019-03-04T09:12Z,Ada Quillon,ada@example.org,Router,"{text}"\n'
        for n, text in enumerate(TEXTS.values())
    )
    (root / "a.csv").write_text(HEAD + rows)
    (root / "b.csv").write_text(
        HEAD + f'T-9,2019-03-04T09:12Z,Bo,bo@example.org,Router,"So {PERSONAL}@nord. It is here."\n'
    )
    watched = watch.Watched(root / "tmp", root / "home")
    eyes: list[str] = []
    urls: list[str] = []
    secret = made.officer_passphrase
    try:
        at = ("--desk", root / "desk")
        run = watched.run

        def officer(*arguments: str, code: int = 0) -> bytes:
            eyes.append(" ".join(map(str, (*arguments, *at, "--passphrase-stdin"))))
            return run(*arguments, *at, "--passphrase-stdin", stdin=f"{secret}\n".encode(), code=code)

        run("load", *at, root / "a.csv")
        run("quarantine", "list", *at)
        run("certificate", *at, "--verify")
        shown = json.loads(officer("quarantine", "show", "0", "--json"))
        run(
            "quarantine", "decide", "0", shown["findings"][0]["id"], "--reject", *at, "--passphrase-stdin", "--json",
            stdin=b"WRONG-PASSPHRASE\n", code=1,
        )  # fmt: skip
        officer("quarantine", "decide", "0", shown["findings"][0]["id"], "--reject")
        run("quarantine", "release", "0", *at, "--passphrase-stdin", stdin=f"{secret}\n".encode())
        served = watched.start("serve", *at, "--port", "0")
        line = served.stdout.readline()
        url = re.search(rb"http://[0-9.:]+", line)[0].decode()
        with httpx.Client(
            base_url=url, cookies={"hushdesk": cookies[Role.PRIVACY_OFFICER]}, timeout=120
        ) as client:
            token = re.search(r'name="token" value="([^"]+)"', client.get("/help").text)[1]

            def post(path: str, **data: str) -> str:
                answer = client.post(path, data={"token": token, **data})
                name = f"POST {path} {data.get('decision', '')}"
                watched.outputs[f"{name} headers"] = repr(answer.headers).encode()
                watched.outputs[name] = answer.content
                urls.append(str(answer.url))
                return answer.text

            post("/quarantine/unlock", passphrase=secret)
            page = post("/quarantine/1")
            eyes += ["POST /quarantine/1 ", "POST /quarantine/1/decide confirm"]
            finding = re.search(r'name="finding" value="(\w+)"', page)[1]
            post("/quarantine/1/decide", finding=finding, decision="confirm")
            post("/quarantine/1/release")
            for path in ("/quarantine", "/quarantine.json"):
                watched.outputs[f"GET {path}"] = client.get(path).content
        run("load", *at, root / "b.csv")
        run("quarantine", "show", "2", *at, "--passphrase-stdin", stdin=b"WRONG\n", code=1)
        for role in (Role.LEAD, Role.OPERATOR):
            with httpx.Client(base_url=url, cookies={"hushdesk": cookies[role]}, timeout=120) as client:
                for path in (
                    "/cases", "/cases.json", "/cases.csv", "/loads", "/loads/1", "/loads/2.json", "/status", "/status.json",
                    "/certificate", "/certificate.json", "/quarantine", "/quarantine.json",
                ):  # fmt: skip
                    watched.outputs[f"GET {path} as {role.value}"] = client.get(path).content
        served.send_signal(signal.SIGINT)
        out, err = served.communicate(timeout=30)
        watched.outputs["serve (out)"], watched.outputs["serve (err)"] = line + out, err
        assert served.returncode == 0, err
    finally:
        watched.stop()
    return Scene(root, watched, secret, eyes, urls)


def hidden(data: bytes, *words: str) -> bool:
    low = data.lower()
    return not any(word.encode() in low or word[::-1].encode() in low for word in words)


def test_the_officer_saw_what_was_held_back_and_the_decisions_took(scene):
    seen = b"".join(
        scene.watched.outputs[name if name.startswith("POST") else f"{name} (out)"]
        for name in scene.officers_eyes
    )
    assert not hidden(seen, HARMLESS)
    assert not hidden(seen, PERSONAL)
    with Desk.open(scene.root / "desk") as desk:
        ids = desk.store.query("SELECT case_id FROM cases").column(0).to_pylist()
        texts = [row["description"] for row in desk.store.sealed(ids).to_pylist()]
        assert [entry.state.value for entry in desk.review.entries()] == ["open", "released", "released"]
    assert TEXTS["reject"] in texts
    assert len(texts) == 3
    assert hidden("".join(texts).encode(), PERSONAL, LEFT)


def test_nobody_else_was_shown_any_of_it(scene):
    for name, data in scene.watched.outputs.items():
        if name.removesuffix(" (out)") not in scene.officers_eyes:
            # The harmless value is an ordinary word of a stored case by now.
            assert hidden(data, PERSONAL, LEFT), name
    assert hidden("".join(scene.urls).encode(), HARMLESS, PERSONAL, LEFT)


def test_no_byte_of_desk_vault_or_keys_holds_it(scene):
    seen = 0
    for part in ("desk", "vault", "keys", "home"):
        for path in (scene.root / part).rglob("*"):
            if path.is_file():
                seen += 1
                assert hidden(path.read_bytes(), PERSONAL, LEFT), path.name
                if "store" not in path.parts:
                    assert hidden(path.read_bytes(), HARMLESS), path.name
    assert seen > 20
    with sqlite3.connect(scene.root / "desk" / "ledger.sqlite") as db:
        rows = [
            db.execute(f"SELECT * FROM {name}").fetchall()
            for name in ("resolutions", "certificates", "loads", "batches")
        ]
    db.close()
    assert len(rows[0]) == 4
    assert hidden(repr(rows).encode(), PERSONAL, LEFT, HARMLESS)


def test_the_passphrase_was_in_no_output_file_or_process_list(scene):
    plain = scene.passphrase.lower()
    for name, data in scene.watched.outputs.items():
        assert hidden(data, plain, plain.replace("-", "")), name
    for sample in scene.watched.process_list:
        assert hidden(sample, plain, PERSONAL, LEFT, HARMLESS)
    for name, data in scene.watched.temporary.items():
        assert hidden(data, plain, PERSONAL, LEFT, HARMLESS), name
    for part in ("desk", "vault", "keys", "home"):
        for path in (scene.root / part).rglob("*"):
            if path.is_file():
                assert hidden(path.read_bytes(), plain), path.name
