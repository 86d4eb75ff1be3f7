"""The eighth set: what users of PyTorch run, wholly kept aside, to say whether what was learnt on the sets before
generalises.

Written without a look at the rules or at any score: eighth_core.py has operators that most models call,
eighth_rarer.py less common ones, eighth_grads.py gradients of both, recent_code.py, recent_code_more.py and
recent_code_rest.py functions as users compose them, whose inputs are here.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.scoreboard.sets import eighth_core, eighth_grads, eighth_rarer
from benchmarks.scoreboard.sets.composing import Sample, composed
from benchmarks.scoreboard.sets.eighth_core import seed
from harness.case import Case

FIRST = "benchmarks.scoreboard.functions.recent_code."
MORE = "benchmarks.scoreboard.functions.recent_code_more."
REST = "benchmarks.scoreboard.functions.recent_code_rest."
# Of a function, by its checksum.
SOME = (
    *(("float32", "bfloat16"), ("float32", "float16"), ("float64", "bfloat16"), ("float32", "float64", "float16")),
    *(("float32", "bfloat16", "float64"), ("float32", "float16")),
)


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every one of these functions and operators."""
    return (*eighth_core.cases(), *eighth_rarer.cases(), *eighth_grads.cases(), *_composed())


def _composed() -> Iterator[Case]:
    functions = {FIRST: {**_LANGUAGE, **_VISION}, MORE: _MORE, REST: _REST}
    return composed(functions, seed, SOME, full=_FULL, grads=_GRADS, every=5)


def shaped(shape: tuple[int, ...], /, **values: str) -> Sample:
    """Tensors of one shape, each of a value class of its own."""
    return {name: (shape, kind) for name, kind in values.items()}


def qkv(*shape: int, values: str = "normal", **others: Any) -> Sample:
    """Queries, keys and values of one shape, and others."""
    return {"q": (shape, values), "k": shape, "v": shape, **others}


_FULL = (
    *("spectral_mixing", "analytic_envelope", "closed_form_items", "least_variance", "logistic_newton"),
    "linear_prediction",
)
_GRADS: Mapping[str, tuple[str, ...]] = {
    "multi_query_attention": ("q", "k", "v"),
    "cosine_window_attention": ("q", "k", "v", "scale", "bias"),
    "gated_rms_norm": ("x", "z", "weight"),
    "taylor_linear_attention": ("q", "k", "v"),
    "poly_loss": ("logits",),
    "two_pass_loss": ("first", "second"),
    "pairwise_sigmoid_loss": ("image", "text"),
    "decomposed_adapter": ("a", "b", "size"),
    "token_mixer": ("x", "up", "down"),
    "spatial_gating": ("x", "weight"),
    "ghost_features": ("x", "primary", "cheap"),
    "up_and_skip": ("x", "up", "conv"),
    "coordinate_attention": ("x", "squeeze"),
    "axial_bias_attention": ("q", "k", "v", "rows"),
    "guided": ("x",),
    "perceptual_gap": ("x", "weight"),
    "shifted_relative_attention": ("q", "k", "v", "r"),
    "neural_matching": ("user", "item", "hidden"),
    "field_attention": ("x", "q", "k", "v"),
    "list_loss": ("score",),
    "smooth_gain": ("score",),
    "personalised_propagation": ("x",),
    "continuous_filter": ("x", "weight"),
    "affine_coupling": ("x", "scale", "shift"),
    "penalised_critic": ("slope",),
    "policy_gap": ("mean", "log_std"),
    "morse_energy": ("place",),
    "smile": ("p",),
    "responsibilities": ("x", "mean"),
    "weibull_survival": ("shape", "scale"),
}

