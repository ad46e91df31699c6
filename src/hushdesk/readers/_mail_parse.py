"""One mail: its bytes in, what a case needs of it out.

The standard library's parser cuts the mail into parts; charsets, transfer encodings and header
fields are decoded here, since real mail breaks each of the rules.
"""

from __future__ import annotations

import quopri
import re
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from hushdesk.readers._mail_headers import (
    addresses,
    base64_bytes,
    charset_text,
    decode_words,
    header,
    message_ids,
    own_id,
    raw_bytes,
    raw_header,
    sender_ips,
    sent_at,
)
from hushdesk.readers._mail_mime import Part, parse
from hushdesk.readers._text import clean, html_to_text

MAX_PARTS = 20_000
"""More parts than this are no mail but an attempt to fill the memory."""
_MAX_NESTED = 5
_MAX_BEGINS = 500  # each is looked for its end
_MAX_PARENTS = 100
_NAME = re.compile(rb"[!-9;-~]+[ \t]*:")
_ARMOUR = re.compile(r"-----BEGIN PGP MESSAGE-----.*?(?:-----END PGP MESSAGE-----|\Z)", re.DOTALL)
_SIGNATURE = re.compile(r"-----BEGIN PGP SIGNATURE-----.*?(?:-----END PGP SIGNATURE-----|\Z)", re.DOTALL)
_SIGNED = re.compile(r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:Hash:[^\n]*\n)*\n?")
_UU = re.compile(
    r"^begin(?:-base64)? [0-7]{3,4} ([^\n]{1,200})\n(.*?)\n(?:`\n)?(?:end|====)[ \t]*$",
    re.DOTALL | re.MULTILINE,
)
_UU_LINE = re.compile(r"[ -`]{1,64}\s*$")
_ENCRYPTED_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")
_UNCHANGED = frozenset(("7bit", "8bit", "binary"))
_SIGNATURE_TYPES = (
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
)


@dataclass(slots=True, repr=False)
class Mail:
    """What is kept of one mail."""

    message_id: str = ""
    """Without brackets; of a mail that has none, a hash of what it says, so that copies are equal."""
    parents: list[str] = field(default_factory=list)
    """Ids of the mails it answers, oldest first."""
    subject: str = ""
    at: datetime | None = None
    author: tuple[str, str] = ("", "")
    """Name and address."""
    aliases: list[tuple[str, str]] = field(default_factory=list)
    """Other names and addresses of the sender: ``Sender``, ``Reply-To``."""
    recipients: list[tuple[str, str]] = field(default_factory=list)
    copied: list[tuple[str, str]] = field(default_factory=list)
    mentioned: list[tuple[str, str]] = field(default_factory=list)
    """People of mails that are attached to it."""
    ips: list[str] = field(default_factory=list)
    automatic: bool = False
    text: str = ""
    attachments: list[str] = field(default_factory=list)
    sealed: list[str] = field(default_factory=list)
    """What kinds of encryption kept parts of it from being read."""


class NotAMailError(Exception):
    """The bytes have no header field at all. Holds nothing of them."""


class TooManyPartsError(Exception):
    """The mail has more parts than memory should hold, or is nested too deep."""


def parse_mail(data: bytes) -> Mail:
    """Read one mail.

    Raises:
        NotAMailError: It has no header field.
        TooManyPartsError: It has too many parts or too many levels.
    """
    if not _NAME.match(data.lstrip(b"\r\n \t")[:200]):
        raise NotAMailError
    if data.count(b"\n--") > MAX_PARTS:
        raise TooManyPartsError
    try:
        parsed = parse(data)
        mail = _headers(parsed)
        _Body(mail).take(parsed)
    except RecursionError:
        raise TooManyPartsError from None
    if not mail.message_id:
        mail.message_id = _hash_of(mail)
    return mail


