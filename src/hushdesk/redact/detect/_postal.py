"""Addresses that a format gives away: post boxes with what follows them, and Irish postcodes, which name one house."""

from __future__ import annotations

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._text import UNSPACED, before

_ROUTES = frozenset(
    words(
        """
    A41 A42 A45 A63 A67 A75 A81 A82 A83 A84 A85 A86 A91 A92 A94 A96 A98 C15 D01 D02 D03 D04 D05 D06 D07 D08 D09 D10 D11
    D12 D13 D14 D15 D16 D17 D18 D20 D22 D24 D6W E21 E25 E32 E34 E41 E45 E53 E91 F12 F23 F26 F28 F31 F35 F42 F45 F52 F56
    F91 F92 F93 F94 H12 H14 H16 H18 H23 H53 H54 H62 H65 H71 H91 K32 K34 K36 K45 K56 K67 K78 N37 N39 N41 N91 P12 P14 P17
    P24 P25 P31 P32 P36 P43 P47 P51 P56 P61 P67 P72 P75 P81 P85 R14 R21 R32 R35 R42 R45 R51 R56 R93 R95 T12 T23 T34 T45
    T56 V14 V15 V23 V31 V35 V42 V92 V93 V94 V95 W12 W23 W34 W91 X35 X42 X91 Y14 Y21 Y25 Y34 Y35
    """
    )
)
_EIRCODE = lazily(
    r"(?i)(?<![\w\-.])(?P<r>[AC-FHKNPRTV-Y]\d[\dW])(?P<g>[ \-]?)(?P<u>[0-9AC-FHKNPRTV-Y]{4})(?![\w\-])"
)
_EIRCODE_CUE = lazily(r"(?i)\b(?:eir ?code|post ?code|postal code|zip)\W{1,4}(?:is |was )?$")


def check_eircode(text: str, end: int) -> Finding | None:
    """Look at the Irish postcode around ``end``."""
    for match in _EIRCODE.finditer(text, max(0, end - 9), min(len(text), end + 6)):
        if match.end() < end or match["r"].upper() not in _ROUTES:
            continue
        unit = match["u"]
        mixed = any(map(str.isdigit, unit)) and any(map(str.isalpha, unit))
        cued = _EIRCODE_CUE.search(before(text, match.start(), 24)) is not None
        if not cued and not (mixed and match["g"] == " " and match.group().isupper()):
            continue
        return _address(text, *match.span(), "eircode", "an Irish postcode, which names one house")
    return None


def _address(text: str, start: int, end: int, name: str, why: str) -> Finding:
    return Finding(start, end, Kind.ADDRESS, 0.8, name, canonical(Kind.ADDRESS, text[start:end]), why)


_TOWN = r"[^\W\d_a-zà-öø-ÿ][^\W\d_]{1,20}(?:['’\-][^\W\d_]{1,20}){0,3}"
_CODE = r"(?:[A-Z]{1,2}[ \-])?\d{3,6}(?:[ \-]\d{2,4})?|[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}|[A-Z]\d[A-Z][ ]?\d[A-Z]\d|\d{4}[ ]?[A-Z]{2}"
_BOX = lazily(
    r"[ .:]{0,3}(?i:n[o°ºr]\.?[ ]?|no\.?[ ]?|nr\.?[ ]?|num\.?[ ]?|№[ ]?|#[ ]?|号[ ]?)?(?P<v>\d{1,7}(?:[ ]\d{2,4})?(?:-\d{1,5})?[A-Z]?)(?!\w|[:/]\d|\.\d)"
    rf"(?P<town>(?:[ ]?[,;\n][ ]?|[ ][-–—][ ]|[ ])(?:(?:{_CODE})[ ])?{_TOWN}(?:[ ]{_TOWN}){{0,3}}(?:(?:,?[ ][A-Z]{{2,3}})?,?[ ](?:{_CODE})(?!\w))?)?"
)
_BOX_GLUED = lazily(r"第?[ ]?(?P<v>\d{1,6})(?P<town>[号號호])?")
_BEGINS = lazily(r"\S+(?:\s\S+)?$")


def check_box(text: str, end: int) -> Finding | None:
    """Look behind a word for post box; town and postcode that follow belong to it."""
    match = _BOX.match(text, end)
    if match is None:
        if not UNSPACED.match(text, end - 1):
            return None
        match = _BOX_GLUED.match(text, end)
        if match is None:
            return None
    stop = match.end() if match["town"] else match.end("v")
    start = _begin(text, end)
    return _address(text, start, stop, "post-box", "a post box")