_SMALL = "range:-0.3:0.3"
_UNIT = "range:-1:1"
_HEADS = (2, 3, 10, 12)
_LANGUAGE: Mapping[str, Sequence[Sample]] = {
    "multi_query_attention": [
        {"q": (2, 4, 20, 10), "k": (2, 20, 10), "v": (2, 20, 10)},
        {"q": ((1, 3, 30, 18), "range:-2:2"), "k": (1, 30, 18), "v": ((1, 30, 18), "unit")},
    ],
    "cosine_window_attention": [qkv(*_HEADS, scale=((3,), "range:1:3"), bias=((3, 10, 10), _UNIT))],
    "gated_rms_norm": [{"x": (2, 10, 40), "z": (2, 10, 40), "weight": ((40,), "range:0.5:1.5")}],
    "exponential_gate_cell": [shaped((6, 4, 25), x="normal", i="range:-2:2", f="range:0:4")],
    "taylor_linear_attention": [qkv(2, 20, 12, values=_UNIT), qkv(1, 40, 8, values="range:-0.5:0.5")],
    "chunked_local_attention": [qkv(3, 20, 14)],
    "lens_entropy": [{"hidden": (40, 20), "norm": ((20,), "range:0.5:1.5"), "head": ((90, 20), "range:-0.5:0.5")}],
    "poly_loss": [{"logits": ((80, 20), "range:-3:3"), "target": ((80,), "index:20", "int64")}],
    "two_pass_loss": [
        {"first": ((60, 12), "range:-3:3"), "second": ((60, 12), "range:-3:3"), "target": ((60,), "index:12", "int64")}
    ],
    "image_text_logits": [{"image": (20, 36), "text": ((30, 36), "range:-1:2"), "scale": ((), "literal:2.66")}],
    "pairwise_sigmoid_loss": [
        {"image": (30, 24), "text": (30, 24), "scale": ((), "literal:2.3"), "bias": ((), "literal:-5")}
    ],
    "four_bit_linear": [
        {
            "x": (15, 48),
            "packed": ((20, 24), "index:256", "uint8"),
            "scale": ((20, 6), "range:0.005:0.03"),
            "zero": ((20, 6), "literal:8,7,8,9"),
        }
    ],
    "decomposed_adapter": [
        {
            "x": (20, 36),
            "weight": ((25, 36), _SMALL),
            "a": ((4, 36), _SMALL),
            "b": ((25, 4), _SMALL),
            "size": ((25,), "range:0.8:1.5"),
        }
    ],
    "bottleneck_adapter": [
        {"x": (2, 10, 48), "norm": ((48,), "range:0.8:1.2"), "down": ((12, 48), _SMALL), "up": ((48, 12), _SMALL)}
    ],
    "drafting_heads": [{"x": (12, 16), "weight": ((3, 16, 16), _SMALL), "head": ((50, 16), "range:-0.5:0.5")}],
    "extrapolating_rotary": [{"x": (2, 3, 20, 12)}, {"x": ((1, 2, 36, 20), "range:-2:2")}],
    "spectral_mixing": [{"x": (2, 12, 20), "norm": ((20,), "range:0.8:1.2")}],
    "token_mixer": [
        {"x": (2, 18, 20), "norm": ((20,), "range:0.8:1.2"), "up": ((18, 30), _SMALL), "down": ((30, 18), _SMALL)}
    ],
    "spatial_gating": [{"x": (2, 15, 36), "weight": ((15, 15), "range:-0.1:0.1"), "bias": ((15,), "literal:1")}],
    "late_interaction": [{"query": (6, 8, 20), "document": (10, 25, 20)}],
    "okapi_scores": [
        {
            "counts": ((60, 12), "literal:0,0,1,0,3,0,1,2,0"),
            "length": ((60,), "range:20:300"),
            "rarity": ((12,), "range:0.2:6"),
        }
    ],
    "decayed_chunks": [qkv(3, 10, 10), qkv(2, 15, 6, values="unit")],
}

