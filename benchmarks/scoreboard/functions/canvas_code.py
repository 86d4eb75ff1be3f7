"""Graphics, pictures and sound as users of PyTorch write them, of given tensors only.

None of it is in an earlier file; seventeenth_inputs.py gives the functions their inputs.
"""

from __future__ import annotations

import itertools
import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- light on surfaces


def brushed_highlight(normal: Tensor, half: Tensor, along: Tensor, rough: Tensor) -> Tensor:
    """Ward: a highlight that is longer across a brushed surface than along it."""
    normal, half = F.normalize(normal, dim=-1), F.normalize(half, dim=-1)
    t = F.normalize(along - (along * normal).sum(-1, keepdim=True) * normal, dim=-1)
    b = torch.cross(normal, t, dim=-1)
    up = (normal * half).sum(-1).clamp_min(0.1)
    one, two = (half * t).sum(-1) / rough[:, 0], (half * b).sum(-1) / rough[:, 1]
    return torch.exp(-(one.square() + two.square()) / up.square()) / (4 * math.pi * rough[:, 0] * rough[:, 1])


def retro_diffuse(light: Tensor, eye: Tensor, half: Tensor, rough: Tensor) -> Tensor:
    """Burley: a dull surface that shines back at grazing angles when it is rough."""
    edge = 0.5 + 2 * rough * half.square()
    return (1 + (edge - 1) * (1 - light).pow(5)) * (1 + (edge - 1) * (1 - eye).pow(5)) / math.pi


def cloth_sheen(up: Tensor, rough: Tensor) -> Tensor:
    """Charlie: the sheen of cloth, a power of the sine."""
    power = 1 / rough
    return (2 + power) * (1 - up.square()).clamp_min(1e-3).pow(0.5 * power) / (2 * math.pi)


def scattering_profile(far: Tensor, albedo: Tensor) -> tuple[Tensor, Tensor]:
    """How light spreads under skin, as two exponentials, and how much within a radius."""
    s = 1.9 - albedo + 3.5 * (albedo - 0.8).square()
    one, two = torch.exp(-s * far), torch.exp(-s * far / 3)
    return albedo * s * (one + two) / (8 * math.pi * far), 1 - 0.25 * one - 0.75 * two


def ambient_from_harmonics(normal: Tensor, light: Tensor) -> Tensor:
    """Ramamoorthi: light from all around on a surface, by nine numbers for each colour."""
    x, y, z = F.normalize(normal, dim=-1).unbind(-1)
    one = torch.ones_like(x)
    base = (
        *(0.886227 * one, 1.023328 * y, 1.023328 * z, 1.023328 * x, 0.858086 * x * y, 0.858086 * y * z),
        *(0.743125 * z * z - 0.247708, 0.858086 * x * z, 0.429043 * (x * x - y * y)),
    )
    return F.relu(torch.stack(base, -1) @ light)


def clear_sky_luminance(up: Tensor, sun: Tensor, clear: Tensor) -> Tensor:
    """Perez: how bright a sky is by its height and by how far the sun is."""
    a, b, c, d, e = clear.unbind(-1)
    horizon = 1 + a * torch.exp(b / (up + 0.05))
    return horizon * (1 + c * torch.exp(d * torch.acos(sun)) + e * sun.square())


def fog_along_ray(height: Tensor, rise: Tensor, far: Tensor) -> Tensor:
    """How much passes through fog that thins with height."""
    depth = 0.3 * torch.exp(-height) * -torch.expm1(-rise * far) / rise
    return torch.exp(-depth)


def polygon_light(corner: Tensor, normal: Tensor) -> Tensor:
    """Lambert: what a polygon of light sends to a surface, edge by edge."""
    ray = F.normalize(corner, dim=-1)
    after = torch.roll(ray, -1, 1)
    turn = torch.cross(ray, after, dim=-1)
    size = turn.norm(dim=-1, keepdim=True)
    angle = torch.atan2(size, (ray * after).sum(-1, keepdim=True))
    return ((angle * turn / size).sum(1) * F.normalize(normal, dim=-1)).sum(-1) / (2 * math.pi)


