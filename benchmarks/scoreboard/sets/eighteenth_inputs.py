"""Inputs of the eighteenth set's functions of losses and figures, of nature and machines, of signals and shapes.

See eighteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.scoreboard.sets.composing import Sample
from benchmarks.scoreboard.sets.eighth import shaped

_UNIT, _HALF, _THIRD = "range:-1:1", "range:-0.5:0.5", "range:-0.3:0.3"
_TURN = "range:-3.1:3.1"
_CHANCE = "range:0.05:0.95"
LEDGER: Mapping[str, Sequence[Sample]] = {
    "tempered_logistic_loss": [{"logit": ((18, 9), "range:-3:3"), "label": ((18,), "index:9", "int64")}],
    "soft_score_loss": [{"logit": ((40, 7), "range:-4:4"), "label": ((40, 7), "literal:1,0,0,1,0")}],
    "soft_correlation_loss": [{"logit": ((9, 50), "range:-3:3"), "label": ((9, 50), "literal:1,0,1,1,0,0,0")}],
    "complement_entropy": [{"logit": ((18, 11), "range:-3:3"), "label": ((18,), "index:11", "int64")}],
    "rare_margin_loss": [
        {"logit": ((18, 7), _UNIT), "label": ((18,), "index:7", "int64"), "count": ((7,), "range:2:400")}
    ],
    "unit_logits_loss": [{"logit": ((18, 40), "wide"), "label": ((18,), "index:40", "int64")}],
    "bootstrapped_views_loss": [
        {**shaped((15, 12), one="normal", two="normal"), "weight": ((18, 12), _HALF), "more": ((12, 18), _HALF)}
    ],
    "sharpened_cluster_loss": [{"x": (26, 6), "centre": ((5, 6), "range:-1.5:1.5")}],
    "balanced_box_loss": [shaped((30, 4), x="range:-2:2", target=_UNIT)],
    "smooth_ranks_correlation": [shaped((9, 22), x="normal", y="normal")],
    "covered_accumulators_step": [
        {
            **shaped((12, 17), weight="normal", slope="range:-0.3:0.3"),
            **{"row": ((12,), "range:0.05:0.4"), "column": ((17,), "range:0.05:0.4")},
        }
    ],
    "layer_normalised_step": [
        {**shaped((3, 12, 9), weight="normal", slope=_THIRD, mean=_UNIT), "norm": ((3, 1, 1), "range:0.5:4")}
    ],
    "confident_factored_step": [shaped((16, 13), weight="normal", slope=_HALF, mean=_UNIT)],
    "averaged_cube_root_step": [
        shaped((12, 17), start="normal", slope=_UNIT, total="range:-2:2", square="range:0.1:4")
    ],
    "weight_posterior_sample": [
        {
            **shaped((90,), mean=_UNIT, square="range:1:2", one="normal"),
            **{"gap": ((6, 90), _THIRD), "more": (6,)},
        }
    ],
    "spectral_step_rounds": [{"x": (9, 11), "curve": ((9, 11, 11), "spd"), "aim": (9, 11)}],
    "anderson_mixed_rounds": [{"x": (8, 12), "weight": ((12, 12), _HALF), "bias": (12,)}],
    "group_shrinkage_rounds": [{"x": ((5, 24, 9), "normal"), "y": (5, 24)}],
    "generalised_validation": [{"x": ((5, 22, 6), "normal"), "y": (5, 22), "penalty": ((4,), "literal:0.1,1,5,30")}],
    "median_pair_slope": [shaped((9, 15), x="normal", y="normal")],
    "matched_quantiles": [{"x": ((35, 6), "wide")}],
    "two_sample_distance": [{"x": ((7, 20, 4), "normal"), "y": ((7, 16, 4), "range:-1:2")}],
    "normal_tail_figure": [{"x": ((12, 32), "range:-2:3")}],
    "straight_plot_figure": [{"x": ((12, 32), "range:-2:3")}],
    "unit_root_figure": [{"x": ((9, 48), "normal")}],
    "autoregressive_spectrum": [{"phi": ((11, 3), _THIRD), "pitch": ((18,), "range:0:3.1")}],
    "kernel_independence": [{"x": ((5, 18, 3), "normal"), "y": ((5, 18, 4), _UNIT)}],
    "kernel_score_discrepancy": [shaped((22, 3), x="normal", score="normal")],
    "unequal_transport_rounds": [
        {"cost": ((4, 9, 11), "range:0:3"), "one": ((4, 9), "range:0.2:2"), "two": ((4, 11), "range:0.2:2")}
    ],
    "arc_cosine_kernel": [{"x": (12, 7), "y": ((14, 7), "offset")}],
    "laplace_classifier_steps": [{"x": ((4, 14, 2), "range:-2:2"), "sign": ((4, 14), "literal:1,-1,-1,1,1")}],
    "factor_analysis_round": [{"x": (40, 9), "load": ((9, 3), _UNIT), "noise": ((9,), "range:0.3:1.5")}],
    "generalised_normal_log_density": [shaped((12, 22), x="normal", scale="range:0.4:3", power="range:0.7:4")],
    "generalised_gamma_log_density": [shaped((12, 22), x="range:0.1:3", a="range:0.4:5", power="range:0.5:2.5")],
    "noisy_amplitude_log_density": [shaped((12, 22), x="range:0.1:6", size="range:0.2:4", sigma="range:0.4:2")],
    "drawn_without_return": [
        {
            **shaped((60,), hit="literal:0,1,2,3,4", good="literal:6,9,12,5,8,20"),
            **shaped((60,), drawn="literal:5,7,6,9", total="literal:40,52,33"),
        }
    ],
    "wishart_log_density": [{"x": ((11, 4, 4), "spd"), "scale": ((11, 4, 4), "spd"), "freedom": ((11,), "range:5:20")}],
    "dispersed_counts_log_mass": [
        {"count": ((14, 9), "literal:0,2,5,1,9,3"), **shaped((14, 9), log_rate="range:-1:1.5", power="range:0.6:2")}
    ],
    "upper_tail_copula_log_density": [shaped((12, 22), u=_CHANCE, v=_CHANCE, theta="range:1.1:4")],
    "matched_moments_call": [shaped((60,), spot="range:0.7:1.4", vol="range:0.15:0.6", term="range:0.5:3")],
    "digital_price_and_delta": [shaped((70,), spot="range:0.7:1.4", vol="range:0.15:0.6", term="range:0.2:3")],
    "solved_credit_spread": [shaped((50,), price="range:0.7:1", coupon="range:0.02:0.06")],
    "bootstrapped_discounts": [{"swap": ((12, 8), "range:0.01:0.06")}],
    "counterparty_charge": [{"exposure": ((7, 25, 6), "range:-2:3"), "hazard": ((7,), "range:0.01:0.1")}],
    "cosine_series_call": [shaped((24,), vol="range:0.15:0.45", strike="range:0.7:1.4")],
    "half_implicit_put": [{"vol": ((9,), "range:0.15:0.5")}],
    "expanded_tail_quantile": [{"x": ((11, 45), "range:-3:2"), "level": ((5,), "literal:0.01,0.025,0.05,0.9,0.99")}],
    "bonus_class_shares": [{"rate": ((30,), "range:0.05:0.6")}],
    "limited_layer_premium": [shaped((60,), mu=_UNIT, sigma="range:0.4:1.3", low="range:0.5:3")],
}
PLANT: Mapping[str, Sequence[Sample]] = {
    "seawater_sound_speed": [shaped((80,), heat="range:1:28", salt="range:31:38", depth="range:0.01:4")],
    "felt_heat": [shaped((80,), heat="range:0.8:1.1", wet="range:0.4:1")],
    "spreading_fire": [shaped((80,), wind="range:0.2:6", slope="range:0:0.6", moist="range:0.03:0.25")],
    "infiltrated_depth": [shaped((60,), time="range:0.2:5", conduct="range:0.2:3", suction="range:0.5:6")],
    "gamma_hydrograph": [{"rain": ((9, 20), "range:0:4"), **shaped((9,), shape="range:1.2:4", scale="range:0.7:3")}],
    "bed_load": [shaped((80,), depth="range:0.5:4", slope="range:0.001:0.02", grain="range:0.01:0.1")],
    "fitted_tides": [
        {"time": ((70,), "range:0:30"), "height": ((70, 4), "normal"), "pitch": ((3,), "literal:1.93,2.0,1.003")}
    ],
    "growing_droplet": [shaped((60,), size="range:0.3:4", dry="range:0.05:0.15", kappa="range:0.1:1.2")],
    "smoke_plume": [shaped((60,), far="range:0.8:6", side=_UNIT, up="range:0:1", high="range:0.2:1")],
    "pressed_reaction_rate": [shaped((80,), heat="range:0.5:3", third="range:0.01:9", core="range:0.3:0.9")],
    "soft_bond_order_energy": [{"place": ((9, 3), "range:-2:2")}],
    "ellipsoid_pair_energy": [
        {**shaped((40, 3), one="normal", two="normal"), "ray": ((40, 3), "range:0.9:2")},
    ],
    "dissipative_forces": [{**shaped((16, 3), place=_UNIT, speed="normal"), "noise": (16, 16)}],
    "polymer_mixing_energy": [shaped((80,), share=_CHANCE, length="range:5:200", chi="range:0.1:1.2")],
    "stretched_chain_force": [shaped((80,), long="range:0.05:0.9", stiff="range:0.5:3")],
    "allosteric_share": [shaped((80,), dose="range:0.05:9", fold="range:5:400", ratio="range:0.01:0.2")],
    "passive_cable": [{"volt": ((7, 14), _UNIT), "current": ((7, 14), "range:0:2"), "leak": ((7, 14), "range:0.1:1")}],
    "tired_synapse": [{"spike": ((12, 10), "literal:1,0,0,1,1,0,1"), **shaped((12,), use=_CHANCE, rest="range:1:9")}],
    "boosted_momenta": [{"p": ((40, 4), "range:0.5:4"), "speed": ((40, 3), _HALF)}],
    "pair_masses": [{"p": ((12, 5, 3), "range:-3:3"), "mass": ((12, 5), "range:0.2:2")}],
    "summed_resonances": [
        {
            "energy": ((60,), "range:0.5:3"),
            **shaped((4,), mass="literal:0.8,1.3,1.9,2.4", wide="range:0.1:0.4", size="range:0.5:1.5"),
        }
    ],
    "mixed_neutrinos": [shaped((50, 3), phase="range:0:6", angle="range:0.1:0.8")],
    "orbit_near_hole": [shaped((70,), far="range:5:30", spin="range:0.02:0.12")],
    "mean_field_magnet": [shaped((70,), heat="range:0.4:2.5", field="range:0.02:0.6")],
    "turning_spins_energy": [{"angle": ((6, 8, 10), _TURN), "couple": ((6,), "range:0.5:2")}],
    "two_site_levels": [shaped((25,), hop="range:0.3:1.5", repel="range:1:6", tilt="range:0.2:2")],
    "honeycomb_bands": [{"wave": ((60, 2), _TURN), "near": ((60,), "range:2:3.2")}],
    "superconducting_gap": [shaped((40,), heat="range:0.05:0.4", couple="range:0.4:0.9")],
    "metal_answer": [shaped((80,), pitch="range:0.3:4", plasma="range:2:9", rub="range:0.05:0.6")],
    "glass_dispersion": [
        {
            **{"wave": ((60,), "range:0.4:2"), "strength": ((3,), "literal:1.0396,0.2318,1.0105")},
            "edge": ((3,), "literal:0.006,0.02,103.56"),
        }
    ],
    "facing_mirrors": [shaped((80,), phase="range:-9:9", back="range:0.2:0.9", lost="range:0.01:0.08")],
    "mueller_train": [{"light": ((40, 4), _UNIT), **shaped((40, 3), angle=_TURN, late="range:0:3")}],
    "round_opening_pattern": [shaped((60,), sine="range:0.2:15", hidden="range:0.1:0.6")],
    "condensate_in_trap": [{"wave": ((5, 32), "range:0.2:1"), "push": ((5,), "range:0.5:9")}],
    "alternating_heat_step": [{"x": ((3, 9, 11), "wide")}],
    "two_grid_round": [{"x": ((5, 17), _UNIT), "f": ((5, 17), _UNIT)}],
    "triangle_stiffness": [
        {"place": ((18, 2), "range:-2:2"), "corner": ((24, 3), "index:18", "int64"), "heat": (18,)},
    ],
    "fifth_order_edges": [{"x": ((7, 24), "range:-1:2")}, {"x": ((2, 50), "literal:0,0,0,1,1,1,0.5")}],
    "ordered_domains": [{"x": ((2, 1, 9, 10), _UNIT)}],
    "moving_vortices": [{"place": ((5, 6, 2), "range:-2:2"), "strength": ((5, 6), "range:-3:3")}],
    "laminar_layer": [{"speed": ((9, 18), "range:0.9:1.2")}],
    "loaded_plate": [{"at": ((30, 2), "range:0.1:0.9"), "side": ((30,), "range:0.6:2")}],
    "shaken_frame": [{"push": ((6, 10), _UNIT), "stiff": ((6, 5), "range:5:30")}],
    "slanted_yield": [{"stress": ((50, 6), "range:-2:3"), "ratio": ((50, 4), "range:0.3:1.5")}],
    "footing_strength": [shaped((80,), angle="range:0.1:0.7", tough="range:0.1:2", deep="unit", wide="unit")],
}
SCOPE: Mapping[str, Sequence[Sample]] = {
    "recursive_least_squares": [shaped((5, 18), x="normal", target="normal")],
    "wigner_distribution": [{"x": ((5, 30), _UNIT)}],
    "outlier_replaced": [{"x": ((8, 40), "wide")}],
    "polyphase_resampling": [{"x": (6, 41), "kernel": ((15,), "range:-0.1:0.4")}],
    "clipping_diodes": [{"x": ((9, 12), "range:-2:2")}],
    "likely_beats": [{"onset": ((7, 44), "unit")}],
    "porous_absorption": [shaped((60,), pitch="range:0.5:9", dense="range:2:40", thick="range:0.05:0.4")],
    "edge_kept_smoothing": [{"x": ((7, 20), "normal"), "guide": ((7, 20), _UNIT)}],
    "soft_line_votes": [{"point": ((25, 2), _UNIT), "angle": ((9,), "range:0:3.1"), "level": ((8,), _UNIT)}],
    "weaker_corner": [{"x": ((3, 12, 11), "unit")}],
    "blob_strength": [{"x": ((2, 1, 11, 12), "unit"), "sigma": ((3,), "literal:0.8,1.2,1.9")}],
    "path_matching_costs": [{"cost": ((4, 12, 9), "range:0:4")}],
    "centred_patch_match": [shaped((2, 3, 9, 11), x="unit", y="unit")],
    "perceived_luv": [{"x": ((60, 3), "range:0.02:1")}],
    "colours_told_apart": [{"x": ((60, 3), "unit"), "gain": ((1,), "literal:0.7")}],
    "ring_correlation": [shaped((3, 16, 16), x="unit", y="unit")],
    "shifted_fringes": [{"light": ((5, 8, 11), "unit")}],
    "peeled_projection": [{"seen": ((7, 14), "range:0:4")}],
    "outline_harmonics": [{"point": ((9, 22, 2), "range:-2:2")}],
    "angle_defects": [
        {"place": (16, 3), "corner": ((24, 3), "literal:0,1,2,3,5,7,9,4,11,8,13,6,10,15,12,14,2", "int64")}
    ],
    "hinge_bending_energy": [{"place": (40, 4, 3), "rest": ((40,), "range:-0.5:0.5")}],
    "winding_road": [shaped((12,), curve="range:-3:3", grow="range:-6:6")],
    "evenly_walked_curve": [{"control": ((7, 4, 2), "range:-2:2"), "share": ((7, 9), "unit")}],
    "natural_cubic_values": [{"y": ((8, 15), "wide"), "share": ((14,), "unit")}],
    "ellipsoid_distance": [{"one": ((40, 2), "range:-1.2:-0.2"), "two": ((40, 2), "range:0.2:1.3")}],
    "conic_map": [{"place": ((70, 2), "range:-0.2:1.2")}],
    "place_from_centre": [{"x": ((60, 3), "range:0.4:0.9")}],
    "satellite_fix": [{"sender": ((9, 7, 3), "range:-9:9"), "far": ((9, 7), "range:6:12")}],
    "backward_sweep": [{"move": ((4, 5, 4, 4), "dominant"), "push": ((4, 5, 4, 2), _UNIT), "cost": ((4, 4, 4), "spd")}],
    "yielding_arm": [{"push": ((14, 10), "range:-2:3"), **shaped((14,), stiff="range:0.5:6", rub="range:0.5:5")}],
    "leg_angles": [{"foot": ((60, 3), "range:-1:-0.4")}],
    "platform_legs": [
        {
            **{"place": ((20, 3), "range:0.5:1.5"), "turn": ((20, 3), _HALF)},
            **shaped((6, 3), base="range:-2:2", top=_UNIT),
        }
    ],
    "hanging_cable": [{"span": ((60,), "range:1:5"), "length": ((60,), "range:6:12")}],
    "pose_edge_errors": [shaped((40, 3), one="range:-2:2", two="range:-2:2", seen=_UNIT)],
}
