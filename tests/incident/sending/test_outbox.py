"""The outbox against a model of it, through kills, restarts of the machine, records, bounces and decisions."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sending_help import KEY

from hushdesk.incident.sending import Control, Outbox, OutboxError, State, progress, reconcile
from hushdesk.incident.sending import _journal as journal_module
from hushdesk.incident.sending._ids import message_id
from hushdesk.incident.sending._moves import Intent
from hushdesk.incident.sending._pace import Limits, Pace
from hushdesk.incident.sending._states import Outcome, Result

ROUTES = 2
PERSONS = st.integers(0, 6)


class OutboxMachine(RuleBasedStateMachine):
    """A sender that may die at each step, and a relay that knows what it took."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.outbox = Outbox.open(self.folder, KEY, incident="i")
        self.outbox.set_meta("domain", "example.com")
        self.journal = self.outbox.new_journal()
        self.clock = 1
        self.model: dict[int, State] = {}
        self.route: dict[int, int] = {}
        self.under_way: dict[int, tuple[int, bool]] = {}
        self.taken: dict[tuple[int, int], int] = {}
        self.decided: dict[tuple[int, int], int] = {}

    def teardown(self) -> None:
        self.journal.close()
        self.outbox.close()
        shutil.rmtree(self.folder)

    def tick(self) -> int:
        self.clock += 1_000_000_000
        return self.clock

    @rule(person=PERSONS)
    def plan(self, person):
        new = self.outbox.plan([(person, "en", person % 2)], now=self.tick())
        assert new == (person not in self.model)
        self.model.setdefault(person, State.PLANNED)
        self.route.setdefault(person, 0)

    @rule()
    def intend(self):
        for due in [*self.outbox.deferred(self.tick(), 2), *self.outbox.fresh((-1, -1), 2)]:
            assert self.model[due.person] in {State.PLANNED, State.REFUSED, State.BOUNCED, State.DEFERRED}
            assert due.route == self.route[due.person]
            token = self.outbox.ids.token(due.person, due.route)
            with self.outbox.writing(self.clock) as write:
                seq = write.intend(Intent(due, ROUTES, token, 1))
            assert seq is not None
            self.model[due.person] = State.INTENT
            self.under_way[due.person] = (seq, False)

    def next_address(self, person, state):
        self.route[person] += 1
        self.model[person] = state if self.route[person] < ROUTES else State.SECOND_CHANNEL

    def wire(self, person, result):
        """The letter's end leaves; the relay takes it, or not."""
        self.journal.began(self.under_way[person][0])
        self.under_way[person] = (self.under_way[person][0], True)
        if result is Result.ACCEPTED:
            place = (person, self.route[person])
            self.taken[place] = self.taken.get(place, 0) + 1

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), result=st.sampled_from(list(Result)), marked=st.booleans())
    def answer(self, data, result, marked):
        person = data.draw(st.sampled_from(sorted(self.under_way)))
        seq, began = self.under_way[person]
        if began:
            return
        if result is Result.UNSENT:
            self.journal.ended(seq, result, 0)
        else:
            self.wire(person, result)
            if marked:
                self.journal.ended(seq, result, 250)
        with self.outbox.writing(self.tick()) as write:
            write.settle(Outcome(seq, person, result), by="reply", most_tries=3)
            assert write.settle(Outcome(seq, person, Result.REFUSED), by="reply", most_tries=3) is None or (
                result is Result.IN_DOUBT
            )
        del self.under_way[person]
        if result is Result.IN_DOUBT:
            # The second answer, which came late, counts.
            self.next_address(person, State.REFUSED)
        elif result is Result.REFUSED:
            self.next_address(person, State.REFUSED)
        elif result is Result.DEFERRED:
            self.model[person] = self.outbox.state_of(person)
            assert self.model[person] in {State.DEFERRED, State.REFUSED, State.SECOND_CHANNEL}
            self.route[person] += self.model[person] is not State.DEFERRED
        else:
            self.model[person] = {Result.ACCEPTED: State.ACCEPTED, Result.UNSENT: State.PLANNED}[result]

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), taken=st.booleans())
    def leave(self, data, taken):
        """The end of a letter leaves and the process is going to be killed before the answer."""
        person = data.draw(st.sampled_from(sorted(self.under_way)))
        if not self.under_way[person][1]:
            self.wire(person, Result.ACCEPTED if taken else Result.IN_DOUBT)

    @rule(machine=st.booleans())
    def kill(self, machine):
        """The process is killed, or the whole machine goes down and has lost marks that were not flushed."""
        self.outbox.close()
        self.journal.close()
        self.outbox = Outbox.open(self.folder, KEY)
        if machine:
            with sqlite3.connect(self.outbox.path) as db:
                db.execute("UPDATE meta SET value = 'another' WHERE name = 'boot'")
            db.close()
        with self.outbox.exclusive():
            self.outbox.recover(now=self.tick())
            assert not self.outbox.recover(now=self.tick())
        for person, (_, began) in self.under_way.items():
            self.model[person] = State.IN_DOUBT if began or machine else State.PLANNED
        self.under_way.clear()
        self.journal = self.outbox.new_journal()

    @precondition(lambda self: not self.under_way)
    @rule()
    def reconcile(self):
        record = [
            message_id(self.outbox.ids.token(person, route), "example.com") for person, route in self.taken
        ]
        found = reconcile(self.outbox, record, now=self.tick(), vouched=True)
        assert found.in_doubt == 0
        for person, state in self.model.items():
            if state is State.IN_DOUBT:
                took = (person, self.route[person]) in self.taken
                self.model[person] = State.ACCEPTED if took else State.PLANNED

    @rule()
    def resend(self):
        wanted = [person for person, state in self.model.items() if state is State.IN_DOUBT]
        assert self.outbox.resend_in_doubt(now=self.tick()) == len(wanted)
        for person in wanted:
            self.model[person] = State.PLANNED
            place = (person, self.route[person])
            self.decided[place] = self.decided.get(place, 0) + 1

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def bounce(self, data):
        person, route = data.draw(st.sampled_from(sorted(self.taken)))
        with self.outbox.writing(self.tick()) as write:
            state = write.bounce(self.outbox.ids.token(person, route), "5.1.1")
        if route != self.route[person] or self.model[person] is State.EXCLUDED:
            assert state is None
        elif self.model[person] is State.INTENT:
            assert state is State.INTENT
        else:
            self.next_address(person, State.BOUNCED)
            assert state is self.model[person]

    @rule(person=PERSONS)
    def exclude(self, person):
        may = self.model.get(person) in {
            State.PLANNED,
            State.REFUSED,
            State.BOUNCED,
            State.DEFERRED,
            State.SECOND_CHANNEL,
        }
        assert self.outbox.exclude([person], now=self.tick()) == may
        if may:
            self.model[person] = State.EXCLUDED

    @rule(person=PERSONS)
    def admit(self, person):
        out = self.model.get(person) is State.EXCLUDED
        if out and self.route[person] >= ROUTES:
            return
        assert self.outbox.admit([person], now=self.tick()) == out
        if out:
            self.model[person] = State.PLANNED

    @invariant()
    def is_the_model(self):
        for person, state in self.model.items():
            assert self.outbox.state_of(person) is state
        counts = self.outbox.counts()
        for state in State:
            assert counts[state] == sum(found is state for found in self.model.values())

    @invariant()
    def nobody_gets_it_twice_unless_somebody_decided(self):
        for place, times in self.taken.items():
            assert times <= 1 + self.decided.get(place, 0)


