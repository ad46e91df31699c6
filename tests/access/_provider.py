"""A provider of identities on loopback: real keys, discovery, authorization with PKCE, tokens; as wrong as a test wants."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

CLIENT = "hushdesk-test"
SECRET = "the client's secret / with & signs"
KEYS = {
    "rsa": RSAKey.generate_key(2048, {"kid": "rsa"}),
    "ec": ECKey.generate_key("P-256", {"kid": "ec"}),
    "okp": OKPKey.generate_key("Ed25519", {"kid": "okp"}),
}
"""Made once: making RSA keys takes long."""
ALGORITHMS = {"rsa": "RS256", "ec": "ES256", "okp": "Ed25519"}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Provider:
    """One provider; ``claims`` and ``spoil`` say what it does wrong."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.key = "rsa"
        self.published = ["rsa", "ec", "okp"]
        self.person: dict[str, Any] = {
            "sub": "7f3a-subject",
            "preferred_username": "Ada.Lovelace",
            "groups": ["everybody", "support"],
        }
        self.claims: dict[str, Any] = {}
        """Laid over what a right token says; None takes a claim away."""
        self.userinfo: dict[str, Any] | None = None
        self.spoil: Callable[[Provider, dict[str, Any]], str] | None = None
        """Makes the token itself."""
        self.description: dict[str, Any] = {}
        self.answer: dict[str, Any] = {}
        self.public = False
        """Whether the client has no secret."""
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}/realm"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def settings(self, **more: Any) -> Any:
        from hushdesk.desk import OidcSettings

        roles = (("officers", "privacy-officer"), ("support", "analyst"))
        return OidcSettings(self.issuer, CLIENT, more.pop("roles", roles), **more)

    def browse(self, url: str) -> dict[str, str]:
        """What a browser does whose owner is signed in here: follows the question, and comes back with these parameters."""
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.issuer}/authorize"
        given = {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=True).items()}
        assert given["response_type"] == "code"
        assert given["client_id"] == CLIENT
        assert given["code_challenge_method"] == "S256"
        assert "openid" in given["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = given
        return {"code": code, "state": given["state"], "iss": self.issuer, **self.answer}

    def back(self, url: str) -> str:
        """The address that the browser is sent back to."""
        given = self.browse(url)
        return f"{parse_qs(urlsplit(url).query)['redirect_uri'][0]}?{urlencode(given)}"

    def token(self, given: dict[str, str]) -> str:
        now = int(self.clock())
        claims: dict[str, Any] = {
            **self.person,
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": given["nonce"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.spoil is not None:
            return self.spoil(self, claims)
        return self.sign(claims)

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        head = {"alg": ALGORITHMS[self.key], "kid": self.key, **header}
        return jws.serialize_compact(
            head, json.dumps(claims).encode(), KEYS[self.key], algorithms=list(ALGORITHMS.values())
        )

    def unsigned(self, claims: dict[str, Any]) -> str:
        head = json.dumps({"alg": "none"}).encode()
        return f"{b64(head)}.{b64(json.dumps(claims).encode())}."

    def signed_with_public_key(self, claims: dict[str, Any]) -> str:
        """HS256 with what everybody knows as the secret."""
        import hmac

        public = KEYS["rsa"].as_pem(private=False)
        head = b64(json.dumps({"alg": "HS256", "kid": "rsa", "typ": "JWT"}).encode())
        text = f"{head}.{b64(json.dumps(claims).encode())}"
        return f"{text}.{b64(hmac.digest(public, text.encode(), 'sha256'))}"

    def _describe(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": list(ALGORITHMS.values()),
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
            **({"userinfo_endpoint": f"{self.issuer}/userinfo"} if self.userinfo is not None else {}),
            **self.description,
        }

    def _redeem(self, headers: Any, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        given = self.codes.pop(form.get("code", ""), None)
        challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if given is None or challenge != given["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form.get("redirect_uri") != given["redirect_uri"] or form["grant_type"] != "authorization_code":
            return 400, {"error": "invalid_grant"}
        if not self.public:
            kind, _, basic = headers.get("authorization", "").partition(" ")
            if kind != "Basic" or base64.b64decode(basic).decode() != f"{CLIENT}:{SECRET}":
                return 401, {"error": "invalid_client"}
        elif form.get("client_id") != CLIENT:
            return 401, {"error": "invalid_client"}
        return 200, {
            "access_token": "access-of-test",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self.token(given),
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def say(self, status: int, value: Any) -> None:
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                path = self.path.removeprefix("/realm")
                provider.asked.append(path)
                if path == "/.well-known/openid-configuration":
                    self.say(200, provider._describe())
                elif path == "/keys":
                    rows = [KEYS[name].as_dict(private=False) for name in provider.published]
                    self.say(200, {"keys": [*rows, OctKey.generate_key(256).as_dict()]})
                elif path == "/userinfo" and self.headers["authorization"] == "Bearer access-of-test":
                    self.say(200, provider.userinfo)
                elif path == "/elsewhere":
                    self.send_response(302)
                    self.send_header("location", f"{provider.issuer}/keys")
                    self.send_header("content-length", "0")
                    self.end_headers()
                elif path == "/endless":
                    self.say(200, {"keys": ["x" * 2_000_000]})
                else:
                    self.say(404, {})

            def do_POST(self) -> None:
                provider.asked.append(self.path.removeprefix("/realm"))
                text = self.rfile.read(int(self.headers["content-length"])).decode()
                form = {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}
                self.say(*provider._redeem(self.headers, form))

        return Handler
