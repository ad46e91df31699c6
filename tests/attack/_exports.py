"""Exports in which every field holds secrets of its own, in good rows and in rows that get refused."""

from __future__ import annotations

import copy
import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Plant = Callable[[str], str]

_DAY = "2019-03-05T10:00:00Z"


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split(".")
    place: Any = document
    for step in way:
        place = place[int(step)] if step.isdigit() else place.setdefault(step, {})
    place[int(last) if last.isdigit() else last] = value


def _deep(value: str) -> str:
    return "[" * 5_000 + json.dumps(value) + "]" * 5_000


# -- Zendesk ----------------------------------------------------------------------------------------

_TICKET: dict[str, Any] = {
    "url": "https://acme.zendesk.com/api/v2/tickets/1.json",
    "created_at": _DAY, "updated_at": _DAY, "subject": "Backup", "raw_subject": "Backup", "description": "It stopped.",
    "priority": "high", "status": "open", "type": "problem", "tags": ["backup"], "via": {"channel": "web", "source": {}},
    "requester_id": 900_001, "submitter_id": 900_001, "assignee_id": 900_002, "custom_fields": [{"id": 7, "value": ""}],
    "comments": [
        {"id": 1, "author_id": 900_001, "body": "Hello", "public": True, "created_at": _DAY, "attachments": [{}],
         "via": {"channel": "email", "source": {}}, "data": {}}
    ],
}  # fmt: skip

_PROSE = [
    "subject",
    "raw_subject",
    "description",
    "resolution",
    "remarks",
    "comments.0.body",
    "comments.0.html_body",
    "comments.0.plain_body",
    "comments.0.data.transcription_text",
    "satisfaction_rating.comment",
    "custom_fields.0.value",
    "unknown_field",
    "fields.note",
    "metadata.custom.note",
    "comments.0.metadata.custom.note",
    "metadata.system.client",
]
_SHORT = [
    "priority",
    "status",
    "type",
    "product",
    "channel",
    "url",
    "tags.0",
    "via.channel",
    "via.source.rel",
    "comments.0.via.channel",
    "language",
    "locale",
    "external_id",
    "encoded_id",
    "comments.0.attachments.0.file_name",
    "comments.0.attachments.0.content_url",
    "group_id",
    "brand_id",
    "organization_id",
    "result_type",
    "metric_set.note",
    "comments.0.id",
    "comments.0.author_id",
    "comments.0.created_at",
]
_ADDRESS = [
    "requester",
    "submitter",
    "assignee",
    "collaborator",
    "recipient",
    "via.source.from.address",
    "via.source.to.address",
    "comments.0.via.source.from.address",
    "comments.0.via.source.to.address",
]
_NAME = [
    "via.source.from.name",
    "via.source.to.name",
    "comments.0.via.source.from.name",
    "requester.name",
    "assignee.name",
]
_PHONE = [
    "via.source.from.phone",
    "via.source.from.formatted_phone",
    "comments.0.data.from",
    "comments.0.data.to",
]
_LIST = ["collaborators", "email_ccs", "followers", "email_cc_ids", "collaborator_ids"]


