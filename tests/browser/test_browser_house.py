"""The pages of accounts, officers and viewers in a browser: no violation, nothing that sticks out, and all of it by keyboard."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.browser

NARROW = ["target-size", "color-contrast", "link-name"]
STICKS_OUT = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
REASON = "The court asks whose line this is, order 12/2019."


def ask(house):
    """A request that waits, of the first officer."""
    officer = house.accounts.by_name("privacy-officer")
    return house.reveals.ask(officer.id, token=house.token, case=house.case, reason=REASON)


def withdraw(house, request):
    house.reveals.refuse(request.id, house.accounts.by_name("privacy-officer").id)


def tab_to(page, selector, most=80):
    """Go on with the tabulator until what is wanted has the focus, which must be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            seen = page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement);"
                " return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0; }"
            )
            assert seen, f"no focus is seen on {selector}"
            return
    pytest.fail(f"{selector} is not reached by keyboard")


@pytest.mark.parametrize(
    ("scheme", "width", "only"),
    [
        ("light", 1280, ()),
        pytest.param("dark", 1280, ["color-contrast"], marks=pytest.mark.slow),
        pytest.param("light", 360, NARROW, marks=pytest.mark.slow),
    ],
    ids=["light", "dark", "narrow"],
)
def test_no_page_of_accounts_and_officers_has_a_violation(
    visit_house, violations, house, scheme, width, only
):
    """At 360 pixels, which are 200 % of 720 as well, nothing sticks out of the page either."""
    found = {}
    request = ask(house)

    def look(page, name):
        problems = violations(page, only)
        if page.evaluate(STICKS_OUT) > 0:
            problems.append("sticks out of the page")
        if problems:
            found[name] = problems

    def walk(name, *paths, expect=()):
        page = visit_house(name, color_scheme=scheme, width=width, path=paths[0], expect=expect)
        look(page, (name, paths[0]))
        for path in paths[1:]:
            page.goto(path)
            look(page, (name, path))
        return page

    page = walk("analyst", "/account", "/second-factor", "/nothing", "/record", expect=["404", "403"])
    page.goto("/account")
    page.fill("#label", "a report")
    page.locator("[name=scope]").first.check()
    page.locator(".token-form button").click()
    page.locator(".notice .secret").wait_for()
    look(page, "a token is shown")
    page = walk("admin", "/accounts")
    page.locator("details summary").first.click()
    look(page, "accounts, one unfolded")
    page.locator("button[value=disable]").first.click()
    page.locator(".sure").wait_for()
    look(page, "asked first")
    page = walk("second", "/reveal")
    page.locator(".reveal-one [name=password]").fill("wrong")
    page = walk(
        "privacy-officer", "/reveal", f"/reveal?pseudonym={house.token}&case={house.case}", "/persons"
    )
    page.fill("#identifiers", "Quillon, Ada")
    page.locator("form .primary").click()
    page.locator("[name=person]").first.check()
    look(page, "found by a name")
    page.fill("#identifiers", "Ada.Quillon (at) example dot org")
    page.locator("form .primary").click()
    page.locator("[name=person]").first.check()
    page.locator(".notice").first.wait_for(state="detached")
    page.locator("button[formaction]").click()
    page.locator("#confirm").wait_for()
    look(page, "erase?")
    walk(
        "privacy-officer",
        "/record",
        f"/record/case/{house.case}",
        "/record/account/analyst",
        "/record/exports",
        "/record/exports?from=2001&to=2001",
    )
    walk(
        "viewer",
        "/cases",
        "/cases?q=product:Router",
        "/cases?q=zebra",
        f"/cases/{house.case}",
        expect=["400", "403"],
    )
    withdraw(house, request)
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_no_step_of_signing_in_has_a_violation(visit_house, violations, house, scheme):
    page = visit_house(None, path="/sign-in", color_scheme=scheme, expect=["401"])
    page.fill("#name", "factor")
    page.fill("#password", house.password_of("factor"))
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    assert violations(page) == []
    page.fill("#code", "no code")
    page.keyboard.press("Enter")
    page.locator("[role=alert]").wait_for()
    assert violations(page) == []


def test_a_reveal_goes_by_keyboard_alone(visit_house, violations, house):
    first = visit_house(
        "privacy-officer", path=f"/reveal?pseudonym={house.token}", expect=["/open failed", "ERR_CACHE_MISS"]
    )
    tab_to(first, "#case")
    first.keyboard.type(house.case)
    tab_to(first, "#reason")
    first.keyboard.type(REASON)
    tab_to(first, ".reveal-ask button")
    first.keyboard.press("Enter")
    first.locator(".rs-waiting").wait_for()
    second = visit_house("second", path="/reveal", expect=["401"])
    for word in ("a wrong one", house.password_of("second")):
        tab_to(second, ".reveal-one [name=password]")
        second.keyboard.type(word)
        second.keyboard.press("Enter")
        second.locator("[role=alert], .rs-approved").first.wait_for()
    assert second.locator(".rs-approved").count() == 1
    first.goto("/reveal")
    tab_to(first, ".reveal-one [name=password]")
    first.keyboard.type(house.password_of("privacy-officer"))
    first.keyboard.press("Enter")
    opened = first.locator("[data-opened]")
    opened.wait_for()
    assert "ada.quillon@example.org" in opened.inner_text()
    assert violations(first) == []
    # Not on paper, not by going back, not by a reload.
    first.emulate_media(media="print")
    assert not opened.is_visible()
    first.emulate_media(media="screen")
    tab_to(first, ".crumbs a")
    first.keyboard.press("Enter")
    first.wait_for_url("**/reveal")
    with pytest.raises(Exception, match="ERR_CACHE_MISS"):
        first.go_back()


@pytest.mark.slow
def test_accounts_go_by_keyboard_alone(visit_house, house):
    page = visit_house("admin", path="/accounts")
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    tab_to(page, "details[open] select")
    name = re.sub("^Role of ", "", page.evaluate("document.activeElement.getAttribute('aria-label')"))
    before = house.accounts.by_name(name).role
    page.keyboard.press("ArrowDown")
    tab_to(page, "details[open] button[value=role]")
    page.keyboard.press("Enter")
    page.locator(".sure").wait_for()
    assert house.accounts.by_name(name).role is before
    tab_to(page, ".sure .danger")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts")
    assert house.accounts.by_name(name).role is not before
    house.accounts.set_role(house.accounts.by_name(name).id, before)
    tab_to(page, "#name")
    page.keyboard.type("by-keyboard")
    page.keyboard.press("Enter")
    page.locator(".notice .secret").wait_for()
    assert house.accounts.by_name("by-keyboard").must_change_password


def test_a_recovery_code_page_and_lists_print_whole(visit_house, house):
    """What an officer prints for a file: tables are not cut off at the side."""
    page = visit_house("privacy-officer", path="/record", width=800)
    page.emulate_media(media="print")
    assert page.locator(".top").is_hidden()
    cut = page.evaluate(
        "() => [...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert cut == 0
