"""Signals, pictures, shapes and robots as users of PyTorch write them, of given tensors only.

None of it is in an earlier file; nineteenth_inputs.py gives the functions their inputs.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- signals


def walsh_coefficients(x: Tensor) -> Tensor:
    """A transform by sums and differences only, for lengths that are powers of two."""
    y = x
    for _ in range(int(math.log2(x.shape[-1]))):
        a, b = y.unflatten(-1, (2, -1)).unbind(-2)
        y = torch.stack((a + b, a - b), -1).flatten(-2)
    return y / math.sqrt(x.shape[-1])


def cosine_and_sine_transform(x: Tensor) -> Tensor:
    """Hartley: a real transform of a real signal, by a Fourier transform's two parts."""
    z = torch.fft.fft(x)
    return (z.real - z.imag) / math.sqrt(x.shape[-1])


def zoomed_spectrum(x: Tensor) -> Tensor:
    """Bluestein: a narrow part of a spectrum, finely, by a convolution with chirps."""
    n = x.shape[-1]
    k = torch.arange(n, dtype=x.dtype, device=x.device)
    angle = math.pi * 0.1 / n * k.square()
    chirp = torch.complex(torch.cos(angle), -torch.sin(angle))
    other = torch.cat((chirp.conj(), chirp[1:].conj().flip(0)))
    size = 2 * n - 1
    z = torch.fft.ifft(torch.fft.fft(x * chirp, n=size) * torch.fft.fft(other, n=size))
    return (z[..., :n] * chirp).abs()


def scaled_window_spectra(x: Tensor) -> Tensor:
    """Stockwell: a signal's strength over time at each pitch, with windows as narrow as it is high."""
    n = x.shape[-1]
    z = torch.fft.fft(x)
    m = torch.fft.fftfreq(n, 1 / n, device=x.device).to(x.dtype)
    out = []
    for k in range(1, 7):
        window = torch.exp(-2 * math.pi**2 * (m / k).square())
        out.append(torch.fft.ifft(torch.roll(z, -k, -1) * window).abs())
    return torch.stack(out, 1)


def trajectory_components(x: Tensor) -> Tensor:
    """Singular spectrum analysis: the two strongest parts of a series, by a matrix of its delays."""
    n = 8
    wide = x.unfold(-1, n, 1)
    u, s, v = torch.linalg.svd(wide, full_matrices=False)
    kept = (u[..., :2] * s[..., None, :2]) @ v[..., :2, :]
    out = x.new_zeros(x.shape)
    count = x.new_zeros(x.shape[-1])
    for i in range(n):
        out = out + F.pad(kept[..., i], (i, n - 1 - i))
        count = count + F.pad(torch.ones_like(kept[0, :, 0]), (i, n - 1 - i))
    return out / count


def whitened_delay_scores(x: Tensor, y: Tensor) -> Tensor:
    """GCC-PHAT: which delay two microphones have, by phases alone."""
    z = torch.fft.rfft(x, n=2 * x.shape[-1]) * torch.fft.rfft(y, n=2 * x.shape[-1]).conj()
    size = torch.sqrt(z.real.square() + z.imag.square() + 1e-2)
    return torch.roll(torch.fft.irfft(z / size), 8, -1)[..., :17]


def delay_pitch_response(x: Tensor) -> Tensor:
    """The ambiguity of a pulse: how like itself it is when it comes late and at another pitch."""
    parts = torch.stack([F.pad(x, (k, 0))[:, : x.shape[-1]] * x for k in range(6)], 1)
    return torch.fft.fft(parts, n=32).abs()[..., :16] / x.square().sum(-1)[:, None, None]


def three_pitch_products(x: Tensor) -> tuple[Tensor, Tensor]:
    """Bispectrum: whether two pitches hang together with their sum, over frames."""
    z = torch.fft.rfft((x - x.mean(-1, keepdim=True)).unflatten(-1, (-1, 16)))
    k = torch.arange(1, 5, device=x.device)
    total = z[..., k[:, None] + k]
    product = z[..., k][..., :, None] * z[..., k][..., None, :] * total.conj()
    mean = product.mean(1)
    return mean.real, mean.imag


