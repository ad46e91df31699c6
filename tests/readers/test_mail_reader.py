"""Mail: every message is accounted for, threads become cases, and broken mail is still read."""

import io
import itertools
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.cases import Case, PersonRole, Reason, Refused, Supporting, Visibility
from hushdesk.readers._errors import CarrierError
from hushdesk.readers._interface import Confidence, Options, Stream
from hushdesk.readers._mail import MailReader
from hushdesk.readers._mail_headers import decode_words, plain_subject, split_addresses
from hushdesk.readers._mail_parse import Mail, parse_mail
from hushdesk.readers._mail_split import split
from hushdesk.readers._mapping import parse_mapping
from hushdesk.readers._spill import Spill

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "helpdesk"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the development data is not here")
DESK = parse_mapping("[mail]\nsupport_domains = ['desk.example']")
_NUMBERS = itertools.count()


def mail(
    text: str = "hello",
    *,
    sender: str = "Ada <ada@home.example>",
    to: str = "help@desk.example",
    subject: str = "Printer",
    id_: str | None = None,
    parent: str = "",
    minute: int = 0,
    extra: str = "",
) -> bytes:
    identity = id_ if id_ is not None else f"auto{next(_NUMBERS)}@x.example"
    lines = [
        f"From: {sender}" if sender else "",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: Thu, 30 Sep 2021 17:{minute:02d}:00 +0200",
        f"Message-ID: <{identity}>" if identity else "",
        f"In-Reply-To: <{parent}>" if parent else "",
        extra.strip("\n"),
    ]
    return "\n".join([*(line for line in lines if line), "", text, ""]).encode()


def mbox(*mails: bytes) -> bytes:
    return b"".join(b"From x@y.example Thu Sep 30 17:20:00 2021\n" + one + b"\n" for one in mails)


def load(
    *contents: bytes, options: Options | None = None, names: tuple[str, ...] = ()
) -> list[Case | Refused | Supporting]:
    reader = MailReader()
    streams = []
    for number, data in enumerate(contents):
        name = names[number] if names else f"mail{number}"
        streams.append(
            (reader.sniff(data[:65_536], name).part, Stream(name, lambda data=data: io.BytesIO(data)))
        )
    return list(reader.read(streams, options or Options()))


def cases(found: list[Case | Refused | Supporting]) -> list[Case]:
    return [one for one in found if isinstance(one, Case)]


def texts(case: Case) -> list[str]:
    return [message.text for message in case.messages]


# -- splitting


def bodies(data: bytes) -> list[bytes]:
    return [raw.data.split(b"\n\n", 1)[1] for raw in split(io.BytesIO(data))]


def test_a_from_line_in_a_text_does_not_cut() -> None:
    body = "one\n\nFrom here at 10:30 in 2021 it smoked\n\n>From there too\n>>From quoted"
    (only,) = bodies(mbox(mail(body)))
    assert b"\nFrom here at 10:30" in only
    assert b"\nFrom there too" in only
    assert b"\n>From quoted" in only


@pytest.mark.parametrize(
    "line",
    [
        "From a@b.example Thu Sep 30 17:20:00 2021",
        "From a@b.example Thu Sep 30 17:20:00 +0200 2021",
        "From - Thu Sep 30 17:20:00 2021",
        'From "a b"@c.example Thu Sep  3 17:20:00 CEST 2021',
        "From MAILER-DAEMON Thu, 30 Sep 2021 17:20:00 +0200",
        "From ???@??? Thu Sep 30 17:20:00 2021",
        "From a@b.example 2021-09-30 17:20:00",
        "From a@b.example",
    ],
)
def test_from_lines_of_many_programs(line: str) -> None:
    data = b"".join(line.encode() + b"\n" + mail(f"text {n}") + b"\n" for n in range(3))
    assert len(list(split(io.BytesIO(data)))) == 3
    crlf = data.replace(b"\n", b"\r\n")
    assert len(list(split(io.BytesIO(crlf)))) == 3


def test_content_length_is_followed_when_right_and_ignored_when_wrong() -> None:
    inner = "From a@b.example Thu Sep 30 17:20:00 2021\nSubject: not a mail of its own\n\nquoted\n"
    right = mbox(mail(inner, extra=f"Content-Length: {len(inner) + 1}"), mail("second"))
    assert [b"not a mail of its own" in body for body in bodies(right)] == [True, False]
    for wrong in ("3", "400", "99999999"):
        data = mbox(mail("first", extra=f"Content-Length: {wrong}"), mail("second"), mail("third"))
        assert [body.strip() for body in bodies(data)] == [b"first", b"second", b"third"]