_MAP = (2, 6, 10, 12)
_PIXELS = ((2, 3, 12, 16), "unit")
_BOXES = ((24, 4), "range:0.2:1")
_VISION: Mapping[str, Sequence[Sample]] = {
    "ghost_features": [
        {"x": (1, 8, 7, 9), "primary": ((10, 8, 1, 1), "range:-0.5:0.5"), "cheap": ((10, 1, 3, 3), _SMALL)}
    ],
    "coordinate_attention": [
        {"x": _MAP, "squeeze": (4, 6, 1, 1), "rows": ((6, 4, 1, 1), _UNIT), "columns": ((6, 4, 1, 1), _UNIT)}
    ],
    "dense_layers": [{"x": (1, 5, 8, 9), "first": ((4, 5, 3, 3), _SMALL), "second": ((4, 9, 3, 3), _SMALL)}],
    "up_and_skip": [
        {"x": (1, 10, 4, 5), "skip": (1, 5, 8, 10), "up": ((10, 5, 2, 2), _SMALL), "conv": ((6, 10, 3, 3), _SMALL)}
    ],
    "edge_aware_smoothness": [{"depth": ((2, 1, 12, 16), "range:0.5:4"), "image": _PIXELS}],
    "heatmap_focal": [
        {"logits": ((8, 10, 10, 9), "range:-5:2"), "target": ((8, 10, 10, 9), "literal:0,0.1,0.4,1,0.4,0.1,0,0")}
    ],
    "pairwise_iou": [{"a": _BOXES, "b": ((30, 4), "range:0.2:1")}],
    "aspect_loss": [{"a": ((120, 4), "range:0.1:1"), "b": ((120, 4), "range:0.1:1")}],
    "layers_over": [{"colour": ((5, 3, 10, 12), "unit"), "alpha": ((5, 1, 10, 12), "unit")}],
    "filmic": [{"x": ((3, 20, 16), "range:0:4")}, {"x": ((2, 3, 14, 9), "range:0.01:0.5")}],
    "unsharp": [{"x": _PIXELS}],
    "laplacian_pyramid": [{"x": _PIXELS}, {"x": ((1, 4, 20, 8), "range:-2:2")}],
    "bilateral": [{"x": ((1, 3, 10, 14), "range:0:1")}],
    "guided": [{"guide": ((1, 3, 12, 14), "unit"), "x": ((1, 3, 12, 14), "unit")}],
    "class_token_embedding": [
        {"x": (2, 3, 12, 16), "patch": ((20, 3, 4, 4), "range:-0.15:0.15"), "token": (1, 1, 20), "place": (13, 20)}
    ],
    "axial_bias_attention": [
        qkv(3, 20, 8, values=_UNIT, rows=((4, 4, 8), _SMALL), columns=((5, 5, 8), _SMALL)),
    ],
    "deformable_samples": [
        {"x": (1, 6, 8, 10), "place": ((1, 30, 2), "unit"), "offset": (1, 30, 4, 2), "logits": (1, 30, 4)}
    ],
    "laplace_density": [{"distance": ((40, 30), "range:-0.5:0.5"), "beta": ((), "literal:0.1")}],
    "splat_weights": [
        {
            "pixels": ((60, 2), "range:0:4"),
            "centres": ((20, 2), "range:0:4"),
            "scale": ((20, 2), "range:0.5:2"),
            "angle": ((20,), "range:0:3.1"),
            "opacity": (20,),
        }
    ],
    "camera_rays": [{"pixels": ((150, 2), "unit"), "focal": ((2,), "literal:1.2,1.1"), "turn": (3, 3)}],
    "perceptual_gap": [{"x": (30, 8, 6, 5), "y": (30, 8, 6, 5), "weight": ((8,), "unit")}],
    "prototype_masks": [{"protos": (8, 10, 12), "coefficients": ((6, 8), _UNIT)}],
}

