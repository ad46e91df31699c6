"""The notice of art. 33: all that the law asks for, unknown said as unknown, and phase two as an exact difference."""

import json
from dataclasses import replace

import pytest

from hushdesk.incident import (
    EVER,
    HOUR,
    Answer,
    Bound,
    Opening,
    Reading,
    Span,
)
from hushdesk.incident.notices import (
    Controller,
    Difference,
    NoticeError,
    addition,
    difference,
    document_from,
    languages,
    notice,
    plain,
)
from hushdesk.incident.persons._groups import _ROLES


def lines(document, key):
    return document.item(key).lines


def test_it_states_all_that_the_law_asks_for(answer, controller, make):
    document = notice(answer, controller, make.filing())
    assert document.missing == ()
    # (a) nature, categories and numbers of persons and of records, lower and upper with the reason
    assert lines(document, "persons.number") == (
        "at least 11, at most 9,876",
        "Reason: who was read is not known",
    )
    assert lines(document, "records.number")[0] == "at least 17, at most 14,203"
    assert lines(document, "records.kinds") == (
        "free text of support conversations: 14,203 support cases at most",
        "e-mail addresses: 12,001 support cases at most",
    )
    assert lines(document, "persons.groups") == (
        "customers (e-mail addresses and free text of support conversations): at least 11, at most 9,876; severity: high",
    )
    assert lines(document, "persons.countries") == ("Germany: 5,432", "Poland: 4,444")
    assert lines(document, "nature.words") == ("A rule was widened by mistake.",)
    window = lines(document, "window:network:nsg-es:9200:1")
    assert window == (
        "nsg-es, port 9200: 5 December 2019, 13:00:00 CET to 31 December 2019, 19:30:09 CET (630 h 30 min 9 s)",
        "Of this without evidence: 282 h 30 min 9 s",
    )
    assert lines(document, "nature.readings") == ("read data: 1", "connected: 1", "turned away: 1")
    assert lines(document, "nature.read") == ("203.0.113.7 (6 December 2019, 05:05:06 CET)",)
    assert lines(document, "nature.sent")[0].startswith("at least 123,456; nothing says how many at most")
    # (b) contact, (c) consequences, (d) measures
    assert lines(document, "sender.contact") == (
        "Stelle für Datenschutz",
        "privacy@example.com",
        "+49 30 5550100",
    )
    assert len(lines(document, "consequences.list")) == 4, (
        "support, mail, disclosure, and the one that was named"
    )
    assert lines(document, "consequences.severity") == ("1.5 to 3.25, level high",)
    assert lines(document, "measures.taken")[0] == "The access from outside has been closed."
    assert lines(document, "measures.planned") == (
        "The rules that decide who can reach our systems will be reviewed.",
    )
    assert lines(document, "told.sent") == ("3,210",)
    assert lines(document, "about.record") == ("ab12" * 16,)


def test_what_is_unknown_is_said_to_be(answer, controller, make):
    document = notice(answer, controller, make.filing())
    assert lines(document, "open.gaps") == ("282 h 30 min 9 s",)
    forgotten = notice(replace(answer, unknown=type(answer.unknown)()), controller, make.filing())
    assert lines(forgotten, "open.gaps") == ("282 h 30 min 9 s",), "the windows know it too"
    assert lines(document, "open.gap")[0].endswith("Reason: no flow log was kept")
    assert lines(document, "open.sent")[1] == "Reason: the rule is stateless"
    assert lines(document, "open.persons")[0] == "at least 11, at most 9,876"
    assert lines(document, "open.records")[0] == "at least 17, at most 14,203"


def test_an_empty_answer_is_unknown_and_never_none(controller, make):
    document = notice(Answer(), controller, make.filing(aware=None, told=None))
    assert document.missing == ("times.aware",)
    assert lines(document, "times.aware") == ("not stated yet",)
    assert lines(document, "nature.readings") == ("unknown",)
    for key in ("persons.number", "records.number", "open.persons", "open.records", "open.windows"):
        assert lines(document, key) == ("not determined yet",)
    assert lines(document, "told.letters") == ("not stated yet",)
    assert not any(
        item.key.startswith("times.d") for _, item in document.each() if item.key != "times.discovered"
    )


def test_no_visitor_is_an_answer_where_all_was_covered(answer, controller, make):
    exposure = replace(answer.exposures[0], seen=answer.exposures[0].exposed)
    covered = replace(answer, visitors=(), unknown=type(answer.unknown)(), exposures=(exposure,))
    assert lines(notice(covered, controller, make.filing()), "nature.readings") == ("0",)
    assert lines(notice(replace(answer, visitors=()), controller, make.filing()), "nature.readings") == (
        "unknown",
    )


