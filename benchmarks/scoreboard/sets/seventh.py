"""The seventh set: what users of PyTorch run, to say whether what was learnt on the sets before generalises.

Written without a look at the rules or at any score: seventh_core.py has operators that most models call,
seventh_rarer.py less common ones, seventh_grads.py gradients of both, user_code.py and user_code_more.py functions as
users compose them, whose inputs are here. Split by a checksum of their names, about a third kept aside once, before
any of them was scored.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.scoreboard.sets import seventh_core, seventh_grads, seventh_rarer
from benchmarks.scoreboard.sets.composing import Sample, composed
from benchmarks.scoreboard.sets.seventh_core import HALF, seed
from harness.case import Case

FIRST = "benchmarks.scoreboard.functions.user_code."
MORE = "benchmarks.scoreboard.functions.user_code_more."


@functools.cache
def cases() -> tuple[tuple[Case, bool], ...]:
    """(case, whether kept aside) of every one of these functions and operators."""
    return tuple(
        (case, kept_aside(name(case.target)))
        for case in (*seventh_core.cases(), *seventh_rarer.cases(), *seventh_grads.cases(), *_composed())
    )


def name(target: str) -> str:
    """The last part of a target: `v_trace`, `conv2d`."""
    return target.rpartition(".")[2]


def kept_aside(name: str) -> bool:
    """Whether a function or an operator is kept aside, in all dtypes and samples."""
    return zlib.crc32(("seventh " + name).encode()) % 3 == 1


def _composed() -> Iterator[Case]:
    functions = {FIRST: {**_LANGUAGE, **_VISION, **_SPEECH, **_RECOMMENDERS}, MORE: _MORE}
    return composed(functions, seed, [("float32", half) for half in HALF], full=_FULL, grads=_GRADS, every=3)


def _edges(nodes: int, edges: int, width: int, **others: Any) -> Sample:
    """Features of nodes, and the edges between them."""
    index = ((edges,), f"index:{nodes}", "int64")
    return {"x": (nodes, width), "source": index, "target": index, **others}


_FULL = ("lagged_regression", "ridge_by_cholesky", "whitened", "implicit_heat_step")
_GRADS: Mapping[str, tuple[str, ...]] = {
    "gated_attention_unit": ("x", "shared", "value", "gate", "scale"),
    "capped_attention": ("q", "k", "v"),
    "parallel_block": ("x", "norm", "qkv", "out", "up", "down"),
    "sharded_vocabulary_loss": ("hidden", "head"),
    "min_gru_scan": ("x", "gate"),
    "dilated_pyramid": ("x", "weight", "project"),
    "inverted_residual": ("x", "expand", "depthwise", "project"),
    "transducer_joint": ("encoded", "predicted", "weight", "bias"),
    "attentive_statistics": ("x", "weight", "score"),
    "shared_experts": ("x", "experts", "gates"),
    "isomorphism_layer": ("x", "inner", "outer"),
    "equivariant_step": ("place", "feature", "weight"),
    "decomposed_forecast": ("x", "trend", "season"),
    "squashed_log_density": ("mean", "log_std"),
    "ridge_by_cholesky": ("x", "y"),
    "microfacet_shading": ("normal", "rough"),
}

_SMALL = "range:-0.3:0.3"
_LANGUAGE: Mapping[str, Sequence[Sample]] = {
    "gated_attention_unit": [
        {
            "x": (1, 15, 24),
            "shared": ((24, 16), _SMALL),
            "value": ((24, 31), _SMALL),
            "gate": ((24, 31), _SMALL),
            "scale": ((2, 16), "range:0.5:1.5"),
        }
    ],
    "prefix_attention": [
        {"q": (1, 2, 15, 16), "k": (1, 2, 15, 16), "v": (1, 2, 15, 16)},
        {"q": ((2, 1, 31, 8), "range:-3:3"), "k": (2, 1, 31, 8), "v": ((2, 1, 31, 8), "unit")},
    ],
    "capped_attention": [{"q": ((2, 2, 12, 24), "range:-3:3"), "k": (2, 2, 12, 24), "v": (2, 2, 12, 24)}],
    "parallel_block": [
        {
            "x": (1, 12, 16),
            "norm": ((16,), "range:0.7:1.3"),
            "qkv": ((48, 16), _SMALL),
            "out": ((16, 16), _SMALL),
            "up": ((31, 16), _SMALL),
            "down": ((16, 31), _SMALL),
        }
    ],
    "sandwich_norm": [
        {"x": ((15, 48), "range:-5:5"), "inner": (48,), "outer": ((48,), "unit"), "weight": ((48, 48), _SMALL)}
    ],
    "sharded_vocabulary_loss": [
        {"hidden": (63, 16), "head": ((96, 16), "range:-0.5:0.5"), "target": ((63,), "index:96", "int64")},
    ],
    # None of these numbers lies where half precision may decide either way.
    "min_p_probabilities": [{"logits": ((15, 70), "range:-6:6")}, {"logits": (31, 32)}],
    "penalised_logits": [{"logits": ((15, 64), "range:-9:9"), "counts": ((15, 64), "literal:0,0,1,0,3,0,0", "int64")}],
    "unlikelihood_loss": [{"logits": ((64, 15), "range:-2:3"), "bad": ((64, 3), "index:15", "int64")}],
    "min_gru_scan": [{"x": (2, 12, 31), "gate": (2, 12, 31)}, {"x": (1, 48, 7), "gate": ((1, 48, 7), "range:-4:0")}],
    "hyper_connections": [
        {"streams": (15, 4, 24), "read": (4,), "write": (4,), "mix": (4, 4), "weight": ((24, 24), _SMALL)}
    ],
    "dynamic_int8_linear": [
        {"x": (15, 64), "weight": ((31, 64), "range:-0.2:0.2")},
        {"x": ((8, 127), "range:0:3"), "weight": (16, 127)},
    ],
    "sentence_embedding": [{"hidden": (8, 12, 48), "kept": ((8, 12), "literal:1,1,1,1,0,1,1", "bool")}],
    "projected_cross_attention": [
        {
            "x": (2, 12, 16),
            "memory": (2, 31, 24),
            "wq": ((16, 12), _SMALL),
            "wk": ((24, 12), _SMALL),
            "wv": ((24, 15), _SMALL),
            "kept": ((2, 31), "literal:1,1,1,0,1,1,1,1", "bool"),
        }
    ],
}

_PIXELS = ((2, 3, 12, 15), "range:0:1")
_VISION: Mapping[str, Sequence[Sample]] = {
    "pyramid_merge": [
        {"fine": (1, 12, 8, 10), "coarse": (1, 6, 4, 5), "lateral": ((6, 12, 1, 1), _SMALL), "smooth": (6, 6, 3, 3)}
    ],
    "dilated_pyramid": [{"x": (1, 5, 8, 11), "weight": ((6, 5, 3, 3), _SMALL), "project": ((7, 23, 1, 1), _SMALL)}],
    "region_features": [{"x": ((1, 6, 12, 11), "range:0:4"), "boxes": ((15, 4), "range:0.1:0.5")}],
    "decoded_boxes": [{"deltas": (63, 4), "anchors": ((63, 4), "range:16:300")}],
    "distributed_boxes": [{"logits": ((47, 4, 16), "range:-4:4"), "points": ((47, 2), "range:0:32")}],
    "merged_patches": [{"x": (2, 8, 6, 12), "norm": ((48,), "range:0.5:1.5"), "weight": ((24, 48), _SMALL)}],
    "inverted_residual": [
        {
            "x": (1, 6, 7, 8),
            "expand": ((16, 6, 1, 1), "range:-0.6:0.6"),
            "depthwise": ((16, 1, 3, 3), "range:-0.5:0.5"),
            "squeeze": (4, 16),
            "excite": (16, 4),
            "project": ((6, 16, 1, 1), "range:-0.4:0.4"),
        }
    ],
    "bottleneck": [
        {
            "x": ((1, 16, 6, 7), "range:0:3"),
            "reduce": ((8, 16, 1, 1), _SMALL),
            "conv": ((8, 8, 3, 3), _SMALL),
            "widen": ((16, 8, 1, 1), _SMALL),
            "mean": ((8,), _SMALL),
            "var": ((8,), "range:0.3:2"),
        }
    ],
    "harris_response": [{"x": _PIXELS}, {"x": ((1, 1, 24, 31), "range:0:3")}],
    "lab_from_xyz": [{"xyz": ((2, 3, 7, 12), "range:0.02:0.95")}],
    "style_loss": [{"x": ((2, 12, 7, 8), "range:0:3"), "y": ((2, 12, 7, 8), "range:0:3")}],
    "peak_signal_to_noise": [{"x": ((64, 12, 15), "range:0:1"), "y": ((64, 12, 15), "range:0:1")}],
    "aggregated_residuals": [{"x": ((2, 47, 12), "range:-1:1"), "centres": ((6, 12), "range:-1:1")}],
}

_SPEECH: Mapping[str, Sequence[Sample]] = {
    "conformer_convolution": [
        {
            "x": (2, 12, 24),
            "gate": ((24, 12, 1), _SMALL),
            "depthwise": ((12, 1, 7), _SMALL),
            "mean": ((12,), _SMALL),
            "var": ((12,), "range:0.1:1"),
            "out": ((12, 12, 1), _SMALL),
        }
    ],
    "cepstra": [{"mel": ((31, 24), "range:0.01:8")}, {"mel": ((15, 40), "positive")}],
    "with_deltas": [{"x": ((2, 12, 31), "range:-8:2")}],
    "overlap_added": [{"frames": ((3, 12, 16), "range:-1:1"), "window": ((16,), "range:0.1:1")}],
    "masked_spectrum": [{"re": (31, 15), "im": (31, 15), "mask_re": (31, 15), "mask_im": (31, 15)}],
    "transducer_joint": [
        {"encoded": (1, 12, 16), "predicted": (1, 5, 16), "weight": ((24, 16), "range:-0.5:0.5"), "bias": (24,)}
    ],
    "attentive_statistics": [{"x": (3, 16, 31), "weight": ((16, 7), _SMALL), "score": (7, 16)}],
}

_FACTORS = ((64, 12), "range:-0.6:0.6")
_RECOMMENDERS: Mapping[str, Sequence[Sample]] = {
    "bayesian_ranking_loss": [{"user": _FACTORS, "liked": _FACTORS, "other": _FACTORS}],
    "wide_and_deep": [
        {
            "ids": ((95, 4), "index:48", "int64"),
            "wide": ((48, 1), _SMALL),
            "table": (48, 6),
            "first": ((16, 24), _SMALL),
            "last": ((1, 16), _SMALL),
        }
    ],
    "shared_experts": [{"x": (15, 24), "experts": ((5, 24, 12), _SMALL), "gates": ((3, 24, 5), "range:-0.5:0.5")}],
    "faded_history": [{"events": (3, 31, 12), "age": ((3, 31), "range:0:6"), "rate": ((5,), "range:-2:1")}],
    "ranking_gradients": [{"score": (8, 15), "grade": ((8, 15), "literal:0,2,1,0,3,0,1")}],
}

_COEFFICIENTS = ((3,), "literal:0.99,0.9,0.7"), ((3,), "literal:0.141,0.436,0.714")
_STEP = (15, 31)
_MORE: Mapping[str, Sequence[Sample]] = {
    "isomorphism_layer": [_edges(31, 95, 8, inner=((8, 16), "range:-0.4:0.4"), outer=((16, 12), "range:-0.4:0.4"))],
    "edge_convolution": [_edges(24, 127, 6, weight=((12, 15), "range:-0.4:0.4"))],
    "chebyshev_filter": [
        {"x": (24, 15), "adjacency": ((24, 24), "range:0:1"), "coefficients": ((4,), "literal:0.5,-0.7,0.3,0.4")}
    ],
    "equivariant_step": [{"place": ((31, 3), "range:-3:3"), "feature": (31, 6), "weight": ((13, 1), _SMALL)}],
    "rotation_score": [{"head": (95, 24), "relation": ((95, 12), "range:-3:3"), "tail": (95, 24)}],
    "decomposed_forecast": [
        {"x": ((15, 24), "range:3:9"), "trend": ((24, 12), "range:-0.1:0.2"), "season": ((24, 12), _SMALL)},
    ],
    "double_exponential": [{"x": ((12, 15), "range:10:20")}, {"x": (31, 8)}],
    "volatility": [{"returns": ((31, 12), "range:-2:2")}],
    "soft_time_warp": [{"x": (12, 4), "y": (12, 5)}],
    "gated_residual": [
        {"x": (2, 12, 31), "inner": ((31, 16), _SMALL), "gate": ((16, 62), _SMALL), "norm": ((31,), "range:0.5:1.5")}
    ],
    "lagged_regression": [{"x": (31, 16)}],
    "ancestral_step": [{"x": _STEP, "noise": _STEP, "fresh": _STEP, "beta": ((15, 1), "range:0.01:0.2")}],
    "multistep_solver": [
        {"x": _STEP, "now": _STEP, "before": _STEP, "alpha": _COEFFICIENTS[0], "sigma": _COEFFICIENTS[1]}
    ],
    "signal_weighted_loss": [{"noise": (95, 16), "guess": (95, 16), "t": ((95,), "range:0.02:0.95")}],
    "v_trace": [{"log_ratio": ((24, 12), "range:-1:0.5"), "reward": (24, 12), "value": (25, 12)}],
    "squashed_log_density": [{"mean": (95, 6), "log_std": ((95, 6), "range:-2:0.5"), "noise": (95, 6)}],
    "quantile_temporal_difference": [{"guess": (24, 16), "target": ((24, 12), "range:-2:3")}],
    "duelling_target": [{"value": (95, 1), "advantage": ((95, 7), "range:-1:1"), "reward": (95,)}],
    "preference_loss": [{"better": (24, 15), "worse": (24, 15), "margin": ((15,), "range:0:1")}],
    "ridge_by_cholesky": [{"x": (5, 24, 6), "y": (5, 24, 4)}],
    "whitened": [{"x": ((47, 8), "range:-2:4")}],
    "beta_log_density": [
        {"x": ((15, 31), "range:0.02:0.98"), "a": ((15, 31), "range:0.5:6"), "b": ((31,), "range:0.5:6")}
    ],
    "reweighted_mean": [{"x": ((95, 31), "range:-4:6")}],
    "expected_calibration": [{"logits": ((127, 10), "range:-4:4"), "target": ((127,), "index:10", "int64")}],
    "kernel_discrepancy": [{"x": (64, 6), "y": ((64, 6), "range:-1:2")}],
    "dihedral_angles": [{"p": ((15, 12, 3), "range:-2:2")}],
    "nearest_image_energy": [{"place": ((64, 3), "unit"), "charge": ((64,), "range:-1:2")}],
    "implicit_heat_step": [{"u": ((12, 24), "range:0:1")}, {"u": (5, 31)}],
    "shallow_water_step": [{"h": ((7, 32), "range:1:2"), "hu": ((7, 32), "range:-0.5:0.5")}],
    "radial_basis": [{"r": ((64,), "range:0.05:0.95")}],
    "hermite_spline": [{"t": ((15, 31), "unit"), "y": (15, 32), "slope": (15, 32)}],
    "microfacet_shading": [
        {
            "normal": ((95, 3), "range:0.2:1"),
            "light": ((95, 3), "range:0.1:1"),
            "view": ((95, 3), "range:0.1:1"),
            "rough": ((95,), "range:0.3:1"),
        }
    ],
    "lens_distortion": [{"points": ((127, 2), "range:-0.8:0.8"), "k": ((4,), "literal:-0.28,0.07,0.001,-0.0005")}],
    "trust_ratio_step": [
        {"p": _STEP, "g": (_STEP, "range:-0.1:0.1"), "m": (_STEP, "range:-0.1:0.1"), "v": (_STEP, "range:0.001:0.01")}
    ],
    "centred_rms_step": [{"p": _STEP, "g": _STEP, "mean": (_STEP, "range:-0.2:0.2"), "square": (_STEP, "range:0.2:2")}],
}
