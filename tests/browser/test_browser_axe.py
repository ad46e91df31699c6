from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def violations(page) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    # axe is put in through the debugger, which the policy of the page does not concern.
    found = axe.Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    return [
        f"{each['id']}: {node['html'][:160]}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_pages_have_no_violation(visit, scheme, width):
    page = visit(color_scheme=scheme, width=width, expect=["400 (Bad Request)"])
    case = page.locator("[data-open]").first.get_attribute("href")
    found = {}
    for path in (
        "/cases",
        "/cases?q=router&f.country=US&from=2006&to=2016",
        "/cases?q=zzz",
        "/cases?q=(a",
        case,
        "/cases?f.language=ar",
        "/loads",
        "/loads/1",
        "/loads/2",
        "/status",
        "/help",
        "/password",
    ):
        page.goto(path)
        if "cases" in path and path.count("/") == 1 and width > 1300 and page.locator("[data-open]").count():
            page.keyboard.press("j")
            page.locator(".pane .case").wait_for()
        found[path] = violations(page)
    page.goto("/cases")
    page.click(".syntax summary")
    found["syntax"] = violations(page)
    assert {path: each for path, each in found.items() if each} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_has_no_violation(visit, scheme):
    page = visit(None, path="/sign-in", color_scheme=scheme, expect=["401 (Unauthorized)"])
    assert violations(page) == []
    page.fill("#name", "lead")
    page.fill("#password", "wrong")
    page.click(".stack button")
    page.locator("[role=alert]").wait_for()
    assert violations(page) == []
