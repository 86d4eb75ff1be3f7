"""Functions as users of PyTorch write them, of given tensors only: sound, recommenders, decisions, robots, geometry,
weather, physics, chemistry, finance, statistics and optimisers.

None of them is in an earlier file; ninth.py gives them their inputs.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- sound


def feedback_delay(x: Tensor, gain: Tensor) -> Tensor:
    """Schroeder's reverberation: two all-pass filters one after the other, their past kept in lists."""
    for delay, g in zip((3, 5), gain, strict=True):
        out: list[Tensor] = []
        for t in range(x.shape[-1]):
            past = x[:, t - delay] + g * out[t - delay] if t >= delay else torch.zeros_like(x[:, 0])
            out.append(past - g * x[:, t])
        x = torch.stack(out, -1)
    return x


def soft_knee(x: Tensor, threshold: Tensor) -> Tensor:
    """A compressor's gain in decibels: a ratio of four above a threshold, a parabola around it."""
    level = 20 * torch.log10(x.abs() + 1e-2)
    over = level - threshold[:, None]
    bend = 0.75 * (over + 3).clamp(0, 6).square() / 12 + 0.75 * (over - 3).clamp(min=0)
    return x * 10 ** (-bend / 20)


def spectral_shape(power: Tensor) -> Tensor:
    """Centre, spread and flatness of spectra."""
    at = torch.linspace(0, 1, power.shape[-1], dtype=power.dtype, device=power.device)
    share = power / power.sum(-1, keepdim=True)
    centre = (share * at).sum(-1, keepdim=True)
    spread = (share * (at - centre).square()).sum(-1, keepdim=True).sqrt()
    flatness = torch.exp(torch.log(power).mean(-1, keepdim=True)) / power.mean(-1, keepdim=True)
    return torch.cat([centre, spread, flatness], -1)


def steered_array(x: Tensor, delay: Tensor) -> Tensor:
    """Delay and sum: microphones turned in phase bin by bin, and averaged; the sound itself again."""
    spectrum = torch.fft.rfft(x)
    at = torch.arange(spectrum.shape[-1], dtype=x.dtype, device=x.device) * (2 * math.pi / x.shape[-1])
    angle = at * delay[..., None]
    return torch.fft.irfft((spectrum * torch.polar(torch.ones_like(angle), angle)).mean(-2), x.shape[-1])


def spectral_distance(x: Tensor, y: Tensor) -> Tensor:
    """A vocoder's loss of magnitudes: convergence and logarithms, sound by sound."""
    window = torch.hann_window(24, dtype=x.dtype, device=x.device)
    a, b = (torch.stft(z, 24, 8, window=window, return_complex=True).abs() + 1e-2 for z in (x, y))
    gap = (a - b).flatten(1).norm(dim=1) / b.flatten(1).norm(dim=1)
    return gap[:, None] + (a.log() - b.log()).abs().mean(1)


def snake(x: Tensor, weight: Tensor, alpha: Tensor) -> Tensor:
    """BigVGAN's periodic activation between two convolutions' halves."""
    y = F.conv1d(x, weight, padding=2, dilation=2)
    return y + torch.sin(alpha[:, None] * y).square() / (alpha[:, None] + 1e-4)


# -- recommenders and graphs


def light_propagation(user: Tensor, item: Tensor, seen: Tensor) -> Tensor:
    """LightGCN: three rounds over both degrees' roots without weights, all layers averaged, scores of all pairs."""
    a = seen / (seen.sum(1, keepdim=True).sqrt() * seen.sum(0, keepdim=True).sqrt())
    users, items = [user], [item]
    for _ in range(3):
        user, item = a @ item, a.t() @ user
        users.append(user)
        items.append(item)
    return torch.stack(users).mean(0) @ torch.stack(items).mean(0).t()


def interest_capsules(x: Tensor, weight: Tensor) -> Tensor:
    """MIND: a history routed to three interests in three rounds, each squashed."""
    u = x @ weight
    b = torch.stack([(u * u.roll(i + 1, 1)).sum(-1) * 0.1 for i in range(3)], -1)
    z = u
    for _ in range(3):
        s = torch.einsum("btk,btd->bkd", b.softmax(-1), u)
        n = s.square().sum(-1, keepdim=True)
        z = s * n.sqrt() / (1 + n)
        b = b + torch.einsum("bkd,btd->btk", z, u)
    return z


