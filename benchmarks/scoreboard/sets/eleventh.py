"""The eleventh set: what users of PyTorch run, all of it kept aside to say whether what was learnt before generalises.

Written without a look at the rules or at any score: eleventh_core.py has operators that most models call,
eleventh_rarer.py less common ones, eleventh_grads.py gradients of both, lab_code.py and lab_code_more.py functions as
users compose them, whose inputs are here.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.scoreboard.sets import eleventh_core, eleventh_grads, eleventh_rarer
from benchmarks.scoreboard.sets.composing import Sample, composed
from benchmarks.scoreboard.sets.eighth import qkv, shaped
from benchmarks.scoreboard.sets.eleventh_core import seed
from benchmarks.scoreboard.sets.ninth_core import SOME
from harness.case import Case

FIRST = "benchmarks.scoreboard.functions.lab_code."
MORE = "benchmarks.scoreboard.functions.lab_code_more."


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every one of these functions and operators."""
    return (*eleventh_core.cases(), *eleventh_rarer.cases(), *eleventh_grads.cases(), *_composed())


def _composed() -> Iterator[Case]:
    functions = {FIRST: {**_LANGUAGE, **_VISION, **_SOUND}, MORE: {**_SYSTEMS, **_SCIENCE, **_REST}}
    return composed(functions, seed, SOME, full=_FULL, grads=_GRADS, kinked=_KINKED)


_FULL = (
    *("nystrom_attention", "complex_recurrence", "spectral_adapter", "spanning_tree_marginals", "thin_plate_warp"),
    *("corner_homography", "wiener_deconvolution", "minimum_phase", "linear_bandit", "katz_centrality"),
    *("squeezed_target", "vorticity_step", "thin_film_reflectance", "chain_bands", "implied_volatility"),
    *("neighbour_embedding_slope", "coding_rate_reduction", "mixed_history", "factored_curvature_step"),
    *("split_lasso", "delay_by_phase", "spectral_operator", "uneven_periodogram", "three_body_energy"),
    *("lapped_transform", "phase_locked_loop", "ray_triangles", "skew_normal_log_density"),
)
# Whose gradients jump or are of long sums of logarithms: not in half precision.
_KINKED = (
    "lovasz_loss",
    "assigned_separation_loss",
    "spline_flow",
    "census_distance",
    "attentional_pairs",
    "chain_field_likelihood",
)
_GRADS: Mapping[str, tuple[str, ...]] = {
    "log_distance_attention": ("q", "v", "rate"),
    "cosine_reweighted_attention": ("q", "v"),
    "gated_slots": ("k", "v", "forget"),
    "damped_averages": ("x", "damp"),
    "complex_recurrence": ("x", "angle"),
    "clustered_softmax": ("x", "up"),
    "mixture_of_softmaxes": ("x", "latent"),
    "margin_preference_loss": ("chosen", "rejected"),
    "disentangled_attention": ("q", "place_k"),
    "factored_product_attention": ("x", "head"),
    "attention_free": ("q", "k", "bias"),
    "latent_resampler": ("latent", "x"),
    "generalised_delta": ("k", "v", "rate"),
    "nearest_memory_mix": ("logits", "query"),
    "chain_field_likelihood": ("score", "change"),
    "biaffine_arcs": ("head", "weight"),
    "spanning_tree_marginals": ("score",),
    "neighbourhood_attention": ("q", "k", "v"),
    "lambda_layer": ("k", "place"),
    "octave_convolution": ("high", "weight"),
    "energy_attention": ("x",),
    "modulated_convolution": ("x", "style"),
    "map_conditioned_norm": ("x", "both"),
    "census_distance": ("x",),
    "lovasz_loss": ("logits",),
    "mean_field_step": ("unary", "mix"),
    "vector_attention": ("x", "mix"),
    "slot_attention": ("slot", "x"),
    "generalised_mean_pooling": ("x", "power"),
    "simple_gate_block": ("x", "depth"),
    "categorical_posterior": ("logits",),
    "gaussian_window_attention": ("step", "memory"),
    "gaussian_upsampling": ("x", "duration"),
    "assigned_separation_loss": ("made",),
    "band_pass_layer": ("x", "low"),
    "attentional_pairs": ("x", "weight"),
    "attention_gated_recurrence": ("x", "wh"),
    "plackett_luce_loss": ("score",),
    "quaternion_triples": ("head", "relation"),
    "cosine_quantiles": ("state", "embed"),
    "three_body_energy": ("place",),
    "squid_axon": ("voltage", "m"),
    "option_greeks": ("spot", "vol"),
    "self_exciting_likelihood": ("gap", "jump"),
    "skew_normal_log_density": ("x", "skew"),
    "soft_tree": ("x", "split"),
    "spline_flow": ("x", "height"),
    "integrated_encoding": ("mean", "var"),
    "surface_opacity": ("distance",),
    "spectral_operator": ("x", "real"),
    "liquid_cell": ("x", "wi"),
}

