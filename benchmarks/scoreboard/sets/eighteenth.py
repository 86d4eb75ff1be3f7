"""The eighteenth set: what users of PyTorch run, all kept aside to say whether what was learnt before generalises.

Written without a look at the rules or at any score: eighteenth_core.py has operators that most models call,
eighteenth_rarer.py less common ones, eighteenth_grads.py gradients of both, unit_code.py, ledger_code.py,
plant_code.py and scope_code.py functions as users compose them, whose inputs are here and in eighteenth_inputs.py.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.scoreboard.sets import eighteenth_core, eighteenth_grads, eighteenth_inputs, eighteenth_rarer
from benchmarks.scoreboard.sets.composing import Sample, composed
from benchmarks.scoreboard.sets.eighteenth_core import seed
from benchmarks.scoreboard.sets.eighth import qkv, shaped
from benchmarks.scoreboard.sets.fifteenth_core import SOME
from harness.case import Case

UNIT = "benchmarks.scoreboard.functions.unit_code."
LEDGER = "benchmarks.scoreboard.functions.ledger_code."
PLANT = "benchmarks.scoreboard.functions.plant_code."
SCOPE = "benchmarks.scoreboard.functions.scope_code."


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every one of these functions and operators."""
    return (*eighteenth_core.cases(), *eighteenth_rarer.cases(), *eighteenth_grads.cases(), *_composed())


def _composed() -> Iterator[Case]:
    given = eighteenth_inputs
    functions = {UNIT: _UNITS, LEDGER: given.LEDGER, PLANT: given.PLANT, SCOPE: given.SCOPE}
    yield from composed(functions, seed, SOME, full=_FULL, grads=_GRADS, kinked=_KINKED)


_FULL = (
    *("cayley_layer", "sketched_fusion", "anderson_mixed_rounds", "generalised_validation", "two_sample_distance"),
    *("straight_plot_figure", "unit_root_figure", "laplace_classifier_steps"),
    *("factor_analysis_round", "noisy_amplitude_log_density"),
    *("wishart_log_density", "half_implicit_put", "expanded_tail_quantile", "bonus_class_shares", "fitted_tides"),
    *("passive_cable", "two_site_levels", "round_opening_pattern", "condensate_in_trap", "alternating_heat_step"),
    *("two_grid_round", "shaken_frame", "edge_kept_smoothing", "ring_correlation", "peeled_projection"),
    *("natural_cubic_values", "satellite_fix", "backward_sweep", "ellipsoid_distance", "matched_moments_call"),
    *(
        "growing_droplet",
        "normal_tail_figure",
        "solved_credit_spread",
        "pair_masses",
        "place_from_centre",
    ),
    *("median_pair_slope", "cosine_series_call"),
)
# Whose gradients jump, or are of large numbers that cancel: not in half precision.
_KINKED = (
    *("sorted_pairs_layer", "soft_bond_order_energy", "summed_resonances", "digital_price_and_delta"),
    *("hinge_bending_energy", "balanced_box_loss", "tempered_logistic_loss"),
)
_GRADS: Mapping[str, tuple[str, ...]] = {
    "square_plus_unit": ("x", "b"),
    "logarithmic_sigmoid_unit": ("x",),
    "smooth_maximum_unit": ("x", "mu"),
    "expanded_arctangent_gate": ("x", "alpha"),
    "sorted_pairs_layer": ("x", "weight"),
    "cayley_layer": ("x", "weight"),
    "rescaled_keys_and_values": ("q", "value"),
    "coupled_gates_cell": ("x", "weight"),
    "mogrified_steps": ("x", "h"),
    "turning_memory_cell": ("x", "angle"),
    "uncertain_belief_cell": ("x", "noise"),
    "learned_span_attention": ("q", "span"),
    "related_positions_attention": ("q", "key", "value"),
    "distance_attention": ("q", "k", "v"),
    "simplicial_attention": ("q", "two", "v"),
    "softmax_kernel_convolution": ("x", "weight"),
    "last_token_embedding": ("x", "weight"),
    "low_rank_fusion": ("x", "left"),
    "gathered_excitation": ("x", "weight"),
    "cosine_channel_gate": ("x", "weight"),
    "local_importance_pooling": ("x", "logit"),
    "detail_kept_pooling": ("x",),
    "assigned_graph_pooling": ("x", "weight"),
    "powered_graph_layer": ("x", "weight"),
    "distance_encoded_attention": ("x", "table"),
    "tempered_logistic_loss": ("logit",),
    "soft_score_loss": ("logit",),
    "soft_correlation_loss": ("logit",),
    "unit_logits_loss": ("logit",),
    "bootstrapped_views_loss": ("one", "weight"),
    "sharpened_cluster_loss": ("x", "centre"),
    "balanced_box_loss": ("x",),
    "smooth_ranks_correlation": ("x",),
    "kernel_independence": ("x", "y"),
    "arc_cosine_kernel": ("x", "y"),
    "generalised_normal_log_density": ("x", "power"),
    "dispersed_counts_log_mass": ("log_rate", "power"),
    "upper_tail_copula_log_density": ("u", "theta"),
    "digital_price_and_delta": ("spot", "vol"),
    "counterparty_charge": ("exposure", "hazard"),
    "felt_heat": ("heat",),
    "soft_bond_order_energy": ("place",),
    "polymer_mixing_energy": ("share", "chi"),
    "allosteric_share": ("dose", "fold"),
    "boosted_momenta": ("p",),
    "summed_resonances": ("energy", "mass"),
    "mixed_neutrinos": ("phase", "angle"),
    "two_site_levels": ("hop", "repel"),
    "facing_mirrors": ("phase", "back"),
    "moving_vortices": ("place",),
    "ordered_domains": ("x",),
    "loaded_plate": ("at",),
    "edge_kept_smoothing": ("x", "guide"),
    "centred_patch_match": ("x", "y"),
    "hinge_bending_energy": ("place",),
    "winding_road": ("curve", "grow"),
    "conic_map": ("place",),
    "yielding_arm": ("push", "stiff"),
    "platform_legs": ("place", "turn"),
}

