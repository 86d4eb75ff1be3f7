"""Functions as users of PyTorch write them: parts of models, losses, statistics and science, of given tensors only.

No rule knows any of them; fifth.py gives them their inputs.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- language models


def rope(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary position embedding, the halves of each head rotated against each other."""
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-second, first], dim=-1) * sin


def rope_interleaved(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary position embedding of neighbouring pairs."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], dim=-1).flatten(-2)


def rms_norm_by_hand(x: Tensor, weight: Tensor) -> Tensor:
    """RMS norm with the weight as an offset from 1."""
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * (1 + weight)


def qk_norm_scores(q: Tensor, k: Tensor, scale: Tensor) -> Tensor:
    """Attention's weights of normalised queries and keys, with a learned scale."""
    q, k = F.normalize(q, dim=-1), F.normalize(k, dim=-1)
    return torch.softmax(q @ k.transpose(-2, -1) * scale.exp(), dim=-1)


def swiglu(x: Tensor, gate: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """The feed-forward part of a Llama block."""
    return F.linear(F.silu(F.linear(x, gate)) * F.linear(x, up), down)


def geglu(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """A linear layer whose one half gates the other by GELU."""
    value, gate = F.linear(x, weight, bias).chunk(2, dim=-1)
    return value * F.gelu(gate, approximate="tanh")


def alibi_attention(q: Tensor, k: Tensor, v: Tensor, slopes: Tensor) -> Tensor:
    """Causal attention with a penalty linear in the distance, one slope for each head."""
    n = q.shape[-2]
    position = torch.arange(n, dtype=q.dtype, device=q.device)
    distance = position[:, None] - position[None, :]
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]) - slopes[:, None, None] * distance
    return torch.softmax(scores.masked_fill(distance < 0, float("-inf")), dim=-1) @ v


def grouped_query_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention whose groups of query heads share one head of keys and values."""
    groups = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(groups, dim=1), v.repeat_interleave(groups, dim=1)
    weights = torch.softmax(torch.einsum("bhqd,bhkd->bhqk", q, k) * q.shape[-1] ** -0.5, dim=-1)
    return torch.einsum("bhqk,bhkd->bhqd", weights, v)


def sliding_window_attention(q: Tensor, k: Tensor, v: Tensor, window: int) -> Tensor:
    """Causal attention to the last `window` positions."""
    n = q.shape[-2]
    past = torch.ones(n, n, dtype=torch.bool, device=q.device).tril()
    scores = (q @ k.transpose(-2, -1)) / math.sqrt(q.shape[-1])
    return torch.softmax(scores.where(past & past.triu(1 - window), float("-inf")), dim=-1) @ v


def linear_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention by the feature map elu + 1, over the whole sequence."""
    q, k = F.elu(q) + 1, F.elu(k) + 1
    context = k.transpose(-2, -1) @ v
    return (q @ context) / (q * k.sum(-2, keepdim=True)).sum(-1, keepdim=True)


def soft_capped_logits(x: Tensor, weight: Tensor) -> Tensor:
    """Logits kept within ±30 by tanh."""
    return 30.0 * torch.tanh(F.linear(x, weight) / 30.0)


def top_two_experts(x: Tensor, gates: Tensor, experts: Tensor) -> Tensor:
    """A mixture of experts: each token's two best, weighted by the softmax of their gates."""
    best, chosen = gates.topk(2, dim=-1)
    share = torch.softmax(best, dim=-1)
    return (torch.einsum("td,tkdf->tkf", x, experts[chosen]) * share[..., None]).sum(1)


def lora_linear(x: Tensor, weight: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """A linear layer with an adapter of low rank."""
    return F.linear(x, weight) + 0.5 * F.linear(F.linear(x, a), b)


def token_shift(x: Tensor, mix: Tensor) -> Tensor:
    """Each token mixed with the one before it."""
    before = F.pad(x, (0, 0, 1, -1))
    return x * mix + before * (1 - mix)


def z_regularised_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Cross entropy and the squared logarithm of the normaliser."""
    z = torch.logsumexp(logits, dim=-1)
    return z - logits.gather(-1, target[:, None]).squeeze(-1) + 0.01 * z.square()


def selective_scan(x: Tensor, step: Tensor, a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """A diagonal state-space model whose step, input and output matrices depend on the token."""
    step = F.softplus(step)
    state = torch.zeros_like(x[:, 0, :, None] * a)
    out = []
    for t in range(x.shape[1]):
        decay = torch.exp(-step[:, t, :, None] * a.exp())
        state = decay * state + (step[:, t] * x[:, t])[..., None] * b[:, t, None, :]
        out.append((state * c[:, t, None, :]).sum(-1))
    return torch.stack(out, dim=1)


def gated_linear_recurrence(x: Tensor, gate: Tensor, decay: Tensor) -> Tensor:
    """The recurrence of Griffin: the decay is gated, the input scaled to keep the variance."""
    a = torch.exp(-8.0 * F.softplus(decay) * torch.sigmoid(gate))
    state = torch.zeros_like(x[:, 0])
    out = []
    for t in range(x.shape[1]):
        state = a[:, t] * state + torch.sqrt(1 - a[:, t] ** 2) * x[:, t]
        out.append(state)
    return torch.stack(out, dim=1)


def sinusoidal_embedding(t: Tensor, half: int) -> Tensor:
    """Sines and cosines of a time, at frequencies from 1 down to 1/100."""
    steps = torch.arange(half, dtype=t.dtype, device=t.device)
    angle = t[:, None] * torch.exp(-math.log(100.0) / half * steps)
    return torch.cat([angle.sin(), angle.cos()], dim=-1)


def tempered_softmax(x: Tensor, log_temperature: Tensor) -> Tensor:
    """Softmax with a learned temperature for each row."""
    return F.softmax(x * torch.exp(-log_temperature), dim=-1)


def attention_pooling(x: Tensor, query: Tensor) -> Tensor:
    """Tokens averaged with weights that a learned query gives them."""
    weights = torch.softmax(torch.tanh(x) @ query, dim=1)
    return (weights[..., None] * x).sum(dim=1)


# -- vision


def squeeze_excite(x: Tensor, down: Tensor, up: Tensor) -> Tensor:
    """Channels scaled by what their means say."""
    scale = torch.sigmoid(F.relu(x.mean((2, 3)) @ down) @ up)
    return x * scale[:, :, None, None]


def separable_block(x: Tensor, depthwise: Tensor, pointwise: Tensor) -> Tensor:
    """A depthwise convolution, ReLU6, a pointwise one."""
    return F.conv2d(F.relu6(F.conv2d(x, depthwise, padding=1, groups=x.shape[1])), pointwise)


def patch_embedding(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Patches of 4 × 4 pixels as tokens, by reshapes and one product."""
    n, c, h, w = x.shape
    patches = x.reshape(n, c, h // 4, 4, w // 4, 4).permute(0, 2, 4, 1, 3, 5).reshape(n, -1, c * 16)
    return patches @ weight.t() + bias


def bilinear_pooling(x: Tensor, y: Tensor) -> Tensor:
    """Normalised products of all pairs of channels, averaged over the pixels."""
    pooled = torch.einsum("nchw,ndhw->ncd", x, y) / (x.shape[-1] * x.shape[-2])
    return F.normalize(pooled.flatten(1), dim=1)


def soft_argmax(x: Tensor) -> Tensor:
    """The expected position (x, y in -1 … 1) under the softmax of each map."""
    n, c, h, w = x.shape
    p = torch.softmax(x.reshape(n, c, -1), dim=-1).reshape(n, c, h, w)
    ys = torch.linspace(-1, 1, h, dtype=x.dtype, device=x.device)
    xs = torch.linspace(-1, 1, w, dtype=x.dtype, device=x.device)
    return torch.stack([(p.sum(-2) * xs).sum(-1), (p.sum(-1) * ys).sum(-1)], dim=-1)


def total_variation(x: Tensor) -> Tensor:
    """Mean absolute difference of neighbours, for each image and channel."""
    return (x[..., 1:, :] - x[..., :-1, :]).abs().mean((-2, -1)) + (x[..., 1:] - x[..., :-1]).abs().mean((-2, -1))


def ssim(x: Tensor, y: Tensor) -> Tensor:
    """Structural similarity on windows of 3 × 3."""
    mx, my = F.avg_pool2d(x, 3, 1), F.avg_pool2d(y, 3, 1)
    vx, vy = F.avg_pool2d(x * x, 3, 1) - mx * mx, F.avg_pool2d(y * y, 3, 1) - my * my
    cov = F.avg_pool2d(x * y, 3, 1) - mx * my
    return (2 * mx * my + 1e-4) * (2 * cov + 9e-4) / ((mx * mx + my * my + 1e-4) * (vx + vy + 9e-4))


def giou_loss(a: Tensor, b: Tensor) -> Tensor:
    """1 - generalised IoU of boxes given by corner and size, pair by pair."""
    (ax, ay, aw, ah), (bx, by, bw, bh) = a.unbind(-1), b.unbind(-1)
    w = torch.minimum(ax + aw, bx + bw) - torch.maximum(ax, bx)
    h = torch.minimum(ay + ah, by + bh) - torch.maximum(ay, by)
    hull_w = torch.maximum(ax + aw, bx + bw) - torch.minimum(ax, bx)
    hull_h = torch.maximum(ay + ah, by + bh) - torch.minimum(ay, by)
    common = w.relu() * h.relu()
    union = aw * ah + bw * bh - common
    hull = hull_w * hull_h
    return 1 - common / union + (hull - union) / hull


def rgb_to_ycbcr(image: Tensor) -> Tensor:
    """Luma and two differences of colour, after BT.601."""
    r, g, b = image.unbind(-3)
    y = 0.299 * r + 0.587 * g + 0.114 * b
    return torch.stack([y, (b - y) * 0.564 + 0.5, (r - y) * 0.713 + 0.5], dim=-3)


def saturation_and_value(image: Tensor) -> Tensor:
    """Of HSV all but the hue."""
    high, low = image.amax(-3), image.amin(-3)
    return torch.stack([(high - low) / (high + 1e-3), high], dim=-3)


def srgb_from_linear(x: Tensor) -> Tensor:
    """The gamma of sRGB with its linear foot."""
    return torch.where(x <= 0.0031308, 12.92 * x, 1.055 * x.clamp(min=0.0031308) ** (1 / 2.4) - 0.055)


def gaussian_blur(x: Tensor, sigma: Tensor) -> Tensor:
    """Blur by a kernel of five taps of a given width, rows after columns."""
    taps = torch.arange(-2, 3, dtype=x.dtype, device=x.device)
    kernel = torch.exp(-0.5 * (taps / sigma) ** 2)
    kernel = (kernel / kernel.sum()).expand(x.shape[1], 1, 1, 5)
    across = F.conv2d(F.pad(x, (2, 2, 2, 2), mode="reflect"), kernel, groups=x.shape[1])
    return F.conv2d(across, kernel.mT, groups=x.shape[1])


def sobel_magnitude(x: Tensor) -> Tensor:
    """Length of the gradient of an image, by slices."""
    smooth = x[..., :-2, :] + 2 * x[..., 1:-1, :] + x[..., 2:, :]
    across = x[..., :-2] + 2 * x[..., 1:-1] + x[..., 2:]
    dx = smooth[..., 2:] - smooth[..., :-2]
    dy = across[..., 2:, :] - across[..., :-2, :]
    return torch.sqrt(dx * dx + dy * dy + 1e-3)


# -- losses


def focal_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Binary focal loss, γ = 2, α = 1/4."""
    p = torch.sigmoid(logits)
    entropy = F.softplus(logits) - logits * target
    miss = p + target - 2 * p * target
    return (0.75 - 0.5 * target) * miss**2 * entropy


def tversky_loss(p: Tensor, target: Tensor) -> Tensor:
    """Dice with different prices for what is missed and what is made up."""
    hit = (p * target).sum(-1)
    made_up, missed = (p * (1 - target)).sum(-1), ((1 - p) * target).sum(-1)
    return (1 - (hit + 1) / (hit + 0.3 * made_up + 0.7 * missed + 1)) ** 0.75


def info_nce(x: Tensor, y: Tensor) -> Tensor:
    """Contrastive loss of two views, one the positive of the other in the same row."""
    scores = F.normalize(x, dim=-1) @ F.normalize(y, dim=-1).t() / 0.2
    rows, columns = F.log_softmax(scores, dim=1), F.log_softmax(scores, dim=0)
    return -0.5 * (rows.diagonal() + columns.diagonal())


def soft_triplet(anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
    """Triplet loss with a soft margin, on Euclidean distances."""
    near = ((anchor - positive) ** 2).sum(-1).sqrt()
    far = ((anchor - negative) ** 2).sum(-1).sqrt()
    return torch.log1p(torch.exp(near - far))


def gaussian_kl(mean: Tensor, log_var: Tensor, other_mean: Tensor, other_log_var: Tensor) -> Tensor:
    """Divergence of two normal distributions with diagonal covariances."""
    ratio = (log_var - other_log_var).exp()
    square = (mean - other_mean) ** 2 * (-other_log_var).exp()
    return 0.5 * (ratio + square - 1 - (log_var - other_log_var)).sum(-1)


def elbo_terms(x: Tensor, logits: Tensor, mean: Tensor, log_var: Tensor) -> tuple[Tensor, Tensor]:
    """A variational autoencoder's reconstruction and divergence."""
    reconstruction = (x * logits - F.softplus(logits)).sum(-1)
    divergence = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp(), dim=-1)
    return reconstruction, divergence


def charbonnier(x: Tensor, target: Tensor) -> Tensor:
    """A smooth absolute error."""
    return torch.sqrt((x - target) ** 2 + 0.01) - 0.1


def label_smoothed_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Cross entropy with a tenth of the target spread over all classes, by hand."""
    log_p = logits.log_softmax(-1)
    return -0.9 * log_p.gather(-1, target.unsqueeze(-1)).squeeze(-1) - 0.1 * log_p.mean(-1)


def pinball_loss(predicted: Tensor, target: Tensor, quantiles: Tensor) -> Tensor:
    """Quantile regression."""
    error = target[..., None] - predicted
    return torch.maximum(quantiles * error, (quantiles - 1) * error)


def log_cosh(x: Tensor, target: Tensor) -> Tensor:
    """Logarithm of the hyperbolic cosine of the error, safe from overflow."""
    error = (x - target).abs()
    return error + F.softplus(-2 * error) - math.log(2)


def evidential_loss(mean: Tensor, nu: Tensor, alpha: Tensor, beta: Tensor, y: Tensor) -> Tensor:
    """Negative log-likelihood under a normal-inverse-gamma prior."""
    omega = 2 * beta * (1 + nu)
    spread = (alpha + 0.5) * torch.log((y - mean) ** 2 * nu + omega)
    gammas = torch.lgamma(alpha) - torch.lgamma(alpha + 0.5)
    return 0.5 * torch.log(math.pi / nu) - alpha * omega.log() + spread + gammas


def ranking_loss(scores: Tensor, relevance: Tensor) -> Tensor:
    """RankNet: logistic loss over all pairs in which one is more relevant."""
    difference = scores[:, :, None] - scores[:, None, :]
    better = relevance[:, :, None] > relevance[:, None, :]
    return (F.softplus(-difference) * better).sum((1, 2)) / better.sum((1, 2)).clamp(min=1)


# -- statistics


def weighted_moments(x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    """Weighted mean and variance of each row."""
    total = w.sum(-1)
    mean = (w * x).sum(-1) / total
    return mean, (w * (x - mean[:, None]) ** 2).sum(-1) / total


def moving_average(x: Tensor, momentum: float) -> Tensor:
    """Exponential moving average along the last dimension."""
    state = x[..., 0]
    out = [state]
    for t in range(1, x.shape[-1]):
        state = torch.lerp(x[..., t], state, momentum)
        out.append(state)
    return torch.stack(out, dim=-1)


def z_score(x: Tensor) -> Tensor:
    """Columns with mean 0 and deviation 1."""
    return (x - x.mean(0)) / x.std(0, unbiased=False).clamp(min=1e-4)


def min_max_scaled(x: Tensor) -> Tensor:
    """Rows scaled to -1 … 1."""
    low, high = x.min(-1, keepdim=True).values, x.max(-1, keepdim=True).values
    return 2 * (x - low) / (high - low) - 1


def mahalanobis(x: Tensor, mean: Tensor, precision: Tensor) -> Tensor:
    """Distance from a mean in the metric of a precision matrix."""
    d = x - mean
    return torch.einsum("ni,ij,nj->n", d, precision, d).sqrt()


def rbf_kernel(x: Tensor, y: Tensor, log_scale: Tensor) -> Tensor:
    """Gaussian kernel by the expanded square, one length for each dimension."""
    x, y = x * torch.exp(-log_scale), y * torch.exp(-log_scale)
    square = x.square().sum(-1)[:, None] + y.square().sum(-1)[None, :] - 2 * x @ y.t()
    return torch.exp(-0.5 * square.clamp(min=0))


def matern_kernel(x: Tensor, y: Tensor) -> Tensor:
    """Matérn's kernel of smoothness 3/2."""
    r = math.sqrt(3) * (x[:, None] - y[None, :]).pow(2).sum(-1).add(1e-6).sqrt()
    return (1 + r) * torch.exp(-r)


def normal_log_density(x: Tensor, mean: Tensor, raw_scale: Tensor) -> Tensor:
    """Log-density of a normal distribution whose scale comes by softplus."""
    scale = F.softplus(raw_scale) + 1e-3
    return -0.5 * ((x - mean) / scale) ** 2 - scale.log() - 0.5 * math.log(2 * math.pi)


def mixture_log_density(x: Tensor, logits: Tensor, means: Tensor, log_scales: Tensor) -> Tensor:
    """Log-density of a mixture of normal distributions."""
    z = (x[..., None] - means) * torch.exp(-log_scales)
    return torch.logsumexp(F.log_softmax(logits, dim=-1) - log_scales - 0.5 * z * z, dim=-1) - 0.9189385


def student_log_density(x: Tensor, df: Tensor) -> Tensor:
    """Log-density of Student's t."""
    constant = torch.lgamma((df + 1) / 2) - torch.lgamma(df / 2) - 0.5 * torch.log(df * math.pi)
    return constant - (df + 1) / 2 * torch.log1p(x * x / df)


def von_mises_log_density(x: Tensor, mean: Tensor, kappa: Tensor) -> Tensor:
    """Log-density of von Mises' distribution on the circle."""
    return kappa * (torch.cos(x - mean) - 1) - math.log(2 * math.pi) - torch.log(torch.special.i0e(kappa))


def gumbel_log_density(x: Tensor, location: Tensor, scale: Tensor) -> Tensor:
    """Log-density of Gumbel's distribution."""
    z = (x - location) / scale
    return -(z + torch.exp(-z)) - torch.log(scale)


def soft_histogram(x: Tensor, centres: Tensor) -> Tensor:
    """A histogram one can differentiate: differences of sigmoids at the edges of each bin."""
    d = x[:, :, None] - centres
    return (torch.sigmoid(10 * (d + 0.25)) - torch.sigmoid(10 * (d - 0.25))).sum(1)


def softmax_entropy(logits: Tensor) -> Tensor:
    """Entropy of the distribution that logits stand for."""
    return -(logits.softmax(-1) * logits.log_softmax(-1)).sum(-1)


def mutual_information(table: Tensor) -> Tensor:
    """Mutual information of tables of joint counts."""
    joint = table / table.sum((-2, -1), keepdim=True)
    apart = joint.sum(-1, keepdim=True) * joint.sum(-2, keepdim=True)
    return (joint * (joint.log() - apart.log())).sum((-2, -1))


def sinkhorn(cost: Tensor) -> Tensor:
    """A plan of transport after three rounds of scaling in logarithms."""
    plan = -cost / 0.5
    for _ in range(3):
        plan = plan - plan.logsumexp(-1, keepdim=True)
        plan = plan - plan.logsumexp(-2, keepdim=True)
    return plan.exp()


def pagerank_step(rank: Tensor, links: Tensor) -> Tensor:
    """One step of the random surfer, on links made stochastic."""
    return 0.85 * ((links / links.sum(0)).mT @ rank) + 0.15 / rank.shape[0]


def graph_mean(x: Tensor, source: Tensor, target: Tensor) -> Tensor:
    """Each node's mean over its neighbours, and itself."""
    total = x.index_add(0, target, x[source])
    count = torch.ones_like(x[:, 0]).index_add(0, target, torch.ones_like(x[source, 0]))
    return total / count[:, None]


# -- geometry, physics, numerics, finance


def haversine(a: Tensor, b: Tensor) -> Tensor:
    """Distance on the unit sphere of points given by latitude and longitude in radians."""
    d = torch.sin((a - b) / 2) ** 2
    return 2 * torch.asin(torch.sqrt(d[..., 0] + torch.cos(a[..., 0]) * torch.cos(b[..., 0]) * d[..., 1]))


def quaternion_product(p: Tensor, q: Tensor) -> Tensor:
    """Hamilton's product."""
    (a, b, c, d), (w, x, y, z) = p.unbind(-1), q.unbind(-1)
    return torch.stack(
        [
            a * w - b * x - c * y - d * z,
            a * x + b * w + c * z - d * y,
            a * y - b * z + c * w + d * x,
            a * z + b * y - c * x + d * w,
        ],
        dim=-1,
    )


def quaternion_rotate(q: Tensor, v: Tensor) -> Tensor:
    """Vectors rotated by quaternions of any length."""
    q = q / q.norm(dim=-1, keepdim=True)
    w, u = q[..., :1], q[..., 1:]
    t = 2 * torch.linalg.cross(u, v)
    return v + w * t + torch.linalg.cross(u, t)


def rotation_matrix(axis: Tensor, angle: Tensor) -> Tensor:
    """Rodrigues' formula."""
    x, y, z = (axis / axis.norm(dim=-1, keepdim=True)).unbind(-1)
    zero = torch.zeros_like(x)
    k = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], dim=-1).unflatten(-1, (3, 3))
    eye = torch.eye(3, dtype=axis.dtype, device=axis.device)
    return eye + angle.sin()[:, None, None] * k + (1 - angle.cos())[:, None, None] * (k @ k)