_SMALL = "range:-0.3:0.3"
_UNIT = "range:-1:1"
_HEADS = (2, 2, 19, 12)
_LANGUAGE: Mapping[str, Sequence[Sample]] = {
    "contextual_positions": [qkv(*_HEADS, table=((9, 12), _UNIT))],
    "log_distance_attention": [qkv(*_HEADS, size=((2,), "range:0.3:2"), rate=((2,), "range:0.2:3"))],
    "entmax_attention": [qkv(2, 3, 23, 9, values="range:-2:2"), qkv(1, 2, 37, 12)],
    "nystrom_attention": [qkv(2, 2, 24, 13)],
    "cosine_reweighted_attention": [qkv(2, 3, 27, 13)],
    "gated_slots": [qkv(2, 2, 7, 9, forget=((2, 2, 7, 5), "range:-1:3"))],
    "damped_averages": [
        {
            **{"x": (3, 19, 13), "alpha": ((13, 4), "range:0.1:0.9"), "damp": ((13, 4), "range:0.2:1")},
            **{"spread": ((13, 4), _UNIT), "gather": (13, 4)},
        }
    ],
    "complex_recurrence": [
        {
            **{"x": (3, 9, 13), "size": ((13,), "range:-3:0"), "angle": ((13,), "range:0:3")},
            "read": ((26, 9), _SMALL),
        }
    ],
    "clustered_softmax": [
        {"x": (23, 18), "head": ((18, 14), _SMALL), "down": ((2, 18, 6), _SMALL), "up": ((2, 6, 19), _UNIT)}
    ],
    "mixture_of_softmaxes": [
        {"x": (27, 14), "prior": ((14, 3), _UNIT), "latent": ((14, 39), _SMALL), "head": ((13, 46), _UNIT)}
    ],
    "pointer_generator": [
        {
            **{"vocabulary": ((27, 46), "range:-2:4"), "attention": ((27, 18), "range:-3:3"), "gate": (27, 1)},
            "source": ((27, 18), "index:46", "int64"),
        }
    ],
    "margin_preference_loss": [
        {
            **shaped((58, 13), chosen="range:-3:0", rejected="range:-4:0"),
            "kept": ((58, 13), "literal:1,1,1,0,1,1,0"),
        }
    ],
    "disentangled_attention": [qkv(2, 2, 18, 12, place_q=((2, 14, 12), _UNIT), place_k=((2, 14, 12), _UNIT))],
    "factored_product_attention": [{"x": (2, 18, 14), "head": ((14, 18), _SMALL), "inner": ((14, 54), _SMALL)}],
    "attention_free": [qkv(3, 23, 13, bias=((23, 23), _UNIT))],
    "latent_resampler": [
        {"latent": (5, 14), "x": (3, 23, 14), "query": ((14, 14), _SMALL), "both": ((14, 28), _SMALL)}
    ],
    "spectral_adapter": [
        {
            **{"x": (19, 23), "weight": ((18, 23), _SMALL), "coefficient": (35,)},
            "place": ((35,), "permutation", "int64"),
        }
    ],
    "product_quantised_scores": [{"q": (13, 20), "book": (5, 7, 4), "code": ((38, 5), "index:7", "int64")}],
    "generalised_delta": [qkv(2, 3, 6, 7, values=_UNIT, decay=(2, 3, 6, 7), rate=((2, 3, 6, 7), "range:-2:1"))],
    "nearest_memory_mix": [
        {
            **{"logits": ((26, 37), "range:-2:5"), "query": (26, 13), "key": (19, 13)},
            "token": ((19,), "index:37", "int64"),
        }
    ],
    "cosine_order_loss": [{"x": (43, 13), "y": (43, 13), "score": ((43,), "literal:0,3,1,5,2,4,2")}],
    "chain_field_likelihood": [
        {
            **{"score": ((58, 7, 6), "range:-2:3"), "change": ((6, 6), _UNIT)},
            "tag": ((58, 7), "index:6", "int64"),
        }
    ],
    "biaffine_arcs": [
        {"head": (3, 19, 13), "child": (3, 18, 13), "weight": ((13, 13), _SMALL), "bias": ((13,), _UNIT)}
    ],
    "spanning_tree_marginals": [{"score": (7, 9, 9), "root": ((7, 9), "range:-1:2")}],
}

