"""Losses, optimizers, statistics and finance as users of PyTorch write them, of given tensors only.

None of it is in an earlier file; eighteenth_inputs.py gives the functions their inputs.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- losses


def tempered_logistic_loss(logit: Tensor, label: Tensor) -> Tensor:
    """Bi-tempered: a bounded logarithm of a softmax with heavy tails, normalised by six rounds."""
    low, high = 0.7, 1.4
    z = logit - logit.amax(-1, keepdim=True)
    scaled = z
    for _ in range(6):
        total = (1 + (1 - high) * scaled).pow(1 / (1 - high)).sum(-1, keepdim=True)
        scaled = z * total.pow(1 - high)
    norm = (total.pow(high - 1) - 1) / (1 - high)
    p = (1 + (1 - high) * (z + norm)).clamp_min(0.2).pow(1 / (1 - high))
    at = p.gather(-1, label[:, None]).squeeze(-1)
    return (1 - at.pow(1 - low)) / (1 - low) - (1 - p.pow(2 - low).sum(-1)) / (2 - low)


def soft_score_loss(logit: Tensor, label: Tensor) -> Tensor:
    """One less the mean F measure of each class, from chances instead of counts."""
    p = torch.sigmoid(logit)
    hit = (p * label).sum(0)
    return 1 - (2 * hit / (p.sum(0) + label.sum(0) + 1e-3)).mean()


def soft_correlation_loss(logit: Tensor, label: Tensor) -> Tensor:
    """One less Matthews' correlation of chances with labels."""
    p = torch.sigmoid(logit)
    a, b = (p * label).mean(-1), ((1 - p) * (1 - label)).mean(-1)
    c, d = (p * (1 - label)).mean(-1), ((1 - p) * label).mean(-1)
    return 1 - (a * b - c * d) * torch.rsqrt((a + c) * (a + d) * (b + c) * (b + d) + 1e-4)


def complement_entropy(logit: Tensor, label: Tensor) -> Tensor:
    """How evenly what is not the label shares the rest, taken from the usual loss."""
    p = torch.softmax(logit, -1)
    at = p.gather(-1, label[:, None])
    rest = p / (1 - at + 1e-3)
    other = 1 - F.one_hot(label, logit.shape[-1]).to(p.dtype)
    return -at.squeeze(-1).log() + (other * rest * torch.log(rest + 1e-3)).sum(-1) / (logit.shape[-1] - 1)


def rare_margin_loss(logit: Tensor, label: Tensor, count: Tensor) -> Tensor:
    """LDAM: rare classes must win by more, as the fourth root of their numbers."""
    margin = count.pow(-0.25)
    margin = 0.5 * margin / margin.amax()
    shift = F.one_hot(label, logit.shape[-1]).to(logit.dtype) * margin
    return F.cross_entropy(6 * (logit - shift), label, reduction="none")


def unit_logits_loss(logit: Tensor, label: Tensor) -> Tensor:
    """LogitNorm: cross entropy of logits of one length."""
    size = logit.norm(dim=-1, keepdim=True) + 1e-6
    return F.cross_entropy(logit / (0.2 * size), label)


def bootstrapped_views_loss(one: Tensor, two: Tensor, weight: Tensor, more: Tensor) -> Tensor:
    """BYOL: each view's prediction of the other, by a small head with batch statistics."""

    def told(z: Tensor) -> Tensor:
        z = F.linear(z, weight)
        z = F.relu((z - z.mean(0)) * torch.rsqrt(z.var(0, correction=0) + 1e-3))
        return F.linear(z, more)

    return 4 - 2 * F.cosine_similarity(told(one), two, dim=-1) - 2 * F.cosine_similarity(told(two), one, dim=-1)


def sharpened_cluster_loss(x: Tensor, centre: Tensor) -> Tensor:
    """DEC: shares by Student's kernel, drawn to their own squares."""
    q = 1 / (1 + (x[:, None] - centre).square().sum(-1))
    q = q / q.sum(-1, keepdim=True)
    p = q.square() / q.sum(0)
    p = p / p.sum(-1, keepdim=True)
    return (p * (p.log() - q.log())).sum(-1)


def balanced_box_loss(x: Tensor, target: Tensor) -> Tensor:
    """Libra: an absolute error whose slope grows by a logarithm near zero."""
    far = (x - target).abs()
    b = math.e**3 - 1
    near = 0.5 / b * (b * far + 1) * torch.log1p(b * far) - 0.5 * far
    return torch.where(far < 1, near, 1.5 * far + 1.5 / b - 0.5)


