"""Operators that no set before has, chosen before any of them was scored, a third kept aside once: the fifth set.

Core operators that PyTorch's own database (OpInfo) does not list and the table of rules does not name, in
fifth_core.py; and functions as users write them, in written.py.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.scoreboard.sets import fifth_core
from benchmarks.scoreboard.sets.fifth_core import DTYPES
from harness.case import Case
from tests.numerics.torchrun import op_case

WRITTEN = "benchmarks.scoreboard.functions.written."

Sample = Mapping[str, Any]


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every one of these operators and functions."""
    return (*fifth_core.cases(), *_written())


def _written() -> Iterator[Case]:
    for function, samples in {**_MODELS, **_VISION, **_LOSSES, **_SCIENCE, **_ACTIVATIONS}.items():
        for sample in samples:
            for d in DTYPES:
                yield op_case(WRITTEN + function, d, sample, **_SETTINGS.get(function, {}))


def _attended(length: int, heads: int = 2, shared: int | None = None) -> Sample:
    k = (1, shared or heads, length, 8)
    return {"q": (1, heads, length, 8), "k": k, "v": k}


def _x(*shape: int, **others: str) -> Sample:
    """x, and others of its shape, each of a value class of its own."""
    return {"x": shape, **{key: (shape, values) for key, values in others.items()}}


def _of(shape: tuple[int, ...], values: str, **others: Any) -> Sample:
    """x of a value class, and others."""
    return {"x": (shape, values), **others}


_CLASSES = ((17,), "index:33", "int64")
_NODES = ((33,), "index:17", "int64")
_BOX = ((33, 4), "range:0.2:1")
_PRICE = ((9, 33), "range:0.5:2")
_ANGLES = ((65, 2), "range:-1.2:1.2")
_IMAGE = ((1, 3, 9, 17), "unit")
_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "sliding_window_attention": {"window": 5},
    "sinusoidal_embedding": {"half": 7},
    "moving_average": {"momentum": 0.9},
}

_MODELS: Mapping[str, Sequence[Sample]] = {
    "rope": [{"x": (1, 3, 9, 18), "cos": ((9, 18), "range:-1:1"), "sin": ((9, 18), "range:-1:1")}],
    "rope_interleaved": [{"x": (1, 3, 9, 18), "cos": ((9, 9), "range:-1:1"), "sin": ((9, 9), "range:-1:1")}],
    "rms_norm_by_hand": [
        {"x": (9, 65), "weight": ((65,), "range:-0.3:0.3")},
        {"x": ((5, 33), "offset"), "weight": ((33,), "range:-0.3:0.3")},
    ],
    "qk_norm_scores": [{"q": (2, 9, 17), "k": (2, 17, 17), "scale": ((2, 1, 1), "range:0.5:2")}],
    "swiglu": [{"x": (9, 17), "gate": (33, 17), "up": (33, 17), "down": (17, 33)}],
    "geglu": [
        {"x": (9, 33), "weight": (34, 33), "bias": (34,)},
        {"x": ((5, 65), "unit"), "weight": (18, 65), "bias": (18,)},
    ],
    "alibi_attention": [{**_attended(17, 3), "slopes": ((3,), "literal:0.25,0.0625,0.015625")}],
    "grouped_query_attention": [_attended(9, 6, 2), _attended(17, 4, 1)],
    "sliding_window_attention": [_attended(17), _attended(33, 1)],
    "linear_attention": [_attended(17), _attended(33, 1)],
    "soft_capped_logits": [{"x": (9, 33), "weight": (65, 33)}],
    "top_two_experts": [{"x": (17, 9), "gates": (17, 5), "experts": (5, 9, 17)}],
    "lora_linear": [{"x": (9, 33), "weight": (17, 33), "a": (4, 33), "b": (17, 4)}],
    "token_shift": [{"x": (2, 9, 17), "mix": ((17,), "unit")}],
    "z_regularised_cross_entropy": [
        {"logits": (17, 33), "target": _CLASSES},
        {"logits": ((17, 33), "range:-9:9"), "target": _CLASSES},
    ],
    "selective_scan": [
        {"x": (1, 9, 5), "step": (1, 9, 5), "a": ((5, 4), "range:-1:1"), "b": (1, 9, 4), "c": (1, 9, 4)}
    ],
    "gated_linear_recurrence": [{"x": (2, 9, 17), "gate": (2, 9, 17), "decay": ((17,), "range:-4:-1")}],
    "sinusoidal_embedding": [{"t": ((33,), "range:0:20")}, {"t": ((17,), "unit")}],
    "tempered_softmax": [{"x": (9, 65), "log_temperature": ((9, 1), "range:-1:1")}],
    "attention_pooling": [{"x": (5, 17, 9), "query": (9,)}],
}