_VISION: Mapping[str, Sequence[Sample]] = {
    "neighbourhood_attention": [qkv(2, 9, 7, 8, bias=((9,), _UNIT))],
    "lambda_layer": [{"q": (2, 23, 6), "k": (2, 27, 6), "v": ((2, 27, 9), _UNIT), "place": (23, 27, 6)}],
    "octave_convolution": [{"high": (2, 5, 8, 10), "low": ((2, 5, 4, 5), _UNIT), "weight": ((4, 5, 5, 3, 3), _SMALL)}],
    "energy_attention": [{"x": ((3, 6, 7, 9), "range:-1:2")}],
    "modulated_convolution": [{"x": (3, 6, 7, 9), "style": ((3, 6), _SMALL), "weight": (5, 6, 3, 3)}],
    "map_conditioned_norm": [
        {
            **{"x": (2, 6, 8, 9), "layout": ((2, 4, 4, 5), "unit"), "shared": ((7, 4, 3, 3), _UNIT)},
            "both": ((12, 7, 3, 3), "range:-0.2:0.2"),
        }
    ],
    "gradient_similarity": [shaped((3, 1, 13, 14), x="unit", y="unit")],
    "census_distance": [shaped((3, 1, 12, 13), x="unit", y=_UNIT)],
    "depth_reprojection": [
        {
            **{"image": (2, 3, 9, 11), "depth": ((2, 1, 9, 11), "range:1:4"), "turn": ((2, 3), "range:-0.1:0.1")},
            "shift": ((2, 3), _SMALL),
        }
    ],
    "adaptive_depth_bins": [{"width": (2, 13), "logits": ((2, 13, 9, 10), "range:-2:3")}],
    "lovasz_loss": [{"logits": ((13, 46), "range:-2:2"), "label": ((13, 46), "literal:1,0,0,1,0,1,0")}],
    "soft_skeleton": [{"x": ((3, 1, 14, 13), "unit")}],
    "mean_field_step": [{"unary": (2, 5, 9, 11), "image": ((2, 3, 9, 11), "unit"), "mix": ((5, 5), _UNIT)}],
    "thin_plate_warp": [
        {"point": ((69, 2), _UNIT), "control": ((13, 2), "range:-1.2:1.2"), "target": ((13, 2), _UNIT)}
    ],
    "corner_homography": [{"source": ((38, 4, 2), "literal:0,0,1,0,1,1,0,1"), "moved": ((38, 4, 2), "range:-0.2:0.2")}],
    "oriented_gradients": [{"x": ((3, 1, 16, 20), "range:0:2")}],
    "gabor_energy": [{"x": (2, 1, 11, 13), "width": ((4,), "range:1:2.5"), "wave": ((4,), "range:3:6")}],
    "anisotropic_diffusion": [{"x": ((3, 2, 11, 13), "range:0:1")}],
    "richardson_lucy": [{"x": ((3, 1, 13, 11), "range:0.1:1"), "kernel": ((5, 5), "range:0.2:1")}],
    "wiener_deconvolution": [{"x": ((3, 2, 13, 14), "unit"), "kernel": ((3, 5), "range:0.1:1")}],
    "exposure_fusion": [{"x": ((2, 4, 3, 9, 11), "range:0.1:0.9")}],
    "event_voxels": [
        {"time": ((430,), "unit"), "sign": ((430,), "range:0.3:1"), "pixel": ((430,), "index:48", "int64")}
    ],
    "lifted_features": [
        {
            **{"depth": ((2, 6, 38), "range:-2:2"), "context": (2, 9, 38)},
            "cell": ((228,), "index:40", "int64"),
        }
    ],
    "kernel_point_convolution": [
        {"x": (43, 9), "place": ((43, 3), _UNIT), "kernel": ((7, 3), "range:-0.6:0.6"), "weight": ((7, 9, 13), _SMALL)}
    ],
    "vector_attention": [
        {
            **{"x": (23, 13), "place": ((23, 3), _UNIT), "project": ((13, 39), _SMALL)},
            **{"position": ((3, 13), _UNIT), "mix": ((13, 13), _SMALL)},
        }
    ],
    "slot_attention": [{"slot": (3, 5, 13), "x": (3, 37, 13), "wi": ((13, 39), _SMALL), "wh": ((13, 39), _SMALL)}],
    "generalised_mean_pooling": [{"x": ((13, 18, 5, 7), "range:-0.5:2"), "power": ((18,), "range:1.5:4")}],
    "filter_response_norm": [
        {
            **{"x": ((3, 7, 8, 9), "range:-1:2"), "scale": ((7,), "range:0.5:1.5")},
            **{"shift": ((7,), _SMALL), "floor": ((7,), "range:-0.6:0")},
        }
    ],
    "reparameterised_convolution": [
        {
            **{"x": (2, 7, 8, 11), "wide": ((7, 7, 3, 3), "range:-0.2:0.2"), "point": ((7, 7, 1, 1), _SMALL)},
            **{"gain": ((3, 7), "range:0.4:1.5"), "spread": ((3, 7), "range:0.3:2")},
        }
    ],
    "simple_gate_block": [
        {
            **{"x": (2, 6, 7, 9), "expand": ((14, 6, 1, 1), _SMALL), "depth": ((14, 1, 3, 3), "range:-0.4:0.6")},
            **{"mix": ((7, 7, 1, 1), _UNIT), "project": ((6, 7, 1, 1), _UNIT)},
        }
    ],
    "large_kernel_gate": [
        {
            **{"x": (2, 5, 9, 13), "near": ((5, 1, 5, 5), _SMALL), "far": ((5, 1, 5, 5), _SMALL)},
            "point": ((5, 5, 1, 1), _UNIT),
        }
    ],
    "colour_table": [{"x": ((2, 3, 11, 9), "unit"), "table": ((2, 3, 5, 5, 5), "unit")}],
    "multistep_noise": [
        {
            **{"noise": (4, 19, 27), "x": (19, 27)},
            **{"now": ((19,), "range:0.2:0.5"), "then": ((19,), "range:0.5:0.9")},
        }
    ],
    "zero_star_guidance": [shaped((4, 3, 7, 9), conditional="normal", plain=_UNIT)],
    "zero_terminal_schedule": [{"beta": ((13, 27), "range:0.02:0.2")}],
    "posterior_sampling_step": [
        {"x": (27, 18), "score": ((27, 18), _UNIT), "blur": ((18, 13), _SMALL), "seen": ((27, 13), _UNIT)}
    ],
    "categorical_posterior": [
        {
            **{"logits": ((13, 9, 11), "range:-2:2"), "token": ((13, 9), "index:11", "int64")},
            "keep": ((13, 2), "range:0.3:0.95"),
        }
    ],
}

