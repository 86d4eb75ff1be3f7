"""Parts of studies as users of PyTorch write them, of given tensors only: statistics, series, markets, lives, trades.

None of them is in an earlier file; fifteenth_inputs.py gives them their inputs, model_code.py, train_code.py and
world_code.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- statistics


def unequal_variance_test(x: Tensor, y: Tensor) -> Tensor:
    """Welch: how far two means are apart by their errors, and its degrees of freedom."""
    a, b = x.var(-1) / x.shape[-1], y.var(-1) / y.shape[-1]
    free = (a + b).square() / (a.square() / (x.shape[-1] - 1) + b.square() / (y.shape[-1] - 1))
    return torch.stack([(x.mean(-1) - y.mean(-1)) / torch.sqrt(a + b), free], -1)


def variance_ratio(x: Tensor) -> Tensor:
    """One-way analysis: spread between groups over that within them."""
    mean = x.mean(-1, keepdim=True)
    between = x.shape[-1] * mean.squeeze(-1).var(-1)
    return between / (x - mean).square().sum((-2, -1)) * (x.shape[-2] * (x.shape[-1] - 1))


def partial_correlations(x: Tensor) -> Tensor:
    """What two columns share that the others do not explain."""
    y = x - x.mean(1, keepdim=True)
    cov = y.mT @ y / (x.shape[1] - 1) + 0.1 * torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)
    back = torch.linalg.inv(cov)
    root = back.diagonal(dim1=-2, dim2=-1).sqrt()
    return -back / (root[..., :, None] * root[..., None, :])


def kernel_density_curve(x: Tensor, at: Tensor) -> Tensor:
    """A density by bells as wide as Silverman's rule says."""
    wide = 0.9 * x.std(-1, keepdim=True) * x.shape[-1] ** -0.2
    z = (at[..., None] - x[:, None]) / wide[..., None]
    return torch.exp(-0.5 * z * z).mean(-1) / (wide * math.sqrt(2 * math.pi))


def count_regression(x: Tensor, y: Tensor) -> Tensor:
    """Poisson's regression by five of Newton's steps, a little ridge."""
    beta = torch.zeros_like(x[:, 0])
    eye = 0.5 * torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)
    for _ in range(5):
        mean = torch.exp((x @ beta[..., None]).squeeze(-1).clamp(-4, 4))
        slope = (x.mT @ (y - mean)[..., None]).squeeze(-1) - 0.5 * beta
        beta = beta + torch.linalg.solve(x.mT @ (mean[..., None] * x) + eye, slope)
    return beta


def nested_choice_shares(worth: Tensor, alike: Tensor) -> Tensor:
    """Nested logit: shares of goods in nests whose members are alike."""
    scaled = worth / alike[:, None]
    inside = alike * torch.logsumexp(scaled, -1)
    return (scaled.log_softmax(-1) + inside.log_softmax(-1)[..., None]).exp()


def market_share_inversion(share: Tensor, noise: Tensor) -> Tensor:
    """Berry: goods' mean worth from their shares, by a contraction over people who differ."""
    worth = torch.log(share) - torch.log1p(-share.sum(-1, keepdim=True))
    for _ in range(4):
        every = F.pad(worth[:, None] + noise, (1, 0)).softmax(-1)[..., 1:].mean(1)
        worth = worth + torch.log(share) - torch.log(every)
    return worth


def normal_copula_log_density(u: Tensor, r: Tensor) -> Tensor:
    """How two uniform numbers hang together by a normal law's correlation."""
    x, y = torch.special.ndtri(u).unbind(-1)
    left = 1 - r * r
    return -0.5 * torch.log(left) - (r * r * (x * x + y * y) - 2 * r * x * y) / (2 * left)


def frank_copula(u: Tensor, v: Tensor, t: Tensor) -> Tensor:
    """A joint distribution alike in both tails, and its density."""
    a, b, c = torch.expm1(-t * u), torch.expm1(-t * v), torch.expm1(-t)
    return torch.stack([-torch.log1p(a * b / c) / t, -t * c * (1 + a) * (1 + b) / (c + a * b).square()], -1)


def factor_model_round(cov: Tensor, load: Tensor, own: Tensor) -> tuple[Tensor, Tensor]:
    """Two rounds of expectation for a few factors behind many columns."""
    eye = torch.eye(load.shape[-1], dtype=load.dtype, device=load.device)
    for _ in range(2):
        scaled = load / own[..., None]
        inner = torch.linalg.inv(eye + load.mT @ scaled)
        beta = inner @ scaled.mT
        cross = cov @ beta.mT
        load = cross @ torch.linalg.inv(inner + beta @ cross)
        own = (cov.diagonal(dim1=-2, dim2=-1) - (load * cross).sum(-1)).clamp_min(0.05)
    return load, own