def perspective(points: Tensor, camera: Tensor) -> Tensor:
    """Points seen by a camera: a homogeneous product, then the divide."""
    seen = F.pad(points, (0, 1), value=1.0) @ camera.mT
    return seen[..., :2] / (seen[..., 2:].abs() + 0.5)


def lennard_jones(a: Tensor, b: Tensor) -> Tensor:
    """Energies of pairs of atoms, kept at least a little apart."""
    inverse = 1 / ((a[:, None] - b[None]).square().sum(-1) + 0.8) ** 3
    return 4 * (inverse * inverse - inverse)


def damped_oscillator_step(x: Tensor, v: Tensor, k: Tensor) -> tuple[Tensor, Tensor]:
    """One semi-implicit step of a damped spring."""
    v = v + 0.1 * (-k * x - 0.3 * v)
    return x + 0.1 * v, v


def runge_kutta_step(prey: Tensor, hunter: Tensor) -> Tensor:
    """One step of order four of prey and hunters."""
    h, y = 0.125, torch.stack([prey, hunter])

    def f(y: Tensor) -> Tensor:
        return torch.stack([1.1 * y[0] - 0.4 * y[0] * y[1], 0.1 * y[0] * y[1] - 0.4 * y[1]])

    k1 = f(y)
    k2 = f(y + h / 2 * k1)
    k3 = f(y + h / 2 * k2)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + f(y + h * k3))


