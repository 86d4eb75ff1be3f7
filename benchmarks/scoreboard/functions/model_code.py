"""Parts of models as users of PyTorch write them, of given tensors only: language, pictures, diffusion, sound, graphs.

None of them is in an earlier file; fifteenth.py gives them their inputs, train_code.py, world_code.py and
figure_code.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- language


def one_offset_rms_norm(x: Tensor, weight: Tensor) -> Tensor:
    """Gemma: a norm in single precision whose weight is kept as what differs from one."""
    y = x.float() * torch.rsqrt(x.float().square().mean(-1, keepdim=True) + 1e-6)
    return (y * (1.0 + weight.float())).to(x.dtype)


def length_tempered_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Llama 4: queries grow with the logarithm of how far into the text they are."""
    at = torch.arange(q.shape[-2], dtype=q.dtype, device=q.device)
    grow = torch.log(torch.floor((at + 1) / 8) + 1) * 0.1 + 1
    return F.scaled_dot_product_attention(q * grow[:, None], k, v, is_causal=True)


def logistic_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention by a sigmoid of each score, with a bias for how many keys there are."""
    score = q @ k.mT / math.sqrt(q.shape[-1]) - math.log(k.shape[-2])
    return torch.sigmoid(score) @ v


def tied_key_value_attention(q: Tensor, k: Tensor, gain: Tensor) -> Tensor:
    """One projection for keys and values, of which keys are normalised."""
    key = F.rms_norm(k, k.shape[-1:], gain, 1e-6)
    score = (F.rms_norm(q, q.shape[-1:], eps=1e-6) @ key.mT).tril()
    hidden = torch.ones_like(score, dtype=torch.bool).triu(1)
    return score.masked_fill(hidden, float("-inf")).softmax(-1) @ k


def group_limited_routing(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """DeepSeek: experts in four groups, the two best groups kept by their two best experts, then three experts."""
    score = torch.sigmoid(x @ weight)
    chosen = (score + bias).unflatten(-1, (4, -1))
    best = chosen.topk(2, -1)[0].sum(-1).topk(2, -1)[1]
    kept = torch.zeros_like(chosen[..., 0]).scatter(-1, best, 1.0)
    masked = chosen.masked_fill(kept[..., None] == 0, -9.0).flatten(-2)
    top = masked.topk(3, -1)[1]
    share = score.gather(-1, top)
    return torch.zeros_like(score).scatter(-1, top, 2.5 * share / (share.sum(-1, keepdim=True) + 1e-4))


def layer_embedding_gate(x: Tensor, own: Tensor, down: Tensor, up: Tensor, gain: Tensor) -> Tensor:
    """Gemma 3n: an embedding of the token for this layer alone, gated by what the layer sees."""
    y = F.gelu(F.linear(x, down), approximate="tanh") * own
    return x + F.rms_norm(F.linear(y, up), x.shape[-1:], gain, 1e-6)


def alternating_updates(x: Tensor, predict: Tensor, correct: Tensor, weight: Tensor) -> Tensor:
    """AltUp: one of several streams goes through the layer; all are foretold by a mixture and corrected."""
    told = x + torch.einsum("ij,jnd->ind", predict, x)
    done = x[0] + F.silu(x[0] @ weight)
    return told + correct[:, None, None] * (done - told[0])


def augmented_residual(x: Tensor, down: Tensor, up: Tensor, weight: Tensor) -> Tensor:
    """LAuReL: a residual with a learned part of low rank next to the block's own output."""
    side = F.rms_norm(F.linear(F.linear(x, down), up), x.shape[-1:], eps=1e-6)
    return (torch.tanh(F.linear(x, weight)) + x + side) / math.sqrt(2)