def ordinal_pattern_entropy(x: Tensor) -> tuple[Tensor, Tensor]:
    """How many orders three values in a row come in, and how evenly."""
    a, b, c = x[:, :-2], x[:, 1:-1], x[:, 2:]
    code = (a < b).long() + 2 * (b < c).long() + 4 * (a < c).long()
    count = x.new_zeros(x.shape[0], 8).scatter_add(1, code, torch.ones_like(a))
    p = count / count.sum(-1, keepdim=True)
    return count, -torch.xlogy(p, p).sum(-1) / math.log(6)


def soft_sample_entropy(x: Tensor) -> Tensor:
    """How seldom stretches that were alike stay so for one step more."""
    z = (x - x.mean(-1, keepdim=True)) / x.std(-1, keepdim=True)
    out = []
    for m in (2, 3):
        w = z.unfold(-1, m, 1)[:, : x.shape[-1] - 2]
        near = torch.sigmoid(10 * (0.4 - (w[:, :, None] - w[:, None]).abs().amax(-1)))
        out.append(near.sum((-1, -2)) - near.diagonal(dim1=-2, dim2=-1).sum(-1))
    return out[0].log() - out[1].log()


def activity_mobility_complexity(x: Tensor) -> Tensor:
    """Hjorth: three figures of a signal from its own spread and that of its slopes."""
    a = x.var(-1)
    d = x[..., 1:] - x[..., :-1]
    b = d.var(-1)
    c = (d[..., 1:] - d[..., :-1]).var(-1)
    move = torch.sqrt(b / a)
    return torch.stack((a, move, torch.sqrt(c / b) / move), -1)


def shaped_noise_rounding(x: Tensor) -> Tensor:
    """Rounding to a coarse grid that pushes its own error out of what is heard, as that error is."""
    one, two, out = torch.zeros_like(x[:, 0]), torch.zeros_like(x[:, 0]), []
    for now in x.unbind(1):
        aim = now - 1.6 * one + 0.7 * two
        made = torch.round(aim * 16) / 16
        one, two = made - aim, one
        out.append(made)
    return torch.stack(out, 1).unfold(-1, 8, 1).mean(-1)


def repeating_strength(x: Tensor) -> Tensor:
    """How strongly a signal's power comes and goes at each pitch, for a few delays."""
    n = torch.arange(x.shape[-1] - 4, dtype=x.dtype, device=x.device)
    alpha = 2 * math.pi * torch.arange(1, 6, dtype=x.dtype, device=x.device) / 12
    c, s = torch.cos(alpha[:, None] * n), torch.sin(alpha[:, None] * n)
    out = []
    for k in range(4):
        product = x[:, : x.shape[-1] - 4] * x[:, k : x.shape[-1] - 4 + k]
        out.append(torch.hypot(product @ c.mT, product @ s.mT) / n.shape[0])
    return torch.stack(out, 1)


def projected_adaptation(x: Tensor, target: Tensor) -> Tensor:
    """Affine projection: a filter of six taps that fits its last two errors at once."""
    w, out = x.new_zeros(x.shape[0], 6), []
    frames = x.unfold(-1, 6, 1)
    for i in range(1, frames.shape[1]):
        a = frames[:, i - 1 : i + 1]
        error = target[:, i + 4 : i + 6] - (a @ w[..., None]).squeeze(-1)
        g = a @ a.mT
        p, q, r = g[:, 0, 0] + 0.5, g[:, 1, 1] + 0.5, g[:, 0, 1]
        det = p * q - r * r
        solved = torch.stack((q * error[:, 0] - r * error[:, 1], p * error[:, 1] - r * error[:, 0]), -1)
        w = w + 0.4 * (a.mT @ (solved / det[:, None])[..., None]).squeeze(-1)
        out.append(error[:, 1])
    return torch.stack(out, 1)


