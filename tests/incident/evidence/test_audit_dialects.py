"""The one way in which audit logs are read, with a dialect made up for it: what becomes of each record, in which order."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.incident import Account, Change, Coverage, Outcome, Source, Wanted
from hushdesk.incident._evidence import Gap
from hushdesk.incident._spans import SECOND, Span, Spans
from hushdesk.incident.evidence._audit import NO_OBJECT, Dialect, Extent, Requests, Watch

WANTED = Wanted(spans=Spans([Span(100 * SECOND, 200 * SECOND)]))


class Ends(Watch):
    """A gap for each change called ``stop``, told at once; one at the end with how far the log reached."""

    def see(self, change: Change) -> Iterator[Gap]:
        if change.operation == "stop":
            yield Gap(log="toy", of="stop", spans=Spans([Span(change.at, change.at + 1)]), why="stopped")

    def ended(self, extent: Extent) -> Iterator[Gap]:
        last = max((end for _, end in extent.ends.values()), default=0)
        yield Gap(log="toy", of="end", spans=Spans([Span(last, last + 1)]), why="over")


def toy(**more: Any) -> Dialect:
    given: dict[str, Any] = {
        "name": "toy",
        "record_of": lambda value: value.get("inner", value),
        "wrong_with": lambda value: "" if "at" in value else "no time",
        "time": lambda value: value["at"] * SECOND,
        "watched": lambda value: value.get("of", ""),
        "is_change": lambda value: value.get("what") in {"change", "stop"},
        "change_of": lambda value, at, place: Change(
            at=at, platform="toy", operation=value["what"], resource="r", outcome=Outcome.SUCCEEDED, actor="",
            actor_address="", correlation="", content={}, error="", place=place,
        ),
        "request_of": lambda value: {"asked": "get"} if value.get("what") == "get" else None,
        "watch": Ends,
    }  # fmt: skip
    return Dialect(**{**given, **more})


def read(folder: Path, values: list[Any], **more: Any) -> tuple[list[Any], Account]:
    path = folder / "toy.json"
    path.write_text("\n".join(json.dumps(value) for value in values))
    account = Account()
    found = list(toy(**more).read(Source(path), WANTED, account))
    assert account.balanced
    return found, account


RECORDS = st.lists(
    st.one_of(
        st.just("no object"),
        st.fixed_dictionaries({"what": st.just("change")}),
        st.fixed_dictionaries(
            {"at": st.integers(50, 250), "what": st.sampled_from(["change", "stop", "get", "talk"])},
            optional={"of": st.sampled_from(["a", "b"])},
        ),
    ),
    min_size=1,
    max_size=12,
)


@given(RECORDS)
def test_each_record_becomes_one_thing(tmp_path_factory: pytest.TempPathFactory, values: list[Any]) -> None:
    # The first line says that records are lines.
    values = [{"at": 150, "what": "change", "of": "a"}, *values]
    found, account = read(tmp_path_factory.mktemp("toy"), values)
    seen: set[str] = set()
    expected: Counter[str] = Counter()
    stops = 0
    for value in values:
        if value == "no object" or "at" not in value:
            expected["refused"] += 1
        elif value["what"] == "talk" or (value["what"] == "get" and not 100 <= value["at"] < 200):
            expected["other"] += 1
        elif (text := json.dumps(value, sort_keys=True)) in seen:
            expected["duplicate"] += 1
        else:
            seen.add(text)
            expected[value["what"]] += 1
            stops += value["what"] == "stop"
    kept = expected["change"] + expected["stop"] + expected["get"]
    assert (account.kept, account.other, account.duplicate, account.refused) == (
        kept,
        expected["other"],
        expected["duplicate"],
        expected["refused"],
    )
    assert account.reasons[NO_OBJECT] == values.count("no object")
    rows = sum(piece.num_rows for piece in found if isinstance(piece, pa.RecordBatch))
    changes = [piece for piece in found if isinstance(piece, Change)]
    gaps = [piece.of for piece in found if isinstance(piece, Gap)]
    assert (rows, len(changes)) == (expected["get"], kept - expected["get"])
    assert gaps == ["stop"] * stops + ["end"]
    # A gap that follows from a change comes right after it; coverage is last.
    for place, piece in enumerate(found):
        if isinstance(piece, Change) and piece.operation == "stop":
            assert found[place + 1].of == "stop"
    assert isinstance(found[-1], Coverage)


def test_how_far_a_log_reaches_and_what_repeats_is_the_dialects_to_say(tmp_path: Path) -> None:
    change = {"at": 120, "what": "change", "of": "a"}
    values = [change, {"at": 180, "what": "get", "of": "a"}, {"inner": change, "sent": 1}]
    for requests_cover, last in ((True, 180), (False, 120)):
        found, account = read(tmp_path, values, requests_cover=requests_cover)
        (span,) = found[-1].spans
        assert (span.start, span.end) == (120 * SECOND, last * SECOND + 1)
        assert (account.kept, account.duplicate) == (3, 0)
    _, account = read(tmp_path, values, repeats_inside=True)
    assert (account.kept, account.duplicate) == (2, 1)


def test_many_requests_come_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Requests, "MOST", 3)
    found, _ = read(tmp_path, [{"at": 100 + number, "what": "get"} for number in range(7)])
    assert [piece.num_rows for piece in found if isinstance(piece, pa.RecordBatch)] == [3, 3, 1]
