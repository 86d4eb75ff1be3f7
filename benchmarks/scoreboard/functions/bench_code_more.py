"""Parts of models as users of PyTorch write them, of given tensors only: vision, diffusion, graphs, control.

None of them is in an earlier file; twelfth.py gives them their inputs, bench_code.py and bench_code_rest.py have
the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- vision


def quality_focal_loss(logits: Tensor, quality: Tensor) -> Tensor:
    """Generalised focal loss: cross-entropy with a soft label, by the square of how far off the score is."""
    p = torch.sigmoid(logits)
    return (quality - p).square() * F.binary_cross_entropy_with_logits(logits, quality, reduction="none")


def hard_example_loss(logits: Tensor, label: Tensor) -> Tensor:
    """OHEM: the eleven worst pixels of each picture."""
    return torch.topk(F.cross_entropy(logits, label, reduction="none"), 11).values


def circle_loss(x: Tensor, label: Tensor) -> Tensor:
    """Each pair's likeness weighted by how far it is from its optimum."""
    x = F.normalize(x, dim=-1)
    s, same = x @ x.T, label[:, None] == label
    own = torch.eye(len(x), dtype=torch.bool, device=x.device)
    good = -8 * torch.relu(1.25 - s) * (s - 0.75)
    bad = 8 * torch.relu(s + 0.25) * (s - 0.25)
    good, bad = good.masked_fill(~same | own, -1e4), bad.masked_fill(same, -1e4)
    return F.softplus(torch.logsumexp(good, -1) + torch.logsumexp(bad, -1))


def reduced_key_attention(x: Tensor, project: Tensor, reduce: Tensor) -> Tensor:
    """PVT: all pixels ask, a convolution with stride makes fewer that answer."""
    q = (x.flatten(2).mT @ project[0]).unflatten(-1, (2, -1)).transpose(1, 2)
    few = F.layer_norm(F.conv2d(x, reduce, stride=2).flatten(2).mT, x.shape[1:2])
    k, v = ((few @ w).unflatten(-1, (2, -1)).transpose(1, 2) for w in project[1:])
    return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)