# -- pictures


def thinned_edges(x: Tensor) -> Tensor:
    """Canny: slopes kept only where they are larger than both neighbours along them."""
    p = F.pad(x[:, None], (1, 1, 1, 1), mode="replicate")[:, 0]
    a, b = p[:, 1:-1, 2:] - p[:, 1:-1, :-2], p[:, 2:, 1:-1] - p[:, :-2, 1:-1]
    size = torch.sqrt(a * a + b * b + 1e-6)
    q = F.pad(size, (1, 1, 1, 1))
    h, w = x.shape[-2:]
    flat = torch.maximum(q[:, 1:-1, 2:], q[:, 1:-1, :w])
    steep = torch.maximum(q[:, 2:, 1:-1], q[:, :h, 1:-1])
    other = torch.where(a.abs() > b.abs(), flat, steep)
    return torch.where(size >= other, size, torch.zeros_like(size))


def squared_distance_picture(cost: Tensor) -> Tensor:
    """Felzenszwalb: least squared distances to what is cheap, along rows and then along columns."""
    out = cost
    for n in (cost.shape[-1], cost.shape[-2]):
        k = torch.arange(n, dtype=cost.dtype, device=cost.device)
        out = (out[..., None, :] + 0.25 * (k[:, None] - k).square()).amin(-1).mT
    return out


def two_class_threshold(x: Tensor, edge: Tensor) -> tuple[Tensor, Tensor]:
    """Otsu: how well each level parts a picture into dark and light, and the best of them."""
    light = torch.sigmoid(20 * (x.flatten(1)[:, None] - edge[:, None]))
    share = light.mean(-1)
    mean = x.flatten(1).mean(-1, keepdim=True)
    high = (light * x.flatten(1)[:, None]).mean(-1) / (share + 1e-3)
    low = (mean - share * high) / (1 - share + 1e-3)
    between = share * (1 - share) * (high - low).square()
    return between, edge[between.argmax(-1)]


def page_threshold(x: Tensor) -> Tensor:
    """Sauvola: ink against paper, by the mean and spread around each pixel."""
    p = F.pad(x[:, None], (3, 3, 3, 3), mode="reflect")
    mean = F.avg_pool2d(p, 7, 1)[:, 0]
    spread = (F.avg_pool2d(p * p, 7, 1)[:, 0] - mean.square()).clamp_min(1e-3).sqrt()
    return torch.sigmoid(12 * (x - mean * (1 + 0.3 * (2 * spread - 1))))


def phase_of_two_ways(x: Tensor) -> tuple[Tensor, Tensor]:
    """The monogenic signal: strength and phase of a picture by two Riesz transforms."""
    h, w = x.shape[-2:]
    u = torch.fft.fftfreq(h, device=x.device)[:, None].to(x.dtype)
    v = torch.fft.fftfreq(w, device=x.device).to(x.dtype)
    size = torch.sqrt(u * u + v * v)
    band = torch.exp(-((size - 0.2) / 0.1).square()) * (size > 0)
    z = torch.fft.fft2(x) * band
    unit = size + (size == 0).to(x.dtype)
    even = torch.fft.ifft2(z).real
    one, two = torch.fft.ifft2(z * (-1j * u / unit)).real, torch.fft.ifft2(z * (-1j * v / unit)).real
    odd = torch.sqrt(one.square() + two.square() + 1e-4)
    return torch.sqrt(even.square() + odd.square()), torch.atan2(odd, even)