_SOUND: Mapping[str, Sequence[Sample]] = {
    "gammatone_bank": [{"x": ((4, 58), _UNIT), "centre": ((7,), "range:0.3:3")}],
    "spectral_subtraction": [{"spectrum": ((3, 13, 27), "range:0:3"), "noise": ((3, 13, 18), "range:0:0.8")}],
    "state_variable_filter": [
        {"x": ((11, 18), _UNIT), "cutoff": ((11,), "range:0.1:1"), "damp": ((11,), "range:0.4:2")}
    ],
    "gaussian_window_attention": [
        {
            **{"step": ((3, 14, 4), "range:-2:1"), "width": ((3, 14, 4), "range:0.6:2.5")},
            **{"weight": (3, 14, 4), "memory": ((3, 19, 9), _UNIT)},
        }
    ],
    "gaussian_upsampling": [{"x": (3, 11, 13), "duration": ((3, 11), "range:1:4"), "width": ((3, 11), "range:0.5:2")}],
    "assigned_separation_loss": [shaped((38, 2, 27), made="normal", wanted=_UNIT)],
    "band_pass_layer": [{"x": ((3, 46), _UNIT), "low": ((7,), "range:0.02:0.25"), "band": ((7,), "range:0.05:0.2")}],
    "minimum_phase": [{"magnitude": ((7, 19), "range:0.3:2")}],
}

