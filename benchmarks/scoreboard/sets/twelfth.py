"""The twelfth set: what users of PyTorch run, all of it kept aside to say whether what was learnt before generalises.

Written without a look at the rules or at any score: twelfth_core.py has operators that most models call,
twelfth_rarer.py less common ones, twelfth_grads.py gradients of both, bench_code.py, bench_code_more.py and
bench_code_rest.py functions as users compose them, whose inputs are here.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.scoreboard.sets import twelfth_core, twelfth_grads, twelfth_rarer
from benchmarks.scoreboard.sets.composing import Sample, composed
from benchmarks.scoreboard.sets.eighth import qkv, shaped
from benchmarks.scoreboard.sets.ninth_core import SOME
from benchmarks.scoreboard.sets.twelfth_core import seed
from harness.case import Case

FIRST = "benchmarks.scoreboard.functions.bench_code."
MORE = "benchmarks.scoreboard.functions.bench_code_more."
REST = "benchmarks.scoreboard.functions.bench_code_rest."


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every one of these functions and operators."""
    return (*twelfth_core.cases(), *twelfth_rarer.cases(), *twelfth_grads.cases(), *_composed())


def _composed() -> Iterator[Case]:
    functions = {FIRST: {**_LANGUAGE, **_SOUND}, MORE: {**_VISION, **_SYSTEMS}, REST: {**_SCIENCE, **_STATISTICS}}
    return composed(functions, seed, SOME, full=_FULL, grads=_GRADS, kinked=_KINKED)


_FULL = (
    *("regression_memory", "diverse_set_score", "range_filter", "orbital_amplitude", "phase_separation"),
    *("point_spread", "circuit_probabilities", "views_blended", "inducing_points", "trend_filter"),
    *("damped_least_squares", "radon_projections", "spatial_transformer", "mixed_counts_likelihood"),
    *("truncated_log_density", "harmonic_mask", "frequency_modulation", "wavetable_voice"),
)
# Whose gradients jump or are of long sums of logarithms: not in half precision.
_KINKED = (
    *("transducer_likelihood", "soft_alignment", "expected_alignment", "sliced_distance", "fired_tokens"),
    *("product_key_memory", "expert_choice", "hard_example_loss", "extreme_value_loss", "hierarchical_residual"),
)
_GRADS: Mapping[str, tuple[str, ...]] = {
    "compressive_memory_attention": ("q", "v", "gate"),
    "gated_delta_memory": ("k", "v", "rate"),
    "selective_attention": ("q", "v"),
    "exponential_value_attention": ("q", "v"),
    "length_scaled_attention": ("k", "scale"),
    "squared_score_attention": ("q", "v"),
    "regression_memory": ("q", "k"),
    "lower_bounded_recurrence": ("forget", "bound"),
    "quasi_recurrence": ("x", "weight"),
    "peephole_cell": ("x", "wh", "peep"),
    "covered_additive_attention": ("query", "cover"),
    "binary_tree_softmax": ("x", "node"),
    "skip_gram_loss": ("centre", "negative"),
    "co_occurrence_loss": ("word", "bias"),
    "identity_preference_loss": ("chosen",),
    "hadamard_adapter": ("left", "right"),
    "monarch_product": ("x", "left"),
    "butterfly_product": ("x", "angle"),
    "toeplitz_mixing": ("x", "tap"),
    "expert_choice": ("x", "up"),
    "product_key_memory": ("q", "value"),
    "quality_focal_loss": ("logits",),
    "hard_example_loss": ("logits",),
    "circle_loss": ("x",),
    "reduced_key_attention": ("x", "reduce"),
    "grid_attention": ("q", "v"),
    "context_block": ("x", "up"),
    "hierarchical_residual": ("x", "weight"),
    "switchable_norm": ("x", "var_mix"),
    "evolved_norm": ("x", "gate"),
    "central_difference_convolution": ("x", "weight"),
    "spatial_transformer": ("x",),
    "guided_filter": ("guide", "x"),
    "learned_variance_loss": ("mean", "mix"),
    "expected_alignment": ("stop",),
    "fired_tokens": ("weight",),
    "transducer_likelihood": ("blank", "label"),
    "swoosh_block": ("x", "bias", "log_scale"),
    "speaker_odds": ("x", "between"),
    "deep_filter": ("real", "tap_imag"),
    "progressive_experts": ("x", "gate"),
    "cascade_clicks": ("attract", "satisfy"),
    "delayed_conversion_loss": ("logit", "log_rate"),
    "lifetime_value_loss": ("mean", "spread"),
    "temporal_encoding_attention": ("q", "rate"),
    "moving_average_filter": ("x", "weight"),
    "soft_shortest_paths": ("length",),
    "minimum_cut_loss": ("assign",),
    "factorised_noise_layer": ("x", "spread"),
    "triple_dipole_energy": ("place",),
    "solvation_energy": ("place", "radius"),
    "spiking_layer": ("x", "weight"),
    "soft_alignment": ("score",),
    "two_compartments": ("clear", "back"),
    "matrix_product_amplitude": ("core",),
    "trend_filter": ("x", "stiff"),
    "ordered_categories_loss": ("score", "cut"),
    "extreme_value_loss": ("scale", "shape"),
    "broken_stick": ("x",),
    "importance_weighted_bound": ("mean", "log_scale"),
    "sliced_distance": ("x",),
    "planar_flow": ("x", "u", "w"),
    "screw_motion": ("twist",),
    "hyperbolic_sum": ("x", "y"),
}

