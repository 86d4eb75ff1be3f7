"""Parts of networks as users of PyTorch write them, of given tensors only: language models, vision and diffusion.

None of them is in written.py; sixth.py gives them their inputs, and composed_more.py has the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- language models


def softmax_experts(x: Tensor, router: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """A dense mixture: what all experts say, weighted by the router's softmax."""
    share = torch.softmax(x @ router, dim=-1)
    hidden = F.silu(torch.einsum("td,edf->tef", x, up))
    return torch.einsum("tef,efd,te->td", hidden, down, share)


def sigmoid_routing(logits: Tensor) -> Tensor:
    """Weights of the three best experts by sigmoids, normalised and scaled."""
    score = torch.sigmoid(logits) * (logits >= logits.topk(3, dim=-1).values[..., -1:])
    return 2.5 * score / (score.sum(-1, keepdim=True) + 1e-6)


def load_balance_loss(logits: Tensor) -> Tensor:
    """Switch's auxiliary loss, one term for each expert."""
    p = logits.softmax(-1)
    chosen = (logits == logits.amax(-1, keepdim=True)).to(p.dtype)
    return logits.shape[-1] * p.mean(0) * chosen.mean(0)


def partial_rotary(x: Tensor, inverse: Tensor) -> Tensor:
    """Rotary embedding of half of the dimensions, the angles made on the way."""
    turned, kept = x.chunk(2, dim=-1)
    angle = torch.arange(x.shape[-2], dtype=x.dtype, device=x.device)[:, None] * inverse
    a, b = turned.chunk(2, dim=-1)
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin(), kept], dim=-1)


def yarn_frequencies(inverse: Tensor) -> Tensor:
    """Rotary frequencies for four times the context: slow ones are stretched, fast ones kept."""
    turns = 64.0 * inverse / (2 * math.pi)
    ramp = ((turns - 1.0) / 7.0).clamp(0.0, 1.0)
    return inverse / 4.0 * (1.0 - ramp) + inverse * ramp


def relative_bias_attention(q: Tensor, k: Tensor, v: Tensor, table: Tensor) -> Tensor:
    """T5's attention: unscaled, with a bias for each head and distance."""
    position = torch.arange(q.shape[-2], device=q.device)
    bucket = (position[None, :] - position[:, None]).clamp(-4, 4) + 4
    return torch.softmax(q @ k.mT + table[:, bucket], dim=-1) @ v


