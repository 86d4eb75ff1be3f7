"""Functions as users of PyTorch write them, of given tensors only: science, finance, quantisation, statistics and
optimisers.

None of them is in an earlier file; eighth.py gives them their inputs.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- science


def wave_step(u: Tensor, before: Tensor, speed: Tensor) -> Tensor:
    """Leapfrog of the wave equation on a square with fixed edges."""
    lap = F.pad(u[:, 2:, 1:-1] + u[:, :-2, 1:-1] + u[:, 1:-1, 2:] + u[:, 1:-1, :-2] - 4 * u[:, 1:-1, 1:-1], (1,) * 4)
    return 2 * u - before + 0.2 * speed**2 * lap


def gray_scott(u: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Two steps of a reaction that spreads, on a torus."""

    def lap(x: Tensor) -> Tensor:
        return x.roll(1, -1) + x.roll(-1, -1) + x.roll(1, -2) + x.roll(-1, -2) - 4 * x

    for _ in range(2):
        r = u * v * v
        u, v = u + 0.16 * lap(u) - r + 0.035 * (1 - u), v + 0.08 * lap(v) + r - 0.1 * v
    return u, v


def thomas_solve(low: Tensor, diagonal: Tensor, high: Tensor, y: Tensor) -> Tensor:
    """Tridiagonal systems by elimination and substitution."""
    c, d = [high[:, 0] / diagonal[:, 0]], [y[:, 0] / diagonal[:, 0]]
    for i in range(1, y.shape[1]):
        pivot = diagonal[:, i] - low[:, i] * c[-1]
        c.append(high[:, i] / pivot)
        d.append((y[:, i] - low[:, i] * d[-1]) / pivot)
    x = [d[-1]]
    for i in range(y.shape[1] - 2, -1, -1):
        x.append(d[i] - c[i] * x[-1])
    return torch.stack(x[::-1], dim=1)


def conjugate_gradient(a: Tensor, b: Tensor) -> Tensor:
    """Four steps towards a symmetric system's solution."""
    x, r = torch.zeros_like(b), b
    p, rr = r, (r * r).sum(-1, keepdim=True)
    for _ in range(4):
        ap = (a @ p[..., None]).squeeze(-1)
        step = rr / (p * ap).sum(-1, keepdim=True)
        x, r = x + step * p, r - step * ap
        new = (r * r).sum(-1, keepdim=True)
        p, rr = r + new / rr * p, new
    return x


def clenshaw(x: Tensor, c: Tensor) -> Tensor:
    """A sum of Chebyshev's polynomials by a recurrence from the highest."""
    b1, b2 = torch.zeros_like(x), torch.zeros_like(x)
    for k in range(len(c) - 1, 0, -1):
        b1, b2 = c[k] + 2 * x * b1 - b2, b1
    return c[0] + x * b1 - b2


def morse_energy(place: Tensor) -> Tensor:
    """Each atom's energy in Morse's potential with all others."""
    d = place[:, :, None] - place[:, None]
    r = (d.square().sum(-1) + 1e-2).sqrt()
    bond = (1 - torch.exp(-1.2 * (r - 1.5))) ** 2 - 1
    return 0.5 * (bond * (1 - torch.eye(r.shape[-1], dtype=r.dtype, device=r.device))).sum(-1)


def epidemic(s: Tensor, i: Tensor, rate: Tensor) -> Tensor:
    """Shares that are ill over twelve days of contagion."""
    out = []
    for _ in range(12):
        new, healed = rate * s * i, 0.2 * i
        s, i = s - new, i + new - healed
        out.append(i)
    return torch.stack(out, dim=-1)


def eccentric_anomaly(mean: Tensor, e: Tensor) -> Tensor:
    """Kepler's equation by three of Newton's steps."""
    x = mean + e * torch.sin(mean)
    for _ in range(3):
        x = x - (x - e * x.sin() - mean) / (1 - e * x.cos())
    return x


def spherical(p: Tensor) -> Tensor:
    """Radius, inclination and azimuth of points."""
    r = p.norm(dim=-1)
    return torch.stack([r, torch.acos(p[..., 2] / r), torch.atan2(p[..., 1], p[..., 0])], dim=-1)


# -- finance