_SMALL = "range:-0.3:0.3"
_UNIT = "range:-1:1"
_HEADS = (2, 2, 21, 10)
_LANGUAGE: Mapping[str, Sequence[Sample]] = {
    "compressive_memory_attention": [qkv(2, 3, 34, 10, gate=((3,), _UNIT))],
    "gated_delta_memory": [qkv(3, 2, 7, 10, decay=((3, 2, 7), "range:-3:0"), rate=((3, 2, 7), _UNIT))],
    "selective_attention": [qkv(*_HEADS)],
    "exponential_value_attention": [qkv(2, 2, 25, 10, values="range:-1.5:1.5"), qkv(1, 1, 61, 17)],
    "rectified_softmax_attention": [qkv(2, 3, 31, 10)],
    "length_scaled_attention": [qkv(2, 3, 29, 12, scale=((3,), "range:0.3:0.8"))],
    "squared_score_attention": [qkv(*_HEADS)],
    "regression_memory": [qkv(2, 3, 31, 7)],
    "lower_bounded_recurrence": [{"q": (5, 8, 7), "v": (5, 8, 10), "forget": (5, 8, 7), "bound": ((7,), "range:-2:1")}],
    "quasi_recurrence": [{"x": (5, 7, 11), "weight": ((30, 7, 2), "range:-0.5:0.5")}],
    "peephole_cell": [
        {"x": (7, 6, 5), "wi": ((5, 40), "range:-0.5:0.5"), "wh": ((10, 40), _SMALL), "peep": ((3, 10), _UNIT)}
    ],
    "covered_additive_attention": [
        {"query": (5, 4, 12), "memory": ((5, 17, 12), _UNIT), "score": (12,), "cover": ((12,), _UNIT)}
    ],
    "binary_tree_softmax": [
        {
            **{"x": (53, 10), "node": ((31, 10), _UNIT), "path": ((53, 5), "index:31", "int64")},
            "turn": ((53, 5), "literal:1,-1,-1,1,1,1,-1"),
        }
    ],
    "skip_gram_loss": [{"centre": (61, 15), "context": ((61, 15), _UNIT), "negative": ((61, 5, 15), _UNIT)}],
    "co_occurrence_loss": [
        {
            **{"word": ((31, 10), _UNIT), "other": ((31, 10), _UNIT), "bias": ((2, 31), "range:0:0.5")},
            "count": ((31, 31), "range:1:90"),
        }
    ],
    "length_penalised_scores": [
        {
            "logits": ((12, 4, 31), "range:-3:4"),
            "total": ((12, 4), "range:-9:-3"),
            "length": ((12,), "literal:5,9,2,12"),
        }
    ],
    "nucleus_probabilities": [{"logits": ((17, 51), "range:-2:6")}],
    "identity_preference_loss": [
        shaped((51, 7), chosen="range:-3:0", rejected="range:-4:0", chosen_ref="range:-3:0", rejected_ref="range:-4:0")
    ],
    "hadamard_adapter": [
        {"x": (17, 25), "weight": ((21, 25), _SMALL), "left": ((2, 21, 4), _UNIT), "right": ((2, 4, 25), _UNIT)}
    ],
    "quantised_cache_attention": [qkv(2, 2, 28, 15)],
    "finite_scalar_codes": [{"x": ((41, 4), "range:-2:2"), "level": ((4,), "literal:8,5,5,7")}],
    "expert_choice": [
        {
            **{"x": (25, 10), "router": ((10, 4), _UNIT)},
            **{"up": ((4, 10, 12), _SMALL), "down": ((4, 12, 10), _SMALL)},
        }
    ],
    "monarch_product": [{"x": (29, 30), "left": ((6, 5, 5), _UNIT), "right": ((5, 6, 6), _UNIT)}],
    "butterfly_product": [{"x": (43, 16), "angle": ((4, 8), "range:-3:3")}],
    "toeplitz_mixing": [{"x": (3, 20, 12), "tap": ((39, 12), _UNIT), "decay": ((12,), "range:0:4")}],
    "product_key_memory": [{"q": (41, 12), "key": ((2, 7, 6), _UNIT), "value": (49, 10)}],
    "lexical_weights": [{"logits": ((5, 17, 34), "range:-3:4"), "kept": ((5, 17), "literal:1,1,1,0,1,1")}],
    "common_direction_removed": [{"x": ((31, 9, 12), "range:-1:2"), "frequency": ((31, 9), "range:0.001:0.2")}],
}

