"""Requests of persons and retention on the command line: identifiers come by standard input and stand nowhere."""

from __future__ import annotations

import io
import json
import stat
import sys
import zipfile

import pytest

import hushdesk
from hushdesk.cli import main
from hushdesk.cli._commands import LocalCommands, answer
from hushdesk.desk import Desk

HEAD = "Ticket ID,Created,Customer name,Customer email,Product,Subject,Description\n"
MAIL = "ada.quillon@example.org"
TYPED = "Ada.Quillon (at) example dot org"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("person")
    made = Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    rows = [f"T-{n},2012-03-04T09:12Z,Ada Quillon,{MAIL},Router,Down,Text {n}\n" for n in range(2)]
    rows.append(f"T-9,2012-03-04T09:12Z,Bob Tarn,bob@example.com,Phone,Bill,Ask {MAIL}\n")
    (folder / "a.csv").write_text(HEAD + "".join(rows))
    with hushdesk.open_desk(made.folder) as desk:
        desk.load(folder / "a.csv", workers=0)
    return folder


@pytest.fixture
def run(place, capsys, monkeypatch):
    def call(*arguments: str, code: int = 0, typed: str = TYPED) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{typed}\n"))
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--desk", str(place / "desk")])
        shown = capsys.readouterr()
        assert ended.value.code == code, shown.err
        assert "quillon" not in (shown.out + shown.err).lower()
        return shown.out + shown.err

    return call


def test_the_whole_way(run, place):
    [named] = json.loads(run("person", "find", "--json", typed="QUILLON, Ada"))["candidates"]
    assert named["customer"] == 2
    refused = run("person", "export", "-o", str(place / "no.zip"), typed="Ada Quillon", code=18)
    assert "name alone is no identifier" in refused
    chosen = ("--person", str(named["person"]))
    known = run("person", "export", "-o", str(place / "no.zip"), *chosen, typed="Ada Quillon", code=18)
    assert "knows more than a name" in known
    assert "similar name" not in run("person", "find", typed="Ada Quillon")
    assert "Found by a name alone" in run("person", "find", typed="Ada Quillon")
    assert "nobody in the vault" in run("person", "find", typed="x@example.org", code=9)
    assert "no identifier" in run("person", "find", typed="", code=2)
    found = json.loads(run("person", "find", "--json"))
    [candidate] = [one for one in found["candidates"] if not one["alone"]]
    assert (candidate["customer"], candidate["mentioned"]) == (2, 1)
    assert "customer" in run("person", "find")
    path = place / "ada.zip"
    assert "would lie in the desk" in run("person", "export", "-o", str(place / "desk" / "x.zip"), code=2)
    assert "3 cases without internal notes" in run("person", "export", "-o", str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert MAIL.encode() in zipfile.ZipFile(path).read("your-data.html")
    assert "exists already" in run("person", "export", "-o", str(path), code=2)
    assert "nobody can be asked" in run("person", "erase", code=2)
    plan = json.loads(run("person", "erase", "--dry-run", "--json"))
    assert (plan["emptied"], plan["resealed"]) == (2, 1)
    assert "2 cases to be emptied" in run("person", "erase", "--dry-run")
    assert "Proven gone" in run("person", "erase", "--yes")
    assert "nobody in the vault" in run("person", "find", code=9)
    told = [entry["event"] for entry in json.loads(run("record", "show", "--json"))]
    assert {"officer:person:find", "officer:person:export", "officer:person:erase"} <= set(told)


def test_retention_and_what_goes_through_the_owners_socket(run, place):
    settings = place / "desk" / "desk.toml"
    settings.write_text(settings.read_text() + '[[retention]]\nproduct = "Phone"\nafter = "3y"\n')
    assert "1 cases are due" in run("retention", "plan")
    assert "nobody can be asked" in run("retention", "run", code=2)
    assert "Removed 1 cases" in run("retention", "run", "--yes")
    with hushdesk.open_desk(place / "desk") as desk:
        # As the serving process answers: JSON in, JSON out.
        call = {"action": "plan", "arguments": {}}
        [told] = answer(LocalCommands(desk), "retention", json.loads(json.dumps(call)))
        assert json.loads(json.dumps(told))["result"]["cases"] == 0