def horner(x: Tensor) -> Tensor:
    """A polynomial of degree six."""
    y = torch.full_like(x, 0.0625)
    for c in (-0.25, 0.5, -0.7, 1.1, -1.3, 0.9):
        y = y * x + c
    return y


def newton_reciprocal(x: Tensor, guess: Tensor) -> Tensor:
    """Two steps of Newton's iteration for 1/x."""
    guess = guess * (2 - x * guess)
    return guess * (2 - x * guess)


def dft_by_matmul(x: Tensor) -> Tensor:
    """Real and imaginary part of the Fourier transform of rows, by matrices of cosines and sines."""
    n = x.shape[-1]
    k = torch.arange(n, device=x.device)
    angle = (k[:, None] * k[None, :] % n).to(x.dtype) * (-2 * math.pi / n)
    return torch.stack([x @ angle.cos(), x @ angle.sin()], dim=-1)


def laplacian(u: Tensor) -> Tensor:
    """Five-point stencil on a torus."""
    neighbours = u.roll(1, -1) + u.roll(-1, -1) + u.roll(1, -2) + u.roll(-1, -2)
    return (neighbours - 4 * u) / 0.25


def trapezoid_by_hand(y: Tensor, gaps: Tensor) -> Tensor:
    """The integral of samples whose points lie at uneven gaps."""
    return ((y[..., 1:] + y[..., :-1]) / 2 * gaps).sum(-1)


