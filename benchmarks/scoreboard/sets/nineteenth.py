"""The nineteenth set: what users of PyTorch run, all kept aside to say whether what was learnt before generalises.

Written without a look at the rules or at any score: nineteenth_core.py has operators that most models call,
nineteenth_rarer.py less common ones, nineteenth_grads.py gradients of both, tower_code.py, desk_code.py,
matter_code.py and wave_code.py functions as users compose them, whose inputs are here and in nineteenth_inputs.py.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.scoreboard.sets import nineteenth_core, nineteenth_grads, nineteenth_inputs, nineteenth_rarer
from benchmarks.scoreboard.sets.composing import Sample, composed
from benchmarks.scoreboard.sets.eighth import qkv, shaped
from benchmarks.scoreboard.sets.fifteenth_core import SOME
from benchmarks.scoreboard.sets.nineteenth_core import seed
from harness.case import Case

TOWER = "benchmarks.scoreboard.functions.tower_code."
DESK = "benchmarks.scoreboard.functions.desk_code."
MATTER = "benchmarks.scoreboard.functions.matter_code."
WAVE = "benchmarks.scoreboard.functions.wave_code."


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every one of these functions and operators."""
    return (*nineteenth_core.cases(), *nineteenth_rarer.cases(), *nineteenth_grads.cases(), *_composed())


def _composed() -> Iterator[Case]:
    given = nineteenth_inputs
    functions = {TOWER: _TOWERS, DESK: given.DESK, MATTER: given.MATTER, WAVE: given.WAVE}
    yield from composed(functions, seed, SOME, full=_FULL, grads=_GRADS, kinked=_KINKED)


_FULL = (
    *("error_carried_rounding", "excess_loss_tokens", "matched_token_merge", "half_quadratic_offsets"),
    *("unit_code_lookup", "expanded_by_duration", "entropy_cut_tokens"),
    *("forecast_score_parts", "precision_recall_area", "largest_distribution_gap", "dogleg_step"),
    *("stabilised_gradient_rounds", "inflated_variances", "displaced_call", "pure_jump_transform"),
    *("capped_rate_strip", "pool_loss_chances", "internal_rate_rounds", "turned_boxes_divergence"),
    *("bipartite_entropies", "damped_density_steps", "charged_stopping_power", "ringing_spectrum"),
    *("decay_chain_amounts", "strand_melting", "buried_box_pull", "ocean_carbonates"),
    *("galaxy_counts", "disc_heat", "cosine_and_sine_transform", "zoomed_spectrum", "scaled_window_spectra"),
    *("trajectory_components", "whitened_delay_scores", "delay_pitch_response", "three_pitch_products"),
    *("ordinal_pattern_entropy", "shaped_noise_rounding", "phase_of_two_ways", "spread_error_halftone"),
    *("filtered_shadow", "point_sampled_mask_loss", "seen_point_velocity", "plane_rotation_sweep"),
    *("logarithmic_bucket_bias", "oxygen_carried", "drop_size_figures"),
)
# Whose gradients jump, or are of large numbers that cancel: not in half precision.
_KINKED = (
    *("hardness_aware_logits", "power_overlap_box_loss", "crossing_quantiles_loss"),
    *("correlation_log_density", "reaction_field_energy", "backbone_bond_energy", "merging_chirp"),
    *("frame_aligned_error", "smooth_turn_path", "metal_reflectance", "neural_sorted_gain_loss"),
)
_GRADS: Mapping[str, tuple[str, ...]] = {
    "error_function_normaliser": ("x", "alpha", "weight"),
    "self_rescaled_norm": ("x", "weight"),
    "unit_sphere_block": ("x", "rate"),
    "learned_residual_mix": ("x", "share"),
    "alternating_wide_stream": ("x", "mix"),
    "per_layer_gated_embedding": ("x", "table"),
    "absorbed_latent_attention": ("q", "latent", "up"),
    "block_diffusion_attention": ("q", "k", "v"),
    "edited_subspace": ("x", "turn"),
    "several_ahead_loss": ("x", "head"),
    "point_sampled_mask_loss": ("logit",),
    "log_spaced_position_bias": ("first", "second"),
    "shuffled_pixel_connector": ("x", "first"),
    "codebook_diversity": ("logit",),
    "masked_unit_cosine_loss": ("x", "code"),
    "chained_scale_convolution": ("x", "weight"),
    "folded_period_features": ("x", "first"),
    "hardness_aware_logits": ("x",),
    "entire_space_loss": ("click", "buy"),
    "information_transfer_towers": ("x", "v"),
    "two_stream_bilinear": ("x", "weight"),
    "neighbour_product_layer": ("item", "first"),
    "active_passive_loss": ("logit",),
    "forward_corrected_loss": ("logit", "confusion"),
    "soft_nearest_neighbour_loss": ("x",),
    "power_overlap_box_loss": ("x",),
    "soft_farthest_distance": ("x",),
    "weighted_agreement_loss": ("logit",),
    "evidential_regression_loss": ("gamma", "alpha", "beta"),
    "crossing_quantiles_loss": ("x",),
    "logistic_score": ("mean", "scale"),
    "neural_sorted_gain_loss": ("score",),
    "urn_counts_log_mass": ("alpha",),
    "fading_amplitude_log_density": ("x", "m"),
    "correlation_log_density": ("raw",),
    "displaced_call": ("forward", "vol"),
    "nuclear_binding": ("mass",),
    "reaction_field_energy": ("place",),
    "sixfold_order": ("place",),
    "fuel_cell_voltage": ("current",),
    "many_ion_potential": ("inside", "leak"),
    "excited_and_inhibited": ("x", "weight"),
    "backbone_bond_energy": ("oxygen",),
    "frame_aligned_error": ("turn", "place"),
    "sliding_ice_steps": ("thick",),
    "merging_chirp": ("mass",),
    "blade_thrust": ("pitch",),
    "activity_mobility_complexity": ("x",),
    "soft_sample_entropy": ("x",),
    "page_threshold": ("x",),
    "calmest_quarter": ("x",),
    "evened_contrast_field": ("x",),
    "metal_reflectance": ("cosine", "eta"),
    "light_under_skin": ("scatter", "absorb"),
    "rigid_edge_energy": ("place", "turn"),
    "smooth_turn_path": ("q",),
    "chased_path_steering": ("pose",),
}

