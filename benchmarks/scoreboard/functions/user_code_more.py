"""Functions as users of PyTorch write them, of given tensors only: graphs, time series, diffusion, reinforcement
learning, statistics, physics, graphics and optimisers.

None of them is in written.py, composed.py or composed_more.py; seventh.py gives them their inputs.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- graphs


def isomorphism_layer(x: Tensor, source: Tensor, target: Tensor, inner: Tensor, outer: Tensor) -> Tensor:
    """GIN: a node and what its neighbours add up to, through two layers."""
    y = 1.1 * x + torch.zeros_like(x).index_add_(0, target, x.index_select(0, source))
    return F.relu(y @ inner) @ outer


def edge_convolution(x: Tensor, source: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """The largest message over a node's edges, of itself and the difference to its neighbour."""
    message = F.leaky_relu(torch.cat([x[target], x[source] - x[target]], dim=-1) @ weight, 0.2)
    out = x.new_zeros(x.shape[0], weight.shape[1])
    return out.scatter_reduce(0, target[:, None].expand_as(message), message, "amax", include_self=False)


def chebyshev_filter(x: Tensor, adjacency: Tensor, coefficients: Tensor) -> Tensor:
    """A spectral filter of order three on a dense graph, its Laplacian normalised and shifted."""
    a = (adjacency + adjacency.t()) / 2
    root = torch.rsqrt(a.sum(-1))
    step = -(root[:, None] * a * root[None, :])
    terms = [x, step @ x]
    for _ in range(2):
        terms.append(2 * (step @ terms[-1]) - terms[-2])
    return torch.einsum("k,knd->nd", coefficients, torch.stack(terms))


def equivariant_step(place: Tensor, feature: Tensor, weight: Tensor) -> Tensor:
    """Atoms moved along the lines between them by what their features and distance say."""
    line = place[:, None] - place[None, :]
    square = line.square().sum(-1, keepdim=True)
    pairs = torch.cat([feature[:, None].expand(-1, len(place), -1), feature.expand(len(place), -1, -1), square], -1)
    return place + (line / ((square + 1e-3).sqrt() + 1) * torch.tanh(pairs @ weight)).mean(1)


def rotation_score(head: Tensor, relation: Tensor, tail: Tensor) -> Tensor:
    """RotatE: relations turn entities in the complex plane."""
    (a, b), (c, d) = head.chunk(2, dim=-1), tail.chunk(2, dim=-1)
    cos, sin = relation.cos(), relation.sin()
    gap = torch.stack([a * cos - b * sin - c, a * sin + b * cos - d])
    return 6.0 - gap.norm(dim=0).sum(-1)


# -- time series


def decomposed_forecast(x: Tensor, trend: Tensor, season: Tensor) -> Tensor:
    """DLinear: the moving mean and the rest each have a linear forecast, on a series made comparable."""
    mean, std = x.mean(-1, keepdim=True), x.std(-1, keepdim=True, unbiased=False) + 1e-3
    z = (x - mean) / std
    slow = F.avg_pool1d(F.pad(z[:, None], (2, 2), mode="replicate"), 5, 1).squeeze(1)
    return (slow @ trend + (z - slow) @ season) * std + mean


def double_exponential(x: Tensor) -> Tensor:
    """Holt's smoothing: a level and a trend, step by step."""
    level, trend, out = x[:, 0], x[:, 1] - x[:, 0], []
    for t in range(1, x.shape[1]):
        before = level
        level = 0.4 * x[:, t] + 0.6 * (level + trend)
        trend = 0.2 * (level - before) + 0.8 * trend
        out.append(level + trend)
    return torch.stack(out, dim=1)


def volatility(returns: Tensor) -> Tensor:
    """GARCH(1, 1)'s log-likelihood of each day."""
    var, out = returns.square().mean(1), []
    for t in range(returns.shape[1]):
        out.append(-0.5 * (torch.log(2 * math.pi * var) + returns[:, t] ** 2 / var))
        var = 0.05 + 0.1 * returns[:, t] ** 2 + 0.85 * var
    return torch.stack(out, dim=1)


