"""Parts of programs as users of PyTorch write them, of given tensors only: tracking, control, shapes, rays, codecs.

None of them is in an earlier file; sixteenth_inputs.py gives them their inputs, layer_code.py, learn_code.py and
science_code.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- tracking


def square_root_measurement(root: Tensor, seen: Tensor, noise: Tensor) -> Tensor:
    """A square-root filter's covariance after a measurement, by one triangularisation."""
    n, m = root.shape[-1], seen.shape[-2]
    top = torch.cat((torch.diag_embed(noise), torch.zeros_like(seen)), -1)
    low = torch.cat((root.mT @ seen.mT, root.mT), -1)
    r = torch.linalg.qr(torch.cat((top, low), -2), mode="r")[1]
    kept = r[..., m : m + n, m:]
    return kept.mT @ kept


def iterated_range_update(x: Tensor, cov: Tensor, station: Tensor, far: Tensor) -> Tensor:
    """An extended filter that linearises ranges to stations three times, one station after another."""
    place = x
    for _ in range(3):
        gap = place[:, None] - station
        told = gap.square().sum(-1).sqrt()
        jacobian = gap / told[..., None]
        spread = jacobian @ cov @ jacobian.mT + 0.05 * torch.eye(station.shape[0], dtype=x.dtype, device=x.device)
        rest = far - told - torch.einsum("bij,bj->bi", jacobian, x - place)
        place = x + torch.einsum("bij,bkj,bk->bi", cov, jacobian, torch.linalg.solve(spread, rest))
    return place


def cubature_moments(mean: Tensor, cov: Tensor) -> tuple[Tensor, Tensor]:
    """The mean and spread of a polar measurement, by points along the root of a covariance."""
    n = mean.shape[-1]
    root = math.sqrt(n) * torch.linalg.cholesky(cov).mT
    point = torch.cat((mean[:, None] + root, mean[:, None] - root), 1)
    y = torch.stack((torch.hypot(point[..., 0], point[..., 1]), torch.atan2(point[..., 1], point[..., 0])), -1)
    middle = y.mean(1)
    gap = y - middle[:, None]
    return middle, gap.mT @ gap / (2 * n)


def attitude_error_update(q: Tensor, seen: Tensor, known: Tensor, gain: Tensor) -> Tensor:
    """A multiplicative filter: known directions turned by an attitude, and a small turn towards what was seen."""
    w, u = q[:, :1], q[:, 1:]
    t = 2 * torch.linalg.cross(u, known, dim=-1)
    told = known + w * t + torch.linalg.cross(u, t, dim=-1)
    small = 0.5 * gain * torch.linalg.cross(told, seen, dim=-1)
    turned = torch.cat((w - (small * u).sum(-1, keepdim=True), u + w * small + torch.linalg.cross(small, u)), -1)
    return F.normalize(turned, dim=-1)


def interacting_models_mix(x: Tensor, cov: Tensor, chance: Tensor, switch: Tensor) -> tuple[Tensor, Tensor]:
    """Several filters' states mixed by how likely each switches to each, with what their means differ by."""
    joint = switch.softmax(-1) * chance.softmax(-1)[..., None]
    share = joint / joint.sum(-2, keepdim=True)
    mean = share.mT @ x
    gap = x[:, :, None] - mean[:, None]
    spread = cov[:, :, None] + gap[..., None] * gap[..., None, :]
    return mean, torch.einsum("bij,bijkl->bjkl", share, spread)


def probabilistic_association(x: Tensor, echo: Tensor, spread: Tensor) -> tuple[Tensor, Tensor]:
    """How likely each of several echoes is the target's, none of them too, and the mean of what they tell."""
    gap = echo - x[:, None]
    score = torch.exp(-0.5 * (gap / spread[:, None]).square().sum(-1))
    none = 0.3 * (2 * math.pi) * spread.prod(-1, keepdim=True)
    share = score / (none + score.sum(-1, keepdim=True))
    return x + 0.7 * (share[..., None] * gap).sum(1), share


# -- control