_UNIT, _HALF, _THIRD = "range:-1:1", "range:-0.5:0.5", "range:-0.3:0.3"
_QUARTER = "range:-0.25:0.25"
_BOX = "range:0.2:0.8"
_TOWERS: Mapping[str, Sequence[Sample]] = {
    "error_function_normaliser": [
        {
            **{"x": ((11, 30), "wide"), "alpha": ((1,), "literal:0.6"), "shift": ((30,), _THIRD)},
            **shaped((30,), weight="offset", bias=_UNIT),
        }
    ],
    "self_rescaled_norm": [{"x": (9, 34), **shaped((34,), ask=_HALF, alpha=_UNIT, weight="range:0.5:1.5")}],
    "unit_sphere_block": [
        {"x": ((9, 20), "wide"), "up": ((36, 20), _HALF), "down": ((20, 36), _HALF), "rate": ((20,), "range:0.02:0.4")}
    ],
    "learned_residual_mix": [
        {
            **{"x": (9, 22), "weight": ((22, 22), _HALF), "down": ((4, 22), _HALF), "up": ((22, 4), _HALF)},
            "share": ((2,), "literal:0.4,-0.3"),
        }
    ],
    "alternating_wide_stream": [
        {"x": (4, 7, 15), "weight": ((15, 15), _HALF), "mix": ((4, 4), _UNIT), "gain": ((4,), "range:0.3:1.2")}
    ],
    "per_layer_gated_embedding": [
        {
            **{"x": (3, 8, 20), "token": ((3, 8), "index:27", "int64"), "table": ((27, 6), _UNIT)},
            **{"gate": ((6, 20), _HALF), "up": ((20, 6), _HALF)},
        }
    ],
    "attention_beside_scan": [qkv(2, 3, 14, 10, decay=((10,), "range:-1:3"), gain=((2, 10), "range:0.4:1.4"))],
    "inner_learner_steps": [
        {**shaped((3, 16, 9), q="normal", k=_UNIT, v="normal"), "rate": ((1,), "literal:-0.4")},
    ],
    "routed_heads_attention": [
        {
            **{"x": (2, 10, 16), "router": ((4, 16), _UNIT), "weight": ((60, 16), _HALF)},
            "out": ((4, 5, 12), _HALF),
        }
    ],
    "absorbed_latent_attention": [
        {
            **{"q": (3, 4, 9), "turned": ((3, 4, 6), _UNIT), "latent": (3, 17, 12), "key": ((3, 17, 6), _UNIT)},
            **{"up": ((4, 9, 12), _HALF), "v": ((4, 12, 7), _HALF)},
        }
    ],
    "block_diffusion_attention": [qkv(2, 2, 20, 9), qkv(1, 3, 14, 16, values="offset")],
    "logarithmic_bucket_bias": [{"score": ((3, 26, 26), "range:-2:2"), "table": ((3, 8), _UNIT)}],
    "clipped_query_key_step": [{**shaped((4, 7, 15), query=_UNIT, key=_UNIT), "x": (12, 15)}],
    "edited_subspace": [
        {"x": ((11, 26), "wide"), **shaped((5, 26), turn="normal", weight=_THIRD), "bias": ((5,), _UNIT)}
    ],
    "error_carried_rounding": [{"weight": ((11, 8), "range:-2:2"), "gram": ((8, 8), "spd")}],
    "salient_scale_errors": [
        {"x": ((20, 14), "wide"), "weight": ((11, 14), _UNIT), "power": ((5,), "literal:0,0.25,0.5,0.75,1")}
    ],
    "half_quadratic_offsets": [{"weight": ((25, 32), "range:-0.6:1.1")}],
    "several_ahead_loss": [
        {
            **{"x": (4, 9, 14), "weight": ((3, 14, 14), _HALF), "head": ((17, 14), _HALF)},
            "label": ((4, 9), "index:17", "int64"),
        }
    ],
    "sorted_vocabularies_distance": [{"student": ((12, 31), "range:-4:4"), "teacher": ((12, 43), "wide")}],
    "excess_loss_tokens": [shaped((7, 40), loss="range:0.1:6", other="range:0.1:5")],
    "layers_contrasted": [{"early": ((4, 7, 30), "normal"), "late": ((7, 30), "range:-3:3")}],
    "entropy_cut_tokens": [{"logit": ((13, 40), "range:-2:2")}],
    "green_list_figure": [
        {
            **{"logit": ((4, 15, 20), "normal"), "green": ((4, 15, 20), "literal:1,0,0,0,1,0,0,0,0,1,0")},
            "token": ((4, 15), "index:20", "int64"),
        }
    ],
    "matching_costs": [
        {
            **{"logit": ((16, 9), "range:-3:3"), "box": ((16, 4), _BOX)},
            **{"label": ((6,), "index:9", "int64"), "target": ((6, 4), _BOX)},
        }
    ],
    "point_sampled_mask_loss": [
        {
            **{"logit": ((5, 1, 9, 11), "range:-4:4"), "mask": ((5, 1, 9, 11), "literal:1,1,0,1,0,0,0")},
            "point": ((5, 20, 2), "range:0.1:0.9"),
        }
    ],
    "matched_token_merge": [{"x": (3, 18, 10), "key": (3, 18, 7)}],
    "log_spaced_position_bias": [{"x": (2, 3, 16, 16), "first": ((14, 2), _UNIT), "second": ((3, 14), _HALF)}],
    "shuffled_pixel_connector": [
        {
            "x": ((2, 6, 8, 6), "wide"),
            "weight": ((24,), "unit"),
            "first": ((30, 24), _HALF),
            "second": ((13, 30), _HALF),
        }
    ],
    "affine_free_depth_loss": [{"x": ((5, 9, 11), "positive"), "target": ((5, 9, 11), "range:0.5:9")}],
    "unit_code_lookup": [{"x": (20, 16), "down": ((5, 16), _HALF), "code": (23, 5), "up": ((16, 5), _HALF)}],
    "dynamic_range_mel": [{"power": ((2, 33, 18), "range:0.0001:3"), "bank": ((12, 33), "unit")}],
    "codebook_diversity": [{"logit": ((25, 2, 18), "range:-4:4")}],
    "masked_unit_cosine_loss": [
        {
            **{"x": (22, 15), "weight": ((9, 15), _HALF), "code": ((18, 9), _UNIT)},
            **{"unit": ((22,), "index:18", "int64"), "mask": ((22,), "literal:1,1,0,1,0")},
        }
    ],
    "best_monotonic_scores": [{"score": ((4, 8, 21), "range:-4:0")}],
    "expanded_by_duration": [{"x": (4, 7, 9), "length": ((4, 7), "literal:3,5,2,4,6,3,5")}],
    "chained_scale_convolution": [{"x": (2, 16, 25), "weight": ((3, 4, 4, 3), _HALF)}],
    "folded_period_features": [
        {"x": ((2, 58), "normal"), "first": ((6, 1, 5, 1), _HALF), "second": ((1, 6, 3, 1), _HALF)}
    ],
    "sub_centre_logits": [{"x": (15, 12), "centre": (8, 3, 12), "label": ((15,), "index:8", "int64")}],
    "hardness_aware_logits": [
        {"x": (15, 12), "centre": (8, 12), "label": ((15,), "index:8", "int64"), "level": ((1,), "literal:0.35")}
    ],
    "soft_searched_history": [{"item": (7, 12), "history": ((7, 30, 12), "normal"), "weight": ((12, 12), _HALF)}],
    "entire_space_loss": [
        {
            **shaped((70,), click="range:-3:2", buy="range:-4:1"),
            **shaped((70,), clicked="literal:1,0,0,1", bought="unit"),
        }
    ],
    "information_transfer_towers": [
        {"x": (9, 3, 14), "into": ((3, 14, 14), _HALF), **shaped((14, 14), q=_HALF, k=_HALF, v=_HALF)}
    ],
    "two_stream_bilinear": [
        {
            **shaped((18, 24), x="normal", y=_UNIT),
            **shaped((24,), left=_QUARTER, right=_QUARTER),
            "weight": ((3, 8, 8), _QUARTER),
        }
    ],
    "neighbour_product_layer": [
        {
            **{"user": (9, 14), "item": (13, 14), "seen": ((9, 13), "literal:1,0,0,1,0,1,0")},
            **shaped((14, 14), first=_HALF, second=_HALF),
        }
    ],
    "field_calibrated_logits": [
        {
            **{"logit": ((60,), "range:-3:3"), "slope": ((6,), _UNIT)},
            **{"edge": ((6,), "literal:-3.2,-2,-1,0,1,2"), "bias": ((5,), _HALF), "field": ((60,), "index:5", "int64")},
        }
    ],
}
