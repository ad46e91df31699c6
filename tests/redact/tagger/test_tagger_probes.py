"""What is passed over after a look at a layer's vectors is nothing that the whole network finds."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest

from hushdesk.demo import iter_cases
from hushdesk.redact.tagger._model import Model
from hushdesk.redact.tagger._tag import LearnedTagger


@pytest.fixture(scope="module")
def weights():
    with resources.files("hushdesk.redact.tagger").joinpath("weights.npz").open("rb") as file:
        return dict(np.load(file))


@pytest.fixture(scope="module")
def texts():
    return [message.text for case in iter_cases(40, 77) for message in case.messages]


def test_weights_have_both_looks(weights):
    assert {"near", "near_least", "nearer", "nearer_least"} <= weights.keys()


def test_same_is_found_without_the_looks(weights, texts):
    looking = LearnedTagger(Model(weights)).tag(texts)
    whole = LearnedTagger(Model({k: v for k, v in weights.items() if not k.startswith("near")})).tag(texts)
    spans = [[{(f.start, f.end, f.kind) for f in found} for found in side] for side in (looking, whole)]
    total = sum(map(len, spans[1]))
    lost = sum(len(b - a) for a, b in zip(*spans, strict=True))
    assert total > 100
    # The looks keep .997 and .999 of what there is; of a few hundred findings one in a hundred is what chance allows.
    assert lost <= total / 100


def test_many_tokens_are_passed_over(weights, texts):
    model = Model(weights)
    text = "\x00".join(texts)[:16_000]
    looked = model.tagged(text).token.size
    without = Model({k: v for k, v in weights.items() if not k.startswith("near")}).tagged(text).token.size
    assert looked < 0.7 * without