def field_bilinear(x: Tensor, weight: Tensor, squeeze: Tensor, excite: Tensor) -> Tensor:
    """FiBiNET: fields scaled by what their means say, then multiplied in pairs through a matrix."""
    scale = torch.relu(torch.relu(x.mean(-1) @ squeeze) @ excite)
    y = x * scale[..., None]
    i, j = torch.triu_indices(x.shape[1], x.shape[1], 1, device=x.device)
    return ((y @ weight)[:, i] * y[:, j]).sum(-1)


def debiased_contrast(x: Tensor, y: Tensor) -> Tensor:
    """Negatives without the share of them that is likely positive, not below what they can be."""
    s = torch.exp(F.normalize(x, dim=-1) @ F.normalize(y, dim=-1).t() / 0.5)
    right, n = s.diagonal(), len(x) - 1
    wrong = ((s.sum(1) - right) - 0.1 * n * right) / 0.9
    return torch.log1p(torch.maximum(wrong, right.new_tensor(n * math.exp(-2.0))) / right)


def graph_transformer_edges(x: Tensor, edge: Tensor, e: Tensor, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention between all atoms, scores raised by their edges and edges entering the values too."""
    bias = edge @ e
    scores = (x @ q) @ (x @ k).t() / math.sqrt(q.shape[1]) + bias.sum(-1) * 0.1
    p = torch.softmax(scores, -1)
    return p @ (x @ v) + torch.einsum("ij,ijd->id", p, bias)


# -- decisions and robots


def soft_value_iteration(reward: Tensor, move: Tensor) -> Tensor:
    """Eight rounds of Bellman's equation with an entropy bonus, over a small set of states."""
    value = torch.zeros_like(reward[:, 0])
    for _ in range(8):
        value = 0.5 * torch.logsumexp((reward + 0.9 * torch.einsum("sat,t->sa", move, value)) / 0.5, -1)
    return value


def expectile_loss(q: Tensor, value: Tensor, log_p: Tensor) -> Tensor:
    """Implicit Q-learning: an upper expectile for the value, and actions weighed by their advantage."""
    gap = q - value
    side = torch.where(gap > 0, 0.8, 0.2).to(gap.dtype)
    return side * gap.square() - torch.exp(2.0 * gap).clamp(max=20.0) * log_p


def symmetric_two_hot(logits: Tensor, y: Tensor) -> Tensor:
    """DreamerV3's critic: a number's symmetric logarithm spread onto two bins, cross-entropy."""
    z = torch.sign(y) * torch.log1p(y.abs())
    bins = torch.linspace(-4, 4, logits.shape[-1], dtype=y.dtype, device=y.device)
    near = (1 - (z[:, None] - bins).abs() / (bins[1] - bins[0])).clamp(min=0)
    return -(near * logits.log_softmax(-1)).sum(-1)


def conservative_penalty(q: Tensor, action: Tensor) -> Tensor:
    """CQL: a soft maximum over actions less the one that was taken."""
    return 0.7 * torch.logsumexp(q / 0.7, -1) - q.gather(-1, action[:, None]).squeeze(-1)


def arm_kinematics(angle: Tensor, length: Tensor) -> Tensor:
    """Where each joint of a planar arm is, and the last one's Jacobian."""
    total = torch.cumsum(angle, -1)
    step = torch.stack([length * total.cos(), length * total.sin()], -1)
    tip = step.flip(1).cumsum(1).flip(1)
    turned = torch.stack([-tip[..., 1], tip[..., 0]], -1)
    return torch.cat([step.cumsum(1), turned], -1)


def riccati(a: Tensor, b: Tensor) -> Tensor:
    """A linear regulator's gain after six steps back."""
    eye = torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
    p, gain = eye, b.mT
    for _ in range(6):
        gain = torch.linalg.solve(b.mT @ p @ b + torch.eye(b.shape[-1], dtype=a.dtype, device=a.device), b.mT @ p @ a)
        p = eye + a.mT @ p @ (a - b @ gain)
    return gain


def path_integral(noise: Tensor, cost: Tensor, plan: Tensor) -> Tensor:
    """MPPI: a plan moved by the noise of rollouts, cheap ones counting more."""
    weight = torch.softmax(-(cost - cost.amin(-1, keepdim=True)) / 0.8, -1)
    return plan + torch.einsum("bn,bnt->bt", weight, noise)


def bicycle_rollout(speed: Tensor, steer: Tensor) -> Tensor:
    """A car's path from its speed and its steering, heading by heading."""
    turn = torch.cumsum(0.2 * speed * torch.tan(steer) / 2.5, -1)
    step = 0.2 * speed[..., None] * torch.stack([turn.cos(), turn.sin()], -1)
    return torch.cat([step.cumsum(-2), turn[..., None]], -1)


def gyro_integrated(rate: Tensor) -> Tensor:
    """Orientation from turning rates, as a quaternion kept at length one."""
    q = F.pad(rate.new_ones(len(rate), 1), (0, 3))
    for t in range(rate.shape[1]):
        w, (x, y, z) = 0.05 * rate[:, t], q[:, 1:].unbind(-1)
        real = q[:, 0] - (w * q[:, 1:]).sum(-1)
        turned = torch.linalg.cross(torch.stack([x, y, z], -1), w, dim=-1)
        q = F.normalize(torch.cat([real[:, None], q[:, 1:] + q[:, :1] * w + turned], -1), dim=-1)
    return q


# -- geometry


def aligned_points(x: Tensor, y: Tensor) -> Tensor:
    """Kabsch: points turned onto others by a singular value decomposition."""
    a, b = x - x.mean(1, keepdim=True), y - y.mean(1, keepdim=True)
    u, _, vh = torch.linalg.svd(a.mT @ b)
    flip = torch.ones_like(x[:, 0])
    flip[:, -1] = torch.sign(torch.linalg.det(u @ vh))
    return a @ (u * flip[:, None]) @ vh


def chamfer(x: Tensor, y: Tensor) -> Tensor:
    """Each point's squared distance to the nearest of another cloud, both ways."""
    d = (x[:, :, None] - y[:, None]).square().sum(-1)
    return torch.cat([d.amin(2), d.amin(1)], -1)


def epipolar_error(f: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Sampson's distance of matches under a fundamental matrix."""
    a, b = F.pad(x, (0, 1), value=1.0), F.pad(y, (0, 1), value=1.0)
    right, left = a @ f.t(), b @ f
    return (b * right).sum(-1).square() / (right[:, :2].square().sum(-1) + left[:, :2].square().sum(-1) + 1e-2)


def smooth_union(p: Tensor, centre: Tensor, radius: Tensor) -> Tensor:
    """The signed distance of spheres that melt into each other, and of a box cut from them."""
    d = (p[:, None] - centre).norm(dim=-1) - radius
    spheres = -0.2 * torch.logsumexp(-d / 0.2, -1)
    q = p.abs() - 0.5
    box = q.clamp(min=0).square().sum(-1).add(1e-4).sqrt() + q.amax(-1).clamp(max=0)
    return torch.maximum(spheres, -box)


# -- weather, physics and chemistry


def latitude_weighted_error(x: Tensor, y: Tensor) -> Tensor:
    """Root of the mean square over a globe, rings by the cosine of their latitude."""
    ring = torch.cos(torch.linspace(-1.4, 1.4, x.shape[-2], dtype=x.dtype, device=x.device))
    return ((ring / ring.mean())[:, None] * (x - y).square()).mean((-2, -1)).sqrt()


def geostrophic_wind(height: Tensor, latitude: Tensor) -> Tensor:
    """Wind along the isobars, from slopes of a height by central differences around the globe."""
    east = (height.roll(-1, -1) - height.roll(1, -1)) / 2
    north = (height[..., 2:, :] - height[..., :-2, :]) / 2
    f = torch.sin(latitude[1:-1])[:, None]
    return torch.stack([-north / f, east[..., 1:-1, :] / (f * torch.cos(latitude[1:-1])[:, None])], -3)


def humidity(temperature: Tensor, dew: Tensor) -> Tensor:
    """Relative humidity, by Magnus' formula, and the wet bulb's rough estimate."""
    e = torch.exp(17.6 * dew / (243.0 + dew) - 17.6 * temperature / (243.0 + temperature))
    return torch.cat([e, temperature * torch.atan(1.5 * (e + 0.8).sqrt())], -1)


def lattice_fluid(f: Tensor) -> Tensor:
    """A step of a lattice Boltzmann gas in one dimension with three speeds: collision, then streaming."""
    rho = f.sum(1, keepdim=True)
    u = (f[:, 2:] - f[:, :1]) / rho
    share = f.new_tensor([1 / 6, 2 / 3, 1 / 6])[:, None]
    speed = f.new_tensor([-1.0, 0.0, 1.0])[:, None]
    rest = share * rho * (1 + 3 * speed * u + 4.5 * (speed * u).square() - 1.5 * u.square())
    f = f + (rest - f) / 0.8
    return torch.stack([f[:, 0].roll(-1, -1), f[:, 1], f[:, 2].roll(1, -1)], 1)


def periodic_poisson(rho: Tensor) -> Tensor:
    """A potential on a torus from its charge, by Fourier transforms."""
    kx = torch.fft.fftfreq(rho.shape[-2], dtype=rho.dtype, device=rho.device)[:, None]
    ky = torch.fft.rfftfreq(rho.shape[-1], dtype=rho.dtype, device=rho.device)
    k = (2 * math.pi) ** 2 * (kx.square() + ky.square())
    k[0, 0] = 1.0
    spectrum = torch.fft.rfft2(rho) / k
    spectrum[..., 0, 0] = 0.0
    return torch.fft.irfft2(spectrum, rho.shape[-2:])


def atom_symmetry(place: Tensor, eta: Tensor) -> Tensor:
    """Behler and Parrinello's radial functions of each atom's surroundings."""
    gap = place[:, :, None] - place[:, None]
    d = (gap.square().sum(-1) + 1e-3).sqrt()
    cut = 0.5 * (torch.cos(math.pi * d.clamp(max=4.0) / 4.0) + 1)
    cut = cut * (1 - torch.eye(d.shape[-1], dtype=d.dtype, device=d.device))
    return (torch.exp(-eta * (d[..., None] - 1.0).square()) * cut[..., None]).sum(2)


def embedded_atoms(d: Tensor) -> Tensor:
    """Finnis and Sinclair's energy: a root of what neighbours give, and repulsion in pairs."""
    density = torch.exp(-2.0 * (d - 1)).sum(-1)
    return 0.5 * torch.exp(-6.0 * (d - 1)).sum(-1) - density.sqrt()


def enzyme_kinetics(substrate: Tensor, product: Tensor, rate: Tensor) -> Tensor:
    """Michaelis and Menten with the product in the way, five midpoint steps."""
    s, p = substrate, product
    for _ in range(5):
        v = rate * s / (0.4 * (1 + p / 0.6) + s)
        middle, more = s - 0.05 * v, p + 0.05 * v
        v = rate * middle / (0.4 * (1 + more / 0.6) + middle)
        s, p = s - 0.1 * v, p + 0.1 * v
    return torch.cat([s, p], -1)


# -- finance, statistics and optimisers


def stochastic_alpha_beta(forward: Tensor, strike: Tensor, alpha: Tensor, rho: Tensor) -> Tensor:
    """SABR's implied volatility of a normal model, a series in the time to expiry."""
    z = 0.6 / alpha * (forward - strike)
    x = torch.log((torch.sqrt(1 - 2 * rho * z + z * z) + z - rho) / (1 - rho))
    return alpha * torch.where(z.abs() > 0.05, z / x, 1 - 0.5 * rho * z) * (1 + (2 - 3 * rho * rho) / 24 * 0.36)


def mean_reverting_likelihood(x: Tensor, pull: Tensor, sigma: Tensor) -> Tensor:
    """Log-likelihood of each step of an Ornstein-Uhlenbeck process around zero."""
    keep = torch.exp(-0.5 * pull)[:, None]
    var = (sigma.square() / (2 * pull))[:, None] * (1 - keep * keep)
    return -0.5 * ((x[:, 1:] - keep * x[:, :-1]).square() / var + torch.log(2 * math.pi * var))


def shrunk_covariance(x: Tensor) -> Tensor:
    """A covariance drawn towards a multiple of one, by how noisy its entries are."""
    y = x - x.mean(0)
    s = y.t() @ y / len(y)
    target = s.diagonal().mean() * torch.eye(len(s), dtype=x.dtype, device=x.device)
    noise = ((y.square().t() @ y.square()) / len(y) - s.square()).sum() / len(y)
    share = noise / (noise + (s - target).square().sum())
    return share * target + (1 - share) * s


def schedule_free_step(z: Tensor, x: Tensor, g: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Schedule-free AdamW at its twentieth step: the fast weights and their average."""
    v = 0.99 * v + 0.01 * g * g
    z = z - 0.02 * (g / ((v / (1 - 0.99**20)).sqrt() + 1e-4) + 0.1 * (0.9 * x + 0.1 * z))
    return x + (z - x) / 20, z


def kronecker_step(g: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """Shampoo: a gradient between the fourth roots of two inverse moments."""

    def root(m: Tensor) -> Tensor:
        values, vectors = torch.linalg.eigh(m)
        return (vectors * values.clamp(min=1e-3) ** -0.25) @ vectors.mT

    return root(left + g @ g.mT) @ g @ root(right + g.mT @ g)
