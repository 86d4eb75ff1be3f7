"""Inputs of the fifteenth set's functions of training, of the world, and of studies.

See fifteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.scoreboard.sets.composing import Sample
from benchmarks.scoreboard.sets.eighth import shaped

_UNIT, _HALF, _THIRD = "range:-1:1", "range:-0.5:0.5", "range:-0.3:0.3"
_BOXES = "literal:0,0,2,3,1,1,4,3,0.5,0,3,2,2,1.5,5,4.5"
_MOVED = "literal:0.25,0.5,2.5,3,1.5,1,4.5,3.5,0.5,0.5,3.25,2.25,3,1,5,4,0,0,1,1.5"
TRAIN: Mapping[str, Sequence[Sample]] = {
    "complete_box_loss": [shaped((20, 4), one=_BOXES, two=_MOVED)],
    "wing_loss": [shaped((20, 10), x="range:0:40", y="range:0:40")],
    "adaptive_wing_loss": [shaped((4, 11, 10), x="range:0:1", y="unit")],
    "keypoint_similarity": [
        {
            **shaped((20, 14, 2), x="range:0:9", y="range:0:9"),
            **{"area": ((20,), "range:20:90"), "width": ((14,), "range:0.2:0.6")},
        }
    ],
    "overlap_and_entropy_loss": [{"x": ((2, 5, 10, 6), "range:-3:3"), "label": ((2, 10, 6), "index:5", "int64")}],
    "clipped_hinge_pair": [shaped((10, 22), real="range:-1:3", fake="range:-3:1")],
    "decoupled_contrast": [shaped((20, 26), x="normal", y="normal")],
    "queue_contrast": [{**shaped((14, 20), x="normal", key="normal"), "queue": ((90, 20), "normal")}],
    "hard_negative_contrast": [shaped((22, 10), x="normal", y="normal")],
    "quality_margin_logits": [{"x": (14, 20), "weight": (20, 26), "label": ((14,), "index:26", "int64")}],
    "n_pair_loss": [shaped((20, 14), x=_UNIT, y=_UNIT)],
    "lifted_structure_loss": [{"x": ((20, 6), _UNIT), "label": ((20,), "index:5", "int64")}],
    "smooth_average_precision": [{"score": ((10, 20), _UNIT), "right": ((10, 20), "literal:0,1,0,0,0,1,0")}],
    "approximate_gain_loss": [{"score": ((11, 14), "range:-2:2"), "grade": ((11, 14), "literal:0,2,1,0,3,0,1,4,0")}],
    "attention_transfer_loss": [{"student": (5, 10, 6, 6), "teacher": ((5, 20, 6, 6), "range:0:2")}],
    "relational_distillation": [{"student": (14, 10), "teacher": ((14, 10), "range:-2:3")}],
    "decoupled_distillation": [
        {**shaped((20, 11), student="range:-3:3", teacher="range:-4:4"), "label": ((20,), "index:11", "int64")}
    ],
    "truncated_power_loss": [{"x": ((26, 10), "range:-3:4"), "label": ((26,), "index:10", "int64")}],
    "mixed_views_consistency": [shaped((20, 14), one="range:-3:3", two="range:-3:3", three="range:-3:3")],
    "prior_adjusted_loss": [
        {"x": ((40, 10), "range:-3:3"), "count": ((10,), "range:2:900"), "label": ((40,), "index:10", "int64")}
    ],
    "adopt_step": [shaped((14, 20), w=_HALF, g="range:-0.1:0.1", m=_UNIT, s="range:0.0001:0.02")],
    "rotated_adam_step": [
        {
            **shaped((10, 6), w=_HALF, g="range:-0.2:0.2", s="range:0.001:0.02"),
            **{"left": ((10, 10), "dominant"), "right": ((6, 6), "dominant")},
        }
    ],
    "distance_estimate_step": [shaped((10, 40), w=_HALF, start=_HALF, g="range:-0.1:0.1", s="range:0.001:0.1")],
    "blockwise_second_moment": [shaped((20, 26), w=_HALF, m="range:-0.05:0.05", g="range:-0.1:0.1")],
    "centralised_gradient_step": [shaped((6, 5, 3, 3), w=_HALF, g="range:-0.1:0.2", m=_THIRD)],
    "cautious_step": [shaped((22, 26), w=_HALF, m=_UNIT, g=_UNIT)],
    "privately_clipped_mean": [{"g": ((20, 6, 10), _HALF), "noise": (6, 10)}],
    "elastic_weight_penalty": [{"w": (10, 20), "old": (10, 20), "grad": ((14, 10, 20), _THIRD)}],
    "trimmed_task_merge": [{"base": ((100,), _HALF), "tuned": ((4, 100), _HALF)}],
    "surgeon_update": [{"w": ((10, 14), _HALF), "x": (50, 14)}],
    "wide_clip_policy_loss": [
        {
            **shaped((10, 22), now="range:-2.5:-0.1", old="range:-2.5:-0.1"),
            **{"gain": ((10,), "literal:1,0,0,1,1"), "mask": ((10, 22), "literal:1,1,1,1,0")},
        }
    ],
    "low_variance_kl": [shaped((14, 26), now="range:-4:-0.1", old="range:-4:-0.1")],
    "anchored_preference_loss": [shaped((90,), good="range:-6:9", bad="range:-9:6")],
    "self_play_loss": [shaped((90,), log="range:-30:-10", old="range:-30:-10", win="unit")],
    "centred_reward_loss": [shaped((80,), good="range:-3:5", bad="range:-5:3", margin="range:0:1")],
    "clipped_value_loss": [shaped((14, 22), value=_UNIT, old=_UNIT, target="range:-2:2")],
    "advantage_weighted_loss": [shaped((14, 20), log="range:-3:-0.1", gain=_UNIT, value=_HALF)],
    "forward_model_curiosity": [
        {
            **{"x": (20, 10), "action": ((20, 4), "literal:0,1,0,0,0,0,0,1,1,0,0,0"), "after": (20, 10)},
            "weight": ((14, 6), _HALF),
        }
    ],
    "cosine_contrastive_loss": [{"user": (20, 10), "item": (20, 10), "wrong": ((20, 11, 10), "range:-1:2")}],
    "mixed_feature_tokens": [{"x": (10, 4, 20), "up": ((4, 20, 22), _THIRD), "down": ((4, 22, 20), _THIRD)}],
    "stacked_factor_block": [{"x": (14, 6, 10), "mix": ((6, 3), _HALF), "weight": ((18, 40), _THIRD)}],
    "self_attentive_fields": [{"x": (14, 6, 10), "weight": ((4, 3, 10, 5), _HALF)}],
}
WORLD: Mapping[str, Sequence[Sample]] = {
    "teager_energy": [{"x": ((5, 101), _UNIT)}],
    "single_bin_power": [{"x": ((5, 20), _UNIT), "pitch": ((6,), "range:0.3:2.8")}],
    "forward_backward_filter": [{"x": (10, 11), "keep": ((10,), "range:0.3:0.9")}],
    "cubic_fractional_delay": [{"x": (10, 53), "late": ((10,), "unit")}],
    "sine_taper_spectrum": [{"x": (5, 100)}],
    "magnitude_coherence": [shaped((6, 80), x="normal", y="normal")],
    "instantaneous_frequency": [{"x": (10, 51)}],
    "phase_correlation": [shaped((4, 10, 12), one="normal", two="normal")],
    "oriented_coherence": [{"x": ((2, 13, 14), "range:0:2")}],
    "region_level_set": [{"phi": ((2, 11, 12), "range:-2:2"), "x": ((2, 11, 12), "unit")}],
    "convection_rolls": [{"x": ((26, 3), "range:1:20")}],
    "excitable_cell": [shaped((22,), v=_UNIT, w=_HALF, drive="range:0:1")],
    "flame_front": [{"u": ((6, 32), _UNIT)}],
    "collapsing_bubble": [shaped((26,), radius="range:0.8:1.5", speed=_THIRD, pressure="range:0.5:2")],
    "ionised_share": [shaped((53,), heat="range:5:20", density="range:20:36")],
    "pseudo_voigt_lines": [
        {
            "x": ((51,), "range:-5:5"),
            **shaped((6,), centre="range:-4:4", wide="range:0.3:2", share="unit", area="range:0.5:3"),
        }
    ],
    "scattered_photons": [{"energy": ((20, 1), "range:0.05:6"), "angle": ((14,), "range:0.05:3.1")}],
    "lensed_images": [{"source": ((51,), "range:0.05:2.5")}],
    "flattened_planet_pull": [{"x": ((40, 3), "range:0.7:2")}],
    "orbit_elements": [{"x": ((26, 3), "range:0.5:1.2"), "v": ((26, 3), _HALF)}],
    "bubble_point": [
        {
            "share": ((20, 3), "range:0.1:1"),
            **shaped((3,), a="range:6.8:7.2", b="range:1150:1300", c="range:215:230"),
        }
    ],
    "local_composition_activity": [{"x": ((20, 4), "range:0.05:1"), "bond": ((4, 4), _UNIT)}],
    "competing_adsorption": [
        {"pressure": ((22, 4), "range:0:5"), **shaped((4,), bind="range:0.1:2", room="range:1:4")}
    ],
    "silicon_energy": [{"x": ((6, 10, 3), "range:-1.5:1.5")}],
    "gyration_figures": [{"x": (14, 20, 3)}],
    "rational_spline": [{"point": (10, 4, 3), "weight": ((10, 4), "range:0.4:2"), "t": ((10, 11), "unit")}],
    "triangulated_points": [{"view": (14, 4, 3, 4), "seen": ((14, 4, 2), _UNIT)}],
    "fisheye_projection": [{"x": ((40, 3), "range:0.2:2"), "bend": ((4,), "range:-0.05:0.05")}],
    "occupancy_update": [{"log": ((14, 22), _UNIT), "far": ((14,), "range:0.5:4"), "at": ((22,), "range:0:5")}],
    "fused_signed_distance": [
        {
            **{"old": ((20, 11), _UNIT), "weight": ((20, 11), "literal:0,1,2,0,4")},
            **{"depth": ((4, 20), "range:1:3"), "at": ((11,), "range:0.5:3.5")},
        }
    ],
    "front_axle_steering": [shaped((40,), place="range:-2:2", turn=_HALF, speed="range:1:9")],
}
FIGURE: Mapping[str, Sequence[Sample]] = {
    "unequal_variance_test": [{"x": ((10, 20), "range:-1:3"), "y": ((10, 14), "range:-2:2")}],
    "variance_ratio": [{"x": ((14, 5, 11), "range:-2:3")}],
    "partial_correlations": [{"x": (6, 40, 5)}],
    "kernel_density_curve": [{"x": (5, 40), "at": ((5, 14), "range:-2:2")}],
    "count_regression": [{"x": ((10, 26, 3), _UNIT), "y": ((10, 26), "literal:0,2,1,0,5,3,1")}],
    "nested_choice_shares": [{"worth": ((14, 4, 5), "range:-2:3"), "alike": ((4,), "range:0.3:1")}],
    "market_share_inversion": [{"share": ((6, 10), "range:0.02:0.09"), "noise": (6, 20, 10)}],
    "normal_copula_log_density": [{"u": ((40, 2), "range:0.03:0.97"), "r": ((40,), "range:-0.8:0.8")}],
    "frank_copula": [shaped((51,), u="range:0.05:0.95", v="range:0.05:0.95", t="range:0.5:9")],
    "factor_model_round": [{"cov": ((5, 6, 6), "spd"), "load": ((5, 6, 2), _UNIT), "own": ((5, 6), "range:0.5:2")}],
    "inverse_propensity_effect": [
        {"y": ((11, 40), "range:-2:5"), "treated": ((11, 40), "literal:1,0,0,1,0"), "score": ((11, 40), "range:-3:2")}
    ],
    "binned_semivariogram": [{"place": ((22, 2), "range:0:3"), "x": (5, 22)}],
    "hill_diversity": [{"count": ((20, 14), "literal:0,3,1,0,12,5,0,40,2,0,1")}],
    "rarefied_species": [{"count": ((20, 11), "literal:3,1,12,5,0,40,2,0,1,9")}],
    "hunters_and_hunted": [
        {**shaped((20,), prey="range:0.5:2", hunter="range:0.5:2"), "rate": ((20, 4), "range:0.5:1")}
    ],
    "age_classes": [
        {"start": ((14, 6), "range:1:9"), "birth": ((14, 6), "range:0:0.9"), "stay": ((6,), "range:0.5:0.95")}
    ],
    "ageing_mortality_loss": [
        {
            **{"time": ((53,), "range:1:40"), "seen": ((53,), "literal:1,1,0")},
            **shaped((53,), base="range:-6:-3", slope="range:0.02:0.12"),
        }
    ],
    "log_logistic_survival": [shaped((51,), time="range:0.1:20", scale="range:2:9", shape="range:0.7:4")],
    "competing_incidence": [{"hazard": ((10, 14, 3), "range:-5:-1")}],
    "moving_average_residuals": [{"x": (14, 20), **shaped((14,), keep="range:-0.8:0.9", blend=_HALF)}],
    "rescaled_range": [{"x": (5, 64)}],
    "detrended_fluctuations": [{"x": (5, 72)}],
    "impulse_responses": [{"a": ((10, 4, 4), "range:-0.4:0.4"), "cov": ((10, 4, 4), "spd")}],
    "intermittent_demand": [{"x": ((20, 8), "literal:0,0,3,0,0,0,7,0,2,0,0")}],
    "return_for_risk": [{"x": ((20, 50), "range:-0.4:0.5")}],
    "jump_robust_variation": [{"x": (14, 53)}],
    "swaption_price": [
        shaped((40,), forward="range:0.01:0.06", strike="range:0.01:0.06", spread="range:0.1:0.8", annuity="range:2:9")
    ],
    "geometric_average_call": [
        {"price": ((26, 1), "range:80:120"), "strike": ((6,), "range:85:115"), "spread": ((26, 1), "range:0.1:0.5")}
    ],
    "migrated_ratings": [{"move": ((10, 6, 6), "range:-2:3"), "loss": ((10, 6), "range:0:0.6")}],
    "growth_optimal_bets": [{"mean": ((14, 5), _HALF), "cov": ((14, 5, 5), "spd")}],
    "cross_section_premia": [{"x": (40, 14), "factor": (40, 3)}],
    "life_annuity": [shaped((40,), rate="range:0.005:0.06", base="range:0.0005:0.01")],
    "chain_ladder_reserve": [{"paid": ((10, 6, 6), "range:1:9")}],
    "aggregate_claims": [{"size": ((14, 5), "range:0.1:2"), "rate": ((14,), "range:0.3:3")}],
    "waiting_chance": [{"load": ((51,), "range:1:7.5")}],
    "unsold_and_missed": [shaped((50,), stock="range:20:60", mean="range:30:50", wide="range:3:12")],
    "inequality_figures": [{"x": ((14, 50), "range:0.2:20")}],
    "industries_output": [{"use": ((10, 6, 6), "range:0.1:2"), "demand": ((10, 6), "range:1:9")}],
}
