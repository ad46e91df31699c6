"""Serial numbers of devices, by the words for them: whoever has one can ask the maker whose it is."""

from __future__ import annotations

import re

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector

_VALUE = _cues.after_cue(
    r"(?=[A-Za-z\-./]{0,14}\d)[A-Z0-9]{2,24}(?:[\-./][A-Za-z0-9]{1,12}){0,5}(?![^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[:@%]\w)"
)
_NUMBER_ONLY = lazily(
    r"\d+(?:[./]\d+)+|\d{1,4}[\-./]\d{1,2}[\-./]\d{1,4}|0x.*|[A-Z]{2,3}-?\d{1,4}", re.IGNORECASE
)
_UNIT = lazily(r"(?i)[ ]?(?:baud|bps|bit|bits|hz|khz|ms|mb|kb|n81|8n1|times?)\b")
_ANY_DIGIT = lazily(r"\d")
_REACH = 48
_LEAST = 6


def check(text: str, end: int) -> Finding | None:
    """Look behind a word for serial number."""
    if _ANY_DIGIT.search(text, end, end + _REACH) is None:
        return None
    match = _VALUE.match(text, end)
    if (
        match is None
        or match.end() - end > _REACH + 20
        or (match.start("v") == end and text[end - 1 : end].isdigit())
    ):
        return None
    value = match["v"]
    digits = sum(map(str.isdigit, value))
    letters = sum(map(str.isalpha, value))
    if digits < 2 or not _LEAST <= digits + letters <= 26 or _NUMBER_ONLY.fullmatch(value):
        return None
    # "serial port3mapping": a word with a digit in it is no serial number.
    if (letters > digits * 4 and not value.isupper()) or _UNIT.match(text, match.end("v")):
        return None
    return Finding(
        *match.span("v"),
        Kind.DEVICE,
        0.8,
        "serial",
        canonical(Kind.DEVICE, value),
        "follows a word for serial number",
    )


_CUES = words(
    r"""
    s/n s\.n\. serial serialnumber serial-number serial_number serialno service\stag asset\stag svctag sernum ser\.\s?no\.? ser\.?\s?nr\.?
    seriennummer seriennr\.? serien-?nr\.? serien-nummer gerätenummer gerätenr\.? geräte-nr\.? fabriknummer
    n°\sde\ssérie numéro\sde\ssérie num\.?\sde\ssérie no\.?\sde\ssérie n\.\sde\ssérie numéro\ssérie nº\sde\sserie n\.º\sde\sserie n°\sde\sserie
    número\sde\sserie num\.?\sde\sserie núm\.?\sde\sserie nro\.?\sde\sserie no\.?\sde\sserie n/s número\sde\ssérie nº\sde\ssérie n\.º\sde\ssérie nro\.?\sde\ssérie
    numero\sdi\sserie n°\sdi\sserie n\.\sdi\sserie numero\sseriale seriale serienummer serienr\.? serie-?nr\.? serienummeret sarjanumero sarjanro
    numer\sseryjny numerem\sseryjnym nr\sseryjny nr\sfabryczny sériové\sčíslo sériového\sčísla výrobné\sčíslo výrobní\sčíslo sér\.\s?č\. sér\.\s?číslo sorozatszám\w* gyári\sszám gyáriszám gysz
    număr\sde\sserie număr\sserie nr\.?\sde\sserie nr\.?\sserie серийный\sномер серийного\sномера серийник серийни[кй] сер\.\s?№ сер\.\s?номер заводской\sномер зав\.\s?№ с/н серійний\sномер серійник
    заводський\sномер сериен\sномер сериен\s№ фабричен\sномер серијски\sброј serijski\sbroj serijska\sštevilka serijos\snumeris sērijas\snumurs seerianumber
    seri\sno seri\snumarası seri\snumarasi σειριακός\sαριθμός σειριακό\sαριθμό αριθμός\sσειράς αρ\.\sσειράς s/n: מספר\sסידורי מס['׳]\sסידורי الرقم\sالتسلسلي رقم\sتسلسلي رقم\sالجهاز سیریال شماره\sسریال
    सीरियल\sनंबर सीरियल\sनम्बर क्रम\sसंख्या หมายเลขเครื่อง หมายเลขซีเรียล ซีเรียล số\ssê-ri số\sserial số\sseri số\smáy nomor\sseri no\.?\sseri nombor\ssiri
    製造番号 シリアル番号 シリアルナンバー シリアル 製番 機器番号 序列号 序列號 机身号 設備序號 设备序列号 机器编号 출고번호 시리얼\s?번호 시리얼\s?넘버 시리얼 일련번호 제조번호 기기번호
    """
)
SERIAL = Detector(
    "serial", (*(_cues.hyperscan_word(c) for c in dict.fromkeys(_CUES)), r"\bsn\s?[:#=]"), check
)