def smile(k: Tensor, p: Tensor) -> Tensor:
    """SVI's total variance over log-strikes."""
    a, b, rho, m, s = p.unbind(-1)
    d = k - m[:, None]
    return a[:, None] + b[:, None] * (rho[:, None] * d + (d * d + s[:, None] ** 2).sqrt())


def yield_curve(beta: Tensor, time: Tensor) -> Tensor:
    """Nelson and Siegel's."""
    load = -torch.expm1(-time / 1.8) / (time / 1.8)
    return beta[:, :1] + beta[:, 1:2] * load + beta[:, 2:] * (load - torch.exp(-time / 1.8))


def american_put(spot: Tensor, sigma: Tensor) -> Tensor:
    """By a binomial tree of four steps."""
    up = torch.exp(sigma * 0.5)
    p = (math.exp(0.03 / 4) - 1 / up) / (up - 1 / up)
    j = torch.arange(5, dtype=spot.dtype, device=spot.device)
    value = (1 - spot[:, None] * up[:, None] ** (2 * j - 4)).clamp(min=0)
    for n in range(3, -1, -1):
        value = math.exp(-0.03 / 4) * (p[:, None] * value[:, 1:] + (1 - p[:, None]) * value[:, :-1])
        value = torch.maximum(value, 1 - spot[:, None] * up[:, None] ** (2 * j[: n + 1] - n))
    return value[:, 0]


def drawdown(returns: Tensor) -> Tensor:
    """How far a portfolio is below its best day."""
    wealth = torch.cumsum(torch.log1p(returns), dim=1)
    return torch.expm1(wealth - torch.cummax(wealth, dim=1).values)


def least_variance(returns: Tensor) -> Tensor:
    """Weights of the portfolio of least variance."""
    cov = torch.cov(returns) + 0.05 * torch.eye(len(returns), dtype=returns.dtype, device=returns.device)
    w = torch.linalg.solve(cov, torch.ones_like(returns[:, :1])).squeeze(1)
    return w / w.sum()


# -- quantisation


def looked_up_weights(x: Tensor, code: Tensor, scale: Tensor) -> Tensor:
    """NF4: weights as places in a table of sixteen, a scale for each block of eight."""
    steps = [-1.0, -0.696, -0.525, -0.395, -0.284, -0.185, -0.091, 0.0, 0.08, 0.161, 0.246, 0.338, 0.441, 0.563, 0.723]
    table = torch.tensor([*steps, 1.0], dtype=x.dtype, device=x.device)
    weight = (table[code].unflatten(-1, (-1, 8)) * scale[..., None]).flatten(-2)
    return x @ weight.t()


def smoothed_linear(x: Tensor, weight: Tensor) -> Tensor:
    """SmoothQuant: outliers moved from activations into weights before both are rounded."""
    s = (x.abs().amax(0).clamp(min=1e-2) / weight.abs().amax(0).clamp(min=1e-2)).sqrt()
    xs, ws = x / s, weight * s
    ax, aw = xs.abs().amax() / 127, ws.abs().amax(1, keepdim=True) / 127
    return F.linear((xs / ax).round() * ax, (ws / aw).round() * aw)


def learned_step(x: Tensor, step: Tensor) -> Tensor:
    """LSQ: clipped and rounded to a grid whose step is learned."""
    return (x / step).clamp(-8, 7).round() * step


def rotated_linear(x: Tensor, weight: Tensor) -> Tensor:
    """QuaRot: both sides turned by a Hadamard matrix, which cancels."""
    h = torch.ones(1, 1, dtype=x.dtype, device=x.device)
    while len(h) < x.shape[-1]:
        h = torch.cat([torch.cat([h, h], 1), torch.cat([h, -h], 1)], 0)
    h = h / math.sqrt(len(h))
    return (x @ h) @ (weight @ h).t()


def scaled_blocks(a: Tensor, b: Tensor, sa: Tensor, sb: Tensor) -> Tensor:
    """A product of blocks with a scale each, summed block by block."""
    parts = torch.einsum("mgk,gkn->gmn", a.unflatten(1, (4, -1)), b.unflatten(0, (4, -1)))
    return (parts * sa.t()[:, :, None] * sb[:, None, :]).sum(0)