def cached_attention(q: Tensor, keys: Tensor, values: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """New tokens attend to a cache and, causally, to themselves."""
    keys, values = torch.cat([keys, k], dim=-2), torch.cat([values, v], dim=-2)
    old = keys.shape[-2] - q.shape[-2]
    seen = torch.ones(q.shape[-2], keys.shape[-2], dtype=torch.bool, device=q.device).tril(old)
    return F.scaled_dot_product_attention(q, keys, values, attn_mask=seen)


def sink_attention(q: Tensor, k: Tensor, v: Tensor, sink: Tensor) -> Tensor:
    """Attention with a learned logit for each head that takes weight from all tokens."""
    scores = q @ k.mT * q.shape[-1] ** -0.5
    extra = sink[:, None, None].expand(*scores.shape[:-1], 1)
    return torch.softmax(torch.cat([scores, extra], dim=-1), dim=-1)[..., :-1] @ v


def differential_attention(q: Tensor, k: Tensor, v: Tensor, strength: Tensor) -> Tensor:
    """The difference of two attention maps, each of half of the dimensions."""
    (q1, q2), (k1, k2) = q.chunk(2, dim=-1), k.chunk(2, dim=-1)
    first, second = torch.softmax(q1 @ k1.mT, dim=-1), torch.softmax(q2 @ k2.mT, dim=-1)
    return (first - strength.exp() * second) @ v


def retention(q: Tensor, k: Tensor, v: Tensor, decay: Tensor) -> Tensor:
    """RetNet in its parallel form: scores decay with the distance, and there is no softmax."""
    n = torch.arange(q.shape[-2], dtype=q.dtype, device=q.device)
    distance = (n[:, None] - n[None, :]).clamp(min=0.0)
    mask = torch.exp(decay.log()[:, None, None] * distance).tril()
    return (q @ k.mT * mask) @ v


def forgetting_attention(q: Tensor, k: Tensor, v: Tensor, gate: Tensor) -> Tensor:
    """Linear attention whose state forgets by a gate of each dimension, token by token."""
    state = torch.zeros_like(k[:, 0, :, None] * v[:, 0, None, :])
    out = []
    for t in range(q.shape[1]):
        state = torch.sigmoid(gate[:, t])[..., None] * state + k[:, t, :, None] * v[:, t, None, :]
        out.append(torch.einsum("bk,bkv->bv", q[:, t], state))
    return torch.stack(out, dim=1)


def delta_rule(q: Tensor, k: Tensor, v: Tensor, beta: Tensor) -> Tensor:
    """DeltaNet: each token corrects what the memory says of its key."""
    k, beta = F.normalize(k, dim=-1), torch.sigmoid(beta)
    memory = torch.zeros_like(v[:, 0, :, None] * k[:, 0, None, :])
    out = []
    for t in range(q.shape[1]):
        wrong = v[:, t] - (memory @ k[:, t, :, None]).squeeze(-1)
        memory = memory + beta[:, t, None, None] * wrong[..., None] * k[:, t, None, :]
        out.append((memory @ q[:, t, :, None]).squeeze(-1))
    return torch.stack(out, dim=1)


def wkv(k: Tensor, v: Tensor, decay: Tensor, bonus: Tensor) -> Tensor:
    """RWKV's time mixing, with the running maximum that keeps its exponentials small."""
    top, above, below = torch.full_like(k[:, 0], -30.0), torch.zeros_like(v[:, 0]), torch.zeros_like(v[:, 0])
    out = []
    for t in range(k.shape[1]):
        high = torch.maximum(top, k[:, t] + bonus)
        old, new = torch.exp(top - high), torch.exp(k[:, t] + bonus - high)
        out.append((old * above + new * v[:, t]) / (old * below + new))
        high = torch.maximum(top - decay, k[:, t])
        old, new = torch.exp(top - decay - high), torch.exp(k[:, t] - high)
        top, above, below = high, old * above + new * v[:, t], old * below + new
    return torch.stack(out, dim=1)


def causal_conv_gate(x: Tensor, z: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """The start of a Mamba block: a short causal convolution of each channel, SiLU, and a gate."""
    padded = F.pad(x, (weight.shape[-1] - 1, 0))
    return F.silu(F.conv1d(padded, weight, bias, groups=x.shape[1])) * F.silu(z)


def state_space_dual(x: Tensor, log_decay: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Mamba-2 as a masked product: decays are differences of running sums."""
    total = log_decay.cumsum(-1)
    apart = total[:, :, None] - total[:, None, :]
    past = torch.ones_like(apart, dtype=torch.bool).tril()
    return (c @ b.mT * torch.exp(apart.masked_fill(~past, float("-inf")))) @ x


def long_convolution(x: Tensor, kernel: Tensor) -> Tensor:
    """Hyena's causal convolution with a filter as long as the sequence, by Fourier transforms."""
    n = x.shape[-1]
    product = torch.fft.rfft(x, n=2 * n) * torch.fft.rfft(kernel, n=2 * n)
    return torch.fft.irfft(product, n=2 * n)[..., :n]


def speculative_acceptance(target: Tensor, draft: Tensor, token: Tensor) -> Tensor:
    """How likely a drafted token is accepted: min(1, p/q)."""
    ratio = target.log_softmax(-1) - draft.log_softmax(-1)
    return ratio.gather(-1, token[:, None]).squeeze(-1).clamp(max=0.0).exp()


def contrastive_decoding(expert: Tensor, amateur: Tensor) -> Tensor:
    """Tokens that a large model likes more than a small one, hopeless ones pushed far down."""
    high, low = expert.log_softmax(-1), amateur.log_softmax(-1)
    hopeless = expert < expert.amax(-1, keepdim=True) - 3.0
    return torch.where(hopeless, high - 20.0, 1.5 * high - 0.5 * low)


def token_nll(hidden: Tensor, head: Tensor, target: Tensor) -> Tensor:
    """Each token's loss and its perplexity, the head's product included."""
    nll = F.cross_entropy(hidden @ head, target, reduction="none")
    return torch.stack([nll, nll.exp()])


def latent_attention(q: Tensor, x: Tensor, down: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Keys and values unpacked from a small latent vector of each token."""
    latent = F.rms_norm(x @ down, (down.shape[-1],))
    weights = torch.softmax(q @ (latent @ key).mT / math.sqrt(q.shape[-1]), dim=-1)
    return weights @ (latent @ value)


def distillation_kl(student: Tensor, teacher: Tensor) -> Tensor:
    """Divergence from a teacher's softened distribution, scaled back by the temperature's square."""
    log_q, log_p = F.log_softmax(student / 2.0, dim=-1), F.log_softmax(teacher / 2.0, dim=-1)
    return 4.0 * (log_p.exp() * (log_p - log_q)).sum(-1)


def dequantised_linear(x: Tensor, q: Tensor, scale: Tensor) -> Tensor:
    """A linear layer whose weights are integers with one scale for each row."""
    return F.linear(x, q.to(x.dtype) * scale[:, None])


def linformer_attention(q: Tensor, k: Tensor, v: Tensor, e: Tensor) -> Tensor:
    """Attention to a few mixtures of all tokens."""
    k, v = torch.einsum("nr,bnd->brd", e, k), torch.einsum("nr,bnd->brd", e, v)
    return torch.softmax(torch.einsum("bqd,brd->bqr", q, k) / math.sqrt(q.shape[-1]), dim=-1) @ v


def performer_attention(q: Tensor, k: Tensor, v: Tensor, omega: Tensor) -> Tensor:
    """Attention by positive features of the exponential kernel."""

    def features(x: Tensor) -> Tensor:
        x = x * x.shape[-1] ** -0.25
        return torch.exp(x @ omega - 0.5 * x.square().sum(-1, keepdim=True)) + 1e-3

    q, k = features(q), features(k)
    return (q @ (k.mT @ v)) / (q @ k.sum(-2)[..., None])


# -- vision


def shifted_window_attention(x: Tensor, weight: Tensor) -> Tensor:
    """Self-attention inside windows of 3 × 3 of a map that was rolled by one."""
    n, h, w, c = x.shape
    tiles = x.roll((-1, -1), (1, 2)).reshape(n, h // 3, 3, w // 3, 3, c).transpose(2, 3).reshape(-1, 9, c)
    q, k, v = F.linear(tiles, weight).chunk(3, dim=-1)
    return torch.softmax(q @ k.mT / math.sqrt(c), dim=-1) @ v


def convnext_block(x: Tensor, depthwise: Tensor, up: Tensor, down: Tensor, gamma: Tensor) -> Tensor:
    """A wide depthwise convolution, layer norm, two linear layers and a scaled residual."""
    y = F.conv2d(x, depthwise, padding=depthwise.shape[-1] // 2, groups=x.shape[1]).permute(0, 2, 3, 1)
    y = F.linear(F.gelu(F.linear(F.layer_norm(y, (x.shape[1],)), up)), down)
    return x + (gamma * y).permute(0, 3, 1, 2)


def efficient_channel_attention(x: Tensor, kernel: Tensor) -> Tensor:
    """Channels scaled by a short convolution over the means of their neighbours."""
    y = F.conv1d(x.mean((2, 3))[:, None], kernel, padding=kernel.shape[-1] // 2)
    return x * torch.sigmoid(y).squeeze(1)[:, :, None, None]


def spatial_attention(x: Tensor, weight: Tensor) -> Tensor:
    """Pixels scaled by a convolution of the mean and the largest of their channels."""
    maps = torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], dim=1)
    return x * torch.sigmoid(F.conv2d(maps, weight, padding=weight.shape[-1] // 2))


def global_response_norm(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    """Channels scaled by their norm over the map beside the mean norm."""
    size = x.square().sum((1, 2), keepdim=True).sqrt()
    return gamma * (x * (size / (size.mean(-1, keepdim=True) + 1e-6))) + beta + x


def diou_loss(a: Tensor, b: Tensor) -> Tensor:
    """1 - IoU and the distance of the centres beside the diagonal of the hull; boxes as corner and size."""
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])
    common = (high - low).clamp(min=0).prod(-1)
    iou = common / (a[:, 2:].prod(-1) + b[:, 2:].prod(-1) - common)
    centres = (a[:, :2] + a[:, 2:] / 2 - b[:, :2] - b[:, 2:] / 2).square().sum(-1)
    hull = torch.maximum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])
    return 1 - iou + centres / hull.square().sum(-1)


def soft_dice(logits: Tensor, target: Tensor) -> Tensor:
    """Dice of each class of a softmax over the channels."""
    p = logits.softmax(1)
    hit, size = (p * target).sum((2, 3)), p.square().sum((2, 3)) + target.square().sum((2, 3))
    return 1 - (2 * hit + 1) / (size + 1)


def flow_warp(x: Tensor, flow: Tensor) -> Tensor:
    """An image sampled where a flow of pixels points to."""
    h, w = x.shape[-2:]
    ys = torch.linspace(-1, 1, h, dtype=x.dtype, device=x.device)[:, None].expand(h, w)
    xs = torch.linspace(-1, 1, w, dtype=x.dtype, device=x.device)[None, :].expand(h, w)
    grid = torch.stack([xs + flow[:, 0] * (2 / (w - 1)), ys + flow[:, 1] * (2 / (h - 1))], dim=-1)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=True)


def shuffled_head(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Super-resolution's last layer: a convolution, and its channels made pixels."""
    return torch.sigmoid(F.pixel_shuffle(F.conv2d(x, weight, bias, padding=1), 2))


def fourier_position(points: Tensor) -> Tensor:
    """A radiance field's encoding: sines and cosines at four octaves."""
    octaves = math.pi * 2.0 ** torch.arange(4, dtype=points.dtype, device=points.device)
    angle = (points[..., None] * octaves).flatten(-2)
    return torch.cat([points, angle.sin(), angle.cos()], dim=-1)


def radiance_composite(density: Tensor, colour: Tensor, step: Tensor) -> Tensor:
    """A ray's colour: samples weighted by their opacity and by what the ones before let through."""
    alpha = 1 - torch.exp(-F.relu(density) * step)
    through = torch.cumprod(torch.cat([torch.ones_like(alpha[:, :1]), 1 - alpha[:, :-1]], dim=1), dim=1)
    return ((alpha * through)[..., None] * torch.sigmoid(colour)).sum(1)


def restyled(x: Tensor, y: Tensor) -> Tensor:
    """AdaIN: an image's channels with the mean and deviation of another's."""
    mean, std = x.mean((2, 3), keepdim=True), x.std((2, 3), keepdim=True)
    return (x - mean) / (std + 1e-3) * y.std((2, 3), keepdim=True) + y.mean((2, 3), keepdim=True)


def matrix_nms(boxes: Tensor, scores: Tensor) -> Tensor:
    """Scores of boxes lowered by every better box that overlaps them."""
    low = torch.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = torch.minimum((boxes[:, :2] + boxes[:, 2:])[:, None], (boxes[:, :2] + boxes[:, 2:])[None, :])
    common, area = (high - low).clamp(min=0).prod(-1), boxes[:, 2:].prod(-1)
    iou = common / (area[:, None] + area[None, :] - common)
    lower = torch.exp(-2.0 * iou * iou)
    return scores * torch.where(scores[None, :] > scores[:, None], lower, torch.ones_like(lower)).prod(-1)


def blur_pool(x: Tensor) -> Tensor:
    """Every second pixel of an image blurred by (1, 3, 3, 1) in both directions."""
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=x.dtype, device=x.device) / 8
    kernel = (taps[:, None] * taps[None, :]).expand(x.shape[1], 1, 4, 4)
    return F.conv2d(F.pad(x, (1, 2, 1, 2), mode="reflect"), kernel, stride=2, groups=x.shape[1])


def local_contrast(x: Tensor) -> Tensor:
    """Pixels less the mean around them, over the deviation around them."""
    d = x - F.avg_pool2d(x, 5, 1, 2, count_include_pad=False)
    return d / (F.avg_pool2d(d * d, 5, 1, 2, count_include_pad=False) + 0.01).sqrt()


def correlation_volume(x: Tensor, y: Tensor) -> Tensor:
    """Products of each pixel's features with those of the nine around it in another image."""
    padded = F.pad(y, (1, 1, 1, 1))
    h, w = x.shape[-2:]
    shifts = [padded[..., i : i + h, j : j + w] for i in range(3) for j in range(3)]
    return torch.stack([(x * shift).mean(1) for shift in shifts], dim=1)


# -- diffusion


def ddim_step(x: Tensor, noise: Tensor, now: Tensor, then: Tensor) -> Tensor:
    """One deterministic step from one share of signal to the next."""
    start = (x - (1 - now).sqrt() * noise) / now.sqrt()
    return then.sqrt() * start + (1 - then).sqrt() * noise


def from_velocity(x: Tensor, v: Tensor, share: Tensor) -> tuple[Tensor, Tensor]:
    """Start and noise from a prediction of v."""
    a, s = share.sqrt(), (1 - share).sqrt()
    return a * x - s * v, s * x + a * v


def rescaled_guidance(cond: Tensor, uncond: Tensor) -> Tensor:
    """Classifier-free guidance whose deviation is drawn back to the conditional one's."""
    guided = uncond + 7.5 * (cond - uncond)
    dims = tuple(range(1, cond.ndim))
    rescaled = guided * (cond.std(dims, keepdim=True) / guided.std(dims, keepdim=True))
    return 0.7 * rescaled + 0.3 * guided


def adaptive_layer_norm(x: Tensor, c: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """A diffusion transformer's norm: shift, scale and gate come from the condition."""
    shift, scale, gate = F.linear(F.silu(c), weight, bias)[:, None].chunk(3, dim=-1)
    return x + gate * (F.layer_norm(x, (x.shape[-1],), eps=1e-6) * (1 + scale) + shift)


def time_residual_block(x: Tensor, time: Tensor, inner: Tensor, project: Tensor, outer: Tensor) -> Tensor:
    """A U-Net's block: group norm, SiLU, convolution, the time's projection, and all that again."""
    y = F.conv2d(F.silu(F.group_norm(x, 3)), inner, padding=1)
    y = y + F.linear(F.silu(time), project)[:, :, None, None]
    return x + F.conv2d(F.silu(F.group_norm(y, 3)), outer, padding=1)


def preconditioned(x: Tensor, sigma: Tensor, network: Tensor) -> Tensor:
    """EDM's output of a network, mixed with its input by the level of noise."""
    total = sigma.square() + 0.25
    return 0.25 / total * x + 0.5 * sigma / total.sqrt() * network


def flow_matching_loss(x0: Tensor, x1: Tensor, t: Tensor, weight: Tensor) -> Tensor:
    """Squared error of a linear field on the straight path between two samples."""
    path = (1 - t[:, None]) * x0 + t[:, None] * x1
    return (F.linear(path, weight) - (x1 - x0)).square().mean(-1)
