"""The seventeenth set: what users of PyTorch run, all kept aside to say whether what was learnt before generalises.

Written without a look at the rules or at any score: seventeenth_core.py has operators that most models call,
seventeenth_rarer.py less common ones, seventeenth_grads.py gradients of both, block_code.py, survey_code.py,
machine_code.py and canvas_code.py functions as users compose them, whose inputs are here and in seventeenth_inputs.py.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.scoreboard.sets import seventeenth_core, seventeenth_grads, seventeenth_inputs, seventeenth_rarer
from benchmarks.scoreboard.sets.composing import Sample, composed
from benchmarks.scoreboard.sets.eighth import qkv, shaped
from benchmarks.scoreboard.sets.fifteenth_core import SOME
from benchmarks.scoreboard.sets.seventeenth_core import seed
from harness.case import Case

BLOCK = "benchmarks.scoreboard.functions.block_code."
SURVEY = "benchmarks.scoreboard.functions.survey_code."
MACHINE = "benchmarks.scoreboard.functions.machine_code."
CANVAS = "benchmarks.scoreboard.functions.canvas_code."


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every one of these functions and operators."""
    return (*seventeenth_core.cases(), *seventeenth_rarer.cases(), *seventeenth_grads.cases(), *_composed())


def _composed() -> Iterator[Case]:
    given = seventeenth_inputs
    functions = {BLOCK: _BLOCK, SURVEY: given.SURVEY, MACHINE: given.MACHINE, CANVAS: given.CANVAS}
    yield from composed(functions, seed, SOME, full=_FULL, grads=_GRADS, kinked=_KINKED)


_FULL = (
    *("circulant_linear", "fourier_unit", "left_out_errors", "influence_distances", "sandwich_errors"),
    *("within_estimates", "reweighted_median_fit", "probit_scoring", "probabilistic_components_likelihood"),
    *("turned_loadings", "direction_scatter", "spectral_likelihood", "linked_scores_loss", "ruin_exponent"),
    *("radiating_enclosure", "pipe_heat_transfer", "beam_deflection", "principal_stresses", "lifting_line"),
    *("sharp_cell_vertex", "elastic_contour_step", "lights_to_normals", "refocused_views", "drum_membrane"),
    *("threshold_jump", "skewed_tail_quantiles", "solar_cell_current", "channel_depth", "rough_intervals"),
    *("variance_swap_strike", "square_root_rate_bond", "rater_agreement", "linear_moments", "trinomial_put"),
    *("falling_mortality", "perturbed_routing"),
)
# Whose gradients jump, or are of large numbers that cancel: not in half precision.
_KINKED = (
    *("kept_likelihood_preference_loss", "vector_neuron_layer", "mixture_gradient_pooling", "arithmetic_unit"),
    *("sphere_hits", "polygon_light"),
    *("gumbel_copula_log_density", "tail_weighted_fit"),
)
_GRADS: Mapping[str, tuple[str, ...]] = {
    "rational_activation": ("x", "top"),
    "switchable_activation": ("x", "beta"),
    "funnel_activation": ("x", "weight"),
    "integrated_exponential_unit": ("x", "up"),
    "error_function_softplus_unit": ("x",),
    "gompertz_unit": ("x", "weight"),
    "sinusoidal_layers": ("x", "second"),
    "multiplicative_filter_layers": ("x", "pitch"),
    "arithmetic_unit": ("x", "weight"),
    "quaternion_linear": ("x", "weight"),
    "tensor_train_linear": ("one", "two"),
    "circulant_linear": ("x", "first"),
    "clifford_layer": ("x", "weight"),
    "vector_neuron_layer": ("x", "turn"),
    "minimal_gated_cell": ("x", "forget"),
    "polar_position_scores": ("q", "shift"),
    "synthesised_attention": ("x", "down"),
    "mean_block_routed_attention": ("q", "k", "v"),
    "double_attention": ("x", "b"),
    "style_recalibration": ("x", "weight"),
    "gated_channel_transform": ("x", "g"),
    "convolution_mixer_block": ("x", "deep"),
    "fourier_unit": ("x", "weight"),
    "exponential_pooling": ("x",),
    "residual_codes_pooling": ("x", "centre"),
    "mixture_gradient_pooling": ("mean", "log_scale"),
    "adaptive_level_fusion": ("x", "weight"),
    "recursive_graph_filter": ("x", "weight"),
    "mixture_kernel_convolution": ("x", "scale"),
    "crystal_convolution": ("x", "core"),
    "kept_likelihood_preference_loss": ("won", "lost"),
    "entropy_weighted_tokens": ("logit",),
    "mean_flow_error": ("x", "weight"),
    "balanced_token_shares": ("score",),
    "left_out_errors": ("x", "y"),
    "inverse_mills": ("told", "together"),
    "hurdle_loss": ("zero", "log_rate"),
    "kumaraswamy_log_density": ("x", "a"),
    "bounded_transform_log_density": ("x", "tail"),
    "wrapped_cauchy_log_density": ("angle", "rho"),
    "gumbel_copula_log_density": ("u", "theta"),
    "tail_weighted_fit": ("x",),
    "ratio_error": ("top", "bottom"),
    "spread_call": ("one", "sigma"),
    "transistor_current": ("gate", "drain"),
    "turbine_cycle": ("ratio", "good"),
    "relaxing_stress": ("strain", "stiff"),
    "nozzle_flow": ("mach", "gamma"),
    "barrier_tunnelling": ("energy", "wide"),
    "muscle_force": ("length", "drive"),
    "scattering_profile": ("far", "albedo"),
    "polygon_light": ("corner",),
    "swirling_noise": ("pitch", "shift"),
    "sphere_hits": ("origin", "radius"),
    "blobby_field": ("centre", "radius"),
    "grey_world_balance": ("x",),
    "harmonic_shaper": ("x", "gain"),
    "spectral_ratio_divergence": ("told",),
    "clipped_band_correlation": ("y",),
}

