"""The sixteenth set: what users of PyTorch run, all kept aside to say whether what was learnt before generalises.

Written without a look at the rules or at any score: sixteenth_core.py has operators that most models call,
sixteenth_rarer.py less common ones, sixteenth_grads.py gradients of both, layer_code.py, learn_code.py, motion_code.py
and science_code.py functions as users compose them, whose inputs are here and in sixteenth_inputs.py.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.scoreboard.sets import sixteenth_core, sixteenth_grads, sixteenth_inputs, sixteenth_rarer
from benchmarks.scoreboard.sets.composing import Sample, composed
from benchmarks.scoreboard.sets.eighth import qkv, shaped
from benchmarks.scoreboard.sets.fifteenth_core import SOME
from benchmarks.scoreboard.sets.sixteenth_core import seed
from harness.case import Case

LAYER = "benchmarks.scoreboard.functions.layer_code."
LEARN = "benchmarks.scoreboard.functions.learn_code."
MOTION = "benchmarks.scoreboard.functions.motion_code."
SCIENCE = "benchmarks.scoreboard.functions.science_code."


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every one of these functions and operators."""
    return (*sixteenth_core.cases(), *sixteenth_rarer.cases(), *sixteenth_grads.cases(), *_composed())


def _composed() -> Iterator[Case]:
    given = sixteenth_inputs
    functions = {LAYER: _LAYER, LEARN: given.LEARN, MOTION: given.MOTION, SCIENCE: given.SCIENCE}
    yield from composed(functions, seed, SOME, full=_FULL, grads=_GRADS, kinked=_KINKED)


_FULL = (
    *("principal_residual_adapter", "bilinear_state_steps", "magnetic_laplacian_energies"),
    *("matrix_normal_log_density", "normals_transport_distance", "concrete_log_density"),
    *("square_root_measurement", "iterated_range_update", "cubature_moments", "sylvester_by_kronecker"),
    *("model_predictive_step", "frequency_response_gain", "reachable_energy", "moving_least_squares"),
    *("alternating_lasso_rounds", "reweighted_recovery", "fugacity_logarithm", "leading_patterns"),
    *("standardised_rain", "normal_mode_pitches", "stiff_kinetics_step", "open_network", "galaxy_brightness"),
    *("dust_reddening", "circumcircle", "planar_manipulability"),
    *("height_field_curvatures", "exponential_repulsion", "final_outbreak_share", "panorama_lookup"),
    *("slab_hits", "logistic_mixture_pixels"),
)
# Whose gradients jump, or are of large numbers that cancel: not in half precision.
_KINKED = (
    *("collaborative_metric_hinge", "gradient_difference_loss", "clipped_activation_linear", "relu_routed_experts"),
    *("path_clearance_cost", "contact_force", "learned_power_aggregation", "softmax_aggregation"),
    *("sharpened_cosine_filter", "convective_energy", "transit_dimming"),
)
_GRADS: Mapping[str, tuple[str, ...]] = {
    "scaled_keys_attention": ("q", "keys"),
    "soft_rounded_weights": ("w",),
    "relu_routed_experts": ("x", "router"),
    "cosine_routed_experts": ("x", "centre"),
    "generated_weights_layer": ("x", "maker"),
    "bilinear_state_steps": ("a", "x"),
    "vandermonde_kernel": ("decay", "gain"),
    "min_lstm_steps": ("x", "forget"),
    "coupled_oscillator_cell": ("x", "place"),
    "scored_blocks_pooling": ("x", "score"),
    "single_step_third_order": ("x", "weight"),
    "midpoint_flow": ("x",),
    "uniform_discrete_posterior": ("logit",),
    "log_variance_weighted_loss": ("told", "doubt"),
    "gravity_neighbours": ("x", "place"),
    "softmax_aggregation": ("x",),
    "learned_power_aggregation": ("x", "power"),
    "vector_tensor_product": ("x", "one"),
    "pair_normalised_nodes": ("x", "weight"),
    "sharpened_cosine_filter": ("x", "weight"),
    "masked_gated_convolution": ("x", "weight"),
    "volterra_convolution": ("x", "second"),
    "hedgehog_attention": ("q", "k"),
    "power_kernel_attention": ("k", "v"),
    "doubly_normalised_attention": ("q", "v"),
    "biased_matrix_factors": ("p", "b"),
    "logarithmic_interactions": ("order", "weight"),
    "gated_cross_layers": ("x", "cross"),
    "collaborative_metric_hinge": ("user", "wrong"),
    "arctangent_adam_step": ("g",),
    "symmetric_cross_entropy_loss": ("x",),
    "taylor_cross_entropy": ("x",),
    "general_robust_loss": ("x", "scale"),
    "gradient_difference_loss": ("x",),
    "angular_triplet_loss": ("x", "z"),
    "jensen_shannon_bound": ("x", "weight"),
    "logistic_mixture_pixels": ("mean", "log_scale"),
    "concrete_log_density": ("logit",),
    "matrix_normal_log_density": ("x", "row"),
    "radial_flow": ("x", "push"),
    "kurtosis_penalty": ("w",),
    "clipped_activation_linear": ("x", "top"),
    "cubature_moments": ("mean",),
    "interacting_models_mix": ("x", "chance"),
    "model_predictive_step": ("x", "b"),
    "planar_manipulability": ("angle",),
    "wheel_odometry": ("left",),
    "path_clearance_cost": ("path",),
    "contact_force": ("deep",),
    "superquadric_field": ("size", "shape"),
    "gaussian_lobe_light": ("axis", "sharp"),
    "scattered_march": ("density", "bias"),
    "hearing_bands": ("power",),
    "normalised_lag_correlation": ("x",),
    "rate_mixture_likelihood": ("length", "rate"),
    "genotype_posteriors": ("share",),
    "convective_energy": ("parcel",),
    "wet_bulb": ("heat",),
    "exponential_repulsion": ("x", "charge"),
    "electron_transfer_rate": ("gain", "reorder"),
    "stiff_kinetics_step": ("rate",),
    "multistate_free_energies": ("energy",),
    "work_averages": ("forth", "back"),
    "age_mixed_infection": ("meet", "rate"),
    "closed_network": ("serve",),
    "open_network": ("move",),
    "transit_dimming": ("far", "size"),
    "roche_potential": ("x", "share"),
}

