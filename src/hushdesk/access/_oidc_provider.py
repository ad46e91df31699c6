"""What is fetched from a provider of identities: its description, its keys, tokens; bounded, and by https alone."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Final

import requests
from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]
from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey
from joserfc.jws import extract_compact
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from hushdesk.access.errors import ProviderError
from hushdesk.desk import OidcSettings, safe_url
from hushdesk.vault import read_private

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
)
"""Public keys alone: with ``none`` nobody signs, and with ``HS256`` everybody who knows the public key could."""
TIMEOUT: Final = 10
MOST_BYTES: Final = 1 << 20
KEPT_FOR: Final = 3_600
"""Seconds for which description and keys are kept."""
_AGAIN_AFTER: Final = 30
"""Seconds before unknown keys make us ask again: made-up tokens must not make us hammer the provider."""
_REST_AFTER_OUTAGE: Final = 5
"""Seconds for which nobody waits again for a provider that did not answer."""
_LEAST_RSA: Final = 2_048
_FAILED: Final = (
    requests.RequestException,
    OAuthError,
    JoseError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
)


class _TooMuchError(requests.RequestException):
    """An answer that no provider needs."""


class _Careful(HTTPAdapter):
    """Sends nothing where others could listen, and reads no more than an answer needs."""

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,  # noqa: ARG002 - always read here, and bounded
        timeout: float | tuple[float | None, float | None] | None = None,  # noqa: ARG002 - never without end
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        proxies: dict[str, str] | None = None,
    ) -> Response:
        """Send one request, and read its answer whole."""
        if not safe_url((request.url or "").partition("#")[0]):
            raise requests.exceptions.InvalidURL
        response = super().send(request, True, TIMEOUT, verify, cert, proxies)
        body = b""
        for piece in response.iter_content(65_536):
            body += piece
            if len(body) > MOST_BYTES:
                response.close()
                raise _TooMuchError
        # What requests itself sets once it has read everything.
        response._content = body  # noqa: SLF001
        return response


class Provider:
    """One provider.

    Args:
        settings: ``[oidc]`` of ``desk.toml``.
        clock: Seconds since 1970.

    Raises:
        VaultError: The file of the client's secret is missing, or others can reach it.
    """

    def __init__(self, settings: OidcSettings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = Lock()
        self._described: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._outage = -float(_REST_AFTER_OUTAGE)
        secret = settings.client_secret_file
        self._secret = None if secret is None else read_private(secret, "file of the client's secret").strip()

    def endpoint(self, name: str) -> str:
        """One of the addresses that the provider describes.

        Raises:
            ProviderError: It describes none, or one where others could listen.
        """
        url = self._description().get(name)
        if not safe_url(url):
            raise ProviderError("the provider's description cannot be used")
        return str(url)

    def names_itself(self) -> bool:
        """Whether the provider says who it is in each answer (RFC 9207)."""
        return self._description().get("authorization_response_iss_parameter_supported") is True

    def redeem(self, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
        """Tokens for a code.

        Raises:
            ProviderError: The provider says no, or cannot be asked.
        """
        endpoint = self.endpoint("token_endpoint")
        methods = self._description().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "none"
        if self._secret is not None:
            post = isinstance(methods, list) and "client_secret_basic" not in methods
            method = "client_secret_post" if post else "client_secret_basic"
        try:
            with self._session(method, redirect_uri) as session:
                token = session.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    allow_redirects=False,
                )
            return dict(token)
        except requests.ConnectionError:
            raise ProviderError("the provider cannot be reached", outage=True) from None
        except _FAILED:
            raise ProviderError("the provider does not take the code") from None

    def claims(self, token: str) -> dict[str, Any]:
        """What a token says, once its signature is that of the provider.

        Raises:
            ProviderError: It is not.
        """
        allowed = self._description().get("id_token_signing_alg_values_supported")
        algorithms = [
            each
            for each in ALGORITHMS
            if not isinstance(allowed, list) or each in allowed or (each == "Ed25519" and "EdDSA" in allowed)
        ]
        for fresh in (False, True):
            try:
                keys = self._key_set(fresh=fresh)
                _usable(token, keys)
                read = jwt.decode(token, keys, algorithms=algorithms)
                claims = dict(read.claims)
                # Not a claim: which hash at_hash is made with hangs on it.
                claims["__alg"] = read.header.get("alg")
            except _UnknownKeyError:
                continue
            except _FAILED:
                raise ProviderError("the token is not signed by the provider") from None
            return claims
        raise ProviderError("the token is not signed by the provider")

    @staticmethod
    def at_hash(claims: Mapping[str, Any], access_token: str) -> bool:
        """Whether the access token is the one that came with these claims."""
        name = {"256": "sha256", "384": "sha384", "512": "sha512"}.get(
            str(claims.get("__alg"))[-3:], "sha512"
        )
        digest = hashlib.new(name, access_token.encode()).digest()
        right = urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
        return hmac.compare_digest(right, str(claims.get("at_hash")).encode("utf-8", "replace"))

    def userinfo(self, token: Mapping[str, Any], subject: str) -> dict[str, Any]:
        """More claims about the same subject; none if the provider offers none.

        Raises:
            ProviderError: It cannot be asked, or answers about somebody else.
        """
        if "userinfo_endpoint" not in self._description() or not token.get("access_token"):
            return {}
        bearer = {"authorization": f"Bearer {token['access_token']}"}
        found = self._json(self.endpoint("userinfo_endpoint"), bearer)
        if found.get("sub") != subject:
            raise ProviderError("the provider answered about somebody else")
        return found

    def _description(self) -> dict[str, Any]:
        with self._lock:
            if self._described is not None and self._clock() - self._described[0] < KEPT_FOR:
                return self._described[1]
            found = self._json(self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if found.get("issuer") != self._settings.issuer:
                raise ProviderError("the provider calls itself by another name than issuer in [oidc]")
            self._described = (self._clock(), found)
            return found

    def _key_set(self, *, fresh: bool) -> KeySet:
        endpoint = self.endpoint("jwks_uri")
        with self._lock:
            if self._keys is not None:
                age = self._clock() - self._keys[0]
                if age < (_AGAIN_AFTER if fresh else KEPT_FOR):
                    return self._keys[1]
            found = self._json(endpoint)
            keys: list[Any] = []
            rows = found.get("keys")
            for row in rows if isinstance(rows, list) else []:
                key = _key(row)
                if key is not None:
                    keys.append(key)
            self._keys = (self._clock(), KeySet(keys))
            return self._keys[1]

    def _json(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        if 0 <= self._clock() - self._outage < _REST_AFTER_OUTAGE:
            raise ProviderError("the provider cannot be asked", outage=True)
        try:
            with self._session("none", "") as session:
                response = requests.Session.request(
                    session, "GET", url, headers=headers, allow_redirects=False
                )
            if response.status_code != 200:
                raise ValueError
            found = json.loads(response.content)
        except _FAILED:
            self._outage = self._clock()
            raise ProviderError("the provider cannot be asked", outage=True) from None
        if not isinstance(found, dict):
            raise ProviderError("the provider's description cannot be used")
        return found

    def _session(self, method: str, redirect_uri: str) -> Any:
        session = OAuth2Session(
            self._settings.client_id,
            None if self._secret is None else self._secret.decode("utf-8", "replace"),
            token_endpoint_auth_method=method,
            redirect_uri=redirect_uri,
        )
        # Nothing of the surroundings: a .netrc would send a password, a proxy would see tokens.
        session.trust_env = False
        if self._settings.ca_file is not None:
            session.verify = str(self._settings.ca_file)
        session.mount("https://", _Careful())
        session.mount("http://", _Careful())
        return session

    def __repr__(self) -> str:
        return "Provider()"


class _UnknownKeyError(Exception):
    """The token names a key that is not among those known."""


def _usable(token: str, keys: KeySet) -> None:
    """Find out whether the key named is one we have; what is signed is judged by the library."""
    header = extract_compact(token.encode()).headers()
    kid = header.get("kid")
    if not keys.keys or (kid is not None and all(key.kid != kid for key in keys.keys)):
        raise _UnknownKeyError


def _key(row: Any) -> RSAKey | ECKey | OKPKey | None:
    """A public key that signatures may be checked with; symmetric, short and encrypting ones are none."""
    if not isinstance(row, dict) or row.get("use", "sig") != "sig":
        return None
    kinds: dict[object, Any] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
    kind = kinds.get(row.get("kty"))
    if kind is None:
        return None
    try:
        key = kind.import_key({name: value for name, value in row.items() if name != "d"})
        if isinstance(key, RSAKey) and key.public_key.key_size < _LEAST_RSA:
            return None
    except _FAILED:
        return None
    return key  # type: ignore[no-any-return]
