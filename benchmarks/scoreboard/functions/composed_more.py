"""Functions as users of PyTorch write them, of given tensors only: sound, recommendation, graphs, losses, statistics,
science and optimisers.

None of them is in written.py; sixth.py gives them their inputs, and composed.py has parts of networks.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- sound


def log_mel(power: Tensor, bank: Tensor) -> Tensor:
    """Decibels of a bank of filters over a power spectrum, nothing 80 below the loudest."""
    level = 10.0 * torch.log10((bank @ power).clamp(min=1e-4))
    return torch.maximum(level, level.amax((-2, -1), keepdim=True) - 80.0)


def mu_law(x: Tensor) -> Tensor:
    """Companding with μ = 255."""
    return torch.sign(x) * torch.log1p(255.0 * x.abs()) / math.log(256.0)


def pre_emphasis(x: Tensor) -> Tensor:
    """Each sample less 0.97 of the one before."""
    return torch.cat([x[..., :1], x[..., 1:] - 0.97 * x[..., :-1]], dim=-1)


def spectral_magnitude(x: Tensor) -> Tensor:
    """A short-time Fourier transform's magnitude."""
    window = torch.hann_window(16, dtype=x.dtype, device=x.device)
    return torch.stft(x, 16, hop_length=5, window=window, return_complex=True).abs()


def biquad(x: Tensor, b: Tensor, a: Tensor) -> Tensor:
    """A recursive filter of second order, sample by sample."""
    first, second = torch.zeros_like(x[:, 0]), torch.zeros_like(x[:, 0])
    out = []
    for t in range(x.shape[1]):
        y = b[0] * x[:, t] + first
        first, second = b[1] * x[:, t] - a[0] * y + second, b[2] * x[:, t] - a[1] * y
        out.append(y)
    return torch.stack(out, dim=1)


def wavenet_gate(x: Tensor, filters: Tensor, gates: Tensor) -> Tensor:
    """A dilated causal convolution, tanh gated by a sigmoid."""
    padded = F.pad(x, (4, 0))
    return torch.tanh(F.conv1d(padded, filters, dilation=4)) * torch.sigmoid(F.conv1d(padded, gates, dilation=4))


def si_sdr(estimate: Tensor, target: Tensor) -> Tensor:
    """Scale-invariant ratio of signal to distortion, in decibels."""
    scale = (estimate * target).sum(-1, keepdim=True) / target.square().sum(-1, keepdim=True)
    wanted = scale * target
    return 10 * torch.log10(wanted.square().sum(-1) / (estimate - wanted).square().sum(-1))


# -- recommendation and graphs


def dot_interaction(dense: Tensor, sparse: Tensor) -> Tensor:
    """DLRM: products of all pairs of features beside the dense one."""
    features = torch.cat([dense[:, None], sparse], dim=1)
    products = torch.bmm(features, features.mT)
    i, j = torch.tril_indices(features.shape[1], features.shape[1], -1, device=dense.device)
    return torch.cat([dense, products[:, i, j]], dim=1)


def factorization_machine(x: Tensor, linear: Tensor, factors: Tensor) -> Tensor:
    """A model of degree two, its pairs by the square of the sum less the sum of squares."""
    pairs = (x @ factors).square() - x.square() @ factors.square()
    return x @ linear + 0.5 * pairs.sum(-1)


