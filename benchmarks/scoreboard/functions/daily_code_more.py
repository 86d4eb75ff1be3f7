"""Parts of models as users of PyTorch write them, of given tensors only: vision, generation, recommendation, control.

None of them is in an earlier file; thirteenth.py gives them their inputs, daily_code.py and daily_code_rest.py have
the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- vision


def inception_branches(x: Tensor, one: Tensor, three: Tensor, five: Tensor, pooled: Tensor) -> Tensor:
    """GoogLeNet: three sizes of filters and a pooled branch side by side."""
    rest = F.conv2d(F.max_pool2d(x, 3, 1, 1), pooled)
    wide = [F.conv2d(x, w, padding=w.shape[-1] // 2) for w in (one, three, five)]
    return torch.relu(torch.cat([*wide, rest], 1))


def shuffled_unit(x: Tensor, first: Tensor, depth: Tensor, last: Tensor) -> Tensor:
    """ShuffleNet v2: half of the channels pass, the others are convolved, and both are dealt out."""
    kept, y = x.chunk(2, 1)
    y = torch.relu(F.conv2d(y, first))
    y = torch.relu(F.conv2d(F.conv2d(y, depth, padding=1, groups=len(depth)), last))
    return torch.stack([kept, y], 2).flatten(1, 2)


def dynamic_relu(x: Tensor, down: Tensor, up: Tensor) -> Tensor:
    """The larger of two lines for each channel, whose slopes and offsets the map's means ask for."""
    ask = 2 * torch.sigmoid(torch.relu(x.mean((2, 3)) @ down) @ up) - 1
    a, b, c, d = ask[..., None, None].chunk(4, 1)
    return torch.maximum((1 + a) * x + 0.5 * c, b * x + 0.5 * d)


def strip_pooling(x: Tensor, row: Tensor, column: Tensor, blend: Tensor) -> Tensor:
    """SPNet: pixels scaled by what convolved means of their row and of their column say together."""
    a = F.conv2d(x.mean(3, keepdim=True), row, padding=(1, 0))
    b = F.conv2d(x.mean(2, keepdim=True), column, padding=(0, 1))
    return x * torch.sigmoid(F.conv2d(torch.relu(a + b), blend))


def pyramid_pooling(x: Tensor, weight: Tensor) -> Tensor:
    """PSPNet: means over grids of one, two and three, projected and enlarged beside the map itself."""
    size = [*x.shape[-2:]]
    out = [
        F.interpolate(torch.relu(F.conv2d(F.adaptive_avg_pool2d(x, n), w)), size=size, mode="bilinear")
        for n, w in zip((1, 2, 3), weight, strict=True)
    ]
    return torch.cat([x, *out], 1)


def object_context(x: Tensor, region: Tensor) -> Tensor:
    """OCR: soft regions' mean features, and each pixel's look at them."""
    pixel = x.flatten(2).mT
    found = region.flatten(2).softmax(-1) @ pixel
    told = torch.softmax(pixel @ found.mT * x.shape[1] ** -0.5, -1) @ found
    return torch.cat([x, told.mT.view_as(x)], 1)


def varifocal_loss(logits: Tensor, overlap: Tensor) -> Tensor:
    """Positives by their overlap, negatives by a power of how sure a score is of them."""
    p = torch.sigmoid(logits)
    weight = torch.where(overlap > 0, overlap, 0.75 * p.square())
    return weight * F.binary_cross_entropy_with_logits(logits, overlap, reduction="none")


def effective_number_loss(logits: Tensor, label: Tensor, count: Tensor) -> Tensor:
    """Class-balanced cross-entropy: classes weighed by how many of their samples are not the same again."""
    weight = 0.1 / (1 - torch.exp(math.log(0.9) * count))
    return weight[label] * F.cross_entropy(logits + torch.log(count), label, reduction="none")


def seesaw_loss(logits: Tensor, label: Tensor, count: Tensor) -> Tensor:
    """Rare classes are pushed down less by frequent ones, and more where they are mistaken for them."""
    p = logits.softmax(-1)
    own = p.gather(-1, label[:, None])
    rare = (count / count[label][:, None]).clamp_max(1).pow(0.75)
    wrong = (p / (own + 1e-2)).clamp_min(1).square()
    push = F.one_hot(label, logits.shape[-1]).to(logits.dtype)
    factor = push + (1 - push) * rare * wrong
    return torch.logsumexp(logits + torch.log(factor), -1) - logits.gather(-1, label[:, None]).squeeze(-1)


