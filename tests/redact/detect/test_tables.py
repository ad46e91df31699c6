"""Columns of tables whose header alone says what they hold."""

from __future__ import annotations

import pytest

from hushdesk.redact import find_all
from hushdesk.redact.detect import _tables

# What ⟦ and ⟧ stand around is to be masked, and nothing else.
MARKED = [
    "Customer no,Plan,Status\n⟦8812034⟧,Gold,active\n⟦8812035⟧,Silver,closed",
    "| Kdnr | Saldo | Stand |\n|------|------:|-------|\n| ⟦4471201⟧ | 12,50 | offen |\n| ⟦4471202⟧ | 1.250,00 | zu |\n\nThanks 4471203",
    "username,enabled,password\n⟦jdoe7⟧,yes,⟦gooseberry⟧\nadmin,yes,set\n⟦moss⟧,no,⟦Regen und Wind⟧",
    " id | username | full_name      | dob\n----+----------+----------------+------------\n  1 | ⟦okafor9⟧  | ⟦Ngozi Okafor⟧   | ⟦1984-02-11⟧\n(1 row)",
    "+----+-----------+---------+\n| id | last_name | phone   |\n+----+-----------+---------+\n|  1 | ⟦Moreau⟧    | ⟦5550192⟧ |\n+----+-----------+---------+",
    "Name;Vorname;Straße;PLZ;Ort\n⟦Brandl⟧;⟦Kerstin⟧;⟦Am Anger 4⟧;⟦84028⟧;⟦Landshut⟧\r\n⟦Öztürk⟧;⟦Deniz⟧;⟦Lindenweg 12a⟧;⟦80331⟧;⟦München⟧",
    '"Vorname","Nachname","Kennwort"\n"⟦Ida⟧","⟦Mark⟧","⟦Regen, Wolken⟧"',
    "> Customer ID | Name | Email\n> ⟦C-4410⟧ | ⟦Hope Lang⟧ | ⟦hope@example.org⟧",
    "姓名,手机,地址\n⟦王小明⟧,⟦13800138000⟧,⟦上海市浦东新区世纪大道100号⟧",
    "ФИО;Телефон;Л/с\n⟦Мороз Вера⟧;⟦0501234567⟧;⟦1234567⟧",
    "user_id,action,ts\n⟦rlouw⟧,login,2024-01-01\nroot,login,2024-01-01\n1002,logout,2024-01-02",
    "|Requester|Subject|Created|\n|:--|:--|:--|\n|⟦jana k.⟧|printer|today|\n|Unassigned|wifi|today|",
    "patient|room\n⟦Okafor, Ngozi⟧|12",
    "INSERT INTO users (id, username, passwd, city) VALUES (42, '⟦tmbeki⟧', '⟦pa55-Kudu⟧', 'Durban'),\n (43, '⟦zdube⟧', '⟦Rain drops⟧', 'Pretoria');",
    "insert into t (`last_name`, n) values ('⟦O''Neal⟧', NULL)",
]
UNTOUCHED = [
    "name,version,size\nnginx,1.24,1.2MB\nlibssl,3.0,4MB",
    "Owner,Path,Rights\nroot,/var/www,755\nmysql,/var/lib,700",
    "Please send us your name, phone, and address\nso that we can reply, and call you, soon",
    "product,price,qty\nGold,12.50,3",
    "state,city,population\nOhio,Columbus,900000",
    "INSERT INTO logs (ts, level, message) VALUES ('2024-01-01','INFO','user name changed');",
    "account,amount\nSales,12.00\nRent,1.250,00",
    "phone,battery\nSlate 9,4000\nSlate 10,5000",
    "Customer name, account and plan are shown.\nIf not, reload, and wait.",
    "password,status\nexpired,locked\n****,ok",
]


@pytest.mark.parametrize("marked", MARKED)
def test_what_stands_in_a_column_for_it_is_masked_and_nothing_else(marked):
    text = marked.replace("⟦", "").replace("⟧", "")
    want = [piece.partition("⟧")[0] for piece in marked.split("⟦")[1:]]
    found = sorted(find_all([text])[0], key=lambda f: f.start)
    assert [text[f.start : f.end] for f in found] == want


@pytest.mark.parametrize("text", UNTOUCHED)
def test_other_columns_stay(text):
    assert find_all([text]) == [[]]


def test_a_column_is_read_to_its_end_and_not_beyond():
    rows = "".join(f"{8812000 + i},Gold\n" for i in range(3000))
    text = f"Customer no,Plan\n{rows}\n8899999,Gold"
    assert len(find_all([text])[0]) == 3000


@pytest.mark.parametrize(
    "unit",
    ["name,x\nab,y\n", "password,x\n", "phone,x\nname,y\n", "user,\n", "|login|\n", "login,x\nroot,y\n"],
)
def test_a_header_looks_down_few_rows_that_hold_nothing(unit, monkeypatch):
    cut = []

    def counted(*args):
        cut.append(1)
        return real(*args)

    real = _tables._cells
    monkeypatch.setattr(_tables, "_cells", counted)
    lines = unit.count("\n") * 4000
    find_all([unit * 4000])
    assert len(cut) <= (_tables._EMPTY + 2) * lines
