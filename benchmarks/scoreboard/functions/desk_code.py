"""Losses, metrics, optimizers, statistics and finance as users of PyTorch write them, of given tensors only.

None of it is in an earlier file; nineteenth_inputs.py gives the functions their inputs.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- losses


def harmonised_gradient_loss(logit: Tensor, label: Tensor) -> Tensor:
    """GHM: examples weighted against how many others have a slope as steep."""
    gap = (torch.sigmoid(logit) - label).abs()
    near = torch.exp(-(gap[:, None] - gap).square() / 0.02).mean(-1)
    return F.binary_cross_entropy_with_logits(logit, label, reduction="none") / (near + 0.01)


def active_passive_loss(logit: Tensor, label: Tensor) -> Tensor:
    """A cross entropy as a share of all classes', and an absolute error, for labels that may be wrong."""
    log = F.log_softmax(logit, -1)
    at = log.gather(-1, label[:, None]).squeeze(-1)
    return at / log.sum(-1) + 2 * (1 - at.exp())


def forward_corrected_loss(logit: Tensor, label: Tensor, confusion: Tensor) -> Tensor:
    """Chances taken through how labels are mistaken, before they are compared with them."""
    p = torch.softmax(logit, -1) @ torch.softmax(confusion, -1)
    return F.nll_loss(p.log(), label, reduction="none")


def soft_nearest_neighbour_loss(x: Tensor, label: Tensor) -> Tensor:
    """How tangled classes are: whether what is near is of the same class."""
    far = (x[:, None] - x).square().mean(-1)
    own = torch.eye(x.shape[0], dtype=torch.bool, device=x.device)
    score = (-far / 0.5).masked_fill(own, -1e4)
    same = score.masked_fill(label[:, None] != label, -1e4)
    return torch.logsumexp(score, -1) - torch.logsumexp(same, -1)


def power_overlap_box_loss(x: Tensor, target: Tensor) -> Tensor:
    """Alpha-IoU with a penalty for centres that are apart."""
    low, high = torch.maximum(x[:, :2], target[:, :2]), torch.minimum(x[:, 2:], target[:, 2:])
    both = (high - low).clamp_min(0).prod(-1)
    area = (x[:, 2:] - x[:, :2]).prod(-1) + (target[:, 2:] - target[:, :2]).prod(-1) - both
    hull = torch.maximum(x[:, 2:], target[:, 2:]) - torch.minimum(x[:, :2], target[:, :2])
    gap = 0.25 * (x[:, :2] + x[:, 2:] - target[:, :2] - target[:, 2:]).square().sum(-1)
    return 1 - (both / area).pow(3) + (gap / hull.square().sum(-1)).pow(3)


def turned_boxes_divergence(x: Tensor, target: Tensor) -> Tensor:
    """KLD: two turned boxes compared as Gaussians."""

    def cover(box: Tensor) -> Tensor:
        c, s = torch.cos(box[:, 4]), torch.sin(box[:, 4])
        turn = torch.stack((c, -s, s, c), -1).unflatten(-1, (2, 2))
        return (turn * (0.25 * box[:, None, 2:4].square())) @ turn.mT

    a, b = cover(x), cover(target)
    det_a, det_b = (z[:, 0, 0] * z[:, 1, 1] - z[:, 0, 1] * z[:, 1, 0] for z in (a, b))
    other = torch.stack((b[:, 1, 1], -b[:, 0, 1], -b[:, 1, 0], b[:, 0, 0]), -1).unflatten(-1, (2, 2))
    other = other / det_b[:, None, None]
    gap = (x[:, :2] - target[:, :2])[..., None]
    far = (gap.mT @ other @ gap).flatten() + (other * a).sum((-1, -2)) + torch.log(det_b / det_a) - 2
    return 1 - 1 / (1 + torch.log1p(0.5 * far.clamp_min(0)))


def soft_farthest_distance(x: Tensor, y: Tensor) -> Tensor:
    """A smooth Hausdorff distance between two clouds of points."""
    far = (x[:, :, None] - y[:, None]).square().sum(-1).add(1e-3).sqrt()
    one, two = (-torch.logsumexp(-8 * far, d) / 8 for d in (1, 2))
    return torch.maximum(torch.logsumexp(8 * one, -1), torch.logsumexp(8 * two, -1)) / 8