_LIST = (20, 12)
_GATED = {"source": ((100,), "index:24", "int64"), "target": ((100,), "index:24", "int64")}
_MORE: Mapping[str, Sequence[Sample]] = {
    "energy_normalised": [{"mel": ((3, 20, 6), "range:0.01:4")}],
    "triangle_bank": [{"power": ((30, 41), "range:0:9"), "edges": ((10,), "literal:0,2,4.5,7.5,11,15,20,26,33,40")}],
    "linear_prediction": [
        {"r": ((40, 6), "literal:1,0.8,0.55,0.3,0.12,0.02,2,1.3,0.4,-0.2,-0.3,0,1.5,-0.3,0.5,0.1,0.2,-0.1")}
    ],
    "time_delay_layer": [
        {"x": (2, 12, 30), "weight": ((16, 12, 3), _SMALL), "mean": ((16,), "unit"), "var": ((16,), "range:0.2:1")}
    ],
    "shifted_relative_attention": [qkv(2, 3, 15, 10, r=((3, 15, 10), _UNIT), u=((3, 10), _UNIT))],
    "vocoder_residual": [{"x": (2, 10, 40), "first": ((10, 10, 3), _SMALL), "second": ((10, 10, 3), _SMALL)}],
    "harmonic_synthesis": [{"pitch": ((2, 60), "range:0.01:0.05"), "loud": ((2, 60, 6), "range:0:0.3")}],
    "frame_decibels": [{"x": ((6, 300), _UNIT)}],
    "windowed_low_pass": [{"x": ((6, 80), _UNIT)}, {"x": (3, 150)}],
    "analytic_envelope": [{"x": ((8, 64), _UNIT)}],
    "adaptive_filter": [{"x": ((20, 9), _UNIT), "wanted": ((20, 9), _UNIT)}],
    "neural_matching": [
        {
            "ids": ((90,), "index:30", "int64"),
            "items": ((90,), "index:40", "int64"),
            "user": (30, 10),
            "item": (40, 10),
            "hidden": ((16, 20), _SMALL),
            "out": ((1, 26), "range:-0.5:0.5"),
        }
    ],
    "field_attention": [
        {"x": (10, 9, 12), **dict.fromkeys(("q", "k", "v", "residual"), ((12, 10), "range:-0.4:0.4"))},
    ],
    "compressed_interactions": [{"x": (12, 6, 10), "base": (12, 8, 10), "weight": ((7, 48), _SMALL)}],
    "list_loss": [{"score": (30, 20), "grade": ((30, 20), "literal:0,2,1,0,3,0,0")}],
    "smooth_gain": [{"score": (20, 15), "grade": ((20, 15), "literal:0,2,1,0,3,0,0")}],
    "next_item_loss": [
        {
            **shaped((10, 12, 16), hidden="normal", positive=_UNIT, negative=_UNIT),
            "kept": ((10, 12), "literal:0,1,1", "bool"),
        }
    ],
    "closed_form_items": [{"x": ((50, 20), "literal:1,0,0,1,0,0,0,1,0,1,1")}],
    "sampled_neighbours": [{"x": (24, 10), **_GATED, "own": ((10, 16), _SMALL), "other": ((10, 16), _SMALL)}],
    "personalised_propagation": [{"x": (25, 18), "adjacency": ((25, 25), "range:0:1")}],
    "principal_aggregation": [{"message": (90, 10), "target": ((90,), "index:16", "int64")}],
    "complex_triples": [shaped((120, 20), head="normal", relation=_UNIT, tail="normal")],
    "continuous_filter": [{"x": (15, 20), "distance": ((15, 15), "range:0.8:5"), "weight": ((10, 20), _SMALL)}],
    "heun_step": [{"x": ((20, 24), "range:-3:3"), "weight": ((24, 24), _SMALL), "sigma": ((2,), "literal:2.5,1.5")}],
    "consistency_output": [{"x": (20, 30), "network": (20, 30), "sigma": ((20,), "range:0.1:3")}],
    "affine_coupling": [{"x": (30, 24), "scale": ((12, 12), _SMALL), "shift": ((12, 12), _UNIT)}],
    "free_bits": [{"mean": (60, 16), "log_var": ((60, 16), "range:-2:1")}],
    "commitment": [{"x": (100, 12), "book": (30, 12), "code": ((100,), "index:30", "int64")}],
    "blended_inpainting": [
        {
            **shaped((20, 30), x="normal", known="normal", noise="normal"),
            "mask": ((20, 30), "literal:1,0,0,1"),
            "left": ((20, 1), "range:0.1:0.95"),
        }
    ],
    "penalised_critic": [{"real": (90,), "fake": (90,), "slope": ((90, 10), "range:-0.6:0.6")}],
    "lambda_returns": [{"reward": (10, 20), "value": (11, 20), "going": ((10, 20), "literal:1,1,1,0,1,1,1")}],
    "twin_target": [
        {
            **shaped((150,), first="range:-5:5", second="range:-5:5", log_p="range:-3:1", reward="normal"),
            "done": ((150,), "literal:0,0,1", "bool"),
        }
    ],
    "projected_categories": [{"p": (30, 17), "reward": ((30,), _UNIT)}],
    "policy_gap": [
        shaped((80, 6), mean="normal", log_std="range:-1:0.5", old_mean="normal", old_log_std="range:-1:0.5")
    ],
}

