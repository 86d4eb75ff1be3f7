"""The thirteenth set: what users of PyTorch run, all kept aside to say whether what was learnt before generalises.

Written without a look at the rules or at any score: thirteenth_core.py has operators that most models call,
thirteenth_rarer.py less common ones, thirteenth_grads.py gradients of both, daily_code.py, daily_code_more.py and
daily_code_rest.py functions as users compose them, whose inputs are here.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.scoreboard.sets import thirteenth_core, thirteenth_grads, thirteenth_rarer
from benchmarks.scoreboard.sets.composing import Sample, composed
from benchmarks.scoreboard.sets.eighth import qkv, shaped
from benchmarks.scoreboard.sets.ninth_core import SOME
from benchmarks.scoreboard.sets.thirteenth_core import seed
from harness.case import Case

FIRST = "benchmarks.scoreboard.functions.daily_code."
MORE = "benchmarks.scoreboard.functions.daily_code_more."
REST = "benchmarks.scoreboard.functions.daily_code_rest."


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every one of these functions and operators."""
    return (*thirteenth_core.cases(), *thirteenth_rarer.cases(), *thirteenth_grads.cases(), *_composed())


def _composed() -> Iterator[Case]:
    functions = {FIRST: {**_LANGUAGE, **_SOUND}, MORE: {**_VISION, **_SYSTEMS}, REST: {**_SCIENCE, **_STATISTICS}}
    return composed(functions, seed, SOME, full=_FULL, grads=_GRADS, kinked=_KINKED)


_FULL = (
    *("chorus", "delayed_prediction", "augmented_rounds", "flow_consistency", "log_polar_view"),
    *("whitened_and_coloured", "invertible_mixing", "effective_resistance", "successor_values"),
    *("held_discretisation", "covariance_intersection", "boys_functions", "solitary_waves", "propagated_beam"),
    *("truss_displacements", "pipe_friction", "leaf_photosynthesis", "ordinary_kriging", "ensemble_update"),
    *("knocked_out_call", "square_root_bonds", "matched_skill", "linear_evidence", "heavy_tailed_vectors"),
    *("canonical_loss", "censored_loss", "real_gas"),
)
# Whose gradients jump or are of long sums of logarithms: not in half precision.
_KINKED = (
    *("inside_scores", "two_way_attention", "onset_strength", "coordinate_rounds", "top_hat", "bregman_denoised"),
    *("chain_beliefs", "state_posteriors", "seesaw_loss", "several_similarities_loss", "character_words"),
    *("dynamic_relu", "independent_recurrence", "inception_branches", "shuffled_unit", "soft_distance_test"),
)
_GRADS: Mapping[str, tuple[str, ...]] = {
    "reversible_block": ("x", "narrow"),
    "anchored_window_attention": ("q", "v"),
    "functional_positions": ("q", "narrow", "scale"),
    "reflected_path_attention": ("k", "w", "rate"),
    "tree_level_attention": ("q", "v", "weight"),
    "turing_address": ("memory", "shift"),
    "multiplicative_cell": ("x", "wh", "mi"),
    "independent_recurrence": ("x", "own"),
    "antisymmetric_recurrence": ("x", "weight"),
    "light_recurrence": ("x", "own"),
    "character_words": ("x", "blend"),
    "two_way_attention": ("context", "weight"),
    "inside_scores": ("leaf", "rule"),
    "clipped_weight_loss": ("new",),
    "adapter_mixture": ("x", "router"),
    "associative_retrieval": ("x", "stored"),
    "poly_encoder_scores": ("code", "candidate"),
    "gumbel_choice": ("logits", "value"),
    "hard_concrete_gate": ("strength",),
    "pondered_output": ("x", "stop"),
    "equilibrium_layer": ("x", "weight"),
    "prefix_tuned_attention": ("q", "value"),
    "oversampled_drive": ("x", "tap"),
    "phaser": ("x", "rate"),
    "onset_strength": ("power",),
    "vocal_tract_tubes": ("area",),
    "coordinate_rounds": ("b",),
    "extragradient_rounds": ("a", "x"),
    "inception_branches": ("x", "five"),
    "shuffled_unit": ("x", "depth"),
    "dynamic_relu": ("x", "up"),
    "strip_pooling": ("x", "row"),
    "pyramid_pooling": ("x", "weight"),
    "object_context": ("x", "region"),
    "varifocal_loss": ("logits",),
    "seesaw_loss": ("logits",),
    "several_similarities_loss": ("x",),
    "proxy_anchor_loss": ("x", "proxy"),
    "scale_invariant_depth_loss": ("x",),
    "flow_consistency": ("forth", "back"),
    "bregman_denoised": ("x",),
    "pseudo_huber_consistency": ("x",),
    "binary_code_entropy": ("x",),
    "noise_contrastive_loss": ("weight",),
    "invertible_mixing": ("x", "weight"),
    "masked_autoregression": ("hidden", "shift"),
    "continuous_flow": ("x", "w"),
    "third_order_factors": ("x", "factor"),
    "alignment_and_uniformity": ("user",),
    "dynamic_graph_attention": ("x", "look"),
    "edge_network_messages": ("x", "edge"),
    "effective_resistance": ("near",),
    "expected_visits": ("value",),
    "reprojection_residuals": ("point", "pose"),
    "triangle_update": ("pair", "gate"),
    "invariant_point_attention": ("q", "scale"),
    "outer_product_mean": ("x", "right"),
    "soft_distance_test": ("place",),
    "torsion_energy": ("place",),
    "exchange_and_correlation": ("density", "slope"),
    "chain_beliefs": ("field", "bond"),
    "truss_displacements": ("stiff", "force"),
    "knocked_out_call": ("price", "spread"),
    "lower_tail_copula": ("u", "theta"),
    "linear_evidence": ("x", "alpha"),
    "heavy_tailed_vectors": ("scatter", "degree"),
    "shifted_modes": ("x",),
    "state_posteriors": ("score", "move"),
    "ensemble_disagreement": ("logits",),
    "rigid_blend_skin": ("turn", "weight"),
    "hyperboloid_distance": ("x", "y"),
}