def several_similarities_loss(x: Tensor, label: Tensor) -> Tensor:
    """Multi-similarity: soft margins over all pairs of a batch, both kinds with a sharpness of their own."""
    x = F.normalize(x, dim=-1)
    s, same = x @ x.mT - 0.5, label[:, None] == label
    own = torch.eye(len(x), dtype=torch.bool, device=x.device)
    near = torch.exp(-2 * s).masked_fill(~same | own, 0.0).sum(-1)
    far = torch.exp(8 * s).masked_fill(same, 0.0).sum(-1)
    return torch.log1p(near) / 2 + torch.log1p(far) / 8


def proxy_anchor_loss(x: Tensor, proxy: Tensor, label: Tensor) -> Tensor:
    """Each class has a learned anchor that pulls its samples, and pushes all others."""
    s = F.normalize(proxy, dim=-1) @ F.normalize(x, dim=-1).mT
    own = label == torch.arange(len(proxy), device=x.device)[:, None]
    pull = torch.exp(-4 * (s - 0.125)).masked_fill(~own, 0.0).sum(-1)
    push = torch.exp(4 * (s + 0.125)).masked_fill(own, 0.0).sum(-1)
    return torch.log1p(pull) + torch.log1p(push)


def scale_invariant_depth_loss(x: Tensor, depth: Tensor) -> Tensor:
    """Eigen: logarithms of depth compared, an error that all pixels share forgiven by half; and their slopes."""
    d = torch.log(F.softplus(x) + 0.05) - torch.log(depth)
    point = d.square().mean((1, 2)) - 0.5 * d.mean((1, 2)).square()
    slope = torch.diff(d, dim=1).square().mean((1, 2)) + torch.diff(d, dim=2).square().mean((1, 2))
    return torch.sqrt(point + slope + 1e-3)


def depth_normals(depth: Tensor) -> Tensor:
    """Normals of a depth map: cross products of its pixels' differences in space."""
    y, x = (torch.arange(s, dtype=depth.dtype, device=depth.device) / s - 0.5 for s in depth.shape[1:])
    point = torch.stack([x * depth, y[:, None] * depth, depth], -1)
    down, right = point[:, 1:, :-1] - point[:, :-1, :-1], point[:, :-1, 1:] - point[:, :-1, :-1]
    normal = torch.linalg.cross(right, down)
    return normal / torch.sqrt(normal.square().sum(-1, keepdim=True) + 1e-4)


def flow_consistency(forth: Tensor, back: Tensor) -> Tensor:
    """How far pixels are from where they came from when they go there and back, and a soft mask of what is hidden."""
    h, w = forth.shape[-2:]
    y, x = (torch.arange(s, dtype=forth.dtype, device=forth.device) for s in (h, w))
    place = torch.stack([x + forth[:, 0], y[:, None] + forth[:, 1]], -1)
    grid = torch.stack([2 * place[..., 0] / (w - 1) - 1, 2 * place[..., 1] / (h - 1) - 1], -1)
    home = F.grid_sample(back, grid, padding_mode="border", align_corners=True)
    miss = (forth + home).square().sum(1)
    return torch.stack([miss, torch.sigmoid(0.05 * (forth.square() + home.square()).sum(1) + 0.5 - miss)], 1)


def log_polar_view(x: Tensor) -> Tensor:
    """A picture read along rings and spokes around its middle, rings ever further apart."""
    spoke = 2 * math.pi / 17 * torch.arange(17, dtype=x.dtype, device=x.device)
    ring = torch.exp(torch.linspace(-2, -0.1, 9, dtype=x.dtype, device=x.device))[:, None]
    grid = torch.stack([ring * spoke.cos(), ring * spoke.sin()], -1)
    return F.grid_sample(x, grid.expand(len(x), -1, -1, -1), align_corners=False)


