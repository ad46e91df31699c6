"""Puts sentences together to what customers and agents write to each other."""

from __future__ import annotations

from functools import cache

from hushdesk.demo._composer import Composer, Planted
from hushdesk.demo._disguise import split_quoted
from hushdesk.demo._language import Language, language, read_sections
from hushdesk.demo._people import DemoPerson

_BREAKABLE = frozenset({"EMAIL", "PHONE", "CARD", "IBAN"})
_TOPIC_PII: dict[str, tuple[str, ...]] = {
    "login": ("user", "user", "secret", "secret", "ip", "mail", "mail2", "phone", "birth", "third"),
    "billing": ("card", "iban", "iban", "account", "contract", "address", "phone", "third", "natid"),
    "install": ("phone", "phone2", "third", "thirdmail", "ip", "user", "secret", "contract"),
    "sync": ("phone", "mail2", "third", "user", "account", "ip"),
    "crash": ("phone", "phone2", "third", "mail2", "account", "user"),
    "network": ("ip", "ip", "ip", "phone", "third", "user", "thirdmail"),
    "license": ("account", "contract", "contract", "card", "phone", "third", "thirdmail"),
    "account": (
        "address",
        "address",
        "birth",
        "natid",
        "natid",
        "account",
        "phone",
        "mail2",
        "third",
        "iban",
    ),
}


@cache
def _logs() -> tuple[tuple[str, ...], ...]:
    return tuple(lines for name, lines in read_sections("logs").items() if name)


def _paragraph(parts: list[str], gap: str) -> str:
    return gap.join([part for part in parts if part])


