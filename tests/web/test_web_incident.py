"""The pages of incidents: what is kept is shown at once, what is unknown is said to be, what takes time keeps nobody waiting."""

from __future__ import annotations

import html
import re
import threading
from typing import Any

import pytest
from starlette.testclient import TestClient

from hushdesk.access import Role
from hushdesk.analytics import open_desk
from hushdesk.desk import Desk
from hushdesk.incident.answering import IncidentDesk
from hushdesk.incident.errors import IncidentError
from hushdesk.web import DeskPages, Incidents, create_app

HOSTILE = """</td></svg><script>alert(1)</script>" onload="x" <b>{{ 7 * 7 }}"""
OFFICER = Role.PRIVACY_OFFICER.value
PAGE = "/incident/december-2019"
OTHERS = sorted(role.value for role in Role if role is not Role.PRIVACY_OFFICER)


def words(text: str) -> str:
    """What a page says, without its tags."""
    text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]+>", " ", text)
    return re.sub(r"\s+(?=[.,:;])|(?<=\s)\s+", "", re.sub(r"\s", " ", html.unescape(text)))


def token_of(text: str) -> str:
    return re.search(r'/anew"><input type="hidden" name="token" value="([^"]+)"', text)[1]


def hostile(value: Any) -> Any:
    """Every text that is no time, verdict or word of the format, as somebody would have it who means harm."""
    if isinstance(value, dict):
        return {
            key: hostile(one) if key not in {"reading", "applies", "level", "lower_level", "did"} else one
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [hostile(one) for one in value]
    if isinstance(value, str) and not re.match(r"\d{4}-|december|tcp$", value) and value:
        return HOSTILE
    return value


def in_place(accounts, desk, incidents, role=OFFICER):
    """A client of an application with these incidents, signed in."""
    secret = accounts.sessions.create(accounts.by_name(role).id).secret
    app = create_app(desk, accounts, incidents=incidents)
    return TestClient(app, base_url="http://localhost", cookies={"hushdesk": secret}, follow_redirects=False)


def settled(incidents, ident="december-2019"):
    """Wait until nothing is being worked out."""
    for thread in [thread for thread in threading.enumerate() if thread.name == "incident"]:
        thread.join(60)
    assert not incidents.work(ident).running
    return incidents.work(ident)


# -- who may see what -------------------------------------------------------------------------------


@pytest.mark.parametrize("role", OTHERS)
def test_other_roles_see_and_do_nothing(signed_in, port, role):
    client = signed_in(role)
    for path in ("/incident", "/incident.json", PAGE, f"{PAGE}.json", f"{PAGE}/visitor/192.0.2.1"):
        answer = client.get(path)
        assert answer.status_code == 403
        assert "Support store" not in answer.text
    assert client.post(f"{PAGE}/anew", data={"token": "x"}).status_code == 403
    assert 'href="/incident"' not in client.get("/help").text
    assert port.worked == []


def test_the_officer_sees_it_and_its_link(signed_in):
    client = signed_in(OFFICER)
    assert 'href="/incident"' in client.get("/help").text
    said = words(client.get("/incident").text)
    assert "Support store open to the internet december-2019 · support-cases open" in said
    assert client.get("/incident.json").json()["incidents"][0]["ident"] == "december-2019"


# -- what is not there ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ident",
    ["other", "%2e%2e", "..%2f..%2fkeys", "%2e%2e%2fincidents%2fdecember-2019", "December-2019", "a" * 64, "a" * 5000, "x%00", "%C3%A9"],
)  # fmt: skip
def test_names_that_are_none_lead_nowhere(opened, accounts, made, ident):
    with in_place(accounts, DeskPages(opened), _of(opened, made)) as client:
        token = token_of(client.get(PAGE).text)
        for path in (ident, f"{ident}.json", f"{ident}/visitor/192.0.2.1", f"{ident}/visitor"):
            assert client.get(f"/incident/{path}").status_code == 404, path
        assert client.post(f"/incident/{ident}/anew", data={"token": token}).status_code == 404


