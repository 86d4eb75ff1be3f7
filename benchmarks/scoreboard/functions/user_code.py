"""Parts of models as users of PyTorch write them, of given tensors only: language, vision, speech, recommenders.

None of them is in written.py, composed.py or composed_more.py; seventh.py gives them their inputs, and
user_code_more.py has the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- language models


def gated_attention_unit(x: Tensor, shared: Tensor, value: Tensor, gate: Tensor, scale: Tensor) -> Tensor:
    """Attention by squared ReLU, queries and keys cheap transforms of one projection, its outcome gated."""
    z = F.silu(x @ shared)
    q, k = z * scale[0], z * scale[1]
    weights = F.relu(q @ k.mT / x.shape[-2]).square()
    return F.silu(x @ gate) * (weights @ F.silu(x @ value))


def prefix_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """A third of the tokens sees all of itself, the rest only what came before."""
    n = q.shape[-2]
    seen = torch.ones(n, n, dtype=torch.bool, device=q.device).tril()
    seen[:, : n // 3] = True
    scores = (q @ k.mT) / math.sqrt(q.shape[-1])
    return scores.masked_fill(~seen, torch.finfo(q.dtype).min).softmax(-1) @ v


def capped_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Scores capped by a tangent at five, as Gemma does, then a causal softmax."""
    scores = 5.0 * torch.tanh(q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5 / 5.0)
    later = torch.ones_like(scores, dtype=torch.bool).triu(1)
    return scores.masked_fill(later, float("-inf")).softmax(-1) @ v


