"""Header injection: whatever names, titles, details and addresses hold, a letter has the headers that we gave it, and one recipient."""

from __future__ import annotations

import email
import email.policy
import importlib.util
import sys
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hushdesk.incident.notices import (
    CheckCodes,
    Concerned,
    Controller,
    ControllerError,
    Letters,
    Recipient,
    Story,
    languages,
)
from hushdesk.incident.sending import Letter, Relay, RelayError
from hushdesk.incident.sending._feed import Feed
from hushdesk.incident.sending._ids import Ids
from hushdesk.incident.sending._letter import UnfitError, address, render

IDS = Ids(bytes(32), "i-1", "letter")
TOKEN = IDS.token(7, 0)
SENDER = "desk@example.com"
DATED = 1_577_836_800_000_000
OURS = {
    "from",
    "to",
    "date",
    "message-id",
    "auto-submitted",
    "subject",
    "content-language",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
}
EVIL = "mallory@evil.example"
PIECES = (
    "\r\n", "\n", "\r", "\r\n\r\n", "\n ", "\r\n\t", "\0", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\u560a\u560d",
    f"Bcc: {EVIL}", f"To: {EVIL}", "Subject: other", "Content-Type: text/html", "<script>", "=?utf-8?q?=0D=0ABcc=3A_mallory=40evil.example?=",
    "=?utf-8?b?DQpCY2M6IG1hbGxvcnlAZXZpbC5leGFtcGxl?=", "=0D=0A", "%0d%0a", "\\r\\n", ".\r\nMAIL FROM:<x>\r\n", "\r\n.\r\n", "\u202e", "Zoë", "Anna",
    ", ", ";", '"', "<", ">", "(", ")", "@", ":", " ", "\ud800", "x" * 400,
)  # fmt: skip
hostile = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)


def notices() -> object:
    """What makes the incident that the letters of the other tests speak of."""
    name = "hushdesk_notices_conftest"
    if name not in sys.modules:
        path = Path(__file__).parents[1] / "incident" / "notices" / "conftest.py"
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


def checked(data: bytes, to: str = "a@example.net") -> email.message.EmailMessage:
    """The letter as a mail program reads it, once nothing in it is anybody else's."""
    read = email.message_from_bytes(data, policy=email.policy.default)
    names = [name.lower() for name in read]
    assert set(names) <= OURS, names
    assert len(set(names)) == len(names), names
    assert [each.addr_spec for each in read["To"].addresses] == [to]
    assert [each.addr_spec for each in read["From"].addresses] == [SENDER]
    assert not read.defects
    head = data.partition(b"\r\n\r\n")[0]
    assert b"\n" not in head.replace(b"\r\n", b"")
    assert not [line for line in head.split(b"\r\n") if line.lower().startswith((b"bcc", b"cc:"))]
    # Nothing ends the letter early and talks to the relay after it.
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\0" not in data
    return read


def as_bytes(message: EmailMessage, sender: str = SENDER, to: str = "a@example.net") -> bytes | None:
    found = address(to)
    assert found is not None
    try:
        return render(Letter(message, (to,)), found, sender, IDS, TOKEN, "example.com", DATED)
    except UnfitError:
        return None


@given(hostile, hostile)
@example(f"About your data\r\nBcc: {EVIL}", "x")
@example("=?utf-8?q?=0D=0ABcc=3A_mallory=40evil.example?=", "\r\n.\r\n")
def test_a_subject_and_a_text_of_anything_make_one_letter_or_none(subject, body):
    message = EmailMessage()
    try:
        message["Subject"] = subject
        message.set_content(body)
    except (ValueError, UnicodeError):
        return
    data = as_bytes(message)
    if data is not None:
        checked(data)


@given(hostile, hostile, hostile, st.sampled_from(sorted(languages())))
@example(f"Anna\r\nBcc: {EVIL}", "1 High Street\r\n\r\n<script>", "x", "en")
def test_the_letter_of_a_person_of_any_name_is_one_letter(name, line, mailbox, language):
    base = notices()
    letters = Letters(
        Controller.of(base.details()),
        Story.of(base.an_answer(), base.INCIDENT),
        CheckCodes(b"\x07" * 32),
        dated=DATED,
    )
    person = Concerned(
        letter=1,
        language=language,
        country="DE",
        kinds=("EMAIL", "FREE_TEXT"),
        cases=3,
        first_case=DATED,
        last_case=DATED,
    )
    paper = letters.letter(person, Recipient(name=name, email=mailbox, lines=(line, name)))
    message = EmailMessage()
    message["Subject"] = paper.subject
    message["Content-Language"] = paper.language
    message.set_content(paper.text)
    data = as_bytes(message)
    assert data is not None, "a name stops a person's letter"
    read = checked(data)
    assert read.get_content().replace("\r\n", "\n").strip() == paper.text.strip()
    assert "<script>" not in paper.subject
    assert "Bcc" not in paper.subject