_SOUND: Mapping[str, Sequence[Sample]] = {
    "envelope_follower": [{"x": (15, 21), "attack": ((15,), "range:0.4:0.9"), "release": ((15,), "range:0.02:0.2")}],
    "frequency_modulation": [
        {"pitch": ((7, 43), "range:0.02:0.1"), "ratio": ((7,), "range:0.5:3"), "depth": ((7,), "range:0.2:3")}
    ],
    "wavetable_voice": [{"pitch": ((10, 53), "range:0.01:0.2"), "table": ((10, 33), _UNIT)}],
    "harmonic_mask": [{"magnitude": ((3, 17, 25), "range:0:2")}],
    "tone_energy": [{"x": ((12, 61), "range:-2:2")}],
    "chroma": [{"power": ((3, 34, 15), "range:0:2")}],
    "fired_tokens": [{"x": (5, 21, 10), "weight": ((5, 21), "range:0.1:1")}],
    "expected_alignment": [{"stop": ((5, 4, 9), "range:-2:2"), "memory": ((5, 9, 10), _UNIT)}],
    "transducer_likelihood": [{"blank": ((17, 7, 5), "range:-2:-0.2"), "label": ((17, 7, 4), "range:-3:-0.2")}],
    "swoosh_block": [
        {"x": (29, 15), "weight": ((15, 31), _SMALL), "bias": ((15,), _UNIT), "log_scale": ((1,), _SMALL)}
    ],
    "speaker_odds": [{"x": (61, 12), "y": (61, 12), "between": ((12,), "range:0.3:4")}],
    "deep_filter": [
        {"real": (3, 12, 17), "imag": (3, 12, 17), **shaped((3, 12, 17, 4), tap_real="normal", tap_imag=_UNIT)}
    ],
    "sign_controlled_step": [shaped((21, 34), p="normal", g="normal", m=_UNIT, s="range:0.02:1")],
    "damped_least_squares": [
        {"p": ((25, 2), "range:0.5:1.5"), "t": ((25, 17), "range:0:3"), "y": ((25, 17), "range:0:1.5")}
    ],
    "secant_update": [{"inverse": ((7, 9, 9), "spd"), "step": ((7, 9), "range:0.1:1"), "change": ((7, 9), "unit")}],
    "unconflicted_slopes": [{"g": (15, 4, 21)}],
    "mirrored_descent": [{"a": ((15, 12, 7), _UNIT), "b": ((15, 12), _UNIT)}],
    "accelerated_thresholding": [{"a": ((15, 17, 10), _UNIT), "b": (15, 17)}],
}

