"""The dialect: HCL modules, plans and states of Terraform and OpenTofu."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Finding, NotLookedAt
from hushdesk.guard.dialects.terraform._folder import KINDS, Folder, folders
from hushdesk.guard.dialects.terraform._lower import lower
from hushdesk.guard.dialects.terraform._module import Module, Shared
from hushdesk.guard.dialects.terraform._plan import is_plan, is_state, read_plan, read_state

_TOP = {*KINDS, "locals", "terraform", "moved", "import", "removed", "check"}


class TerraformDialect:
    """HCL source, where all files of one folder are one module; plans and states as JSON."""

    name = "terraform"

    def claims(self, document: Document) -> bool:
        """Whether the document is a configuration, a plan or a state."""
        content = document.content
        if document.file.endswith((".tf.json", ".tfvars.json")):
            return isinstance(content, Mapping)
        if document.kind == "hcl":
            named = document.file.endswith((".tf", ".tfvars", ".tofu"))
            return named or (isinstance(content, Mapping) and not _TOP.isdisjoint(content))
        return document.kind == "json" and (is_plan(content) or is_state(content))

    def read(self, documents: Sequence[Document], world: World) -> Iterator[Finding]:
        """Each root module, plan and state stands for itself."""
        sources: list[Document] = []
        found: dict[Finding, None] = {}
        for document in documents:
            notes: list[Finding] = []
            if document.kind == "json" and is_plan(document.content):
                blocks = read_plan(document, notes)
                found |= dict.fromkeys(notes)
                found |= dict.fromkeys(lower(blocks, world, created=True))
            elif document.kind == "json" and is_state(document.content):
                blocks = read_state(document, notes)
                found |= dict.fromkeys(notes)
                found |= dict.fromkeys(lower(blocks, world, created=False))
            else:
                sources.append(document)
        yield from found
        yield from _sources(sources, world)


def _sources(documents: list[Document], world: World) -> Iterator[Finding]:
    notes: list[Finding] = [
        NotLookedAt(one.place("inputs"), "inputs of Terragrunt", "give the plan, which has their values")
        for one in documents
        if isinstance(one.content, Mapping) and "inputs" in one.content and one.file.endswith(".hcl")
    ]
    known = folders(documents, notes)
    yield from dict.fromkeys(notes)
    roots = [one for folder in _roots(known) for one in (folder, *folder.apart)]
    for folder in roots:
        shared = Shared(known, world.parameters)
        module = Module(shared, folder)
        blocks = list(module.blocks())
        found = dict.fromkeys(lower(blocks, world, created=True))
        yield from dict.fromkeys([*shared.findings, *found])


def _roots(known: Mapping[str, Folder]) -> Iterator[Folder]:
    """The folders that no other one calls. In a circle of calls one is begun with."""
    called = {name: set(folder.calls()) & set(known) - {name} for name, folder in known.items()}
    waiting = dict(known)
    while waiting:
        targets = {target for name in waiting for target in called[name]}
        roots = [name for name in waiting if name not in targets] or [min(waiting)]
        reached: set[str] = set()
        for name in roots:
            yield waiting[name]
            stack = [name]
            while stack:
                one = stack.pop()
                if one not in reached:
                    reached.add(one)
                    stack += called[one]
        waiting = {name: folder for name, folder in waiting.items() if name not in reached}