def weighted_agreement_loss(logit: Tensor, label: Tensor) -> Tensor:
    """A quadratic kappa, of chances instead of votes."""
    p = torch.softmax(logit, -1)
    n = logit.shape[-1]
    at = torch.arange(n, dtype=p.dtype, device=p.device)
    weight = ((at[:, None] - at) / (n - 1)).square()
    true = F.one_hot(label, n).to(p.dtype)
    seen = (weight * (true.mT @ p)).sum()
    return torch.log(seen / (weight * (true.mean(0)[:, None] * p.sum(0))).sum() + 1e-2)


def evidential_regression_loss(gamma: Tensor, nu: Tensor, alpha: Tensor, beta: Tensor, target: Tensor) -> Tensor:
    """What a normal-inverse-gamma says of a target, with a penalty for being sure and wrong."""
    omega = 2 * beta * (1 + nu)
    gap = target - gamma
    likely = 0.5 * torch.log(math.pi / nu) - alpha * omega.log()
    likely = likely + (alpha + 0.5) * torch.log(nu * gap.square() + omega)
    return likely + torch.lgamma(alpha) - torch.lgamma(alpha + 0.5) + 0.1 * gap.abs() * (2 * nu + alpha)


def crossing_quantiles_loss(x: Tensor, target: Tensor, level: Tensor) -> Tensor:
    """Pinball losses, and a penalty where higher quantiles lie below lower ones."""
    gap = target[:, None] - x
    pinball = torch.maximum(level * gap, (level - 1) * gap).mean(-1)
    return pinball + F.relu(x[:, :-1] - x[:, 1:] + 0.01).sum(-1)


def logistic_score(mean: Tensor, scale: Tensor, target: Tensor) -> Tensor:
    """The continuous ranked probability score of a logistic distribution."""
    z = (target - mean) / scale
    return scale * (z - 2 * F.logsigmoid(z) - 1)


def neural_sorted_gain_loss(score: Tensor, gain: Tensor) -> Tensor:
    """A discounted gain after a soft sort whose rows are softmaxes."""
    n = score.shape[-1]
    far = (score[..., None] - score[..., None, :]).abs().sum(-1)
    k = n + 1 - 2 * torch.arange(1, n + 1, dtype=score.dtype, device=score.device)
    sort = torch.softmax((k[:, None] * score[..., None, :] - far[..., None, :]) / 2, -1)
    discount = 1 / torch.log2(torch.arange(2, n + 2, dtype=score.dtype, device=score.device))
    best = (gain.sort(-1, descending=True)[0] * discount).sum(-1)
    return 1 - ((sort @ gain[..., None]).squeeze(-1) * discount).sum(-1) / best


# -- metrics


def expected_reciprocal_rank(grade: Tensor) -> Tensor:
    """How soon a reader who goes down a list is content."""
    content = (torch.exp2(grade) - 1) / 16
    past = F.pad(torch.cumprod(1 - content, -1), (1, 0), value=1.0)[..., :-1]
    return (past * content / torch.arange(1, grade.shape[-1] + 1, dtype=grade.dtype, device=grade.device)).sum(-1)