def test_a_message_that_is_too_large_is_refused_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hushdesk.readers._mail_split.MAX_MESSAGE", 10_000)
    found = load(mbox(mail("a"), mail("x" * 50 + "\n" * 20_000), mail("b")))
    (one,) = [value for value in found if isinstance(value, Refused)]
    assert (one.reason, one.at.row) == (Reason.TOO_LARGE, 2)
    assert sorted(texts(case)[0] for case in cases(found)) == ["a", "b"]
    assert Supporting("messages", 3, 2) in found


def test_a_mailbox_that_breaks_off_gives_what_came_before() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            if not data:
                raise CarrierError(Reason.TRUNCATED, "the data ends too early")
            return data

    data = mbox(mail("first"), mail("second"), mail("third"))
    found = list(MailReader().read([("mbox", Stream("m", lambda: Broken(data)))], Options()))
    (one,) = [value for value in found if isinstance(value, Refused)]
    assert one.reason is Reason.TRUNCATED
    assert one.whole_file
    assert len(cases(found)) == 2


# -- threads


def test_references_join_a_thread_in_the_order_of_time() -> None:
    found = load(
        mail("third", minute=3, parent="b@x"),
        mail("first", minute=1, id_="a@x"),
        mail(
            "second",
            minute=2,
            id_="b@x",
            extra="References: <a@x>",
            sender="Bo <bo@desk.example>",
            to="ada@home.example",
        ),
        options=Options(mapping=DESK),
    )
    (case,) = cases(found)
    assert texts(case) == ["first", "second", "third"]
    assert case.opened_at == datetime(2021, 9, 30, 15, 1, tzinfo=UTC)
    assert case.updated_at == datetime(2021, 9, 30, 15, 3, tzinfo=UTC)
    assert case.customer is not None
    assert case.agent is not None
    assert (case.customer.emails, case.customer.role) == (("ada@home.example",), PersonRole.CUSTOMER)
    assert (case.agent.name, case.agent.role) == ("Bo", PersonRole.AGENT)
    assert case.description == ""


def test_mails_that_answer_one_that_is_not_here_belong_together() -> None:
    found = load(mail("x", parent="gone@x"), mail("y", parent="gone@x", subject="Other"), mail("z"))
    assert [len(case.messages) for case in cases(found)] == [2, 1]


def test_the_case_id_does_not_depend_on_order_or_on_later_mails() -> None:
    first = mail("a", id_="root@x", minute=1)
    later = mail("b", id_="later@x", minute=2, extra="References: <root@x>")
    latest = mail("c", minute=3, extra="References: <root@x> <later@x>")
    ids = {
        cases(load(*some))[0].source_id
        for some in ((first,), (first, later), (later, first), (latest,), (later, latest))
    }
    assert len(ids) == 1
    assert "root" not in ids.pop()


def test_copies_of_a_mail_count_once_but_other_mails_with_its_id_are_kept() -> None:
    copy = mail("the same", id_="a@x")
    found = load(copy, copy + b"-- \nlist footer", copy, mail("something else", id_="a@x"))
    (case,) = cases(found)
    assert sorted(texts(case)) in (
        ["something else", "the same"],
        ["something else", "the same", "the same\n-- \nlist footer"],
    )
    plain = mail("no id at all", id_="")
    assert [len(one.messages) for one in cases(load(plain, plain))] == [1]


def test_an_answer_without_references_joins_by_subject_and_people_only() -> None:
    asked = mail("q1", sender="ada@home.example", subject="Help")
    other = mail("q2", sender="eve@else.example", subject="Help", minute=1)
    answer = mail("a1", sender="bo@desk.example", to="ada@home.example", subject="AW: Help", minute=2)
    fresh = mail("q3", sender="ada@home.example", subject="Help", minute=3)
    found = load(asked, other, answer, fresh, options=Options(mapping=DESK))
    assert [texts(case) for case in cases(found)] == [["q1", "a1"], ["q2"], ["q3"]]


