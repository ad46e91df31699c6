from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.browser


def total(page) -> int:
    return int(re.search(r"of ([\d,]+)", page.inner_text("#count"))[1].replace(",", ""))


def test_sign_in_search_read_sign_out(visit, double):
    page = visit(None, path="/cases?sort=oldest")
    assert "/sign-in" in page.url
    page.keyboard.type("lead")
    page.fill("#password", double.password_of("lead"))
    page.click(".stack button")
    page.wait_for_url("**/cases?sort=oldest")
    everything = total(page)
    page.fill("#q", "router")
    page.press("#q", "Enter")
    page.wait_for_url("**/cases?sort=oldest&q=router")
    assert 0 < total(page) < everything
    assert page.locator(".rows mark").count() > 0
    page.goto(page.get_attribute("[data-open]", "href"))
    assert page.locator("article.case h1").inner_text() == "Router drops the connection after every reboot"
    assert page.locator("article.case a.chip").count() >= 3
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in")
    page.goto("/cases")
    assert "/sign-in" in page.url


def test_a_facet_click_narrows_and_a_second_one_widens(visit):
    page = visit()
    everything = total(page)
    page.locator(".facet a", has_text="Home Router").click()
    page.wait_for_url("**f.product=Home%20Router")
    assert 0 < total(page) < everything
    page.locator(".chosen a", has_text="Home Router").click()
    page.wait_for_url("**/cases")
    assert total(page) == everything


def bar(page, number):
    return page.locator("[data-chart] [data-from]").nth(number).locator(".hit").bounding_box()


def test_dragging_over_the_histogram_selects_the_range(visit):
    page = visit(path="/cases?sort=oldest")
    years = page.locator("[data-chart] [data-from]").evaluate_all(
        "nodes => nodes.map(node => node.dataset.from)"
    )
    first, last = bar(page, 2), bar(page, 5)
    page.mouse.move(first["x"] + first["width"] / 2, first["y"] + 20)
    page.mouse.down()
    page.mouse.move(last["x"] + last["width"] / 3, last["y"] + 30, steps=8)
    assert page.locator(".brush").count() == 1
    assert page.locator(".brush-label").text_content() == f"{years[2]} to {years[5]}"
    page.mouse.up()
    page.wait_for_url(f"**/cases?sort=oldest&from={years[2]}&to={years[5]}")
    dates = page.locator(".row time").all_inner_texts()
    assert dates
    assert all(years[2] <= date[:4] <= years[5] for date in dates)


def test_the_arrow_keys_go_from_bar_to_bar(visit):
    page = visit()
    links = page.locator("[data-chart] a")
    assert links.evaluate_all("nodes => nodes.filter(node => node.tabIndex === 0).length") == 1
    links.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    year = links.nth(2).get_attribute("data-from")
    assert page.evaluate("document.activeElement.dataset.from") == year
    page.keyboard.press("Enter")
    page.wait_for_url(f"**from={year}&to={year}")


def test_escape_gives_a_drag_up(visit):
    page = visit()
    box = bar(page, 1)
    page.mouse.move(box["x"] + 5, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 20, steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert page.locator(".brush").count() == 0
    assert page.url.endswith("/cases")


def test_clicking_a_bar_zooms_to_it(visit):
    page = visit()
    year = page.locator("[data-chart] [data-from]").nth(3).get_attribute("data-from")
    box = bar(page, 3)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 3)
    page.wait_for_url(f"**/cases?from={year}&to={year}")
    assert page.locator("[data-chart]").get_attribute("aria-label") == "Cases opened by month"


def test_internal_notes_stand_visibly_apart(visit):
    page = visit()
    page.goto(page.locator("[data-open]").first.get_attribute("href"))
    note, public = page.locator(".message.internal").first, page.locator(".message.r-customer").first
    assert note.locator(".label-internal").inner_text() == "Internal note"
    style = "node => { const s = getComputedStyle(node); return [s.backgroundColor, s.borderTopStyle, s.borderTopColor] }"
    ours, theirs = note.evaluate(style), public.evaluate(style)
    assert all(mine != other for mine, other in zip(ours, theirs, strict=True))


def test_an_analyst_gets_no_internal_text_in_the_document(visit, double):
    notes = {
        m.text for case in double.MemoryDesk().cases for m in case.messages if m.visibility == "internal"
    }
    page = visit("analyst")
    page.goto(page.locator("[data-open]").first.get_attribute("href"))
    text = page.content()
    assert "internal text" in page.locator(".notice").inner_text()
    assert page.locator(".internal").count() == 0
    assert not [note for note in notes if note.partition("{")[0] in text]


def test_the_pane_reads_beside_the_list(visit):
    page = visit()
    title = page.locator(".row-title").nth(2).inner_text()
    page.locator(".row").nth(2).click()
    page.locator(".pane .case-title", has_text=title).wait_for()
    assert page.url.endswith("/cases")
    assert page.locator(".row.chosen-row .row-title").inner_text() == title
    page.locator(".pane >> text=Open on its own page").click()
    page.wait_for_url("**at=3")