def whitened_and_coloured(x: Tensor, style: Tensor) -> Tensor:
    """A picture's channels made to correlate as another's do, by both Cholesky factors."""
    x, y = x.flatten(2), style.flatten(2)
    eye = 0.1 * torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    mean = y.mean(-1, keepdim=True)
    x, y = x - x.mean(-1, keepdim=True), y - mean
    a, b = (torch.linalg.cholesky(t @ t.mT / t.shape[-1] + eye) for t in (x, y))
    return b @ torch.linalg.solve_triangular(a, x, upper=False) + mean


def top_hat(x: Tensor) -> Tensor:
    """Small bright and small dark spots: a picture less its opening, and its closing less the picture."""

    def grown(t: Tensor) -> Tensor:
        return F.max_pool2d(t, 3, 1, 1)

    return torch.cat([x - grown(-grown(-x)), -grown(-grown(x)) - x], 1)


def invariant_moments(x: Tensor) -> Tensor:
    """Hu's first four moments of a picture, which a shift, a size or a turn leaves as they are."""
    y, z = (torch.arange(s, dtype=x.dtype, device=x.device) / s for s in x.shape[-2:])
    mass = x.sum((-2, -1))
    my, mz = ((x * t).sum((-2, -1)) / mass for t in (y[:, None], z))
    dy, dz = y[:, None] - my[:, None, None], z - mz[:, None, None]

    def central(p: int, q: int) -> Tensor:
        return (x * dy.pow(p) * dz.pow(q)).sum((-2, -1)) / mass.pow(1 + (p + q) / 2)

    a, b, c = central(2, 0), central(0, 2), central(1, 1)
    d, e, f, g = central(3, 0), central(0, 3), central(2, 1), central(1, 2)
    third, fourth = (d - 3 * g).square() + (3 * f - e).square(), (d + g).square() + (f + e).square()
    return torch.stack([a + b, (a - b).square() + 4 * c.square(), third, fourth], -1)


def bregman_denoised(x: Tensor) -> Tensor:
    """Total variation by the split of Bregman: four rounds on a ring of slopes shrunk and a smooth step."""
    u = x
    d = b = torch.stack([torch.zeros_like(x)] * 2)
    for _ in range(4):
        w = d - b
        back = w[0].roll(1, -1) - w[0] + w[1].roll(1, -2) - w[1]
        near = u.roll(1, -1) + u.roll(-1, -1) + u.roll(1, -2) + u.roll(-1, -2)
        u = (x + 0.5 * (near + back)) / 3
        slope = torch.stack([u.roll(-1, -1) - u, u.roll(-1, -2) - u])
        d = F.softshrink(slope + b, 0.25)
        b = b + slope - d
    return u


def colour_difference(one: Tensor, two: Tensor) -> Tensor:
    """CIE's difference of 1994 of two colours, in lightness and opponents."""
    light, a, b = (one - two).unbind(-1)
    first, second = (torch.sqrt(t[..., 1].square() + t[..., 2].square() + 1e-2) for t in (one, two))
    chroma = first - second
    hue = torch.relu(a.square() + b.square() - chroma.square())
    rest = (chroma / (1 + 0.045 * first)).square() + hue / (1 + 0.015 * first).square()
    return torch.sqrt(light.square() + rest + 1e-2)


def radiance_merged(x: Tensor, time: Tensor) -> Tensor:
    """Debevec: a scene's logarithmic light from several exposures, middle tones trusted most."""
    weight = torch.exp(-8 * (x - 0.5).square())
    light = torch.log(x + 0.02) - torch.log(time)[:, None, None]
    return (weight * light).sum(1) / weight.sum(1)


# -- generation


def pseudo_huber_consistency(x: Tensor, clean: Tensor, sigma: Tensor) -> Tensor:
    """A consistency model's training: two levels of noise of a Gaussian's denoiser, a smooth distance."""
    low, s = 0.75 * sigma, sigma[:, None]

    def output(noised: Tensor, level: Tensor) -> Tensor:
        skip = 0.25 / ((level - 0.02).square() + 0.25)
        return skip * noised + (1 - skip) * torch.tanh(noised / (1 + level))

    gap = (output(clean + s * x, s) - output(clean + low[:, None] * x, low[:, None])).square().sum(-1)
    return (torch.sqrt(gap + 0.01) - 0.1) / (sigma - low)


