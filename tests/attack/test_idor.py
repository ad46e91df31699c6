"""Every route as everybody: who gets in is what the table says, and what belongs to others is not there."""

from __future__ import annotations

import re

import pytest

from hushdesk.access import Permission, Role, RowScope
from hushdesk.web._guard import PERMISSIONS, AnyAccount, Open

REFUSED = re.compile(r"Your role does not include|needs the permission|Choose a password of your own first")
ENDS = {"/sign-out", "/account/sessions", "/sign-in", "/password"}
"""What ends the session that asks, or begins one."""
SHARED = {
    "/account/tokens/{number}/revoke": "others",
    "/accounts/{number}": "whoever manages accounts manages all",
    "/cases/{case_id}": "others",
    "/cases/{case_id}.json": "others",
    "/guard/{endpoint}": "stores are the house's",
    "/guard/{endpoint}.json": "stores are the house's",
    "/incident/{ident}": "incidents are the house's",
    "/incident/{ident}.json": "incidents are the house's",
    "/incident/{ident}/anew": "incidents are the house's",
    "/incident/{ident}/visitor": "incidents are the house's",
    "/incident/{ident}/visitor/{address}": "incidents are the house's",
    "/incident/{ident}/visitor/{address}.json": "incidents are the house's",
    "/loads/{load_id}": "loads are the house's",
    "/loads/{load_id}.json": "loads are the house's",
    "/quarantine/{entry}": "needs the officer's key",
    "/quarantine/{entry}/decide": "needs the officer's key",
    "/quarantine/{entry}/dismiss": "needs the officer's key",
    "/quarantine/{entry}/release": "needs the officer's key",
    "/record/account/{name}": "the record is one for all who may read it",
    "/record/account/{name}.json": "the record is one for all who may read it",
    "/record/case/{case_id}": "the record is one for all who may read it",
    "/record/case/{case_id}.json": "the record is one for all who may read it",
    "/reveal/{ident}/approve": "requests are there for every officer; tests/access/reveal says who may do what",
    "/reveal/{ident}/open": "requests are there for every officer; tests/access/reveal says who may do what",
    "/reveal/{ident}/refuse": "requests are there for every officer; tests/access/reveal says who may do what",
    "/static/{digest}/{name}": "holds no data",
}
"""Paths that name something, and whose it is; ``others`` where it may be somebody else's."""
FRENCH = RowScope({"country": ("FR",)})


def turned_away(answer) -> bool:
    """Whether the guard let nobody through, as opposed to what a route itself says."""
    if answer.status_code == 401 and "Sign in first" in answer.text:
        return True
    if answer.status_code == 303:
        return answer.headers["location"].startswith(("/sign-in", "/password"))
    return answer.status_code == 403 and bool(REFUSED.search(answer.text))


def values(house) -> re.Pattern[str]:
    """What stands in the store and what is kept beside it."""
    found = {"quibblezorv", "zorvikal", "zundermap", "vault-of-cases", "list.csv"}
    for row in house.rows:
        found |= {row["case_id"], row["number"], row["customer"]}
    return re.compile("|".join(map(re.escape, sorted(found, key=len, reverse=True))))


def asked(house, houses, method, path, headers):
    """The answer of a route, asked with the form token that the account's own pages hold."""
    form = {"token": house.form_token(headers)} if method == "POST" and "cookie" in headers else None
    return house.ask(method, houses.fill(house, path), headers, data=form)


def check_refused(house, answer, path) -> None:
    assert turned_away(answer), path
    assert answer.headers["cache-control"] == "no-store", path
    # The address that was asked for comes back in the way to the sign-in page, and nothing else.
    assert not values(house).search(answer.text), path


def may(role: Role, rule, token_of=None) -> bool:
    if isinstance(rule, Permission):
        held = role.permissions if token_of is None else token_of
        return rule in held
    return True


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_in_where_the_table_says(house, houses, role):
    before = house.state()
    for method, path in houses.walk(house.app):
        rule = PERMISSIONS[method, path]
        if path in ENDS and may(role, rule):
            continue
        answer = asked(house, houses, method, path, house.session(role.value))
        if may(role, rule):
            # A step of signing in that nobody has begun leads to its beginning.
            assert not turned_away(answer) or isinstance(rule, Open), (method, path)
            assert answer.status_code < 500, (method, path)
            assert answer.status_code not in {405, 422}, (method, path)
        else:
            check_refused(house, answer, (method, path))
    if Permission.ACCOUNTS_MANAGE not in role.permissions:
        assert house.state() == before


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.VIEWER])
def test_a_token_does_what_its_scopes_say_and_only_in_twins(house, houses, role):
    account = house.account(role.value, role)
    allowed = account.permissions - houses.SESSION_ONLY
    _, headers = house.token(role.value)
    for method, path in houses.walk(house.app):
        rule = PERMISSIONS[method, path]
        answer = asked(house, houses, method, path, headers)
        twin = path.endswith((".json", ".csv"))
        if isinstance(rule, Open):
            continue
        if twin and may(role, rule, allowed):
            assert not turned_away(answer), (method, path)
            assert answer.status_code < 500
        else:
            check_refused(house, answer, (method, path))