_SMALL = "range:-0.3:0.3"
_UNIT = "range:-1:1"
_LANGUAGE: Mapping[str, Sequence[Sample]] = {
    "reversible_block": [
        {"x": (3, 17, 20), "attend": ((3, 10, 10), "range:-0.6:0.6"), "widen": ((10, 26), _UNIT), "narrow": (26, 10)}
    ],
    "anchored_window_attention": [qkv(2, 3, 23, 11), qkv(1, 2, 45, 14, values=_UNIT)],
    "functional_positions": [
        qkv(2, 3, 22, 9, widen=((8,), _UNIT), narrow=((8, 3), _UNIT), scale=((1,), "range:-1:1.5"))
    ],
    "reflected_path_attention": [qkv(5, 9, 8, w=(5, 9, 8), rate=((5, 9), _UNIT))],
    "tree_level_attention": [qkv(2, 3, 27, 8, weight=((6,), "range:-1:1.5"))],
    "turing_address": [
        {
            **{
                "memory": (19, 13, 8),
                "key": (19, 8),
                "last": ((19, 13), "range:-2:2"),
                "sharp": ((19, 1), "range:0:3"),
            },
            **{"gate": ((19, 1), _UNIT), "shift": ((19, 3), "range:-2:2")},
        }
    ],
    "multiplicative_cell": [
        {
            **{"x": (9, 7, 6), "wi": ((6, 44), "range:-0.5:0.5"), "wh": ((11, 44), _UNIT)},
            **{"mi": ((6, 11), _UNIT), "mh": ((11, 11), _UNIT)},
        }
    ],
    "independent_recurrence": [
        {"x": (6, 14, 11), "weight": ((2, 11, 11), _SMALL), "own": ((2, 11), "range:-0.5:0.95")}
    ],
    "antisymmetric_recurrence": [{"x": (13, 11, 5), "weight": ((14, 14), "range:-0.4:0.4"), "into": ((5, 14), _UNIT)}],
    "polynomial_memory": [{"x": ((22, 29), "range:-1:2")}],
    "light_recurrence": [{"x": (7, 8, 9), "weight": ((9, 27), "range:-0.6:0.6"), "own": ((2, 9), _UNIT)}],
    "character_words": [
        {
            **{"x": (33, 6, 11), "narrow": ((5, 6, 2), "range:-0.5:0.5"), "wide": ((7, 6, 4), "range:-0.4:0.4")},
            "blend": ((12, 24), _UNIT),
        }
    ],
    "two_way_attention": [{"context": (4, 19, 8), "query": (4, 7, 8), "weight": ((24,), "range:-0.5:0.5")}],
    "inside_scores": [{"leaf": ((23, 6, 4), "range:-2:2"), "rule": ((4, 4, 4), _UNIT)}],
    "clipped_weight_loss": [
        {**shaped((37, 11), new="range:-3:-0.2", old="range:-3:-0.2"), "advantage": ((37,), "range:-2:2")}
    ],
    "adapter_mixture": [
        {
            **{"x": (27, 14), "weight": ((14, 19), _SMALL), "down": ((5, 14, 3), "range:-0.5:0.5")},
            **{"up": ((5, 3, 19), "range:-0.5:0.5"), "router": ((14, 5), _UNIT)},
        }
    ],
    "associative_retrieval": [{"x": (31, 9), "stored": (14, 9)}, {"x": ((3, 11, 22), _UNIT), "stored": (3, 35, 22)}],
    "poly_encoder_scores": [{"context": (19, 11), "code": ((5, 11), _UNIT), "candidate": (39, 11)}],
    "positive_information": [{"count": ((26, 33), "literal:0,3,1,0,7,2,12,0,1,5,0")}],
    "discounted_bigrams": [{"count": ((22, 31), "literal:0,0,4,1,0,9,0,2,0,0,1,6,0")}],
    "gumbel_choice": [{"logits": ((29, 9), "range:-2:3"), "uniform": ((29, 9), "range:0.05:0.95"), "value": (9, 14)}],
    "hard_concrete_gate": [
        {"x": (27, 19), "strength": ((19,), "range:-2:3"), "uniform": ((27, 19), "range:0.05:0.95")}
    ],
    "pondered_output": [{"x": (6, 23, 9), "stop": ((6, 23), "range:-2:1")}],
    "equilibrium_layer": [{"x": (33, 16), "weight": ((16, 16), "range:-0.25:0.25")}],
    "prefix_tuned_attention": [qkv(3, 2, 19, 11, key=((2, 5, 11), _UNIT), value=(2, 5, 11))],
}