def test_a_desk_without_incidents_tells_how_to_open_one(accounts, desk, made, port):
    with in_place(accounts, desk, None) as client:
        assert "hushdesk incident open" in client.get("/incident").text
        assert client.get("/incident.json").json() == {"version": 1, "incidents": []}
        assert client.get(PAGE).status_code == 404
    port.told = None
    port.list = list
    with in_place(accounts, desk, made.in_memory(port)) as client:
        assert "No incident" in words(client.get("/incident").text)


def test_settings_that_cannot_be_read_are_said(accounts, desk, made, port):
    def fails(*_given):
        raise IncidentError("incident.json cannot be read.", remedy="Restore it from a backup.")

    port.kept = port.list = fails
    with in_place(accounts, desk, made.in_memory(port)) as client:
        for path in (PAGE, "/incident"):
            answer = client.get(path)
            assert answer.status_code == 409
            assert "Restore it from a backup." in answer.text


# -- the answer -------------------------------------------------------------------------------------


def test_the_answer_in_short(signed_in):
    said = words(signed_in(OFFICER).get(PAGE).text)
    assert "Stood open 25 d 11 h, still since before the evidence begins" in said
    assert "Outside addresses that got in 2 or more 1 read, 1 connected; 7 h 0 min unseen by any log" in said
    assert "Cases taken 21 to 300 of 300 in the store" in said
    assert "Persons concerned 0 to 90" in said
    assert "Severity high ENISA 0.75 to 3.50; the upper end decides" in said
    assert "Next duty overdue by 6 h 0 min a contract: first notice" in said


def test_unknown_is_never_said_as_nothing(signed_in, made, port):
    port.answer = made.sample(
        taken=None,
        severity=None,
        windows=[],
        visitors={"total": 0, "by_reading": {}, "rows": []},
        persons={**made.sample()["persons"], "lower": 0, "upper": None, "groups": [], "sweep": None},
    )
    said = words(signed_in(OFFICER).get(PAGE).text)
    assert "Stood open not shown" in said
    assert "got in unknown 7 h 0 min unseen by any log" in said
    assert "Cases taken unknown" in said
    assert "Persons concerned unknown" in said
    assert "Nobody has looked for unredacted values." in said
    assert "The evidence shows no opening and nobody who came." in said
    port.answer = made.sample(unknown=[], visitors={"total": 0, "by_reading": {}, "rows": []})
    assert "got in nobody" in words(signed_in(OFFICER).get(PAGE).text)


def test_duties_count_down_the_most_pressing_first(signed_in):
    text = signed_in(OFFICER).get(PAGE).text
    (table,) = re.findall(r'(?s)<table class="data dues" aria-label="Duties that apply">.*?</table>', text)
    rows = [words(row).strip() for row in re.findall(r"(?s)<tr[ >].*?</tr>", table)[1:]]
    assert [row.split(" first")[0].split(" letters")[0].split(" further")[0] for row in rows[:3]] == [
        "overdue by 6 h 0 min 2019-12-30 12:00",
        "2 d 0 h 0 min 2020-01-01 18:00",
        "without delay",
    ]
    assert "a contract unverified" in rows[0]
    assert "unverified" not in rows[1]
    assert rows[3].startswith("not running not known: when first notice was sent further information")
    assert rows[4].startswith("✓ done 2019-12-30T09:00:00Z")
    assert re.findall(r'data-left="(-?\d+)"', table) == ["-21600", "172800"]
    assert "1 more may apply: facts are missing; of 1 the clock would run" in words(text)
    assert "1 do not apply" in words(text)


def test_letters_show_doubt_and_four_eyes(signed_in, made, port):
    client = signed_in(OFFICER)
    assert "No list of those who get one yet." in client.get(PAGE).text
    port.answer = made.sample(letters=made.LETTERS)
    said = words(client.get(PAGE).text)
    assert (
        "✓ Listed: 90 persons ✓ Asked for by officer-one ✓ Agreed to by officer-two ✓ Sending: paused" in said
    )
    assert "accepted 70 The relay took it. ? in doubt 3 Nobody has said whether" in said
    assert "hushdesk incident notify reconcile december-2019 RECORD" in said
    assert "1 may arrive twice, by decision." in said
    port.answer = made.sample(letters={**made.LETTERS, "agreed": False})
    assert "no longer holds" in words(client.get(PAGE).text)
    begun = {name: made.LETTERS[name] for name in ("persons", "asked_by")} | {
        "agreed_by": "",
        "agreed": False,
    }
    port.answer = made.sample(letters=begun)
    said = words(client.get(PAGE).text)
    assert "○ A second person agrees ○ Sending has not begun" in said