_VISION: Mapping[str, Sequence[Sample]] = {
    "quality_focal_loss": [shaped((29, 31), logits="range:-3:3", quality="unit")],
    "hard_example_loss": [{"logits": ((15, 7, 41), "range:-3:3"), "label": ((15, 41), "index:7", "int64")}],
    "circle_loss": [{"x": (34, 10), "label": ((34,), "index:6", "int64")}],
    "reduced_key_attention": [
        {"x": (2, 12, 8, 10), "project": ((3, 12, 12), _SMALL), "reduce": ((12, 12, 2, 2), _SMALL)}
    ],
    "grid_attention": [qkv(2, 10, 12, 9)],
    "context_block": [
        {"x": (5, 12, 6, 7), "look": ((1, 12, 1, 1), _UNIT), "down": ((12, 5), _UNIT), "up": ((5, 12), _UNIT)}
    ],
    "hierarchical_residual": [{"x": (3, 20, 7, 6), "weight": ((3, 5, 5, 3, 3), _SMALL)}],
    "shifted_channels": [{"x": (3, 5, 10, 6, 7), "weight": ((12, 10, 1, 1), _UNIT)}],
    "switchable_norm": [{"x": ((5, 7, 6, 9), "range:-1:3"), "mean_mix": ((3,), _UNIT), "var_mix": ((3,), _UNIT)}],
    "evolved_norm": [
        {"x": ((3, 12, 7, 8), "range:-2:3"), "gate": ((12,), "range:0.5:2"), "scale": ((12,), "range:0.5:1.5")}
    ],
    "turned_filters": [{"x": (2, 5, 10, 11), "weight": ((7, 5, 3, 3), _SMALL)}],
    "central_difference_convolution": [{"x": ((2, 7, 9, 10), "range:-1:2"), "weight": ((10, 7, 3, 3), _SMALL)}],
    "spatial_transformer": [{"x": (5, 6, 10, 9), "hidden": ((6, 10), _UNIT), "read": ((10, 6), "range:-0.2:0.2")}],
    "guided_filter": [shaped((3, 2, 12, 15), guide="unit", x=_UNIT)],
    "horn_schunck": [shaped((3, 1, 15, 12), x="unit", y="unit")],
    "vesselness": [{"x": ((5, 1, 12, 17), _UNIT)}],
    "integral_means": [{"x": ((3, 2, 15, 17), "range:-1:1.5")}],
    "radon_projections": [{"x": ((1, 14, 15), "unit"), "angle": ((17,), "range:0:3.1")}],
    "global_tone": [{"x": ((5, 3, 10, 12), "range:0.02:4")}],
    "undecimated_wavelet": [{"x": ((3, 1, 17, 15), "range:-1:2")}],
    "learned_variance_loss": [
        {
            **{"mean": (25, 21), "wanted": ((25, 21), _UNIT)},
            **{"mix": ((25, 21), _UNIT), "beta": ((25,), "range:0.1:0.6")},
        }
    ],
    "churned_step": [{"x": (31, 17), "noise": (31, 17), "sigma": ((31,), "range:0.3:3")}],
    "perpendicular_guidance": [shaped((5, 3, 6, 10), plain=_UNIT, wanted="normal", unwanted="normal")],
}

