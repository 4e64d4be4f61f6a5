"""The identity of a person, from the system or an OpenID provider; one person is not two."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.verification import verify_ledger
from linernotes.statements import (
    approve,
    draft,
    issue,
    person_of_a_token,
    person_of_the_system,
    persons,
)
from tests.fixtures.published_warehouse import Line, Statement, publish

MONTH, CLIENT = "2026-06", "linernotes-house"


class Provider:
    """The public documents of an OpenID provider on loopback, and its key."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
        documents: dict[str, Any] = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps(documents[self.path]).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        documents["/metadata"] = {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256"],
        }
        documents["/keys"] = {"keys": [self.key.as_dict(private=False)]}
        Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, key: Any = None, algorithm: str = "RS256", **claims: Any) -> str:
        reported = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "42",
            "exp": int(time.time()) + 60,
            "email": "ada@example.org",
        }
        return jwt.encode({"alg": algorithm, "kid": "k1"}, reported | claims, key or self.key)


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    found = Provider()
    yield found
    found.server.shutdown()


@pytest.fixture
def settings(tmp_path: Path, provider: Provider) -> Settings:
    return Settings(
        home=tmp_path / "home",
        login_metadata_url=f"{provider.url}/metadata",
        login_client_id=CLIENT,
    )


def written(folder: Path, token: str) -> Path:
    file = folder / "token"
    file.write_text(token + "\n")
    return file


def test_token_of_the_provider_says_who_somebody_is(
    provider: Provider, settings: Settings, tmp_path: Path
) -> None:
    person = person_of_a_token(settings, written(tmp_path, provider.token()))

    assert person.name == "ada@example.org"
    assert person.identity == f"openid:{provider.url}#42"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1_000},
        {"aud": "another"},
        {"iss": "https://elsewhere.example"},
        {"sub": None},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_token_with_a_wrong_claim_says_nothing(
    provider: Provider, settings: Settings, tmp_path: Path, claims: dict[str, Any]
) -> None:
    with pytest.raises(LinernotesError, match="does not identify you"):
        person_of_a_token(settings, written(tmp_path, provider.token(**claims)))


def test_token_that_somebody_else_has_signed_says_nothing(
    provider: Provider, settings: Settings, tmp_path: Path
) -> None:
    """Nor is one accepted that is signed with a shared secret, whatever the provider offers."""
    other = RSAKey.generate_key(2048, {"kid": "k1"})
    shared = OctKey.generate_key(256)

    for forged in (
        provider.token(other),
        provider.token(shared, "HS256"),
        "no token",
    ):
        with pytest.raises(LinernotesError, match="does not identify you"):
            person_of_a_token(settings, written(tmp_path, forged))


def test_person_of_the_system_is_who_has_logged_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sudo` or another name in the environment does not change the person."""
    monkeypatch.setenv("LOGNAME", "somebody")
    login = tmp_path / "loginuid"
    monkeypatch.setattr(persons, "LOGIN_UID", login)
    for number in ("0", str(persons.NOBODY_LOGGED_IN)):
        login.write_text(number)
        monkeypatch.setattr("os.getuid", lambda: 0)

        assert person_of_the_system() == persons.Person("root", "user:root")


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home")
    publish(settings, Statement("tune", "tune-master", [Line("a", "10.00")]))
    return settings


def test_one_identity_under_two_names_may_not_do_both(home: Settings) -> None:
    draft(home, MONTH, by="linernotes schedule", identity="user:ada")

    with pytest.raises(LinernotesError, match=r"Ben \(user:ada\) drafted .* cannot approve"):
        approve(home, MONTH, by="Ben", identity="user:ada")

    approve(home, MONTH, by="Ben", identity="user:ben")
    issued = issue(home, MONTH)
    assert {one.drafted_identity for one in issued.statements} == {"user:ada"}
    assert {one.approved_identity for one in issued.statements} == {"user:ben"}
    assert verify_ledger(home) == []


def test_approval_whose_identity_was_changed_is_not_issued(home: Settings) -> None:
    draft(home, MONTH, by="Ada", identity="user:ada")
    approve(home, MONTH, by="Ben", identity="user:ben")
    for file in (home.ledger_root / "approvals").rglob("*.json"):
        file.write_text(file.read_text().replace("user:ben", "user:ada"))

    with pytest.raises(LinernotesError, match="user:ada approved it and drafted it as well"):
        issue(home, MONTH)