def cumulative_log_return(prices: Tensor) -> Tensor:
    """Logarithms of the growth since the first day, day by day."""
    return torch.log(prices[..., 1:] / prices[..., :-1]).cumsum(-1)


def black_scholes(spot: Tensor, strike: Tensor, vol: Tensor, time: Tensor) -> Tensor:
    """Price of a European call at 2% interest."""
    spread = vol * time.sqrt()
    d1 = (torch.log(spot / strike) + (0.02 + 0.5 * vol**2) * time) / spread
    phi = 0.5 * (1 + torch.erf(torch.stack([d1, d1 - spread]) / math.sqrt(2)))
    return spot * phi[0] - strike * torch.exp(-0.02 * time) * phi[1]


# -- activations


def soft_thresholding(x: Tensor, threshold: Tensor) -> Tensor:
    """Shrinkage towards zero, one threshold for each column."""
    return torch.sign(x) * F.relu(x.abs() - threshold)


def squared_relu(x: Tensor) -> Tensor:
    """relu(x)²."""
    return F.relu(x).square()


def snake(x: Tensor, alpha: Tensor) -> Tensor:
    """x + sin²(αx)/α."""
    return x + torch.sin(alpha * x) ** 2 / alpha


def beta_swish(x: Tensor, beta: Tensor) -> Tensor:
    """Swish with a learned slope."""
    return x * torch.sigmoid(beta * x)


def maxout(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """The largest of three linear layers."""
    return (torch.einsum("ni,koi->nko", x, weight) + bias).max(dim=1).values


def soft_exponential(x: Tensor) -> Tensor:
    """Between identity and exponential, α = 0.3."""
    return torch.expm1(0.3 * x) / 0.3 + 0.3


def hard_mish(x: Tensor) -> Tensor:
    """x/2 · min(2, max(0, x + 2))."""
    return x / 2 * (x + 2).clamp(0, 2)
