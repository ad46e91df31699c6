"""Cue words, by kind, in the languages that support desks see; what may stand between a cue and its value."""

from __future__ import annotations

import re
from functools import cache

PHONE = ["phone", "telephone", "tel", "tele", "mobile", "cell", "cellphone", "cellular", "fax", "telefax", "whatsapp", "viber", "callback", "landline", "handset", "telefon", "telefonnummer", "tel\\.nr", "handy", "handynummer", "handynr", "mobil", "mobilnummer", "rufnummer", "durchwahl", "festnetz", "anrufen", "rückruf", "ruf", "téléphone", "telephone", "téléphoner", "tél", "portable", "appeler", "appelez", "joindre", "rappeler", "fixe", "gsm", "teléfono", "telefono", "móvil", "movil", "celular", "llamar", "llame", "llámame", "llámeme", "llamarme", "fijo", "telefone", "telemóvel", "telemovel", "celular", "ligue", "ligar", "contacto", "contato", "telefono", "cellulare", "cell", "chiamare", "chiamami", "chiamatemi", "recapito", "telefoon", "telefoonnummer", "mobiel", "mobieltje", "bellen", "gsm-nummer", "telefonnummer", "mobilnummer", "ring", "tlf", "tlf\\.nr", "mobilnr", "telefonnr", "puhelin", "puhelinnumero", "puh", "matkapuhelin", "telefonu", "komórka", "komórkowy", "zadzwonić", "zadzwoń", "kom", "telefonní", "mobilní", "volejte", "zavolejte", "telefonszám", "mobilszám", "hívjon", "hívjanak", "telefonul", "sunați", "mobilul", "cep", "gsm", "telefonum", "arayın", "numaram", "điện\\s?thoại", "sđt", "đt", "số\\s?máy", "telepon", "nomor\\s?hp", "hubungi", "telp", "τηλέφωνο", "τηλ", "κινητό", "τηλεφωνο", "κινητο", "телефон", "телефона", "телефону", "тел", "моб", "мобильный", "мобільний", "позвоните", "звоните", "дзвоніть", "телефонът", "сотовый", "טלפון", "נייד", "פלאפון", "هاتف", "الهاتف", "جوال", "الجوال", "موبايل", "تليفون", "رقم", "फ़ोन", "फोन", "मोबाइल", "दूरभाष", "電話", "電話番号", "携帯", "携帯番号", "でんわ", "电话", "手机", "電話", "手機", "手机号", "手机号码", "联系电话", "联系方式", "전화", "전화번호", "휴대폰", "연락처", "핸드폰", "โทร", "เบอร์", "มือถือ", "เบอร์โทร"]
PHONE_PHRASES = [
    r"call\s(?:me|us|him|her|back)(?:\sback)?(?:\s(?:at|on|under|via))?",
    r"(?:reach|text|ring|dial|phone)\s(?:me|us|him|her)(?:\s(?:at|on|under|via))?",
    r"contact\s?(?:no|number|nr)",
    r"(?:my|his|her|our)\snumber",
    r"phone\s?(?:no|number|nr|#)",
    r"best\snumber",
    "called",
    "dialled",
    "dialed",
    "caller",
    "caller\\s?id",
    "sms",
]