def soft_time_warp(x: Tensor, y: Tensor) -> Tensor:
    """Soft-DTW's costs of all prefixes, with a soft minimum of three."""
    cost = (x[:, :, None] - y[:, None, :]).square()
    rows: list[list[Tensor]] = []
    for i in range(cost.shape[1]):
        row: list[Tensor] = []
        for j in range(cost.shape[2]):
            before = [*row[-1:], *(rows[-1][max(j - 1, 0) : j + 1] if rows else [])]
            low = -0.5 * torch.logsumexp(-torch.stack(before) / 0.5, dim=0) if before else 0.0
            row.append(cost[:, i, j] + low)
        rows.append(row)
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=1)


def gated_residual(x: Tensor, inner: Tensor, gate: Tensor, norm: Tensor) -> Tensor:
    """A temporal fusion transformer's gated residual network."""
    value, share = (F.elu(x @ inner) @ gate).chunk(2, dim=-1)
    return F.layer_norm(x + torch.sigmoid(share) * value, (x.shape[-1],), norm)


def lagged_regression(x: Tensor) -> Tensor:
    """What three lags say of each series, by ridge regression."""
    lags = x.unfold(-1, 4, 1)
    a, b = lags[..., :3], lags[..., 3:]
    gram = a.mT @ a + 0.5 * torch.eye(3, dtype=x.dtype, device=x.device)
    return (a @ torch.linalg.solve(gram, a.mT @ b)).squeeze(-1)


# -- diffusion


def ancestral_step(x: Tensor, noise: Tensor, fresh: Tensor, beta: Tensor) -> Tensor:
    """DDPM's step down: the posterior's mean, and fresh noise."""
    left = torch.cumprod(1 - beta, dim=0)
    mean = (x - beta / (1 - left).sqrt() * noise) / (1 - beta).sqrt()
    return mean + beta.sqrt() * fresh


def multistep_solver(x: Tensor, now: Tensor, before: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
    """DPM-Solver++'s second-order step in the log of signal to noise."""
    lam = alpha.log() - sigma.log()
    h, ratio = lam[2] - lam[1], (lam[1] - lam[0]) / (lam[2] - lam[1])
    d = (1 + 0.5 / ratio) * now - 0.5 / ratio * before
    return sigma[2] / sigma[1] * x - alpha[2] * torch.expm1(-h) * d


def signal_weighted_loss(noise: Tensor, guess: Tensor, t: Tensor) -> Tensor:
    """Squared errors on a cosine schedule, weighted by signal to noise up to five."""
    left = torch.cos((t + 0.008) / 1.008 * math.pi / 2).square()
    ratio = left / (1 - left).clamp(min=1e-4)
    return ratio.clamp(max=5.0) / (ratio + 1) * F.mse_loss(guess, noise, reduction="none").mean(1)


# -- reinforcement learning


def v_trace(log_ratio: Tensor, reward: Tensor, value: Tensor) -> Tensor:
    """Targets of values from another policy's steps, ratios clipped at one."""
    rho = log_ratio.exp().clamp(max=1.0)
    delta = rho * (reward + 0.97 * value[1:] - value[:-1])
    carry = torch.zeros_like(value[0])
    out: list[Tensor] = []
    for t in range(len(reward) - 1, -1, -1):
        carry = delta[t] + 0.97 * rho[t] * carry
        out.insert(0, carry + value[t])
    return torch.stack(out)


def squashed_log_density(mean: Tensor, log_std: Tensor, noise: Tensor) -> Tensor:
    """Of an action that is a tangent of a normal draw: soft actor-critic's."""
    std = log_std.clamp(-5, 2).exp()
    raw = mean + std * noise
    log_p = -0.5 * noise**2 - log_std.clamp(-5, 2) - 0.5 * math.log(2 * math.pi)
    return (log_p - 2 * (math.log(2) - raw - F.softplus(-2 * raw))).sum(-1)


def quantile_temporal_difference(guess: Tensor, target: Tensor) -> Tensor:
    """QR-DQN's loss: Huber's, weighted by which side of a quantile it is on."""
    n = guess.shape[1]
    level = (torch.arange(n, dtype=guess.dtype, device=guess.device) + 0.5) / n
    gap = target[:, None, :] - guess[:, :, None]
    huber = torch.where(gap.abs() <= 1, 0.5 * gap**2, gap.abs() - 0.5)
    return ((level[:, None] - (gap < 0).to(gap.dtype)).abs() * huber).mean(2)


def duelling_target(value: Tensor, advantage: Tensor, reward: Tensor) -> Tensor:
    """Rewards and what the best of a state's actions promises, actions' values centred."""
    q = value + advantage - advantage.mean(-1, keepdim=True)
    return reward + 0.99 * q.max(dim=-1).values


def preference_loss(better: Tensor, worse: Tensor, margin: Tensor) -> Tensor:
    """Bradley and Terry's, with a margin and rewards drawn to zero."""
    return -F.logsigmoid(better - worse - margin) + 0.005 * (better + worse) ** 2


# -- statistics


def ridge_by_cholesky(x: Tensor, y: Tensor) -> Tensor:
    """Coefficients of a penalised regression, by a factor of the normal equations."""
    gram = x.mT @ x + torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)
    return torch.cholesky_solve(x.mT @ y, torch.linalg.cholesky(gram))


