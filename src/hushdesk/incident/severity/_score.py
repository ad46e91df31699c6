"""ENISA's score of 2013 for one group of persons: context times ease of identification, plus circumstances of the breach."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hushdesk.incident._answer import Input, Severity
from hushdesk.incident._bound import Bound
from hushdesk.incident.severity._circumstances import Circumstances, Harm, Nature, Volume
from hushdesk.incident.severity._identification import identification, readable
from hushdesk.incident.severity._tables import CATEGORIES, Category, Context, contexts, kinds
from hushdesk.incident.severity._truth import Truth

_LEAST: Final = 1
_MOST: Final = 4
_MANY: Final = 100
_HARM: Final = {
    Harm.NONE: (0.0, 0.0),
    Harm.TEMPORARY: (0.25, 0.25),
    Harm.LASTING: (0.5, 0.5),
    Harm.UNKNOWN: (0.0, 0.5),
}
_NOT_SAID: Final = Bound.unknown("the number of persons was not given")


def score(names: Iterable[str], circumstances: Circumstances, persons: Bound = _NOT_SAID) -> Severity:
    """How severe it is for persons whose data are of these kinds.

    Args:
        names: Kinds of data, by their words: ``EMAIL``, ``FREE_TEXT``, ``HEALTH``. None at all means that nobody knows which.
        circumstances: Under which it happened.
        persons: How many there are, over all groups, for ENISA's first flag.

    Returns:
        A score from below and from above. Its inputs are every category, identifier and circumstance with its evidence,
        and the three totals ``DPC``, ``EI`` and ``CB``.
    """
    wanted = tuple(sorted(set(names)))
    by_category = [_category(category, wanted, circumstances) for category in CATEGORIES]
    context = [found for found in by_category if found is not None] or [
        Input(name="DPC none", lower=_LEAST, upper=_LEAST, evidence="sealing removed all that was there")
    ]
    ease = identification(wanted, circumstances)
    breach = _breach(circumstances)
    dpc = Input(
        name="DPC",
        lower=max(part.lower for part in context),
        upper=max(part.upper for part in context),
        evidence="the highest of the categories",
    )
    ei = Input(
        name="EI",
        lower=max(part.lower for part in ease),
        upper=max(part.upper for part in ease),
        evidence="the easiest of the identifiers",
    )
    cb = Input(
        name="CB",
        lower=sum(part.lower for part in breach),
        upper=sum(part.upper for part in breach),
        evidence="the sum of the circumstances",
    )
    return Severity(
        lower=dpc.lower * ei.lower + cb.lower,
        upper=dpc.upper * ei.upper + cb.upper,
        inputs=(*context, dpc, *ease, ei, *breach, cb),
        flags=_flags(circumstances, persons),
    )


def _category(category: Category, wanted: tuple[str, ...], circumstances: Circumstances) -> Input | None:
    """The context of one category, or nothing if the group has no data of it."""
    rows = kinds()
    context = contexts()[category]
    clear = readable(wanted, circumstances)
    # Steps from the basic score, from below and from above, of every kind that is there.
    steps: list[tuple[int, int]] = []
    there: list[str] = []
    parts: list[str] = []
    maybe: list[str] = []
    for kind in wanted:
        row = rows.get(kind)
        if row is None:
            maybe.append(f"no row for {kind}")
            continue
        if row.unsearched is category and circumstances.text_searched is not Truth.YES:
            maybe.append("free text that was not searched for sensitive subjects")
        if row.category is None:
            if clear[kind] is Truth.NO or not _opens(category, circumstances):
                continue
            if circumstances.secrets_open is None:
                maybe.append("credentials, and nobody knows what they open")
                continue
        elif row.category is not category:
            continue
        there.append(kind)
        if clear[kind] is Truth.NO:
            # That there is one is all that can be read.
            steps.append((_LEAST - context.base, _LEAST - context.base))
            parts.append(f"{kind} is sealed: no insight")
        else:
            doubtful = clear[kind] is Truth.UNKNOWN
            steps.append((_LEAST - context.base if doubtful else row.lowest, row.highest))
            parts.append(row.row + (f", and whether {kind} could be read is not known" if doubtful else ""))
    # No kind at all may be anything.
    if not wanted:
        maybe.append("the kinds of data are not known")
    if not there and not maybe:
        return None
    lowest, highest = max((low for low, _ in steps), default=0), max((high for _, high in steps), default=0)
    if maybe:
        # What may be there is there with its basic score.
        highest = max(highest, 0)
    own = [a for a in circumstances.adjustments if a.category is category]
    if own:
        lowest = highest = sum(a.by for a in own)
        parts += [f"officer {a.by:+d}: {a.reason}" for a in own]
    up_lower, up_upper, said = _raised(context, circumstances)
    evidence = f"{', '.join(there) or 'possibly'}: base {context.base} ({context.row})"
    for part in (*dict.fromkeys(parts), *maybe, *said):
        evidence += f"; {part}"
    return Input(
        name=f"DPC {category}",
        lower=float(_cut(context.base + lowest + up_lower) if there else _LEAST),
        upper=float(_cut(context.base + highest + up_upper)),
        evidence=evidence,
    )


def _opens(category: Category, circumstances: Circumstances) -> bool:
    """Whether exposed credentials may open data of a category."""
    return circumstances.secrets_open is None or category in circumstances.secrets_open


def _raised(context: Context, circumstances: Circumstances) -> tuple[int, int, list[str]]:
    """By how much circumstances raise a basic score: the largest factor that is, and the largest that may be."""
    stated = {
        "profile": {Volume.PROFILE: Truth.YES, Volume.UNKNOWN: Truth.UNKNOWN}.get(circumstances.volume),
        "status": {Nature.STATUS: Truth.YES, Nature.UNKNOWN: Truth.UNKNOWN}.get(circumstances.nature),
        "intimate": {Nature.INTIMATE: Truth.YES, Nature.UNKNOWN: Truth.UNKNOWN}.get(circumstances.nature),
        "safety": circumstances.vulnerable,
    }
    lower = upper = 0
    said = []
    for factor in context.factors:
        truth = stated.get(factor.key)
        if truth not in {Truth.YES, Truth.UNKNOWN}:
            continue
        upper = max(upper, factor.by)
        if truth is Truth.YES:
            lower = max(lower, factor.by)
        said.append(f"{factor.by:+d}{'' if truth is Truth.YES else ' possible'}: {factor.why}")
    return lower, upper, said


def _cut(value: int) -> int:
    return min(max(value, _LEAST), _MOST)


def _breach(circumstances: Circumstances) -> tuple[Input, ...]:
    """The four circumstances of annex 3."""
    strange, familiar = circumstances.read_by_unknown, circumstances.read_by_known
    lower = 0.5 if strange is Truth.YES else 0.25 if familiar is Truth.YES else 0.0
    upper = 0.5 if strange is not Truth.NO else 0.25 if familiar is not Truth.NO else 0.0
    row = {
        (0.5, 0.5): "an unknown number of recipients",
        (0.25, 0.25): "known recipients",
        (0.0, 0.0): "exposed, and no evidence that anybody read it where reading would have been seen",
    }.get((lower, upper), "whether anybody read it, and who, is not known")
    found = circumstances.readers or "no finding given"
    harm_words = {
        Harm.NONE: "unharmed",
        Harm.TEMPORARY: "harmed and recovered",
        Harm.LASTING: "harmed and not to be recovered",
        Harm.UNKNOWN: "not looked into",
    }
    malicious = circumstances.malicious
    meant = {
        Truth.YES: "the breach was meant",
        Truth.NO: "the breach was not meant",
        Truth.UNKNOWN: "whether the breach was meant is not known",
    }[malicious]
    return (
        Input(name="CB confidentiality", lower=lower, upper=upper, evidence=f"{row}; {found}"),
        *(
            Input(name=f"CB {name}", lower=_HARM[harm][0], upper=_HARM[harm][1], evidence=harm_words[harm])
            for name, harm in (
                ("integrity", circumstances.integrity),
                ("availability", circumstances.availability),
            )
        ),
        Input(
            name="CB malicious intent",
            lower=0.5 if malicious is Truth.YES else 0.0,
            upper=0.0 if malicious is Truth.NO else 0.5,
            evidence=meant,
        ),
    )


def _flags(circumstances: Circumstances, persons: Bound) -> tuple[str, ...]:
    """ENISA's two flags; they change no number."""
    flags = []
    if persons.lower > _MANY:
        flags.append("more than 100 persons")
    elif persons.upper is None or persons.upper > _MANY:
        flags.append("possibly more than 100 persons")
    if circumstances.encrypted is Truth.YES:
        flags.append("unintelligible")
    return tuple(flags)
