"""The run that sends: one thread owns the outbox, others own one connection each."""

from __future__ import annotations

import random
import time
from collections import Counter, deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final

from hushdesk.incident._spans import SECOND, present
from hushdesk.incident.sending._feed import Feed, Taken
from hushdesk.incident.sending._ids import return_path
from hushdesk.incident.sending._journal import Journal
from hushdesk.incident.sending._letter import LetterOf
from hushdesk.incident.sending._outbox import Outbox
from hushdesk.incident.sending._pace import Limits, Pace
from hushdesk.incident.sending._progress import Progress, progress
from hushdesk.incident.sending._relay import Relay
from hushdesk.incident.sending._states import DUE, Control, Ended, Outcome, Result, Step, quiet
from hushdesk.incident.sending._wire import Hand, Parcel, Wire
from hushdesk.incident.sending.errors import OutboxError

_GLANCE: Final = 0.2
"""Seconds between two looks at the buttons."""
_HOPELESS: Final = frozenset({530, 534, 535, 538})
"""The relay wants another login: trying again would only lock the account."""


def send(
    outbox: Outbox,
    relay: Relay,
    letter_of: LetterOf,
    limits: Limits | None = None,
    step: Step = quiet,
    now: Callable[[], int] = present,
) -> Progress:
    """Send what is due, each letter once, until nothing is due, somebody presses stop, or the relay cannot be used.

    A letter whose end left and whose answer nobody has read is in doubt: it is not sent again by itself, in this run or in any.

    Args:
        outbox: Where the letters stand.
        relay: Who takes them.
        letter_of: Opens a person's letter when it is due; called in this thread.
        limits: How many at once, how fast, how long.
        step: Is told of every step, after it is on disk.
        now: Gives the present moment.

    Returns:
        Where the letters stand at the end, and why it ended.

    Raises:
        SendingBusyError: Another process sends from this outbox.
        PlainRelayError, RelayError: The relay must not, or cannot, be used as it is set.
        LetterError: A letter could not be made; those on the wire were brought to their end.
        OutboxError: The outbox has sent from another domain before.
    """
    limits = limits or Limits()
    relay.check()
    with outbox.exclusive():
        _keep_domain(outbox, relay)
        recovered = outbox.recover(
            now=now(), backoff=int(limits.backoff_seconds * SECOND), most_tries=limits.tries
        )
        if recovered:
            step(
                "sending:run:recovered",
                {
                    "settled": recovered.settled,
                    "unsent": recovered.unsent,
                    "in_doubt": recovered.in_doubt,
                },
            )
        if outbox.control is Control.STOP:
            return progress(outbox, ended=Ended.STOPPED)
        step("sending:run:began", {"due": outbox.due_count()})
        began = time.monotonic()
        with outbox.new_journal() as journal:
            run = _Run(outbox, relay, letter_of, limits, step, now, journal)
            try:
                run.loop()
            finally:
                run.close()
        found = progress(
            outbox, ended=run.ended, code=run.code, taken=run.taken, seconds=time.monotonic() - began
        )
        step("sending:run:ended", {"why": str(found.ended), "taken": found.taken, "in_doubt": found.in_doubt})
        return found


def _keep_domain(outbox: Outbox, relay: Relay) -> None:
    domain = outbox.meta("domain")
    if not domain:
        outbox.set_meta("domain", relay.domain)
    elif domain != relay.domain:
        raise OutboxError(
            "this outbox has sent from another domain before.",
            remedy="The domain is part of each Message-ID; a repetition under another one could not be recognised.",
        )


