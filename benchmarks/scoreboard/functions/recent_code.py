"""Parts of models as users of PyTorch write them, of given tensors only: language and vision.

None of them is in an earlier file; eighth.py gives them their inputs, recent_code_more.py and
recent_code_rest.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- language models


def multi_query_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """All heads share one set of keys and values; causal."""
    scores = torch.einsum("bhtd,bsd->bhts", q, k) * q.shape[-1] ** -0.5
    later = torch.ones(q.shape[2], k.shape[1], dtype=torch.bool, device=q.device).triu(1)
    return torch.einsum("bhts,bsd->bhtd", scores.masked_fill(later, float("-inf")).softmax(-1), v)


def cosine_window_attention(q: Tensor, k: Tensor, v: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    """Swin v2's: cosines of queries and keys, times a learned scale, plus a bias of each head."""
    scores = F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).transpose(-2, -1)
    return (scores * scale.clamp(max=math.log(100.0)).exp()[:, None, None] + bias).softmax(dim=-1) @ v


def gated_rms_norm(x: Tensor, z: Tensor, weight: Tensor) -> Tensor:
    """Mamba-2's: gated first, then normalised in groups of channels."""
    y = (x * F.silu(z)).unflatten(-1, (4, -1))
    y = y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + 1e-5)
    return y.flatten(-2) * weight


def exponential_gate_cell(x: Tensor, i: Tensor, f: Tensor) -> Tensor:
    """xLSTM's scalar memory: exponential gates, kept in range by a running maximum."""
    c, n, m, out = torch.zeros_like(x[:, 0]), torch.zeros_like(x[:, 0]), torch.zeros_like(x[:, 0]), []
    for t in range(x.shape[1]):
        log_f = F.logsigmoid(f[:, t])
        top = torch.maximum(log_f + m, i[:, t])
        keep, take = torch.exp(log_f + m - top), torch.exp(i[:, t] - top)
        c, n, m = keep * c + take * torch.tanh(x[:, t]), keep * n + take, top
        out.append(c / n.clamp(min=1e-3))
    return torch.stack(out, dim=1)


