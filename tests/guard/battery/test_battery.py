"""Every policy of the battery is judged as its author reasoned it, in each of the shapes in which it can be written."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from guard_battery import INTERFACE, OWN_IPV6, PORT, cases

from hushdesk.guard import PUBLIC, AddressSet, Document, Malformed, Unresolved, World, reach
from hushdesk.guard._findings import Endpoint
from hushdesk.guard.dialects.aws import AwsDialect
from hushdesk.guard.dialects.azure import AzureDialect

ALL = [*cases("azure"), *cases("aws")]
# By their numbers these are public: the address from which nobody but Azure's own probes come, and the live network's own IPv6.
INTERNET = PUBLIC - AddressSet.parse("168.63.129.16", OWN_IPV6)
FINDINGS = {"Malformed": Malformed, "Unresolved": Unresolved}
DIALECTS = {"azure": AzureDialect(), "aws": AwsDialect()}


def findings_of(case, documents):
    """What the platform's dialect tells, after a way through JSON as from a file."""
    dialect = DIALECTS[case.platform]
    read = [
        Document(f"{name}.json", "json", json.loads(json.dumps(body))) for name, body in documents.items()
    ]
    claimed = [document for document in read if dialect.claims(document)]
    assert len(claimed) == len(read), "a document is not claimed"
    tags = {name: AddressSet.parse(*prefixes) for name, prefixes in case.tags.items()}
    return list(dialect.read(claimed, World(tags=tags)))


def endpoints_of(findings, name):
    """The endpoints that bear a name, alone or as a part of a longer one."""
    found = [one for one in findings if isinstance(one, Endpoint)]
    return [
        one
        for one in found
        if any(name == word or name in word.split("/") for word in (one.name, *one.aliases))
    ]


def judged(case, ask, endpoints):
    """Verdict, upper and lower set for strangers of the public internet."""
    upper = lower = AddressSet()
    for endpoint in endpoints:
        found = reach(endpoint, ask.port, ask.protocol)
        upper, lower = upper | found.upper, lower | found.lower
    strangers = INTERNET - AddressSet.parse(*case.approved)
    verdict = "exposed" if lower & strangers else "unknown" if upper & strangers else "closed"
    return verdict, upper, lower


def check(case, documents, name):
    """Compare everything that a case says; all differences at once."""
    findings = findings_of(case, documents)
    endpoints = endpoints_of(findings, name)
    assert endpoints, f"no endpoint {name} among {[getattr(one, 'name', one) for one in findings]}"
    wrong = []
    for ask in case.asks:
        verdict, upper, lower = judged(case, ask, endpoints)
        where = f"{ask.protocol} {ask.port}"
        if verdict not in ask.verdicts:
            wrong.append(f"{where}: {verdict}, but it is {' or '.join(ask.verdicts)}")
        if ask.sources is not None:
            wanted = AddressSet.parse(*ask.sources) & INTERNET
            if upper & INTERNET != wanted:
                wrong.append(f"{where}: at most {upper & INTERNET}, but it is {wanted}")
            if lower & INTERNET != wanted:
                wrong.append(f"{where}: at least {lower & INTERNET}, but it is {wanted}")
        wrong += [
            f"{where}: {address} does not get in for certain"
            for address in ask.inside
            if address not in lower
        ]
        wrong += [f"{where}: {address} may get in" for address in ask.outside if address in upper]
    if case.finding and not any(isinstance(one, FINDINGS[case.finding]) for one in findings):
        wrong.append(f"no finding {case.finding}")
    assert not wrong, f"{case.why}\n" + "\n".join(wrong)


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.platform}-{case.name}")
def test_template(case):
    check(case, {"template": case.template()}, case.endpoint)


@pytest.mark.parametrize(
    "case", [case for case in ALL if case.live()], ids=lambda case: f"{case.platform}-{case.name}"
)
def test_live_answers(case):
    check(case, case.live(), INTERFACE)


def test_the_battery_is_what_it_says():
    assert Counter(case.platform for case in ALL) >= Counter(azure=45, aws=28)
    names = Counter((case.platform, case.name) for case in ALL)
    assert max(names.values()) == 1
    asks = [ask for case in ALL for ask in case.asks]
    assert {verdict for ask in asks for verdict in ask.verdicts} == {"exposed", "closed", "unknown"}
    for case in ALL:
        # A set that is told exactly agrees with the verdict.
        for ask in case.asks:
            if ask.sources is not None:
                strangers = AddressSet.parse(*ask.sources) & INTERNET - AddressSet.parse(*case.approved)
                assert ask.verdicts == ("exposed" if strangers else "closed",), case.name
        assert any(ask.port == PORT or ask.port in (5432, 11211) for ask in case.asks)
