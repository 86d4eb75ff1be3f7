"""Parts of programs as users of PyTorch write them, of given tensors only: markets, quantiles, statistics, survival.

None of them is in an earlier file; fourteenth.py gives them their inputs, fused_code.py, signal_code.py and
nature_code.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- markets


def asymmetric_variance_loss(x: Tensor, base: Tensor, shock: Tensor, fall: Tensor, keep: Tensor) -> Tensor:
    """GJR: variances that falls raise more than rises do, and how unlikely returns are by them."""
    v, loss = base / (1 - shock - 0.5 * fall - keep), torch.zeros_like(base)
    for now in x.unbind(1):
        loss = loss + 0.5 * (torch.log(v) + now.square() / v)
        v = base + (shock + fall * (now < 0)) * now.square() + keep * v
    return loss


def bond_sensitivities(coupon: Tensor, rate: Tensor) -> Tensor:
    """A bond's price over nine half-years, its duration and its convexity."""
    n = torch.arange(1, 10, dtype=rate.dtype, device=rate.device)
    pays = F.pad(coupon[:, None].expand(-1, 8) / 2, (0, 1)) + F.pad(1 + coupon[:, None] / 2, (8, 0))
    worth = pays * (1 + rate[:, None] / 2) ** -n
    price = worth.sum(-1)
    first = (worth * n).sum(-1) / (2 * price) / (1 + rate / 2)
    second = (worth * n * (n + 1)).sum(-1) / (4 * price) / (1 + rate / 2).square()
    return torch.stack([price, first, second], -1)


def smile_density(strike: Tensor, level: Tensor, slope: Tensor, tilt: Tensor, place: Tensor, width: Tensor) -> Tensor:
    """Gatheral: total variances of a smile, and by their slopes whether the density below is positive."""
    k = strike - place
    root = torch.sqrt(k.square() + width.square())
    w = level + slope * (tilt * k + root)
    first, second = slope * (tilt + k / root), slope * width.square() / root.pow(3)
    fits = (1 - strike * first / (2 * w)).square() - 0.25 * first.square() * (1 / w + 0.25) + 0.5 * second
    return torch.stack([w, fits])


def default_swap_spread(hazard: Tensor, rate: Tensor) -> Tensor:
    """What insuring a debt costs a year: losses over the time that is paid for, by quarters."""
    gone, cheap = torch.cumsum(hazard, -1) / 4, torch.cumsum(rate, -1) / 4
    alive, worth = torch.exp(-gone), torch.exp(-cheap)
    before = F.pad(alive[:, :-1], (1, 0), value=1.0)
    paid = torch.cumsum(0.125 * worth * (before + alive), -1)
    return 0.6 * torch.cumsum(worth * (before - alive), -1) / paid


def exchanged_assets(one: Tensor, two: Tensor, first: Tensor, second: Tensor, together: Tensor) -> Tensor:
    """Margrabe: the right to swap one asset for another."""
    spread = torch.sqrt(first.square() + second.square() - 2 * together * first * second)
    d = torch.log(one / two) / spread + 0.5 * spread
    return one * torch.special.ndtr(d) - two * torch.special.ndtr(d - spread)


def normal_model_call(forward: Tensor, strike: Tensor, spread: Tensor) -> tuple[Tensor, Tensor]:
    """Bachelier: a call on what may fall below zero, and its slope."""
    d = (forward - strike) / spread
    share = torch.special.ndtr(d)
    return (forward - strike) * share + spread * torch.exp(-0.5 * d.square()) / math.sqrt(2 * math.pi), share


def firm_default(asset: Tensor, debt: Tensor, spread: Tensor, drift: Tensor) -> Tensor:
    """Merton: a firm's equity as a call on what it owns, how far it is from default, and how likely that is."""
    d = (torch.log(asset / debt) + drift) / spread
    one, two = d + 0.5 * spread, d - 0.5 * spread
    equity = asset * torch.special.ndtr(one) - debt * torch.exp(-drift) * torch.special.ndtr(two)
    return torch.stack([equity, two, torch.special.ndtr(-two)], -1)


def portfolio_loss_share(chance: Tensor, together: Tensor, share: Tensor) -> Tensor:
    """Vasicek: the share of many like loans that is lost in a bad year of a given likelihood."""
    return torch.special.ndtr(
        (torch.special.ndtri(chance) + together.sqrt() * torch.special.ndtri(share)) / torch.sqrt(1 - together)
    )