_SYSTEMS: Mapping[str, Sequence[Sample]] = {
    "progressive_experts": [
        {
            **{"x": (34, 12), "own": ((2, 2, 12, 10), _SMALL), "shared": ((3, 12, 10), _SMALL)},
            "gate": ((2, 12, 5), _UNIT),
        }
    ],
    "propensity_weighted_loss": [
        {
            **{"score": ((21, 25), "range:-3:3"), "click": ((21, 25), "literal:1,0,0,1,0,0,0,1,0")},
            "chance": ((21, 25), "range:0.1:1"),
        }
    ],
    "cascade_clicks": [shaped((41, 10), attract="range:-2:3", satisfy="range:-2:1")],
    "diverse_set_score": [{"x": (12, 7, 9), "quality": ((12, 7), _UNIT)}],
    "delayed_conversion_loss": [
        {
            **shaped((31, 17), logit="range:-3:2", log_rate="range:-2:1", elapsed="range:0.1:4"),
            "bought": ((31, 17), "literal:0,1,0,0,1"),
        }
    ],
    "lifetime_value_loss": [
        {
            **shaped((25, 20), logit="range:-3:3", mean=_UNIT, spread="range:-1:2"),
            "value": ((25, 20), "literal:0,2.5,0,0,0.75,12,0"),
        }
    ],
    "adversarial_bandit": [{"reward": ((17, 10, 7), "unit")}],
    "temporal_encoding_attention": [
        {
            **{"q": (25, 8), "k": (25, 15, 8), "gap": ((25, 15), "range:0:3")},
            **{"rate": ((6,), "range:0.1:3"), "phase": ((6,), "range:-3:3")},
        }
    ],
    "moving_average_filter": [
        {
            **{"x": (29, 12), "near": ((29, 29), "range:0:0.4")},
            **{"weight": ((12, 12), _SMALL), "skip": ((12, 12), _SMALL)},
        }
    ],
    "convolved_triples": [
        {
            **{"head": (17, 20), "relation": (17, 20), "filters": ((6, 1, 3, 3), _UNIT)},
            **{"project": ((240, 15), "range:-0.2:0.2"), "tail": ((31, 15), _UNIT)},
        }
    ],
    "hubs_and_authorities": [{"near": ((10, 15, 15), "unit")}],
    "neighbour_similarity": [{"near": ((5, 12, 12), "unit")}],
    "soft_shortest_paths": [{"length": ((10, 8, 8), "range:1:5")}],
    "hyperedge_layer": [
        {
            **{"x": (31, 10), "member": ((31, 12), "literal:0,1,0,0,1,0,1")},
            **{"weight": ((12,), "range:0.3:2"), "theta": ((10, 15), _UNIT)},
        }
    ],
    "minimum_cut_loss": [{"near": ((17, 12, 12), "unit"), "assign": ((17, 12, 4), "range:-2:2")}],
    "factorised_noise_layer": [
        {
            **{"x": (21, 17), "mean": ((12, 17), _SMALL), "spread": ((12, 17), "range:0.05:0.2")},
            **{"left": (17,), "right": (12,)},
        }
    ],
    "limited_loop": [{"goal": ((17, 15), _UNIT), "gain": ((3,), "literal:1.5,0.25,0.5")}],
    "range_filter": [{"state": ((21, 4), _UNIT), "cov": ((21, 4, 4), "spd"), "seen": ((21, 2), "range:2:4")}],
    "fused_tilt": [{"gyro": ((15, 12), _UNIT), "accel": ((15, 12, 2), "range:0.2:1")}],
    "safety_filter": [{"place": ((61, 3), "range:-2:2"), "wish": ((61, 3), "range:-3:3")}],
    "doubled_lyapunov": [{"a": ((7, 8, 8), "range:-0.2:0.2"), "q": ((7, 8, 8), "spd")}],
    "intelligent_drivers": [shaped((10, 17), gap="range:1.5:5", speed="range:0.3:1.5")],
}

_SCIENCE: Mapping[str, Sequence[Sample]] = {
    "thermostatted_steps": [shaped((15, 7), place="range:-1.5:1.5", speed="normal")],
    "solvation_energy": [{"place": ((31, 3), "range:-3:3"), "charge": ((31,), _UNIT), "radius": ((31,), "range:1:2")}],
    "triple_dipole_energy": [{"place": ((61, 3, 3), "range:-1.5:1.5")}],
    "acceptance_ratio": [{"forth": ((21, 34), "range:-1:4"), "back": ((21, 34), "range:-3:2")}],
    "fock_matrix": [{"density": (5, 6, 6), "core": ((5, 6, 6), "range:-2:0"), "integral": ((6, 6, 6, 6), _SMALL)}],
    "purified_density": [{"h": ((7, 10, 10), "spd")}],
    "orbital_amplitude": [{"place": ((17, 6, 3), _UNIT), "centre": ((6, 3), _UNIT), "decay": ((6,), "range:0.5:1.5")}],
    "flash_fraction": [{"feed": ((25, 4), "range:0.2:1"), "ratio": ((25, 4), "literal:3.5,0.25,1.75,0.5")}],
    "red_black_rounds": [{"x": (5, 8, 12), "source": ((5, 8, 12), _UNIT)}],
    "limited_advection": [{"u": ((10, 31), "range:0:2"), "speed": ((10, 1), "range:0.3:1")}],
    "phase_separation": [{"x": ((3, 10, 12), _UNIT)}],
    "chaotic_ring": [{"x": ((12, 25), "range:-2:4")}],
    "spiking_layer": [{"x": ((10, 9, 12), "range:0:1"), "weight": ((12, 15), "range:-0.2:0.6")}],
    "repressing_genes": [{"x": ((41, 3), "range:0.1:2"), "strength": ((41,), "range:0.5:4")}],
    "soft_alignment": [{"score": ((21, 4, 5), "range:-1:2")}],
    "two_compartments": [
        shaped((34,), dose="range:1:5", clear="range:0.2:0.8", forth="range:0.1:0.6", back="range:0.1:0.5")
    ],
    "reference_evaporation": [
        shaped((25, 12), heat="range:2:35", sun="range:2:20", wind="range:0.5:6", moist="range:0.2:0.9")
    ],
    "soil_water": [
        {"head": ((21, 29), "range:0.1:5"), "scale": ((21, 1), "range:0.3:2"), "shape": ((29,), "range:1.3:3")}
    ],
    "unwrapped_phase": [{"phase": ((15, 43), "range:-3.1:3.1")}],
    "point_spread": [{"coefficient": ((7, 3), _UNIT)}],
    "matrix_product_amplitude": [{"core": ((8, 2, 5, 5), _UNIT), "site": ((61, 8), "index:2", "int64")}],
    "circuit_probabilities": [{"angle": ((17, 3, 3, 2), "range:-3:3")}],
    "views_blended": [
        {
            **{"cov": ((10, 6, 6), "spd"), "prior": ((10, 6), _SMALL)},
            **{"pick": ((10, 2, 6), _UNIT), "view": ((10, 2), _SMALL)},
        }
    ],
    "range_volatility": [
        shaped((31, 12), opening=_SMALL, high="range:0.05:0.6", low="range:0.05:0.6", close="range:-0.4:0.4")
    ],
    "momentum_indicators": [{"price": ((21, 12), "range:2:4")}],
}