def exponential_integrator_step(x: Tensor, one: Tensor, two: Tensor, before: Tensor, after: Tensor) -> Tensor:
    """UniPC: a step in the logarithm of signal to noise by the noise seen, corrected by what is seen where it leads."""
    a, b, noise = (torch.sqrt(torch.sigmoid(t))[:, None] for t in (before, after, -after))
    part = torch.expm1(0.5 * (after - before))[:, None]
    return b / a * x - noise * part * (one + 0.5 * (two - one))


def binary_code_entropy(x: Tensor) -> Tensor:
    """Lookup-free quantisation: how unsure each bit is, less how evenly all are used."""
    p = torch.sigmoid(4 * x)
    own = F.softplus(4 * x) - 4 * x * p
    mean = p.mean(0)
    whole = -mean * torch.log(mean + 1e-3) - (1 - mean) * torch.log(1 - mean + 1e-3)
    return own.sum(-1) - whole.sum()


def noise_contrastive_loss(x: Tensor, noise: Tensor, weight: Tensor) -> Tensor:
    """An unnormalised density told from a normal one, by logistic regression of their ratio."""

    def ratio(t: Tensor) -> Tensor:
        energy = torch.log(torch.cosh(t @ weight)).sum(-1)
        return 0.5 * (t.square() + math.log(2 * math.pi)).sum(-1) - energy

    return F.softplus(-ratio(x)) + F.softplus(ratio(noise)).mean()


def invertible_mixing(x: Tensor, weight: Tensor, scale: Tensor) -> tuple[Tensor, Tensor]:
    """Glow: an activation norm and a 1 × 1 convolution, and the log-density of each picture."""
    y = torch.einsum("oc,nchw->nohw", weight, x * torch.exp(scale)[:, None, None])
    area = x.shape[2] * x.shape[3]
    log = area * (torch.linalg.slogdet(weight)[1] + scale.sum())
    return y, log - 0.5 * (y.square() + math.log(2 * math.pi)).sum((1, 2, 3))


def masked_autoregression(x: Tensor, hidden: Tensor, shift: Tensor, stretch: Tensor) -> Tensor:
    """MADE: each number's mean and scale from those before it only, and its log-density."""
    d = x.shape[-1]
    rank = torch.arange(hidden.shape[-1], device=x.device) % (d - 1)
    into = torch.arange(d, device=x.device)[:, None] <= rank
    out = rank[:, None] < torch.arange(d, device=x.device)
    h = torch.tanh(x @ (hidden * into))
    log = torch.tanh(h @ (stretch * out))
    return -0.5 * ((x - h @ (shift * out)) * torch.exp(-log)).square() - log - 0.5 * math.log(2 * math.pi)