def variance_shadow(depth: Tensor, at: Tensor) -> Tensor:
    """Chebyshev's bound on how much of a blurred depth map lies behind."""
    mean = F.avg_pool2d(depth, 3, 1, 1, count_include_pad=False)
    square = F.avg_pool2d(depth.square(), 3, 1, 1, count_include_pad=False)
    spread = (square - mean.square()).clamp_min(0.01)
    gap = at - mean
    return torch.where(gap > 0, spread / (spread + gap.square()), torch.ones_like(gap))


def detail_normals(base: Tensor, detail: Tensor) -> Tensor:
    """Two maps of normals laid over each other, the second turned by the first."""
    t = F.normalize(base, dim=-1) + base.new_tensor((0.0, 0.0, 1.0))
    u = F.normalize(detail, dim=-1) * base.new_tensor((-1.0, -1.0, 1.0))
    return F.normalize(t * (t * u).sum(-1, keepdim=True) / t[..., 2:] - u, dim=-1)


def surface_tangents(point: Tensor, place: Tensor) -> Tensor:
    """The direction in which a picture's first coordinate grows over each triangle."""
    one, two = point[:, 1] - point[:, 0], point[:, 2] - point[:, 0]
    a, b = place[:, 1] - place[:, 0], place[:, 2] - place[:, 0]
    det = a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1]
    return F.normalize((one * b[:, 1:] - two * a[:, 1:]) * torch.sign(det)[:, None], dim=-1)


# -- shapes


def nearest_seed_noise(x: Tensor, seed: Tensor) -> tuple[Tensor, Tensor]:
    """Worley: how far the nearest of scattered points is, and how much further the next."""
    far = (x[:, None] - seed).square().sum(-1).sqrt()
    two = far.topk(2, -1, largest=False)[0]
    return two[:, 0], two[:, 1] - two[:, 0]


def swirling_noise(x: Tensor, pitch: Tensor, shift: Tensor) -> Tensor:
    """A flow without sources: the curl of a sum of waves."""
    slope = torch.cos(x @ pitch.T + shift)[..., None] * pitch / pitch.square().sum(-1, keepdim=True)
    total = slope.sum(1)
    return torch.stack((total[:, 1], -total[:, 0]), -1)


def sharp_cell_vertex(point: Tensor, normal: Tensor) -> Tensor:
    """Dual contouring: the place that fits the planes of a cell's crossings best."""
    n = F.normalize(normal, dim=-1)
    mean = point.mean(1, keepdim=True)
    gap = (n * (point - mean)).sum(-1, keepdim=True)
    gram = n.mT @ n + 0.1 * torch.eye(3, dtype=n.dtype, device=n.device)
    return (mean.squeeze(1)) + torch.linalg.solve(gram, n.mT @ gap).squeeze(-1)


def inflated_smoothing(x: Tensor, edge: Tensor) -> Tensor:
    """Taubin: a mesh smoothed and blown up again in turn, so that it does not shrink."""
    share = edge / edge.sum(-1, keepdim=True)
    for _ in range(4):
        x = x + 0.5 * (share @ x - x)
        x = x - 0.53 * (share @ x - x)
    return x


def reaching_chain(joint: Tensor, target: Tensor) -> Tensor:
    """FABRIK: a chain of bones drawn to a target and back to its root, twice."""
    size = (joint[:, 1:] - joint[:, :-1]).norm(dim=-1, keepdim=True)
    place = list(joint.unbind(1))
    for _ in range(2):
        place[-1] = target
        for i in range(len(place) - 2, -1, -1):
            place[i] = place[i + 1] + size[:, i] * F.normalize(place[i] - place[i + 1], dim=-1)
        place[0] = joint[:, 0]
        for i in range(1, len(place)):
            place[i] = place[i - 1] + size[:, i - 1] * F.normalize(place[i] - place[i - 1], dim=-1)
    return torch.stack(place, 1)


def cubic_by_corners(control: Tensor, t: Tensor) -> Tensor:
    """De Boor: a cubic spline's point, by cutting corners three times."""
    d = list(control.unbind(1))
    for r in range(1, 4):
        for j in range(3, r - 1, -1):
            share = ((t + 3 - j) / (4 - r))[:, None]
            d[j] = (1 - share) * d[j - 1] + share * d[j]
    return d[3]