_SYSTEMS: Mapping[str, Sequence[Sample]] = {
    "attentional_pairs": [
        {"x": ((27, 7, 9), _UNIT), "weight": ((9, 6), _UNIT), "score": ((6,), _UNIT), "out": ((9, 5), _UNIT)}
    ],
    "attention_gated_recurrence": [
        {"x": (13, 7, 9), "goal": (13, 9), "wi": ((9, 27), "range:-0.5:0.5"), "wh": ((9, 27), _SMALL)}
    ],
    "plackett_luce_loss": [{"score": ((27, 18), "range:-2:3")}],
    "relaxed_order": [{"score": ((7, 13), "range:-2:2")}],
    "linear_bandit": [{"design": (13, 27, 7), "reward": ((13, 27), "unit"), "arm": ((13, 9, 7), _UNIT)}],
    "initial_residual_layer": [
        {"x": (27, 14), "first": (27, 14), "near": ((27, 27), "range:0:0.3"), "weight": ((14, 14), "range:-0.4:0.4")}
    ],
    "quaternion_triples": [{"head": (27, 12), "relation": (27, 12), "tail": ((35, 12), _UNIT)}],
    "box_entailment": [{"low": ((19, 6), _UNIT), "side": ((19, 6), "range:-0.5:2")}],
    "katz_centrality": [{"near": ((7, 13, 13), "range:0:0.4")}],
    "soft_modularity": [{"near": ((5, 19, 19), "unit"), "assign": ((5, 19, 4), "range:-2:2")}],
    "cosine_quantiles": [
        {
            **{"state": (13, 18), "fraction": ((13, 9), "unit")},
            **{"embed": ((11, 18), _SMALL), "head": ((18, 5), _SMALL)},
        }
    ],
    "squeezed_target": [shaped((23, 19), reward=_UNIT, following="range:-3:4")],
    "particle_estimate": [
        {"particle": ((19, 46, 2), "range:-2:2"), "seen": ((19, 4), "range:2:4"), "spread": ((19,), "range:0.5:1.5")}
    ],
    "link_transforms": [{"angle": ((23, 5), "range:-3:3"), "link": ((5, 3), "range:-1.2:1.2")}],
    "cart_pole_rollout": [{"state": ((23, 4), _UNIT), "gain": ((4,), _UNIT)}],
}

