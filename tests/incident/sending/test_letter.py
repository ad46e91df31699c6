"""From a letter to bytes."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.incident.sending import Letter
from hushdesk.incident.sending._ids import Ids, ids_in, message_id, return_path, text, token_of
from hushdesk.incident.sending._letter import UnfitError, address, render
from hushdesk.incident.sending._wire import stuffed

IDS = Ids(bytes(32), "i-1", "letter")
TOKEN = IDS.token(7, 0)
TO = address("a@example.net")


def bytes_of(message, to=TO, dated=1_577_836_800_000_000):
    return render(Letter(message, ()), to, "desk@example.com", IDS, TOKEN, "example.com", dated)


def made(body="Dear person,\n\nit happened.\n", subject="About your data"):
    message = EmailMessage()
    message["Subject"] = subject
    message.set_content(body)
    return message


def test_the_same_letter_is_the_same_bytes_even_with_parts():
    def parts():
        message = made()
        message.add_alternative("<p>Ä</p>", subtype="html")
        message.add_attachment(b"\x00\xff" * 900, maintype="application", subtype="pdf", filename="brief.pdf")
        return message

    data = bytes_of(parts())
    assert data == bytes_of(parts())
    read = email.message_from_bytes(data, policy=email.policy.default)
    assert read["Date"] == "Wed, 01 Jan 2020 00:00:00 +0000"
    assert read["Message-ID"] == message_id(TOKEN, "example.com")
    assert read["Auto-Submitted"] == "auto-generated"
    assert next(read.iter_attachments()).get_content() == b"\x00\xff" * 900


def test_the_callers_message_is_left_as_it_was():
    message = made()
    before = message.as_bytes()
    bytes_of(message)
    assert message.as_bytes() == before


def test_other_recipients_and_ids_in_the_letter_do_not_count():
    message = made()
    for name in ("To", "Cc", "Bcc", "Message-ID", "Date"):
        message[name] = "old@example.org" if name != "Date" else "Wed, 01 Jan 2014 00:00:00 +0000"
    data = bytes_of(message)
    assert b"old@" not in data
    assert b"2014" not in data
    assert data.count(b"\r\nTo: ") == 1


@given(st.text(max_size=3000), st.integers(1, 40))
def test_any_text_arrives_whole_in_short_lines(body, times):
    body = (body * times).replace("\0", "").replace("\r", "").replace("\x0b", "").replace("\x0c", "")
    message = made(body)
    data = bytes_of(message)
    assert data.isascii()
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    read = email.message_from_bytes(data, policy=email.policy.default)
    assert read.get_content().replace("\r\n", "\n") == message.get_content()


def test_lines_of_a_hand_made_body_are_wrapped():
    message = EmailMessage()
    message["Subject"] = "x"
    message["Content-Type"] = "text/plain; charset=utf-8"
    message.set_payload("long " * 1000)
    read = email.message_from_bytes(bytes_of(message), policy=email.policy.default)
    assert read.get_content().strip() == ("long " * 1000).strip()


def test_what_cannot_be_wrapped_is_not_sent():
    message = EmailMessage()
    message["Subject"] = "x"
    message["Content-Type"] = "application/pdf"
    message.set_payload("x" * 5000)
    with pytest.raises(UnfitError, match="long"):
        bytes_of(message)


@pytest.mark.parametrize("header", ["Subject", "X-Note"])
def test_headers_cannot_be_smuggled_in(header):
    message = made()
    del message[header]
    with pytest.raises(ValueError):
        message[header] = "x\r\nBcc: other@example.org"
    message.add_header("Comments", "fine")
    message._headers.append((header, "x\r\nBcc: planted-secret@example.org"))
    with pytest.raises(UnfitError) as caught:
        bytes_of(message)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "written",
    [
        "",
        "a",
        "@example.net",
        "a@",
        "a@b",
        "a b@example.net",
        "a@example.net>",
        "<a@example.net>",
        "a@example.net, b@example.net",
        "a@example.net\r\nRCPT TO:<b@example.net>",
        "a@exam ple.net",
        "a@-x.example.net",
        "a..b@example.net",
        ".a@example.net",
        "a@example.net\x00",
        "a\u202eb@example.net",
        "a\u200bb@example.net",
        "a" * 65 + "@example.net",
        "a@" + "b." * 127 + "net",
        "a@\u2025.net",
        "\ud800@example.net",
        '"a b"@example.net',
    ],
)
def test_what_is_no_address_never_reaches_an_envelope(written):
    assert address(written) is None


@pytest.mark.parametrize(
    ("written", "text_", "domain", "wide"),
    [
        (" A.b+c@Example.NET ", "A.b+c@Example.NET", "example.net", False),
        ("x@bücher.example", "x@xn--bcher-kva.example", "xn--bcher-kva.example", False),
        ("ö@example.net", "ö@example.net", "example.net", True),
        ("o'neil_1=x@a-b.example.net", "o'neil_1=x@a-b.example.net", "a-b.example.net", False),
    ],
)
def test_addresses(written, text_, domain, wide):
    found = address(written)
    assert (found.text, found.domain, found.wide) == (text_, domain, wide)
    assert "example" not in repr(found)


@given(st.binary(max_size=300))
def test_dots_are_stuffed_so_that_only_we_end_a_letter(data):
    sent = stuffed(data) + b"\r\n.\r\n"
    assert sent.index(b"\r\n.\r\n") == len(sent) - 5 or data.startswith(b".\r\n")
    lines = sent.split(b"\r\n")[:-2]
    assert b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines) == data.removesuffix(
        b"\r\n"
    )


@given(st.integers(0, (1 << 63) - 1), st.integers(0, 9))
def test_tokens_are_found_again_whatever_the_case(person, route):
    token = IDS.token(person, route)
    assert token_of(text(token).upper()) == token
    assert token == IDS.token(person, route) != IDS.token(person, route + 1)
    line = f"... message-id={message_id(token, 'Example.com')}, ".encode()
    assert ids_in(line, b"example.com") == [token]
    assert ids_in(line, b"example.co") == ids_in(line, b"ample.com") == []
    assert return_path(token, "bounces@example.com") == f"bounces+{text(token)}@example.com"


def test_tokens_depend_on_key_incident_kind_and_person():
    made_ = {
        Ids(key, incident, kind).token(person, 0)
        for key in (bytes(32), bytes(31) + b"x")
        for incident in ("a", "ab")
        for kind in ("b", "bb")
        for person in (0, 1)
    }
    assert len(made_) == 16
    assert Ids(bytes(32), "a", "bb").token(1, 0) != Ids(bytes(32), "ab", "b").token(1, 0)
