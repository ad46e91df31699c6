"""Doubt settled by the relay's own record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hushdesk.incident._spans import SECOND, present
from hushdesk.incident.sending._outbox import MOST_TRIES, Outbox
from hushdesk.incident.sending._records import Lines, Records
from hushdesk.incident.sending._states import Outcome, Result, Step, quiet

QUIET_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What a record settled, and what it could not."""

    accepted: int
    """In doubt, and the record has them."""
    unsent: int
    """In doubt, and the record, which has their neighbours, does not have them: due again with the same Message-ID."""
    in_doubt: int
    """Still."""
    too_young: int
    """Of these: the relay might still be about to write them down."""
    no_witness: int
    """Of these: the record has no letter of ours, or lacks a letter, sent later, that the relay said it took; so that its silence
    proves nothing."""
    lacking: int
    """Letters the relay said it took and that the record does not have: it is incomplete, or of another relay."""
    lines: Lines


def reconcile(
    outbox: Outbox,
    record: Path | Iterable[str | Path],
    *,
    now: int | None = None,
    quiet_seconds: float = QUIET_SECONDS,
    vouched: bool = False,
    step: Step = quiet,
) -> Reconciled:
    """Settle what is in doubt by the relay's own record; all or nothing, so that a kill in the middle changes nothing.

    What the record has was taken. What it lacks was not taken only if the record can be relied on there: it was read late enough
    that the relay had written down all it got, it has letters of ours, and it has all that the relay said it took since the
    doubtful letter was due. The record must hold everything up to now; that is the caller's word.

    Args:
        outbox: Its letters in doubt.
        record: See :class:`Records`; Message-IDs in a list count as a record too.
        now: The present moment.
        quiet_seconds: A letter that has been in doubt for less is not taken as unsent: the relay may still be at work on it.
        vouched: A person says that this is the whole record of the right relay though it holds no letter of ours.
        step: Is told what was settled.

    Raises:
        BadRecordError: The record cannot be read.
        SendingBusyError: A sender is at work.
    """
    at = present() if now is None else now
    with outbox.exclusive():
        domain = outbox.meta("domain")
        if not domain:
            # Nothing was ever sent, so that nothing is in doubt.
            return Reconciled(
                accepted=0, unsent=0, in_doubt=0, too_young=0, no_witness=0, lacking=0, lines=Lines()
            )
        outbox.recover(now=at)
        records = Records(domain)
        outbox.see(records.of(record))
        lacking, reliable_after = outbox.lacking()
        witness = vouched or outbox.seen_any()
        found = []
        young = unproven = 0
        for seq, person, intended, doubted, seen in outbox.doubts():
            if seen:
                found.append(Outcome(seq, person, Result.ACCEPTED))
            elif not witness or intended <= reliable_after:
                unproven += 1
            elif at - doubted < quiet_seconds * SECOND:
                young += 1
            else:
                found.append(Outcome(seq, person, Result.UNSENT))
        with outbox.writing(at) as write:
            for outcome in found:
                write.settle(outcome, by="record", most_tries=MOST_TRIES)
    persons = {
        kind: [outcome.person for outcome in found if outcome.result is kind]
        for kind in (Result.ACCEPTED, Result.UNSENT)
    }
    answer = Reconciled(
        accepted=len(persons[Result.ACCEPTED]),
        unsent=len(persons[Result.UNSENT]),
        in_doubt=young + unproven,
        too_young=young,
        no_witness=unproven,
        lacking=lacking,
        lines=records.lines,
    )
    step(
        "sending:doubt:settled",
        {
            "persons": {str(kind): found for kind, found in persons.items()},
            "in_doubt": answer.in_doubt,
            "lacking": lacking,
        },
    )
    return answer