class _Run:
    """One run, inside the outbox's lock."""

    def __init__(
        self,
        outbox: Outbox,
        relay: Relay,
        letter_of: LetterOf,
        limits: Limits,
        step: Step,
        now: Callable[[], int],
        journal: Journal,
    ) -> None:
        self._outbox, self._relay, self._limits, self._journal = outbox, relay, limits, journal
        self._step, self._now = step, now
        self._pace = Pace(limits)
        self._feed = Feed(outbox, relay, letter_of, self._pace, now)
        self._envelope_sender = relay.envelope_sender
        self._inbox: SimpleQueue[Parcel | None] = SimpleQueue()
        self._results: SimpleQueue[Outcome] = SimpleQueue()
        self._hands = [
            Hand(Wire(relay, journal, limits.per_connection), self._inbox, self._results)
            for _ in range(max(1, limits.connections))
        ]
        self._ready: deque[Parcel] = deque()
        self._wired = 0
        self._done: list[Outcome] = []
        self._failures = self._refusals = 0
        self._hold_until = 0.0
        self._looked = -_GLANCE
        self._control = Control.GO
        self._idle_since: float | None = None
        self.taken = self.code = 0
        self.ended: Ended = Ended.NOT_RUN
        for hand in self._hands:
            hand.start()

    def loop(self) -> None:
        """Go on until there is a reason to end."""
        while True:
            self._glance()
            if self.ended is not Ended.NOT_RUN:
                return
            active = self._control is Control.GO and time.monotonic() >= self._hold_until
            took = False
            if not active:
                self._commit(Taken())
            elif self._may_take():
                taken = self._feed.take(self._limits.batch - len(self._ready) - self._wired)
                took = bool(taken)
                self._commit(taken)
            if active:
                self._hand_out()
            if self._wired:
                self._collect(self._wait())
            elif self._ready or not active:
                time.sleep(max(0.001, self._wait()))
            elif not took:
                self._rest()
                continue
            self._idle_since = None

    def close(self) -> None:
        """Bring what is on the wire to its end, give back what is not, and write all down."""
        for _ in self._hands:
            self._inbox.put(None)
        for hand in self._hands:
            hand.join()
        self._drain()
        self._done.extend(Outcome(parcel.seq, parcel.person, Result.UNSENT) for parcel in self._ready)
        self._ready.clear()
        self._commit(Taken())

    def _may_take(self) -> bool:
        under_way = len(self._ready) + self._wired
        if self._journal.large:
            if under_way:
                return False
            self._commit(Taken())
            self._journal.restart()
        return under_way <= self._limits.batch // 2

    def _glance(self) -> None:
        """Look at the buttons now and then."""
        if time.monotonic() - self._looked < _GLANCE:
            return
        self._looked = time.monotonic()
        control = self._outbox.control
        if control is not self._control:
            self._step("sending:run:told", {"control": str(control)})
            self._control = control
        if control is Control.STOP:
            self.ended = Ended.STOPPED

    def _wait(self) -> float:
        """Seconds until something other than an answer may happen."""
        now = time.monotonic()
        if not self._ready or self._wired >= len(self._hands) or self._control is not Control.GO:
            return _GLANCE
        return min(_GLANCE, max(0.0, self._pace.until_next(now), self._hold_until - now))

    def _rest(self) -> None:
        """Nothing is under way and nothing may go now."""
        until = self._feed.until_due()
        clock = time.monotonic()
        self._idle_since = self._idle_since or clock
        if until is None:
            # Outcomes of this run may have made letters due behind the place that was reached.
            self.ended = Ended.NOT_RUN if self._outbox.due_count() and self._again() else Ended.DONE
        elif until > self._limits.patience_seconds - (clock - self._idle_since):
            self.ended = Ended.WAITING
        else:
            time.sleep(min(_GLANCE, max(0.001, until)))

    def _again(self) -> bool:
        self._feed.look_again()
        return True

    def _hand_out(self) -> None:
        while self._ready and self._wired < len(self._hands):
            now = time.monotonic()
            if self._pace.until_next(now) > 0 or self._hold_until > now:
                return
            parcel = self._ready.popleft()
            self._pace.gone(parcel.to.domain, now)
            self._inbox.put(parcel)
            self._wired += 1

    def _collect(self, seconds: float) -> None:
        """Wait for the first outcome, and take all that are there."""
        try:
            outcome = self._results.get(timeout=max(0.001, seconds))
        except Empty:
            return
        self._judge(outcome)
        self._drain()

    def _drain(self) -> None:
        while True:
            try:
                self._judge(self._results.get_nowait())
            except Empty:
                return

    def _judge(self, outcome: Outcome) -> None:
        """What an outcome says about the relay."""
        self._wired -= 1
        self._done.append(outcome)
        if outcome.trouble:
            self._failures += 1
            self.code = outcome.code
            pause = min(60.0, self._limits.pause_seconds * 2.0 ** (self._failures - 1)) * _jitter()
            self._hold_until = time.monotonic() + pause
            if self._failures >= self._limits.failures or outcome.code in _HOPELESS:
                self._end(Ended.RELAY)
        else:
            self._failures = 0
        if outcome.result is Result.ACCEPTED:
            self.taken += 1
            self._refusals = 0
        elif outcome.result is Result.REFUSED and outcome.code:
            self._refusals += 1
            if self._refusals >= self._limits.refusals:
                self.code = outcome.code
                self._end(Ended.REFUSING)

    def _end(self, why: Ended) -> None:
        if self.ended is Ended.NOT_RUN:
            self.ended = why

    def _commit(self, taken: Taken) -> None:
        """One flush to disk: what has happened, and what is about to."""
        if not (taken or self._done):
            return
        at, done = self._now(), list(self._done)
        parcels: list[Parcel] = []
        moved: list[int] = []
        nowhere: list[int] = []
        with self._outbox.writing(at) as write:
            for outcome in done:
                backoff = 0
                if outcome.result is Result.DEFERRED:
                    backoff = self._backoff(write.tries(outcome.person))
                state = write.settle(outcome, by="reply", most_tries=self._limits.tries, backoff=backoff)
                if state in DUE:
                    self._feed.look_again()
            for due, reason in taken.nowhere:
                if write.second_channel(due, reason):
                    nowhere.append(due.person)
            for due, routes, reason in taken.further:
                if write.further(due, routes, reason):
                    moved.append(due.person)
                    self._feed.look_again()
            for opened in taken.opened:
                due, to = opened.intent.due, opened.to
                seq = write.intend(opened.intent)
                if seq is None:
                    # Somebody has decided otherwise in between.
                    self._pace.withdraw(to.domain)
                    continue
                sender = self._envelope_sender
                if self._relay.verp:
                    sender = return_path(opened.intent.token, sender)
                parcels.append(Parcel(seq, due.person, to, sender, opened.intent.token, opened.data))
        # Only now is it on disk.
        self._done = self._done[len(done) :]
        self._ready.extend(parcels)
        self._tell(done, parcels, moved, nowhere)

    def _backoff(self, tries: int) -> int:
        seconds = min(self._limits.backoff_seconds * 2.0 ** min(tries, 40), self._limits.most_backoff_seconds)
        return int(seconds * _jitter() * SECOND)

    def _tell(self, done: list[Outcome], parcels: list[Parcel], moved: list[int], nowhere: list[int]) -> None:
        if done:
            persons: dict[str, list[int]] = {}
            for outcome in done:
                persons.setdefault(str(outcome.result), []).append(outcome.person)
            codes = Counter(str(outcome.code) for outcome in done if outcome.code)
            self._step("sending:letters:settled", {"persons": persons, "codes": dict(codes)})
        if moved:
            self._step("sending:letters:next_address", {"persons": moved})
        if nowhere:
            self._step("sending:letters:second_channel", {"persons": nowhere})
        if parcels:
            self._step("sending:letters:intended", {"persons": [parcel.person for parcel in parcels]})


def _jitter() -> float:
    return random.uniform(0.75, 1.25)