@pytest.mark.slow
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.VIEWER])
def test_a_token_made_for_one_thing_is_no_key_to_another(house, houses, role):
    allowed = house.account(role.value, role).permissions - houses.SESSION_ONLY
    for scope in sorted(allowed):
        _, narrow = house.token(role.value, scope)
        held = {scope, Permission.CASES_COUNT} if scope is Permission.CASES_SEARCH else {scope}
        for method, path in houses.walk(house.app):
            rule = PERMISSIONS[method, path]
            if isinstance(rule, Permission) and rule not in held:
                check_refused(house, asked(house, houses, method, path, narrow), (method, path))


def outsiders(house) -> dict[str, dict[str, str]]:
    """Everybody who is nobody: requests by those who once were, or never were, let in."""
    found: dict[str, dict[str, str]] = {"nobody": {}}
    for name in ("disabled", "dismissed", "expired", "idle", "revoked", "demoted"):
        house.account(name, Role.PRIVACY_OFFICER)
    number, found["expired token"] = house.token("expired")
    house.sql("UPDATE api_token SET expires_at = 1 WHERE id = ?", number)
    number, found["revoked token"] = house.token("revoked")
    house.accounts.tokens.revoke(house.accounts.by_name("revoked").id, number)
    found["session of a disabled account"] = house.session("disabled")
    _, found["token of a disabled account"] = house.token("disabled")
    # Behind the program's back: nothing but the look-up itself stands in between.
    house.sql("UPDATE account SET disabled = 1 WHERE name = 'disabled'")
    found["session of a dismissed account"] = house.session("dismissed")
    _, found["token of a dismissed account"] = house.token("dismissed")
    house.accounts.disable(house.accounts.by_name("dismissed").id)
    found["expired session"] = house.session("expired")
    house.sql("UPDATE session SET expires_at = 1 WHERE account = ?", house.accounts.by_name("expired").id)
    found["idle session"] = house.session("idle")
    house.sql("UPDATE session SET seen_at = 1 WHERE account = ?", house.accounts.by_name("idle").id)
    secret = house.secret("revoked")
    house.accounts.sessions.revoke(secret)
    found["signed out"] = {"cookie": f"hushdesk={secret}"}
    living = house.secret("privacy-officer")
    found["a session's secret as a token"] = {"authorization": f"Bearer {living}"}
    _, token = house.token("privacy-officer")
    found["a token as a session"] = {"cookie": f"hushdesk={token['authorization'][7:]}"}
    found["a token in another scheme"] = {"authorization": "Basic " + token["authorization"][7:]}
    found["a token cut short"] = {"authorization": token["authorization"][:-1]}
    found["a session cut short"] = {"cookie": f"hushdesk={living[:-1]}"}
    found["a session under the name of a secure one"] = {"cookie": f"__Host-hushdesk={living}"}
    found["a claim"] = {
        "x-forwarded-user": "privacy-officer",
        "x-remote-user": "privacy-officer",
        "remote-user": "privacy-officer",
        "x-original-url": "/help",
        "x-rewrite-url": "/help",
        "x-forwarded-for": "127.0.0.1",
        "forwarded": "for=127.0.0.1;host=localhost",
    }
    return found


def test_nobody_gets_in_who_is_not_in(house, houses):
    callers = outsiders(house)
    assert len(callers) > 15
    for who, headers in callers.items():
        before = house.state()
        for method, path in houses.walk(house.app):
            rule = PERMISSIONS[method, path]
            answer = house.ask(
                method, houses.fill(house, path), headers, data={"token": "x"} if method == "POST" else None
            )
            if isinstance(rule, Open):
                assert answer.status_code < 500
                assert not values(house).search(answer.text), (who, path)
            else:
                check_refused(house, answer, (who, method, path))
                if path.endswith((".json", ".csv")):
                    assert answer.status_code == 401
        assert house.state() == before, who


def test_whoever_must_choose_a_password_does_nothing_else(house, houses):
    house.account("newcomer", Role.PRIVACY_OFFICER, must_change=True)
    _, token = house.token("newcomer")
    for headers in (house.session("newcomer"), token):
        for method, path in houses.walk(house.app):
            rule = PERMISSIONS[method, path]
            if isinstance(rule, Open) or path in {"/password", "/sign-out"}:
                continue
            check_refused(house, asked(house, houses, method, path, headers), (method, path))


