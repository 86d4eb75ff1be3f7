"""Parts of programs as users of PyTorch write them, of given tensors only: filters, physics, molecules, shapes, robots.

None of them is in an earlier file; fifteenth_inputs.py gives them their inputs, model_code.py, train_code.py and
figure_code.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- signals


def teager_energy(x: Tensor) -> Tensor:
    """A signal's energy from three samples, smoothed over five."""
    y = x[..., 1:-1].square() - x[..., 2:] * x[..., :-2]
    return F.avg_pool1d(y, 5, 1)


def single_bin_power(x: Tensor, pitch: Tensor) -> Tensor:
    """Goertzel: power near one frequency by a recursion of two numbers."""
    c = 2 * torch.cos(pitch)
    s = t = torch.zeros_like(x[:, :1] * c)
    for now in x.unbind(1):
        s, t = now[:, None] + c * s - t, s
    return s * s + t * t - c * s * t


def forward_backward_filter(x: Tensor, keep: Tensor) -> Tensor:
    """A smoother of one pole run both ways, so that nothing is late."""
    for _ in range(2):
        y, out = x[:, 0], []
        for now in x.unbind(1):
            y = keep * y + (1 - keep) * now
            out.append(y)
        x = torch.stack(out, 1).flip(1)
    return x


def cubic_fractional_delay(x: Tensor, late: Tensor) -> Tensor:
    """Farrow: Lagrange's cubic between samples, by Horner's rule of the delay."""
    a, b, c, d = (x[:, i : x.shape[1] - 3 + i] for i in range(4))
    d = d - a + 3 * (b - c)
    c1, c2 = c - (2 * a + 3 * b) / 6 - (d + a - 3 * b + 3 * c) / 6, 0.5 * (a + c) - b
    t = late[:, None]
    return ((d / 6 * t + c2) * t + c1) * t + b


def sine_taper_spectrum(x: Tensor) -> Tensor:
    """Power averaged over five tapers, in decibels."""
    n = x.shape[-1]
    at = torch.arange(1, n + 1, dtype=x.dtype, device=x.device)
    order = torch.arange(1, 6, dtype=x.dtype, device=x.device)[:, None]
    taper = math.sqrt(2 / (n + 1)) * torch.sin(math.pi / (n + 1) * order * at)
    return 10 * torch.log10(torch.fft.rfft(x[:, None] * taper).abs().square().mean(1) + 1e-3)


def magnitude_coherence(x: Tensor, y: Tensor) -> Tensor:
    """How much of one signal's power is explained by another, by averaged frames."""
    a, b = (torch.fft.rfft(t.unfold(-1, 16, 8) * torch.hann_window(16, dtype=t.dtype)) for t in (x, y))
    cross = (a * b.conj()).mean(1)
    return cross.abs().square() / (a.abs().square().mean(1) * b.abs().square().mean(1) + 1e-4)


