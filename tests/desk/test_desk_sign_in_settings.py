"""``[sign_in]`` and ``[oidc]``: what is written is read again, what cannot be used is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hushdesk.access import Role
from hushdesk.desk import DeskError, DeskSettings, OidcSettings, SignInSettings, read_settings, safe_url
from hushdesk.desk._settings import write
from hushdesk.desk._sign_in import ROLE_NAMES

PLAIN = DeskSettings("id", "2026-01-01", Path("/k"), Path("/v"), "00")
OIDC = '[oidc]\nissuer = "https://login.example.org"\nclient_id = "h"\nroles = { g = "lead" }\n'


def test_the_roles_are_those_there_are():
    assert {role.value for role in Role} == ROLE_NAMES


@pytest.mark.parametrize(
    "settings",
    [
        PLAIN,
        replace(PLAIN, sign_in=SignInSettings((), Path("/lists/p.txt"), 5, 24)),
        replace(
            PLAIN,
            sign_in=SignInSettings(("viewer",)),
            oidc=OidcSettings(
                "https://login.example.org/realm",
                "hush desk",
                (('a "quoted" group', "lead"), ("b", "viewer")),
                Path("/safe/secret"),
                ("openid", "groups"),
                "realm.roles",
                "name",
                "provider",
                Path("/safe/ca.pem"),
                "Our house",
            ),
        ),
    ],
)
def test_what_is_written_is_read_again(tmp_path, settings):
    write(tmp_path, settings)
    assert read_settings(tmp_path) == settings


def test_paths_are_meant_from_the_desk(tmp_path):
    write(tmp_path, PLAIN)
    with (tmp_path / "desk.toml").open("a") as file:
        file.write(
            '[sign_in]\nbreached_passwords = "../list"\n' + OIDC + 'client_secret_file = "../safe/secret"\n'
        )
    found = read_settings(tmp_path)
    assert found.sign_in.breached_passwords == tmp_path / "../list"
    assert found.oidc.client_secret_file == tmp_path / "../safe/secret"


@pytest.mark.parametrize(
    "text",
    [
        "[sign_in]\nsecond_factor = ['root']\n",
        "[sign_in]\nsecond_factor = 'admin'\n",
        "[sign_in]\nsecond_faktor = []\n",
        "[sign_in]\nidle_minutes = 4\n",
        "[sign_in]\nidle_minutes = 241\n",
        "[sign_in]\nidle_minutes = true\n",
        "[sign_in]\nabsolute_hours = 25\n",
        "[sign_in]\nabsolute_hours = 0\n",
        "[sign_in]\nbreached_passwords = 7\n",
        "sign_in = 1\n",
        "oidc = 1\n",
        OIDC.replace("https:", "http:"),
        OIDC.replace("https://login.example.org", "login.example.org"),
        OIDC.replace("login.example.org", "user:word@login.example.org"),
        OIDC.replace("login.example.org", "login.example.org/#x"),
        OIDC.replace('"h"', '""'),
        OIDC.replace("roles = { g = ", "roles = { g = 1, h = "),
        OIDC.replace('"lead"', '"owner"'),
        OIDC.replace('{ g = "lead" }', "{}"),
        OIDC.replace('{ g = "lead" }', '["lead"]'),
        OIDC + "scopes = ['profile']\n",
        OIDC + "scopes = ['openid', 'a b']\n",
        OIDC + "second_factor = 'none'\n",
        OIDC + "client_secret = 'in the clear'\n",
        OIDC + "client_secret_file = ''\n",
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path, text):
    write(tmp_path, PLAIN)
    path = tmp_path / "desk.toml"
    written = path.read_text()
    # What belongs to no section stands before the first one.
    path.write_text(text + written if not text.startswith("[") else written + text)
    with pytest.raises(DeskError, match=r"\[(sign_in|oidc)\]"):
        read_settings(tmp_path)


def test_plain_http_stays_on_this_machine():
    for url in ("https://a.example", "http://127.0.0.1:8080/x", "http://localhost", "http://[::1]:1/"):
        assert safe_url(url)
    for url in (
        "http://a.example",
        "http://127.0.0.1.a.example",
        "http://localhost@a.example/",
        "ftp://localhost",
        "https://",
        "https://a:b@c",
        "http://127.0.0.1:x",
        "javascript:alert(1)",
        None,
        7,
    ):
        assert not safe_url(url)
