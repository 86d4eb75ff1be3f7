"""Statistics as users of PyTorch write them, of given tensors only: surveys, series, trials, prices and claims.

None of them is in an earlier file; seventeenth_inputs.py gives them their inputs.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- regression


def left_out_errors(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Leverage of each row of a ridge regression, and its error when it is left out."""
    gram = x.mT @ x + 0.5 * torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)
    hat = x @ torch.linalg.solve(gram, x.mT)
    weight = hat.diagonal(dim1=-2, dim2=-1)
    return weight, (y - (hat @ y[..., None]).squeeze(-1)) / (1 - weight)


def influence_distances(x: Tensor, y: Tensor) -> Tensor:
    """Cook's: how much all that is told moves without a row."""
    q, _ = torch.linalg.qr(x)
    weight = q.square().sum(-1)
    error = y - (q @ (q.mT @ y[..., None])).squeeze(-1)
    scale = error.square().sum(-1, keepdim=True) / (x.shape[-2] - x.shape[-1])
    return error.square() / (x.shape[-1] * scale) * weight / (1 - weight).square()


def sandwich_errors(x: Tensor, y: Tensor) -> Tensor:
    """White's errors of coefficients, whatever each row's spread."""
    inverse = torch.linalg.inv(x.mT @ x)
    error = y[..., None] - x @ (inverse @ (x.mT @ y[..., None]))
    meat = (x * error).mT @ (x * error)
    return (inverse @ meat @ inverse).diagonal(dim1=-2, dim2=-1).sqrt()


def lagged_mean_error(x: Tensor) -> Tensor:
    """Newey and West: the error of a mean of a series that remembers, with weights that fall over five lags."""
    z = x - x.mean(-1, keepdim=True)
    total = z.square().mean(-1)
    for lag in range(1, 6):
        total = total + 2 * (1 - lag / 6) * (z[:, lag:] * z[:, :-lag]).sum(-1) / x.shape[-1]
    return torch.sqrt(total.clamp_min(1e-3) / x.shape[-1])


def within_estimates(x: Tensor, y: Tensor) -> Tensor:
    """A panel's slopes, once each unit's mean and each year's are taken away."""

    def centred(z: Tensor) -> Tensor:
        return z - z.mean(0, keepdim=True) - z.mean(1, keepdim=True) + z.mean((0, 1), keepdim=True)

    a, b = centred(x).flatten(0, 1), centred(y[..., None]).flatten(0, 1)
    return torch.linalg.solve(a.mT @ a, a.mT @ b).squeeze(-1)


def synthetic_control(before: Tensor, target: Tensor, after: Tensor) -> Tensor:
    """A unit made of others by weights that sum to one, fitted by five multiplicative steps."""
    weight = torch.full_like(before[:, 0], 1 / before.shape[-1])
    for _ in range(5):
        slope = torch.einsum("btn,bt->bn", before, torch.einsum("btn,bn->bt", before, weight) - target)
        weight = torch.softmax(torch.log(weight) - 0.05 * slope, -1)
    return torch.einsum("btn,bn->bt", after, weight)


def threshold_jump(x: Tensor, y: Tensor) -> Tensor:
    """Regression discontinuity: how far two lines, weighted near the threshold, are apart at it."""
    ends = []
    for side in (1.0, -1.0):
        weight = (1 - x.abs()).clamp_min(0) * (x * side > 0)
        total, mx, my = weight.sum(-1), (weight * x).sum(-1), (weight * y).sum(-1)
        xx, xy = (weight * x * x).sum(-1), (weight * x * y).sum(-1)
        ends.append((xx * my - mx * xy) / (total * xx - mx * mx))
    return ends[0] - ends[1]


def reweighted_median_fit(x: Tensor, y: Tensor) -> Tensor:
    """Coefficients of a conditional median, by six rounds of weighted least squares."""
    weight = torch.ones_like(y)
    for _ in range(6):
        z = x * weight[..., None]
        beta = torch.linalg.solve(z.mT @ x, z.mT @ y[..., None])
        weight = torch.rsqrt((y - (x @ beta).squeeze(-1)).square() + 0.05)
    return beta.squeeze(-1)


