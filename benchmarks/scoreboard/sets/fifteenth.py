"""The fifteenth set: what users of PyTorch run, all kept aside to say whether what was learnt before generalises.

Written without a look at the rules or at any score: fifteenth_core.py has operators that most models call,
fifteenth_rarer.py less common ones, fifteenth_grads.py gradients of both, model_code.py, train_code.py, world_code.py
and figure_code.py functions as users compose them, whose inputs are here and in fifteenth_inputs.py.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.scoreboard.sets import fifteenth_core, fifteenth_grads, fifteenth_inputs, fifteenth_rarer
from benchmarks.scoreboard.sets.composing import Sample, composed
from benchmarks.scoreboard.sets.eighth import qkv, shaped
from benchmarks.scoreboard.sets.fifteenth_core import SOME, seed
from harness.case import Case

MODEL = "benchmarks.scoreboard.functions.model_code."
TRAIN = "benchmarks.scoreboard.functions.train_code."
WORLD = "benchmarks.scoreboard.functions.world_code."
FIGURE = "benchmarks.scoreboard.functions.figure_code."


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every one of these functions and operators."""
    return (*fifteenth_core.cases(), *fifteenth_rarer.cases(), *fifteenth_grads.cases(), *_composed())


def _composed() -> Iterator[Case]:
    given = fifteenth_inputs
    functions = {MODEL: _MODEL, TRAIN: given.TRAIN, WORLD: given.WORLD, FIGURE: given.FIGURE}
    yield from composed(functions, seed, SOME, full=_FULL, grads=_GRADS, kinked=_KINKED)


_FULL = (
    *("complex_head_synthesis", "rotated_adam_step", "surgeon_update", "sine_taper_spectrum", "magnitude_coherence"),
    *("instantaneous_frequency", "phase_correlation", "flame_front", "gyration_figures", "triangulated_points"),
    *("partial_correlations", "count_regression", "factor_model_round", "impulse_responses", "growth_optimal_bets"),
    *("cross_section_premia", "industries_output", "orbit_elements", "bubble_point"),
    *("ionised_share", "rarefied_species", "chain_ladder_reserve", "relational_distillation"),
    *("binned_semivariogram", "normal_copula_log_density", "collapsing_bubble", "silicon_energy"),
    *("frank_copula", "life_annuity", "trimmed_task_merge"),
    *("adaptive_wing_loss", "unequal_variance_test", "convection_rolls", "front_axle_steering"),
)
# Whose gradients jump, or are of large numbers that cancel: not in half precision.
_KINKED = (
    *("local_composition_activity", "market_share_inversion", "lifted_structure_loss", "hard_negative_contrast"),
    *("karras_schedule", "detrended_fluctuations", "complete_box_loss", "return_for_risk"),
)
_GRADS: Mapping[str, tuple[str, ...]] = {
    "one_offset_rms_norm": ("x", "weight"),
    "length_tempered_attention": ("q", "k"),
    "logistic_attention": ("q", "v"),
    "tied_key_value_attention": ("q", "k"),
    "layer_embedding_gate": ("x", "own", "up"),
    "alternating_updates": ("x", "predict"),
    "augmented_residual": ("x", "down"),
    "short_history_residual": ("x", "tap"),
    "delta_product_memory": ("k", "v", "beta"),
    "log_linear_attention": ("q", "level"),
    "bounded_logit_loss": ("x", "weight"),
    "two_axis_rotary": ("x",),
    "decomposed_position_attention": ("q", "high"),
    "query_mask_logits": ("query", "pixel"),
    "gated_depthwise_mlp": ("x", "tap"),
    "modulated_single_stream": ("x", "time", "weight"),
    "shared_time_modulation": ("x", "table"),
    "control_injection": ("x", "kernel"),
    "karras_schedule": ("low", "high"),
    "speech_stem": ("x", "first"),
    "complex_head_synthesis": ("x", "weight"),
    "complex_ratio_mask": ("mask",),
    "biased_norm_bypass": ("y", "bias"),
    "vector_scalar_message": ("x", "way"),
    "jumping_knowledge": ("x", "weight"),
    "neural_diffusion_step": ("x", "weight"),
    "complete_box_loss": ("one",),
    "adaptive_wing_loss": ("x",),
    "keypoint_similarity": ("x",),
    "overlap_and_entropy_loss": ("x",),
    "decoupled_contrast": ("x", "y"),
    "hard_negative_contrast": ("x",),
    "lifted_structure_loss": ("x",),
    "smooth_average_precision": ("score",),
    "approximate_gain_loss": ("score",),
    "attention_transfer_loss": ("student",),
    "decoupled_distillation": ("student",),
    "truncated_power_loss": ("x",),
    "mixed_views_consistency": ("one", "two"),
    "prior_adjusted_loss": ("x",),
    "wide_clip_policy_loss": ("now",),
    "low_variance_kl": ("now",),
    "centred_reward_loss": ("good", "bad"),
    "stacked_factor_block": ("x", "mix"),
    "self_attentive_fields": ("x", "weight"),
    "forward_backward_filter": ("x", "keep"),
    "cubic_fractional_delay": ("x", "late"),
    "flame_front": ("u",),
    "collapsing_bubble": ("radius", "pressure"),
    "pseudo_voigt_lines": ("wide", "share"),
    "flattened_planet_pull": ("x",),
    "local_composition_activity": ("x", "bond"),
    "silicon_energy": ("x",),
    "gyration_figures": ("x",),
    "rational_spline": ("point", "weight"),
    "triangulated_points": ("seen",),
    "fisheye_projection": ("x", "bend"),
    "kernel_density_curve": ("x",),
    "nested_choice_shares": ("worth", "alike"),
    "market_share_inversion": ("share",),
    "frank_copula": ("t",),
    "factor_model_round": ("cov", "load"),
    "ageing_mortality_loss": ("base", "slope"),
    "competing_incidence": ("hazard",),
    "moving_average_residuals": ("keep", "blend"),
    "detrended_fluctuations": ("x",),
    "return_for_risk": ("x",),
    "geometric_average_call": ("price", "spread"),
    "migrated_ratings": ("move",),
    "growth_optimal_bets": ("mean", "cov"),
    "aggregate_claims": ("size", "rate"),
}

