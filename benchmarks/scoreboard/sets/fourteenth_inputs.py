"""Inputs of the fourteenth set's functions of signals, of nature, and of markets and statistics.

See fourteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.scoreboard.sets.composing import Sample
from benchmarks.scoreboard.sets.eighth import shaped

_UNIT, _HALF = "range:-1:1", "range:-0.5:0.5"
SIGNAL: Mapping[str, Sequence[Sample]] = {
    "peaking_equaliser": [{"x": ((9, 15), _UNIT), "centre": ((9,), "range:0.2:2.5"), "gain": ((9,), "range:-12:12")}],
    "section_response": [shaped((17, 3, 3), top="range:0.2:1", bottom="range:-0.3:1")],
    "look_ahead_limiter": [{"x": ((7, 63), "range:-2:2")}],
    "comb_reverberation": [{"x": ((5, 18), _UNIT), "feedback": ((5, 4), "range:0.5:0.9")}],
    "image_source_reflections": [{"x": (6, 65), "distance": ((6, 5), "range:1:16")}],
    "constant_q_magnitudes": [{"x": ((15, 127), _UNIT)}],
    "levinson_durbin": [{"power": ((19, 33), "range:0.1:3")}],
    "vocoder_stretch": [{"phase": ((5, 9, 7), "range:-3:3"), "level": ((5, 9, 7), "range:0.1:2")}],
    "masking_threshold": [{"power": ((17, 24), "range:0:9")}],
    "local_tempo": [{"onset": ((6, 65), "range:0:2")}],
    "spectral_flux_gate": [{"power": ((4, 9, 33), "range:0.01:2")}],
    "cepstral_distortion": [shaped((27, 31), one="range:0.05:3", two="range:0.05:3")],
    "raised_cosine_shaping": [{"symbol": ((9, 15), "literal:1,-1,3,-3,1,3,-1")}],
    "equalised_carriers": [{"y": (7, 33, 2), "h": (7, 33, 2), "noise": ((7,), "range:0.05:1")}],
    "antennas_detected": [{"h": (31, 5, 3), "y": (31, 5)}],
    "poured_power": [{"gain": ((23, 9), "range:0.1:3")}],
    "trellis_metrics": [{"bit": ((15, 9, 2), "range:-1.5:2")}],
    "polar_bits": [{"log": ((21, 16), "range:-4:4")}],
    "blocking_chance": [{"load": ((33,), "range:0.5:9")}],
    "faded_envelope": [{**shaped((7, 12), angle="range:-3:3", phase="range:-3:3"), "speed": ((7,), "range:0.3:2")}],
    "constant_modulus_equaliser": [{"x": ((9, 13), "range:-1.5:1.5"), "tap": ((9, 5), _HALF)}],
    "timing_error": [{"x": ((11, 15), "range:-1:1.5"), "slope": ((11,), _UNIT)}],
    "compressed_pulses": [{"x": (7, 65), "rate": ((7,), "range:5:25")}],
    "false_alarm_ratio": [{"power": ((3, 1, 15, 13), "range:0.1:4")}],
    "subspace_spectrum": [{"x": (9, 5, 31)}],
    "doppler_cells": [shaped((5, 13, 6), real="normal", imag="normal")],
    "colour_difference_2000": [{"one": ((37, 3), "range:20:70"), "two": ((37, 3), "range:15:65")}],
    "adapted_white": [{"xyz": ((33, 3), "range:0.05:1"), "white": ((33, 3), "range:0.7:1.2")}],
    "perceptual_quantiser": [{"light": ((17, 31), "range:0.5:4000")}],
    "hybrid_log_gamma": [{"light": ((31, 17), "range:0.001:1")}],
    "mixed_pigments": [{"share": ((27, 4), "range:0.05:1"), "reflected": ((4, 15), "range:0.1:0.9")}],
    "tristimulus": [{"spectrum": ((21, 31), "range:0:2")}],
    "separated_inks": [{"rgb": ((5, 13, 3), "range:0.02:1")}],
    "light_temperature": [shaped((29, 7), x="range:0.25:0.45", y="range:0.25:0.45")],
    "spoiled_echo": [
        shaped((15, 13), density="range:0.5:1", recovery="range:2:30", decay="range:0.3:3", angle="range:0.1:1.5")
    ],
    "turned_spins": [{"spin": ((31, 3), _UNIT), "off": ((31,), _UNIT), "pulse": ((31, 7), "range:-0.2:1.6")}],
    "diffusion_tensor": [{"signal": ((31, 13), "range:0.1:0.9"), "way": (13, 3)}],
    "combined_coils": [
        {"real": (3, 5, 7, 6), "imag": ((3, 5, 7, 6), _UNIT), "noise": ((5, 5), "spd")},
    ],
}
NATURE: Mapping[str, Sequence[Sample]] = {
    "synthetic_seismogram": [shaped((9, 63), speed="range:1.5:5", density="range:1.8:2.8")],
    "angle_reflectivity": [
        {
            **shaped((7, 13), compress="range:2:5", shear="range:1:2.8", density="range:1.9:2.7"),
            "angle": ((6,), "range:0:0.6"),
        }
    ],
    "flattened_gather": [{"x": (7, 41), "offset": ((7,), "range:0:30"), "speed": ((41,), "range:1.5:4")}],
    "layered_resistance": [
        {"resist": ((13, 4), "range:1:200"), "thick": ((13, 3), "range:0.5:8"), "spacing": ((15,), "range:1:40")}
    ],
    "filled_rock": [
        shaped((21, 9), frame="range:3:15", grain="range:30:40", fluid="range:0.5:3", porous="range:0.05:0.35")
    ],
    "aftershock_rate": [{"time": ((33,), "range:0:9"), "size": ((33,), "range:-1:2"), "at": ((27,), "range:0:12")}],
    "located_shock": [
        {"place": ((15, 3), _UNIT), "sensor": ((15, 8, 3), "range:-3:3"), "arrival": ((15, 8), "range:1:4")}
    ],
    "box_gravity": [{"corner": ((33, 3), "range:0.5:3"), "size": ((33, 3), "range:0.5:2")}],
    "first_arrivals": [{"slow": ((5, 7, 9), "range:0.3:1.5")}],
    "stable_wind_profile": [
        {
            **{"height": ((31,), "range:2:60"), "length": ((19, 1), "literal:-50,80,-12,200,31")},
            "rough": ((19, 1), "range:0.02:0.5"),
        }
    ],
    "ice_albedo_balance": [shaped((9, 21), heat=_UNIT, sun="range:0.5:1.5")],
    "snow_and_melt": [
        {"rain": ((9, 13), "range:0:3"), "heat": ((9, 13), "range:-3:3"), "rate": ((9,), "range:0.2:1.2")}
    ],
    "lifted_parcel": [shaped((31,), heat="range:15:32", moist="range:0.05:0.4")],
    "advected_scalar": [{"x": ((7, 33), "range:0:2"), "wind": ((7, 1), "range:0.1:0.8")}],
    "bessel_edge_basis": [{"distance": ((63,), "range:0.8:5")}],
    "switched_exponential_energy": [
        {
            **{"place": ((7, 11, 3), "range:-2:2"), "kind": ((7, 11), "index:3", "int64")},
            "strength": ((3, 3), "range:0.5:2"),
        }
    ],
    "orbital_energies": [{"near": ((9, 7, 7), "literal:0,1,0,0,1,1,0,0,0,1,0"), "own": ((9, 7), _UNIT)}],
    "ionic_activity": [{"strength": ((29, 1), "range:0.001:0.5"), "charge": ((5,), "literal:1,-1,2,-2,3")}],
    "flashed_mixture": [{"share": ((31, 5), "range:0.1:1"), "split": ((31, 5), "range:0.2:4")}],
    "tailing_peaks": [
        {
            **{"time": ((65,), "range:0:10"), "centre": ((6,), "range:1:8"), "width": ((6,), "range:0.3:1")},
            **{"tail": ((6,), "range:0.5:1.5"), "area": ((6,), "range:0.5:3")},
        }
    ],
    "absorption_lines": [
        {"wave": ((63,), "range:-5:5"), **shaped((9,), centre="range:-4:4", width="range:0.2:1.5", share="unit")}
    ],
    "hopping_rates": [shaped((27, 13), gap="range:-2:1", bond=_UNIT, stir="range:0.3:1.5")],
    "equalised_charges": [{"place": ((9, 7, 3), "range:-2:2"), "pull": ((9, 7), _UNIT), "hard": ((9, 7), "range:2:4")}],
    "coordinated_dispersion": [{"place": ((7, 13, 3), "range:-2:2"), "size": ((7, 13), "range:0.5:1.1")}],
    "titration_curve": [
        {"acid": ((31, 1), "range:0.01:0.1"), "strength": ((31, 1), "range:3:9"), "base": ((31, 7), "range:0:0.1")}
    ],
    "boosted_momentum": [
        {"p": ((33, 4), "literal:5,1,-2,0.5,4,0.25,1,2,6,-1,-3,2"), "speed": ((33, 3), "range:0.1:0.5")}
    ],
    "jet_correlation": [{"force": ((7, 15), "range:0.05:3"), "place": ((7, 15, 2), _HALF)}],
    "outward_wave": [{"well": ((9, 17), "range:-8:2"), "energy": ((9,), "range:-3:9")}],
    "polytrope": [{"index": ((31,), "range:0.2:4")}],
    "wire_field": [{"point": ((31, 3), "range:-2:2"), "node": ((17, 3), _UNIT)}],
    "halo_lensing": [{"radius": ((33, 1), "range:0.1:6"), "scale": ((7,), "range:0.5:3")}],
    "smooth_trajectory": [
        {"start": ((7, 3), _UNIT), "end": ((7, 3), "range:-1:2"), "time": ((33,), "range:0:1")},
    ],
    "pushed_by_obstacles": [{"place": (15, 2), "goal": ((15, 2), "range:2:4"), "obstacle": ((6, 2), "range:-1:3")}],
    "capsule_distance": [shaped((33, 3), p="normal", u="range:0.3:2", q="range:-2:2", w="range:-1.5:1")],
    "rotation_logarithm": [{"turn": (33, 2, 3)}],
    "two_link_torque": [shaped((33, 2), q="range:-3:3", speed="range:-2:2", push=_UNIT)],
    "tyre_force": [{"slip": ((21, 15), "range:-0.4:0.4"), "load": ((21, 1), "range:0.5:6"), "camber": ((15,), _HALF)}],
    "smoothed_states": [{"x": (7, 6, 3), "move": ((7, 3, 3), "range:-0.7:0.7")}],
}
MARKETS: Mapping[str, Sequence[Sample]] = {
    "asymmetric_variance_loss": [
        {
            "x": (15, 9),
            **shaped((15,), base="range:0.02:0.2", shock="range:0.02:0.1", fall="range:0.02:0.15"),
            "keep": ((15,), "range:0.5:0.75"),
        }
    ],
    "bond_sensitivities": [shaped((31,), coupon="range:0:0.08", rate="range:0.005:0.1")],
    "smile_density": [
        {
            "strike": ((27,), _UNIT),
            **shaped((9, 1), level="range:0.01:0.1", slope="range:0.1:0.4", tilt=_HALF),
            **shaped((9, 1), place="range:-0.2:0.2", width="range:0.1:0.5"),
        }
    ],
    "default_swap_spread": [shaped((21, 20), hazard="range:0.005:0.1", rate="range:0:0.06")],
    "exchanged_assets": [
        shaped(
            (17, 9), one="range:0.5:2", two="range:0.5:2", first="range:0.1:0.5", second="range:0.1:0.4", together=_HALF
        )
    ],
    "normal_model_call": [
        {"forward": ((31, 1), "range:-0.5:2"), "strike": ((13,), "range:-0.5:2"), "spread": ((31, 1), "range:0.1:0.8")}
    ],
    "firm_default": [
        shaped((63,), asset="range:1:3", debt="range:0.4:1.1", spread="range:0.15:0.6", drift="range:-0.02:0.08")
    ],
    "portfolio_loss_share": [
        {
            "chance": ((31, 1), "range:0.002:0.2"),
            "together": ((31, 1), "range:0.05:0.4"),
            "share": ((9,), "range:0.3:0.99"),
        }
    ],
    "blended_views": [
        {"cov": ((9, 6, 6), "spd"), "weight": ((9, 6), "unit"), "view": ((9, 2, 6), _UNIT), "told": ((9, 2), _UNIT)}
    ],
    "book_pressure": [
        {
            **shaped((9, 21), bid="literal:99.5,99.5,99.75,99.25,99.5", ask="literal:100,100.25,100,100,99.75,100"),
            **shaped((9, 21), buy="range:1:40", sell="range:1:40"),
        }
    ],
    "amortised_loan": [shaped((33,), rate="range:0.002:0.02", early="range:0:0.03")],
    "local_volatility": [{"price": ((7, 5, 9), "range:0:0.4")}],
    "lookback_payoffs": [{"noise": (5, 63, 7), "spread": ((5,), "range:0.1:0.6")}],
    "certain_equivalent": [{"x": ((31, 17), "range:-0.4:0.8"), "fear": ((31, 1), "range:1.5:6")}],
    "continuation_values": [{"price": ((7, 33, 4), "range:0.5:1.5")}],
    "ordered_quantile_loss": [{"base": ((33, 1), "range:-2:0"), "step": ((33, 6), "range:-3:1"), "y": (33,)}],
    "smooth_quantile_loss": [{"q": (31, 9), "y": (31, 1), "share": ((9,), "range:0.05:0.95")}],
    "interval_score": [shaped((31, 9), low="range:-3:0", high="range:0:3", y="range:-4:4")],
    "weighted_interval_score": [{"q": ((33, 9), "range:-3:3"), "y": (33,)}],
    "energy_score": [{"x": (9, 15, 4), "y": (9, 4)}],
    "variogram_score": [{"x": ((9, 7, 6), "range:-1:2"), "y": (9, 6)}],
    "stacked_forecasts": [{"log": ((7, 21, 5), "range:-6:0"), "weight": ((7, 5), _UNIT)}],
}
STATISTICS: Mapping[str, Sequence[Sample]] = {
    "robust_location": [{"x": ((21, 33), "range:-3:9")}],
    "biweight_regression": [{"x": (17, 31), "y": ((17, 31), "range:-3:6")}],
    "compound_deviance": [{"x": ((29, 9), "literal:0,0,3.5,0,12,0.25,0,1,7"), "log_mean": ((29, 9), "range:-2:2")}],
    "gamma_regression_loss": [{"x": ((31, 7), "range:0.1:9"), "log_mean": (31, 7), "shape": ((7,), _UNIT)}],
    "overdispersed_trials": [
        {
            **{"count": ((33,), "literal:0,3,7,1,12,5,9"), "total": ((33,), "literal:12,12,15,13")},
            **shaped((33,), a="range:0.5:4", b="range:0.5:6"),
        }
    ],
    "bursty_topics": [{"count": ((17, 21), "literal:0,0,1,5,0,2,0,9,1,0,0"), "alpha": ((21,), "range:0.1:2")}],
    "guessed_answers": [
        {
            "skill": (31,),
            **shaped((15,), hard="range:-2:2", sharp="range:0.5:2", guess="range:0.05:0.3"),
            "right": ((31, 15), "literal:1,0,1,1,0,1,0"),
        }
    ],
    "normality_figures": [{"x": ((129, 7), "range:-1:3")}],
    "power_transformed": [{"x": ((9, 33), "range:-3:5"), "power": ((9, 1), "range:0.3:1.7")}],
    "sphere_log_density": [{"x": (33, 3), "mean": (33, 3), "sharp": ((33,), "range:-2:12")}],
    "scatter_log_density": [{"x": ((15, 4, 4), "spd"), "scale": ((15, 4, 4), "spd")}],
    "first_passage_density": [shaped((21, 13), x="range:0.2:4", mean="range:0.5:3", shape="range:0.5:4")],
    "tail_excess_loss": [
        {"x": ((33, 7), "range:0.01:6"), "scale": ((7,), _UNIT), "shape": ((33, 1), "range:-0.1:0.6")}
    ],
    "basis_splines": [{"x": ((31, 7), "range:0.1:4.9"), "weight": ((8, 5), _UNIT)}],
    "level_and_noise_loss": [{"x": (21, 15), "wander": ((21,), "range:0.01:0.5"), "noise": ((21,), "range:0.2:2")}],
    "instrumented_slopes": [{"x": (9, 31, 2), "y": (9, 31), "tool": ((9, 31, 3), "range:-1:2")}],
    "hazard_steps_loss": [
        {"logit": ((33, 7), "range:-4:1"), "time": ((33,), "index:7", "int64"), "seen": ((33,), "literal:1,1,0,1,0,1")}
    ],
    "survived_shares": [{"time": ((13, 21), "range:0.1:9"), "seen": ((13, 21), "literal:1,0,1,1,1,0,1,1")}],
    "soft_concordance": [
        {"score": (7, 21), "time": ((7, 21), "range:0.1:9"), "seen": ((7, 21), "literal:1,0,1,1,1,0,1,1")}
    ],
}
