"""The sixth set: functions as users compose them, and public operators at shapes and options that no set before has.

Written without a look at the rules or at any score: composed.py and composed_more.py have the functions, sixth_core.py
the operators.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.scoreboard.sets import sixth_core
from benchmarks.scoreboard.sets.sixth_core import DTYPES, FULL
from harness.case import Case
from tests.numerics.torchrun import op_case

NETWORKS = "benchmarks.scoreboard.functions.composed."
OTHERS = "benchmarks.scoreboard.functions.composed_more."

Sample = Mapping[str, Any]


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every one of these functions and operators."""
    return (*_composed(), *sixth_core.cases())


def _composed() -> Iterator[Case]:
    for module, functions in ((NETWORKS, {**_LANGUAGE, **_VISION, **_DIFFUSION}), (OTHERS, _MORE)):
        for function, samples in functions.items():
            seed = sixth_core.seed(function)
            for d in FULL if function in _FULL else DTYPES:
                for sample in samples:
                    yield op_case(module + function, d, sample, seed=seed)
                if function in _GRADS:
                    yield op_case(module + function, d, samples[0], seed=seed + 1, grad=_GRADS[function])


def _x(*shape: int, **others: str) -> Sample:
    """x, and others of its shape, each of a value class of its own."""
    return {"x": shape, **{key: (shape, values) for key, values in others.items()}}


def _qkv(length: int, heads: int = 2, width: int = 8, values: str = "normal", **others: Any) -> Sample:
    """Queries, keys and values of several heads, and others."""
    shape = (1, heads, length, width)
    return {"q": (shape, values), "k": (shape, values), "v": shape, **others}


def _tokens(length: int, keys: int, width: int, **others: Any) -> Sample:
    """Queries, keys and values without heads, and others."""
    return {"q": (2, length, keys), "k": (2, length, keys), "v": (2, length, width), **others}


def _edges(nodes: int, edges: int, **others: Any) -> Sample:
    """Features of nodes, and the edges between them."""
    index = ((edges,), f"index:{nodes}", "int64")
    return {"x": (nodes, 9), "source": index, "target": index, **others}


_FULL = ("long_convolution", "spectral_magnitude", "multivariate_log_density", "process_posterior")
_GRADS: Mapping[str, tuple[str, ...]] = {
    "softmax_experts": ("x", "router", "up", "down"),
    "partial_rotary": ("x", "inverse"),
    "relative_bias_attention": ("q", "k", "v", "table"),
    "sink_attention": ("q", "k", "v", "sink"),
    "differential_attention": ("q", "k", "v"),
    "retention": ("q", "k", "v"),
    "delta_rule": ("q", "k", "v", "beta"),
    "causal_conv_gate": ("x", "z", "weight", "bias"),
    "state_space_dual": ("x", "log_decay", "b", "c"),
    "token_nll": ("hidden", "head"),
    "distillation_kl": ("student",),
    "performer_attention": ("q", "k", "v"),
    "shifted_window_attention": ("x", "weight"),
    "convnext_block": ("x", "depthwise", "up", "down", "gamma"),
    "global_response_norm": ("x", "gamma", "beta"),
    "soft_dice": ("logits",),
    "flow_warp": ("x",),
    "restyled": ("x", "y"),
    "radiance_composite": ("colour", "step"),
    "adaptive_layer_norm": ("x", "c", "weight", "bias"),
    "preconditioned": ("x", "network"),
    "flow_matching_loss": ("x0", "x1", "weight"),
    "biquad": ("x", "b", "a"),
    "wavenet_gate": ("x", "filters", "gates"),
    "factorization_machine": ("x", "linear", "factors"),
    "cross_layers": ("x", "weight", "bias"),
    "sampled_softmax": ("users", "items"),
    "dpo_loss": ("chosen", "rejected"),
    "barlow_twins": ("x", "y"),
    "crps_normal": ("mean", "scale"),
    "dirichlet_kl": ("a", "b"),
    "multivariate_log_density": ("x", "mean"),
    "kalman_update": ("mean", "row"),
    "legendre_fifth": ("x",),
    "coulomb_forces": ("place", "charge"),
}