def test_nothing_unknown_is_said_too(answer, controller, make):
    exposure = replace(answer.exposures[0], gaps=(), seen=answer.exposures[0].exposed)
    known = replace(
        answer,
        exposures=(exposure,),
        unknown=type(answer.unknown)(),
        visitors=(make.visitor("203.0.113.1", Reading.READ, sent=Bound.exactly(5)),),
        persons=Bound.exactly(7),
        taken=replace(answer.taken, cases=Bound.exactly(3)),
    )
    document = notice(known, controller, make.filing())
    assert [item.key for section, item in document.each() if section.key == "open"] == ["open.nothing"]
    assert lines(document, "persons.number") == ("7",)


def test_what_was_asked_for_and_which_fields(answer, controller, make):
    asked = ("search size=10000", "list\n\x1b[0m indices")
    visitors = (
        replace(make.visitor("203.0.113.1", Reading.READ), asked=asked),
        replace(make.visitor("203.0.113.2", Reading.READ), asked=asked[:1]),
        replace(make.visitor("203.0.113.3", Reading.TURNED_AWAY), asked=("never mind",)),
    )
    taken = replace(answer.taken, fields=("customer", "messages"))
    document = notice(replace(answer, visitors=visitors, taken=taken), controller, make.filing())
    assert lines(document, "nature.asked") == (
        "search size=10000: number of addresses: 2",
        "list [0m indices: number of addresses: 1",
    )
    assert lines(document, "records.fields") == ("customer and messages",)


@pytest.mark.parametrize("role", ["customer", "agent", "mentioned"])
def test_each_role_that_groups_have_is_said_in_the_language_of_the_notice(answer, controller, make, role):
    [group] = answer.groups
    name = f"{_ROLES[role]}: email, free text"
    document = notice(
        replace(answer, groups=(replace(group, name=name),)), controller, make.filing(language="de")
    )
    [line] = lines(document, "persons.groups")
    assert "email" not in line
    assert not line.startswith(name[:6])


def test_an_address_of_which_nothing_is_known_is_unknown(answer, controller, make):
    answer = replace(
        answer, visitors=(make.visitor("203.0.113.1", Reading.UNKNOWN, sent=Bound.unknown("no log")),)
    )
    document = notice(answer, controller, make.filing())
    assert lines(document, "open.visitors") == ("connected or not: unknown: 1",)
    assert lines(document, "nature.sent")[0] == "at least 0; nothing says how many at most: unknown"


def test_a_window_without_ends_and_a_shared_copy(answer, controller, make):
    first = answer.exposures[0]
    share = replace(
        first,
        window=replace(
            first.window,
            opening=Opening.SHARE,
            port=0,
            resource="snap-1",
            shared_with="everybody",
            span=Span(-EVER, EVER),
            doubt="the change may have failed",
        ),
    )
    document = notice(replace(answer, exposures=(share, first)), controller, make.filing())
    assert lines(document, "window:share:snap-1:0:1") == (
        "snap-1, copy shared with everybody: from: an unknown time before the evidence begins; until: not closed yet",
        "Of this without evidence: 282 h 30 min 9 s",
        "Doubtful: the change may have failed",
    )
    assert len(lines(document, "open.windows")) == 1


def test_later_than_72_hours_wants_reasons(answer, make):
    aware = make.filing().aware
    plain_controller = Controller.of(make.details(texts={}))
    exactly = notice(answer, plain_controller, make.filing(dated=aware + 72 * HOUR))
    assert "times.late" not in {item.key for _, item in exactly.each()}
    late = notice(answer, plain_controller, make.filing(dated=aware + 72 * HOUR + 1_000_000))
    assert lines(late, "times.late") == ("yes, 72 h 1 s after becoming aware",)
    assert lines(late, "times.delay") == ("not stated yet",)
    assert late.missing == ("times.delay",)
    told = notice(answer, Controller.of(make.details()), make.filing(dated=aware + 100 * HOUR))
    assert lines(told, "times.delay") == ("The logs came late.",)
    assert told.missing == ()
    # A later phase is not late because it is later: the first notice counts.
    second = make.filing(dated=aware + 500 * HOUR, phase=2, first=aware + 60 * HOUR)
    assert "times.late" not in {item.key for _, item in notice(answer, plain_controller, second).each()}


def test_hours_run_through_the_night_that_has_one_hour_twice(answer, controller, make):
    aware = make.at("2026-10-23T12:00:00+02:00")
    document = notice(answer, controller, make.filing(aware=aware, dated=aware))
    assert lines(document, "times.due") == ("26 October 2026, 11:00:00 CET",)


def test_a_processor_tells_its_controller(answer, controller, make):
    document = notice(answer, controller, make.filing(to_controller=True, aware=None, recipient="Kunde GmbH"))
    assert "controller" in document.title
    assert "33(2)" in document.intro[0]
    assert document.item("sender.name").label == "Processor"
    keys = {item.key for _, item in document.each()}
    assert "times.due" not in keys
    assert {"persons.number", "records.number", "open.gaps", "measures.taken"} <= keys


