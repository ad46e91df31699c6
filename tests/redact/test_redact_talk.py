"""The messages of a conversation, each a text of its own: an answer is read with its question."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hushdesk.redact import Finding, Kind, Known, find_all, find_batch, use_tagger

CHAT = [
    "Thanks for contacting us. Can I have the card number please?",
    "4111 1111",
    "1111 1111",
    "",
    "and the policy number please",
    "kx 4471",
    "Is there anything else?",
    "no thanks",
]
TALK = slice(0, len(CHAT))


def masked(texts, found):
    return [{text[f.start : f.end] for f in one} for text, one in zip(texts, found, strict=True)]


def test_a_bare_answer_is_read_with_its_question(no_names):
    talking = masked(CHAT, find_all(CHAT, talk=TALK))
    assert talking[5] == {"kx 4471"}
    assert talking[0] == talking[6] == talking[7] == set()
    assert masked(CHAT, find_all(CHAT))[5] == set()


def test_what_is_said_in_two_messages_is_masked_in_both(no_names):
    found = find_all(CHAT, talk=TALK)
    assert masked(CHAT, found)[1:3] == [{"4111 1111"}, {"1111 1111"}]
    assert {f.kind for f in found[1] + found[2]} == {Kind.CARD}


def test_only_the_conversation_is_read_so(no_names):
    # Notes and fields stand by themselves.
    texts = ["and the policy number please", "kx 9914", *CHAT]
    found = find_all(texts, talk=slice(2, len(texts)))
    assert found[:2] == [[], []]
    assert found[2:] == find_all(CHAT, talk=TALK)


def test_a_long_message_stands_by_itself(no_names):
    long = "kx 4471\n" + "The service restarted and nothing was lost. " * 20
    texts = ["and the policy number please", long]
    assert find_all(texts, talk=slice(0, 2)) == find_all(texts)
    assert find_all(["", ""], talk=slice(0, 2)) == [[], []]
    assert find_all([], talk=slice(0, 2)) == []


def test_contexts_stay_apart(no_names):
    apart = find_batch([CHAT[:5], CHAT[5:], CHAT], talks=[slice(0, 5), slice(0, 3), TALK])
    assert apart == [
        find_all(CHAT[:5], talk=slice(0, 5)),
        find_all(CHAT[5:], talk=slice(0, 3)),
        find_all(CHAT, talk=TALK),
    ]


def test_a_context_without_texts_is_nobody_elses(no_names):
    known = [[Known(Kind.PERSON, "Quorbin Vale")], [], [Known(Kind.PERSON, "Quorbin Vale")]]
    assert find_batch([[], ["Quorbin Vale called"], []], known=known) == [[], [[]], []]


class Everything:
    """Takes every run of letters for a name, and pairs of messages for one."""

    def tag(self, texts, *, goes_on=None):
        return [
            [Finding(0, len(text), Kind.PERSON, 0.95, "tagger")] if text.strip() else [] for text in texts
        ]


@given(
    st.lists(st.text(st.sampled_from("ab 1\n\r\u202e.@>"), max_size=12), max_size=6),
    st.integers(0, 3),
    st.integers(0, 6),
)
def test_findings_stay_within_their_texts(texts, begin, end):
    use_tagger(Everything())
    try:
        found = find_all(texts, talk=slice(begin, end))
    finally:
        use_tagger(None)
    assert len(found) == len(texts)
    for text, one in zip(texts, found, strict=True):
        assert all(0 <= f.start < f.end <= len(text) for f in one)
        assert [f.start for f in one] == sorted(f.start for f in one)
