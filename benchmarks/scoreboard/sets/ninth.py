"""The ninth set: what users of PyTorch run, to say whether what was learnt on the sets before generalises.

Written without a look at the rules or at any score: ninth_core.py has operators that most models call,
ninth_rarer.py less common ones, ninth_grads.py gradients of both, working_code.py and working_code_more.py functions
as users compose them, whose inputs are here. Split by a checksum of their names, a third is kept aside.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.scoreboard.sets import ninth_core, ninth_grads, ninth_rarer
from benchmarks.scoreboard.sets.composing import Sample, composed
from benchmarks.scoreboard.sets.eighth import qkv, shaped
from benchmarks.scoreboard.sets.ninth_core import seed
from benchmarks.scoreboard.sets.seventh import name
from harness.case import Case

FIRST = "benchmarks.scoreboard.functions.working_code."
MORE = "benchmarks.scoreboard.functions.working_code_more."
# Of a function, by its checksum.
SOME = (
    *(
        ("float32", "bfloat16"),
        ("float64", "float16"),
        ("float32", "bfloat16", "float16"),
        ("float32", "float64", "float16"),
    ),
    *(("float64", "bfloat16"), ("float32", "float16"), ("float32", "float64", "bfloat16")),
)


@functools.cache
def cases() -> tuple[tuple[Case, bool], ...]:
    """(case, whether kept aside) of every one of these functions and operators."""
    return tuple(
        (case, kept_aside(name(case.target)))
        for case in (*ninth_core.cases(), *ninth_rarer.cases(), *ninth_grads.cases(), *_composed())
    )


def kept_aside(name: str) -> bool:
    """Whether a function or an operator is kept aside, in all dtypes and samples."""
    return zlib.crc32(("ninth " + name).encode()) % 3 == 1


def _composed() -> Iterator[Case]:
    functions = {FIRST: {**_LANGUAGE, **_VISION}, MORE: {**_SIGNALS, **_SCIENCE}}
    return composed(functions, seed, SOME, full=_FULL, grads=_GRADS, every=2)


_FULL = (
    *("orthogonal_adapter", "plane_features", "steered_array", "spectral_distance", "riccati", "aligned_points"),
    *("periodic_poisson", "kronecker_step"),
)
_GRADS: Mapping[str, tuple[str, ...]] = {
    "real_gated_recurrence": ("x", "r", "rate"),
    "channel_mix": ("x", "mix", "key"),
    "diagonal_kernel": ("x", "c"),
    "merged_attention": ("q", "k", "v"),
    "talking_heads": ("q", "k", "v", "before"),
    "soft_experts": ("x", "slots", "up"),
    "routed_experts": ("x", "gate", "w1"),
    "router_penalty": ("logits",),
    "odds_ratio_loss": ("chosen", "rejected"),
    "shared_random_adapter": ("x", "d", "g"),
    "orthogonal_adapter": ("x", "skew"),
    "additive_codes_linear": ("x", "books"),
    "involution": ("x", "reduce", "span"),
    "selective_kernels": ("x", "squeeze"),
    "pooled_mixer": ("x", "scale"),
    "relu_linear_attention": ("q", "k", "v"),
    "normal_boxes_distance": ("a", "b"),
    "asymmetric_loss": ("logits",),
    "joint_attention": ("image", "text", "wi"),
    "mixture_score": ("x", "mean"),
    "snake": ("x", "weight", "alpha"),
    "light_propagation": ("user", "item"),
    "debiased_contrast": ("x", "y"),
    "graph_transformer_edges": ("x", "edge"),
    "conservative_penalty": ("q",),
    "symmetric_two_hot": ("logits",),
    "bicycle_rollout": ("speed", "steer"),
    "epipolar_error": ("f",),
    "atom_symmetry": ("place", "eta"),
    "embedded_atoms": ("d",),
    "mean_reverting_likelihood": ("x", "pull", "sigma"),
}

_SMALL = "range:-0.25:0.25"
_UNIT = "range:-1:1"
_TOKENS = (2, 14, 22)
_HEADS = (2, 3, 22, 14)
_LANGUAGE: Mapping[str, Sequence[Sample]] = {
    "real_gated_recurrence": [
        {"x": _TOKENS, "r": (_TOKENS, "range:-2:2"), "i": (_TOKENS, _UNIT), "rate": ((22,), "range:-4:-1")}
    ],
    "momentum_memory": [
        {"q": ((3, 11, 9), _UNIT), "k": ((3, 11, 9), "range:-0.6:0.6"), "v": (3, 11, 9)},
        {"q": ((2, 18, 6), "unit"), "k": ((2, 18, 6), "range:-0.7:0.5"), "v": ((2, 18, 7), _UNIT)},
    ],
    "channel_mix": [
        {
            "x": (2, 11, 22),
            "mix": ((22,), "unit"),
            **{"key": ((22, 44), _SMALL), "value": ((44, 22), _SMALL), "gate": ((22, 22), _SMALL)},
        }
    ],
    "diagonal_kernel": [
        {
            **{"x": (2, 7, 33), "step": ((7,), "range:0.05:0.3"), "real": ((7, 4), "range:-1:0.5")},
            **{"imag": ((7, 4), "range:0:6"), "c": ((7, 4), _UNIT)},
        }
    ],
    "merged_attention": [
        {"q": _HEADS, "k": (2, 3, 26, 14), "v": (2, 3, 26, 14)},
        {"q": ((33, 22), _UNIT), "k": (44, 22), "v": ((44, 22), "unit")},
    ],
    "tiled_attention": [
        {"q": (2, 2, 14, 11), "k": (2, 2, 32, 11), "v": (2, 2, 32, 11)},
        {"q": ((3, 22, 7), "range:-3:3"), "k": (3, 24, 7), "v": ((3, 24, 7), _UNIT)},
    ],
    "strided_attention": [qkv(1, 3, 26, 9), qkv(2, 33, 14, values="range:-2:2")],
    "talking_heads": [qkv(2, 4, 11, 9, before=((4, 4), _UNIT), after=((4, 4), _UNIT))],
    "soft_experts": [
        {
            "x": (2, 14, 18),
            **{"slots": ((3, 2, 18), "range:-0.5:0.5"), "up": ((3, 18, 26), _SMALL), "down": ((3, 26, 18), _SMALL)},
        }
    ],
    "routed_experts": [
        {
            **{"x": (22, 14), "chosen": ((22, 2), "index:5", "int64"), "gate": (22, 2)},
            **{"w1": ((5, 18, 14), _SMALL), "w3": ((5, 18, 14), _SMALL), "w2": ((5, 14, 18), "range:-0.5:0.5")},
        }
    ],
    "router_penalty": [{"logits": ((88, 16), "range:-3:3")}, {"logits": ((44, 60), "range:0:5")}],
    "typicality": [{"logits": ((14, 66), "range:-4:4")}],
    "byte_patch_pooling": [
        {"x": (77, 14), "patch": ((77,), "literal:0,0,0,1,1,2,2,2,2,3,4,4,4,5,5,6,6,6", "int64"), "query": (7, 14)}
    ],
    "layer_skip_gate": [{"x": (2, 14, 26), "weight": ((26, 26), _SMALL), "gate": ((26, 1), _SMALL)}],
    "odds_ratio_loss": [{"chosen": ((88, 14), "range:-3:-0.1"), "rejected": ((88, 14), "range:-4:-0.5")}],
    "leave_one_out_loss": [{"log_p": ((14, 6, 9), "range:-3:0"), "reward": ((14, 6), _UNIT)}],
    "shared_random_adapter": [
        {
            **{"x": (22, 33), "weight": ((14, 33), _SMALL), "a": ((6, 33), _SMALL), "b": ((14, 6), _UNIT)},
            **{"d": ((6,), "range:0.1:1"), "g": ((14,), _UNIT)},
        }
    ],
    "orthogonal_adapter": [{"x": (14, 24), "weight": ((24, 11), _SMALL), "skew": ((4, 6, 6), _UNIT)}],
    "additive_codes_linear": [
        {
            **{"x": (14, 40), "codes": ((22, 5, 2), "index:32", "int64")},
            **{"books": ((2, 32, 8), "range:-0.4:0.4"), "scale": ((22,), "range:0.3:1.5")},
        }
    ],
    "two_of_four_linear": [
        {"x": (14, 44), "values": ((22, 11, 2), _SMALL), "place": ((22, 11, 2), "literal:0,2,1,3,3,0,2,1", "int64")}
    ],
    "micro_scaled_linear": [
        {"x": (14, 56), "code": ((22, 7, 8), "index:16", "int64"), "exponent": ((22, 7), "index:5", "int64")}
    ],
    "outlier_split_linear": [
        {
            **{"x": (14, 33), "column": ((4,), "literal:3,17,8,30", "int64"), "weight": ((4, 22), _UNIT)},
            **{"code": ((22, 33), "index:90", "int8"), "scale": ((22,), "range:0.002:0.01")},
        }
    ],
}

_MAP = (2, 6, 9, 11)
_VISION: Mapping[str, Sequence[Sample]] = {
    "involution": [{"x": (1, 8, 7, 9), "reduce": ((6, 8, 1, 1), _SMALL), "span": ((18, 6, 1, 1), _SMALL)}],
    "selective_kernels": [
        {
            **{"x": _MAP, "small": ((6, 1, 3, 3), "range:-0.4:0.4"), "large": ((6, 1, 3, 3), "range:-0.4:0.4")},
            **{"squeeze": ((6, 9), _UNIT), "expand": ((2, 9, 6), "range:-3:3")},
        }
    ],
    "pooled_mixer": [{"x": (_MAP, "range:-2:3"), "scale": ((6,), "range:0.1:1")}],
    "relu_linear_attention": [qkv(2, 3, 33, 9), qkv(2, 44, 14, values=_UNIT)],
    "sine_positions": [{"box": ((44, 4), "unit")}, {"box": ((3, 14, 2), _UNIT)}],
    "normal_boxes_distance": [{"a": ((33, 4), "unit"), "b": ((28, 4), "range:0.2:1")}],
    "asymmetric_loss": [{"logits": ((44, 22), "range:-4:4"), "target": ((44, 22), "literal:0,1,0,0,1")}],
    "oklab": [{"rgb": ((2, 3, 11, 13), "range:0.02:1")}, {"rgb": ((1, 3, 7, 22), "range:0.5:0.9")}],
    "poisson_blend": [
        {
            **{"x": ((2, 1, 11, 14), "unit"), "guide": ((2, 1, 11, 14), "unit")},
            "mask": ((2, 1, 11, 14), "literal:1,1,0,1,1,1,0,1,1"),
        }
    ],
    "plane_features": [{"planes": (3, 7, 9, 9), "points": ((77, 3), "range:-0.95:0.95")}],
    "rotated_grid": [{"x": (2, 7, 9, 16)}, {"x": ((1, 14, 5, 24), _UNIT)}],
    "joint_attention": [{"image": (2, 14, 18), "text": (2, 9, 22), "wi": ((18, 48), _SMALL), "wt": ((22, 48), _SMALL)}],
    "projected_guidance": [shaped((6, 4, 7, 9), cond="normal", uncond="normal")],
    "mixture_score": [{"x": (44, 7), "mean": (9, 7), "sigma": ((44,), "range:0.3:2")}],
    "log_normal_steps": [{"low": ((22,), "range:0.01:0.1"), "high": ((22,), "range:5:60")}],
    "residual_codebooks": [
        {"code": ((44, 4), "index:28", "int64"), "books": ((4, 28, 14), _UNIT), "out": ((22, 14), "range:-0.4:0.4")}
    ],
}

_SIGNALS: Mapping[str, Sequence[Sample]] = {
    "feedback_delay": [{"x": (9, 33), "gain": ((2,), "literal:0.7,-0.5")}],
    "soft_knee": [{"x": ((14, 66), _UNIT), "threshold": ((14,), "range:-20:-6")}],
    "spectral_shape": [{"power": ((66, 33), "range:0.05:4")}, {"power": ((5, 14, 22), "range:1:2")}],
    "steered_array": [{"x": (4, 5, 44), "delay": ((4, 5), "range:-2:2")}],
    "spectral_distance": [shaped((4, 120), x=_UNIT, y="normal")],
    "snake": [{"x": (2, 11, 33), "weight": ((11, 11, 3), _SMALL), "alpha": ((11,), "range:0.3:3")}],
    "light_propagation": [{"user": (22, 9), "item": (28, 9), "seen": ((22, 28), "literal:1,0,0,1,0,1,0,0,0,1,1,0,0")}],
    "interest_capsules": [{"x": (14, 11, 9), "weight": ((9, 9), "range:-0.5:0.5")}],
    "field_bilinear": [
        {"x": (22, 7, 9), "weight": ((9, 9), _SMALL), "squeeze": ((7, 4), _UNIT), "excite": ((4, 7), "unit")}
    ],
    "debiased_contrast": [shaped((66, 14), x="normal", y="range:-1:2")],
    "graph_transformer_edges": [
        {"x": (22, 14), "edge": ((22, 22, 5), _UNIT), "e": ((5, 9), "range:-0.5:0.5")}
        | dict.fromkeys(("q", "k", "v"), ((14, 9), "range:-0.4:0.4"))
    ],
    "soft_value_iteration": [{"reward": ((66, 5), _UNIT), "move": ((66, 5, 66), "range:0:0.03")}],
    "expectile_loss": [shaped((22, 14), q="normal", value=_UNIT, log_p="range:-3:0")],
    "symmetric_two_hot": [{"logits": ((66, 17), "range:-2:2"), "y": ((66,), "range:-20:20")}],
    "conservative_penalty": [{"q": ((88, 11), "range:-4:4"), "action": ((88,), "index:11", "int64")}],
    "arm_kinematics": [{"angle": ((44, 6), _UNIT), "length": ((44, 6), "range:0.2:1")}],
    "riccati": [{"a": ((22, 5, 5), "range:-0.6:0.6"), "b": ((22, 5, 2), _UNIT)}],
    "path_integral": [{"noise": (6, 28, 22), "cost": ((6, 28), "range:0:6"), "plan": ((6, 22), _UNIT)}],
    "bicycle_rollout": [shaped((14, 22), speed="range:2:9", steer="range:-0.4:0.4")],
    "gyro_integrated": [{"rate": ((33, 14, 3), "range:-3:3")}],
}

_SCIENCE: Mapping[str, Sequence[Sample]] = {
    "aligned_points": [shaped((9, 14, 3), x="normal", y="normal")],
    "chamfer": [{"x": (4, 22, 3), "y": ((4, 33, 3), "range:-2:2")}],
    "epipolar_error": [{"f": ((3, 3), _UNIT), **shaped((88, 2), x=_UNIT, y=_UNIT)}],
    "smooth_union": [{"p": ((110, 3), _UNIT), "centre": ((5, 3), _UNIT), "radius": ((5,), "range:0.2:0.6")}],
    "latitude_weighted_error": [shaped((66, 9, 14), x="range:-2:2", y="normal")],
    "geostrophic_wind": [
        {"height": ((3, 9, 14), "range:4:6"), "latitude": ((9,), "literal:0.4,0.5,0.6,0.7,0.8,0.9,1,1.1,1.2")}
    ],
    "humidity": [shaped((22, 14), temperature="range:15:35", dew="range:-5:14")],
    "lattice_fluid": [{"f": ((6, 3, 33), "range:0.2:1")}, {"f": ((2, 3, 77), "range:0.8:1")}],
    "periodic_poisson": [{"rho": (3, 11, 14)}, {"rho": ((2, 16, 9), "range:-3:1")}],
    "atom_symmetry": [{"place": ((5, 11, 3), "range:-2:2"), "eta": ((6,), "literal:0.2,0.5,1,2,3,4")}],
    "embedded_atoms": [{"d": ((88, 12), "range:0.8:2")}, {"d": ((5, 22, 7), "range:1:1.6")}],
    "enzyme_kinetics": [shaped((22, 14), substrate="range:0.2:2", product="range:0:1", rate="range:0.3:2")],
    "stochastic_alpha_beta": [
        shaped((22, 14), forward="range:0.9:1.1", strike="range:1.2:1.8", alpha="range:0.2:0.6", rho="range:-0.6:0.3")
    ],
    "mean_reverting_likelihood": [{"x": (22, 28), "pull": ((22,), "range:0.3:2"), "sigma": ((22,), "range:0.5:2")}],
    "shrunk_covariance": [{"x": (66, 14)}, {"x": ((44, 9), "range:0:3")}],
    "schedule_free_step": [shaped((26, 33), z="normal", x="normal", g="range:-0.3:0.3", v="range:0.001:0.1")],
    "kronecker_step": [{"g": ((14, 9), "range:-0.5:0.5"), "left": ((14, 14), "spd"), "right": ((9, 9), "spd")}],
}