_SOUND: Mapping[str, Sequence[Sample]] = {
    "oversampled_drive": [{"x": ((9, 45), _UNIT), "tap": ((1, 1, 9), "range:-0.1:0.4")}],
    "chorus": [{"x": ((8, 57), _UNIT), "rate": ((8,), "range:0.05:0.3")}],
    "phaser": [{"x": ((14, 13), _UNIT), "rate": ((14,), "range:0.05:0.4")}],
    "onset_strength": [{"power": ((5, 22, 35), "range:0:2")}],
    "natural_gradient_unmixing": [{"x": ((7, 3, 41), "range:-2:2"), "mix": ((7, 3, 3), _UNIT)}],
    "delayed_prediction": [{"x": (11, 47)}],
    "ambisonic_panning": [{"x": (6, 4, 27), "azimuth": ((6, 4), "range:-3:3"), "height": ((6, 4), "range:-0.7:0.7")}],
    "diagonal_guidance_loss": [{"score": ((7, 27, 14), "range:-2:4")}],
    "vocal_tract_tubes": [{"x": ((19, 17), _UNIT), "area": ((19, 6), "range:0.3:2")}],
    "subharmonic_salience": [{"power": ((17, 95), "range:0.01:2")}],
    "weighted_loudness": [{"power": ((23, 41), "range:0:3"), "frequency": ((41,), "range:0.05:4")}],
    "running_ratio_step": [shaped((19, 27), p="normal", g="normal", s="range:0.01:1", d="range:0.001:0.2")],
    "foreseeing_adam_step": [shaped((22, 33), p="normal", g=_UNIT, m=_SMALL, s="range:0.02:0.5")],
    "leader_following_weights": [{"g": (14, 8, 23), "p": (14, 23)}],
    "coordinate_rounds": [{"a": ((13, 19, 6), _UNIT), "b": (13, 19)}],
    "chebyshev_rounds": [{"a": ((11, 9, 9), "spd"), "b": (11, 9)}],
    "augmented_rounds": [{"goal": (14, 8), "a": ((14, 3, 8), _UNIT), "b": ((14, 3), _UNIT)}],
    "extragradient_rounds": [{"a": ((17, 6, 9), "range:-0.6:0.6"), "x": (17, 6), "y": ((17, 9), _UNIT)}],
    "krylov_projection": [{"a": ((14, 11, 11), _UNIT), "b": (14, 11)}],
    "barrier_step": [{"x": ((23, 19), "range:-0.8:0.8"), "cost": ((23, 19), "range:-2:2")}],
}

