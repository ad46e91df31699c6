"""Doubt, and what a relay's record can say about it."""

from __future__ import annotations

import gzip
import json
import mailbox
from email.message import EmailMessage

import pytest
from sending_help import KEY

from hushdesk.incident.sending import BadRecordError, Outbox, State, reconcile
from hushdesk.incident.sending._ids import message_id
from hushdesk.incident.sending._moves import Intent
from hushdesk.incident.sending._records import Records
from hushdesk.incident.sending._states import Outcome, Result

MINUTE = 60_000_000


def mid(outbox, person):
    return message_id(outbox.ids.token(person, 0), "example.com")


def attempt(outbox, person, result, at):
    """One letter through its attempt, as the sender writes it down."""
    outbox.plan([(person, "en", 0)], now=at)
    outbox.set_meta("domain", "example.com")
    due = next(due for due in outbox.fresh((-1, -1), 1000) if due.person == person)
    with outbox.writing(at) as write:
        seq = write.intend(Intent(due, 1, outbox.ids.token(person, 0), at))
        write.settle(Outcome(seq, person, result, 250), by="reply", most_tries=9)


@pytest.fixture
def doubtful(outbox):
    """1 and 5 were taken; of 2, 3, 4 nobody knows."""
    for person, result in (
        (1, Result.ACCEPTED),
        (2, Result.IN_DOUBT),
        (3, Result.IN_DOUBT),
        (4, Result.IN_DOUBT),
        (5, Result.ACCEPTED),
    ):
        attempt(outbox, person, result, person * MINUTE)
    return outbox


def test_the_record_settles_what_it_has_and_what_it_lacks(doubtful):
    record = [mid(doubtful, person) for person in (1, 2, 5)] + ["<other@example.com>", "nonsense"]
    found = reconcile(doubtful, record, now=60 * MINUTE)
    assert (found.accepted, found.unsent, found.in_doubt) == (1, 2, 0)
    assert (found.lines.read, found.lines.ours) == (5, 3)
    assert doubtful.state_of(2) is State.ACCEPTED
    assert doubtful.state_of(3) is State.PLANNED
    again = reconcile(doubtful, record, now=60 * MINUTE)
    assert (again.accepted, again.unsent, again.in_doubt) == (0, 0, 0)


