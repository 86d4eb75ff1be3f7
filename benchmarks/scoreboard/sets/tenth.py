"""The tenth set: what users of PyTorch run, all of it kept aside to say whether what was learnt before generalises.

Written without a look at the rules or at any score: tenth_core.py has operators that most models call,
tenth_rarer.py less common ones, tenth_grads.py gradients of both, field_code.py and field_code_more.py functions as
users compose them, whose inputs are here.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.scoreboard.sets import tenth_core, tenth_grads, tenth_rarer
from benchmarks.scoreboard.sets.composing import Sample, composed
from benchmarks.scoreboard.sets.eighth import qkv, shaped
from benchmarks.scoreboard.sets.ninth_core import SOME
from benchmarks.scoreboard.sets.tenth_core import seed
from harness.case import Case

FIRST = "benchmarks.scoreboard.functions.field_code."
MORE = "benchmarks.scoreboard.functions.field_code_more."


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every one of these functions and operators."""
    return (*tenth_core.cases(), *tenth_rarer.cases(), *tenth_grads.cases(), *_composed())


def _composed() -> Iterator[Case]:
    functions = {FIRST: {**_LANGUAGE, **_VISION, **_SOUND}, MORE: {**_SYSTEMS, **_SCIENCE, **_REST}}
    return composed(functions, seed, SOME, full=_FULL, grads=_GRADS, kinked=_KINKED)


_FULL = (
    *("offset_convolution", "thresholded", "filtered_skip", "distortionless_beamformer", "phase_retrieval"),
    *("implicit_factors", "heat_kernel", "damped_inverse_step", "unscented_mean", "split_step_wave", "spline_layer"),
    *("induced_dipoles", "heston_transform", "low_rank_gradient_step", "ternary_linear", "hashed_grid"),
    *("averaged_periodogram", "point_to_plane_step"),
)
# Whose gradients jump: not in half precision.
_KINKED = ("sequence_ratio_loss", "mixed_team_value", "learned_separation", "matrix_memory")
_GRADS: Mapping[str, tuple[str, ...]] = {
    "compressed_block_attention": ("q", "k", "gate"),
    "output_gated_attention": ("x", "qkv"),
    "matrix_memory": ("q", "i", "f"),
    "sphere_residual": ("h", "update"),
    "dynamic_tanh_layer": ("x", "alpha"),
    "stick_breaking_attention": ("q", "k", "v"),
    "convolved_scores_attention": ("q", "kernel"),
    "fading_scores_attention": ("q", "v", "f"),
    "sequence_ratio_loss": ("new",),
    "skewed_divergence": ("student",),
    "nested_embeddings_loss": ("x", "y"),
    "kronecker_adapter": ("left", "right"),
    "reflection_adapter": ("x", "u"),
    "paged_attention": ("q", "keys"),
    "spline_layer": ("x", "coefficient"),
    "absorbing_loss": ("logits",),
    "conditional_convolution": ("x", "kernels"),
    "cross_covariance_attention": ("q", "v"),
    "focal_modulation": ("x", "small"),
    "content_aware_upsampling": ("x", "kernels"),
    "convex_upsampling": ("flow", "mask"),
    "disparity_regression": ("left", "right"),
    "variance_invariance_covariance": ("x", "y"),
    "dual_softmax_matches": ("x", "y"),
    "magnitude_preserving_block": ("x", "weight"),
    "learned_separation": ("x", "encode", "decode"),
    "speaker_centroid_loss": ("x",),
    "pointwise_attention": ("q", "bias"),
    "low_rank_crosses": ("x", "u"),
    "hyperbolic_distance": ("x",),
    "relational_layer": ("x", "basis"),
    "gated_graph_step": ("x", "wi"),
    "pooled_graph": ("x", "assign"),
    "polarised_message": ("s", "place"),
    "smeared_histogram_loss": ("logits",),
    "mixed_team_value": ("q", "first"),
    "rigid_motion": ("twist",),
    "bonded_energy": ("place",),
    "coupled_phases": ("phase", "coupling"),
    "hyperelastic_stress": ("gradient",),
    "short_rate_bond": ("pull", "sigma"),
    "vertex_normals": ("vertex",),
    "projected_covariance": ("scale", "turn"),
    "block_cosine_transform": ("x",),
}

