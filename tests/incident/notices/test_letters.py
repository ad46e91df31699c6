"""Letters of art. 34: each person's own kinds of data, their language, a code, no link, and an identity that shows nowhere."""

import re
import traceback
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.incident import DAY, EVER, PERSONS, Answer, Opening, Reading, Span, Spans, when
from hushdesk.incident.notices import (
    NOBODY,
    CheckCodes,
    Concerned,
    Controller,
    Form,
    Letters,
    NoticeError,
    Recipient,
    Story,
    concerned,
    languages,
    words,
)
from hushdesk.incident.notices._catalogue import texts_of

KINDS = sorted(key[6:] for key in texts_of("en") if key.startswith("kinds."))
DOMAIN = re.compile(r"\b[\w-]+\.(?:com|org|net|example|de|eu)\b")


def a_person(**changes):
    facts = {
        "letter": 4_711,
        "language": "en",
        "country": "DE",
        "kinds": ("EMAIL", "FREE_TEXT"),
        "cases": 3,
        "first_case": 1_330_560_000_000_000,
        "last_case": 1_573_430_400_000_000,
    }
    return Concerned(**(facts | changes))


def points(letter, key):
    return next(block.points for block in letter.blocks if block.key == key)


def test_it_says_what_it_must(letters, codes, make):
    letter = letters.letter(a_person(), Recipient(name="Zoë Łukasiewicz"))
    text = letter.text
    assert letter.subject == "Security incident: your personal data may be affected"
    for part in (
        "Beispiel AG\nMusterweg 1\n10115 Berlin\n",
        "7 January 2020",
        "Our reference: 2020-001, letter 4711",
        "Dear Zoë Łukasiewicz,",
        "from 5 December 2019 until 31 December 2019",
        "Our logs show that strangers read data",
        "- your e-mail address\n- what you and our support wrote to each other\nSupport cases that concern you: 3\n",
        "First: 1 March 2012; last: 11 November 2019",
        "pretend to be our support",
        "- The access from outside has been closed.",
        "- The rules that decide who can reach our systems will be reviewed.",
        "hang up",
        f"Check code of this letter: {letter.code}\n",
        "+49 30 5550101",
        "Our data protection officer answers your questions:\n- Stelle für Datenschutz\n- privacy@example.com\n",
        "Berliner Beauftragte",
    ):
        assert part in text
    assert "bank" not in text, "no advice about data that they did not give"
    facts = codes.confirm(letter.code, [make.incident])
    assert (facts.letter, facts.language, facts.form) == (4_711, "en", Form.POSSIBLE)
    assert when(facts.day).date().isoformat() == "2020-01-07"


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("role", ["customer", "agent", "mentioned", "unheard of"])
@pytest.mark.parametrize(
    ("certain", "leftover"), [(False, False), (True, False), (False, True), (True, True)]
)
def test_every_language_role_and_form_is_whole_and_without_links(letters, language, role, certain, leftover):
    person = a_person(language=language, role=role, certain=certain, leftover=leftover, kinds=tuple(KINDS))
    letter = letters.letter(person, Recipient(name="Ana Ruiz"))
    speak = words(language, "Europe/Berlin")
    assert letter.language == language
    assert (speak("letter.leftover") in " ".join(letter.text.split())) == leftover
    assert (speak("letter.certain") in " ".join(letter.text.split())) == certain
    assert "Ana Ruiz" in letter.dear
    assert letter.code in letter.text
    assert set(points(letter, "data")) == {speak(f"kinds.{kind}") for kind in KINDS}
    lower = letter.text.lower()
    assert "http" not in lower
    assert "www" not in lower
    assert DOMAIN.findall(lower) == ["example.com"], "the contact's mailbox and nothing else"
    assert not re.search(r"\{\w*\}", letter.text)
    assert max(map(len, letter.text.splitlines())) <= 78


