"""Signing in with a provider: against a real one on loopback, which does wrong whatever a token can do wrong."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey

from hushdesk.access import AuditEvent, OidcClient, ProviderError, Role, SignInRefused
from hushdesk.access._oidc import LASTS
from hushdesk.vault import KeysUnsafeError

BACK = "http://localhost/sign-in/provider"


@pytest.fixture
def secret_file(tmp_path, peer) -> Path:
    import sys

    path = tmp_path / "client-secret"
    path.write_text(sys.modules["hushdesk_test_provider"].SECRET + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def client(peer, clock, secret_file) -> OidcClient:
    return OidcClient(peer.settings(client_secret_file=secret_file), clock=clock)


def sign_in(client, peer, wanted="/cases"):
    asked = client.ask(BACK, wanted)
    return client.answer(asked.cookie, peer.browse(asked.url))


@pytest.mark.parametrize("key", ["rsa", "ec", "okp"])
def test_a_right_answer_is_taken_whatever_the_kind_of_key(client, peer, key):
    peer.key = key
    vouched = sign_in(client, peer)
    assert (vouched.issuer, vouched.subject) == (peer.issuer, "7f3a-subject")
    assert (vouched.name, vouched.role, vouched.wanted) == ("Ada.Lovelace", Role.ANALYST, "/cases")


def test_a_public_client_has_its_code_protected_by_pkce_alone(peer, clock):
    peer.public = True
    assert sign_in(OidcClient(peer.settings(), clock=clock), peer).role is Role.ANALYST


def test_each_question_is_another(client):
    asked = [
        {name: value[0] for name, value in parse_qs(urlsplit(client.ask(BACK, "/").url).query).items()}
        for _ in range(2)
    ]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
        assert len(asked[0][name]) >= 43


CLAIMS = {
    "wrong nonce": ({"nonce": "x" * 43}, "another question"),
    "no nonce": ({"nonce": None}, "another question"),
    "nonce of another kind": ({"nonce": 7}, "another question"),
    "wrong audience": ({"aud": "somebody-else"}, "somebody else"),
    "no audience": ({"aud": None}, "somebody else"),
    "several audiences without azp": ({"aud": ["hushdesk-test", "other"]}, "given to somebody else"),
    "azp of another": ({"azp": "other"}, "given to somebody else"),
    "wrong issuer": ({"iss": "http://127.0.0.1:1/realm"}, "another provider"),
    "issuer with a slash": ({"iss": "http://127.0.0.1/realm/"}, "another provider"),
    "expired": ({"exp": 1_700_000_000 - 61}, "expired"),
    "no expiry": ({"exp": None}, "expired"),
    "expiry of another kind": ({"exp": "9999999999"}, "expired"),
    "expiry that is true": ({"exp": True}, "expired"),
    "made long ago": ({"iat": 1_700_000_000 - 601}, "just now"),
    "made in the future": ({"iat": 1_700_000_000 + 61}, "just now"),
    "no time of making": ({"iat": None}, "just now"),
    "not yet valid": ({"nbf": 1_700_000_000 + 61}, "not valid yet"),
    "no subject": ({"sub": None}, "nobody"),
    "empty subject": ({"sub": ""}, "nobody"),
    "subject of another kind": ({"sub": ["a"]}, "nobody"),
    "hash of another access token": ({"at_hash": "AAAA"}, "another answer"),
    "unknown group": ({"groups": ["everybody", "Support", "support "]}, "none of the groups"),
    "no groups": ({"groups": None}, "none of the groups"),
    "groups of another kind": ({"groups": {"support": True}}, "none of the groups"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_token_that_says_what_is_wrong_is_refused(client, peer, name):
    peer.claims, reason = CLAIMS[name]
    with pytest.raises(ProviderError, match=reason):
        sign_in(client, peer)


@pytest.mark.parametrize(
    "claims", [{"exp": 1_700_000_000 - 59}, {"iat": 1_700_000_000 + 59}, {"aud": ["hushdesk-test"]}]
)
def test_clocks_may_differ_by_a_minute(client, peer, claims):
    peer.claims = claims
    assert sign_in(client, peer).role is Role.ANALYST


def other_key(peer, claims):
    import sys

    module = sys.modules["hushdesk_test_provider"]
    mine = RSAKey.generate_key(2048, {"kid": "rsa"})
    real, module.KEYS["rsa"] = module.KEYS["rsa"], mine
    try:
        return peer.sign(claims)
    finally:
        module.KEYS["rsa"] = real


def key_inside(peer, claims):
    """Says itself which key it is signed with."""
    import sys

    from joserfc import jws

    mine = RSAKey.generate_key(2048)
    head = {"alg": "RS256", "kid": "mine", "jwk": mine.as_dict(private=False)}
    assert sys.modules
    return jws.serialize_compact(head, json.dumps(claims).encode(), mine)


SPOILT = {
    "alg none": lambda peer, claims: peer.unsigned(claims),
    "alg none with a signature": lambda peer, claims: peer.unsigned(claims) + "AAAA",
    "HS256 with the public key": lambda peer, claims: peer.signed_with_public_key(claims),
    "another key of that name": other_key,
    "a key that it brings along": key_inside,
    "changed after signing": lambda peer, claims: _changed(peer.sign(claims)),
    "cut": lambda peer, claims: peer.sign(claims).rpartition(".")[0],
    "no token": lambda peer, claims: "",
    "no JSON": lambda peer, claims: "a.b.c",
    "endless": lambda peer, claims: "x" * 500_000,
}


def _changed(token: str) -> str:
    import base64

    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["groups"] = ["officers"]
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{head}.{forged}.{signature}"


@pytest.mark.parametrize("name", SPOILT)
def test_a_token_that_the_provider_did_not_sign_is_refused(client, peer, name):
    peer.spoil = SPOILT[name]
    with pytest.raises(ProviderError, match=r"not signed by the provider|does not take"):
        sign_in(client, peer)


def test_an_answer_counts_once(client, peer):
    asked = client.ask(BACK, "/")
    given = peer.browse(asked.url)
    client.answer(asked.cookie, given)
    with pytest.raises(ProviderError, match="used already"):
        client.answer(asked.cookie, given)
    # Also with a fresh code for the same question.
    with pytest.raises(ProviderError, match="used already"):
        client.answer(asked.cookie, peer.browse(asked.url))


def test_an_answer_is_for_the_browser_that_asked(client, peer, clock):
    mine, theirs = client.ask(BACK, "/"), client.ask(BACK, "/")
    given = peer.browse(theirs.url)
    for cookie in (mine.cookie, "", "x", "ä", mine.cookie[:-4] + "AAAA"):
        with pytest.raises(ProviderError, match=r"this browser"):
            client.answer(cookie, given)
    with pytest.raises(ProviderError, match="this browser"):
        client.answer(theirs.cookie, {**given, "state": ""})
    clock.now += LASTS
    with pytest.raises(ProviderError, match="long ago"):
        client.answer(theirs.cookie, given)


def test_the_code_of_another_browser_is_not_redeemed(client, peer):
    """PKCE: a code that was caught elsewhere does not fit the question of this browser."""
    victim, mine = client.ask(BACK, "/"), client.ask(BACK, "/")
    caught = peer.browse(victim.url)["code"]
    with pytest.raises(ProviderError, match="does not take the code"):
        client.answer(mine.cookie, {**peer.browse(mine.url), "code": caught})


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"error": "access_denied"}, "said no"),
        ({"code": ""}, "no code"),
        ({"code": "x" * 5_000}, "no code"),
        ({"code": "made-up"}, "does not take"),
        ({"iss": "https://evil.example"}, "another provider"),
    ],
)
def test_other_answers_are_refused(client, peer, answer, reason):
    peer.answer = answer
    with pytest.raises(ProviderError, match=reason):
        sign_in(client, peer)


def test_a_provider_that_names_itself_must_do_so(client, peer):
    peer.description = {"authorization_response_iss_parameter_supported": True}
    asked = client.ask(BACK, "/")
    given = peer.browse(asked.url)
    del given["iss"]
    with pytest.raises(ProviderError, match="another provider"):
        client.answer(asked.cookie, given)


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://login.example.org"},
        {"authorization_endpoint": "http://login.example.org/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
    ],
)
def test_a_description_that_leads_elsewhere_is_refused(client, peer, description):
    peer.description = description
    with pytest.raises(ProviderError):
        client.ask(BACK, "/")


@pytest.mark.parametrize("place", ["http://192.0.2.7/keys", "/elsewhere", "/endless", "/missing"])
def test_keys_are_fetched_where_nobody_listens_and_from_no_other_place(client, peer, place):
    peer.description = {"jwks_uri": place if place.startswith("http") else peer.issuer + place}
    with pytest.raises(ProviderError):
        sign_in(client, peer)


def test_new_keys_of_the_provider_are_found_but_not_asked_for_all_the_time(client, peer, clock):
    peer.published = ["ec"]
    peer.key = "ec"
    sign_in(client, peer)
    peer.published, peer.key = ["ec", "rsa"], "rsa"
    for _ in range(3):
        with pytest.raises(ProviderError):
            sign_in(client, peer)
    assert peer.asked.count("/keys") == 1
    clock.now += 31
    assert sign_in(client, peer).role is Role.ANALYST
    assert peer.asked.count("/keys") == 2


def test_a_provider_that_is_down_is_an_outage(client, peer, clock):
    peer.description = {"issuer": None}
    with pytest.raises(ProviderError):
        client.ask(BACK, "/")
    settings = replace(client.settings, issuer="http://127.0.0.1:9/realm")
    down = OidcClient(settings, clock=clock)
    for _ in range(2):
        with pytest.raises(ProviderError) as caught:
            down.ask(BACK, "/")
        assert caught.value.outage


def test_the_first_line_that_fits_gives_the_role(client, peer):
    peer.person["groups"] = ["support", "officers"]
    assert sign_in(client, peer).role is Role.PRIVACY_OFFICER
    peer.person["groups"] = "support"
    assert sign_in(client, peer).role is Role.ANALYST


def test_groups_may_be_nested_or_come_with_the_user_information(peer, clock):
    peer.public = True
    nested = OidcClient(peer.settings(groups_claim="realm_access.roles"), clock=clock)
    peer.claims = {"groups": None, "realm_access": {"roles": ["support"]}}
    assert sign_in(nested, peer).role is Role.ANALYST
    peer.claims = {"groups": None}
    peer.userinfo = {"sub": "7f3a-subject", "groups": ["support"]}
    assert sign_in(OidcClient(peer.settings(), clock=clock), peer).role is Role.ANALYST
    peer.userinfo = {"sub": "somebody-else", "groups": ["support"]}
    with pytest.raises(ProviderError, match="somebody else"):
        sign_in(OidcClient(peer.settings(), clock=clock), peer)


def test_a_role_that_needs_a_second_factor_needs_the_providers_word(peer, clock):
    peer.public = True
    peer.person["groups"] = ["officers"]
    must = ("privacy-officer",)
    client = OidcClient(peer.settings(), must=must, clock=clock)
    for methods in (None, ["pwd"], [], "mfa"):
        peer.claims = {"amr": methods}
        with pytest.raises(ProviderError, match="second factor"):
            sign_in(client, peer)
    peer.claims = {"amr": ["pwd", "otp"]}
    assert sign_in(client, peer).role is Role.PRIVACY_OFFICER
    peer.claims = {}
    trusting = OidcClient(peer.settings(second_factor="provider"), must=must, clock=clock)
    assert sign_in(trusting, peer).role is Role.PRIVACY_OFFICER


def test_the_clients_secret_is_private(peer, secret_file, clock):
    secret_file.chmod(0o640)
    with pytest.raises(KeysUnsafeError):
        OidcClient(peer.settings(client_secret_file=secret_file), clock=clock)


def test_no_secret_in_errors_or_reprs(client, peer):
    asked = client.ask(BACK, "/")
    peer.claims = {"nonce": "planted-value", "sub": "planted-value"}
    with pytest.raises(ProviderError) as caught:
        client.answer(asked.cookie, peer.browse(asked.url))
    shown = f"{caught.value} {caught.value!r} {client!r} {client._provider!r} {asked!r}"
    for secret in ("planted-value", "the client's secret", asked.cookie, "state="):
        assert secret not in shown


def test_an_account_is_its_issuer_and_subject_and_nothing_else(accounts, events):
    accounts.create("ada", Role.ADMIN)
    local = accounts.by_name("ada")
    first = accounts.sign_in_external("https://a.example", "1", name="ada", role=Role.ANALYST)
    account = first.session.account
    assert account.external
    assert account.id != local.id
    assert account.name.startswith("ada-")
    assert first.session.method == "provider"
    again = accounts.sign_in_external("https://a.example", "1", name="renamed", role=Role.VIEWER)
    assert (again.session.account.id, again.session.account.name) == (account.id, account.name)
    assert again.session.account.role is Role.VIEWER
    assert accounts.identify(first.secret).role is Role.VIEWER
    assert (AuditEvent.ACCOUNT_ROLE_CHANGE, account.id) in events
    others = [
        accounts.sign_in_external(issuer, subject, name="ada", role=Role.ANALYST).session.account.id
        for issuer, subject in (
            ("https://a.example", "2"),
            ("https://b.example", "1"),
            ("https://a.example2", ""),
            ("https://a.example", "2 "),
        )
    ]
    assert len({local.id, account.id, *others}) == 6
    assert accounts.get(local.id).role is Role.ADMIN


@pytest.mark.parametrize("name", ["", "../../etc", "Ä ö ü", "-", "x" * 300, "ada@example.org", "\x00\n"])
def test_any_name_a_provider_says_becomes_one_of_ours(accounts, name):
    from hushdesk.access._accounts import NAME

    made = accounts.sign_in_external("https://a.example", name, name=name, role=Role.VIEWER)
    assert NAME.fullmatch(made.session.account.name)


def test_such_an_account_has_no_password(accounts, cheap):
    account = accounts.sign_in_external(
        "https://a.example", "1", name="ada", role=Role.ANALYST
    ).session.account
    stored = accounts._db.one("SELECT password FROM account WHERE id = ?", account.id)["password"]
    assert stored == accounts._dummy
    with pytest.raises(SignInRefused):
        accounts.verify("ada", "")
    accounts._db.execute("UPDATE account SET password = ?", cheap.hash("known words to all"))
    with pytest.raises(SignInRefused):
        accounts.verify("ada", "known words to all")
    from hushdesk.access import AdministrationError

    for step in (accounts.reset_password, lambda ident: accounts.set_role(ident, Role.LEAD)):
        with pytest.raises(AdministrationError):
            step(account.id)
    accounts.disable(account.id)
    with pytest.raises(SignInRefused):
        accounts.sign_in_external("https://a.example", "1", name="ada", role=Role.ANALYST)


def test_the_subject_is_not_in_the_file(accounts, tmp_path):
    subject = secrets.token_hex(8)
    accounts.sign_in_external("https://a.example", subject, name="ada", role=Role.ANALYST)
    assert subject.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
