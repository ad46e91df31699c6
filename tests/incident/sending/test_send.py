"""Letters handed to a real server, which answers well, badly, or not at all."""

from __future__ import annotations

import email
import email.policy
import threading
import time
from dataclasses import replace

import pytest
from sending_help import KEY, QUICK, book, everyone, letter, plan

from hushdesk.incident.sending import (
    Ended,
    LetterError,
    NoAddress,
    Outbox,
    OutboxError,
    SendingBusyError,
    State,
    reconcile,
    send,
)


def one(way, sink, outbox, limits=QUICK):
    plan(outbox, 1)
    return send(outbox, sink.relay, everyone(way), limits)


def test_each_person_gets_one_letter_and_a_second_run_sends_nothing(sink, outbox):
    plan(outbox, 120)
    found = send(outbox, sink.relay, everyone("ok"), QUICK)
    assert found.ended is Ended.DONE
    assert found.counts[State.ACCEPTED] == found.total == found.taken == 120
    assert set(sink.taken().values()) == {1}
    assert len(sink.taken_for()) == 120
    assert send(outbox, sink.relay, everyone("ok"), QUICK).taken == 0
    assert sum(sink.taken().values()) == 120


def test_the_rank_decides_who_is_told_first(sink, outbox):
    outbox.plan([(1, "en", 5), (2, "de", 1), (3, "fr", 3), (2, "de", 9)], now=0)
    outbox.plan([(2, "de", 1)], now=0)
    send(outbox, sink.relay, everyone("ok"), replace(QUICK, connections=1))
    assert [line["to"][3:5] for line in sink.lines() if "message_id" in line] == ["p2", "p3", "p1"]


def test_what_arrives_is_a_proper_message(sink, outbox):
    one("ok", sink, outbox)
    (file,) = sink.mails.iterdir()
    data = file.read_bytes()
    assert data.isascii()
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert message["To"] == "ok.p1@example.net"
    assert message["From"] == "desk@example.com"
    assert message["Message-ID"] == next(iter(sink.taken()))
    # A line with a single dot is text, not the end.
    assert "\n.\nEnd – of it.\n" in message.get_content()
    (line,) = [line for line in sink.lines() if "message_id" in line]
    token = line["message_id"].strip("<>").partition("@")[0]
    assert line["from"] == f"desk+{token}@example.com"


@pytest.mark.parametrize("way", ["hard", "spam"])
def test_refused_for_good_without_another_address_is_the_second_channel(way, sink, outbox):
    found = one(way, sink, outbox)
    assert found.counts[State.SECOND_CHANNEL] == 1
    assert list(outbox.second_channel()) == [(1, "refused")]
    assert found.attempts == {"refused": 1}


def test_a_person_with_two_addresses_gets_one_letter(sink, outbox):
    plan(outbox, 3)
    letters = book(
        p1=("ok.a@example.net", "ok.b@example.net"),
        p2=("hard.a@example.net", "ok.c@example.net"),
        p3=("hard.b@example.net", "not an address", "hard.c@example.net"),
    )
    found = send(outbox, sink.relay, letters, QUICK)
    assert dict(sink.taken_for()) == {"ok.a@example.net": 1, "ok.c@example.net": 1}
    assert found.counts[State.ACCEPTED] == 2
    assert list(outbox.persons(State.SECOND_CHANNEL)) == [3]


def test_two_persons_with_one_address_get_a_letter_each(sink, outbox):
    plan(outbox, 2)
    send(outbox, sink.relay, book(p1=("ok@example.net",), p2=("ok@example.net",)), QUICK)
    assert dict(sink.taken_for()) == {"ok@example.net": 2}
    assert set(sink.taken().values()) == {1}


def test_persons_without_address_are_the_second_channel(sink, outbox):
    plan(outbox, 3)
    answers = {1: NoAddress("deceased"), 2: letter(2, "x@example.net\r\nBcc: y@example.net"), 3: NoAddress()}
    send(outbox, sink.relay, answers.__getitem__, QUICK)
    assert list(outbox.second_channel()) == [(1, "deceased"), (2, "not an address"), (3, "no address")]
    assert not sink.lines()


@pytest.mark.parametrize("way", ["soft", "later"])
def test_deferred_is_tried_again_and_arrives_once(way, sink, outbox):
    found = one(way, sink, outbox)
    assert found.ended is Ended.DONE
    assert found.counts[State.ACCEPTED] == 1
    assert found.attempts["deferred"] == {"soft": 2, "later": 1}[way]
    assert list(sink.taken().values()) == [1]


def test_deferred_for_ever_is_a_refusal_in_the_end(sink, outbox):
    found = one("never", sink, outbox)
    assert found.attempts == {"deferred": QUICK.tries}
    assert list(outbox.second_channel()) == [(1, "deferred too often")]


