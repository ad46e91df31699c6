"""Data keys wrapped by a key of AWS KMS, which never leaves the service. Wants the extra ``aws`` (boto3).

Each data key is one ``Encrypt``, bound to its place by the encryption context; opening a desk is one ``Decrypt`` for each version
of each key, and stands in CloudTrail. Credentials come by boto3's own way (role of the machine, profile, variables) and are never kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

from hushdesk.vault._provider import KeyProvider
from hushdesk.vault.errors import ExtraMissingError, KeyServiceError, KeysRefusedError

_ARN: Final = re.compile(
    r"arn:(?:aws|aws-cn|aws-us-gov|aws-eusc):kms:([a-z0-9-]+):\d{12}:(?:key/[A-Za-z0-9-]{1,64}|alias/[A-Za-z0-9/_-]{1,250})"
).fullmatch
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_SERVICE: Final = "AWS KMS"
# The service says that the bytes, the context or the key are not those that were used.
_WRONG: Final = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
_WORD: Final = re.compile(r"[A-Za-z]{1,60}").fullmatch


class AwsKmsProvider(KeyProvider):
    """Options: ``key`` (ARN of a symmetric key or of an alias), ``endpoint`` (a VPC endpoint, by https), ``profile``."""

    name = "aws-kms"

    def __init__(self, key: str, endpoint: str, profile: str) -> None:
        found = _ARN(key)
        if found is None:
            raise KeysRefusedError("ARN of the KMS key")
        if endpoint:
            parts = urlsplit(endpoint)
            if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
                raise KeysRefusedError("endpoint of the key service")
        self._key, self._endpoint, self._profile = key, endpoint, profile
        self._client = _client(found[1], endpoint, profile)

    @classmethod
    def create(cls, folder: Path, options: Mapping[str, str]) -> Self:  # noqa: ARG003 - the interface's
        """Use the key named by the option ``key``."""
        return cls(options.get("key", ""), options.get("endpoint", ""), options.get("profile", ""))

    @classmethod
    def open(cls, folder: Path, settings: Mapping[str, object], options: Mapping[str, str]) -> Self:  # noqa: ARG003
        """Use the key that the keyring names; ``endpoint`` and ``profile`` may be given anew."""
        words = {name: options.get(name) or settings.get(name, "") for name in ("endpoint", "profile")}
        key = settings.get("key")
        if not isinstance(key, str) or not all(isinstance(word, str) for word in words.values()):
            raise KeysRefusedError("keyring")
        return cls(key, str(words["endpoint"]), str(words["profile"]))

    def settings(self) -> dict[str, object]:
        """The key's ARN, and the way to the service if it is not the usual one."""
        return {"key": self._key, "endpoint": self._endpoint, "profile": self._profile}

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Have the service encrypt a data key."""
        answer = self._ask("encrypt", Plaintext=key, EncryptionContext=_bound(context))
        return bytes(answer["CiphertextBlob"])

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Have the service decrypt a data key. It has to be under the key named, not just any that we may use."""
        answer = self._ask("decrypt", CiphertextBlob=wrapped, EncryptionContext=_bound(context))
        return bytes(answer["Plaintext"])

    def _ask(self, what: str, **arguments: Any) -> dict[str, Any]:
        botocore = import_module("botocore.exceptions")
        code = ""
        try:
            answer: dict[str, Any] = getattr(self._client, what)(KeyId=self._key, **arguments)
            return answer
        except botocore.ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
        except botocore.BotoCoreError as error:
            code = type(error).__name__
        # Raised outside of the handler: what the library says of its parameters is not even the context.
        if code in _WRONG:
            raise KeysRefusedError("keyring")
        raise KeyServiceError(_SERVICE, code if _WORD(code) else "unknown")


def _bound(context: bytes) -> dict[str, str]:
    return {"hushdesk": context.decode()}


def _client(region: str, endpoint: str, profile: str) -> Any:
    try:
        boto3, config = import_module("boto3"), import_module("botocore.config")
        errors = import_module("botocore.exceptions")
    except ImportError:
        raise ExtraMissingError(AwsKmsProvider.name, "aws") from None
    caution = config.Config(
        connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3}
    )
    try:
        session = boto3.session.Session(profile_name=profile or None, region_name=region)
        return session.client("kms", endpoint_url=endpoint or None, config=caution)
    except errors.BotoCoreError as error:
        code = type(error).__name__
    raise KeyServiceError(_SERVICE, code)