def inverse_propensity_effect(y: Tensor, treated: Tensor, score: Tensor) -> Tensor:
    """What a treatment does, by weights for how likely each was to have it, which sum to one."""
    p = torch.sigmoid(score).clamp(0.05, 0.95)
    one, two = treated / p, (1 - treated) / (1 - p)
    return (one * y).sum(-1) / one.sum(-1) - (two * y).sum(-1) / two.sum(-1)


def binned_semivariogram(place: Tensor, x: Tensor) -> Tensor:
    """Half squares of differences by how far apart places are."""
    far = torch.cdist(place, place)
    bin_of = (far / 0.5).long().clamp(max=7).flatten()
    gap = 0.5 * (x[:, :, None] - x[:, None]).square().flatten(1)
    zero = torch.zeros(8, dtype=x.dtype, device=x.device)
    count = zero.index_add(0, bin_of, torch.ones_like(gap[0]))
    return zero.expand(len(x), 8).index_add(1, bin_of, gap) / count.clamp_min(1)


# -- lives


def hill_diversity(count: Tensor) -> Tensor:
    """How many species there are, by orders of zero to three, of which one is an entropy's."""
    p = count / count.sum(-1, keepdim=True)
    one = torch.exp(torch.special.entr(p).sum(-1))
    return torch.stack([(p > 0).to(p.dtype).sum(-1), one, 1 / (p**2).sum(-1), (p**3).sum(-1) ** -0.5], -1)


def rarefied_species(count: Tensor) -> Tensor:
    """How many species a smaller sample would have, by gamma functions."""
    total = count.sum(-1, keepdim=True)
    left = total - count
    log = torch.lgamma(left + 1) - torch.lgamma(left - 9) - torch.lgamma(total + 1) + torch.lgamma(total - 9)
    return -torch.expm1(log).sum(-1)


def hunters_and_hunted(prey: Tensor, hunter: Tensor, rate: Tensor) -> Tensor:
    """Lotka and Volterra in logarithms, five half steps that keep their cycle."""
    a, b = torch.log(prey), torch.log(hunter)
    for _ in range(5):
        a = a + 0.1 * (rate[..., 0] - rate[..., 1] * torch.exp(b))
        b = b + 0.1 * (rate[..., 2] * torch.exp(a) - rate[..., 3])
    return torch.stack([a, b], -1).exp()


def age_classes(start: Tensor, birth: Tensor, stay: Tensor) -> Tensor:
    """Leslie: a population of age classes after eight years, and its growth."""
    for _ in range(8):
        old = start.sum(-1)
        born = (birth * start).sum(-1, keepdim=True)
        start = torch.cat([born, (stay * start)[..., :-1]], -1)
    return torch.cat([start, torch.log(start.sum(-1) / old)[..., None]], -1)


def ageing_mortality_loss(time: Tensor, seen: Tensor, base: Tensor, slope: Tensor) -> Tensor:
    """Gompertz: hazards that grow as an exponential, deaths and those who left alive."""
    whole = torch.exp(base) * torch.expm1(slope * time) / slope
    return whole - seen * (base + slope * time)


def log_logistic_survival(time: Tensor, scale: Tensor, shape: Tensor) -> Tensor:
    """Shares alive and hazards of a law that rises and falls."""
    log = shape * (torch.log(time) - torch.log(scale))
    return torch.stack([torch.sigmoid(-log), shape / time * torch.sigmoid(log)], -1)


def competing_incidence(hazard: Tensor) -> Tensor:
    """How many have met each of several ends by a time, where one excludes the others."""
    rate = F.softplus(hazard)
    total = rate.sum(-1, keepdim=True)
    alive = torch.exp(-torch.cumsum(total, 1))
    before = torch.cat([torch.ones_like(alive[:, :1]), alive[:, :-1]], 1)
    return torch.cumsum(before * -torch.expm1(-total) * rate / total, 1)


# -- series


def moving_average_residuals(x: Tensor, keep: Tensor, blend: Tensor) -> Tensor:
    """ARMA: what is left of a series after its own past and past surprises."""
    last, gap, out = x[:, 0], torch.zeros_like(x[:, 0]), []
    for now in x.unbind(1)[1:]:
        gap = now - keep * last - blend * gap
        last = now
        out.append(gap)
    return torch.stack(out, 1)