def forecast_score_parts(p: Tensor, hit: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Murphy: a probability score as reliability, resolution and what is left to chance."""
    box = (p * 5).long().clamp(0, 4)
    zero = p.new_zeros(5)
    count = zero.index_add(0, box, torch.ones_like(p))
    told, seen = zero.index_add(0, box, p) / count, zero.index_add(0, box, hit) / count
    base = hit.mean()
    share = count / p.shape[0]
    return (share * (told - seen).square()).sum(), (share * (seen - base).square()).sum(), base * (1 - base)


def label_cluster_agreement(label: Tensor, share: Tensor) -> Tensor:
    """How far classes and soft clusters tell each other, by entropies given one another."""
    joint = F.one_hot(label, 5).to(share.dtype).mT @ torch.softmax(share, -1) / share.shape[0]
    a, b = joint.sum(1, keepdim=True), joint.sum(0, keepdim=True)
    told = (joint * torch.log(joint / (a * b))).sum()
    one, two = told / -(a * a.log()).sum(), told / -(b * b.log()).sum()
    return torch.stack((one, two, 2 * one * two / (one + two)))


def precision_recall_area(score: Tensor, hit: Tensor) -> Tensor:
    """The mean precision over all hits, down a list sorted by score."""
    found = hit.gather(-1, score.argsort(-1, descending=True))
    n = torch.arange(1, hit.shape[-1] + 1, dtype=score.dtype, device=score.device)
    return (found.cumsum(-1) / n * found).sum(-1) / found.sum(-1)


def edit_distance_table(one: Tensor, two: Tensor, cost: Tensor) -> Tensor:
    """What it costs to change each start of one text to each start of another, letter by letter."""
    n = torch.arange(two.shape[0] + 1, dtype=cost.dtype, device=cost.device)
    row, out = n, [n]
    for i, now in enumerate(one.unbind(0)):
        same = row[:-1] + cost[now, two]
        free = F.pad(torch.minimum(same, row[1:] + 1), (1, 0), value=float(i + 1))
        row = torch.cummin(free - n, 0)[0] + n
        out.append(row)
    return torch.stack(out)


def largest_distribution_gap(x: Tensor, y: Tensor) -> Tensor:
    """Kolmogorov and Smirnov: the furthest that two samples' distributions are apart, and its chance."""
    both = torch.cat((x, y), -1)
    a = (x[..., None, :] <= both[..., None]).to(x.dtype).mean(-1)
    b = (y[..., None, :] <= both[..., None]).to(x.dtype).mean(-1)
    d = (a - b).abs().amax(-1)
    root = math.sqrt(x.shape[-1] * y.shape[-1] / (x.shape[-1] + y.shape[-1]))
    z = (root + 0.12 + 0.11 / root) * d
    k = torch.arange(1, 7, dtype=x.dtype, device=x.device)
    return 2 * ((1 - 2 * ((k + 1) % 2)) * torch.exp(-2 * (k * z[..., None]).square())).sum(-1)


# -- optimizers


def additive_square_step(weight: Tensor, slope: Tensor, mean: Tensor, square: Tensor) -> tuple[Tensor, Tensor]:
    """Yogi: squares that move by as much whether they are far or near."""
    new = slope.square()
    square = square - 0.02 * torch.sign(square - new) * new
    mean = 0.9 * mean + 0.1 * slope
    return weight - 0.05 * mean / (square.sqrt() + 1e-3), square


def rectified_variance_steps(weight: Tensor, slope: Tensor) -> Tensor:
    """RAdam: seven steps, of which the first ones do not yet trust the spread."""
    mean, square = torch.zeros_like(weight), torch.zeros_like(weight)
    most = 2 / (1 - 0.95) - 1
    for i, g in enumerate(slope.unbind(0)):
        t = i + 1
        mean, square = 0.9 * mean + 0.1 * g, 0.95 * square + 0.05 * g.square()
        rho = most - 2 * t * 0.95**t / (1 - 0.95**t)
        step = mean / (1 - 0.9**t)
        if rho > 4:
            gain = math.sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho))
            step = gain * step / (torch.sqrt(square / (1 - 0.95**t)) + 1e-3)
        weight = weight - 0.05 * step
    return weight


def power_iterated_step(weight: Tensor, slope: Tensor, right: Tensor) -> Tensor:
    """Dion: an orthonormal step of low rank by one round of a power iteration, and what it left behind."""
    left = slope @ right
    a = left[:, 0] / left[:, 0].norm()
    b = left[:, 1] - (a * left[:, 1]).sum() * a
    basis = torch.stack((a, b / b.norm()), -1)
    told = slope.mT @ basis
    unit = told / told.norm(dim=0)
    return weight - 0.1 * basis @ unit.mT - 0.02 * (slope - basis @ told.mT)


def rate_learning_steps(x: Tensor, curve: Tensor, rate: Tensor) -> tuple[Tensor, Tensor]:
    """Hypergradient descent: the rate itself moves by the product of two slopes in a row."""
    last = torch.zeros_like(x)
    for _ in range(6):
        slope = curve * x + 0.1 * torch.sin(3 * x)
        rate = rate + 0.01 * (slope * last).sum(-1, keepdim=True)
        x, last = x - rate * slope, slope
    return x, rate


def simplex_conditional_steps(x: Tensor, curve: Tensor, aim: Tensor) -> Tensor:
    """Frank and Wolfe: towards the best corner of a simplex, softly, four times."""
    w = torch.softmax(x, -1)
    for i in range(4):
        slope = (curve @ w[..., None]).squeeze(-1) - aim
        w = w + 2 / (i + 3) * (torch.softmax(-8 * slope, -1) - w)
    return w


def dogleg_step(slope: Tensor, curve: Tensor, reach: Tensor) -> Tensor:
    """Powell: within a trust region, down the slope first and then towards Newton's point."""
    newton = -torch.linalg.solve(curve, slope)
    bend = (slope * (curve @ slope[..., None]).squeeze(-1)).sum(-1, keepdim=True)
    steepest = -slope.square().sum(-1, keepdim=True) / bend * slope
    gap = newton - steepest
    a, b = gap.square().sum(-1), 2 * (steepest * gap).sum(-1)
    c = (steepest.square().sum(-1) - reach.square()).clamp_max(0)
    part = ((-b + torch.sqrt(b.square() - 4 * a * c)) / (2 * a)).clamp(0, 1)
    size = steepest.norm(dim=-1)
    return torch.minimum(torch.ones_like(size), reach / size)[:, None] * steepest + part[:, None] * gap


