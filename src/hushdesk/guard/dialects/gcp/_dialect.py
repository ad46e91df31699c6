"""The dialect: Google Cloud's live answers and Deployment Manager configurations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Finding
from hushdesk.guard.dialects.gcp._deployment import is_deployment, read_deployment
from hushdesk.guard.dialects.gcp._lower import lower_gcp
from hushdesk.guard.dialects.gcp._read import answered, read_answers
from hushdesk.guard.dialects.gcp._values import Notes


class GcpDialect:
    """Answers of Google's API (also as gcloud, the asset inventory and recordings give them) and Deployment Manager."""

    name = "gcp"

    def claims(self, document: Document) -> bool:
        """Whether the document holds resources of Google Cloud."""
        return is_deployment(document) or answered(document)

    def read(self, documents: Sequence[Document], world: World) -> Iterator[Finding]:
        """Live answers belong together, whatever file they lie in; each deployment stands for itself."""
        notes = Notes()
        live = []
        for document in documents:
            if is_deployment(document):
                yield from lower_gcp(read_deployment(document, notes), world)
            else:
                live.append(document)
        if live:
            answers = read_answers(live, notes)
            yield from lower_gcp(answers.resources, world, created=False, listed=answers.listed)
        yield from notes.found
