"""The bounds against published values and against their own definition."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.seal import rate_bound, share_bound
from hushdesk.seal._bounds import regularised_beta
from hushdesk.seal._certificate import bounds, round_up


def binomial_up_to(hits: int, sampled: int, share: float) -> float:
    return math.fsum(math.comb(sampled, k) * share**k * (1 - share) ** (sampled - k) for k in range(hits + 1))


@pytest.mark.parametrize(
    ("hits", "sampled", "confidence", "expected"),
    [
        # "Rule of three" and its exact form, 1 - 0.05 ** (1 / n).
        (0, 1, 0.95, 0.95),
        (0, 10, 0.95, 0.25887),
        (0, 100, 0.95, 0.02951),
        (0, 300, 0.95, 0.00994),
        (0, 1000, 0.95, 0.002991),
        # Two-sided 95 % tables (Clopper and Pearson 1934 and later): upper limits at 97.5 % one-sided.
        (0, 10, 0.975, 0.30850),
        (1, 10, 0.975, 0.44502),
        (2, 10, 0.975, 0.55610),
        (5, 10, 0.975, 0.81291),
        (2, 20, 0.975, 0.31698),
        (10, 100, 0.975, 0.17622),
        (1, 30, 0.975, 0.17217),
        (10, 10, 0.95, 1.0),
    ],
)
def test_shares_are_those_of_the_tables(hits, sampled, confidence, expected):
    assert share_bound(hits, sampled, confidence) == pytest.approx(expected, abs=6e-6)


@pytest.mark.parametrize(
    ("events", "confidence", "expected"),
    [
        # Garwood 1936 and the usual tables: one-sided 95 %, and 97.5 % for two-sided ones.
        (0, 0.95, 2.996),
        (1, 0.95, 4.744),
        (2, 0.95, 6.296),
        (5, 0.95, 10.513),
        (10, 0.95, 16.962),
        (0, 0.975, 3.689),
        (1, 0.975, 5.572),
        (10, 0.975, 18.390),
        (100, 0.975, 121.627),
    ],
)
def test_rates_are_those_of_the_tables(events, confidence, expected):
    assert rate_bound(events, confidence) == pytest.approx(expected, abs=6e-4)


@given(st.integers(1, 400), st.data(), st.floats(0.5, 0.999))
def test_a_share_bound_leaves_exactly_the_rest_to_chance(sampled, data, confidence):
    hits = data.draw(st.integers(0, sampled - 1))
    bound = share_bound(hits, sampled, confidence)
    assert hits / sampled < bound < 1
    # What makes it exact: at the bound, so few hits or fewer are seen with just this probability.
    assert binomial_up_to(hits, sampled, bound) == pytest.approx(1 - confidence, rel=1e-7)
    assert share_bound(hits + 1, sampled, confidence) > bound
    assert share_bound(hits, sampled + 1, confidence) < bound


@given(st.integers(0, 300), st.floats(0.5, 0.999))
def test_a_rate_bound_leaves_exactly_the_rest_to_chance(events, confidence):
    bound = rate_bound(events, confidence)
    seen = math.fsum(math.exp(k * math.log(bound) - bound - math.lgamma(k + 1)) for k in range(events + 1))
    assert seen == pytest.approx(1 - confidence, rel=1e-7)


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0.001, 0.999))
def test_the_beta_function_is_the_binomial_tail(a, b, x):
    tail = math.fsum(math.comb(a + b - 1, k) * x**k * (1 - x) ** (a + b - 1 - k) for k in range(a, a + b))
    assert regularised_beta(a, b, x) == pytest.approx(tail, rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("wrong", [(-1, 5, 0.95), (6, 5, 0.95), (1, 5, 0.0), (1, 5, 1.0)])
def test_counts_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError):
        share_bound(*wrong)
    if wrong[0] < 0:
        with pytest.raises(ValueError):
            rate_bound(wrong[0])


def test_values_that_leak_together_are_not_counted_as_if_they_leaked_alone():
    alone = [Counter({"PERSON": 1}) if n < 2 else Counter() for n in range(1000)]
    together = [Counter({"PERSON": 10}) if n < 2 else Counter() for n in range(1000)]
    assert bounds(alone) == pytest.approx((6.282, 6.296), abs=2e-3)
    cases, values = bounds(together)
    assert cases == pytest.approx(6.282, abs=2e-3)
    # Twenty independent values would give 29.1.
    assert values == pytest.approx(62.82, abs=0.02)


def test_nothing_found_in_little_says_little():
    cases, values = bounds([Counter()] * 3)
    assert cases > 600
    assert values > 900
    assert bounds([])[0] == 1000


@given(st.floats(0, 1e6))
def test_figures_are_rounded_up(value):
    assert value <= round_up(value) <= value + 0.0011
