"""Signing in with a provider of identities: OpenID Connect, authorization code with PKCE.

What a provider says is accepted only if it answers a question that this process put for this browser, once, within
minutes; if the token is signed by a key the provider publishes, with a public-key algorithm; and if it is meant for us.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final
from urllib.parse import urlencode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hushdesk.access._permissions import Role
from hushdesk.access.errors import ProviderError
from hushdesk.desk import OidcSettings

LASTS: Final = 600
"""Seconds within which the provider has to answer."""
SKEW: Final = 60
"""Seconds by which the clocks of provider and desk may differ."""
OLDEST: Final = 600
"""Seconds after which a token is too old to begin a session with, though it may not have expired."""
LONGEST_NEXT: Final = 500
_LONGEST_NAME: Final = 200
_FACTORS: Final = frozenset({"mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "iris", "retina", "vbm"})
"""Words of RFC 8176 for what is no mere password."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom a provider vouches for."""

    issuer: str
    subject: str = field(repr=False)
    name: str
    role: Role
    wanted: str
    """The page they wanted to see."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the provider."""

    url: str = field(repr=False)
    """Where the browser goes."""
    cookie: str = field(repr=False)
    """Has to come back with the answer; readable by this process alone."""


class OidcClient:
    """Asks one provider.

    Args:
        settings: ``[oidc]`` of ``desk.toml``.
        must: Roles that must have used a second factor there.
        clock: Seconds since 1970.

    Raises:
        VaultError: The file of the client's secret is missing, or others can reach it.
    """

    def __init__(
        self,
        settings: OidcSettings,
        *,
        must: tuple[str, ...] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        # Late, for it brings a library for the web that nobody else here needs.
        from hushdesk.access._oidc_provider import Provider

        self.settings = settings
        self._must = must
        self._clock = clock
        self._provider = Provider(settings, clock)
        # For this process alone: after a restart a sign-in is begun anew.
        self._key = secrets.token_bytes(32)
        self._lock = Lock()
        self._spent: dict[bytes, float] = {}

    def ask(self, redirect_uri: str, wanted: str) -> Asked:
        """Begin a sign-in.

        Args:
            redirect_uri: Where the provider sends the browser back to.
            wanted: The page to go to afterwards, a path on this desk.

        Raises:
            ProviderError: The provider cannot be asked.
        """
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        question = {
            "s": state,
            "n": nonce,
            "v": verifier,
            "r": redirect_uri,
            "w": wanted if len(wanted) <= LONGEST_NEXT else "/",
            "u": int(self._clock()) + LASTS,
        }
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        # Like authlib's create_authorization_url, but nothing of what an issuer put into its address is lost or doubled.
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self.settings.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        endpoint = self._provider.endpoint("authorization_endpoint")
        return Asked(f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", self._seal(question))

    def answer(self, cookie: str, answer: Mapping[str, str]) -> Vouched:
        """Judge what the browser brings back.

        Args:
            cookie: The cookie of :class:`Asked`.
            answer: Parameters of the address it was sent back to.

        Raises:
            ProviderError: Whatever is wrong with it.
        """
        question = self._open(cookie)
        if not hmac.compare_digest(
            question["s"].encode(), answer.get("state", "").encode("utf-8", "replace")
        ):
            raise ProviderError("the answer is not to the question of this browser")
        self._spend(question["s"], question["u"])
        issuer = answer.get("iss")
        if (issuer is not None or self._provider.names_itself()) and issuer != self.settings.issuer:
            raise ProviderError("the answer is from another provider")
        if "error" in answer:
            raise ProviderError("the provider said no")
        code = answer.get("code", "")
        if not code or len(code) > 4_000:
            raise ProviderError("the answer holds no code")
        token = self._provider.redeem(code, question["v"], question["r"])
        claims = self._provider.claims(str(token.get("id_token", "")))
        self._check(claims, question["n"], str(token.get("access_token", "")))
        if _at(claims, self.settings.groups_claim) is None:
            claims = {**self._provider.userinfo(token, claims["sub"]), **claims}
        role = self._role(claims)
        if self.settings.second_factor == "claim" and role in self._must and not _used_factor(claims):
            raise ProviderError(
                "the provider does not say that a second factor was used, and the role needs one"
            )
        name = _at(claims, self.settings.name_claim)
        return Vouched(
            self.settings.issuer,
            claims["sub"],
            name[:_LONGEST_NAME] if isinstance(name, str) else "",
            role,
            question["w"],
        )

    def _check(self, claims: Mapping[str, Any], nonce: str, access_token: str) -> None:
        """OpenID Connect Core 3.1.3.7, with nothing optional left out."""
        now, client = self._clock(), self.settings.client_id
        if claims.get("iss") != self.settings.issuer:
            raise ProviderError("the token is from another provider")
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if client not in audiences:
            raise ProviderError("the token is meant for somebody else")
        if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != client:
            raise ProviderError("the token was given to somebody else")
        times = {key: _seconds(claims.get(key)) for key in ("exp", "iat")}
        if times["exp"] is None or times["exp"] <= now - SKEW:
            raise ProviderError("the token has expired")
        if times["iat"] is None or not now - OLDEST <= times["iat"] <= now + SKEW:
            raise ProviderError("the token was not made just now")
        if "nbf" in claims and ((begins := _seconds(claims["nbf"])) is None or begins > now + SKEW):
            raise ProviderError("the token is not valid yet")
        given = claims.get("nonce")
        if not isinstance(given, str) or not hmac.compare_digest(
            given.encode("utf-8", "replace"), nonce.encode()
        ):
            raise ProviderError("the token answers another question")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise ProviderError("the token names nobody")
        if "at_hash" in claims and not self._provider.at_hash(claims, access_token):
            raise ProviderError("the token belongs to another answer")

    def _role(self, claims: Mapping[str, Any]) -> Role:
        groups = _at(claims, self.settings.groups_claim)
        held = {groups} if isinstance(groups, str) else set()
        if isinstance(groups, list):
            held = {group for group in groups if isinstance(group, str)}
        for group, role in self.settings.roles:
            if group in held:
                return Role(role)
        raise ProviderError("none of the groups gives a role here")

    def _spend(self, state: str, until: int) -> None:
        now, spent = self._clock(), hashlib.sha256(state.encode()).digest()
        with self._lock:
            for old in [old for old, ends in self._spent.items() if ends <= now]:
                del self._spent[old]
            if spent in self._spent:
                raise ProviderError("the answer was used already")
            self._spent[spent] = until

    def _seal(self, question: Mapping[str, Any]) -> str:
        nonce = secrets.token_bytes(12)
        sealed = AESGCM(self._key).encrypt(nonce, json.dumps(question).encode(), b"hushdesk oidc question")
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def _open(self, cookie: str) -> dict[str, Any]:
        try:
            sealed = base64.urlsafe_b64decode(cookie.encode("ascii"))
            plain = AESGCM(self._key).decrypt(sealed[:12], sealed[12:], b"hushdesk oidc question")
        except (ValueError, InvalidTag):
            raise ProviderError("this browser was not asked to sign in, or long ago") from None
        question: dict[str, Any] = json.loads(plain)
        if question["u"] <= self._clock():
            raise ProviderError("this browser was not asked to sign in, or long ago")
        return question

    def __repr__(self) -> str:
        return "OidcClient()"


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """A claim by its name, or by the way into nested ones."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def _seconds(value: object) -> float | None:
    # A bool is an int to Python, and none to anybody else.
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _used_factor(claims: Mapping[str, Any]) -> bool:
    methods = claims.get("amr")
    return isinstance(methods, list) and any(
        method in _FACTORS for method in methods if isinstance(method, str)
    )
