"""The fourteenth set: what users of PyTorch run, all kept aside to say whether what was learnt before generalises.

Written without a look at the rules or at any score: fourteenth_core.py has operators that most models call,
fourteenth_rarer.py less common ones, fourteenth_grads.py gradients of both, fused_code.py, signal_code.py,
nature_code.py and risk_code.py functions as users compose them, whose inputs are here and in fourteenth_inputs.py.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.scoreboard.sets import fourteenth_core, fourteenth_grads, fourteenth_inputs, fourteenth_rarer
from benchmarks.scoreboard.sets.composing import Sample, composed
from benchmarks.scoreboard.sets.eighth import qkv, shaped
from benchmarks.scoreboard.sets.fourteenth_core import SOME, seed
from benchmarks.scoreboard.sets.seventh_rarer import COMPLEX
from harness.case import Case
from tests.numerics.torchrun import op_case

FUSED = "benchmarks.scoreboard.functions.fused_code."
SIGNAL = "benchmarks.scoreboard.functions.signal_code."
NATURE = "benchmarks.scoreboard.functions.nature_code."
RISK = "benchmarks.scoreboard.functions.risk_code."


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every one of these functions and operators."""
    return (*fourteenth_core.cases(), *fourteenth_rarer.cases(), *fourteenth_grads.cases(), *_composed())


def _composed() -> Iterator[Case]:
    given = fourteenth_inputs
    functions = {FUSED: _FUSED, SIGNAL: given.SIGNAL, NATURE: given.NATURE, RISK: {**given.MARKETS, **given.STATISTICS}}
    yield from composed(functions, seed, SOME, full=_FULL, grads=_GRADS, kinked=_KINKED)
    for d, of in COMPLEX.items():
        pairs = dict.fromkeys(("first", "second", "one", "two"), ((33, 3), "normal", of))
        yield op_case(SIGNAL + "two_antenna_code", d, pairs, seed=seed("two_antenna_code"))


_FULL = (
    *("filtered_history", "bilinear_impulse_response", "implicit_filter_mixing", "dynamically_thresholded"),
    *("mixture_denoiser", "spectral_flux_gate", "antennas_detected", "subspace_spectrum"),
    *("doppler_cells", "diffusion_tensor", "combined_coils", "located_shock", "orbital_energies", "equalised_charges"),
    *("smoothed_states", "blended_views", "continuation_values", "scatter_log_density", "instrumented_slopes"),
    *("box_gravity", "outward_wave", "local_volatility", "firm_default", "titration_curve", "layered_resistance"),
    *("bessel_edge_basis", "halo_lensing", "angle_reflectivity", "flattened_gather", "guessed_answers"),
    *("portfolio_loss_share", "tailing_peaks", "first_passage_density"),
)
# Whose gradients jump, or are of large numbers that cancel: not in half precision.
_KINKED = (
    *("softmax_per_target", "look_ahead_limiter", "trellis_metrics", "timing_error", "first_arrivals"),
    *("robust_location", "advected_scalar", "basis_splines", "tail_excess_loss"),
    *("levinson_durbin", "overdispersed_trials", "capsule_distance", "polar_bits"),
    *("certain_equivalent", "residual_norm_scaled"),
)
_GRADS: Mapping[str, tuple[str, ...]] = {
    "bias_gelu_residual": ("x", "weight", "scale"),
    "clamped_gate_epilogue": ("x", "weight"),
    "residual_norm_scaled": ("x", "weight"),
    "folded_normalisation": ("x", "gain"),
    "packed_document_attention": ("q", "v"),
    "chunked_vocabulary_loss": ("x", "weight"),
    "channels_last_block": ("x", "depth"),
    "rotated_half_attention": ("q", "gain"),
    "time_bucket_pooling": ("history", "table"),
    "twice_hashed_bag": ("second", "weight"),
    "filtered_history": ("x", "real"),
    "mixed_task_towers": ("x", "gate"),
    "held_diagonal_scan": ("x", "rate", "step"),
    "doubling_scan": ("a", "b"),
    "shifted_and_decayed": ("k", "decay"),
    "input_gated_trace": ("keep", "into"),
    "gated_edges": ("x", "edge"),
    "softmax_per_target": ("score", "value"),
    "chebyshev_graph_filter": ("x", "near"),
    "set_to_set_readout": ("x", "weight"),
    "time_encoded_memory": ("memory", "rate"),
    "mixture_denoiser": ("x", "sigma"),
    "category_posterior": ("guess", "once"),
    "peaking_equaliser": ("x", "gain"),
    "look_ahead_limiter": ("x",),
    "image_source_reflections": ("distance",),
    "constant_q_magnitudes": ("x",),
    "levinson_durbin": ("power",),
    "masking_threshold": ("power",),
    "equalised_carriers": ("y", "h"),
    "antennas_detected": ("h",),
    "trellis_metrics": ("bit",),
    "polar_bits": ("log",),
    "constant_modulus_equaliser": ("x", "tap"),
    "timing_error": ("x",),
    "false_alarm_ratio": ("power",),
    "colour_difference_2000": ("one", "two"),
    "spoiled_echo": ("recovery", "angle"),
    "turned_spins": ("spin", "pulse"),
    "diffusion_tensor": ("signal",),
    "layered_resistance": ("resist", "thick"),
    "aftershock_rate": ("size",),
    "first_arrivals": ("slow",),
    "ice_albedo_balance": ("heat", "sun"),
    "advected_scalar": ("x",),
    "bessel_edge_basis": ("distance",),
    "switched_exponential_energy": ("place",),
    "tailing_peaks": ("centre", "tail"),
    "equalised_charges": ("place", "hard"),
    "coordinated_dispersion": ("place",),
    "jet_correlation": ("force",),
    "outward_wave": ("well",),
    "wire_field": ("node",),
    "capsule_distance": ("p", "w"),
    "rotation_logarithm": ("turn",),
    "smoothed_states": ("x", "move"),
    "asymmetric_variance_loss": ("shock", "keep"),
    "default_swap_spread": ("hazard",),
    "portfolio_loss_share": ("chance", "together"),
    "blended_views": ("cov", "told"),
    "amortised_loan": ("rate", "early"),
    "certain_equivalent": ("x", "fear"),
    "ordered_quantile_loss": ("base", "step"),
    "smooth_quantile_loss": ("q",),
    "stacked_forecasts": ("log", "weight"),
    "robust_location": ("x",),
    "overdispersed_trials": ("a", "b"),
    "guessed_answers": ("skill", "guess"),
    "power_transformed": ("x", "power"),
    "sphere_log_density": ("x", "sharp"),
    "first_passage_density": ("mean",),
    "tail_excess_loss": ("scale", "shape"),
    "basis_splines": ("x", "weight"),
    "level_and_noise_loss": ("wander", "noise"),
    "hazard_steps_loss": ("logit",),
    "soft_concordance": ("score",),
}

