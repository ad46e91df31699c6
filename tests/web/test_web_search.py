from __future__ import annotations

import html
import re


def links(text: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'href="([^"]+)"', text)]


def test_search_page_and_twin_show_the_same(signed_in):
    client = signed_in("lead")
    page, twin = client.get("/cases?q=router").text, client.get("/cases.json?q=router").json()
    assert twin["found"]["total"] > 0
    ids = re.findall(r'<li class="row" data-case="(\w+)"', page)
    assert ids == [hit["case_id"] for hit in twin["found"]["hits"]]
    assert f"of <b>{twin['found']['total']}</b>" in page


def test_pages_of_results_cover_all_cases_once(signed_in, desk):
    client = signed_in("analyst")
    seen, url = [], "/cases.json"
    while url:
        answer = client.get(url).json()
        seen += [hit["case_id"] for hit in answer["found"]["hits"]]
        url = answer["links"]["next"]
    assert len(seen) == len(set(seen)) == len(desk.cases)


def test_a_facet_link_filters_and_takes_the_filter_away(signed_in):
    client = signed_in("analyst")
    page = client.get("/cases?q=a").text
    link = next(each for each in links(page) if "f.country=DE" in each)
    filtered = client.get(link).text
    assert "Filters in force" in filtered
    facet = filtered[filtered.index("<h2>Country</h2>") :]
    assert len(re.findall("aria-current", facet[: facet.index("</section>")])) == 1
    # A facet counts with every filter but its own, so other countries are still offered.
    assert "f.country=US" in facet
    twin = client.get(link.replace("/cases", "/cases.json", 1)).json()
    assert {hit["country"] for hit in twin["found"]["hits"]} == {"DE"}
    assert "/cases?q=a" in links(filtered)


def test_every_bar_is_a_link_to_its_period(signed_in):
    client = signed_in("analyst")
    twin = client.get("/cases.json").json()["found"]
    page = client.get("/cases").text
    svg = page[page.index("data-chart") : page.index("</svg>", page.index("data-chart"))]
    bars = [bar for bar in twin["histogram"]["bars"] if bar["count"]]
    assert len(links(svg)) == len(bars) >= 10
    for link, bar in zip(links(svg), bars, strict=True):
        assert client.get(link.replace("/cases", "/cases.json", 1)).json()["found"]["total"] == bar["count"]
        assert link == f"/cases?from={bar['start'][:4]}&to={bar['start'][:4]}"


def test_a_wrong_query_points_at_the_character(signed_in):
    client = signed_in("analyst")
    answer = client.get("/cases", params={"q": 'router "lost link'})
    assert answer.status_code == 400
    assert 'router <mark class="wrong">&#34;</mark>lost link' in answer.text
    assert "Character 8." in answer.text
    assert 'value="router &#34;lost link"' in answer.text
    twin = client.get("/cases.json", params={"q": "(a"})
    assert twin.status_code == 400
    assert twin.json() == {
        "error": {"problem": "A parenthesis is not closed.", "remedy": "Close it with ).", "position": 0}
    }
    assert client.get("/cases.csv", params={"q": "(a"}).status_code == 400


def test_wrong_keys_in_the_address_are_named(signed_in):
    client = signed_in("analyst")
    for address, key in [
        ("page=0", "page"),
        ("page=x", "page"),
        ("page=99999999999", "page"),
        ("from=2012-13", "from"),
        ("to=2012-02-30", "to"),
        ("from=9999", "from"),
        ("sort=best", "sort"),
        ("q=" + "a" * 2001, "q"),
        ("f.Bad-Field=1", "f.…"),
    ]:
        answer = client.get(f"/cases?{address}")
        assert answer.status_code == 400
        assert f"“{key}”" in answer.text


def test_nothing_found_says_what_to_do(signed_in):
    answer = signed_in("analyst").get("/cases?q=xyzzy&f.country=DE")
    assert answer.status_code == 200
    for part in ("No case found", "Nothing matches", "Search without the filters", "Show all cases"):
        assert part in answer.text


def test_a_page_past_the_end_leads_back(signed_in):
    answer = signed_in("analyst").get("/cases?page=400")
    assert answer.status_code == 200
    assert "There is no such page" in answer.text
    assert "Back to the first page" in answer.text


def test_matches_are_marked(signed_in):
    page = signed_in("analyst").get("/cases?q=router").text
    assert "<mark>Router</mark> drops" in page


def test_internal_texts_are_neither_found_nor_shown_without_the_permission(signed_in, desk):
    asked = {"q": "Escalate"}
    assert signed_in("analyst").get("/cases.json", params=asked).json()["found"]["total"] == 0
    assert signed_in("lead").get("/cases.json", params=asked).json()["found"]["total"] > 0


def test_operators_see_no_cases(signed_in):
    client = signed_in("operator")
    for path in ("/cases", "/cases.json", "/cases.csv", "/cases/abc", "/cases/abc.json"):
        assert client.get(path).status_code == 403
    assert client.get("/").headers["location"] == "/loads"
    page = client.get("/loads").text
    assert 'href="/cases"' not in page


def test_permissions_of_the_other_roles(signed_in):
    viewer = signed_in("viewer")
    found = viewer.get("/cases.json").json()["found"]
    assert (found["total"] > 20, found["hits"]) == (True, [])
    page = viewer.get("/cases").text
    assert "no case" in page
    assert 'href="/cases/' not in page
    assert viewer.get("/cases.csv").status_code == 403
    assert ".csv" not in viewer.get("/cases").text
    assert viewer.get("/loads").status_code == 403
    assert signed_in("analyst").get("/cases.csv").status_code == 200