def parallel_block(x: Tensor, norm: Tensor, qkv: Tensor, out: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """GPT-J's block: attention and the feed-forward layer side by side after one norm."""
    y = F.layer_norm(x, (x.shape[-1],), norm)
    q, k, v = F.linear(y, qkv).view(*x.shape[:2], 3, 2, -1).permute(2, 0, 3, 1, 4)
    seen = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
    return x + F.linear(seen, out) + F.linear(F.gelu(F.linear(y, up), approximate="tanh"), down)


def sandwich_norm(x: Tensor, inner: Tensor, outer: Tensor, weight: Tensor) -> Tensor:
    """A layer between two RMS norms, on a residual stream."""
    y = F.rms_norm(x, (x.shape[-1],), inner, eps=1e-6)
    return x + F.rms_norm(F.relu(y @ weight), (x.shape[-1],), outer, eps=1e-6)


def sharded_vocabulary_loss(hidden: Tensor, head: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy with the vocabulary in three shards, their log-sums combined."""
    shards = [hidden @ part.t() for part in head.chunk(3, dim=0)]
    total = torch.stack([s.logsumexp(-1) for s in shards], dim=-1).logsumexp(-1)
    return total - torch.cat(shards, dim=-1).gather(1, target[:, None]).squeeze(1)


def min_p_probabilities(logits: Tensor) -> Tensor:
    """Tokens that are at least a tenth as likely as the likeliest, at temperature 0.8."""
    scaled = logits / 0.8
    hopeless = scaled < scaled.max(-1, keepdim=True).values + math.log(0.1)
    return scaled.masked_fill(hopeless, float("-inf")).softmax(-1)


def penalised_logits(logits: Tensor, counts: Tensor) -> Tensor:
    """Logits lowered for what was said before: by a factor, and by how often."""
    said = counts > 0
    lowered = torch.where(logits > 0, logits / 1.3, logits * 1.3)
    return torch.where(said, lowered, logits) - 0.2 * counts.to(logits.dtype)


def unlikelihood_loss(logits: Tensor, bad: Tensor) -> Tensor:
    """Against tokens that should not follow: -log(1 - p)."""
    p = logits.log_softmax(-1).gather(-1, bad).exp()
    return -torch.log1p(-p.clamp(max=1 - 1e-3)).sum(-1)


def min_gru_scan(x: Tensor, gate: Tensor) -> Tensor:
    """A minimal GRU over all steps at once, in logarithms."""
    log_keep, log_take = -F.softplus(gate), -F.softplus(-gate)
    log_x = torch.where(x >= 0, (F.relu(x) + 0.5).log(), -F.softplus(-x))
    total = log_keep.cumsum(1)
    return (total + torch.logcumsumexp(log_take + log_x - total, dim=1)).exp()


def hyper_connections(streams: Tensor, read: Tensor, write: Tensor, mix: Tensor, weight: Tensor) -> Tensor:
    """Residual streams mixed among each other, a layer reading and writing a blend of them."""
    y = torch.tanh(torch.einsum("n,tnd->td", read.softmax(0), streams) @ weight)
    return torch.einsum("nm,tmd->tnd", mix.softmax(-1), streams) + write[:, None] * y[:, None]


def dynamic_int8_linear(x: Tensor, weight: Tensor) -> Tensor:
    """Rows of both quantised to eight bits on the way, their products scaled back."""
    sx = x.abs().amax(-1, keepdim=True).clamp(min=1e-4) / 127
    sw = weight.abs().amax(-1, keepdim=True).clamp(min=1e-4) / 127
    qx, qw = (x / sx).round().clamp(-127, 127), (weight / sw).round().clamp(-127, 127)
    return F.linear(qx, qw * sw) * sx


def sentence_embedding(hidden: Tensor, kept: Tensor) -> Tensor:
    """The mean over tokens that are no padding, of length one."""
    mask = kept[..., None].to(hidden.dtype)
    return F.normalize((hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-3), p=2.0, dim=1)


def projected_cross_attention(x: Tensor, memory: Tensor, wq: Tensor, wk: Tensor, wv: Tensor, kept: Tensor) -> Tensor:
    """A decoder's look at an encoder's states, padding hidden by a large negative number."""
    q, k, v = x @ wq, memory @ wk, memory @ wv
    scores = torch.baddbmm((1.0 - kept[:, None].to(x.dtype)) * -1e4, q, k.mT, alpha=wq.shape[1] ** -0.5)
    return torch.bmm(F.softmax(scores, dim=-1), v)


# -- vision


def pyramid_merge(fine: Tensor, coarse: Tensor, lateral: Tensor, smooth: Tensor) -> Tensor:
    """A feature pyramid's step: the coarser map enlarged, added to a 1 × 1 convolution of the finer one, smoothed."""
    merged = F.conv2d(fine, lateral) + F.interpolate(coarse, size=fine.shape[-2:], mode="nearest")
    return F.conv2d(merged, smooth, padding=1)


def dilated_pyramid(x: Tensor, weight: Tensor, project: Tensor) -> Tensor:
    """One convolution at three dilations and the map's mean, side by side and projected."""
    maps = [F.relu(F.conv2d(x, weight, padding=d, dilation=d)) for d in (1, 2, 3)]
    mean = x.mean((2, 3), keepdim=True).expand(-1, -1, *x.shape[-2:])
    return F.conv2d(torch.cat([*maps, mean], dim=1), project)


def region_features(x: Tensor, boxes: Tensor) -> Tensor:
    """Each box's content as a map of 3 × 3, between pixels bilinear."""
    steps = (torch.arange(3, dtype=x.dtype, device=x.device) + 0.5) / 3
    xs = boxes[:, 0, None] + steps * boxes[:, 2, None]
    ys = boxes[:, 1, None] + steps * boxes[:, 3, None]
    grid = torch.stack([xs[:, None, :].expand(-1, 3, 3), ys[:, :, None].expand(-1, 3, 3)], dim=-1) * 2 - 1
    return F.grid_sample(x.expand(len(boxes), -1, -1, -1), grid, align_corners=False)


def decoded_boxes(deltas: Tensor, anchors: Tensor) -> Tensor:
    """Corners from offsets and log-sizes beside anchors of centre and size."""
    centre = anchors[:, :2] + 0.1 * deltas[:, :2] * anchors[:, 2:]
    size = anchors[:, 2:] * (0.2 * deltas[:, 2:]).clamp(max=math.log(62.5)).exp()
    return torch.cat([centre - 0.5 * size, centre + 0.5 * size], dim=-1)


def distributed_boxes(logits: Tensor, points: Tensor) -> Tensor:
    """Boxes whose four distances are expectations over bins."""
    bins = torch.arange(logits.shape[-1], dtype=logits.dtype, device=logits.device)
    left_top, right_bottom = (logits.softmax(-1) @ bins).chunk(2, dim=-1)
    return torch.cat([points - left_top, points + right_bottom], dim=-1)


def merged_patches(x: Tensor, norm: Tensor, weight: Tensor) -> Tensor:
    """Swin's step down: four neighbours' channels joined, normalised and projected."""
    quads = torch.cat([x[:, i::2, j::2] for j in (0, 1) for i in (0, 1)], dim=-1)
    return F.linear(F.layer_norm(quads, (quads.shape[-1],), norm), weight)


def inverted_residual(
    x: Tensor, expand: Tensor, depthwise: Tensor, squeeze: Tensor, excite: Tensor, project: Tensor
) -> Tensor:
    """MobileNet's block with hard activations and channel attention."""
    y = F.hardswish(F.conv2d(x, expand))
    y = F.hardswish(F.conv2d(y, depthwise, padding=1, groups=y.shape[1]))
    share = F.adaptive_avg_pool2d(y, 1).flatten(1)
    share = F.hardsigmoid(F.linear(F.relu(F.linear(share, squeeze)), excite))
    return x + F.conv2d(y * share[:, :, None, None], project)


def bottleneck(x: Tensor, reduce: Tensor, conv: Tensor, widen: Tensor, mean: Tensor, var: Tensor) -> Tensor:
    """ResNet's bottleneck in evaluation, one set of moments for the inner norms."""
    y = F.relu(F.batch_norm(F.conv2d(x, reduce), mean, var))
    y = F.relu(F.batch_norm(F.conv2d(y, conv, padding=1), mean, var))
    return F.relu(x + F.conv2d(y, widen))


def harris_response(x: Tensor) -> Tensor:
    """How much of a corner each pixel is."""
    dx, dy = (x[..., 1:-1, 2:] - x[..., 1:-1, :-2]) / 2, (x[..., 2:, 1:-1] - x[..., :-2, 1:-1]) / 2
    xx, yy, xy = (F.avg_pool2d(d, 3, 1, 1) for d in (dx * dx, dy * dy, dx * dy))
    return xx * yy - xy * xy - 0.05 * (xx + yy) ** 2


def lab_from_xyz(xyz: Tensor) -> Tensor:
    """CIE's lightness and opponent colours."""
    t = xyz / torch.tensor([0.9505, 1.0, 1.089], dtype=xyz.dtype, device=xyz.device)[:, None, None]
    x, y, z = torch.where(t > 0.008856, t.clamp(min=1e-4) ** (1 / 3), 7.787 * t + 16 / 116).unbind(-3)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=-3)


def style_loss(x: Tensor, y: Tensor) -> Tensor:
    """Squared differences of Gram matrices over the map."""
    a, b = x.flatten(2), y.flatten(2)
    n = a.shape[-1]
    return (torch.bmm(a, a.mT) / n - torch.bmm(b, b.mT) / n).square()


def peak_signal_to_noise(x: Tensor, y: Tensor) -> Tensor:
    """In decibels, of images in 0 … 1."""
    return -10 * torch.log10((x.clamp(0, 1) - y.clamp(0, 1)).square().mean((1, 2)))


def aggregated_residuals(x: Tensor, centres: Tensor) -> Tensor:
    """NetVLAD: features less soft centres, added up, normalised inside and as a whole."""
    share = (2.0 * x @ centres.t()).softmax(-1)
    total = torch.einsum("bnk,bnd->bkd", share, x) - share.sum(1)[..., None] * centres
    return F.normalize(F.normalize(total, dim=-1).flatten(1), dim=-1)


# -- speech


def conformer_convolution(x: Tensor, gate: Tensor, depthwise: Tensor, mean: Tensor, var: Tensor, out: Tensor) -> Tensor:
    """A Conformer's convolution: gated linear unit, depthwise filter, batch norm, Swish, and back."""
    y = F.glu(F.conv1d(x, gate), dim=1)
    y = F.conv1d(y, depthwise, padding="same", groups=y.shape[1])
    return x + F.conv1d(F.silu(F.batch_norm(y, mean, var)), out)


def cepstra(mel: Tensor) -> Tensor:
    """Logarithms of mel bands through a cosine transform, liftered."""
    n = mel.shape[-1]
    at = torch.arange(n, dtype=mel.dtype, device=mel.device)
    basis = torch.cos(math.pi / n * (at + 0.5) * at[:8, None]) * math.sqrt(2 / n)
    lifter = 1 + 11 * torch.sin(math.pi * at[:8] / 22)
    return (torch.log(mel + 1e-3) @ basis.t()) * lifter


def with_deltas(x: Tensor) -> Tensor:
    """Features and their slopes over five frames."""
    padded = F.pad(x, (2, 2), mode="replicate")
    near, far = padded[..., 3:-1] - padded[..., 1:-3], padded[..., 4:] - padded[..., :-4]
    return torch.cat([x, (near + 2 * far) / 10], dim=1)


def overlap_added(frames: Tensor, window: Tensor) -> Tensor:
    """Frames with windows on, laid over each other by half, and divided by the windows' squares."""
    n, hop = frames.shape[-1], frames.shape[-1] // 2
    size = (1, hop * (frames.shape[1] - 1) + n)
    signal = F.fold((frames * window).mT, size, (1, n), stride=(1, hop))
    weight = F.fold((window**2).expand_as(frames).mT, size, (1, n), stride=(1, hop))
    return (signal / (weight + 1e-2)).flatten(1)


def masked_spectrum(re: Tensor, im: Tensor, mask_re: Tensor, mask_im: Tensor) -> Tensor:
    """A complex mask of bounded magnitude, applied to a spectrum by its parts."""
    size = (mask_re.square() + mask_im.square() + 1e-4).sqrt()
    bound = torch.tanh(size) / size
    a, b = mask_re * bound, mask_im * bound
    return torch.stack([re * a - im * b, re * b + im * a], dim=-1)


def transducer_joint(encoded: Tensor, predicted: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Every frame joined with every label so far."""
    joint = torch.tanh(encoded[:, :, None] + predicted[:, None])
    return F.linear(joint, weight, bias).log_softmax(-1)


def attentive_statistics(x: Tensor, weight: Tensor, score: Tensor) -> Tensor:
    """A speaker's mean and deviation over time, by weights of attention for each channel."""
    a = (torch.tanh(x.mT @ weight) @ score).mT.softmax(-1)
    mean = (a * x).sum(-1)
    return torch.cat([mean, ((a * x * x).sum(-1) - mean * mean).clamp(min=1e-3).sqrt()], dim=-1)


# -- recommenders


def bayesian_ranking_loss(user: Tensor, liked: Tensor, other: Tensor) -> Tensor:
    """Of pairs of items: the liked one should score higher; small factors are preferred."""
    margin = (user * (liked - other)).sum(-1)
    size = user.square().sum(-1) + liked.square().sum(-1) + other.square().sum(-1)
    return F.softplus(-margin) + 0.01 * size


def wide_and_deep(ids: Tensor, wide: Tensor, table: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """Weights of crossed features beside a network of their embeddings."""
    deep = F.relu(F.linear(table[ids].flatten(1), first))
    return torch.sigmoid(F.embedding_bag(ids, wide, mode="sum") + F.linear(deep, last))


def shared_experts(x: Tensor, experts: Tensor, gates: Tensor) -> Tensor:
    """Tasks that each blend the same experts by a gate of their own."""
    seen = F.relu(torch.einsum("bi,eio->beo", x, experts))
    share = torch.softmax(torch.einsum("bi,tie->bte", x, gates), dim=-1)
    return share @ seen


def faded_history(events: Tensor, age: Tensor, rate: Tensor) -> Tensor:
    """What a user did, older events worth less by each head's rate."""
    weight = torch.exp(-F.softplus(rate)[:, None] * age[:, None])
    return torch.einsum("bhn,bnd->bhd", weight / weight.sum(-1, keepdim=True), events)


def ranking_gradients(score: Tensor, grade: Tensor) -> Tensor:
    """LambdaRank's: pairs in the wrong order pull by what their exchange would gain."""
    apart = score[:, :, None] - score[:, None, :]
    better = (grade[:, :, None] > grade[:, None, :]).to(score.dtype)
    discount = 1 / torch.log2(torch.arange(score.shape[1], dtype=score.dtype, device=score.device) + 2)
    gain = (2**grade)[:, :, None] - (2**grade)[:, None, :]
    pull = better * torch.sigmoid(-apart) * (gain * (discount[:, None] - discount[None, :])).abs()
    return pull.sum(2) - pull.sum(1)