def test_an_address_in_in_reply_to_joins_nothing() -> None:
    odd = "In-Reply-To: Message from Bo <bo@desk.example> of Monday"
    found = load(
        mail("a", sender="a@b.example", to="bo@desk.example", extra=odd, subject="x"),
        mail("c", sender="d@e.example", to="bo@desk.example", extra=odd, subject="y"),
    )
    assert len(cases(found)) == 2


def test_a_thread_without_end_is_continued_in_further_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hushdesk.readers._mail_case.MAX_MESSAGES", 4)
    found = load(*(mail(f"t{n}", parent="root@x", minute=n) for n in range(10)))
    assert [len(case.messages) for case in cases(found)] == [4, 4, 2]
    assert len({case.source_id for case in cases(found)}) == 3


# -- who may see it


def visibilities(*mails: bytes, options: Options | None = None) -> list[str]:
    (case,) = cases(load(*mails, options=options or Options(mapping=DESK)))
    return [message.visibility.value for message in case.messages]


def test_only_what_reached_the_customer_is_public() -> None:
    assert visibilities(
        mail("ask", id_="r@x", minute=0),
        mail("among ourselves", sender="bo@desk.example", to="cy@desk.example", parent="r@x", minute=1),
        mail("to a supplier", sender="bo@desk.example", to="max@maker.example", parent="r@x", minute=2),
        mail("from the supplier", sender="max@maker.example", to="bo@desk.example", parent="r@x", minute=3),
        mail("answer", sender="bo@desk.example", to="ada@home.example", parent="r@x", minute=4),
        mail("a colleague", sender="ann@home.example", parent="r@x", minute=5),
        mail("no author", sender="", parent="r@x", minute=6),
        mail("beside the desk", to="cat@home.example", parent="r@x", minute=7),
    ) == ["public", "internal", "internal", "internal", "public", "public", "internal", "internal"]


def test_drafts_are_internal() -> None:
    found = load(mail("a"), options=Options(mapping=DESK), names=("cur/17:2,DS",))
    assert cases(found)[0].messages[0].visibility is Visibility.INTERNAL


def test_without_knowing_the_help_desk_everything_is_internal() -> None:
    assert (
        visibilities(mail("ask", id_="r@x"), mail("answer", parent="r@x"), options=Options())
        == ["internal"] * 2
    )


def test_the_help_desk_is_found_by_evidence() -> None:
    mails = []
    for number in range(4):
        customer = f"c{number}@firm{number}.example"
        mails.append(
            mail("ask", sender=customer, to="help@desk.example", id_=f"q{number}@x", subject=f"s{number}")
        )
        mails.append(mail("answer", sender="bo@desk.example", to=customer, parent=f"q{number}@x", minute=5))
    found = cases(load(*mails))
    assert [message.visibility.value for case in found for message in case.messages] == ["public"] * 8
    assert all(case.agent and case.agent.emails == ("bo@desk.example",) for case in found)
    free = cases(load(*(one.replace(b"desk.example", b"gmail.com") for one in mails)))
    assert {message.visibility for case in free for message in case.messages} == {Visibility.INTERNAL}


# -- what is kept of a mail


def test_senders_machines_and_aliases_are_people_and_not_text() -> None:
    extra = (
        "X-Originating-IP: [192.0.2.7]\nReply-To: Ada B. <ada.b@other.example>\nReceived: from h (198.51.100.1) by x\n"
        "DKIM-Signature: v=1; b=abc\nCc: Carl <carl@home.example>"
    )
    (case,) = cases(load(mail("text", extra=extra)))
    assert texts(case) == ["text"]
    assert case.customer is not None
    assert case.customer.ips == ("192.0.2.7",)
    named = {address for person in case.others for address in person.emails}
    assert {"ada.b@other.example", "carl@home.example", "help@desk.example"} <= named
    assert case.messages[0].author == case.customer


def parsed(text: str) -> Mail:
    return parse_mail(text.encode("utf-8", "surrogateescape"))


def multipart(kind: str, *parts: str, extra: str = "") -> Mail:
    inner = "".join(f"--BB\n{part}\n" for part in parts)
    return parsed(
        f"From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary=BB{extra}\n\n{inner}--BB--\n"
    )


PLAIN = "Content-Type: text/plain\n\nplain text"
HTML = "Content-Type: text/html\n\n<p>rich <b>text</b></p>"
EMPTY = "Content-Type: text/plain\n\n  \n"