def instantaneous_frequency(x: Tensor) -> Tensor:
    """How fast the phase of a signal without negative frequencies turns."""
    n = x.shape[-1]
    at = torch.arange(n, device=x.device)
    step = torch.where(at == 0, 1.0, torch.where(at < (n + 1) // 2, 2.0, 0.0)).to(x.dtype)
    z = torch.fft.ifft(torch.fft.fft(x) * step)
    return torch.angle(z[..., 1:] * z[..., :-1].conj()) / (2 * math.pi)


def phase_correlation(one: Tensor, two: Tensor) -> Tensor:
    """How far two pictures are shifted: the cross spectrum's phases, back in space."""
    cross = torch.fft.rfft2(one) * torch.fft.rfft2(two).conj()
    return torch.fft.irfft2(cross / (cross.abs() + 0.05), s=one.shape[-2:])


def oriented_coherence(x: Tensor) -> Tensor:
    """A structure tensor's angle and how far its two sizes differ."""
    dy, dx = torch.gradient(x, dim=(-2, -1))
    a, b, c = (F.avg_pool2d(t[:, None], 3, 1).squeeze(1) for t in (dx * dx, dx * dy, dy * dy))
    gap = torch.sqrt((a - c).square() + 4 * b * b + 1e-4)
    return torch.stack([0.5 * torch.atan2(2 * b, a - c), gap / (a + c + 1e-2)], 1)


def region_level_set(phi: Tensor, x: Tensor) -> Tensor:
    """Chan and Vese: two steps of an outline to where inside and outside are most even."""
    for _ in range(2):
        inside = 0.5 + torch.atan(phi) / math.pi
        one = (inside * x).sum((1, 2), keepdim=True) / inside.sum((1, 2), keepdim=True)
        two = ((1 - inside) * x).sum((1, 2), keepdim=True) / (1 - inside).sum((1, 2), keepdim=True)
        dirac = 1 / (math.pi * (1 + phi * phi))
        phi = phi + 0.5 * dirac * ((x - two).square() - (x - one).square())
    return phi


# -- physics


def convection_rolls(x: Tensor) -> Tensor:
    """Lorenz's three equations, five steps of the midpoint rule."""

    def slope(s: Tensor) -> Tensor:
        a, b, c = s.unbind(-1)
        return torch.stack([10 * (b - a), a * (28 - c) - b, a * b - 8 / 3 * c], -1)

    for _ in range(5):
        x = x + 0.01 * slope(x + 0.005 * slope(x))
    return x


def excitable_cell(v: Tensor, w: Tensor, drive: Tensor) -> Tensor:
    """FitzHugh and Nagumo: a spike and what recovers from it, sixteen steps."""
    out = []
    for _ in range(16):
        v, w = v + 0.1 * (v - v.pow(3) / 3 - w + drive), w + 0.008 * (v + 0.7 - 0.8 * w)
        out.append(v)
    return torch.stack(out, -1)


def flame_front(u: Tensor) -> Tensor:
    """Kuramoto and Sivashinsky, by Fourier modes, the stiff part exactly, four steps."""
    n = u.shape[-1]
    k = 2 * math.pi / 16 * torch.arange(n // 2 + 1, dtype=u.dtype, device=u.device)
    line = k * k - k**4
    keep = torch.exp(0.05 * line)
    by = torch.where(line.abs() > 1e-3, torch.expm1(0.05 * line) / torch.where(line == 0, 1.0, line), 0.05)
    z = torch.fft.rfft(u)
    for _ in range(4):
        z = keep * z - 0.5j * by * k * torch.fft.rfft(torch.fft.irfft(z, n).square())
    return torch.fft.irfft(z, n)


def collapsing_bubble(radius: Tensor, speed: Tensor, pressure: Tensor) -> Tensor:
    """Rayleigh and Plesset: a bubble's radius in a liquid that is pressed, four steps."""
    for _ in range(4):
        inner = 1.2 * radius.pow(-4.2) - 0.1 / radius - 0.4 * speed / radius - pressure
        speed = speed + 0.02 * (inner - 1.5 * speed * speed) / radius
        radius = radius + 0.02 * speed
    return torch.stack([radius, speed], -1)


def ionised_share(heat: Tensor, density: Tensor) -> Tensor:
    """Saha: how much hydrogen has lost its electron."""
    log = 36.113 + 1.5 * torch.log(heat) - 157.8 / heat - torch.log(density)
    s = torch.exp(0.5 * log.clamp(-20, 20))
    return 2 * s / (s + torch.sqrt(s * s + 4))


def pseudo_voigt_lines(x: Tensor, centre: Tensor, wide: Tensor, share: Tensor, area: Tensor) -> Tensor:
    """Lines that are partly Gaussian and partly Lorentzian, added up."""
    z = (x[:, None] - centre) / wide
    bell = math.sqrt(4 * math.log(2) / math.pi) * torch.exp(-4 * math.log(2) * z * z)
    return (area / wide * ((1 - share) * bell + share * 2 / math.pi / (1 + 4 * z * z))).sum(-1)


def scattered_photons(energy: Tensor, angle: Tensor) -> Tensor:
    """Compton: what energy is left and how likely an angle is, by Klein and Nishina."""
    p = 1 / (1 + energy * (1 - torch.cos(angle)))
    return torch.stack([energy * p, 0.5 * p * p * (p + 1 / p - torch.sin(angle).square())], -1)


def lensed_images(source: Tensor) -> tuple[Tensor, Tensor]:
    """A star behind a mass: two images and how much brighter they are."""
    root = torch.sqrt(source * source + 4)
    bright = (source * source + 2) / (source * root)
    return torch.stack([0.5 * (source + root), 0.5 * (source - root)], -1), torch.stack(
        [0.5 * (bright + 1), 0.5 * (bright - 1)], -1
    )


def flattened_planet_pull(x: Tensor) -> Tensor:
    """Gravity of a planet that is a little flat, beside a point's."""
    r = x.norm(dim=-1, keepdim=True)
    z = (x[:, 2:] / r).square()
    bent = 1.5 * 1.0826e-3 / r.square()
    by = torch.cat([1 - bent * (5 * z - 1), 1 - bent * (5 * z - 1), 1 - bent * (5 * z - 3)], -1)
    return -x / r.pow(3) * by


def orbit_elements(x: Tensor, v: Tensor) -> Tensor:
    """Size, eccentricity and tilt of an orbit from a place and a speed."""
    r = x.norm(dim=-1)
    h = torch.linalg.cross(x, v, dim=-1)
    e = torch.linalg.cross(v, h, dim=-1) - x / r[:, None]
    size = 1 / (2 / r - v.square().sum(-1))
    return torch.stack([size, e.norm(dim=-1), torch.acos(h[:, 2] / h.norm(dim=-1))], -1)


# -- molecules


def bubble_point(share: Tensor, a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Antoine: the heat at which a mixture boils, by six of Newton's steps."""
    share = share / share.sum(-1, keepdim=True)
    t = (share * (b / (a - math.log10(101.3)) - c)).sum(-1, keepdim=True)
    for _ in range(6):
        p = share * torch.pow(10.0, a - b / (t + c))
        slope = (p * math.log(10) * b / (t + c).square()).sum(-1, keepdim=True)
        t = t - (p.sum(-1, keepdim=True) - 101.3) / slope
    return t.squeeze(-1)


def local_composition_activity(x: Tensor, bond: Tensor) -> Tensor:
    """Wilson: how much more eagerly each part of a mixture leaves it."""
    pull = torch.exp(bond * (1 - torch.eye(len(bond), dtype=bond.dtype, device=bond.device)))
    x = x / x.sum(-1, keepdim=True)
    inner = x @ pull.mT
    return torch.exp(1 - torch.log(inner) - (x / inner) @ pull)


def competing_adsorption(pressure: Tensor, bind: Tensor, room: Tensor) -> Tensor:
    """Langmuir: gases that share a surface's places."""
    q = bind * pressure
    return room * q / (1 + q.sum(-1, keepdim=True))


def silicon_energy(x: Tensor) -> Tensor:
    """Stillinger and Weber: pairs, and triples that like the angle of a tetrahedron."""
    n = x.shape[-2]
    way = x[..., :, None, :] - x[..., None, :, :]
    r = torch.sqrt(way.square().sum(-1) + 0.2)
    cut = torch.where(r < 1.75, torch.exp(1 / (r.clamp(max=1.7) - 1.8)), 0.0)
    cut = cut * (1 - torch.eye(n, dtype=x.dtype, device=x.device))
    pair = 3.5 * (0.6 * r.pow(-4) - 1) * cut
    unit = way / r[..., None]
    angle = torch.einsum("bijd,bikd->bijk", unit, unit)
    triple = 2 * cut[..., None] * cut[..., None, :] * (angle + 1 / 3).square()
    return pair.sum((-2, -1)) + triple.sum((-3, -2, -1))


def gyration_figures(x: Tensor) -> Tensor:
    """How wide a chain is and how far from round, by its second moments."""
    y = x - x.mean(1, keepdim=True)
    s = y.mT @ y / x.shape[1]
    own = torch.linalg.eigvalsh(s)
    wide = own.sum(-1)
    return torch.stack([wide.sqrt(), own[:, 2] - 0.5 * (own[:, 0] + own[:, 1]), (s * s).sum((-2, -1)) / wide**2], -1)


# -- shapes and robots


def rational_spline(point: Tensor, weight: Tensor, t: Tensor) -> Tensor:
    """A cubic curve whose points have weights."""
    t = t[..., None]
    s = 1 - t
    basis = torch.cat([s**3, 3 * s * s * t, 3 * s * t * t, t**3], -1) * weight[:, None]
    return (basis @ point) / basis.sum(-1, keepdim=True)


def triangulated_points(view: Tensor, seen: Tensor) -> Tensor:
    """Points in space that several cameras see, by least squares of their rays' equations."""
    rows = seen[..., None] * view[:, :, 2:3] - view[:, :, :2]
    rows = rows.flatten(1, 2)
    a, b = rows[..., :3], -rows[..., 3:]
    return torch.linalg.solve(a.mT @ a + 0.05 * torch.eye(3, dtype=a.dtype), a.mT @ b).squeeze(-1)


def fisheye_projection(x: Tensor, bend: Tensor) -> Tensor:
    """A wide lens: angles from the axis, bent by odd powers."""
    r = x[..., :2].norm(dim=-1, keepdim=True) + 1e-3
    angle = torch.atan2(r, x[..., 2:])
    s = angle.square()
    return angle * (1 + s * (bend[0] + s * (bend[1] + s * (bend[2] + s * bend[3])))) * x[..., :2] / r


def occupancy_update(log: Tensor, far: Tensor, at: Tensor) -> Tensor:
    """A map's cells along a beam: empty before what it hit, full there, unknown behind."""
    gap = at - far[:, None]
    hit = torch.exp(-0.5 * (gap / 0.2).square())
    free = torch.sigmoid(-8 * (gap + 0.4))
    p = (0.5 + 0.4 * hit - 0.3 * free * (1 - hit)).clamp(0.05, 0.95)
    return (log + torch.logit(p)).clamp(-4, 4)


def fused_signed_distance(old: Tensor, weight: Tensor, depth: Tensor, at: Tensor) -> tuple[Tensor, Tensor]:
    """Depth pictures one after the other as a running mean of truncated distances."""
    for one in depth:
        gap = one[:, None] - at
        near = (gap > -0.3).to(old.dtype)
        total = weight + near
        old = (weight * old + near * (gap / 0.3).clamp(-1, 1)) / total.clamp_min(1)
        weight = total
    return old, weight


def front_axle_steering(place: Tensor, turn: Tensor, speed: Tensor) -> Tensor:
    """Stanley's rule: steer by the heading's error and by how far aside a path is, four steps."""
    for _ in range(4):
        steer = (-turn - torch.atan(1.5 * place / (speed + 0.5))).clamp(-0.6, 0.6)
        place = place + 0.1 * speed * torch.sin(turn + steer)
        turn = turn + 0.1 * speed / 2.5 * torch.sin(steer)
    return torch.stack([place, turn], -1)
