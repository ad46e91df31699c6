"""What rows of Zendesk's exports and API answers are: tickets, users, audits, comments, events."""

from __future__ import annotations

import io
import re
from typing import Any

from hushdesk.readers._interface import NOT_MINE, Confidence, Sniffed
from hushdesk.readers._jsonlines import ENVELOPE, Row, in_lines, parse, top_keys
from hushdesk.readers._jsonsplit import Piece, split_documents
from hushdesk.readers._lines import MAX_LINE
from hushdesk.readers._text import utf8_stream, words

ARRAYS = (
    "tickets",
    "users",
    "audits",
    "comments",
    "ticket_events",
    "ticket_audits",
    "organizations",
    "results",
    "requests",
)
"""Arrays in which pages hold their rows."""

_SINGLE = {"ticket": "ticket", "user": "user", "audit": "audit", "comment": "comment", "request": "ticket"}
_OF_PATH = {
    "tickets": "ticket",
    "requests": "ticket",
    "users": "user",
    "audits": "audit",
    "ticket_audits": "audit",
    "comments": "comment",
    "ticket_events": "event",
    "organizations": "organization",
}
_TICKET_IN_URL = re.compile(r"/(?:tickets|requests)/(\d+)/(?:comments|audits)")

_TICKET_KEYS = words(
    "via requester_id submitter_id assignee_id raw_subject collaborator_ids follower_ids "
    "email_cc_ids brand_id ticket_form_id is_public satisfaction_rating custom_fields "
    "generated_timestamp organization_id has_incidents problem_id allow_channelback group_id "
    "forum_topic_id custom_status_id comments recipient"
)
_USER_KEYS = words(
    "iana_time_zone time_zone locale locale_id organization_id shared shared_agent "
    "ticket_restriction alias verified suspended user_fields last_login_at restricted_agent "
    "moderator custom_role_id default_group_id shared_phone_number two_factor_auth_enabled "
    "only_private_comments active"
)
_ROLES = ("end-user", "agent", "admin")


def kind_of(row: Row) -> str:
    """Kind of a row by where it stood and what it looks like; empty if it is none of Zendesk's."""
    if row.path == "results":
        told = row.value.get("result_type")
        return told if told in {"ticket", "user", "organization"} else ""
    return _OF_PATH.get(row.path) or kind_by_keys(row.value)


def kind_by_keys(value: dict[str, Any]) -> str:
    """Kind of an object by its keys alone."""
    if "ticket_id" in value and isinstance(value.get("events"), list):
        return "audit"
    if isinstance(value.get("child_events"), list):
        return "event"
    if "author_id" in value and any(key in value for key in ("body", "html_body", "plain_body")):
        return "comment"
    if "id" not in value:
        return ""
    if value.get("role") in _ROLES and ("email" in value or "name" in value):
        return "user"
    if "domain_names" in value or ("shared_comments" in value and "name" in value):
        return "organization"
    if "requester_id" in value or "raw_subject" in value or ("subject" in value and "comments" in value):
        return "ticket"
    return ""


def singles(row: Row) -> list[tuple[str, dict[str, Any]]]:
    """Rows within an object that holds single ones, as ``{"ticket": {...}}``, as (kind, value)."""
    return [(kind, row.value[key]) for key, kind in _SINGLE.items() if isinstance(row.value.get(key), dict)]


def ticket_of_page(envelope: dict[str, Any]) -> str:
    """Id of the ticket to which all rows of a page belong, if the page says so."""
    links = envelope.get("links")
    inner = envelope.get("ticket")
    if isinstance(inner, dict) and inner.get("id") is not None:
        return str(inner["id"])
    if envelope.get("id") is not None and kind_by_keys(envelope) == "ticket":
        return str(envelope["id"])
    urls = list(links.values()) if isinstance(links, dict) else []
    urls += [envelope.get(key) for key in ("url", "next_page", "previous_page", "after_url", "before_url")]
    found = (_TICKET_IN_URL.search(url) for url in urls if isinstance(url, str))
    return next((match[1] for match in found if match), "")


