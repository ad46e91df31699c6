"""What comes back, and what only looks like it."""

from __future__ import annotations

import mailbox
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sending_help import QUICK, book, everyone, plan

from hushdesk.incident.sending import BadRecordError, State, bounces, send
from hushdesk.incident.sending._bounce import Fate, parse
from hushdesk.incident.sending._ids import Ids, message_id, return_path, text

TOKEN = Ids(bytes(32), "i-1", "letter").token(1, 0)
MID = message_id(TOKEN, "example.com")


def dsn(mid=MID, action="failed", status="5.1.1", to="bounces@example.com", returned=True, envid=""):
    lines = [
        "Return-Path: <>",
        "From: MAILER-DAEMON@mx.example.net (Mail Delivery System)",
        f"To: {to}",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="BB"',
        "",
        "--BB",
        "Content-Type: text/plain",
        "",
        "I'm sorry to have to inform you. <planted-secret@example.net>: unknown",
        "--BB",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.net",
        *([f"Original-Envelope-Id: {envid}"] if envid else []),
        "",
        "Final-Recipient: rfc822; planted-secret@example.net",
        f"Action: {action}",
        f"Status: {status}",
        "Diagnostic-Code: smtp; 550 5.1.1 unknown",
        "",
    ]
    if returned:
        lines += ["--BB", "Content-Type: text/rfc822-headers", "", f"Message-ID: {mid}", "Subject: x", ""]
    return "\r\n".join([*lines, "--BB--", ""]).encode()


def plain(sender, subject, body, **headers):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "bounces@example.com", subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message.as_bytes()


QMAIL = (
    "Hi. This is the qmail-send program at mx.example.net.\n"
    "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
    "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
    f"<x@example.net>:\nunknown user. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nMessage-ID: {MID}\n"
)


@pytest.mark.parametrize(
    ("data", "fate", "status", "found"),
    [
        (dsn(), Fate.HARD, "5.1.1", True),
        (dsn(action="delayed", status="4.4.7"), Fate.SOFT, "4.4.7", True),
        (dsn(action="failed", status="4.4.7 (expired)"), Fate.HARD, "4.4.7", True),
        (dsn(action="delivered", status="2.0.0"), Fate.DELIVERED, "2.0.0", True),
        (dsn(returned=False), Fate.HARD, "5.1.1", False),
        (dsn(returned=False, envid=text(TOKEN)), Fate.HARD, "5.1.1", True),
        (dsn(returned=False, to=return_path(TOKEN, "bounces@example.com").upper()), Fate.HARD, "5.1.1", True),
        (dsn(mid="<other@example.com>"), Fate.HARD, "5.1.1", False),
        (plain("MAILER-DAEMON@mx.example.net", "failure notice", QMAIL), Fate.HARD, "5.1.1", True),
        (
            plain(
                "Microsoft Exchange <postmaster@example.net>",
                "Undeliverable: About your data",
                f"Your message did not reach some or all of the intended recipients.\n{MID}\n",
            ),
            Fate.HARD,
            "",
            True,
        ),
        (
            plain(
                "Mail Delivery System <Mailer-Daemon@example.net>",
                "Warning: message delayed 24 hours",
                f"The message has not yet been delivered. {MID}",
            ),
            Fate.SOFT,
            "",
            True,
        ),
        (
            plain("person@example.net", "Re: About your data", "What? 550 cases?\n", In_Reply_To=MID),
            Fate.NO_BOUNCE,
            "",
            True,
        ),
        (
            plain(
                "person@example.net",
                "Out of office",
                "I am away.",
                Auto_Submitted="auto-replied",
                Return_Path="<>",
                In_Reply_To=MID,
            ),
            Fate.NO_BOUNCE,
            "",
            True,
        ),
    ],
)
def test_kinds_of_returned_mail(data, fate, status, found):
    bounce = parse(data, "example.com")
    assert (bounce.fate, bounce.status) == (fate, status)
    assert (TOKEN in bounce.tokens) is found


@given(st.binary(max_size=400), st.integers(0, 900))
def test_no_message_breaks_the_reader(noise, cut):
    parse(noise, "example.com")
    parse(dsn()[:cut] + noise, "example.com")
    parse(
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
        + b"--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n" * 300,
        "example.com",
    )


@pytest.fixture
def sent(sink, outbox):
    plan(outbox, 3)
    letters = book(
        p1=("ok.a@example.net", "ok.b@example.net"), p2=("ok.c@example.net",), p3=("ok.d@example.net",)
    )
    send(outbox, sink.relay, letters, QUICK)
    return sink, outbox, letters


def ids(outbox, person, route=0):
    return message_id(outbox.ids.token(person, route), "example.com")


def test_a_bounce_moves_the_person_to_the_next_address_and_then_to_the_second_channel(sent, tmp_path):
    sink, outbox, letters = sent
    box = mailbox.mbox(tmp_path / "bounces.mbox")
    for person in (1, 2):
        box.add(dsn(ids(outbox, person)))
    box.add(dsn(ids(outbox, 3), action="delayed", status="4.4.1"))
    box.add(dsn("<unknown@example.org>"))
    box.close()
    found = bounces(outbox, tmp_path / "bounces.mbox")
    assert (found.read, found.bounced, found.next_address, found.second_channel) == (4, 2, 1, 1)
    assert (found.soft, found.foreign) == (1, 1)
    assert outbox.state_of(1) is State.BOUNCED
    assert list(outbox.second_channel()) == [(2, "bounced")]
    assert outbox.state_of(3) is State.ACCEPTED
    again = bounces(outbox, tmp_path / "bounces.mbox")
    assert (again.bounced, again.repeated) == (0, 2)
    send(outbox, sink.relay, letters, QUICK)
    assert dict(sink.taken_for()) == dict.fromkeys((f"ok.{n}@example.net" for n in "abcd"), 1)
    assert set(sink.taken().values()) == {1}
    # The first address comes back once more: the letter to the second one stands.
    assert bounces(outbox, tmp_path / "bounces.mbox").repeated == 2
    assert outbox.state_of(1) is State.ACCEPTED
    (tmp_path / "late.eml").write_bytes(dsn(ids(outbox, 1, 1)))
    assert bounces(outbox, [tmp_path / "late.eml"]).second_channel == 1
    data = b"".join(file.read_bytes() for file in outbox.path.parent.iterdir())
    assert b"planted-secret" not in data
    assert b"example.net" not in data


def test_folders_of_messages(sent, tmp_path):
    _, outbox, _ = sent
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "1.eml").write_bytes(dsn(ids(outbox, 2)))
    (tmp_path / "folder" / "2.eml").write_bytes(b"\xff\xfe")
    found = bounces(outbox, tmp_path / "folder")
    assert (found.read, found.bounced, found.refused) == (2, 1, 1)
    box = mailbox.Maildir(tmp_path / "maildir")
    box.add(dsn(ids(outbox, 3)))
    assert bounces(outbox, tmp_path / "maildir").bounced == 1
    with pytest.raises(BadRecordError):
        bounces(outbox, tmp_path / "nothing")


def test_a_bounce_shows_that_a_doubtful_letter_was_sent(sink, outbox, tmp_path):
    plan(outbox, 1)
    send(outbox, sink.relay, everyone("silent"), QUICK)
    assert outbox.state_of(1) is State.IN_DOUBT
    (tmp_path / "b.eml").write_bytes(dsn(ids(outbox, 1)))
    assert bounces(outbox, tmp_path / "b.eml").second_channel == 1
    assert outbox.counts()[State.IN_DOUBT] == 0