def smooth_ranks_correlation(x: Tensor, y: Tensor) -> Tensor:
    """Spearman's correlation, of ranks by sums of sigmoids."""
    a, b = (torch.sigmoid(4 * (z[..., None] - z[..., None, :])).sum(-1) for z in (x, y))
    a, b = a - a.mean(-1, keepdim=True), b - b.mean(-1, keepdim=True)
    return (a * b).sum(-1) * torch.rsqrt(a.square().sum(-1) * b.square().sum(-1))


# -- optimizers


def covered_accumulators_step(weight: Tensor, slope: Tensor, row: Tensor, column: Tensor) -> tuple[Tensor, ...]:
    """SM3: squares kept for rows and columns only."""
    v = torch.minimum(row[:, None], column) + slope.square()
    return weight - 0.1 * slope * torch.rsqrt(v + 1e-8), v.amax(1), v.amax(0)


def layer_normalised_step(weight: Tensor, slope: Tensor, mean: Tensor, norm: Tensor) -> tuple[Tensor, ...]:
    """NovoGrad: slopes over a running norm of their whole layer, with decay inside."""
    norm = 0.98 * norm + 0.02 * slope.square().sum((-1, -2), keepdim=True)
    mean = 0.95 * mean + slope / (norm.sqrt() + 1e-6) + 0.01 * weight
    return weight - 0.02 * mean, mean, norm


def confident_factored_step(weight: Tensor, slope: Tensor, mean: Tensor) -> Tensor:
    """CAME: factored squares, and how far a step is from its mean, factored too."""

    def factored(z: Tensor) -> Tensor:
        row, column = z.mean(-1, keepdim=True), z.mean(-2, keepdim=True)
        return row * column / row.mean(-2, keepdim=True)

    step = slope * torch.rsqrt(factored(slope.square() + 1e-4))
    step = step / (step.square().mean().sqrt() / 1.0).clamp_min(1)
    new = 0.9 * mean + 0.1 * step
    return weight - 0.01 * new * torch.rsqrt(factored((step - new).square() + 1e-4))


def averaged_cube_root_step(start: Tensor, slope: Tensor, total: Tensor, square: Tensor) -> tuple[Tensor, ...]:
    """MADGRAD: from where it began, by sums of slopes over a cube root of sums of squares."""
    gain = 0.05 * math.sqrt(5)
    total, square = total + gain * slope, square + gain * slope.square()
    return start - total / (square.pow(1 / 3) + 1e-3), total, square


def weight_posterior_sample(mean: Tensor, square: Tensor, one: Tensor, gap: Tensor, more: Tensor) -> Tensor:
    """SWAG: a weight drawn from a diagonal and a few last deviations."""
    spread = (square - mean.square()).clamp_min(1e-4).sqrt()
    return mean + 0.7071 * spread * one + (more @ gap) / math.sqrt(2 * (gap.shape[0] - 1))


def spectral_step_rounds(x: Tensor, curve: Tensor, aim: Tensor) -> Tensor:
    """Barzilai and Borwein: steps whose length the last two slopes tell, five of them."""
    slope = (curve @ x[..., None]).squeeze(-1) - aim
    step = torch.full_like(x[..., :1], 0.3)
    for _ in range(5):
        new = x - step * slope
        after = (curve @ new[..., None]).squeeze(-1) - aim
        s, y = new - x, after - slope
        step = (s * s).sum(-1, keepdim=True) / ((s * y).sum(-1, keepdim=True) + 1e-6)
        x, slope = new, after
    return x


