"""One name in many spellings, for whoever looks somebody up by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.redact import name_fits

SAME = [
    ("Ada Quillon", "ADA QUILLON"), ("Quillon, Ada", "Ada Quillon"), ("ada quillon", "Dr. Ada Maria Quillon"),
    ("Quillon", "Ada Quillon"), ("A. Quillon", "Ada Quillon"), ("Ada Quillon", "A. Quillon"),
    ("Jose Nunez", "José Núñez"), ("Bob Tarnow", "Robert Tarnow"), ("Robert Tarnow", "Bob Tarnow"),
    ("Novaka", "Jan Novák"), ("Jan Novák", "Novaka Jana"), ("Annou Dvořák", "Anna Dvořák"),
    ("Иванова Ивана", "Иван Иванов"), ("山田太郎", "山田 太郎"), ("ＡＤＡ ｑｕｉｌｌｏｎ", "Ada Quillon"),
    ("山", "山"),
]  # fmt: skip
OTHER = [
    ("Ada Quillon", "Ada Quill"), ("Ada Quillon", "Eve Quillon"), ("A", "Ada Quillon"), ("", "Ada Quillon"),
    ("Ada Ada", "Ada Quillon"), ("Li Wu", "Lin Wu"), ("山田", "山本"), ("A. Quillon", "Eve Quillon"), (" . ", "Ada"),
    ("山", "山田 太郎"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "name"), SAME)
def test_one_name(typed, name):
    assert name_fits(typed)(name)


@pytest.mark.parametrize(("typed", "name"), OTHER)
def test_another_name(typed, name):
    assert not name_fits(typed)(name)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_looked_at(typed, name):
    fits = name_fits(typed)
    assert isinstance(fits(name), bool)
