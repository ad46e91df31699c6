"""The guard's pages in a browser: a store, its way in as a picture, one connection, the last change."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page, only):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    found = axe.Axe().run(page, options={"runOnly": only, "resultTypes": ["violations"]})
    return [
        f"{each['id']}: {node['html'][:160]}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]


def boxes(page, drawn):
    """Where the steps of a way in lie."""
    return [step.bounding_box() for step in page.locator(drawn).first.locator(".step").all()]


@pytest.mark.parametrize(
    ("scheme", "width", "only"),
    [
        ("light", 1440, STANDARDS),
        pytest.param("dark", 1440, ["color-contrast"], marks=pytest.mark.slow),
        ("light", 360, ["target-size", "color-contrast"]),
    ],
    ids=["light", "dark", "narrow"],
)
def test_from_the_stores_to_the_guilty_rule(visit, scheme, width, only):
    page = visit("operator", path="/guard", color_scheme=scheme, width=width)
    found = {"stores": violations(page, only)}
    assert "Opened" in page.inner_text(".change-line")
    page.locator(".stores a", has_text="Support cases").click()
    page.fill("#from", "8.8.8.8")
    page.fill("#port", "9200")
    page.click("text=Follow it")
    page.locator(".answer").wait_for()
    assert page.inner_text(".answer .verdict-word") == "open"
    found["endpoint"] = violations(page, only)
    steps = boxes(page, ".flow")
    assert len(steps) == 5
    if width > 1000:
        # One row, from left to right, that nobody has to scroll to.
        assert [box["x"] for box in steps] == sorted(box["x"] for box in steps)
        assert len({box["y"] for box in steps}) == 1
        assert steps[-1]["x"] + steps[-1]["width"] <= width
    else:
        assert [box["y"] for box in steps] == sorted(box["y"] for box in steps)
        assert len({box["x"] for box in steps}) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto("/guard/change")
    assert "AllowElastic (priority 100)" in page.inner_text(".guilty")
    found["change"] = violations(page, only)
    assert {name: each for name, each in found.items() if each} == {}


def test_the_pages_work_without_script(visit):
    page = visit("operator", path="/guard", java_script_enabled=False)
    page.locator(".stores a", has_text="Support cases").click()
    page.fill("#from", "192.0.2.7")
    page.fill("#port", "9200")
    page.click("text=Follow it")
    assert page.inner_text(".answer .verdict-word") == "closed"
    assert "DenyOne" in page.inner_text(".step.shut")
