"""Parts of models as users of PyTorch write them, of given tensors only: adapters, experts, states, bytes, graphs.

None of them is in an earlier file; sixteenth.py gives them their inputs, learn_code.py, motion_code.py and
science_code.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- adapters, experts, and quantised weights


def nested_scale_linear(x: Tensor, code: Tensor, level: Tensor, scale_code: Tensor, step: Tensor) -> Tensor:
    """QLoRA: weights from a table of levels, whose blocks' scales are themselves small integers of one step."""
    scale = scale_code.to(x.dtype) * step + 0.02
    weight = level[code].unflatten(-1, (scale.shape[-1], -1)) * scale[..., None]
    return F.linear(x, weight.flatten(-2))


def scaled_keys_attention(q: Tensor, k: Tensor, v: Tensor, keys: Tensor, gain: Tensor) -> Tensor:
    """IA³: attention whose keys and values are scaled by a learned number for each channel."""
    return F.scaled_dot_product_attention(q, k * keys, v * gain)


def principal_residual_adapter(w: Tensor, x: Tensor) -> Tensor:
    """PiSSA: what a weight gives without its three largest singular directions, and with them by half."""
    u, s, vh = torch.linalg.svd(w, full_matrices=False)
    low = (u[..., :3] * s[..., None, :3]) @ vh[..., :3, :]
    return x @ (w - low).mT + 0.5 * x @ low.mT


def soft_rounded_weights(w: Tensor, sharp: Tensor) -> Tensor:
    """A smooth stand-in for rounding: tanh between each two whole numbers, scaled so that they meet."""
    middle = torch.floor(w) + 0.5
    return middle + 0.5 * torch.tanh(sharp * (w - middle)) / torch.tanh(0.5 * sharp)


