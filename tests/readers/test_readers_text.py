import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.readers._text import (
    clean,
    decode,
    decode_head,
    decode_strict,
    html_to_text,
    looks_like_html,
    utf8_stream,
    wide_encoding,
)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hi <b>you</b>,<br>there</p>", "Hi you,\nthere"),
        ('<a href="mailto:a@example.com">write me</a>', "write me <a@example.com>"),
        ('<a href="mailto:a@example.com">a@example.com</a>', "a@example.com"),
        ('<a href="https://x.example/?u=7">https://x.example/?u=7</a>', "https://x.example/?u=7"),
        (
            '<a href="https://x.example/?mail=a@example.com">here</a>',
            "here <https://x.example/?mail=a@example.com>",
        ),
        ('<a href="javascript:steal()">here</a>', "here"),
        ("a<script>var secret = 1</script>b<style>p {}</style>c", "abc"),
        ('<img src="https://x.example/p.gif" alt="Ms Doe">', "Ms Doe"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<pre>a  b\n  c</pre>", "a  b\n  c"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
        ("&lt;a@example.com&gt; &amp; co", "<a@example.com> & co"),
        ("<head><title>t<body>text", "text"),
        ("a&nbsp;&nbsp; b", "a b"),
    ],
)
def test_html_becomes_readable_text(html, text):
    assert html_to_text(html) == text


@given(st.text(alphabet="<>!-[]abc/ \"'=&;#CDATA?", max_size=60))
def test_html_of_any_shape_never_fails(html):
    assert isinstance(html_to_text(html), str)


@pytest.mark.parametrize("text", ["a < b and c > d", "Name <a@example.com>", "List<String> x", "<3"])
def test_plain_text_with_angle_brackets_is_no_html(text):
    assert not looks_like_html(text)


def test_bytes_are_decoded_by_what_fits():
    assert decode_strict("é".encode()) == "é"
    assert decode_strict("é".encode("cp1252")) == "é"
    assert decode_strict(b"\x81\xff") is None
    assert decode("grüße".encode("utf-16")) == "grüße"
    assert decode("привет".encode("koi8-r"), "koi8-r") == "привет"
    assert decode(b"caf\xe9", "no-such-charset") == "café"
    assert decode(b"\x81\xff") == "\x81\xff"


def test_a_character_cut_at_the_end_of_the_head_is_dropped():
    assert decode_head("aé".encode()[:2]) == "a"


def test_lone_surrogates_are_replaced():
    assert clean("a\ud800b") == "a\ufffdb"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32", "utf-8"])
@pytest.mark.parametrize("block", [1, 7, 100_000])
def test_wide_text_is_read_as_utf8(encoding, block):
    text = '{"name": "Zoë 試"}\n' * 300
    with utf8_stream(io.BytesIO(text.encode(encoding))) as file:
        parts = list(iter(lambda: file.read(block), b""))
    assert b"".join(parts).decode() == text


def test_ascii_is_not_taken_for_a_wide_encoding():
    assert wide_encoding(b"plain text, nothing else") == ""
    assert wide_encoding(b"\x00\x01binary\x00\x00data") == ""