_UNIT, _HALF, _THIRD = "range:-1:1", "range:-0.5:0.5", "range:-0.3:0.3"
_FIFTH = "range:-0.2:0.2"
_BLOCK: Mapping[str, Sequence[Sample]] = {
    "rational_activation": [
        {"x": ((10, 24), "range:-2:2"), "top": ((5,), "literal:0.03,0.6,1.1,0.5,0.04"), "bottom": ((3,), _HALF)}
    ],
    "switchable_activation": [
        {"x": (12, 20), **shaped((20,), one="range:0.5:1.5", two=_HALF, beta="range:0.3:3")},
        {"x": ((6, 48), "wide"), **shaped((48,), one="range:0.8:1.2", two="range:-0.1:0.3", beta="range:0.5:5")},
    ],
    "funnel_activation": [{"x": (2, 5, 10, 12), "weight": ((5, 1, 3, 3), _THIRD)}],
    "integrated_exponential_unit": [
        {"x": ((12, 20), "range:-5:4"), **shaped((1,), up="literal:0.3", down="literal:0.1")}
    ],
    "error_function_softplus_unit": [{"x": ((12, 20), "range:-6:4")}],
    "gompertz_unit": [{"x": (12, 40), "weight": ((14, 40), _THIRD)}],
    "sinusoidal_layers": [
        {"x": ((50, 2), _UNIT), "first": ((20, 2), _HALF), "second": ((20, 20), _FIFTH), "third": ((3, 20), _THIRD)}
    ],
    "multiplicative_filter_layers": [
        {
            **{"x": ((20, 2), _UNIT), "centre": ((3, 14, 2), _UNIT), "pitch": ((3, 14, 2), "range:-4:4")},
            "weight": ((2, 14, 14), _HALF),
        }
    ],
    "highway_layer": [
        {"x": (12, 28), "weight": ((28, 28), _THIRD), "gate": ((28, 28), _THIRD), "bias": ((28,), "range:-2:0")}
    ],
    "arithmetic_unit": [
        {"x": ((20, 10), "range:0.3:3"), **shaped((6, 10), weight=_UNIT, mask="range:-2:1", gate=_THIRD)}
    ],
    "learned_square_unit_mlp": [
        {
            **{"x": (10, 24), "up": ((60, 24), _THIRD), "down": ((24, 60), _FIFTH)},
            **shaped((1,), scale="literal:0.8944", bias="literal:-0.4472"),
        }
    ],
    "quaternion_linear": [{"x": (12, 24), "weight": ((4, 5, 6), _HALF)}],
    "tensor_train_linear": [
        {"x": (6, 60), "one": ((3, 4, 5), _HALF), "two": ((5, 4, 3, 6), _HALF), "three": ((6, 5, 4), _HALF)}
    ],
    "circulant_linear": [{"x": (10, 48), "first": ((48,), _HALF), "sign": ((48,), "literal:1,-1,-1,1,1,1,-1")}],
    "low_rank_filters": [
        {
            **{"x": (1, 10, 9, 12), "into": ((6, 10, 1, 1), _HALF), "tall": ((6, 1, 3, 1), _UNIT)},
            **{"wide": ((6, 1, 1, 3), _UNIT), "out": ((14, 6, 1, 1), _HALF)},
        }
    ],
    "clifford_layer": [{"x": (10, 12, 4), "weight": ((14, 12, 4), _THIRD)}],
    "vector_neuron_layer": [{"x": (10, 12, 3), **shaped((14, 12), weight=_HALF, turn=_HALF)}],
    "minimal_gated_cell": [{"x": ((5, 5, 12), _UNIT), **shaped((12, 24), forget=_HALF, cell=_HALF)}],
    "fast_gated_cell": [
        {"x": (5, 5, 6), "into": ((14, 6), _HALF), "within": ((14, 14), _THIRD), "mix": ((2,), "literal:1,-2")}
    ],
    "clockwork_cell": [{"x": (5, 5, 6), "into": ((12, 6), _HALF), "within": ((12, 12), _HALF)}],
    "several_scale_statistics": [{"x": (5, 6, 10), "weight": ((14, 10), _HALF), "read": ((6, 56), _THIRD)}],
    "polar_position_scores": [
        {"q": (3, 20, 10), "k": (3, 20, 10), "pitch": ((10,), "unit"), "shift": ((10,), "range:-3:0")}
    ],
    "cosine_sum_bias_attention": [qkv(2, 2, 20, 12)],
    "synthesised_attention": [
        {"x": (3, 14, 20), "up": ((24, 20), _THIRD), "down": ((14, 24), _HALF), "value": ((10, 20), _THIRD)}
    ],
    "mean_block_routed_attention": [qkv(2, 3, 24, 10), qkv(1, 1, 48, 20, values="range:-2:2")],
    "double_attention": [{"x": (2, 10, 6, 7), "a": ((12, 10), _HALF), "b": ((5, 10), _HALF), "v": ((5, 10), _HALF)}],
    "split_non_local_block": [
        {"x": (2, 10, 6, 7), **shaped((6, 10), query=_THIRD, key=_THIRD), "mask": ((1, 10), _UNIT)}
    ],
    "three_way_attention": [{"x": (2, 6, 9, 10), "weight": ((1, 2, 3, 3), _HALF)}],
    "style_recalibration": [{"x": ((6, 10, 5, 6), "offset"), "weight": ((10, 2), _UNIT)}],
    "gated_channel_transform": [{"x": (3, 10, 6, 5), **shaped((10,), a="positive", g=_UNIT, b=_HALF)}],
    "convolution_mixer_block": [{"x": (2, 6, 9, 10), "deep": ((6, 1, 5, 5), _THIRD), "wide": ((10, 6, 1, 1), _HALF)}],
    "dilated_causal_block": [{"x": (3, 10, 20), **shaped((10, 10, 3), one=_THIRD, two=_THIRD)}],
    "fourier_unit": [{"x": (2, 5, 10, 12), "weight": ((12, 10, 1, 1), _HALF)}],
    "exponential_pooling": [{"x": (2, 6, 10, 12)}, {"x": ((1, 3, 24, 20), "range:-5:5")}],
    "residual_codes_pooling": [{"x": (5, 24, 10), "centre": ((6, 10), _UNIT), "weight": ((6, 10), _UNIT)}],
    "mixture_gradient_pooling": [{"x": (5, 24, 6), "mean": (4, 6), "log_scale": ((4, 6), _HALF)}],
    "weighted_feature_fusion": [
        {"x": (2, 6, 5, 6), "y": (2, 6, 10, 12), "z": (2, 6, 20, 24), "weight": ((3,), "literal:0.7,1.2,0.4")}
    ],
    "adaptive_level_fusion": [{**shaped((2, 6, 9, 10), x="normal", y="range:1:3", z=_UNIT), "weight": ((3, 6), _HALF)}],
    "sorted_feature_pooling": [{"x": (6, 24, 10), "weight": ((24, 10), _THIRD)}],
    "recursive_graph_filter": [
        {"x": (20, 10), "edge": ((20, 20), "range:0:1"), **shaped((10, 10), weight=_HALF, root=_HALF)}
    ],
    "mixture_kernel_convolution": [
        {
            **{"x": (20, 6), "place": ((20, 2), _UNIT), "mean": ((5, 2), _UNIT)},
            **{"scale": ((5, 2), "range:0.3:1"), "weight": ((5, 6, 10), _HALF)},
        }
    ],
    "crystal_convolution": [
        {
            **{"x": (20, 10), "bond": ((20, 6, 5), _UNIT), "end": ((20, 6), "index:20", "int64")},
            **shaped((10, 25), gate=_THIRD, core=_THIRD),
        }
    ],
    "noise_contrastive_alignment": [{**shaped((60,), chosen="range:-2:4", reject="range:-4:2"), "reward": (60, 2)}],
    "kept_likelihood_preference_loss": [
        {
            **shaped((24,), won="range:-9:-4", won_old="range:-9:-4"),
            **shaped((24,), lost="range:-9:-4", lost_old="range:-9:-4"),
        }
    ],
    "entropy_weighted_tokens": [{"logit": ((6, 20, 30), "range:-3:3"), "label": ((6, 20), "index:30", "int64")}],
    "mean_flow_error": [
        {
            **{"x": ((20, 12), _UNIT), "noise": (20, 12), "weight": ((12, 12), _THIRD)},
            **shaped((20, 1), begin="range:0:0.4", end="range:0.5:1"),
        }
    ],
    "perturbed_routing": [{"x": (30, 12), **shaped((12, 8), router=_HALF, spread=_HALF), "noise": (30, 8)}],
    "balanced_token_shares": [{"score": ((24, 10), "range:-3:3")}],
}