def test_the_plain_alternative_is_preferred_and_html_becomes_text() -> None:
    assert multipart("alternative", PLAIN, HTML).text == "plain text"
    assert multipart("alternative", HTML).text == "rich text"
    assert multipart("alternative", EMPTY, HTML).text == "rich text"
    assert multipart("mixed", PLAIN, HTML).text == "plain text\n\nrich text"


def test_attachments_are_names_only() -> None:
    found = multipart(
        "mixed",
        PLAIN,
        'Content-Type: text/plain; name="log.txt"\nContent-Disposition: attachment\n\nsecret log',
        "Content-Type: image/png\nContent-Disposition: attachment; filename*0*=UTF-8''f%C3%BC; filename*1*=nf.png\n\nxx",
        "Content-Type: application/pdf; name==?UTF-8?B?csOpc3Vtw6kucGRm?=\n\nxx",
        'Content-Type: image/gif; name="C:\\\\pics\\\\a.gif"\n\nxx',
    )
    assert found.text == "plain text"
    assert found.attachments == ["log.txt", "fünf.png", "résumé.pdf", "a.gif"]


def test_sealed_parts_are_reported_and_not_guessed() -> None:
    found = multipart("mixed", PLAIN, 'Content-Type: application/pkcs7-mime; name="smime.p7m"\n\nMIIabc')
    assert (found.text, found.attachments, found.sealed) == ("plain text", ["smime.p7m"], ["S/MIME"])
    found = multipart(
        "encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1", extra="; protocol=x-pgp"
    )
    assert (found.text, found.sealed) == ("", ["PGP/MIME"])
    found = parsed(
        "From: a@b.example\nSubject: x\n\nhi\n-----BEGIN PGP MESSAGE-----\nabc\n-----END PGP MESSAGE-----\nbye\n"
    )
    assert (found.text, found.sealed) == ("hi\n\nbye", ["PGP"])
    (case,) = cases(load(b"From: a@b.example\nSubject: x\n\n-----BEGIN PGP MESSAGE-----\nabc\n"))
    assert case.remarks == "1 part sealed by PGP could not be read."
    signed = multipart("signed", PLAIN, "Content-Type: application/pgp-signature; name=sig.asc\n\nabc")
    assert (signed.text, signed.sealed, signed.attachments) == ("plain text", [], ["sig.asc"])


def test_uuencoded_files_are_attachments() -> None:
    found = parsed(
        "From: a@b.example\nSubject: x\n\nsee\n\nbegin 644 photo.jpg\n#0V%T\n`\nend\n\nbegin with a word\nend\n"
    )
    assert found.attachments == ["photo.jpg"]
    assert found.text == "see\n\n\n\nbegin with a word\nend"