def test_a_run_does_not_wait_longer_than_it_may(sink, outbox):
    found = one("never", sink, outbox, replace(QUICK, backoff_seconds=3600, patience_seconds=1))
    assert found.ended is Ended.WAITING
    assert found.counts[State.DEFERRED] == 1
    assert found.next_due is not None


@pytest.mark.parametrize("way", ["gone421", "droprcpt"])
def test_a_relay_that_fails_each_time_ends_the_run_and_nothing_is_in_doubt(way, sink, outbox):
    plan(outbox, 20)
    found = send(outbox, sink.relay, everyone(way), QUICK)
    assert found.ended is Ended.RELAY
    assert found.in_doubt == found.counts[State.ACCEPTED] == 0
    assert found.counts[State.PLANNED] + found.counts[State.DEFERRED] == 20
    assert not sink.taken()


def test_a_drop_in_the_middle_of_a_letter_is_no_doubt(sink, outbox):
    plan(outbox, 1)
    found = letter(1, "dropdata@example.net")
    # More than all buffers on the way hold: its end cannot have left.
    found.message.set_payload("A line of the letter.\n" * 600_000)
    done = send(outbox, sink.relay, lambda _: found, replace(QUICK, failures=1))
    assert done.ended is Ended.RELAY
    assert done.counts[State.DEFERRED] == 1
    assert done.attempts == {"deferred": 1}


def test_the_relay_being_away_ends_the_run(sink, outbox):
    plan(outbox, 3)
    sink.stop()
    found = send(outbox, sink.relay, everyone("ok"), QUICK)
    assert found.ended is Ended.RELAY
    assert found.counts[State.PLANNED] == 3


def test_a_relay_that_refuses_all_ends_the_run(sink, outbox):
    plan(outbox, 100)
    found = send(outbox, sink.relay, everyone("hard"), replace(QUICK, refusals=5))
    assert found.ended is Ended.REFUSING
    assert found.code == 550
    assert found.counts[State.SECOND_CHANNEL] < 10


@pytest.mark.parametrize(("way", "taken"), [("lost", 0), ("silent", 1)])
def test_no_answer_to_the_end_is_doubt_and_never_sent_until_settled(way, taken, sink, outbox):
    found = one(way, sink, outbox)
    assert found.counts[State.IN_DOUBT] == found.in_doubt == 1
    assert found.counts[State.ACCEPTED] == 0
    again = send(outbox, sink.relay, everyone("ok"), QUICK)
    assert again.in_doubt == 1
    assert sum(sink.taken().values()) == taken
    settled = reconcile(outbox, sink.record, quiet_seconds=0, vouched=True)
    assert (settled.accepted, settled.unsent, settled.in_doubt) == (taken, 1 - taken, 0)
    last = send(outbox, sink.relay, everyone("ok"), QUICK)
    assert last.counts[State.ACCEPTED] == 1
    assert list(sink.taken().values()) == [1]


def test_a_server_that_drops_each_end_makes_few_doubts(sink, outbox):
    plan(outbox, 50)
    found = send(outbox, sink.relay, everyone("lost"), QUICK)
    assert found.ended is Ended.RELAY
    assert QUICK.failures <= found.in_doubt <= QUICK.failures + QUICK.connections
    assert found.counts[State.PLANNED] + found.in_doubt == 50


def test_resending_by_decision_has_the_same_bytes_but_for_the_way(sink, outbox):
    one("silent", sink, outbox)
    assert outbox.resend_in_doubt(now=0) == 1
    one("silent", sink, outbox)
    first, second = sorted(sink.mails.iterdir())
    assert first.read_bytes() == second.read_bytes()
    (found,) = sink.taken().values()
    assert found == 2
    outbox.resend_in_doubt([1, 2], now=0)
    done = send(outbox, sink.relay, everyone("ok"), QUICK)
    assert done.may_be_twice == 1


def test_a_slow_server_is_waited_for(sink, outbox):
    plan(outbox, 4)
    assert send(outbox, sink.relay, everyone("slow"), QUICK).counts[State.ACCEPTED] == 4


def test_too_slow_an_answer_is_doubt(sink, outbox):
    plan(outbox, 1)
    relay = replace(sink.relay, final_seconds=0.05)
    assert send(outbox, relay, everyone("slow"), replace(QUICK, failures=1)).in_doubt == 1
    sink.settle()
    settled = reconcile(outbox, sink.record, quiet_seconds=0, vouched=True)
    assert (settled.accepted, settled.unsent) == (len(sink.taken()), 1 - len(sink.taken()))


