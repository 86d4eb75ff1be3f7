"""Inputs of the seventeenth set's functions of statistics, of engineering, and of graphics and sound.

See seventeenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.scoreboard.sets.composing import Sample
from benchmarks.scoreboard.sets.eighth import shaped

_UNIT, _HALF, _THIRD = "range:-1:1", "range:-0.5:0.5", "range:-0.3:0.3"
_TURN = "range:-3.1:3.1"
SURVEY: Mapping[str, Sequence[Sample]] = {
    "left_out_errors": [{"x": ((5, 24, 4), _UNIT), "y": (5, 24)}],
    "influence_distances": [{"x": ((7, 20, 3), "normal"), "y": (7, 20)}],
    "sandwich_errors": [{"x": ((6, 30, 3), _UNIT), "y": (6, 30)}],
    "lagged_mean_error": [{"x": ((13, 60), "offset")}],
    "within_estimates": [{"x": ((12, 10, 3), "normal"), "y": ((12, 10), "offset")}],
    "synthetic_control": [
        {"before": ((5, 14, 6), "range:0:2"), "target": ((5, 14), "range:0:2"), "after": ((5, 10, 6), "range:0:3")}
    ],
    "threshold_jump": [{"x": ((11, 72), _UNIT), "y": ((11, 72), "range:-2:3")}],
    "reweighted_median_fit": [{"x": ((5, 28, 3), _UNIT), "y": (5, 28)}],
    "probit_scoring": [
        {"x": ((90, 4), _UNIT), "label": ((90,), "literal:1,0,0,1,1,0,1"), "beta": ((4,), "range:-0.2:0.2")}
    ],
    "inverse_mills": [shaped((120,), told="range:-3:3", outcome="normal", together="range:-0.9:0.9")],
    "hurdle_loss": [
        {**shaped((12, 20), zero="range:-3:3", log_rate="range:-1:2"), "count": ((12, 20), "literal:0,3,0,1,7,2,0")}
    ],
    "kumaraswamy_log_density": [shaped((10, 24), x="range:0.02:0.98", a="range:0.4:5", b="range:0.4:5")],
    "burr_log_density": [shaped((10, 24), x="range:0.1:6", c="range:0.5:4", k="range:0.4:3")],
    "skewed_tail_quantiles": [{"u": ((20, 14), "range:0.02:0.98"), **shaped((14,), skew="range:0.1:1", tail=_THIRD)}],
    "bounded_transform_log_density": [shaped((20, 14), x="wide", skew=_UNIT, tail="range:0.5:2")],
    "wrapped_cauchy_log_density": [shaped((20, 14), angle=_TURN, mean=_TURN, rho="range:0.05:0.85")],
    "linked_scores_loss": [
        {
            **shaped((44,), home="range:0.7:2.5", away="range:0.5:2", both="range:0.05:0.4"),
            **shaped((44,), x="literal:2,0,1,3,1", y="literal:1,0,0,2,4,1"),
        }
    ],
    "gumbel_copula_log_density": [shaped((20, 14), u="range:0.05:0.95", v="range:0.05:0.95", theta="range:1.1:4")],
    "probabilistic_components_likelihood": [
        {"x": (24, 10), "weight": ((10, 3), _UNIT), "noise": ((1,), "literal:0.4")}
    ],
    "rater_agreement": [{"x": ((9, 20, 5), "range:1:7")}],
    "scale_reliability": [{"x": ((9, 40, 6), "range:1:5")}],
    "graded_answers": [{"ability": (20,), "slope": ((10,), "range:0.5:2.5"), "step": ((10, 4), "range:-0.8:1")}],
    "turned_loadings": [{"load": ((5, 12, 3), _UNIT)}],
    "partial_least_squares": [{"x": ((5, 20, 6), _UNIT), "y": (5, 20)}],
    "direction_scatter": [{"x": ((5, 24, 4), "normal")}],
    "middle_of_pairs": [{"x": ((11, 20), "offset")}],
    "linear_moments": [{"x": ((12, 50), "range:-3:9")}],
    "tail_weighted_fit": [{"x": ((12, 50), "range:-4:9")}],
    "paired_strengths": [{"won": ((5, 10, 10), "range:0:9"), "start": ((5, 10), "range:0.5:1.5")}],
    "remembered_errors": [{"x": ((13, 60), "normal")}],
    "spectral_likelihood": [
        {"x": (11, 48), **shaped((11,), phi="range:-0.8:0.8", scale="range:0.3:3")},
    ],
    "signed_volatility": [{"x": (11, 12), "rule": ((2,), "literal:0.2,-0.08")}],
    "three_horizon_volatility": [{"x": ((11, 60), _UNIT), "beta": ((4,), "literal:0.02,0.4,0.3,0.2")}],
    "moving_correlations": [{"x": ((7, 8, 4), "normal")}],
    "switching_variances": [
        {"x": ((11, 8), "range:-2:2"), "scale": ((2,), "literal:0.5,1.6"), "stay": ((2, 2), "literal:2.5,0,0.5,2")}
    ],
    "bent_trend_forecast": [{"x": ((14, 14), "range:3:9")}],
    "adjusted_effect": [
        {**shaped((11, 60), y="range:2:6", before="normal"), "treated": ((11, 60), "literal:1,0,0,1,1,0,1")}
    ],
    "ratio_error": [shaped((11, 60), top="range:0:5", bottom="range:0.5:4")],
    "always_valid_evidence": [{"x": ((11, 60), "range:-1:1.2")}],
    "square_root_rate_bond": [
        {
            **shaped((50,), rate="range:0.01:0.1", pull="range:0.2:1", mean="range:0.02:0.1"),
            **shaped((50,), spread="range:0.1:0.3", term="range:0.5:9"),
        }
    ],
    "spread_call": [
        {
            **shaped((50,), one="range:80:120", two="range:70:100", strike="range:2:20"),
            **{"sigma": ((2, 50), "range:0.1:0.4"), "rho": ((50,), "range:-0.5:0.8")},
        }
    ],
    "chooser_option": [
        shaped((50,), spot="range:80:120", strike="range:90:110", vol="range:0.15:0.5", choose="range:0.2:0.9")
    ],
    "variance_swap_strike": [
        {
            "price": ((9, 24), "range:1:15"),
            "strike": (
                (24,),
                "literal:60,63,67,70,73,77,80,83,87,90,93,97,100,103,107,110,113,117,120,123,127,130,133,137",
            ),
        }
    ],
    "trinomial_put": [shaped((50,), spot="range:0.7:1.3", vol="range:0.15:0.5")],
    "maker_quotes": [
        {
            **shaped((60,), mid="range:90:110", stock="range:-9:9", vol="range:0.2:2"),
            **shaped((60,), fear="range:0.05:0.5", left="unit"),
        }
    ],
    "credible_premiums": [{"claim": ((20, 6), "range:0.2:4"), "size": ((20, 6), "range:0.5:3")}],
    "falling_mortality": [{"log_rate": ((4, 12, 20), "range:-6:-1")}],
    "ruin_exponent": [{"claim": ((20, 30), "range:0.1:2"), "load": ((20,), "range:0.1:0.4")}],
}
MACHINE: Mapping[str, Sequence[Sample]] = {
    "bus_power_balance": [
        {
            **shaped((9, 6), volt="range:0.95:1.05", angle="range:-0.4:0.4"),
            **shaped((6, 6), conduct="range:-0.5:1", suscept="range:-3:2"),
        }
    ],
    "swinging_generators": [
        {"angle": ((11, 5), _UNIT), "couple": ((5, 5), "range:0.2:2"), "power": ((11, 5), _HALF)},
    ],
    "turning_frame_currents": [{"phase": ((70, 3), "range:-9:9"), "angle": ((70,), "range:0:6.2")}],
    "induction_torque": [
        shaped((120,), slip="range:0.01:1", stator="range:0.02:0.1", rotor="range:0.02:0.2", leak="range:0.2:0.6")
    ],
    "battery_voltage": [
        {
            "current": ((12, 12), "range:-0.5:2"),
            **shaped((12,), start="range:0.5:1", ohm="range:0.01:0.1", relax="range:0.5:4"),
        }
    ],
    "electrode_overpotential": [shaped((120,), current="range:-2:3", exchange="range:0.05:1", limit="range:4:9")],
    "solar_cell_current": [shaped((90,), volt="range:0:0.35", light="range:0.5:1.2", dark="range:0.00001:0.0002")],
    "transistor_current": [shaped((100,), gate="range:0.1:1.2", source="range:0:0.2", drain="range:0.3:1.2")],
    "reflected_from_load": [shaped((100,), real="range:0.2:4", imaginary="range:-3:3", length="range:0:3")],
    "turbine_cycle": [shaped((96,), ratio="range:3:25", hot="range:4:6", good="range:0.8:0.95")],
    "exchanger_effectiveness": [shaped((96,), units="range:0.2:5", share="range:0.1:0.9")],
    "fin_temperatures": [{"at": ((20,), "unit"), "shape": ((14,), "range:0.3:4")}],
    "radiating_enclosure": [{"view": ((10, 6, 6), "unit"), **shaped((10, 6), heat="range:0.7:1.6", grey="unit")}],
    "pipe_heat_transfer": [shaped((80,), reynolds="range:4000:60000", prandtl="range:0.7:9")],
    "packed_bed_pressure": [shaped((80,), speed="range:0.1:3", empty="range:0.35:0.6", size="range:0.3:2")],
    "plug_flow_heat": [shaped((40,), start="range:0.95:1.1", gain="range:0.05:0.3", cool="range:0.5:2")],
    "growing_culture": [shaped((70,), feed="range:0.5:3", rate="range:0.4:1.2")],
    "beam_deflection": [{"stiff": ((6, 5), "range:0.5:2"), "load": ((6, 10), _UNIT)}],
    "principal_stresses": [{"stress": ((40, 3, 3), "range:-3:4")}],
    "fatigue_damage": [shaped((12, 20), swing="range:0.5:4", mean=_UNIT, count="range:0:9")],
    "growing_crack": [shaped((80,), length="range:0.05:0.3", stress="range:0.5:2")],
    "laminate_stiffness": [
        {
            **{"angle": ((8, 4), "range:-1.5:1.5"), "thick": ((8, 4), "range:0.1:0.4")},
            "ply": ((4,), "literal:14,0.9,0.3,0.5"),
        }
    ],
    "relaxing_stress": [
        {"strain": ((10, 7), "unit"), "stiff": ((3,), "literal:1,0.5,0.25"), "time": ((3,), "literal:0.1,0.6,4")}
    ],
    "sliding_slope_safety": [
        {"weight": ((20, 10), "range:0.5:3"), "angle": ((20, 10), "range:-0.2:0.9"), "tough": ((20,), "range:0.05:0.4")}
    ],
    "lifting_line": [shaped((9, 7), chord="range:0.1:0.3", twist="range:0.02:0.12")],
    "nozzle_flow": [shaped((96,), mach="range:0.2:3", gamma="range:1.2:1.67")],
    "straight_shock": [shaped((96,), mach="range:1.05:5", gamma="range:1.2:1.67")],
    "channel_depth": [shaped((60,), flow="range:5:60", slope="range:0.001:0.02", wide="range:1:4")],
    "pumped_well": [shaped((90,), time="range:0.5:9", far="range:0.2:3")],
    "settling_clay": [{"time": ((12,), "range:0.02:0.9"), "depth": ((20,), "range:0.1:2")}],
    "cell_traffic": [{"density": ((9, 20), "range:0:0.9"), "arrive": ((9,), "range:0.1:0.4")}],
    "spread_trips": [{**shaped((6, 9), start="range:1:9", end="range:1:9"), "cost": ((6, 9, 9), "range:0:3")}],
    "laser_pulses": [shaped((70,), pump="range:0.5:6", loss="range:0.5:2")],
    "beam_through_lenses": [{"matrix": ((50, 3, 2, 2), "dominant"), "waist": ((50,), "range:0.5:3")}],
    "wavefront_modes": [{**shaped((12, 20), radius="unit", angle=_TURN), "gain": ((5,), _HALF)}],
    "barrier_tunnelling": [shaped((96,), energy="range:0.2:0.9", height="range:1:3", wide="range:0.2:2")],
    "solid_heat_capacity": [{"heat": ((40,), "range:0.15:3")}],
    "turning_magnet": [shaped((10, 12), field="range:0.3:6", spin="literal:0.5,1,1.5,2,2.5,3.5")],
    "vessel_pressure": [{"flow": ((12, 10), "range:0:4"), **shaped((12,), resist="range:0.5:2", give="range:0.5:2")}],
    "muscle_force": [shaped((110,), length="range:0.5:1.5", speed="range:-0.9:0.5", drive="unit")],
    "irradiated_cells": [
        {"dose": ((40, 5), "range:0.5:3"), **shaped((40,), alpha="range:0.1:0.4", beta="range:0.01:0.06")}
    ],
    "sugar_and_insulin": [{"meal": ((12, 9), "range:0:0.5"), "feel": ((12,), "range:0.2:1")}],
}
CANVAS: Mapping[str, Sequence[Sample]] = {
    "brushed_highlight": [
        {
            **shaped((40, 3), normal="range:0.2:1", half="range:0.1:1"),
            **{"along": ((40, 3), _UNIT), "rough": ((40, 2), "range:0.3:0.9")},
        }
    ],
    "retro_diffuse": [shaped((12, 20), light="unit", eye="unit", half="unit", rough="unit")],
    "cloth_sheen": [shaped((12, 20), up="range:0:0.95", rough="range:0.15:1")],
    "scattering_profile": [shaped((12, 20), far="range:0.1:5", albedo="range:0.1:0.95")],
    "ambient_from_harmonics": [{"normal": (60, 3), "light": ((9, 3), "range:-0.3:0.8")}],
    "clear_sky_luminance": [
        {
            **shaped((90,), up="range:0.02:1", sun="range:-0.9:0.95"),
            "clear": ((5,), "literal:-1,-0.32,10,-3,0.45"),
        }
    ],
    "fog_along_ray": [shaped((96,), height="range:-1:3", rise="range:0.05:2", far="range:0.5:9")],
    "polygon_light": [{"corner": ((40, 4, 3), _UNIT), "normal": (40, 3)}],
    "variance_shadow": [shaped((2, 1, 10, 12), depth="range:1:4", at="range:1:4")],
    "detail_normals": [shaped((60, 3), base="range:0.1:1", detail="range:-0.2:1")],
    "surface_tangents": [{"point": (40, 3, 3), "place": ((40, 3, 2), "range:-2:2")}],
    "nearest_seed_noise": [{"x": ((50, 2), "unit"), "seed": ((20, 2), "unit")}],
    "swirling_noise": [{"x": ((50, 2), _UNIT), "pitch": ((6, 2), "range:1:5"), "shift": ((6,), _TURN)}],
    "sharp_cell_vertex": [{"point": ((40, 5, 3), "unit"), "normal": (40, 5, 3)}],
    "inflated_smoothing": [{"x": (20, 3), "edge": ((20, 20), "range:0.01:1")}],
    "reaching_chain": [{"joint": ((20, 5, 3), "range:-2:2"), "target": ((20, 3), "range:-4:4")}],
    "cubic_by_corners": [{"control": (50, 4, 2), "t": ((50,), "unit")}],
    "sphere_hits": [
        {
            **{"origin": ((30, 3), "range:-4:-3"), "ray": ((30, 3), "range:0.3:1")},
            **{"centre": ((8, 3), _UNIT), "radius": ((8,), "range:0.5:1.5")},
        }
    ],
    "blobby_field": [{"x": ((50, 3), _UNIT), "centre": ((7, 3), _UNIT), "radius": ((7,), "range:0.6:1.5")}],
    "rounded_box": [
        {"x": ((90, 3), "range:-2:2"), "half": ((3,), "literal:0.8,1.1,0.6"), "turn": ((1,), "literal:0.7")}
    ],
    "grey_world_balance": [{"x": ((2, 3, 10, 12), "range:0.05:1")}],
    "soft_block_coding": [{"x": ((2, 16, 24), _UNIT), "table": ((8, 8), "range:0.1:0.8")}],
    "halved_colour": [{"x": ((2, 3, 10, 12), "unit")}],
    "seam_costs": [{"x": ((3, 12, 20), "range:0:3")}],
    "gaussian_differences": [{"x": ((2, 1, 12, 14), "unit")}],
    "texture_figures": [{"x": ((6, 10, 12), "unit"), "level": ((6,), "literal:0,0.2,0.4,0.6,0.8,1")}],
    "elastic_contour_step": [shaped((4, 24, 2), point="range:-2:2", pull=_UNIT)],
    "lights_to_normals": [
        {"seen": ((5, 8, 10), "unit"), "light": ((5, 3), "literal:0.8,0.1,1,-0.7,0.2,1,0,0.9,1,0.1,-0.8,1,0.3,0.4,1")}
    ],
    "refocused_views": [{"view": (6, 5, 24), "slope": ((6,), _UNIT)}],
    "algebraic_tomography": [
        {"x": ((5, 20), "unit"), "ray": ((24, 20), "range:0:1"), "seen": ((5, 24), "range:3:8")},
    ],
    "ring_modulation": [{"x": (10, 48), "pitch": ((10,), "range:1:6"), "depth": ((10,), "range:0.2:2")}],
    "harmonic_shaper": [{"x": ((10, 48), "range:-2:2"), "gain": ((5,), "literal:0.8,0.3,-0.2,0.1,0.05")}],
    "grain_cloud": [{"x": ((3, 60), "normal"), "start": ((9,), "index:44", "int64"), "gain": ((9,), "unit")}],
    "drum_membrane": [{"radius": ((20,), "unit"), "time": ((24,), "range:0:9"), "gain": ((3,), "literal:1,-0.6,0.4")}],
    "glottal_pulses": [{"phase": ((10, 48), "unit"), "open_share": ((10,), "range:0.4:0.9")}],
    "downward_expander": [{"x": ((10, 14), _UNIT), "floor": ((10,), "range:0.1:0.6")}],
    "head_shadow": [{"angle": ((20,), "range:-1.5:1.5"), "pitch": ((24,), "range:0.1:20")}],
    "backward_decay": [{"x": ((10, 72), "normal")}],
    "rough_intervals": [{"pitch": ((20, 6), "range:100:900"), "size": ((20, 6), "unit")}],
    "key_profiles": [
        {
            "chroma": ((24, 12), "unit"),
            "profile": ((12,), "literal:6.35,2.23,3.48,2.33,4.38,4.09,2.52,5.19,2.39,3.66,2.29,2.88"),
        }
    ],
    "valleys_and_peaks": [{"power": ((12, 65), "range:0.02:6")}],
    "spectral_ratio_divergence": [shaped((24, 40), power="range:0.05:4", told="range:0.05:4")],
    "clipped_band_correlation": [shaped((10, 60), x="range:0.1:2", y="range:0.05:3")],
}
