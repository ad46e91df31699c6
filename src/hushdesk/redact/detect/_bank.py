"""Bank accounts that are no IBAN: by cue, or by the formats and check digits of their country."""

from __future__ import annotations

import re
from collections.abc import Callable

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._id_checks import valid
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._text import after, before

_BANK = _cues.after_cue(
    r"(?:\d{2}[ \-]\d{2}[ \-]\d{2}(?![\d])|[A-Z]{4}0[A-Z0-9]{6}(?!\w)|\d(?:[ \-/.]?\d){4,25})"
)
_BIC = _cues.after_cue(r"(?-i:[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![A-Za-z0-9]))")
_DIGIT = lazily(r"\d")
_REACH = 70
_BANK_CUE = lazily(
    r"(?i)bank|account|acct|konto|compte|cuenta|conta\b|conto\b|rekening|banco|banca|banque|transfer|deposit|überweis|virement|pay|clabe|cbu|ifsc|rib|iban|swift|bic|счет|счёт|számla|numer|účet|účt|účtu"
)
_VIA = lazily(
    r"(?i)[,;/ ]{0,3}(?:(?:and|und|et|y|e)[ ])?(?:the[ ]|my[ ])?(?:bank[ ])?(?:account|acct|acc|a/c|konto|number|no)\.?[ ]?(?:number|no|nr|num)?\.?[ ]?[:#]?[ ]?(?:is[ ])?(?P<v>\d(?:[ \-]?\d){5,16})(?!\d)"
)


def _aba(value: str) -> bool:
    digits = [int(c) for c in value if c.isdigit()]
    return len(digits) == 9 and sum(d * w for d, w in zip(digits, (3, 7, 1) * 3, strict=True)) % 10 == 0


def clabe(value: str) -> bool:
    """Tell whether ``value`` is a Mexican account number with a right check digit."""
    digits = [int(c) for c in value if c.isdigit()]
    if len(digits) != 18:
        return False
    total = sum(d * w % 10 for d, w in zip(digits[:17], (3, 7, 1) * 6, strict=False))
    return (10 - total % 10) % 10 == digits[17]


def polish(value: str) -> bool:
    """Tell whether ``value`` is a Polish account number, an IBAN without its country."""
    digits = "".join(c for c in value if c.isdigit())
    return len(digits) == 26 and int(digits[2:] + "2521" + digits[:2]) % 97 == 1


def _finding(text: str, start: int, end: int, score: float, name: str, why: str) -> Finding:
    return Finding(start, end, Kind.BANK, score, name, canonical(Kind.BANK, text[start:end]), why)


def check(text: str, end: int) -> list[Finding]:
    """Look behind a word for bank account, sort code, routing number."""
    if _DIGIT.search(text, end, end + _REACH) is None:
        return []
    match = _BANK.match(text, end)
    if match is None or match.end() - end > _REACH:
        return []
    if not 5 <= sum(map(str.isalnum, match["v"])) <= 26:
        return []
    out = [_finding(text, *match.span("v"), 0.88, "bank", "follows a word for bank account")]
    # A sort code, routing or branch number, and then the account that it is for.
    if more := _VIA.match(text, match.end()):
        out.append(_finding(text, *more.span("v"), 0.85, "bank", "follows the code of its bank"))
    return out


def check_bic(text: str, end: int) -> Finding | None:
    """Look behind ``BIC`` or ``SWIFT``."""
    match = _BIC.match(text, end)
    if match is None or match.end() - end > 40:
        return None
    return _finding(text, *match.span("v"), 0.8, "bic", "follows a word for bank code")


def _shape(
    name: str, pattern: re.Pattern[str], right: Callable[[str], bool], sure: bool
) -> Callable[[str, int], Finding | None]:
    def look(text: str, end: int) -> Finding | None:
        for match in pattern.finditer(text, max(0, end - 40), min(len(text), end + 12)):
            if match.end() < end:
                continue
            if not right(match.group()):
                return None
            if not sure and not _BANK_CUE.search(before(text, match.start(), 60)):
                return None
            return _finding(
                text, *match.span(), 0.85, name, "has the format and check digits of a bank account"
            )
        return None

    return look


def _always(value: str) -> bool:
    return any(map(str.isdigit, value))


_SHAPES: tuple[tuple[str, str, str, Callable[[str], bool], bool], ...] = (
    ("in-ifsc", r"\b[A-Z]{4}0[A-Z0-9]{6}\b", r"(?<!\w)[A-Z]{4}0[A-Z0-9]{6}(?!\w)", _always, False),
    ("mx-clabe", r"\b\d{18}\b", r"(?<![\w\-])\d{18}(?![\w\-])", clabe, False),
    ("ar-cbu", r"\b\d{22}\b", r"(?<![\w\-])\d{22}(?![\w\-])", lambda v: valid(("ar.cbu",), v), False),
    ("pl-nrb", r"\b\d\d(?: \d{4}){6}\b", r"(?<![\w\-])\d\d(?:[ ]\d{4}){6}(?![\w\-])", polish, True),
    ("nz-account", r"\b\d\d-\d{4}-\d{7}-\d{2,3}\b", r"(?<![\w\-])\d\d-\d{4}-\d{7}-\d{2,3}(?![\w\-])", lambda v: valid(("nz.bankaccount",), v), True),
    ("no-account", r"\b\d{4}\.\d{2}\.\d{5}\b", r"(?<![\w.\-])\d{4}\.\d{2}\.\d{5}(?![\w\-]|\.\d)", lambda v: valid(("no.kontonr",), v), False),
    ("cz-account", r"\d{6,10}/\d{4}\b", r"(?<![\w\-/])(?:\d{1,6}-)?\d{6,10}/\d{4}(?![\w\-/])", lambda v: valid(("cz.bankaccount",), v), False),
    ("hu-account", r"\b\d{8}-\d{8}-\d{8}\b", r"(?<![\w\-])\d{8}-\d{8}-\d{8}(?![\w\-])", _always, True),
    ("es-ccc", r"\b\d{4}[ -]\d{4}[ -]\d\d[ -]\d{10}\b", r"(?<![\w\-])\d{4}[ \-]\d{4}[ \-]\d\d[ \-]\d{10}(?![\w\-])", lambda v: valid(("es.ccc",), v), True),
    ("us-routing", r"(?:aba|routing|rtn)[^\n]{0,24}\d{9}\b", r"(?<!\d)\d{9}(?!\d)", _aba, False),
)  # fmt: skip