_SMALL = "range:-0.3:0.3"
_UNIT = "range:-1:1"
_HEADS = (2, 3, 16, 10)
_LANGUAGE: Mapping[str, Sequence[Sample]] = {
    "compressed_block_attention": [{"q": _HEADS, "k": (2, 3, 28, 10), "v": (2, 3, 28, 10), "gate": (2, 3, 16, 1)}],
    "value_residual_attention": [qkv(*_HEADS, first=_HEADS, mix=((3,), "unit"))],
    "output_gated_attention": [{"x": (2, 17, 20), "qkv": ((20, 60), _SMALL), "gate": ((20, 20), _SMALL)}],
    "matrix_memory": [qkv(2, 2, 15, 10, i=((2, 2, 15), "range:-2:2"), f=((2, 2, 15), "range:1:4"))],
    "sphere_residual": [{"h": (2, 15, 34), "update": ((2, 15, 34), _UNIT), "rate": ((34,), "range:0.05:0.5")}],
    "dynamic_tanh_layer": [
        {
            **{"x": (2, 10, 20), "alpha": ((20,), "range:0.4:0.8"), "weight": ((20,), "range:0.5:1.5")},
            **{"bias": ((20,), _SMALL), "up": ((20, 42), _SMALL), "down": ((42, 20), _SMALL)},
        }
    ],
    "stick_breaking_attention": [qkv(2, 3, 17, 10, values="range:-2:2")],
    "convolved_scores_attention": [qkv(2, 3, 15, 10, kernel=((3, 1, 3, 5), "range:-0.5:0.5"))],
    "fading_scores_attention": [qkv(*_HEADS, f=((2, 3, 16), "range:0:4")), qkv(1, 2, 29, 7, f=(1, 2, 29))],
    "prospect_loss": [
        {
            **{"policy": ((62, 15), "range:-3:0"), "reference": ((62, 15), "range:-3.5:0")},
            "wanted": ((62,), "literal:1,0,0,1,1", "bool"),
        }
    ],
    "sequence_ratio_loss": [
        {"new": ((70, 17), "range:-2:-0.1"), "old": ((70, 17), "range:-2:-0.1"), "advantage": ((70,), _UNIT)}
    ],
    "skewed_divergence": [shaped((50, 34), student="range:-3:3", teacher="range:-4:4")],
    "nested_embeddings_loss": [shaped((40, 20), x="normal", y=_UNIT)],
    "dictionary_features": [
        {"x": (21, 16), "encode": ((16, 50), _SMALL), "decode": ((50, 16), _SMALL), "centre": ((16,), _UNIT)}
    ],
    "kronecker_adapter": [
        {"x": (17, 30), "weight": ((20, 30), _SMALL), "left": ((4, 5), _UNIT), "right": ((5, 6), _SMALL)}
    ],
    "reflection_adapter": [{"x": (2, 9, 34), "weight": ((20, 34), _SMALL), "u": (3, 34)}],
    "sectioned_rotary": [{"x": (3, 17, 24), "place": ((17, 3), "index:20", "int64")}],
    "paged_attention": [
        {
            **{"q": (4, 3, 10), "keys": (12, 5, 3, 10), "values": ((12, 5, 3, 10), _UNIT)},
            "table": ((4, 4), "index:12", "int64"),
        }
    ],
    "indexer_scores": [{"q": (24, 4, 10), "k": (31, 10), "weight": (24, 4)}],
    "polynomial_norm": [{"x": (2, 15, 34), "weight": ((3,), _UNIT), "bias": ((1,), _UNIT)}],
    "spline_layer": [{"x": ((21, 10), _UNIT), "coefficient": ((17, 10, 7), _UNIT), "base": ((17, 10), _SMALL)}],
    "absorbing_loss": [
        {
            **{"logits": ((30, 17, 24), "range:-3:3"), "token": ((30, 17), "index:24", "int64")},
            **{"masked": ((30, 17), "literal:1,0,1,1,0"), "t": ((30,), "range:0.2:1")},
        }
    ],
}