def stabilised_gradient_rounds(matrix: Tensor, aim: Tensor) -> Tensor:
    """BiCGSTAB: four rounds for a system that is not symmetric."""
    x, r = torch.zeros_like(aim), aim
    start, p = r, r

    def times(z: Tensor) -> Tensor:
        return (matrix @ z[..., None]).squeeze(-1)

    rho = (start * r).sum(-1, keepdim=True)
    for _ in range(4):
        v = times(p)
        alpha = rho / (start * v).sum(-1, keepdim=True)
        s = r - alpha * v
        t = times(s)
        omega = (t * s).sum(-1, keepdim=True) / t.square().sum(-1, keepdim=True)
        x, r = x + alpha * p + omega * s, s - omega * t
        new = (start * r).sum(-1, keepdim=True)
        p = r + new / rho * alpha / omega * (p - omega * v)
        rho = new
    return x


def plane_rotation_sweep(x: Tensor) -> Tensor:
    """Jacobi: one sweep of rotations that each make one pair of entries of a symmetric matrix zero."""
    n = x.shape[-1]
    for i in range(n - 1):
        for j in range(i + 1, n):
            angle = 0.5 * torch.atan2(2 * x[:, i, j], x[:, j, j] - x[:, i, i])
            c, s = torch.cos(angle)[:, None], torch.sin(angle)[:, None]
            a, b = c * x[:, i] - s * x[:, j], s * x[:, i] + c * x[:, j]
            rows = list(x.unbind(1))
            rows[i], rows[j] = a, b
            x = torch.stack(rows, 1)
            a, b = c * x[..., i] - s * x[..., j], s * x[..., i] + c * x[..., j]
            columns = list(x.unbind(2))
            columns[i], columns[j] = a, b
            x = torch.stack(columns, 2)
    return x


# -- statistics


def serial_correlation_figure(x: Tensor) -> tuple[Tensor, Tensor]:
    """Ljung and Box: whether a series remembers itself, with Durbin and Watson's ratio beside it."""
    n = x.shape[-1]
    z = x - x.mean(-1, keepdim=True)
    total = z.square().sum(-1)
    r = torch.stack([(z[:, k:] * z[:, :-k]).sum(-1) / total for k in range(1, 6)], -1)
    weight = n - torch.arange(1, 6, dtype=x.dtype, device=x.device)
    return n * (n + 2) * (r.square() / weight).sum(-1), (z[:, 1:] - z[:, :-1]).square().sum(-1) / total


def inflated_variances(x: Tensor) -> Tensor:
    """How much each column's coefficient loses to the other columns."""
    z = (x - x.mean(-2, keepdim=True)) / x.std(-2, keepdim=True)
    return torch.linalg.inv(z.mT @ z / (x.shape[-2] - 1)).diagonal(dim1=-2, dim2=-1)


def counts_mixture_round(count: Tensor, rate: Tensor, share: Tensor) -> tuple[Tensor, Tensor]:
    """One round of expectation and maximisation for a mixture of Poisson laws."""
    log = torch.log_softmax(share, -1) + count[:, None] * rate.log() - rate - torch.lgamma(count + 1)[:, None]
    p = torch.softmax(log, -1)
    total = p.sum(0)
    return (p * count[:, None]).sum(0) / total, total / count.shape[0]


def urn_counts_log_mass(count: Tensor, alpha: Tensor) -> Tensor:
    """Pólya: counts drawn from an urn to which each draw adds."""
    n, a = count.sum(-1), alpha.sum(-1)
    head = torch.lgamma(n + 1) + torch.lgamma(a) - torch.lgamma(n + a)
    return head + (torch.lgamma(count + alpha) - torch.lgamma(alpha) - torch.lgamma(count + 1)).sum(-1)


def fading_amplitude_log_density(x: Tensor, m: Tensor, omega: Tensor) -> Tensor:
    """Nakagami: how likely an amplitude of a fading signal is."""
    ratio = m / omega
    return math.log(2) + m * ratio.log() - torch.lgamma(m) + (2 * m - 1) * x.log() - ratio * x.square()


