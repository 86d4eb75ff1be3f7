"""Signals, pictures, shapes, maps and robots as users of PyTorch write them, of given tensors only.

None of it is in an earlier file; eighteenth_inputs.py gives the functions their inputs.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- signals and sound


def recursive_least_squares(x: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """A filter of four taps that forgets, told by all errors so far: its weights, and the errors."""
    eye = torch.eye(4, dtype=x.dtype, device=x.device)
    w, p, out = x.new_zeros(x.shape[0], 4), 2 * eye.expand(x.shape[0], -1, -1), []
    for now, aim in zip(x.unfold(-1, 4, 1).unbind(1), target[:, 3:].unbind(1), strict=True):
        told = (p @ now[..., None]).squeeze(-1)
        gain = told / (0.98 + (now * told).sum(-1, keepdim=True))
        error = aim - (w * now).sum(-1)
        w = w + gain * error[:, None]
        p = (p - gain[..., None] * told[:, None]) / 0.98
        out.append(error)
    return w, torch.stack(out, 1)


def wigner_distribution(x: Tensor) -> Tensor:
    """How a signal's strength lies over time and pitch, by products around each moment."""
    n = x.shape[-1]
    padded = F.pad(x, (8, 8))
    parts = [padded[:, 8 + k : 8 + k + n] * padded[:, 8 - k : 8 - k + n] for k in range(9)]
    lag = torch.stack(parts, -1)
    angle = math.pi / 8 * torch.arange(9, dtype=x.dtype, device=x.device)
    wave = torch.cos(angle[:, None] * torch.arange(9, dtype=x.dtype, device=x.device))
    return 2 * lag @ wave - lag[..., :1]


def outlier_replaced(x: Tensor) -> Tensor:
    """Hampel: what is too far from its neighbours' median becomes that."""
    near = F.pad(x[:, None], (3, 3), mode="reflect")[:, 0].unfold(-1, 7, 1)
    mid = near.median(-1)[0]
    spread = 1.4826 * (near - mid[..., None]).abs().median(-1)[0]
    return torch.where((x - mid).abs() > 2 * spread, mid, x)


def polyphase_resampling(x: Tensor, kernel: Tensor) -> Tensor:
    """Three samples for every two, by a filter cut into phases."""
    parts = F.conv1d(F.pad(x, (2, 2))[:, None], 3 * kernel.unflatten(0, (-1, 3)).mT[:, None], stride=1)
    return parts.mT.flatten(1)[:, ::2]


def clipping_diodes(x: Tensor) -> Tensor:
    """A pair of diodes across a capacitor: its voltage by four of Newton's steps at each sample."""
    volt, out = torch.zeros_like(x[:, 0]), []
    for now in x.unbind(1):
        v = volt
        for _ in range(4):
            f = v - volt - 0.3 * (now - v) + 0.06 * torch.sinh(v / 0.5)
            v = v - f / (1.3 + 0.12 * torch.cosh(v / 0.5))
        volt = v
        out.append(v)
    return torch.stack(out, 1)


def likely_beats(onset: Tensor) -> Tensor:
    """Ellis: the best score of beats up to each moment, about eight apart."""
    lag = torch.arange(4, 17, dtype=onset.dtype, device=onset.device)
    cost = -4 * torch.log(lag / 8).square()
    score = list(onset[:, :16].unbind(1))
    for t in range(16, onset.shape[-1]):
        past = torch.stack([score[t - k] for k in range(4, 17)], -1)
        score.append(onset[:, t] + (past + cost).amax(-1))
    return torch.stack(score, 1)


def porous_absorption(pitch: Tensor, dense: Tensor, thick: Tensor) -> Tensor:
    """Delany and Bazley: how much sound a layer of wool before a wall swallows."""
    x = pitch / dense
    real, imaginary = 1 + 0.0571 * x.pow(-0.754), -0.087 * x.pow(-0.732)
    a, b = 0.189 * x.pow(-0.595), 1 + 0.0978 * x.pow(-0.7)
    p, q = pitch * thick * a, pitch * thick * b
    under = torch.cosh(2 * p) - torch.cos(2 * q)
    c, d = torch.sinh(2 * p) / under, -torch.sin(2 * q) / under
    r, i = real * c - imaginary * d, real * d + imaginary * c
    return 4 * r / ((r + 1).square() + i.square())


# -- pictures


