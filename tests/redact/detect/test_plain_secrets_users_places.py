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
Am Montag 12 Uhr und im Teil 3
Zimmer Im Erdgeschoss 3
plot 3, the movie; door 5, then left
My car is a Golf with USB 3000
バージョン3-1-3です
""".strip().splitlines()


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
