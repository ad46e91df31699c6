"""A language that exists in these tests alone, and endpoints for it."""

from __future__ import annotations

from hushdesk.guard import AddressSet, Document, Endpoint, Malformed, NotLookedAt
from hushdesk.guard._policy import Action, Gate, Path, Place, Rule, Sources, Stage
from hushdesk.guard._services import Services


def exactly(*texts: str) -> Sources:
    return Sources.exactly(AddressSet.parse(*texts))


def endpoint(name: str, *allowed: Sources, file: str = "a.json", ports=(5432,), **more) -> Endpoint:
    rules = tuple(
        Rule(name=f"allow-{number}", action=Action.NEXT, sources=sources, place=Place(file, number + 1))
        for number, sources in enumerate(allowed)
    )
    gate = Gate(name="list", stages=(Stage(name="list", rules=rules),))
    return Endpoint(
        name=name,
        dialect="toy",
        kind="toy",
        place=Place(file, 1),
        paths=(Path(name="public address", gates=(gate,)),),
        listening=Services.of("tcp", *ports),
        **more,
    )


class Toy:
    """Reads ``{"toy": {name: [networks]}}``; the network "crash" is a bug of the dialect."""

    name = "toy"

    def claims(self, document: Document) -> bool:
        return isinstance(document.content, dict) and "toy" in document.content

    def read(self, documents, world):
        for document in documents:
            for name, networks in document.content["toy"].items():
                if "crash" in networks:
                    raise KeyError(name)
                if "wrong" in networks:
                    yield Malformed(document.place("toy", name), "a network is wrong.", "write it anew")
                elif "strange" in networks:
                    yield NotLookedAt(document.place("toy", name), name, "The network is strange.")
                else:
                    yield endpoint(name, exactly(*networks), file=document.file, engine="postgresql")