def sphere_hits(origin: Tensor, ray: Tensor, centre: Tensor, radius: Tensor) -> Tensor:
    """Where rays enter spheres, without the loss of a small difference."""
    gap, d = origin[:, None] - centre, F.normalize(ray, dim=-1)[:, None]
    b = -(gap * d).sum(-1)
    inside = radius.square() - (gap + b[..., None] * d).square().sum(-1)
    q = b + torch.sign(b) * inside.clamp_min(0).sqrt()
    return torch.where(inside > 0, torch.minimum((gap.square().sum(-1) - radius.square()) / q, q), torch.zeros_like(q))


def blobby_field(x: Tensor, centre: Tensor, radius: Tensor) -> tuple[Tensor, Tensor]:
    """Metaballs: a sum of lumps of six powers, and its slope."""
    gap = x[:, None] - centre
    share = (1 - gap.square().sum(-1) / radius.square()).clamp_min(0)
    return (share**3).sum(-1), (-6 * (share.square() / radius.square())[..., None] * gap).sum(1)


def rounded_box(x: Tensor, half: Tensor, turn: Tensor) -> Tensor:
    """How far points are from a rounded box that is twisted along its height."""
    c, s = torch.cos(turn * x[:, 1]), torch.sin(turn * x[:, 1])
    y = torch.stack((c * x[:, 0] - s * x[:, 2], x[:, 1], s * x[:, 0] + c * x[:, 2]), -1)
    q = y.abs() - half
    return q.clamp_min(0).norm(dim=-1) + q.amax(-1).clamp_max(0) - 0.1


# -- pictures


def grey_world_balance(x: Tensor) -> Tensor:
    """Colours balanced so that a high power mean of each is the same."""
    level = x.pow(6).mean((2, 3), keepdim=True).pow(1 / 6)
    return x * level.mean(1, keepdim=True) / level


def soft_block_coding(x: Tensor, table: Tensor) -> Tensor:
    """A picture's blocks by cosines, divided by a table, softly rounded, and put back."""
    n = torch.arange(8, dtype=x.dtype, device=x.device)
    wave = torch.cos(math.pi / 8 * (n + 0.5) * n[:, None]) * 0.5
    wave = torch.cat((wave[:1] * math.sqrt(0.5), wave[1:]))
    block = x.unflatten(-1, (-1, 8)).unflatten(1, (-1, 8)).transpose(2, 3)
    z = (wave @ block @ wave.T) / table
    z = z - torch.sin(2 * math.pi * z) / (2 * math.pi)
    return (wave.T @ (z * table) @ wave).transpose(2, 3).flatten(3).flatten(1, 2)


def halved_colour(x: Tensor) -> Tensor:
    """Brightness kept, and colours halved and drawn large again."""
    grey = (x * x.new_tensor((0.299, 0.587, 0.114))[:, None, None]).sum(1, keepdim=True)
    colour = F.interpolate(F.avg_pool2d(x - grey, 2), scale_factor=2, mode="bilinear")
    return (grey + colour).clamp(0, 1)


def seam_costs(x: Tensor) -> Tensor:
    """The cheapest path down a picture to each place."""
    cost = x[:, 0]
    for row in x.unbind(1)[1:]:
        near = F.pad(cost, (1, 1), value=100.0).unfold(-1, 3, 1)
        cost = row + near.amin(-1)
    return cost


def gaussian_differences(x: Tensor) -> Tensor:
    """A picture blurred more and more by a small filter, and what lies between."""
    line = x.new_tensor((1.0, 4.0, 6.0, 4.0, 1.0)) / 16
    kernel = (line[:, None] * line)[None, None]
    blur = [x]
    for _ in range(3):
        blur.append(F.conv2d(F.pad(blur[-1], (2, 2, 2, 2), mode="reflect"), kernel))
    return torch.cat([b - a for a, b in itertools.pairwise(blur)], 1)


