"""Asking a store whose engine is short of memory for a while."""

import pytest

from hushdesk.incident.drill import _filled
from hushdesk.store import QueryTooHeavyError


@pytest.fixture
def waited(monkeypatch):
    seconds: list[float] = []
    monkeypatch.setattr(_filled.time, "sleep", seconds.append)
    return seconds


@pytest.mark.parametrize("failures", [0, 1, 5])
def test_a_store_that_is_short_of_memory_is_asked_again(waited, failures):
    left = [QueryTooHeavyError("memory") for _ in range(failures)]

    def ask():
        if left:
            raise left.pop()
        return "answer"

    assert _filled.patiently(ask) == "answer"
    assert len(waited) == failures
    assert waited == sorted(waited)


def test_it_is_not_asked_for_ever(waited):
    asked = []

    def ask():
        asked.append(1)
        raise QueryTooHeavyError("memory")

    with pytest.raises(QueryTooHeavyError):
        _filled.patiently(ask)
    assert len(asked) == len(waited) + 1 == 6
