"""No search for garbage while texts are read, and what it was before afterwards."""

from __future__ import annotations

import gc

import pytest

from hushdesk.redact import find_batch
from hushdesk.redact._calm import calm


def test_collector_rests_until_the_last_reader_is_done():
    assert gc.isenabled()
    with calm():
        assert not gc.isenabled()
        with calm():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_collector_that_was_off_stays_off():
    gc.disable()
    try:
        with calm():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_collector_runs_again_after_a_reader_failed():
    class _Judge:
        def personal(self, text):
            raise LookupError

        def harmless(self, finding, value):
            return False

    with pytest.raises(LookupError):
        find_batch([["Jane Doe"]], judge=_Judge())
    assert gc.isenabled()