_LANGUAGE: Mapping[str, Sequence[Sample]] = {
    "softmax_experts": [{"x": (17, 9), "router": (9, 5), "up": (5, 9, 13), "down": (5, 13, 9)}],
    "sigmoid_routing": [{"logits": (33, 9)}, {"logits": ((17, 17), "range:-6:3")}],
    "load_balance_loss": [{"logits": (65, 5)}, {"logits": ((129, 3), "range:-3:3")}],
    "partial_rotary": [
        {"x": (2, 3, 17, 16), "inverse": ((4,), "range:0.05:1")},
        {"x": ((1, 2, 33, 8), "unit"), "inverse": ((2,), "range:0.01:0.3")},
    ],
    "yarn_frequencies": [{"inverse": ((65,), "range:0.01:1")}],
    "relative_bias_attention": [_qkv(17, 3, values="range:-1:1", table=(3, 9)), _qkv(5, 2, 16, table=(2, 9))],
    "cached_attention": [
        {
            "q": (1, 2, 3, 8),
            "keys": (1, 2, 17, 8),
            "values": (1, 2, 17, 8),
            "k": (1, 2, 3, 8),
            "v": (1, 2, 3, 8),
        },
        {
            "q": ((2, 1, 1, 16), "range:-3:3"),
            "keys": (2, 1, 65, 16),
            "values": ((2, 1, 65, 16), "positive"),
            "k": (2, 1, 1, 16),
            "v": (2, 1, 1, 16),
        },
    ],
    "sink_attention": [_qkv(17, 3, sink=(3,)), _qkv(33, 1, 4, "range:-4:4", sink=(1,))],
    "differential_attention": [_qkv(9, 2, 16, strength=((), "literal:-0.5")), _qkv(33, 1, strength=((), "literal:-2"))],
    "retention": [_qkv(17, 3, decay=((3,), "literal:0.96875,0.9375,0.875")), _qkv(65, 1, decay=((1,), "literal:0.75"))],
    "forgetting_attention": [_tokens(9, 5, 7, gate=(2, 9, 5)), _tokens(17, 3, 4, gate=((2, 17, 3), "range:0:4"))],
    "delta_rule": [_tokens(9, 4, 5, beta=(2, 9)), _tokens(17, 8, 3, beta=((2, 17), "range:-3:0"))],
    "wkv": [
        {"k": (2, 9, 17), "v": (2, 9, 17), "decay": ((17,), "range:0.05:1.5"), "bonus": (17,)},
        {
            "k": ((1, 17, 5), "range:-5:5"),
            "v": ((1, 17, 5), "unit"),
            "decay": ((5,), "unit"),
            "bonus": (5,),
        },
    ],
    "causal_conv_gate": [{"x": (2, 9, 17), "z": (2, 9, 17), "weight": (9, 1, 4), "bias": (9,)}],
    "state_space_dual": [
        {"x": (2, 17, 5), "log_decay": ((2, 17), "range:-0.5:-0.01"), "b": (2, 17, 4), "c": (2, 17, 4)},
        {"x": ((1, 33, 3), "unit"), "log_decay": ((1, 33), "range:-2:-0.1"), "b": (1, 33, 8), "c": (1, 33, 8)},
    ],
    "long_convolution": [{"x": (2, 3, 33), "kernel": (3, 33)}, {"x": ((1, 5, 65), "unit"), "kernel": (5, 65)}],
    "speculative_acceptance": [
        {"target": (33, 17), "draft": (33, 17), "token": ((33,), "index:17", "int64")},
        {"target": ((17, 65), "range:-4:4"), "draft": (17, 65), "token": ((17,), "index:65", "int64")},
    ],
    "contrastive_decoding": [{"expert": (9, 33), "amateur": (9, 33)}],
    "token_nll": [
        {"hidden": ((17, 9), "range:-0.8:0.8"), "head": (9, 65), "target": ((17,), "index:65", "int64")},
        {"hidden": ((9, 33), "range:-0.3:0.3"), "head": (33, 129), "target": ((9,), "index:129", "int64")},
    ],
    "latent_attention": [{"q": (9, 8), "x": (17, 33), "down": (33, 5), "key": (5, 8), "value": (5, 7)}],
    "distillation_kl": [{"student": (17, 33), "teacher": (17, 33)}, {"student": (9, 129), "teacher": (9, 129)}],
    "dequantised_linear": [
        {"x": (9, 33), "q": ((17, 33), "normal", "int8"), "scale": ((17,), "range:0.01:0.1")},
        {"x": ((5, 65), "positive"), "q": ((9, 65), "ties", "int8"), "scale": ((9,), "range:0.1:0.5")},
    ],
    "linformer_attention": [_tokens(33, 8, 5, e=((33, 7), "range:-0.3:0.3"))],
    "performer_attention": [_tokens(17, 8, 5, omega=(8, 9)), _tokens(33, 4, 3, omega=(4, 17))],
}

