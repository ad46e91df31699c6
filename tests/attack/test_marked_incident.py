"""Marked secrets in cases, and in the logs that tell who read them, turn up in no file of an incident, no answer and no notice."""

from __future__ import annotations

import base64
import json
import zipfile
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from hushdesk.access import Role, open_accounts
from hushdesk.desk import Desk
from hushdesk.incident.answering import IncidentDesk
from hushdesk.incident.drill._officer import Officer

CONTROLLER = """\
[controller]
name = "Support House"
address = ["1 Harbour Street", "Dublin"]
country = "IE"
zone = "Europe/Dublin"
language = "en"
authority = "Data Protection Commission"

[contact]
role = "dpo"
name = "Data protection office"
email = "privacy@support.example"
phone = "+353 1 555 0100"
"""
_START = datetime(2019, 12, 5, 10, tzinfo=UTC)


def _web(mint):
    """What a visitor may have searched for, in each place of a line that a client fills."""
    for number in range(40):
        mail, phone = mint.email("log"), mint.phone("log").replace(" ", "%20")
        # The account is what a row of requests keeps on purpose.
        user = "monitor" if number % 2 else "-"
        path = (
            f"/cases/_search?q=customer:{mail}&size=100",
            f"/cases/_doc/{mail}",
            f"/cases/_search;{mail}",
            f"/_sql?query=select%20*%20from%20cases%20where%20phone='{phone}'",
            f"/users/{mail}/cases/_count",
            f"/cases/{phone}/_search",
            "/" + mail.replace("@", "%40"),
            "/" + base64.b64encode(mail.encode()).decode(),
        )[number % 8]
        at = (_START + timedelta(minutes=number)).strftime("%d/%b/%Y:%H:%M:%S +0000")
        yield f'198.51.100.20 - {user} [{at}] "GET {path} HTTP/1.1" 200 5000 "https://help.example/{mail}" "agent {mail}"\n'
    yield f"a line that nobody can read, about {mint.email('refused line')}\n"


def _postgresql(mint):
    for number in range(10):
        at = (_START + timedelta(minutes=number)).strftime("%Y-%m-%d %H:%M:%S.000 UTC")
        head = f"{at} [{100 + number}] app@cases 198.51.100.20(5432{number})"
        yield f"{head} LOG:  connection received: host=198.51.100.20 port=5432{number}\n"
        yield f"{head} LOG:  connection authorized: user=app database=cases\n"
        yield f"{head} LOG:  statement: SELECT * FROM cases WHERE mail = '{mint.email('statement')}'\n"
        yield f'{head} ERROR:  duplicate key value violates unique constraint "people"\n'
        yield f"{head} DETAIL:  Key (mail)=({mint.email('detail')}) already exists.\n"


def _audit(mint):
    for number in range(10):
        at = (_START + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%S,000+0000")
        yield json.dumps({
            "type": "audit", "timestamp": at, "node.name": "node-1", "event.type": "rest", "event.action": "authentication_success",
            "user.name": "elastic", "origin.type": "rest", "origin.address": "198.51.100.20:5432", "request.method": "POST",
            "url.path": f"/cases/_doc/{mint.email('audit path')}", "url.query": f"q={mint.email('audit query')}",
            "request.body": json.dumps({"query": {"match": {"mail": mint.email("audit body")}}}), "request.id": str(number),
        }) + "\n"  # fmt: skip


@pytest.mark.parametrize("parser", ["", "wrong"])
def test_no_secret_of_cases_or_logs_is_in_anything_but_letters(tmp_path, marks, exports, capfd, parser):
    mint = marks.Mint(7)
    folder, logs = tmp_path / "exports", tmp_path / "logs"
    folder.mkdir()
    logs.mkdir()
    exports.zendesk(mint, folder)
    for name, lines in (("access.log", _web), ("postgresql.log", _postgresql), ("audit.json", _audit)):
        (logs / name).write_text("".join(lines(mint)))
    finder = marks.Finder(mint.marks)
    made = Desk.create(tmp_path / "desk", keys=tmp_path / "keys", vault=tmp_path / "vault")
    (tmp_path / "controller.toml").write_text(CONTROLLER)
    answers = []
    with Desk.open(made.folder) as desk:
        with open_accounts(desk) as accounts:
            one, two = (
                Officer.enrolled(
                    accounts, name, accounts.create(name, Role.PRIVACY_OFFICER, must_change=False)
                )
                for name in ("officer-1", "officer-2")
            )
        desk.load([folder], workers=0)
        work = IncidentDesk(desk, "tester")
        answers.append(
            work.open("one", controller=str(tmp_path / "controller.toml"), holds="all", resources=["node-*"])
        )
        if parser:
            # Each file read as something that it is not.
            for name, kind in (
                ("access.log", "postgresql"),
                ("postgresql.log", "syslog"),
                ("audit.json", "mongodb"),
            ):
                answers.append(work.add("one", [str(logs / name)], parser=kind))
        else:
            answers.append(work.add("one", [str(logs)]))
            assert set(answers[-1]["by_parser"]) >= {"web-access", "postgresql", "elasticsearch-audit"}
        answers += [
            work.state("one", "open", "2019-12-01/2019-12-31", port=port) for port in (80, 5432, 9200)
        ]
        answers.append(work.status("one"))
        assert parser or answers[-1]["visitors"]["total"] == 1
        answers.append(work.status("one", sweep=False, address="198.51.100.20"))
        answers.append(work.persons("one"))
        answers.append(work.report("one", str(tmp_path / "out")))
        answers.append(work.notify("one", "plan"))
        answers.append(
            work.notify(
                "one",
                "request",
                account=one.name,
                password=one.password,
                code=one.code(),
                reason="art. 34",
            )
        )
        answers.append(
            work.notify("one", "approve", account=two.name, password=two.password, code=two.code())
        )
        answers.append(work.notify("one", "print", out=str(tmp_path / "print"), everybody=True))
        answers.append(work.kept("one"))
        assert answers[-2]["letters"] + answers[-2]["not_printable"] > 10
    finder.check(json.dumps(answers, ensure_ascii=False), "the answers")
    for path in sorted([*made.folder.rglob("*"), *(tmp_path / "out").rglob("*")]):
        if path.is_file():
            finder.check(path.read_bytes(), str(path.relative_to(tmp_path)))
            if path.suffix == ".parquet":
                finder.check(
                    json.dumps(pl.read_parquet(path).to_dicts(), default=str), f"rows of {path.name}"
                )
    with zipfile.ZipFile(tmp_path / "out" / "evidence.zip") as bundle:
        for name in bundle.namelist():
            finder.check(bundle.read(name), name)
    said = capfd.readouterr()
    finder.check(said.out + said.err, "what was printed")
