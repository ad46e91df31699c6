"""People in heads of mails, lists, forms and names of files; codes of doors."""

from __future__ import annotations

import pytest

from hushdesk.redact import Kind
from hushdesk.redact.detect import structured


def found(text, *detectors):
    return {text[f.start : f.end] for f in structured(text)[0] if f.detector in detectors}


PEOPLE = [
    ("To: Tillery, Dot; Pak, Susan", {"Tillery, Dot", "Pak, Susan"}),
    ("Subject: x\nCc: Abruzzo, Vincent J.; Facilities", {"Abruzzo, Vincent J."}),
    ("From: Halvorsen, Gunnar\nSent: Monday", {"Halvorsen, Gunnar"}),
    ("Von: Lüdenscheidt, Torben\nBetreff: AW", {"Lüdenscheidt, Torben"}),
    ("Aan: Mieke\nOnderwerp: offerte", {"Mieke"}),
    ("À : Kévin Lemoigne\nObjet : dossier", {"Kévin Lemoigne"}),
    ("Attendees: Ngo, Linh; O'Shaughnessy, Pat; Boardroom Projector", {"Ngo, Linh", "O'Shaughnessy, Pat"}),
    ("Present: Corinne, Farid (chair), Kevin", {"Corinne", "Farid", "Kevin"}),
    ("Interviews\n\n9:00   Oyelowo, Temitope   Room 4B\n10:00  Brandt, Karin   Room 4B", {"Oyelowo, Temitope", "Brandt, Karin"}),
    ("Subject: gas\n\nGreta,\n\nsee below", {"Greta"}),
    ("Gunnar -\n\nplease look", {"Gunnar"}),
    ("please look\n\nThx,\nmk", {"mk"}),
    ("see you\n\ncheers\nGus", {"Gus"}),
    ("Name: roland p\nE-mail: x", {"roland p"}),
    ("attached Brandt_contract_final_v3.docx", {"Brandt"}),
    ("see passport_mira_quistrup.pdf", {"mira", "quistrup"}),
    ("see cv_quistrup.pdf", {"quistrup"}),
]  # fmt: skip
NOBODY = [
    "To: Support Team; Facilities",
    "From: Finance\nSubject: x",
    "To: all staff\nSubject: x",
    "A: Sales, Marketing; B: Legal",
    "From: Monday, March 7\nTo: Friday, March 11",
    "Sizes: Small, Medium, Large",
    "However, It works.\nFirst, Restart it.",
    "Red, White and Blue\nGreen, Yellow",
    "Hello,\n\nit is broken",
    "Team,\n\nsee below",
    "All,\n\nreminder",
    "Thanks,\n\nFinance",
    "Regards,\nSupport",
    "best\nprice ever",
    "thanks\nwill do",
    "Name: printer\nModel: X",
    "Name: Baker Street\nPort: 22",
    "see report_final_v3.docx and scan_0041.pdf",
    "see contract_template_signed.docx",
    "see baker_street_sales.xlsx",
]


@pytest.mark.parametrize(("text", "want"), PEOPLE, ids=[text[:24] for text, _ in PEOPLE])
def test_people(text, want):
    assert found(text, "header", "form-name", "file-name") == want


@pytest.mark.parametrize("text", NOBODY, ids=[text[:24] for text in NOBODY])
def test_nobody(text):
    assert found(text, "header", "form-name", "file-name") == set()


CODES = [
    ("The door code is still 1947.", "1947"),
    ("Your new code is 3391", "3391"),
    ("gate code: #2468*", "2468"),
    ("your verification code is 604 118", "604 118"),
    ("alarm code for the shop is 4471", "4471"),
    ("Der Türcode ist 4471", "4471"),
    ("le digicode est B4471", "B4471"),
    ("el código de la puerta es 4471", "4471"),
    ("il codice del portone è 4471", "4471"),
    ("kod do bramy to 4471", "4471"),
]
NO_CODES = [
    "error code is 3391",
    "your new promo code is SAVE20",
    "zip code is 44133",
    "source code 2024",
    "door 1947",
    "the gate code of conduct 2024",
    "the code is 3391 lines long",
    "door code panel costs $1947.50",
    "exit code 1370",
    "country code 0044",
]


@pytest.mark.parametrize(("text", "value"), CODES, ids=[text for text, _ in CODES])
def test_codes_that_open(text, value):
    assert found(text, "entry-code") == {value}
    assert {f.kind for f in structured(text)[0] if f.detector == "entry-code"} == {Kind.SECRET}


@pytest.mark.parametrize("text", NO_CODES)
def test_other_codes(text):
    assert found(text, "entry-code") == set()
