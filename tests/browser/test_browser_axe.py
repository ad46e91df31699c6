from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("scheme", "width", "only"),
    # Dark differs from light in colours alone; narrow from wide in the places of things.
    [
        ("light", 1440, ()),
        pytest.param("dark", 1440, ["color-contrast"], marks=pytest.mark.slow),
        ("light", 360, ["target-size", "color-contrast", "link-name"]),
    ],
    ids=["light", "dark", "narrow"],
)
def test_pages_have_no_violation(visit, violations, scheme, width, only):
    page = visit(color_scheme=scheme, width=width, expect=["400 (Bad Request)"])
    case = page.locator("[data-open]").first.get_attribute("href")
    found = {}
    for path in (
        "/cases?q=zzz",
        "/cases?q=(a",
        case,
        "/cases?f.language=ar&from=2006&to=2018",
        "/loads",
        "/loads/1",
        "/certificate",
        "/status",
        "/help",
        "/password",
    ):
        page.goto(path)
        found[path] = violations(page, only)
    page.goto("/cases?q=router")
    if width > 1300:
        page.keyboard.press("j")
        page.locator(".pane .case").wait_for()
    page.click(".syntax summary")
    found["list, pane and syntax"] = violations(page, only)
    assert {path: each for path, each in found.items() if each} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_has_no_violation(visit, violations, scheme):
    page = visit(None, path="/sign-in", color_scheme=scheme, expect=["401 (Unauthorized)"])
    page.fill("#name", "nobody")
    page.fill("#password", "wrong")
    page.click(".stack button")
    page.locator("[role=alert]").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_officers_page_has_no_violation(visit, violations, scheme):
    page = visit("privacy-officer", path="/quarantine", color_scheme=scheme)
    assert page.locator("#passphrase").count() == 1
    assert violations(page) == []