def test_a_role_taken_away_is_gone_at_once(house, houses):
    house.account("demoted", Role.PRIVACY_OFFICER)
    headers = house.session("demoted")
    _, token = house.token("demoted")
    assert house.ask("GET", "/incident", headers).status_code == 200
    assert house.ask("GET", "/incident.json", token).status_code == 200
    house.accounts.set_role(house.accounts.by_name("demoted").id, Role.VIEWER)
    for method, path in houses.walk(house.app):
        rule = PERMISSIONS[method, path]
        if isinstance(rule, Permission) and rule not in Role.VIEWER.permissions:
            check_refused(house, asked(house, houses, method, path, token), (method, path))
            # Ending a session at a change of role is as good as turning its requests away.
            check_refused(house, house.ask(method, houses.fill(house, path), headers), (method, path))


def test_every_path_that_names_something_says_whose_it_is(house, houses):
    named = {path for _, path in houses.walk(house.app) if "{" in path}
    assert named <= set(SHARED), (
        f"say in SHARED whose these are, and try those of others: {sorted(named - set(SHARED))}"
    )


def alike(one, other, *apart: str) -> None:
    """The same answer, but for what was asked and the form tokens."""
    texts = []
    for answer, own in zip((one, other), apart, strict=True):
        text = answer.text.replace(own, "ASKED")
        texts.append((answer.status_code, re.sub(r'name="token" value="\w+"', "", text)))
        texts[-1] += (
            sorted((k, v) for k, v in answer.headers.items() if k not in {"date", "content-length"}),
        )
    assert texts[0] == texts[1]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.LEAD, Role.PRIVACY_OFFICER])
def test_cases_outside_the_rows_of_an_account_are_as_if_they_did_not_exist(house, houses, role):
    name = f"french-{role.value}"
    house.account(name, role, FRENCH)
    mine = [row for row in house.rows if row["country"] == "FR"]
    others = [row for row in house.rows if row["country"] != "FR"]
    assert mine
    assert others
    _, token = house.token(name)
    for headers in (house.session(name), token):
        ending = ".json" if "authorization" in headers else ""
        assert house.ask("GET", f"/cases/{mine[0]['case_id']}.json", headers).status_code == 200
        for row in others[list(Role).index(role) :: 40][:1]:
            nothing = "CASE999999999999"
            for path in ("/cases/{}" + ending, "/cases/{}.json?at=1&sort=oldest"):
                one = house.ask("GET", path.format(row["case_id"]), headers)
                assert one.status_code == 404
                alike(one, house.ask("GET", path.format(nothing), headers), row["case_id"], nothing)
                # The number that people quote opens no door either.
                one = house.ask("GET", path.format(row["number"]), headers)
                assert one.status_code == 404
                alike(one, house.ask("GET", path.format("SR-999999"), headers), row["number"], "SR-999999")
    theirs = {str(row[key]) for row in others for key in ("case_id", "number")}
    theirs |= {str(row["customer"]) for row in others} - {str(row["customer"]) for row in mine}
    for path in ("/cases?sort=oldest", "/cases.json?page=2", "/cases.csv", "/cases.csv?q=-country:FR"):
        answer = house.ask("GET", path, house.session(name))
        assert answer.status_code == 200
        assert not theirs & set(re.findall(r"[A-Z]+[-_]?[0-9A-Z]+", answer.text)), path


def test_tokens_and_sessions_of_others_cannot_be_ended(house, houses):
    house.account("victim", Role.ANALYST)
    number, token = house.token("victim")
    session = house.session("victim")
    paths = {path for method, path in houses.walk(house.app) if method == "POST"}
    for role in Role:
        headers = house.session(role.value)
        form = {"token": house.form_token(headers)}
        for path in paths & {"/account/tokens/{number}/revoke", "/account/sessions", "/sign-out"}:
            real = path.replace("{number}", str(number))
            one = house.ask("POST", real, headers, data={**form, "number": str(number), "account": "victim"})
            assert one.status_code < 500
            headers = house.session(role.value)
            form = {"token": house.form_token(headers)}
            if "{number}" in path:
                other = house.ask("POST", path.replace("{number}", "999999"), headers, data=form)
                alike(one, other, str(number), "999999")
        assert not house.accounts.tokens.revoke(house.account(role.value, role).id, number)
    assert house.ask("GET", "/cases.json", token).status_code == 200
    assert house.ask("GET", "/cases.json", session).status_code == 200
    assert isinstance(PERMISSIONS["POST", "/sign-out"], AnyAccount)