def correlation_log_density(raw: Tensor, eta: Tensor) -> Tensor:
    """LKJ: how likely a matrix of correlations is, by its Cholesky factor from partial ones."""
    z = torch.tanh(raw).tril(-1)
    left = F.pad((1 - z.square()).cumprod(-1), (1, 0), value=1.0)[..., :-1]
    n = raw.shape[-1]
    diagonal = left.diagonal(dim1=-2, dim2=-1)
    power = n - 1 - torch.arange(n, dtype=raw.dtype, device=raw.device) + 2 * eta[:, None] - 2
    return (0.5 * power * diagonal.log()).sum(-1)


def bounded_system_log_density(x: Tensor, gamma: Tensor, delta: Tensor) -> Tensor:
    """Johnson: a normal after an inverse hyperbolic sine."""
    z = gamma + delta * torch.asinh(x)
    return delta.log() - 0.5 * math.log(2 * math.pi) - 0.5 * torch.log1p(x.square()) - 0.5 * z.square()


# -- finance


def displaced_call(forward: Tensor, vol: Tensor, shift: Tensor) -> tuple[Tensor, Tensor]:
    """A call on what is lognormal only with something added, and its delta."""
    f, k = forward + shift, 1 + shift
    d = torch.log(f / k) / vol + 0.5 * vol
    return f * torch.special.ndtr(d) - k * torch.special.ndtr(d - vol), torch.special.ndtr(d)


def pure_jump_transform(pitch: Tensor, theta: Tensor, sigma: Tensor, nu: Tensor) -> Tensor:
    """Variance gamma: the characteristic function of a log price, at many pitches."""
    u = pitch[:, None]
    drift = torch.log1p(-theta * nu - 0.5 * sigma.square() * nu) / nu
    base = torch.complex(1 + 0.5 * sigma.square() * nu * u.square(), -theta * nu * u)
    return torch.exp(torch.complex(torch.zeros_like(u * drift), u * drift) - torch.log(base) / nu)


def capped_rate_strip(rate: Tensor, vol: Tensor, strike: Tensor) -> Tensor:
    """Caplets on each quarter's forward rate, discounted along the curve and summed."""
    discount = torch.cumprod(1 / (1 + 0.25 * rate), -1)
    time = 0.25 * torch.arange(1, rate.shape[-1] + 1, dtype=rate.dtype, device=rate.device)
    total = vol[:, None] * time.sqrt()
    d = torch.log(rate / strike[:, None]) / total + 0.5 * total
    value = rate * torch.special.ndtr(d) - strike[:, None] * torch.special.ndtr(d - total)
    return 25 * (discount * value).sum(-1)


def pool_loss_chances(chance: Tensor, load: Tensor, factor: Tensor) -> Tensor:
    """How many names of a pool fail, by a recursion over names for each state of one factor."""
    level = torch.special.ndtri(chance)
    p = torch.special.ndtr((level - load * factor[:, None]) / torch.sqrt(1 - load.square()))
    state = F.pad(torch.ones_like(factor)[:, None], (0, chance.shape[0]))
    for now in p.unbind(-1):
        state = state * (1 - now[:, None]) + F.pad(state, (1, 0))[:, :-1] * now[:, None]
    return state.mean(0)


def log_spread_recursion(x: Tensor, omega: Tensor, alpha: Tensor, gamma: Tensor) -> Tensor:
    """EGARCH: the logarithm of a variance, moved by the size and by the sign of shocks."""
    log, out = omega / 0.1, []
    for now in x.unbind(1):
        z = now * torch.exp(-0.5 * log)
        log = omega + 0.9 * log + alpha * (z.abs() - math.sqrt(2 / math.pi)) + gamma * z
        out.append(log)
    return torch.stack(out, 1)


def moving_correlation_matrices(x: Tensor) -> Tensor:
    """DCC: correlations that move with products of shocks and come back to their mean."""
    mean = x.mT @ x / x.shape[-2]
    q = mean
    for now in x.unbind(-2):
        q = 0.06 * mean + 0.06 * now[..., None] * now[..., None, :] + 0.88 * q
    root = torch.rsqrt(q.diagonal(dim1=-2, dim2=-1))
    return root[..., None] * q * root[..., None, :]


def internal_rate_rounds(flow: Tensor, price: Tensor) -> Tensor:
    """The rate at which flows are worth their price, by six of Newton's steps."""
    t = torch.arange(1, flow.shape[-1] + 1, dtype=flow.dtype, device=flow.device)
    rate = torch.full_like(price, 0.05)
    for _ in range(6):
        worth = flow * torch.pow(1 + rate[:, None], -t)
        rate = rate + (worth.sum(-1) - price) * (1 + rate) / (t * worth).sum(-1)
    return rate