def anderson_mixed_rounds(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """A fixed point by mixing the last three guesses so that their errors cancel."""
    seen, image = [x], [torch.tanh(F.linear(x, weight, bias))]
    for _ in range(5):
        gap = torch.stack([b - a for a, b in zip(seen[-3:], image[-3:], strict=True)], -2)
        gram = gap @ gap.mT + 0.02 * torch.eye(gap.shape[-2], dtype=x.dtype, device=x.device)
        share = torch.linalg.solve(gram, torch.ones_like(gram[..., 0]))
        share = share / share.sum(-1, keepdim=True)
        seen.append((share[..., None] * torch.stack(image[-3:], -2)).sum(-2))
        image.append(torch.tanh(F.linear(seen[-1], weight, bias)))
    return image[-1]


def group_shrinkage_rounds(x: Tensor, y: Tensor) -> Tensor:
    """Coefficients in groups of three, each shrunk as one, by ten proximal steps."""
    gram, told = x.mT @ x / x.shape[-2], (x.mT @ y[..., None]).squeeze(-1) / x.shape[-2]
    beta = torch.zeros_like(told)
    for _ in range(10):
        z = (beta - 0.4 * ((gram @ beta[..., None]).squeeze(-1) - told)).unflatten(-1, (-1, 3))
        size = z.norm(dim=-1, keepdim=True) + 1e-3
        beta = (z * F.softplus(20 * (1 - 0.03 / size)) / 20).flatten(-2)
    return beta


# -- tests and fits


def generalised_validation(x: Tensor, y: Tensor, penalty: Tensor) -> Tensor:
    """A ridge regression's error for each penalty as if each row were left out, by its singular values."""
    u, s, _ = torch.linalg.svd(x, full_matrices=False)
    shrink = s.square()[:, None] / (s.square()[:, None] + penalty[:, None])
    told = (u.mT @ y[..., None]).squeeze(-1)
    left = y.square().sum(-1, keepdim=True) - told.square().sum(-1, keepdim=True)
    error = left + ((1 - shrink) * told[:, None]).square().sum(-1)
    return error / y.shape[-1] / (1 - shrink.sum(-1) / y.shape[-1]).square()


def median_pair_slope(x: Tensor, y: Tensor) -> Tensor:
    """Theil and Sen: the median of slopes between all pairs of points."""
    i, j = torch.triu_indices(x.shape[-1], x.shape[-1], 1)
    slope = (y[..., j] - y[..., i]) / (x[..., j] - x[..., i])
    return slope.median(-1)[0]


def matched_quantiles(x: Tensor) -> Tensor:
    """Columns given one distribution: each rank the mean of that rank over all."""
    order = x.argsort(0)
    mean = torch.sort(x, 0)[0].mean(1, keepdim=True).expand_as(x)
    return torch.zeros_like(x).scatter(0, order, mean)


def two_sample_distance(x: Tensor, y: Tensor) -> Tensor:
    """Hotelling: how far two groups' means are apart, by their pooled scatter."""
    a, b = x - x.mean(-2, keepdim=True), y - y.mean(-2, keepdim=True)
    pool = (a.mT @ a + b.mT @ b) / (x.shape[-2] + y.shape[-2] - 2)
    gap = x.mean(-2) - y.mean(-2)
    size = x.shape[-2] * y.shape[-2] / (x.shape[-2] + y.shape[-2])
    return size * (gap * torch.linalg.solve(pool, gap)).sum(-1)


def normal_tail_figure(x: Tensor) -> Tensor:
    """Anderson and Darling: how far a sample is from normal, mostly in its tails."""
    z = torch.sort((x - x.mean(-1, keepdim=True)) / x.std(-1, keepdim=True), -1)[0]
    n = x.shape[-1]
    i = 2 * torch.arange(1, n + 1, dtype=x.dtype, device=x.device) - 1
    log = torch.special.log_ndtr(z) + torch.special.log_ndtr(-z.flip(-1))
    return -n - (i * log).mean(-1)


def straight_plot_figure(x: Tensor) -> Tensor:
    """Shapiro and Francia: how straight a sample lies against normal quantiles."""
    n = x.shape[-1]
    m = torch.special.ndtri((torch.arange(1, n + 1, dtype=x.dtype, device=x.device) - 0.375) / (n + 0.25))
    z = torch.sort(x, -1)[0] - x.mean(-1, keepdim=True)
    return (z * m).sum(-1).square() / (z.square().sum(-1) * m.square().sum(-1))


def unit_root_figure(x: Tensor) -> Tensor:
    """Dickey and Fuller: whether a series comes back, by the t of its level in a regression of its steps."""
    step, level, lag = x[:, 2:] - x[:, 1:-1], x[:, 1:-1], x[:, 1:-1] - x[:, :-2]
    z = torch.stack((level, lag, torch.ones_like(level)), -1)
    gram = z.mT @ z
    beta = torch.linalg.solve(gram, z.mT @ step[..., None])
    error = step - (z @ beta).squeeze(-1)
    scale = error.square().sum(-1) / (step.shape[-1] - 3)
    return beta[:, 0, 0] / torch.sqrt(scale * torch.linalg.inv(gram)[:, 0, 0])


def autoregressive_spectrum(phi: Tensor, pitch: Tensor) -> Tensor:
    """The logarithm of a spectrum of a series that repeats itself with given weights."""
    n = torch.arange(1, phi.shape[-1] + 1, dtype=phi.dtype, device=phi.device)
    angle = pitch[:, None] * n
    real = 1 - phi @ torch.cos(angle).mT
    return -torch.log(real.square() + (phi @ torch.sin(angle).mT).square())


def kernel_independence(x: Tensor, y: Tensor) -> Tensor:
    """HSIC: how much two sets of features hang together, by centred kernels."""
    n = x.shape[-2]
    k, h = (torch.exp(-0.5 * (z[:, :, None] - z[:, None]).square().sum(-1) / z.shape[-1]) for z in (x, y))
    k = k - k.mean(-1, keepdim=True) - k.mean(-2, keepdim=True) + k.mean((-1, -2), keepdim=True)
    return (k * h).sum((-1, -2)) / (n - 1) ** 2


def kernel_score_discrepancy(x: Tensor, score: Tensor) -> Tensor:
    """Stein: how far points are from a density of given slopes, by an inverse quadratic kernel."""
    gap = x[:, None] - x
    far = 1 + gap.square().sum(-1)
    cross = ((score[:, None] - score) * gap).sum(-1)
    dim = x.shape[-1]
    value = (score @ score.mT) * far.pow(-0.5) + cross * far.pow(-1.5)
    return (value + dim * far.pow(-1.5) - 3 * (far - 1) * far.pow(-2.5)).mean()


def unequal_transport_rounds(cost: Tensor, one: Tensor, two: Tensor) -> Tensor:
    """A plan between masses that need not match, by eight soft rounds in logarithms."""
    f, g = torch.zeros_like(one), torch.zeros_like(two)
    a, b = one.log(), two.log()
    for _ in range(8):
        f = -0.4 * torch.logsumexp((g[..., None, :] - cost) / 0.5 + b[..., None, :], -1)
        g = -0.4 * torch.logsumexp((f[..., None] - cost) / 0.5 + a[..., None], -2)
    return torch.exp((f[..., None] + g[..., None, :] - cost) / 0.5 + a[..., None] + b[..., None, :])


def arc_cosine_kernel(x: Tensor, y: Tensor) -> Tensor:
    """Cho and Saul: the kernel of one wide layer of rectifiers."""
    a, b = x.norm(dim=-1), y.norm(dim=-1)
    cos = (x @ y.mT / (a[:, None] * b)).clamp(-0.999, 0.999)
    angle = torch.acos(cos)
    return a[:, None] * b * (torch.sin(angle) + (math.pi - angle) * cos) / math.pi


def laplace_classifier_steps(x: Tensor, sign: Tensor) -> Tensor:
    """A Gaussian process that classifies: its mode by four of Newton's steps."""
    k = torch.exp(-0.5 * (x[:, :, None] - x[:, None]).square().sum(-1))
    eye = torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    f = torch.zeros_like(sign)
    for _ in range(4):
        p = torch.sigmoid(f)
        w = p * (1 - p)
        b = w * f + 0.5 * (sign + 1) - p
        root = w.sqrt()
        inner = torch.linalg.solve(eye + root[..., None] * k * root[:, None], (root * (k @ b[..., None]).squeeze(-1)))
        f = (k @ (b - root * inner)[..., None]).squeeze(-1)
    return f


def factor_analysis_round(x: Tensor, load: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
    """One round of expectation and maximisation of a few factors."""
    scaled = load / noise[:, None]
    eye = torch.eye(load.shape[-1], dtype=x.dtype, device=x.device)
    cover = torch.linalg.inv(eye + load.mT @ scaled)
    mean = x @ scaled @ cover
    second = x.shape[0] * cover + mean.mT @ mean
    new = torch.linalg.solve(second, mean.mT @ x).mT
    return new, (x.square().sum(0) - (new * (x.mT @ mean)).sum(-1)) / x.shape[0]


# -- densities


def generalised_normal_log_density(x: Tensor, scale: Tensor, power: Tensor) -> Tensor:
    """Between Laplace's and the normal density, and beyond."""
    return power.log() - math.log(2) - scale.log() - torch.lgamma(1 / power) - (x.abs() / scale).pow(power)


def generalised_gamma_log_density(x: Tensor, a: Tensor, power: Tensor) -> Tensor:
    """Stacy: a gamma density of a power of x."""
    return power.log() - torch.lgamma(a) + (a * power - 1) * x.log() - torch.exp(power * x.log())


def noisy_amplitude_log_density(x: Tensor, size: Tensor, sigma: Tensor) -> Tensor:
    """Rice: how likely a noisy amplitude is, by a scaled Bessel function."""
    z = x * size / sigma.square()
    return x.log() - 2 * sigma.log() - 0.5 * ((x - size) / sigma).square() + torch.special.i0e(z).log()


def drawn_without_return(hit: Tensor, good: Tensor, drawn: Tensor, total: Tensor) -> Tensor:
    """The logarithm of the hypergeometric chance."""

    def choose(n: Tensor, k: Tensor) -> Tensor:
        return torch.lgamma(n + 1) - torch.lgamma(k + 1) - torch.lgamma(n - k + 1)

    return choose(good, hit) + choose(total - good, drawn - hit) - choose(total, drawn)


def wishart_log_density(x: Tensor, scale: Tensor, freedom: Tensor) -> Tensor:
    """How likely a scatter matrix is."""
    p = x.shape[-1]
    trace = torch.linalg.solve(scale, x).diagonal(dim1=-2, dim2=-1).sum(-1)
    log = (freedom - p - 1) * torch.logdet(x) - trace - freedom * (p * math.log(2) + torch.logdet(scale))
    return 0.5 * log - torch.mvlgamma(0.5 * freedom, p)


def dispersed_counts_log_mass(count: Tensor, log_rate: Tensor, power: Tensor) -> Tensor:
    """Conway and Maxwell: counts more or less even than Poisson's, with their sum over forty."""
    n = torch.arange(40, dtype=log_rate.dtype, device=log_rate.device)
    whole = torch.logsumexp(n * log_rate[..., None] - power[..., None] * torch.lgamma(n + 1), -1)
    return count * log_rate - power * torch.lgamma(count + 1) - whole


def upper_tail_copula_log_density(u: Tensor, v: Tensor, theta: Tensor) -> Tensor:
    """Joe: how likely two ranks are together that agree at the top only."""
    a, b = (1 - u).pow(theta), (1 - v).pow(theta)
    s = a + b - a * b
    return (1 / theta - 2) * s.log() + (theta - 1) * (torch.log1p(-u) + torch.log1p(-v)) + torch.log(theta - 1 + s)


# -- finance


def matched_moments_call(spot: Tensor, vol: Tensor, term: Tensor) -> Tensor:
    """Levy: a call on an arithmetic average, as if that were lognormal."""
    rate = 0.04
    one = spot * torch.expm1(rate * term) / (rate * term)
    v = vol.square()
    a, b = torch.expm1((2 * rate + v) * term) / (2 * rate + v), torch.expm1(rate * term) / rate
    two = 2 * spot.square() / ((rate + v) * term.square()) * (a - b)
    spread = torch.log(two / one.square())
    d = (torch.log(one) + 0.5 * spread) * torch.rsqrt(spread)
    return torch.exp(-rate * term) * (one * torch.special.ndtr(d) - torch.special.ndtr(d - spread.sqrt()))


def digital_price_and_delta(spot: Tensor, vol: Tensor, term: Tensor) -> tuple[Tensor, Tensor]:
    """An option that pays one above its strike, and how it moves."""
    root = vol * term.sqrt()
    d = (spot.log() + 0.03 * term) / root - 0.5 * root
    off = torch.exp(-0.03 * term)
    return off * torch.special.ndtr(d), off * torch.exp(-0.5 * d.square()) / (math.sqrt(2 * math.pi) * spot * root)


def solved_credit_spread(price: Tensor, coupon: Tensor) -> Tensor:
    """The spread at which a bond's payments over eight years are worth its price, by six of Newton's steps."""
    t = torch.arange(1, 9, dtype=price.dtype, device=price.device)
    pay = coupon[:, None] + F.one_hot(torch.tensor(7, device=price.device), 8).to(price.dtype)
    s = torch.full_like(price, 0.01)
    for _ in range(6):
        worth = pay * torch.exp(-(0.03 + s[:, None]) * t)
        s = s + (worth.sum(-1) - price) / (t * worth).sum(-1)
    return s


def bootstrapped_discounts(swap: Tensor) -> Tensor:
    """Discounts from a row of swap rates, one after another, and the forward rates between."""
    total, out = torch.zeros_like(swap[:, 0]), []
    for rate in swap.unbind(1):
        out.append((1 - rate * total) / (1 + rate))
        total = total + out[-1]
    price = torch.stack(out, 1)
    return torch.cat((1 / price[:, :1], price[:, :-1] / price[:, 1:]), 1) - 1


def counterparty_charge(exposure: Tensor, hazard: Tensor) -> Tensor:
    """What a counterparty's default costs, over paths and years."""
    t = torch.arange(1, exposure.shape[-1] + 1, dtype=exposure.dtype, device=exposure.device)
    alive = torch.exp(-hazard[:, None] * t)
    fail = F.pad(alive, (1, 0), value=1.0)[:, :-1] - alive
    return 0.6 * (F.relu(exposure).mean(1) * fail * torch.exp(-0.03 * t)).sum(-1)


def cosine_series_call(vol: Tensor, strike: Tensor) -> Tensor:
    """Fang and Oosterlee: a call by a cosine series of its density."""
    low, high = -2.0, 2.0
    k = torch.arange(32, dtype=vol.dtype, device=vol.device)
    w = k * math.pi / (high - low)
    v = vol[:, None]
    density = torch.exp(-0.5 * v.square() * w.square()) * torch.cos(w * (-0.5 * v.square() - low))
    x = strike.log()[:, None]
    top = torch.cos(w * (high - low)) * math.exp(high) - torch.cos(w * (x - low)) * x.exp()
    top = top + w * (torch.sin(w * (high - low)) * math.exp(high) - torch.sin(w * (x - low)) * x.exp())
    chi = top / (1 + w.square())
    psi = torch.cat((high - x, (torch.sin(w[1:] * (high - low)) - torch.sin(w[1:] * (x - low))) / w[1:]), 1)
    half = torch.where(k == 0, 0.5 * torch.ones_like(k), torch.ones_like(k))
    return 2 / (high - low) * (density * half * (chi - strike[:, None] * psi)).sum(-1)


def half_implicit_put(vol: Tensor) -> Tensor:
    """Crank and Nicolson: a put's prices on a grid of twenty, over six steps."""
    s = torch.linspace(0.1, 2, 20, dtype=vol.dtype, device=vol.device)
    value = (1 - s).clamp_min(0).expand(vol.shape[0], -1)
    i = s / 0.1
    v = (vol[:, None] * i).square()
    a, c = 0.25 * (v - 0.03 * i), 0.25 * (v + 0.03 * i)
    near = torch.diag_embed(a[:, 1:], -1) + torch.diag_embed(c[:, :-1], 1) - torch.diag_embed(0.5 * v + 0.015)
    eye = torch.eye(20, dtype=vol.dtype, device=vol.device)
    for _ in range(6):
        value = torch.linalg.solve(eye - near / 6, value + (near / 6 @ value[..., None]).squeeze(-1))
    return value


def expanded_tail_quantile(x: Tensor, level: Tensor) -> Tensor:
    """Cornish and Fisher: a quantile of losses, with skewness and tails."""
    z = (x - x.mean(-1, keepdim=True)) / x.std(-1, keepdim=True)
    skew, tail = z.pow(3).mean(-1, keepdim=True), z.pow(4).mean(-1, keepdim=True) - 3
    q = torch.special.ndtri(level)
    bent = q + (q * q - 1) * skew / 6 + (q**3 - 3 * q) * tail / 24 - (2 * q**3 - 5 * q) * skew.square() / 36
    return x.mean(-1, keepdim=True) + x.std(-1, keepdim=True) * bent


def bonus_class_shares(rate: Tensor) -> Tensor:
    """Drivers' shares of six classes after eight years, down one without a claim and up two with each."""
    n = torch.arange(6, device=rate.device)
    none = torch.exp(-rate)
    up, down = F.one_hot((n + 2).clamp_max(5), 6).to(rate.dtype), F.one_hot((n - 1).clamp_min(0), 6).to(rate.dtype)
    move = none[:, None, None] * down + (1 - none)[:, None, None] * up
    return torch.linalg.matrix_power(move, 8)[:, 3]


def limited_layer_premium(mu: Tensor, sigma: Tensor, low: Tensor) -> Tensor:
    """What a layer of twice its retention costs, when claims are lognormal."""

    def limited(at: Tensor) -> Tensor:
        d = (at.log() - mu) / sigma
        mean = torch.exp(mu + 0.5 * sigma.square())
        return mean * torch.special.ndtr(d - sigma) + at * torch.special.ndtr(-d)

    return limited(3 * low) - limited(low)
