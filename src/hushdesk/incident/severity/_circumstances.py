"""Under which circumstances data were exposed: all that a score asks besides the kinds of data.

Whatever nobody has looked into stays *unknown* and makes the score a range. Only what ENISA's method itself takes as "no such
factor unless found" (volume, nature of the controller, vulnerable persons) is *not stated* and changes nothing until stated.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum

from hushdesk.incident._answer import Kin, Reading, Visitor
from hushdesk.incident._spans import NEVER, Spans
from hushdesk.incident.severity._tables import Category, contexts
from hushdesk.incident.severity._truth import Truth, some
from hushdesk.incident.severity.errors import AdjustmentError, UnreasonedError


class Harm(StrEnum):
    """What became of the data themselves, for integrity and for availability."""

    NONE = "none"
    TEMPORARY = "temporary"
    """Altered and mended, or out of reach for a while."""
    LASTING = "lasting"
    """Altered or lost, and not to be recovered."""
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """How it came about; used to find the nearest example only."""

    ATTACK = "attack"
    DECEPTION = "deception"
    """Somebody was talked into giving the data away."""
    INSIDER = "insider"
    MISTAKE = "mistake"
    """A wrong setting or a wrong recipient, meant by nobody."""
    LOSS = "loss"
    """A device or paper lost or stolen."""
    UNKNOWN = "unknown"


class Volume(StrEnum):
    """How much there is about one person."""

    NOT_STATED = "not stated"
    LITTLE = "little"
    PROFILE = "profile"
    """So much that a detailed profile can be made."""
    UNKNOWN = "unknown"


class Nature(StrEnum):
    """What it tells about somebody that this controller has data on them at all."""

    NOT_STATED = "not stated"
    NEUTRAL = "neutral"
    STATUS = "status"
    """Social or financial status: a seller of luxury."""
    INTIMATE = "intimate"
    """Health, sex life, belief: a pharmacy, a counselling service."""
    UNKNOWN = "unknown"


class Rarity(StrEnum):
    """How rare names of the group are."""

    COMMON = "common"
    COUNTRY = "rare in the country"
    TOWN = "rare in the town"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A step of ENISA's table that the officer takes on their own judgement; it stands in place of the kinds' own range.

    Raises:
        AdjustmentError: The table has no such step for this category.
        UnreasonedError: It has no reason.
    """

    category: Category
    by: int
    """0 says that nothing raises or lowers the basic score."""
    reason: str

    def __post_init__(self) -> None:
        allowed = contexts()[self.category].steps
        if self.by not in allowed:
            raise AdjustmentError(self.category, self.by, allowed)
        if not self.reason.strip():
            raise UnreasonedError(self.category)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Circumstances for one group of persons."""

    read_by_unknown: Truth = Truth.UNKNOWN
    """Whether somebody whom nobody knows has read or taken the data; unknown if it may have been."""
    read_by_known: Truth = Truth.UNKNOWN
    """Whether somebody has who is known and can be spoken to."""
    trusted: Truth = Truth.UNKNOWN
    """Of known readers: whether they are bound to secrecy."""
    readers: str = ""
    """On which findings the two rest, in words."""
    integrity: Harm = Harm.UNKNOWN
    availability: Harm = Harm.UNKNOWN
    malicious: Truth = Truth.UNKNOWN
    """Whether the breach itself was meant: a wrong setting is not, whoever used it later."""
    cause: Cause = Cause.UNKNOWN
    sealed: Truth = Truth.YES
    """Whether the store holds pseudonyms in place of identities."""
    vault_exposed: Truth = Truth.UNKNOWN
    """Whether what links pseudonyms to persons stood open too."""
    leftovers: frozenset[str] | None = None
    """Kinds that stand unredacted in a sealed store for this group; ``None`` if nobody has swept it."""
    encrypted: Truth = Truth.UNKNOWN
    """Whether the data are unintelligible: strongly encrypted, and the key safe."""
    text_searched: Truth = Truth.UNKNOWN
    """Whether free text was searched for sensitive subjects, so that their kinds would be named."""
    secrets_open: frozenset[Category] | None = None
    """Categories of what exposed credentials open; ``None`` if nobody knows."""
    volume: Volume = Volume.NOT_STATED
    nature: Nature = Nature.NOT_STATED
    vulnerable: Truth | None = None
    """Whether the group's safety or state may hang on it: minors, protected persons; ``None`` if not stated."""
    names: Rarity = Rarity.UNKNOWN
    listed: Truth = Truth.UNKNOWN
    """Whether phone numbers or addresses stand in a public list."""
    email_named: Truth = Truth.UNKNOWN
    """Whether e-mail addresses contain the name."""
    email_found: Truth = Truth.UNKNOWN
    """Whether a search for the address finds the person."""
    register_open: Truth = Truth.UNKNOWN
    """Whether the register behind national numbers can be asked by the public."""
    adjustments: tuple[Adjustment, ...] = field(default=())


def readers(
    visitors: Iterable[Visitor], unseen: Spans = NEVER, known: AbstractSet[str] = frozenset()
) -> tuple[Truth, Truth, str]:
    """What visitors and gaps of evidence say about readers.

    Args:
        visitors: All outside addresses found.
        unseen: Exposed, and nothing would have shown a connection.
        known: Addresses whose owner is known and can be spoken to, by the officer's word.

    Returns:
        :attr:`Circumstances.read_by_unknown`, :attr:`~Circumstances.read_by_known`, and the finding in words.
    """
    strange: list[Truth] = []
    familiar: list[Truth] = []
    read = maybe = 0
    for visitor in visitors:
        if visitor.kinship.kin is Kin.OWN:
            continue
        truth = {
            Reading.NO: Truth.NO,
            Reading.TURNED_AWAY: Truth.NO,
            Reading.READ: Truth.YES,
        }.get(visitor.reading, Truth.UNKNOWN)
        read += truth is Truth.YES
        maybe += truth is Truth.UNKNOWN
        # A scanner that says who it is shows what it found to whom it likes: its readers are not known.
        (familiar if visitor.address in known else strange).append(truth)
    if unseen:
        strange.append(Truth.UNKNOWN)
        familiar.append(Truth.UNKNOWN)
    words = f"{read} outside addresses read for certain, {maybe} may have"
    if unseen:
        words += f"; {unseen.size // 1_000_000:,} exposed seconds that no evidence covers"
    return some(strange), some(familiar), words
