"""One language of the demo: its names and sentence patterns, read from ``data/<code>.txt``."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources

WEIGHTS = {
    "en": 48.0,
    "de": 10.0,
    "fr": 7.0,
    "es": 6.5,
    "ja": 5.0,
    "pt": 4.0,
    "it": 3.5,
    "zh": 3.0,
    "nl": 2.5,
    "pl": 2.4,
    "ru": 2.4,
    "ko": 1.5,
    "sv": 1.2,
    "tr": 1.1,
    "cs": 0.9,
    "uk": 0.6,
    "el": 0.2,
    "ar": 0.1,
    "th": 0.1,
}
"""Share of each language in the cases, in percent."""

LATIN = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "sv", "tr", "cs")
"""Languages whose names may turn up in each other's countries."""

TOPICS = ("login", "billing", "install", "sync", "crash", "network", "license", "account")

_TECHNICAL = frozenset({"login", "install", "sync", "crash", "network"})
_FITS = {
    "address": frozenset({"account", "billing", "license"}),
    "amount": frozenset({"billing", "license"}),
    "bug": _TECHNICAL,
    "build": _TECHNICAL,
    "card": frozenset({"billing", "license"}),
    "error": _TECHNICAL | {"license"},
    "file": frozenset({"install", "sync", "crash"}),
    "guid": _TECHNICAL,
    "hash": frozenset({"install", "sync"}),
    "iban": frozenset({"billing", "license", "account"}),
    "ip": frozenset({"network", "login", "install"}),
    "port": frozenset({"network", "install", "sync"}),
    "secret": frozenset({"login", "install", "network"}),
}
"""Topics that a slot makes sense in; a slot that is not here fits everywhere."""

_WORDS = frozenset({"given_f", "given_m", "family", "weekdays", "months", "words_at", "words_dot"})
_PII_SLOTS = (
    "secret",
    "user",
    "card",
    "iban",
    "natid",
    "birth",
    "address",
    "account",
    "contract",
    "thirdmail",
    "third",
    "mail2",
    "phone2",
    "phone",
    "ip",
    "mail",
)


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language."""

    code: str
    sections: dict[str, tuple[str, ...]] = field(repr=False)
    personal: dict[str, tuple[str, ...]] = field(repr=False)
    """Lines of the section ``pii``, by the first slot they hold."""

    def lines(self, section: str) -> tuple[str, ...]:
        """Patterns of a section, which may end in a topic.

        If the language has none for the topic: those of the section as a whole that fit it.
        """
        found = self.sections.get(section)
        if found is None:
            whole, _, topic = section.rpartition(".")
            lines = self.sections.get(whole, ())
            found = tuple(line for line in lines if _fits(line, topic)) or lines
            self.sections[section] = found
        return found


def _fits(line: str, topic: str) -> bool:
    return topic not in TOPICS or all(topic in fit for slot, fit in _FITS.items() if f"{{{slot}}}" in line)


def read_sections(name: str) -> dict[str, tuple[str, ...]]:
    """The sections of one file of patterns in the demo's data."""
    text = resources.files("hushdesk.demo").joinpath(f"data/{name}.txt").read_text("utf-8")
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    words = False
    for line in text.splitlines():
        if not line.strip() or (line.startswith("#")):
            continue
        if line.startswith("[") and line.endswith("]") and "{" not in line:
            name = line[1:-1]
            current = sections.setdefault(name, [])
            words = name in _WORDS
        elif words:
            current.extend(word.strip() for word in line.split(",") if word.strip())
        else:
            current.append(line)
    return {name: tuple(lines) for name, lines in sections.items()}


@cache
def language(code: str) -> Language:
    """The language with this code, read once."""
    sections = read_sections(code)
    chat = sections["chat"]
    sections["chat.hello"] = chat[:2]
    sections["chat.done"] = tuple(line for line in chat if line.endswith(("!", "！"))) or sections["thanks"]
    sections["chat.talk"] = tuple(line for line in chat[2:] if not line.endswith(("!", "！")))
    sections["chat_agent.hello"] = sections["chat_agent"][:1]
    sections["chat_agent.talk"] = sections["chat_agent"][1:]
    personal: dict[str, list[str]] = {}
    for line in sections["pii"]:
        slot = next(slot for slot in _PII_SLOTS if "{" + slot + "}" in line)
        personal.setdefault(slot, []).append(line)
    return Language(
        code=code,
        sections=sections,
        personal={slot: tuple(lines) for slot, lines in personal.items()},
    )


@cache
def available() -> tuple[str, ...]:
    """Codes of the languages that have a file, in the order of :data:`WEIGHTS`."""
    folder = resources.files("hushdesk.demo").joinpath("data")
    return tuple(code for code in WEIGHTS if folder.joinpath(f"{code}.txt").is_file())


@cache
def shares() -> tuple[tuple[str, float], ...]:
    """Languages with the running sum of their shares, the last of them 1."""
    total = sum(WEIGHTS[code] for code in available())
    running = 0.0
    out = []
    for code in available():
        running += WEIGHTS[code] / total
        out.append((code, running))
    return tuple(out)