_VISION: Mapping[str, Sequence[Sample]] = {
    "squeeze_excite": [{"x": (2, 6, 5, 7), "down": (6, 3), "up": (3, 6)}],
    "separable_block": [{"x": (1, 5, 7, 9), "depthwise": (5, 1, 3, 3), "pointwise": (6, 5, 1, 1)}],
    "patch_embedding": [{"x": (1, 3, 8, 12), "weight": (17, 48), "bias": (17,)}],
    "bilinear_pooling": [{"x": (2, 5, 7, 9), "y": (2, 9, 7, 9)}],
    "soft_argmax": [_x(3, 5, 7, 9), _of((1, 17, 5, 5), "range:-4:4")],
    "total_variation": [_x(3, 5, 7, 9), _of((2, 9, 5, 17), "unit")],
    "ssim": [{"x": _IMAGE, "y": _IMAGE}],
    "giou_loss": [{"a": _BOX, "b": _BOX}],
    "rgb_to_ycbcr": [{"image": _IMAGE}],
    "saturation_and_value": [{"image": _IMAGE}],
    "srgb_from_linear": [_of((9, 65), "unit"), _of((5, 33), "range:0:0.01")],
    "gaussian_blur": [{"x": _IMAGE, "sigma": ((), "literal:1.25")}],
    "sobel_magnitude": [{"x": _IMAGE}, _x(2, 2, 7, 9)],
}

_LOSSES: Mapping[str, Sequence[Sample]] = {
    "focal_loss": [{"logits": (9, 33), "target": ((9, 33), "literal:0,1,1,0,0")}],
    "tversky_loss": [{"p": ((17, 33), "unit"), "target": ((17, 33), "literal:0,1,1,0,0,1,0")}],
    "info_nce": [_x(17, 9, y="normal"), _x(33, 5, y="normal")],
    "soft_triplet": [{"anchor": (33, 17), "positive": (33, 17), "negative": (33, 17)}],
    "gaussian_kl": [
        {
            "mean": (17, 9),
            "log_var": ((17, 9), "range:-1:1"),
            "other_mean": (17, 9),
            "other_log_var": ((17, 9), "range:-1:1"),
        }
    ],
    "elbo_terms": [{"x": ((17, 33), "unit"), "logits": (17, 33), "mean": (17, 9), "log_var": ((17, 9), "range:-2:1")}],
    "charbonnier": [_x(9, 65, target="normal"), _of((5, 33), "range:-9:9", target=(5, 33))],
    "label_smoothed_loss": [{"logits": (17, 33), "target": _CLASSES}],
    "pinball_loss": [
        {"predicted": (9, 13, 5), "target": (9, 13), "quantiles": ((5,), "literal:0.1,0.25,0.5,0.75,0.9")}
    ],
    "log_cosh": [_x(9, 65, target="normal"), _of((5, 33), "range:-9:9", target=(5, 33))],
    "evidential_loss": [
        {
            "mean": (9, 17),
            "nu": ((9, 17), "range:0.5:2"),
            "alpha": ((9, 17), "range:1.5:4"),
            "beta": ((9, 17), "range:0.5:2"),
            "y": (9, 17),
        }
    ],
    "ranking_loss": [{"scores": (17, 9), "relevance": ((17, 9), "literal:0,2,1,3,0,1,2")}],
}