def blended_views(cov: Tensor, weight: Tensor, view: Tensor, told: Tensor) -> Tensor:
    """Black and Litterman: returns that a market's weights imply, moved by a few views, and weights of those."""
    prior = 2.5 * (cov @ weight[..., None])
    part = 0.05 * cov @ view.mT
    gap = told[..., None] - view @ prior
    inner = view @ part
    eye = torch.eye(inner.shape[-1], dtype=cov.dtype, device=cov.device)
    mean = prior + part @ torch.linalg.solve(2 * inner + 0.05 * eye, gap)
    return torch.cat([mean, torch.linalg.solve(2.5 * cov, mean)], -1)


def book_pressure(bid: Tensor, ask: Tensor, buy: Tensor, sell: Tensor) -> Tensor:
    """An order book: a price between bid and ask by what stands on either side, and how that flows."""
    share = buy / (buy + sell)
    fair = share * ask + (1 - share) * bid
    up, down = (torch.diff(t, dim=-1) for t in (bid, ask))
    came = torch.where(up >= 0, buy[:, 1:], 0) - torch.where(up <= 0, buy[:, :-1], 0)
    left = torch.where(down <= 0, sell[:, 1:], 0) - torch.where(down >= 0, sell[:, :-1], 0)
    return torch.cat([fair, torch.cumsum(came - left, -1)], -1)


def amortised_loan(rate: Tensor, early: Tensor) -> Tensor:
    """A mortgage month by month, of which some is paid back early: what is left, and interest paid."""
    owed, paid, out = torch.ones_like(rate), torch.zeros_like(rate), []
    for month in range(12):
        due = owed * rate / -torch.expm1((month - 24) * torch.log1p(rate))
        interest = owed * rate
        owed, paid = (owed - due + interest) * (1 - early), paid + interest
        out.append(owed)
    return torch.stack([*out, paid], -1)


def local_volatility(price: Tensor) -> Tensor:
    """Dupire: variances from differences of call prices over terms and strikes."""
    k = 0.5 + 0.125 * torch.arange(1, price.shape[-1] - 1, dtype=price.dtype, device=price.device)
    over_time = torch.diff(price, dim=1)[..., 1:-1] / 0.25
    bent = price[..., 2:] - 2 * price[..., 1:-1] + price[..., :-2]
    return 2 * over_time / (k.square() * (bent[:, 1:] * 64).abs().clamp_min(0.5))


def lookback_payoffs(noise: Tensor, spread: Tensor) -> Tensor:
    """Paths of an asset: the best sale less the last, the mean over a strike, and their means over paths."""
    path = torch.exp(torch.cumsum(spread[:, None, None] * noise / 4 - spread.square()[:, None, None] / 32, -1))
    best, mean = path.amax(-1) - path[..., -1], torch.relu(path.mean(-1) - 1)
    return torch.cat([best.mean(1, keepdim=True), mean.mean(1, keepdim=True), mean.std(1, keepdim=True)], -1)


def certain_equivalent(x: Tensor, fear: Tensor) -> Tensor:
    """The sure return that is as good as uncertain ones, for who fears risk by a power."""
    a = 1 - fear
    return (
        torch.exp(torch.logsumexp(a * torch.log1p(x), -1) / a.squeeze(-1) - math.log(x.shape[-1]) / a.squeeze(-1)) - 1
    )


def continuation_values(price: Tensor) -> Tensor:
    """Longstaff and Schwartz: what waiting is worth, by regression on powers of prices, from the end."""
    pay = torch.relu(1 - price)
    worth = pay[..., -1]
    for t in range(price.shape[-1] - 2, -1, -1):
        x = torch.stack([torch.ones_like(worth), price[..., t], price[..., t].square()], -1)
        eye = 0.25 * torch.eye(3, dtype=x.dtype, device=x.device)
        beta = torch.linalg.solve(x.mT @ x + eye, x.mT @ (0.96875 * worth)[..., None])
        wait = (x @ beta).squeeze(-1)
        go = torch.sigmoid(16 * (pay[..., t] - wait))
        worth = go * pay[..., t] + (1 - go) * 0.96875 * worth
    return worth