def test_stop_pause_and_resume(sink, outbox):
    plan(outbox, 200)
    other = Outbox.open(outbox.path.parent, KEY)
    states = []
    limits = replace(QUICK, per_second=100)

    def step(event, detail):
        if event == "sending:letters:settled" and not states:
            other.pause()
            states.append("paused")
            threading.Timer(0.6, go_on).start()

    def go_on():
        states.append(len(sink.taken()))
        time.sleep(0.3)
        states.append(len(sink.taken()))
        other.stop()

    found = send(outbox, sink.relay, everyone("ok"), limits, step)
    assert found.ended is Ended.STOPPED
    assert states[1] == states[2] < 200
    assert found.counts[State.INTENT] == found.in_doubt == 0
    assert found.counts[State.ACCEPTED] == len(sink.taken()) == states[2]
    assert send(outbox, sink.relay, everyone("ok"), QUICK).taken == 0
    other.resume()
    assert send(outbox, sink.relay, everyone("ok"), QUICK).counts[State.ACCEPTED] == 200
    assert set(sink.taken().values()) == {1}
    other.close()


def test_a_domain_is_not_flooded_and_others_go_on(sink, outbox):
    plan(outbox, 30)
    limits = replace(QUICK, per_domain_minute=4, patience_seconds=1)
    found = send(outbox, sink.relay, lambda p: letter(p, f"ok.p{p}@{'ab'[p > 27]}.example.net"), limits)
    assert found.ended is Ended.WAITING
    assert found.counts[State.ACCEPTED] == 4 + 3
    assert sum(address.endswith("@a.example.net") for address in sink.taken_for()) == 4


def test_one_sender_at_a_time(sink, outbox):
    plan(outbox, 1)
    with Outbox.open(outbox.path.parent, KEY) as other, other.exclusive():
        with pytest.raises(SendingBusyError):
            send(outbox, sink.relay, everyone("ok"), QUICK)
        with pytest.raises(SendingBusyError):
            reconcile(outbox, [])


def test_a_letter_that_cannot_be_made_ends_the_run_without_naming_anybody(sink, outbox):
    plan(outbox, 60)

    def letters(person):
        if person == 40:
            raise KeyError("planted-secret@example.net")
        return letter(person, f"ok.p{person}@example.net")

    with pytest.raises(LetterError) as caught:
        send(outbox, sink.relay, letters, replace(QUICK, batch=8))
    assert caught.value.person == 40
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None
    counts = outbox.counts()
    assert counts[State.INTENT] == 0
    assert counts[State.ACCEPTED] == len(sink.taken())


def test_another_domain_is_refused(sink, outbox):
    one("ok", sink, outbox)
    with pytest.raises(OutboxError, match="domain"):
        send(outbox, replace(sink.relay, sender="desk@example.org"), everyone("ok"), QUICK)


def test_an_excluded_person_gets_nothing(sink, outbox):
    plan(outbox, 3)
    assert outbox.exclude([2, 9], now=0) == 1
    found = send(outbox, sink.relay, everyone("ok"), QUICK)
    assert found.counts[State.EXCLUDED] == 1
    assert set(sink.taken_for()) == {"ok.p1@example.net", "ok.p3@example.net"}


def test_a_wide_address_needs_a_relay_that_takes_it(sink, start, outbox, tmp_path):
    plan(outbox, 2)
    letters = book(p1=("ökonom@example.net", "ok.b@example.net"), p2=("ok.p2@bücher.example",))
    send(outbox, sink.relay, letters, QUICK)
    assert set(sink.taken_for()) == {"ok.b@example.net", "ok.p2@xn--bcher-kva.example"}
    wide = start("--smtputf8")
    (tmp_path / "other").mkdir()
    with Outbox.open(tmp_path / "other", KEY) as other:
        plan(other, 1)
        send(other, wide.relay, letters, QUICK)
    assert set(wide.taken_for()) == {"ökonom@example.net"}


def test_every_step_is_told_with_numbers_only(sink, outbox):
    plan(outbox, 3)
    told = []
    send(
        outbox,
        sink.relay,
        book(p1=("ok.secret@example.net",), p2=("hard.secret@example.net",), p3=()),
        QUICK,
        lambda event, detail: told.append((event, dict(detail))),
    )
    events = [event for event, _ in told]
    assert events[0] == "sending:run:began"
    assert events[-1] == "sending:run:ended"
    intended = [p for event, detail in told if event == "sending:letters:intended" for p in detail["persons"]]
    assert sorted(intended) == [1, 2]
    settled = [detail["persons"] for event, detail in told if event == "sending:letters:settled"]
    assert {p for persons in settled for p in persons.get("accepted", ())} == {1}
    assert "secret" not in str(told)