def taylor_linear_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention whose exponential is its Taylor series to the second order."""
    s = (q @ k.mT) * q.shape[-1] ** -0.5
    weights = (1 + s + 0.5 * s * s).tril()
    return (weights @ v) / weights.sum(-1, keepdim=True)


def chunked_local_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Each chunk of five tokens looks at itself alone."""
    b, t, d = q.shape
    parts = [x.reshape(b, t // 5, 5, d) for x in (q, k, v)]
    return F.scaled_dot_product_attention(*parts).reshape(b, t, d)


def lens_entropy(hidden: Tensor, norm: Tensor, head: Tensor) -> Tensor:
    """What an inner layer would say, and how unsure of it: the entropy of its tokens."""
    logits = F.linear(F.rms_norm(hidden, (hidden.shape[-1],), norm, eps=1e-6), head)
    log_p = logits.log_softmax(-1)
    return -(log_p.exp() * log_p).sum(-1)


def poly_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy with its first polynomial term made larger."""
    p = logits.softmax(-1).gather(-1, target[:, None]).squeeze(-1)
    return F.cross_entropy(logits, target, reduction="none") + 1.5 * (1 - p)


def two_pass_loss(first: Tensor, second: Tensor, target: Tensor) -> Tensor:
    """R-Drop: both passes' cross-entropy, and their divergence both ways."""
    p, q = first.log_softmax(-1), second.log_softmax(-1)
    apart = F.kl_div(p, q, reduction="none", log_target=True) + F.kl_div(q, p, reduction="none", log_target=True)
    nll = F.nll_loss(p, target, reduction="none") + F.nll_loss(q, target, reduction="none")
    return 0.5 * nll + 0.25 * apart.sum(-1)


def image_text_logits(image: Tensor, text: Tensor, scale: Tensor) -> Tensor:
    """CLIP's similarities of all images with all texts."""
    image = image / image.norm(dim=-1, keepdim=True)
    text = text / text.norm(dim=-1, keepdim=True)
    return scale.exp() * image @ text.t()


def pairwise_sigmoid_loss(image: Tensor, text: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    """SigLIP's: every pair is a match or not."""
    logits = F.normalize(image, dim=-1) @ F.normalize(text, dim=-1).mT * scale.exp() + bias
    label = 2 * torch.eye(len(logits), dtype=logits.dtype, device=logits.device) - 1
    return -F.logsigmoid(label * logits).sum(-1)


def four_bit_linear(x: Tensor, packed: Tensor, scale: Tensor, zero: Tensor) -> Tensor:
    """Weights of four bits, two to a byte, with a scale and a zero for each group of eight."""
    low, high = packed & 15, packed >> 4
    codes = torch.stack([low, high], dim=-1).flatten(-2).unflatten(-1, (-1, 8))
    weight = (codes.to(x.dtype) - zero[..., None]) * scale[..., None]
    return F.linear(x, weight.flatten(-2))


def decomposed_adapter(x: Tensor, weight: Tensor, a: Tensor, b: Tensor, size: Tensor) -> Tensor:
    """DoRA: the adapted weight's rows made one long, and given a learned magnitude."""
    adapted = weight + 2.0 * (b @ a)
    return F.linear(x, size[:, None] * adapted / adapted.norm(p=2, dim=1, keepdim=True))


def bottleneck_adapter(x: Tensor, norm: Tensor, down: Tensor, up: Tensor) -> Tensor:
    """A small layer after a big one: norm, down, GELU, up, residual."""
    return x + F.linear(F.gelu(F.linear(F.layer_norm(x, x.shape[-1:], norm), down)), up) * 0.1


def drafting_heads(x: Tensor, weight: Tensor, head: Tensor) -> Tensor:
    """Medusa: heads for the tokens after the next, each a residual layer and the shared vocabulary."""
    y = x[None] + F.silu(torch.einsum("td,kde->kte", x, weight))
    return torch.log_softmax(y @ head.t(), dim=-1)


def extrapolating_rotary(x: Tensor) -> Tensor:
    """xPos: rotary embedding whose dimensions also decay with the position."""
    t, d = x.shape[-2], x.shape[-1] // 2
    at = torch.arange(t, dtype=x.dtype, device=x.device)[:, None]
    half = torch.arange(d, dtype=x.dtype, device=x.device)
    angle = at * 100.0 ** (-half / d)
    zeta = ((half / d + 0.4) / 1.4) ** (at / 32)
    a, b = x[..., :d], x[..., d:]
    return torch.cat([(a * angle.cos() - b * angle.sin()) * zeta, (a * angle.sin() + b * angle.cos()) * zeta], -1)


def spectral_mixing(x: Tensor, norm: Tensor) -> Tensor:
    """FNet's: the real part of a transform over tokens and channels, in place of attention."""
    return F.layer_norm(x + torch.fft.fft2(x, dim=(-2, -1)).real, x.shape[-1:], norm)


def token_mixer(x: Tensor, norm: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """MLP-Mixer's first half: two layers over the tokens of each channel."""
    y = F.layer_norm(x, (x.shape[-1],), norm).transpose(1, 2)
    return x + (F.gelu(y @ up) @ down).transpose(1, 2)


def spatial_gating(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """gMLP's unit: one half of the channels, mixed over tokens, gates the other."""
    u, g = x.chunk(2, dim=-1)
    g = torch.einsum("ts,bsd->btd", weight, F.layer_norm(g, g.shape[-1:])) + bias[:, None]
    return u * g


def late_interaction(query: Tensor, document: Tensor) -> Tensor:
    """ColBERT: each word of a query takes its best match, and they add up."""
    scores = torch.einsum("qid,njd->qnij", F.normalize(query, dim=-1), F.normalize(document, dim=-1))
    return scores.amax(-1).sum(-1)


def okapi_scores(counts: Tensor, length: Tensor, rarity: Tensor) -> Tensor:
    """BM25 of documents, word by word added up."""
    norm = 1.2 * (0.25 + 0.75 * length / length.mean())
    return (rarity * counts * 2.2 / (counts + norm[:, None])).sum(-1)


def decayed_chunks(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Linear attention with decay, chunk by chunk: inside by a mask, before by a state."""
    b, t, d = q.shape
    at = torch.arange(5, dtype=q.dtype, device=q.device)
    mask = (0.9 ** (at[:, None] - at).clamp(min=0)).tril()
    state, out = q.new_zeros(b, d, v.shape[-1]), []
    for i in range(0, t, 5):
        qc, kc, vc = q[:, i : i + 5], k[:, i : i + 5], v[:, i : i + 5]
        inner = ((qc @ kc.mT) * mask) @ vc
        out.append(inner + (qc * (0.9 ** (at + 1))[:, None]) @ state)
        state = 0.9**5 * state + (kc * (0.9 ** (4 - at))[:, None]).mT @ vc
    return torch.cat(out, dim=1)


# -- vision


def ghost_features(x: Tensor, primary: Tensor, cheap: Tensor) -> Tensor:
    """GhostNet's: some maps by a convolution, the others by a cheap one of those."""
    y = F.relu(F.conv2d(x, primary))
    return torch.cat([y, F.relu(F.conv2d(y, cheap, padding=1, groups=y.shape[1]))], dim=1)


def coordinate_attention(x: Tensor, squeeze: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Pixels scaled by what the means of their row and of their column say."""
    h, w = x.shape[-2:]
    pooled = torch.cat([x.mean(3, keepdim=True), x.mean(2, keepdim=True).transpose(2, 3)], dim=2)
    a, b = F.hardswish(F.conv2d(pooled, squeeze)).split([h, w], dim=2)
    return x * F.conv2d(a, rows).sigmoid() * F.conv2d(b.transpose(2, 3), columns).sigmoid()


def dense_layers(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """DenseNet: each layer reads all maps before it."""
    x = torch.cat([x, F.conv2d(F.relu(x), first, padding=1)], dim=1)
    return torch.cat([x, F.conv2d(F.relu(x), second, padding=1)], dim=1)


def up_and_skip(x: Tensor, skip: Tensor, up: Tensor, conv: Tensor) -> Tensor:
    """A U-Net's way up: enlarged by a transposed convolution, joined with its skip, convolved."""
    y = torch.cat([F.conv_transpose2d(x, up, stride=2), skip], dim=1)
    return F.leaky_relu(F.instance_norm(F.conv2d(y, conv, padding=1)), 0.01)


def edge_aware_smoothness(depth: Tensor, image: Tensor) -> Tensor:
    """Depth may bend where the image does."""
    depth = depth / (depth.mean((2, 3), keepdim=True) + 1e-4)
    gap = (image[..., :, :-1] - image[..., :, 1:]).abs().mean(1, keepdim=True)
    return (depth[..., :, :-1] - depth[..., :, 1:]).abs() * torch.exp(-gap)


def heatmap_focal(logits: Tensor, target: Tensor) -> Tensor:
    """CenterNet's loss of heatmaps: peaks against all around them."""
    p = logits.sigmoid().clamp(1e-3, 1 - 1e-3)
    peak = target.eq(1).to(p.dtype)
    near = -peak * torch.log(p) * (1 - p) ** 2
    return (near - (1 - peak) * torch.log(1 - p) * p**2 * (1 - target) ** 4).sum((2, 3))


def pairwise_iou(a: Tensor, b: Tensor) -> Tensor:
    """Overlap of all pairs of boxes, given as corner and size."""
    a1, b1 = a[:, None, :2], b[None, :, :2]
    a2, b2 = a1 + a[:, None, 2:], b1 + b[None, :, 2:]
    inner = (torch.minimum(a2, b2) - torch.maximum(a1, b1)).clamp(min=0).prod(-1)
    return inner / (a[:, None, 2:].prod(-1) + b[None, :, 2:].prod(-1) - inner)


def aspect_loss(a: Tensor, b: Tensor) -> Tensor:
    """CIoU's penalty for a wrong aspect."""
    gap = torch.atan(a[:, 2] / a[:, 3]) - torch.atan(b[:, 2] / b[:, 3])
    return 4 / math.pi**2 * gap.square()


def layers_over(colour: Tensor, alpha: Tensor) -> Tensor:
    """Images laid over each other, from the back to the front."""
    out = colour[0]
    for i in range(1, len(colour)):
        out = colour[i] * alpha[i] + out * (1 - alpha[i])
    return out


def filmic(x: Tensor) -> Tensor:
    """ACES' tone curve as games use it, and a gamma."""
    x = (x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14)).clamp(0, 1)
    return x ** (1 / 2.2)


def unsharp(x: Tensor) -> Tensor:
    """An image plus what a blur takes away from it."""
    taps = torch.tensor([1.0, 2.0, 1.0], dtype=x.dtype, device=x.device) / 4
    kernel = (taps[:, None] * taps).expand(x.shape[1], 1, 3, 3)
    blurred = F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), kernel, groups=x.shape[1])
    return (x + 0.8 * (x - blurred)).clamp(0, 1)


def laplacian_pyramid(x: Tensor) -> Tensor:
    """What each of two halvings loses."""
    out = []
    for _ in range(2):
        small = F.avg_pool2d(x, 2)
        out.append((x - F.interpolate(small, scale_factor=2, mode="bilinear", align_corners=False)).flatten(1))
        x = small
    return torch.cat(out, dim=1)


def bilateral(x: Tensor) -> Tensor:
    """Neighbours averaged by how near they are, in place and in brightness."""
    n, c, h, w = x.shape
    patches = F.unfold(x, 3, padding=1).view(n, c, 9, h, w)
    place = torch.tensor([2.0, 1.0, 2.0, 1.0, 0.0, 1.0, 2.0, 1.0, 2.0], dtype=x.dtype, device=x.device)
    weight = torch.exp(-place[:, None, None] / 4 - (patches - x[:, :, None]).square() / 0.08)
    return (weight * patches).sum(2) / weight.sum(2)


def guided(guide: Tensor, x: Tensor) -> Tensor:
    """The guided filter: a linear function of the guide in every window."""

    def box(y: Tensor) -> Tensor:
        return F.avg_pool2d(y, 3, 1, 1, count_include_pad=False)

    mean, level = box(guide), box(x)
    a = (box(guide * x) - mean * level) / (box(guide * guide) - mean * mean + 0.01)
    return box(a) * guide + box(level - a * mean)


def class_token_embedding(x: Tensor, patch: Tensor, token: Tensor, place: Tensor) -> Tensor:
    """ViT's start: patches as tokens, a class token before them, positions added."""
    y = F.conv2d(x, patch, stride=patch.shape[-1]).flatten(2).transpose(1, 2)
    return torch.cat([token.expand(len(y), 1, -1), y], dim=1) + place


def axial_bias_attention(q: Tensor, k: Tensor, v: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """SAM's attention: biases of queries with relative rows and with relative columns."""
    h, w = rows.shape[0], columns.shape[0]
    grid = q.reshape(len(q), h, w, -1)
    bias = torch.einsum("bhwc,hkc->bhwk", grid, rows)[..., None]
    bias = bias + torch.einsum("bhwc,wkc->bhwk", grid, columns)[..., None, :]
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1) + bias.reshape(len(q), h * w, h * w)
    return scores.softmax(dim=-1) @ v


def deformable_samples(x: Tensor, place: Tensor, offset: Tensor, logits: Tensor) -> Tensor:
    """A map read at a few places around each reference, and blended by weights of attention."""
    at = (place[:, :, None] + 0.1 * torch.tanh(offset)) * 2 - 1
    read = F.grid_sample(x, at, mode="bilinear", padding_mode="zeros", align_corners=False)
    return (read * logits.softmax(-1)[:, None]).sum(-1)


def laplace_density(distance: Tensor, beta: Tensor) -> Tensor:
    """VolSDF: density from signed distances, by the Laplace distribution's cumulation."""
    tail = 0.5 * torch.expm1(-distance.abs() / beta)
    return (0.5 + 0.5 * distance.sign() * 2 * tail) / beta


def splat_weights(pixels: Tensor, centres: Tensor, scale: Tensor, angle: Tensor, opacity: Tensor) -> Tensor:
    """What each two-dimensional Gaussian covers of each pixel."""
    cos, sin = angle.cos(), angle.sin()
    d = pixels[:, None] - centres
    u = (cos * d[..., 0] + sin * d[..., 1]) / scale[:, 0]
    w = (cos * d[..., 1] - sin * d[..., 0]) / scale[:, 1]
    return torch.sigmoid(opacity) * torch.exp(-0.5 * (u * u + w * w))


def camera_rays(pixels: Tensor, focal: Tensor, turn: Tensor) -> Tensor:
    """Directions of rays through pixels, of length one, in the world."""
    local = torch.cat([(pixels - 0.5) / focal, torch.ones_like(pixels[:, :1])], dim=-1)
    return F.normalize(local @ turn.t(), dim=-1)


def perceptual_gap(x: Tensor, y: Tensor, weight: Tensor) -> Tensor:
    """LPIPS' distance of two maps: channels made one long, squared, weighed, averaged."""
    a = x / (x.square().sum(1, keepdim=True) + 1e-4).sqrt()
    b = y / (y.square().sum(1, keepdim=True) + 1e-4).sqrt()
    return F.conv2d((a - b).square(), weight[None, :, None, None]).mean((2, 3))


def prototype_masks(protos: Tensor, coefficients: Tensor) -> Tensor:
    """YOLACT's masks: blends of prototypes, through a sigmoid, enlarged."""
    masks = torch.sigmoid(torch.einsum("nk,khw->nhw", coefficients, protos))
    return F.interpolate(masks[None], scale_factor=1.5, mode="bilinear", align_corners=False)[0]