def calmest_quarter(x: Tensor) -> Tensor:
    """Kuwahara, softly: the mean of that quarter around a pixel that is least rough."""
    p = F.pad(x[:, None], (2, 2, 2, 2), mode="replicate")
    mean = F.avg_pool2d(p, 3, 1)
    rough = (F.avg_pool2d(p * p, 3, 1) - mean.square()).clamp_min(0)
    h, w = x.shape[-2:]
    corner = [(slice(i, i + h), slice(j, j + w)) for i in (0, 2) for j in (0, 2)]
    a = torch.stack([mean[:, 0, i, j] for i, j in corner])
    b = torch.stack([rough[:, 0, i, j] for i, j in corner])
    return (torch.softmax(-b / 0.1, 0) * a).sum(0)


def spread_error_halftone(x: Tensor) -> Tensor:
    """Floyd and Steinberg: dots of five greys, blurred, whose errors go to the pixels that come after."""
    height, width = x.shape[-2:]
    rows = [list(r.unbind(-1)) for r in x.unbind(-2)]
    for i in range(height):
        for j in range(width):
            made = torch.round(rows[i][j] * 4) / 4
            error, rows[i][j] = rows[i][j] - made, made
            for k, m, part in ((0, 1, 7), (1, -1, 3), (1, 0, 5), (1, 1, 1)):
                if i + k < height and 0 <= j + m < width:
                    rows[i + k][j + m] = rows[i + k][j + m] + error * (part / 16)
    return F.avg_pool2d(torch.stack([torch.stack(r, -1) for r in rows], -2)[:, None], 3, 1)[:, 0]


def evened_contrast_field(x: Tensor) -> tuple[Tensor, Tensor]:
    """BRISQUE: a picture over its local spread, and how products of neighbours lie."""
    n = torch.arange(-2, 3, dtype=x.dtype, device=x.device)
    g = torch.softmax(-0.5 * (n / 1.2).square(), 0)
    kernel = (g[:, None] * g)[None, None]
    mean = F.conv2d(x[:, None], kernel, padding=2)
    spread = (F.conv2d(x[:, None].square(), kernel, padding=2) - mean.square()).abs().add(1e-2).sqrt()
    z = ((x[:, None] - mean) / (spread + 0.1))[:, 0]
    return z, torch.stack(((z[:, :, 1:] * z[:, :, :-1]).mean((1, 2)), (z[:, 1:] * z[:, :-1]).mean((1, 2))), -1)


def clipped_history(now: Tensor, past: Tensor) -> Tensor:
    """Temporal smoothing: what was there before, kept within what is around it now."""
    high, low = F.max_pool2d(now, 3, 1, 1), -F.max_pool2d(-now, 3, 1, 1)
    held = torch.minimum(torch.maximum(past, low), high)
    weight = 0.1 / (1 + now)
    other = 0.9 / (1 + held)
    return (weight * now + other * held) / (weight + other)


# -- light and shapes


def metal_reflectance(cosine: Tensor, eta: Tensor, absorb: Tensor) -> Tensor:
    """Fresnel: what a metal throws back, of both polarisations."""
    c = cosine.square()
    s = 1 - c
    t = eta.square() - absorb.square() - s
    root = torch.sqrt(t.square() + 4 * eta.square() * absorb.square())
    a = torch.sqrt(0.5 * (root + t))
    across = (root + c - 2 * cosine * a) / (root + c + 2 * cosine * a)
    along = across * (c * root + s.square() - 2 * cosine * a * s) / (c * root + s.square() + 2 * cosine * a * s)
    return 0.5 * (across + along)


def light_under_skin(far: Tensor, scatter: Tensor, absorb: Tensor) -> Tensor:
    """Jensen: what comes out of skin beside where light went in, by two mirrored sources."""
    total = scatter + absorb
    decay = torch.sqrt(3 * absorb * total)
    real, other = 1 / total, (1 + 4 / 3 * 2.1) / total
    a, b = torch.sqrt(far.square() + real.square()), torch.sqrt(far.square() + other.square())
    one = real * (decay * a + 1) * torch.exp(-decay * a) / a.pow(3)
    two = other * (decay * b + 1) * torch.exp(-decay * b) / b.pow(3)
    return scatter / total / (4 * math.pi) * (one + two)


