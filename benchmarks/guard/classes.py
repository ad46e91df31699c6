"""Why a scanner and guard disagree, found out from guard's own reasons; never from the name of a file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checks import ANY, Claim
from views import STRANGERS, WIDE, Answer, answers, opening_rules, rules_of, within_reach

from hushdesk.guard import Endpoint, Estate

CLASSES = {
    "priority": "another rule or list decides before the one the check looked at",
    "not attached": "the list lets strangers in, but no way from outside leads to it",
    "destination": "no rule of the list is meant for it: another destination or direction, or an empty list",
    "tag": "the source is a tag or list that the check does not know",
    "prefix": "the source is wide, but not written 0.0.0.0/0",
    "partners": "fewer than a /8 get in: only an intent can say whether they may",
    "private": "only private addresses get in, and the check minds these, too",
    "port ignored": "the check looks at other ports or protocols than those it speaks of, or at none",
    "range": "the port lies within a range, a list or *, which the check does not look into",
    "default": "no rule is to blame: nothing stands in the way",
    "unknown": "something could not be resolved, and unknown is not closed",
    "not modelled": "guard says by name that it does not look at this",
    "other": "unexplained",
}
EVERYBODY = {"*", "any", "0.0.0.0/0", "::/0", "0.0.0.0/0, ::/0", "::/0, 0.0.0.0/0"}


@dataclass(frozen=True, slots=True)
class Case:
    """One verdict of a scanner on one subject, beside ours."""

    file: str
    claim: Claim
    subject: str
    """A resource's address; empty for the whole file."""
    failed: bool
    """What the scanner says."""
    opened: tuple[Answer, ...]
    """Answers by which the subject lets strangers in."""
    endpoints: tuple[Endpoint, ...]
    """All in which the subject has a part."""
    estate: Estate

    @property
    def agrees(self) -> bool:
        """Whether we say the same."""
        return self.failed == bool(self.opened)


def class_of(case: Case) -> str:
    """One of :data:`CLASSES`."""
    return _more(case) if case.opened else _less(case)


def _more(case: Case) -> str:
    """The scanner passes what we call open."""
    if not any(answer.lower for answer in case.opened):
        return "unknown"
    if all(answer.upper.v4.size < WIDE and not answer.upper.v6 for answer in case.opened):
        return "partners"
    deciders = [decider for answer in case.opened for part in answer.parts() for decider in part.deciders]
    rules = [decider.rule for decider in deciders if decider.rule]
    if not rules:
        return "default"
    words = [rule.sources.words.strip().lower() for rule in rules]
    if any(_is_tag(word) for word in words):
        return "tag"
    if not any(word in EVERYBODY for word in words):
        return "prefix"
    asked = {answer.service for answer in case.opened}
    if case.claim.services == ANY:
        return "port ignored"
    if not any(
        (name, numbers.pairs) == (protocol, ((port, port),))
        for rule in rules
        for name, numbers in rule.services.entries
        for protocol, port in asked
    ):
        return "range"
    return "other"


def _less(case: Case) -> str:
    """The scanner fails what we call closed."""
    if not case.endpoints:
        return "not modelled" if _told(case) else "other"
    if any(answer.upper for answer in answers(map(within_reach, case.endpoints), case.claim.services)):
        return "not attached"
    asked = answers(case.endpoints, case.claim.services)
    inward = [(endpoint, rule) for endpoint in case.endpoints for rule in opening_rules(endpoint)]
    if any(
        rule.services.covers(*answer.service)
        for answer in asked
        for endpoint, rule in inward
        if endpoint is answer.endpoint
    ):
        return "priority"
    if inward:
        return "port ignored"
    rules = [rule for endpoint in case.endpoints for _, rule in rules_of(endpoint)]
    if any(rule.sources.upper and not rule.sources.upper & STRANGERS for rule in rules):
        return "private"
    if _told(case):
        return "not modelled"
    return (
        "destination" if any(path.reaching.upper for one in case.endpoints for path in one.paths) else "other"
    )


def _told(case: Case) -> bool:
    """Whether a finding names the subject, or, for a whole file, whether there is any."""
    coverage = case.estate.coverage
    texts = [f"{one.place.pointer} {one.what}" for one in coverage.not_looked_at]
    texts += [f"{one.place.pointer} {one.problem}" for one in case.estate.malformed]
    texts += [f"{one.place.pointer} {one.expression}" for one in case.estate.unresolved]
    if not case.subject:
        return bool(texts or coverage.unclaimed)
    kind = case.subject.rpartition(".")[0]
    return any(case.subject in text or (kind and kind in text) for text in texts)


def _is_tag(words: str) -> bool:
    return (
        bool(re.match(r"[a-z]", words))
        and words not in EVERYBODY
        and not re.fullmatch(r"[0-9a-f:./, ]+", words)
    )
