"""The whole API by its own document, asked by a machine as everybody: no fault, and no answer that the document does not name."""

from __future__ import annotations

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from hushdesk.access import SESSION_ONLY, Role
from hushdesk.web._guard import PERMISSIONS

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def api(house):
    """The document as the application gives it, and everybody who may ask."""
    house.told = house.ask("GET", "/openapi.json", house.session("viewer")).json()
    house.schema = schemathesis.openapi.from_asgi(
        "/openapi.json", house.app, headers={**house.session("viewer"), "host": "localhost"}
    )
    house.callers = {"nobody": {}} | {role.value: house.session(role.value) for role in Role}
    for role in Role:
        if role.permissions - SESSION_ONLY:
            house.callers[f"token of {role.value}"] = house.token(role.value)[1]
    return house


def test_every_twin_is_in_the_document_with_its_answers(api):
    told = api.told
    twins = {path for method, path in PERMISSIONS if method == "GET" and path.endswith((".json", ".csv"))}
    assert set(told["paths"]) == twins - {"/openapi.json"}
    for path, operations in told["paths"].items():
        assert set(operations) == {"get"}, path
        (operation,) = operations.values()
        assert operation["summary"]
        assert {"200", "400", "401", "403", "404", "429"} <= set(operation["responses"]), path
        assert "422" not in operation["responses"], path
        for status, answer in operation["responses"].items():
            assert answer["description"], (path, status)
            assert answer["content"], (path, status)
    assert set(told["components"]["securitySchemes"]) == {"session", "token"}
    assert "quibblezorv" not in json.dumps(told)


def operations(schema):
    return [found.ok() for found in schema.get_all_operations()]


def ask(api, operation, case, who) -> None:
    answer = case.call(headers={**api.callers[who], "host": "localhost"})
    case.validate_response(answer, checks=CHECKS)
    assert answer.headers["x-content-type-options"][0] == "nosniff"
    if who == "nobody":
        assert answer.status_code in {400, 401}, (operation.path, answer.status_code)


def search(api, examples: int) -> int:
    """Ask each operation with so many cases, each as somebody; returns how many were asked."""
    asked = [0]
    for operation in operations(api.schema):
        by_chance(api, operation, examples, asked)()
    return asked[0]


def by_chance(api, operation, examples: int, asked: list[int]):
    @settings(
        max_examples=examples, deadline=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck), database=None,
    )  # fmt: skip
    @given(case=operation.as_strategy(), who=st.sampled_from(sorted(api.callers)))
    def one(case, who):
        asked[0] += 1
        ask(api, operation, case, who)

    return one


def test_any_question_of_anybody_is_answered_as_the_document_says(api):
    found = operations(api.schema)
    assert len(found) >= 14
    # Everybody once with what the document's own examples are, then by chance.
    assert search(api, 8) >= 4 * len(found)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_questions(api):
    assert search(api, 250) > 1_000


def test_what_is_there_is_answered_to_everybody_as_the_document_says(api, houses):
    """Not by chance alone: addresses that lead to something, by everybody."""
    for operation in operations(api.schema):
        for who in sorted(api.callers):
            values = dict(parameters(api, houses, operation.path).items())
            case = operation.Case(path_parameters=values)
            ask(api, operation, case, who)


def parameters(api, houses, path: str) -> dict[str, str]:
    filled = houses.fill(api, path)
    names = [part[1:-1] if part.startswith("{") else "" for part in path.removesuffix(".json").split("/")]
    return {
        name: value
        for name, value in zip(names, filled.removesuffix(".json").split("/"), strict=True)
        if name
    }