def zendesk(mint: Any, folder: Path) -> int:
    """Tickets with each field marked in turn, users, audits, and lines that are refused; returns the good tickets."""
    tickets: list[str] = []

    def add(path: str, value: Any, **more: Any) -> None:
        ticket = copy.deepcopy(_TICKET) | {"id": 1_000 + len(tickets)} | more
        _put(ticket, path, value)
        tickets.append(json.dumps(ticket, ensure_ascii=len(tickets) % 2 == 0))

    for path in _PROSE:
        add(path, mint.prose(f"zendesk {path}"))
    for path in _SHORT:
        add(path, mint.short(f"zendesk {path}"))
    for path in _ADDRESS:
        add(path, mint.email(f"zendesk {path}"))
    for path in _NAME:
        name = mint.name(f"zendesk {path}")
        add(path, name, description=f"{name} asked about it, and {name.split()[1]} again.")
    for path in _PHONE:
        add(path, mint.phone(f"zendesk {path}"))
    for path in _LIST:
        add(
            path,
            [
                mint.email(f"zendesk {path}"),
                {"email": mint.email(path), "name": mint.name(f"zendesk {path}")},
            ],
        )
    for path in ("metadata.system", "comments.0.metadata.system"):
        where = f"zendesk {path}"
        add(
            path,
            {
                "ip_address": mint.ip(where),
                "location": mint.short(where),
                "latitude": 52.1,
                "client": mint.ip(where),
            },
        )
    add(mint.email("zendesk name of a field"), "x")
    add("custom_fields.0.id", mint.email("zendesk name of a custom field"))
    good = len(tickets)

    users = []
    for number, field in enumerate(
        [
            "name",
            "email",
            "phone",
            "alias",
            "details",
            "notes",
            "external_id",
            "signature",
            "time_zone",
            "tags",
        ]
    ):
        where = f"zendesk users {field}"
        make = {"name": mint.name, "email": mint.email, "phone": mint.phone, "alias": mint.username,
                "external_id": mint.account}.get(field, mint.short)  # fmt: skip
        value = make(where)
        user: dict[str, Any] = {"id": 910_000 + number, "role": "end-user", "name": mint.name(where),
                                "email": mint.email(where), "url": "u", field: value}  # fmt: skip
        user["identities"] = [
            {"type": "email", "value": mint.email(where)},
            {"type": "phone_number", "value": mint.phone(where)},
        ]
        user["user_fields"] = {"note": mint.prose(where)}
        user["photo"] = {"content_url": mint.short(where), "file_name": mint.short(where)}
        users.append(json.dumps(user))
        told = (
            f"{user['name']} here, {user['email']}, {value} was asked for {user['identities'][1]['value']}."
        )
        add("description", told, requester_id=user["id"])
        good += 1
    audits = []
    for number, field in enumerate(
        ("body", "html_body", "subject", "value", "previous_value", "recipients", "field_name")
    ):
        event = {
            "id": 70 + number,
            "type": "Comment",
            "public": False,
            "body": "see",
            field: mint.prose(f"zendesk audit {field}"),
        }
        if field in {"value", "previous_value", "field_name"}:
            event = {"id": 70 + number, "type": "Change", "field_name": "subject"} | {field: event[field]}
        audits.append(
            json.dumps({"id": 60 + number, "ticket_id": 1_000 + number, "created_at": _DAY, "author_id": 900_002,
                        "events": [event], "metadata": {"system": {"ip_address": mint.ip("audit"), "location": mint.short("audit")}},
                        "via": {"channel": "email", "source": {"from": {"address": mint.email("audit via")}}}})
        )  # fmt: skip

    def bad(where: str) -> dict[str, Any]:
        return copy.deepcopy(_TICKET) | {
            "id": 5_000 + len(tickets),
            "subject": mint.prose(f"zendesk refused {where}"),
        }

    tickets.append(json.dumps(bad("bad date") | {"created_at": mint.short("zendesk refused date")}))
    tickets.append(json.dumps(bad("no id") | {"id": None}))
    tickets.append(json.dumps(bad("duplicate") | {"id": 1_000}))
    tickets.append('{"id": 77, "a": ' + _deep(mint.prose("zendesk refused deep")) + "}")
    tickets.append(json.dumps({"what": mint.prose("zendesk refused unknown row")}))
    tickets.append(
        '{"id": 78, "subject": "'
        + mint.prose("zendesk refused control").replace("\n", "\x01")
        + '", "requester_id": }'
    )
    # Only the first part of a line that is cut off; the file ends within a secret.
    cut = json.dumps(bad("truncated") | {"id": 6_000})
    tickets.append(cut[: len(cut) - 40])
    (folder / f"tickets of {mint.email('zendesk file name')}.jsonl").write_text("\n".join(tickets), "utf-8")
    (folder / "users.jsonl").write_text("\n".join(users), "utf-8")
    with gzip.open(folder / "audits.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(audits))
    return good


# -- Jira -------------------------------------------------------------------------------------------

_COLUMNS = [
    "Summary",
    "Issue id",
    "Issue key",
    "Status",
    "Priority",
    "Resolution",
    "Created",
    "Updated",
    "Resolved",
    "Description",
    "Environment",
    "Comment",
    "Attachment",
    "Labels",
    "Issue Type",
    "Project name",
    "Log Work",
    "Assignee",
    "Assignee Id",
    "Reporter",
    "Reporter Id",
    "Creator",
    "Creator Id",
    "Component/s",
    "Affects Version/s",
    "Fix Version/s",
    "Project key",
    "Project url",
    "Votes",
    "Last Viewed",
    "Due Date",
    "Security Level",
    "Watchers",
    "Watchers Id",
    "Participants",
    "Sprint",
    "Parent",
    "Outward issue link (Blocks)",
    "Custom field (Notes)",
    "Custom field (Customer e-mail)",
    "Satisfaction",
]


def jira(mint: Any, folder: Path) -> int:
    """Issues with each column marked in turn; returns the good ones."""
    marked_name = f"Custom field ({mint.email('jira name of a column')})"
    columns = [*_COLUMNS, marked_name]
    base = {
        "Summary": "Backup",
        "Status": "Open",
        "Created": "2019-03-05 10:00",
        "Description": "It stopped.",
        "Reporter": "rep9",
    }
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    good = 0
    for place, column in enumerate(columns):
        where = f"jira {column if column != marked_name else 'marked column'}"
        row = base | {"Issue id": str(8_000 + place), "Issue key": f"OPS-{place}"}
        if column in {"Created", "Updated", "Resolved"}:
            row |= {column: mint.short(where), "Description": mint.prose(where)}
        elif column in {"Issue id", "Issue key"}:
            row[column] = mint.email(where)
            good += 1
        elif column in {"Assignee", "Reporter", "Creator", "Watchers", "Participants"}:
            row[column] = mint.name(where)
            row["Description"] = f"{row[column]} wrote, and {row[column].split()[1].upper()} again."
            good += 1
        elif column in {"Comment", "Log Work"}:
            text = mint.prose(where)
            author = mint.username(where)
            row[column] = (
                f"2019-03-06 09:00;{author};{text}"
                if column == "Comment"
                else f"{text};2019-03-06 09:00;{author};60"
            )
            good += 1
        elif column == "Attachment":
            row[column] = (
                f"2019-03-06 09:00;{mint.username(where)};{mint.email(where)}.png;https://x/{mint.email(where)}"
            )
            good += 1
        elif column in {
            "Labels",
            "Status",
            "Priority",
            "Issue Type",
            "Project name",
            "Component/s",
            "Resolution",
        }:
            row[column] = mint.short(where)
            good += 1
        else:
            row[column] = mint.prose(where)
            good += 1
        writer.writerow([row.get(name, "") for name in columns])
    for number in range(2):
        row = base | {"Issue id": "9999", "Description": mint.prose(f"jira duplicate {number}")}
        writer.writerow([row.get(name, "") for name in columns])
    row = {"Description": mint.prose("jira no id")}
    writer.writerow([row.get(name, "") for name in columns])
    text = (
        out.getvalue()
        + f'OPS-77,"{mint.short("jira stray quote")}" and more",{mint.prose("jira stray quote")}\n'
    )
    (folder / "issues.csv").write_text(text, "utf-8")
    return good + 1


# -- mail -------------------------------------------------------------------------------------------

_HEADERS = [
    "From",
    "To",
    "Cc",
    "Bcc",
    "Reply-To",
    "Sender",
    "Subject",
    "Return-Path",
    "Delivered-To",
    "X-Original-To",
    "X-Originating-IP",
    "X-Sender-IP",
    "Received",
    "Organization",
    "User-Agent",
    "X-Mailer",
    "Thread-Topic",
    "Keywords",
    "Comments",
    "X-Custom",
    "List-Id",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Date",
    "Content-Type",
    "Content-Language",
    "Disposition-Notification-To",
    "Resent-From",
    "X-Ticket",
]


def mail(mint: Any, folder: Path) -> None:
    """A mailbox with each header marked in turn, bodies in every coding, attachments, and broken mails."""
    import base64
    import quopri
    from email.header import Header

    box: list[str] = []

    def add(headers: dict[str, str], body: str) -> None:
        number = len(box)
        every = {
            "From": f"Nora Vale <n{number}@mail.example>", "To": "help@desk.example", "Subject": f"Backup {number}",
            "Date": "Tue, 05 Mar 2019 10:00:00 +0000", "Message-ID": f"<{number}@mail.example>",
        } | headers  # fmt: skip
        lines = "\n".join(f"{name}: {value}" for name, value in every.items())
        box.append(f"From n{number}@mail.example Tue Mar  5 10:00:00 2019\n{lines}\n\n{body}\n\n")

    for name in _HEADERS:
        where = f"mail {name}"
        if name in {
            "From",
            "To",
            "Cc",
            "Bcc",
            "Reply-To",
            "Sender",
            "Resent-From",
            "Disposition-Notification-To",
        }:
            value = f"{mint.name(where)} <{mint.email(where)}>"
        elif name in {
            "Message-ID",
            "In-Reply-To",
            "References",
            "Return-Path",
            "Delivered-To",
            "X-Original-To",
        }:
            value = f"<{mint.email(where)}>"
        elif name in {"X-Originating-IP", "X-Sender-IP"}:
            value = f"[{mint.ip(where)}]"
        elif name == "Content-Type":
            value = f'text/plain; charset="{mint.email(where)}"; name="{mint.email(where)}"'
        elif name == "Received":
            value = f"from pc ([{mint.ip(where)}]) by mx for <{mint.email(where)}>; Tue, 05 Mar 2019 10:00:00 +0000"
        else:
            value = mint.short(where)
        add({name: value}, "The backup stopped.")
    add({"Subject": Header(mint.short("mail coded subject") + " ü", "utf-8").encode()}, "See above.")
    text = "text/plain; charset=utf-8"
    add({}, mint.prose("mail body"))
    coded = quopri.encodestring(mint.prose("mail quoted-printable").replace("@", "=40").encode()).decode()
    add({"Content-Type": text, "Content-Transfer-Encoding": "quoted-printable"}, coded)
    whole = base64.encodebytes(mint.prose("mail base64").encode()).decode()
    add({"Content-Type": text, "Content-Transfer-Encoding": "base64"}, whole)
    add(
        {"Content-Type": "text/html"},
        f"<p title='{mint.email('mail html attribute')}'>{mint.prose('mail html')}</p>",
    )
    quoted = "\n".join(f"> {line}" for line in mint.prose("mail quoted").split("\n"))
    add({}, f"Yes.\n\nOn Tue, {mint.name('mail quoted')} <{mint.email('mail quoted')}> wrote:\n{quoted}")
    where = "mail attachment"
    add(
        {"Content-Type": "multipart/mixed; boundary=bb"},
        f'--bb\nContent-Type: text/plain\n\nAttached.\n--bb\nContent-Type: application/pdf; name="{mint.email(where)}.pdf"\n'
        f'Content-Disposition: attachment; filename="scan {mint.phone(where)} {mint.email(where)}.pdf"\n'
        f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(mint.prose(where).encode()).decode()}\n--bb--",
    )
    add(
        {"Content-Type": "multipart/mixed; boundary=cc"},
        f"--cc\nContent-Type: message/rfc822\n\nSubject: in\n\n{mint.prose('mail inner')}",
    )
    add(
        {"Content-Type": text, "Content-Transfer-Encoding": "base64"},
        "%%%" + mint.prose("mail broken base64"),
    )
    add({"Date": mint.short("mail bad date"), "Message-ID": ""}, mint.prose("mail without id"))
    (folder / f"{mint.email('mail file name')}.mbox").write_text("".join(box), "utf-8")


