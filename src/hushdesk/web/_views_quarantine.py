"""The officer's pages: what is in quarantine, one entry of it, and what is decided about its findings.

An entry is only ever shown in answer to a posted form: nothing that leads to one is in an address, a history or a cache.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from hushdesk.access import Accounts
from hushdesk.desk import NoSuchEntry, OpenedEntry, Resolution
from hushdesk.errors import HushdeskError
from hushdesk.vault import KeysRefusedError, OfficerKey, Share, SharesError
from hushdesk.web._guard import identity_of
from hushdesk.web._limits import RateLimit
from hushdesk.web._officer import IDLE, OfficerSessions, OfficerShares
from hushdesk.web._ports import DeskPort
from hushdesk.web._render import Page, Renderer
from hushdesk.web._sessions import ours, session_secret

_LONGEST = 200
_MOST_LISTED = 500
_TRIES = 10
_OLD_FORM = "This form was too old. Please try again."
_LOCKED = "Unlock the quarantine first: the time since the passphrase was given is up."

Step = Callable[[int, OfficerKey, str], Response]


def add_routes(
    routes: FastAPI,
    desk: DeskPort,
    accounts: Accounts,
    renderer: Renderer,
    officers: OfficerSessions,
    window: float,
) -> None:
    """Add the routes of this module."""
    limit = RateLimit(window)
    entered = OfficerShares()

    def listing(request: Request, problem: str = "", notice: str = "", status: int = 200) -> Response:
        every = desk.review(identity_of(request)).entries()
        # What waits comes first, and a page stays a page.
        entries = sorted(every, key=lambda entry: not entry.open)[:_MOST_LISTED]
        extra = {
            "hidden": len(every) - len(entries),
            "unlocked": officers.unlocked(session_secret(request)),
            "minutes": round(IDLE / 60),
            "doors": desk.review(identity_of(request)).doors(),
            "problem": problem,
            "notice": notice,
        }
        return renderer.answer(request, Page("quarantine.html", {"entries": entries}, extra, status))

    def entry_page(request: Request, opened: OpenedEntry, problem: str = "", status: int = 200) -> Response:
        # Never as JSON: what is shown here is for one pair of eyes.
        values = {"opened": opened, "entry": opened.entry, "problem": problem}
        return renderer.html(request, "quarantine_entry.html", values, status)

    def officer(request: Request, token: str, entry: str, step: Step) -> Response:
        """Take a step that needs the officer's key, or say why it cannot be taken."""
        if not ours(accounts, request, token):
            return listing(request, _OLD_FORM, status=403)
        key = officers.get(session_secret(request))
        if key is None:
            return listing(request, _LOCKED, status=403)
        if not (entry.isascii() and entry.isdigit() and len(entry) < 10):
            raise HTTPException(404)
        try:
            return step(int(entry), key, identity_of(request).name)
        except NoSuchEntry:
            raise HTTPException(404) from None
        except HushdeskError as error:
            return listing(request, f"{error.problem} {error.remedy}".strip(), status=409)

    def by_share(request: Request, name: str, text: str) -> OfficerKey | None:
        """The officer's key, once as many different officers as needed have entered a share each; else None."""
        share = Share.read(text)
        split = share.split.hex()
        if split not in {known for known, _, _ in desk.review(identity_of(request)).doors().splits}:
            raise SharesError("it is of another split, which counts no more")
        together = entered.add(split, name, text)
        if len(together) < share.threshold:
            return None
        # Right or not: they are entered anew the next time.
        entered.forget(split)
        return desk.review(identity_of(request)).unlock_with_shares(together)

    @routes.get("/quarantine", include_in_schema=False)
    @routes.get("/quarantine.json", summary="List the quarantine, without what is in it")
    def show_list(request: Request) -> Response:
        return listing(request)

    @routes.post("/quarantine/unlock", include_in_schema=False)
    def unlock(
        request: Request,
        passphrase: Annotated[str, Form()] = "",
        share: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        if not ours(accounts, request, token):
            return listing(request, _OLD_FORM, status=403)
        name = identity_of(request).name
        wait = limit.wait([(name, _TRIES)])
        if wait > 0:
            response = listing(request, "Too many tries. Wait some minutes, then try again.", status=429)
            response.headers["retry-after"] = str(int(wait) + 1)
            return response
        try:
            key = (
                by_share(request, name, share[:_LONGEST])
                if share
                else desk.review(identity_of(request)).unlock(passphrase[:_LONGEST])
            )
        except KeysRefusedError:
            limit.fail([name])
            return listing(request, "The passphrase is wrong.", status=401)
        except SharesError as error:
            limit.fail([name])
            return listing(request, error.problem, status=401)
        except HushdeskError as error:
            return listing(request, f"{error.problem} {error.remedy}".strip(), status=409)
        if key is None:
            return listing(
                request,
                notice=f"Your share is held for {round(IDLE / 60)} minutes. Another officer enters theirs, and can open entries then.",
            )
        officers.put(session_secret(request), key)
        return RedirectResponse("/quarantine", 303)

    @routes.post("/quarantine/lock", include_in_schema=False)
    def lock(request: Request, token: Annotated[str, Form()] = "") -> Response:
        if not ours(accounts, request, token):
            return listing(request, _OLD_FORM, status=403)
        officers.forget(session_secret(request))
        return RedirectResponse("/quarantine", 303)

    @routes.post("/quarantine/{entry}", include_in_schema=False)
    def show_entry(request: Request, entry: str, token: Annotated[str, Form()] = "") -> Response:
        def step(index: int, key: OfficerKey, _by: str) -> Response:
            return entry_page(request, desk.review(identity_of(request)).open(index, key))

        return officer(request, token, entry, step)

    @routes.post("/quarantine/{entry}/decide", include_in_schema=False)
    def decide(
        request: Request,
        entry: str,
        finding: Annotated[str, Form()] = "",
        decision: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        def step(index: int, key: OfficerKey, by: str) -> Response:
            review = desk.review(identity_of(request))
            if decision not in {"confirm", "reject"}:
                return entry_page(request, review.open(index, key), "Confirm or reject.", 400)
            try:
                opened = review.decide(index, [finding], key, personal=decision == "confirm", by=by)
            except NoSuchEntry:
                return entry_page(request, review.open(index, key), "This finding is no longer there.", 409)
            except HushdeskError as error:
                return entry_page(request, review.open(index, key), f"{error.problem} {error.remedy}", 409)
            return entry_page(request, opened)

        return officer(request, token, entry, step)

    @routes.post("/quarantine/{entry}/release", include_in_schema=False)
    def release(request: Request, entry: str, token: Annotated[str, Form()] = "") -> Response:
        def step(index: int, key: OfficerKey, by: str) -> Response:
            review = desk.review(identity_of(request))
            released = review.release(index, key, by=by)
            if released.stays:
                return entry_page(
                    request, review.open(index, key), f"It stays in quarantine: {released.reason}.", 409
                )
            if released.state is Resolution.SUPERSEDED:
                return listing(
                    request, notice=f"Entry {index} is closed: the store has a version that is not older."
                )
            return listing(request, notice=f"Entry {index} is sealed and stored.")

        return officer(request, token, entry, step)

    @routes.post("/quarantine/{entry}/dismiss", include_in_schema=False)
    def dismiss(request: Request, entry: str, token: Annotated[str, Form()] = "") -> Response:
        def step(index: int, _key: OfficerKey, by: str) -> Response:
            desk.review(identity_of(request)).dismiss(index, by=by)
            return listing(request, notice=f"Entry {index} is closed. Nothing of it was stored.")

        return officer(request, token, entry, step)