_BOXES = ((17, 4), "range:0.2:1")
_VISION: Mapping[str, Sequence[Sample]] = {
    "shifted_window_attention": [{"x": (2, 6, 9, 8), "weight": ((24, 8), "range:-0.5:0.5")}],
    "convnext_block": [
        {
            "x": (1, 6, 9, 7),
            "depthwise": ((6, 1, 5, 5), "range:-0.4:0.4"),
            "up": (17, 6),
            "down": (6, 17),
            "gamma": ((6,), "unit"),
        }
    ],
    "efficient_channel_attention": [
        {"x": (2, 17, 5, 3), "kernel": (1, 1, 3)},
        {"x": (1, 33, 3, 3), "kernel": (1, 1, 5)},
    ],
    "spatial_attention": [{"x": (2, 5, 9, 7), "weight": ((1, 2, 5, 5), "range:-0.5:0.5")}],
    "global_response_norm": [
        {"x": (2, 5, 7, 9), "gamma": (9,), "beta": (9,)},
        {"x": ((1, 3, 3, 33), "offset"), "gamma": (33,), "beta": (33,)},
    ],
    "diou_loss": [{"a": _BOXES, "b": _BOXES}],
    "soft_dice": [
        {"logits": (2, 5, 7, 9), "target": ((2, 5, 7, 9), "literal:0,1,0,0,1,0,0")},
        {"logits": ((1, 3, 17, 5), "range:-5:5"), "target": ((1, 3, 17, 5), "unit")},
    ],
    "flow_warp": [
        {"x": (2, 3, 7, 9), "flow": ((2, 2, 7, 9), "range:-1.5:1.5")},
        {"x": ((1, 2, 17, 5), "unit"), "flow": (1, 2, 17, 5)},
    ],
    "shuffled_head": [{"x": (1, 5, 7, 9), "weight": ((12, 5, 3, 3), "range:-0.4:0.4"), "bias": (12,)}],
    "fourier_position": [{"points": ((17, 3), "unit")}, {"points": ((33, 2), "range:-1:1")}],
    "radiance_composite": [
        {"density": (9, 17), "colour": (9, 17, 3), "step": ((9, 17), "range:0.05:0.3")},
        {"density": ((5, 33), "range:0:4"), "colour": (5, 33, 3), "step": ((5, 33), "range:0.01:0.1")},
    ],
    "restyled": [{"x": (2, 5, 7, 9), "y": (2, 5, 7, 9)}, {"x": ((1, 3, 9, 5), "offset"), "y": (1, 3, 9, 5)}],
    "matrix_nms": [{"boxes": _BOXES, "scores": ((17,), "unit")}],
    "blur_pool": [{"x": (2, 3, 9, 7)}, {"x": ((1, 5, 17, 5), "unit")}],
    "local_contrast": [{"x": (2, 3, 9, 7)}, {"x": ((1, 2, 17, 9), "offset")}],
    "correlation_volume": [{"x": (2, 17, 5, 7), "y": (2, 17, 5, 7)}],
}

_LIKE = ((5, 1), "range:0.1:0.9")
_DIFFUSION: Mapping[str, Sequence[Sample]] = {
    "ddim_step": [
        {"x": (5, 33), "noise": (5, 33), "now": _LIKE, "then": _LIKE},
        {"x": (3, 65), "noise": (3, 65), "now": ((3, 1), "range:0.01:0.1"), "then": ((3, 1), "range:0.05:0.2")},
    ],
    "from_velocity": [{"x": (5, 33), "v": (5, 33), "share": _LIKE}],
    "rescaled_guidance": [{"cond": (2, 3, 5, 7), "uncond": (2, 3, 5, 7)}],
    "adaptive_layer_norm": [
        {"x": (2, 9, 17), "c": (2, 5), "weight": ((51, 5), "range:-0.5:0.5"), "bias": ((51,), "range:-0.3:0.3")},
        {"x": ((1, 5, 33), "offset"), "c": (1, 9), "weight": ((99, 9), "range:-0.5:0.5"), "bias": (99,)},
    ],
    "time_residual_block": [
        {
            "x": (2, 6, 5, 7),
            "time": (2, 9),
            "inner": ((6, 6, 3, 3), "range:-0.3:0.3"),
            "project": (6, 9),
            "outer": ((6, 6, 3, 3), "range:-0.3:0.3"),
        }
    ],
    "preconditioned": [{"x": (5, 65), "sigma": ((5, 1), "range:0.05:9"), "network": (5, 65)}],
    "flow_matching_loss": [{"x0": (9, 17), "x1": (9, 17), "t": ((9,), "unit"), "weight": ((17, 17), "range:-0.4:0.4")}],
}