class Story:
    """The texts of one case, one after the other; holds what earlier texts said, for quoting."""

    def __init__(self, composer: Composer, topic: str, channel: str) -> None:
        self.say = composer
        self.topic = topic
        self.channel = channel
        self.random = composer.random
        # Languages without spaces between words put none between sentences either.
        self.gap = "" if composer.tongue.code in {"ja", "zh"} else " "

    def subject(self) -> str:
        """The subject line."""
        say = self.say
        say.where = "subject"
        text = say.line(f"subject.{self.topic}")
        point = self.random()
        if point < 0.04:
            text = f"{text} ({say.slot_name()})"
        elif point < 0.07:
            text = f"{text} - {say.slot_account()}"
        elif point < 0.1:
            text = f"Fwd: {text}"
        return text

    def opening(self) -> str:
        """What the case begins with."""
        say, random = self.say, self.random
        say.where = "description"
        if self.channel == "chat":
            lines = [say.line("chat.hello")] if random() < 0.7 else []
            lines.append(say.line(f"problem.{self.topic}"))
            if random() < 0.5:
                lines.append(say.line("chat.talk"))
            return "\n".join(lines)
        body = [say.line(f"problem.{self.topic}")]
        if random() < 0.45:
            body.append(say.more(f"problem.{self.topic}"))
        body.extend(say.more(f"context.{self.topic}") for _ in range(int(random() * 3)))
        body.extend(say.personal(_TOPIC_PII[self.topic]) for _ in range((random() < 0.62) + (random() < 0.2)))
        if self.channel == "phone":
            return _paragraph([say.line("phone_log"), *body], self.gap)
        body.append(say.line("ask"))
        if self.channel == "web":
            return self._form(_paragraph(body, self.gap))
        parts = [say.plainly("hello"), self._sentences(body)]
        if random() < 0.09:
            parts.append(self.log())
        parts.append(self.signature())
        return "\n\n".join(parts)

    def _sentences(self, body: list[str]) -> str:
        cut = len(body) // 2
        if len(body) > 3 and self.random() < 0.5:
            return _paragraph(body[:cut], self.gap) + "\n\n" + _paragraph(body[cut:], self.gap)
        return _paragraph(body, self.gap)

    def _form(self, text: str) -> str:
        say = self.say
        labels = say.tongue.lines("form")
        rows = [
            labels[0] + say.plant("PERSON", say.customer.name, plain=True),
            labels[1] + say.slot_mail(),
            labels[2] + say.slot_phone() if self.random() < 0.6 else "",
            labels[3] + say.fill("{product} {version}"),
            labels[4] + "\n" + text,
        ]
        return "\n".join([row for row in rows if row])

    def signature(self) -> str:
        """How a customer ends a mail."""
        say, random, person = self.say, self.random, self.say.customer
        point = random()
        if point < 0.22:
            return f"{say.plainly('bye')}\n{self._first_name()}"
        if point < 0.5:
            return f"{say.line('bye')}\n{say.slot_name()}"
        labels = say.tongue.lines("sign")
        rows = [
            say.line("bye"),
            "",
            "-- " if random() < 0.5 else "",
            say.plant("PERSON", person.name, plain=True),
        ]
        if person.company:
            if random() < 0.6 and len(labels) > 2:
                rows.append(labels[2 + int(random() * (len(labels) - 2))])
            rows.append(say.keep(person.company, "company"))
        if random() < 0.5:
            rows.append(say.plant("ADDRESS", person.street, person.address, plain=True))
            rows.append(person.city)
        rows.append(labels[0] + say.slot_phone())
        if random() < 0.3:
            rows.append(labels[1] + say.slot_phone2())
        if random() < 0.6:
            rows.append(say.plant("EMAIL", person.mail, plain=True))
        return "\n".join(rows)

    def reply(self, *, last: bool) -> str:
        """What the customer answers."""
        say, random = self.say, self.random
        if self.channel == "chat":
            lines = [say.line("chat.talk") for _ in range(int(random() * 2) + (not last))]
            return "\n".join([*lines, say.line("chat.done")] if last else lines)
        if last and random() < 0.55:
            return f"{say.line(f'thanks.{self.topic}')}\n\n{say.plainly('bye')}\n{self._first_name()}"
        body = [say.line(f"reply.{self.topic}")]
        if random() < 0.5:
            body.append(say.more(f"reply.{self.topic}"))
        if random() < 0.3:
            body.append(say.personal(_TOPIC_PII[self.topic]))
        if random() < 0.3:
            body.append(say.more(f"context.{self.topic}"))
        text = _paragraph(body, self.gap)
        if random() < 0.1:
            text += "\n\n" + self.log()
        if self.channel == "email" and random() < 0.35:
            return f"{say.plainly('hello.reply')}\n\n{text}\n\n{self.signature()}"
        return f"{text}\n\n{self._first_name()}"

    def _first_name(self) -> str:
        person = self.say.customer
        # In East Asia people sign with the family name or in full.
        name = {"ja": person.last, "zh": person.name, "ko": person.name}.get(person.language, person.given)
        return self.say.plant("PERSON", name, person.name, plain=True)

    def answer(self, agent: DemoPerson, *, first: bool) -> str:
        """What an agent writes to the customer."""
        say, random = self.say, self.random
        if self.channel == "chat":
            return say.line("chat_agent.hello" if first else "chat_agent.talk")
        body = [say.line("agent.ack")] if first else []
        if random() < 0.5:
            body.append(say.more(f"agent.ask.{self.topic}"))
        if len(body) < 2 or random() < 0.6:
            body.append(say.line(f"agent.step.{self.topic}"))
        body.append(say.line("agent.promise"))
        rows = [say.plainly("hello_agent"), "", _paragraph(body, self.gap), "", say.plainly("bye_agent")]
        rows.append(say.plant("PERSON", agent.name, plain=True))
        if random() < 0.4:
            rows.append(say.fill("{vendor} Support"))
        return "\n".join(rows)

    def note(self, home: Language) -> str:
        """What agents write to each other, in shorthand; often in English."""
        say = self.say
        if home.code != "en" and self.random() < 0.35:
            say.speak(language("en"))
        rows = [say.line(f"note.{self.topic}")]
        extra = (self.random() < 0.4) + (self.random() < 0.15)
        rows.extend(say.more(f"note.{self.topic}") for _ in range(extra))
        say.speak(home)
        return _paragraph(rows, "; " if self.random() < 0.3 else "\n")

    def remarks(self) -> str:
        """Remarks of the staff on the case as a whole."""
        self.say.where = "remarks"
        return self.say.line(f"remark.{self.topic}")

    def resolution(self) -> str:
        """How it ended."""
        self.say.where = "resolution"
        return self.say.line(f"resolution.{self.topic}")

    def quote(self, text: str, who: DemoPerson, at: int, where: str) -> str:
        """An earlier text under an attribution line, as mail programs quote it.

        Args:
            text: What is quoted.
            who: Who wrote it.
            at: When, in seconds since the epoch.
            where: Which text of the case it is.
        """
        say = self.say
        say.quoted_at = at
        name = say.plant("PERSON", who.name, plain=True)
        if self.random() < 0.6:
            name += f" <{say.plant('EMAIL', who.mail, plain=True)}>"
        patterns = say.tongue.lines("on_wrote")
        head = patterns[int(self.random() * len(patterns))].replace("{who}", name)
        lines = text.split("\n")
        quoted = "\n".join(f"> {line}" if line else ">" for line in lines)
        if self.random() < 0.2:
            quoted = self._broken(quoted, where)
        return f"{say.fill(head)}\n{quoted}"

    def _broken(self, quoted: str, where: str) -> str:
        """The quoted text, with a value in it broken over two lines, as narrow mail programs do."""
        say = self.say
        for row in say.planted:
            if row.where == where and row.kind in _BREAKABLE and not row.disguise and row.value in quoted:
                spelled = split_quoted(row.value, say.rng)
                say.planted.append(Planted(row.kind, spelled, row.canonical, "split_quoted", say.where))
                return quoted.replace(row.value, spelled, 1)
        return quoted

    def log(self) -> str:
        """A log excerpt; most are short, a few run on for pages."""
        say, random = self.say, self.random
        kinds = _logs()
        lines = kinds[int(random() * len(kinds))]
        count = 3 + int(random() ** 5 * 60)
        rows = [lines[0], *(lines[int(random() * len(lines))] for _ in range(count - 1))]
        if lines[0].startswith(("System.", "Traceback")):
            rows = [*lines[: min(count, len(lines))], *rows[len(lines) :]]
        return "\n".join([say.fill(row) for row in rows])