def test_an_attached_mail_is_quoted_once_and_its_people_are_known() -> None:
    inner = "From: Eve <eve@far.example>\nSubject: Inner\nDate: Thu, 30 Sep 2021 10:00:00 +0000\n\ninner text\nmore"
    found = multipart("mixed", PLAIN, f"Content-Type: message/rfc822\n\n{inner}")
    assert found.text == (
        "plain text\n\n> From: Eve <eve@far.example>\n> Date: 2021-09-30 10:00 UTC\n> Subject: Inner\n>\n> inner text\n> more"
    )
    assert ("Eve", "eve@far.example") in found.mentioned


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        ("utf-8", "für".encode()),
        ("iso-8859-1", b"f\xfcr"),
        ("ISO-8859-1", "für".encode("cp1252")),
        ("x-klingon", b"f\xfcr"),
        ("us-ascii", "für".encode()),
        ("", "für".encode()),
    ],
)
def test_charsets_that_lie_are_seen_through(charset: str, data: bytes) -> None:
    head = (
        f"From: a@b.example\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    )
    assert parse_mail(head.encode() + data).text == "für"


def test_8_bit_headers_are_read() -> None:
    found = parse_mail("Subject: für Jürgen\nFrom: Jürgen <j@b.example>\n\nx".encode())
    assert (found.subject, found.author) == ("für Jürgen", ("Jürgen", "j@b.example"))
    found = parse_mail(b"Subject: f\xfcr\nFrom: J\xfcrgen <j@b.example>\n\nx")
    assert (found.subject, found.author) == ("f\xfcr", ("J\xfcrgen", "j@b.example"))


@pytest.mark.parametrize(
    "encoding", ["quoted-printable", "Quoted-Printable;", '"quoted-printable"', "QUOTED-PRINTABLE "]
)
def test_transfer_encodings_are_read_leniently(encoding: str) -> None:
    assert parsed(f"From: a@b.example\nContent-Transfer-Encoding: {encoding}\n\nf=C3=BCr").text == "für"


def test_damaged_base64_gives_what_it_holds() -> None:
    assert parsed("From: a@b.example\nContent-Transfer-Encoding: base64\n\nZs O8!\ncg").text == "für"


def test_east_asian_charsets() -> None:
    for charset, encoding in (
        ("gb2312", "gb18030"),
        ("iso-2022-jp", "iso-2022-jp"),
        ("ks_c_5601-1987", "cp949"),
        ("big5", "big5"),
    ):
        word = {"gb18030": "打印机", "iso-2022-jp": "印刷", "cp949": "인쇄", "big5": "印表機"}[encoding]
        head = f"From: a@b.example\nContent-Type: text/plain; charset={charset}\n\n"
        assert parse_mail(head.encode() + word.encode(encoding)).text == word


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("=?UTF-8?Q?f=C3=BCr?=", "für"),
        ("=?utf-8?b?ZsO8cg?=", "für"),
        ("=?UTF-8?B?ZsM=?= =?UTF-8?B?vHI=?=", "für"),
        ("=?iso-8859-1*de?Q?f=FCr_dich?=", "für dich"),
        ("a =?x-klingon?Q?b?= c", "a b c"),
        ("=?UTF-8?Q?broken", "=?UTF-8?Q?broken"),
        ("=?UTF-8?Q?a?= =?ISO-8859-1?Q?=FC?=", "aü"),
    ],
)
def test_encoded_words(raw: str, expected: str) -> None:
    assert decode_words(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a@b.example", [("", "a@b.example")]),
        (
            '"Muster, Ada" <Ada@B.example>, c@d.example (Carl)',
            [("Muster, Ada", "ada@b.example"), ("Carl", "c@d.example")],
        ),
        ("=?UTF-8?Q?J=C3=BCrgen?= <j@b.example>", [("Jürgen", "j@b.example")]),
        ("Team: a@b.example, c@d.example;", [("", "a@b.example"), ("", "c@d.example")]),
        ("undisclosed-recipients:;", []),
        ("Ada Muster", [("Ada Muster", "")]),
        ("'a@b.example' <a@b.example>", [("a@b.example", "a@b.example")]),
        ("", []),
    ],
)
def test_address_lists(raw: str, expected: list[tuple[str, str]]) -> None:
    assert split_addresses(raw) == expected


def test_subjects_are_compared_without_what_programs_put_before_them() -> None:
    for subject in ("Re: Help", "AW: RE: help", "[list] Re[2]: Help", "Fwd: SV:  Help", "回复:Help", "Help "):
        assert plain_subject(subject) == "help"


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Thu, 30 Sep 2021 17:20:00 +0200", datetime(2021, 9, 30, 15, 20, tzinfo=UTC)),
        ("30 Sep 21 17:20 GMT", datetime(2021, 9, 30, 17, 20, tzinfo=UTC)),
        ("2021-09-30T17:20:00Z", datetime(2021, 9, 30, 17, 20, tzinfo=UTC)),
        ("nonsense", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("Thu, 99 Sep 2021 99:20:00 +0200", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ],
)
def test_a_broken_date_falls_back_to_the_time_of_receipt(date: str, expected: datetime) -> None:
    found = parsed(f"From: a@b.example\nDate: {date}\nReceived: by x; Thu, 2 Jan 2020 03:04:05 +0000\n\nx")
    assert found.at == expected


def test_mail_without_sender_date_or_text_is_still_a_message() -> None:
    (case,) = cases(load(b"Subject: only this\nMessage-ID: <a@b>\n\n"))
    assert case.subject == "only this"
    assert case.messages[0].author is None
    assert case.messages[0].at is None


def test_what_cannot_be_a_mail_is_refused_and_counted() -> None:
    bomb = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 30_000
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000))
    found = load(mbox(mail("a"), bomb, b"From: a@b.example\n" + deep, mail("b")))
    refusals = [one for one in found if isinstance(one, Refused)]
    assert [one.reason for one in refusals] == [Reason.TOO_DEEP] * 2
    assert Supporting("messages", 4, 2) in found


