"""Resource policies: from which addresses somebody without credentials may use a domain or a bucket.

Source: IAM user guide, "Policy evaluation logic" and "IP address condition operators". An explicit denial wins; a caller
without credentials is only ever let in by a statement for everybody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from hushdesk.guard._addresses import EMPTY, EVERYWHERE
from hushdesk.guard._policy import Action, Place, Rule, Sources
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.aws._account import Account
from hushdesk.guard.dialects.aws._values import cidr, get, items, words


@dataclass(frozen=True, slots=True)
class Opening:
    """What a policy says."""

    rules: tuple[Rule, ...]
    """Denials first, then what everybody may, by source."""
    signed: bool
    """Whether it also names callers who must sign their requests."""
    readable: bool = True
    """False if there is a policy that nobody can read here."""


def parsed(policy: Any) -> Any:
    """The policy as a mapping; texts are JSON. ``None`` if there is none, ``Unknown`` if it is not JSON."""
    if isinstance(policy, str) and policy.strip():
        try:
            return json.loads(policy)
        except (ValueError, RecursionError):
            return Unknown("policy", "it is not JSON")
    return policy or None


def opening(account: Account, policy: Any, place: Place, actions: tuple[str, ...]) -> Opening:
    """What a policy lets anybody do from where.

    Args:
        account: Takes what could not be made out.
        policy: As :func:`parsed` gives it.
        place: Where it stands.
        actions: Of which one is enough, such as ``s3:GetObject``.
    """
    if policy is None:
        return Opening((), signed=False)
    if isinstance(policy, Unknown) or not isinstance(policy, Mapping):
        unknown = policy if isinstance(policy, Unknown) else Unknown("policy", "it is not a mapping")
        account.unresolved(place, unknown)
        rule = Rule(
            name="policy", action=Action.NEXT, sources=Sources.unknown("policy", unknown.why), place=place
        )
        return Opening((rule,), signed=True, readable=False)
    denials, permits, signed = [], [], False
    for index, statement in enumerate(items(policy.get("Statement"))):
        name = f"statement {words(get(statement, 'Sid')) if get(statement, 'Sid') else index + 1}"
        if isinstance(statement, Unknown):
            account.unresolved(place, statement)
            permits.append(
                Rule(name=name, action=Action.NEXT, sources=Sources.unknown(name, statement.why), place=place)
            )
            continue
        meant = _meant(statement, actions)
        if meant == "no":
            continue
        everybody = _everybody(get(statement, "Principal"))
        if get(statement, "NotPrincipal") is not None:
            everybody = "maybe"
        sources, doubt = _from(account, get(statement, "Condition"), place)
        doubt = doubt or ("" if meant == "yes" else "which actions are meant is not known")
        if everybody == "maybe":
            doubt = doubt or "who is meant is not known"
        effect = get(statement, "Effect")
        if str(effect) == "Deny":
            if everybody != "no":
                denials.append(
                    Rule(name=f"{name} denies", action=Action.DENY, sources=sources, doubt=doubt, place=place)
                )
        elif everybody == "no":
            signed = True
        else:
            if isinstance(effect, Unknown):
                account.unresolved(place, effect)
                doubt = doubt or effect.why
            permits.append(
                Rule(
                    name=f"{name} allows everybody",
                    action=Action.NEXT,
                    sources=sources,
                    doubt=doubt,
                    place=place,
                )
            )
    return Opening((*denials, *permits), signed=signed)


def _meant(statement: Any, actions: tuple[str, ...]) -> str:
    named = items(get(statement, "Action"))
    if not named:
        return "maybe" if get(statement, "NotAction") is not None else "yes"
    if any(isinstance(each, Unknown) for each in named):
        return "maybe"
    return (
        "yes"
        if any(fnmatchcase(action.lower(), str(each).lower()) for each in named for action in actions)
        else "no"
    )


def _everybody(principal: Any) -> str:
    if isinstance(principal, Unknown):
        return "maybe"
    if isinstance(principal, Mapping):
        named = items(principal.get("AWS"))
        if "*" in named:
            return "yes"
        return "maybe" if any(isinstance(each, Unknown) for each in named) and not named else "no"
    return "yes" if principal == "*" else "no"


def _from(account: Account, condition: Any, place: Place) -> tuple[Sources, str]:
    """From which addresses a statement counts, and why it may count for fewer."""
    total, doubt = Sources.exactly(EVERYWHERE, "anyone"), ""
    if condition is None:
        return total, ""
    if not isinstance(condition, Mapping):
        if isinstance(condition, Unknown):
            account.unresolved(place, condition)
        return total, f"its condition {words(condition)} is not known"
    for operator, tests in condition.items():
        plain = (
            str(operator)
            .lower()
            .removeprefix("forallvalues:")
            .removeprefix("foranyvalue:")
            .removesuffix("ifexists")
        )
        if not isinstance(tests, Mapping):
            doubt = f"the condition {operator} is not known"
            continue
        for key, values in tests.items():
            if plain not in {"ipaddress", "notipaddress"} or str(key).lower() != "aws:sourceip":
                doubt = f"the condition {operator} {key} is not looked at"
                account.not_looked_at(
                    place, f"condition {operator} {key}", "only conditions on aws:SourceIp are understood"
                )
                continue
            part = Sources(EMPTY, EMPTY)
            for value in items(values):
                found = cidr(value)
                if isinstance(value, Unknown):
                    account.unresolved(place, value)
                if found is None:
                    account.malformed(
                        place, "a condition's address is no CIDR block", "write it like 203.0.113.0/24"
                    )
                    found = Sources.unknown(words(value), "it is not a CIDR block")
                part |= found
            if plain == "notipaddress":
                part = Sources.exactly(EVERYWHERE) - part
            total = Sources(
                total.upper & part.upper, total.lower & part.lower, part.words, total.why or part.why
            )
    return total, doubt