def grid_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """MaxViT: pixels that are three apart attend to each other."""
    n, c, h, w = q.shape
    q, k, v = (t.view(n, c, h // 3, 3, w // 3, 3).permute(0, 3, 5, 2, 4, 1).reshape(n * 9, -1, c) for t in (q, k, v))
    y = F.scaled_dot_product_attention(q, k, v)
    return y.view(n, 3, 3, h // 3, w // 3, c).permute(0, 5, 3, 1, 4, 2).reshape(n, c, h, w)


def context_block(x: Tensor, look: Tensor, down: Tensor, up: Tensor) -> Tensor:
    """GCNet: one context of the whole map, through a narrow layer, added to each pixel."""
    p = F.conv2d(x, look).flatten(2).softmax(-1)
    context = (x.flatten(2) @ p.mT).squeeze(-1)
    return x + (torch.relu(F.layer_norm(context @ down, down.shape[-1:])) @ up)[..., None, None]


def hierarchical_residual(x: Tensor, weight: Tensor) -> Tensor:
    """Res2Net: channels in groups, each convolved with what the one before has made."""
    first, *rest = x.chunk(len(weight) + 1, 1)
    out, y = [first], torch.zeros_like(first)
    for part, w in zip(rest, weight, strict=True):
        y = torch.relu(F.conv2d(part + y, w, padding=1))
        out.append(y)
    return torch.cat(out, 1)


def shifted_channels(x: Tensor, weight: Tensor) -> Tensor:
    """TSM: some channels come from the frame before, some from the one after, then a 1 × 1 convolution."""
    n = x.shape[2] // 3
    back = F.pad(x[:, 1:, :n], (0, 0, 0, 0, 0, 0, 0, 1))
    forth = F.pad(x[:, :-1, n : 2 * n], (0, 0, 0, 0, 0, 0, 1, 0))
    return F.conv2d(torch.cat([back, forth, x[:, :, 2 * n :]], 2).flatten(0, 1), weight)


def switchable_norm(x: Tensor, mean_mix: Tensor, var_mix: Tensor) -> Tensor:
    """Moments of the instance, the layer and the batch, blended by softmaxes."""
    dims = ((2, 3), (1, 2, 3), (0, 2, 3))
    mean = sum(w * x.mean(d, keepdim=True) for w, d in zip(mean_mix.softmax(0), dims, strict=True))
    var = sum(w * x.var(d, keepdim=True, correction=0) for w, d in zip(var_mix.softmax(0), dims, strict=True))
    return (x - mean) * torch.rsqrt(var + 1e-4)


def evolved_norm(x: Tensor, gate: Tensor, scale: Tensor) -> Tensor:
    """EvoNorm-S0: a sigmoid gate over groups' deviation."""
    wide = torch.sqrt(x.unflatten(1, (3, -1)).var((2, 3, 4), keepdim=True) + 1e-4)
    top = x * torch.sigmoid(gate[:, None, None] * x)
    return (top.unflatten(1, (3, -1)) / wide).flatten(1, 2) * scale[:, None, None]


def turned_filters(x: Tensor, weight: Tensor) -> Tensor:
    """A lifting convolution of quarter turns, the largest of four responses and their mean."""
    turned = torch.stack([torch.rot90(weight, i, (-2, -1)) for i in range(4)], 1).flatten(0, 1)
    y = F.conv2d(x, turned, padding=1).unflatten(1, (-1, 4))
    return torch.cat([y.amax(2), y.mean(2)], 1)


def central_difference_convolution(x: Tensor, weight: Tensor) -> Tensor:
    """A convolution less seven tenths of its filter's sum times the middle pixel."""
    return F.conv2d(x, weight, padding=1) - 0.7 * F.conv2d(x, weight.sum((2, 3), keepdim=True))


def spatial_transformer(x: Tensor, hidden: Tensor, read: Tensor) -> Tensor:
    """A picture warped by an affine map near to the identity that it asks for itself."""
    theta = torch.tanh(x.mean((2, 3)) @ hidden) @ read
    base = x.new_tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    grid = F.affine_grid(base + theta.view(-1, 2, 3), list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, align_corners=False)


def guided_filter(guide: Tensor, x: Tensor) -> Tensor:
    """He's filter: a picture as a linear function of a guide in each window."""

    def box(t: Tensor) -> Tensor:
        return F.avg_pool2d(t, 5, 1, 2, count_include_pad=False)

    m, p = box(guide), box(x)
    a = (box(guide * x) - m * p) / (box(guide * guide) - m * m + 0.05)
    return box(a) * guide + box(p - a * m)


def horn_schunck(x: Tensor, y: Tensor) -> Tensor:
    """A smooth optical flow, by five rounds of its neighbours' mean and what brightness tells."""
    mean = 0.5 * (x + y)
    gy, gx = torch.gradient(mean, dim=(-2, -1))
    u, v = torch.zeros_like(x), torch.zeros_like(x)
    for _ in range(5):
        u, v = (F.avg_pool2d(t, 3, 1, 1, count_include_pad=False) for t in (u, v))
        pull = (gx * u + gy * v + y - x) / (0.3 + gx.square() + gy.square())
        u, v = u - gx * pull, v - gy * pull
    return torch.cat([u, v], 1)


def vesselness(x: Tensor) -> Tensor:
    """Frangi: eigenvalues of the Hessian in closed form, tube-like where one is near zero."""
    gy, gx = torch.gradient(x, dim=(-2, -1))
    (yy, xy), (_, xx) = torch.gradient(gy, dim=(-2, -1)), torch.gradient(gx, dim=(-2, -1))
    half = 0.5 * torch.sqrt((xx - yy).square() + 4 * xy.square() + 1e-3)
    small, large = 0.5 * (xx + yy) - half, 0.5 * (xx + yy) + half
    blob = small.square() / (large.square() + 0.05)
    return torch.exp(-2 * blob) * (1 - torch.exp(-(small.square() + large.square()) / 0.1))


def integral_means(x: Tensor) -> Tensor:
    """Means and deviations of windows of 4 × 6, by differences of two-dimensional running sums."""
    out = []
    for t in (x, x.square()):
        s = F.pad(t.cumsum(-1).cumsum(-2), (1, 0, 1, 0))
        out.append((s[..., 4:, 6:] - s[..., :-4, 6:] - s[..., 4:, :-6] + s[..., :-4, :-6]) / 24)
    return torch.cat([out[0], torch.sqrt((out[1] - out[0].square()).clamp_min(0) + 1e-3)], 1)


def radon_projections(x: Tensor, angle: Tensor) -> Tensor:
    """Tomography: sums of a turned picture's columns, angle by angle."""
    c, s, o = angle.cos(), angle.sin(), torch.zeros_like(angle)
    theta = torch.stack([c, -s, o, s, c, o], -1).view(-1, 2, 3)
    grid = F.affine_grid(theta, [len(angle), 1, *x.shape[-2:]], align_corners=False)
    return F.grid_sample(x.expand(len(angle), -1, -1, -1), grid, align_corners=False).sum(-2)


def global_tone(x: Tensor) -> Tensor:
    """Reinhard: luminance over its logarithmic mean, compressed, and white where it is largest."""
    light = 0.2126 * x[:, :1] + 0.7152 * x[:, 1:2] + 0.0722 * x[:, 2:]
    key = 0.18 * light / torch.exp(torch.log(light + 1e-2).mean((2, 3), keepdim=True))
    white = key.amax((2, 3), keepdim=True)
    return x * (key * (1 + key / white.square()) / (1 + key)) / (light + 1e-2)


def undecimated_wavelet(x: Tensor) -> Tensor:
    """À trous: three planes of detail by blurs with ever wider holes, small ones thrown away."""
    tap = x.new_tensor([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
    kernel, out = (tap[:, None] * tap)[None, None], []
    for s in (1, 2, 3):
        blurred = F.conv2d(F.pad(x, (2 * s,) * 4, mode="reflect"), kernel, dilation=s)
        out.append(F.softshrink(x - blurred, 0.1))
        x = blurred
    return torch.cat([*out, x], 1)


# -- diffusion


def learned_variance_loss(mean: Tensor, wanted: Tensor, mix: Tensor, beta: Tensor) -> Tensor:
    """Improved diffusion: divergence of a step whose log-variance is blended between two bounds."""
    high, low = beta.log()[:, None], (0.6 * beta).log()[:, None]
    share = 0.5 * (mix + 1)
    log_var = share * high + (1 - share) * low
    apart = (mean - wanted).square() * torch.exp(-log_var)
    return 0.5 * (log_var - low - 1 + torch.exp(low - log_var) + apart) / math.log(2)


def churned_step(x: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
    """EDM: a little noise added back, then Heun's step to a lower level with a Gaussian's denoiser."""
    up = sigma * 1.1
    x = x + torch.sqrt(up.square() - sigma.square())[:, None] * noise
    low = 0.6 * sigma
    slope = x * (up / (up.square() + 0.25))[:, None]
    guess = x + (low - up)[:, None] * slope
    return x + 0.5 * (low - up)[:, None] * (slope + guess * (low / (low.square() + 0.25))[:, None])


def perpendicular_guidance(plain: Tensor, wanted: Tensor, unwanted: Tensor) -> Tensor:
    """Perp-Neg: of what is unwanted only the part that is perpendicular to what is wanted."""
    a, b = (wanted - plain).flatten(1), (unwanted - plain).flatten(1)
    along = (a * b).sum(-1, keepdim=True) / (a.square().sum(-1, keepdim=True) + 1e-2) * a
    return plain + (6 * a - 3 * (b - along)).view_as(plain)


# -- recommendation


def progressive_experts(x: Tensor, own: Tensor, shared: Tensor, gate: Tensor) -> Tensor:
    """PLE: each task blends experts of its own and common ones by a gate."""
    common = torch.relu(torch.einsum("ni,eio->neo", x, shared))
    out = []
    for mine, look in zip(own, gate, strict=True):
        both = torch.cat([torch.relu(torch.einsum("ni,eio->neo", x, mine)), common], 1)
        out.append(((x @ look).softmax(-1)[:, None] @ both).squeeze(1))
    return torch.stack(out, 1)


def propensity_weighted_loss(score: Tensor, click: Tensor, chance: Tensor) -> Tensor:
    """Clicks weighed by how seldom they could happen, cut at five and normalised by themselves."""
    weight = (click / chance).clamp_max(5)
    loss = F.binary_cross_entropy_with_logits(score, click, reduction="none")
    return weight * loss / (weight.mean(-1, keepdim=True) + 1e-2)


def cascade_clicks(attract: Tensor, satisfy: Tensor) -> Tensor:
    """A dynamic Bayesian click model: chances of a click at each rank of those who read on until satisfied."""
    a, s = torch.sigmoid(attract), torch.sigmoid(satisfy)
    goes_on = 0.9 * (1 - a * s)
    return a * torch.cumprod(F.pad(goes_on[:, :-1], (1, 0), value=1.0), -1)


def diverse_set_score(x: Tensor, quality: Tensor) -> Tensor:
    """Log-likelihood of sets under a determinantal process of quality and likeness."""
    x = F.normalize(x, dim=-1) * torch.exp(0.5 * quality)[..., None]
    eye = torch.eye(x.shape[-2], dtype=x.dtype, device=x.device)
    return torch.logdet(x @ x.mT + 0.1 * eye) - torch.logdet(x @ x.mT + 1.1 * eye)


def delayed_conversion_loss(logit: Tensor, log_rate: Tensor, elapsed: Tensor, bought: Tensor) -> Tensor:
    """Conversions that may yet come: chances of one, and an exponential delay."""
    p, rate = torch.sigmoid(logit), torch.exp(log_rate)
    seen = F.logsigmoid(logit) + log_rate - rate * elapsed
    return -torch.where(bought > 0, seen, torch.log(1 - p + p * torch.exp(-rate * elapsed)))


def lifetime_value_loss(logit: Tensor, mean: Tensor, spread: Tensor, value: Tensor) -> Tensor:
    """Zero-inflated log-normal: whether a customer pays, and how much."""
    scale = F.softplus(spread) + 0.05
    paid = (value > 0).to(value.dtype)
    log = torch.log(value.clamp_min(1e-2))
    density = 0.5 * ((log - mean) / scale).square() + scale.log() + log + 0.5 * math.log(2 * math.pi)
    return F.binary_cross_entropy_with_logits(logit, paid, reduction="none") + paid * density


def adversarial_bandit(reward: Tensor) -> Tensor:
    """Exp3: chances of arms after each round, weights grown by what was earned over how likely it was."""
    score, out = torch.zeros_like(reward[:, 0]), []
    for t in range(reward.shape[1]):
        p = 0.9 * score.softmax(-1) + 0.1 / reward.shape[-1]
        score = score + 0.2 * reward[:, t] / p.clamp_min(0.05)
        out.append(p)
    return torch.stack(out, 1)


def temporal_encoding_attention(q: Tensor, k: Tensor, gap: Tensor, rate: Tensor, phase: Tensor) -> Tensor:
    """TGAT: neighbours' features beside cosines of how long ago they met, averaged by attention."""
    key = torch.cat([k, torch.cos(gap[..., None] * rate + phase)], -1)
    query = torch.cat([q, torch.cos(phase).expand(len(q), -1)], -1)
    return ((query[:, None] @ key.mT * key.shape[-1] ** -0.5).softmax(-1) @ key).squeeze(1)


# -- graphs


def moving_average_filter(x: Tensor, near: Tensor, weight: Tensor, skip: Tensor) -> Tensor:
    """ARMA: four recursive rounds of propagation and a skip from the start."""
    root = (near.sum(-1) + 0.1).rsqrt()
    walk, y = root[:, None] * near * root, x
    for _ in range(4):
        y = torch.relu(walk @ y @ weight + x @ skip)
    return y


def convolved_triples(head: Tensor, relation: Tensor, filters: Tensor, project: Tensor, tail: Tensor) -> Tensor:
    """ConvE: head and relation as a small picture, convolved, projected, along all tails."""
    picture = torch.stack([head, relation], 1).view(len(head), 1, 4, -1)
    y = torch.relu(F.conv2d(picture, filters, padding=1)).flatten(1)
    return torch.relu(y @ project) @ tail.T


def hubs_and_authorities(near: Tensor) -> Tensor:
    """HITS: six rounds of both scores, of length one."""
    hub = near.new_ones(*near.shape[:-1], 1)
    for _ in range(6):
        authority = F.normalize(near.mT @ hub, dim=-2)
        hub = F.normalize(near @ authority, dim=-2)
    return torch.cat([hub, authority], -1)


def neighbour_similarity(near: Tensor) -> Tensor:
    """SimRank: nodes are alike whose neighbours are, four rounds."""
    walk = near / near.sum(-2, keepdim=True)
    eye = torch.eye(near.shape[-1], dtype=near.dtype, device=near.device)
    s = eye.expand_as(near)
    for _ in range(4):
        s = 0.8 * walk.mT @ s @ walk
        s = s * (1 - eye) + eye
    return s


def soft_shortest_paths(length: Tensor) -> Tensor:
    """Floyd and Warshall with soft minima: distances of all pairs over all ways."""
    d = length
    for k in range(length.shape[-1]):
        d = -torch.logaddexp(-d, -(d[..., :, k, None] + d[..., None, k, :]))
    return d


def hyperedge_layer(x: Tensor, member: Tensor, weight: Tensor, theta: Tensor) -> Tensor:
    """HGNN: nodes averaged to their hyperedges and back, over both degrees."""
    root = ((member * weight).sum(-1) + 1e-2).rsqrt()[:, None]
    edge = (member.T @ (root * x @ theta)) * (weight / (member.sum(0) + 1e-2))[:, None]
    return F.leaky_relu(root * (member @ edge), 0.1)


def minimum_cut_loss(near: Tensor, assign: Tensor) -> Tensor:
    """A pooling's loss: edges cut by soft clusters, and how far they are from orthogonal."""
    s, near = assign.softmax(-1), 0.5 * (near + near.mT)
    inside = (s * (near @ s)).sum((-2, -1)) / (s.square() * near.sum(-1)[..., None]).sum((-2, -1))
    both = s.mT @ s
    both = both / torch.sqrt(both.square().sum((-2, -1), keepdim=True))
    eye = torch.eye(s.shape[-1], dtype=s.dtype, device=s.device) / math.sqrt(s.shape[-1])
    return torch.stack([-inside, torch.sqrt((both - eye).square().sum((-2, -1)) + 1e-3)], -1)


# -- reinforcement learning and control


def factorised_noise_layer(x: Tensor, mean: Tensor, spread: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """A noisy network's layer: weights moved by an outer product of signed roots."""
    a, b = (t.sign() * t.abs().sqrt() for t in (left, right))
    return torch.relu(F.linear(x, mean + spread * b[:, None] * a, spread[:, 0] * b))


def limited_loop(goal: Tensor, gain: Tensor) -> Tensor:
    """A PID controller of a slow plant, its force limited and its integral held back where it is."""
    y, whole, last, out = torch.zeros_like(goal[:, 0]), torch.zeros_like(goal[:, 0]), goal[:, 0], []
    for now in goal.unbind(1):
        error = now - y
        wish = gain[0] * error + gain[1] * whole + gain[2] * (error - last)
        force = wish.clamp(-1.5, 1.5)
        whole, last = whole + error + 0.5 * (force - wish), error
        y = 0.9 * y + 0.2 * force
        out.append(y)
    return torch.stack(out, 1)


def range_filter(state: Tensor, cov: Tensor, seen: Tensor) -> Tensor:
    """An extended Kalman filter's step: place and speed corrected by ranges to two beacons."""
    n = state.shape[-1]
    move = torch.eye(n, dtype=state.dtype, device=state.device) + 0.1 * torch.ones_like(state[0, :2]).diag_embed(2)
    state, cov = state @ move.T, move @ cov @ move.T + 0.02 * torch.eye(n, dtype=state.dtype, device=state.device)
    line = state[:, None, :2] - state.new_tensor([[3.0, 0.0], [0.0, 3.0]])
    reach = torch.sqrt(line.square().sum(-1) + 1e-2)
    h = F.pad(line / reach[..., None], (0, 2))
    noise = 0.1 * torch.eye(2, dtype=state.dtype, device=state.device)
    gain = torch.linalg.solve(h @ cov @ h.mT + noise, h @ cov).mT
    return torch.cat([(state + (gain @ (seen - reach)[..., None]).squeeze(-1))[:, None], cov - gain @ h @ cov], 1)


def fused_tilt(gyro: Tensor, accel: Tensor) -> Tensor:
    """A complementary filter: a turning rate in the short run, gravity's direction in the long."""
    tilt = torch.atan2(accel[:, 0, 0], accel[:, 0, 1])
    out = []
    for t in range(gyro.shape[1]):
        tilt = 0.95 * (tilt + 0.05 * gyro[:, t]) + 0.05 * torch.atan2(accel[:, t, 0], accel[:, t, 1])
        out.append(tilt)
    return torch.stack(out, 1)


def safety_filter(place: Tensor, wish: Tensor) -> Tensor:
    """A control barrier: the wished speed, changed least so that an obstacle of radius one is not entered."""
    room, slope = place.square().sum(-1) - 1, 2 * place
    short = torch.relu(-(slope * wish).sum(-1) - 0.8 * room)
    return wish + (short / (slope.square().sum(-1) + 1e-2))[:, None] * slope


def doubled_lyapunov(a: Tensor, q: Tensor) -> Tensor:
    """A discrete Lyapunov equation by five doublings."""
    for _ in range(5):
        q, a = q + a @ q @ a.mT, a @ a
    return q


def intelligent_drivers(gap: Tensor, speed: Tensor) -> Tensor:
    """Cars on a ring, five steps: they speed up to a limit and brake for the one ahead."""
    for _ in range(5):
        closing = speed - speed.roll(-1, -1)
        wanted = 0.5 + torch.relu(0.8 * speed + 0.4 * speed * closing)
        speed = torch.relu(speed + 0.2 * (1 - (speed / 2).pow(4) - (wanted / gap.clamp_min(0.2)).square()))
        gap = gap + 0.2 * (speed.roll(-1, -1) - speed)
    return torch.cat([gap, speed], -1)
