"""Parts of training as users of PyTorch write them, of given tensors only: recommenders, optimisers, losses, densities.

None of them is in an earlier file; sixteenth_inputs.py gives them their inputs, layer_code.py, motion_code.py and
science_code.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- recommenders


def biased_matrix_factors(user: Tensor, item: Tensor, p: Tensor, q: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Ratings of users and items: a mean, two biases, and a product of factors, squashed to between one and five."""
    score = 0.3 + b[user] + c[item] + (p[user] * q[item]).sum(-1)
    return 1 + 4 * torch.sigmoid(score)


def poisson_factor_round(count: Tensor, user: Tensor, item: Tensor) -> tuple[Tensor, Tensor]:
    """Poisson factorisation: one round for users and for items, with gamma priors."""
    rate = user @ item.T + 1e-3
    new = (0.3 + user * ((count / rate) @ item)) / (1.0 + item.sum(0))
    rate = new @ item.T + 1e-3
    return new, (0.3 + item * ((count / rate).T @ new)) / (1.0 + new.sum(0))


def time_decayed_session(x: Tensor, age: Tensor, rate: Tensor, item: Tensor) -> Tensor:
    """Scores of items by a session's mean, where older clicks fade at a rate of each channel."""
    weight = torch.exp(-age[..., None] * F.softplus(rate))
    state = (weight * x).sum(1) / weight.sum(1)
    return F.normalize(state, dim=-1) @ F.normalize(item, dim=-1).T / 0.1


def cross_stitch_towers(x: Tensor, stitch: Tensor, weight: Tensor) -> Tensor:
    """Towers of two tasks whose states are mixed by a small matrix between layers."""
    state = torch.stack((x, x))
    for mix, layer in zip(stitch, weight, strict=True):
        state = torch.einsum("st,tnd->snd", mix, torch.relu(torch.einsum("snd,sde->sne", state, layer)))
    return state


def logarithmic_interactions(x: Tensor, order: Tensor, weight: Tensor) -> Tensor:
    """AFN: products of fields' powers that are learned, by way of logarithms."""
    y = torch.log(x.abs().clamp_min(1e-2))
    return torch.exp(torch.einsum("bfd,fn->bnd", y, order)).flatten(1) @ weight


def pooled_bi_interaction(x: Tensor, weight: Tensor, out: Tensor) -> Tensor:
    """NFM: all pairs of fields, multiplied and summed at once, then a layer."""
    pooled = 0.5 * (x.sum(1).square() - x.square().sum(1))
    return torch.relu(F.layer_norm(pooled, pooled.shape[-1:]) @ weight) @ out


def gated_cross_layers(x: Tensor, cross: Tensor, gate: Tensor) -> Tensor:
    """GDCN: crosses with the input, each through a gate of its own."""
    y = x
    for a, b in zip(cross, gate, strict=True):
        y = x * (y @ a) * torch.sigmoid(y @ b) + y
    return y


def collaborative_metric_hinge(user: Tensor, item: Tensor, wrong: Tensor) -> Tensor:
    """CML: an item nearer than others by a margin, inside the unit ball."""

    def ball(x: Tensor) -> Tensor:
        return x / x.norm(dim=-1, keepdim=True).clamp_min(1.0)

    near = (ball(user) - ball(item)).square().sum(-1)
    far = (ball(user)[:, None] - ball(wrong)).square().sum(-1)
    return torch.relu(0.5 + near[:, None] - far).sum(-1)


# -- optimisers


