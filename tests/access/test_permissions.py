"""Roles and permissions: who may what, and who may see no case."""

from __future__ import annotations

import re

import pytest

from hushdesk.access import SESSION_ONLY, AuditEvent, Forbidden, Permission, Role, require

CASES = {p for p in Permission if p.value.startswith(("cases:", "vault:", "quarantine:", "persons:"))}


def test_permissions_and_events_keep_their_grammar_and_order():
    for enum, pattern in ((Permission, r"[a-z]+:[a-z-]+"), (AuditEvent, r"[a-z]+:[a-z-]+:[a-z-]+")):
        values = [member.value for member in enum]
        assert values == sorted(values)
        assert all(re.fullmatch(pattern, value) for value in values)
        assert all(m.name == re.sub("[:-]", "_", m.value).upper() for m in enum)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN])
def test_operator_and_admin_see_no_case(role):
    assert not role.permissions & CASES


def test_each_step_adds():
    assert Role.VIEWER.permissions < Role.ANALYST.permissions < Role.LEAD.permissions
    assert Role.LEAD.permissions < Role.PRIVACY_OFFICER.permissions
    assert Permission.CASES_READ_INTERNAL not in Role.ANALYST.permissions
    assert Permission.CASES_READ_INTERNAL in Role.LEAD.permissions


def test_every_permission_belongs_to_somebody_and_only_the_officer_reveals():
    assert frozenset().union(*(role.permissions for role in Role)) == frozenset(Permission)
    assert [r for r in Role if Permission.VAULT_REVEAL in r.permissions] == [Role.PRIVACY_OFFICER]
    assert [r for r in Role if Permission.ACCOUNTS_MANAGE in r.permissions] == [Role.ADMIN]


def test_what_opens_identities_needs_a_person():
    assert {Permission.VAULT_REVEAL, Permission.VAULT_APPROVE, Permission.ACCOUNTS_MANAGE} <= SESSION_ONLY


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_require_follows_the_table(role, permission):
    if permission in role.permissions:
        require(role, permission)
        return
    with pytest.raises(Forbidden) as caught:
        require(role, permission)
    assert caught.value.permission is permission
    assert permission.value in str(caught.value)


def test_nobody_may_nothing():
    with pytest.raises(Forbidden):
        require(None, Permission.DESK_STATUS)
