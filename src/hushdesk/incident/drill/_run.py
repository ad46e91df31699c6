"""The drill: a scratch desk with real exports, the December planted around it, the whole chain run, and scored.

The chain sees exports, rules and logs alone. The truth is written to a file that it never opens.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from hushdesk.access import Role, open_accounts
from hushdesk.demo import DemoCase, claim, iter_cases, write_exports
from hushdesk.desk import Desk
from hushdesk.errors import HushdeskError
from hushdesk.incident._spans import iso, present
from hushdesk.incident.answering import IncidentDesk, Notify
from hushdesk.incident.drill._filled import address, fill, patiently
from hushdesk.incident.drill._officer import Officer
from hushdesk.incident.drill._plan import Plan, plan
from hushdesk.incident.drill._score import Score, score
from hushdesk.incident.drill._truth import Truth
from hushdesk.incident.drill._write import Files, write
from hushdesk.readers import Options, load_mapping

MARK: Final = "made-by-hushdesk-drill"
THROUGH: Final = 20_000
"""So many cases go the whole way from an export by default; more are written as sealed rows, since loading them would take hours."""
INCIDENT: Final = "december-2019"

Say = Callable[[str], None]


class DrillError(HushdeskError):
    """The folder cannot be used."""


@dataclass(slots=True)
class Timed:
    """Seconds that each step took, in their order."""

    steps: dict[str, float] = field(default_factory=dict)

    def run(self, name: str, work: Callable[[], Any]) -> Any:
        """Do a step and note how long it took."""
        started = time.monotonic()
        done = work()
        self.steps[name] = time.monotonic() - started
        return done

    @property
    def answering(self) -> float:
        """From the first log to letters that are ready."""
        return sum(self.steps.values())


@dataclass(frozen=True, slots=True)
class Drilled:
    """What a drill gave."""

    score: Score
    timed: Timed
    making: float
    """Seconds it took to make the estate; not a part of the answer."""
    cases: int
    persons: int
    letters: int
    languages: int
    folder: Path


def drill(
    folder: Path, *, cases: int, seed: int, fresh: bool, through: int = THROUGH, say: Say = lambda _: None
) -> Drilled:
    """Run the drill.

    Args:
        folder: Will hold the desk, keys, vault, exports and logs.
        cases: In the store.
        seed: Another one, another December.
        fresh: Remove what an earlier drill left.
        through: So many go the whole way from an export; more are written as sealed rows.
        say: Told of each step.

    Raises:
        DrillError: The folder is in use by something else.
    """
    claim(folder, MARK, "drill", DrillError, article="a", fresh=fresh)
    started = time.monotonic()
    made = Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    with Desk.open(made.folder, command="drill") as desk:
        officers = _officers(desk)
        mails = _fill(desk, folder, cases, min(cases, through), seed, say)
        count = desk.store.count()
        december = plan(seed, count, _weight(desk))
        planted = write(folder / "evidence", december)
        truth = _truth(december, mails, count)
        truth.write(folder)
        making = time.monotonic() - started
        say(f"The store holds {count:,} cases of {len(mails):,} customers. Answering …")
        timed, outcome = _answer(desk, planted, december, folder, officers)
        scored = score(truth, outcome, desk)
    return Drilled(
        scored,
        timed,
        making,
        count,
        outcome["persons"],
        outcome["letters"],
        len(outcome["languages"]),
        folder,
    )


def _officers(desk: Desk) -> list[Officer]:
    """Two privacy officers: whoever asks to open identities cannot agree as well."""
    with open_accounts(desk) as accounts:
        return [
            Officer.enrolled(accounts, name, accounts.create(name, Role.PRIVACY_OFFICER, must_change=False))
            for name in ("officer-1", "officer-2")
        ]


def _fill(desk: Desk, folder: Path, cases: int, through: int, seed: int, say: Say) -> dict[str, str]:
    """Load exports, and fill up with sealed rows. Gives each customer's address and language."""
    mails: dict[str, str] = {}
    say(f"Making exports of {through:,} cases and loading them …")
    exports = folder / "exports"
    summary = write_exports(exports, _noted(iter_cases(through, seed), mails), seed)
    mapping = exports / "mapping.toml"
    mapping.write_text(files("hushdesk.demo").joinpath("data/mapping.toml").read_text("utf-8"), "utf-8")
    desk.load(list(summary.files), options=Options(mapping=load_mapping(mapping)))
    more = cases - through
    if more > 0:
        say(f"Writing {more:,} more cases as sealed rows …")
        persons = more * 7 // 10
        filled = fill(desk.store, desk.vault, desk.pseudonyms, more, persons, seed, load_id=1)
        mails.update((address(number), "") for number in range(min(filled.customers, more)))
    return mails


