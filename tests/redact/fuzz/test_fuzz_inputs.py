"""The check that the fuzzer makes holds for the seeds and for a few texts made of them."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path

import pytest

SPEC = importlib.util.spec_from_file_location("fuzz_redact", Path(__file__).parent / "fuzz_redact.py")
fuzz = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(fuzz)

pytestmark = pytest.mark.usefixtures("no_names")


@pytest.mark.parametrize("seed", fuzz.SEEDS)
def test_seeds(seed: str) -> None:
    fuzz.check(seed)
    fuzz.check(f"{seed} {seed}\n{seed}")


@pytest.mark.parametrize("number", range(60))
def test_texts_made_of_seeds(number: int) -> None:
    fuzz.check(fuzz.text_of(fuzz.mutated(random.Random(number))))
