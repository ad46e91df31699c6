"""The officer's pages for a person who asks: find, the file, erasure.

Identifiers come in the body of posted forms and go out in the answer to them alone: none is ever in an address, a history, a
cache or a line of the log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import FastAPI, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hushdesk.access import Accounts
from hushdesk.desk import CasePolicy, NameAlone, NobodyFound, SeveralPersons
from hushdesk.errors import HushdeskError
from hushdesk.web._guard import identity_of
from hushdesk.web._limits import RateLimit
from hushdesk.web._persons import PersonsOf, PersonsPort
from hushdesk.web._render import Renderer
from hushdesk.web._sessions import ours

_LONGEST: Final = 5_000
_MOST_MISSES: Final = 30
"""So many searches that find nobody within the window: an officer mistypes, somebody who guesses goes on."""
_OLD_FORM: Final = "This form was too old. Please try again."
_WORD: Final = "erase"

Step = Callable[[PersonsPort, list[str], list[int]], Response]


def add_routes(
    routes: FastAPI, persons: PersonsOf | None, accounts: Accounts, renderer: Renderer, window: float
) -> None:
    """Add the routes of this module."""
    limit = RateLimit(window)

    def page(request: Request, status: int = 200, **values: Any) -> Response:
        # Never as JSON: what is shown here is for one pair of eyes.
        usual = {"typed": "", "found": None, "preview": None, "done": None, "problem": "", "cases": ""}
        return renderer.html(request, "persons.html", {**usual, "word": _WORD, **values}, status)

    def choose(request: Request, port: PersonsPort, typed: str, lines: list[str], problem: str) -> Response:
        try:
            return page(request, 409, typed=typed, found=port.find(lines), problem=problem)
        except HushdeskError as error:
            return page(request, 409, typed=typed, problem=_said(error))

    def step(
        request: Request, token: str, identifiers: str, chosen: list[str] | None, take: Step
    ) -> Response:
        if persons is None:
            raise HTTPException(404)
        if not ours(accounts, request, token):
            return page(request, 403, typed=identifiers[:_LONGEST], problem=_OLD_FORM)
        name = identity_of(request).name
        wait = limit.wait([(name, _MOST_MISSES)])
        if wait > 0:
            response = page(request, 429, problem="Too many searches found nobody. Wait some minutes.")
            response.headers["retry-after"] = str(int(wait) + 1)
            return response
        typed = identifiers[:_LONGEST]
        lines = [line.strip() for line in typed.splitlines() if line.strip()]
        port = persons(name)
        try:
            return take(port, lines, _numbers(chosen or []))
        except SeveralPersons:
            several = "These identifiers belong to several persons: choose who is meant."
            return choose(request, port, typed, lines, several)
        except NameAlone as error:
            # Too many have it, or nobody was chosen.
            return choose(request, port, typed, lines, _said(error))
        except HushdeskError as error:
            if isinstance(error, NobodyFound):
                limit.fail([name])
            return page(request, 409, typed=typed, problem=_said(error))

    @routes.get("/persons", include_in_schema=False)
    def show(request: Request) -> Response:
        return page(
            request, problem="" if persons is not None else "Requests of persons are not answered here."
        )

    @routes.post("/persons/find", include_in_schema=False)
    def find(
        request: Request, identifiers: Annotated[str, Form()] = "", token: Annotated[str, Form()] = ""
    ) -> Response:
        def take(port: PersonsPort, lines: list[str], _chosen: list[int]) -> Response:
            return page(request, typed="\n".join(lines), found=port.find(lines))

        return step(request, token, identifiers, None, take)

    @routes.post("/persons/export", include_in_schema=False)
    def export(
        request: Request,
        identifiers: Annotated[str, Form()] = "",
        person: Annotated[list[str] | None, Form()] = None,
        internal: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        def take(port: PersonsPort, lines: list[str], chosen: list[int]) -> Response:
            made = port.export(lines, chosen, internal=internal == "yes")
            name = f"person-{made.persons[0]}.zip"
            return Response(
                made.data,
                media_type="application/zip",
                headers={"content-disposition": f'attachment; filename="{name}"'},
            )

        return step(request, token, identifiers, person, take)

    @routes.post("/persons/preview", include_in_schema=False)
    def preview(
        request: Request,
        identifiers: Annotated[str, Form()] = "",
        person: Annotated[list[str] | None, Form()] = None,
        cases: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        def take(port: PersonsPort, lines: list[str], chosen: list[int]) -> Response:
            plan = port.preview(lines, chosen, cases=_policy(cases))
            return page(request, typed="\n".join(lines), preview=plan, cases=cases)

        return step(request, token, identifiers, person, take)

    @routes.post("/persons/erase", include_in_schema=False)
    def erase(
        request: Request,
        identifiers: Annotated[str, Form()] = "",
        person: Annotated[list[str] | None, Form()] = None,
        cases: Annotated[str, Form()] = "",
        confirm: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        def take(port: PersonsPort, lines: list[str], chosen: list[int]) -> Response:
            if confirm.strip().lower() != _WORD:
                plan = port.preview(lines, chosen, cases=_policy(cases))
                problem = f"Nothing was erased: write “{_WORD}” to confirm."
                return page(request, 400, typed="\n".join(lines), preview=plan, cases=cases, problem=problem)
            # The identifiers are not shown again: they are gone.
            return page(request, done=port.erase(lines, chosen, cases=_policy(cases)).to_json())

        return step(request, token, identifiers, person, take)


def _policy(cases: str) -> CasePolicy | None:
    return CasePolicy(cases) if cases in list(CasePolicy) else None


def _said(error: HushdeskError) -> str:
    problem = f"{error.problem} {error.remedy}".strip()
    return problem[:1].upper() + problem[1:]


def _numbers(chosen: list[str]) -> list[int]:
    numbers = [one for each in chosen for one in each.split(",")]
    return [int(one) for one in numbers if one.isascii() and one.isdigit() and len(one) < 18]