def _headers(parsed: Part) -> Mail:
    authors = addresses(parsed, "from")
    aliases = addresses(parsed, "sender", "reply-to", "resent-from", "x-originating-email", "return-path")
    recipients, copied = addresses(parsed, "to"), addresses(parsed, "cc")
    author = authors[0] if authors else ("", "")
    answered = message_ids(parsed, "in-reply-to")
    parents = message_ids(parsed, "references")
    if answered or parents:
        known = {address for _, address in (*authors, *recipients, *copied, *addresses(parsed, "reply-to"))}
        # Old programs write the author's address in angle brackets there, beside the id or instead of it.
        answered = [one for one in answered if one.lower() not in known][-1:]
        parents = [one for one in parents if one.lower() not in known]
        parents += [one for one in answered if one not in parents]
    mail = Mail(
        message_id=own_id(parsed),
        parents=parents
        if len(parents) <= 2 * _MAX_PARENTS
        else parents[:_MAX_PARENTS] + parents[-_MAX_PARENTS:],
        subject=header(parsed, "subject"),
        at=sent_at(parsed),
        author=author,
        aliases=[*authors[1:], *(one for one in aliases if one != author and any(one))],
        recipients=recipients + addresses(parsed, "apparently-to", "resent-to"),
        copied=copied + addresses(parsed, "bcc", "resent-cc"),
        ips=sender_ips(parsed),
    )
    automatic = raw_header(parsed, "auto-submitted").strip().lower()
    robot = author[1].partition("@")[0]
    mail.automatic = (automatic not in ("", "no")) or robot in ("mailer-daemon", "postmaster")
    return mail


def _hash_of(mail: Mail) -> str:
    parts = (mail.author[1], mail.subject, mail.at.isoformat() if mail.at else "", mail.text)
    return "hash:" + sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


class _Body:
    """Walks the parts of a mail and fills in its text, attachments' names and what could not be read."""

    def __init__(self, mail: Mail, nested: int = 0) -> None:
        self._mail = mail
        self._nested = nested
        self._texts: list[str] = []

    def take(self, parsed: Part) -> None:
        self._part(parsed)
        self._mail.text = "\n\n".join(text for text in self._texts if text)

    def _part(self, part: Part) -> None:
        kind = part.get_content_type()
        if part.is_multipart():
            children = [child for child in part.get_payload() if isinstance(child, Part)]
            if kind == "message/rfc822" or (kind.startswith("message/") and len(children) == 1):
                self._nested_mail(part, children)
            elif kind == "multipart/encrypted":
                self._encrypted(
                    part, "PGP/MIME" if "pgp" in str(part.get_param("protocol", "")).lower() else "encryption"
                )
                self._mail.attachments.extend(filter(None, map(_file_name, children)))
            elif kind == "multipart/alternative":
                self._alternative(children)
            elif kind == "message/delivery-status":
                self._mail.attachments.append("delivery-status")
            else:
                for child in children:
                    self._part(child)
            return
        name = _file_name(part)
        disposition = part.get_content_disposition() if "content-disposition" in part.raw_fields() else None
        if kind in _ENCRYPTED_TYPES and "signed" not in str(part.get_param("smime-type", "")).lower():
            self._encrypted(part, "PGP/MIME" if "pgp" in kind else "S/MIME")
        elif kind in _ENCRYPTED_TYPES:
            self._encrypted(part, "S/MIME opaque signature")
        elif kind in _SIGNATURE_TYPES:
            self._mail.attachments.append(name or "signature")
        elif _is_text(part, kind) and disposition != "attachment" and not (name and self._texts):
            text = _text_of(part, kind)
            self._texts.append(self._plain(text) if kind != "text/html" else text)
        else:
            self._mail.attachments.append(name or kind)

    def _alternative(self, children: list[Part]) -> None:
        plain = [child for child in children if child.get_content_type() == "text/plain"]
        chosen = next((child for child in plain if _text_of(child, "text/plain")), None)
        if chosen is None:
            rich = [child for child in children if child.get_content_type() != "text/plain"]
            chosen = next((child for child in rich if child.get_content_type() == "text/html"), None)
            # The best alternative comes last and may be a group of HTML and its pictures.
            chosen = chosen or next((child for child in reversed(rich) if child.is_multipart()), None)
        if chosen is not None:
            self._part(chosen)
        for child in children:
            if child is chosen or child.get_content_type() in ("text/plain", "text/html"):
                continue
            # Pictures and files beside the HTML are named, its text would repeat the chosen one.
            for leaf in child.walk():
                name = _file_name(leaf)
                if name and not leaf.is_multipart():
                    self._mail.attachments.append(name)

    def _nested_mail(self, part: Part, children: list[Part]) -> None:
        name = _file_name(part)
        if not children or self._nested >= _MAX_NESTED:
            self._mail.attachments.append(name or "message.eml")
            return
        inner = _headers(children[0])
        _Body(inner, self._nested + 1).take(children[0])
        people = [inner.author, *inner.aliases, *inner.recipients, *inner.copied, *inner.mentioned]
        self._mail.mentioned.extend(person for person in people if any(person))
        self._mail.attachments.extend([*([name] if name else []), *inner.attachments])
        self._mail.sealed.extend(inner.sealed)
        self._mail.ips.extend(inner.ips)
        lines = [
            " ".join(filter(None, (label, *content)))
            for label, content in (
                ("From:", [inner.author[0], f"<{inner.author[1]}>" if inner.author[1] else ""]),
                ("Date:", [inner.at.strftime("%Y-%m-%d %H:%M UTC") if inner.at else ""]),
                ("Subject:", [inner.subject]),
            )
            if any(content)
        ]
        quoted = "\n".join([*lines, "", *inner.text.splitlines()])
        self._texts.append("\n".join(f"> {line}".rstrip() for line in quoted.splitlines()))

    def _encrypted(self, part: Part, kind: str) -> None:
        self._mail.sealed.append(kind)
        name = _file_name(part)
        if name:
            self._mail.attachments.append(name)

    def _plain(self, text: str) -> str:
        if "-----BEGIN PGP" in text:
            if _ARMOUR.search(text):
                self._mail.sealed.append("PGP")
                text = _ARMOUR.sub("", text)
            text = _SIGNED.sub("", _SIGNATURE.sub("", text))
        if 0 < text.count("begin ") <= _MAX_BEGINS:
            text = _UU.sub(self._uuencoded, text)
        return text.strip()

    def _uuencoded(self, found: re.Match[str]) -> str:
        if not all(_UU_LINE.match(line) for line in found[2].splitlines()[:50]):
            return found[0]
        self._mail.attachments.append(clean(found[1].strip()))
        return ""