_STATISTICS: Mapping[str, Sequence[Sample]] = {
    "mixed_counts_likelihood": [{"count": ((31, 7), "literal:3,0,5,2,11,0,1,4"), "size": ((31, 7), "range:0.3:4")}],
    "truncated_log_density": [shaped((29, 17), x="range:-2:2", mean=_UNIT, scale="range:0.5:2")],
    "ordered_categories_loss": [
        {"score": ((61,), "range:-2:2"), "cut": ((4,), "range:-1.5:0.5"), "label": ((61,), "index:5", "int64")}
    ],
    "extreme_value_loss": [
        shaped((25, 17), x="range:-0.5:3", place=_SMALL, scale="range:0.7:2", shape="range:0.15:0.5")
    ],
    "topic_update": [
        {"count": ((17, 31), "range:0:4"), "topic": ((5, 31), "range:0.01:0.2"), "share": ((17, 5), "range:0.5:3")}
    ],
    "broken_stick": [{"x": ((34, 7), "range:-2:2")}],
    "importance_weighted_bound": [
        {
            **{"mean": ((21, 6), _UNIT), "log_scale": ((21, 6), "range:-1:0.5")},
            **{"noise": (7, 21, 6), "x": ((21, 6), _UNIT)},
        }
    ],
    "sliced_distance": [{"x": (5, 41, 4), "y": ((5, 41, 4), "range:-1:2"), "direction": (12, 4)}],
    "inducing_points": [{"x": ((41, 3), _UNIT), "y": (41, 2), "few": ((10, 3), _UNIT), "at": ((17, 3), _UNIT)}],
    "spectral_mixture_kernel": [
        {
            **{"x": ((25,), "range:0:3"), "weight": ((4,), "unit")},
            **{"mean": ((4,), "range:0:0.5"), "scale": ((4,), "range:0.05:0.4")},
        }
    ],
    "trend_filter": [{"x": ((12, 21), "range:-1:4"), "stiff": ((12,), "range:0.5:20")}],
    "planar_flow": [{"x": (51, 5), "u": ((3, 5), _UNIT), "w": ((3, 5), _UNIT), "b": ((3,), _UNIT)}],
    "screw_motion": [{"twist": ((53, 6), "range:-2:2"), "point": (53, 3)}],
    "mesh_figures": [{"vertex": ((21, 3), "range:-2:2"), "face": ((34, 3), "index:21", "int64")}],
    "sphere_traced": [{"origin": ((43, 3), "range:-0.5:0.5"), "ray": (43, 3)}],
    "rough_diffuse": [{**shaped((51, 3), normal="normal", light="normal", view="normal"), "rough": ((51,), "unit")}],
    "dielectric_reflectance": [shaped((31, 15), cosine="range:0.05:1", index="range:1.2:2.5")],
    "polyline_curvature": [{"x": ((7, 31, 2), "range:-2:2")}],
    "hyperbolic_sum": [shaped((41, 6), x=_SMALL, y=_SMALL)],
}