_VISION: Mapping[str, Sequence[Sample]] = {
    "inception_branches": [
        {
            **{"x": (2, 7, 11, 9), "one": ((4, 7, 1, 1), _UNIT), "three": ((5, 7, 3, 3), _SMALL)},
            **{"five": ((3, 7, 5, 5), "range:-0.2:0.2"), "pooled": ((4, 7, 1, 1), _UNIT)},
        }
    ],
    "shuffled_unit": [
        {
            **{"x": (3, 18, 8, 7), "first": ((9, 9, 1, 1), _UNIT), "depth": ((9, 1, 3, 3), _UNIT)},
            "last": ((9, 9, 1, 1), "range:-0.5:0.5"),
        }
    ],
    "dynamic_relu": [{"x": ((6, 11, 7, 8), "range:-2:3"), "down": ((11, 5), _UNIT), "up": ((5, 44), _UNIT)}],
    "strip_pooling": [
        {
            **{"x": (3, 9, 10, 13), "row": ((9, 9, 3, 1), _SMALL), "column": ((9, 9, 1, 3), _SMALL)},
            "blend": ((9, 9, 1, 1), _UNIT),
        }
    ],
    "pyramid_pooling": [{"x": ((2, 8, 9, 12), "range:-1:2"), "weight": ((3, 4, 8, 1, 1), _UNIT)}],
    "object_context": [{"x": (4, 9, 6, 8), "region": ((4, 5, 6, 8), "range:-3:3")}],
    "varifocal_loss": [{"logits": ((26, 23), "range:-4:3"), "overlap": ((26, 23), "literal:0,0,0.75,0,0.5,0,0,0.875")}],
    "effective_number_loss": [
        {"logits": ((47, 8), "range:-3:3"), "label": ((47,), "index:8", "int64"), "count": ((8,), "range:1:40")}
    ],
    "seesaw_loss": [
        {"logits": ((43, 9), "range:-2:3"), "label": ((43,), "index:9", "int64"), "count": ((9,), "range:1:60")}
    ],
    "several_similarities_loss": [{"x": (31, 8), "label": ((31,), "index:5", "int64")}],
    "proxy_anchor_loss": [{"x": (37, 9), "proxy": ((12, 9), _UNIT), "label": ((37,), "index:12", "int64")}],
    "scale_invariant_depth_loss": [{"x": ((14, 9, 8), "range:-1:3"), "depth": ((14, 9, 8), "range:0.3:4")}],
    "depth_normals": [{"depth": ((6, 11, 13), "range:1:2")}],
    "flow_consistency": [shaped((3, 2, 9, 11), forth="range:-1.5:1.5", back="range:-1.5:1.5")],
    "log_polar_view": [{"x": ((3, 4, 14, 13), "range:-1:2")}],
    "whitened_and_coloured": [{"x": (5, 4, 7, 6), "style": ((5, 4, 6, 9), "range:-1:3")}],
    "top_hat": [{"x": ((4, 2, 13, 11), "range:0:2")}],
    "invariant_moments": [{"x": ((27, 8, 9), "range:0:1.5")}],
    "bregman_denoised": [{"x": ((5, 9, 14), "range:-1:2")}],
    "colour_difference": [shaped((46, 3), one="range:-6:9", two="range:-6:9")],
    "radiance_merged": [{"x": ((4, 5, 9, 7), "unit"), "time": ((5,), "range:0.1:3")}],
    "pseudo_huber_consistency": [{"x": (33, 14), "clean": ((33, 14), _UNIT), "sigma": ((33,), "range:0.2:4")}],
    "exponential_integrator_step": [
        {
            **shaped((29, 16), x="normal", one="normal", two=_UNIT),
            **{"before": ((29,), "range:-4:-1"), "after": ((29,), "range:-1:1")},
        }
    ],
    "binary_code_entropy": [{"x": (39, 7)}],
    "noise_contrastive_loss": [{"x": ((44, 6), "range:-1.5:2"), "noise": (21, 6), "weight": ((6, 9), _UNIT)}],
    "invertible_mixing": [{"x": (3, 6, 5, 7), "weight": ((6, 6), "dominant"), "scale": ((6,), _UNIT)}],
    "masked_autoregression": [
        {"x": (34, 7), "hidden": ((7, 18), _UNIT), "shift": ((18, 7), _UNIT), "stretch": ((18, 7), _SMALL)}
    ],
    "continuous_flow": [{"x": (36, 4), "u": ((9, 4), _UNIT), "w": ((4, 9), _UNIT), "b": ((9,), _UNIT)}],
}