_UNIT, _HALF, _THIRD = "range:-1:1", "range:-0.5:0.5", "range:-0.3:0.3"
_MODEL: Mapping[str, Sequence[Sample]] = {
    "one_offset_rms_norm": [{"x": ((2, 11, 80), "range:-3:3"), "weight": ((80,), "range:-0.4:0.8")}],
    "length_tempered_attention": [qkv(1, 3, 40, 10)],
    "logistic_attention": [qkv(2, 2, 26, 12), qkv(1, 4, 10, 20, values="range:-2:2")],
    "tied_key_value_attention": [{"q": (2, 2, 20, 14), "k": (2, 2, 20, 14), "gain": ((14,), "range:0.5:1.5")}],
    "group_limited_routing": [{"x": (22, 20), "weight": ((20, 16), _HALF), "bias": ((16,), "range:-0.1:0.1")}],
    "layer_embedding_gate": [
        {
            **{"x": (2, 10, 40), "own": (2, 10, 11), "down": ((11, 40), _THIRD)},
            **{"up": ((40, 11), _HALF), "gain": ((40,), "range:0.1:1")},
        }
    ],
    "alternating_updates": [
        {"x": (3, 11, 20), "predict": ((3, 3), _HALF), "correct": ((3,), "unit"), "weight": ((20, 20), _THIRD)}
    ],
    "augmented_residual": [
        {"x": (20, 26), "down": ((4, 26), _HALF), "up": ((26, 4), _UNIT), "weight": ((26, 26), _THIRD)}
    ],
    "routed_depth": [{"x": (2, 22, 20), "router": ((20, 1), _HALF), "weight": ((20, 20), _THIRD)}],
    "short_history_residual": [{"x": (2, 22, 20), "tap": ((20, 4), _HALF)}],
    "delta_product_memory": [
        {"q": (4, 3, 6), "k": (4, 3, 2, 6), "v": ((4, 3, 2, 5), _UNIT), "beta": ((4, 3, 2), "range:-2:2")}
    ],
    "log_linear_attention": [qkv(3, 20, 10, level=((3, 6), _UNIT))],
    "bounded_logit_loss": [{"x": (20, 26), "weight": ((90, 26), _UNIT), "label": ((20,), "index:90", "int64")}],
    "two_axis_rotary": [
        {"x": (2, 3, 20, 16), "row": ((20,), "literal:0,0,0,0,1,1,1,1"), "column": ((20,), "literal:0,1,2,3,4")}
    ],
    "decomposed_position_attention": [qkv(2, 2, 20, 6, high=((7, 6), _HALF), wide=((9, 6), _HALF))],
    "box_sine_queries": [{"box": ((20, 4), "unit"), "weight": ((32, 14), _THIRD)}],
    "task_aligned_scores": [
        {
            "score": ((6, 5), "range:-2:3"),
            "one": ((6, 4), "literal:0,0,2,3,1,1,4,3,0.5,0,3,2"),
            "two": ((5, 4), "literal:0,0.5,2.5,3,1.5,1,4.5,3.5,0.5,0.5,3,2.25"),
        }
    ],
    "masked_query_attention": [qkv(2, 10, 20, mask=((2, 10, 10), "range:-3:1"))],
    "query_mask_logits": [{"query": (11, 10), "pixel": ((10, 5, 6), _UNIT), "weight": ((10, 5), _UNIT)}],
    "gated_depthwise_mlp": [
        {
            "x": (1, 6, 10, 11),
            "up": ((20, 6, 1, 1), _HALF),
            "tap": ((20, 1, 3, 3), _HALF),
            "down": ((6, 10, 1, 1), _HALF),
        }
    ],
    "blended_tiles": [{"tile": ((2, 3, 3, 8, 8), _UNIT)}],
    "modulated_single_stream": [
        {"x": (2, 14, 20), "time": ((2, 60), _HALF), "weight": ((100, 20), _THIRD), "out": ((20, 60), _THIRD)}
    ],
    "shared_time_modulation": [
        {"x": (2, 11, 20), "time": ((2, 60), _HALF), "table": ((3, 20), _HALF), "weight": ((20, 20), _THIRD)}
    ],
    "control_injection": [
        {
            **{"x": (1, 6, 10, 10), "hint": ((1, 6, 10, 10), "unit")},
            **{"kernel": ((6, 6, 3, 3), "range:-0.2:0.2"), "zero": ((6, 6, 1, 1), "range:-0.05:0.05")},
        }
    ],
    "karras_schedule": [shaped((11,), low="range:0.002:0.05", high="range:10:80")],
    "unified_corrector_step": [
        {**shaped((20, 14), x="normal", now=_UNIT, before=_UNIT, after=_UNIT), "level": ((3,), "literal:-2,0.5,2")}
    ],
    "interval_guidance": [
        {**shaped((5, 4, 20), cond="normal", free="normal"), "sigma": ((5,), "literal:0.1,0.5,2,4.5,14")}
    ],
    "speech_stem": [{"x": (2, 20, 26), "first": ((14, 20, 3), "range:-0.2:0.2"), "second": ((14, 14, 3), _THIRD)}],
    "complex_head_synthesis": [{"x": (2, 9, 10), "weight": ((34, 10), _THIRD)}],
    "split_bands": [{"x": ((2, 11, 32), "range:0:4"), "weight": ((4, 12, 5), _HALF)}],
    "complex_ratio_mask": [{"real": (2, 11, 20), "imag": (2, 11, 20), "mask": ((2, 11, 40), "range:-3:3")}],
    "biased_norm_bypass": [
        {
            **{"x": (20, 26), "y": ((20, 26), "range:-3:3"), "bias": ((26,), _HALF)},
            **{"scale": ((1,), "literal:0.25"), "share": ((26,), "range:0:1.2")},
        }
    ],
    "vector_scalar_message": [
        {
            **{"x": (10, 5), "vector": ((10, 3, 5), _HALF), "way": ((40, 3), "range:0.3:1.5")},
            **{"weight": ((2, 5, 15), _HALF), "edge": ((2, 40), "index:10", "int64")},
        }
    ],
    "scored_node_pooling": [{"x": (21, 6), "near": ((21, 21), "literal:0,1,0,0,1"), "score": (6,)}],
    "jumping_knowledge": [
        {"x": (14, 10), "near": ((14, 14), "literal:0,1,0,0,1,0,0"), "weight": ((4, 10, 10), _HALF), "score": (10, 1)}
    ],
    "sign_invariant_encoding": [{"vector": ((20, 6), _UNIT), "first": ((2, 5), _UNIT), "second": ((30, 10), _HALF)}],
    "virtual_node_exchange": [
        {"x": (22, 10), "hub": (4, 10), "graph": ((22,), "index:4", "int64"), "weight": ((10, 10), _HALF)}
    ],
    "neural_diffusion_step": [
        {"x": ((14, 6), _UNIT), "edge": ((2, 50), "index:14", "int64"), "weight": ((2, 6, 6), _UNIT)}
    ],
}