# -- statistics


def responsibilities(x: Tensor, mean: Tensor, log_var: Tensor, weight: Tensor) -> Tensor:
    """Of a mixture of diagonal normal distributions."""
    d = (x[:, None] - mean).square() / log_var.exp() + log_var
    return torch.softmax(weight.log_softmax(0) - 0.5 * d.sum(-1), dim=-1)


def logistic_newton(x: Tensor, y: Tensor) -> Tensor:
    """Two of Newton's steps of a penalised logistic regression."""
    w = torch.zeros_like(x[0, :, None])
    for _ in range(2):
        p = torch.sigmoid(x @ w)
        hess = x.t() @ (p * (1 - p) * x) + torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
        w = w - torch.linalg.solve(hess, x.t() @ (p - y) + w)
    return w.squeeze(1)


def centred_gram(x: Tensor) -> Tensor:
    """A kernel of degree two, centred in its feature space."""
    k = (1 + x @ x.t() / x.shape[1]) ** 2
    return k - k.mean(0) - k.mean(1, keepdim=True) + k.mean()


def sorted_distance(x: Tensor, y: Tensor) -> Tensor:
    """Wasserstein's distance of samples of one number, row by row."""
    return (x.sort(-1).values - y.sort(-1).values).abs().mean(-1)


def ensemble_score(members: Tensor, y: Tensor) -> Tensor:
    """Continuous ranked probability score of an ensemble."""
    near = (members - y[:, None]).abs().mean(-1)
    return near - 0.5 * (members[:, :, None] - members[:, None]).abs().mean((-2, -1))


def weibull_survival(time: Tensor, shape: Tensor, scale: Tensor, dead: Tensor) -> Tensor:
    """Negative log-likelihood of times that end in death or in leaving the study."""
    ratio = torch.log(time) - torch.log(scale)
    return (shape * ratio).exp() - dead * (torch.log(shape) - torch.log(scale) + (shape - 1) * ratio)


def inflated_poisson(count: Tensor, log_rate: Tensor, logit: Tensor) -> Tensor:
    """Negative log-likelihood of counts with more zeros than Poisson's."""
    rate = log_rate.exp()
    zero = torch.logaddexp(F.logsigmoid(logit), F.logsigmoid(-logit) - rate)
    other = F.logsigmoid(-logit) + count * log_rate - rate - torch.lgamma(count + 1)
    return -torch.where(count == 0, zero, other)


def gamma_divergence(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> Tensor:
    """Divergence of two gamma distributions."""
    return (a - c) * torch.digamma(a) - torch.lgamma(a) + torch.lgamma(c) + c * (b.log() - d.log()) + a * (d - b) / b


# -- optimisers


def nesterov_step(p: Tensor, g: Tensor, m: Tensor) -> tuple[Tensor, Tensor]:
    """Stochastic gradient descent with decay and Nesterov's momentum."""
    g = g.add(p, alpha=1e-2)
    m = m.mul(0.9).add(g)
    return p.sub(g.add(m, alpha=0.9), alpha=0.05), m


def largest_moment_step(p: Tensor, g: Tensor, m: Tensor, u: Tensor) -> Tensor:
    """Adamax."""
    m, u = torch.lerp(m, g, 0.1), torch.maximum(0.999 * u, g.abs() + 1e-3)
    return p - 0.002 / (1 - 0.9**5) * m / u


def adaptively_clipped(p: Tensor, g: Tensor) -> Tensor:
    """Gradients no longer than a share of their unit's weights."""
    size, most = g.norm(dim=1, keepdim=True), 0.05 * p.norm(dim=1, keepdim=True).clamp(min=1e-2)
    return g * (most / size.clamp(min=1e-3)).clamp(max=1.0)


def curvature_step(p: Tensor, m: Tensor, h: Tensor) -> Tensor:
    """Sophia's: momentum over curvature, clipped."""
    return p * (1 - 1e-3) - 0.01 * (m / (0.04 * h).clamp(min=1e-3)).clamp(-1, 1)


def averaged_weights(p: Tensor, average: Tensor) -> Tensor:
    """A moving average of weights after ten more steps of the same."""
    for _ in range(10):
        average = torch.lerp(average, p, 0.02)
    return average
