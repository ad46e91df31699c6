"""The dialect: which documents are of AWS, and which reader gets them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Finding
from hushdesk.guard.dialects.aws._cloudformation import is_template, read_template
from hushdesk.guard.dialects.aws._live import is_live, read_live


class AwsDialect:
    """CloudFormation templates and answers of the API."""

    name = "aws"

    def claims(self, document: Document) -> bool:
        """Whether this document is of this language. Cheap, and never raises."""
        if document.kind not in {"json", "yaml"}:
            return False
        return is_template(document.content) or is_live(document.content)

    def read(self, documents: Sequence[Document], world: World) -> Iterator[Finding]:
        """Everything that the claimed documents hold."""
        live = []
        for document in documents:
            if is_template(document.content):
                yield from read_template(document, world)
            else:
                live.append(document)
        yield from read_live(live, world)
