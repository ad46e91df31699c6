"""Writes cases as the JSON-lines export of a Zendesk account: tickets with comments, and users."""

from __future__ import annotations

import gzip
import html
import json
from datetime import datetime
from typing import Any

from hushdesk.demo._cases import DemoCase, DemoMessage
from hushdesk.demo._composer import Planted
from hushdesk.demo._export import ExportWriter
from hushdesk.demo._people import DemoPerson
from hushdesk.demo._products import SUPPORT_MAIL, VENDOR
from hushdesk.demo._truth import ALL_TEXTS

_HOST = "https://norrvik.zendesk.example/api/v2"
_AGENT_IDS = 9_000_000_000
_USER_IDS = 36_000_000_000
_CHANNELS = {"email": "email", "web": "web", "chat": "chat", "phone": "voice"}
_TYPES = {"login": "problem", "crash": "incident", "billing": "question", "account": "task"}
_FIELDS = {
    "resolution": 360_001,
    "remarks": 360_002,
    "contract": 360_003,
    "product": 360_004,
    "build": 360_005,
}
_CLIENTS = (
    "Mozilla/5.0 (Windows NT 6.1; WOW64; rv:45.0) Gecko/20100101 Firefox/45.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/61.0.3163.100 Safari/537.36",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 5.1)",
)

_dumps = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _html(text: str) -> str:
    body = html.escape(text, quote=False).replace("\n\n", "</p><p>").replace("\n", "<br>")
    return f'<div class="zd-comment" dir="auto"><p>{body}</p></div>'