_SYSTEMS: Mapping[str, Sequence[Sample]] = {
    "field_aware_factors": [{"x": ((35, 6), _UNIT), "factor": ((6, 6, 9), _UNIT)}],
    "third_order_factors": [{"x": ((33, 9), _UNIT), "factor": ((9, 6), _UNIT)}],
    "top_one_loss": [{"score": ((38, 38), "range:-2:2")}],
    "alignment_and_uniformity": [{"user": (36, 8), "item": ((36, 8), "range:-1:2")}],
    "personal_gates": [
        {
            **{"x": (26, 12), "about": (26, 7), "weight": ((2, 12, 12), "range:-0.5:0.5")},
            "gate": ((2, 19, 12), "range:-0.5:0.5"),
        }
    ],
    "convolved_history": [{"x": (19, 9, 8), "across": ((11, 8, 3), "range:-0.4:0.4"), "along": ((4, 9), _UNIT)}],
    "uplift_loss": [
        {
            **{"score": ((33, 14), "range:-2:2"), "treated": ((33, 14), "literal:1,0,0,1,1")},
            **{"bought": ((33, 14), "literal:0,1,0,0,1,1,0"), "chance": ((14,), "range:0.2:0.8")},
        }
    ],
    "dynamic_graph_attention": [
        {
            **{"x": (23, 8), "edge": ((23, 23), "literal:1,0,0,1,0,1,1,0,0")},
            **{"weight": ((8, 13), "range:-0.6:0.6"), "look": ((13,), _UNIT)},
        }
    ],
    "edge_network_messages": [
        {
            **{"x": (19, 7), "edge": ((57, 4), _UNIT), "source": ((57,), "index:19", "int64")},
            **{"target": ((57,), "index:19", "int64"), "weight": ((4, 7, 9), "range:-0.5:0.5")},
        }
    ],
    "effective_resistance": [{"near": ((9, 11, 11), "unit")}],
    "propagated_labels": [
        {"x": ((35, 3), "range:-2:2"), "label": ((35, 5), "literal:1,0,0,0,0,0,1"), "known": ((35,), "literal:1,0,0,1")}
    ],
    "diffused_traffic": [
        {
            **{"x": (26, 7), "near": ((26, 26), "range:0:1"), "source": ((26, 5), _UNIT)},
            **{"sink": ((26, 5), _UNIT), "weight": ((7, 7, 9), "range:-0.5:0.5")},
        }
    ],
    "successor_values": [{"walk": ((11, 9, 9), "range:-2:2"), "reward": (11, 9)}],
    "tree_backup_targets": [
        {
            **{"reward": (16, 11), "value": ((16, 11, 4), "range:-1:3"), "chance": ((16, 11, 4), "range:-2:2")},
            "action": ((16, 11), "index:4", "int64"),
        }
    ],
    "replicator_rounds": [{"payoff": ((23, 6, 6), _UNIT), "share": ((23, 6), _UNIT)}],
    "expected_visits": [{"value": ((13, 7, 3), "range:-2:2"), "walk": ((13, 7, 3, 7), "range:-2:2")}],
    "gradient_attitude": [
        {"q": ((33, 4), "range:0.2:1"), "gyro": ((33, 8, 3), _UNIT), "accel": ((33, 3), "range:0.2:1")}
    ],
    "held_discretisation": [{"a": ((13, 6, 6), "range:-1.5:1"), "b": ((13, 6, 2), _UNIT)}],
    "covariance_intersection": [{"one": ((13, 5, 5), "spd"), "two": ((13, 5, 5), "spd"), "x": (13, 5), "y": (13, 5)}],
    "reprojection_residuals": [
        {
            **{"point": ((9, 14, 3), _UNIT), "pose": ((9, 6), _SMALL), "pixel": ((9, 14, 2), _UNIT)},
            "focal": ((9,), "range:2:5"),
        }
    ],
}

