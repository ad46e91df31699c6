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

# Lists, code, schemas, logs and sentences that have the signs of a table: no column of theirs is anyone's.
NO_TABLES = [
    "Requester | IT\nPriority | High\nStatus | Open\nCategory | Hardware\n",
    "Assignee\t-\nPriority\tHigh\nStatus\tOpen\nType\tBug\n",
    "Nachname;Brandl\nFirma;Acme\nStatus;aktiv\nThema;Drucker\n",
    "Фамилия;Иванов\nСтрана;Россия\nТовар;Роутер\n",
    "姓名\t王小明\n产品\t路由器\n问题\t断网\n",
    "Soyadı;Yılmaz\nÜlke;Türkiye\nÜrün;Modem\n",
    "const {\n  username,\n  password,\n  remember,\n  onSubmit,\n} = props;",
    "SELECT\n  username,\n  email,\n  created\nFROM users",
    "import {\n  password,\n  confirm,\n  select,\n} from 'prompts';",
    "Password,ok\nNetwork,ok\nPrinter,failed\nVPN,ok\n",
    "login | works\nsearch | slow\nexport | fails\n",
    "PIN | blocked\nSIM | ok\nNetwork | ok\n",
    "Login;geht\nDrucken;geht nicht\nVPN;langsam\n",
    "first name, last name\nand street, please\n",
    "nom, prénom\net adresse, merci\n",
    "login, password\nare required, thanks\n",
    "Hi,\nlogin, search\nboth, broken\n",
    "Menu: \nLogin | Register\nHelp | Contact\nAbout | Imprint\n",
    "Home | Login | Cart\nShoes | Sale | New\n",
    "Column,Type,Null\nusername,varchar(50),NO\npassword,varchar(255),NO\nemail,text,YES\n",
    " username | character varying | not null\n password | character varying | not null\n phone    | text | \n",
    "field | type | null\nusername | varchar | no\npassword | varchar | no\nphone | varchar | no\naddress | text | yes\n",
    "last_name,string,Family name\ncompany,string,Company\n",
    "givenName,First Name\nsn,Last Name\nmail,Email\nl,City\n",
    "firstname,First name\nlastname,Last name\ncompany,Company\n",
    "Vorname;Text;Pflicht\nFirma;Text;optional\n",
    "feature;password;pin;otp\nBasic;supported;unsupported;planned\n",
    "Method | Password | PIN | OTP\n---|---|---|---\nWeb | available | not available | required\nApp | available | available | optional\n",
    "Feature,Login,Search\nBasic,included,included\nPro,SSO,full-text\n",
    "| Policy | Password | PIN |\n|---|---|---|\n| Length | 12 characters | 6 digits |\n| Lockout | after 5 tries | after 3 tries |\n",
    "| Product | PIN code | Price |\n|---|---|---|\n| Safe lock | 4-digit | 30 EUR |\n",
    "Test,Password,Result\nT1,empty,fail\nT2,too short,fail\n",
    "Artikel;Kennwort;Bestand\nA;aktiv;3\nB;abgelaufen;3\n",
    "| Pin | Signal | Color |\n|---|---|---|\n| VCC | power | red |\n| GND | ground | black |\n",
    "pin,function\nGPIO17,SPI\nGPIO27,I2C\n",
    "token,type,offset\nprint,NAME,0\nLPAREN,OP,5\n",
    "token,count\nthe,1203\nand,880\n",
    "Platform,Token,Status\nWindows,hardware,ok\n",
    "Clave;Descripción;Precio\nART-01;Tornillo;0,20\n",
    "clave,valor\nidioma,es\n",
    "secret,namespace,age\ndb-credentials,prod,12d\n",
    "access key,function\nCtrl+S,Save\nAlt+F4,Close\n",
    "INSERT INTO users (username, password) VALUES (%s, %s)",
    "INSERT INTO users (username, password) VALUES (@username, @password)",
    "INSERT INTO users (username, dob) VALUES (:user, :dob)",
    "INSERT INTO users (username, password) VALUES (req.body.username, hash)",
    "INSERT INTO users (username, password) VALUES ('${username}', '${password}')",
    "INSERT INTO users (username, password) VALUES ('{username}', '{password}')",
    "Assignee | Ticket | Priority\nBacklog | HD-2 | low\nEscalation | HD-3 | high\nSecond Level | HD-4 | high\n",
    "Assignee\tStatus\nHardware\topen\nNetzwerk\topen\n",
    "Requester;Abteilung\nEinkauf;IT\nBuchhaltung;IT\n",
    "担当者,状態\n営業部,完了\n未定,未完\n",
    "联系人,状态\n客服,在线\n",
    "姓名,状态\n无,在线\n",
    "full name,abbr\nPersonal Computer,PC\nLocal Area Network,LAN\n",
    "Full name,Short name,ISO\nGermany,Germany,DE\n",
    "passenger,fare\nAdult,30\nChild,15\n",
    "emergency contact,phone\nPolice,110\nFire brigade,112\n",
    "client name,version\nOutlook,16\nThunderbird,115\n",
    "名前,バージョン\n管理画面,1.0\n",
    "customer name,tier\nAcme Widgets,Gold\nNorthwind Traders,Gold\n",
    "Name;Phone;City\nMain Entrance;5550192;Graz\n",
    "id;name;address;status\n1;Router Core;Rack 4 Unit 12;up\n",
    "Konto-Nr;Bezeichnung\n4400;Erlöse 19%\n1200;Bank\n",
    "account,name,type\n1000,Cash,asset\n1200,Receivables,asset\n",
    "account,debit,credit\n4400 Revenue,100,0\n",
    "Account,Amount,Date\nSales 2024,100,2024-01-01\n",
    "policyid,srcintf,dstintf,action\n101,port1,port2,accept\n",
    "contract code,price\nFLEX-12M-2024,12.00\n",
    "member id,role\nnode-001,primary\n",
    "client id,scope\nweb-app-2024,openid\n",
    "device,mobile,desktop\nSessions,120345,230456\n",
    "phone,price\n199900,EUR\n1299.00,EUR\n",
    "Telefon;Preis\n129 900;EUR\n",
    "portable,prix\n1 299 000,eur\n",
    "handle;title;vendor\nred-shirt;Red Shirt;Acme\n",
    "login,logout,duration\n08:00,17:00,9h\n",
    "step,login,checkout\nSafari,fail,pass\n",
    "INFO|login|ok\nINFO|search|ok\nERROR|export|failed\n",
    "username,shell\nsshd,/usr/sbin/nologin\ndaemon,/usr/sbin/nologin\nsystemd-resolve,/bin/false\nkeycloak,x\n",
    "user names,count\nadmins,3\nusers,4\neveryone,6\n",
    "date,via,amount\n2024-01-01,bank transfer,10.00\n",
    "Address,Size,Type\n0x00400000,4 KB,text\n",
    "Address, opening hours\nMonday to Friday, 9 to 5\n",
    "targa;spessore\nA 12 mm;3\n",
    "dni,cena\n2024-01-01,10\n",
    "born,died\n1984-02-11,2001-01-01\n",
]
OPEN = [
    ("| Username | rlouw |\n| Password | sunflower |\n", ["rlouw", "sunflower"]),
    ("Kennwort;sunflower\nBenutzer;rlouw\n", ["sunflower", "rlouw"]),
    (
        "Name;Kerstin Brandl\nTelefon;5550192\nKennwort;sunflower\nAdresse;Am Anger 4\n",
        ["5550192", "sunflower", "Am Anger 4"],
    ),
    ("| **Username** | **Plan** |\n|---|---|\n| rlouw | gold |\n", ["rlouw"]),
    ("`username`,`plan`\n`rlouw`,`gold`\n", ["rlouw"]),
    ("Username*;Plan\nrlouw;gold\n", ["rlouw"]),
    ("Plan,Username (AD)\ngold,rlouw\n", ["rlouw"]),
    ("username,plan\nrlouw,gold,note: a, b\nkmoss,silver\n", ["rlouw", "kmoss"]),
    ("username;plan\nrlouw;gold;\nkmoss;silver;\n", ["kmoss"]),
    ("username,plan\nrlouw,gold\nTotal: 1\nkmoss,silver\n", ["kmoss"]),
    ("username,plan\n#comment\nrlouw,gold\n", ["rlouw"]),
    ('id,note,username\n1,5" disk,rlouw\n2,x,kmoss\n', ["rlouw", "kmoss"]),
    ("user,password\nrlouw,sunflower\n", ["rlouw", "sunflower"]),
    ("host,user,password\nsrv1,rlouw,sunflower\n", ["rlouw"]),
    ("username,initial password\nrlouw,sunflower\n", ["sunflower"]),
    ("Plan;Passwort alt;Passwort neu\nGold;Regenbogen;Sonnenblume\n", ["Regenbogen", "Sonnenblume"]),
    ("INSERT INTO users (username, last_login) VALUES ('rlouw', NOW()), ('kmoss', NOW())", ["kmoss"]),
    ("INSERT INTO users (username, pw) VALUES (E'rlouw', 'x')", ["rlouw"]),
    ("│ username │ plan │\n├──────────┼──────┤\n│ rlouw    │ gold │\n", ["rlouw"]),
    ("Handy-Nr.;Plan\n0171 5550192;x\n", ["0171 5550192"]),
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


@pytest.mark.parametrize("text", NO_TABLES)
def test_what_only_has_the_signs_of_a_table_is_none(text):
    assert [text[f.start : f.end] for f in find_all([text])[0] if f.detector == "column"] == []


@pytest.mark.parametrize(("text", "values"), OPEN)
def test_odd_tables_and_lists_of_labels_are_read(text, values):
    masked = {i for f in find_all([text])[0] for i in range(f.start, f.end)}
    for value in values:
        at = text.index(value)
        assert all(i in masked for i in range(at, at + len(value)) if text[i].isalnum())
