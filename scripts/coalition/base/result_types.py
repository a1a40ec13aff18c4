"""What the files of one hypothesis and of inference hold, as types; docs/architecture.md prints
them.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

Number = float | None
"""Null where there is no meaningful number."""


class Effect(TypedDict):
    """The estimate of the effect under test, on the scale of the primary test."""

    model: str | None
    term: str | None
    estimate: Number
    std_error: Number
    p_value: Number
    conf_low: Number
    conf_high: Number
    n: int | None
    n_clusters: int | None


class Alternative(Effect):
    """The primary test under another setting."""

    name: str
    label: str
    status: str
    message: str | None


class Without(Effect):
    """The primary test without a state or a bloc."""

    left_out: str
    label: str


class Robustness(TypedDict):
    """`estimates/robustness_<hypothesis>.json`"""

    hypothesis: str
    unit: NotRequired[str]
    primary: Effect
    alternatives: list[Alternative]
    leave_one_out: list[Without]
    leave_bloc_out: list[Without]


class Drawn(Effect):
    """The primary test with what is missing or coded drawn."""

    method: Literal["listwise", "imputed", "coders", "plausible", "both", "components"]
    label: str
    df: Number
    missing: Number
    draws: int | None
    failed: int | None
    message: str | None


class Imputed(TypedDict):
    """A variable as observed and as drawn."""

    variable: str
    label: str
    missing: int
    of: int
    observed_mean: Number
    observed_sd: Number
    drawn_mean: Number
    drawn_sd: Number


class Uncertainty(TypedDict):
    """`estimates/uncertainty_<hypothesis>.json`"""

    hypothesis: str
    rows: list[Drawn]
    variables: list[Imputed]


class Rates(TypedDict):
    """What samples with a declared effect find; null where no world has such an effect."""

    effect: float
    power: Number
    power_holm: Number
    type_s: Number
    type_m: Number
    failed: Number


class Simulated(Rates):
    """What samples with a declared effect find, `multiple` times the smallest one of interest; null
    where no world has such an effect.
    """

    multiple: float


class Power(TypedDict):
    """`estimates/power_<hypothesis>.json`"""

    hypothesis: str
    unit: NotRequired[str]
    title: str
    scale: str
    smallest_effect: float
    replicates: int
    target: float
    alpha: float
    alpha_holm: Number
    correlation: Number
    n: int | None
    message: str | None
    rows: list[Simulated]


class Method(TypedDict):
    """A primary test by one method of inference; `method` is "primary" or one of the config."""

    method: str
    linear: bool
    term: str | None
    estimate: Number
    std_error: Number
    statistic: Number
    df: Number
    p_value: Number
    conf_low: Number
    conf_high: Number
    p_equal_tailed: Number
    replicates: int | None
    not_fitted: int | None
    p_below_smallest: Number
    p_holm: Number
    p_bh: Number
    reason: str | None


class Benchmark(TypedDict):
    """A confounder as strong as `times` an observed covariate."""

    covariate: str
    times: float
    r2_treatment: Number
    r2_outcome: Number
    estimate: Number
    std_error: Number
    statistic: Number


class Sensitivity(TypedDict):
    """How strong a confounder would have to be (Cinelli & Hazlett 2020)."""

    term: str
    estimate: float
    std_error: float
    statistic: float
    df: float
    partial_r2: float
    robustness_value: float
    robustness_value_alpha: float
    benchmarks: list[Benchmark]


class Tested(TypedDict):
    """A primary test by every method."""

    hypothesis: str
    title: str
    model: str
    family: str
    scale: str
    sign: int
    smallest_effect: float
    n: int
    n_clusters: int | None
    rows: list[Method]
    sensitivity: Sensitivity | None


class Inference(TypedDict):
    """`estimates/inference.json`"""

    seed: int
    level: float
    replicates: int
    permutations: int
    benchmark_times: float
    methods: list[str]
    hypotheses: list[Tested]


FILES: tuple[type, ...] = (Robustness, Uncertainty, Power, Inference)
"""The types that are files; their docstring names the file."""