def test_what_came_since_is_said(signed_in, made, port):
    client = signed_in(OFFICER)
    assert "added since" not in client.get(PAGE).text
    port.answer = made.sample(added_since=3, said_since=["aware_at", "facts"])
    said = words(client.get(PAGE).text)
    assert "3 files of evidence were added since this was worked out: it is not in any figure here." in said
    assert "people have said something new (aware at, facts)" in said


def test_the_timeline_has_a_table_that_says_the_same(signed_in):
    text = signed_in(OFFICER).get(PAGE).text
    (figure,) = re.findall(r'(?s)<figure class="timeline".*?</figure>', text)
    (table,) = re.findall(r"(?s)<table.*?</table>", figure)
    rows = [words(row).strip() for row in re.findall(r"(?s)<tr>.*?</tr>", table)]
    assert "tcp 9200 · cases-nic open 2019-12-05 07:00 still" in rows
    assert "shared: everybody · cases-copy perhaps open before the evidence 2019-12-09 00:00" in rows
    assert "What logs could see nobody could have seen 2019-12-15 14:00 2019-12-15 21:00" in rows
    assert "What logs could see connections seen 2019-12-05 07:00 2019-12-12 09:00" in rows
    assert "What logs could see bytes counted 2019-12-12 09:00 2019-12-15 14:00" in rows
    assert "What logs could see requests seen 2019-12-20 08:00 2019-12-27 18:00" in rows
    assert "198.51.100.7 read, at times between 2019-12-22 07:36 2019-12-24 20:57" in rows
    assert "203.0.113.9 turned away 2019-12-11 00:38 2019-12-11 00:38" in rows
    assert "Moment 2 aware: clocks run from here 2019-12-29 18:00" in rows
    assert any("due: first notice, GDPR art. 33(1) 2020-01-01 18:00" in row for row in rows)
    # Every drawn picture is hidden from those who read the table; no link is in a hidden part.
    assert all('aria-hidden="true"' in each for each in re.findall(r"<svg (?!x=)[^>]*>", figure))
    assert not re.search(r'(?s)<svg[^>]*aria-hidden="true"[^>]*>(?:(?!</svg>).)*<a ', figure)


def test_harmful_texts_stay_texts(signed_in, made, port):
    port.answer = hostile(made.sample(letters=made.LETTERS))
    port.answer["incident"]["ident"] = "december-2019"
    port.told = {**port.told, "title": HOSTILE, "store": HOSTILE, "opened_by": HOSTILE}
    client = signed_in(OFFICER)
    for path in ("/incident", PAGE):
        text = client.get(path).text
        assert "<script>alert" not in text
        assert ' onload="' not in text
        assert "<b>{{" not in text
        assert HOSTILE in html.unescape(text)
    answer = client.get(f"{PAGE}/visitor/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert "<script>alert" not in answer.text


def test_pages_hold_no_inline_script_or_style(signed_in, made, port):
    port.answer = made.sample(letters=made.LETTERS)
    client = signed_in(OFFICER)
    for path in ("/incident", PAGE, f"{PAGE}/visitor/192.0.2.1"):
        text = client.get(path).text
        assert " style=" not in text
        assert "<style" not in text
        assert text.count("<script") == text.count('src="/static/')


# -- working it out ---------------------------------------------------------------------------------


def test_a_form_from_elsewhere_begins_nothing(signed_in, port):
    client = signed_in(OFFICER)
    for data in ({}, {"token": "nonsense"}):
        answer = client.post(f"{PAGE}/anew", data=data)
        assert answer.status_code == 403
        assert "too old" in answer.text
    token = token_of(client.get(PAGE).text)
    assert client.post(f"{PAGE}/anew", data={"token": token}, headers={"sec-fetch-site": "cross-site"}).status_code == 403  # fmt: skip
    assert port.worked == []


def test_work_under_way_keeps_nobody_waiting(signed_in, incidents, made, port):
    go = threading.Event()
    plain = port.status

    def slow(ident):
        assert go.wait(60)
        return plain(ident)

    port.status, port.answer = slow, None
    client = signed_in(OFFICER)
    text = client.get(PAGE).text
    assert "Nobody has worked out the answer yet" in text
    answer = client.post(f"{PAGE}/anew", data={"token": token_of(text)})
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    said = client.get(PAGE).text
    assert "Being worked out since 2019-12-30 18:00 UTC." in words(said)
    assert "/anew" not in said
    assert client.get(f"{PAGE}.json").json()["work"]["running"]
    assert client.get("/incident.json").json()["incidents"][0]["work"]["running"]
    # Once for all who ask meanwhile.
    incidents.begin("december-2019", "somebody")
    go.set()
    assert settled(incidents).problem == ""
    assert port.worked == ["december-2019"]
    assert "Stood open" in words(client.get(PAGE).text)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (IncidentError("the query cannot be carried out.", remedy="Write another."), "the query cannot be carried out. Write another."),
        (ZeroDivisionError("secret value"), "unexpected ZeroDivisionError"),
    ],
)  # fmt: skip
def test_work_that_fails_says_so_and_leaves_what_is_kept(signed_in, incidents, port, error, said):
    def fails(_ident):
        raise error

    port.status = fails
    client = signed_in(OFFICER)
    client.post(f"{PAGE}/anew", data={"token": token_of(client.get(PAGE).text)})
    assert said in settled(incidents).problem
    text = client.get(PAGE).text
    assert "The last try gave no answer; what is shown is older." in words(text)
    assert "secret value" not in text
    assert "Stood open" in words(text)


