from __future__ import annotations

import contextlib
import csv
import email
import email.policy
import gzip
import hashlib
import html
import json
import mailbox
import re
from collections import defaultdict
from pathlib import Path

import pytest

from hushdesk.demo import FORMATS, Summary, iter_cases, write_exports
from hushdesk.errors import UsageError
from hushdesk.redact import Kind

COUNT = 1000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def summary(folder: Path) -> Summary:
    return write_exports(folder, iter_cases(COUNT, 11), 11, formats=FORMATS)


def rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def leaves(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in leaves(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in leaves(inner)]
    return [value] if isinstance(value, str) else []


def zendesk_texts(folder: Path) -> dict[str, str]:
    users = {row["id"]: "\n".join(leaves(row)) for row in rows(folder / "zendesk/users.jsonl")}
    out = {}
    with gzip.open(folder / "zendesk/tickets.jsonl.gz", "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            ticket = json.loads(line)
            texts = [*leaves(ticket), users[ticket["requester_id"]], users[ticket["assignee_id"]]]
            out[str(ticket["id"])] = "\n".join(texts)
    return out


def table_texts(path: Path, key: int) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file, strict=True))
    head = table[0]
    assert all(len(row) == len(head) for row in table)
    return {row[key]: "\n".join(row) for row in table[1:]}


def mails(folder: Path) -> list[email.message.EmailMessage]:
    with contextlib.closing(
        mailbox.mbox(
            folder / "mail/support.mbox",
            factory=lambda file: email.message_from_bytes(
                re.sub(rb"(?m)^>(>*From )", rb"\1", file.read()), policy=email.policy.default
            ),
            create=False,
        )
    ) as box:
        return list(box)


def mail_texts(box: list[email.message.EmailMessage]) -> dict[str, str]:
    root: dict[str, str] = {}
    out: dict[str, list[str]] = defaultdict(list)
    for message in box:
        own = message["Message-ID"].strip("<>")
        first = root[own] = (message["References"] or f"<{own}>").split()[0].strip("<>")
        # A long thread cuts its References; what it answers leads to the root all the same.
        if message["In-Reply-To"]:
            first = root[own] = root[message["In-Reply-To"].strip("<>")]
        out[first].extend(str(value) for value in message.values())
        for part in message.walk():
            if part.get_content_maintype() == "text" and not part.is_attachment():
                text = part.get_content()
                if part.get_content_subtype() == "html":
                    text = html.unescape(re.sub(r"<[^>]+>", "", text))
                out[first].append(text)
    return {key: "\n".join(texts) for key, texts in out.items()}


@pytest.fixture(scope="module")
def box(folder: Path, summary: Summary) -> list[email.message.EmailMessage]:
    return mails(folder)


@pytest.fixture(scope="module")
def exported(folder: Path, box: list[email.message.EmailMessage]) -> dict[str, dict[str, str]]:
    return {
        "zendesk": zendesk_texts(folder),
        "jira": table_texts(folder / "jira/issues.csv", 2),
        "csv": table_texts(folder / "csv/cases.csv", 0),
        "mail": mail_texts(box),
    }


def test_every_case_is_in_exactly_one_export(summary: Summary, exported: dict[str, dict[str, str]]) -> None:
    assert {source: len(cases) for source, cases in exported.items()} == summary.by_source
    assert sum(summary.by_source.values()) == summary.cases == COUNT
    assert all(summary.by_source[name] > COUNT * 0.1 for name in FORMATS)


def test_every_line_of_the_truth_is_in_its_case(
    folder: Path, summary: Summary, exported: dict[str, dict[str, str]]
) -> None:
    truth = rows(folder / "truth.jsonl")
    missing = [row for row in truth if row["value"] not in exported[row["source"]][row["case"]]]
    assert not missing, missing[:3]
    assert len(truth) == sum(summary.planted.values())
    assert {row["kind"] for row in truth} <= set(Kind)
    assert sum(row["disguise"] != "" for row in truth) == summary.disguised


def test_every_hard_negative_is_in_its_case(folder: Path, exported: dict[str, dict[str, str]]) -> None:
    negatives = rows(folder / "negatives.jsonl")
    assert len(negatives) > COUNT
    missing = [row for row in negatives if row["value"] not in exported[row["source"]][row["case"]]]
    assert not missing, missing[:3]


def test_no_planted_value_is_part_of_a_hard_negative(folder: Path, summary: Summary) -> None:
    planted = {row["value"] for row in rows(folder / "truth.jsonl")}
    negatives = "\n".join({row["value"] for row in rows(folder / "negatives.jsonl")})
    assert not [value for value in planted if value in negatives]


def test_truth_names_only_lines_about_the_case_that_holds_them(folder: Path, summary: Summary) -> None:
    seen = [tuple(row.items()) for row in rows(folder / "truth.jsonl")]
    assert len(seen) == len(set(seen))


def test_mailbox_is_in_the_order_of_time_and_threads_hang_together(
    box: list[email.message.EmailMessage],
) -> None:
    times = [email.utils.parsedate_to_datetime(message["Date"]) for message in box]
    assert times == sorted(times)
    ids = {message["Message-ID"] for message in box}
    assert len(ids) == len(box)
    assert all(message["In-Reply-To"] in ids for message in box if message["In-Reply-To"])
    assert not any(part.defects for message in box for part in message.walk())


def test_mail_comes_in_the_encodings_of_its_time(folder: Path, box: list[email.message.EmailMessage]) -> None:
    parts = [part for message in box for part in message.walk() if part.get_content_maintype() == "text"]
    charsets = {part.get_content_charset() for part in parts}
    assert charsets >= {"us-ascii", "iso-8859-1", "windows-1252", "utf-8"}
    assert charsets & {"iso-2022-jp", "shift_jis"}
    assert charsets & {"koi8-r", "windows-1251"}
    assert {part["Content-Transfer-Encoding"] for part in parts} == {
        "7bit",
        "8bit",
        "quoted-printable",
        "base64",
    }
    raw = (folder / "mail/support.mbox").read_bytes()
    assert b"Subject: =?" in raw
    assert b"X-Originating-IP: [" in raw


def test_internal_notes_are_mails_within_the_support_domain(box: list[email.message.EmailMessage]) -> None:
    inside = [
        message
        for message in box
        if "@norrvik.example" in message["From"] and "@norrvik.example" in message["To"]
    ]
    assert inside
    assert all("In-Reply-To" in message for message in inside)


def test_same_seed_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    def digest(name: str, seed: int) -> dict[str, str]:
        made = write_exports(tmp_path / name, iter_cases(120, seed), seed)
        return {
            str(path.relative_to(tmp_path / name)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (*made.files, made.truth, made.negatives_file)
        }

    assert digest("a", 3) == digest("b", 3)
    assert set(digest("a", 3).values()).isdisjoint(digest("c", 4).values())


def test_a_format_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown demo format"):
        write_exports(tmp_path, [], formats=["pigeon"])