@pytest.mark.parametrize("language", languages())
def test_every_language_states_the_same(answer, controller, make, language):
    english = notice(answer, controller, make.filing())
    document = notice(answer, controller, make.filing(language=language))
    words_in_english = {"nature.words"}
    assert {i.key for _, i in document.each()} == {i.key for _, i in english.each()} - (
        words_in_english if language != "en" else set()
    )
    text = "".join(char for char in plain(document) if char.isalnum())
    for number in ("9876", "14203", "12001", "5432", "4444", "123456", "3210"):
        assert number in text
    assert max(map(len, plain(document).splitlines())) <= 78


def test_hostile_words_from_logs_stay_on_their_line(answer, controller, make):
    first = answer.exposures[0]
    bad = replace(
        first,
        window=replace(first.window, resource="nsg\n\n9. Nothing happened\u202e"),
        gaps=((first.gaps[0][0], "\x1b[2J why\r\nnot"),),
    )
    text = plain(
        notice(replace(answer, exposures=(bad,)), controller, make.filing(incident="a\nb", reference="c\rd"))
    )
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "nsg 9. Nothing happened" in " ".join(text.split())


def test_long_lists_are_cut_and_counted(answer, controller, make):
    many = tuple(make.visitor(f"203.0.113.{n}", Reading.READ) for n in range(100))
    first = answer.exposures[0]
    windows = tuple(replace(first, window=replace(first.window, resource=f"nsg-{n:03d}")) for n in range(60))
    document = notice(replace(answer, visitors=many, exposures=windows), controller, make.filing())
    assert lines(document, "nature.readings") == ("read data: 100",)
    assert len(lines(document, "nature.read")) == 41
    assert lines(document, "nature.read")[-1] == "and 60 more"
    assert lines(document, "window:more") == ("and 20 more",)


# Phases


def second_phase(answer, make):
    """Later: the window began earlier, fewer persons, one address less, a new gap's reason, more letters."""
    first = answer.exposures[0]
    window = replace(first.window, span=Span(make.at("2019-12-04T12:00:00+00:00"), first.window.span.end))
    return replace(
        answer,
        exposures=(replace(first, window=window),),
        persons=Bound.exactly(9_000),
        visitors=answer.visitors[:2],
    )


def test_phase_two_is_exactly_what_changed(answer, controller, make):
    one = make.filing()
    two = make.filing(dated=one.dated + 48 * HOUR, phase=2, first=one.dated, reference="BB-7")
    old, new = notice(answer, controller, one), notice(second_phase(answer, make), controller, two)
    changes = difference(old, new)
    assert [change.key for change in changes] == [
        "window:network:nsg-es:9200:1",
        "nature.readings",
        "persons.number",
        "open.persons",
    ]
    assert changes[2] == Difference(
        "Persons concerned",
        "persons.number",
        "Approximate number",
        ("at least 11, at most 9,876", "Reason: who was read is not known"),
        ("9,000",),
    )
    assert changes[3].now is None
    added = addition(old, new, controller.zone)
    assert added.kind == "addition"
    assert "11:00:00 CET" in added.intro[1], "it says which notice it adds to"
    assert lines(added, "persons.number") == (
        "was: at least 11, at most 9,876",
        "Reason: who was read is not known",
        "is now: 9,000",
    )
    assert lines(added, "open.persons")[-1] == "is now: no longer stated"
    assert lines(added, "about.reference") == ("BB-7",)
    text = plain(added)
    assert "was: nsg-es, port 9200: 5 December 2019" in " ".join(text.split())
    assert "is now: nsg-es, port 9200: 4 December 2019" in " ".join(text.split())
    assert "14,203" not in text, "what did not change is not said again"


def test_nothing_changed_is_said(answer, controller, make):
    one = make.filing()
    two = make.filing(dated=one.dated + HOUR, phase=2, first=one.dated, final=True)
    old, new = notice(answer, controller, one), notice(answer, controller, two)
    assert difference(old, new) == ()
    added = addition(old, new, controller.zone)
    assert added.intro[-1] == "Nothing that was stated has changed."
    assert [section.key for section in added.sections] == ["about", "sender"]
    assert lines(added, "about.phase") == ("2 (final)",)


def test_phase_one_is_kept_as_json_and_read_back(answer, controller, make):
    document = notice(answer, controller, make.filing(language="pl"))
    assert document_from(json.loads(json.dumps(document.as_dict()))) == document
    kept = document.as_dict()
    for bad in ({}, kept | {"format": "x"}, kept | {"sections": [{}]}, kept | {"dated": None}):
        with pytest.raises(NoticeError):
            document_from(bad)


def test_notices_that_cannot_be_compared_are_not(answer, controller, make):
    old = notice(answer, controller, make.filing())
    with pytest.raises(NoticeError, match="languages"):
        difference(old, notice(answer, controller, make.filing(language="de")))
    with pytest.raises(NoticeError, match="incidents"):
        difference(old, notice(answer, controller, make.filing(incident="other")))
    with pytest.raises(KeyError):
        old.item("nothing")