_SCIENCE: Mapping[str, Sequence[Sample]] = {
    "weighted_moments": [_x(17, 65, w="unit"), _of((33, 17), "offset", w=((33, 17), "unit"))],
    "moving_average": [_x(5, 33), _of((9, 17), "offset")],
    "z_score": [_x(33, 17), _of((65, 5), "offset")],
    "min_max_scaled": [_x(9, 65), _of((17, 17), "positive")],
    "mahalanobis": [{"x": (65, 9), "mean": (9,), "precision": ((9, 9), "spd")}],
    "rbf_kernel": [{"x": (17, 5), "y": (9, 5), "log_scale": ((5,), "range:0.5:1")}],
    "matern_kernel": [{"x": (17, 3), "y": (9, 3)}],
    "normal_log_density": [_x(9, 65, mean="normal", raw_scale="normal")],
    "mixture_log_density": [
        {"x": (9, 17), "logits": (5,), "means": ((5,), "range:-2:2"), "log_scales": ((5,), "range:-1:0.5")}
    ],
    "student_log_density": [_x(9, 33, df="range:1:9")],
    "von_mises_log_density": [_x(9, 33, mean="normal", kappa="range:0.2:5")],
    "gumbel_log_density": [_x(9, 65, location="unit", scale="range:0.5:2")],
    "soft_histogram": [{"x": (17, 33), "centres": ((7,), "literal:-1.5,-1,-0.5,0,0.5,1,1.5")}],
    "softmax_entropy": [{"logits": (33, 17)}, {"logits": ((17, 65), "range:-6:6")}],
    "mutual_information": [{"table": ((33, 5, 7), "range:0.1:4")}],
    "sinkhorn": [{"cost": ((2, 9, 17), "unit")}],
    "pagerank_step": [{"rank": ((33,), "range:0.1:1"), "links": ((33, 33), "range:0.05:1")}],
    "graph_mean": [{"x": (17, 9), "source": _NODES, "target": _NODES}],
    "haversine": [{"a": _ANGLES, "b": _ANGLES}],
    "quaternion_product": [{"p": (33, 4), "q": (33, 4)}],
    "quaternion_rotate": [{"q": (33, 4), "v": (33, 3)}],
    "rotation_matrix": [{"axis": (33, 3), "angle": ((33,), "range:-3:3")}],
    "perspective": [{"points": (65, 3), "camera": (3, 4)}],
    "lennard_jones": [{"a": (17, 3), "b": (9, 3)}],
    "damped_oscillator_step": [_x(9, 33, v="normal", k="range:0.5:4")],
    "runge_kutta_step": [{"prey": ((9, 17), "range:0.5:4"), "hunter": ((9, 17), "range:0.5:4")}],
    "horner": [_of((9, 65), "range:-1.5:1.5"), _of((5, 33), "unit")],
    "newton_reciprocal": [_of((9, 65), "range:0.6:1.4", guess=((9, 65), "range:0.8:1.2"))],
    "dft_by_matmul": [_x(9, 17), _of((5, 33), "unit")],
    "laplacian": [{"u": (3, 9, 17)}, {"u": ((2, 17, 5), "offset")}],
    "trapezoid_by_hand": [{"y": (17, 33), "gaps": ((17, 32), "unit")}],
    "cumulative_log_return": [{"prices": _PRICE}],
    "black_scholes": [
        {"spot": _PRICE, "strike": _PRICE, "vol": ((9, 33), "range:0.2:0.8"), "time": ((9, 33), "range:0.2:2")}
    ],
}

_ACTIVATIONS: Mapping[str, Sequence[Sample]] = {
    "soft_thresholding": [{"x": (9, 33), "threshold": ((33,), "range:0.1:0.5")}],
    "squared_relu": [_x(9, 65), _of((5, 33), "range:-9:9")],
    "snake": [{"x": (9, 65), "alpha": ((65,), "range:0.5:2")}],
    "beta_swish": [_of((9, 65), "range:-9:9", beta=((65,), "range:0.5:2"))],
    "maxout": [{"x": (9, 33), "weight": (3, 17, 33), "bias": (3, 17)}],
    "soft_exponential": [_x(9, 65), _of((5, 33), "range:-9:9")],
    "hard_mish": [_x(9, 65), _of((5, 33), "range:-4:4")],
}