def test_a_narrow_page_has_no_pane_and_follows_the_link(visit):
    page = visit(width=900)
    page.locator(".row").nth(1).click()
    page.wait_for_url("**at=2")


def test_keys_walk_through_the_list(visit):
    page = visit()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    second = page.locator(".row-title").nth(1).inner_text()
    page.locator(".pane .case-title", has_text=second).wait_for()
    assert page.evaluate("document.activeElement.dataset.open") == ""
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'pane'")
    page.keyboard.press("Escape")
    assert page.locator(".chosen-row").count() == 0
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("j/")
    assert page.input_value("#q") == "j/"
    page.keyboard.press("Escape")
    page.keyboard.press("]")
    page.wait_for_url("**/cases?page=2")
    page.keyboard.press("[")
    page.wait_for_url("**/cases")
    page.keyboard.press("?")
    page.wait_for_url("**/help")


def test_keys_walk_through_cases_in_the_reader(visit):
    page = visit(width=900)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**at=1")
    page.keyboard.press("j")
    page.wait_for_url("**at=2")
    page.keyboard.press("k")
    page.wait_for_url("**at=1")
    page.keyboard.press("Escape")
    page.wait_for_url("**/cases")


def test_every_filter_can_be_reached_with_the_tab_key(visit):
    page = visit()
    page.focus("#q")
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate(
                "document.activeElement.closest('.facet, [data-chart], .row')?.className?.baseVal ?? document.activeElement.closest('.facet, .row')?.className"
            )
        )
    assert {"bars", "facet"} <= {name.split()[0] for name in seen if name}
    page.locator(".facet a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**f.**")


def test_everything_works_without_script(visit, double):
    page = visit(None, java_script_enabled=False)
    page.fill("#name", "lead")
    page.fill("#password", double.password_of("lead"))
    page.click(".stack button")
    page.wait_for_url("**/cases")
    assert page.locator("#theme").is_hidden()
    assert page.locator("#pane").is_hidden()
    everything = total(page)
    page.fill("#q", "router")
    page.click(".query .primary")
    page.wait_for_url("**/cases?q=router")
    page.locator(".facet a").first.click()
    page.wait_for_url("**f.product=**")
    assert 0 < total(page) < everything
    year = page.locator("[data-chart] a").first.get_attribute("data-from")
    page.locator("[data-chart] a .bar").first.click()
    page.wait_for_url(f"**from={year}&to={year}")
    page.locator(".row").first.click()
    page.wait_for_url("**/cases/**at=1")
    assert page.locator("article.case").is_visible()
    page.click("text=← Results")
    page.wait_for_url("**/cases?q=router**")
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in")


def test_the_theme_button_goes_round_and_is_remembered(visit):
    page = visit(color_scheme="light")
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.click("#theme")
    assert page.inner_text("#theme") == "Theme: light"
    page.click("#theme")
    dark = page.evaluate(colour)
    assert dark != light
    page.goto("/help")
    assert page.evaluate(colour) == dark
    page.click("#theme")
    assert page.inner_text("#theme") == "Theme: system"
    assert page.evaluate(colour) == light


def test_case_text_is_text_and_never_markup(visit):
    page = visit(path="/cases?q=zebra")
    assert "<img src=x" in page.locator(".row-title").inner_text()
    page.keyboard.press("j")
    page.locator(".pane .case").wait_for()
    assert page.locator(".pane img, .pane script, .pane b").count() == 0
    page.goto("/cases/HOSTILE")
    assert "<script>" in page.locator(".message .text").inner_text()
    assert page.locator("main img, main script, main b").count() == 0
    page.goto("/cases?q=%22%3E%3Cscript%3Edocument.title%3D%27owned%27%3C/script%3E%22")
    assert page.title() != "owned"


@pytest.mark.parametrize("width", [360, pytest.param(768, marks=pytest.mark.slow), 1600])
def test_no_page_scrolls_sideways(visit, width):
    page = visit(width=width)
    case = page.locator("[data-open]").first.get_attribute("href")
    for path in ("/cases", "/cases?q=zzz", case, "/loads", "/loads/1", "/status", "/help", "/password"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_print_view_leaves_only_the_case(visit):
    page = visit()
    page.goto(page.locator("[data-open]").first.get_attribute("href"))
    page.emulate_media(media="print")
    assert not page.locator(".top").is_visible()
    assert not page.locator(".reader-bar").is_visible()
    assert page.locator("article.case").is_visible()
    tail = page.locator("article .chip-tail").first
    assert tail.bounding_box()["width"] > 20


def test_right_to_left_text_runs_so(visit):
    page = visit(path="/cases?f.language=ar")
    page.goto(page.locator("[data-open]").first.get_attribute("href"))
    box = page.evaluate(
        "() => { const n = document.querySelector('.case-title'); const r = document.createRange();"
        " r.selectNodeContents(n); return [r.getBoundingClientRect().right, n.getBoundingClientRect().right] }"
    )
    assert box[0] == pytest.approx(box[1], abs=2)