OutboxMachine.TestCase.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
TestOutbox = OutboxMachine.TestCase


def test_a_wrong_key_incident_or_file_is_refused(outbox, tmp_path):
    folder = outbox.path.parent
    for key, incident in ((bytes(32), None), (KEY, "i-2")):
        with pytest.raises(OutboxError):
            Outbox.open(folder, key, incident=incident)
    with pytest.raises(OutboxError, match="short"):
        Outbox.open(folder, b"short")
    with pytest.raises(OutboxError, match="word"):
        Outbox.open(folder, KEY, kind="../x")
    (tmp_path / "sending-letter.sqlite3").write_bytes(b"no database" * 100)
    with pytest.raises(OutboxError, match="read"):
        Outbox.open(tmp_path, KEY)
    assert outbox.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "person",
    [(-1, "en", 0), (1 << 63, "en", 0), ("7", "en", 0), (True, "en", 0), (8, "planted@example.net", 0)],
)
def test_only_numbers_and_language_tags_go_in(person, outbox):
    with pytest.raises(OutboxError) as caught:
        outbox.plan([(1, "pt-BR", 0), person], now=0)
    assert "planted" not in str(caught.value)
    assert outbox.counts()[State.PLANNED] == 1


def test_each_kind_of_notice_has_an_outbox_and_ids_of_its_own(outbox):
    with Outbox.open(outbox.path.parent, KEY, kind="letter-2") as second:
        second.plan([(1, "", 0)], now=0)
        assert outbox.counts()[State.PLANNED] == 0
        assert second.ids.token(1, 0) != outbox.ids.token(1, 0)
        second.pause()
        assert (second.control, outbox.control) == (Control.PAUSE, Control.GO)
        found = progress(second)
        assert (found.total, found.in_doubt, found.first, found.rate) == (1, 0, None, 0.0)