def ftrl_step(w: Tensor, g: Tensor, z: Tensor, n: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """FTRL-proximal: weights that are zero until their sums of slopes pass a bound."""
    more = n + g.square()
    z = z + g - (more.sqrt() - n.sqrt()) / 0.1 * w
    w = -F.softshrink(z, 0.2) / ((1.0 + more.sqrt()) / 0.1 + 0.05)
    return w, z, more


def rowwise_adagrad_step(w: Tensor, g: Tensor, s: Tensor, row: Tensor) -> tuple[Tensor, Tensor]:
    """DLRM: rows of a table, each with one sum of squares, moved by the slopes of the looked up."""
    total = torch.zeros_like(w).index_add(0, row, g)
    s = s + total.square().mean(-1)
    return w - 0.05 * total / (s.sqrt() + 1e-3)[:, None], s


def quasi_hyperbolic_step(w: Tensor, g: Tensor, m: Tensor, s: Tensor) -> Tensor:
    """QHAdam: a step between the plain slope and its mean."""
    m, s = 0.995 * m + 0.005 * g, 0.999 * s + 0.001 * g.square()
    return w - 0.01 * (0.3 * g + 0.7 * m) / (s.sqrt() + 1e-4)


def aggregated_momenta_step(w: Tensor, g: Tensor, m: Tensor) -> tuple[Tensor, Tensor]:
    """AggMo: the mean of momenta that fade at four rates."""
    fade = torch.tensor((0.0, 0.9, 0.99, 0.999), dtype=w.dtype, device=w.device)
    m = fade[:, None, None] * m - g
    return w + 0.05 * m.mean(0), m


def arctangent_adam_step(w: Tensor, g: Tensor, m: Tensor, s: Tensor) -> Tensor:
    """Adam by the arctangent of two means, that needs no small number."""
    m, s = m + 0.1 * (g - m), s + 0.02 * (g.square() - s)
    return w - 0.02 * 1.27 * torch.atan2(m, s.sqrt()) - 0.0002 * w


def variance_reduced_step(w: Tensor, g: Tensor, old: Tensor, m: Tensor, s: Tensor) -> Tensor:
    """MARS: a slope corrected by how it changed, clipped in its norm, then Adam's step."""
    c = g + 0.025 * (0.95 / 0.05) * (g - old)
    c = c / c.norm().clamp_min(1.0)
    m, s = 0.95 * m + 0.05 * c, 0.99 * s + 0.01 * c.square()
    return w - 0.003 * (m / (s.sqrt() + 1e-4) + 0.1 * w)


def slow_gradient_filter(g: Tensor) -> Tensor:
    """Grokfast: each slope with twice the running mean of those before."""
    mean, out = g[0], []
    for now in g.unbind(0):
        mean = 0.98 * mean + 0.02 * now
        out.append(now + 2.0 * mean)
    return torch.stack(out)


def server_adam_round(w: Tensor, client: Tensor, size: Tensor, m: Tensor, s: Tensor) -> Tensor:
    """FedAdam: the weighted mean of what clients changed, taken as a slope."""
    share = size / size.sum()
    delta = torch.einsum("c,cij->ij", share, client - w)
    m, s = 0.9 * m + 0.1 * delta, 0.99 * s + 0.01 * delta.square()
    return w + 0.1 * m / (s.sqrt() + 1e-3)


def geometric_median_rounds(x: Tensor) -> Tensor:
    """Weiszfeld: the point nearest to all in total, by three rounds of means with weights."""
    middle = x.mean(-2, keepdim=True)
    for _ in range(3):
        weight = 1 / torch.linalg.vector_norm(x - middle, dim=-1, keepdim=True).clamp_min(1e-2)
        middle = (weight * x).sum(-2, keepdim=True) / weight.sum(-2, keepdim=True)
    return middle.squeeze(-2)


# -- losses


def symmetric_cross_entropy_loss(x: Tensor, label: Tensor) -> Tensor:
    """Cross entropy both ways round, for labels that may be wrong."""
    p = x.softmax(-1).clamp(1e-4, 1.0)
    truth = F.one_hot(label, x.shape[-1]).to(x.dtype)
    back = -(p * torch.log(truth.clamp(1e-4, 1.0))).sum(-1)
    return 0.1 * F.cross_entropy(x, label, reduction="none") + back


def taylor_cross_entropy(x: Tensor, label: Tensor) -> Tensor:
    """The logarithm's series of four terms in how much of the chance is elsewhere."""
    miss = 1 - x.softmax(-1).gather(-1, label[:, None]).squeeze(-1)
    return miss * (1 + miss * (1 / 2 + miss * (1 / 3 + miss / 4)))


def general_robust_loss(x: Tensor, y: Tensor, shape: Tensor, scale: Tensor) -> Tensor:
    """Barron: one loss from quadratic to one that forgets, by a shape."""
    gap = (shape - 2).abs()
    return gap / shape * (((x - y) / scale).square() / gap + 1).pow(shape / 2) - gap / shape


def log_dice_loss(x: Tensor, label: Tensor) -> Tensor:
    """A power of the overlap's logarithm, and of the cross entropy weighted by how rare a class is."""
    p, truth = x.softmax(1), F.one_hot(label, x.shape[1]).movedim(-1, 1).to(x.dtype)
    dice = (2 * (p * truth).sum((0, 2, 3)) + 1) / ((p + truth).sum((0, 2, 3)) + 1)
    rare = (truth.sum() / (truth.sum((0, 2, 3)) + 1)).sqrt()
    entropy = F.cross_entropy(x, label, reduction="none").clamp_min(1e-3).pow(0.3)
    return 0.8 * (-dice.log()).pow(0.3).mean() + 0.2 * (rare[label] * entropy).mean((1, 2))


def gradient_difference_loss(x: Tensor, y: Tensor) -> Tensor:
    """How much two frames differ in the size of their slopes along rows and columns."""
    loss = torch.zeros_like(x[:, 0, 0, 0])
    for dim in (-1, -2):
        loss = loss + (x.diff(dim=dim).abs() - y.diff(dim=dim).abs()).square().mean((1, 2, 3))
    return loss


def swapped_assignment_loss(x: Tensor, y: Tensor, prototype: Tensor) -> Tensor:
    """SwAV: one view foretells what the other is assigned to, evenly over all prototypes."""
    a, b = (F.normalize(z, dim=-1) @ F.normalize(prototype, dim=-1).T for z in (x, y))

    def assigned(score: Tensor) -> Tensor:
        q = torch.exp(score / 0.25)
        for _ in range(2):
            q = q / q.sum(0, keepdim=True)
            q = q / q.sum(1, keepdim=True)
        return q.detach()

    return -0.5 * ((assigned(a) * F.log_softmax(b / 0.2, -1)) + assigned(b) * F.log_softmax(a / 0.2, -1)).sum(-1)


def angular_triplet_loss(x: Tensor, y: Tensor, z: Tensor) -> Tensor:
    """A bound on the angle at the negative, as a smooth maximum over all negatives."""
    slope = math.tan(math.radians(40)) ** 2
    a, b, c = (F.normalize(t, dim=-1) for t in (x, y, z))
    value = 4 * slope * (a + b) @ c.T - 2 * (1 + slope) * (a * b).sum(-1, keepdim=True)
    return F.softplus(torch.logsumexp(value, -1))


def class_centre_loss(x: Tensor, centre: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
    """Distances to the class's centre against those to others, and centres moved by their means."""
    far = (x[:, None] - centre).square().sum(-1)
    own = far.gather(1, label[:, None]).squeeze(1)
    count = torch.bincount(label, minlength=centre.shape[0]).to(x.dtype) + 1
    move = torch.zeros_like(centre).index_add(0, label, x - centre[label]) / count[:, None]
    return own / (far.sum(1) - own + 1), centre + 0.5 * move


def jensen_shannon_bound(x: Tensor, y: Tensor, weight: Tensor) -> Tensor:
    """Deep InfoMax: what two views tell of each other, by a bound of softplus."""
    score = x @ weight @ y.T
    own = torch.diagonal(score)
    n = x.shape[0]
    return F.softplus(-own).mean() + (F.softplus(score).sum(1) - F.softplus(own)) / (n - 1)


def ranked_trajectories_loss(reward: Tensor, order: Tensor) -> Tensor:
    """T-REX: sums of rewards of two paths, by a logistic choice of the better, and a penalty of size."""
    total = reward.sum(-1)
    return F.softplus(-(order * (total[:, 0] - total[:, 1]))) + 0.01 * reward.square().mean((-1, -2))


def temperature_tuning_loss(log: Tensor, logit: Tensor, heat: Tensor) -> tuple[Tensor, Tensor]:
    """SAC with discrete actions: a policy's loss by its entropy, and the temperature's own."""
    p = logit.softmax(-1)
    entropy = -(p * F.log_softmax(logit, -1)).sum(-1)
    return -(p * log).sum(-1) - heat.exp() * entropy, heat * (entropy - 0.6 * math.log(logit.shape[-1]))


# -- densities and flows


def logistic_mixture_pixels(x: Tensor, weight: Tensor, mean: Tensor, log_scale: Tensor) -> Tensor:
    """PixelCNN++: a pixel's bin under a mixture of logistics, by differences of sigmoids."""
    y = (x[..., None] - mean) * torch.exp(-log_scale)
    half = torch.exp(-log_scale) / 16
    chance = torch.sigmoid(y + half) - torch.sigmoid(y - half)
    return -torch.logsumexp(torch.log(chance.clamp_min(1e-5)) + F.log_softmax(weight, -1), -1)


def continuous_bernoulli_loss(x: Tensor, logit: Tensor) -> Tensor:
    """Cross entropy of grey levels with what makes its density sum to one, by a series near a half."""
    p = torch.sigmoid(logit)
    near = (p - 0.5).abs() < 0.1
    far = torch.where(near, torch.full_like(p, 0.75), p)
    exact = torch.log((2 * torch.atanh(1 - 2 * far)).abs()) - torch.log((1 - 2 * far).abs())
    d = (p - 0.5).square()
    norm = torch.where(near, math.log(2) + (4 / 3 + 104 / 45 * d) * d, exact)
    return F.binary_cross_entropy_with_logits(logit, x, reduction="none") - norm


def concrete_log_density(x: Tensor, logit: Tensor) -> Tensor:
    """The density of a relaxed choice at a temperature of two thirds."""
    n, heat = x.shape[-1], 2 / 3
    log = F.log_softmax(x, -1)
    score = logit - heat * log
    return math.lgamma(n) + (n - 1) * math.log(heat) + (score - log).sum(-1) - n * torch.logsumexp(score, -1)


def matrix_normal_log_density(x: Tensor, row: Tensor, column: Tensor) -> Tensor:
    """A matrix whose rows and columns each covary, by triangular solves from both sides."""
    a, b = torch.linalg.cholesky(row), torch.linalg.cholesky(column)
    y = torch.linalg.solve_triangular(a, x, upper=False)
    y = torch.linalg.solve_triangular(b, y.mT, upper=False)
    n, p = x.shape[-2:]
    log = p * a.diagonal(dim1=-2, dim2=-1).log().sum(-1) + n * b.diagonal(dim1=-2, dim2=-1).log().sum(-1)
    return -0.5 * y.square().sum((-1, -2)) - log - 0.5 * n * p * math.log(2 * math.pi)


def normals_transport_distance(mean: Tensor, other: Tensor, cov: Tensor, second: Tensor) -> Tensor:
    """Wasserstein between two normals: means, traces, and the root of a product of covariances."""
    level, vector = torch.linalg.eigh(cov)
    root = (vector * level.sqrt()[..., None, :]) @ vector.mT
    inner = torch.linalg.eigvalsh(root @ second @ root).clamp_min(0).sqrt().sum(-1)
    trace = (cov + second).diagonal(dim1=-2, dim2=-1).sum(-1)
    return (mean - other).square().sum(-1) + trace - 2 * inner


def radial_flow(x: Tensor, centre: Tensor, reach: Tensor, push: Tensor) -> tuple[Tensor, Tensor]:
    """A flow that pushes from or pulls to a point, with the logarithm of its determinant."""
    gap = x - centre
    r = torch.linalg.vector_norm(gap, dim=-1, keepdim=True)
    a = F.softplus(reach)
    b = F.softplus(push) - a
    h = 1 / (a + r)
    d = x.shape[-1]
    log = (d - 1) * torch.log1p(b * h) + torch.log(1 + b * h - b * r * h.square())
    return x + b * h * gap, log.squeeze(-1)


def annealed_importance(energy: Tensor, start: Tensor, beta: Tensor) -> tuple[Tensor, Tensor]:
    """Weights of paths from an easy to a hard density: the ratio of sums, and how many samples count."""
    log = (beta.diff() * (start - energy)).sum(-1)
    ratio = torch.logsumexp(log, -1) - math.log(log.shape[-1])
    return ratio, 1 / log.softmax(-1).square().sum(-1)


# -- for fewer bits


def kurtosis_penalty(w: Tensor) -> Tensor:
    """KURE: how far weights' fourth moment is from that of an even spread."""
    z = (w - w.mean((-1, -2), keepdim=True)) / (w.std((-1, -2), keepdim=True) + 1e-5)
    return (z.square().square().mean((-1, -2)) - 1.8).square()


def noisy_quantised_weights(x: Tensor, w: Tensor, u: Tensor) -> Tensor:
    """A layer whose weights are shaken within a step of fifteen levels, in place of rounding."""
    step = w.detach().abs().amax(-1, keepdim=True) / 7.5
    return F.linear(x, w + (u - 0.5) * step)


def clipped_activation_linear(x: Tensor, top: Tensor, w: Tensor) -> Tensor:
    """PACT with DoReFa's weights: a learned bound above, and weights through tanh over their largest."""
    y = 0.5 * (x.abs() - (x - top).abs() + top)
    t = torch.tanh(w)
    return F.linear(y, t / t.abs().max())
