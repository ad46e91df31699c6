"""Writes cases as a Jira CSV export: repeated columns, ``30/Sep/21 17:20``, comments as ``date;author;body``."""

from __future__ import annotations

import csv
from datetime import datetime

from hushdesk.demo._cases import MOST_MESSAGES, DemoCase
from hushdesk.demo._composer import Planted
from hushdesk.demo._export import ExportWriter
from hushdesk.demo._truth import ALL_TEXTS

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STATUS = {
    "new": "Open",
    "open": "In Progress",
    "pending": "Waiting for customer",
    "solved": "Resolved",
    "closed": "Closed",
}
_PRIORITY = {"low": "Low", "normal": "Medium", "high": "High", "urgent": "Highest"}
_CUSTOM = (
    "Customer name",
    "Customer email",
    "Customer phone",
    "Customer address",
    "Client IP",
    "Contract number",
    "Country",
    "Product",
    "Channel",
    "Language",
    "Resolution notes",
    "Remarks",
)
_HEAD = (
    "Summary",
    "Issue key",
    "Issue id",
    "Issue Type",
    "Status",
    "Project key",
    "Project name",
    "Priority",
    "Resolution",
    "Assignee",
    "Reporter",
    "Creator",
    "Created",
    "Updated",
    "Resolved",
    "Affects Version/s",
    "Component/s",
    *["Labels"] * 3,
    "Description",
    "Environment",
    *["Attachment"] * 2,
    *[f"Custom field ({name})" for name in _CUSTOM],
    *["Comment"] * MOST_MESSAGES,
)


def _when(at: datetime | None) -> str:
    return f"{at:%d}/{_MONTHS[at.month - 1]}/{at:%y %H:%M}" if at else ""


def _fill(cells: list[str], count: int) -> list[str]:
    return (cells + [""] * count)[:count]


class JiraWriter(ExportWriter):
    """One export: ``jira/issues.csv`` in a folder."""

    source = "jira"
    names = ("issues.csv",)

    def open(self) -> None:
        """Open the files."""
        file = self.stack.enter_context(self.files[0].open("w", encoding="utf-8", newline=""))
        self._rows = csv.writer(file, lineterminator="\r\n")
        self._rows.writerow(_HEAD)

    def add(self, case: DemoCase) -> None:
        """Write one case and account for it."""
        person, agent = case.customer, case.agent
        online = case.channel != "phone"
        opened = _when(case.opened_at)
        files = [name for name in (case.attachment, *(m.attachment for m in case.messages)) if name]
        link = "https://jira.norrvik.example/secure/attachment"
        self._rows.writerow(
            [
                case.subject,
                f"SUP-{case.number}",
                case.number + 300_000,
                "Support",
                _STATUS[case.status],
                "SUP",
                "Norrvik Support",
                _PRIORITY[case.priority],
                "Done" if case.closed_at else "",
                agent.user,
                person.user,
                person.user if online else agent.user,
                opened,
                _when(case.updated_at),
                _when(case.closed_at),
                case.version,
                case.topic,
                *_fill(list(case.tags), 3),
                case.description,
                f"build {case.build}",
                *_fill([f"{opened};{person.user};{name};{link}/{case.number}/{name}" for name in files], 2),
                person.name,
                person.mail,
                person.phone,
                person.address,
                person.ip if online else "",
                person.contract,
                person.country.code,
                case.product,
                case.channel,
                case.language,
                case.resolution,
                case.remarks,
                *_fill([f"{_when(m.at)};{m.author.user};{m.text}" for m in case.messages], MOST_MESSAGES),
            ]
        )
        fields = [
            Planted("PERSON", person.name, person.name, "", "Custom field (Customer name)"),
            Planted("EMAIL", person.mail, person.mail, "", "Custom field (Customer email)"),
            Planted(
                "PHONE", person.phone, person.country.e164(person.phone), "", "Custom field (Customer phone)"
            ),
            Planted("ADDRESS", person.address, person.address, "", "Custom field (Customer address)"),
            Planted("ACCOUNT", person.contract, person.contract, "", "Custom field (Contract number)"),
            Planted("USERNAME", person.user, person.user, "", "Reporter"),
            Planted("USERNAME", agent.user, agent.user, "", "Assignee"),
        ]
        if online:
            fields.append(Planted("IP", person.ip, person.ip, "", "Custom field (Client IP)"))
        self.ledger.enter(self.source, str(case.number + 300_000), case, fields, ALL_TEXTS)