_VISION: Mapping[str, Sequence[Sample]] = {
    "offset_convolution": [
        {"x": (1, 5, 8, 10), "offset": ((1, 18, 8, 10), "range:-1.4:1.4"), "weight": ((6, 5, 3, 3), _SMALL)}
    ],
    "conditional_convolution": [{"x": (3, 5, 8, 10), "route": (5, 4), "kernels": ((4, 6, 5, 3, 3), _SMALL)}],
    "cross_covariance_attention": [qkv(2, 3, 25, 10, temperature=((3, 1, 1), "range:0.5:4"))],
    "focal_modulation": [
        {
            **{"x": (2, 7, 8, 10), "gate": ((3, 7, 1, 1), _UNIT), "small": ((7, 1, 3, 3), "range:-0.5:0.5")},
            **{"large": ((7, 1, 5, 5), "range:-0.3:0.4"), "head": ((7, 7, 1, 1), _UNIT)},
        }
    ],
    "content_aware_upsampling": [{"x": (2, 5, 6, 7), "kernels": ((2, 36, 6, 7), "range:-2:2")}],
    "convex_upsampling": [{"flow": ((2, 2, 6, 8), "range:-3:3"), "mask": (2, 36, 6, 8)}],
    "partial_convolution": [
        {"x": (2, 4, 9, 10), "known": ((2, 1, 9, 10), "literal:1,1,0,1,0,0,1"), "weight": ((6, 4, 3, 3), _SMALL)}
    ],
    "disparity_regression": [shaped((2, 9, 10, 21), left="normal", right=_UNIT)],
    "centred_self_distillation": [{**shaped((60, 40), student="normal", teacher=_UNIT), "centre": ((40,), _SMALL)}],
    "masked_patch_loss": [
        {"predicted": (3, 30, 48), "image": ((3, 3, 20, 24), "unit"), "hidden": ((3, 30), "literal:1,1,0,1,1,1,0,1")}
    ],
    "variance_invariance_covariance": [shaped((40, 24), x="range:-0.8:0.8", y=_UNIT)],
    "non_local_means": [{"x": ((2, 1, 13, 15), "unit")}],
    "retinex": [{"x": ((2, 3, 10, 13), "range:0.05:1")}],
    "dehazed": [{"x": ((2, 3, 10, 13), "range:0.1:0.9"), "air": ((3,), "range:0.9:1")}],
    "local_flow": [shaped((2, 1, 12, 15), before="unit", after="unit")],
    "demosaiced": [{"raw": ((3, 1, 12, 15), "range:0:1")}],
    "axial_attention": [{"x": (2, 10, 7, 9)}],
    "dual_softmax_matches": [{"x": (2, 24, 16), "y": (2, 29, 16)}],
    "thresholded": [{"x": ((3, 3, 8, 10), "range:-2:2.5")}],
    "filtered_skip": [{"backbone": (2, 6, 8, 10), "skip": ((2, 4, 8, 10), "range:-1:2")}],
    "distilled_score": [
        {
            **shaped((3, 4, 7, 8), image=_UNIT, noise="normal"),
            **{"signal": ((3,), "range:0.1:0.9"), "scale": ((4,), "range:0.6:1.5")},
        }
    ],
    "decoupled_image_attention": [
        {"q": (2, 3, 20, 10), "k": (2, 3, 15, 10), "v": (2, 3, 15, 10), "ki": (2, 3, 4, 10), "vi": (2, 3, 4, 10)}
    ],
    "magnitude_preserving_block": [{"x": (2, 6, 8, 9), "weight": (6, 6, 3, 3)}],
    "shifted_flow_steps": [{"x": (40, 16), "drift": ((16, 16), "range:-0.5:0.5")}],
}