_STEP = (20, 30)
_REST: Mapping[str, Sequence[Sample]] = {
    "wave_step": [shaped((2, 12, 15), u=_UNIT, before=_UNIT, speed="range:0.5:1")],
    "gray_scott": [shaped((2, 10, 14), u="range:0.3:1", v="range:0:0.4")],
    "thomas_solve": [shaped((25, 8), low=_UNIT, diagonal="range:3:5", high=_UNIT, y="normal")],
    "conjugate_gradient": [{"a": ((8, 15, 15), "spd"), "b": (8, 15)}],
    "clenshaw": [{"x": ((20, 30), _UNIT), "c": ((6,), "literal:0.5,-0.7,0.3,0.2,-0.1,0.05")}],
    "morse_energy": [{"place": ((4, 15, 3), "range:-3:3")}],
    "epidemic": [{"s": ((40,), "range:0.8:0.95"), "i": ((40,), "range:0.01:0.05"), "rate": ((40,), "range:0.2:0.9")}],
    "eccentric_anomaly": [{"mean": ((20, 30), "range:-3:3"), "e": ((20, 30), "range:0:0.5")}],
    "spherical": [{"p": ((10, 20, 3), "range:-3:3")}],
    "smile": [{"k": (30, 20), "p": ((30, 5), "range:0.05:0.6")}],
    "yield_curve": [
        {"beta": ((25, 3), "range:-0.05:0.06"), "time": ((12,), "literal:0.25,0.5,1,2,3,5,7,10,15,20,25,30")}
    ],
    "american_put": [{"spot": ((60,), "range:0.8:1.2"), "sigma": ((60,), "range:0.1:0.5")}],
    "drawdown": [{"returns": ((12, 40), "range:-0.05:0.06")}],
    "least_variance": [{"returns": ((16, 60), "range:-0.5:0.6")}],
    "looked_up_weights": [
        {"x": (15, 40), "code": ((20, 40), "index:16", "int64"), "scale": ((20, 5), "range:0.02:0.3")}
    ],
    "smoothed_linear": [{"x": (20, 36), "weight": ((25, 36), _SMALL)}],
    "learned_step": [{"x": ((25, 40), "range:-2:2"), "step": ((), "literal:0.17")}],
    "rotated_linear": [{"x": (20, 32), "weight": ((25, 32), _SMALL)}],
    "scaled_blocks": [
        {"a": ((12, 40), _UNIT), "b": ((40, 20), _UNIT), "sa": ((12, 4), "unit"), "sb": ((4, 20), "range:0.1:3")}
    ],
    "responsibilities": [{"x": (60, 4), "mean": (8, 4), "log_var": ((8, 4), _UNIT), "weight": (8,)}],
    "logistic_newton": [{"x": (60, 8), "y": ((60, 1), "literal:0,1,1,0,1")}],
    "centred_gram": [{"x": (25, 20)}, {"x": ((36, 8), "range:0:2")}],
    "sorted_distance": [{"x": (50, 40), "y": ((50, 40), "range:-1:2")}],
    "ensemble_score": [{"members": (60, 12), "y": (60,)}],
    "weibull_survival": [
        {
            **shaped((25, 20), time="range:0.2:5", shape="range:0.6:2.5", scale="range:0.5:3"),
            "dead": ((25, 20), "literal:1,0,1"),
        }
    ],
    "inflated_poisson": [
        {"count": ((25, 20), "literal:0,0,1,3,0,2,0,7"), "log_rate": ((25, 20), _UNIT), "logit": (25, 20)}
    ],
    "gamma_divergence": [shaped((20, 25), a="range:0.5:5", b="range:0.5:3", c="range:0.5:5", d="range:0.5:3")],
    "nesterov_step": [shaped(_STEP, p="normal", g="range:-0.2:0.2", m="range:-0.5:0.5")],
    "largest_moment_step": [shaped(_STEP, p="normal", g="range:-0.2:0.2", m="range:-0.2:0.2", u="range:0.05:0.3")],
    "adaptively_clipped": [shaped(_STEP, p=_UNIT, g="range:-0.1:0.1")],
    "curvature_step": [shaped(_STEP, p="normal", m="range:-0.1:0.1", h="range:0.1:4")],
    "averaged_weights": [shaped(_STEP, p="normal", average="normal")],
}