def test_the_silence_of_a_young_doubt_proves_nothing(doubtful):
    record = [mid(doubtful, person) for person in (1, 2, 5)]
    found = reconcile(doubtful, record, now=8 * MINUTE + MINUTE // 2)
    assert (found.accepted, found.unsent, found.too_young) == (1, 1, 1)
    assert doubtful.state_of(4) is State.IN_DOUBT


def test_a_record_that_ends_too_early_settles_only_what_it_has(doubtful):
    found = reconcile(doubtful, [mid(doubtful, person) for person in (1, 3)], now=60 * MINUTE)
    assert (found.accepted, found.unsent, found.no_witness, found.lacking) == (1, 0, 2, 1)


def test_a_record_that_begins_too_late_settles_what_comes_after(outbox):
    for person, result in (
        (1, Result.ACCEPTED),
        (2, Result.IN_DOUBT),
        (3, Result.ACCEPTED),
        (4, Result.IN_DOUBT),
        (5, Result.ACCEPTED),
    ):
        attempt(outbox, person, result, person * MINUTE)
    found = reconcile(outbox, [mid(outbox, 5)], now=60 * MINUTE)
    assert (found.unsent, found.no_witness, found.lacking) == (1, 1, 2)
    assert outbox.state_of(2) is State.IN_DOUBT


def test_the_record_of_another_relay_says_nothing_unless_somebody_vouches(outbox):
    attempt(outbox, 1, Result.IN_DOUBT, MINUTE)
    assert reconcile(outbox, ["<a@example.org>"], now=60 * MINUTE).no_witness == 1
    assert reconcile(outbox, [], now=60 * MINUTE).in_doubt == 1
    assert reconcile(outbox, [], now=60 * MINUTE, vouched=True).unsent == 1


def test_without_a_record_doubt_stays_until_somebody_decides(doubtful):
    assert doubtful.counts()[State.IN_DOUBT] == 3
    assert doubtful.resend_in_doubt([2, 1], now=0) == 1
    assert doubtful.counts()[State.IN_DOUBT] == 2


POSTFIX = """\
Dec  5 10:00:01 mx postfix/smtpd[10]: 4A1B2C3D4E: client=localhost[127.0.0.1]
Dec  5 10:00:01 mx postfix/cleanup[11]: 4A1B2C3D4E: message-id={1}
Dec  5 10:00:01 mx postfix/qmgr[9]: 4A1B2C3D4E: from=<desk@example.com>, size=900, nrcpt=1 (queue active)
Dec  5 10:00:02 mx postfix/smtp[12]: 4A1B2C3D4E: to=<planted-secret@example.net>, relay=mx.example.net[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)
Dec  5 10:00:02 mx postfix/qmgr[9]: 4A1B2C3D4E: removed
Dec  5 10:00:03 mx postfix/cleanup[11]: 5A1B2C3D4E: message-id={2}
Dec  5 10:00:03 mx postfix/smtpd[10]: lost connection after DATA (500 bytes) from localhost[127.0.0.1]
2019-12-05T10:00:04.1+00:00 mx postfix-out/submission/cleanup[11]: 4sXyZk0abcz1: message-id={3}
2019-12-05T10:00:04.2+00:00 mx postfix/qmgr[9]: 4sXyZk0abcz1: from=<desk+{4}>, size=9, nrcpt=1 (queue active)
Dec  5 10:00:05 mx postfix/cleanup[11]: 6A1B2C3D4E: message-id={4}
Dec  5 10:00:05 mx postfix/cleanup[11]: 6A1B2C3D4E: milter-reject: END-OF-MESSAGE from localhost: 5.7.1 no
Dec  5 10:00:06 mx postfix/cleanup[11]: 6A1B2C3D4E: message-id=<another@example.com>
Dec  5 10:00:06 mx postfix/qmgr[9]: 6A1B2C3D4E: from=<x@example.com>, size=9, nrcpt=1 (queue active)
"""


def persons(outbox, record):
    found = Records("example.com")
    return dict.fromkeys(found.of(record)).keys(), found.lines


@pytest.mark.parametrize("zipped", [False, True])
def test_postfix_took_what_its_queue_manager_names(zipped, outbox, tmp_path):
    # The Message-ID is in the log before the letter's end: by itself it proves nothing.
    text = POSTFIX.format("", *(mid(outbox, person) for person in (1, 2, 3, 4))).replace(
        "postfix-out/submission/", "postfix/"
    )
    path = tmp_path / "mail.log"
    path.write_bytes(gzip.compress(text.encode()) if zipped else text.encode())
    found, lines = persons(outbox, path)
    assert list(found) == [outbox.ids.token(1, 0), outbox.ids.token(3, 0)]
    assert lines.read == text.count("\n") == lines.ours + lines.other


def test_lists_and_json_lines(outbox, tmp_path):
    lines = [
        json.dumps({"message_id": mid(outbox, 1)}),
        json.dumps({"Message-ID": mid(outbox, 2).upper(), "event": "delivered"}),
        json.dumps({"messageId": mid(outbox, 3), "event": "rejected"}),
        json.dumps({"messageId": mid(outbox, 3), "accepted": False}),
        json.dumps({"note": mid(outbox, 4)}),
        '{"message_id": "' + mid(outbox, 4),
        mid(outbox, 5),
        mid(outbox, 6).strip("<>"),
        "Somebody wrote " + mid(outbox, 7),
        "x" * 200_000 + mid(outbox, 8),
        "",
        json.dumps({"message_id": mid(outbox, 9)}),
    ]
    path = tmp_path / "taken.jsonl"
    path.write_text("\n".join(lines))
    found, account = persons(outbox, path)
    assert list(found) == [outbox.ids.token(person, 0) for person in (1, 2, 5, 6, 9)]
    assert (account.read, account.ours, account.refused) == (11, 5, 2)
    assert account.read == account.ours + account.other + account.refused


def test_a_folder_of_sent_messages(outbox, tmp_path):
    box = mailbox.Maildir(tmp_path / "Sent")
    message = EmailMessage()
    message["Message-ID"] = mid(outbox, 1)
    message.set_content(f"quotes {mid(outbox, 2)}")
    box.add(message)
    assert list(persons(outbox, tmp_path / "Sent")[0]) == [outbox.ids.token(1, 0)]
    box = mailbox.mbox(tmp_path / "sent.mbox")
    box.add(message)
    box.close()
    assert list(persons(outbox, tmp_path / "sent.mbox")[0]) == [outbox.ids.token(1, 0)]
    with pytest.raises(BadRecordError):
        persons(outbox, tmp_path / "none")
    (tmp_path / "broken.gz").write_bytes(gzip.compress(b"x" * 1000)[:15])
    with pytest.raises(BadRecordError):
        persons(outbox, tmp_path / "broken.gz")


def test_a_record_that_breaks_off_changes_nothing(doubtful, tmp_path):
    (tmp_path / "broken.gz").write_bytes(gzip.compress(mid(doubtful, 2).encode() * 10)[:-9])
    with pytest.raises(BadRecordError):
        reconcile(doubtful, tmp_path / "broken.gz", now=60 * MINUTE)
    assert doubtful.counts()[State.IN_DOUBT] == 3
    with Outbox.open(doubtful.path.parent, KEY) as other:
        assert reconcile(other, [mid(other, p) for p in (1, 2, 5)], now=60 * MINUTE).accepted == 1
