"""The demo's cases: what one is, and the stream of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from random import Random

from hushdesk.demo._calendar import END, opening
from hushdesk.demo._composer import Composer, Negative, Planted
from hushdesk.demo._language import TOPICS, language
from hushdesk.demo._people import Cast, DemoPerson
from hushdesk.demo._products import pick_release, systems
from hushdesk.demo._story import Story

CHANNELS = ("email", "web", "chat", "phone")
MOST_MESSAGES = 10
"""No case has more messages than this, notes included."""

_MIX = {
    "login": 17,
    "billing": 15,
    "install": 13,
    "sync": 13,
    "crash": 13,
    "network": 11,
    "license": 10,
    "account": 8,
}
_TOPIC_OF = tuple(topic for topic in TOPICS for _ in range(_MIX[topic]))
_TAGS = (
    "vip",
    "reopened",
    "beta",
    "partner",
    "trial",
    "onsite",
    "escalation",
    "translated",
    "renewal",
    "legacy",
)


@dataclass(frozen=True, slots=True)
class DemoMessage:
    """One message of a case after its opening text."""

    at: datetime
    author: DemoPerson
    staff: bool
    """True if an agent wrote it."""
    public: bool
    """False for an internal note."""
    text: str = field(repr=False)
    attachment: str = ""
    """File name, or empty."""


@dataclass(frozen=True, slots=True)
class DemoCase:
    """One invented support case, before it is written in the manner of some help desk."""

    index: int
    """Place in the stream, from 0; also decides the case's number."""
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    language: str
    product: str
    version: str
    build: int
    channel: str
    topic: str
    """Category of the case."""
    status: str
    """new, open, pending, solved or closed."""
    priority: str
    """low, normal, high or urgent."""
    tags: tuple[str, ...]
    customer: DemoPerson
    agent: DemoPerson
    subject: str = field(repr=False)
    description: str = field(repr=False)
    messages: tuple[DemoMessage, ...] = field(repr=False)
    resolution: str = field(repr=False)
    remarks: str = field(repr=False)
    attachment: str
    """Name of a file that came with the opening text, or empty."""
    planted: tuple[Planted, ...] = field(repr=False)
    """Personal data inside the texts. ``where`` is subject, description, resolution, remarks, or
    ``message.`` and the number of the message from 0. Values in fields are not listed here, since
    it depends on the export which of them are written."""
    negatives: tuple[Negative, ...] = field(repr=False)
    """Strings inside the texts that look like personal data and are none."""

    @property
    def number(self) -> int:
        """The number that people quote."""
        return 1_000_000 + self.index


def iter_cases(n: int, seed: int = 7) -> Iterator[DemoCase]:
    """Generate ``n`` cases in the order of time.

    Each case depends on its place, ``n`` and ``seed`` alone; memory does not grow with ``n``.

    Args:
        n: How many cases the years 2005 to 2019 hold.
        seed: Another seed, other cases.

    Yields:
        The cases, opened from January 2005 to December 2019.
    """
    author = _Author(n, seed)
    for index in range(n):
        yield author.case(index)