def edge_kept_smoothing(x: Tensor, guide: Tensor) -> Tensor:
    """Weighted least squares along a row: smooth, but not where the guide jumps."""
    weight = 1.5 / ((guide[:, 1:] - guide[:, :-1]).abs() + 0.2)
    whole = torch.diag_embed(1 + F.pad(weight, (0, 1)) + F.pad(weight, (1, 0)))
    whole = whole - torch.diag_embed(weight, 1) - torch.diag_embed(weight, -1)
    return torch.linalg.solve(whole, x)


def soft_line_votes(point: Tensor, angle: Tensor, level: Tensor) -> Tensor:
    """Hough: soft votes of points for lines, by direction and distance."""
    ray = torch.stack((torch.cos(angle), torch.sin(angle)), 0)
    return torch.exp(-((point @ ray)[..., None] - level).square() / 0.1).sum(-3)


def weaker_corner(x: Tensor) -> Tensor:
    """Shi and Tomasi: the lesser of the two strengths with which a picture changes around a pixel."""
    a = F.pad(x[:, 1:-1, 2:] - x[:, 1:-1, :-2], (1, 1, 1, 1))
    b = F.pad(x[:, 2:, 1:-1] - x[:, :-2, 1:-1], (1, 1, 1, 1))
    xx, xy, yy = (F.avg_pool2d(z[:, None], 3, 1, 1)[:, 0] for z in (a * a, a * b, b * b))
    return 0.5 * (xx + yy - torch.sqrt((xx - yy).square() + 4 * xy.square() + 1e-3))


def blob_strength(x: Tensor, sigma: Tensor) -> Tensor:
    """The determinant of second slopes at several widths, each as strong as its scale."""
    n = torch.arange(-4, 5, dtype=x.dtype, device=x.device)
    out = []
    for s in sigma.unbind(0):
        g = torch.softmax(-0.5 * (n / s).square(), 0)
        h = g[:, None] * g
        p, q = (n / s).square() - 1, n / s
        kernel = torch.stack((h * p, h * p[:, None], h * q * q[:, None]))[:, None]
        xx, yy, xy = F.conv2d(x, kernel, padding=4).unbind(1)
        out.append(xx * yy - xy.square())
    return torch.stack(out, 1)


def path_matching_costs(cost: Tensor) -> Tensor:
    """Semi-global matching: costs of shifts, smoothed along a row from left and from right."""

    def along(z: Tensor) -> Tensor:
        last, out = z[:, 0], [z[:, 0]]
        for now in z.unbind(1)[1:]:
            least = last.amin(-1, keepdim=True)
            up, down = F.pad(last, (1, 0), value=99.0)[:, :-1], F.pad(last, (0, 1), value=99.0)[:, 1:]
            step = torch.minimum(torch.minimum(last, least + 1.5), torch.minimum(up, down) + 0.4)
            last = now + step - least
            out.append(last)
        return torch.stack(out, 1)

    return along(cost) + along(cost.flip(1)).flip(1)


def centred_patch_match(x: Tensor, y: Tensor) -> Tensor:
    """How well patches of two pictures agree but for brightness and contrast."""

    def mean(z: Tensor) -> Tensor:
        return F.avg_pool2d(z, 3, 1, 1, count_include_pad=False)

    a, b = mean(x), mean(y)
    one, two = mean(x * x) - a * a + 0.01, mean(y * y) - b * b + 0.01
    return (mean(x * y) - a * b) * torch.rsqrt(one * two)


def perceived_luv(x: Tensor) -> Tensor:
    """Lightness and two colours of the eye's own space, of tristimulus values."""
    a, b, c = x.unbind(-1)
    under = a + 15 * b + 3 * c
    light = torch.where(b > 0.008856, 116 * b.pow(1 / 3) - 16, 903.3 * b)
    return torch.stack((light, 13 * light * (4 * a / under - 0.1978), 13 * light * (9 * b / under - 0.4683)), -1)


def colours_told_apart(x: Tensor, gain: Tensor) -> Tensor:
    """A picture for those who see no red: what they miss is moved to other colours."""
    into = (
        (0.3139902, 0.6395129, 0.0464975),
        (0.1553723, 0.7578945, 0.0867014),
        (0.0177524, 0.1094421, 0.8725692),
    )
    back = (
        (5.472209, -4.641957, 0.169637),
        (-1.125241, 2.29317, -0.167895),
        (0.029801, -0.193181, 1.163648),
    )
    lms = x @ x.new_tensor(into).T
    seen = torch.stack((1.0511830 * lms[..., 1] - 0.0511609 * lms[..., 2], lms[..., 1], lms[..., 2]), -1)
    lost = x - seen @ x.new_tensor(back).T
    share = gain * lost[..., 0]
    moved = torch.stack((torch.zeros_like(share), share + lost[..., 1], share + lost[..., 2]), -1)
    return (x + moved).clamp(0, 1)


