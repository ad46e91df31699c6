"""The door: permissions, rows, texts and the record, over a real desk."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.access import Actor, Door, Forbidden, Permission, Question, Role, RowScope, owner
from hushdesk.analytics import DEFAULT_FACETS, open_desk
from hushdesk.desk import Desk
from hushdesk.errors import UsageError
from hushdesk.readers import Options, load_mapping

MAPPING = """
source = "crm"
[columns]
id = "id"
number = "id"
subject = "subject"
description = "text"
opened_at = "opened"
product = "product"
country = "country"
language = "language"
customer_email = "mail"
notes = "note"
"""


def who(role: Role, rows: RowScope | None = None) -> Actor:
    return Actor(role.value, role.value, role.permissions, None, rows or RowScope())


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    folder = tmp_path_factory.mktemp("door")
    lines = ["id,subject,text,opened,product,country,language,mail,note"]
    for number in range(60):
        product, country = ("Router", "Mail", "Phone")[number % 3], ("DE", "FR")[number % 2]
        day = f"{2010 + number % 6}-03-{1 + number % 28:02}T10:00:00Z"
        lines.append(
            f"{number},Broken {product},It does not work,{day},{product},{country},en,p{number}@example.com,escalate"
        )
    (folder / "cases.csv").write_text("\n".join(lines))
    Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    with open_desk(folder / "desk") as desk:
        report = desk.load(folder / "cases.csv", workers=0)
        assert report.tally.stored == 60
        yield Door(desk)


def entries(door):
    from hushdesk.record import read_entries

    return list(read_entries(door.desk.desk.record.folder))


def test_every_way_in_asks_for_its_permission(door):
    ways = {
        Permission.CASES_COUNT: [lambda w: door.search(w, Question()), door.overview],
        Permission.CASES_READ: [lambda w: door.read(w, "X")],
        Permission.CASES_EXPORT: [lambda w: door.export(w, Question())],
    }
    for role in Role:
        for permission, asked in ways.items():
            for ask in asked:
                if permission in role.permissions:
                    ask(who(role))
                else:
                    with pytest.raises(Forbidden):
                        ask(who(role))