def sniff(head: bytes) -> Sniffed:
    """See :meth:`hushdesk.readers.Reader.sniff`."""
    with utf8_stream(io.BytesIO(head)) as file:
        data = file.read()
    stripped = data.lstrip()
    if not stripped.startswith((b"{", b"[")):
        return NOT_MINE
    kinds: dict[str, None] = {}
    sure = False
    if in_lines(head, ARRAYS):
        for line in stripped.split(b"\n")[:20]:
            value = parse(line)
            keys = (
                value if isinstance(value, dict) else dict.fromkeys(top_keys(line.decode("utf-8", "replace")))
            )
            kind = _single_kind(keys, line)
            sure = sure or bool(kind)
            kind = kind or kind_by_keys(keys) or _partial_kind(keys, line)
            if kind:
                kinds[kind] = None
                sure = sure or _signed(kind, keys, line)
    else:
        seen = set()
        for piece in split_documents(io.BytesIO(data), frozenset(ARRAYS), MAX_LINE):
            path = piece.path if isinstance(piece, Piece) else ""
            if path in seen and path:
                continue
            seen.add(path)
            kind, signed = _of_piece(path, piece.raw, stripped)
            if kind:
                kinds[kind] = None
                sure = sure or signed
    if not kinds or (not sure and "user" not in kinds):
        return NOT_MINE
    return Sniffed(
        Confidence.CERTAIN if sure else Confidence.LIKELY, "+".join(sorted(f"{k}s" for k in kinds))
    )


def _of_piece(path: str, raw: bytes, document: bytes) -> tuple[str, bool]:
    text = raw.decode("utf-8", "replace")
    if path == ENVELOPE or not path:
        # A page without rows, a cut record, or one object with a single row in it.
        value = parse(raw)
        keys = value if isinstance(value, dict) else dict.fromkeys(top_keys(text))
        single = _single_kind(keys, raw)
        if single:
            return single, True
        paged = {"end_of_stream", "end_time", "after_cursor"} & keys.keys()
        named = [kind for name, kind in _OF_PATH.items() if name in keys]
        if named and paged:
            return named[0], True
        kind = kind_by_keys(keys) or _partial_kind(keys, raw)
        if kind and not isinstance(value, dict):
            # The record is cut; what holds it tells which array it stands in.
            outer = top_keys(document.decode("utf-8", "replace"))
            kind = next((_OF_PATH[name] for name in outer if name in _OF_PATH), kind)
        return kind, bool(kind) and _signed(kind, keys, raw)
    keys = dict.fromkeys(top_keys(text))
    kind = _OF_PATH.get(path) or kind_by_keys(keys) or _partial_kind(keys, raw)
    signed = bool(kind) and _signed(kind, keys, raw)
    return (kind, True) if signed else ("", False)


def _single_kind(keys: dict[str, Any], raw: bytes) -> str:
    """Kind of the one row that an object holds, if it is surely one."""
    for name, kind in _SINGLE.items():
        inner = keys.get(name)
        if isinstance(inner, dict) and _signed(kind, inner, raw):
            return kind
    return ""


def _partial_kind(keys: dict[str, Any], raw: bytes) -> str:
    """Kind by the keys alone where values are not at hand."""
    if "ticket_id" in keys and "events" in keys:
        return "audit"
    if "child_events" in keys:
        return "event"
    if "role" in keys and "name" in keys and re.search(rb'"role"\s*:\s*"(?:end-user|agent|admin)"', raw):
        return "user"
    return ""


def _signed(kind: str, keys: dict[str, Any], raw: bytes) -> bool:
    """Say whether the keys are Zendesk's own and nobody else's."""
    if kind == "ticket":
        # Freshdesk names the agent responder_id, others have no submitter.
        ours = len(_TICKET_KEYS & keys.keys())
        own = {"assignee_id", "submitter_id", "raw_subject"} & keys.keys()
        return ours >= 3 and bool(own) and "requester_id" in keys and "responder_id" not in keys
    if kind == "user":
        role = re.search(rb'"role"\s*:\s*"(?:end-user|agent|admin)"', raw) is not None
        end_user = b'"end-user"' in raw and "email" in keys
        return role and (end_user or len(_USER_KEYS & keys.keys()) >= 3)
    if kind == "audit":
        return {"ticket_id", "events", "author_id"} <= keys.keys()
    if kind == "comment":
        return "author_id" in keys and bool({"public", "audit_id", "html_body", "plain_body"} & keys.keys())
    if kind == "event":
        return "child_events" in keys
    return kind == "organization" and "domain_names" in keys
