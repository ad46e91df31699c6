"""The one form of names."""

from __future__ import annotations

import pytest

from hushdesk.redact import Kind
from hushdesk.redact._canonical import canonical


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("Nora  Quist", "nora quist"),
        ("Mr. Dr. Nora Quist", "nora quist"),
        ("dr nora", "nora"),
        ("Dr.", "dr"),
        ("Mr Mrs", "mrs"),
        ("Quist, N.", "quist n"),
        ("O'Quist-Røde_1", "o quist røde 1"),
        ("MÜLLER Zoë", "muller zoe"),
        ("Herr Groß", "gross"),
        ("...", ""),
    ],
)
def test_names_lose_titles_and_signs(written, form):
    assert canonical(Kind.PERSON, written) == form
