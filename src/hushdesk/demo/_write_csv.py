"""Writes cases as one flat CSV with headings of its own, as a home-grown tool would."""

from __future__ import annotations

import csv

from hushdesk.demo._cases import DemoCase
from hushdesk.demo._composer import Planted
from hushdesk.demo._export import ExportWriter
from hushdesk.demo._truth import ALL_TEXTS

HEADINGS = (
    "case_no",
    "opened",
    "closed",
    "subject",
    "problem",
    "conversation",
    "internal_notes",
    "solution",
    "remarks",
    "customer_name",
    "customer_email",
    "customer_phone",
    "customer_ip",
    "customer_address",
    "customer_country",
    "contract",
    "agent_name",
    "agent_email",
    "product",
    "channel",
    "language",
    "status",
    "priority",
    "category",
    "tags",
)


class CsvWriter(ExportWriter):
    """One export: ``csv/cases.csv`` in a folder; public messages and notes are joined, one cell each."""

    source = "csv"
    names = ("cases.csv",)

    def open(self) -> None:
        """Open the files."""
        file = self.stack.enter_context(self.files[0].open("w", encoding="utf-8", newline=""))
        self._rows = csv.writer(file, lineterminator="\r\n")
        self._rows.writerow(HEADINGS)

    def add(self, case: DemoCase) -> None:
        """Write one case and account for it."""
        person, agent = case.customer, case.agent
        public = [m for m in case.messages if m.public]
        self._rows.writerow(
            [
                case.number,
                f"{case.opened_at:%Y-%m-%d %H:%M:%S}",
                f"{case.closed_at:%Y-%m-%d %H:%M:%S}" if case.closed_at else "",
                case.subject,
                case.description,
                "\n\n".join(f"{m.at:%Y-%m-%d %H:%M} {m.author.name}:\n{m.text}" for m in public),
                "\n\n".join(m.text for m in case.messages if not m.public),
                case.resolution,
                case.remarks,
                person.name,
                person.mail,
                person.phone,
                person.ip,
                person.address,
                person.country.code,
                person.contract,
                agent.name,
                agent.mail,
                case.product,
                case.channel,
                case.language,
                case.status,
                case.priority,
                case.topic,
                ", ".join(case.tags),
            ]
        )
        fields = [
            Planted("PERSON", person.name, person.name, "", "customer_name"),
            Planted("EMAIL", person.mail, person.mail, "", "customer_email"),
            Planted("PHONE", person.phone, person.country.e164(person.phone), "", "customer_phone"),
            Planted("IP", person.ip, person.ip, "", "customer_ip"),
            Planted("ADDRESS", person.address, person.address, "", "customer_address"),
            Planted("ACCOUNT", person.contract, person.contract, "", "contract"),
            Planted("PERSON", agent.name, agent.name, "", "agent_name"),
            Planted("EMAIL", agent.mail, agent.mail, "", "agent_email"),
        ]
        self.ledger.enter(self.source, str(case.number), case, fields, ALL_TEXTS)
