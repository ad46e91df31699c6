"""What somebody wrote cannot break a line, turn text round, forge a header or be clicked."""

import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hushdesk.incident.notices import Recipient
from hushdesk.incident.notices._safe import calling, clean, links, mailbox, unlinked


@given(st.text(max_size=300))
@example("a\r\nBcc: x@example.com")
@example("\u202eevil\u2066\u200b\x00\x1b[31m")
@example("a\u2028b\u2029c\x85d")
@example("Z" + "\u0301" * 50)
def test_a_clean_text_is_one_line_of_visible_characters(text):
    found = clean(text)
    assert found == " ".join(found.split(" "))
    assert len(found.splitlines()) <= 1
    for char in found:
        assert unicodedata.category(char) not in {"Cc", "Cn", "Co", "Cs", "Zl", "Zp"}
        assert unicodedata.category(char) != "Cf" or char in "\u200c\u200d"
    assert "\u0301" * 5 not in found
    assert clean(found) == found
    assert len(found) <= 500


def test_a_long_text_ends_in_an_ellipsis():
    assert clean("abc def", 5) == "abc…"
    assert clean("Zoë  Müller ") == "Zoë Müller"


@given(
    st.lists(st.sampled_from(["http", "https", ":", "/", "//", "www", ".", "www.", "x", " ", "\u200b"])).map(
        "".join
    )
)
@example("hthttp://tp://example.com")
@example("wwwww.w.example")
def test_nothing_begins_like_a_link_however_it_was_nested(text):
    found = unlinked(text).lower()
    assert "http" not in found
    assert "www" not in found
    assert "://" not in found


def test_a_name_is_kept_and_what_is_no_name_is_not():
    for name in ("Zoë Łukasiewicz", "O'Neil-Nguyễn Jr.", "محمد", "王小明", "J. R. R."):
        assert calling(name) == name
    for other in (
        "",
        "12345",
        "Click evil.example",
        "a@example.com",
        "You won! Call",
        "<b>x</b>",
        "x" * 71,
        "//evil",
        "{name}",
    ):
        assert calling(other) == ""


def test_a_mailbox_stands_in_a_header_or_is_nothing():
    assert mailbox("zoe@example.com") == "zoe@example.com"
    assert mailbox("zoë@exämple.example") == "zoë@exämple.example"
    for bad in (
        "a@b\r\nBcc: c@d",
        "a b@example.com",
        "a@",
        "@b",
        "a@b@c",
        "a,b@example.com",
        "<a@b>",
        "a\u202e@b",
        "",
    ):
        assert mailbox(bad) == ""


def test_links_are_seen():
    assert links("go to example.com now")
    assert links("www")
    assert links("mail a@b")
    assert not links("z. B. am 3.4., siehe oben. Und so weiter.")


@settings(max_examples=50)
@given(st.text(max_size=80), st.text(max_size=80), st.lists(st.text(max_size=80), max_size=10))
def test_a_recipient_shows_nothing_and_holds_no_more_than_clean_lines(name, email, lines):
    person = Recipient(name=name, email=email, lines=tuple(lines))
    assert repr(person) == str(person) == f"{person}" == "Recipient(…)"
    assert len(person.lines) <= 8
    assert all(line and "\n" not in line for line in person.lines)
    assert "\n" not in person.name + person.email
