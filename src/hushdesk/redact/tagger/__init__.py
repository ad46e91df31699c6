"""The learned tagger: names, addresses and ids in context, in all scripts at once, with numpy alone."""

from functools import cache

from hushdesk.redact.tagger._model import Model, model
from hushdesk.redact.tagger._tag import LearnedTagger

__all__ = ["LearnedTagger", "Model", "learned", "model"]


@cache
def learned() -> LearnedTagger:
    """Return the tagger with the weights that come with the package."""
    return LearnedTagger(model())
