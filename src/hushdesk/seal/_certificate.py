"""The leak certificate: what an independent look at a sample of sealed cases found, and what it bounds."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from hushdesk._version import __version__
from hushdesk.redact import Kind, Known, Policy
from hushdesk.seal._bounds import CONFIDENCE, rate_bound, share_bound
from hushdesk.seal._values import Listed, ValueLists

UNCHECKED = "UNCHECKED"
"""Stands among the kinds for a case that the ensemble could not look at: it counts as a leak."""

CASES_METHOD = "one-sided Clopper-Pearson bound of the share of leaking cases"
VALUES_METHOD = "the larger of Garwood's one-sided Poisson bound and the bound of leaking cases times the mean number of values in one"
"""Garwood's bound holds for values that leak independently. Values of one case leak together at times, so it is not let
fall below what the leaking cases themselves allow at the mean number seen in one."""

TEXT_FIELDS = (
    "subject", "description", "resolution", "remarks", "number", "notes", "messages.text", "messages.attachments", "attachments",
    "tags", "product", "channel", "status", "priority", "category",
)  # fmt: skip
"""Columns of a sealed case that hold text."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the look at a sample of one load found. Holds no value from a case."""

    desk_id: str
    load_id: int
    at: str
    """When it was made, ISO 8601 in UTC."""
    population: int
    """Cases of the load in the store."""
    sampled: int
    """How many of them were looked at."""
    leaking: int
    """How many of these hold something that looks personal."""
    found: Mapping[str, int]
    """Values found in them, by kind."""
    cases_bound: float
    """Upper bound of leaking cases per 1,000."""
    values_bound: float
    """Upper bound of leaked values per 1,000 cases."""
    confidence: float
    cases_method: str
    values_method: str
    ensemble: str
    """Version of the ensemble that looked."""
    redaction: str
    """Version of the redaction that sealed: the package's, and a digest of its code and lists."""
    policy: str
    """Digest of the policy."""
    seed: str
    """``keys``, or the number given in the settings."""
    allowed: int
    """Values on the desk's allow list at that time."""
    denied: int
    """Values on its deny list."""
    seconds: float
    """How long the look took."""

    @property
    def values(self) -> int:
        """How many values were found."""
        return sum(self.found.values())

    @property
    def complete(self) -> bool:
        """Whether every case of the load was looked at."""
        return self.sampled == self.population

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {**asdict(self), "found": dict(self.found)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Certificate:
        """The inverse of :meth:`to_json`."""
        return cls(**{name: values[name] for name in cls.__slots__})

    def to_bytes(self) -> bytes:
        """The bytes that are signed: JSON with sorted keys and no blanks."""
        return b"hushdesk certificate/1\n" + json.dumps(
            self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=True
        ).encode("ascii")


@dataclass(frozen=True, slots=True)
class Sampled:
    """One case of a sample: its sealed texts and what its fields said about people. In memory only."""

    texts: tuple[str, ...] = field(repr=False)
    known: tuple[Known, ...] = field(repr=False)
    country: str = ""


class Looker:
    """Looks at samples with the ensemble; one per process."""

    def __init__(self, lists: ValueLists | None = None) -> None:
        # Late: a certificate is read far more often than one is made.
        from hushdesk.redact.leak import Ensemble, count_kinds

        self._ensemble = Ensemble()
        self._count_kinds = count_kinds
        self._lists = lists

    def look(self, sample: Sequence[Sampled]) -> list[Counter[str]]:
        """What was found in each case, by kind."""
        return [self._one(case) for case in sample]

    def _one(self, case: Sampled) -> Counter[str]:
        lists = self._lists
        try:
            found = self._ensemble.look(
                case.texts,
                known=case.known,
                country=case.country,
                harmless=lists.allowed if lists is not None else lambda _: False,
            )
        except Exception:  # noqa: BLE001 - what could not be looked at is no proof of anything
            return Counter({UNCHECKED: 1})
        return self._count_kinds(found)


def texts_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Every text of a sealed case, a row of the store."""
    out: list[str] = []
    for name in TEXT_FIELDS:
        value = row[name]
        out += [value] if isinstance(value, str) else value or ()
    return tuple(text for text in out if text)


def bounds(found: Sequence[Counter[str]], confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Upper bounds of leaking cases and of leaked values, both per 1,000 cases.

    Args:
        found: What was found in each case of the sample.
        confidence: How often each of the bounds shall hold.
    """
    sampled, leaking = len(found), sum(map(bool, found))
    values = sum(counts.total() for counts in found)
    cases = share_bound(leaking, sampled, confidence) * 1000
    if not sampled:
        return cases, float("inf")
    return cases, max(
        rate_bound(values, confidence) / sampled * 1000, cases * (values / leaking if leaking else 1)
    )


@cache
def redaction_version() -> str:
    """The package's version and a digest of redaction's code and lists: any change of either makes another version."""
    digest = hashlib.sha256()
    for name, file in sorted(_files(files("hushdesk.redact"), "")):
        digest.update(f"{name}\n".encode() + hashlib.sha256(file.read_bytes()).digest())
    return f"{__version__}+{digest.hexdigest()[:12]}"


def _files(folder: Traversable, path: str) -> list[tuple[str, Traversable]]:
    out: list[tuple[str, Traversable]] = []
    for item in folder.iterdir():
        name = f"{path}/{item.name}"
        if item.is_dir():
            out += [] if item.name == "__pycache__" else _files(item, name)
        elif not item.name.endswith((".pyc", ".pyi")):
            out.append((name, item))
    return out


def policy_digest(policy: Policy | None) -> str:
    """A digest that is equal for equal policies."""
    policy = policy or Policy()
    # Every choice, those of tomorrow too: one that is left out would make two policies look the same.
    choices = {choice.name: getattr(policy, choice.name) for choice in fields(policy)}
    choices["actions"] = {kind.value: policy.action(kind).value for kind in Kind}
    return hashlib.sha256(json.dumps(choices, sort_keys=True).encode()).hexdigest()[:16]


def make_certificate(
    found: Sequence[Counter[str]],
    *,
    desk_id: str,
    load_id: int,
    at: str,
    population: int,
    seed: str,
    lists: ValueLists,
    seconds: float,
    policy: Policy | None = None,
) -> Certificate:
    """The certificate of a load.

    Args:
        found: What was found in each case of the sample.
        desk_id: Of which desk.
        load_id: Of which load.
        at: The present time.
        population: How many cases of the load the store holds.
        seed: Where the choice of the sample came from.
        lists: The desk's lists.
        seconds: How long the look took.
        policy: The policy under which the load was sealed.
    """
    from hushdesk.redact.leak import ENSEMBLE_VERSION

    total: Counter[str] = Counter()
    for counts in found:
        total.update(counts)
    cases, values = bounds(found)
    return Certificate(
        desk_id=desk_id,
        load_id=load_id,
        at=at,
        population=population,
        sampled=len(found),
        leaking=sum(map(bool, found)),
        found=dict(sorted(total.items())),
        cases_bound=round_up(cases),
        values_bound=round_up(values),
        confidence=CONFIDENCE,
        cases_method=CASES_METHOD,
        values_method=VALUES_METHOD,
        ensemble=ENSEMBLE_VERSION,
        redaction=redaction_version(),
        policy=policy_digest(policy),
        seed=seed,
        allowed=lists.count(Listed.ALLOW),
        denied=lists.count(Listed.DENY),
        seconds=round(seconds, 3),
    )


def round_up(value: float) -> float:
    """Three decimals, never below the value."""
    return float(int(value * 1000) + (value * 1000 != int(value * 1000))) / 1000
