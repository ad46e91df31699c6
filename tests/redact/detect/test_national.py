"""National numbers: each country's check digits, computed here by python-stdnum itself, tell right from wrong."""

from __future__ import annotations

import random
import re
import string

import pytest

from hushdesk.redact import Kind, find
from hushdesk.redact.detect._id_checks import valid
from hushdesk.redact.detect._ids import SHAPED
from hushdesk.redact.detect._national import NATIONS

pytestmark = pytest.mark.usefixtures("no_names")

# One form of each number: # is a digit, @ a letter; the rest, dates mostly, stands as it is.
FORMS = {
    "us.ssn": "5##-##-####", "us.itin": "9##-7#-####", "us.ein": "12-#######", "ca.sin": "1########",
    "mx.curp": "BOXW310820HNERXN##", "mx.rfc": "GODE561231GR#", "br.cpf": "###.###.###-##", "br.cnpj": "##.###.###/0001-##",
    "ar.cuit": "20-########-#", "cl.rut": "1#.###.###-#", "co.nit": "2########-#", "pe.cui": "1########", "pe.ruc": "2051#######",
    "ec.ci": "171#######", "uy.rut": "21######001#", "py.ruc": "8002####-#", "ve.rif": "V-1234567#-#", "do.cedula": "001-#######-#",
    "cr.cpf": "1-0913-0###", "gt.nit": "39525###-#", "sv.nit": "0614-050707-104-#", "cu.ni": "911018####0", "own.nino": "AB######C",
    "gb.nhs": "943 47# ####", "gb.utr": "1#########", "ie.pps": "643343#@", "de.idnr": "36 574 26# 8##", "at.vnr": "1#37 010180",
    "ch.ssn": "756.####.####.##", "fr.nir": "2 95 10 99 126 111 ##", "es.dni": "54362###@", "es.nie": "X-2482300@", "own.nass": "28 ########## ",
    "pt.nif": "501 964 ###", "it.codicefiscale": "RCCMNL83S18D969@", "nl.bsn": "111######", "be.nn": "85.07.30-033 ##",
    "dk.cpr": "211062-56##", "se.personnummer": "880320-001#", "no.fodselsnummer": "151086 95###", "fi.hetu": "131052-308@",
    "is_.kennitala": "450401-31##", "ee.ik": "3680527####", "lv.pvn": "161175-1####", "lt.asmens": "3330924####",
    "pl.pesel": "440514#####", "pl.nip": "856-734-62-##", "cz.rc": "710319/274#", "sk.rc": "710319/274#", "own.hu_tax": "8#########",
    "own.hu_taj": "#########", "ro.cnp": "18103132#####", "bg.egn": "752316####", "gr.amka": "0101300####", "hr.oib": "3339200####",
    "si.emso": "0101006500###", "own.jmbg": "0101985710###", "mk.edb": "4030000375###", "al.nipt": "J9140250#@", "tr.tckimlik": "172910605##",
    "ru.inn": "7707083###", "own.snils": "112-233-445 ##", "ua.rntrc": "175901####", "by.unp": "20098854#", "il.idnr": "3933742#", "za.idnr": "750330500####",
    "ma.ice": "0015612490000##", "ke.pin": "P051365947@", "mu.nid": "J2906201304###", "in_.aadhaar": "2341 2341 2###", "in_.pan": "ACUPA7085@",
    "pk.cnic": "34201-0891231-#", "cn.ric": "36042619910101007#", "own.hk": "A12345#(#)", "own.tw": "A12345678#",
    "kr.rrn": "971013-90197##", "jp.in_": "6214 9832 0###", "own.sg": "S123456#@", "th.pin": "1-2345-45678-##-#", "id.nik": "317101020390####",
    "my.nric": "770305-02-123#", "vn.mst": "01002331##", "au.tfn": "123 456 78#", "au.abn": "83 914 571 67#", "nz.ird": "4909185#", "cy.vat": "1025931#@",
    "mt.vat": "1167911#", "lu.tva": "150274##", "sm.coe": "51", "md.idno": "100860003809#", "eg.tn": "100-531-38#", "tn.mf": "1234567/M/A/E/001", "gh.tin": "C000380316#",
}  # fmt: skip


def drawn(form: str, rng: random.Random) -> str:
    return re.sub(
        r"#",
        lambda _: rng.choice(string.digits),
        re.sub("@", lambda _: rng.choice(string.ascii_uppercase), form),
    ).strip()


def example(check: str, *, right: bool) -> str:
    rng = random.Random(check)
    for _ in range(200_000):
        value = drawn(FORMS[check], rng)
        if valid((check,), value) is right:
            return value
    pytest.fail(f"no {'right' if right else 'wrong'} number for {check}")


