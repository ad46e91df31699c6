"""How easily somebody can be identified by what was exposed: ENISA's second annex."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hushdesk.incident._answer import Input
from hushdesk.incident.severity._circumstances import Circumstances, Rarity
from hushdesk.incident.severity._tables import identifiers, kinds
from hushdesk.incident.severity._truth import Truth, every, some

_LEAST: Final = 0.25
_MOST: Final = 1.0
_SHOWN: Final = {
    "name": "full name",
    "national_id": "national number",
    "phone_address": "phone or address",
    "email": "e-mail",
    "photo": "photo",
    "alias": "alias",
}
_RARITY: Final = {
    Rarity.COMMON: (0.25, 0.25),
    Rarity.COUNTRY: (0.5, 0.5),
    Rarity.TOWN: (0.75, 0.75),
    Rarity.UNKNOWN: (0.25, 0.75),
}


def readable(wanted: Iterable[str], circumstances: Circumstances) -> dict[str, Truth]:
    """Which kinds could be read in clear.

    In a sealed store that is what sealing leaves alone, what stands unredacted, and every pseudonym once the vault stood open
    too. Of a kind without a row nobody knows what sealing does with it.
    """
    unsealed = ~circumstances.sealed
    swept = circumstances.leftovers
    found = {}
    for kind in wanted:
        row = kinds().get(kind)
        left = Truth.of(None if swept is None else kind in swept)
        if row is None:
            found[kind] = some((unsealed, left, Truth.UNKNOWN))
        elif not row.sealed:
            found[kind] = Truth.YES
        else:
            opened = circumstances.vault_exposed if row.sealed == "pseudonym" else Truth.NO
            found[kind] = some((unsealed, left, opened))
    return found


def identification(wanted: tuple[str, ...], circumstances: Circumstances) -> tuple[Input, ...]:
    """One input for each identifier; at least one."""
    rows = kinds()
    clear = readable(wanted, circumstances)
    found: dict[str, tuple[float, float, str]] = {}
    for kind in wanted:
        row = rows.get(kind)
        if row is None or not row.identifier or clear[kind] is Truth.NO:
            continue
        lower, upper = _ease(row.identifier, clear, circumstances)
        if clear[kind] is Truth.UNKNOWN:
            lower = _LEAST
        doubt = "" if clear[kind] is Truth.YES else "; whether it could be read in clear is not known"
        before = found.get(row.identifier, (0.0, 0.0, ""))
        found[row.identifier] = (
            max(before[0], lower),
            max(before[1], upper),
            f"{before[2]}, {kind}{doubt}" if before[2] else f"{kind}{doubt}",
        )
    inputs = [
        Input(name=f"EI {_SHOWN[name]}", lower=lower, upper=upper, evidence=f"{names}; {identifiers()[name]}")
        for name, (lower, upper, names) in found.items()
    ]
    if circumstances.sealed is not Truth.NO:
        inputs.append(_pseudonym(circumstances))
    if not wanted or any(kind not in rows for kind in wanted):
        inputs.append(
            Input(
                name="EI unknown kinds",
                lower=_LEAST,
                upper=_MOST,
                evidence="kinds that have no row may identify",
            )
        )
    if not inputs:
        inputs.append(
            Input(
                name="EI none",
                lower=_LEAST,
                upper=_LEAST,
                evidence="no identifier among the kinds: negligible",
            )
        )
    return tuple(inputs)


def _pseudonym(circumstances: Circumstances) -> Input:
    words = {
        Truth.YES: "the vault stood open: as easy as the identifiers behind it",
        Truth.NO: "the vault was not exposed: negligible",
        Truth.UNKNOWN: "whether the vault was exposed is not known",
    }[circumstances.vault_exposed]
    return Input(
        name="EI pseudonym",
        # What an exposed vault holds beyond the kinds named here is not known.
        lower=_LEAST,
        upper=_LEAST if circumstances.vault_exposed is Truth.NO else _MOST,
        evidence=f"pseudonym; {words}; {identifiers()['alias']}",
    )


def _ease(identifier: str, clear: dict[str, Truth], circumstances: Circumstances) -> tuple[float, float]:
    """From and to, for an identifier that can be read."""
    if identifier == "name":
        lower, upper = _RARITY[circumstances.names]
        beside = every(clear.get(kind, Truth.NO) for kind in ("BIRTH_DATE", "EMAIL"))
        return (_MOST if beside is Truth.YES else lower), (upper if beside is Truth.NO else _MOST)
    if identifier == "national_id":
        return _between(some((clear.get("PERSON", Truth.NO), circumstances.register_open)))
    if identifier == "phone_address":
        return _between(circumstances.listed)
    if identifier == "email":
        named, searched = circumstances.email_named, circumstances.email_found
        low = _MOST if named is Truth.YES else 0.75 if searched is Truth.YES else _LEAST
        high = _MOST if named is not Truth.NO else 0.75 if searched is not Truth.NO else _LEAST
        return low, high
    # A photo, or a code of somebody else's: nobody here knows what links it.
    return _LEAST, _MOST


def _between(truth: Truth) -> tuple[float, float]:
    return (_MOST if truth is Truth.YES else _LEAST), (_LEAST if truth is Truth.NO else _MOST)