def sylvester_by_kronecker(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """A X + X B = C by one linear system of Kronecker products."""
    n, m = a.shape[-1], b.shape[-1]
    left = torch.kron(a, torch.eye(m, dtype=a.dtype, device=a.device))
    right = torch.kron(torch.eye(n, dtype=a.dtype, device=a.device), b.T.contiguous())
    return torch.linalg.solve(left + right, c.flatten(-2)[..., None]).squeeze(-1).unflatten(-1, (n, m))


def bounded_integral_control(x: Tensor, target: Tensor, gain: Tensor) -> Tensor:
    """A controller of three terms on a slow plant, whose drive is bounded and whose integral leaks back."""
    total, last, out = torch.zeros_like(x), target[:, 0] - x, []
    for now in target.unbind(1):
        rest = now - x
        wish = gain[:, 0] * rest + total + gain[:, 2] * (rest - last)
        drive = wish.clamp(-1.5, 1.5)
        total = total + 0.1 * gain[:, 1] * rest + 0.3 * (drive - wish)
        x, last = x + 0.2 * (drive - 0.5 * x), rest
        out.append(x)
    return torch.stack(out, 1)


def model_predictive_step(a: Tensor, b: Tensor, x: Tensor) -> Tensor:
    """The first of five drives that bring a linear plant to rest, by the condensed quadratic problem."""
    powers = [torch.eye(a.shape[-1], dtype=a.dtype, device=a.device).expand_as(a)]
    for _ in range(5):
        powers.append(a @ powers[-1])
    rows = [torch.cat([powers[i - j] @ b if j <= i else torch.zeros_like(b) for j in range(5)], -1) for i in range(5)]
    g = torch.cat(rows, -2)
    free = torch.cat(powers[1:], -2) @ x[..., None]
    hessian = g.mT @ g + 0.1 * torch.eye(g.shape[-1], dtype=a.dtype, device=a.device)
    return -torch.linalg.solve(hessian, g.mT @ free).squeeze(-1)[..., : b.shape[-1]]


def smoothed_sliding_mode(x: Tensor, v: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """A sliding surface with a soft boundary, on a pendulum, for four steps."""
    for _ in range(4):
        surface = v + 2 * (x - target)
        drive = 4 * torch.sin(x) - 2 * v - 3 * torch.tanh(surface / 0.2)
        v = v + 0.05 * (drive - 4.2 * torch.sin(x) - 0.1 * v)
        x = x + 0.05 * v
    return x, v


def frequency_response_gain(a: Tensor, b: Tensor, c: Tensor, pitch: Tensor) -> Tensor:
    """The gain of a plant at several frequencies, by complex solves."""
    eye = torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
    system = torch.complex((-a).expand(len(pitch), -1, -1), pitch[:, None, None] * eye)
    drive = torch.complex(b, torch.zeros_like(b))
    return (torch.complex(c, torch.zeros_like(c)) @ torch.linalg.solve(system, drive)).abs()


def reachable_energy(a: Tensor, b: Tensor) -> Tensor:
    """A plant's gramian over eight steps, and from it the cost to reach each state."""
    gram, step = torch.zeros_like(a), b
    for _ in range(8):
        gram = gram + step @ step.mT
        step = a @ step
    eye = torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
    return torch.linalg.inv(gram + 0.1 * eye).diagonal(dim1=-2, dim2=-1)


# -- robots


def planar_manipulability(angle: Tensor, link: Tensor) -> tuple[Tensor, Tensor]:
    """A planar arm's tip, and how freely it moves: the root of the determinant of J Jᵀ."""
    total = angle.cumsum(-1)
    x, y = link * torch.cos(total), link * torch.sin(total)
    row = torch.stack((-y.flip(-1).cumsum(-1).flip(-1), x.flip(-1).cumsum(-1).flip(-1)), -2)
    g = row @ row.mT
    return torch.stack((x.sum(-1), y.sum(-1)), -1), torch.sqrt(g[..., 0, 0] * g[..., 1, 1] - g[..., 0, 1].square())


def dual_quaternion_blend(real: Tensor, dual: Tensor, weight: Tensor, x: Tensor) -> Tensor:
    """Points moved by a mixture of rigid motions, kept rigid."""
    share = weight.softmax(-1)
    r, d = share @ real, share @ dual
    size = torch.linalg.vector_norm(r, dim=-1, keepdim=True)
    r, d = r / size, d / size
    w, u = r[:, :1], r[:, 1:]
    turned = x + 2 * torch.linalg.cross(u, torch.linalg.cross(u, x) + w * x)
    return turned + 2 * (w * d[:, 1:] - d[:, :1] * u + torch.linalg.cross(u, d[:, 1:]))


def wheel_odometry(left: Tensor, right: Tensor) -> Tensor:
    """A robot's path from how far its two wheels turn, by arcs."""
    far, turn = 0.5 * (left + right), (right - left) / 0.4
    heading = turn.cumsum(-1) - 0.5 * turn
    chord = far * torch.sinc(turn / (2 * math.pi))
    return torch.stack(((chord * torch.cos(heading)).cumsum(-1), (chord * torch.sin(heading)).cumsum(-1)), -1)


def path_clearance_cost(path: Tensor, middle: Tensor, radius: Tensor) -> Tensor:
    """CHOMP: how rough a path is, and how near to round obstacles, by a piecewise quadratic."""
    rough = path.diff(n=2, dim=1).square().sum((1, 2))
    gap = torch.linalg.vector_norm(path[:, :, None] - middle, dim=-1) - radius
    cost = torch.where(gap < 0, 0.25 - gap, torch.where(gap < 0.5, (gap - 0.5).square(), torch.zeros_like(gap)))
    speed = torch.linalg.vector_norm(path.diff(dim=1), dim=-1)
    return 0.5 * rough + (cost[:, 1:].sum(-1) * speed).sum(-1)


def contact_force(deep: Tensor, speed: Tensor, slip: Tensor) -> tuple[Tensor, Tensor]:
    """Hunt and Crossley's push of a contact, and friction that rises, peaks and settles."""
    push = 50 * deep.clamp_min(0) ** 1.5 * (1 + 0.3 * speed).clamp_min(0)
    grip = 0.6 + 0.3 * torch.exp(-(slip / 0.5).square())
    return push, -push * grip * torch.tanh(slip / 0.1)


# -- shapes


def circumcircle(p: Tensor) -> tuple[Tensor, Tensor]:
    """The centre and radius of the circle through each triangle's corners."""
    a, b = p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]
    twice = 2 * (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    aa, bb = a.square().sum(-1), b.square().sum(-1)
    u = torch.stack((b[:, 1] * aa - a[:, 1] * bb, a[:, 0] * bb - b[:, 0] * aa), -1) / twice[:, None]
    return p[:, 0] + u, torch.linalg.vector_norm(u, dim=-1)


def segment_distances(x: Tensor, start: Tensor, end: Tensor) -> Tensor:
    """How far points are from segments."""
    along, gap = end - start, x[:, None] - start
    t = ((gap * along).sum(-1) / along.square().sum(-1)).clamp(0, 1)
    return torch.linalg.vector_norm(gap - t[..., None] * along, dim=-1)


def superquadric_field(x: Tensor, size: Tensor, shape: Tensor) -> Tensor:
    """Inside and outside of a rounded box, by powers of its axes."""
    y = (x / size).abs().clamp_min(1e-2)
    tall_by, flat_by = shape[:1], shape[1:]
    flat = (y[..., 0] ** (2 / flat_by) + y[..., 1] ** (2 / flat_by)) ** (flat_by / tall_by)
    return (flat + y[..., 2] ** (2 / tall_by)) ** (tall_by / 2)


def height_field_curvatures(z: Tensor) -> tuple[Tensor, Tensor]:
    """Gaussian and mean curvature of a height field, by central differences."""
    c = z[:, 1:-1, 1:-1]
    zx, zy = 0.5 * (z[:, 1:-1, 2:] - z[:, 1:-1, :-2]), 0.5 * (z[:, 2:, 1:-1] - z[:, :-2, 1:-1])
    zxx, zyy = z[:, 1:-1, 2:] - 2 * c + z[:, 1:-1, :-2], z[:, 2:, 1:-1] - 2 * c + z[:, :-2, 1:-1]
    zxy = 0.25 * (z[:, 2:, 2:] - z[:, 2:, :-2] - z[:, :-2, 2:] + z[:, :-2, :-2])
    g = 1 + zx.square() + zy.square()
    mean = ((1 + zy.square()) * zxx - 2 * zx * zy * zxy + (1 + zx.square()) * zyy) / (2 * g.pow(1.5))
    return (zxx * zyy - zxy.square()) / g.square(), mean


def catmull_rom_curve(point: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """A curve through points and its speed, between the middle two of each four."""
    a, b, c, d = point.unbind(1)
    t = t[:, None, None]
    one, two, three = 0.5 * (c - a), a - 2.5 * b + 2 * c - 0.5 * d, 0.5 * (d - a) + 1.5 * (b - c)
    return b + t * (one + t * (two + t * three)), torch.linalg.vector_norm(one + t * (2 * two + 3 * t * three), dim=-1)


def moving_least_squares(x: Tensor, place: Tensor, value: Tensor) -> Tensor:
    """A surface through scattered values: a plane fitted at each point, by weights that fall with distance."""
    gap = place - x[:, None]
    weight = torch.exp(-gap.square().sum(-1))
    basis = torch.cat((torch.ones_like(gap[..., :1]), gap), -1)
    left = (basis * weight[..., None]).mT @ basis
    right = (basis * weight[..., None]).mT @ value
    return torch.linalg.solve(left, right)[:, 0]


# -- rays


def refracted_rays(ray: Tensor, normal: Tensor, ratio: Tensor) -> tuple[Tensor, Tensor]:
    """Snell: rays bent at a surface, and by Schlick what is sent back."""
    ray, normal = F.normalize(ray, dim=-1), F.normalize(normal, dim=-1)
    c = -(ray * normal).sum(-1, keepdim=True)
    flip = torch.where(c < 0, -1.0, 1.0).to(c.dtype)
    c, normal = c.abs(), normal * flip
    k = 1 - ratio[:, None].square() * (1 - c.square())
    bent = ratio[:, None] * ray + (ratio[:, None] * c - k.clamp_min(1e-2).sqrt()) * normal
    base = ((1 - ratio) / (1 + ratio)).square()
    return bent, base + (1 - base) * (1 - c.squeeze(-1)) ** 5


def slab_hits(origin: Tensor, ray: Tensor, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
    """Where rays enter and leave boxes, by slabs."""
    one, two = (low - origin[:, None]) / ray[:, None], (high - origin[:, None]) / ray[:, None]
    return torch.minimum(one, two).amax(-1), torch.maximum(one, two).amin(-1)


def scattered_march(density: Tensor, light: Tensor, cosine: Tensor, bias: Tensor) -> Tensor:
    """Light through a cloud: Henyey and Greenstein's phase, and what each step lets through."""
    phase = (1 - bias.square()) / (4 * math.pi * (1 + bias.square() - 2 * bias * cosine).pow(1.5))
    through = torch.exp(-0.2 * (density.cumsum(-1) - density))
    here = light * (1 - torch.exp(-0.2 * density))
    return phase * (through * here).sum(-1)


def gaussian_lobe_light(axis: Tensor, sharp: Tensor, size: Tensor, normal: Tensor) -> Tensor:
    """Spherical Gaussians: light of lobes times a cosine's lobe, summed over the sphere in closed form."""
    axis, normal = F.normalize(axis, dim=-1), F.normalize(normal, dim=-1)
    middle = sharp[..., None] * axis + 2.133 * normal[:, None]
    length = torch.linalg.vector_norm(middle, dim=-1)
    peak = size * 1.17 * torch.exp(length - sharp - 2.133)
    return (peak * 2 * math.pi / length * (1 - torch.exp(-2 * length))).sum(-1)


def half_vector_highlight(normal: Tensor, light: Tensor, eye: Tensor, shine: Tensor) -> Tensor:
    """Blinn and Phong: a matt and a shining part, conserving energy."""
    n, to, view = (F.normalize(t, dim=-1) for t in (normal, light, eye))
    half = F.normalize(to + view, dim=-1)
    matt = (n * to).sum(-1).clamp_min(0)
    return 0.6 * matt / math.pi + 0.4 * (shine + 8) / (8 * math.pi) * (n * half).sum(-1).clamp_min(0.05) ** shine * matt


def panorama_lookup(picture: Tensor, ray: Tensor) -> Tensor:
    """Colours of directions from a picture of the whole sphere."""
    d = F.normalize(ray, dim=-1)
    at = torch.stack((torch.atan2(d[..., 0], d[..., 2]) / math.pi, torch.asin(d[..., 1]) / (0.5 * math.pi)), -1)
    return F.grid_sample(picture, at, mode="bilinear", padding_mode="border", align_corners=False)


# -- sound


def hearing_bands(power: Tensor, band: Tensor) -> Tensor:
    """Perceptual linear prediction's front: bands on a bark scale, weighed as heard, by a cube root."""
    f = torch.linspace(0.1, 4.0, power.shape[-1], dtype=power.dtype, device=power.device)
    bark = 6 * torch.asinh(f / 0.6)
    shape = torch.exp(-0.5 * (bark - band[:, None]).square())
    loud = f.square().square() / ((f.square() + 0.16).square() * (1 + f / 6))
    return ((power * loud) @ shape.T).pow(1 / 3)


def band_trajectory_filter(x: Tensor) -> Tensor:
    """RASTA: logarithms of bands through a filter that forgets what stays and what flickers."""
    tap = torch.tensor((0.2, 0.1, 0.0, -0.1, -0.2), dtype=x.dtype, device=x.device)
    rise = F.conv1d(F.pad(torch.log(x), (4, 0), mode="replicate")[:, None], tap.flip(0)[None, None])[:, 0]
    y, out = torch.zeros_like(rise[:, 0]), []
    for now in rise.unbind(1):
        y = 0.94 * y + now
        out.append(y)
    return torch.stack(out, 1)


def mid_side_companded(left: Tensor, right: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
    """AAC: two channels as sum and difference, on its scale of powers of three quarters."""
    mid, side = (left + right) * math.sqrt(0.5), (left - right) * math.sqrt(0.5)
    scale = torch.exp2(-0.25 * step)
    return tuple(torch.sign(y) * ((y.abs() + 1e-3) * scale) ** 0.75 for y in (mid, side))


def adaptive_difference_decoded(code: Tensor, start: Tensor) -> Tensor:
    """A decoder of differences whose step grows with large codes and shrinks with small."""
    y, step, out = start, torch.full_like(start, 0.05), []
    for now in code.unbind(1):
        y = 0.95 * y + (now + 0.5 * torch.sign(now)) * step
        step = (step * torch.exp2((now.abs() - 1.5) / 4)).clamp(0.01, 0.5)
        out.append(y)
    return torch.stack(out, 1)


def mirrored_band_split(x: Tensor, tap: Tensor) -> Tensor:
    """A signal split in two bands by mirrored filters, gated in the upper, and joined again."""
    sign = torch.ones_like(tap)
    sign[1::2] = -1
    pair = torch.stack((tap, tap * sign))[:, None]
    bands = F.conv1d(F.pad(x[:, None], (tap.shape[0] - 1, 0)), pair, stride=2)
    bands = torch.stack((bands[:, 0], bands[:, 1] * torch.sigmoid(4 * bands[:, 1].abs())), 1)
    return F.conv_transpose1d(bands, 2 * pair * torch.tensor([1.0, -1.0], dtype=x.dtype)[:, None, None], stride=2)[:, 0]


def voice_irregularity(period: Tensor, peak: Tensor) -> tuple[Tensor, Tensor]:
    """Jitter over five periods, and shimmer in decibels."""
    smooth = F.avg_pool1d(period[:, None], 5, 1)[:, 0]
    jitter = (period[:, 2:-2] - smooth).abs().mean(-1) / period.mean(-1)
    return jitter, (20 * torch.log10(peak[:, 1:] / peak[:, :-1])).abs().mean(-1)


def normalised_lag_correlation(x: Tensor) -> Tensor:
    """How alike a frame is to itself some samples later, over both energies."""
    n = x.shape[-1] - 20
    late = x.unfold(-1, n, 1)
    top = (late * x[:, None, :n]).sum(-1)
    return top / torch.sqrt(x[:, :n].square().sum(-1, keepdim=True) * late.square().sum(-1) + 1e-3)


# -- few measurements


def alternating_lasso_rounds(a: Tensor, y: Tensor) -> Tensor:
    """ADMM for a sparse code: a solve, a soft threshold, and a running difference, six times."""
    eye = torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
    inverse = torch.linalg.inv(a.mT @ a + eye)
    right, z = a.mT @ y, torch.zeros_like(a.mT @ y)
    u = torch.zeros_like(z)
    for _ in range(6):
        x = inverse @ (right + z - u)
        z = F.softshrink(x + u, 0.15)
        u = u + x - z
    return x + 0.1 * z


def reweighted_recovery(a: Tensor, y: Tensor) -> Tensor:
    """A sparse answer by least squares with weights of its own size, four times."""
    x = a.mT @ torch.linalg.solve(a @ a.mT, y)
    eye = torch.eye(a.shape[-2], dtype=a.dtype, device=a.device)
    for i in range(4):
        weight = (x.square() + 0.5**i).sqrt()
        x = weight * (a.mT @ torch.linalg.solve((a * weight.mT) @ a.mT + 1e-2 * eye, y))
    return x
