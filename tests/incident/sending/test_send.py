"""Letters handed to a real server, which answers well, badly, or not at all."""

from __future__ import annotations

from _pytest.monkeypatch import MonkeyPatch  # noqa: F401

from hushdesk.incident.sending import Ended, State, progress, send

from .conftest import QUICK, book, everyone, plan


def test_each_person_gets_one_letter(sink, outbox):
    plan(outbox, 120)
    found = send(outbox, sink.relay, everyone("ok"), QUICK)
    assert found.ended is Ended.DONE
    assert found.counts[State.ACCEPTED] == found.total == found.taken == 120
    assert set(sink.taken().values()) == {1}
    assert len(sink.taken_for()) == 120
    again = send(outbox, sink.relay, everyone("ok"), QUICK)
    assert again.taken == 0
    assert sum(sink.taken().values()) == 120
