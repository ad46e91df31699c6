"""Fills sentence patterns with values, and keeps account of every value it plants."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from datetime import date
from random import Random
from typing import NamedTuple

from hushdesk.demo._checks import IBAN_COUNTRIES, card, digits, group_card, group_iban, iban
from hushdesk.demo._disguise import Words, disguise
from hushdesk.demo._identity import national_id
from hushdesk.demo._language import Language
from hushdesk.demo._people import Cast, DemoPerson, ip_address, make_person
from hushdesk.demo._products import (
    CLASSES,
    METHODS,
    VENDOR,
    Release,
    digest,
    error_code,
    file_name,
    guid,
    part_number,
)

DISGUISED = 0.17
"""Share of the values in texts that are spelled oddly where there is an odd spelling for the kind."""

_DATES = {
    "en": ("{d} {month} {y}", "{m:02d}/{d:02d}/{y}", "{y}-{m:02d}-{d:02d}", "{month} {d}, {y}"),
    "de": ("{d:02d}.{m:02d}.{y}", "{d}. {month} {y}"),
    "fr": ("{d:02d}/{m:02d}/{y}", "{d} {month} {y}"),
    "es": ("{d:02d}/{m:02d}/{y}", "{d} de {month} de {y}"),
    "pt": ("{d:02d}/{m:02d}/{y}", "{d} de {month} de {y}"),
    "it": ("{d:02d}/{m:02d}/{y}", "{d} {month} {y}"),
    "nl": ("{d:02d}-{m:02d}-{y}", "{d} {month} {y}"),
    "sv": ("{y}-{m:02d}-{d:02d}", "{d} {month} {y}"),
    "ja": ("{y}年{m}月{d}日", "{y}/{m:02d}/{d:02d}"),
    "zh": ("{y}年{m}月{d}日", "{y}-{m:02d}-{d:02d}"),
    "ko": ("{y}년 {m}월 {d}일", "{y}. {m}. {d}."),
}
_DATES_ELSE = ("{d:02d}.{m:02d}.{y}", "{d:02d}/{m:02d}/{y}")
_MONEY = {
    "en": "${w},{t:03d}.{c:02d}",
    "ja": "{w},{t:03d}円",
    "zh": "¥{w},{t:03d}.{c:02d}",
    "ko": "{w},{t:03d}원",
    "fr": "{w} {t:03d},{c:02d} €",
    "ru": "{w} {t:03d} руб",
    "sv": "{w} {t:03d} kr",
    "pl": "{w} {t:03d},{c:02d} zł",
    "cs": "{w} {t:03d} Kč",
    "uk": "{w} {t:03d} грн",
    "tr": "{w}.{t:03d},{c:02d} TL",
    "ar": "{w},{t:03d} AED",
    "th": "{w},{t:03d} บาท",
    # Countries that pay otherwise than others of their language.
    "GB": "£{w},{t:03d}.{c:02d}",
    "IE": "€{w},{t:03d}.{c:02d}",
    "IN": "Rs. {w},{t:03d}",
    "CH": "CHF {w}'{t:03d}.{c:02d}",
    "BR": "R$ {w}.{t:03d},{c:02d}",
}
_EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SYLLABLES = ("bor", "zan", "ki", "lu", "mex", "tra", "vo", "qui", "ped", "ryn", "shu", "gol", "fi", "wub")
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"


class Planted(NamedTuple):
    """A piece of personal data that was written somewhere."""

    kind: str
    """Name of a ``hushdesk.redact.Kind``."""
    value: str
    """As it is spelled there."""
    canonical: str
    """The one form that all spellings share."""
    disguise: str
    """Name of the odd spelling, or empty."""
    where: str
    """Field of the case."""


class Negative(NamedTuple):
    """A string that looks like personal data, is none, and should survive redaction."""

    value: str
    type: str
    where: str


class _Slots(dict[str, str]):
    """Constant values of a case; every other slot is made anew each time it is asked for."""

    def __init__(self, makers: dict[str, Callable[[], str]]) -> None:
        super().__init__()
        self._makers = makers

    def __missing__(self, key: str) -> str:
        return self._makers[key]()


class Composer:
    """Writes texts for one case after the other. :meth:`begin` starts a case."""

    def __init__(self, rng: Random, cast: Cast) -> None:
        self.rng = rng
        self.random = rng.random
        self.cast = cast
        self.where = ""
        self.calm = False
        self.quoted_at = 0
        self.planted: list[Planted] = []
        self.negatives: list[Negative] = []
        self._used: set[str] = set()
        self._words: dict[str, Words] = {}
        self._slots = _Slots(
            {
                name.removeprefix("slot_"): getattr(self, name)
                for name in dir(type(self))
                if name.startswith("slot_")
            }
        )

    def begin(
        self,
        tongue: Language,
        customer: DemoPerson,
        agent: DemoPerson,
        release: Release,
        system: str,
        at: int,
    ) -> None:
        """Start a case: what is the same all through it."""
        self.tongue = tongue
        self.customer = customer
        self.agent = agent
        self.release = release
        self.at = at
        self.system = system
        self.writer = customer
        self.fellow: DemoPerson | None = None
        self.planted = []
        self.negatives = []
        self._used.clear()
        self.words = self._words.get(tongue.code) or self._words.setdefault(
            tongue.code, Words(tongue.code, tongue.sections["words_at"], tongue.sections["words_dot"])
        )

    def speak(self, tongue: Language) -> None:
        """Go on in another language."""
        self.tongue = tongue

    def line(self, section: str) -> str:
        """One pattern of a section, filled; not one that this case has used, if there is a choice."""
        lines = self.tongue.lines(section)
        if not lines:
            return ""
        pattern = lines[int(self.random() * len(lines))]
        if pattern in self._used:
            pattern = lines[int(self.random() * len(lines))]
            if pattern in self._used:
                pattern = lines[int(self.random() * len(lines))]
        self._used.add(pattern)
        return pattern.format_map(self._slots)

    def more(self, section: str) -> str:
        """One more pattern of a section; empty rather than one that this case has used."""
        lines = self.tongue.lines(section)
        for _ in range(3):
            pattern = lines[int(self.random() * len(lines))]
            if pattern not in self._used:
                self._used.add(pattern)
                return pattern.format_map(self._slots)
        return ""

    def plainly(self, section: str) -> str:
        """One pattern of a section, filled with values in their ordinary spelling."""
        self.calm = True
        text = self.line(section)
        self.calm = False
        return text

    def fill(self, pattern: str) -> str:
        """A pattern, filled."""
        return pattern.format_map(self._slots)

    def personal(self, wanted: tuple[str, ...]) -> str:
        """A sentence that holds a value of one of the wanted slots."""
        slot = wanted[int(self.random() * len(wanted))]
        lines = self.tongue.personal.get(slot)
        if not lines:
            return ""
        pattern = lines[int(self.random() * len(lines))]
        return "" if pattern in self._used else self.fill(pattern)

    def plant(self, kind: str, value: str, canonical: str = "", *, plain: bool = False) -> str:
        """Account for a value about to be written, spelled oddly now and then."""
        trick = ""
        spelled = value
        if not plain and not self.calm and self.random() < DISGUISED:
            spelled, trick = disguise(kind, value, self.rng, self.words)
        if kind != "PERSON" or countable(spelled):
            self.planted.append(Planted(kind, spelled, canonical or value, trick, self.where))
        return spelled

    def keep(self, value: str, kind: str) -> str:
        """Account for a string that should survive."""
        self.negatives.append(Negative(value, kind, self.where))
        return value

    def day(self, at: date, pattern: str = "") -> str:
        """A date as the language writes it."""
        forms = _DATES.get(self.tongue.code, _DATES_ELSE)
        form = pattern or forms[int(self.random() * len(forms))]
        months = self.tongue.sections["months"]
        return form.format(d=at.day, m=at.month, y=at.year, month=months[at.month - 1])

    # The slots. What stands behind ``slot_`` is the name that patterns use.

    def slot_product(self) -> str:
        return self.keep(self.release.product, "product")

    def slot_version(self) -> str:
        version = self.release.version
        point = self.random()
        if point < 0.35:
            version = f"{version}.{int(self.random() * 9)}"
        elif point < 0.6:
            version = f"{version}.{int(self.random() * 9)}.{100 + int(self.random() * 800)}"
        return self.keep(version, "version") if len(version) > 4 else version

    def slot_build(self) -> str:
        return self.keep(f"{self.release.build + int(self.random() * 40)}", "build")

    def slot_vendor(self) -> str:
        return VENDOR

    def slot_os(self) -> str:
        return self.keep(self.system, "product")

    def slot_company(self) -> str:
        company = self.customer.company
        return self.keep(company, "company") if company else self.customer.city

    def slot_error(self) -> str:
        return self.keep(error_code(self.rng), "error_code")

    def slot_guid(self) -> str:
        return self.keep(guid(self.rng), "guid")

    def slot_hash(self) -> str:
        return self.keep(digest(self.rng), "hash")

    def slot_part(self) -> str:
        return self.keep(part_number(self.rng), "part_number")

    def slot_kb(self) -> str:
        return self.keep(f"KB{200000 + int(self.random() * 90000)}", "kb_article")

    def slot_bug(self) -> str:
        return self.keep(f"NRV-{10000 + int(self.random() * 60000)}", "bug_id")

    def slot_amount(self) -> str:
        form = _MONEY.get(self.customer.country.code) or _MONEY.get(self.tongue.code, "{w}.{t:03d},{c:02d} €")
        random = self.random
        return self.keep(
            form.format(w=1 + int(random() * 9), t=int(random() * 999), c=int(random() * 100)), "amount"
        )

    def slot_pct(self) -> str:
        return f"{3 + int(self.random() * 96)} %"

    def slot_n(self) -> str:
        return str(2 + int(self.random() ** 2 * 380))

    def slot_port(self) -> str:
        return str((443, 8443, 1194, 5061, 993, 8080, 3389, 5222)[int(self.random() * 8)])

    def slot_file(self) -> str:
        return self.keep(file_name(self.rng), "file")

    def slot_time(self) -> str:
        return f"{6 + int(self.random() * 16):02d}:{int(self.random() * 60):02d}"

    def slot_date(self) -> str:
        when = date.fromordinal(719163 + self.at // 86400 - int(self.random() * 20))
        return self.keep(self.day(when), "date")

    def slot_longday(self) -> str:
        number = 719163 + self.at // 86400 - int(self.random() * 20)
        when = date.fromordinal(number)
        weekday = self.keep(self.tongue.sections["weekdays"][when.weekday()], "weekday")
        return f"{weekday}, {self.keep(self.day(when), 'date')}"

    def slot_when(self) -> str:
        return self.keep(self.day(date.fromordinal(719163 + self.quoted_at // 86400)), "date")

    def slot_weekday(self) -> str:
        return self.keep(self.tongue.sections["weekdays"][int(self.random() * 7)], "weekday")

    def _month(self, ahead: int) -> str:
        month = time.gmtime(self.at).tm_mon - 1 + ahead
        return self.keep(self.tongue.sections["months"][month % 12], "month")

    def slot_month(self) -> str:
        return self._month(-int(self.random() * 5))

    def slot_soon(self) -> str:
        return self._month(1 + int(self.random() * 3))

    def slot_title(self) -> str:
        return self.customer.title

    def slot_name(self) -> str:
        return self.plant("PERSON", self.customer.name)

    def slot_given(self) -> str:
        return self.plant("PERSON", self.customer.given, self.customer.name)

    def slot_last(self) -> str:
        return self.plant("PERSON", self.customer.last, self.customer.name)

    def slot_agent(self) -> str:
        return self.plant("PERSON", self.agent.name, plain=True)

    def slot_agentfirst(self) -> str:
        return self.plant("PERSON", self.agent.given, self.agent.name, plain=True)

    def slot_agent2(self) -> str:
        other = self.cast.agent(self.rng, self.customer.language)
        return self.plant("PERSON", other.given, other.name, plain=True)

    def slot_third(self) -> str:
        if self.fellow is None or self.random() < 0.3:
            self.fellow = make_person(self.rng, self.tongue, self.customer.country, -1)
        return self.plant("PERSON", self.fellow.name)

    def slot_thirdmail(self) -> str:
        if self.fellow is None:
            self.slot_third()
        assert self.fellow is not None  # noqa: S101 - for the type checker; set by the line above
        return self._mail(self.fellow.mail)

    def slot_mail(self) -> str:
        return self._mail(self.customer.mail)

    def slot_mail2(self) -> str:
        return self._mail(self.customer.private_mail)

    def slot_mailenc(self) -> str:
        mail = self.customer.mail
        spelled = mail.replace("@", "%40")
        self.planted.append(Planted("EMAIL", spelled, mail, "percent_encoding", self.where))
        return spelled

    def _mail(self, mail: str) -> str:
        return self.plant("EMAIL", mail, mail)

    def slot_phone(self) -> str:
        return self._phone(self.customer.phone)

    def slot_phone2(self) -> str:
        return self._phone(self.customer.mobile)

    def _phone(self, phone: str) -> str:
        return self.plant("PHONE", phone, self.customer.country.e164(phone))

    def slot_card(self) -> str:
        number = card(self.rng)
        return self.plant("CARD", group_card(self.rng, number), number)

    def slot_iban(self) -> str:
        country = self.customer.country.code
        if country not in IBAN_COUNTRIES:
            country = IBAN_COUNTRIES[int(self.random() * len(IBAN_COUNTRIES))]
        number = iban(self.rng, country)
        return self.plant("IBAN", group_iban(self.rng, number), number)

    def slot_ip(self) -> str:
        # Mostly the customer's own address, sometimes another.
        address = self.customer.ip if self.random() < 0.6 else ip_address(self.rng)
        return self.plant("IP", address, str(ipaddress.ip_address(address)) if ":" in address else address)

    def slot_account(self) -> str:
        return self.plant("ACCOUNT", self.customer.account)

    def slot_contract(self) -> str:
        return self.plant("ACCOUNT", self.customer.contract)

    def slot_address(self) -> str:
        return self.plant("ADDRESS", self.customer.address)

    def slot_birth(self) -> str:
        born = self.customer.born
        return self.plant("BIRTH_DATE", self.day(born), born.isoformat())

    def slot_natid(self) -> str:
        person = self.customer
        number = national_id(self.rng, person.country.code, person.born, female=person.female)
        if not number or self.random() < 0.12:
            # A passport number: letters and digits, no public checksum.
            number = f"{_ALPHABET[int(self.random() * 24)]}{_ALPHABET[int(self.random() * 24)]}{digits(self.rng, 7)}"
        return self.plant("NATIONAL_ID", number, "".join(filter(str.isalnum, number)))

    def slot_user(self) -> str:
        return self.plant("USERNAME", self.customer.user)

    def slot_secret(self) -> str:
        random, rng = self.random, self.rng
        if random() < 0.6:
            word = (
                _SYLLABLES[int(random() * 14)]
                + _SYLLABLES[int(random() * 14)]
                + _SYLLABLES[int(random() * 14)]
            )
            value = (
                f"{word.capitalize()}{'!#*_-+'[int(random() * 6)]}{digits(rng, 4)}{'xQkT'[int(random() * 4)]}"
            )
        else:
            head = ("nrv_live_", "tok_", "key-", "pat_")[int(random() * 4)]
            value = head + "".join(_ALPHABET[int(random() * len(_ALPHABET))] for _ in range(24))
        return self.plant("SECRET", value, plain=True)

    # Slots of logs.

    def slot_stamp(self) -> str:
        text = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self.at - int(self.random() * 90000)))
        return self.keep(f"{text},{int(self.random() * 1000):03d}", "timestamp")

    def slot_clf(self) -> str:
        when = time.gmtime(self.at - int(self.random() * 90000))
        month = _EN_MONTHS[when.tm_mon - 1]
        clock = f"{when.tm_hour:02d}:{when.tm_min:02d}:{when.tm_sec:02d}"
        return self.keep(f"{when.tm_mday:02d}/{month}/{when.tm_year}:{clock} +0000", "timestamp")

    def slot_sys(self) -> str:
        when = time.gmtime(self.at - int(self.random() * 90000))
        return f"{_EN_MONTHS[when.tm_mon - 1]} {when.tm_mday:2d} {when.tm_hour:02d}:{when.tm_min:02d}:{when.tm_sec:02d}"

    def slot_klass(self) -> str:
        return CLASSES[int(self.random() * len(CLASSES))]

    def slot_method(self) -> str:
        return METHODS[int(self.random() * len(METHODS))]

    def slot_lineno(self) -> str:
        return str(12 + int(self.random() * 2400))

    def slot_ms(self) -> str:
        return str(3 + int(self.random() ** 3 * 30000))

    def slot_thread(self) -> str:
        return ("main", "worker-1", "worker-7", "io-3", "scheduler", "pool-2-thread-4")[
            int(self.random() * 6)
        ]

    def slot_addr(self) -> str:
        return self.keep(f"{self.rng.getrandbits(48):012x}", "memory_address")


def countable(name: str) -> bool:
    """Whether a name is long enough to be looked for without false hits.

    Four letters where a letter is a sound; two where a letter is a syllable or a word.
    """
    letters = sum(map(str.isalpha, name))
    return letters >= 4 or (letters >= 2 and ord(name[0]) >= 0x2E80)