def chosen(nation) -> str:
    return next((c for c in nation.checks if c in FORMS), "")


COUNTRIES = [n for n in NATIONS if chosen(n)]
# Nothing in these has check digits: their form is all there is.
FORM_ONLY = {"own.nino", "us.itin", "us.ein", "mx.rfc", "cl.rut", "sm.coe", "tn.mf", "ke.pin", "us.ssn", "in_.pan", "pk.cnic", "my.nric", "id.nik", "dk.cpr", "eg.tn", "gb.utr", "cr.cpf", "cu.ni", "al.nipt"}  # fmt: skip


def spoken(cue: str) -> str | None:
    """A cue as somebody would write it, if its expression is that simple."""
    plain = cue.removeprefix("=").replace(r"\b", "").replace(r"\s", " ")
    return plain if re.fullmatch(r"[\w .'-]+", plain) else None


def test_there_are_enough_countries() -> None:
    assert len(COUNTRIES) >= 60
    assert len({n.country for n in NATIONS}) == len(NATIONS)


@pytest.mark.parametrize("nation", COUNTRIES, ids=lambda n: n.country)
def test_a_right_number_is_told_from_a_wrong_one(nation) -> None:
    check = chosen(nation)
    assert valid((check,), example(check, right=True))
    if check not in FORM_ONLY:
        assert not valid((check,), example(check, right=False))


# The cues of some are expressions, which cannot be spoken.
SPOKEN = [n for n in COUNTRIES if any(map(spoken, n.cues)) and chosen(n) != "sm.coe"]


@pytest.mark.parametrize("nation", SPOKEN, ids=lambda n: n.country)
def test_a_number_after_its_name_is_found_whole(nation) -> None:
    cue = next(filter(None, map(spoken, nation.cues)))
    value = example(chosen(nation), right=True)
    text = f"Hello, {cue}: {value}, thank you"
    found = [f for f in find(text) if text[f.start : f.end] == value]
    assert found, [(text[f.start : f.end], f.kind) for f in find(text)]


@pytest.mark.parametrize(
    "text",
    ["{} is my PESEL", "{}, my pesel", "{} (pesel)"],
)
def test_a_number_before_its_name_counts_with_right_digits_only(text: str) -> None:
    right, wrong = example("pl.pesel", right=True), example("pl.pesel", right=False)
    assert right in {text.format(right)[f.start : f.end] for f in find(text.format(right))}
    assert wrong not in {
        text.format(wrong)[f.start : f.end] for f in find(text.format(wrong)) if f.kind is Kind.NATIONAL_ID
    }


@pytest.mark.parametrize(
    ("name", "check"),
    [("br-cpf", "br.cpf"), ("br-cnpj", "br.cnpj"), ("it-codice-fiscale", "it.codicefiscale"), ("es-dni", "es.dni"), ("cn-ric", "cn.ric"), ("mx-curp", "mx.curp"), ("fi-hetu", "fi.hetu"), ("ch-ssn", "ch.ssn"), ("tw-id", "own.tw"), ("sg-nric", "own.sg"), ("ru-snils", "own.snils"), ("in-aadhaar", "in_.aadhaar"), ("th-pin", "th.pin"), ("hk-id", "own.hk"), ("do-cedula", "do.cedula"), ("ar-cuit", "ar.cuit"), ("se-personnummer", "se.personnummer")],
)  # fmt: skip
def test_a_form_that_nothing_else_has_needs_no_name(name: str, check: str) -> None:
    assert name in {d.name for d in SHAPED}
    right, wrong = example(check, right=True), example(check, right=False)
    assert right in {f"got {right} today"[f.start : f.end] for f in find(f"got {right} today")}
    assert Kind.NATIONAL_ID not in {f.kind for f in find(f"got {wrong} today")}


@pytest.mark.parametrize(
    "text",
    ["the sin of pride, 2019", "nie ma 12345678 plików", "order 123-45-6789", "il fin 2019", "part number 12-34567890-1", "the new social network 2021", "insee that", "pan fried 20 minutes"],
)  # fmt: skip
def test_words_that_only_look_like_names_of_numbers(text: str) -> None:
    assert [f for f in find(text) if f.kind is Kind.NATIONAL_ID] == []


def test_four_digits_count_after_a_social_security_number_only() -> None:
    text = "ssn 8684 card no 3344 passport 2211"
    assert [(text[f.start : f.end], f.kind) for f in find(text)] == [
        ("8684", Kind.NATIONAL_ID),
        ("3344", Kind.CARD),
    ]