# -- a real one -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def opened(tmp_path_factory, made):
    folder = tmp_path_factory.mktemp("incident")
    Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    with open_desk(folder / "desk") as desk:
        desk.load(made.mailbox(folder / "mail.mbox"), workers=0)
        desk.tests = made.make_incident(desk, folder / "drill")
        yield desk


def _of(opened, made) -> Incidents:
    return Incidents(lambda who: IncidentDesk(opened.desk, who, now=lambda: made.NOW), lambda: made.NOW)  # fmt: skip


@pytest.fixture(scope="module")
def worked(opened, made):
    """The incident with an answer that a page has asked for."""
    incidents = _of(opened, made)
    incidents.begin(made.IDENT, OFFICER)
    assert settled(incidents).problem == ""
    return incidents


@pytest.fixture
def officer(worked, opened, accounts):
    with in_place(accounts, DeskPages(opened), worked) as client:
        yield client


def test_the_page_says_what_the_answer_says(officer, opened, made):
    _, plan = opened.tests
    plain = officer.get(f"{PAGE}.json").json()
    answer = plain["answer"]
    thief = next(visit.address for visit in plan.visits if visit.role == "thief")
    assert answer["visitors"]["rows"]
    assert thief in {row["address"] for row in answer["visitors"]["rows"]}
    assert all(row["did"] for row in answer["visitors"]["rows"])
    text = officer.get(PAGE).text
    assert f'href="{PAGE}/visitor/{thief}"' in text
    assert "AllowElastic".upper() in text.upper()
    assert f"of {made.CASES} in the store" in words(text)
    assert "mail.example" not in text
    perhaps = sum(due["applies"] == "unknown" for due in answer["duties"])
    assert f"{perhaps} more may apply: facts are missing" in words(text)
    # It stands in the record who had it worked out.
    events = (opened.desk.folder / "record" / "entries.jsonl").read_text()
    assert OFFICER in events


def test_one_address_with_all_that_it_did(officer, opened):
    _, plan = opened.tests
    thief = next(visit.address for visit in plan.visits if visit.role == "thief")
    text = officer.get(f"{PAGE}/visitor/{thief}").text
    said = words(text)
    assert "read Content left" in said
    assert "2019-12-13" in said
    assert "10.40.1.4 port 9200" in said
    plain = officer.get(f"{PAGE}/visitor/{thief}.json").json()["verdict"]
    assert plain["sessions"] == len(plain["visitor"]["sessions"]) > 0