_SCIENCE: Mapping[str, Sequence[Sample]] = {
    "three_body_energy": [{"place": ((6, 11, 3), "range:-2:2")}],
    "langevin_steps": [{**shaped((13, 9), place="range:-1.5:1.5", speed="normal"), "noise": (5, 13, 9)}],
    "vorticity_step": [{"w": (3, 12, 14)}],
    "weighted_reconstruction": [{"u": ((9, 37), "range:0:3")}],
    "gas_flux_step": [shaped((7, 27), density="range:0.5:2", speed=_UNIT, pressure="range:0.5:2")],
    "back_traced_smoke": [{"smoke": ((2, 3, 9, 11), "unit"), "flow": (2, 2, 9, 11)}],
    "squid_axon": [
        shaped((46,), voltage="range:-1:1", m="range:0.1:0.9", h="range:0.2:0.8", n="range:0.2:0.7", current=_UNIT)
    ],
    "pruned_tree_likelihood": [{"length": ((6,), "range:0.05:0.6"), "base": ((4, 58), "index:4", "int64")}],
    "thin_film_reflectance": [
        {"index": ((9, 3), "range:1.3:2.4"), "thick": ((9, 3), "range:0.1:0.3"), "wave": ((23,), "range:0.4:0.8")}
    ],
    "comoving_distance": [shaped((13,), matter="range:0.2:0.4", state="range:-1.2:-0.8")],
    "powder_scattering": [
        {"place": ((19, 3), "range:-2:2"), "strength": ((19,), "range:1:8"), "q": ((37,), "range:0.1:6")}
    ],
    "plastic_return": [{"strain": ((37, 3, 3), "range:-0.5:0.5"), "hardening": ((37,), "range:0.1:1")}],
    "chain_bands": [{"hop": ((9, 5), "range:0.5:1.5"), "onsite": ((9, 5), _UNIT)}],
    "option_greeks": [
        shaped((46,), spot="range:0.8:1.2", strike="range:0.8:1.2", vol="range:0.2:0.6", time="range:0.3:2")
    ],
    "implied_volatility": [shaped((69,), price="range:0.2:0.4", forward="range:0.9:1.1")],
    "jump_diffusion_call": [shaped((58,), spot="range:0.8:1.3", vol="range:0.2:0.6", rate="range:0.2:2")],
    "self_exciting_likelihood": [
        {
            "gap": ((19, 14), "range:0.05:1.5"),
            **shaped((19,), base="range:0.3:1", jump="range:0.2:0.8", fade="range:0.8:2"),
        }
    ],
    "skew_normal_log_density": [
        shaped((23, 19), x="range:-2:2", place=_UNIT, scale="range:0.5:2", skew="range:-1.5:2")
    ],
    "local_regression": [{"at": ((46,), _UNIT), "x": ((58,), "range:-1.3:1.3"), "y": ((58,), "range:-1:2")}],
    "distance_covariance": [{"x": (46, 3), "y": ((46, 5), _UNIT)}],
    "stein_step": [{"x": ((37, 5), "range:-2:2"), "mean": ((5,), _UNIT)}],
    "logistic_leapfrog": [
        {
            **{"place": ((13, 6), _UNIT), "momentum": (13, 6), "x": (27, 6)},
            "y": ((27,), "literal:1,0,0,1,1,0,1"),
        }
    ],
    "smoothed_level": [
        {"x": ((13, 37), "range:-1:3"), "drift": ((1,), "range:0.1:0.3"), "noise": ((1,), "range:0.4:1")}
    ],
    "neighbour_embedding_slope": [{"y": (37, 2), "x": ((37, 7), _UNIT)}],
    "non_negative_factors": [
        {"x": ((18, 23), "range:0.1:2"), "w": ((18, 4), "range:0.2:1"), "h": ((4, 23), "range:0.2:1")}
    ],
    "soft_tree": [{"x": (38, 9), "split": ((9, 7), _UNIT), "bias": ((7,), _UNIT), "leaf": ((8, 6), "range:-2:2")}],
    "coding_rate_reduction": [{"x": (9, 27, 5), "member": ((9, 27, 4), "range:-3:3")}],
    "spline_flow": [
        {
            "x": ((27, 9), "range:-1.9:1.9"),
            **shaped((27, 9, 6), width=_UNIT, height=_UNIT),
            "slope": ((27, 9, 7), _UNIT),
        }
    ],
}

