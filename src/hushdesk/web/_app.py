"""Builds the application from a desk and its accounts."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from hushdesk._version import __version__
from hushdesk.access import Accounts, Forbidden, OidcClient, RecordBook
from hushdesk.access.reveal import Reveals
from hushdesk.analytics import QueryTooHeavyError
from hushdesk.guard.state import Lookout
from hushdesk.web import (
    _views_account,
    _views_accounts,
    _views_cases,
    _views_check,
    _views_desk,
    _views_factor,
    _views_guard,
    _views_incident,
    _views_persons,
    _views_provider,
    _views_quarantine,
    _views_record,
    _views_reveal,
    _views_sign,
)
from hushdesk.web._checks import LetterChecks
from hushdesk.web._guard import (
    PERMISSIONS,
    NotAllowedError,
    PasswordChangeNeededError,
    SecondFactorNeededError,
    SignInNeededError,
    check_routes,
    guard,
    identify,
)
from hushdesk.web._incidents import Incidents
from hushdesk.web._officer import OfficerSessions
from hushdesk.web._openapi import document
from hushdesk.web._origin import OriginMiddleware
from hushdesk.web._persons import PersonsOf
from hushdesk.web._ports import DeskPort
from hushdesk.web._render import Renderer, json_answer, wants_json
from hushdesk.web._settings import WebSettings
from hushdesk.web._shield import Shield
from hushdesk.web._static import StaticFiles
from hushdesk.web._turns import Turns

_TITLES = {
    400: ("Bad request", "This address cannot be used."),
    403: ("Not allowed", "Your role does not include this."),
    404: ("Not found", "There is nothing at this address."),
    405: ("Not possible", "This address cannot be used in this way."),
    413: ("Too large", "The request is too large."),
    503: ("Too much at once", "The desk cannot answer this now."),
}


def create_app(
    desk: DeskPort,
    accounts: Accounts,
    settings: WebSettings | None = None,
    *,
    lookout: Lookout | None = None,
    incidents: Incidents | None = None,
    checks: LetterChecks | None = None,
    persons: PersonsOf | None = None,
    reveals: Reveals | None = None,
    provider: OidcClient | None = None,
    record: RecordBook | None = None,
) -> FastAPI:
    """Build the application.

    Args:
        desk: Answers searches and reads; sealed data only.
        accounts: Who may sign in, and with which role.
        settings: How the pages behave.
        lookout: Looks at who can reach the stores; None if the desk names no input.
        incidents: The incidents of the desk.
        checks: Confirms check codes of letters to anybody; None unless the desk's owner has switched that page on.
        persons: Requests of persons; without it those pages answer that there is nothing.
        reveals: Opens pseudonyms; None where the pages have no vault behind them.
        provider: Asks the provider of identities that accounts may sign in with; None if the desk names none.
        record: What the record says, for those who may read it.

    Raises:
        UnlistedError: A route names no permission: a mistake in this package.
    """
    settings = settings or WebSettings()
    static = StaticFiles()
    renderer = Renderer(settings, static)
    app = FastAPI(
        title="Hushdesk",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(guard)],
        redirect_slashes=False,
    )
    app.state.accounts = accounts
    app.state.hosts = {name.lower() for name in settings.hosts}
    _views_desk.add_routes(app, desk, renderer)
    _views_cases.add_routes(app, desk, renderer)
    _views_guard.add_routes(app, lookout, renderer)
    _views_incident.add_routes(app, incidents, accounts, renderer)
    _views_check.add_routes(app, checks, renderer)
    _views_record.add_routes(app, record, renderer)
    _views_persons.add_routes(app, persons, accounts, renderer, settings.sign_in_window)
    officers = OfficerSessions()
    _views_quarantine.add_routes(app, desk, accounts, renderer, officers, settings.sign_in_window)
    _views_reveal.add_routes(app, reveals, accounts, renderer)
    door = _views_sign.FrontDoor(accounts, renderer, settings, provider)
    _views_sign.add_routes(app, door, officers.forget)
    _views_provider.add_routes(app, door)
    _views_factor.add_routes(app, accounts, renderer, officers.forget)
    _views_account.add_routes(app, accounts, renderer, officers.forget)
    _views_accounts.add_routes(app, accounts, renderer)

    @app.get("/static/{digest}/{name}", include_in_schema=False)
    def static_file(digest: str, name: str) -> Response:
        found = static.get(digest, name)
        if found is None:
            raise HTTPException(404)
        keep = {"cache-control": "public, max-age=31536000, immutable"}
        return Response(found[0], media_type=found[1], headers=keep)

    @app.get("/.well-known/security.txt", include_in_schema=False)
    def security_txt() -> Response:
        if not settings.security_txt:
            raise HTTPException(404)
        keep = {"cache-control": "public, max-age=3600"}
        return Response(settings.security_txt, media_type="text/plain", headers=keep)

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> Response:
        return json_answer(document(app))

    _handle_errors(app, renderer)
    check_routes(app.routes)
    app.add_middleware(Turns, limits=settings.turns)
    app.add_middleware(OriginMiddleware)
    app.add_middleware(Shield, hosts=app.state.hosts, max_body=settings.max_body)
    return app


def _handle_errors(app: FastAPI, renderer: Renderer) -> None:
    def show(request: Request, status: int, problem: str, remedy: str = "") -> Response:
        title = _TITLES.get(status, ("Not possible", ""))[0]
        if wants_json(request) or request.url.path.endswith(".csv"):
            return json_answer({"error": {"problem": problem, "remedy": remedy}}, status)
        if not hasattr(request.state, "identity"):
            request.state.identity = identify(request)
        return renderer.html(
            request, "error.html", {"title": title, "problem": problem, "remedy": remedy}, status
        )

    @app.exception_handler(SignInNeededError)
    def sign_in_needed(request: Request, _error: Exception) -> Response:
        if wants_json(request) or request.url.path.endswith(".csv"):
            return json_answer({"error": {"problem": "Sign in first.", "remedy": ""}}, 401)
        if request.method != "GET":
            # Back to the page of the form, as far as its address tells.
            page = f"/{request.url.path.split('/')[1]}"
            there = ("GET", page) in PERMISSIONS and not page.startswith("/sign-")
            return RedirectResponse(f"/sign-in?next={page}" if there else "/sign-in", 303)
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(
            "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='/')}", 303
        )

    @app.exception_handler(PasswordChangeNeededError)
    def password_needed(request: Request, error: PasswordChangeNeededError) -> Response:
        if wants_json(request) or request.url.path.endswith(".csv"):
            return show(request, 403, error.problem, error.remedy)
        return RedirectResponse("/password", 303)

    @app.exception_handler(SecondFactorNeededError)
    def factor_needed(request: Request, error: SecondFactorNeededError) -> Response:
        if wants_json(request) or request.url.path.endswith(".csv"):
            return show(request, 403, error.problem, error.remedy)
        return RedirectResponse("/second-factor", 303)

    @app.exception_handler(NotAllowedError)
    def not_allowed(request: Request, error: NotAllowedError) -> Response:
        return show(request, 403, error.problem, error.remedy)

    @app.exception_handler(Forbidden)
    def forbidden(request: Request, error: Forbidden) -> Response:
        return show(request, 403, error.problem, error.remedy)

    @app.exception_handler(QueryTooHeavyError)
    def too_heavy(request: Request, error: QueryTooHeavyError) -> Response:
        return show(request, 503, error.problem, error.remedy)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, _error: Exception) -> Response:
        # The library's own answer repeats what was sent.
        return show(request, 400, _TITLES[400][1])

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return show(request, status, _TITLES.get(status, ("", "This is not possible."))[1])
