"""The incident's page in a browser: the answer on the first screen, the timeline, terms that count, a look at one address."""

from __future__ import annotations

import threading

import pytest

pytestmark = pytest.mark.browser

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGE = "/incident/december-2019"
OFFICER = "privacy-officer"


def violations(page, only):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    found = axe.Axe().run(page, options={"runOnly": only, "resultTypes": ["violations"]})
    return [
        f"{each['id']}: {node['html'][:160]}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(
    ("scheme", "width", "only"),
    [
        ("light", 1440, STANDARDS),
        pytest.param("dark", 1440, ["color-contrast"], marks=pytest.mark.slow),
        ("light", 320, ["target-size", "color-contrast", "link-name", "scrollable-region-focusable"]),
    ],
    ids=["light", "dark", "narrow"],
)
def test_pages_have_no_violation_and_fit(visit, scheme, width, only):
    page = visit(OFFICER, path="/incident", color_scheme=scheme, width=width, expect=["400 (Bad Request)"])
    found = {}
    for path in ("/incident", PAGE, f"{PAGE}/visitor/198.51.100.9", f"{PAGE}/visitor/nobody", "/check"):
        page.goto(path)
        for closed in page.locator("main summary").all():
            if closed.is_visible():
                closed.click()
        found[path] = violations(page, only)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert {path: each for path, each in found.items() if each} == {}


def test_the_answer_is_on_the_first_screen(visit):
    page = visit(OFFICER, path=PAGE, width=1280, height=760)
    for text in (
        "Stood open",
        "Cases taken",
        "Persons concerned",
        "Severity",
        "Next duty",
        "What logs could see",
    ):
        box = page.get_by_text(text, exact=True).first.bounding_box()
        assert box["y"] + box["height"] <= 760, text
    assert "<img src=x" in page.inner_text("h1")
    assert page.title() != "owned"
    assert page.locator("main img, main script").count() == 0


def test_lanes_stand_in_one_column_and_bars_in_their_time(visit):
    page = visit(OFFICER, path=PAGE)
    plots = [plot.bounding_box() for plot in page.locator(".plot").all()]
    assert len({(box["x"], box["width"]) for box in plots}) == 1
    bars = page.locator(".lane-visitor .bar:not(.within)")
    exposed = page.locator(".lane-opening .bar.open").first.bounding_box()
    for bar in bars.all():
        box = bar.bounding_box()
        assert box["width"] >= 2.5
        assert exposed["x"] <= box["x"] <= exposed["x"] + exposed["width"]
    # What nobody could have seen is hatched: a pattern, and no colour alone.
    assert page.locator(".lane-coverage .cover-unseen").first.get_attribute("fill") == "url(#unseen)"
    heights = {
        css: page.locator(f".lane-coverage .cover-{css}").first.bounding_box()["height"]
        for css in ("seen", "counted", "asked")
    }
    assert heights["seen"] < heights["counted"] < heights["asked"]


def test_terms_go_on_counting(visit):
    page = visit(OFFICER, path="/help")
    page.clock.install()
    page.goto(PAGE)
    term = page.locator('.dues [data-left="172800"]')
    assert term.inner_text() == "2 d 0 h 0 min"
    page.clock.run_for(90_000)
    assert term.inner_text() == "1 d 23 h 58 min"
    assert page.locator('.dues [data-left="-21600"]').inner_text() == "overdue by 6 h 1 min"


def test_working_it_out_says_when_it_is_done(visit, port):
    go = threading.Event()
    kept, plain = port.answer, port.status

    def slow(ident):
        assert go.wait(60)
        return kept

    port.status = slow
    try:
        page = visit(OFFICER, path=PAGE)
        page.click("text=Work it out anew")
        page.locator("[data-work]").wait_for()
        assert page.url.endswith(PAGE)
        assert "Being worked out since" in page.inner_text("[data-work]")
        go.set()
        page.get_by_text("Show it").wait_for()
        page.click("text=Show it")
        page.locator("text=Work it out anew").wait_for()
    finally:
        go.set()
        port.status = plain


def test_it_works_without_script_and_from_the_keyboard(visit):
    page = visit(OFFICER, path="/incident", java_script_enabled=False)
    page.click("main table a")
    page.fill("#address", "198.51.100.9")
    page.press("#address", "Enter")
    page.wait_for_url("**/visitor?address=198.51.100.9")
    assert "unknown" in page.inner_text(".big-verdict")
    assert "never “no”" in page.inner_text("main")
    page.goto(PAGE)
    page.locator(".timeline summary").press("Enter")
    assert page.locator(".timeline table").is_visible()


def test_print_leaves_the_answer_and_no_buttons(visit):
    page = visit(OFFICER, path=PAGE)
    page.emulate_media(media="print")
    assert not page.locator(".top").is_visible()
    assert not page.get_by_text("Work it out anew").is_visible()
    assert page.locator(".tiles").is_visible()
    assert page.locator(".timeline").is_visible()


def test_anybody_has_a_letter_checked(visit):
    page = visit(None, path="/check", width=320, locale="en-GB", java_script_enabled=False)
    assert page.locator(".top").count() == 0
    page.keyboard.press("Tab")
    page.fill("#code", "GOOD")
    page.click("button.primary")
    assert page.locator("html").get_attribute("lang") == "fr"
    assert "Cette lettre vient de nous." in page.inner_text("#answer")
    assert "14 fois" in page.inner_text("#answer")
    assert "code" not in page.url
    page.fill("#code", "FOREIGN")
    page.click("button.primary")
    assert "No letter of ours has this code." in page.inner_text("#answer")


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.slow), "dark"])
def test_each_answer_of_the_check_has_no_violation(visit, scheme):
    page = visit(None, path="/check", color_scheme=scheme, locale="en-GB")
    for code in ("GOOD", "FOREIGN", "OTHER"):
        page.fill("#code", code)
        page.click("button.primary")
        assert page.locator("#answer").is_visible()
        assert violations(page, STANDARDS) == []