@settings(max_examples=50)
@given(
    kinds=st.sets(st.sampled_from(KINDS), max_size=8),
    language=st.sampled_from(languages()),
    name=st.text(max_size=60),
    lines=st.lists(st.text(max_size=40), max_size=6),
)
def test_any_name_and_any_kinds(letters, kinds, language, name, lines):
    person = a_person(kinds=tuple(sorted(kinds)), language=language)
    to = Recipient(name=name, email=name, lines=tuple(lines))
    letter = letters.letter(person, to)
    own = words(language, "Europe/Berlin")
    expected = {own(f"kinds.{kind}") for kind in (kinds or {"OTHER"})}
    assert set(points(letter, "data")) == expected
    nameless = letters.letter(person, NOBODY)
    # Whatever the name, it changes one line and no more.
    theirs, nobodys = letter.text.split("\n"), nameless.text.split("\n")
    assert len(theirs) == len(nobodys)
    assert sum(a != b for a, b in zip(theirs, nobodys, strict=True)) <= 1
    assert "http" not in letter.text.lower()
    assert "://" not in letter.text


def test_a_name_that_would_be_clicked_or_is_a_sentence_is_not_used(letters):
    for name in ("Win at evil.example", "a@b.example", "Your refund: call 0900", "\r\nSubject: x"):
        letter = letters.letter(a_person(), Recipient(name=name))
        assert letter.dear in {"Hello,", "Dear Subject x,"}
        assert "evil" not in letter.text


def test_kinds_that_have_no_words_are_other_data(letters):
    letter = letters.letter(a_person(kinds=("EMAIL", "SHOE_SIZE", "OTHER")))
    assert points(letter, "data") == ("your e-mail address", "other data that you gave to our support")


def test_consequences_and_advice_follow_from_the_kinds(letters):
    bare = letters.letter(a_person(kinds=("PLACE",)))
    rich = letters.letter(a_person(kinds=("CARD", "HEALTH", "SECRET")))
    speak = words("en")
    # Identity theft was named by the controller for all.
    assert points(bare, "likely") == (speak("likely.support_fraud"), speak("likely.identity_theft"))
    assert points(rich, "likely") == tuple(
        speak(f"likely.{code}")
        for code in ("support_fraud", "account_takeover", "payment_fraud", "identity_theft", "disclosure")
    )
    assert speak("advice.bank") in points(rich, "advice")
    assert speak("advice.passwords") in points(rich, "advice")
    assert speak("advice.bank") not in points(bare, "advice")


def test_what_is_known_of_cases_is_said_and_nothing_more(letters):
    assert "Support cases that concern you" not in letters.letter(a_person(cases=0)).text
    text = letters.letter(a_person(first_case=None)).text
    assert "Support cases that concern you: 3" in text
    assert "First:" not in text


def test_days_are_those_of_the_zone_even_where_it_is_half_an_hour_off(make, answer, codes):
    data = make.details()
    data["controller"] = data["controller"] | {"zone": "Asia/Kolkata"}
    made = Letters(Controller.of(data), Story.of(answer, "x"), codes, dated=make.filing().dated)
    late, early = make.at("2012-03-01T18:40:00+00:00"), make.at("2012-03-01T18:20:00+00:00")
    text = made.letter(a_person(first_case=early, last_case=late)).text
    assert "First: 1 March 2012; last: 2 March 2012" in text


def test_times_that_nobody_knows(controller, codes, answer, make):
    first = answer.exposures[0]

    def text(**changes):
        exposure = replace(first, window=replace(first.window, **changes))
        story = Story.of(replace(answer, exposures=(exposure,)), "x")
        return Letters(controller, story, codes, dated=make.filing().dated).letter(a_person()).text

    start, end = first.window.span.start, first.window.span.end
    assert "This has been so since 5 December 2019." in text(span=Span(start, EVER))
    assert "This was so until 31 December 2019. Since when, we do not know yet." in text(
        span=Span(-EVER, end)
    )
    assert "From when until when this was so, we do not know yet." in text(span=Span(-EVER, EVER))
    shared = text(opening=Opening.SHARE)
    assert "could take a copy" in shared
    assert "reached from the internet" not in shared