def test_who_was_not_seen_is_unknown_where_nobody_could_have_seen(officer):
    answer = officer.get(f"{PAGE}/visitor")
    assert answer.status_code == 200
    assert "Which address?" in answer.text
    answer = officer.get(f"{PAGE}/visitor", params={"address": " 2001:DB8:0::7 "})
    assert "2001:db8::7" in answer.text
    said = words(officer.get(f"{PAGE}/visitor/21.7.7.7").text)
    assert "? unknown No log covers all the time in which it could have come" in said
    assert "It could have come unseen, for" in said
    plain = officer.get(f"{PAGE}/visitor/21.7.7.7.json").json()["verdict"]
    assert (plain["reading"], plain["sure"], plain["visitor"]) == ("unknown", False, None)
    # Whom the intent approves no opening let in.
    plain = officer.get(f"{PAGE}/visitor/10.0.0.7.json").json()["verdict"]
    assert (plain["reading"], plain["sure"]) == ("no", True)


@pytest.mark.parametrize("address", ["nobody", "1.2.3", "1" * 5000, "::g", "fe80::1%25eth0"])
def test_what_is_no_address_is_said(officer, address):
    answer = officer.get(f"{PAGE}/visitor/{address}.json")
    assert answer.status_code == 400
    assert "no address" in answer.json()["error"]["problem"]
    assert "no address" in officer.get(f"{PAGE}/visitor/{address}").text
    assert officer.get(f"{PAGE}/visitor/10.0.0.0%2F8").status_code == 404


def test_evidence_is_read_once_for_all_addresses(officer, worked, opened, monkeypatch):
    officer.get(f"{PAGE}/visitor/21.7.7.7")
    asked = []
    monkeypatch.setattr(IncidentDesk, "see", lambda _self, ident: asked.append(ident))
    assert officer.get(f"{PAGE}/visitor/21.7.7.8").status_code == 200
    assert asked == []


def test_evidence_that_takes_long_keeps_nobody_waiting(accounts, desk, made, port):
    go = threading.Event()
    asked = []

    def slow(ident):
        asked.append(ident)
        assert go.wait(60)
        raise IncidentError("no evidence in memory.")

    port.see = slow

    class Hasty(Incidents):
        def about(self, ident, address, who, wait=0.01):
            return super().about(ident, address, who, wait)

    with in_place(accounts, desk, Hasty(lambda _who: port)) as client:
        for _ in range(3):
            answer = client.get(f"{PAGE}/visitor/192.0.2.7")
            assert answer.status_code == 202
            assert "The evidence is being read." in answer.text
        assert client.get(f"{PAGE}/visitor/192.0.2.7.json").json()["verdict"] is None
        assert asked == ["december-2019"]
        go.set()
        for thread in [thread for thread in threading.enumerate() if thread.name == "evidence"]:
            thread.join(60)
        # What failed is tried anew.
        answer = client.get(f"{PAGE}/visitor/192.0.2.7")
        assert (answer.status_code, asked) == (409, ["december-2019"] * 2)
        assert "no evidence in memory." in answer.text


def test_evidence_that_comes_later_shows_as_such(officer, opened, tmp_path):
    desk, _ = opened.tests
    (tmp_path / "late.log").write_text("no log at all\n")
    desk.add("december-2019", [str(tmp_path / "late.log")])
    desk.set("december-2019", "discovered", "2019-12-29T10:00Z")
    said = words(officer.get(PAGE).text)
    assert "1 file of evidence was added since this was worked out" in said
    assert "people have said something new (moments)" in said


def test_notices_are_listed_with_what_nobody_has_stated(officer, opened, tmp_path):
    from hushdesk.incident.notices import example

    assert "None is written yet." in officer.get(PAGE).text
    desk, _ = opened.tests
    (tmp_path / "controller.toml").write_text(example())
    desk.report("december-2019", str(tmp_path / "out"), controller=str(tmp_path / "controller.toml"))
    desk.report("december-2019", str(tmp_path / "out"))
    plain = officer.get(f"{PAGE}.json").json()["documents"]
    assert [one["phase"] for one in plain] == [2, 1]
    said = words(officer.get(PAGE).text)
    assert "Text of phase 2" in said
    assert "Data protection officer" in said