ACCOUNT = [
    r"a/c",
    r"acc(?:oun)?t",
    r"customer",
    r"client",
    r"contract",
    r"policy",
    r"subscriber",
    r"subscription",
    r"member(?:ship)?",
    r"loyalty",
    r"frequent\sflyer",
    r"claim",
    r"patient",
    r"medical\srecord",
    r"mrn",
    r"konto",
    r"kontonummer",
    r"kundennummer",
    r"kunden-?nr",
    r"kunde",
    r"vertragsnummer",
    r"vertrag",
    r"versicherungsnummer",
    r"mitgliedsnummer",
    r"compte",
    r"contrat",
    r"client[e]?",
    r"abonn[ée]",
    r"adhérent",
    r"police",
    r"cuenta",
    r"contrato",
    r"póliza",
    r"poliza",
    r"socio",
    r"conta",
    r"apólice",
    r"conto",
    r"contratto",
    r"polizza",
    r"codice\scliente",
    r"rekening",
    r"rekeningnummer",
    r"klantnummer",
    r"klant",
    r"contractnummer",
    r"polisnummer",
    r"kundnummer",
    r"kundenr",
    r"kundnr",
    r"avtal(?:snummer)?",
    r"asiakasnumero",
    r"sopimusnumero",
    r"numer\sklienta",
    r"klienta",
    r"konta",
    r"umow[ay]",
    r"smlouva",
    r"smlouvy",
    r"zákaznické\sčíslo",
    r"ügyfélszám",
    r"szerződésszám",
    r"müşteri",
    r"hesap",
    r"sözleşme",
    r"договор",
    r"договора",
    r"лицев(?:ой|ого)\sсч[её]та?",
    r"сч[её]та",
    r"клиента",
    r"рахунок",
    r"رقم\sالعميل",
    r"رقم\sالحساب",
    r"お客様番号",
    r"会員番号",
    r"契約番号",
    r"口座番号",
    r"客户号",
    r"客户编号",
    r"会员号",
    r"账号",
    r"帐号",
    r"账户",
    r"合同号",
    r"合同编号",
    r"고객번호",
    r"고객\s번호",
    r"계좌번호",
    r"계약번호",
]

NUMBER_WORDS = (
    r"(?:number|numbers|num|no|nr|id|ref|reference|code|nummer|numéro|numero|número|num|nº|n°|№|#|numer|číslo"
    r"|numarası|no'?su|номер|رقم|番号|号码|编号|번호|nombor|nomor|số|číslo|szám|αριθμός|ident|identifier)"
)
"""What may follow a cue: "account number", "Kunden-Nr."."""

FILL_WORDS = (
    r"(?:is|are|was|ist|lautet|est|es|è|é|er|är|on|jest|je|to|the|new|my|your|of|for|le|la|el|il|der|die|das|my|her|his"
    r"|at|under|unter|au|al|an|via|or|auf|me|us|back|now|please|bitte|private|home|work|office|mobile|main|private|primary"
    r"|là|este|adalah|нет|это|—|am|den|with|also|still|customer|kunde|name|holder|ending|in|used)"
)
_JOIN = r"[\s:=#.\-–—_()\[\]\"'“”‘’«»|>*,/：，、＃・]"
_GLUED = r"(?:号码|番号|번호|号|码|は|是|为|為|는|은|が|：)"
GAP = rf"(?:{_JOIN}{{0,6}}(?:(?:{NUMBER_WORDS}|{FILL_WORDS})(?![^\W_])|{_GLUED}))" + "{0,4}" + rf"{_JOIN}{{0,6}}"


def hyperscan_word(cue: str) -> str:
    """Return ``cue`` as a Hyperscan expression that fires once, at its end.

    Args:
        cue: A cue word as a regular expression without groups that Hyperscan cannot take.
    """
    if cue.isascii():
        start = r"\b" if cue[0].isalnum() else ""
        end = r"\b" if cue[-1].isalnum() or cue[-1] in ")?" else ""
        return start + cue + end
    # Without the Unicode flag, case and word ends beyond ASCII are ours to spell out.
    forms = {cue, cue[:1].upper() + cue[1:], cue.upper() if "\\" not in cue and "(" not in cue else cue}
    return "(?:" + "|".join(sorted(forms)) + ")"


@cache
def after_cue(value: str) -> re.Pattern[str]:
    """Return the pattern of a gap and then ``value``, to be matched where a cue ends.

    Args:
        value: The pattern of the value; its group ``v`` is what is masked.
    """
    return re.compile(rf"(?i)(?:{GAP})(?P<v>{value})")