class ZendeskWriter(ExportWriter):
    """One export: ``tickets.jsonl.gz`` and ``users.jsonl`` in a folder."""

    source = "zendesk"
    names = ("tickets.jsonl.gz", "users.jsonl")

    def open(self) -> None:
        """Open the files."""
        self._users: set[int] = set()
        # No name and no time in the gzip header: equal cases give equal bytes.
        raw = self.stack.enter_context(self.files[0].open("wb"))
        self._tickets = self.stack.enter_context(gzip.GzipFile("", "wb", 4, raw, mtime=0))
        self._people = self.stack.enter_context(self.files[1].open("w", encoding="utf-8", newline="\n"))

    def add(self, case: DemoCase) -> None:
        """Write one case and account for it."""
        self._tickets.write((_dumps(self._ticket(case)) + "\n").encode())
        self._user(case.customer, case, staff=False)
        self._user(case.agent, case, staff=True)
        person = case.customer
        fields = [
            Planted("PERSON", person.name, person.name, "", "users.name"),
            Planted("EMAIL", person.mail, person.mail, "", "users.email"),
            Planted("PHONE", person.phone, person.country.e164(person.phone), "", "users.phone"),
            Planted("ADDRESS", person.address, person.address, "", "users.details"),
            Planted("ACCOUNT", person.account, person.account, "", "users.external_id"),
            Planted("ACCOUNT", person.contract, person.contract, "", "custom_fields"),
            Planted("IP", person.ip, person.ip, "", "metadata.system.ip_address"),
            Planted("PERSON", case.agent.name, case.agent.name, "", "users.name"),
            Planted("EMAIL", case.agent.mail, case.agent.mail, "", "users.email"),
        ]
        if case.channel == "phone":
            fields.pop(6)
        self.ledger.enter(self.source, str(case.number), case, fields, ALL_TEXTS)

    def _ticket(self, case: DemoCase) -> dict[str, Any]:
        number = case.number
        tags = [
            *case.tags,
            f"product_{case.product.lower().replace(' ', '_')}",
            f"lang_{case.language}",
            case.topic,
        ]
        origin: dict[str, Any] = {"from": {}, "to": {}, "rel": None}
        if case.channel == "email":
            origin["from"] = {"address": case.customer.mail, "name": case.customer.name}
            origin["to"] = {"name": f"{VENDOR} Support", "address": SUPPORT_MAIL}
        opening = DemoMessage(case.opened_at, case.customer, False, True, case.description, case.attachment)
        comments = [
            self._comment(case, place, message, origin if place == 0 else None)
            for place, message in enumerate((opening, *case.messages))
        ]
        return {
            "url": f"{_HOST}/tickets/{number}.json",
            "id": number,
            "external_id": None,
            "via": {"channel": _CHANNELS[case.channel], "source": origin},
            "created_at": _iso(case.opened_at),
            "updated_at": _iso(case.updated_at),
            "type": _TYPES.get(case.topic),
            "subject": case.subject,
            "raw_subject": case.subject,
            "description": case.description,
            "priority": case.priority,
            "status": case.status,
            "recipient": SUPPORT_MAIL if case.channel == "email" else None,
            "requester_id": _USER_IDS + case.customer.key,
            "submitter_id": _USER_IDS + case.customer.key,
            "assignee_id": _AGENT_IDS + case.agent.key,
            "organization_id": None,
            "group_id": 4_400_000 + len(case.topic),
            "collaborator_ids": [],
            "follower_ids": [],
            "email_cc_ids": [],
            "has_incidents": False,
            "is_public": True,
            "due_at": None,
            "tags": tags,
            "custom_fields": [
                {"id": _FIELDS["resolution"], "value": case.resolution or None},
                {"id": _FIELDS["remarks"], "value": case.remarks or None},
                {"id": _FIELDS["contract"], "value": case.customer.contract},
                {"id": _FIELDS["product"], "value": case.product},
                {"id": _FIELDS["build"], "value": str(case.build)},
            ],
            "satisfaction_rating": None,
            "brand_id": 360_900,
            "comments": comments,
        }

    def _comment(
        self, case: DemoCase, place: int, message: DemoMessage, origin: dict[str, Any] | None
    ) -> dict[str, Any]:
        number = case.number * 16 + place
        system: dict[str, Any] = {}
        if not message.staff and case.channel != "phone":
            person = case.customer
            system = {
                "client": _CLIENTS[person.key % 3],
                "ip_address": person.ip,
                "location": f"{person.city}, {person.country.code}",
                "latitude": round((person.key * 37 % 12000) / 100 - 60, 2),
                "longitude": round((person.key * 91 % 34000) / 100 - 170, 2),
            }
        attachments = []
        if message.attachment:
            link = f"https://norrvik.zendesk.example/attachments/token/{number * 7919:024X}/?name={message.attachment}"
            attachments.append(
                {
                    "id": number * 3,
                    "file_name": message.attachment,
                    "content_url": link,
                    "content_type": "text/plain" if message.attachment.endswith(".log") else "image/png",
                    "size": 1500 + number % 90000,
                    "inline": False,
                }
            )
        key = _AGENT_IDS + message.author.key if message.staff else _USER_IDS + message.author.key
        return {
            "id": number,
            "type": "Comment",
            "author_id": key,
            "body": message.text,
            "html_body": _html(message.text),
            "plain_body": message.text,
            "public": message.public,
            "attachments": attachments,
            "audit_id": number + 1,
            "via": {
                "channel": _CHANNELS[case.channel],
                "source": origin or {"from": {}, "to": {}, "rel": None},
            },
            "created_at": _iso(message.at),
            "metadata": {"system": system, "custom": {}},
        }

    def _user(self, person: DemoPerson, case: DemoCase, *, staff: bool) -> None:
        key = (_AGENT_IDS if staff else _USER_IDS) + person.key
        if key in self._users:
            return
        self._users.add(key)
        row = {
            "id": key,
            "url": f"{_HOST}/users/{key}.json",
            "name": person.name,
            "email": person.mail,
            "created_at": _iso(case.opened_at),
            "updated_at": _iso(case.updated_at),
            "phone": None if staff else person.phone,
            "role": "agent" if staff else "end-user",
            "organization": None if staff else person.company or None,
            "locale": person.language,
            "details": None if staff else person.address,
            "notes": None,
            "external_id": None if staff else person.account,
            "alias": None,
            "verified": True,
            "active": True,
            "suspended": False,
            "tags": [],
        }
        self._people.write(_dumps(row) + "\n")