def _begin(text: str, end: int) -> int:
    lead = before(text, end, 26)
    found = _CUE.search(lead)
    return end - len(lead) + found.start() if found is not None else _word_start(lead, end)


def _word_start(lead: str, end: int) -> int:
    found = _BEGINS.search(lead.rpartition(" ")[2] or lead)
    return end - len(found.group()) if found is not None else end


_BOXES = words(
    r"""
    p\.?\s?o\.?\s?box p\.?\s?o\.?\s?b\. post\soffice\sbox post\sbox gpo\sbox locked\sbag private\sbag private\smail\sbag pmb postfach postbox postbus postboks postboxadresse postilokero
    bo[iî]te\spostale b\.p\. apartado\sde\scorreos apartado\spostal apartado apdo\.? caixa\spostal casella\spostale skrytka\spocztowa skr\.\spoczt\.? p\.o\.?\sschránka poštovní\spřihrádka poštová\sschránka poštový\spriečinok
    postafiók c[aă]su[tț][aă]\spoștal[aă] абонентский\sящик а/я абонентська\sскринька п\.к\. пощенска\sкутия пошт(?:ански|ански)\sфах poštanski\spretinac poštni\spredal abonentinė\sdėžutė pašto\sdėžutė abonenta\skastīte
    posta\skutusu p\.k\. ταχ\.\sθυρίδα ταχυδρομική\sθυρίδα τ\.θ\. תיבת\sדואר ת\.ד\. ת״ד ת"ד صندوق\sالبريد صندوق\sبريد ص\.ب\.? ص\.ب पोस्ट\sबॉक्स पो\.\sबॉ\. ตู้\sปณ\.? ตู้ไปรษณีย์ hòm\sthư hộp\sthư kotak\spos peti\ssurat 邮政信箱 郵政信箱 私書箱 사서함
    """
)
_CUE = lazily("(?i)(?:" + "|".join(sorted(_BOXES, key=len, reverse=True)) + r")\Z")
BOX = Detector("post-box", tuple(_cues.hyperscan_word(c) for c in _BOXES), check_box)
EIRCODE = Detector("eircode", (r"\b[AC-FHKNPRTV-Y]\d[\dW][ \-]?[0-9AC-FHKNPRTV-Y]{4}\b",), check_eircode)
_CODE_CUES = words(
    r"""
    zip zip\s?codes? post\s?code postal\s?code pin\s?code plz postleitzahl code\spostal c[óo]digo\spostal cep postcode kod\spocztowy psč postnummer
    """
)
_CODE_AFTER = lazily(
    r"(?i)(?:[ ]?[:#=]|[ ](?:is|was|are|its|it['’]s|should[ ]be|would[ ]be|number|no|and|ist|lautet|est|es|é|è|to|jest|the|my|of|now|changed[ ]to|correct(?:ed)?[ ]to)\b){0,4}[ ]{1,2}(?P<v>\d{4,9}|\d{3}[ ]\d{2,3}|\d{5}-\d{3,4}|\d{2}-\d{3})(?![\w%]|[.,:/\-]\d|[ ](?:files?|mb|gb|kb|bytes|archives?|users|addresses)\b)"
)
_CODE_BEFORE = lazily(r"(?<![\w.,:/\-])(?P<v>\d{5,6}|\d{3}[ ]\d{3})[ ](?:is[ ])?(?:my[ ]|the[ ]|our[ ])?\Z")


def check_code(text: str, end: int) -> Finding | None:
    """Look behind, and then before, a word for postcode."""
    match = _CODE_AFTER.match(text, end)
    if match is None:
        start = text.rfind(" ", max(0, end - 16), end)
        lead = before(text, start + 1, 20)
        match = _CODE_BEFORE.search(lead)
        if match is None:
            return None
        at = start + 1 - len(lead)
        return _coded(text, at + match.start("v"), at + match.end("v"))
    return _coded(text, *match.span("v"))


def _coded(text: str, start: int, end: int) -> Finding:
    form = canonical(Kind.ADDRESS, text[start:end])
    return Finding(start, end, Kind.ADDRESS, 0.55, "postcode", form, "a word for postcode stands beside it")


CODE = Detector("postcode", tuple(_cues.hyperscan_word(c) for c in _CODE_CUES), check_code)
DETECTORS: tuple[Detector, ...] = (BOX, EIRCODE, CODE)
