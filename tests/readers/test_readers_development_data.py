"""Counts that others made of real exports; skipped where the data is not at hand."""

from collections import Counter
from pathlib import Path

import pytest

from hushdesk.cases import Case, Refused, Supporting, Visibility
from hushdesk.readers import plan, read

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "helpdesk"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the development data is not beside this checkout")


def load(folder):
    cases, refused, counts = [], [], Counter()
    for one in read([DATA / folder]):
        if isinstance(one, Case):
            cases.append(one)
        elif isinstance(one, Supporting):
            counts[one.kind, "rows"] += one.rows
            counts[one.kind, "distinct"] += one.distinct
        else:
            refused.append(one)
    return cases, refused, counts


def test_zendesk_pages():
    cases, refused, counts = load("zendesk-api")
    assert not refused
    assert (counts["users", "rows"], counts["users", "distinct"]) == (2004, 1762)
    assert (counts["audits", "rows"], counts["audits", "distinct"]) == (201, 121)
    assert (counts["comments.public", "rows"], counts["comments.internal", "rows"]) == (195, 1)
    assert counts["comments", "rows"] == 1
    # 1,191 rows of tickets, and the tickets of which nothing but audits is there.
    with_row = [case for case in cases if case.status != "" and case.updated_at]
    assert len(cases) == 1191 + 29
    assert len({case.source_id for case in cases}) == 1017 + 29
    assert len(with_row) == len(cases)
    assert sum(message.visibility is Visibility.INTERNAL for case in cases for message in case.messages) == 1
    assert any(person and person.ips for case in cases for person in [case.customer])


def test_jira_csv():
    cases, refused, _ = load("jira-csv-hadoop")
    assert not refused
    assert len({case.source_id for case in cases}) == len(cases) == 2503
    assert all(case.opened_at for case in cases)


def test_jira_api():
    cases, refused, _ = load("jira-api")
    assert [case.number for case in cases] == ["AR-86"]
    assert len(refused) == 7


def test_elasticsearch_answers():
    cases, refused, _ = load("elasticsearch-cfpb")
    assert not refused
    assert len(cases) == 75


@pytest.mark.parametrize(
    "folder", ["freshdesk-api", "intercom-api", "zammad-api", "process-log", "multidogo"]
)
def test_other_products_are_not_mistaken(folder):
    planned = plan([DATA / folder])
    assert not {reader.name for reader, _ in planned.groups} & {"zendesk", "jira", "elasticsearch", "mail"}
    assert all(isinstance(one, Refused) for one in planned.refused)