def _is_text(part: Part, kind: str) -> bool:
    if kind in ("text/calendar", "text/rfc822-headers", "text/directory", "text/vcard", "text/x-vcard"):
        return False
    # A broken multipart has no parts; what it holds can only be read as text.
    return kind.startswith(("text/", "multipart/", "message/")) or "content-type" not in part


def _text_of(part: Part, kind: str) -> str:
    if kind not in part.texts:
        part.texts[kind] = _read_text(part, kind)
    return part.texts[kind]


def _read_text(part: Part, kind: str) -> str:
    data = _decoded(part)
    text = charset_text(data, _parameter(part, "charset"))
    if kind == "text/html":
        return html_to_text(text)
    if kind in ("text/enriched", "text/richtext"):
        text = re.sub(r"</?[A-Za-z][^<>]{0,60}>", "", text.replace("<<", "<"))
    text = clean(text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""))
    if str(part.get_param("format", "")).lower() == "flowed":
        text = _unflowed(text)
    return text.strip()


def _unflowed(text: str) -> str:
    """Join the soft line breaks of ``format=flowed``, within one depth of quoting."""
    out: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        body = line[depth:].removeprefix(" ")
        soft = body.endswith(" ") and body != "-- "
        if out and open_depth == depth and body != "-- ":
            out[-1] += body
        else:
            out.append(">" * depth + (" " if depth else "") + body)
        open_depth = depth if soft else -1
    return "\n".join(out)


def _decoded(part: Part) -> bytes:
    """The bytes of a part. What encoding it declares is read leniently; of uuencode the text is kept."""
    declared = part.raw_fields().get("content-transfer-encoding")
    data = part.body()
    if declared is None or declared[0] in _UNCHANGED:
        return data
    encoding = re.sub(r"[^a-z0-9-]", "", declared[0].lower().partition(";")[0])
    if encoding == "quoted-printable":
        return quopri.decodestring(data)
    if encoding == "base64":
        return base64_bytes(data)
    return data


def _parameter(part: Part, name: str) -> str:
    value = part.get_param(name, "")
    if isinstance(value, tuple):
        return value[2] or ""
    return str(value or "")


def _file_name(part: Part) -> str:
    """The name of an attachment; RFC 2231 and encoded words are understood, folders are cut off."""
    for name, where in (("filename", "content-disposition"), ("name", "content-type")):
        value = part.get_param(name, header=where)
        if isinstance(value, tuple):
            charset, _, quoted = value
            text = charset_text(quoted.encode("latin-1", "replace"), charset or "")
        elif value:
            text = charset_text(raw_bytes(str(value)), "")
        else:
            continue
        text = re.sub(r"[\x00-\x1f]+", " ", decode_words(text)).strip()
        if text:
            return text.replace("\\", "/").rsplit("/", 1)[-1] or text
    return ""
