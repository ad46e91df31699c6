"""Passwords that are words, users without a sign in their names, addresses without a word for street, plates of vehicles."""

from __future__ import annotations

import pytest

from hushdesk.redact import find_all

# What ⟦ and ⟧ stand around is to be masked, and nothing else.
MARKED = r"""
my pw is ⟦snowdrop⟧
pw ⟦snowdrop⟧
Passwort lautet ⟦Falcon⟧
das Passwort ist ⟦Sommerregen⟧
mi clave es ⟦mariposa⟧
mon mot de passe est ⟦papillon⟧
moje hasło to ⟦motyl⟧
our wifi password is ⟦bluebird⟧
the password (⟦Falcon22!⟧) does not work
password ⟦Falcon22!⟧ is rejected
your password? Customer: its ⟦gooseberry44⟧
Agent: can I have your password please\nCustomer: ⟦snowdrop77⟧
Passw0rd: ⟦Istanbul.34⟧
Security question: name of first pet? Answer: ⟦Mittens⟧
Q: First school? A: ⟦Greenfield Primary⟧
password=⟦snow⟧&remember=1
User ⟦rlouw⟧ has been locked
The user ⟦kmoss⟧ cannot log in
user "⟦tbergman⟧" can't sign in
token refresh failed for ⟦kmoss⟧
session for ⟦rlouw⟧ timed out
Locked out account: ⟦tmeyer⟧
unlock ⟦tmeyer⟧ in AD please
Benutzer ⟦rlouw⟧ ist gesperrt
l'utilisateur ⟦mdupuis⟧ est bloqué
el usuario ⟦cgomez⟧ está bloqueado
uid=1003(⟦rlouw⟧) gid=100(users)
sudo -u ⟦kmoss⟧ ls
hostname ⟦Annikas⟧-iPhone
LAPTOP-⟦JHART⟧
on twitter its ⟦@lunabakes1990⟧
i'd like to transfer $1600 to ⟦philip⟧ to my checking account
to the checking account of ⟦mahmoud⟧.
my uncle ⟦richard⟧ is here
u/⟦nightowl88⟧ on reddit
https://⟦x.com/lunabakes⟧
⟦steamcommunity.com/id/frosty_gaz⟧
wohnhaft ⟦Im Brühl 14⟧
⟦Am Anger 3, 84028 Landshut⟧
Wir sind umgezogen nach ⟦An der Alten Mühle 3⟧
⟦os. Piastów 14/8⟧
⟦C.so Garibaldi 12⟧
⟦lieu-dit Le Bourg, 24200⟧
⟦東京都新宿区西新宿2-8-1⟧
⟦Plot 14, Sector 22, Gurgaon⟧
⟦Flat 302, Shanti Apartments, MG Road, Pune 411001⟧
my car ⟦AB12 CDE⟧ was clamped
Golf ⟦M-KL 2244⟧ ist weg
mi coche ⟦1234 BCD⟧
Mob⟦017655512340⟧
""".strip().splitlines()
UNTOUCHED = r"""
my password is wrong
my password is not working
Das Kennwort ist Pflichtfeld.
Passwort ist falsch
mi contraseña es incorrecta
the wifi password is on the back
password (8 characters)
Is that your password?\nCustomer: no
Did you change your password?\nCustomer: yes\nAgent: ok
reset password please\nCustomer: windows11
Security question: what is it? Answer: it is a question
What was your first car? I do not recall
pw required, pw change please
PWD=/var/www LANG=C
user data has been deleted; user interface is slow; users were locked
The user reported that it fails. User has been locked.
user admin has been locked
chown www-data:www-data /var; sudo -u postgres psql
mailbox for hr is full, password for the portal, license for visio expired
session for everyone timed out
My iPhone, New iPad, Work-Laptop, Galaxy S21
see https://x.com/home and https://pypi.org/project/requests
r/help and a/u/c
Aunt Jemima syrup still exists? send to april, payment to visa, from savings to checking
Am Montag 12 Uhr und im Teil 3
Zimmer Im Erdgeschoss 3
plot 3, the movie; door 5, then left
My car is a Golf with USB 3000
バージョン3-1-3です
""".strip().splitlines()