_SOUND: Mapping[str, Sequence[Sample]] = {
    "pitch_difference": [{"x": ((20, 61), _UNIT)}],
    "learned_separation": [
        {
            **{"x": (3, 1, 68), "encode": ((12, 1, 8), "range:-0.5:0.5"), "mask": ((24, 12, 1), "range:-0.5:0.5")},
            "decode": ((12, 1, 8), "range:-0.5:0.5"),
        }
    ],
    "distortionless_beamformer": [{"speech": (3, 5, 41), "noise": (3, 5, 60), "steer": ((3, 5), "range:0.5:1.5")}],
    "phase_retrieval": [{"magnitude": ((4, 9, 20), "range:0.2:3")}],
    "location_attention": [
        {
            **{"q": (4, 24), "memory": (4, 31, 24), "past": ((4, 31), "range:0:0.1")},
            **{"kernel": ((24, 1, 7), _UNIT), "score": ((24,), _UNIT)},
        }
    ],
    "speaker_centroid_loss": [{"x": (8, 6, 20)}],
    "resonant_ladder": [{"x": ((9, 40), "range:-2:2"), "cutoff": ((9,), "range:0.1:0.5")}],
    "plucked_string": [{"burst": ((7, 30), _UNIT), "damp": ((7,), "range:0.8:1")}],
    "modulated_features": [
        {
            **{"x": (2, 9, 31), "condition": (2, 6), "scale": ((6, 9), _SMALL), "shift": ((6, 9), _SMALL)},
            "kernel": ((9, 9, 3), _SMALL),
        }
    ],
}