def routed_depth(x: Tensor, router: Tensor, weight: Tensor) -> Tensor:
    """Mixture of depths: only the half of tokens that score best go through a layer, by how they score."""
    score = (x @ router).squeeze(-1)
    top, index = score.topk(x.shape[1] // 2, -1)
    index = index[..., None].expand(-1, -1, x.shape[-1])
    rows = x.gather(1, index)
    return x.scatter_add(1, index, torch.sigmoid(top)[..., None] * F.gelu(rows @ weight))


def short_history_residual(x: Tensor, tap: Tensor) -> Tensor:
    """Canon layers: a residual of each channel's last four tokens, each with a weight."""
    past = F.pad(x.mT, (tap.shape[-1] - 1, 0))
    return x + F.conv1d(past, tap[:, None], groups=x.shape[-1]).mT


def delta_product_memory(q: Tensor, k: Tensor, v: Tensor, beta: Tensor) -> Tensor:
    """Gated products of reflections: two corrections of a matrix memory after every token."""
    k = F.normalize(k, dim=-1)
    rate, state, out = 2 * torch.sigmoid(beta), torch.zeros_like(k[:, 0, 0, :, None] * v[:, 0, 0, None]), []
    for t in range(q.shape[1]):
        for j in range(2):
            key = k[:, t, j, :, None]
            gap = v[:, t, j, None] - key.mT @ state
            state = state + rate[:, t, j, None, None] * key @ gap
        out.append((q[:, t, None] @ state).squeeze(1))
    return torch.stack(out, 1)


def log_linear_attention(q: Tensor, k: Tensor, v: Tensor, level: Tensor) -> Tensor:
    """Linear attention whose past is in buckets that double in length, each with a weight of its own."""
    at = torch.arange(q.shape[-2], device=q.device)
    apart = (at[:, None] ^ at[None]).to(q.dtype)
    depth = torch.log2(apart + 1).ceil().long().clamp(max=level.shape[-1] - 1)
    weight = F.softplus(level)[:, depth].tril()
    return (weight * (q @ k.mT) / math.sqrt(q.shape[-1])) @ v


def bounded_logit_loss(x: Tensor, weight: Tensor, label: Tensor) -> Tensor:
    """A next token's loss of logits kept below thirty, with a small square of their log-sum."""
    logit = 30 * torch.tanh(F.linear(x, weight) / 30)
    total = torch.logsumexp(logit.float(), -1)
    return (total - logit.float().gather(-1, label[:, None]).squeeze(-1) + 1e-4 * total.square()).to(x.dtype)


# -- pictures


def two_axis_rotary(x: Tensor, row: Tensor, column: Tensor) -> Tensor:
    """Half of the channels turned by a patch's row, half by its column."""
    n = x.shape[-1] // 4
    rate = 100.0 ** (-torch.arange(n, dtype=x.dtype, device=x.device) / n)
    out = []
    for part, at in zip(x.chunk(2, -1), (row, column), strict=True):
        a, b = part.chunk(2, -1)
        c, s = torch.cos(at[:, None] * rate), torch.sin(at[:, None] * rate)
        out += [a * c - b * s, a * s + b * c]
    return torch.cat(out, -1)


def decomposed_position_attention(q: Tensor, k: Tensor, v: Tensor, high: Tensor, wide: Tensor) -> Tensor:
    """Segment anything: scores and what queries say of how many rows and columns keys are away."""
    h, w = high.shape[0] // 2 + 1, wide.shape[0] // 2 + 1
    rows = torch.arange(h, device=q.device)[:, None] - torch.arange(h, device=q.device) + h - 1
    columns = torch.arange(w, device=q.device)[:, None] - torch.arange(w, device=q.device) + w - 1
    grid = q.unflatten(-2, (h, w))
    up = torch.einsum("bnhwd,hkd->bnhwk", grid, high[rows])[..., :, None]
    side = torch.einsum("bnhwd,wkd->bnhwk", grid, wide[columns])[..., None, :]
    score = (q / math.sqrt(q.shape[-1])) @ k.mT + (up + side).flatten(-2).flatten(2, 3)
    return score.softmax(-1) @ v


def box_sine_queries(box: Tensor, weight: Tensor) -> Tensor:
    """Anchor boxes as sines and cosines of their four numbers, through a small network."""
    rate = 20.0 ** (-torch.arange(4, dtype=box.dtype, device=box.device) / 4)
    angle = 2 * math.pi * box[..., None] * rate
    return torch.relu(torch.cat([angle.sin(), angle.cos()], -1).flatten(-2) @ weight)


def task_aligned_scores(score: Tensor, one: Tensor, two: Tensor) -> Tensor:
    """TOOD: how well a box is classified and placed at once, scaled by the best overlap of each target."""
    top = torch.maximum(one[:, None, :2], two[None, :, :2])
    low = torch.minimum(one[:, None, 2:], two[None, :, 2:])
    both = (low - top).clamp_min(0).prod(-1)
    area = [(t[:, 2:] - t[:, :2]).prod(-1) for t in (one, two)]
    iou = both / (area[0][:, None] + area[1] - both)
    align = torch.sigmoid(score) * iou.pow(6)
    return align / (align.amax(-1, keepdim=True) + 1e-4) * iou.amax(-1, keepdim=True)


def masked_query_attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """Mask2Former: each query sees what its last mask covers, and all of the picture where that covers nothing."""
    seen = mask > 0
    seen = seen | ~seen.any(-1, keepdim=True)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=seen)