RULES = {
    "password-word",
    "security-answer",
    "user-frame",
    "device-owner",
    "street-place",
    "place",
    "vehicle",
    "phone-glued",
    "redditor",
    "profile",
}
# What a stranger to the rules found them mask.
FALSE_ALARMS = [
    "mon mot de passe est refusé.",
    "mijn wachtwoord is geblokkeerd.",
    "mijn wachtwoord is gewijzigd.",
    "moje hasło jest zablokowane.",
    "moje hasło jest odrzucane.",
    "mitt passord er utløpt.",
    "mitt passord er feil.",
    "mi contraseña es rechazada.",
    "la mia password è rifiutata.",
    "minha senha é rejeitada.",
    "mein Passwort ist kaputt.",
    "mein Passwort ist gehackt.",
    "mein Passwort ist verschwunden.",
    "mein Passwort ist veraltet.",
    "Das Passwort ist Bestandteil.",
    "Das Passwort ist Chefsache.",
    "Das Kennwort ist Firmengeheimnis.",
    "my password is junk.",
    "my password is rubbish.",
    "the old password is history.",
    "mi contraseña es antigua.",
    "pw length.",
    "pw history, pw length",
    "pw hash, pw salt",
    "pw Probleme.",
    "mdp refusé.",
    "mdp provisoire.",
    "Das Kennwort lautet folgendermassen",
    "what is your password policy? ISO27001",
    "the password (Base64) is sent",
    "password (PBKDF2) is used",
    "passwords (NTLMv2) are sent",
    "Enter your password (step2) and",
    "password (KB5034441) bug",
    "password (CVE-2024-1234) leak",
    "password (HD-22041) case",
    "password (WPA2-PSK)",
    "PIN (4digits)",
    "Passwort (Schritt2)",
    "mot de passe (8caractères)",
    "password (max32chars)",
    "reset my password please\nHD-220411",
    "Can you reset my password? SRV-APP01, thanks",
    "password? KB0012345",
    "When did you change your password?\nCustomer: March2024",
    "FAQ: Is the maiden name required? Answer: No, it is optional",
    "Q: Can I change my maiden name? A: Yes, in the profile",
    "FAQ: Which favourite car can I book? Answer: any compact car",
    "First job: what failed? Answer: build step",
    "Security question: First pet? A: field is required",
    "disable hdmi.",
    "disable nvidia.",
    "disable rsync.",
    "enable nvme.",
    "reset of nvram, please",
    "failed for hdmi on",
    "failed for msbuild.",
    "failed for cpus.",
    "access for kpis, dashboards",
    "login for gdocs.",
    "user rsyslog has",
    "user rpcbind has",
    "user dbadmin can",
    "user ftpuser is",
    "user mssqlserver is",
    "użytkownik wpisuje.",
    "użytkownika wskazano.",
    "użytkownika wtedy.",
    "passwd command",
    "passwd entry",
    "useradd command",
    "useradd username",
    "usermod -aG sudo,docker me",
    "sudo -u keycloak psql",
    "chown elastic:elastic /data",
    "Berlin-iPhone",
    "Paris iPhone store",
    "Max iPhone",
    "Ruby iPhone case",
    "April iPad promo",
    "DESKTOP-BERLIN",
    "LAPTOP-STOCK",
    "Umzug Im Sommer 2024",
    "jetzt neu: Im Paket 3 Monate",
    "Lieferung: Im Karton 3 fehlte",
    "nach dem Update: Im Log 3 Fehler",
    "jetzt: In der App 3 Meldungen",
    "Im Werk 2, 80331 München",
    "my os. Windows 11",
    "use cd. Then 3",
    "loc. Building 7",
    "Loc. Rack 12",
    "mah. Battery 5000",
    "Au lieu dit Client",
    "quarter 4, phase 2",
    "house 2, floor 3",
    "plot 2, cross validation",
    "survey 2024, main section",
    "your seat 12-A-3",
    "The seat 12-C-1 next to the window",
    "auto-update KB-12-34",
    "auto scaling EU-W-1 zone",
    "polo shirt, size XL, AB-XL-2",
    "BMW GS 1200",
    "Mercedes AMG GT 63",
    "Audi A6 TDI 2020",
    "Golf GTI 2000",
    "coche 1600 HDD",
    "https://www.kaggle.com/datasets",
    "https://venmo.com/signin",
    "https://bitbucket.org/product",
    "http://about.me/plans",
    "fax20240101123456.pdf",
    "mobile123456789.jpg",
]
OPEN = [
    ("password please\nTower2024", "Tower2024"),
    ("password?\nisland2024", "island2024"),
    ("what's your password?\n[10:22] Customer: snowdrop77", "snowdrop77"),
    ('my pw is "snowdrop"', "snowdrop"),
    ("my pw is snowdrop - please help", "snowdrop"),
    ("my pw is snowdrop can you check", "snowdrop"),
    ("Security question: first pet. Answer: Mittens", "Mittens"),
    ("Security question: first pet\nAnswer: Mittens", "Mittens"),
    ("Das Passwort heißt Sommerregen", "Sommerregen"),
    ("User rlouw locked", "rlouw"),
    ("User rlouw's account is locked", "rlouw"),
    ("Benutzer rlouw gesperrt", "rlouw"),
    ("usuario cgomez bloqueado", "cgomez"),
    ("Konto kmoss ist gesperrt", "kmoss"),
    ("Passwort für kmoss abgelaufen", "kmoss"),
    ("users kmoss and rlouw cannot log in", "kmoss"),
    ("sudo su kmoss", "kmoss"),
    ("usermod -aG docker kmoss", "kmoss"),
    ("os. Kopernika 14 m. 8", "os. Kopernika 14 m. 8"),
    ("V.le dei Mille 12", "V.le dei Mille 12"),
    ("C.so d'Italia 4", "C.so d'Italia 4"),
    ("ich wohne im Brühl 14", "im Brühl 14"),
    ("www.x.com/lunabakes", "x.com/lunabakes"),
    ("my car ab12 cde", "ab12 cde"),
    ("Handynr017655512340", "017655512340"),
    ("Annikas Laptop", "Annikas"),
    ("annikas-iphone", "annikas"),
]