def texture_figures(x: Tensor, level: Tensor) -> tuple[Tensor, Tensor]:
    """Haralick: contrast and energy of soft grey levels that lie side by side."""
    share = torch.softmax(-((x[..., None] - level) / 0.2).square(), -1)
    pair = torch.einsum("bhwi,bhwj->bij", share[:, :, :-1], share[:, :, 1:])
    pair = pair / pair.sum((1, 2), keepdim=True)
    return (pair * (level[:, None] - level).square()).sum((1, 2)), pair.square().sum((1, 2))


def elastic_contour_step(point: Tensor, pull: Tensor) -> Tensor:
    """A closed curve's step under its own tension and stiffness, solved as a whole."""
    n = point.shape[1]
    eye = torch.eye(n, dtype=point.dtype, device=point.device)
    one = torch.roll(eye, 1, 0) + torch.roll(eye, -1, 0) - 2 * eye
    return torch.linalg.solve(eye - 0.3 * one + 0.1 * one @ one, point + 0.2 * pull)


def lights_to_normals(seen: Tensor, light: Tensor) -> tuple[Tensor, Tensor]:
    """Woodham: a surface's directions and brightness from pictures under several lamps."""
    lamp = F.normalize(light, dim=-1)
    g = torch.linalg.solve(lamp.T @ lamp, lamp.T @ seen.flatten(1)).view(3, *seen.shape[1:])
    size = torch.sqrt(g.square().sum(0) + 1e-3)
    return g / size, size


def refocused_views(view: Tensor, slope: Tensor) -> Tensor:
    """Views of a row of cameras, each moved by how far it stands, and averaged."""
    at = torch.arange(view.shape[1], dtype=view.dtype, device=view.device) - view.shape[1] // 2
    pitch = 2 * math.pi * torch.fft.rfftfreq(view.shape[-1], device=view.device).to(view.dtype)
    phase = slope[:, None, None] * at[:, None] * pitch
    z = torch.fft.rfft(view) * torch.polar(torch.ones_like(phase), phase)
    return torch.fft.irfft(z.mean(1), n=view.shape[-1])


def algebraic_tomography(x: Tensor, ray: Tensor, seen: Tensor) -> Tensor:
    """SART: a picture corrected by its rays' errors, three times over."""
    row, column = ray.sum(-1), ray.sum(-2)
    for _ in range(3):
        x = (x + 0.8 * (((seen - x @ ray.T) / row) @ ray) / column).clamp_min(0)
    return x


# -- sound


def ring_modulation(x: Tensor, pitch: Tensor, depth: Tensor) -> Tensor:
    """A tone times a carrier whose pitch is itself bent by a slow wave."""
    t = torch.arange(x.shape[-1], dtype=x.dtype, device=x.device) / 16
    phase = pitch[:, None] * t + depth[:, None] * torch.sin(0.7 * t)
    return x * (0.5 + 0.5 * torch.sin(phase))


def harmonic_shaper(x: Tensor, gain: Tensor) -> Tensor:
    """A waveshaper of Chebyshev's polynomials: each makes one harmonic of a cosine."""
    x = torch.tanh(x)
    one, two, total = torch.ones_like(x), x, gain[0] * x
    for g in gain[1:]:
        one, two = two, 2 * x * two - one
        total = total + g * two
    return total


def grain_cloud(x: Tensor, start: Tensor, gain: Tensor) -> Tensor:
    """Windowed grains of a sound, taken at given places and overlapped."""
    n = torch.arange(16, device=x.device)
    window = 0.5 - 0.5 * torch.cos(2 * math.pi * (n.to(x.dtype) + 0.5) / 16)
    grain = x[:, start[:, None] + n] * window * gain[:, None]
    total = F.fold(grain.mT, (1, 4 * start.shape[0] + 12), (1, 16), stride=(1, 4))
    return total[:, 0, 0]


def drum_membrane(radius: Tensor, time: Tensor, gain: Tensor) -> Tensor:
    """A round skin's height, by its first ring modes."""
    root = torch.tensor((2.404826, 5.520078, 8.653728), dtype=radius.dtype, device=radius.device)
    shape = torch.special.bessel_j0(root * radius[:, None]) * gain
    return shape @ (torch.cos(root * time[:, None]) * torch.exp(-0.1 * root * time[:, None])).mT