def rescaled_range(x: Tensor) -> Tensor:
    """Hurst's exponent: how the range of sums grows over windows of four lengths."""
    log = []
    for n in (8, 16, 32, 64):
        y = x.unflatten(-1, (-1, n))
        walk = torch.cumsum(y - y.mean(-1, keepdim=True), -1)
        log.append(torch.log((walk.amax(-1) - walk.amin(-1)) / y.std(-1)).mean(-1))
    at = torch.tensor([-1.5, -0.5, 0.5, 1.5], dtype=x.dtype, device=x.device) * math.log(2)
    return (torch.stack(log, -1) * at).sum(-1) / at.square().sum()


def detrended_fluctuations(x: Tensor) -> Tensor:
    """How far a walk strays from lines in windows of three lengths."""
    walk, out = torch.cumsum(x - x.mean(-1, keepdim=True), -1), []
    for n in (6, 12, 24):
        y = walk.unfold(-1, n, n)
        t = torch.arange(n, dtype=x.dtype, device=x.device) - (n - 1) / 2
        y = y - y.mean(-1, keepdim=True)
        left = y - (y * t).sum(-1, keepdim=True) / t.square().sum() * t
        out.append(torch.log(left.square().mean((-2, -1))) / 2)
    return torch.stack(out, -1)


def impulse_responses(a: Tensor, cov: Tensor) -> Tensor:
    """What a shock to each of several series does to all, seven steps on."""
    state, out = torch.linalg.cholesky(cov), []
    for _ in range(7):
        out.append(state)
        state = a @ state
    return torch.stack(out, 1)


def intermittent_demand(x: Tensor) -> Tensor:
    """Croston: sizes of sales and times between them, each smoothed, and their quotient."""
    size, gap, since, out = x.mean(-1), torch.full_like(x[:, 0], 2.0), torch.ones_like(x[:, 0]), []
    for now in x.unbind(-1):
        sold = now > 0
        size = torch.where(sold, torch.lerp(size, now, 0.2), size)
        gap = torch.where(sold, torch.lerp(gap, since, 0.2), gap)
        since = torch.where(sold, 1.0, since + 1)
        out.append(size / gap)
    return torch.stack(out, -1)


# -- markets


def return_for_risk(x: Tensor) -> Tensor:
    """Sharpe's and Sortino's ratios, and the normal quantile bent by skewness and tails."""
    mean, wide = x.mean(-1), x.std(-1)
    z = (x - mean[:, None]) / wide[:, None]
    skew, tail = z.pow(3).mean(-1), z.pow(4).mean(-1) - 3
    q = -1.6449
    bent = q + (q * q - 1) * skew / 6 + (q**3 - 3 * q) * tail / 24 - (2 * q**3 - 5 * q) * skew.square() / 36
    fall = torch.sqrt(x.clamp(max=0).square().mean(-1) + 1e-5)
    return torch.stack([mean / wide, mean / fall, -(mean + bent * wide)], -1)


def jump_robust_variation(x: Tensor) -> Tensor:
    """Realised variance, products of neighbours in its place, and the share of jumps."""
    whole = x.square().sum(-1)
    pairs = math.pi / 2 * (x[:, 1:] * x[:, :-1]).abs().sum(-1)
    middle = torch.stack([x[:, 2:].abs(), x[:, 1:-1].abs(), x[:, :-2].abs()]).median(0)[0].square().sum(-1)
    return torch.stack([whole, pairs, 1.42 * middle, torch.relu(1 - pairs / whole)], -1)


def swaption_price(forward: Tensor, strike: Tensor, spread: Tensor, annuity: Tensor) -> Tensor:
    """Black: a right to pay a fixed rate, and what it gains by the rate."""
    d = torch.log(forward / strike) / spread + 0.5 * spread
    up = torch.special.ndtr(d)
    return torch.stack([annuity * (forward * up - strike * torch.special.ndtr(d - spread)), annuity * up], -1)


def geometric_average_call(price: Tensor, strike: Tensor, spread: Tensor) -> Tensor:
    """A call on a geometric mean of a dozen prices, in closed form."""
    n, rate = 12, 0.03
    wide = spread * math.sqrt((n + 1) * (2 * n + 1) / (6 * n * n))
    drift = 0.5 * wide.square() + (rate - 0.5 * spread.square()) * (n + 1) / (2 * n)
    d = (torch.log(price / strike) + drift + 0.5 * wide.square()) / wide
    worth = price * torch.exp(drift) * torch.special.ndtr(d) - strike * torch.special.ndtr(d - wide)
    return math.exp(-rate) * worth