_REST: Mapping[str, Sequence[Sample]] = {
    "mixed_history": [shaped((9, 4, 19), x="normal", g=_UNIT)],
    "factored_curvature_step": [{"x": (58, 13), "slope": ((58, 9), _UNIT)}],
    "believing_step": [shaped((19, 27), p="normal", g="normal", m=_UNIT, s="range:0.02:1")],
    "split_lasso": [{"a": ((9, 19, 7), _UNIT), "b": (9, 19)}],
    "evolved_covariance": [{"cov": ((7, 6, 6), "spd"), "path": ((7, 6), _UNIT), "step": (7, 12, 6)}],
    "ray_triangles": [{"origin": ((19, 3), _UNIT), "ray": (19, 3), "triangle": ((9, 3, 3), "range:-2:2")}],
    "soft_silhouette": [{"vertex": ((13, 2), _UNIT), "face": ((18, 3), "index:13", "int64")}],
    "rational_curve": [
        {"t": ((58,), "range:0:0.99"), "control": ((9, 3), "range:-2:2"), "weight": ((9,), "range:0.5:2")}
    ],
    "integrated_encoding": [{"mean": ((27, 3), "range:-2:2"), "var": ((27, 3), "range:0:0.1")}],
    "ray_distortion": [{"weight": ((19, 14), "unit"), "edge": ((19, 15), "range:0.02:0.3")}],
    "surface_opacity": [{"distance": ((27, 14), _UNIT), "sharp": ((27,), "range:1:5")}],
    "gradient_noise": [{"point": ((69, 2), "range:0:3"), "slope": (7, 7, 2)}],
    "lapped_transform": [{"x": ((7, 72), _UNIT)}],
    "kaiser_low_pass": [
        {"x": ((13, 47), "range:-1:2"), "cutoff": ((13,), "range:0.2:0.7"), "beta": ((13,), "range:1:5")}
    ],
    "lifted_wavelet": [{"x": ((13, 38), "range:-2:3")}],
    "delay_by_phase": [shaped((9, 27), x="normal", y=_UNIT)],
    "uneven_periodogram": [
        {"time": ((7, 27), "range:0:9"), "x": ((7, 27), "range:-1:2"), "frequency": ((19,), "range:0.4:4")}
    ],
    "parity_messages": [{"belief": ((58, 6), "range:-4:4")}],
    "soft_bits": [{**shaped((13, 18), real=_UNIT, imag=_UNIT), "noise": ((13,), "range:0.1:0.5")}],
    "phase_locked_loop": [{"x": ((11, 23), _UNIT), "tune": ((11,), "range:0.2:0.8")}],
    "spectral_operator": [
        {"x": (3, 5, 26), "real": ((5, 6, 7), _SMALL), "imag": ((5, 6, 7), _SMALL), "skip": ((5, 6), _SMALL)}
    ],
    "liquid_cell": [
        {
            **{"x": (9, 5, 6), "wi": ((6, 11), _UNIT), "wh": ((11, 11), _SMALL)},
            **{"pace": ((11,), "range:0.2:1.5"), "bias": ((11,), _UNIT)},
        }
    ],
}