_SYSTEMS: Mapping[str, Sequence[Sample]] = {
    "pointwise_attention": [qkv(2, 3, 15, 10, u=(2, 3, 15, 10), bias=((29,), _UNIT))],
    "low_rank_crosses": [
        {"x": (31, 20), "u": ((3, 20, 4), _SMALL), "v": ((3, 20, 4), _SMALL), "gate": ((20, 3), _SMALL)}
    ],
    "instance_guided_mask": [
        {"x": (31, 24), "squeeze": ((24, 40), _SMALL), "expand": ((40, 24), _SMALL), "weight": ((24, 17), _SMALL)}
    ],
    "whole_space_conversion": [
        {
            **shaped((40, 20), click="range:-3:2", buy="range:-3:2", clicked="literal:0,1,1,0,0"),
            "bought": ((40, 20), "literal:0,1,0,0,0"),
        }
    ],
    "doubly_robust_error": [
        {
            **shaped((60, 20), error="range:0:2", imputed="unit", propensity="range:0.1:0.9"),
            "seen": ((60, 20), "literal:0,1,0,0,1,1,0"),
        }
    ],
    "implicit_factors": [{"items": ((31, 7), _UNIT), "count": ((21, 31), "literal:0,0,1,0,3,0,0,0,2,1,0")}],
    "hyperbolic_distance": [{"x": ((31, 6), _SMALL), "y": ((24, 6), "range:-0.35:0.35")}],
    "relational_layer": [
        {
            "x": (20, 10),
            **{"source": ((70,), "index:20", "int64"), "target": ((70,), "index:20", "int64")},
            "kind": ((70,), "index:5", "int64"),
            **{"basis": ((2, 10, 15), "range:-0.5:0.5"), "blend": ((5, 2), _UNIT)},
        }
    ],
    "gated_graph_step": [
        {"x": (24, 15), "near": ((24, 24), "range:0:0.1"), "wi": ((15, 45), _SMALL), "wh": ((15, 45), _SMALL)}
    ],
    "core_triples": [
        {"head": (24, 10), "relation": ((24, 6), _UNIT), "tail": (40, 10), "core": ((6, 10, 10), "range:-0.5:0.5")}
    ],
    "hyperplane_triples": [shaped((80, 15), head="normal", relation=_UNIT, tail="normal", normal="normal")],
    "pooled_graph": [{"x": (3, 20, 12), "near": ((3, 20, 20), "range:0:0.2"), "assign": ((12, 6), "range:-0.5:0.5")}],
    "heat_kernel": [{"near": ((17, 17), "range:0:0.3"), "time": ((4,), "range:0.1:1.5")}],
    "returning_walks": [{"near": ((3, 20, 20), "unit")}],
    "induced_set_attention": [{"x": (3, 24, 16), "inducing": (5, 16), "weight": ((16, 16), _SMALL)}],
    "polarised_message": [
        {"s": (15, 9), "vector": ((15, 9, 3), _UNIT), "place": ((15, 3), "range:-2:2"), "weight": ((4, 27), _SMALL)}
    ],
    "retrace_targets": [
        {"q": (40, 12), "value": (40, 13), "reward": ((40, 12), _UNIT), "ratio": ((40, 12), "range:0.3:2")}
    ],
    "munchausen_target": [
        {
            **shaped((80, 7), q=_UNIT, following=_UNIT),
            **{"reward": ((80,), _UNIT), "action": ((80,), "index:7", "int64")},
        }
    ],
    "smeared_histogram_loss": [{"logits": ((70, 15), "range:-2:2"), "y": ((70,), "range:-2.5:2.5")}],
    "mixed_team_value": [{"q": (60, 5), "state": (60, 9), "first": ((9, 40), _SMALL), "second": ((9, 8), _SMALL)}],
    "rigid_motion": [{"twist": ((50, 6), "range:-2:2")}],
    "double_pendulum_step": [shaped((60, 2), angle="range:-3:3", rate="range:-2:2")],
    "damped_inverse_step": [{"jacobian": (40, 3, 7), "error": ((40, 3), _UNIT)}],
    "quadrotor_step": [{"velocity": ((60, 3), "range:-5:5"), "attitude": (60, 4), "thrust": ((60,), "range:5:20")}],
    "movement_primitive": [{**shaped((30,), start="unit", goal="range:1:3"), "weight": ((30, 9), "range:-20:20")}],
    "unscented_mean": [{"mean": (24, 5), "cov": ((24, 5, 5), "spd")}],
}

_SCIENCE: Mapping[str, Sequence[Sample]] = {
    "reciprocal_energy": [
        {"place": ((6, 15, 3), _UNIT), "charge": ((6, 15), "range:-1:1.4"), "wave": ((20, 3), "range:0.4:3")}
    ],
    "bonded_energy": [{"place": (24, 12, 3)}],
    "split_step_wave": [shaped((7, 50), real="normal", imag=_UNIT, potential="range:0:9")],
    "electromagnetic_steps": [{"e": (9, 41), "h": ((9, 40), _UNIT)}],
    "coupled_phases": [{**shaped((7, 15), phase="range:-3:3", rate=_UNIT), "coupling": ((15, 15), "range:0:4")}],
    "orbital_overlap": [{"place": ((30, 3), _UNIT), "exponent": ((30,), "range:0.3:2")}],
    "induced_dipoles": [{"place": ((12, 3), "range:-2:2"), "field": (12, 3), "softness": ((12,), "range:0.3:1.2")}],
    "hyperelastic_stress": [{"gradient": ((40, 3, 3), "range:-0.3:0.3")}],
    "cloth_step": [shaped((8, 9, 3), place="normal", speed=_UNIT)],
    "damped_dispersion": [{"place": ((40, 3), "range:-2:2"), "strength": ((40,), "range:0.5:3")}],
    "smoothed_particles": [{"place": ((50, 2), _UNIT), "mass": ((50,), "range:0.1:0.5")}],
    "reaction_network": [
        {
            **{"amount": ((40, 6), "range:0.2:2"), "energy": ((9,), "range:0:2")},
            **{"order": ((9, 6), "literal:0,1,0,0,2,0,1"), "change": ((9, 6), _UNIT)},
        }
    ],
    "heston_transform": [
        {
            **{"u": ((7, 20), "range:0.3:9"), "reversion": ((7,), "range:0.5:3")},
            **{"wild": ((7,), "range:0.3:0.9"), "rho": ((7,), "range:-0.8:0")},
        }
    ],
    "short_rate_bond": [
        shaped((40,), rate="range:0.01:0.08", pull="range:0.2:1.5", level="range:0.02:0.06", sigma="range:0.01:0.2")
    ],
    "expected_shortfall": [{"loss": ((60, 40), "range:-2:2"), "level": ((60,), "range:0.8:1.6")}],
    "equal_risk_weights": [{"cov": ((20, 7, 7), "range:0.1:0.9"), "start": ((20, 7), "range:0.5:1")}],
    "fading_covariance": [{"x": (5, 15, 6)}],
    "liquidation_schedule": [shaped((30,), size="range:1:9", aversion="range:0.5:4", impact="range:0.3:2")],
}