def query_mask_logits(query: Tensor, pixel: Tensor, weight: Tensor) -> Tensor:
    """Masks as products of queries with pixels, put together by their classes' chances."""
    mask = torch.sigmoid(torch.einsum("qc,chw->qhw", query, pixel))
    return torch.einsum("qk,qhw->khw", (query @ weight).softmax(-1)[:, :-1], mask)


def gated_depthwise_mlp(x: Tensor, up: Tensor, tap: Tensor, down: Tensor) -> Tensor:
    """Restormer: two halves widened and filtered in space, one the gate of the other."""
    a, b = F.conv2d(F.conv2d(x, up), tap, padding=1, groups=up.shape[0]).chunk(2, 1)
    return x + F.conv2d(F.gelu(a) * b, down)


def blended_tiles(tile: Tensor) -> Tensor:
    """Overlapping pieces of a picture put together, each weighed by ramps towards its edges."""
    n = tile.shape[-1]
    ramp = torch.arange(1, n + 1, dtype=tile.dtype, device=tile.device)
    ramp = torch.minimum(ramp, ramp.flip(0)) / n
    weight = ramp[:, None] * ramp
    side = (n // 2) * (tile.shape[1] - 1) + n
    total = torch.zeros(tile.shape[0], side, side, dtype=tile.dtype, device=tile.device)
    norm = torch.zeros_like(total)
    for i in range(tile.shape[1]):
        for j in range(tile.shape[2]):
            pad = (j * n // 2, side - n - j * n // 2, i * n // 2, side - n - i * n // 2)
            total, norm = total + F.pad(weight * tile[:, i, j], pad), norm + F.pad(weight, pad)
    return total / norm


# -- diffusion


def modulated_single_stream(x: Tensor, time: Tensor, weight: Tensor, out: Tensor) -> Tensor:
    """Flux: a norm moved by time, attention and network from one product, and a gate before the residual."""
    shift, scale, gate = time[:, None].chunk(3, -1)
    d = x.shape[-1]
    y = (1 + scale) * F.layer_norm(x, (d,), eps=1e-6) + shift
    q, k, v, wide = F.linear(y, weight).split([d, d, d, weight.shape[0] - 3 * d], -1)
    seen = F.scaled_dot_product_attention(F.rms_norm(q, (d,), eps=1e-6), F.rms_norm(k, (d,), eps=1e-6), v)
    return x + gate * F.linear(torch.cat([seen, F.gelu(wide, approximate="tanh")], -1), out)


def shared_time_modulation(x: Tensor, time: Tensor, table: Tensor, weight: Tensor) -> Tensor:
    """PixArt: one projection of time for all layers and a small table for each."""
    shift, scale, gate = (table + time.unflatten(-1, (3, -1))).unbind(1)
    y = F.layer_norm(x, x.shape[-1:]) * (1 + scale[:, None]) + shift[:, None]
    return x + gate[:, None] * F.gelu(y @ weight)


def control_injection(x: Tensor, hint: Tensor, kernel: Tensor, zero: Tensor) -> Tensor:
    """ControlNet: a copy of a block sees a hint, and is added by a product that began at zero."""
    y = F.silu(F.group_norm(F.conv2d(x + hint, kernel, padding=1), 2))
    return F.conv2d(x, kernel, padding=1) + F.conv2d(y, zero)


def karras_schedule(low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
    """Thirteen noise levels evenly spaced in a seventh root, and their logarithms over four."""
    at = torch.linspace(0, 1, 13, dtype=low.dtype, device=low.device)
    a, b = high[:, None] ** (1 / 7), low[:, None] ** (1 / 7)
    sigma = (a + at * (b - a)) ** 7
    return sigma, 0.25 * torch.log(sigma)


def unified_corrector_step(x: Tensor, now: Tensor, before: Tensor, after: Tensor, level: Tensor) -> Tensor:
    """UniPC: a step in log-odds of signal from two guesses, corrected by a third at where it lands."""
    alpha, sigma = torch.sigmoid(level).sqrt(), torch.sigmoid(-level).sqrt()
    lam = torch.log(alpha) - torch.log(sigma)
    h, past = lam[2] - lam[1], lam[0] - lam[1]
    r = past / h
    phi = torch.expm1(-h)
    base = sigma[2] / sigma[1] * x - alpha[2] * phi * now
    bent = (phi / -h - 1) / -h
    told = base + alpha[2] * h * bent * (before - now) / r
    return told + 0.5 * alpha[2] * h * bent * (after - now)


def interval_guidance(cond: Tensor, free: Tensor, sigma: Tensor) -> Tensor:
    """Guidance only where noise is neither too high nor too low, and no louder than without."""
    on = ((sigma > 0.3) & (sigma < 5)).to(cond.dtype)[:, None, None]
    y = cond + 2.5 * on * (cond - free)
    return y * cond.std((1, 2), keepdim=True) / y.std((1, 2), keepdim=True)


# -- sound


def speech_stem(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """Whisper: two filters, the second of every other frame, and sines of time."""
    y = F.gelu(F.conv1d(F.gelu(F.conv1d(x, first, padding=1)), second, stride=2, padding=1)).mT
    half = y.shape[-1] // 2
    rate = torch.exp(-math.log(1e4) / (half - 1) * torch.arange(half, dtype=x.dtype, device=x.device))
    angle = torch.arange(y.shape[1], dtype=x.dtype, device=x.device)[:, None] * rate
    return y + torch.cat([angle.sin(), angle.cos()], -1)


def complex_head_synthesis(x: Tensor, weight: Tensor) -> Tensor:
    """Vocos: frames give magnitudes and phases, whose waves are windowed and added up half a frame apart."""
    level, phase = F.linear(x, weight).chunk(2, -1)
    frame = torch.fft.irfft(torch.polar(level.exp().clamp(max=100.0), phase), norm="ortho")
    n = frame.shape[-1]
    frame = frame * torch.hann_window(n, dtype=x.dtype, device=x.device)
    return F.fold(frame.mT, (1, n // 2 * (x.shape[1] - 1) + n), (1, n), stride=(1, n // 2)).squeeze(1)


def split_bands(x: Tensor, weight: Tensor) -> Tensor:
    """A spectrum cut into bands of growing width, each normalised and brought to one size."""
    out, at = [], 0
    for w, width in zip(weight, (4, 6, 10, 12), strict=True):
        band = x[..., at : at + width]
        out.append(F.layer_norm(band, (width,)) @ w[:width])
        at += width
    return torch.stack(out, -2)


def complex_ratio_mask(real: Tensor, imag: Tensor, mask: Tensor) -> Tensor:
    """A complex factor of bounded length for each cell of a spectrum."""
    a, b = mask.chunk(2, -1)
    size = torch.sqrt(a * a + b * b + 1e-5)
    by = torch.tanh(size) / size
    return torch.stack([by * (a * real - b * imag), by * (a * imag + b * real)], -1)


def biased_norm_bypass(x: Tensor, y: Tensor, bias: Tensor, scale: Tensor, share: Tensor) -> Tensor:
    """Zipformer: lengths of what is off a learned centre, and a share of each channel that goes around the block."""
    norm = y * torch.rsqrt((y - bias).square().mean(-1, keepdim=True)) * torch.exp(scale)
    return x + share.clamp(0.2, 1.0) * (norm - x)


# -- graphs


def vector_scalar_message(
    x: Tensor, vector: Tensor, way: Tensor, weight: Tensor, edge: Tensor
) -> tuple[Tensor, Tensor]:
    """PaiNN: neighbours' numbers and vectors, by filters of how far they are and along which way."""
    source, target = edge
    length = way.norm(dim=-1, keepdim=True)
    wave = torch.sin(length * torch.arange(1, 5, dtype=x.dtype, device=x.device)) / length
    a, b, c = (F.silu(x @ weight[0])[source] * (wave @ weight[1, :4])).chunk(3, -1)
    told = b[:, None] * vector[source] + c[:, None] * (way / length)[..., None]
    return x.index_add(0, target, a), vector.index_add(0, target, told)


def scored_node_pooling(x: Tensor, near: Tensor, score: Tensor) -> tuple[Tensor, Tensor]:
    """Graph U-nets: the best third of nodes along a direction, gated by it, and what joins them."""
    y = x @ score / score.norm()
    top, index = y.topk(x.shape[0] // 3)
    return x[index] * torch.tanh(top)[:, None], (near @ near)[index][:, index]


def jumping_knowledge(x: Tensor, near: Tensor, weight: Tensor, score: Tensor) -> Tensor:
    """Four rounds over a graph, and a softmax over them for each node."""
    root = torch.rsqrt(near.sum(-1) + 1)
    step = root[:, None] * near * root
    seen = []
    for w in weight:
        x = torch.relu(step @ (x @ w) + x)
        seen.append(x)
    every = torch.stack(seen, 1)
    return ((every @ score).softmax(1) * every).sum(1)


def sign_invariant_encoding(vector: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """SignNet: the same network of a vector and of its negative, added up."""

    def phi(t: Tensor) -> Tensor:
        return torch.relu(t[..., None] * first[0] + first[1])

    return (phi(vector) + phi(-vector)).flatten(-2) @ second


def virtual_node_exchange(x: Tensor, hub: Tensor, graph: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """A node that sees all others of its graph, and gives back what it made of them."""
    total = torch.zeros_like(hub).index_add(0, graph, x)
    hub = hub + F.relu(F.layer_norm(total + hub, hub.shape[-1:]) @ weight)
    return x + hub[graph], hub


def neural_diffusion_step(x: Tensor, edge: Tensor, weight: Tensor) -> Tensor:
    """GRAND: heat along edges by attention, four small steps of time."""
    source, target = edge
    q, k = x @ weight[0], x @ weight[1]
    score = torch.exp((q[target] * k[source]).sum(-1) / math.sqrt(x.shape[-1]))
    total = torch.zeros_like(x[:, 0]).index_add(0, target, score)
    share = (score / (total[target] + 1e-3))[:, None]
    for _ in range(4):
        x = x + 0.25 * (torch.zeros_like(x).index_add(0, target, share * x[source]) - x)
    return x
