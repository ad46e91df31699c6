"""The quick way to cut a mail gives the very parts that the standard library gives."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.readers._mail_mime import Part, _quickly

PLAIN = b"From: a@example.com\nSubject: one\n two\nContent-Type: text/plain; charset=utf-8\n\nGr\xc3\xbc\xc3\x9fe\n"
ALTERNATIVE = (
    b'To: b@example.com\nContent-Type: multipart/alternative; boundary="=_x"\n\nbefore\n--=_x\n'
    b"Content-Type: text/plain\n\nplain\n--=_x  \n\nno fields\n\n--=_x--\nafter\n"
)
NESTED = (
    b'Content-Type: multipart/mixed; boundary="out"\n\n--out\nContent-Type: multipart/related; boundary=in\n\n'
    b"--in\nX: y\n\nfirst\n--in--\n\n--out\nContent-Type: image/png; name=p.png\n\n\n--out--\n"
)


def tree(part: Any) -> tuple[Any, ...]:
    payload = part._payload
    inner = [tree(one) for one in payload] if isinstance(payload, list) else payload
    return part.get_content_type(), list(part.raw_items()), inner


def library(data: bytes) -> Part:
    part = BytesParser(Part, policy=policy.compat32).parsebytes(data)
    assert isinstance(part, Part)
    return part


@pytest.mark.parametrize("data", [PLAIN, ALTERNATIVE, NESTED], ids=["plain", "alternative", "nested"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["unix", "internet"])
def test_a_regular_mail_is_cut_at_once_and_alike(data: bytes, end: bytes) -> None:
    data = data.replace(b"\n", end)
    part = _quickly(data)
    assert part is not None
    assert tree(part) == tree(library(data))


@pytest.mark.parametrize(
    "data",
    [
        b"Subject: no blank line",
        b"Subject: x\nnot a field\n\ntext\n",
        b"From someone\nSubject: x\n\ntext\n",
        b"Subject: x\rTo: y\n\ntext\n",
        b"Content-Type: multipart/mixed\n\nno boundary\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nnever closed\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\ndoubled\n--b--\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b--\n",
        b"Content-Type: message/rfc822\n\nSubject: inner\n\ntext\n",
        b'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary="bb"\n\n--b--\n',
    ],
    ids=range(10),
)
def test_an_odd_mail_is_left_to_the_library(data: bytes) -> None:
    assert _quickly(data) is None


LINES = st.sampled_from(
    [
        *(b"", b"text", b" folded", b"--b", b"--b--", b"--b ", b"--bc", b"--c", b"--c--", b"\x0c"),
        *(b"Subject: x", b"X:y", b"\xff: 1", b"From a", b":", b"Content-Type: message/rfc822"),
        *(b"Content-Type: multipart/mixed; boundary=b", b'Content-Type: multipart/related; boundary="c"'),
        *(b"Content-Type: text/html; charset=latin1", b"Content-Disposition: attachment; name*=utf-8''a%20b"),
    ]
)


@given(st.lists(LINES, max_size=25), st.sampled_from([b"\n", b"\r\n"]), st.booleans())
def test_whatever_is_cut_at_once_is_cut_alike(lines: list[bytes], end: bytes, ended: bool) -> None:
    data = end.join([b"Content-Type: multipart/mixed; boundary=b", b"", b"--b", *lines]) + end * ended
    for one in (data, end.join(lines) + end * ended):
        part = _quickly(one)
        if part is not None:
            assert tree(part) == tree(library(one))


@given(st.lists(LINES, max_size=8))
def test_looked_up_once_means_what_the_library_says(lines: list[bytes]) -> None:
    part = library(b"\n".join([*lines, b"", b"text"]))
    plain = BytesParser(policy=policy.compat32).parsebytes(b"\n".join([*lines, b"", b"text"]))
    assert part.get_content_type() == plain.get_content_type()
    for name in ("charset", "boundary", "name"):
        assert part.get_param(name) == plain.get_param(name)
        assert part.get_param(name, "none", "content-disposition") == plain.get_param(
            name, "none", "content-disposition"
        )