_SCIENCE: Mapping[str, Sequence[Sample]] = {
    "triangle_update": [
        {"pair": (2, 9, 9, 7), "project": ((3, 7, 7), "range:-0.5:0.5"), "gate": ((3, 7, 7), "range:-0.5:0.5")}
    ],
    "invariant_point_attention": [{**qkv(3, 14, 4, 3, values=_UNIT), "scale": ((1,), _UNIT)}],
    "outer_product_mean": [
        {
            **{"x": (11, 9, 13), "left": ((13, 5), "range:-0.5:0.5"), "right": ((13, 4), "range:-0.5:0.5")},
            "weight": ((20, 8), _UNIT),
        }
    ],
    "soft_distance_test": [shaped((7, 22, 3), place="range:-2:2", true="range:-2:2")],
    "torsion_energy": [{"place": ((45, 4, 3), "range:-1.5:1.5"), "barrier": ((3,), _UNIT)}],
    "constrained_bonds": [{"place": ((13, 9, 3), "range:-2:2"), "length": ((13, 8), "range:0.7:1.5")}],
    "second_order_correlation": [
        {"integral": ((6, 9, 6, 9), _SMALL), "filled": ((6,), "range:-2:-0.5"), "empty": ((9,), "range:0.3:3")}
    ],
    "exchange_and_correlation": [shaped((21, 27), density="range:0.1:3", slope="range:0:2")],
    "boys_functions": [{"x": ((14, 22), "range:0.5:14")}],
    "harmonic_thermochemistry": [{"wave": ((31, 9), "range:0.2:4"), "heat": ((31,), "range:0.4:2")}],
    "real_gas": [shaped((25, 21), heat="range:0.8:2", volume="range:0.3:4")],
    "mixture_activity": [{"share": ((37, 5), "unit"), "pull": ((5, 5), "range:0.3:2")}],
    "motif_scores": [{"base": ((8, 4, 33), "unit"), "motif": ((4, 7), "range:-2:2")}],
    "chain_beliefs": [{"field": ((26, 11), _UNIT), "bond": ((26, 10), _UNIT)}],
    "solitary_waves": [{"u": ((13, 26), "range:-1:2")}],
    "propagated_beam": [{**shaped((4, 9, 14), real="normal", imag="normal"), "distance": ((4,), "range:0.2:5")}],
    "polarised_train": [
        {"stokes": ((37, 4), _UNIT), "angle": ((37, 3), "range:-1.5:1.5"), "delay": ((37, 3), "range:-3:3")}
    ],
    "two_stream_radiation": [
        {"depth": ((27, 6), "range:0.1:3"), "albedo": ((27, 6), "range:0.1:0.95"), "ground": ((27,), "range:0.05:0.8")}
    ],
    "magnetised_particles": [shaped((38, 3), place=_UNIT, speed="normal")],
    "deposited_charge": [shaped((11, 53), place="range:0:12", charge="range:-1:2")],
    "truss_displacements": [
        {"node": ((9, 6, 2), "range:-2:2"), "stiff": ((9, 6, 6), "range:0.2:3"), "force": (9, 6, 2)}
    ],
    "pipe_friction": [{"flow": ((19, 27), "range:8.5:15"), "rough": ((27,), "range:0.0001:0.05")}],
    "water_waves": [{"period": ((22, 1), "range:3:11"), "depth": ((27,), "range:0.7:8")}],
    "river_routing": [
        {"inflow": ((15, 31), "range:0.5:6"), "delay": ((15,), "range:1:3"), "blend": ((15,), "range:0.05:0.4")}
    ],
    "leaf_photosynthesis": [shaped((17, 25), carbon="range:80:700", light="range:20:1500", heat="range:8:38")],
    "ordinary_kriging": [{"place": ((22, 2), "range:-2:2"), "value": (22,), "at": ((35, 2), "range:-2:2")}],
    "ensemble_update": [{"state": (7, 22, 5), "seen": ((7, 2), _UNIT), "noise": (7, 22, 2)}],
    "knocked_out_call": [shaped((23, 18), price="range:0.8:1.6", barrier="range:0.4:0.75", spread="range:0.1:0.6")],
    "square_root_bonds": [
        shaped((29,), rate="range:0.01:0.12", pull="range:0.2:1.5", mean="range:0.02:0.1", spread="range:0.1:0.5")
    ],
    "rolling_exposure": [shaped((13, 29), x="normal", market=_UNIT)],
    "lower_tail_copula": [shaped((23, 19), u="range:0.05:0.95", w="range:0.05:0.95", theta="range:0.3:3")],
}