# -- quantiles


def ordered_quantile_loss(base: Tensor, step: Tensor, y: Tensor) -> Tensor:
    """Quantiles that cannot cross, since each is the one below and something positive; errors of all."""
    q = torch.cat([base, base + torch.cumsum(F.softplus(step), -1)], -1)
    share = torch.arange(1, q.shape[-1] + 1, dtype=q.dtype, device=q.device) / (q.shape[-1] + 1)
    gap = y[:, None] - q
    return torch.maximum(share * gap, (share - 1) * gap).mean(-1)


def smooth_quantile_loss(q: Tensor, y: Tensor, share: Tensor) -> Tensor:
    """The check loss rounded near zero by a logistic kernel."""
    gap = y - q
    return share * gap + 0.25 * F.softplus(-4 * gap)


def interval_score(low: Tensor, high: Tensor, y: Tensor) -> Tensor:
    """Winkler: how wide an interval is, and what falls out of it, by how rarely that should be."""
    return high - low + 20 * (torch.relu(low - y) + torch.relu(y - high))


def weighted_interval_score(q: Tensor, y: Tensor) -> Tensor:
    """Forecasters' score: intervals of pairs of sorted quantiles around a median, each by its share."""
    n = q.shape[-1] // 2
    q = q.sort(-1)[0]
    alpha = 2 * torch.arange(1, n + 1, dtype=q.dtype, device=q.device) / (2 * n + 2)
    low, high, y = q[:, :n], q[:, n + 1 :].flip(-1), y[:, None]
    own = 0.5 * alpha * (high - low) + torch.relu(low - y) + torch.relu(y - high)
    return (0.5 * (y - q[:, n : n + 1]).abs() + own.sum(-1, keepdim=True)).squeeze(-1) / (n + 0.5)


def energy_score(x: Tensor, y: Tensor) -> Tensor:
    """How far an ensemble of vectors is from what came, less half of how far its members are apart."""
    near = torch.sqrt((x - y[:, None]).square().sum(-1) + 1e-2).mean(1)
    apart = torch.sqrt((x[:, :, None] - x[:, None]).square().sum(-1) + 1e-2).mean((1, 2))
    return near - 0.5 * apart


def variogram_score(x: Tensor, y: Tensor) -> Tensor:
    """How well an ensemble's differences between places match those that came, by their roots."""
    told = ((x[..., :, None] - x[..., None, :]).abs() + 0.05).sqrt().mean(1)
    came = ((y[..., :, None] - y[..., None, :]).abs() + 0.05).sqrt()
    return (told - came).square().mean((-2, -1))


def stacked_forecasts(log: Tensor, weight: Tensor) -> Tensor:
    """Models' densities mixed by weights that four rounds of expectation make better, and the log-score."""
    w = weight.softmax(-1)
    for _ in range(4):
        p = (log + torch.log(w)[:, None]).softmax(-1)
        w = p.mean(1)
    return torch.logsumexp(log + torch.log(w)[:, None], -1)


# -- statistics


def robust_location(x: Tensor) -> Tensor:
    """Huber's mean by six rounds of weights that fade beyond 1.345 spreads."""
    m = x.median(-1, keepdim=True)[0]
    spread = 1.4826 * (x - m).abs().median(-1, keepdim=True)[0] + 0.1
    for _ in range(6):
        w = (1.345 * spread / (x - m).abs().clamp_min(0.01)).clamp(max=1)
        m = (w * x).sum(-1, keepdim=True) / w.sum(-1, keepdim=True)
    return torch.cat([m, spread], -1)


def biweight_regression(x: Tensor, y: Tensor) -> Tensor:
    """Lines through points by four rounds of Tukey's weights, which forget what is far off."""
    w = torch.ones_like(y)
    for _ in range(4):
        total = w.sum(-1, keepdim=True)
        mx, my = (w * x).sum(-1, keepdim=True) / total, (w * y).sum(-1, keepdim=True) / total
        slope = (w * (x - mx) * (y - my)).sum(-1, keepdim=True) / (w * (x - mx).square()).sum(-1, keepdim=True)
        gap = (y - my - slope * (x - mx)) / 5
        w = (1 - gap.square()).clamp_min(0.05).square()
    return torch.cat([slope, my - slope * mx], -1)