def test_sniffing() -> None:
    reader = MailReader()
    assert reader.sniff(mbox(mail()), "x").part == "mbox"
    assert reader.sniff(mail(), "x").confidence is Confidence.CERTAIN
    assert reader.sniff(b"\xef\xbb\xbf" + mail(), "x").part == "message"
    for head in (
        b"",
        b"a,b\n1,2\n",
        b'{"From": 1}',
        b"From here on\nit is prose",
        b"Note: hi\nthere",
        b"\0\1",
        b"just words",
    ):
        assert reader.sniff(head, "mail.eml").confidence is Confidence.NO


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    found = load(
        data, b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n" + data, mbox(data, mail("z"))
    )
    messages = sum(len(case.messages) for case in cases(found))
    refusals = sum(isinstance(one, Refused) for one in found)
    counts = [one for one in found if isinstance(one, Supporting)]
    assert sum(one.rows for one in counts) >= messages + refusals - sum(
        isinstance(one, Refused) and one.whole_file for one in found
    )
    assert sum(one.distinct for one in counts) == messages


def test_no_value_is_in_a_repr_or_a_refusal() -> None:
    secret = "Zebra-4711"
    found = load(mbox(secret.encode(), mail(secret, subject=secret, sender=f"{secret} <zebra@x.example>")))
    assert secret not in repr(found)
    assert secret not in repr(parse_mail(mail(secret)))


def test_threads_survive_the_limit_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hushdesk.readers._mail.Spill", partial(Spill, ram_limit=0))
    found = load(mbox(*(mail(f"text {n}", parent=f"root{n % 30}@x", minute=n // 30) for n in range(300))))
    assert [texts(case)[-1] for case in cases(found)] == [f"text {270 + n}" for n in range(30)]


@needs_data
@pytest.mark.parametrize(
    ("folder", "rows", "distinct", "unknown"),
    [("mail-rt", 25, 24, 1), ("mail-rubymail", 103, 78, 2), ("maildir-notmuch", 263, 228, 0)],
)
def test_every_message_of_the_development_data_is_accounted_for(
    folder: str, rows: int, distinct: int, unknown: int
) -> None:
    reader = MailReader()
    streams = []
    strange = 0
    for path in sorted((DATA / folder).rglob("*")):
        if path.is_file():
            sniffed = reader.sniff(path.read_bytes()[:65_536], path.name)
            strange += sniffed.confidence is Confidence.NO
            if sniffed.confidence:
                streams.append(
                    (sniffed.part, Stream(str(path.relative_to(DATA)), lambda path=path: path.open("rb")))
                )
    found = list(reader.read(streams, Options()))
    assert strange == unknown
    assert Supporting("messages", rows, distinct) in found
    assert sum(len(case.messages) for case in cases(found)) == distinct
    assert not [one for one in found if isinstance(one, Refused)]
    assert list(reader.read(streams, Options())) == found
    if folder != "mail-rubymail":  # where the same Message-ID stands in unlike mails, the first one counts
        again = list(reader.read(list(reversed(streams)), Options()))
        assert {case.source_id for case in cases(again)} == {case.source_id for case in cases(found)}


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "data",
    [
        b"Subject: " + b"Re: " * 200_000 + b"\n\nx",
        b"From: a@b.example" + b":" * 500_000 + b"\n\nx",
        b"From: a@b.example\n\n" + b"begin 644 a\n" * 50_000,
        b"From: a@b.example\n\n" + b"-----BEGIN PGP MESSAGE-----\n" * 20_000,
        b"References: " + b" ".join(b"<%d@x>" % n for n in range(50_000)) + b"\n\nx",
        b"Subject: " + b"=?utf-8?q?" * 50_000 + b"\n\nx",
        b"".join(b"X-%d: y\n" % n for n in range(100_000)) + b"From: a@b.example\n\nx",
    ],
    ids=["replies", "colons", "uuencode", "armour", "references", "words", "fields"],
)
def test_mail_made_to_be_slow_is_not(data: bytes) -> None:
    mailbox = [("message", Stream("m", lambda: io.BytesIO(data)))]
    assert len(cases(list(MailReader().read(mailbox, Options())))) == 1