def cross_layers(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """DCN: three layers, each the first input times a linear function of the last."""
    y = x
    for w, b in zip(weight, bias, strict=True):
        y = x * F.linear(y, w, b) + y
    return y


def interest_pooling(query: Tensor, history: Tensor, kept: Tensor) -> Tensor:
    """What a user clicked, averaged by how it fits the candidate; padding counts nothing."""
    scores = torch.einsum("bd,bnd->bn", query, history) / math.sqrt(query.shape[-1])
    weights = torch.softmax(scores + (1.0 - kept) * -30.0, dim=-1)
    return torch.cat([(weights[..., None] * history).sum(1), query], dim=-1)


def sampled_softmax(users: Tensor, items: Tensor, log_share: Tensor) -> Tensor:
    """Two towers in one batch, popular items corrected by the logarithm of their share."""
    logits = users @ items.t() / 0.5 - log_share
    return torch.logsumexp(logits, dim=-1) - logits.diagonal()


def gcn_layer(x: Tensor, source: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Messages over the roots of both degrees, added up at their targets."""
    degree = torch.ones_like(x[:, 0]).index_add(0, target, torch.ones_like(x[source, 0]))
    share = torch.rsqrt(degree[source] * degree[target])
    y = x @ weight
    return F.relu(y / degree[:, None] + torch.zeros_like(y).index_add(0, target, share[:, None] * y[source]))


def gat_layer(x: Tensor, source: Tensor, target: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """Attention over the edges that end in a node."""
    weight = torch.exp(F.leaky_relu((x @ left)[source] + (x @ right)[target], 0.2))
    total = torch.zeros_like(x[:, 0]).index_add(0, target, weight) + 1e-3
    return torch.zeros_like(x).index_add(0, target, (weight / total[target])[:, None] * x[source])


def graph_readout(x: Tensor, graph: Tensor) -> Tensor:
    """Mean and largest of the nodes of each of five graphs."""
    index = graph[:, None].expand_as(x)
    empty = torch.zeros(5, x.shape[1], dtype=x.dtype, device=x.device)
    mean = empty.scatter_reduce(0, index, x, "mean", include_self=False)
    return torch.cat([mean, empty.scatter_reduce(0, index, x, "amax", include_self=False)], dim=-1)


# -- losses


def dpo_loss(chosen: Tensor, rejected: Tensor, old_chosen: Tensor, old_rejected: Tensor) -> Tensor:
    """Direct preference optimisation, of log-probabilities of tokens."""
    margin = (chosen - old_chosen).sum(-1) - (rejected - old_rejected).sum(-1)
    return -0.9 * F.logsigmoid(0.1 * margin) - 0.1 * F.logsigmoid(-0.1 * margin)


def ppo_loss(log_p: Tensor, old: Tensor, advantage: Tensor) -> Tensor:
    """The clipped surrogate."""
    ratio = (log_p - old).exp()
    return -torch.minimum(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage)


def grpo_loss(log_p: Tensor, reference: Tensor, reward: Tensor) -> Tensor:
    """Rewards normalised in their group, and an unbiased estimate of the divergence."""
    advantage = (reward - reward.mean(-1, keepdim=True)) / (reward.std(-1, keepdim=True) + 1e-4)
    gap = reference - log_p
    return -log_p.sigmoid() * advantage[..., None] + 0.04 * (gap.exp() - gap - 1)


def generalised_advantage(reward: Tensor, value: Tensor) -> Tensor:
    """Advantages from the last step back to the first."""
    delta = reward + 0.99 * value[:, 1:] - value[:, :-1]
    total, out = torch.zeros_like(delta[:, 0]), []
    for t in reversed(range(delta.shape[1])):
        total = delta[:, t] + 0.99 * 0.95 * total
        out.append(total)
    return torch.stack(out[::-1], dim=1)


def barlow_twins(x: Tensor, y: Tensor) -> Tensor:
    """Cross-correlation of two views, its diagonal drawn to one and the rest to zero."""
    x, y = (x - x.mean(0)) / (x.std(0) + 1e-3), (y - y.mean(0)) / (y.std(0) + 1e-3)
    c = x.t() @ y / x.shape[0]
    one = torch.eye(c.shape[0], dtype=c.dtype, device=c.device)
    return (c - one).square() * (one + 0.005 * (1 - one))


def arcface_logits(x: Tensor, weight: Tensor, target: Tensor) -> Tensor:
    """Cosines to each class, a margin added to the right one's angle."""
    cosine = F.linear(F.normalize(x), F.normalize(weight))
    sine = (1 - cosine.square()).clamp(min=1e-4).sqrt()
    hit = F.one_hot(target, weight.shape[0]).to(x.dtype)
    return 16.0 * (hit * (cosine * math.cos(0.5) - sine * math.sin(0.5)) + (1 - hit) * cosine)


def supervised_contrastive(x: Tensor, label: Tensor) -> Tensor:
    """Each sample's mean log-probability of those with its label."""
    z = F.normalize(x, dim=-1)
    self_ = torch.eye(x.shape[0], dtype=torch.bool, device=x.device)
    log_p = F.log_softmax((z @ z.t() / 0.3).masked_fill(self_, -50.0), dim=-1)
    same = ((label[:, None] == label[None, :]) & ~self_).to(x.dtype)
    return -(log_p * same).sum(-1) / same.sum(-1).clamp(min=1)


def sparsemax(x: Tensor) -> Tensor:
    """The projection of each row onto the simplex."""
    z = x.sort(-1, descending=True).values
    total = z.cumsum(-1) - 1
    k = torch.arange(1, x.shape[-1] + 1, dtype=x.dtype, device=x.device)
    return F.relu(x - (total / k).amax(-1, keepdim=True))


# -- statistics and finance


def pearson_matrix(x: Tensor) -> Tensor:
    """Correlations of all columns."""
    d = x - x.mean(0)
    size = d.square().sum(0).sqrt()
    return d.t() @ d / (size[:, None] * size[None, :])


def autocorrelation(x: Tensor) -> Tensor:
    """At the first five lags, of rows less their mean."""
    d = x - x.mean(-1, keepdim=True)
    lags = [(d[..., lag:] * d[..., : d.shape[-1] - lag]).sum(-1) for lag in range(1, 6)]
    return torch.stack(lags, dim=-1) / d.square().sum(-1, keepdim=True)


def savitzky_golay(x: Tensor) -> Tensor:
    """Rows smoothed by parabolas through seven points."""
    taps = torch.tensor([-2.0, 3.0, 6.0, 7.0, 6.0, 3.0, -2.0], dtype=x.dtype, device=x.device) / 21
    return F.conv1d(x[:, None], taps[None, None], padding=3)[:, 0]


def welford(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance of columns, updated row by row."""
    mean, total = torch.zeros_like(x[0]), torch.zeros_like(x[0])
    for n, row in enumerate(x, 1):
        d = row - mean
        mean = mean + d / n
        total = total + d * (row - mean)
    return mean, total / (x.shape[0] - 1)


def crps_normal(mean: Tensor, scale: Tensor, y: Tensor) -> Tensor:
    """Continuous ranked probability score of a normal forecast."""
    z = (y - mean) / scale
    below, density = 0.5 * (1 + torch.erf(z / math.sqrt(2))), torch.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    return scale * (z * (2 * below - 1) + 2 * density - 1 / math.sqrt(math.pi))


def negative_binomial_nll(count: Tensor, mean: Tensor, spread: Tensor) -> Tensor:
    """Negative log-likelihood of counts with more spread than Poisson's."""
    constant = torch.lgamma(count + spread) - torch.lgamma(spread) - torch.lgamma(count + 1)
    total = torch.log(spread + mean)
    return -(constant + spread * (spread.log() - total) + count * (mean.log() - total))


def dirichlet_kl(a: Tensor, b: Tensor) -> Tensor:
    """Divergence of two Dirichlet distributions."""
    total = a.sum(-1)
    norms = torch.lgamma(total) - torch.lgamma(b.sum(-1)) - (torch.lgamma(a) - torch.lgamma(b)).sum(-1)
    return norms + ((a - b) * (torch.digamma(a) - torch.digamma(total)[..., None])).sum(-1)


def cox_likelihood(risk: Tensor) -> Tensor:
    """Cox's partial log-likelihood of patients in order of their deaths."""
    return risk - torch.logcumsumexp(risk.flip(-1), dim=-1).flip(-1)


def linear_cka(x: Tensor, y: Tensor) -> Tensor:
    """Likeness of two layers' features, each less its mean."""
    x, y = x - x.mean(-2, keepdim=True), y - y.mean(-2, keepdim=True)
    n = x.shape[-2]
    cross, own, other = x.mT @ y / n, x.mT @ x / n, y.mT @ y / n
    return cross.square().sum((-2, -1)) / (own.square().sum((-2, -1)) * other.square().sum((-2, -1))).sqrt()


def multivariate_log_density(x: Tensor, mean: Tensor, cov: Tensor) -> Tensor:
    """Log-density of a normal distribution with a full covariance, by Cholesky."""
    factor = torch.linalg.cholesky(cov)
    z = torch.linalg.solve_triangular(factor, (x - mean).mT, upper=False)
    return -0.5 * z.square().sum(-2) - factor.diagonal().log().sum() - 0.5 * x.shape[-1] * math.log(2 * math.pi)


def process_posterior(x: Tensor, y: Tensor, at: Tensor) -> Tensor:
    """The mean of a Gaussian process after noisy observations."""
    kernel = torch.exp(-0.5 * (x[:, None] - x[None, :]).square()) + 0.1 * torch.eye(
        x.shape[0], dtype=x.dtype, device=x.device
    )
    weights = torch.cholesky_solve(y[:, None], torch.linalg.cholesky(kernel))
    return (torch.exp(-0.5 * (at[:, None] - x[None, :]).square()) @ weights).squeeze(-1)


def kalman_update(mean: Tensor, cov: Tensor, row: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
    """State and covariance after one scalar was seen, for each of a batch."""
    cross = torch.einsum("bij,j->bi", cov, row)
    gain = cross / (cross @ row + 0.5)[:, None]
    return mean + gain * (seen - mean @ row)[:, None], cov - gain[:, :, None] * cross[:, None, :]


def hidden_markov(start: Tensor, step: Tensor, emit: Tensor) -> Tensor:
    """The forward algorithm, in logarithms."""
    step, alpha = step.log_softmax(-1), start.log_softmax(-1) + emit[:, 0]
    for t in range(1, emit.shape[1]):
        alpha = torch.logsumexp(alpha[:, :, None] + step, dim=1) + emit[:, t]
    return torch.logsumexp(alpha, dim=-1)


# -- science


def legendre_fifth(x: Tensor) -> Tensor:
    """Legendre's polynomial of degree five, by its recurrence."""
    before, p = torch.ones_like(x), x
    for n in range(1, 5):
        before, p = p, ((2 * n + 1) * x * p - n * before) / (n + 1)
    return p


def kepler_step(q: Tensor, p: Tensor) -> tuple[Tensor, Tensor]:
    """Velocity Verlet around a softened star."""

    def pull(q: Tensor) -> Tensor:
        return -q / (q.square().sum(-1, keepdim=True) + 0.1) ** 1.5

    half = p + 0.05 * pull(q)
    q = q + 0.1 * half
    return q, half + 0.05 * pull(q)


def coulomb_forces(place: Tensor, charge: Tensor) -> Tensor:
    """Forces between all pairs of softened charges."""
    d = place[:, None] - place[None, :]
    inverse = torch.rsqrt(d.square().sum(-1) + 0.25) ** 3
    return (charge[:, None] * charge[None, :] * inverse)[..., None].mul(d).sum(1)


def planck(frequency: Tensor, temperature: Tensor) -> Tensor:
    """Black-body radiation in units without constants."""
    return frequency**3 / torch.expm1(frequency / temperature)


def real_harmonics(v: Tensor) -> Tensor:
    """Spherical harmonics of the second order of directions."""
    x, y, z = F.normalize(v, dim=-1).unbind(-1)
    r3 = math.sqrt(3.0)
    return torch.stack([r3 * x * y, r3 * y * z, 1.5 * z * z - 0.5, r3 * x * z, r3 / 2 * (x * x - y * y)], dim=-1)


def slerp(p: Tensor, q: Tensor, t: Tensor) -> Tensor:
    """Between two directions along the great circle."""
    p, q = F.normalize(p, dim=-1), F.normalize(q, dim=-1)
    angle = torch.acos((p * q).sum(-1).clamp(-0.98, 0.98))
    return ((torch.sin((1 - t) * angle) / angle.sin())[:, None] * p) + (torch.sin(t * angle) / angle.sin())[:, None] * q


def six_numbers_to_rotation(x: Tensor) -> Tensor:
    """A rotation from two vectors, made orthogonal one after the other."""
    a = F.normalize(x[:, :3], dim=-1)
    b = F.normalize(x[:, 3:] - (a * x[:, 3:]).sum(-1, keepdim=True) * a, dim=-1)
    return torch.stack([a, b, torch.linalg.cross(a, b)], dim=-2)


def haar(x: Tensor) -> Tensor:
    """Three levels of Haar's wavelet."""
    details = []
    for _ in range(3):
        even, odd = x[..., 0::2], x[..., 1::2]
        x = (even + odd) / math.sqrt(2)
        details.append((even - odd) / math.sqrt(2))
    return torch.cat([x, *details[::-1]], dim=-1)


def burgers_step(u: Tensor) -> Tensor:
    """One step of viscous flow on a circle."""
    right, left = u.roll(-1, -1), u.roll(1, -1)
    return u - 0.05 * u * (right - left) + 0.1 * (right - 2 * u + left)


# -- optimisers


def adam_step(p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The tenth step of AdamW."""
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
    step = (m / (1 - 0.9**10)) / ((v / (1 - 0.999**10)).sqrt() + 1e-4)
    return p * (1 - 0.01) - 0.05 * step, m, v


def clipped_by_global_norm(a: Tensor, b: Tensor, c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients scaled so that all together are no longer than one."""
    total = torch.stack([g.square().sum() for g in (a, b, c)]).sum().sqrt()
    scale = (1.0 / (total + 1e-4)).clamp(max=1.0)
    return a * scale, b * scale, c * scale


def adafactor_step(g: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """A gradient over the root of a second moment of rank one, no larger than RMS one."""
    rows, columns = 0.9 * rows + 0.1 * g.square().mean(-1), 0.9 * columns + 0.1 * g.square().mean(-2)
    step = g * torch.rsqrt(rows / rows.mean())[:, None] * torch.rsqrt(columns)[None, :]
    return step / step.square().mean().sqrt().clamp(min=1.0)


def newton_schulz(g: Tensor) -> Tensor:
    """Muon's gradient made nearly orthogonal by three steps of order five."""
    x = g / (g.norm() + 1e-4)
    for _ in range(3):
        square = x @ x.mT
        x = 3.4445 * x + (-4.775 * square + 2.0315 * square @ square) @ x
    return x


def spectral_normalised(weight: Tensor, u: Tensor) -> Tensor:
    """A weight over its largest singular value, by two rounds of power iteration."""
    for _ in range(2):
        v = F.normalize(weight.mT @ u, dim=0)
        u = F.normalize(weight @ v, dim=0)
    return weight / (u @ weight @ v)


def standardised_convolution(x: Tensor, weight: Tensor) -> Tensor:
    """A convolution whose filters have mean 0 and deviation 1."""
    d = weight - weight.mean((1, 2, 3), keepdim=True)
    return F.conv2d(x, d / (d.square().mean((1, 2, 3), keepdim=True).sqrt() + 1e-3), stride=2)