class _Author:
    def __init__(self, n: int, seed: int) -> None:
        self.n = n
        self.seed = seed
        self.cast = Cast(seed)
        self.rng = Random()
        self.composer = Composer(self.rng, self.cast)
        self.customers = max(12, int(n * 0.36))

    def _customer(self, share: float) -> DemoPerson:
        # Customers are numbered in the order in which they first turn up, and come back for years.
        random = self.rng.random
        back = int(random() ** 3 * self.customers * 0.3)
        number = int(share * self.customers) - back
        if random() < 0.2:
            number -= number % 12
        return self.cast.customer(max(number, 0))

    def case(self, index: int) -> DemoCase:
        rng = self.rng
        rng.seed(self.seed * 1_000_003 + 104_729 * index + 11)
        random = rng.random
        share = (index + 0.5) / self.n
        customer = self._customer(share)
        opened = opening(share, random(), customer.country.hours)
        tongue = language(customer.language if random() < 0.985 else "en")
        day = 719163 + opened // 86400
        year = date.fromordinal(day).year
        release = pick_release(rng, day, year)
        agent = self.cast.agent(rng, tongue.code)
        topic = _TOPIC_OF[int(random() * len(_TOPIC_OF))]
        point = random()
        chat = 0.02 + 0.014 * (year - 2005)
        channel = (
            "chat"
            if point < chat
            else "phone"
            if point < chat + 0.12
            else "web"
            if point < chat + 0.3
            else "email"
        )
        machines = systems(year)
        composer = self.composer
        composer.begin(tongue, customer, agent, release, machines[int(random() * len(machines))], opened)
        story = Story(composer, topic, channel)
        subject = story.subject()
        description = story.opening()
        messages, last = self._conversation(story, channel, opened, description)
        age = END - opened
        done = random() < (0.985 if age > 60 * 86400 else age / (70 * 86400))
        if done:
            status = "closed" if age > 40 * 86400 or random() < 0.3 else "solved"
            resolution = story.resolution()
            closed = min(last + int(random() ** 2 * 9 * 86400) + 600, END)
        else:
            status = ("new", "open", "open", "pending")[int(random() * 4)]
            resolution, closed = "", 0
        remarks = story.remarks() if random() < 0.22 else ""
        point = random()
        tags = tuple(_TAGS[int(random() * len(_TAGS))] for _ in range(int(random() ** 2 * 3.2)))
        return DemoCase(
            index=index,
            opened_at=datetime.fromtimestamp(opened, UTC),
            updated_at=datetime.fromtimestamp(max(last, closed), UTC),
            closed_at=datetime.fromtimestamp(closed, UTC) if closed else None,
            language=tongue.code,
            product=release.product,
            version=release.version,
            build=release.build,
            channel=channel,
            topic=topic,
            status=status,
            priority="normal"
            if point < 0.6
            else "low"
            if point < 0.75
            else "high"
            if point < 0.94
            else "urgent",
            tags=tuple(dict.fromkeys(tags)),
            customer=customer,
            agent=agent,
            subject=subject,
            description=description,
            messages=messages,
            resolution=resolution,
            remarks=remarks,
            attachment=f"screenshot-{1 + int(random() * 40)}.png" if random() < 0.12 else "",
            planted=tuple(dict.fromkeys(composer.planted)),
            negatives=tuple(dict.fromkeys(composer.negatives)),
        )

    def _conversation(
        self, story: Story, channel: str, opened: int, description: str
    ) -> tuple[tuple[DemoMessage, ...], int]:
        composer, random = self.composer, self.rng.random
        home, customer, agent = composer.tongue, composer.customer, composer.agent
        # One to seven, with few long ones; chats go back and forth more.
        count = 1 + int(random() ** (1.1 if channel == "chat" else 2.1) * 7)
        out: list[DemoMessage] = []
        at = opened
        before, writer, written, place = description, customer, opened, "description"
        staff_turn = True
        first = True
        for number in range(count):
            if len(out) >= MOST_MESSAGES - 2:
                break
            if random() < 0.17:
                composer.where = f"message.{len(out)}"
                at = min(at + 300 + int(random() ** 4 * 86400), END)
                out.append(DemoMessage(datetime.fromtimestamp(at, UTC), agent, True, False, story.note(home)))
            composer.where = f"message.{len(out)}"
            pace = 240 if channel == "chat" else 4 * 86400
            at = min(at + 60 + int(random() ** 3 * pace), END)
            if staff_turn:
                text = story.answer(agent, first=first)
                first = False
                who = agent
            else:
                text = story.reply(last=number == count - 1)
                who = customer
            own = text
            if channel == "email" and random() < (0.3 if staff_turn else 0.42) and len(before) < 1500:
                text = f"{text}\n\n{story.quote(before, writer, written, place)}"
            name = f"norrvik-{at % 9000}.log" if not staff_turn and random() < 0.08 else ""
            out.append(DemoMessage(datetime.fromtimestamp(at, UTC), who, staff_turn, True, text, name))
            before, writer, written, place = own, who, at, composer.where
            # Now and then somebody writes twice in a row.
            if random() < 0.93:
                staff_turn = not staff_turn
        return tuple(out), at