def whitened(x: Tensor) -> Tensor:
    """Rows without correlation: a triangular solve by the covariance's factor."""
    d = x - x.mean(0)
    cov = d.t() @ d / (len(x) - 1) + 0.01 * torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    return torch.linalg.solve_triangular(torch.linalg.cholesky(cov), d.t(), upper=False).t()


def beta_log_density(x: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """Log-density of the beta distribution."""
    norm = torch.lgamma(a) + torch.lgamma(b) - torch.lgamma(a + b)
    return (a - 1) * torch.log(x) + (b - 1) * torch.log1p(-x) - norm


def reweighted_mean(x: Tensor) -> Tensor:
    """A location that outliers hardly move: four rounds of Huber's weights."""
    centre = x.mean(-1, keepdim=True)
    for _ in range(4):
        weight = 1.0 / (x - centre).abs().clamp(min=1.0)
        centre = (weight * x).sum(-1, keepdim=True) / weight.sum(-1, keepdim=True)
    return centre.squeeze(-1)


def expected_calibration(logits: Tensor, target: Tensor) -> Tensor:
    """Brier's score of each sample, after a temperature."""
    p = torch.softmax(logits / 1.7, dim=-1)
    return (p - F.one_hot(target, logits.shape[-1])).square().sum(-1)


def kernel_discrepancy(x: Tensor, y: Tensor) -> Tensor:
    """Each sample's part of the maximum mean discrepancy, by two Gaussian kernels."""

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        square = (a[:, None] - b[None]).pow(2).sum(-1)
        return torch.exp(-square / 2) + torch.exp(-square / 8)

    return kernel(x, x).mean(1) - 2 * kernel(x, y).mean(1) + kernel(y, y).mean()


# -- physics and geometry


def dihedral_angles(p: Tensor) -> Tensor:
    """Of a chain of atoms, by an arctangent of two."""
    b = p[:, 1:] - p[:, :-1]
    n = torch.linalg.cross(b[:, :-1], b[:, 1:])
    m = torch.linalg.cross(n[:, :-1], F.normalize(b[:, 1:-1], dim=-1))
    return torch.atan2((m * n[:, 1:]).sum(-1), (n[:, :-1] * n[:, 1:]).sum(-1))


def nearest_image_energy(place: Tensor, charge: Tensor) -> Tensor:
    """Screened charges in a periodic box of one."""
    d = place[:, None] - place[None]
    d = d - torch.round(d)
    r = (d.square().sum(-1) + 0.01).sqrt()
    return (charge[:, None] * charge * torch.special.erfc(2.0 * r) / r).sum(1)


def implicit_heat_step(u: Tensor) -> Tensor:
    """Crank and Nicolson's step, its matrix solved."""
    n = u.shape[-1]
    one = torch.eye(n, dtype=u.dtype, device=u.device)
    lap = torch.diag_embed(torch.ones_like(u[0, 1:]), 1) + torch.diag_embed(torch.ones_like(u[0, 1:]), -1) - 2 * one
    return torch.linalg.solve(one - 0.2 * lap, (one + 0.2 * lap) @ u.t()).t()


def shallow_water_step(h: Tensor, hu: Tensor) -> tuple[Tensor, Tensor]:
    """A Rusanov step of depth and momentum on a ring."""
    u = hu / h
    speed = u.abs() + (9.81 * h).sqrt()
    fastest = torch.maximum(speed, speed.roll(-1, -1))

    def step(q: Tensor, flux: Tensor) -> Tensor:
        face = 0.5 * (flux + flux.roll(-1, -1)) - 0.5 * fastest * (q.roll(-1, -1) - q)
        return q - 0.05 * (face - face.roll(1, -1))

    return step(h, hu), step(hu, hu * u + 4.905 * h * h)


def radial_basis(r: Tensor) -> Tensor:
    """DimeNet's: spherical waves under a smooth envelope that ends at one."""
    n = torch.arange(1, 8, dtype=r.dtype, device=r.device)
    envelope = 1 - 28 * r**6 + 48 * r**7 - 21 * r**8
    return envelope[:, None] * math.sqrt(2) * torch.sin(math.pi * n * r[:, None]) / r[:, None]


def hermite_spline(t: Tensor, y: Tensor, slope: Tensor) -> Tensor:
    """Cubic pieces between knots with given slopes, read at a place in each."""
    a, b, c, d = y[..., :-1], y[..., 1:], slope[..., :-1], slope[..., 1:]
    s = 1 - t
    return (1 + 2 * t) * s * s * a + t * s * s * c + t * t * (3 - 2 * t) * b - t * t * s * d


def microfacet_shading(normal: Tensor, light: Tensor, view: Tensor, rough: Tensor) -> Tensor:
    """Trowbridge and Reitz's reflection with Schlick's Fresnel term."""
    n, to, eye = (F.normalize(d, dim=-1) for d in (normal, light, view))
    half = F.normalize(to + eye, dim=-1)
    nh, nl, vh = ((a * b).sum(-1).clamp(min=0.05) for a, b in ((n, half), (n, to), (eye, half)))
    a2 = rough**4
    spread = a2 / (math.pi * (nh * nh * (a2 - 1) + 1) ** 2)
    return spread * (0.04 + 0.96 * (1 - vh) ** 5) * nl


def lens_distortion(points: Tensor, k: Tensor) -> Tensor:
    """Brown's radial and tangential terms."""
    x, y = points.unbind(-1)
    r2 = x * x + y * y
    radial = 1 + k[0] * r2 + k[1] * r2**2
    return torch.stack(
        [
            x * radial + 2 * k[2] * x * y + k[3] * (r2 + 2 * x * x),
            y * radial + k[2] * (r2 + 2 * y * y) + 2 * k[3] * x * y,
        ],
        -1,
    )


# -- optimisers


def trust_ratio_step(p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
    """LAMB: Adam's direction with decay, as long for each layer as its weights are."""
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
    r = m / 0.1 / ((v / 0.001).sqrt() + 1e-6) + 0.01 * p
    return p - 0.002 * p.norm() / r.norm() * r


def centred_rms_step(p: Tensor, g: Tensor, mean: Tensor, square: Tensor) -> Tensor:
    """RMSprop that takes a running mean out of its second moment."""
    mean, square = torch.lerp(mean, g, 0.1), square.mul(0.9).addcmul(g, g, value=0.1)
    return p.addcdiv(g, (square - mean.square()).clamp(min=1e-3).sqrt().add(1e-3), value=-0.01)