_SIGNAL = ((5, 129), "range:-1:1")
_LOGP = ((17, 9), "range:-4:-0.1")
_ALPHA = ((17, 5), "range:0.3:6")
_MORE: Mapping[str, Sequence[Sample]] = {
    "log_mel": [{"power": ((65, 9), "positive"), "bank": ((17, 65), "unit")}],
    "mu_law": [{"x": ((9, 65), "range:-1:1")}, {"x": ((5, 33), "range:-0.01:0.01")}],
    "pre_emphasis": [{"x": _SIGNAL}, {"x": ((3, 257), "offset")}],
    "spectral_magnitude": [{"x": _SIGNAL}, {"x": ((2, 65), "offset")}],
    "biquad": [
        {"x": (5, 17), "b": ((3,), "literal:0.25,0.5,0.25"), "a": ((2,), "literal:-0.75,0.3125")},
        {"x": ((9, 33), "unit"), "b": ((3,), "range:-1:1"), "a": ((2,), "literal:0.5,-0.125")},
    ],
    "wavenet_gate": [{"x": (2, 5, 17), "filters": (7, 5, 2), "gates": (7, 5, 2)}],
    "si_sdr": [{"estimate": (9, 65), "target": (9, 65)}, {"estimate": (5, 257), "target": ((5, 257), "offset")}],
    "dot_interaction": [{"dense": (9, 17), "sparse": (9, 5, 17)}],
    "factorization_machine": [
        {"x": (17, 33), "linear": (33,), "factors": ((33, 5), "range:-0.3:0.3")},
        {"x": ((9, 65), "unit"), "linear": (65,), "factors": ((65, 3), "range:-0.1:0.2")},
    ],
    "cross_layers": [{"x": ((9, 17), "range:-1:1"), "weight": ((3, 17, 17), "range:-0.3:0.3"), "bias": (3, 17)}],
    "interest_pooling": [{"query": (9, 5), "history": (9, 17, 5), "kept": ((9, 17), "literal:1,1,0,1,0")}],
    "sampled_softmax": [
        {"users": ((17, 9), "range:-1:1"), "items": ((17, 9), "range:-1:1"), "log_share": ((17,), "range:-6:-2")}
    ],
    "gcn_layer": [_edges(17, 33, weight=(9, 5)), _edges(33, 129, weight=((9, 7), "unit"))],
    "gat_layer": [_edges(17, 65, left=((9,), "range:-0.5:0.5"), right=((9,), "range:-0.5:0.5"))],
    "graph_readout": [
        {"x": (33, 9), "graph": ((33,), "index:5", "int64")},
        {"x": ((65, 3), "offset"), "graph": ((65,), "index:5", "int64")},
    ],
    "dpo_loss": [{"chosen": _LOGP, "rejected": _LOGP, "old_chosen": _LOGP, "old_rejected": _LOGP}],
    "ppo_loss": [
        {"log_p": _LOGP, "old": _LOGP, "advantage": (17, 9)},
        {"log_p": ((9, 33), "range:-1:-0.8"), "old": ((9, 33), "range:-1:-0.8"), "advantage": (9, 33)},
    ],
    "grpo_loss": [
        {"log_p": ((5, 7, 9), "range:-2:-0.1"), "reference": ((5, 7, 9), "range:-2:-0.1"), "reward": ((5, 7), "unit")}
    ],
    "generalised_advantage": [
        {"reward": (9, 17), "value": (9, 18)},
        {"reward": ((5, 33), "unit"), "value": ((5, 34), "offset")},
    ],
    "barlow_twins": [{"x": (33, 9), "y": (33, 9)}],
    "arcface_logits": [{"x": (17, 9), "weight": (33, 9), "target": ((17,), "index:33", "int64")}],
    "supervised_contrastive": [{"x": (17, 9), "label": ((17,), "index:3", "int64")}],
    "sparsemax": [{"x": (9, 17)}, {"x": ((5, 65), "range:-0.2:0.2")}],
    "pearson_matrix": [{"x": (33, 9)}, {"x": ((129, 5), "offset")}],
    "autocorrelation": [{"x": (9, 65)}, {"x": ((5, 257), "positive")}],
    "savitzky_golay": [{"x": (5, 33)}, {"x": ((3, 129), "offset")}],
    "welford": [{"x": (17, 33)}, {"x": ((33, 9), "offset")}],
    "crps_normal": [
        {"mean": (9, 33), "scale": ((9, 33), "range:0.2:3"), "y": (9, 33)},
        {"mean": (5, 65), "scale": ((5, 65), "range:0.05:0.2"), "y": (5, 65)},
    ],
    "negative_binomial_nll": [
        {
            "count": ((9, 33), "literal:0,1,3,2,0,7,12,1"),
            "mean": ((9, 33), "range:0.3:9"),
            "spread": ((9, 33), "range:0.5:5"),
        }
    ],
    "dirichlet_kl": [{"a": _ALPHA, "b": _ALPHA}, {"a": ((9, 17), "range:0.5:2"), "b": ((9, 17), "range:3:5")}],
    "cox_likelihood": [{"risk": (5, 33)}, {"risk": ((3, 129), "range:-4:4")}],
    "linear_cka": [{"x": (2, 17, 5), "y": (2, 17, 7)}, {"x": ((3, 33, 3), "unit"), "y": ((3, 33, 9), "offset")}],
    "multivariate_log_density": [
        {"x": (17, 5), "mean": (5,), "cov": ((5, 5), "spd")},
        {"x": ((9, 17), "unit"), "mean": (17,), "cov": ((17, 17), "spd")},
    ],
    "process_posterior": [{"x": ((17,), "range:-4:4"), "y": (17,), "at": ((33,), "range:-5:5")}],
    "kalman_update": [{"mean": (9, 5), "cov": ((9, 5, 5), "spd"), "row": (5,), "seen": (9,)}],
    "hidden_markov": [{"start": (5,), "step": (5, 5), "emit": ((9, 17, 5), "range:-3:0")}],
    "legendre_fifth": [{"x": ((9, 65), "range:-1:1")}, {"x": ((5, 33), "unit")}],
    "kepler_step": [{"q": (33, 3), "p": (33, 3)}],
    "coulomb_forces": [
        {"place": (17, 3), "charge": (17,)},
        {"place": ((33, 2), "range:-3:3"), "charge": ((33,), "unit")},
    ],
    "planck": [{"frequency": ((9, 33), "range:0.1:6"), "temperature": ((33,), "range:0.5:2")}],
    "real_harmonics": [{"v": (33, 3)}, {"v": ((65, 3), "wide")}],
    "slerp": [{"p": (33, 4), "q": (33, 4), "t": ((33,), "unit")}],
    "six_numbers_to_rotation": [{"x": (33, 6)}],
    "haar": [{"x": (9, 32)}, {"x": ((5, 64), "offset")}],
    "burgers_step": [{"u": (9, 33)}, {"u": ((3, 129), "unit")}],
    "adam_step": [
        {"p": (9, 33), "g": (9, 33), "m": ((9, 33), "range:-0.5:0.5"), "v": ((9, 33), "range:0.001:0.1")},
        {
            "p": (5, 65),
            "g": ((5, 65), "range:-0.01:0.01"),
            "m": ((5, 65), "range:-0.01:0.01"),
            "v": ((5, 65), "range:0:0.01"),
        },
    ],
    "clipped_by_global_norm": [{"a": (9, 17), "b": (33,), "c": ((5, 3, 3), "range:-3:3")}],
    "adafactor_step": [{"g": (17, 9), "rows": ((17,), "range:0.2:2"), "columns": ((9,), "range:0.2:2")}],
    "newton_schulz": [{"g": (9, 17)}, {"g": ((2, 5, 5), "unit")}],
    "spectral_normalised": [{"weight": (17, 9), "u": (17,)}, {"weight": ((9, 33), "positive"), "u": ((9,), "unit")}],
    "standardised_convolution": [{"x": (1, 3, 9, 11), "weight": ((5, 3, 3, 3), "unit")}],
}