def compound_deviance(x: Tensor, log_mean: Tensor) -> Tensor:
    """Tweedie's deviance of a power of one and a half, for sums that are often zero."""
    root = torch.exp(0.5 * log_mean)
    return 4 * (x.clamp_min(0).sqrt() - root).square() / root


def gamma_regression_loss(x: Tensor, log_mean: Tensor, shape: Tensor) -> Tensor:
    """How unlikely positive numbers are by a gamma law of a mean and a shape."""
    a = F.softplus(shape) + 0.5
    return torch.lgamma(a) - a * torch.log(a) + a * log_mean - (a - 1) * torch.log(x) + a * x * torch.exp(-log_mean)


def overdispersed_trials(count: Tensor, total: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """A beta-binomial law's logarithm, by seven gamma functions and two."""

    def beta(p: Tensor, q: Tensor) -> Tensor:
        return torch.lgamma(p) + torch.lgamma(q) - torch.lgamma(p + q)

    ways = torch.lgamma(total + 1) - torch.lgamma(count + 1) - torch.lgamma(total - count + 1)
    return ways + beta(count + a, total - count + b) - beta(a, b)


def bursty_topics(count: Tensor, alpha: Tensor) -> Tensor:
    """Words of documents by a Dirichlet-multinomial law, without the number of orders."""
    whole, n = alpha.sum(-1), count.sum(-1)
    own = torch.lgamma(count + alpha) - torch.lgamma(alpha)
    return torch.lgamma(whole) - torch.lgamma(whole + n) + own.sum(-1)


def guessed_answers(skill: Tensor, hard: Tensor, sharp: Tensor, guess: Tensor, right: Tensor) -> Tensor:
    """Item response of three parameters: what is right by skill or luck, as a loss of each pupil."""
    p = guess + (1 - guess) * torch.sigmoid(sharp * (skill[:, None] - hard))
    return -(right * torch.log(p) + (1 - right) * torch.log1p(-p)).sum(-1)


def normality_figures(x: Tensor) -> Tensor:
    """Skewness and kurtosis of columns, and Jarque and Bera's figure of both."""
    z = x - x.mean(0)
    spread = z.square().mean(0)
    skew, kurt = z.pow(3).mean(0) / spread.pow(1.5), z.pow(4).mean(0) / spread.square() - 3
    return torch.stack([skew, kurt, len(x) / 6 * (skew.square() + 0.25 * kurt.square())])


def power_transformed(x: Tensor, power: Tensor) -> tuple[Tensor, Tensor]:
    """Yeo and Johnson: numbers of both signs made more normal, and how likely they are then."""
    other = 2 - power
    up = torch.expm1(power * torch.log1p(x.clamp_min(0))) / power
    down = -torch.expm1(other * torch.log1p((-x).clamp_min(0))) / other
    y = torch.where(x >= 0, up, down)
    log = (power - 1) * (x.sign() * torch.log1p(x.abs())).mean(-1, keepdim=True)
    return y, log - 0.5 * torch.log(y.var(-1, correction=0, keepdim=True))


def sphere_log_density(x: Tensor, mean: Tensor, sharp: Tensor) -> Tensor:
    """Von Mises and Fisher: directions in space around another."""
    k = F.softplus(sharp)[:, None] + 0.1
    norm = torch.log(k) - math.log(2 * math.pi) - k - torch.log(-torch.expm1(-2 * k))
    return norm + k * (F.normalize(x, dim=-1) @ F.normalize(mean, dim=-1)[..., None]).squeeze(-1)


def scatter_log_density(x: Tensor, scale: Tensor) -> Tensor:
    """A Wishart law's logarithm of nine degrees, by Cholesky factors of both matrices."""
    n = x.shape[-1]
    a, b = torch.linalg.cholesky(x), torch.linalg.cholesky(scale)
    inner = torch.linalg.solve_triangular(b, a, upper=False).square().sum((-2, -1))
    log = [2 * torch.log(t.diagonal(dim1=-2, dim2=-1)).sum(-1) for t in (a, b)]
    return (
        0.5 * ((8 - n) * log[0] - inner - 9 * log[1])
        - 4.5 * n * math.log(2)
        - torch.special.multigammaln(torch.full_like(inner, 4.5), n)
    )


def first_passage_density(x: Tensor, mean: Tensor, shape: Tensor) -> tuple[Tensor, Tensor]:
    """An inverse Gaussian's log-density and its distribution."""
    log = 0.5 * torch.log(shape / (2 * math.pi * x.pow(3))) - shape * (x - mean).square() / (2 * mean.square() * x)
    root = torch.sqrt(shape / x)
    below = torch.special.ndtr(root * (x / mean - 1))
    return log, below + torch.exp(2 * shape / mean + torch.special.log_ndtr(-root * (x / mean + 1)))


def tail_excess_loss(x: Tensor, scale: Tensor, shape: Tensor) -> Tensor:
    """A generalised Pareto law of what is above a threshold, whose shape may be near zero."""
    s = F.softplus(scale) + 0.1
    z = x / s
    small = shape.abs() < 0.05
    safe = torch.where(small, 0.5, shape)
    heavy = (1 + 1 / safe) * torch.log1p((safe * z).clamp_min(-0.9))
    return torch.log(s) + torch.where(small, z, heavy)


def basis_splines(x: Tensor, weight: Tensor) -> Tensor:
    """De Boor's recursion of cubic splines on even knots, and curves of them."""
    knot = torch.arange(-3, weight.shape[0] + 1, dtype=x.dtype, device=x.device)
    t = x[..., None]
    basis = ((t >= knot[:-1]) & (t < knot[1:])).to(x.dtype)
    for k in range(1, 4):
        left = (t - knot[: -k - 1]) / k * basis[..., :-1]
        basis = left + (knot[k + 1 :] - t) / k * basis[..., 1:]
    return basis @ weight


def level_and_noise_loss(x: Tensor, wander: Tensor, noise: Tensor) -> Tensor:
    """A series as a wandering level in noise: how unlikely it is, by a filter of one number."""
    m, p, loss = x[:, 0], noise, torch.zeros_like(noise)
    for now in x.unbind(1)[1:]:
        p = p + wander
        f, v = p + noise, now - m
        loss = loss + 0.5 * (torch.log(f) + v.square() / f)
        m, p = m + p / f * v, p * noise / f
    return loss


def instrumented_slopes(x: Tensor, y: Tensor, tool: Tensor) -> Tensor:
    """Two-stage least squares: what tools foretell of causes, regressed on."""
    eye = torch.eye(tool.shape[-1], dtype=x.dtype, device=x.device)
    fit = tool @ torch.linalg.solve(tool.mT @ tool + 0.5 * eye, tool.mT @ x)
    small = 0.5 * torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)
    return torch.linalg.solve(fit.mT @ x + small, fit.mT @ y[..., None]).squeeze(-1)


