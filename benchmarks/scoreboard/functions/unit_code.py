"""Parts of networks as users of PyTorch write them, of given tensors only: units, cells, attention, pooling, graphs.

None of them is in an earlier file; eighteenth.py gives them their inputs, ledger_code.py, plant_code.py and
scope_code.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- units


def square_plus_unit(x: Tensor, b: Tensor) -> Tensor:
    """Squareplus: a smooth rectifier by a root, without any exponential."""
    return 0.5 * (x + torch.sqrt(x * x + b))


def logarithmic_sigmoid_unit(x: Tensor) -> Tensor:
    """Logish: x times the logarithm of one and its sigmoid."""
    return x * torch.log1p(torch.sigmoid(x))


def smooth_maximum_unit(x: Tensor, mu: Tensor) -> Tensor:
    """SMU: a leaky rectifier whose corner an error function rounds."""
    return 0.5 * (1.25 * x + 0.75 * x * torch.erf(mu * 0.75 * x))


def adaptive_piecewise_unit(x: Tensor, slope: Tensor, hinge: Tensor) -> Tensor:
    """APL: a rectifier and a sum of learned hinges."""
    return F.relu(x) + (slope * F.relu(hinge - x[..., None])).sum(-1)


def expanded_arctangent_gate(x: Tensor, weight: Tensor, alpha: Tensor) -> Tensor:
    """xATLU: a linear layer gated by an arctangent whose range is learned to go beyond zero and one."""
    a, b = F.linear(x, weight).chunk(2, -1)
    return b * a * ((torch.atan(a) / math.pi + 0.5) * (1 + 2 * alpha) - alpha)


def sorted_pairs_layer(x: Tensor, weight: Tensor) -> Tensor:
    """GroupSort: a linear layer of bounded slope, and its outputs sorted in pairs."""
    y = F.linear(x, weight / weight.norm()).unflatten(-1, (-1, 2))
    return torch.cat((y.amax(-1), y.amin(-1)), -1)


def bounded_slope_residual(x: Tensor, weight: Tensor, bias: Tensor, scale: Tensor) -> Tensor:
    """SLL: a residual layer that never moves two inputs further apart."""
    q = torch.exp(scale)
    bound = ((weight @ weight.mT).abs() * q / q[:, None]).sum(-1)
    return x - 2 * (F.relu(F.linear(x, weight, bias)) / bound) @ weight


def cayley_layer(x: Tensor, weight: Tensor) -> Tensor:
    """An orthogonal layer, of a skew matrix by Cayley's transform."""
    skew = weight - weight.mT
    eye = torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)
    return torch.linalg.solve(eye + skew, x.mT - skew @ x.mT).mT