_STATISTICS: Mapping[str, Sequence[Sample]] = {
    "censored_loss": [
        {"x": ((27, 16), "literal:0,1.25,0,0.5,2.75,0,0,0.125"), **shaped((27, 16), mean="normal", log_scale=_UNIT)}
    ],
    "chess_ratings": [
        {
            **{"start": ((7, 9), _UNIT), "white": ((8, 7), "literal:0,3,1,2,4", "int64")},
            **{"black": ((8, 7), "literal:5,7,8,6", "int64"), "score": ((8, 7), "literal:1,0.5,0,1,0")},
        }
    ],
    "matched_skill": [shaped((43, 2), mean="range:-2:2", spread="range:0.3:2")],
    "linear_evidence": [{"x": (9, 22, 5), "y": (9, 22), "alpha": ((9,), "range:0.2:5")}],
    "heavy_tailed_vectors": [{"x": (37, 5), "scatter": ((37, 5, 5), "spd"), "degree": ((37,), "range:1.5:12")}],
    "canonical_loss": [{"x": (7, 31, 5), "y": ((7, 31, 5), "range:-1:2")}],
    "shifted_modes": [{"x": ((6, 27, 3), "range:-2:2")}],
    "wide_network_kernel": [{"x": (23, 6), "y": ((19, 6), "range:-1:2")}],
    "state_posteriors": [{"score": ((14, 9, 4), "range:-3:0"), "move": ((4, 4), "range:-2:2")}],
    "changed_run_lengths": [{"x": ((23, 11), "range:-2:3")}],
    "seasonal_smoothing": [{"x": ((17, 33), "range:1:5")}],
    "acquisition_values": [
        {"mean": ((19, 23), "range:-1:1.5"), "spread": ((19, 23), "range:0.1:1"), "best": ((19,), "range:0:1")}
    ],
    "ensemble_disagreement": [{"logits": ((6, 35, 8), "range:-3:3")}],
    "information_bound": [{"score": ((29, 11, 11), "range:-4:4")}],
    "rigid_blend_skin": [
        {
            **{"vertex": (41, 3), "turn": ((5, 4), "range:0.2:1"), "shift": ((5, 3), _UNIT)},
            "weight": ((41, 5), "range:0.05:0.4"),
        }
    ],
    "mean_value_weights": [{"point": ((47, 2), "range:-0.4:0.4"), "radius": ((9,), "range:1:2")}],
    "polygon_moments": [{"x": ((33, 11), "range:0.5:2")}],
    "hyperboloid_distance": [{"x": ((22, 4), _UNIT), "y": ((26, 4), "range:-1.5:1.5")}],
}