_UNIT, _HALF, _THIRD = "range:-1:1", "range:-0.5:0.5", "range:-0.3:0.3"
_FIFTH = "range:-0.2:0.2"
_UNITS: Mapping[str, Sequence[Sample]] = {
    "square_plus_unit": [
        {"x": ((11, 26), "range:-6:6"), "b": ((26,), "range:0.1:4")},
        shaped((7, 40), x="wide", b="unit"),
    ],
    "logarithmic_sigmoid_unit": [{"x": ((11, 26), "range:-7:5")}],
    "smooth_maximum_unit": [{"x": ((11, 26), "normal"), "mu": ((26,), "range:0.5:3")}],
    "adaptive_piecewise_unit": [{"x": ((11, 26), "range:-3:3"), **shaped((26, 3), slope=_HALF, hinge=_UNIT)}],
    "expanded_arctangent_gate": [{"x": (11, 26), "weight": ((28, 26), _THIRD), "alpha": ((1,), "literal:0.15")}],
    "sorted_pairs_layer": [{"x": (13, 30), "weight": ((24, 30), _HALF)}],
    "bounded_slope_residual": [
        {"x": (13, 18), "weight": ((30, 18), _HALF), "bias": ((30,), _UNIT), "scale": ((30,), _HALF)}
    ],
    "cayley_layer": [{"x": (13, 16), "weight": ((16, 16), _HALF)}],
    "rescaled_keys_and_values": [qkv(2, 3, 17, 14, key=((14,), "range:0.5:1.5"), value=((14,), "range:0.5:1.5"))],
    "coupled_gates_cell": [{"x": (4, 6, 7), "weight": ((27, 16), _HALF), "bias": ((27,), _UNIT)}],
    "mogrified_steps": [
        {
            **{"x": (4, 4, 7), "h": (4, 9), "down": ((7, 9), _HALF), "up": ((9, 7), _HALF)},
            "cell": ((9, 16), _HALF),
        }
    ],
    "turning_memory_cell": [
        {"x": (4, 6, 7), "into": ((18, 7), _HALF), **shaped((9,), angle="range:-3.1:3.1", bias="range:-0.2:0.1")}
    ],
    "uncertain_belief_cell": [{**shaped((7, 4, 9), x="normal", noise="range:-2:3"), "drift": ((9,), "range:-3:0")}],
    "fast_weight_rounds": [{"x": (4, 5, 7), "weight": ((11, 7), _HALF), "within": ((11, 11), _THIRD)}],
    "learned_span_attention": [qkv(2, 3, 21, 9, span=((3,), "range:3.2:14"))],
    "related_positions_attention": [qkv(2, 2, 15, 11, **shaped((9, 11), key=_HALF, value=_HALF))],
    "persistent_vectors_attention": [qkv(2, 3, 13, 10, more=(3, 6, 10), kept=((3, 6, 10), _UNIT))],
    "distance_attention": [qkv(2, 2, 18, 7), qkv(1, 1, 33, 12, values=_UNIT)],
    "simplicial_attention": [
        {"q": (2, 9, 8), "one": (2, 11, 8), "two": (2, 11, 8), "v": (2, 11, 8), "w": ((2, 11, 8), _UNIT)}
    ],
    "softmax_kernel_convolution": [{"x": (2, 12, 25), "weight": ((4, 5), "range:-2:2")}],
    "last_token_embedding": [
        {"x": ((5, 9, 34), "wide"), "length": ((5,), "literal:9,3,1,7,5", "int64"), "weight": ((18, 34), _THIRD)}
    ],
    "capacity_limited_routing": [{"x": (26, 9), "router": ((5, 9), _UNIT), "expert": ((5, 7, 9), _HALF)}],
    "low_rank_fusion": [{"x": (11, 16), "y": (11, 13), "left": ((4, 15, 16), _HALF), "right": ((4, 15, 13), _HALF)}],
    "sketched_fusion": [
        {
            **shaped((9, 40), x="normal", y=_UNIT),
            **{"at": ((2, 40), "index:32", "int64"), "sign": ((2, 40), "literal:1,-1,1,1,-1,-1,1")},
        }
    ],
    "gathered_excitation": [{"x": (2, 6, 11, 9), "weight": ((6, 1, 3, 3), _HALF)}],
    "cosine_channel_gate": [{"x": ((3, 16, 7, 8), "offset"), "weight": ((16, 16), _THIRD)}],
    "placed_convolution": [{"x": (2, 4, 9, 8), "weight": ((6, 7, 3, 3), _THIRD), "bias": ((6,), _UNIT)}],
    "local_importance_pooling": [shaped((2, 5, 13, 11), x="normal", logit="range:-3:3")],
    "mixed_extreme_pooling": [{"x": ((2, 6, 13, 9), "wide"), "share": ((6,), "range:-2:2")}],
    "detail_kept_pooling": [{"x": ((2, 5, 12, 8), _UNIT), "power": ((5, 1, 1), "range:0.3:2")}],
    "assigned_graph_pooling": [{"x": (2, 15, 8), "edge": ((2, 15, 15), "range:0:0.4"), "weight": ((8, 4), _HALF)}],
    "angle_triplet_message": [
        {
            **{"x": (16, 7), "place": ((16, 3), "range:-2:2"), "near": ((16, 5), "index:16", "int64")},
            "weight": ((3, 9, 7), _HALF),
        }
    ],
    "powered_graph_layer": [{"x": (17, 8), "edge": ((17, 17), "unit"), "weight": ((3, 8, 9), _HALF)}],
    "distance_encoded_attention": [
        {
            **{"x": (15, 12), "hops": ((15, 15), "index:6", "int64"), "table": ((3, 6), _UNIT)},
            "weight": ((36, 12), _THIRD),
        }
    ],
}