_UNIT, _HALF, _THIRD = "range:-1:1", "range:-0.5:0.5", "range:-0.3:0.3"
_FUSED: Mapping[str, Sequence[Sample]] = {
    "bias_gelu_residual": [
        {"x": (33, 63), "weight": ((31, 63), _THIRD), "bias": (31,), "skip": (33, 31), "scale": ((31,), "range:0:0.2")}
    ],
    "rescaled_product": [
        {
            **{"x": (17, 127), "weight": ((127, 21), _UNIT), "row": ((17,), "range:0.01:0.3")},
            **{"column": ((21,), "range:0.1:2"), "bias": ((21,), "range:0:4")},
        }
    ],
    "clamped_gate_epilogue": [
        {"x": ((29, 40), "range:-2:2"), "weight": ((38, 40), _UNIT), "bias": ((38,), "range:-2:4")},
        {"x": ((1, 257), _UNIT), "weight": ((6, 257), _HALF), "bias": (6,)},
    ],
    "residual_norm_scaled": [{"x": ((15, 65), "range:-3:1"), "skip": (15, 65), "weight": ((65,), "range:0.4:1.6")}],
    "folded_normalisation": [
        {
            **{"x": (2, 5, 7, 10), "kernel": ((7, 5, 3, 3), _HALF), "mean": ((7,), "range:-2:2")},
            **{"spread": ((7,), "range:0.2:3"), "gain": ((7,), "range:0.5:1.5"), "bias": (7,)},
        }
    ],
    "partial_products": [
        {"x": ((7, 515), "range:-0.5:1"), "weight": ((515, 12), _HALF)},
        {"x": ((31, 4), _UNIT), "weight": (4, 33)},
    ],
    "packed_document_attention": [qkv(2, 3, 21, 7, document=((2, 21), "literal:0,0,0,0,1,1,1,2,2,2,2,2,2,2", "int64"))],
    "chunked_vocabulary_loss": [
        {"x": (26, 17), "weight": ((127, 17), _UNIT), "label": ((26,), "index:127", "int64")},
        {"x": ((7, 63), "range:-2:2"), "weight": ((31, 63), _THIRD), "label": ((7,), "index:31", "int64")},
    ],
    "channels_last_block": [
        {"x": (2, 7, 9, 8), "depth": ((7, 1, 5, 5), _THIRD), "weight": ((7, 7), _UNIT), "bias": (7,)}
    ],
    "grouped_rows_product": [{"x": (31, 19), "weight": ((3, 19, 17), _HALF)}],
    "rotated_half_attention": [qkv(2, 3, 17, 16, gain=((16,), "range:0.5:2")), qkv(1, 1, 65, 12, gain=(12,))],
    "narrow_and_widen": [{"x": (2, 19, 33), "down": ((33, 3), _HALF), "up": (3, 33), "alpha": ((33,), "range:-0.2:1")}],
    "corrected_batch_softmax": [
        {"user": (31, 12), "item": ((31, 12), "range:-1:2"), "chance": ((31,), "range:0.001:0.4")}
    ],
    "time_bucket_pooling": [
        {"history": (17, 13, 8), "item": (17, 8), "table": ((7, 1), _UNIT), "bucket": ((17, 13), "index:7", "int64")}
    ],
    "watch_time_loss": [{"logit": ((33, 7), "range:-4:3"), "seconds": ((33, 7), "literal:0,12,0,0,90,3.5,0,33")}],
    "position_debiased_clicks": [
        {"score": ((31, 9), "range:-3:2"), "bias": ((9,), "range:-2:2"), "click": ((31, 9), "literal:0,0,1,0,0,0,1")}
    ],
    "twice_hashed_bag": [
        {"index": ((21, 6), "index:77", "int64"), "first": (11, 10), "second": (7, 10), "weight": ((21, 6), "unit")}
    ],
    "joint_ranking_calibration": [
        {"score": ((23, 7, 2), "range:-3:3"), "click": ((23, 7), "literal:0,1,0,0,1,0,0,0,0")}
    ],
    "filtered_history": [{"x": (5, 19, 7), "real": ((10, 7), _UNIT), "imag": ((10, 7), _UNIT)}],
    "mixed_task_towers": [
        {"x": (29, 11), "expert": ((4, 11, 6), _HALF), "gate": ((3, 11, 4), _UNIT), "head": ((3, 6), "range:-1:1.5")}
    ],
    "held_diagonal_scan": [
        {
            **{"x": (3, 9, 5), "rate": ((5, 4), "range:-1:1.5"), "into": ((5, 4), _UNIT)},
            **{"out": ((5, 4), _UNIT), "step": ((5,), "range:-4:-0.5")},
        }
    ],
    "bilinear_impulse_response": [{"a": ((15, 5, 5), "range:-1.5:0.5"), "b": (15, 5), "c": (15, 5)}],
    "doubling_scan": [
        {"a": ((5, 31, 7), "range:0.4:1"), "b": (5, 31, 7)},
        {"a": ((1, 129, 3), "range:-0.9:0.9"), "b": (1, 129, 3)},
    ],
    "shifted_and_decayed": [qkv(3, 17, 6, shift=((6, 1, 4), _UNIT), decay=((6,), "range:-3:0"))],
    "implicit_filter_mixing": [{"x": (4, 6, 31), "first": ((3, 9), _UNIT), "second": ((9, 6), _HALF)}],
    "input_gated_trace": [
        {"x": (3, 9, 6), "keep": ((3, 9, 5), "range:-3:1"), "into": ((3, 9, 5), _UNIT), "out": (3, 9, 5)}
    ],
    "gated_edges": [
        {
            **{"x": (17, 7), "edge": (53, 7), "source": ((53,), "index:17", "int64")},
            **{"target": ((53,), "index:17", "int64"), "weight": ((4, 7, 7), _HALF)},
        }
    ],
    "softmax_per_target": [
        {
            "score": ((65,), "range:-3:5"),
            "value": (65, 6),
            "target": ((65,), "index:13", "int64"),
            "into": ((13, 6), _UNIT),
        }
    ],
    "chebyshev_graph_filter": [{"x": (21, 5), "near": ((21, 21), "range:0:0.5"), "weight": ((4, 5, 8), _UNIT)}],
    "walk_encoding": [{"near": ((7, 9, 9), "unit")}],
    "set_to_set_readout": [{"x": (9, 13, 7), "weight": ((28, 14), _HALF), "bias": ((28,), _UNIT)}],
    "time_encoded_memory": [
        {
            **{"memory": (31, 7), "message": (31, 5), "since": ((31,), "range:0:9")},
            **{"rate": ((6,), "range:-3:0.5"), "weight": ((3, 18, 7), _HALF)},
        }
    ],
    "dynamically_thresholded": [{"x": ((6, 3, 31), "range:-2:3")}],
    "predictor_corrector_step": [{"x": (31, 9), "weight": ((9, 9), _UNIT), "noise": (31, 9), "again": (31, 9)}],
    "mixture_denoiser": [
        {"x": (33, 3), "centre": ((7, 3), "range:-2:2"), "weight": (7,), "sigma": ((33,), "range:0.2:2")}
    ],
    "posterior_mean_and_spread": [
        {
            **shaped((31, 7), x="normal", clean=_UNIT),
            "before": ((31,), "range:0.5:0.9"),
            "now": ((31,), "range:0.1:0.45"),
        }
    ],
    "angular_steps": [{"x": (33, 15), "weight": ((15, 15), _HALF)}],
    "category_posterior": [
        {
            **{"now": ((29,), "index:7", "int64"), "guess": ((29, 7), "range:-3:3")},
            **{"once": ((7, 7), "range:-1:2"), "before": ((7, 7), _UNIT)},
        }
    ],
}