def rescaled_keys_and_values(q: Tensor, k: Tensor, v: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """(IA)³: attention whose keys and values are scaled channel by channel."""
    return F.scaled_dot_product_attention(q, k * key, v * value, is_causal=True)


# -- cells


def coupled_gates_cell(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """A long memory that takes as much as it forgets."""
    n = bias.shape[0] // 3
    h = c = x.new_zeros(x.shape[0], n)
    for now in x.unbind(1):
        f, o, g = F.linear(torch.cat((now, h), -1), weight, bias).chunk(3, -1)
        keep = torch.sigmoid(f)
        c = keep * c + (1 - keep) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
    return h


def mogrified_steps(x: Tensor, h: Tensor, down: Tensor, up: Tensor, cell: Tensor) -> Tensor:
    """Input and state that gate each other four times before a plain cell."""
    for now in x.unbind(1):
        y, z = now, h
        for _ in range(2):
            y = 2 * torch.sigmoid(F.linear(z, down)) * y
            z = 2 * torch.sigmoid(F.linear(y, up)) * z
        h = torch.tanh(F.linear(torch.cat((y, z), -1), cell))
    return h


def turning_memory_cell(x: Tensor, into: Tensor, angle: Tensor, bias: Tensor) -> Tensor:
    """A unitary memory of pairs that turn at each step, rectified by their size alone."""
    h = x.new_zeros(x.shape[0], angle.shape[0], 2)
    c, s = torch.cos(angle), torch.sin(angle)
    for now in x.unbind(1):
        a, b = h.unbind(-1)
        h = torch.stack((c * a - s * b, s * a + c * b), -1) + F.linear(now, into).unflatten(-1, (-1, 2))
        size = torch.sqrt(h.square().sum(-1, keepdim=True) + 1e-2)
        h = F.relu(size + bias[:, None]) * h / size
    return h.flatten(1)


def uncertain_belief_cell(x: Tensor, noise: Tensor, drift: Tensor) -> tuple[Tensor, Tensor]:
    """Means and variances of features, each moved by what is seen as far as it is trusted."""
    mean, spread = torch.zeros_like(x[:, 0]), torch.ones_like(x[:, 0])
    for now, rough in zip(x.unbind(1), noise.unbind(1), strict=True):
        spread = 0.9 * spread + F.softplus(drift)
        gain = spread / (spread + F.softplus(rough))
        mean, spread = mean + gain * (now - mean), (1 - gain) * spread
    return mean, spread


def fast_weight_rounds(x: Tensor, weight: Tensor, within: Tensor) -> Tensor:
    """Ba: a state that asks its own recent past twice before it is told."""
    h = x.new_zeros(x.shape[0], weight.shape[0])
    past: list[Tensor] = []
    for now in x.unbind(1):
        base = F.linear(now, weight) + F.linear(h, within)
        s = torch.tanh(base)
        for _ in range(2):
            ask = sum((0.9**i * 0.5 * p * (p * s).sum(-1, keepdim=True) for i, p in enumerate(reversed(past))), base)
            s = torch.tanh(F.layer_norm(ask, [ask.shape[-1]]))
        h = s
        past.append(h)
    return h


# -- attention


def learned_span_attention(q: Tensor, k: Tensor, v: Tensor, span: Tensor) -> Tensor:
    """Attention whose heads learn how far back they look, with a soft end."""
    n = torch.arange(q.shape[-2], dtype=q.dtype, device=q.device)
    back = n[:, None] - n
    soft = ((span[:, None, None] - back) / 4 + 1).clamp(0, 1) * (back >= 0)
    score = q @ k.mT / math.sqrt(q.shape[-1])
    weight = torch.exp(score - score.amax(-1, keepdim=True)) * soft
    return weight / weight.sum(-1, keepdim=True) @ v


def related_positions_attention(q: Tensor, k: Tensor, v: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Shaw: attention with a vector of each distance, clipped, added to keys and to values."""
    n = torch.arange(q.shape[-2], device=q.device)
    reach = key.shape[0] // 2
    at = (n - n[:, None]).clamp(-reach, reach) + reach
    score = q @ k.mT + torch.einsum("bhid,ijd->bhij", q, key[at])
    weight = torch.softmax(score / math.sqrt(q.shape[-1]), -1)
    return weight @ v + torch.einsum("bhij,ijd->bhid", weight, value[at])


def persistent_vectors_attention(q: Tensor, k: Tensor, v: Tensor, more: Tensor, kept: Tensor) -> Tensor:
    """All-attention: keys and values that belong to no token, beside those of the tokens."""
    keys = torch.cat((k, more.expand(k.shape[0], -1, -1, -1)), -2)
    return F.scaled_dot_product_attention(q, keys, torch.cat((v, kept.expand(v.shape[0], -1, -1, -1)), -2))


def distance_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention by how far keys are from a query, with bounded slope."""
    far = q.square().sum(-1, keepdim=True) - 2 * q @ k.mT + k.square().sum(-1)[..., None, :]
    return torch.softmax(-far / math.sqrt(q.shape[-1]), -1) @ v


def simplicial_attention(q: Tensor, one: Tensor, two: Tensor, v: Tensor, w: Tensor) -> Tensor:
    """Attention of each query to pairs of keys, by a product of three."""
    score = torch.einsum("bid,bjd,bkd->bijk", q, one, two) / q.shape[-1]
    weight = torch.softmax(score.flatten(2), -1).view_as(score)
    return torch.einsum("bijk,bjd,bkd->bid", weight, v, w)


def softmax_kernel_convolution(x: Tensor, weight: Tensor) -> Tensor:
    """Light convolution: filters over time shared by channels of a head, each a softmax."""
    kernel = torch.softmax(weight, -1).repeat_interleave(x.shape[1] // weight.shape[0], 0)
    return F.conv1d(F.pad(x, (weight.shape[-1] - 1, 0)), kernel[:, None], groups=x.shape[1])


def last_token_embedding(x: Tensor, length: Tensor, weight: Tensor) -> Tensor:
    """A text's vector: its last token, after an RMS norm, projected and of unit length."""
    last = x.gather(1, (length - 1)[:, None, None].expand(-1, 1, x.shape[-1])).squeeze(1)
    return F.normalize(F.linear(F.rms_norm(last, [x.shape[-1]], eps=1e-6), weight), dim=-1)


def capacity_limited_routing(x: Tensor, router: Tensor, expert: Tensor) -> Tensor:
    """Each token to its best expert, as long as that one has room."""
    share = torch.softmax(F.linear(x, router), -1)
    best, which = share.max(-1)
    taken = F.one_hot(which, router.shape[0])
    place = (taken.cumsum(0) * taken).sum(-1)
    kept = (place <= 2 * x.shape[0] // (3 * router.shape[0]) + 2).to(x.dtype)
    return torch.einsum("nd,eod,ne->no", x, expert, taken.to(x.dtype)) * (best * kept)[:, None] + x.mean(-1)[:, None]


# -- fusion, channels and pooling


def low_rank_fusion(x: Tensor, y: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """MUTAN: two kinds of features, multiplied in several small spaces and summed."""
    a, b = torch.tanh(torch.einsum("nd,rod->nro", x, left)), torch.tanh(torch.einsum("nd,rod->nro", y, right))
    return F.normalize((a * b).sum(1), dim=-1)


def sketched_fusion(x: Tensor, y: Tensor, at: Tensor, sign: Tensor) -> Tensor:
    """Compact bilinear pooling: two count sketches, convolved by Fourier transforms, and signed roots."""
    size = 32
    one = x.new_zeros(x.shape[0], size).index_add(1, at[0], x * sign[0])
    two = y.new_zeros(y.shape[0], size).index_add(1, at[1], y * sign[1])
    z = torch.fft.irfft(torch.fft.rfft(one) * torch.fft.rfft(two), n=size)
    return F.normalize(z / torch.sqrt(z.abs() + 0.1), dim=-1)


def gathered_excitation(x: Tensor, weight: Tensor) -> Tensor:
    """Gather and excite: channels gated by what a strided filter gathers around."""
    z = F.conv2d(x, weight, stride=2, padding=1, groups=x.shape[1])
    return x * torch.sigmoid(F.interpolate(z, size=x.shape[-2:], mode="nearest"))


def cosine_channel_gate(x: Tensor, weight: Tensor) -> Tensor:
    """FcaNet: channels gated by what a cosine transform finds in them, each group at a pitch of its own."""
    h, w = (torch.arange(n, dtype=x.dtype, device=x.device) + 0.5 for n in x.shape[-2:])
    parts = []
    for i, part in enumerate(x.chunk(4, 1)):
        wave = torch.cos(math.pi * h / x.shape[-2] * (i // 2))[:, None] * torch.cos(math.pi * w / x.shape[-1] * (i % 2))
        parts.append((part * wave).sum((2, 3)) / wave.numel())
    return x * torch.sigmoid(F.linear(torch.cat(parts, 1), weight))[..., None, None]


def placed_convolution(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """CoordConv: a convolution that is told where it is."""
    h, w = (torch.linspace(-1, 1, n, dtype=x.dtype, device=x.device) for n in x.shape[-2:])
    at = torch.stack(torch.meshgrid(h, w, indexing="ij"))[None].expand(x.shape[0], -1, -1, -1)
    return F.conv2d(torch.cat((x, at, at.square().sum(1, keepdim=True).sqrt()), 1), weight, bias, padding=1)


def local_importance_pooling(x: Tensor, logit: Tensor) -> Tensor:
    """LIP: means over windows by learned weights."""
    weight = torch.exp(logit)
    return F.avg_pool2d(x * weight, 3, 2, 1) / F.avg_pool2d(weight, 3, 2, 1)


def mixed_extreme_pooling(x: Tensor, share: Tensor) -> Tensor:
    """A learned blend of the greatest and of the mean of each window."""
    part = torch.sigmoid(share)[:, None, None]
    return part * F.max_pool2d(x, 3, 2) + (1 - part) * F.avg_pool2d(x, 3, 2)


def detail_kept_pooling(x: Tensor, power: Tensor) -> Tensor:
    """Means over windows that favour what differs from its blurred surroundings."""
    blur = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2, mode="bilinear", align_corners=False)
    weight = (0.1 + (x - blur).square()).pow(0.5 * power)
    return F.avg_pool2d(x * weight, 2) / F.avg_pool2d(weight, 2)


# -- graphs


def assigned_graph_pooling(x: Tensor, edge: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """DiffPool: nodes shared out to clusters, their edges, and how unsure the shares are."""
    share = torch.softmax(edge @ x @ weight, -1)
    loss = -(share * torch.log(share + 1e-6)).sum(-1).mean(-1)
    return share.mT @ x, share.mT @ edge @ share, loss


def angle_triplet_message(x: Tensor, place: Tensor, near: Tensor, weight: Tensor) -> Tensor:
    """Messages between pairs of a node's edges, by the angle between them."""
    ray = place[near] - place[:, None]
    size = ray.norm(dim=-1, keepdim=True) + 0.1
    cos = (ray / size) @ (ray / size).mT
    base = torch.stack((torch.ones_like(cos), cos, 1.5 * cos.square() - 0.5), -1)
    told = torch.einsum("nijb,bod,njd->nio", base, weight, x[near])
    return (told * torch.exp(-size)).sum(1)


def powered_graph_layer(x: Tensor, edge: Tensor, weight: Tensor) -> Tensor:
    """MixHop: a graph's powers side by side, each with a weight of its own."""
    side = edge + edge.mT + torch.eye(x.shape[0], dtype=x.dtype, device=x.device)
    root = torch.rsqrt(side.sum(-1))
    side = root[:, None] * side * root
    parts = []
    for w in weight:
        parts.append(torch.tanh(x @ w))
        x = side @ x
    return torch.cat(parts, -1)


def distance_encoded_attention(x: Tensor, hops: Tensor, table: Tensor, weight: Tensor) -> Tensor:
    """Graphormer: attention between nodes with a bias for how many edges they are apart."""
    q, k, v = F.linear(x, weight).unflatten(-1, (3, table.shape[0], -1)).permute(1, 2, 0, 3).unbind(0)
    return (torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]) + table[:, hops], -1) @ v).transpose(0, 1).flatten(1)
