"""``kill -9`` between any two steps: what was shown is true after the restart, and what the record calls opened is spent."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from hushdesk.access.reveal import RevealRefused, State
from hushdesk.record import RecordReader, verify

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("killed_process.py")
LATER = {
    "request": State.WAITING,
    "approve": State.APPROVED,
    "refuse": State.REFUSED,
    "open": State.SPENT,
}


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("hushdesk_reveal_killed", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_killed_between_any_two_steps(tmp_path, keyring, script):
    done = subprocess.run(
        [sys.executable, SCRIPT, tmp_path, keyring.folder],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    assert [run["alive"] for run in runs] == [False] * (len(runs) - 1) + [True]
    assert len(runs) > 25
    seen = set()
    for run in runs:
        folder = tmp_path / str(run["place"])
        seen.add(after_a_restart(folder, keyring, script, dict(reversed(pair) for pair in run["said"])))
    # The places lie before, between and after all steps.
    assert {len(each) for each in seen} >= {0, 1, 2}
    assert {state for each in seen for _, state in each} >= set(LATER.values())


def after_a_restart(folder, keyring, script, said):
    reveals, accounts, vault, record = script.parts(folder, keyring)
    with vault, record, accounts, reveals:
        recorded: dict[str, State] = {}
        for entry in RecordReader(folder / "desk" / "record").entries():
            if entry.event.startswith("officer:reveal:"):
                recorded[entry.detail["request"]] = LATER[entry.event.rpartition(":")[2]]
        listed = {one.id: one.state for one in reveals.requests()}
        # File and record say the same, and no less than what an officer has seen.
        assert listed == recorded
        order = list(LATER.values())
        for request, state in said.items():
            assert order.index(listed[request]) >= order.index(State(state))
            assert reveals.reason(request) == script.REASON
        shown = reveals.reveals_of(vault.person(keyring.pseudonymiser().token("EMAIL", script.VALUE)))
        assert len(shown) == sum(state is State.SPENT for state in listed.values())
        at_the_end = tuple(sorted(listed.items()))
        # It goes on from where it stands.
        for request, state in listed.items():
            if state is State.WAITING:
                reveals.approve(request, name="two", password="many words of two")
            if state in {State.WAITING, State.APPROVED}:
                assert reveals.open(request, name="one", password="many words of one").values
            with pytest.raises(RevealRefused):
                reveals.open(request, name="one", password="many words of one")
        desk = folder / "desk"
        assert not verify(desk / "record", keyring.signing_public_keys(), keyring.desk_id).faults
    return at_the_end