_UNIT, _HALF, _THIRD = "range:-1:1", "range:-0.5:0.5", "range:-0.3:0.3"
_SPARSE = "literal:0,1,0,0,1,0,0,0,1,0,0"
_LAYER: Mapping[str, Sequence[Sample]] = {
    "nested_scale_linear": [
        {
            **{"x": (17, 62), "code": ((33, 62), "index:16", "int64")},
            "level": ((16,), "literal:-1,-0.7,-0.53,-0.39,-0.28,-0.18,-0.09,0,0.08,0.16,0.25,0.34,0.44,0.56,0.72,1"),
            **{"scale_code": ((33, 2), "index:127", "int64"), "step": ((33, 1), "range:0.0002:0.003")},
        }
    ],
    "scaled_keys_attention": [
        qkv(1, 3, 17, 15, keys=((15,), "range:0.5:1.5"), gain=((15,), "range:0.5:1.5")),
        qkv(2, 1, 33, 7, keys=((7,), "range:-2:2"), gain=((7,), "positive")),
    ],
    "principal_residual_adapter": [{"w": ((17, 31), _UNIT), "x": (3, 31)}],
    "soft_rounded_weights": [{"w": ((33, 31), "range:-4:4"), "sharp": ((1,), "literal:3")}],
    "relu_routed_experts": [
        {"x": (31, 17), "router": ((17, 7), _THIRD), "up": ((7, 17, 9), _HALF), "down": ((7, 9, 17), _HALF)}
    ],
    "cosine_routed_experts": [
        {"x": (33, 15), "centre": (7, 15), "weight": ((7, 15, 13), _HALF), "heat": ((1,), "literal:0.3")}
    ],
    "generated_weights_layer": [{"x": (7, 17), "task": (7, 9), "maker": ((9, 221), _HALF), "bias": ((13,), _UNIT)}],
    "bilinear_state_steps": [
        {
            **{"a": ((7, 7), "range:-0.8:0.2"), "b": ((7, 1), _UNIT), "c": ((7, 1), _UNIT), "x": (3, 7)},
            "step": ((1,), "literal:0.15"),
        }
    ],
    "vandermonde_kernel": [
        {
            **shaped((9, 7), decay="range:0.02:0.6", pitch="range:0:3", gain=_UNIT),
            "x": (9, 63),
        }
    ],
    "min_lstm_steps": [{"x": (3, 9, 13), **shaped((13, 15), forget=_HALF, take=_HALF, cell=_HALF)}],
    "leaky_reservoir": [
        {"x": (7, 7, 3), "into": ((3, 31), _UNIT), "within": ((31, 31), _THIRD), "leak": ((31,), "range:0.1:0.9")}
    ],
    "coupled_oscillator_cell": [
        {"x": (7, 5, 5), "into": ((5, 17), _UNIT), "place": ((17, 17), _HALF), "speed": ((17, 17), _HALF)}
    ],
    "phased_time_gate": [
        {
            **{"time": ((33,), "range:0:20"), "period": ((31,), "range:2:9"), "shift": ((31,), "range:0:3")},
            **shaped((33, 31), old="normal", new=_UNIT),
        }
    ],
    "hashed_byte_grams": [{"text": ((3, 33), "index:256", "int64"), "table": (509, 7), "byte": ((256, 7), _UNIT)}],
    "smoothed_boundaries": [{"x": (3, 9, 15), "query": ((15, 15), _HALF), "key": ((15, 15), _HALF)}],
    "scored_blocks_pooling": [{"x": (2, 31, 17), "score": ((17, 1), _HALF)}],
    "strided_characters": [{"x": (2, 36, 9), "down": ((13, 9, 4), _THIRD), "up": ((17, 22, 3), _THIRD)}],
    "single_step_third_order": [{"x": (17, 33), "weight": ((33, 33), _THIRD), "level": ((2,), "literal:-0.8,0.35")}],
    "midpoint_flow": [{"x": (31, 17), "weight": ((17, 17), _HALF), "time": ((31, 1), "unit")}],
    "uniform_discrete_posterior": [
        {
            **{"logit": ((3, 17, 13), "range:-4:4"), "now": ((3, 17), "index:13", "int64")},
            **{"keep": ((3,), "range:0.8:0.99"), "keep_all": ((3,), "range:0.2:0.9")},
        }
    ],
    "trigonometric_interpolant": [
        {**shaped((17, 31), x=_UNIT, noise="normal"), "time": ((17,), "range:0.05:1.5"), "weight": ((31, 31), _THIRD)}
    ],
    "log_variance_weighted_loss": [
        {**shaped((17, 7, 9), x=_HALF, told=_HALF), **shaped((17,), sigma="range:0.05:9", doubt="range:-2:3")}
    ],
    "manifold_guidance_step": [
        {
            **shaped((3, 17, 31), x="normal", free="normal", told="range:-2:2"),
            **{"now": ((3, 1, 1), "range:0.2:0.6"), "after": ((3, 1, 1), "range:0.6:0.95")},
        }
    ],
    "gravity_neighbours": [{"x": (33, 7), "place": ((33, 3), _UNIT)}],
    "softmax_aggregation": [{"x": (17, 15), "edge": ((2, 65), "index:17", "int64"), "heat": ((15,), "range:0.5:2")}],
    "learned_power_aggregation": [
        {"x": ((15, 17), "range:0.05:3"), "edge": ((2, 63), "index:15", "int64"), "power": ((17,), "range:0.5:3")}
    ],
    "vector_tensor_product": [{"x": (33, 7), **shaped((33, 7, 3), one="normal", two=_UNIT), "weight": ((4, 7), _UNIT)}],
    "pair_normalised_nodes": [{"x": (33, 15), "near": ((33, 33), _SPARSE), "weight": ((15, 17), _HALF)}],
    "magnetic_laplacian_energies": [{"near": ((3, 9, 9), "range:0:1")}],
    "bernstein_graph_filter": [{"x": (15, 9), "near": ((15, 15), "range:0:0.2"), "level": ((4,), _UNIT)}],
    "sharpened_cosine_filter": [{"x": (1, 5, 9, 7), "weight": ((7, 5, 3, 3), _UNIT), "power": ((7,), "range:1:3")}],
    "masked_gated_convolution": [{"x": (1, 7, 11, 9), "weight": ((14, 7, 3, 3), _THIRD), "bias": ((14,), _HALF)}],
    "volterra_convolution": [{"x": (7, 65), "first": ((9,), _UNIT), "second": ((9, 9), _THIRD)}],
    "star_block": [
        {
            **{"x": (1, 7, 9, 11), "tap": ((7, 1, 7, 7), _THIRD)},
            **{"one": ((15, 7, 1, 1), _UNIT), "two": ((15, 7, 1, 1), _UNIT), "out": ((7, 15, 1, 1), _THIRD)},
        }
    ],
    "hedgehog_attention": [qkv(2, 31, 9, weight=((9, 7), _UNIT))],
    "power_kernel_attention": [qkv(3, 33, 7), qkv(1, 17, 31, values="range:-3:3")],
    "doubly_normalised_attention": [qkv(3, 17, 9)],
    "contextual_depth_memory": [
        {"x": (31, 17), "key": (65, 17), "value": ((65, 17), _UNIT), "gate": ((17,), "range:0.5:1.5")}
    ],
}
