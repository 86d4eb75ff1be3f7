"""Inputs of the nineteenth set's functions of losses and figures, of nature and engines, of signals and shapes.

See nineteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.scoreboard.sets.composing import Sample
from benchmarks.scoreboard.sets.eighth import shaped

_UNIT, _HALF, _THIRD = "range:-1:1", "range:-0.5:0.5", "range:-0.3:0.3"
_TURN = "range:-3.1:3.1"
_CHANCE = "range:0.05:0.95"
DESK: Mapping[str, Sequence[Sample]] = {
    "harmonised_gradient_loss": [{"logit": ((50,), "range:-4:4"), "label": ((50,), "literal:1,0,0,1,0")}],
    "active_passive_loss": [{"logit": ((18, 9), "range:-3:3"), "label": ((18,), "index:9", "int64")}],
    "forward_corrected_loss": [
        {"logit": ((18, 6), "normal"), "label": ((18,), "index:6", "int64"), "confusion": ((6, 6), "dominant")}
    ],
    "soft_nearest_neighbour_loss": [{"x": (24, 9), "label": ((24,), "literal:0,1,2,0,1,2", "int64")}],
    "power_overlap_box_loss": [
        {
            "x": ((20, 4), "literal:0.1,0.2,0.7,0.9,0.3,0.1,0.8,0.6,0.05,0.4,0.5,0.95,0.25,0.15,0.66,0.71"),
            "target": (
                (20, 4),
                "literal:0.2,0.1,0.8,0.75,0.15,0.3,0.6,0.9,0.1,0.2,0.7,0.6,0.4,0.35,0.9,0.8,0.2,0.1,0.6,0.7",
            ),
        }
    ],
    "turned_boxes_divergence": [
        {"x": ((25, 5), "range:0.5:2"), "target": ((25, 5), "range:0.6:1.9")},
    ],
    "soft_farthest_distance": [{"x": ((6, 15, 3), _UNIT), "y": ((6, 12, 3), "range:-0.5:1.5")}],
    "weighted_agreement_loss": [{"logit": ((40, 5), "range:-3:3"), "label": ((40,), "index:5", "int64")}],
    "evidential_regression_loss": [
        shaped((11, 21), gamma="normal", nu="range:0.2:3", alpha="range:1.1:5", beta="range:0.2:3", target="offset")
    ],
    "crossing_quantiles_loss": [
        {"x": ((25, 5), _UNIT), "target": ((25,), "normal"), "level": ((5,), "literal:0.1,0.25,0.5,0.75,0.9")}
    ],
    "logistic_score": [shaped((12, 22), mean="normal", scale="range:0.2:3", target="range:-6:6")],
    "neural_sorted_gain_loss": [shaped((7, 14), score="normal", gain="literal:0,3,1,0,2,0,1,4,0")],
    "expected_reciprocal_rank": [{"grade": ((15, 12), "literal:0,2,1,0,3,0,1,0,0,2,1,3,0")}],
    "forecast_score_parts": [{"p": ((300,), "unit"), "hit": ((300,), "literal:1,0,0,1,1,0,0")}],
    "label_cluster_agreement": [{"label": ((70,), "index:5", "int64"), "share": ((70, 6), "range:-4:4")}],
    "precision_recall_area": [{"score": ((9, 31), "normal"), "hit": ((9, 31), "literal:0,1,0,0,1,0,0,0")}],
    "edit_distance_table": [
        {"one": ((9,), "index:5", "int64"), "two": ((14,), "index:5", "int64"), "cost": ((5, 5), "range:0:1.6")}
    ],
    "largest_distribution_gap": [{"x": ((9, 24), "normal"), "y": ((9, 31), "range:-1:2")}],
    "additive_square_step": [shaped((12, 17), weight="normal", slope=_HALF, mean=_UNIT, square="range:0.02:0.5")],
    "rectified_variance_steps": [{"weight": ((6, 11), "wide"), "slope": ((7, 6, 11), "normal")}],
    "power_iterated_step": [{**shaped((14, 11), weight="normal", slope="normal"), "right": ((11, 2), "normal")}],
    "rate_learning_steps": [{"x": (12, 9), "curve": ((12, 9), "range:0.2:1.5"), "rate": ((12, 1), "range:0.05:0.4")}],
    "simplex_conditional_steps": [{"x": (8, 7), "curve": ((8, 7, 7), "spd"), "aim": (8, 7)}],
    "dogleg_step": [{"slope": (18, 6), "curve": ((18, 6, 6), "spd"), "reach": ((18,), "range:0.1:2")}],
    "stabilised_gradient_rounds": [{"matrix": ((6, 12, 12), "dominant"), "aim": ((6, 12), "normal")}],
    "plane_rotation_sweep": [{"x": ((5, 5, 5), "spd")}],
    "serial_correlation_figure": [{"x": ((9, 70), "offset")}],
    "inflated_variances": [{"x": ((6, 30, 5), "offset")}],
    "counts_mixture_round": [
        {"count": ((80,), "literal:0,3,1,7,2,12,5,9,0,4"), "rate": ((3,), "literal:0.8,3.5,9"), "share": ((3,), _UNIT)}
    ],
    "urn_counts_log_mass": [{"count": ((21, 6), "literal:0,2,5,1,0,3,7"), "alpha": ((21, 6), "range:0.3:4")}],
    "fading_amplitude_log_density": [shaped((12, 22), x="range:0.1:3", m="range:0.5:6", omega="range:0.3:4")],
    "correlation_log_density": [{"raw": ((13, 5, 5), "range:-1.2:1.2"), "eta": ((13,), "range:0.6:4")}],
    "bounded_system_log_density": [shaped((12, 22), x="wide", gamma=_UNIT, delta="range:0.4:2.5")],
    "displaced_call": [shaped((70,), forward="range:0.7:1.4", vol="range:0.1:0.6", shift="range:0.05:0.6")],
    "pure_jump_transform": [
        {"pitch": ((21,), "range:0.1:9"), **shaped((7,), theta=_THIRD, sigma="range:0.1:0.4", nu="range:0.1:0.8")}
    ],
    "capped_rate_strip": [
        {"rate": ((9, 16), "range:0.01:0.07"), **shaped((9,), vol="range:0.15:0.5", strike="range:0.02:0.06")}
    ],
    "pool_loss_chances": [
        {**shaped((14,), chance="range:0.02:0.3", load="range:0.2:0.7"), "factor": ((25,), "range:-2.5:2.5")}
    ],
    "log_spread_recursion": [
        {"x": ((9, 9), "normal"), **shaped((9,), omega="range:-0.2:0.1", alpha="range:0.05:0.3", gamma="range:-0.2:0")}
    ],
    "moving_correlation_matrices": [{"x": ((6, 30, 4), "normal")}],
    "internal_rate_rounds": [{"flow": ((20, 9), "range:0.05:0.25"), "price": ((20,), "range:0.8:1.1")}],
}
MATTER: Mapping[str, Sequence[Sample]] = {
    "damped_density_steps": [
        {"density": ((9, 2, 2), "spd"), "energy": ((9, 2, 2), "spd"), "decay": ((9,), "range:0.1:2")}
    ],
    "bipartite_entropies": [{"state": ((9, 6, 8), "normal")}],
    "charged_stopping_power": [shaped((80,), gamma="range:1.2:40", charge="range:1:3")],
    "nuclear_binding": [shaped((80,), mass="range:20:200", charge="range:9:80")],
    "reaction_field_energy": [{"place": ((4, 10, 3), "range:-2:2"), "charge": ((4, 10), _UNIT)}],
    "hill_bias": [{"past": ((9, 5), "range:-1.5:1.5"), "at": ((9, 15), "range:-2:2")}],
    "square_displacements": [{"place": ((3, 30, 7, 3), "normal")}],
    "sixfold_order": [{"place": ((24, 2), "range:-2:2")}],
    "isotope_pattern": [{"share": ((8, 3, 3), "range:-2:3")}],
    "ringing_spectrum": [shaped((5, 3), pitch=_TURN, width="range:0.05:0.3", size="range:0.3:2")],
    "fuel_cell_voltage": [shaped((80,), current="range:0.01:1.8", heat="range:0.3:0.36")],
    "reactor_steps": [{"push": ((11, 12), "range:-0.3:0.3")}],
    "decay_chain_amounts": [
        {"rate": ((30, 4), "literal:0.2,1.1,2.7,0.55,1.6,0.3,0.9,2.2"), "time": ((30,), "range:0.5:4")}
    ],
    "many_ion_potential": [
        {**shaped((50, 3), inside="range:4:150", outside="range:4:150", leak="range:0.05:1")},
    ],
    "spike_timing_change": [
        {
            "before": ((3, 9, 7), "literal:0,1,0,0,0,1,0,0,0,0,1"),
            "after": ((3, 9, 6), "literal:0,0,1,0,0,0,0,1,0,0"),
            "weight": ((3, 7, 6), _CHANCE),
        }
    ],
    "excited_and_inhibited": [{"x": ((9, 8), "unit"), "weight": ((8, 8), "range:-2:4"), "push": ((8,), "range:0:3")}],
    "diverged_distances": [{"letters": ((6, 40, 4), _HALF)}],
    "best_local_alignments": [{"score": ((5, 18, 15), "range:-2:1.5")}],
    "backbone_bond_energy": [
        {**shaped((14, 3), oxygen="range:-2:2", carbon="range:-2:2", nitrogen="range:-2:2", hydrogen="range:-2:2")},
    ],
    "local_distance_agreement": [{"x": ((4, 14, 3), "range:-2:2"), "target": ((4, 14, 3), "range:-2:2")}],
    "frame_aligned_error": [
        {
            **{"turn": (3, 7, 3, 2), "place": ((3, 7, 3), "range:-3:3")},
            **{"true_turn": (3, 7, 3, 2), "true_place": ((3, 7, 3), "range:-3:3")},
        }
    ],
    "strand_melting": [
        {
            **{"pair": ((24, 12), "index:10", "int64")},
            **{"enthalpy": ((10,), "range:-10:-7"), "entropy": ((10,), "range:-27:-20")},
            "dose": ((24,), "range:0.0001:0.001"),
        }
    ],
    "oxygen_carried": [shaped((80,), press="range:15:110", acid="range:7.1:7.6", heat="range:35:40")],
    "elastic_reservoir": [{"flow": ((11, 16), "range:0:2"), "stiff": ((11,), "range:0.5:3")}],
    "turned_current_spiral": [shaped((80,), depth="range:0:4", mix="range:0.2:2", lat="range:0.3:1.3")],
    "drop_size_figures": [shaped((14, 20), count="range:1:900", width="range:0.3:4")],
    "sun_angles": [shaped((80,), day="range:1:365", hour="range:5:19", lat="range:-1:1")],
    "buried_box_pull": [{"low": ((40, 3), "range:0.5:2"), "size": ((40, 3), "range:0.3:2")}],
    "ocean_carbonates": [shaped((60,), carbon="range:1.9:2.1", alkali="range:2.2:2.4")],
    "sliding_ice_steps": [shaped((9, 25), thick="range:0.5:1.5", bed=_THIRD)],
    "galaxy_counts": [shaped((70,), light="range:0.1:4", alpha="range:-1.5:-0.8")],
    "disc_heat": [{"radius": ((12, 18), "range:2:30"), "inner": ((12, 1), "unit"), "rate": ((12, 1), "range:5:90")}],
    "merging_chirp": [{"time": ((40,), "unit"), "mass": ((6,), "range:0.3:2")}],
    "struck_pipe_steps": [shaped((8, 16), head="range:1:1.3", flow="range:0.3:0.6")],
    "quarter_car_steps": [
        {"road": ((9, 16), _HALF), **shaped((9,), stiff="range:0.5:4", rub="range:0.2:1.5")},
    ],
    "printed_line_impedance": [shaped((80,), width="range:0.2:5", dielectric="range:2:10")],
    "blade_thrust": [
        shaped((11, 16), pitch="range:0.1:0.4", wind="range:0.01:0.1", radius="range:0.2:1"),
    ],
}
WAVE: Mapping[str, Sequence[Sample]] = {
    "walsh_coefficients": [{"x": ((7, 64), "wide")}, {"x": ((5, 16), "offset")}],
    "cosine_and_sine_transform": [{"x": ((7, 45), "normal")}],
    "zoomed_spectrum": [{"x": ((5, 40), "normal")}],
    "scaled_window_spectra": [{"x": ((3, 36), "normal")}],
    "trajectory_components": [{"x": ((5, 32), "offset")}],
    "whitened_delay_scores": [shaped((5, 40), x="normal", y="normal")],
    "delay_pitch_response": [{"x": ((5, 26), "normal")}],
    "three_pitch_products": [{"x": ((5, 96), "wide")}],
    "ordinal_pattern_entropy": [{"x": ((9, 70), "normal")}],
    "soft_sample_entropy": [{"x": ((6, 32), "normal")}],
    "activity_mobility_complexity": [{"x": ((12, 50), "wide")}],
    "shaped_noise_rounding": [{"x": ((6, 30), _UNIT)}],
    "repeating_strength": [{"x": ((5, 64), "normal")}],
    "projected_adaptation": [shaped((6, 14), x="normal", target="normal")],
    "thinned_edges": [{"x": ((3, 11, 13), "wide")}],
    "squared_distance_picture": [{"cost": ((3, 12, 9), "range:0:6")}],
    "two_class_threshold": [
        {"x": ((5, 9, 11), "unit"), "edge": ((8,), "literal:0.15,0.25,0.35,0.45,0.55,0.65,0.75,0.85")}
    ],
    "page_threshold": [{"x": ((3, 13, 11), "unit")}],
    "phase_of_two_ways": [{"x": ((3, 12, 15), "normal")}],
    "calmest_quarter": [{"x": ((3, 11, 9), "unit")}],
    "spread_error_halftone": [{"x": ((4, 6, 7), "unit")}],
    "evened_contrast_field": [{"x": ((4, 11, 13), "unit")}],
    "clipped_history": [{"now": ((2, 3, 9, 11), "range:0:2"), "past": ((2, 3, 9, 11), "positive")}],
    "metal_reflectance": [shaped((90,), cosine="range:0.05:1", eta="range:0.1:3", absorb="range:0.5:6")],
    "light_under_skin": [shaped((90,), far="range:0.05:3", scatter="range:0.5:3", absorb="range:0.01:0.4")],
    "filtered_shadow": [
        {"depth": ((3, 12, 12), "range:1:3"), "at": ((3, 25, 2), "range:-0.9:0.9"), "level": ((3, 25), "range:1:3")}
    ],
    "rigid_edge_energy": [
        {
            **shaped((18, 3), rest="range:-2:2", place="range:-2:2"),
            **{"turn": (18, 4), "near": ((18, 5), "index:18", "int64")},
        }
    ],
    "smooth_turn_path": [{"q": (25, 4, 4), "share": ((25,), _CHANCE)}],
    "reached_chain_rounds": [{"joint": ((15, 5, 3), "normal"), "aim": ((15, 3), "range:-1.5:1.5")}],
    "gyro_with_two_vectors": [shaped((7, 3, 3), gyro=_UNIT, down="normal", north="normal")],
    "seen_point_velocity": [
        {"point": ((12, 4, 2), _UNIT), "depth": ((12, 4), "range:0.8:3"), "aim": ((12, 4, 2), _HALF)}
    ],
    "bristle_friction": [{"speed": ((11, 20), "range:-0.5:0.5")}],
    "smooth_hysteresis": [{"x": ((11, 10), _UNIT)}],
    "fifth_power_paths": [{"start": (9, 3), "end": ((9, 3), "range:-2:2"), "share": ((21,), "unit")}],
    "chased_path_steering": [{"path": ((12, 18, 2), "range:-2:2"), "pose": ((12, 3), _UNIT)}],
    "balanced_step_point": [{"place": ((5, 9, 4, 3), "range:-0.5:1"), "mass": ((4,), "range:0.5:5")}],
}
