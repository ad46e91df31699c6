"""Forms that hostile readers found open: markup, settings, tickets, fields of forms, codes that were sent."""

from __future__ import annotations

import pytest

from hushdesk.redact import find_all

# What ⟦ and ⟧ stand around is to be masked, and nothing else.
MARKED = r"""
<password>⟦Wolk-33-dak⟧</password>
<user>⟦zaraq9⟧</user><pass>⟦Falcon2290⟧</pass>
<ns:Username>⟦itansley⟧</ns:Username>
<add key="SmtpPassword" value="⟦Wolk33dak⟧" />
<string name="password">⟦trout77x⟧</string>
"smtpPassword": "⟦otter77lake⟧"
DB_PASS: ⟦Gr4niteOwl⟧
define('DB_PASSWORD', '⟦Gr4niteOwl⟧')
Wifi key ⟦Falcon2290⟧
clé wifi : ⟦4F2A9C0B7E11D3A8⟧
WLAN-Netzwerkschlüssel: ⟦48291173665022841937⟧
WIFI:T:WPA;S:MossNet;P:⟦gooseberry44⟧;;
Cookie: session=⟦q9vLkd93kdlsQ⟧; lang=en
https://app.example.com/invite/⟦8f3Kd9-QmZrTtBy4sWnEc6uJ⟧
⟦jreyes⟧@buildbox:~$ ls
ssh ⟦rlouw⟧@web02
credentials: ⟦zara9⟧ / ⟦Falcon2290⟧
Recovery phrase: ⟦ladder orbit velvet ribbon canvas zoo wrap wolf garden mirror pilot quiz⟧
the OTP I got is ⟦551 204⟧
got code ⟦551204⟧ by sms but it fails
⟦338107⟧ is your security code
El código que me llegó es ⟦551902⟧
Password: ⟦Marlin2021!⟧ as ever
Assigned to: ⟦kvogel⟧
Closed by ⟦mvandijk⟧ on 2024-03-11
Reporter: ⟦a.kowalska⟧, Watchers: ⟦jdoe2⟧, ⟦mmustermann⟧
assignee=⟦t_bergman⟧
Assigné à : ⟦kvogel⟧
Mrs ⟦D⟧ upset.
昨天⟦张⟧经理说可以退款
⟦박⟧ 대리님과 통화했고
Straße: ⟦Am Hang⟧\nHausnummer: ⟦17⟧
Улица: ⟦Ленина⟧\nДом: ⟦44⟧
UPI: ⟦rohan.mehta@okicici⟧
bday: ⟦nov 3⟧
生年月日：⟦昭和60年5月12日⟧
DOB (DDMMYYYY) ⟦15071990⟧
Geb.dat. ⟦120584⟧
blocked ⟦81.155.23.9⟧-⟦81.155.23.14⟧ today
""".strip().splitlines()

UNTOUCHED = r"""
The network key combination is Ctrl+F5. The wifi code page is broken. See the session timeout setting.
password_hash column; first_pass = compute(x); the login page / password page
password: z.string().min(8) and let dbPassword = form.password.value
Closed by customer on 2024-03-11. Resolved by restart. Closed by vendor. Assigned to: network team. Assigned to: queue.
Processed by automation (bot). Requested by phone. Handled by logistics. Approved by management. Created by mistake.
got code 1603 from the installer; use 1234 widgets to build; error code 551204
Password must be changed / Passwort: muss geändert werden
Login error: 0x80070005 and login page, windows11 laptop
2FA issue for ticket 482913; MFA broken since 20240312; Use 8080 to access the admin page.
1603 is the error code and 10115 is the postal code
Server rack in Bay C. Thank you Ms. I need help
上周经理已经批准了，他是历史老师
이 기사를 읽어 보세요 전 대표가 말했다
closed by zendesk. Owner: mysql, reporter: zabbix
thank the community, it works; Set DB_USER, DB_PASS, DB_HOST in .env; confirmPassword = newPassword;
wifi key is case-sensitive. The wifi code page-2 is broken
<a name="forgot_password">Forgot password?</a>
https://learn.example.com/join/python3-bootcamp-x and https://x.example.com/confirm/order-2024-winters
session=webinar-2024-03 and layout=grid2columns3rows
21:14:03 +0530 relay ok
平成30年5月1日に購入しました
客户经理不在。总经理说没有任何问题。
Miss A & B. Ms Office. Fr 5.6.
The wallet seed word list is long and the phrase that you see is not the one we have in the shop so please wait for it
the street view number: 12; the owner: please call; reporter: who? opened by default.
""".strip().splitlines()


@pytest.mark.parametrize("marked", MARKED)
def test_what_is_marked_is_masked_and_nothing_else(marked):
    marked = marked.replace("\\n", "\n")
    text = marked.replace("⟦", "").replace("⟧", "")
    want, length = [], 0
    for piece in marked.split("⟧"):
        before, sign, value = piece.partition("⟦")
        if sign:
            want.append((length + len(before), length + len(before) + len(value)))
        length += len(before) + len(value)
    assert [(f.start, f.end) for f in find_all([text])[0]] == want


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_only_looks_alike_stays(text):
    assert find_all([text]) == [[]]


def test_initials_behind_a_family_name_belong_to_it():
    text = "Okonkwo, C. paid."
    assert [text[f.start : f.end] for f in find_all([text])[0]] == ["Okonkwo, C."]


def test_the_code_at_the_words_is_meant_and_no_number_before_it():
    text = "Order 4455 is here. 338107 is your security code"
    assert [text[f.start : f.end] for f in find_all([text])[0]] == ["338107"]


def test_each_prompt_has_its_user():
    texts = ["mweber@web01:~$", "jreyes@db01:~$"]
    assert [[t[f.start : f.end] for f in fs] for t, fs in zip(texts, find_all(texts), strict=True)] == [
        ["mweber"],
        ["jreyes"],
    ]


@pytest.mark.parametrize("text", ["=?UTF-8?B?abcde?= x", "=?UTF-8?B?A:BCDE?="])
def test_a_broken_word_of_a_header_is_no_end(text):
    assert find_all([text]) == [[]]