FIELDS = [("controller", "name"), ("controller", "register"), ("controller", "authority"), ("contact", "name"), ("contact", "email"),
          ("contact", "phone"), ("letters", "check_phone")]  # fmt: skip


@pytest.mark.parametrize(("table", "key"), FIELDS)
@given(text=hostile)
@example(text=f"Beispiel AG\r\nBcc: {EVIL}")
def test_details_of_the_company_are_refused_or_harmless(table, key, text):
    base = notices()
    details = base.details()
    details[table][key] = text
    try:
        company = Controller.of(details)
    except ControllerError as error:
        told = str(error)
    else:
        told = ""
    assert EVIL not in told
    if told:
        return
    letters = Letters(
        company, Story.of(base.an_answer(), base.INCIDENT), CheckCodes(b"\x07" * 32), dated=DATED
    )
    person = Concerned(
        letter=1, language="en", country="DE", kinds=("EMAIL",), cases=3, first_case=DATED, last_case=DATED
    )
    paper = letters.letter(person, Recipient(name="Anna"))
    message = EmailMessage()
    message["Subject"] = paper.subject
    message.set_content(paper.text)
    data = as_bytes(message)
    if data is not None:
        checked(data)


ADDRESSES = (
    f"a@example.net\r\nBcc: {EVIL}", f"a@example.net\nBcc: {EVIL}", f"a@example.net, {EVIL}", f"a@example.net;{EVIL}", f"a@example.net {EVIL}",
    f"<a@example.net>, <{EVIL}>", '"a\r\nBcc: x"@example.net', f"a@example.net>\r\nRCPT TO:<{EVIL}", "a@example.net> SIZE=1\r\nDATA\r\n.",
    "a\0@example.net", "a@example.net\0", "a@example\r.net", "@example.net:a@evil.example", "a%evil.example@example.net\r\n", "a@[127.0.0.1]",
    "a@example.net(comment)", "=?utf-8?q?a?=@example.net ", "=?utf-8?q?a=2C_mallory=40evil.example?=@example.net", "a@\u202etен.example", "a@example.net\u2028b", "a\u200b@example.net", "a..b@example.net",
    "-oQ/tmp -X/tmp/x@example.net", "|id@example.net", "a@localhost", "a@-x.example", "a@" + "x" * 300 + ".example", "a" * 65 + "@example.net", "@", "", "a@b@c.example ",
    " a@example.net\t", "a@xn--\u00e4.example", "a@exa\u017fmple.net", "a@\uff45xample.net",
)  # fmt: skip


@pytest.mark.parametrize("written", ADDRESSES)
def test_an_address_is_one_address_or_none(written):
    found = address(written)
    if found is None:
        return
    assert found.text.count("@") == 1
    assert not set(found.text) & set(' \t\r\n\0,;<>()[]:\\"')
    assert EVIL not in found.text
    message = EmailMessage()
    message["Subject"] = "About your data"
    message.set_content("It happened.\n")
    data = render(Letter(message, (written,)), found, SENDER, IDS, TOKEN, "example.com", DATED)
    checked(data, found.text)


@given(st.lists(st.sampled_from([*PIECES, "a", "@", "example.net", "."]), max_size=8).map("".join))
def test_no_address_of_any_grammar_ends_a_line(written):
    found = address(written)
    if found is not None:
        assert not set(found.text) & set(' \t\r\n\0,;<>()[]:\\"')
        assert len(found.text.splitlines()) == 1


@given(hostile)
@example(f"Beispiel AG\r\nBcc: {EVIL}")
@example(f'Beispiel" <{EVIL}>, "x')
def test_the_name_of_the_sender_is_a_name(name):
    relay = Relay(host="127.0.0.1", sender=SENDER, sender_name=name)
    try:
        relay.check()
        outbox = SimpleNamespace()
        sender = Feed(outbox, relay, lambda _: None, SimpleNamespace(), lambda: 0)._sender
    except (RelayError, ValueError, UnicodeError):
        return
    message = EmailMessage()
    message["Subject"] = "About your data"
    message.set_content("It happened.\n")
    data = as_bytes(message, sender)
    if data is not None:
        checked(data)


@pytest.mark.parametrize("field", ["sender", "return_path"])
@pytest.mark.parametrize(
    "written", [text for text in ADDRESSES if "\r" in text or "\n" in text or "," in text]
)
def test_the_senders_address_cannot_name_others(field, written):
    with pytest.raises(RelayError):
        Relay(**({"host": "127.0.0.1", "sender": SENDER} | {field: written})).check()