def continuous_flow(x: Tensor, u: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """A neural differential equation: four midpoint steps of samples, and of their density by the trace."""

    def slope(t: Tensor) -> Tensor:
        h = torch.tanh(t @ w + b)
        return torch.cat([h @ u, -((1 - h.square()) * (w * u.mT).sum(0)).sum(-1, keepdim=True)], -1)

    log = torch.zeros_like(x[:, :1])
    for _ in range(4):
        step = slope(x + 0.125 * slope(x)[:, :-1])
        x, log = x + 0.25 * step[:, :-1], log + 0.25 * step[:, -1:]
    return torch.cat([x, log], -1)


# -- recommendation


def field_aware_factors(x: Tensor, factor: Tensor) -> Tensor:
    """FFM: products of pairs of features, each with a vector for the other's field."""
    both = (factor * factor.transpose(0, 1)).sum(-1)
    return ((x[:, :, None] * x[:, None]) * both).triu(1).sum((-2, -1))


def third_order_factors(x: Tensor, factor: Tensor) -> Tensor:
    """Factors of all triples of features, by Newton's identities of power sums."""
    one, two, three = ((x[..., None] * factor).pow(p).sum(1) for p in (1, 2, 3))
    return ((one.pow(3) - 3 * one * two + 2 * three) / 6).sum(-1)


def top_one_loss(score: Tensor) -> Tensor:
    """GRU4Rec: a session's item against the batch's others, whose scores are also drawn to zero."""
    own = score.diagonal()[:, None]
    return (torch.sigmoid(score - own) + torch.sigmoid(score.square())).mean(-1)


def alignment_and_uniformity(user: Tensor, item: Tensor) -> Tensor:
    """DirectAU: pairs near each other on the sphere, all users and all items spread over it."""
    u, i = F.normalize(user, dim=-1), F.normalize(item, dim=-1)
    spread = [torch.log(torch.exp(4 * (t @ t.mT - 1)).mean(-1)) for t in (u, i)]
    return (u - i).square().sum(-1) + 0.5 * (spread[0] + spread[1])


def personal_gates(x: Tensor, about: Tensor, weight: Tensor, gate: Tensor) -> Tensor:
    """PEPNet: units of two layers scaled up to twice by who the user is."""
    for w, g in zip(weight, gate, strict=True):
        x = torch.relu(x @ w) * 2 * torch.sigmoid(torch.cat([about, x], -1) @ g)
    return x


def convolved_history(x: Tensor, across: Tensor, along: Tensor) -> Tensor:
    """Caser: a history as a picture, read by filters over steps and by sums of each dimension."""
    wide = torch.relu(F.conv1d(x.mT, across)).amax(-1)
    return torch.cat([wide, (along @ x).flatten(1)], -1)


def uplift_loss(score: Tensor, treated: Tensor, bought: Tensor, chance: Tensor) -> Tensor:
    """What a treatment changes, against an outcome turned so that its mean is that."""
    turned = bought * (treated / chance - (1 - treated) / (1 - chance))
    return F.huber_loss(torch.tanh(score), turned, reduction="none", delta=1.5)


# -- graphs


def dynamic_graph_attention(x: Tensor, edge: Tensor, weight: Tensor, look: Tensor) -> Tensor:
    """GATv2 on a dense graph: the nonlinearity comes before the score."""
    y = x @ weight
    score = F.leaky_relu(y[:, None] + y, 0.2) @ look
    return score.masked_fill(edge <= 0, float("-inf")).softmax(-1) @ y


def edge_network_messages(x: Tensor, edge: Tensor, source: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Message passing for molecules: a matrix made from each bond's features, summed at its end."""
    message = torch.einsum("ef,fio,ei->eo", edge, weight, x[source])
    return torch.tanh(torch.zeros_like(x @ weight[0]).index_add(0, target, message))


def effective_resistance(near: Tensor) -> Tensor:
    """How hard current flows between all nodes, from an inverse of the Laplacian."""
    near = 0.5 * (near + near.mT)
    n = near.shape[-1]
    inverse = torch.linalg.inv(torch.diag_embed(near.sum(-1)) - near + 1 / n)
    own = inverse.diagonal(dim1=-2, dim2=-1)
    return own[:, :, None] + own[:, None] - 2 * inverse


def propagated_labels(x: Tensor, label: Tensor, known: Tensor) -> Tensor:
    """Labels that spread over a Gaussian graph in six rounds, known ones put back each time."""
    near = torch.exp(-(x[:, None] - x).square().sum(-1))
    walk, y = near / near.sum(-1, keepdim=True), label * known[:, None]
    for _ in range(6):
        y = known[:, None] * label + (1 - known[:, None]) * (walk @ y)
    return y


def diffused_traffic(x: Tensor, near: Tensor, source: Tensor, sink: Tensor, weight: Tensor) -> Tensor:
    """Roads: walks down and up a given graph and along one that is learned, two steps each."""
    learned = torch.relu(source @ sink.mT).softmax(-1)
    walks = near / near.sum(-1, keepdim=True), near.mT / near.sum(-2)[:, None], learned
    out = x @ weight[0]
    for i, walk in enumerate(walks):
        out = out + walk @ x @ weight[2 * i + 1] + walk @ (walk @ x) @ weight[2 * i + 2]
    return torch.relu(out)


# -- reinforcement learning and control


def successor_values(walk: Tensor, reward: Tensor) -> Tensor:
    """How often each state will be met, discounted, and what that is worth."""
    p = walk.softmax(-1)
    eye = torch.eye(p.shape[-1], dtype=p.dtype, device=p.device)
    visits = torch.linalg.inv(eye - 0.875 * p)
    return torch.cat([visits, visits @ reward[..., None]], -1)


def tree_backup_targets(reward: Tensor, value: Tensor, chance: Tensor, action: Tensor) -> Tensor:
    """Tree backup: targets from the end, what was done followed by its chance, the rest by expectations."""
    p = chance.softmax(-1)
    took = p.gather(-1, action[..., None]).squeeze(-1)
    worth = value.gather(-1, action[..., None]).squeeze(-1)
    mean, out = (p * value).sum(-1), []
    g = mean[:, -1]
    for t in reversed(range(reward.shape[1])):
        g = reward[:, t] + 0.9 * (mean[:, t] + took[:, t] * (g - worth[:, t]))
        out.append(g)
    return torch.stack(out[::-1], 1)


def replicator_rounds(payoff: Tensor, share: Tensor) -> Tensor:
    """A population's strategies that grow by how much better than the mean they do, eight rounds."""
    x = share.softmax(-1)
    for _ in range(8):
        fit = torch.exp(0.5 * (payoff @ x[..., None]).squeeze(-1))
        x = x * fit / (x * fit).sum(-1, keepdim=True)
    return x


def expected_visits(value: Tensor, walk: Tensor) -> Tensor:
    """Inverse reinforcement learning: how often a soft policy passes each state, six steps from an even start."""
    policy, move = value.softmax(-1), walk.softmax(-1)
    flow = torch.einsum("nsa,nsat->nst", policy, move)
    now = torch.full_like(value[..., 0], 1 / value.shape[1])[:, None]
    total = now
    for _ in range(6):
        now = now @ flow
        total = total + now
    return total.squeeze(1)


def gradient_attitude(q: Tensor, gyro: Tensor, accel: Tensor) -> Tensor:
    """Madgwick: an orientation by turning rates, drawn down the slope of how far gravity is off."""
    q, accel = F.normalize(q, dim=-1), F.normalize(accel, dim=-1)
    for now in gyro.unbind(1):
        w, x, y, z = q.unbind(-1)
        a = 2 * (x * z - w * y) - accel[:, 0]
        b = 2 * (w * x + y * z) - accel[:, 1]
        c = 1 - 2 * (x * x + y * y) - accel[:, 2]
        slope = torch.stack(
            [
                2 * (x * b - y * a),
                2 * (z * a + w * b - 2 * x * c),
                2 * (z * b - w * a - 2 * y * c),
                2 * (x * a + y * b),
            ],
            -1,
        )
        i, j, k = now.unbind(-1)
        turn = torch.stack(
            [-x * i - y * j - z * k, w * i + y * k - z * j, w * j - x * k + z * i, w * k + x * j - y * i]
        )
        q = F.normalize(q + 0.05 * turn.mT - 0.02 * slope, dim=-1)
    return q


def held_discretisation(a: Tensor, b: Tensor) -> Tensor:
    """A linear system between samples with its input held: one exponential of both matrices side by side."""
    n, m = a.shape[-1], b.shape[-1]
    block = F.pad(torch.cat([a, b], -1), (0, 0, 0, m))
    return torch.linalg.matrix_exp(0.25 * block)[..., :n, :]


def covariance_intersection(one: Tensor, two: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Two estimates fused whose errors may be the same, and how unsure the blend is."""
    a, b = torch.linalg.inv(one), torch.linalg.inv(two)
    left = 0.625 * a + 0.375 * b
    right = 0.625 * (a @ x[..., None]) + 0.375 * (b @ y[..., None])
    cov = torch.linalg.inv(left)
    return torch.cat([cov @ right, cov], -1)


def reprojection_residuals(point: Tensor, pose: Tensor, pixel: Tensor, focal: Tensor) -> Tensor:
    """Bundle adjustment: what projected points miss, far ones weighed down by a smooth kernel."""
    w, shift = pose[:, None, :3], pose[:, None, 3:]
    turned = point + torch.linalg.cross(w.expand_as(point), point) + shift
    ray = turned[..., :2] / (turned[..., 2:].clamp_min(0.1) + 4)
    r2 = ray.square().sum(-1, keepdim=True)
    miss = focal[:, None, None] * ray * (1 + 0.125 * r2) - pixel
    return miss / torch.sqrt(1 + miss.square().sum(-1, keepdim=True))
