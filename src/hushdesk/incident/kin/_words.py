"""What a class of addresses means, for people."""

from __future__ import annotations

from hushdesk.incident._answer import Kin, Kinship

_MEANING = {
    Kin.OWN: "ours",
    Kin.RESEARCH: "a scanner that says who it is; it indexes what it finds, and others may find the store by it",
    Kin.TOR: "an exit of the Tor network: whoever came this way does not want to be known",
    Kin.CLOUD: "an address of a cloud: it can be anybody's machine, and says nothing of who rented it",
    Kin.SEARCH: "a search engine: what it read may be in its index",
    Kin.PRIVATE: "an address that is not routed on the internet: one of our networks, or something between",
    Kin.OTHER: "on no list that was given",
}


def explain(kinship: Kinship) -> str:
    """One line: ``Tor exit (torbulkexitlist of 2020-01-02): an exit of …``."""
    name = f"{kinship.kin.value}{f' {kinship.name}' if kinship.name else ''}"
    return f"{name}{f' ({kinship.by})' if kinship.by else ''}: {_MEANING[kinship.kin]}"