# -- Elasticsearch ----------------------------------------------------------------------------------

_KEYS = [
    "subject",
    "description",
    "resolution",
    "remarks",
    "notes",
    "product",
    "channel",
    "category",
    "tags",
    "status",
    "priority",
    "country",
    "city",
    "language",
    "contract_number",
    "attachments",
    "customer.name",
    "customer.email",
    "customer.phone",
    "customer.ip",
    "customer.address",
    "customer.login",
    "agent_name",
    "agent_email",
    "company",
    "unknown",
    "nested.deep.note",
    "conversation.0.body",
    "conversation.0.from",
    "conversation.0.author.name",
    "conversation.0.channel",
    "number",
]
_OF_KEY = {
    "customer.name": "name", "customer.email": "email", "customer.phone": "phone", "customer.ip": "ip",
    "customer.login": "username", "agent_name": "name", "agent_email": "email", "conversation.0.from": "email",
    "conversation.0.author.name": "name", "number": "email", "country": "short", "language": "short", "product": "short",
    "channel": "short", "category": "short", "tags": "short", "status": "short", "priority": "short", "city": "short",
    "contract_number": "account", "conversation.0.channel": "short", "attachments": "email", "customer.address": "short",
}  # fmt: skip


def elasticsearch(mint: Any, folder: Path) -> int:
    """Hits with each field marked in turn; returns the good ones."""
    lines = []
    for place, key in enumerate(_KEYS):
        where = f"elasticsearch {key}"
        source: dict[str, Any] = {"subject": "Backup", "description": "It stopped.", "created_at": _DAY,
                                  "conversation": [{"body": "hello", "author": {}}]}  # fmt: skip
        value = getattr(mint, _OF_KEY.get(key, "prose"))(where)
        _put(source, key, value)
        if _OF_KEY.get(key) in {"name", "account", "username"}:
            source["description"] = f"{value} asked again."
        lines.append(
            json.dumps(
                {"_index": "cases", "_type": "_doc", "_id": str(place), "_score": 1, "_source": source}
            )
        )
    where = "elasticsearch"
    base = {"subject": "Backup", "description": "It stopped.", "created_at": _DAY}
    lines.append(
        json.dumps(
            {"_index": mint.email(f"{where} index"), "_id": mint.email(f"{where} id"), "_source": base}
        )
    )
    lines.append(
        json.dumps({"_index": "cases", "_id": "n", "_source": base | {mint.email(f"{where} key"): "x"}})
    )
    good = len(lines)
    lines.append(json.dumps({"_index": "cases", "_source": {"subject": mint.prose(f"{where} no id")}}))
    lines.append(
        json.dumps(
            {"_index": "cases", "_id": "b", "_source": base | {"created_at": mint.short(f"{where} date")}}
        )
    )
    lines.append(
        '{"_index": "cases", "_id": "d", "_source": {"a": ' + _deep(mint.prose(f"{where} deep")) + "}}"
    )
    lines.append(
        '{"_index": "cases", "_id": "t", "_source": {"subject": "' + mint.short(f"{where} truncated")
    )
    with zipfile.ZipFile(folder / "dump.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"dump {mint.email(f'{where} member name')}.json", "\n".join(lines))
    return good


# -- tables -----------------------------------------------------------------------------------------


def table(mint: Any, folder: Path, fields: list[str]) -> tuple[Path, Path, int]:
    """A table with a column for each field of a mapping; returns it, the mapping, and the good rows."""
    short = (
        "product",
        "channel",
        "language",
        "status",
        "priority",
        "category",
        "country",
        "tags",
        "number",
        "location",
    )
    columns = {f"c {field}": field for field in fields if field not in {"ignore", "unmapped"}}
    extra = ["no place", mint.email("table name of a column")]
    header = [*columns, "c unmapped", *extra]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    base = {
        "c id": "",
        "c subject": "Backup",
        "c opened_at": "2019-03-05",
        "c description": "It stopped.",
        "c message.text": "Hello",
    }
    good = 0
    for place, column in enumerate(header):
        field = columns.get(column, "")
        where = f"table {field or ('marked column' if '@' in column else column)}"
        row = base | {"c id": str(100 + place)}
        if field.endswith("_at") or field == "message.at":
            row |= {column: mint.short(where), "c description": mint.prose(where)}
            writer.writerow([row.get(name, "") for name in header])
            continue
        part = field.partition(".")[2]
        make = {"name": "name", "email": "email", "phone": "phone", "ip": "ip", "card": "card", "iban": "iban", "username": "username",
                "account": "account", "id": "account", "secret": "password"}.get(part)  # fmt: skip
        if field == "message.id":
            # The help desk's own id of a message is nobody's value.
            make = ""
        if field == "id":
            row[column] = mint.email(where)
        elif make:
            row[column] = getattr(mint, make)(where)
            row["c description"] = f"We asked {row[column]} again."
        elif field in short or (part and field != "message.text"):
            row[column] = mint.short(where)
        else:
            row[column] = mint.prose(where)
        good += 1
        writer.writerow([row.get(name, "") for name in header])
    row = {"c description": mint.prose("table no id")}
    writer.writerow([row.get(name, "") for name in header])
    row = base | {"c id": "100", "c description": mint.prose("table duplicate")}
    writer.writerow([row.get(name, "") for name in header])
    text = out.getvalue() + f'999,"{mint.short("table stray quote")}" x",{mint.prose("table stray quote")}\n'
    path = folder / "table.csv"
    path.write_text(text, "utf-8")
    mapping = folder / "mapping.toml"
    lines = [f"{json.dumps(name)} = {json.dumps(field)}" for name, field in columns.items()]
    mapping.write_text(
        "[columns]\n" + "\n".join(lines) + '\n"c unmapped" = "unmapped"\n[visibility]\npublic = ["yes"]\n',
        "utf-8",
    )
    return path, mapping, good
