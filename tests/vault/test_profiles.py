"""Everybody at once says what asking for each says, and packed tokens are the tokens."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.vault import PROFILES, PackedTokens, PeopleVault, PersonId, Pseudonymiser, VaultEntry
from hushdesk.vault._base32 import ALPHABET
from hushdesk.vault._pseudonyms import KINDS

NUMBERS = {kind: place + 1 for place, kind in enumerate(KINDS)}
NAMES = {number: kind for kind, number in NUMBERS.items()}
MAKE = Pseudonymiser(b"p" * 32)

tokens = st.builds(
    lambda kind, code: f"{kind}_{code}", st.sampled_from(KINDS), st.text(ALPHABET, min_size=14, max_size=14)
)


def everybody(vault: PeopleVault, persons: int = 1 << 16) -> list[dict]:
    names = {number: kind for kind, number in vault.kinds().items()}
    out = []
    for batch in vault.profiles(persons):
        assert batch.schema == PROFILES
        batch.validate(full=True)
        for row in batch.to_pylist():
            row["tokens"] = PackedTokens.of_bytes(b"".join(row["tokens"])).texts(names).to_pylist()
            row["token"] = PackedTokens.of_bytes(row["token"]).texts(names).to_pylist()[0]
            out.append(row)
    return out


@given(st.lists(tokens, max_size=30))
def test_packed_tokens_are_read_back_and_are_what_the_vault_packs(texts):
    packed, valid = PackedTokens.of_texts(pa.array(texts, pa.string()), NUMBERS)
    assert valid.all()
    assert packed.texts(NAMES).to_pylist() == texts
    assert len({(int(h), int(w)) for h, w in zip(packed.high, packed.low, strict=True)}) == len(set(texts))
    order = packed.order()
    assert len(packed[order].firsts()) == len(set(texts))


def test_zeros_at_the_end_of_a_token_are_kept():
    texts = ["EMAIL_00000000000000", "EMAIL_0000000000000G", "PHONE_00000000000000", "EMAIL_10000000000000"]
    packed, _ = PackedTokens.of_texts(pa.array(texts), NUMBERS)
    assert packed.texts(NAMES).to_pylist() == texts


@given(st.lists(st.one_of(tokens, st.text(max_size=24)), max_size=30), st.integers(0, 5))
def test_what_is_no_token_is_told_from_what_is(texts, cut):
    array = pa.array(texts, pa.string()).slice(cut)
    packed, valid = PackedTokens.of_texts(array, NUMBERS)
    for text, good, token in zip(
        array.to_pylist(), valid, packed.texts({**NAMES, 0: ""}).to_pylist(), strict=True
    ):
        kind, mark, code = text.rpartition("_")
        assert good == (mark == "_" and kind in NUMBERS and len(code) == 14 and not set(code) - set(ALPHABET))
        assert not good or token == text


people = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from(["EMAIL", "PHONE", "PERSON", "IP", "NATIONAL_ID"]),
        st.integers(0, 6),
        st.sampled_from(["", "de", "fr"]),
        st.sampled_from(["", "DE", "FR"]),
    ),
    max_size=40,
)


@settings(max_examples=10)
@given(people, st.sets(st.integers(0, 9), max_size=3), st.integers(1, 12))
def test_everybody_at_once_says_what_asking_for_each_says(tmp_path_factory, keyring, entries, shredded, span):
    with PeopleVault.create(tmp_path_factory.mktemp("v") / "vault", keyring) as vault:
        vault.put_many(
            VaultEntry(
                own := MAKE.token("PERSON", f"{who}"),
                own if kind == "PERSON" else MAKE.token(kind, f"{value}"),
                kind,
                f"value {value}",
                language,
                country,
            )
            for who, kind, value, language, country in entries
        )
        for who in shredded:
            if (person := vault.person(MAKE.token("PERSON", f"{who}"))) is not None:
                vault.shred(person)
        rows = everybody(vault, span)
        assert len(rows) == vault.count()
        assert [row["person"] for row in rows] == sorted(row["person"] for row in rows)
        for row in rows:
            profile = vault.profile(PersonId(row["person"]))
            assert (row["language"], row["country"]) == (profile.language, profile.country)
            assert row["kinds"] == sorted(set(profile.kinds))
            assert row["tokens"][0] == row["token"]
            assert vault.person(row["token"]) == row["person"]
            assert len(row["tokens"]) == len(set(row["tokens"]))
            for token in row["tokens"]:
                assert row["person"] in vault.persons(token)
        held = {(row["person"], token) for row in rows for token in row["tokens"]}
        for who, kind, value, *_ in entries:
            own = MAKE.token("PERSON", f"{who}")
            person = vault.person(own)
            if person is not None:
                assert (person, own if kind == "PERSON" else MAKE.token(kind, f"{value}")) in held


def test_it_needs_no_keys_and_gives_no_values(vault):
    vault.put_many(
        [VaultEntry(t := MAKE.token("PERSON", "x"), t, "PERSON", "Quillonvrax Zyblet", "en", "GB")]
    )
    with PeopleVault.open(vault.folder) as locked:
        (row,) = everybody(locked)
        assert row == {
            "person": 1, "token": t, "language": "en", "country": "GB", "kinds": ["PERSON"], "tokens": [t]
        }  # fmt: skip
        assert next(iter(PeopleVault.profiles(locked, 1))).num_rows == 1


def test_an_empty_vault_has_nobody(vault):
    assert list(vault.profiles()) == []