def probit_scoring(x: Tensor, label: Tensor, beta: Tensor) -> Tensor:
    """Three scoring steps of a probit model."""
    for _ in range(3):
        told = x @ beta
        density = torch.exp(-0.5 * told.square()) / math.sqrt(2 * math.pi)
        p = torch.special.ndtr(told).clamp(0.01, 0.99)
        weight = density.square() / (p * (1 - p))
        score = x.T @ (density * (label - p) / (p * (1 - p)))
        beta = beta + torch.linalg.solve((x * weight[:, None]).T @ x, score)
    return beta


def inverse_mills(told: Tensor, outcome: Tensor, together: Tensor) -> tuple[Tensor, Tensor]:
    """Heckman: what selection adds to a mean, and the spread that is left."""
    log = -0.5 * told.square() - 0.5 * math.log(2 * math.pi) - torch.special.log_ndtr(told)
    mills = log.exp()
    return outcome + together * mills, 1 - together.square() * mills * (mills + told)


# -- densities


def hurdle_loss(zero: Tensor, log_rate: Tensor, count: Tensor) -> Tensor:
    """Counts that are none by a coin of its own, and otherwise Poisson's without none."""
    rate = log_rate.exp()
    some = count * log_rate - rate - torch.lgamma(count + 1) - torch.log(-torch.expm1(-rate))
    return -torch.where(count == 0, F.logsigmoid(zero), F.logsigmoid(-zero) + some)


