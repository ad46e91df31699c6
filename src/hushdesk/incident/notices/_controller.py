"""Who notifies: what only people can state, from a TOML file that they write. Every key is checked; unknown keys are refused."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hushdesk.incident.notices._catalogue import MASTER, languages, texts_of
from hushdesk.incident.notices._errors import ControllerError
from hushdesk.incident.notices._safe import clean, links, mailbox

_MOST: Final = 2_000
"""Characters of one paragraph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Where more can be learnt: art. 33(3)(b), 34(2)."""

    dpo: bool
    """It is the data protection officer."""
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What people wrote in one language. Each is a tuple of paragraphs."""

    nature: tuple[str, ...] = ()
    """For the authority: what happened, in the words of those who know."""
    delay: tuple[str, ...] = ()
    """For the authority: why the notice comes later than 72 hours."""
    consequences: tuple[str, ...] = ()
    """For the authority, beside those named by code."""
    measures_taken: tuple[str, ...] = ()
    """For authority and letters, beside those named by code."""
    measures_planned: tuple[str, ...] = ()
    letter: tuple[str, ...] = ()
    """For letters: more about what happened."""
    advice: tuple[str, ...] = ()
    """For letters: more that persons can do."""
    check_page: str = ""
    """Name of the page where a code is checked, as it stands in the menu of the website."""

    @property
    def in_letters(self) -> bool:
        """Whether a letter in another language would lack something of it."""
        return bool(self.measures_taken or self.measures_planned or self.letter or self.advice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller:
    """Who notifies, and what only people can state. Get it from :meth:`read`."""

    name: str
    address: tuple[str, ...]
    country: str
    """ISO 3166-1 alpha-2; empty if not stated."""
    register: str
    """Number in a register; may be empty."""
    zone: str
    """Time zone in which all times are stated."""
    language: str
    """In which letters go to persons whose own language has no texts."""
    contact: Contact
    authority: str
    """Name of the supervisory authority; may be empty."""
    check_phone: str
    measures_taken: tuple[str, ...]
    """Codes of the catalogue."""
    measures_planned: tuple[str, ...]
    consequences: tuple[str, ...]
    """Codes of the catalogue, beside those that follow from the kinds of data."""
    own: Mapping[str, Own] = field(default_factory=dict)
    """By language."""

    @classmethod
    def read(cls, path: Path) -> Controller:
        """From a TOML file.

        Raises:
            ControllerError: A key is missing, unknown, or holds what cannot be used; names the key, never its value.
        """
        try:
            data = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            raise ControllerError(
                "file", f"cannot be read ({error.strerror or type(error).__name__})"
            ) from None
        except (ValueError, RecursionError):
            raise ControllerError("file", "is no TOML in UTF-8") from None
        return cls.of(data)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Controller:
        """From what a TOML file holds.

        Raises:
            ControllerError: As :meth:`read`.
        """
        top = _Table("", data, {"controller", "contact", "letters", "incident", "texts"})
        who = top.table(
            "controller", {"name", "address", "country", "register", "zone", "language", "authority"}
        )
        contact = top.table("contact", {"role", "name", "email", "phone"})
        letters = top.table("letters", {"check_phone"}, optional=True)
        matter = top.table("incident", {"measures_taken", "measures_planned", "consequences"}, optional=True)
        language = who.text("language", "") or MASTER
        if language not in languages():
            raise ControllerError("controller.language", f"is none of {', '.join(languages())}")
        email = contact.text("email", "")
        if email and not mailbox(email):
            raise ControllerError("contact.email", "is no e-mail address")
        phone = contact.text("phone", "")
        if not email and not phone:
            raise ControllerError("contact", "needs an e-mail address or a telephone number")
        role = contact.text("role")
        if role not in {"dpo", "contact"}:
            raise ControllerError("contact.role", "is neither dpo nor contact")
        country = who.text("country", "")
        if country and not (len(country) == 2 and country.isascii() and country.isupper()):
            raise ControllerError("controller.country", "is no two capital letters")
        return cls(
            name=who.text("name"),
            address=who.lines("address", needed=True),
            country=country,
            register=who.text("register", ""),
            zone=_zone(who.text("zone")),
            language=language,
            contact=Contact(dpo=role == "dpo", name=contact.text("name", ""), email=email, phone=phone),
            authority=who.text("authority", ""),
            check_phone=letters.text("check_phone", ""),
            measures_taken=matter.codes("measures_taken", "measures"),
            measures_planned=matter.codes("measures_planned", "measures"),
            consequences=matter.codes("consequences", "consequences"),
            own=_own(top),
        )

    def words_of(self, language: str) -> Own:
        """What people wrote in that language."""
        return self.own.get(language, _NOTHING)

    def letter_language(self, wanted: str) -> str:
        """In which language a letter goes to somebody.

        Their own, if there are texts in it and nothing that was written by hand would be lacking; else the configured one.
        """
        primary = wanted.replace("_", "-").split("-")[0].lower()
        if primary not in languages():
            return self.language
        by_hand = any(own.in_letters for own in self.own.values())
        return primary if not by_hand or self.words_of(primary).in_letters else self.language


def example() -> str:
    """A file to begin with: every key, with a line on what it is for."""
    return (resources.files(__package__) / "controller_example.toml").read_text("utf-8")


_NOTHING: Final = Own()


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ControllerError("controller.zone", "is no time zone") from None
    return name


def _own(top: _Table) -> dict[str, Own]:
    keys = {
        "nature",
        "delay",
        "consequences",
        "measures_taken",
        "measures_planned",
        "letter",
        "advice",
        "check_page",
    }
    texts = top.table("texts", set(languages()), optional=True)
    found = {}
    for language in texts.data:
        table = texts.table(language, keys)
        # What stands in letters must hold nothing that can be clicked: a forger's letter has just that.
        found[language] = Own(
            nature=table.lines("nature"),
            delay=table.lines("delay"),
            consequences=table.lines("consequences"),
            measures_taken=table.lines("measures_taken", unlinked=True),
            measures_planned=table.lines("measures_planned", unlinked=True),
            letter=table.lines("letter", unlinked=True),
            advice=table.lines("advice", unlinked=True),
            check_page=table.text("check_page", "", unlinked=True),
        )
    return found


class _Table:
    """One table of the file, with the path to it for messages."""

    def __init__(self, path: str, data: Mapping[str, Any], known: set[str]) -> None:
        self.path = path
        self.data = data
        if data.keys() - known:
            # The name of a misspelt key is of the user's own making and no value.
            raise ControllerError(
                self._at(min(data.keys() - known)), f"is unknown; known are {', '.join(sorted(known))}"
            )

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else clean(key, 60)

    def table(self, key: str, known: set[str], *, optional: bool = False) -> _Table:
        data = self.data.get(key, {} if optional else None)
        if not isinstance(data, Mapping):
            raise ControllerError(self._at(key), "is missing" if data is None else "is no table")
        return _Table(self._at(key), data, known)

    def text(self, key: str, default: str | None = None, *, unlinked: bool = False) -> str:
        value = self.data.get(key, default)
        if not isinstance(value, str):
            raise ControllerError(self._at(key), "is missing" if value is None else "is no text")
        text = self._paragraph(key, value, unlinked=unlinked) if value != default else value
        if not text and default is None:
            raise ControllerError(self._at(key), "is empty")
        return text

    def lines(self, key: str, *, needed: bool = False, unlinked: bool = False) -> tuple[str, ...]:
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
            raise ControllerError(self._at(key), "is no list of texts")
        if needed and not any(map(clean, value)):
            raise ControllerError(self._at(key), "is missing")
        return tuple(filter(None, (self._paragraph(key, line, unlinked=unlinked) for line in value)))

    def codes(self, key: str, table: str) -> tuple[str, ...]:
        known = [k.removeprefix(f"{table}.") for k in texts_of(MASTER) if k.startswith(f"{table}.")]
        found = self.lines(key)
        if any(code not in known for code in found):
            raise ControllerError(self._at(key), f"holds one that is none of {', '.join(known)}")
        return tuple(dict.fromkeys(found))

    def _paragraph(self, key: str, value: str, *, unlinked: bool) -> str:
        text = clean(value, _MOST + 1)
        if len(text) > _MOST:
            raise ControllerError(self._at(key), f"has more than {_MOST} characters in one paragraph")
        if unlinked and links(text):
            raise ControllerError(
                self._at(key), "holds something that mail programs turn into a link; letters have none"
            )
        return text