SHAPED: tuple[Detector, ...] = tuple(
    Detector(name, (trigger,), _shape(name, re.compile(pattern), right, sure))
    for name, trigger, pattern, right, sure in _SHAPES
)
CUE = Detector(
    "bank",
    tuple(
        _cues.hyperscan_word(c)
        for c in words(
            r"""
    kto kto\. kto\.?-?nr\.? kontonr\.? girokonto konto-nr\.? bank\sacc\.? bank\sa/c acct\s?no\.? a/c\s?no\.? acc\s?no\.? account\sno\.? savings\sa/c bsb\s(?:no|number) sucursal cta cta\. cta\.?\scte\.? nº\sde\scuenta nº\scuenta número\sde\scuenta numero\sde\scuenta n°\scuenta
    n°\sde\scompte numéro\sde\scompte n°\scompte code\sbanque code\sguichet agência agencia conta\spoupança conta-corrente conta\snº nº\sda\sconta número\sda\sconta c/c c/c\sn\.? numero\sdi\sconto cab abi nib rek\.?\s?nr\.? rek\. rekening\.?\s?nr\.? bankrekening bankkonto kontonr\.? reg\.?\s?nr\.?\s/\skonto tilinro tilinumeroni
    č\.ú\. č\.\s?ú\. č\.účtu číslo\súčtu úč\. účet\sč\. bankovní\súčet bankový\súčet bankszámlaszám\w* nr\srach\.? nr\srachunku rach\. rachunek\snr rachunek\sbankowy cont\sbancar nr\.?\scont număr\sde\scont р/с№ р\.с\. р/р р/счет р/счёт расч\.\s?сч[её]т сч[её]т\s№ к/с корр\.\s?сч[её]т мфо бик банковска\sсметка сметка\s№
    žiro\sračun broj\sračuna številka\sračuna transakcijski\sračun sąskaitos\snr\.? sąskaitos\snumeris bankas\skonts konta\snumurs hesap\sno hesap\snumarası αριθμός\sλογαριασμού αρ\.\sλογαριασμού מספר\sחשבון\sבנק חשבון\sבנק מס['׳]\sחשבון رقم\sالحساب\sالبنكي حساب\sبنكي رقم\sالحساب شماره\sحساب बैंक\sखाता खाता\sनंबर เลขบัญชี เลขที่บัญชี บัญชีธนาคาร số\stài\skhoản stk
    no\.?\srek\.? no\.?\srekening nomor\srekening norek 卡号 卡號 银行卡 收款账号 开户行 帳戶號碼 銀行帳號 匯款帳號 普通預金 普通口座 当座 支店番号 계좌 계좌\s?번호 통장
    sort\scode sortcode routing(?:\snumber)? bank\saccount account\snumber checking\saccount savings\saccount blz bankleitzahl
    kontonummer kontonr bankverbindung rib clabe cbu bsb ifsc bankkonto aba clearingnummer bankgiro transit\snumber
    plusgiro rekeningnummer bank\sacc(?:oun)?t\.? расчетный\sсчет расчётный\sсч[её]т р/с 银行账号 银行卡号 口座番号 银行账户
    계좌번호 cuenta\sbancaria cuenta\sclabe conto\scorrente cuenta\scorriente conta\scorrente compte\sbancaire bankszámla\w*
    számlaszám\w* číslo\súčtu numer\srachunku numer\skonta nr\skonta номер\sсчета номер\sсчёта banka\shesa\w* kontonumr\w* tilinumero
    """
        )
    ),
    check,
)
_BRANCH = lazily(r"[ ]{0,2}(?:n[.ºo°]{1,2}[ ]?)?[:]?[ ]?(?P<v>\d{3,5}(?:-[\dxX])?)(?!\w|[.,:/]\d)")
_ACCOUNT_NEAR = lazily(r"(?i)\b(?:conta|c/c|cc|cta|cuenta|banco|poupan[cç]a|pix|op\.?)\b")


def check_branch(text: str, end: int) -> Finding | None:
    """Look behind ``ag.`` for a branch, where an account stands beside it."""
    match = _BRANCH.match(text, end)
    if match is None:
        return None
    around = before(text, end, 48) + after(text, match.end(), 40)
    if not _ACCOUNT_NEAR.search(around):
        return None
    return _finding(text, *match.span("v"), 0.75, "bank-branch", "the branch of a bank account")


BRANCH = Detector(
    "bank-branch", (r"\bag\.?:?\s", r"\bag[e\xc3][^\s]{0,2}ncia\b", r"\bsuc(?:ursal)?\.?\s"), check_branch
)
BIC = Detector("bic", (r"\bbic\b", r"\bswift\b"), check_bic)