@pytest.mark.parametrize("damage", ["cut", "flipped", "gone", "other"])
def test_a_damaged_journal_makes_doubt_and_never_a_second_letter(damage, outbox):
    outbox.plan([(1, "", 0), (2, "", 0)], now=0)
    journal = outbox.new_journal()
    for due in outbox.fresh((-1, -1), 2):
        with outbox.writing(1) as write:
            seq = write.intend(Intent(due, 1, outbox.ids.token(due.person, 0), 1))
    journal.began(seq)
    journal.ended(seq, Result.ACCEPTED, 250)
    journal.close()
    path = outbox.path.with_name("sending-letter.journal")
    data = path.read_bytes()
    match damage:
        case "cut":
            path.write_bytes(data[:-3])
        case "flipped":
            path.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
        case "gone":
            path.unlink()
        case "other":
            path.write_bytes(data[:8] + bytes(16) + data[24:])
    with outbox.exclusive():
        assert outbox.recover(now=2).in_doubt == 2


def test_an_intact_journal_settles(outbox):
    outbox.plan([(person, "", 0) for person in range(4)], now=0)
    journal = outbox.new_journal()
    seqs = []
    for due in outbox.fresh((-1, -1), 4):
        with outbox.writing(1) as write:
            seqs.append(write.intend(Intent(due, 1, outbox.ids.token(due.person, 0), 1)))
    for seq in seqs[:3]:
        journal.began(seq)
    journal.ended(seqs[0], Result.ACCEPTED, 250)
    journal.ended(seqs[1], Result.REFUSED, 550)
    journal.close()
    with outbox.exclusive():
        found = outbox.recover(now=2)
    if not journal_module.boot():
        pytest.skip("this kernel does not name its run, so that a missing mark says nothing")
    assert (found.settled, found.in_doubt, found.unsent) == (2, 1, 1)
    assert [outbox.state_of(p) for p in range(4)] == [
        State.ACCEPTED,
        State.SECOND_CHANNEL,
        State.IN_DOUBT,
        State.PLANNED,
    ]


def test_the_caps_of_a_domain_and_of_all():
    pace = Pace(Limits(per_second=2, per_domain_minute=3))
    sent: list[tuple[float, str]] = []
    clock = 100.0
    while clock < 400:
        for domain in "ab":
            if pace.until_domain(domain, clock) <= 0 and pace.until_next(clock) <= 0:
                pace.promise(domain)
                pace.gone(domain, clock)
                sent.append((clock, domain))
        clock += 0.25
    for domain in "ab":
        times = [at for at, to in sent if to == domain]
        assert len(times) == 15
        assert all(later - earlier >= 60 for earlier, later in zip(times, times[3:], strict=False))
    assert all(later[0] - earlier[0] >= 0.5 for earlier, later in pairwise(sent))
    for _ in range(3):
        assert pace.until_domain("c", 500) == 0
        pace.promise("c")
    assert pace.until_domain("c", 500) == 60
    pace.withdraw("c")
    assert pace.until_domain("c", 500) == 0


def test_whoever_is_left_out_or_taken_in_again_is_told_in_pieces_that_fit_the_record(tmp_path):
    told = []
    with_steps = {"now": 1, "step": lambda event, detail: told.append((event, len(detail["persons"])))}
    outbox = Outbox.open(tmp_path, KEY, incident="i")
    outbox.plan(((person, "en", 0) for person in range(12_000)), now=0)
    assert outbox.exclude(outbox.unsent(), **with_steps) == 12_000
    assert outbox.counts()[State.EXCLUDED] == 12_000
    assert outbox.admit([*range(11_000), 99_999], **with_steps) == 11_000
    assert list(outbox.unsent()) == list(range(11_000))
    assert outbox.admit([], **with_steps) == outbox.exclude([], **with_steps) == 0
    sizes = {event: [size for name, size in told if name == event] for event, _ in told}
    assert sizes == {
        "sending:letters:excluded": [5_000, 5_000, 2_000],
        "sending:letters:admitted": [5_000, 5_000, 1_000],
    }
    outbox.close()
