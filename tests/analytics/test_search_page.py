"""Pages, facets, bars, reading, exporting: complete, exact, and within the scope."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from hushdesk.analytics import Analytics, QueryError, Scope
from hushdesk.analytics._histogram import grain_for
from hushdesk.analytics._snippet import LENGTH, snippet
from hushdesk.errors import UsageError

LEAD = Scope(internal=True)
VIEWER = Scope()
HIDDEN = ("zebrafish", "quokka", "wombat", "numbat", "NATIONAL_ID")


def values(page, name: str) -> dict[str, int]:
    facet = next(f for f in page.facets if f.field == name)
    return {v.value: v.count for v in facet.values}


def test_page_of_hits(desk):
    page = desk[0].search("printer OR reseau", scope=VIEWER)
    assert [hit.number for hit in page.hits] == ["SR-2", "SR-1", "SR-8"]
    assert page.total == 3
    assert page.hits[2].opened_at is None
    assert page.data_until == datetime(2014, 2, 1, tzinfo=UTC)
    assert page.terms == ("printer", "reseau")
    assert (page.hits[1].messages, desk[0].search("jams country:FR", scope=LEAD).hits[0].messages) == (1, 2)


def test_pages_make_the_whole(desk):
    for sort in ("newest", "oldest", "updated", "closed"):
        pages = [
            desk[0].search("", scope=LEAD, page=p, page_size=2, sort=sort, facets=()) for p in range(1, 7)
        ]
        places = [hit.case_id for page in pages for hit in page.hits]
        assert len(places) == len(set(places)) == 9
        assert all(page.total == 9 for page in pages)
    assert desk[0].search("", scope=LEAD, sort="closed", facets=()).hits[0].number == "SR-7"


def test_facets_count_under_every_filter_but_their_own(desk):
    page = desk[0].search("", scope=LEAD, filters={"product": ["Router"], "language": ["fr", "ja"]})
    assert page.total == 2
    assert values(page, "product") == {"Router": 2}
    assert values(page, "language") == {"fr": 1, "ja": 1}
    page = desk[0].search("", scope=LEAD, filters={"product": ["Router"]})
    assert values(page, "product") == {"Phone": 3, "Printer X": 2, "Router": 2, "": 2}
    assert values(page, "country") == {"DE": 1, "JP": 1}
    assert [v.value for f in page.facets if f.field == "product" for v in f.values if v.selected] == [
        "Router"
    ]
    page = desk[0].search("", scope=LEAD, filters={"tag": ["refund", "absent"]})
    assert values(page, "tag") == {"refund": 2, "Réseau": 1, "absent": 0}


def test_facets_are_the_same_for_a_phrase(desk):
    # Phrases go another way: what they find is kept aside first.
    phrase = desk[0].search('"printer jams"', scope=LEAD, filters={"product": ["Printer X"]})
    word = desk[0].search("case:CASE000000000001", scope=LEAD, filters={"product": ["Printer X"]})
    assert phrase.facets == word.facets
    assert phrase.histogram == word.histogram
    assert phrase.hits == word.hits
    assert desk[0].search('"printer jams"', scope=LEAD, filters={"product": ["Phone"]}).total == 0


def test_each_facet_alone_counts_as_all_together(desk, monkeypatch):
    together = Analytics(desk[1], most_in_memory=0).search("-jams", scope=VIEWER).facets
    monkeypatch.setattr("hushdesk.analytics._facets._TOGETHER", 0)
    assert Analytics(desk[1], most_in_memory=0).search("-jams", scope=VIEWER).facets == together


def test_a_facet_that_takes_too_long_says_so(desk, monkeypatch):
    monkeypatch.setattr("hushdesk.analytics._facets.SECONDS", 1e-6)
    page = Analytics(desk[1], most_in_memory=0).search("", scope=LEAD)
    assert page.total == 9
    assert all(f.timed_out and f.more and not f.values for f in page.facets)


def test_kinds_found_in_internal_text_alone_are_hidden(desk):
    assert values(desk[0].search("", scope=LEAD), "kind") == {"EMAIL": 1, "NATIONAL_ID": 1, "USERNAME": 1}
    assert values(desk[0].search("", scope=VIEWER), "kind") == {"EMAIL": 1, "USERNAME": 1}
    assert desk[0].search("", scope=VIEWER, filters={"kind": ["NATIONAL_ID"]}).total == 0
    assert dict(desk[0].overview(VIEWER).by_kind) == {"EMAIL": 1, "USERNAME": 1}
    assert dict(desk[0].overview(VIEWER).tokens_by_kind) == {"EMAIL": 1, "USERNAME": 1}
    assert dict(desk[0].overview(LEAD).tokens_by_kind) == {"EMAIL": 1, "USERNAME": 1, "NATIONAL_ID": 1}


def test_histogram(desk):
    bars = desk[0].histogram("", scope=LEAD)
    assert bars.grain == "month" or bars.grain == "week"
    assert sum(bar.count for bar in bars.bars) == 8
    assert bars.undated == 1
    assert all(a.end == b.start for a, b in zip(bars.bars, bars.bars[1:], strict=False))
    for grain, most in (("day", 800), ("week", 120), ("month", 30), ("quarter", 12), ("year", 4)):
        bars = desk[0].histogram("", scope=LEAD, grain=grain)
        assert sum(bar.count for bar in bars.bars) == 8
        assert len(bars.bars) < most
    assert desk[0].histogram("zzzz", scope=LEAD).bars == ()
    fifteen = grain_for(datetime(2005, 1, 1, tzinfo=UTC), datetime(2019, 12, 31, tzinfo=UTC))
    assert fifteen == "month"


def test_reading(desk):
    view = desk[0].read("CASE000000000001", LEAD)
    assert view is not None
    assert view.remarks.startswith("zebrafish")
    assert view.notes == ("a quokka wrote this",)
    assert [m.visibility for m in view.messages] == ["public", "internal"]
    assert view.messages[1].attachments == ("wombat.pdf",)
    assert view.internal_hidden == 0
    assert desk[0].read("SR-1", LEAD) == view


def test_reading_without_internal_notes(desk):
    view = desk[0].read("SR-1", VIEWER)
    assert view is not None
    assert not [word for word in HIDDEN if word in repr(view)]
    assert [m.text for m in view.messages] == ["Jams again"]
    assert view.internal_hidden == 3
    assert view.tokens == ("EMAIL_3KX9QWERTY0123", "USERNAME_AAAAAAAAAAAAAA")
    unknown = desk[0].read("SR-9", VIEWER)
    assert (unknown.messages, unknown.internal_hidden) == ((), 1)


def test_reading_outside_of_the_scope(desk):
    assert desk[0].read("SR-1", Scope(internal=True, where={"country": ("DE",)})) is None
    for name in ("", "absent", "' OR 1=1 --", "\x00", "SR"):
        assert desk[0].read(name, LEAD) is None


def test_snippets_and_subjects_hold_nothing_internal(desk):
    for query in ("", "printer", "jams", "visibility"):
        assert not [w for w in HIDDEN if w in repr(desk[0].search(query, scope=VIEWER))]
    assert "quokka" in desk[0].search("quokka", scope=LEAD).hits[0].snippet


def test_export(desk):
    table = pa.Table.from_batches(desk[0].export("printer OR reseau", LEAD))
    assert table.column("number").to_pylist() == ["SR-2", "SR-1", "SR-8"]
    assert "content_mac" not in table.schema.names
    public = pa.Table.from_batches(desk[0].export("", VIEWER))
    assert public.num_rows == 9
    assert not [word for word in HIDDEN if word in repr(public.to_pylist())]
    few = pa.Table.from_batches(desk[0].export('"printer jams"', VIEWER, ["number", "messages.text"]))
    assert few.to_pylist() == [{"number": "SR-1", "messages.text": ["Jams again"]}]
    for columns in (["load_id"], ["subject; DROP TABLE cases"], []):
        with pytest.raises(UsageError):
            desk[0].export("", LEAD, columns)


def test_overview(desk):
    seen = desk[0].overview(LEAD)
    assert (seen.cases, seen.open_cases, seen.undated, seen.messages) == (9, 8, 1, 8)
    assert desk[0].overview(VIEWER).messages == 6
    assert seen.by_year == ((2012, 7), (2014, 1))
    assert dict(seen.by_product)["Phone"] == 3
    nothing = desk[0].overview(Scope(where={"country": ()}))
    assert (nothing.cases, nothing.by_year, nothing.first) == (0, (), None)


@pytest.mark.parametrize(
    "wrong", [{"page": 0}, {"page_size": 501}, {"sort": "random()"}, {"facets": ["subject"]}]
)
def test_wrong_arguments(desk, wrong):
    with pytest.raises(UsageError):
        desk[0].search("", scope=LEAD, **wrong)
    with pytest.raises(QueryError):
        desk[0].search("", scope=LEAD, filters={"subject": ["x"]})


@pytest.mark.parametrize(
    ("texts", "terms", "expected"),
    [
        ([], ["a"], ""),
        (["", "only  start\nhere"], [], "only start here"),
        (["nothing", "the école is"], ["ECOLE"], "the école is"),
        (["first", "error: disk, full"], ["disk full"], "error: disk, full"),
        (["Straße"], ["strasse"], "Straße"),
    ],
)
def test_snippets(texts, terms, expected):
    assert snippet(texts, terms) == expected


def test_snippets_are_short_and_show_the_match():
    text = "word " * 500 + "needle " + "word " * 500
    for piece in (snippet([text], ["needle"]), snippet(["語" * 900 + "針" + "語" * 900], ["針"])):
        assert len(piece) <= LENGTH
        assert "needle" in piece or "針" in piece
    assert len(snippet(["x" * 5000], ["absent"])) <= LENGTH