def relu_routed_experts(x: Tensor, router: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """ReMoE: experts whose shares are the positive parts of their scores, with no choice of the best."""
    share = torch.relu(x @ router)
    hidden = F.gelu(torch.einsum("nd,edh->neh", x, up))
    return torch.einsum("neh,ehd,ne->nd", hidden, down, share)


def cosine_routed_experts(x: Tensor, centre: Tensor, weight: Tensor, heat: Tensor) -> Tensor:
    """X-MoE: all experts, weighted by a softmax of cosines to learned centres."""
    share = torch.softmax(F.normalize(x, dim=-1) @ F.normalize(centre, dim=-1).T / heat, -1)
    return torch.einsum("ne,edh,nd->nh", share, weight, x)


def generated_weights_layer(x: Tensor, task: Tensor, maker: Tensor, bias: Tensor) -> Tensor:
    """A hypernetwork: each row's own weight made of a vector for its task."""
    weight = (F.silu(task) @ maker).unflatten(-1, (bias.shape[-1], x.shape[-1]))
    return torch.einsum("bi,boi->bo", x, weight) / math.sqrt(x.shape[-1]) + bias


# -- states over time


def bilinear_state_steps(a: Tensor, b: Tensor, c: Tensor, x: Tensor, step: Tensor) -> Tensor:
    """S4's recurrence: a state space made discrete by the bilinear rule, then run."""
    eye = torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
    half = 0.5 * step * a
    keep = torch.linalg.solve(eye - half, eye + half)
    take = torch.linalg.solve(eye - half, step * b)
    state, out = torch.zeros_like(x[:, :1] * b[:, 0]), []
    for now in x.unbind(1):
        state = state @ keep.mT + now[:, None] * take[:, 0]
        out.append(state @ c)
    return torch.stack(out, 1)


def vandermonde_kernel(decay: Tensor, pitch: Tensor, gain: Tensor, x: Tensor) -> Tensor:
    """S4D: a long filter of damped cosines, and what a sequence gives through it."""
    at = torch.arange(x.shape[-1], dtype=x.dtype, device=x.device)
    kernel = 2 * (gain[..., None] * torch.exp(-decay[..., None] * at) * torch.cos(pitch[..., None] * at)).sum(-2)
    return F.conv1d(F.pad(x[None], (x.shape[-1] - 1, 0)), kernel.flip(-1)[:, None], groups=x.shape[0])[0]


def min_lstm_steps(x: Tensor, forget: Tensor, take: Tensor, cell: Tensor) -> Tensor:
    """minLSTM: gates of the input alone, that share one; run step by step."""
    f, i = torch.sigmoid(x @ forget), torch.sigmoid(x @ take)
    new, state, out = x @ cell, torch.zeros_like(x[:, 0] @ cell), []
    for t in range(x.shape[1]):
        keep = f[:, t] / (f[:, t] + i[:, t])
        state = keep * state + (1 - keep) * new[:, t]
        out.append(state)
    return torch.stack(out, 1)


def leaky_reservoir(x: Tensor, into: Tensor, within: Tensor, leak: Tensor) -> Tensor:
    """An echo state network: fixed weights, and units that leak at rates of their own."""
    state, out = torch.zeros_like(x[:, 0] @ into), []
    for now in x.unbind(1):
        state = (1 - leak) * state + leak * torch.tanh(now @ into + state @ within)
        out.append(state)
    return torch.stack(out, 1)


def coupled_oscillator_cell(x: Tensor, into: Tensor, place: Tensor, speed: Tensor) -> tuple[Tensor, Tensor]:
    """coRNN: units that are driven oscillators, by an explicit step for places and speeds."""
    y = z = torch.zeros_like(x[:, 0] @ into)
    for now in x.unbind(1):
        z = z + 0.1 * (torch.tanh(y @ place + z @ speed + now @ into) - 1.5 * y - 0.8 * z)
        y = y + 0.1 * z
    return y, z


def phased_time_gate(time: Tensor, period: Tensor, shift: Tensor, old: Tensor, new: Tensor) -> Tensor:
    """Phased LSTM: a gate that opens and closes once a period, and leaks between."""
    phase = torch.remainder(time[:, None] - shift, period) / period
    gate = torch.where(phase < 0.2, phase / 0.2, torch.where(phase < 0.4, 2 - phase / 0.2, 0.01 * phase))
    return gate * new + (1 - gate) * old


# -- text without tokens


def hashed_byte_grams(text: Tensor, table: Tensor, byte: Tensor) -> Tensor:
    """BLT: a byte's vector and those of the three-, four- and five-grams before it, by a rolling hash."""
    total = byte[text]
    for length in (3, 4, 5):
        past = F.pad(text, (length - 1, 0)).unfold(-1, length, 1)
        power = 257 ** torch.arange(length, device=text.device)
        total = total + table[(past * power).sum(-1) % table.shape[0]]
    return total / 4


def smoothed_boundaries(x: Tensor, query: Tensor, key: Tensor) -> Tensor:
    """H-Net: how likely a new chunk starts, by how unlike neighbours are, and a running mean by that chance."""
    unlike = 0.5 * (1 - F.cosine_similarity(x[:, 1:] @ query, x[:, :-1] @ key, dim=-1))
    state, out = x[:, 0], [x[:, 0]]
    for t in range(x.shape[1] - 1):
        p = unlike[:, t, None]
        state = p * x[:, t + 1] + (1 - p) * state
        out.append(state)
    return torch.stack(out, 1)


def scored_blocks_pooling(x: Tensor, score: Tensor) -> Tensor:
    """Charformer: means over blocks of one to three characters, mixed by a softmax of scores at each character."""
    blocks = []
    for size in (1, 2, 3):
        mean = F.avg_pool1d(x.mT, size, size, ceil_mode=True).repeat_interleave(size, -1)[..., : x.shape[1]]
        blocks.append(mean.mT)
    every = torch.stack(blocks, 2)
    return (torch.softmax(every @ score, 2) * every).sum(2)


def strided_characters(x: Tensor, down: Tensor, up: Tensor) -> Tensor:
    """CANINE: characters merged four by four, repeated, and joined with themselves again."""
    short = F.gelu(F.conv1d(x.mT, down, stride=4), approximate="tanh")
    long = torch.cat((short.repeat_interleave(4, -1), x.mT), 1)
    return F.layer_norm(F.gelu(F.conv1d(F.pad(long, (1, 1)), up)).mT, (up.shape[0],))


# -- diffusion


def single_step_third_order(x: Tensor, weight: Tensor, level: Tensor) -> Tensor:
    """DPM-Solver-3: one step of third order, with two calls of a small denoiser between."""

    def noise(y: Tensor, at: Tensor) -> Tensor:
        return torch.tanh(y @ weight) * torch.sigmoid(at)

    start, end = level[0], level[1]
    h = end - start
    sigma = [torch.sigmoid(-2 * (start + r * h)).sqrt() for r in (0.0, 1 / 3, 2 / 3, 1.0)]
    alpha = [torch.sigmoid(2 * (start + r * h)).sqrt() for r in (0.0, 1 / 3, 2 / 3, 1.0)]
    first = noise(x, start)
    y = alpha[1] / alpha[0] * x - sigma[1] * torch.expm1(h / 3) * first
    d = noise(y, start + h / 3) - first
    slope = torch.expm1(2 * h / 3)
    y = alpha[2] / alpha[0] * x - sigma[2] * slope * first - sigma[2] * 2 * (slope / (2 * h / 3) - 1) * d
    d = noise(y, start + 2 * h / 3) - first
    slope = torch.expm1(h)
    return alpha[3] / alpha[0] * x - sigma[3] * slope * first - sigma[3] * 1.5 * (slope / h - 1) * d


def midpoint_flow(x: Tensor, weight: Tensor, time: Tensor) -> Tensor:
    """A flow from noise to data by four midpoint steps of a learned velocity."""
    for _ in range(4):
        half = x + 0.125 * torch.tanh(x @ weight + time)
        x = x + 0.25 * torch.tanh(half @ weight + 0.5 * time)
    return x


def uniform_discrete_posterior(logit: Tensor, now: Tensor, keep: Tensor, keep_all: Tensor) -> Tensor:
    """D3PM: chances of the symbol one step earlier, where noise replaces symbols by any other."""
    n = logit.shape[-1]
    seen = F.one_hot(now, n).to(logit.dtype)
    one = keep[:, None, None] * seen + (1 - keep[:, None, None]) / n
    start = keep_all[:, None, None] * logit.softmax(-1) + (1 - keep_all[:, None, None]) / n
    joint = one * start
    return torch.log(joint / joint.sum(-1, keepdim=True))


def trigonometric_interpolant(x: Tensor, noise: Tensor, time: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """TrigFlow: data turned into noise by an angle, and how far a denoiser is from the velocity."""
    c, s = torch.cos(time)[:, None], torch.sin(time)[:, None]
    mixed = c * x + s * noise
    velocity = c * noise - s * x
    told = torch.tanh(mixed @ weight)
    return (told - velocity).square().mean(-1), c * mixed - s * told


def log_variance_weighted_loss(x: Tensor, told: Tensor, sigma: Tensor, doubt: Tensor) -> Tensor:
    """EDM2: errors weighted by the noise level, over a learned variance whose logarithm is added."""
    weight = (sigma.square() + 0.25) / (0.5 * sigma).square()
    error = (told - x).square().mean((1, 2))
    return weight * error * torch.exp(-doubt) + doubt


def manifold_guidance_step(x: Tensor, free: Tensor, told: Tensor, now: Tensor, after: Tensor) -> Tensor:
    """CFG++: an image foretold by guided noise, made noisy again by noise without guidance."""
    guided = free + 0.6 * (told - free)
    clean = (x - torch.sqrt(1 - now) * guided) / torch.sqrt(now)
    return torch.sqrt(after) * clean + torch.sqrt(1 - after) * free


# -- graphs


def gravity_neighbours(x: Tensor, place: Tensor) -> Tensor:
    """GravNet: what others tell, weighted by how near they are in a learned space: mean and largest."""
    gap = (place[:, None] - place[None]).square().sum(-1)
    told = torch.exp(-3 * gap)[..., None] * x[None]
    return torch.cat((x, told.mean(1), told.amax(1)), -1)


def softmax_aggregation(x: Tensor, edge: Tensor, heat: Tensor) -> Tensor:
    """GENConv: what neighbours tell, by a softmax over each node's edges in each channel."""
    told = F.relu(x[edge[0]]) + 1e-3
    score, to = told * heat, edge[1][:, None].expand(-1, x.shape[-1])
    top = torch.full_like(x, -9.0).scatter_reduce(0, to, score, "amax")
    weight = torch.exp(score - top.gather(0, to))
    total = torch.zeros_like(x).scatter_add(0, to, weight) + 1e-4
    return x + torch.zeros_like(x).scatter_add(0, to, weight * told) / total


def learned_power_aggregation(x: Tensor, edge: Tensor, power: Tensor) -> Tensor:
    """Power means of what neighbours tell, with a power for each channel."""
    count = torch.ones_like(x[:, 0]).index_add(0, edge[1], torch.ones_like(x[edge[1], 0]))[:, None]
    raised = x[edge[0]].clamp(0.01, 9.0).pow(power)
    return ((torch.ones_like(x).index_add(0, edge[1], raised)) / count).pow(1 / power)


def vector_tensor_product(x: Tensor, one: Tensor, two: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Products of vectors that turn with the molecule: a scalar, a vector by the cross product, and a mixture."""
    dot = (one * two).sum(-1)
    cross = torch.linalg.cross(one, two, dim=-1)
    vector = x[..., None] * one * weight[0, :, None] + cross * weight[1, :, None]
    return F.silu(x * weight[2] + dot * weight[3] / math.sqrt(3)), vector


def pair_normalised_nodes(x: Tensor, near: Tensor, weight: Tensor) -> Tensor:
    """PairNorm: a graph layer whose nodes keep their total distance from one another."""
    degree = near.sum(-1, keepdim=True) + 1
    y = ((near @ x + x) / degree) @ weight
    y = y - y.mean(0)
    return 2.0 * y / torch.sqrt(1e-5 + y.square().sum(-1).mean(0, keepdim=True))


def magnetic_laplacian_energies(near: Tensor) -> Tensor:
    """Eigenvalues of a directed graph's Hermitian Laplacian, whose phases tell which way edges go."""
    both = 0.5 * (near + near.mT)
    phase = 0.5 * math.pi * (near - near.mT)
    scale = torch.rsqrt(both.sum(-1) + 0.1)
    adjacent = torch.complex(both * torch.cos(phase), both * torch.sin(phase))
    eye = torch.eye(near.shape[-1], dtype=near.dtype, device=near.device)
    return torch.linalg.eigvalsh(eye - scale[..., None] * adjacent * scale[..., None, :])


def bernstein_graph_filter(x: Tensor, near: Tensor, level: Tensor) -> Tensor:
    """BernNet: a filter of the graph's Laplacian as a sum of Bernstein's polynomials of third order."""
    scale = torch.rsqrt(near.sum(-1) + 1)
    smooth = scale[:, None] * near * scale
    ups = [x]
    for _ in range(3):
        ups.append(ups[-1] - smooth @ ups[-1])
    total = torch.zeros_like(x)
    for k in range(4):
        y = ups[k]
        for _ in range(3 - k):
            y = y + smooth @ y
        total = total + level[k] * math.comb(3, k) / 8 * y
    return total


# -- pictures and attention


def sharpened_cosine_filter(x: Tensor, weight: Tensor, power: Tensor) -> Tensor:
    """A convolution of cosines between patches and weights, raised to a power with their sign."""
    size = F.conv2d(x.square(), torch.ones_like(weight[:1]), padding=1)
    length = weight.square().sum((1, 2, 3)).sqrt()[:, None, None]
    cosine = F.conv2d(x, weight, padding=1) / ((size + 1e-3).sqrt() * (length + 1e-2))
    return torch.sign(cosine) * (cosine.abs() + 1e-4) ** power[:, None, None]


def masked_gated_convolution(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """PixelCNN: a convolution that sees only pixels before, through tanh and a gate."""
    mask = torch.ones_like(weight[:1, :1])
    mask[..., 1, 1:] = 0
    mask[..., 2:, :] = 0
    one, gate = F.conv2d(x, weight * mask, bias, padding=1).chunk(2, 1)
    return torch.tanh(one) * torch.sigmoid(gate)


def volterra_convolution(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """A filter of second order: weights of samples, and of products of each two."""
    patch = x.unfold(-1, first.shape[-1], 1)
    return patch @ first + torch.einsum("...i,ij,...j->...", patch, second, patch)


def star_block(x: Tensor, tap: Tensor, one: Tensor, two: Tensor, out: Tensor) -> Tensor:
    """StarNet: two projections multiplied, after a convolution of each channel."""
    y = F.conv2d(x, tap, padding=3, groups=x.shape[1])
    y = F.relu6(F.conv2d(y, one)) * F.conv2d(y, two)
    return x + F.conv2d(y, out)


def hedgehog_attention(q: Tensor, k: Tensor, v: Tensor, weight: Tensor) -> Tensor:
    """Linear attention by softmaxes of a projection and of its negative, over what came before."""

    def feature(x: Tensor) -> Tensor:
        y = x @ weight
        return torch.cat((y.softmax(-1), (-y).softmax(-1)), -1)

    score = (feature(q) @ feature(k).mT).tril()
    return (score @ v) / (score.sum(-1, keepdim=True) + 1e-4)


def power_kernel_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention by the fourth power of scores, over what came before."""
    score = (1 + q @ k.mT / q.shape[-1]).square().square().tril()
    return (score @ v) / (score.sum(-1, keepdim=True) + 0.01)


def doubly_normalised_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention whose weights sum to one over keys and over queries, by three rounds in logarithms."""
    score = q @ k.mT / math.sqrt(q.shape[-1])
    for _ in range(3):
        score = score - torch.logsumexp(score, -1, keepdim=True)
        score = score - torch.logsumexp(score, -2, keepdim=True)
    return score.exp() @ v


def contextual_depth_memory(x: Tensor, key: Tensor, value: Tensor, gate: Tensor) -> Tensor:
    """Engram-like look-up: rows of a memory by soft matches, let in by how they agree with the state."""
    found = torch.softmax(x @ key.T / math.sqrt(x.shape[-1]), -1) @ value
    agree = torch.sigmoid((F.rms_norm(x, x.shape[-1:], gate, 1e-6) * F.rms_norm(found, x.shape[-1:])).mean(-1))
    return x + agree[..., None] * found
