"""Rules of transforms whose weights are computed numbers: FFT, interpolation and sampling."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable

import numpy as np

from harness.numerics.noise import ROUNDING, finite, unit
from harness.numerics.rules.base import Array, Call, clean
from harness.numerics.rules.scaled import Scaled, Terms

# FFT: largest error of one output over u·log₂n times the RMS of its transform. [calibrated: honest
# worst 0.2 of the cap; lengths with large prime factors go through Bluestein's, three transforms of twice the
# length]
FFT_CAP = 10.0
# RMS error of a component of a complex output over u·√log₂n·R; of a real output; of lengths with a prime factor of 32
# and more. [calibrated: MKL and pocketfft reach 0.54, 0.71 and 0.95 for lengths of 2 to 4096]
FFT_SIGMA, FFT_REAL, FFT_PRIME = 0.55, 0.83, 0.95
_LARGEST_RADIX = 31
# RMS error of an output at k over u·sqrt(gcd(k - k₀, n)/n) times what that at k₀ exceeds twice R by; of lengths with a
# prime factor beyond the third. [calibrated: what a sum of n positive numbers moves errs by 0.6 to 0.75 of this, and
# by 0.8 to 1.25 of the latter]
FFT_LAST, FFT_LAST_PRIME, _SMALL_RADIX = 0.8, 1.25, 16
# The same in float64, where MKL has other kernels for what is not contiguous in memory. [calibrated: it reaches 1.25 of
# lengths with a prime factor of 11 to 61, but 1.9 of 23 and 37, 2.3 of 59, 2.8 of 53, 3.5 of 47]
FFT_PRIME_WIDE, _LARGEST_RADIX_WIDE = 1.1, 10
FFT_APART, _APART_RADICES = 2.7, (23, 37, 47, 53, 59)
# Resampling: error of a coordinate, in u of the largest coordinate. [calibrated: honest worst 0.4 of the cap]
COORDINATE = 2.0
# The argument that says how a grid is sampled.
_MODE = {"grid_sample": "mode", "grid_sampler_2d": "interpolation_mode", "grid_sampler_3d": "interpolation_mode"}
# Steps, in pixels, of the difference quotient along a coordinate: the slope is another one in each cell, and the cell's
# edge may lie within the coordinate's error.
_STEPS = (2.0**-20, 2.0**-14)
_GRID = ("input", "grid")


class Fourier(Scaled):
    """Discrete Fourier transforms: B = 10u·(log₂n + 2)·R per component, σ = 0.55u·√log₂n·R, R the RMS of the whole
    transform (real outputs, and real inputs along one dimension whose length is not a power of two: 0.83; lengths with
    large prime factors: 0.95, 1.1 and of some 2.7 in float64). Outputs of |y| > 2R add 0.8²u²·(|y| - 2R)²·gcd(k, n)/n
    to the variance of those k further on; and of several dimensions a line along one whose RMS Rₐ > R adds
    0.55²u²·log₂nₐ·(Rₐ² - R²), times the same, to that of its own and other lines.

    By Parseval R is ‖x‖₂ times the transform's scale, so every normalisation is covered.
    """

    name = "fft"
    source = "Higham, Accuracy and Stability, 2002, theorem 24.2, and Schatzman, Accuracy of the DFT, 1996"
    gradient = "fft"

    def terms(self, call: Call, name: str) -> Terms:
        if call.op == "stft":
            return _frames(call, name)
        y = np.abs(finite(np.abs(call.y[name])))
        axes = _transformed(call, y.ndim)
        power, lengths = y**2, [y.shape[a] for a in axes]
        possible, whole = set(lengths), power
        if _of_reals(call) and lengths:
            # Half of a spectrum whose other half is its mirror image.
            lengths[-1] = max(2 * (lengths[-1] - 1), 1)
            possible = {*lengths, lengths[-1] + 1}
            last = [slice(None)] * y.ndim
            last[axes[-1]] = slice(1, None)
            whole = power.copy()
            whole[tuple(last)] *= 2
        mean = whole.sum(axis=axes, keepdims=True) / max(math.prod(lengths), 1)
        logarithm = max(math.log2(max(math.prod(lengths), 1)), 1.0)
        single = sum(n > 1 for n in lengths) == 1
        odd = single and (_of_reals(call) or _real(call, name)) and any(n & (n - 1) for n in lengths)
        spread = FFT_SIGMA if np.iscomplexobj(call.y[name]) and not odd else FFT_REAL
        spread = max(spread, _of_primes(call, possible))
        if name.startswith("grad.") and not np.iscomplexobj(call.y[name]) and not _of_reals(call):
            # Half of the transform is imaginary, and left out.
            mean, power, whole, spread = 2 * mean, 2 * power, 2 * whole, FFT_PRIME
        rms = np.sqrt(mean)
        half = axes[-1] if _of_reals(call) and axes else None
        large = np.maximum(np.sqrt(power) - 2 * rms, 0)
        variance = spread**2 * logarithm * mean + _last(possible) ** 2 * _spilt(large**2, axes, half)
        for axis, n in zip(axes, lengths, strict=True) if len(axes) > 1 else ():
            line = (whole if axis == half else power).sum(axis=axis, keepdims=True) / n
            more = _spilt(np.maximum(line - mean, 0), [a for a in axes if a != axis], half)
            variance = variance + spread**2 * math.log2(n) * more
        return Terms(FFT_CAP * (logarithm + 2) * rms, np.sqrt(variance))

    def covers(self, call: Call, name: str) -> bool:
        return True


def _spilt(squares: Array, axes: Iterable[int], half: int | None) -> Array:
    """Σ squares(k₀)·gcd(k - k₀, n)/n along each axis: an output of size Y at k₀ is a sum of parts, and so many of them
    go into the output at k, too, where they cancel but for their errors. half: the axis that has only the first half of
    a spectrum, whose length may be even or odd.
    """
    for axis in axes if squares.any() else ():
        n = squares.shape[axis]
        ways = [_convolved(squares, axis)]
        if axis == half and n > 1:
            mirrored = np.flip(squares, axis)
            ways = [np.concatenate([squares, mirrored.take(range(even, n - 1), axis)], axis) for even in (0, 1)]
            ways = [_convolved(way, axis).take(range(n), axis) for way in ways]
        squares = np.maximum.reduce(ways)
    return squares


def _convolved(squares: Array, axis: int) -> Array:
    n = squares.shape[axis]
    weights = (np.gcd(np.arange(n), n) / n).reshape([-1 if a == axis else 1 for a in range(squares.ndim)])
    product = np.fft.rfft(squares, axis=axis) * np.fft.rfft(weights, axis=axis)
    return np.maximum(np.fft.irfft(product, n, axis=axis), 0.0)


def _of_reals(call: Call) -> bool:
    return call.op.removeprefix("fft.").startswith(("rfft", "ihfft"))


def _real(call: Call, name: str) -> bool:
    """Whether the numbers transformed are real, whatever the transform is."""
    return name.startswith("out") and not np.iscomplexobj(call.argument(0, "input"))


def _frames(call: Call, name: str) -> Terms:
    """Each frame of a short-time transform on its own; a window and a normalisation round once more."""
    y = finite(np.abs(call.y[name]))
    squares = y**2 if np.iscomplexobj(call.y[name]) else (y**2).sum(-1)
    n = int(call.argument(1, "n_fft"))
    half = squares.ndim - 2 if squares.shape[-2] < n else None
    power = squares.copy()
    if half is not None:
        power[..., 1:, :] *= 2
    rms = np.sqrt(power.sum(axis=-2, keepdims=True) / n)
    logarithm = max(math.log2(max(n, 1)), 1.0)
    more = (call.argument(4, "window", None) is not None) + bool(call.argument(7, "normalized", False))
    spread = max(FFT_SIGMA, _of_primes(call, {n}))
    large = _spilt(np.maximum(np.sqrt(squares) - 2 * rms, 0) ** 2, [squares.ndim - 2], half)
    sigma = np.sqrt((spread**2 * logarithm + ROUNDING * more) * rms**2 + _last({n}) ** 2 * large)
    if not np.iscomplexobj(call.y[name]):
        rms, sigma = rms[..., None], sigma[..., None]
    return Terms((FFT_CAP * (logarithm + 2) + more * math.sqrt(n)) * rms, sigma)


def _of_primes(call: Call, lengths: Collection[int]) -> float:
    """What the RMS error is of the worst of these lengths, for its prime factors; 0 where they are small."""
    largest = [_largest_factor(n) for n in lengths]
    if unit(call.dtype) > 2.0**-53:
        return FFT_PRIME if any(p > _LARGEST_RADIX for p in largest) else 0.0
    if any(p in _APART_RADICES for p in largest):
        return FFT_APART
    return FFT_PRIME_WIDE if any(p > _LARGEST_RADIX_WIDE for p in largest) else 0.0


def _last(lengths: Collection[int]) -> float:
    """What an output that outweighs the others errs by beside its own size."""
    return FFT_LAST_PRIME if any(_largest_factor(n) > _SMALL_RADIX for n in lengths) else FFT_LAST


def _largest_factor(n: int) -> int:
    """The largest prime factor of n."""
    largest, factor = 1, 2
    while factor * factor <= n:
        while n % factor == 0:
            n, largest = n // factor, factor
        factor += 1
    return max(largest, n)


def _transformed(call: Call, ndim: int) -> tuple[int, ...]:
    """The dimensions transformed: the last ones, as many as there are lengths, where none are named. torch takes one
    number for a list of one, too.
    """
    lengths, dim = call.argument(1, "s", None), call.argument(2, "dim", None)
    last = {"n": ndim if lengths is None else np.size(lengths), "2": 2}.get(call.op[-1], 1)
    dims = range(-last, 0) if dim is None else np.atleast_1d(dim)
    return tuple(int(d) % ndim for d in dims)


class Resample(Scaled):
    """Interpolation and grid sampling: weights come from rounded coordinates, so the error scales with their
    size.

    B = 2u·(L + 4)·M + ½ulp_out, L the largest coordinate, M the largest |x| of the plane sampled from; σ a sixth of it,
    a fifth of cubic kernels. Of a grid, B = Σ 4u·(|p| + 1)·|∂y/∂p| + 8u·Σw|x| + ½ulp_out over the coordinates p of a
    point, but of cubic kernels.
    """

    name = "resample"
    source = "first-order error analysis of source coordinates; calibrated"
    gradient = "empirical"

    def terms(self, call: Call, name: str) -> Terms:
        if call.op.startswith("grid_sample") and call.argument(2, _MODE[call.op], "bilinear") in ("bilinear", 0):
            return _sampled(call, name)
        x = np.abs(clean(np.asarray(call.argument(0, "input"))))
        size = max(x.shape[2:], default=1)
        plane: Array = x.max(axis=tuple(range(2, x.ndim)), keepdims=True)
        mode = str(call.argument(3, "mode", call.op))
        cap = (2.0 if "bicubic" in mode else 1.0) * COORDINATE * (size + 4) * plane  # whose weights add up to more
        # Cubic kernels for 16-bit dtypes keep the rows they interpolate first, and their weights, in that
        # dtype.
        # So do linear ones along a single dimension with their weights.
        kept = (2.0 if "bicubic" in mode else mode in ("linear", "upsample_linear1d")) * plane
        return Terms(cap, cap / (5 if "bicubic" in mode else 6), out_cap=kept, out_sigma=0.3 * kept)


def _sampled(call: Call, name: str) -> Terms:
    """A linear kernel on a grid: a coordinate ((g + 1)·L - 1)/2 rounds four times, its weights and their sum eight."""
    wide = call.changed(lambda v: v)
    key, grid = (dict(call.case.kwargs).get(k, (*call.case.args, None, None)[i])["v"] for i, k in enumerate(_GRID))
    y, g = call.on(wide)[name], wide[grid]
    cap = 8.0 * np.abs(call.on({**wide, key: np.abs(wide[key])})[name])
    for d, size in enumerate(wide[key].shape[:1:-1]):
        slope = np.zeros(y.shape)
        for step in (*_STEPS, *(-s for s in _STEPS)):
            moved = g.copy()
            moved[..., d] += 2 * step / size
            slope = np.maximum(slope, finite(np.abs(call.on({**wide, grid: moved})[name] - y)) / abs(step))
        reach = (np.abs(g[..., d]) + 1) * size / 2 + 1
        cap = cap + 4.0 * slope * reach[:, None]
    return Terms(cap, cap / 6)
