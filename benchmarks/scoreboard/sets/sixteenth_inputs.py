"""Inputs of the sixteenth set's functions of training, of motion, and of the sciences.

See sixteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.scoreboard.sets.composing import Sample
from benchmarks.scoreboard.sets.eighth import shaped

_UNIT, _HALF, _THIRD = "range:-1:1", "range:-0.5:0.5", "range:-0.3:0.3"
_SMALL = "range:-0.1:0.1"
LEARN: Mapping[str, Sequence[Sample]] = {
    "biased_matrix_factors": [
        {
            **{"user": ((127,), "index:31", "int64"), "item": ((127,), "index:33", "int64")},
            **{"p": ((31, 9), _HALF), "q": ((33, 9), _HALF), "b": ((31,), _HALF), "c": ((33,), _HALF)},
        }
    ],
    "poisson_factor_round": [
        {
            "count": ((17, 31), "literal:0,0,1,0,3,0,0,7,2,0,1"),
            **{"user": ((17, 5), "range:0.1:2"), "item": ((31, 5), "range:0.1:2")},
        }
    ],
    "time_decayed_session": [
        {"x": (7, 15, 17), "age": ((7, 15), "range:0:9"), "rate": ((17,), "range:-2:1"), "item": (33, 17)}
    ],
    "cross_stitch_towers": [{"x": (31, 9), "stitch": ((3, 2, 2), "range:0:1"), "weight": ((3, 2, 9, 9), _HALF)}],
    "logarithmic_interactions": [
        {"x": ((17, 5, 7), "range:0.05:3"), "order": ((5, 3), _UNIT), "weight": ((21, 9), _THIRD)}
    ],
    "pooled_bi_interaction": [{"x": (31, 7, 15), "weight": ((15, 17), _HALF), "out": ((17, 3), _UNIT)}],
    "gated_cross_layers": [{"x": (17, 15), "cross": ((3, 15, 15), _THIRD), "gate": ((3, 15, 15), _HALF)}],
    "collaborative_metric_hinge": [{"user": (31, 7), "item": ((31, 7), _UNIT), "wrong": ((31, 5, 7), _UNIT)}],
    "ftrl_step": [shaped((17, 33), w=_HALF, g=_SMALL, z=_UNIT, n="range:0.001:2")],
    "rowwise_adagrad_step": [
        {
            **{"w": ((15, 9), _UNIT), "g": ((33, 9), _SMALL), "s": ((15,), "range:0.0001:0.05")},
            "row": ((33,), "index:15", "int64"),
        }
    ],
    "quasi_hyperbolic_step": [shaped((31, 17), w=_HALF, g=_SMALL, m=_SMALL, s="range:0.0001:0.02")],
    "aggregated_momenta_step": [{**shaped((31, 15), w=_HALF, g=_SMALL), "m": ((4, 31, 15), _UNIT)}],
    "arctangent_adam_step": [shaped((31, 33), w=_HALF, g=_SMALL, m=_SMALL, s="range:0.0001:0.02")],
    "variance_reduced_step": [shaped((17, 31), w=_HALF, g=_SMALL, old=_SMALL, m=_SMALL, s="range:0.0001:0.02")],
    "slow_gradient_filter": [{"g": ((31, 7, 5), "range:-0.1:0.2")}],
    "server_adam_round": [
        {
            **{"w": ((17, 9), _HALF), "client": ((7, 17, 9), _HALF), "size": ((7,), "range:20:400")},
            **shaped((17, 9), m=_SMALL, s="range:0.0001:0.02"),
        }
    ],
    "geometric_median_rounds": [{"x": (17, 31, 3)}],
    "symmetric_cross_entropy_loss": [{"x": ((65, 9), "range:-3:4"), "label": ((65,), "index:9", "int64")}],
    "taylor_cross_entropy": [{"x": ((127, 7), "range:-4:4"), "label": ((127,), "index:7", "int64")}],
    "general_robust_loss": [
        {
            **shaped((17, 31), x="normal", y="normal"),
            **shaped((31,), shape="literal:1,-2,0.5,1.5,-0.75", scale="positive"),
        }
    ],
    "log_dice_loss": [{"x": ((3, 5, 9, 7), "range:-2:3"), "label": ((3, 9, 7), "index:5", "int64")}],
    "gradient_difference_loss": [shaped((7, 3, 9, 11), x="unit", y="unit")],
    "swapped_assignment_loss": [{**shaped((17, 9), x="normal", y="normal"), "prototype": (7, 9)}],
    "angular_triplet_loss": [{**shaped((31, 17), x="normal", y="normal"), "z": ((31, 17), _UNIT)}],
    "class_centre_loss": [{"x": (65, 9), "centre": ((7, 9), _UNIT), "label": ((65,), "index:7", "int64")}],
    "jensen_shannon_bound": [{"x": (31, 9), "y": (31, 13), "weight": ((9, 13), _THIRD)}],
    "ranked_trajectories_loss": [{"reward": ((33, 2, 17), _UNIT), "order": ((33,), "literal:1,-1,-1,1,1")}],
    "temperature_tuning_loss": [
        {**shaped((63, 7), log="range:-5:2", logit="range:-3:3"), "heat": ((63,), "range:-2:0.5")}
    ],
    "logistic_mixture_pixels": [
        {
            "x": ((31, 17), _UNIT),
            **shaped((31, 17, 3), weight=_UNIT, mean=_UNIT, log_scale="range:-2.5:0.5"),
        }
    ],
    "continuous_bernoulli_loss": [shaped((17, 63), x="unit", logit="range:-5:5")],
    "concrete_log_density": [shaped((65, 7), x="range:-3:3", logit="range:-2:2")],
    "matrix_normal_log_density": [{"x": (7, 9, 5), "row": ((7, 9, 9), "spd"), "column": ((7, 5, 5), "spd")}],
    "normals_transport_distance": [
        {**shaped((9, 5), mean="normal", other="normal"), **shaped((9, 5, 5), cov="spd", second="spd")}
    ],
    "radial_flow": [
        {"x": (63, 7), "centre": ((7,), _UNIT), "reach": ((1,), "literal:0.4"), "push": ((63, 1), "normal")}
    ],
    "annealed_importance": [
        {
            **shaped((7, 31, 9), energy="range:0:6", start="range:0:4"),
            "beta": ((10,), "literal:0,0.05,0.1,0.2,0.3,0.45,0.6,0.75,0.9,1"),
        }
    ],
    "kurtosis_penalty": [{"w": (17, 9, 7)}],
    "noisy_quantised_weights": [{"x": (31, 65), "w": ((17, 65), _THIRD), "u": ((17, 65), "unit")}],
    "clipped_activation_linear": [
        {"x": ((33, 31), "range:-2:4"), "top": ((1,), "literal:2.25"), "w": ((15, 31), "range:-2:2")}
    ],
}
MOTION: Mapping[str, Sequence[Sample]] = {
    "square_root_measurement": [
        {"root": ((9, 5, 5), "dominant"), "seen": ((9, 3, 5), _UNIT), "noise": ((9, 3), "range:0.3:2")}
    ],
    "iterated_range_update": [
        {
            **{"x": ((17, 3), _UNIT), "cov": ((17, 3, 3), "spd"), "station": ((5, 3), "range:3:9")},
            "far": ((17, 5), "range:6:12"),
        }
    ],
    "cubature_moments": [{"mean": ((17, 3), "range:9:15"), "cov": ((17, 3, 3), "spd")}],
    "attitude_error_update": [
        {
            **{"q": ((65, 4), "range:0.2:1"), **shaped((65, 3), seen="normal", known="normal")},
            "gain": ((1,), "literal:0.2"),
        }
    ],
    "interacting_models_mix": [
        {
            **{"x": (9, 3, 4), "cov": ((9, 3, 4, 4), "spd")},
            **{"chance": ((9, 3), _UNIT), "switch": ((3, 3), "literal:3,0,0,0,2.5,0.5,0,0.25,2")},
        }
    ],
    "probabilistic_association": [{"x": (31, 2), "echo": (31, 7, 2), "spread": ((31, 2), "range:0.5:2")}],
    "sylvester_by_kronecker": [{"a": ((7, 7), "dominant"), "b": ((5, 5), "dominant"), "c": (3, 7, 5)}],
    "bounded_integral_control": [
        {"x": ((9,), _UNIT), "target": ((9, 9), "range:-2:2"), "gain": ((9, 3), "range:0.2:1.5")}
    ],
    "model_predictive_step": [{"a": ((9, 4, 4), _HALF), "b": ((9, 4, 2), _UNIT), "x": (9, 4)}],
    "smoothed_sliding_mode": [shaped((129,), x="range:-2:2", v=_UNIT, target=_UNIT)],
    "frequency_response_gain": [
        {"a": ((7, 7), "dominant"), "b": ((7, 3), _UNIT), "c": ((2, 7), _UNIT), "pitch": ((31,), "range:0.1:20")}
    ],
    "reachable_energy": [{"a": ((17, 5, 5), _HALF), "b": ((17, 5, 2), _UNIT)}],
    "planar_manipulability": [{"angle": ((33, 5), "range:-2:2"), "link": ((5,), "range:0.3:1")}],
    "dual_quaternion_blend": [
        {**shaped((5, 4), real="range:0.2:1", dual=_HALF), "weight": ((33, 5), "range:-2:2"), "x": (33, 3)}
    ],
    "wheel_odometry": [shaped((7, 63), left="range:-0.05:0.15", right="range:-0.05:0.15")],
    "path_clearance_cost": [
        {"path": ((9, 17, 2), "range:-2:2"), "middle": ((5, 2), "range:-2:2"), "radius": ((5,), "range:0.3:1")}
    ],
    "contact_force": [shaped((127,), deep="range:-0.2:0.5", speed=_UNIT, slip=_UNIT)],
    "circumcircle": [{"p": ((65, 3, 2), "range:-3:3")}],
    "segment_distances": [{"x": (31, 3), **shaped((17, 3), start="normal", end="range:-3:3")}],
    "superquadric_field": [
        {"x": ((65, 3), "range:-2:2"), "size": ((3,), "range:0.5:2"), "shape": ((2,), "literal:0.6,1.3")}
    ],
    "height_field_curvatures": [{"z": ((3, 13, 11), _UNIT)}],
    "catmull_rom_curve": [{"point": (17, 4, 3), "t": ((17,), "unit")}],
    "moving_least_squares": [
        {"x": ((17, 2), _UNIT), "place": ((33, 2), "range:-1.5:1.5"), "value": ((33, 1), "range:-2:5")}
    ],
    "refracted_rays": [{**shaped((65, 3), ray="normal", normal="normal"), "ratio": ((65,), "range:0.6:1.1")}],
    "slab_hits": [
        {**shaped((33, 3), origin="range:-3:-1", ray="range:0.3:1"), **shaped((7, 3), low="range:-0.5:0", high="unit")}
    ],
    "scattered_march": [
        {
            **shaped((17, 31), density="range:0:2", light="unit"),
            **{"cosine": ((17,), _UNIT), "bias": ((1,), "literal:0.6")},
        }
    ],
    "gaussian_lobe_light": [
        {
            **{"axis": (17, 7, 3), "sharp": ((17, 7), "range:0.5:9")},
            **{"size": ((17, 7), "unit"), "normal": (17, 3)},
        }
    ],
    "half_vector_highlight": [
        {
            **shaped((63, 3), normal="range:0.2:1", light="range:-0.2:1", eye="range:-0.2:1"),
            "shine": ((63,), "range:2:40"),
        }
    ],
    "panorama_lookup": [{"picture": ((1, 3, 9, 17), "unit"), "ray": (1, 7, 9, 3)}],
    "hearing_bands": [{"power": ((17, 65), "range:0.01:5"), "band": ((15,), "range:1:14")}],
    "band_trajectory_filter": [{"x": ((7, 33), "range:0.1:20")}],
    "mid_side_companded": [{**shaped((9, 33), left="normal", right="normal"), "step": ((33,), "range:-9:9")}],
    "adaptive_difference_decoded": [{"code": ((9, 9), "literal:0,2,-1,3,1,-2,0,-3,1,2,-1"), "start": ((9,), _HALF)}],
    "mirrored_band_split": [
        {"x": ((7, 65), _UNIT), "tap": ((8,), "literal:0.01,-0.07,0.07,0.49,0.49,0.07,-0.07,0.01")}
    ],
    "voice_irregularity": [shaped((31, 33), period="range:4:9", peak="range:0.3:1")],
    "normalised_lag_correlation": [{"x": (9, 83)}],
    "alternating_lasso_rounds": [{"a": ((7, 15, 31), _THIRD), "y": (7, 15, 1)}],
    "reweighted_recovery": [{"a": ((5, 9, 17), _UNIT), "y": (5, 9, 1)}],
}
SCIENCE: Mapping[str, Sequence[Sample]] = {
    "motif_log_odds": [{"base": ((3, 65), "index:4", "int64"), "weight": ((7, 4, 9), "range:-2:2")}],
    "aligned_pair_likelihood": [{"match": ((7, 3, 3), "range:-3:0"), "skip": ((7,), "range:-4:-2")}],
    "rate_mixture_likelihood": [
        {
            "same": ((9, 31), "literal:1,1,0,1,1,1,0"),
            **{"length": ((9,), "range:0.05:1"), "rate": ((4,), "range:0.2:2.5")},
        }
    ],
    "linkage_disequilibrium": [{"x": ((63, 7), "literal:0,1,2,0,0,1,1,2,0,1,0,0,2")}],
    "genotype_posteriors": [
        {
            **{"quality": ((31, 7), "range:8:35"), "other": ((31, 7), "literal:0,1,0,0,1")},
            "share": ((31,), "range:0.05:0.6"),
        }
    ],
    "genomic_kinship": [{"x": ((17, 65), "literal:0,1,2,0,0,1,1,2,0,1,0,0,2,1")}],
    "coalescent_log_density": [{"wait": ((31, 7), "range:0.02:0.6"), "size": ((31,), "range:0.5:4")}],
    "expression_size_factors": [{"count": ((7, 65), "range:1:300")}],
    "balanced_contacts": [{"x": ((3, 15, 15), "range:0.05:3")}],
    "grey_atmosphere": [{"depth": ((17, 15), "range:0.02:0.4"), "ground": ((17,), "range:2.4:3.1")}],
    "convective_energy": [
        {**shaped((17, 31), parcel="range:240:300", air="range:240:300"), "height": ((31,), "arange")}
    ],
    "potential_vorticity": [{**shaped((3, 9, 11), u="normal", v=_UNIT), "theta": ((3, 9, 11), "range:1:4")}],
    "sea_surface_fluxes": [shaped((129,), wind="range:2:25", gap="range:-3:5", moist="unit")],
    "carbon_boxes": [{"start": ((7, 4), "range:1:9"), "flow": ((7, 4, 4), "range:-3:1"), "emission": ((7, 4), "unit")}],
    "wet_bulb": [shaped((127,), heat="range:-5:40", moist="range:10:99")],
    "standardised_rain": [{"x": ((9, 33), "range:0.2:20")}],
    "leading_patterns": [{"x": (31, 17), "latitude": ((17,), "range:-1.3:1.3")}],
    "overturning_boxes": [shaped((127,), heat="unit", salt="unit", rain="range:0:1.5")],
    "exponential_repulsion": [{"x": ((5, 9, 3), "range:-3:3"), "charge": ((9,), _UNIT)}],
    "normal_mode_pitches": [{"hessian": ((7, 9, 9), "spd"), "mass": ((7, 3), "range:1:16")}],
    "electron_transfer_rate": [
        {
            **shaped((63,), gain="range:-2:0.5", reorder="range:0.3:1.5"),
            **{"couple": ((63,), "range:0.01:0.1"), "heat": ((1,), "literal:0.0257")},
        }
    ],
    "fugacity_logarithm": [shaped((65,), z="range:0.5:1.2", a="range:0.05:0.6", b="range:0.02:0.1")],
    "stiff_kinetics_step": [{"x": ((33, 3), "unit"), "rate": ((33, 3), "range:0.05:20")}],
    "soft_pair_distribution": [{"x": ((5, 9, 3), "range:-1.5:1.5"), "at": ((15,), "range:0.5:3")}],
    "multistate_free_energies": [{"energy": ((5, 63), "range:0:5"), "start": ((5,), _HALF)}],
    "filled_valleys": [{"x": ((5, 17), "range:-2:2"), "visit": ((5, 15), "range:-2:2")}],
    "work_averages": [{"forth": ((9, 31), "range:-1:5"), "back": ((9, 33), "range:-4:2")}],
    "age_mixed_infection": [
        {
            **shaped((9, 5), well="range:0.6:0.95", ill="range:0.005:0.03"),
            **{"meet": ((5, 5), "range:0.2:3"), "rate": ((9,), "range:0.3:1.5")},
        }
    ],
    "next_generation_number": [{"meet": ((33, 7, 7), "range:0.1:2"), "weak": ((33, 7), "unit")}],
    "renewed_cases": [{"reproduce": ((9, 9), "range:0.7:1.4"), "start": ((9,), "range:5:20"), "delay": ((7,), _UNIT)}],
    "final_outbreak_share": [{"r": ((127,), "range:1.3:6")}],
    "closed_network": [shaped((33, 5), serve="range:0.1:2", visit="range:0.2:3")],
    "open_network": [{"move": ((17, 5, 5), _UNIT), **shaped((17, 5), arrive="range:0.1:2", serve="range:0.5:3")}],
    "birth_death_shares": [{"birth": ((17, 15), "range:0.3:3"), "death": ((17, 15), "range:0.5:3")}],
    "galaxy_brightness": [
        {"r": ((17, 31), "range:0.05:6"), "shape": ((17, 1), "range:0.7:5"), "half": ((17, 1), "range:0.5:2")}
    ],
    "transit_dimming": [shaped((127,), far="range:0.95:1.04", size="range:0.08:0.2")],
    "wobble_curve": [
        {
            "time": ((31,), "range:0:3.2"),
            **shaped((9,), pull="range:2:60", out="range:0.01:0.6", turn="range:-3:3"),
        }
    ],
    "dust_reddening": [{"wave": ((33,), "range:0.35:0.85"), "ratio": ((7,), "range:2.3:5.5")}],
    "roche_potential": [{"x": ((17, 9, 2), "range:-1.5:1.5"), "share": ((17,), "range:0.05:0.5")}],
    "halo_abundance": [{"sigma": ((129,), "range:0.4:4")}],
}