@pytest.mark.parametrize("marked", MARKED)
def test_what_is_marked_is_masked_and_nothing_else(marked):
    marked = marked.replace("\\n", "\n")
    text = marked.replace("⟦", "").replace("⟧", "")
    want = [piece.partition("⟧")[0] for piece in marked.split("⟦")[1:]]
    found = sorted(find_all([text])[0], key=lambda f: f.start)
    assert [text[f.start : f.end] for f in found] == want


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_only_looks_alike_stays(text):
    assert find_all([text.replace("\\n", "\n")]) == [[]]


@pytest.mark.parametrize("text", FALSE_ALARMS)
def test_what_the_rules_once_took_for_something_stays(text):
    assert [text[f.start : f.end] for f in find_all([text])[0] if f.detector in RULES] == []


@pytest.mark.parametrize(("text", "value"), OPEN)
def test_what_was_once_open_is_masked(text, value):
    masked = {i for f in find_all([text])[0] for i in range(f.start, f.end)}
    at = text.index(value)
    assert all(i in masked for i in range(at, at + len(value)) if text[i].isalnum())


def test_a_list_of_addresses_is_not_one_address():
    text = "wohnhaft Im Brühl 14\n" * 100
    assert max(f.end - f.start for f in find_all([text])[0]) <= 420