def glottal_pulses(phase: Tensor, open_share: Tensor) -> Tensor:
    """Rosenberg: air through the vocal folds, opening by a cosine and closing by another."""
    p = phase / open_share[:, None]
    rise = 0.5 - 0.5 * torch.cos(math.pi * p / 0.7)
    fall = torch.cos(0.5 * math.pi * (p - 0.7) / 0.3)
    return torch.where(p < 0.7, rise, torch.where(p < 1, fall, torch.zeros_like(p)))


def downward_expander(x: Tensor, floor: Tensor) -> Tensor:
    """What is quiet made quieter, by a level that rises fast and falls slowly."""
    level, out = x[:, 0].abs(), []
    for now in x.unbind(1):
        up = now.abs()
        level = torch.where(up > level, 0.5 * level + 0.5 * up, 0.9 * level + 0.1 * up)
        out.append(now * torch.sigmoid(4 * torch.log((level + 0.01) / floor)))
    return torch.stack(out, 1)


def head_shadow(angle: Tensor, pitch: Tensor) -> tuple[Tensor, Tensor]:
    """Woodworth and Brown: how much later and duller a sound comes to the far ear."""
    late = torch.where(angle > 0, angle + torch.sin(angle), torch.sin(angle))
    alpha = 1.05 + 0.95 * torch.cos(1.2 * angle)
    w = 0.5 * pitch
    return 0.26 * late, torch.sqrt((1 + (alpha[:, None] * w).square()) / (1 + w.square()))


def backward_decay(x: Tensor) -> Tensor:
    """Schroeder: a room's decay in decibels, as what is still to come."""
    left = x.square().flip(-1).cumsum(-1).flip(-1)
    return 10 * torch.log10(left / left[:, :1] + 1e-3)


def rough_intervals(pitch: Tensor, size: Tensor) -> Tensor:
    """Sethares: how much a chord's partials beat against each other."""
    gap = (pitch[..., None] - pitch[..., None, :]).abs()
    low = torch.minimum(pitch[..., None], pitch[..., None, :])
    s = 0.24 / (0.0207 * low + 0.019) / 1000 * gap
    beat = torch.exp(-3.5 * s) - torch.exp(-5.75 * s)
    return (torch.minimum(size[..., None], size[..., None, :]) * beat).sum((-1, -2)) * 10


def key_profiles(chroma: Tensor, profile: Tensor) -> Tensor:
    """How well pitch classes go with each of twelve keys, by correlations."""
    turned = torch.stack([torch.roll(profile, i, -1) for i in range(12)])
    a, b = chroma - chroma.mean(-1, keepdim=True), turned - turned.mean(-1, keepdim=True)
    return F.normalize(a, dim=-1) @ F.normalize(b, dim=-1).mT


def valleys_and_peaks(power: Tensor) -> Tensor:
    """Spectral contrast: logarithms of the strongest over the weakest fifth of each octave."""
    out = []
    for low in (4, 8, 16, 32):
        z = torch.sort(power[..., low : 2 * low], -1)[0]
        k = max(1, low // 5)
        out.append(torch.log(z[..., -k:].mean(-1)) - torch.log(z[..., :k].mean(-1)))
    return torch.stack(out, -1)


def spectral_ratio_divergence(power: Tensor, told: Tensor) -> Tensor:
    """Itakura and Saito: how far spectra are apart, whatever their loudness."""
    log = power.log() - told.log()
    return (log.exp() - log - 1).mean(-1)


def clipped_band_correlation(x: Tensor, y: Tensor) -> Tensor:
    """STOI: short pieces of bands, scaled and clipped, correlated with the clean ones."""
    a, b = x.unfold(-1, 12, 6), y.unfold(-1, 12, 6)
    b = b * a.norm(dim=-1, keepdim=True) / b.norm(dim=-1, keepdim=True)
    b = torch.minimum(b, a * (1 + 10**0.75))
    a, b = a - a.mean(-1, keepdim=True), b - b.mean(-1, keepdim=True)
    return F.cosine_similarity(a, b, dim=-1).mean(-1)