def filtered_shadow(depth: Tensor, at: Tensor, level: Tensor) -> Tensor:
    """How much of a light reaches points, by the mean and spread of depths seen from it."""
    moment = F.grid_sample(torch.stack((depth, depth.square()), 1), at[:, None], align_corners=False)
    mean, square = moment[:, 0, 0], moment[:, 1, 0]
    spread = (square - mean.square()).clamp_min(2e-2)
    gap = level - mean
    return torch.where(gap <= 0, torch.ones_like(gap), spread / (spread + gap.square()))


def rigid_edge_energy(rest: Tensor, place: Tensor, turn: Tensor, near: Tensor) -> Tensor:
    """ARAP: how far the edges around each node are from those at rest, turned."""
    q = F.normalize(turn, dim=-1)
    w, v = q[:, None, :1], q[:, None, 1:]
    a, b = rest[near] - rest[:, None], place[near] - place[:, None]
    v = v.expand_as(a)
    c = 2 * torch.cross(v, a, dim=-1)
    return (b - a - w * c - torch.cross(v, c, dim=-1)).square().sum((-1, -2))


def smooth_turn_path(q: Tensor, share: Tensor) -> Tensor:
    """Squad: turns through four quaternions, smoothly, by spherical lines between spherical lines."""

    def between(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
        cos = (a * b).sum(-1, keepdim=True).abs().clamp_max(0.999)
        angle = torch.acos(cos)
        sign = torch.sign((a * b).sum(-1, keepdim=True))
        return (torch.sin((1 - t) * angle) * a + sign * torch.sin(t * angle) * b) / torch.sin(angle)

    a, b, c, d = F.normalize(q, dim=-1).unbind(1)
    t = share[:, None]
    return between(between(a, b, t), between(c, d, t), 2 * t * (1 - t))


# -- robots


def reached_chain_rounds(joint: Tensor, aim: Tensor) -> Tensor:
    """FABRIK: a chain of four links of one that reaches out and back, three times."""
    point = list(joint.unbind(1))
    root = point[0]
    for _ in range(3):
        point[-1] = aim
        for i in range(len(point) - 2, -1, -1):
            point[i] = point[i + 1] + F.normalize(point[i] - point[i + 1], dim=-1)
        point[0] = root
        for i in range(1, len(point)):
            point[i] = point[i - 1] + F.normalize(point[i] - point[i - 1], dim=-1)
    return torch.stack(point, 1)


def gyro_with_two_vectors(gyro: Tensor, down: Tensor, north: Tensor) -> Tensor:
    """Mahony: a turn from a gyroscope, pulled by what gravity and a compass say, with its drift."""
    q = torch.cat((torch.ones_like(gyro[:, 0, :1]), torch.zeros_like(gyro[:, 0])), -1)
    drift = torch.zeros_like(gyro[:, 0])
    for w, a, m in zip(gyro.unbind(1), down.unbind(1), north.unbind(1), strict=True):
        s, x, y, z = q.unbind(-1)
        low = torch.stack((2 * (x * z - s * y), 2 * (s * x + y * z), s * s - x * x - y * y + z * z), -1)
        ahead = torch.stack((s * s + x * x - y * y - z * z, 2 * (x * y - s * z), 2 * (x * z + s * y)), -1)
        gap = torch.cross(F.normalize(a, dim=-1), low, dim=-1) + torch.cross(F.normalize(m, dim=-1), ahead, dim=-1)
        drift = drift + 0.02 * gap
        p, r, t = (w + 0.8 * gap + drift).unbind(-1)
        rate = torch.stack(
            (-x * p - y * r - z * t, s * p + y * t - z * r, s * r - x * t + z * p, s * t + x * r - y * p)
        )
        q = F.normalize(q + 0.05 * rate.mT, dim=-1)
    return q


def seen_point_velocity(point: Tensor, depth: Tensor, aim: Tensor) -> Tensor:
    """Visual servoing: how a camera must move so that points go where they should."""
    x, y = point.unbind(-1)
    zero, near = torch.zeros_like(x), 1 / depth
    top = torch.stack((-near, zero, x * near, x * y, -(1 + x * x), y), -1)
    low = torch.stack((zero, -near, y * near, 1 + y * y, -x * y, -x), -1)
    side = torch.cat((top, low), 1)
    error = torch.cat((point - aim).unbind(-1), 1)
    eye = torch.eye(6, dtype=point.dtype, device=point.device)
    return -0.5 * torch.linalg.solve(side.mT @ side + 0.1 * eye, (side.mT @ error[..., None]).squeeze(-1))


def bristle_friction(speed: Tensor) -> Tensor:
    """LuGre: friction as the bending of bristles that slip."""
    z, out = torch.zeros_like(speed[:, 0]), []
    for v in speed.unbind(1):
        level = 1 + 0.5 * torch.exp(-(v / 0.1).square())
        rate = v - 20 * v.abs() / level * z
        z = z + 0.02 * rate
        out.append(20 * z + 0.5 * rate + 0.3 * v)
    return torch.stack(out, 1)


def smooth_hysteresis(x: Tensor) -> Tensor:
    """Bouc and Wen: a force that remembers where it came from."""
    z, out = torch.zeros_like(x[:, 0]), []
    for d, at in zip((x[:, 1:] - x[:, :-1]).unbind(1), x[:, 1:].unbind(1), strict=True):
        z = z + d - (0.6 * d.abs() * z + 0.4 * d * z.abs()) * z.abs()
        out.append(0.2 * at + 0.8 * z)
    return torch.stack(out, 1)


def fifth_power_paths(start: Tensor, end: Tensor, share: Tensor) -> tuple[Tensor, Tensor]:
    """Paths that begin and end with given place, speed and force: where they are, and how they jerk."""
    p, v, a = start.unbind(-1)
    q, w, b = end.unbind(-1)
    h = q - p
    c3, c4, c5 = (
        10 * h - 6 * v - 4 * w - 1.5 * a + 0.5 * b,
        -15 * h + 8 * v + 7 * w + 1.5 * a - b,
        (6 * h - 3 * v - 3 * w - 0.5 * a + 0.5 * b),
    )
    t = share
    c = [z[:, None] for z in (p, v, 0.5 * a, c3, c4, c5)]
    place = c[0] + t * (c[1] + t * (c[2] + t * (c[3] + t * (c[4] + t * c[5]))))
    return place, 6 * c[3] + t * (24 * c[4] + 60 * t * c[5])


def chased_path_steering(path: Tensor, pose: Tensor) -> Tensor:
    """Pure pursuit: how to steer towards the point of a path that is about so far ahead, softly."""
    gap = path - pose[:, None, :2]
    far = gap.square().sum(-1).add(1e-3).sqrt()
    weight = torch.softmax(-8 * (far - 1).square(), -1)
    aim = (weight[..., None] * gap).sum(1)
    c, s = torch.cos(pose[:, 2]), torch.sin(pose[:, 2])
    side = c * aim[:, 1] - s * aim[:, 0]
    return torch.atan(2 * 0.8 * side / aim.square().sum(-1).add(0.1))


def balanced_step_point(place: Tensor, mass: Tensor) -> Tensor:
    """Zero moment: where on the ground a walking body presses, from its parts' places over time."""
    force = (place[:, 2:] - 2 * place[:, 1:-1] + place[:, :-2]) / 0.25
    now = place[:, 1:-1]
    up = mass[:, None] * (force[..., 2:] + 9.81)
    top = (up * now[..., :2] - mass[:, None] * force[..., :2] * now[..., 2:]).sum(2)
    return top / up.sum(2)