def test_how_sure_it_is_follows_the_evidence(answer, make):
    reader = make.visitor("203.0.113.1", Reading.READ)
    turned = make.visitor("203.0.113.1", Reading.TURNED_AWAY)
    exposure = replace(answer.exposures[0], seen=answer.exposures[0].exposed)
    covered = replace(answer, unknown=Spans(), visitors=(turned,), exposures=(exposure,))
    assert not Story.of(covered, "x").unseen
    assert not Story.of(covered, "x").read
    assert Story.of(replace(covered, visitors=(reader,)), "x").read
    assert Story.of(answer, "x").unseen
    assert Story.of(replace(answer, unknown=Spans()), "x").unseen, "the windows know it too"
    assert Story.of(Answer(), "x").unseen, "no evidence at all is no reassurance"
    assert Story.of(replace(covered, visitors=(make.visitor("203.0.113.1", Reading.UNKNOWN),)), "x").unseen


def test_texts_by_hand_stand_in_letters_of_their_language(make, answer, codes):
    own = {
        "de": {"letter": ["Es war ein Mittwoch."], "advice": ["Kommen Sie vorbei."], "check_page": "Echtheit"}
    }
    controller = Controller.of(make.details(texts=own))
    made = Letters(controller, Story.of(answer, "x"), codes, dated=make.filing().dated)
    german, polish = made.letter(a_person(language="de")), made.letter(a_person(language="pl"))
    assert "Es war ein Mittwoch." in german.text
    assert "- Kommen Sie vorbei." in german.text
    assert "„Echtheit“" in german.text
    # Nothing was written by hand in Polish: rather the configured language than a letter that lacks something.
    assert polish.language == "en"


def test_rows_become_persons_without_identity():
    rows = pa.table(
        {
            "person": [5, None],
            "token": ["EMAIL_AAA", "EMAIL_BBB"],
            "language": ["de", ""],
            "country": ["DE", ""],
            "kinds": [["EMAIL"], ["EMAIL", "PHONE"]],
            "cases": [2, 1],
            "first_case": [when(DAY), None],
            "last_case": [when(3 * DAY), None],
            "certain": [True, False],
            "leftover": [True, False],
            "role": ["customer", "mentioned"],
            "channels": [["EMAIL"], []],
        },
        schema=PERSONS,
    )
    first, second = concerned(rows, 10)
    assert first == Concerned(
        letter=10,
        language="de",
        country="DE",
        kinds=("EMAIL",),
        cases=2,
        first_case=DAY,
        last_case=3 * DAY,
        certain=True,
        leftover=True,
    )
    assert first.form is Form.CERTAIN_LEFTOVER
    assert (second.letter, second.form, second.first_case) == (11, Form.POSSIBLE, None)
    assert "EMAIL_" not in repr(first)
    assert list(concerned(rows.to_batches()[0], 10)) == [first, second]


SECRET = "Xanthippe-Planted"


def test_the_identity_shows_in_no_repr_and_no_traceback(letters):
    to = Recipient(name=SECRET, email=f"{SECRET}@example.com", lines=(SECRET,))
    letter = letters.letter(a_person(), to)
    assert SECRET in letter.text
    assert SECRET not in repr(letter) + repr(to) + str(letter) + f"{letter!r}"
    with pytest.raises(NoticeError) as caught:
        letters.letter(a_person(letter=0), to)
    shown = "".join(
        traceback.TracebackException.from_exception(caught.value, capture_locals=True).format(chain=True)
    )
    assert SECRET not in shown


def test_nothing_of_a_person_is_kept(letters):
    to = Recipient(name=SECRET)
    letters.letter(a_person(letter=77), to)
    again = letters.letter(a_person(letter=77))
    assert SECRET not in again.text
    assert again.to is NOBODY


def test_the_same_letter_is_the_same_text(letters, controller, answer, codes, make):
    to = Recipient(name="Ana Ruiz")
    other = Letters(
        controller,
        Story.of(answer, make.incident),
        CheckCodes(b"\x07" * 32),
        dated=letters.letter(a_person()).dated,
    )
    assert other.letter(a_person(), to).text == letters.letter(a_person(), to).text