def ring_correlation(x: Tensor, y: Tensor) -> Tensor:
    """How well two pictures of one thing agree at each fineness, over rings of their spectra."""
    a, b = torch.fft.fft2(x), torch.fft.fft2(y)
    n = torch.fft.fftfreq(x.shape[-1], 1 / x.shape[-1], device=x.device)
    ring = (n[:, None].square() + n.square()).sqrt().round().long().clamp_max(x.shape[-1] // 2).flatten()

    def sums(z: Tensor) -> Tensor:
        return z.new_zeros(z.shape[0], x.shape[-1] // 2 + 1).index_add(1, ring, z.flatten(1))

    cross = sums((a * b.conj()).real)
    return cross * torch.rsqrt(sums(a.abs().square()) * sums(b.abs().square()))


def shifted_fringes(light: Tensor) -> tuple[Tensor, Tensor]:
    """A surface's phase and contrast from five pictures of fringes, each moved by a quarter."""
    a, b, c, d, e = light.unbind(0)
    top, under = 2 * (b - d), 2 * c - e - a
    return torch.atan2(top, under), torch.sqrt(top.square() + under.square()) / (4 * light.mean(0))


def peeled_projection(seen: Tensor) -> Tensor:
    """Abel: a round thing's rings from its shadow, solved from the outside in."""
    n = seen.shape[-1]
    r = torch.arange(n + 1, dtype=seen.dtype, device=seen.device)
    y = r[:-1] + 0.5
    chord = torch.sqrt((r.square() - y[:, None].square()).clamp_min(0))
    side = 2 * (chord[:, 1:] - chord[:, :-1])
    return torch.linalg.solve_triangular(side, seen.mT, upper=True).mT


def outline_harmonics(point: Tensor) -> Tensor:
    """Kuhl and Giardina: sizes of the ellipses that make up a closed outline."""
    step = torch.roll(point, -1, 1) - point
    size = step.square().sum(-1).sqrt() + 1e-3
    t = size.cumsum(-1)
    t, before = t / t[:, -1:], (t - size) / t[:, -1:]
    out = []
    for n in range(1, 6):
        c = torch.cos(2 * math.pi * n * t) - torch.cos(2 * math.pi * n * before)
        s = torch.sin(2 * math.pi * n * t) - torch.sin(2 * math.pi * n * before)
        rate = step / size[..., None]
        both = torch.cat(((rate * c[..., None]).sum(1), (rate * s[..., None]).sum(1)), -1)
        out.append(both.square().sum(-1).sqrt() / n**2)
    return torch.stack(out, -1)


# -- shapes and curves


def angle_defects(place: Tensor, corner: Tensor) -> Tensor:
    """Gauss and Bonnet: how far the angles around each node of a mesh are from a full turn."""
    p = place[corner]
    one, two = torch.roll(p, -1, 1) - p, torch.roll(p, 1, 1) - p
    angle = torch.atan2(torch.cross(one, two, dim=-1).norm(dim=-1), (one * two).sum(-1))
    return 2 * math.pi - torch.zeros_like(place[:, 0]).index_add(0, corner.flatten(), angle.flatten())


def hinge_bending_energy(place: Tensor, rest: Tensor) -> Tensor:
    """What it takes to bend pairs of triangles from their angle at rest."""
    a, b, c, d = place.unbind(1)
    edge = b - a
    one, two = torch.cross(edge, c - a, dim=-1), torch.cross(d - a, edge, dim=-1)
    size = edge.norm(dim=-1)
    angle = torch.atan2((torch.cross(one, two, dim=-1) * edge).sum(-1) / size, (one * two).sum(-1))
    area = one.norm(dim=-1) + two.norm(dim=-1)
    return 3 * size.square() / area * (2 * torch.sin(0.5 * (angle - rest))).square()


def winding_road(curve: Tensor, grow: Tensor) -> Tensor:
    """Clothoids: points of a road whose curvature grows evenly, by sums of twenty-four pieces."""
    s = (torch.arange(24, dtype=curve.dtype, device=curve.device) + 0.5) / 24
    angle = curve[:, None] * s + 0.5 * grow[:, None] * s.square()
    return torch.stack((torch.cos(angle), torch.sin(angle)), -1).cumsum(1) / 24


def evenly_walked_curve(control: Tensor, share: Tensor) -> Tensor:
    """Points of a cubic at given shares of its length, by a table of its lengths."""
    t = torch.linspace(0, 1, 17, dtype=control.dtype, device=control.device)[:, None]
    base = torch.cat(((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3), 1)
    point = base @ control
    size = F.pad((point[:, 1:] - point[:, :-1]).norm(dim=-1).cumsum(-1), (1, 0))
    aim = share * size[:, -1:]
    i = torch.searchsorted(size.contiguous(), aim.contiguous()).clamp(1, 16)
    low, high = size.gather(1, i - 1), size.gather(1, i)
    part = ((aim - low) / (high - low))[..., None]
    at = i[..., None].expand(-1, -1, control.shape[-1])
    return (1 - part) * point.gather(1, at - 1) + part * point.gather(1, at)


def natural_cubic_values(y: Tensor, share: Tensor) -> Tensor:
    """A natural cubic spline through even knots, at one share of each of its pieces."""
    n = y.shape[-1]
    near = torch.diag(y.new_ones(n - 3), 1)
    bend = (y[:, 2:] - 2 * y[:, 1:-1] + y[:, :-2]) * 6
    m = torch.linalg.solve(4 * torch.eye(n - 2, dtype=y.dtype, device=y.device) + near + near.mT, bend.mT).mT
    m = F.pad(m, (1, 1))
    a, b = 1 - share, share
    curve = ((a**3 - a) * m[:, :-1] + (b**3 - b) * m[:, 1:]) / 6
    return a * y[:, :-1] + b * y[:, 1:] + curve


# -- maps and sky


def ellipsoid_distance(one: Tensor, two: Tensor) -> Tensor:
    """Vincenty: how far two places are on an ellipsoid, by five rounds, in thousands of kilometres."""
    f = 1 / 298.257223563
    u, w = torch.atan((1 - f) * torch.tan(one[:, 0])), torch.atan((1 - f) * torch.tan(two[:, 0]))
    gap = two[:, 1] - one[:, 1]
    a, b, c, d = torch.sin(u), torch.cos(u), torch.sin(w), torch.cos(w)
    turn = gap
    for _ in range(5):
        s = torch.sqrt((d * torch.sin(turn)).square() + (b * c - a * d * torch.cos(turn)).square())
        k = a * c + b * d * torch.cos(turn)
        sigma, sine = torch.atan2(s, k), b * d * torch.sin(turn) / s
        square = 1 - sine.square()
        mid = k - 2 * a * c / square
        part = f / 16 * square * (4 + f * (4 - 3 * square))
        turn = gap + (1 - part) * f * sine * (sigma + part * s * (mid + part * k * (2 * mid.square() - 1)))
    e = square * 0.00673949674
    big, small = 1 + e / 4 - 3 * e * e / 64, e / 4 - e * e / 8
    return 6.356752 * big * (sigma - small * s * (mid + small / 4 * k * (2 * mid.square() - 1)))


def conic_map(place: Tensor) -> Tensor:
    """Lambert's conformal cone between two parallels."""
    lat, lon = place.unbind(-1)
    one, two = math.radians(35), math.radians(55)
    n = math.log(math.cos(one) / math.cos(two))
    n = n / math.log(math.tan(math.pi / 4 + two / 2) / math.tan(math.pi / 4 + one / 2))
    size = math.cos(one) * math.tan(math.pi / 4 + one / 2) ** n / n
    far = size * torch.tan(math.pi / 4 + 0.5 * lat).pow(-n)
    return torch.stack((far * torch.sin(n * lon), 1.0 - far * torch.cos(n * lon)), -1)


def place_from_centre(x: Tensor) -> Tensor:
    """Bowring: latitude, longitude and height of a point told from the earth's centre, in its radii."""
    a, b, c = x.unbind(-1)
    e, g = 0.00669437999, 0.00673949674
    p = torch.sqrt(a * a + b * b)
    theta = torch.atan2(c, p * math.sqrt(1 - e))
    lat = torch.atan2(c + g * math.sqrt(1 - e) * torch.sin(theta) ** 3, p - e * torch.cos(theta) ** 3)
    round_ = torch.rsqrt(1 - e * torch.sin(lat).square())
    return torch.stack((lat, torch.atan2(b, a), p / torch.cos(lat) - round_), -1)


def satellite_fix(sender: Tensor, far: Tensor) -> Tensor:
    """A place and a clock's error from distances to satellites, by four of Gauss and Newton's steps."""
    state = far.new_zeros(far.shape[0], 4)
    for _ in range(4):
        ray = state[:, None, :3] - sender
        size = ray.norm(dim=-1)
        side = torch.cat((ray / size[..., None], torch.ones_like(size)[..., None]), -1)
        error = far - size - state[:, 3:]
        state = state + torch.linalg.solve(side.mT @ side, (side.mT @ error[..., None]).squeeze(-1))
    return state


# -- robots


def backward_sweep(move: Tensor, push: Tensor, cost: Tensor) -> Tensor:
    """Gains of a controller over a horizon whose dynamics change, from the end to the start."""
    value, out = cost, []
    for a, b in zip(move.flip(1).unbind(1), push.flip(1).unbind(1), strict=True):
        eye = torch.eye(b.shape[-1], dtype=a.dtype, device=a.device)
        gain = torch.linalg.solve(0.5 * eye + b.mT @ value @ b, b.mT @ value @ a)
        value = cost + a.mT @ value @ (a - b @ gain)
        out.append(gain)
    return torch.stack(out[::-1], 1)


def yielding_arm(push: Tensor, stiff: Tensor, rub: Tensor) -> Tensor:
    """Admittance: how far an arm gives way to a hand's force."""
    place, speed, out = torch.zeros_like(push[:, 0]), torch.zeros_like(push[:, 0]), []
    for now in push.unbind(1):
        speed = (speed + 0.1 * (now - stiff * place)) / (1 + 0.1 * rub)
        place = place + 0.1 * speed
        out.append(place)
    return torch.stack(out, 1)


def leg_angles(foot: Tensor) -> Tensor:
    """Hip, thigh and knee of a leg with links of one, for where its foot is."""
    x, y, z = foot.unbind(-1)
    low = torch.sqrt(y * y + z * z - 0.04)
    hip = torch.atan2(y, -z) - torch.atan2(torch.full_like(y, 0.2), low)
    square = x * x + low.square()
    knee = torch.acos((0.5 * square - 1).clamp(-0.99, 0.99))
    thigh = torch.atan2(x, low) + torch.atan2(torch.sin(knee), 1 + torch.cos(knee))
    return torch.stack((hip, thigh, -knee), -1)


def platform_legs(place: Tensor, turn: Tensor, base: Tensor, top: Tensor) -> Tensor:
    """Stewart: six lengths that hold a platform where and how it is turned."""
    (a, b, c), (s, t, u) = torch.cos(turn).unbind(-1), torch.sin(turn).unbind(-1)
    rows = (c * b, c * t * s - u * a, c * t * a + u * s, u * b, u * t * s + c * a, u * t * a - c * s, -t, b * s, b * a)
    matrix = torch.stack(rows, -1).unflatten(-1, (3, 3))
    return (place[:, None] + top @ matrix.mT - base).norm(dim=-1)


def hanging_cable(span: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
    """A catenary's shape and sag for its length, by seven of Newton's steps."""
    ratio = length / span
    z = torch.sqrt(6 * (ratio - 1))
    for _ in range(7):
        z = z - (torch.sinh(z) / z - ratio) / ((torch.cosh(z) - torch.sinh(z) / z) / z)
    a = 0.5 * span / z
    return a, a * (torch.cosh(z) - 1)


def pose_edge_errors(one: Tensor, two: Tensor, seen: Tensor) -> Tensor:
    """How far pairs of poses of a plane are from what was measured between them."""
    c, s = torch.cos(one[:, 2]), torch.sin(one[:, 2])
    gap = two - one
    x, y = c * gap[:, 0] + s * gap[:, 1] - seen[:, 0], c * gap[:, 1] - s * gap[:, 0] - seen[:, 1]
    p, q = torch.cos(seen[:, 2]), torch.sin(seen[:, 2])
    angle = gap[:, 2] - seen[:, 2]
    return torch.stack((p * x + q * y, p * y - q * x, torch.atan2(torch.sin(angle), torch.cos(angle))), -1)
