"""E-mail addresses around an ``@``: plain, international, spaced, split over lines, with a broken last dot."""

from __future__ import annotations

import re

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._tld import COMMON_ENDS, FILE_ENDS, PRIVATE_ENDS, tlds
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _email_glued
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._text import WORD, after, before

# Vowel signs of Indian and other scripts, which are no letters to ``re``.
_MARKS = (
    r"\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094d\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b4d\u0"
    r"b82\u0bbe-\u0bcd\u0c00-\u0c03\u0c3e-\u0c4d\u0c81-\u0c83\u0cbc-\u0ccd\u0d00-\u0d03\u0d3e-\u0d4d\u0d82\u0d83\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0f71-\u0f84\u102b-\u103e\u17b4-\u17d3\u200c\u200d"
)
_ATOM = rf"\w{_MARKS}!#$%&'*+/=?^`{{|}}~\-"
# Read backwards, so that one linear match from the @ finds the start.
_LOCAL_BACK = lazily(rf"""(?:"[^"\n\x01]{{1,60}}"|[{_ATOM}]+(?:\.+[{_ATOM}]+){{0,8}}\.?)""")
_LOCAL_SPACED_BACK = lazily(rf"[{_ATOM}]+(?:[ ]\.[ ][{_ATOM}]+){{1,3}}")
_GAP = r"[ \t\xa0]{0,3}(?:\r?\n[ \t>|]{0,8})?"
_GAP_BACK = lazily(r"[ \t\xa0]{0,3}(?:[ \t>|]{0,8}\n\r?)?[ \t]{0,2}")
_LABEL = rf"[^\W_](?:[\w{_MARKS}\-]{{0,61}}(?:[^\W_]|[{_MARKS}]))?"
_DOMAIN = lazily(rf"{_LABEL}(?:[.\u3002\uff0e]{{1,2}}{_LABEL})*")
_SPACED_DOMAIN = lazily(
    rf"(?i)(?P<gap>{_GAP})(?P<host>{_LABEL}(?:\.{_LABEL})*)"
    rf"(?P<dot>{_GAP}[.,/\-\u2010-\u2015_;:·•\u3002]{_GAP}|[ \t]{{1,3}})"
    rf"(?P<end>{'|'.join(sorted(COMMON_ENDS))})(?P<more>(?:\.[A-Za-z]{{2,3}})?)(?!{WORD}|@)"
)
_SPLIT_DOMAIN = lazily(rf"(?P<gap>{_GAP})(?P<host>{_LABEL}(?:{_GAP}\.{_GAP}{_LABEL}){{1,4}})(?![\w@])")
_USERINFO_BACK = lazily(r"[^\s/@:]{1,70}:[^\s/:@]{0,40}//:")
_ASCII_DOMAIN = lazily(
    r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?)+"
    r"(?=[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
)
_UNSPACED = lazily(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LITERAL = lazily(r"\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9a-fA-F:]+)\]")
_PLAIN_ENDS = frozenset(
    words(
        """
    com net org edu gov de fr uk nl es it pl ru br jp cz eu ch at se dk fi pt gr hu ro bg tr ua cn kr tw
    mx ar ca au info test example
    """
    )
)
# "E-mail.ann@...", "Mail-ann@...": the word for it, and a sign in the place of its colon.
_LABELLED = lazily(r"(?:[Ee]-?[Mm]ail|E-?MAIL|Mail|MAIL|Courriel|Correo|Email)[.\-_:]{1,2}(?=[^\W_]{3})")
_SURROUNDINGS = "'`*{}|/=?&!#$%^~-+_."
_MAIL_CUE = lazily(r"(?i)(?:e-?mail|correo|courriel|posta)[\w ]{0,6}[:=][ ]{0,3}$")
_DIGEST = lazily(r"(?i)(?:sha\d{1,3}|latest|v?\d+(?:\.\d+)+)(?![\w.]*[a-z]{2})")
_COMMON_WORDS = frozenset(
    words(
        """
    and or the is at on in to from with by of for me you it was are see via cc bcc an a mail email
    e-mail address adresse contact to: von an und oder
    """
    )
)


_MACHINES = frozenset(("git", "hg", "svn", "bzr", "cvs", "gitea", "gitolite", "gerrit"))
"""Who signs in at hosts of source code: nobody in person."""
_CUT = lazily(r".*(?:mailto:|[=/|?&{`])", re.DOTALL)


def _trimmed_local(back: str) -> str:
    local = back[::-1]
    # Markup and quotes cling to addresses; a path or a query parameter ends before the mailbox.
    if cut := _CUT.match(local):
        local = local[cut.end() :]
    if local.startswith('"'):
        return local
    # Scripts without blanks between words run into the address.
    if not local.isascii():
        for i in range(len(local) - 1, -1, -1):
            if _UNSPACED.match(local[i]):
                if local[i + 1 :]:
                    local = local[i + 1 :]
                break
    local = local.lstrip(_SURROUNDINGS)
    if label := _LABELLED.match(local):
        local = local[label.end() :]
    if local[:3].lower() in {"%3c", "%22", "%20", "%3a", "%3d", "%2f"}:
        local = local[3:]
    return local


def _strict(text: str, at: int, local: str) -> tuple[int, int, float] | None:
    """Return start, end and score of the address whose ``@`` stands at ``at``."""
    begin = at + 1
    while text[begin : begin + 1] == "@" and begin < at + 3:
        begin += 1
    if literal := _LITERAL.match(text, begin):
        return at - len(local), literal.end(), 0.95
    match = _ASCII_DOMAIN.match(text, begin) or _DOMAIN.match(text, begin)
    if match is None:
        return None
    labels = match.group().replace("\u3002", ".").replace("\uff0e", ".").split(".")
    known = tlds()
    for keep in range(len(labels), 1, -1):
        end = labels[keep - 1].lower()
        if end in known or end in PRIVATE_ENDS:
            stop = begin + len(".".join(labels[:keep]))
            # icon@2x.png, but also unit@instance.service: names of files and units.
            if end in FILE_ENDS:
                continue
            if labels[0][:1].isdigit() and labels[0][1:] in {"x", ""}:
                return None
            return at - len(local), stop, 0.99
    end = labels[-1].lower()
    if len(labels) > 1 and end.isalpha() and 2 <= len(end) <= 12 and end not in FILE_ENDS:
        return at - len(local), match.end(), 0.8
    if (
        len(labels) > 1
        and len(end) == 1
        and end.isalpha()
        and _MAIL_CUE.search(before(text, at - len(local), 16))
    ):
        # The last letters were left out, but somebody says that it is a mailbox.
        return at - len(local), match.end(), 0.7
    # An ending of a file was glued to it: name@host.com.log was cut above; name_at_host alone is no address.
    return None


def _loose(text: str, at: int, start: int) -> tuple[int, int, float] | None:
    window = after(text, at + 1, 140)
    if match := _SPLIT_DOMAIN.match(window):
        host = re.sub(r"[\s>|]+", "", match["host"])
        labels = host.lower().split(".")
        if (labels[-1] in tlds() or labels[-1] in PRIVATE_ENDS) and labels[-1] not in FILE_ENDS:
            broken = match["host"] != host
            end = match.end()
            if broken and labels[-1] not in COMMON_ENDS:
                return None
            # "mail me @ home. In short": a sentence end is not a dot of an address.
            if broken and re.search(r"\.\s+[A-Z][a-z]", match["host"]):
                tail = re.split(r"\.\s+(?=[A-Z][a-z])", match["host"])[0]
                if "." not in tail:
                    return None
                end = match.start("host") + len(tail)
            return start, at + 1 + end, 0.9
    if match := _SPACED_DOMAIN.match(window):
        end_label = match["end"].lower()
        if end_label not in COMMON_ENDS:
            return None
        if match["dot"].isspace() and end_label not in words(
    """
    com net org de fr uk nl es it pl ru edu gov br jp cz eu
    """
):  # fmt: skip
            return None
        if match["dot"].strip() != "." and end_label not in _PLAIN_ENDS:
            return None
        if match["dot"].strip() in {":", ";", "_"} and match["dot"] != match["dot"].strip():
            return None
        if not match["end"].islower() and not match["end"].isupper() and not match["dot"].strip():
            return None
        return start, at + 1 + match.end(), 0.85
    return None


def check(text: str, end: int) -> Finding | None:
    """Look at the ``@`` that ends at ``end``."""
    at = end - 1
    # A row of letters and signs, none of which has a domain.
    if text[end : end + 1].isalnum() and "@" in text[end + 1 : end + 3]:
        return None
    back = before(text, at, 90)[::-1]
    if _USERINFO_BACK.match(back):
        return None
    tight = _LOCAL_BACK.match(back)
    if tight:
        local = _trimmed_local(tight.group())
        if local.lower() in _MACHINES:
            return None
        if local and (found := _strict(text, at, local)):
            start, stop, score = found
            if _is_reference(text, start, at, stop):
                return None
            return _finding(text, _broken(text, start, at), stop, score, "email")
    gap = _GAP_BACK.match(back)
    skip = gap.end() if gap else 0
    match = (_LOCAL_SPACED_BACK.match(back, skip) if skip else None) or _LOCAL_BACK.match(back, skip)
    if match is None:
        return None
    local = _trimmed_local(match.group())
    if not local or not any(c.isalnum() for c in local):
        return None
    if skip and local.lower() in _COMMON_WORDS:
        return None
    start = at - skip - len(local)
    if skip == 0 and local and _strict(text, at, local):
        return None
    if start > 0 and text[start - 1] in "/=":
        return None
    if found := _loose(text, at, start):
        start, stop, score = found
        if stray := _STRAY.search(before(text, start, 40)):
            start -= len(stray.group())
        return _finding(text, start, stop, score, "email-spaced")
    if skip:
        strict = _strict(text, at, local)
        if strict and text[: strict[1]].rpartition(".")[2].lower() in COMMON_ENDS:
            return _finding(text, start, strict[1], 0.9, "email-spaced")
    return None


_BROKEN = lazily(r"(?<![\w.@/\\\-])(?P<v>[A-Za-z0-9][\w.+\-]{0,40})[ ]?\r?\n(?P<q>[>| ]{0,8})$")
_STRAY = lazily(r"(?<![\w.@])[a-z0-9][a-z0-9_\-]{1,30}\.[ ]$")


def _broken(text: str, start: int, at: int) -> int:
    """Return where a mailbox begins whose first part a line end, perhaps of a quoted mail, cut off."""
    match = _BROKEN.search(before(text, start, 56))
    if match is None:
        return start
    head = match["v"]
    last = re.split(r"[._]", head)[-1].lower()
    hangs = head[-1] in "-_+" or (head[-1] == "." and head.islower() and ">" in match["q"])
    inside = (
        re.search(r"[a-z0-9][._][a-z0-9]", head) is not None
        and last not in COMMON_ENDS
        and last not in FILE_ENDS
    )
    if not (hangs or (inside and text[start:at].islower() and head.islower())):
        return start
    return start - (len(match.group()) - match.start("v") + match.start())


def _is_reference(text: str, start: int, at: int, stop: int) -> bool:
    """Tell a package, image or unit reference from a mailbox."""
    if start > 0 and text[start - 1] == "/" and text[max(0, start - 2) : start - 1] != "/":
        scope = re.search(r"(?:^|[\s\"'(=])@[\w.-]+/$", before(text, start, 50))
        if scope:
            return True
    return bool(_DIGEST.match(text, at + 1, stop + 20))


def _finding(text: str, start: int, stop: int, score: float, detector: str) -> Finding:
    return Finding(
        start,
        stop,
        Kind.EMAIL,
        score,
        detector,
        canonical(Kind.EMAIL, text[start:stop]),
        "reads as a mailbox at a domain",
    )


DETECTOR = Detector("email", ("@",), check)

GLUED = _email_glued.DETECTOR
