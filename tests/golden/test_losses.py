"""Losses and their gradients beyond float64."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from harness.inputs import cotangent
from tests.golden.exactly import BITS, correctly_rounded
from tests.numerics.torchrun import golden_of, op_case

Array = np.ndarray[Any, Any]
F = "torch.nn.functional."
PAIR = {"x": (5, 7), "t": (5, 7)}


def _exact(array: Array) -> list[Fraction]:
    return [Fraction(v) for v in array.reshape(-1).tolist()]


def _huber(d: Fraction, edge: Fraction) -> Fraction:
    return d * d / 2 if abs(d) < edge else edge * (abs(d) - edge / 2)


QUARTER = Fraction(1, 4)
EXACT = {
    "mse_loss": ({}, lambda d: d * d, lambda d: 2 * d),
    "l1_loss": ({}, abs, lambda d: (d > 0) - (d < 0)),
    "huber_loss": ({"delta": 0.25}, lambda d: _huber(d, QUARTER), lambda d: max(min(d, QUARTER), -QUARTER)),
    "smooth_l1_loss": (
        {"beta": 0.25},
        lambda d: _huber(d, QUARTER) / QUARTER,
        lambda d: max(min(d, QUARTER), -QUARTER) / QUARTER,
    ),
}


@pytest.mark.parametrize("op", EXACT)
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_losses_of_differences_are_exact(op: str, reduction: str) -> None:
    """Terms, sums, means and both gradients are the fractions they should be, rounded once."""
    kwargs, term, slope = EXACT[op]
    case = op_case(F + op, "float64", PAIR, reduction=reduction, grad=("x", "t"), **kwargs)
    golden, arrays, _ = golden_of(case)
    d = [x - t for x, t in zip(_exact(arrays["x"]), _exact(arrays["t"]), strict=True)]
    share = 35 if reduction == "mean" else 1
    terms = [term(v) for v in d]
    correctly_rounded(golden, "out0", terms if reduction == "none" else [sum(terms) / Fraction(share)])
    g = _exact(cotangent((5, 7) if reduction == "none" else ())) * (1 if reduction == "none" else 35)
    correctly_rounded(golden, "grad.x", [gi * slope(v) / Fraction(share) for gi, v in zip(g, d, strict=True)])
    correctly_rounded(golden, "grad.t", [-gi * slope(v) / Fraction(share) for gi, v in zip(g, d, strict=True)])


def test_binary_losses() -> None:
    """With logits, weights and positive weights; and of probabilities."""
    shapes = {"x": (5, 7), "t": ((5, 7), "unit"), "w": ((7,), "positive"), "p": ((7,), "positive")}
    args = ({"v": "x"}, {"v": "t"})
    case = op_case(
        F + "binary_cross_entropy_with_logits",
        "float64",
        shapes,
        args=args,
        weight={"v": "w"},
        pos_weight={"v": "p"},
        reduction="sum",
        grad=("x",),
    )
    golden, arrays, _ = golden_of(case)
    probabilities = {"x": ((5, 7), "unit"), "t": ((5, 7), "unit")}
    plain, given, _ = golden_of(op_case(F + "binary_cross_entropy", "float64", probabilities))
    g = float(cotangent(()))
    with mpmath.workprec(BITS):
        terms, slopes = [], []
        for (i, j), x in np.ndenumerate(arrays["x"]):
            t, w, positive = (mpf(float(v)) for v in (arrays["t"][i, j], arrays["w"][j], arrays["p"][j]))
            p = 1 / (1 + mpmath.exp(-mpf(float(x))))
            terms.append(-w * (positive * t * mpmath.log(p) + (1 - t) * mpmath.log(1 - p)))
            slopes.append(g * w * ((1 - t) * p - positive * t * (1 - p)))
        correctly_rounded(golden, "out0", [mpmath.fsum(terms)])
        correctly_rounded(golden, "grad.x", slopes)
        pairs = zip(given["x"].reshape(-1).tolist(), given["t"].reshape(-1).tolist(), strict=True)
        logs = [-t * mpmath.log(p) - (1 - mpf(t)) * mpmath.log(1 - mpf(p)) for p, t in pairs]
        correctly_rounded(plain, "out0", [mpmath.fsum(logs) / 35])


@pytest.mark.parametrize("log_target", [False, True])
def test_divergence(log_target: bool) -> None:
    """Of probabilities or their logarithms, over the batch."""
    case = op_case(
        F + "kl_div",
        "float64",
        {"x": (5, 7), "t": ((5, 7), "unit")},
        reduction="batchmean",
        log_target=log_target,
        grad=("x",),
    )
    golden, arrays, _ = golden_of(case)
    with mpmath.workprec(BITS):
        x, t = ([mpf(v) for v in arrays[k].reshape(-1).tolist()] for k in "xt")
        p = [mpmath.exp(v) for v in t] if log_target else t
        terms = [pi * (mpmath.log(pi) - xi) for pi, xi in zip(p, x, strict=True)]
        correctly_rounded(golden, "out0", [mpmath.fsum(terms) / 5])
        correctly_rounded(golden, "grad.x", [-pi * float(cotangent(())) / 5 for pi in p])


@pytest.mark.parametrize(("op", "smoothing"), [("cross_entropy", 0.0), ("cross_entropy", 0.125), ("nll_loss", 0.0)])
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_classes(op: str, reduction: str, smoothing: float) -> None:
    """Class indices, one of them ignored, weighted and smoothed: the loss and its gradient."""
    kwargs = {"label_smoothing": smoothing} if smoothing else {}
    shapes = {"x": (6, 4), "t": ((6,), "literal:0,1,2,3,1,0", "int64"), "w": ((4,), "positive")}
    case = op_case(
        F + op,
        "float64",
        shapes,
        args=({"v": "x"}, {"v": "t"}),
        weight={"v": "w"},
        ignore_index=2,
        reduction=reduction,
        grad=("x",),
        **kwargs,
    )
    golden, arrays, _ = golden_of(case)
    targets, w = arrays["t"].tolist(), arrays["w"].tolist()
    g = cotangent((6,) if reduction == "none" else ()).reshape(-1).tolist() * (1 if reduction == "none" else 6)
    with mpmath.workprec(BITS):
        total = mpmath.fsum(w[t] for t in targets if t != 2) if reduction == "mean" else mpf(1)
        losses, gradients = [], []
        for i, row in enumerate(arrays["x"].tolist()):
            whole = mpmath.fsum(mpmath.exp(v) for v in row)
            logs = [v - mpmath.log(whole) if op == "cross_entropy" else mpf(v) for v in row]
            counts = [((1 - smoothing) * (c == targets[i]) + mpf(smoothing) / 4) * w[c] for c in range(4)]
            counts = [mpf(0)] * 4 if targets[i] == 2 else counts
            losses.append(-mpmath.fsum(q * y for q, y in zip(counts, logs, strict=True)))
            inner = mpmath.fsum(counts) if op == "cross_entropy" else mpf(0)
            gradients.append([g[i] * (mpmath.exp(y) * inner - q) / total for q, y in zip(counts, logs, strict=True)])
        correctly_rounded(golden, "out0", losses if reduction == "none" else [mpmath.fsum(losses) / total])
        correctly_rounded(golden, "grad.x", gradients)


def test_targets_that_are_probabilities() -> None:
    """Rows of probabilities, smoothed, in a batch with a further dimension: the mean is over rows."""
    shapes = {"x": (3, 4, 2), "t": ((3, 4, 2), "unit")}
    golden, arrays, _ = golden_of(op_case(F + "cross_entropy", "float64", shapes, label_smoothing=0.25))
    with mpmath.workprec(BITS):
        losses = []
        for i, k in np.ndindex(3, 2):
            row, t = arrays["x"][i, :, k].tolist(), arrays["t"][i, :, k].tolist()
            whole = mpmath.log(mpmath.fsum(mpmath.exp(v) for v in row))
            losses += [-(mpf(0.75) * p + mpf(0.0625)) * (v - whole) for p, v in zip(t, row, strict=True)]
        correctly_rounded(golden, "out0", [mpmath.fsum(losses) / 6])
