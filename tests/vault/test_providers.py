"""Key providers: the environment's passphrase reaches no child; AWS KMS binds each key to its place; moving is whole or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from importlib.metadata import entry_points

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from hushdesk.vault import (
    KEYRING_FILE,
    ExtraMissingError,
    KeyProvider,
    Keyring,
    KeyServiceError,
    KeysMissingError,
    KeysRefusedError,
    Purpose,
)
from hushdesk.vault import _provider_aws as aws
from hushdesk.vault import _provider_environment as environment
from hushdesk.vault._provider import _BUILT_IN, ENTRY_POINTS, provider_class

PASSPHRASE = "correct-horse-battery-staple"
VARIABLE = "HUSHDESK_PASSPHRASE"
REGION = "eu-central-1"


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    monkeypatch.setattr(environment, "_taken", {})
    monkeypatch.delenv(VARIABLE, raising=False)


def document(keyring: Keyring) -> dict:
    return json.loads((keyring.folder / KEYRING_FILE).read_text())


def test_the_ones_that_come_with_the_package_are_also_entry_points():
    for name in _BUILT_IN:
        assert provider_class(name).name == name
        assert issubclass(provider_class(name), KeyProvider)
    declared = {point.name: point.value for point in entry_points(group=ENTRY_POINTS)}
    # An installation made before one was added does not name it yet, and finds it all the same.
    assert {name: _BUILT_IN.get(name) for name in declared if name in _BUILT_IN}.items() <= dict(
        _BUILT_IN
    ).items()


# --- environment -----------------------------------------------------------------------------------


def test_the_variable_is_read_once_and_handed_to_no_child(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    keyring, _ = Keyring.create(tmp_path / "keys", desk_id="d", provider="environment")
    assert VARIABLE not in os.environ
    child = subprocess.run(
        [sys.executable, "-c", f"import os; print({VARIABLE!r} in os.environ)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout == "False\n"
    assert PASSPHRASE not in (keyring.folder / KEYRING_FILE).read_text() + repr(keyring._provider)
    # The same process opens its keys again, and another value set means another value.
    again = Keyring.open(keyring.folder)
    assert again.pseudonymiser().token("IP", "::1") == keyring.pseudonymiser().token("IP", "::1")
    assert again.passphrase_file() is None
    monkeypatch.setenv(VARIABLE, "another" * 5)
    with pytest.raises(KeysRefusedError):
        Keyring.open(keyring.folder)


def test_a_variable_that_is_missing_or_short_is_named(tmp_path, monkeypatch):
    with pytest.raises(KeysMissingError, match="environment variable DESK_SECRET"):
        Keyring.create(
            tmp_path / "keys", desk_id="d", provider="environment", options={"variable": "DESK_SECRET"}
        )
    monkeypatch.setenv("DESK_SECRET", "short")
    with pytest.raises(KeysRefusedError):
        Keyring.create(
            tmp_path / "keys", desk_id="d", provider="environment", options={"variable": "DESK_SECRET"}
        )
    with pytest.raises(KeysRefusedError):
        Keyring.create(
            tmp_path / "keys", desk_id="d", provider="environment", options={"variable": "no such name"}
        )


def test_a_serving_process_may_be_handed_the_value(tmp_path):
    keyring, _ = Keyring.create(tmp_path / "keys", desk_id="d")
    keyring.move("environment", {"passphrase": PASSPHRASE})
    assert sorted(path.name for path in keyring.folder.iterdir()) == ["keyring.json", "officer.key"]
    assert document(keyring)["provider"]["settings"]["variable"] == VARIABLE
    assert PASSPHRASE not in (keyring.folder / KEYRING_FILE).read_text()
    assert Keyring.open(keyring.folder).desk_id == "d"


# --- AWS KMS ---------------------------------------------------------------------------------------


@pytest.fixture
def kms(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("kms", region_name=REGION)


@pytest.fixture
def arn(kms) -> str:
    return kms.create_key()["KeyMetadata"]["Arn"]


def test_keys_come_from_the_service_and_open_again(tmp_path, arn):
    keyring, _ = Keyring.create(tmp_path / "keys", desk_id="d", provider="aws-kms", options={"key": arn})
    assert sorted(path.name for path in keyring.folder.iterdir()) == ["keyring.json", "officer.key"]
    keyring.rotate(Purpose.DOMAIN)
    again = Keyring.open(keyring.folder)
    assert again.version(Purpose.DOMAIN) == 2
    assert again.pseudonymiser().token("IP", "::1") == keyring.pseudonymiser().token("IP", "::1")
    assert again.provider == "aws-kms"
    assert document(keyring)["provider"]["settings"] == {"key": arn, "endpoint": "", "profile": ""}


def test_each_wrapped_key_is_bound_to_its_place(tmp_path, arn):
    keyring, _ = Keyring.create(tmp_path / "keys", desk_id="d", provider="aws-kms", options={"key": arn})
    provider = keyring._provider
    wrapped = provider.wrap(b"k" * 32, b"one place")
    assert provider.unwrap(wrapped, b"one place") == b"k" * 32
    with pytest.raises(KeysRefusedError):
        provider.unwrap(wrapped, b"another place")


def test_moving_to_the_service_and_back_destroys_what_wrapped_before(tmp_path, arn, kms):
    keyring, _ = Keyring.create(tmp_path / "keys", desk_id="d")
    token = keyring.pseudonymiser().token("EMAIL", "a@b.c")
    assert keyring.move("aws-kms", {"key": arn}) == ("passphrase",)
    assert sorted(path.name for path in keyring.folder.iterdir()) == ["keyring.json", "officer.key"]
    other = kms.create_key()["KeyMetadata"]["Arn"]
    Keyring.open(keyring.folder).move("aws-kms", {"key": other})
    back = Keyring.open(keyring.folder)
    assert document(back)["provider"]["settings"]["key"] == other
    back.move("passphrase-file")
    assert Keyring.open(keyring.folder).pseudonymiser().token("EMAIL", "a@b.c") == token


def test_a_service_that_refuses_leaves_everything_as_it_was(tmp_path, arn):
    keyring, _ = Keyring.create(tmp_path / "keys", desk_id="d")
    before = document(keyring)
    with pytest.raises(KeyServiceError) as refused:
        keyring.move("aws-kms", {"key": arn[:-4] + "0000"})
    assert refused.value.code == "NotFoundException"
    assert refused.value.exit_code == 75
    assert document(keyring) == before
    assert keyring.provider == "passphrase-file"
    assert keyring.rotate(Purpose.DOMAIN) == 2


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"key": ""}, "ARN"),
        ({"key": "arn:aws:kms:eu-central-1:1:key/x"}, "ARN"),
        (
            {"key": f"arn:aws:kms:{REGION}:123456789012:key/abc", "endpoint": "http://kms.example.org"},
            "endpoint",
        ),
        ({"key": f"arn:aws:kms:{REGION}:123456789012:key/abc", "endpoint": "file:///tmp"}, "endpoint"),
    ],
)
def test_keys_and_endpoints_that_cannot_be_are_refused(tmp_path, options, what):
    with pytest.raises(KeysRefusedError, match=what):
        Keyring.create(tmp_path / "keys", desk_id="d", provider="aws-kms", options=options)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (
            ClientError({"Error": {"Code": "AccessDeniedException", "Message": "user a@b.c"}}, "Encrypt"),
            "AccessDeniedException",
        ),
        (ClientError({"Error": {"Code": "Odd: a@b.c"}}, "Encrypt"), "unknown"),
        (EndpointConnectionError(endpoint_url="https://a@b.c"), "EndpointConnectionError"),
    ],
    ids=["denied", "odd", "unreachable"],
)
def test_what_the_service_says_is_not_repeated(arn, error, code):
    provider, secret = aws.AwsKmsProvider(arn, "", ""), bytes(range(65, 91))

    class Failing:
        def encrypt(self, **_: object) -> None:
            raise error

    provider._client = Failing()
    with pytest.raises(KeyServiceError) as failed:
        provider.wrap(secret, b"c")
    assert failed.value.code == code
    shown = "".join(traceback.format_exception(failed.value))
    assert "a@b.c" not in shown
    assert secret.decode() not in shown


def test_a_missing_package_and_profile_are_named(tmp_path, monkeypatch, kms, arn):
    with pytest.raises(KeyServiceError, match="ProfileNotFound"):
        Keyring.create(
            tmp_path / "a", desk_id="d", provider="aws-kms", options={"key": arn, "profile": "none-such"}
        )

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(aws, "import_module", missing)
    with pytest.raises(ExtraMissingError) as needed:
        Keyring.create(tmp_path / "b", desk_id="d", provider="aws-kms", options={"key": arn})
    assert "hushdesk[aws]" in str(needed.value)


def test_settings_that_were_changed_are_refused(tmp_path, arn):
    for settings in ({}, {"key": 7}, {"key": arn, "endpoint": 7}):
        with pytest.raises(KeysRefusedError):
            aws.AwsKmsProvider.open(tmp_path, settings, {})
    for settings in ({}, {"variable": "X"}, {"variable": "X", "scrypt": {}}):
        with pytest.raises(KeysRefusedError):
            environment.EnvironmentProvider.open(tmp_path, settings, {})