def migrated_ratings(move: Tensor, loss: Tensor) -> Tensor:
    """Ratings' yearly moves over five years, and what is lost, discounted."""
    step = move.softmax(-1)
    now, out = step, torch.zeros_like(loss)
    for year in range(5):
        out = out + 0.96**year * (now @ loss[..., None]).squeeze(-1)
        now = now @ step
    return out


def growth_optimal_bets(mean: Tensor, cov: Tensor) -> Tensor:
    """Kelly: half of what grows fastest, no more than all, and how fast."""
    w = 0.5 * torch.linalg.solve(cov, mean)
    w = w / w.abs().sum(-1, keepdim=True).clamp_min(1)
    return torch.cat([w, ((w * mean).sum(-1) - 0.5 * torch.einsum("bi,bij,bj->b", w, cov, w))[:, None]], -1)


def cross_section_premia(x: Tensor, factor: Tensor) -> Tensor:
    """Fama and MacBeth: returns on factors over time, then premia over assets, and their t."""
    f = factor - factor.mean(0)
    beta = torch.linalg.solve(f.mT @ f, f.mT @ (x - x.mean(0))).mT
    premia = torch.linalg.solve(beta.mT @ beta, beta.mT @ x.mT).mT
    return torch.stack([premia.mean(0), premia.mean(0) / (premia.std(0) / math.sqrt(len(x)))])


# -- insurance, shops and states


def life_annuity(rate: Tensor, base: Tensor) -> Tensor:
    """What one a year is worth for as long as one lives, by Makeham's law of death."""
    at = torch.arange(40, dtype=rate.dtype, device=rate.device)
    grow = torch.exp(0.09 * at)
    alive = torch.exp(-0.0005 * at - base[:, None] * (grow - 1) / 0.09)
    return (alive * torch.exp(-at * torch.log1p(rate)[:, None])).sum(-1)


def chain_ladder_reserve(paid: Tensor) -> Tensor:
    """What claims will yet cost, from how earlier years' grew."""
    total, n = torch.cumsum(paid, -1), paid.shape[-1]
    last = total[:, :1, -1]
    ends = [last.squeeze(-1)]
    factor = torch.ones_like(last.squeeze(-1))
    for j in range(n - 1, 0, -1):
        factor = factor * total[:, : n - j, j].sum(-1) / total[:, : n - j, j - 1].sum(-1)
        ends.append(total[:, n - j, j - 1] * (factor - 1))
    return torch.stack(ends[1:], -1)


def aggregate_claims(size: Tensor, rate: Tensor) -> Tensor:
    """Panjer: chances of each total of a Poisson number of claims."""
    p = size / size.sum(-1, keepdim=True)
    at = torch.arange(1, size.shape[-1] + 1, dtype=size.dtype, device=size.device)
    g = [torch.exp(-rate)]
    for s in range(1, 9):
        n = min(s, size.shape[-1])
        past = torch.stack(g[s - n : s][::-1], -1)
        g.append(rate / s * (at[:n] * p[:, :n] * past).sum(-1))
    return torch.stack(g, -1)


def waiting_chance(load: Tensor) -> Tensor:
    """Erlang: how likely one waits for any of eight desks, and how long."""
    back = torch.ones_like(load)
    for n in range(1, 9):
        back = 1 + back * n / load
    c = 1 / (1 + (1 - load / 8) * (back - 1))
    return torch.stack([c, c / (8 - load)], -1)


def unsold_and_missed(stock: Tensor, mean: Tensor, wide: Tensor) -> Tensor:
    """A newsvendor's cost of too much and too little, for demands of a normal law."""
    z = (stock - mean) / wide
    lost = wide * (torch.exp(-0.5 * z * z) / math.sqrt(2 * math.pi) - z * torch.special.ndtr(-z))
    return 0.3 * (stock - mean + lost) + 1.7 * lost


def inequality_figures(x: Tensor) -> Tensor:
    """Gini's, Theil's and Atkinson's figures of incomes."""
    y, n = torch.sort(x, -1)[0], x.shape[-1]
    at = torch.arange(1, n + 1, dtype=x.dtype, device=x.device)
    gini = 2 * (at * y).sum(-1) / (n * y.sum(-1)) - (n + 1) / n
    z = x / x.mean(-1, keepdim=True)
    return torch.stack([gini, torch.xlogy(z, z).mean(-1), 1 - torch.exp(torch.log(z).mean(-1))], -1)


def industries_output(use: Tensor, demand: Tensor) -> Tensor:
    """Leontief: what each industry must make, for itself and for what is wanted."""
    eye = torch.eye(use.shape[-1], dtype=use.dtype, device=use.device)
    return torch.linalg.solve(eye - 0.8 * use / use.sum(-2, keepdim=True), demand[..., None]).squeeze(-1)