# -- survival


def hazard_steps_loss(logit: Tensor, time: Tensor, seen: Tensor) -> Tensor:
    """Chances to die in each of several intervals, of who died in one or was last seen alive in it."""
    at = torch.arange(logit.shape[-1], device=logit.device)
    past = (at < time[:, None]).to(logit.dtype)
    own = F.one_hot(time, logit.shape[-1]).to(logit.dtype)
    alive = (past + own * (1 - seen)[:, None]) * F.softplus(logit)
    return (alive + own * seen[:, None] * F.softplus(-logit)).sum(-1)


def survived_shares(time: Tensor, seen: Tensor) -> Tensor:
    """Kaplan and Meier: shares alive after each time, and Greenwood's spread of their logarithms."""
    risk = (time[..., None, :] >= time[..., :, None]).to(time.dtype).sum(-1)
    order = time.argsort(-1)
    risk, dead = risk.gather(-1, order), seen.gather(-1, order)
    log = torch.cumsum(dead * torch.log1p(-1 / (risk + 1)), -1)
    return torch.cat([log.exp(), torch.sqrt(torch.cumsum(dead / (risk * (risk + 1)), -1))], -1)


def soft_concordance(score: Tensor, time: Tensor, seen: Tensor) -> Tensor:
    """How often who dies first was thought to, smoothly."""
    can = ((time[:, :, None] < time[:, None]) & (seen[:, :, None] > 0)).to(score.dtype)
    fits = torch.sigmoid(2 * (score[:, :, None] - score[:, None]))
    return (can * fits).sum((-2, -1)) / can.sum((-2, -1)).clamp_min(1)