_REST: Mapping[str, Sequence[Sample]] = {
    "two_speed_step": [shaped((20, 31), p="normal", g="normal", fast=_UNIT, slow=_SMALL, second="range:0.02:1")],
    "difference_momentum_step": [
        shaped((20, 31), p="normal", g="normal", last=_UNIT, m=_UNIT, v=_SMALL, n="range:0.02:1")
    ],
    "sharpness_aware_slope": [{"w": (20, 9), "x": (41, 20), "y": ((41, 9), "range:-2:2")}],
    "two_loop_direction": [{"g": (150,), "s": ((3, 150), _UNIT), "y": ((3, 150), _UNIT)}],
    "low_rank_gradient_step": [{"g": (9, 40), "m": ((9, 40), _UNIT)}],
    "ternary_linear": [{"x": (20, 41), "weight": ((24, 41), _UNIT)}],
    "vertex_normals": [{"vertex": (40, 3), "face": ((60, 3), "index:40", "int64")}],
    "cotangent_weights": [{"vertex": (40, 3), "face": ((70, 3), "index:40", "int64")}],
    "point_to_plane_step": [shaped((12, 40, 3), source="normal", target="normal", normal=_UNIT)],
    "blended_skin": [{"vertex": (31, 3), "weight": ((31, 6), "range:-2:2"), "bone": ((4, 6, 3, 4), _UNIT)}],
    "bezier_patch": [{"control": ((4, 4, 3), "range:-2:3"), **shaped((70,), u="unit", v="unit")}],
    "solid_angles": [{"point": ((24, 3), _UNIT), "triangle": ((15, 3, 3), "range:-2:2")}],
    "projected_covariance": [{"mean": ((60, 3), "range:1:3"), "scale": ((60, 3), "range:0.2:1.2"), "turn": (60, 4)}],
    "hashed_grid": [{"point": ((60, 2), "unit"), "table": (2, 64, 5)}],
    "wavelet_scalogram": [{"x": (5, 50)}],
    "tone_power": [{"x": ((20, 31), _UNIT), "frequency": ((9,), "range:0.4:2.7")}],
    "lattice_filter": [{"x": (10, 61), "reflect": ((10, 3), "range:-0.8:0.8")}],
    "averaged_periodogram": [{"x": ((15, 72), "range:-1:3")}],
    "position_speed_tracker": [{"x": ((20, 31), "range:-2:4")}],
    "denoised_by_dual": [{"x": ((20, 31), "range:0:2")}],
    "unrolled_sparse_code": [
        {"x": (24, 15), "dictionary": ((30, 15), _SMALL), "threshold": ((30,), "range:0.02:0.15")}
    ],
    "profile_distances": [{"x": ((3, 51), "range:-1:2")}],
    "block_cosine_transform": [{"x": ((2, 3, 16, 24), _UNIT), "table": ((8, 8), "range:0.5:3")}],
}