def kumaraswamy_log_density(x: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """A density on the unit interval with a closed form for its shares."""
    return a.log() + b.log() + (a - 1) * x.log() + (b - 1) * torch.log1p(-x.pow(a))


def burr_log_density(x: Tensor, c: Tensor, k: Tensor) -> Tensor:
    """The density of incomes that Singh and Maddala fitted."""
    return torch.log(c * k) + (c - 1) * x.log() - (k + 1) * F.softplus(c * x.log())


def skewed_tail_quantiles(u: Tensor, skew: Tensor, tail: Tensor) -> Tensor:
    """Tukey's g and h: a normal quantile, bent for skewness and for tails."""
    z = torch.special.ndtri(u)
    return torch.expm1(skew * z) / skew * torch.exp(0.5 * tail * z.square())


def bounded_transform_log_density(x: Tensor, skew: Tensor, tail: Tensor) -> Tensor:
    """Johnson's unbounded density: normal after an inverse hyperbolic sine."""
    z = skew + tail * torch.asinh(x)
    return torch.log(tail) - 0.5 * torch.log1p(x.square()) - 0.5 * z.square() - 0.5 * math.log(2 * math.pi)


def wrapped_cauchy_log_density(angle: Tensor, mean: Tensor, rho: Tensor) -> Tensor:
    """A density on the circle with heavy tails."""
    spread = 1 + rho.square() - 2 * rho * torch.cos(angle - mean)
    return torch.log1p(-rho.square()) - math.log(2 * math.pi) - torch.log(spread)


def linked_scores_loss(home: Tensor, away: Tensor, both: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Two Poisson counts with a part in common, summed out over what it may have been."""
    log = []
    for k in range(4):
        a, b = (x - k).clamp_min(0), (y - k).clamp_min(0)
        term = a * home.log() + b * away.log() + k * both.log() - math.lgamma(k + 1)
        term = term - torch.lgamma(a + 1) - torch.lgamma(b + 1)
        log.append(torch.where(torch.minimum(x, y) >= k, term, torch.full_like(term, -30)))
    return home + away + both - torch.logsumexp(torch.stack(log, -1), -1)


def gumbel_copula_log_density(u: Tensor, v: Tensor, theta: Tensor) -> Tensor:
    """How likely two ranks are together that agree at the top."""
    a, b = -u.log(), -v.log()
    total = a.pow(theta) + b.pow(theta)
    root = total.pow(1 / theta)
    log = (theta - 1) * (a.log() + b.log()) + a + b - root + (2 / theta - 2) * total.log()
    return log + torch.log1p((theta - 1) / root)


def probabilistic_components_likelihood(x: Tensor, weight: Tensor, noise: Tensor) -> Tensor:
    """Principal components as a density, by the small matrix and Woodbury's identity."""
    small = weight.mT @ weight + noise * torch.eye(weight.shape[-1], dtype=x.dtype, device=x.device)
    z = torch.linalg.solve(small, (x @ weight).mT).mT
    quadratic = (x.square().sum(-1) - ((x @ weight) * z).sum(-1)) / noise
    log = torch.logdet(small) + (x.shape[-1] - weight.shape[-1]) * noise.log()
    return -0.5 * (quadratic + log + x.shape[-1] * math.log(2 * math.pi))


# -- agreement, tests of people, and robust figures


def rater_agreement(x: Tensor) -> tuple[Tensor, Tensor]:
    """Shares of variance that lie between people, of one rating and of the mean of all."""
    k = x.shape[-1]
    between = k * x.mean(-1).var(-1)
    error = x - x.mean(-1, keepdim=True) - x.mean(-2, keepdim=True) + x.mean((-1, -2), keepdim=True)
    within = error.square().sum((-1, -2)) / ((k - 1) * (x.shape[-2] - 1))
    return (between - within) / (between + (k - 1) * within), (between - within) / between


def scale_reliability(x: Tensor) -> Tensor:
    """Cronbach: how far a questionnaire's items measure one thing."""
    k = x.shape[-1]
    return k / (k - 1) * (1 - x.var(-2).sum(-1) / x.sum(-1).var(-1))


def graded_answers(ability: Tensor, slope: Tensor, step: Tensor) -> Tensor:
    """Samejima: chances of each grade, as gaps between falling curves."""
    above = torch.sigmoid(slope[:, None] * (ability[:, None, None] - step.cumsum(-1)))
    return F.pad(above, (1, 0), value=1.0) - F.pad(above, (0, 1))


def turned_loadings(load: Tensor) -> Tensor:
    """Varimax: two rounds that turn factors until each variable has few."""
    out = load
    for _ in range(2):
        push = load.mT @ (out**3 - out * out.square().mean(-2, keepdim=True))
        u, _, vh = torch.linalg.svd(push)
        out = load @ (u @ vh)
    return out


def partial_least_squares(x: Tensor, y: Tensor) -> Tensor:
    """Two components that go with what is to be told, each taken away before the next."""
    score = []
    for _ in range(2):
        w = F.normalize((x.mT @ y[..., None]).squeeze(-1), dim=-1)
        t = torch.einsum("bnp,bp->bn", x, w)
        part = t / t.square().sum(-1, keepdim=True)
        x = x - t[..., None] * torch.einsum("bnp,bn->bp", x, part)[:, None]
        y = y - t * (y * part).sum(-1, keepdim=True)
        score.append(t)
    return torch.stack(score, -1)


def direction_scatter(x: Tensor) -> Tensor:
    """Tyler: a scatter matrix of directions only, by five rounds."""
    scatter = torch.eye(x.shape[-1], dtype=x.dtype, device=x.device).expand(x.shape[0], -1, -1)
    for _ in range(5):
        far = (x * torch.linalg.solve(scatter, x.mT).mT).sum(-1, keepdim=True)
        scatter = x.mT @ (x / far)
        scatter = scatter * x.shape[-1] / scatter.diagonal(dim1=-2, dim2=-1).sum(-1)[:, None, None]
    return scatter


def middle_of_pairs(x: Tensor) -> Tensor:
    """Hodges and Lehmann: the median of all means of two."""
    i, j = torch.triu_indices(x.shape[-1], x.shape[-1], device=x.device)
    return (0.5 * (x[:, i] + x[:, j])).median(-1)[0]


def linear_moments(x: Tensor) -> Tensor:
    """Mean, scale, skewness and peak by sums of sorted values."""
    x = torch.sort(x, -1)[0]
    p = torch.arange(x.shape[-1], dtype=x.dtype, device=x.device) / (x.shape[-1] - 1)
    b = torch.stack([(x * p**r).mean(-1) for r in range(4)], -1)
    one, two = b[:, 0], 2 * b[:, 1] - b[:, 0]
    three, four = 6 * b[:, 2] - 6 * b[:, 1] + one, 20 * b[:, 3] - 30 * b[:, 2] + 12 * b[:, 1] - one
    return torch.stack((one, two, three / two, four / two), -1)


def tail_weighted_fit(x: Tensor) -> Tensor:
    """Anderson and Darling: how far a sample is from normal, its ends weighted most."""
    z = torch.sort((x - x.mean(-1, keepdim=True)) / x.std(-1, keepdim=True), -1)[0]
    n = x.shape[-1]
    weight = (2 * torch.arange(1, n + 1, dtype=x.dtype, device=x.device) - 1) / n
    return -n - (weight * (torch.special.log_ndtr(z) + torch.special.log_ndtr(-z.flip(-1)))).sum(-1)


def paired_strengths(won: Tensor, start: Tensor) -> Tensor:
    """Bradley and Terry: strengths of players from who beat whom, by five rounds."""
    strength = start
    games = won + won.mT
    for _ in range(5):
        strength = won.sum(-1) / (games / (strength[..., None] + strength[..., None, :])).sum(-1)
        strength = strength / strength.mean(-1, keepdim=True)
    return strength


# -- series


def remembered_errors(x: Tensor) -> tuple[Tensor, Tensor]:
    """Durbin and Watson's figure of residuals, and Ljung and Box's over six lags."""
    z = x - x.mean(-1, keepdim=True)
    total, n = z.square().sum(-1), x.shape[-1]
    box = torch.zeros_like(total)
    for lag in range(1, 7):
        box = box + ((z[:, lag:] * z[:, :-lag]).sum(-1) / total).square() / (n - lag)
    return z.diff(dim=-1).square().sum(-1) / total, box * n * (n + 2)


def spectral_likelihood(x: Tensor, phi: Tensor, scale: Tensor) -> Tensor:
    """Whittle: an autoregression's likelihood by its periodogram."""
    power = torch.fft.rfft(x).abs().square()[:, 1:] / x.shape[-1]
    pitch = 2 * math.pi * torch.arange(1, power.shape[-1] + 1, dtype=x.dtype, device=x.device) / x.shape[-1]
    density = scale[:, None] / (1 + phi.square() - 2 * phi * torch.cos(pitch[:, None])).T
    return -(torch.log(density) + power / density).sum(-1)


def signed_volatility(x: Tensor, rule: Tensor) -> Tensor:
    """EGARCH: the logarithm of a variance that falls and rises with signed shocks."""
    log, out = torch.zeros_like(x[:, 0]), []
    for now in x.unbind(1):
        z = now * torch.exp(-0.5 * log)
        log = -0.1 + 0.9 * log + rule[0] * (z.abs() - math.sqrt(2 / math.pi)) + rule[1] * z
        out.append(log)
    return torch.stack(out, 1)


def three_horizon_volatility(x: Tensor, beta: Tensor) -> Tensor:
    """HAR: tomorrow's variance from those of a day, a week and a month."""
    power = x.square()
    week, month = power.unfold(-1, 5, 1).mean(-1)[:, 17:], power.unfold(-1, 22, 1).mean(-1)
    return beta[0] + beta[1] * power[:, 21:] + beta[2] * week + beta[3] * month


def moving_correlations(x: Tensor) -> Tensor:
    """DCC: correlations that follow the outer products of shocks."""
    base = (x.mT @ x) / x.shape[1]
    q = base
    for now in x.unbind(1):
        q = 0.07 * base + 0.05 * now[..., None] * now[..., None, :] + 0.88 * q
    scale = q.diagonal(dim1=-2, dim2=-1).rsqrt()
    return q * scale[..., None] * scale[..., None, :]


def switching_variances(x: Tensor, scale: Tensor, stay: Tensor) -> Tensor:
    """Hamilton: the chance of a calm and of a wild state at each step."""
    move = torch.softmax(stay, -1)
    p, out = torch.full_like(x[:, :1], 0.5).expand(-1, scale.shape[0]), []
    for now in x.unbind(1):
        density = torch.exp(-0.5 * (now[:, None] / scale).square()) / scale
        p = (p @ move) * density
        p = p / p.sum(-1, keepdim=True)
        out.append(p)
    return torch.stack(out, 1)


def bent_trend_forecast(x: Tensor) -> Tensor:
    """Theta: the mean of a straight line's forecast and of a smoothed line bent twice as much."""
    n = x.shape[-1]
    t = torch.arange(n, dtype=x.dtype, device=x.device) / n
    slope = ((t - t.mean()) * x).sum(-1) / (t - t.mean()).square().sum()
    line = x.mean(-1, keepdim=True) + slope[:, None] * (t - t.mean())
    bent, level = 2 * x - line, x[:, 0]
    for now in bent.unbind(1):
        level = 0.7 * level + 0.3 * now
    return 0.5 * (level + line[:, -1] + slope / n)


# -- trials


def adjusted_effect(y: Tensor, before: Tensor, treated: Tensor) -> tuple[Tensor, Tensor]:
    """CUPED: an effect once what was known before is taken off, and its error."""
    z = before - before.mean(-1, keepdim=True)
    y = y - (z * y).sum(-1, keepdim=True) / z.square().sum(-1, keepdim=True) * z
    a, b = treated / treated.sum(-1, keepdim=True), (1 - treated) / (1 - treated).sum(-1, keepdim=True)
    one, two = (a * y).sum(-1, keepdim=True), (b * y).sum(-1, keepdim=True)
    error = (a * (y - one)).square().sum(-1) + (b * (y - two)).square().sum(-1)
    return (one - two).squeeze(-1), error.sqrt()


def ratio_error(top: Tensor, bottom: Tensor) -> tuple[Tensor, Tensor]:
    """A ratio of means and its error, by the delta method."""
    a, b = top.mean(-1, keepdim=True), bottom.mean(-1, keepdim=True)
    part = (top - a / b * bottom) / b
    return (a / b).squeeze(-1), part.std(-1) / math.sqrt(top.shape[-1])


def always_valid_evidence(x: Tensor) -> Tensor:
    """The mixture's likelihood ratio after each observation, whenever one stops."""
    n = torch.arange(1, x.shape[-1] + 1, dtype=x.dtype, device=x.device)
    total = x.cumsum(-1)
    return 0.5 * (0.5 * total.square() / (1 + 0.5 * n) - torch.log1p(0.5 * n))


# -- prices and claims


def square_root_rate_bond(rate: Tensor, pull: Tensor, mean: Tensor, spread: Tensor, term: Tensor) -> Tensor:
    """Cox, Ingersoll and Ross: a bond's price where rates spread by their root."""
    h = torch.sqrt(pull.square() + 2 * spread.square())
    grown = torch.expm1(h * term)
    under = 2 * h + (pull + h) * grown
    power = 2 * pull * mean / spread.square()
    return torch.exp(power * (torch.log(2 * h) + 0.5 * (pull + h) * term - under.log()) - rate * 2 * grown / under)


def spread_call(one: Tensor, two: Tensor, strike: Tensor, sigma: Tensor, rho: Tensor) -> Tensor:
    """Kirk: a call on what lies between two futures."""
    share = two / (two + strike)
    vol = torch.sqrt(sigma[0].square() - 2 * rho * sigma[0] * sigma[1] * share + (sigma[1] * share).square())
    d = torch.log(one / (two + strike)) / vol + 0.5 * vol
    return one * torch.special.ndtr(d) - (two + strike) * torch.special.ndtr(d - vol)


def chooser_option(spot: Tensor, strike: Tensor, vol: Tensor, choose: Tensor) -> Tensor:
    """The right to say later whether it is a call or a put, over one year without interest."""
    d, e = torch.log(spot / strike) / vol + 0.5 * vol, torch.log(spot / strike)
    short = vol * choose.sqrt()
    call = spot * torch.special.ndtr(d) - strike * torch.special.ndtr(d - vol)
    f = e / short + 0.5 * short
    return call + strike * torch.special.ndtr(-f + short) - spot * torch.special.ndtr(-f)


def variance_swap_strike(price: Tensor, strike: Tensor) -> Tensor:
    """The variance that a strip of options pays for, by trapezoids."""
    return torch.sqrt(2 * torch.trapezoid(price / strike.square(), strike, dim=-1))


def trinomial_put(spot: Tensor, vol: Tensor) -> Tensor:
    """An American put at one, on a tree with three branches and six steps."""
    step = vol[:, None] * math.sqrt(3 / 6)
    rank = torch.arange(-6, 7, dtype=spot.dtype, device=spot.device)
    pay = (1 - spot[:, None] * torch.exp(step * rank)).clamp_min(0)
    value, drift = pay, 0.5 * vol[:, None] * math.sqrt(1 / 18)
    for i in range(1, 7):
        tree = (1 / 6 - 0.5 * drift) * value[:, 2:] + 2 / 3 * value[:, 1:-1] + (1 / 6 + 0.5 * drift) * value[:, :-2]
        value = torch.maximum(0.995 * tree, pay[:, i : pay.shape[1] - i])
    return value.squeeze(-1)


def maker_quotes(mid: Tensor, stock: Tensor, vol: Tensor, fear: Tensor, left: Tensor) -> tuple[Tensor, Tensor]:
    """Avellaneda and Stoikov: where a market maker bids and asks, given what is in stock."""
    middle = mid - stock * fear * vol.square() * left
    half = 0.5 * fear * vol.square() * left + torch.log1p(fear / 1.5) / fear
    return middle - half, middle + half


def credible_premiums(claim: Tensor, size: Tensor) -> Tensor:
    """Bühlmann and Straub: each group's mean, drawn to that of all by how much it says."""
    total = size.sum(-1)
    mean = (size * claim).sum(-1) / total
    within = (size * (claim - mean[:, None]).square()).sum() / (claim.shape[0] * (claim.shape[1] - 1))
    all_mean = (total * mean).sum() / total.sum()
    between = (total * (mean - all_mean).square()).sum() / total.sum() + 0.05
    z = total / (total + within / between)
    return z * mean + (1 - z) * (z * mean).sum() / z.sum()


def falling_mortality(log_rate: Tensor) -> tuple[Tensor, Tensor]:
    """Lee and Carter: a pattern by age and a path by year, by four rounds of a power method."""
    z = log_rate - log_rate.mean(-1, keepdim=True)
    b = torch.ones_like(z[..., 0])
    for _ in range(4):
        k = torch.einsum("bax,ba->bx", z, b)
        b = torch.einsum("bax,bx->ba", z, k)
        b = b / b.norm(dim=-1, keepdim=True)
    return b, torch.einsum("bax,ba->bx", z, b)


def ruin_exponent(claim: Tensor, load: Tensor) -> Tensor:
    """Lundberg: how fast the chance of ruin falls with capital, by six of Newton's steps."""
    mean = claim.mean(-1)
    r = load / claim.square().mean(-1) * mean
    for _ in range(6):
        e = torch.exp(r[:, None] * claim)
        r = r - (e.mean(-1) - 1 - (1 + load) * mean * r) / ((claim * e).mean(-1) - (1 + load) * mean)
    return torch.exp(-3 * r)