def _noted(cases: Iterable[DemoCase], mails: dict[str, str]) -> Iterator[DemoCase]:
    for case in cases:
        mails[case.customer.mail] = case.language
        yield case


def _weight(desk: Desk) -> int:
    """Bytes of a case on its way out, on average."""
    sql = "SELECT toUInt64(avg(length(public_text) + length(internal_text))) FROM cases"
    rows = patiently(lambda: desk.store.query(sql))
    return int(rows.column(0)[0].as_py()) + 400


def _truth(december: Plan, mails: dict[str, str], cases: int) -> Truth:
    unseen = december.windows & december.blind
    return Truth(
        windows=tuple((span.start, span.end) for span in december.windows),
        visits=december.visits,
        never=december.never,
        unseen=tuple((span.start, span.end) for span in unseen),
        mails=mails,
        cases=cases,
    )


def _read(work: IncidentDesk, planted: Files) -> dict[str, Any]:
    # All that is asked of the store goes through the proxy while it stands there.
    parts = [
        work.add(INCIDENT, [str(planted.activity), str(planted.flows)]),
        work.add(INCIDENT, [str(planted.proxy)], options={"covers": "cases-nic"}),
    ]
    return {"by_parser": {name: sums for part in parts for name, sums in part["by_parser"].items()}}


_CONTROLLER: Final = """\
[controller]
name = "Support House"
address = ["1 Harbour Street", "Dublin"]
country = "IE"
zone = "Europe/Dublin"
language = "en"
authority = "Data Protection Commission"

[contact]
role = "dpo"
name = "Data protection office"
email = "privacy@support.example"
phone = "+353 1 555 0100"
"""

_HOUSE: Final = """\
role = "controller"
zone = "Europe/Dublin"

[declared]
established_eu = true
"""


def _answer(
    desk: Desk, planted: Files, december: Plan, folder: Path, officers: list[Officer]
) -> tuple[Timed, dict[str, Any]]:
    """What responders do, step by step, from the first log to letters that are ready."""
    (folder / "controller.toml").write_text(_CONTROLLER, "utf-8")
    (folder / "house.toml").write_text(_HOUSE, "utf-8")
    timed, work = Timed(), IncidentDesk(desk, "drill")
    work.open(
        INCIDENT,
        title="Drill: the open store of December 2019",
        aware=iso(december.aware_at),
        intent=str(planted.intent),
        baseline=[str(planted.estate)],
        own=["20.99.64.0/20", "10.40.0.0/16"],
        lists=[str(planted.scanners)],
        holds="all",
        controller=str(folder / "controller.toml"),
        house=str(folder / "house.toml"),
    )
    work.set(INCIDENT, "vault_exposed", "no")
    added = timed.run("logs read", lambda: _read(work, planted))
    analysis = timed.run("answer worked out", lambda: work.analyse(INCIDENT))
    report = timed.run("notice and bundle written", lambda: work.report(INCIDENT, str(folder / "notice")))
    dossier = work.dossier(INCIDENT)
    notify = Notify(dossier, desk, present)
    planned = timed.run("list of persons kept", lambda: notify.plan(analysis))
    reason = "Art. 34: the persons concerned must be told."
    one, other = officers
    notify.request(one.name, one.password, reason, one.code())
    notify.approve(other.name, other.password, other.code())
    languages: dict[str, int] = {}

    def letters() -> int:
        count = 0
        post = notify.post()
        for paper in post.papers(person for person, _, _ in post.plan()):
            languages[paper.language] = languages.get(paper.language, 0) + 1
            count += bool(paper.text and paper.code)
        return count

    ready = timed.run("letters ready", letters)
    return timed, {
        "analysis": analysis,
        "added": added,
        "report": report,
        "persons": planned["persons"],
        "letters": ready,
        "languages": languages,
    }
