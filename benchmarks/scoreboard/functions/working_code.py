"""Parts of models as users of PyTorch write them, of given tensors only: language, vision, generation and compression.

None of them is in an earlier file; ninth.py gives them their inputs, working_code_more.py has the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- language models


def real_gated_recurrence(x: Tensor, r: Tensor, i: Tensor, rate: Tensor) -> Tensor:
    """Griffin's unit: a decay by a gate, the input scaled so that the state keeps its size."""
    log_a = -8.0 * F.softplus(rate) * torch.sigmoid(r)
    a, h, out = log_a.exp(), torch.zeros_like(x[:, 0]), []
    b = torch.sqrt(-torch.expm1(2 * log_a)) * torch.sigmoid(i) * x
    for t in range(x.shape[1]):
        h = a[:, t] * h + b[:, t]
        out.append(h)
    return torch.stack(out, 1)


def momentum_memory(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Titans' linear memory: at each token a step down its error's slope, with momentum and a little forgetting."""
    m = q.new_zeros(len(q), v.shape[-1], k.shape[-1])
    s, out = torch.zeros_like(m), []
    for t in range(q.shape[1]):
        error = torch.einsum("bvk,bk->bv", m, k[:, t]) - v[:, t]
        s = 0.5 * s - 0.2 * torch.einsum("bv,bk->bvk", error, k[:, t])
        m = 0.97 * m + s
        out.append(torch.einsum("bvk,bk->bv", m, q[:, t]))
    return torch.stack(out, 1)


def channel_mix(x: Tensor, mix: Tensor, key: Tensor, value: Tensor, gate: Tensor) -> Tensor:
    """RWKV's feed-forward layer: each token blended with the one before, squared ReLU, a sigmoid gate."""
    before = F.pad(x, (0, 0, 1, -1))
    y = x + (before - x) * mix
    return torch.sigmoid(y @ gate) * (torch.relu(y @ key).square() @ value)


def diagonal_kernel(x: Tensor, step: Tensor, real: Tensor, imag: Tensor, c: Tensor) -> Tensor:
    """S4D: a convolution whose taps are damped cosines, summed over a diagonal state."""
    at = torch.arange(x.shape[-1], dtype=x.dtype, device=x.device) * step[:, None]
    decay = torch.exp(-F.softplus(real)[..., None] * at[:, None])
    taps = (c[..., None] * decay * torch.cos(imag[..., None] * at[:, None])).sum(1)
    padded = F.pad(x, (x.shape[-1] - 1, 0))
    return F.conv1d(padded, taps.flip(-1)[:, None], groups=x.shape[1])


def merged_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Two machines with half of the keys each, joined by the logarithms of their sums, as ring attention does."""
    parts, sums = [], []
    for keys, values in zip(k.chunk(2, -2), v.chunk(2, -2), strict=True):
        scores = q @ keys.mT / math.sqrt(q.shape[-1])
        sums.append(torch.logsumexp(scores, -1, keepdim=True))
        parts.append(torch.softmax(scores, -1) @ values)
    share = torch.sigmoid(sums[0] - sums[1])
    return parts[0] * share + parts[1] * (1 - share)


def tiled_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Keys in tiles of eight, with a running maximum and a running sum."""
    top = q.new_full((*q.shape[:-1], 1), -1e4)
    total, out = torch.zeros_like(top), torch.zeros_like(q)
    for at in range(0, k.shape[-2], 8):
        scores = q @ k[..., at : at + 8, :].mT * q.shape[-1] ** -0.5
        new = torch.maximum(top, scores.amax(-1, keepdim=True))
        p, fade = torch.exp(scores - new), torch.exp(top - new)
        total, out, top = total * fade + p.sum(-1, keepdim=True), out * fade + p @ v[..., at : at + 8, :], new
    return out / total


def strided_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """A sparse transformer's pattern: the last four tokens, and every fourth one before."""
    at = torch.arange(q.shape[-2], device=q.device)
    apart = at[:, None] - at
    seen = (apart >= 0) & ((apart < 4) | (apart % 4 == 0))
    return F.scaled_dot_product_attention(q, k, v, attn_mask=seen)


def talking_heads(q: Tensor, k: Tensor, v: Tensor, before: Tensor, after: Tensor) -> Tensor:
    """Scores mixed over the heads before the softmax, and weights after it."""
    scores = torch.einsum("bhqd,bhkd->bhqk", q, k) / q.shape[-1] ** 0.5
    weights = torch.einsum("bhqk,hg->bgqk", scores, before).softmax(-1)
    return torch.einsum("bgqk,gh->bhqk", weights, after) @ v


def soft_experts(x: Tensor, slots: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """Soft mixture of experts: tokens blended into slots, and slots back into tokens."""
    logits = torch.einsum("btd,esd->btes", x, slots)
    inner = torch.einsum("btes,btd->besd", logits.softmax(1), x)
    inner = torch.einsum("besf,efd->besd", F.gelu(torch.einsum("besd,edf->besf", inner, up)), down)
    return torch.einsum("btes,besd->btd", logits.flatten(2).softmax(-1).view_as(logits), inner)


def routed_experts(x: Tensor, chosen: Tensor, gate: Tensor, w1: Tensor, w3: Tensor, w2: Tensor) -> Tensor:
    """Each token through two experts that a router chose, their gated layers gathered."""
    inner = torch.einsum("td,tkfd->tkf", x, w1[chosen])
    inner = F.silu(inner) * torch.einsum("td,tkfd->tkf", x, w3[chosen])
    outer = torch.einsum("tkf,tkdf->tkd", inner, w2[chosen])
    return (outer * gate.softmax(-1)[..., None]).sum(1)


def router_penalty(logits: Tensor) -> Tensor:
    """The square of the router's log-sum of each token, and its entropy."""
    z = torch.logsumexp(logits, -1)
    return 1e-2 * z.square() - 0.1 * (torch.softmax(logits, -1) * (logits - z[:, None])).sum(-1)


def typicality(logits: Tensor) -> Tensor:
    """How far each token's surprise is from what is expected."""
    log_p = F.log_softmax(logits, -1)
    entropy = -(log_p.exp() * log_p).sum(-1, keepdim=True)
    return (-log_p - entropy).abs()


def byte_patch_pooling(x: Tensor, patch: Tensor, query: Tensor) -> Tensor:
    """Bytes of a patch into one vector: a learned query's attention over those of the same patch."""
    score = (x * query[patch]).sum(-1) / x.shape[-1] ** 0.5
    weight = torch.exp(score - score.amax())
    total = torch.zeros_like(query[:, 0]).index_add(0, patch, weight)
    return torch.zeros_like(query).index_add(0, patch, weight[:, None] * x) / total[:, None]


def layer_skip_gate(x: Tensor, weight: Tensor, gate: Tensor) -> Tensor:
    """Mixture of depths without the hard choice: a layer counts as much as its gate says."""
    share = torch.sigmoid(x @ gate)
    return x + share * F.gelu(F.rms_norm(x, x.shape[-1:]) @ weight, approximate="tanh")


# -- preferences and adapters


def odds_ratio_loss(chosen: Tensor, rejected: Tensor) -> Tensor:
    """ORPO, of mean log-probabilities of tokens: likelihood of the chosen answer, and the ratio of both odds."""
    a, b = chosen.mean(-1), rejected.mean(-1)
    odds = (a - b) - (torch.log(-torch.expm1(a)) - torch.log(-torch.expm1(b)))
    return -a - 0.5 * F.logsigmoid(odds)


def leave_one_out_loss(log_p: Tensor, reward: Tensor) -> Tensor:
    """RLOO: each answer's reward less the mean of its prompt's other answers."""
    base = (reward.sum(-1, keepdim=True) - reward) / (reward.shape[-1] - 1)
    return -(reward - base) * log_p.sum(-1)


def shared_random_adapter(x: Tensor, weight: Tensor, a: Tensor, b: Tensor, d: Tensor, g: Tensor) -> Tensor:
    """VeRA: random matrices that all layers share, scaled by two small vectors."""
    return F.linear(x, weight) + g * F.linear(d * F.linear(x, a), b)


def orthogonal_adapter(x: Tensor, weight: Tensor, skew: Tensor) -> Tensor:
    """OFT: a weight turned block by block, rotations by Cayley's transform."""
    s = 0.5 * (skew - skew.mT)
    eye = torch.eye(s.shape[-1], dtype=x.dtype, device=x.device)
    turn = (eye + s) @ torch.linalg.inv(eye - s)
    turned = torch.einsum("bij,bjo->bio", turn, weight.unflatten(0, (len(s), -1))).flatten(0, 1)
    return x @ turned


# -- compression


def additive_codes_linear(x: Tensor, codes: Tensor, books: Tensor, scale: Tensor) -> Tensor:
    """AQLM: groups of eight weights as a sum of two books' vectors, and a scale for each row."""
    groups = books[0][codes[..., 0]] + books[1][codes[..., 1]]
    return F.linear(x, groups.flatten(1)) * scale


def two_of_four_linear(x: Tensor, values: Tensor, place: Tensor) -> Tensor:
    """Structured sparsity: of four weights in a row two are kept, by their places."""
    dense = values.new_zeros(*values.shape[:2], 4).scatter(-1, place, values)
    return F.linear(x, dense.flatten(1))


def micro_scaled_linear(x: Tensor, code: Tensor, exponent: Tensor) -> Tensor:
    """MXFP4: codes of four bits in a table, each block of eight times a power of two."""
    table = torch.tensor([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0], dtype=x.dtype, device=x.device)
    weight = torch.cat([table, -table])[code] * torch.exp2(exponent.to(x.dtype) - 4)[..., None]
    return F.linear(x, weight.flatten(1))


def outlier_split_linear(x: Tensor, column: Tensor, weight: Tensor, code: Tensor, scale: Tensor) -> Tensor:
    """A few wide columns in full, all others in eight bits with two scales."""
    rest = F.linear(x.index_fill(-1, column, 0.0), code.to(x.dtype)) * scale
    return rest + x[:, column] @ weight


# -- vision


def involution(x: Tensor, reduce: Tensor, span: Tensor) -> Tensor:
    """A kernel of its own for each pixel, made from the pixel's channels and shared by groups of them."""
    n, c, h, w = x.shape
    kernel = F.conv2d(F.silu(F.conv2d(x, reduce)), span).view(n, -1, 1, 9, h, w)
    patches = F.unfold(x, 3, padding=1).view(n, kernel.shape[1], -1, 9, h, w)
    return (kernel * patches).sum(3).reshape(n, c, h, w)


def selective_kernels(x: Tensor, small: Tensor, large: Tensor, squeeze: Tensor, expand: Tensor) -> Tensor:
    """SKNet: two receptive fields, weighed for each channel by a softmax over both."""
    a = F.conv2d(x, small, padding=1, groups=x.shape[1])
    b = F.conv2d(x, large, padding=2, dilation=2, groups=x.shape[1])
    z = F.silu((a + b).mean((2, 3)) @ squeeze)
    share = torch.einsum("nz,kzc->knc", z, expand).softmax(0)[..., None, None]
    return share[0] * a + share[1] * b


def pooled_mixer(x: Tensor, scale: Tensor) -> Tensor:
    """PoolFormer's block: a mean of neighbours less the pixel itself, after a norm."""
    y = F.group_norm(x, 1)
    return x + scale[:, None, None] * (F.avg_pool2d(y, 3, 1, 1, count_include_pad=False) - y)


def relu_linear_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """EfficientViT's: features by ReLU, keys and values multiplied first, one more column for the sum."""
    q, k = torch.relu(q), torch.relu(k)
    both = k.mT @ F.pad(v, (0, 1), value=1.0)
    out = q @ both
    return out[..., :-1] / (out[..., -1:] + 1e-2)


def sine_positions(box: Tensor) -> Tensor:
    """DAB-DETR's embedding of boxes: sines and cosines of each side at falling frequencies."""
    at = torch.arange(6, dtype=box.dtype, device=box.device)
    angle = box[..., None] * 2 * math.pi / 20.0 ** (at / 6)
    return torch.stack([angle.sin(), angle.cos()], -1).flatten(-3)


def normal_boxes_distance(a: Tensor, b: Tensor) -> Tensor:
    """Boxes of centre and size as normal distributions: Wasserstein's distance, made a likeness."""
    centre = (a[:, None, :2] - b[None, :, :2]).square().sum(-1)
    size = (a[:, None, 2:] - b[None, :, 2:]).square().sum(-1) / 4
    return torch.exp(-torch.sqrt(centre + size + 1e-3) / 0.8)


def asymmetric_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Many labels: easy negatives count less, by a higher power."""
    p = torch.sigmoid(logits)
    hit = target * torch.log(p.clamp(min=1e-3)) * (1 - p)
    return -(hit + (1 - target) * torch.log1p(-p.clamp(max=0.99)) * p**4)


def oklab(rgb: Tensor) -> Tensor:
    """Perceptual lightness and opponent colours, from linear light."""
    first = torch.tensor([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.63]])
    then = torch.tensor([[0.2105, 0.7936, -0.0041], [1.978, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])
    cone = torch.einsum("ij,njhw->nihw", first.to(rgb), rgb) ** (1 / 3)
    return torch.einsum("ij,njhw->nihw", then.to(rgb), cone)


def poisson_blend(x: Tensor, guide: Tensor, mask: Tensor) -> Tensor:
    """Six of Jacobi's rounds: inside a mask the guide's bends, outside the image."""
    kernel = torch.tensor([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=x.dtype, device=x.device)[None, None]
    bend = 4 * guide - F.conv2d(guide, kernel, padding=1)
    for _ in range(6):
        x = mask * (F.conv2d(x, kernel, padding=1) + bend) / 4 + (1 - mask) * x
    return x


def plane_features(planes: Tensor, points: Tensor) -> Tensor:
    """Triplanes: three feature maps read at a point's projections, multiplied."""
    sides = torch.stack([points[:, [0, 1]], points[:, [0, 2]], points[:, [1, 2]]])
    read = F.grid_sample(planes, sides[:, None], mode="bilinear", align_corners=True)
    return read[:, :, 0].prod(0).t()


def rotated_grid(x: Tensor) -> Tensor:
    """Rotary embedding of a picture's tokens: half of the channels by the row, half by the column."""
    h, w, d = x.shape[-3:]
    rate = 30.0 ** -(torch.arange(d // 4, dtype=x.dtype, device=x.device) * 4 / d)
    rows = torch.arange(h, dtype=x.dtype, device=x.device)[:, None, None] * rate
    columns = torch.arange(w, dtype=x.dtype, device=x.device)[:, None] * rate
    angle = torch.cat([rows.expand(h, w, -1), columns.expand(h, w, -1)], -1)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1).flatten(-2)


# -- generation


def joint_attention(image: Tensor, text: Tensor, wi: Tensor, wt: Tensor) -> Tensor:
    """A multimodal diffusion transformer: two streams with weights of their own, one attention."""
    qkv = torch.cat([image @ wi, text @ wt], 1).unflatten(-1, (3, 2, -1)).permute(2, 0, 3, 1, 4)
    q, k = F.rms_norm(qkv[0], qkv.shape[-1:]), F.rms_norm(qkv[1], qkv.shape[-1:])
    return F.scaled_dot_product_attention(q, k, qkv[2]).transpose(1, 2).flatten(2)


def projected_guidance(cond: Tensor, uncond: Tensor) -> Tensor:
    """Adaptive projected guidance: of the difference, what is parallel to the prediction counts less."""
    gap = cond - uncond
    along = F.normalize(cond.flatten(1), dim=-1).view_as(cond)
    parallel = (gap * along).flatten(1).sum(-1).view(-1, *[1] * (cond.ndim - 1)) * along
    return cond + 4.0 * (gap - parallel + 0.2 * parallel)


def mixture_score(x: Tensor, mean: Tensor, sigma: Tensor) -> Tensor:
    """The slope of a noised mixture's log-density, which a perfect denoiser follows."""
    var = 0.2 + sigma.square()[:, None]
    gap = mean - x[:, None]
    weight = torch.softmax(-gap.square().sum(-1) / (2 * var), -1)
    return torch.einsum("nk,nkd->nd", weight, gap) / var


def log_normal_steps(low: Tensor, high: Tensor) -> Tensor:
    """Karras' levels of noise between two ends, by a power of seven."""
    at = torch.linspace(0, 1, 12, dtype=low.dtype, device=low.device)
    a, b = high[:, None] ** (1 / 7), low[:, None] ** (1 / 7)
    return (a + at * (b - a)) ** 7


def residual_codebooks(code: Tensor, books: Tensor, out: Tensor) -> Tensor:
    """A neural codec's decoder start: codes of all stages looked up, added, projected."""
    total = sum(F.embedding(code[:, i], books[i]) for i in range(len(books)))
    return F.linear(F.elu(torch.as_tensor(total)), out)
